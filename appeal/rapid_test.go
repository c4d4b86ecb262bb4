package appeal_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"habeas/appeal"
)

// drawDate draws a day of the years that calendars know, and some around them.
func drawDate(t *rapid.T, label string) appeal.Date {
	n := rapid.IntRange(0, 366*9).Draw(t, label)
	return appeal.DateOf(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n))
}

// drawRule draws a rule with a number, and perhaps another length and start of
// counting than the law has.
func drawRule(t *rapid.T, set *appeal.Set) appeal.Rule {
	var counted []appeal.Rule
	for _, r := range set.Rules() {
		if r.Length.N > 0 {
			counted = append(counted, r)
		}
	}
	r := rapid.SampledFrom(counted).Draw(t, "rule")
	r.Length.N = rapid.IntRange(1, 80).Draw(t, "n")
	if r.Length.Unit != appeal.Hours {
		r.FirstDay = rapid.Bool().Draw(t, "first day counted")
		if set.Calendar(r.Jurisdiction) != nil && r.Length.Unit != appeal.WorkingDays {
			r.End = rapid.SampledFrom([]appeal.End{appeal.Stays, appeal.Next, appeal.Unsaid}).Draw(t, "end")
		}
	}
	return r
}

func reckoned(set *appeal.Set, r appeal.Rule, s appeal.Span, events ...appeal.Event) *appeal.Clock {
	var f appeal.Facts
	f.Set(r.Starts, s)
	f.Events = events
	return set.Reckon(r, f, appeal.Span{})
}

// before says whether a ends before b. An end that is open is before nothing and
// after nothing: it is not known.
func before(a, b appeal.Range, latest bool) bool {
	x, y := a.Earliest, b.Earliest
	if latest {
		if a.Open || b.Open {
			return false
		}
		x, y = a.Latest, b.Latest
	}
	if !x.At.IsZero() && !y.At.IsZero() {
		return x.At.Before(y.At)
	}
	return x.Day.Compare(y.Day) < 0
}

// earlier says whether either bound of a is before that of b.
func earlier(a, b appeal.Range) bool { return before(a, b, false) || before(a, b, true) }

// TestLaterStartNeverEndsEarlier: a term that starts later ends no earlier.
func TestLaterStartNeverEndsEarlier(t *testing.T) {
	set := own(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRule(t, set)
		a, b := drawDate(t, "a"), drawDate(t, "b")
		if b.Compare(a) < 0 {
			a, b = b, a
		}
		x, y := reckoned(set, r, appeal.On(a)), reckoned(set, r, appeal.On(b))
		if earlier(y.Due, x.Due) {
			t.Fatalf("%s %s end %s: from %s got %s, from %s got %s", r.ID, r.Length, r.End, a, x.Due, b, y.Due)
		}
	})
}

// TestNeverBeforeTheStart: no term ends before it starts, and the latest end is
// never before the earliest.
func TestNeverBeforeTheStart(t *testing.T) {
	set := own(t)
	rapid.Check(t, func(t *rapid.T) {
		r, a := drawRule(t, set), drawDate(t, "start")
		c := reckoned(set, r, appeal.On(a))
		if c.Due.Earliest.Day.Compare(a) < 0 {
			t.Fatalf("%s %s: from %s got %s", r.ID, r.Length, a, c.Due)
		}
		if !c.Due.Open && (c.Due.Latest.Day.Compare(c.Due.Earliest.Day) < 0 || c.Due.Latest.At.Before(c.Due.Earliest.At)) {
			t.Fatalf("%s %s: from %s got %s: it ends before it begins", r.ID, r.Length, a, c.Due)
		}
	})
}

// TestLongerNeverEndsEarlier: with a greater number, or an extension, a term ends no
// earlier.
func TestLongerNeverEndsEarlier(t *testing.T) {
	set := own(t)
	rapid.Check(t, func(t *rapid.T) {
		r, a := drawRule(t, set), drawDate(t, "start")
		short := reckoned(set, r, appeal.On(a))
		longer := r
		longer.Length.N += rapid.IntRange(1, 40).Draw(t, "more")
		if long := reckoned(set, longer, appeal.On(a)); earlier(long.Due, short.Due) {
			t.Fatalf("%s from %s: %s gives %s, %s gives %s", r.ID, a, r.Length, short.Due, longer.Length, long.Due)
		}
		if len(r.Extensions) == 0 {
			return
		}
		x := rapid.SampledFrom(r.Extensions).Draw(t, "extension")
		e := appeal.Event{Kind: appeal.Extended, Extension: x.ID, On: drawDate(t, "notice")}
		if long := reckoned(set, r, appeal.On(a), e); earlier(long.Due, short.Due) {
			t.Fatalf("%s from %s: without the extension %s, with it %s", r.ID, a, short.Due, long.Due)
		}
	})
}

// TestNotKnowingOnlyWidens: what is known of a start only on a range of days lies
// within what each of its days gives, and the day of registration within the range
// given while it was not known.
func TestNotKnowingOnlyWidens(t *testing.T) {
	set := own(t)
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(set.Versions("RU-APPEAL-REPLY")).Draw(t, "rule")
		received := drawDate(t, "received")
		registered := received.AddDays(rapid.IntRange(0, 3).Draw(t, "days to register"))
		wide := set.Reckon(r, appeal.Facts{Received: appeal.On(received)}, appeal.Span{})
		exact := set.Reckon(r, appeal.Facts{Received: appeal.On(received), Registered: appeal.On(registered)}, appeal.Span{})
		if before(exact.Due, wide.Due, false) || (!wide.Due.Open && before(wide.Due, exact.Due, true)) {
			t.Fatalf("received %s, registered %s: while not known %s, then %s", received, registered, wide.Due, exact.Due)
		}
	})
}

// TestStateOnlyMovesOn: as days pass a term runs, is due, and is overdue, in this
// order and never back.
func TestStateOnlyMovesOn(t *testing.T) {
	set := own(t)
	order := map[appeal.State]int{appeal.Running: 0, appeal.IsDue: 1, appeal.Overdue: 2, appeal.Passed: 2}
	rapid.Check(t, func(t *rapid.T) {
		r, a := drawRule(t, set), drawDate(t, "start")
		var f appeal.Facts
		f.Set(r.Starts, appeal.On(a))
		x := drawDate(t, "day")
		y := x.AddDays(rapid.IntRange(0, 200).Draw(t, "days on"))
		s, u := set.Reckon(r, f, appeal.On(x)).State, set.Reckon(r, f, appeal.On(y)).State
		if order[u] < order[s] {
			t.Fatalf("%s from %s: %s on %s, and %s on %s", r.ID, a, s, x, u, y)
		}
	})
}

// TestReckoningChangesNothing: reckoning twice gives the same, and the set is as it was.
func TestReckoningChangesNothing(t *testing.T) {
	set := own(t)
	for _, c := range legalCases(t)[:100] {
		if a, b := c.clock(t, set).Explain(), c.clock(t, set).Explain(); a != b {
			t.Errorf("line %d: reckoned twice, and it differs:\n%s\n%s", c.line, a, b)
		}
	}
}

// TestLengthsAndDatesReadBack: what is written is read again as it was.
func TestLengthsAndDatesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDate(t, "date")
		if got, err := appeal.ParseDate(d.String()); err != nil || got != d {
			t.Fatalf("%s: got %v, %v", d, got, err)
		}
		l := appeal.Length{N: rapid.IntRange(1, 600).Draw(t, "n"), Unit: rapid.SampledFrom([]appeal.Unit{appeal.Hours, appeal.Days, appeal.WorkingDays, appeal.Months, appeal.Years}).Draw(t, "unit")}
		if got, err := appeal.ParseLength(l.String()); err != nil || got != l {
			t.Fatalf("%s: got %v, %v", l, got, err)
		}
	})
}

// FuzzDates: no text makes a reader of dates, times or lengths fail other than with
// an error, and what is read is written as it was.
func FuzzDates(f *testing.F) {
	for _, s := range []string{"2024-02-29", "2023-02-29", "2024-02", "2024", "2025-03-03T14:30", "2025-03-03/2025-03-06", "2025/2024", "30 days", "1 month", "at once", "none", "until 2022-09-16", "0 days", "5 working days", "1 days", "-1 days", "99999999999999999999 days", "2025-13-01", "٢٠٢٥-٠١-٠١"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := appeal.ParseDate(s); err == nil && d.String() != s {
			t.Errorf("%q is read as %s", s, d)
		}
		if l, err := appeal.ParseLength(s); err == nil && l.String() != s {
			t.Errorf("%q is read as %s", s, l)
		}
		if p, err := appeal.ParseSpan(s); err == nil {
			if again, err := appeal.ParseSpan(p.String()); err != nil || again != p {
				t.Errorf("%q is read as %s, and that as %s, %v", s, p, again, err)
			}
			if p.To.Compare(p.From) < 0 {
				t.Errorf("%q ends before it begins: %s", s, p)
			}
		}
	})
}

// FuzzRules: no text makes the readers of rules and calendars fail other than with
// an error that names the file and a line of it, and what is read can be reckoned with.
func FuzzRules(f *testing.F) {
	f.Add(soundRule)
	f.Add("rule X-Y 1\nlength 30 days\n")
	f.Add("calendar RU\nname Russia\nzone Europe/Moscow\nweekend Saturday Sunday\nyear 2024\nsource s\nchecked 2024-01-01\nby b\nconfirmed yes\noff 2024-01-01 New Year\nwork 2024-01-06 why\n")
	f.Fuzz(func(t *testing.T, s string) {
		rules, err := appeal.ReadRules("file", s)
		checkError(t, err, s)
		c, err2 := appeal.ReadCalendar("file", s)
		if err == nil && c == nil {
			checkError(t, err2, s)
		}
		if err != nil || len(rules) == 0 {
			return
		}
		set, err := appeal.NewSet(rules, nil)
		if err != nil {
			checkError(t, err, s)
			return
		}
		for _, r := range rules {
			start, _ := appeal.ParseDate("2024-02-29")
			_ = reckoned(set, r, appeal.On(start)).Explain()
		}
	})
}

func checkError(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil {
		return
	}
	e, ok := err.(*appeal.ReadError)
	if !ok || e.File != "file" || e.Line < 1 || e.Line > strings.Count(text, "\n")+1 || e.Reason == "" {
		t.Errorf("got %v, want an error with the file, a line of it and a reason", err)
	}
}
