package appeal

import (
	"fmt"
	"slices"
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
}

// A Reason is one thing that speaks for a step or against it.
type Reason struct {
	Holds Answer
	Text  string
	Law   string
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
func (n *NextStep) reason(holds Answer, law, format string, a ...any) {
	n.Reasons = append(n.Reasons, Reason{Holds: holds, Text: fmt.Sprintf(format, a...), Law: law})
	if rank(holds) > rank(n.Open) {
		n.Open = holds
	}
}

// weigh finds what speaks for the step and against it.
func (n *NextStep) weigh(s Situation, to Body) {
	n.reason(Yes, n.Law, "%s", n.Why)
	for _, any := range n.If {
		holds, text := No, ""
		for i, f := range any {
			if i > 0 {
				text += " or "
			}
			text += f
			if a := s.Facts[f]; rank(a) < rank(holds) {
				holds = a
			}
		}
		n.reason(holds, n.Law, "it has to be so: %s", text)
	}
	for _, p := range s.Before {
		n.conflict(p, to)
	}
	if n.Term != "" {
		n.term(s.Terms[n.Term])
	}
	if n.Warn {
		n.reason(Unknown, "", "%s is itself an alleged actor in a case: writing to it tells it who complains and what is known", to.ID)
	}
}

// conflict weighs another procedure by the table of the one the step goes to.
func (n *NextStep) conflict(p Proceeding, to Body) {
	if to.Jurisdiction != "UN" && to.Jurisdiction != "COE" {
		return
	}
	i := slices.IndexFunc(to.Conflicts, func(c Conflict) bool { return c.With == p.Body })
	if p.Body == to.ID {
		n.reason(No, n.Law, "the matter is before %s already: write to it under the number it gave", to.ID)
		return
	}
	if i < 0 {
		n.reason(Unknown, n.Law, "the matter is before %s, and what that does to %s is not in the table", p.Body, to.ID)
		return
	}
	c := to.Conflicts[i]
	switch {
	case c.Bars == BarsNot:
		n.reason(Yes, c.Law, "that the matter is before %s does not bar %s", p.Body, to.ID)
	case c.Bars == BarsUnknown:
		n.reason(Unknown, c.Law, "the matter is before %s, and whether that bars %s is not known", p.Body, to.ID)
	case c.Bars == BarsWhileOpen && p.Ended:
		n.reason(Yes, c.Law, "the matter was before %s, which has ended: that bars %s no longer, unless the State made a reservation", p.Body, to.ID)
	default:
		n.reason(No, c.Law, "the matter is before %s, which bars %s", p.Body, to.ID)
	}
}

// term weighs our own term for the step.
func (n *NextStep) term(c *Clock) {
	if c == nil || c.State == NotStarted {
		n.reason(Unknown, n.Law, "the term of %s was not reckoned: it is ours, find out when it began", n.Term)
		return
	}
	n.Due = c.Due
	switch {
	case c.State == Overdue && n.Late == "":
		n.reason(No, c.Law, "our term of %s has passed, on %s", n.Term, c.Due)
	case c.State == Overdue:
		n.reason(Yes, c.Law, "our term of %s has passed, on %s; what is left: %s", n.Term, c.Due, n.Late)
	case c.Due.IsZero():
		n.reason(Yes, c.Law, "no term is known for it (%s)", n.Term)
	default:
		n.reason(Yes, c.Law, "our term of %s runs: act by %s", n.Term, c.Due.Earliest)
	}
}
