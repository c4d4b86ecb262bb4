package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
)

// All that is wrong is found, and named, and nothing else.
func TestEveryFlawIsLocated(t *testing.T) {
	for _, test := range []struct {
		name, want string
		whole      int64
		edit       []string
	}{
		{"nothing but the triggers", "", 100, nil},
		{"three payloads", "payload 3, payload 41, payload 99", 97,
			[]string{`update entry set payload = x'00' where number in (3, 41, 99)`}},
		{"a payload and its digest", "entry 41", 99,
			[]string{`update entry set payload = x'00', digest = x'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d' where number = 41`}},
		{"swapped entries", "entry 17, entry 47", 98,
			[]string{`update entry set number = -1 where number = 17`, `update entry set number = 17 where number = 47`, `update entry set number = 47 where number = -1`}},
		{"another stream", "entry 3", 99, []string{`update entry set stream = zeroblob(16) where number = 3`}},
		{"missing rows", "gone 50, gone 51, gone 98", 97, []string{`delete from entry where number in (50, 51, 98)`}},
		{"missing last rows", "gone 98, gone 99", 98, []string{`delete from entry where number > 97`}},
		{"an edited leaf", "hash 20", 100, []string{`update tree set hash = zeroblob(32) where pos = ` + at(0, 20)}},
		{"an edited node", "hash 3", 100, []string{`update tree set hash = zeroblob(32) where pos = ` + at(2, 0)}},
		{"a missing leaf and its entry", "gone 6", 99,
			[]string{`delete from entry where number = 6`, `delete from tree where pos = ` + at(0, 6)}},
		{"a checkpoint of another size", "checkpoint 55", 100, []string{`update checkpoint set size = 55 where size = 60`}},
		{"a checkpoint by somebody else", "checkpoint 60", 100, []string{`update checkpoint set note = replace(note, 'log/test', 'log/best') where size = 60`}},
		{"no checkpoint at the end", "end 90", 100, []string{`delete from checkpoint where size > 90`}},
		{"pruned, explained", "", 100, []string{`update entry set payload = null, pruned_by = 70 where number = 5`}},
		{"pruned, explained by nothing", "unexplained 5", 99, []string{`update entry set payload = null, pruned_by = 700 where number = 5`}},
		{"pruned, not explained", "gone 5", 99, []string{`update entry set payload = null where number = 5`}},
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

			db = open(t, dir, store.Salvage)
			var got []string
			survey, err := db.Locate(ctx, known, func(f store.Flaw) {
				got = append(got, fmt.Sprint(f.What, " ", f.Number))
				if f.What == store.FlawPayload && f.Stream != w.Stream {
					t.Errorf("entry %d: got stream %v, want %v", f.Number, f.Stream, w.Stream)
				}
			})
			slices.Sort(got)
			if err != nil || strings.Join(got, ", ") != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
			if survey.Entries != 100 || survey.Whole != test.whole || survey.Flaws != len(got) {
				t.Errorf("got %+v, want 100 entries, of these %d whole, and %d flaws", survey, test.whole, len(got))
			}
		})
	}
}

// at returns where the tree keeps a hash.
func at(level int, n int64) string { return fmt.Sprint(tlog.StoredHashIndex(level, n)) }

// A store from before pages had checksums gets them when it is next opened for writing.
func TestOlderStoreGetsChecksums(t *testing.T) {
	ctx := context.Background()
	db, dir := newStore(t)
	signer, known := storetest.Node(t)
	if _, err := db.Append(ctx, storetest.NewWriter(t).Entries(t, 50), signer); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, name := range []string{"truth.db", "keys.db"} {
		without(t, filepath.Join(dir, name))
	}
	look := func(db *store.DB) (kinds []string) {
		if _, err := db.Locate(ctx, known, func(f store.Flaw) { kinds = append(kinds, string(f.What)+" "+f.Name) }); err != nil {
			t.Fatal(err)
		}
		return kinds
	}
	db = open(t, dir, store.Salvage)
	if got := look(db); !slices.Equal(got, []string{"page truth.db", "page keys.db"}) {
		t.Errorf("before: got %v, want that pages have no checksums", got)
	}
	db.Close()
	db = open(t, dir, store.ReadWrite)
	if _, err := db.Append(ctx, storetest.NewWriter(t).Entries(t, 1), signer); err != nil {
		t.Error(err)
	}
	db.Close()
	if got := look(open(t, dir, store.Salvage)); got != nil {
		t.Errorf("after: got %v", got)
	}
}

// without writes a database anew as it was before, without checksums.
func without(t *testing.T, path string) {
	t.Helper()
	db, err := driver.Open("file:" + path + ".older")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	do := func(s string, args ...any) {
		t.Helper()
		if _, err := db.Exec(s, args...); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	do("attach ? as new", path)
	for _, kind := range []string{"table", "index", "trigger"} {
		rows, err := db.Query("select name, sql from new.sqlite_master where type = ? and sql is not null and name not like 'sqlite%'", kind)
		if err != nil {
			t.Fatal(err)
		}
		made := map[string]string{}
		for rows.Next() {
			var name, statement string
			if err := rows.Scan(&name, &statement); err != nil {
				t.Fatal(err)
			}
			made[name] = statement
		}
		rows.Close()
		for name, statement := range made {
			do(statement)
			if kind == "table" {
				do("insert into main." + name + " select * from new." + name)
			}
		}
	}
	do("detach new")
	if strings.HasSuffix(path, "truth.db") {
		do("pragma journal_mode=wal")
	}
	db.Close()
	if err := os.Rename(path+".older", path); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
}
