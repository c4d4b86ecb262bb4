package web

import (
	"net/http"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
)

// consentRoutes returns the routes of the pages about what may be done with what
// was told.
func (s *Server) consentRoutes() []route {
	return []route{
		{pattern: "GET /case/{case}/statement/{statement}/consent", need: member, serve: s.consentPage},
		{pattern: "POST /case/{case}/statement/{statement}/consent", need: recorder, serve: s.recordConsent, again: s.consentPage},
		{pattern: "POST /case/{case}/statement/{statement}/consent/withdraw", need: recorder, serve: s.takeBack, again: s.consentPage},

		{pattern: "POST /case/{case}/person/{person}/stop", need: recorder, serve: s.stop, again: s.personPage},
		{pattern: "POST /case/{case}/person/{person}/turn", need: recorder, serve: s.turn, again: s.personPage},
		{pattern: "GET /case/{case}/settings", need: member, serve: s.settingsPage},
		{pattern: "POST /case/{case}/settings/keeping", need: recorder, serve: s.keep, again: s.settingsPage},
		{pattern: "POST /case/{case}/settings/caution", need: recorder, serve: s.beware, again: s.settingsPage},
		{pattern: "GET /retention", need: keeping, serve: s.retentionPage},
		{pattern: "POST /retention", need: keeping, serve: s.retain, again: s.retentionPage},
	}
}

// consentPage is what was agreed to about one statement, and what that allows.
type consentPage struct {
	caseFrame
	Statement who
	Source    string
	Erase     string // path of the page that erases the statement
	Caution   *cautionView
	Held      *heldView
	Given     []givenView
	Allowed   []allowedView
	Out       []dossierRow // that rest on it and have left

	Agree                 Part
	Giver, Medium, InLang Field
	Explained, Partner    Field
	Pressure              boxField
	For                   []useFields
	From, Until           Field
	Starts, Ends, Of      Field
	Back                  Part
	BackGiver, BackReason Field
	HasConsent            bool
}

// A givenView is what one giver agreed to.
type givenView struct {
	Who, How, Explained string
	Withdrawn, Pressure bool
	Reason              string
	By                  string
	Crossed             bool // another was recorded at the same time
	Uses                []useView
}

// A useView is one sort of recipient in a consent.
type useView struct{ To, Named, Place, When string }

// An allowedView is what one sort of recipient may have today.
type allowedView struct {
	To    string
	Used  bool
	Words string
}

// useFields are the two choices for one sort of recipient.
type useFields struct {
	To           string
	Named, Place Field
}

func (s *Server) consentPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	_, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "case")
	if err != nil {
		return err
	}
	t, ok := c.t.st.Statement(st)
	if !ok {
		return fault.New(fault.NotFound, "statement.none")
	}
	c.Here = c.t.desk(st) + "/consent"
	p := &consentPage{caseFrame: c, Erase: c.t.desk(st) + "/erase", Statement: who{Text: c.t.statement(st)}, Caution: c.t.caution(t.Source), Held: c.held(st)}
	if c.t.opens(st) {
		p.Statement.Href = c.t.desk(st)
	}
	p.Source = c.t.covered().source(t.Source).Text
	given := c.t.st.Consents[st]
	for _, n := range given {
		p.Given = append(p.Given, c.t.given(n, given))
	}
	for _, reader := range readers(given) {
		p.Allowed = append(p.Allowed, c.t.allowed(st, reader, s))
	}
	rows, err := s.Desk.ReleasedWith(r.Context(), by, c.t.file.ID, st)
	if err != nil {
		return err
	}
	for _, row := range rows {
		p.Out = append(p.Out, c.t.dossierRow(row))
	}
	p.forms(given)
	return s.show(w, f, "consent", p)
}

// readers returns everybody that something can be made for: of partners those
// that a consent names.
func readers(given []claim.Noted[claim.Consent]) []claim.Reader {
	var out []claim.Reader
	for _, term := range claim.Terms("audience") {
		if term.Key != claim.ToPartner {
			out = append(out, claim.Reader{Audience: term.Key})
		}
	}
	said := map[string]bool{}
	for _, n := range given {
		for _, u := range n.Said.Uses {
			if u.To == claim.ToPartner && !said[u.Label] {
				said[u.Label] = true
				out = append(out, claim.Reader{Audience: u.To, Label: u.Label})
			}
		}
	}
	return out
}

func (t teller) reader(r claim.Reader) string {
	if r.Label != "" {
		return t.p.T("ui.consent.partner", r.Label)
	}
	return t.p.Term("audience", r.Audience)
}

func (t teller) giver(giver string, person claim.Ref) string {
	if person == "" {
		return t.p.Term("giver", giver)
	}
	return t.p.T("ui.consent.giver", t.covered().who(person).Text, t.p.Term("giver", giver))
}

func (t teller) given(n claim.Noted[claim.Consent], all []claim.Noted[claim.Consent]) givenView {
	c := n.Said
	v := givenView{
		Who: t.giver(c.Giver, c.Person), Explained: c.Explained, Withdrawn: c.Withdrawn, Pressure: c.Pressure, Reason: c.Reason,
		By: t.p.T("ui.consent.by", t.member(n.Author), t.p.Clock(n.Time)),
	}
	var how []string
	if c.Medium != "" {
		how = append(how, t.p.Term("consent-medium", c.Medium))
	}
	if c.Lang != "" {
		how = append(how, t.language(c.Lang))
	}
	v.How = strings.Join(how, ", ")
	for _, o := range all {
		v.Crossed = v.Crossed || o.Entry != n.Entry && o.Said.Giver == c.Giver && o.Said.Person == c.Person
	}
	if c.Withdrawn {
		return v
	}
	for _, u := range c.Uses {
		v.Uses = append(v.Uses, useView{t.reader(claim.Reader{Audience: u.To, Label: u.Label}), t.p.Term("naming", u.Named), t.p.Term("exactness", u.Place), t.useTime(u)})
	}
	return v
}

func (t teller) language(tag string) string {
	if key := "ui.language." + tag; t.p.Has(key) {
		return t.p.T(key)
	}
	return tag
}

// useTime says when a use holds.
func (t teller) useTime(u claim.Use) string {
	var parts []string
	if u.From != "" {
		parts = append(parts, t.p.T("ui.consent.from", t.dateText(u.From)))
	}
	if u.Until != "" {
		parts = append(parts, t.p.T("ui.consent.until", t.dateText(u.Until)))
	}
	of := t.covered().who(u.Of).Text
	if u.Starts != "" {
		parts = append(parts, t.p.T("ui.consent.starts", t.p.Term("turn", u.Starts), of))
	}
	if u.Ends != "" {
		parts = append(parts, t.p.T("ui.consent.ends", t.p.Term("turn", u.Ends), of))
	}
	return strings.Join(parts, ", ")
}

// allowed says what a reader may have of a statement today.
func (t teller) allowed(st claim.Ref, r claim.Reader, s *Server) allowedView {
	v := allowedView{To: t.reader(r)}
	for _, a := range t.st.Outward(r, s.Now()).Statements {
		if a.Statement == st {
			v.Used, v.Words = a.Used, t.allowance(a)
		}
	}
	return v
}

// allowance says how a statement may be used, or why not.
func (t teller) allowance(a claim.Allowance) string {
	why := ""
	if a.Why != "" {
		why = t.p.T("ui.allow.why." + a.Why)
		if a.By != "" && a.Why != claim.LeftNotAsked {
			why = t.p.T("ui.allow.by", why, t.p.Term("giver", a.By))
		}
	}
	if !a.Used {
		return why
	}
	words := t.p.T("ui.allow.used", t.p.Term("naming", a.Named), t.p.Term("exactness", a.Place))
	if a.By == claim.GivenByNobody {
		words = t.p.T("ui.allow.by", words, t.p.Term("giver", a.By))
	}
	if a.Out > 0 {
		words += " " + t.p.N("ui.allow.partly", a.Out, why)
	}
	return words
}

// forms fills the forms, the first with what the source agreed to last.
func (p *consentPage) forms(given []claim.Noted[claim.Consent]) {
	var was claim.Consent
	var takers []Option
	for _, n := range given {
		if n.Said.Giver == claim.GivenBySource || n.Said.Giver == claim.GivenByNobody {
			was = n.Said
		}
		o := Option{Value: giverValue(n.Said.Giver, n.Said.Person), Label: p.t.giver(n.Said.Giver, n.Said.Person)}
		if !n.Said.Withdrawn && (len(takers) == 0 || takers[len(takers)-1].Value != o.Value) {
			takers = append(takers, o)
		}
	}
	p.HasConsent = len(takers) > 0
	in := p.In("agree")
	p.Agree = in
	p.Giver = in.Choose("giver", giverValue(orSource(was.Giver), ""), p.t.giverOptions())
	p.Medium = in.Choose("medium", was.Medium, append([]Option{{Label: p.T("ui.pick.none")}}, terms(p.P, "consent-medium")...))
	p.Medium.Label = p.T("ui.consent.medium")
	p.InLang = in.Choose("in", orText(was.Lang, p.P.Lang()), p.languages())
	p.Explained = in.Filled("explained", was.Explained)
	p.Pressure = boxField{ID: "agree-pressure", Name: "pressure", Label: p.T("ui.consent.pressure"), On: in.Form.Has("pressure", "1") || !in.Form.Failed() && was.Pressure}
	uses := map[string]claim.Use{}
	for _, u := range was.Uses {
		uses[u.To] = u
	}
	nothing := []Option{{Label: p.T("ui.consent.nothing")}}
	for _, term := range claim.Terms("audience") {
		u := uses[term.Key]
		to := p.P.Term("audience", term.Key)
		f := useFields{To: to, Named: in.Choose("named_"+term.Key, u.Named, append(nothing, terms(p.P, "naming")...)),
			Place: in.Choose("place_"+term.Key, orText(u.Place, "region"), terms(p.P, "exactness"))}
		f.Named.Label, f.Place.Label = p.T("ui.consent.named", to), p.T("ui.consent.placed", to)
		p.For = append(p.For, f)
	}
	var first claim.Use
	if len(was.Uses) > 0 {
		first = was.Uses[0]
	}
	p.Partner = in.Filled("partner", uses[claim.ToPartner].Label)
	p.From, p.Until = in.Filled("from", first.From), in.Filled("until", first.Until)
	p.From.Label, p.Until.Label = p.T("ui.consent.field.from"), p.T("ui.consent.field.until")
	turns := append([]Option{{Label: p.T("ui.pick.none")}}, terms(p.P, "turn")...)
	p.Starts, p.Ends = in.Choose("starts", first.Starts, turns), in.Choose("ends", first.Ends, turns)
	p.Of = in.Choose("of", string(first.Of), append([]Option{{Label: p.T("ui.pick.none")}}, p.t.personOptions()...))
	p.Back = p.In("back")
	p.BackGiver, p.BackReason = p.Back.Choose("giver", "", takers), p.Back.Field("reason")
}

func orSource(giver string) string { return orText(giver, claim.GivenBySource) }

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// giverValue is a giver as the value of a choice.
func giverValue(giver string, person claim.Ref) string {
	if person == "" {
		return giver
	}
	return giver + " " + string(person)
}

func (t teller) giverOptions() []Option {
	options := []Option{
		{Value: claim.GivenBySource, Label: t.p.Term("giver", claim.GivenBySource)},
		{Value: claim.GivenByNobody, Label: t.p.Term("giver", claim.GivenByNobody)},
	}
	for _, o := range t.personOptions() {
		for _, giver := range []string{claim.GivenByPerson, claim.GivenByFamily} {
			options = append(options, Option{Value: giver + " " + o.Value, Label: t.p.T("ui.consent.giver", o.Label, t.p.Term("giver", giver))})
		}
	}
	return options
}

// consentTyped reads who gave a consent, and about what.
func consentTyped(f *Form, st claim.Ref) claim.Consent {
	giver, person, _ := strings.Cut(f.Get("giver"), " ")
	return claim.Consent{Statement: st, Giver: giver, Person: claim.Ref(person)}
}

func (s *Server) recordConsent(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	c := consentTyped(f, st)
	c.Medium, c.Lang, c.Explained, c.Pressure = f.Get("medium"), f.Get("in"), f.Trimmed("explained"), f.Has("pressure", "1")
	if c.Lang == "und" || c.Giver == claim.GivenByNobody {
		c.Lang = ""
	}
	for _, term := range claim.Terms("audience") {
		named := f.Get("named_" + term.Key)
		if named == "" {
			continue
		}
		u := claim.Use{
			To: term.Key, Named: named, Place: f.Get("place_" + term.Key), From: f.Trimmed("from"), Until: f.Trimmed("until"),
			Starts: f.Get("starts"), Ends: f.Get("ends"), Of: claim.Ref(f.Get("of")),
		}
		if term.Key == claim.ToPartner {
			u.Label = f.Trimmed("partner")
		}
		if u.Starts == "" && u.Ends == "" {
			u.Of = ""
		}
		c.Uses = append(c.Uses, u)
	}
	if err := s.Desk.Consent(r.Context(), by, id, c); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/statement/"+bare(st)+"/consent")
}

func (s *Server) takeBack(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	c := consentTyped(f, st)
	c.Withdrawn, c.Reason = true, f.Trimmed("reason")
	if err := s.Desk.Consent(r.Context(), by, id, c); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/statement/"+bare(st)+"/consent")
}
