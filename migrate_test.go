package habeas

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"habeas/internal/backup"
	"habeas/internal/store"

	_ "github.com/ncruces/go-sqlite3/driver"
)

// A store that does not keep what it is given is not moved to: whatever is not the same
// is met before the directory has its name, and the old office is as it was.
func TestMigrateComparesBoth(t *testing.T) {
	cfg := smallOffice(t)
	for name, tc := range map[string]struct{ file, change string }{
		"a key":        {"keys.db", `create trigger x after insert on wrap begin update wrap set box = zeroblob(7) where rowid = new.rowid and rowid = 3; end`},
		"a login":      {"keys.db", `create trigger x after insert on login begin delete from login where mac = new.mac; end`},
		"a checkpoint": {"truth.db", `create trigger x before insert on checkpoint when new.size < 9 begin select raise(ignore); end`},
		"an entry":     {"truth.db", `create trigger x before insert on entry when new.number = 4 begin select raise(ignore); end`},
		"a hash":       {"truth.db", `create trigger x before insert on tree when new.pos = 4 begin select raise(ignore); end`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "anew")
			if err := store.Create(dir); err != nil {
				t.Fatal(err)
			}
			raw, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, tc.file))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := raw.Exec(tc.change); err != nil {
				t.Fatal(err)
			}
			raw.Close()
			old, anew := opened(t, cfg.Dir), opened(t, dir)
			before, err := old.Sum(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = migrate(t.Context(), cfg.Dir, dir, old, anew)
			refused, ok := errors.AsType[*backup.Refused](err)
			if err == nil || tc.file == "keys.db" && (!ok || !refused.Found) {
				t.Errorf("got error %v, want that the copy is another", err)
			}
			if after, err := old.Sum(t.Context()); err != nil || after != before {
				t.Errorf("the old office was changed, %v", err)
			}
		})
	}
}

func opened(t *testing.T, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(dir, store.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
