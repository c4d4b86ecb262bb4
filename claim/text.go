package claim

import (
	"strings"
	"unicode/utf8"
)

// A mark stands in working text for a person: the reference of the person
// between these brackets.
const (
	markOpen  = "⟦" // U+27E6
	markClose = "⟧" // U+27E7
	refLen    = 18
)

// A Mark is where a working text speaks of a person. Start and End are bytes of
// the text, half open, with the brackets inside.
type Mark struct {
	Start, End int
	Person     Ref
}

// MarkOf returns the words that stand in working text for person.
func MarkOf(person Ref) string { return markOpen + string(person) + markClose }

// Marks returns the marks of a working text in order. Brackets that hold no
// reference to a person are text.
func Marks(text string) []Mark {
	var marks []Mark
	for at := 0; ; {
		i := strings.Index(text[at:], markOpen)
		if i < 0 {
			return marks
		}
		at += i
		if m, ok := markAt(text, at); ok {
			marks = append(marks, m)
			at = m.End
			continue
		}
		at += len(markOpen)
	}
}

func markAt(text string, at int) (Mark, bool) {
	end := at + len(markOpen) + refLen + len(markClose)
	if end > len(text) || text[end-len(markClose):end] != markClose {
		return Mark{}, false
	}
	ref, err := ParseRef(text[at+len(markOpen) : end-len(markClose)])
	return Mark{at, end, ref}, err == nil && ref.Kind() == RefPerson
}

// Render returns text with each mark replaced by what person returns for it.
func Render(text string, person func(Ref) string) string {
	var b strings.Builder
	at := 0
	for _, m := range Marks(text) {
		b.WriteString(text[at:m.Start])
		b.WriteString(person(m.Person))
		at = m.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// Clean makes a received text fit to become working text. It is to be used once,
// before any mark is put in, for it also takes away the brackets of marks:
// someone who knew a reference could otherwise put words in a person's place.
//
// It makes line ends one form, writes U+FFFD for bytes that are no UTF-8, turns
// ⟦ and ⟧ into [ and ], and drops control characters, byte order marks and the
// characters that reorder what is shown (U+202A to U+202E, U+2066 to U+2069).
// Marks of direction that Arabic needs stay. Clean(Clean(s)) is Clean(s).
func Clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r == '\u0085', r == '\u2028', r == '\v', r == '\f':
			return '\n'
		case r == '\u2029':
			return '\n'
		case r == '⟦':
			return '['
		case r == '⟧':
			return ']'
		case r == '\t' || r == '\n':
			return r
		case r < ' ', 0x7f <= r && r < 0xa0, r == '\uFEFF':
			return -1
		case '\u202A' <= r && r <= '\u202E', '\u2066' <= r && r <= '\u2069':
			return -1
		}
		return r
	}, text)
}

// validPassage reports whether text[start:end] is a passage that cuts no
// character and no mark.
func validPassage(text string, start, end int) bool {
	if start < 0 || start >= end || end > len(text) {
		return false
	}
	if !utf8.RuneStart(text[start]) || end < len(text) && !utf8.RuneStart(text[end]) {
		return false
	}
	for _, m := range Marks(text) {
		if m.Start < start && start < m.End || m.Start < end && end < m.End {
			return false
		}
	}
	return true
}
