package letter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A part of a line is words, or a field that is filled in. What a member typed is
// never read as a line, so nothing in it becomes a field or a heading.
type part struct {
	words    string   // literal, if field is empty
	field    string   // what is filled in
	inCase   string   // "gen" and the like, or ""
	variants []string // words by the sex of whom field names: man, woman, several
}

// caseNames are the grammatical cases a template may ask for.
var caseNames = []string{"nom", "gen", "dat", "acc", "ins", "loc", "voc"}

// readParts reads a line with {{fields}} in it. A field is a name, a colon and a
// case behind it where it is a person ({{person:gen}}), or words by the sex of
// that person behind strokes ({{person|ся|ась|ись}}).
func readParts(line string) ([]part, problem) {
	var parts []part
	for line != "" {
		words, rest, found := strings.Cut(line, "{{")
		if i := strings.Index(words, "}}"); i >= 0 {
			return nil, problem{code: "closed", word: words[i:]}
		}
		if words != "" {
			parts = append(parts, part{words: words})
		}
		if !found {
			return parts, problem{}
		}
		inside, after, closed := strings.Cut(rest, "}}")
		if !closed || strings.Contains(inside, "{{") {
			return nil, problem{code: "unclosed", word: short("{{" + rest)}
		}
		p, bad := readField(inside)
		if bad.code != "" {
			return nil, bad
		}
		parts = append(parts, p)
		line = after
	}
	return parts, problem{}
}

func readField(inside string) (part, problem) {
	name, variants, chooses := strings.Cut(inside, "|")
	var p part
	if chooses {
		p.variants = strings.Split(variants, "|")
		if len(p.variants) < 2 || len(p.variants) > 3 {
			return part{}, problem{code: "variants", word: short(inside)}
		}
	}
	name, c, cased := strings.Cut(name, ":")
	p.field, p.inCase = strings.TrimSpace(name), strings.TrimSpace(c)
	switch {
	case p.field == "":
		return part{}, problem{code: "empty"}
	case cased && (chooses || !slices.Contains(caseNames, p.inCase)):
		return part{}, problem{code: "case", word: short(inside)}
	}
	return p, problem{}
}

// A problem is what is wrong with a line.
type problem struct{ code, word string }

// short cuts what is quoted in an error.
func short(s string) string {
	if len(s) <= 40 {
		return s
	}
	n := 40
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// Lengths of what a member types, in runes.
const (
	mostLine  = 300
	mostLines = 20000
)

// oneLine returns what somebody typed as a single line that can be nothing else:
// without control characters, signs that turn the direction of writing, and
// characters that no XML may hold. It is cut at most runes.
func oneLine(s string, most int) string {
	s = strings.Join(strings.Fields(strings.Map(visible, strings.ToValidUTF8(s, "\uFFFD"))), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return s
}

// manyLines returns what somebody typed as lines, each as [oneLine] has it, and
// none that only draws a line, as under a heading.
func manyLines(s string) []string {
	var lines []string
	left := mostLines
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n").Replace(s)
	for l := range strings.SplitSeq(s, "\n") {
		l = oneLine(l, max(1, left))
		if l == "" || strings.Trim(l, "-=_~*#—– ") == "" {
			continue
		}
		if left -= utf8.RuneCountInString(l); left < 0 {
			break
		}
		lines = append(lines, l)
	}
	return lines
}

// visible drops what no letter holds, and makes blanks of all that is blank.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r == '\u200C', r == '\u200D': // joiners, which some scripts need
		return r
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r), r == 0xFFFE, r == 0xFFFF:
		return -1
	case r&0xFFFE == 0xFFFE: // no character
		return -1
	}
	return r
}
