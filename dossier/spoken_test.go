package dossier

import (
	"fmt"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/crowd"
)

// The sentences here are invented.

// spokenIn returns what is told in words that were said in March 2023, as
// "kind step".
func spokenIn(d *describer, words string) string {
	r := &claim.Recorded{}
	r.Said, _ = claim.ParseDate("2023-03-10")
	var says []string
	for _, f := range d.spoken(words, r) {
		says = append(says, string(f.Kind)+" "+f.Says())
	}
	return strings.Join(says, "; ")
}

func TestSpokenDates(t *testing.T) {
	d := &describer{State: &claim.State{}, level: func(crowd.Kind) int { return 0 }}
	for _, test := range []struct{ words, want string }{
		{"It was on 2022-11-03, at night.", "2022-11-03"},
		{"Das war 3.11.2022", "2022-11-03"},
		{"03/11/22, at the gate", "2022-11-03"},
		{"on 11/25/2022", "2022-11-25"},
		{"from unit 12.34.5678", ""},
		{"at 12:30:45", ""},
		{"It was on the 3rd of November 2022.", "2022-11-03"},
		{"November 3, 2022", "2022-11-03"},
		{"from 3 to 5 November 2022", "2022-11-05; 2022-11-03"},
		{"In November they came.", "2022-11"},
		{"in February", "2023-02"},
		{"They came on 3 November.", "2022-11-03"},
		{"They may march at dawn.", ""},
		{"In May 2022 they came", "2022-05"},
		{"He was there since 2019.", "2019"},
		{"There were 2019 of them", ""},
		{"Третьего ноября их увезли", "2022-11"},
		{"3 ноя́бря 2022 года его увезли", "2022-11-03"},
		{"3-5 ноября 2022 г.", "2022-11-05; 2022-11-03"},
		{"с 3 по 5 ноября", "2022-11-05; 2022-11-03"},
		{"в мае 2021 года", "2021-05"},
		{"сказал мне май", "2022-05"},
		{"в 2022 году", "2022"},
		{"вышло 2022 человека", ""},
		{"3 листопада 2022 року", "2022-11-03"},
		{"у лютому 2023 року", "2023-02"},
		{"у квітні", "2022-04"},
		{"лютий мороз", ""},
		{"el 3 de noviembre de 2022", "2022-11-03"},
		{"en septiembre del 2022", "2022-09"},
		{"le 1er août 2022", "2022-08-01"},
		{"en décembre", "2022-12"},
		{"du 3 au 5 janvier 2023", "2023-01-05; 2023-01-03"},
		{"في ٣ نوفمبر ٢٠٢٢", "2022-11-03"},
		{"في تشرين الثاني 2022", "2022-11"},
		{"في كانون الثاني", "2023-01"},
		{"قال أب لنا", ""},
		{"31.02.2022", ""},
		{"3 ноября 2022 и 4 мая 2023", "2022-11-03; 2023-05-04"},
		{"3 de noviembre de 2022, 4 de mayo de 2023", "2022-11-03; 2023-05-04"},
		{"в ноябре 5 человек увезли", "2022-11"},
		{"", ""},
	} {
		got := strings.ReplaceAll(spokenIn(d, test.words), "date ", "")
		if got != test.want {
			t.Errorf("%q: got %q, want %q", test.words, got, test.want)
		}
	}
}

func TestSpokenAgesAndRanks(t *testing.T) {
	d := &describer{State: &claim.State{}, level: func(crowd.Kind) int { return 0 }}
	for _, test := range []struct{ words, want string }{
		{"a 34-year-old man", "age 34"},
		{"he is 34 years old", "age 34"},
		{"a man aged 34", "age 34"},
		{"sentenced to 10 years", ""},
		{"34-летний житель", "age 34"},
		{"ему 34 года", "age 34"},
		{"дали 10 лет", ""},
		{"в возрасте 34 лет", "age 34"},
		{"йому було 34 роки", "age 34"},
		{"34-річний чоловік", "age 34"},
		{"десять років, 10 років", ""},
		{"il avait 34 ans", "age 34"},
		{"il y a 34 ans", ""},
		{"âgé de 34 ans", "age 34"},
		{"tiene 34 años", "age 34"},
		{"una pena de 10 años", ""},
		{"عمره ٣٤ سنة", "age 34"},
		{"the lieutenant beat them", "rank junior-officer"},
		{"the lieutenant-colonel came", "rank senior-officer"},
		{"a sergeant major", "rank nco"},
		{"a major problem in a private house, in general", ""},
		{"he is a private.", "rank private"},
		{"старшего лейтенанта и рядовых", "rank junior-officer; rank private"},
		{"генерал-майора", "rank general"},
		{"генеральный прокурор стоял рядом", ""},
		{"сказав підполковник", "rank senior-officer"},
		{"dos tenientes y un sargento", "rank junior-officer; rank nco"},
		{"le capitaine", "rank junior-officer"},
		{"قال عقيد", "rank senior-officer"},
	} {
		if got := spokenIn(d, test.words); got != test.want {
			t.Errorf("%q: got %q, want %q", test.words, got, test.want)
		}
	}
}

func TestSpokenPlaces(t *testing.T) {
	f := &file{t: t}
	add := func(p claim.Place) {
		p.Ref, p.Kind = f.ref('l'), "basement"
		f.write(claim.KindPlace, &p)
	}
	add(claim.Place{Label: "a basement", Precision: "unknown"})
	add(claim.Place{Label: "the cannery in Zarechensk", District: "Zarechensk district", Region: "Severny oblast", Country: "RU", Precision: "town"})
	add(claim.Place{Label: "Крутояр", Aliases: []string{"Яма"}, Region: "Северная область", Country: "RU", Precision: "town"})
	add(claim.Place{Label: "منجم الوادي", Precision: "unknown"})
	f.unit("the 9177th brigade", "armed-forces")
	f.unit("в/ч 91772", "armed-forces")
	st := claim.Fold(f.entries)
	d := &describer{State: st, level: func(crowd.Kind) int { return 0 }, names: officeNames(st)}
	for _, test := range []struct{ words, want string }{
		{"They held us in a basement.", ""},
		{"in the old cannery of Zarechensk", "place the cannery in Zarechensk; place Zarechensk district"},
		{"near Zarechensk", "place Zarechensk district"},
		{"somewhere in Severny", "place Severny oblast"},
		{"нас держали в Крутояре", "place Крутояр"},
		{"нас держали в Яме, в Северной области", "place Крутояр; place Северная область"},
		{"мы копали яму", ""},
		{"северный ветер", ""},
		{"أخذونا إلى منجم الوادي", "place منجم الوادي"},
		{"the 9177th came", ""},
		{"men of the 9177th Brigade", "unit the 9177th brigade"},
		{"из части 91772", "unit в/ч 91772"},
		{"of the 9178th brigade", ""},
	} {
		if got := spokenIn(d, test.words); got != test.want {
			t.Errorf("%q: got %q, want %q", test.words, got, test.want)
		}
	}
}

// TestMarksAreNotRead: the reference of a person is no text, whatever is in it.
func TestMarksAreNotRead(t *testing.T) {
	d := &describer{State: &claim.State{}, level: func(crowd.Kind) int { return 0 }}
	ref, err := claim.ParseRef("p:2222223mayaaaaaa")
	if err != nil {
		t.Fatal(err)
	}
	if got := spokenIn(d, fmt.Sprintf("in %s November", claim.MarkOf(ref))); got != "date 2022-11" {
		t.Errorf("got %q", got)
	}
}

// BenchmarkSpoken reads a passage of thirty words with 400 places in the list.
func BenchmarkSpoken(b *testing.B) {
	st := &claim.State{Places: map[claim.Ref]claim.Place{}}
	for i := range 400 {
		st.Places[claim.NewRef(claim.RefPlace)] = claim.Place{Label: fmt.Sprintf("the cannery %d in Zarechensk", i), Region: fmt.Sprintf("Severny oblast %d", i)}
	}
	d := &describer{State: st, level: func(crowd.Kind) int { return 0 }, names: officeNames(st)}
	words := "On the 3rd of November 2022 they came to the cannery, where we were kept for days, and took the lieutenant, a man of 34 years, away in a car to the other town."
	for b.Loop() {
		d.spoken(words, &claim.Recorded{})
	}
}

// FuzzSpoken: whatever stands in a passage, what is read from it can be said.
func FuzzSpoken(f *testing.F) {
	f.Add("3-5 ноября 2022 г., 34-летний лейтенант")
	f.Add("on the 31st of 2022-02-30, ٣٤ 𝟓 ́́ ⟦p:x⟧")
	s, _ := valley(f)
	d := &describer{State: s, level: func(crowd.Kind) int { return 0 }, names: officeNames(s)}
	f.Fuzz(func(t *testing.T, words string) {
		for _, fact := range d.spoken(words, &claim.Recorded{}) {
			if fact.Says() == "" {
				t.Errorf("%q says nothing of %s", words, fact.Kind)
			}
			if _, err := claim.ParseDate(fact.Says()); fact.Kind == crowd.Date && err != nil {
				t.Errorf("%q is no date", fact.Says())
			}
		}
	})
}
