package clean

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// mostPixels is how many pixels a picture may have: as many as 16 of the largest
// photographs of a phone.
const mostPixels = 1 << 32

// pngKept are the chunks that are copied as they are. Those of pixels are treated
// apart.
var pngKept = map[string]int{"IHDR": 13, "PLTE": 768, "tRNS": 768, "acTL": 8, "fcTL": 26}

// cleanPNG keeps the header, the palette, what is transparent, and the pixels,
// without what may follow them in their stream.
func cleanPNG(j *job, b []byte) ([]byte, error) {
	out := bytes.NewBufferString(pngMagic)
	var size pngSize
	var pixels bytes.Buffer
	ended := false
	for at := len(pngMagic); !ended; {
		name, body, next, err := pngChunk(b, at)
		if err != nil && (pixels.Len() > 0 || size.done) { // its end is missing, but not its pixels
			name, next, err = "IEND", len(b), nil
			j.removed("end that is not whole", "", "", len(b)-at)
		}
		if err != nil {
			return nil, err
		}
		if name != "IDAT" && pixels.Len() > 0 {
			if err := j.pngPixels(out, pixels.Bytes(), size); err != nil {
				return nil, err
			}
			pixels.Reset()
			size.done = true
		}
		switch {
		case name == "IDAT" && size.width > 0 && !size.done:
			pixels.Write(body)
		case name == "fdAT" && size.done:
			pngWrite(out, name, body)
		case name == "IEND" && size.done:
			pngWrite(out, name, nil)
			ended = true
			if rest := len(b) - next; rest > 0 {
				j.removed("bytes after the end", "", "", rest)
			}
		case pngKept[name] > 0 && len(body) <= pngKept[name]:
			if name == "IHDR" {
				if size, err = pngHeader(body, size); err != nil {
					return nil, err
				}
			}
			pngWrite(out, name, body)
		case name[0]&0x20 == 0: // a critical chunk, which has to be understood
			return nil, refuse(Broken, name)
		default:
			j.removed(pngWhat(name), name, pngText(name, body), len(body))
		}
		at = next
	}
	return out.Bytes(), nil
}

func pngWhat(name string) string {
	switch name {
	case "tEXt", "zTXt", "iTXt":
		return "text"
	case "eXIf":
		return "Exif"
	case "tIME":
		return "time of the last change"
	case "iCCP", "gAMA", "cHRM", "sRGB", "sBIT", "cICP":
		return "how colours are meant"
	}
	return "data of a program"
}

func pngText(name string, body []byte) string {
	if name == "tEXt" || name == "iTXt" {
		return strings.ReplaceAll(string(body), "\x00", " ")
	}
	return ""
}

func pngChunk(b []byte, at int) (name string, body []byte, next int, err error) {
	if at+12 > len(b) {
		return "", nil, 0, refuse(Broken, "")
	}
	n := binary.BigEndian.Uint32(b[at:])
	if uint64(n) > uint64(len(b)-at-12) {
		return "", nil, 0, refuse(Broken, "")
	}
	name = string(b[at+4 : at+8])
	body = b[at+8 : at+8+int(n)]
	sum := binary.BigEndian.Uint32(b[at+8+int(n):])
	if strings.ContainsFunc(name, func(r rune) bool { return (r|0x20) < 'a' || (r|0x20) > 'z' }) || sum != crc32.ChecksumIEEE(b[at+4:at+8+int(n)]) {
		return "", nil, 0, refuse(Broken, "")
	}
	return name, body, at + 12 + int(n), nil
}

func pngWrite(out *bytes.Buffer, name string, body []byte) {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, name...), body...)
	out.Write(binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:])))
}

// A pngSize is what says how many bytes of pixels there are.
type pngSize struct {
	width, height int64
	bits          int64 // a pixel
	interlaced    bool
	done          bool // the pixels have been read
}

func pngHeader(b []byte, before pngSize) (pngSize, error) {
	if len(b) != 13 || before.width > 0 || b[10] != 0 || b[11] != 0 || b[12] > 1 {
		return before, refuse(Broken, "IHDR")
	}
	channels := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[b[9]]
	s := pngSize{
		width: int64(binary.BigEndian.Uint32(b)), height: int64(binary.BigEndian.Uint32(b[4:])),
		bits: channels * int64(b[8]), interlaced: b[12] == 1,
	}
	if s.bits == 0 || s.bits > 64 || s.width == 0 || s.height == 0 || s.width > 1<<31 || s.height > 1<<31 {
		return s, refuse(Broken, "IHDR")
	}
	if s.width > mostPixels/s.height {
		return s, refuse(Large, "IHDR")
	}
	return s, nil
}

// bytes returns how long the filtered pixels are (PNG, section 7 and 8).
func (s pngSize) bytes() int64 {
	rows := func(w, h int64) int64 {
		if w == 0 || h == 0 {
			return 0
		}
		return h * (1 + (w*s.bits+7)/8)
	}
	if !s.interlaced {
		return rows(s.width, s.height)
	}
	var n int64
	for _, p := range [7][4]int64{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
		n += rows((s.width-p[0]+p[2]-1)/p[2], (s.height-p[1]+p[3]-1)/p[3])
	}
	return n
}

// pngPixels writes the stream of pixels, packed anew if something else is in it.
func (j *job) pngPixels(out *bytes.Buffer, stream []byte, s pngSize) error {
	in := bytes.NewReader(stream)
	z, err := zlib.NewReader(in)
	if err != nil {
		return refuse(Broken, "IDAT")
	}
	n, err := io.Copy(io.Discard, io.LimitReader(z, s.bytes()))
	if err != nil || n < s.bytes() {
		return refuse(Broken, "IDAT")
	}
	var one [1]byte
	if more, err := z.Read(one[:]); more == 0 && err == io.EOF { // nothing else is packed
		used := len(stream) - in.Len()
		if in.Len() > 0 {
			j.removed("bytes after the pixels", "IDAT", "", in.Len())
		}
		pngWrite(out, "IDAT", stream[:used])
		return nil
	}
	j.removed("more than the pixels", "IDAT", "", 0)
	z, err = zlib.NewReader(bytes.NewReader(stream))
	if err != nil {
		return refuse(Broken, "IDAT")
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := io.CopyN(w, z, s.bytes()); err != nil {
		return refuse(Broken, "IDAT")
	}
	if err := w.Close(); err != nil {
		return err
	}
	pngWrite(out, "IDAT", packed.Bytes())
	return nil
}
