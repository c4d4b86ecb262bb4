package gate

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"habeas/name"
)

// newsDir holds factRuEval-2016, Russian news with persons marked.
const newsDir = "../../shared/data/names/factrueval-dev"

// A newsText is one text of factRuEval with the people in it.
type newsText struct {
	id     string
	text   string
	people []newsPerson
	spans  [][2]int // bytes of every word of every mention
}

type newsPerson struct {
	id       string
	name     name.Name
	mentions [][][2]int // for each mention the bytes of its words
}

// readNews reads the texts, or skips the test if they are not here.
func readNews(t testing.TB) []newsText {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(newsDir, "*.txt"))
	if len(files) == 0 {
		t.Skip("no factRuEval at " + newsDir)
	}
	var out []newsText
	for _, f := range files {
		out = append(out, readNewsText(t, strings.TrimSuffix(f, ".txt")))
	}
	return out
}

func readNewsText(t testing.TB, base string) newsText {
	raw, err := os.ReadFile(base + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	n := newsText{id: filepath.Base(base), text: string(raw)}
	offset := make([]int, 0, len(raw)+1)
	for i := range n.text {
		offset = append(offset, i)
	}
	offset = append(offset, len(raw))

	spans := map[string][2]int{}
	eachLine(t, base+".spans", func(f []string) {
		if len(f) > 3 && (f[1] == "name" || f[1] == "surname" || f[1] == "patronymic" || f[1] == "nickname") {
			at, _ := strconv.Atoi(f[2])
			size, _ := strconv.Atoi(f[3])
			spans[f[0]] = [2]int{offset[at], offset[at+size]}
		}
	})
	objects := map[string][][2]int{}
	eachLine(t, base+".objects", func(f []string) {
		if len(f) < 3 || f[1] != "Person" {
			return
		}
		for _, id := range f[2:] {
			if id == "#" {
				break
			}
			if s, ok := spans[id]; ok {
				objects[f[0]] = append(objects[f[0]], s)
				n.spans = append(n.spans, s)
			}
		}
	})
	var p newsPerson
	flush := func() {
		if len(p.mentions) > 0 && len(p.name) > 0 {
			n.people = append(n.people, p)
		}
		p = newsPerson{}
	}
	kinds := map[string]name.Kind{"firstname": name.Given, "lastname": name.Family, "patronymic": name.Patronymic, "nickname": name.Alias,
		"firstname1": name.Given, "firstname2": name.Given, "lastname1": name.Family, "lastname2": name.Family}
	eachLine(t, base+".coref", func(f []string) {
		if len(f) == 0 {
			flush()
			return
		}
		if k, ok := kinds[f[0]]; ok {
			p.name = append(p.name, name.Part{Kind: k, Text: strings.Join(f[1:], " ")})
			return
		}
		if _, err := strconv.Atoi(f[0]); err == nil {
			flush()
			p.id = n.id + ":" + f[0]
			for _, o := range f[1:] {
				if m := objects[o]; len(m) > 0 {
					p.mentions = append(p.mentions, m)
				}
			}
		}
	})
	flush()
	return n
}

func eachLine(t testing.TB, path string, do func([]string)) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		do(strings.Fields(s.Text()))
	}
}

func overlaps(h Hit, s [2]int) bool { return h.Start < s[1] && s[0] < h.End }

func TestFactRuEval(t *testing.T) {
	texts := readNews(t)
	var k Key
	var mentions, found, people, leaked, records int
	all := NewIndex(k)
	for _, n := range texts {
		ix := NewIndex(k)
		for _, p := range n.people {
			h := Compile(k, p.name)
			records += (len(h) - 1) / recordSize
			if err := ix.Add(p.id, h, false); err != nil {
				t.Fatal(err)
			}
			if err := all.Add(p.id, h, false); err != nil {
				t.Fatal(err)
			}
		}
		hits := Scan([]byte(n.text), ix)
		for _, p := range n.people {
			people++
			missed := 0
			for _, m := range p.mentions {
				mentions++
				if hitBy(hits, p.id, m) {
					found++
				} else {
					missed++
					if testing.Verbose() {
						fmt.Printf("MISS %v:", p.name)
						for _, s := range m {
							fmt.Printf(" %q", n.text[s[0]:s[1]])
						}
						fmt.Println()
					}
				}
			}
			if missed > 0 {
				leaked++
			}
		}
	}
	t.Logf("a vault for each text: %d of %d mentions found (%.2f %%), %d of %d people leaked (%.2f %%), %d forms a person",
		found, mentions, 100*float64(found)/float64(mentions), leaked, people, 100*float64(leaked)/float64(people), records/people)

	var alerts, right, blocks, rightBlocks, tokens int
	for _, n := range texts {
		for _, w := range name.Words(n.text) {
			if w.N == 1 && w.Reading == name.Plain {
				tokens++
			}
		}
		places := map[[2]int]Verdict{}
		for _, h := range Scan([]byte(n.text), all) {
			at := [2]int{h.Start, h.End}
			places[at] = max(places[at], h.Verdict)
		}
		for at, v := range places {
			ok := false
			for _, s := range n.spans {
				ok = ok || overlaps(Hit{Start: at[0], End: at[1]}, s)
			}
			alerts++
			if v == Block {
				blocks++
			}
			if ok {
				right++
				if v == Block {
					rightBlocks++
				}
			} else if testing.Verbose() {
				fmt.Printf("FALSE %v %q in %q\n", v, n.text[at[0]:at[1]], around(n.text, at[0], at[1]))
			}
		}
	}
	t.Logf("one vault of all %d people: %d of %d alerts on a person (precision %.3f), %.1f false a 1,000 tokens; blocks %d of %d (%.3f)",
		all.Len(), right, alerts, float64(right)/float64(alerts), 1000*float64(alerts-right)/float64(tokens),
		rightBlocks, blocks, float64(rightBlocks)/float64(blocks))
}

func hitBy(hits []Hit, person string, mention [][2]int) bool {
	for _, h := range hits {
		if h.Person != person {
			continue
		}
		for _, s := range mention {
			if overlaps(h, s) {
				return true
			}
		}
	}
	return false
}

func around(s string, from, to int) string {
	from, to = max(0, from-30), min(len(s), to+30)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	return s[from:to]
}
