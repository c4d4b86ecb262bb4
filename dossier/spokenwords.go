package dossier

import (
	"strings"
	"sync"
)

// The words here are in the six languages of the catalogues, with the endings that
// their grammars give them.

// Endings of the cases of a noun in Russian and Ukrainian, by what it ends in.
const (
	softRussian   = "ь я ю ем е и ей ям ями ях"
	hardRussian   = "_ а у ом е ы ов ам ами ах"
	softUkrainian = "ень ня ню нем ні"
	hardUkrainian = "_ а у ом і ові и ів ам ами ах"
	adjective     = "ой ый ий ого ому им ым ом ая ую ые ие ых их ыми ими ім і"
	feminine      = "а ы и е у ой ою і"
	plural        = "_ s"
)

// monthWords are the names of the months: stems with their endings.
var monthWords = [12][][2]string{
	{{"январ", softRussian}, {"янв", "_"}, {"січ", softUkrainian}, {"january janvier enero jan يناير", "_"}, {"كانون الثاني", "_"}},
	{{"феврал", softRussian}, {"фев", "_"}, {"лют", adjective}, {"february février febrero feb فبراير شباط", "_"}},
	{{"март", hardRussian}, {"мар", "_"}, {"берез", softUkrainian}, {"march mars marzo mar مارس آذار", "_"}},
	{{"апрел", softRussian}, {"апр", "_"}, {"квіт", softUkrainian}, {"april avril abril apr أبريل إبريل نيسان", "_"}},
	{{"ма", "й я ю ем е"}, {"трав", softUkrainian}, {"may mai mayo مايو أيار", "_"}},
	{{"июн", softRussian}, {"черв", softUkrainian}, {"june juin junio jun يونيو يونيه حزيران", "_"}},
	{{"июл", softRussian}, {"лип", softUkrainian}, {"july juillet julio jul يوليو يوليه تموز", "_"}},
	{{"август", hardRussian}, {"авг", "_"}, {"серп", softUkrainian}, {"august août agosto aug أغسطس آب", "_"}},
	{{"сентябр", softRussian}, {"сен сент", "_"}, {"верес", softUkrainian}, {"september septembre septiembre setiembre sep sept سبتمبر أيلول", "_"}},
	{{"октябр", softRussian}, {"окт", "_"}, {"жовт", softUkrainian}, {"october octobre octubre oct أكتوبر", "_"}, {"تشرين الأول", "_"}},
	{{"ноябр", softRussian}, {"ноя нояб", "_"}, {"листопад", hardUkrainian}, {"november novembre noviembre nov نوفمبر", "_"}, {"تشرين الثاني", "_"}},
	{{"декабр", softRussian}, {"дек", "_"}, {"груд", softUkrainian}, {"december décembre diciembre dec ديسمبر", "_"}, {"كانون الأول", "_"}},
}

// rankStems are words for ranks, by the terms of the vocabulary.
var rankStems = map[string][][2]string{
	"private":        {{"рядов", adjective}, {"матрос", hardRussian + " " + hardUkrainian}, {"private sailor matelot marinero raso", plural}, {"pvt جندي بحار", "_"}},
	"nco":            {{"сержант ефрейтор єфрейтор прапорщик мичман мічман", hardRussian + " " + hardUkrainian}, {"старшин", feminine}, {"sergeant corporal sergent caporal adjudant sargento suboficial", plural + " es"}, {"nco caporaux رقيب عريف", "_"}},
	"junior-officer": {{"лейтенант капитан капітан", hardRussian + " " + hardUkrainian}, {"lieutenant captain capitaine teniente capitán", plural + " es"}, {"alférez ملازم نقيب", "_"}},
	"senior-officer": {{"майор полковник подполковник підполковник", hardRussian + " " + hardUkrainian}, {"major colonel coronel", plural + " es"}, {"رائد عقيد", "_"}},
	"general":        {{"генерал", hardRussian + " " + hardUkrainian}, {"general général", plural + " es"}, {"généraux لواء", "_"}},
}

// otherToo are words for months and ranks that are as often something else.
var otherToo = folded("may march mars mai мар мая маю сен лютий лютого лютому лютим jan feb mar apr jun jul aug sep sept oct nov dec آب private major general général raso رائد لواء")

var (
	// Only English puts the day after the month.
	monthsEnglish = folded("january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec")

	dayLinks    = folded("de del of le го е й er st nd rd th el року року")
	dayRanges   = folded("по и до та і й to and till until y al a et au إلى حتى و")
	yearBefore  = folded("in since en desde depuis dès в у с з من سنة عام منذ année año year")
	yearAfter   = folded("год года году годом г рік року році роком р")
	yearsSlavic = folded("год года лет рік роки років")
	yearsArabic = folded("عاما سنة عام")

	ageWords     = folded("летн річн")
	ageAnnounced = folded("aged возраст віком віці âgé عمره عمرها عمري")
	ageLinks     = folded("de of الآن كان")
	ofWhom       = folded("ему ей мне сыну мужу брату отцу матери было исполнилось йому їй мені сину чоловікові братові батькові матері було виповнилося")
	hasFrench    = folded("a ai avait avais âgé ont")
	hasSpanish   = folded("tiene tenía tengo de con cumplió")

	sentenceSpanish = folded("pena condena prision sentencia cárcel hace")
	afterRank       = folded("in of from who at and was is named by with de du del en y et qui que")
)

func folded(words string) []string { return strings.Fields(fold(words)) }

// months gives the number of a month by each form of its name.
var months = sync.OnceValue(func() map[string]int {
	all := map[string]int{}
	for i, stems := range monthWords {
		for _, w := range stems {
			for _, form := range formsOf(w) {
				all[form] = i + 1
			}
		}
	}
	return all
})

// rankWords gives a term of the vocabulary by each form of a word for a rank.
var rankWords = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for rank, stems := range rankStems {
		for _, w := range stems {
			for _, form := range formsOf(w) {
				all[form] = rank
			}
		}
	}
	return all
})

// formsOf puts stems and endings together; "_" is no ending. What stands before
// Arabic months of two words is no stem of its own.
func formsOf(w [2]string) []string {
	stems := strings.Fields(w[0])
	if len(stems) == 2 && w[1] == "_" && (stems[0] == "كانون" || stems[0] == "تشرين") {
		stems = []string{w[0]}
	}
	var forms []string
	for _, stem := range stems {
		for _, ending := range strings.Fields(w[1]) {
			forms = append(forms, fold(stem+strings.TrimPrefix(ending, "_")))
		}
	}
	return forms
}
