package load

import (
	"math"
	"strings"
	"testing"
)

// TestGoalsAreMarked compares what is said of goals with figures made up for it: two
// doublings lie between the steps.
func TestGoalsAreMarked(t *testing.T) {
	steps := []Step{
		{Entries: 1000, Results: []Result{
			{What: "page", Unit: "ms", Value: 1, P95: 2, CPU: 1, Goal: 20, Most: 1.2},
			{What: "append", Unit: "entries/s", Value: 6000, CPU: .1, N: 1000, Goal: 5000, Most: 2.1},
			{What: "disk", Unit: "MB", Value: 10},
		}},
		{Entries: 4000, Results: []Result{
			{What: "page", Unit: "ms", Value: 19, P95: 21, CPU: 4, Goal: 20, Most: 1.2},
			{What: "append", Unit: "entries/s", Value: 5001, CPU: .3, N: 3000, Goal: 5000, Most: 2.1},
			{What: "disk", Unit: "MB", Value: 40},
		}},
	}
	perDoubling(steps)
	for i, r := range steps[1].Results {
		if math.Abs(r.Doubled-2) > 1e-9 || steps[0].Results[i].Doubled != 0 {
			t.Errorf("%s: %v for each doubling, want 2", r.What, r.Doubled)
		}
	}
	table := Table(steps)
	for _, want := range []string{"≤ 20 ms: no", "≥ 5000 entries/s: yes", "× 2.00 (≤ 1.2: no)", "× 2.00 (≤ 2.1: yes)",
		"Not reached at 4000 entries: page, by the clock", "Not reached at 4000 entries: page, × 2.00 for each doubling"} {
		if !strings.Contains(table, want) {
			t.Errorf("%q is not in\n%s", want, table)
		}
	}
	if strings.Count(table, "Not reached") != 2 {
		t.Errorf("other goals are said to be missed:\n%s", table)
	}
}
