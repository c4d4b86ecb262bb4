package dossier

import (
	"cmp"
	"encoding/hex"
	"slices"
	"unicode/utf8"

	"habeas/claim"
	"habeas/fault"
	"habeas/name"
)

// What an [Edit] does.
const (
	Replace  = "replace"  // the person's cover name stands there
	Sentence = "sentence" // the sentence goes, and a sign that it did stands there; the only one, as with Whole
	Whole    = "whole"    // the heading or line goes, with what stands under it
)

// gap stands where a sentence went.
const gap = "[…]"

// An Edit changes words of a document before it is rendered, in all its files
// alike. It holds none of them. The gate reads what comes of it as it reads
// anything.
type Edit struct {
	Leaf   string    `json:"leaf"` // which words: see [Place]
	Start  int       `json:"start"`
	End    int       `json:"end"` // with Start, bytes of them, half open, as in Place
	Do     string    `json:"do"`
	Person claim.Ref `json:"person,omitempty"` // for Replace
	Case   string    `json:"case,omitempty"`   // for Replace in Russian and Ukrainian: the String of a [name.Case]; "" is the nominative
}

// Valid reports whether e can be made, given words that fit it.
func (e Edit) Valid() bool {
	if key, err := hex.DecodeString(e.Leaf); err != nil || len(key) != leafKey || e.Start < 0 || e.End <= e.Start {
		return false
	}
	switch e.Do {
	case Replace:
		return e.Person.Kind() == claim.RefPerson && (e.Case == "" || caseOf(e.Case) > name.Nominative || e.Case == name.Nominative.String())
	case Sentence, Whole:
		return e.Person == "" && e.Case == ""
	}
	return false
}

func caseOf(s string) name.Case {
	for c := name.Nominative; c <= name.Vocative; c++ {
		if c.String() == s {
			return c
		}
	}
	return name.Nominative
}

// finish takes the signs out of the words of p, makes the edits, and sets the
// leaves of p in the order in which its files have them.
func (w *writer) finish(p *page) {
	w.stays(p, &p.Title)
	w.stays(p, &p.Prepared)
	p.Notes = w.words(p, p.Notes)
	p.Sections = kept(p.Sections, func(s *section) bool {
		if !w.word(p, &s.Title) {
			return false
		}
		s.Paras = w.words(p, s.Paras)
		s.Entries = kept(s.Entries, func(e *entry) bool {
			if !w.word(p, &e.Head) {
				return false
			}
			e.Paras = w.words(p, e.Paras)
			e.Lines = kept(e.Lines, func(l *line) bool {
				if !w.word(p, &l.Text) {
					return false
				}
				l.Under = w.words(p, l.Under)
				return true
			})
			return true
		})
		return true
	})
}

func kept[T any](all []T, keep func(*T) bool) []T {
	var out []T
	for i := range all {
		if keep(&all[i]) {
			out = append(out, all[i])
		}
	}
	return out
}

func (w *writer) words(p *page, all []string) []string {
	return kept(all, func(s *string) bool { return w.word(p, s) })
}

// word makes a leaf of s, and reports whether it stays.
func (w *writer) word(p *page, s *string) bool {
	l := newLeaf(*s)
	if !w.edit(l) {
		w.leave("words", "chosen", "")
		return false
	}
	*s = l.words
	p.leaves = append(p.leaves, l)
	return true
}

// stays is word for what a document can't be without: a sign stands in its place.
func (w *writer) stays(p *page, s *string) {
	if !w.word(p, s) {
		*s = gap
		p.leaves = append(p.leaves, newLeaf(gap).plain())
	}
}

// A change puts other words in the place of a stretch of a leaf.
type change struct {
	from, to int
	words    string
	made     bool // by an edit
}

// edit makes the edits of a leaf; of two that overlap the later. It reports
// whether the leaf stays.
func (w *writer) edit(l *leaf) bool {
	var changes []change
	add := func(c change) {
		if !slices.ContainsFunc(changes, func(o change) bool { return c.from < o.to && o.from < c.to }) {
			changes = append(changes, c)
		}
	}
	for _, e := range slices.Backward(w.opt.Edits) {
		if e.Leaf != l.key || !fits(l.was, e.Start, e.End) {
			continue
		}
		c := change{e.Start, e.End, "", true}
		switch e.Do {
		case Whole:
			return false
		case Sentence:
			more := false
			if c.from, c.to, more = l.sentence(e.Start, e.End); !more {
				return false
			}
			c.words = gap
			w.leave("words", "chosen", "")
		case Replace:
			c.from, c.to = l.wholeWords(e.Start, e.End)
			if l.kind(c.from, c.to) == "" || l.others(c.from, c.to, e.Person) {
				continue // it would say what nobody said
			}
			c.words = w.declined(e.Person, e.Case)
		}
		for _, who := range l.who { // none is cut
			if c.from < who.end && who.start < c.to {
				c.from, c.to = min(c.from, who.start), max(c.to, who.end)
			}
		}
		add(c)
	}
	for _, who := range l.who {
		add(change{who.start, who.end, who.kind, false})
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.from, b.from) })
	at := 0
	for _, c := range changes {
		l.words += l.was[at:c.from]
		start := len(l.words)
		l.words += c.words
		l.moved = append(l.moved, moved{start, len(l.words), c.from, c.to, c.made})
		at = c.to
	}
	l.words += l.was[at:]
	return true
}

// wholeWords widens a stretch to the words that it cuts: of half a word the rest
// would tell.
func (l *leaf) wholeWords(start, end int) (int, int) {
	inMark := func(at int) bool {
		return slices.ContainsFunc(l.who, func(who piece) bool { return who.start < at && at < who.end })
	}
	cut := func(at int) bool {
		before, _ := utf8.DecodeLastRuneInString(l.was[:at])
		after, _ := utf8.DecodeRuneInString(l.was[at:])
		return partOfWord(before) && partOfWord(after) || inMark(at)
	}
	for cut(start) {
		_, n := utf8.DecodeLastRuneInString(l.was[:start])
		start -= n
	}
	for cut(end) {
		_, n := utf8.DecodeRuneInString(l.was[end:])
		end += n
	}
	return start, end
}

// others reports whether anybody but one person stands in a stretch.
func (l *leaf) others(start, end int, one claim.Ref) bool {
	return slices.ContainsFunc(l.who, func(who piece) bool {
		return who.start < end && start < who.end && l.was[who.start:who.end] != claim.MarkOf(one)
	})
}

// declined returns what a person is called, in a case if it is a cover name.
func (w *writer) declined(ref claim.Ref, in string) string {
	l := newLeaf(w.name(ref))
	called := l.called(0, len(l.was))
	if w.Persons[ref].Count > 1 || w.opt.Names && w.told.Naming(ref) == claim.NamedName {
		return called
	}
	return name.Decline(called, w.Lang(), name.Inflection{Case: caseOf(in)})
}

// fits reports whether a stretch is one of whole characters.
func fits(s string, start, end int) bool {
	edge := func(i int) bool { return i == len(s) || s[i]&0xC0 != 0x80 }
	return 0 <= start && start < end && end <= len(s) && edge(start) && edge(end)
}

// checkEdits fails if an edit is none.
func checkEdits(edits []Edit) error {
	if slices.ContainsFunc(edits, func(e Edit) bool { return !e.Valid() }) {
		return fault.New(fault.Invalid, "dossier.bad_edit")
	}
	return nil
}
