package name

import (
	"strings"
	"unicode/utf8"
)

// A Likeness says how alike two written names are.
type Likeness uint8

// Likenesses, from the weakest.
const (
	Unlike  Likeness = iota
	Partly           // what both say fits, but one says too little: a family name alone, an initial
	Near             // a letter or two apart, or a patronymic that does not fit
	Variant          // the same name in another script, language, case or short form
	Same             // the same, but for capitals and marks over letters
)

// String returns the term for l, such as "variant".
func (l Likeness) String() string {
	if l > Same {
		return "unknown"
	}
	return [...]string{"unlike", "partly", "near", "variant", "same"}[l]
}

// Whole reports whether n names one person: it has a given and a family name, or
// what stands for one (a nisba, the grandfather's name), each of more than a
// letter. Less than that fits many.
func (n Name) Whole() bool {
	var given, family bool
	for _, p := range n {
		long := utf8.RuneCountInString(Canon(p.Text)) > 1
		given = given || long && p.Kind == Given
		family = family || long && (p.Kind == Family || p.Kind == Maiden || p.Kind == Nisba || p.Kind == Grandfather)
	}
	return given && family
}

// An Asked is a name that many others are compared with. Its forms are made once.
type Asked struct {
	name  Name
	canon []string
	forms []map[string]Class
}

// NewAsked prepares n.
func NewAsked(n Name) *Asked {
	a := &Asked{name: n}
	for _, p := range n {
		a.canon = append(a.canon, Canon(p.Text))
		a.forms = append(a.forms, formsOf(p))
	}
	return a
}

func formsOf(p Part) map[string]Class {
	m := map[string]Class{}
	for _, f := range Forms(p) {
		if c, ok := m[f.Text]; !ok || f.Class < c {
			m[f.Text] = f.Class
		}
	}
	return m
}

// Alike returns how alike the asked name and another are. A family name must fit
// and no given name may speak against it.
func (a *Asked) Alike(known Name) Likeness {
	family, both := a.part(known, Family, Maiden, Nisba, Grandfather)
	if !both || family == Unlike {
		return Unlike
	}
	given, both := a.part(known, Given)
	if !both {
		return Partly
	}
	if given == Unlike {
		return Unlike
	}
	all := min(family, given)
	if patronymic, both := a.part(known, Patronymic, Father); both {
		if patronymic == Unlike && all < Variant {
			return Unlike
		}
		all = min(all, max(patronymic, Near))
	}
	return all
}

// part returns how alike the parts of some kinds are, the best pair of them, and
// whether both names have one. A part of which nobody says what it is may be any.
func (a *Asked) part(known Name, kinds ...Kind) (best Likeness, both bool) {
	is := func(k Kind) bool {
		for _, want := range kinds {
			if k == want {
				return true
			}
		}
		return false
	}
	for i, p := range a.name {
		for _, q := range known {
			if !is(p.Kind) || !is(q.Kind) && q.Kind != Other {
				continue
			}
			l := a.pair(i, q)
			if q.Kind == Other && l == Unlike {
				continue
			}
			best, both = max(best, l), true
		}
	}
	return best, both
}

// pair compares one part of the asked name with a part of another.
func (a *Asked) pair(i int, q Part) Likeness {
	c := Canon(q.Text)
	if c == a.canon[i] {
		return Same
	}
	whole := strings.ReplaceAll(c, " ", "")
	if class, ok := a.forms[i][whole]; ok {
		return ofClass(class)
	}
	if q.Kind == Given { // of whom the asked one may be the short form
		if class, ok := formsOf(q)[a.canon[i]]; ok {
			return ofClass(class)
		}
	}
	for _, w := range strings.Fields(c) { // one half of a double name
		if class, ok := a.forms[i][w]; ok && class != Initial && w != c {
			return Near
		}
	}
	if near(a.canon[i], c) {
		return Near
	}
	return Unlike
}

func ofClass(c Class) Likeness {
	switch c {
	case Exact:
		return Same
	case Initial:
		return Partly
	}
	return Variant
}

// near reports whether two words are a letter apart, or two if they are long, in
// the script of either, or may be one name in two scripts.
func near(a, b string) bool {
	if isLatin(a) != isLatin(b) && utf8.RuneCountInString(a) > 2 && SameName(a, b) {
		return true
	}
	for _, x := range inLatin(a) {
		for _, y := range inLatin(b) {
			long := min(utf8.RuneCountInString(x), utf8.RuneCountInString(y))
			if long >= 5 && apartBy([]rune(x), []rune(y)) <= 1+long/9 {
				return true
			}
		}
	}
	return false
}

func inLatin(w string) []string {
	if !isCyrillic(w) {
		return []string{w}
	}
	all := romanise(w)
	return all[:min(len(all), 4)]
}

// apartBy returns how many letters must be put in, left out, changed or swapped
// with the next to make one of two words the other.
func apartBy(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
