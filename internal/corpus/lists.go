package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"habeas/name"
)

// A Pair is one name as two scripts write it, in canonical spelling and without
// spaces. The first is Latin.
type Pair [2]string

// Pairs reads a file of pairs, one a line, with a tab or a comma between the two;
// what follows them is passed over, and letters may stand apart. Pairs of which
// nothing is left in canonical spelling are passed over.
func Pairs(path string) ([]Pair, error) {
	var out []Pair
	err := eachLine(path, func(_ int, line string) error {
		between := "\t"
		if !strings.Contains(line, between) {
			between = ","
		}
		c := strings.Split(line, between)
		if len(c) < 2 {
			return errShort
		}
		p := Pair{whole(c[0]), whole(c[1])}
		if p[0] != "" && p[1] != "" {
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

func whole(s string) string {
	return strings.ReplaceAll(name.Canon(strings.ReplaceAll(s, " ", "")), " ", "")
}

// An Entry is a name in a dictionary, with its forms.
type Entry struct {
	Nominative string
	Forms      []Form
}

// A Form is a form of a name, with what the dictionary says of it.
type Form struct {
	Text string
	Tag  string // such as "NOUN,anim,masc,Surn sing,gent"; "" if nothing
}

// Entries reads a dictionary of names in the layout of OpenCorpora: a line for each
// form, with tabs between the lemma, the form, anything, and its tag. Without a tag
// the lemma is the nominative; with one it is the form that is tagged "sing,nomn",
// for the lemma of a patronymic is the father's name.
func Entries(path string) ([]Entry, error) {
	type key struct {
		lemma string
		woman bool
	}
	var out []Entry
	at := map[key]int{}
	err := eachLine(path, func(n int, line string) error {
		c := strings.Split(line, "\t")
		if line == "" || n == 1 && c[0] == "lemma" {
			return nil
		}
		if len(c) < 2 {
			return errShort
		}
		tag := ""
		if len(c) > 3 {
			tag = c[3]
		}
		k := key{c[0], strings.Contains(tag, "femn")}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			e := Entry{Nominative: c[0]}
			if tag != "" {
				e.Nominative = c[1]
			}
			out = append(out, e)
		}
		if strings.Contains(tag, "sing,nomn") {
			out[i].Nominative = c[1]
		}
		out[i].Forms = append(out[i].Forms, Form{c[1], tag})
		return nil
	})
	return out, err
}

// A Marked text has stretches of some kinds, as [Mark].
type Marked struct {
	Text  string
	Marks []Mark
}

// Identifiers reads a JSON list of texts with their spans, as the generator of
// Presidio writes it: full_text, and spans with entity_type, start_position and
// end_position in characters.
func Identifiers(path string) ([]Marked, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var in []struct {
		Text  string `json:"full_text"`
		Spans []struct {
			Kind string `json:"entity_type"`
			From int    `json:"start_position"`
			To   int    `json:"end_position"`
		} `json:"spans"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var out []Marked
	for i, x := range in {
		m, at := Marked{Text: x.Text}, bytesOf(x.Text)
		for _, s := range x.Spans {
			if s.From < 0 || s.To < s.From || s.To >= len(at) {
				return nil, fmt.Errorf("%s: text %d: %w", path, i+1, errors.New("a span is not in the text"))
			}
			m.Marks = append(m.Marks, Mark{s.Kind, at[s.From], at[s.To]})
		}
		out = append(out, m)
	}
	return out, nil
}
