package appeal

import (
	"fmt"
	"slices"
	"strings"
)

// InOrder returns events by their days; those of one day stay as they are.
func InOrder(events []Event) []Event {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b Event) int { return a.On.Compare(b.On) })
	return events
}

// Explain returns the reckoning as lines of English: what is loud first, then each
// step with its law, the last day, how it stands, and what was not confirmed.
func (c *Clock) Explain() string {
	var b strings.Builder
	say := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	say("%s v%d (%s)", c.Rule, c.Version, c.Jurisdiction)
	say("%s", c.Law)
	if c.Loud() {
		say("\n!! THIS TERM IS OURS. Missing this cannot be repaired.")
	}
	if c.Duty == Nobody {
		say("\nThis is a waiting time: what may follow is allowed only after it.")
	}
	if c.Trust != Confirmed {
		part := ""
		if c.Trust == Partly {
			part = " IN PART"
		}
		say("\n!! NOT CONFIRMED%s: let a lawyer confirm this before anybody relies on it.", part)
	}
	say("")
	for i, s := range c.Steps {
		say("%2d. %s", i+1, s.Text)
		var more []string
		if s.Length != "" {
			more = append(more, "length: "+s.Length)
		}
		if !s.Days.IsZero() {
			more = append(more, s.Days.String())
		}
		if s.Law != "" {
			more = append(more, "law: "+s.Law)
		}
		if len(more) > 0 {
			say("    %s", strings.Join(more, " · "))
		}
	}
	say("")
	if !c.Due.IsZero() {
		say("Last day: %s (days of %s)", c.Due, c.Zone)
	}
	if c.Loud() && c.Due.Earliest != c.Due.Latest && !c.Due.IsZero() {
		say("Act by %s: that is the earliest day that may be the last.", c.Due.Earliest)
	}
	say("State: %s%s", c.State, map[bool]string{true: ", too late"}[c.Late])
	for i, n := range c.Next {
		if i == 0 {
			say("\nWhat may follow:")
		}
		say("  - %s", n)
	}
	for i, d := range c.Doubts {
		if i == 0 {
			say("\nNot certain:")
		}
		say("  - %s", d)
	}
	say("\nThis is no legal advice.")
	return b.String()
}
