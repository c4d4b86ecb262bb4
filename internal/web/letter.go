package web

import (
	"cmp"
	"net/http"
	"slices"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/ledger"
)

// letterPage is an opened letter, and what can be done with it.
type letterPage struct {
	Frame
	Here     string // path of the letter
	Words    string // which letter this is
	Kind     string // what it is, in words
	Came     string
	Urgent   bool
	Notes    []string
	Unlogged bool // the log does not say that it came
	Text     string
	TextLang string
	TextDir  string
	Answers  []answerLine
	Files    []letterFile
	Refused  string
	Uses     []useView
	Delay    string
	Due      string // that what is here of it will be destroyed
	Filed    []filedLine
	Sent     bool // a message was just written

	Changes bool // it says what may be done with the others from now on
	Stops   bool // it takes everything back
	Pressed bool // not freely
	Held    bool

	File   *fileForm
	NoFile bool // the reader holds the names of no circle
	Write  *writeForm
	Close  *closeForm
	Heed   *Part
	First  bool // other letters came under the receipt: a change does not reach those filed later
}

// An answerLine is an answer below its question.
type answerLine struct{ Question, Text string }

// A letterFile is a file of a letter, which nothing loads by itself.
type letterFile struct{ Name, Size, Href string }

// A filedLine is a statement that came under the same receipt.
type filedLine struct{ Title, Href, Erase string }

// A fileForm makes a letter a statement of a case.
type fileForm struct {
	Start                            Part
	Case, Circle, Title, Role, Label Field
}

// A writeForm writes to the source.
type writeForm struct {
	Start Part
	Text  Field
}

// A closeForm takes a letter out without filing it.
type closeForm struct {
	Start   Part
	Reasons []reasonLine
	Own     Field
	Confirm boxField
	Backups string // until when an old backup still opens it
}

// A reasonLine is a reason to close a letter, with what its source is told.
type reasonLine struct {
	ID, Value, Label string
	Tells            string
	On               bool
}

// reasons are why a letter is closed.
var reasons = [...]string{"spam", "duplicate", "referred", "nothing"}

func letterIn(r *http.Request) (ledger.ID, error) {
	id, err := ledger.ParseID(r.PathValue("letter"))
	if err != nil {
		return id, fault.Wrap(err, fault.NotFound, "intake.no_letter")
	}
	return id, nil
}

func (s *Server) letterPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := letterIn(r)
	if err != nil {
		return err
	}
	l, err := s.Desk.OpenLetter(r.Context(), by, id)
	if err != nil {
		return err
	}
	p := &letterPage{Frame: s.frame(w, r, by, f, "intake"), Here: letterPath(id)}
	p.read(l)
	p.Sent = r.URL.Query().Get("sent") == "1"
	for _, filed := range l.Filed {
		p.Filed = append(p.Filed, p.filedLine(filed, by))
	}
	if p.Changes || p.Stops {
		in := p.In("heed")
		p.Heed, p.First = &in, p.Changes && l.Others > 0
	} else {
		if err := s.fileForm(r, by, p, l); err != nil {
			return err
		}
		p.Close = p.closeForm()
		p.Close.Backups = p.T("ui.intake.close.backups", p.P.Day(s.Desk.ErasedBy(s.Now())))
	}
	if !p.Stops {
		in := p.In("write")
		p.Write = &writeForm{in, in.Needed("text")}
		p.Write.Text.Label, p.Write.Text.Hint = p.T("ui.intake.write.text"), ""
	}
	return s.show(w, f, "letter", p)
}

// read puts what stands in a letter on the page.
func (p *letterPage) read(l *habeas.OpenedLetter) {
	p.Words, p.Came = p.letterWords(l.ID), p.P.Day(l.Day)
	p.Kind = p.T("ui.intake.kind." + l.Kind)
	p.Changes, p.Stops, p.Pressed = l.Kind == habeas.LetterUses, l.Kind == habeas.LetterStop, l.Pressed
	p.Urgent, p.Held, p.Notes, p.Unlogged = l.Urgent, l.Held, p.letterNotes(l.Queued), !l.Logged
	p.TextLang, p.TextDir = cmp.Or(l.Lang, "und"), locale.Dir(l.Lang)
	if l.Lang != "" {
		p.Came = p.T("ui.intake.came", p.Came, teller{p: p.P}.language(l.Lang))
	}
	p.Text = cleanText(l.Text.Reveal())
	for _, a := range l.Answers {
		p.Answers = append(p.Answers, answerLine{question(p.P, a.Question), cleanText(a.Text.Reveal())})
	}
	for i, file := range l.Files {
		p.Files = append(p.Files, letterFile{fileName(file.Name.Reveal(), i), p.size(file.Size), p.filePath("look", i)})
	}
	if l.Refused > 0 {
		p.Refused = p.N("ui.intake.refused", l.Refused)
	}
	for _, u := range l.Uses {
		p.Uses = append(p.Uses, useView{
			To: teller{p: p.P}.reader(claim.Reader{Audience: u.To, Label: u.Label}), Named: p.P.Term("naming", u.Named), Place: p.P.Term("exactness", u.Place),
		})
	}
	p.Delay = p.N("ui.intake.delay", l.Delay)
	if l.Delay == 0 {
		p.Delay = p.T("ui.intake.delay.none")
	}
	if !l.Due.IsZero() {
		p.Due = p.T("ui.intake.due", p.P.Day(l.Due))
	}
}

// question returns a question that the portal asks.
func question(p *locale.Printer, name string) string {
	if key := "portal.ask." + name; p.Has(key) {
		return p.T(key)
	}
	return name
}

// filedLine says where something of the same receipt is. Only who works on cases
// can go there.
func (p *letterPage) filedLine(f habeas.Filed, by habeas.Actor) filedLine {
	line := filedLine{Title: f.Title}
	at := casePath(f.Case) + "/statement/" + bare(f.Statement)
	if reading.allows(by) {
		line.Href = at
	}
	if casework.allows(by) && p.Stops && !p.Pressed {
		line.Erase = at + "/erase"
	}
	return line
}

// fileForm offers the cases and circles that the reader can file a letter in.
func (s *Server) fileForm(r *http.Request, by habeas.Actor, p *letterPage, l *habeas.OpenedLetter) error {
	circles, err := s.vaultCircles(r, by)
	if err != nil {
		return err
	}
	if len(circles) == 0 {
		p.NoFile = true
		return nil
	}
	var rows []habeas.CaseRow
	if reading.allows(by) {
		if rows, err = s.Desk.Cases(r.Context(), by); err != nil {
			return err
		}
	}
	in := p.In("file")
	options, first := p.caseOptions(rows, l.Filed)
	v := &fileForm{Start: in, Case: in.Choose("case", first, options), Circle: in.Choose("circle", "", circles)}
	v.Title = in.Field("title")
	v.Role = in.Choose("source_role", "", append([]Option{{Label: p.T("ui.pick.none")}}, terms(p.P, "source-role")...))
	v.Label = in.Field("source_label")
	p.File = v
	return nil
}

// vaultCircles returns the circles whose names a member holds. Who only takes in
// has no list of circles, and sees them on their page of access.
func (s *Server) vaultCircles(r *http.Request, by habeas.Actor) (options []Option, err error) {
	var circles []habeas.Circle
	if reading.allows(by) {
		if circles, err = s.Desk.Circles(r.Context(), by); err != nil {
			return nil, err
		}
	} else {
		all, err := s.Desk.Access(r.Context(), by)
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			circles = append(circles, a.Circle)
		}
	}
	for _, c := range circles {
		if c.Vault && !c.Office {
			options = append(options, Option{Value: c.ID.String(), Label: c.Name})
		}
	}
	return options, nil
}

// caseOptions returns a new case, those that hold something of the same receipt, and
// the others; and the one to begin with.
func (p *letterPage) caseOptions(rows []habeas.CaseRow, filed []habeas.Filed) (options []Option, first string) {
	options = []Option{{Label: p.T("ui.intake.file.new")}}
	seen := map[habeas.CaseID]bool{}
	for _, f := range filed {
		if seen[f.Case] {
			continue
		}
		if len(seen) == 0 {
			first = f.Case.String()
			options = append(options, Option{Label: p.T("ui.intake.file.same"), Group: true})
		}
		seen[f.Case] = true
		options = append(options, Option{Value: f.Case.String(), Label: f.Title})
	}
	others := false
	for _, c := range rows {
		if !c.Circle.Vault || seen[c.ID] {
			continue
		}
		if !others {
			others = true
			options = append(options, Option{Label: p.T("ui.intake.file.others"), Group: true})
		}
		label := c.Title
		if c.Cover != "" {
			label = c.Cover + " · " + label
		}
		options = append(options, Option{Value: c.ID.String(), Label: label})
	}
	return options, first
}

func (p *letterPage) closeForm() *closeForm {
	in, words := p.In("close"), locale.New(p.TextLang)
	v := &closeForm{Start: in, Own: in.Field("own_word")}
	chosen := in.Form.Get("reason")
	v.Reasons = []reasonLine{{ID: "close-none", Label: p.T("ui.intake.close.none"), On: !slices.Contains(reasons[:], chosen)}}
	for _, name := range reasons {
		v.Reasons = append(v.Reasons, reasonLine{
			ID: "close-" + name, Value: name, Label: p.T("ui.intake.close." + name), Tells: words.T("intake.word." + name), On: chosen == name,
		})
	}
	v.Confirm = boxField{ID: "close-confirm", Name: "confirm", Label: p.T("ui.intake.close.confirm")}
	return v
}
