package habeas_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// overlooked brings a statement in whose reader did not see that "zinaidka" is
// somebody: three claims are taken from it, of which one is withdrawn and one
// corrected.
func overlooked(s *story, by habeas.Actor, f *habeas.CaseFile) (claim.Ref, []ledger.ID) {
	s.Helper()
	ctx := s.Context()
	st, err := s.AddStatement(ctx, by, f.ID, habeas.NewStatement{
		Source: f.State.Statements[0].Source, Said: "2023-01", Medium: "interview", Lang: "en", Title: "a talk about zinaidka",
		Raw: vault.NewText("the van stood by the mill, and old zinaidka saw it. nobody else was there. then zinaidka went home, a zinaidkas neighbour says. he was alive in the evening."),
	})
	s.ok(err)
	for {
		err := s.Settle(ctx, by, f.ID, st)
		if err == nil {
			break
		}
		s.refused(err, "desk.suspects_left")
		r, err := s.Desk.Reading(ctx, by, f.ID, st)
		s.ok(err)
		for _, p := range r.Pieces {
			for _, run := range p.Runs {
				if run.Suspect {
					s.ok(s.Dismiss(ctx, by, f.ID, st, vault.Span{Start: run.Start, End: run.End}, true))
				}
			}
		}
	}
	text := s.told(by, f.ID, st)
	at := func(words string) claim.Claim {
		i := strings.Index(text, words)
		return claim.Claim{Statement: st, Version: 1, Start: i, End: i + len(words), Stance: claim.Asserts, Basis: "witnessed", Subject: affected(f)}
	}
	var ids []ledger.ID
	take := func(c claim.Claim, predicate string, v claim.Value) ledger.ID {
		c.Predicate, c.Value = predicate, v
		id, err := s.Record(ctx, by, f.ID, c)
		s.ok(err)
		ids = append(ids, id)
		return id
	}
	take(at("he was alive in the evening"), claim.Life, claim.Value{Term: "alive"})
	take(at("old zinaidka saw it"), "said", claim.Value{Text: "zinaidka saw the van"})
	wrong := take(at("nobody else was there"), claim.Liberty, claim.Value{Term: "held"})
	s.ok(s.Withdraw(ctx, by, f.ID, wrong, "read out of the wrong sentence"))
	old := take(at("the van stood by the mill"), claim.Liberty, claim.Value{Term: "held"})
	c := at("the van stood by the mill")
	c.Predicate, c.Value, c.Reason = claim.Liberty, claim.Value{Term: "missing"}, "zinaidka did not say that"
	again, err := s.Correct(ctx, by, f.ID, old, c)
	s.ok(err)
	return st, append(ids, again)
}

func (s *story) told(by habeas.Actor, id habeas.CaseID, st claim.Ref) string {
	s.Helper()
	f, err := s.Case(s.Context(), by, id)
	s.ok(err)
	t, ok := f.State.Statement(st)
	if !ok {
		s.Fatal("the statement is gone")
	}
	return t.Newest().Text
}

// A name was overlooked. It is taken out of the text, the title and the claims,
// and no earlier version can be read by anybody.
func TestOverlookedNameIsTakenOut(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	before := len(f.State.Live())
	st, _ := overlooked(s, vera, f)
	f = s.caseOf(vera, "basement")
	told, _ := f.State.Statement(st)
	needles := s.sealed(told.BodyKey)
	if len(s.holding(needles)) == 0 || !holds(s.dump(vera), "zinaidka") {
		t.Fatal("the words are not there: this test would see nothing")
	}
	who := habeas.Leftover{Words: vault.NewText("Zinaidka"), New: &habeas.NewPerson{
		Protection: claim.Protected, Parts: []vault.Part{{Kind: name.Given, Text: vault.NewText("Zinaidka")}}}}
	_, err := s.Resealing(ctx, vera, f.ID, st, habeas.Leftover{Words: vault.NewText("nowhere")})
	s.refused(err, "reseal.not_there")
	plan, err := s.Resealing(ctx, vera, f.ID, st, who)
	s.ok(err)
	if plan.Places != 5 || plan.Claims != 3 || plan.Dropped != 2 || strings.Contains(plan.Text+plan.Title, "zinaidka ") {
		t.Errorf("got plan %+v, want five places, three claims written anew and two dropped", plan)
	}
	if again := s.caseOf(vera, "basement"); len(again.State.History) != len(f.State.History) {
		t.Error("looking what it would do wrote something")
	}
	for _, handle := range []string{"ana", "ed"} {
		s.refused(s.Reseal(ctx, s.as(handle), f.ID, st, who), "may.not")
	}
	s.ok(s.Reseal(ctx, vera, f.ID, st, who))

	if files := s.holding(needles); files != nil {
		t.Errorf("pieces of the old text or its key are still in %v", files)
	}
	by := s.as("ana")
	g := s.caseOf(by, "basement")
	told, _ = g.State.Statement(st)
	if len(told.Versions) != 1 || len(claim.Marks(told.Newest().Text)) != 2 {
		t.Errorf("got %d versions, %d marks, want one version with two", len(told.Versions), len(claim.Marks(told.Newest().Text)))
	}
	if got := len(g.State.Live()); got != before+3 || len(g.State.Problems) > 0 || len(g.State.Conflicts) > len(f.State.Conflicts) {
		t.Errorf("got %d claims, problems %v, conflicts %v", got, g.State.Problems, g.State.Conflicts)
	}
	for _, c := range g.State.Live() {
		if c.Statement == st && c.Value.Term == "alive" && g.State.Passage(c.Claim) != "he was alive in the evening" {
			t.Errorf("the passage moved: %q", g.State.Passage(c.Claim))
		}
	}
	state, err := json.Marshal(g.State)
	s.ok(err)
	s.seen["state"], s.seen["views"] = state, []byte(s.dump(by))
	// Forms that stand as other words stay, and the page said so.
	if plan.Left == 0 && strings.Contains(plan.Text, "zinaidkas") {
		t.Error("another form of the name is left, and nothing says so")
	}
	s.ok(s.Reseal(ctx, vera, f.ID, st, habeas.Leftover{Words: vault.NewText("zinaidkas"), Person: claim.Marks(told.Newest().Text)[0].Person}))
	s.seen["views"] = []byte(s.dump(by))
	state, err = json.Marshal(s.caseOf(by, "basement").State)
	s.ok(err)
	s.seen["state"] = state
	testkit.Sweep(t, []string{"Zinaidka"}, []string{s.dir}, s.seen, nil)

	// Who looks at names sees the words where they stood.
	s.ok(s.Reveal(ctx, vera, f.ID, "checking the new text", pass("vera")))
	r, err := s.Desk.Reading(ctx, vera, f.ID, st)
	s.ok(err)
	if got := words(r); !strings.Contains(got, "old zinaidka saw it") || !strings.Contains(got, "a zinaidkas neighbour") {
		t.Error("the real words are not shown in their places")
	}
	// The gate knows them now.
	_, err = s.AddPerson(ctx, vera, f.ID, habeas.NewPerson{Protection: claim.Protected, Note: "a friend of zinaidka"})
	if key := faultKey(err); key != "desk.name_in_field" {
		t.Errorf("a note with the name: got %v, want it refused", err)
	}
	// What is said of the new claims holds.
	for _, c := range s.caseOf(vera, "basement").State.Live() {
		if c.Statement == st && c.Value.Term == "alive" {
			s.ok(s.Withdraw(ctx, vera, f.ID, c.Entry, "not seen by them"))
		}
	}
	s.verified("vera")
	dump := s.dump(vera)
	s.ok(s.Rebuild(ctx, vera, nil))
	if s.dump(vera) != dump {
		t.Error("folded anew, the view is another")
	}
	s.sweep()
}

func faultKey(err error) string {
	if f, ok := err.(*fault.Error); ok {
		return f.Key()
	}
	return fmt.Sprint(err)
}
