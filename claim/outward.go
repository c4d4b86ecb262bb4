package claim

import (
	"slices"
	"time"

	"habeas/ledger"
)

// A Reader is whom something is made for.
type Reader struct {
	Audience string // vocabulary "audience"; empty is ourselves
	Label    string // which partner
}

// Reasons why a statement, or some claims read out of it, stay out: a closed set.
// Of several the first of this list is given.
const (
	LeftWithdrawn = "withdrawn" // consent was taken back
	LeftPressure  = "pressure"  // it was not given freely
	LeftNotThem   = "not-them"  // it does not name this recipient
	LeftEnded     = "ended"     // it is over
	LeftNotYet    = "not-yet"   // it has not begun
	LeftNotAsked  = "not-asked" // nobody recorded what the source agrees to
	LeftStop      = "stop"      // it tells that somebody was found who wants no contact
	LeftDanger    = "danger"    // its source may be the danger
)

// Reasons returns why something can stay out.
func Reasons() []string {
	return []string{LeftWithdrawn, LeftPressure, LeftNotThem, LeftEnded, LeftNotYet, LeftNotAsked, LeftStop, LeftDanger}
}

// An Allowance is what may be done with one statement for one reader.
type Allowance struct {
	Statement Ref
	Used      bool
	Why       string // why it is not used; or, if it is, why some of its claims are not
	By        string // whose consent is the reason, or that nobody was asked: a term of "giver"
	Named     string // how people in it may be named
	Place     string // how exactly its places may be given
	Out       int    // claims of it that stay out
}

// Agreed reports whether consent is no reason against using the statement.
func (a Allowance) Agreed() bool { return a.Used || a.Why == LeftStop || a.Why == LeftDanger }

// Within reports whether all that was allowed once is allowed by a now: the
// statement is used, its people are named and its places given no less.
func (a Allowance) Within(now Allowance) bool {
	return now.Used && rankIn(namingTerms, now.Named) >= rankIn(namingTerms, a.Named) && rankIn(exactnessTerms, now.Place) >= rankIn(exactnessTerms, a.Place)
}

// Outward is what may be told to one reader on one day.
type Outward struct {
	Reader     Reader
	State      *State // holds only claims that may be told, and places as coarse as they may be given
	Statements []Allowance

	naming map[Ref]string // of persons and sources
}

// Outward returns what may be told to a reader.
//
// A statement is used if who made it agreed, or if it was said in public. Whoever
// it speaks of, and said something about it, must agree too: they themselves if
// they were asked, otherwise their family for them. Each can only narrow what
// the others agreed to. What was said under pressure is no consent, and no other
// takes its place.
//
// Of a person who was found and wants no contact, nothing is told that tells of
// it: no statement made since by them, or named in the stop; and of statements
// made since, no claim that they are alive, free, held, somewhere, or were heard
// from, unless it is of a time before. What was told before stays, in the same
// words.
//
// What only a source said that may be the danger is left out, unless a member
// decided otherwise.
func (s *State) Outward(r Reader, today time.Time) Outward {
	if r.Audience == "" {
		return Outward{State: s, naming: map[Ref]string{}}
	}
	out := Outward{Reader: r, naming: map[Ref]string{}}
	at := map[Ref]int{}
	agreed := map[Ref]bool{} // persons who agreed to be named
	for i, t := range s.Statements {
		at[t.Ref] = i
		out.Statements = append(out.Statements, s.allowance(t, r, DayOf(today), agreed))
	}
	hidden := s.hidden()
	out.State = s.Only(func(c *Recorded) bool {
		i, ok := at[c.Statement]
		if !ok {
			return false
		}
		a := &out.Statements[i]
		if why := hidden.why(c); a.Used && why != "" {
			a.Why = why
			a.Out++
			return false
		}
		if !a.Used {
			a.Out++
		}
		return a.Used
	})
	out.rest()
	out.name(agreed)
	out.State.Places = out.places()
	return out
}

// Hold says that the source of a statement has stopped its use, or changed what may
// be done with it and nobody has read how: it is used for nobody.
func (s *State) Hold(statement Ref) {
	if s.held == nil {
		s.held = map[Ref]bool{}
	}
	s.held[statement] = true
}

// Held reports whether a statement was held by [State.Hold].
func (s *State) Held(statement Ref) bool { return s.held[statement] }

// Agreed returns what may be done with a statement by consent alone.
func (s *State) Agreed(statement Ref, r Reader, today time.Time) Allowance {
	t, ok := s.Statement(statement)
	if !ok {
		return Allowance{Statement: statement, Why: LeftNotAsked}
	}
	return s.allowance(t, r, DayOf(today), map[Ref]bool{})
}

// allowance returns what may be done with a statement by consent alone, and adds
// to agreed who agreed to be named.
func (s *State) allowance(t Telling, r Reader, today Day, agreed map[Ref]bool) Allowance {
	a := Allowance{Statement: t.Ref, Used: true, Named: NamedName, Place: "exact"}
	if s.held[t.Ref] {
		return Allowance{Statement: t.Ref, Why: LeftWithdrawn, By: GivenBySource, Named: NamedNone, Place: "none"}
	}
	asked := false
	for _, v := range s.voicesOn(t) {
		asked = asked || v.speaks
		for _, c := range v.said {
			u, why := s.use(c.Said, r, today)
			if why != "" {
				if a.Used || slices.Index(Reasons(), why) < slices.Index(Reasons(), a.Why) {
					a.Why, a.By = why, v.giver
				}
				a.Used = false
				continue
			}
			a.Named, a.Place = narrower(namingTerms, a.Named, u.Named), narrower(exactnessTerms, a.Place, u.Place)
		}
	}
	if !asked && a.Used {
		a.Used, a.Why, a.By = false, LeftNotAsked, GivenBySource
	}
	if !a.Used {
		a.Named, a.Place = NamedNone, "none"
		return a
	}
	for _, v := range s.voicesOn(t) {
		if a.Named == NamedName && v.person != "" {
			agreed[v.person] = true
		}
	}
	if a.Named == "initials" {
		a.Named = NamedCover
	}
	if slices.ContainsFunc(s.voicesOn(t), func(v speaker) bool { return v.giver == GivenByNobody }) {
		a.By = GivenByNobody
	}
	return a
}

// A speaker is somebody whose consent counts on a statement.
type speaker struct {
	giver  string
	person Ref  // who they are, or whom they speak for, if that is known
	speaks bool // it is the source's consent
	said   []Noted[Consent]
}

// voicesOn returns whose consent counts on a statement: the source's, and of
// everybody else who was asked, or else their family.
func (s *State) voicesOn(t Telling) []speaker {
	by := func(giver string, person Ref) []Noted[Consent] {
		return slices.DeleteFunc(slices.Clone(s.Consents[t.Ref]), func(n Noted[Consent]) bool {
			return n.Said.Giver != giver || n.Said.Person != person
		})
	}
	var out []speaker
	source := s.Sources[t.Source].Person
	if said := by(GivenBySource, ""); len(said) > 0 {
		out = append(out, speaker{GivenBySource, source, true, said})
	} else if said := by(GivenByNobody, ""); len(said) > 0 {
		out = append(out, speaker{GivenByNobody, "", true, said})
	}
	var persons []Ref
	for _, n := range s.Consents[t.Ref] {
		if p := n.Said.Person; p != "" && !slices.Contains(persons, p) {
			persons = append(persons, p)
		}
	}
	slices.Sort(persons)
	for _, p := range persons {
		own := speaker{GivenByPerson, p, p == source, by(GivenByPerson, p)}
		if len(own.said) == 0 {
			own.giver, own.said = GivenByFamily, by(GivenByFamily, p)
		}
		out = append(out, own)
	}
	return out
}

// use returns what a consent allows a reader on a day, or why nothing. Of a
// consent that names a reader more than once, the narrowest counts.
func (s *State) use(c Consent, r Reader, today Day) (Use, string) {
	switch {
	case c.Withdrawn:
		return Use{}, LeftWithdrawn
	case c.Pressure:
		return Use{}, LeftPressure
	}
	all, found := Use{Named: NamedName, Place: "exact"}, false
	for _, u := range c.Uses {
		if u.reader() != [2]string{r.Audience, folded(r.Label)} {
			continue
		}
		found = true
		if why := s.now(u, today); why != "" {
			return Use{}, why
		}
		all.Named, all.Place = narrower(namingTerms, all.Named, u.Named), narrower(exactnessTerms, all.Place, u.Place)
	}
	if !found {
		return Use{}, LeftNotThem
	}
	return all, ""
}

// now says why a use does not hold on a day, or "". What can't be read does not
// hold.
func (s *State) now(u Use, today Day) string {
	if day, ok := dayOf(u.Until); u.Until != "" && (!ok || today > day) {
		return LeftEnded
	}
	if come, _ := s.Come(u.Of, u.Ends); u.Ends != "" && (come || !known("turn", u.Ends)) {
		return LeftEnded
	}
	if day, ok := dayOf(u.From); u.From != "" && (!ok || today < day) {
		return LeftNotYet
	}
	if _, sure := s.Come(u.Of, u.Starts); u.Starts != "" && !sure {
		return LeftNotYet
	}
	return ""
}

func narrower(terms []Term, a, b string) string {
	return terms[min(rankIn(terms, a), rankIn(terms, b))].Key
}

// Quotable reports whether the words of a statement may be given: only where
// every place in them may be, and people under their cover names.
func (o Outward) Quotable(statement Ref) bool {
	if o.Reader.Audience == "" {
		return true
	}
	i := slices.IndexFunc(o.Statements, func(a Allowance) bool { return a.Statement == statement })
	return i >= 0 && o.Statements[i].Used && o.Statements[i].Place == "exact" && o.Statements[i].Named != NamedNone
}

// Naming returns how a person or source may be named: NamedNone, NamedCover or
// NamedName.
func (o Outward) Naming(ref Ref) string {
	if n, ok := o.naming[ref]; ok {
		return n
	}
	return NamedCover
}

// Named returns the persons who may be named, in order.
func (o Outward) Named() []Ref {
	var refs []Ref
	for ref, n := range o.naming {
		if n == NamedName && ref.Kind() == RefPerson {
			refs = append(refs, ref)
		}
	}
	slices.Sort(refs)
	return refs
}

// RestsOn returns the statements whose claims are told, in order.
func (o Outward) RestsOn() []Ref {
	var refs []Ref
	for _, t := range o.State.Statements {
		if slices.ContainsFunc(o.State.Claims, func(r *Recorded) bool { return r.Status == Live && r.Statement == t.Ref }) {
			refs = append(refs, t.Ref)
		}
	}
	return refs
}

// Told returns the entries of the claims that are told.
func (o Outward) Told() []ledger.ID {
	var ids []ledger.ID
	for _, r := range o.State.Claims {
		if r.Status == Live {
			ids = append(ids, r.Entry)
		}
	}
	return ids
}

// rest says of each statement no claim of which is left why it is not used.
func (o *Outward) rest() {
	told := o.RestsOn()
	for i := range o.Statements {
		if a := &o.Statements[i]; a.Used && a.Out > 0 && !slices.Contains(told, a.Statement) {
			a.Used = false
		}
	}
}

// ConsentWithdrawn reports whether whoever speaks for the source of a statement
// took the consent back, so that no use of it is left.
func (s *State) ConsentWithdrawn(statement Ref) bool {
	t, ok := s.Statement(statement)
	return ok && slices.ContainsFunc(s.voicesOn(t), func(v speaker) bool {
		return v.speaks && slices.ContainsFunc(v.said, func(n Noted[Consent]) bool { return n.Said.Withdrawn })
	})
}
