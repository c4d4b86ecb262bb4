package name

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The canonical spelling of a word is what is left when everything is taken off
// that a reader doesn't read: compatibility forms (NFKC), capitals, marks over
// letters except those of й, ї and ў, stress marks, zero-width and bidirectional
// characters, soft hyphens, apostrophes and primes. ё is written е, ґ is written
// г, and letters that don't come apart (ø, ł, ß, æ …) are written in plain Latin.

// Canon returns the canonical spelling of the words of s, with one space between
// them. Hyphens separate words.
func Canon(s string) string {
	var b []byte
	for _, w := range Words(s) {
		if w.N != 1 || w.Reading != Plain {
			continue
		}
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, w.Text...)
	}
	return string(b)
}

// A class says how the reader of words takes a character.
type class uint8

const (
	apart   class = iota // stands between words
	letter               // part of a word
	digit                // part of a word, but a seam against letters
	nothing              // not read at all
	quote                // nothing between letters, otherwise apart
	joiner               // between two halves of a word, maybe
	soft                 // a soft hyphen: nothing, or a joiner at the end of a line
	slow                 // look it up in the Unicode tables
)

// An atom is a character as the reader of words takes it.
type atom struct {
	class class
	upper bool // a capital, or a letter of a script that has none
	to    rune // canonical letter
}

// tableEnd is the first character after the Cyrillic blocks: what comes before
// is read from a table.
const tableEnd = 0x530

var table = makeTable()

func makeTable() *[tableEnd]atom {
	var t [tableEnd]atom
	for r := range t {
		t[r] = look(rune(r))
	}
	return &t
}

// look classifies one character. What it can't say in one letter is slow.
func look(r rune) atom {
	switch r {
	case '\'', '`', '´', 'ʹ', 'ʺ', 'ʼ', 'ʻ', 'ʾ', 'ʿ', 'ʽ', 'ˈ', '՚', '‘', '’', '‛', '′', '″', '＇':
		return atom{class: quote}
	case '-', '_', '*', '~', '‐', '‑', '‒', '–', '−', '﹣', '－':
		return atom{class: joiner}
	case 0xAD:
		return atom{class: soft}
	}
	const tatweel = 0x640 // only makes a word longer on paper
	if r == tatweel || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return atom{class: nothing}
	}
	if r >= '0' && r <= '9' {
		return atom{digit, false, r}
	}
	if !unicode.In(r, unicode.L, unicode.Nd, unicode.Nl, unicode.So, unicode.Mc, unicode.No) {
		return atom{class: apart}
	}
	if to, ok := plainLetter[unicode.ToLower(r)]; ok {
		if utf8.RuneCountInString(to) > 1 {
			return atom{class: slow}
		}
		only, _ := utf8.DecodeRuneInString(to)
		return atom{letter, !unicode.IsLower(r), only}
	}
	low := unicode.ToLower(r)
	if low == 'й' || low == 'ї' || low == 'ў' {
		return atom{letter, low != r, low}
	}
	if d := norm.NFKD.PropertiesString(string(r)).Decomposition(); d != nil {
		first, n := utf8.DecodeRune(d)
		for rest := d[n:]; len(rest) > 0; {
			m, k := utf8.DecodeRune(rest)
			if !unicode.Is(unicode.Mn, m) {
				return atom{class: slow}
			}
			rest = rest[k:]
		}
		a := look(first)
		a.upper = a.upper || unicode.IsUpper(r)
		return a
	}
	if !unicode.IsLetter(r) {
		if unicode.Is(unicode.Mc, r) {
			return atom{letter, false, r}
		}
		if v, ok := digitValue(r); ok {
			return atom{digit, false, '0' + v}
		}
		return atom{class: apart}
	}
	return atom{letter, low != r || !unicode.IsLower(r), low}
}

// digitValue returns the value of a decimal digit of any script.
func digitValue(r rune) (rune, bool) {
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	zero := r
	for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
		zero--
	}
	return r - zero, true
}

// spell returns the characters that a slow character stands for.
func spell(r rune) string {
	if to, ok := plainLetter[unicode.ToLower(r)]; ok {
		return to
	}
	return norm.NFKD.String(string(r))
}

// plainLetter holds small letters that Unicode doesn't take apart, in plain ones.
var plainLetter = map[rune]string{
	'ё': "е", 'ґ': "г", 'ѐ': "е", 'ѝ': "и", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l",
	'ı': "i", 'ħ': "h", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'þ': "th", 'ŋ': "n", 'ə': "e",
	'ɑ': "a", 'ɡ': "g", 'ᴀ': "a", 'ʙ': "b", 'ᴄ': "c", 'ᴅ': "d", 'ᴇ': "e", 'ꜰ': "f",
	'ɢ': "g", 'ʜ': "h", 'ɪ': "i", 'ᴊ': "j", 'ᴋ': "k", 'ʟ': "l", 'ᴍ': "m", 'ɴ': "n",
	'ᴏ': "o", 'ᴘ': "p", 'ʀ': "r", 'ꜱ': "s", 'ᴛ': "t", 'ᴜ': "u", 'ᴠ': "v", 'ᴡ': "w",
	'ʏ': "y", 'ᴢ': "z", 'ӏ': "l",
	'ک': "ك", 'ی': "ي", 'ى': "ي", 'ة': "ه", 'ھ': "ه", 'ہ': "ه", 'ٱ': "ا",
}

// withMark returns the letter that a combining mark makes of the one before it,
// where the mark is part of the letter, and ok false where it is not read.
func withMark(before, mark rune) (rune, bool) {
	switch {
	case before == 'и' && mark == 0x306:
		return 'й', true
	case before == 'у' && mark == 0x306:
		return 'ў', true
	case before == 'і' && mark == 0x308:
		return 'ї', true
	}
	return 0, false
}
