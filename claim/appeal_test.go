package claim

import (
	"slices"
	"testing"

	"habeas/ledger"
)

func (b *book) appeal(to Ref, parent Ref, came string) Ref {
	b.t.Helper()
	ref := NewRef(RefAppeal)
	b.write(KindAppeal, &Appeal{Ref: ref, Title: "where he is held", Kind: "request", Authority: to, Parent: parent, Came: came})
	return ref
}

func (b *book) step(s Step) ledger.ID {
	b.t.Helper()
	return b.write(KindStep, &s)
}

// TestStages follows a letter through what can become of it.
func TestStages(t *testing.T) {
	b := newBook(t)
	to := b.unit("the ministry", "ministry")
	ref := b.appeal(to, "", "")
	want := func(stage string) {
		t.Helper()
		st := b.fold()
		if a, ok := st.Appeal(ref); !ok || st.Stage(a) != stage {
			t.Errorf("got stage %s, want %s", st.Stage(a), stage)
		}
	}
	want(Drafted)
	for _, c := range []struct {
		step  Step
		stage string
	}{
		{Step{What: StepKnown, On: "2026-03-01"}, Drafted},
		{Step{What: StepSent, On: "2026-03-02", By: "post"}, Sent},
		{Step{What: StepReceived, On: "2026-03-04"}, Received},
		{Step{What: StepRegistered, On: "2026-03-05"}, Registered},
		{Step{What: StepDue, On: "2026-03-30", Rule: RuleVersion{"RU-APPEAL-REPLY", 1}}, Registered},
		{Step{What: StepAnswered, On: "2026-03-07", Answer: AnswerToken}, Registered},
		{Step{What: StepAnswered, On: "2026-03-08", Answer: AnswerAsks}, Registered},
		{Step{What: StepExtended, On: "2026-03-09"}, StageExtended},
		{Step{What: StepSilent}, Silent},
		{Step{What: StepForwarded, On: "2026-03-10"}, Forwarded},
	} {
		c.step.Appeal = ref
		b.step(c.step)
		want(c.stage)
	}
	b.appeal(to, ref, CameEscalation)
	want(Escalated)
	b.step(Step{Appeal: ref, What: StepAnswered, On: "2026-05-01", Answer: "denial"})
	want(StageAnswered)
	b.step(Step{Appeal: ref, What: StepClosed})
	want(Closed)
}

// TestStepsThatWereCorrected count no more; a step of another letter corrects nothing.
func TestStepsThatWereCorrected(t *testing.T) {
	b := newBook(t)
	to := b.unit("the ministry", "ministry")
	one, other := b.appeal(to, "", ""), b.appeal(to, "", "")
	wrong := b.step(Step{Appeal: one, What: StepSent, On: "2026-03-02"})
	kept := b.step(Step{Appeal: one, What: StepReceived, On: "2026-03-04"})
	b.step(Step{Appeal: one, What: StepSent, On: "2026-03-03", Replaces: wrong, Reason: "the receipt says so"})
	b.step(Step{Appeal: other, What: StepReceived, On: "2026-03-09", Replaces: kept, Reason: "of another letter"})
	b.step(Step{Appeal: NewRef(RefAppeal), What: StepReceived, On: "2026-03-09"})
	st := b.fold()
	a, _ := st.Appeal(one)
	var got []string
	for _, s := range a.Steps {
		got = append(got, s.Said.What+" "+s.Said.On)
	}
	if !slices.Equal(got, []string{"received 2026-03-04", "sent 2026-03-03"}) {
		t.Errorf("got %v", got)
	}
	if len(st.Problems) != 1 || st.Problems[0].Key != "claim.no_appeal" {
		t.Errorf("got problems %v, want one of a letter that is not there", st.Problems)
	}
	sent, _ := a.Last(StepSent)
	b.step(Step{Appeal: one, What: StepSent, Replaces: sent.Entry, Void: true, Reason: "it never left"})
	st = b.fold()
	if a, _ = st.Appeal(one); len(a.Steps) != 1 {
		t.Errorf("what did not happen counts: %v", a.Steps)
	}
}

// TestAuthoritiesThatCrossed keep what both say they belong to.
func TestAuthoritiesThatCrossed(t *testing.T) {
	b := newBook(t)
	to, a, c := b.unit("the police", "police"), b.unit("a command", "command"), b.unit("another command", "command")
	b.crossing(
		func() { b.write(KindAuthority, &Authority{Unit: to, Jurisdiction: "RU", Within: []Ref{a}}) },
		func() { b.write(KindAuthority, &Authority{Unit: to, Jurisdiction: "RU", Within: []Ref{c}}) },
	)
	got, ok := b.fold().Authority(to)
	if !ok || !slices.Contains(got.Within, a) || !slices.Contains(got.Within, c) {
		t.Errorf("got %+v", got)
	}
}

// TestBadAppealsAreRefused holds that slips of the pen are not recorded.
func TestBadAppealsAreRefused(t *testing.T) {
	to, ref := NewRef(RefUnit), NewRef(RefAppeal)
	good := Appeal{Ref: ref, Title: "x", Kind: "request", Authority: to}
	if err := Check(&good); err != nil {
		t.Fatal(err)
	}
	change := func(do func(*Appeal)) *Appeal { a := good; do(&a); return &a }
	for name, body := range map[string]any{
		"no title":          change(func(a *Appeal) { a.Title = " " }),
		"no kind":           change(func(a *Appeal) { a.Kind = "" }),
		"to a person":       change(func(a *Appeal) { a.Authority = NewRef(RefPerson) }),
		"its own parent":    change(func(a *Appeal) { a.Parent, a.Came = ref, CameRedirect }),
		"parent of no sort": change(func(a *Appeal) { a.Parent = NewRef(RefAppeal) }),
		"too many":          change(func(a *Appeal) { a.Rules = make([]RuleVersion, MaxRules+1) }),
		"no day":            &Step{Appeal: ref, What: StepSent},
		"bad day":           &Step{Appeal: ref, What: StepSent, On: "2026-02-30"},
		"bad clock":         &Step{Appeal: ref, What: StepSent, On: "2026-02-20", Clock: "25:00"},
		"no sort of answer": &Step{Appeal: ref, What: StepAnswered, On: "2026-02-20"},
		"answer elsewhere":  &Step{Appeal: ref, What: StepSent, On: "2026-02-20", Answer: "denial"},
		"void, and why not": &Step{Appeal: ref, What: StepSent, Void: true},
		"unknown step":      &Step{Appeal: ref, What: "lost", On: "2026-02-20"},
		"no law":            &Authority{Unit: to, Jurisdiction: "Russia"},
		"unknown way":       &Authority{Unit: to, Jurisdiction: "RU", Channels: []Channel{{By: "pigeon"}}},
	} {
		if err := Check(body); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
