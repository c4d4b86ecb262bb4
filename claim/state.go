package claim

import (
	"time"

	"habeas/ledger"
)

// State is what a set of entries says, put together by [Fold]. It is not to be
// changed.
type State struct {
	Case      Case
	CaseEntry ledger.ID // the entry Case is from; zero if there is none

	Persons map[Ref]Person
	Sources map[Ref]Source
	Places  map[Ref]Place
	Units   map[Ref]Unit

	Statements []Telling   // in the order they were recorded
	Claims     []*Recorded // likewise, all of them: see Recorded.Status
	Events     []Event     // in the order of what happened
	Acts       []Done      // in the order they were recorded
	Appeals    []*Appealed // likewise
	History    []Item      // every entry, in order
	Erasures   []Erasure   // in the order they were recorded
	Conflicts  []Conflict  // what members must decide
	Problems   []Problem   // what could not be read, or points at nothing

	// What counts of what was agreed to and decided, see [Noted]. There are
	// several of one giver, person or source only where they crossed.
	Consents  map[Ref][]Noted[Consent] // by statement
	Stops     map[Ref][]Noted[Stop]    // by person, lifted ones too
	Cautions  map[Ref][]Noted[Caution] // by source, likewise
	Keeping   []Noted[Keeping]
	Retention []Noted[Retention] // the office's

	authorities map[Ref][]Noted[Authority] // by unit

	held     map[Ref]bool // see Hold
	turns    map[voice][]Turn
	byID     map[ledger.ID]*Recorded
	tellings map[Ref]int // places in Statements
	eventAt  map[Ref]int // places in Events
	groups   []*group    // what is claimed, by subject and predicate
	about    map[Ref][]*group
	forms    map[ledger.ID]*Forms // by entry
}

// FormsIn returns the forms of a name that an entry gives, or nil if it gives none.
func (s *State) FormsIn(entry ledger.ID) *Forms { return s.forms[entry] }

// A Telling is a statement with its working text.
type Telling struct {
	Statement
	Entry    ledger.ID
	Author   ledger.ID
	Time     time.Time
	Versions []Text // in order of Version; empty while it is being read
}

// Newest returns the newest version of the working text; the zero Text if there
// is none.
func (t Telling) Newest() Text {
	if len(t.Versions) == 0 {
		return Text{}
	}
	return t.Versions[len(t.Versions)-1]
}

// Version returns the working text of a version.
func (t Telling) Version(n int) (Text, bool) {
	for _, v := range t.Versions {
		if v.Version == n {
			return v, true
		}
	}
	return Text{}, false
}

// Status is what became of a claim.
type Status uint8

// What can become of a claim.
const (
	Live      Status = iota // it counts
	Withdrawn               // somebody took it back
	Replaced                // somebody corrected it
	Undone                  // it was a correction, and somebody undid it
	Stray                   // its statement is not among the entries
)

// String returns the term for s, such as "withdrawn".
func (s Status) String() string {
	return [...]string{"live", "withdrawn", "replaced", "undone", "stray"}[s]
}

// Recorded is a claim as it stands.
type Recorded struct {
	Claim
	Entry  ledger.ID
	Author ledger.ID
	Time   time.Time
	When   Date   // Claim.When, read; zero if it can't be
	Said   Date   // when the statement was said, or received
	Origin Origin // whose word it rests on in the end
	Source Ref    // who made the statement

	Status Status
	By     ledger.ID // the entry that changed Status; zero for Live and Stray
	Why    string    // the reason given there; name-free
}

// Done is an act, see [Act].
type Done struct {
	Act
	Entry  ledger.ID
	Author ledger.ID
	Time   time.Time
}

// An Item is one entry in the history of a case.
type Item struct {
	Entry  ledger.ID
	Stream ledger.ID
	Kind   string
	Author ledger.ID
	Time   time.Time
	Ref    Ref       // what it is about, if that has a reference
	Target ledger.ID // the entry it corrects, withdraws or undoes
	Reason string    // name-free
	Undone ledger.ID // the entry that undid it; zero if it stands
	// Undoable reports whether an Undo of it would change anything.
	Undoable bool
}

// A Conflict is two or more decisions made without knowing each other, between
// which members must choose. Until they do, all of Entries stand, or the safer.
type Conflict struct {
	Kind    string      // the kind of the entries
	Ref     Ref         // what they are about, if that has a reference
	Target  ledger.ID   // the claim that was corrected more than once
	Entries []ledger.ID // in order
}

// A Problem is an entry that could not be used, or not fully.
type Problem struct {
	Entry ledger.ID
	Kind  string
	Key   string // a key of the catalogue, such as "claim.bad_body"
}

// Recorded returns the claim recorded in an entry.
func (s *State) Recorded(entry ledger.ID) (*Recorded, bool) {
	r, ok := s.byID[entry]
	return r, ok
}

// Live returns the claims that count, in order.
func (s *State) Live() []*Recorded {
	var live []*Recorded
	for _, r := range s.Claims {
		if r.Status == Live {
			live = append(live, r)
		}
	}
	return live
}

// Statement returns a statement.
func (s *State) Statement(ref Ref) (Telling, bool) {
	i, ok := s.tellings[ref]
	if !ok {
		return Telling{}, false
	}
	return s.Statements[i], true
}

// Passage returns the words of the working text that c was read out of, with
// the marks in them; "" if they are not there.
func (s *State) Passage(c Claim) string {
	t, _ := s.Statement(c.Statement)
	v, ok := t.Version(c.Version)
	if !ok || !validPassage(v.Text, c.Start, c.End) {
		return ""
	}
	return v.Text[c.Start:c.End]
}

// Cover returns the cover name of a person, the label of a place, unit or
// source, or "".
func (s *State) Cover(ref Ref) string {
	switch ref.Kind() {
	case RefPerson:
		return s.Persons[ref].Cover
	case RefPlace:
		return s.Places[ref].Label
	case RefUnit:
		return s.Units[ref].Label
	case RefSource:
		return s.Sources[ref].Label
	}
	return ""
}

// Event returns an event.
func (s *State) Event(ref Ref) (Event, bool) {
	i, ok := s.eventAt[ref]
	if !ok {
		return Event{}, false
	}
	return s.Events[i], true
}
