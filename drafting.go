package habeas

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"habeas/claim"
	"habeas/dossier"
	"habeas/fault"
	"habeas/gate"
	"habeas/letter"
	"habeas/name"
	"habeas/vault"
)

// A LetterDraft says of what a letter to an authority is made. What was typed leads
// to a family: it is sealed on the vault side, with the files.
type LetterDraft struct {
	Appeal     claim.Ref             // the letter it will be
	Form       string                // the key of one of [Desk.Templates] or the ID of a [letter.Procedure]
	Sender     claim.Ref             // a person of the case who signs it; or
	From       vault.Text            // whoever else does, such as a lawyer or an organisation
	Fields     map[string]vault.Text // by [letter.Typed]
	Enclosures vault.Text            // line by line
	Leave      []string              // sentences that stay out, by their keys
	Earlier    []claim.Ref           // of [Desk.EarlierLetters], those it tells of
	Exhibits   []claim.Ref           // of [Desk.Enclosable], those it lists, in order
}

// drafted is what a [rendered] says of a letter. What was typed is only in the entry
// that holds its files, see [named].
type drafted struct {
	Appeal claim.Ref `json:"appeal"`
	Form   string    `json:"form"`
	typed  typedLetter
}

type typedLetter struct {
	Sender     claim.Ref         `json:"sender,omitempty"`
	From       string            `json:"from,omitempty"`
	Fields     map[string]string `json:"fields,omitempty"`
	Enclosures []string          `json:"enclosures,omitempty"`
	Leave      []string          `json:"leave,omitempty"`
	Earlier    []claim.Ref       `json:"earlier,omitempty"`
	Exhibits   []claim.Ref       `json:"exhibits,omitempty"`
	Template   string            `json:"template,omitempty"` // the text of one of the office
	Numbered   []claim.Ref       `json:"numbered,omitempty"` // of Earlier, those whose numbers might stand there when it was proposed
}

// draftOf checks what a letter is to be made of; nil if opt is not about one.
func (d *Desk) draftOf(state *claim.State, opt DossierOptions) (*drafted, error) {
	l := opt.Letter
	if l == nil {
		return nil, nil
	}
	if !slices.Contains(letterAudiences, opt.Audience) {
		return nil, fault.New(fault.Invalid, "appeal.letter_audience", fault.Field("audience"))
	}
	if _, ok := state.Appeal(l.Appeal); !ok {
		return nil, fault.New(fault.NotFound, "appeal.none")
	}
	t := typedLetter{Sender: l.Sender, From: strings.TrimSpace(l.From.Reveal()), Fields: map[string]string{}, Leave: l.Leave, Earlier: l.Earlier, Exhibits: l.Exhibits}
	if _, ok := state.Persons[l.Sender]; l.Sender != "" && !ok {
		return nil, fault.New(fault.Invalid, "record.unknown_ref")
	}
	for _, field := range letter.Typed() {
		if s := strings.TrimSpace(l.Fields[field].Reveal()); s != "" {
			t.Fields[field] = s
		}
	}
	for line := range strings.Lines(l.Enclosures.Reveal()) {
		if line = strings.TrimSpace(line); line != "" {
			t.Enclosures = append(t.Enclosures, line)
		}
	}
	return &drafted{Appeal: l.Appeal, Form: l.Form, typed: t}, nil
}

// What leads to a person and is typed: it stands only where their name may.
var (
	leadsToSender = []string{"sender.address", "sender.contact"}
	leadsToPerson = []string{"person.born", "person.document", "person.address", "person.marks"}

	addressed = slices.Concat([]string{"addressee"}, leadsToSender, leadsToPerson)
)

// facts returns what a letter is filled from. Somebody who may not be named to its
// reader stands under a cover name, and then nothing that leads to them may; somebody
// who may not even be mentioned can't be who writes.
func (d *Desk) facts(ctx context.Context, k caseKeys, r *rendered, state *claim.State, told claim.Outward) (letter.Facts, error) {
	t := r.Letter.typed
	names, err := d.letterNames(ctx, k, told.Named(), r.Lang)
	if err != nil {
		return letter.Facts{}, err
	}
	leave := map[string]bool{}
	for _, key := range t.Leave {
		leave[key] = true
	}
	f := letter.Facts{
		Leave: leave,
		Out:   told, Today: r.Day, Fields: t.Fields, Enclosures: t.Enclosures, Profile: letter.Profile{Less: r.Less},
		Called: func(ref claim.Ref) letter.Called {
			return letter.Called{Name: names[ref], Cover: r.Covers[ref], Count: state.Persons[ref].Count}
		},
	}
	f.About = aboutWhom(state, told, r.Letter.Appeal)
	if f.Steps, err = d.steps(ctx, k, r, state, told, f.About); err != nil {
		return f, err
	}
	if f.Exhibits, err = d.exhibits(ctx, k, r, state, told); err != nil {
		return f, err
	}
	unnamed := map[string]bool{}
	for _, field := range leadsToPerson {
		unnamed[field] = len(f.About) == 0 || slices.ContainsFunc(f.About, func(p claim.Ref) bool { return len(names[p]) == 0 })
	}
	switch {
	case t.Sender != "" && told.Naming(t.Sender) == claim.NamedNone:
		return f, fault.New(fault.Withheld, "letter.not_named", fault.Field("sender"))
	case t.Sender != "":
		f.Sender, f.Relation = f.Called(t.Sender), relationOf(state, t.Sender)
		for _, field := range leadsToSender {
			unnamed[field] = unnamed[field] || len(names[t.Sender]) == 0
		}
	case t.From != "":
		f.Sender.Name = name.Name{{Kind: name.Other, Text: t.From}}
	}
	for _, field := range slices.Concat(leadsToSender, leadsToPerson) {
		if unnamed[field] && t.Fields[field] != "" {
			return f, fault.New(fault.Withheld, "letter.not_named")
		}
	}
	return f, nil
}

// aboutWhom returns the persons that a letter for an appeal is about, without those who
// are not to be mentioned to its reader, as long as anybody is left.
func aboutWhom(state *claim.State, told claim.Outward, ref claim.Ref) []claim.Ref {
	about := []claim.Ref{}
	if a, ok := state.Appeal(ref); ok {
		about = a.About
	}
	if affected := state.Case.Affected; len(about) == 0 && affected != "" {
		about = []claim.Ref{affected}
	}
	mentioned := slices.DeleteFunc(slices.Clone(about), func(p claim.Ref) bool { return told.Naming(p) == claim.NamedNone })
	if len(mentioned) == 0 {
		return about[:min(1, len(about))]
	}
	return mentioned
}

// relationOf returns as what a person speaks in a case, such as "father"; or "".
func relationOf(state *claim.State, person claim.Ref) string {
	for _, ref := range slices.Sorted(maps.Keys(state.Sources)) {
		if s := state.Sources[ref]; s.Person == person && s.Role != "" {
			return s.Role
		}
	}
	return ""
}

// letterNames returns the names that persons have in a letter: of several the last
// that is in the script of its language.
func (d *Desk) letterNames(ctx context.Context, k caseKeys, who []claim.Ref, lang string) (map[claim.Ref]name.Name, error) {
	if k.vault == nil {
		return nil, fault.New(fault.Forbidden, "may.needs_vault")
	}
	details, err := d.details(ctx, k)
	if err != nil {
		return nil, err
	}
	names := map[claim.Ref]name.Name{}
	for _, ref := range who {
		fits := false
		for _, det := range details[ref] {
			for _, parts := range det.Names {
				n := vault.Parsed(parts)
				if own := cyrillic(n.String()) == (lang == "ru" || lang == "uk"); own || !fits {
					names[ref], fits = n, own
				}
			}
		}
	}
	return names, nil
}

func cyrillic(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return 0x400 <= r && r < 0x530 })
}

// renderLetter makes a letter in the place of the dossier for the same reader, if r is
// one: a file to be read here, and those that are sent.
func (d *Desk) renderLetter(ctx context.Context, k caseKeys, r *rendered, state *claim.State, told claim.Outward, doc *dossier.Document) (*writtenLetter, *dossier.Document, error) {
	if r.Letter == nil {
		return &writtenLetter{}, doc, nil
	}
	f, err := d.facts(ctx, k, r, state, told)
	if err != nil {
		return nil, nil, err
	}
	l, err := fill(r.Letter, r.Lang, f)
	if err != nil {
		return nil, nil, err
	}
	all, err := letter.Sentences(f, r.Lang)
	if err != nil {
		return nil, nil, err
	}
	r.Told = l.Claims()
	files := []gate.File{{Name: letterText, Media: "text/plain; charset=utf-8", Bytes: l.Plain(false)}}
	for _, made := range []struct {
		name string
		make func(bool) ([]byte, error)
	}{{"letter.docx", l.DOCX}, {"letter.odt", l.ODT}, {"letter.pdf", l.PDF}} {
		b, err := made.make(false)
		if err != nil && fault.KindOf(err) == fault.Invalid { // a script that it has no font for: the others have it
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		files = append(files, gate.File{Name: made.name, Media: gate.MediaOf(made.name), Bytes: b})
	}
	return &writtenLetter{l, all}, &dossier.Document{Draft: gate.Draft{Files: files}, Left: doc.Left, Told: doc.Told}, nil
}

// A writtenLetter is a letter and the sentences that it could have.
type writtenLetter struct {
	*letter.Letter
	all []letter.Sentence
}

// letterText is the file of a letter that is plain text.
const letterText = "letter.txt"

// unknownTyped returns what in the words that somebody typed looks like a name, or
// leads to somebody, and is nobody the gate knows. The words of a template that the
// program brings were looked through when it was made.
func (d *Desk) unknownTyped(ctx context.Context, k caseKeys, r *rendered, files []gate.File) ([]dossier.Unknown, error) {
	ix, err := d.gateIndex(ctx, k.circle)
	if err != nil {
		return nil, err
	}
	words := map[string]string{"sender": r.Letter.typed.From, "enclosures": strings.Join(r.Letter.typed.Enclosures, "\n")}
	maps.Copy(words, r.Letter.typed.Fields)
	for i, line := range templateWords(r.Letter) {
		words["template "+strconv.Itoa(i)] = line
	}
	var out []dossier.Unknown
	for _, field := range slices.Sorted(maps.Keys(words)) {
		text := words[field]
		hits := gate.Scan([]byte(text), ix)
		for _, s := range gate.Suspects(text, nil) {
			known := slices.ContainsFunc(hits, func(h gate.Hit) bool { return h.Start < s.End && s.Start < h.End })
			plain := gate.Code(s.Why) || s.Why == gate.WhyCapital // as addresses and numbers are written
			if known || s.Why == gate.WhyDate || plain && slices.Contains(addressed, field) {
				continue
			}
			u := dossier.Unknown{Words: text[s.Start:s.End], Why: s.Why}
			for _, f := range files {
				if at := bytes.Index(f.Bytes, []byte(u.Words)); f.Name == letterText && at >= 0 {
					u.From, u.Till = at, at+len(u.Words)
				}
			}
			out = append(out, u)
		}
	}
	return out, nil
}

// TypedLetter returns what was typed for a letter that was proposed, so that another
// can be made from it. Reasons and choices about what the gate found are kept with the
// case and not here.
func (d *Desk) TypedLetter(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (DossierOptions, error) {
	if err := d.may(by, compose); err != nil {
		return DossierOptions{}, err
	}
	_, r, _, err := d.kept(ctx, by, id, ref)
	if err != nil {
		return DossierOptions{}, err
	}
	if r.Letter == nil {
		return DossierOptions{}, fault.New(fault.NotFound, "dossier.none")
	}
	t := r.Letter.typed
	l := &LetterDraft{
		Appeal: r.Letter.Appeal, Form: r.Letter.Form, Sender: t.Sender, From: vault.NewText(t.From), Fields: map[string]vault.Text{},
		Enclosures: vault.NewText(strings.Join(t.Enclosures, "\n")), Leave: t.Leave, Earlier: t.Earlier, Exhibits: t.Exhibits,
	}
	for field, s := range t.Fields {
		l.Fields[field] = vault.NewText(s)
	}
	return DossierOptions{Audience: r.Audience, Lang: r.Lang, Names: true, Less: r.Less, Letter: l}, nil
}

// LettersFor returns the letters that were drafted for an appeal, in order.
func (d *Desk) LettersFor(ctx context.Context, by Actor, id CaseID, appeal claim.Ref) ([]DossierRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	rows, err := d.Dossiers(ctx, by, id)
	if err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	all, err := d.renderedOf(ctx, k)
	return slices.DeleteFunc(rows, func(row DossierRow) bool {
		return !slices.ContainsFunc(all, func(r rendered) bool {
			return r.Dossier == row.Dossier && r.Letter != nil && r.Letter.Appeal == appeal
		})
	}), err
}

// A LetterRow says of something that leaves, or did, that it is a letter and which.
type LetterRow struct {
	Appeal claim.Ref
	Kind   string // vocabulary "appeal"
	To     string // the body, as the office calls it

	Receipts []claim.Ref // exhibits of the case that prove it was sent, or came
}

// letterRow returns what a letter for an appeal is; nil if there is none.
func letterRow(state *claim.State, ref claim.Ref) *LetterRow {
	a, ok := state.Appeal(ref)
	if !ok {
		return nil
	}
	row := &LetterRow{Appeal: ref, Kind: a.Kind, To: state.Units[a.Authority].Label}
	for _, s := range a.Steps {
		if x := s.Said.Receipt; x != "" && !slices.Contains(row.Receipts, x) {
			row.Receipts = append(row.Receipts, x)
		}
	}
	return row
}

// noteLetter records with its appeal that a letter was released: what it tells is what
// the authority has.
func (d *Desk) noteLetter(ctx context.Context, by Actor, id CaseID, r rendered) error {
	if r.Letter == nil {
		return nil
	}
	on := d.now().UTC().Format(isoDay)
	return d.addSteps(ctx, by, id, r.Letter.Appeal, Numbers{}, claim.Step{What: claim.StepLetter, On: on, Dossier: r.Dossier})
}

// LetterAudience returns for whom a letter to a kind of addressee is, see
// [letter.AddresseeKinds].
func LetterAudience(to string) string {
	if slices.Contains(letterAudiences, to) {
		return to
	}
	return cmp.Or(letterAudiences...)
}
