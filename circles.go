package habeas

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// CircleAccess says of a circle that a member holds who else does.
type CircleAccess struct {
	Circle
	Holders  []CircleHolder
	Recovery bool         // whether the recovery sheets open it
	Checked  bool         // others' releases are looked through for its names
	MayMark  bool         // who asks may begin or end that
	Cases    int          // cases in it
	Shared   []SharedCase // those of them that other circles have too
}

// A CircleHolder is a member of a circle.
type CircleHolder struct {
	Member
	Vault bool // they may open names
}

// A SharedCase is a case with the other circles that have it.
type SharedCase struct {
	ID     CaseID
	Title  string
	With   []Circle // those that the asking member is in as well
	Others int      // how many more there are
}

// kindWish is an entry of the office circle: what a member wants to do that takes
// a second one.
const kindWish = "wish"

// A wish stands for a day.
const wishLasts = 24 * time.Hour

type wish struct {
	What   string    `json:"what"`
	Member ledger.ID `json:"member"`
}

// NewCircle makes a circle, held by its maker alone until others are added.
func (d *Desk) NewCircle(ctx context.Context, by Actor, name string, pass vault.Text) (ledger.ID, error) {
	if err := d.may(by, manage); err != nil {
		return ledger.ID{}, err
	}
	if name = strings.TrimSpace(name); name == "" {
		return ledger.ID{}, fault.New(fault.Invalid, "circle.name", fault.Field("name"))
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return ledger.ID{}, err
	}
	c, err := d.createCircle(ctx, by.me, name, false)
	if err != nil {
		return c.id, err
	}
	return c.id, d.coverNew(ctx, by, c)
}

// AddToCircle gives a member a circle that by holds: its name-free side, or both.
func (d *Desk) AddToCircle(ctx context.Context, by Actor, member, circle ledger.ID, withVault bool, pass vault.Text) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	c, ok := by.circle(circle)
	if !ok || c.office || withVault && c.vault == nil {
		return fault.New(fault.NotFound, "circle.none")
	}
	if err := d.active(member); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	sides := []*side{c.body}
	if withVault {
		sides = append(sides, c.vault)
	}
	for _, s := range sides {
		if err := d.grant(ctx, by, s, member); err != nil {
			return err
		}
	}
	return nil
}

// TakeFromCircle takes a circle from a member, and makes it go on with new keys.
// What the member has read, and what opens old backups, it cannot take back.
func (d *Desk) TakeFromCircle(ctx context.Context, by Actor, member, circle ledger.ID, pass vault.Text) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	c, ok := by.circle(circle)
	if !ok || c.office {
		return fault.New(fault.NotFound, "circle.none")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	if err := d.leavesHolders(ctx, by, "take", member, []ledger.ID{circle}); err != nil {
		return err
	}
	if err := d.takeCircle(ctx, by, c, member); err != nil {
		return err
	}
	d.leaveCircle(member, circle)
	return d.tend(ctx, by)
}

// takeCircle takes every generation of a circle from a member.
func (d *Desk) takeCircle(ctx context.Context, by Actor, c circleKeys, member ledger.ID) error {
	leave, err := d.alone(ctx, &d.handMu, "hands")
	if err != nil {
		return err
	}
	defer leave()
	keys, err := d.takeable(c, member)
	if err != nil {
		return err
	}
	var notices []ledger.Notice
	for _, k := range keys {
		notices = append(notices, ledger.Revoke{Key: k, From: member})
	}
	if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), notices...); err != nil {
		return err
	}
	return d.db.DeleteWrapsTo(ctx, member, keys...)
}

// takeable returns the keys of a circle that a member has.
func (d *Desk) takeable(c circleKeys, member ledger.ID) (keys []ledger.ID, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, use := range []ledger.Use{ledger.UseCircleBody, ledger.UseCircleVault} {
		for _, g := range d.dir.Generations(c.id, use) {
			if slices.Contains(d.dir.Entitled(g.ID), member) {
				keys = append(keys, g.ID)
			}
		}
	}
	if len(keys) == 0 {
		return nil, fault.New(fault.NotFound, "member.none")
	}
	return keys, nil
}

// leaveCircle makes the sessions of a member forget a circle, so that its view is
// not kept open for them.
func (d *Desk) leaveCircle(member, circle ledger.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.sessions {
		if s.member == member {
			s.circles = slices.DeleteFunc(s.circles, func(id ledger.ID) bool { return id == circle })
		}
	}
}

// circlesHeld returns the circles that a member was given.
func (d *Desk) circlesHeld(member ledger.ID) (ids []ledger.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, h := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseCircleBody }) {
		if !slices.Contains(ids, h.Of) && slices.Contains(d.dir.Entitled(h.ID), member) {
			ids = append(ids, h.Of)
		}
	}
	return ids
}

// leavesHolders fails if without a member a side of a circle would have nobody
// left; or fewer than two, or one and the recovery sheets, unless a second member
// wants the same.
func (d *Desk) leavesHolders(ctx context.Context, by Actor, what string, member ledger.ID, circles []ledger.ID) error {
	few := false
	waiting, err := d.invitedOnly(ctx)
	if err != nil {
		return err
	}
	for _, c := range circles {
		for _, use := range []ledger.Use{ledger.UseCircleBody, ledger.UseCircleVault} {
			members, recovery, was := d.holdersWithout(member, c, use, waiting)
			if !was {
				continue
			}
			if members == 0 && !recovery {
				return fault.New(fault.Forbidden, "member.last_holder")
			}
			few = few || members == 0 || members == 1 && !recovery
		}
	}
	if !few {
		return nil
	}
	return d.secondMember(ctx, by, wish{what, member})
}

// holdersWithout counts who would hold one side of a circle without a member, and
// reports whether the member does now.
func (d *Desk) holdersWithout(member, circle ledger.ID, use ledger.Use, waiting map[ledger.ID]bool) (members int, recovery, was bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	gens := d.dir.Generations(circle, use)
	if len(gens) == 0 {
		return 0, false, false
	}
	for _, id := range d.dir.Entitled(gens[0].ID) {
		h, _ := d.dir.Holder(id)
		switch {
		case id == member:
			was = true
		case h.Use == ledger.UseRecovery:
			recovery = true
		case h.Use == ledger.UseMember && d.dir.Standing(id) == ledger.Active && !waiting[id]:
			members++
		}
	}
	return members, recovery, was
}

// secondMember fails unless another member has wished for the same within a day.
// by's own wish is noted, so that the other need only do the same.
func (d *Desk) secondMember(ctx context.Context, by Actor, w wish) error {
	office, err := by.office()
	if err != nil {
		return err
	}
	cv, err := d.view(ctx, office)
	if err != nil {
		return err
	}
	entries, err := cv.view.Case(ctx, office.id)
	if err != nil {
		return err
	}
	for _, e := range entries {
		var other wish
		if e.Kind != kindWish || json.Unmarshal(e.Body, &other) != nil || other != w {
			continue
		}
		fresh := d.now().Sub(e.Time) < wishLasts && !e.Time.After(d.now())
		if fresh && e.Author != by.Member && d.standingOf(e.Author) == ledger.Active {
			return nil
		}
	}
	if _, err := d.write(ctx, by, office, office.id, draft{kindWish, w, office.body.Key()}); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "member.second_needed")
}

// Access returns what by can open, and who else can.
func (d *Desk) Access(ctx context.Context, by Actor) ([]CircleAccess, error) {
	if err := d.may(by, own); err != nil {
		return nil, err
	}
	circles, err := d.circleNames(ctx, by)
	if err != nil {
		return nil, err
	}
	members, err := d.Members(ctx, by)
	if err != nil {
		return nil, err
	}
	marks, err := d.marks(ctx, by)
	if err != nil {
		return nil, err
	}
	var out []CircleAccess
	for _, c := range circles {
		_, checked := marks[c.ID]
		a := CircleAccess{Circle: c, Checked: checked, MayMark: c.Vault && !c.Office && allowed(by.roles, markShared)}
		a.Holders, a.Recovery = d.holdersOf(c.ID, members)
		if a.Cases, a.Shared, err = d.sharedCases(ctx, by, c, circles); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func (d *Desk) holdersOf(circle ledger.ID, members []Member) (holders []CircleHolder, recovery bool) {
	has := map[ledger.Use][]ledger.ID{}
	d.mu.Lock()
	for _, use := range []ledger.Use{ledger.UseCircleBody, ledger.UseCircleVault} {
		for _, g := range d.dir.Generations(circle, use)[:1] {
			has[use] = d.dir.Entitled(g.ID)
		}
	}
	for _, id := range has[ledger.UseCircleBody] {
		h, _ := d.dir.Holder(id)
		recovery = recovery || h.Use == ledger.UseRecovery
	}
	d.mu.Unlock()
	for _, m := range members {
		if slices.Contains(has[ledger.UseCircleBody], m.ID) {
			holders = append(holders, CircleHolder{m, slices.Contains(has[ledger.UseCircleVault], m.ID)})
		}
	}
	return holders, recovery
}

// sharedCases returns how many cases a circle has, and those that others have
// too.
func (d *Desk) sharedCases(ctx context.Context, by Actor, c Circle, mine []Circle) (n int, shared []SharedCase, err error) {
	keys, _ := by.circle(c.ID)
	if c.Office {
		return 0, nil, nil
	}
	cv, err := d.view(ctx, keys)
	if err != nil {
		return 0, nil, err
	}
	rows, err := cv.view.Cases(ctx)
	if err != nil {
		return 0, nil, err
	}
	for _, r := range rows {
		s := SharedCase{ID: r.Stream, Title: r.Title}
		others, err := d.circlesWith(ctx, r.Stream)
		if err != nil {
			return 0, nil, err
		}
		for _, id := range others {
			i := slices.IndexFunc(mine, func(m Circle) bool { return m.ID == id })
			switch {
			case id == c.ID:
			case i >= 0:
				s.With = append(s.With, mine[i])
			default:
				s.Others++
			}
		}
		if len(s.With)+s.Others > 0 {
			shared = append(shared, s)
		}
	}
	return len(rows), shared, nil
}

// circlesWith returns the circles that a case is shared with.
func (d *Desk) circlesWith(ctx context.Context, id CaseID) (circles []ledger.ID, err error) {
	gens, err := d.generations(ctx, id, ledger.UseCaseBody)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, g := range gens {
		for _, to := range d.dir.Entitled(g.ID) {
			if h, _ := d.dir.Holder(to); h.Use == ledger.UseCircleBody && !slices.Contains(circles, h.Of) {
				circles = append(circles, h.Of)
			}
		}
	}
	return circles, nil
}
