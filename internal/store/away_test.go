package store_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"habeas/fault"
	"habeas/internal/bucket"
	"habeas/internal/bucket/s3test"
	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
)

func TestBlobsInDirectory(t *testing.T) {
	storetest.TestBlobs(t, func(t *testing.T) *store.DB {
		db, _ := newStore(t)
		return db
	})
}

func TestBlobsInBucket(t *testing.T) {
	s3test.Each(t, func(t *testing.T, s s3test.Server) {
		storetest.TestBlobs(t, func(t *testing.T) *store.DB {
			db, dir := newStore(t)
			use(t, db, s, "", t.Name())
			t.Cleanup(func() {
				if left := files(t, dir); len(left) > 0 {
					t.Errorf("%v are in the directory", left)
				}
			})
			return db
		})
	})
}

// bucketOf returns the bucket of a server, under a prefix made of name.
func bucketOf(t *testing.T, s s3test.Server, endpoint, name string) *bucket.Bucket {
	t.Helper()
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, name)
	b, err := bucket.Read(s.Settings(t, endpoint, name[max(0, len(name)-60):]+"/"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func use(t *testing.T, db *store.DB, s s3test.Server, endpoint, name string) *bucket.Bucket {
	t.Helper()
	b := bucketOf(t, s, endpoint, name)
	if err := db.UseBucket(t.Context(), b, "office A"); err != nil {
		t.Fatal(err)
	}
	return b
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(filepath.Join(dir, "blobs"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, f := range all {
		names = append(names, f.Name())
	}
	return names
}

func away(t *testing.T, b *bucket.Bucket) (names []string) {
	t.Helper()
	for it, err := range b.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, it.Name)
	}
	slices.Sort(names)
	return names
}

// A bucket that does not take a file is Busy, the file is here and can be kept again; in
// a bucket that answers with an error after it took it, it is not there twice. A store
// is opened beside a bucket that is down, and goes on when it is back.
func TestBucketThatIsDown(t *testing.T) {
	s := s3test.InProcess(t)
	s.Patience = 1
	p := s3test.NewProxy(t, s)
	p.Plan(s3test.Always(s3test.Down))
	db, dir := newStore(t)
	b := use(t, db, s, p.URL, "down")
	if _, err := db.NewBlob(); fault.KindOf(err) != fault.Busy {
		t.Errorf("before the bucket ever answered: got %v", err)
	}
	if place, err := db.BucketPlace(t.Context()); place != "" || err != nil {
		t.Errorf("the store remembers %q, %v", place, err)
	}
	p.Plan(nil)
	blob, err := db.NewBlob()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blob.Write(bytes.Repeat([]byte{7}, 3000)); err != nil {
		t.Fatal(err)
	}
	p.Plan(s3test.Always(s3test.Down))
	if _, err := blob.Keep(); storetest.Key(err) != "bucket.busy" {
		t.Errorf("got %v", err)
	}
	if got := files(t, dir); len(got) != 1 || strings.HasPrefix(got[0], ".") {
		t.Errorf("got files %v", got)
	}
	p.Plan(nil)
	name, err := blob.Keep()
	if err != nil || len(files(t, dir)) != 0 || len(away(t, b)) != 1 || db.BlobBytes() != 3000 {
		t.Errorf("kept again: %v; here %v, there %v, %d bytes", err, files(t, dir), away(t, b), db.BlobBytes())
	}
	p.Plan(s3test.Always(s3test.Down))
	if _, err := storetest.Blob(db, name); fault.KindOf(err) != fault.Busy {
		t.Errorf("read: got %v", err)
	}
	mine := ledger.NewID()
	if err := db.Keep(t.Context(), mine, name); err != nil {
		t.Fatal(err)
	}
	if _, err := db.CheckBlobs(t.Context()); fault.KindOf(err) != fault.Busy {
		t.Errorf("checked: got %v, want that nothing can be said", err)
	}
	if err := db.ForgetBlobs(t.Context(), mine); fault.KindOf(err) != fault.Busy {
		t.Errorf("forgotten: got %v, want that it is not done", err)
	}
	p.Plan(nil)
	if err := db.ForgetBlobs(t.Context(), mine); err != nil || len(away(t, b)) != 0 {
		t.Errorf("forgotten again: %v, there %v", err, away(t, b))
	}
}

// What a bucket gives that is not what it was given is refused, and counted.
func TestBucketThatChanges(t *testing.T) {
	s := s3test.InProcess(t)
	p := s3test.NewProxy(t, s)
	db, _ := newStore(t)
	use(t, db, s, p.URL, "changes")
	name, _ := storetest.Kept(t, db, 5000)
	if err := db.Keep(t.Context(), ledger.NewID(), name); err != nil {
		t.Fatal(err)
	}
	p.Plan(func(r *http.Request) s3test.Trouble {
		if r.Method == http.MethodGet {
			return s3test.Wrong
		}
		return s3test.None
	})
	_, err := storetest.Blob(db, name)
	if bad, ok := errors.AsType[*bucket.Spoilt](err); fault.KindOf(err) != fault.Damaged || !ok || bad.Name != name {
		t.Errorf("got %v", err)
	}
	if c, err := db.CheckBlobs(t.Context()); err != nil || c.Changed != 1 {
		t.Errorf("got %+v, %v", c, err)
	}
}

// A store remembers its bucket: it takes no other, and another store is not let into it.
func TestBucketIsRemembered(t *testing.T) {
	s := s3test.InProcess(t)
	db, dir := newStore(t)
	use(t, db, s, "", "one")
	name, text := storetest.Kept(t, db, 100)
	other, _ := newStore(t)
	if err := other.UseBucket(t.Context(), bucketOf(t, s, "", "one"), "office B"); storetest.Key(err) != "bucket.other_office" {
		t.Errorf("another office: got %v", err)
	}
	db.Close()
	db = open(t, dir, store.ReadWrite)
	if err := db.UseBucket(t.Context(), bucketOf(t, s, "", "two"), "office A"); storetest.Key(err) != "bucket.other" {
		t.Errorf("another prefix: got %v", err)
	}
	use(t, db, s, "", "one")
	if db.BlobBytes() != 100 {
		t.Errorf("got %d bytes after a start, want 100", db.BlobBytes())
	}
	reader := open(t, dir, store.ReadOnly)
	use(t, reader, s, "", "one")
	if got, err := storetest.Blob(reader, name); err != nil || !bytes.Equal(got, text) {
		t.Errorf("beside the writer: got %d bytes, %v", len(got), err)
	}
}

// Files that nothing owns go when they are old, and what was cut short; others stay.
func TestBucketIsSwept(t *testing.T) {
	s := s3test.InProcess(t)
	db, _ := newStore(t)
	b := use(t, db, s, "", "swept")
	owned, _ := storetest.Kept(t, db, 100)
	if err := db.Keep(t.Context(), ledger.NewID(), owned); err != nil {
		t.Fatal(err)
	}
	storetest.Kept(t, db, 200)
	for days, want := range map[int]int{0: 2, 29: 2} {
		if err := store.SweepBucket(db, t.Context(), time.Now().AddDate(0, 0, days)); err != nil || len(away(t, b)) != want {
			t.Errorf("after %d days: got %v, %v, want %d files", days, away(t, b), err, want)
		}
	}
	if err := store.SweepBucket(db, t.Context(), time.Now().AddDate(0, 0, 31)); err != nil || !slices.Equal(away(t, b), []string{owned}) {
		t.Errorf("after 31 days: got %v, %v", away(t, b), err)
	}
}

// Files move into a bucket and out of it, and are found all the while; cut off after
// every request there is, none is lost, and the next run goes on.
func TestMoveBlobs(t *testing.T) {
	s3test.Each(t, func(t *testing.T, s s3test.Server) {
		db, dir := newStore(t)
		want := map[string][]byte{}
		for _, size := range []int{0, 1000, 9 << 20} {
			name, text := storetest.Kept(t, db, size)
			want[name] = text
			if err := db.Keep(t.Context(), ledger.NewID(), name); err != nil {
				t.Fatal(err)
			}
		}
		p := s3test.NewProxy(t, s)
		b := use(t, db, s, p.URL, "move")
		for _, in := range []bool{true, false} {
			cuts := moved(t, db, p, in, want)
			if cuts < 6 {
				t.Errorf("cut off %d times: the test tries little", cuts)
			}
			here, there := len(files(t, dir)), len(away(t, b))
			if in && (here != 0 || there != 3) || !in && (here != 3 || there != 0) {
				t.Errorf("moved in %v: %d here, %d there", in, here, there)
			}
		}
		if place, err := db.BucketPlace(t.Context()); place != "" || err != nil {
			t.Errorf("the store still remembers %q, %v", place, err)
		}
	})
}

// moved moves files, and is stopped while the second request is answered, then the third,
// and so on, until one run gets through. It returns how often it was stopped.
func moved(t *testing.T, db *store.DB, p *s3test.Proxy, in bool, want map[string][]byte) (cuts int) {
	t.Helper()
	for {
		left := cuts + 1
		ctx, stop := context.WithCancel(t.Context())
		p.Plan(func(*http.Request) s3test.Trouble {
			if left--; left == 0 {
				stop()
				return s3test.Lost
			}
			return s3test.None
		})
		m, err := db.MoveBlobs(ctx, in, func(int64, int64) {})
		p.Plan(nil)
		stop()
		if err == nil && left > 0 && len(m.Missing)+len(m.Changed) == 0 {
			return cuts
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatalf("cut off after %d requests: got %+v, %v", cuts, m, err)
		}
		for name, text := range want {
			if got, err := storetest.Blob(db, name); err != nil || !bytes.Equal(got, text) {
				t.Fatalf("cut off after %d requests: a file of %d bytes is lost: %v", cuts, len(text), err)
			}
		}
		cuts++
	}
}

// A file that is not what it is called stays where it is, and is named.
func TestMoveOfChanged(t *testing.T) {
	s := s3test.InProcess(t)
	db, dir := newStore(t)
	bad, _ := storetest.Kept(t, db, 1000)
	gone, _ := storetest.Kept(t, db, 1001)
	if err := db.Keep(t.Context(), ledger.NewID(), bad, gone); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "blobs", bad), make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "blobs", gone)); err != nil {
		t.Fatal(err)
	}
	b := use(t, db, s, "", "changed")
	m, err := db.MoveBlobs(t.Context(), true, func(int64, int64) {})
	if err != nil || m.Files != 0 || !slices.Equal(m.Changed, []string{bad}) || !slices.Equal(m.Missing, []string{gone}) {
		t.Errorf("got %+v, %v", m, err)
	}
	if here, there := files(t, dir), away(t, b); !slices.Equal(here, []string{bad}) || len(there) != 0 {
		t.Errorf("here %v, there %v", here, there)
	}
}
