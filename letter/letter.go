package letter

import (
	"slices"
	"strings"
	"time"

	"habeas/claim"
	"habeas/ledger"
	"habeas/name"
)

// Facts are what a letter or form is filled from.
type Facts struct {
	Out    claim.Outward          // what may be told to its reader
	Today  time.Time              // the day it is dated
	About  []claim.Ref            // the persons it is about; empty for the affected person of the case
	Called func(claim.Ref) Called // what people are called for this reader; nobody whom [claim.Outward.Naming] keeps back is asked for

	Sender   Called
	Relation string            // what the sender is to the person: a term of "source-role"; may be empty
	Fields   map[string]string // what a member typed, see [Typed]
	Steps    []Step            // earlier letters, in order of time

	Enclosures []string        // as they were typed, line by line
	Exhibits   []Exhibit       // that go with it, behind those
	Leave      map[string]bool // sentences that stay out, by Sentence.Key
	Profile    Profile
}

// A Kind is how a block stands on the page.
type Kind uint8

// Kinds of block.
const (
	Text    Kind = iota // a paragraph
	Right               // lines on the right: addressee and sender
	Left                // lines on the left: date and signature
	Title               // in the middle
	Heading             // of a part
	Item                // of a list
)

// A Span is words of a block.
type Span struct {
	Text   string
	Note   int  // the number of the note on what it rests on; 0 for none
	Strong bool // the label of an element
	Blank  bool // nobody knows what stands here; Text is a line to write on
	Break  bool // a new line begins after it
}

// A Block is a paragraph, heading or group of lines.
type Block struct {
	Kind  Kind
	Spans []Span
}

// String returns the words of b.
func (b Block) String() string {
	var s strings.Builder
	for i, p := range b.Spans {
		s.WriteString(p.Text)
		if p.Break && i < len(b.Spans)-1 {
			s.WriteByte('\n')
		}
	}
	return s.String()
}

// A Note says what a sentence rests on. Its number stands behind the sentence
// while the letter is looked through, and is gone from the one that leaves.
type Note struct {
	N          int
	Claims     []ledger.ID
	Statements []claim.Ref
}

// A State is what became of an element of a checklist.
type State uint8

// States.
const (
	Missing State = iota
	Filled
	ByHand // to be done with a pen
)

// String returns the term of s, under "letter.state." in the catalogues.
func (s State) String() string { return [...]string{"missing", "filled", "by-hand"}[s] }

// An Answer is an element of a checklist with what fills it.
type Answer struct {
	Element
	State State
	Value string // in one line, for showing
}

// A Letter is a filled template, or a filled form of a procedure.
type Letter struct {
	Lang      string
	Blocks    []Block
	Notes     []Note // in order of their numbers
	Checklist []Answer
}

// Missing returns the elements that must be there and are not.
func (l *Letter) Missing() []Answer {
	return slices.DeleteFunc(slices.Clone(l.Checklist), func(a Answer) bool { return !a.Must || a.State != Missing })
}

// Claims returns the entries of the claims that the letter tells, each once, in
// the order of its notes.
func (l *Letter) Claims() []ledger.ID {
	var ids []ledger.ID
	for _, n := range l.Notes {
		for _, id := range n.Claims {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// blank is what stands where something is missing.
const blank = "____________________"

// A filling puts values in the places of fields.
type filling struct {
	Facts
	*teller
	letter *Letter
	said   []Sentence
}

// Fill returns the letter that t is with these facts. What is missing is a line
// to write on, and in the checklist. The same facts give the same letter.
func (t *Template) Fill(f Facts) (*Letter, error) {
	fl, err := newFilling(f, t.Lang)
	if err != nil {
		return nil, err
	}
	for _, p := range t.body {
		if slices.ContainsFunc(p.when, func(c condition) bool { return fl.has(c.field) == c.not }) {
			continue
		}
		if p.block != "" {
			fl.block(p.block, p.kind)
			continue
		}
		fl.add(p.kind, fl.lines(p)...)
	}
	for _, e := range t.Law.Elements {
		fl.letter.Checklist = append(fl.letter.Checklist, fl.answer(e))
	}
	return fl.letter, nil
}

func newFilling(f Facts, lang string) (*filling, error) {
	if affected := f.Out.State.Case.Affected; len(f.About) == 0 && affected != "" {
		f.About = []claim.Ref{affected}
	}
	t, err := newTeller(f, lang)
	if err != nil {
		return nil, err
	}
	fl := &filling{Facts: f, teller: t, letter: &Letter{Lang: lang}}
	fl.said = slices.DeleteFunc(t.sentences(), func(s Sentence) bool { return f.Leave[s.Key] })
	return fl, nil
}

func (f *filling) add(k Kind, spans ...Span) {
	f.letter.Blocks = append(f.letter.Blocks, Block{k, spans})
}

// lines fills the lines of a paragraph. Those of a text run on.
func (f *filling) lines(p paragraph) []Span {
	var spans []Span
	for i, l := range p.lines {
		for _, q := range l {
			if n := len(spans); n > 0 && q.field == "" && strings.HasPrefix(q.words, ".") && strings.HasSuffix(spans[n-1].Text, ".") {
				q.words = q.words[1:] // an abbreviation ended the sentence
			}
			spans = append(spans, f.span(q)...)
		}
		if n := len(spans); i < len(p.lines)-1 && n > 0 {
			if p.kind == Text {
				spans = append(spans, Span{Text: " "})
			} else {
				spans[n-1].Break = true
			}
		}
	}
	return spans
}

func (f *filling) span(p part) []Span {
	switch {
	case p.field == "":
		return []Span{{Text: p.words}}
	case p.variants != nil:
		sex, many := f.number(p.field)
		return []Span{{Text: choose(p.variants, sex, many, f.lang)}}
	case p.field == "signature", !f.has(p.field):
		return []Span{{Text: blank, Blank: true}}
	}
	return f.spans(p.field, p.inCase)
}

// spans returns the lines of a field, with the note on what the last rests on.
func (f *filling) spans(field, inCase string) []Span {
	var spans []Span
	values := f.values(field, inCase)
	for i, v := range values {
		spans = append(spans, Span{Text: v, Break: i < len(values)-1})
	}
	if n := len(spans); n > 0 && f.Fields[field] == "" {
		if _, from := f.derived(field); len(from) > 0 {
			var s Sentence
			for _, r := range from {
				s.rest(r)
			}
			spans[n-1].Note = f.note(s)
		}
	}
	return spans
}

// number says of whom a field names which words stand for them.
func (f *filling) number(field string) (sex name.Sex, many bool) {
	c := f.Sender
	if field != "sender" {
		if len(f.About) != 1 {
			return name.Unknown, len(f.About) > 1
		}
		c = f.called(f.About[0])
	}
	return c.sex(), c.Count > 1
}

// has reports whether there is something to put into a field.
func (f *filling) has(field string) bool {
	switch field {
	case "facts":
		return len(f.said) > 0
	case "steps":
		return len(f.Steps) > 0
	case "enclosures":
		return len(f.enclosed()) > 0
	case "signature":
		return false
	}
	return len(f.values(field, "")) > 0
}

// values returns the lines of a field that is no block of sentences.
func (f *filling) values(field, inCase string) []string {
	if typed := f.Fields[field]; fields[field].typed && typed != "" {
		if fields[field].lines {
			return manyLines(typed)
		}
		return some(oneLine(typed, mostLine))
	}
	switch field {
	case "date":
		if f.Today.IsZero() {
			return nil
		}
		return []string{f.dated(claim.DateOf(f.Today.UTC()))}
	case "sender":
		return some(f.Sender.in(f.lang, inCase))
	case "relation":
		if key := "dossier.who." + f.Relation + "." + sourceCase(inCase); f.Relation != "" && f.Has(key) {
			return []string{f.T(key)}
		}
	case "person":
		if len(f.About) > 0 {
			return []string{f.who(f.About, inCase)}
		}
	}
	value, _ := f.derived(field)
	return some(value)
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// block appends the paragraphs of a field that is nothing but.
func (f *filling) block(field string, k Kind) {
	switch field {
	case "facts":
		f.facts(k)
	case "steps":
		for _, s := range f.Steps {
			f.add(Item, Span{Text: f.step(s)})
		}
	case "enclosures":
		for _, e := range f.enclosed() {
			f.add(Item, Span{Text: e})
		}
	default:
		for _, l := range f.values(field, "") {
			f.add(k, Span{Text: l})
		}
	}
	if !f.has(field) {
		f.add(k, Span{Text: blank, Blank: true})
	}
}

// facts appends the sentences, those about one event in one paragraph, each with
// its note.
func (f *filling) facts(k Kind) {
	var spans []Span
	for i, s := range f.said {
		if i > 0 && s.About != f.said[i-1].About {
			f.add(k, spans...)
			spans = nil
		}
		if len(spans) > 0 {
			spans = append(spans, Span{Text: " "})
		}
		spans = append(spans, Span{Text: s.Text, Note: f.note(s)})
	}
	if len(spans) > 0 {
		f.add(k, spans...)
	}
}

// note returns the number of the note on a sentence, which it has from then on.
func (f *filling) note(s Sentence) int {
	for _, n := range f.letter.Notes {
		if slices.Equal(n.Claims, s.Claims) {
			return n.N
		}
	}
	n := Note{len(f.letter.Notes) + 1, s.Claims, s.Statements}
	f.letter.Notes = append(f.letter.Notes, n)
	return n.N
}

// answer says whether an element is there.
func (f *filling) answer(e Element) Answer {
	a := Answer{Element: e}
	for _, field := range e.Fields {
		switch {
		case field == "signature":
			a.State = ByHand
			return a
		case !f.has(field):
			continue
		case a.Value == "":
			a.State, a.Value = Filled, f.shown(field)
		}
	}
	return a
}

// shown returns a field in one line.
func (f *filling) shown(field string) string {
	var s string
	switch field {
	case "facts":
		for i, q := range f.said {
			if i > 0 {
				s += " "
			}
			s += q.Text
		}
	case "steps":
		for i, q := range f.Steps {
			if i > 0 {
				s += " "
			}
			s += f.step(q)
		}
	case "enclosures":
		s = strings.Join(f.enclosed(), "; ")
	default:
		s = strings.Join(f.values(field, ""), ", ")
	}
	return oneLine(s, mostLine)
}
