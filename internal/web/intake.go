package web

import (
	"net/http"
	"slices"
	"strings"

	"habeas"
	"habeas/ledger"
)

// intakeRoutes returns the routes of what strangers sent: what waits, and each
// letter.
func (s *Server) intakeRoutes() []route {
	const l = "/intake/{letter}"
	return []route{
		{pattern: "GET /intake", need: takingIn, serve: s.queue},
		{pattern: "GET " + l, need: takingIn, serve: s.letterPage},
		{pattern: "POST " + l + "/file", need: takingIn, serve: s.fileLetter, again: s.letterPage},
		{pattern: "POST " + l + "/write", need: takingIn, serve: s.writeToSource, again: s.letterPage},
		{pattern: "POST " + l + "/close", need: takingIn, serve: s.closeLetter, again: s.letterPage},
		{pattern: "POST " + l + "/heed", need: takingIn, serve: s.heed, again: s.letterPage},
		{pattern: "POST " + l + "/drop", need: takingIn, serve: s.dropLetter, again: s.queue},
		{pattern: "GET " + l + "/look/{n}", need: takingIn, serve: s.lookPage},
		{pattern: "GET " + l + "/file/{n}", need: takingIn, serve: s.picture},
		{pattern: "POST " + l + "/take/{n}", need: takingIn, serve: s.takeFile, again: s.lookPage, repeats: true},
	}
}

// queuePage is the letters that wait.
type queuePage struct {
	Frame
	Rows []queueRow
	Done string // what the reader has just done with one, or ""
}

// A queueRow is a letter that waits. What stands in it is not known before it is
// opened.
type queueRow struct {
	Href   string // "" if the reader cannot open it
	Drop   string // where it is removed unread, if only an offline desk opens it
	Words  string
	Day    string
	ISO    string
	Opened string
	Urgent bool
	Notes  []string
}

func (s *Server) queue(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	all, err := s.Desk.Queue(r.Context(), by)
	if err != nil {
		return err
	}
	p := queuePage{Frame: s.frame(w, r, by, f, "intake")}
	for _, q := range all {
		p.Rows = append(p.Rows, p.queueRow(q))
	}
	if done := r.URL.Query().Get("done"); slices.Contains([]string{"filed", "closed", "recorded", "dropped"}, done) {
		p.Done = p.T("ui.intake.done." + done)
	}
	return s.show(w, f, "intake", p)
}

// dropLetter removes a letter that the offline desk has by now.
func (s *Server) dropLetter(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	id, err := letterIn(r)
	if err != nil {
		return err
	}
	if err := s.Desk.DropLetter(r.Context(), by, id); err != nil {
		return err
	}
	return see(w, r, "/intake?done=dropped")
}

func (fr Frame) queueRow(q habeas.Queued) queueRow {
	row := queueRow{
		Words: fr.letterWords(q.ID), Day: fr.P.Day(q.Day), ISO: q.Day.Format("2006-01-02"),
		Opened: fr.T("ui.intake.unopened"), Urgent: q.Urgent, Notes: fr.letterNotes(q),
	}
	if q.Opened {
		row.Opened = fr.T("ui.intake.opened")
	}
	switch {
	case q.Mine:
		row.Href = letterPath(q.ID)
	case q.Offline:
		row.Drop = letterPath(q.ID) + "/drop"
		row.Notes = append(row.Notes, fr.T("ui.intake.offline"))
	default:
		row.Notes = append(row.Notes, fr.T("ui.intake.not_yours"))
	}
	return row
}

// letterNotes says what is known of a letter besides what stands in it.
func (fr Frame) letterNotes(q habeas.Queued) (notes []string) {
	if q.Held {
		notes = append(notes, fr.T("ui.intake.held"))
	}
	if q.Others > 0 {
		notes = append(notes, fr.N("ui.intake.others", q.Others))
	}
	return notes
}

// letterWords names a letter by the beginning of its ID, which says nothing, so
// that two members can talk about one.
func (fr Frame) letterWords(id ledger.ID) string {
	return fr.T("ui.intake.letter", strings.ToUpper(id.String()[:5]))
}

func letterPath(id ledger.ID) string { return "/intake/" + id.String() }

// letters says how many letters wait, for the page of today; "" for who does not
// take in, or if there are none.
func (s *Server) letters(r *http.Request, by habeas.Actor, fr Frame) (string, error) {
	if !fr.TakesIn {
		return "", nil
	}
	all, err := s.Desk.Queue(r.Context(), by)
	if err != nil || len(all) == 0 {
		return "", err
	}
	urgent := 0
	for _, q := range all {
		if q.Urgent {
			urgent++
		}
	}
	words := fr.N("ui.today.letters", len(all))
	if urgent > 0 {
		words = fr.N("ui.today.letters.urgent", urgent, words)
	}
	return words, nil
}
