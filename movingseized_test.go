package habeas_test

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
)

// secondCircle makes a circle of vera's alone, or with omar, and a case in it.
func (s *story) secondCircle(with ...string) (circle ledger.ID, id habeas.CaseID) {
	s.Helper()
	ctx := s.Context()
	circle, err := s.NewCircle(ctx, s.as("vera"), "Second", pass("vera"))
	s.ok(err)
	for _, handle := range with {
		s.ok(s.AddToCircle(ctx, s.as("vera"), s.as(handle).Member, circle, true, pass("vera")))
	}
	id, err = s.OpenCase(ctx, s.as("vera"), circle, habeas.NewCase{Title: "A house on the hill", About: "person"})
	s.ok(err)
	return circle, id
}

// atField is goAway for an office that has got somewhere already.
func atField(t *testing.T, s *story, plan habeas.FieldPlan) *away {
	t.Helper()
	a := &away{story: s, dir: t.TempDir(), field: &story{T: t, dir: t.TempDir(), now: s.now, seen: map[string][]byte{}}}
	var err error
	a.fieldID, err = s.AddField(t.Context(), s.as("vera"), pass("vera"), a.field.config(), plan)
	s.ok(err)
	a.field.Desk, err = habeas.Open(a.field.config())
	s.ok(err)
	t.Cleanup(func() { a.field.Desk.Close() })
	return a
}

// Whoever seizes a laptop has what its members open, and of other circles and other
// members nothing: no entry, no wrap, no login, and not the pepper of the office.
func TestMovingSeized(t *testing.T) {
	s := tell(t)
	second, hidden := s.secondCircle()
	vera, omar, ana := s.as("vera").Member, s.as("omar").Member, s.as("ana").Member
	a := atField(t, s, habeas.FieldPlan{Members: []habeas.FieldMember{{Handle: "omar", Pass: pass("omar")}}})
	for what, stream := range map[string]ledger.ID{"circle": second, "case": hidden} {
		if n := len(s.rows("truth.db", `select id from entry where stream = ?`, stream[:])); n == 0 {
			t.Fatalf("the office has nothing of the other %s: this test would see nothing", what)
		}
		if n := len(a.field.rows("truth.db", `select id from entry where stream = ?`, stream[:])); n > 0 {
			t.Errorf("the laptop has %d entries of the other %s", n, what)
		}
		if n := len(a.field.rows("keys.db", `select box from wrap where stream = ?`, stream[:])); n > 0 {
			t.Errorf("the laptop has %d keys of the other %s", n, what)
		}
	}
	for _, m := range []ledger.ID{vera, ana} {
		if n := len(a.field.rows("keys.db", `select box from wrap where holder = ?`, m[:])); n > 0 {
			t.Errorf("the laptop has %d keys for members who do not log in there", n)
		}
	}
	if logins := a.field.rows("keys.db", `select holder from login`); len(logins) != 1 || !bytes.Equal(logins[0], omar[:]) {
		t.Errorf("got %d logins, want that of one member", len(logins))
	}
	for _, table := range []string{"draft", "factor", "device"} {
		if n := len(a.field.rows("keys.db", `select id from `+table)); n > 0 {
			t.Errorf("the laptop has %d rows of %s", n, table)
		}
	}
	mine, err := os.ReadFile(habeas.PepperBeside(s.config().Dir))
	s.ok(err)
	theirs, err := os.ReadFile(habeas.PepperBeside(a.field.config().Dir))
	s.ok(err)
	if bytes.Equal(mine, theirs) {
		t.Error("the laptop has the pepper of the office")
	}
	// What the office writes later of what it has nothing to do with does not get there.
	_, err = s.OpenCase(t.Context(), s.as("vera"), second, habeas.NewCase{Title: "A well", About: "person"})
	s.ok(err)
	a.applied(a.field, a.made(a.story, true))
	if n := len(a.field.rows("truth.db", `select id from entry where stream = ?`, second[:])); n > 0 {
		t.Errorf("a bundle brought %d entries of the other circle", n)
	}
	testkit.Sweep(t, demo.Canaries(), []string{a.field.dir, a.dir}, map[string][]byte{"log": a.field.logs.Bytes()}, nil)
}

// A case is taken back from the circle that is in the field, where they go on with it
// and do not know.
func TestMovingTakenBack(t *testing.T) {
	s := tell(t)
	ctx := t.Context()
	second, _ := s.secondCircle("omar")
	f := s.caseOf(s.as("vera"), "basement")
	s.ok(s.Share(ctx, s.as("vera"), f.ID, second, true, pass("vera")))
	a := atField(t, s, habeas.FieldPlan{Members: []habeas.FieldMember{{Handle: "omar", Pass: pass("omar")}}, Circles: []ledger.ID{second}})
	before := len(a.field.caseOf(a.field.as("omar"), "basement").State.Statements)
	s.ok(s.Unshare(ctx, s.as("vera"), f.ID, second, pass("vera")))
	a.field.tellsIn(a.field.as("omar"), f, "The door was painted green.", "held")
	a.applied(a.story, a.made(a.field, false))
	if got := len(s.caseOf(s.as("vera"), "basement").State.Statements); got != before+1 {
		t.Errorf("got %d statements in the office, want %d", got, before+1)
	}
	s.tellsIn(s.as("vera"), f, "The door was painted black.", "held")
	late := a.made(a.field, true)
	a.applied(a.field, a.made(a.story, false))
	omar := a.field.as("omar")
	_, err := a.field.Case(ctx, omar, f.ID)
	s.refused(err, "case.none")
	if holds(a.field.dump(omar), "painted") {
		t.Error("the view in the field still holds a case that was taken back")
	}
	a.applied(a.story, late) // which holds the keys that were taken back
	omar = s.as("omar")
	if got := s.caseOf(omar, "basement"); len(got.State.Statements) != before+2 {
		t.Errorf("got %d statements through the first circle, want %d", len(got.State.Statements), before+2)
	}
	back := s.rows("keys.db", `select holder from wrap where stream = ?`, f.ID[:])
	for _, side := range s.rows("truth.db", `select key from entry where stream = ?`, second[:]) {
		if slices.ContainsFunc(back, func(h []byte) bool { return bytes.Equal(h, side) }) {
			t.Error("the circle that the case was taken from has its keys again")
		}
	}
	a.verify()
}

// A member is removed in the office, and so in the field when it hears of it.
func TestMovingRemoved(t *testing.T) {
	a := goAway(t, "vera", "ana")
	ctx := t.Context()
	ana := a.as("ana").Member
	late := a.made(a.field, true)
	a.ok(a.Remove(ctx, a.as("vera"), ana, pass("vera")))
	a.ok(a.RenewKeys(ctx, a.as("vera"), nil))
	a.applied(a.field, a.made(a.story, false))
	if _, err := demo.Actor(ctx, a.field.Desk, "ana"); err == nil {
		t.Error("who was removed logs in to the laptop")
	}
	a.applied(a.story, late)
	for _, s := range []*story{a.story, a.field} {
		if n := len(s.rows("keys.db", `select box from wrap where holder = ?`, ana[:])); n > 0 {
			t.Errorf("%d keys are wrapped to who was removed", n)
		}
	}
	f := a.caseOf(a.as("vera"), "basement")
	a.tellsIn(a.as("vera"), f, "They came back twice.", "held")
	a.both()
	a.same("vera")
}

// What leaves a laptop can't be looked through for the names of other circles. While one
// of them is marked for that, nothing leaves.
func TestMovingReleases(t *testing.T) {
	s := tell(t)
	ctx := t.Context()
	second, _ := s.secondCircle()
	s.ok(s.MarkShared(ctx, s.as("vera"), second, pass("vera")))
	var plan habeas.FieldPlan
	for _, h := range []string{"vera", "omar", "ed"} {
		plan.Members = append(plan.Members, habeas.FieldMember{Handle: h, Pass: pass(h)})
	}
	a := atField(t, s, plan)
	release := func(s *story) error {
		t.Helper()
		ed, omar := s.as("ed"), s.as("omar")
		f := s.caseOf(ed, "basement")
		kept, err := s.Propose(ctx, ed, f.ID, habeas.DossierOptions{Audience: "public", Lang: "en"})
		s.ok(err)
		s.ok(s.Approve(ctx, omar, f.ID, kept, "nobody can be traced"))
		_, err = s.Release(ctx, ed, f.ID, kept, "an archive", pass("ed"))
		return err
	}
	s.refused(release(a.field), "shared.waiting")
	_, err := a.field.OpenCase(ctx, a.field.as("vera"), second, habeas.NewCase{Title: "A ford", About: "person"})
	s.ok(err)
	s.ok(release(s))
	a.both()
	rows, err := a.field.Dossiers(ctx, a.field.as("ed"), s.caseOf(s.as("ed"), "basement").ID)
	s.ok(err)
	if !slices.ContainsFunc(rows, func(r habeas.DossierRow) bool { return r.Released != nil }) {
		t.Error("the field does not know what the office released")
	}
}

// A picture that was given in the field is whole in the office.
func TestMovingFiles(t *testing.T) {
	a := goAway(t, "omar")
	f := a.caseOf(a.as("vera"), "basement")
	st := a.field.tellsIn(a.field.as("omar"), f, "I took a picture of the gate.", "held")
	picture := aPicture(t)
	ref := a.field.exhibit(a.field.as("omar"), f.ID, st, "gate.jpg", picture)
	bundle := a.made(a.field, false)
	if done := a.applied(a.story, bundle); done.Files == 0 {
		t.Errorf("got %+v, want a file", done)
	}
	if done := a.applied(a.story, bundle); done.Files != 0 {
		t.Errorf("applied again: got %+v, want no file", done)
	}
	file, r, err := a.TakeExhibit(t.Context(), a.as("vera"), f.ID, ref, false, pass("vera"))
	if got := a.all(file, r, err); !bytes.Equal(got, picture) {
		t.Error("the picture is another in the office")
	}
	a.ok(a.CheckFiles(t.Context()))
	testkit.Sweep(t, exhibitWords(), []string{a.dir}, nil, nil)
}
