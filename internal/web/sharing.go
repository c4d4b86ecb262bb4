package web

import (
	"net/http"
	"slices"

	"habeas"
	"habeas/fault"
	"habeas/ledger"
)

// sharingPage is which circles have a case, and where it is given to another.
type sharingPage struct {
	caseFrame
	Circles []sharingLine
	Others  string // how many more there are, or ""
	Shares  bool   // the reader may share it
	Alone   bool   // but is in no other circle
	Start   Part
	With    Field
	Names   checkbox
	Limit   string
}

// A sharingLine is a circle that has the case.
type sharingLine struct {
	Name string
	Own  bool     // the reader has the case through it
	End  *actForm // nil if the reader cannot take it back
}

func (s *Server) sharing(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "case")
	if err != nil {
		return err
	}
	shared, err := s.Desk.Sharing(r.Context(), by, c.t.file.ID)
	if err != nil {
		return err
	}
	circles, err := s.Desk.Circles(r.Context(), by)
	if err != nil {
		return err
	}
	until, err := s.Desk.KeyBackupsUntil(by)
	if err != nil {
		return err
	}
	p := sharingPage{caseFrame: c, Shares: casework.allows(by) && c.Vault, Limit: c.T("ui.members.limit", c.P.Day(until))}
	for _, o := range shared.With {
		line := sharingLine{Name: c.circleName(o), Own: o.ID == c.t.file.Circle.ID}
		if p.Shares && !line.Own {
			line.End = c.actForm("end-"+o.ID.String(), c.Base+"/sharing/"+o.ID.String()+"/end", "ui.sharing.end", line.Name, p.Limit)
		}
		p.Circles = append(p.Circles, line)
	}
	if shared.Others > 0 {
		p.Others = c.N("ui.access.others", shared.Others)
	}
	p.Start = c.In("share")
	options := []Option{{Label: c.T("ui.pick.choose")}}
	for _, o := range circles {
		if !o.Office && !slices.ContainsFunc(shared.With, func(w habeas.Circle) bool { return w.ID == o.ID }) {
			options = append(options, Option{Value: o.ID.String(), Label: c.circleName(o)})
		}
	}
	p.Alone = len(options) == 1
	p.With = p.Start.Choose("circle", "", options)
	p.With.Label, p.With.Hint, p.With.Required = c.T("ui.sharing.with"), "", true
	p.Names = box(p.Start, "names", "1", c.T("ui.sharing.names"), false)
	return s.show(w, f, "sharing", p)
}

func (s *Server) share(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	circle, err := ledger.ParseID(f.Get("circle"))
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "circle.none")
	}
	if err := s.Desk.Share(r.Context(), by, id, circle, f.Has("names", "1"), f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/sharing")
}

func (s *Server) unshare(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	circle, err := circleIn(r)
	if err != nil {
		return err
	}
	if err := s.Desk.Unshare(r.Context(), by, id, circle, f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/sharing")
}
