package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"habeas/fault"
	"habeas/ledger"
)

var (
	selectKeysIn   = q(`select distinct key from wrap where stream = $1`)
	insertMessage  = q(`insert into message (id, thread, day, box) values ($1, $2, $3, $4)`)
	selectMessages = q(`select id, thread, day, read, box from message where thread = $1 order by day, id`)
	readMessages   = q(`update message set read = $1 where thread = $2 and read = 0`)
	fadeMessages   = q(`delete from message where read > 0 and read < $1`)
	deleteMessages = q(`delete from message where thread = $1`)
)

// A Note is a message to a source, sealed to the key of the receipt.
type Note struct {
	ID     ledger.ID
	Thread ledger.ID
	Day    int
	Read   int // day on which the source first saw it, or 0
	Box    []byte
}

// inTruth runs one transaction in truth.db that is not about entries.
func (db *DB) inTruth(ctx context.Context, do func(*sql.Tx) error) error {
	if err := db.writable(); err != nil {
		return err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return explain(err)
	}
	return explain(tx.Commit())
}

// each runs statements about one argument.
func each(ctx context.Context, tx *sql.Tx, arg any, statements ...string) error {
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s, arg); err != nil {
			return err
		}
	}
	return nil
}

// Opened notes the day on which a member first opened a letter.
func (db *DB) Opened(ctx context.Context, item ledger.ID, day int) error {
	return db.inTruth(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, openItem, day, item[:])
		return err
	})
}

// TakeOut destroys what the inbox holds of a letter: what opens it, then its bytes
// and its files. That it was there stays, until its thread goes.
func (db *DB) TakeOut(ctx context.Context, it Item) error {
	names, err := db.BlobsOf(ctx, it.ID)
	if err != nil {
		return err
	}
	if err := db.destroyItem(ctx, it, names); err != nil {
		return err
	}
	err = db.inTruth(ctx, func(tx *sql.Tx) error { return each(ctx, tx, it.ID[:], emptyItem, forgetBlobs, deleteHeeded) })
	return errors.Join(err, db.RemoveBlobs(names...))
}

// Filed notes that a letter became a statement.
func (db *DB) Filed(ctx context.Context, item ledger.ID) error {
	return db.inTruth(ctx, func(tx *sql.Tx) error { return each(ctx, tx, item[:], fileItem) })
}

// Unfiled notes that the statement a letter became was erased. Of an ID that is of no
// letter it is nothing.
func (db *DB) Unfiled(ctx context.Context, item ledger.ID) error {
	return db.inTruth(ctx, func(tx *sql.Tx) error { return each(ctx, tx, item[:], unfileItem) })
}

// PutHeeded notes that what a letter asked for was recorded of what an item became.
func (db *DB) PutHeeded(ctx context.Context, letter, item ledger.ID) error {
	return db.inTruth(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertHeeded, letter[:], item[:])
		return err
	})
}

// Heeded returns of what what a letter asked for was recorded.
func (db *DB) Heeded(ctx context.Context, letter ledger.ID) (map[ledger.ID]bool, error) {
	rows, err := db.read.QueryContext(ctx, selectHeeded, letter[:])
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	items := map[ledger.ID]bool{}
	for rows.Next() {
		var id []byte
		if err := rows.Scan(&id); err != nil {
			return nil, explain(err)
		}
		if len(id) != 16 {
			return nil, fault.New(fault.Damaged, "store.bad_key_row")
		}
		items[ledger.ID(id)] = true
	}
	return items, explain(rows.Err())
}

// deleteAll is DeleteWraps of several keys, all or none.
func (db *DB) deleteAll(ctx context.Context, keys []ledger.ID) error {
	return db.destroy(ctx, func(tx *sql.Tx) error {
		for _, k := range keys {
			if _, err := tx.ExecContext(ctx, deleteWraps, k[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// SweepArrivals destroys what would open letters that were never written, because the
// power failed between the two files: every key of the stream that is of no letter,
// of no file of one, and not among keep. Nothing may be arriving.
func (db *DB) SweepArrivals(ctx context.Context, stream ledger.ID, keep map[ledger.ID]bool) error {
	known := maps.Clone(keep)
	items, err := db.Waiting(ctx)
	if err != nil {
		return err
	}
	for _, it := range items {
		known[it.Key] = true
		names, err := db.BlobsOf(ctx, it.ID)
		if err != nil {
			return err
		}
		for _, name := range names {
			known[BlobKey(name)] = true
		}
	}
	keys, err := db.keysIn(ctx, stream)
	if err != nil {
		return err
	}
	orphans := slices.DeleteFunc(keys, func(k ledger.ID) bool { return known[k] })
	if len(orphans) == 0 {
		return nil
	}
	return db.deleteAll(ctx, orphans)
}

// keysIn returns the keys of a stream that are wrapped to anybody.
func (db *DB) keysIn(ctx context.Context, stream ledger.ID) (keys []ledger.ID, err error) {
	rows, err := db.keys.QueryContext(ctx, selectKeysIn, stream[:])
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key []byte
		if err := rows.Scan(&key); err != nil {
			return nil, explain(err)
		}
		if len(key) != 16 {
			return nil, fault.New(fault.Damaged, "store.bad_key_row")
		}
		keys = append(keys, ledger.ID(key))
	}
	return keys, explain(rows.Err())
}

// destroyItem destroys the keys of a letter and of its files.
func (db *DB) destroyItem(ctx context.Context, it Item, blobs []string) error {
	keys := []ledger.ID{it.Key}
	for _, name := range blobs {
		keys = append(keys, BlobKey(name))
	}
	return db.deleteAll(ctx, keys)
}

// CloseThread ends a thread: everything that is here of it is destroyed, its messages too, and
// its receipt opens nothing any more.
func (db *DB) CloseThread(ctx context.Context, thread ledger.ID) error {
	if err := db.EmptyThread(ctx, thread); err != nil {
		return err
	}
	return db.inTruth(ctx, func(tx *sql.Tx) error { return each(ctx, tx, thread[:], deleteItems, deleteThread) })
}

// EmptyThread destroys everything that is here of a thread, and its messages. That it
// was there stays.
func (db *DB) EmptyThread(ctx context.Context, thread ledger.ID) error {
	items, err := db.ItemsOf(ctx, thread)
	if err != nil {
		return err
	}
	for _, it := range items {
		if !it.Here {
			continue
		}
		if err := db.TakeOut(ctx, it); err != nil {
			return err
		}
	}
	return db.inTruth(ctx, func(tx *sql.Tx) error { return each(ctx, tx, thread[:], deleteMessages) })
}

// Release lets what a thread holds be used again, unless it is to be destroyed.
func (db *DB) Release(ctx context.Context, thread ledger.ID) error {
	return db.inTruth(ctx, func(tx *sql.Tx) error { return each(ctx, tx, thread[:], releaseThread) })
}

// PutNote writes a message to a source.
func (db *DB) PutNote(ctx context.Context, n Note) error {
	return db.inTruth(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertMessage, n.ID[:], n.Thread[:], n.Day, n.Box)
		return err
	})
}

// Notes returns the messages of a thread, the oldest day first.
func (db *DB) Notes(ctx context.Context, thread ledger.ID) (all []Note, err error) {
	rows, err := db.read.QueryContext(ctx, selectMessages, thread[:])
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n Note
		var id, of []byte
		if err := rows.Scan(&id, &of, &n.Day, &n.Read, &n.Box); err != nil {
			return nil, explain(err)
		}
		if len(id) != 16 || len(of) != 16 {
			return nil, fault.New(fault.Damaged, "store.bad_key_row")
		}
		n.ID, n.Thread = ledger.ID(id), ledger.ID(of)
		all = append(all, n)
	}
	return all, explain(rows.Err())
}

// ReadNotes notes the day on which the source first saw the messages of a thread.
func (db *DB) ReadNotes(ctx context.Context, thread ledger.ID, day int) error {
	return db.inTruth(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, readMessages, day, thread[:])
		return err
	})
}

// Fade destroys the messages that were read before a day.
func (db *DB) Fade(ctx context.Context, before int) error {
	return db.inTruth(ctx, func(tx *sql.Tx) error { return each(ctx, tx, before, fadeMessages) })
}

// ForgetBlobs removes the files that go with source keys which were destroyed.
func (db *DB) ForgetBlobs(ctx context.Context, sources ...ledger.ID) error {
	for _, s := range sources {
		names, err := db.BlobsOf(ctx, s)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			continue
		}
		if err := db.RemoveBlobs(names...); err != nil {
			return err
		}
		if err := db.inTruth(ctx, func(tx *sql.Tx) error { return each(ctx, tx, s[:], forgetBlobs) }); err != nil {
			return err
		}
	}
	return nil
}

// Keep gives the files of a letter to the source key of the statement it became,
// under other names: their seals are new.
func (db *DB) Keep(ctx context.Context, source ledger.ID, names ...string) error {
	return db.inTruth(ctx, func(tx *sql.Tx) error {
		for _, name := range names {
			if _, err := tx.ExecContext(ctx, insertBlob, name, source[:]); err != nil {
				return err
			}
		}
		return nil
	})
}
