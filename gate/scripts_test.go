package gate

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"testing"

	"habeas/internal/testkit"
	"habeas/name"
)

const scriptPairs = "../../shared/data/names/translit/wd_russian_16.gz"

// A scriptPair is a name in Latin and in Cyrillic, canonical.
type scriptPair struct{ latin, cyrillic string }

// heldOutPairs returns one in four of the pairs that the table of sounds was not
// counted from, by hash; also those that are no pair.
func heldOutPairs(t *testing.T) []scriptPair {
	f, err := os.Open(scriptPairs)
	if err != nil {
		t.Skip("no pairs of names at " + scriptPairs)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []scriptPair
	for lines := bufio.NewScanner(z); lines.Scan(); {
		c := strings.Split(lines.Text(), "\t")
		h := fnv.New32()
		h.Write([]byte(strings.ReplaceAll(name.Canon(c[0]), " ", "")))
		p := scriptPair{name.Canon(c[0]), name.Canon(strings.ReplaceAll(c[1], " ", ""))}
		if h.Sum32()%4 == 0 && len(p.latin) > 2 && len(p.cyrillic) > 4 && !strings.Contains(p.latin+p.cyrillic, " ") {
			out = append(out, p)
		}
	}
	return out
}

// slavicEnds are how family names end by which a pair is told to be Slavic.
var slavicEnds = []struct{ group, cyrillic, latin string }{
	{"-ov -ev", "ов ев", "ov ev off eff ow ew"}, {"-in", "ин ын", "in yn ine"}, {"-ova -eva -ina", "ова ева ина", "ova eva ina owa ewa"},
	{"-sky", "ский цкий", "ski sky skiy skij skii skyi cki cky tsky tskiy tskyi"}, {"-enko", "енко", "enko"}, {"-uk", "ук юк", "uk yuk iuk juk"},
	{"-ich", "ич", "ich ic itch icz itsch"},
}

func (p scriptPair) group() string {
	for _, e := range slavicEnds {
		if ends(p.cyrillic, e.cyrillic) && ends(p.latin, e.latin) {
			return e.group
		}
	}
	return "other"
}

func ends(w, list string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(e string) bool { return strings.HasSuffix(w, e) })
}

// declension holds how the commonest cases are written: what a name ends in, and
// what takes its place.
type declension [][2]string

var (
	cyrillicCases = declension{
		{"ский", "ский ского скому ским ском"}, {"цкий", "цкий цкого цкому цким цком"},
		{"ов", "ов ова ову овым ове"}, {"ев", "ев ева еву евым еве"}, {"ин", "ин ина ину иным ине"},
		{"ова", "ова овой ову"}, {"ева", "ева евой еву"}, {"ина", "ина иной ину"},
		{"а", "а ы е у ой"}, {"я", "я и е ю ей"}, {"й", "й я ю ем е"}, {"ь", "ь я ю ем е"},
		{"о", "о"}, {"е", "е"}, {"и", "и"}, {"у", "у"}, {"ю", "ю"}, {"ы", "ы"}, {"э", "э"}, {"", " а у ом е"},
	}
	latinCases = declension{
		{"ski", "ski skiego skiemu skim"}, {"cki", "cki ckiego ckiemu ckim"}, {"sky", "sky skeho skemu skym"}, {"cky", "cky ckeho ckemu ckym"},
		{"kiy", "kiy"}, {"kii", "kii"}, {"kij", "kij"},
		{"a", "a y e ie u ou o"}, {"ko", "ko ki ka kovi kem kom"}, {"o", "o"}, {"y", "y yego yho ymu ym"}, {"i", "i iego iho imu im"}, {"e", "e"}, {"u", "u"},
		{"", " a u owi ovi em om"},
	}
)

func (d declension) of(w string) []string {
	var out []string
	for _, r := range d {
		if stem, ok := strings.CutSuffix(w, r[0]); ok {
			for _, e := range strings.Split(r[1], " ") {
				out = append(out, stem+e)
			}
			break
		}
	}
	return out
}

// A mention is a place of a text where somebody of the vault stands: alone with the
// family name, or in full.
type mention struct {
	who, group string
	full       int
	place      [2]int
}

// A way is the script of the vault and that of the text.
type way struct {
	name, text string
	cyrillic   bool // the vault
	cases      declension
}

// mentions returns a vault of some pairs as family names, the given names being
// other pairs, and a text that names all in every case.
func (w way) mentions(t *testing.T, family, given []scriptPair) (*Index, string, []mention) {
	ix := NewIndex(testKey)
	var text strings.Builder
	var said []mention
	for i, f := range family {
		g, id := given[i], fmt.Sprint(i)
		if w.cyrillic {
			f, g = scriptPair{f.cyrillic, f.latin}, scriptPair{g.cyrillic, g.latin}
		}
		if err := ix.Add(id, Compile(testKey, full(titled(g.latin), "", titled(f.latin))), false); err != nil {
			t.Fatal(err)
		}
		for _, form := range w.cases.of(f.cyrillic) {
			for n, say := range []string{titled(form), titled(g.cyrillic) + " " + titled(form)} {
				sentence := fmt.Sprintf(w.text, say)
				start := text.Len() + strings.Index(sentence, say)
				said = append(said, mention{id, family[i].group(), n, [2]int{start, start + len(say)}})
				text.WriteString(sentence)
			}
		}
	}
	return ix, text.String(), said
}

// TestScriptsRecall: the names of the vault are in one script and stand in a text in
// the other, in every case.
func TestScriptsRecall(t *testing.T) {
	pairs := heldOutPairs(t)
	for _, w := range []way{
		{"Latin vault, Cyrillic text", "Вчера опять видели %s в городе. ", false, cyrillicCases},
		{"Cyrillic vault, Latin text", "Dzisiaj znowu %s tam byl. ", true, latinCases},
	} {
		found, all := map[string][2]int{}, map[string][2]int{}
		for at := 0; at+10 <= len(pairs); at += 10 {
			half := (at + len(pairs)/2) % (len(pairs) - 10)
			ix, text, said := w.mentions(t, pairs[at:at+10], pairs[half:half+10])
			hits := Scan([]byte(text), ix)
			for _, m := range said {
				groups := []string{m.group}
				if m.group != "other" {
					groups = append(groups, "Slavic")
				}
				for _, g := range groups {
					n, of := found[g], all[g]
					of[m.full]++
					n[m.full] += one(hitBy(hits, m.who, [][2]int{m.place}))
					found[g], all[g] = n, of
				}
			}
		}
		for g, n := range found {
			t.Logf("%s: %s: alone %.4f, in full %.4f of %d", w.name, g, share(n[0], all[g][0]), share(n[1], all[g][1]), all[g][0])
		}
		for g, least := range map[string][2]float64{"Slavic": {.93, .965}, "other": {.87, .94}} {
			for i, want := range least {
				if got := share(found[g][i], all[g][i]); got < want {
					t.Errorf("%s: %s: got %.4f, want %.3f (0 alone, 1 in full: %d)", w.name, g, got, want, i)
				}
			}
		}
	}
}

// TestScriptsFalse: a vault of Latin names that nobody in the news bears, and how many
// are pointed out there and in English texts.
func TestScriptsFalse(t *testing.T) {
	var news []string
	for _, n := range testkit.News(t, "../../shared/data") {
		news = append(news, n.Text)
	}
	pairs := heldOutPairs(t)
	for size, most := range map[int][2]float64{10: {.5, 1}, 400: {7, 13}} {
		ix := NewIndex(testKey)
		for i := range size {
			p, g := pairs[i], pairs[i+len(pairs)/2]
			if err := ix.Add(p.latin, Compile(testKey, full(titled(g.latin), "", titled(p.latin))), false); err != nil {
				t.Fatal(err)
			}
		}
		for i, texts := range [][]string{news, englishTexts(t)} {
			words, alarms := 0, 0
			for _, text := range texts {
				words += len(strings.Fields(name.Canon(text)))
				alarms += len(Scan([]byte(text), ix))
			}
			got := 1000 * share(alarms, words)
			t.Logf("%d persons, %s: %d alarms, %.2f in 1,000 words", size, []string{"Russian", "English"}[i], alarms, got)
			if got > most[i] {
				t.Errorf("got %.2f, want %.1f at most", got, most[i])
			}
		}
	}
}

func englishTexts(t *testing.T) []string {
	raw, err := os.ReadFile("../../shared/data/pii/synth-dev.json")
	if err != nil {
		t.Skip("no English texts")
	}
	var all []struct {
		Text string `json:"full_text"`
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range all {
		out = append(out, a.Text)
	}
	return out
}
