package dossier

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
)

// witness is a case in which a statement, all of it quoted, names people nobody
// linked. The names are invented.
func witness(t testing.TB, text string) (*claim.State, claim.Ref) {
	f := &file{t: t}
	son := f.person("Gleb", 0)
	f.write(claim.KindCase, &claim.Case{Title: "The witness", About: "person", Affected: son})
	cellar := f.place("the cellar of Zlatogor", "basement")
	f.statement(f.source("person", "son", son, ""), "2022-12-10", "interview", strings.ReplaceAll(text, "@", claim.MarkOf(son))).
		at(cellar).event("armed-guard", "2022-08", "", "victim", son)
	return claim.Fold(f.entries), son
}

func rendered(t testing.TB, st *claim.State, lang, cover string, edits ...Edit) *Document {
	t.Helper()
	d, err := Render(to(st, ForAuthority), Options{Lang: lang, Today: today, Edits: edits, Cover: func(claim.Ref) string { return cover }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// placeOf returns the place of words, which must be the same in both files.
func placeOf(t testing.TB, d *Document, words string) Place {
	t.Helper()
	var found []Place
	for _, f := range d.Draft.Files {
		i := bytes.Index(f.Bytes, []byte(words))
		if i < 0 {
			t.Fatalf("%q is not in %s", words, f.Name)
		}
		p, ok := d.Place(f.Name, i, i+len(words))
		if !ok {
			t.Fatalf("%q in %s has no place", words, f.Name)
		}
		found = append(found, p)
	}
	if found[0] != found[1] {
		t.Fatalf("%q is at %+v and at %+v", words, found[0], found[1])
	}
	return found[0]
}

func flat(d *Document) string {
	return strings.Join(strings.Fields(string(d.Draft.Files[1].Bytes)), " ")
}

func edit(p Place, do string, who claim.Ref, in string) Edit {
	return Edit{Leaf: p.Leaf, Start: p.Start, End: p.End, Do: do, Person: who, Case: in}
}

// Every word of every line is found again from where it stands in the text, and
// every letter that a page escapes from where it stands there.
func TestEveryWordHasAPlace(t *testing.T) {
	st, _ := witness(t, `They said "no & never" + <aside> it's @, and so he was held for a very long time in there.`)
	d := rendered(t, st, "en", "Leonid")
	for n, l := range d.leaves {
		from := 0
		for _, w := range strings.Fields(l.words) {
			from += strings.Index(l.words[from:], w)
			a, b := d.shown("dossier.txt", n, from, from+len(w))
			if got := string(d.Draft.Files[1].Bytes[a:b]); got != w {
				t.Fatalf("the word %q of a line is shown as %q", w, got)
			}
			p, ok := d.Place("dossier.txt", a, b)
			if !ok || d.Words(p) != w {
				t.Errorf("%q in the text is %q, %v", w, d.Words(p), ok)
			}
			a, b = d.shown("dossier.html", n, from, from+len(w))
			p, ok = d.Place("dossier.html", a, b)
			if !ok || d.Words(p) != w {
				t.Errorf("%q in the page is %q, %v", w, d.Words(p), ok)
			}
			from += len(w)
		}
	}
	page := d.Draft.Files[0].Bytes
	for escaped, plain := range map[string]string{"&amp;": "&", "&lt;": "<", "&#43;": "+"} {
		i := bytes.Index(page, []byte(escaped))
		p, ok := d.Place("dossier.html", i+1, i+2) // a byte in the middle
		if !ok || d.Words(p) != plain {
			t.Errorf("%q in the page is %q, %v", escaped, d.Words(p), ok)
		}
	}
	if _, ok := d.Place("dossier.html", bytes.Index(page, []byte("<style>")), bytes.Index(page, []byte("</style>"))); ok {
		t.Error("a style sheet is words of the document")
	}
}

func TestEditsAreInBothFiles(t *testing.T) {
	st, son := witness(t, "Ключ отдали Ясколкину. @ ждал. С Ясколкиным был Бугай.")
	first := rendered(t, st, "ru", "Ольха")
	key := placeOf(t, first, "Ясколкину")
	one := edit(key, Replace, son, "dative")
	second := rendered(t, st, "ru", "Ольха", one)
	with := placeOf(t, second, "Ясколкиным")
	if with.Leaf != key.Leaf || second.Words(with) != "Ясколкиным" || !with.Sentences || with.Kind != Quotation {
		t.Fatalf("after an edit before it, words are at %+v: %q", with, second.Words(with))
	}
	two := edit(with, Replace, son, "instrumental")
	both := rendered(t, st, "ru", "Ольха", one, two)
	for _, f := range both.Draft.Files {
		text := strings.Join(strings.Fields(string(f.Bytes)), " ")
		if !strings.Contains(text, "Ключ отдали Ольхе. Ольха ждал. С Ольхой был Бугай.") {
			t.Errorf("%s does not have both edits", f.Name)
		}
	}
	if got := flat(rendered(t, st, "ru", "Ольха", two, one)); got != flat(both) {
		t.Error("the order of edits that do not meet counts")
	}
	if got := flat(rendered(t, st, "ru", "Ольха", one, edit(with, Sentence, "", ""))); !strings.Contains(got, "«Ключ отдали Ольхе. Ольха ждал. […]»") {
		t.Errorf("a sentence is still there: %s", got)
	}
	over := edit(key, Sentence, "", "")
	if got := flat(rendered(t, st, "ru", "Ольха", one, over)); !strings.Contains(got, "«[…] Ольха ждал.") {
		t.Errorf("the later of two edits does not count: %s", got)
	}
	gone := rendered(t, st, "ru", "Ольха", edit(key, Whole, "", ""))
	if got := flat(gone); strings.Contains(got, "Ключ") || strings.Contains(got, "Словами рассказа") {
		t.Errorf("a line is still there: %s", got)
	}
	if !slices.ContainsFunc(gone.Left, func(o Omission) bool { return o.What == "words" && o.Why == "chosen" }) {
		t.Errorf("that a line was left out is not said: %v", gone.Left)
	}
	// An edit of words that are not there any more changes nothing.
	if flat(rendered(t, st, "ru", "Ольха", Edit{Leaf: "0011223344556677", Start: 0, End: 3, Do: Whole})) != flat(first) {
		t.Error("an edit of no words changed some")
	}
	// Edits fit whatever the cover names are; one in other letters does not decline.
	if got := flat(rendered(t, st, "ru", "Heron", one, two)); !strings.Contains(got, "отдали Heron. Heron ждал. С Heron был") {
		t.Errorf("an English cover name was declined: %s", got)
	}
}

func TestEditsAreRefused(t *testing.T) {
	st, son := witness(t, "They came.")
	const leaf = "0011223344556677"
	for _, e := range []Edit{
		{}, {Leaf: "Svetozar Yaskolkin", End: 3, Do: Whole}, {Leaf: leaf, Start: 3, End: 3, Do: Whole}, {Leaf: leaf, Start: -1, End: 3, Do: Whole}, {Leaf: leaf, End: 3, Do: "remove"},
		{Leaf: leaf, End: 3, Do: Replace}, {Leaf: leaf, End: 3, Do: Replace, Person: "l:aaaaaaaaaaaaaaaa"}, {Leaf: leaf, End: 3, Do: Replace, Person: son, Case: "ergative"},
	} {
		if _, err := Render(to(st, ForAuthority), Options{Lang: "en", Edits: []Edit{e}}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: got %v, want a refusal", e, err)
		}
	}
}

// What looks like a name is found where somebody wrote it, and nowhere else; signs
// that only this package may write hide nothing.
func TestUnknown(t *testing.T) {
	st, son := witness(t, "We saw @ with Svetozar Yaskolkin, and \uE002Dobrohost\uE003 \uE000\uE01FYaskulka called from +44 20 7946 0018.")
	d := rendered(t, st, "en", "Leonid")
	words := func(d *Document) (all []string) {
		for _, u := range d.Unknown() {
			all = append(all, u.Words)
			if got := strings.Join(strings.Fields(string(d.Draft.Files[1].Bytes[u.From:u.Till])), " "); got != u.Words {
				t.Errorf("%q stands in the text as %q", u.Words, got)
			}
		}
		return all
	}
	got := strings.Join(words(d), "|")
	for _, want := range []string{"Svetozar Yaskolkin", "Dobrohost", "Yaskulka", "+44 20 7946 0018"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not found: %s", want, got)
		}
	}
	for _, not := range []string{"Leonid", "Zlatogor", "Ukraine", "Luhansk"} {
		if strings.Contains(got, not) {
			t.Errorf("%q is taken for a name: %s", not, got)
		}
	}
	for _, u := range d.Unknown() {
		if gate.Code(u.Why) != strings.HasPrefix(u.Words, "+") {
			t.Errorf("%q is found as %s", u.Words, u.Why)
		}
	}
	edited := rendered(t, st, "en", "Leonid", edit(placeOf(t, d, "Svetozar Yaskolkin"), Replace, son, ""))
	if got := strings.Join(words(edited), "|"); strings.Contains(got, "Leonid") || strings.Contains(got, "Svetozar") || !strings.Contains(got, "Dobrohost") {
		t.Errorf("after an edit is found: %s", got)
	}
}
