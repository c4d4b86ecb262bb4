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

// What is told of an office in a shared database has neither the password nor where the
// database is, and does not call it damaged.
func TestDoctorOfADatabase(t *testing.T) {
	pl := newPlace(t)
	pl.write("secret", passphrase+"\n", 0o600)
	url := strings.Replace(postgrestest.Database(t), "habeas@", "habeas:canary-word@", 1)
	pl.write("url", url+"\n", 0o600)
	pl.must(0, "init", "office", "--pepper", "office.pepper", "--handle", "keeper", "--name", "The keeper", "--recovery", "no", "--passphrase-file", "secret", "--database", "url")
	out, errs := pl.must(1, "doctor", "office", "--pepper", "office.pepper", "--json")
	if !strings.Contains(out, "The shared database answers") || strings.Contains(out, "from end to end") {
		t.Errorf("got %q", out)
	}
	if strings.Contains(out+errs, "canary-word") || strings.Contains(out+errs, "127.0.0.1") {
		t.Errorf("it tells where the database is: %q", out+errs)
	}
	for _, gone := range []string{strings.Replace(url, "127.0.0.1:", "127.0.0.1:1", 1), "postgres://nobody:canary-word@127.0.0.1:1/x"} {
		pl.write("office/database", gone+"\n", 0o600)
		out, errs := pl.must(1, "doctor", "office", "--pepper", "office.pepper", "--json")
		if strings.Contains(out+errs, "canary-word") {
			t.Errorf("it tells the password: %q", out+errs)
		}
	}
}
