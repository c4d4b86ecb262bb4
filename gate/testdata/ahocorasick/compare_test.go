// Package ahocorasick compares the gate with searching for the same forms with
// Aho–Corasick machines and with ripgrep. It is a module of its own, so that the
// product doesn't depend on what it compares itself with.
package ahocorasick

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	bobusumisu "github.com/BobuSumisu/aho-corasick"
	"github.com/cloudflare/ahocorasick"
	petar "github.com/petar-dambovaliev/aho-corasick"

	"habeas/gate"
	"habeas/internal/corpus"
	"habeas/internal/testkit"
	"habeas/name"
)

const copies = 4

// mostForms is how many forms cloudflare/ahocorasick is given: it holds 4 GB for 69,000
// and asks for 39 GB for 460,000.
const mostForms = 100_000

// A search looks through the text once.
type search struct {
	name        string
	once        func()
	built, held float64 // seconds and megabytes of its machine, if it is kept
}

// material returns the text, in small letters, the forms of everybody in it and of so
// many invented persons, each once, and an index of all of them.
func material(b *testing.B, invented int) (text string, forms []string, ix *gate.Index) {
	ix = gate.NewIndex(gate.Key{1})
	compiler := gate.NewCompiler(gate.Key{1})
	seen := map[string]bool{}
	add := func(id string, n name.Name) {
		if err := ix.Add(id, compiler.Compile(n), false); err != nil {
			b.Fatal(err)
		}
		for _, part := range n {
			for _, f := range name.Forms(part) {
				if f.Class != name.Initial && !seen[f.Text] {
					seen[f.Text] = true
					forms = append(forms, f.Text)
				}
			}
		}
	}
	var all strings.Builder
	for _, t := range testkit.News(b, "../../../../shared/data") {
		all.WriteString(t.Text)
		for _, p := range t.People {
			add(p.ID, p.Name)
		}
	}
	town := corpus.NewTown(max(invented, 1), 7)
	for i := range invented {
		add(strconv.Itoa(i), town.Person())
	}
	return strings.ToLower(strings.Repeat(all.String(), copies)), forms, ix
}

// BenchmarkBeside runs each way over the same text in turn, three rounds, and reports
// the best of each in megabytes a second, and how many times as fast the gate is. It also
// says who is named and with which verdict, and finds names in other scripts and with a
// letter wrong; the others find a form also inside of words. What building a machine
// takes is reported apart, but for ripgrep, which builds one for each run.
func BenchmarkBeside(b *testing.B) {
	b.Run("people of the text", func(b *testing.B) { beside(b, 0) })
	b.Run("and 3,000 invented", func(b *testing.B) { beside(b, 3000) })
}

func beside(b *testing.B, invented int) {
	text, forms, ix := material(b, invented)
	searches := append([]search{{name: "gate", once: func() { gate.Scan([]byte(text), ix) }}}, machines(text, forms)...)
	if _, err := exec.LookPath("rg"); err == nil {
		searches = append(searches, ripgrep(b, text, forms))
	}
	best := make([]time.Duration, len(searches))
	for b.Loop() {
		for range 3 {
			for i, s := range searches {
				start := time.Now()
				s.once()
				if took := time.Since(start); best[i] == 0 || took < best[i] {
					best[i] = took
				}
			}
		}
	}
	b.ReportMetric(float64(len(forms)), "forms")
	for i, s := range searches {
		b.ReportMetric(float64(len(text))/1e6/best[i].Seconds(), s.name+"-MB/s")
		if s.built > 0 {
			b.ReportMetric(s.built, s.name+"-build-s")
			b.ReportMetric(s.held, s.name+"-MB")
		}
		if i > 0 {
			b.ReportMetric(best[i].Seconds()/best[0].Seconds(), "gate:"+s.name)
		}
	}
}

// machines returns the searches of three libraries.
func machines(text string, forms []string) (out []search) {
	build := func(name string, make func() func()) {
		before, start := held(), time.Now()
		once := make()
		took := time.Since(start).Seconds()
		out = append(out, search{name, once, took, (held() - before) / 1e6})
	}
	build("petar", func() func() {
		builder := petar.NewAhoCorasickBuilder(petar.Opts{MatchKind: petar.LeftMostLongestMatch})
		machine := builder.Build(forms)
		return func() { machine.FindAll(text) }
	})
	if len(forms) < mostForms {
		build("cloudflare", func() func() {
			machine := ahocorasick.NewStringMatcher(forms)
			return func() { machine.Match([]byte(text)) }
		})
	}
	build("bobusumisu", func() func() {
		machine := bobusumisu.NewTrieBuilder().AddStrings(forms).Build()
		return func() { machine.MatchString(text) }
	})
	return out
}

func held() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func ripgrep(b *testing.B, text string, forms []string) search {
	dir := b.TempDir()
	for file, s := range map[string]string{"forms": strings.Join(forms, "\n"), "text": text} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(s), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return search{name: "rg", once: func() {
		_ = exec.Command("rg", "-c", "-F", "-w", "-f", filepath.Join(dir, "forms"), filepath.Join(dir, "text")).Run()
	}}
}
