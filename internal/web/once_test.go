package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/internal/testkit"
	"habeas/vault"
)

// hang is how long nothing here takes unless it hangs, on however busy a machine.
// How long things take is for benchmarks to say.
const hang = 20 * time.Second

// places counts the places whose label holds a word.
func (o *office) placesCalled(word string) int {
	return strings.Count(o.member("ana").Get("/places").In("main").Text(), word)
}

func newPlaceForm(label, tok string) url.Values {
	return url.Values{"form": {tok}, "which": {"place"}, "label": {label}, "kind": {"pit"}, "region": {"north"}, "country": {"UA"}}
}

// TestDoubleClick sends one form many times at once: the place is there once, and
// every click comes to the same page.
func TestDoubleClick(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	form := newPlaceForm("the old granary", token(v.Get("/places/new")))
	var wg sync.WaitGroup
	var mu sync.Mutex
	went := map[string]int{}
	for range 8 {
		wg.Go(func() {
			p := o.sameBrowser(v).Post("/places", form)
			mu.Lock()
			defer mu.Unlock()
			went[p.Address.String()]++
			if p.Status != 200 {
				t.Errorf("got status %d, want the page the first click came to", p.Status)
			}
		})
	}
	wg.Wait()
	if len(went) != 1 {
		t.Errorf("clicks on one button came to %v", went)
	}
	v.Post("/places", form).Want(200) // and later
	if got := o.placesCalled("the old granary"); got != 1 {
		t.Errorf("a double click made %d places, want 1", got)
	}
}

// TestSentAgainWithOtherWords goes back, changes a word and sends the same form:
// nothing is recorded without being asked, and nothing typed is lost.
func TestSentAgainWithOtherWords(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	tok := token(v.Get("/places/new"))
	v.Post("/places", newPlaceForm("the old granary", tok)).Want(200)
	page := v.Post("/places", newPlaceForm("the new granary", tok)).Want(409)
	page.Has("was sent before")
	if got := page.In("main form").In("[name=label]").Attr("value"); got != "the new granary" {
		t.Errorf("got %q back, want what was typed", got)
	}
	if got := o.placesCalled("the new granary"); got != 0 {
		t.Error("it was recorded all the same")
	}
	page.Submit("main form", nil).Want(200)
	if got := o.placesCalled("the new granary"); got != 1 {
		t.Error("sent again on purpose, it was not taken")
	}
}

// TestRefusedFormIsSentAgain: what was refused was not taken, so its form is not
// used up.
func TestRefusedFormIsSentAgain(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	tok := token(v.Get("/places/new"))
	bad := newPlaceForm("the old\x00granary", tok)
	v.Post("/places", bad).Want(422)
	v.Post("/places", newPlaceForm("the old granary", tok)).Want(200)
	if got := o.placesCalled("the old granary"); got != 1 {
		t.Errorf("got %d places, want 1", got)
	}
}

// TestTwoTabs fills the same form in two tabs: both are taken.
func TestTwoTabs(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	one, two := v.Get("/places/new"), v.Get("/places/new")
	two.Submit("main form", url.Values{"label": {"a second pit"}, "kind": {"pit"}, "region": {"north"}, "country": {"UA"}}).Want(200)
	one.Submit("main form", url.Values{"label": {"a first pit"}, "kind": {"pit"}, "region": {"north"}, "country": {"UA"}}).Want(200)
	if o.placesCalled("a second pit") != 1 || o.placesCalled("a first pit") != 1 {
		t.Error("two tabs did not make two places")
	}
}

// TestOldFormsAreForgotten sends more forms than are remembered, and then the
// first of them once more: it comes back to be looked over.
func TestOldFormsAreForgotten(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	first := newPlaceForm("the old granary", token(v.Get("/places/new")))
	v.Post("/places", first).Want(200)
	by, err := o.desk.Actor(t.Context(), sessionOf(v, o))
	if err != nil {
		t.Fatal(err)
	}
	for range 300 {
		taken, _, err := o.desk.TakeForm(t.Context(), by, habeas.Sent{Token: o.desk.FormToken(by)})
		if err != nil {
			t.Fatal(err)
		}
		taken.Done(habeas.Outcome{Path: "/"})
	}
	v.Post("/places", first).Want(422).Has("look it over")
	if got := o.placesCalled("the old granary"); got != 1 {
		t.Errorf("got %d places, want 1", got)
	}
}

// sameBrowser returns somebody with the session of v.
func (o *office) sameBrowser(v *testkit.Visitor) *testkit.Visitor {
	other := o.visitor()
	other.SetCookie(o.web.cookieName(sessionCookie), sessionOf(v, o))
	return other
}

// sessionOf returns the token in a visitor's browser.
func sessionOf(v *testkit.Visitor, o *office) string {
	return v.Cookie(o.web.cookieName(sessionCookie))
}

// TestInFlightWhenLocked asks for a page that takes long, a download that goes on
// and on, and a form, and then locks everything: all three end at once,
// and no word leaves after the lock.
func TestInFlightWhenLocked(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	const secret = "canary after the lock"
	began := make(chan string, 3)
	slow := func(w http.ResponseWriter, r *http.Request, _ habeas.Actor, _ *Form) error {
		began <- "page"
		select {
		case <-r.Context().Done():
		case <-time.After(3 * hang):
		}
		w.Write([]byte(secret))
		return nil
	}
	endless := func(w http.ResponseWriter, r *http.Request, _ habeas.Actor, _ *Form) error {
		block := []byte(strings.Repeat("x", 1<<16))
		for i := range 1 << 20 {
			if i == 1 {
				began <- "download"
			}
			if _, err := w.Write(block); err != nil {
				return err
			}
		}
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("/slow", o.web.handle(route{pattern: "GET /slow", need: member, serve: slow}))
	mux.Handle("/endless", o.web.handle(route{pattern: "GET /endless", need: member, serve: endless}))
	mux.Handle("/", o.pages)
	o.mu.Lock()
	o.pages = mux
	o.mu.Unlock()

	var wg sync.WaitGroup
	var ends [2]time.Duration
	var said [2]string
	locked := make(chan time.Time, 1)
	for i, path := range []string{"/slow", "/endless"} {
		wg.Go(func() {
			req, err := http.NewRequest("GET", o.http.URL+path, nil)
			if err != nil {
				t.Error(err)
				return
			}
			req.AddCookie(&http.Cookie{Name: sessionCookie, Value: sessionOf(v, o)})
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if path == "/endless" { // a reader that takes nothing
				at := <-locked
				locked <- at
				time.Sleep(100 * time.Millisecond)
			}
			said[i] = readAll(resp)
			at := <-locked
			locked <- at
			ends[i] = time.Since(at)
		})
	}
	<-began
	<-began
	time.Sleep(50 * time.Millisecond)
	at := time.Now()
	v.Get("/help").Submit("form[action=/lock]", nil).Want(200)
	if took := time.Since(at); took > hang {
		t.Errorf("locking took %v", took)
	}
	locked <- at
	wg.Wait()
	for i, took := range ends {
		if took > hang {
			t.Errorf("request %d ended %v after the lock", i, took)
		}
		if strings.Contains(said[i], secret) {
			t.Error("words left after the lock")
		}
	}
	if !strings.Contains(said[0], "Log in") {
		t.Errorf("the slow page became %.300q, want the login", said[0])
	}
}

func readAll(resp *http.Response) string {
	b, _ := io.ReadAll(resp.Body) // cut off is what it is meant to be
	return string(b)
}

// TestAnotherNewPassphrase: a member changes their passphrase, goes back, and types
// another new one into the same form. They are not told that it was taken: the first
// one holds. The same sent twice is one change.
func TestAnotherNewPassphrase(t *testing.T) {
	const first, second = "quiet river under seven bridges", "copper lantern beside the orchard"
	o := newOffice(t)
	v := o.member("vera")
	page := v.Get("/me/passphrase").Want(200)
	typed := func(pass string) url.Values {
		return url.Values{"pass": {passOf("vera").Reveal()}, "pass.new": {pass}, "pass.again": {pass}}
	}
	page.Submit("main form", typed(first)).Want(200)
	page.Submit("main form", typed(second)).Want(409)
	page.Submit("main form", typed(first)).Want(200)
	if _, err := o.desk.Login(t.Context(), "vera", vault.NewText(second)); err == nil {
		t.Error("the second one opens")
	}
	if _, err := o.desk.Login(t.Context(), "vera", vault.NewText(first)); err != nil {
		t.Errorf("the first one does not: %v", err)
	}
}
