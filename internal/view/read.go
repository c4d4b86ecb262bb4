package view

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
)

// CaseRow is a case in a list.
type CaseRow struct {
	Stream     ledger.ID
	Title      string
	About      string    // see [claim.Case]
	Affected   claim.Ref // the person, if it is about one
	Cover      string    // that person's cover name
	Persons    int
	Statements int
	Claims     int // that count
	Contested  int // findings
	Unread     int // statements that have no working text yet
	Waiting    int // dossiers proposed and not released
	Opened     time.Time
	Review     string // EDTF, the day it is looked at again, if the case says
	Until      string // EDTF, the last day it is kept, if the case says
	Changed    time.Time
	Last       int64 // number of its newest entry
}

// PersonRow is a person of a case.
type PersonRow struct {
	Stream ledger.ID
	claim.Person
}

// PlaceRow is a place, in the stream it was recorded in.
type PlaceRow struct {
	Stream ledger.ID
	claim.Place
}

// UnitRow is a unit, in the stream it was recorded in.
type UnitRow struct {
	Stream ledger.ID
	claim.Unit
}

// FormsRow are the gate's form hashes of one identity detail.
type FormsRow struct {
	Stream ledger.ID
	claim.Forms
}

const (
	selectEntry = `select number, id, stream, key, kind, author, time, after, body from entry `
	selectCase  = selectEntry + `where stream = ?1 order by number`
)

// Case returns the entries of a stream by number: what [claim.Fold] takes. A
// stream that is not there has none.
func (v *View) Case(ctx context.Context, stream ledger.ID) ([]ledger.Entry, error) {
	return all(entriesOf(ctx, v.read, selectCase, stream[:]))
}

// OfKind returns the entries of a stream that are of one kind, by number.
func (v *View) OfKind(ctx context.Context, stream ledger.ID, kind string) ([]ledger.Entry, error) {
	return all(entriesOf(ctx, v.read, selectEntry+`where stream = ?1 and kind = ?2 order by number`, stream[:], kind))
}

// AllOfKind returns the entries of all streams that are of one kind, by number.
func (v *View) AllOfKind(ctx context.Context, kind string) ([]ledger.Entry, error) {
	return all(entriesOf(ctx, v.read, selectEntry+`where kind = ?1 order by number`, kind))
}

// Without returns the entries of a stream that are not of one kind, by number.
func (v *View) Without(ctx context.Context, stream ledger.ID, kind string) ([]ledger.Entry, error) {
	return all(entriesOf(ctx, v.read, selectEntry+`where stream = ?1 and kind != ?2 order by number`, stream[:], kind))
}

func all(from iter.Seq2[ledger.Entry, error]) (entries []ledger.Entry, err error) {
	for e, err := range from {
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// Entries yields all entries whose number is greater than after, by number.
func (v *View) Entries(ctx context.Context, after int64) iter.Seq2[ledger.Entry, error] {
	return entriesOf(ctx, v.read, selectEntry+`where number > ?1 order by number`, after)
}

// querier is what a database and a transaction have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func entriesOf(ctx context.Context, from querier, query string, args ...any) iter.Seq2[ledger.Entry, error] {
	return each(ctx, from, query, args, func(rows *sql.Rows) (e ledger.Entry, err error) {
		var id, stream, key, author, after sql.RawBytes
		var ms int64
		if err := rows.Scan(&e.Number, &id, &stream, &key, &e.Kind, &author, &ms, &after, &e.Body); err != nil {
			return e, err
		}
		for _, field := range []struct {
			to   *ledger.ID
			from []byte
		}{{&e.ID, id}, {&e.Stream, stream}, {&e.Key, key}, {&e.Author, author}} {
			if copy(field.to[:], field.from) != len(field.to) {
				return e, fault.New(fault.Damaged, "view.unreadable")
			}
		}
		for len(after) >= 16 {
			e.After = append(e.After, ledger.ID(after))
			after = after[16:]
		}
		e.Time = time.UnixMilli(ms).UTC()
		return e, nil
	})
}

// each yields what scan makes of each row, and stops after an error.
func each[T any](ctx context.Context, from querier, query string, args []any, scan func(*sql.Rows) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := from.QueryContext(ctx, query, args...)
		if err != nil {
			yield(none, explain(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			t, err := scan(rows)
			if !yield(t, explain(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, explain(err))
		}
	}
}

// settled is each, once the view has caught up, read into a slice.
func settled[T any](ctx context.Context, v *View, query string, args []any, scan func(*sql.Rows) (T, error)) (all []T, err error) {
	if err := v.Settle(ctx); err != nil {
		return nil, err
	}
	for t, err := range each(ctx, v.read, query, args, scan) {
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// Heads returns the entries of a stream that no other entry of it follows: what
// a new one has to come after.
func (v *View) Heads(ctx context.Context, stream ledger.ID) ([]ledger.ID, error) {
	return settled(ctx, v, `select id from head where stream = ?1 order by id`, []any{stream[:]}, func(rows *sql.Rows) (id ledger.ID, err error) {
		var b sql.RawBytes
		err = rows.Scan(&b)
		copy(id[:], b)
		return id, err
	})
}

// bodies reads rows of stream and a body in JSON.
func bodies[T any](ctx context.Context, v *View, query string, args []any, row func(ledger.ID, []byte) (T, error)) ([]T, error) {
	return settled(ctx, v, query, args, func(rows *sql.Rows) (T, error) {
		var stream, body sql.RawBytes
		if err := rows.Scan(&stream, &body); err != nil {
			var none T
			return none, err
		}
		var id ledger.ID
		copy(id[:], stream)
		return row(id, body)
	})
}

func personRow(stream ledger.ID, body []byte) (p PersonRow, err error) {
	p.Stream = stream
	return p, json.Unmarshal(body, &p.Person)
}

// Persons returns the persons of a stream, by reference.
func (v *View) Persons(ctx context.Context, stream ledger.ID) ([]PersonRow, error) {
	return bodies(ctx, v, `select stream, body from person where stream = ?1 order by ref`, []any{stream[:]}, personRow)
}

// Covered returns who has a cover name, in any case of the circle.
func (v *View) Covered(ctx context.Context, cover string) ([]PersonRow, error) {
	return bodies(ctx, v, `select stream, body from person where cover = ?1 order by stream, ref`, []any{cover}, personRow)
}

// Used returns those of some cover names that are in use in the circle.
func (v *View) Used(ctx context.Context, covers []string) (map[string]bool, error) {
	b, err := json.Marshal(covers)
	if err != nil {
		return nil, err
	}
	const query = `select value from json_each(?1) where exists (select 1 from person where cover = value)`
	found, err := settled(ctx, v, query, []any{string(b)}, func(rows *sql.Rows) (cover string, err error) {
		return cover, rows.Scan(&cover)
	})
	used := map[string]bool{}
	for _, c := range found {
		used[c] = true
	}
	return used, err
}

// Person returns who ref is, in any case of the circle, or a fault of kind
// NotFound.
func (v *View) Person(ctx context.Context, ref claim.Ref) (PersonRow, error) {
	rows, err := bodies(ctx, v, `select stream, body from person where ref = ?1 order by stream`, []any{string(ref)}, personRow)
	if err != nil || len(rows) == 0 {
		return PersonRow{}, notFound(err)
	}
	return rows[0], nil
}

func notFound(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.NotFound, "view.not_here")
}

// Places returns all places, by label.
func (v *View) Places(ctx context.Context) ([]PlaceRow, error) {
	return bodies(ctx, v, `select stream, body from thing where ref >= 'l:' and ref < 'l;' order by label, stream, ref`, nil, func(stream ledger.ID, body []byte) (p PlaceRow, err error) {
		p.Stream = stream
		return p, json.Unmarshal(body, &p.Place)
	})
}

// Units returns all units, by label.
func (v *View) Units(ctx context.Context) ([]UnitRow, error) {
	return bodies(ctx, v, `select stream, body from thing where ref >= 'u:' and ref < 'u;' order by label, stream, ref`, nil, func(stream ledger.ID, body []byte) (u UnitRow, err error) {
		u.Stream = stream
		return u, json.Unmarshal(body, &u.Unit)
	})
}

// Forms yields the gate's form hashes of everyone in the circle, of each entry
// that gave some, also those that other circles' gates read.
func (v *View) Forms(ctx context.Context) iter.Seq2[FormsRow, error] {
	if err := v.Settle(ctx); err != nil {
		return func(yield func(FormsRow, error) bool) { yield(FormsRow{}, err) }
	}
	return each(ctx, v.read, `select stream, person, circle, detail, hashes from forms order by stream, person, detail, circle, entry`, nil, func(rows *sql.Rows) (f FormsRow, err error) {
		var stream, circle, detail sql.RawBytes
		err = rows.Scan(&stream, &f.Person, &circle, &detail, &f.Hashes)
		copy(f.Stream[:], stream)
		copy(f.Circle[:], circle)
		copy(f.Detail[:], detail)
		return f, err
	})
}
