package habeas

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"habeas/fault"
	"habeas/internal/bucket"
	"habeas/internal/store"
	"habeas/ledger"
)

// BucketBeside returns the file that names the bucket of an office unless somebody says
// otherwise: beside the data directory, so that every command finds it.
func BucketBeside(dir string) string { return filepath.Clean(dir) + ".bucket" }

// openBucket reads the settings of the bucket, and returns nil if there are none.
func (cfg Config) openBucket() (*bucket.Bucket, error) {
	path := cfg.Bucket
	if path == "" {
		path = BucketBeside(cfg.Dir)
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
	}
	return bucket.Read(path)
}

// tryBucket fails unless an office that is about to be made can use its bucket.
func (cfg Config) tryBucket(ctx context.Context, root ledger.ID) error {
	b, err := cfg.openBucket()
	if err != nil || b == nil {
		return err
	}
	return b.Take(ctx, root.String())
}

// useBucket gives the store its bucket, if it has one. An office whose files are in a
// bucket is not opened for writing without it: what is erased has to go from there too.
func (d *Desk) useBucket() error { return d.bucketFor(d.writer) }

// bucketFor is useBucket, and fails without the bucket of an office that has one if all
// of its files are needed.
func (d *Desk) bucketFor(all bool) error {
	ctx := context.Background()
	b, err := d.cfg.openBucket()
	if err != nil {
		return err
	}
	if b != nil {
		return d.db.UseBucket(ctx, b, d.root.String())
	}
	place, err := d.db.BucketPlace(ctx)
	if err == nil && place != "" && all {
		err = fault.New(fault.Invalid, "bucket.needed")
	}
	return err
}

// lookAtBucket returns what the bucket says it holds, or nil if there is none.
func (d *Desk) lookAtBucket(ctx context.Context) (*store.BucketLook, error) {
	if err := d.useBucket(); err != nil {
		return nil, err
	}
	l, err := d.db.LookAtBucket(ctx)
	if unreachable(err) {
		return &store.BucketLook{Silent: true}, nil
	}
	return l, err
}

// MoveFiles moves all sealed files into the bucket, or out of it into the data directory,
// and tells show how many are done of how many. See [store.DB.MoveBlobs]. It opens none.
func (d *Desk) MoveFiles(ctx context.Context, toBucket bool, show func(done, all int64)) (store.MovedFiles, error) {
	d.reading.Lock()
	defer d.reading.Unlock()
	return d.db.MoveBlobs(ctx, toBucket, show)
}
