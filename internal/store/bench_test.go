package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"habeas/internal/store/storetest"
	"habeas/ledger"
	"habeas/vault"
)

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
	for b.Loop() {
		b.StopTimer()
		for i := range batch {
			batch[i] = writers[i%len(writers)].Seal(b, "He was told to wait in the corridor until the morning, and was not seen after that.")
		}
		b.StartTimer()
		if _, err := db.Append(ctx, batch, signer); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(batch)*b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkCommit appends entries one at a time, each on disk before the next,
// and compares with a loop that appends as many bytes as one commit adds to the
// write-ahead log and syncs them.
func BenchmarkCommit(b *testing.B) {
	db, dir := newStore(b)
	signer, _ := storetest.Node(b)
	ctx := context.Background()
	w := storetest.NewWriter(b)
	wal := filepath.Join(dir, "truth.db-wal")
	if _, err := db.Append(ctx, w.Entries(b, 1), signer); err != nil {
		b.Fatal(err)
	}
	before := fileSize(b, wal)
	n := 0
	for b.Loop() {
		b.StopTimer()
		batch := w.Entries(b, 1)
		b.StartTimer()
		if _, err := db.Append(ctx, batch, signer); err != nil {
			b.Fatal(err)
		}
		n++
	}
	commit := b.Elapsed()
	bytes := 24 << 10
	if grown := fileSize(b, wal) - before; grown > 0 && n > 1 {
		bytes = int(grown) / n
	}
	bare := bareSync(b, filepath.Join(dir, "bare"), n, bytes)
	b.ReportMetric(float64(n)/commit.Seconds(), "commits/s")
	b.ReportMetric(float64(n)/bare, "bare-fsyncs/s")
	b.ReportMetric(bare/commit.Seconds(), "ratio")
	b.ReportMetric(float64(bytes), "bytes/commit")
}

func fileSize(b *testing.B, path string) int64 {
	b.Helper()
	st, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return st.Size()
}

// bareSync appends n blocks to a file, syncing each, and returns the seconds.
func bareSync(b *testing.B, path string, n, size int) float64 {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, size)
	start := time.Now()
	for range n {
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start).Seconds()
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
