package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
)

// TestKilled kills a process that appends and looks whether everything it said
// was written is there.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("HABEAS_TEST_APPEND"); dir != "" {
		appendUntilKilled(t, dir)
		return
	}
	ctx := context.Background()
	db, dir := newStore(t)
	db.Close()
	acknowledged := map[ledger.ID]int64{}
	for round := range 6 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$", "-test.v=false")
		child.Env = append(os.Environ(), "HABEAS_TEST_APPEND="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			number, id, ok := strings.Cut(lines.Text(), " ")
			if !ok {
				t.Fatalf("the child says %q", lines.Text())
			}
			at, err1 := strconv.ParseInt(number, 10, 64)
			entry, err2 := ledger.ParseID(id)
			if err1 != nil || err2 != nil {
				t.Fatalf("the child says %q", lines.Text())
			}
			acknowledged[entry] = at
			if n == 20+13*round {
				child.Process.Kill() // it goes on writing until the signal arrives
			}
		}
		child.Wait()

		db := open(t, dir, store.ReadWrite)
		if err := db.Damage(); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Verify(ctx, nil, nil); err != nil {
			t.Fatal(err)
		}
		for id, number := range acknowledged {
			if got, err := db.Entry(ctx, id); err != nil || got.Number != number {
				t.Fatalf("acknowledged entry: got number %d, %v, want %d", got.Number, err, number)
			}
			if wraps, err := db.WrapsOf(ctx, id); err != nil || len(wraps) != 1 {
				t.Fatalf("key of an acknowledged entry: got %d wraps, %v, want 1", len(wraps), err)
			}
		}
		db.Close()
	}
	if len(acknowledged) < 100 {
		t.Errorf("acknowledged entries: got %d, want at least 100", len(acknowledged))
	}
}

// appendUntilKilled writes a key, then entries under it, and says so.
func appendUntilKilled(t *testing.T, dir string) {
	ctx := context.Background()
	db := open(t, dir, store.ReadWrite)
	signer, _ := storetest.Node(t)
	w := storetest.NewWriter(t)
	for n := 1; ; n++ {
		batch := w.Entries(t, 1+n%3)
		for _, e := range batch {
			if err := db.PutWraps(ctx, wrapFor(e.Record().ID)); err != nil {
				t.Fatal(err)
			}
		}
		first, err := db.Append(ctx, batch, signer)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range batch {
			fmt.Println(first+int64(i), e.Record().ID)
		}
	}
}
