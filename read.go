package habeas

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"habeas/claim"
	"habeas/internal/view"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// A Circle is a circle that a member belongs to.
type Circle struct {
	ID     ledger.ID
	Name   string
	Vault  bool // the member holds its vault
	Office bool
}

// A CaseFile is a case as a member may see it.
type CaseFile struct {
	ID       CaseID
	Circle   Circle
	State    *claim.State
	Vault    bool                 // by may look at names
	Revealed time.Time            // until when names are shown to by; zero if they are not
	Names    map[claim.Ref]string // the real names, while they are shown
	Members  map[ledger.ID]string
}

// DossiersOf returns the dossiers of a case that was read, as [Desk.Dossiers] does.
func (d *Desk) DossiersOf(by Actor, f *CaseFile) ([]DossierRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	return d.dossierRows(f.ID, f.State, f.Members), nil
}

// A CaseRow is a case in a list.
type CaseRow struct {
	ID     CaseID
	Circle Circle
	view.CaseRow
}

// Circles returns the circles by belongs to.
func (d *Desk) Circles(ctx context.Context, by Actor) ([]Circle, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	return d.circleNames(ctx, by)
}

func (d *Desk) circleNames(ctx context.Context, by Actor) ([]Circle, error) {
	var out []Circle
	for _, c := range by.circles {
		cv, err := d.view(ctx, c)
		if err != nil {
			return nil, err
		}
		circle, err := d.describe(ctx, c, cv)
		if err != nil {
			return nil, err
		}
		out = append(out, circle)
	}
	return out, nil
}

// describe says what a circle is called.
func (d *Desk) describe(ctx context.Context, c circleKeys, cv *circleView) (Circle, error) {
	out := Circle{ID: c.id, Vault: c.vault != nil, Office: c.office}
	entries, err := cv.view.Case(ctx, c.id)
	for _, e := range entries {
		var n circleName
		if e.Kind == kindCircle && json.Unmarshal(e.Body, &n) == nil {
			out.Name = n.Name
		}
	}
	return out, err
}

// Cases returns the cases of by's circles, the last changed first.
func (d *Desk) Cases(ctx context.Context, by Actor) ([]CaseRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	return d.caseRows(ctx, by, (*view.View).Cases)
}

// SomeCases returns a part of [Desk.Cases], for a page: most of them, after the first
// skip, and whether there are more.
func (d *Desk) SomeCases(ctx context.Context, by Actor, skip, most int) (rows []CaseRow, more bool, err error) {
	if err := d.may(by, read); err != nil {
		return nil, false, err
	}
	if n := len(slices.DeleteFunc(slices.Clone(by.circles), func(c circleKeys) bool { return c.office })); n == 1 {
		rows, err = d.caseRows(ctx, by, func(v *view.View, ctx context.Context) ([]view.CaseRow, error) {
			return v.SomeCases(ctx, skip, most+1)
		})
	} else if rows, err = d.caseRows(ctx, by, (*view.View).Cases); err == nil { // a case may be in two
		rows = rows[min(skip, len(rows)):]
	}
	return rows[:min(most, len(rows))], len(rows) > most, err
}

// caseRows returns what which gives of the views of by's circles, the last changed
// first, a case that two have once.
func (d *Desk) caseRows(ctx context.Context, by Actor, which func(*view.View, context.Context) ([]view.CaseRow, error)) ([]CaseRow, error) {
	var out []CaseRow
	at := map[CaseID]int{}
	for _, c := range by.circles {
		if c.office {
			continue
		}
		cv, err := d.view(ctx, c)
		if err != nil {
			return nil, err
		}
		circle, err := d.describe(ctx, c, cv)
		if err != nil {
			return nil, err
		}
		rows, err := which(cv.view, ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			row := CaseRow{ID: r.Stream, Circle: circle, CaseRow: r}
			switch i, there := at[r.Stream]; {
			case !there:
				at[r.Stream] = len(out)
				out = append(out, row)
			case circle.Vault && !out[i].Circle.Vault: // shared: by has it twice
				out[i] = row
			}
		}
	}
	slices.SortStableFunc(out, func(a, b CaseRow) int { return b.Changed.Compare(a.Changed) })
	return out, nil
}

// state folds a case, with the places and units of the office if by is in it.
func (d *Desk) state(ctx context.Context, by Actor, k caseKeys) (*claim.State, error) {
	cv, err := d.view(ctx, k.circle)
	if err != nil {
		return nil, err
	}
	entries, err := cv.view.Case(ctx, k.id)
	if err != nil {
		return nil, err
	}
	more, err := d.officeEntries(ctx, by)
	if err != nil {
		return nil, err
	}
	entries = append(entries, more...)
	d.heed(entries)
	state := claim.Fold(entries)
	return state, d.holdStopped(ctx, state)
}

// officeEntries returns what all circles share: places, units and the like.
func (d *Desk) officeEntries(ctx context.Context, by Actor) ([]ledger.Entry, error) {
	office, err := by.office()
	if err != nil {
		return nil, nil // who holds no circle at all has none of them
	}
	ov, err := d.view(ctx, office)
	if err != nil {
		return nil, err
	}
	return ov.view.Without(ctx, office.id, kindAudit)
}

// Case returns a case. A case that does not exist and one that by may not know
// of are the same fault.
func (d *Desk) Case(ctx context.Context, by Actor, id CaseID) (*CaseFile, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	f := &CaseFile{ID: id, Vault: k.vault != nil, Revealed: d.revealedUntil(by, id)}
	if f.State, err = d.state(ctx, by, k); err != nil {
		return nil, err
	}
	cv, err := d.view(ctx, k.circle)
	if err != nil {
		return nil, err
	}
	if f.Circle, err = d.describe(ctx, k.circle, cv); err != nil {
		return nil, err
	}
	if f.Members, err = d.memberNames(ctx, by); err != nil {
		return nil, err
	}
	if k.vault == nil || f.Revealed.IsZero() {
		return f, nil
	}
	details, err := d.details(ctx, k)
	if err != nil {
		return nil, err
	}
	f.Names = map[claim.Ref]string{}
	for person, ds := range details {
		for _, det := range ds {
			for _, parts := range det.Names {
				if f.Names[person] == "" || !onlyCalled(parts) {
					f.Names[person] = vault.Parsed(parts).String()
				}
			}
		}
	}
	return f, nil
}

// onlyCalled reports whether a name is what others call somebody, and no part of
// it their own.
func onlyCalled(parts []vault.Part) bool {
	return !slices.ContainsFunc(parts, func(p vault.Part) bool { return p.Kind != name.Alias && p.Kind != name.Callsign })
}

// A Hit is a passage that a search found.
type Hit struct {
	Circle Circle
	Case   view.CaseRow // the case it is in; zero for what is the office's
	view.Hit
}

// Found is what a search found.
type Found struct {
	Hits []Hit
	More bool // there are others
	Many bool // there are others, and too many to tell which fit best
}

// Search finds words in the name-free text of by's circles.
func (d *Desk) Search(ctx context.Context, by Actor, query string) (out Found, err error) {
	if err := d.may(by, read); err != nil {
		return out, err
	}
	const most = 50
	for _, c := range by.circles {
		cv, err := d.view(ctx, c)
		if err != nil {
			return out, err
		}
		found, err := cv.view.Search(ctx, query, most)
		if err != nil {
			return out, err
		}
		out.More, out.Many = out.More || found.More, out.Many || found.Many
		for _, h := range found.Hits {
			row, _, err := cv.view.OneCase(ctx, h.Stream)
			if err != nil {
				return out, err
			}
			out.Hits = append(out.Hits, Hit{Circle{ID: c.id, Vault: c.vault != nil, Office: c.office}, row, h})
		}
	}
	return out, nil
}

// A PlaceRow is a place and what the cases of by's circles say of it.
type PlaceRow struct {
	Place    claim.Place
	Accounts int // statements that speak of it
	Origins  int // independent origins among them
	Persons  int
}

// A PlaceFile is a place with the claims about it that some cases hold.
type PlaceFile struct {
	PlaceRow
	First, Last claim.Date   // of the days of which all cases speak
	Claims      []PlaceClaim // of some cases
	More        bool         // there are cases after those
}

// A PlaceClaim is a claim that speaks of a place.
type PlaceClaim struct {
	Case  CaseID
	State *claim.State
	Claim *claim.Recorded
}

// Places returns the office's places, with what by's cases say of each.
func (d *Desk) Places(ctx context.Context, by Actor) ([]PlaceRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	return d.placeRows(ctx, by)
}
