package habeas

import (
	"context"
	"errors"
	"slices"
	"time"

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

// deskKeyStream is the stream of the seeds of desk keys: another one, so that nothing
// which takes a letter out of the inbox can reach them.
func (d *Desk) deskKeyStream() ledger.ID {
	return ledger.KeyID(d.root, ledger.ID([]byte("desk keys       ")))
}

// deskOf is the desk key of a week, as it was when the directory had changed so
// often.
type deskOf struct {
	week, handed int
	holder       ledger.Holder
	ok           bool
}

// desk returns what to seal to now.
func (d *Desk) desk(ctx context.Context) (ledger.Holder, error) {
	week := ledger.WeekOf(d.now())
	d.mu.Lock()
	c, handed := d.atDesk, d.handed
	d.mu.Unlock()
	if c.week != week || c.handed != handed || !c.ok {
		usable, err := d.usableDesks(ctx, week)
		if err != nil {
			return ledger.Holder{}, err
		}
		c = deskOf{week: week, handed: handed, ok: len(usable) > 0}
		if c.ok {
			c.holder = usable[0]
		}
		d.mu.Lock()
		d.atDesk = c
		d.mu.Unlock()
	}
	if !c.ok {
		return ledger.Holder{}, fault.New(fault.Busy, "intake.closed")
	}
	return c.holder, nil
}

// usableDesks returns the desk keys for a week that somebody can open: of an offline
// desk, or with a wrap to a member who takes in. That a signed entry gives a key to
// somebody does not say that the wrap is there: a suspension destroys it, and an older
// copy of the keys may have been put back.
func (d *Desk) usableDesks(ctx context.Context, week int) (usable []ledger.Holder, err error) {
	d.mu.Lock()
	all := d.dir.Desks(week)
	if d.isField() {
		all = nil // who could read it is in the office, and letters don't move
	}
	d.mu.Unlock()
	for _, h := range all {
		held, err := d.deskHeld(ctx, h.ID)
		if err != nil {
			return nil, err
		}
		if d.offline(h.ID) || len(held) > 0 {
			usable = append(usable, h)
		}
	}
	return usable, nil
}

// deskHeld returns who has a wrap of a desk key and may.
func (d *Desk) deskHeld(ctx context.Context, key ledger.ID) (held []ledger.ID, err error) {
	wraps, err := d.db.WrapsOf(ctx, key)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range wraps {
		if d.dir.Granted(key, w.Holder) {
			held = append(held, w.Holder)
		}
	}
	return held, nil
}

// tendDesk makes the desk keys that are missing, gives those there are to who takes
// in and does not have them, and destroys those of past weeks with an empty queue.
func (d *Desk) tendDesk(ctx context.Context, by Actor) error {
	if !by.Is(ledger.Intake) || !d.mayWrite() || d.afield() { // letters stay in the office
		return nil
	}
	leave, err := d.alone(ctx, &d.handMu, "hands")
	if err != nil {
		return err
	}
	defer leave()
	held, err := d.deskHolders(ctx, by)
	if err != nil {
		return err
	}
	week := ledger.WeekOf(d.now())
	fresh, err := d.newDesks(ctx, week)
	if err != nil {
		return err
	}
	var notices []ledger.Notice
	for _, f := range fresh {
		notices = append(notices, f.public)
		held = append(held, f.Holder)
	}
	wraps, grants, err := d.giveDesks(ctx, by, held)
	if err != nil {
		return err
	}
	if err := d.db.PutWraps(ctx, wraps...); err != nil {
		return err
	}
	if notices = append(notices, grants...); len(notices) > 0 {
		if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), notices...); err != nil {
			return err
		}
	}
	d.mu.Lock()
	d.atDesk = deskOf{} // there may be wraps where there were none
	d.mu.Unlock()
	return d.dropDesks(ctx, held, week)
}

// giveDesks returns what gives desk keys to those who take in and lack them.
func (d *Desk) giveDesks(ctx context.Context, by Actor, keys []*vault.Holder) (wraps []vault.Wrap, grants []ledger.Notice, err error) {
	for _, h := range keys {
		there, err := d.deskHeld(ctx, h.ID())
		if err != nil {
			return nil, nil, err
		}
		d.mu.Lock()
		takers := d.dir.Find(func(t ledger.Holder) bool {
			return t.Use == ledger.UseMember && slices.Contains(t.Roles, ledger.Intake) && d.dir.Standing(t.ID) == ledger.Active
		})
		d.mu.Unlock()
		for _, to := range takers {
			if slices.Contains(there, to.ID) {
				continue
			}
			d.mu.Lock()
			granted := d.dir.Granted(h.ID(), to.ID)
			w, err := vault.NewWrap(d.dir, to.ID, h.ID(), d.deskKeyStream(), h.Seed().Bytes())
			d.mu.Unlock()
			if err != nil {
				return nil, nil, err
			}
			wraps = append(wraps, w)
			if !granted {
				grants = append(grants, ledger.Grant{Key: h.ID(), To: to.ID})
			}
		}
	}
	return wraps, grants, nil
}

// A freshDesk is a desk key that was just made.
type freshDesk struct {
	*vault.Holder
	public ledger.Holder
}

// newDesks makes the keys of the weeks for which there is none that somebody can open
// and nobody has who must not.
func (d *Desk) newDesks(ctx context.Context, week int) (fresh []freshDesk, err error) {
	for w := week; w < week+deskWeeks; w++ {
		usable, err := d.usableDesks(ctx, w)
		if err != nil {
			return nil, err
		}
		d.mu.Lock()
		missing := !slices.ContainsFunc(usable, func(h ledger.Holder) bool { return d.dir.Offline(h.ID) || !d.dir.DeskSpent(h.ID) })
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
	wraps, err := d.db.WrapsIn(ctx, by.me.ID(), d.deskKeyStream())
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

// deskGrace is for how many weeks the key of a past week is kept though nothing waits
// under it: a clock may have been wrong, and a file may take long to come.
const deskGrace = 4

// dropDesks destroys the desk keys of past weeks that nothing waits under.
func (d *Desk) dropDesks(ctx context.Context, held []*vault.Holder, week int) error {
	for _, h := range held {
		d.mu.Lock()
		public, _ := d.dir.Holder(h.ID())
		d.mu.Unlock()
		if max(public.Week, public.Last)+deskGrace >= week {
			continue
		}
		empty, err := d.db.DeskEmpty(ctx, h.ID())
		if err == nil && empty {
			err = errors.Join(d.db.DeleteWraps(ctx, h.ID()), d.db.DeleteWrapsTo(ctx, h.ID()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// offline reports whether only another machine opens what is sealed to a desk key.
func (d *Desk) offline(key ledger.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dir.Offline(key)
}

// whose returns why a member cannot open what is sealed to a desk key.
func (d *Desk) whose(ctx context.Context, key ledger.ID) error {
	if d.offline(key) {
		return fault.New(fault.Forbidden, "intake.offline")
	}
	held, err := d.deskHeld(ctx, key)
	if err == nil && len(held) == 0 {
		return fault.New(fault.NotFound, "intake.lost")
	}
	return errors.Join(err, fault.New(fault.Forbidden, "intake.not_yours"))
}

// An OfflineDesk is one that what comes is sealed to now.
type OfflineDesk struct {
	ID    ledger.ID
	By    []string  // who said so, as colleagues see them
	Until time.Time // the first moment after its weeks
}

// OfflineDesk returns the offline desk that what comes is sealed to, or nil.
func (d *Desk) OfflineDesk(ctx context.Context, by Actor) (*OfflineDesk, error) {
	if err := d.may(by, takeIn); err != nil {
		return nil, err
	}
	h, err := d.desk(ctx)
	if err != nil {
		return nil, nil // nothing is sealed to anything
	}
	names, err := d.memberNames(ctx, by)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.dir.Offline(h.ID) {
		return nil, nil
	}
	o := &OfflineDesk{ID: h.ID, Until: ledger.WeekStart(max(h.Week, h.Last) + 1)}
	for _, m := range d.dir.DeskMakers(h.ID) {
		o.By = append(o.By, names[m])
	}
	return o, nil
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
	if err != nil && fault.KindOf(err) == fault.Internal && ctx.Err() == nil {
		return fault.Wrap(err, fault.Invalid, "intake.bad_desk")
	}
	return err
}

// EndOfflineDesk seals what comes from now on to keys that members hold, again.
func (d *Desk) EndOfflineDesk(ctx context.Context, by Actor) error {
	if err := d.may(by, takeIn); err != nil {
		return err
	}
	o, err := d.OfflineDesk(ctx, by)
	if err != nil {
		return err
	}
	if o == nil {
		return fault.New(fault.NotFound, "intake.no_desk")
	}
	if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), ledger.Revoke{Key: o.ID, From: o.ID}); err != nil {
		return err
	}
	return d.tendDesk(ctx, by)
}
