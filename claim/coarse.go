package claim

import (
	"maps"
	"slices"
)

// name finds how everybody in the claims that are told may be named: by name only
// if they agreed to it and every statement that speaks of them allows it, and not
// at all if one of these does not.
func (o *Outward) name(agreed map[Ref]bool) {
	allowed := map[Ref]string{}
	for _, a := range o.Statements {
		allowed[a.Statement] = a.Named
	}
	meet := func(ref Ref, named string) {
		if had, ok := o.naming[ref]; ok {
			named = narrower(namingTerms, had, named)
		}
		o.naming[ref] = named
	}
	for _, r := range o.State.Live() {
		named := allowed[r.Statement]
		refs := []Ref{r.Subject, r.Value.Ref, r.Source, o.State.Sources[r.Source].Person}
		for _, l := range r.Chain {
			refs = append(refs, l.Source, o.State.Sources[l.Source].Person)
		}
		for _, m := range marksIn(o.State.Passage(r.Claim)) {
			refs = append(refs, m)
		}
		for _, ref := range refs {
			if k := ref.Kind(); k == RefPerson || k == RefSource {
				meet(ref, named)
			}
		}
	}
	for ref, named := range o.naming {
		if named == NamedName && !agreed[ref] {
			o.naming[ref] = NamedCover
		}
	}
}

// marksIn returns who a text speaks of.
func marksIn(text string) []Ref {
	var refs []Ref
	for _, m := range Marks(text) {
		refs = append(refs, m.Person)
	}
	return refs
}

// places returns the places as coarse as they may be given: of all statements
// that speak of one, the least exact counts.
func (o *Outward) places() map[Ref]Place {
	allowed, least := map[Ref]string{}, map[Ref]string{}
	for _, a := range o.Statements {
		allowed[a.Statement] = a.Place
	}
	for _, r := range o.State.Live() {
		for _, ref := range []Ref{r.Where, r.Value.Ref, r.Subject} {
			if ref.Kind() != RefPlace {
				continue
			}
			if had, ok := least[ref]; ok {
				least[ref] = narrower(exactnessTerms, had, allowed[r.Statement])
			} else {
				least[ref] = allowed[r.Statement]
			}
		}
	}
	places := maps.Clone(o.State.Places)
	for ref, to := range least {
		if p, ok := places[ref]; ok {
			places[ref] = p.coarse(to)
		}
	}
	return places
}

// coarse returns p as far as exactness allows. What it is called stays only if
// that says no more than is allowed: of a place whose precision nobody knows, at
// "exact" alone. What kind of place it is stays.
func (p Place) coarse(exactness string) Place {
	allowed := rankIn(exactnessTerms, exactness)
	if allowed < rankIn(exactnessTerms, "district") {
		p.District = ""
	}
	own := len(exactnessTerms) - 1
	if p.Precision != "" && p.Precision != "unknown" {
		own = rankIn(exactnessTerms, p.Precision)
	}
	if own <= allowed {
		return p
	}
	p.Label, p.Aliases = "", nil
	if allowed < rankIn(exactnessTerms, "region") {
		p.Region = ""
	}
	if allowed < rankIn(exactnessTerms, "country") {
		p.Country = ""
	}
	switch {
	case p.Precision == "unknown":
	case allowed == 0:
		p.Precision = "unknown"
	default:
		p.Precision = exactnessTerms[allowed].Key
	}
	return p
}

// quiet are the values of each facet that do not tell that somebody was found.
var quiet = map[string][]string{
	Life:           {"dead", "unknown"},
	Liberty:        {"missing", "at-large", "unknown"},
	Acknowledgment: {"denied", "unanswered"},
	Service:        {"missing", "absent"},
	Contact:        {"cut-off", "refused", "lost"},
}

// A hiding knows which claims stay inside whatever anybody agreed to.
type hiding struct {
	s      *State
	danger map[Ref]bool       // mouths
	stops  []Stop             // that hold
	tell   map[*Recorded]bool // claims that tell that somebody was found
}

func (s *State) hidden() hiding {
	h := hiding{s: s, tell: map[*Recorded]bool{}}
	var dangerous []Ref
	for ref := range s.Cautions {
		if c, ok := s.Caution(ref); ok && !c.Used {
			dangerous = append(dangerous, ref)
		}
	}
	h.danger = s.mouths(dangerous)
	for ref := range s.Stops {
		if st, ok := s.Stopped(ref); ok {
			h.stops = append(h.stops, st)
		}
	}
	h.findTelling()
	return h
}

func (h hiding) why(r *Recorded) string {
	switch {
	case h.tell[r]:
		return LeftStop
	case h.s.through(r, h.danger):
		return LeftDanger
	}
	return ""
}

// Inside returns why a file that was given with a statement stays inside whatever
// anybody agreed to, or "". What it shows nobody read claims out of: so it stays if
// its source may be the danger, or if it may have come from after a person was found
// who wants no contact.
func (s *State) Inside(statement Ref) string {
	t, ok := s.Statement(statement)
	if !ok {
		return LeftNotAsked
	}
	came := LatestDay
	for _, date := range []string{t.Said, t.Received} {
		if d, err := ParseDate(date); err == nil && !d.IsZero() {
			came = d.Latest()
			break
		}
	}
	h := s.hidden()
	for _, st := range h.stops {
		if since, ok := dayOf(st.Since); !ok || came >= since || slices.Contains(st.Statements, statement) {
			return LeftStop
		}
	}
	if h.danger[s.mouth(t.Source)] {
		return LeftDanger
	}
	return ""
}

// findTelling finds the claims that tell of a person with a stop that they were
// found.
func (h hiding) findTelling() {
	if len(h.stops) == 0 {
		return
	}
	readings := h.s.readings()
	for _, st := range h.stops {
		since, ok := dayOf(st.Since)
		if !ok {
			since = EarliestDay // nothing is certainly from before
		}
		events, person := map[Ref]bool{}, h.s.samePerson(st.Person)
		for _, r := range readings {
			if c := r.say.Claim; person[r.subject] && tells(r) && c.said() >= since && lastsTo(r.say, since) {
				h.tell[c] = true
				events[r.say.Event] = r.say.Event != ""
			}
		}
		for _, c := range h.s.Live() {
			whole := slices.Contains(st.Statements, c.Statement) || person[h.s.Sources[c.Source].Person] && c.said() >= since
			if whole || c.said() >= since && (events[c.Subject] || events[c.Value.Ref]) {
				h.tell[c] = true
			}
		}
	}
}

// samePerson returns the references under which the file says that a person is.
func (s *State) samePerson(person Ref) map[Ref]bool {
	same := map[Ref]bool{person: true}
	for grown := true; grown; {
		grown = false
		for _, r := range s.Live() {
			if r.Value.Role == "same-person" && r.Stance == Asserts && r.Subject.Kind() == RefPerson && r.Value.Ref.Kind() == RefPerson && same[r.Subject] != same[r.Value.Ref] {
				same[r.Subject], same[r.Value.Ref], grown = true, true, true
			}
		}
	}
	return same
}

// said returns the last day on which r can have been said.
func (r *Recorded) said() Day {
	if r.Said.IsZero() {
		return LatestDay
	}
	return r.Said.Latest()
}

// tells reports whether a reading is one that only who found the person can give.
func tells(r reading) bool {
	t, _ := LookUp("predicate", r.predicate)
	return t.Facet && !r.denies && !slices.Contains(quiet[r.predicate], r.value.Term)
}

// lastsTo reports whether what is said to be can be of a day since: what goes on,
// or has no date, is of the day it was said.
func lastsTo(say Say, since Day) bool { return say.When.IsZero() || say.When.Latest() >= since }
