package letter

import (
	"slices"
	"strings"

	"habeas/claim"
)

// What events tell of, for the elements of forms.
var (
	takings   = strings.Fields("disappearance abduction arrest capture detention armed-guard incommunicado")
	contacts  = strings.Fields("last-contact message-received seen-alive visit")
	harms     = strings.Fields("ill-treatment torture beating mock-execution sexual-violence humiliation deprivation medical-care-denied")
	holdings  = strings.Fields("arrest detention armed-guard incommunicado isolation transfer")
	doers     = strings.Fields("carried-out gave-orders ordered-by planned accomplice suspected held-by guarded-by")
	noted     = strings.Fields("acknowledged denied unanswered")
	officials = strings.Fields("official-acknowledgment official-denial no-answer declared-missing declared-absent")
)

// derived returns what the case says for a field of a form, as exactly as its
// reader may have it; "" if nothing. Where accounts differ, all are given.
func (f *filling) derived(field string) string {
	switch field {
	case "taken.when":
		return f.whenOf(f.first(takings))
	case "taken.where":
		return f.whereOf(f.first(takings))
	case "last.when":
		return f.whenOf(f.last(contacts))
	case "last.where":
		return f.whereOf(f.last(contacts))
	case "harm.when":
		return f.whenOf(f.of(harms))
	case "harm.where":
		return f.whereOf(f.of(harms))
	case "held.where":
		return f.whereOf(f.of(holdings))
	case "actors":
		return f.actors()
	case "acknowledgment":
		return f.saidOf(func(s Sentence) bool {
			what, value, _ := strings.Cut(s.What, ".")
			return slices.Contains(officials, s.What) || what == claim.Acknowledgment && slices.Contains(noted, value) || s.What == claim.Exists
		})
	case "sightings":
		taken := f.first(takings)
		if len(taken) == 0 {
			return ""
		}
		return f.saidOf(func(s Sentence) bool {
			if !slices.Contains(contacts, s.What) || s.About.Kind() != claim.RefEvent {
				return false
			}
			e, _ := f.Event(s.About)
			return !e.When.IsZero() && taken[0].When.Before(e.When) != claim.No
		})
	}
	return ""
}

// of returns the events of some types with the person in them, in order.
func (f *filling) of(types []string) []claim.Event {
	var out []claim.Event
	for _, e := range f.Events {
		in := slices.ContainsFunc(e.Involved, func(v claim.Involvement) bool {
			role, _ := claim.LookUp("role", v.Role)
			return v.Who == f.About && (role.Affected || v.Role == "sender")
		})
		if in && slices.Contains(types, e.Type()) {
			out = append(out, e)
		}
	}
	return out
}

func (f *filling) first(types []string) []claim.Event {
	all := f.of(types)
	return all[:min(1, len(all))]
}

func (f *filling) last(types []string) []claim.Event {
	all := f.of(types)
	return all[max(0, len(all)-1):]
}

// whenOf returns all dates that are claimed of events.
func (f *filling) whenOf(events []claim.Event) string {
	var out []string
	for _, e := range events {
		for _, d := range e.Dates {
			if d = f.speaker.Date(d); !d.IsZero() {
				out = add(out, f.dated(d))
			}
		}
	}
	return strings.Join(out, "; ")
}

func (f *filling) whereOf(events []claim.Event) string {
	var out []string
	for _, e := range events {
		for _, p := range e.Where {
			out = add(out, f.line(f.speaker.Place(p)))
		}
	}
	return strings.Join(out, "; ")
}

// actors returns who is said to have done it, with what part they had.
func (f *filling) actors() string {
	var out []string
	for _, e := range f.of(slices.Concat(takings, holdings, harms)) {
		for _, v := range e.Involved {
			if !slices.Contains(doers, v.Role) {
				continue
			}
			if who := f.actor(v); who != "" {
				out = add(out, f.T("dossier.event.who", f.Term("role", v.Role), who))
			}
		}
	}
	return strings.Join(out, "; ")
}

// saidOf returns sentences of some sort, one behind the other.
func (f *filling) saidOf(is func(Sentence) bool) string {
	var out []string
	for _, s := range f.said {
		if is(s) {
			out = add(out, s.Text)
		}
	}
	return strings.Join(out, " ")
}
