package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
	"habeas/vault"
)

// newStore returns an empty store and its directory.
func newStore(tb testing.TB) (*store.DB, string) {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "data")
	if err := store.Create(dir); err != nil {
		tb.Fatal(err)
	}
	return open(tb, dir, store.ReadWrite), dir
}

func open(tb testing.TB, dir string, mode store.Mode) *store.DB {
	tb.Helper()
	db, err := store.Open(dir, mode)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

func TestSQLite(t *testing.T) {
	storetest.Test(t, func(t *testing.T) *store.DB {
		db, _ := newStore(t)
		return db
	})
}

func TestOneWriterManyReaders(t *testing.T) {
	ctx := context.Background()
	db, dir := newStore(t)
	signer, known := storetest.Node(t)
	w := storetest.NewWriter(t)
	if _, err := store.Open(dir, store.ReadWrite); storetest.Key(err) != "store.in_use" {
		t.Errorf("second writer: got %v, want store.in_use", err)
	}
	reader := open(t, dir, store.ReadOnly)
	if _, err := db.Append(ctx, w.Entries(t, 10), signer); err != nil {
		t.Fatal(err)
	}
	if n, err := reader.Size(ctx); n != 10 || err != nil {
		t.Errorf("Size beside the writer: got %d, %v, want 10", n, err)
	}
	if _, err := reader.Verify(ctx, known, nil); err != nil {
		t.Errorf("Verify beside the writer: %v", err)
	}
	if _, err := reader.Append(ctx, w.Entries(t, 1), signer); storetest.Key(err) != "store.read_only" {
		t.Errorf("Append by a reader: got %v, want store.read_only", err)
	}
	if err := reader.DeleteWraps(ctx, ledger.NewID()); storetest.Key(err) != "store.read_only" {
		t.Errorf("DeleteWraps by a reader: got %v, want store.read_only", err)
	}
	reader.Close()
	db.Close()

	alone := open(t, dir, store.ReadOnly)
	if n, err := alone.Size(ctx); n != 10 || err != nil {
		t.Errorf("Size with no writer: got %d, %v, want 10", n, err)
	}
	again := open(t, dir, store.ReadWrite)
	if first, err := again.Append(ctx, w.Entries(t, 1), signer); first != 10 || err != nil {
		t.Errorf("Append after a restart: got %d, %v, want 10", first, err)
	}
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	db, dir := newStore(t)
	signer, _ := storetest.Node(t)
	ctx := context.Background()
	if _, err := db.Append(ctx, storetest.NewWriter(t).Entries(t, 1), signer); err != nil {
		t.Fatal(err)
	}
	if err := db.PutWraps(ctx, vault.Wrap{Box: []byte{1}}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 5 {
		t.Fatalf("files: got %v, %v, want both databases with -wal, -journal and the lock", files, err)
	}
	for _, f := range files {
		want := map[bool]os.FileMode{false: 0o600, true: 0o700}[f.IsDir()]
		if info, err := f.Info(); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got mode %v, %v, want %v", f.Name(), info.Mode(), err, want)
		}
	}
	db.Close()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(dir, store.ReadOnly); storetest.Key(err) != "store.open_directory" {
		t.Errorf("Open of a directory others can read: got %v, want store.open_directory", err)
	}
}

func TestWhatIsNotAStore(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(dir, store.ReadOnly); storetest.Key(err) != "store.missing" {
		t.Errorf("Open of an empty directory: got %v, want store.missing", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "truth.db"), bytes.Repeat([]byte("no"), 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(dir, store.ReadWrite); fault.KindOf(err) == fault.Internal {
		t.Errorf("Open of other bytes: got %v, want a fault", err)
	}
	if err := store.Create(dir); storetest.Key(err) != "store.exists" {
		t.Errorf("Create over it: got %v, want store.exists", err)
	}
	_, full := newStore(t)
	if err := store.Create(full); fault.KindOf(err) == fault.Internal {
		t.Errorf("Create over a store in use: got %v, want a fault", err)
	}
}

// raw opens truth.db as a thief with a pen would: without the triggers.
func raw(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db, err := driver.Open("file:" + filepath.Join(dir, "truth.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range append([]string{
		"drop trigger entry_update", "drop trigger entry_delete", "drop trigger tree_update", "drop trigger tree_delete",
		"drop trigger checkpoint_update", "drop trigger checkpoint_delete"}, statements...) {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func TestDamageIsFoundAndNamed(t *testing.T) {
	for _, test := range []struct {
		name, key string
		number    int64 // first entry that fails
		edit      []string
	}{
		{"nothing but the triggers", "", 0, nil},
		{"a flipped byte in a payload", "store.payload_changed", 41,
			[]string{`update entry set payload = cast(substr(payload, 1, 99) || x'00' || substr(payload, 101) as blob) where number = 41`}},
		{"a payload and its digest", "store.entry_changed", 41,
			[]string{`update entry set payload = x'00', digest = x'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d' where number = 41`}},
		{"swapped payloads", "store.payload_changed", 17,
			[]string{`update entry set payload = (select payload from entry b where b.number = 64 - entry.number + 0 * length(entry.payload)) where number in (17, 47)`}},
		{"swapped entries", "store.entry_changed", 17,
			[]string{`update entry set number = -1 where number = 17`, `update entry set number = 17 where number = 47`, `update entry set number = 47 where number = -1`}},
		{"another stream", "store.entry_changed", 3, []string{`update entry set stream = zeroblob(16) where number = 3`}},
		{"another key", "store.entry_changed", 3, []string{`update entry set key = zeroblob(16) where number = 3`}},
		{"a missing row", "store.entry_missing", 50, []string{`delete from entry where number = 50`}},
		{"missing last rows", "store.entries_lost", 90, []string{`delete from entry where number >= 90`}},
		{"missing last rows, with hashes and checkpoints", "", 0, // a shorter, sound log: only a checkpoint held elsewhere tells
			[]string{`delete from entry where number >= 90`, `delete from tree where pos >= 176`, `delete from checkpoint where size > 90`}},
		{"a missing hash", "store.hash_missing", 50, []string{`delete from tree where pos = (select max(pos) from tree where pos < 98)`}},
		{"an edited leaf", "store.entry_changed", 0, []string{`update tree set hash = zeroblob(32) where pos = 0`}},
		{"an edited node", "store.tree_changed", 1, []string{`update tree set hash = zeroblob(32) where pos = 2`}},
		{"a checkpoint of another size", "store.checkpoint_differs", 54, []string{`update checkpoint set size = 55 where size = 60`}},
		{"a checkpoint by somebody else", "store.checkpoint_unsigned", 59, []string{`update checkpoint set note = replace(note, 'log/test', 'log/best') where size = 60`}},
		{"no checkpoint at the end", "store.entries_uncovered", 90, []string{`delete from checkpoint where size > 90`}},
		{"pruned, explained", "", 0, []string{`update entry set payload = null, pruned_by = 70 where number = 5`}},
		{"pruned, explained by nothing", "store.pruned_unexplained", 5, []string{`update entry set payload = null, pruned_by = 700 where number = 5`}},
		{"pruned, not explained", "store.bad_row", 5, []string{`update entry set payload = null where number = 5`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx := context.Background()
			db, dir := newStore(t)
			signer, known := storetest.Node(t)
			w := storetest.NewWriter(t)
			for range 10 {
				if _, err := db.Append(ctx, w.Entries(t, 10), signer); err != nil {
					t.Fatal(err)
				}
			}
			db.Close()
			raw(t, dir, test.edit...)

			db = open(t, dir, store.ReadWrite)
			_, err := db.Verify(ctx, known, nil)
			if got := storetest.Key(err); got != test.key {
				t.Fatalf("Verify: got %v, want %q", err, test.key)
			}
			if got := argument(err); test.key != "" && got != test.number {
				t.Errorf("entry named: got %d, want %d", got, test.number)
			}
		})
	}
}

// argument returns the number a fault mentions.
func argument(err error) int64 {
	f, _ := err.(*fault.Error)
	if f == nil || len(f.Args()) != 1 {
		return -1
	}
	n, _ := f.Args()[0].(fault.Count)
	return int64(n)
}

func TestDamagedStoreIsReadNotWritten(t *testing.T) {
	ctx := context.Background()
	db, dir := newStore(t)
	signer, _ := storetest.Node(t)
	w := storetest.NewWriter(t)
	if _, err := db.Append(ctx, w.Entries(t, 20), signer); err != nil {
		t.Fatal(err)
	}
	db.Close()
	raw(t, dir, `delete from entry where number = 19`)
	before, err := os.ReadFile(filepath.Join(dir, "truth.db"))
	if err != nil {
		t.Fatal(err)
	}
	db = open(t, dir, store.ReadWrite)
	if got := storetest.Key(db.Damage()); got != "store.entries_lost" {
		t.Errorf("Damage: got %q, want store.entries_lost", got)
	}
	if _, err := db.Append(ctx, w.Entries(t, 1), signer); fault.KindOf(err) != fault.Damaged {
		t.Errorf("Append: got %v, want Damaged", err)
	}
	if err := db.PutWraps(ctx, vault.Wrap{}); fault.KindOf(err) != fault.Damaged {
		t.Errorf("PutWraps: got %v, want Damaged", err)
	}
	if got := len(storetest.Collect(t, db.Since(ctx, -1))); got != 19 {
		t.Errorf("entries still read: got %d, want 19", got)
	}
	db.Close()
	if after, err := os.ReadFile(filepath.Join(dir, "truth.db")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed, %v, want it left as it was", err)
	}
}

func TestRowsNeverChange(t *testing.T) {
	ctx := context.Background()
	db, dir := newStore(t)
	signer, known := storetest.Node(t)
	if _, err := db.Append(ctx, storetest.NewWriter(t).Entries(t, 10), signer); err != nil {
		t.Fatal(err)
	}
	direct, err := driver.Open("file:" + filepath.Join(dir, "truth.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	for statement, allowed := range map[string]bool{
		`delete from entry where number = 1`:                                              false,
		`update entry set stream = zeroblob(16) where number = 1`:                         false,
		`update entry set payload = x'00' where number = 1`:                               false,
		`update entry set payload = null where number = 1`:                                false,
		`update entry set payload = null, pruned_by = 9, digest = x'00' where number = 1`: false,
		`update entry set payload = null, pruned_by = 9 where number = 2`:                 true,
		`update tree set hash = zeroblob(32) where pos = 1`:                               false,
		`delete from tree where pos = 1`:                                                  false,
		`update checkpoint set note = ''`:                                                 false,
		`delete from checkpoint`:                                                          false,
	} {
		if _, err := direct.Exec(statement); (err == nil) != allowed {
			t.Errorf("%s: got %v, want allowed %v", statement, err, allowed)
		}
	}
	report, err := db.Verify(ctx, known, nil)
	if err != nil || report.Pruned != 1 {
		t.Errorf("Verify: got %+v, %v, want one pruned", report, err)
	}
}

// A destroyed key is in no file: not in the table, not in its free pages, not in
// the journal, and not in a journal that somebody kept by a link.
func TestDestroyedKeyIsGone(t *testing.T) {
	ctx := context.Background()
	db, dir := newStore(t)
	random := func() []byte {
		b := make([]byte, 1200)
		rand.Read(b)
		return b
	}
	var keys []ledger.ID
	var boxes [][]byte
	for range 120 {
		key, box := ledger.NewID(), random()
		keys, boxes = append(keys, key), append(boxes, box)
		if err := db.PutWraps(ctx, vault.Wrap{Key: key, Holder: ledger.NewID(), Box: box}, vault.Wrap{Key: key, Holder: ledger.NewID(), Box: random()}); err != nil {
			t.Fatal(err)
		}
	}
	journal := filepath.Join(dir, "keys.db-journal")
	link := filepath.Join(t.TempDir(), "kept")
	if err := os.Link(journal, link); err != nil {
		t.Fatal(err)
	}
	holds := func(file string, box []byte) bool {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at+32 <= len(box); at += 16 {
			if bytes.Contains(b, box[at:at+32]) {
				return true
			}
		}
		return false
	}
	for i := 0; i < len(keys); i += 3 {
		if !holds(filepath.Join(dir, "keys.db"), boxes[i]) {
			t.Fatal("the key is not there before it is destroyed: this test would see nothing")
		}
		if err := db.DeleteWraps(ctx, keys[i]); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{filepath.Join(dir, "keys.db"), journal, link} {
			if holds(file, boxes[i]) {
				t.Errorf("key %d: %s still holds its box", i, filepath.Base(file))
			}
		}
	}
	db.Close()
	db = open(t, dir, store.ReadWrite)
	for i, key := range keys {
		got, err := db.WrapsOf(ctx, key)
		if err != nil || (len(got) == 2) != (i%3 != 0) {
			t.Errorf("key %d: got %d wraps, %v", i, len(got), err)
		}
	}
}

// Statements name placeholders by position, whatever the order they appear in.
func TestPlaceholders(t *testing.T) {
	db, err := driver.Open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var a, b int
	if err := db.QueryRow(store.Placeholders(`select $2, $1`), 10, 20).Scan(&a, &b); err != nil || a != 20 || b != 10 {
		t.Errorf("select $2, $1 with 10, 20: got %d, %d, %v, want 20, 10", a, b, err)
	}
}
