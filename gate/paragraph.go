package gate

import (
	"strings"

	"habeas/name"
)

// paragraphs knows which words stand in a paragraph in which nothing has a
// capital, so that capitals tell nothing there.
type paragraphs struct{ folded []bool }

// minFolded is how many words a paragraph has, at the least, before the lack of
// capitals is taken for a habit.
const minFolded = 4

func newParagraphs(words []name.Word, plain []int) paragraphs {
	var p paragraphs
	for i := 0; i < len(plain); {
		j, capital := i, false
		for j < len(plain) && (j == i || !words[plain[j]].Gap) {
			capital = capital || words[plain[j]].Title
			j++
		}
		if !capital && j-i >= minFolded {
			if p.folded == nil {
				p.folded = make([]bool, len(plain))
			}
			for k := i; k < j; k++ {
				p.folded[k] = true
			}
		}
		i = j
	}
	return p
}

func (p paragraphs) at(word int) bool { return p.folded != nil && p.folded[word] }

// marks knows where references to persons stand in a text (⟦p:…⟧): the letters
// in them are nobody's name.
type marks struct {
	places [][2]int
}

const (
	markOpen  = "⟦"
	markClose = "⟧"
	markSize  = len(markOpen) + len("p:") + 16 + len(markClose)
)

func newMarks(text string) *marks {
	m := &marks{}
	for i := 0; ; {
		n := strings.Index(text[i:], markOpen)
		if n < 0 {
			return m
		}
		i += n
		if size := markAt(text[i:]); size > 0 {
			m.places = append(m.places, [2]int{i, i + size})
			i += size
		} else {
			i += len(markOpen)
		}
	}
}

// markAt returns the size of the mark that s begins with, or 0.
func markAt(s string) int {
	if len(s) < markSize || !strings.HasPrefix(s, markOpen) || !strings.HasPrefix(s[markSize-len(markClose):], markClose) {
		return 0
	}
	ref := s[len(markOpen) : markSize-len(markClose)]
	if ref[0] < 'a' || ref[0] > 'z' || ref[1] != ':' || strings.Trim(ref[2:], "abcdefghijkmnpqrstuvwxyz23456789") != "" {
		return 0
	}
	return markSize
}

// hold reports whether the byte at stands in a mark. It must be asked in rising
// order, or nearly.
func (m *marks) hold(at int) bool {
	for i, p := range m.places {
		if at < p[0] {
			break
		}
		if at < p[1] {
			return true
		}
		if i > 8 && at >= p[1] { // far behind
			m.places = m.places[i:]
			return m.hold(at)
		}
	}
	return false
}
