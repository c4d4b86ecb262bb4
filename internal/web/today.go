package web

import (
	"net/http"

	"habeas"
	"habeas/claim"
	"habeas/internal/locale"
)

// todayPage is what needs the member, and nothing else.
type todayPage struct {
	Frame
	Kept      int         // forms kept for the member
	Recovery  string      // what keepers are told of it, or ""
	Letters   string      // how many letters wait, or ""
	Damaged   string      // what keepers are told of sealed files that are missing or changed, or ""
	Templates []string    // what keepers are told is wrong with the templates of the office
	Split     bool        // keepers are told that the log is not the one that others saw
	Back      []todayLine // taken back by their sources, and not erased yet
	Unread    []todayLine
	Waiting   []todayLine
	Due       []todayLine
	Terms     []boardList // of letters: ours that run, and what is overdue
	Contested []todayLine
	More      habeas.TodayMore // lines that are left out
}

// A todayLine is one thing to do: where, what, and what is known of it.
type todayLine struct {
	Href, What, More string
	Chip             string // a cover name, or ""
}

// of says which case a line is about: by cover name, or by title without one.
func (l todayLine) of(c habeas.CaseRow) todayLine {
	if l.Chip = c.Cover; l.Chip == "" {
		l.More = c.Title + " · " + l.More
	}
	return l
}

func (s *Server) today(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	switch {
	case reading.allows(by):
	case takingIn.allows(by):
		return see(w, r, "/intake")
	default:
		return see(w, r, "/people") // who works on no case has nothing to do here
	}
	err := s.showToday(w, r, by, f)
	if err != nil && s.Desk.Damage() != nil && keeping.allows(by) {
		return see(w, r, "/log") // what was folded from a log that is gone is not read
	}
	return err
}

func (s *Server) showToday(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	most := mostToday
	if r.URL.Query().Get("all") == "1" {
		most = 0
	}
	today, err := s.Desk.Today(r.Context(), by, most)
	if err != nil {
		return err
	}
	drafts, err := s.Desk.Drafts(r.Context(), by)
	if err != nil {
		return err
	}
	p := todayPage{Frame: s.frame(w, r, by, f, "today"), Kept: len(drafts)}
	rows := today.Cases
	p.More = today.More
	for _, u := range today.Unread {
		p.Unread = append(p.Unread, unreadLine(p.P, u).of(rows[u.Case]))
	}
	for _, d := range today.Waiting {
		l := waitingLine(p.P, d)
		if !d.Table { // which is of no case
			l = l.of(rows[d.Case])
		}
		p.Waiting = append(p.Waiting, l)
	}
	for _, c := range today.Due {
		p.Due = append(p.Due, dueLine(p.P, c))
	}
	for _, c := range today.Contested {
		p.Contested = append(p.Contested, todayLine{
			Href: casePath(c.ID), What: c.Title, Chip: c.Cover, More: p.N("ui.contested", c.Contested),
		})
	}
	if err := s.aroundToday(r, by, &p); err != nil {
		return err
	}
	return s.show(w, f, "today", p)
}

// aroundToday says what waits beside the cases.
func (s *Server) aroundToday(r *http.Request, by habeas.Actor, p *todayPage) (err error) {
	if p.Terms, err = s.termsToday(r, by, p.Frame); err != nil {
		return err
	}
	if p.Recovery, err = s.recoveryLine(r, by); err != nil {
		return err
	}
	p.Split = s.split(r, by)
	if p.Damaged, err = s.damaged(by, p.Frame); err != nil {
		return err
	}
	if p.Templates, err = s.templateFaults(by, p.P); err != nil {
		return err
	}
	if p.Letters, err = s.letters(r, by, p.Frame); err != nil {
		return err
	}
	p.Back, err = s.takenBack(r, by, p.P)
	return err
}

// damaged says to keepers that the disk failed, that sealed files are missing or
// changed, or that the log does not verify; "" if nothing of that.
func (s *Server) damaged(by habeas.Actor, fr Frame) (string, error) {
	if !keeping.allows(by) {
		return "", nil
	}
	if e := s.diskFailed(); e != nil {
		return fr.P.Fault(e), nil
	}
	checked, err := s.Desk.FilesChecked(by)
	if err != nil {
		return "", err
	}
	if words, bad := fr.filesChecked(checked); bad {
		return words, nil
	}
	log, err := s.Desk.LogChecked(by)
	if words, bad := fr.logChecked(log); bad {
		return words, err
	}
	return "", err
}

// templateFaults says what is wrong with the templates of the office, to keepers.
func (s *Server) templateFaults(by habeas.Actor, p *locale.Printer) (lines []string, err error) {
	if !keeping.allows(by) {
		return nil, nil
	}
	faults, err := s.Desk.TemplateFaults(by)
	for _, f := range faults {
		lines = append(lines, f.Say(p))
	}
	return lines, err
}

// takenBack returns what waits to be erased, for who may erase. It leads to the
// statement, where it is said whether its source wants that.
func (s *Server) takenBack(r *http.Request, by habeas.Actor, p *locale.Printer) (lines []todayLine, err error) {
	if !casework.allows(by) {
		return nil, nil
	}
	all, err := s.Desk.Withdrawals(r.Context(), by)
	for _, back := range all {
		lines = append(lines, todayLine{
			Href: casePath(back.Case) + "/statement/" + bare(back.Statement), What: back.Title, More: p.T("ui.today.back.due", p.Day(back.Due)),
		})
	}
	return lines, err
}

func casePath(id habeas.CaseID) string { return "/case/" + id.String() }

func unreadLine(p *locale.Printer, u habeas.ReadingRow) todayLine {
	l := todayLine{Href: casePath(u.Case) + "/statement/" + bare(u.Statement.Ref), What: u.Statement.Title}
	if l.What == "" {
		l.What = p.Term("medium", u.Statement.Medium)
	}
	if d, err := claim.ParseDate(u.Statement.Received); err == nil && !d.IsZero() {
		l.More = p.T("ui.today.received", dateWords(p, d))
	}
	return l
}

func waitingLine(p *locale.Printer, d habeas.DossierRow) todayLine {
	l := todayLine{Href: casePath(d.Case) + "/dossier/" + bare(d.Dossier), What: p.T("ui.today.dossier", p.Term("audience", d.Audience))}
	if d.Files > 0 {
		l.Href, l.What = bundlePath(d.Case, d.Dossier), p.T("ui.handover.row", p.Term("audience", d.Audience))
	}
	if d.Table {
		l.Href, l.What = tablePath(d.Case, d.Dossier), p.T("ui.count.out.row")
	}
	switch {
	case d.Approved != nil:
		l.More = p.T("ui.today.approved", d.Approved.Name, p.Day(d.Approved.At))
	case d.Proposed != nil:
		l.More = p.T("ui.today.proposed", d.Proposed.Name, p.Day(d.Proposed.At))
	}
	return l
}

// helpPage says which keys there are, and what this can protect and what not.
type helpPage struct {
	Frame
	Keys []shortcut
}

// A shortcut is a key and what it does.
type shortcut struct{ Key, Does string }

func (s *Server) help(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p := helpPage{Frame: s.frame(w, r, by, f, "help")}
	for _, k := range []struct{ key, words string }{
		{"/", "search"}, {"g t", "today"}, {"g c", "cases"}, {"g p", "places"}, {"g s", "search_page"}, {"g k", "kept"},
		{"j k", "sentences"}, {"n", "claim"}, {"Ctrl Enter", "send"}, {"?", "help"},
	} {
		p.Keys = append(p.Keys, shortcut{k.key, p.P.T("ui.help.key." + k.words)})
	}
	return s.show(w, f, "help", p)
}
