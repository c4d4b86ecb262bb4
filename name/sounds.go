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

// soundTable says how likely each Latin letter stands for each sound, from the
// letters around it, and spellingTable how likely each sound is written with each
// letter, from the sounds around it. A line is a context and what may stand there.
// The context is the letter, then as many as are told of: the next, the one before,
// the second next, the second before, the third next; a full stop is the end of the
// word. Each outcome (one or more signs, or - for none) is followed by its cost: four
// times the negative natural logarithm of the probability. runTable says the same of
// what follows each letter, and after an empty line each sound.
//
// They are counted, by TestLearnSounds, from the pairs of names of the Wikidata set
// of NETransliteration-COLING2018 (CC0), of which they hold no name.
var (
	//go:embed sounds.txt
	soundTable string
	//go:embed spelt.txt
	spellingTable string
	//go:embed runs.txt
	runTable string
)

// A sounding is what a letter may stand for.
type sounding struct {
	sounds string
	cost   int16
}

// A soundings is a table by packed context.
type soundings map[uint32][]sounding

// around is the order in which the letters around one are told of.
var around = [...]int{1, -1, 2, -2, 3}

var (
	soundsOfLatin    = readSounds(soundTable)
	spellingOfSounds = readSounds(spellingTable)

	latinRuns, soundRuns = readRuns(runTable)
)

func readSounds(table string) soundings {
	out := soundings{}
	for line := range strings.Lines(table) {
		context, list := readLine(line)
		key := uint32(1)
		for i := range len(context) {
			key = key<<5 | signNumber(context[i])
		}
		out[key] = list
	}
	return out
}

func readLine(line string) (context string, list []sounding) {
	context, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	for len(rest) > 0 {
		i := strings.IndexAny(rest, "0123456789")
		one := sounding{sounds: strings.TrimPrefix(rest[:i], "-")}
		for ; i < len(rest) && rest[i] <= '9' && rest[i] >= '0'; i++ {
			one.cost = 10*one.cost + int16(rest[i]-'0')
		}
		list, rest = append(list, one), rest[i:]
	}
	return context, list
}

// signNumber packs a Latin letter, a sound or the end of the word in five bits.
func signNumber(c byte) uint32 {
	switch c {
	case '.':
		return 27
	case 'Z':
		return 28
	case 'C':
		return 29
	case 'S':
		return 30
	case 'U':
		return 31
	case 'A':
		return 0
	}
	return uint32(c-'a') + 1
}

// at returns what may stand for the sign at i of w.
func (t soundings) at(w string, i int) []sounding {
	key := 1<<5 | signNumber(w[i])
	best := t[key]
	for _, o := range around {
		c := byte('.')
		if j := i + o; j >= 0 && j < len(w) {
			c = w[j]
		}
		key = key<<5 | signNumber(c)
		list, ok := t[key]
		if !ok {
			break
		}
		best = list
	}
	return best
}

// A runs holds the cost of each sign, by its number, after each.
type runs [32][32]int16

func readRuns(table string) (letters, sounds *runs) {
	read := func(table string) *runs {
		r := new(runs)
		for i := range r {
			for j := range r[i] {
				r[i][j] = costStrange
			}
		}
		for line := range strings.Lines(table) {
			context, list := readLine(line)
			for _, s := range list {
				r[signNumber(context[0])][signNumber(s.sounds[0])] = s.cost
			}
		}
		return r
	}
	first, second, _ := strings.Cut(table, "\n\n")
	return read(first), read(second)
}

// cost returns how strange a word w is.
func (r *runs) cost(w string) int {
	sum, last := 0, signNumber('.')
	for i := range len(w) {
		n := signNumber(w[i])
		sum, last = sum+int(r[last][n]), n
	}
	return sum + int(r[last][signNumber('.')])
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

// cost returns the cost of w standing for the signs of to.
func (t soundings) cost(w, to string) int { return t.between(w, 0, len(w), to) }

// between returns the cost of the signs of w from from to end standing for those of
// to.
func (t soundings) between(w string, from, end int, to string) int {
	const far = 1 << 14
	var rows [2][64]int
	if len(w) >= 60 || len(to) >= 60 {
		return far
	}
	n := len(to)
	was, row := &rows[0], &rows[1]
	for j := range n + 1 {
		was[j] = j * costMissing
	}
	for i := from; i < end; i++ {
		for j := range n + 1 {
			row[j] = was[j] + costStrange
			if j > 0 {
				row[j] = min(row[j], was[j-1]+costStrange)
			}
		}
		for _, o := range t.at(w, i) {
			m := len(o.sounds)
			for j := m; j <= n; j++ {
				if c := was[j-m] + int(o.cost); c < row[j] && to[j-m:j] == o.sounds {
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

// A pair of words is one name if what it costs that each stands for the other, less
// a share of what it costs that such words exist, is at most so much: a likeness of
// common letters tells less than one of rare ones. One pair of names in ten thousand
// that are not one costs less.
const (
	sameForth = .6 // weight of Latin standing for sounds; the rest is that of sounds for Latin
	sameShare = .25
	sameMost  = -2
)

// sameSounds reports whether a Latin word and sounds may be one name, and whether
// they come so close that a scheme may make one of the other.
func sameSounds(latin, sounds string) (same, close bool) {
	most := sameMost + sameShare*float64(latinRuns.cost(latin)+soundRuns.cost(sounds))
	forth := sameForth * float64(soundsOfLatin.cost(latin, sounds))
	if forth > most {
		return false, forth < most+costMissing
	}
	return forth+(1-sameForth)*float64(spellingOfSounds.cost(sounds, latin)) <= most, true
}

// SameName reports whether two words in canonical spelling, each in Latin or
// Cyrillic, may be one name, in the nominative, written by whatever rules; Latin and
// Arabic ones, if they have the same three or more consonants. Other words are if
// they share a key; see [Keys].
func SameName(a, b string) bool {
	if a == b {
		return true
	}
	if isLatin(b) {
		a, b = b, a
	}
	if isLatin(a) && isArabic(b) {
		x, _ := bonesOf(a)
		y, _ := bonesOf(b)
		return x == y && len(x) >= sameBones
	}
	if !isLatin(a) || isLatin(b) {
		return haveIn(Keys(a), TextKeys(b)) || haveIn(Keys(b), TextKeys(a))
	}
	sounds, ok := soundsOf(b)
	if !ok {
		return false
	}
	same, close := sameSounds(a, string(sounds))
	return same || close && (slices.Contains(romanise(b), a) || slices.Contains(inPress(b), a))
}

// haveIn reports whether two lists have something in common.
func haveIn(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
