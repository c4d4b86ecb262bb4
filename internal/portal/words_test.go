package portal

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

	"habeas"
	"habeas/fault"
	"habeas/internal/locale"
)

// words returns the words of the portal in a language.
func words(t *testing.T, lang string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "locale", "portal_"+lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// forms are the plural forms of whole numbers in each language, up to a thousand.
func forms() map[string][]string {
	return map[string][]string{
		"en": {"one", "other"}, "es": {"one", "other"}, "fr": {"one", "other"},
		"ru": {"few", "many", "one", "other"}, "uk": {"few", "many", "one", "other"},
		"ar": {"few", "many", "one", "other", "two", "zero"},
	}
}

func stem(key string) (string, string) {
	i := strings.LastIndexByte(key, '.')
	if slices.Contains(forms()["ar"], key[i+1:]) {
		return key[:i], key[i+1:]
	}
	return key, ""
}

func TestEveryLanguageSaysEverything(t *testing.T) {
	english := words(t, "en")
	holes := regexp.MustCompile(`\{\d\}`)
	for _, lang := range Languages() {
		all, plurals := words(t, lang), map[string][]string{}
		if got := locale.New(lang).Lang(); got != lang {
			t.Errorf("%s: pages are in %s", lang, got)
		}
		for k, v := range all {
			s, form := stem(k)
			same := k
			if form != "" {
				plurals[s] = append(plurals[s], form)
				same = s + ".other"
			}
			want, ok := english[same]
			if !ok {
				t.Errorf("%s %s: not in English", lang, k)
			}
			got := slices.Compact(slices.Sorted(slices.Values(holes.FindAllString(v, -1))))
			if form != "one" && !slices.Equal(got, slices.Compact(slices.Sorted(slices.Values(holes.FindAllString(want, -1))))) {
				t.Errorf("%s %s: placeholders %v", lang, k, got)
			}
			if v == "" || strings.TrimSpace(v) != v || !strings.HasPrefix(k, "portal.") {
				t.Errorf("%s %s: %q", lang, k, v)
			}
		}
		for k := range english {
			s, form := stem(k)
			if form == "" && all[k] == "" {
				t.Errorf("%s %s: no words", lang, k)
			} else if form != "" && !slices.Equal(slices.Sorted(slices.Values(plurals[s])), forms()[lang]) {
				t.Errorf("%s %s: has forms %v, want %v", lang, s, plurals[s], forms()[lang])
			}
		}
	}
}

// TestWordsThatAreUsed fails if a page or the code uses a key that there are no
// words for, or the other way round.
func TestWordsThatAreUsed(t *testing.T) {
	used := map[string]bool{}
	pattern := regexp.MustCompile(`\.[TN] "([a-z_.0-9]+)"|\bT\("([a-z_.0-9]+)"|\bN\("([a-z_.0-9]+)"`)
	prefixed := func(prefix string, names ...string) {
		for _, n := range names {
			used["portal."+prefix+n] = true
		}
	}
	for _, glob := range []string{"page/*.html", "*.go"} {
		files, _ := filepath.Glob(glob)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range pattern.FindAllStringSubmatch(string(b), -1) {
				prefixed("", strings.TrimPrefix(m[1]+m[2]+m[3], "portal."))
			}
		}
	}
	prefixed("use.", audiences()...)
	prefixed("named.", namings()...)
	prefixed("place.", exactness()...)
	prefixed("urgent.", urgency()...)
	prefixed("delay.", delays()...)
	prefixed("done.", "reply", "uses", "withdraw")
	for _, q := range habeas.Questions() {
		prefixed("ask."+q, "", "_hint")
	}
	for _, sec := range (frontPage{Frame: Frame{P: locale.New("en")}}).Sections() {
		prefixed("front.", sec.Name)
		for i := range sec.Points {
			prefixed("front."+sec.Name+".", strconv.Itoa(i+1))
		}
	}
	prefixed("fault.", refusals(t)...)
	prefixed("fault.", "later", "intake.closed", "intake.no_room", "intake.file_too_large", "intake.no_receipt", "intake.wrong_word", "intake.stopped")
	all := map[string]bool{}
	for k := range words(t, "en") {
		s, _ := stem(k)
		all[s] = true
	}
	for k := range used {
		if !all[k] && !strings.HasSuffix(k, ".") {
			t.Errorf("no words for %q", k)
		}
	}
	for k := range all {
		if !used[k] {
			t.Errorf("nothing says %q", k)
		}
	}
}

// refusals returns the keys of all refusals in the source.
func refusals(t *testing.T) (keys []string) {
	t.Helper()
	set := map[string]bool{"busy": true}
	pkgs, err := parser.ParseDir(token.NewFileSet(), ".", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range pkgs {
		ast.Inspect(pkg, func(n ast.Node) bool {
			if kv, ok := n.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok && id.Name == "key" {
					if lit, ok := kv.Value.(*ast.BasicLit); ok {
						set[strings.Trim(lit.Value, `"`)] = true
					}
				}
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(set))
}

func TestEveryFaultIsSaid(t *testing.T) {
	for _, lang := range Languages() {
		p := locale.New(lang)
		for _, err := range []error{
			fault.New(fault.Busy, "intake.closed"), fault.New(fault.NotFound, "intake.no_receipt"), fault.New(fault.Invalid, "receipt.unreadable"),
			fault.New(fault.Internal, "internal"), fault.New(fault.Damaged, "intake.damaged"), fault.New(fault.Busy, "store.in_use"),
			fault.New(fault.Invalid, "intake.empty"), fault.New(fault.Conflict, "intake.stopped"), new(fault.Error), os.ErrClosed,
		} {
			if s := asRefusal(err).say(p); strings.HasPrefix(s, "portal.") || s == "" {
				t.Errorf("%s: %v is said as %q", lang, err, s)
			}
		}
	}
}
