package load

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Table writes steps under one another, as a table of Markdown for each size.
func Table(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "\n%d entries, %d persons, %d cases; load of the machine %s\n\n", s.Entries, s.Persons, s.Cases, s.Load)
		lines := [][]string{{"what", "median or value", "95th percentile", "processor", "of", "goal", "for each doubling"}}
		for _, r := range s.Results {
			lines = append(lines, r.cells())
		}
		aligned(&b, lines)
	}
	for _, s := range steps {
		for _, missed := range s.missed() {
			fmt.Fprintf(&b, "\nNot reached at %d entries: %s", s.Entries, missed)
		}
	}
	return b.String() + "\n"
}

// missed returns what is not as it is to be, in words.
func (s Step) missed() (out []string) {
	for _, r := range s.Results {
		if r.Goal > 0 && !r.Reached() {
			out = append(out, r.What+", by the clock")
		}
		if r.Most > 0 && r.Doubled > r.Most {
			out = append(out, fmt.Sprintf("%s, × %.2f for each doubling", r.What, r.Doubled))
		}
	}
	return out
}

func (r Result) cells() []string {
	or := func(v float64, text string) string {
		if v == 0 {
			return "–"
		}
		return text
	}
	goal := or(r.Goal, fmt.Sprintf("≤ %g %s: %s", r.Goal, r.Unit, yes(r.Reached())))
	if r.Unit == "entries/s" {
		goal = or(r.Goal, fmt.Sprintf("≥ %g %s: %s", r.Goal, r.Unit, yes(r.Reached())))
	}
	grew := or(r.Doubled, fmt.Sprintf("× %.2f", r.Doubled))
	if r.Doubled > 0 && r.Most > 0 {
		grew += fmt.Sprintf(" (≤ %g: %s)", r.Most, yes(r.Doubled <= r.Most))
	}
	unit := r.Unit
	if unit == "entries/s" {
		unit = "s"
	}
	return []string{
		r.What, number(r.Value) + " " + r.Unit, or(r.P95, number(r.P95)+" "+unit), or(r.CPU, number(r.CPU)+" "+unit),
		or(float64(r.N), fmt.Sprint(r.N)), goal, grew,
	}
}

// Reached reports whether a result is what it is to be.
func (r Result) Reached() bool {
	switch {
	case r.Unit == "entries/s":
		return r.Value >= r.Goal
	case r.P95 > 0:
		return r.P95 <= r.Goal
	}
	return r.Value <= r.Goal
}

func yes(b bool) string { return map[bool]string{true: "yes", false: "no"}[b] }

// number writes three digits that count.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func aligned(b *strings.Builder, lines [][]string) {
	wide := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, cell := range l {
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	for n, l := range lines {
		for i, cell := range l {
			b.WriteString("| " + cell + strings.Repeat(" ", wide[i]-utf8.RuneCountInString(cell)+1))
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, w := range wide {
				b.WriteString("| " + strings.Repeat("-", w+1))
			}
			b.WriteString("|\n")
		}
	}
}
