package gate

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
)

// maxStrokes is how many curves and sides of shapes a page may have before it may
// show letters that are drawn.
const maxStrokes = 200

// pages reads what each page shows, and has the pages drawn and read where one
// shows what is not text.
func (p *pdfFile) pages(numbers []int) {
	var all []int
	for _, n := range numbers {
		if d, ok := p.objects[n].(pdfDict); ok && d["Type"] == pdfName("Page") {
			all = append(all, n)
		}
	}
	if len(all) == 0 {
		p.r.refuse(p.at, Malformed)
	}
	before := len(p.r.unread)
	for i, n := range all {
		p.page(inside(p.at, fmt.Sprintf("page %d", i+1)), n)
	}
	if len(p.r.unread) > before && p.draw(len(all)) {
		p.drawn = true
		seen := slices.DeleteFunc(p.r.unread[before:], func(u Unread) bool { return u.Reason == NoTextLayer || u.Reason == Picture })
		p.r.unread = p.r.unread[:before+len(seen)]
	}
}

// draw has every page drawn and read, and reports whether that was done.
func (p *pdfFile) draw(pages int) bool {
	if p.r.opt.OCR == nil || p.r.opt.Pages == nil {
		return false
	}
	pictures, err := p.r.opt.Pages(p.b)
	if err != nil || len(pictures) != pages {
		return false
	}
	for i, picture := range pictures {
		text, err := p.r.opt.OCR(picture)
		if err != nil {
			return false
		}
		p.r.emit(inside(p.at, fmt.Sprintf("page %d/pixels", i+1)), view{text: strings.ToValidUTF8(text, " ")}, false)
	}
	return true
}

// page reads the contents of the page that is object n.
func (p *pdfFile) page(at string, n int) {
	d := p.objects[n].(pdfDict)
	var b bytes.Buffer
	for _, v := range p.list(d["Contents"]) {
		s, ok := p.get(v).(*pdfStream)
		if !ok {
			p.r.refuse(at, Malformed)
			return
		}
		part, filter, why := p.decode(s)
		if why != "" || filter != "" {
			p.r.refuse(at, cmp.Or(why, Malformed))
			return
		}
		b.Write(part)
		b.WriteByte('\n')
		for _, e := range []any{d["Contents"], v} {
			if ref, ok := e.(pdfRef); ok {
				p.done[int(ref)] = true
			}
		}
	}
	var resources any
	for up, n := d, 0; up != nil && resources == nil && n < maxNesting; up, n = p.dict(up["Parent"]), n+1 {
		resources = up["Resources"]
	}
	c := &canvas{p: p}
	c.read(b.Bytes(), p.dict(resources), drawState{ctm: identity, scale: 1}, 0)
	p.canvas(at, c)
	if c.shown == 0 && c.marks {
		p.r.refuse(at, NoTextLayer)
	}
}

// aside reads contents that no page was seen to show: of an annotation, a
// pattern, a glyph, or of a page that was taken out.
func (p *pdfFile) aside(at string, n int, s *pdfStream) {
	b, filter, why := p.decode(s)
	if why != "" || filter != "" {
		p.r.refuse(at, cmp.Or(why, Malformed))
		return
	}
	c := &canvas{p: p}
	c.read(b, p.dict(s.dict["Resources"]), drawState{ctm: identity, scale: 1}, 0)
	p.canvas(at, c)
}

// canvas shows what was collected.
func (p *pdfFile) canvas(at string, c *canvas) {
	if c.broken {
		p.r.refuse(at, Malformed)
	}
	if c.garbled {
		p.r.refuse(at, NoTextLayer)
	}
	if (c.strokes > maxStrokes || c.picture) && !p.r.opt.Pictures {
		p.r.refuse(at, Picture)
	}
	p.r.emit(at+"/marks", view{text: strings.Join(c.strings, "\n\n")}, false)
	order := make([]int, len(c.glyphs))
	for i := range order {
		order[i] = i
	}
	p.r.emit(at, c.line(order), false)
	slices.SortStableFunc(order, func(a, b int) int { return c.before(a, b) })
	order = c.lines(order)
	p.r.emit(at, c.line(order), false)
	if turned, ok := c.reversed(order); ok {
		p.r.emit(at, c.line(turned), false)
	}
}

// before compares glyphs from the top to the bottom of what is turned alike.
func (c *canvas) before(a, b int) int {
	return cmp.Or(cmp.Compare(c.glyphs[a].turned, c.glyphs[b].turned), cmp.Compare(c.glyphs[b].y, c.glyphs[a].y))
}

// lines sorts glyphs that stand at about one height from the left to the right.
func (c *canvas) lines(order []int) []int {
	for i := 0; i < len(order); {
		first := &c.glyphs[order[i]]
		j := i + 1
		for j < len(order) && c.sameLine(first, &c.glyphs[order[j]]) {
			j++
		}
		slices.SortStableFunc(order[i:j], func(a, b int) int { return cmp.Compare(c.glyphs[a].x, c.glyphs[b].x) })
		i = j
	}
	return order
}

func (c *canvas) sameLine(a, b *glyph) bool {
	return a.turned == b.turned && math.Abs(a.y-b.y) <= 0.4*max(a.size, b.size)
}

// line writes glyphs in an order, with a space where there is one to be seen.
func (c *canvas) line(order []int) view {
	w := viewer{of: &view{}}
	for i, n := range order {
		g := &c.glyphs[n]
		if i > 0 {
			last := &c.glyphs[order[i-1]]
			switch {
			case !c.sameLine(last, g):
				w.put("\n", n, n+1)
			case g.x-last.end > 0.2*max(g.size, last.size) || last.x-g.end > 0.2*max(g.size, last.size):
				w.put(" ", n, n+1)
			}
		}
		w.put(g.text, n, n+1)
	}
	return w.view()
}

// reversed turns the lines around that have letters of a script from the right
// to the left, which are placed in the order they are seen in.
func (c *canvas) reversed(order []int) ([]int, bool) {
	out, any := slices.Clone(order), false
	for i := 0; i < len(out); {
		j, right := i, false
		for j < len(out) && c.sameLine(&c.glyphs[out[i]], &c.glyphs[out[j]]) {
			for _, r := range c.glyphs[out[j]].text {
				right = right || unicode.In(r, unicode.Arabic, unicode.Hebrew)
			}
			j++
		}
		if right {
			any = true
			slices.Reverse(out[i:j])
		}
		i = j
	}
	return out, any
}
