package crash

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"habeas"
	"habeas/internal/demo"
)

var (
	kills = flag.Int("kills", 5, "how often a process is killed")
	rooms = flag.String("rooms", "", "how many KB are free on a disk that is full, with commas; if empty, none, and an office is tried alone")
	steps = flag.Int("steps", 1, "at how many sizes of files, from 4 KB and each twice the one before, each thing is tried on a full disk")
)

// What a process of these tests does instead.
const (
	asWorker = "HABEAS_CRASH_WORK"  // Work there
	asOnce   = "HABEAS_CRASH_ONCE"  // Once there, with small files only
	asSmall  = "HABEAS_CRASH_SMALL" // TestSmallDisk, with the office that is there
	asScene  = "HABEAS_CRASH_SCENE" // what the power is cut in
)

func TestMain(m *testing.M) {
	seed, _ := strconv.ParseUint(os.Getenv("HABEAS_CRASH_SEED"), 10, 64)
	what := Kind(os.Getenv("HABEAS_CRASH_WHAT"))
	for env, do := range map[string]func() error{
		asWorker: func() error { return Work(context.Background(), os.Getenv(asWorker), what, seed, os.Stdout) },
		asOnce:   func() error { return limited(os.Getenv(asOnce), what, seed) },
		asScene:  func() error { return play(os.Getenv(asScene), what, seed) },
	} {
		if os.Getenv(env) != "" {
			if err := do(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	status := m.Run()
	if os.Getenv(asSmall) != "" {
		os.Exit(status) // another process has the seed
	}
	os.RemoveAll(made.dir)
	os.Exit(status)
}

// seeded returns an office that was just made. All tests copy the same.
func seeded(t *testing.T) string {
	t.Helper()
	made.once.Do(func() {
		if made.dir, made.err = os.MkdirTemp("", "crash-seed-"); made.err == nil {
			made.err = Seed(context.Background(), made.dir)
		}
	})
	if made.err != nil {
		t.Fatal(made.err)
	}
	return made.dir
}

var made struct {
	once sync.Once
	dir  string
	err  error
}

// child is a process of these tests.
func child(env, dir string, what Kind, seed uint64) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), env+"="+dir, "HABEAS_CRASH_WHAT="+string(what), "HABEAS_CRASH_SEED="+strconv.FormatUint(seed, 10))
	return c
}

// TestKilled is a short run of what habeas bench crash does.
func TestKilled(t *testing.T) {
	t.Parallel()
	out, err := Run(t.Context(), Plan{Times: *kills, Life: *kills, Seed: 3, Dir: t.TempDir(),
		Child: func(dir string, what Kind, seed uint64) *exec.Cmd { return child(asWorker, dir, what, seed) }})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range out.Flaws {
		t.Error(f)
	}
	cut := 0
	for _, r := range out.Rows {
		cut += r.Cut
	}
	if out.Kills != *kills || cut < *kills/2 {
		t.Errorf("%d times killed, %d times in the middle of something", out.Kills, cut)
	}
}

// TestLossIsFound takes away what was acknowledged, and expects to be told.
func TestLossIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/office"
	if err := copyTree(dir, seeded(t)); err != nil {
		t.Fatal(err)
	}
	m := newMemory(dir)
	m.check(t.Context())
	for _, f := range m.flaws {
		t.Error(f)
	}
	for name, said := range map[string]Said{
		"entries":   {What: Rebuild, Done: true, Size: 1 << 20, Root: "00"},
		"letter":    {What: Letter, Done: true, Secret: "00", Words: "gone"},
		"statement": {What: Record, Done: true, Case: m.anyCase(t), Ref: "st-none"},
		"exhibit":   {What: Exhibit, Done: true, Case: m.anyCase(t), Ref: "ex-none"},
		"dossier":   {What: Release, Done: true, Case: m.anyCase(t), Ref: "do-none"},
		"erasure":   {What: Erase, Done: true, Case: m.anyCase(t), Ref: "st-none"},
		"member":    {What: Join, Done: true, Handle: passing + "nobody"},
		"removal":   {What: Remove, Done: true, Handle: passing + "nobody"},
		"refusal":   {What: Record, Err: "no"},
	} {
		m := newMemory(dir)
		m.heard(said)
		m.check(t.Context())
		if len(m.flaws) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
}

// anyCase is the code of a case of the office.
func (m *memory) anyCase(t *testing.T) string {
	t.Helper()
	d, err := habeas.Open(config(m.dir))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	vera, err := demo.Actor(t.Context(), d, "vera")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.Cases(t.Context(), vera)
	if err != nil || len(rows) == 0 {
		t.Fatal("no case", err)
	}
	return rows[0].ID.String()
}
