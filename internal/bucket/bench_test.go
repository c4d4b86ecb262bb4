package bucket

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"testing"

	"habeas/internal/bucket/s3test"
)

// benchSize is how large the object of benchmarks is: of many parts.
const benchSize = 256 << 20

// BenchmarkLarge puts and reads a large object of a server on this machine. What it
// allocates is what an object takes of memory, whatever its size.
func BenchmarkLarge(b *testing.B) {
	s := s3test.Gateway(b)
	bucket, err := Read(s.Settings(b, "", prefix))
	if err != nil {
		b.Fatal(err)
	}
	f, err := os.Create(filepath.Join(b.TempDir(), "sealed"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(rand.Reader, benchSize)); err != nil {
		b.Fatal(err)
	}
	name := hex.EncodeToString(sum.Sum(nil))
	b.Run("put", func(b *testing.B) {
		b.SetBytes(benchSize)
		b.ReportAllocs()
		for range b.N {
			if _, err := bucket.Remove(b.Context(), name); err != nil {
				b.Fatal(err)
			}
			if err := bucket.Put(b.Context(), name, f, benchSize); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(benchSize)
		b.ReportAllocs()
		for range b.N {
			if err := bucket.Check(b.Context(), name); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open at a place", func(b *testing.B) {
		b.ReportAllocs()
		part := make([]byte, 64<<10)
		for range b.N {
			o, err := bucket.Open(b.Context(), name)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := o.ReadAt(part, benchSize/2); err != nil {
				b.Fatal(err)
			}
			o.Close()
		}
	})
}
