package web

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/vault"
)

// A template of an office.
const oursTemplate = "title: Ours of the office\nlang: en\nlaw: OWN-GENERAL\nto: prosecutor\n\n> {{addressee}}\n\n> {{sender}}\n\nAsking about {{person}}.\n\n{{facts}}\n\n{{if steps}}\n{{steps}}\n{{end}}\n\n{{if enclosures}}\n{{enclosures}}\n{{end}}\n\n| {{date}}\n| {{signature}}\n"

// theirNumber is of a letter that was sent before; invented.
const theirNumber = "904-VZ/77"

// TestLetterFromTheOffice is a letter by forms alone from a template of the office: of
// the earlier letters all are told of until a box is cleared, it is made anew from what
// was typed, and the list shows it as a letter. A fault in the folder is told to
// keepers.
func TestLetterFromTheOffice(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("ours.txt", oursTemplate)
	put("bench.txt", strings.NewReplacer("Ours of the office", "Ours for a bench", "to: prosecutor", "to: court").Replace(oursTemplate))
	o := demoOfficeWith(t, dir)
	v := o.member("vera")
	_, file, _ := o.aStatement(t, "vera", "in writing")
	vera := o.actor("vera")
	ref := file.State.Appeals[0].Ref
	body := file.State.Appeals[0].Authority
	sent, err := o.desk.AddAppeal(t.Context(), vera, file.ID, habeas.NewAppeal{Title: "the one before", Kind: "search-request", Authority: body, Warned: true})
	o.ok(err)
	o.ok(o.desk.AddStep(t.Context(), vera, file.ID, sent, claim.Step{What: claim.StepSent, On: "2022-11-07", By: "post"}, habeas.Numbers{Registration: vault.NewText(theirNumber)}))
	at := appealPath(file.ID, ref)
	v.Get(casePath(file.ID)+"/names").Want(200).Submit("form.narrow", url.Values{"reason": {"for a letter to them"}, "pass": {passOf("vera").Reveal()}}).Want(200)

	fit, others, _ := strings.Cut(string(v.Get(at+"/draft").Want(200).Body), `<optgroup label="All others"`)
	if !strings.Contains(fit, "Ours of the office") || !strings.Contains(others, "Ours for a bench") || strings.Contains(fit, "Ours for a bench") {
		t.Error("a template of the office for another body stands among those that fit")
	}
	p := v.Get(at+"/draft").Want(200).Submit("form[method=get]", url.Values{"letter_form": {"ours en"}}).Want(200)
	p.Has("Earlier letters it tells of", "request to search", "November 2022; request to search").HasNot(theirNumber, "7 November 2022;")
	said := url.Values{"letter_from": {"an office, invented"}, "said.account": {typedAccount}}
	p = p.Submit("form.typing", said).Want(200)
	p.Has("November 2022; request to search", typedAccount)
	none := p.Submit("form.typing", url.Values{"earlier": nil}).Want(200)
	none.HasNot("November 2022; request to search")
	if none.Count("#earlier-1[checked]") != 0 {
		t.Error("a box that was cleared is ticked again")
	}
	p = p.Submit("form.proposing", nil).Want(200)
	made := p.Address.Path
	p.Has("November 2022; request to search", "Make another from this one")
	again := v.Get(at + "/draft?from=" + made[strings.LastIndex(made, "/")+1:]).Want(200)
	again.Has(typedAccount, "an office, invented")
	if again.Count("#earlier-1[checked]") != 1 {
		t.Error("the earlier letter that was chosen is not")
	}
	again.Submit("form.proposing", nil).Want(200)
	// One in which nothing was typed at all is shown, too.
	v.Get(at+"/draft?letter_form=ours+en").Want(200).Submit("form.proposing", nil).Want(200).Has("What it must have")

	list := v.Get(casePath(file.ID) + "/dossiers").Want(200)
	list.Has("Letter: ")
	list.In("a[href=" + made + "]").Has("Letter: ")
	if strings.Contains(list.In("main table").Text(), "by name") {
		t.Error("a letter is listed as a dossier with names")
	}
	omar := o.member("omar")
	omar.Get(at + "/draft?from=" + made[strings.LastIndex(made, "/")+1:]).Want(200).HasNot(typedAccount)

	today := v.Get("/").Want(200)
	today.HasNot("templates of this office")
	put("other.txt", oursTemplate+"\n{{whereabouts}}\n")
	v.Get("/").Want(200).Has("The templates of this office have errors", "other.txt, line 25", "whereabouts")
	omar.Get("/").Want(200).HasNot("other.txt", "whereabouts")
	v.Get(at+"/draft").Want(200).Has("Some templates of this office have errors", "Ours of the office")
	seen := map[string][]byte{"ana": o.member("ana").Get(made).Body, "ed": o.member("ed").Get(at).Body, "list": o.member("ana").Get(casePath(file.ID) + "/dossiers").Body}
	testkit.Sweep(t, append(demo.Canaries(), theirNumber), nil, seen, nil)
}

// TestReceiptOnThePage: a step names an exhibit of the case as its receipt, by its code.
func TestReceiptOnThePage(t *testing.T) {
	o := demoOffice(t)
	v := o.member("vera")
	_, file, all := o.aStatement(t, "vera", "in writing")
	vera := o.actor("vera")
	u, err := o.desk.UploadExhibit(t.Context(), vera, vault.NewText(typedName+".jpg"))
	o.ok(err)
	_, err = u.Write([]byte("\xff\xd8\xff\xe0 of nobody"))
	o.ok(err)
	o.ok(u.Close())
	x, err := o.desk.AddExhibit(t.Context(), vera, file.ID, all[0].Ref, u, custody.ByBrowser, custody.Collected{})
	o.ok(err)
	u.Discard()
	at := appealPath(file.ID, file.State.Appeals[0].Ref)
	p := v.Get(at).Want(200)
	p = p.Submit("form[action="+at+"/step]", url.Values{"step_what": {claim.StepSent}, "on": {"2022-12-20"}, "step_receipt": {string(x)}}).Want(200)
	words := "Receipt: Exhibit " + habeas.ExhibitCode(x)
	p.Has(words).HasNot(typedName)
	p.In("a[href=" + exhibitPath(file.ID, x) + "]")
	v.Get(exhibitPath(file.ID, x)).Want(200)
	for _, handle := range []string{"ana", "ed"} {
		page := o.member(handle).Get(at).Want(200)
		page.Has(words).HasNot(typedName)
	}
	p.Submit("form[action="+at+"/step]", url.Values{"step_what": {claim.StepClosed}, "on": {"2022-12-20"}, "step_receipt": {string(x)}}).Want(422).Has("has no receipt")
}
