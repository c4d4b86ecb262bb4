package habeas

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"time"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// A Knock is somebody at the door: what they typed, and what their browser was
// given when it was last let in, or "".
type Knock struct {
	Handle string
	Pass   vault.Text
	Device string
}

// A Welcome is what a browser is given to keep. Either it has the token of a
// session, or, if the member has second factors, a ticket to answer with one.
type Welcome struct {
	Token  string
	Ticket string
	Device string // says that this browser was here before; opens nothing
}

// Limits of the door.
const (
	halfLife      = 5 * time.Minute // to answer with a second factor
	mostHalves    = 4               // of a member at a time
	mostAnswers   = 5               // wrong ones to one ticket
	mostDevices   = 8               // known browsers of a member
	deviceMisses  = 10              // wrong passphrases in a row after which a browser is a stranger
	ticketPurpose = "habeas half a login"
)

// A half is a login that lacks the second factor. It holds the seed as a session
// does: sealed under the ticket.
type half struct {
	member ledger.ID
	handle string
	device []byte // the row of a known browser, or nil
	token  string // of the browser
	sealed []byte
	began  time.Time
	wrong  int
	asked  []byte // the challenge to a passkey
}

// Login opens a session by passphrase alone and returns its token. It is for a
// member without second factors, and for the machine the office is on, see
// Config.OnSite; otherwise the fault is "login.factor". An unknown name and a
// wrong passphrase are the same fault, "login.wrong", after the same work.
func (d *Desk) Login(ctx context.Context, handle string, pass vault.Text) (string, error) {
	seed, err := d.openLogin(ctx, d.inside, handle, pass)
	if err != nil {
		return "", err
	}
	defer seed.Wipe()
	me, err := vault.NewHolder(seed)
	if err != nil {
		return "", err
	}
	boxes, err := d.boxes(ctx, me)
	if err != nil && !d.cfg.OnSite {
		return "", err
	}
	if boxes.second() && !d.cfg.OnSite {
		return "", fault.New(fault.Forbidden, "login.factor")
	}
	return d.startSession(ctx, me, handle, boxes)
}

// Enter is Login for a browser. Wrong passphrases under one name have to wait
// longer and longer, at most 15 minutes, and are tried in a lane of their own; for
// a browser that is known to belong to the name neither is so.
func (d *Desk) Enter(ctx context.Context, k Knock) (Welcome, error) {
	mac := d.pepper.Handle(k.Handle)
	device, err := d.knownDevice(ctx, k.Device, mac)
	if err != nil {
		return Welcome{}, err
	}
	through, key := d.outside, tallyKey("passphrase", mac)
	if device != nil {
		through = d.inside
	} else if err := d.knocks.try(key, d.now()); err != nil {
		return Welcome{}, err
	}
	seed, err := d.openLogin(ctx, through, k.Handle, k.Pass)
	if err != nil {
		if device != nil && fault.KindOf(err) == fault.Invalid {
			return Welcome{}, errors.Join(err, d.missed(ctx, device))
		}
		if device == nil && fault.KindOf(err) == fault.Busy {
			d.knocks.untry(key, d.now())
		}
		return Welcome{}, err
	}
	defer seed.Wipe()
	d.knocks.forgive(key)
	d.knocks.forgive(tallyKey("device", device))
	me, err := vault.NewHolder(seed)
	if err != nil {
		return Welcome{}, err
	}
	d.refresh(ctx, mac, k, me)
	boxes, err := d.boxes(ctx, me)
	if err != nil {
		return Welcome{}, err
	}
	if boxes.second() {
		ticket, err := d.beginHalf(me, half{handle: k.Handle, device: device, token: k.Device})
		return Welcome{Ticket: ticket}, err
	}
	return d.welcome(ctx, me, half{handle: k.Handle, device: device, token: k.Device}, boxes)
}

// welcome opens the session of somebody who gave all that was asked.
func (d *Desk) welcome(ctx context.Context, me *vault.Holder, h half, boxes boxes) (Welcome, error) {
	token, err := d.startSession(ctx, me, h.handle, boxes)
	if err != nil {
		return Welcome{}, err
	}
	w := Welcome{Token: token, Device: h.token}
	if h.device != nil {
		return w, nil
	}
	if len(w.Device) != 43 { // not one of ours
		w.Device = newToken()
	}
	row := d.pepper.Device(w.Device, d.pepper.Handle(h.handle))
	if err := d.db.PutDevice(ctx, me.ID(), row, mostDevices); err != nil {
		d.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "device", slog.Int("kind", int(fault.KindOf(err)))) // they are in all the same
	}
	return w, nil
}

// startSession opens a session for who proved to be me.
func (d *Desk) startSession(ctx context.Context, me *vault.Holder, handle string, boxes boxes) (string, error) {
	circles, err := d.circlesOf(ctx, me)
	if err != nil {
		return "", err
	}
	token := d.tag() + newToken()
	aead, err := sessionCipher(token)
	if err != nil {
		return "", err
	}
	s := newSession(me.ID(), handle, d.now())
	s.idle = boxes.idle()
	seed := me.Seed().Bytes()
	s.sealed = aead.Seal(nil, nil, seed, nil)
	clear(seed)
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
	s.name = names[me.ID()]
	d.mu.Unlock()
	by, err := d.Actor(ctx, token)
	if err != nil {
		return "", errors.Join(err, d.Logout(token))
	}
	if err := d.tend(ctx, by); err != nil { // what is due stays due; nobody is kept out for it
		d.cfg.Log.LogAttrs(ctx, slog.LevelError, "keys wait to be renewed", slog.Int("kind", int(fault.KindOf(err))))
	}
	return token, nil
}

// newToken returns 32 random bytes as text: what a browser keeps.
func newToken() string {
	raw := make([]byte, 32)
	rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// openLogin finds the member's seed. For a name that nobody has it does the work
// that somebody else's record asks for, always the same one's.
func (d *Desk) openLogin(ctx context.Context, through lane, handle string, pass vault.Text) (vault.Seed, error) {
	leave, err := through.enter(ctx)
	if err != nil {
		return vault.Seed{}, err
	}
	defer leave()
	if err := d.catchUp(ctx); err != nil {
		return vault.Seed{}, err
	}
	record, known, err := d.db.LoginNear(ctx, d.pepper.Handle(handle))
	if err != nil {
		return vault.Seed{}, err
	}
	cost, ok := vault.CostOf(record)
	if !ok {
		cost = d.cfg.Cost
	}
	if !known {
		record = nil
	}
	return d.pepper.OpenLogin(handle, pass, cost, record)
}

// refresh makes a login record anew that was made at another cost than new ones
// are. The old one does until the next time.
func (d *Desk) refresh(ctx context.Context, mac []byte, k Knock, me *vault.Holder) {
	record, known, err := d.db.LoginNear(ctx, mac)
	if cost, ok := vault.CostOf(record); err != nil || !known || !ok || cost == d.cfg.Cost {
		return
	}
	leave, err := d.inside.enter(ctx)
	if err != nil {
		return
	}
	defer leave()
	if record, err = d.pepper.NewLogin(k.Handle, k.Pass, d.cfg.Cost, me.Seed()); err == nil {
		err = d.db.PutLogin(ctx, me.ID(), mac, record)
	}
	if err != nil {
		d.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "login record", slog.Int("kind", int(fault.KindOf(err))))
	}
}

// knownDevice returns the row of a browser, if it was let in under the name.
func (d *Desk) knownDevice(ctx context.Context, token string, mac []byte) ([]byte, error) {
	row := d.pepper.Device(token, mac) // looked for in any case: a stranger's try takes as long
	known, err := d.db.HasDevice(ctx, row)
	if err != nil || !known || token == "" {
		return nil, err
	}
	return row, nil
}

// missed counts a wrong passphrase from a known browser. After several in a row it
// is a stranger: somebody else may have it.
func (d *Desk) missed(ctx context.Context, device []byte) error {
	key := tallyKey("device", device)
	if d.knocks.miss(key, d.now()) < deviceMisses {
		return nil
	}
	d.knocks.forgive(key)
	return d.db.DropDevice(ctx, device)
}

// beginHalf puts half a login on the list, and returns its ticket.
func (d *Desk) beginHalf(me *vault.Holder, h half) (string, error) {
	ticket := newToken()
	aead, err := sessionCipher(ticketPurpose + ticket)
	if err != nil {
		return "", err
	}
	seed := me.Seed().Bytes()
	defer clear(seed)
	h.member, h.began, h.sealed = me.ID(), d.now(), aead.Seal(nil, nil, seed, nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.endHalves(func(*half) bool { return false })
	var oldest [32]byte
	n := 0
	for k, other := range d.halves {
		if other.member != h.member {
			continue
		}
		if n++; n == 1 || other.began.Before(d.halves[oldest].began) {
			oldest = k
		}
	}
	if n >= mostHalves {
		delete(d.halves, oldest)
	}
	d.halves[sha256.Sum256([]byte(ticket))] = &h
	return ticket, nil
}

// endHalves drops halves that match or are too old. d.mu is held.
func (d *Desk) endHalves(match func(*half) bool) {
	for k, h := range d.halves {
		if match(h) || d.now().Sub(h.began) >= halfLife {
			clear(h.sealed)
			delete(d.halves, k)
		}
	}
}

// openHalf returns half a login and who it is of.
func (d *Desk) openHalf(ticket string) (half, *vault.Holder, error) {
	d.mu.Lock()
	d.endHalves(func(*half) bool { return false })
	p := d.halves[sha256.Sum256([]byte(ticket))]
	var h half
	if p != nil {
		h = *p
		h.sealed = append([]byte(nil), p.sealed...)
	}
	d.mu.Unlock()
	if p == nil {
		return h, nil, fault.New(fault.Conflict, "login.over")
	}
	aead, err := sessionCipher(ticketPurpose + ticket)
	if err != nil {
		return h, nil, err
	}
	b, err := aead.Open(nil, nil, h.sealed, nil)
	if err != nil {
		return h, nil, fault.Wrap(err, fault.Conflict, "login.over")
	}
	defer clear(b)
	seed, err := vault.SeedFrom(b)
	if err != nil {
		return h, nil, err
	}
	me, err := vault.NewHolder(seed)
	return h, me, err
}
