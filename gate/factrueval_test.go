package gate

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"habeas/internal/testkit"
	"habeas/name"
)

// The people of each text are its vault, in the nominative: how many mentions are
// found, and how many people are missed at least once.
func TestFactRuEvalRecall(t *testing.T) {
	var mentions, found, people, leaked, records int
	for _, n := range testkit.News(t, "../../shared/data") {
		ix := NewIndex(testKey)
		for _, p := range n.People {
			h := Compile(testKey, p.Name)
			records += len(h) / formSize
			if err := ix.Add(p.ID, h, false); err != nil {
				t.Fatal(err)
			}
		}
		hits := Scan([]byte(n.Text), ix)
		for _, p := range n.People {
			missed := 0
			for _, m := range p.Mentions {
				if !hitBy(hits, p.ID, m) {
					missed++
					t.Logf("missed in %s: %v as %q", n.ID, p.Name, n.Text[m[0][0]:m[len(m)-1][1]])
				}
			}
			people++
			mentions += len(p.Mentions)
			found += len(p.Mentions) - missed
			if missed > 0 {
				leaked++
			}
		}
	}
	recall, leaks := share(found, mentions), share(leaked, people)
	t.Logf("%d of %d mentions found (%.2f %%), %d of %d people leaked (%.2f %%), %d forms a person",
		found, mentions, 100*recall, leaked, people, 100*leaks, records/people)
	if recall < .995 || leaks > .007 {
		t.Errorf("got %.4f of the mentions and %.4f of the people leaked, want .995 at least and .007 at most", recall, leaks)
	}
}

// One vault holds the people of all texts: how many places that are pointed out
// are part of a person's name.
func TestFactRuEvalPrecision(t *testing.T) {
	texts := testkit.News(t, "../../shared/data")
	all := NewIndex(testKey)
	for _, n := range texts {
		for _, p := range n.People {
			if err := all.Add(p.ID, Compile(testKey, p.Name), false); err != nil {
				t.Fatal(err)
			}
		}
	}
	var alerts, right, blocks, rightBlocks, tokens int
	for _, n := range texts {
		tokens += len(strings.Fields(name.Canon(n.Text)))
		places := map[[2]int]Verdict{}
		for _, h := range Scan([]byte(n.Text), all) {
			at := [2]int{h.Start, h.End}
			places[at] = max(places[at], h.Verdict)
		}
		for at, v := range places {
			ok := slices.ContainsFunc(n.Spans, func(s [2]int) bool { return at[0] < s[1] && s[0] < at[1] })
			if !ok {
				t.Logf("false in %s: %v %q in %q", n.ID, v, n.Text[at[0]:at[1]], around(n.Text, at[0], at[1]))
			}
			alerts, right = alerts+1, right+one(ok)
			blocks, rightBlocks = blocks+one(v == Block), rightBlocks+one(ok && v == Block)
		}
	}
	precision, noise := share(right, alerts), 1000*share(alerts-right, tokens)
	t.Logf("%d persons: %d of %d alerts on a person (precision %.3f), %.1f false in 1,000 tokens; of blocks %d of %d (%.3f)",
		all.Len(), right, alerts, precision, noise, rightBlocks, blocks, share(rightBlocks, blocks))
	if precision < .9 || noise > 3 {
		t.Errorf("got precision %.3f and %.1f false in 1,000 tokens, want .9 at least and 3 at most", precision, noise)
	}
}

func share(n, of int) float64 { return float64(n) / float64(of) }

func hitBy(hits []Hit, person string, mention [][2]int) bool {
	for _, h := range hits {
		if h.Person != person {
			continue
		}
		for _, s := range mention {
			if h.Start < s[1] && s[0] < h.End {
				return true
			}
		}
	}
	return false
}

func around(s string, from, to int) string {
	from, to = max(0, from-30), min(len(s), to+30)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	return s[from:to]
}
