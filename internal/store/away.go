package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"habeas/fault"
	"habeas/internal/bucket"
	"habeas/internal/whole"
)

// An OpenedBlob is a sealed file that is read, from the disk or out of the bucket.
//
// Read of a file out of the bucket fails at its end unless all of it is what its name
// says. ReadAt checks nothing: each chunk of a seal is authenticated when it is opened.
type OpenedBlob struct {
	here *os.File
	away *bucket.Object // if it is not here
	size int64
}

// Size returns how many bytes the file has.
func (o *OpenedBlob) Size() int64 { return o.size }

// Read implements [io.Reader].
func (o *OpenedBlob) Read(p []byte) (int, error) {
	if o.away != nil {
		return o.away.Read(p)
	}
	return o.here.Read(p)
}

// ReadAt implements [io.ReaderAt].
func (o *OpenedBlob) ReadAt(p []byte, at int64) (int, error) {
	if o.away != nil {
		return o.away.ReadAt(p, at)
	}
	return o.here.ReadAt(p, at)
}

// Close implements [io.Closer].
func (o *OpenedBlob) Close() error {
	if o.away != nil {
		return o.away.Close()
	}
	return o.here.Close()
}

// away is the bucket of a store, if it has one.
type away struct {
	bucket *bucket.Bucket
	office string // whose it is

	mu    sync.Mutex
	ready bool // it was looked through; guarded by mu
}

var (
	selectPlace = `select value from meta where name = 'bucket'`
	insertPlace = `insert into meta (name, value) values ('bucket', $1) on conflict do nothing`
	deletePlace = `delete from meta where name = 'bucket'`
)

// BucketPlace returns the bucket and prefix that files of the store may be in, or "" if
// they are all in the directory.
func (db *DB) BucketPlace(ctx context.Context) (place string, err error) {
	err = db.read.QueryRowContext(ctx, selectPlace).Scan(&place)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return place, explain(err)
}

// UseBucket makes a bucket the place of files: those that come from now on go there,
// those that are in the directory stay and are read there, until [DB.MoveBlobs]. office
// is who it belongs to. It is called once, before the store is used.
//
// From then on the store remembers that files are in that bucket, and not in another:
// that is the fault "bucket.other". A bucket that does not answer is no error yet; then
// it is looked through before the first file comes.
func (db *DB) UseBucket(ctx context.Context, b *bucket.Bucket, office string) error {
	was, err := db.BucketPlace(ctx)
	if err != nil {
		return err
	}
	if was != "" && was != b.Place() {
		return fault.New(fault.Conflict, "bucket.other")
	}
	if was == "" && db.write == nil {
		return nil // nothing is there before a writer put it there
	}
	db.away.bucket, db.away.office = b, office
	if db.writable() != nil {
		return nil
	}
	err = db.bucketReady(ctx)
	if err == nil || fault.KindOf(err) == fault.Busy {
		return nil
	}
	db.away.bucket = nil
	return err
}

// bucketReady looks through the bucket once: that it is ours and can be written, that
// nothing is left in it of what was cut short or what nothing owns, and how much there
// is. Only then does the store remember it.
func (db *DB) bucketReady(ctx context.Context) error {
	if db.away.bucket == nil {
		return nil
	}
	db.away.mu.Lock()
	defer db.away.mu.Unlock()
	if db.away.ready {
		return nil
	}
	if err := db.away.bucket.Take(ctx, db.away.office); err != nil {
		return err
	}
	if err := db.sweepBucket(ctx, time.Now()); err != nil {
		return err
	}
	was, err := db.BucketPlace(ctx)
	if err == nil && was == "" {
		err = db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, insertPlace, db.away.bucket.Place())
			return err
		})
	}
	db.away.ready = err == nil
	return err
}

// cutShort is how old what was sent of a file is before it is taken to be of a process
// that ended: another one may be sending, beside this.
const cutShort = 24 * time.Hour

// sweepBucket removes what nothing has owned for long, and what was cut short, and counts
// the rest.
func (db *DB) sweepBucket(ctx context.Context, now time.Time) error {
	if err := db.away.bucket.AbortBefore(ctx, now.Add(-cutShort)); err != nil {
		return err
	}
	owned, err := db.ownedBlobs(ctx)
	if err != nil {
		return err
	}
	var size int64
	var gone []string
	n := 0
	for it, err := range db.away.bucket.Items(ctx) {
		if err == nil {
			n++
			err = tooMany(n, len(owned))
		}
		if err != nil {
			return err
		}
		if owned[it.Name] || it.Modified.IsZero() || now.Sub(it.Modified) < ownerless {
			size += it.Size
		} else {
			gone = append(gone, it.Name)
		}
	}
	for _, name := range gone {
		if _, err := db.away.bucket.Remove(ctx, name); err != nil {
			return err
		}
	}
	db.blobBytes.Add(size)
	return nil
}

// mostStrays is how many things a bucket may list beside four of each file that is owned:
// older versions, marks of removal, and what was cut short.
const mostStrays = 1_000_000

// tooMany fails if a bucket lists more than an office can have put there: somebody else
// puts things there, or its server is not to be trusted.
func tooMany(listed, owned int) error {
	if listed > 4*owned+mostStrays {
		return fault.New(fault.Forbidden, "bucket.strange")
	}
	return nil
}

func (db *DB) ownedBlobs(ctx context.Context) (map[string]bool, error) {
	names, err := db.blobNames(ctx)
	owned := make(map[string]bool, len(names))
	for _, name := range names {
		owned[name] = true
	}
	return owned, err
}

// push moves a file from the directory into the bucket, if there is one.
func (db *DB) push(ctx context.Context, name string) error {
	if db.away.bucket == nil {
		return nil
	}
	path, err := db.blobPath(name)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err == nil {
		err = db.away.bucket.Put(ctx, name, f, st.Size())
	}
	if err != nil {
		return err
	}
	return os.Remove(path)
}

// removeAway removes a file from the bucket, if there is one.
func (db *DB) removeAway(ctx context.Context, name string) error {
	if db.away.bucket == nil {
		return nil
	}
	n, err := db.away.bucket.Remove(ctx, name)
	db.away.mu.Lock()
	defer db.away.mu.Unlock()
	if db.away.ready { // before, nothing in it was counted
		db.blobBytes.Add(-n)
	}
	return err
}

// A BucketLook is what a bucket says it holds.
type BucketLook struct {
	Silent bool // it can't be asked now, and nothing else is known
	Files  int  // with older versions, and marks of removal
	Strays int  // of these that nothing owns: what was cut short, or should have been erased
}

// LookAtBucket compares the names in the bucket with those that something owns. It
// returns nil if the store has no bucket.
func (db *DB) LookAtBucket(ctx context.Context) (*BucketLook, error) {
	if db.away.bucket == nil {
		return nil, nil
	}
	owned, err := db.ownedBlobs(ctx)
	if err != nil {
		return nil, err
	}
	l := &BucketLook{}
	for it, err := range db.away.bucket.Items(ctx) {
		if err != nil {
			return nil, err
		}
		if l.Files++; !owned[it.Name] {
			l.Strays++
		}
		if err := tooMany(l.Files, len(owned)); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// A MovedFiles is what [DB.MoveBlobs] did.
type MovedFiles struct {
	Files   int      // that were moved
	Bytes   int64    // of these
	Before  int      // files that were there already
	Missing []string // names of files that are owned, and in neither place
	Changed []string // names of files that are not what they are called; they stay where they are
}

// MoveBlobs moves all files into the bucket, or out of it into the directory: each is
// copied, read again, compared with its name, and only then removed where it was. It may
// be cut short anywhere, and goes on when it is called again; until it is done, files
// are found in either place. When all are out, the bucket is left, and the store
// forgets it.
//
// show is told how many are done of how many.
func (db *DB) MoveBlobs(ctx context.Context, toBucket bool, show func(done, all int64)) (m MovedFiles, err error) {
	if err := db.writable(); err != nil {
		return m, err
	}
	if db.away.bucket == nil {
		return m, fault.New(fault.Invalid, "bucket.needed")
	}
	if err := db.bucketReady(ctx); err != nil {
		return m, err
	}
	move, names := db.moveIn, []string(nil)
	if toBucket {
		names, err = db.blobNames(ctx)
	} else {
		move = db.moveOut
		names, err = db.allAway(ctx)
	}
	if err != nil {
		return m, err
	}
	for i, name := range names {
		err := move(ctx, name, &m)
		switch bad, _ := errors.AsType[*bucket.Spoilt](err); {
		case err == nil:
		case bad != nil && bad.Missing:
			m.Missing = append(m.Missing, name)
		case bad != nil:
			m.Changed = append(m.Changed, name)
		default:
			return m, err
		}
		show(int64(i)+1, int64(len(names)))
	}
	if toBucket || len(m.Missing)+len(m.Changed) > 0 {
		return m, nil
	}
	return m, db.leaveBucket(ctx)
}

// allAway returns the names of files that are owned, and of all that are in the bucket.
func (db *DB) allAway(ctx context.Context) (names []string, err error) {
	if names, err = db.blobNames(ctx); err != nil {
		return nil, err
	}
	owned, err := db.ownedBlobs(ctx)
	if err != nil {
		return nil, err
	}
	was := len(owned)
	for it, err := range db.away.bucket.Items(ctx) {
		if err != nil {
			return nil, err
		}
		if !owned[it.Name] {
			owned[it.Name] = true
			names = append(names, it.Name)
		}
		if err := tooMany(len(names), was); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// moveIn moves a file into the bucket.
func (db *DB) moveIn(ctx context.Context, name string, m *MovedFiles) error {
	path, err := db.blobPath(name)
	if err != nil {
		return &bucket.Spoilt{Name: name, Missing: true}
	}
	st, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		_, err := db.away.bucket.Size(ctx, name)
		if err == nil {
			m.Before++
		}
		return err
	}
	if err != nil {
		return err
	}
	if _, err := db.checkBlob(ctx, name); err != nil {
		if fault.KindOf(err) == fault.Damaged {
			return &bucket.Spoilt{Name: name}
		}
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := db.away.bucket.Put(ctx, name, f, st.Size()); err != nil {
		return err
	}
	if err := db.away.bucket.Check(ctx, name); err != nil {
		return err
	}
	m.Files, m.Bytes = m.Files+1, m.Bytes+st.Size()
	return os.Remove(path)
}

// moveOut moves a file out of the bucket.
func (db *DB) moveOut(ctx context.Context, name string, m *MovedFiles) error {
	path, err := db.blobPath(name)
	if err != nil {
		return &bucket.Spoilt{Name: name, Missing: true}
	}
	if _, err := os.Stat(path); err == nil {
		m.Before++
		if _, err := db.checkBlob(ctx, name); err != nil {
			return &bucket.Spoilt{Name: name}
		}
		_, err = db.away.bucket.Remove(ctx, name)
		return err
	}
	n, err := db.fetch(ctx, name, path)
	if err != nil {
		return err
	}
	if _, err := db.away.bucket.Remove(ctx, name); err != nil {
		return err
	}
	m.Files, m.Bytes = m.Files+1, m.Bytes+n
	return nil
}

// fetch copies a file out of the bucket. It has its name only once all of it is on disk
// and was compared with it.
func (db *DB) fetch(ctx context.Context, name, path string) (n int64, err error) {
	o, err := db.away.bucket.Open(ctx, name)
	if err != nil {
		return 0, err
	}
	defer o.Close()
	return whole.Copy(path, leaving{ctx, struct{ io.Reader }{o}})
}

// leaveBucket forgets a bucket that holds nothing any more.
func (db *DB) leaveBucket(ctx context.Context) error {
	if err := db.away.bucket.AbortBefore(ctx, time.Now().Add(cutShort)); err != nil {
		return err
	}
	if err := db.away.bucket.Leave(ctx); err != nil {
		return err
	}
	err := db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, deletePlace)
		return err
	})
	if err == nil {
		db.away.bucket = nil
	}
	return err
}
