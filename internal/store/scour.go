package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"

	"habeas/ledger"
)

// When the engine moves rows from one page to another, to make room, it leaves their
// bytes where they were, in what is then free within the page (rebuildPage of its
// btree.c; "secure_delete" overwrites what is deleted, and these were not). If such a row
// is deleted later, that copy of it stays. So after keys were destroyed the file is looked
// through for them, and if one is there, all rows are written anew.

// scour makes sure that the file of keys holds no copy of wraps that were deleted: of
// keys, to holder or, if that is zero, to anybody. db.keyMu is held.
func (db *DB) scour(ctx context.Context, holder ledger.ID, keys []ledger.ID) error {
	if db.shared || len(keys) == 0 {
		return nil
	}
	gone := map[ledger.ID]bool{}
	for _, k := range keys {
		var there int
		if err := db.keys.QueryRowContext(ctx, `select count(*) from wrap where key = $1 and ($2 or holder = $3)`, k[:], holder.IsZero(), holder[:]).Scan(&there); err != nil {
			return explain(err)
		}
		if there == 0 {
			gone[k] = true
		}
	}
	left, err := stands(filepath.Join(db.dir, "keys.db"), holder, gone)
	if err != nil || !left {
		return db.heed(err)
	}
	return db.run(ctx, db.keys, func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range []string{
			`create table spare as select * from wrap order by key, holder`,
			`delete from wrap`, // all of its pages become free, and those are emptied
			`insert into wrap select * from spare`,
			`drop table spare`,
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// stands reports whether in a file any of the keys stands, beside the holder if that is
// not zero: as in a row of the table of wraps, or in one of its indexes.
func stands(path string, holder ledger.ID, keys map[ledger.ID]bool) (bool, error) {
	s := newScanner(nil, nil)
	for k := range keys {
		s.maybe[uint16(k[0])<<8|uint16(k[1])] = true
	}
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	const around, id = 48, len(ledger.ID{})
	buf := make([]byte, around+1<<20)
	held := 0
	for {
		n, err := io.ReadFull(f, buf[held:])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return false, err
		}
		b := buf[:held+n]
		for at := 0; at+id <= len(b); at++ {
			if s.maybe[uint16(b[at])<<8|uint16(b[at+1])] && keys[ledger.ID(b[at:])] &&
				(holder.IsZero() || bytes.Contains(b[max(0, at-2*id):min(len(b), at+3*id)], holder[:])) {
				return true, nil
			}
		}
		if last {
			return false, nil
		}
		held = copy(buf, b[len(b)-2*around:])
	}
}
