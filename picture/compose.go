package picture

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"math"

	"habeas/clean"
)

// compose puts pictures that were decoded together as l says, and writes PNG. r has
// PPM, or, for a picture that is only to be turned, PNG.
func compose(r io.Reader, l layout, out io.Writer) error {
	in := bufio.NewReader(r)
	if l.Still == nil {
		m, err := png.Decode(in)
		if err != nil {
			return ErrBroken
		}
		flat := image.NewNRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
		draw.Draw(flat, flat.Rect, m, m.Bounds().Min, draw.Src)
		return writeFast(out, Turned(flat, l.Up))
	}
	c := &composer{left: 4 * mostPixels}
	for _, s := range l.Still.Streams {
		var frames []*image.NRGBA
		for range s.Pictures {
			m, err := c.frame(in)
			if err != nil {
				return err
			}
			frames = append(frames, m)
		}
		c.streams = append(c.streams, frames)
	}
	if _, err := in.ReadByte(); err != io.EOF { // more pictures than tiles: which is which can't be told
		return ErrBroken
	}
	m, err := c.layer(l.Still.Shown)
	if err != nil {
		return err
	}
	return writeFast(out, m)
}

// seen is how opaque a pixel is at least of which anything is kept: coded transparency
// is a little off, and what lies under it is not to be brought back.
const seen = 8

// writeFast writes a picture that is read again at once.
func writeFast(out io.Writer, m image.Image) error {
	return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(out, m)
}

// A composer has what was decoded, and how many pixels may yet be made.
type composer struct {
	streams [][]*image.NRGBA
	left    int64
}

// room returns an empty picture, if there is room for it.
func (c *composer) room(w, h int) (*image.NRGBA, error) {
	if w <= 0 || h <= 0 || w > mostPixels/h {
		return nil, ErrLarge
	}
	if c.left -= int64(w) * int64(h); c.left < 0 {
		return nil, ErrLarge
	}
	return image.NewNRGBA(image.Rect(0, 0, w, h)), nil
}

// frame reads one picture of PPM with a byte for each colour, as ffmpeg writes it.
func (c *composer) frame(in *bufio.Reader) (*image.NRGBA, error) {
	var w, h, most int
	if n, err := fmt.Fscanf(in, "P6\n%d %d\n%d\n", &w, &h, &most); err != nil || n != 3 || most != 255 {
		return nil, ErrBroken
	}
	m, err := c.room(w, h)
	if err != nil {
		return nil, err
	}
	row := make([]byte, 3*w)
	for y := range h {
		if _, err := io.ReadFull(in, row); err != nil {
			return nil, ErrBroken
		}
		to := m.Pix[y*m.Stride:]
		for x := range w {
			to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = row[3*x], row[3*x+1], row[3*x+2], 255
		}
	}
	return m, nil
}

// layer returns a layer as it is shown.
func (c *composer) layer(l clean.StillLayer) (*image.NRGBA, error) {
	m, err := c.flat(l)
	if err != nil {
		return nil, err
	}
	if l.Alpha != nil {
		alpha, err := c.flat(*l.Alpha)
		if err != nil {
			return nil, err
		}
		if l.Grid == nil { // a decoded picture may be shown in several places
			own, err := c.room(m.Rect.Dx(), m.Rect.Dy())
			if err != nil {
				return nil, err
			}
			copy(own.Pix, m.Pix)
			m = own
		}
		w, h := m.Rect.Dx(), m.Rect.Dy()
		for y := range h {
			for x := range w {
				p := m.Pix[m.PixOffset(x, y):][:4]
				if p[3] = alpha.Pix[alpha.PixOffset(x*alpha.Rect.Dx()/w, y*alpha.Rect.Dy()/h)]; p[3] < seen {
					clear(p)
				}
			}
		}
	}
	for _, t := range l.Turns {
		if m, err = turnedAs(m, t); err != nil {
			return nil, err
		}
		if c.left -= int64(m.Rect.Dx()) * int64(m.Rect.Dy()); c.left < 0 {
			return nil, ErrLarge
		}
	}
	return m, nil
}

// flat returns a layer before its transparency and its turns.
func (c *composer) flat(l clean.StillLayer) (*image.NRGBA, error) {
	if l.Grid == nil {
		if l.Stream < 0 || l.Stream >= len(c.streams) || l.N < 0 || l.N >= len(c.streams[l.Stream]) {
			return nil, ErrBroken
		}
		return c.streams[l.Stream][l.N], nil
	}
	out, err := c.room(l.Width, l.Height)
	if err != nil {
		return nil, err
	}
	var size image.Point
	for i, tile := range l.Grid {
		m, err := c.layer(tile)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			size = m.Rect.Size()
		}
		if m.Rect.Size() != size || l.Columns <= 0 {
			return nil, ErrBroken
		}
		at := image.Pt(i%l.Columns*size.X, i/l.Columns*size.Y)
		draw.Draw(out, image.Rectangle{at, at.Add(size)}, m, m.Rect.Min, draw.Src)
	}
	if rows := len(l.Grid) / l.Columns; size.X*l.Columns < l.Width || size.Y*rows < l.Height {
		return nil, ErrBroken // tiles that do not cover it
	}
	return out, nil
}

// turnedAs returns m turned, mirrored or cropped (ISO/IEC 23008-12, 6.5.9 to 6.5.12).
func turnedAs(m *image.NRGBA, t clean.StillTurn) (*image.NRGBA, error) {
	switch b := t.Body; {
	case t.Name == "irot" && len(b) > 0: // by quarters, against the clock
		return Turned(m, [...]int{1, 8, 3, 6}[b[0]&3]), nil
	case t.Name == "imir" && len(b) > 0: // 0: top and bottom change places
		return Turned(m, [...]int{4, 2}[b[0]&1]), nil
	case t.Name == "clap" && len(b) >= 32:
		part := func(i int) float64 {
			return float64(int32(binary.BigEndian.Uint32(b[i:]))) / float64(int32(binary.BigEndian.Uint32(b[i+4:])))
		}
		w, h := math.Round(part(0)), math.Round(part(8))
		left, top := (float64(m.Rect.Dx())-w)/2+part(16), (float64(m.Rect.Dy())-h)/2+part(24)
		if math.IsNaN(w+h+left+top) || math.IsInf(w+h+left+top, 0) || max(w, h, math.Abs(left), math.Abs(top)) > everyPixel {
			return nil, ErrBroken
		}
		x, y := int(math.Floor(left)), int(math.Floor(top))
		in := image.Rect(x, y, x+int(w), y+int(h)).Intersect(m.Rect)
		if in.Empty() {
			return nil, ErrBroken
		}
		out := image.NewNRGBA(image.Rectangle{Max: in.Size()})
		draw.Draw(out, out.Rect, m, in.Min, draw.Src)
		return out, nil
	}
	return nil, ErrBroken
}
