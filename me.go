package habeas

import (
	"cmp"
	"context"
	"slices"
	"time"

	"habeas/factor"
	"habeas/fault"
	"habeas/ledger"
	"habeas/paper"
	"habeas/vault"
)

// A SessionRow is one place a member is logged in at. It says neither where nor
// with what: that is not kept.
type SessionRow struct {
	ID          ledger.ID
	Began, Used time.Time
	This        bool // the one that asks
}

// Sessions returns by's own live sessions, newest first.
func (d *Desk) Sessions(by Actor) ([]SessionRow, error) {
	if err := d.may(by, own); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []SessionRow
	for _, s := range d.sessions {
		if s.sealed != nil && s.member == by.Member {
			out = append(out, SessionRow{s.id, s.started, s.used, s == by.session})
		}
	}
	slices.SortFunc(out, func(a, b SessionRow) int {
		return cmp.Or(b.Began.Compare(a.Began), slices.Compare(a.ID[:], b.ID[:]))
	})
	return out, nil
}

// EndSession ends one of by's own sessions.
func (d *Desk) EndSession(by Actor, id ledger.ID) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	found := false
	err := d.endSessions(func(s *session, _ time.Time) bool {
		mine := s.id == id && s.member == by.Member
		found = found || mine
		return mine
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "session.not_yours")
	}
	return err
}

// Idle returns after how long without use by's sessions end.
func (d *Desk) Idle(by Actor) (time.Duration, error) {
	if err := d.may(by, own); err != nil {
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return by.session.idle, nil
}

// SetIdle sets after how long without use by's sessions end: from 15 minutes to
// an hour. It holds for this session and for those to come.
func (d *Desk) SetIdle(ctx context.Context, by Actor, idle time.Duration) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	if idle < idleLimit || idle > mostIdle {
		return fault.New(fault.Invalid, "session.idle", fault.Field("idle"))
	}
	leave, err := d.alone(ctx, &d.factorMu, "factors")
	if err != nil {
		return err
	}
	defer leave()
	all, err := d.boxes(ctx, by.me)
	if err != nil {
		return err
	}
	id, x, ok := all.has(factor.KindChoice)
	if !ok {
		id, x = ledger.NewID(), factor.Box{Kind: factor.KindChoice}
	}
	x.Idle = int(idle / time.Minute)
	if err := d.putBox(ctx, by.me, id, x); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	by.session.idle = idle
	return nil
}

// ChangePassphrase puts a new passphrase in the place of by's, whose record is
// destroyed, and ends by's other sessions.
func (d *Desk) ChangePassphrase(ctx context.Context, by Actor, old, pass vault.Text) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	if paper.Judge(pass, by.handle, by.name) == paper.Weak {
		return fault.New(fault.Invalid, "member.weak_passphrase", fault.Field("pass.new"))
	}
	if err := d.stepUp(ctx, by, old); err != nil {
		return err
	}
	record, err := d.newLogin(ctx, NewMember{Handle: by.handle, Passphrase: pass}, by.me)
	if err != nil {
		return err
	}
	if err := d.db.PutLogin(ctx, by.Member, d.pepper.Handle(by.handle), record); err != nil {
		return err
	}
	d.mu.Lock()
	d.endHalves(func(h *half) bool { return h.member == by.Member })
	d.mu.Unlock()
	return d.endSessions(func(s *session, _ time.Time) bool { return s.member == by.Member && s != by.session })
}

// Devices returns how many browsers are known to be by's.
func (d *Desk) Devices(ctx context.Context, by Actor) (int, error) {
	if err := d.may(by, own); err != nil {
		return 0, err
	}
	return d.db.Devices(ctx, by.Member)
}

// ForgetDevices forgets them: at the next login they are strangers.
func (d *Desk) ForgetDevices(ctx context.Context, by Actor) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	return d.db.DropDevices(ctx, by.Member)
}
