//go:build unix

package crash

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// limited does a thing in a process whose files must not grow beyond so many blocks of 4 KB: seed.
// To who writes, that is a full disk.
func limited(dir string, what Kind, seed uint64) error {
	signal.Ignore(syscall.SIGXFSZ)
	if seed > 0 {
		n := seed << 12 // as a disk gives it, in blocks
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
			return err
		}
	}
	return Once(context.Background(), dir, what, seed, os.Stdout)
}

// TestFull does each thing on a disk that is full after some blocks. It is done, or refused
// with words that say so; what was acknowledged is there; and with room it works.
func TestFull(t *testing.T) {
	t.Parallel()
	seed := seeded(t)
	rng := rand.New(rand.NewPCG(7, 7))
	done, refused := 0, 0
	kinds := []Kind{Record, Erase}
	if *steps > 1 {
		kinds = Kinds()
	}
	for _, what := range kinds {
		for step := range *steps {
			most := uint64(1) << step // blocks
			if *steps == 1 {
				most = 1 + rng.Uint64N(100)
			}
			dir := filepath.Join(t.TempDir(), "office")
			if err := copyTree(dir, seed); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, opens), []byte("age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"), 0o600); err != nil {
				t.Fatal(err)
			}
			m := newMemory(dir)
			if said := once(t, m, what, most); said {
				done++
			} else {
				refused++
			}
			m.check(t.Context())
			if !once(t, m, what, 0) {
				m.flaw("it does not work when there is room")
			}
			m.check(t.Context())
			for _, f := range m.flaws {
				t.Errorf("%s, files of at most %d blocks: %s", what, most, f)
			}
			os.RemoveAll(dir)
		}
	}
	t.Logf("%d done, %d refused", done, refused)
	if refused == 0 {
		t.Error("nothing was ever refused")
	}
}

// once has a process do a thing, and reports whether it was done. What it is told
// if not must say that the disk is full.
func once(t *testing.T, m *memory, what Kind, most uint64) (done bool) {
	t.Helper()
	c := child(asOnce, m.dir, what, most)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	lines := bufio.NewScanner(bytes.NewReader(out))
	var last Said
	for lines.Scan() {
		last = Said{}
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			t.Fatalf("the process says %q", lines.Text())
		}
		full := slices.ContainsFunc(plain, func(key string) bool { return strings.HasPrefix(last.Err, key) })
		if most > 0 && full {
			last.Err = ""
			m.broken(last.What)
		}
		m.heard(last)
	}
	if strings.Contains(errs.String(), "goroutine ") {
		t.Errorf("%s at %d blocks: it crashed: %s", what, most, errs.String())
	}
	return err == nil && last.Done
}

// plain are the keys of what somebody is told whose disk is full.
var plain = []string{"store.disk_full", "view.disk_full"}

// broken notes that something was refused, and that it is not known how far it came: an
// erasure that was announced is finished later.
func (m *memory) broken(what Kind) {
	m.cut[what]++
	if what == File {
		m.filings++
	}
}
