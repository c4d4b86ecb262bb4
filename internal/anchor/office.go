package anchor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"habeas/internal/store"
	"habeas/ledger"
)

// ErrNothing says that an office has signed no checkpoint yet.
var ErrNothing = errors.New("the log is empty: there is no checkpoint yet")

// Newest returns the newest checkpoint of the office in dir with what was kept for
// it, beside a running server. Nothing is checked.
func Newest(ctx context.Context, dir string) (store.Anchor, error) {
	db, err := store.Open(dir, store.ReadOnly)
	if err != nil {
		return store.Anchor{}, err
	}
	defer db.Close()
	return newest(ctx, db, store.AnchorsIn(dir))
}

func newest(ctx context.Context, db *store.DB, anchors store.Anchors) (store.Anchor, error) {
	signed, size, err := db.Checkpoint(ctx)
	if err != nil {
		return store.Anchor{}, err
	}
	if size == 0 {
		return store.Anchor{}, ErrNothing
	}
	a, err := anchors.At(size)
	if err != nil || bytes.Equal(a.Checkpoint, signed) {
		return a, err
	}
	return store.Anchor{Size: size, Checkpoint: signed}, nil
}

// Request returns what to show a witness that saw old entries of the log of the
// office in dir, 0 if it saw none. The checkpoint in it is kept, for the answer.
func Request(ctx context.Context, dir string, old int64) ([]byte, error) {
	db, err := undamaged(dir)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	a, err := newest(ctx, db, store.AnchorsIn(dir))
	if err != nil {
		return nil, err
	}
	if old < 0 || old > a.Size {
		return nil, &RolledBack{Seen: old, Size: a.Size}
	}
	r, err := ledger.NewRequest(old, a.Size, a.Checkpoint, db.Hashes(ctx))
	if err != nil {
		return nil, err
	}
	return r.Text(), store.AnchorsIn(dir).KeepCheckpoint(a.Size, a.Checkpoint)
}

// undamaged opens a store whose log goes on from what others saw: another is not
// shown to more of them.
func undamaged(dir string) (*store.DB, error) {
	db, err := store.Open(dir, store.ReadOnly)
	if err != nil {
		return nil, err
	}
	if err := db.Damage(); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// RolledBack says that a witness saw more of a log than there is, or another.
type RolledBack struct{ Seen, Size int64 }

// Error returns what that means, for whoever runs the office.
func (r *RolledBack) Error() string {
	if r.Seen <= r.Size {
		return fmt.Sprintf("the witness saw another log of %d entries: this one was rewritten or split", r.Seen)
	}
	return fmt.Sprintf("the witness saw %d entries, and the log has %d: it was rolled back, or an old copy was put in its place", r.Seen, r.Size)
}

// ErrOtherAnswer says that an answer signs no checkpoint that was shown to anybody.
var ErrOtherAnswer = errors.New("no line there is by that witness, over a checkpoint that this office asked about")

// Accept keeps what a witness answered, lines or a whole checkpoint with them,
// beside the checkpoint that they sign, and returns the size of that. Lines of
// others are dropped.
func Accept(dir string, answer []byte, witness note.Verifier) (size int64, err error) {
	if _, after, ok := bytes.Cut(answer, []byte("\n\n")); ok {
		answer = after
	}
	anchors := store.AnchorsIn(dir)
	for a, err := range anchors.All() {
		if err != nil {
			return 0, err
		}
		with, err := ledger.Cosigned(a.Checkpoint, answer, witness)
		if err != nil {
			continue
		}
		lines := bytes.TrimPrefix(with, a.Checkpoint)
		if len(lines) == 0 {
			return a.Size, nil
		}
		return a.Size, anchors.KeepCosignature(a.Size, witnessID(witness), lines)
	}
	return 0, ErrOtherAnswer
}

// witnessID names a witness by its name and its key.
func witnessID(v note.Verifier) string { return fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash()) }

// seenBy returns the size of the largest checkpoint that a witness signed, as it
// was kept; 0 if none.
func seenBy(dir string, witness note.Verifier) (int64, error) {
	by := store.By(witnessID(witness))
	for a, err := range store.AnchorsIn(dir).All() {
		if err != nil {
			return 0, err
		}
		if slices.ContainsFunc(a.Cosignatures, func(o store.Other) bool { return o.By == by }) {
			return a.Size, nil
		}
	}
	return 0, nil
}
