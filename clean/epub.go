package clean

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const epubMedia = "application/epub+zip"

// An epub is a book that is being cleaned.
type epub struct {
	*job
	in, out  map[string][]byte
	media    map[string]string // pictures that were cleaned, old name to new; "" if one was left out
	kinds    map[string]string // media types of these, by their new names
	chapters map[string]string // pages, old name to new
	used     map[string]bool
}

// cleanEPUB keeps the pages of a book in the order in which they are read, each by
// the rules of HTML, and the pictures on them. What says whose book it is, its
// table of contents and its styles go; the contents are made anew.
func cleanEPUB(j *job, in map[string][]byte) ([]byte, error) {
	j.Kind = Kind{"epub", ".epub", epubMedia}
	e := &epub{job: j, in: in, out: map[string][]byte{"mimetype": []byte(epubMedia)}, media: map[string]string{}, kinds: map[string]string{}, chapters: map[string]string{}, used: map[string]bool{}}
	if in["META-INF/rights.xml"] != nil {
		return nil, refuse(Encrypted, "META-INF/rights.xml")
	}
	pages, sheets, err := e.spine()
	if err != nil {
		return nil, err
	}
	var names []string
	for i, from := range pages {
		e.chapters[from] = fmt.Sprintf("page%d.xhtml", i+1)
	}
	for _, from := range pages {
		if err := e.page(from, sheets); err != nil {
			return nil, err
		}
		names = append(names, e.chapters[from])
	}
	e.contents(names)
	for name, b := range in {
		if name != "mimetype" && !e.used[name] && e.media[name] == "" && !bytes.Equal(b, e.out[name]) {
			j.removed(partWhat(name), name, partWords(name, b), len(b))
		}
	}
	slices.SortStableFunc(j.Removed, func(a, b Removed) int { return strings.Compare(a.Where, b.Where) })
	return pack(e.out, "mimetype", "mimetype")
}

// spine returns the pages of a book in their order, and its style sheets.
func (e *epub) spine() (pages []string, sheets string, err error) {
	container, err := e.xml("META-INF/container.xml")
	if err != nil {
		return nil, "", err
	}
	root := container.find("ocf:rootfile")
	if root == nil {
		return nil, "", refuse(Broken, "META-INF/container.xml")
	}
	name := path.Clean(root.get("full-path"))
	opf, err := e.xml(name)
	if err != nil {
		return nil, "", err
	}
	manifest, spine := opf.find("opf:manifest"), opf.find("opf:spine")
	if manifest == nil || spine == nil {
		return nil, "", refuse(Broken, name)
	}
	byID := map[string]string{}
	for _, item := range manifest.kids {
		href, err := url.PathUnescape(item.get("href"))
		if item.name != "opf:item" || err != nil {
			continue
		}
		at := path.Join(path.Dir(name), href)
		byID[item.get("id")] = at
		if item.get("media-type") == "text/css" {
			sheets += string(e.in[at]) + "\n"
		}
	}
	seen := map[string]bool{}
	for _, item := range spine.kids {
		if at := byID[item.get("idref")]; item.name == "opf:itemref" && at != "" && !seen[at] {
			seen[at] = true
			pages = append(pages, at)
		}
	}
	if len(pages) == 0 {
		return nil, "", refuse(Broken, name)
	}
	return pages, sheets, nil
}

func (e *epub) xml(name string) (*node, error) {
	if e.in[name] == nil {
		return nil, refuse(Broken, name)
	}
	e.used[name] = true
	return parse(e.in[name], name)
}

// page writes one page.
func (e *epub) page(from, sheets string) error {
	root, err := e.xml(from)
	if err != nil {
		return err
	}
	doc := &html.Node{Type: html.DocumentNode}
	if root.name == "s:svg" { // a page that is a drawing, as covers are
		root = el("h:html", nil, el("h:body", nil, root))
	}
	root.kids = slices.DeleteFunc(root.kids, func(k *node) bool { // as it is written here
		return k.name == "h:head" && len(k.kids) == 1 && k.words() == "-"
	})
	htmlTree(doc, root)
	p := &page{job: e.job, where: from, link: func(href string) string { return e.link(from, href) }, source: func(src string) (string, error) { return e.source(from, src) }}
	p.readSheet(sheets)
	if err := p.readSheets(doc); err != nil {
		return err
	}
	out := &html.Node{Type: html.DocumentNode}
	for c := doc.FirstChild; c != nil; c = c.NextSibling {
		if err := p.html(out, c, 0); err != nil {
			return err
		}
	}
	body := el("h:body", nil)
	if b := htmlFind(out, "body"); b != nil {
		body = xmlTree(b)
	}
	head := el("h:head", nil, el("h:title", nil, &node{text: "-"}))
	e.out["OEBPS/"+e.chapters[from]] = el("h:html", nil, head, body).writeBare("h")
	return nil
}

// htmlTree puts n under to as a page has it.
func htmlTree(to *html.Node, n *node) {
	if n.name == "" {
		to.AppendChild(&html.Node{Type: html.TextNode, Data: n.text})
		return
	}
	_, local, _ := strings.Cut(n.name, ":")
	new := &html.Node{Type: html.ElementNode, Data: local, DataAtom: atom.Lookup([]byte(local))}
	for _, a := range n.attr {
		new.Attr = append(new.Attr, html.Attribute{Key: a.name, Val: a.value})
	}
	to.AppendChild(new)
	for _, k := range n.kids {
		htmlTree(new, k)
	}
}

// xmlTree is the other way round.
func xmlTree(n *html.Node) *node {
	if n.Type == html.TextNode {
		return &node{text: n.Data}
	}
	out := &node{name: "h:" + n.Data}
	for _, a := range n.Attr {
		out.attr = append(out.attr, attr{a.Key, a.Val})
	}
	if n.Data == "img" {
		out.attr = append(out.attr, attr{"alt", ""})
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out.kids = append(out.kids, xmlTree(c))
	}
	return out
}

// link returns what a link leads to: another page of the book, or the web.
func (e *epub) link(from, href string) string {
	to, _, _ := strings.Cut(href, "#")
	if plain, err := url.PathUnescape(to); err == nil {
		if page := e.chapters[path.Join(path.Dir(from), plain)]; page != "" && to != "" {
			return page
		}
	}
	return address.FindString(href)
}

// source cleans a picture of the book, and returns where it is.
func (e *epub) source(from, src string) (string, error) {
	if strings.HasPrefix(strings.ToLower(src), "data:") {
		return e.dataURL(src)
	}
	plain, err := url.PathUnescape(src)
	name := path.Join(path.Dir(from), plain)
	if err != nil || e.in[name] == nil {
		e.vanished("picture that is not in it", from, src)
		return "", nil
	}
	to, done := e.media[name]
	if !done {
		b, kind, err := e.picture(e.in[name], name)
		if err != nil {
			return "", err
		}
		if b != nil {
			to = fmt.Sprintf("image%d%s", len(e.media)+1, kind.Ext)
			e.out["OEBPS/"+to], e.kinds[to] = b, kind.Media
		}
		e.media[name], e.used[name] = to, true
	}
	return to, nil
}

// contents writes what says which pages there are.
func (e *epub) contents(pages []string) {
	item := func(id, href, media string, more ...string) *node {
		return el("opf:item", append([]string{"id", id, "href", href, "media-type", media}, more...))
	}
	manifest := el("opf:manifest", nil, item("nav", "nav.xhtml", "application/xhtml+xml", "properties", "nav"))
	spine, list := el("opf:spine", nil), el("h:ol", nil)
	for i, page := range pages {
		id := fmt.Sprintf("p%d", i+1)
		manifest.kids = append(manifest.kids, item(id, page, "application/xhtml+xml"))
		spine.kids = append(spine.kids, el("opf:itemref", []string{"idref", id}))
		list.kids = append(list.kids, el("h:li", nil, el("h:a", []string{"href", page}, &node{text: fmt.Sprint(i + 1)})))
	}
	for i := range len(e.media) {
		for _, to := range e.media {
			if strings.HasPrefix(to, fmt.Sprintf("image%d.", i+1)) {
				manifest.kids = append(manifest.kids, item(fmt.Sprintf("i%d", i+1), to, e.kinds[to]))
			}
		}
	}
	about := el("opf:metadata", nil, el("dc:identifier", []string{"id", "id"}, &node{text: "-"}), el("dc:title", nil, &node{text: "-"}), el("dc:language", nil, &node{text: "und"}),
		el("opf:meta", []string{"property", "dcterms:modified"}, &node{text: "1980-01-01T00:00:00Z"}))
	e.out["OEBPS/content.opf"] = el("opf:package", []string{"version", "3.0", "unique-identifier", "id"}, about, manifest, spine).writeBare("opf")
	nav := el("h:nav", []string{"ops:type", "toc"}, list)
	e.out["OEBPS/nav.xhtml"] = el("h:html", nil, el("h:head", nil, el("h:title", nil, &node{text: "-"})), el("h:body", nil, nav)).writeBare("h")
	e.out["META-INF/container.xml"] = el("ocf:container", []string{"version", "1.0"}, el("ocf:rootfiles", nil,
		el("ocf:rootfile", []string{"full-path", "OEBPS/content.opf", "media-type", "application/oebps-package+xml"}))).writeBare("ocf")
}
