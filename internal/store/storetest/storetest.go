// Package storetest holds the tests that every kind of store must pass, and
// what they are made with.
package storetest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// Origin is the name of the log in tests.
const Origin = "habeas.invalid/log/test"

// Node returns a signer of checkpoints and what verifies them.
func Node(tb testing.TB) (note.Signer, note.Verifiers) {
	tb.Helper()
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		tb.Fatal(err)
	}
	signer, err := ledger.NoteSigner(Origin, key)
	if err != nil {
		tb.Fatal(err)
	}
	known, err := ledger.NoteVerifiers(Origin, pub)
	if err != nil {
		tb.Fatal(err)
	}
	return signer, known
}

// Writer seals entries of one stream under one key.
type Writer struct {
	Stream ledger.ID
	Key    ledger.Key
	signer ledger.Signer
}

// NewWriter returns a Writer for a random stream.
func NewWriter(tb testing.TB) *Writer {
	tb.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		tb.Fatal(err)
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	return &Writer{ledger.NewID(), ledger.NewKey(ledger.NewID(), secret), ledger.Signer{ID: ledger.NewID(), Key: key}}
}

// Seal returns one sealed entry that says body.
func (w *Writer) Seal(tb testing.TB, body string) ledger.Sealed {
	tb.Helper()
	s, err := ledger.Seal(&ledger.Entry{
		Stream: w.Stream, Key: w.Key.ID, Kind: "claim", Time: time.UnixMilli(1670000000000).UTC(),
		Body: fmt.Appendf(nil, "{%q:%q}", "text", body),
	}, w.signer, w.Key)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Entries returns n sealed entries.
func (w *Writer) Entries(tb testing.TB, n int) []ledger.Sealed {
	tb.Helper()
	all := make([]ledger.Sealed, n)
	for i := range all {
		all[i] = w.Seal(tb, fmt.Sprint("entry ", i))
	}
	return all
}

// Collect reads everything a store yields.
func Collect(tb testing.TB, seq iter.Seq2[store.Numbered, error]) (all []store.Numbered) {
	tb.Helper()
	for n, err := range seq {
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// Key returns the catalogue key of a fault, or "" if err is none.
func Key(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return ""
	}
	return f.Key()
}

// Test runs the suite. open returns an empty store that can be written.
func Test(t *testing.T, open func(*testing.T) *store.DB) {
	for name, test := range map[string]func(*testing.T, *store.DB){
		"what is appended is read back": readBack,
		"all or none":                   allOrNone,
		"the tree is the RFC 6962 tree": rightTree,
		"many writers and readers":      concurrent,
		"wraps":                         wraps,
		"logins and drafts":             drafts,
		"an empty store verifies":       empty,
		"letters":                       receive,
		"letters at once":               receiveAtOnce,
		"threads":                       threadsDue,
		"messages":                      notes,
		"pruning":                       prune,
		"destroyed keys":                destroyed,
		"factors, browsers and days":    door,
		"a login is traded once":        trade,
		"alone":                         alone,
		"what others append":            noticed,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func readBack(t *testing.T, db *store.DB) {
	ctx := context.Background()
	signer, known := Node(t)
	a, b := NewWriter(t), NewWriter(t)
	var want []ledger.Record
	for i := range 100 {
		batch := []ledger.Sealed{a.Seal(t, fmt.Sprint(i)), b.Seal(t, fmt.Sprint(i)), a.Seal(t, "again")}
		first, err := db.Append(ctx, batch, signer)
		if err != nil || first != int64(3*i) {
			t.Fatalf("Append: got number %d, %v, want %d", first, err, 3*i)
		}
		for _, s := range batch {
			want = append(want, s.Record())
		}
	}
	same := func(what string, got []store.Numbered, keep func(int, ledger.Record) bool) {
		t.Helper()
		i := 0
		for n, r := range want {
			if !keep(n, r) {
				continue
			}
			if i == len(got) {
				t.Fatalf("%s: got %d entries, want more", what, i)
			}
			if got[i].Number != int64(n) || got[i].Record.LeafHash() != r.LeafHash() || got[i].Pruned {
				t.Errorf("%s: got %+v, want number %d of %+v", what, got[i], n, r)
			}
			i++
		}
		if i != len(got) {
			t.Errorf("%s: got %d entries, want %d", what, len(got), i)
		}
	}
	same("Since", Collect(t, db.Since(ctx, -1)), func(int, ledger.Record) bool { return true })
	same("Since 250", Collect(t, db.Since(ctx, 250)), func(n int, _ ledger.Record) bool { return n > 250 })
	same("ByStream", Collect(t, db.ByStream(ctx, a.Stream, -1)), func(_ int, r ledger.Record) bool { return r.Stream == a.Stream })
	same("ByStream 100", Collect(t, db.ByStream(ctx, b.Stream, 100)), func(n int, r ledger.Record) bool { return n > 100 && r.Stream == b.Stream })

	one, err := db.Entry(ctx, want[7].ID)
	if err != nil || one.Number != 7 || one.Record.LeafHash() != want[7].LeafHash() {
		t.Errorf("Entry: got %+v, %v, want number 7", one, err)
	}
	if _, err := db.Entry(ctx, ledger.NewID()); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Entry of an unknown ID: got %v, want NotFound", err)
	}
	if n, err := db.Size(ctx); n != 300 || err != nil {
		t.Errorf("Size: got %d, %v, want 300", n, err)
	}
	report, err := db.Verify(ctx, known, nil)
	if err != nil || report.Entries != 300 || report.Checkpoints != 100 {
		t.Errorf("Verify: got %+v, %v, want 300 entries and 100 checkpoints", report, err)
	}
}

func allOrNone(t *testing.T, db *store.DB) {
	ctx := context.Background()
	signer, known := Node(t)
	w := NewWriter(t)
	batch := w.Entries(t, 50)
	if _, err := db.Append(ctx, batch, signer); err != nil {
		t.Fatal(err)
	}
	second := append(w.Entries(t, 80), batch[3])
	if _, err := db.Append(ctx, second, signer); fault.KindOf(err) != fault.Conflict {
		t.Errorf("Append of an entry twice: got %v, want Conflict", err)
	}
	if first, err := db.Append(ctx, second[:80], signer); first != 50 || err != nil {
		t.Errorf("Append after a refusal: got %d, %v, want 50", first, err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := db.Append(stopped, w.Entries(t, 1), signer); err == nil {
		t.Error("Append with a cancelled context: got no error, want one")
	}
	if _, err := db.Append(ctx, w.Entries(t, 1), signer); err != nil {
		t.Error(err)
	}
	if report, err := db.Verify(ctx, known, nil); err != nil || report.Entries != 131 {
		t.Errorf("Verify: got %+v, %v, want 131 entries", report, err)
	}
}

func rightTree(t *testing.T, db *store.DB) {
	ctx := context.Background()
	signer, known := Node(t)
	w := NewWriter(t)
	var leaves []tlog.Hash
	for _, n := range []int{1, 1, 2, 3, 5, 8, 13, 21, 34, 55} {
		batch := w.Entries(t, n)
		if _, err := db.Append(ctx, batch, signer); err != nil {
			t.Fatal(err)
		}
		for _, s := range batch {
			leaves = append(leaves, s.Record().LeafHash())
		}
		signed, size, err := db.Checkpoint(ctx)
		if err != nil || size != int64(len(leaves)) {
			t.Fatalf("Checkpoint: got size %d, %v, want %d", size, err, len(leaves))
		}
		cp, err := ledger.OpenCheckpoint(signed, known)
		if err != nil {
			t.Fatal(err)
		}
		if want := rfc6962(leaves); cp.Root != want {
			t.Errorf("root of %d leaves: got %v, want %v", size, cp.Root, want)
		}
		for n, leaf := range leaves {
			proof, err := tlog.ProveRecord(size, int64(n), db.Hashes(ctx))
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(proof, size, cp.Root, int64(n), leaf); err != nil {
				t.Errorf("proof of entry %d of %d: %v", n, size, err)
			}
		}
	}
}

// rfc6962 is MTH of RFC 6962, section 2.1, over leaf hashes.
func rfc6962(leaves []tlog.Hash) tlog.Hash {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	return tlog.NodeHash(rfc6962(leaves[:k]), rfc6962(leaves[k:]))
}

func concurrent(t *testing.T, db *store.DB) {
	ctx := context.Background()
	signer, known := Node(t)
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		w := NewWriter(t)
		writers.Go(func() {
			for i := range 25 {
				if _, err := db.Append(ctx, w.Entries(t, 1+i%3), signer); err != nil {
					t.Error(err)
				}
			}
			if got := len(Collect(t, db.ByStream(ctx, w.Stream, -1))); got != 49 {
				t.Errorf("entries of a writer: got %d, want 49", got)
			}
		})
	}
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := db.Verify(ctx, known, nil); err != nil {
					t.Errorf("Verify beside writers: %v", err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	for want, n := range Collect(t, db.Since(ctx, -1)) {
		if n.Number != int64(want) {
			t.Fatalf("number: got %d, want %d", n.Number, want)
		}
	}
	if report, err := db.Verify(ctx, known, nil); err != nil || report.Entries != 4*49 {
		t.Errorf("Verify: got %+v, %v, want %d entries", report, err, 4*49)
	}
}

func wraps(t *testing.T, db *store.DB) {
	ctx := context.Background()
	key, other, stream := ledger.NewID(), ledger.NewID(), ledger.NewID()
	ann, ben := ledger.ID{1}, ledger.ID{2}
	put := []vault.Wrap{
		{Key: key, Stream: stream, Holder: ann, Box: []byte("box of ann")},
		{Key: key, Stream: stream, Holder: ben, Box: []byte("box of ben")},
		{Key: other, Stream: stream, Holder: ann, Box: []byte("another")},
	}
	if err := db.PutWraps(ctx, put...); err != nil {
		t.Fatal(err)
	}
	again := vault.Wrap{Key: key, Stream: stream, Holder: ann, Box: []byte("new box of ann")}
	if err := db.PutWraps(ctx, again); err != nil {
		t.Fatal(err)
	}
	got, err := db.WrapsOf(ctx, key)
	if err != nil || len(got) != 2 || !bytes.Equal(got[0].Box, again.Box) || got[0].Holder != ann || got[1].Stream != stream {
		t.Errorf("WrapsOf: got %v, %v, want ann's new and ben's", got, err)
	}
	if got, err := db.WrapsFor(ctx, ann); err != nil || len(got) != 2 {
		t.Errorf("WrapsFor ann: got %v, %v, want 2", got, err)
	}
	if got, err := db.WrapsIn(ctx, ann, stream); err != nil || len(got) != 2 {
		t.Errorf("WrapsIn: got %v, %v, want 2", got, err)
	}
	if got, err := db.WrapsIn(ctx, ann, ledger.NewID()); err != nil || len(got) != 0 {
		t.Errorf("WrapsIn another stream: got %v, %v, want none", got, err)
	}
	if got, err := db.Streams(ctx, ben); err != nil || len(got) != 1 || got[0] != stream {
		t.Errorf("Streams: got %v, %v, want %v", got, err, stream)
	}
	if err := db.DeleteWrapsTo(ctx, ben, key); err != nil {
		t.Fatal(err)
	}
	if got, err := db.WrapsOf(ctx, key); err != nil || len(got) != 1 || got[0].Holder != ann {
		t.Errorf("WrapsOf after one was taken back: got %v, %v, want ann's", got, err)
	}
	for range 2 { // the second time there is nothing left to delete
		if err := db.DeleteWraps(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := db.WrapsOf(ctx, key); err != nil || len(got) != 0 {
		t.Errorf("WrapsOf a destroyed key: got %v, %v, want none", got, err)
	}
	if got, err := db.WrapsFor(ctx, ann); err != nil || len(got) != 1 || got[0].Key != other {
		t.Errorf("WrapsFor ann after: got %v, %v, want the other", got, err)
	}
	if err := db.DeleteWrapsTo(ctx, ann); err != nil {
		t.Fatal(err)
	}
	if got, err := db.WrapsFor(ctx, ann); err != nil || len(got) != 0 {
		t.Errorf("WrapsFor one who was suspended: got %v, %v, want none", got, err)
	}
}

func drafts(t *testing.T, db *store.DB) {
	ctx := context.Background()
	if _, err := db.Login(ctx, []byte("mac")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Login of nobody: got %v, want NotFound", err)
	}
	ann, id := ledger.NewID(), ledger.NewID()
	for _, record := range []string{"first", "second"} {
		if err := db.PutLogin(ctx, ann, []byte("mac"), []byte(record)); err != nil {
			t.Fatal(err)
		}
		if got, err := db.Login(ctx, []byte("mac")); string(got) != record || err != nil {
			t.Errorf("Login: got %q, %v, want %q", got, err, record)
		}
	}
	if err := db.PutLogin(ctx, ann, []byte("new mac"), []byte("third")); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Login(ctx, []byte("mac")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Login under a handle given up: got %v, want NotFound", err)
	}
	if err := db.PutDraft(ctx, id, ann, []byte("typed")); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Drafts(ctx, ann); err != nil || len(got) != 1 || got[0].ID != id || string(got[0].Box) != "typed" {
		t.Errorf("Drafts: got %v, %v, want one", got, err)
	}
	if _, err := db.TakeDraft(ctx, ledger.NewID(), id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("TakeDraft of someone else: got %v, want NotFound", err)
	}
	if got, err := db.TakeDraft(ctx, ann, id); string(got) != "typed" || err != nil {
		t.Errorf("TakeDraft: got %q, %v, want %q", got, err, "typed")
	}
	if _, err := db.TakeDraft(ctx, ann, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("TakeDraft twice: got %v, want NotFound", err)
	}
	if err := db.DeleteLogin(ctx, ann); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Login(ctx, []byte("new mac")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Login of one who was removed: got %v, want NotFound", err)
	}
}

func empty(t *testing.T, db *store.DB) {
	ctx := context.Background()
	_, known := Node(t)
	if report, err := db.Verify(ctx, known, nil); err != nil || report.Entries != 0 {
		t.Errorf("Verify: got %+v, %v, want nothing wrong", report, err)
	}
	if signed, size, err := db.Checkpoint(ctx); signed != nil || size != 0 || err != nil {
		t.Errorf("Checkpoint: got %q, %d, %v, want none", signed, size, err)
	}
	if err := db.Damage(); err != nil {
		t.Errorf("Damage: got %v, want nil", err)
	}
}
