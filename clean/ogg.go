package clean

import (
	"bytes"
	"encoding/binary"
)

// An oggPage is a page (RFC 3533, section 6).
type oggPage struct {
	flags   byte
	granule []byte // eight bytes
	serial  uint32
	sizes   []byte
	body    []byte
}

func readOggPage(b []byte) (oggPage, int, bool) {
	if len(b) < 27 || string(b[:4]) != "OggS" || b[4] != 0 || len(b) < 27+int(b[26]) {
		return oggPage{}, 0, false
	}
	p := oggPage{flags: b[5], granule: b[6:14], serial: binary.LittleEndian.Uint32(b[14:]), sizes: b[27 : 27+int(b[26])]}
	n := 0
	for _, s := range p.sizes {
		n += int(s)
	}
	at := 27 + len(p.sizes)
	if len(b) < at+n {
		return oggPage{}, 0, false
	}
	p.body = b[at : at+n]
	return p, at + n, true
}

// bytes returns the page with its number and its check sum.
func (p oggPage) bytes(number uint32) []byte {
	out := append([]byte("OggS\x00"), p.flags)
	out = append(out, p.granule...)
	out = binary.LittleEndian.AppendUint32(out, 0x68616265) // no serial number of a program
	out = binary.LittleEndian.AppendUint32(out, number)
	out = append(out, 0, 0, 0, 0, byte(len(p.sizes)))
	out = append(append(out, p.sizes...), p.body...)
	var sum uint32
	for _, c := range out {
		sum ^= uint32(c) << 24
		for range 8 {
			if sum&0x80000000 != 0 {
				sum = sum<<1 ^ 0x04c11db7
			} else {
				sum <<= 1
			}
		}
	}
	binary.LittleEndian.PutUint32(out[22:], sum)
	return out
}

// cleanOgg keeps the sound of one stream of Vorbis, Opus or FLAC, with a comment
// that says nothing.
func cleanOgg(j *job, b []byte) ([]byte, error) {
	pages, err := j.oggPages(b)
	if err != nil {
		return nil, err
	}
	first := pages[0].body
	heads, comment := 0, []byte(nil)
	empty := []byte{0, 0, 0, 0, 0, 0, 0, 0} // no vendor, no comments
	switch {
	case bytes.HasPrefix(first, []byte("\x01vorbis")):
		heads, comment = 3, append(append([]byte("\x03vorbis"), empty...), 1)
	case bytes.HasPrefix(first, []byte("OpusHead")):
		heads, comment = 2, append([]byte("OpusTags"), empty...)
	default:
		return nil, refuse(Unable, "")
	}
	packets, used, ok := oggPackets(pages, heads)
	if !ok {
		return nil, refuse(Broken, "")
	}
	if !bytes.Equal(packets[1], comment) {
		j.removed("comments", "", printable(packets[1]), len(packets[1]))
	}
	packets[1] = comment
	var out []byte
	number := uint32(0)
	write := func(p oggPage) {
		out = append(out, p.bytes(number)...)
		number++
	}
	write(oggPage{flags: 2, granule: make([]byte, 8), sizes: lacing(len(first)), body: packets[0]})
	for _, p := range packets[1:] {
		for i, sizes := 0, lacing(len(p)); len(sizes) > 0; i++ {
			n := min(len(sizes), 255)
			body := min(len(p), 255*n)
			page := oggPage{granule: make([]byte, 8), sizes: sizes[:n], body: p[:body]}
			if i > 0 {
				page.flags = 1 // goes on from the page before
			}
			if n == 255 && sizes[254] == 255 {
				page.granule = bytes.Repeat([]byte{0xff}, 8) // no packet ends here
			}
			write(page)
			sizes, p = sizes[n:], p[body:]
		}
	}
	for _, p := range pages[used:] {
		p.flags &= 5 // goes on, and ends
		write(p)
	}
	return out, nil
}

// oggPages returns the pages of the one stream of a file.
func (j *job) oggPages(b []byte) ([]oggPage, error) {
	var pages []oggPage
	for len(b) > 0 {
		p, n, ok := readOggPage(b)
		if !ok {
			if len(pages) == 0 {
				return nil, refuse(Broken, "")
			}
			j.removed("bytes after the end", "", printable(b), len(b))
			break
		}
		if len(pages) > 0 && p.serial != pages[0].serial {
			return nil, refuse(Unable, "a second stream")
		}
		pages = append(pages, p)
		b = b[n:]
	}
	return pages, nil
}

// lacing returns the sizes of the pieces of a packet.
func lacing(n int) []byte { return append(bytes.Repeat([]byte{255}, n/255), byte(n%255)) }

// oggPackets returns the first packets, which end with a page, and how many pages
// they take.
func oggPackets(pages []oggPage, heads int) (packets [][]byte, used int, ok bool) {
	var now []byte
	for i, p := range pages {
		at := 0
		for _, s := range p.sizes {
			now = append(now, p.body[at:at+int(s)]...)
			at += int(s)
			if s < 255 {
				packets, now = append(packets, now), nil
			}
		}
		if len(packets) >= heads {
			return packets, i + 1, len(packets) == heads && now == nil
		}
	}
	return nil, 0, false
}
