package habeas_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
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
