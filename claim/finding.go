package claim

import (
	"cmp"
	"slices"
)

// A Finding is what is claimed about one predicate of one subject. It decides
// nothing: it shows the sides.
type Finding struct {
	Subject   Ref // empty for what is said to exist without a place or event of its own
	Predicate string
	Answers   []Answer // the best supported first
	Opinions  []Say    // opinions, for or against; never counted

	// Contested reports whether somebody denies what somebody asserts, or two
	// answers can't both hold.
	Contested bool
}

// An Answer is one value with both sides. In a [Finding] it is the value at
// whatever time; in a [Facet] the value at one time.
type Answer struct {
	Value   Value
	For     Support
	Against Support

	When  Date // when it holds; in a Finding the earliest date given
	Event Ref  // in a Facet: the event that implies it, if one does

	Clashes bool // another answer that is asserted can't hold beside this one
	Over    bool // in a Facet: a later value took its place
}

// Corroborated reports whether at least two independent known origins are for
// a, and nobody is against it.
func (a Answer) Corroborated() bool { return len(a.For.Origins()) >= 2 && len(a.Against) == 0 }

// Contested reports whether a is asserted, and denied or impossible beside
// another answer.
func (a Answer) Contested() bool { return len(a.For) > 0 && (len(a.Against) > 0 || a.Clashes) }

// Findings returns the findings of s: of the case's persons first, then events,
// places, the rest; by predicate in the order of the vocabulary.
//
// A denial that something exists at all (see [Exists]) stands against every
// assertion that it covers, whoever it is about, except that someone lives; and
// the finding on the denial itself has all those assertions for it. So a denial
// in general terms is weighed against each account, and the accounts together
// against the denial.
func (s *State) Findings() []Finding {
	var findings []Finding
	for _, g := range s.groups {
		findings = append(findings, g.finding(s))
	}
	return findings
}

func (g *group) finding(s *State) Finding {
	if t, _ := LookUp("predicate", g.predicate); t.Facet {
		return g.facetFinding(s)
	}
	f := Finding{Subject: g.subject, Predicate: g.predicate, Opinions: g.opinions}
	f.Answers = g.answers(func(r reading) string { return r.value.key() })
	clashWithout(f.Predicate, f.Answers)
	f.finish()
	return f
}

// Finding returns one finding; its Answers are empty if nothing is claimed.
func (s *State) Finding(subject Ref, predicate string) Finding {
	for _, g := range s.about[subject] {
		if g.predicate == predicate {
			return g.finding(s)
		}
	}
	return Finding{Subject: subject, Predicate: predicate}
}

func (f *Finding) finish() {
	f.Contested = slices.ContainsFunc(f.Answers, Answer.Contested)
	slices.SortStableFunc(f.Answers, func(a, b Answer) int {
		return cmp.Or(
			cmp.Compare(len(b.For.Origins()), len(a.For.Origins())),
			cmp.Compare(len(b.For), len(a.For)),
			a.When.Compare(b.When),
			cmp.Compare(a.Value.key(), b.Value.key()),
		)
	})
}

// A group is all readings on one predicate of one subject.
type group struct {
	subject   Ref
	predicate string
	readings  []reading
	general   []reading // denials that cover one of readings; value is that of the reading
	opinions  []Say
}

// group puts together what is said on each predicate of each subject.
func (f *folding) group() {
	f.groups = groupsOf(f.State)
	for _, g := range f.groups {
		f.about[g.subject] = append(f.about[g.subject], g)
	}
}

func groupsOf(s *State) []*group {
	type key struct {
		subject   Ref
		predicate string
	}
	byKey := map[key]*group{}
	var groups []*group
	readings := s.readings()
	var exists []*Recorded
	for _, r := range readings {
		k := key{r.subject, r.predicate}
		g := byKey[k]
		if g == nil {
			g = &group{subject: r.subject, predicate: r.predicate}
			byKey[k] = g
			groups = append(groups, g)
		}
		if !r.say.Claim.IsFact() {
			g.opinions = append(g.opinions, r.say)
			continue
		}
		if r.predicate == Exists {
			exists = append(exists, r.say.Claim)
		}
		g.readings = append(g.readings, r)
	}
	// Many may say the same in general: what that covers is looked up once.
	type question struct {
		subject Ref
		value   Value
		when    string
	}
	covered := map[question][]reading{}
	for _, x := range exists {
		q := question{x.Subject, x.Value, x.When.String()}
		rs, asked := covered[q]
		if !asked {
			rs = slices.DeleteFunc(slices.Clone(readings), func(r reading) bool { return r.denies || !s.covers(x, r) })
			covered[q] = rs
			whole := byKey[key{x.Subject, Exists}]
			for _, r := range rs {
				whole.general = append(whole.general, reading{value: x.Value, say: generally(r.say)})
			}
		}
		if x.Stance != Denies {
			continue
		}
		for _, r := range rs {
			g := byKey[key{r.subject, r.predicate}]
			say := Say{Claim: x, When: r.say.When, Event: r.say.Event, General: true}
			g.general = append(g.general, reading{value: r.value, denies: true, say: say})
		}
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		return cmp.Or(cmp.Compare(rankOf(a.subject), rankOf(b.subject)), cmp.Compare(a.subject, b.subject),
			cmp.Compare(predicateRank(a.predicate), predicateRank(b.predicate)))
	})
	return groups
}

func generally(say Say) Say {
	say.General = true
	return say
}

func rankOf(r Ref) int {
	return slices.Index([]byte{RefPerson, RefEvent, RefPlace, RefUnit, RefSource, RefStatement, 0}, r.Kind())
}

func predicateRank(key string) int {
	return slices.IndexFunc(predicateTerms, func(t Term) bool { return t.Key == key })
}

// answers groups readings by what same returns for them.
func (g *group) answers(same func(reading) string) []Answer {
	at := map[string]int{}
	var answers []Answer
	type side struct {
		answer int
		denies bool
		claim  *Recorded
	}
	said := map[side]bool{}
	for _, r := range append(slices.Clone(g.readings), g.general...) {
		k := same(r)
		n, ok := at[k]
		if !ok {
			n = len(answers)
			at[k] = n
			answers = append(answers, Answer{Value: r.value, When: r.say.When, Event: r.say.Event})
		}
		a := &answers[n]
		if r.say.When.Compare(a.When) < 0 {
			a.When = r.say.When
		}
		if who := (side{n, r.denies, r.say.Claim}); said[who] {
			continue
		} else {
			said[who] = true
		}
		if r.denies {
			a.Against = append(a.Against, r.say)
		} else {
			a.For = append(a.For, r.say)
		}
	}
	return answers
}

// add adds say unless its claim is there.
func (s *Support) add(say Say) {
	if !slices.ContainsFunc(*s, func(o Say) bool { return o.Claim == say.Claim }) {
		*s = append(*s, say)
	}
}

// clashWithout marks answers that can't both hold, for the predicates other
// than facets of which that can be said.
func clashWithout(predicate string, answers []Answer) {
	for i := range answers {
		for j := range answers[:i] {
			a, b := &answers[i], &answers[j]
			if len(a.For) == 0 || len(b.For) == 0 {
				continue
			}
			var clash bool
			switch predicate {
			case "group-size":
				clash = a.Value.N != b.Value.N
			case Dated:
				d, _ := ParseDate(a.Value.Date)
				e, _ := ParseDate(b.Value.Date)
				clash = d.Overlaps(e) == No
			}
			if clash {
				a.Clashes, b.Clashes = true, true
			}
		}
	}
}
