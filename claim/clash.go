package claim

import "slices"

// clashing are the values of each facet that can't both hold at one time. What
// is not here can: someone who refused can be disarmed too.
var clashing = map[string][][2]string{
	Life: {{"alive", "dead"}},
	Liberty: {
		{"held", "free"}, {"held", "missing"}, {"held", "at-large"},
		{"free", "missing"}, {"free", "restricted"}, {"missing", "at-large"},
	},
	Integrity:      {{"ill-treated", "unharmed"}, {"injured", "unharmed"}},
	Acknowledgment: {{"acknowledged", "denied"}},
	Service: {
		{"missing", "absent"}, {"missing", "serving"}, {"missing", "deployed"},
		{"missing", "reassigned"}, {"missing", "returned"}, {"missing", "discharged"},
		{"absent", "serving"}, {"absent", "deployed"},
		{"returned", "deployed"}, {"discharged", "deployed"}, {"discharged", "serving"},
	},
}

// lasting are the values that some later ones do not put an end to: the first
// goes on beside the second, and if the two clash, time does not explain it.
var lasting = map[string][][2]string{
	Life: {{"dead", "alive"}, {"dead", "unknown"}, {"alive", "unknown"}},
	Liberty: {
		{"held", "missing"}, {"held", "at-large"}, {"held", "unknown"},
		{"missing", "at-large"}, {"at-large", "missing"}, {"missing", "unknown"},
	},
	Service: {
		{"missing", "absent"}, {"absent", "missing"}, {"refused", "missing"}, {"refused", "absent"},
		{"disarmed", "missing"}, {"disarmed", "absent"},
	},
}

// unknowing are values that say no more than that somebody does not know, or will
// not say. They are over only when what came after certainly came after.
var unknowing = []string{"missing", "absent", "at-large", "unknown"}

func listed(table map[string][][2]string, facet, a, b string) bool {
	return slices.Contains(table[facet], [2]string{a, b})
}

// times compares answers of a facet in time.
type times struct{ *State }

// settle marks what clashes and what is over among answers, which are in time.
func (t times) settle(facet string, answers []Answer) {
	pairs := func(f func(a, b *Answer, before bool)) {
		for i := range answers {
			for j := range answers {
				if i != j && len(answers[i].For) > 0 && len(answers[j].For) > 0 {
					f(&answers[i], &answers[j], i < j)
				}
			}
		}
	}
	pairs(func(a, b *Answer, _ bool) { a.Clashes = a.Clashes || t.clash(facet, *a, *b) })
	pairs(func(a, b *Answer, before bool) { a.Over = a.Over || t.over(facet, *a, *b, before) })
}

// clash reports whether a and b can't both hold, whatever came first.
func (t times) clash(facet string, a, b Answer) bool {
	if !t.incompatible(facet, a.Value, b.Value) || sameMouth(a, b) {
		return false
	}
	if t.explains(facet, a, b) || t.explains(facet, b, a) {
		return false
	}
	return !ended(a, b) && !ended(b, a)
}

func (t times) incompatible(facet string, a, b Value) bool {
	if facet == Location {
		return t.elsewhere(a, b)
	}
	return listed(clashing, facet, a.Term, b.Term) || listed(clashing, facet, b.Term, a.Term)
}

// elsewhere reports whether two values of location are different places of
// which neither can be in the other.
func (t times) elsewhere(a, b Value) bool {
	if a == b || t.spacious(a) || t.spacious(b) {
		return false
	}
	if a.Ref != "" && b.Ref != "" {
		return true
	}
	return t.placeKind(a) != t.placeKind(b)
}

func (t times) placeKind(v Value) string {
	if v.Ref != "" {
		return t.Places[v.Ref].Kind
	}
	return v.Term
}

func (t times) spacious(v Value) bool {
	switch t.placeKind(v) {
	case "town", "region", "country", "front-line", "other", "":
		return true
	}
	return false
}

// sameMouth reports whether a and b rest on one and the same known origin.
func sameMouth(a, b Answer) bool {
	o, p := a.For.Origins(), b.For.Origins()
	return a.For.Unknown()+b.For.Unknown() == 0 && len(o) == 1 && len(p) == 1 && o[0].Who == p[0].Who
}

// explains reports whether b can have come after a and put an end to it.
func (t times) explains(facet string, a, b Answer) bool {
	if listed(lasting, facet, a.Value.Term, b.Value.Term) {
		return false
	}
	later := t.after(b, a)
	if b.Event == "" || slices.Contains(unknowing, a.Value.Term) {
		return later == Certain
	}
	return later != No
}

// after reports whether b came after a: by what the events in them are said to
// have followed, or by date.
func (t times) after(b, a Answer) Truth {
	if a.Event != "" && b.Event != "" && a.Event != b.Event {
		if t.follows(b.Event, a.Event) {
			return Certain
		}
		if t.follows(a.Event, b.Event) {
			return No
		}
	}
	until, begin := a.until(), b.When.Begin()
	if b.Event != "" && until.Overlaps(begin) != No {
		return Possible // on one day, too, one thing follows another
	}
	return until.Before(begin)
}

// until returns the time up to which a is said to hold: the end of its date, or
// of one that goes on the day it was said.
func (a Answer) until() Date {
	if !a.When.IsInterval() {
		return a.When
	}
	if a.When.to.form == formOpen && len(a.For) > 0 {
		return a.For[len(a.For)-1].Claim.Said
	}
	return a.When.End()
}

// follows reports whether the event b is said to have come after a, be it by way
// of others.
func (t times) follows(b, a Ref) bool {
	visited := map[Ref]bool{}
	todo := []Ref{b}
	for len(todo) > 0 {
		e, ok := t.Event(todo[len(todo)-1])
		todo = todo[:len(todo)-1]
		if !ok || visited[e.Ref] {
			continue
		}
		visited[e.Ref] = true
		for _, r := range e.After {
			if r == a {
				return true
			}
			todo = append(todo, r)
		}
	}
	return false
}

// ended reports whether a is said to have ended before b began.
func ended(a, b Answer) bool {
	return a.When.IsInterval() && a.When.to.form > formOpen && a.When.Before(b.When) == Certain
}

// over reports whether b took the place of a. One that nobody dates is taken in
// the order of the list, which knows what followed what.
func (t times) over(facet string, a, b Answer, listedBefore bool) bool {
	if a.Value == b.Value {
		return listedBefore && t.after(b, a) != No
	}
	if listed(lasting, facet, a.Value.Term, b.Value.Term) || t.clash(facet, a, b) {
		return false
	}
	switch t.after(b, a) {
	case Certain:
		return true
	case Possible:
		return listedBefore && (sameMouth(a, b) || b.Event != "")
	}
	return false
}
