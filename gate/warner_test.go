package gate

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"habeas/internal/testkit"
	"habeas/name"
)

// nameWhys are the reasons that may stand for a name.
var nameWhys = []string{WhyCapital, WhyGiven, WhyPatronymic, WhyFamily, WhyTitled}

// Of the people in Russian news, how many are warned of when nobody is known,
// and at how many warnings compared with flagging every run of capitals.
func TestWarnerNews(t *testing.T) {
	var mentions, found, warnings, capitals, tokens int
	wrong := map[string]int{}
	for _, n := range testkit.News(t, "../../shared/data") {
		tokens += len(strings.Fields(name.Canon(n.Text)))
		capitals += everyCapital(n.Text)
		spans := slices.DeleteFunc(Suspects(n.Text, nil), func(s Span) bool { return !slices.Contains(nameWhys, s.Why) })
		warnings += len(spans)
		for _, s := range spans {
			if !slices.ContainsFunc(n.Spans, func(p [2]int) bool { return s.Start < p[1] && p[0] < s.End }) {
				wrong[s.Why]++
				t.Logf("extra %s: %q in %q", s.Why, n.Text[s.Start:s.End], around(n.Text, s.Start, s.End))
			}
		}
		for _, p := range n.People {
			for _, m := range p.Mentions {
				mentions++
				if slices.ContainsFunc(spans, func(s Span) bool {
					return slices.ContainsFunc(m, func(w [2]int) bool { return s.Start < w[1] && w[0] < s.End })
				}) {
					found++
				} else {
					t.Logf("missed in %s: %q in %q", n.ID, n.Text[m[0][0]:m[len(m)-1][1]], around(n.Text, m[0][0], m[len(m)-1][1]))
				}
			}
		}
	}
	recall, ratio := share(found, mentions), share(warnings, capitals)
	t.Logf("%d of %d mentions (%.4f); %.1f warnings in 1,000 tokens, every capital gives %.1f (ratio %.3f); extra by reason %v",
		found, mentions, recall, 1000*share(warnings, tokens), 1000*share(capitals, tokens), ratio, wrong)
	if recall < .99 || ratio > .6 {
		t.Errorf("recall %.4f at %.3f of every capital, want .99 at .6", recall, ratio)
	}
}

// everyCapital counts the runs of words that begin with a capital.
func everyCapital(text string) (n int) {
	last := -2
	i := 0
	for _, w := range name.Words(text) {
		if w.N != 1 || w.Reading != name.Plain {
			continue
		}
		if w.Title && strings.IndexFunc(w.Text, unicode.IsLetter) >= 0 {
			if last != i-1 || w.Gap {
				n++
			}
			last = i
		}
		i++
	}
	return n
}

// Suspects of Russian news.
func BenchmarkSuspects(b *testing.B) {
	var all strings.Builder
	for _, n := range testkit.News(b, "../../shared/data") {
		all.WriteString(n.Text)
	}
	text := all.String()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Suspects(text, nil)
	}
}

// codes of Russian news.
func BenchmarkIdentifiers(b *testing.B) {
	var all strings.Builder
	for _, n := range testkit.News(b, "../../shared/data") {
		all.WriteString(n.Text)
	}
	text := all.String()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Identifiers(text)
	}
}
