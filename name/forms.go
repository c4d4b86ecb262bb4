package name

import (
	"slices"
	"strings"
	"unicode"
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
	Skeleton                // what is left of a name in any script and spelling
	Edited                  // a letter more, less or other than in the vault
	classes
)

var classNames = [classes]string{
	"exact", "inflected", "respelled", "diminutive", "possessive", "romanised", "compound", "initial",
	"skeleton", "edited",
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
			if rest := elided(p.Text[w.Start:w.End]); rest != "" {
				set.word(rest, p.Kind, piece)
			}
		}
		piece++
	}
	if len(words) > 1 {
		set.nominative(whole.String(), Exact, 0)
	}
	return set.forms
}

// elided returns, in canonical spelling, what follows d', l', dell' or O' in a word,
// which may be written without; "" if the word does not begin so.
func elided(word string) string {
	at := strings.IndexAny(word, "'’ʼ`")
	if at < 0 {
		return ""
	}
	_, mark := utf8.DecodeRuneInString(word[at:])
	head, rest := strings.ToLower(word[:at]), word[at+mark:]
	first, _ := utf8.DecodeRuneInString(rest)
	if !unicode.IsUpper(first) || !strings.Contains(" d l o dell dall д л о дель ", " "+head+" ") {
		return ""
	}
	if rest = Canon(rest); utf8.RuneCountInString(rest) < 3 {
		return ""
	}
	return rest
}

// Small reports whether w, in canonical spelling, is a small word that stands in
// the names of many, such as "van" and "ибн", and tells nothing of whose.
func Small(w string) bool {
	switch w {
	case "van", "von", "de", "da", "di", "do", "du", "del", "der", "den", "ter", "la", "le", "las", "lo", "el", "al", "y",
		"bin", "ibn", "ben", "bint", "bent", "ould", "oulad", "mint", "abu", "abou", "umm", "oum",
		"dos", "das", "des", "los", "della", "dello", "degli", "zu", "zum", "zur", "vom",
		"oglu", "ogly", "ogli", "kyzy", "kizi", "qizi", "uulu", "uly", "ugli",
		"ван", "фон", "де", "да", "ди", "дю", "дель", "дер", "ла", "ле", "лас", "лос", "эль", "аль", "ель", "ибн", "ібн", "бин", "бін", "бен", "бинт", "бінт",
		"абу", "умм", "оглы", "оглу", "огли", "оглі", "кызы", "кизи", "гызы", "заде", "углы", "угли", "уулу", "улы",
		"بن", "ابن", "بنت", "ابو", "ابي", "ام", "ولد":
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
	if len(text) <= utf8.UTFMax && c != Initial && utf8.RuneCountInString(text) < 2 || text == "" {
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

// How much is made of one word, so that the forms of a person stay few.
const (
	mostDeclined = 8 // Cyrillic spellings that are declined
	mostLatin    = 6 // romanisations that are declined
	mostBack     = 2 // Cyrillic spellings of a Latin word that are romanised again
	mostCompound = 4 // spellings in one script that go into compounds
)

// word adds the forms of one word of a part of kind k.
func (s *formSet) word(w string, k Kind, piece int) {
	declined := 0
	for i, base := range spellings(w, k) {
		class := Respelled
		if i == 0 {
			class = Exact
		}
		var latin []string
		if i <= mostBack || isCyrillic(w) {
			latin = s.nominative(base, class, piece)
		} else {
			s.add(base, class, piece)
		}
		if isArabic(base) {
			s.all(attached(base), max(class, Inflected), piece)
		}
		if !isCyrillic(base) {
			if i == 0 {
				s.all(latinCases(base, k), Inflected, piece)
			}
			continue
		}
		if declined++; declined <= mostDeclined {
			s.declined(base, k, max(class, Inflected), piece)
		}
		if class == Exact && k != Patronymic {
			for _, l := range latin[:min(len(latin), mostLatin)] {
				s.all(latinShort(l), Romanised, piece)
			}
		}
		if k.own() || k == Patronymic {
			s.initial(base, piece)
		}
	}
	if k.own() || k == Patronymic {
		s.initial(w, piece)
	}
	if k != Given {
		return
	}
	for _, short := range diminutives(w) {
		s.nominative(short, Diminutive, piece)
		if isCyrillic(short) {
			s.all(pets(short), Diminutive, piece)
			if endsIn(short, "а", "я") {
				s.possessive(short, Given, piece)
			}
		} else if !isCyrillic(w) {
			s.all(latinCases(short, Given), Diminutive, piece)
		}
	}
}

// declined adds the cases and possessives of a Cyrillic word.
func (s *formSet) declined(w string, k Kind, c Class, piece int) {
	for _, form := range cases(w, k) {
		if !k.own() || !ofMany(form) {
			s.add(form, c, piece)
		}
	}
	if k != Patronymic {
		s.possessive(w, k, piece)
	}
}

func (s *formSet) all(forms []string, c Class, piece int) {
	for _, form := range forms {
		s.add(form, c, piece)
	}
}

// ofMany reports whether form, of a given name (many a Пётр: Петров), is one of
// the family names that most people bear.
func ofMany(form string) bool {
	switch form {
	case "иванов", "петров", "михайлов", "федоров", "алексеев", "андреев", "александров", "егоров", "павлов", "степанов",
		"николаев", "макаров", "захаров", "романов", "сергеев", "григорьев", "максимов", "борисов", "антонов", "тихонов",
		"тимофеев", "филиппов", "богданов", "денисов", "данилов", "васильев", "яковлев", "дмитриев", "ильин", "никитин",
		"фомин", "кузьмин", "лукин", "саввин", "петрів", "іванів", "федорів", "марков", "карпов", "власов":
		return true
	}
	return false
}

// cases declines w as a part of kind k. An alias or call sign may be an
// adjective, as a family name may.
func cases(w string, k Kind) []string {
	switch {
	case k.own():
		return append(append(nouns(w), southGiven(w)...), w)
	case k == Patronymic:
		return patronymicCases(w)
	}
	return familyCases(w)
}

// southGiven declines given names in -е and -и as Serbian and Bulgarian do: Ђорђе,
// Георги. In Russian they stay as they are.
func southGiven(w string) []string {
	if s, ok := strings.CutSuffix(w, "е"); ok && s != "" {
		return attach(s, "а у ем ев ева еву еве ево")
	}
	if strings.HasSuffix(w, "и") && utf8.RuneCountInString(w) > 5 {
		return attach(w, "я ю ев ева еви")
	}
	return nil
}

// nominative adds a form in the nominative, the same in Latin letters, and the
// English possessive of what is in Latin. It returns the romanisations.
func (s *formSet) nominative(form string, c Class, piece int) []string {
	s.add(form, c, piece)
	if !isCyrillic(form) {
		s.add(form+"s", Possessive, piece)
		return nil
	}
	for _, l := range inPress(form) {
		s.add(l, Romanised, piece)
	}
	all := romanise(form)
	for _, l := range all {
		s.add(l, Romanised, piece)
		s.add(l+"s", Possessive, piece)
	}
	return all
}

// possessive adds possessives of w, but for those that are family names of many:
// not everyone called Петров belongs to the Пётр we protect.
func (s *formSet) possessive(w string, k Kind, piece int) {
	if !k.own() && endsIn(w, "ов", "ев", "єв", "ин", "ын", "ін", "ова", "ева", "єва", "ина", "ая", "ий", "ый", "ой", "ька") {
		return // adjectives have none
	}
	forms := possessives(w)
	if len(forms) == 0 || k.own() && Common(forms[0]) {
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
			if g.Kind == Given && (f.Kind == Family || f.Kind == Maiden || f.Kind == Nisba) {
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
	all := romanise(w)
	return append(all[:min(len(all), mostCompound)], w)
}
