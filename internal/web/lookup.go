package web

import (
	"net/http"

	"habeas"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/ledger"
)

// colleagueRoutes are what members see of each other: looks at names, who may
// open what, what was done.
func (s *Server) colleagueRoutes() []route {
	return []route{
		// Whose name this is
		{pattern: "GET /lookup", need: casework, serve: s.lookUpPage},
		{pattern: "POST /lookup", need: casework, serve: s.lookUp, again: s.lookUpPage},
		{pattern: "GET /looks", need: reading, serve: s.looks},
		{pattern: "POST /looks/{member}", need: casework, serve: s.agree, again: s.looks},

		// Who did what
		{pattern: "GET /log", need: keeping, serve: s.logPage},
		{pattern: "GET /audit", need: auditing, serve: s.audit},
		{pattern: "POST /audit/{member}/looked", need: keeping, serve: s.lookedAtWithheld, again: s.audit},

		// People whom two circles know
		{pattern: "GET /case/{case}/liaisons", need: member, serve: s.liaisons},
		{pattern: "POST /case/{case}/liaisons", need: recorder, serve: s.liaise, again: s.liaisons},
		{pattern: "POST /case/{case}/liaison/{entry}/end", need: recorder, serve: s.endLiaison, again: s.liaisons},
	}
}

// lookUpPage asks for a whole name, and says whose it may be by cover names. The
// name is sent in the body of the request and is on no page afterwards.
type lookUpPage struct {
	Frame
	Start Part
	Name  Field
	Spent string
	Asked bool
	Found []foundLine
}

// A foundLine is somebody whose name is like the one that was typed.
type foundLine struct{ Href, Cover, Alike, Title, Circle string }

func (s *Server) lookUpPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p, err := s.newLookUpPage(w, r, by, f)
	if err != nil {
		return err
	}
	return s.show(w, f, "lookup", p)
}

func (s *Server) newLookUpPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) (lookUpPage, error) {
	p := lookUpPage{Frame: s.frame(w, r, by, f, "search")}
	p.Start = p.In("lookup")
	p.Name = p.Start.Needed("name")
	all, err := s.Desk.Budgets(r.Context(), by)
	for _, b := range all {
		if b.Mine {
			p.Spent = p.T("ui.lookup.spent", b.LookUps.Used, b.LookUps.Most)
		}
	}
	return p, err
}

func (s *Server) lookUp(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	found, err := s.Desk.LookUp(r.Context(), by, f.Secret("name"))
	if err != nil {
		return err
	}
	p, err := s.newLookUpPage(w, r, by, &Form{})
	if err != nil {
		return err
	}
	p.Asked = true
	for _, m := range found {
		p.Found = append(p.Found, foundLine{
			Href: casePath(m.Case) + "/person/" + bare(m.Person), Cover: m.Cover, Title: m.Title, Circle: m.Circle.Name,
			Alike: p.T("ui.alike." + m.Alike.String()),
		})
	}
	return s.show(w, f, "lookup", p)
}

// looksPage is what colleagues did with names today.
type looksPage struct {
	Frame
	Rows   []looksRow
	Audits bool // the reader may see the whole record
}

// A looksRow is what one colleague did.
type looksRow struct {
	Name                  string
	Mine                  bool
	Looks, LookUps, Tries string
	Agreed                string
	Agrees                *agreeForm // nil if the reader may not agree to more
}

// An agreeForm lets a colleague look at more names today.
type agreeForm struct {
	P      *locale.Printer
	Start  Part
	Action string
	PassID string
	Open   bool
	Label  string
}

func (s *Server) looks(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	all, err := s.Desk.Budgets(r.Context(), by)
	if err != nil {
		return err
	}
	p := looksPage{Frame: s.frame(w, r, by, f, "people"), Audits: auditing.allows(by)}
	for _, b := range all {
		row := looksRow{Name: p.colleague(b.Name), Mine: b.Mine, Agreed: p.P.List(b.Agreed...)}
		row.Looks, row.LookUps, row.Tries = p.spent(b.Looks), p.spent(b.LookUps), p.spent(b.Tries)
		if b.Open {
			in := p.In("agree-" + b.Member.String())
			row.Agrees = &agreeForm{P: p.P, Start: in, Action: "/looks/" + b.Member.String(), PassID: "pass-" + b.Member.String(), Open: in.Form.Failed(), Label: p.T("ui.looks.agree", row.Name)}
		}
		p.Rows = append(p.Rows, row)
	}
	return s.show(w, f, "looks", p)
}

func (fr Frame) spent(s habeas.Spent) string { return fr.T("ui.looks.spent", s.Used, s.Most) }

// colleague returns a member's name, or words for one that is not known.
func (fr Frame) colleague(name string) string {
	if name == "" {
		return fr.T("ui.member.unknown")
	}
	return name
}

func (s *Server) agree(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	member, err := ledger.ParseID(r.PathValue("member"))
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "member.none")
	}
	if err := s.Desk.Agree(r.Context(), by, member, f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/looks")
}
