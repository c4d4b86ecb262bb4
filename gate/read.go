package gate

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"mime"
	"path"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A Reason is why a file, or a part of one, can't be read. The words for it are
// under "gate.unreadable." and itself.
type Reason string

// Reasons.
const (
	Charset     Reason = "charset"       // another charset than UTF-8, or UTF-16 with a mark
	Disagrees   Reason = "disagrees"     // its ending, its media type and its bytes say different things
	Encrypted   Reason = "encrypted"     // a password or a key is needed
	Malformed   Reason = "malformed"     // it breaks the rules of its format, so two readers may see two things
	NoTextLayer Reason = "no_text_layer" // a page shows something that is not text, or text that can't be told
	Picture     Reason = "picture"       // a picture or drawing that nobody looked at
	Reordered   Reason = "reordered"     // letters are shown in another order than they stand in
	Revisions   Reason = "revisions"     // it keeps earlier versions of itself
	Script      Reason = "script"        // it has a program, which may write anything
	TooDeep     Reason = "too_deep"      // files in files in files
	TooLarge    Reason = "too_large"     // more than can be read
	UnknownKind Reason = "unknown_kind"  // nothing here knows how to read it
	UnknownPart Reason = "unknown_part"  // something inside it that nothing here knows how to read
)

// Unread is what can't be read, and why.
type Unread struct {
	File   string `json:"file"`
	Part   string `json:"part,omitempty"` // as in [Hit.Part]
	Reason Reason `json:"reason"`
}

// Bounds on what is read.
const (
	maxUnpacked = 64 << 20 // bytes that one file may unpack to, with everything in it
	maxInside   = 3        // files inside each other
)

// A reader gives every text in one file to out.
type reader struct {
	opt    Options
	left   int // bytes that may still be unpacked
	nth    int // parts that were numbered
	unread []Unread
	out    func(at string, v view, address bool)
}

// emit gives a text to whoever looks for names in it, unless it turns letters
// around, in whichever escapes.
func (r *reader) emit(at string, v view, address bool) {
	given := v.text
	encoded(v, maxNested, func(v view) {
		r.out(at, v, address)
		if (!v.garbled || v.text == given) && reordered(v.text) {
			r.refuse(at, Reordered)
		}
	})
}

// A job is a text that is to be scanned.
type job struct {
	of      *file
	v       view
	address bool
}

// readDraft returns the hits in all files and their names, and what of them can't
// be read. One goroutine takes files apart while another scans what it got.
func readDraft(files []File, ix *Index, opt Options) ([]Hit, []Unread) {
	s := newScanner(ix, opt.Covers)
	jobs := make(chan job, 1)
	wait := aside(func() {
		defer func() {
			for range jobs { // so that who sends is not kept waiting by a panic
			}
		}()
		for j := range jobs {
			s.look(j.of, j.v, j.address)
		}
	})
	found, unread := func() ([]*file, []Unread) {
		defer wait()
		return readFiles(files, opt, jobs)
	}()
	return s.finish(found, opt.Allowed), unread
}

// readFiles sends every text in files and their names, and closes jobs.
func readFiles(files []File, opt Options, jobs chan<- job) (found []*file, unread []Unread) {
	defer close(jobs)
	for i := range files {
		f := &files[i]
		of := &file{name: f.Name, inName: true, sum: sha256.Sum256([]byte(f.Name))}
		encoded(view{text: f.Name}, maxNested, func(v view) { jobs <- job{of, v, true} })
		found = append(found, of)

		sum := sha256.Sum256(f.Bytes)
		parts := map[string]*file{}
		r := &reader{opt: opt, left: maxUnpacked, out: func(at string, v view, address bool) {
			key := at
			if address {
				key += "\x00"
			}
			if parts[key] == nil {
				parts[key] = &file{name: f.Name, part: at, inName: address, sum: sum}
				found = append(found, parts[key])
			}
			jobs <- job{parts[key], v, address}
		}}
		if media, ok := r.media(f.Media); ok {
			r.read("", f.Name, media, f.Bytes, 0)
		}
		for _, u := range r.unread {
			u.File = f.Name
			unread = append(unread, u)
		}
	}
	return found, unread
}

func (r *reader) refuse(at string, why Reason) {
	if u := (Unread{Part: at, Reason: why}); !slices.Contains(r.unread, u) {
		r.unread = append(r.unread, u)
	}
}

// numbered returns a name for a part of at that no other has.
func (r *reader) numbered(at, what string) string {
	r.nth++
	return fmt.Sprintf("%s#%s %d", at, what, r.nth)
}

// take counts n unpacked bytes, and reports whether so many may still be read.
func (r *reader) take(at string, n int) bool {
	if n < 0 || n > r.left {
		r.left = 0
		r.refuse(at, TooLarge)
		return false
	}
	r.left -= n
	return true
}

// media returns the kind that a media type stands for.
func (r *reader) media(s string) (kind, bool) {
	media, params, err := mime.ParseMediaType(s)
	if err != nil || mediaKinds[media] == unknown {
		r.refuse("", UnknownKind)
		return unknown, false
	}
	switch strings.ToLower(params["charset"]) {
	case "", "utf-8", "us-ascii", "utf-16":
		return mediaKinds[media], true
	}
	r.refuse("", Charset)
	return unknown, false
}

// read reads b, which is the whole file or a part of it. What it is must be the
// same by its media type, if there is one, by the ending of its name, if that is
// known, and by its bytes; kinds of text may differ, and are then each read.
func (r *reader) read(at, name string, media kind, b []byte, deep int) {
	if deep > maxInside {
		r.refuse(at, TooDeep)
		return
	}
	said := []kind{media, endingKinds[strings.ToLower(path.Ext(name))]}
	said = slices.DeleteFunc(said, func(k kind) bool { return k == unknown })
	is := sniff(b)
	switch {
	case is == unknown && len(said) == 0:
		r.refuse(at, UnknownKind)
		return
	case is == encryptedOffice:
		r.refuse(at, Encrypted)
		return
	case is != anyText && is != unknown && len(said) == 0:
		said = []kind{is}
	case len(said) == 0:
		said = []kind{plainText, htmlText}
	}
	for _, k := range said {
		if k.container() != said[0].container() || k.container() != is && is != unknown || k != said[0] && k.container() != anyText {
			r.refuse(at, Disagrees)
			return
		}
	}
	switch said[0].container() {
	case anyText:
		r.text(at, b, slices.Compact(said), deep)
	case zipped:
		r.archive(at, b, said[0], deep)
	case pdf:
		r.pdf(at, b, deep)
	default:
		r.picture(at, b, is)
	}
}

// text reads b as text of each of kinds.
func (r *reader) text(at string, b []byte, kinds []kind, deep int) {
	v, ok := decodeText(b)
	if !ok || strings.ContainsRune(v.text, 0) {
		r.refuse(at, Charset)
		return
	}
	xml := slices.Contains(kinds, xmlText) || slices.Contains(kinds, svgText)
	if !xml {
		r.emit(at, v, false)
		r.data(at, v, deep)
	}
	for _, k := range kinds {
		switch k {
		case tableText:
			readTable(v, func(v view) { r.emit(at, v, false) })
		case markdownText:
			r.page(at, readHTML(readMarkdown(v)), deep)
			r.page(at, readHTML(v), deep)
		case htmlText:
			r.page(at, readHTML(v), deep)
		case xmlText, svgText:
			if !wellFormed(v.text) {
				r.refuse(at, Malformed)
				r.emit(at, v, false)
			}
			if k == svgText {
				r.pixels(at, nil)
			}
			r.page(at, readXML(v), deep)
		case jsonText:
			if !json.Valid([]byte(v.text)) {
				r.refuse(at, Malformed)
			}
			r.emit(at, jsonValues(v), false)
		}
	}
}

func (r *reader) page(at string, p page, deep int) {
	for _, v := range append(p.visible, p.shown, p.broken, p.aside) {
		r.emit(at, v, false)
	}
	r.data(at, p.aside, deep)
	if p.script {
		r.refuse(at, Script)
	}
	if p.strange {
		r.refuse(at, Malformed)
	}
}

// reordered reports whether s overrides the order that its letters are shown in:
// then what a reader sees is not what stands there.
func reordered(s string) bool { return strings.Contains(s, "\u202d") || strings.Contains(s, "\u202e") }

// decodeText reads b as UTF-8, or as UTF-16 if it begins with its byte order
// mark.
func decodeText(b []byte) (view, bool) {
	little := bytes.HasPrefix(b, []byte{0xFF, 0xFE})
	big := bytes.HasPrefix(b, []byte{0xFE, 0xFF})
	if !little && !big {
		return view{text: string(b)}, utf8.Valid(b)
	}
	return decodeWide(b, little)
}

// decodeWide reads b, behind two bytes of a mark, as UTF-16.
func decodeWide(b []byte, little bool) (view, bool) {
	if len(b)%2 != 0 {
		return view{}, false
	}
	unit := func(i int) rune {
		if little {
			return rune(b[i+1])<<8 | rune(b[i])
		}
		return rune(b[i])<<8 | rune(b[i+1])
	}
	raw := view{text: string(b)}
	w := viewer{of: &raw}
	for i := 2; i < len(b); i += 2 {
		c, n := unit(i), 2
		if utf16.IsSurrogate(c) {
			if i+3 >= len(b) {
				return view{}, false
			}
			if c = utf16.DecodeRune(c, unit(i+2)); c == utf8.RuneError {
				return view{}, false
			}
			n = 4
		}
		w.put(string(c), i, i+n)
		i += n - 2
	}
	return w.view(), true
}
