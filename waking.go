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
	f := d.appealFile(set, id, state, a)
	var drafts []draft
	var over []string
	for _, t := range f.Clocks {
		was, waits := waiting(a, t.Rule)
		runs := t.Open() && t.Duty != appeal.Nobody && f.Stage != claim.Closed
		day := ""
		if runs {
			if day = d.drawDay(t, waits && was != "", was); day == was {
				continue
			}
		}
		if waits {
			over = append(over, was)
		}
		switch {
		case runs:
			if err := d.db.PutWake(ctx, day); err != nil {
				return err
			}
			drafts = append(drafts, draft{claim.KindStep, claim.Step{Appeal: ref, What: claim.StepDue, On: day, Rule: claim.RuleVersion{ID: t.Rule, Version: t.Version}}, k.body.Key()})
		case waits:
			drafts = append(drafts, draft{claim.KindStep, claim.Step{Appeal: ref, What: claim.StepHeeded, Rule: claim.RuleVersion{ID: t.Rule, Version: t.Version}}, k.body.Key()})
		}
	}
	if len(drafts) > 0 {
		if _, err := d.write(ctx, by, k.circle, id, drafts...); err != nil {
			return err
		}
	}
	for _, day := range over {
		if err := d.db.TakeWake(ctx, day); err != nil {
			return err
		}
	}
	return nil
}

// waiting returns the day that was drawn for a term of an appeal and that nobody has
// heeded, and whether there is one.
func waiting(a *claim.Appealed, rule string) (day string, waits bool) {
	for _, s := range a.Steps {
		if s.Said.Rule.ID != rule {
			continue
		}
		switch s.Said.What {
		case claim.StepDue:
			day, waits = s.Said.On, true
		case claim.StepHeeded:
			day, waits = "", false
		}
	}
	return day, waits
}

// drawDay draws a day before a term, or keeps the one there is if it still lies where
// one is drawn. For a term that ends sooner it is today.
func (d *Desk) drawDay(t *Term, has bool, was string) string {
	today := appeal.DateOf(d.now().UTC())
	end := t.Due.Earliest.Day
	from, to := end.AddDays(-wakeFirst), end.AddDays(-wakeLast)
	if from.Compare(today) < 0 {
		from = today
	}
	if to.Compare(from) < 0 {
		to = from
	}
	if has && (from.String() <= was && was <= to.String() || was <= today.String()) {
		return was
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
	day, waits := waiting(a, rule)
	if !waits {
		return fault.New(fault.NotFound, "appeal.not_woken")
	}
	set, err := d.rules(ctx, by)
	if err != nil {
		return err
	}
	var drafts []draft
	step := func(what, on string, v claim.RuleVersion) {
		drafts = append(drafts, draft{claim.KindStep, claim.Step{Appeal: ref, What: what, On: on, Rule: v}, k.body.Key()})
	}
	for _, t := range d.appealFile(set, id, state, a).Clocks {
		if t.Rule != rule {
			continue
		}
		v := claim.RuleVersion{ID: rule, Version: t.Version}
		step(claim.StepHeeded, "", v)
		today, last := appeal.DateOf(d.now().UTC()), t.Due.Earliest.Day.AddDays(-1)
		if t.Duty == appeal.Ours && t.Open() && today.Compare(last) < 0 {
			n := 0
			for day := today; day.Compare(last) < 0; day = day.AddDays(1) {
				n++
			}
			again := today.AddDays(1 + anyOf(n)).String()
			if err := d.db.PutWake(ctx, again); err != nil {
				return err
			}
			step(claim.StepDue, again, v)
		}
	}
	if _, err := d.write(ctx, by, k.circle, id, drafts...); err != nil {
		return err
	}
	return d.db.TakeWake(ctx, day)
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
	for i, day := range days {
		if at, err := time.Parse(isoDay, day); err == nil && day <= today.Format(isoDay) {
			out = append(out, Unopened{[16]byte(d.keyed("wake", []byte(day+" "+strconv.Itoa(i)))), at, false})
		}
	}
	return out, nil
}

// WakeDays returns the days, from today on, on which anybody is woken, each once.
func (d *Desk) WakeDays(ctx context.Context, by Actor) ([]time.Time, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	days, err := d.db.Wakes(ctx)
	if err != nil {
		return nil, err
	}
	var out []time.Time
	for _, day := range slices.Compact(days) {
		if at, err := time.Parse(isoDay, day); err == nil && day >= d.now().UTC().Format(isoDay) {
			out = append(out, at)
		}
	}
	return out, nil
}
