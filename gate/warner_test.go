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
