package claim

import (
	"reflect"
	"testing"
)

// searched is a case as it stands before the son is found, in its sources' words.
func searched(t testing.TB) *asked {
	a := ask(t)
	a.claim(a.from(a.st, "witnessed"), a.son, Life, Value{Term: "alive"}) // as of that day, long before
	going := a.from(a.st, "witnessed")
	going.When = "2022-10/.."
	a.claim(going, a.son, Service, Value{Term: "deployed"}) // goes on, as was known then
	a.agrees(GivenBySource, "", lets(ToFamily), lets("un"), lets(ToPublic))
	a.agrees(GivenByFamily, a.son, lets(ToFamily), lets("un"), lets(ToPublic))
	return a
}

// goOn is what happens whether or not he is found.
func (a *asked) goOn() {
	later := a.statement(a.source, "2023-03-10", "call", "The office says he is missing. I have heard nothing. He fought in August.")
	say := func(when, predicate, term string) {
		c := a.from(later, "witnessed")
		c.When = when
		a.claim(c, a.son, predicate, Value{Term: term})
	}
	say("2023-03-01/..", Liberty, "missing")
	say("2022-08", Service, "deployed")
	say("", Contact, "lost")
	a.write(KindConsent, &Consent{Statement: later, Giver: GivenBySource, Uses: []Use{lets(ToFamily), lets("un"), lets(ToPublic)}})
}

// found is what only those know who found him, or he himself, however it is put.
func (a *asked) found() {
	everyone := []Use{lets(ToFamily), lets("un"), lets(ToPublic)}
	open := func(source Ref, said, text string, named bool) Claim {
		st := a.statement(source, said, "message", text)
		a.write(KindConsent, &Consent{Statement: st, Giver: GivenBySource, Uses: everyone})
		if named {
			a.write(KindStop, &Stop{Person: a.son, From: "family", Since: "2023-03-01", Statements: []Ref{st}})
		}
		return a.from(st, "witnessed")
	}
	self := a.book.source("person", "self", a.son)
	finder := a.book.source("organisation", "activist", a.unit("a network", "association"))
	shelter := a.place("a house by the sea", "private-house")
	c := open(finder, "2023-03-02", "He is alive.", false)
	a.claim(c, a.son, Life, Value{Term: "alive"})
	c = open(finder, "2023-03-03", "He is with us.", false)
	c.When = "2023-03"
	a.claim(c, a.son, Location, Value{Ref: shelter})
	c = open(finder, "2023-03-04", "He came home to us and was never held again.", false)
	c.When = "2023-02/.."
	e := ref(RefEvent, "return")
	a.claim(c, e, Occurred, Value{Term: "return-home"})
	a.claim(c, e, Involved, Value{Ref: a.son, Role: "victim"})
	a.claim(c, e, HappenedAt, Value{Ref: shelter})
	c = open(self, "2023-03-05", "I was in the basement, and they beat me.", false)
	c.When = "2022-11"
	a.claim(c, a.son, Integrity, Value{Term: "ill-treated"})
	c = open(finder, "2023-03-06", "He told us that there were others.", true)
	c.When, c.Basis = "2022-11", "told"
	a.claim(c, "", Exists, Value{Term: "unofficial-places"})
}

// What leaves a case must be the same whether the person was found and wants no
// contact, or was never found.
func TestAStopShowsToNobody(t *testing.T) {
	never := searched(t)
	never.goOn()
	stopped := searched(t)
	stopped.found()
	stopped.goOn()
	for _, audience := range []string{ToFamily, "un", ToPublic} {
		r := Reader{Audience: audience}
		want, got := never.fold().Outward(r, onDay("2023-06-01")), stopped.fold().Outward(r, onDay("2023-06-01"))
		if !reflect.DeepEqual(said(got.State), said(want.State)) {
			t.Errorf("%s: got %v, want %v", audience, said(got.State), said(want.State))
		}
		if !reflect.DeepEqual(got.RestsOn(), want.RestsOn()) {
			t.Errorf("%s: rests on %v, want %v", audience, got.RestsOn(), want.RestsOn())
		}
		if len(want.State.Live()) != 7 {
			t.Errorf("%s: the stop has nothing to be told from: %d claims", audience, len(want.State.Live()))
		}
	}
	if len(stopped.fold().Live()) <= len(never.fold().Live()) {
		t.Error("inside, nothing tells that he was found")
	}
	if _, ok := stopped.fold().Stopped(stopped.son); !ok {
		t.Error("the stop does not hold")
	}
	lifted := searched(t)
	lifted.found()
	lifted.write(KindStop, &Stop{Person: lifted.son, From: "family", Lifted: true})
	if n := len(lifted.fold().Outward(Reader{Audience: "un"}, onDay("2023-06-01")).State.Live()); n != len(lifted.fold().Live()) {
		t.Errorf("after it was lifted %d claims leave", n)
	}
}

// said is what a state says, without the IDs of entries.
func said(s *State) (all []any) {
	for _, f := range s.Findings() {
		for _, a := range f.Answers {
			all = append(all, []any{f.Subject, f.Predicate, a.Value, a.When.String(), len(a.For), len(a.Against), f.Contested, a.For.Origins()})
		}
	}
	for _, e := range s.Events {
		all = append(all, []any{e.Ref, e.Types, e.When.String(), e.Where})
	}
	for _, p := range s.Persons {
		if d, _ := s.LastKnownAlive(p.Ref); !d.IsZero() {
			all = append(all, []any{"alive", d.String()})
		}
	}
	return all
}

// A person who is in the file twice is found twice.
func TestAStopFollowsThePerson(t *testing.T) {
	a := searched(t)
	other := a.person("Sorrel", 0)
	a.claim(a.from(a.st, "witnessed"), a.son, "relation", Value{Ref: other, Role: "same-person"})
	a.write(KindStop, &Stop{Person: a.son, From: "everyone", Since: "2023-03-01"})
	st := a.statement(a.book.source("organisation", "activist", a.unit("a network", "association")), "2023-03-02", "message", "The other one is alive.")
	a.write(KindConsent, &Consent{Statement: st, Giver: GivenBySource, Uses: []Use{lets("un")}})
	a.claim(a.from(st, "witnessed"), other, Life, Value{Term: "alive"})
	if got := a.fold().Outward(Reader{Audience: "un"}, onDay("2023-06-01")).State.Finding(other, Life); len(got.Answers) != 0 {
		t.Error("it is told of him under his other cover name")
	}
}

// Of stops recorded at once the one that holds counts, since the earlier day.
func TestCrossingStops(t *testing.T) {
	a := ask(t)
	a.crossing(
		func() { a.write(KindStop, &Stop{Person: a.son, From: "family", Since: "2023-03-01"}) },
		func() {
			a.write(KindStop, &Stop{Person: a.son, From: "everyone", Since: "2023-02-01", Statements: []Ref{a.st}})
		},
		func() { a.write(KindStop, &Stop{Person: a.son, From: "family", Lifted: true}) },
	)
	got, ok := a.fold().Stopped(a.son)
	want := Stop{Person: a.son, From: "everyone", Since: "2023-02-01", Statements: []Ref{a.st}}
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}
