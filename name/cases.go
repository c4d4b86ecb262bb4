package name

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Case is a grammatical case of Russian and Ukrainian.
type Case uint8

// Cases, in the order of the grammars.
const (
	Nominative Case = iota
	Genitive
	Dative
	Accusative
	Instrumental
	Locative // the Russian prepositional
	Vocative // in Russian the nominative
	lastCase
)

var caseNames = [lastCase]string{"nominative", "genitive", "dative", "accusative", "instrumental", "locative", "vocative"}

// String returns the name of c, such as "genitive".
func (c Case) String() string {
	if c >= lastCase {
		return "unknown"
	}
	return caseNames[c]
}

// An Inflection is a case in the singular or the plural.
type Inflection struct {
	Case   Case
	Plural bool
}

// Decline returns a cover name in a case, in Russian (lang "ru") or Ukrainian
// ("uk"). The cover is an ordinary noun in the nominative singular («Сосна»), or
// an adjective and a noun that agree («Белая Сосна»), or two nouns («Ворон Дуб»),
// of which both decline; in Ukrainian a first word in -а counts as an adjective.
// It stands for a person, so the accusative is that of living beings, and the
// Ukrainian genitive of men is in -а («Граніта»). Capitals stay. In other
// languages, and for words that don't decline («Колибри»), it comes back as it is.
func Decline(cover, lang string, in Inflection) string {
	if lang != "ru" && lang != "uk" || in.Case >= lastCase {
		return cover
	}
	words := strings.Fields(cover)
	for i, w := range words {
		last := i == len(words)-1
		t := nounTable(strings.ToLower(w), lang)
		if !last && adjective(w, lang) {
			t = adjectiveTable(strings.ToLower(w), lang)
		}
		if forms := t[in.index()]; len(forms) > 0 {
			words[i] = likeCapitals(w, forms[0])
		}
	}
	return strings.Join(words, " ")
}

// CasesOf returns the cases in which found may be a form of p, in Russian (lang
// "ru") or Ukrainian ("uk"), the likeliest first; none if it is none of them, or
// in another language. Feminine and masculine forms of a family name count alike.
func CasesOf(p Part, found, lang string) []Inflection {
	var out []Inflection
	want := Canon(found)
	for w := range strings.FieldsSeq(strings.ReplaceAll(strings.ToLower(p.Text), "-", " ")) {
		for _, t := range nameTables(w, p.Kind, lang) {
			for i, forms := range t {
				in := Inflection{Case(i % int(lastCase)), i >= int(lastCase)}
				is := slices.ContainsFunc(forms, func(f string) bool { return Canon(f) == want })
				if is && !slices.Contains(out, in) {
					out = append(out, in)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Inflection) int { return int(a.rank()) - int(b.rank()) })
	return out
}

// rank orders what one form may be: the plural and the vocative are rare, and the
// accusative is commoner than the locative.
func (in Inflection) rank() Case {
	r := in.Case
	if in.Plural {
		r += lastCase
	}
	if in.Case == Vocative {
		r += 2 * lastCase
	}
	return r
}

func (in Inflection) index() int {
	i := int(in.Case)
	if in.Plural {
		i += int(lastCase)
	}
	return i
}

// A caseTable holds the forms of a word in seven cases of the singular, then of
// the plural; of several in one case, the usual one first.
type caseTable [2 * lastCase][]string

// fill makes a table: six cases and the vocative of the singular, then as many of
// the plural, separated by spaces, alternatives by strokes; "-" is the bare stem
// and "=" the word itself.
func fill(word, stem, endings string) caseTable {
	var t caseTable
	for i, e := range strings.Fields(endings) {
		for a := range strings.SplitSeq(e, "/") {
			switch {
			case a == "=":
				t[i] = append(t[i], word)
			case strings.HasPrefix(a, "*"): // a form of its own
				t[i] = append(t[i], a[1:])
			default:
				t[i] = append(t[i], stem+strings.TrimPrefix(a, "-"))
			}
		}
	}
	return t
}

// likeCapitals writes form with the capitals of w: all of them, or the first.
func likeCapitals(w, form string) string {
	first, _ := utf8.DecodeRuneInString(w)
	up := strings.ToUpper(string(first))
	switch {
	case w == strings.ToUpper(w) && utf8.RuneCountInString(w) > 1:
		return strings.ToUpper(form)
	case string(first) == up && form != "":
		_, n := utf8.DecodeRuneInString(form)
		return strings.ToUpper(form[:n]) + form[n:]
	}
	return form
}

// nameTables returns the tables by which a part of a name may decline.
func nameTables(w string, k Kind, lang string) []caseTable {
	if lang != "ru" && lang != "uk" || w == "" {
		return nil
	}
	family := !k.own() && k != Patronymic
	if family {
		masculine := strings.TrimSuffix(w, "а")
		if endsIn(masculine, "ов", "ев", "ёв", "єв", "ин", "ын", "ін", "їн") && utf8.RuneCountInString(masculine) > 3 {
			return belongTables(masculine, lang, w)
		}
		if adjectival(w, lang) {
			stem, soft := adjectiveStem(w, lang)
			masc, fem := stem+"ий", stem+"ая"
			if lang == "uk" {
				fem = stem + "а"
			} else if !soft && !strings.ContainsAny(lastLetter(stem), "гкхжчшщ") {
				masc = stem + "ый"
			}
			if soft {
				masc, fem = w, stem+map[string]string{"ru": "яя", "uk": "я"}[lang]
			}
			return []caseTable{adjectiveTable(masc, lang), adjectiveTable(fem, lang)}
		}
	}
	if endsIn(w, "е") || lang == "ru" && endsIn(w, "о") { // Шевченко, Челидзе
		return []caseTable{fill(w, w, strings.Repeat("= ", len(caseTable{})))}
	}
	tables := []caseTable{nounTable(w, lang)}
	if family && lang == "uk" && endsIn(w, "ня") { // Задорожня, or Вишня
		tables = append(tables, adjectiveTable(w, lang))
	}
	return tables
}

// adjectival reports whether a family name can only be an adjective.
func adjectival(w, lang string) bool {
	if lang == "uk" {
		return endsIn(w, "ий", "ній", "ська", "цька", "зька") && utf8.RuneCountInString(w) > 3
	}
	return endsIn(w, "ый", "ий", "ой", "ая", "яя") && utf8.RuneCountInString(w) > 3
}

// belongTables declines a family name in -ов or -ин, of a man and of a woman.
func belongTables(w, lang, written string) []caseTable {
	if lang == "uk" {
		out := []caseTable{
			fill(w, w, "= а у/ові а им/ом і/у/ові е/- и их/ів им/ам их/ів ими/ами их/ах и"),
			fill(w+"а", w, "= ої/и ій/і у ою ій/і а/о и их им их ими их и"),
		}
		if stem, ok := strings.CutSuffix(w, "ов"); ok && stem+"ів" == written {
			out[0][Nominative] = []string{written}
		}
		return out
	}
	return []caseTable{
		fill(w, w, "= а у а ым/ом е - ы ых ым ых ыми ых ы"),
		fill(w+"а", w, "= ой/ы ой/е у ой/ою ой/е а ы ых ым ых ыми ых ы"),
	}
}

// adjective reports whether w, in the nominative singular, looks like an
// adjective.
func adjective(w, lang string) bool {
	w = strings.ToLower(w)
	if lang == "uk" {
		return endsIn(w, "ий", "ній", "а", "ня", "е") && utf8.RuneCountInString(w) > 3
	}
	return endsIn(w, "ый", "ий", "ой", "ая", "яя", "ое", "ее") && utf8.RuneCountInString(w) > 3
}

// adjectiveStem returns what stands before the ending of an adjective, and
// whether that is soft (синий, синяя, задорожній).
func adjectiveStem(w, lang string) (stem string, soft bool) {
	for _, e := range []string{"ый", "ий", "ій", "ой", "ая", "яя", "ое", "ее", "я", "а", "е"} {
		if s, ok := strings.CutSuffix(w, e); ok {
			last := lastLetter(s)
			soft = e == "ій" || e == "яя" || e == "я" || e == "ий" && last == "н" && lang == "ru" || e == "ее" && last == "н"
			return s, soft
		}
	}
	return w, false
}

// adjectiveTable declines an adjective in its gender.
func adjectiveTable(w, lang string) caseTable {
	s, soft := adjectiveStem(w, lang)
	feminine := endsIn(w, "ая", "яя", "а", "я")
	neuter := !feminine && endsIn(w, "е")
	plural := " ые ых ым ых ыми ых ые"
	masc, fem := "= ого ому ого ым ом =", "= ой ой ую ой/ою ой ="
	switch last := lastLetter(s); {
	case lang == "uk" && soft && !endsIn(w, "ий"):
		plural = " і іх ім іх іми іх і"
		masc, fem = "= ього ьому ього ім ьому/ім =", "= ьої ій ю ьою ій ="
	case lang == "uk":
		plural = " і их им их ими их і"
		masc, fem = "= ого ому ого им ому/ім =", "= ої ій у ою ій ="
	case soft:
		plural = " ие их им их ими их ие"
		masc, fem = "= его ему его им ем =", "= ей ей юю ей/ею ей ="
	case strings.Contains("жчшщ", last) && !endsIn(w, "ой"):
		plural = " ие их им их ими их ие"
		masc, fem = "= его ему его им ем =", "= ей ей ую ей/ею ей ="
	case strings.Contains("гкхжчшщ", last):
		plural = " ие их им их ими их ие"
		masc = "= ого ому ого им ом ="
	}
	if feminine {
		return fill(w, s, fem+plural)
	}
	t := fill(w, s, masc+plural)
	if neuter {
		t[Accusative] = []string{w}
	}
	return t
}
