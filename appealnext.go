package habeas

import (
	"cmp"
	"context"
	"slices"
	"time"

	"habeas/appeal"
	"habeas/claim"
	"habeas/fault"
)

// A NextStep is something that can be done next, with what speaks for it and against,
// and what of the case goes with it.
type NextStep struct {
	appeal.NextStep
	After  claim.Ref      // the letter it follows; or "" if it rests on none
	Rules  []string       // the terms that will run: those of ours first
	Ours   *Term          // our own term for it as it runs already, or ran; nil if it is not known
	Bodies []AuthorityRow // of that kind, as far as the office has recorded them
	Begun  claim.Ref      // the letter of the case that takes this step already, or ""
}

// Tried says how many letters went to bodies of a country, and what came of them: what
// remedies there were is for a lawyer to say.
type Tried struct{ Sent, Answered, Overdue int }

// Steps are what can be done next about a case or one of its letters.
type Steps struct {
	Next  []NextStep
	Tried Tried
	State string // against which State it is reckoned; empty if letters went to several, or none
	// Unknown are letters to bodies of which nobody said what kind they are: what
	// follows them cannot be said.
	Unknown []claim.Ref
}

// NextSteps returns what can be done after a letter of a case, or, if ref is empty,
// after any of them: open steps first, see [appeal.Register.Next]. Nothing is left out
// because something speaks against it.
func (d *Desk) NextSteps(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (Steps, error) {
	if err := d.may(by, read); err != nil {
		return Steps{}, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return Steps{}, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return Steps{}, err
	}
	set, err := d.rules(ctx, by)
	if err != nil {
		return Steps{}, err
	}
	w, err := d.outlook(set, id, state)
	if err != nil {
		return Steps{}, err
	}
	a, ok := state.Appeal(ref)
	if ref != "" && !ok {
		return Steps{}, fault.New(fault.NotFound, "appeal.none")
	}
	if ok && len(a.About) > 0 {
		w.turnTo(a.About[0])
	}
	if w.bodies, err = d.Authorities(ctx, by); err != nil {
		return Steps{}, err
	}
	if w.actors, err = d.actors(ctx, by, w.bodies); err != nil {
		return Steps{}, err
	}
	out := Steps{Tried: w.tried(), Next: w.after(ref)}
	if of := statesOf(state); len(of) == 1 {
		out.State = of[0]
	}
	for _, f := range w.files {
		if (ref == "" || f.Ref == ref) && f.Stage != claim.Closed && f.Body == "" {
			out.Unknown = append(out.Unknown, f.Ref)
		}
	}
	return out, nil
}

// FirstSteps returns for letters that are overdue the first step that could be taken
// next, of those that nothing closes and nobody has begun.
func (d *Desk) FirstSteps(ctx context.Context, by Actor, rows []BoardRow) (map[AppealID]NextStep, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	late := map[CaseID][]claim.Ref{}
	for _, r := range rows {
		if r.Term != nil && r.Term.Duty == appeal.Theirs && r.Term.Overdue() {
			late[r.Case] = append(late[r.Case], r.Ref)
		}
	}
	out := map[AppealID]NextStep{}
	if len(late) == 0 {
		return out, nil
	}
	set, err := d.rules(ctx, by)
	if err != nil {
		return nil, err
	}
	bodies, err := d.Authorities(ctx, by)
	if err != nil {
		return nil, err
	}
	actors, err := d.actors(ctx, by, bodies)
	if err != nil {
		return nil, err
	}
	for id, refs := range late {
		k, err := d.caseKeys(ctx, by, id)
		if err != nil {
			return nil, err
		}
		state, err := d.state(ctx, by, k)
		if err != nil {
			return nil, err
		}
		w, err := d.outlook(set, id, state)
		if err != nil {
			return nil, err
		}
		w.bodies, w.actors = bodies, actors
		first := w.about
		for _, ref := range refs {
			w.turnTo(first)
			if a, ok := state.Appeal(ref); ok && len(a.About) > 0 {
				w.turnTo(a.About[0])
			}
			all := w.after(ref)
			i := slices.IndexFunc(all, func(n NextStep) bool { return n.Open != appeal.No && n.Begun == "" })
			if i >= 0 {
				out[AppealID{id, ref}] = all[i]
			}
		}
	}
	return out, nil
}

// actors returns the kinds of those bodies that are said to have harmed somebody, in
// any case that by may open.
func (d *Desk) actors(ctx context.Context, by Actor, bodies []AuthorityRow) (kinds []string, err error) {
	var units []claim.Ref
	for _, b := range bodies {
		if b.Body != "" {
			units = append(units, b.Ref)
		}
	}
	alleged, err := d.allegedAmong(ctx, by, units)
	for _, b := range bodies {
		if len(alleged[b.Ref]) > 0 && !slices.Contains(kinds, b.Body) {
			kinds = append(kinds, b.Body)
		}
	}
	return kinds, err
}

// An outlook is a case as somebody looks at it who asks what to do next.
type outlook struct {
	reg    *appeal.Register
	set    *ruleBook
	state  *claim.State
	files  []*AppealFile
	facts  map[string]appeal.Answer
	trust  map[string]appeal.Trust
	about  claim.Ref
	now    time.Time
	today  appeal.Span
	bodies []AuthorityRow
	actors []string
}

func (d *Desk) outlook(set *ruleBook, id CaseID, state *claim.State) (*outlook, error) {
	reg, err := appeal.OwnRegister()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "appeal.rules")
	}
	w := &outlook{reg: reg, set: set, state: state, files: d.appealFiles(set, id, state), now: d.now(), today: appeal.On(appeal.DateOf(d.now()))}
	about := state.Case.Affected
	for _, a := range state.Appeals {
		if about == "" && len(a.About) > 0 {
			about = a.About[0]
		}
	}
	w.turnTo(about)
	return w, nil
}

// turnTo has a look at the case for one person of it.
func (w *outlook) turnTo(about claim.Ref) {
	if w.facts == nil || w.about != about {
		w.about = about
		w.facts, w.trust = caseFacts(w.state, about, w.reg, w.now)
	}
}

// addresseeKind returns the id of the kind of body that an appeal went to: as it is recorded
// with the body; for older entries by the terms that run, if only one kind has them.
func addresseeKind(state *claim.State, a *claim.Appealed) string {
	reg, err := appeal.OwnRegister()
	to, ok := state.Authority(a.Authority)
	if err != nil || !ok {
		return ""
	}
	if _, known := reg.Body(to.Body); known {
		return to.Body
	}
	found := ""
	for _, v := range a.Rules {
		for _, id := range reg.BodiesWith(v.ID) {
			if b, _ := reg.Body(id); b.Jurisdiction != to.Jurisdiction || found != "" && found != id {
				return ""
			}
			found = id
		}
	}
	return found
}

// after returns the steps after one letter, or after any.
func (w *outlook) after(ref claim.Ref) (out []NextStep) {
	add := func(s appeal.Situation, f *AppealFile) {
		for _, n := range w.reg.Next(s) {
			if f != nil && ref == "" && slices.Contains(n.From, "any") {
				continue // it rests on no letter: it comes once
			}
			if f != nil && firstDay(f.Appealed).IsZero() && !slices.Contains(n.From, "any") {
				continue // nothing follows from what was never sent
			}
			next := w.step(n, f)
			if c := s.Terms[n.Term]; c != nil {
				rule, _ := w.set.Rule(n.Term, w.today.From)
				next.Ours = &Term{Clock: c, Of: rule}
			}
			out = append(out, next)
		}
	}
	for _, f := range w.files {
		if f.Ref == ref || ref == "" && f.Stage != claim.Closed {
			add(w.situation(f), f)
		}
	}
	if ref == "" {
		s := w.situation(nil)
		s.Outcome = w.worst()
		add(s, nil)
	}
	slices.SortStableFunc(out, func(a, b NextStep) int {
		return cmp.Or(openness(a)-openness(b), compareDue(a.Pressing(), b.Pressing()), far(a)-far(b))
	})
	return out
}

// openness is the place of a step: what is begun stands behind what could be.
func openness(n NextStep) int {
	at := slices.Index([]appeal.Answer{appeal.Yes, appeal.Unknown, appeal.No}, n.Open) * 2
	if n.Begun != "" {
		at++
	}
	return at
}

// far is 1 for a step that follows from any letter: what follows from this one is nearer.
func far(n NextStep) int {
	if slices.Contains(n.From, "any") {
		return 1
	}
	return 0
}

// Pressing is the term of ours within which a step has to be taken; zero if none runs.
func (n NextStep) Pressing() appeal.Range {
	if slices.ContainsFunc(n.Reasons, func(r appeal.Reason) bool { return r.Kind == appeal.TermOurs && r.State == appeal.Overdue }) {
		return appeal.Range{}
	}
	return n.Due
}

func compareDue(a, b appeal.Range) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Earliest.Day.Compare(b.Earliest.Day)
}

// worst is the outcome for steps that rest on no letter in particular: what opens most.
func (w *outlook) worst() appeal.Outcome {
	for _, o := range []appeal.Outcome{"refused", "denied", "overdue"} {
		if slices.ContainsFunc(w.files, func(f *AppealFile) bool { return outcome(f) == o }) {
			return o
		}
	}
	return "none"
}

func (w *outlook) step(n appeal.NextStep, f *AppealFile) NextStep {
	s := NextStep{NextStep: n}
	if f != nil {
		s.After = f.Ref
	}
	for _, id := range w.reg.Terms(n.To) {
		if rule, _ := w.set.Rule(id, w.today.From); rule.ID != "" && rule.Length.Unit != appeal.NoUnit && !slices.Contains(s.Rules, id) {
			s.Rules = append(s.Rules, id)
		}
	}
	for _, b := range w.bodies {
		if b.Body == n.To {
			s.Bodies = append(s.Bodies, b)
		}
	}
	for _, o := range w.files {
		ours := o.Parent == s.After && s.After != "" || slices.Contains(n.From, "any")
		if ours && o.Stage != claim.Closed && o.Body == n.To {
			s.Begun = o.Ref
		}
	}
	return s
}

// situation puts a case, and a letter of it if f is one, in the words of package appeal.
func (w *outlook) situation(f *AppealFile) appeal.Situation {
	s := appeal.Situation{Outcome: "none", Facts: w.facts, Trust: w.trust, Actors: w.actors, Terms: map[string]*appeal.Clock{}}
	if f != nil {
		s.Body, s.Outcome = f.Body, outcome(f)
	}
	for _, o := range w.files {
		to, _ := w.state.Authority(o.Authority)
		_, sent := o.Last(claim.StepSent)
		if !sent || to.Jurisdiction != "UN" && to.Jurisdiction != "COE" || o.Came == claim.CameObjection {
			continue
		}
		p := appeal.Proceeding{Body: o.Body, Ended: o.Over()}
		if i := slices.IndexFunc(s.Before, func(b appeal.Proceeding) bool { return b.Body == p.Body }); i >= 0 {
			s.Before[i].Ended = s.Before[i].Ended && p.Ended
			continue
		}
		s.Before = append(s.Before, p)
	}
	w.terms(&s, f)
	return s
}

// terms finds the clocks of our own terms: of letters that were begun, of those that
// became due because of this letter, and of what the case itself says.
func (w *outlook) terms(s *appeal.Situation, f *AppealFile) {
	take := func(t *appeal.Clock) {
		if old := s.Terms[t.Rule]; t.Duty == appeal.Ours && t.State != appeal.NotStarted && (old == nil || compareDue(t.Due, old.Due) < 0) {
			s.Terms[t.Rule] = t
		}
	}
	for _, o := range w.files {
		family := f == nil || o == f || o.Parent == f.Ref
		for _, t := range o.Clocks {
			if family {
				take(t.Clock)
			}
		}
		for _, t := range o.Next {
			if f == nil || o == f {
				take(t.Clock)
			}
		}
	}
	for _, rule := range w.set.Rules() {
		if s.Terms[rule.ID] != nil || rule.Duty != appeal.Ours {
			continue
		}
		var facts appeal.Facts
		switch at := w.began(rule.ID); {
		case rule.Length.Unit == appeal.NoUnit:
			facts.Set(rule.Starts, w.today) // it has no end, whenever it began
		case !at.IsZero():
			facts.Set(rule.Starts, at)
		default:
			continue
		}
		s.Terms[rule.ID] = w.set.Reckon(rule, facts, w.today)
	}
}

// began returns when a term of ours began that runs from what happened to the person,
// as the case says it; the zero Span if it says nothing.
func (w *outlook) began(rule string) appeal.Span {
	if slices.Contains([]string{"UN-WGEID-URGENT", "UN-WGEID-LINKED"}, rule) {
		return vanished(w.state, w.about)
	}
	return appeal.Span{}
}

// outcome returns what came of a letter, as steps of the register follow from it.
func outcome(f *AppealFile) appeal.Outcome {
	if a, ok := f.Answered(); ok {
		return answerOutcomes[a.Said.Answer]
	}
	_, silent := f.Last(claim.StepSilent)
	if silent || slices.ContainsFunc(f.Clocks, func(t *Term) bool { return t.Duty == appeal.Theirs && t.Overdue() }) {
		return "overdue"
	}
	if a, ok := f.Last(claim.StepAnswered); ok {
		return answerOutcomes[a.Said.Answer]
	}
	if _, ok := f.Last(claim.StepForwarded); ok {
		return "forwarded"
	}
	return "none"
}

var answerOutcomes = map[string]appeal.Outcome{
	"substantive": "substantive", "denial": "denied", "explanation": "other-explanation", "refused": "refused", "withheld": "withheld",
	claim.AnswerForwarded: "forwarded", claim.AnswerExtended: "extended", claim.AnswerAsks: "asks-for-more", claim.AnswerToken: "token", claim.AnswerNone: "overdue",
}

// tried counts the letters to bodies of countries.
func (w *outlook) tried() (t Tried) {
	for _, f := range w.files {
		to, _ := w.state.Authority(f.Authority)
		if _, sent := f.Last(claim.StepSent); !sent || to.Jurisdiction == "UN" || to.Jurisdiction == "COE" {
			continue
		}
		t.Sent++
		if _, ok := f.Answered(); ok {
			t.Answered++
		} else if outcome(f) == "overdue" {
			t.Overdue++
		}
	}
	return t
}
