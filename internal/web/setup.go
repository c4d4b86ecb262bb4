package web

import (
	"context"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"

	"habeas"
	"habeas/fault"
	"habeas/ledger"
	"habeas/paper"
	"habeas/vault"
)

// A FirstRun is the pages of a directory in which there is no office yet: a form
// that makes one, for whoever has the code that was printed where the server was
// started. Once it made one, it is the pages of that office. Set its fields before
// the first use of [FirstRun.Handler].
type FirstRun struct {
	Server Server             // its Desk is nil
	Config habeas.Config      // where the office will be
	Code   vault.Text         // as package paper makes codes
	Made   func(*habeas.Desk) // told when the office is there; whoever is told closes it

	making sync.Mutex    // held while an office is made, so that one is
	tries  chan struct{} // a place for each code that is being looked at

	mu    sync.Mutex
	pages http.Handler // of the office, once it is there
}

// wrongCode is how long a wrong code takes, and triesAtOnce how many are looked
// at meanwhile: others are told to wait.
const (
	wrongCode   = time.Second
	triesAtOnce = 4
)

// Handler returns the pages.
func (f *FirstRun) Handler() (http.Handler, error) {
	f.tries = make(chan struct{}, triesAtOnce)
	if err := f.Server.prepare(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, rt := range f.routes() {
		mux.Handle(rt.pattern, f.Server.handle(rt))
	}
	before := f.Server.hygiene(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		pages := f.pages
		f.mu.Unlock()
		if pages == nil {
			pages = before
		}
		pages.ServeHTTP(w, r)
	}), nil
}

// routes are all there is before there is an office.
func (f *FirstRun) routes() []route {
	s := &f.Server
	return []route{
		{pattern: "GET /{$}", need: anyone, serve: f.page},
		{pattern: "POST /setup", need: anyone, serve: f.make, again: f.page},
		{pattern: "POST /lang", need: anyone, serve: s.chooseLang, again: f.page},
		{pattern: "GET /asset/{hash}/{name}", need: unasked, serve: s.asset},
		{pattern: "GET /favicon.ico", need: unasked, serve: s.noIcon},
		{pattern: "/", need: anyone, serve: s.none},
	}
}

// setupPage is the form that makes an office.
type setupPage struct {
	Frame
	Start                      Part
	Code, Office, Name, Handle Field
	Circle                     Field
	Offer                      string
}

func (f *FirstRun) page(w http.ResponseWriter, r *http.Request, by habeas.Actor, form *Form) error {
	p := setupPage{Frame: f.Server.frame(w, r, by, form, ""), Offer: paper.Words(paper.PhraseWords).Reveal()}
	p.Start = p.In("setup")
	p.Code, p.Office = p.Start.Needed("setup_code"), p.Start.Field("organisation")
	p.Name, p.Handle = p.Start.Needed("known_as"), handleField(p.Start)
	p.Circle = p.Start.Filled("first_circle", p.T("ui.setup.circle"))
	p.Circle.Required = true
	return f.Server.show(w, form, "setup", p)
}

// make makes the office, once.
func (f *FirstRun) make(w http.ResponseWriter, r *http.Request, by habeas.Actor, form *Form) error {
	if err := f.checkCode(r.Context(), form.Secret("setup_code")); err != nil {
		return err
	}
	if err := samePass(form); err != nil {
		return err
	}
	keeper := habeas.NewMember{
		Handle: form.Trimmed("handle"), Name: form.Trimmed("known_as"), Passphrase: form.Secret(passField),
		Roles: []ledger.Role{ledger.Caseworker, ledger.Keeper},
	}
	strength, err := habeas.JudgeMember(keeper)
	if err != nil {
		return err
	}
	if keeper.Name == "" {
		return fault.New(fault.Invalid, "invite.no_name", fault.Field("known_as"))
	}
	if form.Trimmed("first_circle") == "" {
		return fault.New(fault.Invalid, "circle.name", fault.Field("first_circle"))
	}
	founding := habeas.Founding{Office: form.Trimmed("organisation"), Circle: form.Trimmed("first_circle"), Keeper: keeper}
	d, err := f.found(r.Context(), founding)
	if err != nil {
		return err
	}
	p := madePage{Frame: f.Server.frame(w, r, by, form, ""), Root: d.Root().String(), Pepper: f.Config.Pepper}
	p.Strength = p.T("ui.strength." + strength.Word())
	return f.Server.show(w, form, "made", p)
}

// madePage says what was made.
type madePage struct {
	Frame
	Root, Pepper, Strength string
}

// checkCode compares a code. It is short work for who has it, and slow for who
// guesses.
func (f *FirstRun) checkCode(ctx context.Context, typed vault.Text) error {
	select {
	case f.tries <- struct{}{}:
		defer func() { <-f.tries }()
	default:
		return fault.New(fault.Busy, "setup.slow")
	}
	if subtle.ConstantTimeCompare([]byte(paper.Plain(typed).Reveal()), []byte(f.Code.Reveal())) == 1 {
		return nil
	}
	select {
	case <-time.After(wrongCode):
	case <-ctx.Done():
	}
	return fault.New(fault.Invalid, "setup.wrong_code", fault.Field("setup_code"))
}

// found makes the office, unless somebody else did, and goes on with its pages.
// It does not stop half-way because a browser left.
func (f *FirstRun) found(ctx context.Context, founding habeas.Founding) (*habeas.Desk, error) {
	f.making.Lock()
	defer f.making.Unlock()
	f.mu.Lock()
	made := f.pages != nil
	f.mu.Unlock()
	if made {
		return nil, fault.New(fault.Conflict, "create.not_empty")
	}
	d, err := habeas.Create(context.WithoutCancel(ctx), f.Config, founding)
	if err != nil {
		return nil, err
	}
	s := &Server{Desk: d, Secure: f.Server.Secure, Hosts: f.Server.Hosts, Now: f.Server.Now, Log: f.Server.Log}
	pages, err := s.Handler()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.pages = pages
	f.mu.Unlock()
	f.Made(d)
	return d, nil
}
