package testkit

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A recorder is a test that may fail without failing this one.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper()                      {}
func (r *recorder) Logf(format string, a ...any) {}
func (r *recorder) Errorf(format string, a ...any) {
	r.said = append(r.said, fmt.Sprintf(format, a...))
}
func (r *recorder) Fatal(a ...any) { r.Fatalf("%s", fmt.Sprint(a...)) }
func (r *recorder) Fatalf(format string, a ...any) {
	r.Errorf(format, a...)
	panic(r)
}

// failures runs f and returns what it failed with.
func failures(t *testing.T, f func(t testing.TB)) []string {
	r := &recorder{TB: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		f(r)
	}()
	return r.said
}

const selectorPage = `<html><body><main id="m"><div class="a b"><p>one</p><p lang="ru" data-x="1 2">two</p></div>
<div class="b"><section><p>three</p></section></div></main><p>four</p></body></html>`

func TestSelector(t *testing.T) {
	doc, err := html.Parse(strings.NewReader(selectorPage))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ selector, want string }{
		{"p", "one two three four"},
		{"main p", "one two three"},
		{"#m p", "one two three"},
		{".a p", "one two"},
		{"div.a.b p", "one two"},
		{".b p", "one two three"},
		{".b section p", "three"},
		{"main section p", "three"},
		{"section main p", ""},
		{"p[lang]", "two"},
		{"p[lang=ru]", "two"},
		{`[data-x="1 2"]`, "two"},
		{"[lang=uk]", ""},
		{"*[lang]", "two"},
		{".c", ""},
	} {
		sel, err := parseSelector(tc.selector)
		if err != nil {
			t.Error(err)
			continue
		}
		var got []string
		for _, n := range sel.all(doc) {
			got = append(got, rawText(n))
		}
		if got := strings.Join(got, " "); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.selector, got, tc.want)
		}
	}
	for _, bad := range []string{"", " ", "p > a", "p:first-child", "a,b", ".", "#", "[", "[=x]", "p["} {
		if sel, err := parseSelector(bad); err == nil {
			t.Errorf("%q was read as %v", bad, sel)
		}
	}
}

// site keeps a cookie, answers a form and greets who has been there.
func site() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		who := "nobody"
		if c, err := r.Cookie("who"); err == nil {
			who = c.Value
		}
		fmt.Fprintf(w, `<h1>Hello, <b>%s</b></h1><p title="Кашкаров">text</p><p class="blank"></p><!-- Мельник -->
			<form method="post" action="/come"><input type="hidden" name="token" value="t1"><input name="who">
			<input type="checkbox" name="yes" value="1"><input type="checkbox" name="sure" value="1" checked>
			<select name="lang"><option value="en">English<option value="uk" selected>Українська</select>
			<textarea name="note">
as it was</textarea><button name="do" value="save">Save</button></form><a href="/gone">gone</a><a id="out" href="https://example.org/">out</a>`, who)
	})
	mux.HandleFunc("POST /come", func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		http.SetCookie(w, &http.Cookie{Name: "who", Value: r.Form.Get("who"), Path: "/"})
		http.Redirect(w, r, "/?"+r.PostForm.Encode(), http.StatusSeeOther)
	})
	return mux
}

func TestVisitor(t *testing.T) {
	v := NewVisitor(t, site())
	p := v.Get("/").Want(200)
	p.In("h1").Has("Hello, nobody")
	p = p.Submit("form", url.Values{"who": {"Vera"}, "do": {"save"}}).Want(200)
	p.In("h1").Has("Hello, Vera")
	got := p.Address.RawQuery
	if want := "do=save&lang=uk&note=as+it+was&sure=1&token=t1&who=Vera"; got != want {
		t.Errorf("the form sent %s, want %s", got, want)
	}
	if got, want := len(v.Seen()), 2; got != want {
		t.Errorf("seen %d answers, want %d", got, want)
	}
	v.Get("/gone").Want(404)
	if got := NewVisitor(t, site()).Get("/").In("h1").Text(); got != "Hello, nobody" {
		t.Errorf("a newcomer is greeted with %q", got)
	}
}

func TestPageChecksCanFail(t *testing.T) {
	for name, f := range map[string]func(p *Page){
		"has":            func(p *Page) { p.Has("Мельник") },
		"text":           func(p *Page) { p.HasNot("hello, NOBODY") },
		"attribute":      func(p *Page) { p.HasNot("кашкаров") },
		"comment":        func(p *Page) { p.HasNot("Мельник") },
		"in":             func(p *Page) { p.In(".nowhere") },
		"none":           func(p *Page) { p.None("h1") },
		"status":         func(p *Page) { p.Want(404) },
		"one of several": func(p *Page) { p.In("p").Attr("title") },
		"attr":           func(p *Page) { p.In("h1").Attr("title") },
		"selector":       func(p *Page) { p.In("h1 > b") },
		"no field":       func(p *Page) { p.Submit("form", url.Values{"role": {"keeper"}}) },
		"no form":        func(p *Page) { p.Submit("h1", nil) },
		"another host":   func(p *Page) { p.Follow("#out") },
		"number":         func(p *Page) { p.In("p").At(2) },
	} {
		got := failures(t, func(t testing.TB) { f(NewVisitor(t, site()).Get("/")) })
		if len(got) != 1 {
			t.Errorf("%s: got failures %q, want one", name, got)
		}
	}
	got := failures(t, func(t testing.TB) {
		p := NewVisitor(t, site()).Get("/").Want(200)
		p.Has("Hello, nobody", "text").HasNot("Vera").None(".nowhere")
		p.In("p").At(0).Attr("title")
		p.In("form textarea").Has("as it was").HasNot("saved")
		p.In(".blank").HasNot("form")
	})
	if len(got) != 0 {
		t.Errorf("good page: %q", got)
	}
}
