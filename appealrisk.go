package habeas

import (
	"context"
	"encoding/json"
	"slices"

	"habeas/claim"
	"habeas/ledger"
)

// An Alleged says that a body is said to have done something to somebody in a case.
type Alleged struct {
	Case      CaseID
	CaseTitle string
	Role      string    // vocabulary "role"; or "member" for one of its people; or "holds" for a place it runs
	Through   claim.Ref // the unit, place or person that is, if it is not the body itself
	Words     string    // what Through is called, without a name
	Origins   int       // independent origins of the claims
	Claims    int
}

// harmRoles are those in which a unit or a person answers for what happened.
var harmRoles = []string{
	"carried-out", "gave-orders", "ordered-by", "planned", "accomplice", "suspected", "held-by", "guarded-by", "failed-to-control", "failed-to-act",
}

// harmGroups are the groups of events for which a place stands.
var harmGroups = []string{"custody", "harm", "pressure"}

// AllegedOf returns in which cases that by may open a body, or what it belongs to or
// runs, is said to have done something to somebody: whoever writes to it writes to
// those people. Claims that were denied by somebody count: a denial is no reason to
// be less careful.
func (d *Desk) AllegedOf(ctx context.Context, by Actor, unit claim.Ref) ([]Alleged, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	all, err := d.allegedAmong(ctx, by, []claim.Ref{unit})
	return all[unit], err
}

// allegedAmong is AllegedOf for several bodies: the claims are gone through once.
func (d *Desk) allegedAmong(ctx context.Context, by Actor, units []claim.Ref) (map[claim.Ref][]Alleged, error) {
	out := map[claim.Ref][]Alleged{}
	if len(units) == 0 {
		return out, nil
	}
	shared, err := d.officeEntries(ctx, by)
	if err != nil {
		return nil, err
	}
	office := claim.Fold(shared)
	near := map[claim.Ref][]claim.Ref{} // whom who writes to a unit writes to
	var every []claim.Ref
	for _, unit := range units {
		near[unit] = nearTo(office, unit)
		every = append(every, near[unit]...)
	}
	seen := map[CaseID]bool{}
	for _, c := range by.circles {
		if c.office {
			continue
		}
		cv, err := d.view(ctx, c)
		if err != nil {
			return nil, err
		}
		claims, err := cv.view.AllOfKind(ctx, claim.KindClaim)
		if err != nil {
			return nil, err
		}
		for _, id := range speakOf(claims, every) {
			if seen[id] {
				continue
			}
			seen[id] = true
			entries, err := cv.view.Case(ctx, id)
			if err != nil {
				return nil, err
			}
			state := claim.Fold(append(entries, shared...))
			for _, unit := range units {
				out[unit] = append(out[unit], allegedIn(id, state, unit, near[unit])...)
			}
		}
	}
	return out, nil
}

// nearTo returns a unit, what it belongs to or runs, and what belongs to it.
func nearTo(office *claim.State, unit claim.Ref) []claim.Ref {
	refs := []claim.Ref{unit}
	if a, ok := office.Authority(unit); ok {
		refs = append(refs, a.Within...)
	}
	for _, other := range office.Authorities() {
		if a, _ := office.Authority(other); slices.Contains(a.Within, unit) {
			refs = append(refs, other)
		}
	}
	return refs
}

// speakOf returns the cases in which a claim speaks of any of refs.
func speakOf(claims []ledger.Entry, refs []claim.Ref) (ids []CaseID) {
	for _, e := range claims {
		var c claim.Claim
		if json.Unmarshal(e.Body, &c) != nil || slices.Contains(ids, e.Stream) {
			continue
		}
		if slices.Contains(refs, c.Value.Ref) || slices.Contains(refs, c.Subject) || slices.Contains(refs, c.Where) {
			ids = append(ids, e.Stream)
		}
	}
	return ids
}

// allegedIn gathers what one case says, by what is meant and how.
func allegedIn(id CaseID, state *claim.State, unit claim.Ref, refs []claim.Ref) (out []Alleged) {
	members := map[claim.Ref]bool{}
	for _, r := range state.Live() {
		if r.Predicate == "member-of" && r.Stance == claim.Asserts && slices.Contains(refs, r.Value.Ref) {
			members[r.Subject] = true
		}
	}
	origins := map[[2]string]map[claim.Origin]bool{}
	for _, r := range state.Live() {
		if r.Stance != claim.Asserts {
			continue
		}
		role, of := allegedBy(state, r, refs, members)
		if role == "" {
			continue
		}
		key := [2]string{role, string(of)}
		i := slices.IndexFunc(out, func(a Alleged) bool { return a.Role == role && (a.Through == of || a.Through == "" && of == unit) })
		if i < 0 {
			a := Alleged{Case: id, CaseTitle: state.Case.Title, Role: role}
			if of != unit {
				a.Through, a.Words = of, state.Cover(of)
			}
			i, out = len(out), append(out, a)
			origins[key] = map[claim.Origin]bool{}
		}
		out[i].Claims++
		origins[key][r.Origin] = true
		out[i].Origins = len(origins[key])
	}
	return out
}

// allegedBy returns as what a claim makes one of refs, or a person of theirs, answer
// for something, and which.
func allegedBy(state *claim.State, r *claim.Recorded, refs []claim.Ref, members map[claim.Ref]bool) (role string, of claim.Ref) {
	switch {
	case r.Predicate == claim.Involved && slices.Contains(harmRoles, r.Value.Role) && slices.Contains(refs, r.Value.Ref):
		return r.Value.Role, r.Value.Ref
	case r.Predicate == claim.Involved && slices.Contains(harmRoles, r.Value.Role) && members[r.Value.Ref]:
		return "member", r.Value.Ref
	case r.Predicate == "held-by" && slices.Contains(refs, r.Value.Ref):
		return "holds", r.Value.Ref
	}
	for _, place := range []claim.Ref{r.Where, r.Value.Ref} {
		if place.Kind() != claim.RefPlace || !slices.Contains(refs, place) {
			continue
		}
		if e, ok := state.Event(r.Subject); ok {
			if t, known := claim.LookUp("event", e.Type()); known && slices.Contains(harmGroups, t.Group) {
				return "holds", place
			}
		}
	}
	return "", ""
}
