package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	sqlite "github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/vfs"

	"habeas/fault"
	"habeas/internal/store/postgres"
)

var placeholder = regexp.MustCompile(`\$(\d+)`)

// positions makes text fit SQLite. Statements are written with $1, $2, …, which
// SQLite takes for names and binds in order of appearance, without an error if that
// is another order; ?1, ?2 are positions.
func positions(text string) string { return placeholder.ReplaceAllString(text, "?$1") }

// immutable is how a file is opened that nobody can write.
const immutable = "immutable"

// openSQL opens a pool on one file. The file must exist. Every connection runs
// pragmas first, each as name(value).
func openSQL(path, mode string, pragmas ...string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	first := []string{"busy_timeout(10000)", "temp_store(memory)", "trusted_schema(off)", "recursive_triggers(on)"}
	if vfs.Find(diskName) == nil {
		vfs.Register(diskName, disk{vfs.Find("")})
	}
	options := url.Values{"_txlock": {"immediate"}, "mode": {mode}, "modeof": {abs}, // -wal and -journal get the mode of the file
		"vfs": {diskName}, "_pragma": append(first, pragmas...)}
	if mode == immutable {
		options.Set("mode", "ro")
		options.Set("immutable", "1")
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs), RawQuery: options.Encode()}
	c, err := (&sqlite.SQLite{}).OpenConnector(u.String())
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(positional{c, mode == "rw"}), nil
}

// positional makes connections to SQLite that take the statements of this package.
type positional struct {
	driver.Connector
	sums bool // pages are to have checksums
}

// Connect implements [driver.Connector].
func (p positional) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if p.sums {
		if err := c.(sqlite.Conn).Raw().EnableChecksums("main"); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return fitted{c.(sqlite.Conn)}, nil
}

// fitted is a connection to SQLite.
type fitted struct{ sqlite.Conn }

// PrepareContext implements [driver.ConnPrepareContext].
func (f fitted) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	return f.Conn.PrepareContext(ctx, positions(text))
}

// ExecContext implements [driver.ExecerContext].
func (f fitted) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	return f.Conn.(driver.ExecerContext).ExecContext(ctx, positions(text), args)
}

// CheckNamedValue implements [driver.NamedValueChecker]: what is prepared checks.
func (f fitted) CheckNamedValue(*driver.NamedValue) error { return nil }

// explain turns what the engine says into a fault where a person can do
// something about it.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if _, told := errors.AsType[*fault.Error](err); told {
		return err
	}
	disk, connections := postgres.Full(err)
	switch {
	case errors.Is(err, sqlite3.CORRUPT), errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.IOERR_SHORT_READ), errors.Is(err, sqlite3.IOERR_DATA):
		return fault.Wrap(err, fault.Damaged, "store.unreadable")
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR_SHMSIZE), is(err, full...) && !errors.Is(err, sqlite3.IOERR_FSYNC), disk:
		return fault.Wrap(err, fault.Busy, "store.disk_full")
	case is(err, syscall.EROFS), errors.Is(err, sqlite3.READONLY) && !errors.Is(err, sqlite3.READONLY_ROLLBACK) && !errors.Is(err, sqlite3.READONLY_RECOVERY):
		return fault.Wrap(err, fault.Busy, "store.disk_read_only")
	case errors.Is(err, sqlite3.READONLY_ROLLBACK), errors.Is(err, sqlite3.READONLY_RECOVERY):
		return fault.Wrap(err, fault.Busy, "store.cut_short")
	case errors.Is(err, sqlite3.BUSY), postgres.Again(err), connections:
		return fault.Wrap(err, fault.Busy, "store.busy")
	case postgres.Refused(err):
		return fault.Wrap(err, fault.Forbidden, "store.refused")
	case postgres.Unmade(err):
		return fault.Wrap(err, fault.NotFound, "store.missing")
	case postgres.Lost(err):
		return fault.Wrap(err, fault.Busy, "store.unreachable")
	}
	return err
}

// duplicate reports whether a row could not be added because it is there already.
func duplicate(err error) bool {
	return errors.Is(err, sqlite3.CONSTRAINT_UNIQUE) || errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY) || postgres.Duplicate(err)
}

// bulk runs one insert for many rows at a time: most of the cost of a small row
// is in running a statement, not in writing it.
type bulk struct {
	one, many *sql.Stmt
	insert    string
	columns   int
	far       bool // each statement goes to another machine and back
	args      []any
}

// places returns the placeholders of so many rows: ($1,$2),($3,$4).
func places(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%columns == 0:
			b.WriteString("),(")
		default:
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String() + ")"
}

// bulkRows is how many rows one statement writes.
const bulkRows = 32

func prepareBulk(db *sql.DB, insert string, columns int, far bool) (*bulk, error) {
	one, err := db.Prepare(insert + places(1, columns))
	if err != nil {
		return nil, err
	}
	many, err := db.Prepare(insert + places(bulkRows, columns))
	if err != nil {
		return nil, err
	}
	return &bulk{one: one, many: many, insert: insert, columns: columns, far: far}, nil
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
	if n := len(b.args) / b.columns; b.far && n > 1 {
		_, err := tx.Exec(b.insert+places(n, b.columns), b.args...)
		b.args = b.args[:0]
		return err
	}
	for rest := b.args; len(rest) > 0; rest = rest[b.columns:] {
		if _, err := tx.Stmt(b.one).Exec(rest[:b.columns]...); err != nil {
			return err
		}
	}
	b.args = b.args[:0]
	return nil
}
