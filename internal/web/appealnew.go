package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
)

// newAppealPage records a letter: first to whom, then by which term, then the rest.
// What speaks against that body stands before anything can be written.
type newAppealPage struct {
	caseFrame
	Look      Part // asks the page again; nothing is recorded
	Authority Field
	By, On    Field
	Rules     []checkbox // those that fit the body
	More      []checkbox // all others
	Chosen    bool       // to whom it goes
	Fits      bool       // whether it is of the kind that the step asks for, or none was asked for

	To      string
	Alleged []allegedView
	Reveals string // ways that tell the state who sends
	NoClock bool   // this way starts no term
	Terms   []termView
	Asked   []string // the rules that were asked for
	Parent  claim.Ref
	Came    string
	From    string // what the parent is called
	Step    string // the step of the register that it takes, or ""
	KindOf  string // the kind of body that step goes to, or ""
	Wants   string // the same in words
	NoBody  string // the path of the form that records one, if the office has none
	Taking  *onwardStep
	Further []nextView
	Checks  []unList
	running map[string]*habeas.Term // terms of ours that began before this letter

	Start       Part
	Title, Kind Field
	Whom        []checkbox
	Others      []checkbox // cases that get the same letter
	Warned      checkbox
}

// askedAll returns what was chosen before: by the address of the page, or in a form that
// came back.
func askedAll(r *http.Request, f *Form, name string) []string {
	if f.Failed() {
		return f.All(name)
	}
	return r.URL.Query()[name]
}

func askedOne(r *http.Request, f *Form, name string) string {
	if all := askedAll(r, f, name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// wrongLook returns what was asked as a form that came back, if no term can be reckoned
// from its day.
func (s *Server) wrongLook(r *http.Request, by habeas.Actor, f *Form) *Form {
	if r.Method != http.MethodGet {
		return f
	}
	asked := r.URL.Query()
	_, err := s.Desk.Rehearse(r.Context(), by, nil, "", asked.Get("on"))
	bad, ok := errors.AsType[*fault.Error](err)
	if !ok || bad.Kind() != fault.Invalid {
		return f
	}
	asked.Set(whichField, "look")
	back := &Form{values: asked}
	_ = back.clean(nil)
	back.fault = bad
	return back
}

func (s *Server) newAppeal(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	f = s.wrongLook(r, by, f)
	c, err := s.caseFrame(w, r, by, f, "appeals")
	if err != nil {
		return err
	}
	c.Here = c.Base + "/appeals/new"
	p := newAppealPage{caseFrame: c, Look: c.In("look"), Start: c.In("appeal"), Asked: askedAll(r, f, "term")}
	parent, _ := claim.ParseRef("a:" + askedOne(r, f, "parent"))
	if a, ok := c.t.st.Appeal(parent); ok {
		p.Parent, p.Came, p.From = a.Ref, claim.CameEscalation, a.Title
	}
	if err := s.taking(&p, r, by, f); err != nil {
		return err
	}
	all, err := s.Desk.Authorities(r.Context(), by)
	if err != nil {
		return err
	}
	to := askedOne(r, f, "authority")
	var chosen *habeas.AuthorityRow
	for i, a := range all {
		if string(a.Ref) == to {
			chosen = &all[i]
		}
	}
	p.Authority = p.Look.Choose("authority", to, p.toWhom(all))
	if p.Chosen = chosen != nil; p.Chosen {
		if err := s.lookAt(&p, r, by, f, chosen); err != nil {
			return err
		}
	}
	return s.show(w, f, "appeal_new", p)
}

// lookAt says what is known of the body that was chosen, and what the terms would be.
func (s *Server) lookAt(p *newAppealPage, r *http.Request, by habeas.Actor, f *Form, to *habeas.AuthorityRow) error {
	p.To = to.Label
	alleged, err := s.Desk.AllegedOf(r.Context(), by, to.Ref)
	if err != nil {
		return err
	}
	p.Alleged = p.alleged(alleged)
	set, err := s.Desk.Rules(r.Context(), by)
	if err != nil {
		return err
	}
	p.fitting(set, to)
	ways, reveals := []Option{}, []string{}
	for _, t := range claim.Terms("channel") {
		ways = append(ways, Option{Value: t.Key, Label: p.P.Term("channel", t.Key)})
		if claim.ChannelReveals(t.Key) {
			reveals = append(reveals, p.P.Term("channel", t.Key))
		}
	}
	p.Reveals = p.P.List(reveals...)
	way, on := askedOne(r, f, "by"), askedOne(r, f, "on")
	if way == "" {
		way = "post"
	}
	if on == "" {
		on = s.Now().UTC().Format(time.DateOnly)
	}
	p.By, p.On = p.Look.Choose("by", way, ways), p.Look.Filled("on", on)
	p.By.Label, p.On.Label = p.T("ui.appeal.look.by"), p.T("ui.appeal.look.on")
	asking := slices.DeleteFunc(slices.Clone(p.Asked), func(id string) bool { return len(set.Versions(id)) == 0 })
	if f.Get(whichField) == "look" {
		asking, on = nil, "" // that day is none
	}
	terms, err := s.Desk.Rehearse(r.Context(), by, asking, way, on)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if running := p.running[t.Rule]; running != nil {
			t = running
		}
		p.Terms = append(p.Terms, p.term(t, s.Now()))
		p.NoClock = p.NoClock || slices.ContainsFunc(t.Steps, func(st appeal.Step) bool { return st.Kind == appeal.StepChannel })
	}
	return s.appealForm(p, r, by, to)
}

// appealForm lays out what is recorded.
func (s *Server) appealForm(p *newAppealPage, r *http.Request, by habeas.Actor, to *habeas.AuthorityRow) error {
	p.Title = p.Start.Filled("title", p.From)
	p.Title.Required = true
	p.letterKinds(to)
	whom := []claim.Ref{affected(p.t.st)}
	if a, ok := p.t.st.Appeal(p.Parent); ok && len(a.About) > 0 {
		whom = a.About
	}
	for _, ref := range p.t.sortedPersons() {
		p.Whom = append(p.Whom, box(p.Start, "about", string(ref), p.t.covered().who(ref).Text, slices.Contains(whom, ref)))
	}
	var err error
	if p.Checks, err = s.unLists(r, by, &p.caseFrame, to.Body, whom[0]); err != nil {
		return err
	}
	p.Warned = box(p.Start, "warned", "1", p.T("ui.appeal.warned"), false)
	if p.Parent != "" {
		return nil
	}
	cases, err := s.Desk.Cases(r.Context(), by)
	if err != nil {
		return err
	}
	for _, o := range cases {
		if o.ID != p.t.file.ID && o.Circle.Vault {
			p.Others = append(p.Others, box(p.Start, "also", o.ID.String(), strings.TrimSpace(o.Cover+" "+o.Title), false))
		}
	}
	return nil
}

func (s *Server) addAppeal(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	n := habeas.NewAppeal{
		Title: f.Trimmed("title"), Kind: f.Get("kind"), Authority: claim.Ref(f.Get("authority")), Rules: f.All("term"), Warned: f.Has("warned", "1"), Step: f.Get("step"),
	}
	if also := f.All("also"); len(also) > 0 {
		ids := []habeas.CaseID{id}
		for _, other := range also {
			o, err := ledger.ParseID(other)
			if err != nil {
				return err
			}
			ids = append(ids, o)
		}
		if _, err := s.Desk.AddAppeals(r.Context(), by, ids, n); err != nil {
			return err
		}
		return see(w, r, casePath(id)+"/appeals")
	}
	for _, ref := range f.All("about") {
		n.About = append(n.About, claim.Ref(ref))
	}
	if parent, err := claim.ParseRef("a:" + f.Get("parent")); err == nil {
		n.Parent = parent
	}
	ref, err := s.Desk.AddAppeal(r.Context(), by, id, n)
	if err != nil {
		return err
	}
	return see(w, r, appealPath(id, ref))
}
