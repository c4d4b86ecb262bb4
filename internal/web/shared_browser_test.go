package web

import (
	"testing"

	"habeas/internal/testkit"
)

// TestSharedCheckInABrowser looks at the pages of the shared check: where a circle is
// marked, what whoever releases is told, and what a keeper sees.
func TestSharedCheckInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	o.withheld(t, 5)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + "/audit")
	b.Unfold("#withheld ~ ul summary")
	o.look(b, "shared-audit")
	for _, lang := range []string{"en", "ar"} {
		if lang != "en" {
			b.Follow("form.langs button[lang=" + lang + "]")
		}
		b.Open(o.http.URL + "/access")
		b.Unfold("details summary")
		o.look(b, "shared-access-"+lang)
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
