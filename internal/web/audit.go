package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"habeas"
	"habeas/ledger"
)

// mostAudits is how many lines a page of the record has.
const mostAudits = 200

// auditPage is what members did that others must be able to see, without what it
// was about.
type auditPage struct {
	Frame
	Who, What Field
	Files     string // what the last check of the sealed files found
	Damaged   bool
	Log       string // what the last check of the log found
	LogBad    bool
	Keeps     bool // a keeper, who is shown who signed the log
	Withheld  []withheldRow
	Lines     []auditLine
	Counts    string
	Newer     string // path of the page before, or ""
	Older     string
}

// An auditLine is one thing a member did, by the day.
type auditLine struct {
	Day, ISO   string
	Name, What string
	Whom       string
	Code, Href string // of the case; Href for who holds its circle
	Dossier    string // and its Ref, if one is told; DossierAt for who holds the circle
	DossierAt  string
}

// A withheldRow is a member whose releases were withheld because of other circles.
type withheldRow struct {
	Name, N, Stopped string
	Looked           *actForm // for keepers
}

// audit shows the record. Member and kind are chosen in the address: an ID and a
// term, which name nobody.
func (s *Server) audit(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	lines, err := s.Desk.Audit(r.Context(), by)
	if err != nil {
		return err
	}
	withheld, err := s.Desk.Withheld(r.Context(), by)
	if err != nil {
		return err
	}
	p := auditPage{Frame: s.frame(w, r, by, f, "people"), Keeps: keeping.allows(by)}
	checked, err := s.Desk.FilesChecked(by)
	if err != nil {
		return err
	}
	p.Files, p.Damaged = p.filesChecked(checked)
	log, err := s.Desk.LogChecked(by)
	if err != nil {
		return err
	}
	if p.Log, p.LogBad = p.logChecked(log); s.diskFailed() != nil {
		p.Log, p.LogBad = p.P.Fault(s.diskFailed()), true
	}
	for _, h := range withheld {
		p.Withheld = append(p.Withheld, p.withheld(h))
	}
	who, what := r.URL.Query().Get("who"), r.URL.Query().Get("what")
	p.choices(lines, who, what)
	lines = slices.DeleteFunc(lines, func(l habeas.AuditLine) bool {
		return who != "" && l.By.String() != who || what != "" && l.What != what
	})
	p.Counts = p.N("ui.audit.count", len(lines))
	from, _ := strconv.Atoi(r.URL.Query().Get("from")) // anything else is the first page
	from = min(max(0, from), len(lines))
	at := func(from int) string {
		return "/audit?" + url.Values{"who": {who}, "what": {what}, "from": {strconv.Itoa(from)}}.Encode()
	}
	if from > 0 {
		p.Newer = at(max(0, from-mostAudits))
	}
	if from+mostAudits < len(lines) {
		p.Older = at(from + mostAudits)
	}
	for _, l := range lines[from:min(len(lines), from+mostAudits)] {
		p.Lines = append(p.Lines, p.line(l))
	}
	return s.show(w, f, "audit", p)
}

// filesChecked says what the last check of the sealed files found.
func (fr Frame) filesChecked(c habeas.FilesCheck) (words string, damaged bool) {
	switch {
	case c.At.IsZero():
		return fr.T("ui.audit.files.never"), false
	case c.Bad():
		return fr.T("ui.audit.files.bad", fr.P.Day(c.At), c.Missing, c.Changed), true
	}
	return fr.T("ui.audit.files.good", fr.P.Day(c.At), c.Files), false
}

// logChecked says what the last check of the log found.
func (fr Frame) logChecked(c habeas.LogCheck) (words string, bad bool) {
	switch {
	case c.At.IsZero():
		return fr.T("ui.audit.log.never"), false
	case c.Bad != nil:
		return fr.T("ui.audit.log.bad", fr.P.Day(c.At)) + " " + fr.P.Fault(c.Bad), true
	}
	return fr.T("ui.audit.log.good", fr.P.Day(c.At), strconv.FormatInt(c.Entries, 10)), false
}

// choices fills the two selects with who and what there is.
func (p *auditPage) choices(lines []habeas.AuditLine, who, what string) {
	people, kinds := map[ledger.ID]string{}, map[string]bool{}
	for _, l := range lines {
		people[l.By] = p.colleague(l.Name)
		kinds[l.What] = true
	}
	p.Who = Field{ID: "who", Name: "who", Label: p.T("ui.audit.who"), Options: []Option{{Label: p.T("ui.audit.everybody"), Chosen: who == ""}}}
	for id, name := range people {
		p.Who.Options = append(p.Who.Options, Option{Value: id.String(), Label: name, Chosen: id.String() == who})
	}
	p.What = Field{ID: "what", Name: "what", Label: p.T("ui.audit.what"), Options: []Option{{Label: p.T("ui.audit.everything"), Chosen: what == ""}}}
	for k := range kinds {
		p.What.Options = append(p.What.Options, Option{Value: k, Label: p.words(k), Chosen: k == what})
	}
	for _, f := range []*Field{&p.Who, &p.What} {
		slices.SortFunc(f.Options[1:], func(a, b Option) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value)) })
	}
}

func (p *auditPage) line(l habeas.AuditLine) auditLine {
	out := auditLine{Day: p.P.Day(l.Day), ISO: l.Day.Format("2006-01-02"), Name: p.colleague(l.Name), What: p.words(l.What), Whom: l.Whom}
	if l.N > 1 {
		out.What += " × " + strconv.Itoa(l.N)
	}
	if len(l.Code) >= 6 {
		out.Code = p.T("ui.audit.case", l.Code[:6])
	}
	if !l.Case.IsZero() {
		out.Href = casePath(l.Case)
	}
	if l.Dossier != "" {
		out.Dossier = p.T("ui.audit.dossier", string(l.Dossier[2:8]))
		if !l.Case.IsZero() {
			out.DossierAt = casePath(l.Case) + "/dossier/" + string(l.Dossier[2:])
		}
	}
	return out
}

func (p *auditPage) withheld(h habeas.Withholding) withheldRow {
	row := withheldRow{Name: p.colleague(h.Name), N: p.T("ui.audit.withheld.n", strconv.Itoa(h.N))}
	if h.Stopped {
		row.Stopped = p.T("ui.audit.withheld.stopped")
	}
	if h.May {
		id := h.Member.String()
		row.Looked = p.actForm("looked-"+id, "/audit/"+id+"/looked", "ui.audit.looked", row.Name, "")
	}
	return row
}

func (s *Server) lookedAtWithheld(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := onMember(r, by, f, s.Desk.LookedAtWithheld); err != nil {
		return err
	}
	return see(w, r, "/audit")
}

// words says what was done. A kind that this version does not know is something.
func (p *auditPage) words(what string) string {
	if key := "ui.audit.did." + what; p.P.Has(key) {
		return p.T(key)
	}
	return p.T("ui.audit.did.other")
}
