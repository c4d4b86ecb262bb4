package habeas_test

import (
	"fmt"
	"testing"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/ledger"
	"habeas/vault"
)

// Numbers of the letter of family i, all invented.
func numbersOf(i int) habeas.Numbers {
	streets := []string{"Nichyia lane 44", "Porozhnia street 9", "Daleka road 71", "Vyhadka square 3", "Nihde embankment 15"}
	return habeas.Numbers{Tracking: vault.NewText(fmt.Sprintf("%d80519977%d", 73+i, 8814*(i+3))), Address: vault.NewText(streets[i])}
}

// fiveFamilies records one letter in five cases, with numbers of its own in each.
func (s *story) fiveFamilies(vera habeas.Actor, ombudsman claim.Ref) []habeas.AppealID {
	s.Helper()
	var ids []habeas.CaseID
	rows, err := s.Cases(s.Context(), vera)
	s.ok(err)
	circle := rows[0].Circle.ID
	for i := range 5 {
		id, err := s.OpenCase(s.Context(), vera, circle, habeas.NewCase{Title: fmt.Sprintf("one of five families, number %d", i), About: "person"})
		s.ok(err)
		ids = append(ids, id)
	}
	all, err := s.AddAppeals(s.Context(), vera, ids, habeas.NewAppeal{Title: "those who are held", Kind: "request", Authority: ombudsman, Rules: []string{"RU-OMB-20"}})
	s.ok(err)
	for i, x := range all {
		s.ok(s.AddStep(s.Context(), vera, x.Case, x.Appeal, claim.Step{What: claim.StepSent, On: "2026-11-20", By: "post"}, numbersOf(i)))
	}
	return all
}

// TestFiveFamilies is one action that makes five records; what one of them cannot have
// none has. The numbers of each are apart, and one family takes its own back: after
// that no byte of them is anywhere.
func TestFiveFamilies(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	all := s.fiveFamilies(vera, s.authority(vera, "the ombudsman", "ombudsman", "RU"))
	if len(all) != 5 {
		t.Fatalf("got %d records, want five", len(all))
	}
	count := func() (n int) {
		for _, x := range all {
			f := s.theAppeal(vera, x.Case, x.Appeal)
			n += len(f.Steps)
			files, err := s.Appeals(ctx, vera, x.Case)
			s.ok(err)
			n += 100 * len(files)
		}
		return n
	}
	before := count()
	cases := []habeas.CaseID{ledger.NewID()}
	for _, x := range all {
		cases = append(cases, x.Case)
	}
	_, err := s.AddAppeals(ctx, vera, cases, habeas.NewAppeal{Title: "once more", Kind: "request", Authority: s.theAppeal(vera, all[0].Case, all[0].Appeal).Authority})
	if err == nil {
		t.Error("a letter was recorded for a case that is not there")
	}
	_, err = s.AddStepToAll(ctx, vera, all[0].Case, all[0].Appeal, claim.Step{What: claim.StepReceived, On: "2027-03-01"}, habeas.Numbers{})
	s.refused(err, "appeal.future")
	if got := count(); got != before {
		t.Errorf("what could not be recorded in all was recorded in some: %d, want %d", got, before)
	}

	s.reveals(vera, all)
	for i, x := range all {
		n, err := s.AppealNumbers(ctx, vera, x.Case, x.Appeal)
		s.ok(err)
		if n.Tracking.Reveal() != numbersOf(i).Tracking.Reveal() || n.Address.Reveal() != numbersOf(i).Address.Reveal() {
			t.Errorf("family %d: got the numbers of another", i)
		}
	}
	s.eraseNumbersOf(vera, all[2])
	s.reveals(vera, all)
	for i, x := range all {
		n, err := s.AppealNumbers(ctx, vera, x.Case, x.Appeal)
		s.ok(err)
		if gone := n.Tracking.Reveal()+n.Registration.Reveal()+n.Address.Reveal() == ""; gone != (i == 2) {
			t.Errorf("family %d: its numbers are gone: %v", i, gone)
		}
	}
	f := s.theAppeal(vera, all[2].Case, all[2].Appeal)
	if f.Stage != claim.Received || f.Clocks[0].State == appeal.NoTerm {
		t.Errorf("got stage %s, term %s: the letter is not what it was", f.Stage, f.Clocks[0].State)
	}
	var words []string
	for i := range all {
		words = append(words, numbersOf(i).Tracking.Reveal(), numbersOf(i).Address.Reveal())
	}
	s.sweepFor(words...)
}

func (s *story) reveals(by habeas.Actor, all []habeas.AppealID) {
	s.Helper()
	for _, x := range all {
		s.ok(s.Reveal(s.Context(), by, x.Case, "for a letter of five families", pass("vera")))
	}
}

// eraseNumbersOf erases the numbers of a letter, and holds that nothing of them is left.
func (s *story) eraseNumbersOf(vera habeas.Actor, x habeas.AppealID) {
	s.Helper()
	ctx := s.Context()
	key := s.theAppeal(vera, x.Case, x.Appeal).VaultKey
	needles := s.sealed(key)
	if len(needles) < 2 || len(s.holding(needles)) == 0 {
		s.Fatalf("%d needles, in no file: this test would see nothing", len(needles))
	}
	plan, err := s.ErasingNumbers(ctx, vera, x.Case, x.Appeal)
	s.ok(err)
	if plan.Tracking != 1 || plan.Registration != 0 || plan.Address != 1 || !plan.Backups.Equal(s.now.AddDate(0, 0, 30)) {
		s.Errorf("got plan %+v", plan)
	}
	for _, handle := range []string{"ana", "ed"} {
		s.refused(s.EraseNumbers(ctx, s.as(handle), x.Case, x.Appeal, ledger.Withdrawn, pass(handle)), "may.not")
	}
	s.refused(s.EraseNumbers(ctx, vera, x.Case, x.Appeal, ledger.Withdrawn, vault.NewText("wrong")), "login.wrong")
	s.refused(s.EraseNumbers(ctx, vera, x.Case, x.Appeal, ledger.Resealed, pass("vera")), "erase.why")
	if _, gone, err := s.NumbersErased(ctx, vera, x.Case, x.Appeal); err != nil || gone {
		s.Errorf("got erased %v, %v before anything was", gone, err)
	}
	s.ok(s.EraseNumbers(ctx, vera, x.Case, x.Appeal, ledger.Withdrawn, pass("vera")))
	if files := s.holding(needles); files != nil {
		s.Errorf("pieces of the key or the numbers are still in %v", files)
	}
	proof, err := habeas.Prove(ctx, s.config())
	s.ok(err)
	if !proof.Clean() || len(proof.Erasures) != 1 {
		s.Errorf("got proof %+v, want nothing left", proof)
	}
	if s.verified("vera").Pruned == 0 {
		s.Error("nothing was pruned")
	}
	for _, handle := range []string{"vera", "ana"} {
		e, gone, err := s.NumbersErased(ctx, s.as(handle), x.Case, x.Appeal)
		s.ok(err)
		if !gone || e.By != vera.Member || e.Why != ledger.Withdrawn || !e.Backups.Equal(s.now.AddDate(0, 0, 30)) {
			s.Errorf("%s: got %+v, %v, want when, by whom and why", handle, e, gone)
		}
	}
	s.refused(s.EraseNumbers(ctx, vera, x.Case, x.Appeal, ledger.Withdrawn, pass("vera")), "appeal.numbers_erased")
	late := claim.Step{What: claim.StepReceived, On: "2026-11-21"}
	s.refused(s.AddStep(ctx, vera, x.Case, x.Appeal, late, numbersInvented()), "appeal.numbers_erased")
	s.ok(s.AddStep(ctx, vera, x.Case, x.Appeal, late, habeas.Numbers{}))
	s.seen["prove"] = []byte(fmt.Sprintf("%+v", proof))
}
