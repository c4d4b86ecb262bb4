package claim

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"habeas/fault"
	"habeas/ledger"
)

// Kinds of entry about letters to authorities. Like the others they hold no name:
// numbers a letter got and addresses on it are on the vault side, for they lead to a
// family.
const (
	KindAuthority = "authority"   // Authority, in the office circle; a later one for the same unit replaces it
	KindAppeal    = "appeal"      // Appeal; a later one for the same Ref replaces it
	KindStep      = "appeal-step" // Step
)

// Authority is what is known of writing to a body that is recorded as a [Unit].
// Its addresses are public.
type Authority struct {
	Unit         Ref    `json:"unit"`
	Jurisdiction string `json:"jurisdiction"` // ISO 3166-1 alpha-2, or UN or COE
	// Body is the id of its kind in the register of package appeal, such as
	// RU-PROSECUTOR; empty if nobody said, as in entries that are older.
	Body     string    `json:"body,omitempty"`
	Channels []Channel `json:"channels,omitempty"`
	// Within are the unit it belongs to and the places it runs: who is said to
	// have harmed somebody there may read what is sent to it.
	Within []Ref `json:"within,omitempty"`
}

// A Channel is one way to an authority.
type Channel struct {
	By      string `json:"by"`                // vocabulary "channel"
	Address string `json:"address,omitempty"` // public
	Reveals bool   `json:"reveals,omitempty"` // it tells the state who sent it, whatever the letter says
}

// MaxChannels is how many channels an authority can have, and how many units and
// places it can belong to.
const MaxChannels = 16

// A RuleVersion names a term of the law as it was when something was reckoned by it.
type RuleVersion struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
}

// Appeal is a letter to an authority, before it is written and after. What became
// of it is in its Steps.
type Appeal struct {
	Ref       Ref           `json:"ref"`
	Title     string        `json:"title"` // name-free
	Kind      string        `json:"kind"`  // vocabulary "appeal"
	Authority Ref           `json:"authority"`
	Rules     []RuleVersion `json:"rules,omitempty"` // the terms that run for it, theirs and ours
	About     []Ref         `json:"about,omitempty"` // persons
	Parent    Ref           `json:"parent,omitempty"`
	Came      string        `json:"came,omitempty"`     // vocabulary "appeal-origin": what the parent is to it
	Batch     ledger.ID     `json:"batch,omitzero"`     // of the same letter for several families
	VaultKey  ledger.ID     `json:"vault_key,omitzero"` // the source key its numbers are under
	Warned    bool          `json:"warned,omitempty"`   // its author was told that the body is said to have harmed somebody, and goes on
}

// Bounds of what an appeal may list.
const (
	MaxRules = 8
	MaxAbout = 64
)

// What a Step can be, of the vocabulary "appeal-step".
const (
	StepSent       = "sent"
	StepReceived   = "received"
	StepRegistered = "registered"
	StepKnown      = "known"    // we learned what a term of ours runs from
	StepHappened   = "happened" // what a term of ours runs from took place
	StepExtended   = "extended"
	StepForwarded  = "forwarded"
	StepFollow     = "follow" // its procedure moved on: Follow says where to
	StepAnswered   = "answered"
	StepSilent     = "silent" // no answer came, and a member says so
	StepClosed     = "closed" // nothing more is to be done
	StepDue        = "due"    // people are woken for a term, on the day On
	StepHeeded     = "heeded" // somebody has seen that it ends
	StepLetter     = "letter" // a dossier is what it says
	StepErased     = "erased" // its numbers and the address for the answer were destroyed
)

// Answers, of the vocabulary "answer", that have a meaning here.
const (
	AnswerForwarded = "forwarded"
	AnswerExtended  = "extended"
	AnswerAsks      = "asks"  // for more
	AnswerToken     = "token" // words that answer nothing
	AnswerNone      = "none"
)

// Step is something that happened to an appeal.
type Step struct {
	Appeal    Ref         `json:"appeal"`
	What      string      `json:"what"`                // vocabulary "appeal-step"
	On        string      `json:"on,omitempty"`        // EDTF
	Clock     string      `json:"clock,omitempty"`     // hh:mm at the place of the addressee, for terms of hours
	By        string      `json:"by,omitempty"`        // vocabulary "channel", of what was sent
	Extension string      `json:"extension,omitempty"` // which of its rule's
	Statement Ref         `json:"statement,omitempty"` // the answer, as what the authority said
	Answer    string      `json:"answer,omitempty"`    // vocabulary "answer"
	Impact    string      `json:"impact,omitempty"`    // vocabulary "impact"
	Follow    string      `json:"follow,omitempty"`    // vocabulary "follow", with StepFollow
	To        Ref         `json:"to,omitempty"`        // the appeal it became at another body
	Dossier   Ref         `json:"dossier,omitempty"`   // with StepLetter
	Receipt   Ref         `json:"receipt,omitempty"`   // the exhibit that proves it, see [Receipted]
	Rule      RuleVersion `json:"rule,omitzero"`       // with StepDue and StepHeeded, and of the term that began
	Of        ledger.ID   `json:"of,omitzero"`         // with StepHeeded: the StepDue that is over
	Replaces  ledger.ID   `json:"replaces,omitzero"`   // the step this one corrects
	Void      bool        `json:"void,omitempty"`      // the step it replaces did not happen
	Reason    string      `json:"reason,omitempty"`    // name-free
	Why       ledger.Why  `json:"why,omitempty"`       // with StepErased
}

// Receipted reports whether a step of a sort can have a receipt: that a letter was
// sent, came, or got a number.
func Receipted(what string) bool {
	return slices.Contains([]string{StepSent, StepReceived, StepRegistered}, what)
}

// Appealed is an appeal with what became of it.
type Appealed struct {
	Appeal
	Entry  ledger.ID // the one that counts
	Author ledger.ID
	Time   time.Time // when it was first recorded
	Steps  []Noted[Step]
}

// Last returns the newest step of a sort that counts, and whether there is one.
func (a *Appealed) Last(what string) (Noted[Step], bool) {
	for _, s := range slices.Backward(a.Steps) {
		if s.Said.What == what {
			return s, true
		}
	}
	return Noted[Step]{}, false
}

// Answered returns the last reply that ends the duty to answer. That it was sent
// on, that it takes longer, that more is wanted and words that answer nothing do
// not.
func (a *Appealed) Answered() (Noted[Step], bool) {
	for _, s := range slices.Backward(a.Steps) {
		if s.Said.What == StepAnswered && Answers(s.Said.Answer) {
			return s, true
		}
	}
	return Noted[Step]{}, false
}

// Answers reports whether a reply of this sort ends the duty to answer.
func Answers(kind string) bool {
	return !slices.Contains([]string{AnswerForwarded, AnswerExtended, AnswerAsks, AnswerToken, AnswerNone, ""}, kind)
}

// Stages of an appeal, of the vocabulary "appeal-stage", in the order it goes
// through them.
const (
	Drafted       = "drafted"
	Sent          = "sent"
	Received      = "received"
	Registered    = "registered"
	StageExtended = "extended"
	Forwarded     = "forwarded"
	StageAnswered = "answered"
	Silent        = "silent"
	Escalated     = "escalated"
	Closed        = "closed"
)

// Stage returns how far an appeal has come. Whether it is overdue is for who knows
// its rules to say.
func (s *State) Stage(a *Appealed) string {
	has := func(what string) bool { _, ok := a.Last(what); return ok }
	_, answered := a.Answered()
	escalated := slices.ContainsFunc(s.Appeals, func(c *Appealed) bool { return c.Parent == a.Ref && c.Came == CameEscalation && !c.GivenUp() })
	for _, st := range []struct {
		is    bool
		stage string
	}{
		{has(StepClosed), Closed}, {answered, StageAnswered}, {escalated, Escalated}, {has(StepForwarded), Forwarded}, {has(StepSilent), Silent},
		{has(StepExtended), StageExtended}, {has(StepRegistered), Registered}, {has(StepReceived), Received}, {has(StepSent), Sent},
	} {
		if st.is {
			return st.stage
		}
	}
	return Drafted
}

// What a parent can be to an appeal, of the vocabulary "appeal-origin".
const (
	CameRedirect   = "redirect"   // the parent was sent on to this body
	CameEscalation = "escalation" // the parent was not answered, or badly
	CameObjection  = "objection"  // the parent was answered, and this says what is wrong with that
	CameBeside     = "beside"     // the parent goes on, and this one with it: another procedure for the same matter
)

// Words of the vocabulary "follow" that have a meaning here: with one of Ends the
// procedure is over, and with one of ToState the State's term begins.
var (
	followEnds    = []string{"not-registered", "clarified", "discontinued", "closed", "located", "opinion", "views"}
	followToState = []string{"transmitted", "sent-to-state", "note-verbale"}
)

// PassesOn reports whether a word of the vocabulary "follow" says that a body passed a
// communication on to the State.
func PassesOn(follow string) bool { return slices.Contains(followToState, follow) }

// GivenUp reports whether an appeal was closed without ever being sent: it took nothing
// further, and met no term.
func (a *Appealed) GivenUp() bool {
	_, sent := a.Last(StepSent)
	_, closed := a.Last(StepClosed)
	return closed && !sent
}

// Over reports whether the body that an appeal went to has ended its procedure.
func (a *Appealed) Over() bool {
	return slices.ContainsFunc(a.Steps, func(s Noted[Step]) bool {
		return s.Said.What == StepFollow && slices.Contains(followEnds, s.Said.Follow)
	})
}

// ToState returns the first step with which a body passed an appeal on to the State,
// and whether there is one.
func (a *Appealed) ToState() (Noted[Step], bool) {
	i := slices.IndexFunc(a.Steps, func(s Noted[Step]) bool {
		return s.Said.What == StepFollow && PassesOn(s.Said.Follow)
	})
	if i < 0 {
		return Noted[Step]{}, false
	}
	return a.Steps[i], true
}

// Appeal returns an appeal.
func (s *State) Appeal(ref Ref) (*Appealed, bool) {
	i := slices.IndexFunc(s.Appeals, func(a *Appealed) bool { return a.Ref == ref })
	if i < 0 {
		return nil, false
	}
	return s.Appeals[i], true
}

// Authority returns what is known of writing to a unit. Of what crossed the last
// counts, with the ways and the belongings of all.
func (s *State) Authority(unit Ref) (Authority, bool) {
	all := s.authorities[unit]
	if len(all) == 0 {
		return Authority{}, false
	}
	a := all[len(all)-1].Said
	for _, n := range all[:len(all)-1] {
		for _, ref := range n.Said.Within {
			if !slices.Contains(a.Within, ref) {
				a.Within = append(slices.Clone(a.Within), ref)
			}
		}
	}
	return a, true
}

// WithBodies returns a state that knows of the bodies that can be written to what another
// does, and is s otherwise.
func (s *State) WithBodies(office *State) *State {
	with := *s
	with.authorities = office.authorities
	return &with
}

// Authorities returns the units that can be written to, in order.
func (s *State) Authorities() []Ref {
	var refs []Ref
	for ref := range s.authorities {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return refs
}

// appeals puts appeals and their steps together.
func (f *folding) appeals() {
	of := map[Ref]*Appealed{}
	for _, a := range f.Appeals {
		of[a.Ref] = a
	}
	gone := map[ledger.ID]bool{}
	for _, n := range f.steps {
		if before, ok := f.byID[n.body.(*Step).Replaces]; ok {
			if s, is := before.body.(*Step); is && s.Appeal == n.body.(*Step).Appeal {
				gone[before.ID] = true
			}
		}
	}
	for _, n := range f.steps {
		b := n.body.(*Step)
		a := of[b.Appeal]
		switch {
		case a == nil:
			f.problem(n, "claim.no_appeal")
		case !gone[n.ID] && !b.Void:
			a.Steps = append(a.Steps, noted(*b, n))
		}
	}
}

func newAppealBody(kind string) any {
	switch kind {
	case KindAuthority:
		return new(Authority)
	case KindAppeal:
		return new(Appeal)
	case KindStep:
		return new(Step)
	}
	return newConsentBody(kind)
}

func appealRefs(body any) (uses []refUse) {
	switch b := body.(type) {
	case *Authority:
		uses = []refUse{{b.Unit, "!u"}}
		for _, r := range b.Within {
			uses = append(uses, refUse{r, "!ul"})
		}
	case *Appeal:
		uses = []refUse{{b.Ref, "!a"}, {b.Authority, "!u"}, {b.Parent, "a"}}
		for _, r := range b.About {
			uses = append(uses, refUse{r, "!p"})
		}
	case *Step:
		uses = []refUse{{b.Appeal, "!a"}, {b.Statement, "t"}, {b.To, "a"}, {b.Dossier, "d"}, {b.Receipt, "x"}}
	default:
		return consentRefs(body)
	}
	return uses
}

func checkAppeal(body any) error {
	switch b := body.(type) {
	case *Authority:
		return b.check()
	case *Appeal:
		return b.check()
	case *Step:
		return b.check()
	}
	return checkConsent(body)
}

func (a *Authority) check() error {
	if !isJurisdiction(a.Jurisdiction) {
		return fault.New(fault.Invalid, "appeal.bad_jurisdiction", fault.Field("jurisdiction"))
	}
	if a.Body != "" && !bodyForm.MatchString(a.Body) {
		return fault.New(fault.Invalid, "claim.unknown_term", fault.Field("body_kind"))
	}
	if max(len(a.Channels), len(a.Within)) > MaxChannels {
		return fault.New(fault.Invalid, "appeal.too_many")
	}
	for _, c := range a.Channels {
		if err := must("channel", c.By); err != nil {
			return err
		}
	}
	return nil
}

// bodyForm is how the register writes the id of a kind of body.
var bodyForm = regexp.MustCompile(`^[A-Z][A-Z0-9-]{1,39}$`)

// isJurisdiction reports whether s names whose law holds.
func isJurisdiction(s string) bool { return isCountry(s) || s == "COE" }

func (a *Appeal) check() error {
	if strings.TrimSpace(a.Title) == "" {
		return fault.New(fault.Invalid, "appeal.no_title", fault.Field("title"))
	}
	if len(a.Rules) > MaxRules || len(a.About) > MaxAbout {
		return fault.New(fault.Invalid, "appeal.too_many")
	}
	if (a.Parent == "") != (a.Came == "") || a.Parent == a.Ref {
		return errTerm()
	}
	return first(must("appeal", a.Kind), oneOf("appeal-origin", a.Came))
}

func (s *Step) check() error {
	dated := !slices.Contains([]string{StepSilent, StepClosed, StepHeeded, StepLetter, StepErased}, s.What)
	if d, err := ParseDate(s.On); !s.Void && (err != nil || dated && d.IsZero()) {
		return fault.New(fault.Invalid, "appeal.bad_day", fault.Field("on"))
	}
	if _, err := time.Parse("15:04", s.Clock); s.Clock != "" && err != nil {
		return fault.New(fault.Invalid, "appeal.bad_clock", fault.Field("clock"))
	}
	if (s.What == StepFollow) != (s.Follow != "") {
		return fault.New(fault.Invalid, "appeal.which_follow", fault.Field("follow"))
	}
	if (s.What == StepAnswered) != (s.Answer != "") {
		return fault.New(fault.Invalid, "appeal.which_answer", fault.Field("answer"))
	}
	if (s.What == StepErased) != slices.Contains(ledger.Reasons(), s.Why) {
		return errTerm()
	}
	if s.Receipt != "" && (!Receipted(s.What) || s.Void) {
		return fault.New(fault.Invalid, "appeal.no_receipt", fault.Field("step_receipt"))
	}
	if !s.Replaces.IsZero() || s.Void {
		if err := hasReason(s.Reason); err != nil {
			return err
		}
	}
	return first(must("appeal-step", s.What), oneOf("follow", s.Follow), oneOf("channel", s.By), oneOf("answer", s.Answer), oneOf("impact", s.Impact))
}
