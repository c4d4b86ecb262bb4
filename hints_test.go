package habeas_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// hints asks about one text for a case.
func (s *story) hints(by habeas.Actor, id habeas.CaseID, text string) ([]habeas.Hint, bool) {
	s.Helper()
	s.now = s.now.Add(2 * time.Second) // nobody types faster than they may ask
	h, err := s.Hints(s.Context(), by, habeas.Typed{Case: id, Texts: []string{text}})
	s.ok(err)
	return h.Of[0], h.Spent
}

// TestTypedIsNoOracle: an analyst, who may not see names, types one after the
// other to learn which are protected. They learn no more than by sending texts, at
// the same price, and never where or who.
func TestTypedIsNoOracle(t *testing.T) {
	s := tell(t)
	ana := s.as("ana")
	f := s.caseOf(ana, "basement")
	told := func(names ...string) bool {
		of, _ := s.hints(ana, f.ID, "we were told about "+strings.Join(names, " and "))
		for _, h := range of {
			if h.Known && (h.Start != 0 || h.End != 0 || len(h.Persons) > 0) {
				t.Errorf("got %+v, want neither where nor who", h)
			}
		}
		return slices.ContainsFunc(of, func(h habeas.Hint) bool { return h.Known })
	}
	used := func() int { return s.budget(s.as("vera"), ana).Tries.Used }
	if !told("Воробейчиков") || !told("Воробейчиков") || told("Белоконев") {
		t.Error("want the protected name said to be one, and no other")
	}
	// Each set of names is a question of its own: halving a list is not free.
	for _, names := range [][]string{{"Воробейчиков", "Zahorulko"}, {"Zahorulko"}, {"Тихон"}, {"Zahorulko", "Тихон"}, {"Тихон", "Zahorulko"}} {
		if !told(names...) {
			t.Errorf("%q: want it said that it names somebody", names)
		}
	}
	if got := used(); got != 5 {
		t.Errorf("the office counts %d tries, want 5", got)
	}
	if of, spent := s.hints(ana, f.ID, "about Тихон and Zahorulko and Воробейчиков"); !spent || slices.ContainsFunc(of, func(h habeas.Hint) bool { return h.Known }) {
		t.Errorf("got %+v, want nothing said any more", of)
	}
	// What was told already costs nothing when it is sent; what was not does. The
	// rest of the day's tries is still there for what is sent.
	change := func(words string) error {
		return s.ChangeCase(s.Context(), ana, f.ID, claim.Case{Title: words, About: "person"})
	}
	s.refused(change("about Воробейчиков"), "desk.name_in_field")
	s.ok(change("the one in the basement"))
	for range 5 {
		s.refused(change("about Тихон and Воробейчиков"), "desk.name_in_field")
	}
	s.refused(change("about Тихон and Воробейчиков"), "budget.tries")
	s.sweep()
}

// TestWhoIsTypedIsSaidWhileNamesAreShown: who holds the vault learns where a name
// stands, and whose it is only after they have said why they look at names.
func TestWhoIsTypedIsSaidWhileNamesAreShown(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	const text = "ask about Тихону Воробейчикову and Rostyslav Zahorulko again"
	known := func() (of []habeas.Hint) {
		all, _ := s.hints(vera, f.ID, text)
		for _, h := range all {
			if h.Known {
				of = append(of, h)
			}
		}
		return of
	}
	of := known()
	if len(of) != 2 || !strings.HasPrefix(text[of[0].Start:of[0].End], "Тихону") || len(of[0].Persons)+len(of[1].Persons) > 0 {
		t.Fatalf("got %+v, want where both stand, and nobody", of)
	}
	s.ok(s.Reveal(s.Context(), vera, f.ID, "calling the family back", pass("vera")))
	of = known()
	if len(of) != 2 || !slices.Contains(of[0].Persons, affected(f)) || len(of[1].Persons) > 0 {
		t.Errorf("got %+v, want the one of this case and not the one of another", of)
	}
	if got := s.budget(s.as("omar"), vera).Tries.Used; got != 0 { // fewer than five
		t.Errorf("the office was told of %d tries, want none yet", got)
	}
	// In a statement names belong: they cost nothing, and nothing is said of those
	// whom the reading desk would not name.
	s.ok(s.Hide(vera, f.ID))
	of = s.typedStatement(vera, f.ID, text)
	if slices.ContainsFunc(of, func(h habeas.Hint) bool { return h.Known }) || len(of) == 0 {
		t.Errorf("got %+v, want what looks like a name and nothing from the vault", of)
	}
	s.ok(s.Reveal(s.Context(), vera, f.ID, "calling the family back", pass("vera")))
	of = s.typedStatement(vera, f.ID, text)
	if n := len(slices.DeleteFunc(slices.Clone(of), func(h habeas.Hint) bool { return !h.Known })); n != 1 {
		t.Errorf("got %d known, want the one of this case", n)
	}
}

func (s *story) typedStatement(by habeas.Actor, id habeas.CaseID, text string) []habeas.Hint {
	s.Helper()
	h, err := s.Hints(s.Context(), by, habeas.Typed{Case: id, Statement: true, Texts: []string{text}})
	s.ok(err)
	return h.Of[0]
}

// TestHintsAreForTheCircle: other circles' people, and who writes nothing.
func TestHintsAreForTheCircle(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	ctx := s.Context()
	other, err := s.NewCircle(ctx, vera, "Others", pass("vera"))
	s.ok(err)
	vera = s.as("vera")
	code, err := s.Invite(ctx, vera, habeas.Invitation{Name: "Zoe", Roles: []ledger.Role{ledger.Caseworker}, Shares: []habeas.Share{{Circle: other, Vault: true}}}, pass("vera"))
	s.ok(err)
	_, err = s.Join(ctx, code, "zoe", vault.NewText("velvet anchor drifting pumpkin meadow"))
	s.ok(err)
	in, err := s.Login(ctx, "zoe", vault.NewText("velvet anchor drifting pumpkin meadow"))
	s.ok(err)
	zoe, err := s.Actor(ctx, in)
	s.ok(err)
	_, err = s.Hints(ctx, zoe, habeas.Typed{Case: f.ID, Texts: []string{"Воробейчиков"}})
	s.refused(err, "case.none")
	for _, typed := range []habeas.Typed{{Circle: other, Texts: []string{"Воробейчиков"}}, {Texts: []string{"Воробейчиков"}}} {
		h, err := s.Hints(ctx, zoe, typed)
		s.ok(err)
		if slices.ContainsFunc(h.Of[0], func(h habeas.Hint) bool { return h.Known }) {
			t.Errorf("got %+v, want nothing of a circle she is not in", h)
		}
	}
	_, err = s.LetStand(ctx, zoe, f.ID, habeas.Said{Words: "Воробейчиков"})
	s.refused(err, "case.none")
	h, err := s.Hints(ctx, vera, habeas.Typed{Texts: []string{"Camp Белоконев, Воробейчиков"}})
	s.ok(err)
	if len(h.Of[0]) != 1 || !h.Of[0][0].Known { // for the office, capitals are expected
		t.Errorf("got %+v, want the protected name alone", h)
	}
	for range 100 {
		if _, err = s.Hints(ctx, vera, habeas.Typed{Case: f.ID, Texts: []string{"a text"}}); err != nil {
			break
		}
	}
	s.refused(err, "hints.slower")
}

// TestWordsMayStand: what was said of words holds for all their forms, in the
// same case, and never for who is protected. The words themselves are nowhere.
func TestWordsMayStand(t *testing.T) {
	s := tell(t)
	ana := s.as("ana")
	ctx := s.Context()
	f, g := s.caseOf(ana, "basement"), s.caseOf(ana, "refused in writing")
	retitle := func(by habeas.Actor, f *habeas.CaseFile, words string) error {
		return s.ChangeCase(ctx, by, f.ID, claim.Case{Title: words, About: "person"})
	}
	s.refused(retitle(ana, f, "что сказал Хведченко"), "desk.suspect_in_field")
	said, err := s.LetStand(ctx, ana, f.ID, habeas.Said{Words: "Хведченко"}, habeas.Said{Words: "Воробейчиков"})
	s.ok(err)
	s.ok(retitle(said, f, "что сказал Хведченко"))
	s.ok(retitle(said, f, "the one in the basement"))
	s.refused(retitle(said, f, "что сказал Воробейчиков"), "desk.name_in_field")
	later, err := s.LetStand(ctx, s.as("ana"), f.ID) // another session asks nothing again
	s.ok(err)
	s.refused(retitle(later, f, "про Хведченко и Мирненко"), "desk.suspect_in_field")
	if of, _ := s.hints(later, f.ID, "про Хведченко и Мирненко"); len(of) != 1 {
		t.Errorf("got %+v, want one name asked about", of)
	}
	elsewhere, err := s.LetStand(ctx, s.as("ana"), g.ID)
	s.ok(err)
	s.refused(retitle(elsewhere, g, "что сказал Хведченко"), "desk.suspect_in_field")
	// The cover names of the case are nobody's.
	s.ok(retitle(later, f, fmt.Sprintf("what %s told", f.State.Cover(affected(f)))))
	s.ok(retitle(later, f, "the one in the basement"))
	testkit.Sweep(t, []string{"Мирненко"}, []string{s.dir}, map[string][]byte{"log": s.logs.Bytes()}, nil)
	var dump strings.Builder
	s.ok(s.Dump(ctx, s.as("ana"), &dump))
	testkit.Sweep(t, append(demo.Canaries(), "Мирненко"), nil, map[string][]byte{"views": []byte(dump.String())}, nil)
	if !strings.Contains(dump.String(), "let-stand") {
		t.Error("the decision is not there")
	}
}

// TestDismissedOnce: at the reading desk a dismissed word is asked about once in
// all its forms; a public figure once in all statements of the case; who is
// protected always.
func TestDismissedOnce(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	ctx := s.Context()
	f := s.caseOf(vera, "basement")
	src := s.statement(f, "mother").Source
	add := func(text string, marked ...habeas.MarkedWords) claim.Ref {
		st, err := s.AddStatement(ctx, vera, f.ID, habeas.NewStatement{Source: src, Medium: "call", Raw: vault.NewText(text)})
		s.ok(err)
		s.ok(s.Mark(ctx, vera, f.ID, st, marked...))
		return st
	}
	asked := func(st claim.Ref) (words []string) {
		r, err := s.Reading(ctx, vera, f.ID, st)
		s.ok(err)
		for _, p := range r.Pieces {
			for _, run := range p.Runs {
				if run.Suspect {
					words = append(words, run.Text)
				}
			}
		}
		return words
	}
	span := func(text, words string) vault.Span {
		at := strings.Index(text, words)
		return vault.Span{Start: at, End: at + len(words)}
	}
	const text = "Мы спросили Хведченка и потом видели Хведченко у ворот. С ним был Мирненко. О Воробейчикове молчали."
	st := add(text)
	if got := asked(st); len(got) != 4 {
		t.Fatalf("got %q, want four words asked about", got)
	}
	s.ok(s.Dismiss(ctx, vera, f.ID, st, span(text, "Хведченко"), true))
	s.ok(s.DismissPublic(ctx, vera, f.ID, st, span(text, "Мирненко")))
	if got := asked(st); !slices.Equal(got, []string{"Воробейчикове"}) {
		t.Errorf("got %q, want the protected name alone", got)
	}
	second := add("Тогда приехал Мирненко, а Хведченко нет. Ждали Тихона. Потом всю зиму и всю весну ждали Воробейчикова.",
		habeas.MarkedWords{Words: "Воробейчикова", Person: affected(f)}, habeas.MarkedWords{Words: "not there", Public: true})
	if got, want := asked(second), []string{"Хведченко", "Тихона"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q: a dismissed word is asked about in another statement, a public figure is not", got, want)
	}
	_, err := s.LetStand(ctx, vera, f.ID, habeas.Said{Words: "Тихон", Public: true})
	s.ok(err)
	if got := asked(second); !slices.Contains(got, "Тихона") {
		t.Errorf("got %q, want who is protected to be asked about", got)
	}
}
