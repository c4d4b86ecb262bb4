package web

import (
	"net/http"
	"strconv"

	"habeas"
	"habeas/ledger"
)

// casesPage lists the cases of the member's circles.
type casesPage struct {
	Frame
	Cases []habeas.CaseRow
	New   bool // the member may open one
	Keeps bool // the member says how long they are kept

	Later, Earlier string // the pages beside this one, or ""
}

// mostCases is how many cases stand on one page.
const mostCases = 200

func (s *Server) cases(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	from, _ := strconv.Atoi(r.URL.Query().Get("from"))
	from = min(max(from, 0), 1<<30)
	rows, more, err := s.Desk.SomeCases(r.Context(), by, from, mostCases)
	if err != nil {
		return err
	}
	p := casesPage{Frame: s.frame(w, r, by, f, "cases"), Cases: rows, New: casework.allows(by), Keeps: keeping.allows(by)}
	if from > 0 {
		p.Later = "/cases?from=" + strconv.Itoa(max(0, from-mostCases))
	}
	if more {
		p.Earlier = "/cases?from=" + strconv.Itoa(from+mostCases)
	}
	return s.show(w, f, "cases", p)
}

// newCasePage is the form that opens a case.
type newCasePage struct {
	Frame
	Circle Field
	Title  Field
	About  Field
	Start  Part
}

func (s *Server) newCase(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	circles, err := s.Desk.Circles(r.Context(), by)
	if err != nil {
		return err
	}
	p := newCasePage{Frame: s.frame(w, r, by, f, "cases")}
	p.Start = p.In("case")
	var options []Option
	for _, c := range circles {
		if !c.Office {
			options = append(options, Option{Value: c.ID.String(), Label: c.Name})
		}
	}
	p.Circle = p.Start.Choose("circle", "", options)
	p.Title = p.Start.Needed("title")
	var about []Option
	for _, a := range []string{"person", "incident", "pattern"} {
		about = append(about, Option{Value: a, Label: p.P.T("ui.case.about." + a)})
	}
	p.About = p.Start.Choose("about", "person", about)
	return s.show(w, f, "case_new", p)
}

func (s *Server) openCase(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	circle, err := ledger.ParseID(f.Get("circle"))
	if err != nil {
		return err
	}
	id, err := s.Desk.OpenCase(r.Context(), by, circle, habeas.NewCase{Title: f.Trimmed("title"), About: f.Get("about")})
	if err != nil {
		return err
	}
	return see(w, r, "/case/"+id.String())
}
