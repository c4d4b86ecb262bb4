package web

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"habeas"
	"habeas/factor"
	"habeas/fault"
)

// meRoutes are the pages on which a member looks after themselves.
func (s *Server) meRoutes() []route {
	return []route{
		{pattern: "GET /me", need: member, serve: s.mePage},
		{pattern: "POST /me/session", need: member, serve: s.endSession, again: s.mePage},
		{pattern: "POST /me/idle", need: member, serve: s.setIdle, again: s.mePage},
		{pattern: "POST /me/devices", need: member, serve: s.forgetDevices, again: s.mePage},
		{pattern: "GET /me/passphrase", need: member, serve: s.passphrasePage},
		{pattern: "POST /me/passphrase", need: member, serve: s.changePassphrase, again: s.passphrasePage},
		{pattern: "GET /me/code", need: member, serve: s.codePage},
		{pattern: "POST /me/code", need: member, serve: s.beginCode, again: s.codePage},
		{pattern: "GET /me/code/confirm", need: member, serve: s.confirmPage},
		{pattern: "POST /me/code/confirm", need: member, serve: s.confirmCode, again: s.confirmPage},
		{pattern: "GET /me/passkey", need: member, serve: s.passkeyPage},
		{pattern: "POST /me/passkey", need: member, serve: s.beginPasskey, again: s.passkeyPage},
		{pattern: "GET /me/passkey/confirm", need: member, serve: s.makePasskeyPage},
		{pattern: "POST /me/passkey/confirm", need: member, serve: s.confirmPasskey, again: s.passkeyPage},
		{pattern: "GET /me/factor/{factor}", need: member, serve: s.factorPage},
		{pattern: "POST /me/factor/{factor}", need: member, serve: s.dropFactor, again: s.factorPage},
		{pattern: "GET /me/recovery", need: member, serve: s.recoveryPage},
		{pattern: "POST /me/recovery", need: member, serve: s.newCodes, again: s.recoveryPage},
		{pattern: "POST /me/recovery/noted", need: member, serve: s.noteCodes, again: s.recoveryPage},
	}
}

// mePage is a member's own sessions, second factors and passphrase.
type mePage struct {
	Frame
	Sessions []sessionLine
	Idle     Field
	Factors  []factorLine
	Second   bool   // a login asks for more than a passphrase
	Devices  string // how many browsers are known, or ""
}

// A sessionLine is one place a member is logged in at.
type sessionLine struct {
	ID          string
	Began, Used string
	This        bool
}

// A factorLine is one second factor.
type factorLine struct {
	ID       string
	What     string
	Made     string
	Left     string
	Recovery bool
	New      bool
}

func (s *Server) mePage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p := mePage{Frame: s.frame(w, r, by, f, "")}
	sessions, err := s.Desk.Sessions(by)
	if err != nil {
		return err
	}
	for _, row := range sessions {
		p.Sessions = append(p.Sessions, sessionLine{hex.EncodeToString(row.ID[:]), p.P.Clock(row.Began), p.P.Clock(row.Used), row.This})
	}
	idle, err := s.Desk.Idle(by)
	if err != nil {
		return err
	}
	p.Idle = p.In("idle").Choose("idle", strconv.Itoa(int(idle/time.Minute)), p.idleChoices())
	factors, err := s.Desk.Factors(r.Context(), by)
	if err != nil {
		return err
	}
	for _, row := range factors {
		line := factorLine{ID: hex.EncodeToString(row.ID[:]), What: p.T("ui.factor." + string(row.Kind)), Made: p.P.Day(row.Made), New: row.New}
		if row.Kind == factor.KindRecovery {
			line.Recovery, line.Left = true, p.N("ui.me.codes.left", row.Left)
		}
		p.Factors, p.Second = append(p.Factors, line), p.Second || row.Kind.Second()
	}
	devices, err := s.Desk.Devices(r.Context(), by)
	if err != nil {
		return err
	}
	if devices > 0 {
		p.Devices = p.N("ui.me.devices", devices)
	}
	return s.show(w, f, "me", p)
}

func (p mePage) idleChoices() []Option {
	var out []Option
	for _, m := range []int{15, 20, 30, 45, 60} {
		out = append(out, Option{Value: strconv.Itoa(m), Label: p.N("ui.me.minutes", m)})
	}
	return out
}

func (s *Server) endSession(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(f.Get("session"))
	if err != nil {
		return err
	}
	if err := s.Desk.EndSession(by, id); err != nil {
		return err
	}
	return see(w, r, "/me")
}

func (s *Server) setIdle(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	minutes, err := strconv.Atoi(f.Get("idle"))
	if err != nil {
		minutes = 0 // refused as any other that is not on the list
	}
	if err := s.Desk.SetIdle(r.Context(), by, time.Duration(minutes)*time.Minute); err != nil {
		return err
	}
	return see(w, r, "/me")
}

func (s *Server) forgetDevices(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	if err := s.Desk.ForgetDevices(r.Context(), by); err != nil {
		return err
	}
	return see(w, r, "/me")
}

// A stepPage asks for the passphrase before something is done, and says what.
type stepPage struct {
	Frame
	Start    Part
	Title    string
	Lead     string
	Warning  string
	Do       string
	Action   string
	Pass     Field
	New      []Field // of a new passphrase
	Codes    []string
	NoteOnly Part
}

func (s *Server) stepPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form, what, action string) stepPage {
	p := stepPage{Frame: s.frame(w, r, by, f, ""), Action: action}
	p.Title, p.Lead, p.Do = p.T("ui."+what+".title"), p.T("ui."+what+".lead"), p.T("ui."+what+".do")
	if p.P.Has("ui." + what + ".warning") {
		p.Warning = p.T("ui." + what + ".warning")
	}
	p.Start = p.In("step")
	p.Pass = p.Start.Needed(passField)
	p.Pass.Value = ""
	return p
}

func (s *Server) passphrasePage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p := s.stepPage(w, r, by, f, "passphrase", "/me/passphrase")
	for _, name := range []string{"pass.new", "pass.again"} {
		field := p.Start.Needed(name)
		field.Value = ""
		p.New = append(p.New, field)
	}
	return s.show(w, f, "me_step", p)
}

func (s *Server) changePassphrase(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if f.Get("pass.new") != f.Get("pass.again") {
		return fault.New(fault.Invalid, "me.unlike", fault.Field("pass.again"))
	}
	if err := s.Desk.ChangePassphrase(r.Context(), by, f.Secret(passField), f.Secret("pass.new")); err != nil {
		return err
	}
	return see(w, r, "/me")
}

func (s *Server) codePage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.show(w, f, "me_step", s.stepPage(w, r, by, f, "newcode", "/me/code"))
}

func (s *Server) beginCode(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := s.Desk.BeginCode(r.Context(), by, f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/me/code/confirm")
}

// confirmPage shows the secret of an app that makes codes, and asks for the first.
type confirmPage struct {
	Frame
	Start   Part
	Secret  string
	URI     string
	Squares string // the dark squares of a QR code, as a path
	Size    int    // of the picture, with its margin
	Code    Field
}

func (s *Server) confirmPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	secret, err := s.Desk.PendingCode(by)
	if fault.KindOf(err) == fault.NotFound && !f.Failed() {
		return see(w, r, "/me")
	}
	if err != nil {
		return err
	}
	p := confirmPage{Frame: s.frame(w, r, by, f, ""), Secret: factor.SecretText(secret), URI: factor.URI(secret, "office")}
	p.Start = p.In("confirm")
	p.Code = p.Start.Needed(codeField)
	p.Code.Value, p.Code.Label = "", p.T("ui.second.code")
	if p.Squares, p.Size, err = squares(p.URI); err != nil {
		return err
	}
	return s.show(w, f, "me_confirm", p)
}

// squares returns a QR code as the path of an SVG, and its size with the margin
// that a phone needs.
func squares(text string) (path string, size int, err error) {
	dark, err := factor.QR(text)
	if err != nil {
		return "", 0, err
	}
	const margin = 4
	var b strings.Builder
	for y, row := range dark {
		for x, d := range row {
			if d {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+margin, y+margin)
			}
		}
	}
	return b.String(), len(dark) + 2*margin, nil
}

func (s *Server) confirmCode(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := s.Desk.ConfirmCode(r.Context(), by, f.Secret(codeField)); err != nil {
		return err
	}
	return s.enrolled(r.Context(), w, r, by)
}

// enrolled goes on after a second factor was added: to the recovery codes, if they
// are not on paper yet.
func (s *Server) enrolled(ctx context.Context, w http.ResponseWriter, r *http.Request, by habeas.Actor) error {
	if _, err := s.Desk.RecoveryCodes(ctx, by); err == nil {
		return see(w, r, "/me/recovery")
	}
	return see(w, r, "/me")
}

func (s *Server) factorPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("factor"))
	if err != nil {
		return err
	}
	factors, err := s.Desk.Factors(r.Context(), by)
	if err != nil {
		return err
	}
	for _, row := range factors {
		if row.ID == id && row.Kind.Second() {
			p := s.stepPage(w, r, by, f, "dropfactor", "/me/factor/"+url.PathEscape(id.String()))
			p.Lead = p.T("ui.dropfactor.lead", p.T("ui.factor."+string(row.Kind)), p.P.Day(row.Made))
			return s.show(w, f, "me_step", p)
		}
	}
	return fault.New(fault.NotFound, "factor.none")
}

func (s *Server) dropFactor(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("factor"))
	if err != nil {
		return err
	}
	if err := s.Desk.DropFactor(r.Context(), by, id, f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/me")
}

// recoveryPage shows recovery codes that are not on paper yet, and otherwise offers
// new ones.
func (s *Server) recoveryPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p := s.stepPage(w, r, by, f, "newcodes", "/me/recovery")
	codes, err := s.Desk.RecoveryCodes(r.Context(), by)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if len(codes) > 0 {
		p.Codes, p.Title = codes, p.T("ui.mycodes.title")
		return s.show(w, f, "me_codes", p)
	}
	return s.show(w, f, "me_step", p)
}

func (s *Server) newCodes(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := s.Desk.NewCodes(r.Context(), by, f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/me/recovery")
}

func (s *Server) noteCodes(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	if err := s.Desk.NoteCodes(r.Context(), by); err != nil {
		return err
	}
	return see(w, r, "/me")
}
