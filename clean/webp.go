package clean

import (
	"bytes"
	"encoding/binary"
)

// cleanWebP keeps pictures, their transparency and their animation.
func cleanWebP(j *job, b []byte) ([]byte, error) {
	size := int64(binary.LittleEndian.Uint32(b[4:])) + 8
	if size < 12 || size > int64(len(b)) {
		return nil, refuse(Broken, "")
	}
	if rest := int64(len(b)) - size; rest > 0 {
		j.removed("bytes after the end", "", "", int(rest))
	}
	body, pictures, err := j.webpChunks(b[12:size], true)
	if err != nil {
		return nil, err
	}
	if pictures == 0 {
		return nil, refuse(Broken, "")
	}
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(body)))
	return append(append(out, "WEBP"...), body...), nil
}

// webpChunks returns the chunks that are kept, of the file or of a frame.
func (j *job) webpChunks(b []byte, top bool) (out []byte, pictures int, err error) {
	for len(b) > 0 {
		if len(b) < 8 {
			return nil, 0, refuse(Broken, "")
		}
		name, n := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
		if n > int64(len(b)-8) {
			return nil, 0, refuse(Broken, name)
		}
		body := b[8 : 8+n]
		b = b[min(int64(len(b)), 8+n+n%2):]
		switch {
		case name == "VP8 " || name == "VP8L":
			pictures++
		case name == "ALPH":
		case top && name == "VP8X" && n == 10:
			body = bytes.Clone(body)
			body[0] &= 0x12 // that it is animated, and that it is transparent
			body[1], body[2], body[3] = 0, 0, 0
		case top && name == "ANIM" && n == 6:
		case top && name == "ANMF" && n >= 16:
			frame, in, err := j.webpChunks(body[16:], false)
			if err != nil {
				return nil, 0, err
			}
			pictures += in
			body = append(bytes.Clone(body[:16]), frame...)
		case name == "VP8X" || name == "ANIM" || name == "ANMF":
			return nil, 0, refuse(Broken, name)
		default:
			what := map[string]string{"EXIF": "Exif", "XMP ": "XMP", "ICCP": "colour profile"}[name]
			if what == "" {
				what = "data of a program"
			}
			j.removed(what, name, "", len(body))
			continue
		}
		out = binary.LittleEndian.AppendUint32(append(out, name...), uint32(len(body)))
		out = append(out, body...)
		if len(body)%2 == 1 {
			out = append(out, 0)
		}
	}
	return out, pictures, nil
}
