package gate

import (
	"cmp"
	"crypto/sha256"
	"math/bits"
	"slices"

	"habeas/name"
)

// How a hit is judged, from the spans of words that are forms of one person's
// names with at most three other words between them:
//
//   - two different parts of the name, or one word made of two: block;
//   - a rare family or former name: block. A name is rare unless [name.Common];
//   - a common family name with the initials of both given name and patronymic:
//     block; with fewer initials or alone: review;
//   - a given name, patronymic, alias, call sign or other part alone: review;
//     an alias or call sign in quotation marks, or after a word that announces
//     one: block;
//   - a word that does not begin with a capital counts only in a span of two
//     parts (of which one has a capital, if both are of aliases), in an address,
//     a handle or the name of a file, or where it is a rare family name in a
//     paragraph without any capital; the capital of an ordinary word that begins
//     a sentence doesn't count;
//   - a single letter counts only beside a family name.
//
// What a review hit stands for is settled if it lies inside the full name of
// somebody else; then it is no hit. Once a person is blocked in a document,
// every review hit of theirs in it is a block too. A public person, and one
// whose consent allows it, is allowed everywhere.

// maxApart is how far from each other, in words, two parts of one name stand.
const maxApart = 4

// Scan reads text, UTF-8 with whatever is encoded inside it, and returns the
// hits for the persons of ix, in the order of their place. It is for a desk's
// own check of text that stays inside; what leaves takes [Check].
func Scan(text []byte, ix *Index) []Hit {
	f := file{sum: sha256.Sum256(text)}
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	s := newScanner(ix)
	s.file(&f, view{text: string(text)}, false)
	return finish([]*file{&f}, ix, nil)
}

// A file is what was found in one file, in places of the file as given.
type file struct {
	name   string
	part   string // see [Hit.Part]
	inName bool
	sum    [sha256.Size]byte
	spans  []span
}

// A scanner looks up words. It remembers those it has seen, since text repeats
// itself and a keyed hash is slow.
type scanner struct {
	ix    *Index
	hash  *hasher
	heads map[string]int32
	found map[int32][]match
}

func newScanner(ix *Index) *scanner {
	return &scanner{ix: ix, hash: newHasher(ix.key), heads: map[string]int32{}, found: map[int32][]match{}}
}

// head returns the first entry for a word, or -1.
func (s *scanner) head(word string) int32 {
	h, ok := s.heads[word]
	if !ok {
		h, ok = s.ix.heads[s.hash.sum(word)]
		if !ok {
			h = -1
		}
		s.heads[word] = h
	}
	return h
}

// A match is a word that is a form of some parts of one person's names.
type match struct {
	at, end    int // words of the text
	start, to  int // bytes of the view
	kinds      uint16
	words      uint64
	class      name.Class
	rare       bool // some form is of a rare family name
	telling    bool // counts alone: see the rules above
	capital    bool
	called     bool // quoted, or announced as an alias or call sign
	foldedCase bool // its paragraph has no capital
}

// A span is a place where one person is, or may be, named.
type span struct {
	person   int32
	from, to int // bytes of the file
	class    name.Class
	verdict  Verdict
	settles  bool // it is a full name: given or patronymic, and family
}

// file adds to f the spans in v, a view of it, and in what is encoded there.
func (s *scanner) file(f *file, v view, address bool) {
	encoded(v, maxNested, func(v view) {
		for _, sp := range s.view(v.text, address) {
			if v.garbled && sp.to-sp.from < minGarbled {
				continue
			}
			sp.from, sp.to = v.place(sp.from, sp.to)
			f.spans = append(f.spans, sp)
		}
	})
}

// view returns the spans of one text, in bytes of that text. In an address every
// word counts as if it had a capital.
func (s *scanner) view(text string, address bool) []span {
	words := name.Words(text)
	plain := make([]int, 0, len(words)) // the plain word of each number
	for i := range words {
		if words[i].N == 1 && words[i].Reading == name.Plain {
			plain = append(plain, i)
		}
	}
	clear(s.found)
	folded := newParagraphs(words, plain)
	marks := newMarks(text)
	for i := range words {
		w := &words[i]
		if h := s.head(w.Text); h >= 0 && !marks.hold(w.Start) {
			s.match(h, w, match{
				at: w.At, end: w.At + w.N, start: w.Start, to: w.End,
				capital:    w.Title && !(w.Sentence && starters[w.Text]) || w.Tight || address,
				called:     w.Quoted || announced(words, plain, w.At),
				foldedCase: folded.at(w.At),
			})
		}
	}
	var out []span
	for p, ms := range s.found {
		out = s.spans(out, p, ms, words, plain)
	}
	return out
}

// match records m for each person with the form w.
func (s *scanner) match(h int32, w *name.Word, m match) {
	for h >= 0 {
		p := s.ix.entries[h].person
		one := m
		one.class = name.Initial
		for ; h >= 0 && s.ix.entries[h].person == p; h = s.ix.entries[h].next {
			e := &s.ix.entries[h]
			if e.class == name.Initial {
				continue
			}
			one.kinds |= 1 << e.kind
			one.words |= 1 << e.word
			one.class = min(one.class, e.class)
			one.rare = one.rare || !e.common
			one.capital = one.capital || e.small
		}
		if one.kinds == 0 {
			continue
		}
		one.telling = one.capital || one.rare && one.foldedCase || one.class == name.Compound
		s.found[p] = append(s.found[p], one)
	}
}

// Kinds as bits of match.kinds.
const (
	givenBit      = 1 << 0
	patronymicBit = 1 << 1
	familyBits    = 1<<2 | 1<<3
	calledBits    = 1<<4 | 1<<5
	otherBit      = 1 << 6
	mixedBit      = 1 << 7
)

// spans appends the spans that the matches of one person make.
func (s *scanner) spans(out []span, p int32, ms []match, words []name.Word, plain []int) []span {
	slices.SortFunc(ms, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.end, a.end))
	})
	for i := 0; i < len(ms); {
		group := ms[i]
		parts, last := 1, ms[i]
		telling, capital := ms[i].telling, ms[i].capital
		j := i + 1
		for ; j < len(ms) && ms[j].at-last.end < maxApart; j++ {
			if ms[j].at < group.end { // the same words, read in another way
				group.absorb(ms[j])
				last.kinds, last.words = last.kinds|ms[j].kinds, last.words|ms[j].words
				telling = telling || ms[j].telling
				continue
			}
			if !adds(last, group, ms[j], parts) {
				break
			}
			group.absorb(ms[j])
			telling, capital = telling || ms[j].telling, capital || ms[j].capital
			last = ms[j]
			parts++
		}
		i = j
		named := parts > 1 && (capital || group.kinds&^(calledBits|otherBit) != 0)
		if !telling && !named {
			continue
		}
		out = append(out, s.judge(p, group, parts, words, plain))
	}
	return out
}

// adds reports whether m can be another part of the name that the group, of so
// many parts and ending in last, has begun.
func adds(last, group, m match, parts int) bool {
	all := group.kinds | m.kinds
	if parts == 1 {
		return bits.OnesCount16(all) > 1 && (last.kinds != m.kinds || bits.OnesCount16(m.kinds) > 1) ||
			last.words&m.words == 0
	}
	return m.kinds&^group.kinds != 0 || m.words&group.words == 0
}

func (m *match) absorb(n match) {
	m.end, m.to = max(m.end, n.end), max(m.to, n.to)
	m.kinds |= n.kinds
	m.words |= n.words
	m.class = max(m.class, n.class)
	m.rare = m.rare || n.rare
	m.called = m.called || n.called && n.kinds&calledBits != 0
}

func (s *scanner) judge(p int32, m match, parts int, words []name.Word, plain []int) span {
	sp := span{person: p, from: m.start, to: m.to, class: m.class, verdict: Review}
	var initials uint16
	if m.kinds&familyBits != 0 {
		initials = s.initials(&sp, p, m, words, plain)
	}
	switch {
	case parts > 1, m.kinds&mixedBit != 0, m.rare, initials == givenBit|patronymicBit,
		m.kinds&calledBits != 0 && m.called:
		sp.verdict = Block
	}
	if initials != 0 {
		sp.class = name.Initial
	}
	sp.settles = parts > 1 && m.kinds&familyBits != 0 || m.kinds&mixedBit != 0
	return sp
}

// initials widens sp by the initials that stand beside the family name m, and
// returns of which parts they are.
func (s *scanner) initials(sp *span, p int32, m match, words []name.Word, plain []int) uint16 {
	var got uint16
	for _, step := range []int{-1, 1} {
		at := m.at - 1
		if step > 0 {
			at = m.end
		}
		for n := 0; n < 2 && at >= 0 && at < len(plain); n++ {
			w := &words[plain[at]]
			kinds := s.initial(p, w) &^ got
			if kinds == 0 {
				break
			}
			if kinds&givenBit != 0 && kinds&patronymicBit != 0 {
				kinds = givenBit
				if got != 0 || step < 0 && n == 0 && at > 0 && s.initial(p, &words[plain[at-1]]) != 0 {
					kinds = patronymicBit
				}
			}
			got |= kinds
			sp.from, sp.to = min(sp.from, w.Start), max(sp.to, w.End)
			at += step
		}
	}
	return got
}

func (s *scanner) initial(p int32, w *name.Word) uint16 {
	var kinds uint16
	if !w.Title {
		return 0
	}
	for h := s.head(w.Text); h >= 0; h = s.ix.entries[h].next {
		if e := &s.ix.entries[h]; e.person == p && e.class == name.Initial {
			kinds |= 1 << e.kind
		}
	}
	return kinds & (givenBit | patronymicBit)
}

// announced reports whether the word at is announced as an alias or call sign.
func announced(words []name.Word, plain []int, at int) bool {
	for back := 1; back <= 2 && at-back >= 0; back++ {
		switch words[plain[at-back]].Text {
		case "позывной", "позывным", "позывного", "позивний", "позивним", "позивного", "кличка", "кличке", "кличкой",
			"прозвище", "прозвищу", "прозвищем", "прізвисько", "прізвиськом", "псевдо", "псевдоним", "псевдонимом",
			"callsign", "nickname", "nicknamed", "alias", "aka", "codename":
			return true
		}
	}
	return false
}

// settle drops the review spans that lie inside the full name of another person.
// Spans are in the order of their place.
func settle(spans []span) []span {
	var full []span
	for _, sp := range spans {
		if sp.settles {
			full = append(full, sp)
		}
	}
	slices.SortFunc(full, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return slices.DeleteFunc(spans, func(sp span) bool {
		if sp.verdict != Review {
			return false
		}
		i, _ := slices.BinarySearchFunc(full, sp.from+1, func(f span, from int) int { return cmp.Compare(f.from, from) })
		for i--; i >= 0 && sp.from-full[i].from < 256; i-- {
			if full[i].to >= sp.to && full[i].person != sp.person {
				return true
			}
		}
		return false
	})
}

// finish turns the spans of all files of a document into hits: places that
// overlap become one, what is allowed is, and what is blocked once is blocked
// throughout.
func finish(files []*file, ix *Index, allowed map[string]bool) []Hit {
	blocked := map[int32]bool{}
	for _, f := range files {
		f.spans = settle(merge(f.spans))
		for _, sp := range f.spans {
			blocked[sp.person] = blocked[sp.person] || sp.verdict == Block
		}
	}
	var hits []Hit
	for _, f := range files {
		for _, sp := range f.spans {
			p := ix.persons[sp.person]
			h := Hit{File: f.name, InName: f.inName, Part: f.part, Start: sp.from, End: sp.to, Person: p.id,
				Class: sp.class.String(), Verdict: sp.verdict}
			switch {
			case p.public || allowed[p.id]:
				h.Verdict = Allowed
			case blocked[sp.person]:
				h.Verdict = Block
			}
			h.ID = hitID(h, f.sum)
			hits = append(hits, h)
		}
	}
	return hits
}

// merge sorts spans by place and makes one of those of a person that overlap.
func merge(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	})
	var out []span
	for _, sp := range spans {
		if n := len(out) - 1; n >= 0 && out[n].person == sp.person && sp.from < out[n].to {
			out[n].to = max(out[n].to, sp.to)
			out[n].verdict = max(out[n].verdict, sp.verdict)
			out[n].settles = out[n].settles || sp.settles
			continue
		}
		out = append(out, sp)
	}
	slices.SortFunc(out, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.person, b.person))
	})
	return out
}
