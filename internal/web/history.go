package web

import (
	"net/http"
	"slices"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
)

// historyPage is every entry of a case: who, when, what and why.
type historyPage struct {
	caseFrame
	Entries   []historyLine
	Conflicts []conflictLine
	Problems  string // how many entries could not be used, or ""
}

// A historyLine is one entry.
type historyLine struct {
	Anchor, ID string
	At, ISO    string
	By, What   string
	Target     string // what it is about
	Href       string
	State      string // what became of it
	Reason     string
	Gone       bool // something later took its effect
	Undo       bool // the reader can undo it here
	Open       bool // and was just trying to
	Start      Part
	Why        Field
}

// A conflictLine is a decision that members must make.
type conflictLine struct{ Anchor, Words string }

func (s *Server) historyPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "history")
	if err != nil {
		return err
	}
	p := historyPage{caseFrame: c, Entries: c.t.history(0)}
	for i := range p.Entries {
		e := &p.Entries[i]
		e.Undo = e.Undo && c.Records
		if e.Undo {
			e.Start = c.In("undo-" + e.ID)
			e.Why = e.Start.Field("reason")
			e.Open = e.Start.Form.Failed()
		}
	}
	if n := len(c.t.st.Problems); n > 0 {
		p.Problems = c.P.N("ui.history.problems", n)
	}
	for _, x := range c.t.st.Conflicts {
		words := c.t.p.T("ui.history.conflict", c.t.kindWords(x.Kind))
		for _, id := range x.Entries {
			p.Conflicts = append(p.Conflicts, conflictLine{"h-" + id.String(), words})
		}
	}
	return s.show(w, f, "history", p)
}

// history returns the entries of the case, the latest first; of the office's
// only those are left out that are about no case. most bounds how many, 0 does
// not.
func (t teller) history(most int) []historyLine {
	var lines []historyLine
	for _, item := range slices.Backward(t.st.History) {
		if item.Stream != t.file.ID {
			continue
		}
		lines = append(lines, t.historyLine(item))
		if len(lines) == most {
			break
		}
	}
	return lines
}

func (t teller) historyLine(item claim.Item) historyLine {
	l := historyLine{
		Anchor: "h-" + item.Entry.String(), ID: item.Entry.String(),
		At: t.p.Clock(item.Time), ISO: item.Time.UTC().Format(time.RFC3339),
		By: t.member(item.Author), What: t.kindWords(item.Kind), Reason: item.Reason, Undo: item.Undoable,
	}
	if item.Ref != "" {
		w := t.covered().who(item.Ref)
		l.Target, l.Href = w.Text, w.Href
	}
	t.claimHistory(item, &l)
	for _, a := range t.st.Acts {
		if a.Entry == item.Entry {
			l.What = t.p.Term("act", a.What)
			if a.Dossier != "" {
				l.Target, l.Href = t.p.Term("audience", a.Audience), t.base+"/dossier/"+bare(a.Dossier)
			}
		}
	}
	for _, e := range t.st.Erasures {
		if e.Entry == item.Entry {
			l.State = t.p.T("ui.erase.why." + string(e.Why))
		}
	}
	if !item.Undone.IsZero() {
		l.Gone, l.State = true, t.p.T("ui.history.undone")
	}
	return l
}

// claimHistory says of an entry about a claim which claim that is, and what
// became of it.
func (t teller) claimHistory(item claim.Item, l *historyLine) {
	r, ok := t.st.Recorded(item.Entry)
	if !ok {
		if r, ok = t.st.Recorded(item.Target); ok {
			l.Target, l.Href = t.claimWords(r), t.claimHref(r)
		}
		return
	}
	l.Target, l.Href = t.claimWords(r), t.claimHref(r)
	if !r.Replaces.IsZero() {
		l.What = t.p.T("ui.kind.correction")
	}
	if r.Status != claim.Live {
		l.Gone, l.State = true, t.statusWords(r)
	}
}

// claimWords says what a claim says, in one line.
func (t teller) claimWords(r *claim.Recorded) string {
	v := t.covered().claim(r)
	words := v.What
	if v.Who.Text != "" {
		words += " " + v.Who.Text
	}
	if value := v.Value.Text + v.Value.Who.Text; value != "" {
		words += " — " + v.Value.Text
		if v.Value.Text != "" && v.Value.Who.Text != "" {
			words += " "
		}
		words += v.Value.Who.Text
	}
	return words
}

func (t teller) claimHref(r *claim.Recorded) string {
	return t.desk(r.Statement) + "#" + claimAnchor(r.Entry)
}

// kindWords says what a kind of entry is.
func (t teller) kindWords(kind string) string {
	if key := "ui.kind." + kind; t.p.Has(key) {
		return t.p.T(key)
	}
	return t.p.T("ui.kind.unknown")
}

func (s *Server) undo(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, entry, err := caseEntry(r)
	if err != nil {
		return err
	}
	if err := s.Desk.Undo(r.Context(), by, id, entry, f.Trimmed("reason")); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/history")
}

// caseEntry reads the case and the entry that a path is about.
func caseEntry(r *http.Request) (id, entry ledger.ID, err error) {
	if id, err = parseID(r.PathValue("case")); err != nil {
		return id, entry, err
	}
	if entry, err = parseID(r.PathValue("entry")); err != nil {
		return id, entry, fault.Wrap(err, fault.NotFound, "page.none")
	}
	return id, entry, nil
}
