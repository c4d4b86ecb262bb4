package habeas

import (
	"context"

	"habeas/claim"
)

// An appealBook is what the cases of a circle say of letters to authorities, as far as
// its view had been followed when it was last asked for: the board of an office with
// thousands of letters would fold every case anew otherwise. It is gone with the view.
type appealBook struct {
	size   int64 // of the log, as the view's mark had it
	order  []CaseID
	states map[CaseID]*claim.State // nothing of each but the case, its persons and its letters; nobody changes them
}

// appealBook returns the letters of the cases of a circle, in the order in which the
// cases got their first.
func (d *Desk) appealBook(ctx context.Context, c circleKeys) ([]CaseID, map[CaseID]*claim.State, error) {
	cv, err := d.view(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	cv.mu.Lock()
	defer cv.mu.Unlock()
	mark, err := cv.view.Mark(ctx)
	if err != nil {
		return nil, nil, err
	}
	next := appealBook{size: mark.Size, states: map[CaseID]*claim.State{}}
	if cv.appeals != nil {
		if cv.appeals.size == mark.Size {
			return cv.appeals.order, cv.appeals.states, nil
		}
		next.order = append(next.order, cv.appeals.order...)
		for id, state := range cv.appeals.states {
			next.states[id] = state
		}
	}
	changed, err := cv.changedAppeals(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range changed {
		entries, err := cv.view.Case(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		if next.states[id] == nil {
			next.order = append(next.order, id)
		}
		state := claim.Fold(entries) // the bodies of the office are added where it is read: they change by themselves
		next.states[id] = &claim.State{Case: state.Case, Persons: state.Persons, Appeals: state.Appeals}
	}
	cv.appeals = &next
	return next.order, next.states, nil
}

// changedAppeals returns the cases with letters in which anything was recorded since
// the view was last asked for them, in the order of the log. cv.mu is held.
func (cv *circleView) changedAppeals(ctx context.Context) (ids []CaseID, err error) {
	seen := map[CaseID]bool{}
	if cv.appeals == nil {
		entries, err := cv.view.AllOfKind(ctx, claim.KindAppeal)
		for _, e := range entries {
			if !seen[e.Stream] {
				seen[e.Stream], ids = true, append(ids, e.Stream)
			}
		}
		return ids, err
	}
	for e, err := range cv.view.Entries(ctx, cv.appeals.size-1) {
		if err != nil {
			return nil, err
		}
		if !seen[e.Stream] && (e.Kind == claim.KindAppeal || cv.appeals.states[e.Stream] != nil) {
			seen[e.Stream], ids = true, append(ids, e.Stream)
		}
	}
	return ids, nil
}

// allAppeals returns the appeals of all cases that by may open.
func (d *Desk) allAppeals(ctx context.Context, by Actor) (all []*AppealFile, err error) {
	set, err := d.rules(ctx, by)
	if err != nil {
		return nil, err
	}
	shared, err := d.officeEntries(ctx, by)
	if err != nil {
		return nil, err
	}
	err = d.eachAppealCase(ctx, by.circles, claim.Fold(shared), func(id CaseID, state *claim.State) {
		all = append(all, d.appealFiles(set, id, state)...)
	})
	return all, err
}

// eachAppealCase calls do with each case of some circles that has letters, and the bodies
// that the office has; one that two of them have once.
func (d *Desk) eachAppealCase(ctx context.Context, circles []circleKeys, office *claim.State, do func(CaseID, *claim.State)) error {
	seen := map[CaseID]bool{}
	for _, c := range circles {
		if c.office {
			continue
		}
		order, states, err := d.appealBook(ctx, c)
		if err != nil {
			return err
		}
		for _, id := range order {
			if !seen[id] {
				seen[id] = true
				do(id, states[id].WithBodies(office))
			}
		}
	}
	return nil
}
