package gate

import (
	"slices"
	"unicode/utf8"

	"habeas/name"
)

// A crowdSpan is a place where a name stands that so many bear that they are not
// told apart: it is for review.
type crowdSpan struct {
	from, to int // bytes of the file
	class    name.Class
	is       *reading
	refs     []ref    // what counts of it
	took     []uint32 // persons who have a span of their own there
	cover    bool
}

// meet looks one by one at those of a crowd of whom another part, or an initial,
// stands near.
func (s *scanner) meet(t *text) {
	for i := range t.tokens {
		a := &t.tokens[i]
		if len(a.is.many) > 0 {
			s.take(a, s.withInitials(a, t))
		}
		for j := i + 1; j < len(t.tokens) && t.tokens[j].at-a.end < maxApart; j++ {
			b := &t.tokens[j]
			if b.at < a.end || len(a.is.many) == 0 && len(b.is.many) == 0 {
				continue
			}
			both := s.inBoth(a.is, b.is)
			s.take(a, both)
			s.take(b, both)
		}
	}
}

// take adds persons to those who are looked at one by one at a token.
func (s *scanner) take(tok *token, people []uint32) {
	for _, p := range people {
		if _, ok := slices.BinarySearch(tok.is.few, p); ok {
			continue
		}
		if at, ok := slices.BinarySearch(tok.took, p); !ok {
			tok.took = slices.Insert(tok.took, at, p)
			s.match(p, tok)
		}
	}
}

// inBoth returns the persons who bear two different words, one of each reading.
func (s *scanner) inBoth(a, b *reading) []uint32 {
	key := [2]*reading{a, b}
	people, ok := s.meetings[key]
	if ok {
		return people
	}
	for _, x := range a.refs {
		for _, y := range b.refs {
			if x.group() != y.group() {
				people = common(people, s.ix.groups[x.group()].bearers, s.ix.groups[y.group()].bearers)
			}
		}
	}
	slices.Sort(people)
	people = slices.Compact(people)
	s.meetings[key] = people
	return people
}

// withInitials returns those of the crowd that bears a token as a family name
// whose initials stand beside it.
func (s *scanner) withInitials(tok *token, t *text) []uint32 {
	var letters []uint64
	for _, at := range []int{tok.at - 2, tok.at - 1, tok.end, tok.end + 1} {
		if at < 0 || at >= len(t.plain) {
			continue
		}
		if h, ok := s.letter(&t.words[t.plain[at]]); ok {
			letters = append(letters, h)
		}
	}
	if len(letters) == 0 {
		return nil
	}
	var out []uint32
	for _, r := range tok.is.many {
		g := &s.ix.groups[r.group()]
		if familyBits>>g.kind&1 == 0 {
			continue
		}
		for _, p := range g.bearers {
			if slices.ContainsFunc(letters, func(h uint64) bool { return s.initialOf(p, h)&ownBits != 0 }) {
				out = append(out, p)
			}
		}
	}
	return out
}

// maxInitial is the most letters that an initial takes in Latin: Shch.
const maxInitial = 4

// letter returns the hash of a word that may be an initial.
func (s *scanner) letter(w *name.Word) (uint64, bool) {
	if !w.Title || len(w.Text) > maxInitial || utf8.RuneCountInString(w.Text) > maxInitial {
		return 0, false
	}
	h := s.hash.sum(asForm, w.Text)
	return h, s.ix.letters[h]
}

// lettered appends the spans of those of whom nothing but initials is known, where
// these stand by themselves, in order and without a name.
func (s *scanner) lettered(out []span, t *text) []span {
	if len(s.ix.lettered) == 0 {
		return out
	}
	for i := 0; i+1 < len(t.plain); i++ {
		a, b := &t.words[t.plain[i]], &t.words[t.plain[i+1]]
		x, ok := s.letter(a)
		y, also := s.letter(b)
		if !ok || !also || t.named(i-1, i, false) || t.named(i+1, i+2, true) {
			continue
		}
		for _, p := range s.ix.lettered {
			if first, second := s.initialOf(p, x), s.initialOf(p, y); first != 0 && second != 0 && first != second {
				out = append(out, span{person: p, from: a.Start, to: b.End, class: name.Initial, verdict: Review})
			}
		}
	}
	return out
}

// named reports whether of two neighbouring plain words the one that is no initial
// has a capital, and nothing but spaces and full stops stands between them.
func (t *text) named(i, j int, after bool) bool {
	if i < 0 || j >= len(t.plain) {
		return false
	}
	a, b := &t.words[t.plain[i]], &t.words[t.plain[j]]
	other := a
	if after {
		other = b
	}
	for _, c := range t.s[a.End:b.Start] {
		if c != ' ' && c != '.' && c != '\u00a0' {
			return false
		}
	}
	return other.Title
}

// crowds returns the places where a crowd is, or may be, named.
func (s *scanner) crowds(t *text) []crowdSpan {
	var out []crowdSpan
	for i := range t.tokens {
		tok := &t.tokens[i]
		refs := tok.is.many
		if tok.is.near || len(refs) == 0 || tok.piece && !tok.tight {
			continue
		}
		if !tok.capital {
			refs = tok.is.small
		}
		if len(refs) == 0 {
			continue
		}
		c := crowdSpan{from: tok.start, to: tok.to, class: name.Edited, is: tok.is, refs: refs, took: merged(tok.took, tok.is.few), cover: tok.cover}
		for _, r := range refs {
			c.class = min(c.class, r.class())
			c.cover = c.cover && familyBits>>s.ix.groups[r.group()].kind&1 == 0 && s.ix.groups[r.group()].kind != 1
		}
		out = append(out, c)
	}
	return out
}
