package habeas_test

import (
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/crowd"
	"habeas/dossier"
)

// lawyers is a dossier for the lawyer, by name.
func (s *story) lawyers(by habeas.Actor, f *habeas.CaseFile) (claim.Ref, error) {
	s.Helper()
	return s.Propose(s.Context(), by, f.ID, habeas.DossierOptions{Audience: "lawyer", Lang: "ru", Names: true})
}

// The prosecutor has the days and the places of a man under a cover name. A
// dossier for his lawyer that has his name and the same days would name him to the
// prosecutor, too: it does not leave, unless he agreed to that.
func TestNamedAfterTheFact(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar := s.as("vera"), s.as("omar")
	f := s.caseOf(vera, "basement")
	son := affected(f)
	noor, words := s.noor(f)
	mother, ministry := s.titled(f, "The mother"), s.titled(f, "ministry")
	s.toAuthority(f, mother, claim.GivenBySource, "")
	s.toAuthority(f, mother, claim.GivenByFamily, son)
	s.toAuthority(f, ministry, claim.GivenByNobody, "")
	s.ok(s.Reveal(ctx, vera, f.ID, "a dossier for the lawyer", pass("vera")))
	s.ok(s.Reveal(ctx, omar, f.ID, "a dossier for the lawyer", pass("omar")))
	s.ok(s.Reveal(ctx, noor, f.ID, "a dossier for the lawyer", words))
	early, err := s.lawyers(vera, f)
	s.ok(err)
	s.released(f.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})

	p, err := s.Preview(ctx, vera, f.ID, habeas.DossierOptions{Audience: "lawyer", Lang: "ru", Names: true})
	s.ok(err)
	i := slices.IndexFunc(p.Again, func(a habeas.Again) bool { return a.Person == son })
	if i < 0 || p.Clear || !p.Again[i].After || p.Again[i].To != "the archive of the movement" || len(p.Again[i].Shared) == 0 {
		t.Fatalf("it names him to who has the other, and may leave: %+v", p.Again)
	}
	_, err = s.lawyers(vera, f)
	s.refused(err, "dossier.again_after")
	s.refused(s.Approve(ctx, omar, f.ID, early, "only the lawyer reads it"), "dossier.again_after")
	if p, _, err = s.Dossier(ctx, vera, f.ID, early); err != nil || p.Clear || len(p.Again) == 0 {
		t.Fatalf("who approves it is not told: %+v, %v", p, err)
	}

	p, err = s.Preview(ctx, vera, f.ID, habeas.DossierOptions{Audience: "lawyer", Lang: "ru", Names: true, Less: dossier.Less{
		crowd.Date: int(claim.NoDate), crowd.Place: dossier.Most(crowd.Place), crowd.Unit: dossier.Most(crowd.Unit),
	}})
	s.ok(err)
	for _, a := range p.Again {
		if len(a.Shared) > 0 {
			t.Errorf("neither days nor places nor units are said, and they are shared: %+v", a)
		}
	}

	// By name to the prosecutor too: then there is nothing to find out.
	for _, who := range []struct {
		giver  string
		person claim.Ref
	}{{claim.GivenBySource, ""}, {claim.GivenByFamily, son}} {
		s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: mother, Giver: who.giver, Person: who.person, Uses: []claim.Use{
			{To: "lawyer", Named: claim.NamedName, Place: "exact"}, {To: "authority", Named: claim.NamedName, Place: "exact"},
		}}))
	}
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: ministry, Giver: claim.GivenByNobody, Uses: []claim.Use{
		{To: "lawyer", Named: claim.NamedName, Place: "exact"}, {To: "authority", Named: claim.NamedName, Place: "exact"},
	}}))
	p, err = s.Preview(ctx, vera, f.ID, habeas.DossierOptions{Audience: "lawyer", Lang: "ru", Names: true})
	s.ok(err)
	for _, a := range p.Again {
		if a.Person == son {
			t.Errorf("he agreed to be named to both, and it is held: %+v", a)
		}
	}
	s.sweep()
}

// heads returns under which names single people stand in a dossier.
func (s *story) heads(f *habeas.CaseFile, opt habeas.DossierOptions) []string {
	s.Helper()
	p, err := s.Preview(s.Context(), s.as("vera"), f.ID, opt)
	s.ok(err)
	var heads []string
	for line := range strings.Lines(string(p.Files[1].Bytes)) {
		if name, is := strings.CutSuffix(strings.TrimSpace(line), ": status"); is && !strings.Contains(name, "people)") {
			heads = append(heads, name)
		}
	}
	return heads
}

// Whoever gets two dossiers can follow a person from one to the next; nobody can
// follow them to a dossier for others, nor to what they are called in the office.
func TestCoversOfASeries(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mother := s.titled(f, "The mother")
	s.ok(s.Consent(s.Context(), vera, f.ID, claim.Consent{Statement: mother, Giver: claim.GivenBySource, Uses: []claim.Use{
		{To: "authority", Named: claim.NamedCover, Place: "exact"}, {To: "un", Named: claim.NamedCover, Place: "exact"},
	}}))
	s.released(f.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	first := s.heads(f, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	if len(first) == 0 {
		t.Fatal("nobody stands in it")
	}
	for range 30 { // they are drawn
		if again := s.heads(f, habeas.DossierOptions{Audience: "authority", Lang: "en"}); !slices.Equal(again, first) {
			t.Fatalf("in one series people are %q, and then %q", first, again)
		}
		for _, name := range s.heads(f, habeas.DossierOptions{Audience: "un", Lang: "en"}) {
			if slices.Contains(first, name) {
				t.Fatalf("%q is in two series", name)
			}
			for _, p := range f.State.Persons {
				if p.Count <= 1 && p.Cover == name {
					t.Fatalf("%q is what the office says", name)
				}
			}
		}
	}
}

// The second member answers in words; a yes is no answer.
func TestApproverAnswers(t *testing.T) {
	s := tell(t)
	f := s.caseOf(s.as("vera"), "basement")
	s.toAuthority(f, s.titled(f, "The mother"), claim.GivenBySource, "")
	ref, err := s.Propose(s.Context(), s.as("vera"), f.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	s.ok(err)
	for _, answer := range []string{"", " ", "yes", "ok\n"} {
		s.refused(s.Approve(s.Context(), s.as("omar"), f.ID, ref, answer), "dossier.reason")
	}
	s.refused(s.Approve(s.Context(), s.as("vera"), f.ID, ref, "only those who held him"), "dossier.own")
	s.ok(s.Approve(s.Context(), s.as("omar"), f.ID, ref, "only those who held him"))
	rows, err := s.Dossiers(s.Context(), s.as("ed"), f.ID)
	s.ok(err)
	if i := slices.IndexFunc(rows, func(r habeas.DossierRow) bool { return r.Dossier == ref }); rows[i].Approved.Reason != "only those who held him" {
		t.Errorf("what is kept of it is %+v", rows[i].Approved)
	}
}

// Two have it. Each is told of each change, also of one that comes after they were
// told of another.
func TestEveryRecipientIsTold(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar, ed := s.as("vera"), s.as("omar"), s.as("ed")
	f := s.caseOf(vera, "basement")
	son, mother := affected(f), s.titled(f, "The mother")
	uses := []claim.Use{{To: "authority", Named: claim.NamedCover, Place: "exact"}, {To: "un", Named: claim.NamedCover, Place: "exact"}}
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: mother, Giver: claim.GivenBySource, Uses: uses}))
	one := s.released(f.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	two := s.released(f.ID, habeas.DossierOptions{Audience: "un", Lang: "fr"})
	owed := func() (refs []claim.Ref) {
		rows, err := s.Releases(ctx, vera, son)
		s.ok(err)
		if len(rows) != 2 {
			t.Fatalf("two have something about him, and the register has %d", len(rows))
		}
		for _, r := range rows {
			if r.Owes() {
				refs = append(refs, r.Dossier)
			}
		}
		return refs
	}
	if got := owed(); len(got) > 0 {
		t.Fatalf("nothing changed, and %v are owed a notice", got)
	}
	live := slices.DeleteFunc(slices.Clone(f.State.Claims), func(c *claim.Recorded) bool { return c.Status != claim.Live || c.Statement != mother })
	s.ok(s.Withdraw(ctx, omar, f.ID, live[0].Entry, "she was misheard"))
	if got := owed(); len(got) != 2 {
		t.Fatalf("a claim was taken back, and %v are owed a notice", got)
	}
	s.ok(s.TellChange(ctx, ed, f.ID, one, "by registered letter"))
	if got := owed(); !slices.Equal(got, []claim.Ref{two}) {
		t.Fatalf("one was told, and %v are owed a notice", got)
	}
	s.ok(s.TellChange(ctx, ed, f.ID, two, "by telephone"))
	if got := owed(); len(got) > 0 {
		t.Fatalf("both were told, and %v are owed a notice", got)
	}
	s.ok(s.Withdraw(ctx, omar, f.ID, live[1].Entry, "that was hearsay"))
	if got := owed(); len(got) != 2 {
		t.Fatalf("another claim was taken back, and %v are owed a notice", got)
	}
	s.ok(s.TellChange(ctx, ed, f.ID, one, "by registered letter"))
	s.ok(s.TellChange(ctx, ed, f.ID, two, "by telephone"))

	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: mother, Giver: claim.GivenBySource, Withdrawn: true, Uses: uses}))
	if got := owed(); len(got) != 2 {
		t.Fatalf("consent was taken back, and %v are owed a notice", got)
	}
	rows, err := s.Releases(ctx, vera, son)
	s.ok(err)
	for _, r := range rows {
		if r.Withdrawn != 1 || r.Changed != 2 {
			t.Errorf("of %s %d claims and %d statements changed", r.To, r.Changed, r.Withdrawn)
		}
	}
	s.sweep()
}
