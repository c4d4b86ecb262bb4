// Package store keeps truth: sealed entries, the tree over them, and the table
// of wrapped keys. It holds ciphertext only and no rules: what may be written,
// and by whom, is decided above.
//
// A store is a directory of mode 0700 with two SQLite files. truth.db only
// grows, in WAL mode, and each commit is on disk before it is acknowledged; the
// payload of an entry can be dropped, see [DB.Prune], the entry never.
// keys.db holds what can be destroyed: after a row is deleted, neither the file
// nor its rollback journal holds a copy of it, see [DB.DeleteWraps].
//
// One process writes at a time; any number may read beside it. Callers write
// key rows before the entries sealed under them: a key without entries is
// harmless, entries without a key are lost.
//
// A store that contradicts itself is never repaired. It is opened, refuses
// every write, and says what is wrong: see [DB.Damage] and [DB.Verify].
package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"habeas/fault"
	"habeas/ledger"
)

// A Mode says what a store is opened for.
type Mode uint8

// Modes.
const (
	ReadOnly  Mode = iota // beside a running server
	ReadWrite             // the only writer
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
	lock     *os.File // nil if read-only
	write    *sql.DB  // truth, one connection; nil if read-only
	read     *sql.DB  // truth
	keys     *sql.DB  // one connection if it may write
	damage   error    // set by Open, and by CheckAnchors before the first use; never changed otherwise
	anchored bool     // the tree fits, so that what others signed was looked at

	mu      sync.Mutex // held while appending
	edge    edge
	stale   bool // the edge must be read again
	entries *bulk
	hashes  *bulk
	note    *sql.Stmt

	in        intake
	blobBytes atomic.Int64
	away      away

	keyMu sync.Mutex            // held while writing keys
	gone  map[[2]ledger.ID]bool // source keys that were destroyed, with their streams; guarded by keyMu
}

// Create makes an empty store in dir, which is made if it is not there. It
// refuses, with a fault of kind Conflict, if dir already holds one.
func Create(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
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
	if _, err := os.Stat(truth); err == nil {
		return fault.New(fault.Conflict, "store.exists")
	}
	if err := createSQL(filepath.Join(dir, "keys.db"), keyPragmas, keysSQL+doorSQL); err != nil {
		return err
	}
	if err := createSQL(truth, "pragma journal_mode=wal; pragma secure_delete=on; pragma synchronous=full;", truthSQL+inboxSQL); err != nil {
		return err
	}
	return syncDir(dir)
}

// createSQL makes a file of mode 0600, which its -wal and -journal inherit, and
// its tables, all or none.
func createSQL(path, pragmas, tables string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	db, err := openSQL(path, "rw", pragmas)
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

// Open opens the store in dir. With ReadWrite it takes the directory for this
// process; if another has it, the fault is "store.in_use".
//
// A store whose tree does not fit its newest checkpoint, or the largest that was
// shown to others (see [Anchors]), is opened all the same and Damage says so.
func Open(dir string, mode Mode) (*DB, error) {
	if _, err := os.Stat(filepath.Join(dir, "truth.db")); errors.Is(err, os.ErrNotExist) {
		return nil, fault.Wrap(err, fault.NotFound, "store.missing")
	}
	if err := checkDir(dir); err != nil {
		return nil, err
	}
	db := &DB{dir: dir, gone: map[[2]ledger.ID]bool{}}
	if err := db.open(mode); err != nil {
		db.Close()
		return nil, explain(err)
	}
	return db, nil
}

func (db *DB) open(mode Mode) (err error) {
	truth, keys := filepath.Join(db.dir, "truth.db"), filepath.Join(db.dir, "keys.db")
	access := "ro"
	if mode == ReadWrite {
		access = "rw"
		if db.lock, err = lockDir(db.dir); err != nil {
			return err
		}
		// The log of a long batch is checkpointed when it has 32 MB, so that
		// single commits hardly ever wait for it.
		if db.write, err = openSQL(truth, access, "pragma synchronous=full; pragma secure_delete=on; pragma cache_size=-65536; pragma wal_autocheckpoint=8192;"); err != nil {
			return err
		}
		db.write.SetMaxOpenConns(1)
	}
	if db.read, err = openSQL(truth, access, "pragma query_only=on; pragma cache_size=-16384;"); err != nil {
		return err
	}
	db.read.SetMaxIdleConns(4)
	if db.keys, err = openSQL(keys, access, keyPragmas); err != nil {
		return err
	}
	db.keys.SetMaxIdleConns(2)
	if err := db.checkSchema(); err != nil {
		return err
	}
	if err := os.Chmod(truth+"-shm", 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if mode == ReadWrite {
		if err := db.prepare(); err != nil {
			return err
		}
		if _, err := db.keys.Exec(doorSQL); err != nil {
			return err
		}
		if err := db.wipeJournal(); err != nil {
			return err
		}
		if _, err := db.write.Exec(inboxSQL); err != nil {
			return err
		}
		if err := db.sweepBlobs(); err != nil {
			return err
		}
	}
	db.edge, db.damage = db.checkTree(context.Background())
	if db.damage == nil {
		db.anchored = true
		db.damage = explain(db.checkAnchors(context.Background()))
	}
	return nil
}

func (db *DB) prepare() (err error) {
	if db.entries, err = prepareBulk(db.write, insertEntry, 7); err != nil {
		return err
	}
	if db.hashes, err = prepareBulk(db.write, insertHash, 2); err != nil {
		return err
	}
	db.note, err = db.write.Prepare(insertNote)
	return err
}

// checkSchema refuses a store that a later version wrote.
func (db *DB) checkSchema() error {
	var version string
	if err := db.read.QueryRow(`select value from meta where name = 'schema'`).Scan(&version); err != nil {
		if explained := explain(err); fault.KindOf(explained) != fault.Internal {
			return explained
		}
		return fault.Wrap(err, fault.Damaged, "store.unreadable")
	}
	if version != schema {
		return fault.New(fault.Invalid, "store.newer_schema")
	}
	var n int
	return db.keys.QueryRow(`select count(*) from (select 1 from wrap limit 1)`).Scan(&n)
}

// Damage returns nil, or the fault for which the store refuses to be written:
// when it was opened, the tree did not fit the newest checkpoint, or the largest
// that was shown to others. It is a quick look; [DB.Verify] looks at everything.
func (db *DB) Damage() error { return db.damage }

// Close releases the store.
func (db *DB) Close() error {
	db.in.all.Wait()
	var errs []error
	for _, pool := range []*sql.DB{db.read, db.write, db.keys} {
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
	return db.damage
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

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	defer f.Close()
	return f.Sync()
}
