package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"habeas/internal/store"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/internal/store/storetest"
	"habeas/ledger"
)

// BenchmarkNodes appends entries one at a time, each on disk before its caller goes on, by
// several callers at once on 1, 2 and 4 nodes of a shared database that waits for the
// disk; and, to compare, on a store in files.
func BenchmarkNodes(b *testing.B) {
	for _, callers := range []int{1, 16} {
		b.Run(fmt.Sprintf("files/callers=%d", callers), func(b *testing.B) {
			db, _ := newStore(b)
			benchNodes(b, []*store.DB{db}, callers)
		})
		for _, nodes := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("nodes=%d/callers=%d", nodes, callers), func(b *testing.B) {
				url := postgrestest.Own(b).Database(b)
				dir := filepath.Join(b.TempDir(), "data")
				if err := store.CreateAt(store.Place{Dir: dir, Database: url}); err != nil {
					b.Fatal(err)
				}
				all := []*store.DB{open(b, dir, store.ReadWrite)}
				for len(all) < nodes {
					all = append(all, another(b, url, store.ReadWrite))
				}
				benchNodes(b, all, callers)
			})
		}
	}
}

// benchNodes has callers on each node append b.N entries in all.
func benchNodes(b *testing.B, nodes []*store.DB, callers int) {
	signer, _ := storetest.Node(b)
	w := storetest.NewWriter(b)
	entries := w.Entries(b, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for _, db := range nodes {
		for range callers {
			all.Go(func() {
				for {
					i := next.Add(1) - 1
					if i >= int64(b.N) {
						return
					}
					if _, err := db.Append(context.Background(), []ledger.Sealed{entries[i]}, signer); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	if _, err := nodes[0].Verify(context.Background(), nil, nil); err != nil {
		b.Error(err)
	}
}
