package name

import "strings"

// Letters that look alike are paired by hand, capitals and small letters apart,
// since a capital and its small letter look like different things (В is B, в is
// not b). Only Latin, Cyrillic and Greek are paired; a digit stands for the
// letter it is used for.

// latinFor holds Latin letters, Greek letters and digits with the Cyrillic
// letters they pass for; a letter may be paired more than once.
const latinFor = "Aа Bв Cс Eе Hн Iі Kк Mм Oо Pр Tт Xх Yу Sѕ Jј Nи Rя Wш Uц " +
	"aа cс eе iі oо pр xх yу kк mм tт nп uи rг bь gд hн wш sѕ jј vв lі zг " +
	"0о 3з 4ч 6б 1і 7т 8в " +
	"Αа Βв Εе Ηн Ιі Κк Μм Οо Ρр Τт Χх Υу Γг Πп Φф Λл αа οо ρр χх γу κк ι" + "і π" + "п φф ε" + "е η" + "п"

// cyrillicFor is the same the other way, with the digits Latin uses.
const cyrillicFor = "Аa Вb Сc Еe Нh Іi Кk Мm Оo Рp Тt Хx Уy Ѕs Јj Ԁd Ғf Ԝw Вb " +
	"аa сc еe іi оo рp хx уy кk мm тt ѕs јj ԁd һh ԛq ԝw вb нh ьb пn гr иu ёe " +
	"0o 1l 3e 4a 5s 7t " +
	"Αa Βb Εe Ηh Ιi Κk Μm Νn Οo Ρp Τt Χx Υy Ζz αa οo ρp νv κk ιi χx υu γy τt ηn ω" + "w"

// Letters that nobody can tell apart: a word written with nothing else may be in
// either script.
const (
	twinLatin    = "ABCEHIKMOPTXYaceiopxykmt"
	twinCyrillic = "АВСЕНІКМОРТХУасеіорхукмт"
)

var (
	toCyrillic = pairs(latinFor)
	toLatin    = pairs(cyrillicFor)
)

func pairs(list string) map[rune]rune {
	m := map[rune]rune{}
	for p := range strings.FieldsSeq(list) {
		c := []rune(p)
		m[c[0]] = c[1]
	}
	return m
}

// lookalikes appends what the word that was appended last looks like, if it is
// written in two scripts, holds digits, or holds only twin letters.
func (r *reader) lookalikes(p piece) {
	mixed := p.latin && p.cyrillic || p.foreign && (p.latin || p.cyrillic) || p.digits && (p.latin || p.cyrillic)
	w := r.words[len(r.words)-1]
	if !mixed && (p.letters < 2 && w.N == 1 || p.digits) {
		return
	}
	as := r.s[w.Start:w.End]
	if p.digits && w.N > 2 && w.N <= maxJoin && (p.latin || p.cyrillic) {
		r.words = w.withoutDigits(r.words)
	}
	if mixed || p.latin && only(as, twinLatin) {
		r.words = w.seenAs(r.words, as, toCyrillic, 0x400, tableEnd)
	}
	// A short Cyrillic word that could be Latin is far likelier what it seems: НАТО.
	if mixed || p.cyrillic && len(w.Text) >= 2*5 && only(as, twinCyrillic) {
		r.words = w.seenAs(r.words, as, toLatin, 'A', 0x250)
	}
}

// only reports whether s is written with nothing but these letters.
func only(s, letters string) bool {
	for _, c := range s {
		if !strings.ContainsRune(letters, c) {
			return false
		}
	}
	return true
}

// seenAs appends w read in the script from..to, if every letter has a reading
// there.
func (w Word) seenAs(words []Word, as string, pair map[rune]rune, from, to rune) []Word {
	var b strings.Builder
	for _, c := range as {
		a := look(c)
		switch {
		case a.class == letter && a.to >= from && a.to < to:
			b.WriteRune(a.to)
		case a.class == letter || a.class == digit:
			seen, ok := pair[c]
			if !ok {
				return words
			}
			b.WriteRune(seen)
		case a.class == slow:
			return words
		}
	}
	if seen := b.String(); seen != w.Text {
		w.Text, w.Reading = seen, Lookalike
		words = append(words, w)
	}
	return words
}

// withoutDigits appends w as it reads without digits, if they stand inside: И1ван.
func (w Word) withoutDigits(words []Word) []Word {
	const digits = "0123456789"
	if strings.Trim(w.Text, digits) != w.Text {
		return words
	}
	w.Text = strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return -1
		}
		return c
	}, w.Text)
	w.Reading = Lookalike
	return append(words, w)
}
