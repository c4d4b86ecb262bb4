package gate

import (
	"bytes"
	"math"
	"slices"
	"strings"
)

// A matrix is that of ISO 32000-1, 8.3.3: a b c d e f.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// times returns m, and then n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// A glyph is what one code shows, and where.
type glyph struct {
	text      string
	x, y      float64 // where it begins, turned so that it runs to the right
	end, size float64 // where it ends; its height
	turned    int     // by how many degrees
}

// A canvas collects what contents show.
type canvas struct {
	p       *pdfFile
	glyphs  []glyph
	shown   int  // glyphs that are no space
	marks   bool // something is drawn that is not text
	strokes int  // curves and sides of shapes that are no rectangle or line
	sides   int  // of the shape being drawn
	picture bool // a picture is shown
	garbled bool // text is shown that can't be told
	broken  bool // the contents are not understood
	strings []string
}

// A drawState is the part of the graphics state that places text.
type drawState struct {
	ctm                                 matrix
	font                                *pdfFont
	size, char, word, scale, lead, rise float64
}

// maxForms is how deep forms may show each other.
const maxForms = 12

// A run is the reading of one stream of contents.
type run struct {
	c         *canvas
	resources pdfDict
	state     drawState
	saved     []drawState
	line, tm  matrix
	actual    []*string // what the marked parts say that they are, until it was written; nil: nothing
	args      []any
	deep      int
}

func (c *canvas) read(b []byte, resources pdfDict, s drawState, deep int) {
	x := run{c: c, resources: resources, state: s, line: identity, tm: identity, deep: deep}
	l := pdfLexer{b: b, comment: func(s []byte) { c.strings = append(c.strings, octets(s)...) }}
	for {
		v, ok := l.next(0)
		if !ok {
			break
		}
		op, isOp := v.(pdfWord)
		if !isOp {
			if x.args = append(x.args, v); len(x.args) > 1<<12 {
				c.broken = true
				return
			}
			continue
		}
		if c.p.fuel--; c.p.fuel < 0 {
			c.broken = true
			return
		}
		if op == "BI" {
			x.inline(&l)
		} else if !x.paint(op) && !x.set(op) && !x.write(op) {
			c.broken = true
		}
		for _, a := range x.args {
			c.keep(a, 0)
		}
		x.args = x.args[:0]
	}
	c.broken = c.broken || l.bad
}

// keep collects strings in dictionaries, which marked parts have.
func (c *canvas) keep(v any, deep int) {
	d, ok := v.(pdfDict)
	if !ok || deep > maxNesting {
		return
	}
	for k, e := range d {
		c.strings = append(c.strings, octets([]byte(k))...)
		switch e := e.(type) {
		case pdfString:
			c.strings = append(c.strings, pdfText(string(e))...)
		case pdfDict:
			c.keep(e, deep+1)
		}
	}
}

func (x *run) number(i int) float64 {
	if i >= len(x.args) {
		return 0
	}
	n, _ := x.args[i].(float64)
	return n
}

func (x *run) matrix() (m matrix) {
	for i := range m {
		m[i] = x.number(i)
	}
	return m
}

// inline reads a picture in the contents.
func (x *run) inline(l *pdfLexer) {
	x.c.picture, x.c.marks = true, true
	for {
		v, ok := l.next(0)
		if !ok {
			x.c.broken = true
			return
		}
		if v == pdfWord("ID") {
			break
		}
	}
	for _, end := range []string{"\nEI", "\rEI", " EI"} {
		if n := bytes.Index(l.b[l.i:], []byte(end)); n >= 0 {
			x.c.p.r.binary(x.c.p.r.numbered(x.c.p.at, "picture"), l.b[l.i:l.i+n])
			l.i += n + 3
			return
		}
	}
	x.c.broken = true
}

// paint reads operators that draw, and reports whether op is one.
func (x *run) paint(op pdfWord) bool {
	c := x.c
	switch op {
	case "m":
		c.sides = 0
	case "l":
		if c.sides++; c.sides > 2 {
			c.strokes++
		}
	case "c", "v", "y":
		c.strokes++
	case "re", "h", "n", "W", "W*":
	case "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh":
		c.marks = true
	case "Do":
		x.do()
	case "d0", "d1":
	default:
		return false
	}
	return true
}

// do shows a form, or a picture.
func (x *run) do() {
	c := x.c
	if len(x.args) == 0 {
		return
	}
	name, _ := x.args[0].(pdfName)
	ref := c.p.dict(x.resources["XObject"])[name]
	s, ok := c.p.get(ref).(*pdfStream)
	if !ok {
		return
	}
	if s.dict["Subtype"] != pdfName("Form") {
		c.picture, c.marks = true, true
		for _, v := range []any{ref, s.dict["SMask"], s.dict["Mask"]} {
			if n, ok := v.(pdfRef); ok {
				c.p.done[int(n)] = true
			}
		}
		return
	}
	b, filter, why := c.p.decode(s)
	if why != "" || filter != "" || x.deep > maxForms {
		c.broken = true
		return
	}
	if n, ok := ref.(pdfRef); ok {
		c.p.done[int(n)] = true
	}
	resources := c.p.dict(s.dict["Resources"])
	if resources == nil {
		resources = x.resources
	}
	state := x.state
	if m, ok := c.p.get(s.dict["Matrix"]).([]any); ok && len(m) == 6 {
		state.ctm = (&run{args: m}).matrix().times(state.ctm)
	}
	c.read(b, resources, state, x.deep+1)
}

// set reads operators that set a state, and reports whether op is one.
func (x *run) set(op pdfWord) bool {
	s := &x.state
	switch op {
	case "q":
		if len(x.saved) < 1000 {
			x.saved = append(x.saved, *s)
		}
	case "Q":
		if n := len(x.saved); n > 0 {
			*s, x.saved = x.saved[n-1], x.saved[:n-1]
		}
	case "cm":
		s.ctm = x.matrix().times(s.ctm)
	case "Tc":
		s.char = x.number(0)
	case "Tw":
		s.word = x.number(0)
	case "Tz":
		s.scale = x.number(0) / 100
	case "TL":
		s.lead = x.number(0)
	case "Ts":
		s.rise = x.number(0)
	case "Tf":
		x.setFont()
	case "gs":
		if len(x.args) > 0 {
			name, _ := x.args[0].(pdfName)
			if f, ok := x.c.p.get(x.c.p.dict(x.c.p.dict(x.resources["ExtGState"])[name])["Font"]).([]any); ok && len(f) == 2 {
				s.font = x.c.p.font(f[0])
				s.size, _ = f[1].(float64)
			}
		}
	case "BMC", "BDC":
		x.mark()
	case "EMC":
		x.actual = x.actual[:max(0, len(x.actual)-1)]
	case "MP", "DP", "BX", "EX", "ET", "Tr", "w", "J", "j", "M", "d", "ri", "i", "CS", "cs", "SC", "SCN", "sc", "scn",
		"G", "g", "RG", "rg", "K", "k":
	default:
		return false
	}
	return true
}

func (x *run) setFont() {
	x.state.font = nil
	if len(x.args) == 2 {
		name, _ := x.args[0].(pdfName)
		if f := x.c.p.dict(x.resources["Font"])[name]; f != nil {
			x.state.font = x.c.p.font(f)
		}
		x.state.size = x.number(1)
	}
}

// mark begins a marked part, which may say what it is in plain text.
func (x *run) mark() {
	var says *string
	if len(x.args) == 2 {
		d, ok := x.args[1].(pdfDict)
		if name, isName := x.args[1].(pdfName); isName && !ok {
			d = x.c.p.dict(x.c.p.dict(x.resources["Properties"])[name])
		}
		if s, ok := d["ActualText"].(pdfString); ok {
			text := strings.Join(pdfText(string(s)), " ")
			says = &text
		}
	}
	x.actual = append(x.actual, says)
}

// write reads operators of text, and reports whether op is one.
func (x *run) write(op pdfWord) bool {
	move := func(tx, ty float64) {
		x.line = matrix{1, 0, 0, 1, tx, ty}.times(x.line)
		x.tm = x.line
	}
	switch op {
	case "BT":
		x.line, x.tm = identity, identity
	case "Td":
		move(x.number(0), x.number(1))
	case "TD":
		x.state.lead = -x.number(1)
		move(x.number(0), x.number(1))
	case "Tm":
		x.line = x.matrix()
		x.tm = x.line
	case "T*":
		move(0, -x.state.lead)
	case "'", "\"":
		if op == "\"" {
			x.state.word, x.state.char = x.number(0), x.number(1)
		}
		move(0, -x.state.lead)
		x.text(x.args)
	case "Tj":
		x.text(x.args)
	case "TJ":
		if len(x.args) > 0 {
			list, _ := x.args[0].([]any)
			x.text(list)
		}
	default:
		return false
	}
	return true
}

// text shows the strings of list, moved by the numbers between them.
func (x *run) text(list []any) {
	for _, v := range list {
		switch v := v.(type) {
		case float64:
			if len(list) > 1 || len(x.args) == 1 {
				x.advance(-v / 1000 * x.state.size * x.state.scale)
			}
		case pdfString:
			x.show(string(v))
		}
	}
}

func (x *run) advance(tx float64) { x.tm = matrix{1, 0, 0, 1, tx, 0}.times(x.tm) }

func (x *run) show(s string) {
	f := x.state.font
	if f == nil {
		x.c.garbled = x.c.garbled || len(s) > 0
		return
	}
	if x.c.p.fuel -= len(s); x.c.p.fuel < 0 {
		x.c.broken = true
		return
	}
	step := 1
	if f.wide {
		step = 2
	}
	x.c.broken = x.c.broken || len(s)%step != 0
	for i := 0; i+step <= len(s); i += step {
		code := int(s[i])
		if f.wide {
			code = code<<8 | int(s[i+1])
		}
		width, ok := f.width[code]
		if !ok {
			width = f.usual
		}
		tx := width*x.state.size + x.state.char
		if !f.wide && code == ' ' {
			tx += x.state.word
		}
		x.put(f, code, width)
		x.advance(tx * x.state.scale)
	}
}

// says returns what the innermost marked part says it is, the first time, and
// whether one does.
func (x *run) says() (string, bool) {
	for _, a := range slices.Backward(x.actual) {
		if a != nil {
			text := *a
			*a = ""
			return text, true
		}
	}
	return " ", false
}

// put places what a code shows.
func (x *run) put(f *pdfFont, code int, width float64) {
	text, ok := f.text[code]
	if !ok {
		text, ok = x.says()
		x.c.garbled = x.c.garbled || !ok
	}
	m := matrix{x.state.size * x.state.scale, 0, 0, x.state.size, 0, x.state.rise}.times(x.tm).times(x.state.ctm)
	angle := math.Atan2(m[1], m[0])
	long, high := math.Hypot(m[0], m[1]), math.Hypot(m[2], m[3])
	sin, cos := math.Sincos(angle)
	g := glyph{text: text, x: m[4]*cos + m[5]*sin, y: m[5]*cos - m[4]*sin, size: high, turned: int(math.Round(angle * 180 / math.Pi))}
	g.end = g.x + width*long
	if math.IsNaN(g.x+g.y+g.end+g.size) || math.IsInf(g.x+g.y+g.end+g.size, 0) {
		x.c.broken = true
		return
	}
	if len(x.c.glyphs) >= maxGlyphs {
		x.c.broken = true
		return
	}
	x.c.glyphs = append(x.c.glyphs, g)
	if len(bytes.TrimSpace([]byte(text))) > 0 {
		x.c.shown++
	}
}

// maxGlyphs is how many glyphs one page shows, at most.
const maxGlyphs = 1 << 20
