package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// passphrase returns what a member of the demo types.
func passphrase(handle string) string {
	for _, m := range demo.Members() {
		if m.Handle == handle {
			return m.Passphrase
		}
	}
	return ""
}

// read takes a statement in as vera would, without script: it names everybody
// and settles the text. It returns the path of the statement.
func (o *office) read(t *testing.T, v *testkit.Visitor, base, source string) string {
	t.Helper()
	page := v.Get(base + "/statements/new").Want(200)
	page = page.Submit("main form", url.Values{"text": {toldAgain}, "source": {source}, "received": {"2022-12-20"}, "medium": {"call"}, "in": {"en"}}).Want(200)
	at := addressOf(page)
	page.In("#bar").Has("2 words still look like names")
	page.In("#pane").In(".passage").Has("Елисей Кудеяров")
	page = page.Submit("#bar form", nil).Want(422)
	page.In("[role=alert]").Has("2 words still look like names")

	// The comrade is in the case already; the man at the door is not.
	person := optionWith(t, page.In("#link-person"), "")
	page = page.Submit("#link", url.Values{"person": {person}}).Want(200)
	page.In("#pane").In(".passage").Has("Артамон Щебетун")
	form := page.In("#new").In("form")
	if got := form.In("[name=part1]").Attr("value") + " " + form.In("[name=part2]").Attr("value"); got != "Артамон Щебетун" {
		t.Errorf("got %q as a first guess at the parts of the name", got)
	}
	page = page.Submit("#new form", url.Values{"part1": {""}, "part2": {""}, "note": {"came once"}}).Want(422)
	if got := page.In("#new").In("[name=note]").Attr("value"); got != "came once" {
		t.Errorf("got note %q back, want what was typed", got)
	}
	page = page.Submit("#new form", url.Values{"part1": {"Артамон"}, "kind1": {"given"}, "part2": {"Щебетун"}, "kind2": {"family"}}).Want(200)
	page.In("#bar").Has("0 words still look like names", "2 names linked")
	page.Submit("#bar form", nil).Want(200)
	settled := v.Get(at).Want(200)
	settled.HasNot("Кудеяров", "Щебетун", "Артамон").None("#bar")
	return at
}

func addressOf(p *testkit.Page) string { return p.Address.Path }

// optionWith returns the value of the first choice whose words hold some, and
// that is a choice.
func optionWith(t *testing.T, sel testkit.Part, words string) string {
	t.Helper()
	options := sel.In("option")
	for i := range sel.Count("option") {
		o := options.At(i)
		if v := o.Attr("value"); v != "" && strings.Contains(o.Text(), words) {
			return v
		}
	}
	t.Fatalf("no choice with %q", words)
	return ""
}

// TestReadingWithoutScript tells how a testimony is taken in, read, and made
// into a claim that is corrected, withdrawn and brought back.
func TestReadingWithoutScript(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	base := "/case/" + file.ID.String()
	v := o.member("vera")
	at := o.read(t, v, base, string(anySource(file.State)))

	take := v.Get(at + "?s=2").Want(200)
	take.In("#pane").In(".passage").Has("kept in the basement until July")
	person := optionWith(t, take.In("#take-subject"), "")
	values := url.Values{"kind": {"status"}, "subject": {person}, "status": {"liberty:held"}, "when": {"2022-13"}, "basis": {"told"}, "src1": {"?"}, "quote": {"kept in the basement"}}
	page := take.Submit("#take", values).Want(422)
	page.In("#take").In("[name=when]").Has()
	if got := page.In("#take").In("[name=when]").Attr("aria-invalid"); got != "true" {
		t.Errorf("got aria-invalid %q at the date, want true", got)
	}
	if got := page.In("#take").In("[name=quote]").Attr("value"); got != "kept in the basement" {
		t.Errorf("got quote %q back", got)
	}
	page = page.Submit("#take", url.Values{"when": {"../2022-07"}}).Want(200)
	page.In("ol.claims").Has("held", "until July 2022", "someone unknown")
	v.Get(base).Want(200).In("table.findings").At(0).Has("held")

	// Corrected, with a reason; then withdrawn; then brought back.
	edit := page.Follow("ol.claims .go").Want(200)
	got := edit.Submit("form.take", url.Values{"when": {"../2022-08"}, "reason": {""}}).Want(422).In("form.take").In("[name=when]").Attr("value")
	if got != "../2022-08" {
		t.Errorf("got date %q back, want what was typed", got)
	}
	edit = v.Get(addressOf(edit)).Want(200)
	page = edit.Submit("form.take", url.Values{"when": {"../2022-08"}, "reason": {"misheard the month"}}).Want(200)
	page.In("ol.claims").Has("until August 2022", "corrected by Vera", "misheard the month")
	edit = page.Follow("ol.claims .go").Want(200)
	edit.Submit("form.narrow", url.Values{"reason": {"said of somebody else"}}).Want(200).In("ol.claims").Has("withdrawn by Vera")
	history := v.Get(base + "/history").Want(200)
	history.In("ol.history").Has("Claim withdrawn", "said of somebody else", "misheard the month")
	undo := history.In("ol.history").In("form").At(0).Attr("action") // the latest is on top
	history.Submit("form[action="+undo+"]", url.Values{"reason": {"it was him after all"}}).Want(200).In("ol.history").Has("it was him after all", "undone later")
	v.Get(at).Want(200).In("ol.claims").Has("until August 2022").HasNot("withdrawn by")

	// The analyst reads the same, and no name.
	a := o.member("ana")
	for _, path := range []string{base, at, at + "?s=1", base + "/history", base + "/people", base + "/person/" + person[2:]} {
		a.Get(path).Want(200).HasNot("Кудеяров", "Щебетун", "Артамон", "Воробейчиков")
	}
	a.Get(base + "/statements/new").Want(403)
	a.Get(base + "/names").Want(403)
}

// TestRevealTakesAReason tells how names are looked at, and hidden again.
func TestRevealTakesAReason(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	base := "/case/" + file.ID.String()
	at := base + "/statement/" + bare(told[0].Ref)
	v := o.member("vera")
	page := v.Get(at).Want(200)
	page.HasNot("Воробейчиков")
	page = page.Submit("form[action="+base+"/names]", url.Values{"reason": {"to call the mother back"}, "pass": {"not the passphrase"}}).Want(422)
	if got := page.In("main").In("[name=reason]").Attr("value"); got != "to call the mother back" {
		t.Errorf("got reason %q back", got)
	}
	page.HasNot("not the passphrase")
	page = page.Submit("main form[action="+base+"/names]", url.Values{"pass": {passphrase("vera")}}).Want(200)
	if got := addressOf(page); got != at {
		t.Errorf("came back to %s, want %s", got, at)
	}
	page.In("ol.sentences").Has("Воробейчиков")
	v.Get(base + "/person/" + bare(affected(file.State))).Want(200).In("#identity").Has()
	o.member("ana").Get(base + "/history").Want(200).Has("to call the mother back").HasNot("Воробейчиков")
	page.Submit("form[action="+base+"/hide]", nil).Want(200).HasNot("Воробейчиков")

	page = v.Get(at)
	page.Submit("form[action="+base+"/names]", url.Values{"reason": {"to call the mother back"}, "pass": {passphrase("vera")}}).Want(200)
	o.pass(11 * 60 * 1e9)
	v.Get(at).Want(200).HasNot("Воробейчиков")
}

var names = regexp.MustCompile(`Воробейчиков|Vorobe|Тихон`)

// TestWayOut tells how a dossier leaves: previewed and proposed by one, approved
// by another, released by the editor, downloaded as it was checked.
func TestWayOut(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	base := "/case/" + file.ID.String()
	vera, ed := o.member("vera"), o.member("ed")
	page := vera.Get(base + "/dossiers?audience=public&in=en").Want(200)
	page.In(".gate").Has("lets it through")
	page = page.Submit(".preview form.sheet", nil).Want(200)
	at := addressOf(page)
	page.None("form[action=" + at + "/approve]").Has("other than the one who proposed it")
	ed.Get(at + "/all.zip").Want(403)
	seen := ed.Get(at).Want(200)
	if names.MatchString(string(seen.Body)) {
		t.Error("the editor sees a name")
	}
	seen.None("form[action=" + at + "/release]")
	seen = seen.Submit("form[action="+at+"/approve]", url.Values{"reason": {"x"}}).Want(422)
	seen = seen.Submit("form[action="+at+"/approve]", url.Values{"reason": {"the guards know, they cannot tell which of five"}}).Want(200)
	seen = seen.Submit("form[action="+at+"/release]", url.Values{"recipient": {"the archive of the movement"}, "pass": {"wrong"}}).Want(422)
	if got := seen.In("[name=recipient]").Attr("value"); got != "the archive of the movement" {
		t.Errorf("got recipient %q back", got)
	}
	seen = seen.Submit("form[action="+at+"/release]", url.Values{"recipient": {"the archive of the movement"}, "pass": {passphrase("ed")}}).Want(200)
	seen.In("ol.steps").Has("Released Ed")
	seen.Has("to: the archive of the movement")
	vera.Get(base + "/statement/" + bare(file.State.Statements[0].Ref) + "/consent").Want(200).Has("the archive of the movement")
	text := ed.Get(at + "/file/dossier.txt").Want(200)
	if got := text.Header.Get("Content-Disposition"); got != "attachment; filename=dossier.txt" {
		t.Errorf("got Content-Disposition %q", got)
	}
	if names.Match(text.Body) || len(text.Body) < 500 {
		t.Errorf("got %d bytes, or a name in them", len(text.Body))
	}
	ed.Get(at + "/file/nothing.txt").Want(404)
	vera.Get(at + "/all.zip").Want(403)
	if got := string(ed.Get(at + "/all.zip").Want(200).Body[:2]); got != "PK" {
		t.Errorf("got %q, want an archive", got)
	}
}
