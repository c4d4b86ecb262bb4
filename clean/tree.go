package clean

import (
	"bytes"
	"encoding/xml"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"
)

// A node is an element of XML, or text if it has no name. Names have the prefix
// that this package gives their namespace, see spaces.
type node struct {
	name string
	attr []attr
	kids []*node
	text string
}

type attr struct{ name, value string }

// spaces are the namespaces of formats that are made anew, by prefix. What is in
// any other is not known.
var spaces = map[string]string{
	"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
	"a": "http://schemas.openxmlformats.org/drawingml/2006/main", "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
	"wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing", "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
	"mc": "http://schemas.openxmlformats.org/markup-compatibility/2006", "v": "urn:schemas-microsoft-com:vml", "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
	"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
	"xdr": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing", "rel": "http://schemas.openxmlformats.org/package/2006/relationships",
	"ct": "http://schemas.openxmlformats.org/package/2006/content-types", "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
	"dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram", "dsp": "http://schemas.microsoft.com/office/drawing/2008/diagram", "o": "urn:schemas-microsoft-com:office:office",
	"office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0", "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
	"table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0", "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
	"style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0", "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
	"svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0", "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
	"chart": "urn:oasis:names:tc:opendocument:xmlns:chart:1.0", "math": "http://www.w3.org/1998/Math/MathML",
	"presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0", "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
	"xlink": "http://www.w3.org/1999/xlink", "script": "urn:oasis:names:tc:opendocument:xmlns:script:1.0",
	"s": "http://www.w3.org/2000/svg", "h": "http://www.w3.org/1999/xhtml", "opf": "http://www.idpf.org/2007/opf", "ocf": "urn:oasis:names:tc:opendocument:xmlns:container",
	"dc": "http://purl.org/dc/elements/1.1/", "ops": "http://www.idpf.org/2007/ops", "xml": "http://www.w3.org/XML/1998/namespace",
}

// prefixes returns the prefix of each namespace.
func prefixes() map[string]string {
	by := map[string]string{}
	for p, s := range spaces {
		by[s] = p
	}
	for _, p := range []string{"w", "r", "a", "pic", "wp", "m", "x", "p", "xdr", "c", "dgm"} { // Strict leaves the years out
		by[strings.Replace(strings.Replace(spaces[p], "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/", 1), "/2006/", "/", 1)] = p
	}
	return by
}

// Limits of XML.
const (
	deepestTree = 200
	mostNodes   = 5_000_000
)

// parse reads XML into a tree. Entities beyond those of XML, and files that
// declare any, are refused.
func parse(b []byte, where string) (*node, error) {
	by := prefixes()
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = charset.NewReaderLabel
	d.Entity = xml.HTMLEntity // pages of books use them, and they are fixed
	root := &node{}
	open := []*node{root}
	for nodes := 0; ; nodes++ {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil || nodes > mostNodes || len(open) > deepestTree {
			return nil, refuse(Broken, where)
		}
		top := open[len(open)-1]
		switch t := t.(type) {
		case xml.StartElement:
			n := &node{name: by[t.Name.Space] + ":" + t.Name.Local}
			if by[t.Name.Space] == "" {
				n.name = "?:" + t.Name.Local
			}
			for _, a := range t.Attr {
				switch p := by[a.Name.Space]; {
				case a.Name.Space == "xmlns" || a.Name.Local == "xmlns":
				case a.Name.Space == "":
					n.attr = append(n.attr, attr{a.Name.Local, a.Value})
				case p != "":
					n.attr = append(n.attr, attr{p + ":" + a.Name.Local, a.Value})
				default:
					n.attr = append(n.attr, attr{"?:" + a.Name.Local, a.Value})
				}
			}
			top.kids = append(top.kids, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 1 {
				top.kids = append(top.kids, &node{text: string(t)})
			}
		case xml.Directive:
			if !bytes.HasPrefix(t, []byte("DOCTYPE")) || bytes.Contains(t, []byte("ENTITY")) || bytes.ContainsRune(t, '[') {
				return nil, refuse(Active, where)
			}
		}
	}
	if len(root.kids) != 1 {
		return nil, refuse(Broken, where)
	}
	return root.kids[0], nil
}

// get returns the value of an attribute; "" if there is none.
func (n *node) get(name string) string {
	for _, a := range n.attr {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// child returns the first element of that name under n; nil if there is none.
func (n *node) child(path ...string) *node {
	for _, name := range path {
		i := slices.IndexFunc(n.kids, func(k *node) bool { return k.name == name })
		if i < 0 {
			return nil
		}
		n = n.kids[i]
	}
	return n
}

// find returns the first element of that name in n, at any depth.
func (n *node) find(name string) *node {
	if n.name == name {
		return n
	}
	for _, k := range n.kids {
		if f := k.find(name); f != nil {
			return f
		}
	}
	return nil
}

// words returns all text in n.
func (n *node) words() string {
	if n.name == "" {
		return n.text
	}
	var b strings.Builder
	for _, k := range n.kids {
		b.WriteString(k.words())
	}
	return b.String()
}

// write returns n as a file of XML, with the namespaces that it uses.
func (n *node) write() []byte {
	used := map[string]bool{}
	n.spacesIn(used)
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
	var decl []attr
	for _, p := range slices.Sorted(maps.Keys(used)) {
		if p != "xml" {
			decl = append(decl, attr{"xmlns:" + p, spaces[p]})
		}
	}
	n.writeTo(&b, decl)
	return b.Bytes()
}

// writeBare is write for files that are read by programs that expect the elements of
// one namespace to have no prefix.
func (n *node) writeBare(prefix string) []byte {
	file := string(n.write())
	for _, cut := range [][2]string{{"<" + prefix + ":", "<"}, {"</" + prefix + ":", "</"}, {"xmlns:" + prefix + "=", "xmlns="}} {
		file = strings.ReplaceAll(file, cut[0], cut[1]) // "<" begins a name only: in words it is escaped
	}
	return []byte(file)
}

func (n *node) spacesIn(used map[string]bool) {
	if p, _, ok := strings.Cut(n.name, ":"); ok {
		used[p] = true
	}
	for _, a := range n.attr {
		if p, _, ok := strings.Cut(a.name, ":"); ok {
			used[p] = true
		}
	}
	for _, k := range n.kids {
		k.spacesIn(used)
	}
}

func (n *node) writeTo(b *bytes.Buffer, more []attr) {
	if n.name == "" {
		_ = xml.EscapeText(b, []byte(n.text)) // a buffer does not fail
		return
	}
	b.WriteString("<" + n.name)
	for _, a := range append(more, n.attr...) {
		b.WriteString(" " + a.name + `="`)
		_ = xml.EscapeText(b, []byte(a.value))
		b.WriteString(`"`)
	}
	if len(n.kids) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	for _, k := range n.kids {
		k.writeTo(b, nil)
	}
	b.WriteString("</" + n.name + ">")
}

// el returns an element; attributes are names and values in turn.
func el(name string, attrs []string, kids ...*node) *node {
	n := &node{name: name, kids: kids}
	for i := 0; i+1 < len(attrs); i += 2 {
		n.attr = append(n.attr, attr{attrs[i], attrs[i+1]})
	}
	return n
}
