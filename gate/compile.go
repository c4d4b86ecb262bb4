package gate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"

	"habeas/fault"
	"habeas/name"
)

// A Key keys the hashes of forms. Those who check one index hold one Key.
type Key [32]byte

// formsVersion is the first byte of what [Compile] returns.
const formsVersion = 1

// recordSize is the size of one form in what [Compile] returns.
const recordSize = 10

// maxParts is how many words of a person's names are told apart; further ones
// share the last number, which only makes them count as the same word.
const maxParts = 64

// kinds gives the number of each kind of part in a record: only append.
var kinds = [...]name.Kind{
	name.Given, name.Patronymic, name.Family, name.Maiden, name.Alias, name.Callsign, name.Other, mixed,
}

// mixed is the kind of a form that is two parts written as one word.
const mixed name.Kind = "mixed"

// Compile returns the keyed form hashes of one person, from all the names they
// are written under. It is the same for the same key and names, whatever their
// order, and says how many forms there are and how alike the names of two people
// are, so it is sealed as the name itself is not: to those who may check.
//
// The bytes are a version, 1, and a record of ten bytes for each form, in rising
// order of their bytes:
//
//	8  hash: the first eight bytes of HMAC-SHA256 under k of "habeas form 1\n"
//	   and the canonical spelling of the form
//	1  high four bits: the kind of part (given 0, patronymic 1, family 2,
//	   maiden 3, alias 4, callsign 5, other 6, two parts as one word 7);
//	   low four bits: the class of form ([name.Class])
//	1  high bit: the form is of a common name, and alone names nobody for sure;
//	   next bit: it is of an alias, call sign or other part that is written without
//	   a capital; low six bits: which word of the person's names it is a form of
//
// No two records hold the same hash, kind and word.
func Compile(k Key, names ...name.Name) []byte {
	mac := newHasher(k)
	records := map[[recordSize]byte]name.Class{} // the class left out of the key
	add := func(text string, kind int, c name.Class, word byte) {
		var r [recordSize]byte
		binary.BigEndian.PutUint64(r[:], mac.sum(text))
		r[8], r[9] = byte(kind)<<4, word
		if had, ok := records[r]; !ok || c < had {
			records[r] = c
		}
	}
	word := 0
	for _, n := range sorted(names) {
		for _, p := range n {
			kind := slices.Index(kinds[:], p.Kind)
			if kind < 0 || p.Kind == mixed {
				kind = slices.Index(kinds[:], name.Other)
			}
			flags := flagsOf(p)
			pieces := 0
			for _, f := range name.Forms(p) {
				pieces = max(pieces, f.Piece+1)
				add(f.Text, kind, f.Class, byte(min(word+f.Piece, maxParts-1))|flags[min(f.Piece, len(flags)-1)])
			}
			word += pieces
		}
		for _, text := range name.Compounds(n) {
			add(text, len(kinds)-1, name.Compound, maxParts-1)
		}
	}
	return encode(records)
}

// sorted returns names in an order of their own, so that the numbers of words
// don't depend on the order in which they came.
func sorted(names []name.Name) []name.Name {
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b name.Name) int {
		return slices.CompareFunc(a, b, func(p, q name.Part) int {
			if p.Kind != q.Kind {
				return slices.Index(kinds[:], p.Kind) - slices.Index(kinds[:], q.Kind)
			}
			return compare(p.Text, q.Text)
		})
	})
	return names
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// flagsOf returns the flag bits of the forms of each word of p; there is at least
// one. Only a family name can be rare; of a double one each half is judged for
// itself.
func flagsOf(p name.Part) []byte {
	family := p.Kind == name.Family || p.Kind == name.Maiden
	var out []byte
	for _, w := range name.Words(p.Text) {
		if w.N != 1 || w.Reading != name.Plain || name.Small(w.Text) {
			continue
		}
		var flags byte
		if !family || name.Common(w.Text) {
			flags |= commonBit
		}
		if !w.Title && (p.Kind == name.Alias || p.Kind == name.Callsign || p.Kind == name.Other) {
			flags |= smallBit
		}
		out = append(out, flags)
	}
	if len(out) == 0 {
		return []byte{commonBit}
	}
	return out
}

func encode(records map[[recordSize]byte]name.Class) []byte {
	out := make([]byte, 1, 1+recordSize*len(records))
	out[0] = formsVersion
	list := make([][recordSize]byte, 0, len(records))
	for r, c := range records {
		r[8] |= byte(c)
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b [recordSize]byte) int { return slices.Compare(a[:], b[:]) })
	for _, r := range list {
		out = append(out, r[:]...)
	}
	return out
}

const (
	commonBit = 0x80
	smallBit  = 0x40
	wordBits  = maxParts - 1
)

// A record is one form of one person, as [Compile] writes it.
type record struct {
	hash   uint64
	kind   uint8
	class  name.Class
	common bool
	small  bool
	word   uint8
}

// decode reads what [Compile] wrote.
func decode(b []byte) ([]record, error) {
	if len(b) == 0 || b[0] != formsVersion || (len(b)-1)%recordSize != 0 {
		return nil, fault.New(fault.Damaged, "gate.bad_forms")
	}
	out := make([]record, 0, (len(b)-1)/recordSize)
	for at := 1; at < len(b); at += recordSize {
		raw := b[at : at+recordSize]
		r := record{
			hash:   binary.BigEndian.Uint64(raw),
			kind:   raw[8] >> 4,
			class:  name.Class(raw[8] & 15),
			common: raw[9]&commonBit != 0,
			small:  raw[9]&smallBit != 0,
			word:   raw[9] & wordBits,
		}
		inOrder := at == 1 || slices.Compare(b[at-recordSize:at], raw) < 0
		if int(r.kind) >= len(kinds) || r.class > name.Initial || !inOrder {
			return nil, fault.New(fault.Damaged, "gate.bad_forms")
		}
		out = append(out, r)
	}
	return out, nil
}

// A hasher makes the keyed hash of forms. It is not safe for concurrent use.
type hasher struct {
	mac hash.Hash
	buf []byte
}

func newHasher(k Key) *hasher { return &hasher{mac: hmac.New(sha256.New, k[:])} }

func (h *hasher) sum(form string) uint64 {
	h.mac.Reset()
	h.buf = append(append(h.buf[:0], "habeas form 1\n"...), form...)
	h.mac.Write(h.buf)
	h.buf = h.mac.Sum(h.buf[:0])
	return binary.BigEndian.Uint64(h.buf)
}
