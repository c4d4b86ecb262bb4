package locale

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"habeas/fault"
)

// pluralForms are the endings of keys that belong together.
var pluralForms = []string{"zero", "one", "two", "few", "many", "other"}

// stem returns a key without its plural ending. Keys are plural if English has
// both its forms of them: a term may be "other" without being one of a group.
func stem(key string) (string, bool) {
	english := catalogue()[Default]
	i := strings.LastIndexByte(key, '.')
	if i > 0 && slices.Contains(pluralForms, key[i+1:]) && english[key[:i]+".one"] != "" && english[key[:i]+".other"] != "" {
		return key[:i], true
	}
	return key, false
}

func stems(words map[string]string) map[string]bool {
	out := map[string]bool{}
	for k := range words {
		s, _ := stem(k)
		out[s] = true
	}
	return out
}

func TestEveryKeyInEveryLanguage(t *testing.T) {
	all := catalogue()
	if got, want := slices.Sorted(maps.Keys(all)), slices.Sorted(slices.Values(Langs())); !slices.Equal(got, want) {
		t.Fatalf("got words in %q, want %q", got, want)
	}
	english := stems(all[Default])
	if len(english) < 100 {
		t.Fatalf("read only %d keys", len(english))
	}
	for _, lang := range Langs() {
		other := stems(all[lang])
		for k := range english {
			if !other[k] {
				t.Errorf("%s has no words for %q", lang, k)
			}
		}
		for k := range other {
			if !english[k] {
				t.Errorf("%s has words for %q, which English has not", lang, k)
			}
		}
		for k, v := range all[lang] {
			if strings.TrimSpace(v) != v && k != "list.comma" || v == "" {
				t.Errorf("%s %q: empty, or space around it: %q", lang, k, v)
			}
		}
	}
}

func TestKeysStandInOneFile(t *testing.T) {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lang := strings.TrimSuffix(name[strings.LastIndexByte(name, '_')+1:], ".json")
		d := json.NewDecoder(strings.NewReader(string(b)))
		for {
			tok, err := d.Token()
			if err != nil {
				break
			}
			key, ok := tok.(string)
			if !ok || d.InputOffset() == 0 {
				continue
			}
			if before := seen[lang+" "+key]; before != "" {
				t.Errorf("%s: %q is in %s too", name, key, before)
			}
			seen[lang+" "+key] = name
			if _, err := d.Token(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{(\d+)\}`)

func placeholders(s string) string {
	found := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		found[m[1]] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " ")
}

func TestPlaceholdersAgree(t *testing.T) {
	all := catalogue()
	for k, v := range all[Default] {
		s, plurals := stem(k)
		for _, lang := range Langs() {
			if plurals {
				continue
			}
			if got, want := placeholders(all[lang][s]), placeholders(v); got != want {
				t.Errorf("%s %q: got placeholders %q, want %q", lang, k, got, want)
			}
		}
	}
	for _, lang := range Langs() {
		for k, v := range all[lang] {
			if s, plurals := stem(k); plurals && !strings.HasSuffix(k, ".one") {
				if got, want := placeholders(v), placeholders(all[Default][s+".other"]); got != want {
					t.Errorf("%s %q: got placeholders %q, want %q", lang, k, got, want)
				}
			}
		}
	}
}

// TestPluralsFit fails if a language lacks a form that one of its numbers takes,
// or has one that none takes.
func TestPluralsFit(t *testing.T) {
	all := catalogue()
	for _, lang := range Langs() {
		p := New(lang)
		takes := map[string]bool{"other": true}
		for n := range 1000 {
			takes[p.form(n)] = true
		}
		for s := range stems(all[lang]) {
			if _, plurals := stem(s + ".other"); !plurals {
				continue
			}
			for _, f := range pluralForms {
				if got, want := p.Has(s+"."+f), takes[f]; got != want {
					t.Errorf("%s %q: has form %q: got %v, want %v", lang, s, f, got, want)
				}
			}
		}
	}
	if got := plural.Cardinal.MatchPlural(language.Russian, 2, 0, 0, 0, 0); got != plural.Few {
		t.Fatalf("got form %v for 2 in Russian, want few", got)
	}
}

// faultCall is one fault of the source.
type faultCall struct {
	key  string
	at   string
	args []ast.Expr
}

// faults parses the source for the keys of faults, and for keys that package
// claim names otherwise.
func faults(t *testing.T) (calls []faultCall) {
	t.Helper()
	root := filepath.Join("..", "..")
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); path != root && (strings.HasPrefix(n, ".") || n == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := ""
			switch fun := call.Fun.(type) {
			case *ast.SelectorExpr:
				name = fun.Sel.Name
			case *ast.Ident:
				name = fun.Name
			}
			at := map[string]int{"New": 1, "Wrap": 2, "problem": 1}[name]
			if at == 0 || len(call.Args) <= at {
				return true
			}
			lit, ok := call.Args[at].(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			key, err := strconv.Unquote(lit.Value)
			if err == nil && regexp.MustCompile(`^[a-z]+(\.[a-z_0-9]+)?$`).MatchString(key) {
				calls = append(calls, faultCall{key, fset.Position(call.Pos()).String(), call.Args[at+1:]})
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

func TestEveryFaultHasWords(t *testing.T) {
	calls := faults(t)
	if len(calls) < 50 {
		t.Fatalf("found only %d faults in the source", len(calls))
	}
	used := map[string]bool{}
	for _, c := range calls {
		used["fault."+c.key] = true
		for _, lang := range Langs() {
			p := New(lang)
			words, ok := p.words["fault."+c.key]
			if !ok {
				words, ok = p.words["fault."+c.key+".other"]
			}
			if !ok {
				t.Errorf("%s: no words in %s for %q", c.at, lang, c.key)
				continue
			}
			for _, m := range placeholder.FindAllStringSubmatch(words, -1) {
				if n, _ := strconv.Atoi(m[1]); n >= len(c.args) {
					t.Errorf("%s: the words in %s for %q take argument %d, and it has %d", c.at, lang, c.key, n, len(c.args))
				}
			}
		}
	}
	for k := range stems(catalogue()[Default]) {
		if strings.HasPrefix(k, "fault.") && !strings.HasPrefix(k, "fault.kind.") && !used[k] {
			t.Errorf("nothing in the source says %q any more", k)
		}
	}
}

func TestFault(t *testing.T) {
	for _, c := range []struct {
		lang string
		e    *fault.Error
		want string
	}{
		{"en", fault.New(fault.Withheld, "desk.suspects_left", fault.Count(1)), "1 word still looks like a name."},
		{"en", fault.New(fault.Withheld, "desk.suspects_left", fault.Count(3)), "3 words still look like names."},
		{"ru", fault.New(fault.Withheld, "desk.suspects_left", fault.Count(3)), "3 слова ещё похожи на имена."},
		{"ru", fault.New(fault.Withheld, "desk.suspects_left", fault.Count(15)), "15 слов ещё похожи на имена."},
		{"en", fault.New(fault.Busy, "no.such_key"), "Too much is being done at once."},
		{"en", new(fault.Error), "Something broke on our side."},
	} {
		if got := New(c.lang).Fault(c.e); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s %s: got %q, want it to begin with %q", c.lang, c.e.Key(), got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	p := New("en")
	for _, c := range []struct{ got, want string }{
		{p.T("no.such.key"), "no.such.key"},
		{p.T("date.from_to", "{1}", "x"), "from {1} to x"}, // an argument is not read for placeholders
		{p.T("date.from_to", "x"), "from x to {1}"},
		{p.N("ui.contested", 1), "1 finding contested"},
		{New("ru").N("ui.contested", 22), "22 спорных вывода"},
		{p.Term("basis", "no such term"), "no such term"},
		{p.List("a", "b", "c"), "a, b and c"},
		{p.List("a"), "a"},
		{New("xx-YY").Lang(), "en"},
		{New("ru-RU").Lang(), "ru"},
		{New("").Lang(), "en"},
		{Match("de, ru;q=0.8, en;q=0.5"), "ru"},
		{Match("\x00"), "en"},
		{Dir("ar-EG"), "rtl"},
		{Dir("uk"), "ltr"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestDates(t *testing.T) {
	moment := func(y int64, m, d int) Moment { return Moment{Year: y, Month: m, Day: d} }
	single := func(m Moment) Date { return Date{From: m, To: m} }
	approx := moment(2022, 11, 0)
	approx.Approx = true
	both := moment(2022, 11, 3)
	both.Approx, both.Uncertain = true, true
	open, unknown := Moment{Open: true}, Moment{Unknown: true}
	for _, c := range []struct {
		d      Date
		en, ru string
	}{
		{Date{}, "at an unknown time", "неизвестно когда"},
		{single(moment(2022, 11, 11)), "11 November 2022", "11 ноября 2022 г."},
		{single(moment(2022, 7, 0)), "July 2022", "июль 2022 г."},
		{single(moment(2022, 0, 0)), "2022", "2022 г."},
		{single(moment(2022, 21, 0)), "spring 2022", "весна 2022 г."},
		{single(approx), "about November 2022", "около ноября 2022 г."},
		{single(both), "perhaps about 3 November 2022", "возможно, около 3 ноября 2022 г."},
		{single(Moment{Year: 2020, Span: 10}), "the 2020s", "2020-е гг."},
		{single(Moment{Year: -43}), "44 BC", "44 г. до н. э."},
		{Date{moment(2022, 7, 0), moment(2022, 12, 0), true}, "from July 2022 to December 2022", "с июля 2022 г. по декабрь 2022 г."},
		{Date{moment(2022, 22, 0), moment(2023, 21, 0), true}, "from summer 2022 to spring 2023", "с лета 2022 г. по весну 2023 г."},
		{Date{open, moment(2022, 12, 20), true}, "until 20 December 2022", "до 20 декабря 2022 г."},
		{Date{unknown, moment(2022, 12, 0), true}, "at some time until December 2022", "когда-то до декабря 2022 г."},
		{Date{moment(2022, 7, 0), open, true}, "since July 2022", "с июля 2022 г."},
		{Date{moment(2022, 7, 0), unknown, true}, "from July 2022, until when is not known", "с июля 2022 г., до какого времени — неизвестно"},
		{Date{open, open, true}, "at an unknown time", "неизвестно когда"},
	} {
		if got := New("en").Date(c.d); got != c.en {
			t.Errorf("got %q, want %q", got, c.en)
		}
		if got := New("ru").Date(c.d); got != c.ru {
			t.Errorf("got %q, want %q", got, c.ru)
		}
	}
	day := time.Date(2022, 11, 11, 9, 5, 0, 0, time.UTC)
	if got, want := New("en").Clock(day), "11 November 2022, 09:05"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFilesAreFlat fails if a catalogue is not sentences by key.
func TestFilesAreFlat(t *testing.T) {
	if _, err := readCatalogue(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ui_en.json", "fault_ru.json", "terms_en.json"} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
}
