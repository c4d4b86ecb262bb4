package gate

import (
	"bytes"
	"testing"

	"habeas/name"
)

// How the parts of Arabic and Turkic names count. The persons are invented.
func TestKindsOfOtherNames(t *testing.T) {
	ix := indexOf(t, map[string]name.Name{
		"chain": {{Kind: name.Given, Text: "Talal"}, {Kind: name.Father, Text: "Munzir"}, {Kind: name.Grandfather, Text: "Hazzaa"}, {Kind: name.Nisba, Text: "al-Zarkushi"}},
		"from":  {{Kind: name.Given, Text: "Wadih"}, {Kind: name.Father, Text: "Sabri"}, {Kind: name.Nisba, Text: "al-Baghdadi"}},
		"kunya": {{Kind: name.Kunya, Text: "Абу Лубаба"}},
		"arab":  {{Kind: name.Given, Text: "طلعت"}, {Kind: name.Father, Text: "صفوان"}},
		"van":   {{Kind: name.Given, Text: "Pim"}, {Kind: name.Particle, Text: "van der"}, {Kind: name.Family, Text: "Zwartkruis"}},
	})
	for _, test := range []struct{ text, want string }{
		{"They took Talal Munzir at night.", "chain:block:Talal Munzir"},
		{"They took Talal Munzir Hazzaa at night.", "chain:block:Talal Munzir Hazzaa"},
		{"They took Munzir at night.", "chain:review:Munzir"},
		{"They took Hazzaa at night.", "chain:review:Hazzaa"},
		{"The family of al-Zarkushi asks.", "chain:block:al-Zarkushi"},
		{"The family of al-Baghdadi asks.", "from:review:al-Baghdadi"}, // of very many
		{"Signed by W. S. al-Baghdadi.", "from:block:W. S. al-Baghdadi"},
		{"Его звали Абу Лубаба.", "kunya:review:Лубаба"},
		{"По кличке Абу Лубаба.", "kunya:block:Лубаба"},
		{"قال طلعت صفوان امس", "arab:block:طلعت صفوان"},
		{"قال صفوان امس", "arab:review:صفوان"},
		{"Jan van der Heide came.", ""}, // a particle is nobody's
		{"Pim van der Heide came.", "van:review:Pim"},
	} {
		if got := told(test.text, Scan([]byte(test.text), ix)); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

// A particle says nothing, and a word that is none is not lost as one.
func TestParticles(t *testing.T) {
	if got := Compile(testKey, name.Name{{Kind: name.Particle, Text: "van der"}, {Kind: name.Particle, Text: "بن"}}); len(got) != 1 {
		t.Errorf("particles: got %d bytes, want the version alone", len(got))
	}
	mistaken := indexOf(t, map[string]name.Name{"a": {{Kind: name.Particle, Text: "Ходырев"}}})
	if got := told("Пришёл Ходырев.", Scan([]byte("Пришёл Ходырев."), mistaken)); got != "a:review:Ходырев" {
		t.Errorf("a name called a particle: got %q, want it for review", got)
	}
}

// What version 2 wrote is still found, and must be written anew; what came before
// is not read, nor what comes after.
func TestOlderForms(t *testing.T) {
	now := Compile(testKey, full("Кузьма", "", "Ходырев"))
	for version, want := range map[byte][2]bool{1: {true, false}, 2: {true, true}, formsVersion: {false, true}} {
		older := bytes.Clone(now)
		older[0] = version
		old, readable := Outdated(older)
		if old != want[0] || readable != want[1] {
			t.Errorf("version %d: got old %v and readable %v, want %v", version, old, readable, want)
		}
		ix := NewIndex(testKey)
		err := ix.Add("x", older, false)
		if (err == nil) != readable {
			t.Errorf("version %d: got %v, readable %v", version, err, readable)
		}
		if got := told("Ходырева", Scan([]byte("Ходырева"), ix)); readable && got != "x:block:Ходырева" {
			t.Errorf("version %d: got %q, want a block", version, got)
		}
	}
	now[0] = formsVersion + 1
	if err := NewIndex(testKey).Add("x", now, false); err == nil {
		t.Error("a version to come was read")
	}
}
