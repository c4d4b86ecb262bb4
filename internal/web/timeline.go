package web

import (
	"fmt"
	"strconv"

	"habeas/claim"
)

// An eventView is something that happened, with who says so.
type eventView struct {
	Anchor    string
	When      string
	What      string
	Contested bool
	Denied    bool
	Involved  []involvedView
	Where     string
	Voices    []voice
	Deniers   []voice
	Origins   dots
	Bar       bar
}

// An involvedView is somebody in an event.
type involvedView struct {
	Role string
	Who  who
}

// A bar is a time drawn on an axis of 1000. It fades where nobody knows how
// early or how late.
type bar struct {
	X, FadeIn, SolidX, Solid, OutX, FadeOut int
}

// Drawn reports whether there is anything to draw.
func (b bar) Drawn() bool { return b.FadeIn+b.Solid+b.FadeOut > 0 }

// An axis is the time that bars stand on.
type axis struct {
	From, To string
	Ticks    []tick
	first    claim.Day
	days     claim.Day
}

// A tick is the first of January of a year.
type tick struct {
	X    int
	Year string
}

// axisWidth is how far an axis reaches, in units of the drawing.
const axisWidth = 1000

// timeline returns the events in order, and the axis under their bars.
func (t teller) timeline() (axis, []eventView) {
	a := t.axis()
	var views []eventView
	for _, e := range t.st.Events {
		v := eventView{Anchor: anchor(e.Ref), When: t.date(e.When), What: t.p.Term("event", e.Type()), Bar: a.bar(e.When)}
		if e.Type() == "" {
			v.What = t.p.T("ui.event.some")
		}
		if v.When == "" {
			v.When = t.p.T("ui.event.undated")
		}
		for _, i := range e.Involved {
			v.Involved = append(v.Involved, involvedView{t.p.Term("role", i.Role), t.who(i.Who)})
		}
		var places []string
		for _, ref := range e.Where {
			places = append(places, t.place(ref))
		}
		v.Where = t.p.List(places...)
		t.sides(e, &v)
		views = append(views, v)
	}
	return a, views
}

// sides says who tells of an event and who denies it.
func (t teller) sides(e claim.Event, v *eventView) {
	var pro, contra []*claim.Recorded
	var support claim.Support
	for _, r := range e.Claims {
		if r.Stance == claim.Denies {
			contra = append(contra, r)
			continue
		}
		pro = append(pro, r)
		if r.IsFact() {
			support = append(support, claim.Say{Claim: r})
		}
	}
	v.Voices, v.Deniers = t.voices(pro), t.voices(contra)
	v.Denied, v.Contested = len(contra) > 0, len(contra) > 0 && len(pro) > 0 || len(e.Types) > 1
	v.Origins = t.dots(len(support.Origins()), support.Unknown())
}

// axis spans every date in the case that has an end to it.
func (t teller) axis() axis {
	first, last := claim.LatestDay, claim.EarliestDay
	for _, e := range t.st.Events {
		for _, d := range []claim.Day{e.When.Earliest(), e.When.Latest()} {
			if !e.When.IsZero() && d != claim.EarliestDay && d != claim.LatestDay {
				first, last = min(first, d), max(last, d)
			}
		}
	}
	if first > last {
		return axis{}
	}
	a := axis{first: first - 15, days: last - first + 30}
	a.From, a.To = t.month(first), t.month(last)
	for y := yearOf(first); y <= yearOf(last)+1 && len(a.Ticks) < 40; y++ {
		d, err := claim.ParseDate(strconv.FormatInt(y, 10) + "-01-01")
		if x := a.at(d.Earliest()); err == nil && x >= 0 && x <= axisWidth {
			a.Ticks = append(a.Ticks, tick{X: x, Year: strconv.FormatInt(y, 10)})
		}
	}
	return a
}

// month returns the month of a day in words.
func (t teller) month(d claim.Day) string {
	y, m, _ := d.Date()
	return t.dateText(fmt.Sprintf("%04d-%02d", y, m))
}

func yearOf(d claim.Day) int64 {
	y, _, _ := d.Date()
	return y
}

// at returns where a day stands.
func (a axis) at(d claim.Day) int {
	if a.days <= 0 {
		return 0
	}
	return int((d - a.first) * axisWidth / a.days)
}

// bar draws d: solid from its last possible beginning to its first possible
// end, fading to both sides.
func (a axis) bar(d claim.Date) bar {
	if d.IsZero() || a.days <= 0 {
		return bar{}
	}
	clip := func(day claim.Day) int { return max(0, min(axisWidth, a.at(max(a.first, min(a.first+a.days, day))))) }
	from, to := clip(d.Earliest()), clip(d.Latest())
	if !d.IsInterval() {
		mid := (from + to) / 2
		if to-from < 8 {
			return bar{SolidX: max(0, mid-3), Solid: 6}
		}
		return bar{X: from, FadeIn: mid - from, SolidX: mid, OutX: mid, FadeOut: to - mid}
	}
	begun, ended := from, to
	if b := d.Begin(); !b.IsZero() {
		begun = clip(b.Latest())
	} else {
		begun = min(to, from+axisWidth/10)
	}
	if e := d.End(); !e.IsZero() {
		ended = clip(e.Earliest())
	} else {
		ended = max(from, to-axisWidth/10)
	}
	begun = min(begun, ended)
	return bar{X: from, FadeIn: begun - from, SolidX: begun, Solid: max(3, ended-begun), OutX: ended, FadeOut: max(0, to-ended)}
}
