package dossier

import (
	"maps"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/crowd"
)

// quotable reports whether a statement may stand in the document in its own words.
func (w *writer) quotable(statement claim.Ref) bool {
	return !w.public && !w.opt.Less.Some() && w.told.Quotable(statement)
}

// quotes adds what is told in the words that an event was read out of to all who
// were in it, and to whom the words speak of: which of them a rank or an age is of,
// nobody can say without reading.
func (d *describer) quotes(e claim.Event) {
	for _, a := range d.Finding(e.Ref, claim.Occurred).Answers {
		for _, say := range a.For {
			words := d.Passage(say.Claim.Claim)
			if words == "" || say.General || !d.quoted(say.Claim.Statement) {
				continue
			}
			var people []claim.Ref
			for _, v := range e.Involved {
				people = append(people, v.Who)
			}
			for _, m := range claim.Marks(words) {
				people = append(people, m.Person)
			}
			facts := d.spoken(words, say.Claim)
			for _, who := range slices.Compact(slices.Sorted(slices.Values(people))) {
				if who.Kind() != claim.RefPerson {
					continue
				}
				for _, f := range facts {
					d.add(who, f.Kind, f.Steps)
				}
			}
		}
	}
}

// spoken returns what words tell that could point at one person, said as they say
// it: dates, ages, ranks, and the places and units that are known. It reads the
// six languages of the catalogues, and misses what is put otherwise.
func (d *describer) spoken(words string, r *claim.Recorded) []crowd.Fact {
	var facts []crowd.Fact
	ts := tokensOf(claim.Render(words, func(claim.Ref) string { return " " }))
	for _, m := range datesIn(ts) {
		if when, ok := m.date(r); ok {
			facts = append(facts, crowd.Fact{Kind: crowd.Date, Steps: d.date(when)})
		}
	}
	for _, years := range agesIn(ts) {
		facts = append(facts, crowd.Fact{Kind: crowd.Age, Steps: crowd.AgeSteps(years)})
	}
	for _, rank := range ranksIn(ts) {
		facts = append(facts, crowd.Fact{Kind: crowd.Rank, Steps: []string{rank}})
	}
	for i, t := range ts {
		for _, n := range d.names[t.head] {
			if n.at(ts, i) {
				facts = append(facts, n.fact)
			}
		}
	}
	return facts
}

// A spokenName is what a place or unit is called, or what a place lies in.
type spokenName struct {
	words []token
	fact  crowd.Fact
}

// officeNames returns what the places and units of a case are called, and the
// districts and regions of its places, each once, by the head of its first word.
func officeNames(s *claim.State) map[string][]spokenName {
	names, had := map[string][]spokenName{}, map[string]bool{}
	add := func(name string, f crowd.Fact) {
		words := nameWords(name)
		key := name + "\x00" + strings.Join(f.Steps, "\x00")
		if len(words) == 0 || had[key] {
			return
		}
		had[key] = true
		names[words[0].head] = append(names[words[0].head], spokenName{words, f})
	}
	d := describer{State: s, level: func(crowd.Kind) int { return 0 }}
	for _, ref := range slices.Sorted(maps.Keys(s.Places)) {
		p := s.Places[ref]
		in := within(p)
		for _, name := range append([]string{p.Label}, p.Aliases...) {
			add(name, crowd.Fact{Kind: crowd.Place, Steps: d.placeSteps(p.Label, in)})
		}
		add(in.district, crowd.Fact{Kind: crowd.Place, Steps: d.placeSteps("", in)})
		in.district = ""
		add(in.region, crowd.Fact{Kind: crowd.Place, Steps: d.placeSteps("", in)})
	}
	for _, ref := range slices.Sorted(maps.Keys(s.Units)) {
		add(s.Units[ref].Label, crowd.Fact{Kind: crowd.Unit, Steps: d.unit(ref)})
	}
	return names
}
