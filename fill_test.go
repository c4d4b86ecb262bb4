package habeas

import (
	"fmt"
	"testing"

	"habeas/claim"
	"habeas/name"
	"habeas/vault"
)

// invented returns so many cases, each of a person of an invented name, of a statement
// in which two sources-to-be disagree, and of one that nobody has read.
func invented(n int) (out []Filling) {
	for i := range n {
		p := FilledPerson{
			Person: claim.Person{Ref: claim.NewRef(claim.RefPerson), Cover: fmt.Sprintf("Plum %d", i), Protection: claim.Protected},
			Name:   name.Name{{Kind: name.Given, Text: "Кузьма"}, {Kind: name.Family, Text: "Заболотников"}},
		}
		s := claim.Source{Ref: claim.NewRef(claim.RefSource), Kind: "person", Role: "mother"}
		told := FilledStatement{Statement: claim.Statement{Ref: claim.NewRef(claim.RefStatement), Source: s.Ref, Received: "2023", Medium: "letter"}, Text: claim.MarkOf(p.Ref) + " was held."}
		for _, stance := range []string{claim.Asserts, claim.Denies} {
			told.Claims = append(told.Claims, claim.Claim{Statement: told.Ref, Version: 1, End: len(told.Text), Subject: p.Ref, Predicate: claim.Liberty, Value: claim.Value{Term: "held"}, Stance: stance, Basis: "witnessed"})
		}
		unread := told
		unread.Ref, unread.Unread, unread.Claims = claim.NewRef(claim.RefStatement), true, nil
		out = append(out, Filling{claim.Case{Title: fmt.Sprintf("Case %d", i), About: "person"}, []FilledPerson{p}, []claim.Source{s}, []FilledStatement{told, unread}})
	}
	return out
}

// TestFill fills an invented office, and shows its cases in parts.
func TestFill(t *testing.T) {
	d, by := office(t)
	ctx, circle := t.Context(), circleOf(by).id
	if _, err := d.Fill(ctx, by, circle, invented(1)); err == nil {
		t.Fatal("an office that is not said to be invented was filled")
	}
	d.cfg.Invented = true
	before, err := d.db.Size(ctx)
	if err != nil {
		t.Fatal(err)
	}
	const n = 5
	after, err := d.Fill(ctx, by, circle, invented(n))
	if err != nil || after-before != n*16 {
		t.Fatalf("%d entries were written, %v", after-before, err)
	}
	all, err := d.Cases(ctx, by)
	if err != nil || len(all) != n {
		t.Fatalf("got %d cases, %v", len(all), err)
	}
	var parts []CaseRow
	for more := true; more; {
		var rows []CaseRow
		if rows, more, err = d.SomeCases(ctx, by, len(parts), 2); err != nil || len(rows) == 0 {
			t.Fatal(len(rows), err)
		}
		parts = append(parts, rows...)
	}
	for i := range all {
		if len(parts) != n || parts[i] != all[i] {
			t.Fatalf("in parts there are %d cases, or others", len(parts))
		}
	}
	if rows, more, err := d.SomeCases(ctx, by, n+1, 2); err != nil || more || len(rows) != 0 {
		t.Errorf("after the last: %d, %v, %v", len(rows), more, err)
	}
	f, err := d.Case(ctx, by, all[0].ID)
	if err != nil || len(f.State.Persons) != 1 || len(f.State.Claims) != 2 || len(f.State.Statements) != 2 {
		t.Errorf("a case does not hold what was filled in: %v", err)
	}
	if _, err := d.OpenCase(ctx, by, circle, NewCase{Title: "Заболотников", About: "incident"}); err == nil {
		t.Error("the gate does not know a name that was filled in")
	}
	if known, err := d.LookUp(ctx, by, vault.NewText("Кузьма Заболотников")); err != nil || len(known) != n {
		t.Errorf("%d are found by their name, %v", len(known), err)
	}
}

// TestTodayInPart compares the first lines of Today with all of it.
func TestTodayInPart(t *testing.T) {
	d, by := office(t)
	d.cfg.Invented = true
	ctx := t.Context()
	if _, err := d.Fill(ctx, by, circleOf(by).id, invented(3)); err != nil {
		t.Fatal(err)
	}
	all, err := d.Today(ctx, by, 0)
	if err != nil || len(all.Unread) != 3 || len(all.Contested) != 3 || all.More != (TodayMore{}) {
		t.Fatalf("all of it: %d to read, %d contested, more %v, %v", len(all.Unread), len(all.Contested), all.More, err)
	}
	some, err := d.Today(ctx, by, 2)
	if err != nil || len(some.Unread) != 2 || len(some.Contested) != 2 || some.More != (TodayMore{Unread: 1, Contested: 1}) {
		t.Errorf("two of each: %d to read, %d contested, more %v, %v", len(some.Unread), len(some.Contested), some.More, err)
	}
	for _, u := range some.Unread {
		if some.Cases[u.Case].Title == "" {
			t.Error("nothing says what case a statement is of")
		}
	}
}
