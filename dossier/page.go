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

	leaves []*leaf // its words in order, once they are finished
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

var pageTemplate = template.Must(template.New("dossier").Funcs(template.FuncMap{"at": func(s string) string { return s }}).Parse(pageSource))

// html writes the page, and says where its words stand.
func (p *page) html() ([]byte, []spot, error) {
	var b bytes.Buffer
	var starts []int // of each leaf, for what stands before it is written by then
	at := func(s string) string {
		starts = append(starts, b.Len())
		return s
	}
	t, err := pageTemplate.Clone()
	if err == nil {
		err = t.Funcs(template.FuncMap{"at": at}).Execute(&b, p)
	}
	if err != nil {
		return nil, nil, err
	}
	var spots []spot
	for n, start := range starts {
		spots = append(spots, htmlSpots(b.Bytes(), start, n, p.leaves[n].words)...)
	}
	return b.Bytes(), spots, nil
}

// text writes the page as plain text of at most about 76 columns, and says where
// its words stand.
func (p *page) text() ([]byte, []spot) {
	t := textWriter{leaves: p.leaves}
	t.para("", p.Title, "")
	t.WriteString(strings.Repeat("=", min(76, len([]rune(p.Title)))) + "\n\n")
	t.para("", p.Prepared, "")
	for _, n := range p.Notes {
		t.WriteByte('\n')
		t.para("", n, "")
	}
	for _, s := range p.Sections {
		t.WriteString("\n\n")
		t.para("", s.Title, "")
		t.WriteString(strings.Repeat("-", min(76, len([]rune(s.Title)))) + "\n")
		for _, q := range s.Paras {
			t.WriteByte('\n')
			t.para("", q, "")
		}
		for _, e := range s.Entries {
			t.WriteByte('\n')
			t.para("", e.Head, marked(e.Mark, e.Word))
			for _, q := range e.Paras {
				t.para("    ", q, "")
			}
			for _, l := range e.Lines {
				t.para("  - ", l.Text, marked(l.Mark, l.Word))
				for _, u := range l.Under {
					t.para("      ", u, "")
				}
			}
		}
	}
	return t.Bytes(), t.spots
}

func marked(mark, word string) string {
	if word == "" {
		return ""
	}
	return " [" + mark + " " + word + "]"
}

type textWriter struct {
	bytes.Buffer
	leaves []*leaf
	spots  []spot
	n      int // leaves that were written
}

// para writes a leaf, and more behind it, in lines that start with blanks as wide
// as lead, the first with lead itself.
func (t *textWriter) para(lead, s, more string) {
	const width = 76
	t.WriteString(lead)
	indent := strings.Repeat(" ", len(lead))
	at, from := len(lead), 0
	for i, word := range strings.Fields(s + more) {
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
		if i := strings.Index(s[from:], word); i >= 0 {
			t.spots = append(t.spots, spot{t.Len(), t.Len() + len(word), t.n, from + i, from + i + len(word)})
			from += i + len(word)
		}
		t.WriteString(word)
		at += n
	}
	t.WriteByte('\n')
	t.n++
}
