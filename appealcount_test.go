package habeas_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/gate"
	"habeas/vault"
)

// sent sends letters to a body, each about somebody else unless who is given, of which
// nothing came yet. They were posted ten days before the day of the story; those about
// somebody who is given, and search requests, were registered two days later.
func (s *story) sent(by habeas.Actor, id habeas.CaseID, to claim.Ref, kind string, n int, who ...claim.Ref) (all []claim.Ref) {
	s.Helper()
	on, registered := s.now.AddDate(0, 0, -10).Format("2006-01-02"), s.now.AddDate(0, 0, -8).Format("2006-01-02")
	for range n {
		about := who
		if len(about) == 0 {
			p, err := s.AddPerson(s.Context(), by, id, habeas.NewPerson{})
			s.ok(err)
			about = []claim.Ref{p}
		}
		ref := s.appeal(by, id, habeas.NewAppeal{Title: "where they are held", Kind: kind, Authority: to, Rules: []string{"RU-APPEAL-REPLY"}, About: about})
		s.step(by, id, ref, claim.StepSent, on)
		if len(who) > 0 || kind == "search-request" {
			s.ok(s.AddStep(s.Context(), by, id, ref, claim.Step{What: claim.StepRegistered, On: registered}, numbersInvented()))
		}
		all = append(all, ref)
	}
	return all
}

func (s *story) replied(by habeas.Actor, id habeas.CaseID, answer, on string, refs ...claim.Ref) {
	s.Helper()
	for _, ref := range refs {
		_, _, err := s.AddReply(s.Context(), by, id, ref, habeas.NewReply{Answer: answer, Impact: "none", On: on})
		s.ok(err)
	}
}

func (s *story) counted(by habeas.Actor, q habeas.AppealQuery) (*habeas.AppealCounts, habeas.Tally) {
	s.Helper()
	c, err := s.CountAppeals(s.Context(), by, q)
	s.ok(err)
	s.seen["counts"] = append(s.seen["counts"], s.json(c)...)
	return c, c.Total
}

func (s *story) json(v any) []byte {
	s.Helper()
	b, err := json.Marshal(v)
	s.ok(err)
	return b
}

// TestAnalystCountsLetters: an analyst wants to know what becomes of letters, of people
// rather than reports, and is told of no single one.
func TestAnalystCountsLetters(t *testing.T) {
	s := tell(t)
	s.day("2026-02-12")
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	ministry := s.authority(vera, "the ministry, letters office", "ministry", "RU")
	court := s.authority(vera, "the garrison court", "court", "TR")
	to := func(q habeas.AppealQuery) habeas.AppealQuery { q.Authority, q.By = ministry, habeas.ByKind; return q }

	person := affected(f)
	two := s.sent(vera, f.ID, ministry, "request", 2, person)
	more := s.sent(vera, f.ID, ministry, "search-request", 6)
	s.sent(vera, f.ID, court, "court-complaint", 1)
	unsent := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "not sent yet", Kind: "request", Authority: ministry, About: []claim.Ref{person}})
	s.day("2026-02-20")
	vera = s.as("vera")
	s.replied(vera, f.ID, "explanation", "2026-02-12", two[0]) // 10 days from sending, 8 from registration
	s.replied(vera, f.ID, "denial", "2026-02-18", two[1])      // 16 and 14
	s.replied(vera, f.ID, claim.AnswerToken, "2026-02-18", more[0])
	_, err := s.ForwardAppeal(s.Context(), vera, f.ID, more[1], "2026-02-10", court, nil)
	s.ok(err)
	s.day("2026-06-01")
	vera = s.as("vera")
	s.replied(vera, f.ID, "refused", "2026-05-13", more[2]) // 100 and 98: late

	ana := s.as("ana")
	counts, all := s.counted(ana, to(habeas.AppealQuery{}))
	want := map[string]int{habeas.BecameAnswered: 2, habeas.BecameLate: 1, habeas.BecameToken: 1, habeas.BecameSentOn: 1, habeas.BecameOverdue: 3}
	if all.Letters != 8 || all.People != 7 || string(s.json(all.Became)) != string(s.json(want)) {
		t.Errorf("got %d letters about %d people, %v; want 8 about 7, %v", all.Letters, all.People, all.Became, want)
	}
	if w := all.SinceSent; w.Answers != 3 || w.Lower != 10 || w.Median != 16 || w.Upper != 100 || w.Longest != 100 {
		t.Errorf("got %+v days from sending", w)
	}
	if w := all.SinceRegister; w.Median != 14 || w.Longest != 98 {
		t.Errorf("got %+v days from registration", w)
	}
	if all.Share(habeas.BecameAnswered, habeas.BecameLate) != 38 || len(counts.Rows) != 2 || counts.Rows[0].Key != "request" || counts.Unsent == 0 {
		t.Errorf("got a share of %d, rows %+v, %d unsent", all.Share(habeas.BecameAnswered, habeas.BecameLate), counts.Rows, counts.Unsent)
	}
	// What was sent on is a letter of its own there.
	if _, there := s.counted(ana, habeas.AppealQuery{By: habeas.ByJurisdiction, Jurisdiction: "TR", Authority: court}); there.Letters != 2 {
		t.Errorf("got %d letters at the other body, want the one that was sent there and the one that was sent on", there.Letters)
	}
	for q, n := range map[habeas.AppealQuery]int{{From: 2027}: 0, {To: 2025}: 0, {From: 2026, To: 2026}: 8, {Kind: "complaint"}: 0, {Jurisdiction: "UA"}: 0} {
		if _, got := s.counted(ana, to(q)); got.Letters != n {
			t.Errorf("%+v: got %d letters, want %d", q, got.Letters, n)
		}
	}
	_, err = s.CountAppeals(s.Context(), ana, habeas.AppealQuery{By: "person"})
	s.refused(err, "claim.unknown_term")

	// A step that is taken back counts no more; the board and the table have it at once.
	late, _ := s.theAppeal(vera, f.ID, more[2]).Last(claim.StepAnswered)
	s.ok(s.AddStep(s.Context(), vera, f.ID, unsent, claim.Step{What: claim.StepSent, On: "2026-06-01", By: "post"}, habeas.Numbers{}))
	if _, got := s.counted(ana, to(habeas.AppealQuery{})); got.Letters != 9 || got.People != 7 || late.Entry.IsZero() {
		t.Errorf("got %d letters about %d people after one more was sent, want 9 about 7", got.Letters, got.People)
	}
	s.nobodyInIt(f, "counts")
	s.seen["counts"] = slices.DeleteFunc(s.seen["counts"], func(b byte) bool { return b == 0 })
	s.sweepFor(tracking, registration, "Vyhadana", "Nevidomsk")
}

// nobodyInIt fails the story if what was seen says which letter, whose, or of which
// case.
func (s *story) nobodyInIt(f *habeas.CaseFile, what string) {
	s.Helper()
	if len(s.seen[what]) == 0 {
		s.Fatal("nothing was seen")
	}
	words := []string{f.ID.String(), f.State.Case.Title, "where they are held", registration, tracking, "p:", "a:", "d:"}
	for _, p := range s.caseOf(s.as("vera"), "officer").State.Persons {
		words = append(words, string(p.Ref), p.Cover)
	}
	for _, a := range s.caseOf(s.as("vera"), "officer").State.Appeals {
		words = append(words, string(a.Ref))
	}
	for _, w := range words {
		if w != "" && bytes.Contains(s.seen[what], []byte(w)) {
			s.Errorf("%s says %q", what, w)
		}
	}
}

// TestColleagueCountsTheirOwn: nobody counts what lies in circles that are not theirs,
// and a keeper who does no casework counts nothing.
func TestColleagueCountsTheirOwn(t *testing.T) {
	s := tell(t)
	s.day("2026-02-12")
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	ministry := s.authority(vera, "the ministry, letters office", "ministry", "RU")
	s.sent(vera, f.ID, ministry, "request", 3)
	zoe := s.outsider(vera)
	c, all := s.counted(zoe, habeas.AppealQuery{By: habeas.ByAuthority})
	if all.Letters != 0 || c.Unsent != 0 || len(c.Rows)+len(c.Years) != 0 {
		t.Errorf("somebody who sees no case counts %+v", c)
	}
	circles, err := s.Circles(s.Context(), zoe)
	s.ok(err)
	var own, foreign habeas.Circle
	for _, c := range circles {
		if !c.Office {
			own = c
		}
	}
	id, err := s.OpenCase(s.Context(), zoe, own.ID, habeas.NewCase{Title: "the one by the river", About: "person"})
	s.ok(err)
	s.sent(zoe, id, ministry, "complaint", 2)
	if _, all := s.counted(zoe, habeas.AppealQuery{By: habeas.ByKind}); all.Letters != 2 || all.People != 2 {
		t.Errorf("got %d letters about %d people, want their own two", all.Letters, all.People)
	}
	_, before := s.counted(s.as("ana"), habeas.AppealQuery{By: habeas.ByKind, Authority: ministry})
	if before.Letters != 3 {
		t.Errorf("got %d letters, want the three of their circle", before.Letters)
	}
	// The other circle can't be asked for a table either, not even whether it is there.
	for _, c := range mine(t, s, "ana") {
		foreign = c
	}
	_, err = s.PreviewTable(s.Context(), zoe, habeas.TableOptions{Circle: foreign.ID, Lang: "en"})
	s.refused(err, "circle.none")
	_, err = s.ProposeTable(s.Context(), zoe, habeas.TableOptions{Circle: foreign.ID, Lang: "en"})
	s.refused(err, "circle.none")
	_, _, err = s.Table(s.Context(), zoe, foreign.ID, claim.NewRef(claim.RefDossier))
	s.refused(err, "circle.none")
	s.sweep()
}

// mine returns the circles of a member but for the office.
func mine(t *testing.T, s *story, handle string) []habeas.Circle {
	t.Helper()
	all, err := s.Circles(s.Context(), s.as(handle))
	s.ok(err)
	return slices.DeleteFunc(all, func(c habeas.Circle) bool { return c.Office })
}

// TestEditorPublishesATable: a table leaves as a dossier does, and what is of few is in
// none of its bytes.
func TestEditorPublishesATable(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	s.day("2026-02-12")
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	ministry := s.authority(vera, "the ministry, letters office", "ministry", "RU")
	court := s.authority(vera, "the garrison court", "court", "TR")
	answered := s.sent(vera, f.ID, ministry, "request", 7)
	s.sent(vera, f.ID, court, "court-complaint", 6)
	s.sent(vera, f.ID, court, "habeas-corpus", 2)
	s.day("2026-03-20")
	vera = s.as("vera")
	s.replied(vera, f.ID, "explanation", "2026-02-12", answered[:5]...)
	opt := habeas.TableOptions{Circle: mine(t, s, "vera")[0].ID, Lang: "en", Bodies: true}

	ana, omar, ed := s.as("ana"), s.as("omar"), s.as("ed")
	_, err := s.PreviewTable(ctx, ana, opt)
	s.refused(err, "may.not") // who reads many files does not let things out
	p, err := s.PreviewTable(ctx, ed, opt)
	s.ok(err)
	s.filesSeen(p.Files)
	body, kind := s.csv(p.Files, "letters-by-authority.csv"), s.csv(p.Files, "letters-by-kind.csv")
	if got := kind["habeas corpus"]; len(got) == 0 || got[0] != "held back" || got[1] != "held back" {
		t.Errorf("got %q of two letters", got)
	}
	if body["the ministry, letters office"] == nil || body["RU"] == nil || body["All letters"][0] == "held back" {
		t.Errorf("got %q", body)
	}
	for name, rows := range map[string]map[string][]string{"body": body, "kind": kind} {
		for row, cells := range rows {
			for _, n := range cells {
				if len(n) == 1 && strings.Contains("1234", n) {
					t.Errorf("by %s, %s: %q is told", name, row, n)
				}
			}
		}
	}

	// Nobody lets out what they proposed themselves, nor what nobody read.
	ref, err := s.ProposeTable(ctx, ed, opt)
	s.ok(err)
	s.refused(s.ApproveTable(ctx, ed, opt.Circle, ref, "nobody can be seen here"), "dossier.own")
	_, err = s.ReleaseTable(ctx, ed, opt.Circle, ref, "the newspaper", pass("ed"))
	s.refused(err, "dossier.not_approved")
	today, err := s.Today(ctx, omar, 0)
	s.ok(err)
	if !slices.ContainsFunc(today.Waiting, func(r habeas.DossierRow) bool { return r.Table && r.Dossier == ref }) {
		t.Error("nobody is told that a table waits for them")
	}
	s.ok(s.ApproveTable(ctx, omar, opt.Circle, ref, "nobody can be seen here"))
	_, err = s.ReleaseTable(ctx, omar, opt.Circle, ref, "the newspaper", pass("omar"))
	s.refused(err, "may.not")
	_, err = s.ReleasedTable(ctx, ed, opt.Circle, ref)
	s.refused(err, "dossier.not_released")
	_, err = s.ReleaseTable(ctx, ed, opt.Circle, ref, "the desk of Wendeborg Quillathorne", pass("ed")) // an invented name
	s.refused(err, "desk.suspect_in_field")
	cleared, err := s.ReleaseTable(ctx, ed, opt.Circle, ref, "the newspaper", pass("ed"))
	s.ok(err)
	s.filesSeen(cleared.Files())
	_, err = s.ReleaseTable(ctx, ed, opt.Circle, ref, "the newspaper", pass("ed"))
	s.refused(err, "dossier.released")
	rows, err := s.Releases(ctx, ed, "")
	s.ok(err)
	if len(rows) == 0 || !rows[0].Table || rows[0].To != "the newspaper" {
		t.Errorf("the register does not have it first: %+v", rows)
	}

	// Two tables are subtracted: what came in between must be of enough people.
	s.sent(vera, f.ID, ministry, "request", 1)
	_, err = s.PreviewTable(ctx, ed, opt)
	s.refused(err, "count.too_near")
	s.sent(vera, f.ID, ministry, "request", 4)
	p, err = s.PreviewTable(ctx, ed, opt)
	s.ok(err)
	s.filesSeen(p.Files)
	s.nobodyInIt(f, "tables")
	s.sweepFor(tracking, registration, "Vyhadana", "Nevidomsk")
}

func (s *story) filesSeen(files []gate.File) {
	for _, f := range files {
		s.seen["tables"] = append(append(s.seen["tables"], f.Name...), f.Bytes...)
	}
}

// csv reads a table by the first cell of each row.
func (s *story) csv(files []gate.File, name string) map[string][]string {
	s.Helper()
	for _, f := range files {
		if f.Name != name {
			continue
		}
		lines, err := csv.NewReader(bytes.NewReader(f.Bytes)).ReadAll()
		s.ok(err)
		rows := map[string][]string{}
		for _, l := range lines[1:] {
			rows[l[0]] = l[1:]
		}
		return rows
	}
	s.Fatalf("no file %s", name)
	return nil
}

// TestTwoTablesAtOnce: of two that were made without knowing of each other only one
// leaves, and a second member can refuse.
func TestTwoTablesAtOnce(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	s.day("2026-02-12")
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	ministry := s.authority(vera, "the ministry, letters office", "ministry", "RU")
	s.sent(vera, f.ID, ministry, "request", 5)
	s.day("2026-04-20")
	vera = s.as("vera")
	opt := habeas.TableOptions{Circle: mine(t, s, "vera")[0].ID, Lang: "uk"}
	omar, ed := s.as("omar"), s.as("ed")
	var refs []claim.Ref
	for range 3 {
		ref, err := s.ProposeTable(ctx, ed, opt)
		s.ok(err)
		refs = append(refs, ref)
	}
	s.ok(s.RefuseTable(ctx, omar, opt.Circle, refs[2], "there are too few letters"))
	s.refused(s.ApproveTable(ctx, omar, opt.Circle, refs[2], "nobody can be seen here"), "dossier.refused")
	for _, ref := range refs[:2] {
		s.ok(s.ApproveTable(ctx, omar, opt.Circle, ref, "nobody can be seen here"))
	}
	_, err := s.ReleaseTable(ctx, ed, opt.Circle, refs[0], "the newspaper", vault.NewText("not it"))
	s.refused(err, "login.wrong")
	_, err = s.ReleaseTable(ctx, ed, opt.Circle, refs[0], "the newspaper", pass("ed"))
	s.ok(err)
	_, err = s.ReleaseTable(ctx, ed, opt.Circle, refs[1], "the newspaper", pass("ed"))
	s.refused(err, "count.stale")
	p, _, err := s.Table(ctx, omar, opt.Circle, refs[1])
	s.ok(err)
	if !p.Stale {
		t.Error("nobody sees that another table left since")
	}
	s.sweep()
}

// TestBodyNamedAfterSomebody: the gate reads the names of bodies too.
func TestBodyNamedAfterSomebody(t *testing.T) {
	s := tell(t)
	s.day("2026-02-12")
	vera := s.as("vera")
	f := s.caseOf(vera, "officer")
	body := s.authority(vera, "the court of Khvostatenko", "court", "RU")
	s.sent(vera, f.ID, body, "request", 5)
	s.day("2026-04-20")
	vera = s.as("vera")
	opt := habeas.TableOptions{Circle: mine(t, s, "vera")[0].ID, Lang: "en", Bodies: true}
	p, err := s.PreviewTable(s.Context(), s.as("ed"), opt)
	s.ok(err)
	if !p.Clear {
		t.Fatal("it does not pass before anybody of that name is known")
	}
	_, err = s.AddPerson(s.Context(), vera, f.ID, habeas.NewPerson{Protection: claim.Protected, Parts: []vault.Part{{Kind: "given", Text: vault.NewText("Zlatomir")}, {Kind: "family", Text: vault.NewText("Khvostatenko")}}})
	s.ok(err)
	p, err = s.PreviewTable(s.Context(), s.as("ed"), opt)
	s.ok(err)
	if p.Clear || len(p.Hits) == 0 {
		t.Error("the gate does not read the names of bodies")
	}
	if _, err := s.ProposeTable(s.Context(), s.as("ed"), opt); err == nil {
		t.Error("a table that the gate stops was proposed")
	}
	opt.Bodies = false
	if _, err := s.ProposeTable(s.Context(), s.as("ed"), opt); err != nil {
		t.Errorf("got %v without the names of bodies", err)
	}
}
