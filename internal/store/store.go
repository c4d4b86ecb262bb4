// Package store keeps truth: sealed entries, the tree over them, and the table
// of wrapped keys. It holds ciphertext only and no rules: what may be written,
// and by whom, is decided above.
//
// A store is a directory of mode 0700 with two SQLite files. truth.db only
// grows, in WAL mode, and each commit is on disk before it is acknowledged; the
// payload of an entry can be dropped, see [DB.Prune], the entry never.
// keys.db holds what can be destroyed: after a row is deleted, neither the file
// nor its rollback journal holds a copy of it, see [DB.DeleteWraps]. One process
// writes at a time; any number may read beside it.
//
// Or the same tables are in a database that speaks the protocol of PostgreSQL, and
// any number of nodes write to it, each with a directory of its own for the rest.
// There is one text of SQL for both: plain, with $1, $2, … for what is filled in,
// and with what only one node may do at a time done after [DB.take]. What is deleted
// there is not overwritten: see [DB.Keeps].
//
// Callers write key rows before the entries sealed under them: a key without entries
// is harmless, entries without a key are lost.
//
// A store that contradicts itself is never repaired. It is opened, refuses
// every write but the destruction of keys, and says what is wrong: see [DB.Damage] and [DB.Verify].
package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"habeas/fault"
	"habeas/internal/whole"
)

// A Mode says what a store is opened for.
type Mode uint8

// Modes.
const (
	ReadOnly  Mode = iota // beside a running server
	ReadWrite             // the only writer in its directory
	Salvage               // to read what can be read, whatever the checksums of its pages say: for [DB.Locate]
)

// schema is the version of the tables.
const schema = "1"

//go:embed truth.sql
var truthSQL string

//go:embed keys.sql
var keysSQL string

// DB is an open store. Its methods may be called concurrently.
type DB struct {
	dir      string
	shared   bool          // it is in a database that other nodes write to, too
	keeps    time.Duration // how long a shared database holds what was deleted
	patience time.Duration // for how long a shared database that does not answer is asked again
	lock     *os.File      // nil if read-only
	write    *sql.DB       // truth, one connection if it is a file; nil if read-only
	read     *sql.DB       // truth
	keys     *sql.DB       // one connection if it may write to a file
	held     *sql.DB       // connections that hold turns; nil if read-only, or files
	anchored bool          // the tree fits, so that what others signed was looked at

	damageMu sync.Mutex
	damage   error // see Damage; guarded by damageMu

	turns   turns
	holding time.Duration // see Hold
	hold    hold          // see Hold; set once, before anything is written
	teller  note.Signer   // see TellAs; likewise
	letGo   func()        // of what is held; nil if nothing is
	adds    adds

	failed atomic.Pointer[fault.Error] // why writing ended since, see heed; never nil again

	mu      sync.Mutex // held while appending
	edge    edge
	stale   bool // the edge must be read again
	entries *bulk
	hashes  *bulk
	note    *sql.Stmt

	in        intake
	blobBytes atomic.Int64
	away      away

	keyMu sync.Mutex // held while writing keys to a file
}

// Create makes an empty store in dir, which is made if it is not there. It
// refuses, with a fault of kind Conflict, if dir already holds one.
func Create(dir string) error { return CreateAt(Place{Dir: dir}) }

// CreateAt makes an empty store at a place. If that names a database, the tables are
// made there unless somebody made them before, and a file in the directory says where
// they are from then on.
func CreateAt(p Place) error {
	dir := p.Dir
	if err := whole.MakeDir(dir); err != nil {
		return err
	}
	if err := checkDir(dir); err != nil {
		return err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	truth := filepath.Join(dir, "truth.db")
	for _, path := range []string{truth, filepath.Join(dir, databaseFile)} {
		if _, err := os.Stat(path); err == nil {
			return fault.New(fault.Conflict, "store.exists")
		}
	}
	if p.Database != "" {
		if err := createShared(p); err != nil {
			// Nothing was made, and who tries again finds the directory empty.
			return errors.Join(err, os.Remove(lock.Name()))
		}
		return nil
	}
	if err := createSQL(filepath.Join(dir, "keys.db"), keyPragmas(), keysSQL+doorSQL); err != nil {
		return err
	}
	if err := createSQL(truth, []string{"journal_mode(wal)", "secure_delete(on)", "synchronous(full)"}, truthSQL+inboxSQL); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(dir, blobDir), 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return whole.SyncDir(dir)
}

// createSQL makes a file of mode 0600, which its -wal and -journal inherit, and
// its tables, all or none.
func createSQL(path string, pragmas []string, tables string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	db, err := openSQL(path, "rw", pragmas...)
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec(tables); err != nil {
		return explain(err)
	}
	return explain(tx.Commit())
}

// Open opens the store in dir, or in the database that a file in dir names. With
// ReadWrite it takes the directory for this process; if another has it, the fault is
// "store.in_use".
//
// A store whose tree does not fit its newest checkpoint, or the largest that was
// shown to others (see [Anchors]), is opened all the same and Damage says so.
func Open(dir string, mode Mode) (*DB, error) { return OpenAt(Place{Dir: dir}, mode) }

// OpenAt is Open at a place. If that names a database, a store that is opened for
// writing notes it in the directory.
func OpenAt(p Place, mode Mode) (*DB, error) {
	where, shared, err := p.database()
	if err != nil {
		return nil, err
	}
	_, err = os.Stat(filepath.Join(p.Dir, "truth.db"))
	switch {
	case !shared && errors.Is(err, os.ErrNotExist):
		return nil, fault.Wrap(err, fault.NotFound, "store.missing")
	case shared && err == nil:
		return nil, fault.New(fault.Conflict, "store.exists") // which of the two is the office is for a person to say
	}
	if err := checkDir(p.Dir); err != nil {
		return nil, err
	}
	db := &DB{dir: p.Dir, shared: shared, keeps: where.Keeps, patience: where.Patience, turns: turns{busy: map[string]chan struct{}{}}, holding: holding}
	if mode == ReadWrite {
		if db.lock, err = lockDir(p.Dir); err != nil {
			return nil, explain(err)
		}
	}
	if shared {
		err = db.openShared(where.URL, mode)
	} else {
		err = db.openFiles(mode)
	}
	if err == nil {
		err = db.begin(mode)
	}
	if err == nil && shared && mode == ReadWrite {
		err = p.remember()
	}
	if err != nil {
		db.Close()
		return nil, explain(err)
	}
	return db, nil
}

func (db *DB) openFiles(mode Mode) (err error) {
	truth, keys := filepath.Join(db.dir, "truth.db"), filepath.Join(db.dir, "keys.db")
	access, unchecked := "ro", []string(nil)
	if mode != ReadWrite && db.stands() {
		access = immutable
	}
	if mode == Salvage {
		unchecked = []string{"checksum_verification(off)"}
	}
	if mode == ReadWrite {
		access = "rw"
		// The log of a long batch is checkpointed when it has 32 MB, so that
		// single commits hardly ever wait for it.
		if db.write, err = openSQL(truth, access, "synchronous(full)", "secure_delete(on)", "cache_size(-65536)", "wal_autocheckpoint(8192)"); err != nil {
			return err
		}
		db.write.SetMaxOpenConns(1)
		// It connects first: pages of an older store get their checksums then, which a
		// connection that only reads can't give them.
		if err := db.write.Ping(); err != nil {
			return err
		}
	}
	if db.read, err = openSQL(truth, access, append(unchecked, "query_only(on)", "cache_size(-16384)")...); err != nil {
		return err
	}
	db.read.SetMaxIdleConns(4)
	if db.keys, err = openSQL(keys, access, append(keyPragmas(), unchecked...)...); err != nil {
		return err
	}
	db.keys.SetMaxIdleConns(2)
	if err := db.checkSchema(); err != nil {
		return err
	}
	if access == immutable {
		return nil
	}
	if err := os.Chmod(truth+"-shm", 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if mode != ReadWrite {
		return nil
	}
	if err := db.renew(); err != nil {
		return err
	}
	// After the power failed, pages of truth.db may be old or half-written that the log has:
	// who looks through the files themselves would find there what is gone. If it can't be
	// done now, as on a full disk, the engine does it later.
	_, _ = db.write.Exec(`pragma wal_checkpoint(truncate)`)
	return db.wipeJournal()
}

// stands reports whether nothing can change in the directory, as on a medium that was
// sealed: then no log is waiting there, and the engine can't make the index that it reads
// one by.
func (db *DB) stands() bool {
	st, err := os.Stat(filepath.Join(db.dir, "truth.db-wal"))
	return (errors.Is(err, os.ErrNotExist) || err == nil && st.Size() == 0) && readOnly(db.dir)
}

// renew makes what an older version did not have.
func (db *DB) renew() error {
	if _, err := db.keys.Exec(doorSQL); err != nil {
		return err
	}
	var places int
	if err := db.keys.QueryRow(`select count(*) from pragma_table_info('device') where name = 'place'`).Scan(&places); err != nil {
		return err
	}
	if places == 0 {
		if _, err := db.keys.Exec(`begin immediate; alter table device add column place integer not null default 0; update device set place = rowid; commit`); err != nil {
			return err
		}
	}
	_, err := db.write.Exec(inboxSQL)
	return err
}

// openShared opens the pools on a shared database. Reads and writes have pools of
// their own, so that none waits for a connection that it holds itself.
func (db *DB) openShared(url string, mode Mode) (err error) {
	if db.read, err = openURL(url, true, 0); err != nil {
		return err
	}
	if db.keys, err = openURL(url, mode != ReadWrite, 16); err != nil {
		return err
	}
	if mode == ReadWrite {
		if db.write, err = openURL(url, false, 16); err != nil {
			return err
		}
		if db.held, err = openURL(url, false, 0); err != nil {
			return err
		}
	}
	if err := db.checkSchema(); err != nil || mode != ReadWrite {
		return err
	}
	return db.checkTold()
}

// begin looks at what is there, once the pools are open.
func (db *DB) begin(mode Mode) error {
	if mode == ReadWrite {
		if err := db.prepare(); err != nil {
			return err
		}
		if err := errors.Join(db.sweepBlobs(), whole.Sweep(db.dir), AnchorsIn(db.dir).sweep()); err != nil {
			return err
		}
	}
	var err error
	db.edge, err = db.checkTree(context.Background())
	if err == nil {
		db.anchored = true
		err = explain(db.checkAnchors(context.Background()))
	}
	db.setDamage(err)
	return nil
}

func (db *DB) prepare() (err error) {
	if db.entries, err = prepareBulk(db.write, insertEntry, 7, db.shared); err != nil {
		return err
	}
	if db.hashes, err = prepareBulk(db.write, insertHash, 2, db.shared); err != nil {
		return err
	}
	db.note, err = db.write.Prepare(insertNote)
	return err
}

// checkSchema refuses a store that a later version wrote.
func (db *DB) checkSchema() error {
	var version string
	if err := db.read.QueryRow(selectSchema).Scan(&version); err != nil {
		if explained := explain(err); fault.KindOf(explained) != fault.Internal {
			return explained
		}
		return fault.Wrap(err, fault.Damaged, "store.unreadable")
	}
	if version != schema {
		return fault.New(fault.Invalid, "store.newer_schema")
	}
	var n int
	return db.keys.QueryRow(`select count(*) from (select 1 from wrap limit 1) as one`).Scan(&n)
}

// Damage returns nil, or the fault for which the store refuses to be written:
// when it was opened, the tree did not fit the newest checkpoint, or the largest
// that was shown to others; or since then a shared database went back behind what this
// node had seen of it, or writing ended, see [DB.Failed]. It is a quick look; [DB.Verify]
// looks at everything.
func (db *DB) Damage() error {
	db.damageMu.Lock()
	defer db.damageMu.Unlock()
	if failed := db.failed.Load(); failed != nil && db.damage == nil {
		return failed
	}
	return db.damage
}

func (db *DB) setDamage(err error) {
	db.damageMu.Lock()
	defer db.damageMu.Unlock()
	db.damage = err
}

// Shared reports whether the store is in a database that other nodes write to, too.
func (db *DB) Shared() bool { return db.shared }

// Keeps returns how long the database itself may hold what was deleted in it: 0 for
// files, which are overwritten; what whoever runs it said for a shared one, where it
// is there until vacuum has run, and in the archive of the log, in replicas and in
// backups. See [ParseDatabase].
func (db *DB) Keeps() time.Duration { return db.keeps }

// Close releases the store.
func (db *DB) Close() error {
	db.in.all.Wait()
	if db.letGo != nil {
		db.letGo()
	}
	db.adds.all.Wait()
	var errs []error
	for _, pool := range []*sql.DB{db.read, db.write, db.keys, db.held} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	if db.lock != nil {
		errs = append(errs, db.lock.Close())
	}
	return errors.Join(errs...)
}

// writable returns why the store may not be written, if so.
func (db *DB) writable() error {
	if db.write == nil {
		return fault.New(fault.Forbidden, "store.read_only")
	}
	return db.Damage()
}

// checkDir refuses a directory that others on this machine may look into.
func checkDir(dir string) error {
	st, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if st.Mode().Perm()&0o077 != 0 {
		return fault.New(fault.Forbidden, "store.open_directory")
	}
	return nil
}
