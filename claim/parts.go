package claim

import "time"

// Parts is what a Date says, for whoever puts it into words. Its Moments have
// the fields that the printer of a language takes.
type Parts struct {
	From, To Moment // equal unless Interval
	Interval bool
}

// A Moment is a date or one end of one, as far as it was said.
type Moment struct {
	Year      int64
	Month     int  // 1 to 12; 21 to 24 for spring to winter; 0 if not said
	Day       int  // 0 if not said
	Span      int  // 10 if only the decade that begins with Year was said, 100 for the century, otherwise 0
	Approx    bool // written with “~” or “%”
	Uncertain bool // written with “?” or “%”
	Open      bool // an end that has not come, or a beginning nobody set; nothing else is set
	Unknown   bool // an end that is not known; nothing else is set
}

// Parts returns what d says; the zero Parts for the zero Date.
func (d Date) Parts() Parts {
	if d.IsZero() {
		return Parts{}
	}
	return Parts{From: d.from.words(), To: d.to.words(), Interval: d.interval}
}

func (m moment) words() Moment {
	w := Moment{Year: m.year, Month: m.month, Day: m.day, Approx: m.approx, Uncertain: m.uncertain}
	switch m.form {
	case formUnknown:
		return Moment{Unknown: true}
	case formOpen:
		return Moment{Open: true}
	case formDecade:
		w.Span = 10
	case formCentury:
		w.Span = 100
	}
	return w
}

// An Exactness is how exactly a date is given.
type Exactness int

// Exactnesses of a date, from the most exact.
const (
	ByDay Exactness = iota
	ByMonth
	BySeason
	ByYear
	NoDate
)

// By returns d given no more exactly than e: what is published instead of a day
// that would point at one person. A date that is no more exact stays as it is; of
// NoDate nothing is left.
func (d Date) By(e Exactness) Date {
	if e >= NoDate {
		return Date{}
	}
	d.from, d.to = d.from.by(e), d.to.by(e)
	if d.IsZero() {
		return d
	}
	d.text = d.from.text()
	if d.interval {
		d.text += "/" + d.to.text()
		if d.from.text() == d.to.text() {
			d.interval, d.text = false, d.from.text()
		}
	}
	return d
}

func (m moment) by(e Exactness) moment {
	exact := m.form == formDay || m.form == formMonth || m.form == formSeason
	switch {
	case e >= ByYear && exact:
		m.form, m.month, m.day = formYear, 0, 0
	case e == BySeason && (m.form == formDay || m.form == formMonth):
		if m.month == 12 { // winter is named for the year it ends in
			m.year++
		}
		m.form, m.month, m.day = formSeason, 21+(m.month+9)%12/3, 0
	case e == ByMonth && m.form == formDay:
		m.form, m.day = formMonth, 0
	}
	return m
}

// text writes m as EDTF. What was written with XX for a month or a day comes out
// shorter, which means the same.
func (m moment) text() string {
	var s string
	switch m.form {
	case formUnknown:
		return ""
	case formOpen:
		return ".."
	case formCentury:
		s = digits(m.year/100, 2) + "XX"
	case formDecade:
		s = digits(m.year/10, 3) + "X"
	default:
		if m.year < -9999 || m.year > 9999 {
			s = "Y"
		}
		s += digits(m.year, 4)
	}
	if m.month > 0 {
		s += "-" + digits(int64(m.month), 2)
	}
	if m.day > 0 {
		s += "-" + digits(int64(m.day), 2)
	}
	switch {
	case m.approx && m.uncertain:
		s += "%"
	case m.approx:
		s += "~"
	case m.uncertain:
		s += "?"
	}
	return s
}

func digits(n int64, width int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	var b []byte
	for ; n > 0 || len(b) < width; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return sign + string(b)
}

// DateOf returns the day of t as a Date.
func DateOf(t time.Time) Date {
	y, m, d := t.UTC().Date()
	f := moment{form: formDay, year: int64(y), month: int(m), day: d}
	return Date{text: f.text(), from: f, to: f}
}
