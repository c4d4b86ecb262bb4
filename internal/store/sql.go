package store

import (
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/vfs"

	"habeas/fault"
)

var placeholder = regexp.MustCompile(`\$(\d+)`)

// q makes text fit SQLite. Statements are written with $1, $2, …, which SQLite
// takes for names and binds in order of appearance, without an error if that is
// another order; ?1, ?2 are positions.
func q(text string) string { return placeholder.ReplaceAllString(text, "?$1") }

// openSQL opens a pool on one file. The file must exist. Every connection runs
// pragmas first.
func openSQL(path, mode, pragmas string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	vfs.Register(diskName, disk{vfs.Find("")})
	options := url.Values{"vfs": {diskName}, "_txlock": {"immediate"}, "mode": {mode}, "modeof": {abs}} // -wal and -journal get the mode of the file
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs), RawQuery: options.Encode()}
	return driver.Open(u.String(), func(c *sqlite3.Conn) error {
		return c.Exec("pragma busy_timeout=10000; pragma temp_store=memory; pragma trusted_schema=off; pragma recursive_triggers=on;" + pragmas)
	})
}

// explain turns what the engine says into a fault where a person can do
// something about it.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sqlite3.CORRUPT), errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.IOERR_SHORT_READ):
		return fault.Wrap(err, fault.Damaged, "store.unreadable")
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR_SHMSIZE), is(err, full...) && !errors.Is(err, sqlite3.IOERR_FSYNC):
		return fault.Wrap(err, fault.Busy, "store.disk_full")
	case is(err, syscall.EROFS), errors.Is(err, sqlite3.READONLY) && !errors.Is(err, sqlite3.READONLY_ROLLBACK) && !errors.Is(err, sqlite3.READONLY_RECOVERY):
		return fault.Wrap(err, fault.Busy, "store.disk_read_only")
	case errors.Is(err, sqlite3.READONLY_ROLLBACK), errors.Is(err, sqlite3.READONLY_RECOVERY):
		return fault.Wrap(err, fault.Busy, "store.cut_short")
	case errors.Is(err, sqlite3.BUSY):
		return fault.Wrap(err, fault.Busy, "store.busy")
	}
	return err
}

// bulk runs one insert for many rows at a time: most of the cost of a small row
// is in running a statement, not in writing it.
type bulk struct {
	one, many *sql.Stmt
	columns   int
	args      []any
}

// bulkRows is how many rows one statement writes.
const bulkRows = 32

func prepareBulk(db *sql.DB, insert string, columns int) (*bulk, error) {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
	one, err := db.Prepare(insert + row)
	if err != nil {
		return nil, err
	}
	many, err := db.Prepare(insert + row + strings.Repeat(","+row, bulkRows-1))
	if err != nil {
		return nil, err
	}
	return &bulk{one: one, many: many, columns: columns}, nil
}

// add takes one row and writes when enough rows are there.
func (b *bulk) add(tx *sql.Tx, row ...any) error {
	b.args = append(b.args, row...)
	if len(b.args) < bulkRows*b.columns {
		return nil
	}
	_, err := tx.Stmt(b.many).Exec(b.args...)
	b.args = b.args[:0]
	return err
}

// flush writes the rows still waiting.
func (b *bulk) flush(tx *sql.Tx) error {
	for rest := b.args; len(rest) > 0; rest = rest[b.columns:] {
		if _, err := tx.Stmt(b.one).Exec(rest[:b.columns]...); err != nil {
			return err
		}
	}
	b.args = b.args[:0]
	return nil
}
