package portal

import (
	"strconv"

	"habeas/internal/locale"
)

// A choosePage offers the languages.
type choosePage struct{ Frame }

func (s *Server) choose(x *exchange) error {
	return s.show(x, 200, "choose", choosePage{s.frame(x, "")})
}

// A frontPage says what to know before writing.
type frontPage struct {
	Frame
	Guidance     []string // in the words of the office; empty for our own
	GuidanceLang string
	Looked       string
	LookedLang   string
	Onion        string
	Clearnet     string
	Closed       string // why nothing can be taken now, or ""
}

func (s *Server) front(x *exchange) error {
	if _, ok := s.pathLang(x.r); !ok {
		return nothingHere(x)
	}
	p := frontPage{Frame: s.frame(x, ""), Onion: s.Onion, Clearnet: s.Settings.Clearnet}
	words, lang := wordsIn(s.Settings.Guidance, x.p.Lang())
	p.Guidance, p.GuidanceLang = paragraphs(words), lang
	p.Looked, p.LookedLang = s.looked(x.p)
	if err := s.Desk.Taking(); err != nil {
		p.Closed = asRefusal(err).say(x.p)
	}
	return s.show(x, 200, "front", p)
}

// looked says how often people look at what came, and in which language.
func (s *Server) looked(p *locale.Printer) (words, lang string) {
	if words := s.Settings.Looked[p.Lang()]; words != "" {
		return words, p.Lang()
	}
	if s.Settings.LookDays > 0 {
		return p.N("portal.looked", s.Settings.LookDays), p.Lang()
	}
	if words, lang := wordsIn(s.Settings.Looked, p.Lang()); words != "" {
		return words, lang
	}
	return p.T("portal.looked_unsaid"), p.Lang()
}

// An errorPage says what went wrong where no other page can.
type errorPage struct {
	Frame
	Ref string // found in the log by whoever runs the server
}

func (s *Server) errorPage(x *exchange) error {
	p := errorPage{Frame: s.frame(x, "-"), Ref: x.ref}
	return s.show(x, x.f.Status(), "error", p)
}

// A section is one heading of the guidance.
type section struct {
	Name   string
	Points []string
}

// Sections returns our own guidance.
func (p frontPage) Sections() []section {
	var all []section
	for _, sec := range []struct {
		name   string
		points int
	}{{"protect", 4}, {"limits", 4}, {"omit", 4}, {"back", 4}, {"tor", 4}} {
		s := section{Name: sec.name}
		for i := range sec.points {
			s.Points = append(s.Points, p.T("front."+sec.name+"."+strconv.Itoa(i+1)))
		}
		all = append(all, s)
	}
	return all
}
