package web

import (
	"net/http"
	"slices"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/internal/locale"
)

// exhibitPage is one exhibit: what it is, what was made of it, and what came of it.
type exhibitPage struct {
	caseFrame
	Words  string
	Name   string // while names are shown
	Facts  []factView
	Notes  []factView
	Events []custodyView
	Whole  bool
	State  string
	Bad    bool
	Safe   *safeView
	Reveal revealForm

	MarkedView *markedView
	Mark       Part
	MarkWords  Field
	Made       []madeNode
	Redacts    bool // parts of it can be taken out here

	MakeSafe, Check    Part
	Take               takeView
	Note               Part
	Act, To, NoteWords Field
	Proofs             proofsView
}

// A factView is one thing that is known.
type factView struct {
	Label, Value, Href string
	Code               bool // digits to be compared
}

// A custodyView is one event, in the words of PREMIS and in plain ones.
type custodyView struct {
	When, ISO   string
	Act, Words  string
	Who, Of     string
	How         string
	To, Note    string // "" while names are not shown
	Hidden      bool   // there is something to be seen while they are
	State       string
	Bad         bool
	Sum, Parent string
}

// A vaultLeft is something that is not in the safe copy.
type vaultLeft struct{ What, Where, Value string }

// A takeView is the form that takes a file to one's own device.
type takeView struct {
	P      *locale.Printer
	Start  Part
	Which  Field
	PassID string
}

func (s *Server) exhibitPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := caseExhibit(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "exhibits")
	if err != nil {
		return err
	}
	x, err := s.Desk.Exhibit(r.Context(), by, id, ref)
	if err != nil {
		return err
	}
	c.Here = exhibitPath(id, ref)
	p := exhibitPage{caseFrame: c, Words: c.exhibitWords(ref), Whole: x.Whole, Reveal: c.revealForm()}
	p.State, p.Bad = p.stateOf(x)
	p.facts(x)
	for _, e := range x.Events {
		p.Events = append(p.Events, p.event(x, e))
	}
	if x.Safe != nil {
		if p.Safe, err = s.safeView(r, by, c, x, habeas.FileOf{Exhibit: ref}, x.Safe); err != nil {
			return err
		}
		p.Redacts = c.Open && redacts(x) && p.Safe.Shows
	}
	p.MarkedView, p.Made = c.marked(x), c.madeTree(x)
	p.forms(x)
	beside, err := s.Desk.ProofFiles(r.Context(), by, id, ref)
	if err != nil {
		return err
	}
	p.proofs(x, beside)
	return s.show(w, f, "exhibit", p)
}

// facts says what the exhibit is. What it is called and what was noted of it may
// name somebody: it is there while names are shown.
func (p *exhibitPage) facts(x *habeas.ExhibitFile) {
	media := x.Media
	if media == "" {
		media = p.T("ui.exhibit.media.none")
	}
	p.Facts = []factView{
		{Label: p.T("ui.exhibit.size"), Value: p.size(x.Size) + " (" + p.N("ui.bytes", int(x.Size)) + ")"},
		{Label: p.T("ui.exhibit.media"), Value: media},
		{Label: "SHA-256", Value: x.SHA256, Code: true},
		{Label: "SHA-512", Value: x.SHA512, Code: true},
		{Label: p.T("ui.exhibit.received"), Value: p.P.Clock(x.Received.UTC()) + " UTC"},
		{Label: p.T("ui.exhibit.came"), Value: p.T("ui.exhibit.way." + string(x.Came))},
		{Label: p.T("ui.exhibit.statement"), Value: p.t.statement(x.Statement), Href: p.t.desk(x.Statement)},
	}
	if p.t.st.Sources[claim.Ref(x.Giver)].Ref != "" {
		p.Facts = append(p.Facts, factView{Label: p.T("ui.exhibit.giver"), Value: p.t.covered().source(claim.Ref(x.Giver)).Text})
	}
	if !p.Open {
		return
	}
	p.Name = fileName(x.Name, x.N)
	for i, value := range []string{x.Collector, x.When, x.Where, x.Method, x.Capture, x.Remarks} {
		if value != "" {
			p.Notes = append(p.Notes, factView{Label: p.T("field." + collected[i]), Value: value})
		}
	}
}

// event says what happened.
func (p *exhibitPage) event(x *habeas.ExhibitFile, e habeas.CustodyEvent) custodyView {
	v := custodyView{
		When: p.P.Clock(e.At.UTC()) + " UTC", ISO: e.At.UTC().Format("2006-01-02T15:04:05Z"), Act: string(e.Act),
		Words: p.T("ui.exhibit.act." + strings.ReplaceAll(string(e.Act), " ", "_")), Who: p.colleague(e.Name), How: e.Tool, Sum: e.SHA256, Parent: e.Parent,
		Bad: !e.Good, State: p.T("ui.exhibit.event.good"), Of: p.T("ui.exhibit.of.other"),
	}
	if v.Bad {
		v.State = p.T("ui.exhibit.event.bad")
	}
	if v.Bad && e.Act == custody.Validated {
		v.State = p.T("ui.proofs.bad")
	}
	switch {
	case e.SHA256 == x.SHA256:
		v.Of = p.T("ui.exhibit.of.original")
	case x.Safe != nil && e.SHA256 == x.Safe.SHA256:
		v.Of = p.T("ui.exhibit.of.safe")
	default:
		for _, m := range x.Made {
			if e.SHA256 == m.SHA256 || m.Safe != nil && e.SHA256 == m.Safe.SHA256 {
				v.Of = p.madeWords(m)
			}
		}
	}
	if p.Open {
		v.To, v.Note = e.To, e.Note
	}
	v.Hidden = !p.Open && e.To+e.Note != ""
	return v
}

// forms lays out what can be done with the exhibit.
func (p *exhibitPage) forms(x *habeas.ExhibitFile) {
	p.MakeSafe, p.Check = p.In("safe"), p.In("check")
	p.Mark = p.In("mark")
	if x.Mark != nil {
		p.Mark = p.In("unmark")
	}
	p.MarkWords = p.Mark.Field("ex_mark")
	in := p.In("take")
	which := []Option{{Value: "original", Label: p.T("ui.exhibit.of.original")}}
	if x.Safe != nil {
		which = slices.Insert(which, 0, Option{Value: "safe", Label: p.T("ui.exhibit.of.safe")})
	}
	p.Take = takeView{P: p.P, Start: in, Which: in.Choose("ex_which", which[0].Value, which), PassID: "take-pass"}
	p.Note = p.In("note")
	var acts []Option
	for _, a := range habeas.Handlings() {
		acts = append(acts, Option{Value: string(a), Label: p.T("ui.exhibit.act."+string(a)) + " (" + string(a) + ")"})
	}
	p.Act, p.To, p.NoteWords = p.Note.Choose("ex_act", string(custody.HandedOver), acts), p.Note.Needed("ex_to"), p.Note.Field("ex_words")
}
