package paper

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"habeas/fault"
	"habeas/vault"
)

// A Kind says what a sheet holds. Do not reorder: the number is on the paper.
type Kind uint8

// Kinds of sheet.
const (
	First            Kind = iota + 1 // one half of the recovery holder's seed
	Second                           // the other half
	Pepper                           // the pepper
	SuccessionFirst                  // one half of the succession holder's seed
	SuccessionSecond                 // the other half
)

// A Sheet is 32 secret bytes to be written on paper, and what they are of.
type Sheet struct {
	Kind   Kind
	Tag    [4]byte // how the ID of what it belongs to begins: a holder, or for a pepper the office
	Secret vault.Seed
}

// How a sheet is written: 16 groups of four signs and a fifth that checks them.
const (
	groups   = 16
	signs    = 5
	perLine  = 4
	rawLen   = groups * (signs - 1) * 5 / 8 // 40: kind, tag, secret and three bytes that check all of it
	bodyLen  = 1 + 4 + 32
	checkLen = 6
)

// alphabet is Crockford's: digits and letters without I, L, O and U. What looks
// or is typed like one of them is read as it: see [sign].
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Text returns what is printed: four lines of four groups.
func (s Sheet) Text() vault.Text {
	raw := s.raw()
	defer clear(raw)
	var b strings.Builder
	for g := range groups {
		switch {
		case g == 0:
		case g%perLine == 0:
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
		var group [signs - 1]byte
		for i := range group {
			group[i] = five(raw, g*len(group)+i)
			b.WriteByte(alphabet[group[i]])
		}
		b.WriteByte(alphabet[checkSign(g, group)])
	}
	return vault.NewText(b.String())
}

// Check returns the check code of the sheet, such as "7KQ-2MX". Who types it back
// has the sheet before them. It says nothing of what is on it.
func (s Sheet) Check() string {
	h := sha256.New()
	h.Write([]byte("habeas sheet check v1"))
	raw := s.raw()
	defer clear(raw)
	h.Write(raw)
	sum := h.Sum(nil)
	var b strings.Builder
	for i := range checkLen {
		if i == checkLen/2 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[five(sum, i)])
	}
	return b.String()
}

// SameCheck reports whether a check code that was typed is want, however its
// letters were typed.
func SameCheck(typed, want string) bool {
	plain := func(code string) (out []byte) {
		for _, r := range code {
			if v, ok := sign(r); ok {
				out = append(out, v)
			} else if !between(r) {
				out = append(out, 0xff)
			}
		}
		return out
	}
	return len(want) > 0 && subtle.ConstantTimeCompare(plain(typed), plain(want)) == 1
}

func (s Sheet) raw() []byte {
	b := make([]byte, 0, rawLen)
	b = append(append(b, byte(s.Kind)), s.Tag[:]...)
	secret := s.Secret.Bytes()
	defer clear(secret)
	b = append(b, secret...)
	sum := checksum(b)
	return append(b, sum[:]...)
}

func checksum(body []byte) [3]byte {
	sum := sha256.Sum256(append([]byte("habeas sheet v1"), body...))
	return [3]byte(sum[:3])
}

// five returns the n-th five bits of b.
func five(b []byte, n int) byte {
	bit := n * 5
	pair := uint16(b[bit/8]) << 8
	if bit/8+1 < len(b) {
		pair |= uint16(b[bit/8+1])
	}
	return byte(pair>>(11-bit%8)) & 31
}

// checkSign returns the fifth sign of a group: a sum in the field of 32 elements
// in which each place has a weight of its own and the group's number is added. So
// any one wrong sign, any two that changed places, and any two groups that did,
// are found, and it is known where.
func checkSign(group int, data [signs - 1]byte) byte {
	sum := byte(group)
	for i, d := range data {
		for range i + 1 {
			d = double(d)
		}
		sum ^= d
	}
	return sum
}

// double multiplies by x in the field of 32 elements made by x⁵+x²+1.
func double(a byte) byte {
	if a <<= 1; a&32 != 0 {
		a ^= 0b100101
	}
	return a & 31
}

// maxTyped bounds what is read as a sheet.
const maxTyped = 1 << 10

// Read reads a sheet as somebody typed it: in capitals or not, with any spaces,
// dashes and new lines, in Latin letters or in Cyrillic ones that look the same.
// The fault says in which group a mistake is, counted from 1.
func Read(typed vault.Text) (Sheet, error) {
	text := typed.Reveal()
	if len(text) > maxTyped {
		return Sheet{}, fault.New(fault.Invalid, "paper.too_long")
	}
	var got []byte
	defer func() { clear(got) }()
	for _, r := range text {
		if between(r) {
			continue
		}
		v, ok := sign(r)
		if !ok {
			return Sheet{}, fault.New(fault.Invalid, "paper.bad_sign", fault.Count(len(got)/signs+1))
		}
		got = append(got, v)
	}
	if len(got) != groups*signs {
		return Sheet{}, wrongLength(text, len(got))
	}
	raw := make([]byte, rawLen)
	defer clear(raw)
	for g := range groups {
		group := got[g*signs : (g+1)*signs]
		if checkSign(g, [signs - 1]byte(group)) != group[signs-1] {
			return Sheet{}, fault.New(fault.Invalid, "paper.group", fault.Count(g+1))
		}
		for i, v := range group[:signs-1] {
			put(raw, g*(signs-1)+i, v)
		}
	}
	return parse(raw)
}

// wrongLength says which group is too long or too short, where whoever typed kept
// them apart, and else only that something is missing or too much.
func wrongLength(text string, n int) error {
	for i, g := range strings.FieldsFunc(text, between) {
		if len([]rune(g)) != signs && len([]rune(g)) < 2*signs {
			return fault.New(fault.Invalid, "paper.group_length", fault.Count(i+1))
		}
	}
	if n == 0 {
		return fault.New(fault.Invalid, "paper.empty")
	}
	return fault.New(fault.Invalid, "paper.length", fault.Count(n))
}

// put sets the n-th five bits of b, which are zero.
func put(b []byte, n int, v byte) {
	bit := n * 5
	pair := uint16(v) << (11 - bit%8)
	b[bit/8] |= byte(pair >> 8)
	if bit/8+1 < len(b) {
		b[bit/8+1] |= byte(pair)
	}
}

func parse(raw []byte) (Sheet, error) {
	if checksum(raw[:bodyLen]) != [3]byte(raw[bodyLen:]) {
		return Sheet{}, fault.New(fault.Invalid, "paper.sum")
	}
	s := Sheet{Kind: Kind(raw[0]), Tag: [4]byte(raw[1:5])}
	if s.Kind < First || s.Kind > SuccessionSecond {
		return Sheet{}, fault.New(fault.Invalid, "paper.kind")
	}
	var err error
	if s.Secret, err = vault.SeedFrom(raw[5:bodyLen]); err != nil {
		return Sheet{}, fault.Wrap(err, fault.Invalid, "paper.sum")
	}
	return s, nil
}

// between reports whether r only keeps groups apart.
func between(r rune) bool {
	return strings.ContainsRune(" \t\r\n-–—.,;:/|·\u00a0", r)
}

// sign returns the value of a sign as somebody typed it.
func sign(r rune) (byte, bool) {
	const typed, meant = "OoILilUuАВЕКМНОРСТХУавекмнорстхуЗз", "001111VVABEKMH0PCTXYABEKMH0PCTXY33"
	at := 0
	for _, t := range typed {
		if t == r {
			r = rune(meant[at])
			break
		}
		at++
	}
	if 'a' <= r && r <= 'z' {
		r -= 'a' - 'A'
	}
	v := strings.IndexRune(alphabet, r)
	return byte(v), v >= 0
}

// Split divides a seed between two sheets, of the kinds first and the one after
// it. Each alone is 32 random bytes and says nothing of the seed.
func Split(seed vault.Seed, first Kind, tag [4]byte) (a, b Sheet) {
	a = Sheet{first, tag, vault.NewSeed()}
	for {
		other, err := vault.SeedFrom(xor(seed, a.Secret))
		if err == nil {
			return a, Sheet{first + 1, tag, other}
		}
		a.Secret = vault.NewSeed() // unreachable: it was the seed itself
	}
}

// Join returns the seed that two sheets are halves of, in either order. Sheets
// that are not two different halves of one set are refused with words for each
// mistake. That the seed is the right one is for the caller to see, from the ID
// it gives.
func Join(a, b Sheet) (vault.Seed, error) {
	if a.Kind == Pepper || b.Kind == Pepper {
		return vault.Seed{}, fault.New(fault.Invalid, "paper.pepper_not_half")
	}
	if a.Kind == b.Kind {
		return vault.Seed{}, fault.New(fault.Invalid, "paper.same_half")
	}
	if a.Kind > b.Kind {
		a, b = b, a
	}
	if a.Tag != b.Tag || a.Kind != First && a.Kind != SuccessionFirst || b.Kind != a.Kind+1 {
		return vault.Seed{}, fault.New(fault.Invalid, "paper.other_set")
	}
	seed, err := vault.SeedFrom(xor(a.Secret, b.Secret))
	if err != nil {
		return vault.Seed{}, fault.Wrap(err, fault.Invalid, "paper.same_half")
	}
	return seed, nil
}

func xor(a, b vault.Seed) []byte {
	x, y := a.Bytes(), b.Bytes()
	defer clear(y)
	subtle.XORBytes(x, x, y)
	return x
}
