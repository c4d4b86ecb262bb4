package name

import (
	"strings"
	"testing"
)

// TestTranslitArabic: the share of pairs of a Latin and an Arabic spelling that have
// the same bones, three or more, and of random pairs.
func TestTranslitArabic(t *testing.T) {
	pairs := pairsIn(t, "../../shared/data/names/translit/wd_arabic_16.gz")
	arabic, keyed := map[string]int{}, map[string]int{}
	key := func(w string, text bool) string { return strings.Join(bonesKey(w, text), "") }
	var same, random, keys, wrong int
	for _, p := range pairs {
		a, _ := bonesOf(p.cyrillic)
		arabic[a]++
		keyed[key(p.cyrillic, true)]++
		same += map[bool]int{true: 1}[SameName(p.cyrillic, p.latin)]
	}
	for _, p := range pairs {
		if b, ok := bonesOf(p.latin); ok && len(b) >= sameBones {
			random += arabic[b]
		}
		if k := key(p.latin, false); k != "" {
			wrong += keyed[k]
			if k == key(p.cyrillic, true) {
				keys++
			}
		}
	}
	n := float64(len(pairs))
	t.Logf("SameName: %.4f of pairs, %.2e of random pairs", float64(same)/n, float64(random-same)/n/n)
	t.Logf("keys: %.4f of pairs, %.2e of random pairs", float64(keys)/n, float64(wrong-keys)/n/n)
	if float64(same)/n < .55 || float64(random-same)/n/n > 2e-4 {
		t.Error("want .55 of pairs, and 2e-4 of random pairs at most")
	}
}

func TestBones(t *testing.T) {
	for _, tc := range []struct{ latin, arabic string }{
		{"rachid", "رشيد"}, {"boutros", "بطرس"}, {"gamal", "جمال"}, {"qasim", "قاسم"}, {"khadija", "خديجه"}, {"alzarkoushi", "الزركوشي"}, {"fadhil", "فاظل"},
	} {
		a, _ := bonesOf(tc.latin)
		b, _ := bonesOf(tc.arabic)
		if a != b || strings.Trim(a, "bdfgShklmnrstxz") != "" {
			t.Errorf("%s and %s: got %q and %q", tc.latin, tc.arabic, a, b)
		}
	}
}
