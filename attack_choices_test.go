package habeas_test

import (
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/dossier"
	"habeas/gate"
)

// What a coerced editor may send instead of what the preview offers. All names are
// invented.

// TestAttackForgedChoices: the key of a choice is kept, and so can't be a name; what
// stands nowhere in a dossier is put before nobody and is on no record.
func TestAttackForgedChoices(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	ed, omar := s.as("ed"), s.as("omar")
	f, _ := s.guarded("Рядом с ним сидел Светозар Ясколкин и молчал.")
	const name = "Hryts Zabihailo"
	for _, c := range []habeas.Choices{
		{Asks: []habeas.Ask{{Key: name, Reason: looked}}},
		{Decided: []habeas.Decision{{Key: name, As: habeas.NotAName}}},
		{Edits: []dossier.Edit{{Leaf: name, End: 3, Do: dossier.Whole}}},
		{Edits: []dossier.Edit{{Leaf: "0011223344556677", End: 3, Do: dossier.Replace, Person: name}}},
		{Edits: []dossier.Edit{{Leaf: "0011223344556677", End: 3, Do: dossier.Whole, Case: name}}},
	} {
		opt := toRussians
		opt.Choices = c
		if _, err := s.Preview(ctx, ed, f.ID, opt); err == nil {
			t.Errorf("a choice with a name for a key is taken: %+v", c)
		}
	}
	opt := toRussians
	p, err := s.Preview(ctx, ed, f.ID, opt)
	s.ok(err)
	nowhere := strings.Repeat("0f", 12)
	opt.Decided = append(decided(p), habeas.Decision{Key: nowhere, As: habeas.LeftToSecond, Reason: looked})
	opt.Asks = []habeas.Ask{{Key: nowhere, Reason: looked, Hits: []string{name}, Person: name}}
	ref, err := s.Desk.Propose(ctx, ed, f.ID, opt)
	s.ok(err)
	seen, _, err := s.Dossier(ctx, omar, f.ID, ref)
	s.ok(err)
	if n := len(seen.Choices.Asks); n > 0 || len(seen.Choices.Decided) != len(p.Warnings) {
		t.Errorf("the second member is shown %+v", seen.Choices)
	}
	s.ok(s.Approve(ctx, omar, f.ID, ref, "only those who held him"))
	s.sweep()
}

// TestAttackRefusedDecisionComesBack: the same is decided in two versions, of which a
// second member refuses one: it is asked again.
func TestAttackRefusedDecisionComesBack(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	ed, omar := s.as("ed"), s.as("omar")
	f, _ := s.guarded("Рядом с ним сидел Светозар Ясколкин и молчал.")
	_, err := s.Propose(ctx, ed, f.ID, toRussians)
	s.ok(err)
	second, err := s.Propose(ctx, ed, f.ID, toRussians)
	s.ok(err)
	s.ok(s.Refuse(ctx, omar, f.ID, second, "that is somebody"))
	p, err := s.Preview(ctx, ed, f.ID, toRussians)
	s.ok(err)
	if len(p.Warnings) == 0 || p.Warnings[0].As != habeas.Undecided {
		t.Errorf("what a second member refused counts as decided: %+v", p.Warnings)
	}
}

// TestAttackChangedQuotation: an editor makes a witness say something else by
// replacing a word that is no name. The second member sees which; of a word that the
// gate blocks they see that it was replaced, and not what it was.
func TestAttackChangedQuotation(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	ed, omar := s.as("ed"), s.as("omar")
	f, _ := s.guarded("Рядом никого больше не было. Светозар Ясколкин молчал.")
	guard := s.protect(f, "Светозар", "Ясколкин")
	opt := toRussians
	p, err := s.Preview(ctx, ed, f.ID, opt)
	s.ok(err)
	opt.Edits = replaced(p)
	if len(opt.Edits) != 1 || opt.Edits[0].Person != guard {
		t.Fatalf("the name is not found: %+v", p.Marked)
	}
	quote, name := "Рядом никого больше", opt.Edits[0]
	opt.Edits = append(opt.Edits, dossier.Edit{Leaf: name.Leaf, Start: name.Start - len("никого больше не было. "), Do: dossier.Replace, Person: affected(f)})
	opt.Edits[1].End = opt.Edits[1].Start + len("никого")
	p, err = s.Preview(ctx, ed, f.ID, opt)
	s.ok(err)
	if strings.Contains(textOf(p), quote) {
		t.Fatal("no word was replaced: this test would see nothing")
	}
	opt.Decided = decided(p)
	for _, m := range p.Marked {
		if m.Verdict == gate.Block {
			t.Fatalf("a block is left: %+v", m)
		}
		opt.Asks = append(opt.Asks, habeas.Ask{Key: m.Key, Reason: looked})
	}
	ref, err := s.Desk.Propose(ctx, ed, f.ID, opt)
	s.ok(err)
	seen, _, err := s.Dossier(ctx, omar, f.ID, ref)
	s.ok(err)
	if len(seen.Changed) != 2 {
		t.Fatalf("the second member is told of %d changes, want 2", len(seen.Changed))
	}
	for i, want := range []struct {
		person claim.Ref
		was    string
	}{{guard, ""}, {affected(f), "никого"}} {
		c := seen.Changed[i]
		if c.Person != want.person || c.Was != want.was || c.Till <= c.From {
			t.Errorf("of change %d they are told %+v, want %+v", i, c, want)
		}
	}
}

// TestChoicesAcrossCircles: a case is in two circles. Who approves a dossier of it is
// in the other, and sees what was decided and asked by who is in the first.
func TestChoicesAcrossCircles(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	circle, _, zoePass := s.another()
	f, _ := s.guarded("Рядом с ним сидел Светозар Ясколкин и молчал. Еду носил Иванов.")
	s.protect(f, "Мелентий", "Иванов")
	s.ok(s.Share(ctx, s.as("vera"), f.ID, circle, true, passOf("vera")))
	zoe, ed := s.enter("zoe", zoePass), s.as("ed")
	opt := toRussians
	p, err := s.Preview(ctx, ed, f.ID, opt)
	s.ok(err)
	opt.Decided = decided(p)
	for _, m := range p.Marked {
		opt.Asks = append(opt.Asks, habeas.Ask{Key: m.Key, Reason: looked})
	}
	if len(opt.Asks) == 0 || len(opt.Decided) == 0 {
		t.Fatal("nothing is asked, or nothing decided: this test would see nothing")
	}
	ref, err := s.Desk.Propose(ctx, ed, f.ID, opt)
	s.ok(err)
	seen, _, err := s.Dossier(ctx, zoe, f.ID, ref)
	s.ok(err)
	if !seen.Ready {
		t.Error("who is in the other circle can't approve it")
	}
	var accept []string
	for _, a := range seen.Choices.Asks {
		accept = append(accept, a.Key)
	}
	s.ok(s.Approve(ctx, zoe, f.ID, ref, "only those who held him", accept...))
	_, err = s.Release(ctx, ed, f.ID, ref, "the prosecutor", pass("ed"))
	s.ok(err)
}
