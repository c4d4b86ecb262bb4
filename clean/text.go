package clean

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	uni "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// isMarkup reports whether a file begins, after what may stand before it, with one
// of words.
func isMarkup(words ...string) func([]byte) bool {
	return func(b []byte) bool {
		s := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(string(b), "\ufeff")))
		for {
			cut := ""
			switch {
			case strings.HasPrefix(s, "<?xml"):
				cut = "?>"
			case strings.HasPrefix(s, "<!--"):
				cut = "-->"
			case strings.HasPrefix(s, "<!doctype svg"):
				cut = ">"
			}
			_, rest, ok := strings.Cut(s, cut)
			if cut == "" || !ok {
				break
			}
			s = strings.TrimSpace(rest)
		}
		for _, w := range words {
			if strings.HasPrefix(s, w) {
				return true
			}
		}
		return false
	}
}

// isText reports whether the beginning of a file is text: UTF-8, or UTF-16 and
// UTF-32 with a mark.
func isText(b []byte) bool {
	if wide(b) {
		return true
	}
	for _, magic := range []string{`{\rtf`, "%!PS", "%PDF", "<?xml", "\ufeff<?xml"} { // what programs show is not these words
		if bytes.HasPrefix(b, []byte(magic)) {
			return false
		}
	}
	if len(b) == 0 {
		return false
	}
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			return len(b) < utf8.UTFMax && !utf8.FullRune(b) // cut in the middle
		}
		if r == 0x7f || r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			return false
		}
		b = b[n:]
	}
	return true
}

func wide(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff"))
}

// decode returns text as UTF-8 without a mark.
func (j *job) decode(b []byte) (string, error) {
	if wide(b) {
		e := uni.UTF16(uni.LittleEndian, uni.UseBOM).NewDecoder()
		if bytes.HasPrefix(b, []byte("\xff\xfe\x00\x00")) {
			e = utf32.UTF32(utf32.LittleEndian, utf32.UseBOM).NewDecoder()
		}
		out, err := e.Bytes(b)
		if err != nil {
			return "", refuse(Broken, "")
		}
		b = out
	}
	if !utf8.Valid(b) {
		return "", refuse(Unable, "a character set that is not UTF-8")
	}
	return strings.TrimPrefix(string(b), "\ufeff"), nil
}

// cleanText keeps characters that are seen, and drops spaces at the ends of lines.
func cleanText(j *job, b []byte) ([]byte, error) {
	s, err := j.decode(b)
	if err != nil {
		return nil, err
	}
	if isTable(s) {
		j.Kind = Kind{"csv", ".csv", "text/csv; charset=utf-8"}
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return []byte(j.seen(s)), nil
}

// seen returns s without characters that nobody sees, and without spaces at the
// ends of lines, where messages can be kept.
func (j *job) seen(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(visible(l), " \t\u00a0")
	}
	out := strings.Join(lines, "\n")
	if lost := len(s) - len(out); lost > 0 {
		j.removed("characters that nobody sees", "", "", lost)
	}
	return out
}

// visible returns s without characters that nobody sees. Joiners stay where a
// script needs them, and so do marks of direction.
func visible(s string) string {
	before := '\x00' // of what is kept
	return strings.Map(func(r rune) rune {
		if !seenAfter(r, before) {
			return -1
		}
		before = r
		return r
	}, s)
}

// seenAfter reports whether a character is seen, or changes how others are, when
// it stands after another.
func seenAfter(r, before rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\u00ad':
		return true
	case r == '\u200c' || r == '\u200d': // between letters that join, and in pictures of several signs
		return unicode.In(before, unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.So, unicode.Sk, unicode.Variation_Selector)
	case r == '\u200e' || r == '\u200f' || r >= 0x2066 && r <= 0x2069 || r == 0xfe0f || r == 0xfe0e:
		return true
	case r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164': // letters without a shape
		return false
	}
	return r != utf8.RuneError && !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Variation_Selector)
}

// isTable reports whether s is rows of as many cells, at least two of each.
func isTable(s string) bool {
	for _, comma := range ",;\t" {
		r := csv.NewReader(strings.NewReader(s))
		r.Comma = comma
		r.FieldsPerRecord = 0
		rows, cells := 0, 0
		for {
			rec, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				rows = 0
				break
			}
			rows, cells = rows+1, len(rec)
		}
		if rows >= 2 && cells >= 2 {
			return true
		}
	}
	return false
}
