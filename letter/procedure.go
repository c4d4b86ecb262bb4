package letter

import (
	"slices"
	"strings"

	"habeas/claim"
	"habeas/crowd"
	"habeas/dossier"
	"habeas/fault"
)

// A Procedure is a way to put a case before a body of the United Nations.
type Procedure struct {
	ID         string   // such as "wgeid-urgent"; its name is under "letter.procedure."
	Address    string   // where it is sent, as far as that is known
	Langs      []string // in which it may be written; see [Procedure.Fill] for those we can
	Submitters []string // who may: terms under "letter.submitter."
	Consent    []string // whose consent is needed: terms under "letter.consent."
	Conditions []Condition
	Profile    Profile
	Sections   []Section
	States     []string // what can become of it, under "letter.follow."
	Cite       string
	Checked    string // EDTF
}

// A Condition is what must be so for a procedure to be open.
type Condition struct {
	ID  string // under "letter.condition."
	Tag Tag
}

// A Section is a part of a form under a heading of its own.
type Section struct {
	ID       string // under "letter.section."
	Elements []Element
}

// Elements returns the elements of all sections, in order.
func (p Procedure) Elements() []Element {
	var all []Element
	for _, s := range p.Sections {
		all = append(all, s.Elements...)
	}
	return all
}

// Confirmed reports whether all that is said of p has been read in the source.
func (p Procedure) Confirmed() bool {
	return !slices.ContainsFunc(p.Elements(), func(e Element) bool { return !e.Tag.Confirmed() }) &&
		!slices.ContainsFunc(p.Conditions, func(c Condition) bool { return !c.Tag.Confirmed() })
}

// Procedures returns all procedures, in the order they are offered.
func Procedures() []Procedure { return slices.Clone(procedures) }

// ProcedureByID returns a procedure.
func ProcedureByID(id string) (Procedure, bool) {
	i := slices.IndexFunc(procedures, func(p Procedure) bool { return p.ID == id })
	if i < 0 {
		return Procedure{}, false
	}
	return procedures[i], true
}

// Fill returns the communication that p is with these facts, in one of its
// languages that there are words for. Its profile counts beside that of the facts.
// An element that must be there and is missing stands as a line to write on.
func (p Procedure) Fill(f Facts, lang string) (*Letter, error) {
	if !slices.Contains(p.Langs, lang) {
		return nil, fault.New(fault.Invalid, "letter.not_accepted")
	}
	f.Profile = f.Profile.and(p.Profile)
	fl, err := newFilling(f, lang)
	if err != nil {
		return nil, err
	}
	fl.add(Title, Span{Text: fl.T("letter.procedure." + p.ID)})
	for _, s := range p.Sections {
		headed := false
		for _, e := range s.Elements {
			a := fl.answer(e)
			fl.letter.Checklist = append(fl.letter.Checklist, a)
			if a.State == Missing && !e.Must || len(e.Fields) == 0 {
				continue
			}
			if !headed {
				headed = true
				fl.add(Heading, Span{Text: fl.T("letter.section." + s.ID)})
			}
			fl.element(e, a)
		}
	}
	return fl.letter, nil
}

// element appends what fills an element, behind its label.
func (f *filling) element(e Element, a Answer) {
	label := f.T("letter.element."+e.ID) + strings.TrimRight(f.colon(), " ")
	if a.State != Filled {
		f.add(Text, Span{Text: label, Strong: true}, Span{Text: " "}, Span{Text: blank, Blank: true})
		return
	}
	var line []Span
	blocks := false
	for _, field := range e.Fields {
		if !f.has(field) {
			continue
		}
		if fields[field].block {
			if !blocks {
				f.add(Text, Span{Text: label, Strong: true})
			}
			blocks = true
			f.block(field, Text) // what was typed beside what the case says stands there, too
			continue
		}
		for _, v := range f.spans(field, "") {
			if len(line) > 0 {
				v.Text = "; " + v.Text
			}
			v.Break = false
			line = append(line, v)
		}
	}
	if !blocks {
		f.add(Text, append([]Span{{Text: label, Strong: true}, {Text: " "}}, line...)...)
	}
}

// and returns what both profiles ask for.
func (p Profile) and(q Profile) Profile {
	out := Profile{p.Alleged || q.Alleged, p.NoActor || q.NoActor, dossier.Less{}}
	for _, l := range []dossier.Less{p.Less, q.Less} {
		for k, v := range l {
			out.Less[k] = max(out.Less[k], v)
		}
	}
	return out
}

// Cautious is the profile of drafts in which nothing is asserted, nobody is named
// as having done it, and time and place are given in general: what a referral by
// an organisation that wants its sources safe may need. No procedure here demands
// it; one that does not ask where and when exactly can be written in it.
func Cautious() Profile {
	return Profile{true, true, dossier.Less{crowd.Date: int(claim.ByMonth), crowd.Place: 2}}
}

// alleged is the profile of every communication here.
var alleged = Profile{Alleged: true}

var workingLangs = []string{"en", "es", "fr"}

// The elements of more than one form.
var (
	identity = Section{"identity", []Element{
		must("person-name", "", Verified, "person"),
		may("born", "", Unread, "person.born"),
		may("sex", "", Unread, "person.sex"),
		may("nationality", "", Unread, "person.nationality"),
		may("document", "", Verified, "person.document"),
		may("occupation", "", Unread, "person.occupation"),
		may("person-address", "", Unread, "person.address"),
		may("civil-status", "", Unread, "person.civil"),
		may("marks", "", Unread, "person.marks"),
	}}
	steps = Section{"steps", []Element{
		must("steps-taken", "", Verified, "steps", "steps.none"),
		may("other-procedures", "", Unread, "other.procedures"),
	}}
	formalities = []Element{
		may("date", "", Unread, "date"),
		may("signature", "", Unread, "signature"),
		may("enclosures", "", Verified, "enclosures"),
	}
	submitter = Section{"submitter", append([]Element{
		must("submitter-name", "", Verified, "sender"),
		must("submitter-contact", "", Verified, "sender.address", "sender.contact"),
		may("relation", "", Unread, "relation", "standing"),
		must("consent-family", "", Verified, "consent"),
		may("confidential", "", Unread, "confidential"),
	}, formalities...)}
)

// disappearance is the form of the Working Group, with what a route adds.
func disappearance(more ...Element) []Section {
	return []Section{identity, {"disappearance", slices.Concat([]Element{
		must("disappeared-when", "", Verified, "taken.when"),
		must("disappeared-where", "", Verified, "taken.where", "last.where"),
		may("last-seen-when", "", Unread, "last.when"),
		may("last-seen-where", "", Unread, "last.where"),
		must("actors", "", Verified, "actors"),
		may("facts", "", Verified, "facts", "account"),
		may("acknowledgment", "", Unread, "acknowledgment"),
		may("sightings", "", Unread, "sightings"),
	}, more)}, steps, submitter}
}

// replaced returns a section with some elements in the place of those of the same
// ID, and others behind, but for the formalities.
func (s Section) replaced(id string, elements ...Element) Section {
	out := Section{id, slices.Clone(s.Elements)}
	for _, e := range elements {
		i := slices.IndexFunc(out.Elements, func(o Element) bool { return o.ID == e.ID })
		if i < 0 {
			end := slices.IndexFunc(out.Elements, func(o Element) bool { return o.ID == formalities[0].ID })
			if end < 0 {
				end = len(out.Elements)
			}
			out.Elements = slices.Insert(out.Elements, end, e)
			continue
		}
		out.Elements[i] = e
	}
	return out
}
