package appeal

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// A Calendar says which days are worked in a jurisdiction, and in which zone its
// days begin. It knows some years and nothing of the others.
type Calendar struct {
	Jurisdiction string
	Name         string
	Zone         *time.Location
	Weekend      [7]bool // by time.Weekday
	Years        map[int]*CalendarYear
}

// A CalendarYear is what is known of one year.
type CalendarYear struct {
	Source  string
	Checked Date
	By      string
	Trust   Trust
	Open    []string
	Off     map[Date]string // days not worked besides weekends, and why
	Work    map[Date]string // days of a weekend that are worked, and why
}

var jurisdiction = regexp.MustCompile(`^[A-Z]{2,3}$`)

// ReadCalendar reads a file with the calendar of one jurisdiction: a head
// "calendar XX", and below it a head "year YYYY" for each year. The first thing
// wrong is a *[ReadError] with its line.
func ReadCalendar(file, text string) (*Calendar, error) {
	entries, err := readEntries(file, text, "calendar", "year")
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 || entries[0].key != "calendar" || !jurisdiction.MatchString(entries[0].value) {
		return nil, &ReadError{file, 1, `a calendar begins with "calendar" and a jurisdiction such as XX`}
	}
	c := &Calendar{Jurisdiction: entries[0].value, Years: map[int]*CalendarYear{}}
	if err := c.readHead(&entries[0]); err != nil {
		return nil, err
	}
	for i := range entries[1:] {
		if err := c.readYear(&entries[i+1]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Calendar) readHead(e *entry) error {
	return e.fill(map[string]setter{
		"name": {set: text(&c.Name), need: true},
		"zone": {need: true, set: func(s string) (err error) {
			if c.Zone, err = time.LoadLocation(s); err != nil || s == "Local" {
				return errors.New("no such zone")
			}
			return nil
		}},
		"weekend": {need: true, set: func(s string) error {
			for _, w := range strings.Fields(s) {
				d, ok := weekday(w)
				if !ok || c.Weekend[d] {
					return fmt.Errorf("%q is no day of the week, or stands here twice", w)
				}
				c.Weekend[d] = true
			}
			if c.Weekend == [7]bool{true, true, true, true, true, true, true} {
				return errors.New("some day has to be worked")
			}
			return nil
		}},
	})
}

func weekday(s string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d.String() == s {
			return d, true
		}
	}
	return 0, false
}

func (c *Calendar) readYear(e *entry) error {
	year := number(e.value)
	if e.key != "year" || year < firstYear || year > lastYear || len(e.value) != 4 {
		return e.wrong("below the head of a calendar stand years")
	}
	if c.Years[year] != nil {
		return e.wrong("this year stands here twice")
	}
	y := &CalendarYear{Off: map[Date]string{}, Work: map[Date]string{}}
	err := e.fill(map[string]setter{
		"source":    {set: text(&y.Source), need: true},
		"checked":   {set: day(&y.Checked), need: true},
		"by":        {set: text(&y.By), need: true},
		"confirmed": {set: oneOf(&y.Trust, Confirmed, Partly, Unconfirmed), need: true},
		"open":      {set: list(&y.Open), many: true},
		"off":       {many: true, set: func(s string) error { return c.add(y.Off, year, s, false) }},
		"work":      {many: true, set: func(s string) error { return c.add(y.Work, year, s, true) }},
	})
	if err != nil {
		return err
	}
	if y.Trust == Partly && len(y.Open) == 0 {
		return e.wrong(`"confirmed partly" needs "open": what was not confirmed`)
	}
	for d := range y.Work {
		if y.Off[d] != "" {
			return e.wrong(d.String() + " is off and worked")
		}
	}
	c.Years[year] = y
	return nil
}

// add reads "2024-04-29 why".
func (c *Calendar) add(days map[Date]string, year int, s string, weekend bool) error {
	first, why, _ := strings.Cut(s, " ")
	d, err := ParseDate(first)
	switch {
	case err != nil:
		return err
	case d.year != year:
		return errors.New("the day is of another year")
	case why == "":
		return errors.New("after the day stands why")
	case days[d] != "":
		return errors.New("the day stands here twice")
	case weekend && !c.Weekend[d.Weekday()]:
		return errors.New("only a day of the weekend has to be said to be worked")
	}
	days[d] = why
	return nil
}

// Working says whether d is worked, and why not; known is false if the calendar has
// nothing of the year.
func (c *Calendar) Working(d Date) (working bool, why string, known bool) {
	if c == nil || c.Years[d.year] == nil {
		return false, "", false
	}
	y := c.Years[d.year]
	if y.Work[d] != "" {
		return true, "", true
	}
	if y.Off[d] != "" {
		return false, y.Off[d], true
	}
	if c.Weekend[d.Weekday()] {
		return false, d.Weekday().String(), true
	}
	return true, "", true
}

// next returns the first working day from d on. If it comes to a year it does not
// know it returns that year's first day, or d, and false.
func (c *Calendar) next(d Date) (Date, bool) {
	for {
		working, _, known := c.Working(d)
		if !known || working {
			return d, known
		}
		d = d.AddDays(1)
	}
}

// after counts n working days after d. If it comes to a year it does not know it
// returns the first day it does not know, and false.
func (c *Calendar) after(d Date, n int) (Date, bool) {
	for n > 0 {
		d = d.AddDays(1)
		working, _, known := c.Working(d)
		if !known {
			return d, false
		}
		if working {
			n--
		}
	}
	return d, true
}
