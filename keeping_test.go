package habeas_test

import (
	"testing"

	"habeas"
	"habeas/claim"
)

// A keeper says that cases are looked at again after half a year, and kept for a
// year; one case says otherwise for itself.
func TestCasesComeBack(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	due := func() (titles []string, ended int) {
		today, err := s.Today(ctx, s.as("ana"), 0)
		s.ok(err)
		for _, row := range today.Due {
			titles = append(titles, row.Title)
			if row.Ended {
				ended++
			}
		}
		return titles, ended
	}
	s.refused(s.Retain(ctx, s.as("omar"), claim.Retention{ReviewMonths: 6}), "may.not")
	s.ok(s.Retain(ctx, s.as("vera"), claim.Retention{ReviewMonths: 6, KeepMonths: 12}))
	if got, _ := due(); len(got) != 0 {
		t.Errorf("today is the day they were opened, and %q are due", got)
	}
	f := s.caseOf(s.as("vera"), "basement")
	s.refused(s.Keep(ctx, s.as("ed"), f.ID, claim.Keeping{Review: "2030-01-01"}), "may.not")
	s.refused(s.Keep(ctx, s.as("vera"), f.ID, claim.Keeping{Review: "in spring"}), "consent.bad_day")
	s.refused(s.Keep(ctx, s.as("vera"), habeas.CaseID{1}, claim.Keeping{}), "case.none")
	s.ok(s.Keep(ctx, s.as("vera"), f.ID, claim.Keeping{Review: "2030-01-01"}))
	s.now = s.now.AddDate(0, 7, 0)
	if got, ended := due(); len(got) != 1 || got[0] == f.State.Case.Title || ended != 0 {
		t.Errorf("after seven months got %q, %d of them kept too long; want the other case", got, ended)
	}
	s.now = s.now.AddDate(0, 6, 0)
	if got, ended := due(); len(got) != 2 || ended != 2 {
		t.Errorf("after a year got %q, %d of them kept too long; want both", got, ended)
	}
	s.sweep()
}
