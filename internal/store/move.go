package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"io"
	"iter"

	"habeas/fault"
)

// A Moved says how much went from one store to another.
type Moved struct {
	Rows    map[string]int // by table
	Files   int
	Lacking int // files that something owns, and that are not there or not what their names say
}

// Move copies all there is in one store to another, which must be empty and open for
// writing, whatever engine either has. Nobody may write to the first meanwhile. Whether
// both hold the same is for the caller to see: see [DB.Verify]. What is in a bucket
// stays there, and the second store remembers the bucket as the first does.
func Move(ctx context.Context, from, to *DB) (*Moved, error) {
	place, err := from.BucketPlace(ctx)
	if err != nil {
		return nil, err
	}
	if place != "" && from.away.bucket == nil {
		return nil, fault.New(fault.Invalid, "bucket.needed")
	}
	snap, err := from.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	l, err := to.Load(ctx)
	if err != nil {
		return nil, err
	}
	for row, err := range snap.all(ctx) {
		if err == nil {
			err = l.Put(ctx, row)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := l.Flush(ctx); err != nil {
		return nil, err
	}
	m := &Moved{Rows: l.Taken}
	names, err := snap.Blobs(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		switch there, err := moveBlob(ctx, from, to, name); {
		case err != nil:
			return nil, err
		case there:
			m.Files++
		default:
			m.Lacking++
		}
	}
	if place != "" {
		err = to.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, insertPlace, place)
			return err
		})
	}
	return m, errors.Join(err, ctx.Err())
}

func (s *Snapshot) all(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		_ = passOn(yield, s.Entries(ctx, 0)) && passOn(yield, s.Waiting(ctx)) && passOn(yield, s.Keys(ctx))
	}
}

// Sum returns a hash over every row that [Tables] speaks of: two stores that hold the
// same have the same.
func (db *DB) Sum(ctx context.Context) (sum [32]byte, err error) {
	snap, err := db.Snapshot(ctx)
	if err != nil {
		return sum, err
	}
	defer snap.Close()
	h := sha256.New()
	w, err := NewRowWriter(h)
	if err != nil {
		return sum, err
	}
	for row, err := range snap.all(ctx) {
		if err == nil {
			err = w.Write(row)
		}
		if err != nil {
			return sum, err
		}
	}
	err = w.Close()
	return [32]byte(h.Sum(nil)), err
}

// moveBlob copies a file, unless it is in the bucket, and reports whether it was there
// as its name says.
func moveBlob(ctx context.Context, from, to *DB, name string) (bool, error) {
	f, err := from.OpenBlob(name)
	if kind := fault.KindOf(err); kind == fault.Busy || kind == fault.Forbidden {
		return false, err // the bucket can't be asked, which says nothing of what is in it
	}
	if err != nil {
		return false, nil // it is missing, and whoever asks for it will be told
	}
	defer f.Close()
	if f.away != nil {
		return true, nil
	}
	b, err := to.NewBlob()
	if err != nil {
		return false, err
	}
	if _, err := io.Copy(b, f); err != nil {
		return false, errors.Join(err, b.Discard())
	}
	kept, err := b.Keep()
	if err != nil || kept == name {
		return err == nil, err
	}
	return false, b.Discard()
}
