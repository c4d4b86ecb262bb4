package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// TestPagesInABrowser looks at what no walk of the routes comes to: the login
// of somebody who is not in, a page that is not there, and what a search finds.
// Set HABEAS_SHOTS to a directory to keep pictures.
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
	b.Open(o.http.URL + "/no/such/page")
	b.Wait("h1")
	o.look(b, "no-page")
	b.Open(o.http.URL + "/search")
	b.Fill("#q", "refused")
	b.Press("\r")
	b.Wait("#hits")
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
