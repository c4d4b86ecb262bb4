package store

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"habeas/fault"
	"habeas/internal/store/postgres"
)

// Rows of the table turn.
const (
	turnLog  = "log"  // who appends
	turnKeys = "keys" // who destroys keys, or reads which were
)

const (
	takeTurn  = `update turn set n = n + 1 where name = $1`
	shareTurn = `select n from turn where name = $1 for share`
	holdTurn  = `select n from turn where name = $1 for update`
	makeTurn  = `insert into turn (name, n) values ($1, 0) on conflict do nothing`
)

// take waits until no other node has a turn, and has it until tx ends. It writes the
// row, so that the engine refuses a transaction that began to read before.
func (db *DB) take(ctx context.Context, tx *sql.Tx, name string) error {
	if !db.shared {
		return nil
	}
	there, err := changed(tx.ExecContext(ctx, takeTurn, name))
	if err == nil && !there {
		err = fault.New(fault.Damaged, "store.unreadable")
	}
	if err != nil || db.hold.name == "" {
		return err
	}
	return db.stillHeld(ctx, tx)
}

// share waits until no other node has taken a turn, and keeps all from taking it until
// tx ends.
func (db *DB) share(ctx context.Context, tx *sql.Tx, name string) error {
	if !db.shared {
		return nil
	}
	var n int64
	return tx.QueryRowContext(ctx, shareTurn, name).Scan(&n)
}

// longestPause is the time before one of the later tries of a transaction.
const longestPause = time.Second

// again reports whether a transaction that failed is to be tried again, after a pause.
// It is the same for one that got in another's way and for one whose connection was
// lost; what the second left is for the caller to know.
func (db *DB) again(ctx context.Context, err error, try int, begun time.Time) bool {
	return (postgres.Again(err) || postgres.Lost(err)) && time.Since(begun) < db.patience && pause(ctx, try)
}

// longest is how long a transaction with a shared database may take: then it counts as
// one of which nobody knows what became.
const longest = time.Minute

// pause waits before a transaction is tried again, at random, so that two that got in
// each other's way do not do so again.
func pause(ctx context.Context, try int) bool {
	most := min(longestPause, 20*time.Millisecond<<min(try, 10))
	select {
	case <-ctx.Done():
		return false
	case <-time.After(most/2 + rand.N(most/2)):
		return true
	}
}

// run runs do in a transaction, and again as long as it is sure that nothing was
// written: do must not mind. If the connection was lost while it was being written,
// the fault is "store.unsure".
func (db *DB) run(ctx context.Context, pool *sql.DB, do func(context.Context, *sql.Tx) error) error {
	begun := time.Now()
	for try := 0; ; try++ {
		sure, err := db.once(ctx, pool, do)
		switch {
		case err == nil:
			return nil
		case !sure:
			return fault.Wrap(err, fault.Busy, "store.unsure")
		case db.shared && db.again(ctx, err, try, begun): // a disk that is full is no connection that was lost
		default:
			return explain(err)
		}
	}
}

// once runs do in a transaction. sure is that, if there was an error, nothing was
// written.
//
// With a shared database, a caller who goes away does not cut the transaction short:
// then nobody would know what became of it.
func (db *DB) once(ctx context.Context, pool *sql.DB, do func(context.Context, *sql.Tx) error) (sure bool, err error) {
	if err := ctx.Err(); err != nil {
		return true, err
	}
	if db.shared {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), longest)
		defer cancel()
	}
	tx, err := pool.BeginTx(ctx, db.writing())
	if err != nil {
		return true, db.heedFile(err)
	}
	defer tx.Rollback()
	if err := do(ctx, tx); err != nil {
		return true, db.heedFile(err)
	}
	err = db.heedFile(tx.Commit())
	return !db.shared || !postgres.Lost(err) && !errors.Is(err, sql.ErrTxDone), err
}

// heedFile is heed for an error of a database that is a file.
func (db *DB) heedFile(err error) error {
	if err == nil || db.shared {
		return err
	}
	return db.heed(err)
}

// writing is how a transaction that writes begins: each statement sees what others
// committed before it, once it has its turn.
func (db *DB) writing() *sql.TxOptions {
	if db.shared {
		return &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	}
	return nil
}

// snapshot is how a transaction begins that reads one state of the store.
func (db *DB) snapshot() *sql.TxOptions {
	if db.shared {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return &sql.TxOptions{ReadOnly: true}
}

// turns are the names for which something is done alone in this process.
type turns struct {
	mu   sync.Mutex
	busy map[string]chan struct{} // closed when it is over
}

// take waits until nobody has name, and returns what gives it back.
func (t *turns) take(ctx context.Context, name string) (back func(), err error) {
	for {
		t.mu.Lock()
		over, busy := t.busy[name]
		if !busy {
			over = make(chan struct{})
			t.busy[name] = over
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.busy, name)
				t.mu.Unlock()
				close(over)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-over:
		}
	}
}

// Alone runs do while nobody else who uses this store runs one of the same name: on
// this node, and with a shared database on no other. It waits for its turn until ctx
// ends. A node that dies loses its turn when the database notices, within a minute.
//
// The context of do ends when the turn is lost. Between that a node was cut off and
// that it sees so, another may have its turn already: what do writes must not harm if
// two do it. Nothing of do is in one transaction, so it may write; but while it runs
// the database cannot clean up what was deleted meanwhile, so it should take minutes,
// not hours.
func (db *DB) Alone(ctx context.Context, name string, do func(context.Context) error) error {
	if err := db.writable(); err != nil {
		return err
	}
	back, err := db.turns.take(ctx, name)
	if err != nil {
		return err
	}
	defer back()
	return db.during(ctx, name, holdTurn, do)
}

// Beside runs do while nobody on another node runs one of the same name with
// [DB.Alone]. Others may run theirs with Beside meanwhile. On this node it is the
// caller who sees to that.
func (db *DB) Beside(ctx context.Context, name string, do func(context.Context) error) error {
	if err := db.writable(); err != nil {
		return err
	}
	return db.during(ctx, name, shareTurn, do)
}

// during runs do while this node has a turn, or shares it.
func (db *DB) during(ctx context.Context, name, have string, do func(context.Context) error) error {
	if !db.shared {
		return do(ctx)
	}
	name = "alone " + name
	if err := db.run(ctx, db.write, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, makeTurn, name)
		return err
	}); err != nil {
		return err
	}
	tx, err := db.held.BeginTx(ctx, db.writing())
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, postgres.Waiting); err != nil {
		return explain(err)
	}
	var n int64
	if err := tx.QueryRowContext(ctx, have, name).Scan(&n); err != nil {
		return explain(err)
	}
	return keeping(ctx, tx, do)
}

// asking is how often a turn is looked after.
const asking = 2 * time.Second

// keeping runs do while the connection of tx lives.
func keeping(ctx context.Context, tx *sql.Tx, do func(context.Context) error) error {
	held, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	var watch sync.WaitGroup
	done := make(chan struct{})
	watch.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-time.After(asking):
			}
			soon, cancel := context.WithTimeout(ctx, 2*asking)
			var one int
			err := tx.QueryRowContext(soon, `select 1`).Scan(&one)
			cancel()
			if err != nil {
				lost(explain(err))
				return
			}
		}
	})
	err := do(held)
	close(done)
	watch.Wait()
	if cause := context.Cause(held); err != nil && cause != nil && ctx.Err() == nil {
		return errors.Join(cause, err)
	}
	return err
}

// looking is how often the log is looked at for what others appended.
const looking = 250 * time.Millisecond

// Changed waits until the log has more than after entries, whoever appended them, and
// returns how many it has then. It looks four times a second.
func (db *DB) Changed(ctx context.Context, after int64) (size int64, err error) {
	tick := time.NewTicker(looking)
	defer tick.Stop()
	for {
		if size, err = db.Size(ctx); err != nil || size > after {
			return size, err
		}
		select {
		case <-ctx.Done():
			return size, ctx.Err()
		case <-tick.C:
		}
	}
}
