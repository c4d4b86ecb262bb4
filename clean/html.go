package clean

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// htmlKept are elements that are kept, by name.
var htmlKept = setOf(`html body p br hr h1 h2 h3 h4 h5 h6 div span section article main header footer aside nav figure figcaption blockquote q cite pre code
samp kbd var em strong b i u s small sub sup mark del ins abbr dfn time data bdi bdo ruby rt rp wbr ul ol li dl dt dd table caption thead tbody tfoot tr th td
colgroup col a img details summary address center font tt big strike`)

// htmlGone are elements that go with all they hold.
var htmlGone = setOf(`head script style template noscript iframe object embed applet canvas audio video source track map area annotation annotation-xml input select
textarea button datalist output progress meter dialog frame frameset noframes link meta base title slot param`)

// htmlAttrs are attributes whose values are numbers and words of the format.
var htmlAttrs = setOf(`colspan rowspan dir start reversed type scope align valign width height open`)

var htmlCharset = regexp.MustCompile(`(?i)<(?:meta[^>]*charset|\?xml[^>]*encoding)\s*=\s*["']?([\w:-]+)`)

var blanks = regexp.MustCompile(`[ \t\r\n\f]+`)

// cleanHTML keeps text, its structure, and pictures that lie in the page itself.
// Styles go: they could hide, and show what is not there.
func cleanHTML(j *job, b []byte) ([]byte, error) {
	if !utf8.Valid(b) && !wide(b) { // as the page says of itself, and never by guessing: a wrong guess hides names
		said := htmlCharset.FindSubmatch(b[:min(len(b), 4096)])
		if said == nil {
			return nil, refuse(Unable, "a character set that is not said")
		}
		e, _ := charset.Lookup(string(said[1]))
		if e == nil {
			return nil, refuse(Unable, "a character set that is not known")
		}
		var err error
		if b, err = e.NewDecoder().Bytes(b); err != nil {
			return nil, refuse(Broken, "")
		}
	}
	s, err := j.decode(b)
	if err != nil {
		return nil, err
	}
	doc, err := html.ParseWithOptions(strings.NewReader(s), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, refuse(Broken, "")
	}
	out := &html.Node{Type: html.DocumentNode}
	out.AppendChild(&html.Node{Type: html.DoctypeNode, Data: "html"})
	p := &page{job: j, source: j.dataURL, link: func(href string) string { return address.FindString(href) }}
	if err := p.readSheets(doc); err != nil {
		return nil, err
	}
	for c := doc.FirstChild; c != nil; c = c.NextSibling {
		if err := p.html(out, c, 0); err != nil {
			return nil, err
		}
	}
	var w bytes.Buffer
	if err := html.Render(&w, out); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

func htmlWords(n *html.Node) string {
	if n.Type == html.TextNode || n.Type == html.CommentNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(htmlWords(c))
	}
	return b.String()
}

func htmlAttr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// A page is a page of HTML that is being cleaned.
type page struct {
	*job
	sheet  []hidingRule
	where  string                           // the file; "" if it is that which is cleaned
	source func(src string) (string, error) // what to put for the address of a picture; "" to leave it out
	link   func(href string) string         // likewise for a link
}

// html puts what is kept of n under to.
func (p *page) html(to, n *html.Node, depth int) error {
	switch n.Type {
	case html.TextNode:
		htmlText(to, n.Data)
		return nil
	case html.CommentNode:
		p.removed("comment", p.where, n.Data, len(n.Data))
		return nil
	case html.ElementNode:
	default:
		return nil
	}
	if depth > deepestTree {
		return refuse(Broken, "")
	}
	switch {
	case n.Data == "head" && ownHead(n):
		return nil
	case p.unseen(n):
		p.removed("hidden text", p.where, htmlWords(n), 0)
		return nil
	case n.Data == "svg" || htmlGone[n.Data]:
		return p.gone(to, n)
	case !htmlKept[n.Data]: // not known: its words stay
		return p.htmlKids(to, n, depth)
	}
	new := &html.Node{Type: html.ElementNode, Data: n.Data, DataAtom: n.DataAtom}
	p.htmlAttrs(new, n)
	if n.Data == "img" {
		src, _ := htmlAttr(n, "src")
		if src == "" {
			return nil
		}
		data, err := p.source(src)
		if err != nil || data == "" {
			return err
		}
		new.Attr = append(new.Attr, html.Attribute{Key: "src", Val: data})
	}
	to.AppendChild(new)
	if n.Data == "html" {
		head := &html.Node{Type: html.ElementNode, Data: "head"}
		head.AppendChild(&html.Node{Type: html.ElementNode, Data: "meta", Attr: []html.Attribute{{Key: "charset", Val: "utf-8"}}})
		new.AppendChild(head)
	}
	return p.htmlKids(new, n, depth)
}

// htmlAttrs gives new the attributes of n that are kept.
func (p *page) htmlAttrs(new, n *html.Node) {
	for _, a := range n.Attr {
		switch {
		case htmlAttrs[a.Key] && a.Namespace == "" && plain.MatchString(a.Val):
			new.Attr = append(new.Attr, html.Attribute{Key: a.Key, Val: a.Val})
		case a.Key == "href" && n.Data == "a" && p.link(a.Val) != "":
			new.Attr = append(new.Attr, html.Attribute{Key: "href", Val: p.link(a.Val)})
		case a.Key != "src" && a.Val != "":
			p.removed("attribute "+a.Key, cmp.Or(p.where, n.Data), a.Val, len(a.Val))
		}
	}
}

// htmlShown are elements that are left out although they show something.
var htmlShown = setOf(`iframe object embed applet canvas audio video svg input select textarea button output progress meter frame`)

// gone leaves out n, but for the picture that a drawing is only a frame of.
func (p *page) gone(to, n *html.Node) error {
	if n.Data == "svg" {
		if img := htmlFind(n, "image"); img != nil {
			href, ok := htmlAttr(img, "xlink:href")
			if !ok {
				href, _ = htmlAttr(img, "href")
			}
			data, err := p.source(href)
			if err != nil || data != "" {
				to.AppendChild(&html.Node{Type: html.ElementNode, Data: "img", Attr: []html.Attribute{{Key: "src", Val: data}}})
				return err
			}
		}
	}
	kind, _ := htmlAttr(n, "type")
	words := htmlWords(n)
	if v, ok := htmlAttr(n, "value"); ok {
		words += v
	}
	p.removed("what is no text: "+n.Data, p.where, words, 0)
	p.Removed[len(p.Removed)-1].Shown = htmlShown[n.Data] && kind != "hidden"
	return nil
}

func htmlFind(n *html.Node, name string) *html.Node {
	if n.Type == html.ElementNode && n.Data == name {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if f := htmlFind(c, name); f != nil {
			return f
		}
	}
	return nil
}

// htmlText puts text under to, with blanks as a page shows them.
func htmlText(to *html.Node, text string) {
	text = visible(text)
	if last := to.LastChild; last != nil && last.Type == html.TextNode { // what stood between is gone
		text = last.Data + text
		to.RemoveChild(last)
	}
	if to.Data != "pre" {
		text = blanks.ReplaceAllString(text, " ") // how many there are nobody sees
	}
	if text != "" && to.Data != "html" {
		to.AppendChild(&html.Node{Type: html.TextNode, Data: text})
	}
}

// ownHead reports whether a head says nothing but the character set, as this
// package writes it, or nothing at all.
func ownHead(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		charset, _ := htmlAttr(c, "charset")
		if c.Data != "meta" || len(c.Attr) != 1 || charset != "utf-8" {
			return strings.TrimSpace(c.Data) == "" && c.NextSibling == nil
		}
	}
	return true
}

func (p *page) htmlKids(to, n *html.Node, depth int) error {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := p.html(to, c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// dataURL returns a picture that lies in its own address, cleaned; "" for any
// other address, which is left out.
func (j *job) dataURL(src string) (string, error) {
	head, body, ok := strings.Cut(src, ",")
	if !ok || !strings.HasPrefix(strings.ToLower(head), "data:") {
		if src != "" {
			j.vanished("picture that is not in it", "", src)
		}
		return "", nil
	}
	var b []byte
	var err error
	if strings.HasSuffix(strings.ToLower(head), ";base64") {
		b, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(body), ""))
	} else {
		body, err = url.PathUnescape(body)
		b = []byte(body)
	}
	if err != nil {
		j.vanished("picture: "+string(Broken), "data:", "")
		return "", nil
	}
	clean, kind, err := j.picture(b, "data:")
	if err != nil || clean == nil {
		return "", err
	}
	return "data:" + kind.Media + ";base64," + base64.StdEncoding.EncodeToString(clean), nil
}
