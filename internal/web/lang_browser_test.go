package web

import (
	"testing"

	"habeas/internal/testkit"
)

// TestPagesInOtherLanguages looks at the main pages in the languages that the walk
// through all of them does not take.
func TestPagesInOtherLanguages(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	o.receive(aLetter())
	vera, file, told := o.aStatement(t, "vera", "lieutenant")
	id := file.ID
	pages := []walk{
		{"today", "/"}, {"case", casePath(id)}, {"history", casePath(id) + "/history"}, {"dossiers", casePath(id) + "/dossiers"},
		{"desk", casePath(id) + "/statement/" + bare(told[0].Ref)}, {"consent", casePath(id) + "/statement/" + bare(told[0].Ref) + "/consent"},
		{"letter", letterPath(o.waiting(vera)[0].ID)}, {"colleagues", "/people"}, {"help", "/help"},
	}
	b.Resize(1280, 900)
	o.enter(b, "vera")
	for _, lang := range []string{"uk", "es", "fr", "ar"} {
		b.Open(o.http.URL + "/help")
		b.Click(`button[name="lang"][value="` + lang + `"]`)
		b.Wait(`html[lang="` + lang + `"]`)
		for _, p := range pages {
			b.Open(o.http.URL + p.path)
			b.Wait("h1")
			o.look(b, lang+"-"+p.name)
		}
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
