package locale

import (
	"strconv"
	"time"
)

// A Moment is a date, or one end of one, as far as it was said. It is what an
// EDTF date has to say, free of any calendar code.
type Moment struct {
	Year      int64
	Month     int  // 1 to 12; 21 to 24 for spring to winter; 0 if not said
	Day       int  // 0 if not said
	Span      int  // 10 if only the decade that begins with Year was said, 100 for the century, otherwise 0
	Approx    bool // "about"
	Uncertain bool // "perhaps"
	Open      bool // an end that has not come, or a beginning nobody set; nothing else is set
	Unknown   bool // an end that is not known; nothing else is set
}

// A Date is a moment, or everything between two.
type Date struct {
	From, To Moment // equal unless Interval
	Interval bool
}

// Date returns d in words: "about 11 November 2022", "from July 2022 to December
// 2022". A Date of no moment at all is "at an unknown time".
func (p *Printer) Date(d Date) string {
	if d == (Date{}) {
		return p.T("date.unsaid")
	}
	if !d.Interval {
		return p.moment(d.From, nominative)
	}
	fromOff, toOff := d.From.Open || d.From.Unknown, d.To.Open || d.To.Unknown
	switch {
	case fromOff && toOff:
		return p.T("date.unsaid")
	case fromOff && d.From.Unknown:
		return p.T("date.until_unknown", p.moment(d.To, genitive))
	case fromOff:
		return p.T("date.until", p.moment(d.To, genitive))
	case d.To.Open:
		return p.T("date.since", p.moment(d.From, genitive))
	case d.To.Unknown:
		return p.T("date.since_unknown", p.moment(d.From, genitive))
	}
	return p.T("date.from_to", p.moment(d.From, genitive), p.moment(d.To, accusative))
}

// Day returns the day of t in words.
func (p *Printer) Day(t time.Time) string {
	y, m, d := t.Date()
	return p.moment(Moment{Year: int64(y), Month: int(m), Day: d}, nominative)
}

// Clock returns the day and the time of day of t, to the minute.
func (p *Printer) Clock(t time.Time) string {
	return p.T("date.clock", p.Day(t), t.Format("15:04"))
}

// The grammatical cases that a date stands in. English has the same words for
// all; the catalogues name them month, month_of and month_to.
const (
	nominative = ""
	genitive   = "_of"
	accusative = "_to"
)

func (p *Printer) moment(m Moment, c string) string {
	if m.Approx {
		c = genitive // "around" governs it, wherever the date stands
	}
	s := p.plain(m, c)
	if m.Approx {
		s = p.T("date.approx", s)
	}
	if m.Uncertain {
		s = p.T("date.uncertain", s)
	}
	return s
}

func (p *Printer) plain(m Moment, c string) string {
	if m.Year < 0 {
		m.Year, m.Span = 1-m.Year, 0
		return p.T("date.bc", p.plain(m, c))
	}
	year := strconv.FormatInt(m.Year, 10)
	switch {
	case m.Span == 10:
		return p.T("date.decade"+c, year)
	case m.Span == 100:
		return p.T("date.century"+c, year)
	case m.Month == 0:
		return p.T("date.year", year)
	case m.Month > 12:
		return p.T("date.season", p.T("date.season"+c+"."+strconv.Itoa(m.Month)), year)
	case m.Day == 0:
		return p.T("date.month", p.T("date.month"+c+"."+strconv.Itoa(m.Month)), year)
	}
	return p.T("date.day", m.Day, p.T("date.month_of."+strconv.Itoa(m.Month)), year)
}
