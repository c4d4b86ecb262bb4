package habeas_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/fault"
	"habeas/internal/demo"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/ledger"
	"habeas/receipt"
)

// tellShared is tell with an office in a shared database, that holds what was deleted
// for 45 days.
func tellShared(t *testing.T) *story {
	t.Helper()
	url := postgrestest.Database(t)
	s := &story{T: t, dir: t.TempDir(), base: url + "\narchive 45\n", now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), seen: map[string][]byte{}}
	var err error
	s.Desk, err = demo.Create(t.Context(), s.config(), func(string) {})
	s.ok(err)
	t.Cleanup(func() { s.Desk.Close() })
	return s
}

// rowsOfAll returns every byte of every row of a database, for the sweep.
func (s *story) rowsOfAll(url string) []byte {
	s.Helper()
	db, err := sql.Open("pgx", url)
	s.ok(err)
	defer db.Close()
	var all bytes.Buffer
	for _, table := range []string{"entry", "tree", "checkpoint", "thread", "inbox", "heeded", "blob", "message",
		"wrap", "login", "draft", "factor", "device", "wake", "gone", "told", "turn", "meta"} {
		rows, err := db.Query(`select * from ` + table)
		s.ok(err)
		names, err := rows.Columns()
		s.ok(err)
		for rows.Next() {
			cells, to := make([]sql.RawBytes, len(names)), make([]any, len(names))
			for i := range cells {
				to[i] = &cells[i]
			}
			s.ok(rows.Scan(to...))
			for _, c := range cells {
				all.Write(append(c[:len(c):len(c)], '\n'))
			}
		}
		s.ok(rows.Err())
	}
	return all.Bytes()
}

// elsewhere tries to open the office on another machine: not while this one has it, and
// then with all there is.
func (s *story) elsewhere() {
	s.Helper()
	cfg := s.config()
	cfg.Dir = filepath.Join(s.dir, "second")
	s.ok(os.MkdirAll(filepath.Join(cfg.Dir, "views"), 0o700))
	for _, name := range []string{"habeas.json", "node.key", "erased"} {
		if b, err := os.ReadFile(filepath.Join(s.config().Dir, name)); err == nil {
			s.ok(os.WriteFile(filepath.Join(cfg.Dir, name), b, 0o600))
		}
	}
	cfg.Pepper = habeas.PepperBeside(s.config().Dir)
	_, err := habeas.Open(cfg)
	s.refused(err, "store.in_use")
	s.ok(s.Desk.Close())
	s.Desk, err = habeas.Open(cfg)
	s.ok(err)
	if f := s.caseOf(s.as("vera"), "basement"); len(f.State.Live()) == 0 {
		s.Error("the case is empty on another machine")
	}
}

// An office is the same whichever database it is in: somebody writes, it becomes a
// statement, a dossier leaves, a source takes back what she told.
func TestEitherDatabase(t *testing.T) {
	t.Run("files", func(t *testing.T) { writtenReleasedErased(tell(t), 30) })
	t.Run("shared", func(t *testing.T) { writtenReleasedErased(tellShared(t), 45) })
}

func writtenReleasedErased(s *story, days int) {
	ctx := s.Context()
	s.lock()
	r := receipt.From(secret())
	l := herLetter()
	l.Files = append(l.Files, s.upload(herFile, photograph(20_000)))
	s.ok(s.Receive(ctx, r, l))
	s.sweepLocked()
	vera, omar, ed := s.as("vera"), s.as("omar"), s.as("ed")
	id, st, err := s.FileLetter(ctx, vera, s.first(vera).ID, filing(s.circle(vera)))
	s.ok(err)
	if files, err := s.Attachments(ctx, vera, id, st); err != nil || len(files) != 1 {
		s.Errorf("got %d attachments, %v", len(files), err)
	}

	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	out, err := s.Propose(ctx, ed, f.ID, habeas.DossierOptions{Audience: "public", Lang: "en"})
	s.ok(err)
	s.ok(s.Approve(ctx, omar, f.ID, out, "the mother knows, nobody can trace her"))
	_, err = s.Release(ctx, ed, f.ID, out, "the archive of the movement", pass("ed"))
	s.ok(err)

	phrase := passage(f, mum.Ref)
	if !holds(s.dump(vera), phrase) {
		s.Fatal("the view does not hold her words: this test would see nothing")
	}
	done, err := s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	s.ok(err)
	if want := s.now.AddDate(0, 0, days); !done.Backups.Equal(want) {
		s.Errorf("fully erased by %v, want %v", done.Backups, want)
	}
	_, _, err = s.Dossier(ctx, ed, f.ID, out)
	s.refused(err, "dossier.erased")
	proof, err := habeas.Prove(ctx, s.config())
	s.ok(err)
	if !proof.Clean() || len(proof.Erasures) != 1 || proof.Erasures[0].Entries == 0 || proof.Shared != (s.base != "") {
		s.Errorf("got proof %+v, want nothing left", proof)
	}

	s.lock() // and begins anew from what is in the database
	vera = s.as("vera")
	before := s.dump(vera)
	s.ok(s.Rebuild(ctx, vera, nil))
	if s.dump(vera) != before || holds(before, phrase) {
		s.Error("folded anew, the view is another, or holds what was erased")
	}
	if v := s.verified("vera"); v.Pruned == 0 || v.Opened == 0 {
		s.Errorf("got %+v, want entries that were pruned and entries that opened", v)
	}
	_, err = habeas.Verify(ctx, s.config().Dir, nil)
	s.ok(err)
	if d, err := habeas.Open(s.config()); fault.KindOf(err) != fault.Busy {
		s.Errorf("a second server in one directory: got %v, %v", d, err)
	}
	if s.base != "" {
		s.elsewhere()
		s.seen["database"] = s.rowsOfAll(strings.Fields(s.base)[0])
	}
	s.sweep()
}
