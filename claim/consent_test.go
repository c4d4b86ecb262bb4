package claim

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"habeas/ledger"
)

// A told story: a mother speaks of her son, who is held in a basement.
type asked struct {
	*book
	mother, son, cellar Ref
	source, st          Ref
}

func ask(t testing.TB) *asked {
	b := newBook(t)
	a := &asked{book: b, mother: b.person("Heron", 0), son: b.person("Larch", 0), cellar: b.place("a basement", "basement")}
	a.source = b.source("person", "mother", a.mother)
	a.st = b.statement(a.source, "2022-12-01", "interview", "They keep him in a basement.")
	c := b.from(a.st, "witnessed")
	c.When, c.Where = "2022-11", a.cellar
	b.claim(c, a.son, Liberty, Value{Term: "held"})
	c.Where = ""
	b.claim(c, a.son, Location, Value{Ref: a.cellar})
	return a
}

func (a *asked) agrees(giver string, person Ref, uses ...Use) ledger.ID {
	return a.write(KindConsent, &Consent{Statement: a.st, Giver: giver, Person: person, Uses: uses})
}

// lets is a use without conditions.
func lets(to string) Use { return Use{To: to, Named: NamedCover, Place: "exact"} }

func onDay(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// first returns what may be done with the first statement.
func (a *asked) first(audience string) Allowance {
	return a.fold().Outward(Reader{Audience: audience}, onDay("2023-06-01")).Statements[0]
}

func TestNothingRecordedIsForOurselves(t *testing.T) {
	a := ask(t)
	for _, term := range Terms("audience") {
		got := a.first(term.Key)
		if got.Used || got.Why != LeftNotAsked || got.Out != 2 {
			t.Errorf("%s: got %+v, want nothing used, for nobody asked", term.Key, got)
		}
	}
	s := a.fold()
	if out := s.Outward(Reader{}, onDay("2023-06-01")); len(out.State.Live()) != 2 || !out.Quotable(a.st) {
		t.Error("we may not read it ourselves")
	}
	a.agrees(GivenBySource, "", lets("court"))
	out := a.fold().Outward(Reader{Audience: "court"}, onDay("2023-06-01"))
	if !out.Statements[0].Used || len(out.State.Live()) != 2 || !slices.Equal(out.RestsOn(), []Ref{a.st}) {
		t.Errorf("for the court: got %+v", out.Statements[0])
	}
	if got := a.first("press"); got.Used || got.Why != LeftNotThem {
		t.Errorf("for the press: got %+v", got)
	}
	if len(a.fold().Outward(Reader{Audience: "press"}, onDay("2023-06-01")).State.Findings()) != 0 {
		t.Error("the press is told something")
	}
}

func TestWhoseConsentCounts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		tell  func(a *asked)
		used  bool
		why   string
		by    string
		named string
	}{
		{"the source", func(a *asked) { a.agrees(GivenBySource, "", lets("un")) }, true, "", "", NamedCover},
		{"the family alone does not speak for the source", func(a *asked) { a.agrees(GivenByFamily, a.son, lets("un")) }, false, LeftNotAsked, GivenBySource, NamedNone},
		{"it was said in public", func(a *asked) { a.agrees(GivenByNobody, "", lets("un")) }, true, "", GivenByNobody, NamedCover},
		{"it was said in public, and the source says no", func(a *asked) {
			a.agrees(GivenByNobody, "", lets("un"))
			a.agrees(GivenBySource, "")
		}, false, LeftNotThem, GivenBySource, NamedNone},
		{"the person narrows what the source allows", func(a *asked) {
			a.agrees(GivenBySource, "", Use{To: "un", Named: NamedName, Place: "exact"})
			a.agrees(GivenByPerson, a.son, Use{To: "un", Named: NamedNone, Place: "country"})
		}, true, "", "", NamedNone},
		{"the person says no", func(a *asked) {
			a.agrees(GivenBySource, "", lets("un"))
			a.agrees(GivenByPerson, a.son)
		}, false, LeftNotThem, GivenByPerson, NamedNone},
		{"the family says no for somebody nobody could ask", func(a *asked) {
			a.agrees(GivenBySource, "", lets("un"))
			a.agrees(GivenByFamily, a.son)
		}, false, LeftNotThem, GivenByFamily, NamedNone},
		{"the person says yes where the family said no", func(a *asked) {
			a.agrees(GivenBySource, "", lets("un"))
			a.agrees(GivenByFamily, a.son)
			a.agrees(GivenByPerson, a.son, lets("un"))
		}, true, "", "", NamedCover},
		{"the person says no where the family said yes", func(a *asked) {
			a.agrees(GivenBySource, "", lets("un"))
			a.agrees(GivenByPerson, a.son)
			a.agrees(GivenByFamily, a.son, lets("un"))
		}, false, LeftNotThem, GivenByPerson, NamedNone},
		{"the person says yes with somebody standing by", func(a *asked) {
			a.agrees(GivenBySource, "", lets("un"))
			a.agrees(GivenByFamily, a.son, lets("un"))
			a.write(KindConsent, &Consent{Statement: a.st, Giver: GivenByPerson, Person: a.son, Pressure: true, Uses: []Use{lets("un")}})
		}, false, LeftPressure, GivenByPerson, NamedNone},
		{"the mother is the person", func(a *asked) { a.agrees(GivenByPerson, a.mother, lets("un")) }, true, "", "", NamedCover},
		{"taken back", func(a *asked) {
			a.agrees(GivenBySource, "", lets("un"))
			a.write(KindConsent, &Consent{Statement: a.st, Giver: GivenBySource, Withdrawn: true, Uses: []Use{lets("un")}})
		}, false, LeftWithdrawn, GivenBySource, NamedNone},
		{"taken back, and given again", func(a *asked) {
			a.write(KindConsent, &Consent{Statement: a.st, Giver: GivenBySource, Withdrawn: true})
			a.agrees(GivenBySource, "", lets("un"))
		}, true, "", "", NamedCover},
		{"given and taken back at once", func(a *asked) {
			a.crossing(
				func() { a.agrees(GivenBySource, "", lets("un")) },
				func() { a.write(KindConsent, &Consent{Statement: a.st, Giver: GivenBySource, Withdrawn: true}) },
			)
		}, false, LeftWithdrawn, GivenBySource, NamedNone},
		{"initials are a cover name", func(a *asked) {
			a.agrees(GivenBySource, "", Use{To: "un", Named: "initials", Place: "exact"})
		}, true, "", "", NamedCover},
	} {
		a := ask(t)
		tt.tell(a)
		got := a.first("un")
		if got.Used != tt.used || got.Why != tt.why || got.By != tt.by || got.Named != tt.named {
			t.Errorf("%s: got %+v", tt.name, got)
		}
	}
}

func TestConsentHasItsTime(t *testing.T) {
	a := ask(t)
	u := lets("press")
	u.From, u.Until = "2023-02-01", "2023-03-31"
	v := lets("court")
	v.Starts, v.Ends, v.Of = "released", "dead", a.son
	a.agrees(GivenBySource, "", u, v)
	on := func(audience, when string) string {
		return a.fold().Outward(Reader{Audience: audience}, onDay(when)).Statements[0].Why
	}
	for when, want := range map[string]string{
		"2023-01-31": LeftNotYet, "2023-02-01": "", "2023-03-31": "", "2023-04-01": LeftEnded,
	} {
		if got := on("press", when); got != want {
			t.Errorf("on %s: got %q, want %q", when, got, want)
		}
	}
	if got := on("court", "2023-02-01"); got != LeftNotYet {
		t.Errorf("before the release: got %q", got)
	}
	turn := func(what string, come bool) {
		a.write(KindTurn, &Turn{Person: a.son, What: what, Come: come})
	}
	turn("released", true)
	if got := on("court", "2023-02-01"); got != "" {
		t.Errorf("after the release: got %q", got)
	}
	turn("released", false)
	if got := on("court", "2023-02-01"); got != LeftNotYet {
		t.Errorf("it was no release: got %q", got)
	}
	a.crossing(func() { turn("released", true) }, func() { turn("released", false) })
	if got := on("court", "2023-02-01"); got != LeftNotYet {
		t.Errorf("two members say otherwise: got %q", got)
	}
	turn("released", true)
	a.crossing(func() { turn("dead", true) }, func() { turn("dead", false) })
	if got := on("court", "2023-02-01"); got != LeftEnded {
		t.Errorf("one member says it is over: got %q", got)
	}
}

func TestPartnersAreToldApart(t *testing.T) {
	a := ask(t)
	u := lets(ToPartner)
	u.Label = "The  legal network"
	a.agrees(GivenBySource, "", u)
	s := a.fold()
	for label, want := range map[string]bool{"the legal network": true, "The legal network": true, "another": false, "": false} {
		if got := s.Outward(Reader{ToPartner, label}, onDay("2023-06-01")).Statements[0].Used; got != want {
			t.Errorf("%q: got %v", label, got)
		}
	}
}

// Whatever two members record at once, nobody gets more than the narrower allows.
func TestCrossingConsentsNarrow(t *testing.T) {
	pick := func(t *rapid.T, name, vocabulary string) string {
		return rapid.SampledFrom(Terms(vocabulary)).Draw(t, name).Key
	}
	rapid.Check(t, func(r *rapid.T) {
		consent := func(a *asked, name string) *Consent {
			c := &Consent{Statement: a.st, Giver: GivenBySource, Withdrawn: rapid.IntRange(0, 9).Draw(r, name) == 0}
			if rapid.IntRange(0, 4).Draw(r, name+" any") > 0 {
				c.Uses = []Use{{To: "un", Named: pick(r, name+" named", "naming"), Place: pick(r, name+" place", "exactness")}}
			}
			return c
		}
		a := ask(t)
		one, two := consent(a, "one"), consent(a, "two")
		alone := func(c *Consent) Allowance {
			b := ask(t)
			b.write(KindConsent, c)
			return b.first("un")
		}
		a.crossing(func() { a.write(KindConsent, one) }, func() { a.write(KindConsent, two) })
		x, y, got := alone(one), alone(two), a.first("un")
		if got.Used != (x.Used && y.Used) {
			r.Fatalf("got %+v of %+v and %+v", got, x, y)
		}
		if got.Used && (got.Named != narrower(namingTerms, x.Named, y.Named) || got.Place != narrower(exactnessTerms, x.Place, y.Place)) {
			r.Fatalf("got %+v of %+v and %+v", got, x, y)
		}
		seed := rapid.Uint64().Draw(r, "seed")
		if other := Fold(shuffled(a.entries, seed)); !reflect.DeepEqual(other, a.fold()) {
			r.Fatal("shuffled entries give another state")
		}
	})
}

func TestPlacesAreAsCoarseAsTheNarrowestAllows(t *testing.T) {
	a := ask(t)
	for exactness, want := range map[string]Place{
		"none":    {Kind: "basement", Precision: "unknown"},
		"country": {Kind: "basement", Precision: "country", Country: "UA"},
		"region":  {Label: "a basement", Kind: "basement", Precision: "region", Region: "the east", Country: "UA"},
		"exact":   {Label: "a basement", Kind: "basement", Precision: "region", Region: "the east", Country: "UA"},
	} {
		a.agrees(GivenBySource, "", Use{To: "un", Named: NamedCover, Place: exactness})
		out := a.fold().Outward(Reader{Audience: "un"}, onDay("2023-06-01"))
		want.Ref = a.cellar
		if got := out.State.Places[a.cellar]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", exactness, got, want)
		}
		if got := out.Quotable(a.st); got != (exactness == "exact") {
			t.Errorf("%s: quotable is %v", exactness, got)
		}
		if a.fold().Places[a.cellar].Label == "" {
			t.Fatal("the state itself was changed")
		}
	}
	if got := (Place{Label: "the school in the square", Kind: "school", Region: "the east"}).coarse("town"); got.Label != "" {
		t.Errorf("a place of unknown precision keeps what it is called: %+v", got)
	}
}

// By name goes only who agreed, and only if every statement used that speaks of
// them allows it.
func TestWhoMayBeNamed(t *testing.T) {
	a := ask(t)
	byName := Use{To: "un", Named: NamedName, Place: "exact"}
	a.agrees(GivenBySource, "", byName)
	named := func() []Ref { return a.fold().Outward(Reader{Audience: "un"}, onDay("2023-06-01")).Named() }
	if got := named(); !slices.Equal(got, []Ref{a.mother}) {
		t.Errorf("the mother agreed for herself: got %v", got)
	}
	a.agrees(GivenByFamily, a.son, byName)
	if got, want := named(), []Ref{a.mother, a.son}; len(got) != 2 || !slices.Contains(want, got[0]) {
		t.Errorf("and for her son: got %v", got)
	}
	other := a.statement(a.book.source("person", "fellow-detainee", a.person("Alder", 0)), "2022-12-02", "letter", "I saw him there.")
	a.claim(a.from(other, "witnessed"), a.son, Life, Value{Term: "alive"})
	if got := named(); len(got) != 2 {
		t.Errorf("a statement that stays out changes who is named: got %v", got)
	}
	a.write(KindConsent, &Consent{Statement: other, Giver: GivenBySource, Uses: []Use{lets("un")}})
	if got := named(); !slices.Equal(got, []Ref{a.mother}) {
		t.Errorf("another source asked for cover names: got %v", got)
	}
}

func TestADangerousSource(t *testing.T) {
	a := ask(t)
	a.agrees(GivenBySource, "", lets("un"))
	uncle := a.book.source("person", "relative", a.person("Cobalt", 0))
	told := a.statement(uncle, "2022-12-05", "call", "He is in the basement, he works there.")
	c := a.from(told, "witnessed")
	a.claim(c, a.son, Liberty, Value{Term: "held"})
	a.claim(c, a.son, Service, Value{Term: "serving"})
	a.write(KindConsent, &Consent{Statement: told, Giver: GivenBySource, Uses: []Use{lets("un")}})
	via := a.from(a.st, "told")
	via.Chain = []Link{{Source: uncle}}
	a.claim(via, a.son, Contact, Value{Term: "lost"})
	count := func(s *State) [3]int {
		return [3]int{len(s.Finding(a.son, Liberty).Answers), len(s.Finding(a.son, Service).Answers), len(s.Finding(a.son, Contact).Answers)}
	}
	outward := func() *State { return a.fold().Outward(Reader{Audience: "un"}, onDay("2023-06-01")).State }
	if got := count(outward()); got != [3]int{1, 1, 1} {
		t.Fatalf("before: got %v", got)
	}
	a.write(KindCaution, &Caution{Source: uncle, Rule: "only-listen"})
	if got := count(outward()); got != [3]int{1, 0, 0} {
		t.Errorf("what only he said, or told her, leaves: got %v", got)
	}
	if got := len(outward().Finding(a.son, Liberty).Answers[0].For); got != 1 {
		t.Errorf("he counts among %d who say so", got)
	}
	if got := count(a.fold()); got != [3]int{1, 1, 1} {
		t.Errorf("inside it is gone: got %v", got)
	}
	if got := count(a.fold().Without(uncle)); got != [3]int{1, 0, 0} {
		t.Errorf("read without him: got %v", got)
	}
	why := a.fold().Outward(Reader{Audience: "un"}, onDay("2023-06-01")).Statements[1]
	if why.Used || why.Why != LeftDanger {
		t.Errorf("his statement: got %+v", why)
	}
	a.crossing(
		func() {
			a.write(KindCaution, &Caution{Source: uncle, Rule: "only-listen", Used: true, Reason: "seen in a video"})
		},
		func() { a.write(KindCaution, &Caution{Source: uncle, Rule: "no-contact"}) },
	)
	if c, ok := a.fold().Caution(uncle); !ok || c.Used || c.Rule != "no-contact" {
		t.Errorf("of two that crossed: got %+v", c)
	}
	a.write(KindCaution, &Caution{Source: uncle, Rule: "no-contact", Used: true, Reason: "seen in a video"})
	if got := count(outward()); got != [3]int{1, 1, 1} {
		t.Errorf("a member let it out: got %v", got)
	}
	a.write(KindCaution, &Caution{Source: uncle, Rule: "no-contact", Lifted: true, Reason: "mistaken"})
	if _, ok := a.fold().Caution(uncle); ok {
		t.Error("a lifted caution holds")
	}
}

func TestCasesAreLookedAtAgain(t *testing.T) {
	a := ask(t)
	a.write(KindCase, &Case{Title: "a case", About: "person"})
	kept := func() string {
		review, until := a.fold().Kept()
		return fmt.Sprint(review, " ", until)
	}
	if got := kept(); got != " " {
		t.Errorf("nothing decided: got %q", got)
	}
	a.write(KindRetention, &Retention{ReviewMonths: 6, KeepMonths: 24})
	if got := kept(); got != "2023-06-20 2024-12-20" {
		t.Errorf("the office's: got %q", got)
	}
	a.write(KindKeeping, &Keeping{Review: "2030-01-01"})
	if got := kept(); got != "2030-01-01 2024-12-20" {
		t.Errorf("the case's own: got %q", got)
	}
	a.crossing(
		func() { a.write(KindKeeping, &Keeping{Review: "2025-01-01"}) },
		func() { a.write(KindKeeping, &Keeping{Review: "2024-01-01", Until: "2031-01-01"}) },
	)
	if got := kept(); got != "2024-01-01 2031-01-01" {
		t.Errorf("two at once: got %q", got)
	}
}

func TestConsentThatCannotBe(t *testing.T) {
	a := ask(t)
	for name, body := range map[string]any{
		"nobody's":            &Consent{Statement: a.st, Giver: GivenByPerson},
		"a source's person":   &Consent{Statement: a.st, Giver: GivenBySource, Person: a.son},
		"unknown giver":       &Consent{Statement: a.st, Giver: "king"},
		"unknown reader":      &Consent{Statement: a.st, Giver: GivenBySource, Uses: []Use{lets("internal")}},
		"partner unnamed":     &Consent{Statement: a.st, Giver: GivenBySource, Uses: []Use{lets(ToPartner)}},
		"court with label":    &Consent{Statement: a.st, Giver: GivenBySource, Uses: []Use{{To: "court", Label: "x", Named: "none", Place: "none"}}},
		"twice":               &Consent{Statement: a.st, Giver: GivenBySource, Uses: []Use{lets("un"), lets("un")}},
		"no day":              &Consent{Statement: a.st, Giver: GivenBySource, Uses: []Use{{To: "un", Named: "none", Place: "none", From: "2023"}}},
		"turn of nobody":      &Consent{Statement: a.st, Giver: GivenBySource, Uses: []Use{{To: "un", Named: "none", Place: "none", Ends: "dead"}}},
		"stop without day":    &Stop{Person: a.son, From: "family"},
		"stop of a statement": &Stop{Person: a.st, From: "family", Since: "2023-01-01"},
		"used without reason": &Caution{Source: a.source, Rule: "no-contact", Used: true},
		"review in a month":   &Keeping{Review: "2023-01"},
		"months":              &Retention{KeepMonths: -1},
	} {
		if Check(body) == nil {
			t.Errorf("%s is recorded", name)
		}
	}
}
