package clean

import (
	"bytes"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"

	"habeas/internal/pdf"
)

// An Area is a part of a page as it is seen, in parts of its width and height from
// the corner at the top left: left, top, right, bottom.
type Area [4]float64

// Cuts say what of a PDF goes for good.
type Cuts struct {
	Areas    map[int][]Area // by page, from 1
	Words    []string       // wherever they can be read
	Pictures map[int][]byte // JPEG that stand in the place of pages
	Bare     bool           // without bars, pictures and shades: what is seen in areas is left there
}

// A CutReport says what went.
type CutReport struct {
	Words  map[string]int // how often each word was found
	Areas  map[int][]Area // all that went, with where words stood
	Doubt  []int          // pages of which parts can't be taken out: they need pictures
	Unread []int          // pages with pictures, patterns or masks, or letters that don't say what they are: words may be left there
}

// CutPDF is [Bytes] for a PDF, without what c says: letters, drawings, pixels and
// links are gone from its contents, and black bars are in their place. Letters after
// a bar are set anew behind it, so that its width says nothing of what was there. If
// the report has pages in Doubt, the file must not be used: it has to be made again
// with pictures of these. Words have no spaces and case to speak of; the word around
// a match goes as well.
func CutPDF(b []byte, c Cuts) ([]byte, *Report, *CutReport, error) {
	left := int64(mostUnpack)
	j := &job{Report: &Report{}, left: &left}
	f, ok := find(bytes.NewReader(b), int64(len(b)))
	if !ok || f.Name != "pdf" {
		return nil, nil, nil, refuse(Unknown, "")
	}
	if len(b) > mostMemory {
		return nil, nil, nil, refuse(Large, "")
	}
	j.Kind = f.Kind
	done := &CutReport{Words: map[string]int{}, Areas: map[int][]Area{}}
	cut := &cutting{Cuts: c, report: done}
	out, err := rebuildPDF(j, b, cut)
	if err != nil {
		return nil, nil, nil, err
	}
	for page := range c.Areas {
		if page < 1 || page > cut.page {
			return nil, nil, nil, refuse(Unable, fmt.Sprintf("page %d, which is not there", page))
		}
	}
	return out, j.Report, done, nil
}

// A cutting is how a PDF is cut. Its zero value cuts nothing.
type cutting struct {
	Cuts
	report *CutReport
	page   int
	plan   *cutPlan // of the page that is drawn; nil: nothing of it goes
	notes  []glyphNote
	doubt  bool
	unread bool
}

// A glyphNote is a glyph of a page, in the order of its contents.
type glyphNote struct {
	text  string
	m     matrix // from the glyph, whose size is 1, to the page
	width float64
	wide  frame // of a glyph whose font says how large its glyphs are
	seen  bool
}

// A cutPlan says what of a page goes.
type cutPlan struct {
	areas []frame         // that the page was asked to lose
	words []wordFrame     // where words stood
	gone  map[int]bool    // glyphs
	shift map[int]float64 // how far others are moved along their line
	bars  [][4]point
}

// A wordFrame is where a word stood, and the size of its letters.
type wordFrame struct {
	frame
	em float64
}

type point struct{ x, y float64 }

// cell is where the ink of a glyph is, as far as its font says.
func (g glyphNote) cell() frame {
	switch {
	case g.wide != frame{}:
		return g.wide.through(g.m)
	case g.width < 0.05: // a mark over another letter
		return frame{-0.7, -0.2, 0.3, 0.9}.through(g.m)
	}
	in := min(0.03, g.width/8)
	return frame{in, -0.2, g.width - in, 0.75}.through(g.m)
}

// note notes a glyph, and returns its number and whether it goes.
func (c *cutting) note(x *painter, code pdf.String, width float64, seen bool) (n int, gone bool) {
	st := &x.state
	m := matrix{st.size * st.scale, 0, 0, st.size, 0, st.rise}.times(x.tm).times(st.ctm)
	g := glyphNote{text: st.font.text(code), m: m, width: width, wide: st.font.box, seen: seen && finite(m)}
	n = len(c.notes)
	if n < mostDrawing/64 {
		c.notes = append(c.notes, g)
	} else {
		c.doubt = true
	}
	if seen && (!st.font.sure(x.d) || g.text == "") {
		c.unread = true
	}
	if c.plan == nil {
		return n, false
	}
	gone = c.plan.gone[n]
	if gone && (st.font.vertical || st.mode >= 4) {
		c.doubt = true
	}
	return n, gone
}

// cutting returns how the page that is drawn is cut; nil if it is not, or what is
// drawn is not part of it.
func (x *painter) cutting() *cutting {
	if c := x.d.cut; c != nil && c.plan != nil && x.d.sheet != nil {
		return c
	}
	return nil
}

// begin notes which page is drawn, and forgets what was noted of another.
func (c *cutting) begin(page int) {
	c.page, c.plan, c.notes, c.doubt, c.unread = page, nil, nil, false, false
}

// again forgets what was noted, when the page is drawn once more.
func (c *cutting) again() {
	if c != nil {
		c.notes = nil
	}
}

// planned returns how the page that was just drawn is cut; nil if nothing of it goes.
// It is to be drawn once more then.
func (d *pdfDoc) planned(page pdf.Dict, box frame) *cutPlan {
	c := d.cut
	if c == nil {
		return nil
	}
	var areas []frame
	for _, a := range c.Areas[c.page] {
		areas = append(areas, frameOf(a, box, d.turned(page["Rotate"])))
	}
	if !d.burn(len(c.notes) * (1 + len(areas)/4 + len(c.Words))) {
		return nil
	}
	c.plan = c.makePlan(areas)
	c.notes = nil
	return c.plan
}

// takes reports whether a link goes: one that lies in what is cut, or leads to a place
// with one of the words.
func (c *cutting) takes(d *pdfDoc, link pdf.Dict) bool {
	if c == nil {
		return false
	}
	uri, _ := d.f.Get(d.f.Dict(link["A"])["URI"]).(pdf.String)
	for _, w := range c.Words {
		plain, err := url.PathUnescape(string(uri))
		if err != nil {
			plain = string(uri)
		}
		if f := lettersIn(w); f != "" && strings.Contains(lettersIn(plain), f) {
			return true
		}
	}
	if c.plan != nil && !d.burn((len(c.plan.words)+len(c.plan.areas))/4) {
		return true
	}
	rect, ok := d.frame(link["Rect"])
	return ok && c.plan != nil && (slices.ContainsFunc(c.plan.areas, rect.meets) ||
		slices.ContainsFunc(c.plan.words, func(w wordFrame) bool { return rect.meets(w.frame) }))
}

// sure reports whether the text of a font's codes is to be trusted: it has a table of
// it, or its codes are those of an encoding that is known.
func (f *pdfFont) sure(d *pdfDoc) bool {
	if len(f.unicode) > 0 {
		return !f.speaks
	}
	name, _ := d.f.Get(f.old["Encoding"]).(pdf.Name)
	dict := d.f.Dict(f.old["Encoding"])
	const symbolic = 4
	return !f.composite && dict == nil && (name != "" || int(d.number(f.descriptor["Flags"], 0))&symbolic == 0) && d.f.Get(f.old["Subtype"]) != pdf.Name("Type3")
}

// mute reports whether what is drawn with these resources has no words and pictures.
func (d *pdfDoc) mute(resources any) bool {
	r := d.f.Dict(resources)
	for _, gs := range d.f.Dict(r["ExtGState"]) {
		if d.f.Dict(gs)["Font"] != nil || d.f.Dict(d.f.Dict(gs)["SMask"]) != nil {
			return false
		}
	}
	return r != nil && len(d.f.Dict(r["Font"]))+len(d.f.Dict(r["XObject"]))+len(d.f.Dict(r["Pattern"])) == 0
}

// unread notes that the page uses a pattern or a mask in which words are not looked for.
func (x *painter) unread(s pdf.Dict) {
	if c := x.d.cut; c != nil && s != nil && x.d.number(s["PatternType"], 1) == 1 && !x.d.mute(s["Resources"]) {
		c.unread = true
	}
}

// end notes what came of the page.
func (c *cutting) end(box frame, turn int) {
	if c.doubt {
		c.report.Doubt = append(c.report.Doubt, c.page)
	}
	if c.unread && len(c.Words) > 0 {
		c.report.Unread = append(c.report.Unread, c.page)
	}
	if c.plan == nil {
		return
	}
	areas := append([]frame{}, c.plan.areas...)
	for _, w := range c.plan.words {
		areas = append(areas, w.grown())
	}
	for _, f := range areas {
		c.report.Areas[c.page] = append(c.report.Areas[c.page], areaOf(f, box, turn))
	}
}

// grown is a word with so much around it, in steps, that its width says little.
func (w wordFrame) grown() frame {
	step := max(2*w.em, 1)
	return frame{math.Floor((w.frame[0]-w.em/2)/step) * step, w.frame[1] - w.em/5, math.Ceil((w.frame[2]+w.em/2)/step) * step, w.frame[3] + w.em/5}
}

// turned returns how often a page is turned by 90 degrees clockwise.
func (d *pdfDoc) turned(v any) int {
	r := int(d.number(v, 0))
	if r%90 != 0 {
		return 0
	}
	return (r/90%4 + 4) % 4
}

// frameOf returns where an area of a page as it is seen lies on the page as it is
// drawn.
func frameOf(a Area, box frame, turn int) frame {
	l, t, r, b := a[0], a[1], a[2], a[3]
	switch turn {
	case 1:
		l, t, r, b = t, 1-r, b, 1-l
	case 2:
		l, t, r, b = 1-r, 1-b, 1-l, 1-t
	case 3:
		l, t, r, b = 1-b, l, 1-t, r
	}
	w, h := box[2]-box[0], box[3]-box[1]
	return frame{box[0] + l*w, box[3] - b*h, box[0] + r*w, box[3] - t*h}
}

// areaOf undoes frameOf.
func areaOf(f, box frame, turn int) Area {
	w, h := max(box[2]-box[0], 1e-9), max(box[3]-box[1], 1e-9)
	l, t, r, b := (f[0]-box[0])/w, (box[3]-f[3])/h, (f[2]-box[0])/w, (box[3]-f[1])/h
	switch turn {
	case 1:
		l, t, r, b = 1-b, l, 1-t, r
	case 2:
		l, t, r, b = 1-r, 1-b, 1-l, 1-t
	case 3:
		l, t, r, b = t, 1-r, b, 1-l
	}
	return Area{max(0, l), max(0, t), min(1, r), min(1, b)}
}

// pictured writes a page that is a picture.
func (d *pdfDoc) pictured(b []byte, box frame, turn int, parent pdf.Ref) any {
	w, h, colours, ok := jpegSize(b)
	if !ok {
		d.fail(Broken, fmt.Sprintf("picture of page %d", d.cut.page))
	}
	space := pdf.Name("DeviceRGB")
	if colours == 1 {
		space = "DeviceGray"
	}
	picture := d.w.Add(&pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"), "Width": float64(w), "Height": float64(h),
		"ColorSpace": space, "BitsPerComponent": 8.0, "Filter": pdf.Name("DCTDecode")}, Raw: b})
	wide, high := box[2]-box[0], box[3]-box[1]
	if turn%2 == 1 {
		wide, high = high, wide
	}
	body := fmt.Appendf(nil, "%.2f 0 0 %.2f 0 0 cm /X0 Do\n", wide, high)
	ref := d.w.Reserve()
	d.w.Set(ref, pdf.Dict{"Type": pdf.Name("Page"), "Parent": parent, "MediaBox": []any{0.0, 0.0, wide, high},
		"Resources": pdf.Dict{"XObject": pdf.Dict{"X0": picture}}, "Contents": d.w.Add(d.packed(pdf.Dict{}, body))})
	return ref
}

// jpegSize reads how large a JPEG says that it is, and how many colours it has.
func jpegSize(b []byte) (w, h, colours int, ok bool) {
	for at := 2; at+10 <= len(b) && b[at] == 0xff; {
		n := int(b[at+2])<<8 | int(b[at+3])
		if m := b[at+1]; m >= 0xc0 && m <= 0xc2 {
			return int(b[at+7])<<8 | int(b[at+8]), int(b[at+5])<<8 | int(b[at+6]), int(b[at+9]), true
		}
		at += 2 + n
	}
	return 0, 0, 0, false
}
