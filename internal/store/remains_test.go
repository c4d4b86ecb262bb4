package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
	"habeas/vault"
)

// What an erasure left behind is found where it is: in a copy of a file, in pages
// that were freed without being emptied, and in a table somebody put a row back in.
func TestRemainsAreFound(t *testing.T) {
	ctx := context.Background()
	db, dir := newStore(t)
	signer, _ := storetest.Node(t)
	w, other := storetest.NewWriter(t), storetest.NewWriter(t)
	key, stream := ledger.NewID(), w.Stream
	row := vault.Wrap{Key: key, Stream: stream, Holder: ledger.NewID(), Box: bytes.Repeat([]byte{7}, 1200)}
	if err := db.PutWraps(ctx, row); err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		batch := []ledger.Sealed{w.Seal(t, strings.Repeat("x", 1+i*1500)), other.Seal(t, "y")}
		if _, err := db.Append(ctx, batch, signer); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	copies := map[string][]byte{}
	for _, name := range []string{"truth.db", "keys.db"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		copies[name] = b
	}
	db = open(t, dir, store.ReadWrite)
	if _, err := db.DestroyKeys(ctx, stream, []ledger.ID{key}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Prune(ctx, stream, 79, []ledger.ID{w.Key.ID}); err != nil {
		t.Fatal(err)
	}
	pruned := storetest.Collect(t, db.Pruned(ctx))
	if len(pruned) != 40 {
		t.Fatalf("got %d pruned entries, want 40", len(pruned))
	}
	remains := func() string {
		found, files, size, err := store.Remains(ctx, dir, []ledger.ID{key}, pruned)
		if err != nil || files < 4 || size == 0 {
			t.Fatalf("got %d files of %d bytes, %v", files, size, err)
		}
		var kinds []string
		for _, r := range found {
			kinds = append(kinds, fmt.Sprint(r.File, " ", r.What))
		}
		slices.Sort(kinds)
		return strings.Join(slices.Compact(kinds), ", ")
	}
	if got := remains(); got != "" {
		t.Errorf("after an erasure: got %s", got)
	}
	for name, want := range map[string]string{"truth.db": "copy entry", "keys.db": "copy key"} {
		if err := os.WriteFile(filepath.Join(dir, "copy"), copies[name], 0o600); err != nil {
			t.Fatal(err)
		}
		if got := remains(); got != want {
			t.Errorf("beside a copy of %s: got %q, want %q", name, got, want)
		}
	}
	os.Remove(filepath.Join(dir, "copy"))
	db.Close()
	db = open(t, dir, store.ReadWrite)
	row.Box = row.Box[:40]
	if err := db.PutWraps(ctx, row); err != nil {
		t.Fatal(err)
	}
	if got := remains(); got != "" {
		t.Errorf("after a wrap of a destroyed key was written: got %s", got)
	}
	pen, err := driver.Open("file:" + filepath.Join(dir, "keys.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer pen.Close()
	if _, err := pen.Exec(`insert into wrap (key, stream, holder, box) values (?, ?, ?, ?)`, row.Key[:], row.Stream[:], row.Holder[:], row.Box); err != nil {
		t.Fatal(err)
	}
	if got := remains(); !strings.Contains(got, "keys.db key") {
		t.Errorf("after a row was put back: got %q", got)
	}
}

// Pages that are freed by a program that does not empty them are found.
func TestFreedPagesAreFound(t *testing.T) {
	ctx := context.Background()
	db, dir := newStore(t)
	signer, _ := storetest.Node(t)
	w := storetest.NewWriter(t)
	for range 4 {
		if _, err := db.Append(ctx, []ledger.Sealed{w.Seal(t, strings.Repeat("x", 60000))}, signer); err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	raw(t, dir, `pragma secure_delete=off`, `update entry set payload = null, pruned_by = 3 where number = 1`, `pragma wal_checkpoint(truncate)`)
	found, _, _, err := store.Remains(ctx, dir, nil, nil)
	if err != nil || len(found) == 0 || found[0].What != store.RemnantPage {
		t.Errorf("got %v, %v, want pages that are not empty", found, err)
	}
}
