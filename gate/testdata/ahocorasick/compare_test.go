// Package ahocorasick compares the gate with searching for the same forms with an
// Aho–Corasick machine and with ripgrep. It is a module of its own, so that the
// product doesn't depend on what it compares itself with.
package ahocorasick

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	aho "github.com/petar-dambovaliev/aho-corasick"

	"habeas/gate"
	"habeas/internal/testkit"
	"habeas/name"
)

const copies = 4

// material returns the text, in small letters, its forms, and an index of them.
func material(b *testing.B) (text string, forms []string, ix *gate.Index) {
	ix = gate.NewIndex(gate.Key{1})
	var all strings.Builder
	seen := map[string]bool{}
	for _, t := range testkit.News(b, "../../../../shared/data") {
		all.WriteString(t.Text)
		for _, p := range t.People {
			if err := ix.Add(p.ID, gate.Compile(gate.Key{1}, p.Name), false); err != nil {
				b.Fatal(err)
			}
			for _, part := range p.Name {
				for _, f := range name.Forms(part) {
					if f.Class != name.Initial && !seen[f.Text] {
						seen[f.Text] = true
						forms = append(forms, f.Text)
					}
				}
			}
		}
	}
	return strings.ToLower(strings.Repeat(all.String(), copies)), forms, ix
}

func BenchmarkGate(b *testing.B) {
	text, forms, ix := material(b)
	b.SetBytes(int64(len(text)))
	b.ReportMetric(float64(len(forms)), "forms")
	for b.Loop() {
		gate.Scan([]byte(text), ix)
	}
}

func BenchmarkAhoCorasick(b *testing.B) {
	text, forms, _ := material(b)
	builder := aho.NewAhoCorasickBuilder(aho.Opts{MatchKind: aho.LeftMostLongestMatch})
	machine := builder.Build(forms)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		machine.FindAll(text)
	}
}

func BenchmarkRipgrep(b *testing.B) {
	if _, err := exec.LookPath("rg"); err != nil {
		b.Skip("no ripgrep")
	}
	text, forms, _ := material(b)
	dir := b.TempDir()
	for file, s := range map[string]string{"forms": strings.Join(forms, "\n"), "text": text} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(s), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		_ = exec.Command("rg", "-c", "-F", "-w", "-f", filepath.Join(dir, "forms"), filepath.Join(dir, "text")).Run()
	}
}
