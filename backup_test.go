package habeas_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"habeas"
	"habeas/internal/backup"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/receipt"
)

// copies are the places of a story's backups, and what opens them.
type copies struct {
	plan habeas.BackupPlan
	key  *age.X25519Identity
}

func (s *story) copies() *copies {
	s.Helper()
	key, err := age.GenerateX25519Identity()
	s.ok(err)
	base := s.TempDir()
	return &copies{habeas.BackupPlan{Data: filepath.Join(base, "one", "data"), Keys: filepath.Join(base, "two", "keys"), To: []string{key.Recipient().String()}}, key}
}

// at returns copies of the copies, as they are now.
func (c *copies) at(t *testing.T) *copies {
	t.Helper()
	base := t.TempDir()
	then := *c
	then.plan.Data, then.plan.Keys = filepath.Join(base, "data"), filepath.Join(base, "keys")
	testkit.CopyTree(t, then.plan.Data, c.plan.Data)
	testkit.CopyTree(t, then.plan.Keys, c.plan.Keys)
	return &then
}

func (c *copies) from(s *story) habeas.RestorePlan {
	return habeas.RestorePlan{Data: c.plan.Data, Keys: c.plan.Keys, With: []age.Identity{c.key}, Pepper: habeas.PepperBeside(s.config().Dir)}
}

// backUp copies the office a day later.
func (s *story) backUp(c *copies) *habeas.BackupDone {
	s.Helper()
	s.now = s.now.AddDate(0, 0, 1)
	done, err := habeas.Backup(s.Context(), s.config(), c.plan)
	s.ok(err)
	return done
}

// restored loses the disk, and puts the office back.
func (s *story) restored(plan habeas.RestorePlan) *habeas.Restored {
	s.Helper()
	s.ok(s.Desk.Close())
	s.ok(os.RemoveAll(s.config().Dir))
	r, err := habeas.Restore(s.Context(), s.config().Dir, plan)
	s.ok(err)
	return r
}

func (s *story) open() {
	s.Helper()
	var err error
	s.Desk, err = habeas.Open(s.config())
	s.ok(err)
	s.ok(s.Damage())
}

// openOlder opens an office that was put back from a copy which is older than what this
// machine has seen: the restore said so, nothing can be written, and somebody accepts it.
func (s *story) openOlder(r *habeas.Restored) {
	s.Helper()
	if r.Seen <= r.Size {
		s.Errorf("got %d entries seen and %d put back: the restore does not say that nothing can be written", r.Seen, r.Size)
	}
	var err error
	s.Desk, err = habeas.Open(s.config())
	s.ok(err)
	s.refused(s.Damage(), "ledger.rolled_back")
	_, err = habeas.Backup(s.Context(), s.config(), s.copies().plan)
	s.refused(err, "ledger.rolled_back")
	s.ok(s.Desk.Close())
	_, _, err = habeas.AcceptLoss(s.Context(), s.config())
	s.ok(err)
	s.open()
}

// held fails the story unless a restore is refused with these words.
func (s *story) held(plan habeas.RestorePlan, words string) {
	s.Helper()
	plan.Try = true
	_, err := habeas.Restore(s.Context(), filepath.Join(s.TempDir(), "x"), plan)
	if r, ok := errors.AsType[*backup.Refused](err); !ok || !strings.Contains(r.What, words) {
		s.Errorf("got error %v, want one that says %q", err, words)
	}
}

// An office works, is copied, works on, is copied again beside the running server, and
// loses its disk.
func TestDiskLost(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	s.exhibit(vera, f.ID, mum.Ref, exhibitName, aPicture(t))
	c := s.copies()
	first := s.backUp(c)
	if first.New != first.Entries || first.Files != 1 || first.Rows == 0 || first.Fresh == "" {
		t.Errorf("got %+v, want everything copied", first)
	}

	vera = s.as("vera")
	photo := s.exhibit(vera, f.ID, mum.Ref, exhibitName, append(aPicture(t), 1))
	l := herLetter()
	l.Files = []*habeas.Upload{s.upload(herFile, photograph(20_000))}
	s.ok(s.Receive(ctx, receipt.From(secret()), l))
	s.ok(s.ChangeCase(ctx, vera, f.ID, f.State.Case))
	second := s.backUp(c)
	if second.New <= 0 || second.New >= second.Entries || second.Files != 2 || second.Fresh != "" {
		t.Errorf("got %+v, want what is new copied", second)
	}
	testkit.Sweep(t, exhibitWords(), []string{c.plan.Data, c.plan.Keys}, nil, nil)
	status, err := habeas.ReadBackupStatus(s.config().Dir)
	s.ok(err)
	if !status.Last.Equal(s.now) || status.Entries != second.Entries {
		t.Errorf("got status %+v", status)
	}

	before, dump := s.verified("vera"), s.dump(s.as("vera"))
	name := filepath.Base(s.files(t)[0])
	tried := c.from(s)
	tried.Try = true
	if r, err := habeas.Restore(ctx, filepath.Join(t.TempDir(), "x"), tried); err != nil || r.Size != before.Size || r.Files != 3 {
		t.Errorf("got %+v, %v, want a restore that would work", r, err)
	}
	r := s.restored(c.from(s))
	if r.Size != before.Size || r.Tree != before.Tree || r.Files != 3 || r.Lacking+r.Left > 0 || r.Later+r.Lost+r.Seen > 0 || r.Wraps == 0 {
		t.Errorf("got %+v, want all of it", r)
	}
	s.open()
	after := s.verified("vera")
	if *before != *after {
		t.Errorf("verified %+v, want %+v", after, before)
	}
	vera = s.as("vera")
	if got := s.dump(vera); got != dump {
		t.Error("the views of the restored office are others")
	}
	if !slices.ContainsFunc(s.files(t), func(p string) bool { return filepath.Base(p) == name }) {
		t.Error("a sealed file is not back")
	}
	s.exhibitOf(vera, f.ID, photo)
	if q, _, err := s.Queue(ctx, vera); err != nil || len(q) != 1 {
		t.Errorf("got %d letters, %v, want the one that waits", len(q), err)
	}
	s.ok(s.ChangeCase(ctx, vera, f.ID, f.State.Case))
	if third := s.backUp(c); third.Fresh == "" {
		t.Error("a restored office went on with copies that it has no notes of")
	}
	s.held(habeas.RestorePlan{Data: c.plan.Keys, Keys: c.plan.Data, With: []age.Identity{c.key}}, "holds a backup of keys")
	s.sweep()
}

// The office is copied while its members work. What comes out is an office of one moment.
func TestCopiedWhileTheyWork(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	c := s.copies()
	circle, stop := s.circle(vera), make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := s.OpenCase(ctx, vera, circle, habeas.NewCase{Title: "A search begins", About: "person"}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	sizes := map[int64]bool{}
	plan := c.from(s)
	plan.Try = true
	for n := range 6 {
		cfg := s.config()
		day := s.now.AddDate(0, 0, n+1)
		cfg.Now = func() time.Time { return day }
		done, err := habeas.Backup(ctx, cfg, c.plan)
		s.ok(err)
		sizes[done.Entries] = true
		if r, err := habeas.Restore(ctx, filepath.Join(t.TempDir(), "x"), plan); err != nil || r.Size != done.Entries {
			t.Errorf("got %+v, %v, want %d entries", r, err, done.Entries)
		}
	}
	close(stop)
	work.Wait()
	if len(sizes) < 4 {
		t.Errorf("got %d sizes in 6 copies: nobody worked", len(sizes))
	}
	s.backUp(c)
	dump := s.dump(s.as("vera"))
	s.restored(c.from(s))
	s.open()
	if s.dump(s.as("vera")) != dump {
		t.Error("the views of the restored office are others")
	}
}

// files returns the sealed files of the office.
func (s *story) files(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.config().Dir, "blobs", "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d sealed files, %v", len(paths), err)
	}
	return paths
}

// A mother takes back what she told after the keys were copied. Whatever copies are put
// together, her keys are in no byte of what is restored.
func TestRestoreBringsNothingBack(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	s.exhibit(vera, f.ID, mum.Ref, exhibitName, aPicture(t))
	boxes := s.rows("keys.db", `select box from wrap where key in (?, ?)`, mum.BodyKey[:], mum.VaultKey[:])
	needles := s.sealed(mum.BodyKey, mum.VaultKey)
	c := s.copies()
	s.backUp(c)
	old := c.at(t)
	_, err := s.Erase(ctx, s.as("vera"), f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	s.ok(err)
	s.backUp(c)
	list := habeas.ErasedBeside(habeas.PepperBeside(s.config().Dir))

	apart := c.from(s)
	apart.Keys = old.plan.Keys
	s.held(apart, "may never be opened again")
	apart.Lose = true
	s.ok(os.Rename(list, list+"-"))
	s.held(apart, "there is no list of erased keys")
	s.ok(os.WriteFile(list, nil, 0o600))
	s.held(apart, "older than the copy")
	s.ok(os.Rename(list+"-", list))
	if r := s.restored(apart); r.Left != 2*len(boxes)/2 || r.Erasures != 1 || r.Later == 0 {
		t.Errorf("got %+v, want the wraps of her keys left out", r)
	}
	if files := s.holding(append(boxes, needles...)); files != nil {
		t.Errorf("what was erased is in %v", files)
	}
	s.open()
	s.erased(f.ID, mum.Statement, needles)

	// Both copies are from before, and only the list beside the pepper knows.
	r := s.restored(old.from(s))
	if r.Left == 0 || r.Erasures != 0 || r.Files != 0 {
		t.Errorf("got %+v, want her keys and her file left out", r)
	}
	if files := s.holding(boxes); files != nil {
		t.Errorf("her keys are in %v", files)
	}
	s.openOlder(r)
	g, err := s.Case(ctx, s.as("vera"), f.ID)
	s.ok(err)
	if claimsOf(g, mum.Ref) > 0 {
		t.Error("what was erased is read again")
	}
	proof, err := habeas.Prove(ctx, s.config())
	s.ok(err)
	if !proof.Clean() {
		t.Errorf("got proof %+v, want nothing left", proof)
	}

	unsure := old.from(s)
	unsure.Pepper = ""
	s.held(unsure, "not known what was erased")
	unsure.NoList, unsure.Try = true, true
	if r, err := habeas.Restore(ctx, filepath.Join(t.TempDir(), "x"), unsure); err != nil || !r.Unconfirmed {
		t.Errorf("got %+v, %v, want a restore that says it can't know", r, err)
	}
	s.sweep()
}

// Half of it was copied, of another day, of another office, with another key, made by
// somebody else.
func TestRestoreRefuses(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	c := s.copies()
	s.backUp(c)
	monday := c.at(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	s.ok(s.ChangeCase(ctx, vera, f.ID, f.State.Case))
	s.backUp(c)
	s.as("vera")
	tuesday := c.at(t)

	plan := c.from(s)
	plan.Data = monday.plan.Data
	s.held(plan, "entries of the log are known to be missing")
	known, err := os.ReadFile(filepath.Join(s.config().Dir, "habeas.json"))
	s.ok(err)
	plan = c.from(s)
	plan.Known = known
	s.held(plan, "is not of this office")
	plan = monday.from(s)
	plan.Known = s.checkpoint()
	s.held(plan, "is older than the checkpoint")
	plan.Lose, plan.Try = true, true
	if r, err := habeas.Restore(ctx, filepath.Join(t.TempDir(), "x"), plan); err != nil || r.Lost == 0 {
		t.Errorf("got %+v, %v, want a restore that says what is lost", r, err)
	}
	plan = tuesday.from(s)
	plan.Known, plan.Try = s.checkpoint(), true
	if _, err := habeas.Restore(ctx, filepath.Join(t.TempDir(), "x"), plan); err != nil {
		t.Errorf("the newest checkpoint refuses the newest copy: %v", err)
	}

	plan = c.from(s)
	plan.Until, plan.Try = s.now.Add(-time.Hour), true
	if r, err := habeas.Restore(ctx, filepath.Join(t.TempDir(), "x"), plan); err != nil || !r.At.Equal(s.now.AddDate(0, 0, -1)) || !r.KeysAt.Equal(r.At) {
		t.Errorf("got %+v, %v, want what was copied the day before", r, err)
	}

	other := s.copies()
	cfg := s.config()
	cfg.Dir = filepath.Join(t.TempDir(), "an", "other")
	cfg.Pepper = filepath.Join(t.TempDir(), "pepper")
	d, err := habeas.Create(ctx, cfg, habeas.Founding{Keeper: habeas.NewMember{Handle: "k", Name: "K", Passphrase: pass("vera"), Roles: []ledger.Role{ledger.Keeper}}, Circle: "Cases"})
	s.ok(err)
	s.ok(d.Close())
	other.plan.To, other.key = c.plan.To, c.key
	_, err = habeas.Backup(ctx, cfg, other.plan)
	s.ok(err)
	plan = c.from(s)
	plan.Keys = other.plan.Keys
	s.held(plan, "of two offices")
	plan = c.from(s)
	key, err := age.GenerateX25519Identity()
	s.ok(err)
	plan.With = []age.Identity{key}
	s.held(plan, "does not open the backup")
	s.held(habeas.RestorePlan{Data: t.TempDir(), Keys: c.plan.Keys}, "there is no backup of data")
	s.refusedToCopy(c)
}

// refusedToCopy asks for copies that would give people away.
func (s *story) refusedToCopy(c *copies) {
	s.Helper()
	for words, change := range map[string]func(*habeas.BackupPlan){
		"longer than people are told": func(p *habeas.BackupPlan) { p.KeepKeys = 31 * 24 * time.Hour },
		"thrown away at once":         func(p *habeas.BackupPlan) { p.KeepKeys = time.Hour },
		"nobody is named":             func(p *habeas.BackupPlan) { p.To = nil },
		"kept apart":                  func(p *habeas.BackupPlan) { p.Keys = filepath.Join(p.Data, "keys") },
		"holds something":             func(p *habeas.BackupPlan) { p.Data = filepath.Dir(p.Data) },
		"not of keys":                 func(p *habeas.BackupPlan) { p.Data, p.Keys = p.Keys, p.Data },
	} {
		plan := c.plan
		change(&plan)
		_, err := habeas.Backup(s.Context(), s.config(), plan)
		if r, ok := errors.AsType[*backup.Refused](err); !ok || !strings.Contains(r.What, words) && !strings.Contains(r.What, "not of data") {
			s.Errorf("got error %v, want one that says %q", err, words)
		}
	}
	plan := c.plan
	plan.Keys = filepath.Join(s.config().Dir, "keys")
	_, err := habeas.Backup(s.Context(), s.config(), plan)
	s.refused(err, "site.backups_inside")
}

func (s *story) checkpoint() []byte {
	s.Helper()
	notes := s.rows("truth.db", `select note from checkpoint order by size desc limit 1`)
	return notes[0]
}

// Every file of the copies is cut, made longer and taken away in turn: each is seen.
// Bytes of them are changed in TestOneByte.
func TestTamperedCopies(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, exhibitName, aPicture(t))
	c := s.copies()
	s.backUp(c)
	vera = s.as("vera")
	s.ok(s.ChangeCase(s.Context(), vera, f.ID, f.State.Case))
	s.backUp(c)
	plan := c.from(s)
	plan.Try = true
	keys, err := filepath.Glob(filepath.Join(c.plan.Keys, "run-*"))
	s.ok(err)
	tried := 0
	for _, place := range []string{c.plan.Data, c.plan.Keys} {
		s.ok(filepath.WalkDir(place, func(path string, e fs.DirEntry, err error) error {
			// The first run's keys, and what waited then, are not what is put back.
			if err != nil || !strings.HasSuffix(path, ".age") || path == keys[0] {
				return err
			}
			b, err := os.ReadFile(path)
			s.ok(err)
			if place == c.plan.Keys && strings.Contains(path, strings.TrimPrefix(filepath.Base(keys[0]), "run-")) {
				return nil
			}
			unused := s.unused(plan, path)
			for what, change := range map[string][]byte{
				"its end": b[:len(b)-20], "something more": append(slices.Clone(b), 0), "all of it": nil,
			} {
				s.ok(os.WriteFile(path, change, 0o600))
				if change == nil {
					s.ok(os.Remove(path))
				}
				if _, err := habeas.Restore(s.Context(), filepath.Join(s.TempDir(), "x"), plan); (err == nil) != unused {
					s.Errorf("%s of %s was changed: got error %v", what, filepath.Base(path), err)
				}
				if unused {
					break
				}
				tried++
			}
			return os.WriteFile(path, b, 0o600)
		}))
	}
	if tried < 20 {
		t.Errorf("tried %d changes: this test would see little", tried)
	}
}

// unused reports that a file is of an earlier run and none that a restore reads: what
// waited then, and which keys there were.
func (s *story) unused(plan habeas.RestorePlan, path string) bool {
	s.Helper()
	place, err := backup.Look(plan.Data, backup.Data)
	s.ok(err)
	runs, err := place.Runs(plan.With, time.Time{})
	s.ok(err)
	keys, err := filepath.Glob(filepath.Join(plan.Keys, "run-*"))
	s.ok(err)
	if len(keys) > 1 && strings.HasSuffix(filepath.Base(path), strings.TrimPrefix(filepath.Base(keys[0]), "run-")) && filepath.Dir(path) == plan.Keys {
		return true
	}
	for _, f := range []backup.File{runs[0].Waiting, runs[0].Beside} {
		if filepath.Base(f.Name) == filepath.Base(path) {
			return true
		}
	}
	return false
}

func flipped(b []byte, at int) []byte {
	b = slices.Clone(b)
	b[at] ^= 1
	return b
}
