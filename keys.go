package habeas

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// CaseID is the stream of a case.
type CaseID = ledger.ID

// circleKeys are what an actor holds of a circle.
type circleKeys struct {
	id     ledger.ID
	office bool
	body   *vault.Holder
	vault  *vault.Holder // nil if the member is there for the name-free side only
}

// caseHolders are the holders of a case as the directory vouches for them,
// newest generation first.
type caseHolders struct{ body, vault []ledger.Holder }

// caseKeys are what an actor holds of a case, in its newest generation.
type caseKeys struct {
	id     CaseID
	circle circleKeys
	body   *vault.Holder
	vault  *vault.Holder // nil without the vault side
}

// circlesOf opens the circles that are wrapped to a member.
func (d *Desk) circlesOf(ctx context.Context, me *vault.Holder) ([]circleKeys, error) {
	wraps, err := d.db.WrapsFor(ctx, me.ID())
	if err != nil {
		return nil, err
	}
	found := map[ledger.ID]circleKeys{}
	for _, w := range wraps {
		d.mu.Lock()
		h, ok := d.dir.Holder(w.Key)
		granted := d.dir.Granted(w.Key, me.ID())
		d.mu.Unlock()
		if !ok || !granted {
			continue // a row that no signed entry vouches for
		}
		opened, err := me.UnwrapHolder(w)
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "keys.damaged")
		}
		c := found[h.Of]
		c.id, c.office = h.Of, h.Office
		switch h.Use {
		case ledger.UseCircleBody:
			c.body = opened
		case ledger.UseCircleVault:
			c.vault = opened
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

// caseKeys opens a case for by. A case that does not exist and one that by may
// not know of are the same fault.
func (d *Desk) caseKeys(ctx context.Context, by Actor, id CaseID) (caseKeys, error) {
	if id.IsZero() {
		return caseKeys{}, fault.New(fault.NotFound, "case.none") // the stream of keys that are of no case
	}
	for _, c := range by.circles {
		wraps, err := d.db.WrapsIn(ctx, c.body.ID(), id)
		if err != nil {
			return caseKeys{}, err
		}
		if c.office || len(wraps) == 0 {
			continue
		}
		known, err := d.caseHolders(ctx, id)
		if err != nil {
			return caseKeys{}, err
		}
		k := caseKeys{id: id, circle: c}
		if k.body, err = openNewest(c.body, wraps, known.body); err != nil {
			return caseKeys{}, err
		}
		if c.vault == nil {
			return k, nil
		}
		if wraps, err = d.db.WrapsIn(ctx, c.vault.ID(), id); err != nil {
			return caseKeys{}, err
		}
		k.vault, err = openNewest(c.vault, wraps, known.vault)
		return k, err
	}
	return caseKeys{}, fault.New(fault.NotFound, "case.none")
}

// newCase makes the two sides of a case.
func newCase() (caseKeys, error) {
	body, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		return caseKeys{}, err
	}
	side, err := vault.NewHolder(vault.NewSeed())
	return caseKeys{body: body, vault: side}, err
}

// openNewest opens the newest of the holders that is wrapped to by.
func openNewest(by *vault.Holder, wraps []vault.Wrap, known []ledger.Holder) (*vault.Holder, error) {
	for _, h := range known {
		for _, w := range wraps {
			if w.Key == h.ID {
				return by.UnwrapHolder(w)
			}
		}
	}
	return nil, fault.New(fault.Damaged, "keys.damaged")
}

// caseHolders returns the holders of a case, from the directory entries in its
// stream. They are public, so the answer is kept.
func (d *Desk) caseHolders(ctx context.Context, id CaseID) (caseHolders, error) {
	d.mu.Lock()
	known, ok := d.cases[id]
	d.mu.Unlock()
	if ok {
		return known, nil
	}
	var notices []ledger.Opened
	for n, err := range d.db.Notices(ctx, id) {
		if err != nil {
			return caseHolders{}, err
		}
		o, err := ledger.OpenClear(n.Record)
		if err != nil {
			return caseHolders{}, err
		}
		notices = append(notices, o)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.dir.Add(ledger.ID{}, notices); err != nil {
		return caseHolders{}, err
	}
	of := func(use ledger.Use) []ledger.Holder {
		hs := d.dir.Find(func(h ledger.Holder) bool { return h.Use == use && h.Of == id })
		slices.SortStableFunc(hs, func(a, b ledger.Holder) int { return b.Gen - a.Gen })
		return hs
	}
	known = caseHolders{body: of(ledger.UseCaseBody), vault: of(ledger.UseCaseVault)}
	d.cases[id] = known
	return known, nil
}

// sourceKey opens a source key of a case and returns its sealing key.
func (d *Desk) sourceKey(ctx context.Context, side *vault.Holder, source ledger.ID) (ledger.Key, error) {
	wraps, err := d.db.WrapsOf(ctx, source)
	if err != nil {
		return ledger.Key{}, err
	}
	for _, w := range wraps {
		if w.Holder == side.ID() {
			secret, err := side.Unwrap(w)
			if err != nil {
				return ledger.Key{}, fault.Wrap(err, fault.Damaged, "keys.damaged")
			}
			defer clear(secret)
			return side.SourceKey(source, secret), nil
		}
	}
	return ledger.Key{}, fault.New(fault.NotFound, "keys.gone")
}

// newSource makes a source key and wraps it to one side of a case.
func newSource(side *vault.Holder, stream ledger.ID) (id ledger.ID, w vault.Wrap, key ledger.Key, err error) {
	id = ledger.NewID()
	secret := make([]byte, 32)
	rand.Read(secret)
	defer clear(secret)
	w, err = side.Wrap(id, stream, secret)
	return id, w, side.SourceKey(id, secret), err
}

// keyOf returns the ID of a key that a circle has one of, such as its view's.
func keyOf(circle ledger.ID, what string) ledger.ID {
	return ledger.KeyID(circle, ledger.ID([]byte(fmt.Sprintf("%-16s", what))))
}

// circleSecret returns a key of a circle: that of its view, or of its gate
// index. It is made of the secret wrapped to the circle's body and of that body's
// seed, so that who replaces the wrap does not choose the key.
func (d *Desk) circleSecret(ctx context.Context, c circleKeys, what string) ([32]byte, error) {
	id := keyOf(c.id, what)
	wraps, err := d.db.WrapsOf(ctx, id)
	if err != nil {
		return [32]byte{}, err
	}
	for _, w := range wraps {
		if w.Holder == c.body.ID() {
			b, err := c.body.Unwrap(w)
			if err != nil {
				return [32]byte{}, fault.Wrap(err, fault.Damaged, "keys.damaged")
			}
			defer clear(b)
			return c.body.Bind(id, b), nil
		}
	}
	return [32]byte{}, fault.New(fault.Damaged, "keys.damaged")
}
