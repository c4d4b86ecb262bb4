package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// keyPragmas: what is deleted is overwritten in the file, and the rollback
// journal stays where it is, so that it can be overwritten in place.
func keyPragmas() []string {
	return []string{"journal_mode(persist)", "secure_delete(on)", "synchronous(full)"}
}

var (
	insertWrap   = `insert into wrap (key, stream, holder, box) values ($1, $2, $3, $4) on conflict (key, holder) do update set stream = excluded.stream, box = excluded.box`
	selectHolder = `select key, stream, holder, box from wrap where holder = $1 order by key`
	selectWraps  = `select key, stream, holder, box from wrap where key = $1 order by holder`
	selectIn     = `select key, stream, holder, box from wrap where holder = $1 and stream = $2 order by key`
	selectCases  = `select distinct stream from wrap where holder = $1 order by stream`
	deleteWraps  = `delete from wrap where key = $1`
	deleteTo     = `delete from wrap where holder = $1`
	deleteWrap   = `delete from wrap where key = $1 and holder = $2`
	insertLogin  = `insert into login (mac, holder, record) values ($1, $2, $3)`
	deleteLogin  = `delete from login where mac = $1 or holder = $2`
	deleteLogins = `delete from login where holder = $1`
	deleteKept   = `delete from draft where holder = $1`
	selectOld    = `select null, record from login where mac = $1 or holder = $2` // a handle goes on being one
	selectMine   = `select mac, record from login where holder = $1`
	selectLogin  = `select record from login where mac = $1`
	insertDraft  = `insert into draft (holder, id, box) values ($1, $2, $3) on conflict (holder, id) do update set box = excluded.box`
	selectDrafts = `select id, box from draft where holder = $1 order by id`
	selectDraft  = `select box from draft where holder = $1 and id = $2`
	deleteDraft  = `delete from draft where holder = $1 and id = $2`
)

// A Draft is a form that was not sent, sealed to the member who filled it in.
type Draft struct {
	ID  ledger.ID
	Box []byte
}

// PutWraps writes wraps, all or none. A wrap of the same key to the same holder
// is replaced, and one of a source key that was destroyed is passed over. When it
// returns they are on disk, so what is sealed under the keys may now be appended.
func (db *DB) PutWraps(ctx context.Context, wraps ...vault.Wrap) error {
	return db.writeKeys(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := db.share(ctx, tx, turnKeys); err != nil {
			return err
		}
		for _, w := range wraps {
			var gone int
			if err := tx.QueryRowContext(ctx, selectGone, goneMark(w.Key, w.Stream)).Scan(&gone); err != nil {
				return err
			}
			if gone > 0 {
				continue
			}
			if _, err := tx.ExecContext(ctx, insertWrap, w.Key[:], w.Stream[:], w.Holder[:], w.Box); err != nil {
				return err
			}
		}
		return nil
	})
}

// WrapsFor returns what is wrapped to a holder, by key.
func (db *DB) WrapsFor(ctx context.Context, holder ledger.ID) ([]vault.Wrap, error) {
	return db.wraps(ctx, selectHolder, holder)
}

// WrapsOf returns the wraps of one key, by holder.
func (db *DB) WrapsOf(ctx context.Context, key ledger.ID) ([]vault.Wrap, error) {
	return db.wraps(ctx, selectWraps, key)
}

func (db *DB) wraps(ctx context.Context, query string, ids ...ledger.ID) (wraps []vault.Wrap, err error) {
	args := make([]any, len(ids))
	for i := range ids {
		args[i] = ids[i][:]
	}
	rows, err := db.keys.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key, stream, holder, box []byte
		if err := rows.Scan(&key, &stream, &holder, &box); err != nil {
			return nil, explain(err)
		}
		if len(key) != 16 || len(stream) != 16 || len(holder) != 16 {
			return nil, fault.New(fault.Damaged, "store.bad_key_row")
		}
		wraps = append(wraps, vault.Wrap{Key: ledger.ID(key), Stream: ledger.ID(stream), Holder: ledger.ID(holder), Box: box})
	}
	return wraps, explain(rows.Err())
}

// WrapsIn returns what is wrapped to a holder of the keys of one stream, by key.
func (db *DB) WrapsIn(ctx context.Context, holder, stream ledger.ID) ([]vault.Wrap, error) {
	return db.wraps(ctx, selectIn, holder, stream)
}

// Streams returns the streams that some key wrapped to a holder is of.
func (db *DB) Streams(ctx context.Context, holder ledger.ID) (streams []ledger.ID, err error) {
	rows, err := db.keys.QueryContext(ctx, selectCases, holder[:])
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, explain(err)
		}
		if len(b) != len(ledger.ID{}) {
			return nil, fault.New(fault.Damaged, "store.bad_key_row")
		}
		streams = append(streams, ledger.ID(b))
	}
	return streams, explain(rows.Err())
}

// DeleteWraps destroys every wrap of a key. When it returns, no file of the
// store holds a byte of them. What the disk itself, a snapshot or a backup still
// holds is beyond it. Deleting what is not there is no error. A damaged store does it
// too.
//
// In a shared database that is not so: a deleted row is there until vacuum has run
// over its page and the page was used again, and in the write-ahead log, its archive,
// replicas and backups until these are gone. It is destroyed after [DB.Keeps]. The
// same holds wherever "as DeleteWraps does" is said.
func (db *DB) DeleteWraps(ctx context.Context, key ledger.ID) error {
	return db.destroyWraps(ctx, ledger.ID{}, func(ctx context.Context, tx *sql.Tx) ([]ledger.ID, error) {
		_, err := tx.ExecContext(ctx, deleteWraps, key[:])
		return []ledger.ID{key}, err
	})
}

// DeleteWrapsTo destroys what is wrapped to a holder, as [DB.DeleteWraps] does:
// the given keys, or all if there are none.
func (db *DB) DeleteWrapsTo(ctx context.Context, holder ledger.ID, keys ...ledger.ID) error {
	if err := db.writable(); err != nil {
		return err
	}
	whole := len(keys) == 0
	if whole {
		all, err := db.WrapsFor(ctx, holder)
		if err != nil {
			return err
		}
		for _, w := range all {
			keys = append(keys, w.Key)
		}
	}
	return db.destroyWraps(ctx, holder, func(ctx context.Context, tx *sql.Tx) ([]ledger.ID, error) {
		if whole {
			_, err := tx.ExecContext(ctx, deleteTo, holder[:])
			return keys, err
		}
		for _, k := range keys {
			if _, err := tx.ExecContext(ctx, deleteWrap, k[:], holder[:]); err != nil {
				return nil, err
			}
		}
		return keys, nil
	})
}

// PutLogin writes the login record of a member under the keyed hash of a handle.
// It destroys the record that was there, and any other of the same member.
func (db *DB) PutLogin(ctx context.Context, member ledger.ID, mac, record []byte) error {
	return db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) {
		gone, err := shredsOf(ctx, tx, "login", selectOld, mac, member[:])
		if err != nil {
			return nil, err
		}
		if _, err := tx.ExecContext(ctx, deleteLogin, mac, member[:]); err != nil {
			return nil, err
		}
		_, err = tx.ExecContext(ctx, insertLogin, mac, member[:], record)
		return gone, err
	})
}

// DeleteLogin destroys the login record of a member, and the drafts kept for
// them.
func (db *DB) DeleteLogin(ctx context.Context, member ledger.ID) error {
	return db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) {
		logins, err := shredsOf(ctx, tx, "login", selectMine, member[:])
		if err != nil {
			return nil, err
		}
		drafts, err := shredsOf(ctx, tx, "draft", selectDrafts, member[:])
		if err == nil {
			_, err = tx.ExecContext(ctx, deleteLogins, member[:])
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, deleteKept, member[:])
		}
		return append(logins, drafts...), err
	})
}

// Login returns the login record under mac, or a fault of kind NotFound.
func (db *DB) Login(ctx context.Context, mac []byte) (record []byte, err error) {
	err = db.keys.QueryRowContext(ctx, selectLogin, mac).Scan(&record)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "store.no_login")
	}
	return record, explain(err)
}

// PutDraft keeps a draft of holder, in place of one with the same ID.
func (db *DB) PutDraft(ctx context.Context, id, holder ledger.ID, box []byte) error {
	return db.writeKeys(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertDraft, holder[:], id[:], box)
		return err
	})
}

// Drafts returns the drafts of holder, by ID.
func (db *DB) Drafts(ctx context.Context, holder ledger.ID) (drafts []Draft, err error) {
	rows, err := db.keys.QueryContext(ctx, selectDrafts, holder[:])
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, box []byte
		if err := rows.Scan(&id, &box); err != nil {
			return nil, explain(err)
		}
		if len(id) != 16 {
			return nil, fault.New(fault.Damaged, "store.bad_key_row")
		}
		drafts = append(drafts, Draft{ledger.ID(id), box})
	}
	return drafts, explain(rows.Err())
}

// TakeDraft returns a draft of holder and destroys it as [DB.DeleteWraps] does.
// If there is none, the fault is of kind NotFound.
func (db *DB) TakeDraft(ctx context.Context, holder, id ledger.ID) (box []byte, err error) {
	err = db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) {
		err := tx.QueryRowContext(ctx, selectDraft, holder[:], id[:]).Scan(&box)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, fault.New(fault.NotFound, "store.no_draft")
		}
		if err != nil {
			return nil, err
		}
		there, err := changed(tx.ExecContext(ctx, deleteDraft, holder[:], id[:]))
		if err == nil && !there { // another node was first
			err = fault.New(fault.NotFound, "store.no_draft")
		}
		return append(shreds("draft", box), shred{table: "draft", bytes: id[:]}), err
	})
	if err != nil {
		return nil, err
	}
	return box, nil
}

// writeKeys runs do in a transaction on the keys.
func (db *DB) writeKeys(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	if err := db.writable(); err != nil {
		return err
	}
	if !db.shared {
		db.keyMu.Lock()
		defer db.keyMu.Unlock()
	}
	return db.run(ctx, db.keys, do)
}

// destroy is writeKeys, and overwrites the rollback journal after it, if there is one.
func (db *DB) destroy(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return db.destroyRows(ctx, func(ctx context.Context, tx *sql.Tx) ([]shred, error) { return nil, do(ctx, tx) })
}

// destroyRows is destroy, and looks afterwards for what do says was destroyed.
func (db *DB) destroyRows(ctx context.Context, do func(context.Context, *sql.Tx) ([]shred, error)) error {
	if err := db.writable(); err != nil {
		return err
	}
	var gone []shred
	return db.destroyAnyway(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		gone, err = do(ctx, tx)
		return err
	}, func() ([]shred, error) { return gone, nil })
}

// destroyWraps is destroy for wraps, which a damaged store does too: it only takes away. do
// returns the keys whose wraps, to a holder or to all if that is zero, it deleted, or had
// deleted when it was cut short.
func (db *DB) destroyWraps(ctx context.Context, holder ledger.ID, do func(context.Context, *sql.Tx) ([]ledger.ID, error)) error {
	var keys []ledger.ID
	return db.destroyAnyway(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		keys, err = do(ctx, tx)
		return err
	}, func() ([]shred, error) { return db.wrapsGone(ctx, holder, keys) })
}

// destroyAnyway runs do in a transaction on the keys, and sees that no file holds what
// gone tells of then.
func (db *DB) destroyAnyway(ctx context.Context, do func(context.Context, *sql.Tx) error, gone func() ([]shred, error)) error {
	if db.write == nil {
		return fault.New(fault.Forbidden, "store.read_only")
	}
	if db.shared {
		return db.run(ctx, db.keys, do)
	}
	db.keyMu.Lock()
	defer db.keyMu.Unlock()
	if err := db.run(ctx, db.keys, do); err != nil {
		return err
	}
	left, err := gone()
	return errors.Join(err, db.scour(ctx, left), db.heed(db.wipeJournal()))
}

// wipeJournal overwrites the rollback journal of keys.db, which holds pages as
// they were before the last transactions. The journal is never unlinked or cut
// before that, so nothing is left in blocks the file no longer owns.
//
// No transaction may be open. A journal that still starts with a header belongs
// to one that was cut short: the engine rolls it back before it reads anything,
// and [DB.checkSchema] has read before it calls this.
func (db *DB) wipeJournal() error {
	f, err := os.OpenFile(filepath.Join(db.dir, "keys.db-journal"), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	var head [8]byte
	if _, err := f.ReadAt(head[:], 0); err != nil && err != io.EOF {
		return err
	}
	if head != [8]byte{} {
		return errors.New("store: the journal of keys.db is in use")
	}
	st, err := f.Stat()
	if err != nil {
		return err
	}
	zeros := make([]byte, 64<<10)
	for at := int64(0); at < st.Size(); at += int64(len(zeros)) {
		if _, err := f.WriteAt(zeros[:min(int64(len(zeros)), st.Size()-at)], at); err != nil {
			return err
		}
	}
	return f.Sync()
}
