package web

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/oplog"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// An office is the demo's office with pages, a clock that stands still and a
// log that is kept.
type office struct {
	t    testing.TB
	desk *habeas.Desk
	web  *Server
	http *httptest.Server
	log  *safeBuffer

	cfg habeas.Config

	mu    sync.Mutex
	now   time.Time
	pages http.Handler
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.b.Bytes())
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// newOffice makes an office with the members of the demo and no case yet.
func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{t: t, now: time.Date(2022, 12, 21, 10, 0, 0, 0, time.UTC), log: &safeBuffer{}}
	o.found(t.Context())
	o.open()
	return o
}

func (o *office) found(ctx context.Context) {
	o.t.Helper()
	o.cfg = habeas.Config{Dir: filepath.Join(o.t.TempDir(), "data"), Database: o.cfg.Database, Cost: vault.Cost{Time: 1, Memory: 64}, Now: o.clock}
	all := demo.Members()
	var err error
	if o.desk, err = habeas.Create(ctx, o.cfg, habeas.Founding{Keeper: newMember(all[0]), Circle: demo.Circle}); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { o.desk.Close() }) // the one that is open by then
	by, err := demo.Actor(ctx, o.desk, all[0].Handle)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, m := range all[1:] {
		if err := o.desk.AddMember(ctx, by, newMember(m), o.circle(ctx, by), m.Vault); err != nil {
			o.t.Fatal(err)
		}
	}
}

func newMember(m demo.Member) habeas.NewMember {
	return habeas.NewMember{Handle: m.Handle, Name: m.Name, Passphrase: vault.NewText(m.Passphrase), Roles: m.Roles}
}

// circle returns the circle that is not the office's.
func (o *office) circle(ctx context.Context, by habeas.Actor) ledger.ID {
	o.t.Helper()
	circles, err := o.desk.Circles(ctx, by)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, c := range circles {
		if !c.Office {
			return c.ID
		}
	}
	o.t.Fatal("no circle")
	return ledger.ID{}
}

// protect records a person with a name in a new case, so that there is somebody
// to be protected.
func (o *office) protect(ctx context.Context, family string) {
	o.t.Helper()
	by, err := demo.Actor(ctx, o.desk, "vera")
	if err != nil {
		o.t.Fatal(err)
	}
	id, err := o.desk.OpenCase(ctx, by, o.circle(ctx, by), habeas.NewCase{Title: "a first case", About: "person"})
	if err != nil {
		o.t.Fatal(err)
	}
	parts := []vault.Part{{Kind: name.Family, Text: vault.NewText(family)}}
	if _, err := o.desk.AddPerson(ctx, by, id, habeas.NewPerson{Parts: parts}); err != nil {
		o.t.Fatal(err)
	}
}

// open serves the desk at an address of its own.
func (o *office) open() {
	o.t.Helper()
	o.serve()
	o.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		pages := o.pages
		o.mu.Unlock()
		pages.ServeHTTP(w, r)
	}))
	o.t.Cleanup(o.http.Close)
}

func (o *office) serve() {
	o.t.Helper()
	o.web = &Server{Desk: o.desk, Now: o.clock, Log: oplog.New(o.log, nil)}
	h, err := o.web.Handler()
	if err != nil {
		o.t.Fatal(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pages = h
}

// restart closes the desk and opens it again at the same address: every session
// is gone, and nobody remembers whose it was.
func (o *office) restart() {
	o.t.Helper()
	if err := o.desk.Close(); err != nil {
		o.t.Fatal(err)
	}
	var err error
	if o.desk, err = habeas.Open(o.cfg); err != nil {
		o.t.Fatal(err)
	}
	o.serve()
}

// visitor returns somebody who has not logged in.
func (o *office) visitor() *testkit.Visitor { return testkit.VisitorTo(o.t, o.http.URL) }

// member returns a member of the demo, logged in.
func (o *office) member(handle string) *testkit.Visitor {
	o.t.Helper()
	v := o.visitor()
	o.login(v.Get("/login").Want(200), handle).Want(200)
	return v
}

// login fills in the login form of a page.
func (o *office) login(p *testkit.Page, handle string) *testkit.Page {
	o.t.Helper()
	for _, m := range demo.Members() {
		if m.Handle == handle {
			return p.Submit("form[action=/login]", url.Values{"handle": {handle}, "pass": {m.Passphrase}})
		}
	}
	o.t.Fatalf("no member %q", handle)
	return nil
}

// token returns the form token of the page a visitor is shown.
func token(p *testkit.Page) string {
	return p.In("form[action=/lang]").In("input[name=form]").Attr("value")
}

// bare sends a request that is not a form of a page.
func (o *office) bare(method, path string, change func(*http.Request)) *http.Response {
	o.t.Helper()
	req, err := http.NewRequest(method, o.http.URL+path, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}
