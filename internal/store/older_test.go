package store_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/driver"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/internal/store/storetest"
)

// A store of a version that had no shared database is opened, and browsers that came
// before are older than those that come.
func TestOlderKeys(t *testing.T) {
	db, dir := newStore(t)
	db.Close()
	pen, err := driver.Open("file:" + filepath.Join(dir, "keys.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{`drop table gone`, `alter table device drop column place`,
		`insert into device (id, holder) values (x'01', x'01000000000000000000000000000000'), (x'02', x'01000000000000000000000000000000')`} {
		if _, err := pen.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	pen.Close()
	db = open(t, dir, store.ReadWrite)
	if err := db.PutDevice(t.Context(), id(1), []byte{3}, 2); err != nil {
		t.Fatal(err)
	}
	for n, want := range []bool{false, false, true, true} {
		if has, err := db.HasDevice(t.Context(), []byte{byte(n)}); err != nil || has != want {
			t.Errorf("browser %d: got %v, %v, want %v", n, has, err, want)
		}
	}
	if err := db.PutWraps(t.Context(), wrapFor(id(1))); err != nil {
		t.Error(err)
	}
}

// What whoever owns a shared database changes in it is found there, and told by the
// number of the entry; what can be seen quickly, when the store is opened.
func TestOwnerChangesTheLog(t *testing.T) {
	for name, tc := range map[string]struct {
		change, found string
		atOnce        bool
	}{
		"a payload":      {`update entry set payload = '\x00' where number = 2`, "store.payload_changed", false},
		"a stream":       {`update entry set stream = id where number = 2`, "store.entry_changed", false},
		"an entry":       {`delete from entry where number = 2`, "store.entry_missing", false},
		"the last entry": {`delete from entry where number = 4`, "store.entries_lost", true},
		"a hash":         {`update tree set hash = (select hash from tree where pos = 0) where pos = 3`, "store.entry_changed", false},
		"a hash, away":   {`delete from tree where pos = 7`, "store.hash_missing", true},
		"the checkpoint": {`delete from checkpoint where size = 5`, "store.entries_uncovered", true},
		"pruned by none": {`update entry set payload = null, pruned_by = 77 where number = 2`, "store.pruned_unexplained", false},
	} {
		t.Run(name, func(t *testing.T) {
			db, url := newShared(t)
			signer, known := storetest.Node(t)
			w := storetest.NewWriter(t)
			for range 5 {
				if _, err := db.Append(t.Context(), w.Entries(t, 1), signer); err != nil {
					t.Fatal(err)
				}
			}
			postgrestest.Run(t, url, tc.change)
			if _, err := db.Verify(t.Context(), known, nil); storetest.Key(err) != tc.found {
				t.Errorf("Verify: got %v, want %s", err, tc.found)
			}
			late := another(t, url, store.ReadWrite)
			if damaged := fault.KindOf(late.Damage()) == fault.Damaged; damaged != tc.atOnce {
				t.Errorf("Damage: got %v, want that it is seen at once %v", late.Damage(), tc.atOnce)
			}
			if _, err := late.Append(t.Context(), w.Entries(t, 1), signer); tc.atOnce != (fault.KindOf(err) == fault.Damaged) {
				t.Errorf("Append: got %v", err)
			}
		})
	}
}

// What a file says of a database.
func TestParseDatabase(t *testing.T) {
	for text, want := range map[string]int{
		"postgres://x/y": 30,
		"# ours\npostgres://x/y\n\nvacuum 3\narchive 14\n":            30,
		"postgres://x/y\nvacuum 3\narchive 14\nreplicas 1\nbackups 7": 14,
		"postgres://x/y\nbackups 90":                                  90,
		"":                                                            0,
		"vacuum 3":                                                    0,
		"postgres://x/y\nvacuum":                                      0,
		"postgres://x/y\nvacuum 0":                                    0,
		"postgres://x/y\nvacuum -1":                                   0,
		"postgres://x/y\nvaccum 3":                                    0,
		"postgres://x/y z":                                            0,
		"postgres://x/y\nbackups 9\npatience 1":                       30,
		"postgres://x/y\npatience 0":                                  0,
		"postgres://x/y\npatience 3600":                               0,
	} {
		d, err := store.ParseDatabase(text)
		if got := int(d.Keeps.Hours() / 24); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: got %d days, %v, want %d", text, got, err, want)
		}
		if want > 0 && (d.Patience == time.Second) != strings.Contains(text, "patience") {
			t.Errorf("%q: got %v of patience", text, d.Patience)
		}
		if want > 0 && d.URL != "postgres://x/y" {
			t.Errorf("%q: got %s", text, d.URL)
		}
	}
}
