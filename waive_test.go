package habeas

import (
	"testing"

	"habeas/gate"
	"habeas/name"
)

// TestForgedAsk: who writes a dossier down adds a hit to what was asked about
// another. The second member, who was not shown it, accepted neither.
func TestForgedAsk(t *testing.T) {
	preview := func() *Preview {
		return &Preview{
			Hits:   []gate.Hit{{ID: "shown", Verdict: gate.Review}, {ID: "hidden", Verdict: gate.Review}, {ID: "must go", Verdict: gate.Block}},
			Marked: []Marked{{Key: "a", Hits: []int{0}}, {Key: "b", Hits: []int{1}}, {Key: "c", Hits: []int{2}}},
		}
	}
	for _, test := range []struct {
		hits []string
		left int
		ok   bool
	}{{[]string{"shown"}, 2, true}, {[]string{"shown", "hidden"}, 1, false}, {[]string{"must go"}, 3, false}, {nil, 3, true}} {
		r := &rendered{Choices: Choices{Asks: []Ask{{Key: "a", Reason: "somebody else", Hits: test.hits}}}}
		r.waive([]string{"a", "b", "c"})
		p := preview()
		p.settle(r)
		if err := r.answered(p); (err == nil) != test.ok || len(p.Hits) != test.left {
			t.Errorf("asked about %q: got %v and %d hits left", test.hits, err, len(p.Hits))
		}
		for _, m := range p.Marked {
			if m.Hits[0] >= len(p.Hits) || m.Key == "c" && p.Hits[m.Hits[0]].Verdict != gate.Block {
				t.Errorf("asked about %q: a place is of another hit: %+v", test.hits, m)
			}
		}
	}
	r := &rendered{Choices: Choices{Asks: []Ask{{Key: "a"}}, Decided: []Decision{{Key: "w", As: LeftToSecond}}}}
	r.waive([]string{"w"})
	if r.answered(&Preview{}) == nil {
		t.Error("one of two was accepted, and that is enough")
	}
}

// TestCaseOf guesses in which case invented names stand.
func TestCaseOf(t *testing.T) {
	parts := []name.Part{{Kind: name.Given, Text: "Светозар"}, {Kind: name.Family, Text: "Ясколкин"}}
	for _, test := range []struct {
		parts       []name.Part
		words, lang string
		want        name.Case
	}{
		{parts, "Светозар Ясколкин", "ru", name.Nominative},
		{parts, "Ясколкина", "ru", name.Genitive},
		{parts, "Светозару Ясколкину", "ru", name.Dative},
		{parts, "Ясколкиным", "ru", name.Instrumental},
		{parts, "Ясколкине", "ru", name.Dative}, // as of a woman; of a man it is the locative
		{nil, "Олегу", "ru", name.Dative},
		{nil, "Ольгой", "ru", name.Instrumental},
		{nil, "Кречетову", "ru", name.Dative},
		{nil, "Кречетовым", "ru", name.Instrumental},
		{nil, "Гордієнкові", "uk", name.Dative},
		{[]name.Part{{Kind: name.Family, Text: "Яскульський"}}, "Яскульському", "uk", name.Dative},
		{[]name.Part{{Kind: name.Given, Text: "Любава"}}, "Любаво", "uk", name.Vocative},
		{nil, "Heron", "ru", name.Nominative},
	} {
		if got := caseOf(test.parts, test.words, test.lang); got != test.want {
			t.Errorf("%q in %s: got %v, want %v", test.words, test.lang, got, test.want)
		}
	}
}

// TestPublicCoversAreNoNames: none can be taken for a person's name, or is used
// by the office itself; those in Russian and Ukrainian decline.
func TestPublicCoversAreNoNames(t *testing.T) {
	for lang, words := range publicCovers {
		seen := map[string]bool{}
		for _, c := range coverNames {
			seen[c] = seen[c] || lang == "en"
		}
		for _, w := range words {
			if seen[w] || name.IsGiven(name.Canon(w)) || name.Common(name.Canon(w)) {
				t.Errorf("%s: %q is there twice, or a name of people", lang, w)
			}
			seen[w] = true
			if (lang == "ru" || lang == "uk") && name.Decline(w, lang, name.Inflection{Case: name.Genitive}) == w {
				t.Errorf("%s: %q does not decline", lang, w)
			}
		}
		if len(words) < 60 {
			t.Errorf("%s: only %d cover names", lang, len(words))
		}
	}
	if len(coversIn("ar")) == 0 || coversIn("ru")[0] == coverNames[0] {
		t.Error("cover names are of another language")
	}
}
