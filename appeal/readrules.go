package appeal

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var ruleID = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$`)

// ReadRules reads a file of rules. The first thing wrong is a *[ReadError] with its
// line, and then there are no rules: whoever changes a file keeps the old ones until
// the new ones read. What rules say of each other is checked by [NewSet].
func ReadRules(file, text string) ([]Rule, error) {
	entries, err := readEntries(file, text, "rule")
	if err != nil {
		return nil, err
	}
	var rules []Rule
	for i := range entries {
		r, err := readRule(&entries[i])
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// readRule reads one entry.
func readRule(e *entry) (Rule, error) {
	r := Rule{File: e.file, Line: e.line}
	id, version, _ := strings.Cut(e.value, " ")
	if r.ID, r.Version = id, number(version); !ruleID.MatchString(id) || r.Version < 1 || r.Version > 9999 {
		return r, e.wrong(`an entry begins with "rule", an id such as XX-APPEAL and a version from 1`)
	}
	first := ""
	err := e.fill(map[string]setter{
		"jurisdiction": {set: text(&r.Jurisdiction), need: true},
		"addressee":    {set: text(&r.Addressee), need: true},
		"law":          {set: text(&r.Law), need: true},
		"starts":       {set: oneOf(&r.Starts, Sent, Received, Registered, Known, Happened), need: true},
		"what":         {set: text(&r.What), need: true},
		"duty":         {set: oneOf(&r.Duty, Theirs, Ours, Nobody), need: true},
		"length":       {set: length(&r.Length), need: true},
		"first-day":    {set: oneOf(&first, "counted", "not counted")},
		"end":          {set: oneOf(&r.End, Stays, Next, Unsaid)},
		"end-law":      {set: text(&r.EndLaw)},
		"extension":    {set: r.addExtension, many: true},
		"forwarded":    {set: oneOf(&r.Forwarded, RunsOn, Restarts)},
		"forward-rule": {set: text(&r.ForwardRule)},
		"registration": {set: text(&r.Registration)},
		"no-clock":     {set: r.addNoClock, many: true},
		"opens":        {set: r.addOpening, many: true},
		"next":         {set: list(&r.Next), many: true},
		"valid":        {set: period(&r.From, &r.To)},
		"source":       {set: text(&r.Source), need: true},
		"checked":      {set: day(&r.Checked), need: true},
		"by":           {set: text(&r.By), need: true},
		"confirmed":    {set: oneOf(&r.Trust, Confirmed, Partly, Unconfirmed), need: true},
		"open":         {set: list(&r.Open), many: true},
	})
	if err != nil {
		return r, err
	}
	r.FirstDay = first == "counted"
	if reason := r.unsound(first); reason != "" {
		return r, e.wrong(r.ID + ": " + reason)
	}
	if r.Forwarded == "" {
		r.Forwarded = RunsOn
	}
	return r, nil
}

// unsound returns what in the entry contradicts itself, or "".
func (r *Rule) unsound(first string) string {
	byDay := r.Length.Unit >= Days
	switch {
	case byDay && (r.End == "" || first == ""):
		return `a term of days, months or years says "end" and "first-day"`
	case !byDay && (r.End != "" || first != ""):
		return `only a term of days, months or years says "end" and "first-day"`
	case r.End == Next && r.EndLaw == "":
		return `"end next" needs "end-law"`
	case !r.Length.counted() && len(r.Extensions) > 0:
		return "what has no length cannot be extended"
	case r.Trust == Partly && len(r.Open) == 0:
		return `"confirmed partly" needs "open": what was not confirmed`
	case len(r.Opens) > 0 && r.Duty != Theirs:
		return "only a term of theirs opens one of ours"
	case r.Registration != "" && r.Starts != Registered:
		return `"registration" is for terms that start when registered`
	}
	if r.Forwarded == Restarts && (r.Starts == Known || r.Starts == Happened) {
		return "what is sent on starts anew when sent, received or registered"
	}
	for i, x := range r.Extensions {
		for _, y := range r.Extensions[:i] {
			if x.ID == y.ID {
				return fmt.Sprintf("two extensions are called %q", x.ID)
			}
		}
		switch {
		case (x.Length.Unit == Hours) != (r.Length.Unit == Hours):
			return "hours are extended by hours, and days by days"
		case x.Whole && x.Length.least() < r.Length.least():
			return fmt.Sprintf("with extension %q the term would be shorter", x.ID)
		}
	}
	return ""
}

// least is the fewest days or hours that l can be, to compare lengths.
func (l Length) least() int {
	switch l.Unit {
	case Months:
		return l.N * 28
	case Years:
		return l.N * 365
	}
	return l.N
}

// length sets a length.
func length(p *Length) func(string) error {
	return func(s string) (err error) { *p, err = ParseLength(s); return err }
}

// list adds a line to a list.
func list(p *[]string) func(string) error {
	return func(s string) error { *p = append(*p, s); return nil }
}

var extensionID = regexp.MustCompile(`^[a-z][a-z-]{0,30}$`)

// addExtension reads "ID | by 30 days | the condition | the law".
func (r *Rule) addExtension(s string) error {
	p, err := parts(s, 4)
	if err != nil {
		return err
	}
	how, length, _ := strings.Cut(p[1], " ")
	l, err := ParseLength(length)
	if err != nil || !l.counted() || (how != "by" && how != "to") {
		return errors.New(`an extension is "by" or "to" a length`)
	}
	if !extensionID.MatchString(p[0]) {
		return errors.New("an extension is called by small letters and dashes")
	}
	r.Extensions = append(r.Extensions, Extension{ID: p[0], Whole: how == "to", Length: l, When: p[2], Law: p[3]})
	return nil
}

// addOpening reads "RULE | overdue" or "RULE | answered".
func (r *Rule) addOpening(s string) error {
	p, err := parts(s, 2)
	if err != nil {
		return err
	}
	o := Opening{Rule: p[0]}
	if err := oneOf(&o.On, WhenOverdue, WhenAnswered)(p[1]); err != nil {
		return err
	}
	r.Opens = append(r.Opens, o)
	return nil
}

// addNoClock reads "e-mail | 2025-03-30 | RULE".
func (r *Rule) addNoClock(s string) error {
	p, err := parts(s, 3)
	if err != nil {
		return err
	}
	since, err := ParseDate(p[1])
	r.NoClock = append(r.NoClock, Channel{Name: p[0], Since: since, Rule: p[2]})
	return err
}
