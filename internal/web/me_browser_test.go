package web

import (
	"encoding/base32"
	"net/url"
	"strings"
	"testing"

	"habeas/factor"
	"habeas/internal/testkit"
)

// TestSecondFactorsInABrowser sets up an app, notes the codes, adds a passkey, and
// logs in with it.
func TestSecondFactorsInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	b.PlugKey()
	o := newOffice(t)
	at := strings.Replace(o.http.URL, "127.0.0.1", "localhost", 1) // a name: passkeys want one
	path := func(want string) {
		t.Helper()
		if u, err := url.Parse(b.Address()); err != nil || u.Path != want {
			t.Fatalf("got to %s, want %s", b.Address(), want)
		}
	}
	enter := func() {
		b.Open(at + "/login")
		b.Fill("#handle", "vera")
		b.Fill("#pass", passOf("vera").Reveal())
		b.Follow("main .sheet button")
	}
	b.Resize(1280, 900)
	enter()
	b.Open(at + "/me")
	o.look(b, "me")

	b.Open(at + "/me/code")
	o.look(b, "me-code")
	b.Fill("#step-pass", passOf("vera").Reveal())
	b.Follow("main .sheet button")
	path("/me/code/confirm")
	o.look(b, "me-code-confirm")
	secret, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(b.Text("code.secret"), " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	b.Fill("#confirm-code", factor.Code(secret, factor.Step(o.clock())))
	b.Follow("main .sheet button")
	path("/me/recovery")
	o.look(b, "me-recovery")
	b.Follow("main form button")
	path("/me")
	o.look(b, "me-with-factors")
	b.Open(at + "/me/passphrase")
	o.look(b, "me-passphrase")

	b.Open(at + "/me/passkey")
	o.look(b, "me-passkey")
	b.Fill("#step-pass", passOf("vera").Reveal())
	b.Follow("main .sheet button")
	path("/me/passkey/confirm")
	o.look(b, "me-passkey-confirm")
	b.Follow("#passkey button")
	path("/me")
	if got := b.Text("ul.factors"); !strings.Contains(got, "Passkey") {
		t.Errorf("got %q, want the passkey among the second factors", got)
	}

	b.Follow("form[action='/logout'] button")
	enter()
	path("/login/second")
	b.Wait("#passkey button")
	o.look(b, "second")
	b.Follow("#passkey button")
	path("/")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
