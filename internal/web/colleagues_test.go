package web

import (
	"net/url"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/vault"
)

// TestNameIsLookedUpOnAPage: vera types a whole name and is told a cover name. The
// name is on no page afterwards, and in no address or log line.
func TestNameIsLookedUpOnAPage(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	v := o.member("vera")
	v.Get("/search").Want(200).In("a[href=/lookup]")
	page := v.Get("/lookup").Want(200)
	page.Has("0 of 40")
	found := page.Submit("form[action=/lookup]", url.Values{"name": {"Воробейчиков Тихон Маркович"}}).Want(200)
	cover := file.State.Cover(affected(file.State))
	found.In("table").Has(cover).Has("the same name")
	found.Has("1 of 40").HasNot("Воробейчиков", "Тихон", "Маркович")
	if got := found.In("main input[name=name]").Attr("value"); got != "" {
		t.Error("the field still holds the name")
	}
	// What is refused comes back as it was typed.
	part := v.Get("/lookup").Submit("form[action=/lookup]", url.Values{"name": {"Воробейчиков"}}).Want(422)
	if got := part.In("main input[name=name]").Attr("value"); got != "Воробейчиков" {
		t.Errorf("got %q back, want what was typed", got)
	}
	part.HasNot(cover)
	nobody := part.Submit("form[action=/lookup]", url.Values{"name": {"Остромир Белоконь"}}).Want(200)
	nobody.HasNot(cover)
	o.member("ana").Get("/looks").Want(200).Has("2 of 40")
	v.Get("/audit?what=name-looked-up").Want(200).In("tbody").Has("looked a name up").HasNot(cover)
	testkit.Sweep(t, demo.Canaries(), []string{o.cfg.Dir}, map[string][]byte{"log": o.log.Bytes(), "found": found.Body}, nil)
}

// TestColleagueAgrees: omar lets vera look at more names; ana, who holds none,
// has no such form.
func TestColleagueAgrees(t *testing.T) {
	o := demoOffice(t)
	omar := o.member("omar")
	omar.Get("/looks").Want(200).HasNot("action=\"/looks/") // there is no need to
	o.useUp(t, "vera")
	page := omar.Get("/looks").Want(200)
	form := "form[action=/looks/" + o.id(t, "vera") + "]"
	page.Submit(form, url.Values{"pass": {"wrong words"}}).Want(422).Submit(form, url.Values{"pass": {passOf("omar").Reveal()}}).Want(200).Has("40 of 80")
	omar.Get("/looks").HasNot("/looks/" + o.id(t, "vera"))
	o.member("ana").Get("/looks").Want(200).HasNot("action=\"/looks/")
	o.member("vera").Get("/audit").Want(200).Has("agreed to more looks for a colleague")
	o.member("omar").Get("/audit").Want(403)
}

// TestAuditHoldsNothing: the record names members and days, and nothing of a case.
func TestAuditHoldsNothing(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	v, base := o.member("vera"), casePath(file.ID)
	v.Get(base+"/names").Submit("form[action="+base+"/names]", url.Values{"reason": {"the mother rang again"}, "pass": {passOf("vera").Reveal()}}).Want(200)
	page := v.Get("/audit?what=names-shown").Want(200)
	page.HasNot("the mother rang again", file.State.Case.Title, file.State.Cover(affected(file.State)))
	if got := page.In("tbody a").Attr("href"); got != base {
		t.Errorf("got a link to %q for who holds the circle, want the case", got)
	}
	for _, odd := range []string{"?who=x&what=y", "?from=-1", "?from=99999999999999999999", "?from=7", "?who=%22%3E%3Cscript%3E"} {
		v.Get("/audit" + odd).Want(200)
	}
}

// useUp looks up as many names as a day allows.
func (o *office) useUp(t *testing.T, handle string) {
	t.Helper()
	by, err := demo.Actor(t.Context(), o.desk, handle)
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		if _, err := o.desk.LookUp(t.Context(), by, vault.NewText("Остромир Белоконь")); err != nil {
			t.Fatal(err)
		}
	}
}

// id returns the ID of a member of the demo.
func (o *office) id(t *testing.T, handle string) string {
	t.Helper()
	by, err := demo.Actor(t.Context(), o.desk, handle)
	if err != nil {
		t.Fatal(err)
	}
	return by.Member.String()
}

// TestLiaisonPageOfOneCircle: who holds one circle is offered nothing, and is
// refused as if there were no other.
func TestLiaisonPageOfOneCircle(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	v, path := o.member("vera"), casePath(file.ID)+"/liaisons"
	page := v.Get(path).Want(200)
	page.HasNot("action=\"" + path)
	typed := url.Values{"form": {token(page)}, "which": {"liaison"}, "person": {bare(affected(file.State))}, "circle": {strings.Repeat("3c", 16)},
		"cover": {"Heron"}, "reason": {"the same unit"}}
	v.Post(path, typed).Want(404)
	if claim.Ref("p:"+typed.Get("person")) != affected(file.State) {
		t.Fatal("the form did not hold the person")
	}
}
