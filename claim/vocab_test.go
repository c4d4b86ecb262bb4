package claim

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestTermsHaveWords(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		raw, err := os.ReadFile("../internal/locale/terms_" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatal(err)
		}
		for _, name := range Vocabularies() {
			for _, term := range Terms(name) {
				key := "term." + name + "." + term.Key
				if strings.TrimSpace(words[key]) == "" {
					t.Errorf("%s: no words for %s", lang, key)
				}
				delete(words, key)
			}
		}
		for key := range words {
			t.Errorf("%s: %s is no term", lang, key)
		}
	}
}

func TestTermsFitTogether(t *testing.T) {
	all := map[string]string{}
	for _, name := range Vocabularies() {
		seen := map[string]bool{}
		for _, term := range Terms(name) {
			if seen[term.Key] {
				t.Errorf("%s: %s is there twice", name, term.Key)
			}
			seen[term.Key] = true
			for _, x := range term.Effects {
				if p, ok := LookUp("predicate", x.Facet); !ok || !p.Facet || !known(x.Facet, x.Value) || x.Role != "" && !known("role", x.Role) {
					t.Errorf("%s: effect %v", term.Key, x)
				}
			}
			switch name {
			case "event":
				if !known("group", term.Group) {
					t.Errorf("%s: group %q", term.Key, term.Group)
				}
				fallthrough
			case "place", "pattern", "group":
				if other := all[term.Key]; other != "" {
					t.Errorf("%s is in %s and in %s, which patterns can't tell apart", term.Key, name, other)
				}
				all[term.Key] = name
			case "predicate":
				if term.From != "" && Terms(term.From) == nil {
					t.Errorf("%s: no vocabulary %q", term.Key, term.From)
				}
			}
		}
	}
	for _, f := range Facets() {
		for _, table := range []map[string][][2]string{clashing, lasting} {
			for _, pair := range table[f] {
				if !known(f, pair[0]) || !known(f, pair[1]) {
					t.Errorf("%s: no values %v", f, pair)
				}
			}
		}
	}
	if n := len(Terms("event")); n < 60 {
		t.Errorf("%d types of event, want about 60 at least", n)
	}
}

// Codes are compared with the published list, where that is at hand.
func TestCodesArePublished(t *testing.T) {
	f, err := os.Open("../../shared/data/domain/huridocs/micro_thesauri.csv")
	if err != nil {
		t.Skip("the HURIDOCS lists are not here")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, row := range rows {
		codes[row[0]+"/"+row[2]] = true
	}
	for _, name := range Vocabularies() {
		for _, term := range Terms(name) {
			if term.Code != "" && !codes[term.Code] {
				t.Errorf("%s %s: no code %s", name, term.Key, term.Code)
			}
		}
	}
}
