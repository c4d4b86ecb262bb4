package view

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"habeas/claim"
	"habeas/ledger"
)

// Everyone returns the persons of all cases of the circle.
func (v *View) Everyone(ctx context.Context) ([]PersonRow, error) {
	return bodies(ctx, v, `select stream, body from person order by stream, ref`, nil, personRow)
}

// Placed returns the cases in which some claim speaks of a place, or of any place
// if it is empty.
func (v *View) Placed(ctx context.Context, place claim.Ref) ([]ledger.ID, error) {
	const query = `select distinct stream from placed where place = ?1 or ?1 = '' order by stream`
	return settled(ctx, v, query, []any{string(place)}, func(rows *sql.Rows) (id ledger.ID, err error) {
		var b sql.RawBytes
		err = rows.Scan(&b)
		copy(id[:], b)
		return id, err
	})
}

// A PlaceCount is how much the cases of a circle say of a place.
type PlaceCount struct {
	Accounts int // statements
	Origins  int // independent origins
	Persons  int
}

// PlaceCounts returns how much is said of each place, over all cases. Who is in two
// cases is counted twice.
func (v *View) PlaceCounts(ctx context.Context) (map[claim.Ref]PlaceCount, error) {
	type row struct {
		ref claim.Ref
		PlaceCount
	}
	rows, err := settled(ctx, v, `select place, accounts, origins, persons from placesum`, nil, func(rows *sql.Rows) (r row, err error) {
		return r, rows.Scan(&r.ref, &r.Accounts, &r.Origins, &r.Persons)
	})
	counts := map[claim.Ref]PlaceCount{}
	for _, r := range rows {
		counts[r.ref] = r.PlaceCount
	}
	return counts, err
}

// A PlacedRow is how much one case says of a place, and whom it puts there.
type PlacedRow struct {
	Stream            ledger.ID
	Place             claim.Ref
	Accounts, Origins int
	People            []claim.Ref
}

// PlacedRows returns a row for each case and place.
func (v *View) PlacedRows(ctx context.Context) ([]PlacedRow, error) {
	return settled(ctx, v, `select place, stream, accounts, origins, people from placed order by place, stream`, nil, func(rows *sql.Rows) (r PlacedRow, err error) {
		var stream sql.RawBytes
		var people string
		if err := rows.Scan(&r.Place, &stream, &r.Accounts, &r.Origins, &people); err != nil {
			return r, err
		}
		copy(r.Stream[:], stream)
		for ref := range strings.FieldsSeq(people) {
			r.People = append(r.People, claim.Ref(ref))
		}
		return r, nil
	})
}

// caseColumns are read by [caseRow].
const caseColumns = `stream, title, about, affected, cover, persons, statements, claims, contested, unread, waiting, opened, review, until, time, last`

func caseRow(rows *sql.Rows) (c CaseRow, err error) {
	var stream sql.RawBytes
	var ms, opened int64
	err = rows.Scan(&stream, &c.Title, &c.About, &c.Affected, &c.Cover, &c.Persons, &c.Statements, &c.Claims, &c.Contested, &c.Unread, &c.Waiting,
		&opened, &c.Review, &c.Until, &ms, &c.Last)
	c.Opened = time.UnixMilli(opened).UTC()
	copy(c.Stream[:], stream)
	c.Changed = time.UnixMilli(ms).UTC()
	return c, err
}

// Cases returns all cases, the last changed first.
func (v *View) Cases(ctx context.Context) ([]CaseRow, error) {
	return settled(ctx, v, `select `+caseColumns+` from caserow order by time desc, stream`, nil, caseRow)
}

// SomeCases returns most of [View.Cases], after the first skip.
func (v *View) SomeCases(ctx context.Context, skip, most int) ([]CaseRow, error) {
	return settled(ctx, v, `select `+caseColumns+` from caserow where stream in
		(select stream from caserow order by time desc, stream limit ?2 offset ?1) order by time desc, stream`, []any{skip, most}, caseRow)
}

// NeedyCases returns the cases that may need somebody, the last changed first: with
// findings that are contested, statements to be read, dossiers that wait, or a day of
// their own on which they are looked at.
func (v *View) NeedyCases(ctx context.Context) ([]CaseRow, error) {
	return settled(ctx, v, `select `+caseColumns+` from caserow where `+needy+` order by time desc, stream`, nil, caseRow)
}

// needy is the condition of the index of that name.
const needy = `(contested > 0 or unread > 0 or waiting > 0 or review != '' or until != '')`

// OneCase returns the row of a case, and whether there is one.
func (v *View) OneCase(ctx context.Context, stream ledger.ID) (CaseRow, bool, error) {
	rows, err := settled(ctx, v, `select `+caseColumns+` from caserow where stream = ?1`, []any{stream[:]}, caseRow)
	if err != nil || len(rows) == 0 {
		return CaseRow{}, false, err
	}
	return rows[0], true, nil
}
