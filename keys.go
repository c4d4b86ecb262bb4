package habeas

import (
	"context"
	"crypto/rand"
	"slices"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// CaseID is the stream of a case.
type CaseID = ledger.ID

// A side is one side of a circle or of a case as somebody holds it: the
// generation to seal to, and those before it, to read what was sealed to them.
type side struct {
	*vault.Holder
	older []*vault.Holder
}

// all returns every generation, the one to seal to first.
func (s *side) all() []*vault.Holder { return append([]*vault.Holder{s.Holder}, s.older...) }

// newSide makes the first generation of a side.
func newSide() (*side, error) {
	h, err := vault.NewHolder(vault.NewSeed())
	return &side{Holder: h}, err
}

// circleKeys are what an actor holds of a circle.
type circleKeys struct {
	id     ledger.ID
	office bool
	body   *side
	vault  *side // nil if the member is there for the name-free side only
}

// caseKeys are what an actor holds of a case.
type caseKeys struct {
	id     CaseID
	circle circleKeys
	body   *side
	vault  *side // nil without the vault side
}

// circlesOf opens the circles that are given to a member, each in the generation
// to seal to, which opens those before it.
func (d *Desk) circlesOf(ctx context.Context, me *vault.Holder) ([]circleKeys, error) {
	given, err := d.givenCircles(ctx, me.ID())
	if err != nil {
		return nil, err
	}
	found := map[ledger.ID]circleKeys{}
	for _, g := range given {
		h := g.public
		opened, err := me.UnwrapHolder(g.Wrap)
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "keys.damaged")
		}
		s := &side{Holder: opened}
		if s.older, err = d.openOlder(ctx, s.Holder, h); err != nil {
			return nil, err
		}
		if err := d.openBeside(ctx, me, s, h); err != nil {
			return nil, err
		}
		c := found[h.Of]
		c.id, c.office = h.Of, h.Office
		switch h.Use {
		case ledger.UseCircleBody:
			c.body = s
		case ledger.UseCircleVault:
			c.vault = s
		}
		found[h.Of] = c
	}
	var circles []circleKeys
	for _, c := range found {
		if c.body != nil {
			circles = append(circles, c)
		}
	}
	slices.SortFunc(circles, func(a, b circleKeys) int { return slices.Compare(a.id[:], b.id[:]) })
	return circles, nil
}

// A givenWrap is a wrap of a circle that a signed entry gives to its holder, in
// the generation to seal to.
type givenWrap struct {
	vault.Wrap
	public ledger.Holder
}

// givenCircles returns the wraps of circles to a member: a row of the key table
// that no entry vouches for is nothing. Keys may be renewed between a look at the
// table and one at the directory: then it looks again.
func (d *Desk) givenCircles(ctx context.Context, member ledger.ID) (given []givenWrap, err error) {
	for {
		d.mu.Lock()
		before := d.handed
		d.mu.Unlock()
		wraps, err := d.db.WrapsFor(ctx, member)
		if err != nil {
			return nil, err
		}
		d.mu.Lock()
		if before != d.handed {
			d.mu.Unlock()
			continue
		}
		for _, w := range wraps {
			h, ok := d.dir.Holder(w.Key)
			gens := d.dir.Generations(h.Of, h.Use)
			if ok && len(gens) > 0 && gens[0].ID == w.Key && d.dir.Granted(w.Key, member) {
				given = append(given, givenWrap{w, h})
			}
		}
		d.mu.Unlock()
		return given, nil
	}
}

// openOlder opens the generations of a circle before the one called public.
func (d *Desk) openOlder(ctx context.Context, newest *vault.Holder, public ledger.Holder) (older []*vault.Holder, err error) {
	for h := newest; public.Gen > 1; older = append(older, h) {
		d.mu.Lock()
		prev, ok := d.dir.Holder(public.Prev)
		given := d.dir.Granted(public.Prev, public.ID)
		d.mu.Unlock()
		if !ok || !given {
			return nil, fault.New(fault.Damaged, "keys.damaged")
		}
		wraps, err := d.db.WrapsIn(ctx, h.ID(), public.Of)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(wraps, func(w vault.Wrap) bool { return w.Key == prev.ID })
		if i < 0 {
			return nil, fault.New(fault.Damaged, "keys.damaged")
		}
		if h, err = h.UnwrapHolder(wraps[i]); err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "keys.damaged")
		}
		public = prev
	}
	return older, nil
}

// openBeside opens the generations of a circle that are not before the one called public,
// but beside it or before it another way: two installations made them, and neither knew
// of the other. What was sealed to them is read like what is older.
func (d *Desk) openBeside(ctx context.Context, me *vault.Holder, s *side, public ledger.Holder) error {
	d.mu.Lock()
	gens := d.dir.Generations(public.Of, public.Use)
	d.mu.Unlock()
	if len(gens) == len(s.all()) {
		return nil
	}
	have := map[ledger.ID]bool{}
	for _, h := range s.all() {
		have[h.ID()] = true
	}
	for next := append([]*vault.Holder{me}, s.all()...); len(next) > 0; next = next[1:] {
		wraps, err := d.db.WrapsIn(ctx, next[0].ID(), public.Of)
		if err != nil {
			return err
		}
		for _, w := range wraps {
			if have[w.Key] || !slices.ContainsFunc(gens, func(g ledger.Holder) bool { return g.ID == w.Key }) || !d.granted(w.Key, next[0].ID()) {
				continue
			}
			h, err := next[0].UnwrapHolder(w)
			if err != nil {
				return fault.Wrap(err, fault.Damaged, "keys.damaged")
			}
			have[w.Key] = true
			s.older, next = append(s.older, h), append(next, h)
		}
	}
	return nil
}

func (a Actor) circle(id ledger.ID) (circleKeys, bool) {
	for _, c := range a.circles {
		if c.id == id {
			return c, true
		}
	}
	return circleKeys{}, false
}

// office returns the office circle, which every member holds.
func (a Actor) office() (circleKeys, error) {
	for _, c := range a.circles {
		if c.office {
			return c, nil
		}
	}
	return circleKeys{}, fault.New(fault.Forbidden, "circle.none")
}

// caseKeys opens a case for by, through a circle that gives the vault side if
// there is one. A case that does not exist and one that by may not know of are
// the same fault. Keys that somebody has who must not have what comes next are
// renewed first.
func (d *Desk) caseKeys(ctx context.Context, by Actor, id CaseID) (caseKeys, error) {
	k, err := d.openCase(ctx, by, id)
	if err != nil || !d.mayWrite() || !d.caseDue(k) {
		return k, err
	}
	if err := d.renewCases(ctx, by, id); err != nil {
		return caseKeys{}, err
	}
	return d.openCase(ctx, by, id)
}

func (d *Desk) openCase(ctx context.Context, by Actor, id CaseID) (found caseKeys, err error) {
	if id.IsZero() {
		return found, fault.New(fault.NotFound, "case.none") // the stream of keys that are of no case
	}
	for _, c := range by.circles {
		if c.office || found.vault != nil {
			continue
		}
		k := caseKeys{id: id, circle: c}
		if k.body, err = d.openSide(ctx, c.body, id, ledger.UseCaseBody); err != nil {
			return caseKeys{}, err
		}
		if k.body == nil {
			continue
		}
		if c.vault != nil {
			if k.vault, err = d.openSide(ctx, c.vault, id, ledger.UseCaseVault); err != nil {
				return caseKeys{}, err
			}
		}
		if found.body == nil || k.vault != nil {
			found = k
		}
	}
	if found.body == nil {
		return found, fault.New(fault.NotFound, "case.none")
	}
	return found, nil
}

// openSide opens one side of a case by the side of a circle that it was given to.
// It returns nil if it was not.
func (d *Desk) openSide(ctx context.Context, circle *side, id CaseID, use ledger.Use) (*side, error) {
	opened, err := d.openGenerations(ctx, circle, id, use)
	if err != nil || len(opened) == 0 {
		return nil, err
	}
	gens, err := d.generations(ctx, id, use)
	if err != nil {
		return nil, err
	}
	s := &side{Holder: opened[gens[0].ID]}
	if s.Holder == nil { // another circle, whose keys are due, has gone ahead
		return nil, fault.New(fault.Conflict, "case.waiting")
	}
	for _, g := range gens[1:] {
		if h := opened[g.ID]; h != nil {
			s.older = append(s.older, h)
		}
	}
	return s, nil
}

// openGenerations opens the generations of one side of a case that were given to
// a side of a circle, in any of its own.
func (d *Desk) openGenerations(ctx context.Context, circle *side, id CaseID, use ledger.Use) (map[ledger.ID]*vault.Holder, error) {
	given, err := d.givenKeys(ctx, circle, id, use)
	if err != nil {
		return nil, err
	}
	opened := map[ledger.ID]*vault.Holder{}
	for _, g := range given {
		if opened[g.wrap.Key], err = g.to.UnwrapHolder(g.wrap); err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "keys.damaged")
		}
	}
	return opened, nil
}

// A givenKey is a key that was given to a holder.
type givenKey struct {
	wrap vault.Wrap
	to   *vault.Holder
}

// givenKeys returns the generations of one side of a case that were given to a side of
// a circle, as the directory has it, unopened.
func (d *Desk) givenKeys(ctx context.Context, circle *side, id CaseID, use ledger.Use) (given []givenKey, err error) {
	for _, h := range circle.all() {
		wraps, err := d.db.WrapsIn(ctx, h.ID(), id)
		if err != nil {
			return nil, err
		}
		if len(wraps) == 0 {
			continue
		}
		gens, err := d.generations(ctx, id, use)
		if err != nil {
			return nil, err
		}
		for _, w := range wraps {
			if slices.ContainsFunc(gens, func(g ledger.Holder) bool { return g.ID == w.Key }) && d.granted(w.Key, h.ID()) {
				given = append(given, givenKey{w, h})
			}
		}
	}
	return given, nil
}

func (d *Desk) granted(key, to ledger.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dir.Granted(key, to)
}

// generations returns the holders of one side of a case as the directory vouches
// for them, the one to seal to first.
func (d *Desk) generations(ctx context.Context, id CaseID, use ledger.Use) ([]ledger.Holder, error) {
	if err := d.readCase(ctx, id); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dir.Generations(id, use), nil
}

// readCase reads the directory entries in the stream of a case, once.
func (d *Desk) readCase(ctx context.Context, id CaseID) error {
	d.mu.Lock()
	known := d.cases[id]
	d.mu.Unlock()
	if known {
		return nil
	}
	var notices []ledger.Opened
	for n, err := range d.db.Notices(ctx, id) {
		if err != nil {
			return err
		}
		o, err := ledger.OpenClear(n.Record)
		if err != nil {
			return err
		}
		notices = append(notices, o)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.dir.Add(ledger.ID{}, notices); err != nil {
		return err
	}
	// Keys are written before the log says whose they are, so that others may look before
	// it does. A case without its opener would be given to no circle, and never renewed.
	if opener := d.openerOf(notices); !opener.IsZero() {
		d.openers[id], d.cases[id] = opener, true
	}
	return nil
}

// openerOf returns who opened a case: who signed the first of its entries about
// its sides. Others can sign the same again, but not before, since the log only
// grows. d.mu is held.
func (d *Desk) openerOf(notices []ledger.Opened) ledger.ID {
	for _, o := range notices {
		if pub, ok := d.dir.Author(o); ok && o.Kind() == ledger.KindHolder {
			if e, err := o.Verify(pub); err == nil {
				return e.Author
			}
		}
	}
	return ledger.ID{}
}

// sourceKey opens a source key of a case and returns its sealing key, in the
// generation to seal to.
func (d *Desk) sourceKey(ctx context.Context, of *side, source ledger.ID) (ledger.Key, error) {
	keys, err := d.sourceKeys(ctx, of, source)
	if err != nil {
		return ledger.Key{}, err
	}
	return keys[0], nil
}

// sourceKeys opens a source key of a case and returns its sealing keys in all
// generations, that of the one to seal to first.
func (d *Desk) sourceKeys(ctx context.Context, of *side, source ledger.ID) (keys []ledger.Key, err error) {
	wraps, err := d.db.WrapsOf(ctx, source)
	if err != nil {
		return nil, err
	}
	for _, h := range of.all() {
		for _, w := range wraps {
			if w.Holder != h.ID() {
				continue
			}
			secret, err := h.Unwrap(w)
			if err != nil {
				return nil, fault.Wrap(err, fault.Damaged, "keys.damaged")
			}
			defer clear(secret)
			for _, in := range of.all() {
				keys = append(keys, in.SourceKey(source, secret))
			}
			return keys, nil
		}
	}
	return nil, fault.New(fault.NotFound, "keys.gone")
}

// newCase makes the two sides of a case.
func newCase() (caseKeys, error) {
	body, err := newSide()
	if err != nil {
		return caseKeys{}, err
	}
	vaultSide, err := newSide()
	return caseKeys{body: body, vault: vaultSide}, err
}

// newSource makes a source key and wraps it to one side of a case.
func newSource(side *side, stream ledger.ID) (id ledger.ID, w vault.Wrap, key ledger.Key, err error) {
	id = ledger.NewID()
	secret := make([]byte, 32)
	rand.Read(secret)
	defer clear(secret)
	w, err = side.Wrap(id, stream, secret)
	return id, w, side.SourceKey(id, secret), err
}
