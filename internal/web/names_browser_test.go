package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"habeas"
	"habeas/internal/testkit"
)

// marked is where a real name may stand on a page: all of it is left out in print.
var marked = regexp.MustCompile(`(?s)<(?:a|b) class="chip real[^>]*>[^<]*</(?:a|b)>|<option[^>]*>[^<]*</option>|<dl class="identity">.*?</dl>`)

// onlyMarked fails if a real name stands in plain text on a page of a case, while
// names are shown to a member.
func (o *office) onlyMarked(t *testing.T, handle string, file *habeas.CaseFile) {
	t.Helper()
	v, base := o.member(handle), casePath(file.ID)
	v.Get(base+"/names").Submit("form[action="+base+"/names]", url.Values{"reason": {"the mother is still on the phone"}, "pass": {passOf(handle).Reveal()}})
	told := base + "/statement/" + bare(file.State.Statements[0].Ref)
	for _, path := range []string{base, base + "/people", base + "/history", base + "/dossiers", told, told + "?s=1",
		base + "/person/" + bare(affected(file.State)), base + "/claim/" + file.State.Claims[0].Entry.String()} {
		page := v.Get(path).Want(200)
		page.In(".chip.real")
		rest := marked.ReplaceAllString(string(page.Body), "")
		for _, n := range []string{"Воробейчиков", "Тихон", "Пелаге"} {
			if i := strings.Index(rest, n); i >= 0 {
				t.Errorf("%s: a real name stands in plain text: %.200s", path, rest[max(0, i-100):])
			}
		}
	}
}

// TestNamesInABrowser shows real names in place to a caseworker who says why,
// and hides them again. The pages break no rule of accessibility meanwhile, nor
// does a refused form.
func TestNamesInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	person := casePath(file.ID) + "/person/" + bare(affected(file.State))
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + person)
	b.Fill("#reveal-reason", "because")
	b.Fill("#reveal-pass", passOf("vera").Reveal())
	b.Follow("form[action$='/names'] button")
	b.Wait("[role=alert]")
	o.examine(b, "names-refused")
	if got := b.Value("#reveal-reason"); got != "because" {
		t.Errorf("got reason %q back, want what was typed", got)
	}
	if got := b.Value("#reveal-pass"); got != "" {
		t.Error("the passphrase came back with the form")
	}
	b.Fill("#reveal-reason", "the mother is on the phone")
	b.Fill("#reveal-pass", passOf("vera").Reveal())
	b.Follow("form[action$='/names'] button")
	b.Wait(".identity")
	if got := b.Text(".identity"); !strings.Contains(got, "Воробейчиков") {
		t.Errorf("got %q, want the real name", got)
	}
	o.examine(b, "names-person")
	b.Open(o.http.URL + casePath(file.ID) + "/statement/" + bare(told[0].Ref))
	if got := b.Text(".sentences .chip.real"); !strings.Contains(got, "Воробейчиков") {
		t.Errorf("got %q in the text, want the real name", got)
	}
	o.examine(b, "names-desk")
	o.onlyMarked(t, "vera", file)
	b.Follow("form.notice button")
	if got := b.HTML(); strings.Contains(got, "Воробейчиков") || strings.Contains(got, "Тихон") {
		t.Error("a name is shown after it was hidden")
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
