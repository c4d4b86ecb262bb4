package ledger

import (
	"cmp"
	"slices"
	"time"
)

// A Standing is what became of a member.
type Standing uint8

// Standings.
const (
	Unknown   Standing = iota // no member, or one that nobody who still counts vouches for
	Active                    // one of the office
	Suspended                 // until two others call them back
	Removed                   // for good
)

// judge decides which suspensions are in force. Suspensions and removals count
// whoever of the members signed them, so that acts that cross end in the safer
// one. What lifts a suspension counts only if its authors may act themselves; the
// more is lifted the more can be, so the answer does not depend on an order.
func (d *Directory) judge() {
	d.stops = map[ID][]Opened{}
	for m, s := range d.suspends {
		d.stops[m] = append(d.stops[m], s...)
	}
	for m, s := range d.removes {
		d.stops[m] = append(d.stops[m], s...)
	}
	for lifted := true; lifted; {
		lifted = false
		for m, s := range d.suspends {
			if len(d.stops[m]) > 0 && len(d.removes[m]) == 0 && d.calledBack(m, s) {
				delete(d.stops, m)
				lifted = true
			}
		}
	}
}

// calledBack reports whether two others called a member back.
func (d *Directory) calledBack(m ID, suspends []Opened) bool { return len(d.callers(m, suspends)) >= 2 }

// callers returns the others who called a member back, each in knowledge of all
// suspensions.
func (d *Directory) callers(m ID, suspends []Opened) (by []ID) {
	for _, r := range d.returns[m] {
		knewAll := !slices.ContainsFunc(suspends, func(s Opened) bool { return !d.knew(r.e.ID, s.e.ID) })
		if r.e.Author != m && knewAll && d.counts(r) && d.Standing(r.e.Author) == Active && !slices.Contains(by, r.e.Author) {
			by = append(by, r.e.Author)
		}
	}
	return by
}

// counts reports whether o still counts: its author is not stopped, or whoever
// stopped them knew of o, and of nothing else by that ID.
func (d *Directory) counts(o Opened) bool {
	return !slices.ContainsFunc(d.stops[o.e.Author], func(s Opened) bool {
		return d.shared[o.e.ID] || !d.knew(s.e.ID, o.e.ID)
	})
}

// Standing returns what became of a member.
func (d *Directory) Standing(id ID) Standing {
	h, ok := d.holders[id]
	switch {
	case !ok || !h.signs():
		return Unknown
	case len(d.removes[id]) > 0:
		return Removed
	case len(d.stops[id]) > 0:
		return Suspended
	case !d.vouched(id):
		return Unknown
	}
	return Active
}

// vouched reports whether an entry that still counts says who a holder is.
func (d *Directory) vouched(id ID) bool {
	return slices.ContainsFunc(d.makers[id], func(m making) bool { return d.counts(m.o) })
}

// Holder returns the holder called id, if the directory vouches for it, with the
// roles that still count.
func (d *Directory) Holder(id ID) (Holder, bool) {
	h, ok := d.holders[id]
	if !ok || h.Roles == nil || len(d.stops) == 0 {
		return h, ok
	}
	h.Roles = nil
	for _, m := range d.makers[id] {
		if d.counts(m.o) {
			h.Roles = append(h.Roles, m.roles...)
		}
	}
	slices.Sort(h.Roles)
	h.Roles = slices.Compact(h.Roles)
	return h, true
}

// Granted reports whether holder to was given key, and still has it: whether a
// grant counts that was written in knowledge of every revocation, and to, if it
// is a member or recovery, is neither suspended nor removed. So acts that cross
// end in the safer one.
func (d *Directory) Granted(key, to ID) bool {
	if d.holders[to].signs() && d.Standing(to) != Active {
		return false
	}
	return d.granted(Grant{key, to}, nil)
}

// signs reports whether h can be stopped: a member, or recovery.
func (h Holder) signs() bool { return h.Use == UseMember || h.Use == UseRecovery }

// granted is Granted, and follows a chain of generations no further than once
// round.
func (d *Directory) granted(g Grant, on []Grant) bool {
	return slices.ContainsFunc(d.given[g], func(grant Opened) bool {
		return d.mayGive(grant, g, on) && !d.takenBack(g, grant)
	})
}

// takenBack reports whether a revocation of g was written that grant does not
// know of.
func (d *Directory) takenBack(g Grant, grant Opened) bool {
	return slices.ContainsFunc(d.revoked[g], func(revoke Opened) bool {
		return revoke.e.Stream == grant.e.Stream && !d.knew(grant.e.ID, revoke.e.ID)
	})
}

// mayGive reports whether the author of grant may give g.Key away in the stream
// that grant stands in: that of a case any member, that of a desk who takes in, that of a circle a keeper.
// Who made a later generation of a circle may give it to those who had the one
// before, and the one before to the later.
func (d *Directory) mayGive(grant Opened, g Grant, on []Grant) bool {
	h, ok := d.holders[g.Key]
	if h.ofCase() {
		return grant.e.Stream == h.Of
	}
	if !ok || grant.e.Stream != DirectoryStream(d.root) || !d.counts(grant) || slices.Contains(on, g) {
		return false
	}
	author, _ := d.Holder(grant.e.Author)
	if h.Use == UseDesk {
		return author.takesIn()
	}
	if author.keeps() {
		return true
	}
	if to := d.holders[g.To]; to.Prev == g.Key {
		return d.made(g.To, author.ID)
	}
	return h.Gen > 1 && d.made(g.Key, author.ID) && d.granted(Grant{h.Prev, g.To}, append(on, g))
}

// made reports whether by signed an entry that says who a holder is.
func (d *Directory) made(id, by ID) bool {
	return slices.ContainsFunc(d.makers[id], func(m making) bool { return m.o.e.Author == by })
}

// Entitled returns who was given key and has it still, or would have it if they
// were not suspended, ordered by ID.
func (d *Directory) Entitled(key ID) []ID {
	var ids []ID
	for _, g := range d.grants[key] {
		if d.granted(g, nil) && (!d.holders[g.To].signs() || d.Standing(g.To) == Active || d.Standing(g.To) == Suspended) {
			ids = append(ids, g.To)
		}
	}
	slices.SortFunc(ids, func(a, b ID) int { return slices.Compare(a[:], b[:]) })
	return ids
}

// GivenBy returns who gave key to holder to, in grants that were not taken back.
func (d *Directory) GivenBy(key, to ID) (by []ID) {
	g := Grant{key, to}
	for _, grant := range d.given[g] {
		if d.mayGive(grant, g, nil) && !d.takenBack(g, grant) {
			by = append(by, grant.e.Author)
		}
	}
	return by
}

// EverGiven reports whether holder to was ever given key by somebody who may give
// it, whether or not they still have it.
func (d *Directory) EverGiven(key, to ID) bool {
	g := Grant{key, to}
	return slices.ContainsFunc(d.given[g], func(grant Opened) bool { return d.mayGive(grant, g, nil) })
}

// A Gift says that holder To was given a key by member By.
type Gift struct{ To, By ID }

// Gifts returns who was ever given key by somebody who may give it, whether or not
// they still have it, ordered by ID.
func (d *Directory) Gifts(key ID) (gifts []Gift) {
	for _, g := range d.grants[key] {
		for _, grant := range d.given[g] {
			if d.mayGive(grant, g, nil) {
				gifts = append(gifts, Gift{g.To, grant.e.Author})
			}
		}
	}
	slices.SortFunc(gifts, func(a, b Gift) int {
		return cmp.Or(slices.Compare(a.To[:], b.To[:]), slices.Compare(a.By[:], b.By[:]))
	})
	return gifts
}

// EverTaken reports whether key was ever taken back from holder from.
func (d *Directory) EverTaken(key, from ID) bool { return len(d.revoked[Grant{key, from}]) > 0 }

// Generations returns the holders of one side of a circle or a case, the one to
// seal to first, then the others from the newest to the oldest. A generation that
// a removed member made, and of a circle without the knowledge of who removed
// them or took the one before from them, is not sealed to while there is another.
func (d *Directory) Generations(of ID, use Use) []Holder {
	var hs []Holder
	for _, id := range d.of[of] {
		if h := d.holders[id]; h.Use == use {
			hs = append(hs, h)
		}
	}
	slices.SortFunc(hs, func(a, b Holder) int { return cmp.Or(cmp.Compare(b.Gen, a.Gen), slices.Compare(a.ID[:], b.ID[:])) })
	if i := slices.IndexFunc(hs, func(h Holder) bool { return d.sound(h) }); i > 0 {
		hs = slices.Concat(hs[i:i+1], hs[:i], hs[i+1:])
	}
	return hs
}

// sound reports whether h was made by somebody who may still be relied on.
func (d *Directory) sound(h Holder) bool {
	return slices.ContainsFunc(d.makers[h.ID], func(m making) bool {
		if h.ofCase() {
			return len(d.removes[m.o.e.Author]) == 0
		}
		return d.counts(m.o) && d.hadPrev(h, m.o)
	})
}

// hadPrev reports whether whoever made generation h of a circle, by o, had the one
// before when they did: whoever took it back from them knew of o, or o of a grant
// that gave it to them again.
func (d *Directory) hadPrev(h Holder, o Opened) bool {
	g := Grant{h.Prev, o.e.Author}
	return !slices.ContainsFunc(d.revoked[g], func(revoke Opened) bool {
		if revoke.e.Stream != o.e.Stream || d.knew(revoke.e.ID, o.e.ID) {
			return false
		}
		return !slices.ContainsFunc(d.given[g], func(again Opened) bool {
			return d.mayGive(again, g, nil) && d.knew(again.e.ID, revoke.e.ID) && d.knew(o.e.ID, again.e.ID)
		})
	})
}

// Spent reports whether somebody has key who must not have what is sealed to it
// from now on: a grant of it was taken back, a member it was given to was
// removed, or who made it was.
func (d *Directory) Spent(key ID) bool {
	if !d.sound(d.holders[key]) {
		return true
	}
	return slices.ContainsFunc(d.grants[key], func(g Grant) bool {
		return len(d.removes[g.To]) > 0 || len(d.revoked[g]) > 0 && !d.granted(g, nil)
	})
}

// CallsBack returns who has called a suspended member back so far, in knowledge of
// every suspension, ordered by ID.
func (d *Directory) CallsBack(member ID) []ID {
	by := d.callers(member, d.suspends[member])
	slices.SortFunc(by, func(a, b ID) int { return slices.Compare(a[:], b[:]) })
	return by
}

// SuspendedOn returns how many others a member suspended on the day of t.
func (d *Directory) SuspendedOn(by ID, t time.Time) (n int) {
	for m, s := range d.suspends {
		for _, o := range s {
			if m != by && o.e.Author == by && o.e.Time.Equal(t.UTC().Truncate(24*time.Hour)) {
				n++
			}
		}
	}
	return n
}
