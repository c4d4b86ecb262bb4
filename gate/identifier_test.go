package gate

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"
)

// piiKinds says which reasons find each kind of the synthetic texts; kinds that
// are not here are names, places and ages, which have no shape of their own.
var piiKinds = map[string][]string{
	"PHONE_NUMBER": {WhyPhone}, "EMAIL_ADDRESS": {WhyEmail}, "IBAN_CODE": {WhyIBAN}, "CREDIT_CARD": {WhyCard}, "IP_ADDRESS": {WhyIP},
	"DOMAIN_NAME": {WhyURL, WhyHandle}, "US_SSN": {WhyPersonal}, "US_DRIVER_LICENSE": {WhyLicence}, "ZIP_CODE": {WhyAddress},
	"STREET_ADDRESS": {WhyAddress}, "DATE_TIME": {WhyBirth, WhyDate}, "PERSON": {WhyCapital, WhyGiven, WhyPatronymic, WhyFamily, WhyTitled},
}

type piiText struct {
	Text  string `json:"full_text"`
	Spans []struct {
		Kind string `json:"entity_type"`
		From int    `json:"start_position"` // characters
		To   int    `json:"end_position"`
	} `json:"spans"`
}

// A piiCount counts places: those given and hit, those hit exactly, those
// warned of with this reason, and those of them that are right.
type piiCount struct{ given, hit, exact, warned, right int }

func TestPII(t *testing.T) {
	raw, err := os.ReadFile("../../shared/data/pii/synth-dev.json")
	if err != nil {
		t.Skip("no synthetic texts: ", err)
	}
	var texts []piiText
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	counts := map[string]*piiCount{}
	for _, x := range texts {
		countPII(t, x, counts)
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		c := counts[kind]
		t.Logf("%-18s %3d given, recall %.3f (exact %.3f), %3d warned, precision %.3f",
			kind, c.given, share(c.hit, c.given), share(c.exact, c.given), c.warned, share(c.right, max(1, c.warned)))
	}
	for _, kind := range []string{"PHONE_NUMBER", "EMAIL_ADDRESS", "IBAN_CODE", "CREDIT_CARD", "IP_ADDRESS"} {
		c := counts[kind]
		if share(c.hit, c.given) < .99 || share(c.right, max(1, c.warned)) < .95 {
			t.Errorf("%s: recall %.3f and precision %.3f, want .99 and .95", kind, share(c.hit, c.given), share(c.right, max(1, c.warned)))
		}
	}
}

func countPII(t *testing.T, x piiText, counts map[string]*piiCount) {
	offset := []int{}
	for i := range x.Text {
		offset = append(offset, i)
	}
	offset = append(offset, len(x.Text))
	spans := Suspects(x.Text, nil)
	for kind, whys := range piiKinds {
		c := counts[kind]
		if c == nil {
			c = &piiCount{}
			counts[kind] = c
		}
		var given [][2]int
		for _, s := range x.Spans {
			if s.Kind == kind {
				given = append(given, [2]int{offset[s.From], offset[s.To]})
			}
		}
		for _, g := range given {
			c.given++
			k := slices.IndexFunc(spans, func(s Span) bool { return slices.Contains(whys, s.Why) && s.Start < g[1] && g[0] < s.End })
			if k < 0 {
				t.Logf("missed %s %q in %q", kind, x.Text[g[0]:g[1]], around(x.Text, g[0], g[1]))
				continue
			}
			c.hit++
			c.exact += one(spans[k].Start == g[0] && spans[k].End == g[1])
		}
		for _, s := range spans {
			if slices.Contains(whys, s.Why) {
				ok := slices.ContainsFunc(given, func(g [2]int) bool { return s.Start < g[1] && g[0] < s.End })
				c.warned, c.right = c.warned+1, c.right+one(ok)
				if !ok && kind != "PERSON" {
					t.Logf("false %s %q in %q", kind, x.Text[s.Start:s.End], around(x.Text, s.Start, s.End))
				}
			}
		}
	}
}
