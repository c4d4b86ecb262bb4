package habeas_test

import (
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/crowd"
	"habeas/dossier"
	"habeas/ledger"
	"habeas/vault"
)

// noor edits and holds the vault: she lets dossiers with names out.
func (s *story) noor(f *habeas.CaseFile) (habeas.Actor, vault.Text) {
	s.Helper()
	noor := habeas.NewMember{Handle: "noor", Name: "Noor", Passphrase: vault.NewText("amber ladder quiet river"), Roles: []ledger.Role{ledger.Editor, ledger.Caseworker}}
	s.ok(s.AddMember(s.Context(), s.as("vera"), noor, f.Circle.ID, true))
	token, err := s.Login(s.Context(), noor.Handle, noor.Passphrase)
	s.ok(err)
	by, err := s.Actor(s.Context(), token)
	s.ok(err)
	return by, noor.Passphrase
}

// everybody is let have a statement by an authority, under cover names.
func (s *story) toAuthority(f *habeas.CaseFile, st claim.Ref, giver string, person claim.Ref) {
	s.Helper()
	s.ok(s.Consent(s.Context(), s.as("vera"), f.ID, claim.Consent{Statement: st, Giver: giver, Person: person, Uses: []claim.Use{
		{To: "lawyer", Named: claim.NamedName, Place: "exact"}, {To: "authority", Named: claim.NamedCover, Place: "exact"},
	}}))
}

// The lawyer has the lieutenant's name, the days and the places. A dossier for an
// authority that does not name him, and gives the same days, names him.
func TestWhatIsOutNames(t *testing.T) {
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
	anonymous := habeas.DossierOptions{Audience: "authority", Lang: "en"}
	before, err := s.Preview(ctx, vera, f.ID, anonymous)
	s.ok(err)
	if len(before.Again) > 0 || !before.Clear {
		t.Fatalf("nothing is out yet, and it is held: %+v", before.Again)
	}
	early, err := s.Propose(ctx, vera, f.ID, anonymous)
	s.ok(err)

	s.ok(s.Reveal(ctx, vera, f.ID, "a dossier for the lawyer", pass("vera")))
	s.ok(s.Reveal(ctx, omar, f.ID, "a dossier for the lawyer", pass("omar")))
	s.ok(s.Reveal(ctx, noor, f.ID, "a dossier for the lawyer", words))
	ref, err := s.Propose(ctx, vera, f.ID, habeas.DossierOptions{Audience: "lawyer", Lang: "ru", Names: true})
	s.ok(err)
	s.ok(s.Approve(ctx, omar, f.ID, ref, "only the lawyer reads it"))
	_, err = s.Release(ctx, noor, f.ID, ref, "his lawyer", words)
	s.ok(err)

	p, err := s.Preview(ctx, vera, f.ID, anonymous)
	s.ok(err)
	i := slices.IndexFunc(p.Again, func(a habeas.Again) bool { return a.Person == son })
	if i < 0 || p.Clear || p.Again[i].To != "his lawyer" || len(p.Again[i].Shared) == 0 {
		t.Fatalf("what is out names him, and the dossier may leave: %+v", p.Again)
	}
	_, err = s.Propose(ctx, vera, f.ID, anonymous)
	s.refused(err, "dossier.again")
	s.refused(s.Approve(ctx, omar, f.ID, early, "nobody else was there"), "dossier.again")

	anonymous.Less = dossier.Less{crowd.Date: int(claim.NoDate), crowd.Place: dossier.Most(crowd.Place), crowd.Unit: dossier.Most(crowd.Unit)}
	p, err = s.Preview(ctx, vera, f.ID, anonymous)
	s.ok(err)
	for _, a := range p.Again {
		if len(a.Shared) > 0 {
			t.Errorf("neither days nor places nor units are said, and they are shared: %+v", a)
		}
	}

	rows, err := s.Releases(ctx, vera, son)
	s.ok(err)
	if len(rows) != 1 || rows[0].To != "his lawyer" || !slices.ContainsFunc(rows[0].Persons, func(p habeas.Passed) bool { return p.Person == son && p.Named && len(p.Facts) > 0 }) {
		t.Errorf("the register says: %+v", rows)
	}
	s.sweep()
}

// What is said of the lieutenant fits nobody else here: said less exactly, it is
// not there.
func TestFewPeopleFit(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	son, mother := affected(f), s.titled(f, "The mother")
	s.toAuthority(f, mother, claim.GivenBySource, "")
	opt := habeas.DossierOptions{Audience: "authority", Lang: "en"}
	for range 40 {
		p, err := s.Preview(ctx, vera, f.ID, opt)
		s.ok(err)
		i := slices.IndexFunc(p.Few, func(few habeas.Few) bool { return few.Person == son })
		if i < 0 {
			break
		}
		if p.Few[i].Count >= crowd.Least || len(p.Few[i].Less) != len(p.Few[i].Offers) {
			t.Fatalf("few are %+v", p.Few[i])
		}
		if !p.Clear {
			t.Fatal("it is a warning, and the dossier is held")
		}
		opt.Less = p.Few[i].Less[0]
	}
	if len(opt.Less) == 0 {
		t.Fatal("of one person in a store of few, nothing was too much")
	}
	p, err := s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	for _, few := range p.Few {
		if few.Person == son {
			t.Errorf("still: %+v", few)
		}
	}
	if strings.Contains(string(p.Files[1].Bytes), "In the words of the statement") {
		t.Error("somebody is quoted, whose words may say it all")
	}
	_, err = s.Preview(ctx, vera, f.ID, habeas.DossierOptions{Audience: "authority", Lang: "en", Less: dossier.Less{"shoe": 1}})
	s.refused(err, "dossier.bad_less")
}

// A claim that left is taken back: the register says so until who has it is told.
func TestChangeIsTold(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar, ed := s.as("vera"), s.as("omar"), s.as("ed")
	f := s.caseOf(vera, "basement")
	mother := s.titled(f, "The mother")
	s.toAuthority(f, mother, claim.GivenBySource, "")
	ref, err := s.Propose(ctx, vera, f.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	s.ok(err)
	s.refused(s.TellChange(ctx, ed, f.ID, ref, "by letter"), "dossier.not_released")
	s.ok(s.Approve(ctx, omar, f.ID, ref, "only those who held him"))
	_, err = s.Release(ctx, ed, f.ID, ref, "the prosecutor", pass("ed"))
	s.ok(err)
	row := func() habeas.ReleaseRow {
		rows, err := s.Releases(ctx, vera, "")
		s.ok(err)
		i := slices.IndexFunc(rows, func(r habeas.ReleaseRow) bool { return r.Dossier == ref })
		if i < 0 {
			t.Fatal("it is not in the register")
		}
		return rows[i]
	}
	if r := row(); r.Changed != 0 || r.Told != nil {
		t.Errorf("nothing changed, and the register says %+v", r)
	}
	i := slices.IndexFunc(f.State.Claims, func(c *claim.Recorded) bool { return c.Status == claim.Live && c.Statement == mother })
	s.ok(s.Withdraw(ctx, omar, f.ID, f.State.Claims[i].Entry, "she was misheard"))
	if r := row(); r.Changed != 1 || r.Told != nil {
		t.Errorf("a claim was taken back, and the register says %+v", r)
	}
	s.refused(s.TellChange(ctx, omar, f.ID, ref, "by letter"), "may.not")
	s.refused(s.TellChange(ctx, ed, f.ID, ref, ""), "dossier.how_told")
	s.ok(s.TellChange(ctx, ed, f.ID, ref, "by registered letter"))
	if r := row(); r.Changed != 1 || r.Told == nil || r.Told.Name != "Ed, editor" {
		t.Errorf("who has it was told, and the register says %+v", r)
	}
	s.sweep()
}
