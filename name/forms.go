package name

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Class says how a form is written, from the plainest.
type Class uint8

// Classes of form. Their numbers are stored: only append.
const (
	Exact      Class = iota // as in the vault
	Inflected               // another case, gender or number
	Respelled               // the same name in the other language, or brought over from Latin script
	Diminutive              // a short or pet form, in any case
	Possessive              // what is theirs: Сашин, Petrov's
	Romanised               // in Latin letters
	Compound                // two parts written as one word, as in addresses
	Initial                 // the first letter alone
	classes
)

var classNames = [classes]string{
	"exact", "inflected", "respelled", "diminutive", "possessive", "romanised", "compound", "initial",
}

// String returns the name of c, such as "inflected".
func (c Class) String() string {
	if c >= classes {
		return "unknown"
	}
	return classNames[c]
}

// A Form is one way in which a part of a name may stand in a text.
type Form struct {
	Text  string // canonical spelling, one word
	Class Class
	Piece int // which word of the part it is a form of; the part as one word counts as its first
}

// Forms returns every form of p, each text once for a piece, in its plainest
// class. A part of several words (or with hyphens) gives the forms of each, and
// the whole as one word; small words such as "van" and "ибн" give none beside
// others. A part of a single letter gives that letter as [Initial].
func Forms(p Part) []Form {
	var words []Word
	var whole strings.Builder
	for _, w := range Words(p.Text) {
		if w.N == 1 && w.Reading == Plain {
			words = append(words, w)
			whole.WriteString(w.Text)
		}
	}
	set := formSet{seen: make(map[formKey]int, 256)}
	telling := slices.ContainsFunc(words, func(w Word) bool { return !Small(w.Text) })
	piece := 0
	for _, w := range words {
		if telling && Small(w.Text) || digitsOnly(w.Text) {
			continue
		}
		if utf8.RuneCountInString(w.Text) == 1 {
			set.add(w.Text, Initial, piece)
			for _, latin := range romanise(w.Text) {
				set.add(latin, Initial, piece)
			}
		} else {
			set.word(w.Text, p.Kind, piece)
		}
		piece++
	}
	if len(words) > 1 {
		set.nominative(whole.String(), Exact, 0)
	}
	return set.forms
}

// Small reports whether w, in canonical spelling, is a small word that stands in
// the names of many, such as "van" and "ибн", and tells nothing of whose.
func Small(w string) bool {
	switch w {
	case "van", "von", "de", "da", "di", "del", "der", "den", "la", "le", "el", "al", "bin", "ibn", "ben", "abu",
		"ван", "фон", "де", "да", "ди", "дель", "дер", "ла", "ле", "эль", "аль", "ель", "ибн", "ібн", "бин", "бен", "абу",
		"оглы", "оглу", "огли", "кызы", "кизи", "заде", "углы", "уулу":
		return true
	}
	return false
}

func digitsOnly(w string) bool { return strings.Trim(w, "0123456789") == "" }

type formKey struct {
	text  string
	piece int
}

type formSet struct {
	forms []Form
	seen  map[formKey]int
}

// add keeps the plainest class of a form. A letter alone is only an initial.
func (s *formSet) add(text string, c Class, piece int) {
	if n := utf8.RuneCountInString(text); n == 0 || n == 1 && c != Initial {
		return
	}
	k := formKey{text, piece}
	if i, ok := s.seen[k]; ok {
		s.forms[i].Class = min(s.forms[i].Class, c)
		return
	}
	s.seen[k] = len(s.forms)
	s.forms = append(s.forms, Form{text, c, piece})
}

// word adds the forms of one word of a part of kind k.
func (s *formSet) word(w string, k Kind, piece int) {
	for i, base := range spellings(w, k) {
		class := Respelled
		if i == 0 {
			class = Exact
		}
		s.nominative(base, class, piece)
		if isArabic(base) {
			for _, form := range attached(base) {
				s.add(form, max(class, Inflected), piece)
			}
		}
		if !isCyrillic(base) {
			continue
		}
		for _, form := range cases(base, k) {
			if k == Given && ofMany(form) {
				continue
			}
			s.add(form, max(class, Inflected), piece)
			if class == Exact {
				s.latin(form, piece)
			}
		}
		if k != Patronymic {
			s.possessive(base, k, piece)
		}
		if k == Given || k == Patronymic {
			s.initial(base, piece)
		}
	}
	if k == Given || k == Patronymic {
		s.initial(w, piece)
	}
	if k != Given {
		return
	}
	for _, short := range diminutives(w) {
		s.nominative(short, Diminutive, piece)
		for _, form := range cases(short, Given) {
			s.add(form, Diminutive, piece)
		}
		s.possessive(short, k, piece)
	}
}

// ofMany reports whether form, of a given name (many a Пётр: Петров), is a family
// name that very many bear.
func ofMany(form string) bool {
	return (strings.HasSuffix(form, "ов") || strings.HasSuffix(form, "ев") || strings.HasSuffix(form, "ів")) && common[form]
}

// cases declines w as a part of kind k. An alias or call sign may be an
// adjective, as a family name may.
func cases(w string, k Kind) []string {
	switch k {
	case Given:
		return append(nouns(w), w)
	case Patronymic:
		return patronymicCases(w)
	}
	return familyCases(w)
}

// nominative adds a form in the nominative, the same in Latin letters, and the
// English possessive of what is in Latin.
func (s *formSet) nominative(form string, c Class, piece int) {
	s.add(form, c, piece)
	if !isCyrillic(form) {
		s.add(form+"s", Possessive, piece)
		return
	}
	for _, latin := range s.latin(form, piece) {
		s.add(latin+"s", Possessive, piece)
	}
	for _, latin := range inPress(form) {
		s.add(latin, Romanised, piece)
	}
}

// latin adds a Cyrillic form in Latin letters, and returns what it added.
func (s *formSet) latin(form string, piece int) []string {
	all := romanise(form)
	for _, l := range all {
		s.add(l, Romanised, piece)
	}
	return all
}

// possessive adds possessives of w, but for those that are family names of many:
// not everyone called Петров belongs to the Пётр we protect.
func (s *formSet) possessive(w string, k Kind, piece int) {
	forms := possessives(w)
	if len(forms) == 0 || k == Given && Common(forms[0]) {
		return
	}
	for _, form := range forms {
		s.add(form, Possessive, piece)
	}
}

// initial adds what w may be shortened to: its first letter, and the first two
// where one letter takes two in Latin.
func (s *formSet) initial(w string, piece int) {
	first, _ := utf8.DecodeRuneInString(w)
	s.add(string(first), Initial, piece)
	if !isCyrillic(w) {
		return
	}
	for _, latin := range romanise(string(first)) {
		s.add(latin, Initial, piece)
	}
}

// isCyrillic reports whether w begins with a Cyrillic letter.
func isCyrillic(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return r >= 0x400 && r < tableEnd
}

// Compounds returns the one-word names that addresses are made of, for a name
// that has a given and a family name, in the nominative: ivanpetrov and
// petrovivan in Cyrillic and Latin, ipetrov in Latin.
func Compounds(n Name) []string {
	var out []string
	for _, g := range n {
		for _, f := range n {
			if g.Kind == Given && (f.Kind == Family || f.Kind == Maiden) {
				out = append(out, compounds(Canon(g.Text), Canon(f.Text))...)
			}
		}
	}
	return out
}

func compounds(given, family string) []string {
	var out []string
	for _, f := range scripts(strings.ReplaceAll(family, " ", "")) {
		for _, g := range scripts(strings.ReplaceAll(given, " ", "")) {
			if isCyrillic(g) != isCyrillic(f) || utf8.RuneCountInString(f) < 3 {
				continue
			}
			if utf8.RuneCountInString(g) > 2 {
				out = append(out, g+f, f+g)
			}
			if !isCyrillic(g) && len(f) > 4 {
				out = append(out, g[:1]+f)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// scripts returns w and its romanisations.
func scripts(w string) []string {
	switch {
	case w == "":
		return nil
	case !isCyrillic(w):
		return []string{w}
	}
	return append(romanise(w), w)
}
