package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"habeas/fault"
	"habeas/ledger"
)

var (
	insertMessage  = `insert into message (id, thread, day, box) values ($1, $2, $3, $4)`
	selectMessages = `select id, thread, day, read, box from message where thread = $1 order by day, id`
	readMessages   = `update message set read = $1 where thread = $2 and read = 0`
	fadeMessages   = `delete from message where read > 0 and read < $1`
	deleteMessages = `delete from message where thread = $1`
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
func (db *DB) inTruth(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	if err := db.writable(); err != nil {
		return err
	}
	if !db.shared {
		db.mu.Lock()
		defer db.mu.Unlock()
	}
	return db.run(ctx, db.write, do)
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
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, openItem, day, item[:])
		return err
	})
}

// TakeOut destroys what the inbox holds of a letter: what opens it, then its bytes
// and its files. stream is that of the keys of letters: no key of another is touched,
// whatever the row says. That the letter was there stays, until its thread goes. Cut short
// it is to be done again: then the letter is in no queue any more, but in [DB.Leaving].
func (db *DB) TakeOut(ctx context.Context, stream ledger.ID, it Item) error {
	names, err := db.BlobsOf(ctx, it.ID)
	if err != nil {
		return err
	}
	keys := []ledger.ID{it.Key}
	for _, name := range names {
		keys = append(keys, BlobKey(name))
	}
	err = db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, leaveItem, []byte{}, it.ID[:])
		return err
	})
	if err != nil {
		return err
	}
	err = db.destroyWraps(ctx, ledger.ID{}, func(ctx context.Context, tx *sql.Tx) ([]ledger.ID, error) {
		for _, k := range keys {
			if _, err := tx.ExecContext(ctx, deleteOf, k[:], stream[:]); err != nil {
				return nil, err
			}
		}
		return keys, nil
	})
	if err != nil {
		return err
	}
	err = db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return errors.Join(db.tellFiles(ctx, tx, names), each(ctx, tx, it.ID[:], emptyItem, unclaimItem, forgetBlobs, deleteHeeded))
	})
	return errors.Join(err, db.RemoveBlobs(names...))
}

// CloseThread ends a thread: everything that is here of it is destroyed, its messages
// too, and its receipt opens nothing any more.
func (db *DB) CloseThread(ctx context.Context, stream, thread ledger.ID) error {
	if err := db.EmptyThread(ctx, stream, thread); err != nil {
		return err
	}
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return each(ctx, tx, thread[:], deleteItems, deleteThread)
	})
}

// EmptyThread destroys everything that is here of a thread, and its messages. That it
// was there stays.
func (db *DB) EmptyThread(ctx context.Context, stream, thread ledger.ID) error {
	items, err := db.ItemsOf(ctx, thread)
	if err != nil {
		return err
	}
	for _, it := range items {
		if !it.Here {
			continue
		}
		if err := db.TakeOut(ctx, stream, it); err != nil {
			return err
		}
	}
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error { return each(ctx, tx, thread[:], deleteMessages) })
}

// Release lets what a thread holds be used again, and reports whether it did: not if
// it is to be destroyed or another letter of it than the one given waits.
func (db *DB) Release(ctx context.Context, thread, letter ledger.ID) (released bool, err error) {
	err = db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		released, err = changed(tx.ExecContext(ctx, releaseThread, thread[:], letter[:]))
		return err
	})
	return released, err
}

// File notes who makes a letter a statement, and reports whether that is who; if
// somebody else was first, it is not.
func (db *DB) File(ctx context.Context, item ledger.ID, who []byte) (bool, error) {
	err := db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, fileItem, who, item[:])
		return err
	})
	if err != nil {
		return false, err
	}
	it, err := db.Item(ctx, item)
	return err == nil && bytes.Equal(it.Filer, who), err
}

// Unclaim takes back that somebody makes a letter a statement, if it is none yet.
func (db *DB) Unclaim(ctx context.Context, item ledger.ID) error {
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error { return each(ctx, tx, item[:], unclaimItem) })
}

// Mark notes by what the statement that a letter became is known when it is erased.
func (db *DB) Mark(ctx context.Context, item ledger.ID, mark []byte) error {
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, markItem, mark, item[:])
		return err
	})
}

// Unfile notes that the statements with these marks were erased.
func (db *DB) Unfile(ctx context.Context, marks ...[]byte) error {
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, m := range marks {
			if err := each(ctx, tx, m, unfileItem); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutHeeded notes that what a letter asked for was recorded of what an item became.
func (db *DB) PutHeeded(ctx context.Context, letter, item ledger.ID) error {
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
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

// PutNote writes a message to a source.
func (db *DB) PutNote(ctx context.Context, n Note) error {
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
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
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, readMessages, day, thread[:])
		return err
	})
}

// Fade destroys the messages that were read before a day.
func (db *DB) Fade(ctx context.Context, before int) error {
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error { return each(ctx, tx, before, fadeMessages) })
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
		if err := db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
			return errors.Join(db.tellFiles(ctx, tx, names), each(ctx, tx, s[:], forgetBlobs))
		}); err != nil {
			return err
		}
	}
	return nil
}

// Keep gives the files of a letter to the source key of the statement it became,
// under other names: their seals are new.
func (db *DB) Keep(ctx context.Context, source ledger.ID, names ...string) error {
	return db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, name := range names {
			if _, err := tx.ExecContext(ctx, insertBlob, name, source[:]); err != nil {
				return err
			}
		}
		return nil
	})
}
