package measure

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"habeas/gate"
	"habeas/internal/corpus"
	"habeas/name"
)

const newsName = "news with people marked"

// key is that of every vault measured with: nothing in them is secret.
func key() gate.Key { return gate.Key{1} }

// Recall measures, in each text of dir with the people of that text as its vault, in
// the nominative, how many mentions of them the gate finds, and of how many people it
// misses at least one: they are leaked.
func Recall(dir string) ([]Row, error) {
	texts, err := corpus.News(dir)
	if err != nil {
		return nil, err
	}
	var c tally
	for _, t := range texts {
		ix, err := vaultOf(t.People)
		if err != nil {
			return nil, err
		}
		c.text(t, gate.Scan([]byte(t.Text), ix), whyMissed)
	}
	return []Row{
		c.row("mention recall", "the people of a text are its vault", atLeast(.995)),
		c.leaks("people leaked", "the people of a text are its vault", atMost(.007)),
	}, nil
}

func vaultOf(people []corpus.Person) (*gate.Index, error) {
	ix, c := gate.NewIndex(key()), gate.NewCompiler(key())
	for _, p := range people {
		if err := ix.Add(p.ID, c.Compile(p.Name), false); err != nil {
			return nil, err
		}
	}
	return ix, nil
}

// A tally counts mentions that were found, and people with one that was not.
type tally struct {
	mentions, found, people, leaked int
	misses                          []Miss
}

// text counts the mentions of the people of t. why says of a mention that was missed,
// by the person, its number among theirs and its text, to which class it belongs.
func (c *tally) text(t corpus.Text, hits []gate.Hit, why func(corpus.Person, int, string) string) {
	for _, p := range t.People {
		missed := 0
		for i, m := range p.Mentions {
			if !hitBy(hits, p.ID, m) {
				missed++
				from, to := m[0][0], m[len(m)-1][1]
				class := why(p, i, t.Text[from:to])
				if slices.ContainsFunc(hits, func(h gate.Hit) bool { return touches(h.Start, h.End, m) }) {
					class += ", taken for somebody else"
				}
				c.misses = append(c.misses, Miss{Where: t.ID, Class: class, Text: t.Text[from:to], Around: around(t.Text, from, to)})
			}
		}
		c.people++
		c.mentions += len(p.Mentions)
		c.found += len(p.Mentions) - missed
		if missed > 0 {
			c.leaked++
		}
	}
}

func (c *tally) row(what, on string, goal Goal) Row {
	return Row{Measure: what, On: on, N: c.mentions, Of: "mentions", Result: share(c.found, c.mentions), Unit: Share, Goal: goal, Misses: c.misses}
}

func (c *tally) leaks(what, on string, goal Goal) Row {
	return Row{Measure: what, On: on, N: c.people, Of: "people", Result: share(c.leaked, c.people), Unit: Share, Goal: goal}
}

// whyMissed says how far a mention is from the name it is of.
func whyMissed(who corpus.Person, _ int, mention string) string {
	known := false
	best := 1 << 20
	for _, p := range who.Name {
		for _, f := range name.Forms(p) {
			known = true
			for w := range strings.FieldsSeq(name.Canon(mention)) {
				best = min(best, edits(f.Text, w))
			}
		}
	}
	switch {
	case !known:
		return "the data gives no name to look for"
	case best == 0:
		return "a form that is known, but not enough by itself"
	case best == 1:
		return "a letter wrong"
	case best == 2:
		return "two letters wrong"
	}
	return "another name than in the vault"
}

// Alarms measures, with one vault of all people of all texts, how many places the
// gate points out that are no part of a person's name, and how many mentions it then
// finds, if also those count where it says that one of many is meant.
func Alarms(dir string) ([]Row, error) {
	texts, err := corpus.News(dir)
	if err != nil {
		return nil, err
	}
	var everyone []corpus.Person
	for _, t := range texts {
		everyone = append(everyone, t.People...)
	}
	ix, err := vaultOf(everyone)
	if err != nil {
		return nil, err
	}
	var alerts, right, blocks, rightBlocks, tokens int
	var misses []Miss
	var c tally
	for _, t := range texts {
		tokens += len(strings.Fields(name.Canon(t.Text)))
		hits := gate.Scan([]byte(t.Text), ix)
		c.text(t, hits, whyMissed)
		for _, h := range places(hits) {
			ok := slices.ContainsFunc(t.Spans, func(s [2]int) bool { return h.Start < s[1] && s[0] < h.End })
			alerts, right = alerts+1, right+one(ok)
			if h.Verdict == gate.Block {
				blocks, rightBlocks = blocks+1, rightBlocks+one(ok)
			}
			if !ok {
				misses = append(misses, Miss{Where: t.ID, Class: whyFalse(t, h), False: true, Text: t.Text[h.Start:h.End], Around: around(t.Text, h.Start, h.End)})
			}
		}
	}
	on := fmt.Sprintf("one vault of all %d people", ix.Len())
	return []Row{
		c.row("mention recall", on, noGoal),
		{Measure: "alerts on a person", On: on, N: alerts, Of: "alerts", Result: share(right, alerts), Unit: Share, Goal: atLeast(.9), Misses: misses},
		{Measure: "blocks on a person", On: on, N: blocks, Of: "blocks", Result: share(rightBlocks, blocks), Unit: Share, Goal: noGoal},
		{Measure: "false alarms", On: on, N: tokens, Of: "words", Result: 1000 * share(alerts-right, tokens), Unit: Thousand, Goal: atMost(3)},
	}, nil
}

// places gives one hit for each place, with the gravest verdict there.
func places(hits []gate.Hit) []gate.Hit {
	var out []gate.Hit
	at := map[[2]int]int{}
	for _, h := range hits {
		k := [2]int{h.Start, h.End}
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, h)
		} else if h.Verdict > out[i].Verdict {
			out[i] = h
		}
	}
	return out
}

// whyFalse says what a false alarm stands on, by the marks of the text, and whether
// the word is only nearly a form.
func whyFalse(t corpus.Text, h gate.Hit) string {
	why := markOf(t, h.Start, h.End)
	switch {
	case why != "":
	case namedElsewhere(t, h.Start, h.End):
		why = "somebody named here whom the data doesn't mark"
	default:
		why = "another word"
	}
	if h.Class == name.Edited.String() || h.Class == name.Skeleton.String() {
		why += ", nearly a name"
	}
	return why
}

// markOf says what a text's makers marked at a place that is no person; "" if nothing.
func markOf(t corpus.Text, from, to int) string {
	for _, m := range t.Marks {
		if m.Start >= to || from >= m.End {
			continue
		}
		kind, _, _ := strings.Cut(m.Kind, "_")
		switch kind {
		case "loc", "geo":
			return "in the name of a place"
		case "org", "prj":
			return "in the name of an organisation"
		case "job":
			return "a title or an office"
		case "name", "surname", "patronymic", "nickname":
			return "a name of something else than a person"
		}
	}
	return ""
}

// namedElsewhere reports whether the words at a place are a part of a mention of a
// person somewhere else in the text.
func namedElsewhere(t corpus.Text, from, to int) bool {
	word := name.Canon(t.Text[from:to])
	return slices.ContainsFunc(t.Spans, func(s [2]int) bool { return strings.HasPrefix(name.Canon(t.Text[s[0]:s[1]]), word) })
}

// hitBy reports whether a hit on a person, or on one of many, touches a mention.
func hitBy(hits []gate.Hit, person string, mention [][2]int) bool {
	return slices.ContainsFunc(hits, func(h gate.Hit) bool {
		return (h.Person == person || h.People > 0) && touches(h.Start, h.End, mention)
	})
}

func touches(from, to int, places [][2]int) bool {
	return slices.ContainsFunc(places, func(p [2]int) bool { return from < p[1] && p[0] < to })
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// around returns what stands at a place of s, with some thirty bytes on both sides, in
// one line.
func around(s string, from, to int) string {
	from, to = max(0, from-30), min(len(s), to+30)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	return strings.Join(strings.Fields(s[from:to]), " ")
}

// edits returns how many letters must be put in, left out, changed or swapped with
// the next to make b of a.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+one(x[i-1] != y[j-1]))
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
