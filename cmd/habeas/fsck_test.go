package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is damaged is named, with its place, and nothing that anybody wrote.
func TestFsck(t *testing.T) {
	pl := office(t)
	pl.write("one.txt", "he was taken in the evening.", 0o600)
	pl.must(0, "import", "one.txt", "office", "--new-case", "A search", "--new-source", "person/mother", "--handle", "keeper", "--passphrase-file", "secret")
	out, _ := pl.must(0, "fsck", "office")
	if !strings.Contains(out, "Everything is as it was written") {
		t.Errorf("got %q of an office that is whole", out)
	}
	path := filepath.Join(pl.dir, "office", "truth.db")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(string(b), "habeas.invalid")
	if at < 0 {
		at = len(b) / 2
	}
	b[at] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs := pl.must(1, "fsck", "office")
	if !strings.Contains(out, "truth.db: a page does not have its checksum") || !strings.Contains(errs, "keep the disk as it is") {
		t.Errorf("got %q, %q of an office with a flipped byte", out, errs)
	}
	for _, word := range []string{"evening", "A search", "mother"} {
		if strings.Contains(out+errs, word) {
			t.Errorf("%q is said", word)
		}
	}
	if _, errs := pl.must(2, "fsck", "office", "--accept-loss"); !strings.Contains(errs, "nothing to accept") {
		t.Errorf("got %q where nothing was lost", errs)
	}
}
