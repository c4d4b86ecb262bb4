package habeas_test

import (
	"fmt"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/ledger"
	"habeas/vault"
)

// names lets the lawyer of a case have a statement with everybody in it by name.
func (s *story) names(f *habeas.CaseFile, st claim.Ref, giver string, person claim.Ref) {
	s.Helper()
	c := claim.Consent{Statement: st, Giver: giver, Person: person, Uses: []claim.Use{{To: "lawyer", Named: claim.NamedName, Place: "exact"}}}
	s.ok(s.Consent(s.Context(), s.as("vera"), f.ID, c))
}

// A lawyer is to have the lieutenant's name: his mother agreed for him. It takes
// three members who hold the vault, each with names shown.
func TestDossierWithNames(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar, ed := s.as("vera"), s.as("omar"), s.as("ed")
	f := s.caseOf(vera, "basement")
	son := affected(f)
	noor := habeas.NewMember{Handle: "noor", Name: "Noor", Passphrase: vault.NewText("amber ladder quiet river"), Roles: []ledger.Role{ledger.Editor, ledger.Caseworker}}
	s.ok(s.AddMember(ctx, vera, noor, f.Circle.ID, true))
	token, err := s.Login(ctx, noor.Handle, noor.Passphrase)
	s.ok(err)
	releaser, err := s.Actor(ctx, token)
	s.ok(err)

	opt := habeas.DossierOptions{Audience: "lawyer", Lang: "ru", Names: true}
	_, err = s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "reveal.first")
	_, err = s.Preview(ctx, ed, f.ID, opt)
	s.refused(err, "may.needs_vault")
	s.ok(s.Reveal(ctx, vera, f.ID, "a dossier for the lawyer", pass("vera")))
	has := func(name string) bool {
		p, err := s.Preview(ctx, vera, f.ID, opt)
		s.ok(err)
		if !p.Clear {
			t.Errorf("the gate holds the dossier: %v", p.Hits)
		}
		return strings.Contains(string(p.Files[0].Bytes), name)
	}
	mother, ministry := s.titled(f, "The mother"), s.titled(f, "ministry")
	if has("Воробейчиков") {
		t.Error("nobody agreed to names, and one stands there")
	}
	s.names(f, mother, claim.GivenBySource, "")
	s.names(f, mother, claim.GivenByFamily, son)
	if has("Тихон") {
		t.Error("the ministry's letter is used under a cover name, and speaks of him")
	}
	s.names(f, ministry, claim.GivenByNobody, "")
	if !has("Тихон") || has("Кудеяров") {
		t.Error("his name does not stand there, or that of somebody who was not asked does")
	}

	ref, err := s.Propose(ctx, vera, f.ID, opt)
	s.ok(err)
	s.refused(s.Approve(ctx, omar, f.ID, ref, "only the lawyer reads it"), "reveal.first")
	s.refused(s.Approve(ctx, ed, f.ID, ref, "only the lawyer reads it"), "may.needs_vault")
	s.ok(s.Reveal(ctx, omar, f.ID, "a dossier for the lawyer", pass("omar")))
	s.ok(s.Approve(ctx, omar, f.ID, ref, "only the lawyer reads it"))
	_, err = s.Release(ctx, ed, f.ID, ref, "his lawyer", pass("ed"))
	s.refused(err, "may.needs_vault")
	s.ok(s.Reveal(ctx, releaser, f.ID, "a dossier for the lawyer", noor.Passphrase))
	out, err := s.Release(ctx, releaser, f.ID, ref, "his lawyer", noor.Passphrase)
	s.ok(err)
	text, _ := out.File("dossier.txt")
	if !strings.Contains(string(text.Bytes), "Тихон") || !strings.Contains(string(text.Bytes), "настоящие") {
		t.Error("what left has no name in it, or does not say that it is real")
	}
	_, row, err := s.Dossier(ctx, releaser, f.ID, ref)
	s.ok(err)
	// Who could guess the name could try it against a digest of the bytes.
	if !row.Names || row.Digest == fmt.Sprintf("%x", out.Digest()) || row.Digest == "" {
		t.Errorf("got %+v", row)
	}
	s.sweep() // no byte that is not sealed, and no view, holds a name

	// Later he says himself that he does not want to be named.
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: mother, Giver: claim.GivenByPerson, Person: son,
		Uses: []claim.Use{{To: "lawyer", Named: claim.NamedCover, Place: "exact"}}}))
	if _, err = s.Released(ctx, releaser, f.ID, ref); err == nil {
		t.Error("his name is handed over again")
	}
	if len(s.NamedLeft(ctx, vera, f.ID)) != 1 {
		t.Fatal("the bytes with his name are nowhere: this test would see nothing")
	}
	_, err = s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mother)
	s.ok(err)
	_, err = s.Released(ctx, releaser, f.ID, ref)
	s.refused(err, "dossier.erased")
	for _, n := range s.NamedLeft(ctx, vera, f.ID) {
		t.Errorf("the bytes with his name are still there: %s", n)
	}
}
