package name

import (
	_ "embed"
	"slices"
	"strings"
)

// The sounds of a word are what is compared when it is written in two scripts
// and nobody knows by which rules. A sound is one byte, named by the letter that
// writes it in Latin; the capitals are Z ж, C ч, S ш, U ю and A я. In Cyrillic a
// word has one row of sounds, since its spelling says them; in Latin each letter
// stands for one of several, by the letters around it, because nobody says of
// which language the name is.

// soundTable says how likely each letter stands for each sound, from the letters
// around it. A line is a context and what the letter may be there. The context is
// the letter, then as many as are told of: the next, the one before, the second
// next, the second before, the third next; a full stop is the end of the word. Each
// sound (or two or three, or - for none) is followed by its cost: four times the
// negative natural logarithm of the probability.
//
// It is counted, by TestLearnSounds, from the pairs of names of the Wikidata set of
// NETransliteration-COLING2018 (CC0), of which it holds no name.
//
//go:embed sounds.txt
var soundTable string

// A sounding is what a letter may stand for.
type sounding struct {
	sounds string
	cost   int16
}

// around is the order in which the letters around one are told of.
var around = [...]int{1, -1, 2, -2, 3}

var soundings = readSounds(soundTable)

// readSounds reads the table into a map by packed context.
func readSounds(table string) map[uint32][]sounding {
	out := map[uint32][]sounding{}
	for line := range strings.Lines(table) {
		context, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		key := uint32(0)
		for i := range len(context) {
			key = key<<5 | letterNumber(context[i])
		}
		var list []sounding
		for len(rest) > 0 {
			i := strings.IndexAny(rest, "0123456789")
			one := sounding{sounds: strings.TrimPrefix(rest[:i], "-")}
			for ; i < len(rest) && rest[i] <= '9' && rest[i] >= '0'; i++ {
				one.cost = 10*one.cost + int16(rest[i]-'0')
			}
			list, rest = append(list, one), rest[i:]
		}
		out[key] = list
	}
	return out
}

// letterNumber packs a Latin letter, or the end of the word, in five bits.
func letterNumber(c byte) uint32 {
	if c == '.' {
		return 27
	}
	return uint32(c-'a') + 1
}

// soundingAt returns what the letter at i of w may stand for. w is plain Latin.
func soundingAt(w string, i int) []sounding {
	key := letterNumber(w[i])
	best := soundings[key]
	for _, o := range around {
		c := byte('.')
		if j := i + o; j >= 0 && j < len(w) {
			c = w[j]
		}
		key = key<<5 | letterNumber(c)
		list, ok := soundings[key]
		if !ok {
			break
		}
		best = list
	}
	return best
}

// cyrillicSounds holds the sound of each Cyrillic letter.
var cyrillicSounds = func() (t [tableEnd - 0x400]string) {
	for p := range strings.FieldsSeq("а=a б=b в=v г=g д=d е=e ж=Z з=z и=i й=j к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=x ц=c ч=C " +
		"ш=S щ=S ъ= ы=i ь= э=e ю=U я=A і=i ї=i є=e ў=u ј=j љ=l њ=n ћ=C ђ=dZ џ=dZ ѓ=g ќ=k ѕ=z қ=k ғ=g ң=n ө=o ү=u ұ=u һ=x ә=a җ=Z ҳ=x ҷ=C ҡ=k ҙ=z ҫ=s") {
		from, to, _ := strings.Cut(p, "=")
		t[[]rune(from)[0]-0x400] = to
	}
	return t
}()

// soundsOf returns the sounds of a Cyrillic word, doubles once, and whether each of
// its letters has one.
func soundsOf(w string) ([]byte, bool) {
	out := make([]byte, 0, len(w))
	for _, c := range w {
		if c < 0x400 || c >= tableEnd {
			return nil, false
		}
		for _, s := range []byte(cyrillicSounds[c-0x400]) {
			if len(out) == 0 || out[len(out)-1] != s {
				out = append(out, s)
			}
		}
	}
	return out, len(out) > 0
}

// isLatin reports whether w is plain Latin letters.
func isLatin(w string) bool {
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return w != ""
}

const (
	costStrange = 22 // a letter that stands for none of what it may
	costMissing = 16 // a sound that no letter stands for
)

// soundCost returns the cost of Latin w standing for sounds.
func soundCost(w string, sounds []byte) int {
	const far = 1 << 14
	var rows [2][64]int
	if len(w) >= 60 || len(sounds) >= 60 {
		return far
	}
	n := len(sounds)
	was, row := &rows[0], &rows[1]
	for j := range n + 1 {
		was[j] = j * costMissing
	}
	for i := range len(w) {
		list := soundingAt(w, i)
		for j := range n + 1 {
			row[j] = was[j] + costStrange
			if j > 0 {
				row[j] = min(row[j], was[j-1]+costStrange)
			}
		}
		for _, o := range list {
			m := len(o.sounds)
			for j := m; j <= n; j++ {
				if c := was[j-m] + int(o.cost); c < row[j] && string(sounds[j-m:j]) == o.sounds {
					row[j] = c
				}
			}
		}
		for j := range n {
			row[j+1] = min(row[j+1], row[j]+costMissing)
		}
		was, row = row, was
	}
	return was[n]
}

// What may be spent on a pair of words that are one name: so much, and so much for
// every letter of both. One pair of names in ten thousand that are not one costs
// less.
const (
	sameFixed   = 5
	sameLetters = 2.1
)

// SameName reports whether two words in canonical spelling, each in Latin or
// Cyrillic, may be one name, in the nominative, written by whatever rules. Words of
// one script are if they share a key; see [Keys].
func SameName(a, b string) bool {
	if a == b {
		return true
	}
	if isLatin(b) {
		a, b = b, a
	}
	if !isLatin(a) || isLatin(b) {
		ka := Keys(a)
		return slices.ContainsFunc(Keys(b), func(k string) bool { return slices.Contains(ka, k) })
	}
	sounds, ok := soundsOf(b)
	return ok && float64(soundCost(a, sounds)) <= sameFixed+sameLetters*float64(len(a)+len(sounds))
}
