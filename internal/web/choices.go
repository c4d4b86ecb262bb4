package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/crowd"
	"habeas/dossier"
	"habeas/fault"
	"habeas/gate"
	"habeas/name"
)

// What can be done about one row of the preview, besides the edits of package
// dossier and what can be decided about a warning.
const (
	askSecond = "ask"
	sayLess   = "less"
)

// A choiceView is one thing that was found in a preview, and what can be done
// about it.
type choiceView struct {
	Field  string   // the hidden field that says what it is about
	About  []string // its values
	Legend string
	Who    who
	Words  string // as they stand there
	Note   string // why it is one
	Where  []whereView
	Open   bool // nothing was chosen yet
	Do     Field
	Person Field // who is meant, where that is not known
	Case   Field // in which the cover name stands, in Russian and Ukrainian
	Why    Field
}

// A whereView leads to a place of the preview.
type whereView struct{ Href, Words string }

// An editView is an edit that was made, to be kept or not.
type editView struct {
	ID, Value, Words string
	Was              string // what stood there, unless somebody may be named in it
	Href             string // where other words stand now
}

// An askView is what a second member decides, or decided.
type askView struct {
	ID, Key string
	Who     who
	Words   string // what stands there, if it still does
	What    string
	Reason  string
	By      string // who accepted it
}

// choosing fills the page in with what can be chosen about a preview.
func (p *dossiersPage) choosing(preview *habeas.Preview, opt habeas.DossierOptions) {
	c := chooser{p, p.In("choose"), opt.Lang == "ru" || opt.Lang == "uk"}
	for _, m := range preview.Marked {
		c.marked(preview, m)
	}
	for i, w := range preview.Warnings {
		c.warning(preview, w, i)
	}
	p.Edits = p.t.changes(preview)
	p.Choose, p.State = c.Part, stateOf(preview)
}

// stateOf returns the choices that a preview was made with as fields.
func stateOf(p *habeas.Preview) map[string][]string {
	state := map[string][]string{}
	for _, e := range p.Choices.Edits {
		state["edit"] = append(state["edit"], editField(e))
	}
	for _, a := range p.Choices.Asks {
		state["ask"] = append(state["ask"], a.Key+" "+a.Reason)
	}
	for _, a := range p.Choices.Decided {
		state["decided"] = append(state["decided"], a.Key+" "+a.As+" "+a.Reason)
	}
	return state
}

// A chooser writes the rows of the form in which choices are made.
type chooser struct {
	page *dossiersPage
	Part
	cases bool
}

// field makes a field of a row.
func (c chooser) field(name, label, value string, options []Option) Field {
	f := Field{ID: c.Which() + "-" + strings.ReplaceAll(name, ".", "-"), Name: name, Label: c.T(label), Value: value}
	if c.Form.values != nil {
		f.Value = c.Form.Get(name)
	}
	for _, o := range options {
		o.Chosen = o.Value == f.Value
		f.Options = append(f.Options, o)
	}
	return f
}

func (c chooser) do(options ...string) []Option {
	all := []Option{{Value: "", Label: c.T("ui.choose.do.none")}}
	for _, o := range options {
		all = append(all, Option{Value: o, Label: c.T("ui.choose.do." + o)})
	}
	return all
}

// add adds a row.
func (c chooser) add(v choiceView, do, in, why string, options []string) {
	n := "." + strconv.Itoa(len(c.page.Found)+1)
	v.Field = "about" + n
	v.Open = do == ""
	v.Do = c.field("do"+n, "ui.choose.do", do, c.do(options...))
	if c.cases && slices.Contains(options, dossier.Replace) {
		var cases []Option
		for k := name.Nominative; k <= name.Vocative; k++ {
			cases = append(cases, Option{Value: k.String(), Label: c.T("ui.choose.case." + k.String())})
		}
		v.Case = c.field("case"+n, "ui.choose.case", in, cases)
	}
	if v.Who.Text == "" && slices.Contains(options, dossier.Replace) {
		v.Person = c.field("who"+n, "ui.choose.who", "", c.page.t.everybody())
	}
	if !slices.Contains(options, askSecond) && !slices.Contains(options, habeas.LeftToSecond) {
		c.page.Found = append(c.page.Found, v)
		return
	}
	v.Why = c.field("why"+n, "ui.choose.why", why, nil)
	if c.Form.Failed() && c.Form.Wrong("why") && len(strings.Fields(v.Why.Value)) < 2 && (v.Do.Value == askSecond || v.Do.Value == habeas.LeftToSecond) {
		v.Why.Why = c.Form.Why(c.p)
	}
	c.page.Found = append(c.page.Found, v)
}

func (c chooser) marked(p *habeas.Preview, m habeas.Marked) {
	h := p.Hits[m.Hits[0]]
	v := choiceView{
		About: []string{"hit " + m.Key, placeField(m.At, m.Case)}, Legend: c.T("ui.verdict." + m.Verdict.String()),
		Words: m.Words, Note: c.T("ui.class." + h.Class),
	}
	for _, n := range m.Hits {
		hit := c.page.Preview.Hits[n]
		v.Where = append(v.Where, whereView{hit.Href, hit.Where})
	}
	var options []string
	if m.At.Leaf != "" {
		options = append(options, edits(m.At.Kind, m.At.Sentences)...)
		if k := coarser(m.At.Kind); k != "" {
			options = append(options, sayLess)
			v.About = append(v.About, "less "+m.At.Kind)
		}
	}
	if m.Verdict == gate.Review {
		options = append(options, askSecond)
	}
	do, why := "", ""
	if m.Ask != nil {
		do, why = askSecond, m.Ask.Reason
	}
	if m.Person != "" {
		v.About, v.Who = append(v.About, "person "+string(m.Person)), c.page.t.who(m.Person)
	}
	c.add(v, do, m.Case, why, options)
}

// edits returns the edits that can be made in words of a kind: those of the document
// itself can't be replaced.
func edits(kind string, sentences bool) []string {
	var all []string
	if kind != "" {
		all = append(all, dossier.Replace)
	}
	if sentences {
		all = append(all, dossier.Sentence)
	}
	return append(all, dossier.Whole)
}

// coarser returns the kind of fact that a label tells, and that can be said less
// exactly; "" if it is none.
func coarser(kind string) crowd.Kind {
	switch kind {
	case dossier.PlaceLabel:
		return crowd.Place
	case dossier.UnitLabel:
		return crowd.Unit
	}
	return ""
}

func (c chooser) warning(p *habeas.Preview, w habeas.Warning, n int) {
	v := choiceView{
		About: []string{"warning " + w.Key}, Legend: c.T("ui.choose.unknown"), Words: w.Words,
		Note: c.T("ui.desk.why." + w.Why),
	}
	sentences := false
	for i, s := range w.Places {
		sentences = sentences || s.Sentences
		v.About = append(v.About, placeField(s.Place, s.Case))
		v.Where = append(v.Where, whereView{"#" + warnAnchor(n, i), c.page.t.line(p.Files, wordsFile(p), s.From)})
	}
	var options []string
	if w.Places[0].Leaf != "" { // in a letter nothing is edited: it is typed anew
		options = edits(w.Places[0].Kind, sentences)
	}
	if w.Code {
		options = append(options[min(1, len(options)):], habeas.LeftToSecond)
	} else {
		options = append(options, habeas.PublicFigure, habeas.NotAName, habeas.LeftToSecond)
	}
	c.add(v, w.As, w.Places[0].Case, w.Reason, options)
}

func warnAnchor(warning, place int) string {
	return "warn-" + strconv.Itoa(warning+1) + "-" + strconv.Itoa(place+1)
}

// everybody returns the persons of the case as choices, under their covers.
func (t teller) everybody() []Option {
	all := []Option{{Label: t.p.T("ui.choose.who.none")}}
	for _, ref := range slices.Sorted(maps.Keys(t.st.Persons)) {
		all = append(all, Option{Value: string(ref), Label: t.covered().who(ref).Text})
	}
	return all
}

// changes says what was changed in a preview.
func (t teller) changes(p *habeas.Preview) []editView {
	var all []editView
	for i, c := range p.Changed {
		v := editView{ID: "choose-edit-" + strconv.Itoa(i+1), Value: editField(c.Edit), Words: t.editWords(c.Edit), Was: c.Was}
		if c.From < c.Till {
			v.Href = "#" + changeAnchor(i)
		}
		all = append(all, v)
	}
	return all
}

func changeAnchor(n int) string { return "changed-" + strconv.Itoa(n+1) }

// editWords says what an edit does.
func (t teller) editWords(e dossier.Edit) string {
	if e.Do != dossier.Replace {
		return t.p.T("ui.choose.made." + e.Do)
	}
	who := t.covered().who(e.Person).Text
	if e.Case == "" {
		return t.p.T("ui.choose.made.replace", who)
	}
	return t.p.T("ui.choose.made.replace_case", who, t.p.T("ui.choose.case."+e.Case))
}

// placeField and editField write a place and an edit as the value of a field;
// readEdit reads both.
func placeField(at dossier.Place, in string) string {
	return strings.Join([]string{"at", at.Leaf, strconv.Itoa(at.Start), strconv.Itoa(at.End), "", in}, "|")
}

func editField(e dossier.Edit) string {
	return strings.Join([]string{e.Do, e.Leaf, strconv.Itoa(e.Start), strconv.Itoa(e.End), string(e.Person), e.Case}, "|")
}

// readEdit reads an edit. What is none is the desk's to refuse.
func readEdit(value string) dossier.Edit {
	f := append(strings.Split(value, "|"), make([]string, 6)...)
	start, errStart := strconv.Atoi(f[2])
	end, errEnd := strconv.Atoi(f[3])
	if errStart != nil || errEnd != nil {
		return dossier.Edit{}
	}
	return dossier.Edit{Do: f[0], Leaf: f[1], Start: start, End: end, Person: claim.Ref(f[4]), Case: f[5]}
}

// readState reads the choices that were made before.
func readState(f *Form) habeas.Choices {
	var c habeas.Choices
	for _, v := range f.All("edit") {
		c.Edits = append(c.Edits, readEdit(v))
	}
	for _, v := range f.All("ask") {
		key, reason, _ := strings.Cut(v, " ")
		c.Asks = append(c.Asks, habeas.Ask{Key: key, Reason: reason})
	}
	for _, v := range f.All("decided") {
		key, rest, _ := strings.Cut(v, " ")
		as, reason, _ := strings.Cut(rest, " ")
		c.Decided = append(c.Decided, habeas.Decision{Key: key, As: as, Reason: reason})
	}
	return c
}

// choose adds what was chosen in the rows of a form.
func choose(opt *habeas.DossierOptions, f *Form) error {
	for n := 1; len(f.All("about."+strconv.Itoa(n))) > 0; n++ {
		r := row{f, "." + strconv.Itoa(n), f.All("about." + strconv.Itoa(n))}
		what, key, _ := strings.Cut(r.about[0], " ")
		do, why := f.Get("do"+r.n), f.Trimmed("why"+r.n)
		if what == "hit" {
			opt.Asks = slices.DeleteFunc(opt.Asks, func(a habeas.Ask) bool { return a.Key == key })
		} else {
			opt.Decided = append(opt.Decided, habeas.Decision{Key: key})
		}
		switch do {
		case dossier.Replace, dossier.Sentence, dossier.Whole:
			edits, err := r.edits(do)
			if err != nil {
				return err
			}
			opt.Edits = append(opt.Edits, edits...)
		case askSecond:
			opt.Asks = append(opt.Asks, habeas.Ask{Key: key, Reason: why})
		case sayLess:
			r.less(opt)
		case habeas.PublicFigure, habeas.NotAName:
			opt.Decided = append(opt.Decided, habeas.Decision{Key: key, As: do})
		case habeas.LeftToSecond:
			opt.Decided = append(opt.Decided, habeas.Decision{Key: key, As: do, Reason: why})
		}
	}
	return nil
}

// A row is what came back of one.
type row struct {
	f     *Form
	n     string
	about []string
}

// edits returns the edits that a choice makes, one in each place. The case that
// was chosen is that of all of them; left as it was, each keeps its own.
func (r row) edits(do string) ([]dossier.Edit, error) {
	var all []dossier.Edit
	who := claim.Ref(r.f.Get("who" + r.n))
	for _, v := range r.about[1:] {
		if ref, ok := strings.CutPrefix(v, "person "); ok {
			who = claim.Ref(ref)
		} else if strings.HasPrefix(v, "at|") {
			all = append(all, readEdit(v))
		}
	}
	if do == dossier.Replace && who == "" {
		return nil, fault.New(fault.Invalid, "dossier.whose", fault.Field("person"))
	}
	chosen := r.f.Get("case" + r.n)
	kept := len(all) > 0 && all[0].Case == chosen
	for i := range all {
		e := &all[i]
		e.Do = do
		switch {
		case do != dossier.Replace:
			e.Case = ""
		case !kept:
			e.Case = chosen
		}
		if do == dossier.Replace {
			e.Person = who
		}
	}
	return all, nil
}

// less says the kind of fact that stands there less exactly.
func (r row) less(opt *habeas.DossierOptions) {
	for _, v := range r.about[1:] {
		kind, ok := strings.CutPrefix(v, "less ")
		if k := coarser(kind); ok && k != "" {
			less := dossier.Less{}
			maps.Copy(less, opt.Less)
			less[k] = min(less[k]+1, dossier.Most(k))
			opt.Less = less
		}
	}
}
