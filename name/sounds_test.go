package name

import (
	"slices"
	"strings"
	"testing"
)

// A name is found in every case, in the other script.
func TestKeysOfCases(t *testing.T) {
	for _, tc := range []struct{ vault, text string }{
		{"thatcher", "тэтчер тэтчера тэтчеру тэтчером"},
		{"johnson", "джонсон джонсоном джонсонов джонсонами"},
		{"hughes", "хьюз хьюза хьюзом"},
		{"obama", "обама обамы обаме обамой"},
		{"vorobeychikov", "воробейчиков воробейчикова воробейчиковым воробейчиковой"},
		{"ходырев", "khodyrev khodyreva hodyrev"},
		{"воробейчиков", "vorobeychikov worobeitschikow vorobeichikova"},
	} {
		have := Keys(tc.vault)
		for w := range strings.FieldsSeq(tc.text) {
			if !slices.ContainsFunc(TextKeys(w), func(k string) bool { return slices.Contains(have, k) }) {
				t.Errorf("%s: no key of %s %v is in %v", tc.vault, w, TextKeys(w), have)
			}
		}
	}
}

func TestSameName(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"george", "джордж", true}, {"хьюз", "hughes", true}, {"chruschtschow", "хрущев", true}, {"chruszczow", "хрущев", true},
		{"khrouchtchev", "хрущев", true}, {"vorobeychikov", "воробейчиков", true}, {"vorobeychikov", "кудеяров", false},
		{"george", "джон", false}, {"", "джон", false}, {"воробейчиков", "воробейчикова", true},
	} {
		if got := SameName(tc.a, tc.b); got != tc.want {
			t.Errorf("%s and %s: got %v, want %v", tc.a, tc.b, got, tc.want)
		}
	}
}

func FuzzKeys(f *testing.F) {
	for _, s := range []string{"thatcher", "тэтчером", "", "ы", "ааааа", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "\xff", "أحمد"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for w := range strings.FieldsSeq(Canon(s)) {
			have, text := Keys(w), TextKeys(w)
			if len(have) > maxVaultKeys || len(text) > maxTextKeys {
				t.Errorf("%q: %d and %d keys", w, len(have), len(text))
			}
			for _, k := range append(have, text...) {
				if len(k) < 2 {
					t.Errorf("%q: key %q", w, k)
				}
			}
			if len(have) > 0 && len(text) > 0 && have[0] != text[0] {
				t.Errorf("%q: first keys %q and %q", w, have[0], text[0])
			}
			if !SameName(w, w) {
				t.Errorf("%q is not itself", w)
			}
		}
	})
}

func BenchmarkTextKeys(b *testing.B) {
	for b.Loop() {
		TextKeys("worobeitschikow")
		TextKeys("воробейчиковым")
	}
}
