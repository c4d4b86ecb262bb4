package habeas

import (
	"context"
	"slices"
	"time"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// Kinds of entry of the office circle about somebody who lost their passphrase.
const (
	kindAgain     = "again"           // askedAgain
	kindConfirmed = "again-confirmed" // confirmedAgain
)

// askedAgain says that a keeper wants to let a person in anew.
type askedAgain struct {
	ID     ledger.ID `json:"id"`
	Member ledger.ID `json:"member"` // the holder they had

	at        time.Time
	by        ledger.ID
	confirmed []ledger.ID
}

// confirmedAgain says that another member knows that it is the person who asks.
type confirmedAgain struct {
	ID ledger.ID `json:"id"`
}

// An AgainRow is somebody who is to be let in anew.
type AgainRow struct {
	ID          ledger.ID
	Member      ledger.ID
	Name        string
	By          string // the keeper who asked
	At          time.Time
	ConfirmedBy string // or ""
	Mine        bool   // by asked, so another must confirm
	Ready       bool   // a second member confirmed
}

// AskAgain says that a member lost their passphrase and is to be let in anew. It
// changes nothing until another member confirms it. Nothing that was sealed is
// lost: what the person held is given to new keys.
func (d *Desk) AskAgain(ctx context.Context, by Actor, member ledger.ID) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	d.mu.Lock()
	h, ok := d.dir.Holder(member)
	active := d.dir.Standing(member) == ledger.Active
	d.mu.Unlock()
	if !ok || h.Use != ledger.UseMember || !active || member == by.Member {
		return fault.New(fault.NotFound, "again.none")
	}
	office, err := by.office()
	if err != nil {
		return err
	}
	return d.append(ctx, by.me.Signer(), office.id, nil, draft{kindAgain, askedAgain{ID: ledger.NewID(), Member: member}, office.body.Key()})
}

// Again returns who is to be let in anew, for any member to see and to confirm.
func (d *Desk) Again(ctx context.Context, by Actor) ([]AgainRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return nil, err
	}
	var rows []AgainRow
	for _, a := range d.openAgain(book) {
		row := AgainRow{ID: a.ID, Member: a.Member, Name: book.names[a.Member], By: book.names[a.by], At: a.at, Mine: a.by == by.Member}
		if second := a.second(); !second.IsZero() {
			row.ConfirmedBy, row.Ready = book.names[second], true
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// openAgain returns the newest request about each member who is still there.
func (d *Desk) openAgain(book *officeBook) (open []askedAgain) {
	for _, a := range slices.Backward(book.asked) {
		newer := slices.ContainsFunc(open, func(o askedAgain) bool { return o.Member == a.Member })
		if !newer && !d.ended(a.Member) {
			open = append(open, a)
		}
	}
	return open
}

// second returns a member who confirmed, and neither asked nor is meant.
func (a askedAgain) second() ledger.ID {
	for _, id := range a.confirmed {
		if id != a.by && id != a.Member {
			return id
		}
	}
	return ledger.ID{}
}

// ConfirmAgain says that by knows it is the person who wants to be let in, not
// somebody in their place. by is neither the keeper who asked nor that person.
// pass is by's own passphrase, again.
func (d *Desk) ConfirmAgain(ctx context.Context, by Actor, id ledger.ID, pass vault.Text) error {
	if err := d.may(by, read); err != nil {
		return err
	}
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return err
	}
	a, ok := d.findAgain(book, id)
	if !ok {
		return fault.New(fault.NotFound, "again.none")
	}
	if a.by == by.Member || a.Member == by.Member {
		return fault.New(fault.Forbidden, "again.same")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	office, err := by.office()
	if err != nil {
		return err
	}
	return d.append(ctx, by.me.Signer(), office.id, nil, draft{kindConfirmed, confirmedAgain{id}, office.body.Key()})
}

func (d *Desk) findAgain(book *officeBook, id ledger.ID) (askedAgain, bool) {
	for _, a := range d.openAgain(book) {
		if a.ID == id {
			return a, true
		}
	}
	return askedAgain{}, false
}

// InviteAgain ends the holder that a person had and makes a new one, with the
// same roles and what by can give of the same circles; circles that by does not
// hold are for another keeper to give. It returns the code that lets the person
// in. Two members must have said so: the keeper who asked, and another. pass is
// by's own passphrase, again.
func (d *Desk) InviteAgain(ctx context.Context, by Actor, id ledger.ID, pass vault.Text) (vault.Text, error) {
	if err := d.may(by, manage); err != nil {
		return vault.Text{}, err
	}
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return vault.Text{}, err
	}
	a, ok := d.findAgain(book, id)
	if !ok {
		return vault.Text{}, fault.New(fault.NotFound, "again.none")
	}
	if a.second().IsZero() || by.Member == a.Member {
		return vault.Text{}, fault.New(fault.Forbidden, "again.not_confirmed")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return vault.Text{}, err
	}
	inv := d.heldBy(by, a.Member)
	inv.Name = book.names[a.Member]
	code, err := d.invite(ctx, by, inv, a.Member)
	if err != nil {
		return vault.Text{}, err
	}
	if err := d.retire(ctx, by.me.Signer(), a.Member); err != nil {
		return vault.Text{}, err
	}
	return code, d.RenewKeys(ctx, by, nil)
}

// heldBy returns a member's roles, and what they hold of by's circles.
func (d *Desk) heldBy(by Actor, member ledger.ID) (inv Invitation) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h, _ := d.dir.Holder(member)
	inv.Roles = h.Roles
	for _, c := range by.circles {
		if c.office || !d.dir.Granted(c.body.ID(), member) {
			continue
		}
		inv.Shares = append(inv.Shares, Share{c.id, c.vault != nil && d.dir.Granted(c.vault.ID(), member)})
	}
	return inv
}

// readAgain takes in an entry about somebody who lost their passphrase.
func readAgain(b *officeBook, e *ledger.Entry, keeper bool) {
	switch e.Kind {
	case kindAgain:
		if a, ok := bodyOf[askedAgain](e); ok && keeper {
			a.at, a.by = e.Time, e.Author
			b.asked = append(b.asked, a)
		}
	case kindConfirmed:
		c, ok := bodyOf[confirmedAgain](e)
		for i := range b.asked {
			if ok && b.asked[i].ID == c.ID {
				b.asked[i].confirmed = append(b.asked[i].confirmed, e.Author)
			}
		}
	}
}
