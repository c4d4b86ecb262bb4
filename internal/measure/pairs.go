package measure

import (
	"context"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"habeas/gate"
	"habeas/internal/corpus"
	"habeas/name"
)

func pairsName(script string) string { return "names in Latin and " + script }

// randomPairs is how many pairs of different names are drawn to see how many are taken
// for one.
const randomPairs = 1_000_000

// Transliteration measures, on pairs of names in two scripts, how many are taken for
// one name by [name.SameName], by the keys of the second tier with the vault in either
// script, and by the gate with the name alone in the vault and in a sentence; and how
// many pairs of different names are too.
//
// With heldOut only every other pair is tried, by a hash of its Latin side: the tables
// of package name were counted from the others of the development file.
func Transliteration(ctx context.Context, script, path string, heldOut bool) ([]Row, error) {
	pairs, err := corpus.Pairs(path)
	if err != nil {
		return nil, err
	}
	if heldOut {
		pairs = slices.DeleteFunc(pairs, func(p corpus.Pair) bool { return !isHeldOut(p) })
	}
	if len(pairs) == 0 {
		return nil, fs.ErrNotExist
	}
	on := pairsName(script)
	var rows []Row
	for _, measure := range []func([]corpus.Pair, string, string) ([]Row, error){same, keysOf, alone} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		got, err := measure(pairs, script, on)
		if err != nil {
			return nil, err
		}
		rows = append(rows, got...)
	}
	return rows, nil
}

// isHeldOut is the rule by which the tables of sounds are counted: it must be the same
// as there.
func isHeldOut(p corpus.Pair) bool {
	h := fnv.New32()
	h.Write([]byte(p[0]))
	return h.Sum32()%2 == 0
}

func same(pairs []corpus.Pair, _, on string) ([]Row, error) {
	found, wrong := 0, 0
	var misses, alike []Miss
	for _, p := range pairs {
		if name.SameName(p[0], p[1]) {
			found++
		} else if len(misses) < mostMisses {
			misses = append(misses, Miss{Where: on, Class: whyNotSame(p), Text: p[0], Around: p[1]})
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	tried := 0
	for range randomPairs {
		a, b := pairs[r.IntN(len(pairs))], pairs[r.IntN(len(pairs))]
		if a[0] == b[0] || a[1] == b[1] {
			continue
		}
		if tried++; name.SameName(a[0], b[1]) {
			wrong++
			alike = append(alike, Miss{Where: on, Class: "different names that sound alike", False: true, Text: a[0], Around: b[1]})
		}
	}
	return []Row{
		{Measure: "transliteration: accepted", On: on, N: len(pairs), Of: "pairs", Result: share(found, len(pairs)), Unit: Share, Goal: atLeast(.95), Misses: misses},
		{Measure: "transliteration: collisions", On: on, N: tried, Of: "random pairs", Result: share(wrong, tried), Unit: Share, Goal: atMost(1e-4), Misses: alike},
	}, nil
}

// keysOf measures the keys by which the second tier finds a name: a word of the text
// against all names of the vault.
func keysOf(pairs []corpus.Pair, script, on string) ([]Row, error) {
	var rows []Row
	for vault, in := range []string{"Latin", script} {
		index := map[string][]int{}
		found, wrong := 0, 0
		text := make([][]string, len(pairs))
		for i, p := range pairs {
			have := name.Keys(p[vault])
			for _, k := range have {
				index[k] = append(index[k], i)
			}
			text[i] = name.TextKeys(p[1-vault])
			found += one(slices.ContainsFunc(text[i], func(k string) bool { return slices.Contains(have, k) }))
		}
		for i, p := range pairs {
			seen := map[int]bool{}
			for _, k := range text[i] {
				for _, j := range index[k] {
					wrong += one(!seen[j] && pairs[j][0] != p[0] && pairs[j][1] != p[1])
					seen[j] = true
				}
			}
		}
		where := on + ", vault in " + in
		rows = append(rows,
			Row{Measure: "keys: accepted", On: where, N: len(pairs), Of: "pairs", Result: share(found, len(pairs)), Unit: Share, Goal: noGoal},
			Row{Measure: "keys: collisions", On: where, N: len(pairs) * len(pairs), Of: "pairs", Result: share(wrong, len(pairs)*len(pairs)), Unit: Share, Goal: noGoal})
	}
	return rows, nil
}

// How many vaults there are at most, and how many names of pairs each holds.
const (
	vaults    = 30
	vaultSize = 100
)

// alone measures the gate itself: small vaults of family names in one script, and each
// name in a sentence in the other; for all pairs, and for those that end in both
// scripts as Slavic family names do.
func alone(pairs []corpus.Pair, script, on string) ([]Row, error) {
	slavic := slices.DeleteFunc(slices.Clone(pairs), func(p corpus.Pair) bool { return !isSlavic(p) })
	var rows []Row
	for vault, in := range []string{"Latin", script} {
		where := on + ", vault in " + in
		all, err := lookFor(pairs, vault, where, atLeast(.85))
		if err != nil {
			return nil, err
		}
		rows = append(rows, all...)
		if len(slavic) == 0 {
			continue
		}
		some, err := lookFor(slavic, vault, "Slavic family "+where, atLeast(.97))
		if err != nil {
			return nil, err
		}
		rows = append(rows, some[0])
	}
	return rows, nil
}

// isSlavic reports whether both sides of a pair end alike as Slavic family names do.
func isSlavic(p corpus.Pair) bool {
	for _, e := range [][2]string{
		{"ов ев", "ov ev off eff ow ew"}, {"ова ева ина", "ova eva ina owa ewa"}, {"ин ын", "in yn ine"}, {"енко", "enko"},
		{"ский цкий", "ski sky skiy skij skii skyi tsky tski cki cky"}, {"ская цкая", "skaya skaja skaia"}, {"ук юк", "uk"}, {"вич", "ich ic itch icz itsch"},
	} {
		if endsIn(p[1], e[0]) && endsIn(p[0], e[1]) {
			return true
		}
	}
	return false
}

func endsIn(w, ends string) bool {
	return slices.ContainsFunc(strings.Fields(ends), func(e string) bool { return strings.HasSuffix(w, e) })
}

// lookFor draws vaults of pairs, the same at each run, and looks for each name.
func lookFor(pairs []corpus.Pair, vault int, on string, goal Goal) ([]Row, error) {
	pairs = slices.Clone(pairs)
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	tried, found, others, wrong := 0, 0, 0, 0
	var misses []Miss
	for some := range slices.Chunk(pairs[:min(vaults*vaultSize, len(pairs))], vaultSize) {
		ix, c := gate.NewIndex(key()), gate.NewCompiler(key())
		for i, p := range some {
			if err := ix.Add(strconv.Itoa(i), c.Compile(name.Name{{Kind: name.Family, Text: capital(p[vault])}}), false); err != nil {
				return nil, err
			}
		}
		for i, p := range some {
			ok, more := foundIn(ix, strconv.Itoa(i), sentence(p[1-vault], vault == 1))
			tried, found, others, wrong = tried+1, found+one(ok), others+len(some)-1, wrong+more
			if !ok {
				misses = append(misses, Miss{Where: on, Class: whyNotSame(p), Text: p[vault], Around: p[1-vault]})
			}
		}
	}
	return []Row{
		{Measure: "cross-script recall, name alone", On: on, N: tried, Of: "pairs", Result: share(found, tried), Unit: Share, Goal: goal, Misses: misses},
		{Measure: "cross-script collisions, name alone", On: on, N: others, Of: "other persons", Result: share(wrong, others), Unit: Share, Goal: noGoal},
	}, nil
}

func sentence(word string, latin bool) string {
	if latin {
		return "They looked for " + capital(word) + " all day."
	}
	return "Весь день искали " + capital(word) + " в городе."
}

// foundIn reports whether a person is found in text, and how many others are.
func foundIn(ix *gate.Index, person, text string) (ok bool, others int) {
	for _, h := range gate.Scan([]byte(text), ix) {
		if h.Person == person || h.People > 0 {
			ok = true
		} else {
			others++
		}
	}
	return ok, others
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// whyNotSame says, by the consonants of a pair, whether it is one name at all.
func whyNotSame(p corpus.Pair) string {
	a, b := bones(p[0]), bones(p[1])
	long := max(len(a), len(b))
	switch apart := edits(a, b); {
	case a == "" || b == "":
		return "no consonant to compare"
	case a == b:
		return "the same consonants, other vowels"
	case strings.HasPrefix(a, b) || strings.HasPrefix(b, a):
		return "consonants more at the end of one"
	case apart*2 > long && apart > 1:
		return "another name or a translation"
	case apart == 1:
		return "one consonant differs"
	}
	return "several consonants differ"
}

// bones writes the consonants of a word in half a dozen rough classes, whatever the
// script, and two of a class that stand together once.
func bones(w string) string {
	classes := []string{"bpfvwбпфв", "ckgqxhкгґх", "dtдт", "szjyжзсцшщч", "lrлр", "mnмн"}
	var b strings.Builder
	last := -1
	for _, r := range w {
		i := slices.IndexFunc(classes, func(c string) bool { return strings.ContainsRune(c, r) })
		if i >= 0 && i != last {
			b.WriteByte(byte('0' + i))
		}
		last = i
	}
	return b.String()
}
