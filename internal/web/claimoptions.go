package web

import (
	"slices"
	"strings"

	"habeas/claim"
)

// coded puts the code of each choice before its words.
func coded(options []Option) []Option {
	for i := range options {
		options[i].Label = options[i].Value + " — " + options[i].Label
	}
	return options
}

func (t teller) personOptions() []Option {
	var out []Option
	for _, ref := range t.sortedPersons() {
		w := t.who(ref)
		if n := t.st.Persons[ref].Count; n > 1 {
			w.Text += " (" + t.p.N("ui.people", n) + ")"
		}
		out = append(out, Option{Value: string(ref), Label: w.Text})
	}
	return out
}

func (t teller) unitOptions() []Option {
	var out []Option
	for ref, u := range t.st.Units {
		out = append(out, Option{Value: string(ref), Label: u.Label})
	}
	return byLabel(out)
}

func (t teller) sourceOptions() []Option {
	var out []Option
	for ref, s := range t.st.Sources {
		label := t.source(ref).Text
		if s.Person != "" && (s.Label != "" || s.Role != "") {
			label += " (" + t.who(s.Person).Text + ")"
		}
		out = append(out, Option{Value: string(ref), Label: label})
	}
	return byLabel(out)
}

func (t teller) placeOptions() []Option {
	var out []Option
	for ref := range t.st.Places {
		out = append(out, Option{Value: string(ref), Label: t.place(ref)})
	}
	return append([]Option{{Label: t.p.T("ui.pick.unsaid")}}, byLabel(out)...)
}

func (t teller) eventOptions() []Option {
	var out []Option
	for _, e := range t.st.Events {
		out = append(out, Option{Value: string(e.Ref), Label: t.event(e.Ref)})
	}
	return out
}

func byLabel(options []Option) []Option {
	slices.SortFunc(options, func(a, b Option) int { return strings.Compare(a.Label+a.Value, b.Label+b.Value) })
	return options
}

// eventTypes returns the types of event under their groups.
func (t teller) eventTypes() []Option {
	var out []Option
	for _, g := range claim.Terms("group") {
		out = append(out, Option{Label: t.p.Term("group", g.Key), Group: true})
		for _, e := range claim.Terms("event") {
			if e.Group == g.Key {
				out = append(out, Option{Value: e.Key, Label: t.p.Term("event", e.Key)})
			}
		}
	}
	return out
}

// statusOptions returns what can be said of a person, as "predicate:term".
func (t teller) statusOptions() []Option {
	var out []Option
	for _, predicate := range append(claim.Facets(), "rank", "capacity") {
		term, _ := claim.LookUp("predicate", predicate)
		out = append(out, Option{Label: t.p.Term("predicate", predicate), Group: true})
		from := term.From
		if term.Takes == claim.TakesPlace {
			out = append(out, Option{Value: predicate + ":", Label: t.p.T("ui.take.location.where")})
			from = "place"
		}
		for _, v := range claim.Terms(from) {
			out = append(out, Option{Value: predicate + ":" + v.Key, Label: t.p.Term(from, v.Key)})
		}
	}
	out = append(out, Option{Label: t.p.T("ui.few.kind.age"), Group: true})
	for _, predicate := range []string{claim.Age, claim.Born} {
		out = append(out, Option{Value: predicate + ":", Label: t.p.Term("predicate", predicate)})
	}
	return out
}

func (t teller) tieOptions() []Option {
	var out []Option
	for _, v := range claim.Terms("relation") {
		out = append(out, Option{Value: "relation:" + v.Key, Label: t.p.Term("relation", v.Key)})
	}
	return append(out, Option{Value: "member-of:", Label: t.p.Term("predicate", "member-of")})
}

func (t teller) patternOptions() []Option {
	out := terms(t.p, "pattern")
	out = append(out, Option{Label: t.p.T("ui.take.pattern.events"), Group: true})
	out = append(out, terms(t.p, "event")...)
	out = append(out, Option{Label: t.p.T("ui.take.pattern.places"), Group: true})
	return append(out, terms(t.p, "place")...)
}
