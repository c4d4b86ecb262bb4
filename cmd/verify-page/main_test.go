package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"habeas/custody/custodytest"
	"habeas/internal/testkit"
)

// said returns the sentences of a report: what custody gives to its method line and
// the constants that name the checks, and what verdicts come to.
func said(t *testing.T) (all []string) {
	t.Helper()
	add := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
			s, err := strconv.Unquote(l.Value)
			if err != nil {
				t.Fatal(err)
			}
			if s != "" {
				all = append(all, s)
			}
		}
	}
	for _, name := range []string{"verify.go", "others.go", "print.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "custody", name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "line" && len(n.Args) == 5 {
					add(n.Args[3])
					add(n.Args[4])
				}
			case *ast.ValueSpec:
				if strings.HasPrefix(n.Names[0].Name, "check") {
					add(n.Values[0])
				}
			case *ast.FuncDecl:
				if n.Name.Name != "means" && n.Name.Name != "String" {
					break
				}
				ast.Inspect(n.Body, func(n ast.Node) bool {
					if e, ok := n.(ast.Expr); ok {
						add(e)
					}
					return true
				})
			}
			return true
		})
	}
	return all
}

func words(t *testing.T, lang string) (w map[string]string) {
	t.Helper()
	b, err := files.ReadFile("words/" + lang + ".json")
	if err == nil {
		err = json.Unmarshal(b, &w)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Every sentence of a report and every word of the page is there in each language;
// in English a sentence stands for itself unless the page has another.
func TestWords(t *testing.T) {
	sentences := said(t)
	if len(sentences) < 45 {
		t.Fatalf("found only %d sentences of reports", len(sentences))
	}
	english := words(t, "en")
	for _, lang := range languages[1:] {
		w := words(t, lang)
		for _, s := range sentences {
			if w[s] == "" || w[s] == s {
				t.Errorf("%s lacks: %s", lang, s)
			}
		}
		for key := range english {
			if w[key] == "" {
				t.Errorf("%s lacks: %s", lang, key)
			}
		}
		for key := range w {
			if _, ok := english[key]; !ok && !strings.Contains(strings.Join(sentences, "\n")+"\n", key+"\n") {
				t.Errorf("%s has words for what is not said: %s", lang, key)
			}
		}
	}
	html, script := source(t, "page.html"), source(t, "page.js")
	for _, use := range regexp.MustCompile(`data-words="([^"]+)"|say\("([^"]+)"\)`).FindAllStringSubmatch(html+script, -1) {
		if key := use[1] + use[2]; english[key] == "" {
			t.Errorf("the page says %q, of which there are no words", key)
		}
	}
}

func source(t *testing.T, name string) string {
	t.Helper()
	b, err := fs.ReadFile(files, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The page is opened from a disk, by a court clerk who has nothing else: it says what
// holds, what does not, and who is to blame, and asks nobody for anything.
func TestPage(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	dir := t.TempDir()
	file := filepath.Join(dir, "habeas-verify.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p := custodytest.NewParcel(t)
	good, bad, none := filepath.Join(dir, "good.zip"), filepath.Join(dir, "bad.zip"), filepath.Join(dir, "none.zip")
	p.Zip(t, good)
	p.Files["data/E0001.jpg"].Data[0] ^= 1
	p.Zip(t, bad)
	if err := os.WriteFile(none, []byte("no bundle"), 0o600); err != nil {
		t.Fatal(err)
	}

	b.Open("file://" + file)
	look := func(name string) {
		t.Helper()
		for _, v := range b.Axe() {
			t.Errorf("%s: %s", name, v)
		}
		for _, width := range []int{320, 1280} {
			b.Resize(width, 900)
			if got := b.Wide(); got != 0 {
				t.Errorf("%s: %d px wider than a screen of %d", name, got, width)
			}
			if shots := os.Getenv("HABEAS_SHOTS"); shots != "" {
				b.Shot(filepath.Join(shots, "verify-page-"+name+strconv.Itoa(width)+".png"))
			}
		}
	}
	look("form")
	says := func(selector string, want ...string) {
		t.Helper()
		got := b.Text(selector)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not said; got %s", w, got)
			}
		}
	}
	b.Attach("#bundle", good)
	b.Click("#check")
	b.Wait("h2.INTEGRITY")
	says("#report", "Integrity only", "tokens: 0; no certificate", "no key of a witness was given", p.Trust.Root.String(), "Not checked: the log is that of the office you named", "fill in the fingerprint above")
	b.Fill("#root", strings.ToUpper(p.Trust.Root.String()))
	b.Set("#witnesses", p.Witness+"\n")
	b.Click("#check")
	b.Wait("h2.VERIFIED")
	says("#report", "Verified", "partner.example", "a court, invented", "Does not show: that the author told the truth")
	look("verified")
	b.Set("#lang", "ar")
	says("#report", "متحقَّق منه", "لا يبيّن:", "الملفات: 2، البايتات: 14")
	look("arabic")
	b.Set("#lang", "en")
	b.Attach("#bundle", bad)
	b.Click("#check")
	b.Wait("h2.BROKEN")
	says("#report", "✕ Failed: the files are those that were packed: data/E0001.jpg")
	look("broken")
	b.Attach("#bundle", none)
	b.Click("#check")
	b.Wait("#bundle[aria-invalid]")
	says("#form", "This is no bundle")
	b.Attach("#bundle", good)
	b.Fill("#root", "not one")
	b.Click("#check")
	b.Wait("#root[aria-invalid]")
	says("#form", "This is not a fingerprint")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// The page is the same each time it is made, and nothing of this machine is in it.
func TestPageIsReproducible(t *testing.T) {
	var first, second strings.Builder
	for _, w := range []*strings.Builder{&first, &second} {
		if err := write(w); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() {
		t.Error("made twice, the page is not the same")
	}
}
