package store

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/ledger"
)

// Numbered is a record as the log holds it.
type Numbered struct {
	Number   int64
	Record   ledger.Record // without its payload, if pruned
	Digest   [32]byte      // SHA-256 of the payload
	Pruned   bool
	PrunedBy int64 // number of the entry that explains why, if pruned
}

const columns = `number, id, stream, key, mode, payload, digest, pruned_by`

var (
	selectEntry  = `select ` + columns + ` from entry where id = $1`
	selectStream = `select ` + columns + ` from entry where stream = $1 and number > $2 order by number`
	selectNotice = `select ` + columns + ` from entry where stream = $1 and mode = $2 order by number`
	selectSince  = `select ` + columns + ` from entry where number > $1 order by number`
	selectNote   = `select size, note from checkpoint order by size desc limit 1`
)

// Entry returns the entry called id, or a fault of kind NotFound.
func (db *DB) Entry(ctx context.Context, id ledger.ID) (Numbered, error) {
	for n, err := range db.each(ctx, selectEntry, id[:]) {
		return n, err
	}
	return Numbered{}, fault.New(fault.NotFound, "store.no_entry")
}

// ByStream yields the entries of a stream whose number is greater than after,
// by number. To read all, after is -1. What it yields is the state of the
// moment it was first called; after an error it stops.
func (db *DB) ByStream(ctx context.Context, stream ledger.ID, after int64) iter.Seq2[Numbered, error] {
	return db.each(ctx, selectStream, stream[:], after)
}

// Notices returns the entries in clear of a stream, in order.
func (db *DB) Notices(ctx context.Context, stream ledger.ID) iter.Seq2[Numbered, error] {
	return db.each(ctx, selectNotice, stream[:], ledger.ModeClear)
}

// Since yields all entries whose number is greater than after, by number.
func (db *DB) Since(ctx context.Context, after int64) iter.Seq2[Numbered, error] {
	return db.each(ctx, selectSince, after)
}

func (db *DB) each(ctx context.Context, query string, args ...any) iter.Seq2[Numbered, error] {
	return func(yield func(Numbered, error) bool) {
		rows, err := db.read.QueryContext(ctx, query, args...)
		if err != nil {
			yield(Numbered{}, explain(err))
			return
		}
		defer rows.Close()
		var row scanned
		for rows.Next() {
			n, err := row.scan(rows)
			if !yield(n, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Numbered{}, explain(err))
		}
	}
}

// scanned holds the columns of one row of entry.
type scanned struct {
	number          int64
	id, stream, key sql.RawBytes
	mode            int64
	payload, digest sql.RawBytes
	prunedBy        sql.NullInt64
}

// scan reads a row. It checks that the columns have the right size, no more.
func (s *scanned) scan(rows *sql.Rows) (Numbered, error) {
	err := rows.Scan(&s.number, &s.id, &s.stream, &s.key, &s.mode, &s.payload, &s.digest, &s.prunedBy)
	if err != nil {
		return Numbered{}, explain(err)
	}
	n := Numbered{Number: s.number, Pruned: s.payload == nil, PrunedBy: s.prunedBy.Int64}
	if len(s.id) != 16 || len(s.stream) != 16 || len(s.key) != 16 || len(s.digest) != 32 || s.mode>>8 != 0 ||
		n.Pruned != s.prunedBy.Valid {
		return n, fault.New(fault.Damaged, "store.bad_row", fault.Count(s.number))
	}
	n.Record = ledger.Record{Mode: byte(s.mode), ID: ledger.ID(s.id), Stream: ledger.ID(s.stream), Key: ledger.ID(s.key)}
	if !n.Pruned {
		n.Record.Payload = append([]byte{}, s.payload...)
	}
	n.Digest = [32]byte(s.digest)
	return n, nil
}

// Size returns the number of entries. The next one to be appended has that
// number.
func (db *DB) Size(ctx context.Context) (int64, error) { return size(ctx, db.read) }

func size(ctx context.Context, from querier) (n int64, err error) {
	err = from.QueryRowContext(ctx, `select coalesce(max(number) + 1, 0) from entry`).Scan(&n)
	return n, explain(err)
}

// Checkpoint returns the newest checkpoint, a signed note, and the size it
// speaks of: nil and 0 if nothing was ever appended. Nothing is checked.
func (db *DB) Checkpoint(ctx context.Context) (signed []byte, size int64, err error) {
	return checkpoint(ctx, db.read)
}

func checkpoint(ctx context.Context, from querier) (signed []byte, size int64, err error) {
	err = from.QueryRowContext(ctx, selectNote).Scan(&size, &signed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	return signed, size, explain(err)
}

// Hashes returns a reader of the tree, for proofs.
func (db *DB) Hashes(ctx context.Context) tlog.HashReader {
	return tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) { return readHashes(ctx, db.read, at) })
}
