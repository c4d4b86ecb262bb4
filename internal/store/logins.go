package store

import (
	"context"
	"database/sql"
	"errors"

	"habeas/fault"
	"habeas/ledger"
)

var (
	selectLogins = q(`select mac, record from login order by mac`)
	deleteLogin  = q(`delete from login where mac = $1`)
	newLogin     = q(`insert into login (mac, record) values ($1, $2)`)
	hasLogin     = q(`select count(*) from login where mac = $1`)
	deleteHeld   = q(`delete from wrap where holder = $1`)
)

// A LoginRow is a record of the table of logins and what it stands under.
type LoginRow struct{ Mac, Record []byte }

// Logins returns all records of the table of logins.
func (db *DB) Logins(ctx context.Context) (out []LoginRow, err error) {
	rows, err := db.keys.QueryContext(ctx, selectLogins)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r LoginRow
		if err := rows.Scan(&r.Mac, &r.Record); err != nil {
			return nil, explain(err)
		}
		out = append(out, r)
	}
	return out, explain(rows.Err())
}

// TradeLogin puts a new record in the place of one that is destroyed, both or
// neither. If the old one is not there, because somebody else was first, the
// fault is of kind NotFound; if there is a record under the new hash already, it
// is of kind Conflict and stays.
func (db *DB) TradeLogin(ctx context.Context, old, mac, record []byte) error {
	return db.destroy(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, deleteLogin, old)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, fault.New(fault.NotFound, "store.no_login"))
		}
		var there int
		if err := tx.QueryRowContext(ctx, hasLogin, mac).Scan(&there); err != nil {
			return err
		}
		if there > 0 {
			return fault.New(fault.Conflict, "member.handle_taken")
		}
		_, err = tx.ExecContext(ctx, newLogin, mac, record)
		return err
	})
}

// DropHolder destroys what is wrapped to a holder and the records of the table of
// logins under macs, as [DB.DeleteWraps] does. What is not there is no error.
func (db *DB) DropHolder(ctx context.Context, holder ledger.ID, macs ...[]byte) error {
	return db.destroy(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, deleteHeld, holder[:]); err != nil {
			return err
		}
		for _, mac := range macs {
			if _, err := tx.ExecContext(ctx, deleteLogin, mac); err != nil {
				return err
			}
		}
		return nil
	})
}
