package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An import with the wrong files is undone as one act, and what it left is looked
// for in every byte.
func TestImportUndone(t *testing.T) {
	pl := office(t)
	pl.write("one.txt", "he was taken in the evening.", 0o600)
	pl.write("two.txt", "he was seen in a basement.", 0o600)
	pl.write("three.txt", "a letter that stays.", 0o600)
	secret := []string{"--handle", "keeper", "--passphrase-file", "secret"}
	kept, _ := pl.must(0, append([]string{"import", "three.txt", "office", "--new-case", "A search", "--new-source", "person/mother"}, secret...)...)
	ids := regexp.MustCompile(`case (\w{32}), source (s:\w+), batch (\w{32})`).FindStringSubmatch(kept)
	out, _ := pl.must(0, append([]string{"import", "one.txt", "two.txt", "office", "--case", ids[1], "--source", ids[2]}, secret...)...)
	batch := regexp.MustCompile(`batch (\w{32})`).FindStringSubmatch(out)[1]
	if batch == ids[3] {
		t.Fatal("two imports share a number")
	}
	clean, _ := pl.must(0, "erase", "--prove", "office")
	if strings.Contains(clean, "entry ") {
		t.Errorf("got %q before anything was erased", clean)
	}
	undo := append([]string{"erase", "office", "--case", ids[1], "--batch", batch}, secret...)
	done, _ := pl.must(0, undo...)
	if !strings.Contains(done, "2 statements and 0 claims are erased") {
		t.Errorf("got %q", done)
	}
	if _, errs := pl.must(2, undo...); !strings.Contains(errs, "brought in together") {
		t.Errorf("undone twice: got %q", errs)
	}
	proof, _ := pl.must(0, "erase", "--prove", "office")
	if !strings.Contains(proof, "mistaken  4 keys, 4 entries emptied  done; fully erased by") {
		t.Errorf("got proof %q", proof)
	}
	pl.must(0, "verify", "office", "--handle", "keeper", "--passphrase-file", "secret")
	again, _ := pl.must(0, append([]string{"erase", "office", "--case", ids[1], "--batch", ids[3]}, secret...)...)
	if !strings.Contains(again, "1 statements") {
		t.Errorf("the other import: got %q", again)
	}
	// What somebody copied into the directory is found.
	b, err := os.ReadFile(filepath.Join(pl.dir, "office.erased"))
	if err != nil || len(b) == 0 {
		t.Fatalf("no list beside the pepper: %v", err)
	}
	if err := os.Remove(filepath.Join(pl.dir, "office.erased")); err != nil {
		t.Fatal(err)
	}
	out, _ = pl.must(1, "erase", "--prove", "office")
	if !strings.Contains(out, "6 erased keys are not on the list") {
		t.Errorf("without the list: got %q", out)
	}
	pl.must(2, "erase", "office")
	pl.must(2, "erase", "office", "--batch", batch)
}
