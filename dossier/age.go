package dossier

import (
	"slices"
	"strconv"

	"habeas/claim"
	"habeas/crowd"
	"habeas/internal/locale"
)

// ageThen returns how old somebody born in a year was at the time that a claim
// about it speaks of, or else when its statement was made. It may be a year too
// many, before the birthday.
func ageThen(born claim.Date, r *claim.Recorded) (int, bool) {
	then, ok := yearOf(r)
	years := int(then - born.Parts().From.Year)
	return years, ok && years >= 0
}

// yearOf returns the year that a claim speaks of, or else in which its statement
// was made.
func yearOf(r *claim.Recorded) (int64, bool) {
	for _, d := range []claim.Date{r.When, r.Said} {
		if m := d.Parts().From; m.Year != 0 && m.Span == 0 {
			return m.Year, true
		}
	}
	return 0, false
}

// age returns an age or a year of birth in words; ten years of age, if it is said
// less exactly.
func (w *writer) age(v claim.Value, a claim.Answer) string {
	born, _ := claim.ParseDate(v.Date)
	if w.level(crowd.Age) == exactAge {
		if v.N != 0 {
			return strconv.Itoa(v.N)
		}
		p := born.Parts()
		return w.Printer.Date(locale.Date{From: locale.Moment(p.From), To: locale.Moment(p.To)})
	}
	years, ok := v.N, v.N != 0
	if !ok {
		for _, say := range slices.Concat(a.For, a.Against) {
			if years, ok = ageThen(born, say.Claim); ok {
				break
			}
		}
	}
	if !ok {
		return w.t("age.unknown")
	}
	return crowd.AgeSteps(years)[bandAge]
}

// ageHead is the head over an age: what is said of a year of birth less exactly is
// an age.
func (w *writer) ageHead(predicate string) string {
	if w.level(crowd.Age) > exactAge {
		predicate = claim.Age
	}
	return w.Term("predicate", predicate)
}
