package custody_test

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"habeas/custody"
	"habeas/custody/custodytest"
)

// BenchmarkVerify checks a bundle of 1,000 exhibits of 1 MiB each, with three events
// each, on disk.
func BenchmarkVerify(b *testing.B) {
	dir := b.TempDir()
	var last io.Closer
	p := custodytest.NewLarge(b, 1000, func(name string) (io.Writer, error) {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return nil, err
		}
		if last != nil {
			if err := last.Close(); err != nil {
				return nil, err
			}
		}
		f, err := os.Create(to)
		last = f
		return f, err
	}, func(n int) []byte {
		file := make([]byte, 1<<20)
		_, _ = rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)}).Read(file)
		return file
	})
	if err := last.Close(); err != nil {
		b.Fatal(err)
	}
	var size int64
	before := spent(b)
	for b.Loop() {
		fsys, closer, err := custody.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		r, err := custody.Verify(context.Background(), fsys, p, func(n int64) { size = n })
		if err != nil || r.Verdict() != custody.Verified || len(r.Items) != 1000 {
			b.Fatalf("%v %v %q", err, r.Verdict(), failures(r))
		}
		closer.Close()
	}
	b.ReportMetric((spent(b)-before)/float64(b.N), "cpu-s/op")
	b.SetBytes(size)
}

// spent returns the seconds that both cores have worked for this process.
func spent(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
