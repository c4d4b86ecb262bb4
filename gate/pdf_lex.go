package gate

import (
	"bytes"
	"strconv"
	"strings"
)

// Objects of PDF (ISO 32000-1, 7.3): nil, bool, float64, pdfString, pdfName, []any,
// pdfDict, pdfRef, and *pdfStream. Words outside of them are pdfWord.
type (
	pdfString string
	pdfName   string
	pdfWord   string
	pdfDict   map[pdfName]any
	pdfRef    int // the number of an object; its generation is always that of the only one
	pdfStream struct {
		dict  pdfDict
		bytes []byte // as packed
	}
)

// maxNesting is how deep arrays and dictionaries may lie in each other.
const maxNesting = 64

// A pdfLexer reads tokens and objects.
type pdfLexer struct {
	b       []byte
	i       int
	bad     bool           // something was no token
	comment func(s []byte) // nil: comments are nothing
}

func pdfSpace(c byte) bool { return c == 0 || c == 9 || c == 10 || c == 12 || c == 13 || c == 32 }

func pdfDelimiter(c byte) bool { return strings.IndexByte("()<>[]{}/%", c) >= 0 }

func (l *pdfLexer) skip() {
	for l.i < len(l.b) {
		switch c := l.b[l.i]; {
		case pdfSpace(c):
			l.i++
		case c == '%':
			start := l.i
			for l.i < len(l.b) && l.b[l.i] != '\n' && l.b[l.i] != '\r' {
				l.i++
			}
			if l.comment != nil {
				l.comment(l.b[start:l.i])
			}
		default:
			return
		}
	}
}

// next returns the next object or word; nil and false at the end.
func (l *pdfLexer) next(deep int) (any, bool) {
	l.skip()
	if l.i >= len(l.b) || deep > maxNesting {
		l.bad = l.bad || deep > 0
		l.i = max(l.i, min(l.i, len(l.b)))
		return nil, false
	}
	switch c := l.b[l.i]; {
	case c == '(':
		return l.literal(), true
	case c == '/':
		l.i++
		return l.name(), true
	case c == '<' && l.i+1 < len(l.b) && l.b[l.i+1] == '<':
		l.i += 2
		return l.dict(deep), true
	case c == '<':
		return l.hex(), true
	case c == '[':
		l.i++
		return l.array(deep), true
	case c == '{' || c == '}':
		l.i++
		return pdfWord(c), true
	case c == ']' || c == '>' && l.i+1 < len(l.b) && l.b[l.i+1] == '>':
		word := "]"
		if c == '>' {
			word = ">>"
		}
		l.i += len(word)
		return pdfWord(word), true
	case pdfDelimiter(c):
		l.i++
		l.bad = true
		return pdfWord(c), true
	}
	start := l.i
	for l.i < len(l.b) && !pdfSpace(l.b[l.i]) && !pdfDelimiter(l.b[l.i]) {
		l.bad = l.bad || l.b[l.i] >= 0x7F || l.b[l.i] < 0x20
		l.i++
	}
	return pdfAtom(string(l.b[start:l.i])), true
}

func pdfAtom(s string) any {
	switch s {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if s[0] >= '0' && s[0] <= '9' || s[0] == '+' || s[0] == '-' || s[0] == '.' {
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			return n
		}
	}
	return pdfWord(s)
}

func (l *pdfLexer) array(deep int) []any {
	out := []any{}
	for {
		v, ok := l.next(deep + 1)
		if !ok || v == pdfWord("]") {
			return out
		}
		out = reference2(append(out, v))
	}
}

// reference2 makes a reference of "number generation R" at the end of list.
func reference2(list []any) []any {
	n := len(list)
	if n < 3 || list[n-1] != pdfWord("R") {
		return list
	}
	num, ok := list[n-3].(float64)
	if _, gen := list[n-2].(float64); !ok || !gen || num != float64(int(num)) {
		return list
	}
	return append(list[:n-3], pdfRef(num))
}

func (l *pdfLexer) dict(deep int) pdfDict {
	var list []any
	for {
		v, ok := l.next(deep + 1)
		if !ok || v == pdfWord(">>") {
			break
		}
		list = reference2(append(list, v))
	}
	out := pdfDict{}
	if len(list)%2 != 0 {
		l.bad = true
	}
	for i := 0; i+1 < len(list); i += 2 {
		key, ok := list[i].(pdfName)
		if _, twice := out[key]; !ok || twice {
			l.bad = true
		}
		out[key] = list[i+1]
	}
	return out
}

func (l *pdfLexer) name() pdfName {
	var out []byte
	for l.i < len(l.b) && !pdfSpace(l.b[l.i]) && !pdfDelimiter(l.b[l.i]) {
		c := l.b[l.i]
		if c == '#' && l.i+2 < len(l.b) && isHex(l.b[l.i+1]) && isHex(l.b[l.i+2]) {
			n, _ := strconv.ParseUint(string(l.b[l.i+1:l.i+3]), 16, 8)
			c, l.i = byte(n), l.i+2
		}
		out = append(out, c)
		l.i++
	}
	return pdfName(out)
}

func (l *pdfLexer) hex() pdfString {
	end := bytes.IndexByte(l.b[l.i:], '>')
	if end < 0 {
		l.bad = true
		end = len(l.b) - l.i - 1
	}
	var digits []byte
	for _, c := range l.b[l.i+1 : max(l.i+1, l.i+end)] {
		if isHex(c) {
			digits = append(digits, c)
		} else if !pdfSpace(c) {
			l.bad = true
		}
	}
	l.i += end + 1
	if len(digits)%2 != 0 {
		digits = append(digits, '0')
	}
	out := make([]byte, len(digits)/2)
	for i := range out {
		n, _ := strconv.ParseUint(string(digits[2*i:2*i+2]), 16, 8)
		out[i] = byte(n)
	}
	return pdfString(out)
}

func (l *pdfLexer) literal() pdfString {
	var out []byte
	depth := 0
	for ; l.i < len(l.b); l.i++ {
		switch c := l.b[l.i]; c {
		case '(':
			if depth++; depth > 1 {
				out = append(out, c)
			}
		case ')':
			if depth--; depth == 0 {
				l.i++
				return pdfString(out)
			}
			out = append(out, c)
		case '\\':
			l.i++
			out = l.escaped(out)
		default:
			out = append(out, c)
		}
	}
	l.bad = true
	return pdfString(out)
}

// escaped appends what stands behind a backslash, and stops at its last byte.
func (l *pdfLexer) escaped(out []byte) []byte {
	if l.i >= len(l.b) {
		return out
	}
	c := l.b[l.i]
	if i := strings.IndexByte("nrtbf", c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i])
	}
	if c == '\r' && l.i+1 < len(l.b) && l.b[l.i+1] == '\n' {
		l.i++
		return out
	}
	if c == '\n' || c == '\r' {
		return out
	}
	n, digits := 0, 0
	for digits < 3 && l.i+digits < len(l.b) && l.b[l.i+digits] >= '0' && l.b[l.i+digits] <= '7' {
		n = n*8 + int(l.b[l.i+digits]-'0')
		digits++
	}
	if digits == 0 {
		return append(out, c)
	}
	l.i += digits - 1
	return append(out, byte(n))
}
