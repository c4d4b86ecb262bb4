package habeas

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"habeas/fault"
	"habeas/internal/view"
	"habeas/ledger"
	"habeas/vault"
)

// keyOf returns the ID of a key that a circle has one of, such as its view's.
func keyOf(circle ledger.ID, what string) ledger.ID {
	return ledger.KeyID(circle, ledger.ID([]byte(fmt.Sprintf("%-16s", what))))
}

// viewKey returns the key of a circle's view in the generation of its body, which
// also names the file. It is made when there is none: whoever destroys the key
// makes the view fold anew. In a store that is damaged it is kept nowhere.
func (d *Desk) viewKey(ctx context.Context, c circleKeys) ([32]byte, error) {
	d.keyMu.Lock() // two who find none must not make one each
	defer d.keyMu.Unlock()
	id := viewKeyOf(c.body.ID(), ledger.ID{})
	if d.db.Shared() {
		id = viewKeyOf(c.body.ID(), d.node.ID())
	}
	key, err := d.circleSecret(ctx, c, id)
	if !errors.Is(err, errNoSecret) {
		return key, err
	}
	damage := d.Damage()
	if !d.writer {
		return key, errors.Join(damage, err)
	}
	if err := view.Remove(d.viewPath(c.body.ID())); err != nil { // nobody has its key
		return key, err
	}
	if damage != nil { // what can still be read is read with a key that is not kept
		rand.Read(key[:])
		return key, nil
	}
	w, err := c.body.Wrap(id, ledger.ID{}, vault.NewSeed().Bytes())
	if err != nil {
		return key, err
	}
	if err := d.db.PutWraps(ctx, w); err != nil {
		return key, err
	}
	return d.circleSecret(ctx, c, id)
}

// viewKeyOf returns the ID of the key of the view that the body of a circle opens: on a
// node of several, or on the only one.
func viewKeyOf(body, node ledger.ID) ledger.ID {
	if node.IsZero() {
		return keyOf(body, "view")
	}
	return keyOf(body, "view "+node.String())
}

// gateKey returns the key of a circle's form hashes, which outlives its
// generations: the hashes are sealed to the circle, and made from the vault.
func (d *Desk) gateKey(ctx context.Context, c circleKeys) ([32]byte, error) {
	return d.circleSecret(ctx, c, keyOf(c.id, "gate"))
}

// errNoSecret says that there is no wrap of a circle's secret.
var errNoSecret = fault.New(fault.Damaged, "keys.damaged")

// circleSecret returns a key of a circle. It is made of the secret wrapped to a
// generation of the circle's body and of that body's seed, so that who replaces
// the wrap does not choose the key.
func (d *Desk) circleSecret(ctx context.Context, c circleKeys, id ledger.ID) ([32]byte, error) {
	wraps, err := d.db.WrapsOf(ctx, id)
	if err != nil {
		return [32]byte{}, err
	}
	for _, h := range c.body.all() {
		for _, w := range wraps {
			if w.Holder != h.ID() {
				continue
			}
			b, err := h.Unwrap(w)
			if err != nil {
				return [32]byte{}, fault.Wrap(err, fault.Damaged, "keys.damaged")
			}
			defer clear(b)
			return h.Bind(id, b), nil
		}
	}
	return [32]byte{}, errNoSecret
}
