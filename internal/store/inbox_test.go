package store_test

import (
	"testing"

	"habeas/internal/store/storetest"
)

// Files count while they are there, and names that are no hashes lead nowhere.
func TestBlobs(t *testing.T) {
	db, _ := newStore(t)
	b, err := db.NewBlob()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	name, err := b.Keep()
	if err != nil || db.BlobBytes() != 1000 {
		t.Fatalf("got %d bytes, %v", db.BlobBytes(), err)
	}
	f, err := db.OpenBlob(name)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	for range 2 {
		if err := db.RemoveBlobs(name, "../truth.db", ""); err != nil || db.BlobBytes() != 0 {
			t.Errorf("removed: got %d bytes, %v", db.BlobBytes(), err)
		}
	}
	for _, bad := range []string{name, "../truth.db", "", "."} {
		if _, err := db.OpenBlob(bad); storetest.Key(err) != "store.no_blob" {
			t.Errorf("%q: got %v", bad, err)
		}
	}
	if _, err := db.Size(t.Context()); err != nil {
		t.Errorf("the log: %v", err)
	}
}
