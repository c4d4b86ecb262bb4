package store_test

import (
	"context"
	"testing"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
	"habeas/vault"
)

func id(n byte) (out ledger.ID) {
	out[0] = n
	return out
}

// arrival is a letter in a thread of its own.
func arrival(t *testing.T, n byte, urgent bool) store.Arrival {
	t.Helper()
	return store.Arrival{
		New:   &store.Thread{ID: id(n), Look: [32]byte{n}, Public: []byte{n}, State: []byte{n}},
		Item:  store.Item{ID: id(n + 100), Thread: id(n), Day: int(n), Urgent: urgent, Desk: id(1), Key: ledger.NewID(), Box: []byte{n}},
		Wraps: []vault.Wrap{{Key: ledger.NewID(), Stream: id(9), Holder: id(1), Box: []byte{n}}},
		Leaf:  storetest.NewWriter(t).Entries(t, 1)[0],
	}
}

// A letter is written once, with its leaf, whatever is sent again; what is urgent comes
// first, then what came first.
func TestReceive(t *testing.T) {
	db, _ := newStore(t)
	signer, _ := storetest.Node(t)
	ctx := context.Background()
	for _, a := range []store.Arrival{arrival(t, 3, false), arrival(t, 2, false), arrival(t, 5, true)} {
		if twice, err := db.Receive(a, signer); err != nil || twice {
			t.Fatalf("got %v, %v", twice, err)
		}
	}
	if twice, err := db.Receive(arrival(t, 3, false), signer); err != nil || !twice {
		t.Errorf("sent again: got %v, %v, want that it was there", twice, err)
	}
	if n, err := db.Size(ctx); err != nil || n != 3 {
		t.Errorf("got %d leaves, %v, want 3", n, err)
	}
	first, all, urgent, err := db.Queue(ctx, 2)
	if err != nil || all != 3 || urgent != 1 || len(first) != 2 || first[0].Day != 5 || first[1].Day != 2 || first[0].Box != nil {
		t.Errorf("got %+v, %d, %d, %v", first, all, urgent, err)
	}
	it, err := db.Item(ctx, id(103))
	if err != nil || !it.Here || it.Box[0] != 3 {
		t.Fatalf("got %+v, %v", it, err)
	}
	if err := db.TakeOut(ctx, id(9), it); err != nil {
		t.Fatal(err)
	}
	if it, err = db.Item(ctx, id(103)); err != nil || it.Here || it.Box != nil {
		t.Errorf("taken out: got %+v, %v", it, err)
	}
}

// A withdrawal names its day; it is not due before, and not again once nothing is here.
func TestThreadsDue(t *testing.T) {
	db, _ := newStore(t)
	signer, _ := storetest.Node(t)
	ctx := context.Background()
	if _, err := db.Receive(arrival(t, 3, false), signer); err != nil {
		t.Fatal(err)
	}
	wish := arrival(t, 4, false)
	wish.New, wish.Item.Thread, wish.Change = nil, id(3), &store.Thread{State: []byte{8}, Held: 10, Due: 17}
	if _, err := db.Receive(wish, signer); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[int]int{16: 0, 17: 1, 99: 1} {
		if due, err := db.ThreadsDue(ctx, day); err != nil || len(due) != want {
			t.Errorf("day %d: got %d due, %v, want %d", day, len(due), err, want)
		}
	}
	if released, err := db.Release(ctx, id(3), ledger.ID{}); err != nil || released {
		t.Errorf("a withdrawal was released: %v", err)
	}
	if th, err := db.Thread(ctx, id(3)); err != nil || th.Held != 10 || th.State[0] != 8 {
		t.Errorf("a withdrawal was released: %+v, %v", th, err)
	}
	if err := db.Mark(ctx, id(103), []byte("a statement")); err != nil {
		t.Fatal(err)
	}
	if ok, err := db.File(ctx, id(103), []byte("vera")); err != nil || !ok {
		t.Errorf("got %v, %v", ok, err)
	}
	if ok, err := db.File(ctx, id(103), []byte("omar")); err != nil || ok {
		t.Errorf("two file one letter: %v, %v", ok, err)
	}
	if err := db.EmptyThread(ctx, id(9), id(3)); err != nil {
		t.Fatal(err)
	}
	if due, err := db.ThreadsDue(ctx, 99); err != nil || len(due) != 0 {
		t.Errorf("emptied: got %d due, %v", len(due), err)
	}
	if gone, err := db.Withdrawn(ctx); err != nil || len(gone) != 1 {
		t.Errorf("got %d withdrawn, %v", len(gone), err)
	}
}
