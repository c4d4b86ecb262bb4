package dossier

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/crowd"
)

// valley is a case with something of every kind of fact; names and places in it
// are invented.
func valley(t testing.TB) (*claim.State, claim.Ref) {
	f := &file{t: t}
	man, brother := f.person("Heron", 0), f.person("Teal", 0)
	mill := claim.Place{Ref: f.ref('l'), Label: "the mill at Verkhny Brod", Kind: "factory", District: "Ustyansk district", Region: "Severny oblast", Country: "RU", Precision: "town"}
	f.write(claim.KindPlace, &mill)
	unit := f.unit("the 9177th brigade", "armed-forces")
	st := f.statement(f.source("person", "mother", "", ""), "2023-03", "interview", "On 3 December 2022 they took the captain, who is 34 years old, from Krutoyar.")
	f.write(claim.KindPlace, &claim.Place{Ref: f.ref('l'), Label: "Krutoyar", Kind: "town", Region: "Yuzhny oblast", Country: "RU", Precision: "town"})
	st.c.When = "2022-12-02"
	st.says(man, "rank", claim.Value{Term: "junior-officer"})
	st.says(man, "capacity", claim.Value{Term: "contract"})
	st.says(man, "member-of", claim.Value{Ref: unit})
	st.says(man, "relation", claim.Value{Ref: brother, Role: "sibling"})
	st.says(man, claim.Age, claim.Value{N: 34})
	st.says(brother, claim.Born, claim.Value{Date: "1990"})
	st.says(man, "location", claim.Value{Ref: mill.Ref})
	st.at(mill.Ref).event("detention", "2022-12-03", "", "victim", man)
	return claim.Fold(f.entries), man
}

func madeOf(t testing.TB, s *claim.State, audience string, less Less) (*Document, string) {
	t.Helper()
	cover := func(r claim.Ref) string { return s.Persons[r].Cover }
	doc, err := Render(to(s, audience), Options{Lang: "en", Cover: cover, Today: today, Less: less})
	if err != nil {
		t.Fatal(err)
	}
	return doc, string(doc.Draft.Files[1].Bytes)
}

// What each level must say, and must not say any more.
func TestLevels(t *testing.T) {
	s, _ := valley(t)
	for _, test := range []struct {
		less     Less
		says     string
		saysNone string
	}{
		{nil, "Verkhny Brod|Ustyansk|Severny|34|born in: |1990|9177th|3 December 2022|junior officer|Krutoyar", "30-39"},
		{Less{crowd.Place: 1}, "factory|Ustyansk|Severny", "Verkhny Brod|Krutoyar"},
		{Less{crowd.Place: 2}, "factory|Severny", "Verkhny Brod|Ustyansk|Krutoyar|Yuzhny"},
		{Less{crowd.Place: 3}, "factory|Russia", "Verkhny Brod|Ustyansk|Severny|Krutoyar"},
		{Less{crowd.Place: 4}, "factory", "Verkhny Brod|Ustyansk|Severny|Russia|Krutoyar"},
		{Less{crowd.Age: 1}, "30-39", "34|1990|born in"},
		{Less{crowd.Age: 2}, "", "34|1990|30-39|born in|age\n"},
		{Less{crowd.Date: 2}, "winter", "3 December|2 December"},
		{Less{crowd.Unit: 1}, "armed forces", "9177"},
		{Less{crowd.Rank: 1}, "", "officer|captain"},
	} {
		_, text := madeOf(t, s, "authority", test.less)
		for _, w := range strings.Split(test.says, "|") {
			if w = strings.TrimSuffix(w, ": "); !strings.Contains(text, w) {
				t.Errorf("%v: it does not say %q:\n%s", test.less, w, text)
			}
		}
		for _, w := range strings.Split(test.saysNone, "|") {
			if strings.Contains(text, w) {
				t.Errorf("%v: it says %q:\n%s", test.less, w, text)
			}
		}
	}
	doc, text := madeOf(t, s, ForPublic, nil)
	for _, w := range []string{"Verkhny Brod", "Ustyansk", "34", "1990", "30-39", "captain", "Krutoyar"} {
		if strings.Contains(text, w) {
			t.Errorf("the public is told %q", w)
		}
	}
	if !slices.ContainsFunc(doc.Left, func(o Omission) bool { return o.What == "age" && o.Why == "public" }) {
		t.Error("nobody is told that ages are left out")
	}
}

// TestSaidLess: what is said at a level is what was said before, or a later step of
// it, and what is offered is what is made.
func TestSaidLess(t *testing.T) {
	s, man := valley(t)
	for _, k := range crowd.Kinds() {
		before, _ := madeOf(t, s, "authority", nil)
		for level := 1; level <= Most(k); level++ {
			now, _ := madeOf(t, s, "authority", Less{k: level})
			for _, f := range now.Told.Facts[man] {
				if !slices.ContainsFunc(before.Told.Facts[man], func(b crowd.Fact) bool { return b.Kind == f.Kind && endsWith(b.Steps, f.Steps) }) {
					t.Errorf("%s at %d: %v was not said before", k, level, f)
				}
			}
			before = now
		}
	}
	all, _ := madeOf(t, s, "authority", nil)
	for _, f := range all.Told.Facts[man] {
		for step := 1; step < len(f.Steps); step++ {
			less, _ := madeOf(t, s, "authority", Less{}.With(f, step))
			want := func(o crowd.Fact) bool { return o.Kind == f.Kind && slices.Equal(o.Steps, f.Steps[step:]) }
			had := func(o crowd.Fact) bool { return o.Kind == f.Kind && o.Says() == f.Says() }
			if quoted := !slices.ContainsFunc(unquoted(s).Told.Facts[man], had); quoted {
				continue // it goes with the quotation
			}
			if !slices.ContainsFunc(less.Told.Facts[man], want) || slices.ContainsFunc(less.Told.Facts[man], had) {
				t.Errorf("%v was to be said by %q, and what is said is %v", f, f.Steps[step], less.Told.Facts[man])
			}
		}
	}
}

func endsWith(all, end []string) bool {
	return len(all) >= len(end) && slices.Equal(all[len(all)-len(end):], end)
}

// unquoted returns what is said where nobody is quoted.
func unquoted(s *claim.State) Document {
	return Document{Told: describe(s, func(crowd.Kind) int { return 0 }, func(claim.Ref) bool { return false })}
}

// What stands in a quotation is told of who the claim is about, as long as it is
// quoted; and what a case says of somebody has it in any case.
func TestQuotedIsTold(t *testing.T) {
	s, man := valley(t)
	quoted := []string{"age 34", "rank junior-officer", "date 2022-12-03", "place Krutoyar"}
	says := func(told Told) string {
		var says []string
		for _, f := range told.Facts[man] {
			says = append(says, fmt.Sprint(f.Kind, " ", f.Says()))
		}
		return strings.Join(says, "; ")
	}
	doc, _ := madeOf(t, s, "authority", nil)
	for _, q := range quoted {
		if got := says(doc.Told); !strings.Contains(got, q) {
			t.Errorf("%q is quoted, and only this is told: %s", q, got)
		}
		if got := says(Known(s)); !strings.Contains(got, q) {
			t.Errorf("%q is not known: %s", q, got)
		}
	}
	for _, audience := range []string{ForPublic, "authority"} {
		less := Less{}
		if audience == "authority" {
			less[crowd.Family] = 1
		}
		doc, text := madeOf(t, s, audience, less)
		if strings.Contains(text, "Krutoyar") || strings.Contains(says(doc.Told), "Krutoyar") {
			t.Errorf("for %s nobody is quoted, and it is told: %s", audience, says(doc.Told))
		}
	}
}

// A district is not given where less is agreed to, whatever the place says of how
// exact it is.
func TestDistrictIsAgreedTo(t *testing.T) {
	for _, precision := range []string{"", "unknown", "country", "region", "district", "town", "exact"} {
		for _, agreed := range []string{"none", "country", "region"} {
			f := &file{t: t}
			man := f.person("Heron", 0)
			p := claim.Place{Ref: f.ref('l'), Label: "a mill", Kind: "factory", District: "Ustyansk district", Region: "Severny oblast", Country: "RU", Precision: precision}
			f.write(claim.KindPlace, &p)
			st := f.statement(f.source("person", "mother", "", ""), "2023-03", "interview", "He is there.")
			f.agrees(st.c.Statement, claim.NamedCover, agreed)
			st.says(man, "location", claim.Value{Ref: p.Ref})
			doc, text := madeOf(t, claim.Fold(f.entries), "authority", nil)
			if strings.Contains(text, "Ustyansk") || strings.Contains(fmt.Sprint(doc.Told), "Ustyansk") {
				t.Errorf("a place known by %q, agreed to by %q: the district is told", precision, agreed)
			}
		}
	}
}
