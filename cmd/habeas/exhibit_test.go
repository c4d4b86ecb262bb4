package main

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"habeas/internal/testkit"
)

// TestExhibitAdd adds files to a statement from the command line: their hashes are
// said, and no name of one is in the office in clear.
func TestExhibitAdd(t *testing.T) {
	pl := office(t)
	pl.write("one.txt", "It was in the evening.", 0o600)
	pl.write("Severyn Kashtanenko.bin", "bytes of Severyn Kashtanenko", 0o600)
	out, _ := pl.must(0, "import", "one.txt", "office", "--handle", "keeper", "--new-case", "A search", "--new-source", "person/mother", "--passphrase-file", "secret")
	ids := regexp.MustCompile(`(?s)case (\w{32}).*(t:\w+) one.txt`).FindStringSubmatch(out)
	if ids == nil {
		t.Fatalf("got %q", out)
	}
	add := func(more ...string) []string {
		return append([]string{"exhibit", "add", "office", "--handle", "keeper", "--passphrase-file", "secret", "--case", ids[1], "--statement", ids[2]}, more...)
	}
	out, _ = pl.must(0, add("--collector", "Severyn Kashtanenko", "Severyn Kashtanenko.bin", "one.txt")...)
	sum := sha256.Sum256([]byte("bytes of Severyn Kashtanenko"))
	if !regexp.MustCompile(`^` + hex.EncodeToString(sum[:]) + `  x:\w{16}  Severyn Kashtanenko.bin\n\w{64}  x:\w{16}  one.txt\n$`).MatchString(out) {
		t.Errorf("got %q", out)
	}
	testkit.Sweep(t, []string{"Severyn Kashtanenko"}, []string{filepath.Join(pl.dir, "office")}, nil, nil)
	pl.must(0, "verify", "office", "--handle", "keeper", "--passphrase-file", "secret")
	for _, tc := range []struct {
		args []string
		want string
	}{
		{add("."), "is not a file"},
		{add("none.bin"), "none.bin"},
		{add("--statement=t:x", "one.txt"), "reference is damaged"},
		{add("--case=ffffffffffffffffffffffffffffffff", "one.txt"), "no such case"},
	} {
		if _, errs := pl.must(2, tc.args...); !strings.Contains(errs, tc.want) {
			t.Errorf("got %s, want %q", errs, tc.want)
		}
	}
}
