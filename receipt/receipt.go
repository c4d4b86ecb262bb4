// Package receipt is what a source takes home: eight words, or the same as 32
// digits. It is all there is to come back with, and whoever has it can.
package receipt

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"habeas/vault"
)

const (
	most   = 1 << 10 // the longest text that is looked at, in bytes
	words  = 8       // in a receipt
	digits = 32      // in a receipt
	group  = 4       // digits in a group
)

// A Receipt is a secret number below 7776⁸, which is about 103 bits. The zero
// Receipt is none. Receipts are compared by their Bytes, not with ==.
//
// It keeps the number behind two pointers, so that fmt prints an address, in
// unexported fields too. One would not do: with a verb that does not fit, such as
// %s, fmt follows it.
type Receipt struct{ n **[16]byte }

// From returns the receipt made of 32 bytes that nobody can guess. They must be
// uniformly random: 256 bits modulo 103 leave some numbers likelier than others by
// less than 2⁻¹⁵² of their chance, which nobody can ever see.
func From(secret [32]byte) Receipt {
	n := new(big.Int).SetBytes(secret[:])
	return of(n.Mod(n, bound()))
}

// of returns the receipt of n, which must be below the bound.
func of(n *big.Int) Receipt {
	b := new([16]byte)
	n.FillBytes(b[:])
	return Receipt{&b}
}

// bound returns the first number that is no receipt.
func bound() *big.Int {
	return new(big.Int).Exp(big.NewInt(size), big.NewInt(words), nil)
}

// IsZero reports whether r is no receipt.
func (r Receipt) IsZero() bool { return r.n == nil }

// Bytes returns the number, most significant byte first, to derive keys from. It
// panics if r is zero: a key made of nothing would be everybody's.
func (r Receipt) Bytes() [16]byte {
	if r.IsZero() {
		panic("receipt: bytes of no receipt")
	}
	return **r.n
}

// Words returns r in the words of a language: eight, with a space between. They
// are Cyrillic in "ru" and "uk", and Latin in every other. Of no receipt there are
// none.
func (r Receipt) Words(lang string) vault.Text {
	if r.IsZero() {
		return vault.NewText("")
	}
	var all []string
	for _, n := range r.numbers() {
		all = append(all, word(n, lang))
	}
	return vault.NewText(strings.Join(all, " "))
}

// numbers returns which words r has, in order.
func (r Receipt) numbers() (all [words]int) {
	b := r.Bytes()
	n, rest := new(big.Int).SetBytes(b[:]), new(big.Int)
	for i := range all {
		n.DivMod(n, big.NewInt(size), rest)
		all[words-1-i] = int(rest.Int64())
	}
	return all
}

// Digits returns r as eight groups of four digits, with a space between. Of no
// receipt there are none.
func (r Receipt) Digits() vault.Text {
	if r.IsZero() {
		return vault.NewText("")
	}
	b := r.Bytes()
	text := fmt.Sprintf("%0*d", digits, new(big.Int).SetBytes(b[:]))
	var groups []string
	for g := range slices.Chunk([]byte(text), group) {
		groups = append(groups, string(g))
	}
	return vault.NewText(strings.Join(groups, " "))
}

// Confirm returns the word that confirms a withdrawal, and the one that says it is
// made under pressure. They differ, and neither is a word of r. One who knows one
// of them, or both, knows no other word of r. Of no receipt there are none.
func (r Receipt) Confirm(lang string) (own, pressure vault.Text) {
	if r.IsZero() {
		return vault.NewText(""), vault.NewText("")
	}
	a, b := r.confirm()
	return vault.NewText(word(a, lang)), vault.NewText(word(b, lang))
}

// Confirms reports which word of Confirm was typed, in whatever language it was
// shown. It forgives what [Read] forgives, and never takes one for the other.
func (r Receipt) Confirms(typed vault.Text) (own, pressure bool) {
	text := typed.Reveal()
	if r.IsZero() || len(text) > most {
		return false, false
	}
	if text = plain(text); len(text) > most {
		return false, false
	}
	a, b := r.confirm()
	for _, way := range ways(text) {
		all, ok := inWords(way, 1)
		if !ok || len(all) != 1 {
			continue
		}
		own = subtle.ConstantTimeEq(int32(all[0]), int32(a)) == 1
		pressure = subtle.ConstantTimeEq(int32(all[0]), int32(b)) == 1
		if own || pressure {
			return own, pressure
		}
	}
	return false, false
}

// confirm returns which words confirm. One that is taken already, or is what another
// looks like when it is typed on another keyboard, makes place for the next in the
// list, which is so rare that it tells nobody anything.
func (r Receipt) confirm() (own, pressure int) {
	var taken []int
	for _, n := range r.numbers() {
		taken = append(taken, readings(n)...)
	}
	draw := func(label string) int {
		secret := r.Bytes()
		b, err := hkdf.Key(sha256.New, secret[:], nil, label, 8)
		if err != nil {
			panic(err) // unreachable: the length is allowed
		}
		n := int(binary.BigEndian.Uint64(b) % size)
		for slices.ContainsFunc(readings(n), func(m int) bool { return slices.Contains(taken, m) }) {
			n = (n + 1) % size
		}
		taken = append(taken, readings(n)...)
		return n
	}
	own = draw("habeas receipt confirm v1")
	return own, draw("habeas receipt pressure v1")
}
