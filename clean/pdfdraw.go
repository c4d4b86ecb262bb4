package clean

import (
	"math"
	"slices"
	"strings"

	"habeas/internal/pdf"
)

// A drawState is the part of the graphics state that says what is seen.
type drawState struct {
	ctm                           matrix
	clip                          frame // nothing is seen outside of it
	font                          *pdfFont
	size, char, word, scale, lead float64
	rise, fill, stroke            float64 // these two: how opaque
	mode                          int     // of text
	odd                           bool    // the clip is smaller than its frame
	glass                         bool    // what is filled may be seen through
	inks, inkStroke               bool    // it is filled, or drawn, with a pattern
	thick                         float64 // how wide lines are
}

// A drawOp is an operator that is kept, with what stands before it.
type drawOp struct {
	name pdf.Word
	args []any
	font *pdfFont // of text
	move []any    // what is in place of text that turns out not to be seen
	gone bool
}

// A painter draws contents anew, without what nobody sees.
type painter struct {
	d         *pdfDoc
	resources pdf.Dict
	names     *pdfNames
	state     drawState
	saved     []drawState
	line, tm  matrix
	ops       []drawOp
	marks     []marked // parts that are open
	off       int      // how many of those are
	path      frame
	clips     bool      // the path will cut
	corners   []frame   // of the path: points, and rectangles with three more
	stencils  []stencil // text that only cuts
	shows     bool      // text that is seen
	depends   bool      // what is seen depends on where it is drawn
	back      matrix    // from the page to where the contents began
	outline   outline   // the path, on a page that is cut
	clipRule  pdf.Word
}

// A stencil is text that only cuts what is drawn after it.
type stencil struct{ op, level int }

func (d *pdfDoc) painter(resources pdf.Dict, names *pdfNames, s drawState) *painter {
	return &painter{d: d, resources: resources, names: names, state: s, line: unit(), tm: unit(), path: nowhere(), back: s.ctm.inverse()}
}

// operands says how many numbers stand before an operator.
var operands = map[pdf.Word]int{
	"w": 1, "J": 1, "j": 1, "M": 1, "i": 1, "q": 0, "Q": 0, "cm": 6, "m": 2, "l": 2, "c": 6, "v": 4, "y": 4, "h": 0, "re": 4,
	"S": 0, "s": 0, "f": 0, "F": 0, "f*": 0, "B": 0, "B*": 0, "b": 0, "b*": 0, "n": 0, "W": 0, "W*": 0, "G": 1, "g": 1,
	"RG": 3, "rg": 3, "K": 4, "k": 4, "BT": 0, "ET": 0, "Tc": 1, "Tw": 1, "Tz": 1, "TL": 1, "Tr": 1, "Ts": 1, "Td": 2,
	"TD": 2, "Tm": 6, "T*": 0, "d0": 2, "d1": 6,
}

func (x *painter) read(b []byte) {
	l := pdf.Lexer{B: b, Content: true}
	var args []any
	for x.d.burn(1) {
		v, ok := l.Next()
		if !ok {
			break
		}
		op, isOp := v.(pdf.Word)
		if !isOp {
			if args = append(args, v); len(args) > 100 {
				args = args[50:]
			}
			continue
		}
		if op == "BI" {
			x.inline(&l)
		} else if n, plain := operands[op]; !plain {
			x.named(op, args)
		} else if numbers, ok := lastNumbers(args, n); ok {
			x.plain(op, numbers)
		}
		args = nil
	}
	if l.Comments > 0 {
		x.d.hide("comments in contents", "")
	}
}

// lastNumbers returns the last n of args, if they are numbers.
func lastNumbers(args []any, n int) ([]any, bool) {
	if len(args) < n {
		return nil, false
	}
	args = args[len(args)-n:]
	for _, a := range args {
		if _, ok := a.(float64); !ok {
			return nil, false
		}
	}
	return args, true
}

func (x *painter) emit(op pdf.Word, args ...any) { x.ops = append(x.ops, drawOp{name: op, args: args}) }

// plain does an operator that has only numbers.
func (x *painter) plain(op pdf.Word, args []any) {
	var n [6]float64
	for i, a := range args {
		n[i] = a.(float64)
	}
	if c := x.cutting(); c != nil && x.plainCut(c, op, n) {
		return
	}
	switch op {
	case "q":
		if len(x.saved) > 1000 {
			return
		}
		x.saved = append(x.saved, x.state)
	case "Q":
		if len(x.saved) == 0 {
			return
		}
		x.restore()
	case "cm":
		x.state.ctm = matrix(n).times(x.state.ctm)
	case "m", "l", "c", "v", "y", "re":
		x.trace(op, n)
	case "W", "W*":
		x.clips = true
	case "g", "rg", "k":
		x.state.inks = false
	case "G", "RG", "K":
		x.state.inkStroke = false
	case "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n":
		op = x.paint(op)
	default:
		x.textState(op, n)
	}
	x.emit(op, args...)
}

// restore ends what q began.
func (x *painter) restore() {
	x.settle(len(x.saved))
	last := len(x.saved) - 1
	x.state, x.saved = x.saved[last], x.saved[:last]
}

// settle hides the stencils of a level and those above, for nothing was drawn
// through them.
func (x *painter) settle(level int) {
	for n := len(x.stencils); n > 0 && x.stencils[n-1].level >= level; n-- {
		op := &x.ops[x.stencils[n-1].op]
		x.d.hide("text that cuts out nothing", op.font.words(op.args))
		op.name, op.args, op.font, op.gone = "TJ", []any{op.move}, nil, len(op.move) == 0
		x.stencils = x.stencils[:n-1]
	}
}

// trace adds to the frame of the path.
func (x *painter) trace(op pdf.Word, n [6]float64) {
	x.corner(op, n)
	if op == "re" {
		n = [6]float64{n[0], n[1], n[0] + n[2], n[1], n[0] + n[2], n[1] + n[3]}
		x.path = x.path.add(x.state.ctm.at(n[0], n[5]))
		op = "c"
	}
	for i := 0; i < map[pdf.Word]int{"m": 2, "l": 2, "c": 6, "v": 4, "y": 4}[op]; i += 2 {
		x.path = x.path.add(x.state.ctm.at(n[i], n[i+1]))
	}
}

// paint ends a path, and returns how.
func (x *painter) paint(op pdf.Word) pdf.Word {
	rect, whole := x.rectangle()
	if x.off == 0 && whole && strings.ContainsAny(string(op), "fFBb") && !x.state.inks {
		x.cover(rect)
	}
	if x.clips && x.path[0] <= x.path[2] {
		x.state.clip = x.state.clip.cut(x.path)
		x.state.odd = x.state.odd || !whole
	}
	x.clips, x.path, x.corners = false, nowhere(), nil
	switch {
	case x.off > 0:
		return "n"
	case op == "F":
		op = "f"
	}
	if op != "n" {
		x.stencils = nil
	}
	return op
}

// named does an operator that has names, strings or dictionaries.
func (x *painter) named(op pdf.Word, args []any) {
	switch op {
	case "Tj", "TJ", "'", "\"":
		x.show(op, args)
		return
	case "EMC":
		x.unmark()
		return
	}
	if len(args) == 0 {
		return
	}
	last := args[len(args)-1]
	name, _ := last.(pdf.Name)
	switch op {
	case "BMC", "BDC":
		x.mark(args)
	case "d":
		if dash, ok := x.d.numbers(args[max(0, len(args)-2)]).([]any); ok && len(args) > 1 {
			if x.cutting() != nil {
				scale := x.state.ctm.times(x.back).stretch()
				for i, v := range dash {
					n, _ := v.(float64)
					dash[i] = math.Round(n*scale*100) / 100
				}
			}
			x.emit(op, dash, x.d.number(last, 0))
		}
	case "ri":
		if slices.Contains([]pdf.Name{"AbsoluteColorimetric", "RelativeColorimetric", "Saturation", "Perceptual"}, name) {
			x.emit(op, name)
		}
	case "Tf":
		if size, ok := last.(float64); ok && len(args) > 1 {
			name, _ := args[len(args)-2].(pdf.Name)
			x.setFont(x.find("Font", name), size)
		}
	case "gs":
		x.setState(name)
	case "cs", "CS":
		if cs := x.space(name); cs != "" {
			x.emit(op, cs)
		}
	case "sc", "SC", "scn", "SCN":
		x.colour(op, args)
	case "sh":
		if sh := x.d.shading(x.find("Shading", name)); sh != nil && x.off == 0 {
			x.stencils = nil
			x.shade(sh, name)
		}
	case "Do":
		x.do(name)
	}
}

// find returns a resource.
func (x *painter) find(kind, name pdf.Name) any { return x.d.f.Dict(x.resources[kind])[name] }

func (x *painter) colour(op pdf.Word, args []any) {
	name, isName := args[len(args)-1].(pdf.Name)
	if isName {
		args = args[:len(args)-1]
	}
	numbers, ok := lastNumbers(args, len(args))
	if !ok {
		return
	}
	numbers = slices.Clone(numbers)
	if op == "sc" || op == "scn" {
		x.state.inks = isName
	} else {
		x.state.inkStroke = isName
	}
	if isName {
		v := x.find("Pattern", name)
		p := x.d.pattern(v, x.resources)
		if p == nil {
			return
		}
		x.unread(x.d.f.Dict(v))
		numbers = append(numbers, x.names.put("Pattern", p))
	}
	x.emit(op, numbers...)
}

// space returns what a colour space is called now; "" if there is none.
func (x *painter) space(name pdf.Name) pdf.Name {
	v := x.find("ColorSpace", name)
	if v == nil {
		v = name
	}
	switch cs := x.d.space(v).(type) {
	case pdf.Name:
		return cs
	case pdf.Ref:
		return x.names.put("ColorSpace", cs)
	}
	return ""
}

func (x *painter) setState(name pdf.Name) {
	v := x.find("ExtGState", name)
	old := x.d.f.Dict(v)
	if old == nil {
		return
	}
	s := &x.state
	s.fill, s.stroke = x.d.number(old["ca"], s.fill), x.d.number(old["CA"], s.stroke)
	x.see(old)
	if c := x.cutting(); c != nil {
		s.thick = x.d.number(old["LW"], s.thick)
		c.doubt = c.doubt || x.d.f.Dict(old["SMask"]) != nil
	}
	x.unread(x.d.f.Dict(x.d.f.Dict(old["SMask"])["G"]))
	if f := x.d.f.List(old["Font"]); len(f) == 2 {
		s.font, s.size = x.d.font(f[0]), x.d.number(f[1], 0)
	}
	if gs := x.d.gstate(v, x.resources); gs != nil {
		x.emit("gs", x.names.put("ExtGState", gs))
	}
}

// do shows a form or a picture, if it is seen.
func (x *painter) do(name pdf.Name) {
	v := x.find("XObject", name)
	s, ok := x.d.f.Get(v).(*pdf.Stream)
	if !ok {
		return
	}
	hidden := x.off > 0 || !x.d.seen(s.Dict["OC"])
	var shown any
	switch x.d.f.Get(s.Dict["Subtype"]) {
	case pdf.Name("Image"):
		x.depends = true
		if x.offPage() || x.state.fill == 0 || hidden {
			x.d.hide("picture that is not seen", "")
			return
		}
		if shown = x.shown(v, s); shown != nil {
			x.screen(s.Dict)
		}
	case pdf.Name("Form"):
		shown = x.form(v, s, hidden)
	}
	if shown != nil {
		x.stencils = nil
		x.place("Do", x.names.put("XObject", shown))
	}
}

// offPage reports whether a picture would lie outside of what is shown.
func (x *painter) offPage() bool {
	box := frame{0, 0, 1, 1}.through(x.state.ctm)
	return !box.meets(x.state.clip)
}

// form draws a form anew; nil if nothing of it is seen.
func (x *painter) form(v any, s *pdf.Stream, hidden bool) any {
	ref, _ := v.(pdf.Ref)
	if x.d.active[ref] && ref != 0 || x.d.deep >= deepestForm {
		return nil
	}
	key := pdfKey{"form", ref}
	if done, ok := x.d.memo[key]; ok && !hidden && ref != 0 && x.d.cut == nil {
		return done
	}
	resources := x.d.f.Dict(s.Dict["Resources"])
	own := resources != nil
	if !own {
		resources = x.resources
	}
	state := x.state
	state.ctm = x.d.matrix(s.Dict["Matrix"]).times(state.ctm)
	box, ok := x.d.frame(s.Dict["BBox"])
	if ok {
		state.clip = state.clip.cut(box.through(state.ctm))
		state.odd = state.odd || !upright(state.ctm)
	}
	state.glass = state.glass || state.fill < 1
	in := x.d.painter(resources, newNames(), state)
	if hidden {
		in.off = 1
	}
	x.d.active[ref] = true
	x.d.deep++
	in.read(x.d.formBytes(ref, s))
	in.close()
	x.d.deep--
	delete(x.d.active, ref)
	x.depends, x.shows = x.depends || in.depends, x.shows || in.shows
	if hidden || !ok {
		return nil
	}
	out := x.d.formOf(s.Dict, box, in)
	if !in.depends && own {
		x.d.memo[key] = out
	}
	return out
}

// formBytes unpacks a form, and keeps it, since headers of pages are drawn often.
func (d *pdfDoc) formBytes(ref pdf.Ref, s *pdf.Stream) []byte {
	const most = 64 << 20
	if b, ok := d.forms[ref]; ok {
		return b
	}
	b := d.decode(s)
	if d.formsSize += len(b); ref != 0 && d.formsSize < most {
		d.forms[ref] = b
	}
	return b
}

// formOf writes a form.
func (d *pdfDoc) formOf(old pdf.Dict, box frame, in *painter) pdf.Ref {
	body := in.write()
	dict := pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": []any{box[0], box[1], box[2], box[3]}, "Resources": in.names.dict()}
	if m := d.matrix(old["Matrix"]); m != unit() {
		dict["Matrix"] = []any{m[0], m[1], m[2], m[3], m[4], m[5]}
	}
	if g := d.group(old["Group"]); g != nil {
		dict["Group"] = g
	}
	return d.w.Add(d.packed(dict, body))
}

// close ends what the contents left open.
func (x *painter) close() {
	for len(x.saved) > 0 {
		x.restore()
		x.emit("Q")
	}
	x.settle(0)
}

// write returns the contents, and notes which codes of fonts they use.
func (x *painter) write() []byte {
	placed := true // something sets where text stands before any is shown
	for i := len(x.ops) - 1; i >= 0; i-- {
		switch op := &x.ops[i]; op.name {
		case "Td", "TD", "Tm", "T*", "BT", "ET":
			placed = true
		case "TJ", "Tj", "'", "\"":
			if op.font != nil {
				placed = false
				op.font.use(op.args, x.d.sheet != nil)
			} else {
				op.gone = op.gone || placed
			}
		}
	}
	var out []byte
	for _, op := range x.ops {
		if op.gone {
			continue
		}
		for _, a := range op.args {
			out = append(pdf.Append(out, a), ' ')
		}
		out = append(append(out, op.name...), '\n')
	}
	return out
}

func finite(m matrix) bool {
	for _, n := range m {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return false
		}
	}
	return true
}
