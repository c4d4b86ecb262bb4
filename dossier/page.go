package dossier

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
)

// A page is a dossier as a tree of words, the same for both files.
type page struct {
	Lang, Dir string
	Title     string
	Prepared  string
	Notes     []string // how to read it
	Sections  []section
}

// A section is a part under a heading of its own.
type section struct {
	Title   string
	Paras   []string
	Entries []entry
}

// An entry is one finding or event.
type entry struct {
	Head  string
	Mark  string // a sign that goes with Word, such as "⇄"
	Word  string // "contested" and the like; empty for none
	Paras []string
	Lines []line
}

// A line is one answer with those who give it.
type line struct {
	Text  string
	Mark  string
	Word  string
	Under []string
}

//go:embed dossier.html
var pageSource string

var pageTemplate = template.Must(template.New("dossier").Parse(pageSource))

func (p *page) html() ([]byte, error) {
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, p)
	return b.Bytes(), err
}

// text writes the page as plain text of at most about 76 columns.
func (p *page) text() []byte {
	var t textWriter
	t.para("", p.Title)
	t.WriteString(strings.Repeat("=", min(76, len([]rune(p.Title)))) + "\n\n")
	t.para("", p.Prepared)
	for _, n := range p.Notes {
		t.WriteByte('\n')
		t.para("", n)
	}
	for _, s := range p.Sections {
		t.WriteString("\n\n")
		t.para("", s.Title)
		t.WriteString(strings.Repeat("-", min(76, len([]rune(s.Title)))) + "\n")
		for _, q := range s.Paras {
			t.WriteByte('\n')
			t.para("", q)
		}
		for _, e := range s.Entries {
			t.WriteByte('\n')
			t.para("", marked(e.Head, e.Mark, e.Word))
			for _, q := range e.Paras {
				t.para("    ", q)
			}
			for _, l := range e.Lines {
				t.para("  - ", marked(l.Text, l.Mark, l.Word))
				for _, u := range l.Under {
					t.para("      ", u)
				}
			}
		}
	}
	return t.Bytes()
}

func marked(s, mark, word string) string {
	if word == "" {
		return s
	}
	return s + " [" + mark + " " + word + "]"
}

type textWriter struct{ bytes.Buffer }

// para writes s in lines that start with blanks as wide as lead, the first with
// lead itself.
func (t *textWriter) para(lead, s string) {
	const width = 76
	t.WriteString(lead)
	indent := strings.Repeat(" ", len(lead))
	at := len(lead)
	for i, word := range strings.Fields(s) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case at+1+n > width:
			t.WriteString("\n" + indent)
			at = len(indent)
		default:
			t.WriteByte(' ')
			at++
		}
		t.WriteString(word)
		at += n
	}
	t.WriteByte('\n')
}
