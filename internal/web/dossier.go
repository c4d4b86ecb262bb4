package web

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/internal/locale"
)

// dossiersPage lists the dossiers of a case, and shows what a new one would be.
type dossiersPage struct {
	caseFrame
	Dossiers    []dossierRow
	Composes    bool // the reader may make one
	For, InLang Field
	Partner     Field
	Names       boxField // by name, where that was agreed to
	NamesFirst  bool     // the reader has to have names shown before
	Look        Part
	LookAt      string // where the preview is asked for
	Sure        bool   // the reader has looked at words that look like names
	Propose     Part
	Preview     *previewView
	Offers      []offerView // ways to say less
	Less        []string    // what is said less exactly, as fields
	Choose      Part
	Found       []choiceView // what can be chosen about
	Edits       []editView   // that were made
	State       map[string][]string
	Ready       bool // it can be proposed
	Undecided   string
}

// A previewView is a dossier as it would leave, with what the gate says of it.
type previewView struct {
	Clear      bool
	Words      string
	Hits       []hitView
	Unreadable []unreadView
	Left       []leftView
	Statements []usedView
	Empty      bool // nothing may be told
	Whole      bool // nothing stays out
	Files      []fileView
	Few        []fewView
	Again      []elsewhereView
	Less       string // what is said less exactly, in words
}

// A usedView is whether and how a statement is used.
type usedView struct {
	Words string
	Href  string // where its consent is
	Used  bool
	Why   string
}

// A hitView is a place where somebody protected can be recognised. It never has
// the words that stand there.
type hitView struct {
	Href, Where string
	Who         who
	Class       string
	Verdict     string
}

// An unreadView is a file, or a part of one, that could not be read.
type unreadView struct{ File, Part, Why string }

// A leftView is what stays out of a dossier.
type leftView struct{ What, Why string }

func (s *Server) dossiersPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "dossiers")
	if err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		c.Path = c.Base + "/dossiers" // where the page can be asked for again
	}
	rows, err := s.Desk.DossiersOf(by, c.t.file)
	if err != nil {
		return err
	}
	p := dossiersPage{caseFrame: c, LookAt: c.Base + "/dossiers/look", Composes: editing.allows(by), Look: c.In("preview"), Propose: c.In("propose"), Sure: f.Get(sureField) == "1"}
	for _, row := range rows {
		p.Dossiers = append(p.Dossiers, c.t.dossierRow(row))
	}
	opt := dossierOptions(r, f)
	in := p.Look
	p.For = in.Choose("audience", opt.Audience, terms(c.P, "audience"))
	var langs []Option
	for _, l := range locale.Langs() {
		langs = append(langs, Option{Value: l, Label: c.T("ui.language." + l)})
	}
	chosen := opt.Lang
	if chosen == "" {
		chosen = c.P.Lang()
	}
	p.InLang = in.Choose("in", chosen, langs)
	p.For.Value, p.InLang.Value = opt.Audience, chosen
	p.Partner = in.Filled("partner", opt.Partner)
	if opt.Audience == claim.ToPartner && opt.Partner == "" {
		p.Partner.Why, opt.Audience = c.T("fault.consent.which_partner"), ""
	}
	p.Names = boxField{ID: "preview-names", Name: "names", Label: c.T("ui.out.names"), On: opt.Names}
	if p.NamesFirst = opt.Names && c.Vault && !c.Open; p.NamesFirst {
		opt.Audience = ""
	}
	if in.Form.Failed() { // what it was refused for stands at the form
		opt.Audience = ""
	}
	opt.Lang = chosen
	if opt.Audience != "" && p.Composes {
		if err := s.preview(r, by, &p, opt); err != nil && !f.Failed() {
			return err
		}
	}
	return s.show(w, f, "dossiers", p)
}

// preview shows what a dossier would be. After a form that was refused, it is
// made with what was chosen before, and what was chosen in the form stands there.
func (s *Server) preview(r *http.Request, by habeas.Actor, p *dossiersPage, opt habeas.DossierOptions) error {
	if f := p.Form; f.Is("choose") && !f.Failed() {
		if err := choose(&opt, f); err != nil {
			return err
		}
		p.Form = &Form{} // every choice is in opt, and the rows are others now
	}
	preview, err := s.Desk.Preview(r.Context(), by, p.t.file.ID, opt)
	if err != nil {
		return err
	}
	p.Preview = p.t.preview(preview, opt.Lang)
	p.Offers = p.t.offers(preview.Few, opt.Less)
	p.Less, p.Preview.Less = lessFields(opt.Less), p.t.lessWords(opt.Less)
	p.choosing(preview, opt)
	p.Ready = preview.Ready
	return nil
}

// dossierOptions reads for whom a dossier is to be, from the form that came back
// or from the query. Which partner it is for is typed, and so may be a name: it is
// in no address.
func dossierOptions(r *http.Request, f *Form) habeas.DossierOptions {
	opt := habeas.DossierOptions{Audience: f.Get("audience"), Partner: f.Trimmed("partner"), Lang: f.Get("in"), Names: f.Has("names", "1"), Less: readLess(f.All("less")), Choices: readState(f)}
	if opt.Audience == "" {
		q := r.URL.Query()
		opt = habeas.DossierOptions{Audience: q.Get("audience"), Lang: q.Get("in"), Names: q.Get("names") == "1"}
	}
	if opt.Audience != claim.ToPartner {
		opt.Partner = ""
	}
	if _, ok := claim.LookUp("audience", opt.Audience); !ok {
		opt.Audience = ""
	}
	if !slices.Contains(locale.Langs(), opt.Lang) {
		opt.Lang = ""
	}
	return opt
}

// step says who took a step and when; "" if nobody has.
func (t teller) step(s *habeas.Step) string {
	if s == nil {
		return ""
	}
	return t.p.T("ui.out.step", s.Name, t.p.Clock(s.At))
}

// preview puts what the gate found into words, and hides it in the files.
func (t teller) preview(p *habeas.Preview, lang string) *previewView {
	v := &previewView{Clear: p.Clear, Words: t.p.T("ui.out.clear.means")}
	for _, u := range p.Unread {
		v.Unreadable = append(v.Unreadable, unreadView{u.File, u.Part, t.p.T("gate.unreadable." + string(u.Reason))})
	}
	switch {
	case len(p.Hits) > 0 || len(p.Unreadable) > 0:
		v.Words = t.p.N("ui.out.hits.n", len(p.Hits))
	case len(p.Again) > 0:
		v.Words = t.p.T("ui.again.note")
	}
	for i, h := range p.Hits {
		hit := hitView{Who: t.who(claim.Ref(h.Person)), Class: t.p.T("ui.class." + h.Class), Verdict: t.p.T("ui.verdict." + h.Verdict.String())}
		if h.People > 0 { // a name so common that nobody is told apart
			hit.Who = who{Text: t.p.T("ui.out.hit.people", h.People)}
		}
		if h.InName {
			hit.Where = t.p.T("ui.out.hit.name")
		} else {
			hit.Where = t.line(p.Files, h.File, h.Start)
			if p.Letter == nil || h.File == wordsFile(p) {
				hit.Href = "#hit-" + strconv.Itoa(i+1)
			}
		}
		v.Hits = append(v.Hits, hit)
	}
	for _, o := range p.Left {
		left := leftView{What: t.p.T(leftKey(o)), Why: t.p.T("dossier.why." + o.Why)}
		if o.Ref != "" {
			left.What += " (" + t.covered().who(o.Ref).Text + ")"
		}
		v.Left = append(v.Left, left)
	}
	v.Few, v.Again = t.few(p.Few), t.again(p.Again)
	v.Empty, v.Whole = true, len(p.Left) == 0
	for _, a := range p.Statements {
		v.Whole = v.Whole && a.Used && a.Out == 0
		v.Empty = v.Empty && !a.Used
		v.Statements = append(v.Statements, usedView{t.statement(a.Statement), t.desk(a.Statement) + "/consent", a.Used, t.allowance(a)})
	}
	for i, f := range p.Files {
		if isText(f.Media) && !slices.Contains(p.Unreadable, f.Name) {
			v.Files = append(v.Files, t.fileView(f, p, lang, i+1))
		}
	}
	// What reads as it will be read comes first.
	slices.SortStableFunc(v.Files, func(a, b fileView) int {
		switch {
		case a.Source == b.Source:
			return 0
		case b.Source:
			return -1
		}
		return 1
	})
	return v
}

// dossierPage is one dossier on its way out.
type dossierPage struct {
	caseFrame
	Row        dossierRow
	Steps      []stepView
	Preview    *previewView
	Letter     *writtenView // it is one to an authority
	Appeal     string       // for which it was drafted
	Anew       string       // where another is made from what was typed for it
	Copies     string       // where copies of the exhibits it lists are handed over
	MayApprove bool
	Approve    Part
	Edits      []editView // what was changed in its words
	Asks       []askView  // what the second member decides
	Decided    []askView  // what the proposer decided by themselves
	Waived     []askView  // what was accepted
	MayRefuse  bool
	Refuse     Part
	Against    Field // why it must not leave
	Used       string
	Who        Field // who else knows that this happened, and what they can do
	Wait       string
	MayRelease bool
	Release    passForm
	To         Field // to whom it goes
	Left       bool  // it has left
	Files      []fileLine
	Changed    string // since it left
	MayTell    bool
	Tell       Part
	How        Field // how those who have it were told
	Notice     string
	NoticeLang string
}

// A stepView is one step of the way out.
type stepView struct {
	Name, Words, Reason string
	Done                bool
}

// A passForm is a form that asks for the passphrase again.
type passForm struct {
	P      *locale.Printer
	Start  Part
	PassID string
}

// A fileLine is a file to be downloaded.
type fileLine struct{ Href, Name, Words string }

func (s *Server) dossierPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	ref, err := bareRef(r, "dossier", claim.RefDossier)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "dossiers")
	if err != nil {
		return err
	}
	preview, row, err := s.Desk.Dossier(r.Context(), by, c.t.file.ID, ref)
	gone := row.Erased && row.Released != nil // who has it has still to be told
	if err != nil && !gone {
		return s.notADossier(w, r, by, ref, err)
	}
	c.Here = c.Base + "/dossier/" + bare(ref)
	p := dossierPage{caseFrame: c, Row: c.t.dossierRow(row)}
	if !gone {
		p.shows(preview, row, editing.allows(by))
		if p.Copies, err = s.copiesOf(r, by, &p, row.Dossier); err != nil {
			return err
		}
	}
	p.Steps = []stepView{c.t.stepView("proposed", row.Proposed), c.t.stepView("approved", row.Approved), c.t.stepView("released", row.Released)}
	if row.Refused != nil {
		p.Steps = append(p.Steps[:1], c.t.stepView("refused", row.Refused))
	}
	p.Approve = c.In("approve")
	p.Who = p.Approve.Needed("reason")
	p.Who.Label, p.Who.Hint = c.T("ui.out.approve.who"), c.T("ui.out.approve.hint")
	p.Release = passForm{c.P, c.In("release"), "release-pass"}
	if !gone {
		p.answers(preview, row)
	}
	p.To = p.Release.Start.Needed("recipient")
	p.To.Hint = c.T("ui.out.recipient.hint")
	p.MayRefuse = editing.allows(by) && row.Released == nil && row.Refused == nil && row.Proposed.By != by.Member
	switch {
	case row.Refused != nil:
		p.Wait = c.T("ui.out.wait.refused")
	case row.Released != nil:
		if err := s.left(r, by, &p, ref); err != nil {
			return err
		}
		if releasing.allows(by) && !gone {
			p.Files = c.fileLines(preview.Files)
		}
	case row.Approved != nil:
		p.MayRelease = releasing.allows(by) && preview.Clear
		if !p.MayRelease {
			p.Wait = c.T("ui.out.wait.release")
		}
	default:
		p.MayApprove = editing.allows(by) && row.Proposed.By != by.Member && preview.Ready
		if !p.MayApprove {
			p.Wait = c.T("ui.out.wait.approve")
		}
	}
	return s.show(w, f, "dossier", p)
}

// left says what has changed since a dossier was released.
func (s *Server) left(r *http.Request, by habeas.Actor, p *dossierPage, ref claim.Ref) error {
	p.Left = true
	rows, err := s.Desk.Releases(r.Context(), by, "")
	if err == nil {
		p.changes(rows, ref, releasing.allows(by))
	}
	return err
}

func (t teller) stepView(name string, s *habeas.Step) stepView {
	v := stepView{Name: t.p.T("ui.out.col." + name), Words: t.p.T("ui.out.not_yet")}
	if s != nil {
		v.Words, v.Reason, v.Done = t.step(s), s.Reason, true
	}
	return v
}

func (c caseFrame) fileLines(files []gate.File) []fileLine {
	var lines []fileLine
	for _, f := range files {
		lines = append(lines, fileLine{c.Here + "/file/" + f.Name, f.Name, c.P.N("ui.bytes", len(f.Bytes))})
	}
	return lines
}

func (s *Server) propose(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	opt := dossierOptions(r, f)
	if opt.Audience == "" || opt.Lang == "" {
		return fault.New(fault.Invalid, "dossier.no_audience", fault.Field("audience"))
	}
	ref, err := s.Desk.Propose(r.Context(), by, id, opt)
	if err != nil {
		return shownRefusal(err)
	}
	return see(w, r, casePath(id)+"/dossier/"+bare(ref))
}

// shownRefusal makes a refusal of the gate the fault that a page shows; where
// the hits are, the page shows by itself.
func shownRefusal(err error) error {
	if refusal, ok := errors.AsType[*gate.Refusal](err); ok {
		return refusal.Unwrap()
	}
	return err
}

func (s *Server) approve(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := inCase(r, "dossier", claim.RefDossier)
	if err != nil {
		return err
	}
	if err := s.Desk.Approve(r.Context(), by, id, ref, f.Trimmed("reason"), f.All("accept")...); err != nil {
		return shownRefusal(err)
	}
	return see(w, r, casePath(id)+"/dossier/"+bare(ref))
}

func (s *Server) release(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := inCase(r, "dossier", claim.RefDossier)
	if err != nil {
		return err
	}
	if _, err := s.Desk.Release(r.Context(), by, id, ref, f.Trimmed("recipient"), f.Secret(passField)); err != nil {
		return shownRefusal(err)
	}
	return see(w, r, casePath(id)+"/dossier/"+bare(ref))
}

// released returns what was let out: the only bytes that a download sends.
func (s *Server) released(r *http.Request, by habeas.Actor) (gate.Cleared, error) {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return gate.Cleared{}, err
	}
	ref, err := bareRef(r, "dossier", claim.RefDossier)
	if err != nil {
		return gate.Cleared{}, err
	}
	cleared, err := s.Desk.Released(r.Context(), by, id, ref)
	return cleared, shownRefusal(err)
}

func (s *Server) downloadAll(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	cleared, err := s.released(r, by)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := cleared.WriteTo(&b); err != nil {
		return err
	}
	digest := cleared.Digest()
	return download(w, fmt.Sprintf("dossier-%x.zip", digest[:4]), "application/zip", b.Bytes())
}

func (s *Server) downloadFile(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	cleared, err := s.released(r, by)
	if err != nil {
		return err
	}
	file, ok := cleared.File(r.PathValue("name"))
	if !ok {
		return fault.New(fault.NotFound, "page.none")
	}
	return download(w, file.Name, file.Media, file.Bytes)
}

// download sends a file that is never shown in the browser itself.
func download(w http.ResponseWriter, name, media string, b []byte) error {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	// An error here is a reader who left; there is nobody to tell.
	_, _ = w.Write(b)
	return nil
}
