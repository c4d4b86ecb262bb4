package web

import (
	"encoding/base32"
	"net/url"
	"strings"
	"testing"
	"time"

	"habeas/factor"
	"habeas/internal/testkit"
)

// enrol sets an app up for who is in session, and returns its secret and the
// recovery codes.
func (o *office) enrol(v *testkit.Visitor, handle string) (secret []byte, codes []string) {
	o.t.Helper()
	page := v.Get("/me/code").Want(200).Submit("main form", url.Values{"pass": {passOf(handle).Reveal()}}).Want(200)
	text := strings.ReplaceAll(page.In("code").Text(), " ", "")
	secret, err := base32.StdEncoding.DecodeString(text)
	if err != nil {
		o.t.Fatal(err)
	}
	page = page.Submit("main form", url.Values{"code": {factor.Code(secret, factor.Step(o.clock()))}}).Want(200)
	for i := range page.Count("ol.codes code") {
		codes = append(codes, page.In("ol.codes code").At(i).Text())
	}
	page.Submit("main form", nil).Want(200)
	return secret, codes
}

// halfIn types the passphrase only.
func (o *office) halfIn(v *testkit.Visitor, handle string) *testkit.Page {
	o.t.Helper()
	return o.login(v.Get("/login"), handle).Want(200)
}

// TestSecondFactor is a caseworker who sets up an app: from then on the passphrase
// alone opens nothing, a code opens once, and a code on paper opens once too.
func TestSecondFactor(t *testing.T) {
	o := newOffice(t)
	secret, codes := o.enrol(o.member("vera"), "vera")
	if len(codes) != 10 {
		t.Fatalf("got %d recovery codes, want 10", len(codes))
	}
	now := func() string { return factor.Code(secret, factor.Step(o.clock())) }

	v := o.visitor()
	page := o.halfIn(v, "vera")
	if got, want := page.Address.Path, "/login/second"; got != want {
		t.Fatalf("got to %s with the passphrase alone, want %s", got, want)
	}
	v.Get("/cases").Want(401)
	v.Get("/me").Want(401)
	// The code that set it up was used.
	page = page.Submit("main form", url.Values{"code": {now()}}).Want(422)
	page.Has("not right, or was used before")
	o.pass(time.Minute)
	code := now()
	page.Submit("main form", url.Values{"code": {code[:3] + " " + code[3:]}}).Want(200)
	v.Get("/cases").Want(200)

	// The same code again, within its half minute and after a restart.
	o.restart()
	other := o.visitor()
	page = o.halfIn(other, "vera").Submit("main form", url.Values{"code": {code}}).Want(422)
	page = page.Submit("main form", url.Values{"code": {codes[4]}}).Want(200)
	other.Get("/cases").Want(200)
	again := o.visitor()
	o.halfIn(again, "vera").Submit("main form", url.Values{"code": {codes[4]}}).Want(422)
	again.Get("/cases").Want(401)
	other.Get("/me").Want(200).Has("9 left")
	other.Get("/me/recovery").Want(200).None("ol.codes") // never shown again
}

// TestSecondFactorIsGuessed: after five wrong codes the passphrase is asked for
// again, and then every try has to wait longer. What was carried is not lost.
func TestSecondFactorIsGuessed(t *testing.T) {
	o := newOffice(t)
	secret, _ := o.enrol(o.member("vera"), "vera")
	v := o.visitor()
	page := o.halfIn(v, "vera")
	for range 4 {
		page = page.Submit("main form", url.Values{"code": {"000000"}}).Want(422)
	}
	page = page.Submit("main form", url.Values{"code": {"000000"}})
	if page.Count("input[name=handle]") != 1 {
		t.Fatal("after five wrong codes the passphrase is not asked for again")
	}
	o.pass(2 * time.Minute)
	for n := 0; ; n++ {
		page = o.halfIn(v, "vera").Submit("main form", url.Values{"code": {"000000"}})
		if page.Status == 503 {
			page.Has("wait")
			break
		}
		if n > 10 {
			t.Fatal("guesses at a code never have to wait")
		}
	}
	// The member gets in when the wait is over: never more than a quarter of an hour.
	o.pass(15 * time.Minute)
	o.halfIn(v, "vera").Submit("main form", url.Values{"code": {factor.Code(secret, factor.Step(o.clock()))}}).Want(200)
	v.Get("/cases").Want(200)
}

// TestHalfALogin opens nothing, lasts five minutes, and is good for one session.
func TestHalfALogin(t *testing.T) {
	o := newOffice(t)
	secret, _ := o.enrol(o.member("vera"), "vera")
	v := o.visitor()
	page := o.halfIn(v, "vera")
	half := v.Cookie(halfCookie)
	thief := o.visitor()
	thief.SetCookie(sessionCookie, half) // a ticket is no session
	thief.Get("/cases").Want(401)
	o.pass(6 * time.Minute)
	code := url.Values{"code": {factor.Code(secret, factor.Step(o.clock()))}}
	page.Submit("main form", code).Want(409).Has("took too long")
	v.Get("/cases").Want(401)

	page = o.halfIn(v, "vera")
	second := o.visitor()
	second.SetCookie(halfCookie, v.Cookie(halfCookie))
	page.Submit("main form", code).Want(200)
	o.pass(time.Minute)
	if got := second.Get("/login/second").Address.Path; got != "/login" {
		t.Errorf("a ticket that was used leads to %s, want /login", got)
	}
}

// TestLateFormThroughBothSteps is a form that came after a restart: it travels
// through the passphrase and the code.
func TestLateFormThroughBothSteps(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	secret, _ := o.enrol(v, "vera")
	page := v.Get("/cases/new").Want(200)
	o.restart()
	o.pass(time.Minute)
	page = page.Submit("main form", url.Values{"title": {newTitle}}).Want(401)
	page = o.login(page, "vera").Want(200)
	page = page.Submit("main form", url.Values{"code": {"123456"}}).Want(422)
	page = page.Submit("main form", url.Values{"code": {factor.Code(secret, factor.Step(o.clock()))}}).Want(200)
	if got, want := page.Address.Path, "/kept"; got != want {
		t.Fatalf("got to %s, want %s", got, want)
	}
	if got := page.In("main form").At(0).In("[name=title]").Attr("value"); got != newTitle {
		t.Errorf("got %q back, want what was typed", got)
	}
}

// TestFactorIsTakenAway takes the passphrase; with the last one the recovery codes
// go too.
func TestFactorIsTakenAway(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	o.enrol(v, "vera")
	page := v.Get("/me").Want(200)
	page.Has("App that makes codes").Has("10 left")
	page = v.Get(factorPath(page)).Want(200)
	page = page.Submit("main form", url.Values{"pass": {"not it"}}).Want(422)
	page.Submit("main form", url.Values{"pass": {passOf("vera").Reveal()}}).Want(200)
	v.Get("/me").Want(200).Has("None yet").HasNot("Recovery codes")
	o.member("vera").Get("/cases").Want(200)
}

// TestOthersFactor: a factor of somebody else is as one that there is not.
func TestOthersFactor(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	o.enrol(v, "vera")
	href := factorPath(v.Get("/me"))
	omar := o.member("omar")
	omar.Get(href).Want(404)
	omar.Post(href, url.Values{"form": {token(omar.Get("/help"))}, "pass": {passOf("omar").Reveal()}}).Want(404)
	v.Get(href).Want(200)
}

// factorPath returns the way to the first second factor of a page.
func factorPath(page *testkit.Page) string {
	for i := range page.Count("ul.factors a") {
		if href := page.In("ul.factors a").At(i).Attr("href"); strings.HasPrefix(href, "/me/factor/") {
			return href
		}
	}
	return "/no/factor"
}
