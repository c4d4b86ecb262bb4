package corpus

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// A Table is one official way to write Cyrillic in Latin letters.
type Table struct {
	Name string `json:"name"`

	Letters map[string]string `json:"mapping"`
	After   map[string]string `json:"prev_mapping"`   // a letter after another; first in a word by itself
	Before  map[string]string `json:"next_mapping"`   // a letter before another
	Endings map[string]string `json:"ending_mapping"` // the last two letters
}

// Tables reads the romanisation tables of a folder in the layout of iuliia: a JSON
// file for each, in the order of their file names.
func Tables(dir string) ([]Table, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var out []Table
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		var t Table
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		if len(t.Letters) > 0 {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no tables in %s: %w", dir, fs.ErrNotExist)
	}
	return out, nil
}

// Write returns text in Latin letters, and for each of its bytes, and for its end,
// the byte of the result that stands for it. What is not Cyrillic stays.
func (t Table) Write(text string) (string, []int) {
	var b strings.Builder
	at := make([]int, len(text)+1)
	rs, starts := []rune(text), bytesOf(text)
	for i := 0; i < len(rs); {
		j := i
		for j < len(rs) && unicode.IsLetter(rs[j]) {
			j++
		}
		if j == i {
			j++
			mark(at, starts[i], starts[j], b.Len())
			b.WriteRune(rs[i])
			i = j
			continue
		}
		for k, latin := range t.word(rs[i:j]) {
			mark(at, starts[i+k], starts[i+k+1], b.Len())
			b.WriteString(latin)
		}
		i = j
	}
	at[len(text)] = b.Len()
	return b.String(), at
}

func mark(at []int, from, to, place int) {
	for i := from; i < to; i++ {
		at[i] = place
	}
}

// word returns what stands for each letter of a word.
func (t Table) word(rs []rune) []string {
	low := []rune(strings.ToLower(string(rs)))
	if len(low) != len(rs) {
		low = rs
	}
	out := make([]string, len(rs))
	for i := range rs {
		out[i] = t.letter(low, i)
	}
	if n := len(low); n > 2 {
		if end, ok := t.Endings[string(low[n-2:])]; ok {
			out[n-2], out[n-1] = end, ""
		}
	}
	for i, r := range rs {
		if unicode.IsUpper(r) && out[i] != "" {
			first := []rune(out[i])
			out[i] = strings.ToUpper(string(first[:1])) + string(first[1:])
		}
	}
	return out
}

func (t Table) letter(low []rune, i int) string {
	r := string(low[i])
	if i == 0 {
		if s, ok := t.After[r]; ok {
			return s
		}
	} else if s, ok := t.After[string(low[i-1:i+1])]; ok {
		return s
	}
	if i+1 < len(low) {
		if s, ok := t.Before[string(low[i:i+2])]; ok {
			return s
		}
	}
	if s, ok := t.Letters[r]; ok {
		return s
	}
	return r
}
