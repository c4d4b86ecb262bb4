package claim

import (
	"cmp"
	"slices"
	"time"
)

// A Facet is one side of a person's status over time.
type Facet struct {
	Predicate string
	Answers   []Answer // in time
	Opinions  []Say
	Contested bool
}

// Facets returns the facets of a person that anything is claimed about, in the
// order of the function [Facets].
//
// A value holds from the date its claim gives, and goes on until a later value
// takes its place, unless the date is an interval with an end. A claim on a
// facet without a date is read as of when it was said; an event without a date
// stays without.
//
// Two values clash when both are asserted, can't both hold, and no order of
// things explains them. A release explains why someone who was held is free; it
// takes an event that can have been later, or a date that certainly is. Being
// declared missing explains nothing, and takes a certain date to be explained. One origin telling a sequence does not
// contradict itself.
func (s *State) Facets(person Ref) []Facet {
	var facets []Facet
	for _, g := range s.about[person] {
		if t, _ := LookUp("predicate", g.predicate); t.Facet {
			facets = append(facets, g.facet(s))
		}
	}
	return facets
}

// Facet returns one facet; its Answers are empty if nothing is claimed.
func (s *State) Facet(person Ref, predicate string) Facet {
	for _, g := range s.about[person] {
		if g.predicate == predicate {
			return g.facet(s)
		}
	}
	return Facet{Predicate: predicate}
}

// Now returns the asserted answers that no later value took the place of, each
// value once, with the earliest date and all who say so. If sources differ there
// are several.
func (f Facet) Now() []Answer {
	return together(slices.DeleteFunc(slices.Clone(f.Answers), func(a Answer) bool { return len(a.For) == 0 || a.Over }))
}

// Values returns each value once, in the order of the first time it held, with
// both sides.
func (f Facet) Values() []Answer { return together(f.Answers) }

func together(answers []Answer) []Answer {
	var values []Answer
	at := map[string]int{}
	for _, a := range answers {
		n, ok := at[a.Value.key()]
		if !ok {
			n = len(values)
			at[a.Value.key()] = n
			values = append(values, Answer{Value: a.Value, When: a.When, Event: a.Event})
		}
		values[n].join(a)
	}
	return values
}

// join adds what is said on both sides of o to a.
func (a *Answer) join(o Answer) {
	for _, say := range o.For {
		a.For.add(say)
	}
	for _, say := range o.Against {
		a.Against.add(say)
	}
	a.Clashes = a.Clashes || o.Clashes
}

func (g *group) facet(s *State) Facet {
	f := Facet{Predicate: g.predicate, Opinions: g.opinions}
	f.Answers = g.answers(func(r reading) string {
		return r.value.key() + "\x00" + r.say.When.String() + "\x00" + string(r.say.Event)
	})
	g.deny(f.Answers)
	slices.SortStableFunc(f.Answers, func(a, b Answer) int {
		if a.Event != "" && b.Event != "" {
			return cmp.Or(cmp.Compare(s.eventAt[a.Event], s.eventAt[b.Event]), cmp.Compare(a.Value.key(), b.Value.key()))
		}
		return cmp.Or(a.When.Compare(b.When), cmp.Compare(a.Event, b.Event), cmp.Compare(a.Value.key(), b.Value.key()))
	})
	times{s}.settle(f.Predicate, f.Answers)
	f.Contested = slices.ContainsFunc(f.Answers, Answer.Contested)
	return f
}

// deny lets a denial of a value without event stand against every answer with
// that value at a time the denial can be about.
func (g *group) deny(answers []Answer) {
	for _, r := range g.readings {
		if !r.denies || r.say.Event != "" {
			continue
		}
		for i := range answers {
			a := &answers[i]
			if len(a.For) > 0 && a.Value == r.value && (r.say.Claim.When.IsZero() || r.say.When.Overlaps(a.going()) != No) {
				a.Against.add(r.say)
			}
		}
	}
}

// going returns a.When, going on if it is not said to have ended.
func (a Answer) going() Date {
	if a.When.IsInterval() {
		return a.When
	}
	d := a.When
	d.interval, d.to = true, moment{form: formOpen}
	return d
}

// facetFinding returns the facet as a finding, its answers put together by
// value.
func (g *group) facetFinding(s *State) Finding {
	facet := g.facet(s)
	f := Finding{Subject: g.subject, Predicate: g.predicate, Opinions: g.opinions, Answers: facet.Values()}
	f.finish()
	return f
}

// LastKnownAlive returns the last time at which somebody who can be named saw or
// heard the person alive, or an event took place that only the living take part
// in, and the claims that say so. Of dates that are not exact the one with the
// latest first day counts. What is said to have gone on counts from its beginning,
// unless it is the life itself that went on until then. What was inferred, an
// opinion or told by someone unknown is not knowledge. The zero Date means never.
func (s *State) LastKnownAlive(person Ref) (Date, []*Recorded) {
	var last Date
	var claims []*Recorded
	for _, r := range s.lives(person) {
		c := r.say.Claim
		if r.value.Term != "alive" || r.denies ||
			!c.IsFact() || !c.Origin.Known() || c.Basis == "inferred" {
			continue
		}
		d := r.say.When
		if end := d.End(); end.IsZero() {
			d = d.Begin()
		} else if r.say.Event == "" {
			d = end
		}
		switch {
		case d.IsZero():
			continue
		case last.IsZero(), d.Earliest() > last.Earliest(),
			d.Earliest() == last.Earliest() && d.Latest() < last.Latest():
			last, claims = d, nil
		case d.Earliest() != last.Earliest() || d.Latest() != last.Latest():
			continue
		}
		if !slices.Contains(claims, c) {
			claims = append(claims, c)
		}
	}
	return last, claims
}

// DaysSince returns how many days have gone by since d until now, at least and
// at most, never fewer than 0. It reports false for a date with no bounds.
func (d Date) DaysSince(now time.Time) (least, most int, ok bool) {
	if d.Earliest() == EarliestDay || d.Latest() == LatestDay {
		return 0, 0, false
	}
	today := DayOf(now)
	return int(max(0, today-d.Latest())), int(max(0, today-d.Earliest())), true
}

// lives returns what is said about the life of a person.
func (s *State) lives(person Ref) []reading {
	for _, g := range s.about[person] {
		if g.predicate == Life {
			return g.readings
		}
	}
	return nil
}
