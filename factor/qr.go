package factor

import "errors"

// Sizes of a QR code of the lowest correction level in one block, by version from
// 1: words of data, words of correction, and where the small square stands.
var qrSizes = [][3]int{{19, 7, 0}, {34, 10, 18}, {55, 15, 22}, {80, 20, 26}, {108, 26, 30}}

// QR returns text as a square picture of dark and light (ISO 18004, bytes, level
// L, the first mask), so that a phone needs nobody else to read it. It holds at
// most 106 bytes.
func QR(text string) ([][]bool, error) {
	for v, size := range qrSizes {
		if len(text)+2 <= size[0] {
			q := newQR(v+1, size[2])
			q.fill(correct(qrWords(text, size[0]), size[1]))
			q.format()
			return q.dark, nil
		}
	}
	return nil, errors.New("factor: too long for a QR code")
}

// qrWords returns the data words: mode, length, text, end and padding.
func qrWords(text string, n int) []byte {
	words := make([]byte, 0, n)
	left, bits := uint(4), 0 // mode "bytes"
	push := func(b byte, count int) {
		left, bits = left<<count|uint(b), bits+count
		for bits >= 8 {
			words = append(words, byte(left>>(bits-8)))
			bits -= 8
		}
	}
	bits = 4
	push(byte(len(text)), 8)
	for i := range len(text) {
		push(text[i], 8)
	}
	push(0, 4)
	for pad := byte(0xec); len(words) < n; pad ^= 0xec ^ 0x11 {
		words = append(words, pad)
	}
	return words
}

// times multiplies in the field that QR codes are made in.
func times(a, b byte) byte {
	z := 0
	for i := 7; i >= 0; i-- {
		z = z<<1 ^ (z>>7)*0x11d
		z ^= int(b>>i&1) * int(a)
	}
	return byte(z)
}

// correct appends n words of Reed-Solomon correction.
func correct(data []byte, n int) []byte {
	divisor := make([]byte, n)
	divisor[n-1] = 1
	root := byte(1)
	for range n {
		for j := range divisor {
			divisor[j] = times(divisor[j], root)
			if j+1 < n {
				divisor[j] ^= divisor[j+1]
			}
		}
		root = times(root, 2)
	}
	rest := make([]byte, n)
	for _, b := range data {
		f := b ^ rest[0]
		copy(rest, rest[1:])
		rest[n-1] = 0
		for j := range rest {
			rest[j] ^= times(divisor[j], f)
		}
	}
	return append(data, rest...)
}

// A qr is a picture being drawn: what is dark, and what is taken already.
type qr struct{ dark, taken [][]bool }

// newQR draws what every code of a version has.
func newQR(version, align int) *qr {
	n := 17 + 4*version
	q := &qr{make([][]bool, n), make([][]bool, n)}
	for i := range n {
		q.dark[i], q.taken[i] = make([]bool, n), make([]bool, n)
	}
	for i := range n {
		q.set(6, i, i%2 == 0)
		q.set(i, 6, i%2 == 0)
	}
	for _, at := range [][2]int{{3, 3}, {n - 4, 3}, {3, n - 4}} {
		q.square(at[0], at[1], 4)
	}
	if align > 0 {
		q.square(align, align, 2)
	}
	q.format() // takes its place
	return q
}

// square draws rings around a middle.
func (q *qr) square(x, y, r int) {
	for dy := -r; dy <= r; dy++ {
		for dx := -r; dx <= r; dx++ {
			ring := max(dx, -dx, dy, -dy)
			dark := ring != r-2 && ring != 4
			if r == 2 {
				dark = ring != 1
			}
			q.set(x+dx, y+dy, dark)
		}
	}
}

func (q *qr) set(x, y int, dark bool) {
	if n := len(q.dark); x >= 0 && y >= 0 && x < n && y < n {
		q.dark[y][x], q.taken[y][x] = dark, true
	}
}

// format says which level and mask this is: level L, mask 0.
func (q *qr) format() {
	const word = 0b111011111000100
	n := len(q.dark)
	bit := func(i int) bool { return word>>i&1 == 1 }
	for i := range 6 {
		q.set(8, i, bit(i))
	}
	q.set(8, 7, bit(6))
	q.set(8, 8, bit(7))
	q.set(7, 8, bit(8))
	for i := 9; i < 15; i++ {
		q.set(14-i, 8, bit(i))
	}
	for i := range 8 {
		q.set(n-1-i, 8, bit(i))
	}
	for i := 8; i < 15; i++ {
		q.set(8, n-15+i, bit(i))
	}
	q.set(8, n-8, true)
}

// fill draws the words, in pairs of columns from the right, up and down.
func (q *qr) fill(words []byte) {
	n, i := len(q.dark), 0
	for right := n - 1; right >= 1; right -= 2 {
		if right == 6 {
			right = 5
		}
		for v := range n {
			y := v
			if (right+1)&2 == 0 {
				y = n - 1 - v
			}
			for x := right; x > right-2; x-- {
				if q.taken[y][x] {
					continue
				}
				dark := i < 8*len(words) && words[i/8]>>(7-i%8)&1 == 1
				q.dark[y][x] = dark != ((x+y)%2 == 0)
				i++
			}
		}
	}
}
