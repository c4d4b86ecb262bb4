package letter

import (
	"slices"
	"strings"

	"habeas/claim"
)

// event returns the sentences on one event.
func (t *teller) event(e claim.Event) []Sentence {
	var out []Sentence
	for _, a := range t.Finding(e.Ref, claim.Occurred).Answers {
		a.For = timed(e, a.For)
		out = append(out, t.answer(e.Ref, a.Value.Term, a, func(when claim.Date, says claim.Support) (string, []*claim.Recorded) {
			return t.happened(e, a.Value.Term, when, says)
		})...)
	}
	return out
}

// timed gives those who say of an event when it was in a claim of its own that
// time.
func timed(e claim.Event, says claim.Support) claim.Support {
	says = slices.Clone(says)
	for i := range says {
		for _, r := range e.Claims {
			if !says[i].When.IsZero() {
				break
			}
			if r.Predicate == claim.Dated && r.Stance == claim.Asserts && same(r, says[i].Claim) {
				says[i].When, _ = claim.ParseDate(r.Value.Date)
			}
		}
	}
	return says
}

// same reports whether two claims are one mouth's: nobody is made to say what
// another said.
func same(a, b *claim.Recorded) bool {
	if a.Origin.Known() && b.Origin.Known() {
		return a.Origin.Who == b.Origin.Who
	}
	return a.Statement == b.Statement && a.Origin.Known() == b.Origin.Known()
}

// by returns those of some claims that are by one of those who say something.
func by(claims []*claim.Recorded, says claim.Support) []*claim.Recorded {
	return slices.DeleteFunc(slices.Clone(claims), func(r *claim.Recorded) bool {
		return !slices.ContainsFunc(says, func(s claim.Say) bool { return same(r, s.Claim) })
	})
}

// happened returns the clause on an event as some say it was: "in July 2022 he was
// held (…)", with the claims on who was in it, when and where.
func (t *teller) happened(e claim.Event, typ string, when claim.Date, says claim.Support) (string, []*claim.Recorded) {
	who, other, rest := parts(e, says)
	said := t.phrase("event."+typ, who)
	if said == "" {
		said = t.Term("event", typ) + t.colon() + t.who(who, "nom")
	}
	if at := t.at(t.speaker.Date(when)); at != "" {
		said = at + " " + said
	}
	details, more := t.details(e, other, when, says)
	if len(details) > 0 {
		said += " (" + strings.Join(details, "; ") + ")"
	}
	return said, append(rest, more...)
}

// parts returns whom an event is about, and who else was in it, as some say; if
// they don't say whom it is about, as anybody does.
func parts(e claim.Event, says claim.Support) (who []claim.Ref, other []claim.Involvement, rest []*claim.Recorded) {
	var anybody []claim.Ref
	var theirs []*claim.Recorded
	for _, v := range e.Involved {
		role, _ := claim.LookUp("role", v.Role)
		claims := by(v.Claims, says)
		switch {
		case role.Affected && v.Who.Kind() == claim.RefPerson:
			anybody, theirs = append(anybody, v.Who), append(theirs, v.Claims...)
			if len(claims) > 0 {
				who, rest = append(who, v.Who), append(rest, claims...)
			}
		case len(claims) > 0:
			v.Claims = claims
			other = append(other, v)
		}
	}
	if len(who) == 0 && len(anybody) > 0 {
		return anybody, other, theirs
	}
	if len(who) == 0 {
		if i := slices.IndexFunc(other, func(v claim.Involvement) bool { return v.Who.Kind() == claim.RefPerson }); i >= 0 {
			return []claim.Ref{other[i].Who}, slices.Delete(slices.Clone(other), i, i+1), other[i].Claims
		}
	}
	return who, other, rest
}

// details returns who else was in an event and where it was, as some say, and that
// they don't say when.
func (t *teller) details(e claim.Event, other []claim.Involvement, when claim.Date, says claim.Support) (out []string, rest []*claim.Recorded) {
	if t.speaker.Date(when).IsZero() {
		out = append(out, t.T("dossier.event.undated"))
	}
	for _, r := range by(e.Claims, says) {
		place := r.Where
		if r.Predicate == claim.HappenedAt {
			place = r.Value.Ref
		}
		if r.Stance != claim.Asserts || place == "" && r.Predicate != claim.Dated {
			continue
		}
		rest = append(rest, r)
		if place != "" {
			out = add(out, t.T("dossier.event.where", t.line(t.speaker.Place(place))))
		}
	}
	for _, v := range other {
		if who := t.actor(v); who != "" {
			out = add(out, t.T("dossier.event.who", t.Term("role", v.Role), who))
			rest = append(rest, v.Claims...)
		}
	}
	return out, rest
}

// actor returns somebody in an event whom it is not about; "" if they are not told.
func (t *teller) actor(v claim.Involvement) string {
	if v.Who.Kind() == claim.RefUnit {
		return t.line(t.speaker.Unit(v.Who))
	}
	if p := t.Persons[v.Who].Protection; t.f.Profile.NoActor && (p == claim.Actor || p == claim.Official) {
		return t.T("dossier.someone")
	}
	return t.who([]claim.Ref{v.Who}, "nom")
}
