package web

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/crowd"
	"habeas/dossier"
	"habeas/gate"
	"habeas/internal/testkit"
	"habeas/vault"
)

// propose proposes a dossier, of which by says that whatever looks like a name in
// it is none.
func (o *office) propose(t testing.TB, by habeas.Actor, id habeas.CaseID, opt habeas.DossierOptions) (claim.Ref, error) {
	t.Helper()
	p, err := o.desk.Preview(t.Context(), by, id, opt)
	if err != nil {
		return "", err
	}
	for _, w := range p.Warnings {
		opt.Decided = append(opt.Decided, habeas.Decision{Key: w.Key, As: habeas.NotAName})
	}
	return o.desk.Propose(t.Context(), by, id, opt)
}

// Invented: a guard who needs protection, somebody with a common family name, and
// one nobody knows.
const guards = "Его сторожил Светозар Ясколкин. Ключи были у Ясколкина. Рядом сидел Кречетов-Бугай. Телефон части +380 44 123 45 67. Еду носил Иванов."

// guarded brings a statement in whose reader let all of that stand, and takes a
// claim from it. It returns the path of the dossiers of its case.
func (o *office) guarded(t *testing.T) (path string, file *habeas.CaseFile) {
	t.Helper()
	ctx := t.Context()
	vera, file, _ := o.aStatement(t, "vera", "refused in writing")
	st, err := o.desk.AddStatement(ctx, vera, file.ID, habeas.NewStatement{Source: file.State.Statements[0].Source, Medium: "call", Lang: "ru", Raw: vault.NewText(guards)})
	o.ok(err)
	for range 20 {
		r, err := o.desk.Reading(ctx, vera, file.ID, st)
		o.ok(err)
		for _, p := range r.Pieces {
			for _, run := range p.Runs {
				if run.Suspect {
					o.ok(o.desk.Dismiss(ctx, vera, file.ID, st, vault.Span{Start: run.Start, End: run.End}, true))
				}
			}
		}
	}
	o.ok(o.desk.Settle(ctx, vera, file.ID, st))
	o.ok(o.desk.Consent(ctx, vera, file.ID, claim.Consent{Statement: st, Giver: claim.GivenBySource, Uses: []claim.Use{{To: "authority", Named: claim.NamedCover, Place: "exact"}}}))
	_, err = o.desk.RecordEvent(ctx, vera, file.ID, habeas.EventClaims{
		Passage: claim.Claim{Statement: st, Version: 1, End: len(guards), Stance: claim.Asserts, Basis: "witnessed"},
		Type:    "armed-guard", Involved: []habeas.Involved{{Role: "victim", Ref: file.State.Case.Affected}},
	})
	o.ok(err)
	for _, n := range [][2]string{{"Светозар", "Ясколкин"}, {"Мелентий", "Иванов"}} {
		_, err := o.desk.AddPerson(ctx, vera, file.ID, habeas.NewPerson{Protection: claim.Protected, Parts: []vault.Part{
			{Kind: "given", Text: vault.NewText(n[0])}, {Kind: "family", Text: vault.NewText(n[1])}}})
		o.ok(err)
	}
	return casePath(file.ID) + "/dossiers", file
}

var toRussians = habeas.DossierOptions{Audience: "authority", Lang: "ru"}

// rows returns what to put into the fields of the rows of a preview: blocks are
// replaced, the second member is asked about the rest, and names are none.
func rows(p *habeas.Preview, why string) url.Values {
	v := url.Values{}
	set := func(n int, field, value string) { v.Set(field+"."+strconv.Itoa(n+1), value) }
	for n, m := range p.Marked {
		if m.Verdict == gate.Block {
			set(n, "do", "replace")
			continue
		}
		set(n, "do", "ask")
		set(n, "why", why)
	}
	for n, w := range p.Warnings {
		if n += len(p.Marked); w.Code {
			set(n, "do", "asked")
			set(n, "why", why)
			continue
		}
		set(n, "do", "nobody")
	}
	return v
}

const look = "?audience=authority&in=ru"

// TestChooseWithoutScript tells how an editor decides about what the gate found in
// a dossier, and a second member accepts it, with forms alone.
func TestChooseWithoutScript(t *testing.T) {
	o := demoOffice(t)
	path, file := o.guarded(t)
	ed, omar := o.member("ed"), o.member("omar")
	page := ed.Get(path + look).Want(200)
	page.In(".gate").Has("holds it back")
	page.None("form[action=" + path + "]")
	if strings.Contains(string(page.Body), "Ясколкин") {
		t.Error("the words of what must go are on the page")
	}
	page.In(".paper mark.review").Has("Иванов")
	page.In(".paper").Has("Кречетов-Бугай")
	p, err := o.desk.Preview(t.Context(), o.actor("ed"), file.ID, toRussians)
	o.ok(err)

	// A reason is missing: everything chosen stands there.
	page = page.Submit("form.chosen", rows(p, "")).Want(422)
	page.In("main").Has("Give a reason")
	for n := range len(p.Marked) + len(p.Warnings) {
		if got := page.In("[name=do." + strconv.Itoa(n+1) + "] option[selected]").Attr("value"); got == "" {
			t.Errorf("what was chosen in row %d is gone", n+1)
		}
	}
	page = page.Submit("form.chosen", rows(p, "nobody of that name is meant")).Want(200)
	page.In("form.chosen").Has("Words were replaced by", "Words were replaced by")
	page = page.Submit(".preview form[action="+path+"]", nil).Want(200)
	at := addressOf(page)
	page.In("main").Has("other than the one who proposed it")
	page.None("form[action=" + at + "/refuse]")

	seen := omar.Get(at).Want(200)
	seen.In("form[action="+at+"/approve]").Has("What you are asked", "nobody of that name is meant", "Иванов")
	seen.In("main").Has("What was changed", "Words were replaced by").HasNot("Ясколкин")
	seen.In("mark#changed-1") // where a cover name stands now
	seen = seen.Submit("form[action="+at+"/approve]", url.Values{"reason": {"only those who held him"}}).Want(422)
	seen.In("main").Has("Not all that you were asked is accepted")
	if got := seen.In("form[action=" + at + "/approve] [name=reason]").Text(); !strings.Contains(got, "only those who held him") {
		t.Errorf("the reason is gone: %q", got)
	}
	second, _, err := o.desk.Dossier(t.Context(), o.actor("omar"), file.ID, claim.Ref("d:"+at[strings.LastIndexByte(at, '/')+1:]))
	o.ok(err)
	var accept []string
	for _, a := range second.Choices.Asks {
		accept = append(accept, a.Key)
	}
	for _, d := range second.Choices.Decided {
		if d.As == habeas.LeftToSecond {
			accept = append(accept, d.Key)
		}
	}
	seen = seen.Submit("form[action="+at+"/approve]", url.Values{"reason": {"only those who held him"}, "accept": accept}).Want(200)
	seen.In("main").Has("Warnings that were waived", "accepted by Omar", "than what a second member accepted").HasNot("No form of any protected name")
	ed.Get(at).Want(200).Submit("form[action="+at+"/release]", url.Values{"recipient": {"the prosecutor"}, "pass": {passphrase("ed")}}).Want(200)
	if text := string(ed.Get(at + "/file/dossier.txt").Want(200).Body); strings.Contains(text, "Ясколкин") || !strings.Contains(text, "Иванов") {
		t.Error("what left is not what was accepted")
	}
	omar.Get("/releases").Want(200).Has("warnings were waived", "nobody of that name is meant", "claims of the case")

	// The next version asks only what a second member has to decide.
	page = ed.Get(path + look).Want(200)
	for n := range len(p.Warnings) {
		row := strconv.Itoa(len(p.Marked) + n + 1)
		if got := page.In("[name=do." + row + "] option[selected]").Attr("value"); (got == "") != p.Warnings[n].Code {
			t.Errorf("of the warning in row %s %q is decided", row, got)
		}
	}
	testkit.Sweep(t, []string{"Светозар Ясколкин"}, nil, ed.Seen(), nil)
}

// TestRefuseWithoutScript: a second member says why a dossier must not leave.
func TestRefuseWithoutScript(t *testing.T) {
	o := demoOffice(t)
	path, file := o.guarded(t)
	vera, ed := o.member("vera"), o.member("ed")
	page := vera.Get(path + look).Want(200)
	p, err := o.desk.Preview(t.Context(), o.actor("vera"), file.ID, toRussians)
	o.ok(err)
	page = page.Submit("form.chosen", rows(p, "nobody of that name is meant")).Want(200)
	page = page.Submit(".preview form[action="+path+"]", nil).Want(200)
	at := addressOf(page)
	seen := ed.Get(at).Want(200)
	seen = seen.Submit("form[action="+at+"/refuse]", url.Values{"why": {"x"}}).Want(422)
	seen = seen.Submit("form[action="+at+"/refuse]", url.Values{"why": {"that is somebody"}}).Want(200)
	seen.In("ol.steps").Has("Refused", "that is somebody")
	seen.None("form[action=" + at + "/approve]").None("form[action=" + at + "/refuse]")
	vera.Get(path).Want(200).Has("refused")
	vera.Get("/").Want(200).None("a[href=" + at + "]")
}

// TestEditsByForm: an edit is undone by taking its mark away, and who is meant by
// a name that nobody knows has to be chosen.
func TestEditsByForm(t *testing.T) {
	o := demoOffice(t)
	path, file := o.guarded(t)
	vera := o.member("vera")
	p, err := o.desk.Preview(t.Context(), o.actor("vera"), file.ID, toRussians)
	o.ok(err)
	n := strconv.Itoa(len(p.Marked) + 1)
	page := vera.Get(path + look).Want(200)
	page = page.Submit("form.chosen", url.Values{"do." + n: {"replace"}}).Want(422)
	page.In("main").Has("Choose whose cover name")
	page = page.Submit("form.chosen", url.Values{"do." + n: {"replace"}, "who." + n: {string(file.State.Case.Affected)}, "case." + n: {"nominative"}}).Want(200)
	page.In(".paper").HasNot(p.Warnings[0].Words)
	page.In("form.chosen").Has("Words were replaced by")
	page = page.Submit("form.chosen", url.Values{"edit": nil}).Want(200)
	page.In(".paper").Has(p.Warnings[0].Words)
	page = page.Submit("form.chosen", url.Values{"do." + n: {"whole"}}).Want(200)
	page.In(".paper").HasNot("Еду носил")
	page.Has("Words, or a line, are left out.")
}

// TestSayLessByForm: a name in the label of a place goes when places are said less
// exactly; nothing else that is sent makes them so.
func TestSayLessByForm(t *testing.T) {
	opt := habeas.DossierOptions{Less: dossier.Less{crowd.Place: 1}}
	f := &Form{values: url.Values{"about.1": {"hit k", "at|0011|0|3||", "less place"}, "do.1": {"less"}, "about.2": {"hit l", "less shoe"}, "do.2": {"less"}}}
	if err := choose(&opt, f); err != nil || opt.Less[crowd.Place] != 2 || len(opt.Less) != 1 || len(opt.Edits) > 0 {
		t.Errorf("got %v, %+v", err, opt)
	}
	for range 5 {
		if err := choose(&opt, f); err != nil || !opt.Less.Valid() {
			t.Fatalf("got %v, %+v", err, opt)
		}
	}
}

// TestChooseInABrowser looks at the pages on which choices are made.
func TestChooseInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	path, file := o.guarded(t)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + path + look)
	b.Wait(".chosen")
	o.examine(b, "choose")
	p, err := o.desk.Preview(t.Context(), o.actor("vera"), file.ID, toRussians)
	o.ok(err)
	for n, m := range p.Marked {
		if m.Verdict == gate.Block {
			b.Set("#choose-do-"+strconv.Itoa(n+1), "replace")
		}
	}
	for n := range p.Warnings {
		b.Set("#choose-do-"+strconv.Itoa(len(p.Marked)+n+1), "asked")
	}
	b.Follow(".chosen .acts button")
	b.Wait(".chosen [aria-invalid]")
	o.examine(b, "choose-refused")
	for n, m := range p.Marked {
		if m.Verdict != gate.Block {
			b.Set("#choose-do-"+strconv.Itoa(n+1), "ask")
			b.Fill("#choose-why-"+strconv.Itoa(n+1), "nobody of that name is meant")
		}
	}
	for n := range p.Warnings {
		b.Fill("#choose-why-"+strconv.Itoa(len(p.Marked)+n+1), "it is in the directory")
	}
	b.Follow(".chosen .acts button")
	b.Wait(".preview form[action$='/dossiers'] button")
	o.examine(b, "chosen")
	b.Follow(".preview form[action$='/dossiers'] button")
	b.Wait(".steps")
	at := b.Address()
	b.Follow("form[action='/logout'] button")
	o.enter(b, "omar")
	b.Open(at)
	b.Wait("#approve-reason")
	o.examine(b, "asked")
	for n := range 9 {
		if strings.Contains(b.HTML(), "approve-accept-"+strconv.Itoa(n+1)+"\"") {
			b.Click("#approve-accept-" + strconv.Itoa(n+1))
		}
	}
	b.Set("#approve-reason", "only those who held him")
	b.Follow("form[action$='/approve'] button")
	b.Wait(".steps li.done + li.done")
	o.examine(b, "accepted")
	for _, c := range b.Complaints() {
		if !strings.Contains(c, "422") {
			t.Error(c)
		}
	}
}
