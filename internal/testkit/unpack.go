package testkit

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"html"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxUnpacked bounds what one packed stream may unpack to.
const maxUnpacked = 64 << 20

// unpack gives to each everything that can be decoded out of b, with a word for
// how. It stops at the first error of each, which may call unpack with the same
// inflater.
func unpack(b []byte, inflater io.ReadCloser, each func(how string, inner []byte) error) error {
	var failed error
	give := func(how string, inner []byte) {
		if failed == nil && len(inner) >= shortest {
			failed = each(how, inner)
		}
	}
	for how, esc := range escapes() {
		esc.decode(b, func(text []byte) { give(how, text) })
	}
	runs(b, isBase64, 8, func(run []byte) {
		for shift := range min(4, len(run)) {
			give("base64", debase64(run[shift:]))
		}
	})
	runs(b, isHex, 2*shortest, func(run []byte) {
		give("hexadecimal", unhex(run))
		give("hexadecimal", unhex(run[1:]))
	})
	runs(b, func(c byte) bool { return c >= '0' && c <= '9' || c == ' ' || c == ',' }, 2*shortest,
		func(run []byte) { give("list of bytes", listed(run)) })
	if err := inflateAll(b, inflater, give); err != nil {
		return err
	}
	return failed
}

// runs gives each maximal run of at least least bytes that belong.
func runs(b []byte, belongs func(byte) bool, least int, each func(run []byte)) {
	start := -1
	for i := range len(b) + 1 {
		if i < len(b) && belongs(b[i]) {
			if start < 0 {
				start = i
			}
		} else if start >= 0 {
			if i-start >= least {
				each(b[start:i])
			}
			start = -1
		}
	}
}

// isBase64 takes line ends along, because long base64 is broken into lines.
func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' ||
		c == '+' || c == '/' || c == '-' || c == '_' || c == '\r' || c == '\n'
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|32 >= 'a' && c|32 <= 'f' }

func debase64(run []byte) []byte {
	clean := make([]byte, 0, len(run))
	for _, c := range run {
		switch c {
		case '\r', '\n':
		case '-':
			clean = append(clean, '+')
		case '_':
			clean = append(clean, '/')
		default:
			clean = append(clean, c)
		}
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	out, _ := base64.RawStdEncoding.AppendDecode(nil, clean) // what came before an error counts
	return out
}

func unhex(run []byte) []byte {
	out := make([]byte, len(run)/2)
	n, _ := hex.Decode(out, run[:len(run)/2*2])
	return out[:n]
}

// listed reads numbers as fmt and JSON print bytes, until one that is no byte.
func listed(run []byte) (out []byte) {
	for _, word := range bytes.FieldsFunc(run, func(r rune) bool { return r == ' ' || r == ',' }) {
		n, err := strconv.ParseUint(string(word), 10, 8)
		if err != nil {
			out = append(out, 0)
			continue
		}
		out = append(out, byte(n))
	}
	return out
}

// An escape is a way of writing characters in others.
type escape struct {
	lead byte
	read func(b []byte) (char []byte, size int) // size 0: this is no escape
}

func escapes() map[string]escape {
	return map[string]escape{
		"percent-encoded":  {'%', func(b []byte) ([]byte, int) { return hexByte(b, 1) }},
		"quoted-printable": {'=', quotedPrintable},
		"entities":         {'&', entity},
		"backslash":        {'\\', backslash},
	}
}

// around is how far from an escape the text still belongs to it.
const around = 128

// decode gives the parts of b that have escapes in them, decoded, each with
// what stands around it: so searching them costs little where there are few.
func (e escape) decode(b []byte, each func(text []byte)) {
	var text []byte
	end := -1 // of the last escape
	for at := 0; at < len(b); {
		i := bytes.IndexByte(b[at:], e.lead)
		if i < 0 {
			break
		}
		i += at
		char, size := e.read(b[i:])
		if size == 0 {
			at = i + 1
			continue
		}
		if end >= 0 && i-end <= 2*around {
			text = append(text, b[end:i]...)
		} else {
			if end >= 0 {
				each(append(text, b[end:end+around]...))
			}
			text = append([]byte(nil), b[max(0, i-around, end):i]...)
		}
		text = append(text, char...)
		end = i + size
		at = end
	}
	if end >= 0 {
		each(append(text, b[end:min(len(b), end+around)]...))
	}
}

func hexByte(b []byte, skip int) ([]byte, int) {
	if len(b) < skip+2 || !isHex(b[skip]) || !isHex(b[skip+1]) {
		return nil, 0
	}
	return unhex(b[skip : skip+2]), skip + 2
}

func quotedPrintable(b []byte) ([]byte, int) {
	for _, soft := range []string{"=\r\n", "=\n"} {
		if bytes.HasPrefix(b, []byte(soft)) {
			return nil, len(soft)
		}
	}
	return hexByte(b, 1)
}

func entity(b []byte) ([]byte, int) {
	n := 1
	for n < len(b) && n < 32 && (b[n] == '#' || isBase64(b[n]) && b[n] > ' ') {
		n++
	}
	if n < len(b) && b[n] == ';' {
		n++
	}
	char := html.UnescapeString(string(b[:n]))
	if char == string(b[:n]) {
		return nil, 0
	}
	return []byte(char), n
}

// backslash reads the escapes of JSON, JavaScript and Go.
func backslash(b []byte) ([]byte, int) {
	if len(b) < 2 {
		return nil, 0
	}
	switch b[1] {
	case 'x':
		return hexByte(b, 2)
	case 'n', 'r', 't':
		return []byte(" "), 2
	case 'u', 'U':
		digits := 4
		if b[1] == 'U' {
			digits = 8
		}
		r, ok := hexRune(b, digits)
		if !ok {
			return nil, 0
		}
		size := 2 + digits
		if low, ok := hexRune(b[size:], 4); ok && utf16.IsSurrogate(r) && b[size+1] == 'u' {
			r, size = utf16.DecodeRune(r, low), size+6
		}
		return utf8.AppendRune(nil, r), size
	case '"', '\\', '/', '\'':
		return b[1:2], 2
	}
	return nil, 0
}

func hexRune(b []byte, digits int) (rune, bool) {
	if len(b) < 2+digits || b[0] != '\\' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:2+digits]), 16, 32)
	return rune(n), err == nil
}

// inflateAll finds packed streams wherever they begin. What a damaged one gave
// before it broke is searched too. inflater is made by flate.NewReader; one is enough
// for all, and making it is most of the work on the short runs that unpack finds.
func inflateAll(b []byte, inflater io.ReadCloser, give func(how string, inner []byte)) error {
	try := func(how string, r io.Reader, err error) error {
		if err != nil {
			return nil
		}
		inner, _ := io.ReadAll(io.LimitReader(r, maxUnpacked+1))
		if len(inner) > maxUnpacked {
			return errors.New("unpacks to more than can be searched")
		}
		give(how, inner)
		return nil
	}
	inflate := func(how string, c []byte) error {
		return try(how, inflater, inflater.(flate.Resetter).Reset(bytes.NewReader(c), nil))
	}
	if err := inflate("deflate", b); err != nil {
		return err
	}
	for i := 0; i+10 < len(b); i++ {
		var err error
		switch c := b[i:]; {
		case c[0] == 0x1f && c[1] == 0x8b && c[2] == 8:
			r, bad := gzip.NewReader(bytes.NewReader(c))
			err = try("gzip", r, bad)
		case c[0] == 0x78 && (int(c[0])<<8|int(c[1]))%31 == 0:
			err = inflate("zlib", c[2:])
		case c[0] == 'P' && bytes.HasPrefix(c, []byte("PK\x03\x04")) && len(c) > 30 && c[8] == 8:
			skip := 30 + int(binary.LittleEndian.Uint16(c[26:])) + int(binary.LittleEndian.Uint16(c[28:]))
			if skip < len(c) {
				err = inflate("zip", c[skip:])
			}
		case c[0] == 'B' && bytes.HasPrefix(c, []byte("BZh")):
			err = try("bzip2", bzip2.NewReader(bytes.NewReader(c)), nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
