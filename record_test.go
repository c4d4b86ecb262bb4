package habeas_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/demo"
	"habeas/vault"
)

func TestCorrectWithdrawUndo(t *testing.T) {
	s := tell(t)
	by := s.as("vera")
	f := s.caseOf(by, "basement")
	first := f.State.Live()[0]
	status := func() claim.Status {
		r, _ := s.caseOf(by, "basement").State.Recorded(first.Entry)
		return r.Status
	}
	better := first.Claim
	better.When = "2022-07-14"
	better.Reason = ""
	_, err := s.Correct(s.Context(), by, f.ID, first.Entry, better)
	s.refused(err, "record.no_reason")
	better.Reason = "the mother gave the day"
	correction, err := s.Correct(s.Context(), by, f.ID, first.Entry, better)
	s.ok(err)
	if got := status(); got != claim.Replaced {
		t.Errorf("after a correction: got %v, want replaced", got)
	}
	s.refused(s.Withdraw(s.Context(), by, f.ID, first.Entry, "read wrongly"), "claim.not_live")
	s.ok(s.Undo(s.Context(), by, f.ID, correction, "the day was another"))
	if got := status(); got != claim.Live {
		t.Errorf("after the undo: got %v, want live", got)
	}
	s.ok(s.Withdraw(s.Context(), by, f.ID, first.Entry, "read wrongly"))
	if got := status(); got != claim.Withdrawn {
		t.Errorf("after a withdrawal: got %v, want withdrawn", got)
	}
	reasons := fmt.Sprint(s.caseOf(by, "basement").State.History)
	for _, want := range []string{"the mother gave the day", "the day was another", "read wrongly"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("the history does not say %q", want)
		}
	}
	s.sweep()
}

func TestSessions(t *testing.T) {
	s := tell(t)
	_, err := s.Login(s.Context(), "vera", vault.NewText("wrong"))
	s.refused(err, "login.wrong")
	_, err = s.Login(s.Context(), "nobody", pass("vera"))
	s.refused(err, "login.wrong")
	token, err := s.Login(s.Context(), "vera", pass("vera"))
	s.ok(err)
	s.now = s.now.Add(14 * time.Minute)
	by, err := s.Actor(s.Context(), token)
	s.ok(err)
	s.now = s.now.Add(15 * time.Minute)
	_, err = s.Actor(s.Context(), token)
	s.refused(err, "session.ended")
	_, err = s.Cases(s.Context(), by)
	s.refused(err, "session.ended")
	// What she had typed is kept for her, and for nobody else.
	kept, err := s.KeepDraft(s.Context(), token, habeas.Draft{Path: "/x", Fields: map[string][]string{"text": {"Тихон Воробейчиков"}}})
	s.ok(err)
	if !kept {
		t.Error("a form sent after the session ended was not kept")
	}
	if kept, _ := s.KeepDraft(s.Context(), "no such token", habeas.Draft{}); kept {
		t.Error("a form of nobody was kept")
	}
	again := s.as("vera")
	drafts, err := s.Drafts(s.Context(), again)
	s.ok(err)
	if len(drafts) != 1 || drafts[0].Fields["text"][0] != "Тихон Воробейчиков" {
		t.Error("what was typed did not come back")
	}
	if others, _ := s.Drafts(s.Context(), s.as("omar")); len(others) != 0 {
		t.Error("somebody else was given what she typed")
	}
	s.ok(s.DropDraft(s.Context(), again, drafts[0].ID))
	// Anybody can lock everybody out.
	ana, omar := s.as("ana"), s.as("omar")
	s.ok(s.LockAll(ana))
	for _, a := range []habeas.Actor{ana, omar, again} {
		_, err := s.Cases(s.Context(), a)
		s.refused(err, "session.ended")
	}
	s.sweep()
}

func TestRebuildAndReopen(t *testing.T) {
	s := tell(t)
	by := s.as("vera")
	var before, after bytes.Buffer
	s.ok(s.Dump(s.Context(), by, &before))
	s.ok(s.Rebuild(s.Context(), by, nil))
	s.ok(s.Dump(s.Context(), by, &after))
	if before.Len() == 0 || !bytes.Equal(before.Bytes(), after.Bytes()) {
		t.Error("a rebuilt view dumps other bytes")
	}
	s.ok(s.Close())
	d, err := habeas.Open(s.config())
	s.ok(err)
	s.Desk = d
	after.Reset()
	s.ok(s.Dump(s.Context(), s.as("vera"), &after))
	if !bytes.Equal(before.Bytes(), after.Bytes()) {
		t.Error("after opening again the views dump other bytes")
	}
	s.sweep()
}

func TestBadStatements(t *testing.T) {
	s := tell(t)
	by := s.as("vera")
	f := s.caseOf(by, "basement")
	source := s.statement(f, "mother").Source
	for _, tt := range []struct{ name, raw, key string }{
		{"empty", " \n", "statement.empty"},
		{"not UTF-8", "He said \xcf\xf0\xe8", "statement.not_utf8"},
		{"a NUL", "He said\x00", "statement.not_text"},
		{"too large", strings.Repeat("a", habeas.MaxOriginal+1), "statement.too_large"},
		{"too long", strings.Repeat("He was held. ", habeas.MaxPlain/13+1), "statement.too_long"},
		{"a page of scripts", "<!doctype html><script>alert(1)</script>", "statement.empty"},
	} {
		_, err := s.AddStatement(s.Context(), by, f.ID, habeas.NewStatement{Source: source, Medium: "letter", Raw: vault.NewText(tt.raw)})
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key() != tt.key {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.key)
		}
	}
	_, err := s.AddStatement(s.Context(), by, f.ID, habeas.NewStatement{Source: source, Medium: "letter", Said: "2022-02-30", Raw: vault.NewText("x")})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("an impossible date: got %v", err)
	}
	st, err := s.AddStatement(s.Context(), by, f.ID, habeas.NewStatement{Source: source, Medium: "letter",
		Raw: vault.NewText("<html><head><title>Letter</title><style>p{}</style></head><body><p onclick='x()'>They took &quot;him&quot;.<script>steal()</script></p><p>Second.</p></body></html>")})
	s.ok(err)
	r, err := s.Reading(s.Context(), by, f.ID, st)
	s.ok(err)
	if got := words(r); !strings.Contains(got, `They took "him".`) || strings.Contains(got, "steal") || strings.Contains(got, "onclick") {
		t.Errorf("the text of a page: got %q", got)
	}
}

func TestFreeTextThatLooksLikeAName(t *testing.T) {
	s := tell(t)
	by := s.as("vera")
	circles, err := s.Circles(s.Context(), by)
	s.ok(err)
	circle := circleNamed(circles, demo.Circle)
	const title = "What became of Dobrohost Yaskulka"
	_, err = s.OpenCase(s.Context(), by, circle, habeas.NewCase{Title: title, About: "person"})
	s.refused(err, "desk.suspect_in_field")
	// Whoever has looked may let it stand; a name that is known they may not.
	_, err = s.OpenCase(s.Context(), by.Sure(), circle, habeas.NewCase{Title: title, About: "person"})
	s.ok(err)
	_, err = s.OpenCase(s.Context(), by.Sure(), circle, habeas.NewCase{Title: "What became of Тихона Воробейчикова", About: "person"})
	s.refused(err, "desk.name_in_field")
	s.sweep()
}
