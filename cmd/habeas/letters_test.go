package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Somebody checks the templates of their office before the server has them.
func TestLetters(t *testing.T) {
	pl := newPlace(t)
	dir := filepath.Join(pl.dir, "templates")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := "title: Ours\nlang: en\nlaw: OWN-GENERAL\nto: any\n\n> {{addressee}}\n\n{{facts}}\n\n| {{sender}}\n"
	put("ours.txt", good)
	out, _ := pl.must(0, "letters", "check", dir)
	if !strings.Contains(out, "ours.txt: good. Ours (en, OWN-GENERAL, any)") {
		t.Errorf("got %q", out)
	}
	put("asks.txt", good+"\n{{whereabouts}}\n")
	put("cut.txt", "title: x\n")
	out, said := pl.must(1, "letters", "check", dir)
	if !strings.Contains(out, "asks.txt:12: There is no such field: whereabouts") || !strings.Contains(out, "cut.txt:1: The header lacks: lang") || strings.Contains(out, "good") || !strings.Contains(said, "templates: 2") {
		t.Errorf("got %q, %q", out, said)
	}
	if _, said = pl.must(2, "letters", "check", filepath.Join(dir, "none")); !strings.Contains(said, "no folder") {
		t.Errorf("got %q", said)
	}
	for _, want := range []string{"ru-appeal", "RU-59FZ", "sender.address", "any", "steps"} {
		if out, _ := pl.must(0, "letters", "list"); !strings.Contains(out, want) {
			t.Errorf("no %q in %q", want, out)
		}
	}
}
