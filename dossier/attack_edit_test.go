package dossier

import (
	"strings"
	"testing"

	"habeas/claim"
)

// Edits that no page offers, as somebody may send them who wants a dossier to say
// what nobody said, or to break it. All names are invented.

// TestAttackHeadingIsLeftOut: somebody leaves out the title and the date. They stay,
// as a sign that words went, and everything after them keeps its place.
func TestAttackHeadingIsLeftOut(t *testing.T) {
	st, _ := witness(t, "He was with Yaskolkin there.")
	first := rendered(t, st, "en", "Leonid")
	var edits []Edit
	for _, l := range first.leaves[:2] {
		edits = append(edits, Edit{Leaf: l.key, End: 1, Do: Whole})
	}
	d := rendered(t, st, "en", "Leonid", edits...)
	if got := flat(d); !strings.HasPrefix(got, gap) || strings.Count(got, gap) != 2 {
		t.Errorf("the text begins with %.80q", got)
	}
	if p := placeOf(t, d, "Yaskolkin"); d.Words(p) != "Yaskolkin" {
		t.Errorf("what stands after them is at %+v: %q", p, d.Words(p))
	}
}

// TestAttackWordInPart: a few letters of a word are replaced, so that a reader still
// sees the name and the gate does not. The whole word goes.
func TestAttackWordInPart(t *testing.T) {
	st, son := witness(t, "Ключ отдали Ясколкину вечером.")
	p := placeOf(t, rendered(t, st, "ru", "Ольха"), "Ясколкину")
	p.Start, p.End = p.Start+4, p.End-6
	if got := flat(rendered(t, st, "ru", "Ольха", edit(p, Replace, son, "dative"))); !strings.Contains(got, "отдали Ольхе вечером") {
		t.Errorf("half a word is left: %s", got)
	}
}

// TestAttackSomebodyElse: a finding, or a person in a quotation, is made one about
// somebody else.
func TestAttackSomebodyElse(t *testing.T) {
	f := &file{t: t}
	son, guard := f.person("Gleb", 0), f.person("Heron", 0)
	f.write(claim.KindCase, &claim.Case{Title: "The witness", About: "person", Affected: son})
	cellar := f.place("the cellar of Zlatogor", "basement")
	f.statement(f.source("person", "son", son, ""), "2022-12-10", "interview", claim.MarkOf(guard)+" did not beat "+claim.MarkOf(son)+".").
		at(cellar).event("armed-guard", "2022-08", "", "victim", son)
	st := claim.Fold(f.entries)
	cover := func(p claim.Ref) string { return map[claim.Ref]string{son: "Leonid", guard: "Stork"}[p] }
	make := func(edits ...Edit) *Document {
		d, err := Render(to(st, ForAuthority), Options{Lang: "en", Today: today, Edits: edits, Cover: cover})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := make()
	for _, l := range first.leaves {
		for _, who := range l.who {
			other := map[string]claim.Ref{"Leonid": guard, "Stork": son}[who.kind]
			for _, e := range []Edit{
				{Leaf: l.key, Start: who.start, End: who.end, Do: Replace, Person: other},
				{Leaf: l.key, Start: who.start + 1, End: who.start + 2, Do: Replace, Person: other},
				{Leaf: l.key, Start: 0, End: len(l.was), Do: Replace, Person: other},
			} {
				if _, _, _, ok := make(e).Changed(e); ok || flat(make(e)) != flat(first) {
					t.Errorf("%q is now said of somebody else: %s", l.called(0, len(l.was)), flat(make(e)))
				}
			}
		}
	}
	for _, l := range first.leaves { // what the program says is no name
		if l.kind(0, len(l.was)) == "" && flat(make(Edit{Leaf: l.key, End: len(l.was), Do: Replace, Person: son})) != flat(first) {
			t.Errorf("words of the document itself were replaced: %q", l.was)
		}
	}
}

// TestChangedIsSaid: where words were replaced, and what stood there, can be told;
// who approves a dossier must see it.
func TestChangedIsSaid(t *testing.T) {
	st, son := witness(t, "They rarely beat @.")
	e := edit(placeOf(t, rendered(t, st, "en", "Leonid"), "rarely"), Replace, son, "")
	e.Start, e.End = e.Start+1, e.End-1 // of the word all is replaced
	d := rendered(t, st, "en", "Leonid", e)
	was, from, till, ok := d.Changed(e)
	if !ok || string(d.Draft.Files[1].Bytes[from:till]) != "Leonid" || d.Words(was) != "rarely" {
		t.Errorf("got %d to %d, %v", from, till, ok)
	}
	if _, _, _, ok := d.Changed(Edit{Leaf: "0011223344556677", End: 3, Do: Replace, Person: son}); ok {
		t.Error("an edit that changed nothing is said to have changed something")
	}
}
