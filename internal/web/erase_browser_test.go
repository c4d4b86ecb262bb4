package web

import (
	"testing"

	"habeas/internal/testkit"
	"habeas/ledger"
)

// TestErasedInABrowser looks at the pages of erasure and re-sealing that a walk
// over what is there does not meet.
func TestErasedInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	o.released(t, "authority")
	by, file, told := o.aStatement(t, "vera", "lieutenant")
	base := casePath(file.ID)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + base + "/statement/" + bare(told[0].Ref) + "/reseal")
	b.Fill("#reseal-leftover", longWord(told[0].Newest().Text))
	b.Follow("main form button")
	b.Wait("#plan")
	o.examine(b, "reseal-plan")
	b.Open(o.http.URL + base + "/statement/" + bare(told[0].Ref) + "/erase")
	o.examine(b, "erase-page")
	b.Fill("#erase-pass", "wrong")
	b.Follow("main form button")
	b.Wait("[role=alert]")
	o.examine(b, "erase-refused")
	if _, err := o.desk.Erase(t.Context(), by, file.ID, ledger.Withdrawn, passOf("vera"), told[0].Ref); err != nil {
		t.Fatal(err)
	}
	b.Open(o.http.URL + base + "/statement/" + bare(told[0].Ref))
	b.Wait("#erased")
	o.examine(b, "erased")
	b.Open(o.http.URL + base + "/history")
	o.examine(b, "history-erased")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
