package gate

import (
	"fmt"
	"strings"
	"testing"

	"habeas/internal/corpus"
	"habeas/internal/testkit"
	"habeas/name"
)

// newsIndex returns an index of n persons: those of factRuEval, then invented
// ones.
func newsIndex(b *testing.B, texts []corpus.Text, n int) *Index {
	ix := NewIndex(testKey)
	add := func(id string, who name.Name) {
		if ix.Len() < n {
			if err := ix.Add(id, Compile(testKey, who), false); err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, t := range texts {
		for _, p := range t.People {
			add(p.ID, p.Name)
		}
	}
	for i := 0; ix.Len() < n; i++ {
		add(fmt.Sprint(i), full("Кузьма", "", "Ход"+string([]rune("абвгдежзиклмн")[i%13])+string([]rune("лмнпрст")[i%7])+"ыр"+string([]rune("абвгдежзик")[i/91%10])+"енко"))
	}
	return ix
}

// Scan of Russian news against 643 persons.
func BenchmarkScan(b *testing.B) {
	texts := testkit.News(b, "../../shared/data")
	ix := newsIndex(b, texts, 643)
	var all strings.Builder
	for _, t := range texts {
		all.WriteString(t.Text)
	}
	text := []byte(all.String())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	b.ReportMetric(float64(ix.forms.len()), "forms")
	for b.Loop() {
		Scan(text, ix)
	}
}

// Scan of a dossier of the usual size, which nobody is named in.
func BenchmarkScanDossier(b *testing.B) {
	ix := NewIndex(testKey)
	if err := ix.Add("x", Compile(testKey, full("Кузьма", "", "Ходырев")), false); err != nil {
		b.Fatal(err)
	}
	text := []byte(strings.Repeat("Его держали в подвале пять месяцев; мать писала всем, и никто ей не ответил. ", 200))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Scan(text, ix)
	}
}

func BenchmarkCompile(b *testing.B) {
	who := full("Александр", "Сергеевич", "Ходырев")
	b.ReportMetric(float64(len(Compile(testKey, who))), "bytes")
	for b.Loop() {
		Compile(testKey, who)
	}
}
