package web

import (
	"net/http"
	"slices"
	"strings"

	"habeas"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/ledger"
	"habeas/vault"
)

// fileLetter makes a letter a statement, in a new case or in one that is there.
func (s *Server) fileLetter(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := letterIn(r)
	if err != nil {
		return err
	}
	l, err := s.Desk.OpenLetter(r.Context(), by, id)
	if err != nil {
		return err
	}
	to, err := filingTyped(f, l)
	if err != nil {
		return err
	}
	in, st, err := s.Desk.FileLetter(r.Context(), by, id, to)
	if err != nil {
		if !in.IsZero() {
			f.values.Set("case", in.String()) // it is open already: another is not wanted
		}
		return err
	}
	if !reading.allows(by) {
		return see(w, r, "/intake?done=filed")
	}
	return see(w, r, casePath(in)+"/statement/"+bare(st))
}

// filingTyped reads where a letter is to go, and finds what the desk would refuse
// after it had opened a case for it.
func filingTyped(f *Form, l *habeas.OpenedLetter) (to habeas.Filing, err error) {
	words := locale.New(l.Lang)
	to = habeas.Filing{
		Title: f.Trimmed("title"), Role: f.Get("source_role"), Label: f.Trimmed("source_label"),
		Question: func(name string) string { return question(words, name) }, Without: words.T("intake.only_files"),
	}
	if chosen := f.Get("case"); chosen != "" {
		if to.Case, err = parseID(chosen); err != nil {
			return to, err
		}
	} else {
		if to.Circle, err = ledger.ParseID(f.Get("circle")); err != nil {
			return to, fault.Wrap(err, fault.Invalid, "circle.none", fault.Field("circle"))
		}
		if to.Title == "" {
			return to, fault.New(fault.Invalid, "claim.missing", fault.Field("title"))
		}
	}
	known := slices.ContainsFunc(l.Filed, func(b habeas.Filed) bool { return b.Case == to.Case })
	if !known && to.Role == "" && to.Label == "" {
		return to, fault.New(fault.Invalid, "statement.no_source", fault.Field("source_role"))
	}
	return to, nil
}

func (s *Server) writeToSource(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := letterIn(r)
	if err != nil {
		return err
	}
	if len(f.Get("text")) > habeas.MaxLetter {
		return fault.New(fault.Invalid, "intake.too_long", fault.Count(habeas.MaxLetter>>10), fault.Field("text"))
	}
	if err := s.Desk.WriteToSource(r.Context(), by, id, f.Secret("text")); err != nil {
		return err
	}
	return see(w, r, letterPath(id)+"?sent=1#sent")
}

// closeLetter takes a letter out and destroys it, once that was confirmed. Its source
// is told what was typed, or else what goes with the reason, in their language.
func (s *Server) closeLetter(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := letterIn(r)
	if err != nil {
		return err
	}
	l, err := s.Desk.OpenLetter(r.Context(), by, id)
	if err != nil {
		return err
	}
	if l.Kind != habeas.LetterFirst && l.Kind != habeas.LetterMore {
		return fault.New(fault.Invalid, "intake.no_statement") // what is asked for in it would be forgotten
	}
	if !f.Has("confirm", "1") {
		return fault.New(fault.Invalid, "intake.unconfirmed", fault.Field("confirm"))
	}
	word := f.Secret("own_word")
	if len(f.Get("own_word")) > habeas.MaxLetter {
		return fault.New(fault.Invalid, "intake.too_long", fault.Count(habeas.MaxLetter>>10), fault.Field("own_word"))
	}
	if reason := f.Get("reason"); f.Trimmed("own_word") == "" && slices.Contains(reasons[:], reason) {
		word = vault.NewText(strings.TrimSpace(locale.New(l.Lang).T("intake.word." + reason)))
	}
	if err := s.Desk.CloseLetter(r.Context(), by, id, word); err != nil {
		return err
	}
	return see(w, r, "/intake?done=closed")
}

func (s *Server) heed(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	id, err := letterIn(r)
	if err != nil {
		return err
	}
	if err := s.Desk.Heed(r.Context(), by, id); err != nil {
		return err
	}
	return see(w, r, "/intake?done=recorded")
}
