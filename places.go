package habeas

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/fault"
	"habeas/internal/view"
)

// Place returns one place, with what the cases say of it: of the last changed, most
// cases after the first skip. How much is said of it, and of which days, is of all.
func (d *Desk) Place(ctx context.Context, by Actor, ref claim.Ref, skip, most int) (*PlaceFile, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	office, err := by.office()
	if err != nil {
		return nil, err
	}
	entries, err := d.officeEntries(ctx, by)
	if err != nil {
		return nil, err
	}
	shared := claim.Fold(entries)
	p, ok := shared.Places[ref]
	if !ok {
		return nil, fault.New(fault.NotFound, "place.none")
	}
	circles := slices.DeleteFunc(slices.Clone(by.circles), func(c circleKeys) bool { return c.id == office.id })
	counts, err := d.placeCounts(ctx, by, circles, ref)
	if err != nil {
		return nil, err
	}
	f := &PlaceFile{PlaceRow: rowOf(p, counts)}
	cases, err := d.casesAt(ctx, circles, f, skip+most+1)
	if err != nil {
		return nil, err
	}
	cases = cases[min(skip, len(cases)):]
	f.More = len(cases) > most
	for _, c := range cases[:min(most, len(cases))] {
		told, err := c.view.Case(ctx, c.Stream)
		if err != nil {
			return nil, err
		}
		state := claim.Fold(told)
		borrow(state.Places, shared.Places)
		borrow(state.Units, shared.Units)
		if at := state.ByPlace()[ref]; at != nil {
			for _, r := range at.Claims {
				f.Claims = append(f.Claims, PlaceClaim{c.Stream, state, r})
			}
		}
	}
	return f, nil
}

// borrow gives a case what the office shares and what it has no version of itself: to
// fold the entries of hundreds of places with each case would take longer than the case.
func borrow[T any](own, shared map[claim.Ref]T) {
	for ref, thing := range shared {
		if _, has := own[ref]; !has {
			own[ref] = thing
		}
	}
}

// A caseAt is a case that speaks of a place, and a view that has it.
type caseAt struct {
	view.PlacedCase
	view *view.View
}

// casesAt returns the first most cases that speak of a place, the last changed first, a
// case that two circles have once. It notes in f of which days all speak.
func (d *Desk) casesAt(ctx context.Context, circles []circleKeys, f *PlaceFile, most int) (out []caseAt, err error) {
	seen := map[CaseID]bool{}
	for _, c := range circles {
		cv, err := d.view(ctx, c)
		if err != nil {
			return nil, err
		}
		cases, err := cv.view.Placed(ctx, f.Place.Ref, most)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			if !seen[c.Stream] {
				seen[c.Stream] = true
				out = append(out, caseAt{c, cv.view})
			}
		}
		first, last, err := cv.view.PlaceSpan(ctx, f.Place.Ref)
		if err != nil {
			return nil, err
		}
		if f.First.IsZero() || !first.IsZero() && first.Compare(f.First) < 0 {
			f.First = first
		}
		if f.Last.IsZero() || !last.IsZero() && last.Compare(f.Last) > 0 {
			f.Last = last
		}
	}
	slices.SortStableFunc(out, func(a, b caseAt) int { return cmp.Compare(b.Time, a.Time) })
	return out, nil
}

// placeRows returns the office's places with what by's cases say of each, out of what
// the views keep of that: no case is folded.
func (d *Desk) placeRows(ctx context.Context, by Actor) (rows []PlaceRow, err error) {
	shared, err := d.officeEntries(ctx, by)
	if err != nil {
		return nil, err
	}
	counts, err := d.placeCounts(ctx, by, slices.DeleteFunc(slices.Clone(by.circles), func(c circleKeys) bool { return c.office }), "")
	if err != nil {
		return nil, err
	}
	for _, p := range claim.Fold(shared).Places {
		rows = append(rows, rowOf(p, counts))
	}
	slices.SortFunc(rows, func(a, b PlaceRow) int { return strings.Compare(a.Place.Label, b.Place.Label) })
	return rows, nil
}

func rowOf(p claim.Place, counts map[claim.Ref]view.PlaceCount) PlaceRow {
	n := counts[p.Ref]
	return PlaceRow{Place: p, Accounts: n.Accounts, Origins: n.Origins, Persons: n.Persons}
}

// placeCounts returns how much the cases of circles say of each place; of one only,
// unless that is empty.
func (d *Desk) placeCounts(ctx context.Context, by Actor, circles []circleKeys, only claim.Ref) (map[claim.Ref]view.PlaceCount, error) {
	if len(circles) != 1 {
		return d.countPlaces(ctx, by, circles, only)
	}
	cv, err := d.view(ctx, circles[0])
	if err != nil {
		return nil, err
	}
	return cv.view.PlaceCounts(ctx, only)
}

// countPlaces counts what several circles say of places: a case that two of them have
// once, and who is known to two once.
func (d *Desk) countPlaces(ctx context.Context, by Actor, circles []circleKeys, only claim.Ref) (map[claim.Ref]view.PlaceCount, error) {
	same, err := d.samePeople(ctx, by)
	if err != nil {
		return nil, err
	}
	type at struct {
		id    CaseID
		place claim.Ref
	}
	type who struct {
		PersonAt
		place claim.Ref
	}
	counts, seen, people := map[claim.Ref]view.PlaceCount{}, map[at]bool{}, map[who]bool{}
	for _, c := range circles {
		cv, err := d.view(ctx, c)
		if err != nil {
			return nil, err
		}
		rows, err := cv.view.PlacedRows(ctx, only)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			n := counts[r.Place]
			if !seen[at{r.Stream, r.Place}] {
				n.Accounts += r.Accounts
				n.Origins += r.Origins
			}
			seen[at{r.Stream, r.Place}] = true
			for _, p := range r.People {
				w := who{standsFor(same, PersonAt{r.Stream, p}), r.Place}
				if !people[w] {
					people[w] = true
					n.Persons++
				}
			}
			counts[r.Place] = n
		}
	}
	return counts, nil
}
