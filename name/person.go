package name

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Sex is that of a person, as far as the grammar of a name needs it.
type Sex uint8

// Sexes. The zero Sex is not known.
const (
	Unknown Sex = iota
	Male
	Female
)

// Sex returns the sex that n tells in Russian or Ukrainian: by its patronymic,
// then its family name, then its given name. It is Unknown where they tell
// nothing, or not the same.
func (n Name) Sex() Sex {
	for _, tells := range []func(Part) Sex{patronymicSex, familySex, givenSex} {
		found := Unknown
		for _, p := range n {
			s := tells(p)
			if s != Unknown && found != Unknown && s != found {
				return Unknown
			}
			found = max(found, s)
		}
		if found != Unknown {
			return found
		}
	}
	return Unknown
}

func patronymicSex(p Part) Sex {
	w := strings.ToLower(p.Text)
	switch {
	case p.Kind != Patronymic:
	case endsIn(w, "вич", "ьич", "мич", "кич", "ич", "іч", "оглы", "огли", "улы"):
		return Male
	case endsIn(w, "вна", "чна", "кызы", "кизи"):
		return Female
	}
	return Unknown
}

func familySex(p Part) Sex {
	w := strings.ToLower(p.Text)
	switch {
	case p.Kind != Family || utf8.RuneCountInString(w) < 4:
	case endsIn(w, "ова", "ева", "ёва", "єва", "ина", "ына", "іна", "їна", "ская", "цкая", "ська", "цька", "зька"):
		return Female
	case endsIn(w, "ов", "ев", "ёв", "єв", "ин", "ын", "ін", "їн", "ский", "цкий", "ський", "цький", "зький"):
		return Male
	}
	return Unknown
}

// menInA are given names of men that end as those of women do.
const menInA = " никита илья кузьма фома лука савва сава данила гаврила добрыня мустафа муса иса микола микита ілля хома сила саша женя валя слава паша миша коля ваня петя дима толя лёша юра вова костя серёжа "

// womenInConsonants are given names of women that end as those of men do.
const womenInConsonants = " кармен элен ирен ирэн эдит жаклин катрин инес рут эстер гульнур айнур елен едіт "

func givenSex(p Part) Sex {
	w := strings.ToLower(p.Text)
	switch {
	case p.Kind != Given || !isCyrillic(w) || utf8.RuneCountInString(w) < 3:
	case strings.Contains(menInA, " "+w+" "):
		if strings.Contains(" саша женя валя слава паша ", " "+w+" ") {
			return Unknown
		}
		return Male
	case endsIn(w, "а", "я"):
		return Female
	case isFeminine(w), strings.Contains(womenInConsonants, " "+w+" "):
		return Female
	case endsIn(w, "ь"):
		if strings.Contains(" игорь лазарь рауль шамиль исмаиль эмиль камиль василь кирель ігорь лазар ", " "+w+" ") {
			return Male
		}
	case !endsIn(w, "е", "и", "і", "у", "ю", "о", "э", "є", "ї") || endsIn(w, "ко", "ло", "йло") && isListed(w):
		return Male
	}
	return Unknown
}

// DeclineName returns a person's name in a case, in Russian (lang "ru") or
// Ukrainian ("uk"). Each part declines by its kind: «Сергея Ивановича Коваля»,
// «Марії Іванівні Коваль». Where the sex is not known (see [Name.Sex]), where a
// part does not decline, and in other languages, it stays in the nominative.
func DeclineName(n Name, lang string, s Sex, c Case) string {
	if lang != "ru" && lang != "uk" || c >= lastCase || c == Nominative || s == Unknown {
		return n.String()
	}
	parts := slices.Clone(n)
	for i, p := range parts {
		parts[i].Text = declinePart(p, lang, s, c)
	}
	return parts.String()
}

// declinePart declines each piece of a part. Hyphens join pieces of which both
// decline: «Петрова-Водкина».
func declinePart(p Part, lang string, s Sex, c Case) string {
	switch p.Kind {
	case Alias, Callsign, Particle, Kunya, Nisba:
		return p.Text
	}
	words := strings.Split(p.Text, " ")
	for i, w := range words {
		pieces := strings.Split(w, "-")
		for j, piece := range pieces {
			pieces[j] = declineWord(piece, p.Kind, lang, s, c)
		}
		words[i] = strings.Join(pieces, "-")
	}
	return strings.Join(words, " ")
}

func declineWord(written string, k Kind, lang string, s Sex, c Case) string {
	w := strings.ToLower(written)
	if !isCyrillic(w) || strings.ContainsFunc(w, noPartOfAWord) || utf8.RuneCountInString(w) < 2 || Small(w) {
		return written
	}
	t := formsOfPerson(w, k, lang, s)
	forms := t[Inflection{Case: c}.index()]
	if len(forms) == 0 || forms[0] == "" {
		return written
	}
	return likeCapitals(written, forms[0])
}

// noPartOfAWord reports what is neither a letter nor an apostrophe: an initial's dot,
// or what somebody typed by mistake. Such a word does not decline.
func noPartOfAWord(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune("'’ʼ", r) }

// formsOfPerson returns the table by which a part of the name of a man or woman
// declines; the empty table if it does not.
func formsOfPerson(w string, k Kind, lang string, s Sex) caseTable {
	consonant := !strings.ContainsAny(lastLetter(w), "аеёєиіїоуыэюяь")
	switch {
	case k == Patronymic:
		return patronymicTable(w, lang, s)
	case k.own():
		return givenTable(w, lang, s, consonant)
	case k != Family && k != Maiden:
		return caseTable{}
	}
	return familyTable(w, lang, s, consonant)
}

func patronymicTable(w, lang string, s Sex) caseTable {
	switch {
	case s == Female && endsIn(w, "на"):
		return nounTable(w, lang)
	case s != Male || !endsIn(w, "ич", "іч"):
		return caseTable{}
	case lang == "uk":
		return fill(w, w, "= а у а ем у у і ів ам ів ами ах і")
	case endsIn(w, "льич", "кузьмич", "лукич", "фомич"): // the ending is stressed
		return fill(w, w, "= а у а ом е = и ей ам ей ами ах и")
	}
	return fill(w, w, "= а у а ем е = и ей ам ей ами ах и")
}

func givenTable(w, lang string, s Sex, consonant bool) caseTable {
	switch {
	case s == Female && consonant && !isFeminine(w): // Кармен
		return caseTable{}
	case s == Female && endsIn(w, "ь") && !isFeminine(w): // Айгуль
		stem := strings.TrimSuffix(w, "ь")
		if lang == "uk" {
			return fill(w, stem, "= і і = *"+stem+"лю і е - - - - - - -")
		}
		return fill(w, stem, "= и и = ью и = - - - - - - -")
	case lang == "ru" && w == "пётр", lang == "ru" && w == "петр":
		return nounTable("петр", lang)
	case endsIn(w, "о") && lang == "ru" && !endsIn(w, "ло", "ко"):
		return caseTable{}
	}
	return nounTable(w, lang)
}

func familyTable(w, lang string, s Sex, consonant bool) caseTable {
	switch {
	case endsIn(w, "ых", "их") && lang == "ru", endsIn(w, "их") && lang == "uk", endsIn(w, "аго", "яго", "ово"):
		return caseTable{} // Черных, Живаго, Дурново
	case s == Male && endsIn(w, "ов", "ев", "ёв", "єв", "ин", "ын", "ін", "їн", "ів") && utf8.RuneCountInString(w) > 3:
		return belongTables(w, lang, w)[0]
	case s == Female && endsIn(w, "ова", "ева", "ёва", "єва", "ина", "ына", "іна", "їна"):
		return belongTables(strings.TrimSuffix(w, "а"), lang, w)[1]
	case adjectival(w, lang):
		if s == Female != endsIn(w, "ая", "яя", "а", "я") {
			return caseTable{} // a man's name borne by a woman, or the other way
		}
		if s == Female && lang == "uk" && !endsIn(w, "ська", "цька", "зька") {
			return nounTable(w, lang)
		}
		return adjectiveTable(w, lang)
	case lang == "uk" && s == Female && endsIn(w, "ня", "дня"):
		return adjectiveTable(w, lang)
	case endsIn(w, "о"):
		if lang == "uk" && s == Male && endsIn(w, "ко") { // Шевченка
			return nounTable(w, lang)
		}
		return caseTable{}
	case endsIn(w, "а", "я"):
		before := lastLetter(strings.TrimSuffix(w, lastLetter(w)))
		if vowel(before) && endsIn(w, "а") { // Гулиа
			return caseTable{}
		}
		return nounTable(w, lang)
	case s == Male && consonant, s == Male && endsIn(w, "ь"):
		return manTable(w, lang)
	}
	return caseTable{}
}

// manTable declines a man's family name in a consonant. Unlike a noun it keeps
// its vowel, except in the commonest endings, for whose it is can't be told from
// a form that fits two names.
func manTable(w, lang string) caseTable {
	if endsIn(w, "ец", "єць", "ець", "ок", "ёк", "й") {
		return nounTable(w, lang)
	}
	ends := lastLetter(w)
	stem := strings.TrimSuffix(w, ends)
	if endsIn(w, "ь") { // a man's, whatever the noun is
		if lang == "uk" {
			return fill(w, stem, "= я еві/ю я ем еві/ю/і ю/е і ів ям ів ями ях і")
		}
		return fill(w, stem, "= я ю я ем е = и ей ям ей ями ях и")
	}
	if lang == "uk" {
		if strings.Contains("жшчщ", ends) {
			return fill(w, w, "= а еві/у а ем еві/у/і у і ів ам ів ами ах і")
		}
		return fill(w, w, "= а ові/у а ом ові/у/і е и ів ам ів ами ах и")
	}
	ins := "ом"
	if strings.Contains("жшчщц", ends) {
		ins = "ем"
	}
	return fill(w, w, "= а у а "+ins+" е = и ов ам ов ами ах и")
}
