package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"habeas"
	"habeas/internal/locale"
)

//go:embed page/*.html
var pageFiles embed.FS

// pages holds the parsed templates by name. Each is a set of its own, so that
// one page's words never stand in another.
type pages map[string]*template.Template

// parsePages reads page/layout.html and page/part_*.html into every page, once for all
// servers of a process.
var parsePages = sync.OnceValues(func() (pages, error) {
	shared, err := template.New("layout").ParseFS(pageFiles, "page/layout.html", "page/part_*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(pageFiles, "page/*.html")
	if err != nil {
		return nil, err
	}
	all := pages{}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" || strings.HasPrefix(name, "part_") {
			continue
		}
		set, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if all[name], err = set.ParseFS(pageFiles, file); err != nil {
			return nil, err
		}
	}
	return all, nil
})

// A Frame is what every page has around its own matter. Page structs embed it.
type Frame struct {
	P       *locale.Printer
	Member  string // who is logged in, or ""
	Reads   bool   // and works on cases
	TakesIn bool   // and takes in what strangers send
	Section string // the word of the navigation that this page is under, or ""
	Path    string // of this page
	Token   string // for the hidden field of every form
	Form    *Form  // what was typed and refused; empty otherwise
	Style   string // paths of the style sheets and scripts
	Desk    string
	Htmx    string
	Script  string
	Typing  string
}

// frame returns the frame of a page in a section ("today", "intake", "cases",
// "places", "search", "people", "kept", "help", or "").
func (s *Server) frame(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form, section string) Frame {
	fr := Frame{
		P: locale.New(s.lang(r)), Member: by.Name(), Reads: reading.allows(by), TakesIn: takingIn.allows(by), Section: section, Path: pagePath(r), Form: f,
		Style: s.assets.path("habeas.css"), Desk: s.assets.path("desk.css"),
		Htmx: s.assets.path("htmx.min.js"), Script: s.assets.path("app.js"), Typing: s.assets.path("words.js"),
	}
	if by.Member.IsZero() {
		fr.Token = s.anonymousToken(w, r)
	} else {
		fr.Token = s.Desk.FormToken(by)
	}
	return fr
}

// pagePath returns where the page can be asked for again: the path alone, for a
// query may hold words.
func pagePath(r *http.Request) string {
	if r.Method == http.MethodPost {
		return "/"
	}
	return ownPath(r.URL.EscapedPath())
}

// lang returns the language of the reader: chosen, or else as the browser asks.
func (s *Server) lang(r *http.Request) string {
	if c, err := r.Cookie(langCookie); err == nil {
		for _, l := range locale.Langs() {
			if c.Value == l {
				return l
			}
		}
	}
	return locale.Match(r.Header.Get("Accept-Language"))
}

// show renders a page, with the status that f asks for, and sends it.
func (s *Server) show(w http.ResponseWriter, f *Form, name string, page any) error {
	return s.write(w, f.status(), name, page)
}

func (s *Server) write(w http.ResponseWriter, status int, name string, page any) error {
	t := s.pages[name]
	if t == nil {
		return fmt.Errorf("web: no page %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", page); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	// An error here is a reader who left; there is nobody to tell.
	_, _ = w.Write(b.Bytes())
	return nil
}

// T returns words of the catalogue, see [locale.Printer.T].
func (fr Frame) T(key string, args ...any) string { return fr.P.T(key, args...) }

// N returns words for a number of things, see [locale.Printer.N].
func (fr Frame) N(key string, n int, args ...any) string { return fr.P.N(key, n, args...) }

// Lang returns the language of the page.
func (fr Frame) Lang() string { return fr.P.Lang() }

// Dir returns the direction of the page.
func (fr Frame) Dir() string { return fr.P.Dir() }

// Alert returns why the form was refused, to stand on top of the page.
func (fr Frame) Alert() string { return fr.Form.Why(fr.P) }

// Langs returns the languages a reader can choose.
func (fr Frame) Langs() []string { return locale.Langs() }

// Nav returns the navigation: words that exist, and nothing else.
func (fr Frame) Nav() []NavItem {
	if fr.Member == "" {
		return nil
	}
	var names []string
	if fr.Reads {
		names = append(names, "today")
	}
	if fr.TakesIn {
		names = append(names, "intake")
	}
	if fr.Reads {
		names = append(names, "cases", "appeals", "places", "search")
	}
	names = append(names, "people", "kept", "help")
	items := []NavItem{}
	for _, name := range names {
		href := "/" + name
		if name == "today" {
			href = "/"
		}
		items = append(items, NavItem{Label: fr.P.T("ui.nav." + name), Href: href, Here: name == fr.Section})
	}
	return items
}

// A NavItem is one word of the navigation.
type NavItem struct {
	Label, Href string
	Here        bool
}

// In returns the form of that name on the page, to make its fields with.
func (fr Frame) In(which string) Part {
	return Part{which: which, p: fr.P, Form: fr.Form.For(which), Token: fr.Token}
}

// A Part is one form of a page while it is being written: template "start"
// takes a Part, templates "input", "area" and "select" take a Field made by it.
type Part struct {
	which string
	p     *locale.Printer
	Form  *Form
	Token string
}

// Which returns the value of the hidden field that tells forms apart.
func (p Part) Which() string { return p.which }

// Unsure reports whether the form was refused because some of its words look
// like a name, and which ones can't be shown: then it asks whether they are none.
func (p Part) Unsure() bool {
	return p.Form.Failed() && p.Form.Fault().Key() == "desk.suspect_in_field" && len(p.Form.hints) == 0
}

// T returns words of the catalogue.
func (p Part) T(key string) string { return p.p.T(key) }

// A Field is one labelled field of a form.
type Field struct {
	ID, Name, Label, Hint, Value string
	Why                          string // the refusal, if it was about this field
	Required                     bool
	Options                      []Option
	Typed                        bool       // free text that must name nobody
	Hints                        *hintsView // what it was refused for
}

// An Option is one choice of a select.
type Option struct {
	Value, Label string
	Chosen       bool
	Group        bool // not a choice: the heading of those that follow
}

// An OptionGroup is choices that stand under one heading; those before the first
// heading have none.
type OptionGroup struct {
	Label   string
	Options []Option
}

// Groups returns the choices of a select under their headings.
func (f Field) Groups() []OptionGroup {
	var groups []OptionGroup
	for _, o := range f.Options {
		if o.Group {
			groups = append(groups, OptionGroup{Label: o.Label})
			continue
		}
		if len(groups) == 0 {
			groups = append(groups, OptionGroup{})
		}
		last := &groups[len(groups)-1]
		last.Options = append(last.Options, o)
	}
	return groups
}

// Field returns an optional field. Its label is "field.<name>" of the
// catalogue, its hint "hint.<name>" if there is one.
func (p Part) Field(name string) Field {
	f := Field{ID: p.which + "-" + name, Name: name, Label: p.p.T("field." + name), Value: p.Form.Get(name)}
	if p.p.Has("hint." + name) {
		f.Hint = p.p.T("hint." + name)
	}
	f.Typed, f.Hints = freeText(name), p.Form.hints[name]
	if f.Hints != nil {
		f.Hints.ID = f.ID
	}
	if p.Form.Wrong(name) {
		f.Why = p.Form.Why(p.p)
	}
	return f
}

// Needed is Field for one that must be filled.
func (p Part) Needed(name string) Field {
	f := p.Field(name)
	f.Required = true
	return f
}

// Filled is Field with a value to start from.
func (p Part) Filled(name, value string) Field {
	f := p.Field(name)
	if p.Form.values == nil {
		f.Value = value
	}
	return f
}

// Choose is Field for a select. chosen is what stands in it before anybody
// typed.
func (p Part) Choose(name, chosen string, options []Option) Field {
	f := p.Filled(name, chosen)
	for _, o := range options {
		o.Chosen = !o.Group && o.Value == f.Value
		f.Options = append(f.Options, o)
	}
	return f
}
