package claim

import (
	"cmp"
	"strconv"
	"strings"

	"habeas/fault"
)

// A Date is when something was, as a source has it: an EDTF expression
// (ISO 8601-2:2019) of level 1, without time of day. The zero Date says nothing
// at all.
//
// What it can hold:
//
//	2022, 2022-07, 2022-07-11     a year, a month, a day
//	-0044, Y170000002             years before 0, and of more than four digits
//	2022-21 … 2022-24             spring, summer, autumn, winter
//	2022-XX, 2022-07-XX, 202X     a month, day, year of a decade (20XX: of a century) not said
//	2022-11~, 2022?, 2022-07-11%  approximate, uncertain, both
//	2022-07/2022-12               from, to
//	2022/.., ../2022-12-20        still going on; from no known beginning
//	2022/, /2022                  end unknown, beginning unknown
//
// Days are bounded by what is written: “~” and “?” are shown to people but do
// not widen [Date.Earliest] and [Date.Latest], for nobody said by how much.
// Seasons are the northern ones by whole months; winter reaches from December of
// the year before to February of the year after, as people mean either.
type Date struct {
	text     string
	interval bool
	from, to moment // equal unless interval
}

// A moment is one end of a Date. Unset parts are 0; form says which are set.
type moment struct {
	form      form
	year      int64
	month     int // 1 to 12, or a season 21 to 24
	day       int
	approx    bool
	uncertain bool
}

type form uint8

const (
	formUnknown form = iota
	formOpen
	formCentury
	formDecade
	formYear
	formSeason
	formMonth
	formDay
)

// ParseDate reads an EDTF expression. An empty one is the zero Date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	d, ok := parseDate(s)
	if !ok {
		return Date{}, fault.New(fault.Invalid, "claim.bad_date")
	}
	return d, nil
}

// maxDateText is longer than any two moments within maxYear.
const maxDateText = 64

func parseDate(s string) (Date, bool) {
	if len(s) > maxDateText {
		return Date{}, false
	}
	a, b, interval := strings.Cut(s, "/")
	if !interval {
		m, ok := parseMoment(s)
		return Date{text: s, from: m, to: m}, ok
	}
	from, ok := parseEnd(a)
	if !ok {
		return Date{}, false
	}
	to, ok := parseEnd(b)
	if !ok {
		return Date{}, false
	}
	d := Date{text: s, interval: true, from: from, to: to}
	if from.form <= formOpen && to.form <= formOpen {
		return Date{}, false
	}
	return d, d.from.first() <= d.to.last()
}

func parseEnd(s string) (moment, bool) {
	switch s {
	case "":
		return moment{}, true
	case "..":
		return moment{form: formOpen}, true
	}
	return parseMoment(s)
}

func parseMoment(s string) (m moment, ok bool) {
	if s == "" {
		return m, false
	}
	switch s[len(s)-1] {
	case '~':
		m.approx = true
	case '?':
		m.uncertain = true
	case '%':
		m.approx, m.uncertain = true, true
	}
	if m.approx || m.uncertain {
		s = s[:len(s)-1]
	}
	if long, found := strings.CutPrefix(s, "Y"); found {
		m.year, ok = longYear(long)
		m.form = formYear
		return m, ok
	}
	year, rest := s, ""
	if i := strings.LastIndexByte(s, '-'); i > 0 {
		i = strings.IndexByte(s[1:], '-') + 1
		year, rest = s[:i], s[i+1:]
		if rest == "" {
			return m, false
		}
	}
	if !m.parseYear(year) {
		return m, false
	}
	if rest == "" {
		return m, true
	}
	return m, m.form == formYear && m.parseInYear(rest)
}

func longYear(s string) (int64, bool) {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) < 5 || digits[0] == '0' || !allDigits(digits) {
		return 0, false
	}
	y, err := strconv.ParseInt(s, 10, 64)
	return y, err == nil && -maxYear <= y && y <= maxYear
}

func (m *moment) parseYear(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) != 4 || s == "-0000" {
		return false
	}
	m.form = formYear
	switch known := strings.TrimRight(digits, "X"); {
	case len(known) == 4:
	case len(known) == 3 && s == digits:
		m.form, digits = formDecade, known+"0"
	case len(known) == 2 && s == digits:
		m.form, digits = formCentury, known+"00"
	default:
		return false
	}
	if !allDigits(digits) {
		return false
	}
	m.year, _ = strconv.ParseInt(digits, 10, 64)
	if digits != s && s[0] == '-' {
		m.year = -m.year
	}
	return true
}

// parseInYear reads "MM", "MM-DD" or a season, with XX for what was not said.
func (m *moment) parseInYear(s string) bool {
	month, day, hasDay := strings.Cut(s, "-")
	if month == "XX" {
		return !hasDay || day == "XX"
	}
	n, ok := twoDigits(month)
	if !ok {
		return false
	}
	m.month = n
	if 21 <= n && n <= 24 {
		m.form = formSeason
		return !hasDay
	}
	m.form = formMonth
	if n < 1 || n > 12 {
		return false
	}
	if !hasDay || day == "XX" {
		return true
	}
	m.form = formDay
	m.day, ok = twoDigits(day)
	return ok && m.day >= 1 && m.day <= daysIn(m.year, m.month)
}

func twoDigits(s string) (int, bool) {
	if len(s) != 2 || !allDigits(s) {
		return 0, false
	}
	return int(s[0]-'0')*10 + int(s[1]-'0'), true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func (m moment) first() Day {
	switch m.form {
	case formUnknown, formOpen:
		return EarliestDay
	case formSeason:
		if m.month == 24 {
			return civil(m.year-1, 12, 1)
		}
		return civil(m.year, (m.month-20)*3, 1)
	case formMonth:
		return civil(m.year, m.month, 1)
	case formDay:
		return civil(m.year, m.month, m.day)
	}
	return civil(m.year, 1, 1)
}

func (m moment) last() Day {
	switch m.form {
	case formUnknown, formOpen:
		return LatestDay
	case formCentury:
		return civil(m.year+99, 12, 31)
	case formDecade:
		return civil(m.year+9, 12, 31)
	case formSeason:
		if m.month == 24 {
			return civil(m.year+1, 3, 1) - 1
		}
		return civil(m.year, (m.month-20)*3+3, 1) - 1
	case formMonth:
		return civil(m.year, m.month, daysIn(m.year, m.month))
	case formDay:
		return civil(m.year, m.month, m.day)
	}
	return civil(m.year, 12, 31)
}

// String returns the expression that ParseDate read.
func (d Date) String() string { return d.text }

// IsZero reports whether d says nothing.
func (d Date) IsZero() bool { return d.text == "" }

// IsInterval reports whether d was written as something lasting from one moment
// to another.
func (d Date) IsInterval() bool { return d.interval }

// Earliest returns the first day d can have been or begun: [EarliestDay] for the
// zero Date and for one with no known beginning.
func (d Date) Earliest() Day { return d.from.first() }

// Latest returns the last day d can have been or ended: [LatestDay] for the zero
// Date and for one with no known end.
func (d Date) Latest() Day { return d.to.last() }

// MarshalText implements [encoding.TextMarshaler].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}

// Begin returns the moment d began as a Date of its own; the zero Date if its
// beginning is open or unknown.
func (d Date) Begin() Date { return d.end(d.from, true) }

// End likewise returns the moment d ended.
func (d Date) End() Date { return d.end(d.to, false) }

func (d Date) end(m moment, first bool) Date {
	if !d.interval {
		return d
	}
	if m.form <= formOpen {
		return Date{}
	}
	a, b, _ := strings.Cut(d.text, "/")
	if first {
		b = a
	}
	return Date{text: b, from: m, to: m}
}

// Truth is how sure an answer about dates is.
type Truth uint8

// Answers.
const (
	No       Truth = iota // it cannot be
	Possible              // it can be, and can be otherwise
	Certain               // it must be
)

// bounds returns the first and last day that d can have begun on, and the first
// and last that it can have ended on.
func (d Date) bounds() (begin0, begin1, end0, end1 Day) {
	begin0, begin1, end0, end1 = d.from.first(), d.from.last(), d.to.first(), d.to.last()
	if d.from.form == formOpen {
		begin1 = EarliestDay
	}
	if d.to.form == formOpen {
		end0 = LatestDay
	}
	if d.interval {
		begin1, end0 = min(begin1, end1), max(begin0, end0)
	}
	return begin0, begin1, end0, end1
}

// Before reports whether d ended before e began.
func (d Date) Before(e Date) Truth {
	_, _, end0, end1 := d.bounds()
	begin0, begin1, _, _ := e.bounds()
	switch {
	case end1 < begin0:
		return Certain
	case end0 < begin1:
		return Possible
	}
	return No
}

// Overlaps reports whether d and e share a day. A Date that is no interval is
// one day somewhere in its bounds; an interval is every day from its beginning
// to its end.
func (d Date) Overlaps(e Date) Truth {
	db0, db1, de0, de1 := d.bounds()
	eb0, eb1, ee0, ee1 := e.bounds()
	if de1 < eb0 || ee1 < db0 {
		return No
	}
	var certain bool
	switch {
	case d.interval && e.interval:
		certain = max(db1, eb1) <= min(de0, ee0)
	case d.interval:
		certain = db1 <= eb0 && ee1 <= de0
	case e.interval:
		certain = eb1 <= db0 && de1 <= ee0
	default:
		certain = db0 == de1 && eb0 == ee1 && db0 == eb0
	}
	if certain {
		return Certain
	}
	return Possible
}

// Compare orders dates for a list: by first day, then by last, then as text. One
// with no known beginning stands where it can first have ended; a zero Date
// comes after all others.
func (d Date) Compare(e Date) int {
	if d.IsZero() != e.IsZero() {
		if d.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(d.sortDay(), e.sortDay()), cmp.Compare(d.Latest(), e.Latest()), cmp.Compare(d.text, e.text))
}

func (d Date) sortDay() Day {
	if e := d.Earliest(); e != EarliestDay {
		return e
	}
	return d.to.first()
}
