package habeas_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/internal/mail"
)

// TestWokenWhileLocked holds that what is stored in clear of a term is a day before
// it, and nothing else; and that it comes back until somebody has seen it.
func TestWokenWhileLocked(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	court := s.authority(vera, "the court", "court", "RU")
	demos, err := s.WakeDays(s.Context(), vera)
	s.ok(err)
	wakes := func() []time.Time {
		days, err := s.WakeDays(s.Context(), vera)
		s.ok(err)
		return slices.DeleteFunc(days, func(d time.Time) bool { return slices.Contains(demos, d) })
	}
	s.day("2026-03-02")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "the silence of a body", Kind: "court-complaint", Authority: court, Rules: []string{"RU-KAS-219"}})
	s.step(vera, f.ID, ref, claim.StepKnown, "2026-03-02")
	due := s.theAppeal(vera, f.ID, ref).Clocks[0].Due.Earliest.Day
	day := s.theAppeal(vera, f.ID, ref).Clocks[0].Woken
	if day < due.AddDays(-10).String() || day > due.AddDays(-3).String() {
		t.Fatalf("people are woken on %s for %s", day, due)
	}
	if got, err := s.Waking(s.Context()); err != nil || len(got) != 0 {
		t.Fatalf("somebody is woken at once: %v, %v", got, err)
	}
	if days := wakes(); len(days) != 1 || days[0].Format("2006-01-02") != day {
		t.Errorf("got days %v, want %s", days, day)
	}
	s.ok(s.LockAll(vera))
	for range 3 { // three days on which nobody looks
		s.day(day)
		got, err := s.Waking(s.Context())
		s.ok(err)
		if len(got) != 1 || got[0].Urgent {
			t.Fatalf("nobody is woken on %s: %v", day, got)
		}
		s.now = s.now.AddDate(0, 0, 1)
	}
	vera = s.as("vera")
	s.refused(s.HeedTerm(s.Context(), vera, f.ID, ref, "RU-OMB-20"), "appeal.not_woken")
	s.ok(s.HeedTerm(s.Context(), vera, f.ID, ref, "RU-KAS-219"))
	if got, err := s.Waking(s.Context()); err != nil || len(got) != 0 {
		t.Errorf("people are woken for what somebody has seen: %v, %v", got, err)
	}
	if days := wakes(); len(days) != 1 || days[0].Format("2006-01-02") >= due.String() {
		t.Errorf("a term of ours that nobody met yet wakes nobody again: %v", days)
	}
	s.step(vera, f.ID, ref, claim.StepSent, s.now.Format("2006-01-02"))
	if days := wakes(); len(days) != 0 {
		t.Errorf("people are woken for a term that was met: %v", days)
	}
	s.seen["days"] = []byte(strings.Join([]string{day}, " "))
	s.sweep()
}

// TestLockedForThirtyDays is an office that nobody opens for a month: from the day that
// was drawn there is one mail a day, through a restart, until a member has seen the
// term, and none before that day and none after.
func TestLockedForThirtyDays(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	court := s.authority(vera, "the court", "court", "RU")
	s.day("2026-03-02")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "the silence of a body", Kind: "court-complaint", Authority: court, Rules: []string{"RU-KAS-219"}})
	s.step(vera, f.ID, ref, claim.StepKnown, "2026-03-02")
	woken := s.theAppeal(vera, f.ID, ref).Clocks[0].Woken
	s.ok(s.LockAll(vera))

	var state mail.State
	mails := map[string][]mail.Kind{}
	live := func(days int) {
		for range days * 24 {
			s.now = s.now.Add(time.Hour)
			waiting, err := s.Waking(s.Context())
			s.ok(err)
			var all []mail.Waiting
			for _, w := range waiting {
				all = append(all, mail.Waiting{ID: mail.ID(w.ID), Arrived: w.Day, Urgent: w.Urgent})
			}
			next, kind := mail.Config{Waking: mail.Hours{From: 8 * 60, To: 20 * 60}}.Waker().Next(state, s.now, all)
			if state = next; kind != mail.Nothing {
				mails[s.now.Format(time.DateOnly)] = append(mails[s.now.Format(time.DateOnly)], kind)
			}
		}
	}
	at, err := time.Parse(time.DateOnly, woken)
	s.ok(err)
	s.now = at.AddDate(0, 0, -5)
	live(20)
	s.reopened(func() {})
	live(15)
	for i := range 35 {
		day := at.AddDate(0, 0, i-5).Format(time.DateOnly)
		if got, want := len(mails[day]), map[bool]int{true: 1}[i >= 5]; got != want {
			t.Errorf("%s: got %d mails, want %d", day, got, want)
		}
	}
	vera = s.as("vera")
	if days, err := s.WakeDays(s.Context(), vera); err != nil || len(days) == 0 || days[0].Format(time.DateOnly) != s.now.Format(time.DateOnly) {
		t.Errorf("the calendar of days has %v, want today for the day that nobody saw; %v", days, err)
	}
	if got := s.theAppeal(vera, f.ID, ref).Clocks[0]; got.Woken != woken {
		t.Errorf("a member who comes back finds %s, want the day %s that nobody saw", got.Woken, woken)
	}
	s.ok(s.HeedTerm(s.Context(), vera, f.ID, ref, "RU-KAS-219"))
	clear(mails)
	live(3)
	if len(mails) != 0 {
		t.Errorf("there is mail for what a member has seen: %v", mails)
	}
	s.seen["wake"] = state.Encode()
	s.sweep()
}

// TestSilenceWakes holds that people are woken for what begins when nobody answers,
// though nobody records that nobody did.
func TestSilenceWakes(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	ministry := s.authority(vera, "the ministry, letters office", "ministry", "RU")
	s.day("2025-03-03")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held", Kind: "request", Authority: ministry, Rules: []string{"RU-APPEAL-REPLY"}})
	for _, what := range []string{claim.StepSent, claim.StepReceived, claim.StepRegistered} {
		s.step(vera, f.ID, ref, what, "2025-03-03")
	}
	woken := func(from, to string) bool {
		days, err := s.WakeDays(s.Context(), vera)
		s.ok(err)
		return slices.ContainsFunc(days, func(d time.Time) bool { at := d.Format("2006-01-02"); return from <= at && at <= to })
	}
	if !woken("2025-03-23", "2025-03-30") { // before their term, which ends on 2 April
		t.Error("nobody is woken for their term")
	}
	if !woken("2025-06-23", "2025-06-30") { // before ours, which ends on 3 July
		t.Error("nobody is woken for the term that silence opens")
	}
	s.day("2025-04-10")
	board, err := s.Board(s.Context(), vera)
	s.ok(err)
	s.oursFirst(board, ref)
	if got := s.theAppeal(vera, f.ID, ref).Next; len(got) == 0 || got[0].Rule != "RU-KAS-219" || got[0].Due.String() != "2025-07-03" {
		t.Errorf("got %v after silence", got)
	}
	court := s.authority(vera, "the district court", "court", "RU")
	further := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "the silence of a body", Kind: "court-complaint", Authority: court, Rules: []string{"RU-KAS-219"}, Parent: ref, Came: claim.CameEscalation})
	s.term(vera, f.ID, further, appeal.Running, "2025-07-03") // it began there, and nobody has to remember when
	if !woken("2025-06-23", "2025-06-30") {
		t.Error("nobody is woken for a term that was taken further")
	}
	s.step(vera, f.ID, further, claim.StepSent, "2025-04-10")
	if woken("2025-06-23", "2025-06-30") || woken("2025-03-23", "2025-03-30") {
		t.Error("people are woken for a term that was met, or of a letter that was taken further")
	}
	s.sweep()
}

// TestReviewedRuleMovesNothing holds that a letter keeps the version of a rule by which
// it was reckoned, and that a reviewed rule cannot take the number of another.
func TestReviewedRuleMovesNothing(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	ombudsman := s.authority(vera, "the ombudsman", "ombudsman", "RU")
	write := func() claim.Ref {
		ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "those who are held", Kind: "ombudsman", Authority: ombudsman, Rules: []string{"RU-OMB-20"}})
		s.step(vera, f.ID, ref, claim.StepReceived, "2026-11-20")
		return ref
	}
	before := write()
	due := s.theAppeal(vera, f.ID, before).Clocks[0].Due.String()
	const reviewed = `rule RU-OMB-20 %d
jurisdiction RU
addressee federal human rights ombudsman
law a law that was invented for a test
starts received
what the letter reaches the ombudsman
duty theirs
length 99 days
first-day not counted
end stays
source a test
checked 2026-11-27
by nobody
confirmed no
open It was invented for a test.
`
	s.refused(s.ReviewRules(s.Context(), vera, fmt.Sprintf(reviewed, 1)), "appeal.bad_rules")
	s.ok(s.ReviewRules(s.Context(), vera, fmt.Sprintf(reviewed, 7)))
	if got := s.theAppeal(vera, f.ID, before).Clocks[0]; got.Due.String() != due || !got.Newer || got.Version == 7 {
		t.Errorf("a reviewed rule moved a term from %s to %s (v%d)", due, got.Due, got.Version)
	}
	if got := s.theAppeal(vera, f.ID, write()).Clocks[0]; got.Due.String() != "2027-02-27" || got.Version != 7 || got.Newer {
		t.Errorf("got %s by v%d, want the reviewed rule", got.Due, got.Version)
	}
}
