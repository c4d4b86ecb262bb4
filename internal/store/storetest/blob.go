package storetest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
)

// TestBlobs runs the suite of sealed files. open returns an empty store that can be
// written, whose files are wherever its kind keeps them.
func TestBlobs(t *testing.T, open func(*testing.T) *store.DB) {
	for name, test := range map[string]func(*testing.T, *store.DB){
		"what is kept is read back":     blobsKept,
		"what is not kept is not there": blobsDiscarded,
		"files of an owner go with it":  blobsOwned,
		"names lead nowhere":            blobNames,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Kept writes size random bytes, keeps them and returns their name.
func Kept(tb testing.TB, db *store.DB, size int) (name string, text []byte) {
	tb.Helper()
	b := begun(tb, db, size)
	name, err := b.Keep()
	if err != nil {
		tb.Fatal(err)
	}
	again, err := b.Keep()
	if err == nil && again != name {
		tb.Errorf("kept twice: got %s and %s", name, again)
	}
	text, err = Blob(db, name)
	if err != nil {
		tb.Fatal(err)
	}
	return name, text
}

func begun(tb testing.TB, db *store.DB, size int) *store.Blob {
	tb.Helper()
	b, err := db.NewBlob()
	if err != nil {
		tb.Fatal(err)
	}
	text := make([]byte, size)
	rand.Read(text)
	for part := range slices.Chunk(text, 1<<20) {
		if _, err := b.Write(part); err != nil {
			tb.Fatal(err)
		}
	}
	return b
}

// Blob returns all of a file.
func Blob(db *store.DB, name string) ([]byte, error) {
	f, err := db.OpenBlob(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(f)
	return b, errors.Join(err, f.Close())
}

func blobsKept(t *testing.T, db *store.DB) {
	var total int64
	var names []string
	for _, size := range []int{0, 1, 100_000, 9 << 20} {
		name, text := Kept(t, db, size)
		names, total = append(names, name), total+int64(size)
		if len(text) != size || db.BlobBytes() != total {
			t.Errorf("got %d bytes of %d, and %d in all, want %d", len(text), size, db.BlobBytes(), total)
		}
		f, err := db.OpenBlob(name)
		if err != nil || f.Size() != int64(size) {
			t.Fatalf("got %v", err)
		}
		part := make([]byte, 70_000)
		n, err := f.ReadAt(part, int64(size/2))
		if err != nil && !errors.Is(err, io.EOF) || !bytes.Equal(part[:n], text[size/2:][:n]) || n != min(len(part), size-size/2) {
			t.Errorf("from the middle: got %d bytes, %v", n, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	for range 2 {
		if err := db.RemoveBlobs(names...); err != nil || db.BlobBytes() != 0 {
			t.Errorf("removed: got %d bytes, %v", db.BlobBytes(), err)
		}
	}
	for _, name := range names {
		if _, err := Blob(db, name); fault.KindOf(err) != fault.Damaged {
			t.Errorf("after it was removed: got %v", err)
		}
	}
}

func blobsDiscarded(t *testing.T, db *store.DB) {
	b := begun(t, db, 5000)
	if err := b.Discard(); err != nil {
		t.Fatal(err)
	}
	b = begun(t, db, 5000)
	name, err := b.Keep()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Discard(); err != nil {
		t.Fatal(err)
	}
	if _, err := Blob(db, name); fault.KindOf(err) != fault.Damaged || db.BlobBytes() != 0 {
		t.Errorf("got %v and %d bytes", err, db.BlobBytes())
	}
}

func blobsOwned(t *testing.T, db *store.DB) {
	mine, other := ledger.NewID(), ledger.NewID()
	first, _ := Kept(t, db, 1000)
	second, _ := Kept(t, db, 2000)
	if err := db.Keep(t.Context(), mine, first); err != nil {
		t.Fatal(err)
	}
	if err := db.Keep(t.Context(), other, second); err != nil {
		t.Fatal(err)
	}
	if c, err := db.CheckBlobs(t.Context()); err != nil || c != (store.BlobCheck{Files: 2, Bytes: 3000}) {
		t.Errorf("got %+v, %v", c, err)
	}
	if err := db.ForgetBlobs(t.Context(), mine); err != nil {
		t.Fatal(err)
	}
	if _, err := Blob(db, first); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that was forgotten: got %v", err)
	}
	if _, err := Blob(db, second); err != nil {
		t.Errorf("the other: %v", err)
	}
	if err := db.RemoveBlobs(second); err != nil {
		t.Fatal(err)
	}
	if c, err := db.CheckBlobs(t.Context()); err != nil || c.Missing != 1 {
		t.Errorf("of one that is missing: got %+v, %v", c, err)
	}
}

func blobNames(t *testing.T, db *store.DB) {
	for _, bad := range []string{"../truth.db", "", ".", "habeas-office"} {
		if err := db.RemoveBlobs(bad); err != nil {
			t.Errorf("%q: %v", bad, err)
		}
		if _, err := db.OpenBlob(bad); Key(err) != "store.no_blob" {
			t.Errorf("%q: got %v", bad, err)
		}
	}
	if _, err := db.Size(t.Context()); err != nil {
		t.Errorf("the log: %v", err)
	}
}
