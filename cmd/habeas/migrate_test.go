package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"habeas/internal/store/postgres/postgrestest"
)

// An office goes into a shared database and back, and is the same all the way. Neither
// the password nor what others may read is shown or taken, and what is there is never
// written over.
func TestMigrateToADatabaseAndBack(t *testing.T) {
	pl := office(t)
	pl.write("one.txt", "he was taken in the evening.", 0o600)
	with := func(command ...string) []string {
		return append(command, "--handle", "keeper", "--passphrase-file", "secret", "--pepper", "office.pepper")
	}
	take := func(dir, title string) []string {
		return with("import", "one.txt", dir, "--new-case", title, "--new-source", "person/mother")
	}
	pl.must(0, take("office", "A search")...)
	before, _ := pl.must(0, with("verify", "office")...)
	url := strings.Replace(postgrestest.Database(t), "habeas@", "habeas:canary-word@", 1)
	pl.write("url", url+"\n", 0o600)

	pl.must(2, "migrate", "--from", "sqlite:office", "--to", "postgres:second")
	pl.must(2, "migrate", "--from", "sqlite:office", "--to", "sqlite:second", "--database", "url")
	pl.must(2, "migrate", "--from", "sqlite:office", "--to", "postgres:second", "--database", url)
	out, errs := pl.must(0, "migrate", "--from", "sqlite:office", "--to", "postgres:second", "--database", "url")
	if !strings.Contains(out, "Both hold the same") || strings.Contains(out+errs, "canary-word") {
		t.Errorf("got %q, %q", out, errs)
	}
	if info, err := os.Stat(filepath.Join(pl.dir, "second", "database")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file that names the database: %v, %v", info, err)
	}
	if after, _ := pl.must(0, with("verify", "second")...); after != before {
		t.Errorf("in the database it verifies as %q, want %q", after, before)
	}
	pl.must(0, with("rebuild", "second")...)
	pl.must(0, "fsck", "second")
	if out, _ := pl.must(2, "migrate", "--from", "sqlite:office", "--to", "postgres:third", "--database", "url"); out != "" {
		t.Errorf("into a database that holds an office: got %q", out)
	}

	pl.must(0, take("second", "Another")...)
	before, _ = pl.must(0, with("verify", "second")...)
	pl.must(0, "migrate", "--from", "postgres:second", "--to", "sqlite:back")
	if after, _ := pl.must(0, with("verify", "back")...); after != before {
		t.Errorf("back in files it verifies as %q, want %q", after, before)
	}
	pl.must(0, with("rebuild", "back")...)
	pl.must(0, "fsck", "back")
	for _, left := range []string{"third", "third.copying", "back.copying", "back/database"} {
		if _, err := os.Stat(filepath.Join(pl.dir, left)); err == nil {
			t.Errorf("%s is left", left)
		}
	}
}
