package habeas

import (
	"context"
	"errors"
	"slices"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// A server that nobody is logged in to seals what arrives to the desk key of the
// week. Whoever takes in signs those of the weeks to come whenever they come by.

// deskWeeks is how many weeks ahead there are desk keys, with this one.
const deskWeeks = 8

// deskStream is the stream of what arrives.
func (d *Desk) deskStream() ledger.ID {
	return ledger.KeyID(d.root, ledger.ID([]byte("desk            ")))
}

// deskOf is the desk key of a week, as it was when the directory had changed so
// often.
type deskOf struct {
	week, handed int
	holder       ledger.Holder
	ok           bool
}

// desk returns what to seal to now.
func (d *Desk) desk() (ledger.Holder, error) {
	week := ledger.WeekOf(d.now())
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.atDesk; c.week != week || c.handed != d.handed || !c.ok {
		hs := d.dir.Desks(week)
		d.atDesk = deskOf{week: week, handed: d.handed, ok: len(hs) > 0}
		if len(hs) > 0 {
			d.atDesk.holder = hs[0]
		}
	}
	if !d.atDesk.ok {
		return ledger.Holder{}, fault.New(fault.Busy, "intake.closed")
	}
	return d.atDesk.holder, nil
}

// tendDesk makes the desk keys that are missing, gives those there are to who takes
// in and does not have them, and destroys those of past weeks with an empty queue.
func (d *Desk) tendDesk(ctx context.Context, by Actor) error {
	if !by.Is(ledger.Intake) || !d.mayWrite() {
		return nil
	}
	d.handMu.Lock()
	defer d.handMu.Unlock()
	held, err := d.deskHolders(ctx, by)
	if err != nil {
		return err
	}
	week := ledger.WeekOf(d.now())
	fresh, err := d.newDesks(week)
	if err != nil {
		return err
	}
	var notices []ledger.Notice
	var wraps []vault.Wrap
	for _, f := range fresh {
		notices = append(notices, f.public)
		held = append(held, f.Holder)
	}
	d.mu.Lock()
	takers := d.dir.Find(func(h ledger.Holder) bool {
		return h.Use == ledger.UseMember && slices.Contains(h.Roles, ledger.Intake) && d.dir.Standing(h.ID) == ledger.Active
	})
	for _, h := range held {
		for _, to := range takers {
			if d.dir.Granted(h.ID(), to.ID) {
				continue
			}
			w, err := vault.NewWrap(d.dir, to.ID, h.ID(), d.deskStream(), h.Seed().Bytes())
			if err != nil {
				d.mu.Unlock()
				return err
			}
			wraps = append(wraps, w)
			notices = append(notices, ledger.Grant{Key: h.ID(), To: to.ID})
		}
	}
	d.mu.Unlock()
	if len(notices) > 0 {
		if err := d.db.PutWraps(ctx, wraps...); err != nil {
			return err
		}
		if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), notices...); err != nil {
			return err
		}
	}
	return d.dropDesks(ctx, held, week)
}

// sweepArrivals destroys keys of letters that were cut short before they were there.
func (d *Desk) sweepArrivals(ctx context.Context) error {
	keep := map[ledger.ID]bool{}
	for _, h := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseDesk }) {
		keep[h.ID] = true
	}
	return d.db.SweepArrivals(ctx, d.deskStream(), keep)
}

// A freshDesk is a desk key that was just made.
type freshDesk struct {
	*vault.Holder
	public ledger.Holder
}

// newDesks makes the keys of the weeks for which there is none that is not spent.
func (d *Desk) newDesks(week int) (fresh []freshDesk, err error) {
	for w := week; w < week+deskWeeks; w++ {
		d.mu.Lock()
		there := d.dir.Desks(w)
		missing := len(there) == 0 || !d.dir.Offline(there[0].ID) && d.dir.DeskSpent(there[0].ID)
		d.mu.Unlock()
		if !missing {
			continue
		}
		h, err := vault.NewHolder(vault.NewSeed())
		if err != nil {
			return nil, err
		}
		public := h.Public(ledger.UseDesk)
		public.Week = w
		fresh = append(fresh, freshDesk{h, public})
	}
	return fresh, nil
}

// deskHolders opens the desk keys that by was given.
func (d *Desk) deskHolders(ctx context.Context, by Actor) (held []*vault.Holder, err error) {
	wraps, err := d.db.WrapsIn(ctx, by.me.ID(), d.deskStream())
	if err != nil {
		return nil, err
	}
	for _, w := range wraps {
		d.mu.Lock()
		public, _ := d.dir.Holder(w.Key)
		given := public.Use == ledger.UseDesk && d.dir.Granted(w.Key, by.me.ID())
		d.mu.Unlock()
		if !given {
			continue
		}
		h, err := by.me.UnwrapHolder(w)
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "keys.damaged")
		}
		held = append(held, h)
	}
	return held, nil
}

// dropDesks destroys the desk keys of past weeks that nothing waits under.
func (d *Desk) dropDesks(ctx context.Context, held []*vault.Holder, week int) error {
	for _, h := range held {
		d.mu.Lock()
		public, _ := d.dir.Holder(h.ID())
		d.mu.Unlock()
		if max(public.Week, public.Last) >= week {
			continue
		}
		empty, err := d.db.DeskEmpty(ctx, h.ID())
		if err == nil && empty {
			err = d.db.DeleteWraps(ctx, h.ID())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// deskHolder opens one desk key.
func (d *Desk) deskHolder(ctx context.Context, by Actor, id ledger.ID) (*vault.Holder, error) {
	held, err := d.deskHolders(ctx, by)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(held, func(h *vault.Holder) bool { return h.ID() == id }); i >= 0 {
		return held[i], nil
	}
	d.mu.Lock()
	offline := d.dir.Offline(id)
	d.mu.Unlock()
	if offline {
		return nil, fault.New(fault.Forbidden, "intake.offline")
	}
	return nil, fault.New(fault.Forbidden, "intake.not_yours")
}

// UseOfflineDesk makes a key that was made on another machine what arrives is sealed
// to, for some weeks from this one on. No member can open what comes then: it is
// taken there with [Desk.Outbox], and opened with the age identity.
func (d *Desk) UseOfflineDesk(ctx context.Context, by Actor, public ledger.Holder, weeks int) error {
	if err := d.may(by, takeIn); err != nil {
		return err
	}
	public.Use, public.Week, public.Last = ledger.UseDesk, ledger.WeekOf(d.now()), 0
	if weeks > 1 {
		public.Last = public.Week + weeks - 1
	}
	d.mu.Lock()
	_, known := d.dir.Holder(public.ID)
	d.mu.Unlock()
	if known {
		return fault.New(fault.Conflict, "intake.desk_known")
	}
	err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), public)
	if err != nil && !errors.Is(err, context.Canceled) && fault.KindOf(err) == fault.Internal {
		return fault.Wrap(err, fault.Invalid, "intake.bad_desk")
	}
	return err
}
