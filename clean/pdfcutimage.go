package clean

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"maps"
	"math"
	"slices"

	"habeas/internal/pdf"
)

// under returns what of the page that goes lies on what is drawn into the unit
// square, in its parts from the corner at the top left.
func (x *painter) under(c *cutting) (out []frame) {
	square := frame{0, 0, 1, 1}.through(x.state.ctm)
	back := x.state.ctm.inverse()
	if !x.d.burn((len(c.plan.words) + len(c.plan.areas)) / 4) {
		return nil
	}
	add := func(f frame) {
		if f.meets(square) {
			in := f.through(back)
			out = append(out, frame{in[0], 1 - in[3], in[2], 1 - in[1]})
		}
	}
	for _, a := range c.plan.areas {
		add(a)
	}
	for _, w := range c.plan.words {
		add(w.grown())
	}
	return out
}

// shown returns the picture that v is, without the pixels that go; nil if it can't
// be shown.
func (x *painter) shown(v any, s *pdf.Stream) any {
	if x.d.cut != nil && x.d.sheet != nil {
		x.d.cut.unread = true
	}
	c := x.cutting()
	if c == nil {
		return x.d.image(v)
	}
	if c.Bare {
		return nil
	}
	parts := x.under(c)
	less := s
	switch {
	case len(parts) > 0:
		if less = x.d.less(s, parts, 0); less == nil {
			c.doubt = true
			return nil
		}
	case v != nil:
		return x.d.image(v)
	}
	out := x.d.picture(less)
	if out == nil {
		return nil
	}
	return x.d.w.Add(out)
}

// mostCutPixels bounds the memory that a picture takes that is cut.
const mostCutPixels = 100 << 20

// less returns a picture of which parts have lost their pixels; nil if it is coded in
// a way that can't be read here.
func (d *pdfDoc) less(s *pdf.Stream, parts []frame, deep int) *pdf.Stream {
	b, coded, err := d.f.Decode(s)
	w, h := int(d.number(s.Dict["Width"], 0)), int(d.number(s.Dict["Height"], 0))
	if err != nil || deep > 2 || w <= 0 || h <= 0 || w > mostCutPixels/h {
		return nil
	}
	out := &pdf.Stream{Dict: maps.Clone(s.Dict)}
	for _, key := range []pdf.Name{"SMask", "Mask"} {
		m, ok := d.f.Get(s.Dict[key]).(*pdf.Stream)
		if !ok {
			continue
		}
		cut := d.less(m, parts, deep+1)
		if cut == nil {
			return nil
		}
		out.Dict[key] = cut
	}
	switch coded {
	case "":
		delete(out.Dict, "Filter")
		delete(out.Dict, "DecodeParms")
		out.Raw = d.lessPixels(s, bytes.Clone(b), parts, w, h)
	case "DCTDecode":
		if d.f.Parms(s)["ColorTransform"] != nil {
			return nil
		}
		delete(out.Dict, "DecodeParms")
		out.Dict["Filter"] = coded
		out.Raw = lessPhotograph(b, parts, d.components(s.Dict["ColorSpace"]))
	}
	if out.Raw == nil {
		return nil
	}
	return out
}

// pixelsOf returns the whole pixels that a part has of a picture, in steps of grain.
func pixelsOf(f frame, w, h, grain int) image.Rectangle {
	at := func(v float64, n int, round func(float64) float64) int {
		return int(round(min(max(v*float64(n)/float64(grain), 0), float64(n)))) * grain
	}
	return image.Rect(at(f[0], w, math.Floor), at(f[1], h, math.Floor), at(f[2], w, math.Ceil), at(f[3], h, math.Ceil)).Intersect(image.Rect(0, 0, w, h))
}

// lessPixels makes parts of unpacked pixels empty: zero, or, of a stencil, what is
// not painted.
func (d *pdfDoc) lessPixels(s *pdf.Stream, b []byte, parts []frame, w, h int) []byte {
	colours, bits := d.components(s.Dict["ColorSpace"]), int(d.number(s.Dict["BitsPerComponent"], 8))
	var ink byte
	if d.f.Get(s.Dict["ImageMask"]) == true {
		colours, bits = 1, 1
		if decode := d.f.List(s.Dict["Decode"]); len(decode) != 2 || d.number(decode[0], 0) == 0 {
			ink = 0xff
		}
	}
	if colours <= 0 || bits <= 0 || bits > 16 {
		return nil
	}
	pixel := colours * bits
	row := (w*pixel + 7) / 8
	for _, f := range parts {
		r := pixelsOf(f, w, h, 1)
		for y := r.Min.Y; y < r.Max.Y && (y+1)*row <= len(b)+row-1; y++ {
			for bit := r.Min.X * pixel; bit < r.Max.X*pixel; {
				at := y*row + bit/8
				if at >= len(b) {
					break
				}
				if bit%8 == 0 && bit+8 <= r.Max.X*pixel {
					b[at] = ink
					bit += 8
					continue
				}
				mask := byte(0x80) >> (bit % 8)
				b[at] = b[at]&^mask | ink&mask
				bit++
			}
		}
	}
	return b
}

// lessPhotograph makes parts of a JPEG black, in whole blocks; nil if it is of
// other colours than grey, or red, green and blue.
func lessPhotograph(b []byte, parts []frame, colours int) []byte {
	const block = 16
	if c, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > mostCutPixels/c.Height {
		return nil
	}
	m, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	var out draw.Image
	_, grey := m.(*image.Gray)
	switch {
	case grey && colours <= 1:
		out = image.NewGray(m.Bounds())
	case !grey && colours != 1 && colours != 4 && !slices.Contains([]color.Model{color.CMYKModel}, m.ColorModel()):
		out = image.NewRGBA(m.Bounds())
	default:
		return nil
	}
	draw.Draw(out, out.Bounds(), m, m.Bounds().Min, draw.Src)
	for _, f := range parts {
		r := pixelsOf(f, m.Bounds().Dx(), m.Bounds().Dy(), 1)
		r = image.Rect(r.Min.X/block*block, r.Min.Y/block*block, (r.Max.X+block-1)/block*block, (r.Max.Y+block-1)/block*block)
		draw.Draw(out, r, image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	var w bytes.Buffer
	if jpeg.Encode(&w, out, &jpeg.Options{Quality: 92}) != nil {
		return nil
	}
	return w.Bytes()
}
