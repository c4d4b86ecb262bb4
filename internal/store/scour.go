package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"habeas/ledger"
)

// When the engine moves rows from one page to another, to make room, it leaves their
// bytes where they were, in what is then free within the page (rebuildPage of its
// btree.c; "secure_delete" overwrites what is deleted, and these were not). If such a row
// is deleted later, that copy of it stays. So after something was destroyed the file is
// looked through for it, and if it is there, all rows of its table are written anew.

// A shred is something that stood in a row that was destroyed, and stands nowhere else.
type shred struct {
	table  string
	bytes  []byte    // 16 or more, that nobody could guess
	beside ledger.ID // counts only if this stands near it too, unless it is zero
}

// shreds are what tells a sealed box from all others. Its beginning may say only how it
// was sealed, and the rest of a long one is in pages of its own, which the engine empties.
func shreds(table string, box []byte) (all []shred) {
	const some = 16
	if len(box) < 2*some {
		return nil
	}
	middle := box[len(box)/2-some/2:][:some]
	return []shred{{table: table, bytes: middle}, {table: table, bytes: box[len(box)-some:]}}
}

// shredsOf are those of what a query finds before it is deleted: all that it selects is
// whole or a box.
func shredsOf(ctx context.Context, tx *sql.Tx, table, query string, args ...any) (all []shred, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, box []byte
		if err := rows.Scan(&id, &box); err != nil {
			return nil, err
		}
		if len(id) >= len(ledger.ID{}) {
			all = append(all, shred{table: table, bytes: id})
		}
		all = append(all, shreds(table, box)...)
	}
	return all, rows.Err()
}

// wrapsGone returns shreds of the wraps that are gone: of keys, to holder or, if that is
// zero, to anybody.
func (db *DB) wrapsGone(ctx context.Context, holder ledger.ID, keys []ledger.ID) (gone []shred, err error) {
	for _, k := range keys {
		var there int
		if err := db.keys.QueryRowContext(ctx, `select count(*) from wrap where key = $1 and ($2 or holder = $3)`, k[:], holder.IsZero(), holder[:]).Scan(&there); err != nil {
			return nil, explain(err)
		}
		if there == 0 {
			gone = append(gone, shred{"wrap", bytes.Clone(k[:]), holder})
		}
	}
	return gone, nil
}

// scour makes sure that the file of keys holds no copy of what was destroyed. db.keyMu is
// held.
func (db *DB) scour(ctx context.Context, gone []shred) error {
	gone = slices.DeleteFunc(gone, func(s shred) bool { return len(s.bytes) < len(ledger.ID{}) }) // it could stand anywhere
	if db.shared || len(gone) == 0 {
		return nil
	}
	tables, err := stands(filepath.Join(db.dir, "keys.db"), gone)
	if err != nil || len(tables) == 0 {
		return db.heed(err)
	}
	return db.run(ctx, db.keys, func(ctx context.Context, tx *sql.Tx) error {
		for table := range tables {
			if err := anew(ctx, tx, table); err != nil {
				return err
			}
		}
		return nil
	})
}

// anew writes all rows of a table anew: in the order of its key, with its indexes made
// when all rows are there, and in memory as far as that goes. Row by row, 100 MB of keys
// take minutes, in which nobody else can write any.
func anew(ctx context.Context, tx *sql.Tx, table string) error {
	rows, err := tx.QueryContext(ctx, `select name, sql from sqlite_schema where type = 'index' and tbl_name = $1 and sql is not null`, table)
	if err != nil {
		return err
	}
	defer rows.Close()
	first := []string{`pragma cache_size = -65536`, `create table spare as select * from %s order by 1`}
	then := []string{`delete from %s`, `insert into %s select * from spare`} // all pages become free, and those are emptied
	last := []string{`drop table spare`}
	for rows.Next() {
		var name, create string
		if err := rows.Scan(&name, &create); err != nil {
			return err
		}
		first, last = append(first, `drop index `+name), append(last, create)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, statement := range slices.Concat(first, then, last, []string{`pragma cache_size = -2000`}) {
		if _, err := tx.ExecContext(ctx, strings.Replace(statement, "%s", table, 1)); err != nil {
			return err
		}
	}
	return nil
}

// stands returns the tables of which something that is gone stands in a file: as in a row,
// or in an index.
func stands(path string, gone []shred) (tables map[string]bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	look := lookFew
	if len(gone) > few {
		look = lookMany
	}
	tables = map[string]bool{}
	const around = 128
	buf := make([]byte, around+1<<20)
	held := 0
	for {
		n, err := io.ReadFull(f, buf[held:])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return nil, err
		}
		b := buf[:held+n]
		look(b, gone, tables)
		if last {
			return tables, nil
		}
		held = copy(buf, b[len(b)-around:])
	}
}

// few is up to how many things each is looked for by itself: as fast as memory is read.
const few = 8

func lookFew(b []byte, gone []shred, tables map[string]bool) {
	for _, s := range gone {
		for at := 0; !tables[s.table]; at++ {
			n := bytes.Index(b[at:], s.bytes)
			if n < 0 {
				break
			}
			at += n
			tables[s.table] = s.near(b, at)
		}
	}
}

func lookMany(b []byte, gone []shred, tables map[string]bool) {
	var maybe [1 << 16][]shred // by the first two bytes
	for _, s := range gone {
		at := binary.BigEndian.Uint16(s.bytes)
		maybe[at] = append(maybe[at], s)
	}
	for at := 0; at+2 <= len(b); at++ {
		for _, s := range maybe[binary.BigEndian.Uint16(b[at:])] {
			if !tables[s.table] && bytes.HasPrefix(b[at:], s.bytes) {
				tables[s.table] = s.near(b, at)
			}
		}
	}
}

// near reports whether what must stand beside a shred does.
func (s shred) near(b []byte, at int) bool {
	const id = len(ledger.ID{})
	return s.beside.IsZero() || bytes.Contains(b[max(0, at-2*id):min(len(b), at+3*id)], s.beside[:])
}
