package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"time"

	"habeas/fault"
)

const (
	databaseNow = `cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`
	holdName    = `update turn set n = $1, until = ` + databaseNow + ` + $2 where name = $3 and (n = $1 or until < ` + databaseNow + `)`
	letGoName   = `update turn set until = 0 where n = $1 and name = $2`
	selectHeld  = `select n from turn where name = $1`
	selectUntil = `select until from turn where name = $1`
	countHeld   = `select count(*) from turn where name like 'hold %' and until > ` + databaseNow
)

// holding is for how long a name is held without being renewed. It is renewed five times
// in that, and given up by its holder after two thirds of it: by its own clock, counted
// from before it asked, while the database counts by its own from when it answered.
const holding = 15 * time.Second

// Hold takes a name for as long as the store is open: no other node has it meanwhile. If
// another has it and is alive, the fault is "store.in_use"; if that died, Hold waits until
// its time is over. When the name could not be renewed in time this store writes nothing
// any more, and Damage says "store.in_use". In files, whoever writes is alone anyway.
//
// Unlike [DB.Alone] it takes no connection and no transaction, so it may last for weeks.
func (db *DB) Hold(ctx context.Context, name string) error {
	if !db.shared || db.write == nil {
		return nil
	}
	name = "hold " + name
	var b [8]byte
	rand.Read(b[:])
	mine := int64(binary.BigEndian.Uint64(b[:]) >> 1)
	if _, err := db.write.ExecContext(ctx, makeTurn, name); err != nil {
		return explain(err)
	}
	var first int64
	for try := 0; ; try++ {
		begun := time.Now()
		had, err := changed(db.write.ExecContext(ctx, holdName, mine, db.holding.Milliseconds(), name))
		if err != nil {
			return explain(err)
		}
		if had {
			db.hold = hold{name, mine}
			db.keepHold(begun)
			return nil
		}
		var until int64
		if err := db.write.QueryRowContext(ctx, selectUntil, name).Scan(&until); err != nil {
			return explain(err)
		}
		if try == 0 {
			first = until
		}
		if until > first { // it was renewed
			return fault.New(fault.Busy, "store.in_use")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(db.holding / 30):
		}
	}
}

// ClockAhead returns by how much the clock of this machine is ahead of that of a shared
// database, or behind it if that is negative, to as much as it takes to ask.
func (db *DB) ClockAhead(ctx context.Context) (time.Duration, error) {
	if !db.shared {
		return 0, nil
	}
	begun := time.Now()
	var now int64
	if err := db.read.QueryRowContext(ctx, `select `+databaseNow).Scan(&now); err != nil {
		return 0, explain(err)
	}
	asked := time.Since(begun)
	return begun.Add(asked / 2).Sub(time.UnixMilli(now)), nil
}

// Held reports whether some node holds a name now. In files nobody can tell, and whoever
// writes is alone.
func (db *DB) Held(ctx context.Context) (bool, error) {
	if !db.shared {
		return false, nil
	}
	var n int
	err := db.read.QueryRowContext(ctx, countHeld).Scan(&n)
	return n > 0, explain(err)
}

// hold is a name that is held, and by what its holder is known.
type hold struct {
	name string
	mine int64
}

// stillHeld fails if another has taken what this store holds: then it was not heard of
// for too long. It is asked for once the turn is had, so that what a holder still wrote
// is there before the next begins to read.
func (db *DB) stillHeld(ctx context.Context, tx *sql.Tx) error {
	var by int64
	err := tx.QueryRowContext(ctx, selectHeld, db.hold.name).Scan(&by)
	if err == nil && by != db.hold.mine {
		err = fault.New(fault.Busy, "store.in_use")
		db.setDamage(err)
	}
	return err
}

// keepHold renews the name until the store is closed.
func (db *DB) keepHold(held time.Time) {
	name, mine := db.hold.name, db.hold.mine
	ctx, stop := context.WithCancel(context.Background())
	db.letGo = stop
	db.adds.all.Go(func() {
		for {
			select {
			case <-ctx.Done():
				soon, cancel := context.WithTimeout(context.Background(), db.holding/5)
				defer cancel()
				_, _ = db.write.ExecContext(soon, letGoName, mine, name) // if not, its time runs out
				return
			case <-time.After(db.holding / 5):
			}
			begun := time.Now()
			soon, cancel := context.WithDeadline(ctx, held.Add(db.holding*2/3))
			had, err := changed(db.write.ExecContext(soon, holdName, mine, db.holding.Milliseconds(), name))
			cancel()
			if had {
				held = begun
			} else if err == nil || time.Since(held) >= db.holding*2/3 {
				db.setDamage(fault.New(fault.Busy, "store.in_use"))
				return
			}
		}
	})
}
