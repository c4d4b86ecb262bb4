package habeas_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/gate"
)

// aHandover is a bundle of one safe copy that was approved for an audience.
func (s *story) aHandover(f *habeas.CaseFile, audience string) (made, ref claim.Ref) {
	s.Helper()
	ctx, vera, omar := s.Context(), s.shown("vera", f), s.shown("omar", f)
	mum := s.statement(f, "mother")
	s.lets(f, mum.Ref, claim.Use{To: audience, Named: claim.NamedCover, Place: "exact"})
	ref = s.exhibit(vera, f.ID, mum.Ref, "DSC_0001.jpg", aPicture(s))
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, ref))
	made, err := s.ProposeHandover(ctx, vera, f.ID, s.answered(vera, f.ID, habeas.HandoverOptions{
		Audience: audience, To: theCourt, Items: []habeas.HandedItem{{Exhibit: ref, Which: habeas.HandSafe}},
	}))
	s.ok(err)
	h, _, err := s.Handover(ctx, omar, f.ID, made)
	s.ok(err)
	var keys []string
	for _, q := range h.Questions {
		keys = append(keys, q.Key)
	}
	s.ok(s.ApproveHandover(ctx, omar, f.ID, made, "only the court", keys...))
	return made, ref
}

// Two editors release the same bundle at once: it leaves once, and the history of the
// exhibit says so once.
func TestTwoReleaseABundleAtOnce(t *testing.T) {
	s := tell(t)
	f := s.caseOf(s.as("vera"), "basement")
	noor, secret := s.editor(f)
	made, ref := s.aHandover(f, "court")
	var all sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		all.Go(func() { errs[i] = s.ReleaseHandover(s.Context(), noor, f.ID, made, secret) })
	}
	all.Wait()
	good := 0
	for _, err := range errs {
		if err == nil {
			good++
		}
	}
	handed := slices.DeleteFunc(acts(s.exhibitOf(s.shown("vera", f), f.ID, ref)), func(a custody.Act) bool { return a != custody.HandedOver })
	if good != 1 || len(handed) != 1 {
		t.Errorf("%d released it, and its history says so %d times", good, len(handed))
	}
}

// Files that were handed over are no dossier: they do not go with a letter as one.
func TestBundleIsNoLetter(t *testing.T) {
	s := tell(t)
	f := s.caseOf(s.as("vera"), "basement")
	noor, secret := s.editor(f)
	made, _ := s.aHandover(f, "court")
	s.ok(s.ReleaseHandover(s.Context(), noor, f.ID, made, secret))
	vera := s.as("vera")
	court := s.authority(vera, "the garrison court", "court", "RU")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "men under armed guard", Kind: "complaint", Authority: court})
	rows, err := s.LetterDossiers(s.Context(), vera, f.ID)
	s.ok(err)
	if len(rows) != 0 {
		t.Errorf("%d bundles could go as a letter", len(rows))
	}
	s.refused(s.AttachDossier(s.Context(), vera, f.ID, ref, made), "appeal.letter_audience")
}

// What the gate could not read of what an original carries is told to those who decide:
// the end of a long comment is kept nowhere but in the original.
func TestOriginalWithALongComment(t *testing.T) {
	s := tell(t)
	f := s.caseOf(s.as("vera"), "basement")
	vera := s.shown("vera", f)
	mum := s.statement(f, "mother")
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedName, Place: "exact"})
	plain := aPicture(t)
	words := strings.Repeat("a grey day ", 20) + "with Tikhon Vorobeychikov"
	comment := append([]byte{0xff, 0xfe, byte((len(words) + 2) >> 8), byte(len(words) + 2)}, words...)
	long := slices.Concat(plain[:2], comment, plain[2:])
	for name, b := range map[string][]byte{"plain.jpg": plain, "long.jpg": long} {
		ref := s.exhibit(vera, f.ID, mum.Ref, name, b)
		s.ok(s.MakeSafeCopy(s.Context(), vera, f.ID, ref))
		h, err := s.PreviewHandover(s.Context(), vera, f.ID, habeas.HandoverOptions{Audience: "court", To: theCourt, Items: []habeas.HandedItem{{Exhibit: ref, Which: habeas.HandOriginal}}})
		s.ok(err)
		told := slices.ContainsFunc(h.Questions, func(q habeas.Question) bool {
			return q.About == habeas.AskFile && slices.ContainsFunc(q.Unread, func(u gate.Unread) bool { return u.Reason == gate.TooLarge })
		})
		if want := name == "long.jpg"; told != want {
			t.Errorf("%s: it says that the gate read not all of it: %v; %+v", name, told, h.Files)
		}
	}
}

// A photograph that is sent without a name is no text that somebody typed: it is not
// its own safe copy, which a page shows and a bundle takes as it is.
func TestNamelessFileIsNotTyped(t *testing.T) {
	s := tell(t)
	f := s.caseOf(s.as("vera"), "basement")
	vera := s.shown("vera", f)
	ref := s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, exhibitName, aPicture(t))
	of := habeas.FileOf{Exhibit: ref}
	s.derive(vera, f.ID, of, " ", string(aPicture(t)), habeas.WorkingCopy)
	s.derive(vera, f.ID, of, "", translated, habeas.Transcript)
	made := s.exhibitOf(vera, f.ID, ref).Made
	if made[0].Here || made[0].Typed() || made[0].Safe != nil {
		t.Error("a photograph counts as typed here")
	}
	if !made[1].Here || !made[1].Typed() || made[1].Safe == nil {
		t.Error("what was typed does not")
	}
}

// The words of rules are for the whole office, and the words of a step for who holds
// no vault: neither names anybody.
func TestRulesAndStepsNameNobody(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	const name = "Tikhon Vorobeychikov"
	set, err := s.Rules(s.Context(), vera)
	s.ok(err)
	before := len(set.Rules())
	s.refused(s.ReviewRules(s.Context(), vera, inventedRule("asked for by the mother of "+name)), "desk.name_in_field")
	set, err = s.Rules(s.Context(), vera)
	s.ok(err)
	if len(set.Rules()) != before {
		t.Error("a rule that names somebody was recorded")
	}
	s.ok(s.ReviewRules(s.Context(), vera, inventedRule("asked for by a lawyer")))

	ministry := s.authority(vera, "the ministry, letters office", "ministry", "RU")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is", Kind: "request", Authority: ministry, Rules: []string{"RU-APPEAL-REPLY"}})
	s.step(vera, f.ID, ref, claim.StepSent, "2026-11-10")
	for _, ext := range []string{name, "because he is ill"} {
		err := s.AddStep(s.Context(), vera, f.ID, ref, claim.Step{What: claim.StepExtended, On: "2026-11-11", Extension: ext}, habeas.Numbers{})
		s.refused(err, "claim.unknown_term")
	}
	for _, x := range s.theAppeal(vera, f.ID, ref).Clocks[0].Of.Extensions {
		s.ok(s.AddStep(s.Context(), vera, f.ID, ref, claim.Step{What: claim.StepExtended, On: "2026-11-11", Extension: x.ID}, habeas.Numbers{}))
	}
}

// inventedRule is a rule of the law with words about who asked for it.
func inventedRule(words string) string {
	return "rule RU-INVENTED 1\njurisdiction RU\naddressee a body that does not exist\nlaw no law, art. 1\nstarts registered\nwhat the letter gets a number\n" +
		"duty theirs\nlength 30 days\nfirst-day not counted\nend unsaid\nsource example.org/none\nchecked 2026-11-20\nby " + words + "\nconfirmed partly\nopen It is invented.\n"
}

// Two editors release a dossier at once, to two readers: the register has the one who
// gets it, and the other is told.
func TestTwoReleaseADossierAtOnce(t *testing.T) {
	s := tell(t)
	ctx, vera, omar, ed := s.Context(), s.as("vera"), s.as("omar"), s.as("ed")
	f := s.caseOf(vera, "officer")
	ref, err := s.Propose(ctx, vera, f.ID, habeas.DossierOptions{Audience: "authority", Lang: "ru"})
	s.ok(err)
	s.ok(s.Approve(ctx, omar, f.ID, ref, "his comrades know it, and a prosecutor could act"))
	var all sync.WaitGroup
	errs, to := make([]error, 2), []string{"the garrison prosecutor", "the ombudsman"}
	for i := range errs {
		all.Go(func() { _, errs[i] = s.Release(ctx, ed, f.ID, ref, to[i], pass("ed")) })
	}
	all.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("got %v, want one that is told it has left", errs)
	}
	rows, err := s.Releases(ctx, vera, affected(f))
	s.ok(err)
	for i, err := range errs {
		if err == nil && (len(rows) != 1 || rows[0].To != to[i]) {
			t.Errorf("the register says %+v, want %s", rows, to[i])
		}
	}
}
