package web

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/vault"
)

// demoOffice is an office with the demo's two cases in it.
func demoOffice(t *testing.T) *office {
	t.Helper()
	return demoOfficeWith(t, "")
}

// demoOfficeWith is an office with a folder of templates.
func demoOfficeWith(t *testing.T, templates string) *office {
	t.Helper()
	begun, err := theDemo()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	testkit.CopyTree(t, dir, begun)
	o := demoIn(dir)
	o.t, o.cfg.Templates = t, templates
	if o.desk, err = habeas.Open(o.cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.desk.Close() })
	o.open()
	return o
}

// demoIn says where in a directory the demo is, and of when.
func demoIn(dir string) *office {
	o := &office{now: time.Date(2022, 12, 21, 10, 0, 0, 0, time.UTC), log: &safeBuffer{}}
	o.cfg = habeas.Config{Dir: filepath.Join(dir, "data"), Cost: vault.Cost{Time: 1, Memory: 64}, Now: o.clock}
	return o
}

// theDemo returns where the demo is as it was when it was just made: made once, and
// copied for each test.
var theDemo = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(scratch, "demo")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	d, err := demo.Create(context.Background(), demoIn(dir).cfg, func(string) {})
	if err != nil {
		return "", err
	}
	return dir, d.Close()
})

// TestWhomACaseIsAbout is said on the page of a person, and their cover name then
// stands at the head of the case.
func TestWhomACaseIsAbout(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	was, next := affected(file.State), claim.Ref("")
	for ref, p := range file.State.Persons {
		if ref != was && p.Count < 2 {
			next = ref
		}
	}
	v, base := o.member("ana"), casePath(file.ID)
	say := func(ref claim.Ref) string { return "form[action=" + base + "/person/" + bare(ref) + "/affected]" }
	page := v.Get(base + "/person/" + bare(was)).Want(200)
	page.Has("This case is about this person").None(say(was))
	page = v.Get(base+"/person/"+bare(next)).Want(200).Submit(say(next), nil).Want(200)
	page.None(say(next))
	if got, want := page.In("h1").Text(), file.State.Cover(next); got != want {
		t.Errorf("got %q at the head of the case, want %q", got, want)
	}
	v.Get(base + "/history").Has("Case described")
	o.member("ed").Get(base + "/person/" + bare(was)).Want(200).None(say(was))
}

// TestLooksLikeANameInACase refuses words that look like a name in the free text
// of the pages of a case, until whoever typed them says that they have looked.
func TestLooksLikeANameInACase(t *testing.T) {
	const words = "as Pavel Mirnenko told us"
	for name, c := range map[string]struct {
		page, form string // below the case
		values     url.Values
	}{
		"note on a new person": {"/people", "/people", url.Values{"note": {words}}},
		"note on a person":     {"/person/", "/person/", url.Values{"note": {words}}},
		"reason to withdraw":   {"/claim/", "/claim/", url.Values{"reason": {words}}},
		"title of a statement": {"/statements/new", "/statements", url.Values{"text": {"They took him."}, "source_role": {"sister"}, "title": {words}}},
	} {
		t.Run(name, func(t *testing.T) {
			o := demoOffice(t)
			_, file, _ := o.aStatement(t, "vera", "lieutenant")
			path, action := casePath(file.ID)+c.page, casePath(file.ID)+c.form
			switch c.page {
			case "/person/":
				path += bare(affected(file.State))
				action = path
			case "/claim/":
				path += file.State.Claims[0].Entry.String()
				action = path + "/withdraw"
			}
			form := "form[action=" + action + "]"
			v := o.member("vera")
			page := v.Get(path).Want(200)
			page.None(".words-found")
			page = page.Submit(form, c.values).Want(422)
			page.Has("looks as if it names somebody").None("[name=sure]")
			said := page.In(form).In(".words-found")
			said.Has("Pavel Mirnenko", "nobody’s name", "a public figure")
			page.Submit(form, nil).Want(422) // nothing was said of the words
			page.Submit(form, url.Values{said.In("select").Attr("name"): {"none"}}).Want(200)
		})
	}
}
