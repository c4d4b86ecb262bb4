package habeas

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/gate"
	"habeas/internal/store"
	"habeas/internal/view"
	"habeas/ledger"
	"habeas/vault"
)

// How much is opened, checked and written to a view in one transaction: so many
// entries, or fewer once they hold so many bytes.
const (
	followAtOnce = 4096
	followBytes  = 16 << 20
)

// A circleView is the open view of a circle. It is open only while a member of
// the circle is in session.
type circleView struct {
	body ledger.ID // the holder whose seed opened it

	mu    sync.Mutex // held while following
	view  *view.View
	known bool // the log was found to go on from what the view has seen
	trust trust

	index   *circleIndex // nil until asked for
	gateKey gate.Key
	digests map[CaseID]*caseDigest // what other cases need of each; see digests
	appeals *appealBook            // nil until asked for
}

// view returns the view of a circle, caught up with the ledger.
func (d *Desk) view(ctx context.Context, c circleKeys) (*circleView, error) {
	if err := d.catchUp(ctx); err != nil {
		return nil, err
	}
	cv, err := d.openView(ctx, c)
	if err != nil {
		return nil, err
	}
	cv.mu.Lock()
	defer cv.mu.Unlock()
	if astray := d.astray(); !cv.known || astray {
		err := d.goesOn(ctx, cv.view)
		if astray && fault.KindOf(err) == fault.Damaged {
			return cv, nil // it shows what was there
		}
		if err != nil {
			return nil, err
		}
		cv.known = true
	}
	return cv, d.follow(ctx, c, cv.view, cv.trust, nil)
}

func (d *Desk) openView(ctx context.Context, c circleKeys) (*circleView, error) {
	d.viewMu.RLock()
	defer d.viewMu.RUnlock()
	d.mu.Lock()
	cv := d.circles[c.id]
	gens := d.dir.Generations(c.id, ledger.UseCircleBody)
	d.mu.Unlock()
	if len(gens) == 0 || gens[0].ID != c.body.ID() { // the circle's keys were renewed since by came
		return nil, fault.New(fault.Conflict, "circle.renewed")
	}
	if cv != nil {
		return cv.openTo(c)
	}
	key, err := d.viewKey(ctx, c)
	if err != nil {
		return nil, err
	}
	gateKey, err := d.gateKey(ctx, c)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if cv := d.circles[c.id]; cv != nil {
		return cv.openTo(c)
	}
	v, err := view.Open(d.viewPath(c.body.ID()), key)
	if err != nil {
		return nil, err
	}
	cv = &circleView{body: c.body.ID(), view: v, gateKey: gateKey, trust: d.trusted[c.id]}
	d.circles[c.id] = cv
	return cv, nil
}

// openTo returns an open view to who holds what opened it. That a holder is said
// to be of the circle does not open it to them.
func (cv *circleView) openTo(c circleKeys) (*circleView, error) {
	if cv.body != c.body.ID() { // they are being renewed just now
		return nil, fault.New(fault.Conflict, "circle.renewed")
	}
	return cv, nil
}

// viewPath returns where the view is kept that the body of a circle opens.
func (d *Desk) viewPath(body ledger.ID) string {
	return filepath.Join(d.cfg.Dir, viewsDir, body.String()+".db")
}

// unused takes the views of circles that no live session holds out of the map,
// to be closed once d.mu, which is held, is free: who follows the ledger holds a
// view and needs d.mu.
func (d *Desk) unused() []*circleView {
	held := map[ledger.ID]bool{}
	for _, s := range d.sessions {
		for _, c := range s.circles {
			held[c] = true
		}
	}
	var out []*circleView
	for id, cv := range d.circles {
		if !held[id] {
			out = append(out, cv)
			delete(d.circles, id)
		}
	}
	return out
}

func closeViews(views []*circleView) error {
	var err error
	for _, cv := range views {
		cv.mu.Lock()
		err = errors.Join(err, cv.view.Close())
		cv.mu.Unlock()
	}
	return err
}

// trust says up to where signatures were checked before: of entries numbered
// below size, if the leaves up to there still have the given root.
type trust struct {
	size int64
	root tlog.Hash
}

// follow brings v up to date: it opens the entries that c can open, checks who
// signed them, and applies them. Entries of other circles, and of the vault
// side, are passed by unopened.
func (d *Desk) follow(ctx context.Context, c circleKeys, v *view.View, known trust, progress func(done, total int64)) error {
	mark, err := v.Mark(ctx)
	if err != nil {
		return err
	}
	size, err := d.reached(ctx)
	if err != nil || size == mark.Size {
		return err
	}
	if size < mark.Size {
		return fault.New(fault.Damaged, "ledger.rewritten", fault.Count(mark.Size))
	}
	o, err := d.newOpener(ctx, c, known, size-mark.Size)
	if err != nil {
		return err
	}
	o.tree.size, o.tree.right = mark.Size, nil
	building := mark.Size == 0 // then the root can be computed on the way
	p := o.into(v, func(done int64) {
		if progress != nil {
			progress(done, size)
		}
	})
	err = o.readAll(mark.Size, max(size, known.size), size, building, p)
	return cmp.Or(p.end(), err)
}

// readAll reads the log from an entry on, checks leaves, and passes on what it read. It
// is to reach least; where the log is shared, what is beyond most is left for later.
func (o *opener) readAll(next, least, most int64, building bool, p *pipe) error {
	var chunk []store.Numbered
	held := 0
	for n, err := range o.d.db.Since(o.ctx, next-1) {
		if err != nil {
			return err
		}
		if o.d.db.Shared() && n.Number >= most {
			break // what goes with it in clear was not read yet
		}
		if n.Number != next {
			return fault.New(fault.Damaged, "store.entry_missing", fault.Count(next))
		}
		next++
		if err := o.leaf(n, building); err != nil {
			return err
		}
		chunk = append(chunk, n)
		if held += len(n.Record.Payload); held >= followBytes || len(chunk) == followAtOnce {
			if err := p.add(chunk, building); err != nil {
				return err
			}
			chunk, held = nil, 0
		}
	}
	if next < least {
		return fault.New(fault.Damaged, "store.entry_missing", fault.Count(next))
	}
	if len(chunk) == 0 {
		return nil
	}
	return p.add(chunk, building)
}

// An opener opens entries for one circle.
type opener struct {
	d      *Desk
	ctx    context.Context
	circle circleKeys
	few    bool // streams holds those that were asked for, and not all
	known  trust
	tree   growing

	mu      sync.Mutex
	streams map[ledger.ID]bool                        // whether the circle can open something of them
	cases   map[ledger.ID]func() (*streamKeys, error) // by stream, opened once
}

// streamKeys are the sealing keys of one side of a stream, by ID, and where those
// come from that were not needed yet.
type streamKeys struct {
	mu    sync.Mutex
	keys  map[ledger.ID]ledger.Key
	wraps map[ledger.ID]sourceWrap
}

// A sourceWrap is a source key: who opens it, and in which generation the sealing
// key that it makes is.
type sourceWrap struct {
	vault.Wrap
	opens, in *vault.Holder
}

// newOpener returns an opener of about so many entries.
func (d *Desk) newOpener(ctx context.Context, c circleKeys, known trust, entries int64) (*opener, error) {
	o := &opener{d: d, ctx: ctx, circle: c, known: known, streams: map[ledger.ID]bool{c.id: true}, cases: map[ledger.ID]func() (*streamKeys, error){}}
	if o.few = entries < fewEntries; o.few {
		return o, nil
	}
	for _, h := range c.body.all() {
		streams, err := d.db.Streams(ctx, h.ID())
		if err != nil {
			return nil, err
		}
		for _, s := range streams {
			o.streams[s] = true
		}
	}
	return o, nil
}

// fewEntries is how many are followed by asking for each stream whether the circle can
// open it. Of more it is cheaper to read which it can open, of all that there are.
const fewEntries = 64

// opens reports whether the circle can open something of a stream.
func (o *opener) opens(stream ledger.ID) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	can, asked := o.streams[stream]
	if asked || !o.few {
		return can, nil
	}
	for _, h := range o.circle.body.all() {
		wraps, err := o.d.db.WrapsIn(o.ctx, h.ID(), stream)
		if err != nil {
			return false, err
		}
		can = can || len(wraps) > 0
	}
	o.streams[stream] = can
	return can, nil
}

// leaf checks a record against its digest, adds it to the tree that is grown on
// the way, and checks the root where signatures stop being trusted.
func (o *opener) leaf(n store.Numbered, building bool) error {
	if n.Pruned {
		if err := o.d.explained(o.ctx, n); err != nil {
			return err
		}
	} else if sha256.Sum256(n.Record.Payload) != n.Digest {
		return fault.New(fault.Damaged, "store.payload_changed", fault.Count(n.Number))
	}
	if !building {
		return nil
	}
	o.tree.add(n.Record.LeafHashFrom(n.Digest))
	if o.tree.size == o.known.size && o.tree.root() != o.known.root {
		return fault.New(fault.Damaged, "ledger.rewritten", fault.Count(o.known.size))
	}
	return nil
}

// rootAt returns the root of the first size entries, which is the log's and, if
// the tree is grown on the way, that of the entries read, too.
func (o *opener) rootAt(size int64, building bool) (tlog.Hash, error) {
	root, err := tlog.TreeHash(size, o.d.db.Hashes(o.ctx))
	if err == nil && building && root != o.tree.root() {
		return root, fault.New(fault.Damaged, "ledger.rewritten", fault.Count(size))
	}
	return root, err
}

// openAll opens those of the records that the circle can open, in their order.
func (o *opener) openAll(records []store.Numbered) ([]ledger.Entry, error) {
	byStream := map[ledger.ID][]store.Numbered{}
	for _, n := range records {
		if n.Record.Mode != ledger.ModeSealed || n.Pruned {
			continue
		}
		can, err := o.opens(n.Record.Stream)
		if err != nil {
			return nil, err
		}
		if can {
			byStream[n.Record.Stream] = append(byStream[n.Record.Stream], n)
		}
	}
	var pieces [][]store.Numbered // each of one stream, small enough to share out evenly
	for _, rs := range byStream {
		pieces = slices.AppendSeq(pieces, slices.Chunk(rs, 128))
	}
	results := make([][]ledger.Entry, len(pieces))
	errs := make([]error, len(pieces))
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(runtime.NumCPU(), len(pieces)) {
		wg.Go(func() {
			for i := range next {
				results[i], errs[i] = o.openStream(pieces[i][0].Record.Stream, pieces[i])
			}
		})
	}
	for i := range pieces {
		next <- i
	}
	close(next)
	wg.Wait()
	entries := slices.Concat(results...)
	slices.SortFunc(entries, func(a, b ledger.Entry) int { return int(a.Number - b.Number) })
	return entries, errors.Join(errs...)
}

func (o *opener) openStream(stream ledger.ID, records []store.Numbered) ([]ledger.Entry, error) {
	k, err := o.keysOf(stream)
	if err != nil {
		return nil, err
	}
	var entries []ledger.Entry
	for _, n := range records {
		key, ok, err := k.key(n.Record.Key)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue // the vault side
		}
		opened, err := ledger.Open(n.Record, key)
		if err != nil {
			return nil, err
		}
		e := opened.Followed()
		if n.Number >= o.known.size {
			if e, err = o.d.verify(opened); err != nil {
				return nil, err
			}
		}
		e.Number = n.Number
		entries = append(entries, e)
	}
	return entries, nil
}

// verify checks an entry's author against the directory.
func (d *Desk) verify(o ledger.Opened) (ledger.Entry, error) {
	d.mu.Lock()
	dir := d.dir
	h, ok := dir.Author(o)
	d.mu.Unlock()
	if !ok {
		return ledger.Entry{}, fault.New(fault.Damaged, "ledger.unknown_author")
	}
	return o.Verify(h)
}

func (o *opener) keysOf(stream ledger.ID) (*streamKeys, error) {
	o.mu.Lock()
	open := o.cases[stream]
	if open == nil {
		open = sync.OnceValues(func() (*streamKeys, error) { return o.openKeys(stream) })
		o.cases[stream] = open
	}
	o.mu.Unlock()
	return open()
}

func (o *opener) openKeys(stream ledger.ID) (*streamKeys, error) {
	if stream == o.circle.id {
		return ownKeys(o.circle.body), nil
	}
	opened, err := o.d.openGenerations(o.ctx, o.circle.body, stream, ledger.UseCaseBody)
	if err != nil {
		return nil, err
	}
	return o.d.sideKeys(o.ctx, slices.Collect(maps.Values(opened)))
}

// ownKeys returns the keys of what is written in a circle as such.
func ownKeys(s *side) *streamKeys {
	k := &streamKeys{keys: map[ledger.ID]ledger.Key{}}
	for _, h := range s.all() {
		k.keys[h.ID()] = h.Key()
	}
	return k
}

// sideKeys returns the keys of one side of a case, its sources' still wrapped. A
// source key that was wrapped to one generation makes sealing keys in all.
func (d *Desk) sideKeys(ctx context.Context, gens []*vault.Holder) (*streamKeys, error) {
	k := &streamKeys{keys: map[ledger.ID]ledger.Key{}, wraps: map[ledger.ID]sourceWrap{}}
	for _, h := range gens {
		k.keys[h.ID()] = h.Key()
		wraps, err := d.db.WrapsFor(ctx, h.ID())
		if err != nil {
			return nil, err
		}
		for _, w := range wraps {
			for _, in := range gens {
				k.wraps[ledger.KeyID(w.Key, in.ID())] = sourceWrap{w, h, in}
			}
		}
	}
	return k, nil
}

// key returns the sealing key called id, if this side of the case has it.
func (k *streamKeys) key(id ledger.ID) (ledger.Key, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, ok := k.keys[id]; ok {
		return key, true, nil
	}
	w, ok := k.wraps[id]
	if !ok {
		return ledger.Key{}, false, nil
	}
	secret, err := w.opens.Unwrap(w.Wrap)
	if err != nil {
		return ledger.Key{}, false, fault.Wrap(err, fault.Damaged, "keys.damaged")
	}
	defer clear(secret)
	key := w.in.SourceKey(w.Key, secret)
	k.keys[id] = key
	return key, true, nil
}
