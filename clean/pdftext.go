package clean

import (
	"math"
	"strings"

	"habeas/internal/pdf"
)

// textState does an operator that says how or where text stands.
func (x *painter) textState(op pdf.Word, n [6]float64) {
	s := &x.state
	switch op {
	case "Tc":
		s.char = n[0]
	case "Tw":
		s.word = n[0]
	case "Tz":
		s.scale = n[0] / 100
	case "TL":
		s.lead = n[0]
	case "Ts":
		s.rise = n[0]
	case "Tr":
		s.mode = int(n[0])
	case "BT":
		x.line, x.tm = unit(), unit()
	case "Td":
		x.move(n[0], n[1])
	case "TD":
		s.lead = -n[1]
		x.move(n[0], n[1])
	case "Tm":
		x.line, x.tm = matrix(n), matrix(n)
	case "T*":
		x.move(0, -s.lead)
	}
}

func (x *painter) move(tx, ty float64) {
	x.line = matrix{1, 0, 0, 1, tx, ty}.times(x.line)
	x.tm = x.line
}

func (x *painter) setFont(v any, size float64) {
	x.state.font, x.state.size = x.d.font(v), size
	if f := x.state.font; f != nil {
		x.emit("Tf", x.names.put("Font", f.ref), size)
	}
}

// show draws the text that is seen. In place of the rest is the room it took.
func (x *painter) show(op pdf.Word, args []any) {
	need := map[pdf.Word]int{"\"": 3}[op]
	if len(args) < max(need, 1) {
		return
	}
	list, ok := args[len(args)-1].([]any)
	if !ok {
		list = args[len(args)-1:]
	}
	c := x.cutting()
	if op == "\"" {
		x.state.word, x.state.char = x.d.number(args[len(args)-3], 0), x.d.number(args[len(args)-2], 0)
		if c == nil {
			x.emit("Tw", x.state.word)
			x.emit("Tc", x.state.char)
		}
	}
	if op == "'" || op == "\"" {
		x.move(0, -x.state.lead)
		if c == nil {
			x.emit("T*")
		}
	}
	if c != nil {
		x.showCut(c, list)
		return
	}
	kept, room := x.pick(list)
	f := x.state.font
	seen := false
	for _, v := range kept {
		if _, ok := v.(pdf.String); ok {
			seen = true
		}
	}
	switch {
	case !seen && len(room) == 0:
		return
	case !seen:
		x.ops = append(x.ops, drawOp{name: "TJ", args: []any{room}})
		return
	}
	x.shows = true
	x.state.odd = x.state.odd || x.state.mode >= 4
	out := drawOp{name: "TJ", args: []any{kept}, font: f, move: room}
	if s, ok := kept[0].(pdf.String); ok && len(kept) == 1 {
		out.name, out.args = "Tj", []any{s}
	}
	if x.state.mode == 7 {
		x.stencils = append(x.stencils, stencil{len(x.ops), len(x.saved)})
	} else {
		x.stencils = nil
	}
	x.ops = append(x.ops, out)
}

// pick returns what of list is seen, and the room that all of it takes.
func (x *painter) pick(list []any) (kept, room []any) {
	var total float64
	skip := func(n float64) {
		if last := len(kept) - 1; last >= 0 {
			if was, ok := kept[last].(float64); ok {
				kept[last] = was + n
				return
			}
		}
		kept = append(kept, n)
	}
	for _, v := range list {
		switch v := v.(type) {
		case float64:
			x.advance(-v / 1000 * x.state.size)
			total += v
			if len(list) > 1 {
				skip(v)
			}
		case pdf.String:
			x.depends = x.depends || len(v) > 0
			if x.state.font == nil {
				x.d.hide("text without a font", string(v))
				continue
			}
			total += x.glyphs(v, func(s pdf.String) {
				if last := len(kept) - 1; last >= 0 {
					if was, ok := kept[last].(pdf.String); ok {
						kept[last] = was + s
						return
					}
				}
				kept = append(kept, s)
			}, skip)
		}
	}
	if math.Abs(total) > 1e-9 {
		room = []any{total}
	}
	return kept, room
}

// advance moves by a length that is not yet stretched.
func (x *painter) advance(by float64) {
	if x.state.font != nil && x.state.font.vertical {
		x.tm = matrix{1, 0, 0, 1, 0, by}.times(x.tm)
		return
	}
	x.tm = matrix{1, 0, 0, 1, by * x.state.scale, 0}.times(x.tm)
}

// glyphs gives each run of s to keep or skip, and returns the room it takes.
func (x *painter) glyphs(s pdf.String, keep func(pdf.String), skip func(float64)) (total float64) {
	f, st := x.state.font, &x.state
	for len(s) > 0 && x.d.burn(1) {
		n := min(f.step(s), len(s))
		code := s[:n]
		s = s[n:]
		width := f.width(code)
		gap := st.char
		if n == 1 && code[0] == ' ' {
			gap += st.word
		}
		why := x.unseen(width)
		if x.d.cut != nil && x.d.sheet != nil {
			x.d.cut.note(x, code, width, why == "")
		}
		by := width*st.size + gap
		x.advance(by)
		room := 0.0
		if st.size != 0 {
			room = -by / st.size * 1000
		}
		total += room
		if why == "" {
			x.note(code)
			keep(code)
			continue
		}
		if t := f.text(code); strings.TrimSpace(t) != "" || t == "" {
			x.d.hide(why, t)
		}
		skip(room)
	}
	return total
}

// unseen says why a glyph of that width is not seen; "" if it is.
func (x *painter) unseen(width float64) string {
	st := &x.state
	switch {
	case x.off > 0:
		return "text in a hidden layer"
	case st.mode == 3:
		return "text that is not drawn"
	case (st.mode == 0 || st.mode == 4) && st.fill == 0, (st.mode == 1 || st.mode == 5) && st.stroke == 0:
		return "text that is transparent"
	}
	m := matrix{st.size * st.scale, 0, 0, st.size, 0, st.rise}.times(x.tm).times(st.ctm)
	if !finite(m) || math.Abs(m[0]*m[3]-m[1]*m[2]) < 1e-12 {
		return "text without size"
	}
	if !st.font.around(width).through(m).meets(st.clip) {
		return "text outside of what is shown"
	}
	if x.d.sheet.covers(frame{0.1 * width, 0, 0.9 * width, 0.65}.through(m)) {
		return "text that something is painted over"
	}
	return ""
}
