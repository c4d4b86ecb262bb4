package backup

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"

	"habeas/fault"
)

// maker is what copies an office that is a directory and nothing else.
type maker struct {
	*testing.T
	o   Options
	id  *age.X25519Identity
	key ed25519.PrivateKey
}

func newMaker(t *testing.T) *maker {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	base := t.TempDir()
	return &maker{t, Options{
		Data: filepath.Join(base, "data"), Keys: filepath.Join(base, "keys"), Office: t.TempDir(), To: []age.Recipient{id.Recipient()},
		Now: time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC), KeepKeys: 30 * 24 * time.Hour, KeepData: 180 * 24 * time.Hour, Anew: 90 * 24 * time.Hour,
	}, id, ed25519.NewKeyFromSeed(make([]byte, 32))}
}

func (m *maker) begin() *Maker {
	m.Helper()
	one, err := Begin(m.o, func(int64, string) bool { return true })
	if err != nil {
		m.Fatal(err)
	}
	m.Cleanup(func() { one.Close() })
	return one
}

func words(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// run makes a copy of a log of that size, with a file of that name.
func (m *maker) run(size int64, blob string) {
	m.Helper()
	one := m.begin()
	defer one.Close()
	rows, err := one.Rows(words("keys"))
	r := Run{Office: "office", Size: size, Root: "root"}
	for _, f := range []*File{&r.Entries, &r.Waiting, &r.Beside} {
		if err == nil {
			*f, err = one.Part(words("part"))
		}
	}
	if err == nil && !one.HasBlob(blob) {
		err = one.Blob(blob, words("file "+blob))
	}
	if err == nil {
		err = one.EndData(r, m.key)
	}
	if err == nil {
		err = one.EndKeys(Run{Office: "office", Size: size, Root: "root", Rows: rows}, m.key)
	}
	if err == nil {
		_, _, err = one.Expire()
	}
	if err != nil {
		m.Fatal(err)
	}
}

func (m *maker) runs(kind string) []*Signed {
	m.Helper()
	dir := m.o.Data
	if kind == Keys {
		dir = m.o.Keys
	}
	p, err := Look(dir, kind)
	if err != nil {
		m.Fatal(err)
	}
	all, err := p.Runs([]age.Identity{m.id}, time.Time{})
	if err != nil {
		m.Fatal(err)
	}
	return all
}

func (m *maker) count(pattern string) int {
	m.Helper()
	all, err := filepath.Glob(filepath.Join(filepath.Dir(m.o.Data), pattern))
	if err != nil {
		m.Fatal(err)
	}
	return len(all)
}

// No copy of keys is ever older than what people are told, with a run each day; sets of
// data go later, and the newest of each never.
func TestCopiesExpire(t *testing.T) {
	m := newMaker(t)
	m.o.KeepKeys, m.o.KeepData, m.o.Anew = 5*24*time.Hour, 20*24*time.Hour, 10*24*time.Hour
	oldest := func() time.Duration {
		all, err := filepath.Glob(filepath.Join(m.o.Keys, "r*-*"))
		if err != nil || len(all) == 0 {
			t.Fatalf("got %d copies of keys, %v", len(all), err)
		}
		var age time.Duration
		for _, name := range all {
			age = max(age, m.o.Now.Sub(timeOf(filepath.Base(name))))
		}
		return age
	}
	for day := range 40 {
		m.run(int64(day+1), "a")
		if old := oldest(); old > m.o.KeepKeys-24*time.Hour {
			t.Fatalf("day %d: a copy of keys is %v old when the run ends", day, old)
		}
		m.o.Now = m.o.Now.AddDate(0, 0, 1)
	}
	if n := m.count("keys/run-*"); n != 5 || m.count("keys/rows-*") != n {
		t.Errorf("got %d copies of keys, want 5", n)
	}
	if n := m.count("data/set-*"); n != 3 {
		t.Errorf("got %d sets of data, want 3", n)
	}
	if runs := m.runs(Data); runs[len(runs)-1].Size != 40 || len(runs) < 5 {
		t.Errorf("got %d runs in the newest set", len(runs))
	}
	m.o.Now = m.o.Now.AddDate(3, 0, 0)
	m.run(41, "a")
	if n := m.count("keys/run-*"); n != 1 {
		t.Errorf("got %d copies of keys after three years, want the newest", n)
	}
}

// A run that is cut short leaves no run, and what it copied of files need not be copied
// again.
func TestCutShort(t *testing.T) {
	m := newMaker(t)
	m.run(1, "a")
	m.o.Now = m.o.Now.AddDate(0, 0, 1)
	cut := m.begin()
	if _, err := cut.Rows(words("keys")); err != nil {
		t.Fatal(err)
	}
	if _, err := cut.Part(words("part")); err != nil {
		t.Fatal(err)
	}
	if err := cut.Blob("b", words("file b")); err != nil {
		t.Fatal(err)
	}
	if _, err := Begin(m.o, func(int64, string) bool { return true }); err == nil || !strings.Contains(err.Error(), "another run") {
		t.Errorf("a second run beside: got %v", err)
	}
	if err := cut.Blob("c", func(io.Writer) error { return errors.New("the power fails") }); err == nil {
		t.Error("a file that can't be read was copied")
	}
	cut.Close()
	if n := m.count("keys/rows-*"); n != 1 {
		t.Errorf("got %d copies of keys after a run that was cut short, want 1", n)
	}
	f, err := os.OpenFile(filepath.Join(m.o.Office, notesFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"blob":{"name":"torn`)
	f.Close()
	if len(m.runs(Data)) != 1 {
		t.Fatal("a run that was cut short counts as one")
	}
	m.o.Now = m.o.Now.AddDate(0, 0, 1)
	next := m.begin()
	if next.Fresh != "" || !next.HasBlob("a") || !next.HasBlob("b") || next.HasBlob("c") || next.From() != 1 {
		t.Errorf("the next run does not go on: %q", next.Fresh)
	}
	next.Close()
	m.run(5, "b")
	runs := m.runs(Data)
	last := runs[len(runs)-1]
	if len(runs) != 2 || len(last.Blobs) != 1 || last.Blobs[0].Name != "b" || last.From != 1 {
		t.Errorf("got run %+v, want the file that the one cut short copied", last.Run)
	}
	known := map[string]bool{}
	for _, r := range runs {
		known[filepath.Base(r.Name)] = true
		for _, f := range r.Files() {
			known[filepath.Base(f.Name)] = true
		}
	}
	left, err := filepath.Glob(filepath.Join(m.o.Data, "set-*", "*"))
	if err != nil || len(left) != len(known) {
		t.Errorf("%d files lie there, and %d belong to runs: %v", len(left), len(known), err)
	}
}

// What is not as it was left is not gone on with.
func TestBegunAnew(t *testing.T) {
	for what, change := range map[string]func(m *maker){
		"the notes are gone":  func(m *maker) { os.Remove(filepath.Join(m.o.Office, notesFile)) },
		"the set is gone":     func(m *maker) { os.RemoveAll(filepath.Dir(filepath.Join(m.o.Data, m.runs(Data)[0].Name))) },
		"the run is gone":     func(m *maker) { os.Remove(filepath.Join(m.o.Data, m.runs(Data)[0].Name)) },
		"a file is gone":      func(m *maker) { os.Remove(filepath.Join(m.o.Data, m.runs(Data)[0].Blobs[0].File.Name)) },
		"a file is cut":       func(m *maker) { os.Truncate(filepath.Join(m.o.Data, m.runs(Data)[0].Entries.Name), 10) },
		"it is three months":  func(m *maker) { m.o.Now = m.o.Now.AddDate(0, 3, 1) },
		"it is another place": func(m *maker) { m.o.Data += "-other" },
	} {
		m := newMaker(t)
		m.run(1, "a")
		m.o.Now = m.o.Now.AddDate(0, 0, 1)
		change(m)
		one := m.begin()
		if one.Fresh == "" || one.From() != 0 || one.HasBlob("a") {
			t.Errorf("%s: got %q and %d entries, want everything anew", what, one.Fresh, one.From())
		}
		one.Close()
		m.run(2, "a")
		if runs := m.runs(Data); len(runs) != 1 || len(runs[0].Blobs) != 1 {
			t.Errorf("%s: got %d runs, want a set that stands by itself", what, len(runs))
		}
	}
	m := newMaker(t)
	m.run(1, "a")
	one, err := Begin(m.o, func(size int64, root string) bool { return size != 1 || root != "root" })
	if err != nil || one.Fresh == "" {
		t.Errorf("another log is gone on with, %v", err)
	}
	one.Close()
	m.o.Now = m.o.Now.AddDate(0, 0, -3)
	if _, err := Begin(m.o, nil); err == nil || !strings.Contains(err.Error(), "to come") {
		t.Errorf("a clock that is days behind: got %v", err)
	}
}

// A full disk is said to be one, and nothing half is left.
func TestDiskFull(t *testing.T) {
	m := newMaker(t)
	one := m.begin()
	for _, full := range []error{syscall.ENOSPC, &os.PathError{Op: "write", Path: "x", Err: syscall.EDQUOT}} {
		_, err := one.Part(func(io.Writer) error { return full })
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key() != "store.disk_full" {
			t.Errorf("got %v, want store.disk_full", err)
		}
	}
	if n := m.count("data/set-*/*"); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

// In clear is only that it is a backup, of which day, and of how many files.
func TestWhatIsInClear(t *testing.T) {
	m := newMaker(t)
	m.run(7, "a")
	for _, kind := range []string{m.o.Data, m.o.Keys} {
		b, err := os.ReadFile(filepath.Join(kind, aboutFile))
		if err != nil {
			t.Fatal(err)
		}
		n := map[string]string{m.o.Data: "5", m.o.Keys: "2"}[kind]
		if want := `{"format":1,"kind":"` + filepath.Base(kind) + `","last":"2026-11-01","files":` + n + "}\n"; string(b) != want {
			t.Errorf("got %s, want %s", b, want)
		}
	}
	err := filepath.WalkDir(filepath.Dir(m.o.Data), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".age" {
			return err
		}
		b, err := os.ReadFile(path)
		if !bytes.HasPrefix(b, []byte("age-encryption.org/v1\n")) {
			t.Errorf("%s is no age file", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A run is the server's only if the key that signs the log signed it.
func TestSigned(t *testing.T) {
	m := newMaker(t)
	m.run(1, "a")
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{Data, Keys} {
		r := m.runs(kind)[0]
		if !r.By(m.key.Public().(ed25519.PublicKey)) || r.By(other.Public().(ed25519.PublicKey)) || r.By(nil) {
			t.Errorf("who signed the run of %s is not told", kind)
		}
	}
}

// FuzzRun: what is read as a run is one, and names no file elsewhere that is read.
func FuzzRun(f *testing.F) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	b, err := encodeRun(Run{Format: 1, Kind: Data, Size: 3, From: 1, Blobs: []Blob{{"a", File{"../x", 1, "s"}}}}, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:70])
	place := &Place{dir: f.TempDir(), kind: Data}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseRun(b)
		if err != nil {
			return
		}
		for _, file := range s.Files() {
			if r, err := place.Read(file, nil); err == nil {
				r.Close()
				t.Errorf("%q was opened", file.Name)
			}
		}
	})
}

// FuzzNotes: notes that were torn or changed end no run, and never stop one.
func FuzzNotes(f *testing.F) {
	f.Add([]byte(`{"set":"set-20261101T030000Z-0000000000000000","at":"2026-11-01T03:00:00Z"}` + "\n" + `{"blob":{"name":"a","file":{"name":"b","size":1,"sum":"c"}}}`))
	f.Add([]byte(`{"ran":{"Name":"x"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := &Notes{}
		n.reset("", time.Time{})
		n.parse(b)
		if len(n.pending) > 0 && len(n.blobs) == 0 {
			t.Error("a file that was copied is not known")
		}
	})
}

// On a day on which nothing was recorded a run holds no entry, and yet what waits and
// files. That it is missing is seen by what the run after it names.
func TestRunOfAQuietDayIsMissed(t *testing.T) {
	m := newMaker(t)
	for _, name := range []string{"a", "b", "c"} {
		m.run(7, name)
		m.o.Now = m.o.Now.AddDate(0, 0, 1)
	}
	all := m.runs(Data)
	if len(all) != 3 || all[1].From != all[1].Size || all[2].From != all[1].Size {
		t.Fatalf("got %d runs: this test would see nothing", len(all))
	}
	if err := os.Remove(filepath.Join(m.o.Data, all[1].Name)); err != nil {
		t.Fatal(err)
	}
	p, err := Look(m.o.Data, Data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Runs([]age.Identity{m.id}, time.Time{}); err == nil {
		t.Error("a run is missing, and nobody says so")
	}
}
