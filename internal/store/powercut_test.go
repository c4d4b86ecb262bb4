package store_test

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
	"golang.org/x/mod/sumdb/note"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
	"habeas/vault"
)

// cuts is how often TestPowerCut cuts the power. The full run, of which
// docs/benchmarks.md tells, is go test ./internal/store -run TestPowerCut -cuts 500
var cuts = flag.Int("cuts", 20, "how often the power is cut")

// A disk records what the engine has its files do, so that the power can be cut at any
// moment afterwards. A write that was not synced may then be there or not, each of its
// sectors by itself. That a file exists is kept as soon as something in it is synced.
type disk struct {
	mu  sync.Mutex
	ops []diskOp
}

type diskOp struct {
	file string
	do   byte // one of those below
	off  int64
	data []byte
}

const (
	write byte = iota
	truncate
	syncFile
	wipe
	remove
)

func (d *disk) note(op diskOp) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops = append(d.ops, op)
}

// now returns how many operations were recorded.
func (d *disk) now() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.ops)
}

// recording opens files that tell a disk what is done to them.
type recording struct {
	vfs.VFS
	disk *disk
}

func (r recording) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpen(r.VFS, name, flags)
	return recorded{f, r.disk, filepath.Base(name)}, flags, err
}

func (r recording) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpenFilename(r.VFS, name, flags)
	return recorded{f, r.disk, filepath.Base(name.String())}, flags, err
}

// Delete implements [vfs.VFS]. The engine has the directory synced with it.
func (r recording) Delete(name string, syncDir bool) error {
	err := r.VFS.Delete(name, syncDir)
	if err == nil {
		r.disk.note(diskOp{file: filepath.Base(name), do: remove})
	}
	return err
}

type recorded struct {
	vfs.File
	disk *disk
	name string
}

func (f recorded) WriteAt(b []byte, off int64) (int, error) {
	f.disk.note(diskOp{f.name, write, off, slices.Clone(b)})
	return f.File.WriteAt(b, off)
}

func (f recorded) Truncate(size int64) error {
	f.disk.note(diskOp{file: f.name, do: truncate, off: size})
	return f.File.Truncate(size)
}

func (f recorded) Sync(flags vfs.SyncFlag) error {
	err := f.File.Sync(flags)
	f.disk.note(diskOp{file: f.name, do: syncFile})
	return err
}

func (f recorded) SharedMemory() vfs.SharedMemory { return vfsutil.WrapSharedMemory(f.File) }
func (f recorded) LockState() vfs.LockLevel       { return vfsutil.WrapLockState(f.File) }
func (f recorded) PersistWAL() bool               { return vfsutil.WrapPersistWAL(f.File) }
func (f recorded) SetPersistWAL(keep bool)        { vfsutil.WrapSetPersistWAL(f.File, keep) }
func (f recorded) PowersafeOverwrite() bool       { return vfsutil.WrapPowersafeOverwrite(f.File) }
func (f recorded) SetPowersafeOverwrite(on bool)  { vfsutil.WrapSetPowersafeOverwrite(f.File, on) }

// A platter is the files of a disk up to some operation: what was synced, and what was
// done since.
type platter struct {
	durable map[string][]byte
	since   map[string][]diskOp
}

func (p *platter) take(op diskOp) {
	switch op.do {
	case syncFile:
		for _, o := range p.since[op.file] {
			p.durable[op.file] = done(p.durable[op.file], o)
		}
		p.since[op.file] = nil
		if p.durable[op.file] == nil {
			p.durable[op.file] = []byte{}
		}
	case remove:
		delete(p.durable, op.file)
		delete(p.since, op.file)
	case wipe:
		clear(p.durable[op.file])
		p.since[op.file] = nil
	default:
		p.since[op.file] = append(p.since[op.file], op)
	}
}

// done returns the bytes of a file after an operation.
func done(b []byte, op diskOp) []byte {
	end := op.off + int64(len(op.data))
	if op.do == truncate {
		end = op.off
	}
	if grow := end - int64(len(b)); grow > 0 {
		b = append(b, make([]byte, grow)...)
	}
	if op.do == truncate {
		return b[:op.off]
	}
	copy(b[op.off:], op.data)
	return b
}

const sector = 512

// cut writes what is left when the power goes now into a directory.
func (p *platter) cut(t *testing.T, rng *rand.Rand, dir string) {
	t.Helper()
	for name, durable := range p.durable {
		b := slices.Clone(durable)
		for _, op := range p.since[name] {
			if op.do == truncate {
				if rng.IntN(2) == 0 {
					b = done(b, op)
				}
				continue
			}
			for at := int64(0); at < int64(len(op.data)); {
				end := min((op.off+at)/sector*sector+sector-op.off, int64(len(op.data)))
				if rng.IntN(3) > 0 {
					b = done(b, diskOp{name, write, op.off + at, op.data[at:end]})
				}
				at = end
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// An acknowledgement is what was said to be done after so many operations.
type acknowledgement struct {
	at     int
	entry  ledger.ID // with its key, or
	killed ledger.ID // a key that was destroyed
	pruned ledger.ID // with the payload of an entry
}

// TestPowerCut cuts the power while entries are appended, keys written and destroyed
// and payloads dropped. Whatever was acknowledged before is there after it, and what was
// destroyed is not.
func TestPowerCut(t *testing.T) {
	d := &disk{}
	before := vfs.Find(store.Layer)
	vfs.Register(store.Layer, recording{vfs.Find("os"), d})
	defer vfs.Register(store.Layer, before)
	known, said := busyDay(t, d)

	rng := rand.New(rand.NewPCG(500, 2026))
	at := make([]int, *cuts)
	begun := said[0].at
	for i := range at {
		at[i] = begun + rng.IntN(len(d.ops)-begun)
	}
	slices.Sort(at)
	p := &platter{map[string][]byte{}, map[string][]diskOp{}}
	next := 0
	for _, stop := range at {
		for ; next < stop; next++ {
			p.take(d.ops[next])
		}
		dir := filepath.Join(t.TempDir(), "left")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		p.cut(t, rng, dir)
		afterCut(t, dir, stop, known, said)
	}
	t.Logf("%d operations, %d acknowledged, %d cuts", len(d.ops), len(said), len(at))
}

// busyDay works on a store whose files are recorded, and returns who signs and what was
// acknowledged.
func busyDay(t *testing.T, d *disk) (known note.Verifiers, said []acknowledgement) {
	t.Helper()
	ctx := context.Background()
	db, _ := newStore(t)
	signer, verifiers := storetest.Node(t)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var sources []ledger.ID
	w := storetest.NewWriter(t)
	for n := range 160 {
		batch := w.Entries(t, 1+n%3)
		var wraps []vault.Wrap
		for _, e := range batch {
			wraps = append(wraps, wrapFor(e.Record().ID))
		}
		ok(db.PutWraps(ctx, wraps...))
		_, err := db.Append(ctx, batch, signer)
		ok(err)
		for _, e := range batch {
			said = append(said, acknowledgement{at: d.now(), entry: e.Record().ID})
			sources = append(sources, e.Record().ID)
		}
		if n%4 == 3 {
			gone := sources[0]
			sources = sources[1:]
			ok(db.DeleteWraps(ctx, gone))
			d.note(diskOp{file: "keys.db-journal", do: wipe}) // by the store itself, which syncs it
			said = append(said, acknowledgement{at: d.now(), killed: gone})
		}
		if n%10 == 9 {
			own := storetest.NewWriter(t)
			e := own.Seal(t, "to be dropped")
			_, err := db.Append(ctx, []ledger.Sealed{e}, signer)
			ok(err)
			by, err := db.Append(ctx, w.Entries(t, 1), signer)
			ok(err)
			pruned, err := db.Prune(ctx, own.Stream, by, []ledger.ID{own.Key.ID})
			if err != nil || pruned != 1 {
				t.Fatalf("got %d pruned, %v", pruned, err)
			}
			said = append(said, acknowledgement{at: d.now(), pruned: e.Record().ID})
		}
	}
	ok(db.Close())
	return verifiers, said
}

// afterCut opens what was left.
func afterCut(t *testing.T, dir string, stop int, known note.Verifiers, said []acknowledgement) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(dir, store.ReadWrite)
	if err != nil {
		t.Errorf("cut at operation %d: %v: %v", stop, err, errors.Unwrap(err))
		return
	}
	defer db.Close()
	if err := db.Damage(); err != nil {
		t.Errorf("cut at operation %d: %v", stop, err)
	}
	if _, err := db.Verify(ctx, known, nil); err != nil {
		t.Errorf("cut at operation %d: %v", stop, err)
	}
	killed := map[ledger.ID]bool{}
	for _, a := range said {
		killed[a.killed] = true // perhaps not yet acknowledged
	}
	for _, a := range said {
		if a.at > stop {
			break
		}
		switch {
		case !a.entry.IsZero():
			if _, err := db.Entry(ctx, a.entry); err != nil {
				t.Errorf("cut at operation %d: an entry acknowledged at %d: %v", stop, a.at, err)
			}
			if wraps, err := db.WrapsOf(ctx, a.entry); err != nil || len(wraps) != 1 && !killed[a.entry] {
				t.Errorf("cut at operation %d: the key of an entry acknowledged at %d: got %d wraps, %v", stop, a.at, len(wraps), err)
			}
		case !a.killed.IsZero():
			if wraps, err := db.WrapsOf(ctx, a.killed); err != nil || len(wraps) != 0 {
				t.Errorf("cut at operation %d: a key destroyed at %d is there again, %v", stop, a.at, err)
			}
		default:
			if n, err := db.Entry(ctx, a.pruned); err != nil || !n.Pruned {
				t.Errorf("cut at operation %d: a payload dropped at %d is there again, %v", stop, a.at, err)
			}
		}
	}
}
