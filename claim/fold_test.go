package claim

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"habeas/ledger"
)

// busy is a case in which everything that can be decided was decided twice.
func busy(t testing.TB) *book {
	c := tellB(t)
	b := c.book
	st := c.told
	old := b.claim(b.from(st, "witnessed"), c.son, "rank", Value{Term: "private"})
	correct := func(of ledger.ID, rank string) (id ledger.ID) {
		k := b.from(st, "witnessed")
		k.Replaces, k.Reason = of, "misheard"
		return b.claim(k, c.son, "rank", Value{Term: rank})
	}
	var one, two ledger.ID
	b.crossing(
		func() { one = correct(old, "junior-officer") },
		func() { two = correct(old, "senior-officer") },
		func() { b.write(KindWithdraw, &Withdraw{Claim: old, Reason: "not said"}) },
		func() {
			b.write(KindPerson, &Person{Ref: c.son, Cover: "Denis", Protection: Public})
			b.write(KindText, &Text{Statement: st, Version: 2, Text: "one"})
		},
		func() {
			b.write(KindPerson, &Person{Ref: c.son, Cover: "Danylo"})
			b.write(KindText, &Text{Statement: st, Version: 2, Text: "two"})
		},
	)
	b.write(KindUndo, &Undo{Entry: one})
	correct(two, "general")
	b.entries = append(b.entries, ledger.Entry{ID: ledger.ID{9}, Kind: "from-the-future", Body: []byte("?")})
	b.entries = append(b.entries, ledger.Entry{ID: ledger.ID{8}, Kind: KindClaim, Body: []byte("{"), After: []ledger.ID{{7}}})
	b.entries = append(b.entries, ledger.Entry{ID: ledger.ID{7}, Kind: KindUndo, Body: []byte("{}"), After: []ledger.ID{{8}}})
	return b
}

func TestFoldIsAFunctionOfTheSet(t *testing.T) {
	for name, entries := range map[string][]ledger.Entry{
		"officer": tellA(t).entries, "lieutenant": tellB(t).entries, "busy": busy(t).entries,
	} {
		want := Fold(entries)
		findings := want.Findings()
		rapid.Check(t, func(t *rapid.T) {
			got := Fold(shuffled(entries, rapid.Uint64().Draw(t, "seed")))
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: shuffled entries give another state", name)
			}
			if !reflect.DeepEqual(got.Findings(), findings) {
				t.Fatalf("%s: shuffled entries give other findings", name)
			}
		})
	}
}

// A decision is a step of a story about one claim: what is done, to what, and by
// someone who had seen which steps.
func TestDecisionsOnAClaim(t *testing.T) {
	type step struct {
		act  string // "correct", "withdraw", "undo"
		of   int    // a step; 0 is the claim
		seen []int  // steps seen besides of; nil is all before
	}
	type story struct {
		name      string
		steps     []step
		want      string // status of the claim and of each correction
		conflicts int
	}
	alone := []int{}
	for _, tt := range []story{
		{"nothing", nil, "live", 0},
		{"corrected", []step{{"correct", 0, nil}}, "replaced live", 0},
		{"corrected, undone", []step{{"correct", 0, nil}, {"undo", 1, nil}}, "live undone", 0},
		{"corrected, undone, redone", []step{{"correct", 0, nil}, {"undo", 1, nil}, {"undo", 2, nil}}, "replaced live", 0},
		{"withdrawn", []step{{"withdraw", 0, nil}}, "withdrawn", 0},
		{"withdrawn, undone", []step{{"withdraw", 0, nil}, {"undo", 1, nil}}, "live", 0},
		{"correction corrected", []step{{"correct", 0, nil}, {"correct", 1, nil}}, "replaced replaced live", 0},
		{"correction corrected, first undone", []step{{"correct", 0, nil}, {"correct", 1, nil}, {"undo", 1, nil}}, "replaced replaced live", 0},
		{"correction withdrawn", []step{{"correct", 0, nil}, {"withdraw", 1, nil}}, "replaced withdrawn", 0},
		{"corrected twice, knowing", []step{{"correct", 0, nil}, {"correct", 0, nil}}, "replaced replaced live", 0},
		{"corrected twice, crossing", []step{{"correct", 0, alone}, {"correct", 0, alone}}, "replaced live live", 1},
		{"two corrections, one undone", []step{{"correct", 0, alone}, {"correct", 0, alone}, {"undo", 1, nil}}, "replaced undone live", 0},
		{"withdrawal and correction cross", []step{{"withdraw", 0, alone}, {"correct", 0, alone}}, "withdrawn withdrawn", 0},
		{"correction and withdrawal cross", []step{{"correct", 0, alone}, {"withdraw", 0, alone}}, "withdrawn withdrawn", 0},
		{"corrected knowing it was withdrawn", []step{{"withdraw", 0, nil}, {"correct", 0, nil}}, "replaced live", 0},
		{"withdrawn twice, one undone", []step{{"withdraw", 0, alone}, {"withdraw", 0, alone}, {"undo", 1, nil}}, "withdrawn", 0},
		{"undo crosses with another withdrawal", []step{{"withdraw", 0, nil}, {"undo", 1, alone}, {"withdraw", 0, []int{1}}}, "withdrawn", 0},
		{"restoration crosses with another undo", []step{{"withdraw", 0, nil}, {"undo", 1, nil}, {"undo", 2, []int{1}}, {"undo", 1, []int{1}}}, "withdrawn", 0},
	} {
		b := newBook(t)
		son := b.person("Denis", 0)
		st := b.statement(b.source("person", "mother", b.person("Irina", 0)), "2022-12", "interview", "He is an officer.")
		ids := []ledger.ID{b.claim(b.from(st, "witnessed"), son, "rank", Value{Term: "private"})}
		claims := []ledger.ID{ids[0]}
		base := b.heads
		for i, step := range tt.steps {
			b.heads = append([]ledger.ID(nil), base...)
			for n := range ids {
				if step.seen == nil {
					b.heads = append(b.heads, ids[n])
				}
			}
			for _, n := range step.seen {
				b.heads = append(b.heads, ids[n])
			}
			var id ledger.ID
			switch step.act {
			case "correct":
				c := b.from(st, "witnessed")
				c.Replaces, c.Reason = ids[step.of], fmt.Sprint("because ", i)
				id = b.claim(c, son, "rank", Value{Term: "nco"})
				claims = append(claims, id)
			case "withdraw":
				id = b.write(KindWithdraw, &Withdraw{Claim: ids[step.of], Reason: "not said"})
			case "undo":
				id = b.write(KindUndo, &Undo{Entry: ids[step.of]})
			}
			ids = append(ids, id)
		}
		s := b.fold()
		var got string
		for _, id := range claims {
			r, _ := s.Recorded(id)
			got += r.Status.String() + " "
		}
		if got != tt.want+" " || len(s.Conflicts) != tt.conflicts || len(s.Problems) > 0 {
			t.Errorf("%s: %s, %d conflicts, problems %v; want %s, %d", tt.name, got, len(s.Conflicts), s.Problems, tt.want, tt.conflicts)
		}
	}
}

func TestProtectionCrossing(t *testing.T) {
	s := busy(t).fold()
	p := s.Persons[ref(RefPerson, "Denis")]
	if p.Protection != Protected {
		t.Errorf("protection %q after two decisions, want the safer", p.Protection)
	}
	var kinds []string
	for _, c := range s.Conflicts {
		kinds = append(kinds, c.Kind)
	}
	if want := []string{KindPerson, KindText}; !reflect.DeepEqual(kinds, want) {
		t.Errorf("conflicts %v, want %v", kinds, want)
	}
}

func TestWhatCannotBeReadIsListed(t *testing.T) {
	b := newBook(t)
	son := b.person("Denis", 0)
	st := b.statement(b.source("person", "mother", b.person("Irina", 0)), "2022-12", "interview", "He is an officer.")
	raw := func(kind, body string) {
		b.entries = append(b.entries, ledger.Entry{ID: ledger.ID{byte(len(b.entries))}, Kind: kind, Body: []byte(body)})
	}
	js := func(c Claim) string {
		j, _ := json.Marshal(c)
		return string(j)
	}
	good := b.from(st, "witnessed")
	good.Subject, good.Predicate, good.Value = son, "rank", Value{Term: "nco"}
	raw(KindClaim, `{`)
	raw(KindPerson, `{"ref":"l:aaaaaaaaaaaaaaaa"}`)
	raw(KindUndo, `{"entry":"0102030405060708090a0b0c0d0e0f10"}`)
	raw("weather", `{"rain":true}`)
	bad := good
	bad.Statement = ref(RefStatement, "none")
	raw(KindClaim, js(bad))
	bad = good
	bad.Predicate = "colour"
	raw(KindClaim, js(bad))
	bad = good
	bad.When = "yesterday"
	raw(KindClaim, js(bad))
	bad = good
	bad.End = 400
	raw(KindClaim, js(bad))
	bad = good
	bad.Subject = ref(RefPerson, "nobody")
	raw(KindClaim, js(bad))
	raw(KindText, `{"statement":"`+string(bad.Statement)+`","version":0,"text":""}`)
	s := b.fold()
	var got []string
	for _, p := range s.Problems {
		got = append(got, p.Key)
	}
	want := map[string]bool{"claim.bad_body": true, "claim.bad_ref": true, "claim.no_target": true, "claim.no_statement": true,
		"claim.unknown_term": true, "claim.bad_date": true, "claim.no_passage": true, "claim.dangling": true, "claim.bad_version": true}
	for _, k := range got {
		delete(want, k)
	}
	if len(want) > 0 {
		t.Errorf("problems %v; missing %v", got, want)
	}
	if len(s.History) != len(b.entries) {
		t.Errorf("history has %d entries, want all %d", len(s.History), len(b.entries))
	}
}

func FuzzFold(f *testing.F) {
	for _, e := range busy(f).entries {
		f.Add(e.Kind, e.Body, byte(3))
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte, flip byte) {
		b := tellB(t)
		n := len(b.entries)
		b.entries = append(b.entries,
			ledger.Entry{ID: ledger.ID{1, flip}, Kind: kind, Body: body, After: []ledger.ID{{2}, b.entries[int(flip)%n].ID}},
			ledger.Entry{ID: ledger.ID{2}, Kind: kind, Body: body, After: []ledger.ID{{1, flip}}})
		s := Fold(b.entries)
		again := Fold(shuffled(b.entries, uint64(flip)))
		if !reflect.DeepEqual(s, again) {
			t.Error("shuffled entries give another state")
		}
		s.Findings()
		for p := range s.Persons {
			s.Facets(p)
			s.LastKnownAlive(p)
		}
		for _, c := range s.Claims {
			s.Passage(c.Claim)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, e := range busy(f).entries {
		f.Add(e.Kind, e.Body)
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		v, err := Decode(kind, body)
		if err != nil {
			return
		}
		Check(v)
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(kind, raw)
		if err != nil {
			t.Fatalf("%s does not read back: %v", raw, err)
		}
		rawAgain, _ := json.Marshal(again)
		if string(raw) != string(rawAgain) {
			t.Errorf("%s reads back as %s", raw, rawAgain)
		}
	})
}

// However often, and through however many people, one mouth is passed on, no
// answer gains an origin.
func TestRepetitionIsNoCorroboration(t *testing.T) {
	count := func(s *State) map[string]int {
		n := map[string]int{}
		for _, f := range s.Findings() {
			for _, a := range f.Answers {
				n[string(f.Subject)+f.Predicate+a.Value.key()] = len(a.For.Origins())
			}
		}
		return n
	}
	want := count(tellA(t).fold())
	rapid.Check(t, func(rt *rapid.T) {
		a := tellA(t)
		claims := a.fold().Live()
		via := []Ref{a.fatherSpeaks, a.source("person", "relative", a.person("Olga", 0)), a.source("outlet", "outlet", a.unit("a paper", "outlet"))}
		for i := range rapid.IntRange(1, 12).Draw(rt, "times") {
			c := claims[rapid.IntRange(0, len(claims)-1).Draw(rt, "claim")].Claim
			teller := rapid.SampledFrom(via).Draw(rt, "teller")
			end := c.Chain
			if len(end) == 0 {
				end = []Link{{Source: a.fatherSpeaks}}
			}
			c.Chain = append([]Link{{Source: rapid.SampledFrom(via).Draw(rt, "between")}}, end...)
			c.Statement = a.statement(teller, fmt.Sprintf("2022-12-%02d", 11+i), "message", "They say so, people say, all of this and at great length, and it goes on and on.")
			c.Start, c.End = 0, 10
			a.write(KindClaim, &c)
		}
		got := count(a.fold())
		for k, n := range got {
			if n != want[k] {
				rt.Fatalf("%q has %d origins, had %d", k, n, want[k])
			}
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for _, n := range []int{100, 2000} {
		b.Run(fmt.Sprint(n, "events"), func(b *testing.B) {
			book := tellB(b)
			for i := range n {
				c := book.from(book.told, "witnessed", book.sonSpeaks)
				who := book.son
				if i%10 > 0 {
					who = book.person(fmt.Sprint("man ", i), 0)
				}
				book.event(c, fmt.Sprint("beaten", i), "beating", "2022-08", who, "victim")
			}
			for b.Loop() {
				book.fold().Findings()
			}
			b.ReportMetric(float64(len(book.entries)*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
