package habeas_test

import (
	"fmt"
	"testing"

	"habeas"
	"habeas/internal/demo"
	"habeas/ledger"
)

// A laptop is copied, goes on, hears of an erasure, and loses its disk. What is put back
// is older than what the office knows of it: a bundle that builds on what is lost is
// refused, one with all of it brings the laptop to where it was, and what was erased
// comes back from neither the copy nor a bundle.
func TestMovingPutBack(t *testing.T) {
	a := goAway(t, "vera", "omar")
	ctx := a.Context()
	f := a.caseOf(a.as("vera"), "basement")
	mum := a.statement(f, "mother")
	a.field.tellsIn(a.field.as("omar"), f, "He was seen at the ford.", "held")
	needles := a.field.sealed(mum.BodyKey, mum.VaultKey)
	boxes := a.field.rows("keys.db", `select box from wrap where key in (?, ?)`, mum.BodyKey[:], mum.VaultKey[:])
	c := a.field.copies()
	a.field.backUp(c)
	late := a.made(a.field, true)

	_, err := a.Erase(ctx, a.as("vera"), f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	a.ok(err)
	a.applied(a.field, a.made(a.story, false))
	a.field.tellsIn(a.field.as("omar"), f, "He was seen at the mill.", "held")
	a.applied(a.story, a.made(a.field, false))
	a.tellsIn(a.as("vera"), f, "Nobody was at the mill.", "missing")

	back := a.field.restored(c.from(a.field))
	if files := a.field.holding(boxes); len(boxes) < 2 || files != nil {
		t.Errorf("keys of what was erased are in %v again, of %d", files, len(boxes))
	}
	a.field.openOlder(back)
	next := a.made(a.story, false)
	if _, err := a.field.ApplyBundle(ctx, next); err == nil {
		t.Error("a bundle was applied that builds on what was lost")
	}
	all := a.made(a.story, true)
	if done := a.applied(a.field, all); done.Entries == 0 || done.Erasures != 1 {
		t.Errorf("got %+v, want what was lost, and the erasure", done)
	}
	for _, again := range []string{all, next} {
		if done := a.applied(a.field, again); done.Entries+done.Wraps+done.Files+done.Erasures > 0 {
			t.Errorf("applied again: got %+v, want nothing", done)
		}
	}
	a.applied(a.story, late) // from before the erasure
	a.both()
	for _, s := range []*story{a.story, a.field} {
		if files := s.holding(needles); files != nil {
			t.Errorf("pieces of what was erased are in %v again", files)
		}
	}
	for _, handle := range []string{"vera", "omar"} {
		a.same(handle)
	}
	a.verify()
}

// The office is put back from before an erasure, which only the list beside its pepper
// knows of. A laptop that has not heard of it brings nothing of it back.
func TestMovingIntoAnOfficePutBack(t *testing.T) {
	a := goAway(t, "omar")
	f := a.caseOf(a.as("vera"), "basement")
	mum := a.statement(f, "mother")
	boxes := a.field.rows("keys.db", `select box from wrap where key in (?, ?)`, mum.BodyKey[:], mum.VaultKey[:])
	c := a.copies()
	a.backUp(c)
	_, err := a.Erase(a.Context(), a.as("vera"), f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	a.ok(err)
	a.openOlder(a.restored(c.from(a.story)))
	a.field.tellsIn(a.field.as("omar"), f, "He was seen at the weir.", "held")
	if done := a.applied(a.story, a.made(a.field, true)); done.Entries == 0 {
		t.Errorf("got %+v, want what is new", done)
	}
	if files := a.holding(boxes); len(boxes) < 2 || files != nil {
		t.Errorf("keys of what was erased are in %v again, of %d", files, len(boxes))
	}
	g := a.caseOf(a.as("vera"), "basement")
	if claimsOf(g, mum.Ref) > 0 || len(g.State.Statements) <= len(f.State.Statements)-1 {
		t.Errorf("got %d claims of what was erased, and %d statements", claimsOf(g, mum.Ref), len(g.State.Statements))
	}
}

// An office of two nodes in a shared database has a laptop: what it brings to one node
// is seen on the other, and what was erased on either is erased there.
func TestMovingShared(t *testing.T) {
	n := onTwoNodes(t)
	a := atField(t, n.story, habeas.FieldPlan{Members: []habeas.FieldMember{{Handle: "vera", Pass: pass("vera")}, {Handle: "omar", Pass: pass("omar")}}})
	f := a.caseOf(a.as("vera"), "basement")
	a.field.tellsIn(a.field.as("omar"), f, "They drove north.", "held")
	n.b.tellsIn(n.b.as("vera"), f, "They drove south.", "missing")
	bundle := a.made(a.field, false)
	if done := a.applied(a.story, bundle); done.Entries == 0 || done.Wraps == 0 {
		t.Errorf("got %+v, want entries and keys", done)
	}
	if done := a.applied(a.story, bundle); done.Entries+done.Wraps > 0 {
		t.Errorf("applied again: got %+v, want nothing", done)
	}
	mum := a.statement(f, "mother")
	needles := a.field.sealed(mum.BodyKey, mum.VaultKey)
	_, err := n.b.Erase(t.Context(), n.b.as("vera"), f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	a.ok(err)
	a.both()
	a.same("vera")
	if mine, theirs := a.dump(a.as("omar")), n.b.dump(n.b.as("omar")); mine != theirs {
		t.Error("the other node sees something else than the one that applied the bundle")
	}
	if files := a.field.holding(needles); len(needles) < 5 || files != nil {
		t.Errorf("pieces of what was erased are in %v in the field", files)
	}
	a.field.verified("omar")
	a.verified("omar")
}

// A member is removed in the office, and another one in the field; both renew their
// keys, and record under the new ones, before either hears of the other.
func TestMovingRenewedOnBothSides(t *testing.T) {
	a := goAway(t, "vera", "omar")
	ctx := a.Context()
	ana, ed := a.as("ana").Member, a.as("ed").Member
	f := a.caseOf(a.as("vera"), "basement")
	for i, s := range []*story{a.story, a.field} {
		s.ok(s.Remove(ctx, s.as("vera"), []ledger.ID{ana, ed}[i], pass("vera")))
		s.ok(s.RenewKeys(ctx, s.as("vera"), nil))
		s.tellsIn(s.as("vera"), f, fmt.Sprintf("They came %d times.", i+1), "held")
	}
	a.both()
	a.both()
	a.same("vera")
	for i, s := range []*story{a.story, a.field} {
		s.tellsIn(s.as("omar"), f, fmt.Sprintf("They left %d times.", i+1), "missing")
		for _, gone := range []ledger.ID{ana, ed} {
			if n := len(s.rows("keys.db", `select box from wrap where holder = ?`, gone[:])); n > 0 {
				t.Errorf("%d keys are wrapped to who was removed", n)
			}
		}
		for _, handle := range []string{"ana", "ed"} {
			if _, err := demo.Actor(ctx, s.Desk, handle); err == nil {
				t.Errorf("%s, who was removed, logs in", handle)
			}
		}
	}
	a.both()
	a.same("omar")
	// Who comes into the circle now reads what was sealed to either of the two keys.
	noor, _ := a.noor(f)
	for _, by := range []habeas.Actor{a.as("vera"), noor} {
		g := a.caseOf(by, "basement")
		if got, want := len(g.State.Statements), len(f.State.Statements)+4; got != want || len(g.State.Problems) > 0 {
			t.Errorf("got %d statements and problems %v, want %d", got, g.State.Problems, want)
		}
	}
	a.verify()
}

// Whoever looks at names on the laptop has looked: once a bundle was applied, the office
// counts it, and what was looked at in both places is more than a day has.
func TestMovingLooksAreCounted(t *testing.T) {
	a := goAway(t, "vera", "omar")
	ctx := a.Context()
	f := a.caseOf(a.as("vera"), "basement")
	used := func(s *story) int {
		t.Helper()
		return s.budget(s.as("omar"), s.as("vera")).Looks.Used
	}
	for i, s := range []*story{a.story, a.field} {
		for range 11 + i {
			s.ok(s.Reveal(ctx, s.as("vera"), f.ID, "calling back", pass("vera")))
		}
		if got := used(s); got != 11+i {
			t.Errorf("got %d looks before any bundle, want %d", got, 11+i)
		}
	}
	bundle := a.made(a.field, false)
	for range 2 { // twice is once
		a.applied(a.story, bundle)
		if got := used(a.story); got != 23 {
			t.Errorf("got %d looks, want those of both", got)
		}
	}
	a.refused(a.Reveal(ctx, a.as("vera"), f.ID, "calling back", pass("vera")), "budget.looks")
	a.field.ok(a.field.Reveal(ctx, a.field.as("vera"), f.ID, "calling back", pass("vera"))) // where nobody has heard of it
	a.both()
	a.field.refused(a.field.Reveal(ctx, a.field.as("vera"), f.ID, "calling back", pass("vera")), "budget.looks")
}

// Who was removed in the office and had not heard of it writes on the laptop. It comes in,
// since it was written in good faith as far as anybody can tell; of a laptop that was
// ended nothing does, whenever it was written.
func TestMovingFromARemovedMember(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	f := s.caseOf(s.as("vera"), "basement")
	noor, secret := s.noor(f)
	a := atField(t, s, habeas.FieldPlan{Members: []habeas.FieldMember{{Handle: "noor", Pass: secret}}})
	token, err := a.field.Login(ctx, "noor", secret)
	a.ok(err)
	there, err := a.field.Actor(ctx, token)
	a.ok(err)
	a.ok(a.Remove(ctx, a.as("vera"), noor.Member, pass("vera")))
	a.field.tellsIn(there, f, "They were four.", "held")
	a.applied(a.story, a.made(a.field, false))
	if got := len(a.caseOf(a.as("vera"), "basement").State.Statements); got != len(f.State.Statements)+1 {
		t.Errorf("got %d statements, want one more than %d", got, len(f.State.Statements))
	}
	before := a.made(a.field, true)
	a.ok(a.EndField(ctx, a.as("vera"), a.fieldID, pass("vera")))
	a.field.tellsIn(there, f, "They were five.", "held")
	size := a.verified("vera").Size
	for _, path := range []string{before, a.made(a.field, true)} {
		if _, err := a.ApplyBundle(ctx, path); err == nil {
			t.Error("a bundle of a laptop that was ended was applied")
		}
	}
	if got := a.verified("vera").Size; got != size {
		t.Errorf("got %d entries, want %d", got, size)
	}
	if _, err := a.MakeBundle(ctx, a.fieldID, before+"2", false); err == nil {
		t.Error("a bundle was made for a laptop that was ended")
	}
}
