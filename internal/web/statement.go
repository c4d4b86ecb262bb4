package web

import (
	"log/slog"
	"net/http"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/vault"
)

// newStatementPage is the form that takes a statement in.
type newStatementPage struct {
	caseFrame
	Start      Part
	Text, File Field
	HasSources bool

	Source, Kind, Role, Label, Person, Unit, Grade Field
	Said, Received, Medium, InLang, Title          Field
}

func (s *Server) newStatement(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "case")
	if err != nil {
		return err
	}
	in := c.In("add")
	p := newStatementPage{caseFrame: c, Start: in, Text: in.Field("text"), File: in.Field("file"), HasSources: len(c.t.st.Sources) > 0}
	if f.Failed() && p.Text.Value == "" {
		p.Text.Value = f.FileText("file") // a browser does not choose a file again
	}
	none := []Option{{Label: c.T("ui.pick.none")}}
	p.Source = in.Choose("source", "", append([]Option{{Label: c.T("ui.add.source.new")}}, c.t.sourceOptions()...))
	p.Kind = in.Choose("source_kind", "person", terms(c.P, "source"))
	p.Role = in.Choose("source_role", "", append(none, terms(c.P, "source-role")...))
	p.Label = in.Field("source_label")
	p.Person = in.Choose("source_person", "", append(none, c.t.personOptions()...))
	p.Unit = in.Choose("source_unit", "", append(none, c.t.unitOptions()...))
	p.Grade = in.Choose("source_grade", "F", coded(terms(c.P, "grade")))
	p.Said, p.Received = in.Field("said"), in.Filled("received", s.Now().Format("2006-01-02"))
	p.Medium = in.Choose("medium", "interview", terms(c.P, "medium"))
	p.InLang = in.Choose("in", c.P.Lang(), c.languages())
	p.Title = in.Field("title")
	p.Title.Hint = c.T("ui.add.title.hint")
	return s.show(w, f, "statement_new", p)
}

// statementLangs are the languages a statement is offered to be in; the text
// itself may be in any.
var statementLangs = [...]string{"ru", "uk", "en", "es", "fr", "ar", "und"}

func (c caseFrame) languages() []Option {
	var options []Option
	for _, l := range statementLangs {
		options = append(options, Option{Value: l, Label: c.T("ui.language." + l)})
	}
	return options
}

func (s *Server) addStatement(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	n := habeas.NewStatement{
		Source: claim.Ref(f.Get("source")), Said: f.Trimmed("said"), Received: f.Trimmed("received"),
		Medium: f.Get("medium"), Lang: f.Get("in"), Title: f.Trimmed("title"), Raw: f.Secret("text"),
	}
	if n.Lang == "und" {
		n.Lang = ""
	}
	if file, ok := f.File("file"); ok {
		if strings.TrimSpace(f.Get("text")) != "" {
			return fault.New(fault.Invalid, "statement.text_and_file", fault.Field("file"))
		}
		n.File, n.Raw = vault.NewText(file.Name), vault.NewText(string(file.Bytes))
	}
	if err := checkStatement(n); err != nil {
		return err
	}
	if n.Source == "" {
		source := claim.Source{
			Kind: f.Get("source_kind"), Role: f.Get("source_role"), Label: f.Trimmed("source_label"),
			Person: claim.Ref(f.Get("source_person")), Unit: claim.Ref(f.Get("source_unit")), Grade: f.Get("source_grade"),
		}
		if source.Role == "" && source.Label == "" && source.Person == "" && source.Unit == "" {
			return fault.New(fault.Invalid, "statement.no_source", fault.Field("source_role"))
		}
		if n.Source, err = s.Desk.AddSource(r.Context(), by, id, source); err != nil {
			return err
		}
		// Should the statement be refused, the form comes back with its source.
		f.values.Set("source", string(n.Source))
	}
	st, err := s.Desk.AddStatement(r.Context(), by, id, n)
	if err != nil {
		return err
	}
	if err := s.Desk.Mark(r.Context(), by, id, st, f.marked()...); err != nil {
		// The statement is there, and asks again at the desk for what was not marked.
		s.Log.LogAttrs(r.Context(), slog.LevelError, "mark", slog.String("fault", faultKey(err)))
	}
	return see(w, r, casePath(id)+"/statement/"+bare(st))
}

// checkStatement finds what the desk would refuse, before a source is recorded
// for it.
func checkStatement(n habeas.NewStatement) error {
	if strings.TrimSpace(n.Raw.Reveal()) == "" {
		return fault.New(fault.Invalid, "statement.empty", fault.Field("text"))
	}
	if _, err := claim.ParseDate(n.Said); err != nil {
		return fault.Wrap(err, fault.Invalid, "claim.bad_date", fault.Field("said"))
	}
	if _, err := claim.ParseDate(n.Received); err != nil {
		return fault.Wrap(err, fault.Invalid, "claim.bad_date", fault.Field("received"))
	}
	return nil
}
