package load

import (
	"math"
	"testing"
)

// TestContend compares the simulation with what can be reckoned by hand.
func TestContend(t *testing.T) {
	c := Contention{Nodes: 4, Callers: 1, RTT: 1, Asks: 7, Sync: 3, Most: 100, Seconds: 20, Seed: 1}
	got := Contend(c)
	if math.Abs(got.Done-100) > 1 || math.Abs(got.P50-40) > .1 || got.Batch != 1 {
		t.Errorf("a turn of 10 ms, in which one of four writes one entry: got %+v", got)
	}
	c.Callers = 10
	if got := Contend(c); math.Abs(got.Done-1000) > 10 || got.Batch != 10 {
		t.Errorf("ten share a turn: got %+v", got)
	}
	c.Rate, c.Callers = 1, 0
	if got := Contend(c); got.P50 != 10 || got.Saturate {
		t.Errorf("one a second waits for nobody: got %+v", got)
	}
	c.Rate, c.Most = 1000, 5
	if got := Contend(c); !got.Saturate || got.Done > 510 {
		t.Errorf("500 a second is all there is: got %+v", got)
	}
}
