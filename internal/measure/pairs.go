package measure

import (
	"context"
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
func Transliteration(ctx context.Context, script, path string) ([]Row, error) {
	pairs, err := corpus.Pairs(path)
	if err != nil {
		return nil, err
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

// Sizes of the vaults that names of pairs are looked for in.
const (
	vaults    = 30
	vaultSize = 100
)

// alone measures the gate itself: small vaults of family names in one script, and each
// name in a sentence in the other.
func alone(pairs []corpus.Pair, script, on string) ([]Row, error) {
	var rows []Row
	for vault, in := range []string{"Latin", script} {
		r := rand.New(rand.NewPCG(3, uint64(vault)))
		tried, found, wrong := 0, 0, 0
		var misses []Miss
		for range vaults {
			ix, c := gate.NewIndex(key()), gate.NewCompiler(key())
			some := make([]corpus.Pair, min(vaultSize, len(pairs)))
			for i := range some {
				some[i] = pairs[r.IntN(len(pairs))]
				if err := ix.Add(strconv.Itoa(i), c.Compile(name.Name{{Kind: name.Family, Text: capital(some[i][vault])}}), false); err != nil {
					return nil, err
				}
			}
			for i, p := range some {
				ok, others := foundIn(ix, strconv.Itoa(i), sentence(p[1-vault], vault == 1))
				tried, found, wrong = tried+1, found+one(ok), wrong+others
				if !ok {
					misses = append(misses, Miss{Where: on, Class: whyNotSame(p), Text: p[vault], Around: p[1-vault]})
				}
			}
		}
		where := on + ", vault in " + in
		rows = append(rows,
			Row{Measure: "gate: name alone found", On: where, N: tried, Of: "pairs", Result: share(found, tried), Unit: Share, Goal: noGoal, Misses: misses},
			Row{Measure: "gate: collisions", On: where, N: tried * (vaultSize - 1), Of: "pairs", Result: share(wrong, tried*(vaultSize-1)), Unit: Share, Goal: noGoal})
	}
	return rows, nil
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
