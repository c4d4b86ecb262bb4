package appeal_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"habeas/appeal"
)

// A legalCase is a line of testdata/cases.txt.
type legalCase struct {
	line                           int
	rule, facts, asOf, last, state string
	why                            string
}

func legalCases(t testing.TB) []legalCase {
	t.Helper()
	b, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []legalCase
	for i, line := range strings.Split(string(b), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		p := strings.Split(line, " | ")
		if len(p) != 6 || p[5] == "" {
			t.Fatalf("line %d: got %d columns, want 6, each case with its reason", i+1, len(p))
		}
		all = append(all, legalCase{i + 1, p[0], p[1], strings.TrimSpace(p[2]), p[3], p[4], p[5]})
	}
	return all
}

func own(t testing.TB) *appeal.Set {
	t.Helper()
	set, err := appeal.Own()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// readFacts reads the second column. on is the first day it speaks of.
func readFacts(text string) (f appeal.Facts, on appeal.Date, err error) {
	for _, part := range strings.Split(text, "; ") {
		words := strings.Fields(part)
		if len(words) < 2 {
			return f, on, fmt.Errorf("%q says nothing", part)
		}
		switch words[0] {
		case "channel":
			f.Channel = words[1]
		case "zone":
			f.Zone, err = time.LoadLocation(words[1])
		case "where":
			f.Where, err = time.LoadLocation(words[1])
		case "extended", "forwarded", "met":
			var e appeal.Event
			e, err = readEvent(words)
			f.Events = append(f.Events, e)
		case "sent", "received", "registered", "known", "happened":
			var s appeal.Span
			s, err = appeal.ParseSpan(words[1])
			f.Set(appeal.Start(words[0]), s)
			if on.IsZero() {
				on = s.From
			}
		default:
			err = fmt.Errorf("%q is no fact", words[0])
		}
		if err != nil {
			return f, on, err
		}
	}
	return f, on, nil
}

func readEvent(words []string) (e appeal.Event, err error) {
	e.Kind = appeal.EventKind(words[0])
	id, on, ok := strings.Cut(words[1], "@")
	if !ok {
		id, on = "", words[1]
	}
	e.Extension = id
	if e.On, err = appeal.ParseDate(on); err != nil {
		return e, err
	}
	for i := 2; i+1 < len(words); i += 2 {
		s, err := appeal.ParseSpan(words[i+1])
		if err != nil {
			return e, err
		}
		if words[i] == "received" {
			e.Received = s
		} else {
			e.Registered = s
		}
	}
	return e, nil
}

func (c legalCase) clock(t testing.TB, set *appeal.Set) *appeal.Clock {
	t.Helper()
	f, on, err := readFacts(c.facts)
	if err != nil {
		t.Fatalf("line %d: %v", c.line, err)
	}
	var asOf appeal.Span
	if c.asOf != "" {
		if asOf, err = appeal.ParseSpan(c.asOf); err != nil {
			t.Fatalf("line %d: %v", c.line, err)
		}
	}
	if len(set.Versions(c.rule)) == 0 {
		t.Fatalf("line %d: no rule %s", c.line, c.rule)
	}
	rule, _ := set.Rule(c.rule, on)
	return set.Reckon(rule, f, asOf)
}

// TestCases: each line of the table comes out as the lawyer's column says.
func TestCases(t *testing.T) {
	set := own(t)
	cases := legalCases(t)
	if len(cases) < 200 {
		t.Fatalf("got %d cases, want 200 or more", len(cases))
	}
	for _, c := range cases {
		clock := c.clock(t, set)
		state := string(clock.State)
		if clock.Late {
			state += " late"
		}
		if clock.Due.String() != c.last || state != c.state {
			t.Errorf("line %d: %s, %s: got %s, %s; want %s, %s: %s", c.line, c.rule, c.facts, clock.Due, state, c.last, c.state, c.why)
		}
	}
}
