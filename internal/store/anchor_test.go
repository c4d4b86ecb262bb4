package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
)

// TestAttackRolledBack: a database from yesterday, or another of the same size, is
// put in the place of one whose checkpoint was shown to others.
func TestAttackRolledBack(t *testing.T) {
	ctx := context.Background()
	signer, _ := storetest.Node(t)
	w := storetest.NewWriter(t)
	fill := func(dir string, counts ...int) {
		t.Helper()
		db, err := store.Open(dir, store.ReadWrite)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, n := range counts {
			if _, err := db.Append(ctx, w.Entries(t, n), signer); err != nil {
				t.Fatal(err)
			}
		}
		signed, size, err := db.Checkpoint(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.AnchorsIn(dir).KeepCheckpoint(size, signed); err != nil {
			t.Fatal(err)
		}
	}
	_, dir := closed(t)
	fill(dir, 3, 4)
	fill(dir, 5)
	good := open(t, dir, store.ReadWrite)
	if err := good.Damage(); err != nil {
		t.Fatalf("a log that grew: %v", err)
	}
	if err := good.Close(); err != nil {
		t.Fatal(err)
	}
	for name, counts := range map[string][]int{"smaller": {3}, "of the same size": {12}, "larger": {20}} {
		t.Run(name, func(t *testing.T) {
			_, other := closed(t)
			fill(other, counts...)
			if err := os.RemoveAll(filepath.Join(other, "anchors")); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(filepath.Join(other, "anchors"), os.DirFS(filepath.Join(dir, "anchors"))); err != nil {
				t.Fatal(err)
			}
			db := open(t, other, store.ReadWrite)
			if err := db.Damage(); storetest.Key(err) != "ledger.rewritten" || fault.KindOf(err) != fault.Damaged {
				t.Fatalf("got %v, want ledger.rewritten", err)
			}
			if _, err := db.Append(ctx, w.Entries(t, 1), signer); storetest.Key(err) != "ledger.rewritten" {
				t.Errorf("it was written: %v", err)
			}
		})
	}
}

// TestAttackForgedAnchor: whoever can write to the directory puts a checkpoint there
// that the office did not sign, so that nothing can be written. It does not count, and
// those that the office signed still do.
func TestAttackForgedAnchor(t *testing.T) {
	ctx := context.Background()
	signer, known := storetest.Node(t)
	stranger, _ := storetest.Node(t)
	w := storetest.NewWriter(t)
	checkpoint := func(n int, as note.Signer) (string, int64, []byte) {
		t.Helper()
		_, dir := closed(t)
		db := open(t, dir, store.ReadWrite)
		if _, err := db.Append(ctx, w.Entries(t, n), as); err != nil {
			t.Fatal(err)
		}
		signed, size, err := db.Checkpoint(ctx)
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		return dir, size, signed
	}
	dir, _, _ := checkpoint(5, signer)
	_, size, forged := checkpoint(9, stranger)
	if err := store.AnchorsIn(dir).KeepCheckpoint(size, forged); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []store.Mode{store.ReadOnly, store.ReadWrite, store.ReadWrite} {
		db := open(t, dir, mode)
		n, err := db.CheckAnchors(ctx, known)
		if n != 1 || err != nil || db.Damage() != nil {
			t.Errorf("mode %v: got %d, %v, %v", mode, n, err, db.Damage())
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "anchors", "9.checkpoint.not-ours")); err != nil {
		t.Error("what was forged is gone:", err)
	}
	_, size, larger := checkpoint(7, signer) // another log, which the office did sign
	if err := store.AnchorsIn(dir).KeepCheckpoint(size, larger); err != nil {
		t.Fatal(err)
	}
	db := open(t, dir, store.ReadWrite)
	if _, err := db.CheckAnchors(ctx, known); err != nil || storetest.Key(db.Damage()) != "ledger.rewritten" {
		t.Errorf("got %v, %v, want ledger.rewritten", err, db.Damage())
	}
}

// closed returns an empty store that nobody has open.
func closed(t *testing.T) (*store.DB, string) {
	t.Helper()
	db, dir := newStore(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return db, dir
}

func TestAnchorsAreFiles(t *testing.T) {
	a := store.AnchorsIn(t.TempDir())
	if all, err := list(a); len(all) > 0 || err != nil {
		t.Errorf("got %v, %v of nothing", all, err)
	}
	one := []byte("origin\n9\nroot\n\n— origin sig\n")
	for range 2 {
		if err := a.KeepCheckpoint(9, one); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.KeepCheckpoint(9, []byte("another")); err != nil { // the first stays
		t.Fatal(err)
	}
	if err := a.KeepCosignature(9, "partner+1", []byte("— partner sig\n")); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{"first", "second", "second"} {
		if err := a.KeepToken(9, "https://stamps.invalid", []byte(token)); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.KeepCosignature(12, "partner+1", []byte("— of a checkpoint that is not there\n")); err != nil {
		t.Fatal(err)
	}
	if err := a.KeepCheckpoint(10, one); err != nil {
		t.Fatal(err)
	}
	all, err := list(a)
	if err != nil || len(all) != 2 || all[0].Size != 10 || len(all[1].Cosignatures) != 1 || len(all[1].Tokens) != 2 {
		t.Fatalf("got %v, %v", all, err)
	}
	if got := string(all[1].Signed()); got != string(one)+"— partner sig\n" || ledger.LogOf([]byte(got)) != "origin" {
		t.Errorf("got %q", got)
	}
}

func list(a store.Anchors) (all []store.Anchor, err error) {
	for one, err := range a.All() {
		if err != nil {
			return all, err
		}
		all = append(all, one)
	}
	return all, nil
}
