package clean

import (
	"math"
	"strings"

	"habeas/internal/pdf"
)

// A pdfSheet is a page that is being drawn: where its letters are, so that those
// can be told that something is painted over.
type pdfSheet struct {
	letters []frame      // the middle of each
	hidden  map[int]bool // letters that are painted over
	known   map[int]bool // the same, when it is drawn for the second time
}

// covers notes a letter, and reports whether it is known to be painted over.
func (s *pdfSheet) covers(middle frame) bool {
	if s == nil {
		return false
	}
	s.letters = append(s.letters, middle)
	return s.known[len(s.letters)-1]
}

// aside lets what is drawn from now on not be part of the page, until the function
// it returns is called.
func (d *pdfDoc) aside() func() {
	was := d.sheet
	d.sheet = nil
	return func() { d.sheet = was }
}

// forget takes back which codes the page uses, and what was hidden of it.
func (d *pdfDoc) forget() {
	d.hidden = map[string]*strings.Builder{}
	for _, f := range d.queue {
		for code := range f.recent {
			delete(f.used, code)
		}
	}
}

// upright reports whether m leaves rectangles upright.
func upright(m matrix) bool {
	const little = 1e-6
	return math.Abs(m[1])+math.Abs(m[2]) < little || math.Abs(m[0])+math.Abs(m[3]) < little
}

// corner notes what a path is made of.
func (x *painter) corner(op pdf.Word, n [6]float64) {
	if len(x.corners) > 5 {
		return
	}
	switch op {
	case "re":
		x.corners = append(x.corners, frame{n[0], n[1], n[0] + n[2], n[1] + n[3]}.through(x.state.ctm), frame{}, frame{}, frame{})
	case "m", "l":
		px, py := x.state.ctm.at(n[0], n[1])
		x.corners = append(x.corners, frame{px, py, px, py})
	default:
		x.corners = append(x.corners, make([]frame, 6)...)
	}
}

// rectangle returns the rectangle that a path is, and whether it is one.
func (x *painter) rectangle() (frame, bool) {
	c := x.corners
	if len(c) == 5 && c[4] == c[0] {
		c = c[:4]
	}
	if len(c) != 4 || !upright(x.state.ctm) {
		return frame{}, false
	}
	if c[1] == (frame{}) && c[2] == (frame{}) && c[3] == (frame{}) {
		return c[0], true
	}
	flat := func(i, axis int) bool { return math.Abs(c[i][axis]-c[(i+1)%4][axis]) < 1e-3 }
	ways := flat(0, 0) && flat(1, 1) && flat(2, 0) && flat(3, 1) || flat(0, 1) && flat(1, 0) && flat(2, 1) && flat(3, 0)
	return x.path, ways
}

// cover notes the letters that something is painted over which nothing is seen
// through.
func (x *painter) cover(r frame) {
	s := &x.state
	if x.d.sheet == nil || s.odd || s.glass || s.fill < 1 {
		return
	}
	r = r.cut(s.clip)
	if !x.d.burn(len(x.d.sheet.letters) / 16) {
		return
	}
	for i, l := range x.d.sheet.letters {
		if r.holds(l) {
			if x.d.sheet.hidden == nil {
				x.d.sheet.hidden = map[int]bool{}
			}
			x.d.sheet.hidden[i] = true
		}
	}
}

// screen covers what lies below a picture, if it has no holes.
func (x *painter) screen(d pdf.Dict) {
	f := x.d.f
	for _, k := range []pdf.Name{"SMask", "Mask", "SMaskInData"} {
		if f.Get(d[k]) != nil {
			return
		}
	}
	filter := f.Get(d["Filter"])
	if list, ok := filter.([]any); ok && len(list) > 0 {
		filter = f.Get(list[len(list)-1])
	}
	if f.Get(d["ImageMask"]) != true && filter != pdf.Name("JPXDecode") && upright(x.state.ctm) {
		x.cover(frame{0, 0, 1, 1}.through(x.state.ctm))
	}
}

// see notes whether what is drawn from now on may be seen through.
func (x *painter) see(gs pdf.Dict) {
	s := &x.state
	mode := x.d.f.Get(gs["BM"])
	if list, ok := mode.([]any); ok && len(list) > 0 {
		mode = x.d.f.Get(list[0])
	}
	switch {
	case mode != nil && mode != pdf.Name("Normal") && mode != pdf.Name("Compatible"):
		s.glass = true
	case x.d.f.Dict(gs["SMask"]) != nil:
		s.glass = true
	case x.d.f.Get(gs["op"]) == true || x.d.f.Get(gs["OP"]) == true:
		s.glass = true // with other inks
	}
}
