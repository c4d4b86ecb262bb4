package habeas

import (
	"context"
	"encoding/json"
	"slices"

	"habeas/ledger"
	"habeas/paper"
	"habeas/vault"
)

// An officeBook is what the office circle says of people and papers.
type officeBook struct {
	names   map[ledger.ID]string
	office  string // what the organisation is called
	invited []invitedBy
	joined  map[ledger.ID]bool
	ended   map[ledger.ID]bool
	papers  []madeSheets
	checked map[ledger.ID][]paper.Kind
	notes   []Note
	asked   []askedAgain
}

type invitedBy struct {
	invited
	by ledger.ID
}

// goneOn reports whether a holder that was removed is nobody to be listed: the
// person has other keys now, or never came.
func (b *officeBook) goneOn(id ledger.ID) bool {
	return b.ended[id] || slices.ContainsFunc(b.invited, func(inv invitedBy) bool { return inv.Follows == id })
}

// invitedOnly returns the members who have not taken their invitation up yet, or
// can't any more: they hold nothing that anybody could use.
func (d *Desk) invitedOnly(ctx context.Context) (map[ledger.ID]bool, error) {
	waiting, _, err := d.notHere(ctx)
	return waiting, err
}

// notHere returns the members who have not taken their invitation up, and those of
// them whose time is over or who have no way in at all: nothing is wrapped for
// those, though no keeper has ended them yet.
func (d *Desk) notHere(ctx context.Context) (waiting, over map[ledger.ID]bool, err error) {
	rows, err := d.db.Logins(ctx)
	if err != nil {
		return nil, nil, err
	}
	waiting, over = map[ledger.ID]bool{}, map[ledger.ID]bool{}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, h := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseMember }) {
		if s := d.dir.Standing(h.ID); s == ledger.Active || s == ledger.Suspended {
			waiting[h.ID], over[h.ID] = true, true
		}
	}
	for _, r := range rows {
		until, invited := vault.ReadInvitation(r.Record)
		waiting[r.Holder] = invited
		if !invited || !d.now().After(until) {
			delete(over, r.Holder)
		}
	}
	return waiting, over, nil
}

// officeBook reads the office circle. Of what only keepers may write it believes
// keepers alone, and of who joined the member.
func (d *Desk) officeBook(ctx context.Context, by Actor) (*officeBook, error) {
	office, err := by.office()
	if err != nil {
		return nil, err
	}
	cv, err := d.view(ctx, office)
	if err != nil {
		return nil, err
	}
	entries, err := cv.view.Case(ctx, office.id)
	if err != nil {
		return nil, err
	}
	b := &officeBook{names: map[ledger.ID]string{}, joined: map[ledger.ID]bool{}, ended: map[ledger.ID]bool{}, checked: map[ledger.ID][]paper.Kind{}}
	for i := range entries {
		d.readOffice(b, &entries[i])
	}
	return b, nil
}

// readOffice takes one entry in. What cannot be read says nothing.
func (d *Desk) readOffice(b *officeBook, e *ledger.Entry) {
	keeper := d.might(e.Author, manage)
	switch e.Kind {
	case kindMember:
		if m, ok := bodyOf[memberName](e); ok && keeper {
			b.names[m.Member] = m.Name
		}
	case kindOffice:
		if o, ok := bodyOf[officeName](e); ok && keeper {
			b.office = o.Name
		}
	case kindInvited:
		if inv, ok := bodyOf[invited](e); ok && keeper {
			b.invited = append(b.invited, invitedBy{inv, e.Author})
		}
	case kindJoined:
		b.joined[e.Author] = true
	case kindUninvited:
		if u, ok := bodyOf[uninvited](e); ok && keeper {
			b.ended[u.Member] = true
		}
	default:
		d.readPapers(b, e, keeper)
	}
}

func bodyOf[T any](e *ledger.Entry) (v T, ok bool) {
	ok = json.Unmarshal(e.Body, &v) == nil
	return v, ok
}
