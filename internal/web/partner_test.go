package web

import (
	"net/url"
	"strings"
	"testing"
)

// TestAttackNameInAnAddress: an editor in a hurry types a person's name where the
// partner goes that a dossier is for. It is refused at the form, where it can be
// mended, and it is in no address, so neither in a history nor in a proxy's log; a
// link with names in it, followed again and again, tells nothing and writes nothing.
func TestAttackNameInAnAddress(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	path := casePath(file.ID) + "/dossiers"
	ed := o.as("ed")
	page := ed.Get(path).Want(200)
	if page.Count("form[method=get]") != 0 {
		t.Error("a form puts what was typed into the address")
	}
	before := o.stored(t)
	for range 6 {
		ed.Get(path + "?audience=partner&in=en&partner=" + url.QueryEscape("Тихон Воробейчиков")).Want(200)
	}
	if after := o.stored(t); after != before {
		t.Error("reading a page wrote something")
	}
	typed := func(partner string) url.Values {
		return url.Values{"audience": {"partner"}, "in": {"en"}, "partner": {partner}}
	}
	const look = "section[aria-labelledby=make] form"
	named := page.Submit(look, typed("Тихон Воробейчиков")).Want(422)
	if named.Count(look) != 1 || named.Count("section.preview") != 0 {
		t.Error("the form did not come back")
	}
	ours := named.Submit(look, typed("the archive in the port")).Want(200)
	if got := ours.Count("section.preview"); got != 1 {
		t.Errorf("got %d previews, want one", got)
	}
	if strings.Contains(string(ours.Body), "/dossiers?") {
		t.Error("what was typed is in an address")
	}
}
