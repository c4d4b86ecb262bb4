package crash

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// cuts is how often TestPowerCut cuts the power. The full run, of which
// docs/benchmarks.md tells, is go test ./internal/crash -run TestPowerCut -cuts 500
var cuts = flag.Int("cuts", 1, "how often the power is cut")

// TestPowerCut cuts the power while an office works, is copied, put back, moved, takes in a
// bundle, and while a witness signs: at random moments, of all that these processes did to
// files. Whatever was said to be done before is there, and nothing half-written is.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	seed := seeded(t)
	for name, s := range scenes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n, at := (*cuts*s.part+9)/10, uint64(0); n > 0; n, at = n-100, at+1 {
				s.record(t, seed, name, at, min(n, 100))
			}
		})
	}
}

// record plays a scene once, and cuts the power n times in it.
func (s scene) record(t *testing.T, seed, name string, at uint64, n int) {
	t.Helper()
	m := newMemory(filepath.Join(t.TempDir(), "office"))
	if err := copyTree(m.dir, seed); err != nil {
		t.Fatal(err)
	}
	s.prepare(t, m)
	for _, f := range m.flaws {
		t.Fatal(f)
	}
	p := record(t, m.dir, child(asScene, m.dir, Kind(name), at))
	rng := rand.New(rand.NewPCG(at, 500))
	for _, when := range p.moments(rng, n) {
		p.take(when)
		c := chances(rng)
		left := newMemory(filepath.Join(t.TempDir(), "left"))
		left.said = slices.Clone(m.said)
		last := left.until(p.ops[:when])
		p.root.cut(t, rng, c, left.dir)
		s.after(t, left, last)
		for _, f := range left.flaws {
			t.Errorf("cut after %d of %d, of names that were not synced %g there, of data %g: %s", when, len(p.ops), c.names, c.data, f)
		}
		os.RemoveAll(left.dir)
	}
	t.Logf("%d changes, %d cuts", len(p.ops), n)
}

// moments draws when the power is cut, in order: half of them right after something was
// said or a name changed.
func (p *platter) moments(rng *rand.Rand, n int) (at []int) {
	var names []int
	for i, c := range p.ops {
		if c.do == link || c.do == unlink || c.do == rename || c.do == saying {
			names = append(names, i+1)
		}
	}
	for i := range n {
		if i%2 == 0 {
			at = append(at, rng.IntN(len(p.ops)+1))
		} else {
			at = append(at, min(names[rng.IntN(len(names))]+rng.IntN(3), len(p.ops)))
		}
	}
	slices.Sort(at)
	return at
}

// until takes in what was said up to a moment, and returns the last of each kind that was
// done.
func (m *memory) until(ops []change) map[Kind]Said {
	last, begun := map[Kind]Said{}, map[int]Said{}
	for _, c := range ops {
		if c.do != saying {
			continue
		}
		m.heard(c.said)
		if begun[c.said.Lane] = c.said; c.said.Done {
			last[c.said.What] = c.said
			delete(begun, c.said.Lane)
		}
	}
	for _, s := range begun {
		m.cut[s.What]++
		if s.What == File {
			m.filings++
		}
	}
	m.recent = len(m.said)
	return last
}
