package web

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"habeas"
	"habeas/fault"
)

// logPage says who signed the log of the office, and what to do if it is not the one
// that they saw.
type logPage struct {
	Frame
	Size        string // "" if nobody is asked
	Witnesses   []signerRow
	Authorities []signerRow
	Aside       string
	Rolled      bool   // this server was started with another log
	Broken      string // or with one that is damaged in itself
	Refused     bool   // a witness saw another
	Copied      string // when the office was last copied
	Late        bool   // that was long ago, or never
	Tried       string // when a copy was last put back to try
}

// A signerRow is somebody who is asked to sign the log.
type signerRow struct {
	Name, Size, At, ISO, Until string
	State                      string
	Bad                        bool
}

func (s *Server) logPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	watch, asked, err := s.Desk.LogWatched(r.Context(), by)
	if err != nil && (s.Desk.Damage() == nil || fault.KindOf(err) == fault.Forbidden) {
		return err // of a log that is damaged, what to do is said all the same
	}
	p := logPage{Frame: s.frame(w, r, by, f, "people"), Refused: watch.Refused()}
	if damage, ok := errors.AsType[*fault.Error](s.Desk.Damage()); ok && s.diskFailed() == nil {
		if p.Rolled = damage.Key() == rewritten; !p.Rolled {
			p.Broken = p.P.Fault(damage)
		}
	}
	if watch.SetAside > 0 {
		p.Aside = p.T("ui.log.aside", watch.SetAside)
	}
	if asked {
		p.Size = p.T("ui.log.size", strconv.FormatInt(watch.Size, 10))
	}
	now := s.Now()
	for _, one := range watch.Witnesses {
		p.Witnesses = append(p.Witnesses, p.signer(one, watch.Size, now))
	}
	for _, one := range watch.Authorities {
		p.Authorities = append(p.Authorities, p.signer(one, watch.Size, now))
	}
	if err := p.copies(s, by); err != nil {
		return err
	}
	return s.show(w, f, "log", p)
}

// copies says when the office was last copied, and when that was last tried.
func (p *logPage) copies(s *Server, by habeas.Actor) error {
	status, err := s.Desk.BackedUp(by)
	if err != nil {
		return err
	}
	if status.Last.IsZero() {
		p.Copied, p.Late = p.T("ui.log.copies.none"), true
		return nil
	}
	p.Copied, p.Tried = p.T("ui.log.copies.last", p.P.Day(status.Last)), p.T("ui.log.copies.untried")
	if p.Late = s.Now().Sub(status.Last) > copiesLate; p.Late {
		p.Copied += " " + p.T("ui.log.copies.late")
	}
	if !status.Rehearsed.IsZero() {
		p.Tried = p.T("ui.log.copies.tried", p.P.Day(status.Rehearsed))
	}
	return nil
}

// copiesLate is how old the newest copy may be, with one each day.
const copiesLate = 48 * time.Hour

// rewritten is the fault of a log that does not go on from what others saw.
const rewritten = "ledger.rewritten"

// diskFailed returns the fault of a disk that failed, or nil: then nothing can be
// written either, but nobody did anything to the log.
func (s *Server) diskFailed() *fault.Error {
	if e, ok := errors.AsType[*fault.Error](s.Desk.Damage()); ok && e.Key() == "store.disk_failed" {
		return e
	}
	return nil
}

// split reports to keepers that the log is not the one that others saw.
func (s *Server) split(r *http.Request, by habeas.Actor) bool {
	if !keeping.allows(by) {
		return false
	}
	if s.Desk.Damage() != nil {
		return s.diskFailed() == nil
	}
	watch, _, err := s.Desk.LogWatched(r.Context(), by)
	if err != nil { // the page of the log says it; everything else goes on
		s.Log.LogAttrs(r.Context(), slog.LevelError, "who signed the log can't be read", slog.Int("kind", int(fault.KindOf(err))))
		return false
	}
	return watch.Refused()
}

// signer says what somebody signed last, and what waits.
func (fr Frame) signer(s habeas.LogSigner, size int64, now time.Time) signerRow {
	row := signerRow{Name: s.Name, State: fr.T("ui.log.never")}
	if s.Size > 0 {
		row.Size, row.At, row.ISO = strconv.FormatInt(s.Size, 10), fr.P.Clock(s.At.UTC())+" UTC", s.At.UTC().Format(time.RFC3339)
		if row.State = fr.T("ui.log.current"); s.Size < size {
			row.State = fr.T("ui.log.behind", strconv.FormatInt(size-s.Size, 10))
		}
	}
	if !s.Until.IsZero() {
		row.Until = fr.P.Day(s.Until)
		if now.After(s.Until) {
			row.State, row.Bad = fr.T("ui.log.ended"), true
		}
	}
	if s.Seen > 0 {
		row.State, row.Bad = fr.T("ui.log.refused", fr.P.Clock(s.Asked.UTC())+" UTC", strconv.FormatInt(s.Seen, 10)), true
	}
	return row
}
