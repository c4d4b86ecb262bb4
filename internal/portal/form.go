package portal

import (
	"slices"
	"strings"
	"unicode/utf8"

	"habeas"
	"habeas/claim"
	"habeas/vault"
)

// Names of fields.
const (
	onceField    = "once"    // see once.go
	ticketField  = "ticket"  // see ticket.go
	textField    = "text"    // the letter
	askField     = "ask."    // and the question: an answer
	urgentField  = "urgent"  // "yes": somebody is in danger in the next days
	useField     = "use"     // an audience, once for each
	namedField   = "named"   // how people may be named
	placeField   = "place"   // how exactly places may be given
	delayField   = "delay"   // days from a withdrawal until keys are destroyed
	fileField    = "file"    // files
	receiptField = "receipt" // what was typed for one
	wordField    = "word"    // that confirms a withdrawal
)

// A kind says how often a field may come.
type kind uint8

const (
	unknown kind = iota
	single
	several
	file
)

// A Form is what was typed into one form, and what was wrong with it. The empty
// Form is a form nobody has filled yet.
type Form struct {
	values map[string][]string
	fault  *refusal
}

// Get returns what was typed into a field, or "".
func (f *Form) Get(name string) string {
	if v := f.values[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Has reports whether value is among those of a field.
func (f *Form) Has(name, value string) bool { return slices.Contains(f.values[name], value) }

// Chosen returns the value of a field if it is one of those offered, and
// otherwise the first of them.
func (f *Form) Chosen(name string, offered ...string) string {
	if v := f.Get(name); slices.Contains(offered, v) {
		return v
	}
	return offered[0]
}

// Wrong reports whether the refusal was about this field.
func (f *Form) Wrong(name string) bool { return f.fault != nil && f.fault.field == name }

// Status returns the HTTP status of a page that shows f.
func (f *Form) Status() int {
	if f.fault == nil {
		return 200
	}
	return f.fault.status
}

// What a form offers, the default first.
func namings() []string   { return []string{claim.NamedCover, claim.NamedNone} }
func exactness() []string { return []string{"region", "country", "town"} }
func delays() []string    { return []string{"7", "0", "30"} }
func urgency() []string   { return []string{"no", "yes"} }

// audiences returns whom an account can be shown to. Partners are left out: they
// have names, which somebody who writes does not know.
func audiences() []string {
	var all []string
	for _, t := range claim.Terms("audience") {
		if t.Key != claim.ToPartner {
			all = append(all, t.Key)
		}
	}
	return all
}

// uses returns what may be done with an account, as f says.
func (f *Form) uses() []claim.Use {
	var uses []claim.Use
	for _, to := range audiences() {
		if f.Has(useField, to) {
			uses = append(uses, claim.Use{To: to, Named: f.Chosen(namedField, namings()...), Place: f.Chosen(placeField, exactness()...)})
		}
	}
	return uses
}

// delay returns the days from a withdrawal until keys are destroyed, as f says.
func (f *Form) delay() int {
	switch f.Chosen(delayField, delays()...) {
	case "0":
		return 0
	case "30":
		return 30
	}
	return 7
}

// answers returns what was written beside the questions.
func (f *Form) answers() []habeas.Answered {
	var all []habeas.Answered
	for _, q := range habeas.Questions() {
		if text := strings.TrimSpace(f.Get(askField + q)); text != "" {
			all = append(all, habeas.Answered{Question: q, Text: vault.NewText(text)})
		}
	}
	return all
}

// cleanText takes out of s what a field may not hold. Marks of direction that
// Arabic and Hebrew are written with stay; controls that embed or override one
// do not.
func cleanText(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, string(utf8.RuneError)), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || 0x7f <= r && r < 0xa0, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}
