package habeas

import (
	"bytes"
	"context"
	"crypto/sha256"

	"habeas/factor"
	"habeas/fault"
	"habeas/vault"
)

// A Site is how a browser has reached this server.
type Site = factor.Site

// An Asking is what half a login lacks.
type Asking struct {
	Code     bool   // a code of an app
	Recovery bool   // or of the paper
	Options  string // for a passkey, as a browser takes it; "" if there is none for this site
}

// passkeys returns the passkeys among boxes.
func (b boxes) passkeys() (all []factor.Passkey) {
	for _, x := range b {
		if x.Kind == factor.KindPasskey {
			all = append(all, *x.Key)
		}
	}
	return all
}

// deviceUser returns what a device knows a member by: it is nobody's ID.
func deviceUser(me *vault.Holder) []byte {
	b := me.Seed().Derive("user of passkeys")
	return b[:16]
}

// Asked returns what a ticket is to be answered with. What a passkey is to sign is
// new each time, and only the newest is taken.
func (d *Desk) Asked(ctx context.Context, ticket string, at Site) (Asking, error) {
	_, me, err := d.openHalf(ticket)
	if err != nil {
		return Asking{}, err
	}
	all, err := d.boxes(ctx, me)
	if err != nil {
		return Asking{}, err
	}
	_, _, code := all.has(factor.KindCode)
	_, _, paper := all.has(factor.KindRecovery)
	a := Asking{Code: code, Recovery: paper}
	options, kept, err := factor.AskPasskey(at, deviceUser(me), all.passkeys())
	if err != nil || options == "" {
		return a, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if h := d.halves[sha256.Sum256([]byte(ticket))]; h != nil {
		h.asked = kept
		a.Options = options
	}
	return a, nil
}

// answeredByKey checks what a passkey signed, and writes its count down.
// d.factorMu is held.
func (d *Desk) answeredByKey(ctx context.Context, me *vault.Holder, h half, all boxes, a Answer) error {
	wrong := fault.New(fault.Invalid, "login.passkey")
	if h.asked == nil {
		return wrong
	}
	used, err := factor.UsedPasskey(a.Site, deviceUser(me), all.passkeys(), h.asked, a.Passkey)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "login.passkey")
	}
	for id, x := range all {
		if x.Kind == factor.KindPasskey && bytes.Equal(x.Key.ID, used.ID) {
			x.Key = &used
			err := d.putBox(ctx, me, id, x)
			if d.db.Damage() != nil {
				err = nil // nothing can be written any more
			}
			return err
		}
	}
	return wrong
}

// takeChallenge returns half a login with the challenge that was put to it, which
// is not taken again.
func (d *Desk) takeChallenge(ticket string, h half) half {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p := d.halves[sha256.Sum256([]byte(ticket))]; p != nil {
		h.asked, p.asked = p.asked, nil
	} else {
		h.asked = nil
	}
	return h
}

// BeginPasskey begins to add a passkey. It takes the passphrase.
func (d *Desk) BeginPasskey(ctx context.Context, by Actor, at Site, pass vault.Text) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	if !at.HoldsPasskeys() {
		return fault.New(fault.Conflict, "factor.no_name")
	}
	if err := d.roomForFactor(ctx, by); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	all, err := d.boxes(ctx, by.me)
	if err != nil {
		return err
	}
	options, kept, err := factor.NewPasskey(at, deviceUser(by.me), all.passkeys())
	if err != nil {
		return err
	}
	return d.keepPending(by, pending{Options: options, Challenge: kept})
}

// PendingPasskey returns what a browser is given to make a passkey.
func (d *Desk) PendingPasskey(by Actor) (string, error) {
	if err := d.may(by, own); err != nil {
		return "", err
	}
	p, err := d.pendingOf(by)
	if err == nil && p.Options == "" {
		err = fault.New(fault.NotFound, "factor.not_begun")
	}
	return p.Options, err
}

// ConfirmPasskey ends what BeginPasskey began, with what the browser answered,
// once.
func (d *Desk) ConfirmPasskey(ctx context.Context, by Actor, at Site, answer []byte) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	p, err := d.pendingOf(by)
	if err != nil {
		return err
	}
	if p.Challenge == nil {
		return fault.New(fault.NotFound, "factor.not_begun")
	}
	if err := d.keepPending(by, pending{}); err != nil {
		return err
	}
	key, err := factor.MadePasskey(at, deviceUser(by.me), p.Challenge, answer)
	if err != nil {
		return fault.Wrap(err, fault.Conflict, "factor.passkey")
	}
	return d.addFactor(ctx, by, factor.Box{Kind: factor.KindPasskey, Key: &key})
}

// fresh reports whether no factor of all has the ID of a new passkey.
func (b boxes) fresh(x factor.Box) bool {
	if x.Key == nil {
		return true
	}
	for _, k := range b.passkeys() {
		if bytes.Equal(k.ID, x.Key.ID) {
			return false
		}
	}
	return true
}
