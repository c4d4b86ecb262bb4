package whole_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"habeas/internal/whole"
)

func TestWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	for _, want := range []string{"first", "second"} {
		if err := whole.Write(path, []byte(want)); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != want {
			t.Errorf("got %q, %v", b, err)
		}
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	if names := list(t, dir); len(names) != 1 {
		t.Errorf("got %q", names)
	}
}

// TestNotWhole fails in the middle: what was there stays, and nothing else.
func TestNotWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	if err := whole.Write(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if _, err := whole.Copy(path, failing{}); !errors.Is(err, errRead) {
		t.Errorf("got %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "first" {
		t.Errorf("got %q, %v", b, err)
	}
	if names := list(t, dir); len(names) != 1 {
		t.Errorf("got %q", names)
	}
}

var errRead = errors.New("can't be read")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errRead }

// TestSweep leaves what is being written, and what only looks like it.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	f, err := whole.Begin(dir)
	if err != nil {
		t.Fatal(err)
	}
	being := filepath.Base(f.Path())
	left := filepath.Join(dir, ".new-AAAAAAAAAAAAAAAAAAAAAAAAAA")
	for _, path := range []string{left, filepath.Join(dir, ".new-letter.txt"), filepath.Join(dir, "state")} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := whole.Sweep(dir); err != nil {
		t.Fatal(err)
	}
	if names := list(t, dir); len(names) != 3 || names[0] != being && names[1] != being {
		t.Errorf("got %q", names)
	}
	if err := f.Keep("new"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Discard(), whole.Sweep(filepath.Join(dir, "nowhere"))); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "new")); err != nil || len(b) != 0 {
		t.Errorf("got %q, %v", b, err)
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
