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

// read returns what a word is a form of, or nil.
func (s *scanner) read(word string) *reading {
	r, ok := s.readings[word]
	if !ok {
		s.buf = s.ix.forms.get(s.buf[:0], s.hash.sum(asForm, word))
		r = s.reading(s.buf)
		s.readings[word] = r
	}
	return r
}

// reading returns a reading of refs, in any order.
func (s *scanner) reading(refs []ref) *reading {
	if len(refs) == 0 {
		return nil
	}
	refs = slices.Clone(refs)
	slices.Sort(refs)
	refs = slices.CompactFunc(refs, func(a, b ref) bool { return a.group() == b.group() })
	r := &reading{refs: refs}
	// Each kind is judged for itself: that many are called Петруша does not make
	// the family name Петрушин common.
	for _, kinds := range []uint16{ownBits, familyBits, calledBits | otherBit} {
		var of []ref
		for _, x := range refs {
			if kinds>>s.ix.groups[x.group()].kind&1 == 1 {
				of = append(of, x)
			}
		}
		people := s.ix.union(of)
		full := len(people) > crowd
		if !full || s.apiece {
			r.few = merged(r.few, people)
		} else {
			r.many = append(r.many, of...)
		}
		r.common = r.common || full && kinds == familyBits
		r.calledByMany = r.calledByMany || full && kinds&calledBits != 0
	}
	slices.Sort(r.many)
	for _, x := range r.many {
		if s.ix.groups[x.group()].flags&smallFlag != 0 {
			r.small = append(r.small, x)
		}
	}
	return r
}

// nearly returns what a word that is no form is nearly one of, or nil.
func (s *scanner) nearly(word string) *reading {
	r, ok := s.near[word]
	if ok {
		return r
	}
	s.buf = s.buf[:0]
	for _, key := range skeletonsOf(word) {
		s.buf = s.ix.forms.get(s.buf, s.hash.sum(asSkeleton, key))
	}
	for _, key := range stemEditsOf(word) {
		s.buf = s.ix.forms.get(s.buf, s.hash.sum(asEdit, key))
	}
	if r = s.reading(s.buf); r != nil {
		r.near = true
	}
	s.near[word] = r
	return r
}

const (
	minHalf  = 3 // letters of either name in a compound
	longHalf = 4 // letters of either name in one that is one for sure
	minAfter = 5 // letters of a family name after an initial
)

// compound returns the reading of a word that is a given and a family name of one
// person written as one, or an initial and a family name in Latin; or nil.
func (s *scanner) compound(word string) *reading {
	if len(word) < 2*minHalf || utf8.RuneCountInString(word) < 2*minHalf {
		return nil
	}
	r, ok := s.split[word]
	if ok {
		return r
	}
	for i := range word {
		short := min(utf8.RuneCountInString(word[:i]), utf8.RuneCountInString(word[i:]))
		if short < minHalf {
			continue
		}
		refs := s.whole(word[:i])
		if len(refs) == 0 {
			continue
		}
		if r = s.both(refs, s.whole(word[i:])); r != nil {
			r.slight = short < longHalf
			break
		}
	}
	if r == nil && word[0] >= 'a' && word[0] <= 'z' && len(word) > minAfter {
		r = s.afterInitial(word)
	}
	s.split[word] = r
	return r
}

// whole returns the refs of a word for which it is a name as its bearer writes
// it, in any script.
func (s *scanner) whole(word string) []ref {
	return slices.DeleteFunc(s.ix.forms.get(nil, s.hash.sum(asForm, word)), func(r ref) bool {
		c := r.class()
		return c == name.Possessive || c == name.Inflected || c == name.Diminutive
	})
}

// both returns the reading for those who bear a given name of one half and a
// family name of the other.
func (s *scanner) both(left, right []ref) *reading {
	var people []uint32
	var refs []ref
	for _, a := range left {
		for _, b := range right {
			given, family := &s.ix.groups[a.group()], &s.ix.groups[b.group()]
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

func (s *scanner) afterInitial(word string) *reading {
	letter := s.hash.sum(asForm, word[:1])
	if !s.ix.letters[letter] {
		return nil
	}
	var people []uint32
	var refs []ref
	for _, r := range s.whole(word[1:]) {
		g := &s.ix.groups[r.group()]
		if familyBits>>g.kind&1 == 0 {
			continue
		}
		var with []uint32
		for _, p := range g.bearers {
			if s.initialOf(p, letter)&givenBit != 0 {
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
func (s *scanner) initialOf(p uint32, letter uint64) (kinds uint16) {
	for _, g := range s.ix.persons[p].groups {
		if g := &s.ix.groups[g]; slices.Contains(g.initials, letter) {
			kinds |= 1 << g.kind
		}
	}
	return kinds
}
