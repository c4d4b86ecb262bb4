package store

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"habeas/fault"
	"habeas/ledger"
)

var (
	selectNumber = `select ` + columns + ` from entry where number = $1`
	selectClear  = `select ` + columns + ` from entry where mode = $1 and number > $2 order by number`
	selectUnder  = `select number from entry where stream = $1 and number < $2 and key = $3 and payload is not null`
	prunePayload = `update entry set payload = null, pruned_by = $1 where number = $2 and payload is not null`
	deleteOf     = `delete from wrap where key = $1 and stream = $2`
	selectGone   = `select count(*) from gone where mark = $1`
	insertGone   = `insert into gone (mark) values ($1) on conflict do nothing`
	countOf      = `select count(*) from wrap where key = $1 and stream = $2`
	deleteOne    = `delete from wrap where key = $1`
)

// At returns the entry of a number, or a fault of kind NotFound.
func (db *DB) At(ctx context.Context, number int64) (Numbered, error) {
	for n, err := range db.each(ctx, selectNumber, number) {
		return n, err
	}
	return Numbered{}, fault.New(fault.NotFound, "store.no_entry")
}

// Clear yields the entries in clear of all streams whose number is greater than
// after, by number.
func (db *DB) Clear(ctx context.Context, after int64) iter.Seq2[Numbered, error] {
	return db.each(ctx, selectClear, ledger.ModeClear, after)
}

// Under returns the numbers of the entries of a stream before the entry number by
// that are sealed under one of keys and still have their payload.
func (db *DB) Under(ctx context.Context, stream ledger.ID, by int64, keys []ledger.ID) (numbers []int64, err error) {
	for _, key := range keys {
		rows, err := db.read.QueryContext(ctx, selectUnder, stream[:], by, key[:])
		if err != nil {
			return nil, explain(err)
		}
		for rows.Next() {
			var n int64
			if err := rows.Scan(&n); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			numbers = append(numbers, n)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, explain(err)
		}
	}
	return numbers, nil
}

// Prune drops the payloads of the entries that [DB.Under] finds and notes that
// the entry number by explains it. When it returns, no file of the store holds a
// byte of them: not the table, not its free pages, not the write-ahead log. If
// somebody reads an old state for so long that the log cannot be emptied, the
// fault is of kind Busy, and Prune is to be called again. A shared database holds
// them longer, see [DB.DeleteWraps].
func (db *DB) Prune(ctx context.Context, stream ledger.ID, by int64, keys []ledger.ID) (int, error) {
	if err := db.writable(); err != nil {
		return 0, err
	}
	numbers, err := db.Under(ctx, stream, by, keys)
	if err != nil {
		return 0, err
	}
	if !db.shared {
		db.mu.Lock()
		defer db.mu.Unlock()
	}
	err = db.run(ctx, db.write, func(ctx context.Context, tx *sql.Tx) error {
		for _, n := range numbers {
			if _, err := tx.ExecContext(ctx, prunePayload, by, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || db.shared {
		return len(numbers), err
	}
	return len(numbers), db.emptyLog(ctx)
}

// emptyLog writes the write-ahead log back and cuts it to nothing. It waits for
// readers, but not for long: whoever wants to write waits with it.
func (db *DB) emptyLog(ctx context.Context) error {
	if _, err := db.write.ExecContext(ctx, `pragma busy_timeout=1500`); err != nil {
		return db.heed(err)
	}
	defer db.write.ExecContext(ctx, `pragma busy_timeout=10000`)
	var busy, pages, back int
	if err := db.write.QueryRowContext(ctx, `pragma wal_checkpoint(truncate)`).Scan(&busy, &pages, &back); err != nil {
		return db.heed(err)
	}
	if busy != 0 {
		return fault.New(fault.Busy, "store.busy")
	}
	st, err := os.Stat(filepath.Join(db.dir, "truth.db-wal"))
	if err == nil && st.Size() != 0 {
		return fault.New(fault.Busy, "store.busy")
	}
	return nil
}

// DestroyKeys destroys every wrap of source keys of a stream, for good: a wrap of
// one of them that somebody has read before and writes afterwards, on whatever node,
// is passed over by [DB.PutWraps]. When it returns, no file of the store holds a byte
// of them, see [DB.DeleteWraps]. It returns how many of the keys were still there. A
// damaged store does it too.
func (db *DB) DestroyKeys(ctx context.Context, stream ledger.ID, keys []ledger.ID) (there int, err error) {
	err = db.destroyWraps(ctx, ledger.ID{}, func(ctx context.Context, tx *sql.Tx) ([]ledger.ID, error) {
		there = 0
		if err := db.take(ctx, tx, turnKeys); err != nil {
			return nil, err
		}
		for _, k := range keys {
			if _, err := tx.ExecContext(ctx, insertGone, goneMark(k, stream)); err != nil {
				return nil, err
			}
			res, err := tx.ExecContext(ctx, deleteOf, k[:], stream[:])
			if err != nil {
				return nil, err
			}
			if n, err := res.RowsAffected(); err == nil && n > 0 {
				there++
			}
		}
		return keys, nil
	})
	return there, err
}

// goneMark returns what says that a source key was destroyed. It is a hash, so that
// whoever looks for what is left of the key does not find this.
func goneMark(key, stream ledger.ID) []byte {
	return sum(slices.Concat([]byte("habeas destroyed key v1\n"), key[:], stream[:]))
}

// Wrapped returns how many of keys, source keys of a stream, still have a wrap.
func (db *DB) Wrapped(ctx context.Context, stream ledger.ID, keys []ledger.ID) (there int, err error) {
	for _, k := range keys {
		var n int
		if err := db.keys.QueryRowContext(ctx, countOf, k[:], stream[:]).Scan(&n); err != nil {
			return 0, explain(err)
		}
		if n > 0 {
			there++
		}
	}
	return there, nil
}
