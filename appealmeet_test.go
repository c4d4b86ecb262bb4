package habeas_test

import (
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/ledger"
	"habeas/vault"
)

// rowsOf returns the rules under which a letter stands on the board.
func (s *story) rowsOf(by habeas.Actor, ref claim.Ref) (rules []string) {
	s.Helper()
	board, err := s.Board(s.Context(), by)
	s.ok(err)
	for _, r := range board {
		if r.Ref == ref && r.Term != nil {
			rules = append(rules, r.Term.Rule)
		}
	}
	return rules
}

// TestBoardSaysWhatTheLetterSays holds the board, which keeps little of each case, to
// the page of a letter: both know of which kind the bodies are.
func TestBoardSaysWhatTheLetterSays(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	_, letter := s.silentProsecutor(vera, f.ID)
	s.board219(vera, letter)
	bench := s.body(vera, "the garrison military court", "court", "RU", "RU-COURT-KAS")
	// Whoever begins it by hand ticks the court's term alone.
	claimed := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "the silence of a prosecutor", Kind: "court-complaint", Authority: bench, Rules: []string{"RU-KAS-DECIDE-226"}, Parent: letter, Came: claim.CameBeside})
	s.board219(vera, letter)
	s.step(vera, f.ID, claimed, claim.StepSent, "2026-04-20")
	if got := s.rowsOf(vera, letter); slices.Contains(got, "RU-KAS-219") {
		t.Errorf("a claim that is in court is still due on the board: %v", got)
	}
	board, err := s.Board(s.Context(), vera)
	s.ok(err)
	for _, row := range board {
		page := s.theAppeal(vera, row.Case, row.Ref)
		if page.Body != row.Body || page.Stage != row.Stage || len(page.Next) != len(row.Next) {
			t.Errorf("%s: the board has %q, %s, %d terms that follow; the page %q, %s, %d", row.Title, row.Body, row.Stage, len(row.Next), page.Body, page.Stage, len(page.Next))
		}
	}
}

// TestGivenUpTakesNothing: a letter that was begun and closed without being sent leaves
// the one it followed as it was, on the board and in the days on which people are woken.
func TestGivenUpTakesNothing(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	_, letter := s.silentProsecutor(vera, f.ID)
	woken := func() bool {
		return slices.ContainsFunc(s.theAppeal(vera, f.ID, letter).Next, func(n *habeas.Term) bool { return n.Rule == "RU-KAS-219" && n.Woken != "" })
	}
	for _, to := range []struct{ body, step string }{{"RU-PROSECUTOR-HIGHER", ""}, {"RU-COURT-KAS", ""}} {
		n := s.nextTo(vera, f.ID, letter, to.body)
		body := s.body(vera, "one for "+to.body, "court", "RU", to.body)
		begun := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "begun by mistake", Kind: "complaint", Authority: body, Rules: n.Rules, Parent: letter, Step: n.ID})
		if slices.Contains(s.rowsOf(vera, letter), "RU-PROC-45") {
			t.Errorf("%s: what was taken further is still waited for", to.body)
		}
		s.step(vera, f.ID, begun, claim.StepClosed, "2026-04-20")
		if got := s.rowsOf(vera, letter); !slices.Contains(got, "RU-PROC-45") || !slices.Contains(got, "RU-KAS-219") {
			t.Errorf("%s: after it was given up the board has %v of the letter before it", to.body, got)
		}
		if !woken() {
			t.Errorf("%s: nobody is woken for our three months any more", to.body)
		}
	}
}

// TestTokenIsStillOwed: words that answer nothing can be complained of at once, and the
// body that wrote them is waited for until its term is over.
func TestTokenIsStillOwed(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	_, letter := s.silentProsecutor(vera, f.ID)
	s.day("2026-03-12")
	_, _, err := s.AddReply(s.Context(), vera, f.ID, letter, habeas.NewReply{Answer: claim.AnswerToken, Impact: "none", On: "2026-03-12"})
	s.ok(err)
	n := s.nextTo(vera, f.ID, letter, "RU-PROSECUTOR-HIGHER")
	above := s.body(vera, "the chief military prosecutor", "prosecutor", "RU", "RU-PROSECUTOR-HIGHER")
	up := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "nothing was answered", Kind: "complaint", Authority: above, Rules: []string{"RU-PROC-45"}, Parent: letter, Step: n.ID})
	if got := s.theAppeal(vera, f.ID, up).Came; got != claim.CameBeside {
		t.Errorf("it came as %s while they still had days to answer", got)
	}
	if got := s.rowsOf(vera, letter); !slices.Contains(got, "RU-PROC-45") {
		t.Errorf("the board has %v of a letter that is still owed an answer", got)
	}
	if got := s.theAppeal(vera, f.ID, letter).Clocks[0].State; got != appeal.Running {
		t.Errorf("their term is %s", got)
	}
}

// TestErasedNumberStandsNowhere: a letter that was approved with the number of an
// earlier one cannot leave once that number was erased, and no other can be made with it.
func TestErasedNumberStandsNowhere(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.shown("vera", s.caseOf(s.as("vera"), "officer"))
	f := s.caseOf(vera, "officer")
	s.inRussian(vera, f)
	garrison := s.authority(vera, "garrison prosecutor", "prosecutor", "RU")
	before := s.sentBefore(vera, f, garrison)
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held", Kind: "complaint", Authority: garrison})
	for giver, person := range map[string]claim.Ref{claim.GivenBySource: "", claim.GivenByFamily: affected(f)} {
		s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: giver, Person: person, Uses: []claim.Use{{To: "authority", Named: claim.NamedName, Place: "exact"}}}))
	}
	opt := complaint(f, ref)
	opt.Letter.Earlier = []claim.Ref{before}
	if text := s.plain(vera, f, opt); !strings.Contains(text, theirNumber) {
		t.Fatalf("the number is not there to begin with:\n%s", text)
	}
	made, err := s.Propose(ctx, vera, f.ID, opt)
	s.ok(err)
	s.ok(s.Approve(ctx, s.shown("omar", f), f.ID, made, "his comrades know it"))
	s.ok(s.EraseNumbers(ctx, vera, f.ID, before, ledger.Withdrawn, pass("vera")))
	noor, secret := s.editor(f)
	if _, err := s.Release(ctx, noor, f.ID, made, "the garrison prosecutor", secret); err == nil {
		t.Error("a letter with a number that was erased has left")
	}
	if text := s.plain(s.shown("vera", f), f, opt); strings.Contains(text, theirNumber) || !strings.Contains(text, "garrison prosecutor; ") {
		t.Errorf("got\n%s", text)
	}
}

// TestEarlierLetterAboutNobody: a letter of which nobody said whom it is about may be
// about anybody of a case, and is told of as far as all of them allow.
func TestEarlierLetterAboutNobody(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	id, err := s.OpenCase(ctx, vera, s.ownCircle(vera), habeas.NewCase{Title: "several who were taken together", About: "incident"})
	s.ok(err)
	s.ok(s.Reveal(ctx, vera, id, "an earlier letter", pass("vera")))
	one, err := s.AddPerson(ctx, vera, id, habeas.NewPerson{})
	s.ok(err)
	two, err := s.AddPerson(ctx, vera, id, habeas.NewPerson{})
	s.ok(err)
	body := s.authority(vera, "garrison prosecutor", "prosecutor", "RU")
	before := s.appeal(vera, id, habeas.NewAppeal{Title: "of all of them", Kind: "complaint", Authority: body})
	if about := s.theAppeal(vera, id, before).About; len(about) != 0 {
		t.Fatalf("it is about %v", about)
	}
	s.step(vera, id, before, claim.StepSent, "2026-11-02")
	ref := s.appeal(vera, id, habeas.NewAppeal{Title: "of one", Kind: "complaint", Authority: body, About: []claim.Ref{one}})
	got, err := s.EarlierLetters(ctx, vera, id, ref, "authority")
	s.ok(err)
	if !slices.Contains(got, before) {
		t.Error("nobody objects, and it can't be told of")
	}
	src, err := s.AddSource(ctx, vera, id, claim.Source{Kind: "person", Role: "sister"})
	s.ok(err)
	st, err := s.AddStatement(ctx, vera, id, habeas.NewStatement{Source: src, Received: "2026-11-01", Medium: "interview", Lang: "en", Title: "what a sister said", Raw: vault.NewText("They were taken."), Plain: true})
	s.ok(err)
	dismissAll(s, vera, id, st)
	s.ok(s.Settle(ctx, vera, id, st))
	_, err = s.RecordEvent(ctx, vera, id, habeas.EventClaims{
		Passage: claim.Claim{Statement: st, Version: 1, Start: 0, End: 4, Stance: claim.Asserts, Basis: "witnessed"}, Type: "abduction", Involved: []habeas.Involved{{Role: "victim", Ref: two}},
	})
	s.ok(err)
	s.ok(s.Consent(ctx, vera, id, claim.Consent{Statement: st, Giver: claim.GivenBySource, Uses: []claim.Use{{To: "authority", Named: claim.NamedName, Place: "exact"}}}))
	s.ok(s.Consent(ctx, vera, id, claim.Consent{Statement: st, Giver: claim.GivenByPerson, Person: two, Uses: []claim.Use{{To: "authority", Named: claim.NamedNone, Place: "exact"}}}))
	if got, err = s.EarlierLetters(ctx, vera, id, ref, "authority"); err != nil || slices.Contains(got, before) {
		t.Errorf("got %v, %v: it may be about somebody who is not to be mentioned", got, err)
	}
}

// TestNothingFollowsUnsent: nobody can complain of a letter that was never sent; what
// rests on no letter is offered all the same.
func TestNothingFollowsUnsent(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	prosecutor := s.body(vera, "the garrison prosecutor", "prosecutor", "RU", "RU-PROSECUTOR")
	letter := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "only begun", Kind: "complaint", Authority: prosecutor, Rules: []string{"RU-PROC-45"}})
	offered := func() (all []string) {
		steps, err := s.NextSteps(s.Context(), vera, f.ID, letter)
		s.ok(err)
		for _, n := range steps.Next {
			all = append(all, n.To)
		}
		return all
	}
	if got := offered(); slices.Contains(got, "RU-PROSECUTOR-HIGHER") || !slices.Contains(got, "UN-WGEID") {
		t.Errorf("got %v after a letter that was not sent", got)
	}
	s.step(vera, f.ID, letter, claim.StepSent, "2026-11-02")
	if got := offered(); !slices.Contains(got, "RU-PROSECUTOR-HIGHER") {
		t.Errorf("got %v after one that was", got)
	}
}

// TestReceiptStaysWithItsCase: a step of all letters of one action has the receipt in
// the case whose exhibit it is, and in no other.
func TestReceiptStaysWithItsCase(t *testing.T) {
	s := tell(t)
	vera := s.shown("vera", s.caseOf(s.as("vera"), "officer"))
	a, b := s.caseOf(vera, "officer"), s.caseOf(vera, "lieutenant")
	all, err := s.AddAppeals(s.Context(), vera, []habeas.CaseID{a.ID, b.ID}, habeas.NewAppeal{Title: "of both", Kind: "request", Authority: s.authority(vera, "an ombudsman", "ombudsman", "RU")})
	s.ok(err)
	x := s.exhibit(vera, a.ID, s.statement(a, "father").Ref, "receipt.jpg", []byte("\xff\xd8\xff\xe0 of nobody"))
	for _, l := range all {
		if l.Case == a.ID {
			_, err := s.AddStepToAll(s.Context(), vera, l.Case, l.Appeal, claim.Step{What: claim.StepSent, On: "2026-11-20", By: "post", Receipt: x}, habeas.Numbers{})
			s.ok(err)
		}
	}
	for _, l := range all {
		sent, ok := s.theAppeal(vera, l.Case, l.Appeal).Last(claim.StepSent)
		if !ok || (sent.Said.Receipt == x) != (l.Case == a.ID) {
			t.Errorf("got %+v", sent.Said)
		}
	}
}
