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
	from := fromOf(r)
	rows, more, err := s.Desk.SomeCases(r.Context(), by, from, mostCases)
	if err != nil {
		return err
	}
	p := casesPage{Frame: s.frame(w, r, by, f, "cases"), Cases: rows, New: casework.allows(by), Keeps: keeping.allows(by)}
	p.Later, p.Earlier = beside("/cases", from, mostCases, more)
	return s.show(w, f, "cases", p)
}

// fromOf returns how many lines of a list stand on the pages before the one asked for.
func fromOf(r *http.Request) int {
	from, _ := strconv.Atoi(r.URL.Query().Get("from"))
	return min(max(from, 0), 1<<30)
}

// beside returns the pages of a list before and after the one that begins at from, or "".
func beside(path string, from, most int, more bool) (later, earlier string) {
	if from > 0 {
		later = path + "?from=" + strconv.Itoa(max(0, from-most))
	}
	if more {
		earlier = path + "?from=" + strconv.Itoa(from+most)
	}
	return later, earlier
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
