package store

import (
	"context"
	"database/sql"
	"os"
	"time"
)

// Placeholders is for tests.
var Placeholders = positions

// Layer is for tests.
const Layer = diskName

// MakeDir is for tests of a second node.
func MakeDir(dir string) error { return os.MkdirAll(dir, 0o700) }

// Anew writes all rows of a table of keys anew.
func Anew(ctx context.Context, db *DB, table string) error {
	return db.destroy(ctx, func(ctx context.Context, tx *sql.Tx) error { return anew(ctx, tx, table) })
}

// ExecKeys runs a statement on the file of keys, and looks for nothing afterwards.
func ExecKeys(ctx context.Context, db *DB, statement string, args ...any) error {
	_, err := db.keys.ExecContext(ctx, statement, args...)
	return err
}

// HoldFor makes what is held be held for another time.
func HoldFor(db *DB, d time.Duration) { db.holding = d }

// SweepBucket is for tests.
var SweepBucket = (*DB).sweepBucket

// Idle returns for how long a snapshot of a shared database may be idle.
func Idle(ctx context.Context, s *Snapshot) (idle string) {
	_ = s.truth.QueryRowContext(ctx, `show idle_in_transaction_session_timeout`).Scan(&idle)
	return idle
}
