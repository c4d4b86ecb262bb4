package habeas

import (
	"context"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/internal/view"
)

// addPlaceClaims adds what a case says of places to their files. same says who is
// one person, see samePeople.
func addPlaceClaims(files map[claim.Ref]*PlaceFile, same map[PersonAt]PersonAt, id CaseID, state *claim.State) {
	for place, at := range state.ByPlace() {
		f := files[place]
		if f == nil {
			continue
		}
		f.Cases = append(f.Cases, id)
		f.Accounts += at.Accounts
		f.Origins += at.Origins
		for _, p := range at.People {
			f.people[standsFor(same, PersonAt{id, p})] = true
		}
		f.Persons = len(f.people)
		for _, r := range at.Claims {
			f.Claims = append(f.Claims, PlaceClaim{id, state, r})
		}
	}
}

// placeRows returns the office's places with what by's cases say of each, out of what
// the views keep of that: no case is folded.
func (d *Desk) placeRows(ctx context.Context, by Actor) (rows []PlaceRow, err error) {
	shared, err := d.officeEntries(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, p := range claim.Fold(shared).Places {
		rows = append(rows, PlaceRow{Place: p})
	}
	slices.SortFunc(rows, func(a, b PlaceRow) int { return strings.Compare(a.Place.Label, b.Place.Label) })
	var circles []circleKeys
	for _, c := range by.circles {
		if !c.office {
			circles = append(circles, c)
		}
	}
	var counts map[claim.Ref]view.PlaceCount
	if len(circles) == 1 {
		cv, err := d.view(ctx, circles[0])
		if err != nil {
			return nil, err
		}
		counts, err = cv.view.PlaceCounts(ctx)
		if err != nil {
			return nil, err
		}
	} else if counts, err = d.countPlaces(ctx, by, circles); err != nil {
		return nil, err
	}
	for i := range rows {
		n := counts[rows[i].Place.Ref]
		rows[i].Accounts, rows[i].Origins, rows[i].Persons = n.Accounts, n.Origins, n.Persons
	}
	return rows, nil
}

// countPlaces counts what several circles say of places: a case that two of them have
// once, and who is known to two once.
func (d *Desk) countPlaces(ctx context.Context, by Actor, circles []circleKeys) (map[claim.Ref]view.PlaceCount, error) {
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
		rows, err := cv.view.PlacedRows(ctx)
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
