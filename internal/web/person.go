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
	"habeas/name"
	"habeas/vault"
)

// peoplePage lists who is in a case.
type peoplePage struct {
	caseFrame
	People []personRow
	Start  Part
	Add    personFields
}

// A personRow is a person or group as a list shows them.
type personRow struct {
	Who        who
	Words      string // how many, for a group
	Protection string
	Speaks     string // what statements they gave, if any
	Claims     int    // live claims that involve them
	Group      bool
	Affected   bool // the case is about them
	Note       string
}

// A pair is two fields that belong together.
type pair struct{ One, Two Field }

// A boxField is a box to be ticked.
type boxField struct {
	ID, Name, Label string
	Value           string // "" is "1"
	On              bool
}

// maxParts is how many parts of a name a form offers.
const maxParts = 4

// personFields are the fields of a form about a person.
type personFields struct {
	P     *locale.Printer
	Start Part
	Vault bool   // with the real name
	Group bool   // it may be a group
	Parts []pair // text and kind of each part of the name

	Protection, Count, Description, Note Field
	Birth, Remarks                       Field
	Document, Contact                    []Field
}

// personForm returns the fields of a form for a new person. parts is a first
// guess at the name.
func personForm(p *locale.Printer, in Part, holdsVault, group bool, parts []vault.Part) personFields {
	fields := personFields{P: p, Start: in, Vault: holdsVault, Group: group}
	fields.Parts = nameFields(p, in, parts)
	fields.Protection = in.Choose("protection", claim.Protected, terms(p, "protection"))
	fields.Count, fields.Description = in.Field("count"), in.Field("description")
	fields.Note = in.Field("note")
	return fields
}

// nameFields returns a field for each part of a name, and its kind.
func nameFields(p *locale.Printer, in Part, parts []vault.Part) []pair {
	kinds := []name.Kind{name.Given, name.Patronymic, name.Family, name.Other}
	var fields []pair
	for i := range max(maxParts, len(parts)) {
		n := strconv.Itoa(i + 1)
		kind, text := kinds[min(i, len(kinds)-1)], ""
		if i < len(parts) {
			kind, text = parts[i].Kind, parts[i].Text.Reveal()
		}
		one := in.Filled("part"+n, text)
		one.Label = p.T("ui.people.part", n)
		two := in.Choose("kind"+n, string(kind), nameKinds(p))
		two.Label = p.T("ui.people.part.kind", n)
		fields = append(fields, pair{one, two})
	}
	return fields
}

func nameKinds(p *locale.Printer) []Option {
	var options []Option
	for _, k := range []name.Kind{name.Given, name.Patronymic, name.Family, name.Maiden, name.Father, name.Grandfather, name.Kunya, name.Nisba,
		name.Particle, name.Alias, name.Callsign, name.Other} {
		options = append(options, Option{Value: string(k), Label: p.T("ui.part-" + string(k))})
	}
	return options
}

// partsTyped returns the name in a form.
func partsTyped(f *Form) []vault.Part {
	var parts []vault.Part
	for i := 1; i <= 2*maxParts; i++ {
		n := strconv.Itoa(i)
		if text := f.Trimmed("part" + n); text != "" {
			parts = append(parts, vault.Part{Kind: name.Kind(f.Get("kind" + n)), Text: vault.NewText(text)})
		}
	}
	return parts
}

// newPerson reads the form of [personForm].
func newPerson(f *Form) (habeas.NewPerson, error) {
	p := habeas.NewPerson{Protection: f.Get("protection"), Description: f.Trimmed("description"), Note: f.Trimmed("note"), Parts: partsTyped(f)}
	var err error
	if p.Count, err = count(f); err != nil {
		return p, err
	}
	for _, part := range p.Parts {
		if !part.Kind.Valid() {
			return p, fault.New(fault.Invalid, "name.bad_kind")
		}
	}
	return p, nil
}

// count reads how many people are in a group; none typed is one person.
func count(f *Form) (int, error) {
	text := f.Trimmed("count")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, fault.New(fault.Invalid, "person.bad_count", fault.Field("count"))
	}
	return n, nil
}

// sortedPersons returns the references of a case's persons by cover name.
func (t teller) sortedPersons() []claim.Ref {
	var refs []claim.Ref
	for ref := range t.st.Persons {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b claim.Ref) int {
		return strings.Compare(t.st.Persons[a].Cover+string(a), t.st.Persons[b].Cover+string(b))
	})
	return refs
}

// people lists who is in the case.
func (t teller) people() []personRow {
	n := map[claim.Ref]int{}
	for _, r := range t.st.Live() {
		for _, ref := range []claim.Ref{r.Subject, r.Value.Ref} {
			n[ref]++
		}
	}
	var rows []personRow
	for _, ref := range t.sortedPersons() {
		row := t.personRow(ref)
		row.Claims = n[ref]
		rows = append(rows, row)
	}
	return rows
}

func (t teller) personRow(ref claim.Ref) personRow {
	p := t.st.Persons[ref]
	row := personRow{Who: t.who(ref), Protection: t.p.Term("protection", p.Protection), Note: p.Note, Group: p.Count > 1, Affected: t.st.Case.Affected == ref}
	if p.Protection == "" {
		row.Protection = t.p.Term("protection", claim.Protected)
	}
	if row.Group {
		row.Words = t.p.N("ui.people", p.Count)
	}
	var speaks []string
	for _, s := range t.st.Statements {
		src := t.st.Sources[s.Source]
		if src.Person != ref {
			continue
		}
		role := t.p.Term("source", src.Kind)
		if src.Role != "" {
			role = t.p.Term("source-role", src.Role)
		}
		if !slices.Contains(speaks, role) {
			speaks = append(speaks, role)
		}
	}
	row.Speaks = strings.Join(speaks, ", ")
	return row
}

func (s *Server) peoplePage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	c, err := s.caseFrame(w, r, by, f, "people")
	if err != nil {
		return err
	}
	p := peoplePage{caseFrame: c, People: c.t.people(), Start: c.In("add")}
	p.Add = personForm(p.P, p.Start, p.Vault, true, nil)
	return s.show(w, f, "people", p)
}

func (s *Server) addPerson(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	p, err := newPerson(f)
	if err != nil {
		return err
	}
	ref, err := s.Desk.AddPerson(r.Context(), by, id, p)
	if err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/person/"+bare(ref))
}

// personPage is one person: what became of them, and for those who may look,
// who they are.
type personPage struct {
	caseFrame
	Person     personRow
	IsAffected bool // the case is about them
	Alive      string
	Facets     []findingView
	Claims     []claimView
	Change     personFields
	Detail     personFields
	Reveal     revealForm
	Identity   []identityView
	Stop       stopForm
	Turns      turnForm
	Releases   string // where what left about them is
}

// An identityView is what one source gave about who a person is.
type identityView struct {
	From               string
	Names              [][]partView
	Birth              string
	Documents          []labelledView
	Contacts           []labelledView
	Remarks            string
	HasNames, HasLines bool
}

type partView struct{ Text, Kind string }

type labelledView struct{ Kind, Value, Note string }

func (s *Server) personPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	ref, err := bareRef(r, "person", claim.RefPerson)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "people")
	if err != nil {
		return err
	}
	person, ok := c.t.st.Persons[ref]
	if !ok {
		return fault.New(fault.NotFound, "person.none")
	}
	c.Here = c.Base + "/person/" + bare(ref)
	p := personPage{caseFrame: c, Person: c.t.personRow(ref), Facets: c.t.facets(ref), Claims: c.t.claimsAbout(ref), Reveal: c.revealForm(), Releases: "/releases?person=" + bare(ref)}
	if p.Person.Group {
		p.Alive = ""
	} else {
		p.Alive = c.t.alive(ref, s.Now())
	}
	p.Stop, p.Turns = c.stopForm(ref), c.turnForm(ref)
	p.IsAffected = c.t.st.Case.Affected == ref
	p.Change = c.changeForm(person)
	p.Detail = c.detailForm()
	if c.Vault && c.Open {
		details, err := s.Desk.Identity(r.Context(), by, c.t.file.ID, ref)
		if err != nil {
			return err
		}
		for _, d := range details {
			p.Identity = append(p.Identity, c.t.identity(d))
		}
	}
	return s.show(w, f, "person", p)
}

// facets returns every value of every facet of a person, in time. Values that
// several events imply for the same time are one row.
func (t teller) facets(person claim.Ref) []findingView {
	var views []findingView
	for _, f := range t.st.Facets(person) {
		var answers []claim.Answer
		for _, a := range f.Answers {
			i := slices.IndexFunc(answers, func(b claim.Answer) bool { return a.Value == b.Value && a.When.String() == b.When.String() })
			if i < 0 {
				answers = append(answers, a)
				continue
			}
			b := &answers[i]
			b.For, b.Against = together(b.For, a.For), together(b.Against, a.Against)
			b.Clashes = b.Clashes || a.Clashes
		}
		v := findingView{Words: t.p, What: t.p.Term("predicate", f.Predicate), Contested: f.Contested}
		for _, a := range answers {
			row := t.answer(f.Predicate, a)
			row.Clashes = a.Contested()
			v.Answers = append(v.Answers, row)
		}
		views = append(views, v)
	}
	return views
}

// together returns the claims of both sides, each once.
func together(a, b claim.Support) claim.Support {
	out := slices.Clone(a)
	for _, say := range b {
		if !slices.ContainsFunc(out, func(o claim.Say) bool { return o.Claim == say.Claim }) {
			out = append(out, say)
		}
	}
	return out
}

// claimsAbout returns the claims a person is in, live and not.
func (t teller) claimsAbout(person claim.Ref) []claimView {
	var views []claimView
	for _, r := range t.st.Claims {
		if r.Subject == person || r.Value.Ref == person {
			views = append(views, t.claim(r))
		}
	}
	return views
}

// changeForm returns the form that changes what is known of a person on the
// name-free side.
func (c caseFrame) changeForm(p claim.Person) personFields {
	in := c.In("change")
	protection := p.Protection
	if protection == "" {
		protection = claim.Protected
	}
	fields := personFields{P: c.P, Start: in, Protection: in.Choose("protection", protection, terms(c.P, "protection")), Note: in.Filled("note", p.Note)}
	fields.Count, fields.Description = in.Filled("count", strconv.Itoa(p.Count)), in.Filled("description", p.Cover)
	return fields
}

// detailForm returns the form that adds to who a person is.
func (c caseFrame) detailForm() personFields {
	in := c.In("detail")
	fields := personFields{P: c.P, Start: in, Vault: true, Parts: nameFields(c.P, in, nil), Birth: in.Field("birth"), Remarks: in.Field("remarks")}
	for _, n := range []string{"doc_kind", "doc_value", "doc_note"} {
		fields.Document = append(fields.Document, in.Field(n))
	}
	for _, n := range []string{"contact_kind", "contact_value", "contact_note"} {
		fields.Contact = append(fields.Contact, in.Field(n))
	}
	return fields
}

// identity uncovers a detail. It is called only while names are shown to the
// reader.
func (t teller) identity(d vault.Detail) identityView {
	v := identityView{From: t.p.T("ui.person.given.member"), Birth: t.dateText(d.Birth.Reveal()), Remarks: d.Remarks.Reveal()}
	if d.Statement != "" {
		v.From = t.statement(d.Statement)
	}
	for _, parts := range d.Names {
		var n []partView
		for _, p := range parts {
			n = append(n, partView{p.Text.Reveal(), t.p.T("ui.part-" + string(p.Kind))})
		}
		v.Names = append(v.Names, n)
	}
	for _, l := range d.Documents {
		v.Documents = append(v.Documents, labelledView{l.Kind.Reveal(), l.Value.Reveal(), l.Note.Reveal()})
	}
	for _, l := range d.Contacts {
		v.Contacts = append(v.Contacts, labelledView{l.Kind.Reveal(), l.Value.Reveal(), l.Note.Reveal()})
	}
	return v
}

func (s *Server) changePerson(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := inCase(r, "person", claim.RefPerson)
	if err != nil {
		return err
	}
	file, err := s.Desk.Case(r.Context(), by, id)
	if err != nil {
		return err
	}
	p, ok := file.State.Persons[ref]
	if !ok {
		return fault.New(fault.NotFound, "person.none")
	}
	p.Protection, p.Note = f.Get("protection"), f.Trimmed("note")
	if p.Count > 1 {
		if p.Count, err = count(f); err != nil {
			return err
		}
		p.Cover = f.Trimmed("description")
	}
	if err := s.Desk.ChangePerson(r.Context(), by, id, p); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/person/"+bare(ref))
}

// setAffected says whom a case is about.
func (s *Server) setAffected(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	id, ref, err := inCase(r, "person", claim.RefPerson)
	if err != nil {
		return err
	}
	file, err := s.Desk.Case(r.Context(), by, id)
	if err != nil {
		return err
	}
	if _, ok := file.State.Persons[ref]; !ok {
		return fault.New(fault.NotFound, "person.none")
	}
	c := file.State.Case
	c.Affected = ref
	// The title was looked at when it was written.
	if err := s.Desk.ChangeCase(r.Context(), by.Sure(), id, c); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/person/"+bare(ref))
}

func (s *Server) addDetail(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := inCase(r, "person", claim.RefPerson)
	if err != nil {
		return err
	}
	if _, err := claim.ParseDate(f.Trimmed("birth")); err != nil {
		return fault.Wrap(err, fault.Invalid, "claim.bad_date", fault.Field("birth"))
	}
	d := vault.Detail{Person: ref, Birth: vault.NewText(f.Trimmed("birth")), Remarks: vault.NewText(f.Trimmed("remarks"))}
	if parts := partsTyped(f); len(parts) > 0 {
		d.Names = [][]vault.Part{parts}
	}
	d.Documents, d.Contacts = labelled(f, "doc_"), labelled(f, "contact_")
	if len(d.Names)+len(d.Documents)+len(d.Contacts) == 0 && d.Birth.Empty() && d.Remarks.Empty() {
		return fault.New(fault.Invalid, "person.empty_detail")
	}
	if err := s.Desk.AddDetail(r.Context(), by, id, d); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/person/"+bare(ref)+"#identity")
}

func labelled(f *Form, prefix string) []vault.Labelled {
	if f.Trimmed(prefix+"value") == "" {
		return nil
	}
	text := func(n string) vault.Text { return vault.NewText(f.Trimmed(prefix + n)) }
	return []vault.Labelled{{Kind: text("kind"), Value: text("value"), Note: text("note")}}
}
