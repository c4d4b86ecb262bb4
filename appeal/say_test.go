package appeal_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"habeas/appeal"
	"habeas/internal/locale"
)

// everySaid returns each sentence that the cases of a lawyer lead to, by its key, and
// each length.
func everySaid(t *testing.T) (said map[string]appeal.Said, sums []appeal.Sum) {
	t.Helper()
	said = map[string]appeal.Said{}
	set := own(t)
	for _, c := range legalCases(t) {
		clock := c.clock(t, set)
		for _, s := range clock.Steps {
			for _, x := range s.Text {
				said[x.Key] = x
			}
			if !s.Length.IsZero() {
				sums = append(sums, s.Length)
			}
		}
		for _, d := range clock.Doubts {
			said[d.Key] = d
		}
	}
	return said, sums
}

// The sentences of a reckoning are in the language of the reader, with days as that
// writes them; what is quoted from a law or a calendar stays as it is and says so.
func TestStepsInEveryLanguage(t *testing.T) {
	said, sums := everySaid(t)
	foreign := map[string]*regexp.Regexp{
		"ru": regexp.MustCompile(`[A-Za-z]|[іїєґ]`), "uk": regexp.MustCompile(`[A-Za-z]|[ыэъё]`), "ar": regexp.MustCompile(`[A-Za-zА-я]`),
		"en": regexp.MustCompile(`[^\x00-\x7F–…]`), "es": regexp.MustCompile(`\b(the|of|was|is)\b`), "fr": regexp.MustCompile(`\b(the|of|was|is)\b`),
	}
	iso := regexp.MustCompile(`\d{4}-\d\d-\d\d|\{\d|clock\.[a-z]|\bui\.[a-z]|\.\.`)
	for _, lang := range locale.Langs() {
		p := locale.New(lang)
		check := func(text string) {
			if foreign[lang].MatchString(text) || iso.MatchString(text) || strings.TrimSpace(text) == "" {
				t.Errorf("%s: got %q", lang, text)
			}
		}
		for key, s := range said {
			ours, quoted := "", 0
			for _, r := range s.In(p) {
				switch {
				case r.Lang == "en":
					quoted++
				case !r.Apart:
					ours += r.Text
				}
			}
			check(ours)
			for _, a := range s.Args {
				if _, ok := a.(appeal.Quote); ok {
					quoted--
				}
			}
			if quoted != 0 {
				t.Errorf("%s %s: what is quoted is not marked as English: %d more or less", lang, key, quoted)
			}
		}
		for _, s := range sums {
			check(s.In(p))
		}
	}
}

// Each sentence is said somewhere, and each that is said has words.
func TestStepsHaveTheirWords(t *testing.T) {
	source := ""
	for _, f := range []string{"reckon.go", "stand.go"} {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source += string(b)
	}
	keys := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:\bsay|doubt|refuse|how :?=)\(?(?:r\.rule\.Law, |x\.Law, )? ?"([a-z_.]+)"`).FindAllStringSubmatch(source, -1) {
		if m[1] == "before." {
			keys["before.extended"], keys["before.forwarded"], keys["before.met"] = true, true, true
			continue
		}
		keys[m[1]] = true
	}
	said, _ := everySaid(t)
	for k := range said {
		if !keys[k] {
			t.Errorf("%q is said, and the source was not seen to say it", k)
		}
	}
	p := locale.New("en")
	for k := range keys {
		if !p.Has("clock." + k) {
			t.Errorf("no words for %q", k)
		}
	}
	if len(keys) < 40 || len(said) < 25 {
		t.Errorf("got %d sentences in the source, %d of them in the cases", len(keys), len(said))
	}
	t.Log("not in the cases:", strings.Join(slices.DeleteFunc(slices.Sorted(maps.Keys(keys)), func(k string) bool { return said[k].Key != "" }), " "))
}

// The days and numbers of one term, as each language writes them.
func TestStepsAsWritten(t *testing.T) {
	set := own(t)
	rule, _ := set.Rule("RU-CPC-144", day(t, "2025-03-03"))
	facts := appeal.Facts{Received: appeal.On(day(t, "2025-03-03")), Events: []appeal.Event{{Kind: appeal.Extended, Extension: "head", On: day(t, "2025-03-06")}, {Kind: appeal.Met, On: day(t, "2025-03-20")}}}
	clock := set.Reckon(rule, facts, appeal.Span{})
	for lang, want := range map[string]string{
		"en": "It was extended to 10 days (the head of the body decides, on a reasoned request), by the notice of 6 March 2025.",
		"ru": "Срок продлён, всего 10 дней (the head of the body decides, on a reasoned request), извещением от 6 марта 2025 г.",
		"uk": "Строк продовжено, усього 10 днів (the head of the body decides, on a reasoned request), за повідомленням від 6 березня 2025 р.",
		"es": "Se prorrogó a 10 días en total (the head of the body decides, on a reasoned request), por el aviso del 6 de marzo de 2025.",
		"fr": "Il a été prolongé à 10 jours en tout (the head of the body decides, on a reasoned request), par l’avis du 6 mars 2025.",
		"ar": "مُددت، والمجموع 10 أيام (the head of the body decides, on a reasoned request)، بإشعار 6 مارس 2025.",
	} {
		var all []string
		for _, s := range clock.Steps {
			text := ""
			for _, r := range s.Text.In(locale.New(lang)) {
				text += r.Text
			}
			all = append(all, text)
		}
		if !slices.Contains(all, want) {
			t.Errorf("%s: got\n%s\nwant among them\n%s", lang, strings.Join(all, "\n"), want)
		}
	}
	for n, want := range map[int]string{1: "1 рабочий день", 3: "3 рабочих дня", 5: "5 рабочих дней", 21: "21 рабочий день", 22: "22 рабочих дня"} {
		if got := (appeal.Length{N: n, Unit: appeal.WorkingDays}).In(locale.New("ru")); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func day(t *testing.T, s string) appeal.Date {
	t.Helper()
	d, err := appeal.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
