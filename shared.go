package habeas

import (
	"slices"

	"habeas/ledger"
)

// Anybody of the office can write to the disk that a case was given to a circle,
// and whoever renews its keys would make that true. So a circle is believed to have
// a case only if who opened the case gave it to them, or somebody who was in a
// circle that had it and in theirs.

// A spread is the circles that one side of a case was ever given to.
type spread struct {
	d       *Desk
	gens    []ledger.Holder // of the case
	use     ledger.Use      // of the circles' sides
	reached []ledger.ID     // circles
}

// sharedWith returns the circles that one side of a case is given to, each by the
// holder to seal to, but for those whose own keys are spent: they are given what
// comes next when somebody of theirs has renewed them. d.mu is held.
func (d *Desk) sharedWith(id CaseID, gens []ledger.Holder) (circles []ledger.Holder) {
	s := spread{d: d, gens: gens, use: ledger.UseCircleBody}
	if gens[0].Use == ledger.UseCaseVault {
		s.use = ledger.UseCircleVault
	}
	s.reach(d.openers[id])
	for _, c := range s.reached {
		now := d.dir.Generations(c, s.use)
		if len(now) > 0 && !d.dir.Spent(now[0].ID) && s.has(c) {
			circles = append(circles, now[0])
		}
	}
	return circles
}

// circle returns the circle that a holder is of, if it is of the side in question.
func (s *spread) circle(holder ledger.ID) (ledger.ID, bool) {
	h, ok := s.d.dir.Holder(holder)
	return h.Of, ok && h.Use == s.use
}

// had reports whether a member was ever given some generation of a circle.
func (s *spread) had(circle, member ledger.ID) bool {
	return slices.ContainsFunc(s.d.dir.Generations(circle, s.use), func(g ledger.Holder) bool {
		return s.d.dir.EverGiven(g.ID, member)
	})
}

// reach finds the circles that were given the case by who opened it, or by a
// member who was in a circle that had it, each by somebody who was in that circle.
func (s *spread) reach(opener ledger.ID) {
	var gifts []ledger.Gift
	for _, g := range s.gens {
		gifts = append(gifts, s.d.dir.Gifts(g.ID)...)
	}
	for before := -1; before != len(s.reached); {
		before = len(s.reached)
		for _, g := range gifts {
			c, ok := s.circle(g.To)
			if !ok || slices.Contains(s.reached, c) || !s.had(c, g.By) {
				continue
			}
			if g.By == opener || slices.ContainsFunc(s.reached, func(c ledger.ID) bool { return s.had(c, g.By) }) {
				s.reached = append(s.reached, c)
			}
		}
	}
}

// has reports whether a circle that was reached has the case now. One that it was
// taken back from has it again only from somebody who was in another as well.
func (s *spread) has(circle ledger.ID) bool {
	holders := s.d.dir.Generations(circle, s.use)
	taken := slices.ContainsFunc(holders, func(h ledger.Holder) bool {
		return slices.ContainsFunc(s.gens, func(g ledger.Holder) bool { return s.d.dir.EverTaken(g.ID, h.ID) })
	})
	for _, h := range holders {
		for _, g := range s.gens {
			for _, by := range s.d.dir.GivenBy(g.ID, h.ID) {
				other := func(c ledger.ID) bool { return c != circle && s.had(c, by) }
				if s.had(circle, by) && (!taken || slices.ContainsFunc(s.reached, other)) {
					return true
				}
			}
		}
	}
	return false
}
