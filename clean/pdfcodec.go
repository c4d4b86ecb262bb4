package clean

import (
	"bytes"
	"encoding/binary"

	"habeas/internal/pdf"
)

// bilevel copies the segments of a JBIG2 stream (ITU-T T.88, 7.2) but for
// comments.
func (d *pdfDoc) bilevel(b []byte, where string) []byte {
	var out []byte
	be := binary.BigEndian
	for len(b) >= 11 {
		number, flags := be.Uint32(b), b[4]
		at, refs := 6, int(b[5]>>5)
		if refs == 7 {
			refs = int(be.Uint32(b[5:]) & 0x1fffffff)
			at = 9 + (refs+8)/8
		}
		size := 1
		if number > 65536 {
			size = 4
		} else if number > 256 {
			size = 2
		}
		if refs > len(b) {
			break
		}
		at += refs * size
		if at += 1; flags&0x40 != 0 {
			at += 3
		}
		if at+4 > len(b) {
			break
		}
		n := be.Uint32(b[at:])
		end := at + 4 + int(n)
		if n == 0xffffffff || end > len(b) { // to the end
			end = len(b)
		}
		switch kind := flags & 0x3f; kind {
		case 62:
			d.removed("comment", where, string(b[at+4:end]), end)
		default:
			out = append(out, b[:end]...)
		}
		b = b[end:]
	}
	if len(b) > 0 {
		d.hide("bytes behind a picture", "")
	}
	return out
}

// jpeg2000 copies what shows a picture of JPEG 2000 (ITU-T T.800, annex A and I):
// boxes of the header, and the codestream without comments.
func (d *pdfDoc) jpeg2000(b []byte, dict pdf.Dict) []byte {
	if bytes.HasPrefix(b, []byte{0xff, 0x4f}) {
		return d.codestream(b)
	}
	all, err := boxes(b)
	if err != nil {
		d.fail(Broken, "picture")
		return nil
	}
	var out []byte
	for _, x := range all {
		switch x.name {
		case "jP  ":
			out = appendBox(out, x.name, []byte{0x0d, 0x0a, 0x87, 0x0a})
		case "ftyp":
			out = appendBox(out, x.name, []byte("jp2 \x00\x00\x00\x00jp2 "))
		case "jp2h":
			out = appendBox(out, x.name, d.headOf2000(x.body, dict))
		case "jp2c":
			out = appendBox(out, x.name, d.codestream(x.body))
		default:
			d.removed("data of a program", join("picture", short(x.name)), string(x.body), len(x.body))
		}
	}
	return out
}

func appendBox(b []byte, name string, body []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(8+len(body)))
	return append(append(b, name...), body...)
}

// headOf2000 copies the boxes of a header that say what pixels mean. A profile
// becomes the space that has as many colours.
func (d *pdfDoc) headOf2000(b []byte, dict pdf.Dict) []byte {
	all, err := boxes(b)
	if err != nil {
		d.fail(Broken, "picture")
		return nil
	}
	var out []byte
	colours := 3
	told := false
	for _, x := range all {
		switch x.name {
		case "ihdr":
			if len(x.body) >= 10 {
				colours = int(binary.BigEndian.Uint16(x.body[8:]))
			}
			out = appendBox(out, x.name, x.body[:min(14, len(x.body))])
		case "bpcc", "pclr", "cmap", "cdef":
			out = appendBox(out, x.name, x.body)
		case "colr":
			if told || len(x.body) < 3 {
				continue
			}
			told = true
			body := x.body
			if body[0] != 1 || len(body) < 7 {
				space := map[int]byte{1: 17, 2: 17, 4: 12}[colours]
				if space == 0 {
					space = 16
				}
				body = []byte{1, 0, 0, 0, 0, 0, space}
				d.removed("colour profile", "picture", "", len(x.body))
			}
			out = appendBox(out, x.name, append([]byte{1, 0, 0}, body[3:7]...))
		default:
			d.removed("data of a program", join("picture", short(x.name)), string(x.body), len(x.body))
		}
	}
	return out
}

// endOfTile returns where the data that begin at at end: where they say, or before
// the mark that ends the picture.
func endOfTile(b []byte, at, said int) int {
	if said > 0 {
		return min(len(b), said)
	}
	if n := bytes.LastIndex(b, []byte{0xff, 0xd9}); n > at {
		return n
	}
	return len(b)
}

// codestream copies a codestream without comments, and without lengths of tiles,
// which would no longer be right.
func (d *pdfDoc) codestream(b []byte) []byte {
	const (
		soc, sot, sod, eoc = 0x4f, 0x90, 0x93, 0xd9
		com, tlm           = 0x64, 0x55
	)
	bad := func() []byte { d.fail(Broken, "picture"); return nil }
	if len(b) < 4 || b[0] != 0xff || b[1] != soc {
		return bad()
	}
	out := append([]byte{}, b[:2]...)
	part := -1 // where the head of the part of a tile is in out
	left := 0  // bytes of it
	for at := 2; at+2 <= len(b); {
		marker := b[at+1]
		switch {
		case b[at] != 0xff:
			return bad()
		case marker == eoc:
			if n := len(b) - at - 2; n > 0 {
				d.removed("bytes after the end", "picture", "", n)
			}
			return append(out, 0xff, eoc)
		case marker == sod:
			end := endOfTile(b, at, left)
			if part < 0 || end < at+2 {
				return bad()
			}
			out = append(out, b[at:end]...)
			binary.BigEndian.PutUint32(out[part+6:], uint32(len(out)-part))
			part, at = -1, end
			continue
		}
		if at+4 > len(b) {
			return bad()
		}
		n := int(binary.BigEndian.Uint16(b[at+2:]))
		if n < 2 || at+2+n > len(b) {
			return bad()
		}
		segment := b[at : at+2+n]
		switch {
		case marker == sot && n == 10:
			part = len(out)
			if left = int(binary.BigEndian.Uint32(b[at+6:])); left > 0 {
				left += at
			}
			out = append(out, segment...)
		case marker == com:
			d.removed("comment", "picture", string(segment[4:]), n)
		case marker == tlm:
		default:
			out = append(out, segment...)
		}
		at += 2 + n
	}
	return append(out, 0xff, eoc)
}
