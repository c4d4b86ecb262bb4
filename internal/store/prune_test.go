package store_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
	"habeas/vault"
)

// TestPrunedPayloadIsGone prunes a third of many entries, small and large ones
// that were appended one at a time and in batches, and looks for each of their
// bytes in every file of the store.
func TestPrunedPayloadIsGone(t *testing.T) {
	ctx := context.Background()
	db, dir := newStore(t)
	signer, known := storetest.Node(t)
	writers := []*storetest.Writer{storetest.NewWriter(t), storetest.NewWriter(t), storetest.NewWriter(t)}
	gone := writers[1]
	var payloads [][]byte
	for i := range 120 {
		var batch []ledger.Sealed
		for range 1 + i%3 {
			w := writers[rand.IntN(len(writers))]
			s := w.Seal(t, strings.Repeat("x", []int{10, 900, 3000, 4100, 30000, 200000}[rand.IntN(6)]))
			batch = append(batch, s)
			if w == gone {
				payloads = append(payloads, s.Record().Payload)
			}
		}
		if _, err := db.Append(ctx, batch, signer); err != nil {
			t.Fatal(err)
		}
	}
	last, err := db.Append(ctx, writers[0].Entries(t, 1), signer)
	if err != nil {
		t.Fatal(err)
	}
	found := func() (n int) {
		var all []byte
		for _, name := range []string{"truth.db", "truth.db-wal"} {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b...)
		}
		for _, p := range payloads {
			for at := 0; at+16 <= len(p); at += 997 {
				if bytes.Contains(all, p[at:at+16]) {
					n++
				}
			}
		}
		return n
	}
	if found() == 0 {
		t.Fatal("nothing is found before it is pruned: this test would see nothing")
	}
	n, err := db.Prune(ctx, gone.Stream, last, []ledger.ID{gone.Key.ID})
	if err != nil || n != len(payloads) {
		t.Fatalf("Prune: got %d, %v, want %d", n, err, len(payloads))
	}
	if n := found(); n != 0 {
		t.Errorf("%d pieces of pruned payloads are still there", n)
	}
	report, err := db.Verify(ctx, known, nil)
	if err != nil || report.Pruned != int64(len(payloads)) {
		t.Errorf("Verify: got %+v, %v", report, err)
	}
	if n, err := db.Prune(ctx, gone.Stream, last, []ledger.ID{gone.Key.ID}); n != 0 || err != nil {
		t.Errorf("pruning again: got %d, %v, want nothing to do", n, err)
	}
	if _, err := db.Append(ctx, gone.Entries(t, 3), signer); err != nil {
		t.Errorf("appending afterwards: %v", err)
	}
}

// A reader that stays in an old state keeps the log from being emptied. Prune
// says so, and is done when it is called again.
func TestPruneWaitsForReaders(t *testing.T) {
	if testing.Short() {
		t.Skip("waits")
	}
	ctx := context.Background()
	db, dir := newStore(t)
	signer, _ := storetest.Node(t)
	w := storetest.NewWriter(t)
	if _, err := db.Append(ctx, w.Entries(t, 40), signer); err != nil {
		t.Fatal(err)
	}
	reader := open(t, dir, store.ReadOnly)
	for n, err := range reader.Since(ctx, -1) {
		if err != nil {
			t.Fatal(err)
		}
		if n.Number == 3 {
			if _, err := db.Prune(ctx, w.Stream, 39, []ledger.ID{w.Key.ID}); storetest.Key(err) != "store.busy" {
				t.Errorf("beside a reader: got %v, want store.busy", err)
			}
			break
		}
	}
	if _, err := db.Prune(ctx, w.Stream, 39, []ledger.ID{w.Key.ID}); err != nil {
		t.Errorf("without one: %v", err)
	}
	if st, err := os.Stat(filepath.Join(dir, "truth.db-wal")); err != nil || st.Size() != 0 {
		t.Errorf("the log was not emptied: %v", err)
	}
}

// A key that was destroyed does not come back by somebody who had read its wrap
// before, and a key of another case is not destroyed by its name.
func TestDestroyedKeyDoesNotComeBack(t *testing.T) {
	ctx := context.Background()
	db, dir := newStore(t)
	stream, other := ledger.NewID(), ledger.NewID()
	key := ledger.NewID()
	w := vault.Wrap{Key: key, Stream: stream, Holder: ledger.NewID(), Box: bytes.Repeat([]byte{7}, 1200)}
	elsewhere := vault.Wrap{Key: ledger.NewID(), Stream: other, Holder: w.Holder, Box: bytes.Repeat([]byte{8}, 1200)}
	if err := db.PutWraps(ctx, w, elsewhere); err != nil {
		t.Fatal(err)
	}
	if n, err := db.DestroyKeys(ctx, stream, []ledger.ID{key, elsewhere.Key}); n != 1 || err != nil {
		t.Fatalf("got %d, %v, want one key destroyed", n, err)
	}
	again := elsewhere
	again.Holder = ledger.NewID()
	if err := db.PutWraps(ctx, w, again); err != nil {
		t.Fatal(err)
	}
	if all, err := db.WrapsOf(ctx, again.Key); len(all) != 2 || err != nil {
		t.Errorf("a key of another case: got %d wraps, %v, want the new one, too", len(all), err)
	}
	if n, err := db.Wrapped(ctx, stream, []ledger.ID{key}); n != 0 || err != nil {
		t.Errorf("the key came back: %d, %v", n, err)
	}
	if n, err := db.Wrapped(ctx, other, []ledger.ID{elsewhere.Key}); n != 1 || err != nil {
		t.Errorf("a key of another case: got %d, %v, want it left", n, err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "keys.db-journal"))
	if err != nil || bytes.Contains(b, w.Box[:32]) {
		t.Errorf("the journal holds the wrap: %v", err)
	}
}
