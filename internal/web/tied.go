package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"habeas"
	"habeas/fault"
)

// tie ties a request to the session of who asks: when it ends, so does the
// context of the request, and what is on its way to the browser is cut off. What
// changes something goes on when the browser leaves: a second click on a button
// drops the first request, and is answered with what that came to.
func (s *Server) tie(x *exchange, changes bool) {
	from := x.r.Context()
	if changes {
		from = context.WithoutCancel(from)
	}
	ctx, cancel := context.WithCancel(from)
	x.r = x.r.WithContext(ctx)
	before := x.release
	x.release = func() { cancel(); before() }
	w, done := x.w, x.by.Done()
	w.done = done
	go func() {
		select {
		case <-done:
			cancel()
			w.cut()
		case <-ctx.Done():
		}
	}()
}

// bound bounds what is read of a form. A member's may be as long as a statement,
// also after their session ended. A stranger's is short; a few at a time may be
// longer, for after a restart nobody knows whose a late form is.
func (s *Server) bound(x *exchange) error {
	length := x.r.ContentLength
	switch {
	case s.Desk != nil && (s.Desk.Remembers(s.sessionToken(x.r)) || s.Desk.Remembers(s.cookie(x.r, halfCookie))):
		return nil // readForm has the limit
	case 0 <= length && length <= strangersBody:
		x.r.Body = http.MaxBytesReader(x.w, x.r.Body, strangersBody)
		return nil
	}
	select {
	case s.bulky <- struct{}{}:
		x.release = func() { <-s.bulky }
		return nil
	default:
		return fault.New(fault.Busy, "form.busy")
	}
}

// serveNow serves a request of a member. An answer that was ready only after
// their session had ended does not leave.
func (s *Server) serveNow(rt route, x *exchange) error {
	err := rt.serve(x.w, x.r, x.by, x.f)
	if x.w.over() && (x.w.late || err != nil) {
		if x.w.status != 0 {
			panic(http.ErrAbortHandler) // part of it is out: end it visibly
		}
		x.w.reopen()
		x.present, x.by = false, habeas.Actor{}
		x.r = x.r.WithContext(context.WithoutCancel(x.r.Context())) // what was typed is still to be kept
		return fault.New(fault.Locked, "session.ended")
	}
	if err != nil {
		return err
	}
	return s.sentAgain(x)
}

// serveOnce is serveNow for a form that changes something: the same form is not
// taken twice.
func (s *Server) serveOnce(rt route, x *exchange) error {
	sent := habeas.Sent{
		Token: x.f.Get(tokenField), Body: x.f.hash(), Secret: x.f.secrets(),
		Which: x.r.URL.EscapedPath() + "\n" + x.f.Get(whichField) + "\n" + x.f.Get(draftField),
	}
	taken, out, err := s.Desk.TakeForm(x.r.Context(), x.by, sent)
	switch {
	case err != nil:
		return err
	case taken == nil && out.Path != "":
		return see(x.w, x.r, out.Path)
	case taken == nil:
		x.w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, err := x.w.Write(out.Page)
		return err
	}
	var came habeas.Outcome
	failed := false
	defer func() {
		if failed {
			taken.Failed()
		} else {
			taken.Done(came)
		}
	}()
	x.w.keeps = true
	if err := s.serveNow(rt, x); err != nil {
		failed = nothingDone(asFault(err))
		return err
	}
	came.Path, came.Page = x.w.Header().Get("Location"), x.w.kept
	return nil
}

// nothingDone reports whether a fault means that a form changed nothing.
func nothingDone(e *fault.Error) bool {
	return comesBack(e) || e.Kind() == fault.Locked || e.Kind() == fault.Forbidden || e.Kind() == fault.NotFound
}

// renew gives the browser the new token of its session, if there is one.
func (s *Server) renew(x *exchange) {
	if token, ok := s.Desk.Renew(x.by); ok {
		s.setCookie(x.w, s.cookieName(sessionCookie), token)
	}
}

// A response remembers whether an answer has begun, and lets nothing out once the
// session it is for has ended, but for where to go next.
type response struct {
	http.ResponseWriter
	done  <-chan struct{} // closed when the session ends; nil for nobody's
	renew func()          // called before the first byte of an answer
	keeps bool            // keep what is written
	kept  []byte
	late  bool // something was held back

	mu       sync.Mutex // guards what follows, against cut
	status   int
	finished bool
}

// mostKept is how much of an answer is kept for a second click.
const mostKept = 1 << 20

func (w *response) over() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

// WriteHeader implements [http.ResponseWriter].
func (w *response) WriteHeader(status int) {
	if w.status == 0 && w.renew != nil {
		w.renew()
	}
	w.mu.Lock()
	if w.over() && (status < 300 || status > 399) {
		w.late = true
	}
	late := w.late
	if w.status == 0 && !late {
		w.status = status
	}
	w.mu.Unlock()
	if !late {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write implements [http.ResponseWriter].
func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.late || w.over() && (w.status < 300 || w.status > 399) {
		w.late = true
		return 0, fault.New(fault.Locked, "session.ended")
	}
	if w.keeps && len(w.kept)+len(b) <= mostKept {
		w.kept = append(w.kept, b...)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap returns what w writes to, for [http.ResponseController].
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// cut stops an answer that is on its way: a reader that takes its time gets no
// more of it.
func (w *response) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done == nil || w.status == 0 || w.finished || w.status >= 300 && w.status <= 399 {
		return
	}
	// What cannot be cut, such as a recorder in a test, is refused by Write.
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Unix(1, 0))
}

// reopen lets an answer out that is nobody's: that the session has ended.
func (w *response) reopen() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done, w.late = nil, false
}

// finish says that nothing more is written.
func (w *response) finish() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.finished = true
}
