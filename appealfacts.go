package habeas

import (
	"fmt"
	"slices"
	"time"

	"habeas/appeal"
	"habeas/claim"
)

// What a case says of the facts that steps rest on. Nothing here is a finding of law:
// that somebody says so is enough to think of a step, and that nobody does is never
// taken for a no.

// familyRoles are the sources that speak for a family.
var familyRoles = []string{"self", "father", "mother", "parent", "son", "daughter", "wife", "husband", "brother", "sister", "grandmother", "relative"}

// riskEvents are those that speak of a danger which goes on.
var riskEvents = []string{"death-threat", "threat", "mock-execution", "torture", "medical-care-denied", "deprivation", "coerced-assault", "coerced-return"}

// beforeCourt is the day since which the European Court takes nothing new against
// Russia.
const beforeCourt = "2022-09-17"

// caseFacts answers the facts of package appeal from a case, as far as it can, and says
// of which of them the answer rests on an entry of the register.
func caseFacts(state *claim.State, about claim.Ref, reg *appeal.Register, today time.Time) (map[string]appeal.Answer, map[string]appeal.Trust) {
	facts, trust := map[string]appeal.Answer{}, map[string]appeal.Trust{}
	say := func(fact string, is bool) {
		if is {
			facts[fact] = appeal.Yes
		}
	}
	said := func(facet string, values ...string) bool { return asserted(state, about, facet, values...) }
	happened := func(types ...string) bool { return len(eventsOf(state, about, types...)) > 0 }
	held := said(claim.Liberty, "held")
	say("detained", held)
	say("disappeared", happened("disappearance") || held && (said(claim.Acknowledgment, "denied", "unanswered") || said(claim.Contact, "cut-off", "lost")))
	say("ill-treated", said(claim.Integrity, "ill-treated"))
	say("at-risk", happened(riskEvents...) || held && said(claim.Integrity, "injured", "ill"))
	facts["family-consents"] = familyAgrees(state, about, today)
	facts["facts-before-2022-09-17"] = allBefore(state, about, beforeCourt)

	of := statesOf(state)
	if len(of) != 1 {
		return facts, trust // whom it is against has to be said first
	}
	t, ok := reg.Treaties(of[0])
	if !ok {
		return facts, trust
	}
	now := appeal.DateOf(today)
	for fact, is := range map[string]appeal.Answer{
		"party-CED": t.CED.On(now), "party-OP1": t.OP1.On(now), "party-ECHR": t.ECHR.On(now), "began-after-entry-into-force": t.CED.Began(vanished(state, about)),
	} {
		facts[fact], trust[fact] = is, t.Trust
	}
	return facts, trust
}

// asserted reports whether somebody says one of values of a facet of a person.
func asserted(state *claim.State, about claim.Ref, facet string, values ...string) bool {
	return slices.ContainsFunc(state.Finding(about, facet).Answers, func(a claim.Answer) bool {
		return len(a.For) > 0 && slices.Contains(values, a.Value.Term)
	})
}

// eventsOf returns the events of some types that a person is said to have suffered.
func eventsOf(state *claim.State, about claim.Ref, types ...string) (all []claim.Event) {
	for _, e := range state.Events {
		if !slices.ContainsFunc(e.Types, func(t string) bool { return slices.Contains(types, t) }) {
			continue
		}
		if slices.ContainsFunc(e.Involved, func(v claim.Involvement) bool {
			r, _ := claim.LookUp("role", v.Role)
			return v.Who == about && (r.Affected || v.Role == "sender")
		}) {
			all = append(all, e)
		}
	}
	return all
}

// familyAgrees reports whether the family, or the person, agreed that the United
// Nations get what they told: no only if they were asked, and did not. In a case about
// several people a family counts only for whom its consent names.
func familyAgrees(state *claim.State, about claim.Ref, today time.Time) appeal.Answer {
	asked := false
	for _, t := range state.Statements {
		names := slices.ContainsFunc(state.Consents[t.Ref], func(c claim.Noted[claim.Consent]) bool { return about != "" && c.Said.Person == about })
		if !slices.Contains(familyRoles, state.Sources[t.Source].Role) || state.Case.About != "person" && !names {
			continue
		}
		a := state.Agreed(t.Ref, claim.Reader{Audience: "un"}, today)
		if a.Agreed() && a.By != claim.GivenByNobody {
			return appeal.Yes
		}
		asked = asked || !a.Agreed() && a.Why != claim.LeftNotAsked && a.Why != claim.LeftNotYet
	}
	if asked {
		return appeal.No
	}
	return appeal.Unknown
}

// allBefore reports whether what was done to a person was before a day: unknown if
// some of it was, or may have been.
func allBefore(state *claim.State, about claim.Ref, iso string) appeal.Answer {
	limit, err := claim.ParseDate(iso)
	if err != nil {
		return appeal.Unknown
	}
	before, after, dated := true, true, false
	for _, e := range state.Events {
		t, _ := claim.LookUp("event", e.Type())
		if !slices.Contains(harmGroups, t.Group) && t.Group != "fate" {
			continue
		}
		if len(eventsOf(&claim.State{Events: []claim.Event{e}}, about, e.Types...)) == 0 {
			continue
		}
		dated = dated || !e.When.IsZero()
		before = before && !e.When.IsZero() && e.When.Latest() < limit.Earliest()
		after = after && !e.When.IsZero() && e.When.Earliest() >= limit.Earliest()
	}
	switch {
	case dated && before:
		return appeal.Yes
	case dated && after:
		return appeal.No
	}
	return appeal.Unknown
}

// statesOf returns the countries to whose bodies a case has letters.
func statesOf(state *claim.State) (all []string) {
	for _, a := range state.Appeals {
		if of, ok := state.Authority(a.Authority); ok && of.Jurisdiction != "UN" && of.Jurisdiction != "COE" && !slices.Contains(all, of.Jurisdiction) {
			all = append(all, of.Jurisdiction)
		}
	}
	slices.Sort(all)
	return all
}

// vanishing are the events with which a disappearance can begin.
var vanishing = []string{"disappearance", "abduction", "arrest", "detention", "armed-guard", "capture", "contact-lost"}

// vanished returns on which days the disappearance of a person may have begun: those
// of the event of which the earliest day is the first. No term of ours begins later.
func vanished(state *claim.State, about claim.Ref) appeal.Span {
	var first claim.Date
	for _, e := range eventsOf(state, about, vanishing...) {
		if !e.When.IsZero() && (first.IsZero() || e.When.Earliest() < first.Earliest()) {
			first = e.When
		}
	}
	return spanOf(first)
}

// spanOf returns the days that a date may be, as terms are reckoned with them; the
// zero Span if it is open to one side.
func spanOf(date claim.Date) appeal.Span {
	if date.IsZero() || date.Earliest() == claim.EarliestDay || date.Latest() == claim.LatestDay {
		return appeal.Span{}
	}
	from, to := isoOf(date.Earliest()), isoOf(date.Latest())
	at, err := appeal.ParseSpan(from + "/" + to)
	if err != nil {
		return appeal.Span{}
	}
	return at
}

func isoOf(day claim.Day) string {
	y, m, d := day.Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}
