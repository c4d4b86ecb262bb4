package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"golang.org/x/sys/unix"

	"habeas/fault"
	"habeas/internal/whole"
)

// What a disk says when it can take no more. None of it was written, and the same
// works again when there is room; so does what a quota or a limit of the process
// refuses.
var full = []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}

// heed is [explain] for an error of something that was to be written, and ends all
// writing if the disk itself failed. The pages of a file whose fsync failed may be
// marked as written and be gone: asked again, the system says that all is well. So
// nothing is trusted that goes through the same files, until the store is opened
// anew and reads what is really there.
func (db *DB) heed(err error) error {
	if errors.Is(err, sqlite3.FULL) && readOnly(db.dir) {
		return fault.Wrap(err, fault.Busy, "store.disk_read_only")
	}
	err = explain(err)
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind() == fault.Damaged {
		db.Distrust(e)
	}
	if !broken(err) {
		return err
	}
	failed := fault.Wrap(err, fault.Busy, "store.disk_failed")
	db.failed.CompareAndSwap(nil, failed)
	return failed
}

// broken reports whether an error means that a disk does not do what it was asked.
func broken(err error) bool {
	if errors.Is(err, sqlite3.IOERR_FSYNC) || errors.Is(err, sqlite3.IOERR_DIR_FSYNC) {
		return true
	}
	if is(err, syscall.EROFS) || is(err, full...) || errors.Is(err, sqlite3.IOERR_SHMSIZE) {
		return false
	}
	// On a file that is no database: it is thrown away, so that a full disk is no reason
	// to distrust the others.
	if _, unsynced := errors.AsType[whole.Unsynced](err); unsynced {
		return true
	}
	return errors.Is(err, sqlite3.IOERR) && !errors.Is(err, sqlite3.IOERR_SHORT_READ) && !errors.Is(err, sqlite3.IOERR_NOMEM) ||
		is(err, syscall.EIO, syscall.ENXIO, syscall.ENODEV, syscall.ESTALE)
}

// readOnly reports whether the system lets nothing be written where dir is.
func readOnly(dir string) bool { return errors.Is(unix.Access(dir, unix.W_OK), unix.EROFS) }

func is(err error, any ...syscall.Errno) bool {
	errno, ok := errors.AsType[syscall.Errno](err)
	return ok && slices.Contains(any, errno)
}

// Distrust ends all writing because something that was read does not verify. Damage
// returns why from now on.
func (db *DB) Distrust(why *fault.Error) { db.failed.CompareAndSwap(nil, why) }

// Failed reports whether writing ended since the store was opened: the disk failed,
// or what was read does not verify.
func (db *DB) Failed() bool { return db.failed.Load() != nil }

// QuickCheck looks whether the pages of both databases fit together, beside a writer.
// It reads all of them. If they do not, the fault is of kind Damaged. The server of a
// shared database looks after its own files: there nothing is looked at.
func (db *DB) QuickCheck(ctx context.Context) error {
	if db.shared {
		return nil
	}
	for _, pool := range []*sql.DB{db.read, db.keys} {
		var said string
		if err := pool.QueryRowContext(ctx, `pragma quick_check(1)`).Scan(&said); err != nil {
			return explain(err)
		}
		if said != "ok" {
			return fault.New(fault.Damaged, "store.unreadable")
		}
	}
	return nil
}
