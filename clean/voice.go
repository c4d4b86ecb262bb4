package clean

import "slices"

// amrSizes are how long frames of sound of AMR are without their head, by type:
// narrow (RFC 4867, table 1a of 3GPP TS 26.101) and wide (TS 26.201).
var amrSizes = map[string][]int{
	"#!AMR\n":    {12, 13, 15, 17, 19, 20, 26, 31, 5, -1, -1, -1, -1, -1, -1, 0},
	"#!AMR-WB\n": {17, 23, 32, 36, 40, 46, 50, 58, 60, 5, -1, -1, -1, -1, 0, 0},
}

func isAMR(b []byte) bool { return begins("#!AMR\n")(b) || begins("#!AMR-WB\n")(b) }

// cleanAMR keeps the frames of a voice note of one channel.
func cleanAMR(j *job, b []byte) ([]byte, error) {
	magic := "#!AMR\n"
	if !begins(magic)(b) {
		magic = "#!AMR-WB\n"
	}
	at := len(magic)
	for at < len(b) {
		n := amrSizes[magic][b[at]>>3&15]
		if b[at]&0x83 != 0 || n < 0 || n > len(b)-at-1 {
			break
		}
		at += 1 + n
	}
	if at == len(magic) {
		return nil, refuse(Broken, "")
	}
	if rest := len(b) - at; rest > 0 {
		j.removed("bytes after the end", "", printable(b[at:]), rest)
	}
	return b[:at], nil
}

// adtsFrame returns how long the frame of AAC at the beginning of b is, and its
// head; 0 if there is none (ISO/IEC 14496-3, annex 1.A.2.2).
func adtsFrame(b []byte) (size, head int) {
	if len(b) < 7 || b[0] != 0xff || b[1]&0xf6 != 0xf0 || b[2]>>2&15 > 12 {
		return 0, 0
	}
	head = 9 - 2*int(b[1]&1)
	size = int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5]>>5)
	if size < head || size > len(b) {
		return 0, 0
	}
	return size, head
}

func isADTS(b []byte) bool {
	n, _ := adtsFrame(b)
	if n == 0 {
		return false
	}
	next, _ := adtsFrame(b[n:])
	return next > 0 || n == len(b)
}

// cleanADTS keeps frames of AAC, as recorders write them without a container.
func cleanADTS(j *job, b []byte) ([]byte, error) {
	var out []byte
	lost := 0
	for len(b) > 0 {
		n, head := adtsFrame(b)
		if n == 0 {
			lost++
			b = b[1:]
			continue
		}
		frame := slices.Clone(b[:n])
		b = b[n:]
		frame[3] &^= 0x0c // numbers that a program may put there
		if head == 7 && frame[6]&3 == 0 {
			if _, err := aacFilter(frame[head:]); err != nil {
				return nil, err
			}
		}
		out = append(out, frame...)
	}
	if lost > 0 {
		j.removed("bytes between and after frames", "", "", lost)
	}
	if len(out) == 0 {
		return nil, refuse(Broken, "")
	}
	return out, nil
}
