package web

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/internal/locale"
)

// caseRoutes returns the routes of the pages about one case.
func (s *Server) caseRoutes() []route {
	return []route{
		// A case, and what it is made of
		{pattern: "GET /case/{case}", need: member, serve: s.casePage},
		{pattern: "GET /case/{case}/history", need: member, serve: s.historyPage},
		{pattern: "POST /case/{case}/undo/{entry}", need: recorder, serve: s.undo, again: s.historyPage},

		// People, and who they are
		{pattern: "GET /case/{case}/people", need: member, serve: s.peoplePage},
		{pattern: "POST /case/{case}/people", need: recorder, serve: s.addPerson, again: s.peoplePage},
		{pattern: "GET /case/{case}/person/{person}", need: member, serve: s.personPage},
		{pattern: "POST /case/{case}/person/{person}", need: recorder, serve: s.changePerson, again: s.personPage},
		{pattern: "POST /case/{case}/person/{person}/affected", need: recorder, serve: s.setAffected, again: s.personPage},
		{pattern: "POST /case/{case}/person/{person}/details", need: casework, serve: s.addDetail, again: s.personPage},
		{pattern: "GET /case/{case}/names", need: casework, serve: s.namesPage},
		{pattern: "POST /case/{case}/names", need: casework, serve: s.reveal, again: s.namesPage},
		{pattern: "POST /case/{case}/hide", need: casework, serve: s.hide, again: s.namesPage},

		// The reading desk
		{pattern: "GET /case/{case}/statements/new", need: casework, serve: s.newStatement},
		{pattern: "POST /case/{case}/statements", need: casework, serve: s.addStatement, again: s.newStatement, raw: []string{"text"}},
		{pattern: "GET /case/{case}/statement/{statement}", need: member, serve: s.deskPage},
		{pattern: "POST /case/{case}/statement/{statement}/link", need: casework, serve: s.link, again: s.deskPage},
		{pattern: "POST /case/{case}/statement/{statement}/link-new", need: casework, serve: s.linkNew, again: s.deskPage},
		{pattern: "POST /case/{case}/statement/{statement}/unlink", need: casework, serve: s.unlink, again: s.deskPage},
		{pattern: "POST /case/{case}/statement/{statement}/dismiss", need: casework, serve: s.dismiss, again: s.deskPage},
		{pattern: "POST /case/{case}/statement/{statement}/settle", need: casework, serve: s.settle, again: s.deskPage},
		{pattern: "POST /case/{case}/statement/{statement}/claims", need: recorder, serve: s.takeClaim, again: s.deskPage},

		{pattern: "POST /case/{case}/statement/{statement}/file/{n}", need: casework, serve: s.takeAttachment, again: s.deskPage, repeats: true},

		// Claims, once taken
		{pattern: "GET /case/{case}/claim/{entry}", need: recorder, serve: s.claimPage},
		{pattern: "POST /case/{case}/claim/{entry}", need: recorder, serve: s.correctClaim, again: s.claimPage},
		{pattern: "POST /case/{case}/claim/{entry}/withdraw", need: recorder, serve: s.withdrawClaim, again: s.claimPage},

		// The way out
		{pattern: "GET /case/{case}/dossiers", need: member, serve: s.dossiersPage},
		{pattern: "POST /case/{case}/dossiers/look", need: editing, serve: s.dossiersPage, again: s.dossiersPage, repeats: true},
		{pattern: "POST /case/{case}/dossiers", need: editing, serve: s.propose, again: s.dossiersPage},
		{pattern: "GET /case/{case}/dossier/{dossier}", need: member, serve: s.dossierPage},
		{pattern: "POST /case/{case}/dossier/{dossier}/approve", need: editing, serve: s.approve, again: s.dossierPage},
		{pattern: "POST /case/{case}/dossier/{dossier}/refuse", need: editing, serve: s.refuseDossier, again: s.dossierPage},
		{pattern: "POST /case/{case}/dossier/{dossier}/release", need: releasing, serve: s.release, again: s.dossierPage},
		{pattern: "POST /case/{case}/dossier/{dossier}/told", need: releasing, serve: s.tellChange, again: s.dossierPage},
		{pattern: "GET /case/{case}/dossier/{dossier}/all.zip", need: releasing, serve: s.downloadAll},
		{pattern: "GET /case/{case}/dossier/{dossier}/file/{name}", need: releasing, serve: s.downloadFile},
	}
}

// A caseFrame is what every page about a case has at its head.
type caseFrame struct {
	Frame
	Base    string // path of the case
	Here    string // path of this page, for its forms
	Circle  string
	Heading who
	Plain   string // the same in plain text, never a real name
	About   string
	Status  []statusLine // of the affected person, on the page of the case itself
	Alive   string
	Tabs    []NavItem
	Stops   []string // who wants no contact, loud on every page of the case

	Records bool // the reader may record
	Adds    bool // and take statements in
	Vault   bool // the reader may see names
	Open    bool // and sees them now
	Until   string

	t teller
}

// A statusLine is one side of what became of the affected person, with who says
// so.
type statusLine struct {
	Value     string // "held"
	Words     string // "says the mother, since July 2022"
	Contested bool
}

// caseFrame reads the case that r is about and makes the head of its page.
func (s *Server) caseFrame(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form, tab string) (caseFrame, error) {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return caseFrame{}, err
	}
	file, err := s.Desk.Case(r.Context(), by, id)
	if err != nil {
		return caseFrame{}, err
	}
	c := caseFrame{Frame: s.frame(w, r, by, f, "cases"), Base: casePath(id), Circle: file.Circle.Name, Vault: file.Vault, Records: recorder.allows(by)}
	c.Here, c.Adds = c.Base, casework.allows(by) && file.Vault
	c.t = teller{p: c.P, file: file, st: file.State, base: c.Base}
	c.Open = file.Revealed.After(s.Now())
	if c.Open {
		c.Until = file.Revealed.Format("15:04")
	}
	c.head()
	c.Stops = c.t.stops()
	for _, name := range []string{"case", "people", "exhibits", "appeals", "dossiers", "settings", "history"} {
		if name == "exhibits" && !c.Adds {
			continue
		}
		item := NavItem{Label: c.P.T("ui.tab." + name), Href: c.Base, Here: name == tab}
		if name != "case" {
			item.Href += "/" + name
		}
		c.Tabs = append(c.Tabs, item)
	}
	return c, nil
}

// head fills in who the case is about.
func (c *caseFrame) head() {
	st := c.t.st
	c.Heading, c.Plain = who{Text: st.Case.Title}, st.Case.Title
	person := affected(st)
	if person == "" {
		return
	}
	c.Heading, c.Plain, c.About = c.t.who(person), c.t.covered().who(person).Text, st.Case.Title
}

// affected returns the person a case is about: the one it names, or else the
// only one there is.
func affected(st *claim.State) claim.Ref {
	if st.Case.Affected != "" {
		return st.Case.Affected
	}
	if st.Case.About == "person" && len(st.Persons) > 0 {
		return mostSpoken(st)
	}
	return ""
}

// mostSpoken returns the person whom most events and claims are about.
func mostSpoken(st *claim.State) (most claim.Ref) {
	n := map[claim.Ref]int{}
	for _, r := range st.Live() {
		if r.Subject.Kind() == claim.RefPerson {
			n[r.Subject]++
		}
		if role, _ := claim.LookUp("role", r.Value.Role); role.Affected {
			n[r.Value.Ref]++
		}
	}
	for ref, k := range n {
		if st.Persons[ref].Count < 2 && (most == "" || k > n[most] || k == n[most] && ref < most) {
			most = ref
		}
	}
	if most == "" {
		most = onlyOne(st)
	}
	return most
}

// onlyOne returns the person in a case where there is just one.
func onlyOne(st *claim.State) (only claim.Ref) {
	for ref, p := range st.Persons {
		if p.Count > 1 {
			continue
		}
		if only != "" {
			return ""
		}
		only = ref
	}
	return only
}

// status says what became of a person: for liberty, service and life, what holds
// now by each side.
func (t teller) status(person claim.Ref) []statusLine {
	var lines []statusLine
	for _, f := range t.st.Facets(person) {
		if !slices.Contains([]string{claim.Liberty, claim.Service, claim.Life}, f.Predicate) {
			continue
		}
		for _, a := range f.Now() {
			if f.Predicate == claim.Life && a.Value.Term == "alive" {
				continue // said better by the days since
			}
			lines = append(lines, t.statusLine(f.Predicate, a))
		}
	}
	return lines
}

func (t teller) statusLine(predicate string, a claim.Answer) statusLine {
	var says []string
	for _, v := range t.covered().voices(claims(a.For)) {
		if !slices.Contains(says, v.Who.Text) {
			says = append(says, v.Who.Text)
		}
	}
	l := statusLine{Value: t.value(predicate, a.Value).Text, Contested: a.Contested(), Words: t.p.N("ui.status.says", len(says), t.p.List(says...))}
	switch {
	case a.When.IsZero():
	case a.When.IsInterval() || a.Event == "":
		l.Words = t.p.T("ui.status.when", l.Words, t.date(a.When))
	default:
		l.Words = t.p.T("ui.status.when", l.Words, t.date(since(a.When)))
	}
	return l
}

// since returns d as the beginning of something that goes on.
func since(d claim.Date) claim.Date {
	open, err := claim.ParseDate(d.String() + "/..")
	if err != nil {
		return d
	}
	return open
}

// alive says when a person was last known to be alive, and how long ago that is.
func (t teller) alive(person claim.Ref, now time.Time) string {
	last, _ := t.st.LastKnownAlive(person)
	if last.IsZero() {
		return t.p.T("ui.alive.never")
	}
	least, most, ok := last.DaysSince(now)
	switch {
	case !ok:
		return t.p.T("ui.alive.undated", t.date(last))
	case least == most:
		return t.p.T("ui.alive", t.date(last), t.p.N("ui.days", least))
	}
	return t.p.T("ui.alive.between", t.date(last), least, t.p.N("ui.days.upto", most))
}

func claims(s claim.Support) []*claim.Recorded {
	var out []*claim.Recorded
	for _, say := range s {
		out = append(out, say.Claim)
	}
	return out
}

// casePage is a case: everything that is known, and who says so.
type casePage struct {
	caseFrame
	Subjects   []subject
	Axis       axis
	Events     []eventView
	People     []personRow
	Statements []statementRow
	Dossiers   []dossierLine
	Lately     []historyLine

	Begun    bool      // a claim was taken: there is something to find
	Composes bool      // the reader may make a dossier
	Next     *nextStep // what the reader could do now, if that is plain
	Parts    []NavItem // of the page
	Cautions []*cautionView
	Held     []*heldView // statements whose source has stopped their use
	Without  string      // sources it is read without
}

// A nextStep is what a case waits for.
type nextStep struct{ Words, Href, Label string }

// A subject is somebody or something that there are findings about.
type subject struct {
	Subject  who
	Findings []findingView
}

// A findingView is one question, with the answers side by side.
type findingView struct {
	Words        *locale.Printer
	What         string
	Contested    bool
	Corroborated bool
	Answers      []answerView
}

// An answerView is one answer with both sides.
type answerView struct {
	Value       valueWords
	When        string
	For         []voice
	Against     []voice
	Opinions    []voice
	ForDots     dots
	AgainstDots dots
	Clashes     bool // one of several values that can't all hold: the mark stands at it
}

// A statementRow is a statement in a list.
type statementRow struct {
	Anchor, Words, Href string
	Who                 who
	Said, State         string
}

// A dossierLine is a dossier in a list.
type dossierLine struct{ Href, Words, State string }

func (s *Server) casePage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "case")
	if err != nil {
		return err
	}
	rows, err := s.Desk.DossiersOf(by, c.t.file)
	if err != nil {
		return err
	}
	without := c.readWithout(r)
	if person := affected(c.t.st); person != "" {
		c.Status, c.Alive = c.t.status(person), c.t.alive(person, s.Now())
	}
	p := casePage{caseFrame: c, Without: without, Cautions: c.t.cautions(), Held: c.allHeld(), Subjects: c.t.subjects(), People: c.t.people(), Statements: c.t.statements()}
	p.Axis, p.Events = c.t.timeline()
	for _, row := range rows {
		p.Dossiers = append(p.Dossiers, c.t.dossierLine(row))
	}
	p.Lately, p.Begun, p.Composes = c.t.history(5), len(c.t.st.Claims) > 0, editing.allows(by)
	p.Next = c.next()
	for _, part := range []string{"findings", "timeline", "people", "statements", "dossiers", "history"} {
		p.Parts = append(p.Parts, NavItem{Label: c.T("ui.case." + part), Href: "#" + part})
	}
	return s.show(w, f, "case", p)
}

// next returns what the case waits for, if the reader is one who can do it.
func (c caseFrame) next() *nextStep {
	told := c.t.st.Statements
	if c.Adds && len(told) == 0 {
		return &nextStep{c.T("ui.case.next.statement"), c.Base + "/statements/new", c.T("ui.add.link")}
	}
	for _, s := range told {
		if c.Adds && s.Newest().Version == 0 {
			return &nextStep{c.T("ui.case.next.read", c.t.statement(s.Ref)), c.t.desk(s.Ref), c.T("ui.case.next.read.do")}
		}
	}
	if c.Records && len(c.t.st.Claims) == 0 && len(told) > 0 && c.t.opens(told[0].Ref) {
		return &nextStep{c.T("ui.case.next.take"), c.t.desk(told[0].Ref) + "?s=1#pane", c.T("ui.case.next.take.do")}
	}
	return nil
}

// subjects returns the findings under whom they are about, the affected person
// first. What is found of events stands in the timeline.
func (t teller) subjects() []subject {
	var out []subject
	var last claim.Ref = "-"
	findings, person := t.st.Findings(), affected(t.st)
	slices.SortStableFunc(findings, func(a, b claim.Finding) int {
		return cmp.Compare(first(b.Subject, person), first(a.Subject, person))
	})
	for _, f := range findings {
		if f.Subject.Kind() == claim.RefEvent {
			continue
		}
		if f.Subject != last {
			last = f.Subject
			sub := subject{Subject: who{Text: t.p.T("ui.case.general")}}
			if f.Subject != "" {
				sub.Subject = t.who(f.Subject)
			}
			out = append(out, sub)
		}
		at := &out[len(out)-1]
		at.Findings = append(at.Findings, t.finding(f))
	}
	return out
}

func first(ref, person claim.Ref) int {
	if ref == person {
		return 1
	}
	return 0
}

func (t teller) finding(f claim.Finding) findingView {
	v := findingView{Words: t.p, What: t.p.Term("predicate", f.Predicate), Contested: f.Contested}
	for _, a := range f.Answers {
		v.Corroborated = v.Corroborated || a.Corroborated()
		v.Answers = append(v.Answers, t.answer(f.Predicate, a))
	}
	if len(f.Opinions) > 0 {
		var opinions []*claim.Recorded
		for _, o := range f.Opinions {
			opinions = append(opinions, o.Claim)
		}
		if len(v.Answers) == 0 {
			v.Answers = []answerView{{Value: t.value(f.Predicate, opinions[0].Value), ForDots: t.dots(0, 0)}}
		}
		v.Answers[len(v.Answers)-1].Opinions = t.voices(opinions)
	}
	return v
}

func (t teller) answer(predicate string, a claim.Answer) answerView {
	v := answerView{
		Value: t.value(predicate, a.Value), When: t.date(a.When),
		For: t.voices(claims(a.For)), Against: t.voices(claims(a.Against)),
		ForDots: t.dots(len(a.For.Origins()), a.For.Unknown()),
	}
	if len(a.Against) > 0 {
		v.AgainstDots = t.dots(len(a.Against.Origins()), a.Against.Unknown())
	}
	return v
}

func (t teller) statements() []statementRow {
	taken := map[claim.Ref]int{}
	for _, r := range t.st.Live() {
		taken[r.Statement]++
	}
	var rows []statementRow
	for _, s := range t.st.Statements {
		row := statementRow{
			Anchor: anchor(s.Ref), Words: t.statement(s.Ref),
			Who: t.source(s.Source), Said: t.dateText(s.Said), State: t.p.T("ui.statement.reading"),
		}
		if row.Said == "" {
			row.Said = t.p.T("ui.statement.received", t.dateText(s.Received))
		}
		if t.opens(s.Ref) {
			row.Href = t.desk(s.Ref)
		}
		if s.Newest().Version > 0 {
			row.State = t.p.N("ui.statement.claims", taken[s.Ref])
		}
		if t.st.Held(s.Ref) {
			row.State = t.p.T("ui.held.state", row.State)
		}
		rows = append(rows, row)
	}
	return rows
}
