package web

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// TestTypingInABrowser types names into a note and into a statement: with script
// they are asked about as they stand there, by keyboard alone, and the same is
// asked without script once the form was sent.
func TestTypingInABrowser(t *testing.T) {
	for what, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(what, func(t *testing.T) {
			b := testkit.NewBrowser(t, script)
			o := demoOffice(t)
			_, file, _ := o.aStatement(t, "vera", "lieutenant")
			base := o.http.URL + casePath(file.ID)
			b.Resize(1280, 900)
			o.enter(b, "vera")
			b.Open(base + "/people")
			b.Fill("#add-note", "what Pavel Mirnenko heard of Воробейчиков ")
			if !script {
				b.Follow("form[action$='/people'] button")
			}
			b.Wait("#add-note-words li.known")
			o.look(b, "typed-note"+map[bool]string{true: "", false: "-sent"}[script])
			if got := b.Text("#add-note-words"); !strings.Contains(got, "Pavel Mirnenko") || !strings.Contains(got, "2 words still look like names") {
				t.Errorf("got %q, want both names asked about", got)
			}
			if script {
				b.Click("#add-note")
				b.Press(kb.Tab) // to the first choice: nobody's name
				if got := b.Focused(); got != "say-note-0" {
					t.Errorf("the focus is on %s, want the first choice", got)
				}
				b.Press(kb.ArrowDown)
				b.Press(kb.Tab) // to the second: the first cover name there is
				b.Press(kb.ArrowDown)
				b.Press(kb.Tab)
				b.Wait("#add-note-words:not(:has(.known))")
				if got := b.Value("#say-note-0"); got != "none" {
					t.Errorf("got %q, want what was chosen kept", got)
				}
				if got := b.Value("#add-note"); strings.Contains(got, "Воробейчиков") {
					t.Errorf("got %q, want the cover name", got)
				}
			} else {
				b.Set("#say-note-0", "none")
				b.Set("#say-note-1", string(affected(file.State)))
			}
			b.Follow("form[action$='/people'] button")
			b.Wait("h1")
			if got := b.Address(); !strings.Contains(got, "/person/") {
				t.Errorf("came to %s, want the page of the person", got)
			}
			if script {
				typeStatement(o, b, base)
			}
			for _, c := range b.Complaints() {
				if script || !strings.Contains(c, "422") { // what was refused
					t.Error(c)
				}
			}
			testkit.Sweep(t, append(demo.Canaries(), "Mirnenko", "Lagunovich"), nil, map[string][]byte{"log": o.log.Bytes(), "address": []byte(b.Address())}, nil)
		})
	}
}

// typeStatement writes a statement whose names are said to be somebody as it is
// written, while names are shown.
func typeStatement(o *office, b *testkit.Browser, base string) {
	o.t.Helper()
	b.Open(base + "/names")
	b.Fill("#reveal-reason", "calling the family back")
	b.Fill("#reveal-pass", passphrase("vera"))
	b.Follow("form[action$='/names'] button")
	b.Wait("h1")
	b.Open(base + "/statements/new")
	b.Click("#add-text")
	b.Press("I saw Тихон Воробейчиков with Pavel Lagunovich there. ")
	b.Wait("#add-text-words li.known .chip")
	o.look(b, "typed-statement")
	b.Set("#say-text-0", b.Value("#say-text-0 optgroup option")) // who it may be stands first
	b.Set("#say-text-1", "none")
	b.Set("#add-source_role", "sister")
	b.Follow("main .sheet button")
	b.Wait(".sentences .chip")
	if got := b.Text("#bar strong"); !strings.HasPrefix(got, "0 ") {
		o.t.Errorf("got %q left, want none", got)
	}
}

// TestTypingInArabic looks at the same in a page that reads from right to left,
// and at the words of the reading desk.
func TestTypingInArabic(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	unread := o.unread(t, "lieutenant")
	base := o.http.URL + casePath(file.ID)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Click(`button[name="lang"][value="ar"]`)
	b.Wait(`html[lang="ar"]`)
	b.Open(base + "/people")
	b.Fill("#add-note", "قال محمد الأحمد و Воробейчиков ")
	b.Wait("#add-note-words li.known")
	o.look(b, "ar-typed-note")
	b.Open(base + "/statement/" + bare(unread))
	b.Wait("#dismiss")
	o.look(b, "ar-desk-names")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
