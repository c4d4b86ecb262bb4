package load

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// A Contention is what nodes do that share one log: each gathers what its members
// record, waits for its turn on the head, and commits what it has in one transaction.
type Contention struct {
	Nodes   int
	Rate    float64 // entries a second that come in, over all nodes, at random; 0 for as many as there can be
	Callers int     // with Rate 0: members of each node who record one entry after the other
	RTT     float64 // ms, to the database and back
	Asks    float64 // questions and answers in one turn
	Sync    float64 // ms, until a commit is on disk, and on its replica
	Entry   float64 // ms of work in a turn for each entry
	Most    int     // entries in one turn
	Seconds float64
	Seed    uint64
}

// Contended is how that went.
type Contended struct {
	Nodes    int     `json:"nodes"`
	Rate     float64 `json:"offered,omitempty"`
	Done     float64 `json:"entries_a_second"`
	P50      float64 `json:"ms_p50"`
	P95      float64 `json:"ms_p95"`
	Batch    float64 `json:"entries_a_turn"`
	Waiting  int     `json:"waiting_at_the_end"`
	Saturate bool    `json:"saturated"` // more came in than went
}

// Contend plays it, event by event. Turns go to the node that has waited longest, as
// the lock on the head gives them. Nothing else is in the model: no retries, no lost
// messages, no work of the nodes beside.
func Contend(c Contention) Contended {
	r := rand.New(rand.NewPCG(c.Seed, 3))
	queues := make([][]float64, c.Nodes) // when each entry that waits came
	since := make([]float64, c.Nodes)    // when each node asked for its turn
	end := c.Seconds * 1000
	next := math.Inf(1)
	if c.Rate > 0 {
		next = r.ExpFloat64() * 1000 / c.Rate
	} else {
		for n := range queues {
			for range c.Callers {
				queues[n] = append(queues[n], 0)
			}
		}
	}
	var took []float64
	turns, now := 0, 0.0
	come := func(until float64) {
		for ; next <= until; next += r.ExpFloat64() * 1000 / c.Rate {
			n := r.IntN(c.Nodes)
			if len(queues[n]) == 0 {
				since[n] = next
			}
			queues[n] = append(queues[n], next)
		}
	}
	for now < end {
		come(now)
		turn := -1
		for n := range queues {
			if len(queues[n]) > 0 && (turn < 0 || since[n] < since[turn]) {
				turn = n
			}
		}
		if turn < 0 {
			now = next
			continue
		}
		n := min(len(queues[turn]), c.Most)
		done := now + c.RTT*c.Asks + c.Sync + c.Entry*float64(n)
		for _, came := range queues[turn][:n] {
			took = append(took, done-came)
		}
		queues[turn] = slices.Delete(queues[turn], 0, n)
		if c.Rate == 0 { // who was answered records the next
			for range n {
				queues[turn] = append(queues[turn], done)
			}
		}
		now, since[turn] = done, done
		turns++
	}
	return c.became(took, queues, turns, now)
}

func (c Contention) became(took []float64, queues [][]float64, turns int, ms float64) Contended {
	out := Contended{Nodes: c.Nodes, Rate: c.Rate, Done: float64(len(took)) * 1000 / ms, Batch: float64(len(took)) / float64(max(turns, 1))}
	for _, q := range queues {
		out.Waiting += len(q)
	}
	out.Saturate = c.Rate > 0 && float64(out.Waiting) > c.Rate // more than a second's worth
	slices.Sort(took)
	if len(took) > 0 {
		out.P50, out.P95 = took[len(took)/2], took[len(took)*95/100]
	}
	return out
}

// ContentionTable writes what became of each.
func ContentionTable(all []Contended) string {
	var b strings.Builder
	lines := [][]string{{"nodes", "offered a second", "written a second", "median", "95th percentile", "entries a turn", "holds"}}
	for _, c := range all {
		offered := "as many as can be"
		if c.Rate > 0 {
			offered = fmt.Sprintf("%.0f", c.Rate)
		}
		lines = append(lines, []string{fmt.Sprint(c.Nodes), offered, fmt.Sprintf("%.0f", c.Done), number(c.P50) + " ms", number(c.P95) + " ms", number(c.Batch), yes(!c.Saturate)})
	}
	aligned(&b, lines)
	return b.String()
}
