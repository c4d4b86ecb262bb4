package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
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
		{add("/dev/null"), "is not a file"},
		{add("none.bin"), "none.bin"},
		{add("--statement=t:x", "one.txt"), "reference is damaged"},
		{add("--case=ffffffffffffffffffffffffffffffff", "one.txt"), "no such case"},
	} {
		if _, errs := pl.must(2, tc.args...); !strings.Contains(errs, tc.want) {
			t.Errorf("got %s, want %q", errs, tc.want)
		}
	}
}

// TestExhibitAddFolder adds a telephone's folder, is run again, and says what it left
// out and why. The names are invented.
func TestExhibitAddFolder(t *testing.T) {
	pl := office(t)
	pl.write("one.txt", "It was in the evening.", 0o600)
	out, _ := pl.must(0, "import", "one.txt", "office", "--handle", "keeper", "--new-case", "A search", "--new-source", "person/mother", "--passphrase-file", "secret")
	ids := regexp.MustCompile(`(?s)case (\w{32}).*(t:\w+) one.txt`).FindStringSubmatch(out)
	if ids == nil {
		t.Fatalf("got %q", out)
	}
	for _, dir := range []string{"phone/DCIM/Camera", "phone/.thumbnails", "phone/.Private"} {
		if err := os.MkdirAll(filepath.Join(pl.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	pl.write("phone/DCIM/Camera/Orysia Vyshnyvetska.jpg", "the first", 0o600)
	pl.write("phone/DCIM/Camera/b.jpg", "the second", 0o600)
	pl.write("phone/DCIM/Camera/c.jpg", "the second", 0o600) // the same bytes
	pl.write("phone/DCIM/Thumbs.db", "x", 0o600)
	pl.write("phone/.thumbnails/t", "x", 0o600)
	pl.write("phone/.Private/p.jpg", "the third", 0o600)
	pl.write("outside", "not in the folder", 0o600)
	if err := os.Symlink(filepath.Join(pl.dir, "outside"), filepath.Join(pl.dir, "phone/DCIM/link.jpg")); err != nil {
		t.Fatal(err)
	}
	add := func(more ...string) (string, string) {
		return pl.must(0, append([]string{"exhibit", "add", "office", "--handle", "keeper", "--passphrase-file", "secret", "--case", ids[1], "--statement", ids[2], "--phone"}, more...)...)
	}
	dry, _ := add("--dry-run", "phone")
	if got := strings.Count(dry, "\n"); got != 3 || !strings.Contains(dry, "Orysia Vyshnyvetska.jpg") {
		t.Errorf("a dry run says %q", dry)
	}
	out, errs := add("phone")
	if strings.Count(out, "\n") != 2 || strings.Index(out, "Orysia") > strings.Index(out, "b.jpg") {
		t.Errorf("got %q, want two files in order", out)
	}
	for _, want := range []string{"c.jpg: the statement has it, as x:", "Thumbs.db: the operating system made it", ".thumbnails: the operating system made it", ".Private: it is hidden", "link.jpg: it is a link"} {
		if !strings.Contains(errs, want) {
			t.Errorf("got %q, want %q", errs, want)
		}
	}
	if again, errs := add("phone"); again != "" || strings.Count(errs, "the statement has it") != 3 {
		t.Errorf("a second run adds %q, and says %q", again, errs)
	}
	if more, _ := add("--hidden", "phone"); strings.Count(more, "\n") != 1 || !strings.Contains(more, "p.jpg") {
		t.Errorf("--hidden adds %q", more)
	}
	testkit.Sweep(t, []string{"Orysia Vyshnyvetska"}, []string{filepath.Join(pl.dir, "office")}, nil, nil)
}

// TestAttackNamesOnTheTerminal: what files of a telephone are called can't tell the
// terminal anything.
func TestAttackNamesOnTheTerminal(t *testing.T) {
	pl := office(t)
	pl.write("one.txt", "It was in the evening.", 0o600)
	out, _ := pl.must(0, "import", "one.txt", "office", "--handle", "keeper", "--new-case", "A search", "--new-source", "person/mother", "--passphrase-file", "secret")
	ids := regexp.MustCompile(`(?s)case (\w{32}).*(t:\w+) one.txt`).FindStringSubmatch(out)
	if err := os.Mkdir(filepath.Join(pl.dir, "phone"), 0o700); err != nil || ids == nil {
		t.Fatal(err, out)
	}
	pl.write("phone/a\x1b]0;x\x07.jpg", "the first", 0o600)
	pl.write("phone/.b\u202egpj", "the second", 0o600)
	out, errs := pl.must(0, "exhibit", "add", "office", "--handle", "keeper", "--passphrase-file", "secret", "--case", ids[1], "--statement", ids[2], "phone")
	if strings.ContainsAny(out+errs, "\x1b\x07\u202e") || !strings.Contains(out, ".jpg") || !strings.Contains(errs, "gpj") {
		t.Errorf("got %q and %q", out, errs)
	}
}
