package web

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"habeas"
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
			b.Unfold("main details:last-of-type > summary")
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
	b.Wait("a.small img")
	o.examine(b, "exhibits-small")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// aMovingFace is a film of three seconds with a red square on grey, as browsers of every
// kind play it.
func aMovingFace(t *testing.T) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "film.webm")
	out, err := exec.Command("ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "color=gray:s=640x320:r=10:d=3", "-f", "lavfi", "-i", "sine=frequency=440:duration=3",
		"-vf", "drawbox=x=288:y=128:w=64:h=64:color=red:t=fill", "-pix_fmt", "yuv420p", "-c:v", "libvpx", "-c:a", "libopus", name).CombinedOutput()
	if err != nil {
		t.Skipf("ffmpeg makes no film: %v %s", err, out)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestFilmInABrowser plays a film from its middle and takes a face and a voice out
// of it.
func TestFilmInABrowser(t *testing.T) {
	film := aMovingFace(t)
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	by, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, "film.webm", film)
	o.ok(o.desk.MakeSafeCopy(t.Context(), by, file.ID, ref))
	at := o.http.URL + exhibitPath(file.ID, ref)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	o.looksIn(b, file.ID, ref)
	b.Wait("video")
	if !b.Plays("video", 1.5) {
		t.Error("the film does not play from its middle, or not muted")
	}
	o.examine(b, "exhibit-film")
	b.Open(at + "/redact")
	b.Wait("#stage img")
	b.Drag("#stage", 440, 380, 560, 620)
	b.Fill("#cut_at", "1.5")
	b.Follow(`button[value="at"]`)
	b.Wait("#stage .box")
	b.Follow(`button[value="mute"]`)
	b.Wait("#mute_from-1")
	b.Fill("#mute_to-1", "1")
	o.examine(b, "redact-film")
	b.Fill("#redact-ex_why", madeWhy)
	b.Follow("#cuts p.acts button:not([name])")
	b.Wait("#derived")
	b.Follow("form[action$='/look'] button")
	b.Wait("video")
	b.Click("#clear")
	if !b.Plays("video", 0.5) {
		t.Error("what is left does not play")
	}
	shot(b, "derived-film")
	by = o.actor("vera")
	of := habeas.FileOf{Exhibit: ref, N: 1}
	o.ok(o.desk.Reveal(t.Context(), by, file.ID, "looking at it", passOf("vera")))
	o.ok(o.desk.LookAtFile(t.Context(), by, file.ID, of, true))
	for _, at := range []time.Duration{0, 1500 * time.Millisecond, 2800 * time.Millisecond} {
		frame, err := o.desk.Glimpse(t.Context(), by, file.ID, of, habeas.Glimpsed{At: at})
		o.ok(err)
		if red(t, frame) != 0 {
			t.Errorf("at %v what the box covered is still there", at)
		}
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// TestDocumentInABrowser looks at a document, page by page, and at a part that is
// taken out of it.
func TestDocumentInABrowser(t *testing.T) {
	if !habeas.Glimpses("application/pdf") {
		t.Skip("what draws pages is not installed")
	}
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	by, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, "paper.pdf", aDocument())
	o.ok(o.desk.MakeSafeCopy(t.Context(), by, file.ID, ref))
	at := o.http.URL + exhibitPath(file.ID, ref)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	o.looksIn(b, file.ID, ref)
	b.Follow("a[rel=next]")
	b.Wait(".shown img")
	o.examine(b, "exhibit-document")
	b.Open(at + "/redact")
	b.Follow(`button[value="page:2"]`)
	b.Wait("#stage img")
	b.Drag("#stage", 440, 420, 560, 580)
	b.Follow(`button[value="page:1"]`)
	b.Wait("#cut_left-1")
	if strings.Contains(b.HTML(), `class="box"`) {
		t.Error("a box of the second page is drawn on the first")
	}
	b.Follow(`button[value="page:2"]`)
	b.Wait("#stage .box")
	b.Follow(`p.acts button[value="preview"]`)
	b.Wait(".shown img")
	o.examine(b, "redact-document")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
