package habeas_test

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/ledger"
	"habeas/vault"
)

// What the father types, and how he and his son are written in Russian; all invented.
const (
	fathersAddress = "Нездешнее, Криволинейный пер., 904, кв. 77"
	fathersAccount = "Прошу не сообщать ответ по месту службы."
)

// father returns the person who speaks as the father in a case.
func father(f *habeas.CaseFile) claim.Ref {
	for _, src := range f.State.Sources {
		if src.Role == "father" {
			return src.Person
		}
	}
	return ""
}

// inRussian says how the officer and his father are written in Russian.
func (s *story) inRussian(by habeas.Actor, f *habeas.CaseFile) {
	s.Helper()
	for ref, words := range map[claim.Ref][3]string{affected(f): {"Ростислав", "Богданович", "Загорулько"}, father(f): {"Богдан", "Северинович", "Загорулько"}} {
		s.ok(s.AddDetail(s.Context(), by, f.ID, vault.Detail{Person: ref, Names: [][]vault.Part{{
			{Kind: "given", Text: vault.NewText(words[0])}, {Kind: "patronymic", Text: vault.NewText(words[1])}, {Kind: "family", Text: vault.NewText(words[2])},
		}}}))
	}
}

// complaint is a letter of the father to the military prosecutor.
func complaint(f *habeas.CaseFile, appeal claim.Ref) habeas.DossierOptions {
	return habeas.DossierOptions{Audience: "authority", Lang: "ru", Letter: &habeas.LetterDraft{
		Appeal: appeal, Form: "ru-military-prosecutor", Sender: father(f), Enclosures: vault.NewText("копия рапорта"),
		Fields: map[string]vault.Text{
			"addressee": vault.NewText("Военному прокурору гарнизона"), "sender.address": vault.NewText(fathersAddress), "account": vault.NewText(fathersAccount),
		},
	}}
}

// inZip returns the words in the files of a DOCX.
func (s *story) inZip(b []byte) string {
	s.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	s.ok(err)
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		s.ok(err)
		_, err = io.Copy(&all, r)
		s.ok(err)
	}
	return regexp.MustCompile("<[^>]*>").ReplaceAllString(all.String(), "")
}

// TestFatherComplains is case A: his father's complaint to the military prosecutor is
// drafted, approved by another, released, and stands with the appeal and on the register.
func TestFatherComplains(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	prosecutor := s.authority(vera, "the garrison prosecutor", "prosecutor", "RU")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held and why", Kind: "complaint", Authority: prosecutor, Rules: []string{"RU-PROC-45"}})
	other := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "the same to nobody", Kind: "complaint", Authority: prosecutor})
	opt := complaint(f, ref)
	_, err := s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "reveal.first")
	vera = s.shown("vera", f)
	s.inRussian(vera, f)
	for giver, person := range map[string]claim.Ref{claim.GivenBySource: "", claim.GivenByFamily: affected(f)} {
		s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: giver, Person: person,
			Uses: []claim.Use{{To: "authority", Named: claim.NamedName, Place: "exact"}}}))
	}

	p, err := s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	if n := len(p.Letter.Missing()); n != 0 {
		t.Errorf("%d things are missing: %+v", n, p.Letter.Missing())
	}
	if len(p.Letter.Notes) == 0 || len(p.Hits) > 0 {
		t.Fatalf("got %d notes, hits %+v", len(p.Letter.Notes), p.Hits)
	}
	made, err := s.Propose(ctx, vera, f.ID, opt)
	s.ok(err)
	s.refused(s.Approve(ctx, vera, f.ID, made, "his comrades know it"), "dossier.own")
	omar := s.as("omar")
	s.refused(s.Approve(ctx, omar, f.ID, made, "his comrades know it"), "reveal.first")
	omar = s.shown("omar", f)
	seen, _, err := s.Dossier(ctx, omar, f.ID, made)
	s.ok(err)
	if !seen.Ready || seen.Letter == nil || seen.Appeal != ref {
		t.Errorf("who approves it does not see the letter, or for what it is: %+v", seen)
	}
	s.ok(s.Approve(ctx, omar, f.ID, made, "his comrades know it, and a prosecutor could act"))
	s.refused(s.AttachDossier(ctx, vera, f.ID, ref, made), "dossier.not_released")
	noor, secret := s.editor(f)
	out, err := s.Release(ctx, noor, f.ID, made, "the garrison prosecutor", secret)
	s.ok(err)

	var names []string
	for _, file := range out.Files() {
		names = append(names, file.Name)
	}
	if got := strings.Join(names, " "); got != "letter.docx letter.odt letter.pdf letter.txt" {
		t.Errorf("got %s", got)
	}
	docx, _ := out.File("letter.docx")
	for _, want := range []string{"Богдана Севериновича Загорулько", "в отношении Ростислава Богдановича Загорулько", fathersAddress, fathersAccount, "копия рапорта"} {
		if text := s.inZip(docx.Bytes); !strings.Contains(text, want) {
			t.Errorf("%q is not in the letter:\n%s", want, p.Letter.Plain(true))
		}
	}
	pdf, _ := out.File("letter.pdf")
	if !bytes.HasPrefix(pdf.Bytes, []byte("%PDF-")) {
		t.Error("the PDF is none")
	}
	with, ok := s.theAppeal(vera, f.ID, ref).Last(claim.StepLetter)
	if !ok || with.Said.Dossier != made {
		t.Errorf("got %+v as what went with the appeal", with)
	}
	for appeal, n := range map[claim.Ref]int{ref: 1, other: 0} {
		if rows, err := s.LettersFor(ctx, vera, f.ID, appeal); err != nil || len(rows) != n {
			t.Errorf("got %d letters, %v; want %d", len(rows), err, n)
		}
	}
	left, err := s.Releases(ctx, vera, father(f))
	s.ok(err)
	if len(left) != 1 || left[0].Dossier != made || len(left[0].Used) != len(p.Letter.Claims()) {
		t.Errorf("got %+v as what left, want the letter and its %d claims", left, len(p.Letter.Claims()))
	}
	if _, err := s.Released(ctx, noor, f.ID, made); err != nil {
		t.Errorf("it can't be taken: %v", err)
	}
	s.sweepFor("Загорулько", "Криволинейный", "месту службы", "копия рапорта")

	// Later the son does not want to be named; then the father takes all of it back.
	st := s.statement(f, "father").Ref
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: st, Giver: claim.GivenByPerson, Person: affected(f), Uses: []claim.Use{{To: "authority", Named: claim.NamedCover, Place: "exact"}}}))
	if _, err := s.Released(ctx, noor, f.ID, made); err == nil {
		t.Error("his name is handed over again")
	}
	if len(s.NamedLeft(ctx, vera, f.ID)) != 1 {
		t.Fatal("what was typed is nowhere: this test would see nothing")
	}
	_, err = s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), st)
	s.ok(err)
	for _, n := range s.NamedLeft(ctx, vera, f.ID) {
		t.Errorf("what was typed is still there: %s", n)
	}
}

// A letter that was approved does not leave once consent allows less.
func TestApprovedLetterStays(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.shown("vera", s.caseOf(s.as("vera"), "officer"))
	f := s.caseOf(vera, "officer")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held", Kind: "complaint", Authority: s.authority(vera, "the garrison prosecutor", "prosecutor", "RU")})
	s.inRussian(vera, f)
	uses := func(named string) {
		for giver, person := range map[string]claim.Ref{claim.GivenBySource: "", claim.GivenByFamily: affected(f)} {
			s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: giver, Person: person, Uses: []claim.Use{{To: "authority", Named: named, Place: "exact"}}}))
		}
	}
	uses(claim.NamedName)
	made, err := s.Propose(ctx, vera, f.ID, complaint(f, ref))
	s.ok(err)
	s.ok(s.Approve(ctx, s.shown("omar", f), f.ID, made, "his comrades know it"))
	noor, secret := s.editor(f)
	uses(claim.NamedCover)
	_, err = s.Release(ctx, noor, f.ID, made, "the garrison prosecutor", secret)
	s.refused(err, "letter.not_named")
	if _, ok := s.theAppeal(vera, f.ID, ref).Last(claim.StepLetter); ok {
		t.Error("it stands with the appeal as if it had left")
	}
}

// A family that agreed to be told of and not to be named stands in a letter under
// cover names, and nothing that leads to them can be typed; whoever is named all the
// same, the gate holds back.
func TestLetterWithoutTheirNames(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	body := s.authority(vera, "the working group", "international", "UN")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held and why", Kind: "urgent-action", Authority: body})
	vera = s.shown("vera", f)
	s.inRussian(vera, f)
	opt := complaint(f, ref)
	_, err := s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "letter.not_named") // his address
	delete(opt.Letter.Fields, "sender.address")
	opt.Letter.Fields["person.document"] = vault.NewText("74 19 0055127")
	_, err = s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "letter.not_named")
	delete(opt.Letter.Fields, "person.document")
	p, err := s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	for _, file := range p.Files {
		s.seen["without names "+file.Name] = file.Bytes
	}
	opt.Letter.Fields["account"] = vault.NewText("Мой сын Ростислав Загорулько молчит.")
	p, err = s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	if p.Ready || len(p.Hits) == 0 {
		t.Error("a name that was typed is let through")
	}
	if _, err := s.Propose(ctx, vera, f.ID, opt); err == nil {
		t.Error("a letter with a name that may not be in it was proposed")
	}

	// The same to the Working Group, signed by somebody of no case.
	opt = habeas.DossierOptions{Audience: "un", Lang: "en", Letter: &habeas.LetterDraft{Appeal: ref, Form: "wgeid-urgent", From: vault.NewText("an office, invented"), Fields: map[string]vault.Text{
		"sender.address": vault.NewText("1 Main street"),
	}}}
	p, err = s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	if len(p.Letter.Missing()) == 0 || len(p.Hits) > 0 {
		t.Errorf("got %d missing, hits %+v", len(p.Letter.Missing()), p.Hits)
	}
	for _, file := range p.Files {
		s.seen["to the UN "+file.Name] = file.Bytes
	}
	said := len(p.Letter.Claims())
	opt.Letter.Leave = []string{p.Sentences[0].Key}
	less, err := s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	if bytes.Contains(less.Letter.Plain(false), []byte(p.Sentences[0].Text)) || len(less.Letter.Claims()) >= said {
		t.Errorf("%q was to be left out of\n%s", p.Sentences[0].Text, less.Letter.Plain(true))
	}
	opt.Audience = "public"
	_, err = s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "appeal.letter_audience")
	opt.Audience, opt.Lang = "un", "ru"
	_, err = s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "letter.not_accepted")
	s.sweepFor("Загорулько", "0055127")
}

// Whoever is not to be mentioned at all to a reader writes them no letter, under no
// cover name either.
func TestNobodyWritesWhoIsNotMentioned(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held", Kind: "complaint", Authority: s.authority(vera, "the garrison prosecutor", "prosecutor", "RU")})
	vera = s.shown("vera", f)
	s.inRussian(vera, f)
	opt := complaint(f, ref)
	opt.Letter.Fields = nil
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: claim.GivenByPerson, Person: opt.Letter.Sender, Uses: []claim.Use{{To: "authority", Named: claim.NamedNone, Place: "exact"}}}))
	_, err := s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "letter.not_named")
	_, err = s.Propose(ctx, vera, f.ID, opt)
	s.refused(err, "letter.not_named")
}
