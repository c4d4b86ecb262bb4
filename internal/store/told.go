package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"habeas/fault"
	"habeas/internal/store/postgres"
	"habeas/internal/whole"
	"habeas/ledger"
)

// Nodes of a shared database tell each other what was destroyed: each has a list beside
// its pepper, and perhaps copies of files. An office in files has one node, and tells
// nobody.

const turnTold = "told" // who tells

const (
	insertTelling  = `insert into told (n, note) select n, $1 from turn where name = $2`
	selectTellings = `select n, note from told where n > $1 order by n`
	selectToldUp   = `select n from turn where name = $1`
	hasTold        = `select count(*) from told where n = 0`
)

// toldLabel is the first line of what is told, so that a node signs nothing else by it.
// The second is "key", its ID and that of its stream, or "file" and what it is called.
const toldLabel = "habeas told v1\n"

// A Told is something that was destroyed on some node: a key, or a file.
type Told struct {
	Key, Stream ledger.ID
	File        string // what it was called, or "" if it is a key
}

// TellAs says who tells other nodes. What nobody of the office signed is not heeded: it
// would have them destroy whatever somebody wrote into the database.
func (db *DB) TellAs(signer note.Signer) { db.teller = signer }

// tell writes what was destroyed, as part of tx. Whoever reads one finds all that came before.
func (db *DB) tell(ctx context.Context, tx *sql.Tx, words ...string) error {
	signed, err := note.Sign(&note.Note{Text: toldLabel + strings.Join(words, " ") + "\n"}, db.teller)
	if err != nil {
		return err
	}
	if err := db.take(ctx, tx, turnTold); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, insertTelling, signed, turnTold)
	return err
}

// tellFiles tells of files that are to be removed. Each node has them, or not.
func (db *DB) tellFiles(ctx context.Context, tx *sql.Tx, names []string) error {
	if !db.shared {
		return nil
	}
	for _, name := range names {
		if err := db.tell(ctx, tx, "file", name); err != nil {
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
			if err := db.tell(ctx, tx, "key", k.String(), stream.String()); err != nil {
				return err
			}
		}
		return nil
	})
}

// ToldUp returns the number of what was told last, from 1.
func (db *DB) ToldUp(ctx context.Context) (n int64, err error) {
	err = db.read.QueryRowContext(ctx, selectToldUp, turnTold).Scan(&n)
	return n, explain(err)
}

// Told returns what known nodes told after a number, in order, and the number it goes up
// to. What others wrote is left out.
func (db *DB) Told(ctx context.Context, after int64, known note.Verifiers) (all []Told, up int64, err error) {
	rows, err := db.read.QueryContext(ctx, selectTellings, after)
	if err != nil {
		return nil, after, explain(err)
	}
	defer rows.Close()
	up = after
	for rows.Next() {
		var signed []byte
		if err := rows.Scan(&up, &signed); err != nil {
			return nil, after, explain(err)
		}
		n, err := note.Open(signed, known)
		if err != nil {
			continue
		}
		if t, ok := readTold(n.Text); ok {
			all = append(all, t)
		}
	}
	return all, up, explain(rows.Err())
}

// readTold reads what a node signed; ok is false if it is of a later version.
func readTold(text string) (t Told, ok bool) {
	line, ok := strings.CutPrefix(text, toldLabel)
	words := strings.Fields(line)
	switch {
	case !ok:
		return t, false
	case len(words) == 2 && words[0] == "file":
		t.File = words[1]
		return t, true
	case len(words) == 3 && words[0] == "key":
		key, bad := ledger.ParseID(words[1])
		stream, worse := ledger.ParseID(words[2])
		return Told{Key: key, Stream: stream}, bad == nil && worse == nil
	}
	return t, false
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
