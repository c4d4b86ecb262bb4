package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
)

// A table or a column that is added and not copied is one that a restore loses.
func TestEverythingIsCopied(t *testing.T) {
	_, dir := newStore(t)
	left := map[string]string{
		"meta": "says which tables there are", "tree": "is reckoned from the entries",
	}
	copied := map[string][]string{}
	for _, table := range store.Tables() {
		copied[table.Name] = table.Columns
	}
	found := 0
	for _, file := range []string{"truth.db", "keys.db"} {
		db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, file)+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		rows, err := db.Query(`select m.name, p.name from sqlite_master m, pragma_table_info(m.name) p where m.type = 'table'`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var table, column string
			if err := rows.Scan(&table, &column); err != nil {
				t.Fatal(err)
			}
			if left[table] == "" && !strings.HasPrefix(table, "sqlite_") && !slices.Contains(copied[table], column) {
				t.Errorf("%s.%s is not copied", table, column)
			}
			found++
		}
	}
	if found < 40 {
		t.Errorf("got %d columns: this test would see little", found)
	}
}

// filled is a store with something of everything, some of it emptied.
func filled(t *testing.T) (*store.DB, string) {
	t.Helper()
	ctx := context.Background()
	db, dir := newStore(t)
	signer, _ := storetest.Node(t)
	w := storetest.NewWriter(t)
	entries := w.Entries(t, 30)
	for at := 0; at < len(entries); at += 7 {
		if _, err := db.Append(ctx, entries[at:min(at+7, len(entries))], signer); err != nil {
			t.Fatal(err)
		}
	}
	r := entries[3].Record()
	if n, err := db.Prune(ctx, r.Stream, 20, []ledger.ID{r.Key}); err != nil || n == 0 {
		t.Fatalf("pruned %d entries, %v", n, err)
	}
	for n := range byte(5) {
		if err := db.PutWraps(ctx, wrapFor(id(n+1))); err != nil {
			t.Fatal(err)
		}
	}
	b, err := db.NewBlob()
	if err != nil {
		t.Fatal(err)
	}
	b.Write([]byte("sealed"))
	name, err := b.Keep()
	if err != nil {
		t.Fatal(err)
	}
	a := storetest.Arrival(t, 9, true)
	a.Blobs = []string{name}
	if _, err := db.Receive(a, signer); err != nil {
		t.Fatal(err)
	}
	holder := id(77)
	for _, err := range []error{
		db.PutLogin(ctx, holder, []byte("mac"), []byte("record")), db.PutDraft(ctx, id(1), holder, []byte{}), db.PutWake(ctx, "2026-11-27"), db.PutWake(ctx, "2026-11-27"),
		db.PutFactor(ctx, holder, store.Factor{ID: id(2), Box: []byte("box")}), db.PutDevice(ctx, holder, []byte("device"), 3),
		db.PutHeeded(ctx, id(3), id(4)), db.PutNote(ctx, store.Note{ID: id(5), Thread: a.Item.Thread, Day: 3, Box: []byte("note")}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.DestroyKeys(ctx, id(6), []ledger.ID{id(7)}); err != nil {
		t.Fatal(err)
	}
	return db, dir
}

func TestMove(t *testing.T) {
	ctx := context.Background()
	from, _ := filled(t)
	to, dir := newStore(t)
	m, err := store.Move(ctx, from, to)
	if err != nil || m.Files != 1 || m.Lacking != 0 {
		t.Fatalf("got %+v, %v", m, err)
	}
	for _, table := range store.Tables() {
		if m.Rows[table.Name] == 0 {
			t.Errorf("no row of %s was moved: this test would see nothing", table.Name)
		}
	}
	a, err := from.Sum(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b, err := to.Sum(ctx)
	if err != nil || a != b {
		t.Errorf("the stores differ, %v", err)
	}
	to.Close()
	to = open(t, dir, store.ReadWrite)
	want, err := from.Verify(ctx, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := to.Verify(ctx, nil, nil)
	if err != nil || !reflect.DeepEqual(got, want) || got.Pruned == 0 {
		t.Errorf("verified %+v, %v, want %+v", got, err, want)
	}
	if check, err := to.CheckBlobs(ctx); err != nil || check.Files != 1 || check.Bad() {
		t.Errorf("got %+v, %v, want one sealed file", check, err)
	}
	signer, _ := storetest.Node(t)
	if _, err := to.Append(ctx, storetest.NewWriter(t).Entries(t, 3), signer); err != nil {
		t.Error(err)
	}
	if _, err := to.Load(ctx); storetest.Key(err) != "store.exists" {
		t.Errorf("loading into a store that is not empty: got %v, want store.exists", err)
	}
	if err := to.PutWraps(ctx, wrapFor(id(50))); err != nil {
		t.Error(err)
	}
	if b, err := to.Sum(ctx); err != nil || a == b {
		t.Errorf("another store has the same sum, %v", err)
	}
}

// What is written while a snapshot is read is not in it, and does not wait for it.
func TestSnapshotStands(t *testing.T) {
	ctx := context.Background()
	db, dir := filled(t)
	beside := open(t, dir, store.ReadOnly)
	snap, err := beside.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	signer, _ := storetest.Node(t)
	if err := db.PutWraps(ctx, wrapFor(id(60))); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Append(ctx, storetest.NewWriter(t).Entries(t, 3), signer); err != nil {
		t.Fatal(err)
	}
	entries, wraps := int64(0), 0
	for row, err := range snap.Entries(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Table == "entry" {
			entries++
		}
	}
	for row := range snap.Keys(ctx) {
		if row.Table == "wrap" && bytes.Equal(row.Values[0].([]byte), idBytes(60)) {
			wraps++
		}
	}
	if entries != snap.Size || wraps > 0 {
		t.Errorf("got %d entries of %d and %d wraps that came later", entries, snap.Size, wraps)
	}
}

func idBytes(n byte) []byte {
	i := id(n)
	return i[:]
}

// Rows that are of no store are refused, and not written.
func TestLoaderRefuses(t *testing.T) {
	ctx := context.Background()
	payload := []byte("p")
	good := func() []any {
		return []any{int64(0), idBytes(1), idBytes(2), idBytes(3), int64(1), payload, bytes.Repeat([]byte{1}, 32), nil}
	}
	for what, row := range map[string]store.Row{
		"an unknown table":                    {Table: "meta", Values: []any{"schema", "2"}},
		"a column too few":                    {Table: "entry", Values: good()[1:]},
		"another payload":                     {Table: "entry", Values: good()},
		"a gap":                               {Table: "entry", Values: append([]any{int64(1)}, good()[1:]...)},
		"no number":                           {Table: "entry", Values: append([]any{"0"}, good()[1:]...)},
		"a short digest":                      {Table: "entry", Values: append(good()[:6], []byte{1}, nil)},
		"a short key":                         {Table: "wrap", Values: []any{[]byte{1}, idBytes(1), idBytes(1), payload}},
		"a list of what is gone that is none": {Table: "emptied", Values: []any{"0", int64(1)}},
	} {
		db, _ := newStore(t)
		l, err := db.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Put(ctx, row); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
}

// rowsBytes is a small stream of rows.
func rowsBytes(t testing.TB, rows ...store.Row) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := store.NewRowWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readAll(b []byte) (rows []store.Row, err error) {
	for r := store.NewRowReader(bytes.NewReader(b)); ; {
		row, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

func TestRows(t *testing.T) {
	want := []store.Row{{Table: "a", Values: []any{nil, int64(-5), []byte{}, []byte("x"), "", "é"}}, {Table: "", Values: []any{}}}
	b := rowsBytes(t, want...)
	if got, err := readAll(b); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for n := range b {
		if _, err := readAll(b[:n]); err == nil {
			t.Errorf("%d of %d bytes are read as all", n, len(b))
		}
	}
	if _, err := readAll(append(b, 0)); err == nil {
		t.Error("something behind the end is not seen")
	}
}

// FuzzRows: whatever is read as rows is written as rows that read the same.
func FuzzRows(f *testing.F) {
	f.Add(rowsBytes(f))
	f.Add(rowsBytes(f, store.Row{Table: "wrap", Values: []any{nil, int64(1) << 40, []byte("k"), "t"}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := readAll(b)
		if err != nil {
			return
		}
		again, err := readAll(rowsBytes(t, rows...))
		if err != nil || len(again) != len(rows) || len(rows) > 0 && !reflect.DeepEqual(again, rows) {
			t.Errorf("got %v, %v, want %v", again, err, rows)
		}
	})
}

// A page of a database is damaged: whoever takes hold of the store is told.
func TestSnapshotOfDamage(t *testing.T) {
	db, dir := filled(t)
	db.Close()
	for _, name := range []string{"keys.db", "truth.db"} {
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		refused := 0
		for at := 4096 + 2000; at < len(whole); at += 4096 {
			b := bytes.Clone(whole)
			for i := range 16 {
				b[at+i] ^= 0xff
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			db, err := store.Open(dir, store.ReadOnly)
			if err != nil {
				refused++
				continue
			}
			s, err := db.Snapshot(t.Context())
			if err != nil {
				refused++
			} else {
				s.Close()
			}
			db.Close()
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		if refused == 0 {
			t.Errorf("%s: no damaged page was met", name)
		}
	}
}
