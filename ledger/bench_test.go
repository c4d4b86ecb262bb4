package ledger

import (
	"bytes"
	"testing"
	"time"
)

func benchmarkSizes(b *testing.B, f func(b *testing.B, e Entry)) {
	for name, n := range map[string]int{"300B": 300, "4KiB": 4 << 10} {
		e := anEntry()
		e.Time, e.Body = time.UnixMilli(1670000000123), bytes.Repeat([]byte("x"), n)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			f(b, e)
		})
	}
}

func BenchmarkSeal(b *testing.B) {
	by, _ := author(7)
	k := key(9)
	benchmarkSizes(b, func(b *testing.B, e Entry) {
		for b.Loop() {
			if _, err := Seal(&e, by, k); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	by, _ := author(7)
	k := key(9)
	benchmarkSizes(b, func(b *testing.B, e Entry) {
		r := sealed(b, e, by, k)
		for b.Loop() {
			if _, err := Open(r, k); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	by, pub := author(7)
	benchmarkSizes(b, func(b *testing.B, e Entry) {
		o, err := Open(sealed(b, e, by, key(9)), key(9))
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := o.Verify(pub); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkLeafHash(b *testing.B) {
	by, _ := author(7)
	benchmarkSizes(b, func(b *testing.B, e Entry) {
		r := sealed(b, e, by, key(9))
		for b.Loop() {
			r.LeafHash()
		}
	})
}
