package habeas_test

import (
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/vault"
)

// text returns a dossier as it would leave, as one line of plain text.
func (s *story) text(by habeas.Actor, id habeas.CaseID, audience string) (string, *habeas.Preview) {
	s.Helper()
	p, err := s.Preview(s.Context(), by, id, habeas.DossierOptions{Audience: audience, Lang: "en"})
	s.ok(err)
	for _, f := range p.Files {
		if f.Name == "dossier.txt" {
			return strings.Join(strings.Fields(string(f.Bytes)), " "), p
		}
	}
	s.Fatal("a dossier has no text")
	return "", nil
}

// released takes a dossier all the way out.
func (s *story) released(id habeas.CaseID, opt habeas.DossierOptions) claim.Ref {
	s.Helper()
	ed := s.as("ed")
	ref, err := s.Propose(s.Context(), ed, id, opt)
	s.ok(err)
	s.ok(s.Approve(s.Context(), s.as("omar"), id, ref, "the mother knows, nobody can trace her"))
	_, err = s.Release(s.Context(), ed, id, ref, "the archive of the movement", pass("ed"))
	s.ok(err)
	return ref
}

// titled returns the statement of a case with these words in its title.
func (s *story) titled(f *habeas.CaseFile, words string) claim.Ref {
	s.Helper()
	for _, t := range f.State.Statements {
		if strings.Contains(t.Title, words) {
			return t.Ref
		}
	}
	s.Fatalf("no statement is called %q", words)
	return ""
}

func TestConsentDecidesWhatLeaves(t *testing.T) {
	s := tell(t)
	ed := s.as("ed")
	f := s.caseOf(ed, "refused in writing")
	text, p := s.text(ed, f.ID, "public")
	if strings.Contains(text, "father") || len(p.Statements) != 1 || p.Statements[0].Why != claim.LeftNotThem {
		t.Errorf("the father said no to print; got %+v", p.Statements)
	}
	_, err := s.Propose(s.Context(), ed, f.ID, habeas.DossierOptions{Audience: "public", Lang: "en"})
	s.refused(err, "dossier.nothing")
	if text, _ := s.text(ed, f.ID, "authority"); !strings.Contains(text, "the father") {
		t.Error("the father agreed to authorities, and they are told nothing")
	}

	f = s.caseOf(ed, "basement")
	text, p = s.text(ed, f.ID, "authority")
	message := s.titled(f, "text message")
	for _, a := range p.Statements {
		if a.Statement == message && (a.Used || a.Why != claim.LeftNotAsked) {
			t.Errorf("whoever sent the message could not be asked: got %+v", a)
		}
	}
	if strings.Contains(text, "Живы") || !strings.Contains(text, "the mother") {
		t.Error("the dossier quotes the message, or leaves the mother out")
	}
	mother := s.titled(f, "The mother")
	_, err = s.Preview(s.Context(), ed, f.ID, habeas.DossierOptions{Audience: "partner", Lang: "en"})
	s.refused(err, "consent.which_partner")
	s.refused(s.Consent(s.Context(), ed, f.ID, claim.Consent{Statement: mother, Giver: claim.GivenBySource}), "may.not")
	s.agrees(f, mother, "authority")
	if text, _ = s.text(ed, f.ID, "public"); strings.Contains(text, "the mother") {
		t.Error("the mother took the public back, and it is told her words")
	}
	s.sweep()
}

// A mother takes her consent back: what was proposed and approved stays, what was
// released is not handed over again, and we know who has it.
func TestConsentTakenBack(t *testing.T) {
	s := tell(t)
	vera, ed, omar := s.as("vera"), s.as("ed"), s.as("omar")
	f := s.caseOf(ed, "basement")
	mother := s.titled(f, "The mother")
	out := s.released(f.ID, habeas.DossierOptions{Audience: "public", Lang: "en"})
	proposed, err := s.Propose(s.Context(), ed, f.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	s.ok(err)
	approved, err := s.Propose(s.Context(), ed, f.ID, habeas.DossierOptions{Audience: "un", Lang: "en"})
	s.ok(err)
	s.ok(s.Approve(s.Context(), omar, f.ID, approved, "only the working group reads it"))

	s.refused(s.Consent(s.Context(), vera, f.ID, claim.Consent{Statement: mother, Giver: claim.GivenBySource, Withdrawn: true,
		Reason: "Пелагея Воробейчикова rang"}), "desk.name_in_field")
	s.ok(s.Consent(s.Context(), vera, f.ID, claim.Consent{Statement: mother, Giver: claim.GivenBySource, Withdrawn: true, Reason: "she is afraid"}))
	f = s.caseOf(ed, "basement")
	if !f.State.ConsentWithdrawn(mother) {
		t.Error("the consent still stands")
	}
	s.refused(s.Approve(s.Context(), omar, f.ID, proposed, "only the ministry will read it"), "dossier.not_agreed")
	_, err = s.Release(s.Context(), ed, f.ID, approved, "the working group", pass("ed"))
	s.refused(err, "dossier.not_agreed")
	_, err = s.Released(s.Context(), ed, f.ID, out)
	s.refused(err, "dossier.not_agreed")
	rows, err := s.Dossiers(s.Context(), ed, f.ID)
	s.ok(err)
	if rows[0].To != "the archive of the movement" || rows[0].Released == nil {
		t.Errorf("who has it is not known: %+v", rows[0])
	}
	if text, _ := s.text(ed, f.ID, "authority"); strings.Contains(text, "the mother") || !strings.Contains(text, "the ministry") {
		t.Error("her words still leave, or the ministry's no longer")
	}
	s.sweep()
}

// A consent has a last day: the same dossier leaves on it, and not on the next.
func TestConsentRunsOut(t *testing.T) {
	s := tell(t)
	ed := s.as("ed")
	f := s.caseOf(ed, "basement")
	mother := s.titled(f, "The mother")
	use := claim.Use{To: "authority", Named: claim.NamedCover, Place: "exact", Until: s.now.Format("2006-01-02")}
	s.ok(s.Consent(s.Context(), s.as("vera"), f.ID, claim.Consent{Statement: mother, Giver: claim.GivenBySource, Uses: []claim.Use{use}}))
	out := s.released(f.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	if _, err := s.Released(s.Context(), ed, f.ID, out); err != nil {
		t.Errorf("on its last day: %v", err)
	}
	s.now = s.now.AddDate(0, 0, 1)
	_, err := s.Released(s.Context(), s.as("ed"), f.ID, out)
	s.refused(err, "dossier.not_agreed")
}

// A dossier that nobody named to whom it goes does not go.
func TestReleaseSaysToWhom(t *testing.T) {
	s := tell(t)
	ed := s.as("ed")
	f := s.caseOf(ed, "basement")
	ref, err := s.Propose(s.Context(), ed, f.ID, habeas.DossierOptions{Audience: "public", Lang: "en"})
	s.ok(err)
	s.ok(s.Approve(s.Context(), s.as("omar"), f.ID, ref, "the mother knows, nobody can trace her"))
	for to, key := range map[string]string{"": "dossier.to_whom", " ": "dossier.to_whom", "Елисею Кудеярову": "desk.suspect_in_field", "Тихону Воробейчикову": "desk.name_in_field"} {
		_, err = s.Release(s.Context(), ed, f.ID, ref, to, pass("ed"))
		s.refused(err, key)
	}
	_, err = s.Release(s.Context(), ed.Sure(), f.ID, ref, "the Ombudsman", pass("ed"))
	s.ok(err)
}

// A name is taken out of a statement for good: what was agreed to about it stays,
// and the name goes from it too.
func TestConsentOutlivesResealing(t *testing.T) {
	s := tell(t)
	ctx, vera := s.Context(), s.as("vera")
	f := s.caseOf(vera, "basement")
	st, _ := overlooked(s, vera, f)
	s.agrees(f, st, "authority")
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: st, Giver: claim.GivenByPerson, Person: affected(f), Explained: "zinaidka was there when he said no"}))
	s.ok(s.Reseal(ctx, vera, f.ID, st, habeas.Leftover{Words: vault.NewText("zinaidka"), New: &habeas.NewPerson{Protection: claim.Protected,
		Parts: []vault.Part{{Kind: "given", Text: vault.NewText("zinaidka")}}}}))
	f = s.caseOf(vera, "basement")
	if got := f.State.Consents[st]; len(got) != 2 || strings.Contains(got[0].Said.Explained+got[1].Said.Explained, "zinaidka") {
		t.Errorf("got %+v, want the source's and the person's consent without the name", got)
	}
	_, p := s.text(vera, f.ID, "authority")
	for _, a := range p.Statements {
		if a.Statement == st && (a.Used || a.By != claim.GivenByPerson) {
			t.Errorf("the person said no, and the statement leaves: %+v", a)
		}
	}
}
