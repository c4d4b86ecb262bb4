package letter

import (
	"embed"
	"errors"
	"io/fs"
	"path"
	"slices"
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
	s, err := (&Set{}).With(sub)
	if err != nil {
		panic("letter: " + err.Error()) // the files are part of the program
	}
	return s
})

// With returns s with the templates of an office added: every file of a folder
// that ends in .txt, each in the place of one with the same name. If any has an
// error, nothing is added, and the error is all that was found, each a
// [SyntaxError]; s does not change.
func (s *Set) With(office fs.FS) (*Set, error) {
	names, err := fs.Glob(office, "*.txt")
	if err != nil {
		return nil, err
	}
	out := &Set{byKey: map[string]*Template{}}
	for k, t := range s.byKey {
		out.byKey[k] = t
	}
	var all []error
	for _, n := range names {
		b, err := fs.ReadFile(office, n)
		if err != nil {
			return nil, err
		}
		t, err := Parse(path.Base(n), b)
		if err != nil {
			all = append(all, err)
			continue
		}
		out.byKey[t.Key] = t
	}
	if len(all) > 0 {
		return nil, errors.Join(all...)
	}
	return out, nil
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
