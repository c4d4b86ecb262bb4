package claim

import "slices"

// At is what the claims that count say of one place.
type At struct {
	Claims   []*Recorded // that speak of it, in order
	Accounts int         // statements among them
	Origins  int         // independent origins that are known
	People   []Ref       // whom they put there, sorted
}

// ByPlace returns what is said of each place that claims speak of: that things happened
// there, or that somebody is or was there.
func (s *State) ByPlace() map[Ref]*At {
	var involved map[Ref][]Ref // people, by event
	found := map[Ref]*At{}
	type seen struct{ place, what Ref }
	counted := map[seen]bool{}
	first := func(place, what Ref) bool {
		was := counted[seen{place, what}]
		counted[seen{place, what}] = true
		return !was
	}
	for _, r := range s.Live() {
		place := r.Where
		if r.Value.Ref.Kind() == RefPlace {
			place = r.Value.Ref
		}
		if place == "" {
			continue
		}
		at := found[place]
		if at == nil {
			at = &At{}
			found[place] = at
		}
		at.Claims = append(at.Claims, r)
		if first(place, r.Statement) {
			at.Accounts++
		}
		if r.Origin.Known() && first(place, "origin "+Ref(r.Origin.Who)) {
			at.Origins++
		}
		people := []Ref{r.Subject}
		if r.Subject.Kind() != RefPerson {
			if involved == nil {
				involved = s.involved()
			}
			people = involved[r.Subject]
		}
		for _, p := range people {
			if first(place, p) {
				at.People = append(at.People, p)
			}
		}
	}
	for _, at := range found {
		slices.Sort(at.People)
	}
	return found
}

// Span returns the first and the last of the days on which things are said to have been
// so there, by [Date.Compare]; zero Dates if no claim says when.
func (a *At) Span() (first, last Date) {
	for _, c := range a.Claims {
		if c.When.IsZero() {
			continue
		}
		if first.IsZero() || c.When.Compare(first) < 0 {
			first = c.When
		}
		if last.IsZero() || c.When.Compare(last) > 0 {
			last = c.When
		}
	}
	return first, last
}

// involved returns the people whom claims put into each event.
func (s *State) involved() map[Ref][]Ref {
	people := map[Ref][]Ref{}
	for _, r := range s.Live() {
		if r.Predicate == Involved && r.Value.Ref.Kind() == RefPerson {
			people[r.Subject] = append(people[r.Subject], r.Value.Ref)
		}
	}
	return people
}
