package web

import (
	"net/http"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// eraseRoutes returns the routes of what makes the office forget.
func (s *Server) eraseRoutes() []route {
	const st = "/case/{case}/statement/{statement}"
	return []route{
		{pattern: "GET " + st + "/erase", need: casework, serve: s.erasePage},
		{pattern: "POST " + st + "/erase", need: casework, serve: s.erase, again: s.erasePage},
		{pattern: "GET " + st + "/erased", need: member, serve: s.erasedPage},
		{pattern: "GET /case/{case}/batch/{entry}", need: casework, serve: s.batchPage},
		{pattern: "POST /case/{case}/batch/{entry}", need: casework, serve: s.undoBatch, again: s.batchPage},
		{pattern: "GET " + st + "/reseal", need: casework, serve: s.resealPage},
		{pattern: "POST " + st + "/reseal/look", need: casework, serve: s.resealPage, again: s.resealPage, repeats: true},
		{pattern: "POST " + st + "/reseal", need: casework, serve: s.reseal, again: s.resealPage},
	}
}

// erasePage says what an erasure would destroy, and asks for a reason and the
// passphrase. It is the page of one statement, or of several brought in together.
type erasePage struct {
	caseFrame
	Heading2 string
	Action   string
	Words    []string // which statements
	Goes     []string
	Released []releasedLine
	Backups  string
	Start    Part
	Why      Field
	Asks     bool // for a reason
	Batch    string
	BatchN   string
	PassID   string
}

// A releasedLine is a dossier that has left, and to whom.
type releasedLine struct{ Words, When, Digest, To string }

func (c caseFrame) newErasePage(e *habeas.Erasing) erasePage {
	p := erasePage{caseFrame: c, Start: c.In("erase"), PassID: "erase-pass", Backups: c.P.Day(e.Backups)}
	for _, st := range e.Statements {
		p.Words = append(p.Words, c.t.statement(st.Ref))
	}
	p.Goes = []string{c.T("ui.erase.goes.text")}
	for _, line := range []struct {
		key string
		n   int
	}{{"ui.erase.goes.claims", e.Claims}, {"ui.erase.goes.details", e.Details}, {"ui.erase.goes.dossiers", len(e.Dossiers)}} {
		if line.n > 0 {
			p.Goes = append(p.Goes, c.P.N(line.key, line.n))
		}
	}
	if e.Files > 0 {
		p.Goes = append(p.Goes, c.T("ui.erased.files", e.Files))
	}
	p.Released = c.released(e.Released())
	return p
}

func (c caseFrame) released(rows []habeas.DossierRow) (lines []releasedLine) {
	for _, row := range rows {
		d := c.t.dossierRow(row)
		lines = append(lines, releasedLine{d.Words, d.Released, d.Digest, d.To})
	}
	return lines
}

func (s *Server) erasePage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "case")
	if err != nil {
		return err
	}
	plan, err := s.Desk.Erasing(r.Context(), by, id, st)
	if err != nil {
		return err
	}
	c.Here = c.t.desk(st)
	p := c.newErasePage(plan)
	p.Heading2, p.Action, p.Asks = c.T("ui.erase.heading"), c.Here+"/erase", true
	var whys []Option
	for _, why := range ledger.Reasons() {
		if why != ledger.Resealed {
			whys = append(whys, Option{Value: string(why), Label: c.T("ui.erase.why." + string(why))})
		}
	}
	p.Why = p.Start.Choose("why", string(ledger.Withdrawn), whys)
	if batch := plan.Statements[0].Batch; !batch.IsZero() {
		n := 0
		for _, t := range c.t.st.Statements {
			if t.Batch == batch {
				n++
			}
		}
		p.Batch, p.BatchN = c.Base+"/batch/"+batch.String(), c.P.N("ui.erase.batch.n", n)
	}
	return s.show(w, f, "erase", p)
}

func (s *Server) erase(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	if _, err := s.Desk.Erase(r.Context(), by, id, ledger.Why(f.Get("why")), f.Secret(passField), st); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/statement/"+bare(st)+"/erased")
}

func (s *Server) batchPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, batch, err := caseEntry(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "case")
	if err != nil {
		return err
	}
	var statements []claim.Ref
	for _, t := range c.t.st.Statements {
		if t.Batch == batch {
			statements = append(statements, t.Ref)
		}
	}
	if len(statements) == 0 {
		return fault.New(fault.NotFound, "erase.no_batch")
	}
	plan, err := s.Desk.Erasing(r.Context(), by, id, statements...)
	if err != nil {
		return err
	}
	p := c.newErasePage(plan)
	p.Heading2, p.Action = c.T("ui.erase.batch.heading"), c.Base+"/batch/"+batch.String()
	return s.show(w, f, "erase", p)
}

func (s *Server) undoBatch(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, batch, err := caseEntry(r)
	if err != nil {
		return err
	}
	if _, err := s.Desk.UndoBatch(r.Context(), by, id, batch, f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/history")
}

// erasedPage is what is left of a statement: that it is gone.
type erasedPage struct {
	caseFrame
	When, By, Why string
	Files         string // how many went
	Released      []releasedLine
	Backups       string
	Expired       bool
}

func (s *Server) erasedPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "history")
	if err != nil {
		return err
	}
	e, ok := c.t.st.Erasure(st)
	if !ok {
		return fault.New(fault.NotFound, "statement.none")
	}
	rows, err := s.Desk.Dossiers(r.Context(), by, id)
	if err != nil {
		return err
	}
	p := erasedPage{caseFrame: c, When: c.P.Day(e.Time), By: c.t.member(e.Author), Why: c.T("ui.erase.why." + string(e.Why))}
	if e.Files > 0 {
		p.Files = c.T("ui.erased.files", e.Files)
	}
	var released []habeas.DossierRow
	for _, row := range rows {
		for _, d := range e.Dossiers {
			if row.Dossier == d && row.Released != nil {
				released = append(released, row)
			}
		}
	}
	until := s.Desk.ErasedBy(e.Time)
	p.Released, p.Backups, p.Expired = c.released(released), c.P.Day(until), until.Before(s.Now().Add(-24*time.Hour))
	return s.show(w, f, "erased", p)
}

// resealPage takes a name out of a text that is settled. Once words are chosen it
// shows what would be done.
type resealPage struct {
	caseFrame
	Words         string // which statement
	Start         Part
	Leftover, Who Field
	New           personFields
	NewOpen       bool
	Plan          *resealView
}

// A resealView is what would be done.
type resealView struct {
	Title, Text, TextLang string
	Lines                 []string
	Left                  string
	Backups               string
	Released              []releasedLine
}

func (s *Server) resealPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "case")
	if err != nil {
		return err
	}
	told, ok := c.t.st.Statement(st)
	if !ok {
		return fault.New(fault.NotFound, "statement.none")
	}
	if !c.Adds {
		return fault.New(fault.Forbidden, "may.needs_vault")
	}
	c.Here = c.t.desk(st)
	in := c.In("reseal")
	p := resealPage{caseFrame: c, Words: c.t.statement(st), Start: in, Leftover: in.Needed("leftover")}
	p.Who = in.Choose("person", "", append([]Option{{Label: c.T("ui.reseal.new")}}, c.t.personOptions()...))
	p.New = personForm(c.P, in, true, false, habeas.NameParts(vault.NewText(in.Form.Trimmed("leftover"))))
	p.NewOpen = in.Form.Get("person") == ""
	if r.Method == http.MethodPost && !f.Failed() {
		l, err := leftover(in.Form)
		if err != nil {
			return err
		}
		plan, err := s.Desk.Resealing(r.Context(), by, id, st, l)
		if err != nil {
			return err
		}
		p.Plan = c.resealing(plan, told.Lang)
	}
	return s.show(w, f, "reseal", p)
}

func (c caseFrame) resealing(plan *habeas.Resealing, lang string) *resealView {
	v := &resealView{Title: plan.Title, TextLang: lang, Backups: c.P.Day(plan.Backups)}
	v.Text = claim.Render(plan.Text, func(p claim.Ref) string {
		if cover := c.t.st.Cover(p); cover != "" {
			return "[" + cover + "]"
		}
		return "[" + c.T("ui.reseal.somebody") + "]"
	})
	for _, line := range []struct {
		key string
		n   int
	}{{"ui.reseal.places", plan.Places}, {"ui.reseal.claims", plan.Claims}, {"ui.reseal.dropped", plan.Dropped}, {"ui.erase.goes.dossiers", len(plan.Dossiers)}} {
		if line.n > 0 {
			v.Lines = append(v.Lines, c.P.N(line.key, line.n))
		}
	}
	if plan.Left > 0 {
		v.Left = c.P.N("ui.reseal.left", plan.Left)
	}
	for _, row := range plan.Dossiers {
		if row.Released != nil {
			v.Released = append(v.Released, c.released([]habeas.DossierRow{row})...)
		}
	}
	return v
}

// leftover reads whom the words name.
func leftover(f *Form) (habeas.Leftover, error) {
	l := habeas.Leftover{Words: f.Secret("leftover"), Person: claim.Ref(f.Get("person"))}
	if l.Person != "" {
		return l, nil
	}
	p, err := newPerson(f)
	if err != nil {
		return l, err
	}
	if len(p.Parts) == 0 {
		p.Parts = habeas.NameParts(l.Words)
	}
	l.New = &p
	return l, nil
}

func (s *Server) reseal(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	l, err := leftover(f)
	if err != nil {
		return err
	}
	if err := s.Desk.Reseal(r.Context(), by, id, st, l); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/statement/"+bare(st))
}
