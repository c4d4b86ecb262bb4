package habeas

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"habeas/fault"
	"habeas/ledger"
	"habeas/paper"
	"habeas/vault"
)

// InviteFor is how long an invitation can be taken up, in days.
const InviteFor = 7

// Kinds of entry of the office circle that say how people come in.
const (
	kindInvited   = "invited"   // invited
	kindJoined    = "joined"    // joined
	kindUninvited = "uninvited" // uninvited
)

// invited says that a holder was made for somebody, whom a code lets in.
type invited struct {
	Member  ledger.ID `json:"member"`
	Until   time.Time `json:"until"`
	Follows ledger.ID `json:"follows,omitzero"` // the holder the same person had before
}

// joined says that a member chose how to log in. They sign it themselves.
type joined struct{}

// uninvited says that an invitation was not taken up.
type uninvited struct {
	Member ledger.ID `json:"member"`
}

// A Share is a part of a circle: its name-free side, or both.
type Share struct {
	Circle ledger.ID
	Vault  bool
}

// An Invitation is for somebody who is to become a member.
type Invitation struct {
	Name   string // as colleagues will see it
	Roles  []ledger.Role
	Shares []Share // besides the office circle, which everybody has
}

// Invite makes a member and a code that lets them in once, within [InviteFor]
// days. The code is shown to by and not kept: whoever has it is that member. pass
// is by's own passphrase, again.
func (d *Desk) Invite(ctx context.Context, by Actor, inv Invitation, pass vault.Text) (vault.Text, error) {
	if err := d.may(by, manage); err != nil {
		return vault.Text{}, err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return vault.Text{}, err
	}
	by, err := d.chores(ctx, by)
	if err != nil {
		return vault.Text{}, err
	}
	return d.invite(ctx, by, inv, ledger.ID{})
}

// maxName is how long the name of a member, a circle or the office can be, in
// bytes.
const maxName = 200

// invite makes the holder, says so, gives it what was asked for, and only then
// makes the code good: whatever stops it half-way leaves an invitation that
// nobody can take up and that a keeper sees and can take back.
func (d *Desk) invite(ctx context.Context, by Actor, inv Invitation, follows ledger.ID) (code vault.Text, err error) {
	give, err := d.sides(by, inv)
	if err != nil {
		return code, err
	}
	office, err := by.office()
	if err != nil {
		return code, err
	}
	holder, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		return code, err
	}
	code = paper.Words(paper.CodeWords)
	until := d.now().AddDate(0, 0, InviteFor)
	record, err := d.pepper.NewInvitation(code, until, holder.Seed())
	if err != nil {
		return code, err
	}
	h := holder.Public(ledger.UseMember)
	h.Roles = inv.Roles
	if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), h); err != nil {
		return code, err
	}
	err = d.append(ctx, by.me.Signer(), office.id, nil,
		draft{kindInvited, invited{holder.ID(), until, follows}, office.body.Key()},
		draft{kindMember, memberName{holder.ID(), inv.Name}, office.body.Key()})
	if err != nil {
		return code, err
	}
	for _, side := range give {
		if err := d.grant(ctx, by, side, holder.ID()); err != nil {
			return code, err
		}
	}
	if err := d.db.PutLogin(ctx, holder.ID(), d.pepper.Invitation(code), record); err != nil {
		return code, err
	}
	d.sharedDone(ctx, by)
	return code, nil
}

// sides returns what an invitation gives, if it says all it must and by has it.
func (d *Desk) sides(by Actor, inv Invitation) ([]*side, error) {
	if name := strings.TrimSpace(inv.Name); name == "" || len(inv.Name) > maxName {
		return nil, fault.New(fault.Invalid, "invite.no_name", fault.Field("known_as"))
	}
	if len(inv.Roles) == 0 || slices.ContainsFunc(inv.Roles, func(r ledger.Role) bool { return !slices.Contains(ledger.Roles(), r) }) {
		return nil, fault.New(fault.Invalid, "invite.no_role")
	}
	office, err := by.office()
	if err != nil {
		return nil, err
	}
	give := []*side{office.body}
	if slices.Contains(inv.Roles, ledger.Keeper) && office.vault != nil {
		give = append(give, office.vault)
	}
	for _, s := range inv.Shares {
		c, ok := by.circle(s.Circle)
		if !ok || c.office || s.Vault && c.vault == nil {
			return nil, fault.New(fault.NotFound, "circle.none")
		}
		if give = append(give, c.body); s.Vault {
			give = append(give, c.vault)
		}
	}
	return give, nil
}

// Join takes an invitation up: whoever has the code chooses how to log in from
// now on. The code opens nothing afterwards. A passphrase that is easy to guess
// is refused; how hard it is to guess is returned.
func (d *Desk) Join(ctx context.Context, code vault.Text, handle string, pass vault.Text) (paper.Strength, error) {
	if err := d.catchUp(ctx); err != nil {
		return 0, err
	}
	code = paper.Plain(code)
	mac := d.pepper.Invitation(code)
	record, err := d.db.Login(ctx, mac)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = fault.Wrap(err, fault.Invalid, "invite.wrong", fault.Field("invitation"))
		}
		return 0, err
	}
	seed, err := d.pepper.OpenInvitation(code, record, d.now())
	if err != nil {
		return 0, err
	}
	defer seed.Wipe()
	me, err := vault.NewHolder(seed)
	if err != nil {
		return 0, err
	}
	circles, err := d.circlesOf(ctx, me)
	if err != nil {
		return 0, err
	}
	office, err := Actor{circles: circles}.office()
	if err != nil {
		return 0, fault.Wrap(err, fault.Invalid, "invite.wrong", fault.Field("invitation"))
	}
	m := NewMember{Handle: handle, Passphrase: pass}
	strength, err := d.judge(ctx, m)
	if err != nil {
		return 0, err
	}
	login, err := d.newLogin(ctx, m, me)
	if err != nil {
		return 0, err
	}
	err = d.db.TradeLogin(ctx, me.ID(), mac, d.pepper.Handle(handle), login)
	if fault.KindOf(err) == fault.NotFound { // somebody with the same code was first
		err = fault.Wrap(err, fault.Invalid, "invite.wrong", fault.Field("invitation"))
	}
	if err != nil {
		return 0, err
	}
	return strength, d.append(ctx, me.Signer(), office.id, nil, draft{kindJoined, joined{}, office.body.Key()})
}

// judge refuses a name to log in that is none or is taken, and a passphrase that
// is easy to guess.
func (d *Desk) judge(ctx context.Context, m NewMember) (paper.Strength, error) {
	strength, err := JudgeMember(m)
	if err != nil {
		return 0, err
	}
	_, err = d.db.Login(ctx, d.pepper.Handle(m.Handle))
	if err == nil {
		return 0, fault.New(fault.Conflict, "member.handle_taken", fault.Field("handle"))
	}
	if fault.KindOf(err) != fault.NotFound {
		return 0, err
	}
	return strength, nil
}

// JudgeMember refuses a name to log in that is none, and a passphrase that is
// easy to guess for somebody who knows the names of its member.
func JudgeMember(m NewMember) (paper.Strength, error) {
	if n := utf8.RuneCountInString(strings.TrimSpace(m.Handle)); n < 2 || len(m.Handle) > maxName {
		return 0, fault.New(fault.Invalid, "member.bad_handle", fault.Field("handle"))
	}
	strength := paper.Judge(m.Passphrase, m.Handle, m.Name)
	if strength == paper.Weak {
		return 0, fault.New(fault.Invalid, "member.weak_passphrase", fault.Field("pass"))
	}
	return strength, nil
}

// newLogin makes a login record, in turn with others who stretch a passphrase.
func (d *Desk) newLogin(ctx context.Context, m NewMember, holder *vault.Holder) ([]byte, error) {
	leave, err := d.inside.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return d.pepper.NewLogin(m.Handle, m.Passphrase, d.cfg.Cost, holder.Seed())
}

// An InviteState says what became of an invitation that was not taken up yet.
type InviteState uint8

// States of invitations.
const (
	InviteOpen   InviteState = iota // the code lets somebody in
	InviteLate                      // its time is over
	InviteBroken                    // it was never finished: no code lets anybody in
)

// An InviteRow is an invitation that nobody has taken up and no keeper has taken
// back.
type InviteRow struct {
	Member ledger.ID // who would log in
	Name   string
	Roles  []ledger.Role
	Until  time.Time
	By     string // who invited them
	Again  bool   // for somebody who was a member before, and lost their passphrase
	State  InviteState
}

// Invites returns the invitations that stand.
func (d *Desk) Invites(ctx context.Context, by Actor) ([]InviteRow, error) {
	if err := d.may(by, manage); err != nil {
		return nil, err
	}
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return nil, err
	}
	open, states, err := d.openInvites(ctx, book)
	if err != nil {
		return nil, err
	}
	var rows []InviteRow
	for _, inv := range open {
		row := InviteRow{
			Member: inv.Member, Name: book.names[inv.Member], Until: inv.Until, By: book.names[inv.by], Again: !inv.Follows.IsZero(),
			State: states[inv.Member],
		}
		d.mu.Lock()
		h, _ := d.dir.Holder(inv.Member)
		d.mu.Unlock()
		row.Roles = h.Roles
		rows = append(rows, row)
	}
	return rows, nil
}

// openInvites returns the invitations that were neither taken up nor ended, and what
// became of each; one that is not among the logins was never finished.
func (d *Desk) openInvites(ctx context.Context, book *officeBook) ([]invitedBy, map[ledger.ID]InviteState, error) {
	rows, err := d.db.Logins(ctx)
	if err != nil {
		return nil, nil, err
	}
	states := map[ledger.ID]InviteState{}
	in := map[ledger.ID]bool{} // joined, whatever stopped them from saying so
	for _, inv := range book.invited {
		states[inv.Member] = InviteBroken
		if d.now().After(inv.Until) {
			states[inv.Member] = InviteLate
		}
	}
	for _, r := range rows {
		until, ok := vault.ReadInvitation(r.Record)
		if in[r.Holder] = !ok; ok && !d.now().After(until) {
			states[r.Holder] = InviteOpen
		}
	}
	return slices.DeleteFunc(slices.Clone(book.invited), func(inv invitedBy) bool {
		return in[inv.Member] || book.joined[inv.Member] || book.ended[inv.Member]
	}), states, nil
}

// Uninvite takes an invitation back: its code opens nothing any more, and what
// was wrapped for the member is destroyed. Somebody who has a copy of the disk,
// the pepper and the code can still open what the circles held until now.
func (d *Desk) Uninvite(ctx context.Context, by Actor, member ledger.ID) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return err
	}
	open, _, err := d.openInvites(ctx, book)
	if err != nil {
		return err
	}
	for _, inv := range open {
		if inv.Member == member {
			if err := d.uninvite(ctx, by, inv.invited); err != nil {
				return err
			}
			return d.RenewKeys(ctx, by, nil)
		}
	}
	return fault.New(fault.NotFound, "invite.none")
}

func (d *Desk) uninvite(ctx context.Context, by Actor, inv invited) error {
	if err := d.retire(ctx, by.me.Signer(), inv.Member); err != nil {
		return err
	}
	office, err := by.office()
	if err != nil {
		return err
	}
	return d.append(ctx, by.me.Signer(), office.id, nil, draft{kindUninvited, uninvited{inv.Member}, office.body.Key()})
}

// retire takes back everything a holder was given and ends it for good.
func (d *Desk) retire(ctx context.Context, by ledger.Signer, holder ledger.ID) error {
	leave, err := d.alone(ctx, &d.handMu, "hands") // nothing is given to holder between the look and the word
	if err != nil {
		return err
	}
	defer leave()
	var notices []ledger.Notice
	d.mu.Lock()
	for _, side := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseCircleBody || h.Use == ledger.UseCircleVault }) {
		if d.dir.Granted(side.ID, holder) {
			notices = append(notices, ledger.Revoke{Key: side.ID, From: holder})
		}
	}
	d.mu.Unlock()
	notices = append(notices, ledger.Remove{Member: holder})
	if err := d.publish(ctx, by, ledger.DirectoryStream(d.root), notices...); err != nil {
		return err
	}
	if err := d.dropFactors(ctx, holder); err != nil {
		return err
	}
	return d.stop(ctx, holder)
}

// drop destroys what is wrapped to a holder, and how they log in.
func (d *Desk) drop(ctx context.Context, holder ledger.ID) error {
	if err := d.db.DeleteLogin(ctx, holder); err != nil {
		return err
	}
	return d.db.DeleteWrapsTo(ctx, holder)
}

// Expire throws away what its time is over for: what sources withdrew that nobody
// has taken into a case, messages they read long ago, invitations, and what was wrapped
// for them. It needs nobody in session; that it happened is signed, and the
// keys that were wrapped are renewed, when a keeper next invites somebody or sees
// to the sheets.
func (d *Desk) Expire(ctx context.Context) error {
	rows, err := d.db.Logins(ctx)
	if err != nil {
		return err
	}
	errs := []error{d.tendThreads(ctx)}
	for _, r := range rows {
		if until, ok := vault.ReadInvitation(r.Record); ok && d.now().After(until) {
			errs = append(errs, d.drop(ctx, r.Holder))
		}
	}
	return errors.Join(errs...)
}

// chores does what only a keeper can sign and nobody has to ask for: it ends
// invitations whose time is over, and records what happened at the terminal while
// nobody was in session. It returns by with the keys as they are then.
func (d *Desk) chores(ctx context.Context, by Actor) (Actor, error) {
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return by, err
	}
	open, states, err := d.openInvites(ctx, book)
	if err != nil {
		return by, err
	}
	ended := false
	for _, inv := range open {
		if states[inv.Member] != InviteLate {
			continue
		}
		ended = true
		if err := d.uninvite(ctx, by, inv.invited); err != nil {
			return by, err
		}
	}
	if ended {
		if by, err = d.renewed(ctx, by); err != nil {
			return by, err
		}
	}
	return by, d.takeNotes(ctx, by)
}

// renewed renews the keys that are spent and returns by with those that take their
// place.
func (d *Desk) renewed(ctx context.Context, by Actor) (Actor, error) {
	if err := d.RenewKeys(ctx, by, nil); err != nil {
		return by, err
	}
	var err error
	by.circles, err = d.circlesOf(ctx, by.me)
	return by, err
}
