package habeas_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	_ "github.com/ncruces/go-sqlite3/driver"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// rows returns the first column of what a query finds in a file of the office.
func (s *story) rows(file, query string, args ...any) (out [][]byte) {
	s.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.config().Dir, file)+"?mode=ro")
	s.ok(err)
	defer db.Close()
	rows, err := db.Query(query, args...)
	s.ok(err)
	defer rows.Close()
	for rows.Next() {
		var b []byte
		s.ok(rows.Scan(&b))
		out = append(out, b)
	}
	s.ok(rows.Err())
	return out
}

// sealed returns every wrap of source keys and every payload sealed under them.
func (s *story) sealed(sources ...ledger.ID) (needles [][]byte) {
	s.Helper()
	for _, source := range sources {
		needles = append(needles, s.rows("keys.db", `select box from wrap where key = ?`, source[:])...)
		for _, h := range s.rows("keys.db", `select distinct key from wrap`) { // every generation of the case is among them
			key := ledger.KeyID(source, ledger.ID(h))
			needles = append(needles, s.rows("truth.db", `select payload from entry where key = ? and payload is not null`, key[:])...)
		}
	}
	return needles
}

// holding returns the files under the story's directory that hold a piece of one
// of the needles.
func (s *story) holding(needles [][]byte) (files []string) {
	s.Helper()
	s.ok(filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, n := range needles {
			for at := 0; at+24 <= len(n); at += 211 {
				if bytes.Contains(b, n[at:at+24]) {
					files = append(files, filepath.Base(path))
					return nil
				}
			}
		}
		return nil
	}))
	return files
}

// dump returns what a member's views hold.
func (s *story) dump(by habeas.Actor) string {
	s.Helper()
	var b bytes.Buffer
	s.ok(s.Dump(s.Context(), by, &b))
	return b.String()
}

// verified checks every hash and signature, with no key and with a member's.
func (s *story) verified(handle string) *habeas.Verification {
	s.Helper()
	_, err := habeas.Verify(s.Context(), s.config().Dir, nil)
	s.ok(err)
	v, err := habeas.VerifyAs(s.Context(), s.config(), handle, pass(handle), nil)
	s.ok(err)
	return v
}

const motherPhone = "+380 99 5550 173"

// A mother withdraws what she told, and how to reach her. A dossier that rests on
// it has gone to the public.
func TestWithdrawalLeavesNothing(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar, ed := s.as("vera"), s.as("omar"), s.as("ed")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	son := affected(f)
	s.ok(s.AddDetail(ctx, vera, f.ID, vault.Detail{Person: son, Statement: mum.Ref,
		Contacts: []vault.Labelled{{Kind: vault.NewText("phone"), Value: vault.NewText(motherPhone), Note: vault.NewText("after eight")}}}))
	kept, err := s.Propose(ctx, ed, f.ID, habeas.DossierOptions{Audience: "public", Lang: "en"})
	s.ok(err)
	s.ok(s.Approve(ctx, omar, f.ID, kept, "the mother knows, nobody can trace her"))
	_, err = s.Release(ctx, ed, f.ID, kept, "the archive of the movement", pass("ed"))
	s.ok(err)
	s.ok(s.Reveal(ctx, vera, f.ID, "calling the mother back", pass("vera")))
	others := len(f.State.Live()) - claimsOf(f, mum.Ref)
	if others == 0 || claimsOf(f, mum.Ref) == 0 {
		t.Fatal("the case has claims of one source only: this test would see nothing")
	}

	needles := s.sealed(mum.BodyKey, mum.VaultKey)
	if len(needles) < 5 || len(s.holding(needles)) == 0 {
		t.Fatalf("%d needles, in no file: this test would see nothing", len(needles))
	}
	s.ok(os.Link(filepath.Join(s.config().Dir, "keys.db-journal"), filepath.Join(s.dir, "held")))
	phrase := passage(f, mum.Ref)
	if !holds(s.dump(vera), phrase) {
		t.Fatal("the view does not hold her words: this test would see nothing")
	}

	plan, err := s.Erasing(ctx, vera, f.ID, mum.Ref)
	s.ok(err)
	if plan.Claims == 0 || plan.Details == 0 || len(plan.Released()) != 1 || plan.Released()[0].Audience != "public" {
		t.Errorf("got plan %+v, want claims, details and one dossier that was released to the public", plan)
	}
	if want := s.now.AddDate(0, 0, 30); !plan.Backups.Equal(want) {
		t.Errorf("got %v as the day when backups have expired, want %v", plan.Backups, want)
	}
	_, err = s.Erase(ctx, vera, f.ID, ledger.Withdrawn, vault.NewText("wrong"), mum.Ref)
	s.refused(err, "login.wrong")
	for _, handle := range []string{"ana", "ed"} {
		_, err = s.Erase(ctx, s.as(handle), f.ID, ledger.Withdrawn, pass(handle), mum.Ref)
		s.refused(err, "may.not")
	}
	_, err = s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	s.ok(err)

	if files := s.holding(needles); files != nil {
		t.Errorf("pieces of her keys or words are still in %v", files)
	}
	for _, handle := range []string{"vera", "ana"} {
		by := s.as(handle)
		if holds(s.dump(by), phrase) {
			t.Errorf("the view of %s still holds her words", handle)
		}
		g := s.caseOf(by, "basement")
		if g.Names != nil {
			t.Error("names are still shown after an erasure")
		}
		if got := len(g.State.Live()); got != others || claimsOf(g, mum.Ref) != 0 {
			t.Errorf("%s: got %d claims, want the %d of other sources", handle, got, others)
		}
		if len(g.State.Problems) > 0 || len(g.State.Conflicts) > len(f.State.Conflicts) {
			t.Errorf("%s: got problems %v, conflicts %v", handle, g.State.Problems, g.State.Conflicts)
		}
		if e, ok := g.State.Erasure(mum.Ref); !ok || e.Why != ledger.Withdrawn || e.Author != vera.Member {
			t.Errorf("%s: got %+v, want who erased it and why", handle, e)
		}
		_, err := s.Reading(ctx, by, f.ID, mum.Ref)
		s.refused(err, "statement.none")
	}
	s.ok(s.Reveal(ctx, vera, f.ID, "looking what is left", pass("vera")))
	details, err := s.Identity(ctx, vera, f.ID, son)
	s.ok(err)
	for _, d := range details {
		if d.Statement == mum.Ref || len(d.Contacts) > 0 {
			t.Error("a detail that she gave is still there")
		}
	}
	_, _, err = s.Dossier(ctx, ed, f.ID, kept)
	s.refused(err, "dossier.erased")
	rows, err := s.Dossiers(ctx, ed, f.ID)
	s.ok(err)
	if i := slices.IndexFunc(rows, func(r habeas.DossierRow) bool { return r.Dossier == kept }); i < 0 || rows[i].Released == nil || !rows[i].Erased {
		t.Error("it is not recorded any more that a dossier went to the public, or not that it is erased")
	}
	if v := s.verified("vera"); v.Pruned == 0 {
		t.Error("nothing was pruned")
	}
	proof, err := habeas.Prove(ctx, s.config())
	s.ok(err)
	if !proof.Clean() || len(proof.Erasures) != 1 || proof.Files < 8 {
		t.Errorf("got proof %+v, want nothing left", proof)
	}
	before := s.dump(vera)
	s.ok(s.Rebuild(ctx, vera, nil))
	if s.dump(vera) != before {
		t.Error("folded anew, the view is another")
	}
	_, err = s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	s.refused(err, "statement.none")
	s.seen["dump"] = []byte(before)
	s.sweep()
}

func claimsOf(f *habeas.CaseFile, st claim.Ref) (n int) {
	for _, c := range f.State.Claims {
		if c.Statement == st {
			n++
		}
	}
	return n
}

// passage returns some words that only a statement has.
func passage(f *habeas.CaseFile, st claim.Ref) string {
	t, _ := f.State.Statement(st)
	text := t.Newest().Text
	marks := claim.Marks(text)
	at := 0
	if len(marks) > 0 {
		at = marks[0].End
	}
	return strings.ToValidUTF8(text[at:at+80], "")
}

// holds reports whether a dump of a view has words in it, as text or in the body
// of an entry.
func holds(dump, words string) bool {
	return strings.Contains(dump, words) || strings.Contains(dump, fmt.Sprintf("%X", words))
}

// A case is shared with a second circle, and a member was removed since: what is
// erased then was sealed in two generations, and stands in two views.
func TestErasureReachesEverybody(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	second, err := s.NewCircle(ctx, vera, "Second", pass("vera"))
	s.ok(err)
	vera = s.as("vera")
	s.ok(s.Share(ctx, vera, f.ID, second, true, pass("vera")))
	omar, ana := s.as("omar").Member, s.as("ana").Member
	s.ok(s.AddToCircle(ctx, vera, omar, second, true, pass("vera")))
	s.ok(s.Remove(ctx, vera, ana, pass("vera")))
	vera = s.as("vera")
	s.ok(s.RenewKeys(ctx, vera, nil))
	vera = s.as("vera")
	old := mum.Versions[0]
	c := claim.Claim{Statement: mum.Ref, Version: old.Version, Start: 0, End: len(old.Text), Stance: claim.Asserts, Basis: "witnessed",
		Subject: affected(f), Predicate: claim.Liberty, Value: claim.Value{Term: "held"}}
	_, err = s.Record(ctx, vera, f.ID, c)
	s.ok(err)
	s.ok(s.AddDetail(ctx, vera, f.ID, vault.Detail{Person: affected(f), Statement: mum.Ref,
		Contacts: []vault.Labelled{{Kind: vault.NewText("phone"), Value: vault.NewText(motherPhone)}}}))
	before, needles := len(s.sealed(mum.BodyKey, mum.VaultKey)), s.sealed(mum.BodyKey, mum.VaultKey)
	if before < 25 || len(s.holding(needles)) == 0 {
		t.Fatalf("%d needles: this test would see nothing", before)
	}
	phrase := passage(f, mum.Ref)
	vera = s.as("vera")
	by := s.as("omar")
	if !holds(s.dump(by), phrase) {
		t.Fatal("the views do not hold her words: this test would see nothing")
	}
	plan, err := s.Erasing(ctx, vera, f.ID, mum.Ref)
	s.ok(err)
	if plan.Details != 1 {
		t.Errorf("got %d details, want the one in the later generation, too", plan.Details)
	}
	_, err = s.Erase(ctx, vera, f.ID, ledger.Ordered, pass("vera"), mum.Ref)
	s.ok(err)
	if files := s.holding(needles); files != nil {
		t.Errorf("pieces of her keys or words are still in %v", files)
	}
	for _, handle := range []string{"vera", "omar"} {
		by := s.as(handle)
		if holds(s.dump(by), phrase) {
			t.Errorf("a view of %s still holds her words", handle)
		}
		g, err := s.Case(ctx, by, f.ID)
		s.ok(err)
		if claimsOf(g, mum.Ref) > 0 || len(g.State.Problems) > 0 {
			t.Errorf("%s: claims are left, or problems %v", handle, g.State.Problems)
		}
	}
	s.verified("vera")
	proof, err := habeas.Prove(ctx, s.config())
	s.ok(err)
	if !proof.Clean() {
		t.Errorf("got proof %+v", proof)
	}
	testkit.Sweep(t, demo.Canaries(), []string{s.dir}, s.seen, nil)
}

// Members erase statements of one case at the same time, while others read it and
// record in it. All is gone, and nothing else.
func TestErasingAtOnce(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar, ana := s.as("vera"), s.as("omar"), s.as("ana")
	f := s.caseOf(vera, "basement")
	kept := s.statement(f, "ministry")
	var needles [][]byte
	var gone []claim.Telling
	for _, st := range f.State.Statements {
		if st.Ref != kept.Ref {
			gone = append(gone, st)
			needles = append(needles, s.sealed(st.BodyKey, st.VaultKey)...)
		}
	}
	var wg sync.WaitGroup
	for i, st := range gone {
		by, handle := vera, "vera"
		if i%2 == 1 {
			by, handle = omar, "omar"
		}
		wg.Go(func() {
			if _, err := s.Erase(ctx, by, f.ID, ledger.Ended, pass(handle), st.Ref); err != nil {
				t.Errorf("erasing: %v", err)
			}
		})
		wg.Go(func() {
			c := st.Versions
			if len(c) == 0 {
				return
			}
			late := claim.Claim{Statement: st.Ref, Version: 1, Start: 0, End: len(c[0].Text), Stance: claim.Asserts, Basis: "witnessed",
				Subject: affected(f), Predicate: claim.Liberty, Value: claim.Value{Term: "held"}}
			if _, err := s.Record(ctx, ana, f.ID, late); err != nil && fault.KindOf(err) == fault.Internal {
				t.Errorf("recording meanwhile: %v", err)
			}
		})
	}
	wg.Wait()
	g := s.caseOf(vera, "basement")
	if len(g.State.Statements) != 1 || g.State.Statements[0].Ref != kept.Ref || len(g.State.Erasures) != len(gone) {
		t.Errorf("got %d statements and %d erasures, want 1 and %d", len(g.State.Statements), len(g.State.Erasures), len(gone))
	}
	if len(g.State.Problems) > 0 || claimsOf(g, kept.Ref) != claimsOf(f, kept.Ref) {
		t.Errorf("got problems %v, and %d claims of who was not erased", g.State.Problems, claimsOf(g, kept.Ref))
	}
	if files := s.holding(needles); files != nil {
		t.Errorf("pieces are still in %v", files)
	}
	s.verified("vera")
	s.sweep()
}
