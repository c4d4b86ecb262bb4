package habeas_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/dossier"
	"habeas/gate"
	"habeas/vault"
)

// guarded brings a statement in whose reader let names of guards and a telephone
// number stand, all invented, and takes a claim from it that quotes all of it.
func (s *story) guarded(said string) (*habeas.CaseFile, claim.Ref) {
	s.Helper()
	ctx, vera := s.Context(), s.as("vera")
	f := s.caseOf(vera, "refused in writing")
	st, err := s.AddStatement(ctx, vera, f.ID, habeas.NewStatement{Source: s.statement(f, "father").Source, Medium: "call", Lang: "ru", Raw: vault.NewText(said)})
	s.ok(err)
	if at := strings.Index(said, "Ростислав"); at >= 0 {
		s.ok(s.Link(ctx, vera, f.ID, st, vault.Span{Start: at, End: at + len("Ростислав")}, affected(f), true))
	}
	dismissAll(s, vera, f.ID, st)
	s.ok(s.Settle(ctx, vera, f.ID, st))
	s.agrees(f, st, "authority")
	_, err = s.RecordEvent(ctx, vera, f.ID, habeas.EventClaims{
		Passage: claim.Claim{Statement: st, Version: 1, Start: 0, End: len(s.told(vera, f.ID, st)), Stance: claim.Asserts, Basis: "witnessed"},
		Type:    "armed-guard", Involved: []habeas.Involved{{Role: "victim", Ref: affected(f)}},
	})
	s.ok(err)
	return s.caseOf(vera, "refused in writing"), st
}

func (s *story) protect(f *habeas.CaseFile, given, family string) claim.Ref {
	s.Helper()
	ref, err := s.AddPerson(s.Context(), s.as("vera"), f.ID, habeas.NewPerson{Protection: claim.Protected, Parts: []vault.Part{
		{Kind: "given", Text: vault.NewText(given)}, {Kind: "family", Text: vault.NewText(family)}}})
	s.ok(err)
	return ref
}

const (
	guards = "Ростислав сказал всё. Его сторожил Светозар Ясколкин. Ключи были у Ясколкина. Рядом сидел Кречетов-Бугай. Телефон части +380 44 123 45 67. Еду носил Иванов."
	looked = "nobody of that name is meant"
)

var toRussians = habeas.DossierOptions{Audience: "authority", Lang: "ru"}

// replaced returns the edits that put cover names in the places of blocks.
func replaced(p *habeas.Preview) (edits []dossier.Edit) {
	for _, m := range p.Marked {
		if m.Verdict == gate.Block {
			edits = append(edits, dossier.Edit{Leaf: m.At.Leaf, Start: m.At.Start, End: m.At.End, Do: dossier.Replace, Person: m.Person, Case: m.Case})
		}
	}
	return edits
}

// decided returns what is decided about the warnings of a preview: names are
// none, and a second member is asked about codes.
func decided(p *habeas.Preview) (all []habeas.Decision) {
	for _, w := range p.Warnings {
		d := habeas.Decision{Key: w.Key, As: habeas.NotAName}
		if w.Code {
			d.As, d.Reason = habeas.LeftToSecond, "it is in the directory"
		}
		all = append(all, d)
	}
	return all
}

func textOf(p *habeas.Preview) string {
	return strings.Join(strings.Fields(string(p.Files[1].Bytes)), " ")
}

// TestChoices tells how what the gate found is replaced, waived or dropped, by
// whom, and that nothing of it is believed afterwards.
func TestChoices(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar, ed := s.as("vera"), s.as("omar"), s.as("ed")
	f, _ := s.guarded(guards)
	guard, other := s.protect(f, "Светозар", "Ясколкин"), s.protect(f, "Мелентий", "Иванов")

	opt := toRussians
	p, err := s.Preview(ctx, ed, f.ID, opt)
	s.ok(err)
	blocks := 0
	var review habeas.Marked
	for _, m := range p.Marked {
		switch {
		case len(m.Hits) != 2 || m.At.Leaf == "":
			t.Errorf("a hit does not stand in both files at one place: %+v", m)
		case m.Verdict == gate.Block && m.Person == guard:
			blocks++
			if m.Words != "" {
				t.Error("the words of a block are shown")
			}
		case m.Person == other:
			review = m
		}
	}
	if blocks != 2 || review.Words != "Иванов" || p.Ready || p.Clear {
		t.Fatalf("got %d blocks, review %+v, ready %v", blocks, review, p.Ready)
	}

	// A block can't be waived, whatever is said for it.
	opt.Decided = decided(p)
	for _, m := range p.Marked {
		opt.Asks = append(opt.Asks, habeas.Ask{Key: m.Key, Reason: looked})
	}
	if q, err := s.Preview(ctx, ed, f.ID, opt); err != nil || q.Ready {
		t.Errorf("a block is put before a second member: %v", err)
	}
	if _, err := s.Desk.Propose(ctx, ed, f.ID, opt); err == nil {
		t.Fatal("a dossier with a block in it was proposed")
	}

	// It can be replaced: by who holds the vault in the case that stands there.
	opt.Asks = nil
	p, err = s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	opt.Edits = replaced(p)
	if got := []string{opt.Edits[0].Case, opt.Edits[1].Case}; !slices.Equal(got, []string{"nominative", "genitive"}) {
		t.Errorf("the names are taken to stand in the cases %q", got)
	}
	p, err = s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	if text := textOf(p); strings.Contains(text, "Ясколкин") || !strings.Contains(text, "Ключи были у ") || p.Ready {
		t.Errorf("the names were not replaced, or the rest is let through: %s", text)
	}
	_, err = s.Desk.Propose(ctx, vera, f.ID, opt)
	if err == nil {
		t.Fatal("a review hit nobody was asked about was proposed")
	}
	opt.Asks = []habeas.Ask{{Key: review.Key, Reason: "x"}}
	_, err = s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "dossier.ask_reason")
	opt.Asks[0].Reason = "he told Пелагея Воробейчикова"
	_, err = s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "desk.name_in_field")
	opt.Asks[0].Reason = looked
	p, err = s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	if !p.Ready || p.Clear {
		t.Fatalf("it is all decided or asked: ready %v, clear %v", p.Ready, p.Clear)
	}
	ref, err := s.Desk.Propose(ctx, vera, f.ID, opt)
	s.ok(err)

	// The second member accepts each, or nothing.
	seen, _, err := s.Dossier(ctx, omar, f.ID, ref)
	s.ok(err)
	accept := []string{review.Key}
	for _, w := range seen.Warnings {
		if w.As == habeas.LeftToSecond {
			accept = append(accept, w.Key)
		}
	}
	if len(accept) != 2 || !seen.Ready || seen.Clear {
		t.Fatalf("the second member is asked about %d", len(accept))
	}
	s.refused(s.Approve(ctx, omar, f.ID, ref, "only those who held him"), "dossier.asks_left")
	s.refused(s.Approve(ctx, omar, f.ID, ref, "only those who held him", accept[0]), "dossier.asks_left")
	s.ok(s.Approve(ctx, omar, f.ID, ref, "only those who held him", accept...))
	out, err := s.Release(ctx, ed, f.ID, ref, "the prosecutor", pass("ed"))
	s.ok(err)
	if text, _ := out.File("dossier.txt"); !strings.Contains(string(text.Bytes), "Иванов") || strings.Contains(string(text.Bytes), "Ясколкин") {
		t.Error("what left is not what was accepted")
	}

	// What was waived, why and by whom stands in the entry of the release.
	acts := s.caseOf(vera, "refused in writing").State.Acts
	left := acts[len(acts)-1]
	if left.What != claim.Released || len(left.Entries) == 0 || left.Digest == "" {
		t.Errorf("the release says %+v", left)
	}
	i := slices.IndexFunc(left.Waived, func(w claim.Waiver) bool { return w.As == claim.WaivedHit })
	if i < 0 || left.Waived[i].Reason != looked || left.Waived[i].Person != other || left.Waived[i].By != vera.Member || left.Waived[i].Accepted != omar.Member || len(left.Waived[i].Hits) != 2 {
		t.Errorf("the release says of what was waived: %+v", left.Waived)
	}
	if words := fmt.Sprintf("%+v", left); strings.Contains(words, "Иванов") || strings.Contains(words, "Кречетов") || strings.Contains(words, "+380") {
		t.Errorf("the release has words of the dossier in it: %s", words)
	}
	rows, err := s.Releases(ctx, vera, "")
	s.ok(err)
	if len(rows) != 1 || len(rows[0].Waived) != len(left.Waived) || rows[0].Waived[i].AcceptedName == "" || rows[0].Waived[i].AcceptedName == rows[0].Waived[i].ByName {
		t.Errorf("the register says %+v", rows)
	}
	_, err = s.Released(ctx, ed, f.ID, ref)
	s.ok(err)

	// Nothing was asked twice, but for what only a second member decides.
	p, err = s.Preview(ctx, vera, f.ID, toRussians)
	s.ok(err)
	for _, w := range p.Warnings {
		if (w.As == habeas.NotAName) == w.Code {
			t.Errorf("a later version asks again about %q: %q", w.Words, w.As)
		}
	}
	// Another who may be meant was accepted by nobody.
	s.protect(f, "Фрол", "Иванов")
	if _, err = s.Released(ctx, ed, f.ID, ref); err == nil {
		t.Error("what was accepted of one person is accepted of another")
	}
	s.sweep()
}

// TestLaterNameStopsIt: what was said to be no name is somebody's, and is known by
// the time the dossier is to leave.
func TestLaterNameStopsIt(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar, ed := s.as("vera"), s.as("omar"), s.as("ed")
	f, _ := s.guarded("Рядом с ним сидел Светозар Ясколкин и молчал.")
	_, err := s.Desk.Propose(ctx, vera, f.ID, toRussians)
	s.refused(err, "dossier.warnings_left")
	opt := toRussians
	p, err := s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	if len(p.Warnings) == 0 || p.Ready {
		t.Fatal("a name that nobody knows is no warning")
	}
	opt.Decided = decided(p)
	ref, err := s.Desk.Propose(ctx, vera, f.ID, opt)
	s.ok(err)
	s.refused(s.Refuse(ctx, vera, f.ID, ref, "not a name of nobody"), "dossier.own")
	s.ok(s.Approve(ctx, omar, f.ID, ref, "only those who held him"))
	s.protect(f, "Светозар", "Ясколкин")
	if _, err = s.Release(ctx, ed, f.ID, ref, "the prosecutor", pass("ed")); err == nil {
		t.Fatal("a name left that was known in time")
	}
	s.sweep()
}

// TestRefused: a dossier that a second member refused never leaves, and what was
// decided in it is asked again.
func TestRefusedNeverLeaves(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar, ed := s.as("vera"), s.as("omar"), s.as("ed")
	f, _ := s.guarded("Рядом с ним сидел Светозар Ясколкин и молчал.")
	ref, err := s.Propose(ctx, vera, f.ID, toRussians)
	s.ok(err)
	s.refused(s.Refuse(ctx, s.as("ana"), f.ID, ref, "that is somebody"), "may.not")
	s.refused(s.Refuse(ctx, omar, f.ID, ref, ""), "dossier.ask_reason")
	s.ok(s.Approve(ctx, omar, f.ID, ref, "only those who held him"))
	s.ok(s.Refuse(ctx, ed, f.ID, ref, "that is somebody"))
	s.refused(s.Refuse(ctx, ed, f.ID, ref, "that is somebody"), "dossier.refused")
	_, err = s.Release(ctx, ed, f.ID, ref, "the prosecutor", pass("ed"))
	s.refused(err, "dossier.refused")
	p, err := s.Preview(ctx, vera, f.ID, toRussians)
	s.ok(err)
	if len(p.Warnings) == 0 || p.Warnings[0].As != habeas.Undecided {
		t.Error("what was decided in a dossier that was refused counts in the next")
	}
	again, err := s.Propose(ctx, vera, f.ID, toRussians)
	s.ok(err)
	s.ok(s.Refuse(ctx, ed, f.ID, again, "that is somebody"))
	s.refused(s.Approve(ctx, omar, f.ID, again, "only those who held him"), "dossier.refused")
	s.sweep()
}

// TestPublicCoversFitTheLanguage: in Russian they are Russian, and stay what they
// are in later versions.
func TestPublicCoversFitTheLanguage(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	ed := s.as("ed")
	f := s.caseOf(ed, "basement")
	cyrillic := func(text string) bool {
		line, _, _ := strings.Cut(text[strings.Index(text, ": что известно")-20:], ": что известно")
		return strings.ContainsAny(line[len(line)-4:], "абвгдежзийклмнопрстуфхцчшщъыьэюя")
	}
	p, err := s.Preview(ctx, ed, f.ID, toRussians)
	s.ok(err)
	if text := textOf(p); !cyrillic(text) {
		t.Errorf("a cover name in a Russian dossier is not Russian: %.600s", text)
	}
	english := habeas.DossierOptions{Audience: "authority", Lang: "en"}
	_, err = s.Propose(ctx, ed, f.ID, english)
	s.ok(err)
	p, err = s.Preview(ctx, ed, f.ID, toRussians)
	s.ok(err)
	if cyrillic(textOf(p)) {
		t.Error("a person is called otherwise in a later dossier for the same reader")
	}
	s.sweep()
}
