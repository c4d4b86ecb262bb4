package habeas_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"habeas"
	"habeas/internal/backup"
	"habeas/ledger"
	"habeas/vault"
)

// threeDays are copies of an office as they were on three days, and those of another
// office, to the same key.
type threeDays struct {
	*story
	days  [3]*copies
	other *copies
}

func (s *story) threeDays() *threeDays {
	s.Helper()
	d := &threeDays{story: s}
	c := s.copies()
	f := s.caseOf(s.as("vera"), "basement")
	st := s.statement(f, "mother").Ref
	for i := range d.days {
		s.exhibit(s.as("vera"), f.ID, st, "x.txt", []byte(strings.Repeat("an invented file\n", 50+i)))
		s.backUp(c)
		d.days[i] = c.at(s.T)
	}
	d.other = s.copies()
	d.other.plan.To, d.other.key = c.plan.To, c.key
	cfg := s.config()
	cfg.Dir, cfg.Pepper = filepath.Join(s.TempDir(), "an", "other"), filepath.Join(s.TempDir(), "pepper")
	o, err := habeas.Create(s.Context(), cfg, habeas.Founding{Keeper: habeas.NewMember{Handle: "k", Name: "K", Passphrase: pass("vera"), Roles: []ledger.Role{ledger.Keeper}}, Circle: "Cases"})
	s.ok(err)
	s.ok(o.Close())
	for range 2 {
		_, err = habeas.Backup(s.Context(), cfg, d.other.plan)
		s.ok(err)
	}
	return d
}

// runs returns what the newest run of data of a copy rests on, and that of keys.
func (c *copies) runs(s *story) (data []*backup.Signed, keys *backup.Signed) {
	s.Helper()
	with := c.from(s).With
	place, err := backup.Look(c.plan.Data, backup.Data)
	s.ok(err)
	data, err = place.Runs(with, time.Time{})
	s.ok(err)
	place, err = backup.Look(c.plan.Keys, backup.Keys)
	s.ok(err)
	all, err := place.Runs(with, time.Time{})
	s.ok(err)
	return data, all[0]
}

// Files of copies change places, come from an older copy or from another office's, or
// are not there: each is refused, with words that say what it is. What is older is whole
// still.
func TestMixedCopies(t *testing.T) {
	d := tell(t).threeDays()
	newest := d.days[2]
	data, keys := newest.runs(d.story)
	others, otherKeys := d.other.runs(d.story)
	in := func(name string) string { return "data:" + name }
	set := filepath.Dir(data[0].Name)
	notIt, missing := "is not what was written", "is missing"
	for _, tc := range []struct{ what, from, to, want string }{
		{"entries of two days swapped", in(data[0].Entries.Name), in(data[2].Entries.Name), notIt},
		{"what waited, of an older day", in(data[1].Waiting.Name), in(data[2].Waiting.Name), notIt},
		{"small files for what waits", in(data[2].Beside.Name), in(data[2].Waiting.Name), notIt},
		{"a sealed file under the name of another", in(data[0].Blobs[0].File.Name), in(data[1].Blobs[0].File.Name), notIt},
		{"a run under the name of another", in(data[1].Name), in(data[2].Name), "a run is missing before"},
		{"a run a second time, as the newest", in(data[2].Name), in(filepath.Join(set, "run-20991231T000000Z-0123456789abcdef.age")), "a run is missing before"},
		{"entries of another office", "other:" + others[0].Entries.Name, in(data[0].Entries.Name), notIt},
		{"a run of another office", "other:" + others[0].Name, in(data[2].Name), "a run is missing before"},
		{"keys of an older day", "old:" + filepath.Base(oldest(d.story, newest, "rows-*")), "keys:" + keys.Rows.Name, notIt},
		{"a run of keys of an older day", "old:" + filepath.Base(oldest(d.story, newest, "run-*")), "keys:" + keys.Name, "may never be opened again"},
		{"a run of keys of another office", "otherkeys:" + otherKeys.Name, "keys:" + keys.Name, "of two offices"},
		{"data for keys", in(data[2].Name), "keys:" + keys.Name, "says that it is of data"},
		{"a sealed file gone", "", in(data[0].Blobs[0].File.Name), missing},
		{"entries gone", "", in(data[1].Entries.Name), missing},
		{"the first run gone", "", in(data[0].Name), "a run is missing before"},
		{"a run in the middle gone", "", in(data[1].Name), "a run is missing before"},
		{"the newest run of data gone", "", in(data[2].Name), "are known to be missing"},
		{"the newest run of keys gone", "", "keys:" + keys.Name, "may never be opened again"},
	} {
		path := func(name string) string {
			where, name, _ := strings.Cut(name, ":")
			return filepath.Join(map[string]string{"data": newest.plan.Data, "keys": newest.plan.Keys, "old": d.days[0].plan.Keys, "other": d.other.plan.Data, "otherkeys": d.other.plan.Keys}[where], name)
		}
		was, err := os.ReadFile(path(tc.to))
		if err != nil && !strings.Contains(tc.to, "2099") {
			t.Fatal(err)
		}
		if tc.from == "" {
			d.ok(os.Remove(path(tc.to)))
		} else {
			b, err := os.ReadFile(path(tc.from))
			d.ok(err)
			d.ok(os.WriteFile(path(tc.to), b, 0o600))
		}
		plan := newest.from(d.story)
		plan.Try = true
		_, err = habeas.Restore(d.Context(), filepath.Join(t.TempDir(), "x"), plan)
		if r, ok := errors.AsType[*backup.Refused](err); !ok || !strings.Contains(r.What, tc.want) {
			t.Errorf("%s: got error %v, want one that says %q", tc.what, err, tc.want)
		}
		if was == nil {
			d.ok(os.Remove(path(tc.to)))
		} else {
			d.ok(os.WriteFile(path(tc.to), was, 0o600))
		}
	}
	d.whole(newest, 3)
}

// oldest returns the first file of keys of a copy.
func oldest(s *story, c *copies, pattern string) string {
	s.Helper()
	found, err := filepath.Glob(filepath.Join(c.plan.Keys, pattern))
	s.ok(err)
	slices.Sort(found)
	return found[0]
}

// whole fails unless a copy can be put back, with so many files.
func (d *threeDays) whole(c *copies, files int) {
	d.Helper()
	plan := c.from(d.story)
	plan.Try = true
	if r, err := habeas.Restore(d.Context(), filepath.Join(d.TempDir(), "x"), plan); err != nil || r.Files != files || r.Lacking > 0 {
		d.Errorf("got %+v, %v, want a copy that can be put back, with %d files", r, err, files)
	}
}

// Copies are fetched to another place while a run goes on, or the fetching is cut short:
// what is there of the newest run is not enough, and the one before is.
func TestCopiesOfCopiesCutShort(t *testing.T) {
	d := tell(t).threeDays()
	lay := func(over, under string) {
		t.Helper()
		d.ok(filepath.WalkDir(over, func(path string, e os.DirEntry, err error) error {
			rel, _ := filepath.Rel(over, path)
			if err != nil || e.IsDir() {
				return errors.Join(err, os.MkdirAll(filepath.Join(under, rel), 0o700))
			}
			b, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(filepath.Join(under, rel), b, 0o600))
		}))
	}
	fetched := d.days[1].at(t)
	data, keys := d.days[2].runs(d.story)
	lay(d.days[2].plan.Keys, fetched.plan.Keys)
	plan := fetched.from(d.story)
	d.held(plan, "are known to be missing")
	plan.Until = d.now.Add(-time.Hour) // the copies of the day before are whole
	plan.Try = true
	if r, err := habeas.Restore(d.Context(), filepath.Join(t.TempDir(), "x"), plan); err != nil || r.Files != 2 {
		t.Errorf("got %+v, %v, want the copy of the day before", r, err)
	}
	lay(d.days[2].plan.Data, fetched.plan.Data)
	d.ok(os.Remove(filepath.Join(fetched.plan.Data, data[2].Entries.Name)))
	d.held(fetched.from(d.story), "is missing")
	d.ok(os.Remove(filepath.Join(fetched.plan.Data, data[2].Name)))
	d.ok(os.Remove(filepath.Join(fetched.plan.Keys, keys.Name)))
	d.whole(fetched, 2)
	lay(d.days[2].plan.Data, fetched.plan.Data)
	lay(d.days[2].plan.Keys, fetched.plan.Keys)
	d.whole(fetched, 3)
}

// Copies are thrown away as they get old, by runs of half a year. What is left can be
// put back after each, and holds what was given on the first day.
func TestKeptCopiesAreWhole(t *testing.T) {
	s := tell(t)
	f := s.caseOf(s.as("vera"), "basement")
	s.exhibit(s.as("vera"), f.ID, s.statement(f, "mother").Ref, "x.txt", []byte("an invented file\n"))
	c := s.copies()
	c.plan.KeepData = 60 * 24 * time.Hour
	c.plan.Anew = 50 * 24 * time.Hour
	thrown, d := 0, &threeDays{story: s}
	for range 7 {
		s.now = s.now.AddDate(0, 0, 29)
		done := s.backUp(c)
		thrown += done.Sets
		d.whole(c, 1)
		rows, err := filepath.Glob(filepath.Join(c.plan.Keys, "rows-*"))
		s.ok(err)
		if len(rows) != 1 {
			t.Errorf("%d copies of keys are kept", len(rows))
		}
	}
	if thrown == 0 {
		t.Error("no set was thrown away: this test would see nothing")
	}
}

// Somebody who has the place, and the public key that stands in the command, makes lists
// of their own: they are not signed by the server. A list that is, and does not speak of
// the log that is there, is refused, too.
func TestForgedRuns(t *testing.T) {
	s := tell(t)
	c := s.copies()
	f := s.caseOf(s.as("vera"), "basement")
	for _, name := range []string{"a.txt", "b.txt"} {
		s.exhibit(s.as("vera"), f.ID, s.statement(f, "mother").Ref, name, []byte(name+", an invented file\n"))
	}
	s.backUp(c)
	data, keys := c.runs(s)
	seed, err := os.ReadFile(filepath.Join(s.config().Dir, "node.key"))
	s.ok(err)
	raw, err := hex.DecodeString(strings.TrimSpace(string(seed)))
	s.ok(err)
	own, err := vault.SeedFrom(raw)
	s.ok(err)
	server, err := vault.NewHolder(own)
	s.ok(err)
	stranger, err := vault.NewHolder(vault.NewSeed())
	s.ok(err)
	for _, tc := range []struct {
		what, want string
		run        *backup.Signed
		by         *vault.Holder
		change     func(*backup.Run)
	}{
		{"data signed by a stranger", "was not signed by the server", data[0], stranger, func(*backup.Run) {}},
		{"keys signed by a stranger", "was not signed by the server", keys, stranger, func(*backup.Run) {}},
		{"another size", "is not the one that was copied", data[0], server, func(r *backup.Run) { r.Size-- }},
		{"another tree", "is not the one that was copied", data[0], server, func(r *backup.Run) { r.Root = strings.Repeat("0", 64) }},
		{"another office", "of two offices", data[0], server, func(r *backup.Run) { r.Office = strings.Repeat("0", 32) }},
		{"the key of a stranger", "is not one that signs the log", keys, server, func(r *backup.Run) { r.Node = hex.EncodeToString(stranger.Seed().Bytes()) }},
		{"no key", "is not one that signs the log", keys, server, func(r *backup.Run) { r.Node = strings.Repeat("1", 64) }},
		{"names of two files swapped", "is another than its name says", data[0], server, func(r *backup.Run) {
			r.Blobs = slices.Clone(r.Blobs)
			r.Blobs[0].Name, r.Blobs[1].Name = r.Blobs[1].Name, r.Blobs[0].Name
		}},
		{"a file outside", "is not in the backup", data[0], server, func(r *backup.Run) { r.Waiting.Name = "../" + r.Waiting.Name }},
	} {
		dir := map[bool]string{true: c.plan.Keys, false: c.plan.Data}[tc.run == keys]
		path := filepath.Join(dir, tc.run.Name)
		was, err := os.ReadFile(path)
		s.ok(err)
		run := tc.run.Run
		tc.change(&run)
		s.ok(os.WriteFile(path, c.forged(s, run, tc.by), 0o600))
		plan := c.from(s)
		if run.Size != tc.run.Size {
			plan.Lose = true // keys and data are of two sizes then
		}
		s.held(plan, tc.want)
		if _, err := habeas.Restore(s.Context(), filepath.Join(t.TempDir(), "x"), plan); err == nil {
			t.Errorf("%s: put back", tc.what)
		}
		s.ok(os.WriteFile(path, was, 0o600))
	}
	s.otherLogs(c, data[0], keys, server)
	(&threeDays{story: s}).whole(c, 2)
}

// otherLogs puts back a copy where a checkpoint of the office is of another log, or both
// halves of the copy say that they are another office's.
func (s *story) otherLogs(c *copies, data, keys *backup.Signed, server *vault.Holder) {
	s.Helper()
	root, err := ledger.ParseID(data.Office)
	s.ok(err)
	signer, err := ledger.NoteSigner(ledger.Origin(root), server.Signer().Key)
	s.ok(err)
	fork, err := ledger.SignCheckpoint(data.Size-3, [32]byte{1}, signer)
	s.ok(err)
	plan := c.from(s)
	plan.Known = fork
	s.held(plan, "is not the one that the checkpoint given with --known is of")
	plan.Known, plan.Try = nil, true
	seen := habeas.PepperBeside(s.config().Dir) + ".seen"
	was, err := os.ReadFile(seen)
	s.ok(err)
	s.ok(os.WriteFile(seen, fork, 0o600))
	if r, err := habeas.Restore(s.Context(), filepath.Join(s.TempDir(), "x"), plan); err != nil || r.Seen != data.Size-3 {
		s.Errorf("this machine has seen another log: got %+v, %v, want that said", r, err)
	}
	s.ok(os.WriteFile(seen, was, 0o600))
	plan.Pepper = filepath.Join(s.TempDir(), "pepper")
	s.held(plan, "there is no list of erased keys")

	for _, run := range []*backup.Signed{data, keys} {
		path := filepath.Join(map[bool]string{true: c.plan.Keys, false: c.plan.Data}[run == keys], run.Name)
		was, err := os.ReadFile(path)
		s.ok(err)
		defer os.WriteFile(path, was, 0o600)
		other := run.Run
		other.Office = strings.Repeat("0", 32)
		s.ok(os.WriteFile(path, c.forged(s, other, server), 0o600))
	}
	s.held(c.from(s), "says that it is of two offices")
}

// forged is a run as anybody makes it who knows to whom copies are encrypted.
func (c *copies) forged(s *story, run backup.Run, by *vault.Holder) []byte {
	s.Helper()
	text, err := json.Marshal(run)
	s.ok(err)
	sum := sha256.Sum256(text)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, c.key.Recipient())
	s.ok(err)
	_, err = w.Write(append(ed25519.Sign(by.Signer().Key, append([]byte("habeas backup v1\n"), sum[:]...)), text...))
	s.ok(errors.Join(err, w.Close()))
	return out.Bytes()
}
