package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/internal/testkit"
)

// TestAttackFixation: a cookie that somebody else chose is not the session
// afterwards.
func TestAttackFixation(t *testing.T) {
	o := newOffice(t)
	v := o.visitor()
	const chosen = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	v.SetCookie(sessionCookie, chosen)
	o.login(v.Get("/login"), "vera").Want(200)
	if got := sessionOf(v, o); got == chosen || got == "" {
		t.Errorf("got session %q after the login", got)
	}
	thief := o.visitor()
	thief.SetCookie(sessionCookie, chosen)
	thief.Get("/cases").Want(401)
	// Logging in again is a new session too, and the old one ends.
	old := sessionOf(v, o)
	v.Get("/").Submit("form[action=/logout]", nil)
	o.login(v.Get("/login"), "vera").Want(200)
	thief.SetCookie(sessionCookie, old)
	thief.Get("/cases").Want(401)
}

// TestAttackCookieTossing: with TLS a cookie that a sibling domain can set is not
// read; and of two with one name none is taken.
func TestAttackCookieTossing(t *testing.T) {
	o := newOffice(t)
	vera, omar := sessionOf(o.member("vera"), o), sessionOf(o.member("omar"), o)
	ask := func(cookie string) int {
		return o.bare("GET", "/cases", func(r *http.Request) { r.Header.Set("Cookie", cookie) }).StatusCode
	}
	if got := ask("habeas=" + vera); got != 200 {
		t.Fatalf("one cookie: got %d, want 200", got)
	}
	for _, two := range []string{"habeas=" + vera + "; habeas=" + omar, "habeas=" + omar + "; habeas=" + vera, "habeas=x; habeas=" + vera} {
		if got := ask(two); got != 401 {
			t.Errorf("two cookies: got %d, want 401", got)
		}
	}
	o.web.Secure = true
	if got := ask("habeas=" + vera); got != 401 {
		t.Errorf("over TLS a cookie without __Host-: got %d, want 401", got)
	}
	if got := ask("__Host-habeas=" + vera + "; habeas=" + omar); got != 200 {
		t.Errorf("over TLS with a tossed cookie beside it: got %d, want 200", got)
	}
}

// TestAttackCookieAfterTheEnd uses a cookie after logout, after the passphrase was
// changed elsewhere, after eight hours of use, and after a restart.
func TestAttackCookieAfterTheEnd(t *testing.T) {
	for name, end := range map[string]func(o *office, v *testkit.Visitor){
		"logout": func(o *office, v *testkit.Visitor) { v.Get("/").Submit("form[action=/logout]", nil) },
		"passphrase change": func(o *office, _ *testkit.Visitor) {
			other := o.member("vera")
			page := other.Get("/me/passphrase").Submit("main form", url.Values{
				"pass": {passOf("vera").Reveal()}, "pass.new": {newPass}, "pass.again": {newPass}})
			page.Want(200)
			other.Get("/cases").Want(200)
		},
		"eight hours": func(o *office, v *testkit.Visitor) {
			for range 8 * 6 {
				o.pass(10 * time.Minute)
				v.Get("/help")
			}
		},
		"restart": func(o *office, _ *testkit.Visitor) { o.restart() },
		"locked from another": func(o *office, _ *testkit.Visitor) {
			other := o.member("vera")
			page := other.Get("/me").Want(200)
			page.Has("this one")
			for i := range page.Count("form[action=/me/session]") {
				if page.In("form[action=/me/session]").At(i).Text() == "Lock it" {
					id := page.In("form[action=/me/session]").At(i).In("[name=session]").Attr("value")
					other.Post("/me/session", url.Values{"form": {token(page)}, "which": {id}, "session": {id}}).Want(200)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			v := o.member("vera")
			tab := o.sameBrowser(v)
			end(o, v)
			v.Get("/cases").Want(401)
			tab.Get("/cases").Want(401)
			tab.Post("/places", url.Values{"label": {"a pit"}}).Want(401)
		})
	}
}

const newPass = "quartz meadow violin eleven harbours"

// TestChangePassphrase: the new one opens, the old one does not, two that differ
// are refused, and so is one that is easy to guess.
func TestChangePassphrase(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	change := func(old, pass, again string) *testkit.Page {
		return v.Get("/me/passphrase").Submit("main form", url.Values{"pass": {old}, "pass.new": {pass}, "pass.again": {again}})
	}
	old := passOf("vera").Reveal()
	change(old, newPass, newPass+"x").Want(422).Has("not the same").HasNot(newPass)
	change("not it", newPass, newPass).Want(422).HasNot(newPass)
	change(old, "password", "password").Want(422)
	change(old, newPass, newPass).Want(200)
	other := o.visitor()
	other.Get("/login").Submit("form[action=/login]", url.Values{"handle": {"vera"}, "pass": {old}}).Want(422)
	other.Get("/login").Submit("form[action=/login]", url.Values{"handle": {"vera"}, "pass": {newPass}}).Want(200)
	other.Get("/cases").Want(200)
}

// TestAttackStolenCookie: who has the cookie sees what the member sees, until the
// member types the passphrase again; and can be seen, and locked out.
func TestAttackStolenCookie(t *testing.T) {
	o := newOffice(t)
	o.protect(t.Context(), "Zahorulko")
	v := o.member("vera")
	thief := o.sameBrowser(v)
	thief.Get("/cases").Want(200)
	// The thief cannot do what takes the passphrase, and does not find it out.
	for range 4 {
		thief.Get("/me/code").Submit("main form", url.Values{"pass": {"a guess"}}).Want(422)
	}
	page := v.Get("/cases/new").Want(200) // a form the member has open
	v.Get("/me/code").Submit("main form", url.Values{"pass": {passOf("vera").Reveal()}}).Want(200)
	thief.Get("/cases").Want(401)
	v.Get("/cases").Want(200)
	page.Submit("main form", url.Values{"title": {newTitle}}).Want(200) // it is still good
	v.Get("/cases").Has(newTitle)

	// Five wrong passphrases in a row end the session.
	thief = o.sameBrowser(v)
	for range 5 {
		page = thief.Get("/me/code").Submit("main form", url.Values{"pass": {"a guess"}})
	}
	page.Want(401)
	thief.Get("/cases").Want(401)
	v.Get("/cases").Want(401)
}

// TestAttackPassphraseOfAnySize: long, empty, with NUL, and composed in two ways.
func TestAttackPassphraseOfAnySize(t *testing.T) {
	o := newOffice(t)
	try := func(pass string) *testkit.Page {
		v := o.visitor()
		return v.Post("/login", url.Values{"form": {token(v.Get("/login"))}, "handle": {"vera"}, "pass": {pass}})
	}
	try(strings.Repeat("a", 1<<20)).Want(422).Has("1,000 bytes")
	try(strings.Repeat("a", 5<<10)).Want(422).Has("1,000 bytes")
	try("").Want(422)
	try("lantern\x00orchard").Want(422)
	vera := o.member("vera")
	const nfc, nfd = "caf\u00e9 and \u0439 quartz meadow harbours", "cafe\u0301 and \u0438\u0306 quartz meadow harbours"
	vera.Get("/me/passphrase").Submit("main form", url.Values{"pass": {passOf("vera").Reveal()}, "pass.new": {nfc}, "pass.again": {nfc}}).Want(200)
	for _, pass := range []string{nfc, nfd} {
		try(pass).Want(200).Has("is here")
	}
}

// TestAttackLongFormsOfStrangers: who is nobody may not send 16 MB, but for a few
// at a time; a member whose session has ended may.
func TestAttackLongFormsOfStrangers(t *testing.T) {
	o := newOffice(t)
	long := strings.Repeat("long ago ", 20_000)
	v := o.member("vera")
	o.pass(16 * time.Minute)
	o.web.bulky <- struct{}{}
	o.web.bulky <- struct{}{}
	v.Post("/places", url.Values{"label": {long}}).Want(401).Has("kept for you")
	stranger := o.visitor()
	stranger.Post("/places", url.Values{"label": {long}}).Want(503)
	stranger.Post("/login", url.Values{"handle": {long}}).Want(503)
	<-o.web.bulky
	stranger.Post("/places", url.Values{"label": {long}}).Want(401)
}

// TestAttackDraftsWithoutEnd: the cookie of a session that ended keeps some forms,
// and not any number. What is not kept travels with the login.
func TestAttackDraftsWithoutEnd(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	page := v.Get("/cases/new")
	o.pass(16 * time.Minute)
	for range 40 {
		if _, err := o.desk.KeepDraft(t.Context(), sessionOf(v, o), habeas.Draft{Path: "/places", Fields: map[string][]string{"label": {"x"}}}); err != nil {
			t.Fatal(err)
		}
	}
	page = page.Submit("main form", url.Values{"title": {newTitle}}).Want(401)
	page = o.login(page, "vera").Want(200)
	if got := page.In("main form").In("[name=title]").Attr("value"); got != newTitle {
		t.Errorf("got %q back, want what was typed", got)
	}
	page.Submit("main form", nil).Want(200)
	v.Get("/cases").Has(newTitle)
	if got := v.Get("/kept").Count("section.draft"); got != 32 {
		t.Errorf("%d forms are kept, want 32", got)
	}
}

// TestIdleByChoice: a member whose desk is safe chooses an hour, and has it at the
// next login too. Nothing else can be chosen.
func TestIdleByChoice(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	for _, bad := range []string{"5", "61", "0", "-15", "x", "99999999999999"} {
		v.Post("/me/idle", url.Values{"form": {token(v.Get("/me"))}, "which": {"idle"}, "idle": {bad}}).Want(422)
	}
	v.Get("/me").Submit("form[action=/me/idle]", url.Values{"idle": {"60"}}).Want(200)
	o.pass(59 * time.Minute)
	v.Get("/cases").Want(200)
	o.pass(61 * time.Minute)
	v.Get("/cases").Want(401)
	v = o.member("vera")
	o.pass(59 * time.Minute)
	v.Get("/cases").Want(200)
	omar := o.member("omar")
	o.pass(16 * time.Minute)
	omar.Get("/cases").Want(401)
}
