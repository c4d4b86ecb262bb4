package appeal

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Date is a day of the Gregorian calendar, in no zone. The zero Date is none.
// Years run from 1900 to 2199.
type Date struct{ year, month, day int }

// Bounds of the years a Date may have: what is outside is a slip of the pen.
const firstYear, lastYear = 1900, 2199

var errDate = errors.New("a date is YYYY-MM-DD, and the day must exist")

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, errDate
	}
	y, m, d := number(s[:4]), number(s[5:7]), number(s[8:])
	if y < firstYear || y > lastYear || m < 1 || m > 12 || d < 1 || d > lastDay(y, m) {
		return Date{}, errDate
	}
	return Date{y, m, d}, nil
}

// number reads decimal digits, or returns -1.
func number(s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || n > 1e6 {
			return -1
		}
		n = n*10 + int(r-'0')
	}
	if s == "" {
		return -1
	}
	return n
}

// lastDay returns how many days a month has.
func lastDay(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// DateOf returns the day on which t lies in its own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, int(m), d}
}

// String returns YYYY-MM-DD, or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// MarshalText gives String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// IsZero says whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Year returns the year of d.
func (d Date) Year() int { return d.year }

// Compare is negative if d is before e, and positive if it is after it.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.year, e.year), cmp.Compare(d.month, e.month), cmp.Compare(d.day, e.day))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

func (d Date) utc() time.Time {
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
}

// AddDays returns the day n days after d.
func (d Date) AddDays(n int) Date { return DateOf(d.utc().AddDate(0, 0, n)) }

// AddMonths returns the day of the same number n months after d, or the last day
// of that month if it has no such number: 31 January and one month is 28 or 29
// February. Every code here that speaks of it says the same.
func (d Date) AddMonths(n int) Date {
	months := d.year*12 + d.month - 1 + n
	y, m := months/12, months%12+1
	return Date{y, m, min(d.day, lastDay(y, m))}
}

// starts is the first moment of d in a zone: midnight, or the moment the clock
// jumps to where a day has no midnight.
func (d Date) starts(zone *time.Location) time.Time {
	t := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, zone)
	for DateOf(t).Compare(d) < 0 {
		t = t.Add(15 * time.Minute)
	}
	return t
}

// A Span is when something happened, as exactly as it is known: a day, a day and
// its time, or any day from one to another. The zero Span is not known at all.
type Span struct {
	From, To Date
	clock    int // minutes after midnight and one; zero is not known
}

// On is the Span of one day.
func On(d Date) Span { return Span{From: d, To: d} }

var errSpan = errors.New("a time is YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm or two of the first three with / between, the earlier first")

// ParseSpan reads the part of EDTF that facts of appeals need: YYYY, YYYY-MM,
// YYYY-MM-DD, YYYY-MM-DDThh:mm, and two of the first three with a slash between.
func ParseSpan(s string) (Span, error) {
	if a, b, ok := strings.Cut(s, "/"); ok {
		from, err := parsePart(a)
		to, err2 := parsePart(b)
		if err != nil || err2 != nil || to.To.Compare(from.From) < 0 {
			return Span{}, errSpan
		}
		return Span{From: from.From, To: to.To}, nil
	}
	day, at, timed := strings.Cut(s, "T")
	p, err := parsePart(day)
	if err != nil || !timed {
		return p, err
	}
	h, m, ok := strings.Cut(at, ":")
	hour, minute := number(h), number(m)
	if !ok || len(day) != 10 || len(at) != 5 || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return Span{}, errSpan
	}
	p.clock = hour*60 + minute + 1
	return p, nil
}

// parsePart reads a year, a month or a day.
func parsePart(s string) (Span, error) {
	switch len(s) {
	case 4:
		a, err := ParseDate(s + "-01-01")
		b, err2 := ParseDate(s + "-12-31")
		if err == nil && err2 == nil {
			return Span{From: a, To: b}, nil
		}
	case 7:
		if a, err := ParseDate(s + "-01"); err == nil {
			return Span{From: a, To: Date{a.year, a.month, lastDay(a.year, a.month)}}, nil
		}
	case 10:
		if a, err := ParseDate(s); err == nil {
			return On(a), nil
		}
	}
	return Span{}, errSpan
}

// IsZero says whether nothing is known.
func (s Span) IsZero() bool { return s.From.IsZero() }

// String returns what [ParseSpan] reads.
func (s Span) String() string {
	switch {
	case s.clock > 0:
		return fmt.Sprintf("%sT%02d:%02d", s.From, (s.clock-1)/60, (s.clock-1)%60)
	case s.From == s.To:
		return s.From.String()
	}
	return s.From.String() + "/" + s.To.String()
}

// moments returns the first and the last moment s can mean in a zone.
func (s Span) moments(zone *time.Location) (first, last time.Time) {
	if s.clock > 0 {
		t := time.Date(s.From.year, time.Month(s.From.month), s.From.day, 0, s.clock-1, 0, 0, zone)
		return t, t
	}
	return s.From.starts(zone), s.To.AddDays(1).starts(zone)
}

// A Unit is what the length of a term is counted in.
type Unit uint8

// Units of terms.
const (
	NoUnit      Unit = iota // the law gives no number, or it was not read
	AtOnce                  // without any delay
	Until                   // a date, whenever it began
	Hours                   // hours that pass, whatever the clocks on the wall do
	Days                    // calendar days
	WorkingDays             // days that are worked by the calendar of the jurisdiction
	Months
	Years
)

// A Length is how long a term runs.
type Length struct {
	N    int
	Unit Unit
	Date Date // with Until
}

// mostUnits bounds a length: longer terms are slips of the pen.
const mostUnits = 10000

var errLength = errors.New(`a length is "none", "at once", "until YYYY-MM-DD" or a number from 1 and hours, days, working days, months or years`)

// ParseLength reads "30 days", "5 working days", "1 month", "at once", "none" or
// "until 2022-09-16".
func ParseLength(s string) (Length, error) {
	switch s {
	case "none":
		return Length{}, nil
	case "at once":
		return Length{Unit: AtOnce}, nil
	}
	first, rest, _ := strings.Cut(s, " ")
	if first == "until" {
		d, err := ParseDate(rest)
		return Length{Unit: Until, Date: d}, err
	}
	n := number(first)
	unit := map[string]Unit{"hour": Hours, "day": Days, "working day": WorkingDays, "month": Months, "year": Years}[strings.TrimSuffix(rest, "s")]
	if n < 1 || n > mostUnits || unit == NoUnit || (unit == Years || unit == Months) && n > 600 || first[0] == '0' || (n == 1) == strings.HasSuffix(rest, "s") {
		return Length{}, errLength
	}
	return Length{N: n, Unit: unit}, nil
}

// String returns what [ParseLength] reads.
func (l Length) String() string {
	word := ""
	switch l.Unit {
	case NoUnit:
		return "none"
	case AtOnce:
		return "at once"
	case Until:
		return "until " + l.Date.String()
	case Hours:
		word = "hour"
	case Days:
		word = "day"
	case WorkingDays:
		word = "working day"
	case Months:
		word = "month"
	case Years:
		word = "year"
	}
	if l.N != 1 {
		word += "s"
	}
	return strconv.Itoa(l.N) + " " + word
}

// MarshalText gives String.
func (l Length) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// counted says whether l is a number of something.
func (l Length) counted() bool { return l.Unit >= Hours }
