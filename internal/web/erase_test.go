package web

import (
	"net/url"
	"strings"
	"testing"

	"habeas/internal/testkit"
)

// A caseworker erases what a mother told, without script, after a wrong
// passphrase. Others find that it is gone, and why.
func TestErasingAStatement(t *testing.T) {
	o := demoOffice(t)
	released := o.released(t, "authority")
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	base := casePath(file.ID)
	path := base + "/statement/" + bare(told[0].Ref)
	v := o.member("vera")
	page := v.Get(path).Want(200).Follow("a[href=" + path + "/erase]").Want(200)
	page.Has("cannot be undone", "claims that were read out of it", "dossier", "20 January 2023", "What has left")
	page = page.Submit("main form", url.Values{"why": {"ordered"}, "pass": {"wrong"}}).Want(422)
	if got := page.In("[name=pass]").Attr("type"); got != "password" || strings.Contains(string(page.Body), `value="wrong"`) {
		t.Error("the passphrase came back with the form")
	}
	page.In("select[name=why]").In("option[selected]").Has("A court or a law wants it")
	page = page.Submit("main form", url.Values{"pass": {passOf("vera").Reveal()}}).Want(200)
	page.Has("This statement was erased", "by Vera", "A court or a law wants it", "Fully erased by 20 January 2023")
	for _, handle := range []string{"omar", "ana", "ed"} {
		w := o.member(handle)
		gone := w.Get(path).Want(200)
		gone.Has("This statement was erased")
		w.Get(base).Want(200).HasNot(told[0].Title)
		w.Get(base+"/history").Want(200).Has("erased", "A court or a law wants it")
		w.Get(base + "/dossiers").Want(200).Has("erased with a statement")
		out := w.Get(base+"/dossier/"+bare(released)).Want(200).Has("erased, and it with it", "Who has it was not told")
		out.HasNot("Prepared on", "all.zip", "The gate lets it through")
		w.Get("/releases").Want(200).Has("the archive of the movement", "Who has it was not told")
	}
	ed, out := o.member("ed"), base+"/dossier/"+bare(released)
	notice := ed.Get(out).Want(200)
	notice.Has("received a document from us")
	notice.Submit("form[action="+out+"/told]", url.Values{"how": {"by registered letter"}}).Want(200)
	ed.Get("/releases").Want(200).Has("Who has it was told").HasNot("Who has it was not told")
	o.member("ana").Get(path + "/erase").Want(403)
	v.Get(path + "/erase").Want(404)
	testkit.Sweep(t, []string{"Тихон Воробейчиков"}, nil, v.Seen(), nil)
}

// A name was left in a text. It is taken out in three steps, and the pages before
// the last one change nothing.
func TestResealingAText(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	base := casePath(file.ID)
	text := told[0].Newest().Text
	word := longWord(text)
	path := base + "/statement/" + bare(told[0].Ref)
	v := o.member("vera")
	page := v.Get(path).Want(200).Follow("a[href=" + path + "/reseal]").Want(200)
	person := optionWith(t, page.In("[name=person]"), "")
	page = page.Submit("main form", url.Values{"leftover": {"zzzz"}, "person": {person}}).Want(404)
	if got := page.In("[name=leftover]").Attr("value"); got != "zzzz" {
		t.Errorf("got %q back, want what was typed", got)
	}
	page = page.Submit("main form", url.Values{"leftover": {word}, "person": {person}}).Want(200)
	page.Has("What will be done", "written anew", "No earlier version")
	page.In("blockquote").HasNot(word)
	v.Get(path).Want(200).Has(word)
	form := url.Values{"form": {page.In("main").In("form").In("[name=form]").Attr("value")}, "which": {"reseal"}, "leftover": {word}, "person": {person}}
	after := v.Post(path+"/reseal", form).Want(200)
	after.In(".sentences").HasNot(word)
	if _, now, _ := o.aStatement(t, "ana", "lieutenant"); strings.Contains(now.State.Statements[len(now.State.Statements)-1].Newest().Text, word) {
		t.Error("the word is still in the text")
	}
	v.Get(base + "/history").Want(200).Has("A name was left in it")
}

// longWord returns a word of a text that is long enough to be there once or so.
func longWord(text string) string {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n.,;:!?«»\"()—⟦⟧", r) }) {
		if len([]rune(w)) > 8 && !strings.Contains(w, ":") {
			return w
		}
	}
	return ""
}
