package backup

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"habeas/internal/whole"
)

// Options say where a run writes, and for how long copies are kept.
type Options struct {
	Data, Keys string          // directories
	Office     string          // directory of the office, where notes are kept
	To         []age.Recipient // whose keys open the copies
	Now        time.Time

	KeepKeys time.Duration // no copy of keys is older, if there is a run each day
	KeepData time.Duration // a set is thrown away when its newest run is older
	Anew     time.Duration // after which everything is copied anew, into another set
}

// A Maker is a run on its way.
type Maker struct {
	Fresh string // why everything is copied anew; "" if it is not

	o          Options
	data, keys *Place
	lock       *os.File
	notes      *Notes
	id         string
	rows       string // a copy of keys that belongs to no run yet
}

// Begin begins a run. same says whether the log of the office has that hash at that
// size: otherwise it is another log than the one that was copied.
func Begin(o Options, same func(size int64, root string) bool) (m *Maker, err error) {
	m = &Maker{o: o, id: hex.EncodeToString(random(8))}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.Close())
		}
	}()
	if err := apart(o.Data, o.Keys); err != nil {
		return m, err
	}
	if m.lock, err = lockAt(filepath.Join(o.Office, "backup.lock")); err != nil {
		return m, err
	}
	if err := whole.Sweep(o.Office); err != nil { // what an earlier run left that was cut short
		return m, explain(err)
	}
	if m.data, err = Open(o.Data, Data); err != nil {
		return m, err
	}
	if m.keys, err = Open(o.Keys, Keys); err != nil {
		return m, err
	}
	if m.notes, err = readNotes(o.Office); err != nil {
		return m, err
	}
	if err := m.later(); err != nil {
		return m, err
	}
	if m.Fresh, err = m.stale(same); err != nil {
		return m, err
	}
	if m.Fresh != "" {
		set := "set-" + m.stamp()
		if err := whole.MakeDir(filepath.Join(o.Data, set)); err != nil {
			return m, explain(err)
		}
		if err := m.notes.begin(set, o.Now); err != nil {
			return m, err
		}
	}
	return m, m.tidy()
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// apart refuses places of which one is in the other.
func apart(data, keys string) error {
	a, err1 := filepath.Abs(data)
	b, err2 := filepath.Abs(keys)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if a == b || strings.HasPrefix(a+"/", b+"/") || strings.HasPrefix(b+"/", a+"/") {
		return &Refused{"data and keys are to be kept apart, and one of these directories is in the other", "name two directories, best on two media", false}
	}
	return nil
}

// stamp is the time and the code of the run, as they stand in names.
func (m *Maker) stamp() string { return m.o.Now.UTC().Format(stampLayout) + "-" + m.id }

// later moves the time of the run behind those of all others: names order them.
func (m *Maker) later() error {
	sets, err := m.data.names("", setDir)
	if err != nil {
		return err
	}
	runs, err := m.keys.names("", runFile)
	if err != nil {
		return err
	}
	all := append(sets, runs...)
	for _, set := range sets {
		if runs, err = m.data.names(set, runFile); err != nil {
			return err
		}
		all = append(all, runs...)
	}
	for _, name := range all {
		switch at := timeOf(name); {
		case at.Sub(m.o.Now) > 24*time.Hour:
			return &Refused{"the newest copy is of " + at.Format(time.DateOnly) + ", and by the clock of this machine that is to come", "set the clock; if it was wrong then, begin in other directories", false}
		case !at.Before(m.o.Now.Truncate(time.Second)):
			m.o.Now = at.Add(time.Second)
		}
	}
	return nil
}

// stale returns why the current set is not gone on with.
func (m *Maker) stale(same func(int64, string) bool) (string, error) {
	n := m.notes
	switch {
	case n.set == "" || !setDir.MatchString(n.set):
		return "nothing was copied before, as far as is noted here", nil
	case m.o.Now.Sub(n.begun) > m.o.Anew:
		return "the copies before are old enough to be made anew", nil
	}
	runs, err := m.data.names(n.set, runFile)
	if errors.Is(err, os.ErrNotExist) {
		return "the place is not the one that was written to before", nil
	}
	if err != nil {
		return "", err
	}
	if n.last == nil {
		if len(runs) > 0 {
			return "the place holds a run that is not noted here", nil
		}
	} else if len(runs) == 0 || filepath.Join(n.set, runs[len(runs)-1]) != n.last.Name {
		return "the place holds another run than the last that is noted here", nil
	} else if !same(n.last.Size, n.last.Root) {
		return "the log is not the one that was copied before", nil
	}
	for _, f := range n.files {
		if !m.data.has(f) {
			return "a file is missing of what was copied before", nil
		}
	}
	for _, f := range n.blobs {
		if !m.data.has(f) {
			return "a file is missing of what was copied before", nil
		}
	}
	return "", nil
}

// tidy removes what runs left that were cut short.
func (m *Maker) tidy() error {
	known := map[string]bool{}
	for _, f := range m.notes.files {
		known[f.Name] = true
	}
	for _, f := range m.notes.blobs {
		known[f.Name] = true
	}
	runs, err := m.keys.names("", runFile)
	if err != nil {
		return err
	}
	for _, r := range runs {
		known["rows-"+strings.TrimPrefix(r, "run-")] = true
	}
	for _, in := range []struct {
		p   *Place
		sub string
	}{{m.data, ""}, {m.data, m.notes.set}, {m.keys, ""}} {
		entries, err := os.ReadDir(filepath.Join(in.p.dir, in.sub))
		if err != nil {
			return err
		}
		for _, e := range entries {
			name := filepath.Join(in.sub, e.Name())
			part := partFile.MatchString(e.Name()) && in.sub != "" || rowsFile.MatchString(e.Name()) && in.p == m.keys
			if whole.Unfinished(e.Name()) || part && !known[name] {
				if err := os.Remove(filepath.Join(in.p.dir, name)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// From returns how many entries earlier runs of the set have.
func (m *Maker) From() int64 {
	if m.notes.last == nil {
		return 0
	}
	return m.notes.last.Size
}

// HasBlob reports whether a file of the office was copied already.
func (m *Maker) HasBlob(name string) bool {
	_, ok := m.notes.blobs[name]
	return ok
}

// Part copies what fill writes to the place for data.
func (m *Maker) Part(fill func(io.Writer) error) (File, error) {
	return m.data.write(m.notes.set, m.o.To, func(sum string) string { return sum + ".age" }, fill)
}

// Blob copies a file of the office. When it was cut short, the next run goes on after it.
func (m *Maker) Blob(name string, fill func(io.Writer) error) error {
	f, err := m.Part(fill)
	if err != nil {
		return err
	}
	b := Blob{name, f}
	m.notes.blobs[name] = f
	m.notes.pending = append(m.notes.pending, b)
	return m.notes.add(note{Blob: &b})
}

// Rows copies what fill writes to the place for keys.
func (m *Maker) Rows(fill func(io.Writer) error) (File, error) {
	f, err := m.keys.write("", m.o.To, func(string) string { return "rows-" + m.stamp() + ".age" }, fill)
	m.rows = f.Name
	return f, err
}

// EndData ends the half of the run that is of data.
func (m *Maker) EndData(r Run, key ed25519.PrivateKey) error {
	r.Kind, r.Blobs, r.From = Data, slices.Clone(m.notes.pending), m.From()
	if m.notes.last != nil {
		r.Before = m.notes.last.Sum
	}
	f, err := m.end(m.data, m.notes.set, r, key)
	if err != nil {
		return err
	}
	done := ran{Name: f.Name, Sum: f.Sum, Size: r.Size, Root: r.Root, Files: []File{f, r.Entries, r.Waiting, r.Beside}}
	if err := m.notes.add(note{Ran: &done}); err != nil {
		return err
	}
	m.notes.ran(done)
	return nil
}

// EndKeys ends the other half.
func (m *Maker) EndKeys(r Run, key ed25519.PrivateKey) error {
	r.Kind = Keys
	_, err := m.end(m.keys, "", r, key)
	if err == nil {
		m.rows = ""
	}
	return err
}

func (m *Maker) end(p *Place, sub string, r Run, key ed25519.PrivateKey) (File, error) {
	r.Format, r.ID, r.At = format, m.id, m.o.Now.UTC().Truncate(time.Second)
	b, err := encodeRun(r, key)
	if err != nil {
		return File{}, err
	}
	return p.write(sub, m.o.To, func(string) string { return "run-" + m.stamp() + ".age" }, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// Expire throws away copies of keys and sets of data that were kept long enough, and
// says in each place what is there. The newest of each stays.
func (m *Maker) Expire() (keys, sets int, err error) {
	runs, err := m.keys.names("", runFile)
	if err != nil {
		return 0, 0, err
	}
	// A day sooner, so that none has become too old when the next run comes.
	before := m.o.Now.Add(24*time.Hour - m.o.KeepKeys)
	for _, name := range runs[:max(len(runs)-1, 0)] {
		if !timeOf(name).Before(before) {
			continue
		}
		rows := filepath.Join(m.o.Keys, "rows-"+strings.TrimPrefix(name, "run-"))
		if err := os.Remove(rows); err != nil && !errors.Is(err, os.ErrNotExist) {
			return keys, 0, err
		}
		if err := os.Remove(filepath.Join(m.o.Keys, name)); err != nil {
			return keys, 0, err
		}
		keys++
	}
	all, err := m.data.names("", setDir)
	if err != nil {
		return keys, 0, err
	}
	for _, set := range all {
		names, err := m.data.names(set, runFile)
		if err != nil {
			return keys, sets, err
		}
		newest := timeOf(set)
		if len(names) > 0 {
			newest = timeOf(names[len(names)-1])
		}
		if set == m.notes.set || !newest.Before(m.o.Now.Add(-m.o.KeepData)) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(m.o.Data, set)); err != nil {
			return keys, sets, err
		}
		sets++
	}
	return keys, sets, errors.Join(m.data.sayAbout(m.o.Now), m.keys.sayAbout(m.o.Now))
}

// Close lets go of both places. Keys that were copied for a run that was not ended do
// not stay.
func (m *Maker) Close() error {
	var errs []error
	if m.rows != "" {
		errs = append(errs, os.Remove(filepath.Join(m.o.Keys, m.rows)))
		m.rows = ""
	}
	if m.notes != nil {
		errs = append(errs, m.notes.close())
	}
	for _, p := range []*Place{m.data, m.keys} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	if m.lock != nil {
		errs = append(errs, m.lock.Close())
	}
	return errors.Join(errs...)
}
