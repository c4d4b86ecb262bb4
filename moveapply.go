package habeas

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"filippo.io/age"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// A BundleApplied says what a bundle brought.
type BundleApplied struct {
	From     ledger.ID // the installation that made it
	Made     time.Time
	Entries  int // that were not here
	There    int // that were
	Left     int // that were not taken in: they are sealed under keys that were erased
	Wraps    int // that were not here
	Files    int // likewise
	Erasures int // that were done here now
}

// ApplyBundle takes in what a bundle holds and is not here. Nothing is written before
// the whole of it was read, and it was signed by an installation that is noted here.
// What was erased here does not come back, and what was erased there is erased here when
// it returns. To apply a bundle twice, or after a later one, changes nothing.
//
// A bundle holds all that its maker has and this installation did not say it has. If
// something else is missing, as when an older copy of this installation was put back,
// it is refused.
func (d *Desk) ApplyBundle(ctx context.Context, path string) (*BundleApplied, error) {
	if err := d.Damage(); err != nil {
		return nil, err
	}
	if err := d.catchUp(ctx); err != nil {
		return nil, err
	}
	b, err := d.openBundle(path, nil)
	if err != nil {
		return nil, err
	}
	p, err := d.madeBy(b)
	if err != nil {
		return nil, err
	}
	a := &applying{d: d, b: b, peer: p, done: &BundleApplied{From: b.from, Made: b.at}}
	leave, err := d.alone(ctx, &d.moving, "bundles")
	if err != nil {
		return nil, err
	}
	defer leave()
	for _, step := range []func(context.Context) error{
		a.judge, func(ctx context.Context) error { return a.files(ctx, path) }, a.keys, a.append, a.heed,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	marks := slices.Concat(b.entries, b.others)
	return a.done, noteTold(d.cfg.Dir, b.from, b.size, marks)
}

// openBundle reads a bundle that is sealed to this installation.
func (d *Desk) openBundle(path string, keep func(movedFile, []byte) error) (*bundle, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	identity, err := age.ParseHybridIdentity(d.node.Age().Reveal())
	if err != nil {
		return nil, err
	}
	in, err := age.Decrypt(f, identity)
	if err != nil {
		return nil, unreadBundle
	}
	return readBundle(in, keep)
}

// madeBy returns the installation that made a bundle, if it is one of this office that is
// noted here.
func (d *Desk) madeBy(b *bundle) (peer, error) {
	if b.root != d.root {
		return peer{}, refusedMove("the bundle is of another office", "nothing of it was taken in")
	}
	p, err := d.peer(b.from)
	if b.from.IsZero() || err != nil {
		return peer{}, refusedMove("the bundle was made by an installation that is not known here, or no longer", "nothing of it was taken in; habeas field list prints those that are known")
	}
	d.mu.Lock()
	h, ok := d.dir.Holder(b.from)
	d.mu.Unlock()
	if !ok || h.Use != ledger.UseNode && h.Use != ledger.UseField || b.to != d.node.ID() || !b.by(h.Sign) {
		return peer{}, refusedMove("the bundle was not signed by the installation that it says made it", "nothing of it was taken in; somebody else made it")
	}
	return p, nil
}

// applying is a bundle on its way in.
type applying struct {
	d    *Desk
	b    *bundle
	peer peer
	done *BundleApplied

	dir   *ledger.Directory // as it will be
	gone  map[erasedLine]bool
	under map[ledger.ID]map[ledger.ID]bool // by stream: sealing keys that are destroyed
	fresh []ledger.Sealed
	clear []ledger.Opened // all of the bundle, here or not
	wraps []vault.Wrap
	owned []movedFile
}

// judge looks at all of it, and changes nothing.
func (a *applying) judge(ctx context.Context) error {
	missing := map[ledger.ID]bool{}
	for _, id := range a.b.entries {
		missing[id] = true
	}
	for _, r := range a.b.records {
		delete(missing, r.ID)
		if r.Mode != ledger.ModeClear {
			continue
		}
		o, err := ledger.OpenClear(r)
		if err != nil {
			return unreadBundle
		}
		a.clear = append(a.clear, o)
	}
	dir, all, err := a.d.wholeDirectory(ctx, a.clear)
	if err != nil {
		return err
	}
	a.dir = dir
	if err := a.erased(all); err != nil {
		return err
	}
	return errors.Join(a.entries(ctx, missing), a.gap(ctx, missing))
}

// erased gathers which keys are destroyed, by what is here and what comes.
func (a *applying) erased(all []ledger.Opened) error {
	lines, err := readErased(ErasedBeside(a.d.cfg.Pepper))
	if err != nil {
		return err
	}
	a.gone, a.under = map[erasedLine]bool{}, map[ledger.ID]map[ledger.ID]bool{}
	for _, l := range lines {
		a.destroyed(l.stream, l.key)
	}
	for _, o := range all {
		if o.Kind() != ledger.KindErase {
			continue
		}
		key, ok := a.dir.Author(o)
		if !ok {
			continue
		}
		e, err := o.Verify(key)
		if err != nil {
			continue
		}
		if notice, err := ledger.ReadErase(e); err == nil {
			a.destroyed(e.Stream, notice.Keys...)
		}
	}
	return nil
}

func (a *applying) destroyed(stream ledger.ID, keys ...ledger.ID) {
	var generations []ledger.ID
	for _, h := range a.dir.Find(func(h ledger.Holder) bool { return h.Of == stream }) {
		generations = append(generations, h.ID)
	}
	if a.under[stream] == nil {
		a.under[stream] = map[ledger.ID]bool{}
	}
	for _, k := range keys {
		if _, holder := a.dir.Holder(k); holder {
			continue
		}
		a.gone[erasedLine{k, stream}] = true
		for _, id := range (ledger.Erase{Keys: []ledger.ID{k}}).SealedUnder(generations) {
			a.under[stream][id] = true
		}
	}
}

// entries finds those that are not here, and refuses what an installation may not bring:
// notices that no member signed, and what is of streams it has nothing to do with.
func (a *applying) entries(ctx context.Context, missing map[ledger.ID]bool) error {
	here := a.d.scopeOf(a.dir, a.peer, true)
	seen := map[ledger.ID]bool{}
	for _, r := range a.b.records {
		if seen[r.ID] {
			return unreadBundle
		}
		seen[r.ID] = true
		old, err := a.d.db.Entry(ctx, r.ID)
		if err == nil {
			if old.Record.LeafHashFrom(old.Digest) != r.LeafHash() {
				return refusedMove("the bundle holds an entry that is another here", "nothing of it was taken in; somebody rewrote something, here or there")
			}
			a.done.There++
			continue
		}
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
		if !here.takes(r) {
			return refusedMove("the bundle holds something that the installation which made it has nothing to do with", "nothing of it was taken in")
		}
		if a.under[r.Stream][r.Key] && r.Mode == ledger.ModeSealed {
			a.done.Left++
			continue
		}
		s, err := ledger.Moved(r)
		if err != nil {
			return unreadBundle
		}
		a.fresh = append(a.fresh, s)
	}
	for _, o := range a.clear {
		key, ok := a.dir.Author(o)
		if ok {
			_, err := o.Verify(key)
			ok = err == nil
		}
		if !ok {
			return refusedMove("the bundle holds a notice that nobody of this office signed", "nothing of it was taken in")
		}
	}
	a.done.Entries = len(a.fresh)
	a.pick(here)
	return nil
}

// gap fails if something is missing that the maker of the bundle took to be here.
func (a *applying) gap(ctx context.Context, missing map[ledger.ID]bool) error {
	for id := range missing {
		_, err := a.d.db.Entry(ctx, id)
		if fault.KindOf(err) == fault.NotFound {
			return refusedMove("the bundle builds on something that is not here", "nothing of it was taken in; make one with --all on the other installation")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pick chooses wraps and files: none of what was erased, and keys of circles and cases
// only for who was given them and still has them.
func (a *applying) pick(here *scope) {
	for _, w := range a.b.wraps {
		_, holder := a.dir.Holder(w.Key)
		if a.gone[erasedLine{w.Key, w.Stream}] || !here.wraps(w) || holder && !a.dir.Granted(w.Key, w.Holder) {
			continue
		}
		a.wraps = append(a.wraps, w)
	}
	wrapped := map[ledger.ID]bool{}
	for _, w := range a.b.wraps {
		wrapped[w.Key] = a.gone[erasedLine{w.Key, w.Stream}]
	}
	for _, f := range a.b.files {
		if !wrapped[f.owner] && !a.goneAnywhere(f.owner) {
			a.owned = append(a.owned, f)
		}
	}
}

func (a *applying) goneAnywhere(key ledger.ID) bool {
	for l := range a.gone {
		if l.key == key {
			return true
		}
	}
	return false
}

// files puts sealed files where they belong. What is cut short after this is owned by
// nothing, and goes after some time.
func (a *applying) files(ctx context.Context, path string) error {
	var want []string
	for _, f := range a.owned {
		owned, err := a.d.db.Owned(ctx, f.name)
		if err != nil {
			return err
		}
		if !owned {
			want = append(want, f.name)
		}
	}
	if len(want) == 0 {
		return nil
	}
	var now *store.Blob
	_, err := a.d.openBundle(path, func(f movedFile, b []byte) (err error) {
		if !slices.Contains(want, f.name) || ctx.Err() != nil {
			return ctx.Err()
		}
		if now == nil {
			if now, err = a.d.db.NewBlob(); err != nil {
				return err
			}
		}
		if b != nil {
			_, err = now.Write(b)
			return err
		}
		name, err := now.Keep()
		if err == nil && name != f.name {
			err = unreadBundle
		}
		now = nil
		a.done.Files++
		return err
	})
	if now != nil {
		err = errors.Join(err, now.Discard())
	}
	return err
}

// keys writes wraps that are not here. One that is here is never replaced: who seizes an
// installation could have the office lose what it holds.
func (a *applying) keys(ctx context.Context) error {
	var fresh []vault.Wrap
	for _, w := range a.wraps {
		there, err := a.d.db.WrapsOf(ctx, w.Key)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(there, func(o vault.Wrap) bool { return o.Holder == w.Holder }) {
			fresh = append(fresh, w)
		}
	}
	a.done.Wraps = len(fresh)
	if len(fresh) > 0 {
		if err := a.d.db.PutWraps(ctx, fresh...); err != nil {
			return err
		}
	}
	for _, f := range a.owned {
		if err := a.d.db.Keep(ctx, f.owner, f.name); err != nil {
			return err
		}
	}
	return nil
}

// append writes what is not here, all or none, in the order of the log it is from.
func (a *applying) append(ctx context.Context) error {
	if len(a.fresh) == 0 {
		return nil
	}
	// Were it cut short, no view would be left that holds what it must not, or lacks what
	// it must have.
	if err := a.d.dropLocal(a.concerned()); err != nil {
		return err
	}
	_, err := a.d.appendMoved(ctx, a.fresh)
	return err
}

// concerned returns the circles to which something was given that is in no view of
// theirs, or from which something was taken.
func (a *applying) concerned() (circles []ledger.ID) {
	opened := map[ledger.ID]bool{}
	for _, o := range a.clear {
		if o.Kind() == ledger.KindHolder && ledger.Concerned(o).IsZero() {
			opened[o.Followed().Stream] = true
		}
	}
	for _, o := range a.clear {
		h, ok := a.dir.Holder(ledger.Concerned(o))
		side := ok && (h.Use == ledger.UseCircleBody || h.Use == ledger.UseCircleVault)
		if side && !opened[o.Followed().Stream] && !slices.Contains(circles, h.Of) {
			circles = append(circles, h.Of)
		}
	}
	return circles
}

// appendMoved is commit for entries of another installation, which this one does not
// know yet.
func (d *Desk) appendMoved(ctx context.Context, sealed []ledger.Sealed) (int64, error) {
	for try := 0; ; try++ {
		first, err := d.appendIf(ctx, sealed, func() error {
			d.mu.Lock()
			defer d.mu.Unlock()
			for _, s := range sealed {
				if d.spent[s.Record().Key] {
					return fault.New(fault.Conflict, "erase.gone")
				}
			}
			return nil
		})
		if !movedOn(err) || try == mostMoves {
			return first, err
		}
		if err := d.catchUp(ctx); err != nil {
			return 0, err
		}
	}
}

// heed does what the notices of the bundle say. What was taken back is taken away also
// if that was here before: the one before may have been cut short.
func (a *applying) heed(ctx context.Context) error {
	d := a.d
	var news []store.Numbered
	for _, s := range a.fresh {
		if s.Record().Mode != ledger.ModeClear {
			continue
		}
		n, err := d.db.Entry(ctx, s.Record().ID)
		if err != nil {
			return err
		}
		news = append(news, n)
	}
	if err := d.heedNews(ctx, news); err != nil {
		return err
	}
	if err := d.stopAll(ctx); err != nil {
		return err
	}
	for _, o := range a.clear {
		key, from, ok := ledger.TakenBack(o)
		if !ok || a.dir.Granted(key, from) {
			continue
		}
		if err := d.db.DeleteWrapsTo(ctx, from, key); err != nil {
			return err
		}
	}
	return a.erase(ctx)
}

// erase destroys what the bundle says was erased, as far as it is still here.
func (a *applying) erase(ctx context.Context) error {
	d := a.d
	all, done, err := d.allErasings(ctx)
	if err != nil {
		return err
	}
	var todo []*erasing
	for _, e := range all {
		back, err := d.db.Wrapped(ctx, e.stream, d.sourcesOf(e))
		if err != nil {
			return err
		}
		if back > 0 || !done[e.entry] {
			todo = append(todo, e)
		}
	}
	a.done.Erasures = len(todo)
	return d.finishErasing(ctx, d.node.Signer(), todo)
}
