package gate

import (
	"cmp"
	"slices"

	"habeas/name"
)

// finish turns the spans of all files of a document into hits: places that
// overlap become one, what is allowed is, and what is blocked once is blocked
// throughout.
func (s *scanner) finish(files []*file, allowed map[string]bool) []Hit {
	e := ending{s: s, allowed: allowed, blocked: map[uint32]bool{}, among: map[*reading][]uint32{}, protected: map[*reading]int{}}
	for _, f := range files {
		f.spans = merge(f.spans)
		settle(f)
		for _, sp := range f.spans {
			if sp.verdict == Block {
				e.blocked[sp.person] = true
			}
		}
	}
	var hits []Hit
	for _, f := range files {
		e.promote(f)
		hits = append(hits, e.hits(f)...)
	}
	return hits
}

// merge sorts spans by place and makes one of those of a person that overlap.
// What was guessed counts only where nothing as strong stands.
func merge(spans []span) []span {
	spans = overlapping(slices.DeleteFunc(slices.Clone(spans), func(sp span) bool { return sp.guessed }), spans)
	var out []span
	for _, sp := range spans {
		if n := len(out) - 1; n >= 0 && out[n].person == sp.person && sp.from < out[n].to {
			last := &out[n]
			last.to = max(last.to, sp.to)
			last.verdict = max(last.verdict, sp.verdict)
			last.settles = last.settles || sp.settles
			last.partial = last.partial && sp.partial
			last.cover = last.cover && sp.cover
			continue
		}
		out = append(out, sp)
	}
	slices.SortFunc(out, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.person, b.person))
	})
	return out
}

// overlapping returns sure, sorted by person and place, with those of all that are
// guessed and overlap none of the person's that is as strong.
func overlapping(sure, all []span) []span {
	order := func(a, b span) int {
		return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	}
	slices.SortFunc(sure, order)
	out := sure
	for _, sp := range all {
		if !sp.guessed {
			continue
		}
		at, _ := slices.BinarySearchFunc(sure, span{person: sp.person, from: sp.to}, order)
		known := false
		for at--; at >= 0 && sure[at].person == sp.person && sp.from-sure[at].from < longestName; at-- {
			known = known || sure[at].to > sp.from && sure[at].verdict >= sp.verdict
		}
		if !known {
			out = append(out[:len(out):len(out)], sp)
		}
	}
	slices.SortFunc(out, order)
	return out
}

// A fullName is a place where one or more persons stand with their full name.
type fullName struct {
	from, to int
	person   uint32 // one of them
	several  bool
}

// longestName is how many bytes of a file before a place are searched for a full
// name that holds it.
const longestName = 256

// settle drops from f the spans that lie inside the full name of another person:
// those for review, and a given name with a patronymic in a longer name.
func settle(f *file) {
	var full []fullName
	for _, sp := range f.spans { // in the order of their place
		if n := len(full) - 1; !sp.settles {
			continue
		} else if n >= 0 && full[n].from == sp.from && full[n].to == sp.to {
			full[n].several = true
			continue
		}
		full = append(full, fullName{sp.from, sp.to, sp.person, false})
	}
	if len(full) == 0 {
		return
	}
	inside := func(from, to int, other func(fullName) bool) bool {
		i, _ := slices.BinarySearchFunc(full, from+1, func(f fullName, from int) int { return cmp.Compare(f.from, from) })
		for i--; i >= 0 && from-full[i].from < longestName; i-- {
			if full[i].to >= to && other(full[i]) {
				return true
			}
		}
		return false
	}
	f.spans = slices.DeleteFunc(f.spans, func(sp span) bool {
		return (sp.verdict == Review || sp.partial) && inside(sp.from, sp.to, func(n fullName) bool {
			return (n.several || n.person != sp.person) && (sp.verdict == Review || n.to-n.from > sp.to-sp.from)
		})
	})
	f.crowds = slices.DeleteFunc(f.crowds, func(c crowdSpan) bool {
		return inside(c.from, c.to, func(fullName) bool { return true })
	})
}

// An ending is what finish knows of a whole document.
type ending struct {
	s         *scanner
	allowed   map[string]bool
	blocked   map[uint32]bool
	among     map[*reading][]uint32 // the blocked who bear it
	protected map[*reading]int      // how many bear it who may not be named
}

// promote adds to f spans of the persons blocked elsewhere who are one of a crowd.
func (e *ending) promote(f *file) {
	added := false
	for i := range f.crowds {
		c := &f.crowds[i]
		for _, p := range e.blockedAmong(c.is) {
			if _, own := slices.BinarySearch(c.took, p); own || !e.s.ix.bears(p, c.refs) {
				continue
			}
			c.took = insert(c.took, p)
			f.spans = append(f.spans, span{person: p, from: c.from, to: c.to, class: c.class, verdict: Review, cover: c.cover})
			added = true
		}
	}
	if added {
		f.spans = merge(f.spans)
	}
}

func (e *ending) blockedAmong(r *reading) []uint32 {
	people, ok := e.among[r]
	if !ok {
		for p := range e.blocked {
			if e.s.ix.bears(p, r.refs) {
				people = append(people, p)
			}
		}
		slices.Sort(people)
		e.among[r] = people
	}
	return people
}

// verdict returns what a span means in the whole document.
func (e *ending) verdict(sp span) Verdict {
	switch {
	case e.passes(sp.person):
		return Allowed
	case sp.cover && sp.verdict == Review:
		return Noted
	case e.blocked[sp.person]:
		return Block
	}
	return sp.verdict
}

func (e *ending) passes(p uint32) bool {
	who := &e.s.ix.persons[p]
	return who.public || e.allowed[who.id]
}

// A finding is where one or more persons are found with one verdict.
type finding struct {
	from, to int
	verdict  Verdict
}

type those struct {
	people []span
	more   int // of a crowd
	class  name.Class
}

// hits returns the hits of one file, in the order of their place.
func (e *ending) hits(f *file) []Hit {
	places := map[finding]*those{}
	at := func(p finding) *those {
		if places[p] == nil {
			places[p] = &those{class: name.Edited}
		}
		return places[p]
	}
	for _, sp := range f.spans {
		t := at(finding{sp.from, sp.to, e.verdict(sp)})
		t.people = append(t.people, sp)
		t.class = min(t.class, sp.class)
	}
	counted := map[crowdKey]bool{}
	for _, c := range f.crowds {
		if key := (crowdKey{c.from, c.to, c.is}); counted[key] {
			continue // seen in another view of the file
		} else {
			counted[key] = true
		}
		v, n := Review, e.others(c)
		if c.cover {
			v = Noted
		}
		if n == 0 {
			continue
		}
		t := at(finding{c.from, c.to, v})
		t.more += n
		t.class = min(t.class, c.class)
	}
	var hits []Hit
	for p, t := range places {
		hits = append(hits, e.tell(f, p, t)...)
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.order, b.order), cmp.Compare(b.Verdict, a.Verdict))
	})
	hits = together(hits)
	for i := range hits {
		hits[i].ID = hitID(hits[i], f.sum)
	}
	return hits
}

type crowdKey struct {
	from, to int
	is       *reading
}

// tell returns the hits of one place: one for each person, or one for all.
func (e *ending) tell(f *file, p finding, t *those) []Hit {
	h := Hit{File: f.name, InName: f.inName, Part: f.part, Start: p.from, End: p.to, Verdict: p.verdict}
	if n := len(t.people) + t.more; n > crowd {
		h.People, h.Class = n, t.class.String()
		return []Hit{h}
	}
	var hits []Hit
	for _, sp := range t.people {
		h.Person, h.Class, h.order = e.s.ix.persons[sp.person].id, sp.class.String(), sp.person
		hits = append(hits, h)
	}
	if t.more > 0 {
		h.Person, h.order, h.People, h.Class = "", 0, t.more, t.class.String()
		hits = append(hits, h)
	}
	return hits
}

// others returns how many of a crowd may be meant who have no span of their own
// and may not be named.
func (e *ending) others(c crowdSpan) int {
	n, ok := e.protected[c.is]
	if !ok || len(c.refs) != len(c.is.many) {
		n = 0
		for _, p := range e.s.ix.union(c.refs) {
			n += one(!e.passes(p))
		}
		if len(c.refs) == len(c.is.many) {
			e.protected[c.is] = n
		}
	}
	for _, p := range c.took {
		n -= one(e.s.ix.bears(p, c.refs) && !e.passes(p))
	}
	return n
}

// together makes one hit of those of crowds that overlap and mean the same for
// the document. Hits are in the order of their place.
func together(hits []Hit) []Hit {
	var out []Hit
	last := map[Verdict]int{} // the last crowd of each verdict, from 1
	for _, h := range hits {
		if h.People > 0 {
			if i := last[h.Verdict]; i > 0 && h.Start < out[i-1].End {
				out[i-1].End = max(out[i-1].End, h.End)
				out[i-1].People += h.People
				continue
			}
			last[h.Verdict] = len(out) + 1
		}
		out = append(out, h)
	}
	return out
}
