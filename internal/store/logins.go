package store

import (
	"context"
	"database/sql"
	"errors"

	"habeas/fault"
	"habeas/ledger"
)

var (
	selectLogins = `select holder, record from login order by holder`
	deleteOld    = `delete from login where mac = $1 and holder = $2`
	selectTraded = `select null, record from login where mac = $1 and holder = $2`
	countLogins  = `select count(*) from login where mac = $1`
)

// A LoginRow is a record of the table of logins and whose it is.
type LoginRow struct {
	Holder ledger.ID
	Record []byte
}

// Logins returns all records of the table of logins, by holder.
func (db *DB) Logins(ctx context.Context) (out []LoginRow, err error) {
	rows, err := db.keys.QueryContext(ctx, selectLogins)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var holder, record []byte
		if err := rows.Scan(&holder, &record); err != nil {
			return nil, explain(err)
		}
		if len(holder) != 16 {
			return nil, fault.New(fault.Damaged, "store.bad_key_row")
		}
		out = append(out, LoginRow{ledger.ID(holder), record})
	}
	return out, explain(rows.Err())
}

// TradeLogin puts a record of a member in the place of the one under old, which is
// destroyed, both or neither. If the old one is not there, because somebody else
// was first, the fault is of kind NotFound; if there is a record under mac already,
// it is of kind Conflict, and nothing is changed.
func (db *DB) TradeLogin(ctx context.Context, member ledger.ID, old, mac, record []byte) error {
	return db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) {
		gone, err := shredsOf(ctx, tx, "login", selectTraded, old, member[:])
		if err != nil {
			return nil, err
		}
		res, err := tx.ExecContext(ctx, deleteOld, old, member[:])
		if err != nil {
			return nil, err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return nil, errors.Join(err, fault.New(fault.NotFound, "store.no_login"))
		}
		var there int
		if err := tx.QueryRowContext(ctx, countLogins, mac).Scan(&there); err != nil {
			return nil, err
		}
		if there > 0 {
			return nil, fault.New(fault.Conflict, "member.handle_taken")
		}
		_, err = tx.ExecContext(ctx, insertLogin, mac, member[:], record)
		if duplicate(err) { // another node was first
			err = fault.Wrap(err, fault.Conflict, "member.handle_taken")
		}
		return gone, err
	})
}
