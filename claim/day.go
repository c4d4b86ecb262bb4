package claim

import "time"

// A Day is a calendar day, counted from 1 January 1970 in the Gregorian
// calendar carried back before its introduction.
type Day int64

// No day is earlier than EarliestDay or later than LatestDay: they stand for an
// end that is open or unknown.
const (
	EarliestDay Day = -1 << 62
	LatestDay   Day = 1 << 62
)

// Years outside ±maxYear are refused, so that no sum of days overflows.
const maxYear = 999_999_999

// DayOf returns the day t falls on in UTC.
func DayOf(t time.Time) Day {
	y, m, d := t.UTC().Date()
	return civil(int64(y), int(m), d)
}

// civil returns the day of a date. It counts in eras of 400 years, whose days
// are always 146,097, with the year starting in March so that the leap day
// comes last.
func civil(year int64, month, day int) Day {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	y := year - era*400
	inYear := int64((153*(month-3)+2)/5 + day - 1)
	return Day(era*146_097 + y*365 + y/4 - y/100 + inYear - 719_468)
}

// Date returns the calendar date of d.
func (d Day) Date() (year int64, month, day int) {
	n := int64(d) + 719_468
	era := floorDiv(n, 146_097)
	n -= era * 146_097
	y := (n - n/1_460 + n/36_524 - n/146_096) / 365
	n -= 365*y + y/4 - y/100
	m := (5*n + 2) / 153
	day = int(n - (153*m+2)/5 + 1)
	month = int(m) + 3
	year = y + era*400
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func daysIn(year int64, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
