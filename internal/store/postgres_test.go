package store_test

import (
	"path/filepath"
	"testing"

	"habeas/internal/store"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/internal/store/storetest"
)

func TestPostgres(t *testing.T) {
	storetest.Test(t, func(t *testing.T) *store.DB {
		db, _ := newShared(t)
		return db
	})
}

// newShared returns an empty store in a shared database, and the URL of that.
func newShared(tb testing.TB) (*store.DB, string) {
	tb.Helper()
	url := postgrestest.Database(tb)
	dir := filepath.Join(tb.TempDir(), "data")
	if err := store.CreateAt(store.Place{Dir: dir, Database: url}); err != nil {
		tb.Fatal(err)
	}
	return open(tb, dir, store.ReadWrite), url
}
