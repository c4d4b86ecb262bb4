package habeas

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"habeas/appeal"
	"habeas/claim"
	"habeas/fault"
)

// kindRules is the entry of the office circle that holds terms of the law which an
// office had reviewed, or added: in the plain text that package appeal reads. Each
// stands in the place of all earlier versions of the ids it has.
const kindRules = "appeal-rules"

type officeRules struct {
	Text string `json:"text"`
}

// An AppealFile is an appeal with its terms.
type AppealFile struct {
	Case      CaseID
	CaseTitle string
	Cover     string // of whom the case is about, or ""
	*claim.Appealed
	Stage  string // vocabulary "appeal-stage"
	Body   string // the id of the kind of body it went to, in the register of package appeal; "" if nobody said
	Clocks []*Term
	Next   []*Term // what may follow: terms that a reply, or that there was none, begins
}

// A Term is a clock, and the rule it was reckoned by.
type Term struct {
	*appeal.Clock
	Of appeal.Rule
	// Newer says that the rule has a newer version than the one that is kept with the
	// appeal, by which it was reckoned.
	Newer bool
	Woken string // the day, YYYY-MM-DD, from which people are woken for it until somebody has seen it; or ""
}

// Open reports whether something is still to be done within a term, or was not done.
func (t *Term) Open() bool {
	return slices.Contains([]appeal.State{appeal.Running, appeal.RunsLonger, appeal.RunsAnew, appeal.IsDue, appeal.Overdue}, t.State) && !t.Due.IsZero()
}

// Overdue reports whether the last day is over and nothing was done.
func (t *Term) Overdue() bool { return t.State == appeal.Overdue }

// Rules returns the terms of the law that the office reckons with.
func (d *Desk) Rules(ctx context.Context, by Actor) (*appeal.Set, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	book, err := d.rules(ctx, by)
	if err != nil {
		return nil, err
	}
	return book.Set, nil
}

// A ruleBook is the terms the office reckons with, and every version of them that
// there ever was: a letter keeps the one it was reckoned by.
type ruleBook struct {
	*appeal.Set
	ever map[claim.RuleVersion]appeal.Rule
}

// with returns a book in which the rules of a text stand in the place of all versions
// of the same ids. A version that there was before can't be another now.
func (b *ruleBook) with(text string) (*ruleBook, error) {
	rules, err := appeal.ReadRules("", text)
	if err != nil {
		return nil, err
	}
	set, err := b.Set.With(rules)
	if err != nil {
		return nil, err
	}
	next := &ruleBook{set, maps.Clone(b.ever)}
	for _, r := range rules {
		v := claim.RuleVersion{ID: r.ID, Version: r.Version}
		if _, ok := b.ever[v]; ok {
			return nil, &appeal.ReadError{Line: r.Line, Reason: "this version is there already: a reviewed rule needs a number of its own"}
		}
		next.ever[v] = r
	}
	return next, nil
}

// of returns the version of a rule that is kept with a letter, and whether there is a
// newer one.
func (b *ruleBook) of(v claim.RuleVersion) (rule appeal.Rule, newer, ok bool) {
	if rule, ok = b.ever[v]; !ok {
		return rule, false, false
	}
	all := b.Versions(v.ID)
	return rule, all[len(all)-1].Version != v.Version, true
}

// rules puts what the office reviewed in the place of what comes with the program.
// What cannot be read, or does not fit, changes nothing: the rules before it stay.
func (d *Desk) rules(ctx context.Context, by Actor) (*ruleBook, error) {
	set, err := appeal.Own()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "appeal.rules")
	}
	book := &ruleBook{set, map[claim.RuleVersion]appeal.Rule{}}
	for _, r := range set.Rules() {
		book.ever[claim.RuleVersion{ID: r.ID, Version: r.Version}] = r
	}
	office, err := by.office()
	if err != nil {
		return book, nil // who holds no circle at all
	}
	cv, err := d.view(ctx, office)
	if err != nil {
		return nil, err
	}
	entries, err := cv.view.OfKind(ctx, office.id, kindRules)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		var o officeRules
		if json.Unmarshal(e.Body, &o) != nil || !d.might(e.Author, describe) {
			continue
		}
		if with, err := book.with(o.Text); err == nil {
			book = with
		}
	}
	return book, nil
}

// ReviewRules records terms of the law that were reviewed, in the text that package
// appeal reads. If something is wrong with it the fault names the line, and nothing
// changes.
func (d *Desk) ReviewRules(ctx context.Context, by Actor, text string) error {
	if err := d.may(by, describe); err != nil {
		return err
	}
	office, err := by.office()
	if err != nil {
		return err
	}
	book, err := d.rules(ctx, by)
	if err != nil {
		return err
	}
	if _, err := book.with(text); err != nil {
		if bad, ok := errors.AsType[*appeal.ReadError](err); ok && bad.File == "" {
			return fault.Wrap(err, fault.Invalid, "appeal.bad_rules", fault.Count(bad.Line))
		}
		return fault.Wrap(err, fault.Invalid, "appeal.rules_unfit") // the line is one of ours
	}
	for _, c := range by.circles { // the whole office reads it
		if err := d.namesNobody(ctx, by, c, text); err != nil {
			return err
		}
	}
	_, err = d.write(ctx, by, office, office.id, draft{kindRules, officeRules{text}, office.body.Key()})
	return err
}

// Appeals returns the appeals of a case, in the order they were recorded.
func (d *Desk) Appeals(ctx context.Context, by Actor, id CaseID) ([]*AppealFile, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return nil, err
	}
	set, err := d.rules(ctx, by)
	if err != nil {
		return nil, err
	}
	return d.appealFiles(set, id, state), nil
}

// Appeal returns one appeal of a case.
func (d *Desk) Appeal(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (*AppealFile, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	all, err := d.Appeals(ctx, by, id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(f *AppealFile) bool { return f.Ref == ref })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "appeal.none")
	}
	return all[i], nil
}

func (d *Desk) appealFiles(set *ruleBook, id CaseID, state *claim.State) (all []*AppealFile) {
	for _, a := range state.Appeals {
		all = append(all, d.appealFile(set, id, state, a))
	}
	return all
}

// appealFile puts a letter together. Of state it may ask for the case, its persons, its
// letters and the bodies of the office, and for nothing else: there is no more of it in
// an [appealBook].
func (d *Desk) appealFile(set *ruleBook, id CaseID, state *claim.State, a *claim.Appealed) *AppealFile {
	f := &AppealFile{Case: id, CaseTitle: state.Case.Title, Cover: state.Persons[state.Case.Affected].Cover, Appealed: a, Stage: state.Stage(a)}
	for _, v := range a.Rules {
		rule, newer, ok := set.of(v)
		if !ok {
			continue
		}
		t := &Term{Clock: set.Reckon(rule, factsOf(state, a, rule), d.todayBy(set, rule)), Of: rule, Newer: newer}
		t.Woken = wokenOn(a, v.ID)
		f.Clocks = append(f.Clocks, t)
	}
	if f.Body = addresseeKind(state, a); f.Stage == claim.Closed {
		return f
	}
	f.Next = d.following(set, state, f)
	return f
}

// factsOf puts what happened to an appeal in the words of package appeal. A term of
// ours begins with what we learned, and is met by what we send; one of theirs begins
// with our letter and is met by an answer.
func factsOf(state *claim.State, a *claim.Appealed, rule appeal.Rule) appeal.Facts {
	var f appeal.Facts
	ours := rule.Duty == appeal.Ours
	set := func(step string, start appeal.Start) {
		if s, ok := a.Last(step); ok {
			at, _ := span(s.Said)
			f.Set(start, at)
		}
	}
	if ours {
		set(claim.StepKnown, rule.Starts)
		if rule.Starts == appeal.Happened {
			set(claim.StepHappened, appeal.Happened)
		}
	} else {
		set(claim.StepSent, appeal.Sent)
		if rule.Jurisdiction == "UN" && rule.Starts == appeal.Sent { // by the body to the State, not by us
			f.Sent = appeal.Span{}
			if s, ok := a.ToState(); ok {
				f.Sent, _ = span(s.Said)
			}
		}
		set(claim.StepReceived, appeal.Received)
		set(claim.StepRegistered, appeal.Registered)
		set(claim.StepKnown, appeal.Known)
		set(claim.StepHappened, appeal.Happened)
		if s, ok := a.Last(claim.StepSent); ok {
			f.Channel = s.Said.By
		}
	}
	for _, s := range a.Steps {
		if e, ok := eventOf(state, s.Said, ours); ok {
			f.Events = append(f.Events, e)
		}
	}
	slices.SortStableFunc(f.Events, func(a, b appeal.Event) int { return a.On.Compare(b.On) })
	return f
}

func eventOf(state *claim.State, s claim.Step, ours bool) (e appeal.Event, ok bool) {
	at, err := span(s)
	if err != nil || at.IsZero() {
		return e, false
	}
	e.On = at.From
	switch {
	case ours && s.What == claim.StepSent:
		e.On, e.Kind = at.To, appeal.Met // the latest it may have been: a term that may be missed is not met
	case ours:
		return e, false
	case s.What == claim.StepExtended || s.What == claim.StepAnswered && s.Answer == claim.AnswerExtended:
		e.Kind, e.Extension = appeal.Extended, s.Extension
	case s.What == claim.StepForwarded:
		e.Kind = appeal.Forwarded
		if child, ok := state.Appeal(s.To); ok {
			for _, at := range []struct {
				step string
				to   *appeal.Span
			}{{claim.StepReceived, &e.Received}, {claim.StepRegistered, &e.Registered}} {
				if there, ok := child.Last(at.step); ok {
					*at.to, _ = span(there.Said)
				}
			}
		}
	case s.What == claim.StepAnswered && claim.Answers(s.Answer):
		e.Kind = appeal.Met
	default:
		return e, false
	}
	return e, true
}

// following reckons what may follow: the terms of ours that an answer or silence has
// opened, each from the earliest day on which it may have begun, and what else the
// rules name. What was begun already is left out.
func (d *Desk) following(set *ruleBook, state *claim.State, f *AppealFile) (next []*Term) {
	begun := func(id string) bool {
		return slices.ContainsFunc(next, func(n *Term) bool { return n.Rule == id }) || takenUp(state, f.Ref, id)
	}
	add := func(id string, from appeal.Span) {
		if len(set.Versions(id)) == 0 || begun(id) {
			return
		}
		rule, _ := set.Rule(id, from.From)
		var facts appeal.Facts
		if rule.Duty == appeal.Ours {
			facts.Set(rule.Starts, from)
		}
		next = append(next, &Term{Clock: set.Reckon(rule, facts, d.todayBy(set, rule)), Of: rule, Woken: wokenOn(f.Appealed, id)})
	}
	_, answered := f.Answered()
	_, silent := f.Last(claim.StepSilent)
	for _, t := range f.Clocks {
		for _, o := range t.Opened {
			add(o.Rule, appeal.On(o.Start.Earliest.Day))
		}
		if t.Duty != appeal.Theirs || !answered && !silent && !t.Overdue() {
			continue
		}
		for _, id := range t.Of.Next {
			add(id, appeal.Span{})
		}
	}
	return next
}

// Rehearse reckons terms as if a letter left on a day by a way of sending, and
// arrived the same day: what a member sees before anything is recorded.
func (d *Desk) Rehearse(ctx context.Context, by Actor, rules []string, channel, on string) ([]*Term, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	set, err := d.rules(ctx, by)
	if err != nil {
		return nil, err
	}
	at, err := span(claim.Step{On: on})
	if err != nil {
		return nil, err
	}
	var out []*Term
	for _, id := range rules {
		if len(set.Versions(id)) == 0 {
			return nil, fault.New(fault.Invalid, "appeal.no_rule", fault.Field("rule"))
		}
		rule, _ := set.Rule(id, at.From)
		facts := appeal.Facts{Sent: at, Received: at, Channel: channel}
		if rule.Duty == appeal.Ours {
			facts = appeal.Facts{}
			facts.Set(rule.Starts, at)
		}
		out = append(out, &Term{Clock: set.Reckon(rule, facts, at), Of: rule})
	}
	return out, nil
}

// A BoardRow is a term that runs or ran out, or an appeal that waits for us without
// one.
type BoardRow struct {
	*AppealFile
	Term *Term // nil if none runs
}

// Ours reports whether we are the ones who have to act within the term.
func (r BoardRow) Ours() bool { return r.Term != nil && r.Term.Duty == appeal.Ours }

// Board returns the terms of all cases that by may open: ours first, then what is
// overdue, each by the earliest day that may be the last. Letters that are not sent
// yet come after those, and what waits without a term last.
func (d *Desk) Board(ctx context.Context, by Actor) ([]BoardRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	all, err := d.allAppeals(ctx, by)
	if err != nil {
		return nil, err
	}
	var rows []BoardRow
	for _, f := range all {
		if f.Stage == claim.Closed {
			continue
		}
		n := len(rows)
		for _, t := range f.Clocks {
			if t.Open() && t.Duty != appeal.Nobody && !(t.Duty == appeal.Theirs && (f.Stage == claim.Escalated || f.Stage == claim.Forwarded)) {
				rows = append(rows, BoardRow{f, t})
			}
		}
		for _, t := range f.Next {
			if t.Duty == appeal.Ours && t.Open() {
				rows = append(rows, BoardRow{f, t})
			}
		}
		if len(rows) == n && !slices.Contains([]string{claim.Escalated, claim.Forwarded, claim.StageAnswered}, f.Stage) {
			rows = append(rows, BoardRow{f, nil})
		}
	}
	slices.SortStableFunc(rows, func(a, b BoardRow) int {
		return cmp.Or(a.rank()-b.rank(), a.day().Compare(b.day()), strings.Compare(a.Title, b.Title), strings.Compare(string(a.Ref), string(b.Ref)))
	})
	return rows, nil
}

func (r BoardRow) rank() int {
	switch {
	case r.Ours():
		return 0
	case r.Term != nil && r.Term.Overdue():
		return 1
	case r.Term != nil:
		return 2
	case r.Stage == claim.Drafted:
		return 3
	}
	return 4
}

func (r BoardRow) day() appeal.Date {
	if r.Term == nil {
		return appeal.Date{}
	}
	return r.Term.Due.Earliest.Day
}
