package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// TestMovedRows destroys keys of which the engine left a copy where their rows were
// before it moved them: all wraps of one, and one of two wraps of another.
func TestMovedRows(t *testing.T) {
	t.Parallel()
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
	var maybe [1 << 16]bool // by the first two bytes
	for key := range all {
		maybe[int(key[0])<<8|int(key[1])] = true
	}
	for at := range b[:len(b)-31] {
		if !maybe[int(b[at])<<8|int(b[at+1])] {
			continue
		}
		if w, ok := all[ledger.ID(b[at:])]; ok && ledger.ID(b[at+16:]) == w.Holder {
			if seen[w.Key] {
				twice = append(twice, w)
			}
			seen[w.Key] = true
		}
	}
	return twice
}

// TestMovedLogins destroys logins and drafts of which the engine left a copy where their
// rows were before it moved them, when those beside them were deleted.
func TestMovedLogins(t *testing.T) {
	ctx := context.Background()
	random := func(n int) []byte {
		b := make([]byte, n)
		rand.Read(b)
		return b
	}
	type row struct {
		holder, id ledger.ID
		box        []byte
	}
	for what, table := range map[string]struct {
		name    string
		destroy func(*store.DB, row) error
	}{
		"a login that is replaced": {"login (holder, mac, record)",
			func(db *store.DB, r row) error { return db.PutLogin(ctx, r.holder, r.id[:], random(85)) }},
		"a login that is destroyed": {"login (holder, mac, record)",
			func(db *store.DB, r row) error { return db.DeleteLogin(ctx, r.holder) }},
		"a draft that is taken": {"draft (holder, id, box)",
			func(db *store.DB, r row) error { _, err := db.TakeDraft(ctx, r.holder, r.id); return err }},
		"a factor that is dropped": {"factor (holder, id, box)",
			func(db *store.DB, r row) error { return db.DropFactor(ctx, r.holder, r.id) }},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			db, dir := newStore(t)
			read := func() []byte {
				b, err := os.ReadFile(filepath.Join(dir, "keys.db"))
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			exec := func(statement string, args ...any) {
				t.Helper()
				if err := store.ExecKeys(ctx, db, statement, args...); err != nil {
					t.Fatal(err)
				}
			}
			name, _, _ := strings.Cut(table.name, " ")
			all := make([]row, 500)
			exec("begin immediate")
			for i := range all {
				r := row{ledger.NewID(), ledger.NewID(), random(85 + i%80)}
				all[i] = r
				exec("insert into "+table.name+" values ($1, $2, $3)", r.holder[:], r.id[:], r.box)
			}
			exec("commit")
			for i := range all {
				if i%5 != 2 {
					exec("delete from "+name+" where holder = $1", all[i].holder[:])
				}
			}
			var twice []row
			b := read()
			for _, r := range all {
				if bytes.Count(b, r.box[len(r.box)-16:]) > 1 {
					twice = append(twice, r)
				}
			}
			if len(twice) == 0 {
				t.Fatal("nothing stands twice: this test would see nothing")
			}
			for _, r := range twice {
				if err := table.destroy(db, r); err != nil {
					t.Fatal(err)
				}
			}
			b = read()
			for _, r := range twice {
				if bytes.Contains(b, r.box[len(r.box)-16:]) {
					t.Fatal("something of it is left")
				}
			}
			if _, err := db.Verify(ctx, nil, nil); err != nil {
				t.Error(err)
			}
		})
	}
}
