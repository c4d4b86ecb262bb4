package web

import (
	"net/http"
	"strconv"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/fault"
	"habeas/ledger"
)

// exhibitRoutes returns the routes of the pages about exhibits.
func (s *Server) exhibitRoutes() []route {
	const one, of = "/case/{case}/exhibit/{exhibit}", "/case/{case}/statement/{statement}/exhibits"
	return []route{
		{pattern: "GET /case/{case}/exhibits", need: casework, serve: s.exhibitsPage},
		{pattern: "GET " + of, need: casework, serve: s.newExhibit},
		{pattern: "POST " + of, need: casework, serve: s.addExhibit, again: s.newExhibit, files: true},
		{pattern: "GET " + one, need: casework, serve: s.exhibitPage},
		{pattern: "GET " + one + "/safe", need: casework, serve: s.showSafeCopy},
		{pattern: "POST " + one + "/safe", need: casework, serve: s.makeSafeCopy, again: s.exhibitPage},
		{pattern: "POST " + one + "/look", need: casework, serve: s.lookAtExhibit, again: s.exhibitPage},
		{pattern: "POST " + one + "/check", need: casework, serve: s.checkExhibit, again: s.exhibitPage},
		{pattern: "POST " + one + "/proofs", need: casework, serve: s.checkProofs, again: s.exhibitPage},
		{pattern: "POST " + one + "/take", need: casework, serve: s.takeExhibit, again: s.exhibitPage, repeats: true},
		{pattern: "POST " + one + "/note", need: casework, serve: s.noteHandling, again: s.exhibitPage},
	}
}

// caseExhibit reads which exhibit a path is about.
func caseExhibit(r *http.Request) (ledger.ID, claim.Ref, error) {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return id, "", err
	}
	ref, err := bareRef(r, "exhibit", claim.RefExhibit)
	return id, ref, err
}

func exhibitPath(id ledger.ID, ref claim.Ref) string { return casePath(id) + "/exhibit/" + bare(ref) }

// exhibitWords names an exhibit by the beginning of its reference, which says nothing,
// so that two members can talk about one.
func (fr Frame) exhibitWords(ref claim.Ref) string {
	return fr.T("ui.exhibit.one", habeas.ExhibitCode(ref))
}

// exhibitsPage is the list of a case's exhibits.
type exhibitsPage struct {
	caseFrame
	Rows  []exhibitRow
	Older string
	Small Part // the form that shows small pictures
	Could bool // there are some that are not shown
}

type exhibitRow struct {
	Href, Words, Name  string
	Statement, StateAt string
	Received, ISO      string
	Media, Size        string
	State              string
	Bad                bool
	Events             string
	Picture            string // a small one, while it is shown
	Marked             bool
}

func (s *Server) exhibitsPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "exhibits")
	if err != nil {
		return err
	}
	all, older, err := s.Desk.Exhibits(r.Context(), by, c.t.file.ID)
	if err != nil {
		return err
	}
	c.Here += "/exhibits"
	p := exhibitsPage{caseFrame: c, Small: c.In("small")}
	if older > 0 {
		p.Older = p.N("ui.exhibits.older", older)
	}
	for _, x := range all {
		row := exhibitRow{
			Href: exhibitPath(c.t.file.ID, x.Ref()), Words: p.exhibitWords(x.Ref()), Statement: c.t.statement(x.Statement), StateAt: c.t.desk(x.Statement),
			Received: p.P.Day(x.Received), ISO: x.Received.Format("2006-01-02"), Media: x.Media, Size: p.size(x.Size), Events: strconv.Itoa(len(x.Events)),
		}
		if p.Open {
			row.Name = fileName(x.Name, x.N)
		}
		row.State, row.Bad = p.stateOf(x)
		row.Marked = x.Mark != nil
		picture, could := s.smallOf(by, c.t.file.ID, x)
		row.Picture, p.Could = picture, p.Could || could
		p.Rows = append(p.Rows, row)
	}
	return s.show(w, f, "exhibits", p)
}

// stateOf says what the last check of an exhibit found.
func (fr Frame) stateOf(x *habeas.ExhibitFile) (words string, bad bool) {
	good, checked := x.Good()
	switch {
	case !x.Whole:
		return fr.T("ui.exhibit.broken"), true
	case !checked:
		return fr.T("ui.exhibit.unchecked"), false
	case good:
		return fr.T("ui.exhibit.good"), false
	}
	return fr.T("ui.exhibit.bad"), true
}

// newExhibitPage is the form that adds a file to a statement.
type newExhibitPage struct {
	caseFrame
	Statement string
	Back      string
	Start     Part
	File      Field
	Notes     []Field
	Room      string // how much room there is for files
	Script    string
	Piece     int // bytes that it sends at once
	List      string
}

// collected are the fields of what a collector notes, in order.
var collected = [...]string{"ex_collector", "ex_when", "ex_where", "ex_method", "ex_capture", "ex_remarks"}

func (s *Server) newExhibit(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "case")
	if err != nil {
		return err
	}
	if _, ok := c.t.st.Statement(st); !ok {
		return fault.New(fault.NotFound, "statement.none")
	}
	if !c.Vault {
		return fault.New(fault.Forbidden, "may.needs_vault")
	}
	in := c.In("exhibit")
	p := newExhibitPage{caseFrame: c, Statement: c.t.statement(st), Back: c.t.desk(st), Start: in, File: in.Needed(exhibitFile)}
	room, err := s.Desk.RoomForFiles(by)
	if err != nil {
		return err
	}
	p.Room, p.Script, p.Piece, p.List = p.T("ui.exhibit.add.room", p.size(room)), s.assets.path("upload.js"), pieceSize, casePath(id)+"/exhibits"
	p.Here = casePath(id) + "/statement/" + bare(st) + "/exhibits"
	for _, name := range collected {
		p.Notes = append(p.Notes, in.Field(name))
	}
	return s.show(w, f, "exhibit_new", p)
}

// addExhibit adds each file that came with the form, or that came in pieces before it.
func (s *Server) addExhibit(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	notes := custody.Collected{
		Collector: f.Trimmed("ex_collector"), When: f.Trimmed("ex_when"), Where: f.Trimmed("ex_where"),
		Method: f.Trimmed("ex_method"), Capture: f.Trimmed("ex_capture"), Remarks: f.Trimmed("ex_remarks"),
	}
	var ref claim.Ref
	n := 0
	for _, u := range f.uploads {
		if ref, err = s.Desk.AddExhibit(r.Context(), by, id, st, u, custody.ByBrowser, notes); err != nil {
			return err
		}
		n++
	}
	for _, upload := range f.All(uploadField) {
		if ref, err = s.Desk.AddUploaded(r.Context(), by, upload, id, st, custody.ByBrowser, notes); err != nil {
			return err
		}
		n++
	}
	switch n {
	case 0:
		return fault.New(fault.Invalid, "exhibit.none_came", fault.Field(exhibitFile))
	case 1:
		return see(w, r, exhibitPath(id, ref))
	}
	return see(w, r, casePath(id)+"/exhibits")
}

// onExhibit does something with an exhibit and shows its page again.
func (s *Server) onExhibit(w http.ResponseWriter, r *http.Request, at string, do func(ledger.ID, claim.Ref) error) error {
	id, ref, err := caseExhibit(r)
	if err != nil {
		return err
	}
	if err := do(id, ref); err != nil {
		return err
	}
	return see(w, r, exhibitPath(id, ref)+at)
}

func (s *Server) checkExhibit(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	return s.onExhibit(w, r, "#events", func(id ledger.ID, ref claim.Ref) error {
		_, err := s.Desk.CheckExhibit(r.Context(), by, id, ref)
		return err
	})
}

func (s *Server) noteHandling(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onExhibit(w, r, "#events", func(id ledger.ID, ref claim.Ref) error {
		return s.Desk.NoteHandling(r.Context(), by, id, ref, custody.Act(f.Get("ex_act")), f.Trimmed("ex_to"), f.Trimmed("ex_words"))
	})
}
