package web

import (
	"net/http"
	"slices"
	"strings"

	"habeas"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/ledger"
)

// intakeRoutes returns the routes of what strangers sent: what waits, and each
// letter.
func (s *Server) intakeRoutes() []route {
	const l = "/intake/{letter}"
	return []route{
		{pattern: "GET /intake", need: takingIn, serve: s.queue},
		{pattern: "POST /intake/junk", need: takingIn, serve: s.closeUnread, again: s.queue},
		{pattern: "POST /intake/desk/end", need: takingIn, serve: s.endOfflineDesk, again: s.queue},
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
	Rows  []queueRow
	First string // that there are more, or ""
	Away  *awayView
	Junk  *junkForm
	Done  string // what the reader has just done with one, or ""
}

// An awayView is the offline desk that what comes is sealed to.
type awayView struct{ Words, Until string }

// A junkForm closes letters that nobody has opened, those that are ticked.
type junkForm struct {
	P      *locale.Printer
	Start  Part
	PassID string
	Open   bool
}

// A queueRow is a letter that waits. What stands in it is not known before it is
// opened.
type queueRow struct {
	Href   string // "" if the reader cannot open it
	Drop   string // where it is removed unread, if only an offline desk opens it, or nobody
	DropIt string // what the button for that says
	Words  string
	Day    string
	ISO    string
	Opened string
	Urgent bool
	Notes  []string
	Junk   *checkbox // if nobody has opened it, and it may be junk
}

func (s *Server) queue(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	first, all, err := s.Desk.Queue(r.Context(), by)
	if err != nil {
		return err
	}
	away, err := s.Desk.OfflineDesk(r.Context(), by)
	if err != nil {
		return err
	}
	p := queuePage{Frame: s.frame(w, r, by, f, "intake")}
	in := p.In("junk")
	for _, q := range first {
		row := p.queueRow(q)
		if !q.Opened && !q.Held { // what a source asks for is no junk
			tick := box(in, "letter", q.ID.String(), p.T("ui.intake.junk.tick"), false)
			row.Junk, p.Junk = &tick, &junkForm{p.P, in, "junk-pass", in.Form.Failed()}
		}
		p.Rows = append(p.Rows, row)
	}
	if all > len(first) {
		p.First = p.T("ui.intake.first", len(first), all)
	}
	if away != nil {
		p.Away = p.awayView(*away)
	}
	if done := r.URL.Query().Get("done"); slices.Contains([]string{"filed", "closed", "recorded", "dropped", "ended", "junk"}, done) {
		p.Done = p.T("ui.intake.done." + done)
	}
	return s.show(w, f, "intake", p)
}

func (p queuePage) awayView(o habeas.OfflineDesk) *awayView {
	var names []string
	for _, name := range o.By {
		names = append(names, p.colleague(name))
	}
	return &awayView{p.T("ui.intake.away", o.ID.String()[:8], p.P.List(names...)), p.T("ui.intake.away.until", p.P.Day(o.Until))}
}

// endOfflineDesk has what comes sealed to keys that members hold, again.
func (s *Server) endOfflineDesk(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	if err := s.Desk.EndOfflineDesk(r.Context(), by); err != nil {
		return err
	}
	return see(w, r, "/intake?done=ended")
}

// closeUnread destroys the letters that are ticked, and that nobody has opened.
func (s *Server) closeUnread(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	var ids []ledger.ID
	for _, v := range f.values["letter"] {
		id, err := ledger.ParseID(v)
		if err != nil {
			return fault.Wrap(err, fault.NotFound, "intake.no_letter")
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return fault.New(fault.Invalid, "intake.none_chosen")
	}
	if err := s.Desk.CloseUnread(r.Context(), by, f.Secret(passField), ids...); err != nil {
		return err
	}
	return see(w, r, "/intake?done=junk")
}

// dropLetter removes a letter that the offline desk has by now, or that nobody opens.
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
		row.Drop, row.DropIt = letterPath(q.ID)+"/drop", fr.T("ui.intake.drop")
		row.Notes = append(row.Notes, fr.T("ui.intake.offline"))
	case q.Lost:
		row.Drop, row.DropIt = letterPath(q.ID)+"/drop", fr.T("ui.intake.drop.lost")
		row.Notes = append(row.Notes, fr.T("ui.intake.lost"))
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
	all, urgent, err := s.Desk.Letters(r.Context(), by)
	if err != nil || all == 0 {
		return "", err
	}
	words := fr.N("ui.today.letters", all)
	if urgent > 0 {
		words = fr.N("ui.today.letters.urgent", urgent, words)
	}
	return words, nil
}
