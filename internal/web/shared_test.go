package web

import (
	"bytes"
	"net/url"
	"testing"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/vault"
)

// strangeName is the name of an invented person that every dossier seems to hold: it
// begins with the day on which it was prepared.
var strangeName = []vault.Part{{Kind: "given", Text: vault.NewText("Prepared")}, {Kind: "family", Text: vault.NewText("November")}}

// withheld lets ed try so often to release a dossier that names somebody of the
// circle of zoe, who marks it on her page.
func (o *office) withheld(t *testing.T, times int) (path string, page *testkit.Page) {
	t.Helper()
	ctx := t.Context()
	other := o.gather()
	zoe, v := o.castActor("zoe"), o.as("zoe")
	there, err := o.desk.OpenCase(ctx, zoe, other, habeas.NewCase{Title: "The one by the river", About: "person"})
	o.ok(err)
	_, err = o.desk.AddPerson(ctx, zoe, there, habeas.NewPerson{Protection: "protected", Parts: strangeName})
	o.ok(err)
	form := "form[action=/circle/" + other.String() + "/check]"
	mine := v.Get("/access").Want(200)
	mine.Has("Shared check: off")
	mine.Submit(form, url.Values{"pass": {"wrong words"}}).Want(422)
	v.Get("/access").Submit(form, url.Values{"pass": {castPass}}).Want(200).Has("Shared check: on")

	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	ref, err := o.propose(o.t, o.actor("ed"), file.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	o.ok(err)
	o.ok(o.desk.Approve(ctx, o.actor("omar"), file.ID, ref, "only the ministry will read it"))
	path = casePath(file.ID) + "/dossier/" + bare(ref)
	ed := o.member("ed")
	for range times {
		page = ed.Get(path).Want(200).Submit("form[action="+path+"/release]", url.Values{"recipient": {"the ministry"}, "pass": {passOf("ed").Reveal()}})
	}
	return path, page
}

// castActor logs one of the cast in.
func (o *office) castActor(handle string) habeas.Actor {
	o.t.Helper()
	token, err := o.desk.Login(o.t.Context(), handle, vault.NewText(castPass))
	o.ok(err)
	by, err := o.desk.Actor(o.t.Context(), token)
	o.ok(err)
	return by
}

// TestWithheldOnAPage: whoever releases reads three words, and the keeper who and
// which dossier.
func TestWithheldOnAPage(t *testing.T) {
	o := demoOffice(t)
	path, page := o.withheld(t, 1)
	page.Want(422).In("[role=alert]").Has("Withheld: ask a keeper.").HasNot("Others", "river", "Prepared")
	ed := o.member("ed")
	seen := ed.Get("/access").Want(200)
	seen.HasNot("Shared check: on", "Others")
	seen.None("main form[method=post]")
	vera := o.member("vera")
	audit := vera.Get("/audit").Want(200)
	audit.In("#withheld").Has("Releases withheld")
	audit.In("tbody").Has("had a release withheld").HasNot("Others", "river")
	audit.In("tbody a[href=" + path + "]").Has("dossier")
	for _, who := range []string{"kim", "aud"} { // who do not hold the circle
		seen := o.as(who).Get("/audit").Want(200)
		seen.In("#withheld").Has("Releases withheld")
		seen.None("tbody a")
		seen.HasNot("Others", "river")
		if who == "aud" {
			seen.None("main form[method=post]")
		}
	}
	looked := "form[action=/audit/" + o.id(t, "ed") + "/looked]"
	vera.Get("/audit").Submit(looked, url.Values{"pass": {"wrong words"}}).Want(422)
	audit = vera.Get("/audit").Submit(looked, url.Values{"pass": {passOf("vera").Reveal()}}).Want(200)
	audit.None("#withheld")
	audit.Has("looked into withheld releases")
	if bytes.Contains(o.log.Bytes(), []byte("river")) {
		t.Error("the log holds the title of a case")
	}
	testkit.Sweep(t, demo.Canaries(), []string{o.cfg.Dir}, map[string][]byte{"log": o.log.Bytes(), "withheld": page.Body, "audit": audit.Body}, nil)
}
