package testkit

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// minWord is the least number of letters of a word, or of a stem, that is
// looked for by itself.
const minWord = 4

// spellings returns, in lower case, what a canary is looked for as. Stems stand
// for all forms that begin with them.
func spellings(canary string) []string {
	whole := strings.ToLower(norm.NFC.String(strings.TrimSpace(canary)))
	out := []string{whole}
	if strings.ContainsAny(whole, "0123456789,@") {
		out = append(out, numbers(whole)...)
		return append(out, romanAll(whole)...)
	}
	words := strings.FieldsFunc(whole, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' && r != 'ʼ' })
	for _, w := range words {
		if utf8.RuneCountInString(w) < minWord {
			continue
		}
		for _, stem := range stems(w) {
			out = append(out, stem)
			out = append(out, romanAll(stem)...)
		}
	}
	out = append(out, romanAll(whole)...)
	slices.Sort(out)
	return slices.Compact(out)
}

// numbers returns the digits of a telephone or document number without what
// stands between, and those of a long one without its first, which may be
// written as a plus sign and a country code or as 8.
func numbers(s string) (out []string) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if len(digits) >= 7 && !strings.ContainsFunc(s, unicode.IsLetter) {
		out = append(out, digits)
		if len(digits) >= 10 {
			out = append(out, digits[1:])
		}
	}
	return out
}

// stems returns beginnings of a Russian or Ukrainian name so that each of its
// grammatical forms has one of them, or the word itself in other scripts. They
// are short rather than exact: this only has to find.
func stems(w string) []string {
	r := []rune(w)
	if !unicode.Is(unicode.Cyrillic, r[0]) {
		return []string{strings.TrimRight(w, "'’ʼ")}
	}
	stem := r
	for _, end := range []string{"ий", "ый", "ой", "ій", "ая", "яя", "ия", "ія"} {
		if strings.HasSuffix(w, end) {
			stem = r[:len(r)-2]
			break
		}
	}
	if len(stem) == len(r) && strings.ContainsRune("аяоеєёюиіїьй", r[len(r)-1]) {
		stem = r[:len(r)-1]
	}
	if len(stem) < minWord {
		return shortForms(w, string(stem))
	}
	return append([]string{string(stem)}, alternates(stem, r[len(r)-1])...)
}

// shortForms returns the forms of a name whose stem is too short to stand for
// them.
func shortForms(w, stem string) []string {
	out := []string{w}
	for _, end := range strings.Fields(`а я у ю е є и і ы ой ою ей ею ём ом ем єм ов
		ий ия ию ием ии ій ія ію ієм ії ьом ья ью ьем ова ову ови еві єві`) {
		if form := stem + end; utf8.RuneCountInString(form) >= minWord {
			out = append(out, form)
		}
	}
	return out
}

// alternates returns the stems of forms that lose or change a vowel or change
// their last consonant. end is the last letter of the nominative.
func alternates(stem []rune, end rune) (out []string) {
	last := len(stem) - 1
	head, v, c := string(stem[:last-1]), stem[last-1], string(stem[last])
	add := func(least int, s string) {
		if utf8.RuneCountInString(s) >= least {
			out = append(out, s)
		}
	}
	if soft, ok := map[rune]string{'г': "з", 'к': "ц", 'х': "с"}[stem[last]]; ok && strings.ContainsRune("аяо", end) {
		add(minWord, string(stem[:last])+soft) // Ольга, Ользі
	}
	switch {
	case v == 'і': // Сокіл, Сокола; Кошіль, Кошеля
		add(5, head+"о"+c)
		add(5, head+"е"+c)
	case strings.ContainsRune("еєёо", v) && (strings.Contains("цкл", c) || end == 'ь'): // Кравец, Кравца; Павел, Павла
		add(minWord, head+c)
		add(5, head+"ь"+c)
		add(5, head+"й"+c)
	case v == 'я' && c == "ц": // Заяц, Зайца
		add(minWord, head+"й"+c)
	}
	return out
}

// romanAll returns s in Latin letters by each system, or nothing if there is no
// Cyrillic in it. Diacritics do not matter, because text is folded before it is
// searched.
func romanAll(s string) (out []string) {
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
		return nil
	}
	for _, system := range romanisations() {
		out = append(out, system.write(s))
	}
	return out
}

// A romanisation is a system of writing Cyrillic in Latin letters.
type romanisation struct {
	letters map[rune]string
	initial map[rune]string // at the beginning of a word, or after a vowel or a sign if vowels is set
	vowels  bool
	zgh     bool // зг is zgh, so that it is not read as ж
}

func (s romanisation) write(text string) string {
	if s.zgh {
		text = strings.ReplaceAll(text, "зг", "зґh")
	}
	var b strings.Builder
	before := ' '
	for _, r := range text {
		first := !unicode.IsLetter(before) || s.vowels && strings.ContainsRune("аеёиоуыэюяъьіїє", before)
		latin, ok := s.letters[r]
		if at, has := s.initial[r]; has && first {
			latin, ok = at, true
		}
		if !ok {
			latin = string(r)
		}
		if r != '\'' && r != '’' && r != 'ʼ' {
			before = r
		}
		b.WriteString(latin)
	}
	return b.String()
}

// letters reads a table of pairs, "а a б b".
func letters(tables ...string) map[rune]string {
	m := map[rune]string{}
	for _, table := range tables {
		words := strings.Fields(table)
		for i := 0; i+1 < len(words); i += 2 {
			r, _ := utf8.DecodeRuneInString(words[i])
			m[r] = strings.Trim(words[i+1], "-")
		}
	}
	return m
}

// romanisations returns ISO 9:1995 (diacritics are folded away), ICAO 9303 as
// in Russian passports, BGN/PCGN for Russian and the Ukrainian rules of 2010.
func romanisations() []romanisation {
	const common = `а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f
		х kh ц ts ч ch ш sh щ shch ы y э e ю yu я ya ь - ъ - і i ї i є ie ґ g`
	return []romanisation{
		{letters: letters(common, "ё ë ж ž й j х h ц c ч č ш š щ ŝ э è ю û я â і ì ї ï є ê ґ g̀")},
		{letters: letters(common, "ё e й i ъ ie ю iu я ia")},
		{letters: letters(common, "ё ë й y"), initial: letters("е ye ё yë"), vowels: true},
		{letters: letters(common, "г h ґ g и y й i ю iu я ia ё io"), initial: letters("є ye ї yi й y ю yu я ya"), zgh: true},
	}
}

// An encoded is a form in an encoding that is not decoded before searching.
type encoded struct {
	name  string
	bytes []byte
}

// encodings returns form in lower case, in upper case and as a name, composed
// and decomposed, in UTF-16 of either order, Windows-1251 and KOI8-R.
func encodings(form string) (out []encoded) {
	r := []rune(form)
	if len(r) == 0 {
		return nil
	}
	cases := []string{form, strings.ToUpper(form), string(unicode.ToUpper(r[0])) + string(r[1:]), titled(form)}
	slices.Sort(cases)
	for _, c := range slices.Compact(cases) {
		for _, written := range []string{norm.NFC.String(c), norm.NFD.String(c)} {
			little, big := utf16le(written), []byte(nil)
			for _, u := range utf16.Encode([]rune(written)) {
				big = append(big, byte(u>>8), byte(u))
			}
			out = append(out, encoded{"UTF-16LE", little}, encoded{"UTF-16BE", big})
		}
		for name, table := range map[string]*charmap.Charmap{"Windows-1251": charmap.Windows1251, "KOI8-R": charmap.KOI8R} {
			b, err := table.NewEncoder().String(c)
			if err == nil && strings.ContainsFunc(c, func(r rune) bool { return r > 127 }) {
				out = append(out, encoded{name, []byte(b)})
			}
		}
	}
	return out
}

// titled returns s with each word as a name.
func titled(s string) string {
	before := ' '
	return strings.Map(func(r rune) rune {
		first := !unicode.IsLetter(before)
		before = r
		if first {
			return unicode.ToUpper(r)
		}
		return r
	}, s)
}
