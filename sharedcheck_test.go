package habeas

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// A checkOffice is an office with two circles, of which the second is marked. The
// keeper holds both, z the second; e releases for the first and holds no names.
type checkOffice struct {
	*twoCircles
	ed Actor
}

// boats is the passphrase of everybody but the keeper.
var boats = vault.NewText("two small boats")

func newCheckOffice(t *testing.T) *checkOffice {
	t.Helper()
	s := &checkOffice{twoCircles: newTwoCircles(t)}
	s.editor("e")
	s.ok(s.d.MarkShared(t.Context(), s.one, s.second, boats))
	s.ed = s.enter("e")
	return s
}

func (s *checkOffice) editor(handle string) {
	s.Helper()
	m := NewMember{Handle: handle, Name: handle, Passphrase: boats, Roles: []ledger.Role{ledger.Editor}}
	s.ok(s.d.AddMember(s.Context(), enter(s.T, s.d), m, s.first, false))
}

// enter logs somebody in, and lets be done what is due.
func (s *checkOffice) enter(handle string) Actor {
	s.Helper()
	token, err := s.d.Login(s.Context(), handle, boats)
	s.ok(err)
	s.d.tending.Wait()
	by, err := s.d.Actor(s.Context(), token)
	s.ok(err)
	return by
}

// tries is what the shared check says of a text that ed would release out of the
// first circle.
func (s *checkOffice) tries(by Actor, text string, named ...claim.Ref) error {
	s.Helper()
	return s.triesIn(by, s.a.Case, text, named...)
}

func (s *checkOffice) triesIn(by Actor, id CaseID, text string, named ...claim.Ref) error {
	s.Helper()
	k, err := s.d.caseKeys(s.Context(), by, id)
	s.ok(err)
	r := rendered{Dossier: claim.NewRef(claim.RefDossier), Named: named}
	return s.d.passShared(s.Context(), by, k, &r, []gate.File{{Name: "a.txt", Media: "text/plain", Bytes: []byte(text)}})
}

// looked lets a keeper look at what was withheld.
func (s *checkOffice) looked(member ledger.ID) {
	s.Helper()
	s.ok(s.d.LookedAtWithheld(s.Context(), enter(s.T, s.d), member, vault.NewText("three small boats")))
}

func (s *checkOffice) add(by Actor, id CaseID, given, family string) claim.Ref {
	s.Helper()
	p, err := s.d.AddPerson(s.Context(), by, id, NewPerson{Protection: claim.Protected, Parts: []vault.Part{
		{Kind: name.Given, Text: vault.NewText(given)}, {Kind: name.Family, Text: vault.NewText(family)}}})
	s.ok(err)
	return p
}

func (s *checkOffice) passes(by Actor, text string, named ...claim.Ref) {
	s.Helper()
	if err := s.tries(by, text, named...); err != nil {
		s.Errorf("%q is withheld: %v", text, err)
	}
}

func TestSharedCheckFollowsItsCircle(t *testing.T) {
	s := newCheckOffice(t)
	const later = "He saw Добромил Заревич there."
	s.passes(s.ed, later)
	s.refused(s.tries(s.ed, "He saw Яромира Белоконя there."), "shared.withheld") // in another case of the name
	s.passes(s.ed, "Many people were at the white horse.")

	// A name that is added later is known at the next release, without anybody coming.
	p := s.add(s.one, s.b.Case, "Добромил", "Заревич")
	s.refused(s.tries(s.ed, later), "shared.withheld")

	// Somebody who may be named in the other circle, and then not any more.
	f, err := s.d.Case(s.Context(), s.one, s.b.Case)
	s.ok(err)
	public := f.State.Persons[p]
	public.Protection = claim.Public
	s.ok(s.d.ChangePerson(s.Context(), s.one, s.b.Case, public))
	s.passes(s.ed, later)
	public.Protection = claim.Protected
	s.ok(s.d.ChangePerson(s.Context(), s.one, s.b.Case, public))
	s.refused(s.tries(s.ed, later), "shared.withheld")

	// What nobody changed is not made anew by who comes.
	marks, err := s.d.marks(s.Context(), s.one)
	s.ok(err)
	s.enter("z")
	enter(t, s.d)
	s.d.tending.Wait()
	again, err := s.d.marks(s.Context(), s.one)
	s.ok(err)
	if marks[s.second].Key != again[s.second].Key {
		t.Error("the copy was made anew for nothing")
	}
	s.reopen()
	s.refused(s.tries(s.ed, later), "shared.withheld")
	s.ok(s.d.UnmarkShared(s.Context(), s.one, s.second, boats))
	s.passes(s.ed, later)
	if wraps, err := s.d.db.WrapsOf(s.Context(), again[s.second].Key); err != nil || len(wraps) != 0 {
		t.Errorf("%d wraps of the key are left, %v", len(wraps), err)
	}
	s.refused(s.d.UnmarkShared(s.Context(), s.one, s.second, boats), "shared.not_marked")
}

// reopen closes the office and opens it again, as another node would.
func (s *checkOffice) reopen() {
	s.Helper()
	s.ok(s.d.Close())
	d, err := Open(s.d.cfg)
	s.ok(err)
	s.d = d
	s.Cleanup(func() { d.Close() })
	s.one, s.ed = s.enter("z"), s.enter("e")
}

// TestSharedCheckAnswersOneThing: whatever is found and wherever, the fault is one and
// the same, and after five nothing more is answered until somebody else has looked.
func TestSharedCheckAnswersOneThing(t *testing.T) {
	s := newCheckOffice(t)
	ctx := t.Context()
	third, err := s.d.createCircle(ctx, enter(t, s.d).me, "three", false)
	s.ok(err)
	keeper := enter(t, s.d)
	c := s.person(keeper, third.id, "Добромил", "Заревич")
	s.ok(s.d.MarkShared(ctx, keeper, third.id, vault.NewText("three small boats")))
	s.add(keeper, c.Case, "Остромысл", "Кривонос")

	var said []string
	for _, text := range []string{"Яромир Белоконь", "Dobromil Zarevich, 1990", "Яромир Белоконь and Остромысл Кривонос, Добромил Заревич"} {
		err := s.tries(s.ed, text)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind() != fault.Withheld || f.Key() != "shared.withheld" || len(f.Args()) != 0 || errors.Unwrap(f) != nil {
			t.Errorf("got %v, want one fault with nothing in it", err)
		}
		said = append(said, err.Error())
	}
	if len(slices.Compact(said)) != 1 {
		t.Errorf("got %q, want the same words", said)
	}
	s.passes(s.ed, "nobody at all") // does not begin the count anew
	s.refused(s.tries(s.ed, "Яромир Белоконь"), "shared.withheld")
	s.refused(s.tries(s.ed, "Яромир Белоконь"), "shared.withheld")
	s.refused(s.tries(s.ed, "Яромир Белоконь"), "shared.stopped")
	s.refused(s.tries(s.ed, "nobody at all"), "shared.stopped")
	s.reopen()
	s.refused(s.tries(s.ed, "nobody at all"), "shared.stopped")
	s.editor("f") // a colleague is not stopped
	s.passes(s.enter("f"), "nobody at all")

	pass := vault.NewText("three small boats")
	s.refused(s.d.LookedAtWithheld(ctx, s.one, s.ed.Member, boats), "may.not")
	s.refused(s.d.LookedAtWithheld(ctx, s.ed, s.ed.Member, boats), "may.not")
	keeper = enter(t, s.d)
	s.refused(s.d.LookedAtWithheld(ctx, keeper, keeper.Member, pass), "shared.own")
	s.refused(s.d.LookedAtWithheld(ctx, keeper, s.one.Member, pass), "member.none")
	all, err := s.d.Withheld(ctx, keeper)
	s.ok(err)
	if len(all) != 1 || all[0].Member != s.ed.Member || all[0].N != mostWithheld || !all[0].Stopped || !all[0].May {
		t.Errorf("the keeper sees %+v", all)
	}
	// An audit that the stopped member writes of themselves lifts nothing.
	s.ok(s.d.audit(ctx, s.ed, audited{What: AuditLookedAt, Whom: s.ed.Member}))
	s.ok(s.d.audit(ctx, s.one, audited{What: AuditLookedAt, Whom: s.ed.Member}))
	s.refused(s.tries(s.ed, "nobody at all"), "shared.stopped")
	s.looked(s.ed.Member)
	s.passes(s.ed, "nobody at all")
	s.refused(s.tries(s.ed, "Добромил Заревич"), "shared.withheld")
}

// TestSharedCheckIsWrittenDownFirst: who goes away before the answer has been counted.
func TestSharedCheckIsWrittenDownFirst(t *testing.T) {
	s := newCheckOffice(t)
	k, err := s.d.caseKeys(t.Context(), s.ed, s.a.Case)
	s.ok(err)
	ctx, cancel := context.WithCancel(t.Context())
	r := rendered{Dossier: claim.NewRef(claim.RefDossier)}
	file := []gate.File{{Name: "a.txt", Media: "text/plain", Bytes: []byte("Яромир Белоконь")}}
	marks, err := s.d.marks(ctx, s.ed)
	s.ok(err)
	if len(marks) != 1 {
		t.Fatalf("%d circles are marked, want 1", len(marks))
	}
	s.refused(s.d.passShared(ctx, s.ed, k, &r, file), "shared.withheld")
	cancel()
	entries, err := s.d.audits(t.Context(), s.ed)
	s.ok(err)
	if n := s.d.withheldOf(entries, s.ed.Member); n != 1 {
		t.Errorf("%d were counted, want 1", n)
	}
	lines, err := s.d.Audit(t.Context(), enter(t, s.d))
	s.ok(err)
	i := slices.IndexFunc(lines, func(l AuditLine) bool { return l.What == AuditWithheld })
	if i < 0 || lines[i].By != s.ed.Member || lines[i].Dossier != r.Dossier || lines[i].Case != s.a.Case || lines[i].Whom != "" {
		t.Errorf("the keeper reads %+v, want the member and the dossier", lines)
	}
	j := slices.IndexFunc(lines, func(l AuditLine) bool { return l.What == AuditCheckedOn })
	if j < 0 || lines[j].By != s.one.Member || lines[j].Code != "" {
		t.Errorf("the keeper reads %+v of the mark, want the member and no circle", lines)
	}
}

// TestSharedCheckAndConsent: somebody may be named as the person of a case that both
// circles have, and as nobody else's.
func TestSharedCheckAndConsent(t *testing.T) {
	s := newCheckOffice(t)
	ctx := t.Context()
	pass := vault.NewText("three small boats")
	keeper := enter(t, s.d)
	id, err := s.d.OpenCase(ctx, keeper, s.first, NewCase{Title: "a case", About: "person"})
	s.ok(err)
	p := s.add(keeper, id, "Добромил", "Заревич")
	s.ok(s.triesIn(s.ed, id, "Добромил Заревич", p))
	s.ok(s.d.Share(ctx, enter(t, s.d), id, s.second, true, pass))
	s.refused(s.triesIn(s.ed, id, "Добромил Заревич"), "shared.withheld")
	s.ok(s.triesIn(s.ed, id, "Добромил Заревич", p))                           // they agreed to be named, and the second circle has that, too
	s.refused(s.tries(s.ed, "Яромир Белоконь", s.a.Person), "shared.withheld") // agreed to here, and protected there
	s.refused(s.tries(s.ed, "Добромил Заревич", p), "shared.withheld")         // in a dossier of another case

	// Taken back, the second circle protects them no longer.
	s.ok(s.d.Unshare(ctx, enter(t, s.d), id, s.second, pass))
	s.enter("z")
	s.ok(s.triesIn(s.ed, id, "Добромил Заревич"))
}

// TestSharedCheckIsNoHintAndNoDecision: what only may name somebody lets a release
// pass: nobody could look and say.
func TestSharedCheckIsNoHintAndNoDecision(t *testing.T) {
	s := newCheckOffice(t)
	s.add(s.one, s.b.Case, "Иван", "Иванов")
	s.passes(s.ed, "Иванов was there. Nobody else who lived in that house was seen, but for a certain Иван.")
	s.refused(s.tries(s.ed, "Иван Иванов was there."), "shared.withheld")
}

// TestSharedCopyIsNotForOthers: of the copy, those who may not release have no key,
// and who has a key and the disk, and not the pepper, opens nothing.
func TestSharedCopyIsNotForOthers(t *testing.T) {
	s := newCheckOffice(t)
	ctx := t.Context()
	s.ok(s.d.AddMember(ctx, enter(t, s.d), NewMember{Handle: "y", Name: "Y", Passphrase: boats, Roles: []ledger.Role{ledger.Caseworker, ledger.Analyst}}, s.first, true))
	marks, err := s.d.marks(ctx, s.ed)
	s.ok(err)
	m := marks[s.second]
	y := s.enter("y")
	holders := []*vault.Holder{y.me}
	for _, c := range y.circles {
		holders = append(holders, c.body.all()...)
		if c.vault != nil {
			holders = append(holders, c.vault.all()...)
		}
	}
	if _, _, err := s.d.sharedKey(ctx, m.Key, holders...); err == nil {
		t.Error("a member who may not release opens the key")
	}
	key, secret, err := s.d.sharedKey(ctx, m.Key, s.ed.me)
	s.ok(err)
	n := 0
	for row, err := range s.d.db.ByStream(ctx, sharedStream(s.second), -1) {
		s.ok(err)
		n++
		if _, err := ledger.Open(row.Record, vault.NewPepper().CheckKey(secret).Entries); err == nil {
			t.Error("opens without the pepper")
		}
		if o, err := ledger.Open(row.Record, key.Entries); err != nil || bytes.Contains(o.Followed().Body, []byte(s.b.Person)) || bytes.Contains(o.Followed().Body, []byte(s.b.Case.String())) {
			t.Errorf("the copy does not open, or says which person of which case: %v", err)
		}
	}
	if n == 0 {
		t.Error("there is no copy")
	}
	// Nothing of the second circle is in what the editor sees.
	for _, by := range []Actor{s.ed, y} {
		var dump bytes.Buffer
		s.ok(s.d.Dump(ctx, by, &dump))
		if bytes.Contains(dump.Bytes(), []byte(s.b.Person)) || bytes.Contains(dump.Bytes(), []byte(kindSharedForms)) {
			t.Error("a view holds the copy, or the person")
		}
	}
	v, err := VerifyAs(ctx, s.d.cfg, "e", boats, nil)
	s.ok(err)
	if v.First.Number != -1 {
		t.Errorf("the log does not verify: %+v", v)
	}
}
