package measure

import (
	"slices"
	"strings"

	"habeas/internal/corpus"
	"habeas/name"
)

func formsName(kind string) string { return kind + " names of a dictionary" }

// mostMisses is how many of the misses of a list are kept.
const mostMisses = 10_000

// Forms measures how many of the forms that a dictionary gives for a kind of name
// (a [name.Kind]) are made from the nominative alone, and of how many the case is told.
func Forms(kind, path string) ([]Row, error) {
	entries, err := corpus.Entries(path)
	if err != nil {
		return nil, err
	}
	var all, found, cased, right int
	var misses, wrong []Miss
	for _, e := range entries {
		p := name.Part{Kind: name.Kind(kind), Text: e.Nominative}
		forms := formsOf(p)
		for _, f := range e.Forms {
			if all++; covered(forms, f.Text) {
				found++
			} else if len(misses) < mostMisses {
				misses = append(misses, Miss{Where: kind, Class: whyNoForm(f), Text: f.Text, Around: e.Nominative})
			}
			in, ok := inflection(f.Tag)
			if !ok || kind == string(name.Patronymic) {
				continue
			}
			if cased++; slices.Contains(name.CasesOf(p, f.Text, "ru"), in) {
				right++
			} else if len(wrong) < mostMisses {
				class := "another case than the dictionary's"
				if strings.Contains(f.Text, "-") {
					class = "of a double name"
				}
				wrong = append(wrong, Miss{Where: kind, Class: class, Text: f.Text, Around: e.Nominative})
			}
		}
	}
	rows := []Row{{Measure: "form coverage", On: formsName(kind), N: all, Of: "forms", Result: share(found, all), Unit: Share, Goal: atLeast(.999), Misses: misses}}
	if cased > 0 {
		rows = append(rows, Row{Measure: "case of a form told", On: formsName(kind), N: cased, Of: "forms", Result: share(right, cased), Unit: Share, Goal: noGoal, Misses: wrong})
	}
	return rows, nil
}

// formsOf returns the texts of all forms of a part.
func formsOf(p name.Part) map[string]bool {
	out := map[string]bool{}
	for _, f := range name.Forms(p) {
		out[f.Text] = true
	}
	return out
}

// covered reports whether every word of w is one of the forms.
func covered(forms map[string]bool, w string) bool {
	for part := range strings.FieldsSeq(name.Canon(w)) {
		if !forms[part] && !name.Small(part) {
			return false
		}
	}
	return true
}

// whyNoForm says which form is missing, by its tag.
func whyNoForm(f corpus.Form) string {
	number, cases, ok := strings.Cut(f.Tag[strings.LastIndex(f.Tag, " ")+1:], ",")
	if !ok {
		return "a form"
	}
	if number == "plur" {
		return "plural, " + cases
	}
	return "singular, " + cases
}

// inflection reads the case and number of a tag; ok is false for a name that does not
// decline, or without one of the six cases.
func inflection(tag string) (in name.Inflection, ok bool) {
	cases := map[string]name.Case{"nomn": name.Nominative, "gent": name.Genitive, "datv": name.Dative, "accs": name.Accusative, "ablt": name.Instrumental, "loct": name.Locative}
	number, rest, found := strings.Cut(tag[strings.LastIndex(tag, " ")+1:], ",")
	which, _, _ := strings.Cut(rest, ",")
	c, known := cases[which]
	return name.Inflection{Case: c, Plural: number == "plur"}, found && known && !strings.Contains(tag, "Fixd")
}
