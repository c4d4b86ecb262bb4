package web

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// noorPass is the passphrase of an editor who holds the vault.
const noorPass = "amber ladder quiet river"

// handable makes a photograph of case B, its safe copy, and who may let it out; a
// court may have people under their cover names.
func (o *office) handable(t *testing.T) (*habeas.CaseFile, claim.Ref) {
	t.Helper()
	ctx := t.Context()
	vera, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, "DSC_0001.jpg", aPhotograph(t))
	o.ok(o.desk.MakeSafeCopy(ctx, vera, file.ID, ref))
	use := []claim.Use{{To: "court", Named: claim.NamedCover, Place: "exact"}}
	o.ok(o.desk.Consent(ctx, vera, file.ID, claim.Consent{Statement: told[0].Ref, Giver: claim.GivenBySource, Uses: use}))
	if person := file.State.Case.Affected; person != "" {
		o.ok(o.desk.Consent(ctx, vera, file.ID, claim.Consent{Statement: told[0].Ref, Giver: claim.GivenByFamily, Person: person, Uses: use}))
	}
	o.ok(o.desk.AddMember(ctx, vera, habeas.NewMember{Handle: "noor", Name: "Noor", Passphrase: vault.NewText(noorPass), Roles: []ledger.Role{ledger.Editor, ledger.Caseworker}}, file.Circle.ID, true))
	return file, ref
}

// showsNames logs a member in and has names of a case shown to them.
func (o *office) showsNames(who, pass string, at string) *testkit.Visitor {
	o.t.Helper()
	v := o.visitor()
	v.Get("/login").Want(200).Submit("form[action=/login]", url.Values{"handle": {who}, "pass": {pass}}).Want(200)
	v.Get(at+"/names").Want(200).Submit("main form.sheet", url.Values{"reason": {"handing over an exhibit"}, "pass": {pass}}).Want(200)
	return v
}

// values returns the values of fields.
func values(in testkit.Part, selector string) (all []string) {
	for i := range in.Count(selector) {
		all = append(all, in.In(selector).At(i).Attr("value"))
	}
	return all
}

// TestHandoverPages: a member chooses what a court gets, another looks at it and
// agrees, an editor lets it out and takes it, and an outsider verifies it.
func TestHandoverPages(t *testing.T) {
	o := demoOffice(t)
	file, ref := o.handable(t)
	base := casePath(file.ID)
	o.member("vera").Get(base + "/handover").Want(200).Has("Have the names of the case shown first").HasNot("DSC_0001")
	vera := o.showsNames("vera", passOf("vera").Reveal(), base)
	page := vera.Get(base + "/exhibits").Want(200).Follow("a[href=" + base + "/handover]").Want(200)
	page.Has("DSC_0001.jpg")
	both := []string{string(ref) + "/original", string(ref) + "/safe"}
	chosen := url.Values{"item": both, "audience": {"court"}, "recipient": {"the registry of the court"}}
	look := "form[action=" + base + "/handover/look#preview]"
	page.Submit(look, url.Values{"audience": {"court"}, "recipient": {"x"}}).Want(422).Has("Choose at least one file")
	bad := maps.Clone(chosen)
	bad["keys"] = []string{"ssh-ed25519 none"}
	page.Submit(look, bad).Want(422).Has("no public key")
	seen := page.Submit(look, chosen).Want(200)
	seen.Has("An original shows who is in it").Has("It stays.").Has("It goes.").Has("not encrypted").Has("The gate")
	propose := "form[action=" + base + "/handover]"
	seen.Submit(propose, nil).Want(422).Has("has no answer yet")
	answers := url.Values{}
	for _, key := range values(seen.In(propose), "input[name=ask]") {
		answers["why."+key] = []string{"two of us looked at all of it"}
	}
	bundle := seen.Submit(propose, answers).Want(200)
	bundle.Has("What a stranger will read")
	at := bundle.Address.Path
	if !strings.HasPrefix(at, base+"/bundle/") {
		t.Fatalf("got %s", at)
	}
	bundle.None("form[action=" + at + "/approve]")
	vera.Get(strings.Replace(at, "/bundle/", "/dossier/", 1)).Want(200).Has("What a stranger will read") // it is sent on

	omar := o.showsNames("omar", passOf("omar").Reveal(), base)
	page = omar.Get(at).Want(200)
	approve := "form[action=" + at + "/approve]"
	page.Submit(approve, url.Values{"reason": {"the court alone, which can't be reached"}}).Want(422).Has("Not all that you were asked")
	accept := values(page.In(approve), "input[name=accept]")
	page.Submit(approve, url.Values{"reason": {"the court alone, which can't be reached"}, "accept": accept}).Want(200).Has("An editor has to release it")

	noor := o.showsNames("noor", noorPass, base)
	page = noor.Get(at).Want(200)
	page.Submit("form[action="+at+"/release]", url.Values{"pass": {"wrong"}}).Want(422)
	page = page.Submit("form[action="+at+"/release]", url.Values{"pass": {noorPass}}).Want(200)
	page.Has("No witness has signed")
	sent := page.Submit("form[action="+at+"/take]", url.Values{"pass": {noorPass}}).Want(200)
	if got := sent.Header.Get("Content-Disposition"); !strings.Contains(got, "bundle-") || !strings.HasSuffix(got, ".zip") {
		t.Errorf("got %q", got)
	}
	fsys, err := custody.OpenArchive(bytes.NewReader(sent.Body), int64(len(sent.Body)))
	o.ok(err)
	report, err := custody.Verify(t.Context(), fsys, custody.Trust{Root: o.desk.Root()}, nil)
	o.ok(err)
	if report.Verdict() != custody.IntegrityOnly {
		t.Errorf("got %s", report.Verdict())
	}
	vera.Get("/releases").Want(200).Has("the registry of the court").Has("Exhibits for")
	o.member("ed").Get(at).Want(http.StatusForbidden)

	shown := vera.Seen()
	maps.Copy(shown, omar.Seen())
	for path := range shown { // names are shown there
		if strings.Contains(path, base) {
			delete(shown, path)
		}
	}
	testkit.Sweep(t, demo.Canaries(), []string{o.cfg.Dir}, shown, nil)
}

// TestHandoverInABrowser looks at the pages, wide and narrow.
func TestHandoverInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	file, _ := o.handable(t)
	base := casePath(file.ID)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + base + "/handover")
	o.examine(b, "handover-hidden")
	b.Open(o.http.URL + base + "/names?back=" + base + "/handover")
	b.Fill("#reveal-reason", "handing over an exhibit")
	b.Fill("#reveal-pass", passOf("vera").Reveal())
	b.Follow("main form.sheet button")
	b.Open(o.http.URL + base + "/handover")
	b.Click("#item-1-original")
	b.Click("#item-1-safe")
	b.Set("#handover-audience", "court")
	b.Fill("#handover-recipient", "the registry of the court")
	b.Follow("form[action*=look] button")
	b.Wait("#preview")
	o.examine(b, "handover")
	b.Fill("#answer-1", "two of us looked at all of it")
	b.Follow("form[action$='/handover'] button")
	b.Wait("#bundle")
	o.examine(b, "bundle")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// A letter lists a photograph. From its page the way leads to the hand-over, where its safe
// copy is chosen for the reader of the letter, and nothing else.
func TestCopiesGoWithALetter(t *testing.T) {
	o := demoOffice(t)
	file, ref := o.handable(t)
	ctx, vera := t.Context(), o.actor("vera")
	other := o.exhibit(file.ID, file.State.Statements[0].Ref, "DSC_0002.jpg", aPhotograph(t))
	body, err := o.desk.AddAuthority(ctx, vera, claim.Unit{Label: "the district court", Kind: "court"}, claim.Authority{Jurisdiction: "RU", Channels: []claim.Channel{{By: "post"}}})
	o.ok(err)
	appeal, err := o.desk.AddAppeal(ctx, vera, file.ID, habeas.NewAppeal{Title: "to the court", Kind: "complaint", Authority: body})
	o.ok(err)
	o.ok(o.desk.Reveal(ctx, vera, file.ID, "for a letter to the court", passOf("vera")))
	opt := habeas.DossierOptions{Audience: "court", Lang: "ru", Letter: &habeas.LetterDraft{Appeal: appeal, Form: "ru-military-prosecutor", Exhibits: []claim.Ref{ref}}}
	p, err := o.desk.Preview(ctx, vera, file.ID, opt)
	o.ok(err)
	for _, w := range p.Warnings {
		opt.Decided = append(opt.Decided, habeas.Decision{Key: w.Key, As: habeas.NotAName})
	}
	made, err := o.desk.Propose(ctx, vera, file.ID, opt)
	o.ok(err)

	v := o.showsNames("vera", passOf("vera").Reveal(), casePath(file.ID))
	v.Get(casePath(file.ID) + "/dossier/" + bare(made)).Want(200).Has("Hand over copies of the exhibits it lists")
	page := v.Get(casePath(file.ID) + "/handover?letter=" + string(made)).Want(200)
	var on []string
	for i := range page.Count("input[name=item]") {
		if box := page.In("input[name=item]").At(i); strings.Contains(string(page.Body), box.Attr("value")+`" checked`) {
			on = append(on, box.Attr("value"))
		}
	}
	if want := []string{string(ref) + "/safe"}; !slices.Equal(on, want) {
		t.Errorf("chosen: got %q, want %q, and not %s", on, want, other)
	}
	page.In("option[selected][value=court]")
	o.member("omar").Get(casePath(file.ID) + "/handover?letter=" + string(made)).Want(200).HasNot("DSC_0001")
	v.Get(casePath(file.ID) + "/handover?letter=d:none").Want(404)
}
