package web

import (
	"net/url"
	"strings"
	"testing"

	"habeas/internal/testkit"
)

// TestImpossibleDays types days that are none into every form about a letter. Each comes
// back with a plain sentence, at the field, and with all that was typed.
func TestImpossibleDays(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "in writing")
	at, base := appealPath(file.ID, file.State.Appeals[0].Ref), casePath(file.ID)
	v := o.member("vera")
	back := func(p *testkit.Page, in string, typed map[string]string, said string) {
		t.Helper()
		p.Want(422).In("[role=alert]").Has(said)
		for field, want := range typed {
			got := ""
			if area := in + " textarea[name=" + field + "]"; p.Count(area) > 0 {
				got = p.In(area).Text()
			} else {
				got = p.In(in + " [name=" + field + "]").Attr("value")
			}
			if got != want {
				t.Errorf("%s: got %q back, want %q", field, got, want)
			}
		}
	}
	const none = "That is no day"
	step := "form[action=" + at + "/step]"
	for _, day := range []string{"2022-02-30", "30.02.2022", "2022-13", "tomorrow", "2022-02-10/2022-02-01", ""} {
		back(v.Get(at).Submit(step, url.Values{"on": {day}, "tracking": {trackingSeen}}), step, map[string]string{"on": day, "tracking": trackingSeen}, none)
	}
	back(v.Get(at).Submit(step, url.Values{"on": {"2022-12-01"}, "clock": {"25:61"}, "tracking": {trackingSeen}}), step, map[string]string{"on": "2022-12-01", "clock": "25:61", "tracking": trackingSeen}, "hours and minutes")
	back(v.Get(at).Submit(step, url.Values{"on": {"2022-12"}, "clock": {"10:00"}}), step, map[string]string{"on": "2022-12", "clock": "10:00"}, none)
	reply := "form[action=" + at + "/reply]"
	typed := func(on, said string) (url.Values, map[string]string) {
		return url.Values{"answer": {"denial"}, "on": {on}, "said": {said}, "text": {"We hold nobody."}, "title": {"an answer"}}, map[string]string{"on": on, "said": said, "text": "We hold nobody.", "title": "an answer"}
	}
	values, want := typed("2022-02-30", "2022-12-01")
	back(v.Get(at).Submit(reply, values), reply, want, none)
	values, want = typed("2022-12-01", "2022-02-30")
	back(v.Get(at).Submit(reply, values), reply, want, none)
	forward := "form[action=" + at + "/forward]"
	other := ""
	for _, a := range file.State.Appeals {
		if a.Authority != file.State.Appeals[0].Authority {
			other = string(a.Authority)
		}
	}
	if other == "" {
		rows, err := o.desk.Authorities(t.Context(), o.actor("vera"))
		o.ok(err)
		for _, r := range rows {
			if r.Authority.Unit != file.State.Appeals[0].Authority {
				other = string(r.Authority.Unit)
			}
		}
	}
	back(v.Get(at).Submit(forward, url.Values{"on": {"2022-02-30"}, "authority": {other}}), forward, map[string]string{"on": "2022-02-30"}, none)

	// What is only asked, and not recorded, says so too.
	ask := "/appeals/new?by=fax&term=RU-PROC-45&on=2022-02-30&authority=" + url.QueryEscape(string(file.State.Appeals[0].Authority))
	p := v.Get(base + ask)
	p.Want(422).In("[role=alert]").Has(none)
	if got := p.In("#look-on").Attr("value"); got != "2022-02-30" {
		t.Errorf("got %q back, want the day that was typed", got)
	}
	p.In("#look-RU-PROC-45[checked]")
	if strings.Contains(p.Text(), "How it was reckoned") {
		t.Error("something was reckoned from no day")
	}
}

// TestRulesWithAnError records rules with a mistake: the line is named, what was typed
// comes back, and the rules before them stay.
func TestRulesWithAnError(t *testing.T) {
	o := demoOffice(t)
	v := o.member("vera")
	const form, good = "form[action=/appeals/rules]", "rule XX-INVENTED 1\njurisdiction RU\naddressee any body\nlaw an invented law\nstarts received\nwhat it arrives\nduty theirs\nlength 10 days\nfirst-day not counted\nend stays\nsource a test\nchecked 2022-12-01\nby nobody\nconfirmed no\nopen it is invented\n"
	v.Get("/appeals/rules").Submit(form, url.Values{"term_text": {good}}).Want(200).Has("XX-INVENTED v1")
	newer := strings.Replace(good, "INVENTED 1", "INVENTED 2", 1)
	for line, bad := range map[string]string{
		"Line 8 is wrong":    strings.Replace(newer, "10 days", "soon", 1),
		"Line 12 is wrong":   strings.Replace(newer, "2022-12-01", "2022-02-30", 1),
		"Line 1 is wrong":    good, // this version is there
		"do not fit with":    strings.NewReplacer("XX-INVENTED 1", "RU-KAS-219 9", "duty theirs", "duty nobody").Replace(good),
		"Line 15 is wrong. ": strings.Replace(newer, "open it", "opens it", 1),
	} {
		p := v.Get("/appeals/rules").Submit(form, url.Values{"term_text": {bad}}).Want(422)
		p.In("[role=alert]").Has(line)
		if got := p.In(form + " textarea").Text(); got != strings.Join(strings.Fields(bad), " ") {
			t.Errorf("%s: got back %.80q", line, got)
		}
		v.Get("/appeals/rules").Want(200).Has("XX-INVENTED v1").HasNot("XX-INVENTED v2")
	}
}
