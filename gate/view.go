package gate

import (
	"encoding/base64"
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNested is how many encodings may lie inside each other and still be read.
const maxNested = 3

// encoded gives v to visit, and then, one at a time, the views of what is encoded
// in it (character references, percent signs, backslash escapes,
// quoted-printable, base64) and of what is encoded in those, so many deep.
func encoded(v view, deep int, visit func(view)) {
	visit(v)
	if deep == maxNested || deep == maxNested-1 && !v.garbled {
		disguised(v, visit)
	}
	if deep == 0 {
		return
	}
	if plain, changed := unescape(v); changed {
		encoded(plain, deep-1, visit)
	}
	base64Runs(v, func(inner view) { encoded(inner, deep-1, visit) })
}

// unescape decodes every escape in v.
func unescape(v view) (view, bool) {
	s := v.text
	if !strings.ContainsAny(s, `&%\=`) {
		return view{}, false
	}
	w := viewer{of: &v}
	w.text.Grow(len(s))
	done := 0
	for i := 0; i < len(s); i++ {
		var text string
		var n int
		switch s[i] {
		case '&':
			text, n = reference(s[i:])
		case '%':
			text, n = hexRun(s[i:], '%')
		case '=':
			text, n = hexRun(s[i:], '=')
		case '\\':
			text, n = escape(s[i:])
		}
		if n > 0 {
			w.copy(done, i)
			w.put(text, i, i+n)
			done = i + n
			i = done - 1
		}
	}
	if done == 0 {
		return view{}, false
	}
	w.copy(done, len(s))
	return w.view(), true
}

// maxReference is the length of the longest character reference, and more than
// any numeric one that isn't padded to hide.
const maxReference = 40

// reference decodes the HTML character reference that s begins with; n is 0 if
// there is none.
func reference(s string) (text string, n int) {
	end := 1
	for zeros := 0; end < len(s) && end-zeros < maxReference && (s[end] == '#' || isAlnum(s[end])); end++ {
		zeros += one(s[end] == '0')
	}
	if end < len(s) && s[end] == ';' {
		end++
	}
	text = html.UnescapeString(s[:end])
	if text == s[:end] {
		return "", 0
	}
	return text, end
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// hexRun decodes the bytes written as the sign and two hex digits that s begins
// with. After = a line break is nothing, as in quoted-printable.
func hexRun(s string, sign byte) (text string, n int) {
	var b []byte
	for n < len(s) && s[n] == sign {
		if sign == '=' && strings.HasPrefix(s[n+1:], "\n") {
			n += 2
			continue
		}
		if sign == '=' && strings.HasPrefix(s[n+1:], "\r\n") {
			n += 3
			continue
		}
		if n+3 > len(s) {
			break
		}
		c, err := strconv.ParseUint(s[n+1:n+3], 16, 8)
		if err != nil {
			break
		}
		b = append(b, byte(c))
		n += 3
	}
	return string(b), n
}

// escape decodes the backslash escape, or the run of \u escapes, that s begins
// with.
func escape(s string) (text string, n int) {
	var units []uint16
	for strings.HasPrefix(s[n:], `\u`) && len(s) >= n+6 {
		c, err := strconv.ParseUint(s[n+2:n+6], 16, 16)
		if err != nil {
			break
		}
		units = append(units, uint16(c))
		n += 6
	}
	if n > 0 {
		return string(utf16.Decode(units)), n
	}
	if strings.HasPrefix(s, `\u{`) {
		if hex, _, ok := strings.Cut(s[3:min(len(s), 12)], "}"); ok {
			if c, err := strconv.ParseUint(hex, 16, 32); err == nil && c <= utf8.MaxRune {
				return string(rune(c)), len(hex) + 4
			}
		}
		return "", 0
	}
	if text, n := byteEscapes(s); n > 0 {
		return text, n
	}
	if len(s) < 2 {
		return "", 0
	}
	switch s[1] {
	case 'n', 'r':
		return "\n", 2
	case 't', 'b', 'f', 'v':
		return " ", 2
	case '"', '\'', '/', '\\':
		return s[1:2], 2
	}
	return cssEscape(s)
}

// byteEscapes decodes the run of bytes, written as \x and two hex digits or as a
// backslash and three octal ones, that s begins with: as UTF-8, or else as Latin-1.
// Octal digits may be hex digits of a style sheet, so they must make UTF-8 beyond
// ASCII.
func byteEscapes(s string) (text string, n int) {
	var b []byte
	hex := strings.HasPrefix(s, `\x`)
	for len(s) >= n+4 && s[n] == '\\' && (s[n+1] == 'x') == hex {
		c, err := strconv.ParseUint(s[n+1:n+4], 8, 8)
		if hex {
			c, err = strconv.ParseUint(s[n+2:n+4], 16, 8)
		}
		if err != nil {
			break
		}
		b = append(b, byte(c))
		n += 4
	}
	switch valid := utf8.Valid(b); {
	case !hex && (!valid || utf8.RuneCount(b) == len(b)):
		return "", 0
	case valid:
		return string(b), n
	}
	var latin []rune
	for _, c := range b {
		latin = append(latin, rune(c))
	}
	return string(latin), n
}

// cssEscape decodes a backslash and one to six hex digits, with a space after
// them that belongs to it.
func cssEscape(s string) (text string, n int) {
	n = 1
	for n < len(s) && n < 7 && isHex(s[n]) {
		n++
	}
	c, err := strconv.ParseUint(s[1:n], 16, 32)
	if err != nil || n < 3 || c > utf8.MaxRune {
		return "", 0
	}
	if n < len(s) && s[n] == ' ' {
		n++
	}
	return string(rune(c)), n
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

const (
	minBase64  = 8  // characters of base64 that are worth decoding
	mimeLine   = 60 // a line of base64 at least so long goes on in the next
	minGarbled = 7  // bytes of decoded text that a hit in what may not be text must take up
)

// base64Runs gives visit what every run of base64 characters may say, whichever
// of its first four characters the encoding begins with.
func base64Runs(v view, visit func(view)) {
	s := v.text
	for i := 0; i < len(s); {
		if !isBase64(s[i]) {
			i++
			continue
		}
		end := base64End(s, i)
		if end-i >= minBase64 && looksEncoded(s[i:end]) {
			chars := make([]int, 0, end-i)
			for at := i; at < end; at++ {
				if isBase64(s[at]) {
					chars = append(chars, at)
				}
			}
			for shift := range min(4, len(chars)) {
				if inner, ok := decodeBase64(&v, chars[shift:]); ok {
					visit(inner)
				}
			}
		}
		i = end
	}
}

func isBase64(c byte) bool { return isAlnum(c) || c == '+' || c == '/' || c == '-' || c == '_' }

// base64End returns where the run that begins at i ends. It may be of several
// lines.
func base64End(s string, i int) (end int) {
	line := i
	for end = i; end < len(s); {
		switch {
		case isBase64(s[end]):
			end++
		case (s[end] == '\n' || s[end] == '\r') && end-line >= mimeLine:
			for end < len(s) && (s[end] == '\n' || s[end] == '\r') {
				end++
			}
			line = end
		default:
			return end
		}
	}
	return end
}

// looksEncoded reports whether a run is anything but a word: it has a capital
// after a small letter or a digit, or a digit.
func looksEncoded(run string) bool {
	for i := range len(run) {
		c := run[i]
		if c >= '0' && c <= '9' || i > 0 && c >= 'A' && c <= 'Z' {
			return true
		}
	}
	return false
}

func decodeBase64(v *view, chars []int) (view, bool) {
	if len(chars)%4 == 1 {
		chars = chars[:len(chars)-1]
	}
	raw := make([]byte, len(chars))
	for i, at := range chars {
		switch raw[i] = v.text[at]; raw[i] {
		case '-':
			raw[i] = '+'
		case '_':
			raw[i] = '/'
		}
	}
	text := make([]byte, base64.RawStdEncoding.DecodedLen(len(raw)))
	n, err := base64.RawStdEncoding.Decode(text, raw)
	if err != nil || n == 0 {
		return view{}, false
	}
	text = text[:n]
	w := viewer{of: v}
	w.text.Grow(len(text))
	group := func(i int) (int, int) {
		last := min(i/3*4+3, len(chars)-1)
		return chars[i/3*4], chars[last] + 1
	}
	if wide, ok := wideText(text); ok {
		for i := 0; i+1 < len(text); i += 2 {
			from, _ := group(i)
			_, to := group(i + 1)
			w.put(string(wide[i/2]), from, to)
		}
		return w.view(), true
	}
	for i := 0; i < len(text); i += 3 {
		from, to := group(i)
		w.put(string(text[i:min(i+3, len(text))]), from, to)
	}
	inner := w.view()
	inner.garbled = !utf8.Valid(text)
	return inner, hasWord(inner.text)
}

// wideText reads b as UTF-16, with or without a byte order mark, if its high
// bytes look like it. Characters beyond the first plane come out as two.
func wideText(b []byte) ([]rune, bool) {
	var low, high int // bytes at even and at odd places that are high bytes of letters
	for i, c := range b {
		if c == 0 || c == 4 {
			if i%2 == 0 {
				low++
			} else {
				high++
			}
		}
	}
	half := len(b) / 2
	if half < 2 || max(low, high) < half-half/8-1 {
		return nil, false
	}
	out := make([]rune, half)
	for i := range out {
		if high >= low {
			out[i] = rune(b[2*i+1])<<8 | rune(b[2*i])
		} else {
			out[i] = rune(b[2*i])<<8 | rune(b[2*i+1])
		}
	}
	return out, true
}

// hasWord reports whether s holds three letters side by side, Latin or two-byte.
func hasWord(s string) bool {
	run := 0
	for _, c := range s {
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0xC0 && c != utf8.RuneError {
			if run++; run == 3 {
				return true
			}
		} else {
			run = 0
		}
	}
	return false
}
