package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/internal/store/postgres"
	"habeas/ledger"
)

// A Row is a row of a table on its way to another store, whatever engine either has.
type Row struct {
	Table  string
	Values []any // nil, int64, string or []byte: the columns in the order of [Tables]
}

// A Table says which of its columns are copied.
type Table struct {
	Name    string
	Columns []string
	Keys    bool // it is one of what can be destroyed
	order   string
}

// Tables returns what a copy of a store is made of. The tree is not among it: it is
// reckoned anew from the entries.
func Tables() []Table {
	return []Table{
		{"entry", []string{"number", "id", "stream", "key", "mode", "payload", "digest", "pruned_by"}, false, "number"},
		{"checkpoint", []string{"size", "note"}, false, "size"},
		{"thread", []string{"id", "look", "public", "state", "wishes", "held", "due"}, false, "id"},
		{"inbox", []string{"id", "thread", "day", "urgent", "opened", "filer", "mark", "desk", "key", "box"}, false, "id"},
		{"heeded", []string{"letter", "item"}, false, "letter, item"},
		{"blob", []string{"name", "owner"}, false, "name"},
		{"message", []string{"id", "thread", "day", "read", "box"}, false, "id"},
		{"wrap", []string{"key", "stream", "holder", "box"}, true, "key, holder"},
		{"login", []string{"mac", "holder", "record"}, true, "mac"},
		{"draft", []string{"holder", "id", "box"}, true, "holder, id"},
		{"factor", []string{"holder", "id", "box"}, true, "holder, id"},
		{"device", []string{"id", "holder", "place"}, true, "id"},
		{"wake", []string{"day"}, true, "day"},
		{"gone", []string{"mark"}, true, "mark"},
	}
}

// emptied is no table: number and pruned_by of entries whose payload is gone.
const emptied = "emptied"

// mostHeld is how many bytes of keys a snapshot takes into memory, so that nobody who
// writes a key has to wait until they are where they are copied to.
const mostHeld = 256 << 20

// A Snapshot is the whole store at one moment, beside a writer.
type Snapshot struct {
	Size       int64  // of the log
	Checkpoint []byte // the newest; nil if the log is empty

	truth, keys *sql.Tx // the same in a shared database
	held        []Row   // rows of keys, if keys is nil
}

// Snapshot takes hold of the store as it is now. Keys are read at once, if there are
// not too many; otherwise whoever writes a key waits until the snapshot is closed.
func (db *DB) Snapshot(ctx context.Context) (_ *Snapshot, err error) {
	s := &Snapshot{}
	defer func() {
		if err != nil {
			s.Close()
			err = explain(err)
		}
	}()
	if db.shared { // all is of one moment, and keeps nobody waiting
		if s.truth, err = db.read.BeginTx(ctx, db.snapshot()); err == nil {
			_, err = s.truth.ExecContext(ctx, postgres.Reading)
		}
		if err == nil {
			s.Size, err = size(ctx, s.truth)
		}
		if err == nil {
			s.Checkpoint, _, err = checkpoint(ctx, s.truth)
		}
		s.keys = s.truth
		return s, err
	}
	// Keys first: from the first read on nobody commits one, and so the log that is
	// looked at next is of the same moment.
	if s.keys, err = db.keys.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}); err != nil {
		return nil, err
	}
	var bytes int64
	if err = s.keys.QueryRowContext(ctx, `select coalesce(sum(length(box)), 0) from wrap`).Scan(&bytes); err != nil {
		return nil, err
	}
	if s.truth, err = db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}); err != nil {
		return nil, err
	}
	if s.Size, err = size(ctx, s.truth); err != nil {
		return nil, err
	}
	if s.Checkpoint, _, err = checkpoint(ctx, s.truth); err != nil || bytes > mostHeld {
		return s, err
	}
	for row, err := range tableRows(ctx, s.keys, keyTables(), "") {
		if err != nil {
			return nil, err
		}
		s.held = append(s.held, row)
	}
	err = s.keys.Rollback()
	s.keys = nil
	return s, err
}

// Close lets go of the store.
func (s *Snapshot) Close() {
	for _, tx := range []*sql.Tx{s.truth, s.keys} {
		if tx != nil {
			tx.Rollback()
		}
	}
}

// Keys yields all rows of what can be destroyed.
func (s *Snapshot) Keys(ctx context.Context) iter.Seq2[Row, error] {
	if s.keys != nil {
		return tableRows(ctx, s.keys, keyTables(), "")
	}
	return func(yield func(Row, error) bool) {
		for _, row := range s.held {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// Entries yields which of the entries before number from have no payload, then the
// entries from there on, then the checkpoints that are larger than from.
func (s *Snapshot) Entries(ctx context.Context, from int64) iter.Seq2[Row, error] {
	tables := Tables()
	gone := Table{emptied, []string{"number", "pruned_by"}, false, "number"}
	return func(yield func(Row, error) bool) {
		_ = passOn(yield, query(ctx, s.truth, gone, `select number, pruned_by from entry where pruned_by is not null and number < $1 order by number`, from)) &&
			passOn(yield, tableRows(ctx, s.truth, tables[:1], "number >= $1", from)) &&
			passOn(yield, tableRows(ctx, s.truth, tables[1:2], "size > $1", from))
	}
}

// Waiting yields what waits to be read, and which files there are.
func (s *Snapshot) Waiting(ctx context.Context) iter.Seq2[Row, error] {
	var tables []Table
	for _, t := range Tables()[2:] {
		if !t.Keys {
			tables = append(tables, t)
		}
	}
	return tableRows(ctx, s.truth, tables, "")
}

// Blobs returns the names of all files that something owns.
func (s *Snapshot) Blobs(ctx context.Context) (names []string, err error) {
	t := Table{"blob", []string{"name"}, false, "name"}
	for row, err := range tableRows(ctx, s.truth, []Table{t}, "") {
		if err != nil {
			return nil, err
		}
		names = append(names, row.Values[0].(string))
	}
	return names, nil
}

// Owned reports whether something owns a file now.
func (db *DB) Owned(ctx context.Context, name string) (bool, error) {
	var n int
	err := db.read.QueryRowContext(ctx, ownersOf, name).Scan(&n)
	return n > 0, explain(err)
}

// SumOf returns the hash of the tree over the first size entries.
func (db *DB) SumOf(ctx context.Context, size int64) (tlog.Hash, error) {
	n, err := db.Size(ctx)
	if err != nil {
		return tlog.Hash{}, err
	}
	if size > n || size < 0 {
		return tlog.Hash{}, fault.New(fault.Damaged, "store.entries_lost", fault.Count(n))
	}
	return tlog.TreeHash(size, db.Hashes(ctx))
}

func keyTables() (tables []Table) {
	for _, t := range Tables() {
		if t.Keys {
			tables = append(tables, t)
		}
	}
	return tables
}

func passOn(yield func(Row, error) bool, from iter.Seq2[Row, error]) bool {
	for row, err := range from {
		if !yield(row, err) || err != nil {
			return false
		}
	}
	return true
}

func tableRows(ctx context.Context, from querier, tables []Table, where string, args ...any) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, t := range tables {
			text := `select ` + strings.Join(t.Columns, ", ") + ` from ` + t.Name
			if where != "" {
				text += ` where ` + where
			}
			if !passOn(yield, query(ctx, from, t, text+` order by `+t.order, args...)) {
				return
			}
		}
	}
}

func query(ctx context.Context, from querier, t Table, text string, args ...any) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		rows, err := from.QueryContext(ctx, text, args...)
		if err != nil {
			yield(Row{}, explain(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			row := Row{t.Name, make([]any, len(t.Columns))}
			into := make([]any, len(t.Columns))
			for i := range into {
				into[i] = &row.Values[i]
			}
			err := rows.Scan(into...)
			if !yield(row, explain(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Row{}, explain(err))
		}
	}
}

// A Loader fills a store that was just created with the rows of another. What it has
// taken is there after Close; if it fails, the store is of no use.
type Loader struct {
	Forget func(key, stream ledger.ID) bool // whether wraps of a key must not be brought back; nil forgets none
	Left   int                              // wraps that were not, for that
	Taken  map[string]int                   // rows, by table

	db      *DB
	tables  map[string]Table
	gone    map[int64]int64 // emptied entries
	grown   edge
	batch   []Row
	held    int // bytes of batch
	entries int64
}

// Load begins to fill the store, whose log and keys must be empty, and which must be
// open for writing.
func (db *DB) Load(ctx context.Context) (*Loader, error) {
	n, err := db.Size(ctx)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		return nil, fault.New(fault.Conflict, "store.exists")
	}
	return db.LoadKeys(ctx)
}

// LoadKeys is Load for a store that has its log, and whose keys must be empty.
func (db *DB) LoadKeys(ctx context.Context) (*Loader, error) {
	n := 0
	if err := db.keys.QueryRowContext(ctx, `select count(*) from wrap`).Scan(&n); err != nil {
		return nil, explain(err)
	}
	if n > 0 {
		return nil, fault.New(fault.Conflict, "store.exists")
	}
	l := &Loader{db: db, Taken: map[string]int{}, tables: map[string]Table{}, gone: map[int64]int64{}}
	for _, t := range Tables() {
		l.tables[t.Name] = t
	}
	return l, nil
}

// misfit is a row that is of no store.
var misfit = fault.New(fault.Damaged, "store.bad_row", fault.Count(0))

// batched is how many rows, and bytes of them, are written at once.
const batched, batchedBytes = 4096, 32 << 20

// Put takes a row. Entries come in order, and after the rows that say which of them
// are emptied.
func (l *Loader) Put(ctx context.Context, row Row) error {
	if row.Table == emptied {
		return l.empty(row)
	}
	t, ok := l.tables[row.Table]
	if !ok || len(row.Values) != len(t.Columns) {
		return misfit
	}
	switch row.Table {
	case "entry":
		if err := l.check(&row); err != nil {
			return err
		}
	case "wrap":
		key, stream, ok := idsOf(row.Values[0], row.Values[1])
		if !ok {
			return fault.New(fault.Damaged, "store.bad_key_row")
		}
		if l.Forget != nil && l.Forget(key, stream) {
			l.Left++
			return nil
		}
	}
	l.Taken[row.Table]++
	l.batch = append(l.batch, row)
	for _, v := range row.Values {
		if b, ok := v.([]byte); ok {
			l.held += len(b)
		}
	}
	if len(l.batch) < batched && l.held < batchedBytes {
		return nil
	}
	return l.Flush(ctx)
}

func (l *Loader) empty(row Row) error {
	if len(row.Values) != 2 {
		return misfit
	}
	n, ok1 := row.Values[0].(int64)
	by, ok2 := row.Values[1].(int64)
	if !ok1 || !ok2 {
		return misfit
	}
	l.gone[n] = by
	return nil
}

// check looks at an entry, and takes the payload from one that was emptied since.
func (l *Loader) check(row *Row) error {
	v := row.Values
	bad := fault.New(fault.Damaged, "store.bad_row", fault.Count(l.entries))
	number, ok1 := v[0].(int64)
	digest, ok2 := v[6].([]byte)
	if !ok1 || !ok2 || len(digest) != sha256.Size {
		return bad
	}
	if number != l.entries {
		return fault.New(fault.Damaged, "store.entry_missing", fault.Count(l.entries))
	}
	l.entries++
	payload, full := v[5].([]byte)
	if full && sha256.Sum256(payload) != [32]byte(digest) {
		return fault.New(fault.Damaged, "store.payload_changed", fault.Count(number))
	}
	if by, ok := l.gone[number]; ok {
		v[5], v[7] = nil, by
	} else if full && v[7] != nil || !full && v[7] == nil {
		return bad
	}
	return nil
}

func idsOf(a, b any) (x, y ledger.ID, ok bool) {
	p, ok1 := a.([]byte)
	r, ok2 := b.([]byte)
	if !ok1 || !ok2 || len(p) != len(x) || len(r) != len(y) {
		return x, y, false
	}
	return ledger.ID(p), ledger.ID(r), true
}

// Flush writes what was taken. The caller calls it last.
func (l *Loader) Flush(ctx context.Context) error {
	var truth, keys []Row
	for _, row := range l.batch {
		if l.tables[row.Table].Keys {
			keys = append(keys, row)
		} else {
			truth = append(truth, row)
		}
	}
	l.batch, l.held = l.batch[:0], 0
	if len(truth) > 0 {
		if err := l.db.inTruth(ctx, func(ctx context.Context, tx *sql.Tx) error { return l.write(ctx, tx, truth) }); err != nil {
			return err
		}
		l.db.mu.Lock()
		l.db.stale = true
		l.db.mu.Unlock()
	}
	if len(keys) > 0 {
		return l.db.writeKeys(ctx, func(ctx context.Context, tx *sql.Tx) error { return l.write(ctx, tx, keys) })
	}
	return nil
}

func (l *Loader) write(ctx context.Context, tx *sql.Tx, rows []Row) error {
	statements := map[string]*sql.Stmt{}
	prepare := func(name string, columns []string) (st *sql.Stmt, err error) {
		if st = statements[name]; st == nil {
			st, err = tx.PrepareContext(ctx, insertInto(name, columns))
			statements[name] = st
		}
		return st, err
	}
	defer func() {
		for _, st := range statements {
			if st != nil {
				st.Close()
			}
		}
	}()
	for _, row := range rows {
		st, err := prepare(row.Table, l.tables[row.Table].Columns)
		if err != nil {
			return err
		}
		if _, err := st.ExecContext(ctx, row.Values...); err != nil {
			return err
		}
		if row.Table != "entry" {
			continue
		}
		if st, err = prepare("tree", []string{"pos", "hash"}); err != nil {
			return err
		}
		if err := l.grow(ctx, st, row); err != nil {
			return err
		}
	}
	return nil
}

// grow adds the leaf of an entry, and the hashes it completes.
func (l *Loader) grow(ctx context.Context, into *sql.Stmt, row Row) error {
	v := row.Values
	id, stream, ok := idsOf(v[1], v[2])
	key, _, ok2 := idsOf(v[3], v[1])
	mode, ok3 := v[4].(int64)
	if !ok || !ok2 || !ok3 || mode>>8 != 0 {
		return misfit
	}
	leaf := ledger.Record{Mode: byte(mode), ID: id, Stream: stream, Key: key}.LeafHashFrom([32]byte(v[6].([]byte)))
	pos := tlog.StoredHashCount(l.grown.size)
	return l.grown.add(leaf, func(h tlog.Hash) error {
		_, err := into.ExecContext(ctx, pos, h[:])
		pos++
		return err
	})
}

func insertInto(table string, columns []string) string {
	var places []string
	for i := range columns {
		places = append(places, "$"+strconv.Itoa(i+1))
	}
	return `insert into ` + table + ` (` + strings.Join(columns, ", ") + `) values (` + strings.Join(places, ", ") + `)`
}
