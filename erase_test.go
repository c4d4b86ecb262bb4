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
	"testing"

	_ "github.com/ncruces/go-sqlite3/driver"

	"habeas"
	"habeas/claim"
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
		for _, h := range s.rows("keys.db", `select holder from wrap where key = ?`, source[:]) {
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
