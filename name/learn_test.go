package name

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

var learn = flag.Bool("learn", false, "count sounds.txt, spelt.txt and runs.txt anew")

// learnFrom holds the pairs that are learned from, of the second file only those
// that are not held out.
var learnFrom = []string{"../../shared/data/names/translit/wd_russian_64.gz", translitPairs}

// A count is how often letters, in a context, stand for sounds.
type count map[string]map[string]float64

func (c count) add(context, sounds string, n float64) {
	if c[context] == nil {
		c[context] = map[string]float64{}
	}
	c[context][sounds] += n
}

// A lesson is a pair of spellings, and how much it counts.
type lesson struct {
	from, to string
	weight   float64
}

// Numbers of the learner.
const (
	maxSounds = 4   // that one letter stands for
	noPair    = 2.2 // nats for a letter at which a pair is no pair
	prior     = 5.0 // how much a shorter context counts
	leastSeen = 8   // how often a context is seen to count at all
	leastGain = 5.0 // nats a context must save to be written down
	leastOdds = .004
	mostKept  = 7 // of what a letter may be in a context
)

// TestLearnSounds writes three tables if it is asked to by -learn: what Latin letters
// sound like, how sounds are spelled, and what follows what.
func TestLearnSounds(t *testing.T) {
	if !*learn {
		t.Skip("only with -learn")
	}
	lessons := lessonsOf(t)
	var back []lesson
	for _, l := range lessons {
		back = append(back, lesson{l.to, l.from, l.weight})
	}
	for file, table := range map[string]string{
		"sounds.txt": learned(t, lessons), "spelt.txt": learned(t, back), "runs.txt": runsOf(lessons) + "\n" + runsOf(back),
	} {
		if err := os.WriteFile(file, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// learned aligns letters with sounds by expectation maximisation, with contexts
// that grow, then keeps the contexts that tell more than shorter ones.
func learned(t *testing.T, lessons []lesson) string {
	lessons = slices.Clone(lessons)
	odds := func(string, int) func(string) float64 {
		return func(s string) float64 {
			return []float64{.2, .6, .15, .05, .02}[len(s)] * math.Pow(1.0/30, float64(len(s)))
		}
	}
	var counts []count
	for i, depth := range []int{0, 0, 0, 0, 1, 2, 2, len(around)} {
		counts = make([]count, depth+1)
		for d := range counts {
			counts[d] = count{}
		}
		lessons = slices.DeleteFunc(lessons, func(l lesson) bool {
			cost, ok := l.count(counts, odds)
			return !ok || i >= 2 && cost > noPair
		})
		odds = oddsOf(counts)
		t.Log(i, len(lessons))
	}
	return written(counts)
}

// runsOf returns what follows each letter of what is learned from, and the beginning.
func runsOf(lessons []lesson) string {
	c, keep := count{}, map[string]bool{}
	for _, l := range lessons {
		w := "." + l.from + "."
		for i := range len(w) - 1 {
			c.add(w[i:i+1], w[i+1:i+2], l.weight)
			keep[w[i:i+1]] = true
		}
	}
	for _, all := range c {
		sum := 0.0
		for _, n := range all {
			sum += n
		}
		for s := range all {
			all[s] /= sum
		}
	}
	return lines(c, keep, len(c))
}

func lessonsOf(t *testing.T) []lesson {
	var out []lesson
	for _, file := range learnFrom {
		for _, p := range pairsIn(t, file) {
			sounds, ok := soundsOf(p.cyrillic)
			if ok && isLatin(p.latin) && (file != translitPairs || !p.heldOut()) {
				out = append(out, lesson{p.latin, string(sounds), 1 + math.Log(p.seen)/2})
			}
		}
	}
	return out
}

// contextOf returns the letter at i of w and depth of the letters around it.
func contextOf(w string, i, depth int) string {
	b := []byte{w[i]}
	for _, o := range around[:depth] {
		c := byte('.')
		if j := i + o; j >= 0 && j < len(w) {
			c = w[j]
		}
		b = append(b, c)
	}
	return string(b)
}

// oddsOf returns how likely the letter at i of w stands for sounds.
func oddsOf(counts []count) func(w string, i int) func(string) float64 {
	total := map[string]float64{}
	for _, c := range counts {
		for context, all := range c {
			for _, n := range all {
				total[context] += n
			}
		}
	}
	return func(w string, i int) func(string) float64 {
		return func(s string) float64 {
			p := 1e-7
			for d, c := range counts {
				context := contextOf(w, i, d)
				if c[context] == nil {
					break
				}
				p = (c[context][s] + prior*p) / (total[context] + prior)
			}
			return p
		}
	}
}

// count adds to counts what each letter stands for, by all alignments. It returns
// the cost of the pair in nats a letter, and whether it has an alignment.
func (l lesson) count(counts []count, odds func(string, int) func(string) float64) (float64, bool) {
	n, m := len(l.from), len(l.to)
	forth, back := make([][]float64, n+1), make([][]float64, n+1)
	step := make([][][maxSounds + 1]float64, n)
	for i := range forth {
		forth[i], back[i] = make([]float64, m+1), make([]float64, m+1)
	}
	forth[0][0], back[n][m] = 1, 1
	each := func(i int, f func(j, k int)) {
		for j := range m + 1 {
			for k := j; k <= min(j+maxSounds, m); k++ {
				f(j, k)
			}
		}
	}
	for i := range n {
		step[i] = make([][maxSounds + 1]float64, m+1)
		of := odds(l.from, i)
		each(i, func(j, k int) {
			step[i][j][k-j] = of(l.to[j:k])
			forth[i+1][k] += forth[i][j] * step[i][j][k-j]
		})
	}
	all := forth[n][m]
	if all <= 0 {
		return 0, false
	}
	for i := n - 1; i >= 0; i-- {
		each(i, func(j, k int) { back[i][j] += step[i][j][k-j] * back[i+1][k] })
	}
	for i := range n {
		each(i, func(j, k int) {
			if p := forth[i][j] * step[i][j][k-j] * back[i+1][k] / all; p > 1e-4 {
				for d := range counts {
					counts[d].add(contextOf(l.from, i, d), l.to[j:k], p*l.weight)
				}
			}
		})
	}
	return -math.Log(all) / float64(max(n, m)), true
}

// written returns the table: contexts that save enough, and those they begin with.
func written(counts []count) string {
	odds, keep := count{}, map[string]bool{}
	for d, c := range counts {
		for context, all := range c {
			n := 0.0
			for _, v := range all {
				n += v
			}
			parent := context[:len(context)-1]
			if d > 0 && (odds[parent] == nil || n < leastSeen) {
				continue
			}
			const weight = 4
			for s, p := range odds[parent] {
				odds.add(context, s, weight*p/(n+weight))
			}
			for s, v := range all {
				odds.add(context, s, v/(n+weight))
			}
			keep[context] = d == 0
		}
	}
	for _, c := range counts[1:] {
		for context, all := range c {
			if odds[context] == nil {
				continue
			}
			short := context[:len(context)-1]
			for !keep[short] {
				short = short[:len(short)-1]
			}
			gain := 0.0
			for s, v := range all {
				gain += v * math.Log(odds[context][s]/max(odds[short][s], 1e-4))
			}
			if gain > leastGain {
				keep[context] = true
			}
		}
	}
	return lines(odds, keep, mostKept)
}

// lines writes the contexts to keep, and those they begin with.
func lines(odds count, keep map[string]bool, most int) string {
	need := map[string]bool{}
	for context, ok := range keep {
		for ; ok && context != ""; context = context[:len(context)-1] {
			need[context] = true
		}
	}
	var b strings.Builder
	for _, context := range slices.Sorted(maps.Keys(need)) {
		all := odds[context]
		sounds := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
			return cmp.Or(cmp.Compare(all[b], all[a]), cmp.Compare(a, b))
		})
		b.WriteString(context + " ")
		for _, s := range sounds[:min(len(sounds), most)] {
			if all[s] > leastOdds {
				fmt.Fprint(&b, cmp.Or(s, "-"), math.Round(-4*math.Log(all[s])))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
