package gate

import (
	"encoding/xml"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A cell is where the text of a cell stands in a view.
type cell struct{ start, end int }

// maxNarrow is how many cells a table has in a row, or rows in all, at most, for
// its columns to be read downwards too.
const maxNarrow = 1 << 16

// readTable gives visit the rows of a table of separated values, its columns, and
// the short cells of each row by themselves, so that parts of a name that stand
// in cells far apart come together. Cells are separated by a space in each, rows
// and columns by a paragraph.
func readTable(v view, visit func(view)) {
	rows := cells(v.text, separator(v.text))
	visit(lay(v, rows))
	visit(lay(v, short(v.text, rows)))
	visit(lay(v, turn(rows)))
}

// separator returns the byte that separates most cells of s.
func separator(s string) byte {
	best, most := byte(','), 0
	for _, c := range []byte{',', ';', '\t', '|'} {
		if n := strings.Count(s, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

func cells(s string, sep byte) (rows [][]cell) {
	var row []cell
	for i := 0; i <= len(s); {
		if i == len(s) || s[i] == '\n' || s[i] == '\r' {
			if len(row) > 0 {
				rows, row = append(rows, row), nil
			}
			i++
			continue
		}
		c := cell{start: i}
		if s[i] == '"' {
			for i++; i < len(s) && (s[i] != '"' || i+1 < len(s) && s[i+1] == '"'); i++ {
				if s[i] == '"' {
					i++
				}
			}
			c.start++
			c.end = min(i, len(s))
			i = min(i+1, len(s))
		}
		rest := i
		for i < len(s) && s[i] != sep && s[i] != '\n' && s[i] != '\r' {
			i++
		}
		if c.end == 0 || i > rest {
			c.end = i
		}
		row = append(row, c)
		if i < len(s) && s[i] == sep {
			i++
		}
	}
	return rows
}

// lay writes the cells of v in rows.
func lay(v view, rows [][]cell) view {
	w := viewer{of: &v}
	w.text.Grow(len(v.text))
	for _, row := range rows {
		last := 0
		for _, c := range row {
			if c.start < c.end {
				w.copy(c.start, c.end)
			}
			last = max(c.start, c.end-1)
			w.put(" ", last, last+1)
		}
		w.put("\n\n", last, last+1)
	}
	return w.view()
}

// short leaves the cells that one to three words of letters are all of.
func short(s string, rows [][]cell) (out [][]cell) {
	for _, row := range rows {
		var left []cell
		for _, c := range row {
			text := s[c.start:c.end]
			if len(text) > 0 && len(text) < 100 && fewWords(text) && !strings.ContainsFunc(text, unicode.IsDigit) {
				left = append(left, c)
			}
		}
		if len(left) > 1 {
			out = append(out, left)
		}
	}
	return out
}

func fewWords(s string) bool {
	n := 0
	for range strings.FieldsSeq(s) {
		n++
	}
	return n <= 3
}

// turn makes columns of rows, and rows of columns.
func turn(rows [][]cell) (out [][]cell) {
	if len(rows) > maxNarrow {
		rows = rows[:maxNarrow]
	}
	for _, row := range rows {
		for i, c := range row[:min(len(row), maxNarrow)] {
			if i == len(out) {
				out = append(out, nil)
			}
			out[i] = append(out[i], c)
		}
	}
	return out
}

// jsonValues returns every string in v that is not a key, and each key once,
// decoded, with a line break between them.
func jsonValues(v view) view {
	w := viewer{of: &v}
	s := v.text
	keys := map[string]bool{}
	for i := 0; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		start := i + 1
		for i++; i < len(s) && s[i] != '"'; i++ {
			if s[i] == '\\' {
				i++
			}
		}
		end := min(i, len(s))
		if strings.HasPrefix(strings.TrimLeft(s[min(end+1, len(s)):], " \t\r\n"), ":") {
			if keys[s[start:end]] {
				continue
			}
			keys[s[start:end]] = true
		}
		w.copy(start, end)
		w.put("\n", end, end+1)
	}
	return w.view()
}

// readMarkdown returns Markdown without its marks: emphasis, code, the brackets
// of links and tables, and the backslashes before them. Targets and titles of
// links stay behind the text they are of, in brackets.
func readMarkdown(v view) view {
	w := viewer{of: &v}
	s := v.text
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && s[i+1] < utf8.RuneSelf && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0:
			w.copy(i+1, i+2)
			i += 2
		case strings.IndexByte("*_~`", c) >= 0:
			i++
		case c == '|':
			w.put(" ", i, i+1)
			i++
		case c == '!' && i+1 < len(s) && s[i+1] == '[', c == '[':
			i++
		case c == ']':
			i = linkEnd(s, i+1)
		default:
			w.copy(i, i+1)
			i++
		}
	}
	return w.view()
}

// maxTarget is how long the target of a link may be, in bytes, to be left out of
// the text around it. The targets are read where the text is read as it stands.
const maxTarget = 2000

// linkEnd returns where the target begins that i stands before, or i: (…) or [ref].
func linkEnd(s string, i int) int {
	if i >= len(s) || s[i] != '(' && s[i] != '[' {
		return i
	}
	end := byte(')')
	if s[i] == '[' {
		end = ']'
	}
	n := strings.IndexByte(s[i:min(len(s), i+maxTarget)], end)
	if n < 0 || strings.Contains(s[i:i+n], "\n\n") {
		return i
	}
	return i + n + 1
}

// wellFormed reports whether s is XML that any parser reads alike.
func wellFormed(s string) bool {
	d := xml.NewDecoder(strings.NewReader(s))
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		if _, err := d.Token(); err != nil {
			return err == io.EOF
		}
	}
}
