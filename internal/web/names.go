package web

import (
	"net/http"

	"habeas"
	"habeas/internal/locale"
)

// namesPage asks for a reason and the passphrase before names are shown.
type namesPage struct {
	caseFrame
	Reveal revealForm
}

// A revealForm is the form that shows names for ten minutes.
type revealForm struct {
	P            *locale.Printer
	Start        Part
	Action, Back string
	Reason       Field
	PassID       string
}

func (c caseFrame) revealForm() revealForm {
	in := c.In("reveal")
	v := revealForm{P: c.P, Start: in, Action: c.Base + "/names", Back: c.Here, Reason: in.Needed("reason"), PassID: "reveal-pass"}
	if back := in.Form.Get("back"); back != "" {
		v.Back = ownPath(back)
	}
	v.Reason.Label = c.P.T("ui.reveal.why")
	return v
}

func (s *Server) namesPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "")
	if err != nil {
		return err
	}
	return s.show(w, f, "names", namesPage{c, c.revealForm()})
}

func (s *Server) reveal(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	if err := s.Desk.Reveal(r.Context(), by, id, f.Trimmed("reason"), f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, f.Get("back"))
}

func (s *Server) hide(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	if err := s.Desk.Hide(by, id); err != nil {
		return err
	}
	return see(w, r, f.Get("back"))
}
