package web

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/internal/locale"
)

// appealRoutes returns the routes of the pages about letters to authorities.
func (s *Server) appealRoutes() []route {
	const one = "/case/{case}/appeal/{appeal}"
	return []route{
		{pattern: "GET /appeals", need: reading, serve: s.board},
		{pattern: "GET /appeals/days.ics", need: reading, serve: s.wakeDays},
		{pattern: "GET /appeals/rules", need: reading, serve: s.rulesPage},
		{pattern: "POST /appeals/rules", need: recorder, serve: s.reviewRules, again: s.rulesPage},
		{pattern: "GET /authorities/new", need: recorder, serve: s.newAuthority},
		{pattern: "POST /authorities", need: recorder, serve: s.addAuthority, again: s.newAuthority},
		{pattern: "GET /case/{case}/appeals", need: member, serve: s.caseAppeals},
		{pattern: "GET /case/{case}/appeals/new", need: casework, serve: s.newAppeal},
		{pattern: "POST /case/{case}/appeals", need: casework, serve: s.addAppeal, again: s.newAppeal},
		{pattern: "GET " + one, need: member, serve: s.appealPage},
		{pattern: "POST " + one + "/step", need: casework, serve: s.addStep, again: s.appealPage},
		{pattern: "POST " + one + "/reply", need: casework, serve: s.addReply, again: s.appealPage, raw: []string{"text"}},
		{pattern: "POST " + one + "/forward", need: casework, serve: s.forward, again: s.appealPage},
		{pattern: "POST " + one + "/letter", need: casework, serve: s.attachDossier, again: s.appealPage},
		{pattern: "GET " + one + "/draft", need: casework, serve: s.draftPage},
		{pattern: "POST " + one + "/draft/look", need: casework, serve: s.draftPage, again: s.draftPage, repeats: true},
		{pattern: "POST " + one + "/draft", need: casework, serve: s.proposeLetter, again: s.draftPage},
		{pattern: "GET " + one + "/numbers", need: casework, serve: s.numbersPage},
		{pattern: "POST " + one + "/numbers", need: casework, serve: s.eraseNumbers, again: s.numbersPage},
		{pattern: "POST " + one + "/heed", need: casework, serve: s.heedTerm, again: s.appealPage},
	}
}

// A termView is a term of the law as a page shows it.
type termView struct {
	Rule, Law   string
	Duty        string // whose it is, in words
	Due         string // the last day, or the days that may be it; "" if there is none
	ISO         string
	State       string
	Left        string // how long that is, in words, or ""
	Ours        bool
	Loud        bool // ours and not met: missing it cannot be repaired
	Late        bool
	Unconfirmed string // what a lawyer has to confirm, in words, or ""
	Newer       bool
	Doubts      [][]appeal.Run
	Steps       []reckonedStep
	Source      string
	Checked, By string // when its source was read, and by whom
	Woken       string
	Heed        bool // people are being woken for it
}

// A reckonedStep is a step of a reckoning in words.
type reckonedStep struct {
	Text         []appeal.Run
	Days, Length string // "" if there are none
	Rule, Law    string
}

// term puts a term in words, as it stands on the day of now.
func (fr Frame) term(t *habeas.Term, now time.Time) termView {
	v := termView{
		Rule: fmt.Sprintf("%s v%d", t.Rule, t.Version), Law: t.Law, Duty: fr.T("ui.appeal.duty." + string(t.Duty)),
		State: fr.T("ui.appeal.state." + strings.ReplaceAll(string(t.State), " ", "_")), Ours: t.Duty == appeal.Ours, Late: t.Overdue(),
		Newer: t.Newer, Source: t.Of.Source, Checked: fr.T("ui.appeal.checked", t.Of.Checked.In(fr.P)), By: t.Of.By,
	}
	for _, d := range t.Doubts {
		v.Doubts = append(v.Doubts, d.In(fr.P))
	}
	for _, s := range t.Steps {
		step := reckonedStep{Text: s.Text.In(fr.P), Length: s.Length.In(fr.P), Rule: s.Rule, Law: s.Law}
		if !s.Days.IsZero() {
			step.Days = dueWords(fr.P, s.Days)
		}
		v.Steps = append(v.Steps, step)
	}
	v.Loud = v.Ours && t.Open()
	if t.Trust != appeal.Confirmed {
		v.Unconfirmed = fr.T("ui.appeal.trust." + string(t.Trust))
	}
	if !t.Due.IsZero() {
		v.Due, v.ISO = dueWords(fr.P, t.Due), t.Due.Earliest.Day.String()
		v.Left = fr.left(t, now)
	}
	if t.Woken != "" {
		at, _ := time.Parse(time.DateOnly, t.Woken)
		v.Woken, v.Heed = fr.P.Day(at), t.Woken <= now.UTC().Format(time.DateOnly)
	}
	return v
}

// left says how far off the first day is that may be the last.
func (fr Frame) left(t *habeas.Term, now time.Time) string {
	if !t.Open() {
		return ""
	}
	last := t.Due.Earliest.Day
	if t.Overdue() {
		last = t.Due.Latest.Day
	}
	day, err := time.Parse(time.DateOnly, last.String())
	if err != nil {
		return ""
	}
	zone, err := time.LoadLocation(t.Zone)
	if err != nil {
		zone = time.UTC
	}
	y, m, d := now.In(zone).Date() // the day there, as the term is counted
	n := int(day.Sub(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
	switch {
	case n == 0:
		return fr.T("ui.appeal.today")
	case n < 0 && !t.Overdue(): // it may have ended: the days between are what is known
		return ""
	case n < 0:
		return fr.T("ui.appeal.over", fr.N("ui.days", -n))
	}
	return fr.T("ui.appeal.left", fr.N("ui.days", n))
}

// dueWords says when a term ends.
func dueWords(p *locale.Printer, r appeal.Range) string {
	from := boundWords(p, r.Earliest)
	switch {
	case r.Open:
		return p.T("ui.appeal.due.open", from)
	case r.Earliest == r.Latest:
		return from
	}
	return p.T("ui.appeal.due.range", from, boundWords(p, r.Latest))
}

func boundWords(p *locale.Printer, b appeal.Bound) string {
	if !b.At.IsZero() {
		return p.Clock(b.At)
	}
	day, err := time.Parse(time.DateOnly, b.Day.String())
	if err != nil {
		return b.Day.String()
	}
	return p.Day(day)
}

// An appealLine is an appeal in a list.
type appealLine struct {
	Href, Title, Chip, Case, CaseHref string
	To, Stage                         string
	Batch                             bool
	Term                              *termView // the one the line is about, or nil
	Terms                             []termView
	Next                              []nextView
	First                             *nextView // of an overdue one: the first step that could be taken
}

// A nextView is something that may follow.
type nextView struct{ Law, Due, Href, Duty string }

// boardPage is what is to be done about letters in all cases, by day.
type boardPage struct {
	Frame
	Lists   []boardList
	Records bool
	Counts  bool // there is a table of letters for them
}

// A boardList is a part of the board under its heading.
type boardList struct {
	ID, Heading, Note string
	Loud              bool
	Lines             []appealLine
	More              int    // how many are not among Lines
	All               string // where they are
	P                 *locale.Printer
}

// How many letters are listed under a heading: of the board, unless all are asked for,
// and of what cannot wait. An office can have thousands.
const (
	mostOnBoard = 200
	mostToday   = 25
)

func (s *Server) board(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	rows, err := s.Desk.Board(r.Context(), by)
	if err != nil {
		return err
	}
	p := boardPage{Frame: s.frame(w, r, by, f, "appeals"), Records: recorder.allows(by), Counts: counting.allows(by)}
	if p.Lists, err = s.boardLists(r, by, p.Frame, rows, mostLines(r)); err != nil {
		return err
	}
	if err := s.firstSteps(r, by, p, rows); err != nil {
		return err
	}
	return s.show(w, f, "appeals", p)
}

// mostLines returns how many letters the board lists under a heading.
func mostLines(r *http.Request) int {
	if r.URL.Query().Get("all") == "1" {
		return math.MaxInt
	}
	return mostOnBoard
}

// boardLists sorts rows of the board under their headings: what is ours and overdue
// stands first. Of each no more than most are listed, those whose term ends first.
func (s *Server) boardLists(r *http.Request, by habeas.Actor, fr Frame, rows []habeas.BoardRow, most int) (lists []boardList, err error) {
	units, err := s.unitLabels(r, by)
	if err != nil {
		return nil, err
	}
	lines, more := map[string][]appealLine{}, map[string]int{}
	for _, row := range rows {
		id := "unsent"
		switch {
		case row.Ours():
			id = "ours"
		case row.Term != nil && row.Term.Overdue():
			id = "late"
		case row.Term != nil:
			id = "running"
		}
		if len(lines[id]) == most {
			more[id]++
			continue
		}
		lines[id] = append(lines[id], fr.boardLine(row, units, casework.allows(by), s.Now()))
	}
	for _, id := range []string{"ours", "late", "running", "unsent"} {
		if len(lines[id]) > 0 {
			lists = append(lists, boardList{ID: id, Heading: fr.T("ui.board." + id), Note: fr.T("ui.board." + id + ".note"), Loud: id == "ours", Lines: lines[id], More: more[id], All: "/appeals?all=1#b-" + id, P: fr.P})
		}
	}
	return lists, nil
}

// termsToday returns what of the board cannot wait.
func (s *Server) termsToday(r *http.Request, by habeas.Actor, fr Frame) ([]boardList, error) {
	rows, err := s.Desk.Board(r.Context(), by)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(row habeas.BoardRow) bool {
		return row.Term == nil || !row.Ours() && !row.Term.Overdue() && row.Term.State != appeal.IsDue
	})
	return s.boardLists(r, by, fr, rows, mostToday)
}

// unitLabels returns what the bodies of the office are called.
func (s *Server) unitLabels(r *http.Request, by habeas.Actor) (map[claim.Ref]string, error) {
	all, err := s.Desk.Authorities(r.Context(), by)
	labels := map[claim.Ref]string{}
	for _, a := range all {
		labels[a.Ref] = a.Label
	}
	return labels, err
}

func (fr Frame) boardLine(row habeas.BoardRow, units map[claim.Ref]string, writes bool, now time.Time) appealLine {
	l := fr.appealLine(row.AppealFile, units, writes, now)
	l.Terms = nil
	if row.Term != nil {
		t := fr.term(row.Term, now)
		l.Term = &t
	}
	return l
}

// appealLine puts a letter in words; what may follow can be begun by who writes.
func (fr Frame) appealLine(a *habeas.AppealFile, units map[claim.Ref]string, writes bool, now time.Time) appealLine {
	l := appealLine{
		Href: appealPath(a.Case, a.Ref), Title: a.Title, Chip: a.Cover, Case: a.CaseTitle, CaseHref: casePath(a.Case) + "/appeals",
		To: units[a.Authority], Stage: fr.P.Term("appeal-stage", a.Stage), Batch: !a.Batch.IsZero(),
	}
	for _, t := range a.Clocks {
		l.Terms = append(l.Terms, fr.term(t, now))
	}
	for _, t := range a.Next {
		l.Next = append(l.Next, fr.next(a, t, writes, now))
	}
	return l
}

// next puts what may follow in words, with the way to begin it.
func (fr Frame) next(a *habeas.AppealFile, t *habeas.Term, writes bool, now time.Time) nextView {
	v := fr.term(t, now)
	n := nextView{Law: v.Law, Duty: v.Duty}
	if writes {
		n.Href = casePath(a.Case) + "/appeals/new?parent=" + bare(a.Ref) + "&term=" + t.Rule
	}
	if v.Ours && v.Due != "" {
		n.Due = fr.T("ui.appeal.until", v.Due)
	}
	return n
}

func appealPath(id habeas.CaseID, ref claim.Ref) string { return casePath(id) + "/appeal/" + bare(ref) }

// caseAppealsPage is the list of a case's appeals.
type caseAppealsPage struct {
	caseFrame
	Lines  []appealLine
	Writes bool
	Onward *nextSteps
}

func (s *Server) caseAppeals(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "appeals")
	if err != nil {
		return err
	}
	all, err := s.Desk.Appeals(r.Context(), by, c.t.file.ID)
	if err != nil {
		return err
	}
	p := caseAppealsPage{caseFrame: c, Writes: c.Adds}
	labels := c.t.unitLabels()
	for _, a := range all {
		p.Lines = append(p.Lines, p.appealLine(a, labels, p.Writes, s.Now()))
	}
	if p.Onward, err = s.nextSteps(r, by, &p.caseFrame, ""); err != nil {
		return err
	}
	return s.show(w, f, "case_appeals", p)
}

func (t teller) unitLabels() map[claim.Ref]string {
	labels := map[claim.Ref]string{}
	for ref, u := range t.st.Units {
		labels[ref] = u.Label
	}
	return labels
}

// wakeDays sends the days on which anybody is woken, as a calendar that says nothing
// else.
func (s *Server) wakeDays(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	days, err := s.Desk.WakeDays(r.Context(), by)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//days//EN\r\n")
	for _, d := range days {
		day := d.Format("20060102")
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%s@days\r\nDTSTAMP:%sT000000Z\r\nDTSTART;VALUE=DATE:%s\r\nSUMMARY:%s\r\nEND:VEVENT\r\n", day, day, day, locale.New("en").T("ui.board.days.entry"))
	}
	b.WriteString("END:VCALENDAR\r\n")
	s.sendFile(w, "text/calendar; charset=utf-8", "attachment; filename=days.ics", int64(b.Len()), strings.NewReader(b.String()))
	return nil
}

// rulesPage is every term of the law that the office reckons with.
type rulesPage struct {
	Frame
	Rows    []ruleRow
	Records bool
	Start   Part
	Text    Field
}

// A ruleRow is one version of a term.
type ruleRow struct {
	ID, To, Law, Length, Starts, Duty, Trust, Source, Checked, By string
	Bad                                                           bool
}

func (s *Server) rulesPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	set, err := s.Desk.Rules(r.Context(), by)
	if err != nil {
		return err
	}
	p := rulesPage{Frame: s.frame(w, r, by, f, "appeals"), Records: recorder.allows(by)}
	p.Start = p.In("rules")
	p.Text = p.Start.Needed("term_text")
	for _, rule := range set.Rules() {
		p.Rows = append(p.Rows, ruleRow{
			ID: fmt.Sprintf("%s v%d", rule.ID, rule.Version), To: rule.Addressee, Law: rule.Law, Length: rule.Length.In(p.P), Starts: rule.What,
			Duty: p.T("ui.appeal.duty." + string(rule.Duty)), Trust: p.T("ui.appeal.trust." + string(rule.Trust)), Bad: rule.Trust != appeal.Confirmed,
			Source: rule.Source, Checked: p.T("ui.appeal.checked", rule.Checked.In(p.P)), By: rule.By,
		})
	}
	return s.show(w, f, "appeal_rules", p)
}

func (s *Server) reviewRules(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := s.Desk.ReviewRules(r.Context(), by, f.Get("term_text")); err != nil {
		return err
	}
	return see(w, r, "/appeals/rules")
}
