package habeas_test

import (
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/vault"
)

// Numbers that a letter of the family got, invented: they lead to it.
const (
	theirNumber   = "904-ВЖ/77"
	theirTracking = "RR904770055XX"
)

// sentBefore records a complaint of the family that was registered and denied.
func (s *story) sentBefore(by habeas.Actor, f *habeas.CaseFile, body claim.Ref, about ...claim.Ref) claim.Ref {
	s.Helper()
	ref := s.appeal(by, f.ID, habeas.NewAppeal{Title: "the first one", Kind: "complaint", Authority: body, About: about})
	s.step(by, f.ID, ref, claim.StepSent, "2022-08-03")
	s.ok(s.AddStep(s.Context(), by, f.ID, ref, claim.Step{What: claim.StepRegistered, On: "2022-08-09"}, habeas.Numbers{Registration: vault.NewText(theirNumber), Tracking: vault.NewText(theirTracking)}))
	_, _, err := s.AddReply(s.Context(), by, f.ID, ref, habeas.NewReply{Answer: "denial", Impact: "unknown", On: "2022-09-14"})
	s.ok(err)
	return ref
}

// plain previews a letter and returns its words.
func (s *story) plain(by habeas.Actor, f *habeas.CaseFile, opt habeas.DossierOptions) string {
	s.Helper()
	p, err := s.Preview(s.Context(), by, f.ID, opt)
	s.ok(err)
	return strings.Join(strings.Fields(string(p.Letter.Plain(false))), " ")
}

// A letter tells of earlier ones as far as its reader may name the family: to one who
// may, with the number; to one who may not, without it and without the days.
func TestEarlierLettersAreTold(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.shown("vera", s.caseOf(s.as("vera"), "officer"))
	f := s.caseOf(vera, "officer")
	s.inRussian(vera, f)
	garrison := s.authority(vera, "garrison prosecutor", "prosecutor", "RU")
	before := s.sentBefore(vera, f, garrison)
	silent := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "the second one", Kind: "other", Authority: s.authority(vera, "an ombudsman", "ombudsman", "RU")})
	s.step(vera, f.ID, silent, claim.StepSent, "2022-10-01")
	unsent := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "never sent", Kind: "complaint", Authority: garrison})
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held", Kind: "complaint", Authority: garrison})
	others := claim.Ref("")
	for p := range f.State.Persons {
		if p != affected(f) && p != father(f) {
			others = p
		}
	}
	other := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "of another", Kind: "search-request", Authority: garrison, About: []claim.Ref{others}})
	s.step(vera, f.ID, other, claim.StepSent, "2022-11-05")
	for giver, person := range map[string]claim.Ref{claim.GivenBySource: "", claim.GivenByFamily: affected(f)} {
		s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: giver, Person: person,
			Uses: []claim.Use{{To: "authority", Named: claim.NamedName, Place: "exact"}, {To: "un", Named: claim.NamedCover, Place: "exact"}}}))
	}

	got, err := s.EarlierLetters(ctx, vera, f.ID, ref, "authority")
	s.ok(err)
	for _, is := range []claim.Ref{before, silent, other} {
		if !slices.Contains(got, is) {
			t.Errorf("%s was sent, and is not among the earlier letters", is)
		}
	}
	if slices.Contains(got, ref) || slices.Contains(got, unsent) {
		t.Error("a letter that was never sent is among the earlier ones")
	}
	opt := complaint(f, ref)
	opt.Letter.Earlier = []claim.Ref{silent, before}
	if text := s.plain(vera, f, opt); !strings.Contains(text, "3 августа 2022 г.; жалоба; garrison prosecutor; зарегистрировано, № "+theirNumber+"; ответ (14 сентября 2022 г.): отрицается, что человека удерживают.") ||
		!strings.Contains(text, "1 октября 2022 г.; письмо; an ombudsman; ответа нет.") || strings.Contains(text, theirTracking) || strings.Contains(text, "never sent") {
		t.Errorf("got\n%s", text)
	}
	opt.Letter.Earlier = []claim.Ref{silent}
	if text := s.plain(vera, f, opt); strings.Contains(text, theirNumber) || strings.Contains(text, "garrison prosecutor; ") {
		t.Errorf("what was not chosen is there:\n%s", text)
	}

	un := habeas.DossierOptions{Audience: "un", Lang: "en", Letter: &habeas.LetterDraft{Appeal: ref, Form: "wgeid-urgent", From: vault.NewText("an office, invented"), Earlier: got}}
	text := s.plain(vera, f, un)
	if !strings.Contains(text, "August 2022; complaint; garrison prosecutor; registered; reply of September 2022: it is denied that anybody is held.") {
		t.Errorf("got\n%s", text)
	}
	for _, never := range []string{theirNumber, theirTracking, "3 August", "14 September", "1 October", "Загорулько", "Zahorulko"} {
		if strings.Contains(text, never) {
			t.Errorf("%q stands where the family may not be named:\n%s", never, text)
		}
	}

	// A number that stood in a letter keeps it inside once the family may not be named.
	opt.Letter.Earlier = []claim.Ref{before}
	made, err := s.Propose(ctx, vera, f.ID, opt)
	s.ok(err)
	for _, handle := range []string{"ana", "ed"} {
		for _, row := range s.listed(handle, f) {
			if row.Dossier == made && (row.Letter == nil || row.Letter.Kind != "complaint" || row.Letter.To != "garrison prosecutor") {
				t.Errorf("%s sees %+v, want a letter", handle, row)
			}
		}
	}
	typed, err := s.TypedLetter(ctx, vera, f.ID, made)
	s.ok(err)
	if l := typed.Letter; l.Fields["account"].Reveal() != fathersAccount || l.Sender != father(f) || len(l.Earlier) != 1 || l.Enclosures.Reveal() != "копия рапорта" || l.Form != opt.Letter.Form {
		t.Errorf("got %+v typed", l)
	}
	if _, err := s.TypedLetter(ctx, s.as("omar"), f.ID, made); err == nil {
		t.Error("what was typed is shown to who has no names shown")
	}
	s.ok(s.Approve(ctx, s.shown("omar", f), f.ID, made, "his comrades know it"))
	noor, secret := s.editor(f)
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: claim.GivenByFamily, Person: affected(f), Uses: []claim.Use{{To: "authority", Named: claim.NamedCover, Place: "exact"}}}))
	if _, err := s.Release(ctx, noor, f.ID, made, "the garrison prosecutor", secret); err == nil {
		t.Error("a letter with the number of a family that may not be named has left")
	}
	s.sweepFor(theirNumber, theirTracking)
}

func (s *story) listed(handle string, f *habeas.CaseFile) []habeas.DossierRow {
	s.Helper()
	rows, err := s.Dossiers(s.Context(), s.as(handle), f.ID)
	s.ok(err)
	return rows
}

// Nothing tells of a letter about somebody who is not to be mentioned, and the number
// of one that a relative may have signed who agreed to nothing stays inside.
func TestEarlierLetterOfSomebodyElse(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.shown("vera", s.caseOf(s.as("vera"), "officer"))
	f := s.caseOf(vera, "officer")
	s.inRussian(vera, f)
	garrison := s.authority(vera, "garrison prosecutor", "prosecutor", "RU")
	before := s.sentBefore(vera, f, garrison, father(f))
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held", Kind: "complaint", Authority: garrison})
	for giver, person := range map[string]claim.Ref{claim.GivenBySource: "", claim.GivenByFamily: affected(f)} {
		s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: giver, Person: person, Uses: []claim.Use{{To: "authority", Named: claim.NamedName, Place: "exact"}}}))
	}
	opt := complaint(f, ref)
	opt.Letter.Earlier = []claim.Ref{before}
	if text := s.plain(vera, f, opt); !strings.Contains(text, theirNumber) || !strings.Contains(text, "о ком: Богдан Северинович Загорулько") {
		t.Errorf("got\n%s", text)
	}
	// Somebody speaks as his sister, of whom nobody knows what she agreed to.
	sister := s.person(vera, f)
	_, err := s.AddSource(ctx, vera, f.ID, claim.Source{Kind: "person", Role: "sister", Person: sister})
	s.ok(err)
	if text := s.plain(vera, f, opt); strings.Contains(text, theirNumber) || !strings.Contains(text, "август 2022 г.") {
		t.Errorf("a number may lead to his sister:\n%s", text)
	}
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: claim.GivenByPerson, Person: father(f), Uses: []claim.Use{{To: "authority", Named: claim.NamedNone, Place: "exact"}}}))
	opt.Letter.Sender, opt.Letter.Fields = "", nil
	if _, err := s.Preview(ctx, vera, f.ID, opt); err == nil {
		t.Error("a letter about somebody who is not to be mentioned is told of")
	} else {
		s.refused(err, "letter.not_mentioned")
	}
	if all, err := s.EarlierLetters(ctx, vera, f.ID, ref, "authority"); err != nil || len(all) != 0 {
		t.Errorf("got %v, %v as earlier letters, want none", all, err)
	}
	_, err = s.EarlierLetters(ctx, s.as("omar"), f.ID, ref, "authority")
	s.refused(err, "reveal.first")
}

// person adds somebody to a case.
func (s *story) person(by habeas.Actor, f *habeas.CaseFile) claim.Ref {
	s.Helper()
	ref, err := s.AddPerson(s.Context(), by, f.ID, habeas.NewPerson{})
	s.ok(err)
	return ref
}

// A letter lists exhibits by code, sort and pages, of who agreed to that, and rests on
// what they were given with.
func TestLetterListsExhibits(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.shown("vera", s.caseOf(s.as("vera"), "officer"))
	f := s.caseOf(vera, "officer")
	s.inRussian(vera, f)
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held", Kind: "complaint", Authority: s.authority(vera, "garrison prosecutor", "prosecutor", "RU")})
	st := s.statement(f, "father").Ref
	x := s.exhibit(vera, f.ID, st, "Рапорт Загорулько.pdf", []byte("%PDF-1.4 of nobody"))
	src, err := s.AddSource(ctx, vera, f.ID, claim.Source{Kind: "person", Role: "neighbour"})
	s.ok(err)
	silent, err := s.AddStatement(ctx, vera, f.ID, habeas.NewStatement{Source: src, Received: "2022-12-01", Medium: "interview", Lang: "ru", Title: "what a neighbour saw", Raw: vault.NewText("Он видел."), Plain: true})
	s.ok(err)
	y := s.exhibit(vera, f.ID, silent, "Загорулько.jpg", []byte("\xff\xd8\xff\xe0 of nobody"))
	opt := complaint(f, ref)
	opt.Letter.Exhibits = []claim.Ref{x}
	_, err = s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "letter.not_enclosed")
	for giver, person := range map[string]claim.Ref{claim.GivenBySource: "", claim.GivenByFamily: affected(f)} {
		s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: st, Giver: giver, Person: person, Uses: []claim.Use{{To: "authority", Named: claim.NamedName, Place: "exact"}}}))
	}
	text := s.plain(vera, f, opt)
	if want := "материал " + habeas.ExhibitCode(x) + ": документ"; !strings.Contains(text, want) || strings.Contains(text, "Рапорт") || !strings.Contains(text, "копия рапорта") {
		t.Errorf("%q is not in\n%s", want, text)
	}
	all, err := s.Enclosable(ctx, vera, f.ID, "authority")
	s.ok(err)
	for _, e := range all {
		if e.Ref() == y {
			t.Error("an exhibit whose giver agreed to nothing can be listed")
		}
	}
	opt.Letter.Exhibits = []claim.Ref{x, y}
	_, err = s.Preview(ctx, vera, f.ID, opt)
	s.refused(err, "letter.not_enclosed")
	opt.Letter.Exhibits = []claim.Ref{x}
	made, err := s.Propose(ctx, vera, f.ID, opt)
	s.ok(err)
	s.ok(s.Approve(ctx, s.shown("omar", f), f.ID, made, "his comrades know it"))
	noor, secret := s.editor(f)
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: st, Giver: claim.GivenBySource, Uses: []claim.Use{{To: "court", Named: claim.NamedName, Place: "exact"}}}))
	if _, err = s.Release(ctx, noor, f.ID, made, "the garrison prosecutor", secret); err == nil {
		t.Error("a letter that lists what nobody agrees to any more has left")
	}
	s.sweepFor("Рапорт", "Загорулько")
}

// A step of a letter can name the exhibit that proves it: of its own case, and only
// where there is something to prove. It is on the register of what left.
func TestReceiptOfALetter(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.shown("vera", s.caseOf(s.as("vera"), "officer"))
	f, other := s.caseOf(vera, "officer"), s.caseOf(vera, "lieutenant")
	s.inRussian(vera, f)
	st := s.statement(f, "father").Ref
	for giver, person := range map[string]claim.Ref{claim.GivenBySource: "", claim.GivenByFamily: affected(f)} {
		s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: st, Giver: giver, Person: person, Uses: []claim.Use{{To: "authority", Named: claim.NamedName, Place: "exact"}}}))
	}
	body := s.authority(vera, "garrison prosecutor", "prosecutor", "RU")
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held", Kind: "complaint", Authority: body})
	x := s.exhibit(vera, f.ID, st, "Квитанция Загорулько.jpg", []byte("\xff\xd8\xff\xe0 of nobody"))
	elsewhere := s.appeal(vera, other.ID, habeas.NewAppeal{Title: "of another case", Kind: "complaint", Authority: body})
	sent := claim.Step{What: claim.StepSent, On: "2026-11-19", By: "post", Receipt: x}
	s.refused(s.AddStep(ctx, vera, other.ID, elsewhere, sent, habeas.Numbers{}), "appeal.no_receipt")
	s.refused(s.AddStep(ctx, vera, f.ID, ref, claim.Step{What: claim.StepClosed, On: "2026-11-19", Receipt: x}, habeas.Numbers{}), "appeal.no_receipt")
	gone := sent
	gone.Receipt = claim.NewRef(claim.RefExhibit)
	s.refused(s.AddStep(ctx, vera, f.ID, ref, gone, habeas.Numbers{}), "appeal.no_receipt")
	made, err := s.Propose(ctx, vera, f.ID, complaint(f, ref))
	s.ok(err)
	s.ok(s.Approve(ctx, s.shown("omar", f), f.ID, made, "his comrades know it"))
	noor, secret := s.editor(f)
	_, err = s.Release(ctx, noor, f.ID, made, "the garrison prosecutor", secret)
	s.ok(err)
	s.ok(s.AddStep(ctx, vera, f.ID, ref, sent, habeas.Numbers{}))
	if last, ok := s.theAppeal(vera, f.ID, ref).Last(claim.StepSent); !ok || last.Said.Receipt != x {
		t.Errorf("got %+v, want it sent with its receipt", last)
	}
	left, err := s.Releases(ctx, vera, "")
	s.ok(err)
	i := slices.IndexFunc(left, func(r habeas.ReleaseRow) bool { return r.Dossier == made })
	if i < 0 || left[i].Letter == nil || !slices.Equal(left[i].Letter.Receipts, []claim.Ref{x}) {
		t.Errorf("got %+v on the register, want the letter with its receipt", left)
	}
	// Who may not see the exhibits learns nothing but that there is one.
	for _, handle := range []string{"ana", "ed"} {
		if _, err := s.Exhibit(ctx, s.as(handle), f.ID, x); err == nil {
			t.Errorf("%s opens the receipt", handle)
		}
	}
	s.sweepFor("Квитанция", "Загорулько")
}
