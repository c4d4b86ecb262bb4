package habeas_test

import (
	"context"
	"errors"
	"flag"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/backup"
	"habeas/internal/store"
)

// aNeighbour is a source that a test adds so that there is something new.
var aNeighbour = claim.Source{Kind: "person", Role: "neighbour"}

// flips is how many single bytes TestOneByte changes. The full run, of which
// docs/benchmarks.md tells, is go test -run TestOneByte -flips 10000 .
var flips = flag.Int("flips", 60, "how many single bytes are changed, one at a time")

// aStore is what an office stores, with a file in it, and closed.
type aStore struct {
	*story
	dir     string
	entries map[int64]store.Numbered
	files   []string // that must be what they were, below dir
	copies  *copies
	copied  []string // files of the copies
}

func (s *story) stored() *aStore {
	s.Helper()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	for _, name := range []string{"a.txt", "b.txt"} {
		s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, name, []byte(strings.Repeat(name+", an invented file\n", 400)))
	}
	c := s.copies()
	s.backUp(c)
	s.ok(s.ChangeCase(s.Context(), s.as("vera"), f.ID, f.State.Case))
	s.backUp(c)
	s.ok(s.Close())
	a := &aStore{story: s, dir: filepath.Join(s.dir, "data"), copies: c}
	a.entries, _ = a.read()
	for _, pattern := range []string{"truth.db", "keys.db", "blobs/*"} {
		found, err := filepath.Glob(filepath.Join(a.dir, pattern))
		s.ok(err)
		a.files = append(a.files, found...)
	}
	plan := c.from(s)
	for _, pattern := range []string{c.plan.Data + "/set-*/*.age", c.plan.Keys + "/*.age"} {
		found, err := filepath.Glob(pattern)
		s.ok(err)
		for _, path := range found {
			if !s.unused(plan, path) {
				a.copied = append(a.copied, path)
			}
		}
	}
	return a
}

// read returns every entry that can be read: all by their numbers, and those that come up
// when the whole table is read, too.
func (a *aStore) read() (out, alone map[int64]store.Numbered) {
	a.Helper()
	db, err := store.Open(a.dir, store.Salvage)
	if err != nil {
		return nil, nil
	}
	defer db.Close()
	out, alone = map[int64]store.Numbered{}, map[int64]store.Numbered{}
	for e, err := range db.Since(a.Context(), -1) {
		if err == nil {
			out[e.Number] = e
		}
	}
	for n := int64(0); n < 5000; n++ {
		if e, err := db.At(a.Context(), n); err == nil {
			out[n], alone[n] = e, e
		} else if a.entries == nil || n > int64(len(a.entries)) {
			break
		}
	}
	return out, alone
}

// fsck returns what is found, and whether the store could be looked at at all.
func (a *aStore) fsck() (flaws []habeas.Flaw, looked bool) {
	a.Helper()
	_, _, err := habeas.Fsck(a.Context(), habeas.Config{Dir: a.dir}, func(f habeas.Flaw) { flaws = append(flaws, f) })
	return flaws, err == nil
}

// One byte of a database, of a sealed file or of a copy is changed at a time. Each is
// found, and said to be where it is; what is not named is what it was, and nothing is
// named that is.
func TestOneByte(t *testing.T) {
	s := tell(t)
	a := s.stored()
	if flaws, ok := a.fsck(); !ok || len(flaws) > 0 {
		t.Fatalf("an office as it was left: got %v, %v", flaws, ok)
	}
	rng := rand.New(rand.NewPCG(8, 2026))
	closed, copied := 0, 0
	for n := range *flips {
		path := a.files[rng.IntN(len(a.files))]
		if n%4 == 3 {
			path = a.copied[rng.IntN(len(a.copied))]
			copied++
		}
		b, err := os.ReadFile(path)
		s.ok(err)
		at, bit := rng.IntN(len(b)), byte(1)<<rng.IntN(8)
		b[at] ^= bit
		s.ok(os.WriteFile(path, b, 0o600))
		if n%4 == 3 {
			a.judgeCopy(path, at)
		} else if flaws, looked := a.fsck(); !looked {
			closed++
		} else {
			a.judge(path, int64(at), flaws)
		}
		b[at] ^= bit
		s.ok(os.WriteFile(path, b, 0o600))
		a.clean()
	}
	if flaws, ok := a.fsck(); !ok || len(flaws) > 0 {
		t.Fatalf("put back as it was: got %v, %v", flaws, ok)
	}
	if _, err := habeas.Restore(s.Context(), filepath.Join(t.TempDir(), "x"), a.tried()); err != nil {
		t.Fatalf("the copies, put back as they were: %v", err)
	}
	t.Logf("%d bytes changed in %d files, and %d in %d of copies; so that the engine could not open it at all: %d", *flips-copied, len(a.files), copied, len(a.copied), closed)
}

// tried is a restore that leaves nothing.
func (a *aStore) tried() habeas.RestorePlan {
	plan := a.copies.from(a.story)
	plan.Try = true
	return plan
}

// judgeCopy tries whether a copy can be put back of which a byte was changed: it can't,
// and which file it is is said.
func (a *aStore) judgeCopy(path string, at int) {
	a.Helper()
	_, err := habeas.Restore(a.Context(), filepath.Join(a.TempDir(), "x"), a.tried())
	r, ok := errors.AsType[*backup.Refused](err)
	if !ok || !strings.Contains(r.What, filepath.Base(path)) && !strings.Contains(r.What, "does not open the backup") {
		a.Errorf("byte %d of %s: got %v, want that file", at, filepath.Base(path), err)
	}
}

// clean takes away what the engine leaves beside its files.
func (a *aStore) clean() {
	for _, end := range []string{"-wal", "-shm"} {
		os.Remove(filepath.Join(a.dir, "truth.db"+end))
	}
}

// judge compares what was found with what was changed.
func (a *aStore) judge(path string, at int64, flaws []habeas.Flaw) {
	a.Helper()
	name := filepath.Base(path)
	if filepath.Base(filepath.Dir(path)) == "blobs" {
		if len(flaws) != 1 || flaws[0].What != store.FlawFile || flaws[0].Name != name || flaws[0].Stream.IsZero() {
			a.Errorf("byte %d of a sealed file: got %v, want that file, in its stream", at, flaws)
		}
		return
	}
	page := slices.ContainsFunc(flaws, func(f habeas.Flaw) bool {
		return f.What == store.FlawPage && f.Name == name && (f.Number == at/4096 || at < 100)
	})
	if !page {
		a.Errorf("byte %d of %s: got %v, want page %d", at, name, flaws, at/4096)
	}
	named := map[int64]bool{}
	for _, f := range flaws {
		switch f.What {
		case store.FlawPayload, store.FlawEntry, store.FlawGone, store.FlawUnexplained:
			named[f.Number] = true
		}
	}
	any, alone := a.read()
	for n, want := range a.entries {
		if got, there := any[n]; !named[n] && !(there && sameEntry(got, want)) {
			a.Errorf("byte %d of %s: entry %d is not what it was, and is not named: %v", at, name, n, flaws)
		}
		if got, there := alone[n]; named[n] && there && sameEntry(got, want) {
			a.Errorf("byte %d of %s: entry %d is named, and is what it was: %v", at, name, n, flaws)
		}
	}
}

func sameEntry(x, y store.Numbered) bool {
	return x.Record.LeafHash() == y.Record.LeafHash() && x.Digest == y.Digest && x.Pruned == y.Pruned && x.PrunedBy == y.PrunedBy
}

// Files are cut off, at many lengths.
func TestCutOff(t *testing.T) {
	s := tell(t)
	a := s.stored()
	for _, path := range a.files {
		b, err := os.ReadFile(path)
		s.ok(err)
		for _, left := range []int{0, 1, 99, len(b) / 3, len(b) / 2 / 4096 * 4096, len(b) - 4096, len(b) - 1} {
			if left < 0 || left >= len(b) {
				continue
			}
			s.ok(os.WriteFile(path, b[:left], 0o600))
			if flaws, looked := a.fsck(); looked && len(flaws) == 0 {
				t.Errorf("%s, cut to %d bytes of %d: nothing was found", filepath.Base(path), left, len(b))
			}
		}
		s.ok(os.WriteFile(path, b, 0o600))
		a.clean()
	}
	if flaws, ok := a.fsck(); !ok || len(flaws) > 0 {
		t.Fatalf("put back as it was: got %v, %v", flaws, ok)
	}
}

// Somebody puts yesterday's data directory back, whole and sound. Nobody can write, and
// whoever asks is told why; the owner says that it was meant, and the office goes on.
func TestYesterday(t *testing.T) {
	s := tell(t)
	ctx := context.Background()
	yesterday := filepath.Join(t.TempDir(), "yesterday")
	s.ok(s.Close())
	s.ok(os.CopyFS(yesterday, os.DirFS(s.config().Dir)))
	s.openAgain()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	_, err := s.AddSource(ctx, vera, f.ID, aNeighbour)
	s.ok(err)
	s.ok(s.Close())

	s.putBack(yesterday)
	s.openAgain()
	s.refused(s.Damage(), "ledger.rolled_back")
	vera = s.as("vera")
	if g := s.caseOf(vera, "basement"); g.ID != f.ID {
		t.Error("the case can't be read")
	}
	_, err = s.AddSource(ctx, vera, f.ID, aNeighbour)
	s.refused(err, "ledger.rolled_back")
	if s.Taking() == nil {
		t.Error("letters are taken by an office that can't keep them")
	}
	s.ok(s.Close())

	if seen, there, err := habeas.AcceptLoss(ctx, s.config()); err != nil || seen <= there {
		t.Errorf("accepted: got %d entries that were seen and %d, %v", seen, there, err)
	}
	s.openAgain()
	if err := s.Damage(); err != nil {
		t.Errorf("after it was accepted: %v", err)
	}
	_, err = s.AddSource(ctx, s.as("vera"), f.ID, aNeighbour)
	s.ok(err)
	s.ok(s.Close())
	_, _, err = habeas.AcceptLoss(ctx, s.config())
	s.refused(err, "ledger.not_rolled_back")
	s.openAgain()
	s.sweep()
}

// openAgain opens the office again after it was closed.
func (s *story) openAgain() {
	s.Helper()
	var err error
	s.Desk, err = habeas.Open(s.config())
	s.ok(err)
}

// putBack puts another directory in the place of the data.
func (s *story) putBack(from string) {
	s.Helper()
	s.ok(os.RemoveAll(s.config().Dir))
	s.ok(os.CopyFS(s.config().Dir, os.DirFS(from)))
	s.ok(filepath.WalkDir(s.config().Dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chmod(path, map[bool]os.FileMode{true: 0o700, false: 0o600}[e.IsDir()])
	}))
}

// A write-ahead log from before is put back beside a newer database, as a restore by
// hand would.
func TestOldLogBesideNewDatabase(t *testing.T) {
	s := tell(t)
	ctx := context.Background()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	_, err := s.AddSource(ctx, vera, f.ID, aNeighbour)
	s.ok(err)
	wal := filepath.Join(s.config().Dir, "truth.db-wal")
	old, err := os.ReadFile(wal)
	s.ok(err)
	if len(old) == 0 {
		t.Fatal("there is no log to put back")
	}
	for range 40 {
		_, err = s.AddSource(ctx, vera, f.ID, aNeighbour)
		s.ok(err)
	}
	s.ok(s.Close())
	a := &aStore{story: s, dir: s.config().Dir}
	a.entries, _ = a.read()
	a.clean()
	s.ok(os.WriteFile(wal, old, 0o600))
	flaws, looked := a.fsck()
	if now, _ := a.read(); looked && len(flaws) == 0 && !maps.EqualFunc(now, a.entries, sameEntry) {
		t.Errorf("an old log was put back: nothing is found, and %d of %d entries are there", len(now), len(a.entries))
	}
}
