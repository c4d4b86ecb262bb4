package claim

import (
	"reflect"
	"testing"
	"time"
)

// The officer who refused in writing, told by his father, who has most of it
// from the son. Cover names: Pavel the father, Gleb the son.
type caseA struct {
	*book
	son, father, sonSpeaks, fatherSpeaks, told Ref
}

func tellA(t testing.TB) caseA {
	b := newBook(t)
	b.write(KindCase, &Case{Title: "The officer", About: "person", Affected: ref(RefPerson, "Gleb")})
	a := caseA{book: b, son: b.person("Gleb", 0), father: b.person("Pavel", 0)}
	a.sonSpeaks = b.source("person", "son", a.son)
	a.fatherSpeaks = b.source("person", "father", a.father)
	a.told = b.statement(a.fatherSpeaks, "2022-12-10", "interview",
		"I asked "+MarkOf(a.son)+" not to go. He put his refusal in writing. They took the weapons away and set guards over them. "+
			"They made him lie down and count to ten. He came home in the end.")
	cellar := b.place("a cellar", "basement")

	first := b.from(a.told, "witnessed")
	told := b.from(a.told, "witnessed", a.sonSpeaks)
	guards := b.person("a group of soldiers from elsewhere", 6)
	went := b.event(first, "went", "deployment", "2022", a.son, "subject")
	asked := b.event(first, "asked", "message-received", "", a.son, "sender")
	fight := b.event(told, "fight", "battle", "", a.son, "present")
	refused := b.event(told, "refused", "refusal-written", "", a.son, "refuser")
	disarmed := b.event(told, "disarmed", "disarming", "", a.son, "victim")
	told.Where = cellar
	guarded := b.event(told, "guarded", "armed-guard", "", a.son, "victim")
	beaten := b.event(told, "beaten", "beating", "", a.son, "victim")
	b.claim(told, beaten, Involved, Value{Ref: guards, Role: "carried-out"})
	staged := b.event(told, "staged", "mock-execution", "", a.son, "victim")
	threatened := b.event(told, "threatened", "death-threat", "", a.son, "victim")
	told.Where = ""
	moved := b.event(told, "moved", "reassignment", "", a.son, "subject")
	home := b.event(first, "home", "return-home", "2022-12", a.son, "subject")
	b.event(first, "appeals", "appeal-made", "", a.father, "applicant")
	order := []Ref{went, asked, fight, refused, disarmed, guarded, beaten, staged, threatened, moved, home}
	for i := range order[1:] {
		b.claim(first, order[i+1], Follows, Value{Ref: order[i]})
	}
	return a
}

func TestTheOfficerWhoRefusedInWriting(t *testing.T) {
	a := tellA(t)
	s := a.fold()
	if len(s.Problems) > 0 || len(s.Conflicts) > 0 {
		t.Fatalf("problems %v, conflicts %v", s.Problems, s.Conflicts)
	}
	var types []string
	for _, e := range s.Events {
		types = append(types, e.Type())
	}
	want := []string{"deployment", "message-received", "battle", "refusal-written", "disarming", "armed-guard",
		"beating", "mock-execution", "death-threat", "reassignment", "return-home", "appeal-made"}
	if !reflect.DeepEqual(types, want) {
		t.Errorf("events %v\nwant %v", types, want)
	}
	for _, tt := range []struct{ facet, story, now string }{
		{Service, "deployed refused disarmed reassigned returned", "returned"},
		{Liberty, "held free", "free"},
		{Integrity, "ill-treated ill-treated", "ill-treated"},
		{Contact, "heard-from", "heard-from"},
	} {
		f := s.Facet(a.son, tt.facet)
		if f.story() != tt.story || f.word() != tt.now || f.Contested {
			t.Errorf("%s: %q, now %q, contested %t; want %q, %q, uncontested", tt.facet, f.story(), f.word(), f.Contested, tt.story, tt.now)
		}
	}
	// What the father relays is the son's word, however often he says it.
	held := s.Facet(a.son, Liberty).Answers[0]
	if got := held.For.Origins(); len(got) != 1 || got[0].Who != a.son {
		t.Errorf("held rests on %v, want the son alone", got)
	}
	if held.Corroborated() {
		t.Error("one origin corroborates itself")
	}
	// He says it himself: still one. A fellow soldier says it: two.
	self := a.statement2(a.sonSpeaks)
	a.event(a.from(self, "witnessed"), "guarded", "armed-guard", "", a.son, "victim")
	if got := a.fold().Facet(a.son, Liberty).Answers[0].For.Origins(); len(got) != 1 {
		t.Errorf("told first hand and relayed: origins %v, want one", got)
	}
	mate := a.source("person", "fellow-soldier", a.person("Roman", 0))
	a.event(a.from(a.statement2(mate), "witnessed"), "guarded", "armed-guard", "", a.son, "victim")
	if held := a.fold().Facet(a.son, Liberty).Answers[0]; len(held.For.Origins()) != 2 || !held.Corroborated() {
		t.Errorf("two mouths: origins %v, corroborated %t", held.For.Origins(), held.Corroborated())
	}
	last, by := s.LastKnownAlive(a.son)
	if last.String() != "2022-12" || len(by) != 1 || by[0].Origin.Who != a.father {
		t.Errorf("last known alive %s by %v, want 2022-12 by the father", last, by)
	}
}

func (b *book) statement2(source Ref) Ref {
	return b.statement(source, "2022-12-18", "call", "They kept him there.")
}

// The lieutenant who would not lead his men, told by his mother. Cover names:
// Irina the mother, Denis the son.
type caseB struct {
	*book
	son, mother, sonSpeaks, motherSpeaks, ministry, basement, told Ref
	official                                                       Claim
}

func tellB(t testing.TB) caseB {
	b := newBook(t)
	b.write(KindCase, &Case{Title: "The lieutenant", About: "person", Affected: ref(RefPerson, "Denis")})
	c := caseB{book: b, son: b.person("Denis", 0), mother: b.person("Irina", 0)}
	four := b.person("four other officers", 4)
	c.sonSpeaks = b.source("person", "son", c.son)
	c.motherSpeaks = b.source("person", "mother", c.mother)
	c.ministry = b.unit("the ministry", "ministry")
	ministry := b.source("authority", "ministry", c.ministry)
	c.basement = b.place("a basement", "basement")
	centre := b.place("a detention centre", "detention-centre")
	c.told = b.statement(c.motherSpeaks, "2022-12-10", "interview",
		"They sent "+MarkOf(c.son)+" in July. He would not lead his men into it, and they locked him up. Then a message: a basement, five of them.")

	first := b.from(c.told, "witnessed")
	told := b.from(c.told, "witnessed", c.sonSpeaks)
	b.event(first, "b went", "deployment", "2022-07", c.son, "subject")
	b.event(told, "b refused", "refusal-oral", "2022-07/2022-08", c.son, "refuser")
	told.Where = centre
	b.event(told, "b detained", "detention", "2022-07/..", c.son, "victim")
	b.event(told, "b reached her", "last-contact", "2022-07", c.son, "subject")

	sms := b.from(c.told, "document")
	sms.Chain = []Link{{How: "by-message"}} // nobody knows who sent it
	sms.Where = c.basement
	put := b.event(sms, "b basement", "transfer", "2022-08~", c.son, "victim")
	b.claim(sms, put, Involved, Value{Ref: four, Role: "victim"})

	rumour := b.from(c.told, "hearsay")
	rumour.Where = c.basement
	hit := b.event(rumour, "b shelled", "shelling", "2022-11~", c.son, "present")
	b.claim(rumour, hit, Involved, Value{Ref: four, Role: "present"})
	b.event(b.from(c.told, "hearsay"), "b gone", "disappearance", "2022-11~", c.son, "victim")

	c.official = b.from(c.told, "official", ministry)
	b.event(c.official, "b declared", "declared-missing", "2022-12", c.son, "victim")
	doubt := b.from(c.told, "opinion")
	doubt.Stance = Denies
	b.claim(doubt, c.son, Service, Value{Term: "missing"})
	b.claim(b.from(c.told, "witnessed"), c.son, Contact, Value{Term: "lost"})
	return c
}

func TestTheLieutenantWhoWouldNotLeadHisMen(t *testing.T) {
	c := tellB(t)
	s := c.fold()
	if len(s.Problems) > 0 || len(s.Conflicts) > 0 {
		t.Fatalf("problems %v, conflicts %v", s.Problems, s.Conflicts)
	}
	f := s.Facet(c.son, Liberty)
	if !f.Contested || f.word() != "held · missing" {
		t.Errorf("liberty: %q, now %q, contested %t; want held against missing", f.story(), f.word(), f.Contested)
	}
	held := s.Finding(c.son, Liberty).answer(Value{Term: "held"})
	if o, n := held.For.Origins(), held.For.Unknown(); len(o) != 1 || o[0].Who != c.son || n != 1 || held.Corroborated() {
		t.Errorf("held: origins %v, %d unknown; want the son and one unknown, uncorroborated", o, n)
	}
	missing := s.Finding(c.son, Liberty).answer(Value{Term: "missing"})
	if o, n := missing.For.Origins(), missing.For.Unknown(); len(o) != 1 || o[0].Who != c.ministry || n != 1 {
		t.Errorf("missing: origins %v, %d unknown; want the ministry and one unknown", o, n)
	}
	// That it makes no sense to the mother is an opinion: shown, and no denial.
	service := s.Finding(c.son, Service)
	if len(service.Opinions) != 1 || len(service.answer(Value{Term: "missing"}).Against) != 0 {
		t.Errorf("service: opinions %v, against %v", service.Opinions, service.answer(Value{Term: "missing"}).Against)
	}
	// A message of unknown sender in August does not make him known to be alive then.
	last, by := s.LastKnownAlive(c.son)
	if last.Earliest() != day(t, "2022-07-01") || len(by) == 0 {
		t.Errorf("last known alive %s by %d claims, want July 2022", last, len(by))
	}
	least, most, ok := last.DaysSince(time.Date(2022, 12, 20, 0, 0, 0, 0, time.UTC))
	if !ok || least != 142 || most != 172 {
		t.Errorf("days since: %d to %d, want 142 to 172", least, most)
	}
	// Released in January: the detention is explained, the two official words are not.
	c.event(c.from(c.told, "witnessed"), "b free", "release", "2023-01", c.son, "victim")
	if f := c.fold().Facet(c.son, Liberty); f.Now()[len(f.Now())-1].Value.Term != "free" {
		t.Errorf("after the release: %q, now %q", f.story(), f.word())
	}
}

func TestTheHeadOfStateDenies(t *testing.T) {
	c := tellB(t)
	before := c.fold().Finding(c.son, Location)
	if before.Contested {
		t.Errorf("location contested before anyone denies: %+v", before.Answers)
	}
	state := c.unit("the head of state", "head-of-state")
	speaks := c.source("authority", "head-of-state", state)
	speech := c.statement(speaks, "2022-12-07", "broadcast", "There are no such camps. There is no such problem.")
	no := c.from(speech, "official")
	no.Stance = Denies
	c.claim(no, "", Exists, Value{Term: "unofficial-places"})
	s := c.fold()
	if len(s.Problems) > 0 {
		t.Fatal(s.Problems)
	}
	camps := s.Finding("", Exists)
	a := camps.answer(Value{Term: "unofficial-places"})
	if !camps.Contested || len(a.Against.Origins()) != 1 || a.Against.Origins()[0].Who != state {
		t.Fatalf("the denial: contested %t, against %v", camps.Contested, a.Against.Origins())
	}
	if o, n := a.For.Origins(), a.For.Unknown(); len(o) != 0 || n == 0 {
		t.Errorf("for: %v and %d unknown; want only the message and the rumour about the basement", o, n)
	}
	where := s.Finding(c.son, Location)
	if b := where.answer(Value{Ref: c.basement}); !where.Contested || len(b.Against) != 1 || !b.Against[0].General {
		t.Errorf("the basement: contested %t, against %v", where.Contested, b.Against)
	}
	// The official place he spoke of himself is not one of those denied.
	for _, b := range where.Answers {
		if b.Value.Ref != c.basement && len(b.Against) > 0 {
			t.Errorf("%v is denied too", b.Value)
		}
	}
	if life := s.Finding(c.son, Life); life.Contested {
		t.Error("who denies the camps does not deny the life")
	}
	// A survivor of the basement, and a wider denial: two origins of each other
	// independent stand against it.
	survivor := c.person("Yegor", 0)
	heard := c.statement(c.source("person", "released-detainee", survivor), "2022-12-19", "call", "I was in the basement with him.")
	there := c.from(heard, "witnessed")
	there.Where = c.basement
	c.event(there, "b kept", "detention", "2022-09", c.son, "victim")
	no.End = 5
	c.claim(no, "", Exists, Value{Term: "unlawful-detention"})
	all := c.fold().Finding("", Exists).answer(Value{Term: "unlawful-detention"})
	if got := all.For.Origins(); len(got) != 2 {
		t.Errorf("against the denial stand %v, want the son and the survivor", got)
	}
}
