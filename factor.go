package habeas

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"time"

	"habeas/factor"
	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// boxes are what a member keeps for the door, opened.
type boxes map[ledger.ID]factor.Box

// second reports whether a login asks for more than a passphrase.
func (b boxes) second() bool {
	for _, x := range b {
		if x.Kind.Second() {
			return true
		}
	}
	return false
}

// has reports whether there is one of a kind, and returns it.
func (b boxes) has(kind factor.Kind) (ledger.ID, factor.Box, bool) {
	for id, x := range b {
		if x.Kind == kind {
			return id, x, true
		}
	}
	return ledger.ID{}, factor.Box{}, false
}

// idle returns after how long without use the member's sessions end.
func (b boxes) idle() time.Duration {
	_, x, _ := b.has(factor.KindChoice)
	if idle := time.Duration(x.Idle) * time.Minute; idle >= idleLimit && idle <= mostIdle {
		return idle
	}
	return idleLimit
}

// boxes opens what a member keeps for the door. A row that does not open is
// damage: to pass it by would open the door with less than its member set.
func (d *Desk) boxes(ctx context.Context, me *vault.Holder) (boxes, error) {
	rows, err := d.db.Factors(ctx, me.ID())
	if err != nil {
		return nil, err
	}
	out := boxes{}
	for _, r := range rows {
		text, err := me.OpenOwn(boxName(r.ID), r.Box)
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "keys.damaged")
		}
		x, err := factor.ReadBox(text)
		clear(text)
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "keys.damaged")
		}
		out[r.ID] = x
	}
	return out, nil
}

func boxName(id ledger.ID) string { return "habeas factor v1\n" + id.String() }

func (d *Desk) putBox(ctx context.Context, me *vault.Holder, id ledger.ID, x factor.Box) error {
	text, err := x.Bytes()
	if err != nil {
		return err
	}
	defer clear(text)
	box, err := me.SealOwn(boxName(id), text)
	if err != nil {
		return err
	}
	return d.db.PutFactor(ctx, me.ID(), store.Factor{ID: id, Box: box})
}

// dropFactors destroys the second factors of a member and forgets the browsers
// they came in with.
func (d *Desk) dropFactors(ctx context.Context, member ledger.ID) error {
	return d.db.DropDoor(ctx, member)
}

// An Answer is a second factor: a code of an app or of the paper, or what a
// passkey signed.
type Answer struct {
	Code    vault.Text
	Passkey []byte // as the browser gave it
	Site    Site
}

// Answer makes half a login whole. A wrong code and a used one are the same fault,
// "login.code". After a few wrong ones the passphrase is asked for again, and
// wrong ones have to wait longer and longer.
func (d *Desk) Answer(ctx context.Context, ticket string, a Answer) (Welcome, error) {
	h, me, err := d.openHalf(ticket)
	if err != nil {
		return Welcome{}, err
	}
	key := tallyKey("second", h.member[:], h.device)
	if err := d.knocks.try(key, d.now()); err != nil {
		return Welcome{}, err
	}
	boxes, err := d.answered(ctx, me, d.takeChallenge(ticket, h), a)
	if err != nil {
		if fault.KindOf(err) == fault.Invalid {
			d.answeredWrong(ticket)
		}
		return Welcome{}, err
	}
	d.knocks.forgive(key)
	d.mu.Lock()
	k := sha256.Sum256([]byte(ticket))
	_, still := d.halves[k] // a ticket is good for one session
	delete(d.halves, k)
	d.mu.Unlock()
	if !still {
		return Welcome{}, fault.New(fault.Conflict, "login.over")
	}
	return d.welcome(ctx, me, h, boxes)
}

// answeredWrong counts a wrong answer to a ticket.
func (d *Desk) answeredWrong(ticket string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := sha256.Sum256([]byte(ticket))
	if h := d.halves[k]; h != nil {
		if h.wrong++; h.wrong >= mostAnswers {
			clear(h.sealed)
			delete(d.halves, k)
		}
	}
}

// answered checks an answer and writes down that it was used, before anything is
// opened with it. One at a time: of two with the same code, one is right.
func (d *Desk) answered(ctx context.Context, me *vault.Holder, h half, a Answer) (boxes, error) {
	leave, err := d.alone(ctx, &d.factorMu, "factors")
	if err != nil {
		return nil, err
	}
	defer leave()
	all, err := d.boxes(ctx, me)
	if err != nil {
		return nil, err
	}
	if a.Passkey != nil {
		return all, d.answeredByKey(ctx, me, h, all, a)
	}
	return all, d.useCode(ctx, me, all, a.Code)
}

// useCode uses up a code of an app or of the paper. d.factorMu is held.
func (d *Desk) useCode(ctx context.Context, me *vault.Holder, all boxes, typed vault.Text) error {
	code := factor.Typed(typed.Reveal())
	var used ledger.ID
	for id, x := range all {
		switch x.Kind {
		case factor.KindCode:
			if step, ok := factor.Match(x.Secret, code, d.now(), max(x.Last, d.lastSteps[id])); ok {
				x.Last = step
				all[id], used = x, id
			}
		case factor.KindRecovery:
			hashes := append([][]byte(nil), x.Hashes...)
			for _, c := range x.Codes {
				hashes = append(hashes, factor.HashRecovery(c))
			}
			if i := factor.MatchRecovery(hashes, code); i >= 0 {
				// What was not on paper yet is now, or it could not be typed.
				x.Codes, x.Hashes = nil, append(hashes[:i:i], hashes[i+1:]...)
				all[id], used = x, id
			}
		}
	}
	if used.IsZero() {
		return fault.New(fault.Invalid, "login.code", fault.Field("code"))
	}
	err := d.putBox(ctx, me, used, all[used])
	if err != nil && d.db.Damage() != nil && all[used].Kind == factor.KindCode {
		d.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "code not written down", slog.Int("kind", int(fault.KindOf(err))))
		err = nil // nothing can be written any more; it is remembered until the server ends
	}
	if err == nil && all[used].Kind == factor.KindCode {
		d.lastSteps[used] = all[used].Last
	}
	return err
}
