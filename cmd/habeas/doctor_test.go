package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// examined runs the doctor and returns what it found, by check.
func (pl *place) examined(code int, more ...string) map[string]finding {
	pl.t.Helper()
	out, _ := pl.must(code, append([]string{"doctor", "office", "--json"}, more...)...)
	var all []finding
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		pl.t.Fatalf("%v: %s", err, out)
	}
	by := map[string]finding{}
	for _, f := range all {
		by[f.Check] = f
		if f.State == "" || !strings.HasSuffix(f.Says, ".") || f.State != good && f.Next == "" {
			pl.t.Errorf("%s says nothing to act on: %+v", f.Check, f)
		}
	}
	return by
}

// TestDoctor: of an office as it is made, only the copies are missing. What is then
// broken on purpose is found, and said in words with what to do.
func TestDoctor(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("most of what the doctor looks at is told by Linux only")
	}
	pl := office(t)
	in := func(name string) string { return filepath.Join(pl.dir, "office", name) }
	before, err := os.ReadDir(in("."))
	if err != nil {
		t.Fatal(err)
	}
	for check, f := range pl.examined(1) {
		if f.State == bad && check != "copies" && check != "walls" && check != "disk" && check != "space" && check != "files" { // of the machine the test runs on
			t.Errorf("%s: %+v", check, f)
		}
	}
	after, err := os.ReadDir(in("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range after { // but what SQLite puts beside a database that is read
		if !slices.ContainsFunc(before, func(b os.DirEntry) bool { return b.Name() == f.Name() }) && !strings.HasPrefix(f.Name(), "truth.db-") {
			t.Errorf("the doctor left %s behind", f.Name())
		}
	}
	pl.write("office/backup.json", `{"last":"`+time.Now().UTC().Format(time.RFC3339)+`","rehearsed":"2020-01-01T00:00:00Z"}`, 0o600)
	if by := pl.examined(pl.code(), "--listen", freePort(t), "--intake", "192.0.2.1:80"); by["copies"].State != good || by["rehearsal"].State != warn ||
		by["listen"].State != warn || !strings.Contains(by["listen"].Says, "Nothing answers") || by["intake"].State != warn {
		t.Errorf("got %+v", by)
	}

	for _, tc := range []struct {
		check, says string
		spoil, mend func() error
	}{
		{"views", "others on this machine", func() error { return os.Chmod(in("views"), 0o755) }, func() error { return os.Chmod(in("views"), 0o700) }},
		{"office", "others", func() error { return os.Chmod(in("."), 0o755) }, func() error { return os.Chmod(in("."), 0o700) }},
		{"office", "pepper", func() error { return os.Rename(filepath.Join(pl.dir, "office.pepper"), filepath.Join(pl.dir, "away")) },
			func() error { return os.Rename(filepath.Join(pl.dir, "away"), filepath.Join(pl.dir, "office.pepper")) }},
		{"time", "behind", func() error { return later(in("keys.db"), 3*time.Hour) }, func() error { return later(in("keys.db"), 0) }},
		{"copies", "last copy was made on 2020-01-01", func() error { return os.WriteFile(in("backup.json"), []byte(`{"last":"2020-01-01T00:00:00Z"}`), 0o600) }, func() error { return nil }},
		{"databases", "end to end", func() error { return scribble(in("keys.db")) }, func() error { return nil }},
	} {
		if err := tc.spoil(); err != nil {
			t.Fatal(err)
		}
		if f := pl.examined(1)[tc.check]; f.State != bad || !strings.Contains(f.Says, tc.says) {
			t.Errorf("%s: got %+v, want it bad, with %q", tc.check, f, tc.says)
		}
		if err := tc.mend(); err != nil {
			t.Fatal(err)
		}
	}
	out, errs := pl.must(1, "doctor", "office")
	if !strings.Contains(out, "bad   ") || !strings.Contains(out, "      → ") || !strings.Contains(errs, " bad\n") {
		t.Errorf("got %s%s", out, errs)
	}
}

// code is what the doctor ends with on this machine, if nothing of the office is bad.
func (pl *place) code() int {
	for _, f := range pl.found() {
		if f.State == bad {
			return 1
		}
	}
	return 0
}

// found is what the doctor finds, whatever it ends with.
func (pl *place) found() (all []finding) {
	pl.t.Helper()
	out, _ := pl.command(pl.t.Context(), "doctor", "office", "--json").Output()
	if err := json.Unmarshal(out, &all); err != nil {
		pl.t.Fatalf("%v: %s", err, out)
	}
	return all
}

func later(path string, by time.Duration) error {
	at := time.Now().Add(by)
	return os.Chtimes(path, at, at)
}

// scribble writes over the pages of a database behind its first.
func scribble(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(strings.Repeat("scribble", int(info.Size()-4096)/8)), 4096)
	return err
}
