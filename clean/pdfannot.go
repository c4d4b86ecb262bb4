package clean

import (
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"habeas/internal/pdf"
)

// annotations draws what lies on a page into it, such as fields that are filled
// in, and returns the links that lead to the web. Notes and files go.
func (d *pdfDoc) annotations(page pdf.Dict, names *pdfNames, box frame, where string, body *[]byte) []any {
	var links []any
	x := d.painter(pdf.Dict{}, names, fresh(box))
	for _, v := range d.f.List(page["Annots"]) {
		old := d.f.Dict(v)
		if old == nil || !d.burn(1) {
			continue
		}
		kind, _ := d.f.Get(old["Subtype"]).(pdf.Name)
		if kind == "Link" {
			if d.cut.takes(d, old) {
				d.removed("link that was cut", where, "", 0)
			} else if link := d.link(old, where); link != nil {
				links = append(links, link)
			}
			continue
		}
		d.removed("annotation", where+": "+short(string(kind)), d.words(withoutLooks(old)), 0)
		if slices.Contains([]pdf.Name{"Text", "Popup", "FileAttachment", "Sound", "Movie", "Screen", "RichMedia", "3D", "TrapNet", "PrinterMark"}, kind) {
			continue
		}
		const hidden, noView = 1 << 1, 1 << 5
		if int(d.number(old["F"], 0))&(hidden|noView) == 0 && d.seen(old["OC"]) {
			x.stamp(old)
		}
	}
	x.close()
	if drawn := x.write(); len(drawn) > 0 {
		*body = append(append(append([]byte("q\n"), *body...), "Q\n"...), drawn...)
	}
	return links
}

func withoutLooks(old pdf.Dict) pdf.Dict {
	out := pdf.Dict{}
	for k, v := range old {
		if k != "AP" && k != "Popup" && k != "IRT" {
			out[k] = v
		}
	}
	return out
}

// stamp draws how an annotation looks (ISO 32000-1, 12.5.5).
func (x *painter) stamp(old pdf.Dict) {
	d := x.d
	v := d.f.Dict(old["AP"])["N"]
	if states, ok := d.f.Get(v).(pdf.Dict); ok {
		state, _ := d.f.Get(old["AS"]).(pdf.Name)
		v = states[state]
	}
	s, ok := d.f.Get(v).(*pdf.Stream)
	rect, ok2 := d.frame(old["Rect"])
	if v == nil && ok2 && d.f.Get(old["Subtype"]) == pdf.Name("Widget") {
		x.fill(old, rect)
		return
	}
	box, ok3 := d.frame(d.f.Dict(v)["BBox"])
	if !ok || !ok2 || !ok3 {
		return
	}
	box = box.through(d.matrix(s.Dict["Matrix"]))
	m := unit()
	for i := range 2 {
		from, to := box[2+i]-box[i], rect[2+i]-rect[i]
		if from == 0 {
			return
		}
		m[3*i] = to / from
		m[4+i] = rect[i] - box[i]*to/from
	}
	x.shows = false
	x.plain("q", nil)
	x.plain("cm", []any{m[0], m[1], m[2], m[3], m[4], m[5]})
	if shown := x.form(v, s, !d.seen(s.Dict["OC"])); shown != nil {
		x.place("Do", x.names.put("XObject", shown))
	}
	x.plain("Q", nil)
	if d.asked && !x.shows {
		x.fill(old, rect)
	}
}

// link writes a link to the web or to mail; of others, the line around them.
func (d *pdfDoc) link(old pdf.Dict, where string) any {
	out := d.copyKeys(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Link")}, old, "Rect", "Border", "C", "F")
	if style := d.f.Dict(old["BS"]); style != nil {
		bs := d.copyKeys(pdf.Dict{}, style, "W", "D")
		d.nameOf(bs, style, "S", "S", "D", "B", "I", "U")
		out["BS"] = bs
	}
	action := d.f.Dict(old["A"])
	uri, _ := d.f.Get(action["URI"]).(pdf.String)
	kept := d.f.Get(action["S"]) == pdf.Name("URI") && address.MatchString(string(uri))
	rest := withoutLooks(old)
	if kept {
		out["A"] = pdf.Dict{"S": pdf.Name("URI"), "URI": uri}
		delete(rest, "A")
	}
	if words := d.words(rest); words != "" || old["Dest"] != nil || !kept && action != nil {
		d.removed("link to a place or a file", where, words, 0)
	}
	border := d.f.List(old["Border"])
	if !kept && (old["BS"] == nil && len(border) > 2 && d.number(border[2], 1) == 0 || d.number(d.f.Dict(old["BS"])["W"], 1) == 0) {
		return nil
	}
	return d.w.Add(out)
}

// inherited returns what a field says, or one above it.
func (d *pdfDoc) inherited(field pdf.Dict, key pdf.Name) any {
	for range 16 {
		if v := d.f.Get(field[key]); v != nil || field == nil {
			return v
		}
		field = d.f.Dict(field["Parent"])
	}
	return nil
}

// value returns the lines that a viewer shows in a field that doesn't say how it
// looks.
func (d *pdfDoc) value(field pdf.Dict) []string {
	const manyLines, password, combo = 1 << 12, 1 << 13, 1 << 17
	flags := int(d.number(d.inherited(field, "Ff"), 0))
	var out []string
	add := func(v any) {
		if s, ok := d.f.Get(v).(pdf.String); ok && len(out) < 100 {
			out = append(out, strings.FieldsFunc(pdfText(string(s)), func(r rune) bool { return r == '\n' || r == '\r' })...)
		}
	}
	switch d.inherited(field, "FT") {
	case pdf.Name("Tx"):
		if flags&password == 0 {
			add(d.inherited(field, "V"))
		}
		if flags&manyLines == 0 && len(out) > 1 {
			out = []string{strings.Join(out, " ")}
		}
	case pdf.Name("Ch"):
		if flags&combo != 0 {
			add(d.inherited(field, "V"))
			break
		}
		for _, o := range d.f.List(d.inherited(field, "Opt")) {
			if pair := d.f.List(o); len(pair) == 2 {
				o = pair[1]
			}
			add(o)
		}
	}
	return out
}

// fill writes the value of a field into it, in a font that every viewer has.
func (x *painter) fill(field pdf.Dict, rect frame) {
	d := x.d
	lines := d.value(field)
	if len(lines) == 0 {
		return
	}
	size := 0.0
	if da, ok := d.inherited(field, "DA").(pdf.String); ok {
		l := pdf.Lexer{B: []byte(da), Content: true}
		last := 0.0
		for v, ok := l.Next(); ok; v, ok = l.Next() {
			if v == pdf.Word("Tf") {
				size = last
			}
			last, _ = v.(float64)
		}
	}
	high := rect[3] - rect[1]
	if size <= 0 {
		size = max(4, min(12, high*0.7))
	}
	x.plain("q", nil)
	x.plain("re", []any{rect[0], rect[1], rect[2] - rect[0], high})
	x.plain("W", nil)
	x.plain("n", nil)
	x.plain("BT", nil)
	x.setFont(pdf.Ref(0), size)
	top := rect[3] - size
	if len(lines) == 1 {
		top = rect[1] + (high-size)/2 + size*0.2
	}
	x.plain("Td", []any{rect[0] + 2, top})
	for _, line := range lines {
		s, err := charmap.Windows1252.NewEncoder().String(line)
		if err != nil {
			d.hide("words of a field that can't be drawn", line)
		}
		x.show("Tj", []any{pdf.String(s)})
		x.plain("Td", []any{0.0, -1.2 * size})
	}
	x.plain("ET", nil)
	x.plain("Q", nil)
}
