package receipt

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"habeas/fault"
	"habeas/vault"
)

// errUnreadable does not say what is wrong with a receipt, or in which word.
var errUnreadable = fault.New(fault.Invalid, "receipt.unreadable", fault.Field("receipt"))

// Read returns the receipt that was typed, in words of any of the languages or in
// digits; or the fault "receipt.unreadable".
//
// It forgives what does not make another word: case, marks, and whatever stands
// between words or digits; no space at all; a number before a word, if it is the
// word's place; other digits; a letter of the other script that looks the same; the
// keyboard in the other layout. It never guesses: a word that is in no list is
// refused, if there is one like it or not, and so is one that can be read as two.
func Read(typed vault.Text) (Receipt, error) {
	text := typed.Reveal()
	if len(text) > most {
		return Receipt{}, errUnreadable
	}
	text = plain(text)
	if len(text) > most { // one sign may stand for a whole sentence
		return Receipt{}, errUnreadable
	}
	if strings.IndexFunc(text, unicode.IsLetter) < 0 {
		return readDigits(text)
	}
	return readWords(text)
}

// plain returns text in small letters and ASCII digits, without signs that are not
// seen, such as those for the direction of writing.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(text))
}

func readDigits(text string) (Receipt, error) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsNumber(r) {
			return r
		}
		return -1
	}, text)
	n, ok := new(big.Int), len(text) == digits
	for i := 0; i < len(text) && ok; i++ {
		ok = text[i] >= '0' && text[i] <= '9'
	}
	if !ok {
		return Receipt{}, errUnreadable
	}
	if n.SetString(text, 10); n.Cmp(bound()) >= 0 {
		return Receipt{}, errUnreadable
	}
	return of(n), nil
}

// readWords reads all of text in one layout first, because a word may be one in
// either; then what stands between spaces, then between signs of any kind.
func readWords(text string) (Receipt, error) {
	for _, parts := range [][]string{{text}, strings.Fields(text), strings.FieldsFunc(text, between)} {
		var all []int
		for _, p := range parts {
			ns, ok := inAnyWay(p, len(all)+1)
			if !ok || len(all)+len(ns) > words {
				all = nil
				break
			}
			all = append(all, ns...)
		}
		if len(all) == words {
			n := new(big.Int)
			for _, i := range all {
				n.Add(n.Mul(n, big.NewInt(size)), big.NewInt(int64(i)))
			}
			return of(n), nil
		}
	}
	return Receipt{}, errUnreadable
}

// between reports whether r separates words.
func between(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}

// inAnyWay returns which words text is, the first of them in the given place, in
// the first of its ways in which they all are words.
func inAnyWay(text string, place int) ([]int, bool) {
	for _, way := range ways(text) {
		if all, ok := inWords(way, place); ok {
			return all, true
		}
	}
	return nil, false
}

// What the same key gives in a Latin and in a Cyrillic layout, and, after that,
// keys held with Shift and keys of the Ukrainian layout. If a sign is there twice,
// the first counts.
const (
	latinKeys    = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`" + "{}:\"<>?~" + "s]'`"
	cyrillicKeys = "йцукенгшщзхъфывапролджэячсмитьбю.ё" + "хъжэбю,ё" + "іїєґ"
)

// ways returns text as it stands, as it is in the other layout, and as it is if
// only the letters were typed there: a comma may be a letter, or a comma.
func ways(text string) [3]string {
	key := func(r rune) string {
		if s := exchange(string(r), latinKeys, cyrillicKeys); s != string(r) {
			return s
		}
		return exchange(string(r), cyrillicKeys, latinKeys)
	}
	var every, letters strings.Builder
	for _, r := range text {
		every.WriteString(key(r))
		if unicode.IsLetter(r) {
			letters.WriteString(key(r))
		} else {
			letters.WriteRune(r)
		}
	}
	return [3]string{text, every.String(), letters.String()}
}

// readings returns which words the word n may be taken for, itself among them, written
// in either script and typed on either keyboard.
func readings(n int) (all []int) {
	for _, lang := range []string{"en", "ru"} {
		for _, way := range ways(word(n, lang)) {
			if read, ok := inWords(way, 1); ok && len(read) == 1 {
				all = append(all, read[0])
			}
		}
	}
	return all
}

// inWords returns which words text is, and whether they all are words. The first
// is in the given place of a receipt, and a number before a word must be its place.
func inWords(text string, place int) (all []int, ok bool) {
	for _, f := range strings.FieldsFunc(unmarked(text), between) {
		letters := strings.TrimLeft(f, "0123456789")
		if number := f[:len(f)-len(letters)]; number != "" {
			if n, err := strconv.Atoi(number); err != nil || n != place+len(all) || n > words {
				return nil, false
			}
		}
		for w := []rune(letters); len(w) > 0; w = w[4:] {
			if len(w) < 4 {
				return nil, false
			}
			n, ok := which(string(w[:4]))
			if !ok {
				return nil, false
			}
			all = append(all, n)
		}
	}
	return all, true
}

// unmarked returns text without stress marks and the like.
func unmarked(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFD.String(text))
}

// Letters that look the same, small or large, in the two scripts.
const (
	likeLatin    = "abcehikmoptxyjs"
	likeCyrillic = "авсенікмортхујѕ"
)

// which returns which word w is: as it stands, or with letters of the other
// script that look the same. One that would be two words is none.
func which(w string) (int, bool) {
	if n, ok := find(w); ok {
		return n, true
	}
	a, isLatin := find(exchange(w, likeCyrillic, likeLatin))
	b, isCyrillic := find(exchange(w, likeLatin, likeCyrillic))
	if isLatin && isCyrillic && a != b {
		return 0, false
	}
	if isLatin {
		return a, true
	}
	return b, isCyrillic
}
