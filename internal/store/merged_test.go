package store_test

import (
	"context"
	"crypto/ed25519"
	"sync/atomic"
	"testing"
	"time"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
)

// A span is checked to the end of the log while another node appends: nothing is wrong
// with it, and no page of it is of another moment than the rest.
func TestSpanBesideANode(t *testing.T) {
	ctx := context.Background()
	one, url := newShared(t)
	two := another(t, url, store.ReadWrite)
	signer, known := storetest.Node(t)
	w := storetest.NewWriter(t)
	var over atomic.Bool
	done := make(chan error, 1)
	go func() {
		for !over.Load() {
			if _, err := two.Append(ctx, w.Entries(t, 2), signer); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for range 150 {
		n, err := one.Size(ctx)
		if err != nil {
			t.Fatal(err)
		}
		from := max(0, n-3)
		if _, err := one.VerifySpan(ctx, from, 1000, known); err != nil {
			t.Errorf("entries from %d on, beside a writer: %v", from, err)
			break
		}
	}
	over.Store(true)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// There are no pages to be looked through in a shared database, and that is no damage.
func TestQuickCheckOfASharedDatabase(t *testing.T) {
	db, _ := newShared(t)
	if err := db.QuickCheck(t.Context()); err != nil {
		t.Error(err)
	}
}

// What is right only as long as nobody else wrote is not written once another node has:
// in clear, or anything, if it says so. Nothing of it is there, and it is written when
// its author has read what the other wrote.
func TestAppendOnlyWhatWasSeen(t *testing.T) {
	one, url := newShared(t)
	two := another(t, url, store.ReadWrite)
	ctx := t.Context()
	signer, _ := storetest.Node(t)
	w := storetest.NewWriter(t)
	mine := w.Entries(t, 2)
	notice, err := ledger.Publish(ledger.Grant{Key: id(1), To: id(2)}, id(3), nil, time.UnixMilli(1670000000000).UTC(), ledger.Signer{ID: id(4), Key: ed25519.NewKeyFromSeed(make([]byte, 32))})
	if err != nil {
		t.Fatal(err)
	}
	first, err := two.Append(ctx, []ledger.Sealed{w.Entries(t, 1)[0], notice}, signer)
	if err != nil {
		t.Fatal(err)
	}
	for what, seen := range map[string]store.Seen{"before the notice": {Clear: -1, Size: -1}, "an older size": {Clear: first + 1, Size: 1}} {
		if _, err := one.AppendSeen(ctx, mine, signer, seen); storetest.Key(err) != "store.moved_on" {
			t.Errorf("%s: got %v, want store.moved_on", what, err)
		}
	}
	if n, err := one.Size(ctx); n != 2 || err != nil {
		t.Errorf("got %d entries, %v, want nothing of what was refused", n, err)
	}
	if _, err := one.AppendSeen(ctx, mine[:1], signer, store.Seen{Clear: first + 1, Size: 2}); err != nil {
		t.Errorf("all of it was seen: %v", err)
	}
	if _, err := one.AppendSeen(ctx, mine[1:], signer, store.Seen{Clear: first + 1, Size: -1}); err != nil {
		t.Errorf("what is sealed does not matter: %v", err)
	}
	whole(t, two, nil, false)
}

// A snapshot may be idle while what it read goes to a slow disk, for longer than other
// transactions.
func TestASnapshotMayBeIdle(t *testing.T) {
	db, _ := newShared(t)
	s, err := db.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if idle := store.Idle(t.Context(), s); idle != "10min" {
		t.Errorf("it may be idle for %q", idle)
	}
}
