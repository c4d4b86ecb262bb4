package appeal

// explainEnd says what became of the last day, for the first and the last start.
func (r *reckoning) explainEnd(first, last Range) {
	days := []Date{first.Earliest.Day}
	if last.Earliest != first.Earliest {
		days = append(days, last.Earliest.Day)
	}
	if r.rule.Length.Unit == WorkingDays {
		r.trustYears(r.start.first.From, last.Earliest.Day)
	}
	if first.Open || last.Open {
		r.unknown(r.due.Earliest.Day)
		return
	}
	if r.rule.End == Stays {
		r.step(StepEnd, r.rule.EndLaw, r.due, Sum{}, say("stays"))
		return
	}
	for _, d := range days {
		working, why, known := r.cal.Working(d)
		if !known {
			r.unknown(d)
			return
		}
		next, ok := r.cal.next(d)
		r.trustYears(d, next)
		switch {
		case !ok:
			r.unknown(next)
		case working:
			r.step(StepEnd, r.rule.EndLaw, one(d), Sum{}, say("working", d, d.Weekday()))
		case r.rule.End == Next:
			r.step(StepMoved, r.rule.EndLaw, one(next), Sum{}, say("moved", d, because(d, why)))
		default:
			r.step(StepPerhaps, r.rule.EndLaw, Range{Bound{Day: d}, Bound{Day: next}, false}, Sum{}, say("perhaps_moved", d, because(d, why)))
		}
	}
}

// because returns why a day is not worked: that day of the week, or what the calendar
// says of it.
func because(d Date, why string) any {
	if why == d.Weekday().String() {
		return d.Weekday()
	}
	return Quote(why)
}

func one(d Date) Range { return Range{Earliest: Bound{Day: d}, Latest: Bound{Day: d}} }

// unknown says that no calendar reaches a day.
func (r *reckoning) unknown(d Date) {
	text := say("no_calendar", Code(r.rule.Jurisdiction), d.Year(), d)
	r.step(StepUnknown, r.rule.EndLaw, r.due, Sum{}, text)
	r.doubt(text.Key, text.Args...)
}

// trustYears notes what is not confirmed in the calendar of the years from a to b.
func (r *reckoning) trustYears(a, b Date) {
	for y := a.Year(); y <= b.Year(); y++ {
		if r.cal == nil || r.cal.Years[y] == nil {
			continue
		}
		known := r.cal.Years[y]
		if known.Trust != Confirmed {
			r.doubt("calendar.part", Code(r.rule.Jurisdiction), y)
		}
		for _, o := range known.Open {
			r.doubt("calendar.open", Code(r.rule.Jurisdiction), y, Quote(o))
		}
	}
}

// events applies what happened after the start, in order.
func (r *reckoning) events() {
	for _, e := range r.facts.Events {
		switch {
		case e.On.Compare(r.start.first.From) < 0:
			r.step(StepIgnored, r.rule.Law, one(e.On), Sum{}, say("before."+string(e.Kind), e.On))
			r.doubt("before", e.On)
		case e.Kind == Extended:
			r.extend(e)
		case e.Kind == Forwarded:
			r.forward(e)
		case e.Kind == Met:
			r.meet(e)
			return
		}
	}
}

// extend lengthens the term, if the notice came in time and the law knows it.
func (r *reckoning) extend(e Event) {
	var x *Extension
	for i := range r.rule.Extensions {
		if c := &r.rule.Extensions[i]; c.ID == e.Extension || e.Extension == "" && len(r.rule.Extensions) == 1 {
			x = c
		}
	}
	refuse := func(law, key string) { r.step(StepRefused, law, r.due, Sum{}, say(key, e.On)) }
	switch {
	case x == nil:
		refuse(r.rule.Law, "extension.none")
		return
	case r.has(x.ID):
		refuse(x.Law, "extension.again")
		return
	case !r.due.Open && e.On.Compare(r.due.Latest.Day) > 0:
		refuse(x.Law, "extension.late")
		return
	case e.On.Compare(r.due.Earliest.Day) > 0:
		r.doubt("extension.perhaps_late", e.On)
	}
	r.grown = append(r.grown, *x)
	r.clock.Extended = true
	how := "extended.by"
	if x.Whole {
		how = "extended.to"
	}
	r.step(StepExtension, x.Law, one(e.On), Sum{Parts: []Length{x.Length}}, say(how, x.Length, Quote(x.When), e.On))
	r.end()
}

func (r *reckoning) has(id string) bool {
	for _, x := range r.grown {
		if x.ID == id {
			return true
		}
	}
	return false
}

// forward gives the term to a new addressee, if the law does.
func (r *reckoning) forward(e Event) {
	if r.rule.Forwarded != Restarts {
		r.step(StepIgnored, r.rule.Law, one(e.On), Sum{}, say("forwarded.unread", e.On))
		r.doubt("forwarded.doubt")
		return
	}
	law, text := r.rule.Law, Text{say("forwarded", e.On)}
	if r.rule.ForwardRule != "" {
		rule, _ := r.set.Rule(r.rule.ForwardRule, e.On)
		law = rule.Law
		if start, ok := r.begins(&rule, &r.facts); ok && !start.open {
			if last := r.ends(&rule, nil, start.last.To); !last.Open && e.On.Compare(last.Latest.Day) > 0 {
				text = append(text, say("forwarded.late", Code(rule.ID), last.Latest.Day))
			}
		}
	}
	r.step(StepForwarded, law, one(e.On), Sum{}, text...)
	r.close()
	r.clock.Legs[len(r.clock.Legs)-1].Forwarded = e.On
	r.clock.Forwarded = true
	r.facts = Facts{Sent: On(e.On), Received: e.Received, Registered: e.Registered, Events: nil}
	r.grown, r.due, r.clock.Extended = nil, Range{}, false
	if rule, ok := r.set.Rule(r.rule.ID, e.On); ok {
		r.rule = rule
	}
	r.begin()
	r.end()
}

// close notes the leg that ends here.
func (r *reckoning) close() {
	r.clock.Due = r.due
	r.clock.Legs = append(r.clock.Legs, Leg{Rule: r.rule.ID, Version: r.rule.Version, Start: r.days(r.start), Due: r.due})
}

// meet notes that whoever had to act has acted.
func (r *reckoning) meet(e Event) {
	r.clock.State, r.met = IsMet, e.On
	text := say("met.in_time", e.On)
	switch {
	case r.due.IsZero():
		text = say("met", e.On)
	case !r.due.Open && e.On.Compare(r.due.Latest.Day) > 0:
		r.clock.Late = true
		text = say("met.late", e.On)
	case e.On.Compare(r.due.Earliest.Day) > 0:
		text = say("met.perhaps", e.On)
		r.doubt("met.unknown")
	}
	r.step(StepMet, r.rule.Law, one(e.On), Sum{}, text)
}

// stand says how the term stands on a day.
func (r *reckoning) stand(asOf Span) {
	c := r.clock
	if c.State != Running {
		return
	}
	switch {
	case c.Extended:
		c.State = RunsLonger
	case c.Forwarded:
		c.State = RunsAnew
	}
	if asOf.IsZero() || c.Due.IsZero() {
		return
	}
	asOf = asOf.in(r.zone, r.where)
	began, over := r.reached(asOf)
	switch {
	case over && c.Duty == Nobody:
		c.State = Passed
	case c.Duty == Nobody:
	case over:
		c.State = Overdue
	case began:
		c.State = IsDue
	}
	r.step(StepState, r.rule.Law, c.Due, Sum{}, say("as_of", asOf, c.State))
}

// reached says whether the earliest end is reached, and whether the latest is past.
func (r *reckoning) reached(asOf Span) (began, over bool) {
	due := r.clock.Due
	if due.Earliest.At.IsZero() {
		return asOf.From.Compare(due.Earliest.Day) >= 0, !due.Open && asOf.From.Compare(due.Latest.Day) > 0
	}
	now, _ := asOf.moments(r.where)
	began = !now.Before(due.Earliest.At) || asOf.clock == 0 && asOf.From == due.Earliest.Day
	return began, !due.Open && now.After(due.Latest.At)
}

// open reckons the terms of ours that began because of what became of this one. If
// the last day of theirs is a range, ours begins on a range too, and its earliest
// end counts: ours is never said to begin later than it may have.
func (r *reckoning) open(asOf Span) {
	for _, o := range r.rule.Opens {
		var start Span
		switch {
		case o.On == WhenAnswered && !r.met.IsZero():
			start = On(r.met)
		case o.On == WhenOverdue && !r.met.IsZero():
			start = r.silence(r.met) // ours ran before the late answer came
		case o.On == WhenOverdue && !asOf.IsZero():
			start = r.silence(asOf.in(r.zone, r.where).To)
		}
		if start.IsZero() {
			continue
		}
		rule, _ := r.set.Rule(o.Rule, start.From)
		var facts Facts
		facts.Set(rule.Starts, start)
		c := r.set.Reckon(rule, facts, asOf)
		r.clock.Opened = append(r.clock.Opened, Opened{
			Rule: c.Rule, Version: c.Version, Law: c.Law, Trust: c.Trust, Why: o.On,
			Start: Range{Earliest: Bound{Day: start.From}, Latest: Bound{Day: start.To}}, Due: c.Due, State: c.State,
		})
	}
}

// silence is when a term passed without an answer, as far as that is known on a day:
// the days after its earliest and its latest last day, or of the hour at which it
// ended. The zero Span is not yet.
func (r *reckoning) silence(on Date) Span {
	due, after := r.clock.Due, 1
	if due.IsZero() {
		return Span{}
	}
	if !due.Earliest.At.IsZero() {
		after = 0
	}
	first := due.Earliest.Day.AddDays(after)
	switch {
	case on.Compare(first) < 0:
		return Span{}
	case due.Open:
		return On(first)
	}
	return Span{From: first, To: due.Latest.Day.AddDays(after)}
}
