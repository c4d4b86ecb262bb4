package appeal

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A ReadError says what is wrong in a file of rules, calendars or bodies, and where.
type ReadError struct {
	File   string
	Line   int // from 1
	Reason string
}

// Error returns file:line: reason.
func (e *ReadError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason) }

// An entry is a head and the fields below it, until the next head.
type entry struct {
	file string
	field
	fields []field
}

// A field is a line: a word, and what stands after it.
type field struct {
	key, value string
	line       int
}

// mostLine bounds a line: what is longer is no line of such a file.
const mostLine = 2000

// readEntries splits a file into entries. A line is empty, begins with #, or is a
// word and its value. An entry begins with a line whose word is one of heads.
func readEntries(file, text string, heads ...string) ([]entry, error) {
	var all []entry
	for i, line := range strings.Split(text, "\n") {
		wrong := func(reason string) error { return &ReadError{file, i + 1, reason} }
		line = strings.TrimSuffix(line, "\r")
		switch {
		case !utf8.ValidString(line):
			return nil, wrong("this is not UTF-8")
		case len(line) > mostLine:
			return nil, wrong("the line is too long")
		case strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) && r != '\t' }):
			return nil, wrong("the line has a character that cannot be seen")
		}
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
		f := field{key, strings.TrimSpace(value), i + 1}
		if f.value == "" {
			return nil, wrong(fmt.Sprintf("nothing stands after %q", key))
		}
		switch {
		case isOne(key, heads):
			all = append(all, entry{file: file, field: f})
		case len(all) == 0:
			return nil, wrong(fmt.Sprintf("an entry begins with %q", strings.Join(heads, `" or "`)))
		default:
			last := &all[len(all)-1]
			last.fields = append(last.fields, f)
		}
	}
	return all, nil
}

func isOne(s string, list []string) bool {
	for _, l := range list {
		if s == l {
			return true
		}
	}
	return false
}

// A setter takes the value of a field.
type setter struct {
	set  func(string) error
	need bool // there must be one
	many bool // there may be more than one
}

// fill gives each field to the setter of its word, and says where it goes wrong.
func (e *entry) fill(setters map[string]setter) error {
	seen := map[string]bool{}
	for _, f := range e.fields {
		s, ok := setters[f.key]
		var err error
		switch {
		case !ok:
			err = fmt.Errorf("%q is no word of such an entry", f.key)
		case seen[f.key] && !s.many:
			err = fmt.Errorf("%q stands here twice", f.key)
		default:
			err = s.set(f.value)
		}
		if err != nil {
			return &ReadError{e.file, f.line, err.Error()}
		}
		seen[f.key] = true
	}
	for key, s := range setters {
		if s.need && !seen[key] {
			return e.wrong(fmt.Sprintf("%s %s does not say %q", e.key, e.value, key))
		}
	}
	return nil
}

func (e *entry) wrong(reason string) error { return &ReadError{e.file, e.line, reason} }

// text sets a string.
func text(p *string) func(string) error {
	return func(s string) error { *p = s; return nil }
}

// oneOf sets one of a few words.
func oneOf[T ~string](p *T, words ...T) func(string) error {
	return func(s string) error {
		for _, w := range words {
			if string(w) == s {
				*p = w
				return nil
			}
		}
		return fmt.Errorf("%q is none of %q", s, words)
	}
}

// day sets a date.
func day(p *Date) func(string) error {
	return func(s string) (err error) { *p, err = ParseDate(s); return err }
}

// period sets two dates with .. between; either may be missing.
func period(from, to *Date) func(string) error {
	return func(s string) (err error) {
		a, b, ok := strings.Cut(s, "..")
		if !ok {
			return errors.New("a period is FROM..TO, FROM.. or ..TO")
		}
		if a != "" {
			if *from, err = ParseDate(a); err != nil {
				return err
			}
		}
		if b != "" {
			if *to, err = ParseDate(b); err != nil {
				return err
			}
		}
		if a != "" && b != "" && to.Compare(*from) < 0 {
			return errors.New("the period ends before it begins")
		}
		return nil
	}
}

// parts splits a value at bars into exactly n parts.
func parts(s string, n int) ([]string, error) {
	p := strings.Split(s, "|")
	if len(p) != n {
		return nil, fmt.Errorf("here stand %d parts with | between, not %d", n, len(p))
	}
	for i := range p {
		if p[i] = strings.TrimSpace(p[i]); p[i] == "" {
			return nil, errors.New("a part between | is empty")
		}
	}
	return p, nil
}
