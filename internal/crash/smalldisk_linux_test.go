package crash

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"habeas"
	"habeas/fault"
)

// TestSmallDisk works on a file system of its own that is full, or nearly: everything that
// an office does, then putting one back, moving one and taking in a bundle. It is refused
// with words that say so, and works when there is room, without anything being started
// anew. Then the file system can only be read.
func TestSmallDisk(t *testing.T) {
	t.Parallel()
	if os.Getenv(asSmall) == "" {
		c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-rooms="+(*rooms))
		c.Env = append(os.Environ(), asSmall+"="+seeded(t))
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}, GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}}
		out, err := c.CombinedOutput()
		if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran || bytes.Contains(out, []byte("\n    --- SKIP")) || bytes.Contains(out, []byte("\n--- SKIP")) {
			t.Skipf("LEFT OUT: this system lets nobody mount a file system of their own: %v\n%s", err, out)
		}
		t.Logf("%s", out)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, roomy+",mode=700"); err != nil {
		t.Skip(err)
	}
	defer unix.Unmount(disk, unix.MNT_DETACH)
	seed := os.Getenv(asSmall)
	for _, room := range strings.Split(*rooms, ",") {
		free, err := strconv.ParseInt(cmp.Or(room, "0"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		f := &filled{dir: disk, free: free << 10}
		t.Run("an office, "+room+" KB", func(t *testing.T) { f.office(t, seed) })
		others := []string{"restore", "migrate", "a bundle"}
		if room == "" {
			others = nil
		}
		for _, name := range others {
			t.Run(name+", "+room+" KB", func(t *testing.T) { f.scene(t, seed, name) })
		}
	}
	readOnly(t, disk, seed)
}

// A filled is a disk that can be made as small as what is on it, and some bytes.
type filled struct {
	dir  string
	free int64
}

// roomy is more than an office keeps free, so that it takes files.
const roomy = "size=1g"

func (f *filled) up(t *testing.T) {
	t.Helper()
	var st unix.Statfs_t
	if err := unix.Statfs(f.dir, &st); err != nil {
		t.Fatal(err)
	}
	used := int64(st.Blocks-st.Bfree) * st.Bsize
	if err := unix.Mount("", f.dir, "", unix.MS_REMOUNT, fmt.Sprint("size=", used+f.free)); err != nil {
		t.Fatal(err)
	}
}

func (f *filled) empty(t *testing.T) {
	t.Helper()
	if err := unix.Mount("", f.dir, "", unix.MS_REMOUNT, roomy); err != nil {
		t.Fatal(err)
	}
}

// office does each thing while the disk is full, and when it is not, in one process.
func (f *filled) office(t *testing.T, seed string) {
	m := newMemory(filepath.Join(f.dir, "office"))
	if err := copyTree(m.dir, seed); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(m.dir)
	ownKey(t, m)
	takeKey(t, m)
	heard := &bytes.Buffer{}
	w := &worker{ctx: t.Context(), dir: m.dir, tell: &teller{to: heard}, rng: rand.New(rand.NewPCG(7, 7))}
	if err := w.begin(); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, what := range Kinds() {
		f.up(t)
		err := w.one(what)
		f.empty(t)
		if err != nil {
			if refused++; !plainly(err.Error()) {
				t.Errorf("%s: %v", what, described(err))
			}
		}
		m.hears(t, heard, true)
		if err := w.one(what); err != nil {
			t.Errorf("%s, when there is room again: %v", what, described(err))
		}
		m.hears(t, heard, true)
	}
	if err := w.end(); err != nil {
		t.Error(err)
	}
	t.Logf("%d of %d refused", refused, len(Kinds()))
	if refused == 0 && f.free == 0 {
		t.Error("nothing was refused")
	}
	m.check(t.Context())
	for _, flaw := range m.flaws {
		t.Error(flaw)
	}
}

// hears takes in what was said; what was refused is judged elsewhere.
func (m *memory) hears(t *testing.T, lines *bytes.Buffer, full bool) {
	t.Helper()
	for in := json.NewDecoder(lines); ; {
		var s Said
		if err := in.Decode(&s); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		if full && s.Err != "" {
			s.Err = ""
			m.broken(s.What)
		}
		m.heard(s)
	}
}

// plainly reports whether somebody was told that the disk takes no more.
func plainly(err string) bool {
	return slices.ContainsFunc(append(plain, "store.disk_read_only", "intake.no_room", "exhibit.no_room"), func(key string) bool { return strings.Contains(err, key) })
}

// scene plays one while the disk is full.
func (f *filled) scene(t *testing.T, seed, name string) {
	s := scenes()[name]
	m := newMemory(filepath.Join(f.dir, "office"))
	if err := copyTree(m.dir, seed); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(m.dir)
	s.prepare(t, m)
	f.up(t)
	c := child(asScene, m.dir, Kind(name), 0)
	var errs bytes.Buffer
	c.Stderr = &errs
	err := c.Run()
	f.empty(t)
	if err != nil && !plainly(errs.String()) {
		t.Errorf("it was refused with %s", errs.String())
	}
	t.Logf("%v %s", err, errs.String())
	m.recent = len(m.said)
	said := map[Kind]Said{}
	if err == nil {
		said = map[Kind]Said{restore: {}, migrate: {}, bundle: {}}
	}
	s.after(t, m, said)
	for _, flaw := range m.flaws {
		t.Error(flaw)
	}
}

// readOnly opens an office on a disk that can only be read, and puts one there.
func readOnly(t *testing.T, disk, seed string) {
	m := newMemory(filepath.Join(disk, "office"))
	if err := copyTree(m.dir, seed); err != nil {
		t.Fatal(err)
	}
	copied(t, m)
	if err := putBack(t.Context(), m.dir); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("", disk, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skipf("the disk can't be mounted anew: %v", err)
	}
	key := func(err error) string {
		if f, ok := errors.AsType[*fault.Error](err); ok {
			return f.Key()
		}
		return ""
	}
	d, err := habeas.Open(config(m.dir))
	if key(err) != "store.disk_read_only" {
		t.Errorf("opening it: %v", err)
	}
	if err == nil {
		d.Close()
	}
	other := func(dir string) habeas.Config {
		cfg := config(dir)
		cfg.Dir = filepath.Join(dir, "other")
		return cfg
	}
	if _, _, err := habeas.Migrate(context.Background(), config(m.dir), other(m.dir)); key(err) != "store.disk_read_only" {
		t.Errorf("moving it: %v", err)
	}
	if _, err := habeas.Verify(t.Context(), config(m.dir).Dir, nil); err != nil {
		t.Errorf("it can't be verified: %v", err)
	}
	if err := unix.Mount("", disk, "", unix.MS_REMOUNT, ""); err != nil {
		t.Fatal(err)
	}
	takeKey(t, m)
	m.check(t.Context())
	for _, flaw := range m.flaws {
		t.Error(flaw)
	}
}
