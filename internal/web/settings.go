package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/locale"
)

// settingsPage is who speaks in a case and how to deal with them, and how long it
// is kept.
type settingsPage struct {
	caseFrame
	Sources []sourceRow
	Reviews string
	Ends    string

	Caution       Part
	Source, Rule  Field
	Used          boxField
	Why           Field
	Keeping       Part
	Review, Until Field
	KeepReason    Field
}

// noDanger is what is chosen to end a warning.
const noDanger = "end"

// A sourceRow is who speaks in a case.
type sourceRow struct {
	Words      string
	Statements string
	Caution    *cautionView
	Without    string // the case as it reads without them
}

func (s *Server) settingsPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "settings")
	if err != nil {
		return err
	}
	p := settingsPage{caseFrame: c, Caution: c.In("caution"), Keeping: c.In("keeping")}
	told := map[claim.Ref]int{}
	for _, t := range c.t.st.Statements {
		told[t.Source]++
	}
	sources := c.t.sourceOptions()
	for _, o := range sources {
		ref := claim.Ref(o.Value)
		p.Sources = append(p.Sources, sourceRow{o.Label, c.N("ui.settings.told", told[ref]), c.t.caution(ref), c.Base + "?without=" + o.Value})
	}
	p.Source = p.Caution.Choose("source", r.URL.Query().Get("source"), append([]Option{{Label: c.T("ui.pick.choose")}}, sources...))
	p.Source.Required = true
	p.Rule = p.Caution.Choose("rule", "", append(append([]Option{{Label: c.T("ui.pick.choose")}}, terms(c.P, "contact-rule")...), Option{Value: noDanger, Label: c.T("ui.settings.no_danger")}))
	p.Rule.Required = true
	p.Used = boxField{ID: "caution-used", Name: "used", Label: c.T("ui.settings.used"), On: p.Caution.Form.Has("used", "1")}
	p.Why = p.Caution.Field("reason")
	review, until := c.t.st.Kept()
	own := claim.Keeping{}
	for _, n := range c.t.st.Keeping {
		own = n.Said
	}
	p.Reviews, p.Ends = c.T("ui.settings.review.never"), c.T("ui.settings.until.never")
	if !review.IsZero() {
		p.Reviews = c.T("ui.settings.review", c.t.date(review))
	}
	if !until.IsZero() {
		p.Ends = c.T("ui.settings.until", c.t.date(until))
	}
	p.Review, p.Until, p.KeepReason = p.Keeping.Filled("review", own.Review), p.Keeping.Filled("until", own.Until), p.Keeping.Field("reason")
	p.Until.Label = c.T("ui.settings.until.field")
	return s.show(w, f, "settings", p)
}

// cautions returns what to keep in mind about every source of a case.
func (t teller) cautions() []*cautionView {
	var out []*cautionView
	for ref := range t.st.Cautions {
		if v := t.caution(ref); v != nil {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b *cautionView) int { return strings.Compare(a.Words, b.Words) })
	return out
}

// readWithout makes the page of a case read without the sources that the address
// names, and says which.
func (c *caseFrame) readWithout(r *http.Request) string {
	var sources []claim.Ref
	var words []string
	for _, v := range r.URL.Query()["without"] {
		ref, err := claim.ParseRef(v)
		if _, ok := c.t.st.Sources[ref]; err == nil && ok && !slices.Contains(sources, ref) {
			sources = append(sources, ref)
			words = append(words, c.t.covered().source(ref).Text)
		}
	}
	if len(sources) == 0 {
		return ""
	}
	c.t.st = c.t.st.Without(sources...)
	return c.P.List(words...)
}

func (s *Server) beware(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	c := claim.Caution{Source: claim.Ref(f.Get("source")), Rule: f.Get("rule"), Used: f.Has("used", "1"), Reason: f.Trimmed("reason")}
	if c.Rule == noDanger {
		c.Rule, c.Lifted, c.Used = "only-listen", true, false
	}
	if err := s.Desk.Caution(r.Context(), by, id, c); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/settings")
}

func (s *Server) keep(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	kept := claim.Keeping{Review: f.Trimmed("review"), Until: f.Trimmed("until"), Reason: f.Trimmed("reason")}
	if err := s.Desk.Keep(r.Context(), by, id, kept); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/settings#keeping")
}

// retentionPage is how long cases are kept that nothing else was decided for.
type retentionPage struct {
	Frame
	Start        Part
	Review, Keep Field
}

func (s *Server) retentionPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	now, err := s.Desk.Retention(r.Context(), by)
	if err != nil {
		return err
	}
	p := retentionPage{Frame: s.frame(w, r, by, f, "cases")}
	p.Start = p.In("retention")
	var review, keep string
	for _, n := range now {
		review, keep = shorter(review, n.ReviewMonths), shorter(keep, n.KeepMonths)
	}
	p.Review, p.Keep = p.Start.Filled("review_months", review), p.Start.Filled("keep_months", keep)
	return s.show(w, f, "retention", p)
}

// shorter returns the shorter of two times in months, of which each may be none.
func shorter(a string, b int) string {
	if n, err := strconv.Atoi(a); b == 0 || err == nil && n <= b {
		return a
	}
	return strconv.Itoa(b)
}

func (s *Server) retain(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	review, err := months(f, "review_months")
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "keeping.bad_months", fault.Field("review_months"))
	}
	keep, err := months(f, "keep_months")
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "keeping.bad_months", fault.Field("keep_months"))
	}
	if err := s.Desk.Retain(r.Context(), by, claim.Retention{ReviewMonths: review, KeepMonths: keep}); err != nil {
		return err
	}
	return see(w, r, "/retention")
}

func months(f *Form, name string) (int, error) {
	if f.Trimmed(name) == "" {
		return 0, nil
	}
	return strconv.Atoi(f.Trimmed(name))
}

// dueLine says which case is to be looked at, and since when.
func dueLine(p *locale.Printer, row habeas.DueRow) todayLine {
	key := "ui.today.due.review"
	if row.Ended {
		key = "ui.today.due.ended"
	}
	on, err := claim.ParseDate(row.On)
	words := row.On
	if err == nil {
		words = dateWords(p, on)
	}
	return todayLine{Href: casePath(row.ID) + "/settings#keeping", What: row.Title, Chip: row.Cover, More: p.T(key, words)}
}
