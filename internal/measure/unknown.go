package measure

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"habeas/gate"
	"habeas/internal/corpus"
	"habeas/name"
)

// nameWhys are the reasons for which a word is asked about as a name.
var nameWhys = []string{gate.WhyCapital, gate.WhyGiven, gate.WhyPatronymic, gate.WhyFamily, gate.WhyTitled}

// Unknown measures, when nobody is known, of how many mentions of people in the texts
// of dir the reading desk asks, and how much it asks compared with asking about every
// run of capitals.
func Unknown(dir string) ([]Row, error) {
	texts, err := corpus.News(dir)
	if err != nil {
		return nil, err
	}
	var mentions, found, asked, capitals, tokens int
	var missed, extra []Miss
	for _, t := range texts {
		tokens += len(strings.Fields(name.Canon(t.Text)))
		capitals += everyCapital(t.Text)
		spans := slices.DeleteFunc(gate.Suspects(t.Text, nil), func(s gate.Span) bool { return !slices.Contains(nameWhys, s.Why) })
		asked += len(spans)
		for _, s := range spans {
			if !touches(s.Start, s.End, t.Spans) {
				extra = append(extra, Miss{Where: t.ID, Class: whyAsked(t, s), False: true, Text: t.Text[s.Start:s.End], Around: around(t.Text, s.Start, s.End)})
			}
		}
		for _, m := range t.Mentions {
			mentions++
			from, to := m[0][0], m[len(m)-1][1]
			if slices.ContainsFunc(spans, func(s gate.Span) bool { return touches(s.Start, s.End, m) }) {
				found++
				continue
			}
			missed = append(missed, Miss{Where: t.ID, Class: whyNotAsked(t.Text, from, to), Text: t.Text[from:to], Around: around(t.Text, from, to)})
		}
	}
	return []Row{
		{Measure: "unknown names: recall", On: newsName, N: mentions, Of: "mentions", Result: share(found, mentions), Unit: Share, Goal: atLeast(.99), Misses: missed},
		{Measure: "unknown names: asked about", On: newsName, N: tokens, Of: "words", Result: 1000 * share(asked, tokens), Unit: Thousand, Goal: noGoal, Misses: extra},
		{Measure: "unknown names: to every capital", On: newsName, N: capitals, Of: "capitals", Result: share(asked, capitals), Unit: Ratio, Goal: atMost(.6)},
	}, nil
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

// whyNotAsked says what made the desk pass over a mention, as far as the text shows.
func whyNotAsked(text string, from, to int) string {
	first, _ := utf8.DecodeRuneInString(text[from:to])
	switch {
	case !unicode.IsUpper(first):
		return "written small"
	case saidSmall(text, name.Canon(text[from:to])):
		return "also a word that the text writes small"
	}
	return "taken for a word or a place"
}

// saidSmall reports whether a word, in canonical spelling, or one that begins alike,
// stands in text without a capital.
func saidSmall(text, word string) bool {
	rs := []rune(word)
	stem := string(rs[:max(len(rs)-2, min(4, len(rs)))])
	return slices.ContainsFunc(name.Words(text), func(w name.Word) bool {
		return w.N == 1 && w.Reading == name.Plain && !w.Title && strings.HasPrefix(w.Text, stem)
	})
}

// whyAsked says what was asked about that is no person: what the text's makers marked
// there, or where it stands.
func whyAsked(t corpus.Text, s gate.Span) string {
	before := strings.TrimRight(t.Text[:s.Start], " \t")
	last, _ := utf8.DecodeLastRuneInString(before)
	switch why := markOf(t, s.Start, s.End); {
	case why != "":
		return why
	case namedElsewhere(t, s.Start, s.End):
		return "somebody named here whom the data doesn't mark"
	case before == "" || strings.ContainsRune(".!?…:\n•—–-", last):
		return "first in a sentence or a line"
	case strings.ContainsRune("«»\"“„'(", last):
		return "first in quotation marks or brackets"
	}
	return "another word with a capital"
}
