package name

import (
	"slices"
	"strings"
)

// How many keys a word has at most: for words of the same script, and for those of
// the other.
const (
	maxOwn        = 4
	maxVaultOther = 24
	maxTextOther  = 12
)

// A key for the other script ends in a digit that says in which a word of the text
// must be. In one script fewer guesses are worth while: there the letters tell more.
const (
	textCyrillic = '1'
	textLatin    = '2'
	textArabic   = '3'
	textOfArabic = '4' // Latin, of a name in Arabic
)

// minStem is how many sounds a key keeps when the ending is taken off; with fewer
// it would fit too many names.
const minStem = 4

// Keys returns at most 29 keys of a word of a name in the nominative, in canonical
// spelling, Latin, Cyrillic or Arabic: what is left of how it may sound when the
// ending is off and sounds that languages confuse are one, and in Latin and Arabic
// the consonants, if there are four. A word of a text is likely the same name in some
// case or script if it has one of them among its [TextKeys]; of random pairs of names
// in two scripts up to 1.5 in ten thousand have. Keys are ASCII letters and digits and
// an implementation's own: they are to be hashed and compared, not read. A word of
// another script, and one of a single letter, has none.
func Keys(word string) []string {
	own, other := keySet{most: maxOwn}, keySet{most: maxVaultOther, text: textCyrillic}
	if isLatin(word) {
		guesses := likeliest(word, maxKept)
		for _, k := range []*keySet{&own, &other} {
			k.put(guesses[:min(len(guesses), 1)]...)
			k.put(slavicSounds(word)...)
			k.put(guesses...)
		}
		return slices.Concat(own.keys, other.keys, bonesKey(word, false))
	}
	sounds, ok := soundsOf(word)
	if !ok {
		return bonesKey(word, false)
	}
	other.text = textLatin
	own.put(sounds)
	other.put(sounds)
	for _, p := range mistaken {
		for i, s := range sounds {
			if s == p[0] {
				sounds[i] = p[1]
				other.put(sounds)
				sounds[i] = s
			}
		}
	}
	return append(own.keys, other.keys...)
}

// TextKeys returns at most 17 keys of a word of a text; see [Keys].
func TextKeys(word string) []string {
	own, other := keySet{most: maxOwn}, keySet{most: maxTextOther, text: textLatin}
	if isLatin(word) {
		own.ofLatin(word)
		other.ofLatin(word)
		return slices.Concat(own.keys, other.keys, bonesKey(word, true))
	}
	sounds, ok := soundsOf(word)
	if !ok {
		return bonesKey(word, true)
	}
	other.text = textCyrillic
	for _, k := range []*keySet{&own, &other} {
		k.put(sounds)
		for _, end := range oblique {
			if n := len(sounds) - len(end); n >= minStem-1 && string(sounds[n:]) == end {
				k.put(sounds[:n])
			}
		}
	}
	return append(own.keys, other.keys...)
}

// ofLatin puts in the keys of a Latin word of a text, with each case ending that it
// may have and without: first the likeliest of each, then what else they may be.
func (k *keySet) ofLatin(word string) {
	var guesses [][][]byte
	for _, base := range latinBases(word) {
		list := likeliest(base, 2*maxTextOther)
		k.put(list[:min(len(list), 1)]...)
		k.put(slavicSounds(base)...)
		guesses = append(guesses, list)
	}
	for i := range 2 * maxTextOther {
		for _, list := range guesses {
			if i < len(list) {
				k.put(list[i])
			}
		}
	}
}

// latinOblique holds the case endings of Polish, Czech, Slovak, Slovene, Croatian
// and Serbian in Latin letters that are more than vowels, which no key has, and what
// stands there in the nominative; the longest first.
var latinOblique = endings("iego=i iemu=i yego=y yemu=y iami= owie= owej=owa ovou=ova ego=i eho=y ega=i emu=i iho=i imu=i yho=y ymu=y imi=i ich=i iej=a ymi=y ych=y " +
	"ami= ima= ach= ech= owi= ovi= owa= ova= ove= iem= im=i ym=y em= om= ej=a oj=a")

func endings(list string) (out [][2]string) {
	for p := range strings.FieldsSeq(list) {
		from, to, _ := strings.Cut(p, "=")
		out = append(out, [2]string{from, to})
	}
	return out
}

// latinBases returns a Latin word, and what it may be in the nominative.
func latinBases(word string) []string {
	out := []string{word}
	for _, end := range latinOblique {
		if s, ok := strings.CutSuffix(word, end[0]); ok && len(s) >= minStem-1 {
			out = append(out, s+end[1])
		}
	}
	if s := strings.TrimRight(word, "aeiouy"); s != word && len(s) >= minStem-1 && len(s) <= minStem+1 { // too short to lose it in [keyOf]
		out = append(out, s)
	}
	return out[:min(len(out), 3)]
}

// A keySet holds different keys, at most so many, of words for the same script or for
// a text in another.
type keySet struct {
	most int
	text byte
	keys []string
}

func (k *keySet) put(rows ...[]byte) {
	for _, sounds := range rows {
		key := keyOf(sounds)
		if len(key) < 2 {
			continue
		}
		if k.text != 0 {
			key += string(k.text)
		}
		if len(k.keys) < k.most && !slices.Contains(k.keys, key) {
			k.keys = append(k.keys, key)
		}
	}
}

// slavicGroups holds what groups of Latin letters stand for where Slavic names are
// romanised, by any scheme; the longest group is read first, and letters that are
// in none stand for themselves.
var slavicGroups = func() (t ['z' + 1][]struct{ from, to string }) {
	for p := range strings.FieldsSeq("shch=S tsch=C sch=S sh=S sz=S s=s ch=C cz=C ck=k c=c zh=Z zs=Z z=z kh=x ts=c tz=c th=t t=t " +
		"ya=A ia=A ja=A yu=U iu=U ju=U yo=o jo=o ye=e je=e ie=e ph=f x=ks y=i iy=i ij=i w=v q=k h=g") {
		from, to, _ := strings.Cut(p, "=")
		t[from[0]] = append(t[from[0]], struct{ from, to string }{from, to})
	}
	for _, list := range t {
		slices.SortStableFunc(list, func(a, b struct{ from, to string }) int { return len(b.from) - len(a.from) })
	}
	return t
}()

// slavicSounds reads w, plain Latin, as a romanised Slavic name: with ch as in
// English, and if it has one as in Polish and Czech.
func slavicSounds(w string) [][]byte {
	out := [][]byte{readSlavic(w)}
	if strings.Contains(w, "ch") {
		out = append(out, readSlavic(strings.ReplaceAll(w, "ch", "kh")))
	}
	return out
}

func readSlavic(w string) []byte {
	out := make([]byte, 0, 2*len(w))
read:
	for i := 0; i < len(w); {
		for _, g := range slavicGroups[w[i]] {
			if strings.HasPrefix(w[i:], g.from) {
				out = append(out, g.to...)
				i += len(g.from)
				continue read
			}
		}
		out = append(out, w[i])
		i++
	}
	return out
}

// oblique holds the endings of cases that no key is without already: those that
// end in a consonant or are more than a vowel, and the vowels themselves for
// names too short to lose them in [keyOf].
var oblique = [...]string{"a", "u", "e", "i", "om", "em", "im", "ogo", "ego", "omu", "emu", "imi", "ov", "ev", "ami", "Ami", "ax", "Ax", "ix", "am", "Am"}

// mistaken holds pairs of sounds of which a Latin spelling often means the first
// and is likelier to mean the second, the commonest first.
var mistaken = strings.Fields("ea eo")

// confused holds for each sound the one that stands for it in keys.
var confused = func() (t [128]byte) {
	for i := range t {
		t[i] = byte(i)
	}
	for _, p := range []string{"ji", "ei", "Aa", "Uu", "gx", "zs", "cs", "Zs", "Ss"} {
		t[p[0]] = p[1]
	}
	return t
}()

// keyOf makes a key of sounds: confused sounds are one, doubles once, and the
// vowels at the end are off if enough is left.
func keyOf(sounds []byte) string {
	var buf [64]byte
	k := buf[:0]
	for _, s := range sounds {
		s = confused[s]
		if len(k) == cap(k) {
			break
		}
		if len(k) == 0 || k[len(k)-1] != s {
			k = append(k, s)
		}
	}
	n := len(k)
	for n > 0 && isVowelSound(k[n-1]) {
		n--
	}
	if n >= minStem {
		k = k[:n]
	}
	return string(k)
}

func isVowelSound(c byte) bool { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' }

// A guess is one choice of what each letter so far stands for: that of from, and
// then the sounds.
type guess struct {
	cost, from int16
	sounds     string
}

const (
	maxGuess = 24 // letters of the longest Latin word whose sounds are guessed
	maxKept  = 48 // guesses
	// How much more than the likeliest guess another may cost, and for each letter.
	slack       = 4
	letterSlack = 3
)

// likeliest returns at most most rows of sounds that w may stand for, likeliest
// first. w is plain Latin.
func likeliest(w string, most int) [][]byte {
	if len(w) > maxGuess {
		return nil
	}
	var kept [maxGuess + 1][maxKept]guess
	counts := [maxGuess + 1]int{0: 1}
	for i := range len(w) {
		row, n := kept[i+1][:most], 0
		for _, o := range soundsOfLatin.at(w, i) {
			for f := range counts[i] {
				cost := kept[i][f].cost + o.cost
				if n == most && cost >= row[n-1].cost {
					break
				}
				at := n
				if n < most {
					n++
				} else {
					at--
				}
				for ; at > 0 && row[at-1].cost > cost; at-- {
					row[at] = row[at-1]
				}
				row[at] = guess{cost, int16(f), o.sounds}
			}
		}
		counts[i+1] = n
	}
	out := make([][]byte, counts[len(w)])
	for k := range out {
		if kept[len(w)][k].cost > kept[len(w)][0].cost+slack+letterSlack*int16(len(w)) {
			out = out[:k]
			break
		}
		var back [maxGuess]string
		for i, f := len(w), k; i > 0; i-- {
			g := &kept[i][f]
			back[i-1], f = g.sounds, int(g.from)
		}
		b := make([]byte, 0, 2*len(w))
		for _, s := range back[:len(w)] {
			b = append(b, s...)
		}
		out[k] = b
	}
	return out
}
