package store

import (
	"context"
	"database/sql"
	"errors"

	"golang.org/x/mod/sumdb/note"

	"habeas/fault"
	"habeas/ledger"
)

// Seen is what a node has read of a log that others append to.
type Seen struct {
	Clear int64 // number of the newest entry in clear, or -1
	Size  int64 // of the whole log, or -1 if it does not matter
}

const newestClear = `select coalesce(max(number), -1) from entry where mode = $1`

// AppendSeen is [DB.Append] for entries that are right only as long as the log is what
// their author saw. If another node has appended something in clear since, or anything
// if seen.Size says so, nothing is written, and the fault "store.moved_on" is of kind
// Busy. Nothing else writes to a store that is not shared: there it is Append.
func (db *DB) AppendSeen(ctx context.Context, entries []ledger.Sealed, signer note.Signer, seen Seen) (first int64, err error) {
	a := &adding{ctx: ctx, leaves: entries, signer: signer}
	if db.shared {
		a.with = func(ctx context.Context, tx *sql.Tx) ([]ledger.Sealed, error) {
			var clear int64
			if err := tx.QueryRowContext(ctx, newestClear, ledger.ModeClear).Scan(&clear); err != nil {
				return nil, err
			}
			if clear > seen.Clear || seen.Size >= 0 && seen.Size != db.edge.size {
				return nil, fault.New(fault.Busy, "store.moved_on")
			}
			return entries, nil
		}
	}
	return db.add(a)
}

// Raise sets a number that all nodes share to n, if it is smaller or was never set, and
// reports whether it did. Without a shared database there is nobody to share it with,
// and it is of no use.
func (db *DB) Raise(ctx context.Context, name string, n int64) (raised bool, err error) {
	if err := db.writable(); err != nil {
		return false, err
	}
	name = "number " + name
	err = db.run(ctx, db.write, func(ctx context.Context, tx *sql.Tx) error {
		if raised, err = changed(tx.ExecContext(ctx, `insert into turn (name, n) values ($1, $2) on conflict do nothing`, name, n)); err != nil || raised {
			return err
		}
		raised, err = changed(tx.ExecContext(ctx, `update turn set n = $1 where name = $2 and n < $1`, n, name))
		return err
	})
	return raised, err
}

// Raised returns a number that was raised, or 0.
func (db *DB) Raised(ctx context.Context, name string) (n int64, err error) {
	err = db.read.QueryRowContext(ctx, `select coalesce(max(n), 0) from turn where name = $1`, "number "+name).Scan(&n)
	return n, explain(err)
}

const (
	selectTold = `select value from meta where name = $1`
	deleteTold = `delete from meta where name = $1`
	insertTold = `insert into meta (name, value) values ($1, $2)`
)

// Note returns what nodes noted for each other under a name, or "".
func (db *DB) Note(ctx context.Context, name string) (value string, err error) {
	err = db.read.QueryRowContext(ctx, selectTold, "note "+name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, explain(err)
}

// SetNote puts a note in the place of the one that was there. It is in clear, and of use
// only in a shared database.
func (db *DB) SetNote(ctx context.Context, name, value string) error {
	if err := db.writable(); err != nil {
		return err
	}
	return db.run(ctx, db.write, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, deleteTold, "note "+name); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, insertTold, "note "+name, value)
		return err
	})
}
