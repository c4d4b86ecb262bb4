package letter

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Plain returns l as text of at most about 76 columns. With notes, each sentence
// has the number of its note behind it, as it has nowhere else.
func (l *Letter) Plain(notes bool) []byte {
	var b bytes.Buffer
	for i, bl := range l.Blocks {
		if i > 0 && !(bl.Kind == l.Blocks[i-1].Kind && bl.Kind == Item) {
			b.WriteByte('\n')
		}
		for n, line := range bl.lines(notes) {
			switch {
			case bl.Kind == Right:
				wrap(&b, strings.Repeat(" ", 36), strings.Repeat(" ", 36), line)
			case bl.Kind == Item && n > 0:
				wrap(&b, "    ", "    ", line)
			case bl.Kind == Item:
				wrap(&b, "  - ", "    ", line)
			default:
				wrap(&b, "", "", line)
			}
		}
		switch bl.Kind {
		case Title:
			b.WriteString(strings.Repeat("=", min(76, utf8.RuneCountInString(bl.String()))) + "\n")
		case Heading:
			b.WriteString(strings.Repeat("-", min(76, utf8.RuneCountInString(bl.String()))) + "\n")
		}
	}
	return b.Bytes()
}

// lines returns the words of b line by line, with the numbers of notes if these
// are wanted.
func (b Block) lines(notes bool) []string {
	lines := []string{""}
	for _, s := range b.Spans {
		last := &lines[len(lines)-1]
		*last += s.Text
		if notes && s.Note > 0 {
			*last += mark(s.Note)
		}
		if s.Break {
			lines = append(lines, "")
		}
	}
	if n := len(lines) - 1; n > 0 && lines[n] == "" {
		lines = lines[:n]
	}
	return lines
}

// mark is the number of a note as it stands behind a sentence.
func mark(n int) string { return " [" + strconv.Itoa(n) + "]" }

// wrap writes s in lines that start with lead, the later ones with indent.
func wrap(b *bytes.Buffer, lead, indent, s string) {
	const width = 76
	b.WriteString(lead)
	at := utf8.RuneCountInString(lead)
	for i, w := range strings.Fields(s) {
		n := utf8.RuneCountInString(w)
		switch {
		case i == 0:
		case at+1+n > width:
			b.WriteString("\n" + indent)
			at = utf8.RuneCountInString(indent)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(w)
		at += n
	}
	b.WriteByte('\n')
}
