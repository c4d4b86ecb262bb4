package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// deskPage is a statement on the reading desk: first its names are found, then
// claims are taken from it.
type deskPage struct {
	caseFrame
	Words    string // which statement this is
	About    string // who gave it, when and how
	TextLang string
	Settled  bool
	Pieces   []pieceView
	Reveal   revealForm
	Caution  *cautionView // about its source
	Held     *heldView    // its source has stopped its use
	Agreed   string       // what may be done with it, in short

	DeskScript string // paths of the scripts that make the desk quick
	FindScript string

	// While names are looked for.
	Suspects     int
	Left, Linked string
	Focus        *focus // the words that are being looked at
	Sentence     int    // the sentence whose words can be marked; 0 for none
	Choices      bool
	MarkFrom     Field
	MarkTo       Field

	// Afterwards.
	Claims    []claimView
	Take      *claimFields // the form, while a claim is being taken
	TakeStart Part
	Passage   string

	Attached      []attachView // files that came with it
	AttachedWords string
	AttachedOpen  bool
}

// A pieceView is a sentence.
type pieceView struct {
	N          int
	Start, End int
	Para       bool
	Focus      bool
	Done       bool   // a claim was just taken from it
	Do         string // what its number does, in words
	Runs       []runView
	Taken      []takenView
}

// A runView is a stretch of a sentence.
type runView struct {
	Start, End int
	Text       string
	Person     bool
	Real       bool
	Suspect    bool
	Focus      bool
	Href       string
}

// A takenView is a claim taken from a sentence, as a mark beside it.
type takenView struct{ Anchor, Words string }

// A focus is the words that are being looked at: a suspect, a person, or any
// words a reader marked.
type focus struct {
	Start, End int
	Words      string
	Why        string
	Linked     bool
	Who        who
	Meant      []who  // who it may be
	Next       string // the next suspect

	HasPersons                  bool
	Link, Dismiss               Part
	Person                      Field
	New                         personFields
	NewOpen                     bool
	LinkAll, DismissAll, NewAll boxField
}

// caseStatement reads the case and the statement that a path is about.
func caseStatement(r *http.Request) (ledger.ID, claim.Ref, error) {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return id, "", err
	}
	st, err := bareRef(r, "statement", claim.RefStatement)
	return id, st, err
}

func (s *Server) deskPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "case")
	if err != nil {
		return err
	}
	if _, erased := c.t.st.Erasure(st); erased {
		return see(w, r, c.t.desk(st)+"/erased")
	}
	reading, err := s.Desk.Reading(r.Context(), by, id, st)
	if err != nil {
		return err
	}
	c.Here = c.t.desk(st)
	p := &deskPage{caseFrame: c, Words: c.t.statement(st), TextLang: reading.Statement.Lang, Settled: reading.Settled, Suspects: reading.Suspects}
	p.About = p.about(reading.Statement)
	p.Caution, p.Agreed = c.t.caution(reading.Statement.Source), c.t.agreed(st, s.Now())
	p.Held = c.held(st)
	p.Reveal = p.revealForm()
	p.DeskScript, p.FindScript = s.assets.path("desk.js"), s.assets.path("find.js")
	p.Sentence = asked(r, f, "s", len(reading.Pieces))
	if reading.Settled {
		p.take(reading, by)
		if n := asked(r, f, "done", len(p.Pieces)); n > 0 {
			p.Pieces[n-1].Done = true
		}
	} else {
		p.find(reading, r, f)
	}
	if c.Adds {
		files, err := s.Desk.Attachments(r.Context(), by, id, st)
		if err != nil {
			return err
		}
		p.attached(files)
	}
	return s.show(w, f, "desk", p)
}

// asked returns the number that a form or else the query asks for, or 0.
func asked(r *http.Request, f *Form, name string, most int) int {
	text := f.Get(name)
	if text == "" {
		text = r.URL.Query().Get(name)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0
	}
	return n
}

// about says who gave a statement, when and how.
func (p *deskPage) about(st claim.Statement) string {
	words := []string{p.t.covered().source(st.Source).Text, p.P.Term("medium", st.Medium)}
	if said := p.t.dateText(st.Said); said != "" {
		words = append(words, said)
	}
	return strings.Join(append(words, p.T("ui.statement.received", p.t.dateText(st.Received))), " · ")
}

// find lays out a statement whose names are being found.
func (p *deskPage) find(reading *habeas.Reading, r *http.Request, f *Form) {
	p.Left, p.Linked = p.P.N("ui.desk.left", reading.Suspects), p.P.N("ui.desk.linked", reading.Links)
	at := p.spanAsked(reading, r, f)
	for _, piece := range reading.Pieces {
		v := pieceView{N: piece.N, Start: piece.Start, End: piece.End, Para: piece.Para, Focus: piece.N == p.Sentence, Do: p.T("ui.desk.sentence.mark", piece.N)}
		for _, run := range piece.Runs {
			v.Runs = append(v.Runs, runView{
				Start: run.Start, End: run.End, Text: run.Text, Person: run.Person != "", Suspect: run.Suspect,
				Focus: at.Start == run.Start && at.End == run.End, Href: p.spanHref(run.Start, run.End),
			})
		}
		p.Pieces = append(p.Pieces, v)
	}
	if p.Records && at.End > 0 {
		p.Focus = p.focus(reading, at)
	}
	if p.Sentence > 0 {
		p.marking(reading.Pieces[p.Sentence-1])
	}
}

func (p *deskPage) spanHref(start, end int) string {
	return p.Here + "?from=" + strconv.Itoa(start) + "&to=" + strconv.Itoa(end) + "#pane"
}

// spanAsked returns the words to look at: those of the form that came back, those
// of the query, or else the first suspect.
func (p *deskPage) spanAsked(reading *habeas.Reading, r *http.Request, f *Form) vault.Span {
	if sp, err := spanTyped(f); err == nil {
		return sp
	}
	q := r.URL.Query()
	from, err := strconv.Atoi(q.Get("from"))
	to, err2 := strconv.Atoi(q.Get("to"))
	if err == nil && err2 == nil && 0 <= from && from < to && wordsAt(reading, from, to) != "" {
		return vault.Span{Start: from, End: to}
	}
	after := asked(r, f, "after", 1<<30)
	return nextSuspect(reading, after)
}

// nextSuspect returns the first suspect from a position on, or the first of all.
func nextSuspect(reading *habeas.Reading, after int) (first vault.Span) {
	for _, piece := range reading.Pieces {
		for _, run := range piece.Runs {
			if !run.Suspect {
				continue
			}
			if run.Start >= after {
				return vault.Span{Start: run.Start, End: run.End}
			}
			if first.End == 0 {
				first = vault.Span{Start: run.Start, End: run.End}
			}
		}
	}
	return first
}

// wordsAt returns what stands between two positions.
func wordsAt(reading *habeas.Reading, start, end int) string {
	var b strings.Builder
	for _, piece := range reading.Pieces {
		for _, run := range piece.Runs {
			from, to := max(start, run.Start), min(end, run.End)
			switch {
			case from >= to:
			case run.Person != "":
				b.WriteString(run.Text)
			default:
				b.WriteString(run.Text[from-run.Start : to-run.Start])
			}
		}
	}
	return strings.ToValidUTF8(b.String(), "")
}

// focus makes the forms about the words at sp.
func (p *deskPage) focus(reading *habeas.Reading, sp vault.Span) *focus {
	x := &focus{Start: sp.Start, End: sp.End, Words: wordsAt(reading, sp.Start, sp.End), HasPersons: len(p.t.st.Persons) > 0}
	var meant []claim.Ref
	for _, piece := range reading.Pieces {
		for _, run := range piece.Runs {
			if run.Start != sp.Start || run.End != sp.End {
				continue
			}
			if run.Person != "" {
				x.Linked, x.Who = true, p.t.who(run.Person)
			}
			if run.Why != "" {
				x.Why = p.T("ui.desk.why." + run.Why)
			}
			meant = run.Meant
		}
	}
	if next := nextSuspect(reading, sp.End); next.End > 0 && next != sp {
		x.Next = p.spanHref(next.Start, next.End)
	}
	x.Link, x.Dismiss = p.In("link"), p.In("dismiss")
	guessed := ""
	for _, ref := range meant {
		x.Meant = append(x.Meant, p.t.who(ref))
		guessed = string(ref)
	}
	if len(meant) > 1 {
		guessed = "" // whoever links chooses
	}
	x.Person = x.Link.Choose("person", guessed, append([]Option{{Label: p.T("ui.pick.choose")}}, p.t.personOptions()...))
	x.Person.Label, x.Person.Required = p.T("ui.desk.this.is"), true
	var guess []vault.Part
	if !x.Linked {
		guess = habeas.NameParts(vault.NewText(x.Words))
	}
	in := p.In("new")
	x.New = personForm(p.P, in, true, false, guess)
	x.NewOpen = !x.HasPersons || in.Form.Failed()
	x.LinkAll, x.DismissAll, x.NewAll = p.everywhere("link"), p.everywhere("dismiss"), p.everywhere("new")
	return x
}

// everywhere returns the box that says the same of the same words elsewhere in
// the text. It is ticked until somebody unticks it.
func (p *deskPage) everywhere(which string) boxField {
	f := p.In(which).Form
	return boxField{ID: which + "-everywhere", Name: "everywhere", Label: p.T("ui.desk.everywhere"), On: !f.Failed() || f.Has("everywhere", "1")}
}

// marking offers the words of a sentence to be marked as a name.
func (p *deskPage) marking(piece habeas.Piece) {
	var from, to []Option
	for _, run := range piece.Runs {
		if run.Person != "" {
			continue
		}
		for at := 0; at < len(run.Text); {
			rest := run.Text[at:]
			lead := len(rest) - len(strings.TrimLeft(rest, " \t\n\u00a0"))
			word, _, _ := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(rest[lead:], "\n", " "), "\t", " "), " ")
			if word == "" {
				break
			}
			start, end := trimmed(word)
			if start < end {
				pos := run.Start + at + lead
				label := strconv.Itoa(len(from)+1) + ". " + word[start:end]
				from = append(from, Option{Value: strconv.Itoa(pos + start), Label: label})
				to = append(to, Option{Value: strconv.Itoa(pos + end), Label: label})
			}
			at += lead + len(word)
		}
	}
	if len(from) == 0 {
		return
	}
	in := p.In("mark")
	p.Choices, p.MarkFrom, p.MarkTo = true, in.Choose("from", "", from), in.Choose("to", "", to)
}

// trimmed returns a word's bounds without the punctuation around it.
func trimmed(word string) (start, end int) {
	const around = ".,;:!?…()[]«»„“”\"'’—–-"
	return len(word) - len(strings.TrimLeft(word, around)), len(strings.TrimRight(word, around))
}

// take lays out a statement from which claims are taken.
func (p *deskPage) take(reading *habeas.Reading, by habeas.Actor) {
	telling, _ := p.t.st.Statement(reading.Statement.Ref)
	marks := map[int][]takenView{}
	for _, r := range p.t.st.Claims {
		if r.Statement != reading.Statement.Ref {
			continue
		}
		v := p.t.claim(r)
		text, _ := telling.Version(r.Version)
		v.Sentence = sentenceOf(text.Text, r.Start)
		v.Voice.Href, v.Voice.Passage = "#s-"+strconv.Itoa(v.Sentence), p.T("ui.desk.sentence", v.Sentence)
		p.Claims = append(p.Claims, v)
		mark := takenView{v.Anchor, v.What}
		same := func(o takenView) bool { return o.Words == mark.Words }
		if v.Live && !slices.ContainsFunc(marks[v.Sentence], same) {
			marks[v.Sentence] = append(marks[v.Sentence], mark)
		}
	}
	slices.SortStableFunc(p.Claims, func(a, b claimView) int { return a.Sentence - b.Sentence })
	for _, piece := range reading.Pieces {
		v := pieceView{N: piece.N, Start: piece.Start, End: piece.End, Para: piece.Para, Focus: piece.N == p.Sentence, Do: p.T("ui.desk.sentence.take", piece.N), Taken: marks[piece.N]}
		for _, run := range piece.Runs {
			view := runView{Start: run.Start, End: run.End, Text: run.Text, Person: run.Person != ""}
			if view.Person {
				view.Real, view.Href = p.Open && run.Text != p.t.st.Cover(run.Person), p.t.who(run.Person).Href
			}
			v.Runs = append(v.Runs, view)
		}
		p.Pieces = append(p.Pieces, v)
	}
	if p.Sentence == 0 || !p.Records {
		return
	}
	p.TakeStart = p.In("take")
	fields := p.t.claimForm(p.TakeStart, reading.Statement.Source, p.Sentence, p.likeLast(reading.Statement.Ref, by))
	fields.Find = true
	p.Take = &fields
	for _, run := range reading.Pieces[p.Sentence-1].Runs {
		if run.Person != "" {
			p.Passage += p.t.st.Cover(run.Person)
			continue
		}
		p.Passage += run.Text
	}
}

// likeLast returns what the form starts from: the claim that the same member
// took from the same statement last, for one follows the other.
func (p *deskPage) likeLast(st claim.Ref, by habeas.Actor) start {
	from := start{kind: kindEvent}
	var last *claim.Recorded
	for _, r := range p.t.st.Live() {
		if r.Statement == st && r.Author == by.Member {
			last = r
		}
	}
	person := affected(p.t.st)
	if last != nil {
		from.Basis, from.Chain = last.Basis, last.Chain
		switch {
		case last.Subject.Kind() == claim.RefPerson:
			person = last.Subject
		case last.Predicate == claim.Involved && last.Value.Ref.Kind() == claim.RefPerson:
			person = last.Value.Ref
		}
		if k := kindOf(last.Claim); k != kindFixed {
			from.kind = k
		}
	}
	if person != "" {
		from.Subject = person
		from.involved = []claim.Involvement{{Who: person, Role: "victim"}}
	}
	return from
}

// spanTyped reads which words a form is about.
func spanTyped(f *Form) (vault.Span, error) {
	start, err := strconv.Atoi(f.Get("start"))
	end, err2 := strconv.Atoi(f.Get("end"))
	if err != nil || err2 != nil || start < 0 || start >= end {
		return vault.Span{}, fault.New(fault.Invalid, "desk.bad_span")
	}
	return vault.Span{Start: start, End: end}, nil
}

// onSpan does something to the words a form is about, and goes on to the next
// suspect.
func (s *Server) onSpan(w http.ResponseWriter, r *http.Request, f *Form, do func(ledger.ID, claim.Ref, vault.Span) error) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	sp, err := spanTyped(f)
	if err != nil {
		return err
	}
	if err := do(id, st, sp); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/statement/"+bare(st)+"?after="+strconv.Itoa(max(1, sp.Start))+"#pane")
}

func (s *Server) link(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onSpan(w, r, f, func(id ledger.ID, st claim.Ref, sp vault.Span) error {
		return s.Desk.Link(r.Context(), by, id, st, sp, claim.Ref(f.Get("person")), f.Get("everywhere") != "")
	})
}

func (s *Server) linkNew(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onSpan(w, r, f, func(id ledger.ID, st claim.Ref, sp vault.Span) error {
		p, err := newPerson(f)
		if err != nil {
			return err
		}
		if len(p.Parts) == 0 {
			return fault.New(fault.Invalid, "person.no_name", fault.Field("part1"))
		}
		_, err = s.Desk.LinkNew(r.Context(), by, id, st, sp, p, f.Get("everywhere") != "")
		return err
	})
}

func (s *Server) unlink(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onSpan(w, r, f, func(id ledger.ID, st claim.Ref, sp vault.Span) error {
		return s.Desk.Unlink(r.Context(), by, id, st, sp)
	})
}

func (s *Server) dismiss(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onSpan(w, r, f, func(id ledger.ID, st claim.Ref, sp vault.Span) error {
		if f.Get("public") != "" {
			return s.Desk.DismissPublic(r.Context(), by, id, st, sp)
		}
		return s.Desk.Dismiss(r.Context(), by, id, st, sp, f.Get("everywhere") != "")
	})
}

func (s *Server) settle(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	if err := s.Desk.Settle(r.Context(), by, id, st); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/statement/"+bare(st))
}
