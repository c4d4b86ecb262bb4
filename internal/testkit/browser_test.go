package testkit

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const goodPage = `<!doctype html><html lang="en"><title>A case</title><body><main>
<h1>A case</h1><p id="by">no script</p>
<form method="post" action="/said"><label for="t">Title</label> <input id="t" name="title" value="old">
<button id="send">Send</button></form></main>
<script src="/s.js"></script></body></html>`

const badPage = `<!doctype html><html><title></title><body><h1>A case</h1>
<input name="title"><img src="http://127.0.0.1:1/spy.png">
<script>document.title = "inline"</script><script src="/bad.js"></script></body></html>`

// ground is a little site with a good page and a bad one.
func ground(t *testing.T) string {
	mux := http.NewServeMux()
	page := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; form-action 'self'; img-src *")
			fmt.Fprint(w, text)
		}
	}
	mux.HandleFunc("GET /{$}", page(goodPage))
	mux.HandleFunc("GET /bad", page(badPage))
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("GET /s.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `document.getElementById("by").textContent = "script"`)
	})
	mux.HandleFunc("GET /bad.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `console.error("it", "broke"); undefinedThing()`)
	})
	mux.HandleFunc("POST /said", func(w http.ResponseWriter, r *http.Request) {
		page("<!doctype html><html lang=en><title>Said</title><p id=said>"+r.FormValue("title")+"</p>")(w, r)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestBrowser(t *testing.T) {
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script %v", script), func(t *testing.T) {
			site := ground(t)
			b := NewBrowser(t, script)
			b.Open(site + "/")
			want := "no script"
			if script {
				want = "script"
			}
			if got := b.Text("#by"); got != want {
				t.Errorf("the page says %q, want %q", got, want)
			}
			if got := b.Axe(); len(got) != 0 {
				t.Errorf("axe found %q on a good page", got)
			}
			b.Fill("#t", "Тест")
			if got := b.Value("#t"); got != "Тест" {
				t.Errorf("the field holds %q", got)
			}
			b.Follow("#send")
			if got := b.Text("#said"); got != "Тест" {
				t.Errorf("the server heard %q", got)
			}
			if got, want := b.Address(), site+"/said"; got != want {
				t.Errorf("address %q, want %q", got, want)
			}
			if got := b.Complaints(); len(got) != 0 {
				t.Errorf("complaints about a good page: %q", got)
			}
			shot := filepath.Join(t.TempDir(), "shots", "said.png")
			b.Shot(shot)
			if got, err := os.ReadFile(shot); err != nil || !strings.HasPrefix(string(got), "\x89PNG") {
				t.Errorf("no picture: %v", err)
			}
		})
	}
}

func TestBrowserComplains(t *testing.T) {
	site := ground(t)
	b := NewBrowser(t, true)
	b.Open(site + "/bad")
	got := b.Complaints()
	for _, want := range []string{
		"request to another host: http://127.0.0.1:1/spy.png",
		"content security policy: script-src",
		"console: \"it\" \"broke\"",
		"undefinedThing",
	} {
		if !slices.ContainsFunc(got, func(c string) bool { return strings.Contains(c, want) }) {
			t.Errorf("nothing about %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	found := strings.Join(b.Axe(), "\n")
	for _, want := range []string{"html-has-lang", "document-title", "image-alt", "label"} {
		if !strings.Contains(found, want) {
			t.Errorf("axe did not find %q in\n%s", want, found)
		}
	}
}

func TestWide(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<!doctype html><meta name=viewport content="width=device-width"><body style="margin:0"><div style="width:500px">.</div>`)
	}))
	t.Cleanup(s.Close)
	b := NewBrowser(t, false)
	b.Resize(320, 600)
	b.Open(s.URL)
	if got, want := b.Wide(), 180; got != want {
		t.Errorf("the page is %d px too wide, want %d", got, want)
	}
}
