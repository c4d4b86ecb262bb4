package web

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"habeas/claim"
	"habeas/internal/testkit"
	"habeas/ledger"
)

// TestRedactionInABrowser draws a box with the mouse and moves it with keys, in a
// page that is written from the right as well, keeps what is left, and takes it.
func TestRedactionInABrowser(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			b := testkit.NewBrowser(t, true)
			o := demoOffice(t)
			by, file, told := o.aStatement(t, "vera", "lieutenant")
			ref := o.exhibit(file.ID, told[0].Ref, exhibitCalled, aFace(t))
			o.ok(o.desk.MakeSafeCopy(t.Context(), by, file.ID, ref))
			at := o.http.URL + exhibitPath(file.ID, ref)
			saved := b.Saves(t.TempDir())
			b.Resize(1280, 900)
			o.enter(b, "vera")
			if lang != "en" {
				b.Open(o.http.URL + "/help")
				b.Click(`button[name="lang"][value="` + lang + `"]`)
				b.Wait(`html[lang="` + lang + `"]`)
			}
			o.looksIn(b, file.ID, ref)
			b.Follow("a[href$='/redact']")
			b.Wait("#stage img")
			if lang == "en" {
				o.examine(b, "redact-empty")
				b.Open(at + "/redact")
			}
			b.Drag("#stage", 400, 300, 600, 500)
			b.Wait("#stage .box")
			if got := numbers(b, 1); !near(got, 40, 30, 60, 50) {
				t.Errorf("the mouse drew %v", got)
			}
			shot(b, "redact-drawn-"+lang)
			b.Press(strings.Repeat(kb.ArrowDown, 3)) // the new box has the focus
			b.Press(kb.ArrowRight + kb.ArrowLeft + kb.ArrowLeft)
			b.Shift(strings.Repeat(kb.ArrowDown, 12) + kb.ArrowRight)
			if got := numbers(b, 1); !near(got, 39, 33, 60, 65) {
				t.Errorf("the keys moved it to %v", got)
			}
			b.Click(`#cuts button[value="add"]`)
			b.Wait("#cut_left-2")
			b.Press(kb.Delete)
			b.Drag("#stage .box", 500, 500, 520, 520) // a box is moved, and no other drawn
			if got := numbers(b, 1); !near(got, 39.4, 33.6, 60.4, 65.6) || strings.Contains(b.HTML(), `id="cut_left-2"`) {
				t.Errorf("the mouse moved it to %v", got)
			}
			shot(b, "redact-moved-"+lang)
			b.Follow(`p.acts button[value="preview"]`)
			b.Wait(".shown img")
			b.Wait("#stage .box") // drawn anew from the fields
			o.examine(b, "redact-preview-"+lang)
			b.Fill("#redact-ex_why", madeWhy)
			b.Follow("#cuts p.acts button:not([name])")
			b.Wait("#derived")
			b.Follow("form[action$='/look'] button")
			b.Wait(".veiled")
			b.Click("#clear")
			o.examine(b, "derived-redaction-"+lang)
			b.Open(at + "/made/1")
			b.Click("main details:last-of-type > summary")
			b.Fill("#take-pass", passOf("vera").Reveal())
			for _, file := range saved("form[action$='/take'] button") {
				if red(t, file) != 0 || bytes.Contains(file, []byte("Obolonchyk")) {
					t.Error("what the box covered is still there")
				}
			}
			for _, c := range b.Complaints() {
				t.Error(c)
			}
		})
	}
}

// looksIn shows the names of a case in a browser, and the safe copy of an exhibit.
func (o *office) looksIn(b *testkit.Browser, id ledger.ID, ref claim.Ref) {
	o.t.Helper()
	b.Open(o.http.URL + casePath(id) + "/names?back=" + exhibitPath(id, ref))
	b.Fill("#reveal-reason", "looking at it")
	b.Fill("#reveal-pass", passOf("vera").Reveal())
	b.Follow("main form.sheet button")
	b.Open(o.http.URL + exhibitPath(id, ref))
	b.Follow("form[action$='/look'] button")
	b.Wait("#safe")
}

// numbers returns the fields of a box.
func numbers(b *testkit.Browser, n int) (all [4]float64) {
	for i, name := range cutFields {
		all[i], _ = strconv.ParseFloat(b.Value("#"+name+"-"+strconv.Itoa(n)), 64)
	}
	return all
}

// near reports whether a box is where it should be, within half a per cent.
func near(got [4]float64, want ...float64) bool {
	for i := range got {
		if d := got[i] - want[i]; d > .5 || d < -.5 {
			return false
		}
	}
	return true
}

// TestRedactionWithoutScript takes the same part out with fields and buttons alone.
func TestRedactionWithoutScript(t *testing.T) {
	b := testkit.NewBrowser(t, false)
	o := demoOffice(t)
	by, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, exhibitCalled, aFace(t))
	o.ok(o.desk.MakeSafeCopy(t.Context(), by, file.ID, ref))
	b.Resize(1280, 900)
	o.enter(b, "vera")
	o.looksIn(b, file.ID, ref)
	b.Follow("a[href$='/redact']")
	b.Follow(`#cuts button[value="add"]`)
	for name, value := range map[string]string{"left": "44", "top": "38", "right": "56", "bottom": "62"} {
		b.Fill("#cut_"+name+"-1", value)
	}
	b.Follow(`p.acts button[value="preview"]`)
	b.Wait(".shown img")
	shot(b, "redact-noscript")
	b.Fill("#redact-ex_why", madeWhy)
	b.Follow("#cuts p.acts button:not([name])")
	b.Wait("#derived")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// TestDerivedInABrowser looks at the pages of files that were made of an exhibit, of
// a marked exhibit, and of a list with small pictures.
func TestDerivedInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	by, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, exhibitCalled, aFace(t))
	o.ok(o.desk.MakeSafeCopy(t.Context(), by, file.ID, ref))
	at := o.http.URL + exhibitPath(file.ID, ref)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(at + "/made")
	o.examine(b, "derived-new")
	b.Open(at + "/made")
	b.Set("#made-ex_made", "translation")
	b.Set("#made-ex_lang", "en")
	b.Fill("#made-ex_who", madeBy)
	b.Set("#made-ex_typed", madeText)
	b.Follow("main form.sheet button")
	b.Wait("#derived")
	o.examine(b, "derived-hidden")
	o.ok(o.desk.MarkExhibit(t.Context(), o.actor("vera"), file.ID, ref, true, markedAs))
	o.looksIn(b, file.ID, ref)
	o.examine(b, "exhibit-marked")
	b.Open(at + "/made/1")
	b.Follow("form[action$='/look'] button")
	b.Follow("form[action$='/look'] button") // as it is
	b.Wait("pre.paper")
	o.examine(b, "derived-text")
	b.Open(o.http.URL + casePath(file.ID) + "/exhibits")
	o.examine(b, "exhibits-small")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
