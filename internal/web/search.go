package web

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"habeas"
	"habeas/claim"
	"habeas/internal/locale"
)

// searchPage is the search form and what it found. The words are sent in the
// body of the request: an address, and so a browser's history, holds none.
type searchPage struct {
	Frame
	Start  Part
	Query  Field
	Names  bool // the reader may look names up
	Asked  bool
	Hits   []hitLine
	Counts string
	More   string // that there are others, or ""
}

// A hitLine is one text that was found.
type hitLine struct {
	Href, What    string
	Title, Cover  string // of the case it is in
	Before, After bool   // the text goes on
	Runs          []hitRun
}

// A hitRun is a piece of the text, found or around it.
type hitRun struct {
	Text  string
	Found bool
}

func (s *Server) searchPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.show(w, f, "search", s.newSearchPage(w, r, by, f))
}

func (s *Server) newSearchPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) searchPage {
	p := searchPage{Frame: s.frame(w, r, by, f, "search")}
	p.Start = p.In("search")
	p.Query, p.Names = p.Start.Field("q"), casework.allows(by)
	return p
}

func (s *Server) search(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p := s.newSearchPage(w, r, by, f)
	if query := f.Trimmed("q"); query != "" {
		found, err := s.Desk.Search(r.Context(), by, query)
		if err != nil {
			return err
		}
		p.Asked = true
		for _, h := range found.Hits {
			p.Hits = append(p.Hits, hitLineOf(p.P, h))
		}
		p.Counts = p.N("ui.search.found", len(found.Hits))
		switch {
		case found.Many:
			p.More = p.T("ui.search.many")
		case found.More:
			p.More = p.T("ui.search.more")
		}
	}
	return s.show(w, f, "search", p)
}

func hitLineOf(p *locale.Printer, h habeas.Hit) hitLine {
	l := hitLine{Href: hitPath(h), What: p.T("ui.search.kind." + h.Kind), Title: h.Case.Title, Cover: h.Case.Cover, Before: h.Snippet.Before, After: h.Snippet.After}
	text, at := h.Snippet.Text, 0
	for _, m := range h.Snippet.Matches {
		if m.Start < at || m.End > len(text) || m.Start >= m.End {
			continue
		}
		l.Runs = append(l.Runs, hitRun{Text: valid(text[at:m.Start])}, hitRun{Text: valid(text[m.Start:m.End]), Found: true})
		at = m.End
	}
	l.Runs = append(l.Runs, hitRun{Text: valid(text[at:])})
	return l
}

func valid(s string) string { return strings.ToValidUTF8(s, string(utf8.RuneError)) }

// hitPath returns the page that shows what was found.
func hitPath(h habeas.Hit) string {
	base := casePath(h.Stream)
	switch h.Ref.Kind() {
	case claim.RefStatement:
		if h.Kind == "title" && !h.Circle.Vault {
			return base + "#" + anchor(h.Ref) // it may not be open to them yet
		}
		return base + "/statement/" + bare(h.Ref)
	case claim.RefPlace:
		return "/place/" + string(h.Ref)
	case claim.RefPerson:
		return base + "/person/" + bare(h.Ref)
	}
	if h.Statement != "" {
		return base + "/statement/" + bare(h.Statement)
	}
	if h.Circle.Office {
		return "/places"
	}
	return base
}
