package web

import (
	"net/url"
	"testing"
	"time"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/store/postgres/postgrestest"
)

// TestDatabaseIsAway: the database does not answer while members work. The page says so,
// what was typed stands in it and nowhere else, and once the database is back the same
// form is sent from there. A login comes back without its passphrase.
func TestDatabaseIsAway(t *testing.T) {
	line, through := postgrestest.Through(t, postgrestest.Database(t))
	o := &office{t: t, now: time.Date(2022, 12, 21, 10, 0, 0, 0, time.UTC), log: &safeBuffer{}}
	o.cfg.Database = through + "\npatience 1\n"
	o.found(t.Context())
	o.open()
	omar, other := o.member("omar"), o.visitor()
	form, login := omar.Get("/cases/new").Want(200), other.Get("/login").Want(200)

	line.Cut()
	const typed = "A cellar that nobody has seen"
	away := form.Submit("main form", url.Values{"title": {typed}}).Want(503)
	away.Has("database does not answer", "Nothing was recorded")
	if got := away.In("[name=title]").Attr("value"); got != typed {
		t.Fatalf("what was typed came back as %q", got)
	}
	again := away.Submit("form[action=/cases]", nil).Want(503)
	if got := again.In("[name=title]").Attr("value"); got != typed {
		t.Errorf("sent again, what was typed came back as %q", got)
	}
	said := login.Submit("form[action=/login]", url.Values{"handle": {"vera"}, "pass": {demo.Members()[0].Passphrase}}).Want(503)
	said.Has("database does not answer").HasNot(demo.Members()[0].Passphrase)
	omar.Post("/search", url.Values{"form": {token(form)}, "q": {"a word looked for"}}).Want(503).HasNot("a word looked for")

	line.Mend()
	page := again.Submit("form[action=/cases]", nil)
	for end := time.Now().Add(10 * time.Second); page.Status == 503 && time.Now().Before(end); { // connections are made anew
		page = again.Submit("form[action=/cases]", nil)
	}
	if page.Status == 422 { // what the words are was asked first
		page = page.Submit("main form", url.Values{"say.title.0": {"none"}})
	}
	page.Want(200).Has(typed)
	drafts, err := o.desk.Drafts(t.Context(), o.actor("omar"))
	o.ok(err)
	if len(drafts) != 0 {
		t.Errorf("%d forms were kept", len(drafts))
	}
	if _, err := habeas.Verify(t.Context(), o.cfg.Dir, nil); err != nil {
		t.Error(err)
	}
}
