package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"

	"github.com/ncruces/go-sqlite3"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/ledger"
)

const (
	insertEntry = `insert into entry (number, id, stream, key, mode, payload, digest) values `
	insertHash  = `insert into tree (pos, hash) values `
	insertNote  = `insert into checkpoint (size, note) values (?1, ?2)`
)

// Append writes entries, their leaves and a checkpoint signed by signer, all or
// none, and returns the number of the first entry. When it returns, they are on
// disk.
//
// If an entry with the ID of one of them is already there, the fault is of kind
// Conflict and nothing was written.
func (db *DB) Append(ctx context.Context, entries []ledger.Sealed, signer note.Signer) (first int64, err error) {
	return db.appendWith(ctx, signer, func(*sql.Tx) ([]ledger.Sealed, error) { return entries, nil })
}

// appendWith is Append of what with returns, in the same transaction as what it
// writes.
func (db *DB) appendWith(ctx context.Context, signer note.Signer, with func(*sql.Tx) ([]ledger.Sealed, error)) (first int64, err error) {
	if err := db.writable(); err != nil {
		return 0, err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.stale {
		if db.edge, err = db.checkTree(ctx); err != nil {
			return 0, err
		}
		db.stale = false
	}
	grown, err := db.append(ctx, with, signer)
	if err != nil {
		db.stale = true
		return 0, explainAppend(db.heed(err))
	}
	first = db.edge.size
	db.edge = grown
	return first, nil
}

func (db *DB) append(ctx context.Context, with func(*sql.Tx) ([]ledger.Sealed, error), signer note.Signer) (edge, error) {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return edge{}, err
	}
	defer tx.Rollback()
	entries, err := with(tx)
	if err != nil {
		return edge{}, err
	}
	if len(entries) == 0 {
		return db.edge, tx.Commit()
	}
	grown := db.edge.clone()
	db.entries.args, db.hashes.args = db.entries.args[:0], db.hashes.args[:0]
	pos := tlog.StoredHashCount(grown.size)
	store := func(h tlog.Hash) error {
		pos++
		return db.hashes.add(tx, pos-1, h[:])
	}
	for _, e := range entries {
		if err := db.appendOne(tx, e.Record(), &grown, store); err != nil {
			return edge{}, err
		}
	}
	if err := errors.Join(db.entries.flush(tx), db.hashes.flush(tx)); err != nil {
		return edge{}, err
	}
	signed, err := ledger.SignCheckpoint(grown.size, grown.root(), signer)
	if err != nil {
		return edge{}, err
	}
	if _, err := tx.Stmt(db.note).Exec(grown.size, string(signed)); err != nil {
		return edge{}, err
	}
	return grown, tx.Commit()
}

func (db *DB) appendOne(tx *sql.Tx, r ledger.Record, grown *edge, store func(tlog.Hash) error) error {
	digest := sha256.Sum256(r.Payload)
	payload := r.Payload
	if payload == nil {
		payload = []byte{} // null means pruned
	}
	if err := db.entries.add(tx, grown.size, r.ID[:], r.Stream[:], r.Key[:], int64(r.Mode), payload, digest[:]); err != nil {
		return err
	}
	return grown.add(r.LeafHashFrom(digest), store)
}

func explainAppend(err error) error {
	if errors.Is(err, sqlite3.CONSTRAINT_UNIQUE) {
		return fault.Wrap(err, fault.Conflict, "store.duplicate")
	}
	return err
}
