package web

import (
	"testing"

	"habeas/internal/testkit"
)

// TestDraftInABrowser looks at the page of a letter that is being written.
func TestDraftInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "in writing")
	at := appealPath(file.ID, file.State.Appeals[0].Ref)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + casePath(file.ID) + "/names?back=" + at)
	b.Fill("#reveal-reason", "for a letter to the prosecutor")
	b.Fill("#reveal-pass", passOf("vera").Reveal())
	b.Follow("main form.narrow button")
	b.Open(o.http.URL + at + "/draft")
	o.examine(b, "draft-choose")
	b.Set("#pick-letter_form", "ru-military-prosecutor ru")
	b.Follow("form[method=get] button")
	b.Wait("#preview")
	b.Set("#preview-said-account", "Прошу ответить письменно.")
	b.Follow("form.typing button")
	b.Wait("#preview")
	o.examine(b, "draft-written")
}
