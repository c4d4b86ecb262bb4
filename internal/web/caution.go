package web

import (
	"time"

	"habeas/claim"
)

// A cautionView is what to keep in mind about a source that may be the danger.
type cautionView struct {
	Words, Rule, Reason, Leaves string
	Href, Read                  string // the case as it reads without them
}

// caution returns what to keep in mind about a source, or nil.
func (t teller) caution(source claim.Ref) *cautionView {
	c, ok := t.st.Caution(source)
	if !ok {
		return nil
	}
	v := &cautionView{Words: t.p.T("ui.caution", t.covered().source(source).Text), Rule: t.p.Term("contact-rule", c.Rule) + ".", Reason: c.Reason, Leaves: t.p.T("ui.caution.stays")}
	v.Href, v.Read = t.base+"?without="+string(source), t.p.T("ui.settings.without")
	if c.Used {
		v.Leaves = t.p.T("ui.caution.leaves")
	}
	return v
}

// agreed says in short what may be done with a statement.
func (t teller) agreed(st claim.Ref, now time.Time) string {
	given := t.st.Consents[st]
	if t.st.Held(st) {
		return t.p.T("ui.desk.consent.held")
	}
	if t.st.ConsentWithdrawn(st) {
		return t.p.T("ui.desk.consent.withdrawn")
	}
	var to []string
	for _, r := range readers(given) {
		if t.st.Agreed(st, r, now).Used {
			to = append(to, t.reader(r))
		}
	}
	if len(to) == 0 {
		return t.p.T("ui.desk.consent.none")
	}
	return t.p.T("ui.desk.consent.for", t.p.List(to...))
}
