package habeas_test

import (
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
)

// TestConsentForbidsNaming is a letter to the prosecutor of a family that agreed to be
// told of, and not to be named: it goes without their names though names were asked
// for, and only once it was released.
func TestConsentForbidsNaming(t *testing.T) {
	s := tell(t)
	vera, omar, ed := s.as("vera"), s.as("omar"), s.as("ed")
	f := s.caseOf(vera, "officer")
	prosecutor := s.authority(vera, "the garrison prosecutor", "prosecutor", "RU")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "men under armed guard", Kind: "complaint", Authority: prosecutor, Rules: []string{"RU-PROC-45"}})
	s.ok(s.Reveal(s.Context(), vera, f.ID, "a letter to the prosecutor", pass("vera")))
	s.ok(s.Reveal(s.Context(), omar, f.ID, "to approve a letter", pass("omar")))
	ours, err := s.Propose(s.Context(), vera, f.ID, habeas.DossierOptions{Audience: "authority", Lang: "ru"})
	s.ok(err)
	s.refused(s.AttachDossier(s.Context(), vera, f.ID, ref, ours), "dossier.not_released")
	p, err := s.Preview(s.Context(), vera, f.ID, habeas.DossierOptions{Audience: "authority", Lang: "ru", Names: true})
	s.ok(err)
	for _, file := range p.Files {
		s.seen["asked by name "+file.Name] = file.Bytes
	}
	s.ok(s.Approve(s.Context(), omar, f.ID, ours, "his comrades know it, and a prosecutor could act"))
	cleared, err := s.Release(s.Context(), ed, f.ID, ours, "the garrison prosecutor", pass("ed"))
	s.ok(err)
	for _, file := range cleared.Files() {
		s.seen[file.Name] = file.Bytes
	}
	s.ok(s.AttachDossier(s.Context(), vera, f.ID, ref, ours))
	with, ok := s.theAppeal(vera, f.ID, ref).Last(claim.StepLetter)
	if !ok || with.Said.Dossier != ours {
		t.Errorf("got %+v as what went with the letter", with)
	}
	left, err := s.Releases(s.Context(), vera, affected(f))
	s.ok(err)
	if len(left) != 1 || left[0].Dossier != ours || !strings.Contains(left[0].To, "prosecutor") {
		t.Errorf("got %d dossiers that left, want the one that went with the letter", len(left))
	}
	public, err := s.Propose(s.Context(), s.as("vera"), s.caseOf(vera, "lieutenant").ID, habeas.DossierOptions{Audience: "public", Lang: "en"})
	s.ok(err)
	s.refused(s.AttachDossier(s.Context(), vera, f.ID, ref, public), "dossier.none") // of another case
	s.sweep()
}
