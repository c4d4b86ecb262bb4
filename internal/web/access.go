package web

import (
	"net/http"
	"slices"

	"habeas"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/ledger"
)

// accessPage is what the reader can open, and who else can.
type accessPage struct {
	Frame
	Circles []accessView
	Keeps   bool
}

// An accessView is one circle.
type accessView struct {
	ID, Name, Mine, Cases string
	Office                bool
	Holders               []holderView
	Recovery              string
	Shared                []sharedView
	Add                   *addForm // for keepers
	Check                 string   // whether others' releases are looked through for its names
	Mark                  *actForm // begins or ends that, for who may
}

// A holderView is a member of a circle.
type holderView struct {
	Name, Part, Standing string
	Me                   bool
	Take                 *actForm // for keepers
}

// A sharedView is a case that other circles have as well.
type sharedView struct{ Href, Title, With string }

// An addForm gives a circle to a member.
type addForm struct {
	Start  Part
	Action string
	Open   bool
	Member Field
	Names  checkbox
	Both   bool // the reader holds the names, and can give them
}

func (s *Server) access(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	all, err := s.Desk.Access(r.Context(), by)
	if err != nil {
		return err
	}
	p := accessPage{Frame: s.frame(w, r, by, f, "people"), Keeps: keeping.allows(by)}
	for _, a := range all {
		p.Circles = append(p.Circles, p.view(a))
	}
	return s.show(w, f, "access", p)
}

// A listed is the members of a circle, as a table.
type listed struct {
	P      *locale.Printer
	Title  string
	Circle accessView
}

// Listed returns the members of a circle for the template that lists them.
func (fr Frame) Listed(v accessView) listed { return listed{fr.P, v.Name, v} }

// circleName returns what a circle is called.
func (fr Frame) circleName(c habeas.Circle) string {
	switch {
	case c.Office:
		return fr.T("ui.access.office")
	case c.Name == "":
		return fr.T("ui.access.unnamed")
	}
	return c.Name
}

func (fr Frame) part(vault bool) string {
	if vault {
		return fr.T("ui.access.names")
	}
	return fr.T("ui.access.body")
}

func (fr Frame) view(a habeas.CircleAccess) accessView {
	v := accessView{ID: a.ID.String(), Name: fr.circleName(a.Circle), Mine: fr.part(a.Vault), Office: a.Office, Cases: fr.N("ui.access.cases", a.Cases)}
	v.Recovery = fr.T("ui.access.recovery.no")
	if a.Recovery {
		v.Recovery = fr.T("ui.access.recovery.yes")
	}
	if a.Office {
		v.Mine = fr.T("ui.access.office.mine")
	}
	for _, h := range a.Holders {
		line := holderView{Name: fr.colleague(h.Name), Part: fr.part(h.Vault), Me: h.Me}
		if a.Office {
			line.Part = fr.T("ui.access.office.part")
		}
		if h.Standing == ledger.Suspended {
			line.Standing = fr.T("ui.members.suspended")
		}
		v.Holders = append(v.Holders, line)
	}
	fr.check(&v, a)
	for _, c := range a.Shared {
		v.Shared = append(v.Shared, sharedView{Href: casePath(c.ID) + "/sharing", Title: c.Title, With: fr.with(c)})
	}
	return v
}

// check says whether others' releases are looked through for the names of a circle.
func (fr Frame) check(v *accessView, a habeas.CircleAccess) {
	if a.Office {
		return
	}
	state, key, path := "ui.check.off", "ui.check.mark", "/check"
	if a.Checked {
		state, key, path = "ui.check.on", "ui.check.end", "/check/end"
	}
	v.Check = fr.T(state)
	if a.MayMark {
		v.Mark = fr.actForm("check-"+v.ID, "/circle/"+v.ID+path, key, v.Name, "")
	}
}

// with says which circles have a case.
func (fr Frame) with(c habeas.SharedCase) string {
	var names []string
	for _, o := range c.With {
		names = append(names, fr.circleName(o))
	}
	if c.Others > 0 {
		names = append(names, fr.N("ui.access.others", c.Others))
	}
	return fr.P.List(names...)
}

// circlesPage is where a keeper makes circles and gives them to members.
type circlesPage struct {
	Frame
	Circles []accessView
	Start   Part
	Name    Field
	Backups string
}

func (s *Server) circles(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	all, err := s.Desk.Access(r.Context(), by)
	if err != nil {
		return err
	}
	members, err := s.Desk.Members(r.Context(), by)
	if err != nil {
		return err
	}
	until, err := s.Desk.KeyBackupsUntil(by)
	if err != nil {
		return err
	}
	p := circlesPage{Frame: s.frame(w, r, by, f, "people")}
	p.Backups = p.T("ui.members.limit", p.P.Day(until))
	p.Start = p.In("circle")
	p.Name = p.Start.Needed("circle_name")
	for _, a := range all {
		if a.Office {
			continue
		}
		v := p.view(a)
		for i, h := range a.Holders {
			if h.Standing == ledger.Active {
				v.Holders[i].Take = p.actForm("take-"+v.ID+"-"+h.ID.String(), "/circle/"+v.ID+"/take/"+h.ID.String(), "ui.circles.take", v.Holders[i].Name, p.Backups)
			}
		}
		v.Add = p.addForm(a, members)
		p.Circles = append(p.Circles, v)
	}
	return s.show(w, f, "circles", p)
}

// addForm offers the members who do not hold all of a circle yet.
func (p *circlesPage) addForm(a habeas.CircleAccess, members []habeas.Member) *addForm {
	in := p.In("add-" + a.ID.String())
	form := &addForm{Start: in, Action: "/circle/" + a.ID.String() + "/add", Open: in.Form.Failed(), Both: a.Vault}
	options := []Option{{Label: p.T("ui.pick.choose")}}
	for _, m := range members {
		has := slices.ContainsFunc(a.Holders, func(h habeas.CircleHolder) bool { return h.ID == m.ID && (h.Vault || !a.Vault) })
		if m.Standing == ledger.Active && !has {
			options = append(options, Option{Value: m.ID.String(), Label: p.colleague(m.Name)})
		}
	}
	form.Member = in.Choose("member", "", options)
	form.Member.ID, form.Member.Required = "add-"+a.ID.String()+"-member", true
	form.Names = box(in, "names", "1", p.T("ui.circles.add.names"), false)
	if len(options) == 1 {
		return nil
	}
	return form
}

func (s *Server) newCircle(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if _, err := s.Desk.NewCircle(r.Context(), by, f.Trimmed("circle_name"), f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/circles")
}

func circleIn(r *http.Request) (ledger.ID, error) {
	id, err := ledger.ParseID(r.PathValue("circle"))
	if err != nil {
		return id, fault.Wrap(err, fault.NotFound, "circle.none")
	}
	return id, nil
}

func (s *Server) addToCircle(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	circle, err := circleIn(r)
	if err != nil {
		return err
	}
	member, err := ledger.ParseID(f.Get("member"))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "circle.whom", fault.Field("member"))
	}
	if err := s.Desk.AddToCircle(r.Context(), by, member, circle, f.Has("names", "1"), f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/circles")
}

func (s *Server) takeFromCircle(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	circle, err := circleIn(r)
	if err != nil {
		return err
	}
	member, err := memberIn(r)
	if err != nil {
		return err
	}
	if err := s.Desk.TakeFromCircle(r.Context(), by, member, circle, f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/circles")
}

func (s *Server) markShared(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	circle, err := circleIn(r)
	if err != nil {
		return err
	}
	if err := s.Desk.MarkShared(r.Context(), by, circle, f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/access")
}

func (s *Server) unmarkShared(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	circle, err := circleIn(r)
	if err != nil {
		return err
	}
	if err := s.Desk.UnmarkShared(r.Context(), by, circle, f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/access")
}
