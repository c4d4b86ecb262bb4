package claim

import (
	"habeas/fault"
)

// Kinds of entry about what may be done with what was told, and for how long it
// is kept. Like the others they hold no name.
const (
	KindConsent   = "consent"   // Consent; a later one of the same giver replaces it
	KindTurn      = "turn"      // Turn; a later one for the same person and term replaces it
	KindStop      = "stop"      // Stop; a later one for the same person replaces it
	KindCaution   = "caution"   // Caution; a later one for the same source replaces it
	KindKeeping   = "keeping"   // Keeping; a later one replaces it
	KindRetention = "retention" // Retention; likewise, in the office circle
)

// Consent is all that one giver agreed to about one statement. What its Uses do
// not name is not allowed; without any, the statement is for ourselves only.
//
// The fold keeps the consents of different givers apart: see [State.Outward] for
// how they count together.
type Consent struct {
	Statement Ref    `json:"statement"`
	Giver     string `json:"giver"`            // vocabulary "giver"
	Person    Ref    `json:"person,omitempty"` // whose consent it is, if GivenByPerson or GivenByFamily
	Uses      []Use  `json:"uses,omitempty"`
	Withdrawn bool   `json:"withdrawn,omitempty"` // all is taken back, whatever Uses says
	Pressure  bool   `json:"pressure,omitempty"`  // it was not given freely: nothing leaves

	Medium    string `json:"medium,omitempty"`    // vocabulary "consent-medium": how it was given
	Lang      string `json:"lang,omitempty"`      // BCP 47: in which language
	Explained string `json:"explained,omitempty"` // what the giver was told; name-free
	Reason    string `json:"reason,omitempty"`    // why it was withdrawn; name-free
}

// Givers, from the vocabulary.
const (
	GivenBySource = "source"    // who made the statement
	GivenByPerson = "person"    // whom it speaks of, for themselves
	GivenByFamily = "family"    // the family, on behalf of whom it speaks of
	GivenByNobody = "published" // it was said in public, or officially: there was nobody to ask
)

// MaxUses is how many uses a consent can name.
const MaxUses = 32

// A Use is one sort of recipient, and what they may be given. It holds on days
// from From until Until, both included, once Starts has come and until Ends has.
type Use struct {
	To    string `json:"to"`              // vocabulary "audience"
	Label string `json:"label,omitempty"` // which partner; name-free
	Named string `json:"named"`           // vocabulary "naming"
	Place string `json:"place"`           // vocabulary "exactness"

	From   string `json:"from,omitempty"`   // EDTF, a day
	Until  string `json:"until,omitempty"`  // EDTF, a day
	Starts string `json:"starts,omitempty"` // vocabulary "turn"
	Ends   string `json:"ends,omitempty"`   // vocabulary "turn"
	Of     Ref    `json:"of,omitempty"`     // whose release, departure or death Starts and Ends speak of
}

// Turn says that something which consents wait for has come, or that it has not.
// It is a member's act and no finding: what the file says of a release may be
// false, and would open what somebody closed.
type Turn struct {
	Person Ref    `json:"person"`
	What   string `json:"what"` // vocabulary "turn"
	Come   bool   `json:"come"`
	Reason string `json:"reason,omitempty"` // how we know; name-free
}

// Stop says that a person who was found wants no contact. What tells that they
// were found stays inside: see [State.Outward].
type Stop struct {
	Person Ref    `json:"person"`
	From   string `json:"from"`            // vocabulary "stop": whom they want no contact with
	Since  string `json:"since,omitempty"` // EDTF, the day of the first news of them
	Lifted bool   `json:"lifted,omitempty"`
	// Statements tell that the person was found; they stay inside as a whole.
	Statements []Ref  `json:"statements,omitempty"`
	Reason     string `json:"reason,omitempty"` // name-free
}

// MaxStopped is how many statements a stop can name.
const MaxStopped = 256

// Caution says that a source may be the danger.
type Caution struct {
	Source Ref    `json:"source"`
	Rule   string `json:"rule"` // vocabulary "contact-rule"
	Lifted bool   `json:"lifted,omitempty"`
	// Used lets what only they said leave all the same.
	Used   bool   `json:"used,omitempty"`
	Reason string `json:"reason,omitempty"` // name-free
}

// Keeping says when somebody looks at a case again, and until when it is kept.
type Keeping struct {
	Review string `json:"review,omitempty"` // EDTF, a day
	Until  string `json:"until,omitempty"`  // EDTF, a day
	Reason string `json:"reason,omitempty"` // name-free
}

// Retention is what holds for cases that nothing else was decided for, counted
// from the day they were opened. 0 is never.
type Retention struct {
	ReviewMonths int `json:"review_months,omitempty"`
	KeepMonths   int `json:"keep_months,omitempty"`
}

// maxMonths is the longest that an office keeps anything: a hundred years.
const maxMonths = 1200

// Decides reports whether entries of a kind decide what may leave and how long it
// is kept, so that whoever may not decide that must not be heeded.
func Decides(kind string) bool { return newConsentBody(kind) != nil }

func newConsentBody(kind string) any {
	switch kind {
	case KindConsent:
		return new(Consent)
	case KindTurn:
		return new(Turn)
	case KindStop:
		return new(Stop)
	case KindCaution:
		return new(Caution)
	case KindKeeping:
		return new(Keeping)
	case KindRetention:
		return new(Retention)
	}
	return nil
}

func consentRefs(body any) []refUse {
	switch b := body.(type) {
	case *Consent:
		uses := []refUse{{b.Statement, "!t"}, {b.Person, "p"}}
		for _, u := range b.Uses {
			uses = append(uses, refUse{u.Of, "p"})
		}
		return uses
	case *Turn:
		return []refUse{{b.Person, "!p"}}
	case *Stop:
		uses := []refUse{{b.Person, "!p"}}
		for _, t := range b.Statements {
			uses = append(uses, refUse{t, "!t"})
		}
		return uses
	case *Caution:
		return []refUse{{b.Source, "!s"}}
	}
	return nil
}

func checkConsent(body any) error {
	switch b := body.(type) {
	case *Consent:
		return b.check()
	case *Turn:
		return must("turn", b.What)
	case *Stop:
		if len(b.Statements) > MaxStopped {
			return fault.New(fault.Invalid, "consent.too_many")
		}
		if b.Since == "" && !b.Lifted {
			return fault.New(fault.Invalid, "consent.bad_day", fault.Field("since"))
		}
		return first(must("stop", b.From), isDay(fault.Field("since"), b.Since))
	case *Caution:
		if b.Used || b.Lifted {
			return first(must("contact-rule", b.Rule), hasReason(b.Reason))
		}
		return must("contact-rule", b.Rule)
	case *Keeping:
		return first(isDay(fault.Field("review"), b.Review), isDay(fault.Field("until"), b.Until))
	case *Retention:
		if min(b.ReviewMonths, b.KeepMonths) < 0 || max(b.ReviewMonths, b.KeepMonths) > maxMonths {
			return fault.New(fault.Invalid, "keeping.bad_months")
		}
	}
	return nil
}

func (c *Consent) check() error {
	if (c.Giver == GivenByPerson || c.Giver == GivenByFamily) != (c.Person != "") {
		return fault.New(fault.Invalid, "consent.whose", fault.Field("giver"))
	}
	if len(c.Uses) > MaxUses {
		return fault.New(fault.Invalid, "consent.too_many")
	}
	if !isLang(c.Lang) {
		return errTerm()
	}
	said := map[[2]string]bool{}
	for _, u := range c.Uses {
		if err := u.check(); err != nil {
			return err
		}
		if said[u.reader()] {
			return fault.New(fault.Invalid, "consent.twice")
		}
		said[u.reader()] = true
	}
	return first(must("giver", c.Giver), oneOf("consent-medium", c.Medium))
}

func (u Use) reader() [2]string { return [2]string{u.To, folded(u.Label)} }

func (u Use) check() error {
	if (u.To == ToPartner) != (folded(u.Label) != "") {
		return fault.New(fault.Invalid, "consent.which_partner", fault.Field("partner"))
	}
	if (u.Starts != "" || u.Ends != "") && u.Of == "" {
		return fault.New(fault.Invalid, "consent.turn_of_whom", fault.Field("of"))
	}
	return first(must("audience", u.To), must("naming", u.Named), must("exactness", u.Place),
		isDay(fault.Field("from"), u.From), isDay(fault.Field("until"), u.Until), oneOf("turn", u.Starts), oneOf("turn", u.Ends))
}

// isDay fails if s is neither empty nor a day of the calendar.
func isDay(field fault.Arg, s string) error {
	if s == "" {
		return nil
	}
	if _, ok := dayOf(s); !ok {
		return fault.New(fault.Invalid, "consent.bad_day", field)
	}
	return nil
}

func dayOf(s string) (Day, bool) {
	d, err := ParseDate(s)
	if err != nil || d.IsZero() || d.IsInterval() || d.Earliest() != d.Latest() {
		return 0, false
	}
	return d.Earliest(), true
}
