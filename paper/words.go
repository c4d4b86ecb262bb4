package paper

import (
	"crypto/rand"
	"math/big"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"habeas/vault"
)

// The words are made by a rule: a consonant, a vowel, a consonant, a vowel, all
// of which are told apart on a bad line and stand on every Latin keyboard. That
// makes 6,400; those that say a syllable twice are left out, and a few that mean
// something nobody wants to read to a stranger. What is left is about 12.6 bits a
// word. They belong to no language, so nobody owns the list.
const (
	consonants = "bdfghjklmnprstvz"
	vowels     = "aeiou"
	unwanted   = "nazi rape puta puto homo nego suka huje huja huju hera pede fota pizo kuro mude mudi sere debi nega gego"
)

// list is made once, and then only read.
var list = sync.OnceValue(func() []string {
	var syllables, words []string
	for _, c := range consonants {
		for _, v := range vowels {
			syllables = append(syllables, string(c)+string(v))
		}
	}
	for _, a := range syllables {
		for _, b := range syllables {
			if w := a + b; a != b && !slices.Contains(strings.Fields(unwanted), w) {
				words = append(words, w)
			}
		}
	}
	return words
})

// CodeWords is how many words a code has: about 101 bits, which nobody guesses.
const CodeWords = 8

// PhraseWords is how many words an offered passphrase has: about 76 bits.
const PhraseWords = 6

// Words returns n different words drawn at random, with spaces between.
func Words(n int) vault.Text {
	all := list()
	words := make([]string, 0, n)
	for len(words) < n {
		at, err := rand.Int(rand.Reader, big.NewInt(int64(len(all))))
		if err != nil {
			panic(err) // unreachable: the reader never fails
		}
		if w := all[at.Int64()]; !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return vault.NewText(strings.Join(words, " "))
}

// Plain returns a code as it was made, however it was typed: small letters, one
// space between words, whatever stood there.
func Plain(code vault.Text) vault.Text {
	const most = 1 << 10
	text := code.Reveal()
	if len(text) > most {
		return vault.NewText("")
	}
	text = strings.ToLower(norm.NFKC.String(text))
	return vault.NewText(strings.Join(strings.FieldsFunc(text, between), " "))
}

// known reports whether w is one of the words.
func known(w string) bool {
	if len(w) != 4 {
		return false
	}
	_, ok := slices.BinarySearch(list(), w)
	return ok
}
