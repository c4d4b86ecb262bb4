package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/internal/locale"
	"habeas/letter"
)

// nextSteps are what can be done next, as a page shows it.
type nextSteps struct {
	Rows    []onwardStep
	Tried   string // what became of the letters to bodies of the country
	Unknown []kindless
	Records bool // whether the reader can say of which kind a body is
}

// kindless is a letter to a body of which nobody said what kind it is.
type kindless struct{ Title, To, Href string }

// onwardStep is a step with the reasons for it and against.
type onwardStep struct {
	ID, To       string
	State        string // whether it is open, in words
	Open, Closed bool
	Law          string
	After        nextView // the letter it follows; empty if it rests on none
	Reasons      []nextReason
	Needs        []string
	Ways         []nextWay
	Who, Consent string // who may submit, and whose consent is needed
	Due          string // until when we may take it, or ""
	Unconfirmed  string
	Doubts       []string
	Begun        string // the path of the letter that takes it, or ""
	Start        string // the path of the form that begins it, or "" for who does not write
	NoBody       bool   // the office has recorded no body of that kind
	P            *locale.Printer
}

// nextReason is one reason.
type nextReason struct {
	Holds, Words, Law string
	Met, Against      bool
}

// nextWay is a way of sending, and what it gives away.
type nextWay struct{ Name, Reveals, Starts string }

// bodyWords names a kind of body of the register.
func (fr Frame) bodyWords(id string) string {
	if words := fr.P.Term("body-kind", id); words != id {
		return words
	}
	return fr.T("ui.next.body.unknown")
}

// nextSteps puts what can be done after a letter, or in a case, in words.
func (s *Server) nextSteps(r *http.Request, by habeas.Actor, c *caseFrame, ref claim.Ref) (*nextSteps, error) {
	steps, err := s.Desk.NextSteps(r.Context(), by, c.t.file.ID, ref)
	if err != nil {
		return nil, err
	}
	v := &nextSteps{Records: recorder.allows(by)}
	if steps.Tried.Sent > 0 {
		v.Tried = c.T("ui.next.tried", steps.Tried.Sent, steps.Tried.Answered, steps.Tried.Overdue)
	}
	for _, u := range steps.Unknown {
		if a, ok := c.t.st.Appeal(u); ok {
			v.Unknown = append(v.Unknown, kindless{a.Title, c.t.who(a.Authority).Text, "/authorities/new?unit=" + url.QueryEscape(string(a.Authority))})
		}
	}
	for _, n := range steps.Next {
		v.Rows = append(v.Rows, c.nextStep(n, steps.State, ref == "", s.Now()))
	}
	return v, nil
}

// nextStep puts a step in words; after says whether to name the letter it follows.
func (c *caseFrame) nextStep(n habeas.NextStep, state string, after bool, now time.Time) onwardStep {
	v := onwardStep{
		ID: n.ID + "-" + bare(n.After), To: c.bodyWords(n.To), Law: n.Law, Open: n.Open == appeal.Yes, Closed: n.Open == appeal.No,
		State: c.T("ui.next.open." + holdsKey(n.Open)), Doubts: n.Rung.Entry.Open, NoBody: len(n.Bodies) == 0, P: c.P,
	}
	if n.After == "" {
		v.ID = n.ID
	}
	if n.Trust != appeal.Confirmed {
		v.Unconfirmed = c.T("ui.appeal.trust." + string(n.Trust))
	}
	if a, ok := c.t.st.Appeal(n.After); ok && after {
		v.After = nextView{Law: a.Title, Href: appealPath(c.t.file.ID, a.Ref)}
	}
	for _, r := range n.Reasons {
		v.Reasons = append(v.Reasons, c.nextReason(n, r, state))
	}
	for i, need := range n.Needs {
		v.Needs = append(v.Needs, c.said("step-need", n.ID+"-"+string(rune('1'+i)), need))
	}
	if due := n.Pressing(); !due.IsZero() {
		v.Due = c.T("ui.appeal.until", dueWords(c.P, due))
	}
	c.withBody(&v, n, now)
	if n.Begun != "" {
		v.Begun = appealPath(c.t.file.ID, n.Begun)
	}
	if c.Adds && n.Begun == "" {
		v.Start = c.Base + "/appeals/new?" + startOf(n).Encode()
	}
	return v
}

// withBody adds what the register says of the body: how to write to it, and who may.
func (c *caseFrame) withBody(v *onwardStep, n habeas.NextStep, now time.Time) {
	reg, err := appeal.OwnRegister()
	if err != nil {
		return
	}
	body, _ := reg.Body(n.To)
	for _, w := range body.Channels {
		way := nextWay{Name: c.said("way", termID(w.Name), w.Name), Reveals: c.said("reveals", termID(w.Reveals), w.Reveals)}
		if w.On(appeal.DateOf(now)) == appeal.No {
			way.Starts = c.T("ui.appeal.noclock")
		}
		v.Ways = append(v.Ways, way)
	}
	if all, err := appeal.OwnProcedures(); err == nil {
		i := slices.IndexFunc(all, func(p appeal.Procedure) bool { return p.Body == n.To })
		if i >= 0 {
			form, _ := letter.ProcedureByID(all[i].Form)
			v.Who, v.Consent = c.mayWrite(form)
		}
	}
}

// mayWrite says who may submit a form of package letter, and whose consent it needs.
func (fr Frame) mayWrite(form letter.Procedure) (who, consent string) {
	var submit, agree []string
	for _, k := range form.Submitters {
		submit = append(submit, fr.T("letter.submitter."+k))
	}
	for _, k := range form.Consent {
		agree = append(agree, fr.T("letter.consent."+k))
	}
	return fr.P.List(submit...), fr.P.List(agree...)
}

// startOf returns what the form of a new letter is told of the step it takes.
func startOf(n habeas.NextStep) url.Values {
	q := url.Values{"step": {n.ID}, "kind_of": {n.To}, "term": n.Rules}
	if n.After != "" {
		q.Set("parent", bare(n.After))
	}
	if len(n.Bodies) == 1 {
		q.Set("authority", string(n.Bodies[0].Ref))
	}
	return q
}

// said returns words of the register in the reader's language, or as they are.
func (fr Frame) said(vocabulary, id, english string) string {
	if words := fr.P.Term(vocabulary, id); words != id {
		return words
	}
	return english
}

// termID is what words of the register are called by in the catalogues: their letters
// and digits, with hyphens between.
func termID(words string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "-")
}

func holdsKey(a appeal.Answer) string {
	if a == appeal.Unknown {
		return "unknown"
	}
	return string(a)
}

// nextReason puts a reason in words.
func (c *caseFrame) nextReason(n habeas.NextStep, r appeal.Reason, state string) nextReason {
	v := nextReason{Holds: c.T("ui.next.holds." + holdsKey(r.Holds)), Law: r.Law, Met: r.Holds == appeal.Yes, Against: r.Holds == appeal.No}
	switch r.Kind {
	case appeal.Because:
		v.Holds, v.Words = "", c.said("step-why", n.ID, n.Why)
	case appeal.Holding:
		v.Words = c.factWords(r, state)
	case appeal.Already:
		v.Words = c.T("ui.next.already")
	case appeal.Beside:
		key := map[appeal.Bars]string{appeal.BarsNot: "not", appeal.BarsUnknown: "unknown", appeal.BarsWhileOpen: "open", appeal.BarsOnce: "once"}[r.Bars]
		switch {
		case key == "":
			key = "untold"
		case key == "open" && r.Ended:
			key = "over"
		}
		other := c.T("ui.next.body.unknown")
		if r.With != "" {
			other = c.bodyWords(r.With)
		}
		v.Words = c.T("ui.next.bars."+key, other)
	case appeal.TermOurs:
		v.Words = c.ownTerm(n, r)
		if v.Met {
			v.Holds = ""
		}
	case appeal.IsActor:
		v.Words = c.T("ui.next.actor")
	}
	return v
}

// factWords says which facts have to be so; of those that rest on a treaty, for which
// State that was reckoned, and that nobody confirmed it.
func (c *caseFrame) factWords(r appeal.Reason, state string) string {
	words := ""
	for i, f := range r.Facts {
		fact := c.T("ui.next.fact." + f)
		if words = c.T("ui.next.or", words, fact); i == 0 {
			words = fact
		}
	}
	if r.Trust != "" {
		words += " (" + c.P.List(state, c.T("ui.appeal.trust."+string(r.Trust))) + ")"
	}
	return words
}

// ownTerm says how our own term for a step stands.
func (c *caseFrame) ownTerm(n habeas.NextStep, r appeal.Reason) string {
	switch {
	case r.State == appeal.NotStarted:
		return c.T("ui.next.term.unknown", r.Term)
	case r.Due.IsZero():
		return c.T("ui.next.term.none", r.Term)
	case r.State == appeal.Overdue && n.Late != "":
		return c.T("ui.next.term.late", r.Term, dueWords(c.P, r.Due), c.said("step-late", n.ID, n.Late))
	case r.State == appeal.Overdue:
		return c.T("ui.next.term.over", r.Term, dueWords(c.P, r.Due))
	}
	return c.T("ui.next.term.runs", r.Term, dueWords(c.P, r.Due))
}

// firstSteps adds to overdue letters of the board the first step that could be taken, as
// far as they are listed without asking for all; the reasons for it and against stand on
// the page of the letter.
func (s *Server) firstSteps(r *http.Request, by habeas.Actor, p boardPage, rows []habeas.BoardRow) error {
	rows = slices.DeleteFunc(slices.Clone(rows), func(row habeas.BoardRow) bool { return row.Ours() || row.Term == nil || !row.Term.Overdue() })
	rows = rows[:min(len(rows), mostOnBoard)]
	first, err := s.Desk.FirstSteps(r.Context(), by, rows)
	if err != nil {
		return err
	}
	byPath := map[string]habeas.NextStep{}
	for id, n := range first {
		byPath[appealPath(id.Case, id.Appeal)] = n
	}
	for _, list := range p.Lists {
		for i := range list.Lines {
			if n, ok := byPath[list.Lines[i].Href]; ok && list.ID == "late" {
				list.Lines[i].First = &nextView{Law: p.bodyWords(n.To), Duty: p.T("ui.next.open." + holdsKey(n.Open)), Href: list.Lines[i].Href + "#next"}
			}
		}
	}
	return nil
}

// ahead adds to the page of a letter what it follows, what can be done next, and what
// its form asks for.
func (s *Server) ahead(p *appealPage, r *http.Request, by habeas.Actor, a *habeas.AppealFile) (err error) {
	if p.Further, err = s.further(r, by, &p.caseFrame, a.Parent); err != nil {
		return err
	}
	if len(p.Further) < 2 {
		p.Further = nil // it stands there as the parent
	}
	if a.Stage != claim.Closed {
		if p.Onward, err = s.nextSteps(r, by, &p.caseFrame, a.Ref); err != nil {
			return err
		}
	}
	var about claim.Ref
	if len(a.About) > 0 {
		about = a.About[0]
	}
	p.Checks, err = s.unLists(r, by, &p.caseFrame, a.Body, about)
	return err
}

// further lists a letter and those that it follows.
func (s *Server) further(r *http.Request, by habeas.Actor, c *caseFrame, ref claim.Ref) (out []nextView, err error) {
	if ref == "" {
		return nil, nil
	}
	chain, err := s.Desk.FurtherTo(r.Context(), by, c.t.file.ID, ref)
	for _, f := range chain {
		v := nextView{Law: f.Title, Duty: c.t.who(f.Authority).Text, Href: appealPath(f.Case, f.Ref)}
		if sent, ok := f.Last(claim.StepSent); ok {
			v.Due = c.P.Term("appeal-step", claim.StepSent) + ": " + c.t.dateText(sent.Said.On)
		}
		out = append(out, v)
	}
	return out, err
}

// followField asks where the procedure of an international body has come to.
func (p *appealPage) followField(in Part, a *habeas.AppealFile) {
	to, _ := p.t.st.Authority(a.Authority)
	if p.HasFollow = to.Jurisdiction == "UN" || to.Jurisdiction == "COE"; !p.HasFollow {
		p.What.Options = slices.DeleteFunc(p.What.Options, func(o Option) bool { return o.Value == claim.StepFollow })
		return
	}
	states := []Option{{Label: p.T("ui.pick.none")}}
	for _, key := range habeas.FollowStates(a.Body) {
		states = append(states, Option{Value: key, Label: p.P.Term("follow", key)})
	}
	p.Follow = in.Choose("follow", "", states)
}
