package clean

import (
	"slices"

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
			if link := d.link(old, where); link != nil {
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
	x.plain("q", nil)
	x.plain("cm", []any{m[0], m[1], m[2], m[3], m[4], m[5]})
	if shown := x.form(v, s, !d.seen(s.Dict["OC"])); shown != nil {
		x.emit("Do", x.names.put("XObject", shown))
	}
	x.plain("Q", nil)
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
