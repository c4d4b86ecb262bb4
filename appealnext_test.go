package habeas_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/ledger"
	"habeas/vault"
)

// body records a body with its kind in the register.
func (s *story) body(by habeas.Actor, label, kind, jurisdiction, register string) claim.Ref {
	s.Helper()
	ref, err := s.AddAuthority(s.Context(), by, claim.Unit{Label: label, Kind: kind}, claim.Authority{Jurisdiction: jurisdiction, Body: register})
	s.ok(err)
	return ref
}

// nextTo returns the step to a kind of body after a letter, or after any.
func (s *story) nextTo(by habeas.Actor, id habeas.CaseID, after claim.Ref, to string) habeas.NextStep {
	s.Helper()
	steps, err := s.NextSteps(s.Context(), by, id, after)
	s.ok(err)
	var all []string
	for _, n := range steps.Next {
		if n.To == to {
			return n
		}
		all = append(all, n.To)
	}
	s.Fatalf("no step to %s: got %s", to, strings.Join(all, ", "))
	return habeas.NextStep{}
}

// reason returns the first reason of a kind.
func (s *story) reason(n habeas.NextStep, kind appeal.ReasonKind) appeal.Reason {
	s.Helper()
	i := slices.IndexFunc(n.Reasons, func(r appeal.Reason) bool { return r.Kind == kind })
	if i < 0 {
		s.Fatalf("%s has no reason of the kind %s: %+v", n.ID, kind, n.Reasons)
	}
	return n.Reasons[i]
}

// ownCircle returns a circle in which by can open a case.
func (s *story) ownCircle(by habeas.Actor) ledger.ID {
	s.Helper()
	circles, err := s.Circles(s.Context(), by)
	s.ok(err)
	i := slices.IndexFunc(circles, func(c habeas.Circle) bool { return c.Vault && !c.Office })
	if i < 0 {
		s.Fatal("no circle of their own")
	}
	return circles[i].ID
}

// silentProsecutor is the father's letter to a prosecutor who got it on 5 March 2026 and
// never answered; it is the 20th of April.
func (s *story) silentProsecutor(by habeas.Actor, id habeas.CaseID) (prosecutor, letter claim.Ref) {
	s.Helper()
	prosecutor = s.body(by, "the garrison prosecutor", "prosecutor", "RU", "RU-PROSECUTOR")
	s.day("2026-03-02")
	letter = s.appeal(by, id, habeas.NewAppeal{Title: "armed guard without a decision", Kind: "complaint", Authority: prosecutor, Rules: []string{"RU-PROC-45"}})
	s.step(by, id, letter, claim.StepSent, "2026-03-02")
	s.day("2026-03-05")
	s.step(by, id, letter, claim.StepReceived, "2026-03-04")
	s.step(by, id, letter, claim.StepRegistered, "2026-03-05")
	s.day("2026-04-20")
	return prosecutor, letter
}

// TestFatherGoesOn is case A: the prosecutor is silent, and the higher one and a court
// are offered with reasons; what is begun has its day from the silence, and what is ours
// stays on the board.
func TestFatherGoesOn(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	_, letter := s.silentProsecutor(vera, f.ID)

	higher := s.nextTo(vera, f.ID, letter, "RU-PROSECUTOR-HIGHER")
	if higher.Open != appeal.Yes || higher.Trust == appeal.Confirmed || len(higher.Bodies) != 0 || higher.Law == "" || len(higher.Needs) == 0 {
		t.Errorf("got %+v", higher)
	}
	court := s.nextTo(vera, f.ID, letter, "RU-COURT-KAS")
	term := s.reason(court, appeal.TermOurs)
	if court.Open != appeal.Yes || term.Term != "RU-KAS-219" || term.Holds != appeal.Yes || court.Due.Earliest.Day.String() != "2026-07-07" {
		t.Errorf("got %+v, until %s", term, court.Due)
	}
	if got := strings.Join(court.Rules, " "); got != "RU-KAS-219 RU-KAS-DECIDE-226" {
		t.Errorf("got terms %s: ours stand first", got)
	}
	first, err := s.NextSteps(s.Context(), vera, f.ID, letter)
	s.ok(err)
	if first.Next[0].To != "RU-COURT-KAS" || first.State != "RU" || first.Tried.Overdue < 1 {
		t.Errorf("got %s first, against %q, tried %+v: the term of ours comes first", first.Next[0].To, first.State, first.Tried)
	}
	s.board219(vera, letter)

	// To the higher prosecutor: that takes nothing from the three months for a court.
	above := s.body(vera, "the chief military prosecutor", "prosecutor", "RU", "RU-PROSECUTOR-HIGHER")
	if n := s.nextTo(vera, f.ID, letter, "RU-PROSECUTOR-HIGHER"); len(n.Bodies) != 1 || n.Bodies[0].Ref != above {
		t.Errorf("the body of that kind is not offered: %+v", n.Bodies)
	}
	up := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "the garrison prosecutor is silent", Kind: "complaint", Authority: above, Rules: []string{"RU-PROC-45"}, Parent: letter, Step: higher.ID})
	got := s.theAppeal(vera, f.ID, up)
	if got.Came != claim.CameEscalation || !slices.Equal(got.About, s.theAppeal(vera, f.ID, letter).About) || got.Parent != letter {
		t.Errorf("got %+v as what was taken further", got.Appeal)
	}
	if n := s.nextTo(vera, f.ID, letter, "RU-PROSECUTOR-HIGHER"); n.Begun != up {
		t.Error("a step that was taken is offered as if it was not")
	}
	s.board219(vera, letter)

	// The claim in court has the day on which its term began, and takes it off the letter.
	bench := s.body(vera, "the garrison military court", "court", "RU", "RU-COURT-KAS")
	claimed := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "the silence of a prosecutor", Kind: "court-complaint", Authority: bench, Rules: court.Rules, Parent: letter, Step: court.ID})
	if at := s.theAppeal(vera, f.ID, claimed).Clocks[0]; at.Rule != "RU-KAS-219" || at.State != appeal.Running || at.Due.Earliest.Day.String() != "2026-07-07" {
		t.Errorf("got %s %s until %s", at.Rule, at.State, at.Due)
	}
	for _, n := range s.theAppeal(vera, f.ID, letter).Next {
		if n.Rule == "RU-KAS-219" {
			t.Error("a term that a letter has taken up still stands with the one before it")
		}
	}
	chain, err := s.FurtherTo(s.Context(), vera, f.ID, claimed)
	s.ok(err)
	if len(chain) != 2 || chain[1].Ref != letter {
		t.Errorf("got %d letters that it is further to", len(chain)-1)
	}
	s.sweep()
}

// board219 fails the story unless the three months for a court stand on the board as
// ours, with the letter from whose silence they run.
func (s *story) board219(by habeas.Actor, letter claim.Ref) {
	s.Helper()
	board, err := s.Board(s.Context(), by)
	s.ok(err)
	if !slices.ContainsFunc(board, func(r habeas.BoardRow) bool { return r.Ref == letter && r.Ours() && r.Term.Rule == "RU-KAS-219" }) {
		s.Error("our three months for a court stand on no board")
	}
	if s.theAppeal(by, board[0].Case, board[0].Ref) == nil {
		s.Error("the board leads nowhere")
	}
}

// TestBesideTheProsecutor is case A before the United Nations: the Working Group is
// offered, the Committee with what the table says of both, and a letter that was silent
// goes on being waited for.
func TestBesideTheProsecutor(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	_, letter := s.silentProsecutor(vera, f.ID)
	said := s.statement(f, "father")
	passage := claim.Claim{Statement: said.Ref, Version: 1, Start: 0, End: 4, Stance: claim.Asserts, Basis: "witnessed", When: "2026-03"}
	_, err := s.RecordEvent(s.Context(), vera, f.ID, habeas.EventClaims{Passage: passage, Type: "disappearance", Involved: []habeas.Involved{{Role: "victim", Ref: affected(f)}}})
	s.ok(err)

	group := s.nextTo(vera, f.ID, letter, "UN-WGEID")
	for _, r := range group.Reasons {
		if r.Kind == appeal.Holding && slices.Contains(r.Facts, "disappeared") && r.Holds != appeal.Yes {
			t.Errorf("that he disappeared is not taken from the case: %+v", r)
		}
	}
	committee := s.nextTo(vera, f.ID, letter, "UN-CED-30")
	party := s.reason(committee, appeal.Holding)
	for _, r := range committee.Reasons {
		if slices.Contains(r.Facts, "party-CED") {
			party = r
		}
	}
	if party.Holds != appeal.Unknown || party.Trust != appeal.Unconfirmed {
		t.Errorf("Russia is no party and he may be a national of one; nobody confirmed either: got %+v", party)
	}
	if slices.ContainsFunc(committee.Reasons, func(r appeal.Reason) bool { return r.Kind == appeal.Beside }) {
		t.Error("a procedure that nobody began is said to stand in the way")
	}

	wg := s.body(vera, "the working group", "international", "UN", "UN-WGEID")
	un := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "an officer of whom nobody says where he is", Kind: "urgent-action", Authority: wg, Rules: []string{"UN-WGEID-URGENT", "UN-WGEID-SEND"}, Parent: letter, Step: group.ID})
	got := s.theAppeal(vera, f.ID, un)
	if got.Came != claim.CameBeside || got.Body != "UN-WGEID" {
		t.Errorf("got %s at %s", got.Came, got.Body)
	}
	if c := got.Clocks[0]; c.Due.String() == "" || c.Due.Earliest == c.Due.Latest && c.State == appeal.Running {
		t.Errorf("he disappeared in some day of a month, and the term has one last day: %s", c.Due)
	}
	if st := s.theAppeal(vera, f.ID, letter).Stage; st == claim.Escalated {
		t.Error("the prosecutor's silence is off the board because of another procedure")
	}
	s.step(vera, f.ID, un, claim.StepSent, "2026-04-20")
	beside := s.reason(s.nextTo(vera, f.ID, letter, "UN-CED-30"), appeal.Beside)
	if beside.With != "UN-WGEID" || beside.Bars != appeal.BarsUnknown || beside.Holds != appeal.Unknown {
		t.Errorf("got %+v for the Committee beside the Working Group", beside)
	}
	if n := s.nextTo(vera, f.ID, letter, "UN-WGEID"); n.Open != appeal.No || n.Begun != un {
		t.Errorf("the Working Group is offered again: %s", n.Open)
	}
	s.sweep()
}

// TestWhereAProcedureHasCome is what becomes of a communication: the State's term runs
// from the day it was passed on, words that the body has not are refused, and a reply of
// the State is no such word.
func TestWhereAProcedureHasCome(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "lieutenant")
	wgad := s.body(vera, "the other working group", "international", "UN", "UN-WGAD")
	ministry := s.body(vera, "the ministry of letters", "ministry", "RU", "RU-BODY")
	s.day("2026-02-02")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "held without a court", Kind: "communication", Authority: wgad, Rules: []string{"UN-WGAD-REPLY"}})
	home := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held", Kind: "request", Authority: ministry, Rules: []string{"RU-APPEAL-REPLY"}})
	s.step(vera, f.ID, ref, claim.StepSent, "2026-02-02")
	if c := s.theAppeal(vera, f.ID, ref).Clocks[0]; c.State != appeal.NotStarted {
		t.Errorf("the State's term runs, and nobody has sent it anything: %s", c.State)
	}
	follow := func(ref claim.Ref, what, on string) error {
		return s.AddStep(s.Context(), vera, f.ID, ref, claim.Step{What: claim.StepFollow, Follow: what, On: on}, habeas.Numbers{})
	}
	s.day("2026-03-10")
	s.ok(follow(ref, "sent-to-state", "2026-03-02"))
	s.term(vera, f.ID, ref, appeal.Running, "2026-05-01")
	s.refused(follow(ref, "discontinued", "2026-03-03"), "appeal.which_follow") // the Working Group on disappearances says that
	s.refused(follow(ref, "state-reply", "2026-03-03"), "appeal.which_follow")
	s.refused(follow(home, "opinion", "2026-03-03"), "appeal.which_follow")
	s.refused(follow(ref, "", "2026-03-03"), "appeal.which_follow")
	s.day("2026-06-10")
	s.ok(follow(ref, "opinion", "2026-06-08"))
	if !s.theAppeal(vera, f.ID, ref).Over() {
		t.Error("an Opinion was given, and the procedure goes on")
	}
	if states := strings.Join(habeas.FollowStates("UN-WGEID"), " "); states != "transmitted clarified discontinued closed" {
		t.Errorf("got %s", states)
	}
	for _, id := range []string{"UN-CED-30", "UN-WGEID", "UN-WGAD", "UN-SR-TORTURE", "UN-SP", "UN-HRC", "EU-ECHR", ""} {
		if states := habeas.FollowStates(id); !slices.ContainsFunc(states, claim.PassesOn) || len(states) < 2 {
			t.Errorf("a communication to %q can become %v: nothing begins the State's term", id, states)
		}
	}
	s.sweep()
}

// TestChecklistFromFindings is case B: a month stays a month, what is sealed is not said
// to be there or missing, and nothing that leads to a family stands in it.
func TestChecklistFromFindings(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "lieutenant")
	row := func(lists []habeas.Checklist, id string) habeas.CheckRow {
		t.Helper()
		i := slices.IndexFunc(lists[0].Rows, func(r habeas.CheckRow) bool { return r.ID == id })
		return lists[0].Rows[i]
	}
	lists, err := s.Checklists(s.Context(), vera, f.ID, "UN-WGEID", "")
	s.ok(err)
	if len(lists) != 2 || lists[0].Form.ID != "wgeid-urgent" || len(lists[0].Form.Consent) == 0 {
		t.Fatalf("got %d lists", len(lists))
	}
	if got := row(lists, "a"); got.State != habeas.HeldSealed {
		t.Errorf("his name: got %s while names are not shown", got.State)
	}
	if got := row(lists, "f"); got.State != habeas.HeldTyped {
		t.Errorf("who submits: got %s", got.State)
	}
	said := s.statement(f, "mother")
	passage := claim.Claim{Statement: said.Ref, Version: 1, Start: 0, End: 4, Stance: claim.Asserts, Basis: "witnessed", When: "2025-11"}
	_, err = s.RecordEvent(s.Context(), vera, f.ID, habeas.EventClaims{Passage: passage, Type: "abduction", Involved: []habeas.Involved{{Role: "victim", Ref: affected(f)}}})
	s.ok(err)
	lists, err = s.Checklists(s.Context(), vera, f.ID, "UN-WGEID", "")
	s.ok(err)
	when := row(lists, "b")
	if when.State != habeas.HeldBy || !slices.ContainsFunc(when.Has, func(h habeas.Had) bool { return h.Event == "abduction" && h.When.String() == "2025-11" }) {
		t.Errorf("he was taken in some day of a month: got %s, %+v", when.State, when.Has)
	}
	s.ok(s.Reveal(s.Context(), vera, f.ID, "for a communication", pass("vera")))
	lists, err = s.Checklists(s.Context(), vera, f.ID, "UN-WGEID", "")
	s.ok(err)
	if got := row(lists, "a"); got.State != habeas.HeldBy {
		t.Errorf("his name: got %s while names are shown", got.State)
	}
	for _, who := range []string{"vera", "ana"} {
		lists, err := s.Checklists(s.Context(), s.as(who), f.ID, "UN-WGEID", "")
		s.ok(err)
		b, err := json.Marshal(lists)
		s.ok(err)
		s.seen[who+" checklists"] = b
	}
	if lists, err := s.Checklists(s.Context(), s.as("ana"), f.ID, "UN-WGEID", ""); err != nil || row(lists, "a").State != habeas.HeldSealed {
		t.Errorf("an analyst learns whether the vault has a name: %v", err)
	}
	s.sweep()
}

// TestBodiesOfBefore holds that bodies nobody gave a kind are read as ever, that a kind
// can be corrected, and that what follows is not guessed.
func TestBodiesOfBefore(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	old := s.authority(vera, "some prosecutor", "prosecutor", "RU")
	s.day("2026-03-02")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is", Kind: "request", Authority: old, Rules: []string{"RU-PROC-45"}})
	steps, err := s.NextSteps(s.Context(), vera, f.ID, ref)
	s.ok(err)
	if len(steps.Unknown) != 1 || steps.Unknown[0] != ref || slices.ContainsFunc(steps.Next, func(n habeas.NextStep) bool { return strings.HasPrefix(n.To, "RU-") }) {
		t.Errorf("a prosecutor, or a higher one: got %+v", steps)
	}
	again := func(body, law string) error {
		_, err := s.AddAuthority(s.Context(), vera, claim.Unit{Ref: old}, claim.Authority{Jurisdiction: law, Body: body})
		return err
	}
	s.refused(again("RU-NO-SUCH", "RU"), "appeal.other_law")
	s.refused(again("RU-PROSECUTOR", "UA"), "appeal.other_law")
	s.ok(again("RU-PROSECUTOR-HIGHER", "RU"))
	s.ok(again("RU-PROSECUTOR", "RU"))
	if got := s.theAppeal(vera, f.ID, ref).Body; got != "RU-PROSECUTOR" {
		t.Errorf("got %q", got)
	}
	s.step(vera, f.ID, ref, claim.StepSent, s.now.Format("2006-01-02")) // of what never left nothing follows
	s.nextTo(vera, f.ID, ref, "RU-PROSECUTOR-HIGHER")
	if only := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "a crime", Kind: "crime-report", Authority: s.authority(vera, "investigators", "investigator", "RU"), Rules: []string{"RU-CPC-144"}}); s.theAppeal(vera, f.ID, only).Body != "RU-INVESTIGATOR" {
		t.Error("only one kind of body has this term, and it is not taken for that")
	}
}

// TestStepsTellNobodyOfOthers holds that what is said of a body in a case warns those
// who may open that case, and tells nothing to anybody else.
func TestStepsTellNobodyOfOthers(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f, b := s.caseOf(vera, "officer"), s.caseOf(vera, "lieutenant")
	_, letter := s.silentProsecutor(vera, b.ID)
	above := s.body(vera, "the chief military prosecutor", "prosecutor", "RU", "RU-PROSECUTOR-HIGHER")
	said := s.statement(f, "father")
	passage := claim.Claim{Statement: said.Ref, Version: 1, Start: 0, End: 4, Stance: claim.Asserts, Basis: "witnessed"}
	_, err := s.RecordEvent(s.Context(), vera, f.ID, habeas.EventClaims{Passage: passage, Type: "beating", Involved: []habeas.Involved{{Role: "victim", Ref: affected(f)}, {Role: "carried-out", Ref: above}}})
	s.ok(err)
	if n := s.nextTo(vera, b.ID, letter, "RU-PROSECUTOR-HIGHER"); !n.Warn || n.Open == appeal.Yes {
		t.Errorf("nothing warns of a body that is said to have beaten somebody: %+v", n.NextStep)
	}
	other := s.outsider(vera)
	_, err = s.NextSteps(s.Context(), other, b.ID, letter)
	s.refused(err, "case.none")
	_, err = s.Checklists(s.Context(), other, b.ID, "UN-WGEID", "")
	s.refused(err, "case.none")
	own, err := s.OpenCase(s.Context(), other, s.ownCircle(other), habeas.NewCase{Title: "somebody else", About: "person"})
	s.ok(err)
	_, err = s.AddPerson(s.Context(), other, own, habeas.NewPerson{})
	s.ok(err)
	theirs := s.appeal(other, own, habeas.NewAppeal{Title: "where he is", Kind: "request", Authority: s.body(other, "another prosecutor", "prosecutor", "RU", "RU-PROSECUTOR"), Rules: []string{"RU-PROC-45"}})
	s.step(other, own, theirs, claim.StepSent, "2026-04-20")
	if n := s.nextTo(other, own, theirs, "RU-PROSECUTOR-HIGHER"); n.Warn {
		t.Error("a member of another circle learns that a case is about this body")
	}
	steps, err := s.NextSteps(s.Context(), other, own, "")
	s.ok(err)
	text, err := json.Marshal(steps)
	s.ok(err)
	s.seen["another circle's steps"] = text
	s.sweepFor()
}

// TestSameStepForSeveralFamilies holds that a step taken in several cases at once begins
// each family's own term, from what its own case says.
func TestSameStepForSeveralFamilies(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	a, b := s.caseOf(vera, "officer"), s.caseOf(vera, "lieutenant")
	s.day("2026-04-20")
	for on, f := range map[string]*habeas.CaseFile{"2026-03-10": a, "2026-02": b} {
		said := f.State.Statements[0]
		passage := claim.Claim{Statement: said.Ref, Version: 1, Start: 0, End: 4, Stance: claim.Asserts, Basis: "witnessed", When: on}
		_, err := s.RecordEvent(s.Context(), vera, f.ID, habeas.EventClaims{Passage: passage, Type: "disappearance", Involved: []habeas.Involved{{Role: "victim", Ref: affected(f)}}})
		s.ok(err)
	}
	wg := s.body(vera, "the working group", "international", "UN", "UN-WGEID")
	all, err := s.AddAppeals(s.Context(), vera, []habeas.CaseID{a.ID, b.ID}, habeas.NewAppeal{Title: "of whom nobody says where they are", Kind: "urgent-action", Authority: wg, Rules: []string{"UN-WGEID-URGENT"}, Step: "TO-WGEID-URGENT"})
	s.ok(err)
	if len(all) != 2 {
		t.Fatalf("got %d letters", len(all))
	}
	for _, x := range all {
		c := s.theAppeal(vera, x.Case, x.Appeal).Clocks[0]
		began, ok := s.theAppeal(vera, x.Case, x.Appeal).Last(claim.StepHappened)
		if !ok || c.State == appeal.NotStarted {
			t.Fatalf("the term has not begun: %s", c.State)
		}
		// The demo's cases tell of earlier arrests: the earliest day counts.
		first := s.nextTo(vera, x.Case, "", "UN-WGEID")
		if first.Begun != x.Appeal || first.Ours == nil || first.Ours.Due != c.Due {
			t.Errorf("from %s until %s, and the case says %+v", began.Said.On, c.Due, first.Ours)
		}
	}
	_, err = s.AddAppeals(s.Context(), vera, []habeas.CaseID{a.ID, b.ID}, habeas.NewAppeal{Title: "a step that is none", Kind: "request", Authority: wg, Step: "TO-NOWHERE"})
	s.refused(err, "claim.unknown_term")
	_, err = s.AddAppeal(s.Context(), vera, a.ID, habeas.NewAppeal{Title: "a step that is none", Kind: "request", Authority: wg, Step: "TO-NOWHERE"})
	s.refused(err, "claim.unknown_term")
	s.sweep()
}

// TestWhoIsAskedOfSeveral holds that in a case about several people one family's yes is
// not taken for another's.
func TestWhoIsAskedOfSeveral(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	id, err := s.OpenCase(s.Context(), vera, s.ownCircle(vera), habeas.NewCase{Title: "people led away", About: "incident"})
	s.ok(err)
	one, err := s.AddPerson(s.Context(), vera, id, habeas.NewPerson{})
	s.ok(err)
	two, err := s.AddPerson(s.Context(), vera, id, habeas.NewPerson{})
	s.ok(err)
	source, err := s.AddSource(s.Context(), vera, id, claim.Source{Kind: "person", Role: "mother"})
	s.ok(err)
	said, err := s.AddStatement(s.Context(), vera, id, habeas.NewStatement{Source: source, Said: "2026-04", Medium: "letter", Lang: "en", Title: "what a mother wrote", Raw: vault.NewText("They led them away."), Plain: true})
	s.ok(err)
	uses := []claim.Use{{To: "un", Named: claim.NamedName, Place: "exact"}}
	s.ok(s.Consent(s.Context(), vera, id, claim.Consent{Statement: said, Giver: claim.GivenBySource, Uses: uses}))
	s.ok(s.Consent(s.Context(), vera, id, claim.Consent{Statement: said, Giver: claim.GivenByFamily, Person: one, Uses: uses}))
	for who, want := range map[claim.Ref]appeal.Answer{one: appeal.Yes, two: appeal.Unknown} {
		lists, err := s.Checklists(s.Context(), vera, id, "UN-WGEID", who)
		s.ok(err)
		if lists[0].Consent != want {
			t.Errorf("got %q, want %q", lists[0].Consent, want)
		}
	}
}

// A letter that follows one about somebody else of the case is about them, too, if
// nothing is said of that: not about whom the case is about.
func TestFollowingLetterIsAboutTheSame(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	other, err := s.AddPerson(s.Context(), vera, f.ID, habeas.NewPerson{Protection: claim.Protected})
	s.ok(err)
	body := s.authority(vera, "the ministry", "ministry", "RU")
	first := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "who was held with him", Kind: "request", Authority: body, About: []claim.Ref{other}})
	next := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "the same again", Kind: "request", Authority: body, Parent: first, Came: claim.CameBeside})
	if got := s.theAppeal(vera, f.ID, next).About; !slices.Equal(got, []claim.Ref{other}) {
		t.Errorf("got a letter about %v, want one about %v", got, other)
	}
}
