package store

import (
	"context"
	"database/sql"
	"errors"

	"habeas/fault"
	"habeas/internal/store/postgres"
)

const selectSchema = `select value from meta where name = 'schema'`

// openURL opens a pool on a shared database, of at most most connections if it is not 0.
func openURL(url string, readOnly bool, most int) (*sql.DB, error) {
	pool, err := postgres.Open(url, readOnly)
	if errors.Is(err, postgres.ErrURL) || errors.Is(err, postgres.ErrClear) {
		return nil, fault.Wrap(err, fault.Invalid, "store.bad_database")
	}
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(8)
	return pool, nil
}

// createShared makes the tables of a store in a shared database, unless they are there
// and empty.
func createShared(p Place) error {
	ctx := context.Background()
	where, _, err := p.database()
	if err != nil {
		return err
	}
	err = postgres.Create(ctx, where.URL)
	if errors.Is(err, postgres.ErrURL) || errors.Is(err, postgres.ErrClear) {
		return fault.Wrap(err, fault.Invalid, "store.bad_database")
	}
	if err != nil {
		return explain(err)
	}
	pool, err := openURL(where.URL, true, 1)
	if err != nil {
		return err
	}
	defer pool.Close()
	var there int
	if err := pool.QueryRowContext(ctx, `select (select count(*) from checkpoint) + (select count(*) from wrap) + (select count(*) from login)`).Scan(&there); err != nil {
		return explain(err)
	}
	if there > 0 {
		return fault.New(fault.Conflict, "store.exists")
	}
	return p.remember()
}
