package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"habeas/fault"
	"habeas/internal/whole"
	"habeas/ledger"
)

// Files are kept in the directory blobs, sealed before they come here, each under
// the SHA-256 of its bytes. One that is being written begins with a point. If the
// store has a bucket, see [DB.UseBucket], a file is written here first and then moved
// there, and what is still here is read here.

const (
	blobDir    = "blobs"
	unfinished = "."
)

// A Blob is a sealed file that is being written.
type Blob struct {
	db   *DB
	f    *whole.File
	sum  hash.Hash
	size int64
	name string // once it is kept
}

// NewBlob begins a file.
func (db *DB) NewBlob() (*Blob, error) {
	if err := db.writable(); err != nil {
		return nil, err
	}
	if err := db.bucketReady(context.Background()); err != nil {
		return nil, err
	}
	f, err := whole.Begin(filepath.Join(db.dir, blobDir))
	if err != nil {
		return nil, db.heed(err)
	}
	return &Blob{db: db, f: f, sum: sha256.New()}, nil
}

// Write writes the next bytes.
func (b *Blob) Write(p []byte) (int, error) {
	n, err := b.f.Write(p)
	b.sum.Write(p[:n])
	b.size += int64(n)
	b.db.blobBytes.Add(int64(n))
	return n, b.db.heed(err)
}

// Keep ends the file and returns its name. When it returns, the file is on disk, or in
// the bucket; it stays there if an item or a source key comes to own it before the store
// is next opened. If the bucket does not take it the fault is of kind Busy, the file is
// on disk, and Keep can be called again.
func (b *Blob) Keep() (name string, err error) {
	name = hex.EncodeToString(b.sum.Sum(nil))
	if b.name == "" {
		err := b.f.Keep(name)
		if filepath.Base(b.f.Path()) == name {
			b.name = name
		}
		if err != nil {
			return "", b.db.heed(err)
		}
	}
	return name, b.db.push(context.Background(), name)
}

// Discard destroys the file, kept or not.
func (b *Blob) Discard() error {
	if b.name != "" {
		return b.db.RemoveBlobs(b.name)
	}
	b.db.blobBytes.Add(-b.size)
	b.size = 0
	return b.f.Discard()
}

// BlobKey returns the ID under which the table of keys has what opens a file.
func BlobKey(name string) ledger.ID {
	h := sha256.Sum256([]byte("habeas blob key v1\n" + name))
	return ledger.ID(h[:16])
}

// blobPath returns where a file is kept. A name that is no hash, which somebody else
// wrote into a table, leads nowhere.
func (db *DB) blobPath(name string) (string, error) {
	if b, err := hex.DecodeString(name); err != nil || len(b) != sha256.Size {
		return "", fault.New(fault.Damaged, "store.no_blob")
	}
	return filepath.Join(db.dir, blobDir, name), nil
}

// OpenBlob opens a file that was kept. If it is not there, the fault is of kind
// Damaged; if the bucket does not answer, of kind Busy.
func (db *DB) OpenBlob(name string) (*OpenedBlob, error) {
	path, err := db.blobPath(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) && db.away.bucket != nil {
		o, err := db.away.bucket.Open(context.Background(), name)
		if err != nil {
			return nil, err
		}
		return &OpenedBlob{away: o, size: o.Size()}, nil
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.Wrap(err, fault.Damaged, "store.no_blob")
	}
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &OpenedBlob{here: f, size: st.Size()}, nil
}

// RemoveBlobs removes files, wherever they are. One that is not there is no error. When
// it returns nil, the bucket says too that nothing of them is there.
func (db *DB) RemoveBlobs(names ...string) error {
	errs := []error{db.RemoveCopies(names...)}
	for _, name := range names {
		if _, err := db.blobPath(name); err != nil {
			continue // it is no file of ours
		}
		errs = append(errs, db.removeAway(context.Background(), name))
	}
	return errors.Join(errs...)
}

// BlobBytes returns how many bytes of files there are, with those being written.
func (db *DB) BlobBytes() int64 { return max(0, db.blobBytes.Load()) } // a bucket may lie about sizes

// A BlobCheck is what reading every file to its end found.
type BlobCheck struct {
	Files   int
	Bytes   int64
	Missing int // are owned, and not there
	Changed int // are not what their names say, or can't be read
}

// Bad reports whether anything is missing or changed.
func (c BlobCheck) Bad() bool { return c.Missing+c.Changed > 0 }

// CheckBlobs reads every file that something owns, sealed as it is, and compares its
// hash with its name. It needs no key.
func (db *DB) CheckBlobs(ctx context.Context) (c BlobCheck, err error) {
	names, err := db.blobNames(ctx)
	if err != nil {
		return c, err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		n, err := db.checkBlob(ctx, name)
		if err != nil {
			if ctx.Err() != nil {
				return c, ctx.Err()
			}
			if kind := fault.KindOf(err); kind == fault.Busy || kind == fault.Forbidden {
				return c, err // the bucket can't be read, which says nothing of what is in it
			}
			var owned int // it may have been erased since
			if err := db.read.QueryRowContext(ctx, ownersOf, name).Scan(&owned); err != nil {
				return c, explain(err)
			}
			if owned == 0 {
				continue
			}
		}
		c.Files, c.Bytes = c.Files+1, c.Bytes+n
		switch {
		case errors.Is(err, os.ErrNotExist):
			c.Missing++
		case err != nil:
			c.Changed++
		}
	}
	return c, nil
}

// checkBlob reads one file, and fails if it is not what its name says.
func (db *DB) checkBlob(ctx context.Context, name string) (n int64, err error) {
	f, err := db.OpenBlob(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	sum := sha256.New()
	if n, err = io.Copy(sum, leaving{ctx, f}); err != nil {
		return n, err
	}
	if hex.EncodeToString(sum.Sum(nil)) != name {
		return n, fault.New(fault.Damaged, "store.no_blob")
	}
	return n, nil
}

// leaving is a file that is read until somebody asks to stop: a large one takes minutes.
type leaving struct {
	ctx context.Context
	io.Reader
}

// Read implements [io.Reader].
func (l leaving) Read(b []byte) (int, error) {
	if err := l.ctx.Err(); err != nil {
		return 0, err
	}
	return l.Reader.Read(b)
}

func (db *DB) blobNames(ctx context.Context) (names []string, err error) {
	rows, err := db.read.QueryContext(ctx, allBlobs)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, explain(err)
		}
		names = append(names, name)
	}
	return names, explain(rows.Err())
}

// ownerless is how long a file is kept that nothing owns. It may be of a letter that
// was cut short; or somebody has put an older truth.db in place by mistake, and will
// put the right one back.
const ownerless = 30 * 24 * time.Hour

// sweepBlobs removes what was being written when the store was last open, and what
// nothing has owned for long, and counts the rest. Nobody else may be writing.
func (db *DB) sweepBlobs() error {
	dir := filepath.Join(db.dir, blobDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		var owned int
		err := db.read.QueryRowContext(context.Background(), ownersOf, f.Name()).Scan(&owned)
		if err != nil {
			return err
		}
		st, err := f.Info()
		if err != nil {
			return err
		}
		if !strings.HasPrefix(f.Name(), unfinished) && (owned > 0 || time.Since(st.ModTime()) < ownerless) {
			db.blobBytes.Add(st.Size())
			continue
		}
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			return err
		}
	}
	return nil
}
