package store_test

import (
	"context"
	"sync/atomic"
	"testing"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
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
