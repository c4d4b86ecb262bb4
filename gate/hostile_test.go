package gate

import (
	"fmt"
	"strings"
	"testing"
)

// hostile are texts that are long in one way: what is looked up for them must not
// grow faster than they do.
func hostile(size int) map[string]string {
	out := map[string]string{}
	for _, s := range []string{"a", "я", "aA", "a1", "0о", "1 ", "а-", "Я ", "К.", "@", "a@", "://", "data:", "data:image/png,", "(", "[](", "<p>", "<a ", "&", "%41", "\\u0041", "\n", "\u200b", "⟦", "Кузьма "} {
		out[s] = strings.Repeat(s, size/len(s))
	}
	return out
}

// What is hashed grows with a hostile text, not with its square.
func TestHostileLookups(t *testing.T) {
	hashed := func(s string) int {
		sc := newScanner(hodyrev(t), nil)
		sc.file(&file{}, view{text: s}, false)
		return sc.hash.count
	}
	small, large := hostile(4_000), hostile(16_000)
	for what := range small {
		if few, many := hashed(small[what]), hashed(large[what]); many > 5*few+4_000 {
			t.Errorf("%q: hashed %d bytes of a text, and %d of one four times as long", what, few, many)
		}
	}
}

// Each hostile text at two lengths: the time for the longer is to be some four
// times that for the shorter.
func BenchmarkHostile(b *testing.B) {
	ix := hodyrev(b)
	for _, size := range []int{16_000, 64_000} {
		for what, s := range hostile(size) {
			b.Run(fmt.Sprintf("%q/%d", what, size), func(b *testing.B) {
				for b.Loop() {
					Scan([]byte(s), ix)
					Suspects(s, nil)
				}
			})
		}
	}
}
