package name

import (
	"slices"
	"strings"
	"unicode"
)

// A Script is what a name is written in.
type Script string

// Scripts that are told apart. What is in none of them, or in two, is "".
const (
	Latin    Script = "latin"
	Cyrillic Script = "cyrillic"
	Arabic   Script = "arabic"
	Greek    Script = "greek"
	Hebrew   Script = "hebrew"
	Georgian Script = "georgian"
	Armenian Script = "armenian"
	Han      Script = "han"
)

// A Culture says by whose custom a name is made, as far as its writing tells: in
// what order its parts stand, and what they are. It is a guess to read the name
// by, and says nothing of where its bearer comes from.
type Culture string

// Cultures. Of a name that gives no sign it is "".
const (
	EastSlavic Culture = "east-slavic" // family, given, patronymic in either order
	WestSlavic Culture = "west-slavic" // Polish, Czech, Slovak
	SouthSlav  Culture = "south-slavic"
	Bulgarian  Culture = "bulgarian" // given, the father's name in -ов, family
	Caucasian  Culture = "caucasian" // Georgian and Armenian family names; Arabic given names with Russian endings
	Turkic     Culture = "turkic"    // оглы, кызы, уулу; -баев, -зода
	Arab       Culture = "arab"      // given, father, grandfather, nisba; kunya
	Iberian    Culture = "iberian"   // one or two given and two family names: Spanish, Portuguese
	French     Culture = "french"
	Hungarian  Culture = "hungarian" // family before given
	Icelandic  Culture = "icelandic" // -son and -dóttir in the place of a family name
	Germanic   Culture = "germanic"  // von, van, ter
)

var scriptTables = map[Script]*unicode.RangeTable{
	Latin: unicode.Latin, Cyrillic: unicode.Cyrillic, Arabic: unicode.Arabic, Greek: unicode.Greek,
	Hebrew: unicode.Hebrew, Georgian: unicode.Georgian, Armenian: unicode.Armenian, Han: unicode.Han,
}

// scriptOf returns the script that all letters of s are in.
func scriptOf(s string) Script {
	var found Script
	for _, r := range s {
		if !unicode.IsLetter(r) || found != "" && unicode.Is(scriptTables[found], r) {
			continue
		}
		if found != "" {
			return ""
		}
		for script, table := range scriptTables {
			if unicode.Is(table, r) {
				found = script
			}
		}
		if found == "" {
			return ""
		}
	}
	return found
}

// Given names by which a culture is known, beside those of the lists with short
// forms. Canonical spelling.
var (
	spanishGiven    = firstWords(spanishNames)
	portugueseGiven = wordSet("joao luiz paulo tiago thiago rodrigo duarte goncalo nuno rui vasco marcelo marcos fabio renato joana leticia larissa camila beatriz catarina mateus henrique caetano thais rogerio")
	frenchGiven     = wordSet("jean pierre michel jacques philippe alain bernard nicolas francois christophe olivier patrick laurent emmanuel valery guy yves marcel henri louis charles edouard benoit gerard " +
		"thierry didier gilles pascal frederic stephane sebastien mathieu etienne georges andre rene marie sophie nathalie isabelle brigitte francoise monique sylvie chloe amelie segolene celine aurelie odile mireille")
	hungarianGiven = wordSet("istvan laszlo janos jozsef zoltan sandor ferenc gabor attila tibor andras balazs peter miklos gyorgy imre lajos bela geza csaba tamas zsolt mihaly viktor karoly jeno bence mate zsigmond " +
		"katalin erzsebet ilona zsuzsanna eva agnes judit ildiko eszter krisztina monika zsofia aniko gyongyi emese reka maria anna piroska sarolta")
)

func wordSet(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

// firstWords returns the names of a list, without their short forms.
func firstWords(list string) map[string]bool {
	same, _ := readGiven(list)
	m := map[string]bool{}
	for w := range same {
		m[w] = true
	}
	return m
}

// knownGiven reports whether w is a given name of any of the lists.
func knownGiven(w string) bool {
	return sameNames[w] != nil || arabicLines[w] != nil || IsGiven(w) || portugueseGiven[w] || frenchGiven[w] || hungarianGiven[w]
}

// A cue is what shows a culture in the canonical words of a name.
type cue struct {
	culture Culture
	shows   func(words []string, written string) bool
}

var cues = []cue{
	{Arab, func(w []string, _ string) bool {
		return slices.ContainsFunc(w, func(w string) bool { return isArabic(w) || beginsKunya(w) }) || midst(w, sonOf) || hasArticle(w) || arabChain(w)
	}},
	{Turkic, func(w []string, _ string) bool {
		return slices.ContainsFunc(w, follows) || anyEnds(w, "оглы", "кызы", "уулу", "зода", "заде", "баев", "баева", "беков", "бекова", "улы", "oglu", "zade", "bayev", "bekov", "ulu")
	}},
	{Caucasian, func(w []string, _ string) bool {
		return anyEnds(w, "швили", "швілі", "дзе", "ян", "янц", "shvili", "dze", "yan", "iani", "ants") ||
			slices.ContainsFunc(w, func(w string) bool { return isCyrillic(w) && arabicLines[w] != nil }) && slices.ContainsFunc(w, familyLike)
	}},
	{EastSlavic, func(w []string, _ string) bool {
		return slices.ContainsFunc(w, isPatronymic)
	}},
	{Bulgarian, func(w []string, _ string) bool {
		return len(w) == 3 && isCyrillic(w[0]) && inOv(w[1]) && inOv(w[2]) && !inOv(w[0]) && !knownGiven(w[1])
	}},
	{SouthSlav, func(w []string, written string) bool {
		return strings.ContainsAny(written, "ћђљњџјЋЂЉЊЏЈđĐ") || strings.Contains(written+" ", "ić ")
	}},
	{Hungarian, func(w []string, written string) bool {
		return strings.ContainsAny(written, "őűŐŰ") || len(w) > 1 && hungarianGiven[w[len(w)-1]] && !knownGiven(w[0])
	}},
	{WestSlavic, func(w []string, written string) bool {
		return strings.ContainsAny(written, "łąężśźćńřěůŁŻŚŹĆŘ") ||
			isLatinWords(w) && anyEnds(w, "owski", "ewski", "owska", "ewska", "icki", "icka", "czyk", "czak", "wicz")
	}},
	{Icelandic, func(w []string, written string) bool {
		return strings.ContainsAny(written, "þðÞÐ") || anyEnds(w, "dottir", "sdottir")
	}},
	{Iberian, isIberian},
	{French, func(w []string, written string) bool {
		return slices.ContainsFunc(w, func(w string) bool { return frenchGiven[w] }) || strings.ContainsAny(written, "êèç") || midst(w, func(w string) bool { return w == "du" })
	}},
	{Germanic, func(w []string, _ string) bool {
		return midst(w, func(w string) bool { return strings.Contains(" von van vom zu zur ter ", " "+w+" ") })
	}},
	{EastSlavic, func(w []string, _ string) bool { return isCyrillic(w[0]) && slices.ContainsFunc(w, familyLike) }},
}

// cultureOf guesses by whose custom a name is made; written is it as it was given.
func cultureOf(written string) Culture {
	words := strings.Fields(Canon(written))
	if len(words) == 0 {
		return ""
	}
	for _, c := range cues {
		if c.shows(words, written) {
			return c.culture
		}
	}
	return ""
}

func isIberian(w []string, written string) bool {
	switch {
	case strings.ContainsAny(written, "ñãõÑ"), len(w) > 1 && anyEnds(w, "ez", "oes", "eira", "eiro"):
		return true
	case !spanishGiven[w[0]] && !portugueseGiven[w[0]]:
		return false
	}
	return len(w) > 2 && midst(w, func(w string) bool { return strings.Contains(" de del y da do dos das e la los ", " "+w+" ") }) ||
		len(w) > 2 && !knownGiven(w[len(w)-2]) || portugueseGiven[w[0]] || spanishGiven[w[0]] && !frenchGiven[w[0]] && len(sameNames[w[0]]) == 1
}

// midst reports whether is holds of a word that is not the first.
func midst(words []string, is func(string) bool) bool {
	return slices.ContainsFunc(words[1:], is)
}

func anyEnds(words []string, ends ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.ContainsFunc(ends, func(e string) bool { return strings.HasSuffix(w, e) && len(w) > len(e)+2 })
	})
}

func isLatinWords(words []string) bool { return scriptOf(strings.Join(words, "")) == Latin }

// inOv reports whether w ends as Bulgarian names after a father do.
func inOv(w string) bool { return endsIn(w, "ов", "ев", "ова", "ева", "ски", "ска") }

// sonOf reports whether w says "son of" or "daughter of" in Arabic.
func sonOf(w string) bool {
	switch w {
	case "ibn", "bin", "ben", "bint", "bent", "ould", "ибн", "бин", "бен", "бинт", "بن", "ابن", "بنت", "ولد":
		return true
	}
	return false
}

// arabChain reports whether the name begins with two names of Arabic origin, and
// none of it has a Russian ending.
func arabChain(w []string) bool {
	return len(w) > 1 && arabicLines[w[0]] != nil && !slices.ContainsFunc(w, familyLike) && !slices.ContainsFunc(w, isPatronymic) &&
		(arabicLines[w[1]] != nil || len(w) > 2)
}

// hasArticle reports whether the Arabic article stands before a word.
func hasArticle(w []string) bool {
	for i, a := range w[:len(w)-1] {
		if i > 0 && isArticle(a) {
			return true
		}
	}
	return false
}

func isArticle(w string) bool {
	switch w {
	case "al", "el", "ash", "ad", "ar", "at", "аль", "эль", "ель", "аш", "ад", "ар", "ат":
		return true
	}
	return false
}
