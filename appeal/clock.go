package appeal

import (
	"time"
)

// Facts are what is known of one letter or one event. The zero Span of a fact is:
// not known.
type Facts struct {
	Sent, Received, Registered, Known, Happened Span

	Channel string         // how the letter went, such as "post" or "e-mail"; may be empty
	Zone    *time.Location // of the times above; nil is that of Where
	Where   *time.Location // where the addressee is; nil is the calendar's zone, or UTC without one
	Events  []Event        // what came after the start, in order of their days
}

// fact returns the Span of a Start.
func (f *Facts) fact(s Start) Span {
	switch s {
	case Sent:
		return f.Sent
	case Received:
		return f.Received
	case Registered:
		return f.Registered
	case Known:
		return f.Known
	}
	return f.Happened
}

// Set puts a fact in the place of a Start.
func (f *Facts) Set(s Start, at Span) {
	switch s {
	case Sent:
		f.Sent = at
	case Received:
		f.Received = at
	case Registered:
		f.Registered = at
	case Known:
		f.Known = at
	default:
		f.Happened = at
	}
}

// An EventKind is what happened after a term began.
type EventKind string

// EventKinds.
const (
	Extended  EventKind = "extended"  // notice came that it takes longer
	Forwarded EventKind = "forwarded" // notice came that another body has the letter
	Met       EventKind = "met"       // whoever had to act has acted
)

// An Event is something that happened after a term began.
type Event struct {
	Kind       EventKind
	On         Date
	Extension  string // with Extended: its id; may be empty if the rule has just one
	Received   Span   // with Forwarded: at the new addressee
	Registered Span   // with Forwarded: at the new addressee
}

// A State is how a term stands on a day.
type State string

// States.
const (
	NotStarted State = "not started" // what would start it is not known, or starts nothing
	NoTerm     State = "no term"     // the law gives no number, or a fixed day of facts
	Running    State = "running"
	RunsLonger State = "extended"  // running, and it was extended
	RunsAnew   State = "forwarded" // running for a new addressee
	IsDue      State = "due"       // the last day, or one of the days that may be it
	Overdue    State = "overdue"   // later than any day that may be the last
	IsMet      State = "met"
	Passed     State = "passed" // a waiting time is over
)

// A Bound is a last day or, for terms of hours, a last moment.
type Bound struct {
	Day Date
	At  time.Time // zero unless the term is of hours
}

// String returns YYYY-MM-DD, or a day with time and offset.
func (b Bound) String() string {
	if b.At.IsZero() {
		return b.Day.String()
	}
	return b.At.Format("2006-01-02T15:04-07:00")
}

// MarshalText gives String.
func (b Bound) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// A Range is the first and the last of what may be so.
type Range struct {
	Earliest Bound `json:"earliest"`
	Latest   Bound `json:"latest"`
	Open     bool  `json:"open,omitempty"` // there is no Latest: something is not known
}

// IsZero says whether there is nothing.
func (r Range) IsZero() bool { return r.Earliest.Day.IsZero() }

// String returns one day, or two with "to" between.
func (r Range) String() string {
	switch {
	case r.IsZero():
		return "unknown"
	case r.Open:
		return r.Earliest.String() + " or later"
	case r.Earliest == r.Latest:
		return r.Earliest.String()
	}
	return r.Earliest.String() + " to " + r.Latest.String()
}

// A Leg is the part of a term that one addressee has.
type Leg struct {
	Rule      string `json:"rule"`
	Version   int    `json:"version"`
	Start     Range  `json:"start"`
	Due       Range  `json:"due"`
	Forwarded Date   `json:"forwarded,omitzero"` // the day it was sent on
}

// A StepKind is what a Step does.
type StepKind string

// StepKinds.
const (
	StepStart     StepKind = "start"
	StepBound     StepKind = "start between" // no registration known
	StepChannel   StepKind = "channel"
	StepValidity  StepKind = "validity"
	StepLength    StepKind = "length"
	StepExtension StepKind = "extension"
	StepRefused   StepKind = "extension not counted"
	StepEnd       StepKind = "end"
	StepMoved     StepKind = "end moved"
	StepPerhaps   StepKind = "end perhaps moved"
	StepUnknown   StepKind = "no calendar"
	StepForwarded StepKind = "forwarded"
	StepIgnored   StepKind = "ignored"
	StepMet       StepKind = "met"
	StepState     StepKind = "state"
)

// A Step is one thing done in a reckoning, and by which law.
type Step struct {
	Kind   StepKind `json:"kind"`
	Rule   string   `json:"rule"` // id and version
	Law    string   `json:"law"`
	Days   Range    `json:"days,omitzero"` // what is known after it
	Length Sum      `json:"length,omitzero"`
	Text   Text     `json:"text"` // without the law
}

// An Opened is a term of ours that began because of what became of this one.
type Opened struct {
	Rule    string `json:"rule"`
	Version int    `json:"version"`
	Law     string `json:"law"`
	Trust   Trust  `json:"confirmed"`
	Why     Become `json:"why"`
	Start   Range  `json:"start"`
	Due     Range  `json:"due,omitzero"`
	State   State  `json:"state"`
}

// A Clock is a term reckoned.
type Clock struct {
	Rule         string   `json:"rule"`
	Version      int      `json:"version"` // as it was when reckoned: keep it with what is kept
	Jurisdiction string   `json:"jurisdiction"`
	Law          string   `json:"law"`
	Duty         Duty     `json:"duty"`
	Trust        Trust    `json:"confirmed"`
	State        State    `json:"state"`
	AsOf         string   `json:"asOf,omitempty"`
	Zone         string   `json:"zone"` // in which the days are
	Due          Range    `json:"due,omitzero"`
	Legs         []Leg    `json:"legs,omitempty"`
	Extended     bool     `json:"extended,omitempty"`
	Forwarded    bool     `json:"forwarded,omitempty"`
	Late         bool     `json:"late,omitempty"` // met after any day that may have been the last
	Steps        []Step   `json:"steps"`
	Doubts       []Said   `json:"doubts,omitempty"` // what was not confirmed, or not known
	Opened       []Opened `json:"opened,omitempty"` // terms of ours that run now because of this one
	Next         []string `json:"next,omitempty"`   // what follows if nothing comes
}

// Loud says that the term is ours: if it is missed, nothing repairs that.
func (c *Clock) Loud() bool { return c.Duty == Ours }
