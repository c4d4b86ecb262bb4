package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"habeas/internal/store/postgres/postgrestest"
)

// TestSharedDatabase: an office in a shared database is made with a file that says
// where that is, and from then on its directory says so. A password is taken from a file
// of one's own and from the environment, never as an argument.
func TestSharedDatabase(t *testing.T) {
	pl := newPlace(t)
	pl.write("secret", passphrase+"\n", 0o600)
	init := func(dir string, more ...string) []string {
		return append([]string{"init", dir, "--pepper", dir + ".pepper", "--handle", "keeper", "--name", "The keeper", "--recovery", "no", "--passphrase-file", "secret"}, more...)
	}
	url := postgrestest.Database(t)
	pl.write("url", url+"\nreplicas 7\n", 0o644)
	if _, said := pl.must(2, init("office", "--database", "url")...); !strings.Contains(said, "docs/scale.md") {
		t.Errorf("a file others can read: got %q", said)
	}
	pl.write("url", url+"\nreplicas 7\n", 0o600)
	pl.must(0, init("office", "--database", "url")...)
	note := filepath.Join(pl.dir, "office", "database")
	if info, err := os.Stat(note); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: got %v, %v, want mode 600", note, info, err)
	}
	for _, file := range []string{"truth.db", "keys.db"} {
		if _, err := os.Stat(filepath.Join(pl.dir, "office", file)); err == nil {
			t.Errorf("the office has a %s, too", file)
		}
	}
	pl.must(0, "verify", "office")
	if _, said := pl.must(2, init("another", "--database", "url")...); !strings.Contains(said, "store") {
		t.Errorf("a database that holds an office: got %q", said)
	}

	withPassword := strings.Replace(postgrestest.Database(t), "habeas@", "habeas:canary-word@", 1)
	if _, said := pl.must(2, init("third", "--database", withPassword)...); !strings.Contains(said, "argument") || strings.Contains(said, "canary-word") {
		t.Errorf("a password as an argument: got %q", said)
	}
	pl.env = []string{"HABEAS_DATABASE=" + withPassword}
	if out, said := pl.must(0, init("third")...); strings.Contains(out+said, "canary-word") {
		t.Errorf("the password is shown: %q", said)
	}
	pl.env = nil
	pl.must(0, "verify", "third")
	// The tables may have been made before, by who owns them.
	owned := postgrestest.Database(t)
	sql, _ := pl.must(0, "schema")
	postgrestest.Run(t, owned, sql)
	pl.write("owned", owned, 0o600)
	pl.must(0, init("owned-by-another", "--database", "owned")...)

	clear := strings.Replace(url, "127.0.0.1", "db.invalid", 1)
	pl.write("clear", clear, 0o600)
	if _, said := pl.must(2, init("fourth", "--database", "clear")...); !strings.Contains(said, "network") {
		t.Errorf("a URL without a certificate: got %q", said)
	}
}
