package web

import (
	"net/http"

	"habeas"
	"habeas/fault"
	"habeas/internal/locale"
)

// errorPage says what went wrong where no other page can.
type errorPage struct {
	Frame
	Title    string
	Sentence string
	Ref      string      // found in the log by whoever runs the server
	Action   string      // where the form that failed can be sent again, or ""
	Fields   []keptField // that form, as it was typed
}

// none is every path that there is no page for.
func (s *Server) none(http.ResponseWriter, *http.Request, habeas.Actor, *Form) error {
	return fault.New(fault.NotFound, "page.none")
}

// errorPage writes the page of a fault. What was typed stands in it, so that it
// is not lost with the page it was typed on: also if nobody could be asked whose it
// was. Then it goes with the mark that it came with.
func (s *Server) errorPage(rt route, x *exchange, e *fault.Error) {
	p := errorPage{Frame: s.frame(x.w, x.r, x.by, &Form{}, ""), Ref: x.ref}
	p.Title, p.Sentence = p.P.T("ui.error."+errorTitle(e)), p.P.Fault(e)
	unasked := !x.present && rt.again != nil && rt.need != anyone && keepable(rt) && unanswered(e)
	if unasked {
		p.Token = x.f.Get(tokenField)
	}
	if x.r.Method == http.MethodPost && (x.present || unasked) {
		if fields := x.f.kept(); len(fields) > 0 {
			p.Action, p.Fields = ownPath(x.r.URL.EscapedPath()), keptFields(p.P, fields)
		}
	}
	if err := s.write(x.w, statusOf(e), "error", p); err != nil && x.w.status == 0 {
		x.w.WriteHeader(http.StatusInternalServerError)
	}
}

// unanswered reports whether a fault says nothing of who asked.
func unanswered(e *fault.Error) bool {
	switch e.Kind() {
	case fault.Busy, fault.Damaged, fault.Internal:
		return true
	}
	return false
}

func errorTitle(e *fault.Error) string {
	switch e.Kind() {
	case fault.NotFound:
		return "not_found"
	case fault.Forbidden:
		return "forbidden"
	case fault.Damaged:
		return "damaged"
	case fault.Busy:
		return "busy"
	case fault.Internal:
		return "internal"
	}
	return "refused"
}

// refuse answers what never reaches a route, in plain text: who asks is not
// somebody reading one of our pages.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, e *fault.Error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(locale.New(s.lang(r)).Fault(e) + "\n"))
}
