package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"

	"habeas/fault"
	"habeas/internal/store/postgres"
	"habeas/internal/whole"
	"habeas/ledger"
)

// Nodes of a shared database tell each other what was destroyed: each has a list beside
// its pepper, and perhaps copies of files. An office in files has one node, and tells
// nobody.

const turnTold = "told" // who tells

// What is told of, as the table told has it.
const (
	toldKey  = 1
	toldFile = 2
)

const (
	insertTelling  = `insert into told (n, what, name) select n, $1, $2 from turn where name = $3`
	selectTellings = `select n, what, name from told where n > $1 order by n`
	selectToldUp   = `select n from turn where name = $1`
	hasTold        = `select count(*) from told where n = 0`
)

// A Told is something that was destroyed on some node: a key, or a file.
type Told struct {
	Number      int64 // in order, from 1
	Key, Stream ledger.ID
	File        string // what it was called, or "" if it is a key
}

// tell writes what was destroyed, as part of tx. Whoever reads one finds all that came before.
func (db *DB) tell(ctx context.Context, tx *sql.Tx, what int, name []byte) error {
	if err := db.take(ctx, tx, turnTold); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, insertTelling, what, name, turnTold)
	return err
}

// tellFiles tells of files that are to be removed. Each node has them, or not.
func (db *DB) tellFiles(ctx context.Context, tx *sql.Tx, names []string) error {
	if !db.shared {
		return nil
	}
	for _, name := range names {
		b, err := hex.DecodeString(name)
		if err != nil {
			continue // it is no file of ours
		}
		if err := db.tell(ctx, tx, toldFile, b); err != nil {
			return err
		}
	}
	return nil
}

// TellKeys tells other nodes of keys of a stream that are to be destroyed. Told twice is
// told once.
func (db *DB) TellKeys(ctx context.Context, stream ledger.ID, keys ...ledger.ID) error {
	if !db.shared || len(keys) == 0 {
		return nil
	}
	return db.run(ctx, db.write, func(ctx context.Context, tx *sql.Tx) error {
		for _, k := range keys {
			if err := db.tell(ctx, tx, toldKey, append(k[:], stream[:]...)); err != nil {
				return err
			}
		}
		return nil
	})
}

// ToldUp returns the number of what was told last.
func (db *DB) ToldUp(ctx context.Context) (n int64, err error) {
	err = db.read.QueryRowContext(ctx, selectToldUp, turnTold).Scan(&n)
	return n, explain(err)
}

// Told returns what was told after a number, in order.
func (db *DB) Told(ctx context.Context, after int64) (all []Told, err error) {
	rows, err := db.read.QueryContext(ctx, selectTellings, after)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var t Told
		var what int
		var name []byte
		if err := rows.Scan(&t.Number, &what, &name); err != nil {
			return nil, explain(err)
		}
		switch {
		case len(name) != 32:
			return nil, fault.New(fault.Damaged, "store.bad_key_row")
		case what == toldKey:
			t.Key, t.Stream = ledger.ID(name[:16]), ledger.ID(name[16:])
		case what == toldFile:
			t.File = hex.EncodeToString(name)
		default:
			continue // of a later version
		}
		all = append(all, t)
	}
	return all, explain(rows.Err())
}

// RemoveCopies removes copies of files from the directory of this node. Where files of
// all nodes are, it is for whoever told of them to remove them.
func (db *DB) RemoveCopies(names ...string) error {
	var errs []error
	removed := false
	for _, name := range names {
		path, err := db.blobPath(name)
		if err != nil {
			continue
		}
		st, err := os.Stat(path)
		if err == nil {
			err = os.Remove(path)
		}
		switch {
		case err == nil:
			db.blobBytes.Add(-st.Size())
			removed = true
		case !errors.Is(err, os.ErrNotExist):
			errs = append(errs, err)
		}
	}
	if removed {
		errs = append(errs, whole.SyncDir(filepath.Join(db.dir, blobDir)))
	}
	return errors.Join(errs...)
}

// checkTold fails if a shared database was made by a version that had not all tables.
func (db *DB) checkTold() error {
	var n int
	err := db.read.QueryRow(hasTold).Scan(&n)
	if postgres.Unmade(err) {
		return fault.Wrap(err, fault.Invalid, "store.older_schema")
	}
	return explain(err)
}
