package web

import (
	"net/http"

	"habeas"
	"habeas/fault"
)

func (s *Server) passkeyPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p := s.stepPage(w, r, by, f, "newpasskey", "/me/passkey")
	if !s.site(r).HoldsPasskeys() {
		p.Warning = p.T("ui.newpasskey.no_name")
	}
	return s.show(w, f, "me_step", p)
}

func (s *Server) beginPasskey(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := s.Desk.BeginPasskey(r.Context(), by, s.site(r), f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/me/passkey/confirm")
}

// makePasskeyPage asks the browser for a new passkey, by script.
type makePasskeyPage struct {
	Frame
	Options string
	Passkey string // path of the script
}

func (s *Server) makePasskeyPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	options, err := s.Desk.PendingPasskey(by)
	if fault.KindOf(err) == fault.NotFound {
		return see(w, r, "/me")
	}
	if err != nil {
		return err
	}
	return s.show(w, f, "me_passkey", makePasskeyPage{s.frame(w, r, by, f, ""), options, s.assets.path("passkey.js")})
}

func (s *Server) confirmPasskey(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := s.Desk.ConfirmPasskey(r.Context(), by, s.site(r), []byte(f.Get(signField))); err != nil {
		return err
	}
	return s.enrolled(r.Context(), w, r, by)
}
