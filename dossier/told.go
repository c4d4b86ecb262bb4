package dossier

import (
	"cmp"
	"maps"
	"slices"

	"habeas/claim"
	"habeas/crowd"
)

// How exactly a unit and a place are said; a date is said as [claim.Exactness]
// says, and anything else or not.
const (
	exactUnit  = 0 // by its label
	sortOfUnit = 1 // what sort of unit it is

	exactPlace    = 0 // by its label
	placeDistrict = 1 // what kind of place, in which district
	placeRegion   = 2
	placeCountry  = 3

	exactAge = 0 // in years, or the year of birth
	bandAge  = 1 // ten years
)

// Most returns the level of a kind of fact at which it is not said.
func Most(k crowd.Kind) int {
	switch k {
	case crowd.Date:
		return int(claim.NoDate)
	case crowd.Place:
		return 4
	case crowd.Unit, crowd.Age:
		return 2
	}
	return 1
}

// Less says of kinds of fact how much less exactly they are said: the level, from
// 0 for all that is known to [Most] for nothing.
type Less map[crowd.Kind]int

// With returns l with a fact said by another of its steps, see [crowd.Offer]; all
// facts of its kind with it, for what is said of one person is seldom said of
// them alone.
func (l Less) With(f crowd.Fact, step int) Less {
	more := maps.Clone(l)
	if more == nil {
		more = Less{}
	}
	more[f.Kind] = max(more[f.Kind], Most(f.Kind)-(len(f.Steps)-step))
	return more
}

// Some reports whether anything is said less exactly. Then nobody is quoted: words
// can't be made coarser.
func (l Less) Some() bool {
	for _, level := range l {
		if level > 0 {
			return true
		}
	}
	return false
}

// Valid reports whether every level of l is one of its kind's.
func (l Less) Valid() bool {
	for k, level := range l {
		if !slices.Contains(crowd.Kinds(), k) || level < 0 || level > Most(k) {
			return false
		}
	}
	return true
}

// forPublic is how exactly the public is told.
var forPublic = Less{crowd.Date: int(claim.ByMonth), crowd.Place: placeRegion, crowd.Unit: 2, crowd.Rank: 1, crowd.Role: 1, crowd.Family: 1, crowd.Age: 2}

func (w *writer) level(k crowd.Kind) int {
	level := w.opt.Less[k]
	if w.public {
		level = max(level, forPublic[k])
	}
	return level
}

// why says why a kind of fact is not said as exactly as it is known.
func (w *writer) why(k crowd.Kind) string {
	if w.public && w.opt.Less[k] <= forPublic[k] {
		return "public"
	}
	return "crowd"
}

// Told is what a document says of persons, or what is known of them.
type Told struct {
	Facts  map[claim.Ref][]crowd.Fact
	Events map[claim.Ref][]string // what happened with them, in order, without when or where
}

// Known returns all that a case says of the persons in it.
func Known(s *claim.State) Told {
	all := func(crowd.Kind) int { return 0 }
	return describe(s, all, func(claim.Ref) bool { return true })
}

// describe returns what s says of persons, said as exactly as level allows, and
// what stands in the words of the statements that are quoted.
func describe(s *claim.State, level func(crowd.Kind) int, quoted func(claim.Ref) bool) Told {
	d := describer{s, level, quoted, officeNames(s), Told{map[claim.Ref][]crowd.Fact{}, map[claim.Ref][]string{}}}
	for _, f := range s.Findings() {
		if f.Subject.Kind() == claim.RefPerson {
			d.finding(f)
		}
	}
	for _, e := range s.Events {
		d.event(e)
	}
	return d.told
}

type describer struct {
	*claim.State
	level  func(crowd.Kind) int
	quoted func(claim.Ref) bool
	names  map[string][]spokenName // of places and units
	told   Told
}

func (d *describer) add(who claim.Ref, kind crowd.Kind, steps []string) {
	steps = slices.Compact(steps)
	same := func(f crowd.Fact) bool { return f.Kind == kind && slices.Equal(f.Steps, steps) }
	if len(steps) > 0 && steps[0] != crowd.Unsaid && !slices.ContainsFunc(d.told.Facts[who], same) {
		d.told.Facts[who] = append(d.told.Facts[who], crowd.Fact{Kind: kind, Steps: steps})
	}
}

func (d *describer) finding(f claim.Finding) {
	for _, a := range f.Answers {
		if len(a.For) == 0 {
			continue
		}
		for _, say := range a.For {
			d.add(f.Subject, crowd.Date, d.date(say.When))
		}
		switch k := kindOf(f.Predicate); k {
		case crowd.Place:
			d.add(f.Subject, k, d.place(a.Value.Ref))
		case crowd.Unit:
			d.add(f.Subject, k, d.unit(a.Value.Ref))
		case crowd.Family:
			d.add(f.Subject, k, d.whole(k, a.Value.Role))
		case crowd.Rank, crowd.Role:
			d.add(f.Subject, k, d.whole(k, a.Value.Term))
		case crowd.Age:
			for _, say := range a.For {
				d.add(f.Subject, k, d.age(a.Value, say.Claim))
			}
		}
	}
}

// kindOf returns the kind of fact that a predicate tells of a person, or "".
func kindOf(predicate string) crowd.Kind {
	switch predicate {
	case "location":
		return crowd.Place
	case "member-of":
		return crowd.Unit
	case "rank":
		return crowd.Rank
	case "capacity":
		return crowd.Role
	case "relation":
		return crowd.Family
	case claim.Age, claim.Born:
		return crowd.Age
	}
	return ""
}

func (d *describer) event(e claim.Event) {
	for _, v := range e.Involved {
		if v.Who.Kind() != claim.RefPerson {
			continue
		}
		d.told.Events[v.Who] = append(d.told.Events[v.Who], e.Type())
		for _, when := range e.Dates {
			d.add(v.Who, crowd.Date, d.date(when))
		}
		for _, place := range e.Where {
			d.add(v.Who, crowd.Place, d.place(place))
		}
	}
	d.quotes(e)
}

func (d *describer) date(when claim.Date) []string {
	var steps []string
	for e := claim.Exactness(d.level(crowd.Date)); e < claim.NoDate; e++ {
		if by := when.By(e); !by.IsZero() {
			steps = append(steps, by.String())
		}
	}
	return steps
}

func (d *describer) place(ref claim.Ref) []string {
	p, ok := d.Places[ref]
	if !ok {
		return nil
	}
	return d.placeSteps(p.Label, within(p))
}

// placeSteps gives the ways to say a place; one of which nobody knows the country
// ends with [crowd.Unsaid], so that its region is not taken for one.
func (d *describer) placeSteps(label string, in area) []string {
	var steps []string
	for level, s := range []string{exactPlace: label, placeDistrict: in.district, placeRegion: in.region, placeCountry: cmp.Or(in.country, crowd.Unsaid)} {
		if s != "" && level >= d.level(crowd.Place) {
			steps = append(steps, s)
		}
	}
	return steps
}

func (d *describer) unit(ref claim.Ref) []string {
	u, ok := d.Units[ref]
	if !ok {
		return nil
	}
	return []string{exactUnit: u.Label, sortOfUnit: u.Kind}[min(d.level(crowd.Unit), 2):]
}

// age gives the ways to say an age, at the time that r speaks of.
func (d *describer) age(v claim.Value, r *claim.Recorded) []string {
	steps := crowd.AgeSteps(v.N)
	if born, err := claim.ParseDate(v.Date); err == nil && v.Date != "" {
		years, ok := ageThen(born, r)
		if steps = crowd.AgeSteps(years); !ok {
			steps = []string{v.Date, crowd.Unsaid}
		}
	}
	return steps[min(d.level(crowd.Age), Most(crowd.Age)):]
}

func (d *describer) whole(k crowd.Kind, term string) []string {
	if term == "" || d.level(k) > 0 {
		return nil
	}
	return []string{term}
}
