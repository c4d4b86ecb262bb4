package clean

import (
	"cmp"
	"fmt"
	"strconv"
)

const pptxMedia = "application/vnd.openxmlformats-officedocument.presentationml."

// A pptx is a presentation that is being cleaned.
type pptx struct {
	*ooxml
	size    [2]int64            // of a slide
	written map[string]string   // layouts, masters and themes, old name to new
	masters []string            // by their old names, in the order in which they are written
	layouts map[string][]string // of a master, likewise, by their new names
}

// pptx keeps the slides that are shown, and of layouts, masters and themes what
// they look like by.
func (d *ooxml) pptx(name string, root *node) error {
	d.Kind = Kind{"pptx", ".pptx", pptxMedia + "presentation"}
	t := &pptx{ooxml: d, written: map[string]string{}, layouts: map[string][]string{}}
	main, err := d.newPart(name)
	if err != nil {
		return err
	}
	main.name = "ppt/presentation.xml"
	list := root.child("p:sldIdLst")
	if list == nil {
		return refuse(Broken, name)
	}
	if sz := root.child("p:sldSz"); sz != nil {
		t.size[0], _ = strconv.ParseInt(sz.get("cx"), 10, 64)
		t.size[1], _ = strconv.ParseInt(sz.get("cy"), 10, 64)
	}
	if err := t.tableStyles(main); err != nil {
		return err
	}
	var targets []string
	for _, s := range list.kids {
		if s.name == "p:sldId" {
			targets = append(targets, main.old[s.get("r:id")].target)
		}
	}
	slides := el("p:sldIdLst", nil)
	for _, from := range targets {
		to := fmt.Sprintf("ppt/slides/slide%d.xml", len(slides.kids)+1)
		shown, err := t.slide(from, to)
		if err != nil {
			return err
		}
		if shown {
			id := main.link("slide", "/"+to, false)
			slides.kids = append(slides.kids, el("p:sldId", []string{"id", fmt.Sprint(256 + len(slides.kids)), "r:id", id}))
		}
	}
	if len(slides.kids) == 0 {
		return refuse(Broken, name)
	}
	masters, err := t.writeMasters(main)
	if err != nil {
		return err
	}
	out := el("p:presentation", nil, masters, slides)
	out.kids = append(out.kids, el("p:sldSz", []string{"cx", fmt.Sprint(cmp.Or(t.size[0], 9144000)), "cy", fmt.Sprint(cmp.Or(t.size[1], 6858000))}), el("p:notesSz", []string{"cx", "6858000", "cy", "9144000"}))
	if text := root.child("p:defaultTextStyle"); text != nil {
		kept, err := (&drawing{partWriter: main}).rewrite(text)
		if err != nil {
			return err
		}
		out.kids = append(out.kids, kept...)
	}
	main.done(out, pptxMedia+"presentation.main+xml")
	return nil
}

// writeMasters writes the masters and returns the list of them.
func (t *pptx) writeMasters(main *partWriter) (*node, error) {
	masters := el("p:sldMasterIdLst", nil)
	for i, m := range t.masters {
		theme, err := t.writeMaster(i, m)
		if err != nil {
			return nil, err
		}
		masters.kids = append(masters.kids, el("p:sldMasterId", []string{"id", fmt.Sprint(masterID(i)), "r:id", main.link("slideMaster", "/"+t.written[m], false)}))
		if i == 0 && theme != "" {
			main.link("theme", "/"+theme, false)
		}
	}
	return masters, nil
}

// tableStyles writes the styles of tables under new ids.
func (t *pptx) tableStyles(main *partWriter) error {
	t.tables = map[string]string{}
	out := el("a:tblStyleLst", []string{"def", "{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}"})
	p := &partWriter{ooxml: t.ooxml, name: "ppt/tableStyles.xml"}
	for _, r := range main.old {
		if r.kind != "tableStyles" || r.away || t.in[r.target] == nil {
			continue
		}
		root, err := t.part(r.target)
		if err != nil {
			return err
		}
		for _, k := range root.kids {
			if k.name != "a:tblStyle" {
				continue
			}
			kept, err := (&drawing{partWriter: p}).kept(k)
			if err != nil {
				return err
			}
			id := k.get("styleId")
			if !tableStyles[id] {
				id = fmt.Sprintf("{00000000-0000-4000-8000-%012d}", len(t.tables)+1)
				t.tables[k.get("styleId")] = id
			}
			kept[0].attr = append(kept[0].attr, attr{"styleId", id}, attr{"styleName", ""})
			out.kids = append(out.kids, kept...)
		}
	}
	p.done(out, pptxMedia+"tableStyles+xml")
	main.link("tableStyles", "/ppt/tableStyles.xml", false)
	return nil
}

// masterID returns the number of a master, which leaves room for those of its
// layouts.
func masterID(i int) int { return 1<<31 + 1000*i }

// slide writes a slide; it reports whether it is shown.
func (t *pptx) slide(from, to string) (bool, error) {
	root, err := t.part(from)
	if err != nil {
		return false, err
	}
	if root.name != "p:sld" {
		return false, refuse(Broken, from)
	}
	if show := root.get("show"); show == "0" || show == "false" {
		t.removed("hidden slide", from, root.words(), 0)
		return false, nil
	}
	p, err := t.newPart(from)
	if err != nil {
		return false, err
	}
	p.name = to
	for _, r := range p.old {
		if r.kind == "slideLayout" && !r.away {
			layout, err := t.layout(r.target)
			if err != nil {
				return false, err
			}
			p.link("slideLayout", "/"+layout, false)
			break
		}
	}
	t.aside(root, to)
	out, err := t.shapes(p, root, false)
	if err != nil {
		return false, err
	}
	p.done(out, pptxMedia+"slide+xml")
	return true, nil
}

// aside takes away shapes that lie beside a slide, where nobody sees them.
func (t *pptx) aside(root *node, where string) {
	tree := root.child("p:cSld", "p:spTree")
	if tree == nil || t.size[0] <= 0 || t.size[1] <= 0 {
		return
	}
	kept := tree.kids[:0:0]
	for _, k := range tree.kids {
		xfrm := k.child("p:xfrm")
		for _, props := range []string{"p:spPr", "p:grpSpPr"} {
			if x := k.child(props, "a:xfrm"); x != nil {
				xfrm = x
			}
		}
		if xfrm != nil && xfrm.get("rot") == "" && xfrm.child("a:off") != nil && xfrm.child("a:ext") != nil {
			at := func(name, of string) int64 { v, _ := strconv.ParseInt(xfrm.child(of).get(name), 10, 64); return v }
			x, y, cx, cy := at("x", "a:off"), at("y", "a:off"), at("cx", "a:ext"), at("cy", "a:ext")
			if x >= t.size[0] || y >= t.size[1] || x+cx < 0 || y+cy < 0 {
				t.removed("shape beside the slide", where, k.words(), 0)
				continue
			}
		}
		kept = append(kept, k)
	}
	tree.kids = kept
}

// shapes returns a slide, a layout or a master with its shapes.
func (t *pptx) shapes(p *partWriter, root *node, prompts bool) (*node, error) {
	out := &node{name: root.name}
	for _, a := range root.attr {
		if (a.name == "showMasterSp" || a.name == "type" || a.name == "preserve") && dmlWord.MatchString(a.value) {
			out.attr = append(out.attr, a)
		}
	}
	d := &drawing{partWriter: p}
	for _, k := range root.kids {
		switch k.name {
		case "p:cSld":
			if prompts {
				unprompt(k)
			}
			kept, err := d.kept(&node{name: k.name, kids: k.kids}) // its name goes
			if err != nil {
				return nil, err
			}
			out.kids = append(out.kids, kept...)
		case "p:clrMapOvr", "p:clrMap", "p:txStyles":
			kept, err := d.rewrite(k)
			if err != nil {
				return nil, err
			}
			out.kids = append(out.kids, kept...)
		}
	}
	return out, nil
}

// unprompt empties placeholders: what they say is shown to those who write alone.
func unprompt(n *node) {
	for _, k := range n.kids {
		if k.name == "p:sp" && k.child("p:nvSpPr", "p:nvPr", "p:ph") != nil {
			if body := k.child("p:txBody"); body != nil {
				for i := len(body.kids) - 1; i >= 0; i-- {
					if body.kids[i].name == "a:p" {
						body.kids = append(body.kids[:i], body.kids[i+1:]...)
					}
				}
				body.kids = append(body.kids, el("a:p", nil))
			}
		}
		unprompt(k)
	}
}

// layout writes a layout with its master, once, and returns its new name.
func (t *pptx) layout(from string) (string, error) {
	if to := t.written[from]; to != "" {
		return to, nil
	}
	root, err := t.part(from)
	if err != nil {
		return "", err
	}
	p, err := t.newPart(from)
	if err != nil {
		return "", err
	}
	if root.name != "p:sldLayout" {
		return "", refuse(Broken, from)
	}
	n := 1
	for _, all := range t.layouts {
		n += len(all)
	}
	p.name = fmt.Sprintf("ppt/slideLayouts/slideLayout%d.xml", n)
	t.written[from] = p.name
	for _, r := range p.old {
		if r.kind == "slideMaster" && !r.away {
			master, err := t.master(r.target, p.name)
			if err != nil {
				return "", err
			}
			p.link("slideMaster", "/"+master, false)
			break
		}
	}
	out, err := t.shapes(p, root, true)
	if err != nil {
		return "", err
	}
	p.done(out, pptxMedia+"slideLayout+xml")
	return p.name, nil
}

// master notes that a layout is of a master, and returns the new name of this. It
// is written when all its layouts are known.
func (t *pptx) master(from, layout string) (string, error) {
	to := t.written[from]
	if to == "" {
		to = fmt.Sprintf("ppt/slideMasters/slideMaster%d.xml", len(t.masters)+1)
		t.written[from] = to
		t.masters = append(t.masters, from)
	}
	t.layouts[from] = append(t.layouts[from], layout)
	return to, nil
}

// writeMaster writes a master and its theme, and returns what the theme is called.
func (t *pptx) writeMaster(i int, from string) (theme string, err error) {
	root, err := t.part(from)
	if err != nil {
		return "", err
	}
	p, err := t.newPart(from)
	if err != nil {
		return "", err
	}
	if root.name != "p:sldMaster" {
		return "", refuse(Broken, from)
	}
	p.name = t.written[from]
	out, err := t.shapes(p, root, true)
	if err != nil {
		return "", err
	}
	list := el("p:sldLayoutIdLst", nil)
	for n, layout := range t.layouts[from] {
		list.kids = append(list.kids, el("p:sldLayoutId", []string{"id", fmt.Sprint(masterID(i) + 1 + n), "r:id", p.link("slideLayout", "/"+layout, false)}))
	}
	at := len(out.kids)
	if at > 0 && out.kids[at-1].name == "p:txStyles" {
		at--
	}
	out.kids = append(out.kids[:at], append([]*node{list}, out.kids[at:]...)...)
	for _, r := range p.old {
		if r.kind == "theme" && !r.away && theme == "" {
			theme = fmt.Sprintf("ppt/theme/theme%d.xml", i+1)
			if err := t.theme(r.target, theme); err != nil {
				return "", err
			}
			p.link("theme", "/"+theme, false)
		}
	}
	p.done(out, pptxMedia+"slideMaster+xml")
	return theme, nil
}

// themeOf writes the theme of a document or a workbook, which its charts and shapes
// have their colours by.
func (d *ooxml) themeOf(main *partWriter, dir string) error {
	for _, r := range main.old {
		if r.kind == "theme" && !r.away && d.in[r.target] != nil {
			main.link("theme", "/"+dir+"/theme/theme1.xml", false)
			return d.theme(r.target, dir+"/theme/theme1.xml")
		}
	}
	return nil
}

// theme writes colours, fonts and effects.
func (d *ooxml) theme(from, to string) error {
	root, err := d.part(from)
	if err != nil {
		return err
	}
	p, err := d.newPart(from)
	if err != nil {
		return err
	}
	p.name = to
	if root.name != "a:theme" {
		return refuse(Broken, from)
	}
	out, err := (&drawing{partWriter: p}).rewrite(root)
	if err != nil || len(out) != 1 {
		return cmp.Or(err, refuse(Broken, from))
	}
	p.done(out[0], "application/vnd.openxmlformats-officedocument.theme+xml")
	return nil
}
