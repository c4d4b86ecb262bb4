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
	c.explainSteps(say)
	say("")
	if !c.Due.IsZero() {
		say("Last day: %s (days of %s)", c.Due, c.Zone)
	}
	if c.Loud() && c.Due.Earliest != c.Due.Latest && !c.Due.IsZero() {
		say("Act by %s: that is the earliest day that may be the last.", c.Due.Earliest)
	}
	say("State: %s%s", c.State, map[bool]string{true: ", too late"}[c.Late])
	c.explainOpened(say)
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

// explainSteps says each step with its length, its days and its law.
func (c *Clock) explainSteps(say func(string, ...any)) {
	say("")
	for i, s := range c.Steps {
		say("%2d. %s", i+1, s.Text)
		var more []string
		if !s.Length.IsZero() {
			more = append(more, "length: "+s.Length.String())
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
}

// explainOpened says which terms of ours run because of this one.
func (c *Clock) explainOpened(say func(string, ...any)) {
	for _, o := range c.Opened {
		say("\n!! A TERM OF OURS RUNS BECAUSE OF THIS: %s v%d (%s), from %s.", o.Rule, o.Version, o.Law, o.Start)
		if o.Due.IsZero() {
			say("   No number of days is known for it. Missing it cannot be repaired.")
		} else {
			say("   Act by %s (%s). Missing this cannot be repaired.", o.Due.Earliest, o.State)
		}
		if o.Trust != Confirmed {
			say("   NOT CONFIRMED: let a lawyer confirm it.")
		}
	}
}
