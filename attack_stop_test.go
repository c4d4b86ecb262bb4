package habeas

import (
	"bytes"
	"testing"

	"habeas/claim"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// A search is a case told twice: once he is found and wants no contact, once he
// never is.
type search struct {
	*testing.T
	d              *Desk
	by             Actor
	id             CaseID
	son            claim.Ref
	mother, finder claim.Ref // sources
}

func newSearch(t *testing.T, d *Desk, by Actor, circle Circle) *search {
	t.Helper()
	s := &search{T: t, d: d, by: by}
	var err error
	if s.id, err = d.OpenCase(t.Context(), by, circle.ID, NewCase{Title: "a son, not heard of", About: "person"}); err != nil {
		t.Fatal(err)
	}
	s.son = s.must(d.AddPerson(t.Context(), by, s.id, NewPerson{Protection: claim.Protected}))
	mum := s.must(d.AddPerson(t.Context(), by, s.id, NewPerson{Protection: claim.Protected}))
	s.mother = s.must(d.AddSource(t.Context(), by, s.id, claim.Source{Kind: "person", Person: mum, Role: "mother"}))
	return s
}

func (s *search) must(ref claim.Ref, err error) claim.Ref {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
	return ref
}

// told records a statement, that everybody may have it, and one claim in it.
func (s *search) told(source claim.Ref, said, words, predicate, term, when string) claim.Ref {
	s.Helper()
	ctx := s.Context()
	st := s.must(s.d.AddStatement(ctx, s.by, s.id, NewStatement{Source: source, Said: said, Received: said, Medium: "call", Raw: vault.NewText(words)}))
	if err := s.d.Settle(ctx, s.by, s.id, st); err != nil {
		s.Fatal(err)
	}
	agreed := claim.Consent{Statement: st, Giver: claim.GivenBySource}
	for _, a := range []string{claim.ToFamily, "un", claim.ToPublic} {
		agreed.Uses = append(agreed.Uses, claim.Use{To: a, Named: claim.NamedCover, Place: "exact"})
	}
	if err := s.d.Consent(ctx, s.by, s.id, agreed); err != nil {
		s.Fatal(err)
	}
	agreed.Giver, agreed.Person = claim.GivenByFamily, s.son
	if err := s.d.Consent(ctx, s.by, s.id, agreed); err != nil {
		s.Fatal(err)
	}
	c := claim.Claim{Statement: st, Version: 1, End: len(words), Subject: s.son, Predicate: predicate, Value: claim.Value{Term: term}, When: when, Stance: claim.Asserts, Basis: "witnessed"}
	if _, err := s.d.Record(ctx, s.by, s.id, c); err != nil {
		s.Fatal(err)
	}
	return st
}

// leaves returns the bytes of a dossier, with the same cover names every time.
func (s *search) leaves(audience string) []gate.File {
	s.Helper()
	ctx := s.Context()
	k, err := s.d.caseKeys(ctx, s.by, s.id)
	if err != nil {
		s.Fatal(err)
	}
	r, err := s.d.newRendered(ctx, s.by, k, DossierOptions{Audience: audience, Lang: "en"})
	if err != nil {
		s.Fatal(err)
	}
	for ref := range r.Covers {
		r.Covers[ref] = "the mother"
	}
	r.Covers[s.son] = "the son"
	_, p, err := s.d.render(ctx, s.by, k, &r)
	if err != nil {
		s.Fatal(err)
	}
	return p.Files
}

// TestAttackLearnThatSomebodyWasFound: a family, a partner or a reader of what is
// published compares what they get with what they would get if the person had
// never been found.
func TestAttackLearnThatSomebodyWasFound(t *testing.T) {
	d, by := office(t)
	circles, err := d.Circles(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	circle := circles[0]
	if circle.Office {
		circle = circles[1]
	}
	never, found := newSearch(t, d, by, circle), newSearch(t, d, by, circle)
	for _, s := range []*search{never, found} {
		s.told(s.mother, "2026-01-10", "they took him in spring.", claim.Liberty, "held", "2025-04")
	}
	before := found.leaves(claim.ToFamily)
	finder := found.must(d.AddSource(t.Context(), by, found.id, claim.Source{Kind: "organisation", Role: "activist"}))
	self := found.must(d.AddSource(t.Context(), by, found.id, claim.Source{Kind: "person", Person: found.son, Role: "self"}))
	found.told(finder, "2026-02-02", "he is alive and with us.", claim.Life, "alive", "")
	if same(before, found.leaves(claim.ToFamily)) {
		t.Fatal("without a stop the news does not leave: this test sees nothing")
	}
	if err := d.Stop(t.Context(), by, found.id, claim.Stop{Person: found.son, From: "family", Since: "2026-02-01"}); err != nil {
		t.Fatal(err)
	}
	if !same(before, found.leaves(claim.ToFamily)) {
		t.Error("after the stop a dossier is not what it was before the news")
	}
	found.told(self, "2026-02-03", "they beat me in the cellar.", claim.Integrity, "ill-treated", "2025-05")
	for _, s := range []*search{never, found} {
		s.told(s.mother, "2026-03-10", "nobody tells me anything.", claim.Contact, "lost", "2026-03")
	}
	for _, audience := range []string{claim.ToFamily, "un", claim.ToPublic} {
		if !same(never.leaves(audience), found.leaves(audience)) {
			t.Errorf("%s: what leaves tells that he was found", audience)
		}
	}
	if same(before, found.leaves(claim.ToFamily)) {
		t.Error("what the mother said since does not leave: she would notice")
	}
}

func same(a, b []gate.File) bool {
	for i := range a {
		if !bytes.Equal(a[i].Bytes, b[i].Bytes) {
			return false
		}
	}
	return len(a) == len(b)
}

// TestAttackDecideWithoutTheRight: an editor, who holds the keys of the circle but
// may record nothing, writes past every page that a stop was lifted, that a source
// agrees and that a caution is over.
func TestAttackDecideWithoutTheRight(t *testing.T) {
	d, by := office(t)
	circle := caseCircle(t, d, by)
	s := newSearch(t, d, by, Circle{ID: circle})
	st := s.told(s.mother, "2026-01-10", "they took him in spring.", claim.Liberty, "held", "2025-04")
	editor := NewMember{Handle: "ed", Name: "Editor", Passphrase: vault.NewText(testPassphrase), Roles: []ledger.Role{ledger.Editor}}
	if err := d.AddMember(t.Context(), by, editor, circle, false); err != nil {
		t.Fatal(err)
	}
	stop := claim.Stop{Person: s.son, From: "family", Since: "2026-01-01"}
	if err := d.Stop(t.Context(), by, s.id, stop); err != nil {
		t.Fatal(err)
	}
	if err := d.Caution(t.Context(), by, s.id, claim.Caution{Source: s.mother, Rule: "only-listen"}); err != nil {
		t.Fatal(err)
	}
	ed := loggedIn(t, d, "ed")
	k, err := d.caseKeys(t.Context(), ed, s.id)
	if err != nil {
		t.Fatal(err)
	}
	state := func() *claim.State {
		f, err := d.Case(t.Context(), by, s.id)
		if err != nil {
			t.Fatal(err)
		}
		return f.State
	}
	forge := func(who Actor) {
		uses := []claim.Use{{To: "press", Named: claim.NamedName, Place: "exact"}}
		if _, err := d.write(t.Context(), who, k.circle, s.id,
			draft{claim.KindStop, claim.Stop{Person: s.son, From: "family", Lifted: true}, k.body.Key()},
			draft{claim.KindCaution, claim.Caution{Source: s.mother, Rule: "only-listen", Lifted: true, Reason: "mistaken"}, k.body.Key()},
			draft{claim.KindConsent, claim.Consent{Statement: st, Giver: claim.GivenBySource, Uses: uses}, k.body.Key()},
		); err != nil {
			t.Fatal(err)
		}
	}
	forge(ed)
	_, stopped := state().Stopped(s.son)
	_, warned := state().Caution(s.mother)
	press := state().Agreed(st, claim.Reader{Audience: "press"}, d.now())
	if !stopped || !warned || press.Used {
		t.Errorf("the editor decided: stopped %v, warned %v, for the press %+v", stopped, warned, press)
	}
	forge(by)
	if _, stopped := state().Stopped(s.son); stopped {
		t.Error("who may decide is not heeded either: this test sees nothing")
	}
}
