package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/internal/store/postgres"
	"habeas/ledger"
)

const (
	insertEntry = `insert into entry (number, id, stream, key, mode, payload, digest) values `
	insertHash  = `insert into tree (pos, hash) values `
	insertNote  = `insert into checkpoint (size, note) values ($1, $2)`
)

// adding is what one caller appends. It waits to be written, with what others append.
type adding struct {
	ctx    context.Context
	leaves []ledger.Sealed // all that may be written
	signer note.Signer

	with  func(context.Context, *sql.Tx) ([]ledger.Sealed, error) // writes what goes with leaves, and says which of them; nil for all
	found func(there map[ledger.ID]int64)                         // is told which were written after all; nil for all

	first int64
	err   error
	done  chan struct{}
}

// adds gathers what is appended on this node, so that many share one commit: that is
// most of what one costs, and more so where other nodes wait for their turn.
type adds struct {
	mu      sync.Mutex
	waiting []*adding
	busy    bool
	all     sync.WaitGroup
}

// Append writes entries, their leaves and a checkpoint signed by signer, all or
// none, and returns the number of the first entry. When it returns, they are on
// disk. What several append at once shares a checkpoint.
//
// If an entry with the ID of one of them is already there, the fault is of kind
// Conflict and nothing was written. If the connection to a shared database was lost
// and could not be made again, nobody knows: the fault is "store.unsure".
func (db *DB) Append(ctx context.Context, entries []ledger.Sealed, signer note.Signer) (first int64, err error) {
	return db.add(&adding{ctx: ctx, leaves: entries, signer: signer})
}

func (db *DB) add(a *adding) (first int64, err error) {
	if err := errors.Join(db.writable(), a.ctx.Err()); err != nil {
		return 0, err
	}
	a.done = make(chan struct{})
	db.adds.mu.Lock()
	db.adds.waiting = append(db.adds.waiting, a)
	if !db.adds.busy {
		db.adds.busy = true
		db.adds.all.Go(db.addAll)
	}
	db.adds.mu.Unlock()
	<-a.done
	return a.first, a.err
}

func (db *DB) addAll() {
	for {
		group := db.adds.next()
		if group == nil {
			return
		}
		err := db.addGroup(group)
		if _, mine := errors.AsType[*refused](err); mine && len(group) > 1 && !postgres.Lost(err) && !postgres.Again(err) {
			for _, a := range group { // one of them can't be written, and the others can
				a.err = explainAppend(db.addGroup([]*adding{a}))
			}
		} else {
			for _, a := range group {
				a.err = explainAppend(err)
			}
		}
		for _, a := range group {
			close(a.done)
		}
	}
}

// mostLeaves is how many leaves share a commit, unless one caller appends more.
const mostLeaves = 2000

// next returns what is written next, together, or nil if nothing waits. Then the
// caller is done.
func (q *adds) next() []*adding {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.busy = false
		return nil
	}
	n, leaves := 0, 0
	for _, a := range q.waiting {
		leaves += len(a.leaves)
		if n > 0 && (n == mostAtOnce || leaves > mostLeaves || a.signer.Name() != q.waiting[0].signer.Name() || a.signer.KeyHash() != q.waiting[0].signer.KeyHash()) {
			break
		}
		n++
	}
	group := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return group
}

// refused is an error that is about what was to be written, not about the store.
type refused struct{ error }

// Unwrap returns the error.
func (r *refused) Unwrap() error { return r.error }

// addGroup writes a group, all or none. As long as that gets in the way of other nodes,
// or the connection is lost, it tries again: when it does not know what became of the
// last try, it looks first whether that was written.
func (db *DB) addGroup(group []*adding) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	ctx, unsure := group[0].ctx, false
	if len(group) > 1 {
		ctx = context.WithoutCancel(ctx)
	}
	begun := time.Now()
	for try := 0; ; try++ {
		var grown edge
		sure, err := db.once(ctx, db.write, func(ctx context.Context, tx *sql.Tx) (err error) {
			grown, err = db.append(ctx, tx, group, unsure)
			return err
		})
		if err == nil {
			db.edge = grown
			return nil
		}
		db.stale = true
		unsure = unsure || !sure
		if db.shared && db.again(ctx, err, try, begun) { // a disk that is full is no connection that was lost
			continue
		}
		if unsure {
			return fault.Wrap(err, fault.Busy, "store.unsure")
		}
		return err
	}
}

// append writes a group in tx and returns the edge with it. With unsure it may have
// been written before.
func (db *DB) append(ctx context.Context, tx *sql.Tx, group []*adding, unsure bool) (edge, error) {
	if err := db.take(ctx, tx, turnLog); err != nil {
		return edge{}, err
	}
	if err := db.catchUp(ctx, tx); err != nil {
		return edge{}, err
	}
	if unsure {
		if there, err := db.findGroup(ctx, tx, group); err != nil || there {
			return db.edge, err
		}
	}
	grown := db.edge.clone()
	db.entries.args, db.hashes.args = db.entries.args[:0], db.hashes.args[:0]
	pos := tlog.StoredHashCount(grown.size)
	store := func(h tlog.Hash) error {
		pos++
		return db.hashes.add(tx, pos-1, h[:])
	}
	for _, a := range group {
		leaves, err := a.leaves, error(nil)
		if a.with != nil {
			leaves, err = a.with(ctx, tx)
		}
		if err != nil {
			return edge{}, &refused{err}
		}
		a.first = grown.size
		for _, e := range leaves {
			if err := db.appendOne(tx, e.Record(), &grown, store); err != nil {
				return edge{}, &refused{err}
			}
		}
	}
	if err := errors.Join(db.entries.flush(tx), db.hashes.flush(tx)); err != nil {
		return edge{}, &refused{err}
	}
	if grown.size == db.edge.size {
		return grown, nil
	}
	signed, err := ledger.SignCheckpoint(grown.size, grown.root(), group[0].signer)
	if err != nil {
		return edge{}, err
	}
	_, err = tx.Stmt(db.note).ExecContext(ctx, grown.size, string(signed))
	return grown, err
}

func (db *DB) appendOne(tx *sql.Tx, r ledger.Record, grown *edge, store func(tlog.Hash) error) error {
	digest := sha256.Sum256(r.Payload)
	payload := r.Payload
	if payload == nil {
		payload = []byte{} // null means pruned
	}
	if err := db.entries.add(tx, grown.size, r.ID[:], r.Stream[:], r.Key[:], int64(r.Mode), payload, digest[:]); err != nil {
		return err
	}
	return grown.add(r.LeafHashFrom(digest), store)
}

// catchUp makes db.edge that of the log as tx sees it. What this node saw before must
// still be there: a replica that lagged behind may have been put in the place of a
// server that died, without what that had acknowledged. Then nothing is written any
// more, until the store is opened again.
func (db *DB) catchUp(ctx context.Context, tx *sql.Tx) error {
	if db.shared {
		n, err := size(ctx, tx)
		if err != nil {
			return err
		}
		db.stale = db.stale || n != db.edge.size
	}
	if !db.stale {
		return nil
	}
	now, err := readTree(ctx, tx)
	if err == nil && db.shared {
		err = db.edge.within(ctx, tx, now.size)
	}
	if fault.KindOf(err) == fault.Damaged {
		db.setDamage(err)
	}
	if err != nil {
		return err
	}
	db.edge, db.stale = now, false
	return nil
}

// within fails if a log of size entries does not go on from e.
func (e *edge) within(ctx context.Context, from querier, size int64) error {
	if size < e.size {
		return fault.New(fault.Damaged, "store.entries_lost", fault.Count(e.size))
	}
	then, err := loadEdge(ctx, from, e.size)
	if err != nil {
		return err
	}
	if then.root() != e.root() {
		return fault.New(fault.Damaged, "ledger.rewritten", fault.Count(e.size))
	}
	return nil
}

// findGroup looks whether a group was written, of which nobody knew. It has its turn,
// so that nobody is writing it still.
func (db *DB) findGroup(ctx context.Context, tx *sql.Tx, group []*adding) (written bool, err error) {
	there := map[ledger.ID]int64{}
	for _, a := range group {
		for _, e := range a.leaves {
			r := e.Record()
			var n int64
			err := tx.QueryRowContext(ctx, selectSame, r.ID[:], r.Stream[:], r.Key[:], sum(r.Payload)).Scan(&n)
			if errors.Is(err, sql.ErrNoRows) {
				if a.with == nil {
					return false, nil // all of them, or nothing
				}
				continue
			}
			if err != nil {
				return false, err
			}
			there[r.ID] = n
		}
	}
	if len(there) == 0 {
		return false, nil
	}
	for _, a := range group {
		if a.found != nil {
			a.found(there)
		}
		if len(a.leaves) > 0 {
			a.first = there[a.leaves[0].Record().ID]
		}
	}
	return true, nil
}

const selectSame = `select number from entry where id = $1 and stream = $2 and key = $3 and digest = $4`

func sum(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:]
}

func explainAppend(err error) error {
	if duplicate(err) {
		return fault.Wrap(err, fault.Conflict, "store.duplicate")
	}
	return err
}
