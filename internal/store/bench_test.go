package store_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
	"habeas/vault"
)

func id(n byte) (out ledger.ID) {
	out[0] = n
	return out
}

func wrapFor(key ledger.ID) vault.Wrap {
	return vault.Wrap{Key: key, Holder: ledger.ID{1}, Box: make([]byte, 1200)}
}

// BenchmarkAppend writes batches of 1000 entries that were sealed before: 400
// streams, each under its own key.
func BenchmarkAppend(b *testing.B) {
	db, _ := newStore(b)
	signer, _ := storetest.Node(b)
	ctx := context.Background()
	writers := make([]*storetest.Writer, 400)
	for i := range writers {
		writers[i] = storetest.NewWriter(b)
	}
	batch := make([]ledger.Sealed, 1000)
	var used float64
	for b.Loop() {
		b.StopTimer()
		for i := range batch {
			batch[i] = writers[i%len(writers)].Seal(b, "He was told to wait in the corridor until the morning, and was not seen after that.")
		}
		before := spent(b)
		b.StartTimer()
		if _, err := db.Append(ctx, batch, signer); err != nil {
			b.Fatal(err)
		}
		used += spent(b) - before
	}
	b.ReportMetric(float64(len(batch)*b.N)/used, "entries/cpu-s")
	b.ReportMetric(float64(len(batch)*b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkAppendMany writes 100,000 entries that were sealed before, in batches of
// 1,000 that are on disk before the next, and then proves one of them.
func BenchmarkAppendMany(b *testing.B) {
	ctx := context.Background()
	signer, _ := storetest.Node(b)
	var used, proof float64
	for b.Loop() {
		b.StopTimer()
		db, _ := newStore(b)
		batches := make([][]ledger.Sealed, 100)
		w := storetest.NewWriter(b)
		for i := range batches {
			batches[i] = w.Entries(b, 1000)
		}
		before := spent(b)
		b.StartTimer()
		for _, batch := range batches {
			if _, err := db.Append(ctx, batch, signer); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		used += spent(b) - before
		signed, size, err := db.Checkpoint(ctx)
		if err != nil {
			b.Fatal(err)
		}
		p, err := ledger.Prove(77_777, size, signed, db.Hashes(ctx))
		if err != nil {
			b.Fatal(err)
		}
		proof = float64(len(p.Text()))
		b.StartTimer()
	}
	b.ReportMetric(used/float64(b.N), "cpu-s/op")
	b.ReportMetric(proof, "proof-bytes")
}

// BenchmarkCommit appends entries one at a time, each on disk before the next,
// and in turn with each writes as many bytes as a commit adds to the write-ahead
// log to another file and syncs them. Like the log, that file is written again
// from its start when it has 32 MB.
func BenchmarkCommit(b *testing.B) {
	db, dir := newStore(b)
	signer, _ := storetest.Node(b)
	ctx := context.Background()
	w := storetest.NewWriter(b)
	wal := filepath.Join(dir, "truth.db-wal")
	if _, err := db.Append(ctx, w.Entries(b, 1), signer); err != nil {
		b.Fatal(err)
	}
	before := fileSize(b, wal) // grows until it is first written back, after 8192 pages
	const measured = 256
	for range measured {
		if _, err := db.Append(ctx, w.Entries(b, 1), signer); err != nil {
			b.Fatal(err)
		}
	}
	bytes := int(fileSize(b, wal)-before) / measured
	bare := newBare(b, filepath.Join(dir, "bare"), bytes)
	var commit, sync time.Duration
	for b.Loop() {
		batch := w.Entries(b, 1)
		start := time.Now()
		if _, err := db.Append(ctx, batch, signer); err != nil {
			b.Fatal(err)
		}
		done := time.Now()
		bare.write(b)
		commit, sync = commit+done.Sub(start), sync+time.Since(done)
	}
	b.ReportMetric(float64(b.N)/commit.Seconds(), "commits/s")
	b.ReportMetric(float64(b.N)/sync.Seconds(), "bare-syncs/s")
	b.ReportMetric(sync.Seconds()/commit.Seconds(), "ratio")
	b.ReportMetric(float64(bytes), "bytes/commit")
}

// bare is a file that blocks are written to and synced, one at a time.
type bare struct {
	f     *os.File
	block []byte
	at    int64
}

func newBare(b *testing.B, path string, size int) *bare {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	return &bare{f: f, block: make([]byte, size)}
}

func (f *bare) write(b *testing.B) {
	b.Helper()
	if _, err := f.f.WriteAt(f.block, f.at); err != nil {
		b.Fatal(err)
	}
	if err := syscall.Fdatasync(int(f.f.Fd())); err != nil {
		b.Fatal(err)
	}
	if f.at += int64(len(f.block)); f.at > 32<<20 {
		f.at = 0
	}
}

func fileSize(b *testing.B, path string) int64 {
	b.Helper()
	st, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return st.Size()
}

// BenchmarkVerify checks a store of 20,000 entries in batches of 100.
func BenchmarkVerify(b *testing.B) {
	db, _ := newStore(b)
	signer, known := storetest.Node(b)
	ctx := context.Background()
	w := storetest.NewWriter(b)
	for range 200 {
		if _, err := db.Append(ctx, w.Entries(b, 100), signer); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := db.Verify(ctx, known, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(20000*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// spent returns the processor time this process has used, in seconds: on a busy
// machine it says more than the clock.
func spent(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// BenchmarkDestroyKey destroys one key of a keys.db of 100 MB: what looking through the
// file costs, and, in one of the two, writing all rows anew.
func BenchmarkDestroyKey(b *testing.B) {
	ctx := context.Background()
	db, dir := newStore(b)
	var some []vault.Wrap
	box := make([]byte, 100)
	for size := int64(0); size < 100<<20; {
		some = some[:0]
		for range 20_000 {
			some = append(some, vault.Wrap{Key: ledger.NewID(), Stream: ledger.NewID(), Holder: ledger.NewID(), Box: box})
		}
		if err := db.PutWraps(ctx, some...); err != nil {
			b.Fatal(err)
		}
		st, err := os.Stat(filepath.Join(dir, "keys.db"))
		if err != nil {
			b.Fatal(err)
		}
		size = st.Size()
	}
	b.Run("looked through", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if err := db.DeleteWraps(ctx, some[i%len(some)].Key); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("written anew", func(b *testing.B) {
		for b.Loop() {
			if err := store.Anew(ctx, db, "wrap"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
