package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// A number that leads to a family; it is invented.
const trackingSeen = "77019938455521"

// TestLetterWithoutScript is a letter from its reckoning to its answer, by forms alone.
func TestLetterWithoutScript(t *testing.T) {
	o := demoOffice(t)
	v := o.member("vera")
	_, file, _ := o.aStatement(t, "vera", "in writing")
	base := casePath(file.ID)
	prosecutor := string(file.State.Appeals[0].Authority)
	p := v.Get(base + "/appeals").Want(200).Follow("a.act").Want(200)
	p.None("form[action=" + base + "/appeals]") // first to whom
	p = p.Submit("form[method=get]", url.Values{"authority": {prosecutor}}).Want(200)
	p = p.Submit("form[method=get]", url.Values{"term": {"RU-PROC-45"}, "by": {"post"}, "on": {"2022-12-01"}}).Want(200)
	p.Has("para. 5.1", "The day of the start is not counted.", "they have to act", "This is no legal advice")
	p = p.Submit("form[action="+base+"/appeals]", url.Values{"title": {"an order that nobody showed"}}).Want(200)
	p.Has("not sent yet", "an order that nobody showed", "has not begun")
	at := p.Address.Path
	for _, st := range []url.Values{
		{"step_what": {"sent"}, "on": {"2022-12-01"}, "tracking": {trackingSeen}}, {"step_what": {"received"}, "on": {"2022-12-05"}}, {"step_what": {"registered"}, "on": {"2022-12-06"}},
	} {
		p = p.Submit("form[action="+at+"/step]", st).Want(200)
	}
	p.Has("registered there", "9 January 2023").HasNot(trackingSeen)
	p.Submit("form[action="+at+"/step]", url.Values{"on": {"2022-13-01"}}).Want(422).Has("That is no day")
	p.Submit("form[action="+at+"/step]", url.Values{"on": {"2023-02-01"}}).Want(422).Has("still to come")
	p = p.Submit("form[action="+at+"/reply]", url.Values{"answer": {"denial"}, "on": {"2022-12-20"}, "text": {"We hold nobody of that name."}, "title": {"what the prosecutor answers"}}).Want(200)
	p.Has("denies holding the person", "answered", "what the prosecutor answers", "What may follow")
	p.In("main").Has("Code of Administrative Procedure art. 219(1)")
	v.Get("/appeals").Want(200).Has("an order that nobody showed", "until")
	v.Get("/").Want(200).Has("Our terms", "Overdue")

	// Numbers lead to a family: only while names are shown, and never to who has none.
	o.ok(o.desk.Reveal(t.Context(), o.actor("vera"), file.ID, "for a letter to the prosecutor", passOf("vera")))
	for _, handle := range []string{"omar", "ana", "ed"} {
		page := o.member(handle).Get(at).Want(200)
		page.HasNot(trackingSeen)
		testkit.Sweep(t, append(demo.Canaries(), trackingSeen), nil, map[string][]byte{handle: page.Body}, nil)
	}
	o.member("ana").Get(at).None("form[action=" + at + "/step]")

	// The family takes its numbers back: said what goes, with the passphrase, and the page says so.
	o.member("ana").Get(at).Want(200).None("[href=" + at + "/numbers]")
	q := o.member("vera").Get(at).Want(200).Follow("[href=" + at + "/numbers]").Want(200)
	q.Has("Tracking numbers: 1;", "This cannot be undone", "Fully erased by").HasNot(trackingSeen)
	form := "form[action=" + at + "/numbers]"
	q.Submit(form, url.Values{"pass": {"wrong"}}).Want(422)
	q = q.Submit(form, url.Values{"pass": {passOf("vera").Reveal()}}).Want(200)
	q.Has("The numbers and the address were erased on", "The family has asked for it", "Fully erased by", "denies holding the person").HasNot(trackingSeen)
	q.None("[name=tracking]").None("[href=" + at + "/numbers]")
	o.member("ana").Get(at).Want(200).Has("The numbers and the address were erased on").HasNot(trackingSeen)
	o.member("vera").Get(at + "/numbers").Want(404).Has("were erased")
}

// TestAllegedAddresseeOnThePage holds that what is said of a body stands on the page
// before anything can be written, and that nothing is recorded without it being read.
func TestAllegedAddresseeOnThePage(t *testing.T) {
	o := demoOffice(t)
	vera, file, told := o.aStatement(t, "vera", "in writing")
	police, err := o.desk.AddAuthority(t.Context(), vera, claim.Unit{Label: "the military police", Kind: "military-police"}, claim.Authority{Jurisdiction: "RU"})
	o.ok(err)
	passage := claim.Claim{Statement: told[0].Ref, Version: 1, Start: 0, End: 4, Stance: claim.Asserts, Basis: "witnessed"}
	_, err = o.desk.RecordEvent(t.Context(), vera, file.ID, habeas.EventClaims{Passage: passage, Type: "beating", Involved: []habeas.Involved{{Role: "carried-out", Ref: police}}})
	o.ok(err)
	v, base := o.member("vera"), casePath(file.ID)
	p := v.Get(base + "/appeals/new?authority=" + string(police)).Want(200)
	p.In("[role=alert]").Has("This body is itself said to have done something", "known independent origins: 1")
	p.Submit("form[action="+base+"/appeals]", url.Values{"title": {"a beating"}}).Want(422).Has("Read the warning first")
	p.Submit("form[action="+base+"/appeals]", url.Values{"title": {"a beating"}, "warned": {"1"}}).Want(200).Has("This body is itself said")
	p = v.Get(casePath(file.ID) + "/appeals/new?term=RU-APPEAL-REPLY&by=e-mail&on=2025-04-01&authority=" + string(file.State.Appeals[0].Authority)).Want(200)
	p.Has("it starts no term")
}

// TestDaysSayNothingElse holds that the calendar of days has days and nothing else.
func TestDaysSayNothingElse(t *testing.T) {
	o := demoOffice(t)
	page := o.member("ana").Get("/appeals/days.ics").Want(200)
	text := string(page.Body)
	if !strings.Contains(text, "DTSTART;VALUE=DATE:2023") {
		t.Errorf("got no days: %s", text)
	}
	for _, line := range strings.Split(text, "\r\n") {
		key, value, _ := strings.Cut(line, ":")
		switch key {
		case "", "BEGIN", "END", "VERSION", "PRODID", "DTSTAMP", "DTSTART;VALUE=DATE":
		case "UID":
			if day, ok := strings.CutSuffix(value, "@days"); !ok || len(day) != 8 {
				t.Errorf("got %q", line)
			}
		case "SUMMARY":
			if value != "Please look" {
				t.Errorf("got %q", line)
			}
		default:
			t.Errorf("got %q", line)
		}
	}
}

// TestHeedingATerm stops the mail that a term causes.
func TestHeedingATerm(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	ours := file.State.Appeals[1].Ref
	a, err := o.desk.Appeal(t.Context(), o.actor("vera"), file.ID, ours)
	o.ok(err)
	day, err := time.Parse(time.DateOnly, a.Clocks[0].Woken)
	o.ok(err)
	v := o.member("vera")
	v.Get(appealPath(file.ID, ours)).Want(200).None("form[action=" + appealPath(file.ID, ours) + "/heed]")
	o.now = day.Add(10 * time.Hour)
	before, err := o.desk.Waking(t.Context())
	o.ok(err)
	v = o.member("vera")
	v.Get(appealPath(file.ID, ours)).Want(200).Submit("form[action="+appealPath(file.ID, ours)+"/heed]", nil).Want(200).None("form[action=" + appealPath(file.ID, ours) + "/heed]")
	after, err := o.desk.Waking(t.Context())
	o.ok(err)
	if len(after) != len(before)-1 {
		t.Errorf("got %d days on which people are woken, want one less than %d", len(after), len(before))
	}
}
