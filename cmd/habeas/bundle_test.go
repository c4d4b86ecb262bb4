package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// An installation for the field is made, and bundles go both ways, with commands alone.
func TestFieldAndBundle(t *testing.T) {
	pl := newPlace(t)
	pl.start("demo", "--dir", "office", "--listen", "127.0.0.1:0").stop()
	for _, m := range demo.Members()[:2] {
		pl.write(m.Handle, m.Passphrase, 0o600)
	}
	said, _ := pl.must(0, "field", "make", "office", "laptop", "--handle", "vera", "--passphrase-file", "vera", "--member", "omar:omar", "--circle", demo.Circle)
	id := regexp.MustCompile(`[0-9a-f]{32}`).FindString(said)
	if listed, _ := pl.must(0, "field", "list", "office"); id == "" || strings.TrimSpace(listed) != id {
		t.Fatalf("got %q, want %q", listed, id)
	}
	pl.must(0, "verify", "laptop", "--handle", "omar", "--passphrase-file", "omar")
	pl.must(0, "rebuild", "laptop", "--handle", "omar", "--passphrase-file", "omar")
	if _, errs := pl.must(2, "rebuild", "laptop", "--handle", "vera", "--passphrase-file", "vera"); !strings.Contains(errs, "passphrase") {
		t.Errorf("got %s, want that vera is not known there", errs)
	}
	pl.start("serve", "laptop", "--listen", "127.0.0.1:0").stop()
	pl.must(0, "bundle", "make", "office", "--for", id, "--out", "there.bundle")
	pl.must(0, "bundle", "apply", "laptop", "there.bundle")
	pl.must(0, "bundle", "make", "laptop", "--out", "back.bundle")
	pl.must(0, "bundle", "apply", "office", "back.bundle")
	again, _ := pl.must(0, "bundle", "apply", "office", "back.bundle")
	if !strings.Contains(again, "entries   0 new") {
		t.Errorf("got %s, want nothing new", again)
	}
	if _, errs := pl.must(1, "bundle", "apply", "office", "there.bundle"); !strings.Contains(errs, "no bundle for this installation") {
		t.Errorf("got %s, want that it is for another", errs)
	}
	pl.must(2, "bundle", "make", "office", "--out", "there.bundle")
	pl.must(0, "field", "end", "office", id, "--handle", "vera", "--passphrase-file", "vera")
	if _, errs := pl.must(1, "bundle", "apply", "office", "back.bundle"); !strings.Contains(errs, "not known here") {
		t.Errorf("got %s, want that it is not known", errs)
	}
	pl.must(0, "verify", "office")
	for _, m := range demo.Members()[:2] {
		if err := os.Remove(filepath.Join(pl.dir, m.Handle)); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Sweep(t, demo.Canaries(), []string{pl.dir}, map[string][]byte{"output": []byte(said + again)}, nil)
}
