package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/ledger"
)

// A Flaw is something that is not as it was written. Number is -1, and IDs are zero,
// where they are not known or do not apply.
type Flaw struct {
	What   FlawKind
	Number int64     // of the entry, the checkpoint's size, or how many rows or lines
	ID     ledger.ID // of the entry
	Stream ledger.ID // of the entry, or of the key that opens the file
	Name   string    // of the file or the table
}

// A FlawKind says what is wrong.
type FlawKind string

// What can be wrong.
const (
	FlawPayload     FlawKind = "payload"     // what an entry holds is not what was written
	FlawEntry       FlawKind = "entry"       // an entry's row is not what was written, or is another's
	FlawGone        FlawKind = "gone"        // an entry's row is not there, or can't be read
	FlawUnexplained FlawKind = "unexplained" // an entry is empty, and none says why
	FlawHash        FlawKind = "hash"        // a hash of the tree is wrong; the entries under it are not
	FlawCheckpoint  FlawKind = "checkpoint"  // a checkpoint is not signed, or is of another log
	FlawRewritten   FlawKind = "rewritten"   // entries from here on fit each other, and not what was signed
	FlawEnd         FlawKind = "end"         // the log ends before, or after, its newest checkpoint
	FlawFile        FlawKind = "file"        // a sealed file is not what its name says
	FlawNoFile      FlawKind = "no file"     // a sealed file is not there
	FlawRows        FlawKind = "rows"        // rows of a table can't be read
	FlawEngine      FlawKind = "engine"      // the engine finds its own file damaged, in so many places
	FlawPage        FlawKind = "page"        // a page of a file of the engine does not have its checksum
	FlawSeen        FlawKind = "seen"        // a longer log was seen, or another
	FlawKey         FlawKind = "key"         // a row of keys is one that nobody wrote, or does not open
	FlawNoKey       FlawKind = "no key"      // an entry is sealed under a key that is in no row, or in one that does not open
)

// A Survey says what [DB.Locate] went through.
type Survey struct {
	Entries int64 // that there should be
	Whole   int64 // of these, as they were written
	Pruned  int64 // of these, emptied with an entry that says why
	Files   int   // that were read
	Away    int   // files that were not, because they are in a bucket that can't be asked
	Keys    int   // rows of keys that were compared with the log; 0 if that could not be done
	Left    int   // of these, those that the log does not know or that are yet to be destroyed
	Flaws   int
}

// Locate looks at everything, as [DB.Verify] does, goes on behind what is wrong, and
// calls found for each. What it does not report is as it was written, as far as that
// can be told without any key: of what is sealed in the table of keys only the
// checksums of its pages. It changes nothing. It fails only if it can't go on.
func (db *DB) Locate(ctx context.Context, known note.Verifiers, found func(Flaw)) (Survey, error) {
	l := &locator{db: db, ctx: ctx, known: known, found: found}
	if err := l.log(); err != nil {
		return l.survey, err
	}
	if err := l.tables(); err != nil {
		return l.survey, err
	}
	return l.survey, l.files()
}

type locator struct {
	db     *DB
	ctx    context.Context
	known  note.Verifiers
	found  func(Flaw)
	survey Survey

	nodes   []node // the edge of the tree up to here
	notes   map[int64][]byte
	covered int64 // size of the last checkpoint that fits
	broken  bool  // a checkpoint did not fit the tree under it
}

// A node is a hash of the tree, if it is known.
type node struct {
	hash  tlog.Hash
	known bool
}

func (l *locator) flaw(f Flaw) {
	l.survey.Flaws++
	l.found(f)
}

// atOnce is how many rows are asked for together.
const atOnce = 256

// log walks the entries, and the tree and the checkpoints over them.
func (l *locator) log() error {
	total, err := l.extent()
	if err != nil {
		return err
	}
	l.survey.Entries = total
	var pos int64
	for from := int64(0); from < total; from += atOnce {
		to := min(from+atOnce, total)
		entries := map[int64]Numbered{}
		l.readEntries(from, to, entries)
		hashes := map[int64]tlog.Hash{}
		l.readTree(pos, tlog.StoredHashCount(to), hashes)
		l.lookFor(from, to, entries, pos, tlog.StoredHashCount(to), hashes)
		pos = tlog.StoredHashCount(to)
		for n := from; n < to; n++ {
			if err := l.ctx.Err(); err != nil {
				return err
			}
			e, there := entries[n]
			l.one(n, total, e, there, hashes)
		}
	}
	l.end(total)
	return nil
}

// extent reads the checkpoints, and returns how many entries there should be, by all
// that tells. What is appended meanwhile has its checkpoint.
func (l *locator) extent() (total int64, err error) {
	var last sql.NullInt64
	unread := l.db.read.QueryRowContext(l.ctx, `select max(number) from entry`).Scan(&last)
	if last.Valid {
		total = last.Int64 + 1
	}
	if err := l.readNotes(); err != nil {
		return 0, err
	}
	for size := range l.notes {
		total = max(total, size)
	}
	if total == 0 {
		return 0, explain(unread)
	}
	return total, nil
}

func (l *locator) readNotes() error {
	l.notes = map[int64][]byte{}
	rows, err := l.db.read.QueryContext(l.ctx, `select size, note from checkpoint order by size`)
	if err == nil {
		defer rows.Close()
		for rows.Next() {
			var size int64
			var signed []byte
			if err = rows.Scan(&size, &signed); err != nil {
				break
			}
			l.notes[size] = signed
		}
		err = errors.Join(err, rows.Err())
	}
	if err != nil {
		if l.ctx.Err() != nil {
			return l.ctx.Err()
		}
		l.flaw(Flaw{What: FlawRows, Number: -1, Name: "checkpoint"})
	}
	return nil
}

const (
	selectRange = `select ` + columns + ` from entry where number >= $1 and number < $2 order by number`
	selectTree  = `select pos, hash from tree where pos >= $1 and pos < $2 order by pos`
	fileOwner   = `select owner from blob where name = $1`
	streamOfKey = `select stream from wrap where key = $1`
)

// readEntries reads what can be read of a range: if a part of it can't, the halves.
func (l *locator) readEntries(from, to int64, into map[int64]Numbered) {
	rows, err := l.db.read.QueryContext(l.ctx, selectRange, from, to)
	if err == nil {
		var row scanned
		for rows.Next() {
			n, bad := row.scan(rows)
			if n.Number >= from && n.Number < to && (bad == nil || !n.Record.ID.IsZero()) {
				into[n.Number] = n
			}
		}
		err = errors.Join(rows.Err(), rows.Close())
	}
	if err != nil && to-from > 1 && l.ctx.Err() == nil {
		l.readEntries(from, (from+to)/2, into)
		l.readEntries((from+to)/2, to, into)
	}
}

// lookFor looks for what a walk over a range did not come across: where pages of the
// engine are damaged, a look at one row may find its way.
func (l *locator) lookFor(from, to int64, entries map[int64]Numbered, first, last int64, hashes map[int64]tlog.Hash) {
	for n := from; n < to; n++ {
		if _, there := entries[n]; !there {
			if e, err := l.db.At(l.ctx, n); err == nil {
				entries[n] = e
			}
		}
	}
	for at := first; at < last; at++ {
		if _, there := hashes[at]; !there {
			if h, err := readHashes(l.ctx, l.db.read, []int64{at}); err == nil {
				hashes[at] = h[0]
			}
		}
	}
}

func (l *locator) readTree(from, to int64, into map[int64]tlog.Hash) {
	rows, err := l.db.read.QueryContext(l.ctx, selectTree, from, to)
	if err == nil {
		for rows.Next() {
			var pos int64
			var b []byte
			if rows.Scan(&pos, &b) == nil && len(b) == tlog.HashSize {
				into[pos] = tlog.Hash(b)
			}
		}
		err = errors.Join(rows.Err(), rows.Close())
	}
	if err != nil && to-from > 1 && l.ctx.Err() == nil {
		l.readTree(from, (from+to)/2, into)
		l.readTree((from+to)/2, to, into)
	}
}

// one looks at one entry, and at the hashes that are fixed with it.
func (l *locator) one(n, total int64, e Numbered, there bool, hashes map[int64]tlog.Hash) {
	at := tlog.StoredHashIndex(0, n)
	stored, has := hashes[at]
	leaf := node{stored, has}
	if !there {
		l.flaw(Flaw{What: FlawGone, Number: n})
	} else {
		leaf = l.leaf(n, total, e, leaf, hashes)
	}
	l.grow(n, leaf, at, hashes)
	l.checkpoint(n + 1)
}

// leaf judges an entry by its own digest, and by the hash that the tree has of it. It
// returns which of the two hashes to go on with.
func (l *locator) leaf(n, total int64, e Numbered, stored node, hashes map[int64]tlog.Hash) node {
	here := Flaw{Number: n, ID: e.Record.ID, Stream: e.Record.Stream}
	own := node{e.Record.LeafHashFrom(e.Digest), true}
	switch {
	case e.Pruned && (e.PrunedBy <= n || e.PrunedBy >= total):
		here.What = FlawUnexplained
	case !e.Pruned && sha256.Sum256(e.Record.Payload) != e.Digest:
		here.What = FlawPayload
	}
	if stored.known && stored.hash == own.hash {
		l.judged(here, e)
		return own
	}
	mine, told := l.fits(n, own.hash, hashes)
	its, _ := l.fits(n, stored.hash, hashes)
	if !stored.known || told && (mine || !its) { // if none fits, more hashes are wrong; the checkpoint will tell
		l.flaw(Flaw{What: FlawHash, Number: n})
		l.judged(here, e)
		return own
	}
	if here.What == "" {
		here.What = FlawEntry
	}
	l.flaw(here)
	return stored
}

func (l *locator) judged(f Flaw, e Numbered) {
	if f.What != "" {
		l.flaw(f)
		return
	}
	l.survey.Whole++
	if e.Pruned {
		l.survey.Pruned++
	}
}

// fits reports whether a leaf, with its neighbour, gives the hash that is stored above
// both. A last leaf without one has nothing that would tell.
func (l *locator) fits(n int64, leaf tlog.Hash, hashes map[int64]tlog.Hash) (fits, told bool) {
	above, ok := hashes[tlog.StoredHashIndex(1, n/2)]
	if !ok {
		return false, false
	}
	if n&1 == 0 {
		right, ok := hashes[tlog.StoredHashIndex(0, n+1)]
		return ok && tlog.NodeHash(leaf, right) == above, ok
	}
	last := len(l.nodes) - 1
	if last < 0 || !l.nodes[last].known {
		return false, false
	}
	return tlog.NodeHash(l.nodes[last].hash, leaf) == above, true
}

// grow adds a leaf to the edge and compares each hash that is now fixed with the one
// that is stored. Where a leaf is lost, what is stored above it stands for it.
func (l *locator) grow(n int64, h node, pos int64, hashes map[int64]tlog.Hash) {
	for left := n; left&1 == 1; left >>= 1 {
		pos++
		stored, has := hashes[pos]
		last := len(l.nodes) - 1
		before := l.nodes[last]
		l.nodes = l.nodes[:last]
		if !before.known || !h.known {
			h = node{stored, has}
			continue
		}
		h = node{tlog.NodeHash(before.hash, h.hash), true}
		if !has || stored != h.hash {
			l.flaw(Flaw{What: FlawHash, Number: n})
		}
	}
	l.nodes = append(l.nodes, h)
}

// checkpoint compares the edge with the checkpoint of its size, if there is one.
func (l *locator) checkpoint(size int64) {
	signed, ok := l.notes[size]
	if !ok {
		return
	}
	delete(l.notes, size)
	cp, err := openNote(signed, l.known)
	if err != nil || cp.Size != size {
		l.flaw(Flaw{What: FlawCheckpoint, Number: size})
		return
	}
	e := edge{size: size}
	for _, n := range l.nodes {
		if !n.known {
			return
		}
		e.roots = append(e.roots, n.hash)
	}
	switch {
	case cp.Root == e.root():
		l.covered = size
	case !l.broken:
		l.broken = true
		l.flaw(Flaw{What: FlawRewritten, Number: l.covered})
	}
}

func (l *locator) end(total int64) {
	if total > 0 && l.covered != total && !l.broken {
		l.flaw(Flaw{What: FlawEnd, Number: l.covered})
	}
}

// openNote reads a checkpoint, and checks who signed it if known is not nil.
func openNote(signed []byte, known note.Verifiers) (ledger.Checkpoint, error) {
	if known == nil {
		return unverified(signed)
	}
	return ledger.OpenCheckpoint(signed, known)
}
