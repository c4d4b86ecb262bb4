package web

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/locale"
)

// Names of fields about what is typed into others. What somebody says of words
// comes as two fields, "said." and "say." with the name of the field the words
// stand in and a number: the words, and what they are.
const (
	saidPrefix  = "said."
	sayPrefix   = "say."
	sayNone     = "none"   // nobody's name
	sayPublic   = "public" // a public figure's
	statementIn = "text"   // the field of a statement's own words, which may name people
)

// mostRows is how many words under a field are asked about.
const mostRows = 12

// freeText reports whether a field holds free text that must name nobody. The
// page asks about its words while they are typed.
func freeText(name string) bool {
	switch name {
	case "title", "note", "description", "reason", "source_label", "words", "explained", "partner", "how", "recipient",
		"label", "region", "aliases":
		return true
	}
	return false
}

// hintsView is what stands in one field that names somebody, or looks so.
type hintsView struct {
	ID    string
	Left  string // how much there is, in words
	Rows  []hintRow
	More  string // said if not all is shown
	Spent string
	New   string // where somebody new is recorded, or ""
	NewIs string
}

// A hintRow is one stretch of words, and what can be said of it.
type hintRow struct {
	Words string // "" if only that there is something may be said
	Why   string
	Who   []who // who it may be
	Known bool
	Said  string // names of its fields
	Say   Field
}

// A saying is what somebody said of words in a field.
type saying struct {
	field, words, say string
}

// sayings returns what was said of words in f, by field and number.
func (f *Form) sayings() (all []saying) {
	for name := range f.values {
		rest, ok := strings.CutPrefix(name, saidPrefix)
		at := strings.LastIndexByte(rest, '.')
		if !ok || at < 1 {
			continue
		}
		if say := f.Get(sayPrefix + rest); say != "" && strings.TrimSpace(f.Get(name)) != "" {
			all = append(all, saying{rest[:at], f.Get(name), say})
		}
	}
	slices.SortFunc(all, func(a, b saying) int {
		if n := len(b.words) - len(a.words); n != 0 {
			return n // the longer first: one may be a part of another
		}
		return strings.Compare(a.field+a.words+a.say, b.field+b.words+b.say)
	})
	return all
}

// typedCase returns the case that a form is about, or the circle of one to be
// opened.
func typedCase(r *http.Request, f *Form) (t habeas.Typed) {
	id := r.PathValue("case")
	if id == "" {
		id = f.Get("case")
	}
	if c, err := parseID(id); err == nil {
		t.Case = c
	} else if c, err := parseID(f.Get("circle")); err == nil {
		t.Circle = c
	}
	return t
}

// hear does what a form says of the words in its fields: it puts cover names in
// their place, or keeps that they may stand.
func (s *Server) hear(x *exchange) error {
	t := typedCase(x.r, x.f)
	var said []habeas.Said
	var covers *claim.State
	for _, y := range x.f.sayings() {
		switch {
		case y.field == statementIn: // done when the statement is there
		case y.say == sayNone, y.say == sayPublic:
			said = append(said, habeas.Said{Words: y.words, Public: y.say == sayPublic})
		case !t.Case.IsZero():
			if covers == nil {
				file, err := s.Desk.Case(x.r.Context(), x.by, t.Case)
				if err != nil {
					return err
				}
				covers = file.State
			}
			x.f.replace(y.words, covers.Cover(claim.Ref(y.say)))
		}
	}
	if t.Case.IsZero() {
		if len(said) > 0 {
			x.by = x.by.Saying(said...)
		}
		return nil
	}
	by, err := s.Desk.LetStand(x.r.Context(), x.by, t.Case, said...)
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Forbidden: // the route itself answers that
		return nil
	}
	if err == nil {
		x.by = by
	}
	return err
}

// replace puts a cover name in the place of words in every free text of f.
func (f *Form) replace(words, cover string) {
	if words == "" || cover == "" {
		return
	}
	for name, values := range f.values {
		if !freeText(name) {
			continue
		}
		for i, v := range values {
			values[i] = replaceWords(v, words, cover)
		}
	}
}

// replaceWords replaces words where they stand as words of their own.
func replaceWords(text, words, with string) string {
	var b strings.Builder
	done := 0
	for {
		i := strings.Index(text[done:], words)
		if i < 0 {
			return b.String() + text[done:]
		}
		at, end := done+i, done+i+len(words)
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[end:])
		b.WriteString(text[done:at])
		if inWord(before) || inWord(after) {
			b.WriteString(words)
		} else {
			b.WriteString(with)
		}
		done = end
	}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// words answers, while somebody types into a field, what of it names somebody or
// looks so: as a piece of a page, and empty if there is nothing.
func (s *Server) words(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	field, text := f.Get("field"), f.Get("typed")
	if field != statementIn && !freeText(field) || strings.TrimSpace(text) == "" {
		return writePiece(w, nil)
	}
	t := typedCase(r, f)
	t.Statement, t.Texts = field == statementIn, []string{text}
	views, err := s.hintViews(r, by, t, []string{field}, locale.New(s.lang(r)), f)
	if err != nil {
		return err
	}
	v, ok := views[field]
	if !ok {
		return writePiece(w, nil)
	}
	v.ID = f.Get("at")
	var b bytes.Buffer
	if err := s.pages["error"].ExecuteTemplate(&b, "hints", v); err != nil {
		return err
	}
	return writePiece(w, b.Bytes())
}

func writePiece(w http.ResponseWriter, piece []byte) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(piece) // who left is not told
	return nil
}

// hintsAfter finds what a refused form was refused for, so that its page can ask
// about each of the words. Where it can't, the page asks about all at once.
func (s *Server) hintsAfter(x *exchange, e *fault.Error) {
	if !x.present || e.Key() != "desk.suspect_in_field" && e.Key() != "desk.name_in_field" {
		return
	}
	t := typedCase(x.r, x.f)
	var fields []string
	for name := range x.f.values {
		if freeText(name) && x.f.Trimmed(name) != "" {
			fields = append(fields, name)
		}
	}
	slices.Sort(fields)
	for _, name := range fields {
		t.Texts = append(t.Texts, x.f.Get(name))
	}
	views, err := s.hintViews(x.r, x.by, t, fields, locale.New(s.lang(x.r)), x.f)
	if err == nil {
		x.f.hints = views
	}
}

// hintViews returns what stands in the texts of fields, by field.
func (s *Server) hintViews(r *http.Request, by habeas.Actor, t habeas.Typed, fields []string, p *locale.Printer, f *Form) (map[string]*hintsView, error) {
	if t.Case.IsZero() && t.Statement {
		return nil, nil
	}
	var tell *teller
	if !t.Case.IsZero() {
		var err error
		if by, err = s.Desk.LetStand(r.Context(), by, t.Case); err != nil {
			return nil, err
		}
		file, err := s.Desk.Case(r.Context(), by, t.Case)
		if err != nil {
			return nil, err
		}
		tell = &teller{p: p, file: file, st: file.State, base: casePath(t.Case)}
	}
	hints, err := s.Desk.Hints(r.Context(), by, t)
	if err != nil {
		return nil, err
	}
	views := map[string]*hintsView{}
	for i, of := range hints.Of {
		v := &hintsView{ID: fields[i], Left: p.N("ui.desk.left", len(of))}
		for _, h := range of[:min(len(of), mostRows)] {
			v.Rows = append(v.Rows, hintRowOf(p, tell, h, t.Statement, t.Texts[i], fields[i], len(v.Rows), f))
		}
		if len(of) > mostRows {
			v.More = p.T("ui.words.more")
		}
		if hints.Spent {
			v.Spent = p.T("ui.words.spent")
		}
		if tell != nil && recorder.allows(by) {
			v.New, v.NewIs = tell.base+"/people#add-person", p.T("ui.words.new")
		}
		if len(v.Rows) > 0 || v.Spent != "" {
			views[fields[i]] = v
		}
	}
	return views, nil
}

// hintRowOf puts one hint into words. tell is nil where there is no case.
func hintRowOf(p *locale.Printer, tell *teller, h habeas.Hint, statement bool, text, field string, n int, f *Form) hintRow {
	if h.End == 0 {
		return hintRow{Known: true, Why: p.T("ui.words.somebody")}
	}
	at := field + "." + strconv.Itoa(n)
	row := hintRow{Words: text[h.Start:h.End], Why: p.T("ui.desk.why." + h.Why), Known: h.Known, Said: saidPrefix + at}
	row.Say = Field{ID: strings.ReplaceAll(sayPrefix+at, ".", "-"), Name: sayPrefix + at, Label: p.T("ui.words.what", row.Words)}
	options := []Option{{Label: p.T("ui.pick.choose")}}
	if !h.Known {
		options = append(options, Option{Value: sayNone, Label: p.T("ui.words.none")}, Option{Value: sayPublic, Label: p.T("ui.words.public")})
	}
	if tell != nil {
		group := "ui.words.instead"
		if statement {
			group = "ui.words.is"
		}
		var covers []Option
		for _, ref := range tell.sortedPersons() {
			if cover := tell.st.Cover(ref); cover != "" && tell.st.Persons[ref].Count < 2 {
				covers = append(covers, Option{Value: string(ref), Label: cover})
			}
		}
		slices.SortStableFunc(covers, func(a, b Option) int { return meantFirst(h, a) - meantFirst(h, b) })
		if len(covers) > 0 {
			options = append(append(options, Option{Label: p.T(group), Group: true}), covers...)
		}
		for _, ref := range h.Persons {
			w := tell.covered().who(ref)
			w.Href = "" // nobody is led away from a form
			row.Who = append(row.Who, w)
		}
	}
	for _, y := range f.sayings() {
		if y.field == field && y.words == row.Words {
			row.Say.Value = y.say
		}
	}
	for _, o := range options {
		o.Chosen = !o.Group && o.Value == row.Say.Value
		row.Say.Options = append(row.Say.Options, o)
	}
	return row
}

func meantFirst(h habeas.Hint, o Option) int {
	if slices.Contains(h.Persons, claim.Ref(o.Value)) {
		return 0
	}
	return 1
}

// marked returns what was said of a statement's own words.
func (f *Form) marked() (all []habeas.MarkedWords) {
	for _, y := range f.sayings() {
		if y.field != statementIn {
			continue
		}
		m := habeas.MarkedWords{Words: y.words, Public: y.say == sayPublic}
		if y.say != sayNone && y.say != sayPublic {
			m.Person = claim.Ref(y.say)
		}
		all = append(all, m)
	}
	return all
}
