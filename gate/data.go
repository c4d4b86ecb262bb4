package gate

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// data reads what data: addresses in v hold, as files in this one.
func (r *reader) data(at string, v view, deep int) {
	r.addresses(at, v.text, deep)
	if plain, ok := unescape(v); ok && countFold(plain.text) > countFold(v.text) {
		r.addresses(at, plain.text, deep)
	}
}

// countFold counts what may begin a data: address.
func countFold(s string) (n int) {
	for i := indexFold(s, "data:"); i >= 0; i = indexFold(s, "data:") {
		s = s[i+1:]
		n++
	}
	return n
}

// maxHead is how long what stands before the comma of an address may be, in bytes.
const maxHead = 1 << 10

func (r *reader) addresses(at, s string, deep int) {
	for {
		i := indexFold(s, "data:")
		if i < 0 {
			return
		}
		s = s[i+len("data:"):]
		head, _, ok := strings.Cut(s[:min(len(s), maxHead)], ",")
		media, params, _ := strings.Cut(head, ";")
		media = strings.ToLower(strings.TrimSpace(media))
		if !ok || !isMedia(media) {
			continue // a word before a colon
		}
		if strings.HasPrefix(media, "text/") && media != "text/html" {
			continue // read where it stands, like anything that is encoded
		}
		body := s[len(head)+1:]
		if end := strings.IndexAny(body, "\"'<>) \t\r\n"); end >= 0 {
			body = body[:end]
		}
		s = s[len(head)+1+len(body):]
		b, err := dataBytes(body, strings.Contains(strings.ToLower(params), "base64"))
		if k := mediaKinds[media]; err != nil || k == unknown || len(b) == 0 {
			r.refuse(at, UnknownPart)
		} else if r.take(at, len(b)) {
			r.read(r.numbered(at, "data"), "", k, b, deep+1)
		}
	}
}

// isMedia reports whether s looks like a media type that is not only text.
func isMedia(s string) bool {
	major, minor, ok := strings.Cut(s, "/")
	if !ok || minor == "" || strings.ContainsAny(s, " \t\r\n\"'<>") {
		return false
	}
	switch major {
	case "text", "image", "audio", "video", "application", "font", "model", "multipart", "message":
		return true
	}
	return false
}

func dataBytes(body string, is64 bool) ([]byte, error) {
	plain, err := url.PathUnescape(body)
	if err != nil || !is64 {
		return []byte(plain), err
	}
	plain = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(plain), "=")
	return base64.RawStdEncoding.DecodeString(plain)
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

// minRun is how many characters side by side are taken for text.
const minRun = 3

// binary reads the runs of letters in b, whatever else it holds: in UTF-8, in
// UTF-16 of either order, and in Windows-1251. It is for what has text in fixed
// places and does not pack it.
func (r *reader) binary(at string, b []byte) {
	binaryRuns(b, func(v view) { r.emit(at, v, false) })
}

// program reads b as binary does, but for the order that letters are shown in:
// the programs and numbers of glyphs are shown in none, and hold any two bytes.
func (r *reader) program(at string, b []byte) {
	binaryRuns(b, func(v view) {
		encoded(v, maxNested, func(v view) { r.out(at, v, false) })
	})
}

func binaryRuns(b []byte, emit func(view)) {
	runs := func(v view) {
		v.garbled = true
		emit(v)
	}
	raw := view{text: string(b)}
	runs(printable(raw, func(s string) (string, int) {
		c, n := utf8.DecodeRuneInString(s)
		if c == utf8.RuneError && n <= 1 {
			return "", 1
		}
		return s[:n], n
	}))
	for odd := range 2 {
		for _, little := range []bool{false, true} {
			if odd < len(b) {
				runs(wideRuns(raw, odd, little))
			}
		}
	}
	runs(printable(raw, func(s string) (string, int) { return string(charmap.Windows1251.DecodeByte(s[0])), 1 }))
}

// printable leaves the runs of printable characters that next decodes.
func printable(v view, next func(string) (string, int)) view {
	w := viewer{of: &v}
	type char struct {
		text string
		i, n int
	}
	var run []char
	flush := func() {
		if len(run) >= minRun {
			for _, c := range run {
				w.put(c.text, c.i, c.i+c.n)
			}
			w.put("\n\n", run[len(run)-1].i, run[len(run)-1].i+1)
		}
		run = run[:0]
	}
	for i := 0; i < len(v.text); {
		text, n := next(v.text[i:])
		if c, _ := utf8.DecodeRuneInString(text); c < ' ' && c != '\t' || c == utf8.RuneError || c >= 0x7F && c < 0xA0 {
			flush()
		} else {
			run = append(run, char{text, i, n})
		}
		i += n
	}
	flush()
	return w.view()
}

// wideRuns reads v from the byte odd on as UTF-16.
func wideRuns(v view, odd int, little bool) view {
	w := viewer{of: &v}
	s := v.text
	from, n := odd, 0
	flush := func(end int) {
		if n >= minRun {
			for i := from; i < end; i += 2 {
				w.put(string(wideUnit(s, i, little)), i, i+2)
			}
			w.put("\n\n", end-1, end)
		}
		n = 0
	}
	i := odd
	for ; i+1 < len(s); i += 2 {
		c := wideUnit(s, i, little)
		if c < ' ' || c >= 0x7F && c < 0xA0 || c >= 0x780 && c < 0x1E00 || c >= 0x2070 && c < 0x20A0 || c >= 0x20D0 || utf16.IsSurrogate(c) {
			flush(i)
			continue
		}
		if n == 0 {
			from = i
		}
		n++
	}
	flush(i)
	return w.view()
}

func wideUnit(s string, i int, little bool) rune {
	if little {
		return rune(s[i+1])<<8 | rune(s[i])
	}
	return rune(s[i])<<8 | rune(s[i+1])
}
