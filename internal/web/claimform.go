package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/ledger"
)

// What a claim can be, on the form. Each is a few predicates of the vocabulary.
const (
	kindEvent   = "event"   // occurred, with those involved
	kindStatus  = "status"  // a facet, rank or capacity of a person
	kindTie     = "tie"     // relation, member-of
	kindGeneral = "general" // exists
	kindSaid    = "said"    // said
	kindFixed   = "fixed"   // on a correction: what is claimed stays as it is
)

// How many of each a form has room for.
const (
	formInvolved = 3
	formChain    = 3
)

// claimFields are the fields of the form that takes a claim from a passage.
type claimFields struct {
	P        *locale.Printer
	Sentence int
	Speaker  string // who made the statement
	Find     bool   // with the field that script finds events and states with
	Kinds    []Option

	Type, Event        Field
	Involved           []pair
	About, Status      Field
	Years              Field // of an age, or the year of birth
	Person, Tie, Other Field
	Pattern            Field
	Whom, Words        Field
	When, Where        Field
	Stance, Basis      Field
	Info               Field
	Chain              []pair
	Quote              Field
	InvolvedOpen       bool // something stands behind the first
	ChainOpen          bool
	QuoteOpen          bool
}

// A start is what stands in a claim's form before anybody typed: of the claim
// that is corrected, or of the one that was taken before.
type start struct {
	kind string
	claim.Claim
	involved []claim.Involvement
	quote    string
}

// claimForm returns the fields of a form for a claim in a statement of source.
func (t teller) claimForm(in Part, source claim.Ref, sentence int, from start) claimFields {
	c := claimFields{P: t.p, Sentence: sentence, Speaker: t.covered().source(source).Text}
	kind := from.kind
	if typed := in.Form.Get("kind"); typed != "" {
		kind = typed
	}
	for _, k := range []string{kindEvent, kindStatus, kindTie, kindGeneral, kindSaid} {
		c.Kinds = append(c.Kinds, Option{Value: k, Label: t.p.T("ui.take.kind." + k), Chosen: k == kind})
	}
	if kind == kindFixed {
		c.Kinds = []Option{{Value: kindFixed, Label: t.p.T("ui.take.kind.fixed"), Chosen: true}}
	}
	c.what(t, in, from)
	c.When = in.Filled("when", from.When)
	c.Where = in.Choose("where", string(from.Where), t.placeOptions())
	stance := from.Stance
	if stance == "" {
		stance = claim.Asserts
	}
	basis, info := from.Basis, from.Info
	if basis == "" {
		basis = "witnessed"
	}
	if info == "" {
		info = "6"
	}
	c.Stance = in.Choose("stance", stance, terms(t.p, "stance"))
	c.Basis = in.Choose("basis", basis, terms(t.p, "basis"))
	c.Info = in.Choose("info", info, coded(terms(t.p, "info")))
	c.chain(t, in, from.Chain)
	c.Quote = in.Filled("quote", from.quote)
	c.QuoteOpen = c.Quote.Value != ""
	return c
}

// what fills the fields of what is claimed, kind by kind.
func (c *claimFields) what(t teller, in Part, from start) {
	p := t.p
	choose := Option{Label: p.T("ui.pick.choose")}
	persons := t.personOptions()
	both := append(slices.Clone(persons), t.unitOptions()...)
	key := func(predicates ...string) string {
		if slices.Contains(predicates, from.Predicate) {
			return from.Predicate + ":" + from.Value.Term + from.Value.Role
		}
		return ""
	}
	subject := string(from.Subject)
	c.Type = in.Choose("type", ifKind(from, kindEvent, from.Value.Term), append([]Option{choose}, t.eventTypes()...))
	c.Event = in.Choose("event", ifKind(from, kindEvent, subject), append([]Option{{Label: p.T("ui.take.event.new")}}, t.eventOptions()...))
	for i := range formInvolved {
		n, ref, role := strconv.Itoa(i+1), "", "victim"
		if i < len(from.involved) {
			ref, role = string(from.involved[i].Who), from.involved[i].Role
		} else if i > 0 {
			role = "present"
		}
		one := in.Choose("who"+n, ref, append([]Option{{Label: p.T("ui.pick.nobody")}}, both...))
		two := in.Choose("role"+n, role, terms(p, "role"))
		one.Label, two.Label = p.T("ui.take.who", n), p.T("ui.take.role", n)
		c.Involved = append(c.Involved, pair{one, two})
		c.InvolvedOpen = c.InvolvedOpen || i > 0 && one.Value != ""
	}
	about := ""
	if from.Subject.Kind() == claim.RefPerson {
		about = subject
	}
	c.About = in.Choose("subject", about, append([]Option{choose}, persons...))
	c.Status = in.Choose("status", key(append(claim.Facets(), "rank", "capacity", claim.Age, claim.Born)...), append([]Option{choose}, t.statusOptions()...))
	c.Years = in.Filled("years", yearsOf(from.Value))
	c.Person = in.Choose("person", about, append([]Option{choose}, persons...))
	c.Tie = in.Choose("tie", key("relation", "member-of"), t.tieOptions())
	c.Other = in.Choose("other", ifKind(from, kindTie, string(from.Value.Ref)), append([]Option{choose}, both...))
	c.Pattern = in.Choose("pattern", ifKind(from, kindGeneral, from.Value.Term), append([]Option{choose}, t.patternOptions()...))
	c.Whom = in.Choose("whom", about, append([]Option{{Label: p.T("ui.pick.nobody")}}, persons...))
	c.Words = in.Filled("words", ifKind(from, kindSaid, from.Value.Text))
}

func ifKind(from start, kind, value string) string {
	if from.kind == kind {
		return value
	}
	return ""
}

func (c *claimFields) chain(t teller, in Part, links []claim.Link) {
	sources := append([]Option{{Label: t.p.T("ui.take.chain.end")}, {Value: "?", Label: t.p.T("ui.voice.unknown")}}, t.sourceOptions()...)
	hows := append([]Option{{Label: t.p.T("ui.pick.unsaid")}}, terms(t.p, "how")...)
	for i := range formChain {
		n, source, how := strconv.Itoa(i+1), "", ""
		if i < len(links) {
			source, how = string(links[i].Source), links[i].How
			if source == "" {
				source = "?"
			}
		}
		one, two := in.Choose("src"+n, source, sources), in.Choose("how"+n, how, hows)
		one.Label, two.Label = t.p.T("ui.take.chain.from", n), t.p.T("ui.take.chain.how", n)
		c.Chain = append(c.Chain, pair{one, two})
		c.ChainOpen = c.ChainOpen || i > 0 && one.Value != ""
	}
}

// A taken is a claim form that was read: one claim, or several about one event.
type taken struct {
	claim.Claim
	event *habeas.EventClaims
}

// readClaim reads the form of [teller.claimForm]. passage says which words of
// which text it is about.
func readClaim(f *Form, passage claim.Claim) (taken, error) {
	c := passage
	c.When, c.Where = f.Trimmed("when"), claim.Ref(f.Get("where"))
	c.Stance, c.Basis, c.Info = f.Get("stance"), f.Get("basis"), f.Get("info")
	if _, err := claim.ParseDate(c.When); err != nil {
		return taken{}, fault.Wrap(err, fault.Invalid, "claim.bad_date", fault.Field("when"))
	}
	c.Chain = nil
	for i := 1; i <= formChain; i++ {
		n := strconv.Itoa(i)
		if src := f.Get("src" + n); src != "" {
			link := claim.Link{How: f.Get("how" + n)}
			if src != "?" {
				link.Source = claim.Ref(src)
			}
			c.Chain = append(c.Chain, link)
		}
	}
	switch f.Get("kind") {
	case kindEvent:
		return readEvent(f, c)
	case kindStatus:
		return readStatus(f, c)
	case kindTie:
		predicate, role, _ := strings.Cut(f.Get("tie"), ":")
		c.Subject, c.Predicate, c.Value = claim.Ref(f.Get("person")), predicate, claim.Value{Ref: claim.Ref(f.Get("other")), Role: role}
		if c.Subject == "" {
			return taken{}, fault.New(fault.Invalid, "claim.missing", fault.Field("person"))
		}
		if c.Value.Ref == "" {
			return taken{}, fault.New(fault.Invalid, "claim.missing", fault.Field("other"))
		}
	case kindGeneral:
		c.Subject, c.Predicate, c.Value = "", claim.Exists, claim.Value{Term: f.Get("pattern")}
		if c.Value.Term == "" {
			return taken{}, fault.New(fault.Invalid, "claim.missing", fault.Field("pattern"))
		}
	case kindSaid:
		c.Subject, c.Predicate, c.Value = claim.Ref(f.Get("whom")), "said", claim.Value{Text: f.Trimmed("words")}
		if c.Value.Text == "" {
			return taken{}, fault.New(fault.Invalid, "claim.missing", fault.Field("words"))
		}
	case kindFixed:
		// What is claimed stays as passage has it.
	default:
		return taken{}, fault.New(fault.Invalid, "claim.no_kind")
	}
	return taken{Claim: c}, nil
}

func readStatus(f *Form, c claim.Claim) (taken, error) {
	if f.Get("subject") == "" {
		return taken{}, fault.New(fault.Invalid, "claim.missing", fault.Field("subject"))
	}
	predicate, term, ok := strings.Cut(f.Get("status"), ":")
	if !ok {
		return taken{}, fault.New(fault.Invalid, "claim.missing", fault.Field("status"))
	}
	c.Subject, c.Predicate, c.Value = claim.Ref(f.Get("subject")), predicate, claim.Value{Term: term}
	if predicate == claim.Age || predicate == claim.Born {
		n, err := strconv.Atoi(f.Trimmed("years"))
		if err != nil {
			return taken{}, fault.New(fault.Invalid, "claim.missing", fault.Field("years"))
		}
		if c.Value.N = n; predicate == claim.Born {
			c.Value = claim.Value{Date: strconv.Itoa(n)}
		}
	}
	if predicate == claim.Location && term == "" {
		if c.Where == "" {
			return taken{}, fault.New(fault.Invalid, "claim.missing", fault.Field("where"))
		}
		c.Value.Ref = c.Where
	}
	return taken{Claim: c}, nil
}

// yearsOf returns the number of an age, or of the year of birth.
func yearsOf(v claim.Value) string {
	if v.N != 0 {
		return strconv.Itoa(v.N)
	}
	return v.Date
}

func readEvent(f *Form, c claim.Claim) (taken, error) {
	e := habeas.EventClaims{Event: claim.Ref(f.Get("event")), Type: f.Get("type")}
	if e.Type == "" {
		return taken{}, fault.New(fault.Invalid, "claim.missing", fault.Field("type"))
	}
	for i := 1; i <= formInvolved; i++ {
		n := strconv.Itoa(i)
		if ref := f.Get("who" + n); ref != "" {
			e.Involved = append(e.Involved, habeas.Involved{Role: f.Get("role" + n), Ref: claim.Ref(ref)})
		}
	}
	e.Passage = c
	c.Subject, c.Predicate, c.Value = e.Event, claim.Occurred, claim.Value{Term: e.Type}
	return taken{Claim: c, event: &e}, nil
}

func (s *Server) takeClaim(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	reading, err := s.Desk.Reading(r.Context(), by, id, st)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(f.Get("s"))
	if err != nil || n < 1 || n > len(reading.Pieces) || !reading.Settled {
		return fault.New(fault.Invalid, "claim.no_passage")
	}
	passage := claim.Claim{Statement: st, Version: reading.Version}
	if passage.Start, passage.End, err = quoted(reading.Pieces[n-1], f.Trimmed("quote")); err != nil {
		return err
	}
	t, err := readClaim(f, passage)
	if err != nil {
		return err
	}
	if t.event != nil {
		_, err = s.Desk.RecordEvent(r.Context(), by, id, *t.event)
	} else {
		_, err = s.Desk.Record(r.Context(), by, id, t.Claim)
	}
	if err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/statement/"+bare(st)+"?done="+strconv.Itoa(n)+"#s-"+strconv.Itoa(n))
}

// quoted returns where words stand in a sentence as its reader sees it; without
// words, the whole sentence. A passage never cuts a person in two.
func quoted(p habeas.Piece, words string) (start, end int, err error) {
	if words == "" {
		return p.Start, p.End, nil
	}
	var text strings.Builder
	var at []int // for each byte of text, its place in the working text
	for _, run := range p.Runs {
		for i := range len(run.Text) {
			pos := run.Start + i
			if run.Person != "" {
				pos = run.Start
			}
			at = append(at, pos)
		}
		text.WriteString(run.Text)
	}
	i := strings.Index(text.String(), words)
	if i < 0 {
		return 0, 0, fault.New(fault.Invalid, "claim.quote_not_there", fault.Field("quote"))
	}
	start, end = at[i], p.End
	if j := i + len(words); j < len(at) {
		end = at[j]
	}
	for _, run := range p.Runs {
		if run.Person != "" && run.Start < end && end < run.End || run.Person != "" && end == run.Start && at[i+len(words)-1] == run.Start {
			end = run.End
		}
	}
	return start, end, nil
}

// claimPage corrects a claim, or takes it back.
type claimPage struct {
	caseFrame
	Claim       claimView
	TextLang    string
	Passage     string
	Start       Part
	Fixed       string // says that what is claimed can't be changed here, if so
	Fields      claimFields
	Reason      Field
	Withdraw    Part
	WithdrawWhy Field
	Back        string
}

func (s *Server) claimPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	_, entry, err := caseEntry(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "")
	if err != nil {
		return err
	}
	old, ok := c.t.st.Recorded(entry)
	if !ok {
		return fault.New(fault.NotFound, "claim.none")
	}
	telling, _ := c.t.st.Statement(old.Statement)
	text, _ := telling.Version(old.Version)
	p := claimPage{caseFrame: c, Claim: c.t.claim(old), TextLang: telling.Lang, Passage: c.t.shown(c.t.st.Passage(old.Claim)), Back: c.t.claimHref(old)}
	p.Start, p.Withdraw = c.In("edit"), c.In("withdraw")
	from := start{kind: kindOf(old.Claim), Claim: old.Claim}
	if from.kind == kindFixed {
		p.Fixed = c.P.T("ui.edit.fixed")
	}
	p.Fields = c.t.claimForm(p.Start, old.Source, sentenceOf(text.Text, old.Start), from)
	p.Fields.Involved = nil  // each involvement is a claim of its own
	p.Fields.Quote = Field{} // a correction is about the same passage
	p.Reason, p.WithdrawWhy = p.Start.Needed("reason"), p.Withdraw.Needed("reason")
	return s.show(w, f, "claim_edit", p)
}

// kindOf returns which part of the form a claim belongs to.
func kindOf(c claim.Claim) string {
	term, _ := claim.LookUp("predicate", c.Predicate)
	switch {
	case c.Predicate == claim.Occurred:
		return kindEvent
	case term.Facet, c.Predicate == "rank", c.Predicate == "capacity", c.Predicate == claim.Age, c.Predicate == claim.Born:
		return kindStatus
	case c.Predicate == "relation", c.Predicate == "member-of":
		return kindTie
	case c.Predicate == claim.Exists && c.Subject == "":
		return kindGeneral
	case c.Predicate == "said":
		return kindSaid
	}
	return kindFixed
}

func (s *Server) correctClaim(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, entry, err := caseEntry(r)
	if err != nil {
		return err
	}
	file, err := s.Desk.Case(r.Context(), by, id)
	if err != nil {
		return err
	}
	old, ok := file.State.Recorded(entry)
	if !ok {
		return fault.New(fault.NotFound, "claim.none")
	}
	t, err := readClaim(f, old.Claim)
	if err != nil {
		return err
	}
	c := t.Claim
	if c.Predicate == claim.Occurred && c.Subject == "" {
		c.Subject = claim.NewRef(claim.RefEvent)
	}
	c.Replaces, c.Reason = ledger.ID{}, f.Trimmed("reason")
	added, err := s.Desk.Correct(r.Context(), by, id, entry, c)
	if err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/statement/"+bare(c.Statement)+"#"+claimAnchor(added))
}

func (s *Server) withdrawClaim(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, entry, err := caseEntry(r)
	if err != nil {
		return err
	}
	if f.Trimmed("reason") == "" {
		return fault.New(fault.Invalid, "record.no_reason", fault.Field("reason"))
	}
	file, err := s.Desk.Case(r.Context(), by, id)
	if err != nil {
		return err
	}
	old, ok := file.State.Recorded(entry)
	if !ok {
		return fault.New(fault.NotFound, "claim.none")
	}
	if err := s.Desk.Withdraw(r.Context(), by, id, entry, f.Trimmed("reason")); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/statement/"+bare(old.Statement)+"#"+claimAnchor(entry))
}
