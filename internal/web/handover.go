package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/internal/locale"
)

// handoverRoutes returns the routes of the pages about exhibits that are handed over.
func (s *Server) handoverRoutes() []route {
	const one = "/case/{case}/bundle/{dossier}"
	return []route{
		{pattern: "GET /case/{case}/handover", need: editing, serve: s.handoverPage},
		{pattern: "POST /case/{case}/handover/look", need: editing, serve: s.handoverPage, again: s.handoverPage, repeats: true},
		{pattern: "POST /case/{case}/handover", need: editing, serve: s.proposeHandover, again: s.handoverPage},
		{pattern: "GET " + one, need: editing, serve: s.bundlePage},
		{pattern: "POST " + one + "/approve", need: editing, serve: s.approveBundle, again: s.bundlePage},
		{pattern: "POST " + one + "/refuse", need: editing, serve: s.refuseBundle, again: s.bundlePage},
		{pattern: "POST " + one + "/release", need: releasing, serve: s.releaseBundle, again: s.bundlePage},
		{pattern: "POST " + one + "/take", need: releasing, serve: s.takeBundle, again: s.bundlePage, repeats: true},
	}
}

// handoverPage chooses exhibits, and shows what would be handed over.
type handoverPage struct {
	caseFrame
	NamesFirst bool // the reader has to have names shown before
	Choose     Part
	Rows       []handableRow
	For        Field
	Partner    Field
	To, Keys   Field
	Propose    Part
	View       *handoverView
	Ready      bool // every file goes: it can be proposed
	Chosen     []sentField
}

// A sentField is something chosen before, to be sent again.
type sentField struct{ Name, Value string }

// A handableRow is an exhibit, with the files of it that can be chosen.
type handableRow struct {
	Words, Name string
	Files       []boxField
}

// A handoverView is what is handed over, and what people have to decide about it.
type handoverView struct {
	P         *locale.Printer
	To        string
	Files     []handedView
	Texts     []factView
	Questions []questionView
	Keys      []string
}

// A handedView is a file and whether it goes.
type handedView struct {
	Href, Words, Which, Name, Media, Size, SHA256 string
	Goes                                          bool
	Why                                           string
	Statement, Consent                            string // where what was agreed to is
}

// A questionView is something that only people can tell.
type questionView struct {
	ID, Key, About string
	Words          string
	Quoted         string
	Who            who
	Unread         []string
	Field          Field  // the answer
	Reason         string // that was given
}

func (s *Server) handoverPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "exhibits")
	if err != nil {
		return err
	}
	if !c.Vault {
		return fault.New(fault.Forbidden, "may.needs_vault")
	}
	c.Here = c.Base + "/handover"
	if r.Method == http.MethodPost {
		c.Path = c.Here // where the page can be asked for again
	}
	p := handoverPage{caseFrame: c, NamesFirst: !c.Open, Choose: c.In("handover"), Propose: c.In("propose")}
	if p.NamesFirst {
		return s.show(w, f, "handover", p)
	}
	all, err := s.Desk.Handable(r.Context(), by, c.t.file.ID)
	if err != nil {
		return err
	}
	opt, err := handoverOptions(f)
	if err != nil {
		return err
	}
	if letter := claim.Ref(r.URL.Query().Get("letter")); r.Method == http.MethodGet && letter != "" {
		if opt, err = s.enclosed(r, by, c.t.file.ID, letter, all); err != nil {
			return err
		}
	}
	p.choose(all, opt)
	if r.Method == http.MethodPost && (!f.Failed() || f.Is("propose")) {
		if err := s.previewHandover(r, by, &p, opt); err != nil && !f.Failed() {
			return err
		}
	}
	return s.show(w, f, "handover", p)
}

// copiesOf returns where copies of the exhibits that a letter lists are handed over; ""
// if it lists none, or is no letter that by may make another from.
func (s *Server) copiesOf(r *http.Request, by habeas.Actor, p *dossierPage, letter claim.Ref) (string, error) {
	if p.Anew == "" {
		return "", nil
	}
	typed, err := s.Desk.TypedLetter(r.Context(), by, p.t.file.ID, letter)
	if err != nil || len(typed.Letter.Exhibits) == 0 {
		return "", err
	}
	return p.Base + "/handover?" + url.Values{"letter": {string(letter)}}.Encode(), nil
}

// enclosed chooses the safe copies of the exhibits that a letter lists, for its reader.
// One that has none is left for its member to choose.
func (s *Server) enclosed(r *http.Request, by habeas.Actor, id habeas.CaseID, letter claim.Ref, all []*habeas.ExhibitFile) (opt habeas.HandoverOptions, err error) {
	typed, err := s.Desk.TypedLetter(r.Context(), by, id, letter)
	if err != nil {
		return opt, err
	}
	opt.Audience = typed.Audience
	for _, x := range all {
		if x.Safe != nil && slices.Contains(typed.Letter.Exhibits, x.Ref()) {
			opt.Items = append(opt.Items, habeas.HandedItem{Exhibit: x.Ref(), Which: habeas.HandSafe})
		}
	}
	return opt, nil
}

// choose lays out the form in which files and readers are chosen, with what was
// chosen in either form.
func (p *handoverPage) choose(all []*habeas.ExhibitFile, opt habeas.HandoverOptions) {
	in := p.Choose
	p.For = in.Choose("audience", opt.Audience, terms(p.P, "audience"))
	p.Partner, p.To, p.Keys = in.Filled("partner", opt.Partner), in.Needed("recipient"), in.Field("keys")
	p.To.Hint = p.T("ui.out.recipient.hint")
	p.For.Value, p.Partner.Value, p.To.Value, p.Keys.Value = opt.Audience, opt.Partner, opt.To, strings.Join(opt.Keys, "\n")
	for i, o := range p.For.Options {
		p.For.Options[i].Chosen = o.Value == opt.Audience
	}
	for i, x := range all {
		row := handableRow{Words: p.exhibitWords(x.Ref()), Name: fileName(x.Name, x.N)}
		add := func(which, words string) {
			it := habeas.HandedItem{Exhibit: x.Ref(), Which: which}
			row.Files = append(row.Files, boxField{ID: "item-" + strconv.Itoa(i+1) + "-" + which, Name: "item", Value: it.String(), Label: words, On: slices.Contains(opt.Items, it)})
		}
		add(habeas.HandOriginal, p.T("ui.exhibit.of.original"))
		if x.Safe != nil {
			add(habeas.HandSafe, p.T("ui.exhibit.of.safe"))
		}
		for _, m := range x.Made {
			if m.Safe != nil {
				add(habeas.HandMade(m), p.madeWords(m))
			}
		}
		p.Rows = append(p.Rows, row)
	}
}

// previewHandover shows what would be handed over.
func (s *Server) previewHandover(r *http.Request, by habeas.Actor, p *handoverPage, opt habeas.HandoverOptions) error {
	answers := opt.Answers
	opt.Answers = nil
	h, err := s.Desk.PreviewHandover(r.Context(), by, p.t.file.ID, opt)
	if err != nil {
		return err
	}
	p.View = p.t.handover(h, p.Propose)
	for _, a := range answers {
		for i, q := range p.View.Questions {
			if q.Key == a.Key {
				p.View.Questions[i].Field.Value = a.Reason
			}
		}
	}
	p.Ready = h.Goes() > 0
	p.Chosen = []sentField{{"audience", opt.Audience}, {"partner", opt.Partner}, {"recipient", opt.To}, {"keys", strings.Join(h.Keys, "\n")}}
	for _, f := range h.Files {
		if f.Why == "" { // what stays is left out of what is proposed
			p.Chosen = append(p.Chosen, sentField{"item", f.HandedItem.String()})
		}
	}
	return nil
}

// handoverOptions reads what was chosen.
func handoverOptions(f *Form) (habeas.HandoverOptions, error) {
	opt := habeas.HandoverOptions{Audience: f.Get("audience"), Partner: f.Trimmed("partner"), To: f.Trimmed("recipient")}
	if opt.Audience != claim.ToPartner {
		opt.Partner = ""
	}
	for line := range strings.Lines(f.Get("keys")) {
		if line = strings.TrimSpace(line); line != "" {
			opt.Keys = append(opt.Keys, line)
		}
	}
	for _, v := range f.All("item") {
		it, err := habeas.ParseHanded(v)
		if err != nil {
			return opt, err
		}
		opt.Items = append(opt.Items, it)
	}
	for _, key := range f.All("ask") {
		if why := f.Trimmed("why." + key); why != "" {
			opt.Answers = append(opt.Answers, habeas.HandedAnswer{Key: key, Reason: why})
		}
	}
	return opt, nil
}

// handover puts into words what is handed over. in is the form that the answers
// stand in.
func (t teller) handover(h *habeas.Handover, in Part) *handoverView {
	v := &handoverView{P: t.p, To: t.p.T("ui.out.to", h.To), Keys: h.Keys}
	for _, f := range h.Files {
		row := handedView{
			Href: t.base + "/exhibit/" + bare(f.Exhibit), Words: t.exhibitWords(f.Exhibit), Which: t.which(f.Which), Name: f.Name, Media: f.Media, Size: Frame{P: t.p}.size(f.Size), SHA256: f.SHA256, Goes: f.Why == "",
			Statement: t.statement(f.Statement), Consent: t.desk(f.Statement) + "/consent",
		}
		if !row.Goes {
			row.Why = t.p.T("handover.why." + f.Why)
			if f.Why == habeas.StaysConsent {
				row.Why += " " + t.allowance(f.Allowed)
			}
		}
		v.Files = append(v.Files, row)
	}
	for _, x := range h.Texts {
		label := map[string]string{"name": "ui.exhibit.name", "to": "field.ex_to", "note": "field.ex_words", "purpose": "ui.handover.purpose", "tool": "ui.exhibit.col.how", "proof": "ui.proofs.title", "lang": "field.ex_lang"}[x.Field]
		if label == "" {
			label = "field.ex_" + x.Field
		}
		words := t.p.T(label)
		if x.Act != "" {
			words = t.p.T("ui.exhibit.act."+strings.ReplaceAll(string(x.Act), " ", "_")) + ", " + words
		}
		v.Texts = append(v.Texts, factView{Label: t.exhibitWords(x.Exhibit) + ": " + words, Value: x.Words})
	}
	for i, q := range h.Questions {
		v.Questions = append(v.Questions, t.question(q, i, in))
	}
	return v
}

func (t teller) question(q habeas.Question, i int, in Part) questionView {
	v := questionView{ID: "accept-" + strconv.Itoa(i+1), Key: q.Key, About: q.About, Reason: q.Reason, Words: t.p.T("ui.handover.ask."+q.About, t.exhibitWords(q.Exhibit), t.which(q.Which))}
	switch q.About {
	case habeas.AskWords:
		v.Quoted = q.Words
	case habeas.AskHit:
		if v.Who = t.who(q.Person); q.People > 0 {
			v.Who = who{Text: t.p.T("ui.out.hit.people", q.People)}
		}
	case habeas.AskFile:
		for _, u := range q.Unread {
			v.Unread = append(v.Unread, t.unread(u))
		}
	}
	name := "why." + q.Key
	v.Field = Field{ID: "answer-" + strconv.Itoa(i+1), Name: name, Label: t.p.T("ui.handover.answer"), Value: in.Form.Get(name), Required: true}
	return v
}

func (t teller) unread(u gate.Unread) string {
	words := t.p.T("gate.unreadable." + string(u.Reason))
	if u.Part != "" {
		words = u.Part + ": " + words
	}
	return words
}

func (t teller) exhibitWords(ref claim.Ref) string { return Frame{P: t.p}.exhibitWords(ref) }

// which says which file of an exhibit is meant, or that it is what is said of it.
func (t teller) which(which string) string {
	switch which {
	case habeas.HandOriginal:
		return t.p.T("ui.exhibit.of.original")
	case habeas.HandSafe:
		return t.p.T("ui.exhibit.of.safe")
	}
	if purpose, n, made := strings.Cut(which, "-"); made && t.p.Has("ui.made."+purpose) {
		return t.p.T("ui.made.one", t.p.T("ui.made."+purpose), n)
	}
	return t.p.T("ui.handover.entries")
}

func (s *Server) proposeHandover(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	opt, err := handoverOptions(f)
	if err != nil {
		return err
	}
	ref, err := s.Desk.ProposeHandover(r.Context(), by, id, opt)
	if err != nil {
		return shownRefusal(err)
	}
	return see(w, r, bundlePath(id, ref))
}
