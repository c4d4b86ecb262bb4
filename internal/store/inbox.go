package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

//go:embed inbox.sql
var inboxSQL string

// A Thread is what is kept for one receipt. It holds nothing that anybody wrote.
type Thread struct {
	ID     ledger.ID
	Look   [32]byte // hash of what the receipt gives
	Public []byte   // its key
	State  []byte   // sealed to that key
	Wishes int      // how often the source changed what may be done
	Held   int      // day since which nothing of it may be used, or 0
	Due    int      // day on which what is here of it is destroyed, or 0
}

// An Item is one letter in the inbox.
type Item struct {
	ID     ledger.ID
	Thread ledger.ID
	Day    int
	Urgent bool
	Opened int       // day on which a member first opened it, or 0
	Filer  []byte    // keyed hash of who files or filed it as a statement; nil if nobody does
	Desk   ledger.ID // the holder it is sealed to
	Key    ledger.ID // under which the table of keys has what opens it; no two arrivals share one
	Here   bool      // not yet taken into a case or destroyed
	Box    []byte    // the letter, sealed; only in an [Arrival], and from [DB.Item]
}

// An Arrival is a letter that comes in: all of it is written, or nothing.
type Arrival struct {
	New   *Thread // if it begins one; otherwise it goes to that of Item
	Item  Item
	Wraps []vault.Wrap // what opens the letter and its files
	Blobs []string     // the files, which are on the disk
	Leaf  ledger.Sealed

	Change *Thread // if it changes what its thread says: State, and Held and Due unless 0
}

// arriving is an arrival that waits to be written, with others.
type arriving struct {
	Arrival
	twice bool
	err   error
	done  chan struct{}
}

// intake gathers arrivals, so that many share one commit: that is most of what one
// costs.
type intake struct {
	mu      sync.Mutex
	waiting []*arriving
	busy    bool
	all     sync.WaitGroup
}

// Receive writes a letter: its keys, then the letter and its leaf. When it returns,
// they are on disk. twice says that the item was there already, and nothing was
// written. After an error it may be there or not.
func (db *DB) Receive(a Arrival, signer note.Signer) (twice bool, err error) {
	if err := db.writable(); err != nil {
		return false, err
	}
	w := &arriving{Arrival: a, done: make(chan struct{})}
	db.in.mu.Lock()
	db.in.waiting = append(db.in.waiting, w)
	if !db.in.busy {
		db.in.busy = true
		db.in.all.Go(func() { db.receiveAll(signer) })
	}
	db.in.mu.Unlock()
	<-w.done
	return w.twice, w.err
}

// mostAtOnce is how many arrivals share a commit.
const mostAtOnce = 64

func (db *DB) receiveAll(signer note.Signer) {
	for {
		db.in.mu.Lock()
		batch := db.in.waiting[:min(len(db.in.waiting), mostAtOnce)]
		db.in.waiting = db.in.waiting[len(batch):]
		if len(batch) == 0 {
			db.in.busy = false
			db.in.mu.Unlock()
			return
		}
		db.in.mu.Unlock()
		err := db.receive(batch, signer)
		for _, w := range batch {
			w.err = errors.Join(w.err, err)
			close(w.done)
		}
	}
}

// receive writes a batch, all or none.
func (db *DB) receive(batch []*arriving, signer note.Signer) error {
	ctx := context.Background()
	var wraps []vault.Wrap
	for _, w := range batch {
		wraps = append(wraps, w.Wraps...)
	}
	if err := db.PutWraps(ctx, wraps...); err != nil {
		return err
	}
	a := &adding{ctx: ctx, signer: signer}
	for _, w := range batch {
		a.leaves = append(a.leaves, w.Leaf)
	}
	a.with = func(ctx context.Context, tx *sql.Tx) (leaves []ledger.Sealed, err error) {
		for _, w := range batch {
			if w.twice, err = insertArrival(ctx, tx, w.Arrival); err != nil {
				return nil, err
			}
			if !w.twice {
				leaves = append(leaves, w.Leaf)
			}
		}
		return leaves, nil
	}
	a.found = func(there map[ledger.ID]int64) {
		for _, w := range batch {
			_, written := there[w.Leaf.Record().ID]
			w.twice = !written
		}
	}
	if _, err := db.add(a); err != nil {
		return err
	}
	if !slices.ContainsFunc(batch, func(w *arriving) bool { return w.twice }) {
		return nil
	}
	// What would open the second of two that were the same. If that fails, it goes with
	// the desk key.
	_ = db.destroyWraps(ctx, ledger.ID{}, func(ctx context.Context, tx *sql.Tx) (keys []ledger.ID, err error) {
		for _, w := range batch {
			for _, wrap := range w.Wraps {
				if !w.twice {
					continue
				}
				if _, err := tx.ExecContext(ctx, deleteOf, wrap.Key[:], wrap.Stream[:]); err != nil {
					return nil, err
				}
				keys = append(keys, wrap.Key)
			}
		}
		return keys, nil
	})
	return nil
}

var (
	insertThread = `insert into thread (id, look, public, state) values ($1, $2, $3, $4) on conflict do nothing`
	insertItem   = `insert into inbox (id, thread, day, urgent, desk, key, box) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`
	insertBlob   = `insert into blob (name, owner) values ($1, $2) on conflict do nothing`
	changeThread = `update thread set state = coalesce($1, state), held = case when $2 > 0 and held = 0 then $2 else held end,
		due = case when $3 > 0 and due = 0 then $3 else due end, wishes = wishes + 1 where id = $4`
	selectThread = `select id, look, public, state, wishes, held, due from thread `
	threadByLook = selectThread + `where look = $1`
	threadByID   = selectThread + `where id = $1`
	threadsGone  = selectThread + `where due > 0`
	threadsDue   = selectThread + `where due > 0 and due <= $1 and (
		exists (select 1 from inbox where thread = thread.id and box is not null)
		or exists (select 1 from message where message.thread = thread.id)
		or not exists (select 1 from inbox where thread = thread.id and filer is not null))`
	releaseThread = `update thread set held = 0 where id = $1 and due = 0
		and not exists (select 1 from inbox where thread = $1 and box is not null and id <> $2)`
	selectItem   = `select id, thread, day, urgent, opened, filer, desk, key, box is not null, null from inbox `
	itemByID     = `select id, thread, day, urgent, opened, filer, desk, key, box is not null, box from inbox where id = $1`
	itemsOf      = selectItem + `where thread = $1 order by day, id`
	itemsWaiting = selectItem + `where box is not null order by day, id`
	selectQueue  = `select i.id, i.thread, i.day, i.urgent, i.opened, i.filer, i.desk, i.key, 1, null,
		(select count(*) from inbox o where o.thread = i.thread) - 1, coalesce((select held from thread t where t.id = i.thread), 0)
		from inbox i where length(i.box) > 0 order by i.urgent desc, i.day, i.id limit $1`
	countQueue   = `select count(*), coalesce(sum(urgent), 0) from inbox where length(box) > 0`
	itemsLeaving = selectItem + `where length(box) = 0 order by day, id`
	leaveItem    = `update inbox set box = $1 where id = $2 and box is not null`
	openItem     = `update inbox set opened = $1 where id = $2 and opened = 0`
	fileItem     = `update inbox set filer = $1 where id = $2 and filer is null`
	unclaimItem  = `update inbox set filer = null where id = $1 and mark is null`
	markItem     = `update inbox set mark = $1 where id = $2`
	unfileItem   = `update inbox set filer = null, mark = null where mark = $1`
	insertHeeded = `insert into heeded (letter, item) values ($1, $2) on conflict do nothing`
	selectHeeded = `select item from heeded where letter = $1`
	deleteHeeded = `delete from heeded where letter = $1`
	emptyItem    = `update inbox set box = null where id = $1`
	deleteItems  = `delete from inbox where thread = $1 and not exists (select 1 from inbox where thread = $1 and (filer is not null or box is not null))`
	deleteThread = `delete from thread where id = $1 and not exists (select 1 from inbox where thread = $1)`
	allBlobs     = `select name from blob order by name`
	ownersOf     = `select count(*) from blob where name = $1`
	blobsOf      = `select name from blob where owner = $1 order by name`
	forgetBlobs  = `delete from blob where owner = $1`
)

func insertArrival(ctx context.Context, tx *sql.Tx, a Arrival) (twice bool, err error) {
	if t := a.New; t != nil {
		if fresh, err := changed(tx.ExecContext(ctx, insertThread, t.ID[:], t.Look[:], t.Public, t.State)); err != nil || !fresh {
			return true, err
		}
	}
	it := a.Item
	if fresh, err := changed(tx.ExecContext(ctx, insertItem, it.ID[:], it.Thread[:], it.Day, digit(it.Urgent), it.Desk[:], it.Key[:], it.Box)); err != nil || !fresh {
		return true, err
	}
	for _, name := range a.Blobs {
		if _, err := tx.ExecContext(ctx, insertBlob, name, it.ID[:]); err != nil {
			return false, err
		}
	}
	if t := a.Change; t != nil {
		_, err = tx.ExecContext(ctx, changeThread, t.State, t.Held, t.Due, it.Thread[:])
	}
	return false, err
}

// digit is 1 for true: a column that is added up.
func digit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// changed reports whether a statement changed something.
func changed(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// ThreadOf returns the thread of a receipt, or a fault of kind NotFound.
func (db *DB) ThreadOf(ctx context.Context, look [32]byte) (Thread, error) {
	return db.thread(ctx, threadByLook, look[:])
}

// Thread returns a thread, or a fault of kind NotFound.
func (db *DB) Thread(ctx context.Context, id ledger.ID) (Thread, error) {
	return db.thread(ctx, threadByID, id[:])
}

func (db *DB) thread(ctx context.Context, query string, arg any) (Thread, error) {
	all, err := db.threads(ctx, query, arg)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "intake.no_receipt")
	}
	if err != nil {
		return Thread{}, err
	}
	return all[0], nil
}

// Withdrawn returns the threads that were withdrawn, whether their day has come or not.
func (db *DB) Withdrawn(ctx context.Context) ([]Thread, error) { return db.threads(ctx, threadsGone) }

// ThreadsDue returns the threads of which something is to be destroyed by a day.
func (db *DB) ThreadsDue(ctx context.Context, day int) ([]Thread, error) {
	return db.threads(ctx, threadsDue, day)
}

func (db *DB) threads(ctx context.Context, query string, args ...any) (all []Thread, err error) {
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var t Thread
		var id, look []byte
		if err := rows.Scan(&id, &look, &t.Public, &t.State, &t.Wishes, &t.Held, &t.Due); err != nil {
			return nil, explain(err)
		}
		if len(id) != 16 || len(look) != 32 {
			continue // a row that is none must not keep the others from being destroyed in time
		}
		t.ID, t.Look = ledger.ID(id), [32]byte(look)
		all = append(all, t)
	}
	return all, explain(rows.Err())
}

// Waiting returns the letters of the inbox, the oldest day first.
func (db *DB) Waiting(ctx context.Context) ([]Item, error) { return db.items(ctx, itemsWaiting) }

// Leaving returns the letters of which [DB.TakeOut] was cut short.
func (db *DB) Leaving(ctx context.Context) ([]Item, error) { return db.items(ctx, itemsLeaving) }

// ItemsOf returns the letters of a thread, also those that are not here any more.
func (db *DB) ItemsOf(ctx context.Context, thread ledger.ID) ([]Item, error) {
	return db.items(ctx, itemsOf, thread[:])
}

// Item returns a letter, or a fault of kind NotFound.
func (db *DB) Item(ctx context.Context, id ledger.ID) (Item, error) {
	all, err := db.items(ctx, itemByID, id[:])
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "intake.no_letter")
	}
	if err != nil {
		return Item{}, err
	}
	return all[0], nil
}

func (db *DB) items(ctx context.Context, query string, args ...any) (all []Item, err error) {
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		it, ok, err := scanItem(rows)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, it)
		}
	}
	return all, explain(rows.Err())
}

// scanItem reads a row of selectItem, and what follows in it. A row that is no item is
// passed over, so that it does not hide the others.
func scanItem(rows *sql.Rows, more ...any) (it Item, ok bool, err error) {
	var id, thread, desk, key []byte
	dest := append([]any{&id, &thread, &it.Day, &it.Urgent, &it.Opened, &it.Filer, &desk, &key, &it.Here, &it.Box}, more...)
	if err := rows.Scan(dest...); err != nil {
		return it, false, explain(err)
	}
	if len(id) != 16 || len(thread) != 16 || len(desk) != 16 || len(key) != 16 {
		return it, false, nil
	}
	it.ID, it.Thread, it.Desk, it.Key = ledger.ID(id), ledger.ID(thread), ledger.ID(desk), ledger.ID(key)
	return it, true, nil
}

// A Queued is a letter of the inbox with what its thread says.
type Queued struct {
	Item
	Others int // letters of the same thread
	Held   bool
}

// Queue returns the first letters that wait: the urgent ones, then by day. all and
// urgent count those that wait altogether.
func (db *DB) Queue(ctx context.Context, most int) (first []Queued, all, urgent int, err error) {
	if err := db.read.QueryRowContext(ctx, countQueue).Scan(&all, &urgent); err != nil || most == 0 {
		return nil, all, urgent, explain(err)
	}
	rows, err := db.read.QueryContext(ctx, selectQueue, most)
	if err != nil {
		return nil, 0, 0, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var item Queued
		var held int
		var ok bool
		if item.Item, ok, err = scanItem(rows, &item.Others, &held); err != nil {
			return nil, 0, 0, err
		}
		item.Held = held > 0
		if ok {
			first = append(first, item)
		}
	}
	return first, all, urgent, explain(rows.Err())
}

// DeskEmpty reports whether no letter and no file that is here is sealed to a desk key.
// Keys of letters that were never written do not count.
func (db *DB) DeskEmpty(ctx context.Context, desk ledger.ID) (bool, error) {
	wraps, err := db.WrapsFor(ctx, desk)
	if err != nil || len(wraps) == 0 {
		return err == nil, err
	}
	here := map[ledger.ID]bool{}
	items, err := db.Waiting(ctx)
	if err != nil {
		return false, err
	}
	for _, it := range items {
		here[it.Key] = true
		names, err := db.BlobsOf(ctx, it.ID)
		if err != nil {
			return false, err
		}
		for _, name := range names {
			here[BlobKey(name)] = true
		}
	}
	return !slices.ContainsFunc(wraps, func(w vault.Wrap) bool { return here[w.Key] }), nil
}

// BlobsOf returns the names of the files that go with an item or a source key.
func (db *DB) BlobsOf(ctx context.Context, owner ledger.ID) (names []string, err error) {
	rows, err := db.read.QueryContext(ctx, blobsOf, owner[:])
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, explain(err)
		}
		names = append(names, name)
	}
	return names, explain(rows.Err())
}
