package web

import (
	"net/http"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
)

// An unList is what a communication to a body of the United Nations has to hold, and
// what the case has of it.
type unList struct {
	Name, Who, Consent string
	Asked              string // whether the family agreed, in words
	AskedBad           bool
	Conditions, Follow []string
	Rows               []unRow
	Missing            string // how much that must be there is missing, or ""
	Term               *termView
	Unconfirmed        string
	Doubts             []string
}

// An unRow is one thing that it holds.
type unRow struct {
	Label, Must, State string
	Missing            bool
	Has                []unHad
}

// An unHad is one thing that the case says to it.
type unHad struct {
	Words     string
	Value     valueWords
	Who       []who
	Contested bool
}

// unLists returns the checklists of a kind of body, for the person a letter is about.
func (s *Server) unLists(r *http.Request, by habeas.Actor, c *caseFrame, body string, about claim.Ref) (out []unList, err error) {
	if body == "" {
		return nil, nil
	}
	all, err := s.Desk.Checklists(r.Context(), by, c.t.file.ID, body, about)
	for _, l := range all {
		v := unList{Name: c.T("letter.procedure." + l.Form.ID), Doubts: l.Procedure.Open}
		v.Who, v.Consent = c.mayWrite(l.Form)
		v.Asked, v.AskedBad = c.T("ui.next.agreed."+holdsKey(l.Consent)), l.Consent != appeal.Yes
		if l.Trust != appeal.Confirmed {
			v.Unconfirmed = c.T("ui.appeal.trust." + string(l.Trust))
		}
		for _, cond := range l.Form.Conditions {
			v.Conditions = append(v.Conditions, c.T("letter.condition."+cond.ID))
		}
		for _, state := range l.Form.States {
			v.Follow = append(v.Follow, c.T("letter.follow."+state))
		}
		if l.Elapsed != nil {
			t := c.term(l.Elapsed, s.Now())
			v.Term = &t
		}
		if l.Missing > 0 {
			v.Missing = c.T("ui.next.missing", l.Missing)
		}
		for _, row := range l.Rows {
			v.Rows = append(v.Rows, c.unRow(row))
		}
		out = append(out, v)
	}
	return out, err
}

func (c *caseFrame) unRow(row habeas.CheckRow) unRow {
	v := unRow{Label: row.Text, State: c.T("ui.next.has." + row.State), Missing: row.State == habeas.HeldMissing && row.Need == appeal.Must}
	if row.Label != "" {
		v.Label = c.T("letter.element." + row.Label)
	}
	if row.Need == appeal.Must {
		v.Must = c.T("ui.draft.must")
	}
	for _, h := range row.Has {
		v.Has = append(v.Has, c.unHad(h))
	}
	return v
}

func (c *caseFrame) unHad(h habeas.Had) unHad {
	v := unHad{Contested: h.Contested}
	switch {
	case h.Letters > 0:
		v.Words = c.T("ui.next.letters", h.Letters)
	case h.Predicate != "":
		v.Words, v.Value = c.P.Term("predicate", h.Predicate)+":", c.t.value(h.Predicate, h.Value)
	default:
		v.Words = c.P.Term("event", h.Event)
		if !h.When.IsZero() {
			v.Words += ": " + c.t.date(h.When)
		} else if len(h.Where)+len(h.Who) > 0 {
			v.Words += ":"
		}
		for _, ref := range append(append([]claim.Ref{}, h.Where...), h.Who...) {
			v.Who = append(v.Who, c.t.who(ref))
		}
	}
	return v
}
