package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/letter"
)

// taking reads which step of the register a new letter takes, and says what goes with
// it: the reasons, and the letters that it is further to.
func (s *Server) taking(p *newAppealPage, r *http.Request, by habeas.Actor, f *Form) (err error) {
	if p.Further, err = s.further(r, by, &p.caseFrame, p.Parent); err != nil {
		return err
	}
	p.running = map[string]*habeas.Term{}
	if p.Parent != "" {
		parent, err := s.Desk.Appeal(r.Context(), by, p.t.file.ID, p.Parent)
		if err != nil {
			return err
		}
		for _, t := range parent.Next {
			if t.Duty == appeal.Ours && t.State != appeal.NotStarted {
				p.running[t.Rule] = t
			}
		}
	}
	step := askedOne(r, f, "step")
	if step == "" {
		return nil
	}
	steps, err := s.Desk.NextSteps(r.Context(), by, p.t.file.ID, p.Parent)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(steps.Next, func(n habeas.NextStep) bool { return n.ID == step && n.After == p.Parent })
	if i < 0 {
		return nil
	}
	n := steps.Next[i]
	v := p.nextStep(n, steps.State, false, s.Now())
	p.Step, p.KindOf, p.Wants, p.Taking = n.ID, n.To, v.To, &v
	if n.Ours != nil && n.Ours.State != appeal.NoTerm {
		p.running[n.Ours.Rule] = n.Ours
	}
	if len(n.Bodies) > 0 || !recorder.allows(by) {
		return nil
	}
	q := url.Values{"body_kind": {n.To}}
	if reg, err := appeal.OwnRegister(); err == nil {
		if b, ok := reg.Body(n.To); ok {
			q.Set("jurisdiction", b.Jurisdiction)
			q.Set("kind", b.Kind)
		}
	}
	p.NoBody = "/authorities/new?" + q.Encode()
	return nil
}

// toWhom returns the bodies that can be written to: those of the kind that the step
// asks for first, all others below.
func (p *newAppealPage) toWhom(all []habeas.AuthorityRow) []Option {
	options := []Option{{Label: p.T("ui.pick.choose")}}
	add := func(fits bool) {
		for _, a := range all {
			if (p.KindOf != "" && a.Body == p.KindOf) == fits {
				options = append(options, Option{Value: string(a.Ref), Label: a.Label + " (" + a.Jurisdiction + ")"})
			}
		}
	}
	if slices.ContainsFunc(all, func(a habeas.AuthorityRow) bool { return p.KindOf != "" && a.Body == p.KindOf }) {
		options = append(options, Option{Label: p.Wants, Group: true})
		add(true)
		options = append(options, Option{Label: p.T("ui.fit.others"), Group: true})
	}
	add(false)
	return options
}

// fitting lays out the terms that can run: those of the kind of body, or, if nobody said
// what kind it is, of its law; and all others below.
func (p *newAppealPage) fitting(set *appeal.Set, to *habeas.AuthorityRow) {
	var fit []string
	if reg, err := appeal.OwnRegister(); err == nil && to.Body != "" {
		fit = reg.Terms(to.Body)
	}
	var listed []string
	for _, rule := range set.Rules() {
		if rule.Length.Unit == appeal.NoUnit || slices.Contains(listed, rule.ID) {
			continue
		}
		listed = append(listed, rule.ID)
		on := slices.Contains(p.Asked, rule.ID)
		c := checkbox{ID: "look-" + rule.ID, Name: "term", Value: rule.ID, Label: rule.ID + ": " + rule.Addressee + ", " + rule.Length.String(), On: on}
		if on || slices.Contains(fit, rule.ID) || len(fit) == 0 && rule.Jurisdiction == to.Jurisdiction {
			p.Rules = append(p.Rules, c)
		} else {
			p.More = append(p.More, c)
		}
	}
}

// kindsTo are the sorts of letters that fit a kind of unit, the likeliest first; for all
// others those of any body.
var (
	kindsTo = map[string][]string{
		"prosecutor":    {"complaint", "request", "crime-report"},
		"investigator":  {"crime-report", "complaint", "request"},
		"police":        {"search-request", "crime-report", "complaint", "request"},
		"court":         {"court-complaint", "habeas-corpus"},
		"ombudsman":     {"ombudsman", "request"},
		"international": {"communication", "urgent-action", "objection"},
	}
	kindsToAny = []string{"request", "search-request", "complaint"}
)

// letterKinds lays out what sort of letter it can be: what fits the body first.
func (p *newAppealPage) letterKinds(to *habeas.AuthorityRow) {
	fit, ok := kindsTo[to.Kind]
	if !ok {
		fit = kindsToAny
	}
	options := []Option{{Label: p.T("ui.fit.these"), Group: true}}
	for _, key := range fit {
		options = append(options, Option{Value: key, Label: p.P.Term("appeal", key)})
	}
	options = append(options, Option{Label: p.T("ui.fit.others"), Group: true})
	for _, t := range claim.Terms("appeal") {
		if !slices.Contains(fit, t.Key) {
			options = append(options, Option{Value: t.Key, Label: p.P.Term("appeal", t.Key)})
		}
	}
	likely := fit[0]
	switch {
	case p.Step == "TO-WGEID-URGENT" || p.Step == "TO-CED-30":
		likely = "urgent-action"
	case p.Step == "RU-REPORT-CRIME":
		likely = "crime-report"
	case p.Parent != "" && slices.Contains(fit, "complaint"):
		likely = "complaint"
	}
	p.Kind = p.Start.Choose("kind", likely, options)
}

// addresseeKinds are the kinds of addressee of templates for kinds of units, where they
// have other words.
var addresseeKinds = map[string]string{"investigator": "investigation", "international": "un"}

// fitFirst puts the forms first that fit the body a letter goes to, and all others
// below.
func (p *draftPage) fitFirst(set *letter.Set, a *habeas.AppealFile, options []Option) []Option {
	body, _ := p.t.st.Authority(a.Authority)
	kind := p.t.st.Units[a.Authority].Kind
	if to, ok := addresseeKinds[kind]; ok {
		kind = to
	}
	first, fit, others := options[:1], []Option{{Label: p.T("ui.fit.these"), Group: true}}, []Option{{Label: p.T("ui.fit.others"), Group: true}}
	for _, o := range options[1:] {
		key, _, _ := strings.Cut(o.Value, " ")
		fits := false
		if t, ok := set.Get(key); ok {
			fits = (t.Law.Jurisdiction == "" || t.Law.Jurisdiction == body.Jurisdiction) && (t.To == "any" || t.To == kind)
		} else if _, ok := letter.ProcedureByID(key); ok {
			fits = body.Jurisdiction == "UN" && (a.Body == "" || formOf(key, a.Body))
		}
		switch {
		case o.Group:
		case fits:
			fit = append(fit, o)
		default:
			others = append(others, o)
		}
	}
	if len(fit) == 1 || len(others) == 1 {
		return options
	}
	return slices.Concat(first, fit, others)
}

// formOf reports whether a form is one of a body: the linked one of the Working Group
// has no list of its own.
func formOf(key, body string) bool {
	all, _ := appeal.OwnProcedures()
	return slices.ContainsFunc(all, func(u appeal.Procedure) bool { return u.Form == key && u.Body == body }) ||
		key == "wgeid-linked" && body == "UN-WGEID"
}
