package appeal

import (
	"fmt"
	"slices"
	"strings"
)

// An Answer is yes, no, or not known. The zero Answer is not known: what nobody said
// is never taken for a no.
type Answer string

// Answers.
const (
	Unknown Answer = ""
	Yes     Answer = "yes"
	No      Answer = "no"
)

// FactNames returns the facts about a case that a step may rest on.
func FactNames() []string {
	return []string{
		"detained", "disappeared", "ill-treated", "at-risk",
		"family-consents",
		"remedies-exhausted", "remedies-prolonged", "remedies-useless",
		"party-CED", "national-of-party-CED", "began-after-entry-into-force", "party-OP1", "party-ECHR", "facts-before-2022-09-17",
	}
}

// A Proceeding is another procedure that the same matter is or was before.
type Proceeding struct {
	Body  string
	Ended bool
}

// A Situation is what is known when somebody asks what to do next.
type Situation struct {
	Jurisdiction string // of the State it is about
	Body         string // the id of the body last written to; empty if none was
	Outcome      Outcome
	Facts        map[string]Answer // by FactNames
	Before       []Proceeding
	Actors       []string          // ids of bodies that are themselves alleged actors
	Terms        map[string]*Clock // our own terms that were reckoned, by rule
	Trust        map[string]Trust  // of facts that rest on an entry of the register, how far that is confirmed
}

// A ReasonKind says what a Reason is about, for those who put it in other words.
type ReasonKind string

// ReasonKinds.
const (
	Because  ReasonKind = "because" // why there is such a step: Rung.Why
	Holding  ReasonKind = "holding" // one of Facts has to be so
	Already  ReasonKind = "already" // the matter is before that body
	Beside   ReasonKind = "beside"  // the matter is before With, which Bars it, or not
	TermOurs ReasonKind = "term"    // our own term Term, in State, until Due
	IsActor  ReasonKind = "actor"   // the body is an alleged actor
)

// A Reason is one thing that speaks for a step or against it.
type Reason struct {
	Holds Answer
	Text  string // in English
	Law   string

	Kind  ReasonKind
	Facts []string // by FactNames; one of them is enough
	Trust Trust    // Partly or Unconfirmed if what Facts say rests on an entry that is; otherwise empty
	With  string   // the id of a body; empty if it is not known which
	Bars  Bars     // empty if the table does not say
	Ended bool     // the procedure before With is over
	Term  string   // a rule
	State State
	Due   Range
}

// A NextStep is a step that follows from a Situation.
type NextStep struct {
	Rung
	Name    string // of the body it goes to
	Open    Answer // No if something stands in the way, Unknown if something has to be found out
	Warn    bool   // the body is itself an alleged actor: do not write to it before somebody has thought of that
	Due     Range  // the last day of our own term, if it was reckoned
	Reasons []Reason
}

// Next returns the steps that follow from a situation: those that are open first,
// then those of which something has to be found out, then those that are closed,
// each with all reasons. Within these, those with a term of ours come first, the
// earliest before the others. It leaves nothing out because it is closed: a reader
// has to see why.
func (r *Register) Next(s Situation) []NextStep {
	var all []NextStep
	for _, rung := range r.rungs {
		to := r.bodies[rung.To]
		if !slices.Contains(rung.From, s.Body) && !slices.Contains(rung.From, "any") || !slices.Contains(rung.After, s.Outcome) || rung.To == s.Body {
			continue
		}
		n := NextStep{Rung: rung, Name: to.Name, Open: Yes, Warn: slices.Contains(s.Actors, rung.To)}
		n.weigh(s, to)
		all = append(all, n)
	}
	slices.SortStableFunc(all, func(a, b NextStep) int {
		if c := rank(a.Open) - rank(b.Open); c != 0 {
			return c
		}
		switch {
		case a.Due.IsZero() && b.Due.IsZero():
			return 0
		case a.Due.IsZero():
			return 1
		case b.Due.IsZero():
			return -1
		}
		return a.Due.Earliest.Day.Compare(b.Due.Earliest.Day)
	})
	return all
}

func rank(a Answer) int {
	switch a {
	case Yes:
		return 0
	case Unknown:
		return 1
	}
	return 2
}

// reason adds a reason. One that does not hold closes the step; one that is not known
// leaves it to be found out.
func (n *NextStep) reason(r Reason, format string, a ...any) {
	r.Text = fmt.Sprintf(format, a...)
	n.Reasons = append(n.Reasons, r)
	if rank(r.Holds) > rank(n.Open) {
		n.Open = r.Holds
	}
}

// weigh finds what speaks for the step and against it.
func (n *NextStep) weigh(s Situation, to Body) {
	n.reason(Reason{Kind: Because, Holds: Yes, Law: n.Law}, "%s", n.Why)
	for _, any := range n.If {
		r := Reason{Kind: Holding, Holds: No, Law: n.Law, Facts: any}
		for _, f := range any {
			if a := s.Facts[f]; rank(a) < rank(r.Holds) {
				r.Holds = a
			}
			if t, ok := s.Trust[f]; ok && t != Confirmed {
				r.Trust = t
			}
		}
		n.reason(r, "it has to be so: %s", strings.Join(any, " or "))
	}
	for _, p := range s.Before {
		n.conflict(p, to)
	}
	if n.Term != "" {
		n.term(s.Terms[n.Term])
	}
	if n.Warn {
		n.reason(Reason{Kind: IsActor}, "%s is itself an alleged actor in a case: writing to it tells it who complains and what is known", to.ID)
	}
}

// conflict weighs another procedure by the table of the one the step goes to.
func (n *NextStep) conflict(p Proceeding, to Body) {
	if to.Jurisdiction != "UN" && to.Jurisdiction != "COE" {
		return
	}
	if p.Body == to.ID {
		n.reason(Reason{Kind: Already, Holds: No, Law: n.Law, With: p.Body, Ended: p.Ended}, "the matter is before %s already: write to it under the number it gave", to.ID)
		return
	}
	r := Reason{Kind: Beside, Law: n.Law, With: p.Body, Ended: p.Ended}
	i := slices.IndexFunc(to.Conflicts, func(c Conflict) bool { return c.With == p.Body })
	if i < 0 {
		n.reason(r, "the matter is before %s, and what that does to %s is not in the table", p.Body, to.ID)
		return
	}
	r.Bars, r.Law = to.Conflicts[i].Bars, to.Conflicts[i].Law
	switch {
	case r.Bars == BarsNot:
		r.Holds = Yes
		n.reason(r, "that the matter is before %s does not bar %s", p.Body, to.ID)
	case r.Bars == BarsUnknown:
		n.reason(r, "the matter is before %s, and whether that bars %s is not known", p.Body, to.ID)
	case r.Bars == BarsWhileOpen && p.Ended:
		r.Holds = Yes
		n.reason(r, "the matter was before %s, which has ended: that bars %s no longer, unless the State made a reservation", p.Body, to.ID)
	default:
		r.Holds = No
		n.reason(r, "the matter is before %s, which bars %s", p.Body, to.ID)
	}
}

// term weighs our own term for the step.
func (n *NextStep) term(c *Clock) {
	r := Reason{Kind: TermOurs, Term: n.Term, Law: n.Law, State: NotStarted}
	if c == nil || c.State == NotStarted {
		n.reason(r, "the term of %s was not reckoned: it is ours, find out when it began", n.Term)
		return
	}
	n.Due = c.Due
	r.Holds, r.Law, r.State, r.Due = Yes, c.Law, c.State, c.Due
	switch {
	case c.State == Overdue && n.Late == "":
		r.Holds = No
		n.reason(r, "our term of %s has passed, on %s", n.Term, c.Due)
	case c.State == Overdue:
		n.reason(r, "our term of %s has passed, on %s; what is left: %s", n.Term, c.Due, n.Late)
	case c.Due.IsZero():
		n.reason(r, "no term is known for it (%s)", n.Term)
	default:
		n.reason(r, "our term of %s runs: act by %s", n.Term, c.Due.Earliest)
	}
}
