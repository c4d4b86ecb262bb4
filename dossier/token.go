package dossier

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A token is a word or a number of a text.
type token struct {
	text    string // folded: small, without marks
	n       int    // of a number; -1 of a word
	capital bool
	cased   bool   // its script has capitals
	head    string // two letters, or a number: no word is like another without it; "" in other scripts
	before  string // what stands between it and the one before
}

func (t token) number() bool { return t.n >= 0 }

// fold writes a word as it is compared: small, without marks of stress or accent.
func fold(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s)))
}

// tokensOf cuts a text into words and numbers.
func tokensOf(text string) []token {
	var ts []token
	runes := []rune(norm.NFKC.String(text))
	between := 0 // from here to the next token
	for at := 0; at < len(runes); {
		end := at
		digits := unicode.IsDigit(runes[at])
		for end < len(runes) && unicode.IsDigit(runes[end]) == digits && partOfWord(runes[end]) {
			end++
		}
		if end == at {
			at++
			continue
		}
		t := token{text: fold(string(runes[at:end])), n: -1, capital: unicode.IsUpper(runes[at]), before: string(runes[between:at])}
		if t.cased = cased(t.text); t.cased {
			first := []rune(t.text)
			t.head = string(first[:min(len(first), 2)])
		}
		if digits {
			t.n = value(runes[at:end])
			t.text = strconv.Itoa(t.n)
			t.head = t.text
		}
		ts = append(ts, t)
		at, between = end, end
	}
	return ts
}

func partOfWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// value reads a number in any digits: those of a script stand in order from zero,
// ten in a row. A number longer than any that is looked for is its last digits.
func value(digits []rune) int {
	n := 0
	for _, r := range digits {
		zero := r
		for unicode.IsDigit(zero-1) && r-zero < 9 {
			zero--
		}
		if '0' <= r && r <= '9' {
			zero = '0'
		}
		n = (n*10 + int(r-zero)) % 1_000_000_000
	}
	return n
}

// at returns a token, or one that is nothing.
func at(ts []token, i int) token {
	if i < 0 || i >= len(ts) {
		return token{n: -1}
	}
	return ts[i]
}

// at reports whether a name begins at a word of a text, in any case of it. A name of
// one word must have a capital there: "Pit" is a place, and a pit may be any.
func (n spokenName) at(ts []token, i int) bool {
	const between = 2 // other words
	if !like(ts[i], n.words[0]) || len(n.words) == 1 && ts[i].cased && !ts[i].capital {
		return false
	}
	next := i + 1
	for _, w := range n.words[1:] {
		found := slices.IndexFunc(ts[next:min(len(ts), next+between+1)], func(t token) bool { return like(t, w) })
		if found < 0 {
			return false
		}
		next += found + 1
	}
	return true
}

// nameWords returns the words by which a name is known again: without articles, and
// without "region" where another word is left.
func nameWords(name string) []token {
	var words []token
	for _, t := range tokensOf(name) {
		if t.number() || len([]rune(t.text)) > 2 && !slices.Contains(small, t.text) {
			words = append(words, t)
		}
	}
	proper := slices.DeleteFunc(slices.Clone(words), func(t token) bool {
		return slices.ContainsFunc(areas, func(a string) bool { return strings.HasPrefix(t.text, a) })
	})
	if len(proper) > 0 {
		return proper
	}
	return words
}

var (
	small = strings.Fields("the les los las des del")
	// Arabic writes these in one with the word.
	joined = strings.Fields("و ب ل ف ال وال بال فال")
	areas  = strings.Fields("region oblast area district raion rayon province provinc distrito departement област район краи منطقة محافظة")
)

// like reports whether two words may be one in two cases.
func like(t, name token) bool {
	if t.number() || name.number() {
		return t.text == name.text
	}
	if t.head != name.head {
		return false
	}
	if !t.cased {
		rest, ok := strings.CutSuffix(t.text, name.text)
		return ok && slices.Contains(joined, rest) || t.text == name.text
	}
	a, b := []rune(t.text), []rune(name.text)
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	ending := 3
	if len(b) < 6 {
		ending = 1
	}
	return same >= 2 && len(a)-same <= ending && len(b)-same <= min(ending, len(b)/3)
}

// cased reports whether the script of a word has capitals.
func cased(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return unicode.ToUpper(r) != unicode.ToLower(r) })
}
