package appeal

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed register/*.txt
var registerFiles embed.FS

// A Body is a kind of authority or an international procedure. It is no address: an
// office keeps those of the bodies it writes to.
type Body struct {
	ID           string
	Jurisdiction string
	Kind         string // a term of the vocabulary "unit"
	Name         string
	Rules        []string // the terms it has, by id
	Channels     []Way
	Conflicts    []Conflict
	Entry
}

// An Entry says where something was read, by whom, and how far it is confirmed.
type Entry struct {
	Source  string
	Checked Date
	By      string
	Trust   Trust
	Open    []string
}

// A Way is a way of sending: what it gives away, and whether it starts a clock.
type Way struct {
	Name    string
	Reveals string
	Starts  Answer // whether it starts the terms of the body, until Since if that is set
	Since   Date   // from this day on it starts nothing
	Law     string
}

// On says whether something sent by w on a day starts a clock.
func (w *Way) On(d Date) Answer {
	if !w.Since.IsZero() && d.Compare(w.Since) >= 0 {
		return No
	}
	return w.Starts
}

// A Conflict says what it does to one procedure that the same matter is before another.
type Conflict struct {
	With string // the id of the other
	Bars Bars
	Law  string
}

// Bars is what one procedure does to another.
type Bars string

// What one procedure does to another.
const (
	BarsWhileOpen Bars = "bars while open"
	BarsOnce      Bars = "bars once lodged" // also after it ended
	BarsNot       Bars = "does not bar"
	BarsUnknown   Bars = "not known"
)

// An Outcome is what came of the last letter.
type Outcome string

// outcomes are the Outcomes that a file may name. "none" is no letter yet or no
// answer, within the term.
func outcomes() []Outcome {
	return []Outcome{"none", "overdue", "denied", "refused", "token", "forwarded", "other-explanation", "extended", "asks-for-more", "withheld", "substantive"}
}

// A Rung is a step from one body to the next, with what has to hold before it.
type Rung struct {
	ID    string
	From  []string // ids of bodies, or "any"
	To    string
	After []Outcome
	If    [][]string // each has to hold: one of its facts
	Term  string     // the rule of our own term for it
	Late  string     // what is left once that term has passed, if anything
	Why   string
	Law   string
	Needs []string
	Entry
}

// A Register is bodies, the rungs between them, and the treaties that some rest on.
type Register struct {
	bodies   map[string]Body
	rungs    []Rung
	treaties map[string]Treaties // by State
}

var ownRegister = sync.OnceValues(func() (*Register, error) {
	set, err := Own()
	if err != nil {
		return nil, err
	}
	return ReadRegister(registerFiles, set)
})

// OwnRegister returns the register that comes with the program.
func OwnRegister() (*Register, error) { return ownRegister() }

// ReadRegister reads all *.txt files of a directory and what is below it. The first
// thing wrong is a *[ReadError]; so is what speaks of a body or a rule that is not there.
func ReadRegister(fsys fs.FS, set *Set) (*Register, error) {
	r := &Register{bodies: map[string]Body{}, treaties: map[string]Treaties{}}
	var all []entry
	err := eachText(fsys, func(name, text string) error {
		entries, err := readEntries(name, text, "body", "step", "treaties")
		all = append(all, entries...)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		if err := r.read(&all[i]); err != nil {
			return nil, err
		}
	}
	for i := range all {
		for _, f := range all[i].fields {
			if reason := r.missing(set, f); reason != "" {
				return nil, &ReadError{all[i].file, f.line, reason}
			}
		}
	}
	return r, nil
}

// missing says which body or rule a line speaks of that is not there.
func (r *Register) missing(set *Set, f field) string {
	switch first, _, _ := strings.Cut(f.value, " "); f.key {
	case "rule", "term":
		if len(set.Versions(first)) == 0 {
			return "there is no rule " + first
		}
	case "from", "to", "conflict":
		if _, ok := r.bodies[first]; !ok && (first != "any" || f.key != "from") {
			return "there is no body " + first
		}
	}
	return ""
}

func (r *Register) read(e *entry) error {
	if e.key != "treaties" && !ruleID.MatchString(e.value) {
		return e.wrong("an entry begins with its id, such as XX-BODY")
	}
	var in Entry
	setters := map[string]setter{
		"source":    {set: text(&in.Source), need: true},
		"checked":   {set: day(&in.Checked), need: true},
		"by":        {set: text(&in.By), need: true},
		"confirmed": {set: oneOf(&in.Trust, Confirmed, Partly, Unconfirmed), need: true},
		"open":      {set: list(&in.Open), many: true},
	}
	switch e.key {
	case "body":
		return r.readBody(e, &in, setters)
	case "treaties":
		return r.readTreaties(e, &in, setters)
	}
	return r.readRung(e, &in, setters)
}

func (r *Register) readBody(e *entry, in *Entry, setters map[string]setter) error {
	b := Body{ID: e.value}
	setters["jurisdiction"] = setter{set: text(&b.Jurisdiction), need: true}
	setters["kind"] = setter{set: text(&b.Kind), need: true}
	setters["name"] = setter{set: text(&b.Name), need: true}
	setters["rule"] = setter{set: list(&b.Rules), many: true}
	setters["channel"] = setter{set: b.addWay, need: true, many: true}
	setters["conflict"] = setter{set: b.addConflict, many: true}
	if err := e.fill(setters); err != nil {
		return err
	}
	if _, ok := r.bodies[b.ID]; ok {
		return e.wrong("this body stands here twice")
	}
	b.Entry = *in
	r.bodies[b.ID] = b
	return nil
}

// addWay reads "e-mail | what it reveals | nothing since 2025-03-30 | the law".
func (b *Body) addWay(s string) error {
	p, err := parts(s, 4)
	if err != nil {
		return err
	}
	w := Way{Name: p[0], Reveals: p[1], Starts: Yes, Law: p[3]}
	since, dated := strings.CutPrefix(p[2], "nothing since ")
	switch {
	case dated:
		if w.Since, err = ParseDate(since); err != nil {
			return err
		}
	case p[2] == "nothing":
		w.Starts = No
	case p[2] == "not known":
		w.Starts = Unknown
	case p[2] != "starts":
		return errors.New(`a way "starts", starts "nothing", "nothing since YYYY-MM-DD", or it is "not known"`)
	}
	b.Channels = append(b.Channels, w)
	return nil
}

// addConflict reads "UN-HRC | bars while open | the law".
func (b *Body) addConflict(s string) error {
	id, _, _ := strings.Cut(s, " ")
	p, err := parts(s, 3)
	if err != nil {
		return err
	}
	c := Conflict{With: id, Law: p[2]}
	if err := oneOf(&c.Bars, BarsWhileOpen, BarsOnce, BarsNot, BarsUnknown)(p[1]); err != nil {
		return err
	}
	b.Conflicts = append(b.Conflicts, c)
	return nil
}

func (r *Register) readRung(e *entry, in *Entry, setters map[string]setter) error {
	s := Rung{ID: e.value}
	setters["from"] = setter{set: list(&s.From), need: true, many: true}
	setters["to"] = setter{set: text(&s.To), need: true}
	setters["why"] = setter{set: text(&s.Why), need: true}
	setters["law"] = setter{set: text(&s.Law), need: true}
	setters["term"] = setter{set: text(&s.Term)}
	setters["late"] = setter{set: text(&s.Late)}
	setters["need"] = setter{set: list(&s.Needs), many: true}
	setters["after"] = setter{need: true, set: func(value string) error {
		for _, w := range strings.Fields(value) {
			var o Outcome
			if err := oneOf(&o, outcomes()...)(w); err != nil {
				return err
			}
			s.After = append(s.After, o)
		}
		return nil
	}}
	setters["if"] = setter{many: true, set: func(value string) error {
		any := strings.Split(value, " or ")
		for _, f := range any {
			if !slices.Contains(FactNames(), f) {
				return fmt.Errorf("%q is no fact: there are %s", f, strings.Join(FactNames(), ", "))
			}
		}
		s.If = append(s.If, any)
		return nil
	}}
	if err := e.fill(setters); err != nil {
		return err
	}
	if slices.ContainsFunc(r.rungs, func(old Rung) bool { return old.ID == s.ID }) {
		return e.wrong("this step stands here twice")
	}
	s.Entry = *in
	r.rungs = append(r.rungs, s)
	return nil
}

// Body returns a body by its id.
func (r *Register) Body(id string) (Body, bool) {
	b, ok := r.bodies[id]
	return b, ok
}

// Bodies returns all bodies, by id.
func (r *Register) Bodies() []Body {
	var all []Body
	for _, b := range r.bodies {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b Body) int { return strings.Compare(a.ID, b.ID) })
	return all
}
