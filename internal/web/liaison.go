package web

import (
	"net/http"
	"slices"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/ledger"
)

// liaisonPage is who of a case is known to another circle of the reader's.
type liaisonPage struct {
	caseFrame
	Known                         []liaisonLine
	Several                       bool // the reader holds another circle
	Start                         Part
	Person, Other, Cover, Because Field
}

// A liaisonLine is a person of the case and who they are elsewhere.
type liaisonLine struct {
	Here            who
	Cover, Href     string // there
	Title, Circle   string
	By, At, ISO     string
	Reason, EndPath string
}

func (s *Server) liaisons(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "people")
	if err != nil {
		return err
	}
	p := liaisonPage{caseFrame: c, Start: c.In("liaison")}
	known, err := s.Desk.Liaisons(r.Context(), by, c.t.file.ID)
	if err != nil {
		return err
	}
	for _, l := range known {
		p.Known = append(p.Known, liaisonLine{
			Here: c.t.who(l.Here.Person), Cover: l.Cover, Title: l.Title, Circle: l.Circle.Name,
			Href: casePath(l.There.Case) + "/person/" + bare(l.There.Person),
			By:   c.colleague(l.By), At: c.P.Day(l.At), ISO: l.At.UTC().Format(time.DateOnly), Reason: l.Reason,
			EndPath: c.Base + "/liaison/" + l.Link.String() + "/end",
		})
	}
	circles, err := s.Desk.Circles(r.Context(), by)
	if err != nil {
		return err
	}
	circles = slices.DeleteFunc(circles, func(o habeas.Circle) bool { return o.Office || o.ID == c.t.file.Circle.ID })
	p.Several = len(circles) > 0
	p.fields(circles)
	return s.show(w, f, "liaisons", p)
}

func (p *liaisonPage) fields(circles []habeas.Circle) {
	people := []Option{{Label: p.T("ui.pick.choose")}}
	for _, ref := range p.t.sortedPersons() {
		if person := p.t.st.Persons[ref]; person.Count < 2 {
			people = append(people, Option{Value: bare(ref), Label: person.Cover})
		}
	}
	p.Person = p.Start.Choose("person", "", people)
	var others []Option
	for _, c := range circles {
		others = append(others, Option{Value: c.ID.String(), Label: c.Name})
	}
	p.Other = p.Start.Choose("circle", "", others)
	p.Cover, p.Because = p.Start.Needed("cover"), p.Start.Needed("reason")
	p.Person.Required, p.Other.Required = true, true
	p.Because.Label = p.T("ui.liaison.why")
	p.Other.Label, p.Other.Hint = p.T("ui.liaison.circle"), ""
	p.Cover.Label, p.Cover.Hint = p.T("ui.liaison.cover"), p.T("ui.liaison.cover.hint")
}

func (s *Server) liaise(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	circle, err := ledger.ParseID(f.Get("circle"))
	if err != nil {
		return err
	}
	here := habeas.PersonAt{Case: id, Person: claim.Ref("p:" + f.Get("person"))}
	if _, err := s.Desk.Liaise(r.Context(), by, here, circle, f.Trimmed("cover"), f.Trimmed("reason")); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/liaisons")
}

func (s *Server) endLiaison(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, link, err := caseEntry(r)
	if err != nil {
		return err
	}
	if err := s.Desk.EndLiaison(r.Context(), by, id, link); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/liaisons")
}
