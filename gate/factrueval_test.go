package gate

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
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

// The people of each text are its vault, in the nominative: how many mentions are
// found, and how many people are missed at least once.
func TestFactRuEvalRecall(t *testing.T) {
	var mentions, found, people, leaked, records int
	for _, n := range readNews(t) {
		ix := NewIndex(testKey)
		for _, p := range n.people {
			h := Compile(testKey, p.name)
			records += (len(h) - 1) / recordSize
			if err := ix.Add(p.id, h, false); err != nil {
				t.Fatal(err)
			}
		}
		hits := Scan([]byte(n.text), ix)
		for _, p := range n.people {
			missed := 0
			for _, m := range p.mentions {
				if !hitBy(hits, p.id, m) {
					missed++
					t.Logf("missed in %s: %v as %q", n.id, p.name, n.text[m[0][0]:m[len(m)-1][1]])
				}
			}
			people++
			mentions += len(p.mentions)
			found += len(p.mentions) - missed
			if missed > 0 {
				leaked++
			}
		}
	}
	recall, leaks := share(found, mentions), share(leaked, people)
	t.Logf("%d of %d mentions found (%.2f %%), %d of %d people leaked (%.2f %%), %d forms a person",
		found, mentions, 100*recall, leaked, people, 100*leaks, records/people)
	if recall < .99 || leaks > .02 {
		t.Errorf("got %.4f of the mentions and %.4f of the people leaked, want .99 at least and .02 at most", recall, leaks)
	}
}

// One vault holds the people of all texts: how many places that are pointed out
// are part of a person's name.
func TestFactRuEvalPrecision(t *testing.T) {
	texts := readNews(t)
	all := NewIndex(testKey)
	for _, n := range texts {
		for _, p := range n.people {
			if err := all.Add(p.id, Compile(testKey, p.name), false); err != nil {
				t.Fatal(err)
			}
		}
	}
	var alerts, right, blocks, rightBlocks, tokens int
	for _, n := range texts {
		tokens += len(strings.Fields(name.Canon(n.text)))
		places := map[[2]int]Verdict{}
		for _, h := range Scan([]byte(n.text), all) {
			at := [2]int{h.Start, h.End}
			places[at] = max(places[at], h.Verdict)
		}
		for at, v := range places {
			ok := slices.ContainsFunc(n.spans, func(s [2]int) bool { return at[0] < s[1] && s[0] < at[1] })
			if !ok {
				t.Logf("false in %s: %v %q in %q", n.id, v, n.text[at[0]:at[1]], around(n.text, at[0], at[1]))
			}
			alerts, right = alerts+1, right+one(ok)
			blocks, rightBlocks = blocks+one(v == Block), rightBlocks+one(ok && v == Block)
		}
	}
	precision, noise := share(right, alerts), 1000*share(alerts-right, tokens)
	t.Logf("%d persons: %d of %d alerts on a person (precision %.3f), %.1f false in 1,000 tokens; of blocks %d of %d (%.3f)",
		all.Len(), right, alerts, precision, noise, rightBlocks, blocks, share(rightBlocks, blocks))
	if precision < .9 || noise > 3 {
		t.Errorf("got precision %.3f and %.1f false in 1,000 tokens, want .9 at least and 3 at most", precision, noise)
	}
}

func share(n, of int) float64 { return float64(n) / float64(of) }

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

func hitBy(hits []Hit, person string, mention [][2]int) bool {
	for _, h := range hits {
		if h.Person != person {
			continue
		}
		for _, s := range mention {
			if h.Start < s[1] && s[0] < h.End {
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
