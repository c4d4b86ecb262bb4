package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/gate"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// What stands in the free text of an office, one word for each place. All are
// invented, and none is a word of any page.
const (
	inCircle    = "Trembovelsk"
	inMember    = "Ostrohlyadka"
	inTitle     = "quarvenolda"
	inStatement = "drushkovelna"
	inLabel     = "mirzhovanta"
	inNote      = "belzhoruvka"
	inGroup     = "skrindavolga"
	inReason    = "yavorzhinta"
	inPartner   = "kolundravets"
	inRecipient = "pertushkolna"
	inPlace     = "zhmerovinda"
	inUnit      = "hrandivolka"
	inFile      = "Svyatozhabrenko"
	inLetter    = "Bohuvramenko"
	inAnswer    = "Lyudozvarenko"
	inName      = "Tverdohlibchuk"
	inTyped     = "Oksamytenchuk"
	inInvite    = "Prysyazhnyanko"
)

func everyPlanted() []string {
	return append(demo.Canaries(), inCircle, inMember, inTitle, inStatement, inLabel, inNote, inGroup, inReason, inPartner, inRecipient,
		inPlace, inUnit, inFile, inLetter, inAnswer, inName, inTyped, inInvite)
}

// An exits is an office with a word in every free text, and what leaves it.
type exits struct {
	*office
	file *habeas.CaseFile
	st   claim.Ref
	left map[string][]byte // by what it is
}

// plant writes a word into every free text there is, as members and strangers do.
func plant(t *testing.T) *exits {
	t.Helper()
	x := &exits{office: demoOffice(t), left: map[string][]byte{}}
	ctx := t.Context()
	_, err := x.desk.NewCircle(ctx, x.actor("vera"), inCircle, passOf("vera"))
	x.ok(err)
	vera, file, _ := x.aStatement(t, "vera", "lieutenant")
	vera = vera.Sure()
	code, err := x.desk.Invite(ctx, vera, habeas.Invitation{Name: inMember, Roles: []ledger.Role{ledger.Caseworker}}, passOf("vera"))
	x.ok(err)
	_, err = x.desk.Join(ctx, code, "rada", vault.NewText(castPass))
	x.ok(err)
	_, err = x.desk.Invite(ctx, vera, habeas.Invitation{Name: inInvite, Roles: []ledger.Role{ledger.Editor}}, passOf("vera"))
	x.ok(err)
	_, err = x.desk.OpenCase(ctx, vera, x.circleNamed(vera, inCircle), habeas.NewCase{Title: inTitle + " again", About: "incident"})
	x.ok(err)
	c := file.State.Case
	c.Title = "the lieutenant, " + inTitle
	x.ok(x.desk.ChangeCase(ctx, vera, file.ID, c))
	src, err := x.desk.AddSource(ctx, vera, file.ID, claim.Source{Kind: "person", Label: "one called " + inLabel})
	x.ok(err)
	x.st, err = x.desk.AddStatement(ctx, vera, file.ID, habeas.NewStatement{
		Source: src, Received: "2022-12-20", Medium: "message", Lang: "en", Title: inStatement, File: vault.NewText(inFile + ".txt"),
		Raw: vault.NewText("They kept " + inName + " in the cellar."),
	})
	x.ok(err)
	_, err = x.desk.AddPerson(ctx, vera, file.ID, habeas.NewPerson{Note: inNote, Parts: []vault.Part{{Kind: name.Family, Text: vault.NewText(inName)}}})
	x.ok(err)
	_, err = x.desk.AddPerson(ctx, vera, file.ID, habeas.NewPerson{Count: 3, Description: "three of " + inGroup})
	x.ok(err)
	x.ok(x.desk.Withdraw(ctx, vera, file.ID, file.State.Live()[0].Entry, "because "+inReason))
	_, err = x.desk.AddPlace(ctx, vera, claim.Place{Label: "pit " + inPlace, Kind: "pit", Region: inPlace, Aliases: []string{inPlace}})
	x.ok(err)
	_, err = x.desk.AddUnit(ctx, vera, claim.Unit{Label: "unit " + inUnit, Kind: "armed-forces"})
	x.ok(err)
	for _, st := range file.State.Statements {
		for _, given := range file.State.Consents[st.Ref] {
			c := given.Said
			c.Explained = inReason
			c.Uses = append(c.Uses, claim.Use{To: claim.ToPartner, Label: inPartner, Named: claim.NamedCover, Place: "exact"})
			x.ok(x.desk.Consent(ctx, vera, file.ID, c))
		}
	}
	l := aLetter()
	l.Text, l.Answers[0].Text = vault.NewText("please find "+inLetter), vault.NewText(inAnswer)
	x.receive(l, sent{inFile + ".jpg", jpeg(30_000)}, sent{inFile + "." + inFile, []byte("words")})
	_, x.file, _ = x.aStatement(t, "vera", "lieutenant")
	return x
}

// head keeps what an answer says outside its page: its headers, where it led, and
// the title, which stands in a browser's history.
func (x *exits) head(what string, p *testkit.Page) {
	var b bytes.Buffer
	_ = p.Header.Write(&b)
	b.WriteString(p.Address.String() + "\n")
	if p.Count("title") == 1 {
		b.WriteString(p.In("title").Text())
	}
	x.left["head of "+what] = b.Bytes()
}

// TestNothingLeavesByAnExit: words stand in every free text of an office. None is
// in an answer to somebody who is not logged in, in a header, an address, the
// title of a page or the name of a file, in the log, or in a dossier that says it
// by nothing but a working text.
func TestNothingLeavesByAnExit(t *testing.T) {
	x := plant(t)
	there := things{
		"{case}": x.file.ID.String(), "{entry}": x.file.State.Live()[0].Entry.String(), "{person}": bare(affected(x.file.State)),
		"{statement}": bare(x.st), "{circle}": x.file.Circle.ID.String(), "{dossier}": bare(x.leaves(t)),
	}
	for _, who := range []string{"vera", "ed"} {
		x.read(x.member(who), who, there)
	}
	x.downloads()
	x.write(there)
	x.stranger(there)
	x.left["log"] = x.log.Bytes()
	if len(x.left) < 200 {
		t.Errorf("only %d answers were looked at", len(x.left))
	}
	testkit.Sweep(t, everyPlanted(), nil, x.left, nil)
}

// leaves lets a dossier out to a partner, and keeps what left.
func (x *exits) leaves(t *testing.T) claim.Ref {
	t.Helper()
	ctx := t.Context()
	ref, err := x.propose(t, x.actor("vera").Sure(), x.file.ID, habeas.DossierOptions{Audience: claim.ToPartner, Partner: inPartner, Lang: "en"})
	x.ok(err)
	x.ok(x.desk.Approve(ctx, x.actor("omar").Sure(), x.file.ID, ref, "the partner knows it, "+inReason))
	cleared, err := x.desk.Release(ctx, x.actor("ed").Sure(), x.file.ID, ref, inRecipient, passOf("ed"))
	x.ok(err)
	for _, f := range cleared.Files() {
		x.left["dossier "+string(f.Name)] = append([]byte(f.Name+"\n"), f.Bytes...)
	}
	var all bytes.Buffer
	_, err = cleared.WriteTo(&all)
	x.ok(err)
	x.left["dossier all"] = all.Bytes()
	ed := x.member("ed")
	at := casePath(x.file.ID) + "/dossier/" + bare(ref)
	for _, path := range append([]string{at + "/all.zip"}, fileLinks(at, cleared.Files())...) {
		p := ed.Get(path).Want(http.StatusOK)
		x.head(path, p)
		x.left["download "+path] = p.Body
	}
	return ref
}

func fileLinks(at string, files []gate.File) (paths []string) {
	for _, f := range files {
		paths = append(paths, at+"/file/"+f.Name)
	}
	return paths
}

// read follows every link there is as a member, and asks every route that is read.
func (x *exits) read(v *testkit.Visitor, who string, there things) {
	todo, seen := []string{"/"}, map[string]bool{}
	for _, rt := range x.web.routes() {
		if strings.HasPrefix(rt.pattern, "GET ") {
			todo = append(todo, there.in(rt.pattern, nothing()))
		}
	}
	shown := false
	for ; len(todo) > 0 && len(seen) < 250; todo = todo[1:] {
		if seen[todo[0]] {
			continue
		}
		seen[todo[0]] = true
		p := v.Get(todo[0])
		x.head(who+" GET "+todo[0], p)
		shown = shown || bytes.Contains(p.Body, []byte(inTitle))
		for _, m := range anyHref.FindAllStringSubmatch(string(p.Body), -1) {
			todo = append(todo, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
	}
	if !shown {
		x.t.Errorf("%s never saw a title: want the words to stand on pages of members", who)
	}
}

// downloads takes what a stranger sent to a device.
func (x *exits) downloads() {
	vera := x.member("vera")
	path := opened(vera).Address.Path
	for _, n := range []string{"0", "1"} {
		look := vera.Get(path + "/look/" + n).Want(http.StatusOK)
		look.Has(inFile)
		got := look.Submit("form.taking", url.Values{"confirm": {"1"}}).Want(http.StatusOK)
		if !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
			x.t.Errorf("got %q, want a file", got.Header.Get("Content-Disposition"))
		}
		x.head("file "+n, got)
	}
}

// write sends every form with words in every field, as a member: the page of a
// refused form holds them, and nothing else does.
func (x *exits) write(there things) {
	v := x.member("vera")
	for _, rt := range x.web.routes() {
		if !strings.HasPrefix(rt.pattern, "POST ") || rt.pattern == "POST /lock" || rt.pattern == "POST /logout" {
			continue
		}
		form := url.Values{"form": {token(v.Get("/help"))}}
		for field := range there.fields() {
			form.Set(field, inTyped)
		}
		for _, field := range []string{"note", "description", "label", "how", "recipient", "partner", "explained", "typed", "handle", "q", "source_label", "leftover", "own_word"} {
			form.Set(field, inTyped)
		}
		form.Set("field", "title")
		form.Del("back")
		p := v.Post(there.in(rt.pattern, nothing()), form)
		x.head(rt.pattern, p)
		if p.Status == http.StatusUnauthorized {
			v = x.member("vera")
		}
	}
}

// stranger asks for everything without being logged in: of these answers all of
// every byte counts.
func (x *exits) stranger(there things) {
	for _, rt := range x.web.routes() {
		v := x.visitor()
		method, _, found := strings.Cut(rt.pattern, " ")
		path := there.in(rt.pattern, nothing())
		if !found {
			method, path = http.MethodGet, "/no-such-page"
		}
		if method == http.MethodPost {
			v.Post(path, url.Values{"form": {token(v.Get("/help"))}, "handle": {"rada"}, "pass": {"not it"}})
		} else {
			v.Get(path)
		}
		for what, b := range v.Seen() {
			x.left["stranger "+rt.pattern+" "+what] = b
		}
	}
}
