package claim

import (
	"strings"

	"habeas/fault"
)

// MaxChain is how many links a chain can have. More would be a mistake.
const MaxChain = 8

// Decode reads the body of an entry of one of the kinds of this package into
// the type that belongs to it, such as *Claim. It refuses what can't be used at
// all: bad JSON, and references that are missing or point at the wrong sort of
// thing. Fields it does not know are ignored: a later version may have written
// them. See [Check] for what a new body must fulfil besides.
func Decode(kind string, body []byte) (any, error) {
	v := newBody(kind)
	if v == nil {
		return nil, fault.New(fault.Invalid, "claim.unknown_kind")
	}
	if err := unmarshal(body, v); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "claim.bad_body")
	}
	for _, r := range refsOf(v) {
		if !r.ok() {
			return nil, fault.New(fault.Invalid, "claim.bad_ref")
		}
	}
	return v, nil
}

func newBody(kind string) any {
	switch kind {
	case KindCase:
		return new(Case)
	case KindPerson:
		return new(Person)
	case KindSource:
		return new(Source)
	case KindPlace:
		return new(Place)
	case KindUnit:
		return new(Unit)
	case KindStatement:
		return new(Statement)
	case KindText:
		return new(Text)
	case KindClaim:
		return new(Claim)
	case KindWithdraw:
		return new(Withdraw)
	case KindUndo:
		return new(Undo)
	case KindForms:
		return new(Forms)
	case KindAct:
		return new(Act)
	case KindErased:
		return new(Erased)
	}
	return newAppealBody(kind)
}

// A refUse is one reference in a body and what it may be. Kinds with a "!" in
// front must be there.
type refUse struct {
	ref   Ref
	kinds string
}

func (u refUse) ok() bool {
	kinds, required := strings.CutPrefix(u.kinds, "!")
	if u.ref == "" {
		return !required
	}
	_, err := ParseRef(string(u.ref))
	return err == nil && strings.IndexByte(kinds, u.ref.Kind()) >= 0
}

func refsOf(body any) []refUse {
	switch b := body.(type) {
	case *Case:
		return []refUse{{b.Affected, "p"}}
	case *Person:
		return []refUse{{b.Ref, "!p"}}
	case *Source:
		return []refUse{{b.Ref, "!s"}, {b.Person, "p"}, {b.Unit, "u"}}
	case *Place:
		return []refUse{{b.Ref, "!l"}}
	case *Unit:
		return []refUse{{b.Ref, "!u"}}
	case *Statement:
		return []refUse{{b.Ref, "!t"}, {b.Source, "!s"}}
	case *Text:
		return []refUse{{b.Statement, "!t"}}
	case *Claim:
		uses := []refUse{{b.Statement, "!t"}, {b.Subject, "pelust"}, {b.Value.Ref, "pelus"}, {b.Where, "l"}}
		for _, l := range b.Chain {
			uses = append(uses, refUse{l.Source, "s"})
		}
		return uses
	case *Forms:
		return []refUse{{b.Person, "!p"}, {b.Statement, "t"}}
	case *Erased:
		uses := []refUse{{b.Statement, "!t"}}
		for _, d := range b.Dossiers {
			uses = append(uses, refUse{d, "d"})
		}
		return uses
	case *Act:
		uses := []refUse{{b.Person, "p"}, {b.Statement, "t"}, {b.Dossier, "d"}, {b.Appeal, "a"}}
		for _, w := range b.Waived {
			uses = append(uses, refUse{w.Person, "p"})
		}
		return uses
	}
	return appealRefs(body)
}

// Check reports what keeps body, a pointer to one of the bodies of this package,
// from being recorded: an unknown word, an impossible date, a value that does
// not fit its predicate. It does not look whether references point at anything.
func Check(body any) error {
	for _, r := range refsOf(body) {
		if !r.ok() {
			return fault.New(fault.Invalid, "claim.bad_ref")
		}
	}
	switch b := body.(type) {
	case *Case:
		return oneOf("about", b.About)
	case *Person:
		if b.Count < 0 {
			return fault.New(fault.Invalid, "claim.bad_count")
		}
		return oneOf("protection", b.Protection)
	case *Source:
		return first(must("source", b.Kind), oneOf("source-role", b.Role), oneOf("grade", b.Grade))
	case *Place:
		if b.Country != "" && !isCountry(b.Country) {
			return fault.New(fault.Invalid, "claim.bad_country", fault.Field("country"))
		}
		return first(must("place", b.Kind), oneOf("precision", b.Precision))
	case *Unit:
		return must("unit", b.Kind)
	case *Statement:
		if !isLang(b.Lang) {
			return errTerm()
		}
		return first(isDate(b.Said), isDate(b.Received), must("medium", b.Medium))
	case *Text:
		if b.Version < 1 {
			return fault.New(fault.Invalid, "claim.bad_version")
		}
	case *Claim:
		return b.check()
	case *Withdraw:
		return hasReason(b.Reason)
	case *Erased:
		return b.check()
	case *Act:
		return first(must("act", b.What), oneOf("audience", b.Audience))
	}
	return checkAppeal(body)
}

func (c *Claim) check() error {
	p, ok := LookUp("predicate", c.Predicate)
	if !ok {
		return errTerm()
	}
	if c.Stance != Asserts && c.Stance != Denies {
		return errTerm()
	}
	if c.Version < 1 || c.Start < 0 || c.Start >= c.End {
		return fault.New(fault.Invalid, "claim.no_passage")
	}
	if len(c.Chain) > MaxChain {
		return fault.New(fault.Invalid, "claim.long_chain")
	}
	if !p.fitsSubject(c) {
		return fault.New(fault.Invalid, "claim.wrong_subject")
	}
	if !p.fitsValue(c.Subject, c.Value) {
		return fault.New(fault.Invalid, "claim.wrong_value")
	}
	if !c.Replaces.IsZero() {
		if err := hasReason(c.Reason); err != nil {
			return err
		}
	}
	for _, l := range c.Chain {
		if err := oneOf("how", l.How); err != nil {
			return err
		}
	}
	return first(isDate(c.When), isDate(c.Value.Date), must("basis", c.Basis), oneOf("info", c.Info))
}

func (p Term) fitsSubject(c *Claim) bool {
	if c.Subject == "" {
		return p.Key == Exists && c.Value.Term != ""
	}
	return p.On == "" || strings.IndexByte(p.On, c.Subject.Kind()) >= 0
}

func (p Term) fitsValue(subject Ref, v Value) bool {
	switch p.Takes {
	case TakesTerm:
		return v == Value{Term: v.Term} && known(p.From, v.Term)
	case TakesRef:
		return v == Value{Ref: v.Ref, Role: v.Role} && (v.Ref.Kind() == RefPerson || v.Ref.Kind() == RefUnit) &&
			(p.From == "" && v.Role == "" || known(p.From, v.Role))
	case TakesPlace:
		return v == Value{Ref: v.Ref} && v.Ref.Kind() == RefPlace || v == Value{Term: v.Term} && known("place", v.Term)
	case TakesEvent:
		return v == Value{Ref: v.Ref} && v.Ref.Kind() == RefEvent && v.Ref != subject
	case TakesPattern:
		return v == Value{} && subject != "" || v == Value{Term: v.Term} && patternVocabulary(v.Term) != ""
	case TakesDate:
		return v == Value{Date: v.Date} && v.Date != "" && (p.Key != Born || yearOnly(v.Date))
	case TakesNumber:
		return v == Value{N: v.N} && v.N > 0 && (p.Key != Age || v.N <= oldest)
	case TakesText:
		return v == Value{Text: v.Text} && v.Text != ""
	}
	return false
}

// oldest is the highest age that is taken for one.
const oldest = 120

// yearOnly reports whether a date is a year, and no more exact.
func yearOnly(date string) bool {
	d, err := ParseDate(date)
	m := d.Parts().From
	return err == nil && !d.IsInterval() && m.Year != 0 && m.Month == 0 && m.Span == 0
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func must(vocabulary, key string) error {
	if !known(vocabulary, key) {
		return errTerm()
	}
	return nil
}

func oneOf(vocabulary, key string) error {
	if key == "" {
		return nil
	}
	return must(vocabulary, key)
}

// isCountry reports whether s has the form of an ISO 3166-1 alpha-2 code: there is
// no room in it for a name.
func isCountry(s string) bool {
	return len(s) == 2 && 'A' <= min(s[0], s[1]) && max(s[0], s[1]) <= 'Z'
}

// isLang reports whether s is empty or of the form of a short BCP 47 tag, such as
// "uk" or "zh-Hant-TW".
func isLang(s string) bool {
	main, rest, _ := strings.Cut(s, "-")
	return s == "" || 2 <= len(main) && len(main) <= 3 && len(rest) <= 7 && !strings.ContainsFunc(main+rest, func(r rune) bool {
		return r != '-' && (r < '0' || '9' < r && r < 'A' || 'Z' < r && r < 'a' || 'z' < r)
	})
}

func isDate(s string) error {
	_, err := ParseDate(s)
	return err
}

func hasReason(s string) error {
	if strings.TrimSpace(s) == "" {
		return fault.New(fault.Invalid, "claim.no_reason")
	}
	return nil
}
