package clean

import (
	"bytes"
	"compress/zlib"
	"io"

	"habeas/internal/pdf"
)

// image writes a picture with its masks; nil if it is none.
func (d *pdfDoc) image(v any) any {
	return d.once("image", v, func() any {
		s, ok := d.f.Get(v).(*pdf.Stream)
		if d.deep++; !ok || d.deep > deepestForm {
			d.deep--
			return nil
		}
		defer func() { d.deep-- }()
		out := d.picture(s)
		if out == nil {
			return nil
		}
		return d.w.Add(out)
	})
}

// picture makes a picture anew; nil if it can't be shown.
func (d *pdfDoc) picture(s *pdf.Stream) *pdf.Stream {
	old := s.Dict
	out := d.copyKeys(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image")}, old,
		"Width", "Height", "BitsPerComponent", "ImageMask", "Decode", "Interpolate", "SMaskInData", "Matte")
	if stencil, _ := out["ImageMask"].(bool); !stencil && old["ColorSpace"] != nil {
		if cs := d.space(old["ColorSpace"]); cs != nil {
			out["ColorSpace"] = cs
		}
	}
	d.nameOf(out, old, "Intent", "AbsoluteColorimetric", "RelativeColorimetric", "Saturation", "Perceptual")
	if m := d.image(old["SMask"]); m != nil {
		out["SMask"] = m
	}
	if colours := d.numbers(old["Mask"]); colours != nil {
		out["Mask"] = colours
	} else if m := d.image(old["Mask"]); m != nil {
		out["Mask"] = m
	}
	b, coded, err := d.f.Decode(s)
	if err == pdf.ErrLarge {
		d.fail(Large, "a picture")
		return nil
	}
	if err != nil {
		return nil
	}
	return d.coded(s, out, b, coded)
}

// coded puts the pixels into a picture, packed as they are.
func (d *pdfDoc) coded(s *pdf.Stream, out pdf.Dict, b []byte, coded pdf.Name) *pdf.Stream {
	out["Filter"] = coded
	parms := d.f.Parms(s)
	switch coded {
	case "":
		return d.pixels(s, out, b)
	case "DCTDecode":
		if out["DecodeParms"] = d.copyKeys(pdf.Dict{}, parms, "ColorTransform"); parms["ColorTransform"] == nil {
			delete(out, "DecodeParms")
		}
		b = d.photograph(b)
	case "CCITTFaxDecode":
		p := d.copyKeys(pdf.Dict{}, parms, "K", "EndOfLine", "EncodedByteAlign", "Columns", "Rows", "EndOfBlock", "BlackIs1", "DamagedRowsBeforeError")
		out["DecodeParms"] = p
		if aligned, _ := p["EncodedByteAlign"].(bool); !aligned && d.number(p["K"], 0) < 0 {
			b = endOfFax(b)
		}
	case "JBIG2Decode":
		b = d.bilevel(b, "a picture")
		if g := d.decode(parms["JBIG2Globals"]); g != nil {
			out["DecodeParms"] = pdf.Dict{"JBIG2Globals": d.w.Add(d.packed(pdf.Dict{}, d.bilevel(g, "a picture")))}
		}
	case "JPXDecode":
		b = d.jpeg2000(b, out)
	}
	return &pdf.Stream{Dict: out, Raw: b}
}

// photograph cleans a JPEG as one that is alone, but for which way is up, which
// nobody reads in a PDF.
func (d *pdfDoc) photograph(b []byte) []byte {
	if i := bytes.Index(b, []byte{0xff, jpegSOI, 0xff}); i > 0 {
		d.removed("bytes before a picture", "picture", "", i)
		b = b[i:]
	}
	if len(b) < 4 || b[1] != jpegSOI {
		d.fail(Broken, "picture")
		return nil
	}
	in := &job{Report: &Report{}, depth: d.depth + 1}
	out, err := in.jpeg(b, false)
	if r, ok := err.(*Refused); ok {
		d.fail(r.Reason, join("picture", r.Where))
	}
	for _, r := range in.Removed {
		r.Where = join("picture", r.Where)
		d.Removed = append(d.Removed, r)
	}
	return out
}

// pixels packs pixels, and not what is behind them.
func (d *pdfDoc) pixels(s *pdf.Stream, out pdf.Dict, b []byte) *pdf.Stream {
	colours, bits := d.components(s.Dict["ColorSpace"]), int(d.number(s.Dict["BitsPerComponent"], 8))
	if out["ImageMask"] == true {
		colours, bits = 1, 1
	} else if out["ColorSpace"] == nil {
		return nil
	}
	width, height := int(d.number(s.Dict["Width"], 0)), int(d.number(s.Dict["Height"], 0))
	if width <= 0 || height <= 0 || width > 1<<24 || height > 1<<24 || colours <= 0 || bits <= 0 || bits > 16 {
		return nil
	}
	row := (width*colours*bits + 7) / 8
	if need := row * height; len(b) > need {
		d.hide("bytes behind the pixels of a picture", "")
		b = b[:need]
	} else if d.exact(s, b) {
		out["Filter"] = pdf.Name("FlateDecode")
		if p := d.f.Parms(s); p != nil {
			out["DecodeParms"] = d.copyKeys(pdf.Dict{}, p, "Predictor", "Colors", "BitsPerComponent", "Columns")
		}
		return &pdf.Stream{Dict: out, Raw: s.Raw}
	}
	delete(out, "Filter")
	plain := d.packed(out, b)
	if bits != 8 || d.number(d.f.Parms(s)["Predictor"], 1) < 2 {
		return plain
	}
	out["DecodeParms"] = pdf.Dict{"Predictor": 15, "Colors": colours, "Columns": width}
	return d.packed(out, upward(b, row))
}

// exact reports whether a stream is packed once, and holds nothing but what it
// unpacks to.
func (d *pdfDoc) exact(s *pdf.Stream, b []byte) bool {
	filter := d.f.Get(s.Dict["Filter"])
	if list, ok := filter.([]any); ok && len(list) == 1 {
		filter = d.f.Get(list[0])
	}
	if filter != pdf.Name("FlateDecode") && filter != pdf.Name("Fl") {
		return false
	}
	in := bytes.NewReader(s.Raw)
	z, err := zlib.NewReader(in)
	if err != nil {
		return false
	}
	n, err := io.Copy(io.Discard, z)
	if err != nil || in.Len() > 0 {
		return false
	}
	p := d.f.Parms(s)
	if d.number(p["Predictor"], 1) < 10 {
		return n == int64(len(b))
	}
	row := int64(d.number(p["Columns"], 1)*d.number(p["Colors"], 1)*d.number(p["BitsPerComponent"], 8)+7) / 8
	return row > 0 && n%(row+1) == 0 && n/(row+1)*row == int64(len(b))
}

// upward filters rows by what is above them, as PNG does.
func upward(b []byte, row int) []byte {
	out := make([]byte, 0, len(b)+len(b)/row+1)
	before := make([]byte, row)
	for len(b) > 0 {
		line := b[:min(row, len(b))]
		out = append(out, 2)
		for i, c := range line {
			out = append(out, c-before[i])
		}
		before = append(bytes.Clone(line), make([]byte, row-len(line))...)
		b = b[len(line):]
	}
	return out
}

// endOfFax cuts what lies behind the mark that ends a picture of Group 4 (ITU-T
// T.6): twice eleven zeros and a one.
func endOfFax(b []byte) []byte {
	var last uint32
	for i, c := range b {
		for bit := 7; bit >= 0; bit-- {
			if last = last<<1 | uint32(c>>bit&1); last&0xffffff == 0x001001 && (i > 2 || bit == 0) {
				out := bytes.Clone(b[:i+1])
				out[i] &^= 1<<bit - 1
				return out
			}
		}
	}
	return b
}

// inline draws a picture that lies in contents: as one that doesn't, but for
// small ones, such as letters.
func (x *painter) inline(l *pdf.Lexer) {
	var list []any
	for {
		v, ok := l.Next()
		if !ok {
			return
		}
		if v == pdf.Word("ID") {
			break
		}
		list = append(list, v)
	}
	dict := pdf.Dict{}
	for i := 0; i+1 < len(list); i += 2 {
		if k, ok := list[i].(pdf.Name); ok {
			dict[longName(k)] = list[i+1]
		}
	}
	if l.I < len(l.B) && pdf.IsSpace(l.B[l.I]) {
		l.I++
	}
	if cs, ok := dict["ColorSpace"].(pdf.Name); ok {
		if v := x.find("ColorSpace", cs); v != nil {
			dict["ColorSpace"] = v
		}
	}
	s := &pdf.Stream{Dict: dict}
	s.Raw = x.inlineBytes(l, s)
	x.depends = true
	if x.off > 0 || x.offPage() || x.state.fill == 0 {
		x.d.hide("picture that is not seen", "")
		return
	}
	if x.cutting() != nil {
		if shown := x.shown(nil, s); shown != nil {
			x.place("Do", x.names.put("XObject", shown))
		}
		return
	}
	if x.d.cut != nil && x.d.sheet != nil {
		x.d.cut.unread = true
	}
	out := x.d.picture(s)
	if out == nil {
		return
	}
	x.stencils = nil
	const small = 4 << 10
	if b, rest, err := x.d.f.Decode(out); out.Dict["ImageMask"] == true && rest == "" && err == nil && len(b) <= small {
		x.drawSmall(out.Dict, b)
		return
	}
	x.emit("Do", x.names.put("XObject", x.d.w.Add(out)))
}

// drawSmall writes a stencil in its contents, as it is unpacked.
func (x *painter) drawSmall(d pdf.Dict, b []byte) {
	out := []byte("BI/IM true")
	for _, k := range [][2]pdf.Name{{"Width", "W"}, {"Height", "H"}, {"Decode", "D"}, {"Interpolate", "I"}} {
		if v := d[k[0]]; v != nil {
			out = append(pdf.Append(append(pdf.Append(out, k[1]), ' '), v), ' ')
		}
	}
	if width, height := int(x.d.number(d["Width"], 0)), int(x.d.number(d["Height"], 0)); len(b) < (width+7)/8*height {
		b = append(b, make([]byte, (width+7)/8*height-len(b))...)
	}
	x.emit(pdf.Word(append(append(append(out, "ID "...), b...), "\nEI"...)))
}

func longName(k pdf.Name) pdf.Name {
	long := map[pdf.Name]pdf.Name{"BPC": "BitsPerComponent", "CS": "ColorSpace", "D": "Decode", "DP": "DecodeParms", "F": "Filter",
		"H": "Height", "IM": "ImageMask", "I": "Interpolate", "W": "Width"}
	if n := long[k]; n != "" {
		return n
	}
	return k
}

// inlineBytes returns the bytes of a picture in contents, and passes its end.
func (x *painter) inlineBytes(l *pdf.Lexer, s *pdf.Stream) []byte {
	rest := l.B[l.I:]
	from := 0
	if s.Dict["Filter"] == nil {
		colours, bits := x.d.components(s.Dict["ColorSpace"]), x.d.number(s.Dict["BitsPerComponent"], 8)
		if s.Dict["ImageMask"] == true {
			colours, bits = 1, 1
		}
		row := (int(x.d.number(s.Dict["Width"], 0))*colours*int(bits) + 7) / 8
		from = max(0, min(row*int(x.d.number(s.Dict["Height"], 0)), len(rest)))
	} else if f := x.d.f.Get(s.Dict["Filter"]); f == pdf.Name("Fl") || f == pdf.Name("FlateDecode") {
		_, from = pdf.Inflate(rest, 1<<24)
		from = min(from, len(rest))
	}
	for i := from; i+2 <= len(rest); i++ {
		if rest[i] != 'E' || rest[i+1] != 'I' || i > from && !pdf.IsSpace(rest[i-1]) || i+2 < len(rest) && !pdf.IsSpace(rest[i+2]) {
			continue
		}
		if !onlyText(rest[i+2 : min(len(rest), i+12)]) {
			continue
		}
		l.I += i + 2
		if s.Dict["Filter"] == nil {
			return rest[:from]
		}
		return bytes.TrimSuffix(rest[:i], []byte("\n"))
	}
	l.I = len(l.B)
	return rest
}

func onlyText(b []byte) bool {
	for _, c := range b {
		if c > 0x7e || c < ' ' && !pdf.IsSpace(c) {
			return false
		}
	}
	return true
}
