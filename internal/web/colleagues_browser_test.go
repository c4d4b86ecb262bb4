package web

import (
	"testing"

	"habeas/internal/testkit"
)

// TestColleaguesInABrowser looks a name up, agrees to more looks and reads the
// record, by keyboard and mouse.
func TestColleaguesInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + "/lookup")
	b.Fill("#lookup-name", "Воробейчиков")
	b.Press("\r")
	b.Wait("[role=alert]")
	o.examine(b, "lookup-refused")
	b.Fill("#lookup-name", "Tikhon Vorobeychikov")
	b.Press("\r")
	b.Wait("#maybe")
	o.examine(b, "lookup-found")
	o.useUp(t, "omar")
	b.Open(o.http.URL + "/looks")
	b.Unfold("details summary")
	o.examine(b, "looks-agree")
	b.Open(o.http.URL + "/audit")
	o.examine(b, "audit")
	o.member("vera").Get("/circles").Submit("form[action=/circles]", with("vera", "circle_name", "Lawyers"))
	b.Open(o.http.URL + "/circles")
	b.Unfold("details summary")
	o.examine(b, "circles")
	b.Follow("form.langs button[lang=ru]")
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	for name, path := range map[string]string{"members": "/people", "access": "/access", "sharing": casePath(file.ID) + "/sharing", "liaisons": casePath(file.ID) + "/liaisons"} {
		b.Open(o.http.URL + path)
		b.Wait("h1")
		if name == "members" {
			b.Unfold("details summary")
		}
		o.examine(b, name+"-ru")
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
