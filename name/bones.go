package name

import "strings"

// The bones of a name are its consonants, as Arabic script writes it: what Latin
// and Arabic spellings have in common, for vowels are written in one and guessed
// in the other, and languages differ in which consonants they tell apart (b and p,
// f and v, j and g, q and k, dh and z).

// arabicBones holds the bone of each Arabic letter, canonical; one that has none
// is a vowel or not heard by those who write Latin.
var arabicBones = bonesTable("ب=b پ=b ت=t ط=t ث=t ج=g غ=g گ=g چ=S ح=h ه=h خ=x د=d ض=d ذ=z ز=z ظ=z ژ=g ر=r س=s ص=s ش=S ف=f ڤ=f ق=k ك=k ل=l م=m ن=n")

func bonesTable(list string) map[rune]byte {
	m := map[rune]byte{}
	for p := range strings.FieldsSeq(list) {
		from, to, _ := strings.Cut(p, "=")
		m[[]rune(from)[0]] = to[0]
	}
	return m
}

// latinBones writes Latin consonants in those of arabicBones, as English and French
// spell them.
var latinBones = strings.NewReplacer("tch", "S", "sch", "S", "kh", "x", "gh", "g", "sh", "S", "ch", "S", "dj", "g", "dh", "z", "th", "t", "ph", "f", "ck", "k",
	"ce", "s", "ci", "s", "cy", "s", "x", "ks", "b", "b", "p", "b", "v", "f", "f", "f", "j", "g", "g", "g", "q", "k", "k", "k", "c", "k",
	"d", "d", "h", "h", "l", "l", "m", "m", "n", "n", "r", "r", "s", "s", "t", "t", "z", "z",
	"a", "", "e", "", "i", "", "o", "", "u", "", "w", "", "y", "")

// bonesOf returns the bones of a word, doubles once, an h at the end and the
// article left out, and whether it has a script that they are known of.
func bonesOf(w string) (string, bool) {
	var b []byte
	switch {
	case isLatin(w):
		if s, ok := strings.CutPrefix(w, "al"); ok && len(s) > minStem {
			w = s
		} else if s, ok := strings.CutPrefix(w, "el"); ok && len(s) > minStem {
			w = s
		}
		b = []byte(latinBones.Replace(w))
	case isArabic(w):
		if s, ok := strings.CutPrefix(strings.TrimPrefix(w, "و"), "ال"); ok && len(s) > 2*2 {
			w = s
		}
		for _, c := range w {
			if bone, ok := arabicBones[c]; ok {
				b = append(b, bone)
			}
		}
	default:
		return "", false
	}
	out := b[:0]
	for _, c := range b {
		if len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	return strings.TrimSuffix(strings.ReplaceAll(string(out), "tS", "S"), "h"), true // تش is ch
}

const (
	sameBones = 3 // bones of the shortest word that they alone tell from others
	keyBones  = 4 // and in a text, where every word is compared
)

// bonesKey returns the key that Latin and Arabic words have in common, for a word of
// a vault or of a text, if it has one.
func bonesKey(w string, text bool) []string {
	bones, ok := bonesOf(w)
	if !ok || len(bones) < keyBones {
		return nil
	}
	if isLatin(w) == text {
		return []string{bones + string(textOfArabic)}
	}
	return []string{bones + string(textArabic)}
}
