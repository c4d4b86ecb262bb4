package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed *.json
var files embed.FS

// Default is the language of readers whose own has no words yet.
const Default = "en"

// catalogue is read once, and then only read from.
var catalogue = sync.OnceValue(func() map[string]map[string]string {
	c, err := readCatalogue()
	if err != nil {
		panic("locale: " + err.Error()) // the files are part of the program
	}
	return c
})

func readCatalogue() (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	names, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, f := range names {
		part := strings.TrimSuffix(f.Name(), ".json")
		lang := part[strings.LastIndexByte(part, '_')+1:]
		b, err := files.ReadFile(f.Name())
		if err != nil {
			return nil, err
		}
		var words map[string]string
		if err := json.Unmarshal(b, &words); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		if all[lang] == nil {
			all[lang] = map[string]string{}
		}
		for k, v := range words {
			all[lang][k] = v
		}
	}
	return all, nil
}

// Langs returns the languages there are words for, the default first.
func Langs() []string { return []string{"en", "ru", "uk", "es", "fr", "ar"} }

// A Printer writes words in one language. It does not change and may be shared.
type Printer struct {
	lang  string
	tag   language.Tag
	words map[string]string
}

// New returns a printer for a BCP 47 language. One that has no words here gets
// English, and its Lang says so.
func New(lang string) *Printer {
	base, _, _ := strings.Cut(lang, "-")
	base = strings.ToLower(base)
	words := catalogue()[base]
	if words == nil {
		base, words = Default, catalogue()[Default]
	}
	return &Printer{lang: base, tag: language.Make(base), words: words}
}

// Match returns the best of [Langs] for an Accept-Language header.
func Match(accept string) string {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return Default
	}
	for _, t := range tags {
		base, _ := t.Base()
		for _, l := range Langs() {
			if base.String() == l {
				return l
			}
		}
	}
	return Default
}

// Lang returns the language the words are in.
func (p *Printer) Lang() string { return p.lang }

// Dir returns the direction the language is written in: "ltr" or "rtl".
func (p *Printer) Dir() string { return Dir(p.lang) }

// Dir returns the direction a BCP 47 language is written in.
func Dir(lang string) string {
	base, _, _ := strings.Cut(lang, "-")
	switch base {
	case "ar", "fa", "he", "ur", "ps", "ckb":
		return "rtl"
	}
	return "ltr"
}

// Has reports whether there are words for key.
func (p *Printer) Has(key string) bool {
	_, ok := p.words[key]
	return ok
}

// T returns the words for key with args in the places of {0}, {1}, …, each as
// fmt.Sprint has it. A key that has no words is returned itself.
func (p *Printer) T(key string, args ...any) string {
	s, ok := p.words[key]
	if !ok {
		return key
	}
	return fill(s, args)
}

// Pieces returns the words for key, cut where arguments stand in them: at[i] is the
// number of the one between text[i] and text[i+1].
func (p *Printer) Pieces(key string) (text []string, at []int) {
	s, ok := p.words[key]
	if !ok {
		s = key
	}
	return cut(s)
}

// fill replaces placeholders in one pass, so that an argument that looks like
// one stays as it is.
func fill(s string, args []any) string {
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	text, at := cut(s)
	for i, t := range text {
		b.WriteString(t)
		switch {
		case i == len(at):
		case at[i] < len(args):
			fmt.Fprint(&b, args[at[i]])
		default:
			fmt.Fprintf(&b, "{%d}", at[i])
		}
	}
	return b.String()
}

// cut cuts a sentence at its placeholders.
func cut(s string) (text []string, at []int) {
	piece := ""
	for {
		before, rest, found := strings.Cut(s, "{")
		piece += before
		if !found {
			return append(text, piece), at
		}
		digits, after, closed := strings.Cut(rest, "}")
		n, err := strconv.Atoi(digits)
		if !closed || err != nil || n < 0 {
			piece, s = piece+"{", rest
			continue
		}
		text, at = append(text, piece), append(at, n)
		piece, s = "", after
	}
}

// N returns the words for n of something: those under key and the plural form
// that n takes in the language. {0} is n, further arguments follow.
func (p *Printer) N(key string, n int, args ...any) string {
	form := p.form(n)
	s, ok := p.words[key+"."+form]
	if !ok {
		if s, ok = p.words[key+".other"]; !ok {
			return key
		}
	}
	return fill(s, append([]any{n}, args...))
}

func (p *Printer) form(n int) string {
	if n < 0 {
		n = -n
	}
	switch plural.Cardinal.MatchPlural(p.tag, n, 0, 0, 0, 0) {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	}
	return "other"
}

// Term returns the label of a vocabulary's term, and the term itself if it has
// none: words that another version wrote are shown as they are.
func (p *Printer) Term(vocabulary, term string) string {
	if s, ok := p.words["term."+vocabulary+"."+term]; ok {
		return s
	}
	return term
}

// List joins words as the language does: "a, b and c".
func (p *Printer) List(items ...string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	return p.T("list.last", strings.Join(items[:last], p.T("list.comma")), items[last])
}
