package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// things are what the wildcards of a path, and the fields of a form, may point at.
type things map[string]string

// foreign returns what is in the demo's case of the lieutenant, by wildcard.
func (o *office) foreign(t *testing.T) (there things, file *habeas.CaseFile) {
	t.Helper()
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	ed := o.actor("ed")
	dossier, err := o.propose(t, ed, file.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	o.ok(err)
	var source claim.Ref
	for ref := range file.State.Sources {
		source = ref
	}
	exhibit := o.exhibit(file.ID, told[0].Ref, "a photograph.jpg", jpeg(30_000))
	return things{
		"{case}": file.ID.String(), "{entry}": file.State.Live()[0].Entry.String(), "{person}": bare(affected(file.State)),
		"{statement}": bare(told[0].Ref), "{dossier}": bare(dossier), "{exhibit}": bare(exhibit), "{circle}": file.Circle.ID.String(),
		"{source}": string(source),
	}, file
}

// nothing are things that never were, of the same forms.
func nothing() things {
	return things{
		"{case}": ledger.NewID().String(), "{entry}": ledger.NewID().String(), "{person}": bare(claim.NewRef(claim.RefPerson)),
		"{statement}": bare(claim.NewRef(claim.RefStatement)), "{dossier}": bare(claim.NewRef(claim.RefDossier)), "{exhibit}": bare(claim.NewRef(claim.RefExhibit)),
		"{circle}": ledger.NewID().String(), "{source}": string(claim.NewRef(claim.RefSource)),
	}
}

// in fills the wildcards of a pattern: first with some, and what they lack with
// the others.
func (some things) in(pattern string, others things) string {
	_, path, _ := strings.Cut(pattern, " ")
	for _, t := range []things{some, others} {
		for wild, id := range t {
			path = strings.ReplaceAll(path, wild, id)
		}
	}
	return pathOf("GET " + path) // the rest, which belongs to no circle
}

// fields are fields of forms that point at something, and what they may hold.
func (t things) fields() url.Values {
	v := url.Values{
		"circle": {t["{circle}"]}, "person": {t["{person}"], "p:" + t["{person}"]}, "statement": {t["{statement}"]}, "source": {t["{source}"]},
		"source_person": {"p:" + t["{person}"]}, "subject": {"p:" + t["{person}"]}, "whom": {"p:" + t["{person}"]}, "other": {"p:" + t["{person}"]},
		"affected": {t["{person}"]}, "with": {t["{circle}"]}, "share": {t["{circle}"]}, "share.vault": {t["{circle}"]},
		"case": {t["{case}"]}, "draft": {t["{entry}"]}, "entry": {t["{entry}"]},
		"title": {"a plain title"}, "about": {"person"}, "text": {"it was quiet"}, "reason": {"the same unit"}, "cover": {"Heron"},
		"name": {"Остромир Белоконь"}, "pass": {castPass}, "back": {"/help"}, "medium": {"call"}, "audience": {"authority"}, "lang": {"en"},
		"known_as": {"Somebody"}, "role": {"analyst"}, "protection": {"protected"}, "s": {"1"}, "start": {"0"}, "end": {"3"}, "kind": {"event"},
	}
	for i := 1; i <= 3; i++ {
		n := fmt.Sprint(i)
		v["involved"+n], v["chain"+n], v["ref"+n] = []string{"p:" + t["{person}"]}, []string{t["{source}"]}, []string{"p:" + t["{person}"]}
	}
	return v
}

// tokens are what differs between two answers that say the same.
var tokens = regexp.MustCompile(`(?:name="form" value|value="[^"]*" name="form)="?[^"]*"|<code>[A-Z2-7]{8}</code>|\b[A-Z2-7]{8}\b`)

// drawn is where a page says what was drawn or counted while it was made.
var drawn = regexp.MustCompile(`(?s)<div class="whose">.*?</div>|<(a|span|option)[^>]*>[A-Z][a-z]+( [A-Z][a-z]+)?</(a|span|option)>|/(person|statement)/[a-z0-9]{16}|\?person=[a-z0-9]{16}|\b(h-)?[0-9a-f]{32}\b|\d+ of 40`)

// said returns an answer, without tokens, what was drawn, and what was asked for.
func said(p *testkit.Page, asked ...things) string {
	body := string(p.Body)
	for _, t := range asked {
		for wild, id := range t {
			body = strings.ReplaceAll(body, id, wild)
		}
	}
	return fmt.Sprint(p.Status, " ", drawn.ReplaceAllString(tokens.ReplaceAllString(body, "#"), "#"))
}

// TestForeignIsNothing replaces every identifier in every request, in paths and in
// forms, by one of another circle: zoe, who holds every role, is answered as if it
// had never been.
func TestForeignIsNothing(t *testing.T) {
	o := demoOffice(t)
	there, file := o.foreign(t)
	o.gather()
	ctx := t.Context()
	code, err := o.desk.Invite(ctx, o.actor("vera"), habeas.Invitation{
		Name: "All", Roles: []ledger.Role{ledger.Caseworker, ledger.Analyst, ledger.Editor, ledger.Keeper},
		Shares: []habeas.Share{{Circle: o.circleNamed(o.actor("vera"), "Others"), Vault: true}}}, passOf("vera"))
	o.ok(err)
	_, err = o.desk.Join(ctx, code, "all", vault.NewText(castPass))
	o.ok(err)
	secrets := []string{file.State.Case.Title, demo.Circle}
	for _, item := range file.State.History {
		if id := item.Entry.String(); id != there["{entry}"] && item.Stream == file.ID {
			secrets = append(secrets, id)
		}
	}
	compared, all := 0, o.as("all")
	for _, rt := range o.web.routes() {
		wild := slices.ContainsFunc([]string{"{case}", "{entry}", "{person}", "{statement}", "{dossier}", "{circle}"}, func(w string) bool { return strings.Contains(rt.pattern, w) })
		if rt.need <= anyone || !wild && !strings.HasPrefix(rt.pattern, "POST ") || ends(rt.pattern) {
			continue
		}
		for _, own := range []bool{false, true} { // all of it another's, or what is in a case of one's own
			never, here, gone := nothing(), things{}, things{}
			if own {
				here["{case}"], gone["{case}"] = o.ownCase(t, "all"), o.ownCase(t, "all")
			}
			got, want := o.ask(&all, rt.pattern, here, there), o.ask(&all, rt.pattern, gone, never)
			if got, want := said(got, here, there), said(want, gone, never); got != want {
				t.Errorf("%s, own case %v: what is another circle's is answered otherwise than what never was:\n%s", rt.pattern, own, difference(got, want))
			}
			for _, secret := range secrets {
				if strings.Contains(string(got.Body), secret) {
					t.Errorf("%s: holds %q of another circle", rt.pattern, secret)
				}
			}
			compared++
		}
	}
	if compared < 100 {
		t.Fatalf("compared only %d answers", compared)
	}
	vera := o.member("vera")
	if said(vera.Get("/case/"+there["{case}"]), there) == said(vera.Get("/case/"+nothing()["{case}"]), nothing()) {
		t.Error("to who holds the circle the two are the same: this test compares nothing")
	}
}

// ends reports whether a route ends sessions or counts tries, so that two askings
// differ: those have tests of their own.
func ends(pattern string) bool {
	return strings.Contains(pattern, " /me") || strings.Contains(pattern, " /log") || strings.Contains(pattern, " /lock") || strings.Contains(pattern, " /recovery")
}

// ask asks a route as all, who logs in again if the form before ended the session.
func (o *office) ask(v **testkit.Visitor, pattern string, base, about things) *testkit.Page {
	o.t.Helper()
	path := base.in(pattern, about)
	if !strings.HasPrefix(pattern, "POST ") {
		return (*v).Get(path)
	}
	send := func() *testkit.Page {
		form := about.fields()
		form.Set("form", token((*v).Get("/help")))
		return (*v).Post(path, form)
	}
	page := send()
	if page.Status == http.StatusUnauthorized {
		*v = o.as("all")
		page = send()
	}
	return page
}

// ownCase opens a case as somebody.
func (o *office) ownCase(t *testing.T, who string) string {
	t.Helper()
	token, err := o.desk.Login(t.Context(), who, vault.NewText(castPass))
	o.ok(err)
	by, err := o.desk.Actor(t.Context(), token)
	o.ok(err)
	id, err := o.desk.OpenCase(t.Context(), by, o.circleNamed(by, "Others"), habeas.NewCase{Title: "one of their own", About: "person"})
	o.ok(err)
	return id.String()
}

func difference(got, want string) string {
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	from := max(0, i-80)
	return fmt.Sprintf("%q\n%q", got[from:min(len(got), i+120)], want[from:min(len(want), i+120)])
}
