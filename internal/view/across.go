package view

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"habeas/claim"
	"habeas/ledger"
)

// Everyone returns the persons of all cases of the circle.
func (v *View) Everyone(ctx context.Context) ([]PersonRow, error) {
	return bodies(ctx, v, `select stream, body from person order by stream, ref`, nil, personRow)
}

// A PlacedCase is a case in which some claim speaks of a place.
type PlacedCase struct {
	Stream ledger.ID
	Time   int64 // of its newest entry, milliseconds since 1970
}

// Placed returns the first most cases in which some claim speaks of a place, the last
// changed first.
func (v *View) Placed(ctx context.Context, place claim.Ref, most int) ([]PlacedCase, error) {
	const query = `select stream, time from placed where place = ?1 order by time desc, stream limit ?2`
	return settled(ctx, v, query, []any{string(place), most}, func(rows *sql.Rows) (c PlacedCase, err error) {
		var b sql.RawBytes
		err = rows.Scan(&b, &c.Time)
		copy(c.Stream[:], b)
		return c, err
	})
}

// PlaceSpan returns the first and the last of the days of which claims about a place
// speak, over all cases; zero Dates if none says when.
func (v *View) PlaceSpan(ctx context.Context, place claim.Ref) (first, last claim.Date, err error) {
	const query = `select coalesce(min(nullif(first, '')), ''), coalesce(max(latest), '') from placed where place = ?1`
	spans, err := settled(ctx, v, query, []any{string(place)}, func(rows *sql.Rows) (span [2]claim.Date, err error) {
		var keys [2]string
		if err = rows.Scan(&keys[0], &keys[1]); err != nil {
			return span, err
		}
		for i, key := range keys {
			if span[i], err = claim.DateOfKey(key); err != nil {
				return span, err
			}
		}
		return span, nil
	})
	if err != nil || len(spans) == 0 {
		return first, last, err
	}
	return spans[0][0], spans[0][1], nil
}

// A PlaceCount is how much the cases of a circle say of a place.
type PlaceCount struct {
	Accounts int // statements
	Origins  int // independent origins
	Persons  int
}

// PlaceCounts returns how much is said of each place, over all cases; of one only, unless
// that is empty. Who is in two cases is counted twice.
func (v *View) PlaceCounts(ctx context.Context, only claim.Ref) (map[claim.Ref]PlaceCount, error) {
	type row struct {
		ref claim.Ref
		PlaceCount
	}
	query, args := `select place, accounts, origins, persons from placesum`, []any(nil)
	if only != "" {
		query, args = query+` where place = ?1`, []any{string(only)}
	}
	rows, err := settled(ctx, v, query, args, func(rows *sql.Rows) (r row, err error) {
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

// PlacedRows returns a row for each case and place; of one place only, unless that is
// empty.
func (v *View) PlacedRows(ctx context.Context, only claim.Ref) ([]PlacedRow, error) {
	query, args := `select place, stream, accounts, origins, people from placed`, []any(nil)
	if only != "" {
		query, args = query+` where place = ?1`, []any{string(only)}
	}
	return settled(ctx, v, query+` order by place, stream`, args, func(rows *sql.Rows) (r PlacedRow, err error) {
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

// Needy are the cases that may need somebody, the last changed first.
type Needy struct {
	Rows      []CaseRow
	Contested int // cases with findings that are contested, also those that are not in Rows
	Unread    int // statements to be read, likewise
}

// NeedyCases returns the cases that may need somebody: all in which a dossier waits, or
// that have a day of their own on which they are looked at, and the last changed most,
// or all if that is negative, of those with contested findings and of those with
// statements to be read.
func (v *View) NeedyCases(ctx context.Context, most int) (n Needy, err error) {
	const rows = `select ` + caseColumns + ` from caserow where stream in (
		select stream from (select stream from caserow where contested > 0 order by time desc, stream limit ?1)
		union select stream from (select stream from caserow where unread > 0 order by time desc, stream limit ?1)
		union select stream from caserow where waiting > 0
		union select stream from caserow where (review != '' or until != '')) order by time desc, stream`
	if n.Rows, err = settled(ctx, v, rows, []any{most}, caseRow); err != nil {
		return n, err
	}
	const counts = `select (select count(*) from caserow where contested > 0), (select coalesce(sum(unread), 0) from caserow where unread > 0)`
	return n, explain(v.read.QueryRowContext(ctx, counts).Scan(&n.Contested, &n.Unread))
}

// Unread returns the statements of a case that have no working text yet, in the order
// they were recorded.
func (v *View) Unread(ctx context.Context, stream ledger.ID) ([]claim.Statement, error) {
	return settled(ctx, v, `select body from unread where stream = ?1 order by at`, []any{stream[:]}, func(rows *sql.Rows) (s claim.Statement, err error) {
		var b sql.RawBytes
		if err := rows.Scan(&b); err != nil {
			return s, err
		}
		return s, json.Unmarshal(b, &s)
	})
}

// OneCase returns the row of a case, and whether there is one.
func (v *View) OneCase(ctx context.Context, stream ledger.ID) (CaseRow, bool, error) {
	rows, err := settled(ctx, v, `select `+caseColumns+` from caserow where stream = ?1`, []any{stream[:]}, caseRow)
	if err != nil || len(rows) == 0 {
		return CaseRow{}, false, err
	}
	return rows[0], true, nil
}
