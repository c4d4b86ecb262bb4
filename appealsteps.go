package habeas

import (
	"context"
	"slices"

	"habeas/appeal"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// The steps that [Desk.AddStep] records: the others have methods of their own.
var plainSteps = []string{
	claim.StepSent, claim.StepReceived, claim.StepRegistered, claim.StepKnown, claim.StepHappened, claim.StepExtended, claim.StepFollow, claim.StepSilent, claim.StepClosed,
}

// PlainSteps returns what [Desk.AddStep] records, in the order it happens.
func PlainSteps() []string { return slices.Clone(plainSteps) }

// AddStep records what happened to an appeal, and the numbers its letter got. The
// terms are reckoned anew, and people are woken for them.
func (d *Desk) AddStep(ctx context.Context, by Actor, id CaseID, ref claim.Ref, s claim.Step, n Numbers) error {
	if err := d.may(by, appeals); err != nil {
		return err
	}
	if !slices.Contains(plainSteps, s.What) {
		return fault.New(fault.Invalid, "claim.unknown_term", fault.Field("what"))
	}
	s.Statement, s.Answer, s.To, s.Dossier, s.Rule = "", "", "", "", claim.RuleVersion{}
	return d.addSteps(ctx, by, id, ref, n, s)
}

// AddStepToAll records the same step of all letters that were sent together, in each
// of the cases that by may open: in all of these or in none. The numbers and the receipt
// are those of this one. It returns in how many.
func (d *Desk) AddStepToAll(ctx context.Context, by Actor, id CaseID, ref claim.Ref, s claim.Step, n Numbers) (done int, err error) {
	if err := d.may(by, appeals); err != nil {
		return 0, err
	}
	_, _, a, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return 0, err
	}
	if !slices.Contains(plainSteps, s.What) {
		return 0, fault.New(fault.Invalid, "claim.unknown_term", fault.Field("what"))
	}
	s.Replaces, s.Void = ledger.ID{}, false
	if a.Batch.IsZero() {
		return 1, d.AddStep(ctx, by, id, ref, s, n)
	}
	all, err := d.allAppeals(ctx, by)
	if err != nil {
		return 0, err
	}
	all = slices.DeleteFunc(all, func(f *AppealFile) bool { return f.Batch != a.Batch })
	s.Statement, s.Answer, s.To, s.Dossier, s.Rule = "", "", "", "", claim.RuleVersion{}
	var writes []caseDrafts
	for _, f := range all {
		var own Numbers
		theirs := s
		if f.Case == id && f.Ref == ref {
			own = n
		} else {
			theirs.Receipt = "" // it is an exhibit of this case
		}
		w, err := d.checkedSteps(ctx, by, f.Case, f.Ref, own, theirs)
		if err != nil {
			return 0, err
		}
		writes = append(writes, w)
	}
	if err := d.writeToAll(ctx, by, writes); err != nil {
		return 0, err
	}
	for _, f := range all {
		if err := d.wakeAround(ctx, by, f.Case, f.Ref); err != nil {
			return len(all), err
		}
	}
	return len(all), nil
}

// addSteps checks steps of an appeal and writes them.
func (d *Desk) addSteps(ctx context.Context, by Actor, id CaseID, ref claim.Ref, n Numbers, steps ...claim.Step) error {
	w, err := d.checkedSteps(ctx, by, id, ref, n, steps...)
	if err != nil {
		return err
	}
	if _, err := d.write(ctx, by, w.keys.circle, id, w.drafts...); err != nil {
		return err
	}
	return d.wakeAround(ctx, by, id, ref)
}

// checkedSteps checks steps of an appeal. Nothing is written.
func (d *Desk) checkedSteps(ctx context.Context, by Actor, id CaseID, ref claim.Ref, n Numbers, steps ...claim.Step) (w caseDrafts, err error) {
	k, _, a, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return w, err
	}
	if err := d.extensions(ctx, by, a, steps); err != nil {
		return w, err
	}
	for _, s := range steps {
		if s.Receipt == "" {
			continue
		}
		if _, _, err := d.exhibit(ctx, by, id, s.Receipt); err != nil {
			return w, fault.Wrap(err, fault.Invalid, "appeal.no_receipt", fault.Field("step_receipt"))
		}
	}
	drafts, err := d.stepDrafts(ctx, by, k, a, steps...)
	if err != nil {
		return w, err
	}
	more, err := d.numbersDraft(ctx, k, a, n)
	return caseDrafts{k, append(drafts, more...)}, err
}

// caseDrafts are drafts for one case.
type caseDrafts struct {
	keys   caseKeys
	drafts []draft
}

// writeToAll writes to several cases in one commit, each after what its view has seen:
// to all or to none.
func (d *Desk) writeToAll(ctx context.Context, by Actor, all []caseDrafts) error {
	var sealed []ledger.Sealed
	for _, w := range all {
		heads, err := d.headsOf(ctx, w.keys)
		if err != nil {
			return err
		}
		more, _, err := sealAll(by.me.Signer(), w.keys.id, heads, d.now(), w.drafts)
		if err != nil {
			return err
		}
		sealed = append(sealed, more...)
	}
	if _, err := d.commit(ctx, sealed); err != nil {
		return err
	}
	for _, w := range all {
		if _, err := d.view(ctx, w.keys.circle); err != nil {
			d.cfg.Log.ErrorContext(ctx, "a view is behind") // met again by who reads it next
		}
	}
	return nil
}

// extensions fails if a step has another extension than those of the rules of its
// appeal, or another word for its procedure than its body has: they are no fields for
// words.
func (d *Desk) extensions(ctx context.Context, by Actor, a *claim.Appealed, steps []claim.Step) error {
	set, err := d.rules(ctx, by)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if err := d.follows(ctx, by, a, s); err != nil {
			return err
		}
		known := s.Extension == ""
		for _, v := range a.Rules {
			rule, _, _ := set.of(v)
			known = known || slices.ContainsFunc(rule.Extensions, func(x appeal.Extension) bool { return x.ID == s.Extension })
		}
		if !known {
			return fault.New(fault.Invalid, "claim.unknown_term", fault.Field("extension"))
		}
	}
	return nil
}

// stepDrafts checks steps of an appeal.
func (d *Desk) stepDrafts(ctx context.Context, by Actor, k caseKeys, a *claim.Appealed, steps ...claim.Step) (drafts []draft, err error) {
	for _, s := range steps {
		s.Appeal = a.Ref
		if err := claim.Check(&s); err != nil {
			return nil, err
		}
		if _, err := span(s); err != nil {
			return nil, err
		}
		if !s.Replaces.IsZero() && !slices.ContainsFunc(a.Steps, func(n claim.Noted[claim.Step]) bool { return n.Entry == s.Replaces && n.Said.What == s.What }) {
			return nil, fault.New(fault.Conflict, "record.not_undoable")
		}
		if err := d.notFuture(s); err != nil {
			return nil, err
		}
		if err := d.nameFree(ctx, by, k.circle, s.Reason); err != nil {
			return nil, err
		}
		drafts = append(drafts, draft{claim.KindStep, s, k.body.Key()})
	}
	return drafts, nil
}

// notFuture refuses what is said to have happened on a day that is still to come
// everywhere: a slip of the pen would move a term.
func (d *Desk) notFuture(s claim.Step) error {
	at, err := span(s)
	if err == nil && s.What != claim.StepDue && !at.IsZero() && at.From.Compare(appeal.DateOf(d.now().UTC().AddDate(0, 0, 1))) > 0 {
		return fault.New(fault.Invalid, "appeal.future", fault.Field("on"))
	}
	return err
}

// span returns when a step was, as terms are reckoned with it.
func span(s claim.Step) (appeal.Span, error) {
	if s.On == "" {
		return appeal.Span{}, nil
	}
	at, err := appeal.ParseSpan(s.On)
	if err == nil && s.Clock != "" {
		at, err = appeal.ParseSpan(s.On + "T" + s.Clock)
	}
	if err != nil {
		return at, fault.New(fault.Invalid, "appeal.bad_day", fault.Field("on"))
	}
	return at, nil
}

// todayBy returns what day it is where the days of a rule are counted: when a last day
// is over there it is over, whatever day it is at the server.
func (d *Desk) todayBy(set *ruleBook, rule appeal.Rule) appeal.Span {
	now := d.now().UTC()
	if cal := set.Calendar(rule.Jurisdiction); cal != nil {
		now = now.In(cal.Zone)
	}
	return appeal.On(appeal.DateOf(now))
}

// ForwardAppeal records that an appeal was sent on to another body, and makes the
// appeal that it is there. on is an EDTF day.
func (d *Desk) ForwardAppeal(ctx context.Context, by Actor, id CaseID, ref claim.Ref, on string, to claim.Ref, rules []string) (claim.Ref, error) {
	if err := d.may(by, appeals); err != nil {
		return "", err
	}
	k, _, a, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return "", err
	}
	m, err := d.newAppeal(ctx, by, id, NewAppeal{Title: a.Title, Kind: a.Kind, Authority: to, Rules: rules, About: a.About, Parent: ref, Came: claim.CameRedirect}, ledger.ID{})
	if err != nil {
		return "", err
	}
	drafts, err := d.stepDrafts(ctx, by, k, a, claim.Step{What: claim.StepForwarded, On: on, To: m.Ref})
	if err != nil {
		return "", err
	}
	child, err := d.stepDrafts(ctx, by, k, &claim.Appealed{Appeal: m.Appeal}, claim.Step{What: claim.StepSent, On: on, By: "post"})
	if err != nil {
		return "", err
	}
	if err := d.writeAppeal(ctx, by, m, append(drafts, child...)...); err != nil {
		return "", err
	}
	if err := d.wake(ctx, by, id, m.Ref); err != nil {
		return m.Ref, err
	}
	return m.Ref, d.wake(ctx, by, id, ref)
}

// A NewReply is what an authority answered.
type NewReply struct {
	Answer string    // vocabulary "answer"
	Impact string    // vocabulary "impact"
	On     string    // EDTF: when it reached us
	Said   string    // EDTF: the day it bears
	By     claim.Ref // the unit that speaks, if it is not whom we wrote to: the State, in what the UN passes on
	Lang   string
	Text   vault.Text // what it says, in full
	Title  string     // name-free
	Reason string     // name-free
	// Statement is the reply, if it was recorded before.
	Statement claim.Ref
}

// AddReply records an answer: its words become a statement of the authority, to be
// read as any other. What one may only do within a term after such an answer becomes
// an appeal of ours at once, whose term runs; its reference is returned, or "".
func (d *Desk) AddReply(ctx context.Context, by Actor, id CaseID, ref claim.Ref, r NewReply) (st, opened claim.Ref, err error) {
	if err := d.may(by, appeals); err != nil {
		return "", "", err
	}
	k, state, a, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return "", "", err
	}
	step := claim.Step{What: claim.StepAnswered, On: r.On, Answer: r.Answer, Impact: r.Impact, Reason: r.Reason}
	if _, err := d.stepDrafts(ctx, by, k, a, step); err != nil {
		return "", "", err // before a statement is recorded for it
	}
	if _, err := span(claim.Step{On: r.Said}); err != nil {
		return "", "", fault.New(fault.Invalid, "appeal.bad_day", fault.Field("said"))
	}
	if st = r.Statement; st == "" && r.Text.Reveal() != "" {
		if st, err = d.replyStatement(ctx, by, id, state, a, r); err != nil {
			return "", "", err
		}
	}
	if err := known(state, r.By); err != nil {
		return "", "", err
	}
	step.Statement = st
	drafts, err := d.stepDrafts(ctx, by, k, a, step)
	if err != nil {
		return st, "", err
	}
	ours := openedBy(a, r.Answer)
	if ours == "" || objecting(state, ref, r.On) {
		if _, err := d.write(ctx, by, k.circle, id, drafts...); err != nil {
			return st, "", err
		}
		return st, "", d.wake(ctx, by, id, ref)
	}
	opened, err = d.openOurs(ctx, by, id, a, ours, r, drafts)
	if err != nil {
		return st, "", err
	}
	if err := d.wake(ctx, by, id, opened); err != nil {
		return st, opened, err
	}
	return st, opened, d.wake(ctx, by, id, ref)
}

// openOurs makes the appeal of ours that an answer calls for, with the day from
// which its term runs: the earlier of the day the answer bears and the day it came.
func (d *Desk) openOurs(ctx context.Context, by Actor, id CaseID, a *claim.Appealed, rule string, r NewReply, with []draft) (claim.Ref, error) {
	m, err := d.newAppeal(ctx, by, id, NewAppeal{
		Title: a.Title, Kind: "objection", Authority: a.Authority, Rules: []string{rule}, About: a.About, Parent: a.Ref, Came: claim.CameObjection,
	}, ledger.ID{})
	if err != nil {
		return "", err
	}
	from := r.On
	if r.Said != "" && r.Said < from {
		from = r.Said
	}
	began, err := d.stepDrafts(ctx, by, m.keys, &claim.Appealed{Appeal: m.Appeal}, claim.Step{What: claim.StepKnown, On: from, Rule: m.Rules[0]})
	if err != nil {
		return "", err
	}
	return m.Ref, d.writeAppeal(ctx, by, m, append(with, began...)...)
}

// replyStatement records an answer as what the authority said.
func (d *Desk) replyStatement(ctx context.Context, by Actor, id CaseID, state *claim.State, a *claim.Appealed, r NewReply) (claim.Ref, error) {
	unit := a.Authority
	if r.By != "" {
		unit = r.By
	}
	var source claim.Ref
	for _, s := range state.Sources {
		if s.Unit == unit && s.Kind == "authority" && (source == "" || s.Ref < source) {
			source = s.Ref
		}
	}
	if source == "" {
		var err error
		if source, err = d.AddSource(ctx, by, id, claim.Source{Kind: "authority", Unit: unit}); err != nil {
			return "", err
		}
	}
	return d.addStatement(ctx, by, id, NewStatement{
		Source: source, Said: r.Said, Received: r.On, Medium: "official-letter", Lang: r.Lang, Title: r.Title, Raw: r.Text, Plain: true,
	})
}

// objecting reports whether an objection covers a reply that came on a day: one that
// waits to be sent, since its term began earlier, or that was sent when the reply was
// here already. One that came later begins the term anew.
func objecting(state *claim.State, ref claim.Ref, on string) bool {
	came, err := span(claim.Step{On: on})
	return slices.ContainsFunc(state.Appeals, func(c *claim.Appealed) bool {
		if c.Parent != ref || c.Came != claim.CameObjection || c.GivenUp() {
			return false
		}
		s, sent := c.Last(claim.StepSent)
		at, bad := span(s.Said)
		return !sent || err == nil && bad == nil && came.To.Compare(at.From) <= 0
	})
}

// openedBy returns the rule of the term of ours that an answer to an appeal begins,
// or "". A case before the Working Group is taken as clarified if nobody objects to
// what the State answered.
func openedBy(a *claim.Appealed, answer string) string {
	if !claim.Answers(answer) && answer != claim.AnswerToken {
		return ""
	}
	for _, r := range a.Rules {
		if slices.Contains([]string{"UN-WGEID-URGENT", "UN-WGEID-LINKED", "UN-WGEID-SEND", "UN-WGEID-STATE"}, r.ID) {
			return "UN-WGEID-6M"
		}
	}
	return ""
}
