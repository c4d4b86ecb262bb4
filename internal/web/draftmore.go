package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/vault"
)

// chosenField marks a form on which earlier letters and exhibits could be chosen: on
// it, a box that is not ticked says no.
const chosenField = "chosen"

// anew fills the form from a letter that was proposed, if the address names one.
func (s *Server) anew(r *http.Request, by habeas.Actor, f *Form, in habeas.CaseID, ref claim.Ref) (*Form, error) {
	from := r.URL.Query().Get("from")
	if from == "" || r.Method == http.MethodPost {
		return f, nil
	}
	dossier, err := claim.ParseRef("d:" + from)
	if err != nil {
		return f, nil
	}
	opt, err := s.Desk.TypedLetter(r.Context(), by, in, dossier)
	if err != nil {
		return nil, err
	}
	l := opt.Letter
	if l.Appeal != ref { // what it told of may be this letter itself
		l.Earlier = nil
	}
	v := url.Values{
		formField: {l.Form + " " + opt.Lang}, "letter_sender": {string(l.Sender)}, "letter_from": {l.From.Reveal()}, "letter_enclosures": {l.Enclosures.Reveal()},
		"leave": l.Leave, "less": lessFields(opt.Less), "earlier": texts(l.Earlier), "exhibits": texts(l.Exhibits),
	}
	if l.Appeal == ref {
		v.Set(chosenField, "1")
	}
	for name, text := range l.Fields {
		v.Set(typedPrefix+name, text.Reveal())
	}
	return &Form{values: v}, nil
}

func texts(refs []claim.Ref) []string {
	var all []string
	for _, ref := range refs {
		all = append(all, string(ref))
	}
	return all
}

func refsIn(values []string) []claim.Ref {
	var all []claim.Ref
	for _, v := range values {
		all = append(all, claim.Ref(v))
	}
	return all
}

// withChosen adds to what a letter is made of the earlier letters and exhibits that it
// tells of: all that it may of the one, unless somebody chose, and none of the other.
func (s *Server) withChosen(r *http.Request, by habeas.Actor, opt *habeas.DossierOptions, f *Form, in habeas.CaseID) error {
	if f.Has(chosenField, "1") {
		opt.Letter.Earlier, opt.Letter.Exhibits = refsIn(f.All("earlier")), refsIn(f.All("exhibits"))
		return nil
	}
	earlier, err := s.Desk.EarlierLetters(r.Context(), by, in, opt.Letter.Appeal, opt.Audience)
	opt.Letter.Earlier = earlier
	return err
}

// chooses lays out which earlier letters and exhibits can be told of.
func (s *Server) chooses(r *http.Request, by habeas.Actor, p *draftPage, l *habeas.LetterDraft, audience string) error {
	id := p.t.file.ID
	earlier, err := s.Desk.EarlierLetters(r.Context(), by, id, l.Appeal, audience)
	if err != nil {
		return err
	}
	for i, ref := range earlier {
		a, ok := p.t.st.Appeal(ref)
		if !ok {
			continue
		}
		sent, _ := a.Last(claim.StepSent)
		words := p.P.Term("appeal", a.Kind) + " · " + p.t.who(a.Authority).Text + " · " + p.t.dateText(sent.Said.On)
		p.Earlier = append(p.Earlier, boxField{ID: "earlier-" + strconv.Itoa(i+1), Name: "earlier", Value: string(ref), Label: words, On: slices.Contains(l.Earlier, ref)})
	}
	exhibits, err := s.Desk.Enclosable(r.Context(), by, id, audience)
	for i, x := range exhibits {
		words := p.exhibitWords(x.Ref()) + " · " + x.Media + " · " + p.t.statement(x.Statement)
		p.Exhibits = append(p.Exhibits, boxField{ID: "exhibit-" + strconv.Itoa(i+1), Name: "exhibits", Value: string(x.Ref()), Label: words, On: slices.Contains(l.Exhibits, x.Ref())})
	}
	return err
}

// letterOptions reads what a letter is to be made of.
func letterOptions(f *Form, c letterForm, ref claim.Ref) habeas.DossierOptions {
	l := &habeas.LetterDraft{Appeal: ref, Form: c.key, Sender: claim.Ref(f.Get("letter_sender")), From: vault.NewText(f.Trimmed("letter_from")),
		Enclosures: vault.NewText(f.Get("letter_enclosures")), Leave: f.All("leave"), Fields: map[string]vault.Text{}}
	for name := range f.values {
		if field, ok := strings.CutPrefix(name, typedPrefix); ok {
			l.Fields[field] = vault.NewText(f.Trimmed(name))
		}
	}
	return habeas.DossierOptions{Audience: c.audience, Lang: c.lang, Names: true, Less: readLess(f.All("less")), Choices: readState(f), Letter: l}
}
