package web

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// derivedRoutes returns the routes of files that were made of exhibits, and of how
// exhibits are shown.
func (s *Server) derivedRoutes() []route {
	const one = "/case/{case}/exhibit/{exhibit}"
	const made = one + "/made/{n}"
	return []route{
		{pattern: "POST /case/{case}/exhibits/small", need: casework, serve: s.showSmall, again: s.exhibitsPage},
		{pattern: "GET " + one + "/picture", need: casework, serve: s.showPicture},
		{pattern: "POST " + one + "/mark", need: casework, serve: s.markExhibit, again: s.exhibitPage},
		{pattern: "GET " + one + "/made", need: casework, serve: s.newDerived},
		{pattern: "POST " + one + "/made", need: casework, serve: s.addDerived, again: s.newDerived, files: true},
		{pattern: "GET " + made, need: casework, serve: s.derivedPage},
		{pattern: "GET " + made + "/safe", need: casework, serve: s.showSafeCopy},
		{pattern: "GET " + made + "/picture", need: casework, serve: s.showPicture},
		{pattern: "POST " + made + "/safe", need: casework, serve: s.makeSafeCopy, again: s.derivedPage},
		{pattern: "POST " + made + "/look", need: casework, serve: s.lookAtExhibit, again: s.derivedPage},
		{pattern: "POST " + made + "/take", need: casework, serve: s.takeExhibit, again: s.derivedPage, repeats: true},
		{pattern: "GET " + one + "/redact", need: casework, serve: s.redactPage},
		{pattern: "POST " + one + "/redact", need: casework, serve: s.redact, again: s.redactPage},
		{pattern: "POST " + one + "/redact/try", need: casework, serve: s.tryRedaction, again: s.redactPage, repeats: true},
		{pattern: "GET " + one + "/redact/picture", need: casework, serve: s.redactedPicture},
	}
}

// A madeNode is a file of an exhibit in the tree of what was made of it.
type madeNode struct {
	Words, Href string
	About       string // language, day, who kept it
	Safe        string // words, if it has a safe copy that is another file
	Under       []madeNode
}

// madeTree lays out what was made of an exhibit, and of what came of that. Each file
// stands in it once, whatever its parent says.
func (c caseFrame) madeTree(x *habeas.ExhibitFile) []madeNode {
	placed := map[int]bool{}
	nodes := c.madeOf(x, x.SHA256, placed)
	for _, m := range x.Made {
		if !placed[m.N] {
			nodes = append(nodes, c.madeNode(x, m, placed))
		}
	}
	return nodes
}

// madeOf lays out what was made of the file with that hash.
func (c caseFrame) madeOf(x *habeas.ExhibitFile, parent string, placed map[int]bool) (nodes []madeNode) {
	for _, m := range x.Made {
		if m.Parent == parent && !placed[m.N] {
			nodes = append(nodes, c.madeNode(x, m, placed))
		}
	}
	return nodes
}

func (c caseFrame) madeNode(x *habeas.ExhibitFile, m *habeas.DerivedFile, placed map[int]bool) madeNode {
	placed[m.N] = true
	n := madeNode{Words: c.madeWords(m), Href: filePath(c.t.file.ID, habeas.FileOf{Exhibit: x.Ref(), N: m.N})}
	about := []string{c.P.Day(m.At), c.colleague(m.Member)}
	if m.Lang != "" {
		about = slices.Insert(about, 0, c.languageWords(m.Lang))
	}
	if n.About = strings.Join(about, " · "); m.Safe != nil && !m.Here {
		n.Safe = c.T("ui.exhibit.of.safe")
	}
	if m.SHA256 != m.Parent {
		n.Under = c.madeOf(x, m.SHA256, placed)
	}
	return n
}

// madeWords names a file that was made of an exhibit.
func (fr Frame) madeWords(m *habeas.DerivedFile) string {
	return fr.T("ui.made.one", fr.T("ui.made."+strings.ReplaceAll(m.Purpose, " ", "_")), m.N)
}

func (fr Frame) languageWords(lang string) string {
	if key := "ui.language." + lang; fr.P.Has(key) {
		return fr.T(key)
	}
	return lang
}

// derivedPage is one file that was made of an exhibit.
type derivedPage struct {
	caseFrame
	Words      string
	Back       string
	BackIs     string
	Name       string // while names are shown
	Facts      []factView
	Notes      []factView
	Hidden     bool // there are notes, which are shown while names are
	Safe       *safeView
	MakeSafe   Part
	Take       takeView
	Reveal     revealForm
	Redaction  bool
	Warns      []string // what to look at before a redaction leaves
	MarkedView *markedView
}

func (s *Server) derivedPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, of, err := caseFile(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "exhibits")
	if err != nil {
		return err
	}
	x, err := s.Desk.Exhibit(r.Context(), by, id, of.Exhibit)
	if err != nil {
		return err
	}
	if of.N > len(x.Made) {
		return fault.New(fault.NotFound, "exhibit.none")
	}
	m := x.Made[of.N-1]
	c.Here = filePath(id, of)
	p := derivedPage{caseFrame: c, Words: c.madeWords(m), Back: exhibitPath(id, of.Exhibit), BackIs: c.exhibitWords(of.Exhibit), Reveal: c.revealForm(), Redaction: m.Purpose == habeas.Redaction}
	p.facts(x, m)
	p.warns(m)
	p.MarkedView = c.marked(x)
	if m.Safe != nil {
		if p.Safe, err = s.safeView(r, by, c, x, of, m.Safe); err != nil {
			return err
		}
	}
	if m.Here {
		p.Safe.Facts = nil // they are the facts of the file
	}
	p.MakeSafe = p.In("safe")
	which := []Option{{Value: "original", Label: p.Words}}
	if m.Safe != nil && !m.Here {
		which = slices.Insert(which, 0, Option{Value: "safe", Label: p.T("ui.exhibit.of.safe")})
	}
	in := p.In("take")
	p.Take = takeView{P: p.P, Start: in, Which: in.Choose("ex_which", which[0].Value, which), PassID: "take-pass"}
	return s.show(w, f, "derived", p)
}

// facts says what the file is, and what it was made of.
func (p *derivedPage) facts(x *habeas.ExhibitFile, m *habeas.DerivedFile) {
	id := p.t.file.ID
	parent := factView{Label: p.T("ui.made.of"), Value: p.T("ui.exhibit.of.original"), Href: exhibitPath(id, x.Ref())}
	for _, o := range x.Made {
		if o.SHA256 == m.Parent && o.N != m.N && m.Parent != x.SHA256 {
			parent.Value, parent.Href = p.madeWords(o), filePath(id, habeas.FileOf{Exhibit: x.Ref(), N: o.N})
			break
		}
	}
	media := m.Media
	if media == "" {
		media = p.T("ui.exhibit.media.none")
	}
	p.Facts = []factView{
		parent,
		{Label: p.T("ui.made.parent"), Value: m.Parent, Code: true},
		{Label: "SHA-256", Value: m.SHA256, Code: true},
		{Label: p.T("ui.exhibit.size"), Value: p.size(m.Size)},
		{Label: p.T("ui.exhibit.media"), Value: media},
		{Label: p.T("ui.made.kept"), Value: p.P.Clock(m.At.UTC()) + " UTC"},
		{Label: p.T("ui.exhibit.col.who"), Value: p.colleague(m.Member)},
	}
	if m.Lang != "" {
		p.Facts = append(p.Facts, factView{Label: p.T("field.ex_lang"), Value: p.languageWords(m.Lang)})
	}
	if p.Hidden = !p.Open && m.Name+m.Who+m.Why != ""; !p.Open {
		return
	}
	if m.Name != "" {
		p.Name = fileName(m.Name, m.N)
	}
	for _, n := range []factView{{Label: p.T("field.ex_who"), Value: m.Who}, {Label: p.T("field.ex_why"), Value: m.Why}} {
		if n.Value != "" {
			p.Notes = append(p.Notes, n)
		}
	}
}

// warns says what a redaction did not do, and what to look at before it leaves.
func (p *derivedPage) warns(m *habeas.DerivedFile) {
	if !p.Redaction || m.Safe == nil {
		return
	}
	var unread, pictured []string
	for _, l := range m.Safe.Left {
		switch {
		case l.What == habeas.PageUnread:
			unread = append(unread, l.Where)
		case l.What == habeas.PagePictured:
			pictured = append(pictured, l.Where)
		case l.What == habeas.Unproved:
			p.Warns = append(p.Warns, p.T("ui.made.unproved"))
		case l.What == habeas.WordTaken && l.Where == "0" && p.Open:
			p.Warns = append(p.Warns, p.T("ui.made.word.none", l.Value.Reveal()))
		}
	}
	if len(unread) > 0 {
		p.Warns = append(p.Warns, p.T("ui.made.unread", p.P.List(unread...)))
	}
	if len(pictured) > 0 {
		p.Warns = append(p.Warns, p.T("ui.made.pictured", p.P.List(pictured...)))
	}
}

// newDerivedPage is the form that adds a file made of an exhibit.
type newDerivedPage struct {
	caseFrame
	Words, Back           string
	Start                 Part
	Made, Of, Language    Field
	Who, Why, Typed, File Field
}

func (s *Server) newDerived(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
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
	in := c.In("made")
	p := newDerivedPage{caseFrame: c, Words: c.exhibitWords(ref), Back: exhibitPath(id, ref), Start: in}
	p.Here = p.Back + "/made"
	var made []Option
	for _, m := range habeas.Derivations() {
		made = append(made, Option{Value: m, Label: c.T("ui.made." + strings.ReplaceAll(m, " ", "_"))})
	}
	of := []Option{{Value: "0", Label: c.T("ui.exhibit.of.original")}}
	for _, m := range x.Made {
		of = append(of, Option{Value: strconv.Itoa(m.N), Label: c.madeWords(m)})
	}
	langs := append([]Option{{Value: "", Label: c.T("ui.made.lang.none")}}, c.languages()...)
	p.Made, p.Of, p.Language = in.Choose("ex_made", made[0].Value, made), in.Choose("ex_of", "0", of), in.Choose("ex_lang", "", langs)
	p.Who, p.Why, p.Typed, p.File = in.Field("ex_who"), in.Field("ex_why"), in.Field("ex_typed"), in.Field(exhibitFile)
	p.File.Label, p.File.Hint = c.T("ui.made.file"), c.T("ui.made.file.hint")
	return s.show(w, f, "derived_new", p)
}

// addDerived keeps what was typed, or the file that came.
func (s *Server) addDerived(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := caseExhibit(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(f.Get("ex_of"))
	if err != nil {
		return fault.New(fault.NotFound, "exhibit.none")
	}
	var u *habeas.Upload
	if len(f.uploads) == 1 {
		u = f.uploads[0]
	}
	typed := f.Trimmed("ex_typed")
	switch {
	case u != nil && typed != "":
		return fault.New(fault.Invalid, "exhibit.text_and_file", fault.Field(exhibitFile))
	case u == nil && typed == "":
		return fault.New(fault.Invalid, "exhibit.nothing", fault.Field("ex_typed"))
	case u == nil:
		if u, err = s.Desk.UploadExhibit(r.Context(), by, vault.NewText("")); err != nil {
			return err
		}
		defer u.Discard()
		if _, err = io.WriteString(u, typed+"\n"); errors.Join(err, u.Close()) != nil {
			return errors.Join(err, u.Close())
		}
	}
	lang := f.Get("ex_lang")
	of, err := s.Desk.AddDerived(r.Context(), by, id, habeas.FileOf{Exhibit: ref, N: n}, u, habeas.Derivation{
		Purpose: f.Get("ex_made"), Lang: lang, Who: f.Trimmed("ex_who"), Why: f.Trimmed("ex_why"),
	})
	if err != nil {
		return err
	}
	return see(w, r, filePath(id, of))
}

// A markedView says that an exhibit shows what may hurt to see.
type markedView struct {
	Words string // while names are shown
	Who   string
}

// marked returns the mark of an exhibit, or nil.
func (c caseFrame) marked(x *habeas.ExhibitFile) *markedView {
	if x.Mark == nil {
		return nil
	}
	v := &markedView{Who: c.T("ui.mark.graphic.by", c.colleague(x.Mark.Member), c.P.Day(x.Mark.At))}
	if c.Open {
		v.Words = x.Mark.Words
	}
	return v
}

// smallOf returns the picture of an exhibit in the list of them, or "".
func (s *Server) smallOf(by habeas.Actor, id ledger.ID, x *habeas.ExhibitFile) (path string, could bool) {
	if x.Safe == nil || !habeas.Glimpses(x.Safe.Media) {
		return "", false
	}
	if !s.Desk.LooksAt(by, id, x.Ref()) {
		return "", true
	}
	return exhibitPath(id, x.Ref()) + "/picture?small=1", false
}
