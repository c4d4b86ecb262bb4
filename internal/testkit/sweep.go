package testkit

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// Sweep fails the test if any canary stands anywhere in what is searched: every
// byte of the files in roots (files, or directories with all below them), their
// names, and every byte of more (pages, logs, mails, exports, by a name that
// says what they are). Files for which except says true are left out; it may be
// nil. Close what is written to first, or at least flush it.
//
// A canary is a name of an invented person. It is looked for as a whole and by
// each of its words of four letters or more, because "Зоряна Кашкаренко" leaks
// as much by one as by the other; so choose words that stand nowhere for good
// reason. A canary with a digit, a comma or an @ in it (an address, a telephone,
// a number) is looked for as a whole, numbers also without their punctuation.
//
// Each is looked for in every letter case and grammatical case, transliterated
// by ISO 9, ICAO 9303, BGN/PCGN and the Ukrainian rules of 2010, with and
// without diacritics, composed or not; in UTF-8, UTF-16, Windows-1251 and
// KOI8-R; percent-encoded, as HTML entities, with \u or \x escapes, in
// quoted-printable, base64 (both alphabets, every alignment), hexadecimal, as a
// printed list of bytes; inside gzip, zlib, deflate, bzip2 and zip; and in up to
// three of these one inside the other. Latin forms of five letters are only found
// as words, and shorter ones, such as Oleg, not at all. Forms of up to eight are
// not looked for in the letters of long base64 itself, where some turn up by chance.
//
// Sweep does not share the rules of packages name and gate: a rule that is
// missing there must not be missing here too.
//
// It also fails if nothing was searched, if a root is missing or cannot be
// read, if a canary is too short to look for, and if it does not find a canary
// in what it plants itself.
func Sweep(t testing.TB, canaries, roots []string, more map[string][]byte, except func(path string) bool) Swept {
	t.Helper()
	swept, err := search(canaries, roots, more, except)
	if err != nil {
		t.Fatalf("sweep: %v", err)
	}
	for _, f := range swept.Finds {
		t.Errorf("sweep: %s", f)
	}
	t.Logf("sweep: %s", swept)
	return swept
}

// Swept says what was searched and what was found.
type Swept struct {
	Files    int   // files and entries of more
	Bytes    int64 // in them, as they stand
	Unpacked int64 // decoded out of them and searched again
	Patterns int
	Left     []string // files that were left out on purpose
	Finds    []Find   // the first for each canary, file and layers
}

// String returns the figures in a sentence.
func (s Swept) String() string {
	return fmt.Sprintf("searched %d files of %d bytes, and %d bytes decoded from them, for %d patterns; left out %d; found %d",
		s.Files, s.Bytes, s.Unpacked, s.Patterns, len(s.Left), len(s.Finds))
}

// A Find is a canary that was seen.
type Find struct {
	Where  string // path of the file, or name of the entry of more
	Layers string // what it was decoded from, such as "gzip > base64", or ""
	Near   int    // about the byte where it stands, in the innermost layer
	Canary string
	Form   string // the form and encoding that matched
}

// String says it in a line.
func (f Find) String() string {
	where := f.Where
	if f.Layers != "" {
		where += " (" + f.Layers + ")"
	}
	return fmt.Sprintf("%s: %q stands near byte %d as %s", where, f.Canary, f.Near, f.Form)
}

// search is Sweep without a test.
func search(canaries, roots []string, more map[string][]byte, except func(path string) bool) (Swept, error) {
	s, err := newSweeper(canaries)
	if err != nil {
		return Swept{}, err
	}
	if err := s.prove(canaries); err != nil {
		return Swept{}, err
	}
	for _, root := range roots {
		if err := s.walk(root, except); err != nil {
			return s.swept, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(more)) {
		if err := s.look(name, more[name]); err != nil {
			return s.swept, err
		}
	}
	if s.swept.Bytes == 0 {
		return s.swept, errors.New("nothing was searched")
	}
	return s.swept, nil
}

// A sweeper looks for one set of canaries.
type sweeper struct {
	folded *finder // in text without case and diacritics
	short  *finder // the same, for Latin stems of five letters, see asWord
	raw    *finder // in bytes as they are
	folder *folder
	swept  Swept
	known  map[Find]bool // without Near and Form

	inflater io.ReadCloser // for whatever is packed
}

func newSweeper(canaries []string) (*sweeper, error) {
	if len(canaries) == 0 {
		return nil, errors.New("no canaries")
	}
	canaries = slices.Compact(slices.Sorted(slices.Values(canaries)))
	s := &sweeper{folded: newFinder(6), short: newFinder(5), raw: newFinder(6), folder: newFolder(), known: map[Find]bool{}, inflater: flate.NewReader(nil)}
	for _, c := range canaries {
		forms := spellings(c)
		before := s.folded.size() + s.short.size()
		for _, form := range forms {
			text := s.folder.fold([]byte(form)).text
			s.folded.add(pattern{text, c, fmt.Sprintf("%q", form)})
			if len(text) == 5 && utf8.RuneCount(text) == 5 {
				s.short.add(pattern{text, c, fmt.Sprintf("%q", form)})
			}
			for _, e := range encodings(form) {
				s.raw.add(pattern{e.bytes, c, fmt.Sprintf("%q in %s", form, e.name)})
			}
		}
		if s.folded.size()+s.short.size() == before {
			return nil, fmt.Errorf("canary %q is too short, or is another one's form: choose another", c)
		}
	}
	s.swept.Patterns = s.folded.size() + s.short.size() + s.raw.size()
	return s, nil
}

// prove plants each canary and looks for it: a sweep that finds nothing shall
// not have been blind.
func (s *sweeper) prove(canaries []string) error {
	defer func(before Swept) { s.swept, s.known = before, map[Find]bool{} }(s.swept)
	for _, c := range canaries {
		plants := map[string][]byte{
			"UTF-8":  []byte("<p>" + strings.ToUpper(c) + "</p>"),
			"UTF-16": utf16le(c),
			"base64": []byte(base64.StdEncoding.EncodeToString([]byte("." + c))),
			"gzip":   gzipped(c),
		}
		for how, b := range plants {
			s.swept.Finds, s.known = nil, map[Find]bool{}
			if err := s.look("planted "+how, b); err != nil {
				return err
			}
			if !slices.ContainsFunc(s.swept.Finds, func(f Find) bool { return f.Canary == c }) {
				return fmt.Errorf("canary %q was planted as %s and not found", c, how)
			}
		}
	}
	return nil
}

// walk looks into a file, or everything below a directory.
func (s *sweeper) walk(root string, except func(path string) bool) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path != root {
			return nil // a temporary file that went away
		}
		if err != nil {
			return err
		}
		if except != nil && except(path) {
			s.swept.Left = append(s.swept.Left, path)
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if path != root {
			if err := s.scan(path, "name", []byte(d.Name()), 0); err != nil {
				return err
			}
		}
		switch {
		case d.Type().IsRegular():
			b, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) && path != root {
				return nil
			} else if err != nil {
				return err
			}
			return s.look(path, b)
		case d.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return s.look(path, []byte(to))
		}
		return nil
	})
}

// look searches one file or entry, and everything in it.
func (s *sweeper) look(where string, b []byte) error {
	for _, magic := range []string{"\x28\xb5\x2f\xfd", "\xfd7zXZ\x00", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return fmt.Errorf("%s is packed in a way that cannot be searched; leave it out or unpack it", where)
		}
	}
	s.swept.Files++
	s.swept.Bytes += int64(len(b))
	if err := s.scan(where, "", b, 0); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	return nil
}

// depth bounds how many layers are taken off.
const depth = 3

// scan searches b as it is and folded, then everything that can be decoded out
// of it.
func (s *sweeper) scan(where, layers string, b []byte, deep int) error {
	s.raw.find(b, func(at int, p pattern) { s.found(where, layers, at, p) })
	text := s.folder.fold(b)
	s.folded.find(text.text, func(at int, p pattern) {
		if !byChance(text.text, at, at+len(p.bytes)) && !amongNoise(b, text, at, len(p.bytes)) {
			s.found(where, layers, text.near(at), p)
		}
	})
	s.short.find(text.text, func(at int, p pattern) {
		if asWord(text.text, at, at+len(p.bytes)) {
			s.found(where, layers, text.near(at), p)
		}
	})
	if deep == depth {
		return nil
	}
	return unpack(b, s.inflater, func(how string, inner []byte) error {
		s.swept.Unpacked += int64(len(inner))
		if layers != "" {
			how = layers + " > " + how
		}
		return s.scan(where, how, inner, deep+1)
	})
}

func (s *sweeper) found(where, layers string, at int, p pattern) {
	f := Find{Where: where, Layers: layers, Canary: p.canary}
	if s.known[f] {
		return
	}
	s.known[f] = true
	f.Near, f.Form = at, p.form
	s.swept.Finds = append(s.swept.Finds, f)
}

// utf16le returns s in little-endian UTF-16 without a byte order mark.
func utf16le(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func gzipped(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.Bytes()
}
