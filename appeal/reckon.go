package appeal

import (
	"fmt"
	"time"
)

// A reckoning is a Clock being made.
type reckoning struct {
	set   *Set
	rule  Rule
	facts Facts
	cal   *Calendar
	where *time.Location
	zone  *time.Location
	clock *Clock
	start span
	grown []Extension
	due   Range
	met   Date
}

// A span is from when until when a start may be; open if there is no last.
type span struct {
	first, last Span
	open        bool
}

// Reckon says when the term of a rule ends and how it stands on a day, or at a
// moment; without one the state is as before any end. It is a pure function: the
// same rule, facts and day give the same Clock.
func (s *Set) Reckon(rule Rule, facts Facts, asOf Span) *Clock {
	r := &reckoning{set: s, rule: rule, facts: facts, cal: s.calendars[rule.Jurisdiction], where: facts.Where, zone: facts.Zone}
	if r.where == nil {
		r.where = time.UTC
		if r.cal != nil {
			r.where = r.cal.Zone
		}
	}
	if r.zone == nil {
		r.zone = r.where
	}
	r.clock = &Clock{
		Rule: rule.ID, Version: rule.Version, Jurisdiction: rule.Jurisdiction, Law: rule.Law, Duty: rule.Duty, Trust: rule.Trust,
		State: NotStarted, AsOf: asOf.String(), Zone: r.where.String(), Next: rule.Next, Steps: []Step{},
	}
	if rule.Trust != Confirmed {
		r.doubt("unconfirmed", Code(rule.ID), Quote(rule.By))
	}
	for _, o := range rule.Open {
		r.doubt("open", Code(rule.ID), Quote(o))
	}
	if r.begin() {
		r.clock.State = Running
		r.end()
		r.events()
		r.close()
		r.stand(asOf)
		r.open(asOf)
	}
	return r.clock
}

func (r *reckoning) step(kind StepKind, law string, days Range, length Sum, text ...Said) {
	r.clock.Steps = append(r.clock.Steps, Step{Kind: kind, Rule: string(r.version()), Law: law, Days: days, Length: length, Text: text})
}

// version returns the rule and its version.
func (r *reckoning) version() Code { return Code(fmt.Sprintf("%s v%d", r.rule.ID, r.rule.Version)) }

// begin finds when the term began, and says no if it did not or there is none.
func (r *reckoning) begin() bool {
	start, ok := r.begins(&r.rule, &r.facts)
	if !ok {
		r.step(StepStart, r.rule.Law, Range{}, Sum{}, r.starts(), say("start.unknown"))
		return false
	}
	r.start = start
	sent := span{r.facts.Sent, r.facts.Sent, false}
	if r.facts.Sent.IsZero() {
		sent = start
	}
	for _, c := range r.rule.NoClock {
		if c.Name == r.facts.Channel && sent.last.To.Compare(c.Since) >= 0 {
			law, _ := r.set.Rule(c.Rule, c.Since)
			r.step(StepChannel, law.Law, Range{}, Sum{}, say("channel", c.Since, ByWay(c.Name), Code(c.Rule)))
			if sent.first.From.Compare(c.Since) >= 0 {
				return false
			}
			r.doubt("channel.before", c.Since, ByWay(c.Name))
		}
	}
	days := r.days(start)
	if exact := r.facts.fact(r.rule.Starts); exact.IsZero() {
		text := say("start.between")
		if start.open {
			text = say("start.not_before")
		}
		r.step(StepBound, r.boundLaw(), days, Sum{}, r.starts(), text)
	} else {
		r.step(StepStart, r.rule.Law, days, Sum{}, r.starts())
	}
	if !r.rule.holds(start.first.From) || (!start.open && !r.rule.holds(start.last.To)) {
		r.step(StepValidity, r.rule.Law, Range{}, Sum{}, say("validity", r.rule.From, r.rule.To))
		r.doubt("validity.not", r.version())
	}
	return true
}

// starts says which event starts the term.
func (r *reckoning) starts() Said { return say("start", Quote(r.rule.What), r.rule.Starts) }

// boundLaw is the law that says how soon a letter is registered.
func (r *reckoning) boundLaw() string {
	if r.rule.Registration == "" {
		return r.rule.Law
	}
	reg, _ := r.set.Rule(r.rule.Registration, r.start.first.From)
	return reg.Law
}

// begins finds the start of a rule in the facts, or bounds of it: a letter is
// registered on the day of receipt at the earliest, and at the end of the term for
// that at the latest; it is received no earlier than it is sent.
func (r *reckoning) begins(rule *Rule, f *Facts) (span, bool) {
	if exact := f.fact(rule.Starts); !exact.IsZero() {
		exact = exact.in(r.zone, r.where)
		return span{exact, exact, false}, true
	}
	received, sent := f.Received.in(r.zone, r.where), f.Sent.in(r.zone, r.where)
	switch {
	case rule.Starts == Registered && !received.IsZero() && rule.Registration == "":
		return span{On(received.From), On(received.From), true}, true
	case rule.Starts == Registered && !received.IsZero():
		reg, _ := r.set.Rule(rule.Registration, received.From)
		last := r.ends(&reg, nil, received.To)
		r.doubt("registered.unknown", Code(reg.ID))
		if last.Open {
			return span{On(received.From), On(received.From), true}, true
		}
		return span{On(received.From), On(last.Latest.Day), false}, true
	case (rule.Starts == Registered || rule.Starts == Received) && !sent.IsZero():
		r.doubt("received.unknown")
		return span{On(sent.From), On(sent.From), true}, true
	}
	return span{}, false
}

// in moves a known time to the day it is in another zone.
func (s Span) in(from, to *time.Location) Span {
	if s.clock == 0 || from == to {
		return s
	}
	t, _ := s.moments(from)
	t = t.In(to)
	return Span{From: DateOf(t), To: DateOf(t), clock: t.Hour()*60 + t.Minute() + 1}
}

// days shows a start as a Range.
func (r *reckoning) days(s span) Range {
	out := Range{Earliest: Bound{Day: s.first.From}, Latest: Bound{Day: s.last.To}}
	if s.first.clock > 0 && r.rule.Length.Unit == Hours {
		out.Earliest.At, _ = s.first.moments(r.where)
		out.Latest.At = out.Earliest.At
	}
	return out.opened(s.open)
}

// end reckons the end of the term from the start and what it was extended by.
func (r *reckoning) end() {
	l := r.rule.Length
	switch l.Unit {
	case NoUnit:
		r.clock.State = NoTerm
		r.step(StepLength, r.rule.Law, Range{}, Sum{Parts: []Length{l}}, say("no_number"))
		return
	case Until:
		r.clock.State = NoTerm
		r.due = Range{Earliest: Bound{Day: l.Date}, Latest: Bound{Day: l.Date}}
		text := say("until.within")
		switch {
		case r.start.first.From.Compare(l.Date) > 0:
			text = say("until.after")
		case r.start.last.To.Compare(l.Date) > 0:
			text = say("until.perhaps")
		}
		r.step(StepLength, r.rule.Law, r.due, Sum{Parts: []Length{l}}, text)
		return
	case AtOnce:
		r.due = r.days(r.start)
		r.step(StepLength, r.rule.Law, r.due, Sum{Parts: []Length{l}}, say("at_once"))
		return
	case Hours:
		r.hours()
		return
	}
	first, last := r.raw(&r.rule, r.grown, r.start.first.From), r.raw(&r.rule, r.grown, r.start.last.To)
	text := say("first.not_counted")
	if r.rule.FirstDay {
		text = say("first.counted")
	}
	r.step(StepLength, r.rule.Law, merge(first, last, r.start.open), r.total(), text)
	r.due = merge(r.ends(&r.rule, r.grown, r.start.first.From), r.ends(&r.rule, r.grown, r.start.last.To), r.start.open)
	r.explainEnd(first, last)
}

// total is the length with its extensions.
func (r *reckoning) total() Sum {
	s := Sum{Parts: []Length{r.rule.Length}}
	for _, x := range r.grown {
		if x.Whole {
			s = Sum{[]Length{x.Length}, true}
		} else {
			s.Parts = append(s.Parts, x.Length)
		}
	}
	return s
}

// hours reckons terms of hours. They pass whatever is done to the clocks.
func (r *reckoning) hours() {
	n := r.rule.Length.N
	for _, x := range r.grown {
		if x.Whole {
			n = max(n, x.Length.N)
		} else {
			n += x.Length.N
		}
	}
	a, _ := r.start.first.moments(r.where)
	_, b := r.start.last.moments(r.where)
	a, b = a.Add(time.Duration(n)*time.Hour), b.Add(time.Duration(n)*time.Hour)
	r.due = Range{Earliest: Bound{DateOf(a), a}, Latest: Bound{DateOf(b), b}}.opened(r.start.open)
	text := Text{say("hours")}
	if r.start.first.clock == 0 {
		text = append(text, say("hours.unknown"))
	}
	r.step(StepLength, r.rule.Law, r.due, r.total(), text...)
}

// merge joins the ends of the earliest and of the latest start.
func merge(first, last Range, open bool) Range {
	return Range{Earliest: first.Earliest, Latest: last.Latest}.opened(open || first.Open || last.Open)
}

// opened takes the latest away if it is not known.
func (r Range) opened(open bool) Range {
	if open {
		return Range{Earliest: r.Earliest, Open: true}
	}
	return r
}

// raw is the last day before anything is moved.
func (r *reckoning) raw(rule *Rule, grown []Extension, start Date) Range {
	d, known := r.add(start, rule.Length, rule.FirstDay)
	for _, x := range grown {
		to, ok := d, false
		if x.Whole {
			if to, ok = r.add(start, x.Length, rule.FirstDay); to.Compare(d) < 0 {
				to = d
			}
		} else {
			to, ok = r.add(d, x.Length, false)
		}
		d, known = to, known && ok
	}
	return Range{Bound{Day: d}, Bound{Day: d}, !known}
}

// add counts a length from a day. It says no if the calendar ends before.
func (r *reckoning) add(d Date, l Length, firstDay bool) (Date, bool) {
	back := 0
	if firstDay {
		back = 1
	}
	switch l.Unit {
	case WorkingDays:
		return r.cal.after(d.AddDays(-back), l.N)
	case Months:
		return d.AddMonths(l.N).AddDays(-back), true
	case Years:
		return d.AddMonths(12 * l.N).AddDays(-back), true
	}
	return d.AddDays(l.N - back), true
}

// ends is raw, moved by the rule for days that are not worked.
func (r *reckoning) ends(rule *Rule, grown []Extension, start Date) Range {
	raw := r.raw(rule, grown, start)
	if raw.Open || rule.End == Stays || rule.End == "" {
		return raw
	}
	next, known := r.cal.next(raw.Latest.Day)
	raw.Latest.Day = next
	if rule.End == Next && known {
		raw.Earliest.Day = next
	}
	raw.Open = !known
	return raw
}
