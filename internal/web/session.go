package web

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"sort"
	"strings"

	"habeas"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/ledger"
)

// Cookies. With TLS their names begin with __Host-, so that no sibling domain
// and no plain connection can set one.
const (
	sessionCookie = "habeas"
	formCookie    = "habeas-form"
	langCookie    = "habeas-lang"
	halfCookie    = "habeas-half"   // a login that lacks a second factor
	deviceCookie  = "habeas-device" // this browser was let in before; names nobody
)

// deviceKept is how long a browser keeps that it was let in.
const deviceKept = 365 * 24 * 60 * 60

// keepPrefix marks fields of the login form that belong to a form that came too
// late. They travel with it, so that they outlast even a restart.
const (
	keepPrefix = "keep."
	keepPath   = "keep"
)

func (s *Server) cookieName(name string) string {
	if s.Secure {
		return "__Host-" + name
	}
	return name
}

// setCookie sets a cookie that ends with the browser; an empty value removes it.
func (s *Server) setCookie(w http.ResponseWriter, name, value string) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", Secure: s.Secure, HttpOnly: true, SameSite: http.SameSiteStrictMode}
	switch {
	case value == "":
		c.MaxAge = -1
	case name == s.cookieName(deviceCookie):
		c.MaxAge = deviceKept
	}
	http.SetCookie(w, c)
}

func (s *Server) sessionToken(r *http.Request) string { return s.cookie(r, sessionCookie) }

// cookie returns the value of a cookie. Of two with one name, which only who can
// set cookies for us makes, it takes neither.
func (s *Server) cookie(r *http.Request, name string) string {
	all := r.CookiesNamed(s.cookieName(name))
	if len(all) != 1 {
		return ""
	}
	return all[0].Value
}

// anonymousToken returns the token of a form that is shown before anybody logged
// in: the same random words in a strict cookie and in the form.
func (s *Server) anonymousToken(w http.ResponseWriter, r *http.Request) string {
	name := s.cookieName(formCookie)
	if c, err := r.Cookie(name); err == nil && len(c.Value) == 26 {
		return c.Value
	}
	token := rand.Text()
	s.setCookie(w, name, token)
	return token
}

func (s *Server) checkAnonymous(r *http.Request, token string) error {
	c, err := r.Cookie(s.cookieName(formCookie))
	if err != nil || len(c.Value) != 26 || subtle.ConstantTimeCompare([]byte(c.Value), []byte(token)) != 1 {
		return fault.New(fault.Invalid, "form.token")
	}
	return nil
}

// A keptField is one field of a form that came too late.
type keptField struct {
	Name, Label, Value string
	Hidden             bool // of no interest to a reader: references and positions
	Long               bool
}

// carried returns the fields that a login form carries along.
func carried(f *Form) []keptField {
	fields := []keptField{{Name: keepPath, Value: f.Get(keepPath)}}
	for name, values := range f.values {
		if !strings.HasPrefix(name, keepPrefix) {
			continue
		}
		for _, v := range values {
			fields = append(fields, keptField{Name: name, Value: v})
		}
	}
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Name < fields[j].Name })
	return fields
}

// lockedOut answers a request of nobody: the login page, at the place that was
// asked for. A form is sealed to the member whose session it was; if nobody
// knows that any more, it travels in the login form.
func (s *Server) lockedOut(rt route, x *exchange, e *fault.Error) error {
	if x.r.Header.Get("HX-Request") != "" && x.r.Method == http.MethodGet {
		x.w.Header().Set("HX-Redirect", "/login")
		x.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	f := &Form{fault: e}
	p := loginPage{Next: "/"}
	if x.r.Method != http.MethodPost {
		p.Next = ownPath(x.r.URL.RequestURI())
		if e.Key() == "session.none" {
			f.fault = nil // just not logged in yet
		}
	} else if fields := x.f.kept(); len(fields) > 0 && rt.need != anyone && keepable(rt) {
		draft := habeas.Draft{Path: ownPath(x.r.URL.EscapedPath()), Fields: fields}
		kept, err := s.Desk.KeepDraft(x.r.Context(), s.sessionToken(x.r), draft)
		p.Next = "/kept"
		if err != nil || !kept {
			p.Keep = carry(draft)
		}
		f.fault = fault.New(fault.Locked, "session.form_kept")
		if e.Key() == "session.elsewhere" { // which may have taken it before it died
			f.fault = fault.New(fault.Locked, "session.form_elsewhere")
		}
	}
	p.Frame = s.frame(x.w, x.r, habeas.Actor{}, f, "")
	if x.r.Header.Get("HX-Request") != "" {
		// The part of a page that asked cannot hold a login page.
		x.w.Header().Set("HX-Retarget", "body")
		x.w.Header().Set("HX-Reswap", "outerHTML")
	}
	return s.write(x.w, http.StatusUnauthorized, "login", p)
}

// keepable reports whether what was typed is worth keeping: a search, a lock or
// a logout is not, and a name that was looked up, or words that are asked about
// while they are typed, are to be nowhere afterwards.
func keepable(rt route) bool {
	return !slices.Contains([]string{"POST /search", "POST /lookup", "POST /words", "POST /lock", "POST /logout", "POST /kept/drop", "POST /intake/{letter}/take/{n}",
		"POST /case/{case}/statement/{statement}/exhibits/begin"}, rt.pattern) // what a file is called belongs to no form of its own
}

func carry(d habeas.Draft) []keptField {
	fields := []keptField{{Name: keepPath, Value: d.Path}}
	for name, values := range d.Fields {
		for _, v := range values {
			fields = append(fields, keptField{Name: keepPrefix + name, Value: v})
		}
	}
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Name < fields[j].Name })
	return fields
}

// home shows what there is for whoever asks.
func (s *Server) home(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if by.Member.IsZero() {
		return s.loginPage(w, r, by, f)
	}
	return s.today(w, r, by, f)
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request, _ habeas.Actor, _ *Form) error {
	if err := s.Desk.Logout(s.sessionToken(r)); err != nil {
		return err
	}
	return s.gone(w, r)
}

// gone takes what the browser holds away and shows the login page.
func (s *Server) gone(w http.ResponseWriter, r *http.Request) error {
	// The cookie stays: it opens nothing any more, and a form still open in
	// another tab is kept for its member by it.
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return see(w, r, "/login")
}

func (s *Server) lockAll(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	if err := s.Desk.LockAll(by); err != nil {
		return err
	}
	return s.gone(w, r)
}

func (s *Server) chooseLang(w http.ResponseWriter, r *http.Request, _ habeas.Actor, f *Form) error {
	for _, l := range locale.Langs() {
		if f.Get("lang") == l {
			s.setCookie(w, langCookie, l)
		}
	}
	return see(w, r, f.Get("back"))
}

// keptPage lists forms that came after their session had ended.
type keptPage struct {
	Frame
	Drafts []keptDraft
}

type keptDraft struct {
	ID     string // hexadecimal
	Path   string
	What   string // what kind of form it was
	Fields []keptField
}

func (s *Server) kept(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	drafts, err := s.Desk.Drafts(r.Context(), by)
	if err != nil {
		return err
	}
	p := keptPage{Frame: s.frame(w, r, by, f, "kept")}
	for _, d := range drafts {
		p.Drafts = append(p.Drafts, keptDraft{ID: hex.EncodeToString(d.ID[:]), Path: ownPath(d.Path), What: formWords(p.P, d.Path), Fields: keptFields(p.P, d.Fields)})
	}
	return s.show(w, f, "kept", p)
}

// formWords says what a form sent to path is for, as far as its last word tells.
func formWords(p *locale.Printer, path string) string {
	last := path[strings.LastIndexByte(path, '/')+1:]
	if key := "ui.kept.form." + last; p.Has(key) {
		return p.T(key)
	}
	return p.T("ui.kept.form")
}

// keptFields makes the fields of a kept form ready to be looked at and changed.
func keptFields(p *locale.Printer, fields map[string][]string) []keptField {
	var out []keptField
	for name, values := range fields {
		for _, v := range values {
			k := keptField{Name: name, Value: v, Label: p.T("field." + name), Long: len(v) > 60 || strings.Contains(v, "\n")}
			if !p.Has("field." + name) {
				k.Label = name
			}
			k.Hidden = !k.Long && !strings.Contains(v, " ") && !p.Has("field."+name) || reference(v)
			out = append(out, k)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// reference reports whether v is a reference or an ID, which tell a reader
// nothing.
func reference(v string) bool {
	if len(v) == 18 && v[1] == ':' {
		return true
	}
	_, err := hex.DecodeString(v)
	return len(v) == 32 && err == nil
}

func (s *Server) dropKept(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(f.Get(draftField))
	if err != nil {
		return err
	}
	if err := s.Desk.DropDraft(r.Context(), by, id); err != nil {
		return err
	}
	return see(w, r, "/kept")
}

// parseID reads an ID of a URL or a form. One that is none names nothing.
func parseID(text string) (ledger.ID, error) {
	id, err := ledger.ParseID(text)
	if err != nil {
		return id, fault.Wrap(err, fault.NotFound, "page.none")
	}
	return id, nil
}
