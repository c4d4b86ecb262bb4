package habeas_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"habeas"
	"habeas/ledger"
	"habeas/paper"
	"habeas/vault"
)

// restart closes the desk and opens it again.
func (s *story) restart() {
	s.Helper()
	s.ok(s.Close())
	var err error
	s.Desk, err = habeas.Open(s.config())
	s.ok(err)
}

func (s *story) sheets(by habeas.Actor, succession bool) []paper.Sheet {
	s.Helper()
	set, err := s.MakeSheets(s.Context(), by, habeas.NewPapers{Circles: []ledger.ID{s.firstCircle(by)}, Succession: succession}, pass("vera"))
	s.ok(err)
	return set.Sheets
}

func found(handle string) habeas.NewMember {
	return habeas.NewMember{Handle: handle, Name: "The next keeper", Passphrase: newWords, Roles: []ledger.Role{ledger.Caseworker, ledger.Keeper}}
}

// TestNothingIsRecoverableBeforeItIsChecked: sheets count once each of their check
// codes was typed back.
func TestNothingIsRecoverableBeforeItIsChecked(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	r, err := s.Recovery(s.Context(), vera)
	s.ok(err)
	if r.Now != nil || r.Now.Ready() {
		t.Error("an office without sheets calls itself recoverable")
	}
	_, err = s.MakeSheets(s.Context(), s.as("omar"), habeas.NewPapers{}, pass("omar"))
	s.refused(err, "may.not")
	_, err = s.MakeSheets(s.Context(), vera, habeas.NewPapers{}, pass("omar"))
	s.refused(err, "login.wrong")
	_, err = s.MakeSheets(s.Context(), vera, habeas.NewPapers{Circles: []ledger.ID{ledger.NewID()}}, pass("vera"))
	s.refused(err, "circle.none")
	sheets := s.sheets(vera, false)
	if len(sheets) != 3 || sheets[2].Kind != paper.Pepper {
		t.Fatalf("got %d sheets", len(sheets))
	}
	for i, sh := range sheets {
		r, err = s.Recovery(s.Context(), vera)
		s.ok(err)
		if r.Now.Ready() {
			t.Errorf("ready after %d of 3 codes", i)
		}
		_, err = s.CheckSheets(s.Context(), vera, []string{"000-000"})
		s.refused(err, "recovery.bad_check")
		_, err = s.CheckSheets(s.Context(), vera, []string{sh.Check()})
		s.ok(err)
	}
	r, err = s.Recovery(s.Context(), vera)
	s.ok(err)
	if !r.Now.Ready() || len(r.Now.Circles) != 1 {
		t.Errorf("got %+v after all codes", r.Now)
	}
	again := s.sheets(vera, false)
	vera = s.as("vera") // with the keys that took the place of those on the old sheets
	r, err = s.Recovery(s.Context(), vera)
	s.ok(err)
	if r.Now.Ready() {
		t.Error("new sheets count as checked")
	}
	_, err = s.CheckSheets(s.Context(), vera, []string{sheets[0].Check()})
	s.refused(err, "recovery.bad_check")
	s.restart()
	s.refused(s.Drill(s.Context(), sheets[0], sheets[1]), "recovery.used")
	s.ok(s.Drill(s.Context(), again[0], again[1]))
}

// TestEverybodyForgot: two sheets make a new keeper, who reads the cases and the
// names; the sheets are dead, and there are new ones.
func TestEverybodyForgot(t *testing.T) {
	s := tell(t)
	sheets := s.sheets(s.as("vera"), false)
	s.restart()
	_, err := s.Recover(s.Context(), sheets[0], sheets[1], habeas.NewMember{Handle: "next", Passphrase: vault.NewText("too short")})
	s.refused(err, "member.weak_passphrase")
	_, err = s.Recover(s.Context(), sheets[0], sheets[1], found("omar"))
	s.refused(err, "member.handle_taken")
	set, err := s.Recover(s.Context(), sheets[1], sheets[0], found("next"))
	s.ok(err)
	if len(set.Sheets) != 3 {
		t.Errorf("got %d new sheets, want 3", len(set.Sheets))
	}
	_, err = s.Recover(s.Context(), sheets[0], sheets[1], found("next2"))
	s.refused(err, "recovery.used")
	s.refused(s.Drill(s.Context(), sheets[0], sheets[1]), "recovery.used")
	s.restart()
	next := s.login("next", newWords)
	f := s.caseOf(next, "basement")
	if !f.Vault {
		t.Error("the new keeper does not hold the names")
	}
	s.ok(s.Reveal(s.Context(), next, f.ID, "calling the mother back", newWords))
	r, err := s.Recovery(s.Context(), next)
	s.ok(err)
	var notes []string
	for _, n := range r.Notes {
		notes = append(notes, n.What)
	}
	if len(notes) != 3 || r.Now.Ready() {
		t.Errorf("got notes %q, want that the office was recovered and twice refused", notes)
	}
	s.invite2(next)
	again, err := s.Recovery(s.Context(), next)
	s.ok(err)
	if len(again.Notes) != len(r.Notes) {
		t.Errorf("got %d notes once they were signed, want %d", len(again.Notes), len(r.Notes))
	}
	s.as("omar") // nobody else lost anything
	s.restart()
	_, err = s.Recover(s.Context(), set.Sheets[0], set.Sheets[1], found("third"))
	s.ok(err)
	s.sweep()
}

// invite2 shows that a recovered keeper can give what they were given.
func (s *story) invite2(by habeas.Actor) {
	s.Helper()
	_, err := s.Invite(s.Context(), by, habeas.Invitation{
		Name: "Nadia", Roles: []ledger.Role{ledger.Caseworker}, Shares: []habeas.Share{{Circle: s.firstCircle(by), Vault: true}},
	}, newWords)
	s.ok(err)
}

// TestWrongPaper: half a set, two of the same, sheets of another office and of
// another set open nothing, each is told apart, and each is noted.
func TestWrongPaper(t *testing.T) {
	s, other := tell(t), tell(t)
	mine, theirs := s.sheets(s.as("vera"), false), other.sheets(other.as("vera"), false)
	heirs := s.sheets(s.as("vera"), true)
	s.restart()
	for name, tc := range map[string]struct {
		a, b paper.Sheet
		want string
	}{
		"half a set":         {mine[0], mine[0], "paper.same_half"},
		"one and the pepper": {mine[0], mine[2], "paper.pepper_not_half"},
		"of two offices":     {mine[0], theirs[1], "paper.other_set"},
		"of another office":  {theirs[0], theirs[1], "recovery.not_ours"},
		"of two purposes":    {mine[0], heirs[1], "paper.other_set"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Recover(s.Context(), tc.a, tc.b, found("next"))
			s.refused(err, tc.want)
			s.refused(s.Drill(s.Context(), tc.a, tc.b), tc.want)
		})
	}
	r, err := s.Recovery(s.Context(), s.as("vera"))
	s.ok(err)
	if len(r.Notes) != 10 {
		t.Errorf("got %d notes, want 10", len(r.Notes))
	}
}

// TestSuccession: a trustee outside has sheets of their own, which work whatever
// becomes of the others.
func TestSuccession(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	heirs := s.sheets(vera, true)
	s.sheets(vera, false)
	r, err := s.Recovery(s.Context(), vera)
	s.ok(err)
	if len(heirs) != 2 || r.Succession == nil || r.Now == nil {
		t.Fatalf("got %d sheets, %+v", len(heirs), r)
	}
	s.restart()
	s.ok(s.Drill(s.Context(), heirs[0], heirs[1]))
	set, err := s.Recover(s.Context(), heirs[0], heirs[1], found("trustee"))
	s.ok(err)
	if len(set.Sheets) != 2 {
		t.Errorf("got %d new sheets, want 2 for the succession", len(set.Sheets))
	}
	trustee := s.login("trustee", newWords)
	if r, err = s.Recovery(s.Context(), trustee); err != nil || r.Now == nil || r.Succession == nil {
		t.Errorf("got %+v, %v", r, err)
	}
}

// TestPepperFromPaper: the lost pepper is written anew, and everybody logs in.
func TestPepperFromPaper(t *testing.T) {
	s := tell(t)
	sheets := s.sheets(s.as("vera"), false)
	s.ok(s.Close())
	dir := filepath.Join(s.dir, "data")
	pepper := habeas.PepperBeside(dir)
	s.refused(habeas.WritePepper(dir, pepper, sheets[2]), "create.pepper_exists")
	s.ok(os.Remove(pepper))
	s.refused(habeas.WritePepper(dir, pepper, sheets[0]), "recovery.not_pepper")
	s.refused(habeas.WritePepper(dir, filepath.Join(dir, "p"), sheets[2]), "create.pepper_inside")
	wrong := sheets[2]
	wrong.Tag[0]++
	s.refused(habeas.WritePepper(dir, pepper, wrong), "recovery.not_ours")
	s.ok(habeas.WritePepper(dir, pepper, sheets[2]))
	var err error
	s.Desk, err = habeas.Open(s.config())
	s.ok(err)
	s.as("vera")
}

// TestRecoveryAfterRenewal: keys were renewed since the sheets were printed, and a
// circle was made: the same paper opens both, and a circle that was taken out of
// recovery it does not.
func TestRecoveryAfterRenewal(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	sheets := s.sheets(vera, false)
	s.invite(vera, "Jonas", true)
	rows, err := s.Invites(s.Context(), vera)
	s.ok(err)
	s.ok(s.Uninvite(s.Context(), vera, rows[0].Member)) // renews what was wrapped for him
	vera = s.as("vera")
	in, err := s.NewCircle(s.Context(), vera, "covered", pass("vera"))
	s.ok(err)
	out, err := s.NewCircle(s.Context(), vera, "not covered", pass("vera"))
	s.ok(err)
	vera = s.as("vera")
	s.ok(s.Cover(s.Context(), vera, out, false, pass("vera")))
	vera = s.as("vera") // with the keys as they are now
	s.refused(s.Cover(s.Context(), vera, out, true, pass("omar")), "login.wrong")
	s.refused(s.Cover(s.Context(), s.as("omar"), s.firstCircle(vera), false, pass("omar")), "may.not")
	s.restart()
	_, err = s.Recover(s.Context(), sheets[0], sheets[1], found("next"))
	s.ok(err)
	next := s.login("next", newWords)
	if f := s.caseOf(next, "basement"); !f.Vault {
		t.Error("what was renewed is lost")
	}
	circles, err := s.Circles(s.Context(), next)
	s.ok(err)
	var got []ledger.ID
	for _, c := range circles {
		got = append(got, c.ID)
	}
	if !slices.Contains(got, in) || slices.Contains(got, out) || len(got) != 3 {
		t.Errorf("got circles %v, want the office, the first and %v", got, in)
	}
}

// TestNoLongerCovered: a circle that was renewed is taken out of recovery: neither
// its newest keys nor those before are given to the sheets any more.
func TestNoLongerCovered(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	sheets := s.sheets(vera, false)
	s.invite(vera, "Jonas", true)
	rows, err := s.Invites(s.Context(), vera)
	s.ok(err)
	s.ok(s.Uninvite(s.Context(), vera, rows[0].Member)) // renews what was wrapped for him
	vera = s.as("vera")
	s.ok(s.Cover(s.Context(), vera, s.firstCircle(vera), false, pass("vera")))
	r, err := s.Recovery(s.Context(), s.as("vera"))
	s.ok(err)
	if len(r.Now.Circles) > 0 {
		t.Errorf("the sheets still open %v", r.Now.Circles)
	}
	s.restart()
	_, err = s.Recover(s.Context(), sheets[0], sheets[1], found("next"))
	s.ok(err)
	circles, err := s.Circles(s.Context(), s.login("next", newWords))
	s.ok(err)
	if len(circles) != 1 {
		t.Errorf("the sheets open %d circles, want the office only", len(circles))
	}
}
