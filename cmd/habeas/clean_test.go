package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A reporter cleans what she was sent before it goes on: a text with a mark that
// nobody sees, a picture with somebody's name behind its end, and a file that
// nobody knows.
func TestCleanBeforePassingOn(t *testing.T) {
	pl := newPlace(t)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	dirty := b.String() + "Severyn Kashtanenko"
	pl.write("names", names, 0o600)
	pl.write("Kashtanenko.png", dirty, 0o600)
	pl.write("note.txt", "He is in the cellar.\u200b\u200c\n", 0o600)
	pl.write("named.txt", "It was Severyn Kashtanenko.\n", 0o600)
	pl.write("unknown.bin", "\x00\x01\x02", 0o600)

	out, _ := pl.must(1, "clean", "Kashtanenko.png", "note.txt", "unknown.bin", "--out", "clean", "--report", "left-out.txt")
	for _, want := range []string{"left out: bytes after the end", "left out: characters that nobody sees", "refused: a format that is not known"} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q: %s", want, out)
		}
	}
	entries, err := os.ReadDir(filepath.Join(pl.dir, "clean"))
	if err != nil || len(entries) != 2 || entries[0].Name() != "0001.png" || entries[1].Name() != "0002.txt" {
		t.Errorf("%v %v", entries, err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(pl.dir, "clean", e.Name()))
		if err != nil || bytes.Contains(b, []byte("Kashtanenko")) || bytes.Contains(b, []byte("\u200b")) {
			t.Errorf("%s: %q %v", e.Name(), b, err)
		}
	}
	if b, err := os.ReadFile(filepath.Join(pl.dir, "Kashtanenko.png")); err != nil || string(b) != dirty {
		t.Error("the original was changed")
	}
	pl.must(2, "clean", "note.txt", "--out", "clean2", "--report", "left-out.txt") // never over another file
	pl.must(0, "clean", "note.txt", "--out", "clean3", "--names", "names")
	if _, errs := pl.must(1, "clean", "named.txt", "--out", "clean4", "--names", "names"); strings.Contains(errs, "Kashtanenko") {
		t.Errorf("the name is told again: %s", errs)
	}
}
