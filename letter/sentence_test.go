package letter

import (
	"slices"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/name"
)

// told returns the sentences of a case for an authority.
func told(t *testing.T, f *file, lang string) []string {
	t.Helper()
	st := claim.Fold(f.entries)
	if len(st.Problems) > 0 {
		t.Fatal(st.Problems)
	}
	said, err := Sentences(Facts{Out: st.Outward(claim.Reader{Audience: "authority"}, today), Today: today,
		Called: func(r claim.Ref) Called { return Called{Cover: st.Cover(r), Sex: name.Male} }}, lang)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range said {
		out = append(out, s.Text)
	}
	return out
}

// Both sides of what is contested are told, and times that differ each with those
// who gave it.
func TestSidesAndTimes(t *testing.T) {
	f := &file{t: t}
	son := f.person("Дуб", "", 0)
	f.write(claim.KindCase, &claim.Case{Title: "x", About: "person", Affected: son})
	mother := f.source("person", "mother", f.person("Ива", "", 0), "")
	mate := f.source("person", "fellow-soldier", f.person("Клён", "", 0), "")
	ministry := f.source("authority", "ministry", "", f.unit("министерство", "ministry"))
	a := f.statement(mother, "2022-12-10", "interview", "Его увезли.", claim.NamedCover, "authority")
	e := a.event("detention", "2022-11", "", "victim", son)
	a.says(son, claim.Liberty, "2022-12", claim.Value{Term: "held"})
	b := f.statement(mate, "2022-12-11", "call", "Видел.", claim.NamedCover, "authority")
	b.says(e, claim.Occurred, "2022-12-01", claim.Value{Term: "detention"})
	b.says(e, claim.Involved, "2022-12-01", claim.Value{Role: "victim", Ref: son})
	c := f.statement(ministry, "2022-12-12", "letter", "Нет.", claim.NamedName, "authority").on("official").denies()
	c.says(e, claim.Occurred, "", claim.Value{Term: "detention"})
	c.says(son, claim.Liberty, "", claim.Value{Term: "held"})
	c.says(son, claim.Integrity, "", claim.Value{Term: "injured"})
	for lang, want := range map[string][]string{
		"ru": {
			"По словам матери, в ноябре 2022 г. Дуба удерживали.",
			"По словам сослуживца, 1 декабря 2022 г. Дуба удерживали.",
			"Это отрицает министерство.",
			"По словам матери, в декабре 2022 г. Дуба удерживают.",
			"Следующее отрицает министерство: Дуб ранен.",
		},
		"en": {
			"According to the mother, in November 2022 Дуб was held.",
			"According to a fellow soldier, on 1 December 2022 Дуб was held.",
			"The ministry denies this.",
			"According to the mother, in December 2022 Дуб is held.",
			"The ministry denies the following: Дуб is injured.",
		},
		"fr": {"Le ministère le nie.", "Selon la mère, en novembre 2022 Дуб a été détenu."},
		"es": {"El ministerio lo niega.", "Según la madre, en noviembre de 2022 Дуб estuvo retenido."},
		"uk": {"Це заперечує міністерство.", "За словами матері, у листопаді 2022 р. Дуба утримували."},
	} {
		got := told(t, f, lang)
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %q is not in %q", lang, w, got)
			}
		}
	}
}

// Several people, and groups, stand in the plural.
func TestSeveralPeople(t *testing.T) {
	f := &file{t: t}
	son, other, group := f.person("Дуб", "", 0), f.person("Клён", "", 0), f.person("другие солдаты", "", 5)
	f.write(claim.KindCase, &claim.Case{Title: "x", About: "person", Affected: son})
	mother := f.source("person", "mother", f.person("Ива", "", 0), "")
	a := f.statement(mother, "2022-12-10", "interview", "Их увезли.", claim.NamedCover, "authority")
	a.event("disappearance", "2022-11", "", "victim", son, "victim", other)
	a.event("return-home", "", "", "subject", group)
	a.on("told").event("beating", "2022-11", "", "victim", other)
	for lang, want := range map[string][]string{
		"ru": {"По словам матери, в ноябре 2022 г. Дуб и Клён исчезли.", "По словам матери, другие солдаты (5 чел.) вернулись домой (дата не названа)."},
		"en": {"According to the mother, in November 2022 Дуб and Клён disappeared.", "According to accounts of unknown origin, in November 2022 Клён was beaten."},
		"uk": {"За словами матері, у листопаді 2022 р. Дуб і Клён зникли."},
	} {
		got := told(t, f, lang)
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %q is not in %q", lang, w, got)
			}
		}
	}
}

// Whatever type an event has, a sentence about it can be read in every language.
func TestEveryEventIsSaid(t *testing.T) {
	f := &file{t: t}
	son := f.person("Дуб", "", 0)
	f.write(claim.KindCase, &claim.Case{Title: "x", About: "person", Affected: son})
	mother := f.source("person", "mother", f.person("Ива", "", 0), "")
	a := f.statement(mother, "2022-12-10", "interview", "Разное.", claim.NamedCover, "authority")
	for _, e := range claim.Terms("event") {
		a.event(e.Key, "2022-11", "", "victim", son)
	}
	for _, facet := range claim.Facets() {
		p, _ := claim.LookUp("predicate", facet)
		for _, v := range claim.Terms(p.From) {
			a.says(son, facet, "2022-12", claim.Value{Term: v.Key})
		}
	}
	for _, lang := range Langs() {
		got := told(t, f, lang)
		if len(got) < len(claim.Terms("event"))+25 {
			t.Errorf("%s: only %d sentences", lang, len(got))
		}
		for _, s := range got {
			if strings.ContainsAny(s, "{}|~_") || strings.Contains(s, "  ") || strings.Contains(s, "..") || !strings.HasSuffix(s, ".") || !strings.Contains(s, "Ду") {
				t.Errorf("%s: %q", lang, s)
			}
		}
	}
}

// Nobody is made to say what another said: who was there, where and when stand
// with those who told it, and the claims behind a sentence are all of them.
func TestNobodySaysWhatAnotherSaid(t *testing.T) {
	f := &file{t: t}
	son := f.person("Дуб", "", 0)
	f.write(claim.KindCase, &claim.Case{Title: "x", About: "person", Affected: son})
	mother := f.source("person", "mother", f.person("Ива", "", 0), "")
	mate := f.source("person", "fellow-soldier", f.person("Клён", "", 0), "")
	cellar, guard := f.place("подвал конторы", "basement"), f.person("Ворон", "", 0)
	a := f.statement(mother, "2022-12-10", "interview", "Его увезли.", claim.NamedCover, "authority")
	e := a.event("detention", "2022-11", "", "victim", son)
	b := f.statement(mate, "2022-12-11", "call", "Видел.", claim.NamedCover, "authority")
	b.says(e, claim.Occurred, "", claim.Value{Term: "detention"})
	b.says(e, claim.Dated, "", claim.Value{Date: "2022-12-03"})
	b.says(e, claim.HappenedAt, "", claim.Value{Ref: cellar})
	b.says(e, claim.Involved, "", claim.Value{Role: "held-by", Ref: guard})
	st := claim.Fold(f.entries)
	if len(st.Problems) > 0 {
		t.Fatal(st.Problems)
	}
	said, err := Sentences(Facts{Out: st.Outward(claim.Reader{Audience: "authority"}, today), Today: today,
		Called: func(r claim.Ref) Called { return Called{Cover: st.Cover(r), Sex: name.Male} }}, "ru")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"По словам матери, в ноябре 2022 г. Дуба удерживали.": 2,
		"По словам сослуживца, 3 декабря 2022 г. Дуба удерживали (место: подвал конторы (Заречная область, Россия); в чьих руках: Ворон).": 5, // with hers, whom it was about
	}
	for _, s := range said {
		if n, ok := want[s.Text]; !ok || n != len(s.Claims) {
			t.Errorf("%q rests on %d claims, want %d", s.Text, len(s.Claims), n)
		}
		delete(want, s.Text)
	}
	if len(want) > 0 {
		t.Errorf("not said: %v", want)
	}
}
