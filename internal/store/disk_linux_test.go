package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/internal/testkit"
	"habeas/ledger"
)

// A writing is everything that a store can be asked to write, and what of it was
// acknowledged.
type writing struct {
	t       *testing.T
	db      *store.DB
	writer  *storetest.Writer
	entries map[ledger.ID]int64
	wraps   []ledger.ID
	blobs   []string
}

func newWriting(t *testing.T, db *store.DB) *writing {
	return &writing{t: t, db: db, writer: storetest.NewWriter(t), entries: map[ledger.ID]int64{}}
}

// all tries each kind of write once and returns their errors.
func (w *writing) all() []error {
	ctx := context.Background()
	signer, _ := storetest.Node(w.t)
	batch := w.writer.Entries(w.t, 3)
	first, err := w.db.Append(ctx, batch, signer)
	if err == nil {
		for i, e := range batch {
			w.entries[e.Record().ID] = first + int64(i)
		}
	}
	id := ledger.NewID()
	keyErr := w.db.PutWraps(ctx, wrapFor(id))
	if keyErr == nil {
		w.wraps = append(w.wraps, id)
	}
	name, blobErr := w.file()
	if blobErr == nil {
		w.blobs = append(w.blobs, name)
	}
	return []error{err, keyErr, blobErr}
}

func (w *writing) file() (string, error) {
	b, err := w.db.NewBlob()
	if err != nil {
		return "", err
	}
	id := ledger.NewID() // no two files are the same
	_, err = b.Write(bytes.Repeat(id[:], 4096))
	var name string
	if err == nil {
		name, err = b.Keep()
	}
	if err != nil {
		_ = b.Discard()
	}
	return name, err
}

// allThere checks that the store holds what it acknowledged, and verifies.
func (w *writing) allThere(db *store.DB) {
	w.t.Helper()
	ctx := context.Background()
	if err := db.Damage(); err != nil {
		w.t.Fatalf("the store is damaged: %v", err)
	}
	if _, err := db.Verify(ctx, nil, nil); err != nil {
		w.t.Fatalf("the store does not verify: %v", err)
	}
	for id, number := range w.entries {
		if got, err := db.Entry(ctx, id); err != nil || got.Number != number {
			w.t.Fatalf("an acknowledged entry: got number %d, %v, want %d", got.Number, err, number)
		}
	}
	for _, id := range w.wraps {
		if all, err := db.WrapsOf(ctx, id); err != nil || len(all) != 1 {
			w.t.Fatalf("an acknowledged key: got %d, %v, want 1", len(all), err)
		}
	}
	for _, name := range w.blobs {
		f, err := db.OpenBlob(name)
		if err != nil {
			w.t.Fatalf("an acknowledged file: %v", err)
		}
		f.Close()
	}
}

// refusedAs checks that every write of a round failed with one fault.
func refusedAs(t *testing.T, errs []error, want string) {
	t.Helper()
	for i, err := range errs {
		if storetest.Key(err) != want || fault.KindOf(err) != fault.Busy {
			t.Errorf("write %d: got %v, want %s", i, err, want)
		}
	}
}

// inChild runs the test that calls it again, in a process that prepare changed, and
// reports whether this is that process. In it the test goes on; outside it is over.
func inChild(t *testing.T, prepare func(*exec.Cmd)) bool {
	t.Helper()
	const mark = "TEST_IN_CHILD"
	if os.Getenv(mark) == t.Name() {
		return true
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), mark+"="+t.Name())
	prepare(child)
	out, err := child.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
		t.Skipf("this system starts no process in namespaces of its own: %v", err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if why, skipped := bytes.CutPrefix(out, []byte("--- SKIP")); skipped || bytes.Contains(out, []byte("\n--- SKIP")) {
		t.Skipf("in the process of its own: %s", why)
	}
	return false
}

// ownMounts lets a process mount what it likes, seen by nobody else. It takes no root.
func ownMounts(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

// smallDisk mounts a file system of 2 MiB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2m,mode=700"); err != nil {
		t.Skipf("nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// TestDiskFull fills a real disk beside the store: what it was asked for then is
// refused cleanly, and works again by itself when there is room.
func TestDiskFull(t *testing.T) {
	if !inChild(t, ownMounts) {
		return
	}
	disk := smallDisk(t)
	dir := filepath.Join(disk, "data")
	if err := store.Create(dir); err != nil {
		t.Fatal(err)
	}
	db := open(t, dir, store.ReadWrite)
	w := newWriting(t, db)
	for round := range 3 {
		if err := errors.Join(w.all()...); err != nil {
			t.Fatalf("round %d, with room: %v", round, err)
		}
		filler := filepath.Join(disk, "filler")
		fill(t, filler)
		refused := 0
		for range 8 { // a file that has room inside takes a little more
			for _, err := range w.all() {
				if err == nil {
					continue
				}
				refused++
				if storetest.Key(err) != "store.disk_full" || fault.KindOf(err) != fault.Busy {
					t.Fatalf("on a full disk: got %v, want store.disk_full", err)
				}
			}
		}
		if refused == 0 {
			t.Fatal("the disk is full, and nothing was refused")
		}
		if db.Failed() {
			t.Fatalf("a full disk ended all writing: %v", db.Damage())
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.all()...); err != nil {
		t.Fatalf("there is room again: %v", err)
	}
	db.Close()
	w.allThere(open(t, dir, store.ReadWrite))
}

// fill takes all the room there is.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 64 << 10; size > 0; size /= 2 {
		for block := make([]byte, size); err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("filling the disk: %v", err)
		}
		err = nil
	}
}

// TestFileLimit reaches the largest size that the process may give a file, which
// fails in the same way as a quota.
func TestFileLimit(t *testing.T) {
	if !inChild(t, func(*exec.Cmd) {}) {
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	db, dir := newStore(t)
	w := newWriting(t, db)
	if err := errors.Join(w.all()...); err != nil {
		t.Fatal(err)
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	limit := func(n uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: before.Max}); err != nil {
			t.Fatal(err)
		}
	}
	limit(4096)
	refusedAs(t, w.all(), "store.disk_full")
	limit(before.Cur)
	if db.Failed() {
		t.Fatalf("a limit ended all writing: %v", db.Damage())
	}
	if err := errors.Join(w.all()...); err != nil {
		t.Fatalf("the limit is gone: %v", err)
	}
	db.Close()
	w.allThere(open(t, dir, store.ReadWrite))
}

// TestReadOnlyDisk opens a store that lies on a disk which can only be read, as the
// kernel makes it when the disk errs, and again when it can be written.
func TestReadOnlyDisk(t *testing.T) {
	if !inChild(t, ownMounts) {
		return
	}
	disk := smallDisk(t)
	dir := filepath.Join(disk, "data")
	if err := store.Create(dir); err != nil {
		t.Fatal(err)
	}
	db := open(t, dir, store.ReadWrite)
	w := newWriting(t, db)
	if err := errors.Join(w.all()...); err != nil {
		t.Fatal(err)
	}
	db.Close()
	remount := func(flags uintptr) {
		if err := unix.Mount("", disk, "", unix.MS_REMOUNT|flags, ""); err != nil {
			t.Skipf("the disk can't be mounted anew: %v", err)
		}
	}
	remount(unix.MS_RDONLY)
	if _, err := store.Open(dir, store.ReadWrite); storetest.Key(err) != "store.disk_read_only" {
		t.Errorf("got %v, want store.disk_read_only", err)
	}
	remount(0)
	db = open(t, dir, store.ReadWrite)
	w.db = db
	if err := errors.Join(w.all()...); err != nil {
		t.Fatal(err)
	}
	w.allThere(db)
}

// TestDiskFails puts something else in the place of an open file of the store, so
// that the kernel itself answers as a failing disk does. From the first such answer on
// nothing is written, to any file; what is there is read; and after it was opened
// anew, what was acknowledged is there.
func TestDiskFails(t *testing.T) {
	for _, tc := range []struct {
		name, file, instead string
	}{
		{"the log can't be written", "truth.db-wal", testkit.FailsWriting},
		{"the log can't be synced", "truth.db-wal", testkit.FailsSyncing},
		{"the keys can't be reached", "keys.db", testkit.FailsWriting},
	} {
		t.Run(strings.ReplaceAll(tc.name, " ", "_"), func(t *testing.T) {
			db, dir := newStore(t)
			w := newWriting(t, db)
			if err := errors.Join(w.all()...); err != nil {
				t.Fatal(err)
			}
			testkit.ReplaceOpen(t, filepath.Join(dir, tc.file), tc.instead)
			failed := 0
			for range 2 {
				for _, err := range w.all() {
					if err != nil && storetest.Key(err) != "store.disk_failed" {
						t.Errorf("got %v, want store.disk_failed", err)
					}
					if err != nil {
						failed++
					}
				}
			}
			if failed < 4 || !db.Failed() || storetest.Key(db.Damage()) != "store.disk_failed" {
				t.Errorf("%d of 6 writes were refused, and Damage is %v", failed, db.Damage())
			}
			refusedAs(t, w.all(), "store.disk_failed")
			db.Close()
			w.allThere(open(t, dir, store.ReadWrite))
		})
	}
}
