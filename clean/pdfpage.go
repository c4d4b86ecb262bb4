package clean

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"habeas/internal/pdf"
)

// A matrix is that of ISO 32000-1, 8.3.3: a b c d e f.
type matrix [6]float64

func unit() matrix { return matrix{1, 0, 0, 1, 0, 0} }

// times returns m, and then n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) at(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// A frame is an upright rectangle: left, bottom, right, top.
type frame [4]float64

func everywhere() frame {
	return frame{-math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}
}

// nowhere is a frame that add makes larger.
func nowhere() frame {
	return frame{math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64, -math.MaxFloat64}
}

func (r frame) add(x, y float64) frame {
	return frame{min(r[0], x), min(r[1], y), max(r[2], x), max(r[3], y)}
}

func (r frame) cut(s frame) frame {
	return frame{max(r[0], s[0]), max(r[1], s[1]), min(r[2], s[2]), min(r[3], s[3])}
}

func (r frame) meets(s frame) bool {
	return r[0] <= s[2] && s[0] <= r[2] && r[1] <= s[3] && s[1] <= r[3]
}

func (r frame) holds(s frame) bool {
	return r[0] <= s[0] && r[1] <= s[1] && r[2] >= s[2] && r[3] >= s[3]
}

func (r frame) list() []any { return []any{r[0], r[1], r[2], r[3]} }

// through returns the frame around r once it is turned by m.
func (r frame) through(m matrix) frame {
	out := nowhere()
	for i := range 4 {
		out = out.add(m.at(r[i&1*2], r[1+i&2]))
	}
	return out
}

func (d *pdfDoc) frame(v any) (frame, bool) {
	list := d.f.List(v)
	if len(list) < 4 {
		return frame{}, false
	}
	var n [4]float64
	for i := range n {
		n[i] = d.number(list[i], 0)
	}
	return nowhere().add(n[0], n[1]).add(n[2], n[3]), true
}

func (d *pdfDoc) matrix(v any) matrix {
	m := unit()
	if list := d.f.List(v); len(list) == 6 {
		for i := range m {
			m[i] = d.number(list[i], 0)
		}
	}
	return m
}

// pages writes the pages of a tree, in order, whose new parent is given.
func (d *pdfDoc) pages(v any, parent pdf.Ref) []any {
	var out []any
	seen := map[any]bool{}
	var walk func(v any, above pdf.Dict, deep int)
	walk = func(v any, above pdf.Dict, deep int) {
		ref, isRef := v.(pdf.Ref)
		node := d.f.Dict(v)
		if node == nil || isRef && seen[ref] || deep > 64 || d.err != nil {
			return
		}
		seen[ref] = isRef
		full := maps.Clone(node)
		for _, k := range []pdf.Name{"Resources", "MediaBox", "CropBox", "Rotate"} {
			if d.f.Get(full[k]) == nil && above[k] != nil {
				full[k] = above[k]
			}
		}
		if kids := d.f.List(node["Kids"]); kids != nil {
			for _, k := range kids {
				walk(k, full, deep+1)
			}
			return
		}
		if len(out) >= mostSheets {
			d.fail(Large, "pages")
			return
		}
		out = append(out, d.page(full, parent, len(out)+1))
	}
	walk(v, pdf.Dict{}, 0)
	return out
}

// page writes a page. What lies outside of the part that is shown goes.
func (d *pdfDoc) page(old pdf.Dict, parent pdf.Ref, n int) any {
	where := fmt.Sprintf("page %d", n)
	d.tellHidden("")
	box, ok := d.frame(old["MediaBox"])
	if !ok {
		box = frame{0, 0, 612, 792} // as viewers do
	}
	media := box
	if crop, ok := d.frame(old["CropBox"]); ok && crop.meets(box) {
		box = box.cut(crop)
	}
	if d.cut != nil {
		d.cut.begin(n)
		if picture := d.cut.Pictures[n]; picture != nil {
			d.leftOfPage(old, where)
			return d.pictured(picture, box, d.turned(old["Rotate"]), parent)
		}
	}
	var b []byte
	contents := d.f.Get(old["Contents"])
	list, ok := contents.([]any)
	if !ok {
		list = []any{contents}
	}
	for _, c := range list {
		b = append(append(b, d.decode(c)...), '\n')
	}
	body, names, links := d.drawn(old, b, box, where)
	if d.cut != nil {
		d.cut.end(box, d.turned(old["Rotate"]))
	}
	page := pdf.Dict{"Type": pdf.Name("Page"), "Parent": parent, "MediaBox": media.list(),
		"Resources": names.dict(), "Contents": d.w.Add(d.packed(pdf.Dict{}, body))}
	if box != media {
		page["CropBox"] = box.list()
	}
	if r := d.number(old["Rotate"], 0); math.Mod(r, 90) == 0 && math.Mod(r, 360) != 0 {
		page["Rotate"] = r
	}
	d.copyKeys(page, old, "UserUnit")
	if g := d.group(old["Group"]); g != nil {
		page["Group"] = g
	}
	if len(links) > 0 {
		page["Annots"] = links
	}
	d.leftOfPage(old, where)
	ref := d.w.Reserve() // for each its own: a page has one place
	d.w.Set(ref, page)
	return ref
}

// drawn draws the contents b of a page and what lies on it; once more, if letters
// turn out to be painted over.
func (d *pdfDoc) drawn(old pdf.Dict, b []byte, box frame, where string) (body []byte, names *pdfNames, links []any) {
	draw := func() {
		names = newNames()
		x := d.painter(d.f.Dict(old["Resources"]), names, fresh(box))
		x.read(b)
		x.close()
		body = x.write()
		links = d.annotations(old, names, box, where, &body)
	}
	for _, f := range d.queue {
		clear(f.recent)
	}
	d.sheet = &pdfSheet{}
	var known map[int]bool
	draw()
	if d.sheet.hidden != nil {
		told := d.Removed
		d.forget()
		known = d.sheet.hidden
		d.sheet = &pdfSheet{known: known}
		d.cut.again()
		draw()
		d.Removed = told
	}
	if plan := d.planned(old, box); plan != nil {
		told := d.Removed
		d.forget()
		d.sheet = &pdfSheet{known: known}
		draw()
		d.Removed = told
		body = plan.draw(body, d.cut.Bare)
	}
	d.sheet = nil
	return body, names, links
}

// leftOfPage tells what of a page stays behind, but for numbers.
func (d *pdfDoc) leftOfPage(old pdf.Dict, where string) {
	for _, k := range slices.Sorted(maps.Keys(old)) {
		switch k {
		case "Type", "Parent", "Resources", "MediaBox", "CropBox", "Rotate", "UserUnit", "Group", "Contents", "Annots":
		case "ArtBox", "BleedBox", "TrimBox", "Tabs", "StructParents":
		default:
			d.removed(pdfWhat(k), where+": "+short(string(k)), d.words(old[k]), 0)
		}
	}
	d.tellHidden(where)
}

// group copies how what is drawn together is put on what is below.
func (d *pdfDoc) group(v any) any {
	old := d.f.Dict(v)
	if old == nil || d.f.Get(old["S"]) != pdf.Name("Transparency") {
		return nil
	}
	g := d.copyKeys(pdf.Dict{"S": pdf.Name("Transparency")}, old, "I", "K")
	if old["CS"] != nil {
		if cs := d.space(old["CS"]); cs != nil {
			g["CS"] = cs
		}
	}
	return g
}

// pdfNames are the resources that contents use, with the names they have now.
type pdfNames struct {
	dicts map[pdf.Name]pdf.Dict
	by    map[pdfKey]pdf.Name
}

func newNames() *pdfNames { return &pdfNames{map[pdf.Name]pdf.Dict{}, map[pdfKey]pdf.Name{}} }

// put returns the name of a resource that is now v.
func (n *pdfNames) put(kind pdf.Name, v any) pdf.Name {
	if n.dicts[kind] == nil {
		n.dicts[kind] = pdf.Dict{}
	}
	ref, isRef := v.(pdf.Ref)
	key := pdfKey{string(kind), ref}
	if name, ok := n.by[key]; ok && isRef {
		return name
	}
	name := pdf.Name(fmt.Sprintf("%c%d", kind[0], len(n.dicts[kind])))
	n.dicts[kind][name], n.by[key] = v, name
	return name
}

func (n *pdfNames) dict() pdf.Dict {
	out := pdf.Dict{}
	for k, v := range n.dicts {
		out[k] = v
	}
	return out
}
