package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"math"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/ledger"
)

// A Report says what [DB.Verify] went through.
type Report struct {
	Entries     int64     // that verified, from the first on
	Pruned      int64     // of these, without their payload
	Checkpoints int64     // that verified
	Root        tlog.Hash // of the entries that verified
	First       ledger.ID // the first entry that did not verify, if it is there
}

// Verify checks the whole store without any key: that numbers have no gap, that
// each payload has its digest and each leaf and each hash of the tree is what
// it is computed from, and that each checkpoint has the root of the entries
// before it. If known is not nil, each checkpoint must be signed by one of them.
//
// At the first thing that fails it stops, and returns a fault of kind Damaged
// whose argument is the number of the entry. progress, which may be nil, is
// called now and then with the entries checked so far and all there are.
//
// It reads one state of the store, beside a writer.
func (db *DB) Verify(ctx context.Context, known note.Verifiers, progress func(done, total int64)) (*Report, error) {
	tx, err := db.read.BeginTx(ctx, db.snapshot())
	if err != nil {
		return nil, explain(err)
	}
	defer tx.Rollback()
	v := verifier{known: known, report: &Report{Root: sha256.Sum256(nil)}}
	if v.total, err = size(ctx, tx); err != nil {
		return nil, err
	}
	return v.report, explain(v.run(ctx, tx, math.MaxInt64, progress))
}

// VerifySpan is [DB.Verify] for at most most entries from the number from on. What
// lies before is taken as it is stored; so is what lies behind, unless the span
// reaches the end. Report.Entries counts those of the span, and Report.Root is that of
// all entries up to its end. It holds no state of the store for longer than it takes
// to read the span.
func (db *DB) VerifySpan(ctx context.Context, from, most int64, known note.Verifiers) (*Report, error) {
	tx, err := db.read.BeginTx(ctx, db.snapshot())
	if err != nil {
		return nil, explain(err)
	}
	defer tx.Rollback()
	v := verifier{known: known, report: &Report{}, pos: tlog.StoredHashCount(from), covered: from}
	if v.total, err = size(ctx, tx); err != nil {
		return nil, err
	}
	if from > v.total {
		return nil, fault.New(fault.Damaged, "store.entries_lost", fault.Count(v.total))
	}
	if v.edge, err = loadEdge(ctx, tx, from); err != nil {
		return nil, err
	}
	v.report.Root = v.edge.root()
	return v.report, explain(v.run(ctx, tx, most, nil))
}

// RootAt returns the root of the first size entries, from what is stored of the tree.
func (db *DB) RootAt(ctx context.Context, size int64) (tlog.Hash, error) {
	e, err := loadEdge(ctx, db.read, size)
	return e.root(), err
}

// verifier walks entries, hashes and checkpoints side by side.
type verifier struct {
	known  note.Verifiers
	total  int64
	report *Report
	edge   edge

	hashes   page[stored]
	notes    page[noted]
	pos      int64 // of the next hash
	noteSize int64 // of the checkpoint that waits; 0 if there is none
	noteText []byte
	covered  int64 // size of the last checkpoint that verified
}

// stored is a row of tree, noted one of checkpoint.
type (
	stored struct {
		pos  int64
		hash []byte
	}
	noted struct {
		size int64
		note []byte
	}
)

// A page is some rows of a table that is read in order. They are read by the page,
// because the connections of one engine give the rows of one statement at a time.
type page[T any] struct {
	rows []T
	read func(after int64) ([]T, error)
	last int64 // the number of the last row that was taken
	at   func(T) int64
}

// next returns the next row, or false after the last.
func (p *page[T]) next() (row T, ok bool, err error) {
	if len(p.rows) == 0 {
		if p.rows, err = p.read(p.last); err != nil || len(p.rows) == 0 {
			return row, false, err
		}
	}
	row, p.rows = p.rows[0], p.rows[1:]
	p.last = p.at(row)
	return row, true, nil
}

const (
	pageHashes  = `select pos, hash from tree where pos > $1 order by pos limit 2048`
	pageNotes   = `select size, note from checkpoint where size > $1 order by size limit 512`
	pageEntries = `select ` + columns + ` from entry where number > $1 order by number limit 256`
)

// rowsOf reads all rows of a statement.
func rowsOf[T any](ctx context.Context, tx *sql.Tx, query string, after int64, scan func(*sql.Rows) (T, error)) (all []T, err error) {
	rows, err := tx.QueryContext(ctx, query, after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		one, err := scan(rows)
		all = append(all, one)
		if err != nil {
			return all, err
		}
	}
	return all, rows.Err()
}

// before is before every row: numbers below 0 are damage too, and must be found.
const before = math.MinInt64

// rowBefore returns the number of the row before the first that is read: before all, if
// that is the first of the table.
func rowBefore(first int64) int64 {
	if first <= 0 {
		return before
	}
	return first - 1
}

func (v *verifier) run(ctx context.Context, tx *sql.Tx, most int64, progress func(done, total int64)) (err error) {
	notesBefore := int64(before)
	if v.edge.size > 0 {
		notesBefore = v.edge.size
	}
	v.hashes = page[stored]{last: rowBefore(v.pos), at: func(h stored) int64 { return h.pos }, read: func(after int64) ([]stored, error) {
		return rowsOf(ctx, tx, pageHashes, after, func(rows *sql.Rows) (h stored, err error) {
			return h, rows.Scan(&h.pos, &h.hash)
		})
	}}
	v.notes = page[noted]{last: notesBefore, at: func(n noted) int64 { return n.size }, read: func(after int64) ([]noted, error) {
		return rowsOf(ctx, tx, pageNotes, after, func(rows *sql.Rows) (n noted, err error) {
			return n, rows.Scan(&n.size, &n.note)
		})
	}}
	if err := v.nextNote(); err != nil {
		return err
	}
	var row scanned
	for last := rowBefore(v.edge.size); v.report.Entries < most; {
		entries, bad := rowsOf(ctx, tx, pageEntries, last, row.scan)
		for i, n := range entries {
			if v.report.Entries == most {
				break
			}
			err := bad
			if bad == nil || i < len(entries)-1 {
				err = v.entry(n)
			}
			if err != nil {
				v.report.First = n.Record.ID
				return err
			}
			last = n.Number
			if progress != nil && v.edge.size%4096 == 0 {
				progress(v.edge.size, v.total)
			}
		}
		if bad != nil && v.report.Entries < most {
			return bad
		}
		if len(entries) == 0 {
			break
		}
	}
	if progress != nil {
		progress(v.edge.size, v.total)
	}
	if v.report.Entries == most && v.edge.size < v.total {
		return nil
	}
	return v.end()
}

func (v *verifier) entry(n Numbered) error {
	at := fault.Count(v.edge.size)
	switch {
	case n.Number != v.edge.size:
		return fault.New(fault.Damaged, "store.entry_missing", at)
	case n.Pruned && (n.PrunedBy <= n.Number || n.PrunedBy >= v.total):
		return fault.New(fault.Damaged, "store.pruned_unexplained", at)
	case !n.Pruned && sha256.Sum256(n.Record.Payload) != n.Digest:
		return fault.New(fault.Damaged, "store.payload_changed", at)
	}
	bad := fault.New(fault.Damaged, "store.entry_changed", at)
	err := v.edge.add(n.Record.LeafHashFrom(n.Digest), func(want tlog.Hash) error {
		err := v.hash(want, bad)
		bad = fault.New(fault.Damaged, "store.tree_changed", at)
		return err
	})
	if err != nil {
		return err
	}
	if err := v.checkpoint(at); err != nil {
		return err
	}
	v.report.Entries++
	v.report.Root = v.edge.root()
	if n.Pruned {
		v.report.Pruned++
	}
	return nil
}

// hash compares the next stored hash with what it must be, and returns bad if it
// is another.
func (v *verifier) hash(want tlog.Hash, bad error) error {
	got, ok, err := v.hashes.next()
	if err != nil {
		return err
	}
	if !ok || got.pos != v.pos {
		return fault.New(fault.Damaged, "store.hash_missing", fault.Count(v.edge.size))
	}
	v.pos++
	if string(got.hash) != string(want[:]) {
		return bad
	}
	return nil
}

// checkpoint compares the tree with the checkpoint of its size, if there is one.
func (v *verifier) checkpoint(at fault.Count) error {
	if v.noteSize != v.edge.size {
		return nil
	}
	cp, err := v.open()
	switch {
	case err != nil:
		return fault.New(fault.Damaged, "store.checkpoint_unsigned", at)
	case cp.Size != v.edge.size || cp.Root != v.edge.root():
		return fault.New(fault.Damaged, "store.checkpoint_differs", at)
	}
	v.report.Checkpoints++
	v.covered = v.edge.size
	return v.nextNote()
}

func (v *verifier) open() (ledger.Checkpoint, error) {
	if v.known == nil {
		return unverified(v.noteText)
	}
	return ledger.OpenCheckpoint(v.noteText, v.known)
}

func (v *verifier) nextNote() error {
	v.noteSize, v.noteText = 0, nil
	n, ok, err := v.notes.next()
	if err != nil || !ok {
		return err
	}
	v.noteSize, v.noteText = n.size, n.note
	if v.noteSize <= v.edge.size {
		return fault.New(fault.Damaged, "store.checkpoint_differs", fault.Count(v.edge.size))
	}
	return nil
}

// end checks that nothing is left over.
func (v *verifier) end() error {
	at := fault.Count(v.edge.size)
	_, more, err := v.hashes.next()
	switch {
	case err != nil:
		return err
	case v.noteSize > 0 || more:
		return fault.New(fault.Damaged, "store.entries_lost", at)
	case v.covered != v.edge.size:
		return fault.New(fault.Damaged, "store.entries_uncovered", fault.Count(v.covered))
	}
	return nil
}

// unverified reads a checkpoint without looking at who signed it.
func unverified(signed []byte) (ledger.Checkpoint, error) {
	_, err := note.Open(signed, nil)
	var u *note.UnverifiedNoteError
	if !errors.As(err, &u) {
		return ledger.Checkpoint{}, fault.New(fault.Damaged, "store.checkpoint_unsigned")
	}
	t, err := tlog.ParseTree([]byte("go.sum database tree\n" + afterLine(u.Note.Text)))
	return ledger.Checkpoint{Size: t.N, Root: t.Hash}, err
}

// afterLine returns what follows the first line.
func afterLine(s string) string {
	_, rest, _ := strings.Cut(s, "\n")
	return rest
}

// checkTree reads the edge of the tree and compares its root with the newest
// checkpoint, whose signature is left to who knows the signers. It takes a few
// reads, whatever the size.
func (db *DB) checkTree(ctx context.Context) (edge, error) {
	tx, err := db.read.BeginTx(ctx, db.snapshot())
	if err != nil {
		return edge{}, explain(err)
	}
	defer tx.Rollback()
	return readTree(ctx, tx)
}

// readTree is checkTree in a transaction.
func readTree(ctx context.Context, tx *sql.Tx) (edge, error) {
	n, err := size(ctx, tx)
	if err != nil {
		return edge{}, err
	}
	signed, covered, err := checkpoint(ctx, tx)
	switch {
	case err != nil:
		return edge{}, err
	case covered > n:
		return edge{}, fault.New(fault.Damaged, "store.entries_lost", fault.Count(n))
	case covered < n:
		return edge{}, fault.New(fault.Damaged, "store.entries_uncovered", fault.Count(covered))
	case n == 0:
		return edge{}, nil
	}
	cp, err := unverified(signed)
	if err != nil {
		return edge{}, fault.New(fault.Damaged, "store.checkpoint_unsigned", fault.Count(n-1))
	}
	e, err := loadEdge(ctx, tx, n)
	if err != nil {
		return edge{}, err
	}
	if cp.Size != n || cp.Root != e.root() {
		return edge{}, fault.New(fault.Damaged, "store.checkpoint_differs", fault.Count(n-1))
	}
	return e, nil
}
