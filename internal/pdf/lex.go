package pdf

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// A Lexer reads objects and words from B, from I on. It never fails: what is no
// token is a Word.
type Lexer struct {
	B        []byte
	I        int
	Comments int  // bytes of comments that were passed
	Content  bool // B is a stream of contents, where no references are
}

// IsSpace reports whether c is white space.
func IsSpace(c byte) bool { return c == 0 || c == 9 || c == 10 || c == 12 || c == 13 || c == 32 }

func delimiter(c byte) bool { return strings.IndexByte("()<>[]{}/%", c) >= 0 }

func regular(c byte) bool { return !IsSpace(c) && !delimiter(c) }

// Skip passes white space and comments.
func (l *Lexer) Skip() {
	for l.I < len(l.B) {
		switch c := l.B[l.I]; {
		case IsSpace(c):
			l.I++
		case c == '%':
			start := l.I
			for l.I < len(l.B) && l.B[l.I] != '\n' && l.B[l.I] != '\r' {
				l.I++
			}
			l.Comments += l.I - start
		default:
			return
		}
	}
}

// Next returns the next object or Word, and false at the end.
func (l *Lexer) Next() (any, bool) { return l.next(0) }

func (l *Lexer) next(deep int) (any, bool) {
	l.Skip()
	if l.I >= len(l.B) || deep > mostNesting {
		return nil, false
	}
	c := l.B[l.I]
	double := l.I+1 < len(l.B) && l.B[l.I+1] == c
	switch {
	case c == '(':
		return l.literal(), true
	case c == '/':
		l.I++
		return l.name(), true
	case c == '<' && double:
		l.I += 2
		return l.dict(deep), true
	case c == '<':
		return l.hex(), true
	case c == '[':
		l.I++
		return l.list(deep, "]"), true
	case c == '>' && double:
		l.I += 2
		return Word(">>"), true
	case delimiter(c):
		l.I++
		return Word(c), true
	}
	start := l.I
	for l.I < len(l.B) && regular(l.B[l.I]) {
		l.I++
	}
	return atom(string(l.B[start:l.I])), true
}

func atom(s string) any {
	switch s {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if n, ok := number(s); ok {
		return n
	}
	return Word(s)
}

// number reads a number as viewers do, who stop at what can't belong to it.
func number(s string) (float64, bool) {
	if strings.IndexByte("+-.0123456789", s[0]) < 0 {
		return 0, false
	}
	sign := 1.0
	for len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' && !strings.Contains(s[:i], ".")) {
		i++
	}
	if i < len(s) && s[i] != '-' && s[i] != '.' {
		return 0, false
	}
	n, err := strconv.ParseFloat(s[:i], 64)
	if err != nil || math.IsInf(n, 0) {
		n = 0
	}
	return sign * n, true
}

// list reads objects up to a word that ends them.
func (l *Lexer) list(deep int, end Word) []any {
	out := []any{}
	for {
		before := l.I
		v, ok := l.next(deep + 1)
		if !ok || v == end {
			return out
		}
		if w, isWord := v.(Word); isWord {
			if w == "R" && !l.Content {
				out = reference(out)
			} else if w == "endobj" || w == "stream" || w == "endstream" || w == ">>" {
				l.I = before // the end is missing
				return out
			}
			continue
		}
		out = append(out, v)
	}
}

// reference makes a Ref of the two numbers at the end of list.
func reference(list []any) []any {
	n := len(list)
	if n < 2 {
		return list
	}
	num, ok := list[n-2].(float64)
	if _, gen := list[n-1].(float64); !ok || !gen || num < 0 || num > math.MaxInt32 || num != math.Trunc(num) {
		return list
	}
	return append(list[:n-2], Ref(num))
}

func (l *Lexer) dict(deep int) Dict {
	list := l.list(deep, ">>")
	out := Dict{}
	for i := 0; i+1 < len(list); {
		key, ok := list[i].(Name)
		if !ok {
			i++
			continue
		}
		out[key] = list[i+1]
		i += 2
	}
	return out
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (l *Lexer) name() Name {
	var out []byte
	for l.I < len(l.B) && regular(l.B[l.I]) {
		c := l.B[l.I]
		if c == '#' && l.I+2 < len(l.B) && hexDigit(l.B[l.I+1]) >= 0 && hexDigit(l.B[l.I+2]) >= 0 {
			c = byte(hexDigit(l.B[l.I+1])<<4 | hexDigit(l.B[l.I+2]))
			l.I += 2
		}
		out = append(out, c)
		l.I++
	}
	return Name(out)
}

func (l *Lexer) hex() String {
	end := bytes.IndexByte(l.B[l.I:], '>')
	if end < 0 {
		end = len(l.B) - l.I
	}
	out := unhex(l.B[l.I+1 : l.I+end])
	l.I = min(len(l.B), l.I+end+1)
	return String(out)
}

func unhex(b []byte) []byte {
	out := make([]byte, 0, len(b)/2)
	high := -1
	for _, c := range b {
		n := hexDigit(c)
		switch {
		case n < 0:
		case high < 0:
			high = n
		default:
			out = append(out, byte(high<<4|n))
			high = -1
		}
	}
	if high >= 0 {
		out = append(out, byte(high<<4))
	}
	return out
}

func (l *Lexer) literal() String {
	var out []byte
	depth := 0
	for ; l.I < len(l.B); l.I++ {
		switch c := l.B[l.I]; c {
		case '(':
			if depth++; depth > 1 {
				out = append(out, c)
			}
		case ')':
			if depth--; depth == 0 {
				l.I++
				return String(out)
			}
			out = append(out, c)
		case '\\':
			l.I++
			out = l.escaped(out)
		case '\r':
			if l.I+1 < len(l.B) && l.B[l.I+1] == '\n' {
				l.I++
			}
			out = append(out, '\n')
		default:
			out = append(out, c)
		}
	}
	l.I = min(l.I, len(l.B)) // it may end within what is escaped
	return String(out)
}

// escaped appends what stands behind a backslash, and stops at its last byte.
func (l *Lexer) escaped(out []byte) []byte {
	if l.I >= len(l.B) {
		return out
	}
	c := l.B[l.I]
	if i := strings.IndexByte("nrtbf", c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i])
	}
	switch {
	case c == '\r' && l.I+1 < len(l.B) && l.B[l.I+1] == '\n':
		l.I++
		return out
	case c == '\n' || c == '\r':
		return out
	case c < '0' || c > '7':
		return append(out, c)
	}
	n, digits := 0, 0
	for digits < 3 && l.I+digits < len(l.B) && l.B[l.I+digits] >= '0' && l.B[l.I+digits] <= '7' {
		n = n*8 + int(l.B[l.I+digits]-'0')
		digits++
	}
	l.I += digits - 1
	return append(out, byte(n))
}
