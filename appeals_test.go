package habeas_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/vault"
)

// What leads from a letter to a family; all of it is invented.
const (
	tracking     = "80519977340218"
	registration = "ZHG-7/118344"
	replyAddress = "17 Vyhadana lane, flat 904, Nevidomsk"
)

func numbersInvented() habeas.Numbers {
	return habeas.Numbers{Tracking: vault.NewText(tracking), Registration: vault.NewText(registration), Address: vault.NewText(replyAddress)}
}

// day sets the story's clock to the morning of a day.
func (s *story) day(iso string) {
	s.Helper()
	at, err := time.Parse("2006-01-02", iso)
	s.ok(err)
	s.now = at.Add(9 * time.Hour)
}

func (s *story) authority(by habeas.Actor, label, kind, jurisdiction string, within ...claim.Ref) claim.Ref {
	s.Helper()
	ref, err := s.AddAuthority(s.Context(), by, claim.Unit{Label: label, Kind: kind}, claim.Authority{
		Jurisdiction: jurisdiction, Within: within, Channels: []claim.Channel{{By: "post", Address: "1 Main street"}, {By: "portal"}},
	})
	s.ok(err)
	return ref
}

func (s *story) appeal(by habeas.Actor, id habeas.CaseID, n habeas.NewAppeal) claim.Ref {
	s.Helper()
	ref, err := s.AddAppeal(s.Context(), by, id, n)
	s.ok(err)
	return ref
}

func (s *story) step(by habeas.Actor, id habeas.CaseID, ref claim.Ref, what, on string) {
	s.Helper()
	s.ok(s.AddStep(s.Context(), by, id, ref, claim.Step{What: what, On: on, By: map[bool]string{true: "post"}[what == claim.StepSent]}, habeas.Numbers{}))
}

func (s *story) theAppeal(by habeas.Actor, id habeas.CaseID, ref claim.Ref) *habeas.AppealFile {
	s.Helper()
	f, err := s.Appeal(s.Context(), by, id, ref)
	s.ok(err)
	return f
}

// state fails the story unless the first term of an appeal stands as it should.
func (s *story) term(by habeas.Actor, id habeas.CaseID, ref claim.Ref, state appeal.State, due string) {
	s.Helper()
	t := s.theAppeal(by, id, ref).Clocks[0]
	if t.State != state || t.Due.String() != due {
		s.Errorf("%s: got %s, due %s; want %s, due %s", t.Rule, t.State, t.Due, state, due)
	}
}

// sweepFor is sweep with words that this story adds.
func (s *story) sweepFor(words ...string) {
	s.Helper()
	s.seen["log"] = s.logs.Bytes()
	by := s.as("ana")
	var dump bytes.Buffer
	s.ok(s.Dump(s.Context(), by, &dump))
	s.seen["views"] = dump.Bytes()
	s.ok(s.Leave(by))
	testkit.Sweep(s, append(demo.Canaries(), words...), []string{s.dir}, s.seen, nil)
}

// TestFatherWritesFiveLetters is case A: five letters, two answers, one that was sent
// on, one that nobody answered, and the complaint that follows.
func TestFatherWritesFiveLetters(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	ministry := s.authority(vera, "the ministry, letters office", "ministry", "RU")
	prosecutor := s.authority(vera, "the garrison prosecutor", "prosecutor", "RU")
	investigators := s.authority(vera, "the military investigators", "investigator", "RU")
	ombudsman := s.authority(vera, "the ombudsman", "ombudsman", "RU")

	s.day("2026-03-02")
	write := func(to claim.Ref, kind string, rules ...string) claim.Ref {
		return s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held and why", Kind: kind, Authority: to, Rules: rules})
	}
	first := write(ministry, "request", "RU-APPEAL-REPLY")
	second := write(prosecutor, "complaint", "RU-PROC-45")
	third := write(investigators, "crime-report", "RU-CPC-144")
	fourth := write(ombudsman, "ombudsman", "RU-OMB-20")
	fifth := write(ministry, "request", "RU-APPEAL-REPLY")
	if got := s.theAppeal(vera, f.ID, first).Stage; got != claim.Drafted {
		t.Errorf("got stage %s, want drafted", got)
	}

	// All are posted on one day; the fifth goes by e-mail, which starts nothing.
	for _, ref := range []claim.Ref{first, second, third, fourth} {
		s.step(vera, f.ID, ref, claim.StepSent, "2026-03-02")
	}
	s.ok(s.AddStep(s.Context(), vera, f.ID, first, claim.Step{What: claim.StepReceived, On: "2026-03-02"}, numbersInvented()))
	s.ok(s.AddStep(s.Context(), vera, f.ID, fifth, claim.Step{What: claim.StepSent, On: "2026-03-02", By: "e-mail"}, habeas.Numbers{}))
	s.ok(s.AddStep(s.Context(), vera, f.ID, fifth, claim.Step{What: claim.StepReceived, On: "2026-03-02"}, habeas.Numbers{}))
	mail := s.theAppeal(vera, f.ID, fifth).Clocks[0]
	if mail.State != appeal.NotStarted || !slices.ContainsFunc(mail.Steps, func(st appeal.Step) bool { return st.Kind == appeal.StepChannel }) {
		t.Errorf("an e-mail to a Russian body in 2026 starts no term: got %s, %v", mail.State, mail.Steps)
	}

	// Until it is registered, its last day is a range; then it is a day, or two.
	if got := s.theAppeal(vera, f.ID, first).Clocks[0].Due; got.Earliest == got.Latest {
		t.Errorf("got one last day %s of a letter that nobody registered yet", got)
	}
	s.day("2026-03-05")
	s.step(vera, f.ID, first, claim.StepRegistered, "2026-03-04")
	s.step(vera, f.ID, second, claim.StepReceived, "2026-03-04")
	s.step(vera, f.ID, second, claim.StepRegistered, "2026-03-05")
	s.step(vera, f.ID, third, claim.StepReceived, "2026-03-04")
	s.step(vera, f.ID, fourth, claim.StepReceived, "2026-03-04")
	s.term(vera, f.ID, first, appeal.Running, "2026-04-03")

	// The ministry sends its letter on to the prosecutor: a letter of its own there.
	s.day("2026-03-12")
	child, err := s.ForwardAppeal(s.Context(), vera, f.ID, first, "2026-03-10", prosecutor, []string{"RU-PROC-45"})
	s.ok(err)
	if got := s.theAppeal(vera, f.ID, child); got.Parent != first || got.Came != claim.CameRedirect || got.Stage != claim.Sent {
		t.Errorf("got %+v as what was sent on", got.Appeal)
	}
	s.day("2026-03-16")
	s.step(vera, f.ID, child, claim.StepReceived, "2026-03-13")
	s.step(vera, f.ID, child, claim.StepRegistered, "2026-03-16")
	if got := s.theAppeal(vera, f.ID, child).Clocks[0]; got.State != appeal.Running || got.Due.Earliest.Day.String() < "2026-04-14" {
		t.Errorf("got %s, due %s for what was sent on", got.State, got.Due)
	}

	// Two answers: the ombudsman answers something, the prosecutor only writes words.
	s.day("2026-03-20")
	st, ours, err := s.AddReply(s.Context(), vera, f.ID, fourth, habeas.NewReply{
		Answer: "explanation", Impact: "none", On: "2026-03-13", Said: "2026-03-11", Lang: "en", Text: vault.NewText("We have asked the command about Rostyslav Zahorulko."), Title: "The ombudsman's answer",
	})
	s.ok(err)
	if ours != "" {
		t.Error("a term of ours began with an answer that begins none")
	}
	s.term(vera, f.ID, fourth, appeal.IsMet, s.theAppeal(vera, f.ID, fourth).Clocks[0].Due.String())
	told, ok := s.caseOf(vera, "officer").State.Statement(st)
	if !ok || s.caseOf(vera, "officer").State.Sources[told.Source].Unit != ombudsman || told.Newest().Version != 0 {
		t.Errorf("the answer is no statement of the ombudsman that waits to be read: %+v", told)
	}
	_, _, err = s.AddReply(s.Context(), vera, f.ID, second, habeas.NewReply{Answer: claim.AnswerToken, Impact: "none", On: "2026-03-19"})
	s.ok(err)
	if got := s.theAppeal(vera, f.ID, second); got.Stage == claim.StageAnswered || got.Clocks[0].State == appeal.IsMet {
		t.Errorf("words that answer nothing ended the duty to answer: %s, %s", got.Stage, got.Clocks[0].State)
	}

	s.fathersComplaint(vera, f.ID, third)
	s.sealedNumbers(vera, f.ID, first)
	s.sweepFor(tracking, registration, "Vyhadana", "Nevidomsk")
}

// fathersComplaint is what follows when nobody answers.
func (s *story) fathersComplaint(vera habeas.Actor, id habeas.CaseID, silent claim.Ref) {
	s.Helper()
	s.day("2026-04-20")
	board, err := s.Board(s.Context(), vera)
	s.ok(err)
	i := slices.IndexFunc(board, func(r habeas.BoardRow) bool { return r.Ref == silent })
	if i < 0 || !board[i].Term.Overdue() {
		s.Fatalf("the board does not say that the investigators are late: %d rows", len(board))
	}
	next := board[i].Next
	if !slices.ContainsFunc(next, func(n *habeas.Term) bool { return n.Rule == "RU-CPC-124" }) {
		s.Errorf("got %d next steps, and none is a complaint to the prosecutor", len(next))
	}
	complaint := s.appeal(vera, id, habeas.NewAppeal{
		Title: "nobody decided on the report of a crime", Kind: "complaint", Authority: board[i].Authority, Rules: []string{"RU-CPC-124"}, Parent: silent, Came: claim.CameEscalation,
	})
	if got := s.theAppeal(vera, id, silent).Stage; got != claim.Escalated {
		s.Errorf("got stage %s, want escalated", got)
	}
	s.step(vera, id, complaint, claim.StepSent, "2026-04-20")
	board, err = s.Board(s.Context(), vera)
	s.ok(err)
	if slices.ContainsFunc(board, func(r habeas.BoardRow) bool { return r.Ref == silent }) {
		s.Error("what was taken further is still on the board")
	}
}

// sealedNumbers says who sees the numbers of a letter.
func (s *story) sealedNumbers(vera habeas.Actor, id habeas.CaseID, ref claim.Ref) {
	s.Helper()
	_, err := s.AppealNumbers(s.Context(), vera, id, ref)
	s.refused(err, "reveal.first")
	s.ok(s.Reveal(s.Context(), vera, id, "to write to the ministry", pass("vera")))
	n, err := s.AppealNumbers(s.Context(), vera, id, ref)
	s.ok(err)
	if n.Tracking.Reveal() != tracking || n.Registration.Reveal() != registration || n.Address.Reveal() != replyAddress {
		s.Errorf("got numbers %v", n)
	}
	_, err = s.AppealNumbers(s.Context(), s.as("ana"), id, ref)
	s.refused(err, "may.not")
	err = s.AddStep(s.Context(), s.as("ana"), id, ref, claim.Step{What: claim.StepClosed}, habeas.Numbers{})
	s.refused(err, "may.not")
}

// TestMotherAtTheWorkingGroup is case B: the urgent route, the State's "missing in
// action", and the objection in time.
func TestMotherAtTheWorkingGroup(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "lieutenant")
	group := s.authority(vera, "the working group on disappearances", "international", "UN")
	state := s.authority(vera, "the permanent mission", "ministry", "UN")
	s.day("2026-02-02")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "a lieutenant who is missing", Kind: "urgent-action", Authority: group, Rules: []string{"UN-WGEID-URGENT", "UN-WGEID-SEND"}})
	s.step(vera, f.ID, ref, claim.StepHappened, "2026-01-15")
	s.term(vera, f.ID, ref, appeal.Running, "2026-04-15")
	board, err := s.Board(s.Context(), vera)
	s.ok(err)
	s.oursFirst(board, ref)
	s.step(vera, f.ID, ref, claim.StepSent, "2026-02-02")
	s.step(vera, f.ID, ref, claim.StepReceived, "2026-02-02")
	s.term(vera, f.ID, ref, appeal.IsMet, "2026-04-15")

	// The State answers that he is missing in action. Nobody has to remember what
	// that begins.
	s.day("2026-08-10")
	// A letter beside it that waits to be sent is no objection.
	s.appeal(vera, f.ID, habeas.NewAppeal{Title: "a letter beside", Kind: "request", Authority: state, Parent: ref, Came: claim.CameBeside})
	st, opened, err := s.AddReply(s.Context(), vera, f.ID, ref, habeas.NewReply{
		Answer: "explanation", Impact: "none", On: "2026-08-08", Said: "2026-07-31", By: state, Lang: "ru",
		Text: vault.NewText("Лейтенант Воробейчиков Т. М. числится пропавшим без вести."), Title: "The State's reply",
	})
	s.ok(err)
	if opened == "" || st == "" {
		t.Fatal("the State's reply opened no term of ours")
	}
	told, _ := s.caseOf(vera, "lieutenant").State.Statement(st)
	if got := s.caseOf(vera, "lieutenant").State.Sources[told.Source].Unit; got != state {
		t.Error("the reply is not what the State said")
	}
	s.term(vera, f.ID, opened, appeal.Running, "2027-01-31") // from the day it bears, which is the earlier
	board, err = s.Board(s.Context(), vera)
	s.ok(err)
	s.oursFirst(board, opened)
	if s.theAppeal(vera, f.ID, opened).Clocks[0].Trust == appeal.Confirmed {
		t.Error("a rule that nobody confirmed is said to be")
	}
	s.day("2027-01-30")
	s.step(vera, f.ID, opened, claim.StepSent, "2027-01-29")
	s.term(vera, f.ID, opened, appeal.IsMet, "2027-01-31")
	if s.theAppeal(vera, f.ID, opened).Clocks[0].Late {
		t.Error("an objection in time is said to be late")
	}
	// A reply that was here when we objected opens no second objection. One that came
	// later does, and until that is sent no third.
	reply := func(on string) claim.Ref {
		_, opened, err := s.AddReply(s.Context(), vera, f.ID, ref, habeas.NewReply{Answer: "denial", On: on})
		s.ok(err)
		return opened
	}
	if reply("2027-01-28") != "" {
		t.Error("two objections to one reply")
	}
	anew := reply("2027-01-30")
	if anew == "" {
		t.Fatal("what the State said after our objection opened no term of ours")
	}
	s.term(vera, f.ID, anew, appeal.Running, "2027-07-30")
	if reply("2027-01-30") != "" {
		t.Error("two objections that wait")
	}
	s.step(vera, f.ID, anew, claim.StepClosed, "2027-01-30")
	if reply("2027-01-30") == "" {
		t.Error("an objection that was given up stands in the way of another")
	}
	s.sweep()
}

// oursFirst fails the story unless an appeal is on the board as ours, and nothing that
// is not stands before it.
func (s *story) oursFirst(board []habeas.BoardRow, ref claim.Ref) {
	s.Helper()
	for _, r := range board {
		if !r.Ours() {
			break
		}
		if r.Ref == ref {
			return
		}
	}
	s.Fatal("a term of ours does not stand before the others")
}

// TestAddresseeWhoIsAlleged says that a body is named in a case before anything is
// written to it, to who may see that case and to nobody else.
func TestAddresseeWhoIsAlleged(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	police := s.authority(vera, "the military police", "military-police", "RU")
	above := s.authority(vera, "the command above it", "command", "RU")
	harmless := s.authority(vera, "the ombudsman", "ombudsman", "RU")
	_, err := s.AddAuthority(s.Context(), vera, claim.Unit{Ref: police}, claim.Authority{Jurisdiction: "RU", Within: []claim.Ref{above}})
	s.ok(err)
	said := s.statement(f, "father")
	passage := claim.Claim{Statement: said.Ref, Version: 1, Start: 0, End: 4, Stance: claim.Asserts, Basis: "witnessed"}
	_, err = s.RecordEvent(s.Context(), vera, f.ID, habeas.EventClaims{Passage: passage, Type: "beating", Involved: []habeas.Involved{{Role: "victim", Ref: affected(f)}, {Role: "carried-out", Ref: police}}})
	s.ok(err)
	for _, want := range []struct {
		unit claim.Ref
		n    int
	}{{police, 1}, {above, 1}, {harmless, 0}} {
		got, err := s.AllegedOf(s.Context(), vera, want.unit)
		s.ok(err)
		if len(got) != want.n {
			t.Errorf("got %v, want %d cases", got, want.n)
		}
		for _, a := range got {
			if a.Case != f.ID || a.Role != "carried-out" || a.Origins != 1 || (a.Through != "") != (want.unit == above) {
				t.Errorf("got %+v", a)
			}
		}
	}
	n := habeas.NewAppeal{Title: "who beats those in your custody", Kind: "complaint", Authority: police}
	_, err = s.AddAppeal(s.Context(), vera, f.ID, n)
	s.refused(err, "appeal.alleged")
	n.Warned = true
	if got := s.theAppeal(vera, f.ID, s.appeal(vera, f.ID, n)); !got.Warned {
		t.Error("nothing says that the member was warned")
	}
	// A colleague of another circle learns nothing of it.
	other := s.outsider(vera)
	got, err := s.AllegedOf(s.Context(), other, police)
	s.ok(err)
	if len(got) != 0 {
		t.Errorf("somebody who may not see the case learned %v", got)
	}
	if board, err := s.Board(s.Context(), other); err != nil || len(board) != 0 {
		t.Errorf("got %d rows, %v for somebody who sees no case", len(board), err)
	}
	s.sweep()
}

// outsider is a caseworker of another circle.
func (s *story) outsider(vera habeas.Actor) habeas.Actor {
	s.Helper()
	other, err := s.NewCircle(s.Context(), vera, "Others", pass("vera"))
	s.ok(err)
	vera = s.as("vera")
	code, err := s.Invite(s.Context(), vera, habeas.Invitation{Name: "ZOE", Roles: demo.Members()[1].Roles, Shares: []habeas.Share{{Circle: other, Vault: true}}}, pass("vera"))
	s.ok(err)
	const words = "velvet anchor drifting pumpkin meadow"
	_, err = s.Join(s.Context(), code, "zoe", vault.NewText(words))
	s.ok(err)
	token, err := s.Login(s.Context(), "zoe", vault.NewText(words))
	s.ok(err)
	by, err := s.Desk.Actor(s.Context(), token)
	s.ok(err)
	return by
}

// TestLastDayEndsThere holds that a last day is over when it is over at the addressee,
// and not hours later at the server.
func TestLastDayEndsThere(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	court := s.authority(vera, "the court", "court", "RU")
	s.day("2026-03-02")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "the silence of a body", Kind: "court-complaint", Authority: court, Rules: []string{"RU-KAS-219"}})
	s.step(vera, f.ID, ref, claim.StepKnown, "2026-03-02")
	s.day("2026-06-02")
	s.term(vera, f.ID, ref, appeal.IsDue, "2026-06-02")
	s.now = time.Date(2026, 6, 2, 20, 59, 0, 0, time.UTC)
	s.term(vera, f.ID, ref, appeal.IsDue, "2026-06-02")
	s.now = time.Date(2026, 6, 2, 21, 1, 0, 0, time.UTC) // one minute past midnight in Moscow
	s.term(vera, f.ID, ref, appeal.Overdue, "2026-06-02")
}

// TestOneLetterForSeveralFamilies is one action with a record in each case.
func TestOneLetterForSeveralFamilies(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	a, b := s.caseOf(vera, "officer"), s.caseOf(vera, "lieutenant")
	ombudsman := s.authority(vera, "the ombudsman", "ombudsman", "RU")
	n := habeas.NewAppeal{Title: "those who are held", Kind: "request", Authority: ombudsman, Rules: []string{"RU-OMB-20"}}
	all, err := s.AddAppeals(s.Context(), vera, []habeas.CaseID{a.ID, b.ID, a.ID}, n)
	s.ok(err)
	if len(all) != 2 {
		t.Fatalf("got %d records, want one in each of two cases", len(all))
	}
	done, err := s.AddStepToAll(s.Context(), vera, all[0].Case, all[0].Appeal, claim.Step{What: claim.StepSent, On: "2026-11-20", By: "post"}, habeas.Numbers{})
	s.ok(err)
	if done != 2 {
		t.Errorf("got the step in %d cases, want 2", done)
	}
	for _, x := range all {
		f := s.theAppeal(vera, x.Case, x.Appeal)
		who := map[habeas.CaseID]claim.Ref{a.ID: affected(a), b.ID: affected(b)}[x.Case]
		if f.Stage != claim.Sent || !slices.Equal(f.About, []claim.Ref{who}) || f.Batch.IsZero() {
			t.Errorf("got %s about %v", f.Stage, f.About)
		}
	}
	before, err := s.Appeals(s.Context(), vera, b.ID)
	s.ok(err)
	n.Title = "Rostyslav Zahorulko"
	_, err = s.AddAppeals(s.Context(), vera, []habeas.CaseID{a.ID, b.ID}, n)
	s.refused(err, "desk.name_in_field")
	if got, err := s.Appeals(s.Context(), vera, b.ID); err != nil || len(got) != len(before) {
		t.Errorf("what could not be recorded in one case was recorded in another: %d, %v", len(got), err)
	}
}

// TestSlipsOfThePen refuses what would move a term by mistake.
func TestSlipsOfThePen(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	ministry := s.authority(vera, "the ministry, letters office", "ministry", "RU")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is", Kind: "request", Authority: ministry, Rules: []string{"RU-APPEAL-REPLY"}})
	for on, key := range map[string]string{"2026-02-30": "appeal.bad_day", "2027-02-01": "appeal.future", "": "appeal.bad_day", "soon": "appeal.bad_day"} {
		err := s.AddStep(s.Context(), vera, f.ID, ref, claim.Step{What: claim.StepSent, On: on, By: "post"}, habeas.Numbers{})
		s.refused(err, key)
	}
	_, err := s.AddAppeal(s.Context(), vera, f.ID, habeas.NewAppeal{Title: "x y", Kind: "request", Authority: ministry, Rules: []string{"RU-NO-SUCH"}})
	s.refused(err, "appeal.no_rule")
	s.step(vera, f.ID, ref, claim.StepSent, "2026-11-10")
	sent, _ := s.theAppeal(vera, f.ID, ref).Last(claim.StepSent)
	fix := claim.Step{What: claim.StepSent, On: "2026-11-12", By: "post", Replaces: sent.Entry}
	s.refused(s.AddStep(s.Context(), vera, f.ID, ref, fix, habeas.Numbers{}), "claim.no_reason")
	fix.Reason = "the receipt says another day"
	s.ok(s.AddStep(s.Context(), vera, f.ID, ref, fix, habeas.Numbers{}))
	if got := s.theAppeal(vera, f.ID, ref); len(slices.DeleteFunc(got.Steps, func(n claim.Noted[claim.Step]) bool { return n.Said.What != claim.StepSent })) != 1 {
		t.Error("a step that was corrected counts beside the one that corrects it")
	}

	// A rule with an error is named by its line, and the rules before it stay.
	text := "rule RU-APPEAL-REPLY 9\njurisdiction RU\nnonsense here\n"
	s.refused(s.ReviewRules(s.Context(), vera, text), "appeal.bad_rules")
	set, err := s.Rules(s.Context(), vera)
	s.ok(err)
	if v := set.Versions("RU-APPEAL-REPLY"); v[len(v)-1].Version == 9 {
		t.Error("a rule that cannot be read counts")
	}
}
