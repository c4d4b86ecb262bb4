package web

import (
	"net/http"
	"slices"

	"habeas"
	"habeas/claim"
	"habeas/ledger"
)

// appealPage is one letter: what is known of it, what runs, what may follow.
type appealPage struct {
	caseFrame
	Line     appealLine
	Kind     string
	Whom     []who
	Alleged  []allegedView
	Warned   bool
	Parent   *nextView
	Children []nextView
	Steps    []appealStep
	Numbers  []factView // while names are shown
	Gone     *erasedNumbers
	Writes   bool
	Heeds    []heedView
	Further  []nextView // letters that it follows, if there are several
	Onward   *nextSteps
	Checks   []unList

	Step                           Part
	What, By, On, Clock, Extension Field
	Tracking, Registration, Reply  Field
	Receipt                        Field
	HasReceipt                     bool // an exhibit that could be one
	Replaces, Reason               Field
	Void, All                      checkbox
	Follow                         Field
	HasFollow                      bool // it went to an international body

	Answers                       Part
	Answer, Impact, Came, Said    Field
	Speaker, InLang, Text, Called Field

	Letter  Part
	Dossier Field
	HasOne  bool // a dossier that could go with it
	Drafts  []dossierLine

	Forward    Part
	To, FwdOn  Field
	FwdTerm    Field
	HasForward bool
}

// A heedView is a term that people are being woken for.
type heedView struct {
	Start       Part
	Rule, Words string
}

// A appealStep is something that happened to a letter.
type appealStep struct {
	When, What, More string
	Who, Reason      string
	Href, HrefIs     string
	Receipt          *receiptView
}

// caseAppeal reads which appeal a path is about.
func caseAppeal(r *http.Request) (ledger.ID, claim.Ref, error) {
	return inCase(r, "appeal", claim.RefAppeal)
}

func (s *Server) appealPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := caseAppeal(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "appeals")
	if err != nil {
		return err
	}
	a, err := s.Desk.Appeal(r.Context(), by, id, ref)
	if err != nil {
		return err
	}
	c.Here = appealPath(id, ref)
	p := appealPage{caseFrame: c, Kind: c.P.Term("appeal", a.Kind), Writes: c.Adds, Warned: a.Warned}
	p.Line = p.appealLine(a, c.t.unitLabels(), p.Writes, s.Now())
	for _, person := range a.About {
		p.Whom = append(p.Whom, c.t.who(person))
	}
	alleged, err := s.Desk.AllegedOf(r.Context(), by, a.Authority)
	if err != nil {
		return err
	}
	p.Alleged = p.alleged(alleged)
	p.family(a)
	if err := s.ahead(&p, r, by, a); err != nil {
		return err
	}
	if err := s.drafts(&p, r, by, id, ref); err != nil {
		return err
	}
	for _, n := range a.Steps {
		if n.Said.What != claim.StepDue && n.Said.What != claim.StepHeeded {
			p.Steps = append(p.Steps, p.step(n))
		}
	}
	if err := s.numbersGone(&p, r, by, a); err != nil {
		return err
	}
	if p.Writes {
		if err := s.appealForms(&p, r, by, a); err != nil {
			return err
		}
	}
	if p.Open {
		if err := s.numbers(&p, r, by, a); err != nil {
			return err
		}
	}
	return s.show(w, f, "appeal", p)
}

// family says what it came from and what came of it.
func (p *appealPage) family(a *habeas.AppealFile) {
	line := func(o *claim.Appealed, came string) nextView {
		return nextView{Law: o.Title, Duty: p.P.Term("appeal-origin", came), Due: p.t.who(o.Authority).Text, Href: appealPath(a.Case, o.Ref)}
	}
	if parent, ok := p.t.st.Appeal(a.Parent); ok {
		v := line(parent, a.Came)
		p.Parent = &v
	}
	for _, o := range p.t.st.Appeals {
		if o.Parent == a.Ref {
			p.Children = append(p.Children, line(o, o.Came))
		}
	}
}

func (p *appealPage) step(n claim.Noted[claim.Step]) appealStep {
	v := appealStep{When: p.t.dateText(n.Said.On), What: p.P.Term("appeal-step", n.Said.What), Who: p.t.member(n.Author), Reason: n.Said.Reason}
	switch {
	case n.Said.Follow != "":
		v.More = p.P.Term("follow", n.Said.Follow)
	case n.Said.Answer != "":
		v.More = p.P.Term("answer", n.Said.Answer)
		if n.Said.Impact != "" {
			v.More += "; " + p.P.Term("impact", n.Said.Impact)
		}
	case n.Said.What == claim.StepErased:
		v.When = p.P.Day(n.Time)
	case n.Said.By != "":
		v.More = p.P.Term("channel", n.Said.By)
	}
	if all := p.t.receipts(p.t.file.ID, []claim.Ref{n.Said.Receipt}); len(all) > 0 {
		v.Receipt = &all[0]
	}
	if n.Said.Statement != "" {
		st := p.t.who(n.Said.Statement)
		v.Href, v.HrefIs = st.Href, st.Text
	}
	if n.Said.Dossier != "" {
		v.Href, v.HrefIs = p.Base+"/dossier/"+bare(n.Said.Dossier), p.T("ui.appeal.letter")
	}
	if child, ok := p.t.st.Appeal(n.Said.To); ok {
		v.Href, v.HrefIs = appealPath(p.t.file.ID, child.Ref), p.t.who(child.Authority).Text
	}
	return v
}

// numbers are shown while names are: they lead to a family as a name does.
func (s *Server) numbers(p *appealPage, r *http.Request, by habeas.Actor, a *habeas.AppealFile) error {
	if !p.Vault || !casework.allows(by) {
		return nil
	}
	n, err := s.Desk.AppealNumbers(r.Context(), by, a.Case, a.Ref)
	if err != nil {
		return err
	}
	for _, v := range []factView{{Label: p.T("field.tracking"), Value: n.Tracking.Reveal()}, {Label: p.T("field.registration"), Value: n.Registration.Reveal()}, {Label: p.T("field.reply_address"), Value: n.Address.Reveal()}} {
		if v.Value != "" {
			p.Numbers = append(p.Numbers, v)
		}
	}
	return nil
}

// appealForms lays out what can be recorded.
func (s *Server) appealForms(p *appealPage, r *http.Request, by habeas.Actor, a *habeas.AppealFile) error {
	today := s.Now().UTC().Format("2006-01-02")
	in := p.In("step")
	var steps []Option
	for _, what := range habeas.PlainSteps() {
		steps = append(steps, Option{Value: what, Label: p.P.Term("appeal-step", what)})
	}
	p.Step, p.What, p.On = in, in.Choose("step_what", nextStepOf(a), steps), in.Filled("on", today)
	p.By = in.Choose("by", "post", terms(p.P, "channel"))
	p.Clock, p.Tracking, p.Registration, p.Reply = in.Field("clock"), in.Field("tracking"), in.Field("registration"), in.Field("reply_address")
	p.Reason, p.Void = in.Field("reason"), box(in, "void", "1", p.T("ui.appeal.void"), false)
	p.All = box(in, "all", "1", p.T("ui.appeal.all"), false)
	before := []Option{{Label: p.T("ui.appeal.replaces.none")}}
	for _, n := range a.Steps {
		if slices.Contains(habeas.PlainSteps(), n.Said.What) {
			before = append(before, Option{Value: n.Entry.String(), Label: p.P.Term("appeal-step", n.Said.What) + ", " + p.t.dateText(n.Said.On)})
		}
	}
	p.Replaces = in.Choose("replaces", "", before)
	extensions := []Option{{Label: p.T("ui.pick.none")}}
	for _, t := range a.Clocks {
		for _, x := range t.Of.Extensions {
			extensions = append(extensions, Option{Value: x.ID, Label: t.Rule + ": " + x.When})
		}
	}
	p.Extension = in.Choose("extension", "", extensions)
	p.followField(in, a)
	for _, t := range slices.Concat(a.Clocks, a.Next) {
		if v := p.term(t, s.Now()); v.Heed {
			p.Heeds = append(p.Heeds, heedView{p.In("heed-" + t.Rule), t.Rule, v.Law})
		}
	}
	if err := s.receiptForm(p, r, by); err != nil {
		return err
	}
	p.replyForm(today)
	rows, err := s.Desk.LetterDossiers(r.Context(), by, a.Case)
	if err != nil {
		return err
	}
	dossiers := []Option{{Label: p.T("ui.pick.choose")}}
	for _, row := range rows {
		label := p.P.Term("audience", row.Audience)
		if row.Letter != nil {
			label = p.t.dossierRow(row).Words
		}
		dossiers = append(dossiers, Option{Value: bare(row.Dossier), Label: label + ", " + p.P.Day(row.Released.At)})
	}
	p.Letter = p.In("letter")
	p.Dossier, p.HasOne = p.Letter.Choose("dossier", "", dossiers), len(rows) > 0
	return s.forwardForm(p, r, by, a, today)
}

// nextStepOf returns what most likely is to be recorded next.
func nextStepOf(a *habeas.AppealFile) string {
	for _, what := range []string{claim.StepRegistered, claim.StepReceived, claim.StepSent} {
		if _, ok := a.Last(what); ok {
			return map[string]string{claim.StepSent: claim.StepReceived, claim.StepReceived: claim.StepRegistered, claim.StepRegistered: claim.StepExtended}[what]
		}
	}
	return claim.StepSent
}

func (p *appealPage) replyForm(today string) {
	in := p.In("reply")
	p.Answers, p.Answer, p.Impact = in, in.Choose("answer", "", append([]Option{{Label: p.T("ui.pick.choose")}}, terms(p.P, "answer")...)), in.Choose("impact", "unknown", terms(p.P, "impact"))
	p.Came, p.Said = in.Filled("on", today), in.Field("said")
	p.Came.Label, p.Said.Label = p.T("ui.appeal.reply.came"), p.T("ui.appeal.reply.said")
	speakers := []Option{{Label: p.Line.To}}
	p.Speaker = in.Choose("speaker", "", append(speakers, p.t.unitOptions()...))
	p.InLang = in.Choose("lang", "", append([]Option{{Label: p.T("ui.pick.none")}}, p.languages()...))
	p.Text, p.Called = in.Field("text"), in.Field("title")
}

func (s *Server) forwardForm(p *appealPage, r *http.Request, by habeas.Actor, a *habeas.AppealFile, today string) error {
	all, err := s.Desk.Authorities(r.Context(), by)
	if err != nil {
		return err
	}
	set, err := s.Desk.Rules(r.Context(), by)
	if err != nil {
		return err
	}
	in := p.In("forward")
	bodies := []Option{{Label: p.T("ui.pick.choose")}}
	var where []string
	for _, o := range all {
		if o.Ref != a.Authority {
			bodies = append(bodies, Option{Value: string(o.Ref), Label: o.Label})
			where = append(where, o.Jurisdiction)
		}
	}
	rules := []Option{{Label: p.T("ui.pick.none")}}
	for _, rule := range set.Rules() {
		if slices.Contains(where, rule.Jurisdiction) && rule.Duty == "theirs" && rule.Length.N > 0 {
			rules = append(rules, Option{Value: rule.ID, Label: rule.ID + ": " + rule.Addressee + ", " + rule.Length.String()})
		}
	}
	p.HasForward = len(bodies) > 1
	p.Forward, p.To, p.FwdOn, p.FwdTerm = in, in.Choose("authority", "", bodies), in.Filled("on", today), in.Choose("term", "", rules)
	return nil
}
