package clean

// bits reads and clears single bits.
type bits struct {
	b  []byte
	at int
}

func (s *bits) left() int { return 8*len(s.b) - s.at }

func (s *bits) read(n int) (v int) {
	for range n {
		v = v<<1 | int(s.b[s.at/8]>>(7-s.at%8)&1)
		s.at++
	}
	return v
}

// clear sets the next n bits to zero.
func (s *bits) clear(n int) {
	for range n {
		s.b[s.at/8] &^= 1 << (7 - s.at%8)
		s.at++
	}
}

// aacFilter blanks fill and data elements at the beginning of a frame of AAC,
// where coders write their name (ISO/IEC 14496-3, table 4.3, 4.57 and 4.10). Those
// that follow coded sound would take a decoder to find, and stay.
func aacFilter(b []byte) ([]byte, error) {
	for s := (&bits{b: b}); s.left() >= 16; {
		switch s.read(3) {
		case 6: // fill
			n := s.read(4)
			if n == 15 {
				n += s.read(8) - 1
			}
			if n == 0 {
				continue
			}
			if 8*n > s.left() {
				return b, nil
			}
			if kind := s.read(4); kind != 0 { // what it extends is sound
				return b, nil
			}
			s.clear(8*n - 4)
		case 4: // data
			s.read(4)
			align, n := s.read(1), s.read(8)
			if n == 255 && s.left() >= 8 {
				n += s.read(8)
			}
			if align == 1 {
				s.at = (s.at + 7) / 8 * 8
			}
			if 8*n > s.left() {
				return b, nil
			}
			s.clear(8 * n)
		default:
			return b, nil
		}
	}
	return b, nil
}
