package clean

import (
	"fmt"
	"slices"

	"habeas/internal/pdf"
)

// deviceSpace returns the long name of a colour space that has nothing else, and how many
// colours it has.
func deviceSpace(n pdf.Name) (pdf.Name, int) {
	switch n {
	case "DeviceGray", "G", "CalGray":
		return "DeviceGray", 1
	case "DeviceRGB", "RGB", "CalRGB":
		return "DeviceRGB", 3
	case "DeviceCMYK", "CMYK", "CalCMYK":
		return "DeviceCMYK", 4
	case "Pattern":
		return "Pattern", 0
	}
	return "", 0
}

// space writes a colour space: its name, or where it is; nil if it is none. A
// profile becomes the space of the device that has as many colours.
func (d *pdfDoc) space(v any) any {
	return d.once("space", v, func() any {
		list := d.f.List(v)
		name, _ := d.f.Get(v).(pdf.Name)
		if len(list) > 0 {
			name, _ = d.f.Get(list[0]).(pdf.Name)
		}
		if to, _ := deviceSpace(name); to != "" && len(list) < 2 {
			return to
		}
		if d.deep++; d.deep > deepestForm || len(list) < 2 {
			d.deep--
			return nil
		}
		defer func() { d.deep-- }()
		return d.spaceList(name, list)
	})
}

func (d *pdfDoc) spaceList(name pdf.Name, list []any) any {
	p := d.f.Dict(list[1])
	switch name {
	case "ICCBased":
		switch d.number(p["N"], 3) {
		case 1:
			return pdf.Name("DeviceGray")
		case 4:
			return pdf.Name("DeviceCMYK")
		}
		if alt := d.f.List(p["Alternate"]); len(alt) > 1 && d.f.Get(alt[0]) == pdf.Name("Lab") {
			return d.space(p["Alternate"])
		}
		return pdf.Name("DeviceRGB")
	case "CalGray", "CalRGB", "Lab":
		return d.w.Add([]any{name, d.copyKeys(pdf.Dict{}, p, "WhitePoint", "BlackPoint", "Gamma", "Matrix", "Range")})
	case "Pattern":
		if base := d.space(list[1]); base != nil {
			return d.w.Add([]any{name, base})
		}
		return name
	case "Indexed", "I":
		return d.indexed(list)
	case "Separation":
		base, tint := d.space(list[min(2, len(list)-1)]), d.function(list[len(list)-1])
		spot, _ := d.f.Get(list[1]).(pdf.Name)
		if len(list) != 4 || base == nil || tint == nil {
			return nil
		}
		return d.w.Add([]any{name, d.spot(spot), base, tint})
	case "DeviceN":
		if len(list) < 4 {
			return nil
		}
		base, tint := d.space(list[2]), d.function(list[3])
		var spots []any
		for _, v := range d.f.List(list[1]) {
			spot, _ := d.f.Get(v).(pdf.Name)
			spots = append(spots, d.spot(spot))
		}
		if base == nil || tint == nil {
			return nil
		}
		return d.w.Add([]any{name, spots, base, tint})
	}
	return nil
}

// spot returns what the colour of an ink is called: as it is, if it means
// something to a viewer.
func (d *pdfDoc) spot(n pdf.Name) pdf.Name {
	if slices.Contains([]pdf.Name{"All", "None", "Cyan", "Magenta", "Yellow", "Black", "Red", "Green", "Blue", "Gray"}, n) {
		return n
	}
	if d.spots[n] == "" {
		d.spots[n] = pdf.Name(fmt.Sprintf("Ink%d", len(d.spots)))
	}
	return d.spots[n]
}

func (d *pdfDoc) indexed(list []any) any {
	if len(list) < 4 {
		return nil
	}
	base := d.space(list[1])
	high := max(0, min(255, int(d.number(list[2], 0))))
	table, ok := d.f.Get(list[3]).(pdf.String)
	if !ok {
		table = pdf.String(d.decode(list[3]))
	}
	n := d.components(list[1])
	if base == nil || n == 0 {
		return nil
	}
	table = table[:min(len(table), n*(high+1))]
	if len(table) < 1024 {
		return d.w.Add([]any{pdf.Name("Indexed"), base, float64(high), table})
	}
	return d.w.Add([]any{pdf.Name("Indexed"), base, float64(high), d.w.Add(d.packed(pdf.Dict{}, []byte(table)))})
}

// components returns how many numbers a colour of a space has; 0 if that can't be
// told.
func (d *pdfDoc) components(v any) int {
	name, _ := d.f.Get(v).(pdf.Name)
	list := d.f.List(v)
	if len(list) > 0 {
		name, _ = d.f.Get(list[0]).(pdf.Name)
	}
	switch name {
	case "ICCBased":
		if len(list) > 1 {
			return max(1, min(4, int(d.number(d.f.Dict(list[1])["N"], 3))))
		}
	case "Indexed", "I", "Separation":
		return 1
	case "Lab":
		return 3
	case "DeviceN":
		if len(list) > 1 {
			return len(d.f.List(list[1]))
		}
	}
	_, n := deviceSpace(name)
	return n
}

// function writes a function (ISO 32000-1, 7.10); nil if it is none.
func (d *pdfDoc) function(v any) any {
	if d.f.Get(v) == pdf.Name("Identity") {
		return pdf.Name("Identity")
	}
	return d.once("function", v, func() any {
		old := d.f.Dict(v)
		if d.deep++; old == nil || d.deep > deepestForm {
			d.deep--
			return nil
		}
		defer func() { d.deep-- }()
		out := d.copyKeys(pdf.Dict{}, old, "FunctionType", "Domain", "Range")
		switch d.number(old["FunctionType"], -1) {
		case 0:
			d.copyKeys(out, old, "Size", "BitsPerSample", "Order", "Encode", "Decode")
			return d.w.Add(d.packed(out, d.samples(old, d.decode(v))))
		case 2:
			return d.w.Add(d.copyKeys(out, old, "C0", "C1", "N"))
		case 3:
			d.copyKeys(out, old, "Bounds", "Encode")
			out["Functions"] = d.functions(old["Functions"])
			return d.w.Add(out)
		case 4:
			return d.w.Add(d.packed(out, calculator(d.decode(v))))
		}
		return nil
	})
}

func (d *pdfDoc) functions(v any) []any {
	var out []any
	for _, f := range d.f.List(v) {
		out = append(out, d.function(f))
	}
	return out
}

// samples cuts the table of a function to what is read of it.
func (d *pdfDoc) samples(old pdf.Dict, b []byte) []byte {
	bits := d.number(old["BitsPerSample"], 8) * float64(len(d.f.List(old["Range"]))/2)
	for _, n := range d.f.List(old["Size"]) {
		bits *= d.number(n, 1)
	}
	if n := (bits + 7) / 8; n >= 0 && n < float64(len(b)) {
		b = b[:int(n)]
	}
	return b
}

// calculator writes the operators and numbers of a function of type 4.
func calculator(b []byte) []byte {
	operators := []pdf.Word{"{", "}", "abs", "add", "atan", "ceiling", "cos", "cvi", "cvr", "div", "exp", "floor", "idiv", "ln", "log",
		"mod", "mul", "neg", "round", "sin", "sqrt", "sub", "truncate", "and", "bitshift", "eq", "ge", "gt", "le", "lt", "ne", "not", "or",
		"xor", "if", "ifelse", "copy", "dup", "exch", "index", "pop", "roll"}
	l := pdf.Lexer{B: b, Content: true}
	var out []byte
	for {
		v, ok := l.Next()
		if !ok {
			return out
		}
		switch v := v.(type) {
		case float64, bool:
			out = append(pdf.Append(out, v), ' ')
		case pdf.Word:
			if slices.Contains(operators, v) {
				out = append(append(out, v...), ' ')
			}
		}
	}
}

// shading writes a shading; nil if it is none.
func (d *pdfDoc) shading(v any) any {
	return d.once("shading", v, func() any {
		old := d.f.Dict(v)
		cs := d.space(old["ColorSpace"])
		if old == nil || cs == nil {
			return nil
		}
		out := d.copyKeys(pdf.Dict{"ColorSpace": cs}, old, "ShadingType", "Background", "BBox", "AntiAlias", "Domain", "Matrix", "Coords",
			"Extend", "BitsPerCoordinate", "BitsPerComponent", "BitsPerFlag", "VerticesPerRow", "Decode")
		if ext := d.f.List(old["Extend"]); len(ext) == 2 {
			a, _ := d.f.Get(ext[0]).(bool)
			b, _ := d.f.Get(ext[1]).(bool)
			out["Extend"] = []any{a, b}
		}
		if list := d.f.List(old["Function"]); list != nil {
			out["Function"] = d.functions(list)
		} else if f := d.function(old["Function"]); f != nil {
			out["Function"] = f
		}
		if d.number(old["ShadingType"], 0) >= 4 {
			return d.w.Add(d.packed(out, d.decode(v)))
		}
		return d.w.Add(out)
	})
}

// pattern writes a pattern; nil if it is none. Those without resources of their
// own use the given ones.
func (d *pdfDoc) pattern(v any, resources pdf.Dict) any {
	return d.once("pattern", v, func() any {
		old := d.f.Dict(v)
		out := d.copyKeys(pdf.Dict{"Type": pdf.Name("Pattern")}, old, "PatternType", "PaintType", "TilingType", "BBox", "XStep", "YStep", "Matrix")
		if d.deep++; old == nil || d.deep > deepestForm {
			d.deep--
			return nil
		}
		defer func() { d.deep-- }()
		if d.number(old["PatternType"], 0) == 2 {
			sh := d.shading(old["Shading"])
			if sh == nil {
				return nil
			}
			out["Shading"] = sh
			if gs := d.gstate(old["ExtGState"], resources); gs != nil {
				out["ExtGState"] = gs
			}
			return d.w.Add(out)
		}
		box, ok := d.frame(old["BBox"])
		if !ok {
			return nil
		}
		if own := d.f.Dict(old["Resources"]); own != nil {
			resources = own
		}
		defer d.aside()()
		x := d.painter(resources, newNames(), fresh(box))
		x.read(d.decode(v))
		x.close()
		body := x.write()
		out["Resources"] = x.names.dict()
		return d.w.Add(d.packed(out, body))
	})
}

// fresh is the state that what isn't part of a page is drawn with.
func fresh(clip frame) drawState {
	return drawState{ctm: unit(), clip: clip, scale: 1, fill: 1, stroke: 1, thick: 1}
}

// blends are the ways to mix colours.
func blends() []pdf.Name {
	return []pdf.Name{"Normal", "Compatible", "Multiply", "Screen", "Overlay", "Darken", "Lighten", "ColorDodge", "ColorBurn", "HardLight",
		"SoftLight", "Difference", "Exclusion", "Hue", "Saturation", "Color", "Luminosity"}
}

// gstate writes parameters of the graphics state; nil if there are none.
func (d *pdfDoc) gstate(v any, resources pdf.Dict) any {
	return d.once("state", v, func() any {
		old := d.f.Dict(v)
		if old == nil {
			return nil
		}
		out := d.copyKeys(pdf.Dict{}, old, "LW", "LC", "LJ", "ML", "D", "OP", "op", "OPM", "FL", "SM", "SA", "CA", "ca", "AIS", "TK")
		if dash := d.f.List(old["D"]); len(dash) == 2 {
			out["D"] = []any{d.numbers(dash[0]), d.number(dash[1], 0)}
		}
		if f := d.f.List(old["Font"]); len(f) == 2 {
			if font := d.font(f[0]); font != nil {
				out["Font"] = []any{font.ref, d.number(f[1], 0)}
			}
		}
		modes := d.f.List(old["BM"])
		if modes == nil {
			modes = []any{old["BM"]}
		}
		for _, m := range modes {
			if n, ok := d.f.Get(m).(pdf.Name); ok && slices.Contains(blends(), n) {
				out["BM"] = n
				break
			}
		}
		d.nameOf(out, old, "RI", "AbsoluteColorimetric", "RelativeColorimetric", "Saturation", "Perceptual")
		for _, k := range []pdf.Name{"TR", "TR2", "BG", "BG2", "UCR", "UCR2"} {
			if f := d.function(old[k]); f != nil {
				out[k] = f
			}
		}
		if m := d.mask(old["SMask"], resources); m != nil {
			out["SMask"] = m
		}
		return d.w.Add(out)
	})
}

// mask writes a soft mask; nil if there is none.
func (d *pdfDoc) mask(v any, resources pdf.Dict) any {
	if d.f.Get(v) == pdf.Name("None") {
		return pdf.Name("None")
	}
	old := d.f.Dict(v)
	s, ok := d.f.Get(old["G"]).(*pdf.Stream)
	if !ok {
		return nil
	}
	defer d.aside()()
	x := d.painter(resources, newNames(), fresh(everywhere()))
	g := x.form(old["G"], s, false)
	if g == nil {
		return nil
	}
	out := d.copyKeys(pdf.Dict{"Type": pdf.Name("Mask"), "G": g}, old, "BC")
	d.nameOf(out, old, "S", "Alpha", "Luminosity")
	if f := d.function(old["TR"]); f != nil {
		out["TR"] = f
	}
	return out
}
