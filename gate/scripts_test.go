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

// TestScriptsRecall: the names of the vault are in one script and stand in a text in the
// other, in every case. The family name stands alone, and beside the given name,
// which is another pair.
func TestScriptsRecall(t *testing.T) {
	pairs := heldOutPairs(t)
	for _, way := range []struct {
		name string
		swap bool
		text string
		d    declension
	}{
		{"Latin vault, Cyrillic text", false, "Вчера опять видели %s в городе. ", cyrillicCases},
		{"Cyrillic vault, Latin text", true, "Dzisiaj znowu %s tam byl. ", latinCases},
	} {
		found, all := map[string][2]int{}, map[string]int{}
		for at := 0; at+10 <= len(pairs); at += 10 {
			ix := NewIndex(testKey)
			var text strings.Builder
			type mention struct {
				who, group, form  string
				whole, start, end int
			}
			var said []mention
			for i, p := range pairs[at : at+10] {
				given := pairs[(at+i+len(pairs)/2)%len(pairs)]
				vault, is, with, gis := p.latin, p.cyrillic, given.latin, given.cyrillic
				if way.swap {
					vault, is, with, gis = is, vault, gis, with
				}
				id := fmt.Sprint(p.latin, " ", p.cyrillic)
				if err := ix.Add(id, Compile(testKey, full(titled(with), "", titled(vault))), false); err != nil {
					t.Fatal(err)
				}
				for _, form := range way.d.of(is) {
					for whole := range 2 {
						say := titled(form)
						if whole == 1 {
							say = titled(gis) + " " + say
						}
						sentence := fmt.Sprintf(way.text, say)
						start := text.Len() + strings.Index(sentence, say)
						said = append(said, mention{id, p.group(), form, whole, start, start + len(say)})
						text.WriteString(sentence)
					}
				}
			}
			hits := Scan([]byte(text.String()), ix)
			for _, m := range said {
				ok := hitBy(hits, m.who, [][2]int{{m.start, m.end}})
				n := found[m.group]
				n[m.whole] += one(ok)
				found[m.group] = n
				all[m.group] += 1 - m.whole
				if !ok && m.whole == 0 && (m.group != "other" || testing.Verbose() && len(m.form)%5 == 0 && os.Getenv("MISS") != "") {
					t.Logf("missed: %s as %s", m.who, m.form)
				}
			}
		}
		for _, e := range append(slavicEnds, struct{ group, cyrillic, latin string }{"other", "", ""}) {
			n := all[e.group]
			t.Logf("%s: %s: alone %.4f, full %.4f of %d", way.name, e.group, share(found[e.group][0], n), share(found[e.group][1], n), n)
		}
	}
}

// TestScriptsFalse: a vault of Latin names that nobody in the news bears: how often one is
// taken to be there.
func TestScriptsFalse(t *testing.T) {
	texts := testkit.News(t, "../../shared/data")
	pairs := heldOutPairs(t)
	for _, size := range []int{10, 400} {
		ix := NewIndex(testKey)
		for i := range size {
			p, g := pairs[i], pairs[i+len(pairs)/2]
			if err := ix.Add(p.latin, Compile(testKey, full(titled(g.latin), "", titled(p.latin))), false); err != nil {
				t.Fatal(err)
			}
		}
		tokens, alarms, blocks := 0, 0, 0
		for _, n := range texts {
			tokens += len(strings.Fields(name.Canon(n.Text)))
			for _, h := range Scan([]byte(n.Text), ix) {
				alarms++
				blocks += one(h.Verdict == Block)
				if os.Getenv("MISS") != "" {
					t.Log(h.Person, h.Verdict, h.Class, n.Text[h.Start:h.End])
				}
			}
		}
		english, words := 0, 0
		for _, text := range englishTexts(t) {
			words += len(strings.Fields(text))
			english += len(Scan([]byte(text), ix))
		}
		t.Logf("%d persons in Latin: %d alarms in %d English words (%.2f in 1,000)", size, english, words, 1000*share(english, words))
		t.Logf("%d persons in Latin: %d alarms (%.2f in 1,000 words), %d blocks", size, alarms, 1000*share(alarms, tokens), blocks)
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
