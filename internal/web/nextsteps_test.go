package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/locale"
	"habeas/internal/testkit"
	"habeas/letter"
)

// TestStepWithoutScript is the father's complaint about a silent prosecutor, by forms
// alone: the reasons are read, a body of the kind is recorded, and the new letter has
// its terms, its persons and what it follows.
func TestStepWithoutScript(t *testing.T) {
	o := demoOffice(t)
	v := o.member("vera")
	_, file, _ := o.aStatement(t, "vera", "in writing")
	base, silent := casePath(file.ID), file.State.Appeals[0]
	at := appealPath(file.ID, silent.Ref)

	v.Get("/appeals").Want(200).Has("First step that could be taken", "court, administrative claim", "prosecutor or head of the investigating body")
	p := v.Get(at).Want(200)
	p.In("#step-RU-TO-HIGHER-PROSECUTOR-"+bare(silent.Ref)).Has("higher prosecutor", "the higher prosecutor answers for the lower", "unconfirmed: a lawyer must check", "What it needs", "Begin this letter", "no body of this kind")
	p.In("#step-RU-BODY-TO-COURT-"+bare(silent.Ref)).Has("court, administrative claim", "Our own term (RU-KAS-219)", "Code of Administrative Procedure")
	p.In("#step-TO-CED-30-"+bare(silent.Ref)).Has("the State is a party to the Convention on Enforced Disappearance, or the person is a national of a party to it", "not known", "RU and unconfirmed")

	p = p.Follow("#step-RU-TO-HIGHER-PROSECUTOR-" + bare(silent.Ref) + " a.go").Want(200)
	p.Has("It follows the letter", "Further to", "the higher prosecutor answers for the lower", "no body of this kind")
	back := p.Address.RequestURI()
	p = p.Follow("p.notice a").Want(200)
	if got := p.In("#authority-body_kind option[selected]").Attr("value"); got != "RU-PROSECUTOR-HIGHER" {
		t.Errorf("got %q as the kind of the new body", got)
	}
	p.Submit("form.sheet", url.Values{"body": {"the chief military prosecutor"}, "jurisdiction": {"UA"}}).Want(422).Has("no such kind of body under this law")
	p.Submit("form.sheet", url.Values{"body": {"the chief military prosecutor"}}).Want(200)
	all, err := o.desk.Authorities(t.Context(), o.actor("vera"))
	o.ok(err)
	above := all[slices.IndexFunc(all, func(a habeas.AuthorityRow) bool { return a.Body == "RU-PROSECUTOR-HIGHER" })]

	p = v.Get(back).Want(200)
	groups := func(want ...string) {
		t.Helper()
		rest := string(p.Body)
		for _, w := range want {
			_, after, ok := strings.Cut(rest, w)
			if !ok {
				t.Fatalf("%q does not stand behind what stands before it", w)
			}
			rest = after
		}
	}
	groups(`<optgroup label="higher prosecutor`, "the chief military prosecutor (RU)", `<optgroup label="All others"`, "the defence ministry (RU)")
	p = p.Submit("form[method=get]", url.Values{"authority": {string(above.Ref)}}).Want(200)
	p.Has("All others", "RU-PROC-45", "RU-KAS-219") // those of other bodies can still be chosen
	groups(`<optgroup label="Fit this body"`, ">complaint<", `<optgroup label="All others"`, ">objection to a reply<")
	p = p.Submit("form[action="+base+"/appeals]", nil).Want(200)
	p.Has("the chief military prosecutor", "taken further", silent.Title)
	v.Get(at).Want(200).In("#step-RU-TO-HIGHER-PROSECUTOR-" + bare(silent.Ref)).Has("A letter of this case takes this step already").HasNot("Begin this letter")
	v.Get(base+"/appeals").Want(200).Has("What can be done next", "Letters sent to bodies of the country: 2")

	// Our term runs since the silence, and not since the day of the new letter.
	p = v.Get(base + "/appeals/new?step=RU-BODY-TO-COURT&term=RU-KAS-219&parent=" + bare(silent.Ref) + "&authority=" + string(above.Ref)).Want(200)
	p.In("#terms").Has("Terms")
	p.Has("27 January 2023").HasNot("21 March 2023")

	// Who does not write reads the reasons and begins nothing; nobody sees a name.
	for _, handle := range []string{"omar", "ana", "ed"} {
		for name, path := range map[string]string{"letter": at, "case": base + "/appeals", "board": "/appeals"} {
			page := o.member(handle).Get(path).Want(200)
			testkit.Sweep(t, demo.Canaries(), nil, map[string][]byte{handle + " " + name: page.Body}, nil)
		}
	}
	o.member("ana").Get(at).Want(200).Has("the higher prosecutor answers for the lower").HasNot("Begin this letter")
}

// TestCommunicationWithoutScript is the mother's urgent case: what the form asks for
// stands on its page with the case's own words, and its procedure is recorded.
func TestCommunicationWithoutScript(t *testing.T) {
	o := demoOffice(t)
	v := o.member("vera")
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	at := appealPath(file.ID, file.State.Appeals[1].Ref)
	p := v.Get(at).Want(200)
	p.In("main").Has("What the form asks for", "urgent procedure", "Date of the disappearance", "sealed: look while names are shown", "to be written in the letter", "organisations that the family has authorised", "Whose consent is needed", "discontinued")
	p.In("#step-follow").Has("clarified", "discontinued").HasNot("opinion adopted")
	p = p.Submit("form[action="+at+"/step]", url.Values{"step_what": {"follow"}, "on": {"2022-12-20"}, "follow": {"transmitted"}}).Want(200)
	p.Has("the procedure there moved on", "transmitted to the State")
	p.Submit("form[action="+at+"/step]", url.Values{"step_what": {"follow"}, "on": {"2022-12-20"}, "follow": {""}}).Want(422).Has("Choose where the procedure has come to")
	v.Get(casePath(file.ID)+"/names").Want(200).Submit("form.narrow", url.Values{"reason": {"for a communication"}, "pass": {passOf("vera").Reveal()}}).Want(200)
	draft := string(v.Get(at + "/draft").Want(200).Body)
	fit, others := strings.Index(draft, "Fit this body"), strings.Index(draft, `<optgroup label="All others"`)
	if urgent, wgad := strings.Index(draft, `value="wgeid-urgent en"`), strings.Index(draft, `value="wgad en"`); fit < 0 || urgent < fit || others < urgent || wgad < others {
		t.Errorf("the forms of this body do not stand before all others: %d %d %d %d", fit, urgent, others, wgad)
	}
	home := appealPath(file.ID, file.State.Appeals[0].Ref)
	v.Get(home).Want(200).None("#step-follow")
}

// TestEveryStepHasWords holds that what the register says is said in every language.
func TestEveryStepHasWords(t *testing.T) {
	reg, err := appeal.OwnRegister()
	if err != nil {
		t.Fatal(err)
	}
	procedures, err := appeal.OwnProcedures()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locale.Langs() {
		p := locale.New(lang)
		told := func(key string) {
			if p.T(key) == key {
				t.Errorf("%s has no words for %s", lang, key)
			}
		}
		for _, b := range reg.Bodies() {
			told("term.body-kind." + b.ID)
			for _, w := range b.Channels {
				told("term.way." + termID(w.Name))
				told("term.reveals." + termID(w.Reveals))
			}
		}
		for _, r := range reg.Rungs() {
			told("term.step-why." + r.ID)
			for i := range r.Needs {
				told("term.step-need." + r.ID + "-" + string(rune('1'+i)))
			}
			if r.Late != "" {
				told("term.step-late." + r.ID)
			}
		}
		for _, f := range appeal.FactNames() {
			told("ui.next.fact." + f)
		}
		for _, u := range procedures {
			if _, ok := letter.ProcedureByID(u.Form); !ok {
				t.Errorf("%s has no form %q", u.ID, u.Form)
			}
			for _, e := range u.Elements {
				if e.Label != "" {
					told("letter.element." + e.Label)
				}
			}
		}
	}
	// What a form can become is a word that can be recorded, or a step of its own.
	own := []string{"received", "registered", "state-reply", "state-observations", "objection-term"}
	for _, f := range letter.Procedures() {
		for _, state := range f.States {
			if _, ok := claim.LookUp("follow", state); !ok && !slices.Contains(own, state) {
				t.Errorf("%s can become %q, which nobody can record", f.ID, state)
			}
		}
	}
}
