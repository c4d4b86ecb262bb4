// Package view keeps what a circle may read in a form that is quick to read: an
// encrypted SQLite file per circle, folded from the name-free entries of its
// streams, with a full-text index.
//
// A view is disposable. Whatever is in it comes from entries, and folding them
// anew gives the same view: [View.Dump] shows it. It never holds a name, and
// nothing is written here that is not written as an entry.
//
// The file, its write-ahead log and its index are encrypted page by page under
// the view's own key; each page carries a checksum inside the cipher, so that a
// changed byte is refused. An older copy of the whole file is not recognised as
// such: the caller compares [View.Mark] with the log. To erase a view is to
// destroy its key, then the files, see [Remove].
package view

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"

	"habeas/fault"
	"habeas/internal/whole"
)

//go:embed view.sql
var tables string

// tablesVersion is the version of tables, as they set it.
const tablesVersion = 4

// View is an open view. Its methods may be called concurrently.
type View struct {
	lock  *os.File
	write *sql.DB // one connection
	read  *sql.DB

	mu      sync.Mutex // held while writing
	entries *bulk
	changed atomic.Bool // some stream may have to be settled
	path    string      // while it is built; see Build
}

// Open opens the view at path, a file that is made if it is not there. If key is
// not its key, or the file was damaged, the fault is of kind Damaged: throw the
// view away and fold it anew. One whose tables are of another version of this program
// is thrown away here: it is empty then, and follows the log from its beginning.
func Open(path string, key [32]byte) (*View, error) {
	v := &View{}
	v.changed.Store(true)
	if err := v.open(path, key); err != nil {
		v.Close()
		return nil, explain(err)
	}
	return v, nil
}

func (v *View) open(path string, key [32]byte) (err error) {
	if v.lock, err = os.OpenFile(path+"-lock", os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	// Who is first mends the log; all others wait until that is done.
	if syscall.Flock(int(v.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		err := cutLog(path + "-wal")
		if _, e := os.Stat(path); errors.Is(e, os.ErrNotExist) && err == nil {
			err = v.make(path, key)
		}
		if err != nil {
			return err
		}
	}
	if err := syscall.Flock(int(v.lock.Fd()), syscall.LOCK_SH); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	if err = v.openTables(path, key); errors.Is(err, errOlder) {
		err = v.anew(path, key)
	}
	if err != nil {
		return err
	}
	if v.read, err = openPool(path, key, durable+"pragma query_only=on; pragma cache_size=-16384;"); err != nil {
		return err
	}
	v.read.SetMaxIdleConns(4)
	if err := os.Chmod(path+"-shm", 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	v.entries, err = prepareBulk(v.write, insertEntry, 9)
	return err
}

// errOlder says that the tables of a view are those of another version.
var errOlder = fmt.Errorf("view: of another version: %w", sqlite3.NOTADB)

func (v *View) openTables(path string, key [32]byte) (err error) {
	if v.write, err = openPool(path, key, durable+"pragma cache_size=-32768; pragma wal_autocheckpoint=4096;"); err != nil {
		return err
	}
	v.write.SetMaxOpenConns(1)
	return v.create()
}

// anew puts an empty view in the place of one whose tables are of another version,
// unless somebody else has that open: nobody could log in to have it folded anew.
func (v *View) anew(path string, key [32]byte) error {
	if err := v.write.Close(); err != nil {
		return err
	}
	v.write = nil
	if syscall.Flock(int(v.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return errOlder
	}
	if err := v.make(path, key); err != nil {
		return err
	}
	if err := v.openTables(path, key); err != nil {
		return err
	}
	return syscall.Flock(int(v.lock.Fd()), syscall.LOCK_SH)
}

// make makes an empty view under another name, and puts it in its place when it is whole:
// one of which the power left a half could not be read, and nobody could come in. Nobody
// else may have it open.
func (v *View) make(path string, key [32]byte) error {
	beside := path + "-made"
	if err := errors.Join(remove(path, "", "-wal", "-shm", "-journal"), remove(beside, "", "-wal", "-shm", "-journal")); err != nil {
		return err
	}
	f, err := os.OpenFile(beside, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = v.openTables(beside, key)
	if v.write != nil {
		err = errors.Join(err, v.write.Close())
		v.write = nil
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, remove(beside, "", "-wal", "-shm", "-journal"))
	}
	return errors.Join(os.Rename(beside, path), whole.SyncDir(filepath.Dir(path)))
}

// cutLog cuts a write-ahead log that ends in the middle of a block, after power
// was lost, to whole blocks: the cipher cannot read the rest, which no commit
// was acknowledged for.
func cutLog(path string) error {
	st, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && st.Size()%block == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	return os.Truncate(path, st.Size()-st.Size()%block)
}

// openPool opens connections that each set the key first. It is never part of
// the file name, which the engine keeps and may print.
func openPool(path string, key [32]byte, pragmas string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	options := url.Values{"vfs": {cipher}, "_txlock": {"immediate"}, "mode": {"rw"}, "modeof": {abs}}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs), RawQuery: strings.ReplaceAll(options.Encode(), "+", "%20")}
	return driver.Open(u.String(), func(c *sqlite3.Conn) error {
		if err := c.Exec("pragma hexkey='" + hex.EncodeToString(pageKey(key)) + "'; pragma busy_timeout=10000; pragma temp_store=memory"); err != nil {
			return err
		}
		if err := checksums(c); err != nil {
			return err
		}
		err := fts5.RegisterCustom(c, func(a *fts5.API) error {
			return a.CreateTokenizer("habeas", func([]string) (fts5.Tokenizer, error) { return newTokenizer(), nil })
		})
		if err != nil {
			return err
		}
		return c.Exec("pragma trusted_schema=off;" + pragmas)
	})
}

// durable are pragmas under which what was committed stays: the cipher is safe against
// power loss only with synchronous=full.
const durable = "pragma journal_mode=wal; pragma synchronous=full;"

// checksums puts a checksum on each page of a new file, and sees that one that
// is not new has them. Enabling them rewrites the whole file, even if they are
// there, unless its header has been read.
func checksums(c *sqlite3.Conn) error {
	s, _, err := c.Prepare(`pragma page_count`)
	if err != nil {
		return err
	}
	pages := -1
	if s.Step() {
		pages = s.ColumnInt(0)
	}
	if err := s.Close(); err != nil {
		return err
	}
	if pages == 0 {
		return c.EnableChecksums("main")
	}
	if n, err := c.FileControl("main", sqlite3.FCNTL_RESERVE_BYTES); err != nil || n != 8 {
		return errors.Join(err, sqlite3.NOTADB)
	}
	return nil
}

// create makes the tables, all or none, unless they are there.
func (v *View) create() error {
	tx, err := v.write.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var n int
	var version string
	if err := tx.QueryRow(`select count(*), (select user_version from pragma_user_version) from sqlite_schema`).Scan(&n, &version); err != nil {
		return err
	}
	if n > 0 && version != format() {
		return errOlder
	}
	if n > 0 {
		return nil
	}
	if _, err := tx.Exec(tables + "pragma user_version = " + format()); err != nil {
		return err
	}
	return tx.Commit()
}

// Close releases the view. The key is then nowhere in this process but where the
// garbage collector has not been.
func (v *View) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{v.read, v.write} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	if v.lock != nil {
		errs = append(errs, v.lock.Close())
	}
	return errors.Join(errs...)
}

// Remove deletes the files of a view, which must not be open. It is no error if
// there are none. The key must be destroyed first: what a disk keeps of deleted
// files stays readable with it.
func Remove(path string) error { return remove(path, "", "-wal", "-shm", "-lock") }

// remove removes files for good: a log that came back after the power failed would be
// taken for that of the view that has its place by then.
func remove(path string, suffixes ...string) error {
	there := false
	for _, suffix := range suffixes {
		err := os.Remove(path + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		there = there || err == nil
	}
	if !there {
		return nil
	}
	return whole.SyncDir(filepath.Dir(path))
}

// explain turns what the engine says of a damaged file, or of one opened with
// the wrong key, into a fault. What it cannot tell apart, neither can this.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.CORRUPT), errors.Is(err, sqlite3.IOERR_DATA),
		errors.Is(err, sqlite3.IOERR_SHORT_READ):
		return fault.Wrap(err, fault.Damaged, "view.unreadable")
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR_SHMSIZE), errors.Is(err, sqlite3.IOERR_WRITE): // which is what a full disk comes out as
		return fault.Wrap(err, fault.Busy, "view.disk_full")
	case strings.HasPrefix(err.Error(), "sql: database is closed"):
		return fault.Wrap(err, fault.Busy, "view.closed") // package sql has no value for it
	}
	return err
}

// inTx runs do in a transaction.
func (v *View) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := v.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return explain(err)
	}
	return explain(tx.Commit())
}
