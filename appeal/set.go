package appeal

import (
	"embed"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	_ "time/tzdata" // zones of the calendars, on machines that have none
)

//go:embed rules/*.txt
var ruleFiles embed.FS

//go:embed calendars/*.txt
var calendarFiles embed.FS

// A Set is rules and calendars that fit each other.
type Set struct {
	rules     []Rule // by id, then version
	calendars map[string]*Calendar
}

// own is read once: it is part of the program.
var own = sync.OnceValues(func() (*Set, error) {
	return ReadSet(ruleFiles, calendarFiles)
})

// Own returns the rules and calendars that come with the program.
func Own() (*Set, error) { return own() }

// ReadSet reads all *.txt files of two directories and what is below them. The
// first thing wrong is a *[ReadError].
func ReadSet(rules, calendars fs.FS) (*Set, error) {
	var all []Rule
	err := eachText(rules, func(name, text string) error {
		r, err := ReadRules(name, text)
		all = append(all, r...)
		return err
	})
	if err != nil {
		return nil, err
	}
	byPlace := map[string]*Calendar{}
	err = eachText(calendars, func(name, text string) error {
		c, err := ReadCalendar(name, text)
		if err != nil {
			return err
		}
		if byPlace[c.Jurisdiction] != nil {
			return &ReadError{name, 1, "there is another calendar of " + c.Jurisdiction}
		}
		byPlace[c.Jurisdiction] = c
		return nil
	})
	if err != nil {
		return nil, err
	}
	return NewSet(all, byPlace)
}

func eachText(fsys fs.FS, read func(name, text string) error) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".txt") {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return read(name, string(b))
	})
}

// NewSet puts rules and calendars, by jurisdiction, together. It fails with a
// *[ReadError] if an entry speaks of one that is not there, stands there twice, or
// holds on the same day as another version of it.
func NewSet(rules []Rule, calendars map[string]*Calendar) (*Set, error) {
	s := &Set{rules: slices.Clone(rules), calendars: calendars}
	slices.SortStableFunc(s.rules, func(a, b Rule) int {
		if c := strings.Compare(a.ID, b.ID); c != 0 {
			return c
		}
		return a.Version - b.Version
	})
	for i := range s.rules {
		r := &s.rules[i]
		wrong := func(reason string) error { return &ReadError{r.File, r.Line, r.ID + ": " + reason} }
		if i > 0 && s.rules[i-1].ID == r.ID {
			switch before := &s.rules[i-1]; {
			case before.Version == r.Version:
				return nil, wrong("this version stands here twice")
			case before.To.IsZero() || r.From.IsZero() || before.To.Compare(r.From) >= 0:
				return nil, wrong("it holds on the same days as the version before it")
			}
		}
		if (r.Length.Unit == WorkingDays) && calendars[r.Jurisdiction] == nil {
			return nil, wrong("it counts working days, and there is no calendar of " + r.Jurisdiction)
		}
		for _, id := range r.named() {
			if len(s.Versions(id)) == 0 {
				return nil, wrong("there is no rule " + id)
			}
		}
		for _, o := range r.Opens {
			if s.Versions(o.Rule)[0].Duty != Ours {
				return nil, wrong(o.Rule + " is not ours: it is not opened")
			}
		}
	}
	return s, nil
}

// named returns the ids of entries that r relies on.
func (r *Rule) named() (ids []string) {
	for _, id := range []string{r.ForwardRule, r.Registration} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	for _, o := range r.Opens {
		ids = append(ids, o.Rule)
	}
	for _, c := range r.NoClock {
		ids = append(ids, c.Rule)
	}
	for _, n := range r.Next {
		if ruleID.MatchString(n) {
			ids = append(ids, n)
		}
	}
	return ids
}

// Rules returns all entries, by id and version. The slice is the caller's.
func (s *Set) Rules() []Rule { return slices.Clone(s.rules) }

// Versions returns the versions of an entry, oldest first.
func (s *Set) Versions(id string) []Rule {
	var v []Rule
	for _, r := range s.rules {
		if r.ID == id {
			v = append(v, r)
		}
	}
	return v
}

// Rule returns the version of an entry that was law on a day. If none was it
// returns the newest, and false. It panics if there is no entry of that id: ask
// Versions first.
func (s *Set) Rule(id string, on Date) (Rule, bool) {
	v := s.Versions(id)
	for _, r := range v {
		if r.holds(on) {
			return r, true
		}
	}
	return v[len(v)-1], false
}

// Calendar returns the calendar of a jurisdiction, or nil if there is none.
func (s *Set) Calendar(jurisdiction string) *Calendar { return s.calendars[jurisdiction] }

// With returns a Set in which the given rules stand in the place of all versions of
// the same ids, and the given calendars in the place of those of the same
// jurisdictions: an office that had them reviewed adds them so.
func (s *Set) With(rules []Rule, calendars ...*Calendar) (*Set, error) {
	all := slices.DeleteFunc(s.Rules(), func(old Rule) bool {
		return slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == old.ID })
	})
	byPlace := maps.Clone(s.calendars)
	for _, c := range calendars {
		byPlace[c.Jurisdiction] = c
	}
	return NewSet(append(all, rules...), byPlace)
}
