package corpus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"habeas/name"
)

// A Text is one text with every name in it marked.
type Text struct {
	ID       string
	Text     string
	People   []Person
	Mentions [][][2]int // of all persons, also of those nothing else is said of
	Spans    [][2]int   // bytes of every word of every mention of a person
	Marks    []Mark
}

// A Person is somebody named in a [Text].
type Person struct {
	ID       string
	Name     name.Name  // in the nominative, as the makers of the set say
	Mentions [][][2]int // for each mention the bytes of its words
}

// A Mark is a stretch of text whose makers said what it is.
type Mark struct {
	Kind       string // such as "loc_name", "org_name", "geo_adj", "surname"
	Start, End int    // bytes
}

// News reads the texts of a folder in the layout of factRuEval-2016: for each text
// NAME.txt, NAME.spans (id, kind, first character, number of characters),
// NAME.objects (id, kind, ids of spans up to "#") and NAME.coref (a block for each
// person: an id with the ids of objects, then lines of a kind of part and its
// text). Without NAME.coref a text has Mentions and no People.
func News(dir string) ([]Text, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	var out []Text
	for _, f := range files {
		base := strings.TrimSuffix(f, ".txt")
		if _, err := os.Stat(base + ".spans"); err != nil {
			continue // a note beside the texts
		}
		t, err := readText(base)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no texts in %s: %w", dir, fs.ErrNotExist)
	}
	return out, nil
}

var errShort = errors.New("it says too little")

func readText(base string) (Text, error) {
	raw, err := os.ReadFile(base + ".txt")
	if err != nil {
		return Text{}, err
	}
	t := Text{ID: filepath.Base(base), Text: string(raw)}
	at := bytesOf(t.Text)
	spans := map[string][2]int{}
	err = eachFields(base+".spans", func(f []string) error {
		if len(f) == 0 {
			return nil
		}
		if len(f) < 4 {
			return errShort
		}
		first, err := strconv.Atoi(f[2])
		size, err2 := strconv.Atoi(f[3])
		if err != nil || err2 != nil || first < 0 || size < 0 || first+size >= len(at) {
			return errors.New("its place is not in the text")
		}
		m := Mark{f[1], at[first], at[first+size]}
		t.Marks = append(t.Marks, m)
		if isPart(f[1]) {
			spans[f[0]] = [2]int{m.Start, m.End}
		}
		return nil
	})
	if err != nil {
		return Text{}, err
	}
	objects := map[string][][2]int{}
	err = eachFields(base+".objects", func(f []string) error {
		if len(f) < 3 || f[1] != "Person" {
			return nil
		}
		for _, id := range f[2:] {
			if id == "#" {
				break
			}
			if s, ok := spans[id]; ok {
				objects[f[0]] = append(objects[f[0]], s)
				t.Spans = append(t.Spans, s)
			}
		}
		if m := objects[f[0]]; len(m) > 0 {
			t.Mentions = append(t.Mentions, m)
		}
		return nil
	})
	if err != nil {
		return Text{}, err
	}
	if err := t.readPeople(base+".coref", objects); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Text{}, err
	}
	return t, nil
}

// isPart reports whether a kind of span is a part of a person's name.
func isPart(kind string) bool {
	switch kind {
	case "name", "surname", "patronymic", "nickname":
		return true
	}
	return false
}

// readPeople reads who is who. Who has no part of a name is left out.
func (t *Text) readPeople(path string, objects map[string][][2]int) error {
	var p Person
	flush := func() {
		if len(p.Mentions) > 0 && len(p.Name) > 0 {
			t.People = append(t.People, p)
		}
		p = Person{}
	}
	kinds := map[string]name.Kind{"firstname": name.Given, "lastname": name.Family, "patronymic": name.Patronymic, "nickname": name.Alias}
	err := eachFields(path, func(f []string) error {
		if len(f) == 0 {
			flush()
			return nil
		}
		if k, ok := kinds[strings.TrimRight(f[0], "0123456789")]; ok {
			p.Name = append(p.Name, name.Part{Kind: k, Text: strings.Join(f[1:], " ")})
			return nil
		}
		if _, err := strconv.Atoi(f[0]); err == nil {
			flush()
			p.ID = t.ID + ":" + f[0]
			for _, o := range f[1:] {
				if m := objects[o]; len(m) > 0 {
					p.Mentions = append(p.Mentions, m)
				}
			}
		}
		return nil
	})
	flush()
	return err
}

func eachFields(path string, do func([]string) error) error {
	return eachLine(path, func(_ int, line string) error { return do(strings.Fields(line)) })
}
