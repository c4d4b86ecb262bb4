package habeas

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"slices"
	"strconv"
	"time"

	"habeas/appeal"
	"habeas/claim"
	"habeas/fault"
)

// People are woken for a term while everything is locked by a day that is stored in
// clear, and nothing else is: it is drawn at random, and which term it is for is
// sealed in the case (claim.StepDue).
const (
	wakeFirst = 10 // days before the earliest day that may be the last
	wakeLast  = 3
	wakeKept  = 60 // days for which a day that nobody heeds is kept
)

const isoDay = "2006-01-02"

// A wakeTerm is a term for which people are woken.
type wakeTerm struct {
	rule claim.RuleVersion
	end  appeal.Date // the earliest day that may be the last
	ours bool
}

// wakeTerms returns the terms of an appeal for which people are woken: those that run,
// those of ours that run because of what became of them, and those of ours that will
// begin if nobody answers. That nobody answers is nothing that anybody records.
func (d *Desk) wakeTerms(set *ruleBook, state *claim.State, f *AppealFile) (all []wakeTerm) {
	if f.Stage == claim.Closed {
		return nil
	}
	further := f.Stage == claim.Escalated // what they owe is asked for elsewhere; what is ours is lost all the same
	add := func(id string, version int, due appeal.Range, ours bool) {
		if !due.IsZero() && !slices.ContainsFunc(all, func(w wakeTerm) bool { return w.rule.ID == id }) {
			all = append(all, wakeTerm{claim.RuleVersion{ID: id, Version: version}, due.Earliest.Day, ours})
		}
	}
	for _, t := range f.Clocks {
		if t.Open() && t.Duty != appeal.Nobody && !(further && t.Duty == appeal.Theirs) {
			add(t.Rule, t.Version, t.Due, t.Duty == appeal.Ours)
		}
	}
	for _, t := range f.Next {
		if t.Open() && t.Duty == appeal.Ours {
			add(t.Rule, t.Version, t.Due, true)
		}
	}
	for _, t := range f.Clocks {
		if t.Duty != appeal.Theirs || !t.Open() || t.Due.Open {
			continue
		}
		silent := set.Reckon(t.Of, factsOf(state, f.Appealed, t.Of), appeal.On(t.Due.Latest.Day.AddDays(1)))
		for _, o := range silent.Opened {
			if !takenUp(state, f.Ref, o.Rule) {
				add(o.Rule, o.Version, o.Due, true)
			}
		}
	}
	return all
}

// takenUp reports whether a letter that followed another has a term of that other, or
// was sent to the body that the term leads to.
func takenUp(state *claim.State, ref claim.Ref, rule string) bool {
	reg, err := appeal.OwnRegister()
	return slices.ContainsFunc(state.Appeals, func(c *claim.Appealed) bool {
		if c.Parent != ref || c.GivenUp() {
			return false
		}
		_, sent := c.Last(claim.StepSent)
		return slices.ContainsFunc(c.Rules, func(v claim.RuleVersion) bool { return v.ID == rule }) ||
			sent && err == nil && slices.Contains(reg.BodiesWith(rule), addresseeKind(state, c))
	})
}

// wake draws the days on which people are woken for the terms of an appeal, where
// none was drawn or the term has moved, and takes away those of terms that are over.
func (d *Desk) wake(ctx context.Context, by Actor, id CaseID, ref claim.Ref) error {
	k, state, a, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return err
	}
	set, err := d.rules(ctx, by)
	if err != nil {
		return err
	}
	var drafts []draft
	var over []claim.Noted[claim.Step]
	terms := d.wakeTerms(set, state, d.appealFile(set, id, state, a))
	for _, t := range terms {
		was := waiting(a, t.rule.ID)
		day := d.drawDay(t.end, was)
		if len(was) == 1 && day == was[0].Said.On {
			continue
		}
		if err := d.db.PutWake(ctx, day); err != nil {
			return err
		}
		drafts, over = append(drafts, stepOf(k, claim.Step{Appeal: ref, What: claim.StepDue, On: day, Rule: t.rule})), append(over, was...)
	}
	for _, s := range a.Steps {
		if s.Said.What == claim.StepDue && !slices.ContainsFunc(terms, func(t wakeTerm) bool { return t.rule.ID == s.Said.Rule.ID }) {
			over = append(over, slices.DeleteFunc(waiting(a, s.Said.Rule.ID), func(w claim.Noted[claim.Step]) bool { return w.Entry != s.Entry })...)
		}
	}
	for _, w := range over {
		drafts = append(drafts, stepOf(k, claim.Step{Appeal: ref, What: claim.StepHeeded, Of: w.Entry, Rule: w.Said.Rule}))
	}
	return d.writeWakes(ctx, by, k, drafts, over)
}

// wakeAround does what wake does for an appeal and for the one it follows, of which a
// term of ours is taken up while this one is not given up.
func (d *Desk) wakeAround(ctx context.Context, by Actor, id CaseID, ref claim.Ref) error {
	_, _, a, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return err
	}
	if err := d.wake(ctx, by, id, ref); err != nil || a.Parent == "" {
		return err
	}
	return d.wake(ctx, by, id, a.Parent)
}

// wokenOn returns the day that was drawn for a term of an appeal, or "".
func wokenOn(a *claim.Appealed, rule string) (day string) {
	for _, w := range waiting(a, rule) {
		day = w.Said.On
	}
	return day
}

// writeWakes writes what was drawn, and takes away the days that are over. Cut short
// it wakes people once more than it should, and never once less.
func (d *Desk) writeWakes(ctx context.Context, by Actor, k caseKeys, drafts []draft, over []claim.Noted[claim.Step]) error {
	if len(drafts) == 0 {
		return nil
	}
	if _, err := d.write(ctx, by, k.circle, k.id, drafts...); err != nil {
		return err
	}
	for _, w := range over {
		if err := d.db.TakeWake(ctx, w.Said.On); err != nil {
			return err
		}
	}
	return nil
}

func stepOf(k caseKeys, s claim.Step) draft { return draft{claim.KindStep, s, k.body.Key()} }

// waiting returns what was drawn for a term of an appeal and is not over. There is
// one, unless two members drew at the same time.
func waiting(a *claim.Appealed, rule string) (all []claim.Noted[claim.Step]) {
	for _, s := range a.Steps {
		if s.Said.What != claim.StepDue || s.Said.Rule.ID != rule {
			continue
		}
		if !slices.ContainsFunc(a.Steps, func(h claim.Noted[claim.Step]) bool { return h.Said.What == claim.StepHeeded && h.Said.Of == s.Entry }) {
			all = append(all, s)
		}
	}
	return all
}

// drawDay draws a day before a term, or keeps the one there is if it still lies where
// one is drawn. For a term that ends sooner it is today.
func (d *Desk) drawDay(end appeal.Date, was []claim.Noted[claim.Step]) string {
	today := appeal.DateOf(d.now().UTC())
	from, to := end.AddDays(-wakeFirst), end.AddDays(-wakeLast)
	if from.Compare(today) < 0 {
		from = today
	}
	if to.Compare(from) < 0 {
		to = from
	}
	for _, w := range was {
		if on := w.Said.On; from.String() <= on && on <= to.String() || on <= today.String() {
			return on
		}
	}
	n := 1
	for day := from; day.Compare(to) < 0; day = day.AddDays(1) {
		n++
	}
	return from.AddDays(anyOf(n)).String()
}

// anyOf returns one of 0…n-1 at random.
func anyOf(n int) int {
	var b [8]byte
	rand.Read(b[:])
	return int(binary.BigEndian.Uint64(b[:]) % uint64(n)) // n is small: no number is likelier to be noticed
}

// HeedTerm says that a member has seen that a term of an appeal ends: nobody is woken
// for that day any more. For a term of ours another day is drawn before its end.
func (d *Desk) HeedTerm(ctx context.Context, by Actor, id CaseID, ref claim.Ref, rule string) error {
	if err := d.may(by, appeals); err != nil {
		return err
	}
	k, state, a, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return err
	}
	was := waiting(a, rule)
	today := appeal.DateOf(d.now().UTC())
	if !slices.ContainsFunc(was, func(w claim.Noted[claim.Step]) bool { return w.Said.On <= today.String() }) {
		return fault.New(fault.NotFound, "appeal.not_woken")
	}
	set, err := d.rules(ctx, by)
	if err != nil {
		return err
	}
	var drafts []draft
	v := was[0].Said.Rule
	for _, w := range was {
		drafts = append(drafts, stepOf(k, claim.Step{Appeal: ref, What: claim.StepHeeded, Of: w.Entry, Rule: v}))
	}
	for _, t := range d.wakeTerms(set, state, d.appealFile(set, id, state, a)) {
		if t.rule.ID != rule || !t.ours {
			continue
		}
		left := 0
		for day := today.AddDays(1); day.Compare(t.end) < 0; day = day.AddDays(1) {
			left++
		}
		if left == 0 {
			continue
		}
		again := today.AddDays(1 + anyOf(left)).String()
		if err := d.db.PutWake(ctx, again); err != nil {
			return err
		}
		drafts = append(drafts, stepOf(k, claim.Step{Appeal: ref, What: claim.StepDue, On: again, Rule: v}))
	}
	return d.writeWakes(ctx, by, k, drafts, was)
}

// Waking returns the days that have come on which people are to be woken for a term,
// as a clock is told of them. They come back every day until a member heeds the term;
// what nobody heeds for two months is forgotten.
func (d *Desk) Waking(ctx context.Context) (out []Unopened, err error) {
	today := d.now().UTC()
	days, err := d.db.Wakes(ctx)
	if err != nil {
		return nil, err
	}
	if len(days) > 0 && days[0] < today.AddDate(0, 0, -wakeKept).Format(isoDay) {
		if err := d.db.PruneWake(ctx, today.AddDate(0, 0, -wakeKept).Format(isoDay)); err != nil {
			return nil, err
		}
	}
	nth := map[string]int{} // so that what is told apart stays so when another day is over
	for _, day := range days {
		if at, err := time.Parse(isoDay, day); err == nil && day <= today.Format(isoDay) {
			out = append(out, Unopened{[16]byte(d.keyed("wake", []byte(day+" "+strconv.Itoa(nth[day])))), at, false})
		}
		nth[day]++
	}
	return out, nil
}

// WakeDays returns the days, from today on, on which anybody is woken, each once. Today
// stands for those that came and that nobody has heeded.
func (d *Desk) WakeDays(ctx context.Context, by Actor) ([]time.Time, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	days, err := d.db.Wakes(ctx)
	if err != nil {
		return nil, err
	}
	today := d.now().UTC().Format(isoDay)
	for i, day := range days {
		days[i] = max(day, today)
	}
	var out []time.Time
	for _, day := range slices.Compact(days) {
		if at, err := time.Parse(isoDay, day); err == nil {
			out = append(out, at)
		}
	}
	return out, nil
}
