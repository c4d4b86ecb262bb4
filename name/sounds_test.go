package name

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
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

// heldOut returns the pairs that nothing was learned from.
func heldOut(t *testing.T) [][2]string {
	var out [][2]string
	for _, p := range pairsIn(t, translitPairs) {
		if p.heldOut() {
			out = append(out, [2]string{p.latin, p.cyrillic})
		}
	}
	return out
}

// TestTranslitSame: the share of pairs that are taken for one name, and of random
// pairs.
func TestTranslitSame(t *testing.T) {
	pairs := heldOut(t)
	found, wrong, random := 0, 0, 2_000_000
	for _, p := range pairs {
		if SameName(p[0], p[1]) {
			found++
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range random {
		a, b := pairs[r.IntN(len(pairs))], pairs[r.IntN(len(pairs))]
		if a[0] != b[0] && a[1] != b[1] && SameName(a[0], b[1]) {
			wrong++
		}
	}
	recall, rate := float64(found)/float64(len(pairs)), float64(wrong)/float64(random)
	t.Logf("SameName: %.4f of %d pairs, %.2e of %d random pairs", recall, len(pairs), rate, random)
	if recall < .95 || rate > 1e-4 {
		t.Errorf("got %.4f at %.2e, want .95 at 1e-4", recall, rate)
	}
}

// TestTranslitKeys: the same for keys, in both directions, of all random pairs.
func TestTranslitKeys(t *testing.T) {
	pairs := heldOut(t)
	for vault, want := range []float64{.93, .925} {
		index := map[string][]int{}
		found, wrong := 0, 0
		for i, p := range pairs {
			have := Keys(p[vault])
			for _, k := range have {
				index[k] = append(index[k], i)
			}
			if slices.ContainsFunc(TextKeys(p[1-vault]), func(k string) bool { return slices.Contains(have, k) }) {
				found++
			}
		}
		for _, p := range pairs {
			seen := map[int]bool{}
			for _, k := range TextKeys(p[1-vault]) {
				for _, i := range index[k] {
					if !seen[i] && pairs[i][0] != p[0] && pairs[i][1] != p[1] {
						wrong++
					}
					seen[i] = true
				}
			}
		}
		n := float64(len(pairs))
		recall, rate := float64(found)/n, float64(wrong)/n/n
		t.Logf("keys, vault in %s: %.4f of pairs, %.2e of random pairs", []string{"Latin", "Cyrillic"}[vault], recall, rate)
		if recall < want || rate > 1.5e-4 {
			t.Errorf("got %.4f at %.2e, want %.2f at 1.5e-4", recall, rate, want)
		}
	}
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
