package store

import (
	"context"
	"os"
	"time"
)

// Placeholders is for tests.
var Placeholders = positions

// Layer is for tests.
const Layer = diskName

// MakeDir is for tests of a second node.
func MakeDir(dir string) error { return os.MkdirAll(dir, 0o700) }

// HoldFor makes what is held be held for another time.
func HoldFor(db *DB, d time.Duration) { db.holding = d }

// SweepBucket is for tests.
var SweepBucket = (*DB).sweepBucket

// Idle returns for how long a snapshot of a shared database may be idle.
func Idle(ctx context.Context, s *Snapshot) (idle string) {
	_ = s.truth.QueryRowContext(ctx, `show idle_in_transaction_session_timeout`).Scan(&idle)
	return idle
}
