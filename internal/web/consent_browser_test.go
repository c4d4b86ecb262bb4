package web

import (
	"strings"
	"testing"

	"habeas/internal/testkit"
)

// TestConsentInABrowser tells, by keyboard, how a caseworker records what a mother
// agreed to, that her son was found and wants no contact, that somebody may be
// the danger, and when the case is to be looked at again.
func TestConsentInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	base := o.http.URL + casePath(file.ID)
	mother := base + "/statement/" + bare(told[0].Ref)
	b.Resize(1280, 900)
	o.enter(b, "vera")

	b.Open(mother)
	b.Follow("a[href$='/consent']")
	b.Wait("#agree-giver")
	o.look(b, "consent")
	b.Set("#agree-named_press", "cover")
	b.Fill("#agree-from", "next week")
	b.Follow("section[aria-labelledby=agree] button")
	b.Wait("[role=alert]")
	o.look(b, "consent-refused")
	if got := b.Value("#agree-from") + " " + b.Value("#agree-named_press"); got != "next week cover" {
		t.Errorf("what was typed came back as %q", got)
	}
	b.Fill("#agree-from", "2022-12-01")
	b.Follow("section[aria-labelledby=agree] button")
	b.Wait("#back-reason")
	if got := b.Text("section[aria-labelledby=consent]"); !strings.Contains(got, "the press — people: under a cover name") {
		t.Errorf("the press is not among those who may have it: %s", got)
	}
	b.Fill("#back-reason", "she is afraid")
	b.Follow("form[action$='/withdraw'] button")
	b.Wait(".sheet .notice")
	o.look(b, "consent-withdrawn")
	b.Open(base + "/dossiers?audience=authority&in=en")
	b.Wait(".gate")
	if got := b.Text(".preview"); !strings.Contains(got, "taken back") {
		t.Errorf("the preview does not say what stays out: %.300s", got)
	}
	o.look(b, "dossier-without-her")

	b.Open(base + "/person/" + bare(affected(file.State)))
	b.Unfold("section[aria-labelledby=stop] summary")
	b.Fill("#stop-since", "2022-12-19")
	b.Follow("section[aria-labelledby=stop] button")
	b.Wait("section[aria-labelledby=stop] .notice")
	o.look(b, "person-stopped")
	b.Unfold("section[aria-labelledby=turns] summary")
	b.Follow("form[action$='/turn'] button")
	b.Wait("section[aria-labelledby=turns] ul")

	b.Open(base + "/settings?source=" + string(told[0].Source))
	b.Wait("#caution-rule")
	b.Set("#caution-rule", "only-listen")
	b.Fill("#caution-reason", "asks where he lives now")
	b.Follow("form[action$='/caution'] button")
	b.Wait("section[aria-labelledby=sources] q")
	b.Fill("#keeping-review", "2022-12-20")
	b.Follow("form[action$='/keeping'] button")
	b.Wait("#keeping-review")
	o.look(b, "settings")
	b.Open(base)
	b.Wait(".findings")
	if got := b.Text("main"); !strings.Contains(got, "Listen, and tell them nothing") || !strings.Contains(got, "was found: no contact with the family") {
		t.Errorf("the page of the case does not warn: %.400s", got)
	}
	o.look(b, "case-warned")
	b.Follow("a[href*='without=']")
	b.Wait("p.notice[role=status]")
	o.look(b, "case-without")
	b.Open(o.http.URL + "/")
	b.Wait("section[aria-labelledby=due]")
	o.look(b, "today-due")
	b.Open(o.http.URL + "/retention")
	b.Fill("#retention-review_months", "six")
	b.Follow("form[action='/retention'] button")
	b.Wait("[role=alert]")
	b.Fill("#retention-review_months", "6")
	b.Follow("form[action='/retention'] button")
	b.Wait("main form")
	o.look(b, "retention")
	if got := b.Value("#retention-review_months"); got != "6" {
		t.Errorf("got %q months back", got)
	}
	for _, c := range b.Complaints() {
		if !strings.Contains(c, "422") { // the forms that were refused
			t.Error(c)
		}
	}
}
