package testkit

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A selector is a row of steps, each somewhere below the one before it.
type selector []step

// A step matches one element.
type step struct {
	tag   string // "" is any
	wants []attr // all of them
}

type attr struct {
	name, value string
	op          byte // '=' equal, '~' one of the words, 'h' merely there
}

// parseSelector reads the part of CSS that tests need: tag, *, .class, #id,
// [name], [name=value], [name="value"], and descendants. Anything else is an
// error, so that a selector is never understood as something else.
func parseSelector(s string) (selector, error) {
	var sel selector
	for _, word := range splitOutside(s) {
		st, err := parseStep(word)
		if err != nil {
			return nil, fmt.Errorf("selector %q: %w", s, err)
		}
		sel = append(sel, st)
	}
	if len(sel) == 0 {
		return nil, fmt.Errorf("selector %q: empty", s)
	}
	return sel, nil
}

// splitOutside splits at spaces that are not inside brackets.
func splitOutside(s string) []string {
	depth := 0
	return strings.FieldsFunc(s, func(r rune) bool {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
		}
		return r == ' ' && depth == 0
	})
}

func parseStep(s string) (step, error) {
	var st step
	st.tag, s = ident(s)
	if st.tag == "" {
		s = strings.TrimPrefix(s, "*")
	}
	for s != "" {
		c := s[0]
		if c == '[' {
			inside, rest, ok := strings.Cut(s[1:], "]")
			name, value, equal := strings.Cut(inside, "=")
			if id, left := ident(name); !ok || id == "" || left != "" {
				return st, fmt.Errorf("cannot read %q", s)
			}
			a := attr{name, strings.Trim(value, `"`), '='}
			if !equal {
				a.op = 'h'
			}
			st.wants, s = append(st.wants, a), rest
			continue
		}
		name, rest := ident(s[1:])
		switch {
		case name == "":
			return st, fmt.Errorf("cannot read %q", s)
		case c == '#':
			st.wants = append(st.wants, attr{"id", name, '='})
		case c == '.':
			st.wants = append(st.wants, attr{"class", name, '~'})
		default:
			return st, fmt.Errorf("cannot read %q", s)
		}
		s = rest
	}
	return st, nil
}

// ident cuts a leading identifier off s.
func ident(s string) (id, rest string) {
	n := strings.IndexFunc(s, func(r rune) bool {
		return !(r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127)
	})
	if n < 0 {
		n = len(s)
	}
	return s[:n], s[n:]
}

// all returns the elements below n that sel matches, in the order of the page.
func (sel selector) all(n *html.Node) (found []*html.Node) {
	for d := range n.Descendants() {
		if sel.match(d, n) {
			found = append(found, d)
		}
	}
	return found
}

// match reports whether n is matched by the last step and has ancestors below
// top for the others.
func (sel selector) match(n, top *html.Node) bool {
	last := len(sel) - 1
	if !sel[last].match(n) {
		return false
	}
	if last == 0 {
		return true
	}
	for up := n.Parent; up != nil && up != top; up = up.Parent {
		if sel[:last].match(up, top) {
			return true
		}
	}
	return false
}

func (st step) match(n *html.Node) bool {
	if n.Type != html.ElementNode || st.tag != "" && st.tag != n.Data {
		return false
	}
	for _, w := range st.wants {
		value, ok := attribute(n, w.name)
		switch {
		case !ok,
			w.op == '=' && value != w.value,
			w.op == '~' && !slices.Contains(strings.Fields(value), w.value):
			return false
		}
	}
	return true
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
