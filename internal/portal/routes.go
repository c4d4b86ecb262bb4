package portal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"habeas/fault"
	"habeas/internal/locale"
)

// A route is one line of [Server.routes].
type route struct {
	pattern string
	serve   func(*exchange) error
	again   func(*exchange) error // of a POST: the page that shows its form again
}

func (s *Server) routes() []route {
	return []route{
		{pattern: "GET /{$}", serve: s.choose},
		{pattern: "GET /{lang}", serve: s.front},
		{pattern: "GET /{lang}/{$}", serve: s.front},
		{pattern: "GET /{lang}/write", serve: s.writePage},
		{pattern: "POST /{lang}/write", serve: s.write, again: s.writePage},
		{pattern: "GET /{lang}/return", serve: s.returnPage},
		{pattern: "POST /{lang}/return", serve: s.comeBack, again: s.returnPage},
		{pattern: "POST /{lang}/reply", serve: s.reply, again: s.talkAgain},
		{pattern: "POST /{lang}/uses", serve: s.changeUses, again: s.talkAgain},
		{pattern: "POST /{lang}/withdraw", serve: s.withdraw, again: s.talkAgain},
		{pattern: "GET /{lang}/reply", serve: s.toReturn},
		{pattern: "GET /{lang}/uses", serve: s.toReturn},
		{pattern: "GET /{lang}/withdraw", serve: s.toReturn},
		{pattern: "GET /{lang}/office.key", serve: s.officeKey},
		{pattern: "GET /asset/{hash}/{name}", serve: s.asset},
		{pattern: "GET /favicon.ico", serve: noIcon},
		{pattern: "/", serve: nothingHere},
	}
}

// An exchange is one request on its way through a route.
type exchange struct {
	w       *response
	r       *http.Request
	p       *locale.Printer // of the language in the path, or else that the browser asks for
	f       *Form           // what was typed: empty for a GET
	ref     string          // joins what a person sees to a line of the log
	release []func()        // let go of what was held for the request
}

func (x *exchange) hold(letGo func()) { x.release = append(x.release, letGo) }

func (s *Server) exchange(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{w: &response{ResponseWriter: w}, r: r, f: &Form{}, ref: rand.Text()[:8]}
	lang, ok := s.pathLang(r)
	if !ok {
		lang = s.match(r.Header.Get("Accept-Language"))
	}
	x.p = locale.New(lang)
	return x
}

// pathLang returns the language in a path, if it is offered.
func (s *Server) pathLang(r *http.Request) (string, bool) {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return first, slices.Contains(s.Settings.langs(), first)
}

// match returns the best of the languages offered for an Accept-Language header.
func (s *Server) match(accept string) string {
	langs := s.Settings.langs()
	if len(accept) > 1<<10 {
		return langs[0]
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return langs[0]
	}
	for _, t := range tags {
		base, _ := t.Base()
		if slices.Contains(langs, base.String()) {
			return base.String()
		}
	}
	return langs[0]
}

// handle returns rt as an http.Handler: the only place that writes errors. The
// log has what went wrong, and of all else only that it was asked for: a list of
// who came when is not kept unless somebody turns its level up.
func (s *Server) handle(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := s.exchange(w, r)
		defer func() {
			for _, f := range x.release {
				f()
			}
		}()
		err := s.guarded(rt, x)
		if err != nil {
			s.fail(rt, x, err)
		}
		level := slog.LevelDebug
		attrs := []slog.Attr{slog.String("route", rt.pattern), slog.Int("status", x.w.status), slog.String("ref", x.ref)}
		if x.w.status >= http.StatusInternalServerError && err != nil {
			level = slog.LevelError
			attrs = append(attrs, slog.String("fault", asRefusal(err).key), slog.String("cause", causeType(err)))
		}
		s.Log.LogAttrs(context.Background(), level, "request", attrs...)
	})
}

// guarded serves x with panics turned into errors. Neither the value nor the
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
		pc := make([]uintptr, 12)
		frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
		var at []string
		for f, more := frames.Next(); more; f, more = frames.Next() {
			at = append(at, fmt.Sprintf("%s:%d", f.Function, f.Line))
		}
		s.Log.LogAttrs(context.Background(), slog.LevelError, "panic",
			slog.String("route", rt.pattern), slog.String("ref", x.ref), slog.String("type", fmt.Sprintf("%T", v)), slog.Any("at", at))
		if x.w.status != 0 {
			panic(http.ErrAbortHandler) // half a page went out: end it visibly
		}
		err = &refusal{status: http.StatusInternalServerError, key: "internal"}
	}()
	if _, ok := s.pathLang(x.r); !ok && strings.Contains(rt.pattern, "{lang}") {
		rt.serve = nothingHere
	}
	return rt.serve(x)
}

// fail answers a request that went wrong: with the form it came from, filled, if
// there is one, and otherwise with a page that says what happened.
func (s *Server) fail(rt route, x *exchange, err error) {
	if errors.Is(err, context.Canceled) && x.r.Context().Err() != nil {
		x.w.status = 499 // nobody is there to read an answer
		return
	}
	x.f.fault = asRefusal(err)
	if x.f.fault.status == http.StatusServiceUnavailable {
		x.w.Header().Set("Retry-After", "60")
	}
	if _, ok := s.pathLang(x.r); ok && rt.again != nil && rt.again(x) == nil {
		return
	}
	if err := s.errorPage(x); err != nil && x.w.status == 0 {
		x.w.WriteHeader(http.StatusInternalServerError)
	}
}

// A refusal is why something was not done. What is said about it is in the
// catalogue, under "portal.fault.".
type refusal struct {
	status int
	key    string
	field  string // that has to be corrected, or ""
	cause  error
}

// Error returns the key: it is for logs and tests, not for people.
func (e *refusal) Error() string { return e.key }

// Unwrap returns the cause, if any.
func (e *refusal) Unwrap() error { return e.cause }

// asRefusal returns err as something that can be said.
func asRefusal(err error) *refusal {
	if e, ok := errors.AsType[*refusal](err); ok {
		return e
	}
	e := &refusal{status: http.StatusInternalServerError, key: "internal", cause: err}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return e
	}
	switch f.Kind() {
	case fault.Invalid:
		e.status = http.StatusUnprocessableEntity
	case fault.NotFound:
		e.status = http.StatusOK // like what is there: see returnPage
	case fault.Conflict:
		e.status = http.StatusConflict
	case fault.Busy:
		e.status = http.StatusServiceUnavailable
	}
	switch e.key = f.Key(); e.key {
	case "store.disk_full", "store.disk_failed", "store.disk_read_only", "store.unreadable":
		e.status, e.key = http.StatusServiceUnavailable, "intake.closed" // what ails the server is no stranger's business
	case "store.unreachable", "store.unsure", "store.busy":
		e.key = "later"
	case "intake.wrong_word":
		e.field = wordField
	case "intake.empty":
		e.key, e.field = "empty", textField
	case "intake.no_receipt", "receipt.unreadable":
		e.status, e.key, e.field = http.StatusOK, "intake.no_receipt", receiptField // one page for all that is no receipt
	}
	return e
}

// say returns what is said about e. What has no words of its own is said in
// those for all that can be sent again, or for what can't be helped.
func (e *refusal) say(p *locale.Printer) string {
	switch {
	case p.Has("portal.fault." + e.key):
		return p.T("portal.fault." + e.key)
	case e.status == http.StatusServiceUnavailable:
		return p.T("portal.fault.busy")
	case e.status < http.StatusInternalServerError:
		return p.T("portal.fault.unreadable")
	}
	return p.T("portal.fault.internal")
}

// causeType returns the types of err and its causes, which hold no text.
func causeType(err error) string {
	var types []string
	for err != nil && len(types) < 6 {
		types = append(types, fmt.Sprintf("%T", err))
		err = errors.Unwrap(err)
	}
	return strings.Join(types, " ")
}

// A response remembers its status. The time to send it counts from its first
// byte: see [Server.HTTP].
type response struct {
	http.ResponseWriter
	status int
}

const answerTime = 3 * time.Minute

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader sends the header.
func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
		// Where there is no such deadline, in tests, none is needed.
		_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(answerTime))
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write sends bytes of the body.
func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}
