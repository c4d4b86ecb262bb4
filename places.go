package habeas

import (
	"slices"

	"habeas/claim"
)

// addPlaceClaims adds what a case says of places to their files. same says who is
// one person, see samePeople.
func addPlaceClaims(files map[claim.Ref]*PlaceFile, same map[PersonAt]PersonAt, id CaseID, state *claim.State) {
	type seen struct {
		statements map[claim.Ref]bool
		origins    map[string]bool
	}
	found := map[claim.Ref]*seen{}
	for _, r := range state.Live() {
		place := r.Where
		if r.Value.Ref.Kind() == claim.RefPlace {
			place = r.Value.Ref
		}
		f := files[place]
		if f == nil {
			continue
		}
		if found[place] == nil {
			found[place] = &seen{map[claim.Ref]bool{}, map[string]bool{}}
			f.Cases = append(f.Cases, id)
		}
		s := found[place]
		s.statements[r.Statement] = true
		if r.Origin.Known() {
			s.origins[string(r.Origin.Who)] = true
		}
		for _, p := range peopleIn(state, r) {
			f.people[standsFor(same, PersonAt{id, p})] = true
		}
		f.Claims = append(f.Claims, PlaceClaim{id, state, r})
	}
	for ref, s := range found {
		f := files[ref]
		f.Accounts += len(s.statements)
		f.Persons = len(f.people)
		f.Origins += len(s.origins)
	}
}

// peopleIn returns the people a claim puts somewhere: its subject, or those in
// the event it is about.
func peopleIn(state *claim.State, r *claim.Recorded) []claim.Ref {
	if r.Subject.Kind() == claim.RefPerson {
		return []claim.Ref{r.Subject}
	}
	var people []claim.Ref
	for _, o := range state.Live() {
		if o.Subject == r.Subject && o.Predicate == claim.Involved && o.Value.Ref.Kind() == claim.RefPerson && !slices.Contains(people, o.Value.Ref) {
			people = append(people, o.Value.Ref)
		}
	}
	return people
}
