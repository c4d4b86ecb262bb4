package habeas_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/ledger"
	"habeas/paper"
	"habeas/vault"
)

var newWords = vault.NewText("granite teapot under moving clouds")

// firstCircle returns the circle that is not the office's.
func (s *story) firstCircle(by habeas.Actor) ledger.ID {
	s.Helper()
	circles, err := s.Circles(s.Context(), by)
	s.ok(err)
	for _, c := range circles {
		if !c.Office {
			return c.ID
		}
	}
	s.Fatal("no circle")
	return ledger.ID{}
}

func (s *story) invite(by habeas.Actor, name string, withVault bool) vault.Text {
	s.Helper()
	code, err := s.Invite(s.Context(), by, habeas.Invitation{
		Name: name, Roles: []ledger.Role{ledger.Caseworker}, Shares: []habeas.Share{{Circle: s.firstCircle(by), Vault: withVault}},
	}, pass("vera"))
	s.ok(err)
	return code
}

// login logs somebody in who is not of the demo.
func (s *story) login(handle string, words vault.Text) habeas.Actor {
	s.Helper()
	token, err := s.Login(s.Context(), handle, words)
	s.ok(err)
	by, err := s.Actor(s.Context(), token)
	s.ok(err)
	return by
}

// keyed reports whether the table of keys speaks of a holder.
func (s *story) keyed(id ledger.ID) bool {
	s.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, "data", "keys.db"))
	s.ok(err)
	return bytes.Contains(b, id[:])
}

// TestSomebodyIsInvited: a keeper makes a code, whoever has it chooses how to log
// in, reads what they were given and nothing else, and the code is dead.
func TestSomebodyIsInvited(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	code := s.invite(vera, "Ilse, caseworker", false)
	if n := len(strings.Fields(code.Reveal())); n != paper.CodeWords {
		t.Errorf("got a code of %d words", n)
	}
	rows, err := s.Invites(s.Context(), vera)
	s.ok(err)
	if len(rows) != 1 || rows[0].State != habeas.InviteOpen || rows[0].Name != "Ilse, caseworker" || !strings.HasPrefix(rows[0].By, "Vera") {
		t.Errorf("got %+v", rows)
	}
	_, err = s.Join(s.Context(), vault.NewText("bada bada bada bada bada bada bada bada"), "ilse", newWords)
	s.refused(err, "invite.wrong")
	_, err = s.Join(s.Context(), code, "ilse", vault.NewText("ilse2026"))
	s.refused(err, "member.weak_passphrase")
	_, err = s.Join(s.Context(), code, "", newWords)
	s.refused(err, "member.bad_handle")
	_, err = s.Join(s.Context(), code, " Omar", newWords)
	s.refused(err, "member.handle_taken")
	s.as("omar") // whose login was not touched
	typed := vault.NewText(" " + strings.ToUpper(strings.ReplaceAll(code.Reveal(), " ", " - ")))
	strength, err := s.Join(s.Context(), typed, "ilse", newWords)
	s.ok(err)
	if strength < paper.Fair {
		t.Errorf("got strength %s", strength.Word())
	}
	_, err = s.Join(s.Context(), code, "ilse2", newWords)
	s.refused(err, "invite.wrong")
	ilse := s.login("ilse", newWords)
	if ilse.Name() != "Ilse, caseworker" || !ilse.Is(ledger.Caseworker) || ilse.Is(ledger.Keeper) {
		t.Errorf("got %q", ilse.Name())
	}
	f := s.caseOf(ilse, "basement")
	if f.Vault || f.Names != nil {
		t.Error("who was given the name-free side alone holds the vault")
	}
	_, err = s.Invite(s.Context(), ilse, habeas.Invitation{Name: "X", Roles: []ledger.Role{ledger.Keeper}}, newWords)
	s.refused(err, "may.not")
	if rows, err = s.Invites(s.Context(), vera); err != nil || len(rows) != 0 {
		t.Errorf("got %+v, %v, want no invitation left", rows, err)
	}
	s.sweep()
}

func TestInvitationIsRefused(t *testing.T) {
	s := tell(t)
	vera, omar := s.as("vera"), s.as("omar")
	ok := habeas.Invitation{Name: "N", Roles: []ledger.Role{ledger.Analyst}}
	for name, tc := range map[string]struct {
		by   habeas.Actor
		inv  habeas.Invitation
		pass vault.Text
		want string
	}{
		"by somebody who is no keeper": {omar, ok, pass("omar"), "may.not"},
		"with a wrong passphrase":      {vera, ok, pass("omar"), "login.wrong"},
		"without a name":               {vera, habeas.Invitation{Name: " ", Roles: ok.Roles}, pass("vera"), "invite.no_name"},
		"with no role":                 {vera, habeas.Invitation{Name: "N"}, pass("vera"), "invite.no_role"},
		"with a role of their own":     {vera, habeas.Invitation{Name: "N", Roles: []ledger.Role{"root"}}, pass("vera"), "invite.no_role"},
		"into a circle of others":      {vera, habeas.Invitation{Name: "N", Roles: ok.Roles, Shares: []habeas.Share{{Circle: ledger.NewID()}}}, pass("vera"), "circle.none"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Invite(s.Context(), tc.by, tc.inv, tc.pass)
			s.refused(err, tc.want)
		})
	}
	if rows, err := s.Invites(s.Context(), vera); err != nil || len(rows) != 0 {
		t.Errorf("got %+v, %v: something was made", rows, err)
	}
}

// TestInvitationEnds: taken back, or a day too late, with nobody in session: the
// code opens nothing and nothing is wrapped for it any more.
func TestInvitationEnds(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	code := s.invite(vera, "Jonas", true)
	rows, err := s.Invites(s.Context(), vera)
	s.ok(err)
	s.ok(s.Uninvite(s.Context(), vera, rows[0].Member))
	vera = s.as("vera") // with the keys as they are now
	_, err = s.Join(s.Context(), code, "jonas", newWords)
	s.refused(err, "invite.wrong")
	s.refused(s.Uninvite(s.Context(), vera, rows[0].Member), "invite.none")

	code = s.invite(vera, "Klara", true)
	rows, err = s.Invites(s.Context(), vera)
	s.ok(err)
	who := rows[0].Member
	if !s.keyed(who) {
		t.Error("nothing is wrapped for an open invitation: the test can not fail")
	}
	s.now = s.now.AddDate(0, 0, habeas.InviteFor+1)
	_, err = s.Join(s.Context(), code, "klara", newWords)
	s.refused(err, "invite.late")
	s.ok(s.Expire(s.Context()))
	if s.keyed(who) {
		t.Error("something is still wrapped for an invitation that is over")
	}
	_, err = s.Join(s.Context(), code, "klara", newWords)
	s.refused(err, "invite.wrong")
	vera = s.as("vera")
	if s.keyed(who) {
		t.Error("somebody logs in, and the invitation that is over is wrapped for again")
	}
	s.ok(s.Remove(s.Context(), vera, s.as("ana").Member, pass("vera")))
	vera = s.as("vera")
	if s.keyed(who) {
		t.Error("new keys are wrapped for an invitation that is over")
	}
	members, err := s.Members(s.Context(), vera)
	s.ok(err)
	for _, m := range members {
		if m.Name == "Klara" && !m.Invited {
			t.Error("somebody who can't come any more is listed as if she had")
		}
	}
	if rows, err = s.Invites(s.Context(), vera); err != nil || len(rows) != 1 || rows[0].State != habeas.InviteLate {
		t.Errorf("got %+v, %v", rows, err)
	}
	s.invite(vera, "Lena", false) // whatever a keeper does next ends it in the ledger
	vera = s.as("vera")
	members, err = s.Members(s.Context(), vera)
	s.ok(err)
	for _, m := range members {
		if m.Name == "Jonas" || m.Name == "Klara" || m.Invited != (m.Name == "Lena") {
			t.Errorf("got %q among the members, invited: %v", m.Name, m.Invited)
		}
	}
	if rows, err = s.Invites(s.Context(), vera); err != nil || len(rows) != 1 || rows[0].Name != "Lena" {
		t.Errorf("got %+v, %v", rows, err)
	}
}

// TestOneCodeTwice: two people type the same code at once, and one of them is in.
func TestOneCodeTwice(t *testing.T) {
	s := tell(t)
	code := s.invite(s.as("vera"), "Mira", false)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { _, errs[i] = s.Join(s.Context(), code, "mira"+strings.Repeat("a", i), newWords) })
	}
	wg.Wait()
	in := 0
	for _, err := range errs {
		if err == nil {
			in++
			continue
		}
		s.refused(err, "invite.wrong")
	}
	if in != 1 {
		t.Errorf("%d of 4 got in, want 1", in)
	}
}

// TestForgottenPassphrase: a keeper asks, another member confirms, and the person
// comes back to all they had, with new keys. One alone can not do it.
func TestForgottenPassphrase(t *testing.T) {
	s := tell(t)
	vera, omar, ana := s.as("vera"), s.as("omar"), s.as("ana")
	s.refused(s.AskAgain(s.Context(), omar, ana.Member), "may.not")
	s.refused(s.AskAgain(s.Context(), vera, vera.Member), "again.none")
	s.refused(s.AskAgain(s.Context(), vera, ledger.NewID()), "again.none")
	s.ok(s.AskAgain(s.Context(), vera, omar.Member))
	rows, err := s.Again(s.Context(), ana)
	s.ok(err)
	if len(rows) != 1 || !strings.HasPrefix(rows[0].Name, "Omar") || rows[0].Ready {
		t.Fatalf("got %+v", rows)
	}
	id := rows[0].ID
	_, err = s.InviteAgain(s.Context(), vera, id, pass("vera"))
	s.refused(err, "again.not_confirmed")
	s.refused(s.ConfirmAgain(s.Context(), vera, id, pass("vera")), "again.same")
	s.refused(s.ConfirmAgain(s.Context(), omar, id, pass("omar")), "again.same")
	s.refused(s.ConfirmAgain(s.Context(), ana, id, pass("vera")), "login.wrong")
	_, err = s.InviteAgain(s.Context(), vera, id, pass("vera"))
	s.refused(err, "again.not_confirmed")
	s.ok(s.ConfirmAgain(s.Context(), ana, id, pass("ana")))
	code, err := s.InviteAgain(s.Context(), vera, id, pass("vera"))
	s.ok(err)
	if _, err := s.Cases(s.Context(), omar); err == nil {
		t.Error("the old keys are still in session")
	}
	_, err = s.Login(s.Context(), "omar", pass("omar"))
	s.refused(err, "login.wrong")
	_, err = s.Join(s.Context(), code, "omar", newWords) // the same name to log in is free again
	s.ok(err)
	again := s.login("omar", newWords)
	if again.Name() != omar.Name() || again.Member == omar.Member || !again.Is(ledger.Caseworker) {
		t.Errorf("got %q with the keys of before: %v", again.Name(), again.Member == omar.Member)
	}
	if f := s.caseOf(again, "basement"); !f.Vault {
		t.Error("the vault is gone")
	}
	vera, ana = s.as("vera"), s.as("ana")
	if rows, err = s.Again(s.Context(), ana); err != nil || len(rows) != 0 {
		t.Errorf("got %+v, %v", rows, err)
	}
	_, err = s.InviteAgain(s.Context(), vera, id, pass("vera"))
	s.refused(err, "again.none")
	members, err := s.Members(s.Context(), vera)
	s.ok(err)
	if len(members) != 4 {
		t.Errorf("got %d members, want the person once: %+v", len(members), members)
	}
	s.now = s.now.Add(time.Minute)
	s.sweep()
}

// TestInvitedHoldsNothingYet: a circle is not held by somebody who was invited to
// it and has not come.
func TestInvitedHoldsNothingYet(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	alone, err := s.NewCircle(s.Context(), vera, "alone", pass("vera"))
	s.ok(err)
	vera = s.as("vera")
	inv := habeas.Invitation{Name: "Petra", Roles: []ledger.Role{ledger.Keeper}, Shares: []habeas.Share{{Circle: alone, Vault: true}}}
	code, err := s.Invite(s.Context(), vera, inv, pass("vera"))
	s.ok(err)
	s.refused(s.Suspend(s.Context(), vera, vera.Member, pass("vera")), "member.last_holder")
	_, err = s.Join(s.Context(), code, "petra", newWords)
	s.ok(err)
	s.refused(s.Suspend(s.Context(), vera, vera.Member, pass("vera")), "member.second_needed")

	// And by somebody who did not come in time, and whose code is gone.
	never, err := s.NewCircle(s.Context(), vera, "never", pass("vera"))
	s.ok(err)
	vera = s.as("vera")
	inv = habeas.Invitation{Name: "Olga", Roles: []ledger.Role{ledger.Caseworker}, Shares: []habeas.Share{{Circle: never, Vault: true}}}
	_, err = s.Invite(s.Context(), vera, inv, pass("vera"))
	s.ok(err)
	s.now = s.now.AddDate(0, 0, habeas.InviteFor+1)
	s.ok(s.Expire(s.Context()))
	vera = s.as("vera")
	s.refused(s.Suspend(s.Context(), vera, vera.Member, pass("vera")), "member.last_holder")
}
