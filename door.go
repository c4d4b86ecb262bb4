package habeas

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// Login opens a session and returns its token. An unknown name and a wrong
// passphrase are the same fault, "login.wrong", after the same work.
func (d *Desk) Login(ctx context.Context, handle string, pass vault.Text) (string, error) {
	seed, err := d.openLogin(ctx, handle, pass)
	if err != nil {
		return "", err
	}
	defer seed.Wipe()
	me, err := vault.NewHolder(seed)
	if err != nil {
		return "", err
	}
	circles, err := d.circlesOf(ctx, me)
	if err != nil {
		return "", err
	}
	token := newToken()
	aead, err := sessionCipher(token)
	if err != nil {
		return "", err
	}
	s := newSession(me.ID(), handle, d.now())
	s.sealed = aead.Seal(nil, nil, seed.Bytes(), nil)
	for _, c := range circles {
		s.circles = append(s.circles, c.id)
	}
	if err := d.begin(token, s); err != nil {
		return "", err
	}
	names, err := d.memberNames(ctx, Actor{circles: circles})
	if err != nil {
		return "", errors.Join(err, d.Logout(token))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s.name = names[me.ID()]
	return token, nil
}

// newToken returns 32 random bytes as text: what a browser keeps.
func newToken() string {
	raw := make([]byte, 32)
	rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// openLogin finds the member's seed. Argon2id takes 128 MiB a run, so only a
// few run at a time and the others wait their turn.
func (d *Desk) openLogin(ctx context.Context, handle string, pass vault.Text) (vault.Seed, error) {
	select {
	case d.slow <- struct{}{}:
		defer func() { <-d.slow }()
	case <-ctx.Done():
		return vault.Seed{}, fault.Wrap(ctx.Err(), fault.Busy, "login.busy")
	case <-time.After(20 * time.Second):
		return vault.Seed{}, fault.New(fault.Busy, "login.busy")
	}
	record, err := d.db.Login(ctx, d.pepper.Handle(handle))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return vault.Seed{}, err
	}
	return d.pepper.OpenLogin(handle, pass, d.cfg.Cost, record)
}

// dropFactors destroys the second factors of a member and forgets the browsers
// they came in with.
func (d *Desk) dropFactors(ctx context.Context, member ledger.ID) error {
	return d.db.DropDoor(ctx, member)
}
