package habeas

import (
	"context"
	"errors"
	"io"
	"os"
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

// followAtOnce is how many entries are opened, checked and written to a view in
// one transaction.
const followAtOnce = 4096

// A circleView is the open view of a circle. It is open only while a member of
// the circle is in session.
type circleView struct {
	mu   sync.Mutex // held while following
	view *view.View

	index   *circleIndex // nil until asked for
	gateKey gate.Key
}

// view returns the view of a circle, caught up with the ledger.
func (d *Desk) view(ctx context.Context, c circleKeys) (*circleView, error) {
	cv, err := d.openView(ctx, c)
	if err != nil {
		return nil, err
	}
	cv.mu.Lock()
	defer cv.mu.Unlock()
	return cv, d.follow(ctx, c, cv.view, trust{}, nil)
}

func (d *Desk) openView(ctx context.Context, c circleKeys) (*circleView, error) {
	d.mu.Lock()
	cv := d.circles[c.id]
	d.mu.Unlock()
	if cv != nil {
		return cv, nil
	}
	key, err := d.circleSecret(ctx, c, "view")
	if err != nil {
		return nil, err
	}
	gateKey, err := d.circleSecret(ctx, c, "gate")
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if cv := d.circles[c.id]; cv != nil {
		return cv, nil
	}
	v, err := view.Open(d.viewPath(c.id), key)
	if err != nil {
		return nil, err
	}
	cv = &circleView{view: v, gateKey: gateKey}
	d.circles[c.id] = cv
	return cv, nil
}

func (d *Desk) viewPath(circle ledger.ID) string {
	return filepath.Join(d.cfg.Dir, viewsDir, circle.String()+".db")
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
	size, err := d.db.Size(ctx)
	if err != nil || size == mark.Size {
		return err
	}
	o, err := d.newOpener(ctx, c, known)
	if err != nil {
		return err
	}
	o.tree.size, o.tree.right = mark.Size, nil
	building := mark.Size == 0 // then the root can be computed on the way
	var chunk []store.Numbered
	apply := func() error {
		entries, err := o.openAll(chunk)
		if err != nil {
			return err
		}
		last := chunk[len(chunk)-1].Number
		m := view.Mark{Number: last, Size: last + 1}
		if root, err := o.rootAt(last+1, building); err != nil {
			return err
		} else {
			m.Root = root
		}
		chunk = chunk[:0]
		if progress != nil {
			progress(last+1, size)
		}
		return v.Apply(ctx, entries, m)
	}
	for n, err := range d.db.Since(ctx, mark.Size-1) {
		if err != nil {
			return err
		}
		if err := o.leaf(n, building); err != nil {
			return err
		}
		if chunk = append(chunk, n); len(chunk) == followAtOnce {
			if err := apply(); err != nil {
				return err
			}
		}
	}
	if len(chunk) == 0 {
		return nil
	}
	return apply()
}

// An opener opens entries for one circle.
type opener struct {
	d       *Desk
	ctx     context.Context
	circle  circleKeys
	streams map[ledger.ID]bool
	known   trust
	tree    growing

	mu    sync.Mutex
	cases map[ledger.ID]func() (*streamKeys, error) // by stream, opened once
}

// streamKeys are the keys of one stream, by ID, and the wraps of those that
// were not needed yet.
type streamKeys struct {
	side *vault.Holder

	mu    sync.Mutex
	keys  map[ledger.ID]ledger.Key
	wraps map[ledger.ID]vault.Wrap
}

func (d *Desk) newOpener(ctx context.Context, c circleKeys, known trust) (*opener, error) {
	streams, err := d.db.Streams(ctx, c.body.ID())
	if err != nil {
		return nil, err
	}
	o := &opener{d: d, ctx: ctx, circle: c, known: known, streams: map[ledger.ID]bool{c.id: true}, cases: map[ledger.ID]func() (*streamKeys, error){}}
	for _, s := range streams {
		o.streams[s] = true
	}
	return o, nil
}

// leaf adds a record to the tree that is grown on the way, and checks the root
// where signatures stop being trusted.
func (o *opener) leaf(n store.Numbered, building bool) error {
	if !building {
		return nil
	}
	if o.known.size > 0 && o.tree.size == o.known.size {
		if o.tree.root() != o.known.root {
			return fault.New(fault.Damaged, "ledger.rewritten", fault.Count(o.known.size))
		}
	}
	o.tree.add(n.Record.LeafHashFrom(n.Digest))
	return nil
}

func (o *opener) rootAt(size int64, building bool) (tlog.Hash, error) {
	if building {
		return o.tree.root(), nil
	}
	return tlog.TreeHash(size, o.d.db.Hashes(o.ctx))
}

// openAll opens those of the records that the circle can open, in their order.
func (o *opener) openAll(records []store.Numbered) ([]ledger.Entry, error) {
	byStream := map[ledger.ID][]store.Numbered{}
	for _, n := range records {
		if n.Record.Mode == ledger.ModeSealed && !n.Pruned && o.streams[n.Record.Stream] {
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
		own := o.circle.body.Key()
		return &streamKeys{side: o.circle.body, keys: map[ledger.ID]ledger.Key{own.ID: own}}, nil
	}
	wraps, err := o.d.db.WrapsIn(o.ctx, o.circle.body.ID(), stream)
	if err != nil {
		return nil, err
	}
	known, err := o.d.caseHolders(o.ctx, stream)
	if err != nil {
		return nil, err
	}
	side, err := openNewest(o.circle.body, wraps, known.body)
	if err != nil {
		return nil, err
	}
	return o.d.sideKeys(o.ctx, side)
}

// sideKeys returns the keys of one side of a case, its sources' still wrapped.
func (d *Desk) sideKeys(ctx context.Context, side *vault.Holder) (*streamKeys, error) {
	own := side.Key()
	k := &streamKeys{side: side, keys: map[ledger.ID]ledger.Key{own.ID: own}, wraps: map[ledger.ID]vault.Wrap{}}
	wraps, err := d.db.WrapsFor(ctx, side.ID())
	for _, w := range wraps {
		k.wraps[ledger.KeyID(w.Key, side.ID())] = w
	}
	return k, err
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
	secret, err := k.side.Unwrap(w)
	if err != nil {
		return ledger.Key{}, false, fault.Wrap(err, fault.Damaged, "keys.damaged")
	}
	defer clear(secret)
	key := k.side.SourceKey(w.Key, secret)
	k.keys[id] = key
	return key, true, nil
}

// Rebuild throws the views of by's circles away and folds them anew. Signatures
// of entries that the old view had followed are not checked again if the leaves
// up to there still have the root it noted.
func (d *Desk) Rebuild(ctx context.Context, by Actor, progress func(done, total int64)) error {
	if err := d.may(by, read); err != nil {
		return err
	}
	for _, c := range by.circles {
		if err := d.rebuild(ctx, c, progress); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) rebuild(ctx context.Context, c circleKeys, progress func(done, total int64)) error {
	key, err := d.circleSecret(ctx, c, "view")
	if err != nil {
		return err
	}
	d.mu.Lock()
	var open []*circleView
	if cv := d.circles[c.id]; cv != nil {
		open = append(open, cv)
		delete(d.circles, c.id)
	}
	d.mu.Unlock()
	err = closeViews(open)
	path := d.viewPath(c.id)
	var known trust
	if old, openErr := view.Open(path, key); openErr == nil {
		if m, markErr := old.Mark(ctx); markErr == nil {
			known = trust{m.Size, m.Root}
		}
		err = errors.Join(err, old.Close())
	}
	if err = errors.Join(err, view.Remove(path)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	v, err := view.Open(path, key)
	if err != nil {
		return err
	}
	if err = d.follow(ctx, c, v, known, progress); err == nil {
		err = v.Settle(ctx)
	}
	return errors.Join(err, v.Close())
}

// Dump writes all that the views of by's circles hold, in an order of its own:
// two desks that followed the same entries dump the same bytes.
func (d *Desk) Dump(ctx context.Context, by Actor, w io.Writer) error {
	if err := d.may(by, read); err != nil {
		return err
	}
	for _, c := range by.circles {
		cv, err := d.view(ctx, c)
		if err != nil {
			return err
		}
		if err := cv.view.Dump(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// growing is a Merkle tree that only grows: the roots of its complete subtrees,
// largest first.
type growing struct {
	size  int64
	right []tlog.Hash
}

func (g *growing) add(leaf tlog.Hash) {
	g.right = append(g.right, leaf)
	g.size++
	for n := g.size; n%2 == 0; n /= 2 {
		last := len(g.right) - 1
		g.right[last-1] = tlog.NodeHash(g.right[last-1], g.right[last])
		g.right = g.right[:last]
	}
}

func (g *growing) root() tlog.Hash {
	if len(g.right) == 0 {
		return tlog.Hash{}
	}
	h := g.right[len(g.right)-1]
	for i := len(g.right) - 2; i >= 0; i-- {
		h = tlog.NodeHash(g.right[i], h)
	}
	return h
}
