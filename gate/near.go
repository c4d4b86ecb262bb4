package gate

import (
	"strings"
	"unicode/utf8"

	"habeas/name"
)

// Below the forms there are two tiers. Both compare what is left of a word
// without its case ending. A vault's word gives one stem, a word of a text one
// for each ending that it may have.

const (
	minEdit     = 5 // letters of the shortest stem that is compared with a letter changed
	minSkeleton = 4 // letters of the shortest key
)

// skeletons returns the keys of a word of the vault: its stem, and how it sounds
// in any script.
func skeletons(word string) []string { return keysOf(name.Keys(word), stem(word)) }

// skeletonsOf returns the keys that a word of a text may have.
func skeletonsOf(word string) []string { return keysOf(name.TextKeys(word), stems(word)...) }

func keysOf(sounds []string, stems ...string) []string {
	var out []string
	for _, s := range stems {
		if utf8.RuneCountInString(s) >= minSkeleton {
			out = append(out, "="+s)
		}
	}
	for _, s := range sounds {
		if len(s) >= minSkeleton {
			out = append(out, s)
		}
	}
	return out
}

// stemEdits returns the stem of a word of the vault, and all that is left of it
// without one letter; none if it is short. Two stems are a letter more, less,
// other or swapped apart only if they have one of these in common.
func stemEdits(word string) []string { return edits(nil, stem(word)) }

// stemEditsOf returns the same for every stem that a word of a text may have.
func stemEditsOf(word string) []string {
	var out []string
	for _, s := range stems(word) {
		out = edits(out, s)
	}
	return out
}

func edits(out []string, stem string) []string {
	if utf8.RuneCountInString(stem) < minEdit {
		return out
	}
	out = append(out, stem)
	last := rune(0)
	for i, r := range stem {
		if r != last { // one of a double letter is enough
			out = append(out, stem[:i]+stem[i+utf8.RuneLen(r):])
		}
		last = r
	}
	return out
}

// nominative and oblique hold the endings of names in the nominative and in the
// other cases of Russian and Ukrainian, and of English possessives.
var (
	nominative = strings.Fields("ий ый ій ой ая яя а я о е и і й ь у ю")
	oblique    = strings.Fields("ыми ими ого его ому ему ової еві ові ами ями ою ею єю ым им ом ем єм ой ей ую юю их ых ам ям ах ях ии ию ія ію ії " +
		"а я у ю е є и ы і ї о й ь s")
)

// stem returns a word of the vault without its ending.
func stem(word string) string {
	for _, e := range nominative {
		if s, ok := strings.CutSuffix(word, e); ok && utf8.RuneCountInString(s) > 2 {
			return s
		}
	}
	return word
}

// stems returns what is left of a word of a text without each ending that it may
// have, and the word.
func stems(word string) []string {
	out := []string{word}
	if s := stem(word); s != word {
		out = append(out, s)
	}
	for _, e := range oblique {
		if s, ok := strings.CutSuffix(word, e); ok && utf8.RuneCountInString(s) > 2 && s != out[len(out)-1] {
			out = append(out, s)
		}
	}
	return out
}
