package dossier

import (
	"strings"

	"habeas/claim"
	"habeas/crowd"
)

// A Speaker puts sources, places, units and dates into the words a dossier would
// have for them, no more exactly than its reader may be told. Letters are written
// with it, so that both tell the same.
type Speaker struct{ w *writer }

// NewSpeaker returns a speaker for what may be told to one reader. It fails as
// [Render] does.
func NewSpeaker(out claim.Outward, opt Options) (*Speaker, error) {
	w, err := newWriter(out, opt)
	if err != nil {
		return nil, err
	}
	w.number()
	return &Speaker{w}, nil
}

// Source returns what a source is called, in a grammatical case: "nom", "gen",
// "dat" or "ins".
func (s *Speaker) Source(ref claim.Ref, c string) string { return plain(s.w.who(ref, c)) }

// Place returns a place in words.
func (s *Speaker) Place(ref claim.Ref) string { return plain(s.w.place(ref)) }

// Unit returns a unit by its label, or as what sort it is; "" if it is not told.
func (s *Speaker) Unit(ref claim.Ref) string { return plain(s.w.unit(ref)) }

// Date returns d as exactly as the reader may have it; the zero Date if not at all.
func (s *Speaker) Date(d claim.Date) claim.Date { return s.w.coarse(d) }

// Tells reports whether facts of a kind of which there is only one step, such as
// [crowd.Rank], are told.
func (s *Speaker) Tells(k crowd.Kind) bool { return s.w.level(k) < Most(k) }

// Age returns the age or year of birth in a value, "" if it is not told.
func (s *Speaker) Age(v claim.Value, a claim.Answer) string {
	if s.w.level(crowd.Age) >= Most(crowd.Age) {
		return ""
	}
	return plain(s.w.age(v, a))
}

// plain returns words without the signs that mark what was written down.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if firstKind <= r && r <= '\uE01F' || r == freeOpen || r == freeClose {
			return -1
		}
		return r
	}, s)
	return s
}
