package claim

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"habeas/ledger"
)

// erase destroys entries and returns what is left, with what is said of them.
func (b *book) erase(st Ref, now map[ledger.ID]ledger.ID, gone ...ledger.ID) {
	e := &Erased{Statement: st, Why: ledger.Withdrawn}
	for _, entry := range b.entries {
		if slices.Contains(gone, entry.ID) {
			e.Gone = append(e.Gone, Gone{entry.ID, entry.After, now[entry.ID]})
		}
	}
	b.write(KindErased, e)
	b.entries = slices.DeleteFunc(b.entries, func(e ledger.Entry) bool { return slices.Contains(gone, e.ID) })
}

// of returns the entries of a statement: what goes with its keys.
func (b *book) of(st Ref) (ids []ledger.ID) {
	for _, e := range b.entries {
		body, _ := Decode(e.Kind, e.Body)
		switch v := body.(type) {
		case *Statement:
			if v.Ref == st {
				ids = append(ids, e.ID)
			}
		case *Text:
			if v.Statement == st {
				ids = append(ids, e.ID)
			}
		case *Claim:
			if v.Statement == st {
				ids = append(ids, e.ID)
			}
		}
	}
	return ids
}

// A statement goes. What others said stays, in the order it had, and nothing is
// called damaged or decided twice.
func TestErasedStatementLeavesTheRest(t *testing.T) {
	b := newBook(t)
	son := b.person("Denis", 0)
	mother, friend := b.source("person", "mother", ""), b.source("person", "friend", "")
	kept := b.statement(friend, "2022-12", "interview", "He is alive.")
	b.claim(b.from(kept, "witnessed"), son, Life, Value{Term: "alive"})
	st := b.statement(mother, "2022-12", "interview", "He is an officer.")
	rank := b.claim(b.from(st, "witnessed"), son, "rank", Value{Term: "private"})
	b.write(KindPerson, &Person{Ref: son, Cover: "Danylo"}) // by somebody who knew all of this
	k := b.from(st, "witnessed")
	k.Replaces, k.Reason = rank, "misheard"
	again := b.claim(k, son, "rank", Value{Term: "general"})
	b.write(KindUndo, &Undo{Entry: again})
	b.write(KindWithdraw, &Withdraw{Claim: rank, Reason: "not said"})

	gone := b.of(st)
	if len(gone) != 4 {
		t.Fatalf("got %d entries of the statement, want 4", len(gone))
	}
	bare := slices.DeleteFunc(slices.Clone(b.entries), func(e ledger.Entry) bool { return slices.Contains(gone, e.ID) })
	if s := Fold(bare); len(s.Conflicts) == 0 || len(s.Problems) == 0 {
		t.Fatal("entries that vanish leave no trace: this test would see nothing")
	}
	b.erase(st, nil, gone...)
	s := b.fold()
	if len(s.Conflicts) > 0 || len(s.Problems) > 0 {
		t.Errorf("got conflicts %v and problems %v, want none", s.Conflicts, s.Problems)
	}
	if got := s.Persons[son].Cover; got != "Danylo" {
		t.Errorf("got cover %q, want the later", got)
	}
	if len(s.Statements) != 1 || len(s.Live()) != 1 || s.Live()[0].Value.Term != "alive" {
		t.Error("what another source said is not all that is left")
	}
	if e, ok := s.Erasure(st); !ok || e.Why != ledger.Withdrawn || len(s.History) != len(b.entries) {
		t.Errorf("got %+v, %v: the history does not say that it was erased", e, ok)
	}
	if _, ok := s.Erasure(kept); ok {
		t.Error("a statement that is there is called erased")
	}
	rapid.Check(t, func(t *rapid.T) {
		if !reflect.DeepEqual(Fold(shuffled(b.entries, rapid.Uint64().Draw(t, "seed"))), s) {
			t.Fatal("shuffled entries give another state")
		}
	})
}

// What was said of a claim that was written anew is said of the new one, if it
// was written by who erased the old one and rests on the same statement.
func TestRewrittenClaimIsTheOldOne(t *testing.T) {
	for name, tt := range map[string]struct {
		strange func(*book, *Claim)
		want    Status
	}{
		"by who erased it":     {func(*book, *Claim) {}, Withdrawn},
		"by somebody else":     {func(b *book, _ *Claim) { b.entries[len(b.entries)-1].Author = ledger.ID{66} }, Live},
		"of another statement": {func(b *book, c *Claim) { c.Statement = ref(RefStatement, "other") }, Live},
	} {
		b := newBook(t)
		son := b.person("Denis", 0)
		mother := b.source("person", "mother", "")
		st := b.statement(mother, "2022-12", "interview", "He is an officer.")
		b.write(KindStatement, &Statement{Ref: ref(RefStatement, "other"), Source: mother, Received: "2022-12", Medium: "interview"})
		old := b.claim(b.from(st, "witnessed"), son, "rank", Value{Term: "private"})
		var withdrawal ledger.ID
		b.crossing(
			func() { withdrawal = b.write(KindWithdraw, &Withdraw{Claim: old, Reason: "not said"}) },
			func() {
				c := b.from(st, "witnessed")
				tt.strange(b, &c)
				now := b.claim(c, son, "rank", Value{Term: "private"})
				tt.strange(b, &c)
				b.erase(st, map[ledger.ID]ledger.ID{old: now}, old)
			},
		)
		s := b.fold()
		if len(s.Claims) != 1 || s.Claims[0].Status != tt.want {
			t.Errorf("%s: got %v, want the claim %v", name, s.Claims, tt.want)
		}
		undoable := slices.ContainsFunc(s.History, func(i Item) bool { return i.Entry == withdrawal && i.Undoable })
		if undoable != (tt.want == Withdrawn) {
			t.Errorf("%s: the withdrawal can be undone: %v", name, undoable)
		}
	}
}

// An Erased hides nothing that is there, and no web of them keeps the fold from
// ending.
func TestErasedIsNotBelievedFurther(t *testing.T) {
	b := newBook(t)
	son := b.person("Denis", 0)
	st := b.statement(b.source("person", "mother", ""), "2022-12", "interview", "He is an officer.")
	there := b.claim(b.from(st, "witnessed"), son, "rank", Value{Term: "private"})
	lost := []ledger.ID{{101}, {102}}
	var claims []ledger.ID
	for i := range lost {
		c := b.from(st, "witnessed")
		c.Replaces, c.Reason = lost[1-i], "because"
		claims = append(claims, b.claim(c, son, "rank", Value{Term: "general"}))
	}
	b.write(KindErased, &Erased{Statement: st, Why: ledger.Resealed, Gone: []Gone{
		{Entry: there, Now: claims[0]}, {Entry: lost[0], Now: claims[0], After: lost[1:]}, {Entry: lost[1], Now: claims[1], After: lost[:1]},
		{Entry: ledger.ID{103}, Now: lost[0]},
	}})
	b.write(KindWithdraw, &Withdraw{Claim: lost[0], Reason: "not said"})
	s := b.fold()
	if r, ok := s.Recorded(there); !ok || r.Status != Live {
		t.Errorf("a claim that is there was hidden: %+v", r)
	}
	if err := Check(&Erased{Statement: st, Why: "Ivan asked"}); err == nil {
		t.Error("an erasure with a reason in words was accepted")
	}
}
