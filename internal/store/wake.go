package store

import (
	"context"
	"database/sql"
	"errors"
)

// Days on which people are to be woken, one row for each time somebody asked. They
// are days and nothing else: what for, for whom and how often is sealed elsewhere.
var (
	insertWake = `insert into wake (day) values ($1)`
	selectWake = `select day from wake order by day`
	deleteWake = `delete from wake where day = $1`
	pruneWake  = `delete from wake where day < $1`
)

// PutWake adds a day, YYYY-MM-DD, on which people are to be woken.
func (db *DB) PutWake(ctx context.Context, day string) error {
	return db.destroy(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertWake, day)
		return err
	})
}

// TakeWake takes a day away once, if it is there. No file of the store holds it
// afterwards more often than it was asked for.
func (db *DB) TakeWake(ctx context.Context, day string) error {
	return db.destroy(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := db.take(ctx, tx, turnKeys); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, deleteWake, day)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		for ; err == nil && n > 1; n-- {
			_, err = tx.ExecContext(ctx, insertWake, day)
		}
		return errors.Join(err, db.wakeAnew(ctx, tx))
	})
}

// PruneWake takes away all days before a day.
func (db *DB) PruneWake(ctx context.Context, day string) error {
	return db.destroy(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, pruneWake, day)
		return errors.Join(err, db.wakeAnew(ctx, tx))
	})
}

// wakeAnew leaves no copy of a day in a page: a day is nothing that could be looked for,
// see [DB.scour], and there are few of them.
func (db *DB) wakeAnew(ctx context.Context, tx *sql.Tx) error {
	if db.shared {
		return nil
	}
	return anew(ctx, tx, "wake")
}

// Wakes returns the days on which people are to be woken, in order, each as often as
// it was asked for.
func (db *DB) Wakes(ctx context.Context) (days []string, err error) {
	rows, err := db.keys.QueryContext(ctx, selectWake)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var day string
		if err := rows.Scan(&day); err != nil {
			return nil, explain(err)
		}
		days = append(days, day)
	}
	return days, explain(rows.Err())
}
