package store_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/internal/store/storetest"
	"habeas/ledger"
	"habeas/vault"
)

// another opens the store at url from another node.
func another(tb testing.TB, url string, mode store.Mode) *store.DB {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "data")
	if err := store.MakeDir(dir); err != nil {
		tb.Fatal(err)
	}
	db, err := store.OpenAt(store.Place{Dir: dir, Database: url}, mode)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

// whole fails unless every entry that was acknowledged is in the log once, under its
// number, and the log verifies and has want entries, or at least these if exact is not set.
func whole(t *testing.T, db *store.DB, acknowledged map[ledger.ID]int64, exact bool) {
	t.Helper()
	ctx := context.Background()
	all := storetest.Collect(t, db.Since(ctx, -1))
	seen := map[ledger.ID]int64{}
	for i, n := range all {
		if n.Number != int64(i) {
			t.Fatalf("number: got %d, want %d", n.Number, i)
		}
		if _, twice := seen[n.Record.ID]; twice {
			t.Errorf("an entry is there twice, the second as number %d", n.Number)
		}
		seen[n.Record.ID] = n.Number
	}
	for id, number := range acknowledged {
		if got, ok := seen[id]; !ok || got != number {
			t.Errorf("an acknowledged entry: got number %d, %v, want %d", got, ok, number)
		}
	}
	if exact && len(all) != len(acknowledged) {
		t.Errorf("got %d entries, want %d", len(all), len(acknowledged))
	}
	report, err := db.Verify(ctx, nil, nil)
	if err != nil || report.Entries != int64(len(all)) {
		t.Errorf("Verify: got %+v, %v, want %d entries", report, err, len(all))
	}
}

// A crowd appends on several nodes at once and notes what was acknowledged.
type crowd struct {
	mu           sync.Mutex
	all          sync.WaitGroup
	acknowledged map[ledger.ID]int64
	unsure       int
}

// append starts a writer that appends n times, up to three entries each.
func (c *crowd) append(t *testing.T, db *store.DB, n int, may func(error) bool) {
	signer, _ := storetest.Node(t)
	w := storetest.NewWriter(t)
	c.all.Go(func() {
		for i := range n {
			batch := w.Entries(t, 1+i%3)
			first, err := db.Append(context.Background(), batch, signer)
			c.mu.Lock()
			switch {
			case err == nil:
				for j, e := range batch {
					c.acknowledged[e.Record().ID] = first + int64(j)
				}
			case may(err):
				c.unsure++
			default:
				t.Error(err)
			}
			c.mu.Unlock()
		}
	})
}

func never(error) bool { return false }

func TestTwoNodesAppend(t *testing.T) {
	one, url := newShared(t)
	two := another(t, url, store.ReadWrite)
	c := crowd{acknowledged: map[ledger.ID]int64{}}
	for range 8 {
		c.append(t, one, 63, never)
		c.append(t, two, 62, never)
	}
	c.all.Wait()
	if len(c.acknowledged) < 1984 {
		t.Errorf("got %d entries, want 2,000", len(c.acknowledged))
	}
	whole(t, one, c.acknowledged, true)
	_, size, err := two.Checkpoint(t.Context())
	if err != nil || size != int64(len(c.acknowledged)) {
		t.Errorf("checkpoint on the other node: got %d, %v", size, err)
	}
	reader := another(t, url, store.ReadOnly)
	whole(t, reader, c.acknowledged, true)
	signer, _ := storetest.Node(t)
	if _, err := reader.Append(t.Context(), storetest.NewWriter(t).Entries(t, 1), signer); storetest.Key(err) != "store.read_only" {
		t.Errorf("Append by a reader: got %v, want store.read_only", err)
	}
	if err := reader.PutWraps(t.Context(), wrapFor(id(1))); storetest.Key(err) != "store.read_only" {
		t.Errorf("PutWraps by a reader: got %v, want store.read_only", err)
	}
}

// An entry that one node has written is refused from another, and nobody else's with it.
func TestOneEntryFromTwoNodes(t *testing.T) {
	one, url := newShared(t)
	two := another(t, url, store.ReadWrite)
	signer, _ := storetest.Node(t)
	e := storetest.NewWriter(t).Entries(t, 1)
	var all sync.WaitGroup
	var written, refused atomic.Int64
	for _, db := range []*store.DB{one, two, one, two, one} {
		all.Go(func() {
			_, err := db.Append(t.Context(), e, signer)
			switch {
			case err == nil:
				written.Add(1)
			case fault.KindOf(err) == fault.Conflict:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	c := crowd{acknowledged: map[ledger.ID]int64{}}
	c.append(t, one, 20, never)
	c.append(t, two, 20, never)
	all.Wait()
	c.all.Wait()
	if written.Load() != 1 || refused.Load() != 4 {
		t.Errorf("got %d written and %d refused, want 1 and 4", written.Load(), refused.Load())
	}
	whole(t, one, c.acknowledged, false)
}

// A key that one node destroyed is not brought back by another that had read it,
// whenever that writes.
func TestDestroyedOnAnotherNode(t *testing.T) {
	one, url := newShared(t)
	two := another(t, url, store.ReadWrite)
	ctx, stream := t.Context(), ledger.NewID()
	for range 40 {
		row := vault.Wrap{Key: ledger.NewID(), Stream: stream, Holder: id(1), Box: []byte("box")}
		if err := one.PutWraps(ctx, row); err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		both.Go(func() {
			if err := two.PutWraps(ctx, row); err != nil {
				t.Error(err)
			}
		})
		both.Go(func() {
			if _, err := one.DestroyKeys(ctx, stream, []ledger.ID{row.Key}); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		if left, err := two.WrapsOf(ctx, row.Key); err != nil || len(left) != 0 {
			t.Fatalf("a destroyed key is back: %v, %v", left, err)
		}
	}
}

// What habeas_app may do is what a node does, and nothing else, whoever it logs in as.
func TestRoleMayNotChangeTheLog(t *testing.T) {
	db, url := newShared(t)
	ctx := t.Context()
	signer, _ := storetest.Node(t)
	if _, err := db.Append(ctx, storetest.NewWriter(t).Entries(t, 3), signer); err != nil {
		t.Fatal(err)
	}
	postgrestest.Run(t, url, `create role node_`+filepath.Base(url[:strings.IndexByte(url, '?')])+` login in role habeas_app`)
	as := postgrestest.As(url, "node_"+filepath.Base(url[:strings.IndexByte(url, '?')]))
	for _, forbidden := range []string{
		`delete from entry`, `delete from tree`, `delete from checkpoint`, `delete from gone`,
		`truncate entry`, `drop table entry`, `alter table entry add column x bigint`, `create table mine (x bigint)`,
		`update entry set number = 9 where number = 0`, `update entry set id = stream`, `update entry set digest = key`, `update entry set mode = 2`,
		`update tree set hash = ''`, `update checkpoint set note = ''`, `update meta set value = '2'`, `update gone set mark = ''`,
		`delete from turn`,
	} {
		if err := postgrestest.Try(as, forbidden); err == nil {
			t.Errorf("%s: allowed", forbidden)
		}
	}
	for _, bad := range []string{`update entry set payload = null where number = 0`, `update entry set pruned_by = 2 where number = 0`} {
		if err := postgrestest.Try(as, bad); err == nil {
			t.Errorf("%s: allowed, and half of pruning", bad)
		}
	}
	node := another(t, as, store.ReadWrite)
	if _, err := node.Append(ctx, storetest.NewWriter(t).Entries(t, 3), signer); err != nil {
		t.Errorf("Append as a node: %v", err)
	}
	postgrestest.Run(t, url, `create role stranger_`+filepath.Base(url[:strings.IndexByte(url, '?')])+` login`)
	_, err := store.OpenAt(store.Place{Dir: t.TempDir(), Database: postgrestest.As(url, "stranger_"+filepath.Base(url[:strings.IndexByte(url, '?')]))}, store.ReadOnly)
	if storetest.Key(err) == "" {
		t.Errorf("a stranger: got %v, want a fault", err)
	}
}

// Connections that are cut at any moment lose nothing that was acknowledged, and write
// nothing twice.
func TestConnectionsAreCut(t *testing.T) {
	one, url := newShared(t)
	two := another(t, url, store.ReadWrite)
	c := crowd{acknowledged: map[ledger.ID]int64{}}
	for range 3 {
		c.append(t, one, 30, never)
		c.append(t, two, 30, never)
	}
	done, cut := make(chan struct{}), 0
	var cutter sync.WaitGroup
	cutter.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				postgrestest.Run(t, url, `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'habeas' and datname = current_database() and state <> 'idle'`)
				cut++
			}
		}
	})
	c.all.Wait()
	close(done)
	cutter.Wait()
	whole(t, one, c.acknowledged, true)
	if cut == 0 {
		t.Error("nothing was cut")
	}
}

// A server that crashes and starts again is waited for.
func TestServerStartsAgain(t *testing.T) {
	server := postgrestest.Own(t)
	url := server.Database(t)
	dir := filepath.Join(t.TempDir(), "data")
	if err := store.CreateAt(store.Place{Dir: dir, Database: url}); err != nil {
		t.Fatal(err)
	}
	db := open(t, dir, store.ReadWrite)
	c := crowd{acknowledged: map[ledger.ID]int64{}}
	for range 3 {
		c.append(t, db, 70, never)
	}
	for {
		if n, err := db.Changed(t.Context(), 30); err == nil && n > 30 {
			break
		}
	}
	server.Stop(t)
	server.Start(t)
	c.all.Wait()
	whole(t, db, c.acknowledged, true)
}

// A replica that lagged and was put in the place of the server has not all that a node
// saw acknowledged. The node says so, and writes no more.
func TestServerForgot(t *testing.T) {
	for name, forget := range map[string][]string{
		"entries_lost": {`delete from entry where number >= 3`, `delete from tree where pos >= 4`, `delete from checkpoint where size > 3`},
		"rewritten":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			db, url := newShared(t)
			ctx := t.Context()
			signer, _ := storetest.Node(t)
			w := storetest.NewWriter(t)
			for range 2 {
				if _, err := db.Append(ctx, w.Entries(t, 3), signer); err != nil {
					t.Fatal(err)
				}
			}
			if forget == nil {
				forget = []string{`delete from entry`, `delete from tree`, `delete from checkpoint`}
			}
			postgrestest.Run(t, url, forget...)
			if name == "rewritten" {
				if _, err := another(t, url, store.ReadWrite).Append(ctx, w.Entries(t, 8), signer); err != nil {
					t.Fatal(err)
				}
			}
			_, err := db.Append(ctx, w.Entries(t, 1), signer)
			if key := storetest.Key(err); !strings.HasSuffix(key, name) {
				t.Errorf("Append: got %v, want %s", err, name)
			}
			if fault.KindOf(db.Damage()) != fault.Damaged {
				t.Errorf("Damage: got %v", db.Damage())
			}
			if err := db.PutWraps(ctx, wrapFor(id(1))); fault.KindOf(err) != fault.Damaged {
				t.Errorf("PutWraps: got %v, want Damaged", err)
			}
		})
	}
}

// A turn that a node has is not had by another, and a node whose connection is gone has
// lost it and hears so.
func TestAloneOnTwoNodes(t *testing.T) {
	one, url := newShared(t)
	two := another(t, url, store.ReadWrite)
	ctx := t.Context()
	inside, goOn := make(chan struct{}), make(chan struct{})
	var both sync.WaitGroup
	var oneDone atomic.Bool
	both.Go(func() {
		err := one.Alone(ctx, "erase", func(context.Context) error {
			close(inside)
			<-goOn
			oneDone.Store(true)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-inside
	both.Go(func() {
		err := two.Alone(ctx, "erase", func(held context.Context) error {
			if !oneDone.Load() {
				t.Error("two nodes had one turn")
			}
			postgrestest.Run(t, url, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`)
			<-held.Done()
			return held.Err()
		})
		if storetest.Key(err) != "store.unreachable" {
			t.Errorf("a turn that was lost: got %v, want store.unreachable", err)
		}
	})
	close(goOn)
	both.Wait()
}

// A name is held by one node at a time; it is had again once its holder closed or could
// not be heard of, and then the holder writes nothing more.
func TestHeldByOneNode(t *testing.T) {
	one, url := newShared(t)
	w, through := newWire(t, url, false)
	two, three := another(t, through, store.ReadWrite), another(t, url, store.ReadWrite)
	ctx := t.Context()
	for _, db := range []*store.DB{one, two, three} {
		store.HoldFor(db, 4*time.Second)
	}
	if err := one.Hold(ctx, "desk"); err != nil {
		t.Fatal(err)
	}
	if err := two.Hold(ctx, "desk"); storetest.Key(err) != "store.in_use" {
		t.Errorf("a name that is held: got %v, want store.in_use", err)
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if err := two.Hold(ctx, "desk"); err != nil {
		t.Errorf("a name that was let go: got %v", err)
	}
	w.Close()
	w.stop.Store(true) // from here on nobody hears of the second
	if err := three.Hold(ctx, "desk"); err != nil {
		t.Errorf("a name whose holder is not heard of: got %v", err)
	}
	if err := two.PutWraps(ctx, wrapFor(id(1))); storetest.Key(err) != "store.in_use" {
		t.Errorf("the holder that was cut off: got %v, want store.in_use", err)
	}
	if err := three.PutWraps(ctx, wrapFor(id(1))); err != nil {
		t.Errorf("the holder: got %v", err)
	}
	signer, _ := storetest.Node(t)
	if _, err := three.Append(ctx, storetest.NewWriter(t).Entries(t, 1), signer); err != nil {
		t.Errorf("Append by the holder: got %v", err)
	}
	postgrestest.Run(t, url, `update turn set n = 7 where name = 'hold desk'`) // before it notices
	if _, err := three.Append(ctx, storetest.NewWriter(t).Entries(t, 1), signer); storetest.Key(err) != "store.in_use" {
		t.Errorf("Append by who held it: got %v, want store.in_use", err)
	}
}
