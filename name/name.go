// Package name knows how personal names are written: in cases, in scripts, short
// and long, spaced out and disguised.
//
// It holds rules and lists, written from the grammars of the Slavic languages, of
// English, Spanish, French and Arabic, a table of how Latin letters sound, and no
// person. A name goes in as typed parts ([Name]);
// [Forms] gives every form under which a part may stand in text, and [Words]
// reads text into the same canonical spelling with the place of every word in
// the bytes it came from. A form is found in a text when the two are equal.
package name

import (
	"encoding/json"
	"strings"

	"habeas/fault"
)

// A Kind says what a part of a name is.
type Kind string

// Kinds of part.
const (
	Given      Kind = "given"      // Олена, Ivan
	Patronymic Kind = "patronymic" // Ивановна, Петрович
	Family     Kind = "family"     // Шевченко
	Maiden     Kind = "maiden"     // a family name from before
	Alias      Kind = "alias"      // what other people call them
	Callsign   Kind = "callsign"   // what they are called on the radio
	Other      Kind = "other"      // part of the name, nobody says which

	Father      Kind = "father"      // the father's name, where it is no patronymic: محمد in أحمد محمد
	Grandfather Kind = "grandfather" // the grandfather's name
	Kunya       Kind = "kunya"       // Abu Omar, أم كلثوم: named after a child
	Nisba       Kind = "nisba"       // al-Baghdadi: named after a place, people or trade
	Particle    Kind = "particle"    // van, de la, بن: stands between others and tells nothing alone
)

var kinds = [...]Kind{Given, Patronymic, Family, Maiden, Alias, Callsign, Other, Father, Grandfather, Kunya, Nisba, Particle}

// own reports whether a part of kind k is somebody's own name, be it that of the
// father: it declines as a given name does.
func (k Kind) own() bool { return k == Given || k == Father || k == Grandfather }

// Valid reports whether k is one of the kinds above.
func (k Kind) Valid() bool {
	for _, have := range kinds {
		if k == have {
			return true
		}
	}
	return false
}

// UnmarshalJSON reads a kind and refuses one that does not exist.
func (k *Kind) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fault.Wrap(err, fault.Invalid, "name.bad_kind")
	}
	if !Kind(s).Valid() {
		return fault.New(fault.Invalid, "name.bad_kind")
	}
	*k = Kind(s)
	return nil
}

// A Part is one part of a name, in the nominative, as its bearer writes it.
type Part struct {
	Kind Kind   `json:"kind"`
	Text string `json:"text"`
}

// A Name is the parts of one written name, in the order they were written. A
// person who is written in two ways has two Names.
type Name []Part

// String returns the parts in order, with spaces between.
//
// The result is a real name: it belongs in a vault and on the screen of
// somebody who may see it, and in no error, log or file name.
func (n Name) String() string {
	text := make([]string, len(n))
	for i, p := range n {
		text[i] = p.Text
	}
	return strings.Join(text, " ")
}
