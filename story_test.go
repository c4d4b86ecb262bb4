package habeas_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/demo"
	"habeas/internal/oplog"
	"habeas/internal/testkit"
	"habeas/vault"
)

// A desk for a story: the demo office, a clock that the story sets, and a record
// of everything that was logged or handed out, for the sweep at its end.
type story struct {
	*testing.T
	*habeas.Desk
	dir  string
	base string // the shared database it is in; empty if it is in dir
	now  time.Time
	logs bytes.Buffer
	seen map[string][]byte // what must hold no name
}

func tell(t *testing.T) *story {
	t.Helper()
	begun, err := theDemo()
	if err != nil {
		t.Fatal(err)
	}
	s := &story{T: t, dir: t.TempDir(), now: begun.now, seen: map[string][]byte{}}
	s.logs.Write(begun.logs.Bytes())
	testkit.CopyTree(t, s.dir, begun.dir)
	if s.Desk, err = habeas.Open(s.config()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Desk.Close() })
	return s
}

// theDemo is the demo as it is when it was just made. It is made once, and each story
// begins with a copy.
var theDemo = sync.OnceValues(func() (*story, error) {
	s := &story{now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), dir: filepath.Join(scratch, "demo")}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return nil, err
	}
	d, err := demo.Create(context.Background(), s.config(), func(string) {})
	if err != nil {
		return nil, err
	}
	return s, d.Close()
})

func (s *story) config() habeas.Config {
	return habeas.Config{
		Dir: filepath.Join(s.dir, "data"), Database: s.base,
		Cost: vault.Cost{Time: 1, Memory: 1 << 10},
		Log:  slog.New(oplog.Handler(slog.NewJSONHandler(&s.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		Now:  func() time.Time { return s.now },
	}
}

// as logs a member of the demo in.
func (s *story) as(handle string) habeas.Actor {
	s.Helper()
	by, err := demo.Actor(s.Context(), s.Desk, handle)
	s.ok(err)
	return by
}

func pass(handle string) vault.Text {
	for _, m := range demo.Members() {
		if m.Handle == handle {
			return vault.NewText(m.Passphrase)
		}
	}
	panic("no such member")
}

func (s *story) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// Propose proposes a dossier, of which by says that whatever looks like a name in
// it is none.
func (s *story) Propose(ctx context.Context, by habeas.Actor, id habeas.CaseID, opt habeas.DossierOptions) (claim.Ref, error) {
	s.Helper()
	p, err := s.Preview(ctx, by, id, opt)
	if err != nil {
		return "", err
	}
	for _, w := range p.Warnings {
		opt.Decided = append(opt.Decided, habeas.Decision{Key: w.Key, As: habeas.NotAName})
	}
	return s.Desk.Propose(ctx, by, id, opt)
}

// refused fails the story unless err is the fault with this key.
func (s *story) refused(err error, key string) {
	s.Helper()
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key() != key {
		s.Errorf("got error %v, want %s", err, key)
	}
}

// caseOf returns the case whose title holds word.
func (s *story) caseOf(by habeas.Actor, word string) *habeas.CaseFile {
	s.Helper()
	rows, err := s.Cases(s.Context(), by)
	s.ok(err)
	for _, r := range rows {
		if strings.Contains(r.Title, word) {
			f, err := s.Case(s.Context(), by, r.ID)
			s.ok(err)
			return f
		}
	}
	s.Fatalf("no case with %q in its title", word)
	return nil
}

// affected returns the person a case is about.
func affected(f *habeas.CaseFile) claim.Ref { return f.State.Case.Affected }

// sweep ends a story: no name of the demo is in any byte of the data directory,
// of the logs, of what was seen, or of the views as their circles read them.
func (s *story) sweep() {
	s.Helper()
	s.seen["log"] = s.logs.Bytes()
	if bytes.Contains(s.logs.Bytes(), []byte(`"refused":`)) {
		s.Errorf("something was logged that may not be: %s", s.logs.Bytes())
	}
	by := s.as("ana")
	var dump bytes.Buffer
	s.ok(s.Dump(s.Context(), by, &dump))
	s.seen["views"] = dump.Bytes()
	s.ok(s.Leave(by))
	testkit.Sweep(s, demo.Canaries(), []string{s.dir}, s.seen, nil)
}

func (s *story) statement(f *habeas.CaseFile, word string) claim.Telling {
	s.Helper()
	for _, t := range f.State.Statements {
		if strings.Contains(t.Title, word) {
			return t
		}
	}
	s.Fatalf("no statement with %q in its title", word)
	return claim.Telling{}
}

// sweepQuietly sweeps and returns how much was found, rather than failing.
func sweepQuietly(t *testing.T, seen map[string][]byte) int {
	q := &quiet{TB: t}
	testkit.Sweep(q, demo.Canaries(), nil, seen, nil)
	return q.errors
}

type quiet struct {
	testing.TB
	errors int
}

func (q *quiet) Errorf(string, ...any) { q.errors++ }
