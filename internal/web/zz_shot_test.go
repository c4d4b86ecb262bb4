package web

import (
	"testing"

	"habeas/internal/testkit"
)

func TestZZShot(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	_, other, _ := o.aStatement(t, "vera", "in writing")
	b := testkit.NewBrowser(t, true)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	look := func(lang string) {
		for name, path := range map[string]string{
			"board": "/appeals", "case": casePath(other.ID) + "/appeals", "late": appealPath(other.ID, other.State.Appeals[0].Ref), "un": appealPath(file.ID, file.State.Appeals[1].Ref),
			"new":  casePath(other.ID) + "/appeals/new?step=RU-BODY-TO-COURT&parent=" + bare(other.State.Appeals[0].Ref) + "&term=RU-KAS-219&authority=" + string(other.State.Appeals[0].Authority),
			"body": "/authorities/new?unit=" + string(other.State.Appeals[0].Authority),
		} {
			b.Open(o.http.URL + path)
			b.Wait("h1")
			o.examine(b, lang+"-"+name)
		}
	}
	look("en")
	b.Open(o.http.URL + "/")
	b.Follow("form.langs button[lang=ru]")
	look("ru")
	b.Open(o.http.URL + "/")
	b.Follow("form.langs button[lang=ar]")
	look("ar")
}
