package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// A key is made elsewhere, the office is copied, tried, lost and put back.
func TestBackupAndRestore(t *testing.T) {
	pl := office(t)
	base := t.TempDir()
	data, keys := filepath.Join(base, "one", "data"), filepath.Join(base, "two", "keys")
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	pl.write("identity", "# made elsewhere\n"+id.String()+"\n", 0o600)
	pl.write("recipients", "# for the copies\n\n"+id.Recipient().String()+"\n", 0o600)
	places := []string{"--data", data, "--keys", keys}
	with := append([]string{"--identity", "identity"}, places...)

	if out, _ := pl.must(1, append([]string{"backup", "verify", "--office", "office", "--due", "30d"}, places...)...); out != "" {
		t.Errorf("got %q before anything was copied", out)
	}
	out, errs := pl.must(0, append([]string{"backup", "office", "--to", "recipients"}, places...)...)
	if !strings.Contains(out, "everything was copied anew") || !strings.Contains(errs, "on one disk") {
		t.Errorf("got %q, %q", out, errs)
	}
	pl.write("one.txt", "he was taken in the evening.", 0o600)
	secret := []string{"--handle", "keeper", "--passphrase-file", "secret"}
	pl.must(0, append([]string{"import", "one.txt", "office", "--new-case", "A search", "--new-source", "person/mother"}, secret...)...)
	out, _ = pl.must(0, append([]string{"backup", "office", "--to", id.Recipient().String(), "--keep-keys", "14"}, places...)...)
	if strings.Contains(out, "anew") {
		t.Errorf("the second run is no small one: %q", out)
	}
	_, errs = pl.must(2, append([]string{"backup", "office", "--to", "recipients", "--keep-keys", "31d"}, places...)...)
	if !strings.Contains(errs, "longer than people are told") {
		t.Errorf("got %q", errs)
	}

	_, errs = pl.must(1, append([]string{"backup", "verify", "--office", "office", "--due", "30d"}, places...)...)
	if !strings.Contains(errs, "no copy was tried for 30 days") {
		t.Errorf("got %q", errs)
	}
	tried, _ := pl.must(0, append([]string{"backup", "verify", "--office", "office", "--due", "30d"}, with...)...)
	if !strings.Contains(tried, "This copy can be put back") || !strings.Contains(tried, "NOT KNOWN") {
		t.Errorf("got %q", tried)
	}
	out, _ = pl.must(0, append([]string{"backup", "verify", "--office", "office", "--due", "30d"}, places...)...)
	if !strings.Contains(out, "was tried on") {
		t.Errorf("got %q after a copy was tried", out)
	}
	known, _ := pl.must(0, "checkpoint", "show", "office")
	pl.write("known", known, 0o600)
	pl.must(1, append([]string{"backup", "verify", "--known", "secret"}, with...)...)
	pl.must(0, append([]string{"backup", "verify", "--known", "known"}, with...)...)

	before, _ := pl.must(0, append([]string{"verify", "office"}, secret...)...)
	if err := os.RemoveAll(filepath.Join(pl.dir, "office")); err != nil {
		t.Fatal(err)
	}
	pl.must(2, append([]string{"restore", "office"}, with...)...)
	pl.must(2, append([]string{"restore", "office", "--pepper", "nowhere"}, with...)...)
	out, _ = pl.must(0, append([]string{"restore", "office", "--pepper", "office.pepper", "--known", "known"}, with...)...)
	if !strings.Contains(out, "old server is off for good") || strings.Contains(out, "NOT KNOWN") || strings.Contains(out, "MISSING") {
		t.Errorf("got %q", out)
	}
	if after, _ := pl.must(0, append([]string{"verify", "office"}, secret...)...); after != before {
		t.Errorf("the restored office verifies as %q, want %q", after, before)
	}
	pl.must(2, append([]string{"restore", "office", "--pepper", "office.pepper"}, with...)...)
	pl.must(0, append([]string{"rebuild", "office"}, secret...)...)
	_, errs = pl.must(2, "backup", "verify", "--identity", "identity", "--data", keys, "--keys", data)
	if !strings.Contains(errs, "mixed up") {
		t.Errorf("got %q", errs)
	}
	pl.must(1, append([]string{"backup", "verify", "--until", "2001-01-01"}, with...)...)
	pl.must(2, append([]string{"backup", "verify", "--until", "yesterday"}, with...)...)
}

// An office is moved to another store, and holds the same there.
func TestMigrate(t *testing.T) {
	pl := office(t)
	secret := []string{"--handle", "keeper", "--passphrase-file", "secret", "--pepper", "office.pepper"}
	before, _ := pl.must(0, append([]string{"verify", "office"}, secret...)...)
	out, _ := pl.must(0, "migrate", "--from", "sqlite:office", "--to", "sqlite:other")
	if !strings.Contains(out, "Both hold the same") {
		t.Errorf("got %q", out)
	}
	if after, _ := pl.must(0, append([]string{"verify", "other"}, secret...)...); after != before {
		t.Errorf("the moved office verifies as %q, want %q", after, before)
	}
	pl.must(0, append([]string{"rebuild", "other"}, secret...)...)
	pl.must(2, "migrate", "--from", "sqlite:office", "--to", "sqlite:other")
	pl.must(2, "migrate", "--from", "office", "--to", "sqlite:third")
	pl.must(2, "migrate", "--from", "sqlite:office", "--to", "elsewhere:third")
	if _, err := os.Stat(filepath.Join(pl.dir, "third")); err == nil {
		t.Error("something was made though it was refused")
	}
}
