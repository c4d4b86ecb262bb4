package appeal_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"habeas/appeal"
)

// countries are those whose calendars an office works with from the first day.
var countries = []string{"RU", "UA", "BY", "TR", "MX", "CO"}

// TestCasesCoverEveryRule: each version of each rule has a case, and so has each of
// its extensions, its way of being sent on and its ways of sending that start nothing.
func TestCasesCoverEveryRule(t *testing.T) {
	set := own(t)
	seen := map[string]bool{}
	for _, c := range legalCases(t) {
		clock := c.clock(t, set)
		seen[fmt.Sprintf("%s v%d", clock.Rule, clock.Version)] = true
		for _, s := range clock.Steps {
			switch s.Kind {
			case appeal.StepExtension:
				seen[clock.Rule+" extended "+s.Law+" "+s.Length.String()] = true
			case appeal.StepForwarded, appeal.StepChannel:
				seen[clock.Rule+" "+string(s.Kind)] = true
			}
		}
	}
	for _, r := range set.Rules() {
		want := []string{fmt.Sprintf("%s v%d", r.ID, r.Version)}
		for _, x := range r.Extensions {
			want = append(want, r.ID+" extended "+x.Law+" "+x.Length.String())
		}
		if r.Forwarded == appeal.Restarts {
			want = append(want, r.ID+" "+string(appeal.StepForwarded))
		}
		if len(r.NoClock) > 0 {
			want = append(want, r.ID+" "+string(appeal.StepChannel))
		}
		for _, w := range want {
			if !seen[w] {
				t.Errorf("no case for %s", w)
			}
		}
	}
}

// TestCasesCoverEveryCalendar: in each country and year some case comes out
// otherwise without that year's holidays and moved days, if the year has any.
func TestCasesCoverEveryCalendar(t *testing.T) {
	set := own(t)
	cases := legalCases(t)
	for _, place := range append(slices.Clone(countries), "US") {
		for year := 2022; year <= 2027; year++ {
			y := set.Calendar(place).Years[year]
			if y == nil {
				t.Fatalf("%s has no calendar for %d", place, year)
			}
			if len(y.Off) == 0 {
				continue
			}
			bare := without(t, set, place, year)
			if !slices.ContainsFunc(cases, func(c legalCase) bool { return c.clock(t, bare).Due != c.clock(t, set).Due }) {
				t.Errorf("%s %d: no case needs its holidays", place, year)
			}
		}
	}
}

// without returns the set with a year of weekends alone.
func without(t *testing.T, set *appeal.Set, place string, year int) *appeal.Set {
	t.Helper()
	calendars := map[string]*appeal.Calendar{}
	for _, r := range set.Rules() {
		if c := set.Calendar(r.Jurisdiction); c != nil {
			calendars[r.Jurisdiction] = c
		}
	}
	c := *calendars[place]
	c.Years = map[int]*appeal.CalendarYear{}
	for n, y := range calendars[place].Years {
		if n == year {
			y = &appeal.CalendarYear{Trust: appeal.Confirmed}
		}
		c.Years[n] = y
	}
	calendars[place] = &c
	bare, err := appeal.NewSet(set.Rules(), calendars)
	if err != nil {
		t.Fatal(err)
	}
	return bare
}

// TestCollectionOfClocks: every clock of the collection kept beside the project is
// an entry here, with the same number where it gives one and no more trust than it.
func TestCollectionOfClocks(t *testing.T) {
	f, err := os.Open("../../shared/data/domain/legal-clocks/clocks.csv")
	if os.IsNotExist(err) {
		t.Skip("the collection is not on this machine")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	set := own(t)
	for _, row := range rows[1:] {
		id, duty, value, unit, counting, verified := row[0], row[5], row[6], row[7], row[8], row[11]
		v := set.Versions(id)
		if len(v) == 0 {
			t.Errorf("%s is no rule", id)
			continue
		}
		r := v[len(v)-1]
		if (duty == "applicant") != (r.Duty == appeal.Ours) {
			t.Errorf("%s: got a duty that is %s, want it as %s", id, r.Duty, duty)
		}
		want := strings.TrimSpace(value + " " + map[bool]string{true: "working "}[counting == "working"] + unit)
		switch {
		case value == "" || unit == "rule":
			want = "none"
		case value == "0":
			want = "at once"
		case unit == "date":
			want = "until " + value
		case value != "1":
			want += "s"
		}
		if r.Length.String() != want {
			t.Errorf("%s: got %s, want %s", id, r.Length, want)
		}
		readSince := []string{"CO-HABEAS", "UA-ERDR", "UN-HRC-STATE"} // where, their entries say
		if !strings.HasPrefix(verified, "yes") && r.Trust == appeal.Confirmed && !slices.Contains(readSince, id) {
			t.Errorf("%s: confirmed, and the collection says %s", id, verified)
		}
	}
}

// TestMondays: the days that laws put on Mondays are where the laws put them,
// reckoned here anew: Colombia's feasts (Ley Emiliani, with Easter by the method of
// Gauss) and Mexico's first and third Mondays.
func TestMondays(t *testing.T) {
	set := own(t)
	for year := 2022; year <= 2027; year++ {
		want := map[string]bool{}
		add := func(d time.Time, move bool) {
			for move && d.Weekday() != time.Monday {
				d = d.AddDate(0, 0, 1)
			}
			want[d.Format(time.DateOnly)] = true
		}
		on := func(m time.Month, d int) time.Time { return time.Date(year, m, d, 0, 0, 0, 0, time.UTC) }
		for _, d := range []time.Time{on(1, 6), on(3, 19), on(6, 29), on(8, 15), on(10, 12), on(11, 1), on(11, 11), easter(year).AddDate(0, 0, 39), easter(year).AddDate(0, 0, 60), easter(year).AddDate(0, 0, 68)} {
			add(d, true)
		}
		if year >= 2026 {
			add(on(7, 9), true)
		}
		for _, d := range []time.Time{on(1, 1), on(5, 1), on(7, 20), on(8, 7), on(12, 8), on(12, 25), easter(year).AddDate(0, 0, -3), easter(year).AddDate(0, 0, -2)} {
			add(d, false)
		}
		same(t, set, "CO", year, want)

		want = map[string]bool{}
		for _, d := range []time.Time{on(1, 1), on(5, 1), on(9, 16), on(12, 25)} {
			add(d, false)
		}
		add(on(2, 1), true)
		add(on(3, 15), true)
		add(on(11, 15), true)
		if year == 2024 {
			add(on(10, 1), false)
		}
		same(t, set, "MX", year, want)
	}
}

// easter is the Sunday of the Western churches.
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	return time.Date(year, time.Month((h+l-7*m+114)/31), (h+l-7*m+114)%31+1, 0, 0, 0, 0, time.UTC)
}

func same(t *testing.T, set *appeal.Set, place string, year int, want map[string]bool) {
	t.Helper()
	y := set.Calendar(place).Years[year]
	for d := range y.Off {
		if !want[d.String()] {
			t.Errorf("%s: %s is off, and should not be", place, d)
		}
		delete(want, d.String())
	}
	for d := range want {
		t.Errorf("%s: %s is not off", place, d)
	}
}

// TestMovedDaysAreEven: for each weekend day that is worked another day is off, and
// in Belarus the other way round too; a holiday by law is never a moved day.
func TestMovedDaysAreEven(t *testing.T) {
	set := own(t)
	for _, place := range countries {
		for year, y := range set.Calendar(place).Years {
			for d, why := range y.Work {
				if _, named, ok := strings.Cut(why, "for a day off on "); ok {
					day, err := appeal.ParseDate(named)
					if working, _, _ := set.Calendar(place).Working(day); err != nil || working {
						t.Errorf("%s %d: %s is worked for %q, which is no day off", place, year, d, named)
					}
				} else {
					t.Errorf("%s %d: %s does not say for which day it is worked", place, year, d)
				}
			}
			for d, why := range y.Off {
				from, ok := strings.CutPrefix(why, "day off moved from ")
				if !ok {
					if from, ok = strings.CutPrefix(why, "day off for "); !ok {
						continue
					}
				}
				day, err := appeal.ParseDate(strings.TrimSuffix(from, ", as recommended to state bodies"))
				if err != nil || (day.Weekday() != time.Saturday && day.Weekday() != time.Sunday) || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
					t.Errorf("%s: %s is off instead of %q: want a weekday for a day of the weekend", place, d, from)
				}
			}
		}
	}
}
