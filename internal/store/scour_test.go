package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"habeas/ledger"
	"habeas/vault"
)

// TestMovedRows destroys keys of which the engine left a copy where their rows were
// before it moved them: all wraps of one, and one of two wraps of another.
func TestMovedRows(t *testing.T) {
	ctx := context.Background()
	db, dir := newStore(t)
	all := map[ledger.ID]vault.Wrap{} // one of two wraps of each key
	var twice []vault.Wrap
	for round := 0; len(twice) < 2; round++ {
		if round == 40 {
			t.Fatalf("of %d rows %d stand twice: this test would see nothing", len(all), len(twice))
		}
		var some []vault.Wrap
		for range 500 {
			w := vault.Wrap{Key: ledger.NewID(), Stream: ledger.NewID(), Holder: ledger.NewID(), Box: []byte("sealed")}
			other := w
			other.Holder = ledger.NewID()
			all[w.Key], some = w, append(some, w, other)
		}
		if err := db.PutWraps(ctx, some...); err != nil {
			t.Fatal(err)
		}
		twice = standTwice(t, filepath.Join(dir, "keys.db"), all)
	}
	read := func() (b []byte) {
		for _, name := range []string{"keys.db", "keys.db-journal"} {
			more, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			b = append(b, more...)
		}
		return b
	}
	join := func(ids ...ledger.ID) (b []byte) {
		for _, id := range ids {
			b = append(b, id[:]...)
		}
		return b
	}
	// What stands once: a row of the table, and of each of its indexes.
	rows := func(w vault.Wrap) [][]byte {
		return [][]byte{join(w.Key, w.Stream, w.Holder), join(w.Key, w.Holder), join(w.Holder, w.Stream, w.Key)}
	}
	whole, one := twice[0], twice[len(twice)-1]
	if err := db.DeleteWraps(ctx, whole.Key); err != nil {
		t.Fatal(err)
	}
	if b := read(); bytes.Contains(b, whole.Key[:]) {
		t.Error("something of a destroyed key is left")
	}
	if err := db.DeleteWrapsTo(ctx, one.Holder, one.Key); err != nil {
		t.Fatal(err)
	}
	if b := read(); bytes.Contains(b, one.Holder[:]) || slices.ContainsFunc(rows(one), func(row []byte) bool { return bytes.Contains(b, row) }) {
		t.Error("something of a wrap that was taken from one holder is left")
	}
	if _, err := db.Verify(ctx, nil, nil); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[ledger.ID]int{whole.Key: 0, one.Key: 1} {
		if got, err := db.WrapsOf(ctx, key); err != nil || len(got) != want {
			t.Errorf("got %d wraps of a key, %v, want %d", len(got), err, want)
		}
		delete(all, key)
	}
	looked := 0
	for key, w := range all {
		if looked++; looked == 100 {
			break
		}
		if got, err := db.WrapsFor(ctx, w.Holder); err != nil || len(got) != 1 || got[0].Key != key {
			t.Fatalf("got %d wraps of somebody else, %v, want 1", len(got), err)
		}
	}
}

// standTwice returns the wraps whose row in the index of keys and holders stands twice.
func standTwice(t *testing.T, path string, all map[ledger.ID]vault.Wrap) (twice []vault.Wrap) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[ledger.ID]bool{}
	for at := range b[:len(b)-31] {
		if w, ok := all[ledger.ID(b[at:])]; ok && ledger.ID(b[at+16:]) == w.Holder {
			if seen[w.Key] {
				twice = append(twice, w)
			}
			seen[w.Key] = true
		}
	}
	return twice
}
