package measure

import (
	"slices"
	"strings"

	"habeas/gate"
	"habeas/internal/corpus"
)

const piiName = "synthetic texts with identifiers"

// An identifier is what the data calls by some kinds and the gate by some reasons.
type identifier struct {
	what        string
	kinds, whys []string
	goal        bool // recall of .99 and precision of .95
}

func identifiers() []identifier {
	return []identifier{
		{"phone numbers", []string{"PHONE_NUMBER"}, []string{gate.WhyPhone}, true},
		{"e-mail addresses", []string{"EMAIL_ADDRESS"}, []string{gate.WhyEmail}, true},
		{"IBAN", []string{"IBAN_CODE"}, []string{gate.WhyIBAN}, true},
		{"cards", []string{"CREDIT_CARD"}, []string{gate.WhyCard}, true},
		{"IP addresses", []string{"IP_ADDRESS"}, []string{gate.WhyIP}, true},
		{"web addresses", []string{"DOMAIN_NAME"}, []string{gate.WhyURL, gate.WhyHandle}, false},
		{"numbers of the state", []string{"US_SSN", "US_DRIVER_LICENSE", "US_PASSPORT"}, []string{gate.WhyPersonal, gate.WhyLicence, gate.WhyPassport}, false},
		{"postal addresses", []string{"STREET_ADDRESS", "ZIP_CODE"}, []string{gate.WhyAddress}, false},
		{"dates", []string{"DATE_TIME"}, []string{gate.WhyBirth, gate.WhyDate}, false},
		{"names", []string{"PERSON"}, nameWhys, false},
	}
}

// Identifiers measures, on marked texts, how many identifiers of each kind are asked
// about for a reason of that kind, and how many of those asked about are such. Of names
// the first only: the texts name much that is no person.
func Identifiers(path string) ([]Row, error) {
	texts, err := corpus.Identifiers(path)
	if err != nil {
		return nil, err
	}
	ids := identifiers()
	counts := make([]idCount, len(ids))
	for _, t := range texts {
		spans := gate.Suspects(t.Text, nil)
		for i := range ids {
			counts[i].text(ids[i], t, spans)
		}
	}
	var rows []Row
	for i, id := range ids {
		c, recall, precision := counts[i], noGoal, noGoal
		if c.given == 0 && c.asked == 0 {
			continue
		}
		if id.goal {
			recall, precision = atLeast(.99), atLeast(.95)
		}
		rows = append(rows, Row{Measure: "identifiers: recall", On: id.what, N: c.given, Of: "marked", Result: share(c.hit, c.given), Unit: Share, Goal: recall, Misses: c.missed})
		if c.any > c.hit {
			rows = append(rows, Row{Measure: "identifiers: asked about at all", On: id.what, N: c.given, Of: "marked", Result: share(c.any, c.given), Unit: Share, Goal: noGoal})
		}
		if id.what != "names" {
			rows = append(rows, Row{Measure: "identifiers: precision", On: id.what, N: c.asked, Of: "asked about", Result: share(c.right, c.asked), Unit: Share, Goal: precision, Misses: c.wrong})
		}
	}
	return rows, nil
}

// An idCount counts places: those marked, those of them that are hit, those hit for
// any reason, those asked about for this reason, and those of them that are right.
type idCount struct {
	given, hit, any, asked, right int
	missed, wrong                 []Miss
}

func (c *idCount) text(id identifier, t corpus.Marked, spans []gate.Span) {
	var given [][2]int
	for _, m := range t.Marks {
		if !slices.Contains(id.kinds, m.Kind) {
			continue
		}
		given = append(given, [2]int{m.Start, m.End})
		c.given++
		on := slices.DeleteFunc(slices.Clone(spans), func(s gate.Span) bool { return s.Start >= m.End || m.Start >= s.End })
		c.any += one(len(on) > 0)
		if slices.ContainsFunc(on, func(s gate.Span) bool { return slices.Contains(id.whys, s.Why) }) {
			c.hit++
			continue
		}
		class := whyNoIdentifier(m.Kind, t.Text[m.Start:m.End])
		if len(on) > 0 {
			class = "asked about, as: " + on[0].Why
		}
		c.missed = append(c.missed, Miss{Where: id.what, Class: class, Text: t.Text[m.Start:m.End], Around: around(t.Text, m.Start, m.End)})
	}
	for _, s := range spans {
		if !slices.Contains(id.whys, s.Why) {
			continue
		}
		ok := touches(s.Start, s.End, given)
		c.asked, c.right = c.asked+1, c.right+one(ok)
		if !ok {
			c.wrong = append(c.wrong, Miss{Where: id.what, Class: whyWrongIdentifier(t, s), False: true, Text: t.Text[s.Start:s.End], Around: around(t.Text, s.Start, s.End)})
		}
	}
}

// whyNoIdentifier says what in a missed identifier there was to see.
func whyNoIdentifier(kind, text string) string {
	digits := strings.IndexAny(text, "0123456789") >= 0
	bare := strings.Trim(text, "0123456789 -") == ""
	switch {
	case kind == "PERSON" && text == strings.ToLower(text):
		return "a name written small"
	case kind == "PERSON":
		return "a name taken for a word or a place"
	case kind == "DATE_TIME" && bare:
		return "a year alone"
	case kind == "DATE_TIME":
		return "a day without a date"
	case bare:
		return "digits alone, with no word for what they are"
	case digits:
		return "a number beside a bare name"
	}
	return "no number in it"
}

// whyWrongIdentifier says what was marked there instead.
func whyWrongIdentifier(t corpus.Marked, s gate.Span) string {
	for _, m := range t.Marks {
		if s.Start < m.End && m.Start < s.End {
			return "marked as " + strings.ToLower(strings.ReplaceAll(m.Kind, "_", " "))
		}
	}
	return "nothing is marked there"
}
