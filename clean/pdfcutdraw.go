package clean

import (
	"math"
	"strings"

	"habeas/internal/pdf"
)

// inverse undoes m; what has no size is left as it is.
func (m matrix) inverse() matrix {
	det := m[0]*m[3] - m[1]*m[2]
	if !finite(m) || math.Abs(det) < 1e-12 {
		return unit()
	}
	return matrix{m[3] / det, -m[1] / det, -m[2] / det, m[0] / det, (m[2]*m[5] - m[3]*m[4]) / det, (m[1]*m[4] - m[0]*m[5]) / det}
}

// stretch is how much longer lines become.
func (m matrix) stretch() float64 { return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2])) }

// list is m for an operator, with no more digits than are seen.
func (m matrix) list() []any {
	out := make([]any, 6)
	for i, n := range m {
		digits := 1e6
		if i > 3 {
			digits = 1e2
		}
		out[i] = math.Round(n*digits) / digits
	}
	return out
}

// plainCut does an operator on a page that is cut. Places are those of the page and
// not of what was moved before: a word that was moved to its place by the width of
// the one before it would say how wide that was.
// It reports whether it did it: what has no place is done as everywhere.
func (x *painter) plainCut(c *cutting, op pdf.Word, n [6]float64) bool {
	switch op {
	case "q", "Q", "g", "rg", "k", "G", "RG", "K", "J", "j", "M", "i", "BT", "ET", "Tz", "Tr", "Ts", "d0", "d1":
		return false
	case "cm":
		x.state.ctm = matrix(n).times(x.state.ctm)
	case "w":
		x.state.thick = n[0]
	case "m", "l", "c", "v", "y", "re":
		x.trace(op, n)
		x.outline = x.outline.add(op, n, x.state.ctm)
	case "h":
		x.outline = x.outline.add(op, n, x.state.ctm)
	case "W", "W*":
		x.clips, x.clipRule = true, op
	case "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n":
		clips := x.clips
		x.paintCut(c, x.paint(op), clips)
	default: // where text stands
		x.textState(op, n)
	}
	return true
}

// paintCut ends a path of which some goes.
func (x *painter) paintCut(c *cutting, op pdf.Word, clips bool) {
	if !x.d.burn(len(x.outline) * (1 + len(c.plan.words)/16 + len(c.plan.areas)/4)) {
		return
	}
	path := x.outline.without(c.plan.words)
	x.outline = outline{}
	if strings.ContainsAny(string(op), "sb") {
		path.close()
	}
	fills, strokes := strings.ContainsAny(string(op), "fBb"), strings.ContainsAny(string(op), "SsBb")
	half := x.state.thick * x.state.ctm.stretch() / 2
	if fills && x.state.inks || strokes && x.state.inkStroke {
		c.doubt = c.doubt || path.meets(c.plan.areas, half)
	}
	if fills {
		rule := pdf.Word("f")
		if strings.HasSuffix(string(op), "*") {
			rule = "f*"
		}
		if inner := path.filled(c.plan.areas); len(inner) > 0 {
			x.follow(inner)
			x.emit(rule)
		}
	}
	if strokes {
		if lines := path.drawn(c.plan.areas, half); len(lines) > 0 {
			x.emit("w", math.Round(x.state.thick*x.state.ctm.times(x.back).stretch()*1e3)/1e3)
			x.follow(lines)
			x.emit("S")
		}
	}
	if clips {
		inner := path.filled(c.plan.areas)
		if len(inner) == 0 {
			x.emit("re", 0.0, 0.0, 0.0, 0.0)
		}
		x.follow(inner)
		x.emit(x.clipRule)
		x.emit("n")
	}
}

// follow writes a path.
func (x *painter) follow(o outline) {
	for _, sub := range o {
		for _, s := range sub {
			args := make([]any, 0, 6)
			for _, p := range s.at {
				px, py := x.back.at(p.x, p.y)
				args = append(args, math.Round(px*1e3)/1e3, math.Round(py*1e3)/1e3)
			}
			x.emit(s.op, args...)
		}
	}
}

// place shows something in the space of the user.
func (x *painter) place(op pdf.Word, name pdf.Name) {
	if x.cutting() == nil {
		x.emit(op, name)
		return
	}
	x.emit("q")
	x.emit("cm", x.state.ctm.times(x.back).list()...)
	x.emit(op, name)
	x.emit("Q")
}

// shade paints with a shading.
func (x *painter) shade(sh any, name pdf.Name) {
	if c := x.cutting(); c != nil && x.d.number(x.d.f.Dict(x.find("Shading", name))["ShadingType"], 0) != 2 {
		c.doubt = c.doubt || x.d.number(x.d.f.Dict(x.find("Shading", name))["ShadingType"], 0) != 3 // others can show anything
	}
	if c := x.cutting(); c != nil && c.Bare {
		return
	}
	x.place("sh", x.names.put("Shading", sh))
}

// showCut draws the text that is left on a page that is cut.
func (x *painter) showCut(c *cutting, list []any) {
	st := &x.state
	if st.font == nil {
		return
	}
	if st.mode >= 4 || st.font.vertical || st.scale <= 0 {
		c.doubt = true
	}
	m := x.tm.times(st.ctm)
	along := st.scale * math.Hypot(m[0], m[1]) // on the page, for each that is moved in the line
	if st.size < 0 {
		along = -along
	}
	s := cutShow{x: x, along: along}
	for _, v := range list {
		switch v := v.(type) {
		case float64:
			by := -v / 1000 * st.size
			x.advance(by)
			s.pen -= by * along
		case pdf.String:
			x.depends = true
			s.glyphs(c, v)
		}
	}
	if s.kept == nil {
		return
	}
	x.shows = true
	x.stencils = nil
	x.emit("Tm", s.start.times(x.back).list()...)
	x.ops = append(x.ops, drawOp{name: "TJ", args: []any{s.kept}, font: st.font})
}

// A cutShow is text that is shown by one operator.
type cutShow struct {
	x     *painter
	along float64
	pen   float64 // how far it is from where it was
	start matrix
	kept  []any
}

func (s *cutShow) glyphs(c *cutting, v pdf.String) {
	x, st := s.x, &s.x.state
	f := st.font
	for len(v) > 0 && x.d.burn(1) {
		n := min(f.step(v), len(v))
		code := v[:n]
		v = v[n:]
		width := f.width(code)
		gap := st.char
		if n == 1 && code[0] == ' ' {
			gap += st.word
		}
		why := x.unseen(width)
		number, gone := c.note(x, code, width, why == "")
		if why == "" && !gone {
			s.keep(code, c.plan.shift[number])
			x.note(code)
			s.pen -= gap * s.along
		} else {
			if t := f.text(code); why != "" && strings.TrimSpace(t) != "" && !gone {
				x.d.hide(why, t)
			}
			for i := range x.marks {
				x.marks[i].cut = true
			}
			s.pen -= (width*st.size + gap) * s.along
		}
		x.advance(width*st.size + gap)
	}
}

// keep draws a glyph that is moved along its line.
func (s *cutShow) keep(code pdf.String, shift float64) {
	st := &s.x.state
	if s.kept == nil {
		m := s.x.tm.times(st.ctm)
		way := shift / math.Hypot(m[0], m[1])
		if st.size*st.scale < 0 {
			way = -way
		}
		m[4], m[5] = m[4]+m[0]*way, m[5]+m[1]*way
		s.start, s.pen = m, shift
	}
	if by := (shift - s.pen) / s.along; math.Abs(by) > 1e-4 {
		s.kept = append(s.kept, math.Round(-by/st.size*1e4)/10)
		s.pen = shift
	}
	if last := len(s.kept) - 1; last >= 0 {
		if was, ok := s.kept[last].(pdf.String); ok {
			s.kept[last] = was + code
			return
		}
	}
	s.kept = append(s.kept, code)
}

// bars draws what is in the place of what went.
func (p *cutPlan) draw(body []byte, bare bool) []byte {
	if bare {
		return body
	}
	out := append(append([]byte("q\n"), body...), "Q\nq 0 g\n"...)
	for _, b := range p.bars {
		for i, at := range b {
			out = append(pdf.Append(append(pdf.Append(out, math.Round(at.x*100)/100), ' '), math.Round(at.y*100)/100), ' ')
			out = append(out, map[bool]string{true: "m\n", false: "l\n"}[i == 0]...)
		}
		out = append(out, "f\n"...)
	}
	return append(out, "Q\n"...)
}
