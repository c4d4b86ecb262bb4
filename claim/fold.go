package claim

import (
	"errors"
	"slices"

	"habeas/fault"
	"habeas/ledger"
)

// Fold puts together what a set of entries says: those of one case, and of the
// office circle whose places and units it speaks of. The order of entries and
// repeated ones make no difference. Entries come opened and verified; what is in
// them is not believed further than that.
//
// Of two versions of a person, source, place or unit the later counts. Where
// neither author had seen the other's, the last by ID counts, a person stays
// protected if either says so, and the two are a [Conflict].
func Fold(entries []ledger.Entry) *State {
	f := &folding{
		State: &State{
			Persons: map[Ref]Person{}, Sources: map[Ref]Source{},
			Places: map[Ref]Place{}, Units: map[Ref]Unit{},
			byID: map[ledger.ID]*Recorded{}, tellings: map[Ref]int{}, eventAt: map[Ref]int{},
			about: map[Ref][]*group{}, forms: map[ledger.ID]*Forms{},
		},
		nodes:    order(entries),
		byID:     map[ledger.ID]*node{},
		versions: map[Ref][]*node{},
		texts:    map[Ref][]*node{},
		voices:   map[voice][]*node{},
	}
	for _, n := range f.nodes {
		f.byID[n.ID] = n
	}
	for _, n := range f.nodes {
		f.take(n)
	}
	f.records()
	f.tell()
	f.hear()
	f.appeals()
	f.recordClaims()
	f.settle()
	f.events()
	f.history()
	f.group()
	return f.State
}

// A folding is a State being put together.
type folding struct {
	*State
	nodes    []*node
	byID     map[ledger.ID]*node
	versions map[Ref][]*node // of persons, sources, places, units, statements; the case has ""
	refs     []Ref           // keys of versions, in the order they were first met
	texts    map[Ref][]*node // by statement
	voices   map[voice][]*node
	voiced   []voice // keys of voices, in the order they were first met
	claims   []*node
	steps    []*node // of appeals
	acts     []*node // withdrawals and undos
	undoneBy map[ledger.ID]ledger.ID
}

func (f *folding) problem(n *node, key string) {
	f.Problems = append(f.Problems, Problem{n.ID, n.Kind, key})
}

// take sorts n by kind.
func (f *folding) take(n *node) {
	if n.err != nil {
		f.problem(n, keyOf(n.err))
		n.body = nil
		return
	}
	if n.body == nil {
		return // of a kind unknown here
	}
	if err := Check(n.body); err != nil {
		f.problem(n, keyOf(err)) // used as far as it can be
	}
	switch b := n.body.(type) {
	case *Case:
		f.version("", n)
	case *Person:
		f.version(b.Ref, n)
	case *Source:
		f.version(b.Ref, n)
	case *Place:
		f.version(b.Ref, n)
	case *Unit:
		f.version(b.Ref, n)
	case *Statement:
		f.version(b.Ref, n)
	case *Appeal:
		f.version(b.Ref, n)
	case *Step:
		f.steps = append(f.steps, n)
	case *Text:
		f.texts[b.Statement] = append(f.texts[b.Statement], n)
	case *Claim:
		f.claims = append(f.claims, n)
	case *Withdraw, *Undo:
		f.acts = append(f.acts, n)
	case *Erased:
		f.Erasures = append(f.Erasures, Erasure{*b, n.ID, n.Author, n.Time})
	case *Act:
		f.Acts = append(f.Acts, Done{*b, n.ID, n.Author, n.Time})
	case *Forms:
		f.forms[n.ID] = b
	default:
		f.note(n)
	}
}

func keyOf(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Key()
	}
	return "internal"
}

func (f *folding) version(ref Ref, n *node) {
	if len(f.versions[ref]) == 0 {
		f.refs = append(f.refs, ref)
	}
	f.versions[ref] = append(f.versions[ref], n)
}

// heads returns those of nodes, which are in order, that no other of them knows.
func (f *folding) heads(nodes []*node) []*node {
	var heads []*node
	for i, n := range nodes {
		known := slices.ContainsFunc(nodes[i+1:], func(later *node) bool { return knows(f.nodes, later, n) })
		if !known {
			heads = append(heads, n)
		}
	}
	return heads
}

// records takes the version that counts of everything that has versions.
func (f *folding) records() {
	for _, ref := range f.refs {
		heads := f.heads(f.versions[ref])
		last := heads[len(heads)-1]
		if len(heads) > 1 {
			f.conflict(last.Kind, ref, ledger.ID{}, heads)
		}
		switch b := last.body.(type) {
		case *Case:
			f.Case, f.CaseEntry = *b, last.ID
		case *Person:
			p := *b
			for _, h := range heads {
				if q := h.body.(*Person); q.Protection == Protected || q.Protection == "" {
					p.Protection = Protected
				}
			}
			f.Persons[ref] = p
		case *Source:
			f.Sources[ref] = *b
		case *Place:
			f.Places[ref] = *b
		case *Unit:
			f.Units[ref] = *b
		case *Statement:
			f.tellings[ref] = len(f.Statements)
			f.Statements = append(f.Statements, Telling{Statement: *b, Entry: last.ID, Author: last.Author, Time: last.Time})
		case *Appeal:
			f.Appeals = append(f.Appeals, &Appealed{Appeal: *b, Entry: last.ID, Author: last.Author, Time: f.versions[ref][0].Time})
		}
	}
}

func (f *folding) conflict(kind string, ref Ref, target ledger.ID, nodes []*node) {
	c := Conflict{Kind: kind, Ref: ref, Target: target}
	for _, n := range nodes {
		c.Entries = append(c.Entries, n.ID)
	}
	f.Conflicts = append(f.Conflicts, c)
}

// tell gives each statement its working text. Of two texts with one version
// number the later in order counts.
func (f *folding) tell() {
	for i := range f.Statements {
		t := &f.Statements[i]
		byVersion := map[int][]*node{}
		for _, n := range f.texts[t.Ref] {
			v := n.body.(*Text).Version
			byVersion[v] = append(byVersion[v], n)
		}
		delete(f.texts, t.Ref)
		for _, nodes := range byVersion {
			t.Versions = append(t.Versions, *nodes[len(nodes)-1].body.(*Text))
		}
		slices.SortFunc(t.Versions, func(a, b Text) int { return a.Version - b.Version })
		for _, v := range t.Versions {
			if heads := f.heads(byVersion[v.Version]); len(heads) > 1 {
				f.conflict(KindText, t.Ref, ledger.ID{}, heads)
			}
		}
		if _, ok := f.Sources[t.Source]; !ok {
			f.problem(f.byID[t.Entry], "claim.no_source")
		}
	}
	for _, n := range f.nodes {
		if b, ok := n.body.(*Text); ok && len(f.texts[b.Statement]) > 0 {
			f.problem(n, "claim.no_statement")
		}
	}
}

// recordClaims reads the claims and what they point at.
func (f *folding) recordClaims() {
	for _, n := range f.claims {
		c := n.body.(*Claim)
		r := &Recorded{Claim: *c, Entry: n.ID, Author: n.Author, Time: n.Time}
		r.When, _ = ParseDate(c.When)
		f.Claims = append(f.Claims, r)
		f.State.byID[n.ID] = r
		t, ok := f.Statement(c.Statement)
		if !ok {
			r.Status = Stray
			f.problem(n, "claim.no_statement")
			continue
		}
		r.Source = t.Source
		if r.Said, _ = ParseDate(t.Said); r.Said.IsZero() {
			r.Said, _ = ParseDate(t.Received)
		}
		r.Origin = originOf(c, t.Source, f.Sources)
		if v, ok := t.Version(c.Version); !ok || !validPassage(v.Text, c.Start, c.End) {
			f.problem(n, "claim.no_passage")
		}
		if f.dangles(c) {
			f.problem(n, "claim.dangling")
		}
	}
}

// dangles reports whether something c speaks of has no record.
func (f *folding) dangles(c *Claim) bool {
	refs := []Ref{c.Subject, c.Value.Ref, c.Where}
	for _, l := range c.Chain {
		refs = append(refs, l.Source)
	}
	return slices.ContainsFunc(refs, func(r Ref) bool {
		ok := true
		switch r.Kind() {
		case RefPerson:
			_, ok = f.Persons[r]
		case RefPlace:
			_, ok = f.Places[r]
		case RefUnit:
			_, ok = f.Units[r]
		case RefSource:
			_, ok = f.Sources[r]
		}
		return !ok
	})
}

// history lists every entry.
func (f *folding) history() {
	for _, n := range f.nodes {
		if n.ghost {
			continue
		}
		it := Item{Entry: n.ID, Stream: n.Stream, Kind: n.Kind, Author: n.Author, Time: n.Time, Undone: f.undoneBy[n.ID]}
		switch b := n.body.(type) {
		case *Claim:
			it.Ref, it.Target, it.Reason = b.Subject, b.Replaces, b.Reason
			it.Undoable = f.stands(b.Replaces, n)
		case *Withdraw:
			it.Target, it.Reason = b.Claim, b.Reason
			it.Undoable = f.stands(b.Claim, n)
		case *Undo:
			it.Target, it.Reason = b.Entry, b.Reason
			it.Undoable = f.undoes(n) != nil && it.Undone.IsZero()
		case *Act:
			it.Ref, it.Reason = firstRef(b.Dossier, b.Statement, b.Person), b.Reason
		default:
			for _, u := range refsOf(n.body) {
				it.Ref = firstRef(it.Ref, u.ref)
			}
		}
		f.History = append(f.History, it)
	}
}

// stands reports whether n is an act on the claim target, and not undone.
func (f *folding) stands(target ledger.ID, n *node) bool {
	_, undone := f.undoneBy[n.ID]
	return !undone && f.claimBefore(target, n) != nil
}

func firstRef(refs ...Ref) Ref {
	for _, r := range refs {
		if r != "" {
			return r
		}
	}
	return ""
}
