package gate

import (
	"slices"
	"unicode/utf8"

	"habeas/name"
)

// A reading is what one spelling may be a form of, and who bears it. Persons that
// few bear a name with are looked at one by one; of a crowd only those of whom
// something else stands nearby.
type reading struct {
	refs     []ref // rising
	few      []uint32
	many     []ref // of the kinds of part that a crowd bears it as
	small    []ref // of many, those that are written without a capital
	near     bool
	compound bool // two parts as one word
	slight   bool // of which one is short, or an initial

	common       bool // a crowd bears it as a family name
	calledByMany bool // a crowd bears it as an alias or call sign
}

const (
	minHalf  = 3 // letters of either name in a compound
	longHalf = 4 // letters of either name in one that is one for sure
	minAfter = 5 // letters of a family name after an initial
)

// compound returns the reading of a word that is a given and a family name of one
// person written as one, or an initial and a family name in Latin; or nil.
func (l *lookup) compound(word string) (r *reading) {
	if n := utf8.RuneCountInString(word); n < 2*minHalf || n > longestWord {
		return nil
	}
	for i := range word {
		short := min(utf8.RuneCountInString(word[:i]), utf8.RuneCountInString(word[i:]))
		if short < minHalf {
			continue
		}
		refs := l.whole(word[:i])
		if len(refs) == 0 {
			continue
		}
		if r = l.both(refs, l.whole(word[i:])); r != nil {
			r.slight = short < longHalf
			break
		}
	}
	if r == nil && word[0] >= 'a' && word[0] <= 'z' && len(word) > minAfter {
		r = l.afterInitial(word)
	}
	return r
}

// whole returns the refs of a word for which it is a name as its bearer writes
// it, in any script.
func (l *lookup) whole(word string) []ref {
	return slices.DeleteFunc(l.ix.forms.get(nil, l.hash.sum(asForm, word)), func(r ref) bool {
		c := r.class()
		return c == name.Possessive || c == name.Inflected || c == name.Diminutive
	})
}

// both returns the reading for those who bear a given name of one half and a
// family name of the other.
func (l *lookup) both(left, right []ref) *reading {
	var people []uint32
	var refs []ref
	for _, a := range left {
		for _, b := range right {
			given, family := &l.ix.groups[a.group()], &l.ix.groups[b.group()]
			if given.kind != 0 {
				given, family = family, given
			}
			if given.kind == 0 && familyBits>>family.kind&1 == 1 {
				if both := common(nil, given.bearers, family.bearers); len(both) > 0 {
					people, refs = merged(people, both), append(refs, a, b)
				}
			}
		}
	}
	return compoundOf(refs, people)
}

func (l *lookup) afterInitial(word string) *reading {
	letter := l.hash.sum(asForm, word[:1])
	if !l.ix.letters[letter] {
		return nil
	}
	var people []uint32
	var refs []ref
	for _, r := range l.whole(word[1:]) {
		g := &l.ix.groups[r.group()]
		if familyBits>>g.kind&1 == 0 {
			continue
		}
		var with []uint32
		for _, p := range g.bearers {
			if l.initialOf(p, letter)&givenBit != 0 {
				with = append(with, p)
			}
		}
		if len(with) > 0 {
			people, refs = merged(people, with), append(refs, r)
		}
	}
	r := compoundOf(refs, people)
	if r != nil {
		r.slight = true
	}
	return r
}

func compoundOf(refs []ref, people []uint32) *reading {
	if len(people) == 0 {
		return nil
	}
	slices.Sort(refs)
	return &reading{refs: slices.Compact(refs), few: people, compound: true}
}

// initialOf returns of which parts of the person's name a letter, given as its
// hash, is the initial.
func (l *lookup) initialOf(p uint32, letter uint64) (kinds uint16) {
	for _, g := range l.ix.persons[p].groups {
		if g := &l.ix.groups[g]; slices.Contains(g.initials, letter) {
			kinds |= 1 << g.kind
		}
	}
	return kinds
}
