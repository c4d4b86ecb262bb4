package habeas

import (
	"context"
	"maps"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/fault"
	"habeas/letter"
)

// An earlierLetter is a letter that was sent before, as far as one reader may know
// of it.
type earlierLetter struct {
	*claim.Appealed
	bare bool // it leads to somebody who may not be named to the reader
}

// EarlierLetters returns the letters of a case that were sent, in order of time, and
// that a letter for an appeal, to an audience, may tell of: those about nobody who is
// not to be mentioned to it.
func (d *Desk) EarlierLetters(ctx context.Context, by Actor, id CaseID, ref claim.Ref, audience string) (all []claim.Ref, err error) {
	if err := d.may(by, compose); err != nil {
		return nil, err
	}
	k, state, _, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return nil, err
	}
	if err := d.mayName(by, k); err != nil {
		return nil, err
	}
	earlier, err := d.earlier(ctx, k, state, d.outward(state, rendered{Audience: audience}), ref)
	for _, e := range earlier {
		all = append(all, e.Ref)
	}
	return all, err
}

// earlier returns what [Desk.EarlierLetters] does, and which of them lead to somebody
// who may not be named.
func (d *Desk) earlier(ctx context.Context, k caseKeys, state *claim.State, told claim.Outward, own claim.Ref) (all []earlierLetter, err error) {
	kept, err := d.renderedOf(ctx, k)
	if err != nil {
		return nil, err
	}
	named := func(ref claim.Ref) bool { return told.Naming(ref) == claim.NamedName }
	for _, a := range state.Appeals {
		if _, sent := a.Last(claim.StepSent); !sent || a.Ref == own {
			continue
		}
		if slices.ContainsFunc(mayBeAbout(state, a), func(p claim.Ref) bool { return told.Naming(p) == claim.NamedNone }) {
			continue
		}
		who, err := d.leadsTo(ctx, k, state, a, kept)
		if err != nil {
			return nil, err
		}
		all = append(all, earlierLetter{a, slices.ContainsFunc(who, func(ref claim.Ref) bool { return !named(ref) })})
	}
	slices.SortStableFunc(all, func(a, b earlierLetter) int {
		x, _ := a.Last(claim.StepSent)
		y, _ := b.Last(claim.StepSent)
		return strings.Compare(x.Said.On, y.Said.On)
	})
	return all, nil
}

// mayBeAbout returns whom a letter is about. If its record does not say it may be anybody
// of the case, but for one that is about one person.
func mayBeAbout(state *claim.State, a *claim.Appealed) []claim.Ref {
	switch {
	case len(a.About) > 0:
		return a.About
	case state.Case.Affected != "":
		return []claim.Ref{state.Case.Affected}
	}
	return slices.Sorted(maps.Keys(state.Persons))
}

// leadsTo returns everybody to whom the number of a letter leads whoever reads it at
// the body: whom it is about, who stands by name in what went with it, and who signed
// that. Of a letter that was written elsewhere nobody knows who signed it: it may have
// been any of their relatives.
func (d *Desk) leadsTo(ctx context.Context, k caseKeys, state *claim.State, a *claim.Appealed, kept []rendered) ([]claim.Ref, error) {
	who := slices.Clone(mayBeAbout(state, a))
	known := false
	for _, s := range a.Steps {
		i := slices.IndexFunc(kept, func(r rendered) bool { return s.Said.Dossier != "" && r.Dossier == s.Said.Dossier })
		if i < 0 || kept[i].Letter == nil {
			continue
		}
		r := kept[i]
		if err := d.openNamed(ctx, k, &r); err != nil {
			return nil, err
		}
		known, who = true, append(who, r.Named...)
		if sender := r.Letter.typed.Sender; sender != "" {
			who = append(who, sender)
		}
	}
	if !known {
		who = append(who, relatives(state)...)
	}
	return who, nil
}

// relatives returns those who speak in a case as the person it is about or as their
// kin, as persons where they are known, otherwise as sources.
func relatives(state *claim.State) (all []claim.Ref) {
	of, _ := claim.LookUp("source-role", "relative")
	for ref, s := range state.Sources {
		role, _ := claim.LookUp("source-role", s.Role)
		switch {
		case s.Role != "self" && (role.Code == "" || role.Code != of.Code):
		case s.Person != "":
			all = append(all, s.Person)
		default:
			all = append(all, ref)
		}
	}
	return all
}

// steps returns what a letter tells of the earlier ones that were chosen. It fails if
// one of them may not be mentioned to its reader, or if a number that stood in it when
// it was proposed may not any more. The letter then rests on every statement that may be
// used: it is stopped and destroyed with any.
func (d *Desk) steps(ctx context.Context, k caseKeys, r *rendered, state *claim.State, told claim.Outward, about []claim.Ref) ([]letter.Step, error) {
	t := &r.Letter.typed
	if len(t.Earlier) == 0 {
		return nil, nil
	}
	all, err := d.earlier(ctx, k, state, told, r.Letter.Appeal)
	if err != nil {
		return nil, err
	}
	withheld := fault.New(fault.Withheld, "letter.not_mentioned", fault.Field("earlier"))
	for _, ref := range t.Earlier {
		if !slices.ContainsFunc(all, func(e earlierLetter) bool { return e.Ref == ref }) {
			return nil, withheld
		}
	}
	var out []letter.Step
	var numbered []claim.Ref
	for _, e := range all {
		if !slices.Contains(t.Earlier, e.Ref) {
			continue
		}
		if slices.Contains(t.Numbered, e.Ref) && e.bare {
			return nil, withheld
		}
		s := toldOf(state, e, about)
		if !e.bare {
			numbered = append(numbered, e.Ref)
			n, err := d.numbersOf(ctx, k, e.Appealed)
			if err != nil {
				return nil, err
			}
			s.Number = n.Registration.Reveal()
		}
		out = append(out, s)
	}
	if r.Dossier == "" {
		t.Numbered = numbered
	}
	for _, a := range told.Statements { // whose consent lets people be named is not told apart
		if a.Used {
			r.restOn(a)
		}
	}
	return out, nil
}

// toldOf puts what became of an earlier letter in the words of package letter. Where
// it leads to somebody who may not be named, days are given by their months: in the
// books of the body, one letter of one day is found.
func toldOf(state *claim.State, e earlierLetter, about []claim.Ref) letter.Step {
	day := func(on string) claim.Date {
		at, _ := claim.ParseDate(on)
		if e.bare {
			at = at.By(claim.ByMonth)
		}
		return at
	}
	sent, _ := e.Last(claim.StepSent)
	_, registered := e.Last(claim.StepRegistered)
	s := letter.Step{Date: day(sent.Said.On), To: state.Units[e.Authority].Label, What: e.Kind, Registered: registered}
	if len(e.About) > 0 && !slices.ContainsFunc(e.About, func(p claim.Ref) bool { return slices.Contains(about, p) }) {
		s.About = e.About
	}
	for _, n := range e.Steps {
		switch n.Said.What {
		case claim.StepAnswered:
			s.Came = append(s.Came, letter.Reply{On: day(n.Said.On), What: n.Said.Answer})
		case claim.StepForwarded:
			r := letter.Reply{On: day(n.Said.On), What: claim.AnswerForwarded}
			if child, ok := state.Appeal(n.Said.To); ok {
				r.To = state.Units[child.Authority].Label
			}
			s.Came = append(s.Came, r)
		}
	}
	return s
}
