package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/letter"
)

// draftPage is a letter to an authority while it is being written: which, what only
// a member can say, and how it would leave.
type draftPage struct {
	dossiersPage
	Back, Called  string // the letter it will be
	Pick          Part
	Which         Field
	Chosen        bool
	Faulty        bool // templates of the office have errors
	Note          string
	Conditions    []string
	ConsentOf     string
	Signs, From   Field
	Typed         []typedField
	Enclosures    Field
	Earlier       []boxField // earlier letters that can be told of
	Exhibits      []boxField // that can be listed
	WasChosen     bool       // both, before names were hidden
	Leaves        []boxField // sentences that can stay out
	Out           []string   // the keys of those that were chosen
	Lacks         bool       // something that it must have
	Letter        *writtenView
	MayWriteNames bool
}

// A typedField is a field of a template that a member types.
type typedField struct {
	Field
	Lines bool
}

// A writtenView is a letter as it reads, with what each sentence rests on, and what
// it must have.
type writtenView struct {
	Lang      string
	Checklist []checkView
	Blocks    []writtenBlock
	Notes     []noteView
}

type checkView struct {
	Label, State, Basis, Tag string
	Must, Missing, Unread    bool
}

type writtenBlock struct {
	Heading, Right, Item bool
	Spans                []letter.Span
}

type noteView struct {
	ID, N string
	Rests []whereView
}

// Fields of the form beside those of the letter itself, which begin with typedPrefix.
const (
	typedPrefix = "said."
	formField   = "letter_form"
)

// A form that can be chosen is a template, or a procedure in one of its languages.
type letterForm struct {
	key, lang string
	elements  []letter.Element
	audience  string
	note      string // on the template
}

func (c letterForm) value() string { return c.key + " " + c.lang }

// chosenForm returns what a value of the field stands for.
func chosenForm(set *letter.Set, value string) (c letterForm, ok bool) {
	key, lang, _ := strings.Cut(value, " ")
	if t, ok := set.Get(key); ok && t.Lang == lang {
		return letterForm{key, lang, t.Law.Elements, habeas.LetterAudience(t.To), t.Note}, true
	}
	if p, ok := letter.ProcedureByID(key); ok && slices.Contains(p.Langs, lang) && slices.Contains(letter.Langs(), lang) {
		return letterForm{key: key, lang: lang, elements: p.Elements(), audience: "un"}, true
	}
	return c, false
}

// letterForms returns all that can be chosen, those of the law of an authority first.
func (p *draftPage) letterForms(set *letter.Set, a *habeas.AppealFile) []Option {
	body, _ := p.t.st.Authority(a.Authority)
	templates := set.All()
	slices.SortStableFunc(templates, func(x, y *letter.Template) int {
		far := func(t *letter.Template) int {
			n := 2
			if t.Law.Jurisdiction == body.Jurisdiction {
				n = 0
			}
			if t.To != p.t.st.Units[a.Authority].Kind {
				n++
			}
			return n
		}
		return cmp.Compare(far(x), far(y))
	})
	all := []Option{{Label: p.T("ui.pick.choose")}, {Label: p.T("ui.draft.templates"), Group: true}}
	for _, t := range templates {
		label := t.Title + " · " + p.T("letter.to."+t.To) + " · " + p.T("ui.language."+t.Lang)
		all = append(all, Option{Value: t.Key + " " + t.Lang, Label: label})
	}
	all = append(all, Option{Label: p.T("ui.draft.procedures"), Group: true})
	for _, u := range letter.Procedures() {
		for _, lang := range u.Langs {
			if c, ok := chosenForm(set, u.ID+" "+lang); ok {
				all = append(all, Option{Value: c.value(), Label: p.T("letter.procedure."+u.ID) + " · " + p.T("ui.language."+lang)})
			}
		}
	}
	return all
}

func (s *Server) draftPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := caseAppeal(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "appeals")
	if err != nil {
		return err
	}
	a, err := s.Desk.Appeal(r.Context(), by, id, ref)
	if err != nil {
		return err
	}
	if c.Vault && c.Open {
		if f, err = s.anew(r, by, f, id, ref); err != nil {
			return err
		}
		c.Form = f
	}
	c.Here = appealPath(id, ref) + "/draft"
	if r.Method == http.MethodPost {
		c.Path = c.Here
	}
	p := draftPage{dossiersPage: dossiersPage{caseFrame: c, Composes: true, Look: c.In("preview"), Propose: c.In("propose"), Sure: f.Get(sureField) == "1"}}
	p.LookAt, p.Back, p.Called, p.Pick = c.Here+"/look", appealPath(id, ref), a.Title, c.In("pick")
	p.MayWriteNames = c.Vault && c.Open
	value := cmp.Or(f.Get(formField), r.URL.Query().Get(formField))
	set, faulty, err := s.Desk.Templates(by)
	if err != nil {
		return err
	}
	chosen, ok := chosenForm(set, value)
	p.Which, p.Faulty = p.Pick.Choose(formField, value, p.letterForms(set, a)), faulty
	// What was typed comes back, too, if names were hidden in between.
	if p.Chosen = ok && (p.MayWriteNames || r.Method == http.MethodPost); p.Chosen {
		p.about(chosen)
		p.typed(f, chosen)
	}
	p.WasChosen = !p.MayWriteNames && f.Has(chosenField, "1")
	if p.Chosen && p.MayWriteNames {
		if err := s.previewLetter(r, by, &p, chosen, ref); err != nil {
			return err
		}
	}
	p.Which.Options = p.fitFirst(set, a, p.Which.Options)
	return s.show(w, f, "draft", p)
}

// about says what somebody should know before a letter is sent.
func (p *draftPage) about(c letterForm) {
	p.Note = c.note
	u, ok := letter.ProcedureByID(c.key)
	if !ok {
		return
	}
	for _, cond := range u.Conditions {
		words := p.T("letter.condition." + cond.ID)
		if !cond.Tag.Confirmed() {
			words += " (" + p.T("letter.tag."+string(cond.Tag)) + ")"
		}
		p.Conditions = append(p.Conditions, words)
	}
	var whose []string
	for _, term := range u.Consent {
		whose = append(whose, p.T("letter.consent."+term))
	}
	p.ConsentOf = p.T("ui.draft.consent", strings.Join(whose, ", "))
}

// typed lays out what a member types: for each thing that a letter must have the first
// field that can fill it, and their own words.
func (p *draftPage) typed(f *Form, c letterForm) {
	field := func(name, label string) Field {
		return Field{ID: "preview-" + strings.ReplaceAll(name, ".", "-"), Name: name, Label: p.T(label), Value: f.Get(name)}
	}
	senders := []Option{{Label: p.T("ui.draft.unnamed")}}
	for _, o := range p.t.everybody()[1:] {
		o.Chosen = o.Value == f.Get("letter_sender")
		senders = append(senders, o)
	}
	p.Signs, p.From = field("letter_sender", "field.letter_sender"), field("letter_from", "field.letter_from")
	p.Signs.Options = senders
	p.Out = f.All("leave")
	p.Enclosures = field("letter_enclosures", "field.letter_enclosures")
	if p.Form.Wrong("sender") {
		p.Signs.Why = p.Form.Why(p.P)
	}
	can, seen := letter.Typed(), []string{"account"}
	for _, e := range c.elements {
		for _, name := range e.Fields {
			if !slices.Contains(can, name) || slices.Contains(seen, name) {
				continue
			}
			seen = append(seen, name)
			p.Typed = append(p.Typed, typedField{field(typedPrefix+name, "letter.element."+e.ID), letter.Lines(name)})
			break
		}
	}
	p.Typed = append(p.Typed, typedField{field(typedPrefix+"account", "field.letter_account"), true})
}

// previewLetter shows what a letter would be, and keeps what was typed for the next
// form. What it is refused for stands at the form.
func (s *Server) previewLetter(r *http.Request, by habeas.Actor, p *draftPage, c letterForm, ref claim.Ref) error {
	f := p.Form
	opt := letterOptions(f, c, ref)
	if err := s.withChosen(r, by, &opt, f, p.t.file.ID); err != nil {
		return err
	}
	if err := s.chooses(r, by, p, opt.Letter, opt.Audience); err != nil {
		return err
	}
	if f.Is("choose") && !f.Failed() {
		if err := choose(&opt, f); err != nil {
			return err
		}
	}
	p.For.Value, p.InLang.Value, p.Names.On = opt.Audience, opt.Lang, true
	preview, err := s.Desk.Preview(r.Context(), by, p.t.file.ID, opt)
	if err != nil && f.Failed() {
		return nil // the same refusal stands at the form
	}
	if err != nil {
		return err
	}
	if f.Is("choose") && !f.Failed() {
		p.Form = &Form{} // every choice is in opt, and the rows are others now
	}
	p.Preview, p.Letter = p.t.preview(preview, opt.Lang), p.t.written(preview)
	p.Offers, p.Less, p.Preview.Less = p.t.offers(preview.Few, opt.Less), lessFields(opt.Less), p.t.lessWords(opt.Less)
	p.choosing(preview, opt)
	p.Ready = preview.Ready
	for _, name := range slices.Concat([]string{formField, "letter_sender", "letter_from", "letter_enclosures"}, saidFields()) {
		if v := f.Get(name); v != "" {
			p.State[name] = []string{v}
		}
	}
	p.State[formField] = []string{c.value()}
	p.State[chosenField], p.State["earlier"], p.State["exhibits"] = []string{"1"}, texts(opt.Letter.Earlier), texts(opt.Letter.Exhibits)
	p.Lacks = len(preview.Letter.Missing()) > 0
	if len(p.Out) > 0 {
		p.State["leave"] = p.Out
	}
	for i, sent := range preview.Sentences {
		if len(preview.Hits) == 0 { // or it may be one of them that names somebody
			p.Leaves = append(p.Leaves, boxField{ID: "leave-" + strconv.Itoa(i+1), Name: "leave", Value: sent.Key, Label: sent.Text, On: slices.Contains(p.Out, sent.Key)})
		}
	}
	return nil
}

func saidFields() (all []string) {
	for _, name := range letter.Typed() {
		all = append(all, typedPrefix+name)
	}
	return all
}

// written shows a letter with its sources. Its words stand there only where the gate
// found nobody in them: elsewhere the page of the file covers up what it found.
func (t teller) written(p *habeas.Preview) *writtenView {
	l := p.Letter
	if l == nil {
		return nil
	}
	v := &writtenView{Lang: l.Lang}
	for _, a := range l.Checklist {
		v.Checklist = append(v.Checklist, checkView{
			Label: t.p.T("letter.element." + a.ID), State: t.p.T("letter.state." + a.State.String()), Basis: a.Basis, Tag: t.p.T("letter.tag." + string(a.Tag)),
			Must: a.Must, Missing: a.Must && a.State == letter.Missing, Unread: !a.Tag.Confirmed(),
		})
	}
	if len(p.Hits) > 0 {
		return v
	}
	for _, b := range l.Blocks {
		v.Blocks = append(v.Blocks, writtenBlock{b.Kind == letter.Title || b.Kind == letter.Heading, b.Kind == letter.Right, b.Kind == letter.Item, b.Spans})
	}
	for _, n := range l.Notes {
		note := noteView{ID: "note-" + strconv.Itoa(n.N), N: strconv.Itoa(n.N)}
		for _, st := range n.Statements {
			note.Rests = append(note.Rests, whereView{t.desk(st), t.statement(st)})
		}
		v.Notes = append(v.Notes, note)
	}
	return v
}

// shows fills a page in with what is on its way out, for who may make such letters or
// not.
func (p *dossierPage) shows(preview *habeas.Preview, row habeas.DossierRow, may bool) {
	p.Preview, p.Letter = p.t.preview(preview, row.Lang), p.t.written(preview)
	if preview.Appeal != "" {
		p.Appeal = appealPath(p.t.file.ID, preview.Appeal)
		if may {
			p.Anew = p.Appeal + "/draft?from=" + bare(row.Dossier)
		}
	}
}

func (s *Server) proposeLetter(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := caseAppeal(r)
	if err != nil {
		return err
	}
	set, _, err := s.Desk.Templates(by)
	if err != nil {
		return err
	}
	c, ok := chosenForm(set, f.Get(formField))
	if !ok {
		return fault.New(fault.Invalid, "letter.bad_language", fault.Field("letter_form"))
	}
	opt := letterOptions(f, c, ref)
	opt.Letter.Earlier, opt.Letter.Exhibits = refsIn(f.All("earlier")), refsIn(f.All("exhibits"))
	made, err := s.Desk.Propose(r.Context(), by, id, opt)
	if err != nil {
		return shownRefusal(err)
	}
	return see(w, r, casePath(id)+"/dossier/"+bare(made))
}

// drafts lists the letters that were drafted for an appeal.
func (s *Server) drafts(p *appealPage, r *http.Request, by habeas.Actor, id ledger.ID, ref claim.Ref) error {
	rows, err := s.Desk.LettersFor(r.Context(), by, id, ref)
	for _, row := range rows {
		p.Drafts = append(p.Drafts, p.t.dossierLine(row))
	}
	return err
}

// isText reports whether a file is shown as it is: the others hold the same words.
func isText(media string) bool { return strings.HasPrefix(media, "text/") }

// wordsFile returns the file in whose words what was found is marked.
func wordsFile(p *habeas.Preview) string {
	if p.Letter != nil {
		return "letter.txt"
	}
	return "dossier.txt"
}
