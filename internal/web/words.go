package web

import (
	"net/http"
	"strconv"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/ledger"
)

// A teller puts what a case holds into words of one language. It belongs to one
// page.
type teller struct {
	p    *locale.Printer
	file *habeas.CaseFile
	st   *claim.State
	base string // path of the case
}

// A who is somebody or something as a page names it.
type who struct {
	Text  string
	Href  string // "" if there is no page to go to
	Chip  bool   // a person: the cover name, or the real one
	Group bool   // several people, under a description
	Real  bool   // Text is a real name
}

// covered returns t as it would speak if no names were shown: for plain text,
// where nothing marks a real name and no print style leaves it out.
func (t teller) covered() teller {
	file := *t.file
	file.Names = nil
	t.file = &file
	return t
}

// who names what ref points at.
func (t teller) who(ref claim.Ref) who {
	switch ref.Kind() {
	case claim.RefPerson:
		w := who{Text: t.st.Cover(ref), Href: t.base + "/person/" + bare(ref), Chip: true, Group: t.st.Persons[ref].Count > 1}
		if real, ok := t.file.Names[ref]; ok && real != "" {
			w.Text, w.Real = real, true
		}
		if w.Text == "" {
			w.Text = t.p.T("ui.who.unknown")
		}
		return w
	case claim.RefPlace:
		return who{Text: t.place(ref), Href: "/place/" + string(ref)}
	case claim.RefSource:
		return t.source(ref)
	case claim.RefStatement:
		w := who{Text: t.statement(ref)}
		if t.opens(ref) {
			w.Href = t.desk(ref)
		}
		return w
	case claim.RefEvent:
		return who{Text: t.event(ref), Href: t.base + "#" + anchor(ref)}
	case claim.RefAppeal:
		if a, ok := t.st.Appeal(ref); ok {
			return who{Text: a.Title, Href: appealPath(t.file.ID, ref)}
		}
	case claim.RefUnit:
		if label := t.st.Cover(ref); label != "" {
			return who{Text: label}
		}
	}
	return who{Text: t.p.T("ui.who.unknown")}
}

// source names who speaks: by role, by label, or as the person, in this order.
func (t teller) source(ref claim.Ref) who {
	s, ok := t.st.Sources[ref]
	if !ok {
		return who{Text: t.p.T("ui.voice.unknown")}
	}
	switch {
	case s.Label != "":
		return who{Text: s.Label}
	case s.Role != "" && s.Role != "self":
		return who{Text: t.definite(t.p.Term("source-role", s.Role))}
	case s.Person != "":
		return t.who(s.Person)
	case s.Unit != "":
		return t.who(s.Unit)
	}
	return who{Text: t.p.Term("source", s.Kind)}
}

// definite puts the article before a term where a language has one.
func (t teller) definite(term string) string {
	if strings.HasPrefix(term, "the ") {
		return term
	}
	return t.p.T("ui.voice.the", term)
}

func (t teller) place(ref claim.Ref) string {
	pl, ok := t.st.Places[ref]
	if !ok {
		return t.p.T("ui.who.unknown")
	}
	if pl.Region != "" && !strings.Contains(pl.Label, pl.Region) {
		return pl.Label + ", " + pl.Region
	}
	return pl.Label
}

// statement names a statement: its title, or who gave it and how.
func (t teller) statement(ref claim.Ref) string {
	s, ok := t.st.Statement(ref)
	if !ok {
		return t.p.T("ui.who.unknown")
	}
	if s.Title != "" {
		return s.Title
	}
	return t.p.T("ui.statement.of", t.p.Term("medium", s.Medium), t.covered().source(s.Source).Text)
}

// event names an event by what happened and when.
func (t teller) event(ref claim.Ref) string {
	e, ok := t.st.Event(ref)
	if !ok {
		return t.p.T("ui.event.some")
	}
	words := t.p.Term("event", e.Type())
	if e.Type() == "" {
		words = t.p.T("ui.event.some")
	}
	if len(e.Involved) > 0 {
		words += ", " + t.covered().who(e.Involved[0].Who).Text
	}
	if !e.When.IsZero() {
		words += ", " + t.date(e.When)
	}
	return words
}

// date puts an EDTF date into words; "" if nothing was said.
func (t teller) date(d claim.Date) string {
	if d.IsZero() {
		return ""
	}
	return dateWords(t.p, d)
}

// dateText is date for an expression that has not been read yet.
func (t teller) dateText(s string) string {
	d, err := claim.ParseDate(s)
	if err != nil {
		return s
	}
	return t.date(d)
}

// opens reports whether the reader can open a statement: before its names are
// taken out, only those who hold the vault can.
func (t teller) opens(ref claim.Ref) bool {
	s, _ := t.st.Statement(ref)
	return t.file.Vault || s.Newest().Version > 0
}

// desk returns the path of a statement on the reading desk.
func (t teller) desk(ref claim.Ref) string { return t.base + "/statement/" + bare(ref) }

// bare returns ref without what its path says already.
func bare(ref claim.Ref) string {
	_, rest, _ := strings.Cut(string(ref), ":")
	return rest
}

// bareRef reads from a path what bare wrote. What is no reference names nothing.
func bareRef(r *http.Request, name string, kind byte) (claim.Ref, error) {
	ref, err := claim.ParseRef(string(kind) + ":" + r.PathValue(name))
	if err != nil {
		return "", fault.Wrap(err, fault.NotFound, "page.none")
	}
	return ref, nil
}

// inCase reads from a path a case and something of a kind in it.
func inCase(r *http.Request, name string, kind byte) (habeas.CaseID, claim.Ref, error) {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return id, "", err
	}
	ref, err := bareRef(r, name, kind)
	return id, ref, err
}

// anchor returns the id of ref on a page.
func anchor(ref claim.Ref) string { return strings.ReplaceAll(string(ref), ":", "-") }

// A voice is who says something, with the chain back to the origin.
type voice struct {
	Who     who
	Chain   []chainLink
	Basis   string
	Href    string // the passage
	Passage string
}

// A chainLink is one step back towards who saw it.
type chainLink struct {
	Words string // "told by message by"
	Who   who
}

// voice says who says r.
func (t teller) voice(r *claim.Recorded) voice {
	v := voice{Who: t.source(r.Source), Basis: t.p.Term("basis", r.Basis), Passage: t.p.T("ui.voice.passage")}
	if r.Statement != "" {
		v.Href = t.desk(r.Statement) + "#" + claimAnchor(r.Entry)
	}
	for _, l := range r.Chain {
		link := chainLink{Words: t.p.T("ui.voice.from"), Who: t.source(l.Source)}
		if l.How != "" && l.How != "unknown" {
			link.Words = t.p.T("ui.voice.from_how", t.p.Term("how", l.How))
		}
		v.Chain = append(v.Chain, link)
	}
	if len(r.Chain) == 0 && (r.Basis == "told" || r.Basis == "hearsay") {
		v.Chain = []chainLink{{Words: t.p.T("ui.voice.from"), Who: who{Text: t.p.T("ui.voice.unknown")}}}
	}
	return v
}

// voices says who says any of rs, each speaker with the same chain once.
func (t teller) voices(rs []*claim.Recorded) []voice {
	var out []voice
	seen := map[string]bool{}
	for _, r := range rs {
		v := t.voice(r)
		key := v.Who.Text + v.Basis
		for _, l := range v.Chain {
			key += "\x00" + l.Words + l.Who.Text
		}
		if !seen[key] {
			seen[key] = true
			out = append(out, v)
		}
	}
	return out
}

func claimAnchor(id ledger.ID) string { return "c-" + id.String() }

// A valueWords is what is claimed, in words.
type valueWords struct {
	Text string
	Who  who // after the text: a person, place or unit
}

// value puts the value of a predicate into words.
func (t teller) value(predicate string, v claim.Value) valueWords {
	term, _ := claim.LookUp("predicate", predicate)
	switch term.Takes {
	case claim.TakesTerm:
		return valueWords{Text: t.p.Term(term.From, v.Term)}
	case claim.TakesRef:
		if v.Role != "" {
			return valueWords{Text: t.p.Term(term.From, v.Role) + ":", Who: t.who(v.Ref)}
		}
		return valueWords{Who: t.who(v.Ref)}
	case claim.TakesPlace:
		if v.Ref != "" {
			return valueWords{Who: t.who(v.Ref)}
		}
		return valueWords{Text: t.p.Term("place", v.Term)}
	case claim.TakesEvent:
		return valueWords{Who: t.who(v.Ref)}
	case claim.TakesPattern:
		return valueWords{Text: t.pattern(v.Term)}
	case claim.TakesDate:
		return valueWords{Text: t.dateText(v.Date)}
	case claim.TakesNumber:
		if predicate == claim.Age {
			return valueWords{Text: strconv.Itoa(v.N)}
		}
		return valueWords{Text: t.p.N("ui.people", v.N)}
	}
	return valueWords{Text: v.Text}
}

func (t teller) pattern(key string) string {
	for _, vocabulary := range []string{"pattern", "event", "place"} {
		if _, ok := claim.LookUp(vocabulary, key); ok {
			return t.p.Term(vocabulary, key)
		}
	}
	return key
}

// A dots shows how many independent origins there are, as signs and in words.
type dots struct{ Signs, Words string }

// Signs beyond these are not drawn: the words have the number.
const (
	maxDots = 6
	oneDot  = "●"
	noDot   = "○"
)

func (t teller) dots(known, unknown int) dots {
	d := dots{Signs: strings.Repeat(oneDot, min(known, maxDots)) + strings.Repeat(noDot, min(unknown, 3))}
	var words []string
	if known > 0 || unknown == 0 {
		words = append(words, t.p.N("ui.origins", known))
	}
	if unknown > 0 {
		words = append(words, t.p.N("ui.origins.unknown", unknown))
	}
	d.Words = strings.Join(words, ", ")
	return d
}

// member returns a member's name.
func (t teller) member(id ledger.ID) string {
	if n := t.file.Members[id]; n != "" {
		return n
	}
	return t.p.T("ui.member.unknown")
}
