package dossier

import (
	"fmt"
	"slices"
	"strings"

	"habeas/claim"
)

// A spokenDate is a date as words give it; what they don't say is 0.
type spokenDate struct{ year, month, day int }

// date returns m as a date. The year of a day without one is that of which r
// speaks, or the last in which the month had come when the statement was made.
func (m spokenDate) date(r *claim.Recorded) (claim.Date, bool) {
	if m.year == 0 {
		year, ok := yearOf(r)
		if !ok {
			return claim.Date{}, false
		}
		said := r.Said.Parts().From
		if r.When.IsZero() && 0 < said.Month && said.Month < m.month && said.Month <= 12 {
			year--
		}
		m.year = int(year)
	}
	text := fmt.Sprintf("%04d", m.year)
	if m.month > 0 {
		text += fmt.Sprintf("-%02d", m.month)
	}
	if m.day > 0 {
		text += fmt.Sprintf("-%02d", m.day)
	}
	d, err := claim.ParseDate(text)
	return d, err == nil
}

// datesIn returns the dates in a text: in numbers, with the day first or the year;
// with the name of the month; and years that are said to be years.
func datesIn(ts []token) []spokenDate {
	var dates []spokenDate
	for i := 0; i < len(ts); i++ {
		if m, n := numbersAt(ts, i); n > 0 {
			dates = append(dates, m)
			i += n - 1
			continue
		}
		month, n := monthAt(ts, i)
		if n == 0 {
			if isYear(at(ts, i)) && (oneOf(at(ts, i-1), yearBefore) || oneOf(at(ts, i+1), yearAfter)) {
				dates = append(dates, spokenDate{year: ts[i].n})
			}
			continue
		}
		found, end := aroundMonth(ts, i, n, month)
		dates = append(dates, found...)
		i = end - 1
	}
	return dates
}

// numbersAt reads a date in three numbers, and returns how many tokens it is.
func numbersAt(ts []token, i int) (spokenDate, int) {
	a, b, c := at(ts, i), at(ts, i+1), at(ts, i+2)
	sep := b.before
	if !a.number() || !b.number() || !c.number() || sep != c.before || !slices.Contains([]string{".", "/", "-"}, sep) {
		return spokenDate{}, 0
	}
	m := spokenDate{c.n, b.n, a.n}
	switch {
	case isYear(a):
		m = spokenDate{a.n, b.n, c.n}
	case c.n < 100 && sep != "-":
		m.year += 2000
	case !isYear(c):
		return spokenDate{}, 0
	}
	if m.month > 12 { // as Americans write
		m.month, m.day = m.day, m.month
	}
	if m.month < 1 || m.month > 12 || !isDay(m.day) {
		return spokenDate{}, 0
	}
	return m, 3
}

// aroundMonth reads the days before and after the name of a month that is n tokens
// long, and the year, and returns what comes after.
func aroundMonth(ts []token, i, n, month int) (dates []spokenDate, end int) {
	before, after := i-1, i+n
	end = after
	for oneOf(at(ts, before), dayLinks) {
		before--
	}
	var days []int
	if t := at(ts, before); t.number() && isDay(t.n) {
		days = append(days, t.n)
		first := before - 1
		if oneOf(at(ts, first), dayRanges) || slices.Contains([]string{"-", "–", "—"}, t.before) {
			if oneOf(at(ts, first), dayRanges) {
				first--
			}
			if from := at(ts, first); from.number() && isDay(from.n) {
				days = append(days, from.n)
			}
		}
	} else if t := at(ts, after); oneOf(ts[i], monthsEnglish) && t.number() && isDay(t.n) {
		days = append(days, t.n)
		after++
		end = after
	}
	for oneOf(at(ts, after), dayLinks) {
		after++
	}
	year := 0
	if t := at(ts, after); isYear(t) {
		year, end = t.n, after+1
	}
	if len(days) == 0 && year == 0 && oneOf(ts[i], otherToo) {
		return nil, end
	}
	if len(days) == 0 {
		return []spokenDate{{year, month, 0}}, end
	}
	for _, d := range days {
		dates = append(dates, spokenDate{year, month, d})
	}
	return dates, end
}

// monthAt reads the name of a month, and returns how many tokens it is.
func monthAt(ts []token, i int) (month, n int) {
	if m, ok := months()[at(ts, i).text+" "+at(ts, i+1).text]; ok {
		return m, 2
	}
	if m, ok := months()[at(ts, i).text]; ok {
		return m, 1
	}
	return 0, 0
}

func isDay(n int) bool { return 1 <= n && n <= 31 }

func isYear(t token) bool { return 1900 <= t.n && t.n < 2100 }

func oneOf(t token, words []string) bool { return slices.Contains(words, t.text) }

// agesIn returns the ages in a text, in whole years. Years that are no age, such as
// those of a sentence, are left out by the words around them.
func agesIn(ts []token) []int {
	var ages []int
	for i, t := range ts {
		if t.n < 1 || t.n > 110 || slices.Contains(ages, t.n) {
			continue
		}
		if ageBy(ts, i) {
			ages = append(ages, t.n)
		}
	}
	return ages
}

func ageBy(ts []token, i int) bool {
	far, prev, next, then := at(ts, i-2), at(ts, i-1), at(ts, i+1), at(ts, i+2)
	starts := func(t token, stems []string) bool {
		return slices.ContainsFunc(stems, func(s string) bool { return strings.HasPrefix(t.text, s) })
	}
	switch {
	case starts(next, ageWords), starts(prev, ageAnnounced):
		return true
	case oneOf(prev, ageLinks) && starts(far, ageAnnounced):
		return true
	case strings.HasPrefix(next.text, "year") && then.text == "old":
		return true
	case oneOf(next, yearsSlavic):
		return oneOf(prev, ofWhom) || oneOf(then, []string{"от"}) && at(ts, i+3).text == "роду"
	case next.text == "ans":
		return oneOf(prev, hasFrench) && far.text != "y"
	case next.text == fold("años"):
		return oneOf(prev, hasSpanish) && !starts(far, sentenceSpanish)
	}
	return oneOf(next, yearsArabic) && then.text == "من" && oneOf(at(ts, i+3), []string{"العمر", "عمره", "عمرها"})
}

// ranksIn returns the ranks in a text, as terms of the vocabulary. Of ranks that
// stand together the highest counts: a lieutenant colonel is no lieutenant; but a
// sergeant major is a sergeant.
func ranksIn(ts []token) []string {
	var ranks []string
	for i := 0; i < len(ts); i++ {
		best := rankAt(ts, i)
		for best != "" && rankAt(ts, i+1) != "" && strings.Trim(ts[i+1].before, " -\u00a0") == "" {
			i++
			if r := rankAt(ts, i); best != "nco" && rankHeight(r) > rankHeight(best) {
				best = r
			}
		}
		if best != "" && !slices.Contains(ranks, best) {
			ranks = append(ranks, best)
		}
	}
	return ranks
}

func rankAt(ts []token, i int) string {
	t := at(ts, i)
	rank := rankWords()[t.text]
	if rank == "" || !oneOf(t, otherToo) {
		return rank
	}
	// "A private from here" has a rank, "a private house" has none.
	next := at(ts, i+1)
	if oneOf(at(ts, i-1), []string{"in", "en"}) {
		return ""
	}
	if next.text == "" || strings.ContainsAny(next.before, ".,;:!?)»”") || oneOf(next, afterRank) || rankWords()[next.text] != "" || rankWords()[at(ts, i-1).text] != "" {
		return rank
	}
	return ""
}

func rankHeight(rank string) int {
	return slices.IndexFunc(claim.Terms("rank"), func(t claim.Term) bool { return t.Key == rank })
}
