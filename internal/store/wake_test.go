package store_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"habeas/internal/store"
)

// TestWakeDays holds that a day is there as often as it was asked for, and in no file
// once it was taken away.
func TestWakeDays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := store.Create(dir); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(dir, store.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, day := range []string{"2031-07-19", "2031-07-05", "2031-07-19"} {
		must(db.PutWake(ctx, day))
	}
	want := func(days ...string) {
		t.Helper()
		if got, err := db.Wakes(ctx); err != nil || !slices.Equal(got, days) {
			t.Errorf("got %v, %v, want %v", got, err, days)
		}
	}
	want("2031-07-05", "2031-07-19", "2031-07-19")
	must(db.TakeWake(ctx, "2031-07-19"))
	must(db.TakeWake(ctx, "2031-01-01")) // nobody asked for it
	want("2031-07-05", "2031-07-19")
	must(db.PruneWake(ctx, "2031-07-19"))
	want("2031-07-19")
	must(db.TakeWake(ctx, "2031-07-19"))
	want()
	files, err := os.ReadDir(dir)
	must(err)
	for _, f := range files {
		if b, err := os.ReadFile(filepath.Join(dir, f.Name())); err == nil && strings.Contains(string(b), "2031-07") {
			t.Errorf("%s still holds a day that was taken away", f.Name())
		}
	}
}
