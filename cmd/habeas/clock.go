package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"habeas/appeal"
)

type clockCommand struct {
	List bool   `help:"List the rules, and what of them is confirmed."`
	Rule string `placeholder:"ID" help:"The rule to reckon with."`

	Start      string   `placeholder:"DATE" help:"When what starts the term took place: YYYY-MM-DD, with Thh:mm if the hour is known, YYYY-MM or FROM/TO if the day is not. With --registered it is when the letter was received."`
	Sent       string   `placeholder:"DATE" help:"When the letter was sent."`
	Received   string   `placeholder:"DATE" help:"When it was received."`
	Registered string   `placeholder:"DATE" help:"When it got a number."`
	Channel    string   `placeholder:"WAY" help:"How it was sent, such as post or e-mail."`
	Extended   []string `placeholder:"[ID@]DATE" help:"When notice of an extension came, and of which if there are several."`
	Forwarded  []string `placeholder:"DATE[,RECEIVED[,REGISTERED]]" sep:"none" help:"When it was sent on, and when the new addressee received and registered it, if that is known."`
	Met        string   `placeholder:"DATE" help:"When it was answered or done."`

	AsOf  string `placeholder:"DATE" help:"The day on which to say how it stands; today if not given."`
	Zone  string `placeholder:"ZONE" help:"Zone of the hours given, such as Asia/Vladivostok; that of the addressee if not given."`
	Where string `placeholder:"ZONE" help:"Zone of the addressee, if it is not that of the capital."`
	Rules string `placeholder:"FILE" help:"Rules of your own. One with the id of another stands in its place."`
	Days  string `placeholder:"FILE" help:"A calendar of your own, which stands in the place of ours of its country."`
	JSON  bool   `name:"json" help:"Write JSON."`
}

// Run reckons one term, or lists the rules.
func (c *clockCommand) Run(p *program) error {
	set, err := c.set()
	if err != nil {
		return err
	}
	if c.List {
		return c.list(p.out, set)
	}
	versions := set.Versions(c.Rule)
	if len(versions) == 0 {
		return refuse(fmt.Sprintf("there is no rule %q", c.Rule), "see habeas clock --list")
	}
	facts, err := c.facts(versions[len(versions)-1].Starts)
	if err != nil {
		return err
	}
	rule, on := versions[len(versions)-1], firstDay(&facts)
	if on.IsZero() {
		return refuse("nothing says when the term starts", fmt.Sprintf("give --start: it starts when %s", rule.What))
	}
	rule, _ = set.Rule(c.Rule, on)
	asOf, err := spanOf("as-of", c.AsOf)
	if err != nil {
		return err
	}
	if asOf.IsZero() {
		asOf = appeal.On(appeal.DateOf(time.Now()))
	}
	clock := set.Reckon(rule, facts, asOf)
	if c.JSON {
		return writeJSON(p.out, clock)
	}
	_, err = io.WriteString(p.out, clock.Explain())
	return err
}

// set reads the rules and calendars: those of the program, and those of an office.
func (c *clockCommand) set() (*appeal.Set, error) {
	set, err := appeal.Own()
	if err != nil || c.Rules == "" && c.Days == "" {
		return set, err
	}
	var rules []appeal.Rule
	var calendars []*appeal.Calendar
	if c.Rules != "" {
		text, err := os.ReadFile(c.Rules)
		if err != nil {
			return nil, err
		}
		if rules, err = appeal.ReadRules(c.Rules, string(text)); err != nil {
			return nil, badLine(err)
		}
	}
	if c.Days != "" {
		text, err := os.ReadFile(c.Days)
		if err != nil {
			return nil, err
		}
		calendar, err := appeal.ReadCalendar(c.Days, string(text))
		if err != nil {
			return nil, badLine(err)
		}
		calendars = append(calendars, calendar)
	}
	if set, err = set.With(rules, calendars...); err != nil {
		return nil, badLine(err)
	}
	return set, nil
}

// badLine says which line of a file to correct.
func badLine(err error) error {
	return refuse(err.Error(), "correct that line; docs/appeals.md has the words that may stand there")
}

// firstDay is the first day on which the term may have started.
func firstDay(f *appeal.Facts) appeal.Date {
	for _, s := range []appeal.Span{f.Registered, f.Received, f.Sent, f.Known, f.Happened} {
		if !s.IsZero() {
			return s.From
		}
	}
	return appeal.Date{}
}

// facts reads the flags. start is what starts the rule.
func (c *clockCommand) facts(start appeal.Start) (f appeal.Facts, err error) {
	for _, s := range []struct {
		name, value string
		start       appeal.Start
	}{{"sent", c.Sent, appeal.Sent}, {"received", c.Received, appeal.Received}, {"registered", c.Registered, appeal.Registered}, {"start", c.Start, start}} {
		at, err := spanOf(s.name, s.value)
		if err != nil {
			return f, err
		}
		if s.name == "start" && start == appeal.Registered && c.Registered != "" {
			s.start = appeal.Received
		}
		if !at.IsZero() {
			f.Set(s.start, at)
		}
	}
	f.Channel = c.Channel
	if f.Zone, err = zoneOf("zone", c.Zone); err != nil {
		return f, err
	}
	if f.Where, err = zoneOf("where", c.Where); err != nil {
		return f, err
	}
	f.Events, err = c.events()
	return f, err
}

// events reads what came after the start, and puts it in order.
func (c *clockCommand) events() (events []appeal.Event, err error) {
	for _, x := range c.Extended {
		id, on, ok := strings.Cut(x, "@")
		if !ok {
			id, on = "", x
		}
		e := appeal.Event{Kind: appeal.Extended, Extension: id}
		if e.On, err = dateOf("extended", on); err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	for _, x := range c.Forwarded {
		part := append(strings.Split(x, ","), "", "")
		e := appeal.Event{Kind: appeal.Forwarded}
		if e.On, err = dateOf("forwarded", part[0]); err != nil {
			return nil, err
		}
		if e.Received, err = spanOf("forwarded", part[1]); err != nil {
			return nil, err
		}
		if e.Registered, err = spanOf("forwarded", part[2]); err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	if c.Met != "" {
		e := appeal.Event{Kind: appeal.Met}
		if e.On, err = dateOf("met", c.Met); err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return appeal.InOrder(events), nil
}

func spanOf(flag, value string) (appeal.Span, error) {
	if value == "" {
		return appeal.Span{}, nil
	}
	s, err := appeal.ParseSpan(value)
	if err != nil {
		return s, refuse(fmt.Sprintf("--%s %q is no date", flag, value), err.Error())
	}
	return s, nil
}

func dateOf(flag, value string) (appeal.Date, error) {
	d, err := appeal.ParseDate(value)
	if err != nil {
		return d, refuse(fmt.Sprintf("--%s %q is no date", flag, value), err.Error())
	}
	return d, nil
}

func zoneOf(flag, value string) (*time.Location, error) {
	if value == "" {
		return nil, nil
	}
	zone, err := time.LoadLocation(value)
	if err != nil || value == "Local" {
		return nil, refuse(fmt.Sprintf("--%s %q is no zone", flag, value), "give one of the IANA time zone database, such as Europe/Moscow")
	}
	return zone, nil
}

// list writes a line for each rule.
func (c *clockCommand) list(w io.Writer, set *appeal.Set) error {
	rules := set.Rules()
	if c.JSON {
		return writeJSON(w, rules)
	}
	for _, r := range rules {
		mark := ""
		if r.Duty == appeal.Ours {
			mark = "  OURS"
		}
		if r.Trust != appeal.Confirmed {
			mark += "  NOT CONFIRMED"
			if r.Trust == appeal.Partly {
				mark += " IN PART"
			}
		}
		if _, err := fmt.Fprintf(w, "%s v%d  %s  %s, from %s: %s  (%s)%s\n", r.ID, r.Version, r.Jurisdiction, r.Length, r.Starts, r.Addressee, r.Law, mark); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
