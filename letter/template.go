package letter

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"habeas/internal/locale"
)

// A Template is a letter with fields to fill in. It is a plain text file that a
// lawyer can change:
//
//	title: Complaint
//	lang: en
//	law: OWN-GENERAL
//	to: any
//
//	> {{addressee}}
//	> from {{sender}}
//
//	# Request
//
//	I ask about the fate of {{person}}.
//
//	{{if person.born}}
//	Born: {{person.born}}.
//	{{end}}
//
//	{{facts}}
//
// Lines "key: value" come first, then a blank line, then paragraphs with blank
// lines between. A paragraph of lines that begin with ">" stands on the right
// line by line, "|" on the left line by line, "#" is the title, "##" a heading,
// "-" an item of a list. Nothing in it is run: it names fields of a closed set.
type Template struct {
	Key   string // the file's name without its ending, such as "ru-appeal"
	Title string // as it is offered to members
	Lang  string // one of [Langs]
	Law   Law    // whose contents it must have
	To    string // kind of addressee, of [AddresseeKinds]
	Note  string // what a member should know before sending it; may be empty

	body   []paragraph
	source string
}

// Source returns the text of a template that an office has; "" for one that the
// program brings.
func (t *Template) Source() string { return t.source }

// Words returns the words of t that stand in every letter made from it, by line,
// with a dash where a field is.
func (t *Template) Words() []string {
	var all []string
	for _, p := range t.body {
		for _, l := range p.lines {
			var b strings.Builder
			for _, q := range l {
				switch {
				case q.field == "":
					b.WriteString(q.words)
				case q.variants != nil:
					b.WriteString(strings.Join(q.variants, " / "))
				default:
					b.WriteString("–")
				}
			}
			all = append(all, b.String())
		}
	}
	return all
}

// Langs are the languages letters are written in.
func Langs() []string { return []string{"en", "es", "fr", "ru", "uk"} }

// AddresseeKinds returns the kinds of addressee that a template may name.
func AddresseeKinds() []string {
	return []string{"any", "prosecutor", "investigation", "police", "court", "ombudsman", "search", "un"}
}

// A paragraph is one block of a template.
type paragraph struct {
	kind  Kind
	lines [][]part
	block string // a field that is paragraphs of its own, alone here
	when  []condition
}

// A condition is a field that must be filled, or must not be.
type condition struct {
	field string
	not   bool
	line  int
}

func (c condition) same(field string) bool { return !c.not && c.field == field }

// A SyntaxError says what is wrong with a template and where.
type SyntaxError struct {
	File string
	Line int
	Code string // its words are under "letter.syntax."
	Word string // what stands there, or is missing
}

// Error returns the place and the code, for logs and tests.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d: %s %q", e.File, e.Line, e.Code, e.Word)
}

// Say returns what is wrong, in words for the member who wrote the template.
func (e *SyntaxError) Say(p *locale.Printer) string {
	return p.T("letter.syntax", e.File, e.Line, p.T("letter.syntax."+e.Code, e.Word))
}

// Limits of a template.
const (
	mostBytes = 64 << 10
	mostDeep  = 4
)

// A reader reads one template.
type reader struct {
	file string
	line int
	t    *Template
	open []condition
	law  int // the line that names the law
	used map[string]bool
}

func (r *reader) fail(line int, code, word string) error {
	return &SyntaxError{r.file, line, code, short(word)}
}

// Parse reads a template from the text of a file. An error is a [SyntaxError].
func Parse(file string, text []byte) (*Template, error) {
	key, _ := strings.CutSuffix(file, ".txt")
	r := &reader{file: file, t: &Template{Key: key}, used: map[string]bool{}}
	switch {
	case len(text) > mostBytes:
		return nil, r.fail(1, "large", "")
	case !utf8.Valid(text):
		return nil, r.fail(1, "encoding", "")
	}
	lines := strings.Split(strings.TrimPrefix(strings.ReplaceAll(string(text), "\r\n", "\n"), "\uFEFF"), "\n")
	for i, l := range lines {
		if strings.ContainsFunc(l, func(c rune) bool { return c != ' ' && c != '\t' && visible(c) != c && c != '\u00A0' }) {
			return nil, r.fail(i+1, "hidden", "")
		}
	}
	n, err := r.header(lines)
	if err != nil {
		return nil, err
	}
	if err := r.body(lines, n); err != nil {
		return nil, err
	}
	if len(r.t.body) == 0 {
		return nil, r.fail(len(lines), "nothing", "")
	}
	for _, e := range r.t.Law.Elements {
		if e.Must && len(e.Fields) > 0 && !slices.ContainsFunc(e.Fields, func(f string) bool { return r.used[f] }) {
			return nil, r.fail(r.law, "missing", strings.Join(e.Fields, ", "))
		}
	}
	return r.t, nil
}

// header reads the lines "key: value" and returns the number of the line after
// them.
func (r *reader) header(lines []string) (int, error) {
	seen := map[string]bool{}
	n := 0
	for ; n < len(lines) && strings.TrimSpace(lines[n]) != ""; n++ {
		key, value, ok := strings.Cut(lines[n], ":")
		value = strings.TrimSpace(value)
		if !ok || value == "" {
			return 0, r.fail(n+1, "header", lines[n])
		}
		if seen[key] {
			return 0, r.fail(n+1, "twice", key)
		}
		seen[key] = true
		bad := ""
		switch key {
		case "title":
			r.t.Title = value
		case "note":
			r.t.Note = value
		case "lang":
			r.t.Lang = value
			if !slices.Contains(Langs(), value) {
				bad = "lang"
			}
		case "law":
			r.law = n + 1
			if r.t.Law, ok = LawByID(value); !ok {
				bad = "law"
			}
		case "to":
			r.t.To = value
			if !slices.Contains(AddresseeKinds(), value) {
				bad = "to"
			}
		default:
			bad, value = "key", key
		}
		if bad != "" {
			return 0, r.fail(n+1, bad, value)
		}
	}
	for _, key := range []string{"title", "lang", "law", "to"} {
		if !seen[key] {
			return 0, r.fail(max(n, 1), "lacks", key)
		}
	}
	return n, nil
}

// body reads the paragraphs from line n on.
func (r *reader) body(lines []string, n int) error {
	var block []string
	at := n
	for i := n; i <= len(lines); i++ {
		line := ""
		if i < len(lines) {
			line = strings.TrimSpace(lines[i])
		}
		word, isControl := control(line)
		if line != "" && !isControl {
			if len(block) == 0 {
				at = i
			}
			block = append(block, line)
			continue
		}
		if err := r.paragraph(block, at+1); err != nil {
			return err
		}
		block = nil
		if isControl {
			if err := r.control(word, i+1); err != nil {
				return err
			}
		}
	}
	if n := len(r.open); n > 0 {
		return r.fail(r.open[n-1].line, "unended", r.open[n-1].field)
	}
	return nil
}

// control returns what stands in a line that is only {{if …}} or {{end}}.
func control(line string) (string, bool) {
	inside, ok := strings.CutPrefix(line, "{{")
	if !ok {
		return "", false
	}
	inside, ok = strings.CutSuffix(inside, "}}")
	inside = strings.TrimSpace(inside)
	return inside, ok && (inside == "end" || inside == "if" || strings.HasPrefix(inside, "if "))
}

func (r *reader) control(word string, line int) error {
	if word == "end" {
		if len(r.open) == 0 {
			return r.fail(line, "end", word)
		}
		r.open = r.open[:len(r.open)-1]
		return nil
	}
	name := strings.TrimSpace(strings.TrimPrefix(word, "if"))
	c := condition{line: line}
	if rest, not := strings.CutPrefix(name, "not "); not {
		name, c.not = strings.TrimSpace(rest), true
	}
	c.field = name
	if _, ok := fields[name]; !ok {
		return r.fail(line, "field", name)
	}
	if len(r.open) >= mostDeep {
		return r.fail(line, "deep", name)
	}
	r.open = append(r.open, c)
	return nil
}

// marks are how a paragraph of each kind begins, longer ones first.
var marks = []struct {
	mark string
	kind Kind
}{{"##", Heading}, {"#", Title}, {">", Right}, {"|", Left}, {"-", Item}}

func (r *reader) paragraph(lines []string, line int) error {
	if len(lines) == 0 {
		return nil
	}
	p := paragraph{when: slices.Clone(r.open)}
	for _, m := range marks {
		if strings.HasPrefix(lines[0], m.mark) {
			p.kind = m.kind
			for i, l := range lines {
				rest, ok := strings.CutPrefix(l, m.mark)
				if !ok {
					return r.fail(line+i, "mixed", l)
				}
				lines[i] = strings.TrimSpace(rest)
			}
			break
		}
	}
	if p.kind == Item {
		for i := range lines {
			if err := r.add(paragraph{kind: Item, when: p.when}, lines[i:i+1], line+i); err != nil {
				return err
			}
		}
		return nil
	}
	return r.add(p, lines, line)
}

// add reads the lines of one paragraph and appends it.
func (r *reader) add(p paragraph, lines []string, line int) error {
	for i, l := range lines {
		parts, bad := readParts(l)
		if bad.code != "" {
			return r.fail(line+i, bad.code, bad.word)
		}
		for _, q := range parts {
			if q.field == "" {
				continue
			}
			if bad := r.check(q, len(parts) == 1 && len(lines) == 1 && (p.kind == Text || p.kind == Item)); bad != "" {
				return r.fail(line+i, bad, q.field)
			}
			if fields[q.field].block {
				p.block = q.field
			}
			if !slices.ContainsFunc(p.when, func(c condition) bool { return !c.same(q.field) }) {
				r.used[q.field] = true
			}
		}
		p.lines = append(p.lines, parts)
	}
	r.t.body = append(r.t.body, p)
	return nil
}

// check says what is wrong with a field of a template, or "".
func (r *reader) check(p part, alone bool) string {
	f, ok := fields[p.field]
	switch {
	case !ok:
		return "field"
	case f.block && !alone:
		return "alone"
	case p.inCase != "" && !f.declines:
		return "undeclined"
	case p.inCase != "" && p.inCase != "nom" && r.t.Lang != "ru" && r.t.Lang != "uk":
		return "caseless"
	case p.variants != nil && !f.person:
		return "sexless"
	}
	return ""
}
