package gate

import (
	"strings"
	"testing"

	"habeas/internal/testkit"
)

// Suspects of Russian news.
func BenchmarkSuspects(b *testing.B) {
	var all strings.Builder
	for _, n := range testkit.News(b, "../../shared/data") {
		all.WriteString(n.Text)
	}
	text := all.String()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Suspects(text, nil)
	}
}

// codes of Russian news.
func BenchmarkIdentifiers(b *testing.B) {
	var all strings.Builder
	for _, n := range testkit.News(b, "../../shared/data") {
		all.WriteString(n.Text)
	}
	text := all.String()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Identifiers(text)
	}
}

func share(n, of int) float64 { return float64(n) / float64(of) }

// hitBy reports whether a hit on a person touches a mention.
func hitBy(hits []Hit, person string, mention [][2]int) bool {
	for _, h := range hits {
		for _, s := range mention {
			if h.Person == person && h.Start < s[1] && s[0] < h.End {
				return true
			}
		}
	}
	return false
}
