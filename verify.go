package habeas

import (
	"context"
	"errors"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// A Verification says what [Verify] or [VerifyAs] went through. The log it
// speaks of is the one whose first keeper is Root: whoever verifies compares
// Root, Size and Tree with what they wrote down before, for a log cut off at
// its end, with its last checkpoints, is a log that verifies.
type Verification struct {
	Root        ledger.ID // fingerprint of the first keeper
	Size        int64     // entries whose hashes verified, from the first on
	Tree        tlog.Hash // RFC 6962 root of these
	Pruned      int64     // of these, emptied, with an entry that says why
	Checkpoints int64     // that verified, signed by a node of the directory
	Clear       int64     // directory entries whose author's signature verified
	Opened      int64     // sealed entries that opened and whose author's signature verified
	Closed      int64     // sealed entries that were not opened: no key was given, or they are others'

	First Failure // the first entry that failed; meaningful if there was an error
}

// A Failure is the place of an entry.
type Failure struct {
	Number int64     // from 0; -1 if it is not an entry that failed
	ID     ledger.ID // zero if the entry is not there
}

// Verify checks the ledger of the office in dir with no secret, beside a running
// server: each payload against its digest, each leaf and each hash of the tree,
// each checkpoint and who signed it, and who signed each directory entry. It
// stops at the first thing that fails; the fault is then of kind Damaged.
// progress may be nil.
func Verify(ctx context.Context, dir string, progress func(done, total int64)) (*Verification, error) {
	id, err := readIdentity(dir)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(dir, store.ReadOnly)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	d := &Desk{db: db, root: id.Root, self: id.Node, cases: map[ledger.ID]bool{}, openers: map[ledger.ID]ledger.ID{}}
	return d.verifyAll(ctx, nil, progress)
}

// VerifyAs is Verify, and besides opens every entry that a member can open and
// checks its seal and its author's signature. It makes no session and writes
// nothing, the views included.
func VerifyAs(ctx context.Context, cfg Config, handle string, pass vault.Text, progress func(done, total int64)) (*Verification, error) {
	d, err := OpenReadOnly(cfg)
	if fault.KindOf(err) == fault.Damaged {
		if v, err := Verify(ctx, cfg.Dir, progress); err != nil {
			return v, err // it says where
		}
	}
	if err != nil {
		return nil, err
	}
	defer d.Close()
	seed, err := d.openLogin(ctx, d.inside, handle, pass)
	if err != nil {
		return nil, err
	}
	defer seed.Wipe()
	me, err := vault.NewHolder(seed)
	if err != nil {
		return nil, err
	}
	circles, err := d.circlesOf(ctx, me)
	if err != nil {
		return nil, err
	}
	return d.verifyAll(ctx, &ring{d: d, circles: circles, streams: map[ledger.ID][]*streamKeys{}}, progress)
}

// Damage returns nil, or the fault for which nothing can be written: when the
// desk was opened, its log did not fit the newest checkpoint. What can be read
// is still read. It is a quick look; [Verify] looks at everything.
func (d *Desk) Damage() error { return d.db.Damage() }

// verifyAll checks hashes first, then authors. An entry is opened only after its
// bytes turned out to be those that were written down.
func (d *Desk) verifyAll(ctx context.Context, r *ring, progress func(done, total int64)) (*Verification, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	var known note.Verifiers // nil if the directory cannot be read; then the hashes say where
	dirErr := d.readDirectory()
	if dirErr == nil {
		known, dirErr = d.Verifiers()
	}
	rep, err := d.db.Verify(ctx, known, func(done, total int64) { progress(done, 2*total) })
	if rep == nil {
		return nil, err
	}
	v := &Verification{
		Root: d.root, Size: rep.Entries, Tree: rep.Root, Pruned: rep.Pruned, Checkpoints: rep.Checkpoints,
		First: Failure{Number: -1},
	}
	if err != nil {
		v.First = whereOf(err, rep)
		return v, err
	}
	if dirErr != nil {
		return v, dirErr
	}
	return v, d.verifyAuthors(ctx, r, v, func(done int64) { progress(rep.Entries+done, 2*rep.Entries) })
}

// whereOf returns what the store says failed.
func whereOf(err error, rep *store.Report) Failure {
	f := Failure{Number: -1, ID: rep.First}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind() == fault.Damaged {
		f.Number = rep.Entries
		for _, a := range e.Args() {
			if n, ok := a.(fault.Count); ok {
				f.Number = int64(n)
			}
		}
		if e.Key() == "store.entry_missing" {
			f.ID = ledger.ID{} // it is the next one that was found
		}
	}
	return f
}

// verifyAuthors checks the signatures of entries whose hashes verified: those in
// clear, and those that r opens. r may be nil.
func (d *Desk) verifyAuthors(ctx context.Context, r *ring, v *Verification, progress func(done int64)) error {
	for n, err := range d.db.Since(ctx, -1) {
		if err != nil {
			return err
		}
		if n.Number >= v.Size {
			break // appended meanwhile
		}
		if err := d.verifyAuthor(ctx, r, n, v); err != nil {
			v.First = Failure{n.Number, n.Record.ID}
			return err
		}
		if n.Number%256 == 0 {
			progress(n.Number)
		}
	}
	progress(v.Size)
	return nil
}

func (d *Desk) verifyAuthor(ctx context.Context, r *ring, n store.Numbered, v *Verification) error {
	switch {
	case n.Pruned:
		return d.explained(ctx, n)
	case n.Record.Mode == ledger.ModeClear:
		o, err := ledger.OpenClear(n.Record)
		if err != nil {
			return err
		}
		v.Clear++
		_, err = d.verify(o)
		return err
	}
	key, ok, err := r.key(ctx, n.Record)
	if err != nil {
		return err
	}
	if !ok {
		v.Closed++
		return nil
	}
	o, err := ledger.Open(n.Record, key)
	if err != nil {
		return err
	}
	v.Opened++
	_, err = d.verify(o)
	return err
}

// A ring is every key that a member holds, by stream. The nil ring holds none.
type ring struct {
	d       *Desk
	circles []circleKeys
	streams map[ledger.ID][]*streamKeys
}

// key returns the key that a record is sealed under, if it is on the ring.
func (r *ring) key(ctx context.Context, rec ledger.Record) (ledger.Key, bool, error) {
	if r == nil {
		return ledger.Key{}, false, nil
	}
	sides, ok := r.streams[rec.Stream]
	if !ok {
		var err error
		if sides, err = r.open(ctx, rec.Stream); err != nil {
			return ledger.Key{}, false, err
		}
		r.streams[rec.Stream] = sides
	}
	for _, s := range sides {
		if key, ok, err := s.key(rec.Key); ok || err != nil {
			return key, ok, err
		}
	}
	return ledger.Key{}, false, nil
}

// open returns the sides of a stream that the member's circles hold.
func (r *ring) open(ctx context.Context, stream ledger.ID) (sides []*streamKeys, err error) {
	for _, c := range r.circles {
		for use, s := range map[ledger.Use]*side{ledger.UseCaseBody: c.body, ledger.UseCaseVault: c.vault} {
			if s == nil {
				continue
			}
			if stream == c.id {
				sides = append(sides, ownKeys(s))
				continue
			}
			opened, err := r.d.openGenerations(ctx, s, stream, use)
			if err != nil {
				return nil, err
			}
			if len(opened) == 0 {
				continue
			}
			keys, err := r.d.sideKeys(ctx, slices.Collect(maps.Values(opened)))
			if err != nil {
				return nil, err
			}
			sides = append(sides, keys)
		}
	}
	return sides, nil
}

// A Flaw is something stored that is not as it was written, see [Fsck].
type Flaw = store.Flaw

// A Survey says what [Fsck] went through.
type Survey = store.Survey

// Fsck looks at everything an office in dir stores, with no secret and beside a running
// server, and calls found for each thing that is not as it was written. Unlike [Verify]
// it goes on behind what is wrong, and reads past the checksums of damaged pages. What
// it does not name is whole, but for what rows of keys, letters and messages hold under
// their seals, when not the engine but somebody with a pen changed it; [FsckAs] opens the keys. Who may sign checkpoints stands in the directory; if that
// can't be read, signatures are not checked, and signed is false.
func Fsck(ctx context.Context, cfg Config, found func(Flaw)) (survey Survey, signed bool, err error) {
	return fsck(ctx, cfg, found, func(*keyCheck) error { return nil })
}

// fsck calls more when the table of keys could be compared.
func fsck(ctx context.Context, cfg Config, found func(Flaw), more func(*keyCheck) error) (survey Survey, signed bool, err error) {
	id, err := readIdentity(cfg.Dir)
	if err != nil {
		return survey, false, err
	}
	db, err := store.OpenAt(cfg.place(), store.Salvage)
	if err != nil {
		return survey, false, err
	}
	defer db.Close()
	d := &Desk{cfg: cfg, db: db, root: id.Root, self: id.Node, cases: map[ledger.ID]bool{}, openers: map[ledger.ID]ledger.ID{}}
	if err := d.useBucket(); err != nil && fault.KindOf(err) != fault.Damaged {
		return survey, false, err
	}
	var known note.Verifiers
	if d.readDirectory() == nil {
		known, err = d.Verifiers()
		signed = err == nil
	}
	survey, err = db.Locate(ctx, known, found)
	if err != nil || !signed {
		return survey, signed, err
	}
	if err := d.fsckSeen(ctx, known, &survey, found); err != nil {
		return survey, signed, err
	}
	k, err := d.fsckKeys(ctx, &survey, found)
	if err == nil && k != nil {
		err = more(k)
	}
	return survey, signed, err
}
