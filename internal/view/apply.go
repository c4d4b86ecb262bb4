package view

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/ledger"
)

// A Mark says how far a view has come: Number is that of the last entry passed,
// whether it was this circle's or not, and Size and Root are the log's at that
// point. The zero Mark is that of a new view.
type Mark struct {
	Number int64
	Size   int64
	Root   tlog.Hash
}

const (
	insertEntry = `insert or ignore into entry (number, id, stream, key, kind, author, time, after, body) values `
	touchStream = `insert into stream (stream, last, changed) values (?1, ?2, 2) on conflict (stream) do update set last = max(last, excluded.last), changed = max(changed, 1)`
	setMark     = `insert into mark (one, number, size, root) values (1, ?1, ?2, ?3) on conflict (one) do update set number = excluded.number, size = excluded.size, root = excluded.root`
)

// Apply adds opened and verified entries, in any order, and notes how far that
// takes the view, all or none. Entries that are there already are passed over,
// so a case shared later is followed from its start by giving all of it.
//
// What is read of a stream other than its entries is made anew when it is next
// asked for: see [View.Settle].
func (v *View) Apply(ctx context.Context, entries []ledger.Entry, mark Mark) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.changed.Store(true)
	return v.inTx(ctx, func(tx *sql.Tx) error {
		v.entries.begin(tx)
		last := map[ledger.ID]int64{}
		for i := range entries {
			e := &entries[i]
			if at, ok := last[e.Stream]; !ok || at < e.Number {
				last[e.Stream] = e.Number
			}
			after := make([]byte, 0, 16*len(e.After))
			for _, id := range e.After {
				after = append(after, id[:]...)
			}
			if err := v.entries.add(e.Number, e.ID[:], e.Stream[:], e.Key[:], e.Kind, e.Author[:], e.Time.UnixMilli(), after, notNil(e.Body)); err != nil {
				return err
			}
		}
		if err := v.entries.flush(); err != nil {
			return err
		}
		for stream, number := range last {
			if _, err := tx.ExecContext(ctx, touchStream, stream[:], number); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, setMark, mark.Number, mark.Size, mark.Root[:])
		return err
	})
}

// notNil keeps an empty value from being written as null.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Mark returns how far the view has come.
func (v *View) Mark(ctx context.Context) (m Mark, err error) {
	var root []byte
	err = v.read.QueryRowContext(ctx, `select number, size, root from mark`).Scan(&m.Number, &m.Size, &root)
	if errors.Is(err, sql.ErrNoRows) {
		return Mark{}, nil
	}
	copy(m.Root[:], root)
	return m, explain(err)
}

// Stream returns the number of the newest entry of a stream, and whether the
// view has any.
func (v *View) Stream(ctx context.Context, stream ledger.ID) (last int64, ok bool, err error) {
	err = v.read.QueryRowContext(ctx, `select last from stream where stream = ?1`, stream[:]).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return last, err == nil, explain(err)
}

// bulk runs one insert for many rows at a time: most of the cost of a small row
// is in running a statement, not in writing it.
type bulk struct {
	one, many      *sql.Stmt
	inTx, inTxMany *sql.Stmt
	columns        int
	args           []any
}

// bulkRows is how many rows one statement writes.
const bulkRows = 32

func prepareBulk(db *sql.DB, insert string, columns int) (*bulk, error) {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
	one, err := db.Prepare(insert + row)
	if err != nil {
		return nil, err
	}
	many, err := db.Prepare(insert + row + strings.Repeat(","+row, bulkRows-1))
	return &bulk{one: one, many: many, columns: columns}, err
}

// begin makes b write in tx.
func (b *bulk) begin(tx *sql.Tx) {
	b.inTx, b.inTxMany, b.args = tx.Stmt(b.one), tx.Stmt(b.many), b.args[:0]
}

// add takes one row and writes when enough rows are there.
func (b *bulk) add(row ...any) error {
	b.args = append(b.args, row...)
	if len(b.args) < bulkRows*b.columns {
		return nil
	}
	_, err := b.inTxMany.Exec(b.args...)
	b.args = b.args[:0]
	return err
}

// flush writes the rows still waiting.
func (b *bulk) flush() error {
	for rest := b.args; len(rest) > 0; rest = rest[b.columns:] {
		if _, err := b.inTx.Exec(rest[:b.columns]...); err != nil {
			return err
		}
	}
	b.args = b.args[:0]
	return nil
}
