package clean

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// cleanWAV keeps the format and the samples.
func cleanWAV(j *job, b []byte) ([]byte, error) {
	size := int64(binary.LittleEndian.Uint32(b[4:])) + 8
	if size > int64(len(b)) || size < 12 {
		size = int64(len(b)) // programs that stream do not know it
	}
	var format, data []byte
	rest := b[12:size]
	for len(rest) >= 8 {
		name, n := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		if n > int64(len(rest)-8) {
			if name != "data" {
				return nil, refuse(Broken, name)
			}
			n = int64(len(rest) - 8)
		}
		body := rest[8 : 8+n]
		rest = rest[min(int64(len(rest)), 8+n+n%2):]
		switch {
		case name == "fmt " && format == nil && n >= 16:
			format = body[:min(n, 40)]
			if kind := binary.LittleEndian.Uint16(body); kind == 1 || kind == 3 {
				format = body[:16]
			}
		case name == "data" && data == nil:
			data = body
		case name == "fact":
		default:
			j.removed("data of a program", name, printable(body), len(body))
		}
	}
	if left := int64(len(b)) - size; left > 0 {
		j.removed("bytes after the end", "", "", int(left))
	}
	if format == nil || data == nil {
		return nil, refuse(Broken, "")
	}
	le := binary.LittleEndian
	out := append([]byte("RIFF\x00\x00\x00\x00WAVEfmt "), le.AppendUint32(nil, uint32(len(format)))...)
	out = append(append(out, format...), "data"...)
	out = append(le.AppendUint32(out, uint32(len(data))), data...)
	if len(data)%2 == 1 {
		out = append(out, 0)
	}
	le.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

// mp3Frame returns how long the frame at the beginning of b is; 0 if there is
// none (ISO/IEC 11172-3, section 2.4.2.3, and 13818-3).
func mp3Frame(b []byte) int {
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe0 != 0xe0 {
		return 0
	}
	version, layer, rate, hertz, pad := b[1]>>3&3, 4-int(b[1]>>1&3), int(b[2]>>4), int(b[2]>>2&3), int(b[2]>>1&1)
	if version == 1 || layer == 4 || rate == 0 || rate == 15 || hertz == 3 {
		return 0
	}
	kbits := [3][16]int{ // of MPEG-1, by layer
		{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
		{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	}[layer-1][rate]
	hz := [3]int{44100, 48000, 32000}[hertz]
	if version != 3 { // MPEG-2 and 2.5
		kbits = [2][16]int{
			{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
			{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
		}[min(layer-1, 1)][rate]
		hz /= 2
		if version == 0 {
			hz /= 2
		}
	}
	switch {
	case layer == 1:
		return (12*kbits*1000/hz + pad) * 4
	case layer == 3 && version != 3:
		return 72*kbits*1000/hz + pad
	}
	return 144*kbits*1000/hz + pad
}

func isMP3(b []byte) bool {
	if bytes.HasPrefix(b, []byte("ID3")) {
		return true
	}
	n := mp3Frame(b)
	return n > 0 && (len(b) == n || len(b) > n && mp3Frame(b[n:]) > 0)
}

// cleanMP3 keeps frames of sound, and of the first what programs need to play
// from the middle.
func cleanMP3(j *job, b []byte) ([]byte, error) {
	var out []byte
	lost, frames := 0, 0
	for len(b) > 0 {
		if n := id3(b); n > 0 {
			j.removed("ID3", "", printable(b[:n]), n)
			b = b[n:]
			continue
		}
		n := mp3Frame(b)
		whole := n > 0 && n <= len(b) && (len(b) == n || mp3Frame(b[n:]) > 0 || id3(b[n:]) > 0 || tail(b[n:]))
		if !whole {
			skip := bytes.IndexByte(b[1:], 0xff) + 1
			if skip == 0 {
				skip = len(b)
			}
			lost += skip
			b = b[skip:]
			continue
		}
		frame := slices.Clone(b[:n])
		if frames == 0 {
			j.blankLAME(frame)
		}
		out = append(out, frame...)
		frames++
		b = b[n:]
	}
	if lost > 0 {
		j.removed("bytes between and after frames", "", "", lost)
	}
	if frames == 0 {
		return nil, refuse(Broken, "")
	}
	return out, nil
}

// tail reports whether b is what programs put at the end of a file.
func tail(b []byte) bool {
	for _, magic := range []string{"TAG", "APETAGEX", "LYRICSBEGIN", "3DI"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}

// id3 returns how long the ID3v2 tag at the beginning of b is, or the ID3v1 tag
// that is all of it; 0 if there is none.
func id3(b []byte) int {
	if len(b) >= 10 && string(b[:3]) == "ID3" && (b[6]|b[7]|b[8]|b[9])&0x80 == 0 {
		n := 10 + (int(b[6])<<21 | int(b[7])<<14 | int(b[8])<<7 | int(b[9]))
		if b[5]&0x10 != 0 {
			n += 10
		}
		return min(n, len(b))
	}
	if len(b) == 128 && string(b[:3]) == "TAG" {
		return 128
	}
	return 0
}

// blankLAME blanks, in the frame that says how many there are, with what and how
// they were made.
func (j *job) blankLAME(frame []byte) {
	for _, magic := range []string{"Xing", "Info"} {
		at := bytes.Index(frame[:min(len(frame), 64)], []byte(magic))
		if at < 0 || at+8 > len(frame) {
			continue
		}
		flags := binary.BigEndian.Uint32(frame[at+4:])
		end := at + 8
		for bit, n := range []int{4, 4, 100, 4} {
			if flags&(1<<bit) != 0 {
				end += n
			}
		}
		if end >= len(frame) {
			continue
		}
		tag := make([]byte, len(frame)-end)
		if len(tag) >= 24 && slices.Max(frame[end:end+4]) > 0 {
			copy(tag, "LAME")                      // whoever it was: players heed what follows for no other
			copy(tag[21:24], frame[end+21:end+24]) // how much silence stands before and after
		}
		if !bytes.Equal(tag, frame[end:]) {
			j.removed("name of a program", magic, printable(frame[end:min(len(frame), end+9)]), len(tag))
			copy(frame[end:], tag)
		}
	}
}

// cleanFLAC keeps what describes the samples, and the frames.
func cleanFLAC(j *job, b []byte) ([]byte, error) {
	at, out := 4, []byte("fLaC")
	for last := false; !last; {
		if at+4 > len(b) {
			return nil, refuse(Broken, "")
		}
		kind, n := b[at]&0x7f, int(b[at+1])<<16|int(b[at+2])<<8|int(b[at+3])
		last = b[at]&0x80 != 0
		if at+4+n > len(b) {
			return nil, refuse(Broken, "")
		}
		body := b[at+4 : at+4+n]
		at += 4 + n
		switch {
		case kind == 0 && n == 34 && len(out) == 4:
			out = append(append(out, 0x80, 0, 0, 34), body...)
		case kind == 0 || kind == 127:
			return nil, refuse(Broken, "")
		case kind == 1 || kind == 3: // padding, and a table to seek with
			if len(bytes.Trim(body, "\x00")) > 0 && kind == 1 {
				j.removed("padding that is not empty", "", "", n)
			}
		default:
			what := map[byte]string{4: "comments", 6: "picture"}[kind]
			if what == "" {
				what = "data of a program"
			}
			j.removed(what, "", printable(body), n)
		}
	}
	if len(out) == 4 {
		return nil, refuse(Broken, "")
	}
	frames := b[at:]
	end := flacEnd(frames)
	if end == 0 {
		return nil, refuse(Broken, "")
	}
	if rest := len(frames) - end; rest > 0 {
		j.removed("bytes after the end", "", printable(frames[end:]), rest)
	}
	return append(out, frames[:end]...), nil
}

// flacEnd returns where the last frame ends: where the check sum that ends it
// comes out (RFC 9639, section 9). What looks like the head of a frame may be
// part of one, so a frame that ends the file goes before one that doesn't.
func flacEnd(b []byte) int {
	found := 0
	for at := len(b) - 2; at >= 0; at-- {
		if b[at] != 0xff || b[at+1]&0xfe != 0xf8 || !flacHead(b[at:]) {
			continue
		}
		end, sum := 0, uint16(0)
		for i := at; i < len(b); i++ {
			if sum = crc16(sum, b[i]); sum == 0 && i > at+6 {
				end = i + 1
			}
		}
		if end == len(b) {
			return end
		}
		found = max(found, end)
		if len(b)-at > mostFrame {
			break
		}
	}
	return found
}

// mostFrame is about how far from the end of a file the head of its last frame is
// looked for.
const mostFrame = 1 << 19

// flacHead reports whether the check sum of the head of a frame comes out.
func flacHead(b []byte) bool {
	var sum byte
	for i := 0; i < min(len(b), 16); i++ {
		sum ^= b[i]
		for range 8 {
			if sum&0x80 != 0 {
				sum = sum<<1 ^ 0x07
			} else {
				sum <<= 1
			}
		}
		if sum == 0 && i >= 5 {
			return true
		}
	}
	return false
}

func crc16(sum uint16, c byte) uint16 {
	sum ^= uint16(c) << 8
	for range 8 {
		if sum&0x8000 != 0 {
			sum = sum<<1 ^ 0x8005
		} else {
			sum <<= 1
		}
	}
	return sum
}
