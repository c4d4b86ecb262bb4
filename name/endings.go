package name

import "strings"

// The case tables. They are written on canonical spelling (ё is е, ґ is г, no
// apostrophe), and each is the union of the Russian, Ukrainian and Belarusian
// reading, of both genders and of the plural, and of what Bulgarian and Serbian
// add, since nobody says which a name is. A form too many costs a second look at
// most; a form too few is a person exposed.

// A rule rewrites the end of a word: the stem before the suffix takes each of
// the endings. keep is how much of the suffix stays with the stem.
type rule struct {
	suffix  string
	keep    string
	endings string // separated by spaces; "-" is the empty ending
}

// Endings of adjectives, Russian and Ukrainian, hard and soft.
const (
	hardRu   = "ый ой ий ого ому ым ом ая ую ою ые ых ыми "
	velarRu  = "ий ой ого ому им ом ая ую ою ие их ими "
	softRu   = "ий его ему им ем яя ей юю ею ие их ими "
	sibilRu  = "ий его ему им ем ая ей ую ею ие их ими "
	hardUk   = "ий ого ому им ім а ої ій у ою і их ими "
	softUk   = "ій ього ьому ім я ьої ю ьою і іх іми "
	skBe     = "і ага аму ім ая ай ую аю ія іх імі "
	adBe     = "ы ага аму ым ая ай ую аю ыя ых ымі "
	skSouth  = "и а о у е ог ога ом оме ој им их ия ият ата ите "
	belongRu = "- а у ым им ом ем е ой ою ы ых ыми и их ими ам ами ах " // -ов, -ев, -ин
	belongUk = "ові еві ої ій о і ів ай аю ымі ите ият ия ата ог ој има "
)

// adjectives are family names that decline like adjectives or possessives. The
// first rule that fits is used.
var adjectives = []rule{
	{"ський", "ськ", hardUk}, {"цький", "цьк", hardUk}, {"зький", "зьк", hardUk},
	{"ська", "ськ", hardUk}, {"цька", "цьк", hardUk}, {"зька", "зьк", hardUk},
	{"ский", "ск", velarRu + hardUk}, {"цкий", "цк", velarRu + hardUk},
	{"ской", "ск", velarRu + "ім "}, {"цкой", "цк", velarRu + "ім "}, {"ськой", "ськ", velarRu + hardUk},
	{"ская", "ск", velarRu + skBe}, {"цкая", "цк", velarRu + skBe},
	{"скій", "ск", velarRu + hardUk}, {"цкій", "цк", velarRu + hardUk},
	{"кі", "к", skBe}, {"гі", "г", skBe}, {"хі", "х", skBe}, {"ы", "", adBe},
	{"ски", "ск", skSouth}, {"чки", "чк", skSouth}, {"шки", "шк", skSouth},
	{"ній", "н", softUk}, {"ня", "н", softUk},
	{"гий", "г", velarRu + hardUk}, {"кий", "к", velarRu + hardUk}, {"хий", "х", velarRu + hardUk},
	{"жий", "ж", sibilRu + hardUk}, {"чий", "ч", sibilRu + hardUk},
	{"ший", "ш", sibilRu + hardUk}, {"щий", "щ", sibilRu + hardUk},
	{"ий", "", softRu + hardUk + "ия ию ием ии иев иям иями иях "},
	{"ый", "", hardRu},
	{"ой", "", hardRu + velarRu + "его ему ем оя ою оем ое ои оев оям оями оях "},
	{"ая", "", hardRu + velarRu + sibilRu + adBe},
	{"яя", "", softRu},
	{"ова", "ов", belongRu + belongUk}, {"ева", "ев", belongRu + belongUk}, {"єва", "єв", belongRu + belongUk},
	{"ина", "ин", belongRu + belongUk}, {"ына", "ын", belongRu},
	{"іна", "ін", belongRu + belongUk}, {"їна", "їн", belongRu + belongUk},
	{"ов", "ов", belongRu + belongUk}, {"ев", "ев", belongRu + belongUk}, {"єв", "єв", belongRu + belongUk},
	{"ин", "ин", belongRu + belongUk + "ов "}, {"ын", "ын", belongRu + "ов "},
	{"ін", "ін", belongRu + belongUk + "ов "}, {"їн", "їн", belongRu + belongUk + "ов "},
	{"оў", "", "оў ова ову овым ове овай овы овых овымі"}, {"аў", "", "аў ава аву авым аве авай авы авых авымі"},
	{"еў", "", "еў ева еву евым еве евай евы евых евымі"},
	{"ів", "", "ів ова ову овим ові овій овою ови ових ева еву евим еві евій евою іва іву івим івій івою івих івими"},
	{"їв", "", "ївим їв єва єву євим єві євій євою їва їву їівим їві їва євих"},
	{"их", "", "их"}, {"ых", "", "ых"},
}

// Endings of nouns.
const (
	hardMasc  = "- а у ом ем е ы и і ов ев ів аў оў ам ами амі ах ові еві ей "
	softMasc  = "ь я ю ем ьом е и і ью ей ев ів ям ями ях еві ьові ї "
	iotMasc   = "й я ю ем єм ьом е и і ї єві еві ев їв єв ям ями ях "
	southMasc = "- а у ом ем е и ов ев ове еве ови еви има ам ама ева ова ево ово еву ову евог овог евом овом "
	feminineA = "а і е у ой ою ай ом о - ам ами ах ові ів "
	sibilantA = "а и і е у ей ею ой ою ай ом о - ам ами ах еві ів "
	feminineY = "я йо и і ї е ю ей ею єю є яй й ь - ям ями ях ів їв "
	neuterO   = "о а у ом ем е ові еві і и ы ой ою ам ами ах ів ов - "
)

// nouns declines word as a noun, whatever noun it may be.
func nouns(word string) []string {
	r := []rune(word)
	last := r[len(r)-1]
	stem := string(r[:len(r)-1])
	switch {
	case last == 'а':
		out := append(attach(stem, endingsA(stem)), velarShift(stem, "і е ы", "ок ек")...)
		return append(out, dentalShift(stem)...)
	case last == 'я':
		return append(attach(stem, feminineY), fleetSoft(stem)...)
	case last == 'о':
		out := append(attach(stem, neuterO), velarShift(stem, "і е", "ок ек")...)
		if s, ok := strings.CutSuffix(stem, "ь"); ok { // Ганьо, Ганя
			out = append(out, attach(s, softMasc)...)
		}
		return out
	case last == 'ь':
		var out []string
		for _, s := range stems(r[:len(r)-1]) {
			out = append(out, attach(s, softMasc)...)
			if s, ok := strings.CutSuffix(s, "ц"); ok { // Кравець, Кравче
				out = append(out, s+"че")
			}
		}
		return append(out, word, stem+lastLetter(stem)+"ю")
	case last == 'й':
		out := attach(stem, iotMasc)
		if s, ok := strings.CutSuffix(stem, "е"); ok { // Соловей, Соловья
			out = append(out, attach(s+"ь", iotMasc)...)
			out = append(out, attach(s, "я ю ем єм єві і ї їв ям ями ях")...)
		}
		return append(out, word)
	case strings.ContainsRune("ћђљњџј", last):
		return append(attach(word, southMasc), attach(stem, "я ю")...)
	case strings.ContainsRune("еєиіїуюыэ", last) || last < 'а' || last > 'ї':
		return []string{word}
	}
	return append(hardNouns(r), word, word+"ю") // Любов'ю
}

// hardNouns declines a word that ends in a hard consonant.
func hardNouns(r []rune) []string {
	last := r[len(r)-1]
	word := string(r)
	out := attach(word, velarMasc(last))
	for _, s := range stems(r) {
		out = append(out, attach(s, hardMasc)...)
		out = append(out, dentalShift(s)...)
		out = append(out, velarShift(s, "і е", "")...)
		if last == 'р' { // Ігоря, Лазаря
			out = append(out, attach(s, "я ю еві ем і ів ям ями ях")...)
		}
	}
	if strings.ContainsRune("лнстдзцч", last) {
		out = append(out, word+string(last)+"ю") // Нінеллю
	}
	return out
}

// endingsA returns the endings of a noun in -а after stem: ы is not written after
// some consonants, and the instrumental in -ей only after others.
func endingsA(stem string) string {
	switch last := lastLetter(stem); {
	case last == "":
	case strings.Contains("жшчщц", last):
		if last == "ц" {
			return sibilantA + "ы "
		}
		return sibilantA
	case strings.Contains("гкх", last):
		return feminineA + "и "
	}
	return feminineA + "ы и "
}

func velarMasc(last rune) string {
	if strings.ContainsRune("гкх", last) {
		return "у и"
	}
	return "е"
}

func lastLetter(s string) string {
	if s == "" {
		return ""
	}
	r := []rune(s)
	return string(r[len(r)-1])
}

// attach returns stem with each of the endings. All are cut from one string: this
// is where most of the time goes.
func attach(stem, endings string) []string {
	n := strings.Count(endings, " ") + 1
	var all strings.Builder
	all.Grow(n*len(stem) + len(endings))
	ends := make([]int, 0, n)
	for e := range strings.SplitSeq(endings, " ") {
		if e == "" {
			continue
		}
		all.WriteString(stem)
		if e != "-" {
			all.WriteString(e)
		}
		ends = append(ends, all.Len())
	}
	out := make([]string, len(ends))
	from := 0
	for i, to := range ends {
		out[i] = all.String()[from:to]
		from = to
	}
	return out
}

// velarShift softens a stem in г, к or х before the endings (Ольга: Ользі; Олег:
// Олеже), and gives the plural with a fleeting vowel for one in к.
func velarShift(stem, endings, plural string) []string {
	var out []string
	for _, shift := range []struct{ from, to string }{
		{"г", "з"}, {"к", "ц"}, {"х", "с"}, {"г", "ж"}, {"к", "ч"}, {"х", "ш"},
	} {
		if s, ok := strings.CutSuffix(stem, shift.from); ok {
			out = append(out, attach(s+shift.to, endings)...)
		}
	}
	if s, ok := strings.CutSuffix(stem, "к"); ok && plural != "" {
		out = append(out, attach(strings.TrimSuffix(strings.TrimSuffix(s, "ь"), "й"), plural)...)
		if endsIn(s, "й", "ь") { // Швайка, Швайок; Тодоська, Тодосьок
			out = append(out, s+"ок")
		}
		if strings.HasSuffix(s, "к") { // Ребекка, Ребецці
			out = append(out, strings.TrimSuffix(s, "к")+"цці")
		}
	} else if ok := strings.HasSuffix(stem, "г"); ok && plural != "" { // Ломаґа, Ломадзі
		out = append(out, strings.TrimSuffix(stem, "г")+"дзі")
	}
	return out
}

// dentalShift gives the Belarusian case in -е of a stem in т or д: Свята, Свяце.
func dentalShift(stem string) []string {
	if s, ok := strings.CutSuffix(stem, "т"); ok {
		return []string{s + "це"}
	}
	if s, ok := strings.CutSuffix(stem, "д"); ok {
		return []string{s + "дзе"}
	}
	return nil
}

// fleetSoft gives the plural genitive of a word in -ья, or in -ня or -ля after a
// consonant.
func fleetSoft(stem string) []string {
	if s, ok := strings.CutSuffix(stem, "ь"); ok {
		return []string{s + "ий", s + "ей"}
	}
	for _, c := range []string{"н", "л"} {
		if s, ok := strings.CutSuffix(stem, c); ok && s != "" && !vowel(lastLetter(s)) {
			s = strings.TrimSuffix(s, "ь")
			return []string{s + "е" + c, s + "е" + c + "ь"}
		}
	}
	return nil
}

// stems returns the stems that the cases of a word ending in a consonant are
// made from: the word itself, the word without a fleeting vowel (Козёл: Козл-,
// Гулек: Гульк-, Заяц: Зайц-), and with о or е for a Ukrainian і (Сокіл: Сокол-).
func stems(r []rune) []string {
	word := string(r)
	out := []string{word}
	if s, ok := irregular[word]; ok {
		out = append(out, s)
	}
	if head, ok := strings.CutSuffix(word, "авел"); ok { // Павел, in Belarusian Паўла
		out = append(out, head+"аўл")
	}
	for _, f := range []struct{ from, to string }{{"енак", "енк"}, {"онак", "онк"}, {"хвіст", "хвост"}, {"міст", "мост"}} {
		if head, ok := strings.CutSuffix(word, f.from); ok && head != "" {
			out = append(out, head+f.to)
		}
	}
	n := len(r)
	if n < 3 {
		return out
	}
	before, v, last := r[n-3], r[n-2], r[n-1]
	head := string(r[:n-2])
	if n >= 4 && fleeting(v, last) {
		switch {
		case vowel(string(before)):
			out = append(out, head+"й"+string(last))
		case before == 'л' || before == 'н' || before == 'р' || before == 'с' || before == 'т' || before == 'з' || before == 'д':
			out = append(out, head+"ь"+string(last), head+string(last))
		default:
			out = append(out, head+string(last))
		}
	}
	if v == 'а' && (last == 'р' || last == 'ц') && !vowel(string(before)) { // Петар, Петра
		out = append(out, head+string(last))
	}
	if v == 'я' && last == 'ц' {
		out = append(out, head+"й"+string(last))
	}
	if v == 'і' && !vowel(string(before)) {
		out = append(out, head+"о"+string(last), head+"е"+string(last))
		if last == 'ц' || last == 'к' {
			out = append(out, head+string(last))
		}
	}
	if v == 'ї' {
		out = append(out, head+"є"+string(last))
	}
	return out
}

func fleeting(v, last rune) bool {
	switch v {
	case 'е':
		return strings.ContainsRune("цклнрв", last)
	case 'є':
		return last == 'ц'
	case 'о':
		return strings.ContainsRune("клн", last)
	}
	return false
}

// irregular holds short names, and others, whose stem loses its vowel or shifts it.
var irregular = map[string]string{"павел": "павл", "лев": "льв", "петр": "петр", "яків": "яков", "федір": "федор",
	"швец": "шевц", "жнец": "женц", "чернец": "ченц", "боєц": "бійц",
	"пен": "пн", "ден": "дн", "пес": "пс", "лен": "льн", "рот": "рт"}

func vowel(c string) bool { return c != "" && strings.Contains("аеєиіїоуыэюя", c) }

// apply returns the forms of the first rule that fits word, or nil.
func apply(rules []rule, word string) []string {
	for _, r := range rules {
		if stem, ok := strings.CutSuffix(word, r.suffix); ok && stem != "" {
			return attach(stem+r.keep, r.endings)
		}
	}
	return nil
}

// familyCases declines a family name. One that may be an adjective as well as a
// noun (Калина, Пушкин the poet and Пушкин in Ukrainian) is declined as both.
func familyCases(word string) []string {
	out := apply(adjectives, word)
	adjectiveOnly := strings.HasSuffix(word, "ий") || strings.HasSuffix(word, "ый") || strings.HasSuffix(word, "кая")
	belongs := out != nil && (strings.HasSuffix(word, "ов") || endsIn(word, "ев", "єв", "ин") ||
		strings.HasSuffix(word, "ова") || strings.HasSuffix(word, "ева"))
	if out == nil || !adjectiveOnly && !belongs {
		out = append(out, nouns(word)...)
	}
	if !vowel(lastLetter(word)) {
		out = append(out, word+"ови") // the Bulgarian family
	}
	if stem, ok := strings.CutSuffix(word, "а"); ok && !belongs { // Зарудна, Зарудний
		out = append(out, attach(stem, "ої ій их им ими ий ого ому ови")...)
	}
	return append(out, word)
}

const patronymicMasc = "- а у ем ом е еві ові и і ей ів ам ами ах"

// patronymicCases declines a patronymic, in full and as it is said: Сергеевич,
// Сергеич; Ивановна, Иванна.
func patronymicCases(word string) []string {
	var out []string
	for _, w := range spoken(word) {
		switch {
		case endsIn(w, "ич", "ыч", "іч", "їч"):
			out = append(out, attach(w, patronymicMasc)...)
		case strings.HasSuffix(w, "на"):
			stem := strings.TrimSuffix(w, "а")
			out = append(out, attach(stem, feminineA+"ы и ")...)
			out = append(out, strings.TrimSuffix(stem, "н")+"ен")
		default:
			out = append(out, nouns(w)...)
		}
	}
	return append(out, word)
}

// spoken returns a patronymic and its short forms in speech, and the two
// spellings of one from a name in -ий (Васильевич, Василиевич).
func spoken(word string) []string {
	out := []string{word}
	for _, s := range []struct{ long, short string }{
		{"ьевич", "иевич"}, {"ьевна", "иевна"}, {"иевич", "ьевич"}, {"иевна", "ьевна"},
		{"еевич", "еич"}, {"аевич", "аич"}, {"ьевич", "ьич"}, {"иевич", "ьич"}, {"ович", "ыч"}, {"евич", "ич"},
		{"еевна", "евна"}, {"аевна", "авна"}, {"овна", "на"}, {"йович", "їч"},
		{"івна", "овна"}, {"ївна", "евна"}, {"ївна", "євна"},
	} {
		if stem, ok := strings.CutSuffix(word, s.long); ok && stem != "" {
			out = append(out, stem+s.short)
		}
	}
	return out
}

// pets declines a short or pet form, in the singular, as both languages do.
func pets(word string) []string {
	r := []rune(word)
	last := r[len(r)-1]
	stem := string(r[:len(r)-1])
	switch {
	case last == 'а':
		i := "ы и "
		if before := lastLetter(stem); before != "" && strings.Contains("гкхжшчщ", before) {
			i = "и "
		}
		out := attach(stem, i+"е і у ой ою ей ею о - ам")
		return append(out, velarShift(stem, "і", "ок ек")...)
	case last == 'я':
		return attach(stem, "и і ї е ю ей ею єю ь й")
	case last == 'о':
		return attach(stem, "а у ом ові е и ы і")
	case last == 'ь' || last == 'й':
		return attach(stem, "я ю ем єм е єві еві и і ї")
	case vowel(string(last)) || !isCyrillic(word):
		return nil
	}
	var out []string
	for _, s := range stems(r) {
		out = append(out, attach(s, "а у ом ем е ові еві и ы і")...)
	}
	return out
}

// possessives returns what belongs to the bearer of a given name or alias:
// Сашин, Мамина; Иванів, Олегова.
func possessives(word string) []string {
	stem := word
	switch last := lastLetter(word); {
	case last == "а" || last == "я":
		stem = strings.TrimSuffix(word, last)
		out := attach(stem, "ин ина ино ины иной ину ином ине иных иным иному иного ині иної иній иною")
		if last == "я" && vowel(lastLetter(stem)) {
			out = append(out, attach(stem, "їн їна їне їні їної їній їну")...)
		}
		if s, ok := strings.CutSuffix(stem, "ц"); ok { // Милица, Миличин
			out = append(out, attach(s, "чин чина чино чини чину чине чиној чиног чином")...)
		}
		if shifted := velarShift(stem, "ин ина ине ину ині иної иній", ""); len(shifted) > 7 {
			out = append(out, shifted[7:]...) // Ольжин, not Ользин
		}
		return out
	case last == "й" || last == "ь":
		return attach(strings.TrimSuffix(word, last), "ев ева ево евы евой еву євим єва їв ів єве єві євої")
	case last == "о":
		stem = strings.TrimSuffix(word, last)
	case vowel(last):
		return nil
	}
	if last := lastLetter(stem); last != "" && strings.Contains("ћђљњџјжшчщц", last) {
		return attach(stem, "ев ева ево еви еву евы евой еве ових евого")
	}
	return attach(stem, "ов ова ово овы овой ову ове ові ової ів")
}
