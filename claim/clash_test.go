package claim

import (
	"fmt"
	"testing"
)

// Two things are said of one man, each by its own source, on 10 and 12 December
// 2022. What begins with "!" is a type of event, the rest a value of the facet.
func TestWhatClashes(t *testing.T) {
	for _, tt := range []struct {
		facet        string
		what1, when1 string
		what2, when2 string
		clash        bool
		now          string // what stands; "" is not looked at
	}{
		{Liberty, "held", "2022-07", "missing", "2022-12", true, "held · missing"},
		{Liberty, "held", "2022-07/..", "!declared-missing", "", true, "held · missing"},
		{Liberty, "!detention", "", "!declared-missing", "", true, "held · missing"},
		{Liberty, "held", "2022-07/2022-10", "missing", "2022-12", false, ""},
		{Liberty, "missing", "2022-05", "held", "2022-07", false, "held"},
		{Liberty, "!disappearance", "2022-05", "!detention", "2022-07", false, "held"},
		{Liberty, "held", "2022-07", "free", "2022-12", false, "free"},
		{Liberty, "!arrest", "2022-07-11", "!release", "2022-07-11", false, ""},
		{Liberty, "!arrest", "", "!release", "", false, ""},
		{Liberty, "held", "2022-12", "free", "2022-12", true, ""},
		{Liberty, "held", "2022-07/2022-12", "free", "2022-09", true, ""},
		{Liberty, "held", "2022-07/..", "!release", "2022-09", true, ""}, // said in December to go on
		{Liberty, "held", "2022-07", "!declared-absent", "2022-08", true, "held · at-large"},
		{Life, "alive", "2022-07", "dead", "2022-12", false, "dead"},
		{Life, "alive", "2022-12", "dead", "2022-07", true, ""},
		{Life, "alive", "2022-12", "dead", "2022-12", true, ""},
		{Life, "alive", "", "!death-reported", "2022-08", true, ""},
		{Life, "!last-contact", "2022-07", "!killing", "2022-07", false, "dead"},
		{Life, "alive", "2022-07", "unknown", "2022-12", false, ""},
		{Service, "refused", "2022-07", "disarmed", "2022-07", false, ""},
		{Service, "missing", "2022-12", "absent", "2022-12", true, "absent · missing"},
		{Acknowledgment, "denied", "2022-09", "acknowledged", "2022-12", false, "acknowledged"},
		{Acknowledgment, "denied", "2022-09", "acknowledged", "2022-09", true, ""},
		{Integrity, "unharmed", "2022-09", "!beating", "2022-10", false, ""},
	} {
		name := fmt.Sprintf("%s: %s %s, %s %s", tt.facet, tt.what1, tt.when1, tt.what2, tt.when2)
		b := newBook(t)
		man := b.person("Denis", 0)
		one := b.statement(b.source("person", "mother", b.person("Irina", 0)), "2022-12-10", "interview", "One says so.")
		two := b.statement(b.source("authority", "ministry", b.unit("the ministry", "ministry")), "2022-12-12", "letter", "One says so.")
		say := func(st Ref, what, when string) {
			c := b.from(st, "witnessed")
			if what[0] == '!' {
				b.event(c, what+string(st), what[1:], when, man, "victim")
				return
			}
			c.When = when
			b.claim(c, man, tt.facet, Value{Term: what})
		}
		say(one, tt.what1, tt.when1)
		say(two, tt.what2, tt.when2)
		f := b.fold().Facet(man, tt.facet)
		if f.Contested != tt.clash {
			t.Errorf("%s: contested %t, want %t", name, f.Contested, tt.clash)
		}
		if tt.now != "" && f.word() != tt.now {
			t.Errorf("%s: now %q, want %q", name, f.word(), tt.now)
		}
	}
}

func TestWhoIsAgainst(t *testing.T) {
	b := newBook(t)
	man := b.person("Denis", 0)
	mother := b.source("person", "mother", b.person("Irina", 0))
	ministry := b.source("authority", "ministry", b.unit("the ministry", "ministry"))
	said := b.statement(mother, "2022-12-10", "interview", "They hold him.")
	reply := b.statement(ministry, "2022-12-12", "official-letter", "We do not.")
	held := b.event(b.from(said, "witnessed"), "held", "detention", "2022-07", man, "victim")

	no := b.from(reply, "official")
	no.Stance = Denies
	b.claim(no, held, Occurred, Value{Term: "detention"})
	s := b.fold()
	f := s.Finding(man, Liberty)
	if a := f.answer(Value{Term: "held"}); !f.Contested || len(a.For.Origins()) != 1 || len(a.Against.Origins()) != 1 || a.Corroborated() {
		t.Errorf("who denies the detention denies that he is held: contested %t, %+v", f.Contested, a)
	}
	if f := s.Finding(man, Life); f.Contested {
		t.Error("and not that he lives")
	}
	if f := s.Finding(held, Occurred); !f.Contested {
		t.Error("the event itself is not contested")
	}

	// A denial with a time of its own stands only against that time.
	no.When = "2022-05"
	b.claim(no, man, Service, Value{Term: "deployed"})
	yes := b.from(said, "witnessed")
	b.event(yes, "went", "deployment", "2022-07", man, "subject")
	if f := b.fold().Facet(man, Service); f.Contested {
		t.Errorf("not in May, says one, in July, says the other: %q contested", f.story())
	}

	// One who only says no, to what nobody says, makes no contest.
	b.claim(no, man, Acknowledgment, Value{Term: "acknowledged"})
	if f := b.fold().Finding(man, Acknowledgment); f.Contested || len(f.Answers[0].Against) != 1 {
		t.Errorf("a lone denial: contested %t, %+v", f.Contested, f.Answers)
	}
}

func TestUnknownOriginsAddNothing(t *testing.T) {
	b := newBook(t)
	man := b.person("Denis", 0)
	for i := range 3 {
		src := b.source("person", "friend", b.person(fmt.Sprint("friend ", i), 0))
		c := b.from(b.statement(src, "2022-12-10", "message", "People say so."), []string{"hearsay", "told", "told"}[i])
		if i == 2 {
			c.Chain = []Link{{Source: src}, {}}
		}
		b.claim(c, man, Liberty, Value{Term: "held"})
	}
	a := b.fold().Finding(man, Liberty).Answers[0]
	if len(a.For.Origins()) != 0 || a.For.Unknown() != 3 || a.Corroborated() {
		t.Errorf("origins %v, unknown %d; want none and 3", a.For.Origins(), a.For.Unknown())
	}
}
