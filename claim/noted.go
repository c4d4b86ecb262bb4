package claim

import (
	"slices"
	"strings"
	"time"

	"habeas/ledger"
)

// Noted is what an entry says, where that replaces what was said before.
type Noted[T any] struct {
	Said   T
	Entry  ledger.ID
	Author ledger.ID
	Time   time.Time
}

// A voice is whom or what an entry about consent, a stop and the like is about:
// of the entries of one voice, those count that no other of them has seen.
type voice struct {
	kind      string
	of, other Ref
	term      string
}

func voiceOf(body any) (voice, bool) {
	switch b := body.(type) {
	case *Consent:
		return voice{KindConsent, b.Statement, b.Person, b.Giver}, true
	case *Turn:
		return voice{KindTurn, b.Person, "", b.What}, true
	case *Stop:
		return voice{KindStop, b.Person, "", ""}, true
	case *Caution:
		return voice{KindCaution, b.Source, "", ""}, true
	case *Keeping:
		return voice{kind: KindKeeping}, true
	case *Authority:
		return voice{KindAuthority, b.Unit, "", ""}, true
	case *Retention:
		return voice{kind: KindRetention}, true
	}
	return voice{}, false
}

// note keeps n if it is of a kind with voices.
func (f *folding) note(n *node) {
	v, ok := voiceOf(n.body)
	if !ok {
		return
	}
	if len(f.voices[v]) == 0 {
		f.voiced = append(f.voiced, v)
	}
	f.voices[v] = append(f.voices[v], n)
}

// hear puts the entries that count into the state. Where several of one voice
// crossed, all are kept: whoever asks takes the narrower.
func (f *folding) hear() {
	f.Consents, f.Stops, f.Cautions = map[Ref][]Noted[Consent]{}, map[Ref][]Noted[Stop]{}, map[Ref][]Noted[Caution]{}
	f.turns, f.authorities = map[voice][]Turn{}, map[Ref][]Noted[Authority]{}
	for _, v := range f.voiced {
		for _, n := range f.heads(f.voices[v]) {
			switch b := n.body.(type) {
			case *Consent:
				f.Consents[v.of] = append(f.Consents[v.of], noted(*b, n))
				if _, ok := f.Statement(b.Statement); !ok {
					f.problem(n, "claim.no_statement")
				}
			case *Turn:
				f.turns[v] = append(f.turns[v], *b)
			case *Stop:
				f.Stops[v.of] = append(f.Stops[v.of], noted(*b, n))
			case *Caution:
				f.Cautions[v.of] = append(f.Cautions[v.of], noted(*b, n))
			case *Authority:
				f.authorities[v.of] = append(f.authorities[v.of], noted(*b, n))
			case *Keeping:
				f.Keeping = append(f.Keeping, noted(*b, n))
			case *Retention:
				f.Retention = append(f.Retention, noted(*b, n))
			}
		}
	}
}

func noted[T any](said T, n *node) Noted[T] { return Noted[T]{said, n.ID, n.Author, n.Time} }

// Come reports whether something that consents wait for has come for a person.
// sure is whether nobody who decided at the same time says otherwise.
func (s *State) Come(person Ref, what string) (come, sure bool) {
	turns := s.turns[voice{KindTurn, person, "", what}]
	come = slices.ContainsFunc(turns, func(t Turn) bool { return t.Come })
	return come, come && !slices.ContainsFunc(turns, func(t Turn) bool { return !t.Come })
}

// Stopped returns the stop of a person, and whether there is one. Of several that
// crossed one that holds counts before one that was lifted, and all the
// statements they name are named, since the earliest of their days.
func (s *State) Stopped(person Ref) (Stop, bool) {
	var all Stop
	for _, n := range s.Stops[person] {
		st := n.Said
		if st.Lifted {
			continue
		}
		if all.Person == "" {
			all = st
			all.Statements = nil
		}
		if st.From == "everyone" {
			all.From = st.From
		}
		if a, ok := dayOf(all.Since); ok {
			if b, ok := dayOf(st.Since); !ok || b < a {
				all.Since = st.Since
			}
		}
		for _, t := range st.Statements {
			if !slices.Contains(all.Statements, t) {
				all.Statements = append(all.Statements, t)
			}
		}
	}
	slices.Sort(all.Statements)
	return all, all.Person != ""
}

// Caution returns the caution about a source, and whether there is one. Of
// several that crossed one that holds counts before one that was lifted, and what
// they said may leave only if all say so.
func (s *State) Caution(source Ref) (Caution, bool) {
	var all Caution
	for _, n := range s.Cautions[source] {
		switch c := n.Said; {
		case c.Lifted:
		case all.Source == "":
			all = c
		default:
			all.Used = all.Used && c.Used
			if rankIn(contactRuleTerms, c.Rule) > rankIn(contactRuleTerms, all.Rule) {
				all.Rule, all.Reason = c.Rule, c.Reason
			}
		}
	}
	return all, all.Source != ""
}

// Kept returns when a case is to be looked at again, and the last day it is kept;
// zero dates for never. What the case does not say itself is counted from the day
// it was opened, as the office does. Of decisions that crossed the earlier review
// and the earlier end count.
func (s *State) Kept() (review, until Date) {
	for _, n := range s.Keeping {
		review, until = earlier(review, n.Said.Review), earlier(until, n.Said.Until)
	}
	if s.CaseEntry.IsZero() {
		return review, until
	}
	for _, n := range s.Retention {
		r, e := n.Said.Of(s.Opened())
		if !s.says(func(k Keeping) string { return k.Review }) {
			review = earlier(review, r)
		}
		if !s.says(func(k Keeping) string { return k.Until }) {
			until = earlier(until, e)
		}
	}
	return review, until
}

// Opened returns when the case was opened; the zero time if nothing says so.
func (s *State) Opened() time.Time {
	i := slices.IndexFunc(s.History, func(i Item) bool { return i.Kind == KindCase })
	if i < 0 {
		return time.Time{}
	}
	return s.History[i].Time
}

// Of returns the day a case that was opened then is looked at again, and the last
// day it is kept, in EDTF; "" for never.
func (r Retention) Of(opened time.Time) (review, until string) {
	if 0 < r.ReviewMonths && r.ReviewMonths <= maxMonths {
		review = DateOf(opened.AddDate(0, r.ReviewMonths, 0)).String()
	}
	if 0 < r.KeepMonths && r.KeepMonths <= maxMonths {
		until = DateOf(opened.AddDate(0, r.KeepMonths, 0)).String()
	}
	return review, until
}

func (s *State) says(day func(Keeping) string) bool {
	return slices.ContainsFunc(s.Keeping, func(n Noted[Keeping]) bool { return day(n.Said) != "" })
}

func earlier(d Date, day string) Date {
	if _, ok := dayOf(day); !ok {
		return d
	}
	e, _ := ParseDate(day)
	if d.IsZero() || e.Earliest() < d.Earliest() {
		return e
	}
	return d
}

// folded returns a label as labels are compared.
func folded(label string) string {
	return strings.ToLower(strings.Join(strings.Fields(label), " "))
}
