package web

import (
	"testing"

	"habeas/internal/testkit"
)

// TestAppealsInArabic looks at every page of letters to authorities in a language that
// is written from the right, wide and on a telephone: no words of another language
// stand there unmarked, and nothing is wider than the screen.
func TestAppealsInArabic(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "in writing")
	first := file.State.Appeals[0]
	at := appealPath(file.ID, first.Ref)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Click(`button[name="lang"][value="ar"]`)
	b.Wait(`html[lang="ar"]`)
	o.showNames(b, "vera", passOf("vera").Reveal(), casePath(file.ID))
	for _, p := range []walk{
		{"board", "/appeals"}, {"case-appeals", casePath(file.ID) + "/appeals"}, {"appeal", at}, {"appeal-erase", at + "/numbers"},
		{"appeal-new", casePath(file.ID) + "/appeals/new?by=e-mail&term=RU-APPEAL-REPLY&term=RU-KAS-219&authority=" + string(first.Authority)},
		{"draft", at + "/draft?letter_form=ru-military-prosecutor+ru"}, {"rules", "/appeals/rules"}, {"authority-new", "/authorities/new"},
	} {
		b.Open(o.http.URL + p.path)
		b.Wait("h1")
		for _, v := range b.Axe() {
			t.Errorf("%s: %s", p.name, v)
		}
		for _, width := range []int{1280, 360, 320} {
			b.Resize(width, 900)
			if got := b.Wide(); got != 0 {
				t.Errorf("%s: %d px wider than a screen of %d", p.name, got, width)
			}
			if width != 320 {
				shot(b, "ar-"+p.name+map[bool]string{true: "-narrow"}[width == 360])
			}
		}
		b.Resize(1280, 900)
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// showNames has names of a case shown, for a letter, by keyboard.
func (o *office) showNames(b *testkit.Browser, handle, pass, at string) {
	o.t.Helper()
	b.Open(o.http.URL + at + "/names")
	b.Fill("#reveal-reason", "for a letter to the prosecutor")
	b.Fill("#reveal-pass", pass)
	b.Follow("main form.narrow button")
}
