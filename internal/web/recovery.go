package web

import (
	"net/http"
	"strings"

	"habeas"
	"habeas/ledger"
	"habeas/paper"
)

// paperRoutes are what is done with paper.
func (s *Server) paperRoutes() []route {
	return []route{
		{pattern: "GET /recovery", need: keeping, serve: s.recovery},
		{pattern: "POST /recovery/sheets", need: keeping, serve: s.makeSheets, again: s.recovery},
		{pattern: "POST /recovery/cover", need: keeping, serve: s.coverCircle, again: s.recovery},
		{pattern: "POST /recovery/check", need: keeping, serve: s.checkSheets, again: s.recovery},
	}
}

// recoveryPage is which sheets there are, and what can be done about it.
type recoveryPage struct {
	Frame
	Office    string
	Set, Heir *paperView
	Notes     []string
	Make      Part
	Circles   []checkbox
	For       Field
	Check     Part
	Code      Field
	Cover     Part
	Which, On Field
}

// A paperView is a set of sheets as it stands.
type paperView struct {
	Frame
	Caption string
	Ready   bool
	Made    string
	Sheets  []sheetRow
	Circles string
}

// A sheetRow is one sheet of a set.
type sheetRow struct {
	Name    string
	Checked bool
}

func (s *Server) recovery(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	rec, err := s.Desk.Recovery(r.Context(), by)
	if err != nil {
		return err
	}
	circles, err := s.Desk.Circles(r.Context(), by)
	if err != nil {
		return err
	}
	p := recoveryPage{Frame: s.frame(w, r, by, f, "people"), Office: rec.Office}
	names := map[ledger.ID]string{}
	p.Make = p.In("make")
	for _, c := range circles {
		names[c.ID] = c.Name
		if !c.Office && c.Vault {
			p.Circles = append(p.Circles, box(p.Make, "circle", c.ID.String(), c.Name, true))
		}
	}
	p.For = p.Make.Choose("for", "recovery", []Option{
		{Value: "recovery", Label: p.T("ui.recovery.for.recovery")}, {Value: "succession", Label: p.T("ui.recovery.for.succession")},
	})
	p.Set, p.Heir = papersView(p.Frame, "ui.recovery.sheets", rec.Now, names), papersView(p.Frame, "ui.recovery.heir", rec.Succession, names)
	for _, n := range rec.Notes {
		p.Notes = append(p.Notes, p.T("ui.recovery.note."+n.What, p.P.Day(n.At)))
	}
	p.Cover = p.In("cover")
	options := []Option{{Label: p.T("ui.pick.choose")}}
	for _, c := range p.Circles {
		options = append(options, Option{Value: c.Value, Label: c.Label})
	}
	p.Which = p.Cover.Choose("circle", "", options)
	p.Which.Required, p.Which.Hint = true, ""
	p.On = p.Cover.Choose("covered", "yes", []Option{
		{Value: "yes", Label: p.T("ui.recovery.cover.yes")}, {Value: "no", Label: p.T("ui.recovery.cover.no")},
	})
	p.Check = p.In("check")
	p.Code = p.Check.Needed("check")
	return s.show(w, f, "recovery", p)
}

// recoveryLine returns the words that tell a keeper what recovery lacks, or "".
func (s *Server) recoveryLine(r *http.Request, by habeas.Actor) (string, error) {
	if !keeping.allows(by) {
		return "", nil
	}
	rec, err := s.Desk.Recovery(r.Context(), by)
	switch {
	case err != nil:
		return "", err
	case rec.Now == nil:
		return "ui.today.recovery.none", nil
	case !rec.Now.Ready():
		return "ui.today.recovery.unready", nil
	}
	return "", nil
}

func papersView(p Frame, caption string, set *habeas.Papers, names map[ledger.ID]string) *paperView {
	if set == nil {
		return nil
	}
	v := &paperView{Frame: p, Caption: p.T(caption), Ready: set.Ready(), Made: p.P.Day(set.Made)}
	for _, sh := range set.Sheets {
		v.Sheets = append(v.Sheets, sheetRow{p.T("ui.sheet." + sheetWord(sh.Kind)), sh.Checked})
	}
	var circles []string
	for _, id := range set.Circles {
		if names[id] == "" {
			names[id] = p.T("ui.recovery.other_circle")
		}
		circles = append(circles, names[id])
	}
	v.Circles = p.P.List(circles...)
	return v
}

func sheetWord(k paper.Kind) string {
	return map[paper.Kind]string{
		paper.First: "first", paper.Second: "second", paper.Pepper: "pepper",
		paper.SuccessionFirst: "succession_first", paper.SuccessionSecond: "succession_second",
	}[k]
}

// sheetsPage is sheets to be printed, this once.
type sheetsPage struct {
	Frame
	Office string
	Made   string
	Mark   string // how the office is told
	Sheets []sheetView
}

// A sheetView is one sheet of paper.
type sheetView struct {
	Name, Keep string
	Lines      []sheetLine
	Check      string
}

// A sheetLine is one line of groups, with the number of its first.
type sheetLine struct {
	From   int
	Groups []string
}

func (s *Server) makeSheets(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	want := habeas.NewPapers{Succession: f.Get("for") == "succession"}
	for _, c := range f.All("circle") {
		id, err := parseID(c)
		if err != nil {
			return err
		}
		want.Circles = append(want.Circles, id)
	}
	rec, err := s.Desk.Recovery(r.Context(), by)
	if err != nil {
		return err
	}
	set, err := s.Desk.MakeSheets(r.Context(), by, want, f.Secret(passField))
	if err != nil {
		return err
	}
	p := sheetsPage{Frame: s.frame(w, r, by, f, "people")}
	p.Office, p.Made, p.Mark = rec.Office, p.P.Day(set.Made), s.Desk.Root().String()[:8]
	for _, sh := range set.Sheets {
		word := sheetWord(sh.Kind)
		v := sheetView{Name: p.T("ui.sheet." + word), Keep: p.T("ui.sheet." + word + ".keep"), Check: sh.Check()}
		for i, line := range strings.Split(sh.Text().Reveal(), "\n") {
			groups := strings.Fields(line)
			v.Lines = append(v.Lines, sheetLine{i*len(groups) + 1, groups})
		}
		p.Sheets = append(p.Sheets, v)
	}
	return s.show(w, f, "sheets", p)
}

func (s *Server) coverCircle(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(f.Get("circle"))
	if err != nil {
		return err
	}
	if err := s.Desk.Cover(r.Context(), by, id, f.Get("covered") == "yes", f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/recovery")
}

func (s *Server) checkSheets(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	typed := strings.FieldsFunc(f.Get("check"), func(r rune) bool { return r == '\n' || r == ',' || r == ';' })
	if _, err := s.Desk.CheckSheets(r.Context(), by, typed); err != nil {
		return err
	}
	return see(w, r, "/recovery")
}
