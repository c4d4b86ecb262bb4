package web

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// aPicture is one with something on it.
func aPicture(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 900, 600))
	for y := range 600 {
		for x := range 900 {
			m.Set(x, y, color.RGBA{uint8(x / 4), uint8(y / 3), uint8((x ^ y) & 0xff), 0xff})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// letters fills the inbox with what there can be in it, and returns the pages about
// it: of letters, of their files, and of what was filed and taken back.
func (o *office) letters(t *testing.T) map[string][]walk {
	t.Helper()
	ctx, vera := t.Context(), o.actor("vera")
	picture := sent{"the yard of the school, seen from the road, on a Tuesday.png", aPicture(t)}
	filing := func(title string) habeas.Filing {
		return habeas.Filing{Circle: o.circle(ctx, vera), Title: title, Role: "mother", Question: func(q string) string { return q }, Without: "-"}
	}
	forced := o.receive(aLetter())
	held, _, err := o.desk.FileLetter(ctx, vera, o.waiting(vera)[0].ID, filing("a second one"))
	o.ok(err)
	first := o.receive(aLetter(), picture)
	in, st, err := o.desk.FileLetter(ctx, vera, o.waiting(vera)[0].ID, filing("taken from a school"))
	o.ok(err)
	o.ok(o.desk.WriteAgain(ctx, first, [16]byte{1}, habeas.Letter{Lang: "en", Text: vault.NewText("And now he called.")}))
	o.receive(aLetter(), picture, sent{"list.pdf", []byte("%PDF-1.7")}, sent{"Воробейчиков.docx", bytes.Repeat([]byte("x"), 2_300_000)})
	l := aLetter()
	l.Lang, l.Text, l.Answers[0].Text = "ar", vault.NewText("أخذوا أخي من ساحة المدرسة يوم الثلاثاء.\n\nلم نسمع عنه شيئًا منذ ذلك الحين."), vault.NewText("أخي")
	l.Refused, l.Uses = 2, nil
	o.receive(l)
	_, word := forced.Confirm("en")
	o.ok(o.desk.TakeBack(ctx, forced, word))
	o.ok(o.desk.ChangeUses(ctx, first, []claim.Use{{To: claim.ToPublic, Named: claim.NamedNone, Place: "country"}}))

	pages := map[string][]walk{
		"desk": {{"desk-attached", casePath(in) + "/statement/" + bare(st)}},
		"case": {{"case-held", casePath(held)}},
	}
	for _, q := range o.waiting(vera) {
		l, err := o.desk.OpenLetter(ctx, vera, q.ID)
		o.ok(err)
		at := letterPath(q.ID)
		pages["letter"] = append(pages["letter"], walk{"letter-" + l.Kind + "-" + l.Lang, at})
		if len(l.Files) > 1 {
			pages["look"] = []walk{{"look", at + "/look/0"}, {"look-not", at + "/look/1"}}
		}
	}
	o.receive(aLetter()) // which nobody has opened
	away, err := vault.NewHolder(vault.NewSeed())
	o.ok(err)
	o.ok(o.desk.UseOfflineDesk(ctx, vera, away.Public(ledger.UseDesk), 4))
	o.receive(aLetter()) // which nobody here can open
	return pages
}

func (o *office) waiting(by habeas.Actor) []habeas.Queued {
	o.t.Helper()
	first, _, err := o.desk.Queue(o.t.Context(), by)
	o.ok(err)
	return first
}

// colours counts the pixels of the page that are not grey.
func colours(t *testing.T, b *testkit.Browser) (n int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.png")
	b.Shot(path)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			r, g, b, _ := m.At(x, y).RGBA()
			if max(r, g, b)-min(r, g, b) > 0x3000 {
				n++
			}
		}
	}
	return n
}

// TestPictureInABrowser: blurred until it is asked for, without a script, and again
// when the page is opened again. Forms that were refused are looked at as well.
func TestPictureInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, false)
	o := newOffice(t)
	o.receive(aLetter(), sent{"yard.png", aPicture(t)})
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + "/intake")
	b.Follow("tbody a")
	o.examine(b, "letter-open")
	b.Follow("ul.files a")
	b.Wait(".veil img")
	if n := colours(t, b); n > 20_000 {
		t.Errorf("before anybody asks, %d pixels have a colour", n)
	}
	b.Click("#show")
	if n := colours(t, b); n < 100_000 {
		t.Errorf("asked for, the picture has %d pixels with a colour", n)
	}
	b.Follow("form.taking button")
	b.Wait("[role=alert]")
	o.examine(b, "look-refused")
	b.Follow("nav.crumbs a")
	b.Wait("table")
	b.Follow("tbody a")
	b.Follow("form.filing button")
	b.Wait("[role=alert]")
	o.examine(b, "letter-refused")
	b.Unfold("summary")
	b.Follow("form.closing button")
	b.Wait("[role=alert]")
	o.examine(b, "letter-unclosed")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
