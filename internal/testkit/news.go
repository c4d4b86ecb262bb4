package testkit

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"habeas/name"
)

// A NewsText is one text of factRuEval-2016, Russian news, with the people in it.
type NewsText struct {
	ID     string
	Text   string
	People []NewsPerson
	Spans  [][2]int // bytes of every word of every mention
}

// A NewsPerson is somebody named in a NewsText.
type NewsPerson struct {
	ID       string
	Name     name.Name  // in the nominative
	Mentions [][][2]int // for each mention the bytes of its words
}

// News reads the texts from data, the folder of shared data, or skips the test
// if they are not there.
func News(t testing.TB, data string) []NewsText {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(data, "names/factrueval-dev/*.txt"))
	if len(files) == 0 {
		t.Skip("no factRuEval below " + data)
	}
	var out []NewsText
	for _, f := range files {
		out = append(out, readNewsText(t, strings.TrimSuffix(f, ".txt")))
	}
	return out
}

func readNewsText(t testing.TB, base string) NewsText {
	raw, err := os.ReadFile(base + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	n := NewsText{ID: filepath.Base(base), Text: string(raw)}
	offset := make([]int, 0, len(raw)+1)
	for i := range n.Text {
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
				n.Spans = append(n.Spans, s)
			}
		}
	})
	n.readPeople(t, base+".coref", objects)
	return n
}

// readPeople reads who is who: a block for each person, with their name in the
// nominative and the mentions of theirs.
func (n *NewsText) readPeople(t testing.TB, path string, objects map[string][][2]int) {
	var p NewsPerson
	flush := func() {
		if len(p.Mentions) > 0 && len(p.Name) > 0 {
			n.People = append(n.People, p)
		}
		p = NewsPerson{}
	}
	kinds := map[string]name.Kind{"firstname": name.Given, "lastname": name.Family, "patronymic": name.Patronymic, "nickname": name.Alias,
		"firstname1": name.Given, "firstname2": name.Given, "lastname1": name.Family, "lastname2": name.Family}
	eachLine(t, path, func(f []string) {
		if len(f) == 0 {
			flush()
			return
		}
		if k, ok := kinds[f[0]]; ok {
			p.Name = append(p.Name, name.Part{Kind: k, Text: strings.Join(f[1:], " ")})
			return
		}
		if _, err := strconv.Atoi(f[0]); err == nil {
			flush()
			p.ID = n.ID + ":" + f[0]
			for _, o := range f[1:] {
				if m := objects[o]; len(m) > 0 {
					p.Mentions = append(p.Mentions, m)
				}
			}
		}
	})
	flush()
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
