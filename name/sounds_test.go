package name

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"testing"
)

const translitPairs = "../../shared/data/names/translit/wd_russian_16.gz"

// A translit is a name in Latin and in Cyrillic, canonical, and how often it was
// seen. Some are no pair.
type translit struct {
	latin, cyrillic string
	seen            float64
}

// heldOut reports whether p, of translitPairs, was not learned from: every other.
func (p translit) heldOut() bool {
	h := fnv.New32()
	h.Write([]byte(p.latin))
	return h.Sum32()%2 == 0
}

func pairsIn(t *testing.T, file string) []translit {
	f, err := os.Open(file)
	if err != nil {
		t.Skip("no pairs of names at " + file)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	whole := func(s string) string { return strings.ReplaceAll(Canon(s), " ", "") }
	var out []translit
	for lines := bufio.NewScanner(z); lines.Scan(); {
		c := strings.Split(lines.Text(), "\t")
		p := translit{latin: whole(c[0]), cyrillic: whole(strings.ReplaceAll(c[1], " ", "")), seen: 1}
		fmt.Sscan(c[2], &p.seen)
		out = append(out, p)
	}
	return out
}

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
			if len(have) > maxOwn+maxVaultOther+1 || len(text) > maxOwn+maxTextOther+1 {
				t.Errorf("%q: %d and %d keys", w, len(have), len(text))
			}
			for _, k := range append(have, text...) {
				if len(k) < 2 {
					t.Errorf("%q: key %q", w, k)
				}
			}
			if len(have) > 0 && len(text) > 0 && !isArabic(w) && !isLatin(w) && have[0] != text[0] {
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
