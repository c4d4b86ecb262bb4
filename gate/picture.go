package gate

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	_ "image/jpeg" // so that sizes can be told
	_ "image/png"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

const pngMark = "\x89PNG\r\n\x1a\n"

// maxPixels is the size of the largest picture.
const maxPixels = 100 << 20

// picture reads what a picture carries beside its pixels, and the pixels where
// somebody can, see [Options].
func (r *reader) picture(at string, b []byte, k kind) {
	ok := false
	switch k {
	case png:
		ok = r.png(at, b)
	case jpeg:
		ok = r.jpeg(at, b)
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(b))
	switch {
	case !ok || err != nil:
		r.refuse(at, Malformed)
	case size.Width*size.Height > maxPixels:
		r.refuse(at, TooLarge)
	default:
		r.pixels(at, b)
	}
}

// pixels reads what a picture shows; nil is a drawing, which OCR can't be given.
func (r *reader) pixels(at string, b []byte) {
	if r.opt.OCR != nil && b != nil {
		if text, err := r.opt.OCR(b); err == nil {
			r.emit(at+"/pixels", view{text: strings.ToValidUTF8(text, " ")}, false)
			return
		}
	}
	if !r.opt.Pictures {
		r.refuse(at, Picture)
	}
}

// png reads every chunk but the pixels, and reports whether b is one PNG and
// nothing else.
func (r *reader) png(at string, b []byte) bool {
	var pixels []byte
	for i := len(pngMark); i+12 <= len(b); {
		n := int(binary.BigEndian.Uint32(b[i:]))
		if n < 0 || i+12+n > len(b) || crc32.ChecksumIEEE(b[i+4:i+8+n]) != binary.BigEndian.Uint32(b[i+8+n:]) {
			return false
		}
		tag, body := string(b[i+4:i+8]), b[i+8:i+8+n]
		i += 12 + n
		switch tag {
		case "IEND":
			return i == len(b) && n == 0 && r.whole(at, pixels)
		case "IDAT":
			pixels = append(pixels, body...)
		case "acTL", "fcTL", "fdAT": // pictures behind the first
			r.refuse(at, UnknownPart)
		case "IHDR", "PLTE", "tRNS", "pHYs", "gAMA", "cHRM", "sRGB", "sBIT", "bKGD", "hIST", "tIME":
			if n > 1024 {
				return false
			}
		default:
			if !r.chunk(at, tag, body) {
				return false
			}
		}
	}
	return false
}

// whole reports whether packed is one zlib stream that ends where it does.
func (r *reader) whole(at string, packed []byte) bool {
	in := bytes.NewReader(packed)
	z, err := zlib.NewReader(in)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, io.LimitReader(z, 8*maxPixels))
	return err == nil && in.Len() == 0
}

// chunk reads text in a PNG.
func (r *reader) chunk(at, tag string, body []byte) bool {
	r.carried(at, body)
	key, rest, _ := bytes.Cut(body, []byte{0})
	switch {
	case (tag == "zTXt" || tag == "iCCP") && len(rest) > 0:
		rest = rest[1:]
	case tag == "iTXt" && len(rest) > 1 && rest[0] == 1:
		_, rest, _ = bytes.Cut(rest[2:], []byte{0})
		_, rest, _ = bytes.Cut(rest, []byte{0})
	default:
		return true
	}
	r.carried(at, key)
	plain, ok := r.inflate(at, rest)
	r.carried(at, plain)
	return ok
}

// carried reads text that a picture carries, in whichever charset.
func (r *reader) carried(at string, b []byte) {
	if bytes.Contains(b, []byte("\xFF\xD8\xFF")) { // a smaller picture of what this once was
		r.refuse(at, Picture)
	}
	r.binary(r.numbered(at, "metadata"), b)
	if iptc := bytes.Clone(b); blankHeads(iptc) {
		r.binary(r.numbered(at, "metadata"), iptc)
	}
	if hex := hexProfile(b); hex != nil {
		r.binary(r.numbered(at, "metadata"), hex)
	}
}

// blankHeads blanks the heads of IPTC records, whose length may look like a
// letter of what follows, and reports whether there are any.
func blankHeads(b []byte) (any bool) {
	for i := 0; i+5 <= len(b); i++ {
		if b[i] == 0x1C && b[i+1] < 10 {
			copy(b[i:], "\x00\x00\x00\x00\x00")
			any, i = true, i+4
		}
	}
	return any
}

// hexProfile returns what is written in hex digits in b, as old programs do with
// what they know no chunk for; nil if b is nothing of the kind.
func hexProfile(b []byte) []byte {
	var out []byte
	half := -1
	for _, c := range b {
		switch {
		case isHex(c):
			v := int(c & 15)
			if c >= 'A' {
				v += 9
			}
			if half < 0 {
				half = v
			} else {
				out, half = append(out, byte(half<<4|v)), -1
			}
		case c == '\n' || c == ' ':
		default:
			half = -1
		}
	}
	if len(out) < len(b)/4 {
		return nil
	}
	return out
}

// inflate unpacks a zlib stream, and reports whether it was one and nothing more.
func (r *reader) inflate(at string, b []byte) ([]byte, bool) {
	in := bytes.NewReader(b)
	z, err := zlib.NewReader(in)
	if err != nil {
		return nil, false
	}
	plain, err := io.ReadAll(io.LimitReader(z, int64(r.left)+1))
	if err != nil || !r.take(at, len(plain)) {
		return plain, false
	}
	rest := b[len(b)-in.Len():]
	return plain, len(bytes.TrimSpace(rest)) == 0
}

// jpeg reads every segment, and reports whether b is one JPEG and nothing else.
func (r *reader) jpeg(at string, b []byte) bool {
	for i := 2; i+4 <= len(b); {
		if b[i] != 0xFF {
			return false
		}
		mark := b[i+1]
		n := 2 + int(binary.BigEndian.Uint16(b[i+2:]))
		if mark == 0xFF { // fill
			i++
			continue
		}
		if mark == 0xD9 || mark < 0xC0 || mark >= 0xD0 && mark <= 0xD8 || n < 4 || i+n > len(b) {
			return false
		}
		if mark >= 0xE0 && mark <= 0xEF || mark == 0xFE || mark >= 0xF0 && mark <= 0xFD {
			r.carried(at, b[i+4:i+n])
		}
		i += n
		if mark == 0xDA {
			for i+1 < len(b) && (b[i] != 0xFF || b[i+1] == 0 || b[i+1] >= 0xD0 && b[i+1] <= 0xD7) {
				i++
			}
			if i+2 == len(b) && b[i+1] == 0xD9 {
				return true
			}
		}
	}
	return false
}

// octets reads text of single bytes whose charset nobody says: as UTF-8 if it
// is that, and otherwise as Windows-1252 and Windows-1251.
func octets(b []byte) []string {
	plain := strings.ToValidUTF8(string(b), "")
	if len(plain) == len(b) {
		return []string{plain}
	}
	var out []string
	for _, m := range []*charmap.Charmap{charmap.Windows1252, charmap.Windows1251} {
		s, _ := m.NewDecoder().String(string(b))
		out = append(out, s)
	}
	return out
}
