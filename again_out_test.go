package habeas_test

import (
	"testing"

	"habeas"
	"habeas/claim"
)

// TestAttackTakeAgainWhatIsNotAllowedNow: a dossier left, and after that somebody
// allows less, or may be the danger. An editor hands the same bytes over once more.
func TestAttackTakeAgainWhatIsNotAllowedNow(t *testing.T) {
	s := tell(t)
	vera, ed := s.as("vera"), s.as("ed")
	f := s.caseOf(ed, "basement")
	mother := s.titled(f, "The mother")
	agree := func(named, place string) {
		t.Helper()
		use := claim.Use{To: "authority", Named: named, Place: place}
		s.ok(s.Consent(s.Context(), vera, f.ID, claim.Consent{Statement: mother, Giver: claim.GivenBySource, Uses: []claim.Use{use}}))
	}
	agree(claim.NamedName, "exact")
	out := s.released(f.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	take := func() error {
		_, err := s.Released(s.Context(), ed, f.ID, out)
		return err
	}
	s.ok(take())
	agree(claim.NamedCover, "exact") // nobody stands in it by name
	s.ok(take())
	agree(claim.NamedCover, "region")
	s.refused(take(), "dossier.held")
	agree(claim.NamedNone, "exact")
	s.refused(take(), "dossier.held")
	agree(claim.NamedCover, "exact")
	s.ok(take())

	told, _ := f.State.Statement(mother)
	caution := claim.Caution{Source: told.Source, Rule: "only-listen"}
	s.ok(s.Caution(s.Context(), vera, f.ID, caution))
	s.refused(take(), "dossier.held")
	caution.Used, caution.Reason = true, "it was a mistake"
	s.ok(s.Caution(s.Context(), vera, f.ID, caution))
	s.ok(take())

	person := f.State.Case.Affected
	s.ok(s.Stop(s.Context(), vera, f.ID, claim.Stop{Person: person, From: "family", Since: "2020-01-01", Statements: []claim.Ref{mother}}))
	s.refused(take(), "dossier.held")
}
