package habeas_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// foreigner is somebody whom only another circle knows; invented.
var foreigner = []vault.Part{{Kind: "given", Text: vault.NewText("Dobrohost")}, {Kind: "family", Text: vault.NewText("Yaskulka")}}

// quotes lets a statement of the first case say words, and returns the case.
func (s *story) quotes(words string) *habeas.CaseFile {
	s.Helper()
	vera := s.as("vera")
	f := s.caseOf(vera, "refused in writing")
	st, err := s.AddStatement(s.Context(), vera, f.ID, habeas.NewStatement{
		Source: s.statement(f, "father").Source, Medium: "call", Raw: vault.NewText(words),
	})
	s.ok(err)
	dismissAll(s, vera, f.ID, st)
	s.ok(s.Settle(s.Context(), vera, f.ID, st))
	s.agrees(f, st, "authority")
	_, err = s.RecordEvent(s.Context(), vera, f.ID, habeas.EventClaims{
		Passage: claim.Claim{Statement: st, Version: 1, Start: 0, End: len(words), Stance: claim.Asserts, Basis: "witnessed"},
		Type:    "armed-guard", Involved: []habeas.Involved{{Role: "victim", Ref: affected(f)}},
	})
	s.ok(err)
	return s.caseOf(vera, "refused in writing")
}

// another makes a circle that vera and zoe are in, with a case of the foreigner.
func (s *story) another() (circle ledger.ID, zoe habeas.Actor, pass vault.Text) {
	s.Helper()
	ctx, vera := s.Context(), s.as("vera")
	circle, err := s.NewCircle(ctx, vera, "Others", passOf("vera"))
	s.ok(err)
	pass = vault.NewText("velvet anchor drifting pumpkin meadow")
	m := habeas.NewMember{Handle: "zoe", Name: "Zoe", Passphrase: pass, Roles: []ledger.Role{ledger.Caseworker}}
	s.ok(s.AddMember(ctx, s.as("vera"), m, circle, true))
	zoe = s.enter("zoe", pass)
	id, err := s.OpenCase(ctx, zoe, circle, habeas.NewCase{Title: "The one by the river", About: "person"})
	s.ok(err)
	_, err = s.AddPerson(ctx, zoe, id, habeas.NewPerson{Protection: claim.Protected, Parts: foreigner})
	s.ok(err)
	return circle, zoe, pass
}

func (s *story) enter(handle string, pass vault.Text) habeas.Actor {
	s.Helper()
	token, err := s.Login(s.Context(), handle, pass)
	s.ok(err)
	by, err := s.Actor(s.Context(), token)
	s.ok(err)
	return by
}

func passOf(handle string) vault.Text { return pass(handle) }

// TestAttackLearnWhoIsElsewhere: an editor wants to know whether another circle knows
// somebody, and has their name written into a statement. Nothing but a release
// tells; it says only that it is withheld, five times at most, and keepers see it.
func TestAttackLearnWhoIsElsewhere(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	circle, zoe, zoePass := s.another()
	ed, omar := s.as("ed"), s.as("omar")
	opt := habeas.DossierOptions{Audience: "authority", Lang: "en"}
	f := s.quotes("He was guarded by Dobrohost Yaskulka day and night.")

	// What the editor can ask, before and after the circle is marked, is the same.
	ask := func() (said []byte) {
		t.Helper()
		ed = s.as("ed")
		p, err := s.Preview(ctx, ed, f.ID, opt)
		s.ok(err)
		b, err := json.Marshal([]any{p.Hits, p.Clear, p.Unreadable, p.Again, p.Few, p.Left, len(p.Files)})
		s.ok(err)
		found, err := s.Search(ctx, ed, "Yaskulka")
		s.ok(err)
		_, err = s.LookUp(ctx, omar, vault.NewText("Dobrohost Yaskulka"))
		s.ok(err)
		access, err := s.Access(ctx, ed)
		s.ok(err)
		return fmt.Appendf(nil, "%s %d hits, %d circles %v", b, len(found.Hits), len(access), access[len(access)-1].Checked)
	}
	before := ask()
	s.ok(s.MarkShared(ctx, zoe, circle, zoePass))
	if after := ask(); !bytes.Equal(before, after) {
		t.Errorf("the editor is told of the other circle:\n%s\n%s", before, after)
	}
	ref, err := s.Propose(ctx, ed, f.ID, opt)
	s.ok(err)
	s.ok(s.Approve(ctx, omar, f.ID, ref, "only the ministry will read it"))
	p, row, err := s.Dossier(ctx, ed, f.ID, ref)
	s.ok(err)
	if !p.Clear || len(p.Hits) > 0 || row.Approved == nil {
		t.Errorf("a dossier that is kept tells: %v", p.Hits)
	}

	// Only the release does.
	for range 5 {
		_, err = s.Release(ctx, ed, f.ID, ref, "the ministry", pass("ed"))
		s.refused(err, "shared.withheld")
		s.seen["error"] = append(s.seen["error"], err.Error()...)
	}
	_, err = s.Release(ctx, ed, f.ID, ref, "the ministry", pass("ed"))
	s.refused(err, "shared.stopped")
	if _, row, err = s.Dossier(ctx, ed, f.ID, ref); err != nil || row.Released != nil {
		t.Errorf("it was released: %+v, %v", row, err)
	}
	// Another text, in which nobody is named, is not let out either: that would tell.
	other := s.caseOf(ed, "basement")
	clean, err := s.Propose(ctx, ed, other.ID, opt)
	s.ok(err)
	s.ok(s.Approve(ctx, omar, other.ID, clean, "only the ministry will read it"))
	_, err = s.Release(ctx, ed, other.ID, clean, "the ministry", pass("ed"))
	s.refused(err, "shared.stopped")

	vera := s.as("vera")
	lines, err := s.Audit(ctx, vera)
	s.ok(err)
	n := 0
	for _, l := range lines {
		if l.What == habeas.AuditWithheld {
			n++
			if l.By != ed.Member || l.Case != f.ID || l.Dossier != ref || l.Whom != "" {
				t.Errorf("got %+v, want the editor and the dossier", l)
			}
		}
	}
	if n != 5 {
		t.Errorf("%d are on the record, want 5", n)
	}
	b, err := json.Marshal(lines)
	s.ok(err)
	s.seen["audit"] = b
	s.ok(s.LookedAtWithheld(ctx, vera, ed.Member, pass("vera")))
	_, err = s.Release(ctx, ed, other.ID, clean, "the ministry", pass("ed"))
	s.ok(err)
	_, err = s.Release(ctx, ed, f.ID, ref, "the ministry", pass("ed"))
	s.refused(err, "shared.withheld")

	// The statement quotes the name, so it stands in the first circle's view; nowhere
	// else does it stand, nor in the second's.
	s.seen["log"] = s.logs.Bytes()
	var dump bytes.Buffer
	s.ok(s.Dump(ctx, s.enter("zoe", zoePass), &dump))
	s.seen["the other circle's view"] = dump.Bytes()
	testkit.Sweep(s, []string{"Dobrohost Yaskulka"}, []string{s.dir}, s.seen, nil)
}
