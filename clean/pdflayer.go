package clean

import "habeas/internal/pdf"

// layers notes which layers are off when a document is opened (ISO 32000-1,
// 8.11.4.3).
func (d *pdfDoc) layers(properties pdf.Dict) {
	d.layered = properties != nil
	usual := d.f.Dict(properties["D"])
	set := func(list any, off bool) {
		for _, v := range d.f.List(list) {
			if ref, ok := v.(pdf.Ref); ok {
				d.off[ref] = off
			}
		}
	}
	if d.f.Get(usual["BaseState"]) == pdf.Name("OFF") {
		set(properties["OCGs"], true)
	}
	set(usual["ON"], false)
	set(usual["OFF"], true)
}

// seen reports whether what belongs to a layer, or to several, is seen.
func (d *pdfDoc) seen(v any) bool {
	if !d.layered {
		return true
	}
	if ref, ok := v.(pdf.Ref); ok && d.off[ref] {
		return false
	}
	m := d.f.Dict(v)
	if m == nil || d.f.Get(m["Type"]) != pdf.Name("OCMD") {
		return true
	}
	if ve := d.f.List(m["VE"]); len(ve) > 0 {
		return d.holds(ve, 0)
	}
	list := d.f.List(m["OCGs"])
	if ref, ok := m["OCGs"].(pdf.Ref); ok && list == nil {
		list = []any{ref}
	}
	on, n := 0, 0
	for _, v := range list {
		if ref, ok := v.(pdf.Ref); ok {
			n++
			if !d.off[ref] {
				on++
			}
		}
	}
	if n == 0 {
		return true
	}
	switch d.f.Get(m["P"]) {
	case pdf.Name("AllOn"):
		return on == n
	case pdf.Name("AnyOff"):
		return on < n
	case pdf.Name("AllOff"):
		return on == 0
	}
	return on > 0
}

// holds says whether an expression of layers is true.
func (d *pdfDoc) holds(ve []any, deep int) bool {
	if deep > 16 || len(ve) == 0 || !d.burn(len(ve)) {
		return false
	}
	part := func(v any) bool {
		if list := d.f.List(v); list != nil {
			return d.holds(list, deep+1)
		}
		return d.seen(v)
	}
	switch d.f.Get(ve[0]) {
	case pdf.Name("Not"):
		return len(ve) > 1 && !part(ve[1])
	case pdf.Name("And"):
		for _, v := range ve[1:] {
			if !part(v) {
				return false
			}
		}
		return true
	}
	for _, v := range ve[1:] {
		if part(v) {
			return true
		}
	}
	return false
}
