package letter

import (
	"embed"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed templates/*.txt
var templateFiles embed.FS

// A Set holds templates by their keys.
type Set struct{ byKey map[string]*Template }

// Builtin returns the templates that the program brings.
func Builtin() *Set { return builtin() }

var builtin = sync.OnceValue(func() *Set {
	sub, err := fs.Sub(templateFiles, "templates")
	if err != nil {
		panic("letter: " + err.Error())
	}
	s, err := (&Set{}).with(sub, false)
	if err != nil {
		panic("letter: " + err.Error()) // the files are part of the program
	}
	return s
})

// mostFiles is how many templates an office can have.
const mostFiles = 200

// With returns s with the templates of an office added: every file of a folder
// that ends in .txt, each in the place of one with the same name. If any has an
// error, nothing is added, and the error is all that was found, of each file the
// first, each a [SyntaxError]; s does not change.
func (s *Set) With(office fs.FS) (*Set, error) { return s.with(office, true) }

func (s *Set) with(office fs.FS, own bool) (*Set, error) {
	entries, err := fs.ReadDir(office, ".")
	if err != nil {
		return nil, &SyntaxError{".", 1, "unreadable", ""}
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".txt") {
			names = append(names, e.Name())
		}
	}
	if len(names) > mostFiles {
		return nil, &SyntaxError{".", 1, "many", strconv.Itoa(mostFiles)}
	}
	out := &Set{byKey: map[string]*Template{}}
	for k, t := range s.byKey {
		out.byKey[k] = t
	}
	var all []error
	for _, n := range names {
		b, err := readFile(office, n)
		var t *Template
		if err == nil {
			t, err = Parse(n, b)
		}
		if err != nil {
			all = append(all, err)
			continue
		}
		if own {
			t.source = string(b)
		}
		out.byKey[t.Key] = t
	}
	if len(all) > 0 {
		return nil, errors.Join(all...)
	}
	return out, nil
}

// readFile reads a file that may be anything but a template.
func readFile(office fs.FS, file string) ([]byte, error) {
	fail := func(code, word string) ([]byte, error) { return nil, &SyntaxError{file, 1, code, word} }
	key := strings.TrimSuffix(file, ".txt")
	if _, taken := ProcedureByID(key); !IsKey(key) || taken {
		return fail("name", short(file))
	}
	info, err := fs.Stat(office, file)
	switch {
	case err != nil || !info.Mode().IsRegular():
		return fail("unreadable", "")
	case info.Size() > mostBytes:
		return fail("large", "")
	}
	f, err := office.Open(file)
	if err != nil {
		return fail("unreadable", "")
	}
	b, err := io.ReadAll(io.LimitReader(f, mostBytes+1)) // it may have grown
	if err := errors.Join(err, f.Close()); err != nil {
		return fail("unreadable", "")
	}
	return b, nil
}

// IsKey reports whether a template can have this key: small letters of English,
// digits and hyphens, at most 40. It stands where nobody's name may.
func IsKey(key string) bool {
	return 0 < len(key) && len(key) <= 40 && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Faults returns what an error of [Set.With] says is wrong, in order of the files.
func Faults(err error) []*SyntaxError {
	if err == nil {
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*SyntaxError
		for _, e := range many.Unwrap() {
			all = append(all, Faults(e)...)
		}
		return all
	}
	if s, ok := errors.AsType[*SyntaxError](err); ok {
		return []*SyntaxError{s}
	}
	return []*SyntaxError{{".", 1, "unreadable", ""}}
}

// Get returns a template.
func (s *Set) Get(key string) (*Template, bool) {
	t, ok := s.byKey[key]
	return t, ok
}

// All returns the templates in order of their keys.
func (s *Set) All() []*Template {
	var all []*Template
	for _, t := range s.byKey {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *Template) int { return strings.Compare(a.Key, b.Key) })
	return all
}

// For returns the templates for a kind of addressee, those for any body too.
func (s *Set) For(kind string) []*Template {
	return slices.DeleteFunc(s.All(), func(t *Template) bool { return t.To != kind && t.To != "any" })
}
