package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"

	"habeas"
	"habeas/fault"
	"habeas/ledger"
)

// A handler answers one request. by is the zero Actor on public routes that
// nobody is logged in for. f is what was typed: empty for a GET. It either
// writes a whole response and returns nil, or writes nothing and returns why.
type handler func(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error

// A route is one line of [Server.routes].
type route struct {
	pattern string
	need    need
	serve   handler
	again   handler  // of every POST: the page that shows its form again
	raw     []string // fields that may hold any bytes: the text of statements
	files   bool     // of a POST: files of any size come with it, and are sealed as they come
	piece   bool     // of a POST: its body is a piece of a file, and its token in a header
	repeats bool     // of a POST: doing it twice is doing it once, so its form is not counted
}

// A need says who may ask. The desk checks once more, with the keys.
type need uint8

const (
	unasked   need = iota // the same for all: nobody looks who asks
	anyone                // nobody has to be logged in
	member                // any member
	reading               // who works on cases: not those who only take in, or only look on
	recorder              // caseworkers and analysts
	counting              // caseworkers, analysts and editors
	editing               // caseworkers and editors
	casework              // caseworkers
	takingIn              // who takes in what strangers send
	releasing             // editors
	auditing              // keepers and auditors
	keeping               // keepers
)

func (n need) allows(by habeas.Actor) bool {
	switch n {
	case reading:
		return recorder.allows(by) || releasing.allows(by) || keeping.allows(by)
	case recorder:
		return by.Is(ledger.Caseworker) || by.Is(ledger.Analyst)
	case counting:
		return recorder.allows(by) || releasing.allows(by)
	case editing:
		return by.Is(ledger.Caseworker) || by.Is(ledger.Editor)
	case casework:
		return by.Is(ledger.Caseworker)
	case takingIn:
		return by.Is(ledger.Intake)
	case releasing:
		return by.Is(ledger.Editor)
	case auditing:
		return by.Is(ledger.Keeper) || by.Is(ledger.Auditor)
	case keeping:
		return by.Is(ledger.Keeper)
	}
	return true
}

// An exchange is one request on its way through a route.
type exchange struct {
	w       *response
	r       *http.Request
	by      habeas.Actor
	f       *Form
	present bool   // by is somebody
	ref     string // joins what a person sees to a line of the log
	release func() // lets go of what tie took
}

// handle returns rt as an http.Handler: the only place that reads forms, checks
// them, and writes errors.
func (s *Server) handle(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.Now()
		x := &exchange{w: &response{ResponseWriter: w}, r: r, f: &Form{}, ref: rand.Text()[:8], release: func() {}}
		defer func() { x.w.finish(); x.release(); x.f.discard() }()
		err := s.guarded(rt, x)
		if err != nil {
			s.fail(rt, x, err)
		}
		attrs := []slog.Attr{
			slog.String("route", rt.pattern), slog.Int("status", x.w.status), slog.String("ref", x.ref),
			slog.Int64("ms", s.Now().Sub(began).Milliseconds()),
		}
		if err != nil {
			attrs = append(attrs, slog.String("fault", faultKey(err)), slog.String("cause", causeType(err)))
		}
		s.Log.LogAttrs(context.Background(), level(x.w.status), "request", attrs...)
	})
}

func level(status int) slog.Level {
	if status >= 500 {
		return slog.LevelError
	}
	return slog.LevelInfo
}

// guarded is try with panics turned into errors. Neither the value nor the
// arguments of a panic are logged: they may be what somebody typed.
func (s *Server) guarded(rt route, x *exchange) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		s.Log.LogAttrs(context.Background(), slog.LevelError, "panic",
			slog.String("route", rt.pattern), slog.String("ref", x.ref), slog.String("type", fmt.Sprintf("%T", v)), slog.Any("at", where()))
		if x.w.status != 0 {
			panic(http.ErrAbortHandler) // half a page went out: end it visibly
		}
		err = fault.New(fault.Internal, "internal")
	}()
	return s.try(rt, x)
}

// where returns the functions and lines that panicked.
func where() []string {
	pc := make([]uintptr, 24)
	frames := runtime.CallersFrames(pc[:runtime.Callers(4, pc)])
	var at []string
	for {
		f, more := frames.Next()
		at = append(at, fmt.Sprintf("%s:%d", f.Function, f.Line))
		if !more || len(at) == 12 {
			return at
		}
	}
}

func (s *Server) try(rt route, x *exchange) error {
	if rt.need == unasked {
		return rt.serve(x.w, x.r, habeas.Actor{}, x.f)
	}
	var formErr error
	posted := x.r.Method == http.MethodPost && rt.again != nil
	if posted {
		if err := s.bound(x); err != nil {
			return err
		}
		switch {
		case rt.files:
			x.f, formErr = readFields(x.w, x.r)
		case rt.piece:
			x.f = pieceForm(x.w, x.r)
		default:
			x.f, formErr = readForm(x.w, x.r, rt.raw)
		}
	}
	by, err := s.actor(x.r)
	x.by, x.present = by, err == nil
	if err != nil && (rt.need != anyone || fault.KindOf(err) != fault.Locked) {
		return err
	}
	if !rt.need.allows(by) {
		return fault.New(fault.Forbidden, "may.not")
	}
	if formErr != nil {
		return formErr
	}
	if posted {
		if err := s.checkForm(x); err != nil {
			return err
		}
	}
	if err := s.receive(x); err != nil {
		return err
	}
	if x.f.Get(sureField) == "1" {
		x.by = x.by.Sure()
	}
	if posted && x.present {
		if err := s.hear(x); err != nil {
			return err
		}
	}
	if !x.present {
		return rt.serve(x.w, x.r, x.by, x.f)
	}
	if posted {
		x.w.renew = func() { s.renew(x) }
	}
	s.tie(x, posted && !rt.repeats)
	if posted && !rt.repeats {
		return s.serveOnce(rt, x)
	}
	return s.serveNow(rt, x)
}

// actor returns who asks. Before there is an office that is nobody.
func (s *Server) actor(r *http.Request) (habeas.Actor, error) {
	if s.Desk == nil {
		return habeas.Actor{}, fault.New(fault.Locked, "session.none")
	}
	return s.Desk.Actor(r.Context(), s.sessionToken(r))
}

// sentAgain drops the draft that a form was kept in, now that it was taken.
func (s *Server) sentAgain(x *exchange) error {
	id, err := ledger.ParseID(x.f.Get(draftField))
	if err != nil || !x.present {
		return nil // most forms were never kept
	}
	if err := s.Desk.DropDraft(x.r.Context(), x.by, id); err != nil && fault.KindOf(err) != fault.NotFound {
		s.Log.LogAttrs(context.Background(), slog.LevelError, "drop draft", slog.String("ref", x.ref), slog.String("fault", faultKey(err)))
	}
	return nil
}

// checkForm refuses a form that this server did not make for this session.
func (s *Server) checkForm(x *exchange) error {
	if x.present {
		return s.Desk.CheckForm(x.by, x.f.Get(tokenField))
	}
	return s.checkAnonymous(x.r, x.f.Get(tokenField))
}

// fail answers a request that went wrong; it is the only writer of errors.
func (s *Server) fail(rt route, x *exchange, err error) {
	if errors.Is(err, context.Canceled) && x.r.Context().Err() != nil {
		x.w.status = 499 // nobody is there to read an answer
		return
	}
	e := asFault(err)
	if e.Kind() == fault.Locked {
		err := s.lockedOut(rt, x, e)
		if err == nil {
			return
		}
		e = asFault(err)
	}
	if x.r.Method == http.MethodPost && rt.again != nil && comesBack(e) && (x.present || rt.need <= anyone) {
		x.f.fault = e
		s.hintsAfter(x, e)
		if rt.again(x.w, x.r, x.by, x.f) == nil {
			return
		}
	}
	s.errorPage(rt, x, e)
}

// comesBack reports whether a form that met e is shown again to be corrected.
func comesBack(e *fault.Error) bool {
	switch e.Kind() {
	case fault.Invalid, fault.Withheld, fault.Conflict, fault.Busy:
		return true
	}
	return false
}

func asFault(err error) *fault.Error {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.Wrap(err, fault.Invalid, "form.too_large")
	}
	return fault.Wrap(err, fault.Internal, "internal")
}

// statusOf returns the HTTP status of a fault.
func statusOf(e *fault.Error) int {
	switch e.Kind() {
	case fault.Invalid:
		if e.Key() == "form.too_large" {
			return http.StatusRequestEntityTooLarge
		}
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Locked:
		return http.StatusUnauthorized
	case fault.Withheld:
		return http.StatusUnprocessableEntity
	case fault.Busy:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func faultKey(err error) string { return asFault(err).Key() }

// causeType returns the types of err and its causes, which hold no text.
func causeType(err error) string {
	var types []string
	for err != nil && len(types) < 6 {
		types = append(types, fmt.Sprintf("%T", err))
		err = errors.Unwrap(err)
	}
	return strings.Join(types, " ")
}

// see sends the browser on to a page of this server after a form was taken, so
// that reloading does not send it again.
func see(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, ownPath(path), http.StatusSeeOther)
	return nil
}
