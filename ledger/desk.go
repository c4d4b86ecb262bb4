package ledger

import (
	"cmp"
	"slices"
	"time"
)

// A desk key is what a server that holds no key seals to what strangers send: a
// holder that a member with the role intake signs ahead, for one week, and gives to
// those who take in. One that was given to nobody was made on another machine: the
// offline desk, which opens what arrives where the server never was.

// Limits of desk keys.
const (
	maxDeskWeeks = 53      // that one is for
	maxWeek      = 1 << 20 // some 20,000 years
)

// WeekOf returns the number of the week, which begins on Monday at 00:00 UTC, in
// which a moment is; that of 5 January 1970 is 0.
func WeekOf(t time.Time) int {
	const monday = 4 * 24 * time.Hour // 5 January 1970
	days := int(t.UTC().Add(-monday).Unix() / (24 * 60 * 60))
	return days / 7
}

// WeekStart returns the moment at which a week begins.
func WeekStart(week int) time.Time { return time.Unix(0, 0).UTC().AddDate(0, 0, 4+7*week) }

// lastWeek returns the last week that a desk key is for.
func (h Holder) lastWeek() int { return max(h.Week, h.Last) }

// takesIn reports whether h may make desk keys and give them away.
func (h Holder) takesIn() bool { return h.Use == UseMember && slices.Contains(h.Roles, Intake) }

// Offline reports whether a desk key was never given to anybody, so that only
// another machine opens what is sealed to it.
func (d *Directory) Offline(key ID) bool {
	return d.holders[key].Use == UseDesk && len(d.grants[key]) == 0
}

// Desks returns the desk keys for a week, the one to seal to first: that of an
// offline desk if there is one, then those that nobody has who must not have what
// comes, by ID. One whose maker was stopped, without that being known of the key,
// is not among them; nor is an offline desk whose makers do not take in any more, or
// that was ended, by taking it back from itself.
func (d *Directory) Desks(week int) []Holder {
	hs := d.Find(func(h Holder) bool {
		return h.Use == UseDesk && h.Week <= week && week <= h.lastWeek() && d.vouched(h.ID) &&
			(!d.Offline(h.ID) || d.answeredFor(h.ID) && !d.EverTaken(h.ID, h.ID))
	})
	slices.SortStableFunc(hs, func(a, b Holder) int { return cmp.Compare(d.deskRank(a.ID), d.deskRank(b.ID)) })
	return hs
}

// answeredFor reports whether somebody who made a desk key still takes in.
func (d *Directory) answeredFor(key ID) bool { return len(d.DeskMakers(key)) > 0 }

// DeskMakers returns who made a desk key and still takes in.
func (d *Directory) DeskMakers(key ID) (makers []ID) {
	for _, m := range d.makers[key] {
		by, _ := d.Holder(m.o.e.Author)
		if d.Standing(by.ID) == Active && by.takesIn() && !slices.Contains(makers, by.ID) {
			makers = append(makers, by.ID)
		}
	}
	return makers
}

func (d *Directory) deskRank(key ID) int {
	switch {
	case d.Offline(key):
		return 0
	case !d.DeskSpent(key):
		return 1
	}
	return 2
}

// DeskSpent reports whether a desk key was given to somebody who must not open what
// comes from now on: who was suspended or removed, or takes in no more.
func (d *Directory) DeskSpent(key ID) bool {
	return slices.ContainsFunc(d.grants[key], func(g Grant) bool {
		h, _ := d.Holder(g.To)
		return d.Standing(g.To) != Active || !h.takesIn()
	})
}
