package appeal

import "slices"

// Treaties says by which treaties a State is bound that open a way to a body.
type Treaties struct {
	State string // ISO 3166 alpha-2
	CED   Bond   // International Convention on Enforced Disappearance
	OP1   Bond   // Optional Protocol to the Covenant on Civil and Political Rights
	ECHR  Bond   // European Convention on Human Rights
	Entry
}

// A Bond is when a treaty binds a State. The zero Bond is not known.
type Bond struct {
	Never    bool
	From, To Date // both included; a zero To is open
}

// On reports whether the treaty binds on a day.
func (b Bond) On(d Date) Answer {
	switch {
	case b.Never:
		return No
	case b.From.IsZero():
		return Unknown
	case b.From.Compare(d) <= 0 && (b.To.IsZero() || d.Compare(b.To) <= 0):
		return Yes
	}
	return No
}

// Began reports whether what began on one of the days of s began while the treaty
// bound the State: unknown if only some of them were.
func (b Bond) Began(s Span) Answer {
	if s.IsZero() || b.Never {
		return Unknown
	}
	from, to := b.On(s.From), b.On(s.To)
	if from != to || from == No && s.From.Compare(b.From) < 0 && s.To.Compare(b.From) >= 0 {
		return Unknown
	}
	return from
}

// bond reads "no", or the days from which and until which, such as "1992-01-01..".
func bond(b *Bond) func(string) error {
	return func(s string) error {
		if b.Never = s == "no"; b.Never {
			return nil
		}
		return period(&b.From, &b.To)(s)
	}
}

func (r *Register) readTreaties(e *entry, in *Entry, setters map[string]setter) error {
	t := Treaties{State: e.value}
	setters["CED"] = setter{set: bond(&t.CED)}
	setters["OP1"] = setter{set: bond(&t.OP1)}
	setters["ECHR"] = setter{set: bond(&t.ECHR)}
	if err := e.fill(setters); err != nil {
		return err
	}
	if len(t.State) != 2 {
		return e.wrong("a State is the two letters of its country")
	}
	if _, ok := r.treaties[t.State]; ok {
		return e.wrong("this State stands here twice")
	}
	t.Entry = *in
	r.treaties[t.State] = t
	return nil
}

// Treaties returns by what a State is bound, and whether anything is known of it.
func (r *Register) Treaties(state string) (Treaties, bool) {
	t, ok := r.treaties[state]
	return t, ok
}

// BodiesWith returns the ids of the bodies that a term belongs to: theirs, or ours
// on the way to them.
func (r *Register) BodiesWith(rule string) (ids []string) {
	for _, b := range r.Bodies() {
		if slices.Contains(b.Rules, rule) || slices.ContainsFunc(r.rungs, func(g Rung) bool { return g.To == b.ID && g.Term == rule }) {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// Terms returns the terms of a body: those of ours on the way to it, then its own.
func (r *Register) Terms(body string) (rules []string) {
	for _, g := range r.rungs {
		if g.To == body && g.Term != "" && !slices.Contains(rules, g.Term) {
			rules = append(rules, g.Term)
		}
	}
	return append(rules, r.bodies[body].Rules...)
}

// Rungs returns all steps, in the order of the files.
func (r *Register) Rungs() []Rung { return slices.Clone(r.rungs) }

// Rung returns a step by its id.
func (r *Register) Rung(id string) (Rung, bool) {
	i := slices.IndexFunc(r.rungs, func(g Rung) bool { return g.ID == id })
	if i < 0 {
		return Rung{}, false
	}
	return r.rungs[i], true
}
