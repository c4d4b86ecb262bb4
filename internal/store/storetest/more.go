package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

func id(n byte) (out ledger.ID) {
	out[0] = n
	return out
}

// Arrival returns a letter in a thread of its own, made of n.
func Arrival(t *testing.T, n byte, urgent bool) store.Arrival {
	t.Helper()
	return store.Arrival{
		New:   &store.Thread{ID: id(n), Look: [32]byte{n}, Public: []byte{n}, State: []byte{n}},
		Item:  store.Item{ID: id(n + 100), Thread: id(n), Day: int(n), Urgent: urgent, Desk: id(1), Key: ledger.NewID(), Box: []byte{n}},
		Wraps: []vault.Wrap{{Key: ledger.NewID(), Stream: id(9), Holder: id(1), Box: []byte{n}}},
		Leaf:  NewWriter(t).Entries(t, 1)[0],
	}
}

// A letter is written once, with its leaf, whatever is sent again; what is urgent comes
// first, then what came first.
func receive(t *testing.T, db *store.DB) {
	signer, _ := Node(t)
	ctx := context.Background()
	for _, a := range []store.Arrival{Arrival(t, 3, false), Arrival(t, 2, false), Arrival(t, 5, true)} {
		if twice, err := db.Receive(a, signer); err != nil || twice {
			t.Fatalf("got %v, %v", twice, err)
		}
	}
	if twice, err := db.Receive(Arrival(t, 3, false), signer); err != nil || !twice {
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
	if l, err := db.Leaving(ctx); err != nil || len(l) > 0 {
		t.Errorf("taken out: %d letters are on their way, %v", len(l), err)
	}
}

// A withdrawal names its day; it is not due before, and not again once nothing is here.
func threadsDue(t *testing.T, db *store.DB) {
	signer, _ := Node(t)
	ctx := context.Background()
	if _, err := db.Receive(Arrival(t, 3, false), signer); err != nil {
		t.Fatal(err)
	}
	wish := Arrival(t, 4, false)
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

// Letters that arrive at once are each there once, with what opens them, and a letter
// that is sent again while the first is written is one letter.
func receiveAtOnce(t *testing.T, db *store.DB) {
	signer, known := Node(t)
	ctx := context.Background()
	var senders sync.WaitGroup
	var mu sync.Mutex
	twice := 0
	for n := range byte(40) {
		a := Arrival(t, n+1, false)
		a.Wraps[0].Key = id(n + 1)
		for range 2 {
			again := a
			again.Leaf = NewWriter(t).Entries(t, 1)[0]
			again.Wraps = slices.Clone(a.Wraps)
			again.Wraps[0].Key = ledger.NewID() // as each time a letter is sealed
			senders.Go(func() {
				was, err := db.Receive(again, signer)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if was {
					twice++
				}
			})
		}
	}
	senders.Wait()
	if twice != 40 {
		t.Errorf("got %d that were there already, want 40", twice)
	}
	if _, all, _, err := db.Queue(ctx, 0); err != nil || all != 40 {
		t.Errorf("got %d letters, %v, want 40", all, err)
	}
	if wraps, err := db.WrapsFor(ctx, id(1)); err != nil || len(wraps) != 40 {
		t.Errorf("got %d keys, %v, want 40", len(wraps), err)
	}
	if report, err := db.Verify(ctx, known, nil); err != nil || report.Entries != 40 {
		t.Errorf("Verify: got %+v, %v, want 40 entries", report, err)
	}
}

// Messages to a source are there until they were read and some days passed.
func notes(t *testing.T, db *store.DB) {
	ctx := context.Background()
	for n := range byte(3) {
		if err := db.PutNote(ctx, store.Note{ID: id(n + 1), Thread: id(9), Day: 10 - int(n), Box: []byte{n}}); err != nil {
			t.Fatal(err)
		}
	}
	count := func(want int) []store.Note {
		t.Helper()
		all, err := db.Notes(ctx, id(9))
		if err != nil || len(all) != want {
			t.Errorf("got %v, %v, want %d messages", all, err, want)
		}
		return all
	}
	if all := count(3); all[0].Day != 8 || all[0].Read != 0 {
		t.Errorf("got %+v, want the oldest first, not read", all[0])
	}
	if err := db.ReadNotes(ctx, id(9), 20); err != nil {
		t.Fatal(err)
	}
	for before, want := range []int{20: 3, 21: 0} {
		if before < 20 {
			continue
		}
		if err := db.Fade(ctx, before); err != nil {
			t.Fatal(err)
		}
		count(want)
	}
	if err := db.PutHeeded(ctx, id(1), id(2)); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Heeded(ctx, id(1)); err != nil || len(got) != 1 || !got[id(2)] {
		t.Errorf("got %v, %v", got, err)
	}
}

// What was pruned is passed over by no look at the log, and explained.
func prune(t *testing.T, db *store.DB) {
	ctx := context.Background()
	signer, known := Node(t)
	w, other := NewWriter(t), NewWriter(t)
	batch := append(w.Entries(t, 5), other.Entries(t, 5)...)
	if _, err := db.Append(ctx, batch, signer); err != nil {
		t.Fatal(err)
	}
	by, err := db.Append(ctx, other.Entries(t, 1), signer)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{5, 0} {
		if n, err := db.Prune(ctx, w.Stream, by, []ledger.ID{w.Key.ID}); err != nil || n != want {
			t.Fatalf("Prune: got %d, %v, want %d", n, err, want)
		}
	}
	gone := Collect(t, db.Pruned(ctx))
	if len(gone) != 5 || gone[0].PrunedBy != by || gone[0].Record.Payload != nil {
		t.Errorf("Pruned: got %+v", gone)
	}
	if n := len(Collect(t, db.ByStream(ctx, w.Stream, -1))); n != 5 {
		t.Errorf("ByStream: got %d, want 5", n)
	}
	if report, err := db.Verify(ctx, known, nil); err != nil || report.Pruned != 5 || report.Entries != 11 {
		t.Errorf("Verify: got %+v, %v, want 5 pruned of 11", report, err)
	}
}

// A source key that was destroyed is not written again by who has read it before.
func destroyed(t *testing.T, db *store.DB) {
	ctx := context.Background()
	stream := ledger.NewID()
	var rows []vault.Wrap
	var keys []ledger.ID
	for n := range byte(6) {
		rows = append(rows, vault.Wrap{Key: ledger.NewID(), Stream: stream, Holder: id(n + 1), Box: []byte{n}})
		keys = append(keys, rows[n].Key)
	}
	if err := db.PutWraps(ctx, rows...); err != nil {
		t.Fatal(err)
	}
	if n, err := db.DestroyKeys(ctx, stream, keys[:4]); err != nil || n != 4 {
		t.Errorf("DestroyKeys: got %d, %v, want 4", n, err)
	}
	if err := db.PutWraps(ctx, rows...); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Wrapped(ctx, stream, keys); err != nil || n != 2 {
		t.Errorf("Wrapped: got %d, %v, want 2", n, err)
	}
	elsewhere := rows[0]
	elsewhere.Stream = ledger.NewID() // the ID of a key says nothing without its stream
	if err := db.PutWraps(ctx, elsewhere); err != nil {
		t.Fatal(err)
	}
	if got, err := db.WrapsOf(ctx, keys[0]); err != nil || len(got) != 1 {
		t.Errorf("WrapsOf: got %v, %v, want that of the other stream", got, err)
	}
}

// Factors, browsers and days on which people are woken.
func door(t *testing.T, db *store.DB) {
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ann, ben := id(1), id(2)
	must(db.PutFactor(ctx, ann, store.Factor{ID: id(7), Box: []byte("first")}))
	must(db.PutFactor(ctx, ann, store.Factor{ID: id(7), Box: []byte("second")}))
	must(db.PutFactor(ctx, ann, store.Factor{ID: id(6), Box: []byte("other")}))
	if got, err := db.Factors(ctx, ann); err != nil || len(got) != 2 || got[0].ID != id(6) || string(got[1].Box) != "second" {
		t.Errorf("Factors: got %v, %v", got, err)
	}
	must(db.DropFactor(ctx, ann, id(6)))
	for n := range byte(5) {
		must(db.PutDevice(ctx, ann, []byte{9 - n}, 3))
		must(db.PutDevice(ctx, ben, []byte{50 + n}, 3))
	}
	must(db.PutDevice(ctx, ann, []byte{7}, 3)) // known already: it does not become the newest
	must(db.PutDevice(ctx, ann, []byte{4}, 3))
	var known []byte
	for n := range byte(10) {
		if has, err := db.HasDevice(ctx, []byte{n}); err != nil {
			t.Fatal(err)
		} else if has {
			known = append(known, n)
		}
	}
	if !slices.Equal(known, []byte{4, 5, 6}) {
		t.Errorf("browsers: got %v, want the newest three", known)
	}
	must(db.DropDevice(ctx, []byte{4}))
	if n, err := db.Devices(ctx, ann); err != nil || n != 2 {
		t.Errorf("Devices: got %d, %v, want 2", n, err)
	}
	must(db.DropDoor(ctx, ann))
	if n, err := db.Devices(ctx, ben); err != nil || n != 3 {
		t.Errorf("Devices of another: got %d, %v, want 3", n, err)
	}
	if got, err := db.Factors(ctx, ann); err != nil || len(got) != 0 {
		t.Errorf("Factors after they were dropped: got %v, %v", got, err)
	}
	for _, day := range []string{"2031-07-19", "2031-07-05", "2031-07-19", "2031-07-19"} {
		must(db.PutWake(ctx, day))
	}
	must(db.TakeWake(ctx, "2031-07-19"))
	must(db.TakeWake(ctx, "2031-01-01")) // nobody asked for it
	must(db.PruneWake(ctx, "2031-07-06"))
	if got, err := db.Wakes(ctx); err != nil || !slices.Equal(got, []string{"2031-07-19", "2031-07-19"}) {
		t.Errorf("Wakes: got %v, %v", got, err)
	}
}

// A login is traded once, and not for a name that somebody has.
func trade(t *testing.T, db *store.DB) {
	ctx := context.Background()
	ann, ben := id(1), id(2)
	for who, mac := range map[ledger.ID]string{ann: "a", ben: "b"} {
		if err := db.PutLogin(ctx, who, []byte(mac), []byte("record of "+mac)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.TradeLogin(ctx, ann, []byte("a"), []byte("b"), nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a name that is taken: got %v, want Conflict", err)
	}
	if record, known, err := db.LoginNear(ctx, []byte("a")); err != nil || !known || string(record) != "record of a" {
		t.Errorf("LoginNear: got %q, %v, %v", record, known, err)
	}
	if record, known, err := db.LoginNear(ctx, []byte("nobody")); err != nil || known || len(record) == 0 {
		t.Errorf("LoginNear of nobody: got %q, %v, %v, want somebody's", record, known, err)
	}
	var traders sync.WaitGroup
	var mu sync.Mutex
	var won int
	for i := range 4 {
		traders.Go(func() {
			err := db.TradeLogin(ctx, ann, []byte("a"), fmt.Append(nil, "new", i), []byte("new"))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case fault.KindOf(err) != fault.NotFound:
				t.Errorf("TradeLogin: %v", err)
			}
		})
	}
	traders.Wait()
	rows, err := db.Logins(ctx)
	if won != 1 || err != nil || len(rows) != 2 {
		t.Errorf("got %d that traded one login, %v, %d logins", won, err, len(rows))
	}
}

// Alone lets one in at a time for each name, and who waits may give up.
func alone(t *testing.T, db *store.DB) {
	ctx := context.Background()
	var runners sync.WaitGroup
	var inside, most, ran int
	var mu sync.Mutex
	step := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		inside += by
		most = max(most, inside)
		ran += max(by, 0)
	}
	for range 6 {
		runners.Go(func() {
			err := db.Alone(ctx, "name", func(ctx context.Context) error {
				step(1)
				defer step(-1)
				return db.PutWake(ctx, "2031-07-19") // it may write
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	runners.Wait()
	if most != 1 || ran != 6 {
		t.Errorf("got %d at once of %d, want 1 of 6", most, ran)
	}
	stopped, cancel := context.WithCancel(ctx)
	err := db.Alone(ctx, "name", func(context.Context) error {
		err := db.Alone(ctx, "another", func(context.Context) error { return nil })
		if err != nil {
			t.Error(err)
		}
		cancel()
		if err := db.Alone(stopped, "name", func(context.Context) error { t.Error("two at once"); return nil }); err == nil {
			t.Error("a turn that nobody waited for was had")
		}
		return fault.New(fault.NotFound, "store.no_entry")
	})
	if Key(err) != "store.no_entry" {
		t.Errorf("what is done alone fails: got %v", err)
	}
}

// Changed tells when there is more.
func noticed(t *testing.T, db *store.DB) {
	ctx := context.Background()
	signer, _ := Node(t)
	if _, err := db.Append(ctx, NewWriter(t).Entries(t, 3), signer); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Changed(ctx, 2); err != nil || n != 3 {
		t.Errorf("got %d, %v, want 3 at once", n, err)
	}
	var waiter sync.WaitGroup
	waiter.Go(func() {
		if n, err := db.Changed(ctx, 3); err != nil || n != 4 {
			t.Errorf("got %d, %v, want 4", n, err)
		}
	})
	if _, err := db.Append(ctx, NewWriter(t).Entries(t, 1), signer); err != nil {
		t.Error(err)
	}
	waiter.Wait()
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := db.Changed(stopped, 4); err == nil {
		t.Error("Changed went on after it was told to stop")
	}
}
