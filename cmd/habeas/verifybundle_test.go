package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"habeas/custody/custodytest"
)

// TestVerifyBundle: the same word checks an office and what one handed over, and
// tells them apart.
func TestVerifyBundle(t *testing.T) {
	pl := office(t)
	p := custodytest.NewParcel(t)
	p.Lay(t, filepath.Join(pl.dir, "given"))
	p.Zip(t, filepath.Join(pl.dir, "given.zip"))
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	pl.write("mine.key", id.String()+"\n", 0o600)
	plain, err := os.ReadFile(filepath.Join(pl.dir, "given.zip"))
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, id.Recipient())
	if err == nil {
		_, err = io.Copy(w, bytes.NewReader(plain))
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	pl.write("given.zip.age", sealed.String(), 0o600)
	before, err := os.ReadDir(pl.dir)
	if err != nil {
		t.Fatal(err)
	}
	as := []string{"--root", p.Trust.Root.String(), "--witness", p.Witness}
	for _, args := range [][]string{{"given"}, {"given.zip"}, {"given.zip.age", "--identity", "mine.key"}} {
		out, _ := pl.must(0, append(append([]string{"verify"}, args...), as...)...)
		if !strings.HasPrefix(out, "VERIFIED\n") {
			t.Errorf("%q: got %s", args, out)
		}
	}
	if after, err := os.ReadDir(pl.dir); err != nil || len(after) != len(before) { // nothing decrypted was left
		t.Errorf("got %v, %v", after, err)
	}
	if out, _ := pl.must(0, "verify", "given", "--json"); !strings.Contains(out, `"verdict": "INTEGRITY ONLY"`) {
		t.Errorf("got %s", out)
	}
	pl.write("given/data/E0001.jpg", "other pixels", 0o600)
	if out, errs := pl.must(1, "verify", "given"); !strings.HasPrefix(out, "BROKEN\n") || !strings.Contains(out, "FAILED    the files are those that were packed: data/E0001.jpg") || !strings.Contains(errs, "the bundle is broken") {
		t.Errorf("got %s%s", out, errs)
	}
	for _, tc := range []struct{ args, want string }{
		{"given.zip.age", "this is no bundle"},
		{"given.zip --identity secret", "not a file of age keys"},
		{"given.zip --identity mine.key", "not encrypted with age to that key"},
		{"given --handle keeper", "nobody logs in"},
		{"given --root x", "not a fingerprint"},
		{"office --json", "this is none"},
		{"office --root x", "not a fingerprint"},
	} {
		if _, errs := pl.must(2, append([]string{"verify"}, strings.Fields(tc.args)...)...); !strings.Contains(errs, tc.want) {
			t.Errorf("%s: got %s, want %q", tc.args, errs, tc.want)
		}
	}
	pl.must(0, "verify", "office")
}
