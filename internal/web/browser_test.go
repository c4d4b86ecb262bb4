package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// plainPages are the pages of routes without wildcards, by the name their
// picture is kept under.
var plainPages = []struct{ name, path string }{
	{"today", "/"}, {"cases", "/cases"}, {"case-new", "/cases/new"}, {"places", "/places"}, {"place-new", "/places/new"},
	{"unit-new", "/units/new"}, {"search", "/search"}, {"kept", "/kept"}, {"help", "/help"}, {"no-page", "/no/such/page"},
}

// TestPagesInABrowser opens every plain page with script, wide and narrow. None
// may break an accessibility rule, call another host, break its own policy, or
// be wider than the screen. Set HABEAS_SHOTS to a directory to keep pictures.
func TestPagesInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := newOffice(t)
	b.Resize(1280, 900)
	b.Open(o.http.URL + "/login")
	o.look(b, "login")
	m := demo.Members()[0]
	b.Fill("#handle", m.Handle)
	b.Fill("#pass", m.Passphrase)
	b.Press("\r")
	b.Wait("nav.words")
	for _, p := range plainPages {
		b.Open(o.http.URL + p.path)
		b.Wait("h1")
		o.look(b, p.name)
	}
	b.Open(o.http.URL + "/search")
	b.Fill("#q", "refused")
	b.Press("\r")
	b.Wait("#found")
	o.look(b, "search-found")
	if got := b.Address(); strings.Contains(got, "refused") {
		t.Errorf("the words that were searched for stand in the address: %s", got)
	}
	for _, c := range b.Complaints() {
		if !strings.Contains(c, "404") { // the page that is not there
			t.Error(c)
		}
	}
}

// look checks the page that b shows.
func (o *office) look(b *testkit.Browser, name string) {
	o.t.Helper()
	for _, v := range b.Axe() {
		o.t.Errorf("%s: %s", name, v)
	}
	shot(b, name)
	b.Resize(320, 640)
	if got := b.Wide(); got != 0 {
		o.t.Errorf("%s: %d px wider than a screen of 320", name, got)
	}
	shot(b, name+"-narrow")
	b.Resize(1280, 900)
}

func shot(b *testkit.Browser, name string) {
	if dir := os.Getenv("HABEAS_SHOTS"); dir != "" {
		b.Shot(filepath.Join(dir, name+".png"))
	}
}
