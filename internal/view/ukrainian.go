package view

import (
	"strings"
	"unicode/utf8"
)

// The endings that Ukrainian words take, longest first within each class. They
// follow the declensions and conjugations as grammars give them; what matters
// here is that the forms of one word meet, not that the stem is a morpheme.
var (
	ukReflexive = []string{"ся", "сь"}

	ukAdjective = []string{
		"ішими", "іший", "ішого", "ішому", "ішою", "ішої", "ішим", "ішій", "іших", "іша", "іше", "іші", "ішу",
		"ього", "ьому", "ьою", "ими", "іми", "його", "йому", "ого", "ому", "ою", "ої", "єю", "ій", "ий", "их", "іх", "им", "ім", "їй", "їх", "їм",
		"ая", "яя", "еє", "ії", "ую", "юю", "а", "я", "е", "є", "у", "ю", "і", "ї",
	}
	// ukParticiple: what stands before the ending of an adjective made from a
	// verb: затриман-ий, побит-ий stays.
	ukParticiple = []string{"уванн", "юванн", "увани", "ювани", "уван", "юван", "овувал", "ован", "йован", "ованн", "анн", "янн", "енн", "єнн", "ан", "ян", "ен", "єн"}

	ukVerb = []string{
		"уватимуть", "уватиме", "юватимуть", "юватиме", "атимуть", "ятимуть", "итимуть", "атиме", "ятиме", "итиме",
		"ували", "ювали", "увала", "ювала", "увало", "ювало", "ував", "ював", "увати", "ювати", "ують", "юють", "ував", "уючи", "юючи", "ує", "ює", "ую", "юю",
		"овано", "овував", "ивши", "івши", "авши", "явши", "увши", "ючи", "ячи", "учи", "ачи",
		"емо", "ємо", "имо", "їмо", "ете", "єте", "ите", "їте", "ать", "ять", "уть", "ють", "ить", "їть", "еть",
		"ала", "яла", "ила", "іла", "ула", "али", "яли", "или", "іли", "ули", "ало", "яло", "ило", "іло", "уло",
		"ати", "яти", "ити", "іти", "ути", "оти", "ано", "яно", "ено", "єно", "ито", "уто",
		"ав", "яв", "ив", "ів", "ув", "еш", "єш", "иш", "їш", "ай", "яй", "ти", "но", "то", "ла", "ло", "ли",
	}

	ukNoun = []string{
		"уваннями", "юваннями", "уванням", "юванням", "уванню", "юванню", "уваннях", "юваннях", "ування", "ювання", "увань", "ювань",
		"аннями", "еннями", "яннями", "єннями", "анням", "енням", "янням", "єнням", "аннях", "еннях", "янню", "анню", "енню", "єнню", "ання", "ення", "яння", "єння", "ань", "ень", "янь",
		"остями", "остям", "остях", "істю", "ості", "ість",
		"ьями", "ями", "ами", "ові", "еві", "єві", "иям", "иях", "ією", "ями", "ам", "ям", "ах", "ях", "ою", "ею", "єю", "ів", "їв", "ем", "єм", "ом", "ей", "єй", "ію", "ія", "ії", "ій", "ью",
		"а", "я", "о", "е", "є", "и", "і", "ї", "у", "ю", "ь", "й",
	}
)

const ukVowels = "аеиоуіїєюя"

// ukrainian returns what the forms of a Ukrainian word, in lower case, have in
// common. It takes endings off by rule and knows no words.
func ukrainian(w string) string {
	w = strings.NewReplacer("'", "", "ґ", "г").Replace(w)
	if utf8.RuneCountInString(w) < 4 {
		return soften(w)
	}
	keep := firstSyllable(w)
	w, _ = cutEnding(w, keep, ukReflexive)
	if s, ok := cutEnding(w, keep, ukNoun[:26]); ok { // nouns made from verbs
		return soften(s)
	}
	if s, ok := cutEnding(w, keep, ukVerb); ok {
		return soften(s)
	}
	if s, ok := cutEnding(w, keep, ukAdjective); ok {
		if p, ok := cutEnding(s, keep, ukParticiple); ok {
			return soften(p)
		}
		w = s
	} else if s, ok := cutEnding(w, keep, ukNoun[26:]); ok {
		w = s
	}
	return soften(w)
}

// firstSyllable returns how many bytes of w no ending is taken from: all up to
// the first vowel and the letter after it, at least three letters.
func firstSyllable(w string) int {
	letters, vowel := 0, false
	for i, r := range w {
		if vowel && letters >= 3 {
			return i
		}
		vowel = vowel || strings.ContainsRune(ukVowels, r)
		letters++
	}
	return len(w)
}

// cutEnding takes the longest of the endings off w that leaves its first keep
// bytes.
func cutEnding(w string, keep int, endings []string) (string, bool) {
	longest := 0
	for _, e := range endings {
		if len(e) > longest && len(w)-len(e) >= keep && strings.HasSuffix(w, e) {
			longest = len(e)
		}
	}
	return w[:len(w)-longest], longest > 0
}

// soften makes one of stems that differ in the last consonant only: a soft
// sign, a doubled consonant, and i for o or e in a closed syllable are lost.
func soften(w string) string {
	w = strings.TrimRight(w, "ьй")
	r, size := utf8.DecodeLastRuneInString(w)
	if before, _ := utf8.DecodeLastRuneInString(w[:len(w)-size]); size > 0 && r == before && utf8.RuneCountInString(w) > 3 {
		w = w[:len(w)-size]
	}
	return strings.ReplaceAll(w, "ї", "і")
}
