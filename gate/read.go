package gate

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"mime"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// readDraft returns the hits in all files and their names, and the names of the
// files that can't be read.
func readDraft(files []File, ix *Index, opt Options) (hits []Hit, unreadable []string) {
	s := newScanner(ix, opt.Covers)
	var found []*file
	for i := range files {
		f := &files[i]
		of := &file{name: f.Name, inName: true, sum: sha256.Sum256([]byte(f.Name))}
		s.file(of, view{text: f.Name}, true)
		found = append(found, of)

		views, ok := read(f)
		if !ok {
			unreadable = append(unreadable, f.Name)
		}
		in := &file{name: f.Name, sum: sha256.Sum256(f.Bytes)}
		for _, v := range views {
			s.file(in, v, false)
		}
		found = append(found, in)
	}
	return s.finish(found, opt.Allowed), unreadable
}

// read returns the views of a file, and false if it can't be read: a media type
// it doesn't know, another charset, bytes that are not text, a NUL, letters shown
// in another order, JSON that is not JSON, or something embedded that is not text.
func read(f *File) ([]view, bool) {
	media, params, err := mime.ParseMediaType(f.Media)
	if err != nil {
		return nil, false
	}
	switch strings.ToLower(params["charset"]) {
	case "", "utf-8", "us-ascii":
	case "utf-16":
		if !bytes.HasPrefix(f.Bytes, []byte{0xFF, 0xFE}) && !bytes.HasPrefix(f.Bytes, []byte{0xFE, 0xFF}) {
			return nil, false // whoever shows it would guess an order of bytes
		}
	default:
		return nil, false
	}
	v, ok := decodeText(f.Bytes)
	if !ok || strings.ContainsRune(v.text, 0) {
		return nil, false
	}
	switch media {
	case "text/plain", "text/csv":
		return []view{v}, !reordered(v.text)
	case "text/markdown", "text/html":
		shown, aside := readHTML(v)
		if embeds(v.text) || embeds(aside.text) {
			return nil, false
		}
		return []view{v, shown, aside}, !reordered(v.text + shown.text)
	case "application/json":
		return []view{v}, json.Valid([]byte(v.text))
	}
	return nil, false
}

// reordered reports whether s overrides the order that its letters are shown in:
// then what a reader sees is not what stands there.
func reordered(s string) bool { return strings.ContainsAny(s, "\u202d\u202e") }

// decodeText reads b as UTF-8, or as UTF-16 if it begins with its byte order
// mark.
func decodeText(b []byte) (view, bool) {
	little := len(b) >= 2 && b[0] == 0xFF && b[1] == 0xFE
	big := len(b) >= 2 && b[0] == 0xFE && b[1] == 0xFF
	if !little && !big {
		return view{text: string(b)}, utf8.Valid(b)
	}
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

// embeds reports whether s holds a data: address of anything but text.
func embeds(s string) bool {
	for {
		i := indexFold(s, "data:")
		if i < 0 {
			return false
		}
		s = s[i+len("data:"):]
		for _, kind := range []string{"image/", "audio/", "video/", "application/", "font/", "model/", "multipart/"} {
			if len(s) >= len(kind) && strings.EqualFold(s[:len(kind)], kind) {
				return true
			}
		}
	}
}

// indexFold is strings.Index for a substring that begins with d and is ASCII,
// whatever the case.
func indexFold(s, sub string) int {
	for i := 0; i+len(sub) <= len(s); i++ {
		if n := strings.IndexAny(s[i:], "dD"); n < 0 {
			return -1
		} else if i += n; i+len(sub) <= len(s) && strings.EqualFold(s[i:i+len(sub)], sub) {
			return i
		}
	}
	return -1
}
