package letter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"habeas/claim"
	"habeas/crowd"
	"habeas/internal/locale"
	"habeas/name"
)

// according says whose word something is: those who said it themselves or are told
// of, then what is official, then what is of unknown origin.
func (t *teller) according(says claim.Support) string {
	var known, official []string
	unknown := false
	for _, s := range says {
		o := s.Claim.Origin
		switch {
		case !o.Known():
			unknown = true
		case s.Claim.Basis == "official":
			official = add(official, t.speaker.Source(o.Source, "nom")+t.through(s.Claim))
		default:
			known = add(known, t.speaker.Source(o.Source, "gen")+t.through(s.Claim))
		}
	}
	var parts []string
	if len(known) > 0 {
		parts = append(parts, t.words["according"]+" "+t.List(known...))
	}
	if len(official) > 0 {
		parts = append(parts, t.words["official"]+" ("+strings.Join(official, "; ")+")")
	}
	if unknown {
		parts = append(parts, t.words["unknown"])
	}
	return t.line(strings.Join(parts, ", "))
}

func add(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// through says by whom something came to us, where that was not its origin, and
// from what it was read.
func (t *teller) through(r *claim.Recorded) string {
	switch {
	case r.Origin.Source != r.Source:
		return " (" + t.words["relayed"] + " " + t.speaker.Source(r.Source, "gen") + ")"
	case r.Basis == "document" || r.Basis == "inferred":
		return " (" + t.T("dossier.basis."+r.Basis) + ")"
	}
	return ""
}

// sources names those who say something, each once.
func (t *teller) sources(says claim.Support) []string {
	var out []string
	for _, s := range says {
		out = add(out, t.line(t.speaker.Source(s.Claim.Origin.Source, "nom")))
	}
	return out
}

// at says when something was, as far as that was said: "in July 2022", never a day
// that nobody gave.
func (t *teller) at(d claim.Date) string {
	if d.IsZero() {
		return ""
	}
	p := d.Parts()
	whole := t.Date(locale.Date{From: locale.Moment(p.From), To: locale.Moment(p.To), Interval: p.Interval})
	m := p.From
	if p.Interval || m.Approx || m.Span != 0 || m.Year < 0 || m.Open || m.Unknown {
		return whole
	}
	s := ""
	year := strconv.FormatInt(m.Year, 10)
	switch {
	case m.Month == 0:
		s = fill(t.words["at.year"], year)
	case m.Month > 12:
		s = fill(t.words["at.season"], fill(t.words["season."+strconv.Itoa(m.Month)]), year)
	case m.Day == 0:
		s = fill(t.words["at.month"], t.words["month."+strconv.Itoa(m.Month)], year)
	default:
		p.From.Uncertain = false
		s = fill(t.words["at.day"], t.Date(locale.Date{From: locale.Moment(p.From), To: locale.Moment(p.From)}))
	}
	if m.Uncertain {
		s = t.T("date.uncertain", s)
	}
	return s
}

// dated returns a date as it stands alone, not in a sentence: without the article
// that Spanish and French put before a day.
func (t *teller) dated(d claim.Date) string {
	p := d.Parts()
	s := t.Date(locale.Date{From: locale.Moment(p.From), To: locale.Moment(p.To), Interval: p.Interval})
	if !p.Interval && p.From.Day > 0 {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "el "), "le ")
	}
	return s
}

// fill puts values in the places of {0}, {1}, ….
func fill(s string, values ...string) string {
	for i, v := range values {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", v)
	}
	return s
}

// A saying is one value that claims about a person give at one time.
type saying struct {
	claim.Answer
	subject   claim.Ref
	predicate string
}

// status returns the sentences on what is said of persons and in general, other
// than that something happened.
func (t *teller) status() []Sentence {
	var all []saying
	for _, r := range t.Live() {
		if !r.IsFact() || r.Subject.Kind() != claim.RefPerson || !t.spoken(r.Predicate) {
			continue
		}
		i := slices.IndexFunc(all, func(s saying) bool {
			return s.subject == r.Subject && s.predicate == r.Predicate && s.Value == r.Value
		})
		if i < 0 {
			i = len(all)
			all = append(all, saying{claim.Answer{Value: r.Value, When: r.When}, r.Subject, r.Predicate})
		}
		say := claim.Say{Claim: r, When: r.When}
		if r.Stance == claim.Denies {
			all[i].Against = append(all[i].Against, say)
		} else {
			all[i].For = append(all[i].For, say)
		}
	}
	var out []Sentence
	for _, s := range all {
		what := s.predicate + "." + s.Value.Term + string(s.Value.Ref)
		out = append(out, t.answer(s.subject, what, s.Answer, func(when claim.Date, _ claim.Support) (string, []*claim.Recorded) { return t.stands(s, when), nil })...)
	}
	return append(out, t.general()...)
}

// spoken reports whether claims with a predicate become sentences of their own.
func (t *teller) spoken(predicate string) bool {
	switch predicate {
	case "rank":
		return t.speaker.Tells(crowd.Rank)
	case "capacity":
		return t.speaker.Tells(crowd.Role)
	case "member-of":
		return t.speaker.Tells(crowd.Unit)
	}
	term, ok := claim.LookUp("predicate", predicate)
	return ok && term.Facet
}

// stands returns the clause on what is said of a person; "" if there are no words
// for it that its reader may have.
func (t *teller) stands(s saying, when claim.Date) string {
	who := []claim.Ref{s.subject}
	var said string
	switch v := s.Value; {
	case v.Ref.Kind() == claim.RefPlace:
		said = t.phrase("status."+s.predicate, who) + t.colon() + t.line(t.speaker.Place(v.Ref))
	case v.Ref.Kind() == claim.RefUnit:
		unit := t.line(t.speaker.Unit(v.Ref))
		if unit == "" {
			return ""
		}
		said = t.phrase("status."+s.predicate, who) + t.colon() + unit
	case s.predicate == claim.Location:
		said = t.phrase("status.location", who) + t.colon() + t.Term("place", v.Term)
	case s.predicate == "rank" || s.predicate == "capacity":
		said = t.phrase("status."+s.predicate, who) + t.colon() + t.Term(s.predicate, v.Term)
	default:
		said = t.phrase("status."+s.predicate+"."+v.Term, who)
	}
	if said == "" {
		return ""
	}
	if at := t.at(t.speaker.Date(when)); at != "" {
		said = at + " " + said
	}
	return said
}

// colon is the sign that ends a label, with the blanks that the language puts
// around it.
func (t *teller) colon() string {
	if t.lang == "fr" {
		return "\u00A0: "
	}
	return ": "
}

// general returns the sentences on what is said to be, or not to be, at all.
func (t *teller) general() []Sentence {
	var out []Sentence
	for _, f := range t.Findings() {
		if f.Predicate != claim.Exists || f.Subject != "" {
			continue
		}
		for _, a := range f.Answers {
			what := t.pattern(a.Value.Term)
			if what == "" {
				continue
			}
			own := func(s claim.Support) claim.Support {
				return slices.DeleteFunc(slices.Clone(s), func(s claim.Say) bool { return s.Claim.Predicate != claim.Exists })
			}
			for stance, says := range map[string]claim.Support{"exists": own(a.For), "exists.not": own(a.Against)} {
				if len(says) == 0 {
					continue
				}
				sources := t.sources(says)
				text := t.say(stance, map[string]string{"source": t.List(sources...), "what": what}, name.Unknown, len(sources) > 1)
				s := sentence(fmt.Sprintf("%s %s", stance, a.Value.Term), "", claim.Exists, text, says, nil)
				s.Denied = stance == "exists.not"
				out = append(out, s)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Sentence) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func (t *teller) pattern(term string) string {
	for _, v := range []string{"pattern", "event", "place"} {
		if _, ok := claim.LookUp(v, term); ok {
			return t.Term(v, term)
		}
	}
	return ""
}

// fact returns what is said of the person in a field: "born", "rank" or "unit",
// the best supported first, with the claims it is from; "" if nothing, or more than
// the reader may have.
func (f *filling) fact(field string) (string, []*claim.Recorded) {
	predicates := map[string][]string{"born": {claim.Born, claim.Age}, "rank": {"rank"}, "unit": {"member-of"}}[field]
	if len(f.About) == 0 {
		return "", nil
	}
	for _, predicate := range predicates {
		for _, a := range f.Finding(f.About[0], predicate).Answers {
			if s := f.line(f.factual(field, predicate, a)); s != "" && len(a.For) > 0 && !f.leftOut(predicate, a) {
				var from []*claim.Recorded
				for _, say := range a.For {
					from = append(from, say.Claim)
				}
				return s, from
			}
		}
	}
	return "", nil
}

// leftOut reports whether a member left out all sentences that say an answer.
func (f *filling) leftOut(predicate string, a claim.Answer) bool {
	if predicate == claim.Born || predicate == claim.Age {
		return false // no sentence says it
	}
	return !slices.ContainsFunc(f.said, func(s Sentence) bool {
		return !s.Denied && slices.ContainsFunc(a.For, func(say claim.Say) bool { return slices.Contains(s.Claims, say.Claim.Entry) })
	})
}

func (t *teller) factual(field, predicate string, a claim.Answer) string {
	switch {
	case predicate == claim.Born:
		return t.speaker.Age(a.Value, a)
	case predicate == claim.Age:
		if s := t.speaker.Age(a.Value, a); s != "" {
			return fill(t.words["aged"], s)
		}
	case field == "rank" && t.speaker.Tells(crowd.Rank):
		return t.Term("rank", a.Value.Term)
	case field == "unit":
		return t.speaker.Unit(a.Value.Ref)
	}
	return ""
}
