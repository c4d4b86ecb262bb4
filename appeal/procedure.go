package appeal

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed procedures/*.txt
var procedureFiles embed.FS

// A Procedure is one kind of communication to an international body, and what it
// has to hold.
type Procedure struct {
	ID         string
	Body       string // id of a Body
	Form       string // id of its form in package letter; may be empty
	Name       string
	Who        string // may submit
	Consent    string // whose is needed: family, person, "person or family", none
	Anonymous  string // what becomes of a communication without a name
	Exhaustion string // of remedies at home
	Languages  []string
	Wording    []Wording // how it has to be written
	Term       string    // a rule that runs before or after it; may be empty
	Elements   []Element
	Follow     []string // what may follow, in order
	Entry
}

// A Wording is a rule of style of a Procedure. It is kept by the draft, not by who
// reads the Procedure.
type Wording string

// Wordings.
const (
	Allegedly     Wording = "allegedly"       // every statement says whose it is
	NoLegalLabels Wording = "no-legal-labels" // what happened, not what crime it is
	NoUnitNames   Wording = "no-unit-names"   // no units and officials by name
)

// A Need says how much is lost without an Element.
type Need string

// Needs.
const (
	Must   Need = "must"   // without it the body does not take it up
	Should Need = "should" // it asks for it
	May    Need = "may"
)

// An Element is one thing a communication holds. Refs say where a case has it; one
// of them is enough. A Ref is one of
//
//	vault:names, vault:birth, vault:documents, vault:contacts   who the person is
//	claim:PREDICATE                                             a finding
//	event:TYPE, event:TYPE.when, event:TYPE.where               an event, its date, its place
//	event:TYPE.ROLE                                             somebody in that role in it
//	appeal:sent                                                 a letter of the register
//	exhibit:KIND                                                a file, by what it is
//	consent:AUDIENCE                                            what may be used, for whom
//	office:WHAT                                                 what the office says of itself
//	text:WHAT                                                   what somebody writes for this communication
//
// with the words of the vocabularies of package claim.
type Element struct {
	ID    string
	Need  Need
	Text  string // in English
	Refs  []string
	Label string // what forms of package letter call the same: an id of theirs, which has words in every language; may be empty
}

// A Checklist is what a case has for a procedure, and what it lacks.
type Checklist struct {
	Procedure *Procedure
	Have      map[string]string // element id to the first reference that has it
	Missing   []Element         // "must" first, in the order of the procedure
	Ready     bool              // nothing that must be there is missing
}

// Check asks have for each reference in turn and says what is missing. It does not
// ask whether what is there is exact: a month without a day is there, and goes out
// as a month.
func (p *Procedure) Check(have func(ref string) bool) Checklist {
	c := Checklist{Procedure: p, Have: map[string]string{}, Ready: true}
	for _, e := range p.Elements {
		i := slices.IndexFunc(e.Refs, have)
		if i >= 0 {
			c.Have[e.ID] = e.Refs[i]
			continue
		}
		c.Missing = append(c.Missing, e)
		c.Ready = c.Ready && e.Need != Must
	}
	slices.SortStableFunc(c.Missing, func(a, b Element) int { return weight(a.Need) - weight(b.Need) })
	return c
}

func weight(n Need) int { return slices.Index([]Need{Must, Should, May}, n) }

var ownProcedures = sync.OnceValues(func() ([]Procedure, error) {
	set, err := Own()
	if err != nil {
		return nil, err
	}
	register, err := OwnRegister()
	if err != nil {
		return nil, err
	}
	return ReadProcedures(procedureFiles, set, register)
})

// OwnProcedures returns the procedures that come with the program. The slice is the
// caller's, what it holds is not.
func OwnProcedures() ([]Procedure, error) {
	p, err := ownProcedures()
	return slices.Clone(p), err
}

// ReadProcedures reads all *.txt files of a directory and what is below it. The first
// thing wrong is a *[ReadError].
func ReadProcedures(fsys fs.FS, set *Set, register *Register) ([]Procedure, error) {
	var all []Procedure
	err := eachText(fsys, func(name, text string) error {
		entries, err := readEntries(name, text, "procedure")
		if err != nil {
			return err
		}
		for i := range entries {
			p, err := readProcedure(&entries[i], set, register)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(all, func(old Procedure) bool { return old.ID == p.ID }) {
				return entries[i].wrong("this procedure stands here twice")
			}
			all = append(all, p)
		}
		return nil
	})
	return all, err
}

func readProcedure(e *entry, set *Set, register *Register) (Procedure, error) {
	p := Procedure{ID: e.value}
	if !ruleID.MatchString(p.ID) {
		return p, e.wrong("an entry begins with its id, such as XX-CASE")
	}
	err := e.fill(map[string]setter{
		"body": {need: true, set: func(s string) error {
			p.Body = s
			if _, ok := register.Body(s); !ok {
				return fmt.Errorf("there is no body %s", s)
			}
			return nil
		}},
		"form":       {set: text(&p.Form)},
		"name":       {set: text(&p.Name), need: true},
		"who":        {set: text(&p.Who), need: true},
		"consent":    {set: oneOf(&p.Consent, "family", "person", "person or family", "none"), need: true},
		"anonymous":  {set: oneOf(&p.Anonymous, "refused", "taken"), need: true},
		"exhaustion": {set: text(&p.Exhaustion), need: true},
		"language": {need: true, set: func(s string) error {
			p.Languages = strings.Split(s, ", ")
			return nil
		}},
		"wording": {set: func(s string) error {
			for _, f := range strings.Fields(s) {
				var w Wording
				if err := oneOf(&w, Allegedly, NoLegalLabels, NoUnitNames)(f); err != nil {
					return err
				}
				p.Wording = append(p.Wording, w)
			}
			return nil
		}},
		"term": {set: func(s string) error {
			p.Term = s
			if len(set.Versions(s)) == 0 {
				return fmt.Errorf("there is no rule %s", s)
			}
			return nil
		}},
		"element":   {set: p.addElement, need: true, many: true},
		"follow":    {set: list(&p.Follow), many: true},
		"source":    {set: text(&p.Source), need: true},
		"checked":   {set: day(&p.Checked), need: true},
		"by":        {set: text(&p.By), need: true},
		"confirmed": {set: oneOf(&p.Trust, Confirmed, Partly, Unconfirmed), need: true},
		"open":      {set: list(&p.Open), many: true},
	})
	return p, err
}

var refForm = regexp.MustCompile(`^(vault|claim|event|appeal|exhibit|consent|office|text):[a-z][a-z-]*(\.[a-z][a-z-]*)?$`)

// addElement reads "a | must | what it is | ref, ref", or these and "| label".
func (p *Procedure) addElement(s string) error {
	label := ""
	if strings.Count(s, "|") == 4 {
		i := strings.LastIndex(s, "|")
		s, label = s[:i], strings.TrimSpace(s[i+1:])
	}
	f, err := parts(s, 4)
	if err != nil {
		return err
	}
	e := Element{ID: f[0], Text: f[2], Refs: strings.Split(f[3], ", "), Label: label}
	if err := oneOf(&e.Need, Must, Should, May)(f[1]); err != nil {
		return err
	}
	for _, r := range e.Refs {
		if !refForm.MatchString(r) || strings.Contains(r, ".") && !strings.HasPrefix(r, "event:") {
			return fmt.Errorf("%q is no reference", r)
		}
	}
	if slices.ContainsFunc(p.Elements, func(old Element) bool { return old.ID == e.ID }) {
		return fmt.Errorf("element %q stands here twice", e.ID)
	}
	p.Elements = append(p.Elements, e)
	return nil
}
