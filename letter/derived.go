package letter

import (
	"slices"
	"strings"

	"habeas/claim"
	"habeas/ledger"
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

// derived returns what the case says for a field, as exactly as its reader may have
// it, with the claims it is from; "" if nothing. Where accounts differ, all are
// given; of several people, what is said of each, with who that is, unless it is the
// same of all. What a member left out of the sentences is not told here either.
func (f *filling) derived(field string) (string, []*claim.Recorded) {
	if len(f.About) < 2 {
		return f.derivedOf(field)
	}
	var said []string
	var from []*claim.Recorded
	same, first := true, ""
	for i, p := range f.About {
		one := *f
		one.About = []claim.Ref{p}
		value, rests := one.derivedOf(field)
		if i == 0 {
			first = value
		}
		same = same && value == first
		for _, r := range rests {
			if !slices.Contains(from, r) {
				from = append(from, r)
			}
		}
		if value != "" {
			said = append(said, f.who(one.About, "nom")+f.colon()+value)
		}
	}
	if same {
		return first, from
	}
	return strings.Join(said, "; "), from
}

// derivedOf is derived for a letter about one person.
func (f *filling) derivedOf(field string) (string, []*claim.Recorded) {
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
			return "", nil
		}
		return f.saidOf(func(s Sentence) bool {
			return slices.Contains(contacts, s.What) && !s.when.IsZero() && taken[0].When.Before(s.when) != claim.No
		})
	case "person.born", "person.rank", "person.unit":
		return f.fact(strings.TrimPrefix(field, "person."))
	}
	return "", nil
}

// of returns the events of some types with the person in them that sentences tell
// of, in order.
func (f *filling) of(types []string) []claim.Event {
	var out []claim.Event
	for _, e := range f.Events {
		in := slices.ContainsFunc(e.Involved, func(v claim.Involvement) bool {
			role, _ := claim.LookUp("role", v.Role)
			return slices.Contains(f.About, v.Who) && (role.Affected || v.Role == "sender")
		})
		if in && slices.Contains(types, e.Type()) && len(f.about(e)) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// about returns the sentences that assert an event.
func (f *filling) about(e claim.Event) []Sentence {
	return slices.DeleteFunc(slices.Clone(f.said), func(s Sentence) bool { return s.About != e.Ref || s.Denied })
}

// behind returns the claims about an event that sentences tell.
func (f *filling) behind(e claim.Event) []*claim.Recorded {
	var told []ledger.ID
	for _, s := range f.about(e) {
		told = append(told, s.Claims...)
	}
	return slices.DeleteFunc(slices.Clone(e.Claims), func(r *claim.Recorded) bool { return !slices.Contains(told, r.Entry) })
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
func (f *filling) whenOf(events []claim.Event) (string, []*claim.Recorded) {
	var out []string
	var from []*claim.Recorded
	for _, e := range events {
		for _, s := range f.about(e) {
			if d := f.speaker.Date(s.when); !d.IsZero() {
				out = add(out, f.dated(d))
				from = append(from, f.recorded(s)...)
			}
		}
	}
	return strings.Join(out, "; "), from
}

// recorded returns the claims of a sentence.
func (f *filling) recorded(s Sentence) []*claim.Recorded {
	var out []*claim.Recorded
	for _, id := range s.Claims {
		if r, ok := f.Recorded(id); ok {
			out = append(out, r)
		}
	}
	return out
}

func (f *filling) whereOf(events []claim.Event) (string, []*claim.Recorded) {
	var out []string
	var from []*claim.Recorded
	for _, e := range events {
		for _, r := range f.behind(e) {
			place := r.Where
			if r.Predicate == claim.HappenedAt {
				place = r.Value.Ref
			}
			if place != "" {
				out, from = add(out, f.line(f.speaker.Place(place))), append(from, r)
			}
		}
	}
	return strings.Join(out, "; "), from
}

// actors returns who is said to have done it, with what part they had.
func (f *filling) actors() (string, []*claim.Recorded) {
	var out []string
	var from []*claim.Recorded
	for _, e := range f.of(slices.Concat(takings, holdings, harms)) {
		for _, r := range f.behind(e) {
			if r.Predicate != claim.Involved || !slices.Contains(doers, r.Value.Role) {
				continue
			}
			v := claim.Involvement{Who: r.Value.Ref, Role: r.Value.Role}
			if who := f.actor(v); who != "" {
				out, from = add(out, f.T("dossier.event.who", f.Term("role", v.Role), who)), append(from, r)
			}
		}
	}
	return strings.Join(out, "; "), from
}

// saidOf returns sentences of some sort, one behind the other.
func (f *filling) saidOf(is func(Sentence) bool) (string, []*claim.Recorded) {
	var out []string
	var from []*claim.Recorded
	for _, s := range f.said {
		if is(s) {
			out, from = add(out, s.Text), append(from, f.recorded(s)...)
		}
	}
	return strings.Join(out, " "), from
}
