package clean

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// htmlKept are elements that are kept, by name.
var htmlKept = setOf(`html body p br hr h1 h2 h3 h4 h5 h6 div span section article main header footer aside nav figure figcaption blockquote q cite pre code
samp kbd var em strong b i u s small sub sup mark del ins abbr dfn time data bdi bdo ruby rt rp wbr ul ol li dl dt dd table caption thead tbody tfoot tr th td
colgroup col a img details summary address center font tt big strike`)

// htmlGone are elements that go with all they hold.
var htmlGone = setOf(`head script style template noscript iframe object embed applet canvas audio video source track map area svg math form input select
textarea button datalist output progress meter dialog frame frameset noframes link meta base title slot param`)

// htmlAttrs are attributes whose values are numbers and words of the format.
var htmlAttrs = setOf(`colspan rowspan dir start reversed type scope align valign width height open`)

// unseenStyle are styles that hide.
var unseenStyle = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|opacity\s*:\s*0(\.0*)?\s*(;|$|!)|font-size\s*:\s*0|clip\s*:|clip-path|text-indent\s*:\s*-\d{3,}|(left|top|right|bottom)\s*:\s*-\d{3,}|color\s*:\s*transparent`)

var blanks = regexp.MustCompile(`[ \t\r\n\f]+`)

// cleanHTML keeps text, its structure, and pictures that lie in the page itself.
// Styles go: they could hide, and show what is not there.
func cleanHTML(j *job, b []byte) ([]byte, error) {
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
	for c := doc.FirstChild; c != nil; c = c.NextSibling {
		if err := j.html(out, c, 0); err != nil {
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

// html puts what is kept of n under to.
func (j *job) html(to, n *html.Node, depth int) error {
	switch n.Type {
	case html.TextNode:
		htmlText(to, n.Data)
		return nil
	case html.CommentNode:
		j.removed("comment", "", n.Data, len(n.Data))
		return nil
	case html.ElementNode:
	default:
		return nil
	}
	if depth > deepestTree {
		return refuse(Broken, "")
	}
	style, _ := htmlAttr(n, "style")
	_, hides := htmlAttr(n, "hidden")
	switch {
	case n.Data == "head" && ownHead(n):
		return nil
	case htmlGone[n.Data] || hides || unseenStyle.MatchString(style):
		j.removed("hidden or active "+n.Data, "", htmlWords(n), 0)
		return nil
	case !htmlKept[n.Data]: // not known: its words stay
		return j.htmlKids(to, n, depth)
	}
	new := &html.Node{Type: html.ElementNode, Data: n.Data, DataAtom: n.DataAtom}
	for _, a := range n.Attr {
		switch {
		case htmlAttrs[a.Key] && a.Namespace == "" && plain.MatchString(a.Val):
			new.Attr = append(new.Attr, html.Attribute{Key: a.Key, Val: a.Val})
		case a.Key == "href" && n.Data == "a" && address.MatchString(a.Val):
			new.Attr = append(new.Attr, html.Attribute{Key: "href", Val: a.Val})
		case a.Key != "src":
			j.removed("attribute "+a.Key, n.Data, a.Val, len(a.Val))
		}
	}
	if n.Data == "img" {
		src, _ := htmlAttr(n, "src")
		data, err := j.dataURL(src)
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
	return j.htmlKids(new, n, depth)
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

func (j *job) htmlKids(to, n *html.Node, depth int) error {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := j.html(to, c, depth+1); err != nil {
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
			j.removed("address of a picture", "", src, len(src))
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
		return "", refuse(Broken, "data:")
	}
	clean, kind, err := j.inner(b, "data:")
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(kind.Media, "image/") {
		return "", refuse(Unable, "data:")
	}
	return "data:" + kind.Media + ";base64," + base64.StdEncoding.EncodeToString(clean), nil
}
