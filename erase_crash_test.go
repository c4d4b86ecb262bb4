package habeas_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/demo"
	"habeas/ledger"
)

// reopened closes the office, lets somebody at its files, and opens it again.
func (s *story) reopened(meanwhile func()) {
	s.Helper()
	s.ok(s.Desk.Close())
	meanwhile()
	var err error
	s.Desk, err = habeas.Open(s.config())
	s.ok(err)
}

// copied copies files of the data directory there, or back.
func (s *story) copied(from, to string, names ...string) {
	s.Helper()
	s.ok(os.MkdirAll(to, 0o700))
	for _, n := range names {
		s.ok(os.RemoveAll(filepath.Join(to, n)))
		b, err := os.ReadFile(filepath.Join(from, n))
		s.ok(err)
		s.ok(os.WriteFile(filepath.Join(to, n), b, 0o600))
	}
}

// erased fails the story if anything of a statement is left.
func (s *story) erased(id habeas.CaseID, st claim.Statement, needles [][]byte) {
	s.Helper()
	if files := s.holding(needles); files != nil {
		s.Errorf("pieces of keys or words are in %v", files)
	}
	v := s.verified("vera")
	if v.Pruned == 0 {
		s.Error("nothing was pruned")
	}
	f, err := s.Case(s.Context(), s.as("vera"), id)
	s.ok(err)
	if _, ok := f.State.Erasure(st.Ref); !ok || claimsOf(f, st.Ref) > 0 || len(f.State.Problems) > 0 {
		s.Errorf("the case does not read as one with an erased statement: %v", f.State.Problems)
	}
}

// The power fails after each step of an erasure in turn. Nothing looks like damage
// before the server is started again, and afterwards, before anybody has logged
// in, all is done.
func TestErasureCutShort(t *testing.T) {
	for steps := 0; ; steps++ {
		s := tell(t)
		vera := s.as("vera")
		f := s.caseOf(vera, "basement")
		mum := s.statement(f, "mother")
		needles := s.sealed(mum.BodyKey, mum.VaultKey)
		more, err := s.EraseUpTo(s.Context(), vera, f.ID, steps, mum.Ref)
		s.ok(err)
		s.ok(s.Desk.Close())
		s.verified("vera")
		s.Desk, err = habeas.Open(s.config())
		s.ok(err)
		s.erased(f.ID, mum.Statement, needles)
		s.ok(s.Rebuild(s.Context(), s.as("vera"), nil))
		s.sweep()
		s.ok(s.Desk.Close())
		if !more {
			if steps < 3 {
				t.Errorf("got %d steps, want some to be cut short between", steps)
			}
			return
		}
	}
}

// An older copy of the keys is put back, then of everything. The list beside the
// pepper is not.
func TestErasedStaysErased(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	needles := s.sealed(mum.BodyKey, mum.VaultKey)
	boxes := s.rows("keys.db", `select box from wrap where key in (?, ?)`, mum.BodyKey[:], mum.VaultKey[:])
	data, backup := s.config().Dir, filepath.Join(t.TempDir(), "backup")
	all := []string{"truth.db", "keys.db"}
	views, err := filepath.Glob(filepath.Join(data, "views", "*.db"))
	s.ok(err)
	s.reopened(func() {
		s.copied(data, backup, all...)
		for _, v := range views { // even a backup that holds views
			s.copied(filepath.Dir(v), filepath.Join(backup, "views"), filepath.Base(v))
		}
	})
	_, err = s.Erase(ctx, s.as("vera"), f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	s.ok(err)

	s.reopened(func() {
		s.copied(backup, data, "keys.db")
		for _, v := range views {
			s.copied(filepath.Join(backup, "views"), filepath.Dir(v), filepath.Base(v))
		}
		if s.holding(boxes) == nil {
			t.Fatal("the copy does not hold the keys: this test would see nothing")
		}
	})
	s.erased(f.ID, mum.Statement, needles)

	s.reopened(func() {
		s.copied(backup, data, all...)
		for _, v := range views {
			s.copied(filepath.Join(backup, "views"), filepath.Dir(v), filepath.Base(v))
			os.Remove(v + "-wal")
		}
		os.Remove(filepath.Join(data, "truth.db-wal"))
		os.Remove(filepath.Join(data, "truth.db-shm"))
	})
	if files := s.holding(boxes); files != nil {
		t.Errorf("keys that were erased are in %v again", files)
	}
	g, err := s.Case(ctx, s.as("vera"), f.ID)
	s.ok(err)
	if claimsOf(g, mum.Ref) > 0 {
		t.Error("what was erased is read again")
	}
	proof, err := habeas.Prove(ctx, s.config())
	s.ok(err)
	if !proof.Clean() || proof.Unsaid != 2 {
		t.Errorf("got proof %+v, want two keys that only the list names", proof)
	}
	s.verified("vera")
	s.sweep()
}

// TestErasureKilled kills a process that erases one statement after another, at
// random moments, and looks whether each that was announced is gone. With
// HABEAS_KILLS it does so as often as that says.
func TestErasureKilled(t *testing.T) {
	if dir := os.Getenv("HABEAS_TEST_ERASE"); dir != "" {
		eraseUntilKilled(t, dir)
		return
	}
	kills := 4
	if n, err := strconv.Atoi(os.Getenv("HABEAS_KILLS")); err == nil {
		kills = n
	}
	for done := 0; done < kills; {
		s := tell(t)
		f := s.caseOf(s.as("vera"), "basement")
		needles := map[claim.Ref][][]byte{}
		for _, st := range f.State.Statements {
			needles[st.Ref] = s.sealed(st.BodyKey, st.VaultKey)
		}
		for gone := 0; gone < len(needles) && done < kills; done++ {
			s.reopened(func() {
				child := exec.Command(os.Args[0], "-test.run=^TestErasureKilled$")
				child.Env = append(os.Environ(), "HABEAS_TEST_ERASE="+s.config().Dir)
				s.ok(child.Start())
				time.Sleep(time.Duration(40+done*37%450) * time.Millisecond)
				child.Process.Kill()
				child.Wait()
				if _, err := habeas.Verify(s.Context(), s.config().Dir, nil); fault.KindOf(err) == fault.Damaged {
					t.Errorf("an erasure that was cut short looks like damage: %v", err)
				}
			})
			g, err := s.Case(s.Context(), s.as("vera"), f.ID)
			s.ok(err)
			gone = 0
			for _, st := range f.State.Statements {
				if _, erased := g.State.Erasure(st.Ref); erased {
					gone++
					s.erased(f.ID, st.Statement, needles[st.Ref])
				} else if _, ok := g.State.Statement(st.Ref); !ok {
					t.Error("a statement is neither there nor erased")
				}
			}
		}
		s.ok(s.Desk.Close())
	}
}

func eraseUntilKilled(t *testing.T, dir string) {
	s := &story{T: t, dir: filepath.Dir(dir), now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), seen: map[string][]byte{}}
	var err error
	s.Desk, err = habeas.Open(s.config())
	s.ok(err)
	vera, err := demo.Actor(s.Context(), s.Desk, "vera")
	s.ok(err)
	f := s.caseOf(vera, "basement")
	for _, st := range f.State.Statements {
		_, err := s.Erase(s.Context(), vera, f.ID, ledger.Ordered, pass("vera"), st.Ref)
		s.ok(err)
	}
}

func FuzzErasedList(f *testing.F) {
	f.Add([]byte("0102030405060708090a0b0c0d0e0f10 0102030405060708090a0b0c0d0e0f10\n"))
	f.Add([]byte("01020304"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if n := habeas.ParseErased(b); n*65 > len(b) {
			t.Errorf("%d keys read out of %d bytes", n, len(b))
		}
	})
}
