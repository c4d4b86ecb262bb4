package web

import (
	"strings"
	"testing"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// TestFirstRunInABrowser makes an office without script.
func TestFirstRunInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, false)
	f := newFirst(t)
	o := &office{t: t}
	b.Resize(1280, 900)
	b.Open(f.url + "/")
	o.look(b, "setup")
	b.Fill("#setup-setup_code", f.Code.Reveal())
	b.Fill("#setup-known_as", "Vera")
	b.Fill("#setup-handle", "vera")
	b.Fill("#pass", chosen)
	b.Fill("#pass-again", chosen)
	b.Press("\r")
	b.Wait(".facts")
	o.look(b, "made")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// TestComingInABrowser walks through an invitation and the sheets, by keyboard
// where a person would use it, and looks at each page.
func TestComingInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := newOffice(t)
	b.Resize(1280, 900)
	b.Open(o.http.URL + "/login")
	m := demo.Members()[0]
	b.Fill("#handle", m.Handle)
	b.Fill("#pass", m.Passphrase)
	b.Press("\r")
	b.Wait("nav.words")
	o.look(b, "today-without-recovery")
	b.Open(o.http.URL + "/invites")
	b.Fill("#invite-known_as", "Ilse")
	b.Click("#invite-role-analyst")
	b.Fill("#invite-pass", m.Passphrase)
	o.look(b, "invites-filled")
	b.Press("\r")
	b.Wait(".bigcode")
	o.look(b, "code")
	code := strings.Join(strings.Fields(b.Text(".bigcode")), " ")
	b.Open(o.http.URL + "/invites")
	o.look(b, "invites")
	b.Open(o.http.URL + "/again")
	o.look(b, "again")
	b.Open(o.http.URL + "/recovery")
	o.look(b, "recovery-none")
	b.Fill("#make-pass", m.Passphrase)
	b.Press("\r")
	b.Wait(".slip")
	o.look(b, "sheets")
	b.Open(o.http.URL + "/recovery")
	o.look(b, "recovery-unready")
	b.Open(o.http.URL + "/join")
	b.Fill("#join-invitation", code)
	b.Fill("#join-handle", "ilse")
	b.Fill("#pass", chosen[:3])
	if got := b.Text("#pass-strength"); !strings.Contains(got, "easy to guess") {
		t.Errorf("got %q of three letters", got)
	}
	b.Press(chosen[3:])
	if got := b.Text("#pass-strength"); strings.Contains(got, "easy to guess") || got == "" {
		t.Errorf("got %q of five words", got)
	}
	b.Fill("#pass-again", chosen)
	o.look(b, "join")
	b.Press("\r")
	b.Wait("a.act[href='/login']")
	o.look(b, "joined")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
