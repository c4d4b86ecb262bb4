package habeas

import (
	"context"
	"slices"

	"habeas/appeal"
	"habeas/claim"
	"habeas/fault"
)

// carry fills in what a new letter takes over from the step that it takes: whom it is
// about, and what the letter before it is to it.
func (d *Desk) carry(ctx context.Context, by Actor, id CaseID, n *NewAppeal) error {
	if n.Parent == "" && n.Step == "" {
		return nil
	}
	reg, err := appeal.OwnRegister()
	if err != nil {
		return fault.Wrap(err, fault.Internal, "appeal.rules")
	}
	rung, ok := reg.Rung(n.Step)
	if n.Step != "" && !ok {
		return fault.New(fault.Invalid, "claim.unknown_term")
	}
	if n.Parent == "" {
		return nil
	}
	parent, err := d.Appeal(ctx, by, id, n.Parent)
	if err != nil {
		return err
	}
	if len(n.About) == 0 {
		n.About = parent.About
	}
	switch {
	case n.Came != "":
	case slices.Contains(rung.From, "any") || outcome(parent) == "none" || owing(parent):
		n.Came = claim.CameBeside
	default:
		n.Came = claim.CameEscalation
	}
	return nil
}

// owing reports whether a body still has time to answer a letter: words that answer
// nothing do not end its duty.
func owing(f *AppealFile) bool {
	return slices.ContainsFunc(f.Clocks, func(t *Term) bool { return t.Duty == appeal.Theirs && t.Open() && !t.Overdue() })
}

// carriedOver returns the steps that begin terms of ours: those which the parent
// opened, and, if the letter takes a step of the register, those which the case itself
// dates. The day is known there, and must not be forgotten on the way.
func (d *Desk) carriedOver(ctx context.Context, by Actor, m madeAppeal, step string) ([]draft, error) {
	if m.Parent == "" && step == "" {
		return nil, nil
	}
	state, err := d.state(ctx, by, m.keys)
	if err != nil {
		return nil, err
	}
	set, err := d.rules(ctx, by)
	if err != nil {
		return nil, err
	}
	w, err := d.outlook(set, m.keys.id, state)
	if err != nil {
		return nil, err
	}
	if len(m.About) > 0 {
		w.turnTo(m.About[0])
	}
	var steps []claim.Step
	for _, v := range m.Rules {
		rule, _, _ := set.of(v)
		if from := w.opened(m.Parent, v.ID); !from.IsZero() {
			steps = append(steps, claim.Step{What: claim.StepKnown, On: from.String(), Rule: v})
		} else if at := w.began(v.ID); step != "" && !at.IsZero() && rule.Duty == appeal.Ours {
			steps = append(steps, claim.Step{What: claim.StepHappened, On: spanText(at), Rule: v})
		}
	}
	return d.stepDrafts(ctx, by, m.keys, &claim.Appealed{Appeal: m.Appeal}, steps...)
}

// opened returns the earliest day on which a letter opened a term of ours; zero if it
// opened none.
func (w *outlook) opened(ref claim.Ref, rule string) (from appeal.Date) {
	for _, f := range w.files {
		if f.Ref != ref {
			continue
		}
		for _, t := range f.Clocks {
			for _, o := range t.Opened {
				if at := o.Start.Earliest.Day; o.Rule == rule && (from.IsZero() || at.Compare(from) < 0) {
					from = at
				}
			}
		}
	}
	return from
}

// spanText writes days as EDTF.
func spanText(s appeal.Span) string {
	if s.From == s.To {
		return s.From.String()
	}
	return s.From.String() + "/" + s.To.String()
}

// FurtherTo returns the letters that a letter follows, the newest first: what a new
// one is further to.
func (d *Desk) FurtherTo(ctx context.Context, by Actor, id CaseID, ref claim.Ref) ([]*AppealFile, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	all, err := d.Appeals(ctx, by, id)
	if err != nil {
		return nil, err
	}
	var chain []*AppealFile
	for len(chain) < len(all) {
		i := slices.IndexFunc(all, func(f *AppealFile) bool { return f.Ref == ref })
		if i < 0 {
			break
		}
		chain, ref = append(chain, all[i]), all[i].Parent
	}
	return chain, nil
}
