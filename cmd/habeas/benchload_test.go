package main

import (
	"encoding/json"
	"strings"
	"testing"

	"habeas/internal/load"
)

// TestBenchLoad runs the measurement on some hundreds of entries: that it can be run,
// not how fast it is.
func TestBenchLoad(t *testing.T) {
	pl := newPlace(t)
	out, _ := pl.must(0, "bench", "load", "--entries", "700", "--persons", "70", "--requests", "2", "--json")
	var steps []load.Step
	if err := json.Unmarshal([]byte(out), &steps); err != nil || len(steps) != 1 {
		t.Fatalf("%v in %s", err, out)
	}
	s := steps[0]
	if s.Entries < 700 || s.Persons == 0 || s.Cases == 0 {
		t.Errorf("measured nothing: %+v", s)
	}
	seen := map[string]bool{}
	for _, r := range s.Results {
		seen[r.What] = r.Value > 0
	}
	for _, want := range []string{"rebuild of all views", "page of a case", "page of Today", "page of all places", "search, a word of every text", "a statement is taken in", "heap that is in use"} {
		if !seen[want] {
			t.Errorf("nothing is said of %s", want)
		}
	}
	if table := load.Table(steps); !strings.Contains(table, "| page of a case") {
		t.Errorf("got %s", table)
	}
	pl.must(2, "bench", "load", "--entries", "3")
}

func TestBenchContention(t *testing.T) {
	pl := newPlace(t)
	out, _ := pl.must(0, "bench", "contention", "--nodes", "1,100", "--rate", "50")
	if strings.Count(out, "\n") != 4 || !strings.Contains(out, "| 100 ") {
		t.Errorf("got %s", out)
	}
	pl.must(2, "bench", "contention", "--nodes", "0")
}
