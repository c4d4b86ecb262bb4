package clean

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A relation is what a part of an Office Open XML file leads to.
type relation struct {
	kind   string // the last word of its type, such as "image"
	target string // a member of the archive, or an address
	away   bool   // it is an address
}

// An ooxml is a document that is being cleaned.
type ooxml struct {
	*job
	in    map[string][]byte
	out   map[string][]byte
	types map[string]string // of parts that were written
	media map[string]string // members that were cleaned, by their old name
	used  map[string]bool   // members of which something is kept

	charts map[string]bool   // that were written, by their old name
	tables map[string]string // styles of tables, old id to new
}

// relations reads what a part leads to, or the document if it is "", by id.
func (d *ooxml) relations(part string) (map[string]relation, error) {
	name := path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
	if part == "" {
		name = "_rels/.rels"
	}
	out := map[string]relation{}
	if d.in[name] == nil {
		return out, nil
	}
	root, err := parse(d.in[name], name)
	if err != nil {
		return nil, err
	}
	for _, k := range root.kids {
		if k.name != "rel:Relationship" {
			continue
		}
		r := relation{kind: path.Base(k.get("Type")), target: k.get("Target"), away: k.get("TargetMode") == "External"}
		if !r.away {
			if strings.HasPrefix(r.target, "/") {
				r.target = strings.TrimPrefix(path.Clean(r.target), "/")
			} else {
				r.target = path.Join(path.Dir(part), r.target)
			}
		}
		out[k.get("Id")] = r
	}
	return out, nil
}

// main returns the part that a document begins with, and its name.
func (d *ooxml) main() (string, *node, error) {
	rels, err := d.relations("")
	if err != nil {
		return "", nil, err
	}
	for _, r := range rels {
		if r.kind == "officeDocument" && !r.away {
			root, err := d.part(r.target)
			return r.target, root, err
		}
	}
	return "", nil, refuse(Broken, "_rels/.rels")
}

func (d *ooxml) part(name string) (*node, error) {
	if d.in[name] == nil {
		return nil, refuse(Broken, name)
	}
	d.used[name] = true
	return parse(d.in[name], name)
}

// A partWriter collects what a part that is written leads to.
type partWriter struct {
	*ooxml
	name string
	old  map[string]relation
	rels []*node
	byID map[string]string // old id to new
}

const officeRel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

func (p *partWriter) link(kind, target string, away bool) string {
	id := fmt.Sprintf("rId%d", len(p.rels)+1)
	rel := el("rel:Relationship", []string{"Id", id, "Type", officeRel + kind, "Target", target})
	if away {
		rel.attr = append(rel.attr, attr{"TargetMode", "External"})
	}
	p.rels = append(p.rels, rel)
	return id
}

// newPart begins the writing of a part that was called name.
func (d *ooxml) newPart(name string) (*partWriter, error) {
	old, err := d.relations(name)
	return &partWriter{ooxml: d, name: name, old: old, byID: map[string]string{}}, err
}

// done writes the part.
func (p *partWriter) done(root *node, media string) {
	p.out[p.name], p.types["/"+p.name] = root.write(), media
	if len(p.rels) > 0 {
		p.out[path.Join(path.Dir(p.name), "_rels", path.Base(p.name)+".rels")] = el("rel:Relationships", nil, p.rels...).writeBare("rel")
	}
}

// image cleans a picture and returns the id that leads to it; "" if it is not in
// the document but elsewhere.
func (p *partWriter) image(id string) (string, error) {
	r, ok := p.old[id]
	if new, done := p.byID[id]; done || !ok || r.away {
		if r.away {
			p.vanished("picture that is not in it", p.name, r.target)
		}
		return new, nil
	}
	to, done := p.media[r.target]
	if !done {
		if p.in[r.target] == nil {
			p.vanished("picture that is not in it", p.name, r.target)
			p.byID[id] = ""
			return "", nil
		}
		b, kind, err := p.picture(p.in[r.target], r.target)
		if err != nil || b == nil {
			p.byID[id] = ""
			return "", err
		}
		dir, _, _ := strings.Cut(p.name, "/")
		to = fmt.Sprintf("%s/media/image%d%s", dir, len(p.media)+1, kind.Ext)
		p.media[r.target], p.out[to], p.types[kind.Ext] = to, b, kind.Media
	}
	p.byID[id] = p.link("image", "/"+to, false)
	return p.byID[id], nil
}

// address is one that may stand behind words: of the web or of mail. What leads
// to a file says where it was.
var address = regexp.MustCompile(`^(?i:https?://|mailto:)\S+$`)

// hyperlink returns the id of a link; "" if it is left out.
func (p *partWriter) hyperlink(id string) string {
	r, ok := p.old[id]
	if !ok {
		return ""
	}
	if !r.away || !address.MatchString(r.target) {
		p.removed("link to a file", p.name, r.target, len(r.target))
		return ""
	}
	if p.byID[id] == "" {
		p.byID[id] = p.link("hyperlink", r.target, true)
	}
	return p.byID[id]
}

// finish packs the document, whose first part is main.
func (d *ooxml) finish(main string) ([]byte, error) {
	types := el("ct:Types", nil, el("ct:Default", []string{"Extension", "rels", "ContentType", "application/vnd.openxmlformats-package.relationships+xml"}),
		el("ct:Default", []string{"Extension", "xml", "ContentType", "application/xml"}))
	var names []string
	for name := range d.types {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if ext, ok := strings.CutPrefix(name, "."); ok {
			types.kids = append(types.kids, el("ct:Default", []string{"Extension", ext, "ContentType", d.types[name]}))
		}
	}
	for _, name := range names {
		if name[0] == '/' {
			types.kids = append(types.kids, el("ct:Override", []string{"PartName", name, "ContentType", d.types[name]}))
		}
	}
	d.out["[Content_Types].xml"] = types.writeBare("ct")
	d.out["_rels/.rels"] = el("rel:Relationships", nil, el("rel:Relationship", []string{"Id", "rId1", "Type", officeRel + "officeDocument", "Target", main})).writeBare("rel")
	for name, b := range d.in {
		if d.out[name] == nil && d.media[name] == "" && !d.used[name] {
			d.removed(partWhat(name), name, partWords(name, b), len(b))
		}
	}
	slices.SortStableFunc(d.Removed, func(a, b Removed) int { return strings.Compare(a.Where, b.Where) })
	return pack(d.out, "", "[Content_Types].xml", "_rels/.rels")
}

// partWhat says of which sort a part is that is left out.
func partWhat(name string) string {
	low := strings.ToLower(name)
	for _, sort := range [][2]string{
		{"vbaproject", "program"}, {"activex", "program"}, {"macrosheet", "program"}, {"basic/", "program"}, {"scripts/", "program"}, {"/embeddings/", "document in it"},
		{"docprops/thumbnail", "small picture"}, {"thumbnails/", "small picture"}, {"docprops/", "properties"}, {"meta.xml", "properties"}, {"comment", "comments"},
		{"people", "people"}, {"person", "people"}, {"authors", "people"}, {"notesslide", "notes"}, {"printersettings", "printer"}, {"settings", "settings"},
		{"customxml", "data of a program"}, {"externallink", "links to files"}, {"pivotcache", "data behind a table"}, {"connections", "links to files"},
	} {
		if strings.Contains(low, sort[0]) {
			return sort[1]
		}
	}
	return "part"
}

// telling are attributes that say who or what.
var telling = setOf(`author initials name displayName userId userName username w:author w:initials w:val Target`)

// partWords returns the words of a part, for the report.
func partWords(name string, b []byte) string {
	if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
		return ""
	}
	root, err := parse(b, name)
	if err != nil {
		return ""
	}
	var words []string
	left := 400 // signs that are worth collecting
	var walk func(n *node)
	walk = func(n *node) {
		if left < 0 {
			return
		}
		add := func(s string) {
			if s = strings.Join(strings.Fields(s), " "); s != "" {
				words = append(words, s)
				left -= len(s)
			}
		}
		add(n.text)
		for _, a := range n.attr {
			if telling[a.name] && n.name != "rel:Relationship" || a.name == "Target" && n.get("TargetMode") == "External" {
				add(a.value)
			}
		}
		for _, k := range n.kids {
			walk(k)
		}
	}
	walk(root)
	return strings.Join(words, " · ")
}

// cleanOOXML cleans an Office Open XML document of the members in.
func cleanOOXML(j *job, in map[string][]byte) ([]byte, error) {
	d := &ooxml{job: j, in: in, out: map[string][]byte{}, types: map[string]string{}, media: map[string]string{}, used: map[string]bool{}, charts: map[string]bool{}}
	name, root, err := d.main()
	if err != nil {
		return nil, err
	}
	switch root.name {
	case "w:document":
		err = d.docx(name, root)
	case "x:workbook":
		err = d.xlsx(name, root)
	case "p:presentation":
		err = d.pptx(name, root)
	default:
		err = refuse(Unknown, name)
	}
	if err != nil {
		return nil, err
	}
	main := map[string]string{"w:document": "word/document.xml", "x:workbook": "xl/workbook.xml", "p:presentation": "ppt/presentation.xml"}[root.name]
	return d.finish(main)
}
