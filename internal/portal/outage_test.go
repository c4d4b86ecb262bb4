package portal

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/vault"
)

// TestDatabaseIsAwayForStrangers: the database does not answer. Who writes, comes back,
// changes their mind or takes it back reads so in a plain sentence, and what they typed
// and chose stands in the form. Sent again, it is there once.
func TestDatabaseIsAwayForStrangers(t *testing.T) {
	line, through := postgrestest.Through(t, postgrestest.Database(t))
	o := made(t, habeas.Config{Database: through + "\npatience 1\n"}, func(cfg habeas.Config) (*habeas.Desk, error) {
		vera := demo.Members()[0]
		keeper := habeas.NewMember{Handle: vera.Handle, Name: vera.Name, Passphrase: vault.NewText(vera.Passphrase), Roles: vera.Roles}
		d, err := habeas.Create(t.Context(), cfg, habeas.Founding{Keeper: keeper, Circle: demo.Circle})
		if err == nil { // who takes in makes the keys that letters are sealed to
			_, err = demo.Actor(t.Context(), d, vera.Handle)
		}
		return d, err
	})
	if o.Desk.Taking() != nil {
		t.Fatal("no letters are taken")
	}
	said := words(t, "en")["portal.fault.later"]
	p := o.attach("/en/write", nil, onceField, o.get("/en/write").hidden(onceField), textField, "It came before.", namedField, "none")
	digits := p.digits()
	talk := o.back(digits)
	ticket, once, first := talk.hidden(ticketField), talk.hidden(onceField), o.get("/en/write").hidden(onceField)

	line.Cut()
	const typed = "He was taken while nothing could be stored."
	letter := []string{onceField, first, textField, typed, "ask.who", "my brother", urgentField, "yes", useField, "court", namedField, "none", placeField, "country", delayField, "30"}
	reply := []string{ticketField, ticket, onceField, once, textField, typed, urgentField, "yes"}
	uses := []string{ticketField, ticket, useField, "un", namedField, "none", placeField, "town"}
	aways := []struct {
		path   string
		fields []string
		has    []string
		not    []string
	}{
		{"/en/write", letter, []string{typed, "my brother", first, `value="court" checked`, `value="country" checked`, `value="30" checked`, `value="yes" checked`}, nil},
		{"/en/reply", reply, []string{typed, once, `value="yes" checked`}, []string{`action="/en/uses"`, `action="/en/withdraw"`, "It came before", "name=\"receipt\""}},
		{"/en/uses", uses, []string{`value="un" checked`, `value="town" checked`}, []string{`action="/en/reply"`, `action="/en/withdraw"`}},
		{"/en/withdraw", []string{ticketField, ticket, wordField, "harbour"}, []string{`action="/en/withdraw"`}, []string{"harbour", `action="/en/reply"`}},
		{"/en/return", []string{receiptField, digits, textField, typed}, []string{typed, digits}, nil},
	}
	answers := make([]page, len(aways))
	var all sync.WaitGroup
	for i, away := range aways {
		all.Go(func() { answers[i] = o.send(away.path, away.fields...) })
	}
	all.Wait()
	for i, away := range aways {
		p := answers[i]
		if p.status != http.StatusServiceUnavailable || p.header.Get("Retry-After") == "" || !strings.Contains(p.body, said) {
			t.Errorf("%s: got %d, want 503 and what to do", away.path, p.status)
		}
		for _, want := range away.has {
			if !strings.Contains(p.body, want) {
				t.Errorf("%s: %s is lost", away.path, want)
			}
		}
		for _, not := range append(away.not, "database", `class="words"`) {
			if strings.Contains(p.body, not) {
				t.Errorf("%s: got a page with %s", away.path, not)
			}
		}
	}

	line.Mend()
	for range 2 {
		if p := o.send("/en/write", letter...); p.digits() == "" {
			t.Fatalf("sent again: got %d", p.status)
		}
		p = o.send("/en/reply", reply...)
		o.says(p, "en", "portal.done.reply")
	}
	if n := strings.Count(p.body, words(t, "en")["portal.talk.unopened"]); n != 2 {
		t.Errorf("got %d letters in the conversation, want 2", n)
	}
	o.says(o.send("/en/uses", uses...), "en", "portal.done.uses")
}
