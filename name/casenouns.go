package name

import "strings"

// Nouns that lose or change a vowel when an ending follows, with the stem they
// have then, and feminine nouns in a consonant. What the grammars give no rule
// for has to be listed; the lists hold what cover names are made of (birds,
// beasts, trees, weather, stones) and given names.
var (
	ruStems = pairList("орёл орл орел орл дятел дятл козёл козл козел козл осёл осл осел осл котёл котл щегол щегл хребет хребт ветер ветр " +
		"костёр костр костер костр ковёр ковр ковер ковр шатёр шатр шатер шатр овёс овс овес овс пёс пс пес пс лён льн лёд льд лед льд лев льв мох мх угол угл " +
		"бобёр бобр пепел пепл хмель хмел камень камн корень корн огонь огн угорь угр уголь угл кремень кремн ливень ливн пень пн день дн " +
		"ремень ремн павел павл заяц зайц перец перц ветерок ветерк сон сн ров рв " +
		"поползень поползн слепень слепн шершень шершн стержень стержн перстень перстн гребень гребн плетень плетн ясмень ясменн столбец столбц " +
		"восток восток исток исток поток поток порок порок пророк пророк срок срок урок урок сток сток чеснок чеснок челнок челнок игрок игрок стрелок стрелк ездок ездок седок седок ходок ходок знаток знаток рок рок сок сок")
	ukStems = pairList("орел орл дятел дятл козел козл осел осл вітер вітр бобер бобр терен терн пес пс сокіл сокол явір явор тхір тхор дрізд дрозд " +
		"кіт кот віл вол лід льод мед мед пагін пагон камінь камен кремінь кремен корінь корен промінь промен лебідь лебед хміль хмел кінь кон " +
		"вогонь вогн день дн пень пн яків яков федір федор антін антон сидір сидор тодір тодор прокіп прокоп лев лев швець шевц заєць зайц " +
		"обрій обрі павук павук ведмідь ведмед ріг рог біб боб гвіздок гвіздк осінь осен ніч ноч сіль сол річ реч " +
		"глід глод рогіз рогоз щиголь щигл журавель журавл чебрець чебрец звіробій звіробо рій ро іній іне стрижень стрижн перстень перстн гребінь гребен ясінь ясен окріп окроп")
	plurals = pairList("сосна сосен весна вёсен овца овец земля земель заря зорь гора гор ольха ольх пчела пчёл звезда звёзд " +
		"іва ів зоря зір береза беріз бджола бджіл тополя тополь")
	// Those in -ей whose cases have ь or an apostrophe.
	birdsInEy = " воробей соловей муравей ручей улей репей чирей горобей "
	feminines = " ель сирень рысь мышь ночь тень степь сталь медь соль даль печь рожь речь осень пыль лань выпь модель вещь площадь крепость полынь " +
		"любовь нинель рахиль рись осінь ніч тінь сіль мить сталь мідь любов ртуть пустель папороть яблонь кровь бирюзь форель газель капель мель свирель метель трель " +
		"неясыть свиязь отмель заводь топь гладь лазурь зыбь рябь ширь глубь прорубь поросль падь елань гарь новь кладь глушь тишь ветошь сушь выпь прядь кисть зелень ржавь хворь " +
		"заметіль постіль артіль ціль зелень синь просинь блакить гладь далечінь широчінь глибінь височінь далеч рінь мідь паморозь повінь розкіш "
	stiff = " фламинго какаду кенгуру эму колибри киви "
)

func pairList(list string) map[string]string {
	m := map[string]string{}
	f := strings.Fields(list)
	for i := 0; i+1 < len(f); i += 2 {
		m[f[i]] = f[i+1]
	}
	return m
}

// nounTable declines a noun in small letters, as that of a living being.
func nounTable(w, lang string) caseTable {
	ends := lastLetter(w)
	stem := strings.TrimSuffix(w, ends)
	if lang == "uk" {
		return ukNoun(w, stem, ends)
	}
	return ruNoun(w, stem, ends)
}

func ruNoun(w, stem, ends string) caseTable {
	last := lastLetter(stem)
	if strings.Contains(stiff, " "+w+" ") {
		return fill(w, w, strings.Repeat("= ", len(caseTable{})))
	}
	hush := last != "" && strings.Contains("жшчщ", last)
	i := "ы"
	if last != "" && strings.Contains("гкхжшчщ", last) {
		i = "и"
	}
	few := " *" + ruFew(w, stem, ends)
	switch {
	case ends == "а":
		ins := "ой/ою"
		if hush || last == "ц" {
			ins = "ей/ею"
		}
		return fill(w, stem, "= "+i+" е у "+ins+" е =/- "+i+few+" ам"+few+" ами ах "+i)
	case ends == "я" && last == "и":
		return fill(w, stem, "= и и ю ей/ею и = и й ям й ями ях и")
	case ends == "я":
		return fill(w, stem, "= и е ю ей/ею е =/ь и"+few+" ям"+few+" ями ях и")
	case ends == "ь" && isFeminine(w):
		if hush {
			return fill(w, stem, "= и и = ью и = и ей ам ей ами ах и")
		}
		return fill(w, stem, "= и и = ью и = и ей ям ей ями ях и")
	case ends == "ь":
		return fill(w, stemOf(w, stem, ruStems), "= я ю я ем е = и ей ям ей ями ях и")
	case ends == "й":
		if s, ok := strings.CutSuffix(stem, "е"); ok && strings.Contains(birdsInEy, " "+w+" ") {
			return fill(w, s+"ь", "= я ю я ём/ем е = и *"+s+"ьёв/ев ям *"+s+"ьёв/ев ями ях и")
		}
		if last == "и" {
			return fill(w, stem, "= я ю я ем и = и ев ям ев ями ях и")
		}
		return fill(w, stem, "= я ю я ем е = и ев ям ев ями ях и")
	case ends == "о":
		return fill(w, stem, "= а у = ом е = а"+few+" ам"+few+" ами ах а")
	case ends == "е" && (last == "р" || last == "л"):
		return fill(w, stem, "= я ю = ем е = я ей ям ей ями ях я")
	case ends == "е" && last == "ь", ends == "е" && last == "и":
		return fill(w, stem, "= я ю = ем е/и = я й ям й ями ях я")
	case ends == "ё" && last == "ь":
		return fill(w, stem, "= я ю = ём е = я *"+strings.TrimSuffix(stem, "ь")+"ий ям *"+strings.TrimSuffix(stem, "ь")+"ий ями ях я")
	case ends == "е" && last == "ц", ends == "е" && hush:
		return fill(w, stem, "= а у = ем е = а"+few+" ам"+few+" ами ах а")
	case strings.Contains("еёиуюыэ", ends) || !isCyrillic(w):
		return fill(w, w, strings.Repeat("= ", len(caseTable{})))
	}
	return ruMasculine(w, ends)
}

// ruMasculine declines a Russian noun in a consonant.
func ruMasculine(w, ends string) caseTable {
	stem := stemOf(w, w, ruStems)
	if _, listed := ruStems[w]; !listed && !heavy(w) {
		stem = fleet(w, "аец", "айц", "оец", "ойц", "еец", "ейц", "ец", "ц", "ок", "к", "ёк", "ьк")
	}
	ins, many, i := "ом", "ов", "ы"
	switch {
	case strings.Contains("жшчщ", ends):
		many, i = "ей", "и"
		if endsIn(w, "ович", "евич", "ич", "ландыш") {
			ins = "ем"
		}
	case strings.Contains("гкх", ends):
		i = "и"
	case ends == "ц":
		many = "ов"
		if endsIn(w, "яц", "анец", "янец", "перец", "палец", "кварц", "еец", "аец") { // the stem is stressed
			ins, many = "ем", "ев"
		}
	}
	return fill(w, stem, "= а у а "+ins+" е = "+i+" "+many+" ам "+many+" ами ах "+i)
}

// heavy reports whether two consonants before -ец keep its vowel: чабрец, мудрец.
func heavy(w string) bool {
	s, ok := strings.CutSuffix(w, "ец")
	r := []rune(s)
	return ok && len(r) > 2 && strings.ContainsRune("рлн", r[len(r)-1]) && !vowel(string(r[len(r)-2])) && r[len(r)-2] != 'ь' && r[len(r)-2] != 'й'
}

// ruFew returns the genitive plural of a Russian noun in a vowel.
func ruFew(w, stem, ends string) string {
	if p, ok := plurals[w]; ok {
		return p
	}
	r := []rune(stem)
	if len(r) < 2 {
		return stem
	}
	last, before := string(r[len(r)-1]), string(r[len(r)-2])
	head := string(r[:len(r)-1])
	switch {
	case ends == "я" && last == "ь":
		return head + "ей"
	case ends == "я" && vowel(last):
		return stem + "й"
	case ends == "я" && last == "л" && !vowel(before):
		return head + "ель"
	case ends == "я" && last == "н" && !vowel(before):
		return head + "ен"
	case ends == "я":
		return stem + "ь"
	case last == "к" && (before == "ь" || before == "й"):
		return string(r[:len(r)-2]) + "ек"
	case last == "к" && strings.Contains("жшчщц", before):
		return head + "ек"
	case last == "к" && !vowel(before):
		return head + "ок"
	}
	return stem
}

func ukNoun(w, stem, ends string) caseTable {
	last := lastLetter(stem)
	hush := last != "" && strings.Contains("жшчщ", last)
	few := " *" + ukFew(w, stem, ends)
	soft := stem
	if shifted := velarShift(stem, "-", ""); len(shifted) > 0 {
		soft = shifted[0] // г, к, х before і
	}
	switch {
	case ends == "а" && hush:
		return fill(w, stem, "= і і у ею і о і"+few+" ам"+few+" ами ах і")
	case ends == "а":
		return fill(w, stem, "= и *"+soft+"і у ою *"+soft+"і о и"+few+" ам"+few+" ами ах и")
	case ends == "я" && doubled(stem): // латаття, neuter
		return fill(w, stem, "= я ю = ям і = я"+few+" ям"+few+" ями ях я")
	case ends == "я" && vowel(last):
		return fill(w, stem, "= ї ї ю єю ї є ї й ям й ями ях ї")
	case ends == "я" && (last == "'" || last == "’" || last == "ʼ"):
		return fill(w, stem, "= ї ї ю єю ї є ї й ям й ями ях ї")
	case ends == "я":
		return fill(w, stem, "= і і ю ею і е/ю і"+few+" ям"+few+" ями ях і")
	case isFeminine(w):
		s := stemOf(w, strings.TrimSuffix(w, "ь"), ukStems)
		long := strings.TrimSuffix(w, "ь")
		if before := lastLetter(strings.TrimSuffix(long, lastLetter(long))); vowel(before) && !endsIn(long, "в", "р") {
			long += lastLetter(long)
		} else if endsIn(long, "в") {
			long += "'"
		}
		return fill(w, s, "= і і = *"+long+"ю і е і ей ям ей ями ях і")
	case ends == "ь":
		s := stemOf(w, stem, ukStems)
		if _, listed := ukStems[w]; !listed {
			s = fleet(stem, "ілець", "", "лец", "льц", "нец", "нц", "ец", "ц", "єц", "йц")
		}
		return fill(w, s, "= я еві/ю я ем еві/ю/і ю/е і ів ям ів ями ях і")
	case ends == "й":
		if s, ok := strings.CutSuffix(stem, "е"); ok && strings.Contains(birdsInEy, " "+w+" ") {
			return fill(w, s+"'", "= я єві/ю я єм єві/ї ю ї їв ям їв ями ях ї")
		}
		return fill(w, stemOf(w, stem, ukStems), "= я єві/ю я єм єві/ї/ю ю ї їв ям їв ями ях ї")
	case ends == "о" && endsIn(w, "ко") || ends == "о" && isListed(w):
		return fill(w, stem, "= а ові/у а ом ові/у у/е и ів ам ів ами ах и")
	case ends == "о":
		return fill(w, stem, "= а у = ом і о а"+few+" ам"+few+" ами ах а")
	case ends == "е":
		return fill(w, stem, "= я ю = ем і е я ів ям ів ями ях я")
	case strings.Contains("єиіїую", ends) || !isCyrillic(w):
		return fill(w, w, strings.Repeat("= ", len(caseTable{})))
	}
	return ukMasculine(w, ends)
}

// ukMasculine declines a Ukrainian noun in a hard consonant.
func ukMasculine(w, ends string) caseTable {
	stem := stemOf(w, w, ukStems)
	if _, listed := ukStems[w]; !listed {
		stem = fleet(w, "ок", "к")
	}
	vocative := stem + "е"
	shifted := velarShift(stem, "е", "")
	switch {
	case endsIn(w, "ок", "ик", "ч", "ш", "щ", "х"):
		vocative = stem + "у"
	case len(shifted) > 1:
		vocative = shifted[1] + "/у"
	}
	switch {
	case strings.Contains("жшчщ", ends):
		return fill(w, stem, "= а еві/у а ем еві/у/і *"+vocative+" і ів ам ів ами ах і")
	case endsIn(w, "ар") && !strings.Contains(hardInAr, " "+w+" "):
		return fill(w, stem, "= я еві/ю я ем еві/ю/і ю/е і ів ям ів ями ях і")
	case w == "ігор":
		return fill(w, stem, "= я еві/ю я ем еві/ю/і е/ю і ів ям ів ями ях і/а")
	}
	return fill(w, stem, "= а ові/у а ом ові/у/і *"+vocative+" и ів ам ів ами ах и")
}

// hardInAr holds words in -ар that decline hard: no trades and no birds.
const hardInAr = " комар товар жар шар базар пожар дар нектар пар удар бульвар гектар макар назар захар омар "

// doubled reports whether stem ends in a consonant written twice, or in ст, as
// Ukrainian neuters in -я do.
func doubled(stem string) bool {
	r := []rune(stem)
	n := len(r)
	return n > 2 && (r[n-1] == r[n-2] && !strings.HasSuffix(stem, "лл") || r[n-1] == 'т' && r[n-2] == 'с' && strings.Contains(" лист щаст ", " "+stem+" ") || stem == "зілл" || stem == "гілл")
}

// ukFew returns the genitive plural of a Ukrainian noun in a vowel.
func ukFew(w, stem, ends string) string {
	if p, ok := plurals[w]; ok {
		return p
	}
	r := []rune(stem)
	if len(r) < 2 {
		return stem
	}
	last, before := string(r[len(r)-1]), string(r[len(r)-2])
	head := string(r[:len(r)-1])
	switch {
	case ends == "я" && (last == "л" || last == "н") && !vowel(before):
		return head + "е" + last + "ь"
	case ends == "я":
		return stem + "ь"
	case last == "к" && !vowel(before):
		return strings.TrimSuffix(head, "ь") + "ок"
	}
	return stem
}

// stemOf returns the stem of w that is listed, or the one given.
func stemOf(w, stem string, listed map[string]string) string {
	if s, ok := listed[w]; ok {
		return s
	}
	return stem
}

// fleet exchanges the first ending of w that fits; endings come in pairs.
func fleet(w string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if s, ok := strings.CutSuffix(w, pairs[i]); ok && strings.ContainsAny(s, "аеёєиіїоуыэюя") {
			return s + pairs[i+1]
		}
	}
	return w
}

// isFeminine reports whether a noun in a consonant or ь is feminine.
func isFeminine(w string) bool {
	return strings.Contains(feminines, " "+w+" ") || endsIn(w, "ость", "ість", "знь")
}

// isListed reports whether w is a given name of our lists.
func isListed(w string) bool { return len(sameNames[Canon(w)]) > 0 }
