package testkit

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A Visitor is somebody with a browser that runs no script: it keeps cookies,
// follows redirects and sends forms. It remembers all it was sent, so that a
// test can sweep what one person has seen.
type Visitor struct {
	t    testing.TB
	base *url.URL
	http *http.Client
	seen map[string][]byte
}

// NewVisitor serves h on a port of its own until the test ends and returns
// somebody who has not been there before.
func NewVisitor(t testing.TB, h http.Handler) *Visitor {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return VisitorTo(t, s.URL)
}

// VisitorTo is NewVisitor for a site that is served already.
func VisitorTo(t testing.TB, base string) *Visitor {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Visitor{t: t, base: u, http: &http.Client{Jar: jar}, seen: map[string][]byte{}}
}

// Base returns the address of the site.
func (v *Visitor) Base() string { return v.base.String() }

// Cookie returns the value of a cookie in the visitor's browser, or "".
func (v *Visitor) Cookie(name string) string {
	for _, c := range v.http.Jar.Cookies(v.base) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// SetCookie puts a cookie into the visitor's browser, as a sibling domain or a
// thief could.
func (v *Visitor) SetCookie(name, value string) {
	v.http.Jar.SetCookies(v.base, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// Seen returns every answer the visitor was sent, headers and body, by a name
// that says when and what: give it to [Sweep].
func (v *Visitor) Seen() map[string][]byte { return maps.Clone(v.seen) }

// Get opens a page.
func (v *Visitor) Get(path string) *Page {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), "GET", v.at(v.base, path), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.send(req)
}

// Post sends a form as a page of the site would. Prefer [Page.Submit], which
// can only send what the page offers.
func (v *Visitor) Post(path string, form url.Values) *Page {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), "POST", v.at(v.base, path), strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(req)
}

// Do sends a request made by hand; its address must be absolute.
func (v *Visitor) Do(req *http.Request) *Page {
	v.t.Helper()
	return v.send(req)
}

func (v *Visitor) at(from *url.URL, path string) string {
	v.t.Helper()
	u, err := from.Parse(path)
	if err != nil {
		v.t.Fatal(err)
	}
	if u.Host != v.base.Host {
		v.t.Fatalf("page leads to another host: %s", u)
	}
	return u.String()
}

func (v *Visitor) send(req *http.Request) *Page {
	v.t.Helper()
	if req.Header.Get("Sec-Fetch-Site") == "" {
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	var all bytes.Buffer
	resp.Header.Write(&all)
	all.WriteString("\r\n")
	all.Write(body)
	v.seen["answer "+strconv.Itoa(len(v.seen)+1)+" to "+req.Method+" "+req.URL.Path] = all.Bytes()
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	return &Page{Part: Part{t: v.t, where: req.Method + " " + req.URL.Path, nodes: []*html.Node{doc}},
		Status: resp.StatusCode, Address: resp.Request.URL, Header: resp.Header, Body: body, by: v}
}

// A Page is an answer, after redirects.
type Page struct {
	Part
	Status  int
	Address *url.URL
	Header  http.Header
	Body    []byte
	by      *Visitor
}

// Want ends the test unless the page has this status.
func (p *Page) Want(status int) *Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s: got status %d, want %d:\n%.2000s", p.where, p.Status, status, p.Text())
	}
	return p
}

// Follow follows the link that selector names.
func (p *Page) Follow(selector string) *Page {
	p.t.Helper()
	return p.by.Get(p.by.at(p.Address, p.In(selector).Attr("href")))
}

// Submit fills the form that selector names and sends it. What the values do
// not name is sent as the page has it, hidden fields among it. A value for a
// field that the form does not have ends the test. A button is sent if values
// name it.
func (p *Page) Submit(selector string, values url.Values) *Page {
	p.t.Helper()
	form := p.In(selector).one()
	if form.Data != "form" {
		p.t.Fatalf("%s: %s is a <%s>, not a form", p.where, selector, form.Data)
	}
	fields, has := formFields(form)
	for name, value := range values {
		if !has[name] {
			p.t.Fatalf("%s: form %s has no field %q; it has %q", p.where, selector, name, slices.Sorted(maps.Keys(has)))
		}
		fields[name] = value
	}
	action, _ := attribute(form, "action")
	if method, _ := attribute(form, "method"); !strings.EqualFold(method, "post") {
		u, err := p.Address.Parse(action)
		if err != nil {
			p.t.Fatal(err)
		}
		u.RawQuery = fields.Encode()
		return p.by.Get(p.by.at(p.Address, u.String()))
	}
	return p.by.Post(p.by.at(p.Address, action), fields)
}

// formFields returns what a browser would send without a click on a button, and
// the names of all fields and buttons.
func formFields(form *html.Node) (url.Values, map[string]bool) {
	fields, has := url.Values{}, map[string]bool{}
	for n := range form.Descendants() {
		name, ok := attribute(n, "name")
		if !ok || n.Type != html.ElementNode {
			continue
		}
		if _, off := attribute(n, "disabled"); off {
			continue
		}
		value, _ := attribute(n, "value")
		switch n.Data {
		case "input":
			kind, _ := attribute(n, "type")
			if _, on := attribute(n, "checked"); (kind == "checkbox" || kind == "radio") && !on ||
				kind == "submit" || kind == "image" || kind == "file" {
				has[name] = true
				continue
			}
		case "textarea":
			value = strings.TrimPrefix(rawText(n), "\n")
		case "select":
			value = chosen(n)
		case "button":
			has[name] = true
			continue
		default:
			continue
		}
		has[name] = true
		fields.Add(name, value)
	}
	return fields, has
}

// chosen returns the value of the option that is selected, or else of the
// first.
func chosen(sel *html.Node) string {
	first, found := "", false
	for n := range sel.Descendants() {
		if n.Type != html.ElementNode || n.Data != "option" {
			continue
		}
		value, ok := attribute(n, "value")
		if !ok {
			value = strings.TrimSpace(rawText(n))
		}
		if _, on := attribute(n, "selected"); on {
			return value
		}
		if !found {
			first, found = value, true
		}
	}
	return first
}

// A Part is some elements of a page. Its checks mark the test as failed and go
// on; what asks for one element ends it when there is none.
type Part struct {
	t     testing.TB
	where string
	nodes []*html.Node
}

// In returns the elements below p that a selector matches. At least one must.
// See [Part.None] for what must not be there.
func (p Part) In(selector string) Part {
	p.t.Helper()
	q := p.find(selector)
	if len(q.nodes) == 0 {
		p.t.Fatalf("%s: nothing matches %s in:\n%.3000s", p.where, selector, p.Text())
	}
	return q
}

// None fails the test if anything below p matches.
func (p Part) None(selector string) Part {
	p.t.Helper()
	if n := p.Count(selector); n > 0 {
		p.t.Errorf("%s: %d elements match %s, want none", p.where, n, selector)
	}
	return p
}

// Count returns how many elements below p match.
func (p Part) Count(selector string) int {
	p.t.Helper()
	return len(p.find(selector).nodes)
}

func (p Part) find(selector string) Part {
	p.t.Helper()
	sel, err := parseSelector(selector)
	if err != nil {
		p.t.Fatal(err)
	}
	q := Part{t: p.t, where: p.where + " " + selector}
	known := map[*html.Node]bool{}
	for _, top := range p.nodes {
		for _, n := range sel.all(top) {
			if !known[n] {
				known[n] = true
				q.nodes = append(q.nodes, n)
			}
		}
	}
	return q
}

// At returns the i-th element of p, from 0.
func (p Part) At(i int) Part {
	p.t.Helper()
	if i >= len(p.nodes) {
		p.t.Fatalf("%s: there are %d elements, no number %d", p.where, len(p.nodes), i)
	}
	return Part{p.t, p.where + "[" + strconv.Itoa(i) + "]", p.nodes[i : i+1]}
}

func (p Part) one() *html.Node {
	p.t.Helper()
	if len(p.nodes) != 1 {
		p.t.Fatalf("%s: got %d elements, want one", p.where, len(p.nodes))
	}
	return p.nodes[0]
}

// Attr returns an attribute of the only element of p.
func (p Part) Attr(name string) string {
	p.t.Helper()
	value, ok := attribute(p.one(), name)
	if !ok {
		p.t.Fatalf("%s: no attribute %s", p.where, name)
	}
	return value
}

// Text returns what can be read, with runs of white space as one space. Text of
// different blocks is kept apart; script and style are not text.
func (p Part) Text() string {
	var b strings.Builder
	for _, n := range p.nodes {
		readable(&b, n)
		b.WriteByte(' ')
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func readable(b *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		b.WriteString(n.Data)
	case n.Type == html.CommentNode, n.Data == "script", n.Data == "style", n.Data == "template":
	default:
		inline := strings.Contains(" a abbr b bdi bdo cite code data dfn em i kbd mark q s small span strong sub sup time u var wbr ", " "+n.Data+" ")
		if !inline {
			b.WriteByte(' ')
		}
		for c := range n.ChildNodes() {
			readable(b, c)
		}
		if !inline {
			b.WriteByte(' ')
		}
	}
}

func rawText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// Has fails the test for each of words that cannot be read in p.
func (p Part) Has(words ...string) Part {
	p.t.Helper()
	text := p.Text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.t.Errorf("%s: nothing says %q in:\n%.3000s", p.where, w, text)
		}
	}
	return p
}

// HasNot fails the test for each of words that stands anywhere in p, whether it
// can be read or is in an attribute, a comment or a script. Letter case does
// not matter.
func (p Part) HasNot(words ...string) Part {
	p.t.Helper()
	all := strings.ToLower(p.source() + "\n" + p.Text())
	for _, w := range words {
		if strings.Contains(all, strings.ToLower(w)) {
			p.t.Errorf("%s: says %q and must not", p.where, w)
		}
	}
	return p
}

// source returns everything in p with its entities decoded.
func (p Part) source() string {
	var b strings.Builder
	write := func(n *html.Node) {
		if n.Type != html.ElementNode {
			b.WriteString(n.Data + "\n")
		}
		for _, a := range n.Attr {
			b.WriteString(a.Val + "\n")
		}
	}
	for _, top := range p.nodes {
		write(top)
		for n := range top.Descendants() {
			write(n)
		}
	}
	return b.String()
}
