package habeas

import (
	"habeas/ledger"
	"habeas/vault"
)

// A scope is what has to do with an installation: of which streams it gets entries, and
// which wraps. Letters that nobody has filed, the keys they are sealed to, and what
// releases of other circles are looked through for stay in the office in any case.
type scope struct {
	all     bool
	never   map[ledger.ID]bool // streams
	clear   map[ledger.ID]bool // streams of which it gets what is in clear
	sealed  map[ledger.ID]bool // streams of which it gets the rest, too
	holders map[ledger.ID]bool // to whom keys are wrapped
	gates   map[ledger.ID]bool // keys of circles' gates, which are of no stream
}

// scopeOf returns what has to do with an installation. With ever, also what once had: it
// may have gone on with a case in good faith that was taken back from its circles.
func (d *Desk) scopeOf(dir *ledger.Directory, p peer, ever bool) *scope {
	s := &scope{
		all:   p.All,
		never: map[ledger.ID]bool{d.deskStream(): true, d.deskKeyStream(): true},
		clear: map[ledger.ID]bool{ledger.DirectoryStream(d.root): true}, sealed: map[ledger.ID]bool{},
		holders: map[ledger.ID]bool{}, gates: map[ledger.ID]bool{},
	}
	sides := map[ledger.ID]bool{}
	here := map[ledger.ID]bool{}
	for _, c := range p.Circles {
		here[c] = true
	}
	for _, h := range dir.Find(isSide(ledger.UseCircleBody, ledger.UseCircleVault)) {
		s.never[sharedStream(h.Of)] = true
		if s.all || here[h.Of] || h.Office {
			sides[h.ID], s.holders[h.ID] = true, true
			s.clear[h.Of], s.sealed[h.Of], s.gates[keyOf(h.Of, "gate")] = true, true, true
		}
	}
	for _, h := range dir.Find(isSide(ledger.UseCaseBody, ledger.UseCaseVault)) {
		for side := range sides {
			if !s.all && !dir.EverGiven(h.ID, side) {
				continue
			}
			s.clear[h.Of] = true
			if s.all || ever || dir.Granted(h.ID, side) {
				s.sealed[h.Of], s.holders[h.ID] = true, true
			}
		}
	}
	for _, h := range dir.Find(isSide(ledger.UseMember, ledger.UseRecovery)) {
		s.holders[h.ID] = s.all || ever && h.Use == ledger.UseMember
	}
	for _, m := range p.Members {
		s.holders[m] = true
	}
	return s
}

func isSide(uses ...ledger.Use) func(ledger.Holder) bool {
	return func(h ledger.Holder) bool {
		for _, u := range uses {
			if h.Use == u {
				return true
			}
		}
		return false
	}
}

// takes reports whether an entry is in scope.
func (s *scope) takes(r ledger.Record) bool {
	switch {
	case s.never[r.Stream]:
		return false
	case r.Mode == ledger.ModeClear:
		return s.all || s.clear[r.Stream]
	}
	return s.all || s.sealed[r.Stream]
}

// wraps reports whether a wrap is in scope. The keys of views are not, nor is anything
// else of no stream but what circles' gates read with.
func (s *scope) wraps(w vault.Wrap) bool {
	if w.Stream.IsZero() {
		return s.gates[w.Key] && s.holders[w.Holder]
	}
	return !s.never[w.Stream] && (s.all || s.sealed[w.Stream]) && s.holders[w.Holder]
}
