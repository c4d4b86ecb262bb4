package habeas

import (
	"context"
	"slices"
	"strings"

	"habeas/appeal"
	"habeas/claim"
	"habeas/fault"
	"habeas/letter"
)

// Where a thing that a communication holds may come from.
const (
	HeldBy      = "case"    // the case says it
	HeldMissing = "missing" // it does not
	HeldSealed  = "sealed"  // it stands with the names, which are not shown
	HeldTyped   = "typed"   // somebody writes it for this letter, and says who sends
)

// A CheckRow is one thing that a communication holds, and where the case has it.
type CheckRow struct {
	appeal.Element
	State string // of HeldBy and the others
	Has   []Had  // if HeldBy: what the case says, as exactly as it says it
}

// Had is one thing that a case says.
type Had struct {
	Event     string      // vocabulary "event", if an event says it
	When      claim.Date  // its date, if that is asked for
	Where     []claim.Ref // its places, likewise
	Who       []claim.Ref // who took part in the role that is asked for
	Predicate string      // vocabulary "predicate", if a finding on the person says it
	Value     claim.Value
	Contested bool // somebody denies it
	Letters   int  // letters that were sent
}

// A Checklist is what a kind of communication has to hold, and what a case has of it.
type Checklist struct {
	appeal.Procedure
	Form    letter.Procedure // the same in package letter; zero if it has none
	Rows    []CheckRow
	Consent appeal.Answer // of the family, for the United Nations
	Missing int           // things that must be there, and are not
	Elapsed *Term         // its term of ours, as the case dates it; nil if it has none or nothing is known
}

// Checklists returns those of a body of the register, for the person a letter is about,
// or the one whom the case is about. What is sealed is looked at only while by has names
// shown.
func (d *Desk) Checklists(ctx context.Context, by Actor, id CaseID, body string, about claim.Ref) ([]Checklist, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return nil, err
	}
	set, err := d.rules(ctx, by)
	if err != nil {
		return nil, err
	}
	w, err := d.outlook(set, id, state)
	if err != nil {
		return nil, err
	}
	all, err := appeal.OwnProcedures()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "appeal.rules")
	}
	if about != "" {
		w.turnTo(about)
	}
	named, err := d.namedIn(ctx, by, k, w.about)
	if err != nil {
		return nil, err
	}
	var out []Checklist
	for _, p := range all {
		if p.Body == body {
			out = append(out, w.checklist(p, named, w.facts["family-consents"]))
		}
	}
	return out, nil
}

// namedIn returns which references of a checklist the vault has for a person; nil if by
// does not have names shown.
func (d *Desk) namedIn(ctx context.Context, by Actor, k caseKeys, about claim.Ref) (map[string]bool, error) {
	if k.vault == nil || !allowed(by.roles, lookNames) || !d.revealed(by, k.id) {
		return nil, nil
	}
	details, err := d.details(ctx, k)
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, det := range details[about] {
		has["vault:names"] = has["vault:names"] || len(det.Names) > 0
		has["vault:birth"] = has["vault:birth"] || det.Birth.Reveal() != ""
		has["vault:documents"] = has["vault:documents"] || len(det.Documents) > 0
		has["vault:contacts"] = has["vault:contacts"] || len(det.Contacts) > 0
	}
	return has, nil
}

func (w *outlook) checklist(p appeal.Procedure, named map[string]bool, consent appeal.Answer) Checklist {
	c := Checklist{Procedure: p, Consent: consent}
	c.Form, _ = letter.ProcedureByID(p.Form)
	for _, e := range p.Elements {
		row := CheckRow{Element: e, State: HeldMissing}
		for _, ref := range e.Refs {
			family, _, _ := strings.Cut(ref, ":")
			switch {
			case family == "vault" && named == nil, family == "exhibit":
				row.better(HeldSealed)
			case family == "vault" && named[ref], family == "consent" && consent == appeal.Yes:
				row.better(HeldBy)
			case family == "office", family == "text":
				row.better(HeldTyped)
			default:
				if had := w.has(ref); len(had) > 0 {
					row.better(HeldBy)
					row.Has = append(row.Has, had...)
				}
			}
		}
		if row.State == HeldMissing && e.Need == appeal.Must {
			c.Missing++
		}
		c.Rows = append(c.Rows, row)
	}
	if at := w.began(p.Term); !at.IsZero() {
		rule, _ := w.set.Rule(p.Term, at.From)
		var facts appeal.Facts
		facts.Set(rule.Starts, at)
		c.Elapsed = &Term{Clock: w.set.Reckon(rule, facts, w.today), Of: rule}
	}
	return c
}

// better keeps the state that says most.
func (r *CheckRow) better(state string) {
	order := []string{HeldMissing, HeldTyped, HeldSealed, HeldBy}
	if slices.Index(order, state) > slices.Index(order, r.State) {
		r.State = state
	}
}

// has returns what a case says to a reference of [appeal.Element].
func (w *outlook) has(ref string) (out []Had) {
	family, key, _ := strings.Cut(ref, ":")
	switch family {
	case "claim":
		for _, a := range w.state.Finding(w.about, key).Answers {
			if len(a.For) > 0 {
				out = append(out, Had{Predicate: key, Value: a.Value, Contested: a.Contested()})
			}
		}
	case "event":
		key, part, _ := strings.Cut(key, ".")
		for _, e := range w.aboutPerson(key) {
			h := Had{Event: key}
			switch part {
			case "":
			case "when":
				h.When = e.When
			case "where":
				h.Where = e.Where
			default:
				for _, v := range e.Involved {
					if v.Role == part {
						h.Who = append(h.Who, v.Who)
					}
				}
			}
			if part == "" || !h.When.IsZero() || len(h.Where)+len(h.Who) > 0 {
				out = append(out, h)
			}
		}
	case "appeal":
		n := 0
		for _, f := range w.files {
			if _, sent := f.Last(claim.StepSent); sent {
				n++
			}
		}
		if n > 0 {
			out = append(out, Had{Letters: n})
		}
	}
	return out
}

// aboutPerson returns the events of a type that the person suffered, or, where an event
// has no victim, such as a search by the family, that the case has.
func (w *outlook) aboutPerson(kind string) []claim.Event {
	if t, _ := claim.LookUp("event", kind); t.Group != "appeal" && t.Group != "official" {
		return eventsOf(w.state, w.about, kind)
	}
	return slices.DeleteFunc(slices.Clone(w.state.Events), func(e claim.Event) bool { return !slices.Contains(e.Types, kind) })
}

// FollowStates returns what can become of a communication at a kind of body, of the
// vocabulary "follow" and in its order: all of it if nothing is known of the body.
func FollowStates(body string) (states []string) {
	all, err := appeal.OwnProcedures()
	if err != nil {
		return nil
	}
	var its []string
	for _, p := range all {
		if f, ok := letter.ProcedureByID(p.Form); ok && p.Body == body {
			its = append(its, f.States...)
		}
	}
	if !slices.ContainsFunc(its, claim.PassesOn) {
		its = append(its, "transmitted") // the State's term runs from it, whatever the form calls it
	}
	for _, t := range claim.Terms("follow") {
		if len(its) == 1 || slices.Contains(its, t.Key) {
			states = append(states, t.Key)
		}
	}
	return states
}

// follows fails if a step says of the procedure of an appeal what its body has no word
// for. A reply of the State is no such step: it is recorded as an answer, which begins
// our term.
func (d *Desk) follows(ctx context.Context, by Actor, a *claim.Appealed, s claim.Step) error {
	if s.Follow == "" {
		return nil
	}
	entries, err := d.officeEntries(ctx, by)
	if err != nil {
		return err
	}
	office := claim.Fold(entries)
	to, _ := office.Authority(a.Authority)
	if to.Jurisdiction != "UN" && to.Jurisdiction != "COE" || !slices.Contains(FollowStates(addresseeKind(office, a)), s.Follow) {
		return fault.New(fault.Invalid, "appeal.which_follow", fault.Field("follow"))
	}
	return nil
}
