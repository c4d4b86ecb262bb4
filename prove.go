package habeas

import (
	"context"
	"slices"
	"time"

	"habeas/internal/store"
	"habeas/ledger"
)

// A Proof is what [Prove] found.
type Proof struct {
	Erasures []ProvenErasure
	Remnants []store.Remnant // copies of what was erased
	Unlisted int             // erased keys that the list beside the pepper does not name
	Unsaid   int             // keys that only the list names: an older copy of the log was put back
	Shared   bool            // the office is in a shared database, through whose own files nobody looked
	Files    int             // that were looked through
	Bytes    int64
	Bucket   *store.BucketLook // what the bucket says it holds; nil without one
}

// Clean reports whether nothing is left of what was erased.
func (p *Proof) Clean() bool {
	return len(p.Remnants) == 0 && p.Unlisted == 0 && !slices.ContainsFunc(p.Erasures, func(e ProvenErasure) bool { return e.Wrapped+e.Unpruned > 0 })
}

// A ProvenErasure is an erasure that a member announced, and what is left of it.
type ProvenErasure struct {
	Number   int64
	Day      time.Time
	Why      ledger.Why
	Keys     int
	Entries  int // that were sealed under these and hold nothing any more
	Wrapped  int // keys that are still there
	Unpruned int // entries that still hold what they said
	Done     bool
	Backups  time.Time // by this day the last backup that holds the keys has expired
}

// Prove looks whether what was erased in the office is gone: with no secret,
// beside a running server. It looks through every byte of every file of the data
// directory, see [store.Remains], and at the list beside the pepper; of a bucket, at
// whether something owns each file. Of a shared database it asks for the keys and the
// entries, and cannot see its files. It cannot see backups, what a disk or the keeper of
// a bucket keeps of deleted files, or the memory of a server.
func Prove(ctx context.Context, cfg Config) (*Proof, error) {
	cfg = cfg.filled()
	id, err := readIdentity(cfg.Dir)
	if err != nil {
		return nil, err
	}
	db, err := store.OpenAt(cfg.place(), store.ReadOnly)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	d := &Desk{cfg: cfg, db: db, root: id.Root, self: id.Node, cases: map[ledger.ID]bool{}, openers: map[ledger.ID]ledger.ID{}}
	if err := d.readDirectory(); err != nil {
		return nil, err
	}
	var pruned []store.Numbered
	emptied := map[int64]int{}
	for n, err := range db.Pruned(ctx) {
		if err != nil {
			return nil, err
		}
		pruned = append(pruned, n)
		emptied[n.PrunedBy]++
	}
	p := &Proof{Shared: db.Shared()}
	gone, err := d.proveKeys(ctx, p, emptied)
	if err != nil {
		return nil, err
	}
	if p.Bucket, err = d.lookAtBucket(ctx); err != nil {
		return nil, err
	}
	p.Remnants, p.Files, p.Bytes, err = store.Remains(ctx, cfg.Dir, gone, pruned)
	return p, err
}

// proveKeys looks at each erasure by itself, and returns the keys that were
// destroyed.
func (d *Desk) proveKeys(ctx context.Context, p *Proof, emptied map[int64]int) (gone []ledger.ID, err error) {
	all, done, err := d.allErasings(ctx)
	if err != nil {
		return nil, err
	}
	lines, err := readErased(ErasedBeside(d.cfg.Pepper))
	if err != nil {
		return nil, err
	}
	listed, said := map[erasedLine]bool{}, map[erasedLine]bool{}
	for _, l := range lines {
		listed[l] = true
	}
	for _, e := range all {
		keys := d.sourcesOf(e)
		gone = append(gone, keys...)
		proven := ProvenErasure{Number: e.number, Day: e.day, Why: e.notice.Why, Keys: len(keys), Entries: emptied[e.number],
			Done: done[e.entry], Backups: d.ErasedBy(e.day)}
		if proven.Wrapped, err = d.db.Wrapped(ctx, e.stream, keys); err != nil {
			return nil, err
		}
		under := make([]ledger.ID, 0, len(e.under))
		for key := range e.under {
			under = append(under, key)
		}
		left, err := d.db.Under(ctx, e.stream, e.number, under)
		if err != nil {
			return nil, err
		}
		proven.Unpruned = len(left)
		p.Erasures = append(p.Erasures, proven)
		for _, k := range keys {
			said[erasedLine{k, e.stream}] = true
			if !listed[erasedLine{k, e.stream}] {
				p.Unlisted++
			}
		}
	}
	for l := range listed {
		if !said[l] && l.stream != d.deskStream() { // of a letter, the ID of its key stays where it waited

			p.Unsaid++
			gone = append(gone, l.key)
		}
	}
	return gone, nil
}
