package habeas

import (
	"context"
	"slices"
	"strings"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// A Member is somebody of the office, as another member may see them.
type Member struct {
	ID       ledger.ID
	Name     string
	Roles    []ledger.Role
	Standing ledger.Standing
	Me       bool
	Invited  bool        // they have not taken their invitation up
	Returns  []ledger.ID // of a suspended member: who has called them back so far
}

// Members returns everybody who is or was of the office, by name. Somebody who was
// let in anew with new keys is there once; an invitation that nobody took up in
// time was nobody.
func (d *Desk) Members(ctx context.Context, by Actor) ([]Member, error) {
	if err := d.may(by, own); err != nil {
		return nil, err
	}
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return nil, err
	}
	waiting, err := d.invitedOnly(ctx)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Member
	for _, h := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseMember }) {
		m := Member{ID: h.ID, Name: book.names[h.ID], Roles: h.Roles, Standing: d.dir.Standing(h.ID), Me: h.ID == by.Member, Invited: waiting[h.ID]}
		if m.Standing == ledger.Suspended {
			m.Returns = d.dir.CallsBack(h.ID)
		}
		if m.Standing != ledger.Unknown && !(m.Standing == ledger.Removed && book.goneOn(h.ID)) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// Suspend stops a member at once, or by themselves, before a border: their
// sessions end, and what gives them keys is destroyed. They come back when two
// others call them back, see [Desk.Return].
//
// A member may suspend one other a day. Where a circle would be left with fewer
// than two who hold it, a second member has to ask for the same within a day:
// until then the fault is "member.second_needed", and the wish is noted.
func (d *Desk) Suspend(ctx context.Context, by Actor, member ledger.ID, pass vault.Text) error {
	if err := d.may(by, suspend); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	if err := d.active(member); err != nil {
		return err
	}
	if member != by.Member && d.suspendedToday(by.Member) {
		return fault.New(fault.Forbidden, "member.one_a_day")
	}
	if err := d.leavesHolders(ctx, by, "suspend", member, d.circlesHeld(member)); err != nil {
		return err
	}
	return d.end(ctx, by, member, ledger.Suspend{Member: member})
}

// end publishes that a member is suspended or removed, and makes it true.
func (d *Desk) end(ctx context.Context, by Actor, member ledger.ID, n ledger.Notice) error {
	leave, err := d.alone(ctx, &d.handMu, "hands")
	if err != nil {
		return err
	}
	defer leave()
	if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), n); err != nil {
		return err
	}
	return d.stop(ctx, member)
}

// Remove ends a member for good, and makes the circles they were in go on with
// new keys: those by holds now, the others when somebody who holds them is there.
// It cannot take back what the member has read, nor what opens old backups.
func (d *Desk) Remove(ctx context.Context, by Actor, member ledger.ID, pass vault.Text) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	switch {
	case d.standingOf(member) != ledger.Active && d.standingOf(member) != ledger.Suspended:
		return fault.New(fault.NotFound, "member.none")
	case member == by.Member:
		return fault.New(fault.Forbidden, "member.yourself")
	}
	if err := d.leavesHolders(ctx, by, "remove", member, d.circlesHeld(member)); err != nil {
		return err
	}
	if err := d.end(ctx, by, member, ledger.Remove{Member: member}); err != nil {
		return err
	}
	return d.tend(ctx, by)
}

// Return calls a suspended member back. When two others have, the member can log
// in again; each circle opens to them as soon as somebody who holds it is there.
func (d *Desk) Return(ctx context.Context, by Actor, member ledger.ID, pass vault.Text) error {
	if err := d.may(by, suspend); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	switch {
	case member == by.Member || d.standingOf(member) != ledger.Suspended:
		return fault.New(fault.Forbidden, "member.not_suspended")
	case slices.Contains(d.callsBack(member), by.Member):
		return fault.New(fault.Conflict, "member.called_back")
	}
	if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), ledger.Return{Member: member}); err != nil {
		return err
	}
	return d.tend(ctx, by)
}

func (d *Desk) standingOf(member ledger.ID) ledger.Standing {
	d.mu.Lock()
	defer d.mu.Unlock()
	if h, ok := d.dir.Holder(member); !ok || h.Use != ledger.UseMember {
		return ledger.Unknown
	}
	return d.dir.Standing(member)
}

func (d *Desk) active(member ledger.ID) error {
	if d.standingOf(member) != ledger.Active {
		return fault.New(fault.NotFound, "member.none")
	}
	return nil
}

func (d *Desk) callsBack(member ledger.ID) []ledger.ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dir.CallsBack(member)
}

func (d *Desk) suspendedToday(by ledger.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dir.SuspendedOn(by, d.now()) > 0
}

// stop makes true what the directory says of a member who was suspended or
// removed. It can be done again.
func (d *Desk) stop(ctx context.Context, member ledger.ID) error {
	if err := d.endMember(member); err != nil {
		return err
	}
	if err := d.db.DeleteWrapsTo(ctx, member); err != nil {
		return err
	}
	if err := d.dropFactors(ctx, member); err != nil {
		return err
	}
	if d.standingOf(member) == ledger.Removed {
		return d.db.DeleteLogin(ctx, member)
	}
	return nil
}

// stopAll is stop for everybody who is not active, when the desk is opened: the
// one before may have been cut short.
func (d *Desk) stopAll(ctx context.Context) error {
	d.mu.Lock()
	stopped := d.dir.Find(func(h ledger.Holder) bool {
		s := d.dir.Standing(h.ID)
		return h.Use == ledger.UseMember && (s == ledger.Suspended || s == ledger.Removed)
	})
	d.mu.Unlock()
	for _, h := range stopped {
		if err := d.stop(ctx, h.ID); err != nil {
			return err
		}
	}
	return nil
}

// mend wraps what by holds of circles to those who were given it and have no wrap:
// members who came back. An invitation that is over stays without.
func (d *Desk) mend(ctx context.Context, by Actor) error {
	leave, err := d.alone(ctx, &d.handMu, "hands")
	if err != nil {
		return err
	}
	defer leave()
	_, over, err := d.notHere(ctx)
	if err != nil {
		return err
	}
	var wraps []vault.Wrap
	for _, c := range by.circles {
		for _, s := range []*side{c.body, c.vault} {
			if s == nil {
				continue
			}
			there, err := d.db.WrapsOf(ctx, s.ID())
			if err != nil {
				return err
			}
			d.mu.Lock()
			for _, to := range d.dir.Entitled(s.ID()) {
				has := slices.ContainsFunc(there, func(w vault.Wrap) bool { return w.Holder == to })
				if has || over[to] || d.dir.Standing(to) != ledger.Active {
					continue
				}
				w, wrapErr := vault.NewWrap(d.dir, to, s.ID(), c.id, s.Seed().Bytes())
				if err = wrapErr; err != nil {
					break
				}
				wraps = append(wraps, w)
			}
			d.mu.Unlock()
			if err != nil {
				return err
			}
		}
	}
	if len(wraps) > 0 {
		if err := d.db.PutWraps(ctx, wraps...); err != nil {
			return err
		}
	}
	return d.join(ctx, by)
}

// join gives generations of by's circles that two installations made beside each other
// to the one that is sealed to, so that whoever is given that one reads what was sealed
// to any of them. It takes a keeper.
func (d *Desk) join(ctx context.Context, by Actor) error {
	if !slices.Contains(by.roles, ledger.Keeper) {
		return nil
	}
	for _, c := range by.circles {
		var wraps []vault.Wrap
		var notices []ledger.Notice
		for _, s := range []*side{c.body, c.vault} {
			if s == nil {
				continue
			}
			for _, o := range s.older {
				if d.within(s, o.ID()) {
					continue
				}
				w, err := s.Wrap(o.ID(), c.id, o.Seed().Bytes())
				if err != nil {
					return err
				}
				wraps, notices = append(wraps, w), append(notices, ledger.Grant{Key: o.ID(), To: s.ID()})
			}
		}
		if len(notices) == 0 {
			continue
		}
		if err := d.db.PutWraps(ctx, wraps...); err != nil {
			return err
		}
		if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), notices...); err != nil {
			return err
		}
		if err := d.dropView(ctx, c.id); err != nil { // what it lacked may be read now
			return err
		}
	}
	return nil
}

// within reports whether some generation of a side was given another one.
func (d *Desk) within(s *side, id ledger.ID) bool {
	return slices.ContainsFunc(s.all(), func(h *vault.Holder) bool { return h.ID() != id && d.granted(id, h.ID()) })
}
