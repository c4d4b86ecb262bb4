package store

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"errors"

	"habeas/fault"
	"habeas/ledger"
)

//go:embed door.sql
var doorSQL string

var (
	insertFactor   = `insert into factor (holder, id, box) values ($1, $2, $3) on conflict (holder, id) do update set box = excluded.box`
	selectFactors  = `select id, box from factor where holder = $1 order by id`
	selectFactor   = `select id, box from factor where holder = $1 and id = $2`
	selectReplaced = `select null, box from factor where holder = $1 and id = $2` // its code goes on being one
	deleteFactor   = `delete from factor where holder = $1 and id = $2`
	deleteFactors  = `delete from factor where holder = $1`

	insertDevice  = `insert into device (id, holder, place) select $1, $2, coalesce(max(place), 0) + 1 from device where holder = $2 on conflict (id) do nothing`
	selectDevice  = `select count(*) from device where id = $1`
	countDevices  = `select count(*) from device where holder = $1`
	trimDevices   = `delete from device where holder = $1 and id not in (select id from device where holder = $1 order by place desc, id limit $2)`
	selectTrimmed = `select id, null from device where holder = $1 and id not in (select id from device where holder = $1 order by place desc, id limit $2)`
	selectDevices = `select id, null from device where holder = $1`
	deleteDevice  = `delete from device where id = $1`
	deleteDevices = `delete from device where holder = $1`

	selectLoginNear = `select mac, record from login order by mac < $1, mac limit 1` // goes through the whole table, whoever is asked for
	countDrafts     = `select count(*) from draft where holder = $1`
)

// A Factor is a second factor of a member, sealed by the member to themselves.
type Factor struct {
	ID  ledger.ID
	Box []byte
}

// PutFactor writes a factor of holder in place of one with the same ID, of which
// no file of the store holds a byte when it returns.
func (db *DB) PutFactor(ctx context.Context, holder ledger.ID, f Factor) error {
	return db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) {
		gone, err := shredsOf(ctx, tx, "factor", selectReplaced, holder[:], f.ID[:])
		if err == nil {
			_, err = tx.ExecContext(ctx, insertFactor, holder[:], f.ID[:], f.Box)
		}
		return gone, err
	})
}

// Factors returns the factors of holder, by ID.
func (db *DB) Factors(ctx context.Context, holder ledger.ID) (factors []Factor, err error) {
	rows, err := db.keys.QueryContext(ctx, selectFactors, holder[:])
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, box []byte
		if err := rows.Scan(&id, &box); err != nil {
			return nil, explain(err)
		}
		if len(id) != len(ledger.ID{}) {
			return nil, fault.New(fault.Damaged, "store.bad_key_row")
		}
		factors = append(factors, Factor{ledger.ID(id), box})
	}
	return factors, explain(rows.Err())
}

// DropFactor destroys a factor of holder as [DB.DeleteWraps] does.
func (db *DB) DropFactor(ctx context.Context, holder, id ledger.ID) error {
	return db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) {
		gone, err := shredsOf(ctx, tx, "factor", selectFactor, holder[:], id[:])
		if err == nil {
			_, err = tx.ExecContext(ctx, deleteFactor, holder[:], id[:])
		}
		return gone, err
	})
}

// DropDoor destroys every factor and every known browser of holder.
func (db *DB) DropDoor(ctx context.Context, holder ledger.ID) error {
	return db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) {
		gone, err := shredsOf(ctx, tx, "factor", selectFactors, holder[:])
		if err == nil {
			_, err = tx.ExecContext(ctx, deleteFactors, holder[:])
		}
		if err != nil {
			return nil, err
		}
		devices, err := shredsOf(ctx, tx, "device", selectDevices, holder[:])
		if err == nil {
			_, err = tx.ExecContext(ctx, deleteDevices, holder[:])
		}
		return append(gone, devices...), err
	})
}

// PutDevice remembers a browser of holder, and forgets all but its newest most.
func (db *DB) PutDevice(ctx context.Context, holder ledger.ID, id []byte, most int) error {
	return db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) {
		if _, err := tx.ExecContext(ctx, insertDevice, id, holder[:]); err != nil {
			return nil, err
		}
		gone, err := shredsOf(ctx, tx, "device", selectTrimmed, holder[:], most)
		if err == nil {
			_, err = tx.ExecContext(ctx, trimDevices, holder[:], most)
		}
		return gone, err
	})
}

// HasDevice reports whether a browser is known.
func (db *DB) HasDevice(ctx context.Context, id []byte) (bool, error) {
	return db.some(ctx, selectDevice, id)
}

// Devices returns how many browsers of holder are known.
func (db *DB) Devices(ctx context.Context, holder ledger.ID) (int, error) {
	return db.count(ctx, countDevices, holder[:])
}

// DropDevice forgets a browser.
func (db *DB) DropDevice(ctx context.Context, id []byte) error {
	return db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) {
		_, err := tx.ExecContext(ctx, deleteDevice, id)
		return []shred{{table: "device", bytes: id}}, err
	})
}

// DropDevices forgets every browser of holder.
func (db *DB) DropDevices(ctx context.Context, holder ledger.ID) error {
	return db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) {
		gone, err := shredsOf(ctx, tx, "device", selectDevices, holder[:])
		if err == nil {
			_, err = tx.ExecContext(ctx, deleteDevices, holder[:])
		}
		return gone, err
	})
}

// CountDrafts returns how many drafts of holder there are.
func (db *DB) CountDrafts(ctx context.Context, holder ledger.ID) (int, error) {
	return db.count(ctx, countDrafts, holder[:])
}

func (db *DB) some(ctx context.Context, query string, arg []byte) (bool, error) {
	n, err := db.count(ctx, query, arg)
	return n > 0, err
}

func (db *DB) count(ctx context.Context, query string, arg []byte) (n int, err error) {
	err = db.keys.QueryRowContext(ctx, query, arg).Scan(&n)
	return n, explain(err)
}

// LoginNear returns the login record under mac. If there is none, known is false
// and the record is that of somebody else, the same at each call: so that a login
// under an unknown name costs what one under a known name does.
func (db *DB) LoginNear(ctx context.Context, mac []byte) (record []byte, known bool, err error) {
	var found []byte
	err = db.keys.QueryRowContext(ctx, selectLoginNear, mac).Scan(&found, &record)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return record, bytes.Equal(found, mac), explain(err)
}
