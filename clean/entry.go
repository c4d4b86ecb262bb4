package clean

import (
	"encoding/binary"
	"slices"
)

// A filter returns what of a sample is kept. It may change the sample it is given.
type filter func(sample []byte) ([]byte, error)

func keepAll(b []byte) ([]byte, error) { return b, nil }

// entryKept are the boxes that may stand in the description of samples, with how
// long they are at most: how to decode samples, and how to show them.
var entryKept = map[string]int{
	"vpcC": 12, "dac3": 3, "dec3": 16, "dOps": 300, "alac": 60, "dfLa": 42, "colr": 11, "pasp": 8, "clap": 32, "btrt": 12, "fiel": 2, "damr": 9, "d263": 7,
	"SmDm": 28, "CoLL": 8, "mdcv": 24, "clli": 4, "chan": 176, "pcmC": 6,
}

// entry makes the description of samples anew. A track has one; more are refused.
func (m *movie) entry(stsd []byte) ([]byte, filter, error) {
	if len(stsd) < 8 || binary.BigEndian.Uint32(stsd[4:]) != 1 {
		return nil, nil, refuse(Unable, "stsd")
	}
	all, err := boxes(stsd[8:])
	if err != nil || len(all) != 1 {
		return nil, nil, refuse(Broken, "stsd")
	}
	e := all[0]
	var head int
	switch e.name {
	case "avc1", "avc3", "hvc1", "hev1", "av01", "vp08", "vp09", "mp4v", "s263", "jpeg", "mjpa":
		head = 78
	case "mp4a", "Opus", "alac", "fLaC", "samr", "sawb", "ac-3", "ec-3", "sowt", "twos", "lpcm", "ipcm", "in24", "ulaw", "alaw", ".mp3":
		head = 28
	case "encv", "enca":
		return nil, nil, refuse(Encrypted, "stsd")
	default:
		return nil, nil, refuse(Unable, "stsd/"+e.name)
	}
	if len(e.body) < head {
		return nil, nil, refuse(Broken, "stsd")
	}
	if head == 28 { // QuickTime's longer descriptions of sound
		head += map[uint16]int{1: 16, 2: 36}[binary.BigEndian.Uint16(e.body[8:])]
		if len(e.body) < head {
			return nil, nil, refuse(Broken, "stsd")
		}
	}
	fixed := slices.Clone(e.body[:head])
	if head == 78 {
		if name := printable(fixed[42:74]); name != "" {
			m.removed("name of a program", "stsd", name, 32)
		}
		clear(fixed[8:24])  // who made the coder
		clear(fixed[42:74]) // and what it is called
	} else {
		clear(fixed[12:16])
	}
	inner, err := boxes(e.body[head:])
	if err != nil {
		return nil, nil, refuse(Broken, "stsd")
	}
	kept, f, err := m.entryBoxes(e.name, inner)
	if err != nil {
		return nil, nil, err
	}
	entry := boxOf(e.name, append([][]byte{fixed}, kept...)...)
	return boxOf("stsd", full(0, 0), []byte{0, 0, 0, 1}, entry), f, nil
}

// entryBoxes returns what is kept in a description, and the filter of samples.
func (m *movie) entryBoxes(codec string, inner []box) (kept [][]byte, f filter, err error) {
	f = keepAll
	for _, b := range inner {
		body := b.body
		switch b.name {
		case "avcC":
			f, err = avcFilter(body)
		case "hvcC":
			body, f, err = hevcConfig(body)
		case "av1C":
			body, err = av1Config(body)
			f = av1Filter
		case "esds":
			body, err = esds(body)
			if codec == "mp4a" && aac(body) {
				f = aacFilter
			}
		case "wave": // QuickTime: a description within the description
			var in []box
			if in, err = boxes(body); err == nil {
				if inner := one(in, "esds"); inner != nil {
					if inner, err = esds(inner); err == nil {
						if codec == "mp4a" && aac(inner) {
							f = aacFilter
						}
						body = slices.Concat(boxOf("frma", []byte(codec)), boxOf("mp4a", make([]byte, 4)), boxOf("esds", inner), []byte{0, 0, 0, 8, 0, 0, 0, 0})
					}
				}
			}
		default:
			if entryKept[b.name] == 0 {
				m.removed("data of a program", "stsd/"+b.name, printable(body), len(body))
				continue
			}
			if b.name == "colr" && len(body) >= 4 && string(body[:4]) != "nclx" && string(body[:4]) != "nclc" {
				m.removed("colour profile", "stsd/colr", "", len(body))
				continue
			}
			if most := entryKept[b.name]; len(body) > most {
				m.removed("more than it should have", "stsd/"+b.name, printable(body[most:]), len(body)-most)
				if body = slices.Clone(body[:most]); b.name == "dfLa" {
					body[4] |= 0x80 // the last of its blocks
				}
			}
		}
		if err != nil {
			return nil, nil, err
		}
		kept = append(kept, boxOf(b.name, body))
	}
	return kept, f, nil
}

// avcFilter drops messages and fillers from pictures of H.264. The parameter sets
// in avcC say how pictures are coded and stay.
func avcFilter(avcC []byte) (filter, error) {
	if len(avcC) < 7 {
		return nil, refuse(Broken, "avcC")
	}
	return nalFilter(int(avcC[4]&3)+1, func(nal []byte) bool {
		kind := nal[0] & 0x1f
		return kind >= 1 && kind <= 5 || kind >= 7 && kind <= 11 || kind == 13 || kind == 14 || kind == 15 || kind == 19 || kind == 20
	}), nil
}

// hevcConfig drops messages from the sets that come before all pictures of H.265,
// and returns the filter of the pictures.
func hevcConfig(hvcC []byte) ([]byte, filter, error) {
	bad := refuse(Broken, "hvcC")
	if len(hvcC) < 23 {
		return nil, nil, bad
	}
	out, n := slices.Clone(hvcC[:22]), byte(0)
	rest := hvcC[23:]
	var arrays []byte
	for range hvcC[22] {
		if len(rest) < 3 {
			return nil, nil, bad
		}
		end := 3
		for range binary.BigEndian.Uint16(rest[1:]) {
			if len(rest) < end+2 || len(rest) < end+2+int(binary.BigEndian.Uint16(rest[end:])) {
				return nil, nil, bad
			}
			end += 2 + int(binary.BigEndian.Uint16(rest[end:]))
		}
		if kind := rest[0] & 0x3f; kind >= 32 && kind <= 34 { // VPS, SPS, PPS
			arrays = append(arrays, rest[:end]...)
			n++
		}
		rest = rest[end:]
	}
	f := nalFilter(int(hvcC[21]&3)+1, func(nal []byte) bool {
		kind := nal[0] >> 1 & 0x3f
		return kind <= 9 || kind >= 16 && kind <= 21 || kind >= 32 && kind <= 37
	})
	return append(append(out, n), arrays...), f, nil
}

// nalFilter keeps the units for which keep is true, each after its length in size
// bytes.
func nalFilter(size int, keep func(nal []byte) bool) filter {
	return func(b []byte) ([]byte, error) {
		out := b[:0] // never longer than what was read
		for len(b) > 0 {
			if len(b) < size {
				return nil, refuse(Broken, "mdat")
			}
			var n int64
			for _, c := range b[:size] {
				n = n<<8 | int64(c)
			}
			if n > int64(len(b)-size) {
				return nil, refuse(Broken, "mdat")
			}
			if unit := b[size : int64(size)+n]; n > 0 && keep(unit) {
				out = append(out, b[:int64(size)+n]...)
			}
			b = b[int64(size)+n:]
		}
		return out, nil
	}
}

func av1Config(b []byte) ([]byte, error) {
	if len(b) < 4 {
		return nil, refuse(Broken, "av1C")
	}
	rest, err := av1Filter(slices.Clone(b[4:]))
	return append(slices.Clone(b[:4]), rest...), err
}

// av1Filter drops metadata and padding from pictures of AV1 (its section 5.3.1).
func av1Filter(b []byte) ([]byte, error) {
	out := b[:0]
	for len(b) > 0 {
		kind, head := b[0]>>3&15, 1+int(b[0]>>2&1)
		if b[0]&0x80 != 0 || len(b) < head {
			return nil, refuse(Broken, "mdat")
		}
		end := len(b)
		if b[0]&2 != 0 { // it says how long it is
			n, used := leb128(b[head:])
			if used == 0 || n > uint64(len(b)-head-used) {
				return nil, refuse(Broken, "mdat")
			}
			end = head + used + int(n)
		}
		if kind == 1 || kind == 2 || kind >= 3 && kind <= 4 || kind == 6 || kind == 7 || kind == 8 {
			out = append(out, b[:end]...)
		}
		b = b[end:]
	}
	return out, nil
}

func leb128(b []byte) (n uint64, used int) {
	for i := 0; i < len(b) && i < 8; i++ {
		n |= uint64(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			return n, i + 1
		}
	}
	return 0, 0
}

// esds makes the description of MPEG-4 sound anew: its stream, its decoder, and
// what the decoder needs (ISO/IEC 14496-1, section 7.2.6).
func esds(b []byte) ([]byte, error) {
	bad := refuse(Broken, "esds")
	if len(b) < 4 {
		return nil, bad
	}
	tag, es, _, ok := descriptor(b[4:])
	if !ok || tag != 3 || len(es) < 3 || es[2]&0xe0 != 0 {
		return nil, bad
	}
	out := slices.Clone(es[:3])
	for rest := es[3:]; len(rest) > 0; {
		tag, body, next, ok := descriptor(rest)
		if !ok {
			return nil, bad
		}
		switch {
		case tag == 4 && len(body) >= 13:
			config := slices.Clone(body[:13])
			if tag, info, _, ok := descriptor(body[13:]); ok && tag == 5 {
				config = append(config, descriptorOf(5, info)...)
			}
			out = append(out, descriptorOf(4, config)...)
		case tag == 6 && len(body) > 0:
			out = append(out, descriptorOf(6, body[:1])...)
		}
		rest = next
	}
	return append(full(0, 0), descriptorOf(3, out)...), nil
}

// aac reports whether an esds says that the samples are of MPEG-4 AAC.
func aac(esds []byte) bool {
	_, es, _, ok := descriptor(esds[4:])
	if !ok || len(es) < 3 {
		return false
	}
	tag, config, _, ok := descriptor(es[3:])
	return ok && tag == 4 && len(config) > 0 && config[0] == 0x40
}

func descriptor(b []byte) (tag byte, body, rest []byte, ok bool) {
	if len(b) < 2 {
		return 0, nil, nil, false
	}
	n, at := 0, 1
	for {
		if at >= len(b) || at > 4 {
			return 0, nil, nil, false
		}
		n = n<<7 | int(b[at]&0x7f)
		at++
		if b[at-1]&0x80 == 0 {
			break
		}
	}
	if n > len(b)-at {
		return 0, nil, nil, false
	}
	return b[0], b[at : at+n], b[at+n:], true
}

func descriptorOf(tag byte, body []byte) []byte {
	n := len(body)
	return append([]byte{tag, byte(n>>21) | 0x80, byte(n>>14) | 0x80, byte(n>>7) | 0x80, byte(n & 0x7f)}, body...)
}
