package web

import (
	"net/http"
	"net/url"
	"strings"

	"habeas"
	"habeas/fault"
)

// loginPage is the page of the login form.
type loginPage struct {
	Frame
	Next string // where to go afterwards
	Keep []keptField
}

func (s *Server) loginPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if !by.Member.IsZero() && !f.Failed() {
		return see(w, r, "/")
	}
	p := loginPage{Frame: s.frame(w, r, by, f, ""), Next: ownPath(f.Get("next"))}
	if f.Get(keepPath) != "" {
		p.Keep = carried(f)
	}
	return s.show(w, f, "login", p)
}

func (s *Server) login(w http.ResponseWriter, r *http.Request, _ habeas.Actor, f *Form) error {
	welcome, err := s.Desk.Enter(r.Context(), habeas.Knock{
		Handle: f.Trimmed("handle"), Pass: f.Secret(passField), Device: s.cookie(r, deviceCookie),
	})
	if err != nil {
		return err
	}
	return s.letIn(w, r, f, welcome)
}

// letIn gives a browser what it is to keep, and keeps the form that came too late,
// if the login carried one along.
func (s *Server) letIn(w http.ResponseWriter, r *http.Request, f *Form, welcome habeas.Welcome) error {
	late, carries := carriedDraft(f)
	kept := false
	if carries {
		var err error
		if kept, err = s.Desk.KeepDraft(r.Context(), welcome.Token+welcome.Ticket, late); err != nil {
			return err
		}
	}
	next := ownPath(f.Get("next"))
	if welcome.Ticket != "" {
		s.setCookie(w, s.cookieName(halfCookie), welcome.Ticket)
		if carries && !kept {
			return s.secondPage(w, s.withCookie(r, halfCookie, welcome.Ticket), habeas.Actor{}, &Form{values: f.values})
		}
		return see(w, r, "/login/second?"+url.Values{"next": {next}}.Encode())
	}
	// A session this browser had before is not left behind with nobody at it.
	if err := s.Desk.Logout(s.sessionToken(r)); err != nil {
		return err
	}
	s.setCookie(w, s.cookieName(sessionCookie), welcome.Token)
	s.setCookie(w, s.cookieName(deviceCookie), welcome.Device)
	s.setCookie(w, s.cookieName(halfCookie), "")
	by, err := s.Desk.Actor(r.Context(), welcome.Token)
	if err != nil {
		return err
	}
	if carries && !kept {
		return s.showLate(w, r, by, late)
	}
	if drafts, err := s.Desk.Drafts(r.Context(), by); err == nil && len(drafts) > 0 {
		next = "/kept"
	}
	return see(w, r, next)
}

// withCookie returns r as if it had come with a cookie that was just set.
func (s *Server) withCookie(r *http.Request, name, value string) *http.Request {
	r = r.Clone(r.Context())
	var rest []*http.Cookie
	for _, c := range r.Cookies() {
		if c.Name != s.cookieName(name) {
			rest = append(rest, c)
		}
	}
	r.Header.Del("Cookie")
	for _, c := range append(rest, &http.Cookie{Name: s.cookieName(name), Value: value}) {
		r.AddCookie(c)
	}
	return r
}

// carriedDraft returns the form that a login carried along.
func carriedDraft(f *Form) (habeas.Draft, bool) {
	path := f.Get(keepPath)
	if path == "" {
		return habeas.Draft{}, false
	}
	fields := map[string][]string{}
	for name, values := range f.values {
		if field, ok := strings.CutPrefix(name, keepPrefix); ok {
			fields[field] = values
		}
	}
	return habeas.Draft{Path: ownPath(path), Fields: fields}, true
}

// showLate shows a form that came too late and found no room to be kept in, ready
// to be sent.
func (s *Server) showLate(w http.ResponseWriter, r *http.Request, by habeas.Actor, d habeas.Draft) error {
	p := errorPage{Frame: s.frame(w, r, by, &Form{}, ""), Action: d.Path}
	p.Title, p.Sentence = p.P.T("ui.late.title"), p.P.T("ui.late.sentence")
	p.Fields = keptFields(p.P, d.Fields)
	return s.write(w, http.StatusOK, "error", p)
}

// secondPage is the second half of a login.
type secondPage struct {
	loginPage
	Asks    habeas.Asking
	Passkey string // path of the script that asks a passkey
}

func (s *Server) secondPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if !by.Member.IsZero() {
		return see(w, r, "/")
	}
	asks, err := s.Desk.Asked(r.Context(), s.cookie(r, halfCookie), s.site(r))
	if fault.KindOf(err) == fault.Conflict { // too late, or too often: from the start, with what was carried
		if !f.Failed() {
			return see(w, r, "/login")
		}
		return s.loginPage(w, r, by, f)
	}
	if err != nil {
		return err
	}
	p := secondPage{loginPage: loginPage{Frame: s.frame(w, r, by, f, ""), Next: ownPath(r.FormValue("next"))}, Asks: asks, Passkey: s.assets.path("passkey.js")}
	if f.Get("next") != "" {
		p.Next = ownPath(f.Get("next"))
	}
	if f.Get(keepPath) != "" {
		p.Keep = carried(f)
	}
	return s.show(w, f, "second", p)
}

func (s *Server) second(w http.ResponseWriter, r *http.Request, _ habeas.Actor, f *Form) error {
	a := habeas.Answer{Code: f.Secret(codeField), Site: s.site(r)}
	if signed := f.Get(signField); signed != "" {
		a.Passkey = []byte(signed)
	}
	welcome, err := s.Desk.Answer(r.Context(), s.cookie(r, halfCookie), a)
	if err != nil {
		return err
	}
	return s.letIn(w, r, f, welcome)
}

// site returns the name and origin a browser reached us by. The name is one of
// ours: hygiene looked.
func (s *Server) site(r *http.Request) habeas.Site {
	scheme := "http"
	if s.Secure {
		scheme = "https"
	}
	u := url.URL{Scheme: scheme, Host: r.Host}
	return habeas.Site{Host: strings.ToLower(u.Hostname()), Origin: scheme + "://" + strings.ToLower(r.Host)}
}
