package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // read
	"image/jpeg"
	_ "image/png" // read
	"io"
)

// mostPixels bounds the memory that a picture takes: four bytes each, twice.
const mostPixels = 100 << 20

// Show writes the photograph b, which is JPEG, PNG or GIF, as v asks. It opens b in
// this process: hostile files go through [Of].
func Show(out io.Writer, b []byte, v View) error {
	config, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return ErrBroken
	}
	if config.Width <= 0 || config.Height <= 0 || int64(config.Width)*int64(config.Height) > mostPixels {
		return ErrLarge
	}
	m, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return ErrBroken
	}
	size := v.Size
	if size <= 0 {
		size = usualSize
	}
	small := shrunk(onWhite(m), size)
	if v.Blur {
		small = blurred(small)
	}
	return jpeg.Encode(out, Turned(small, Up(b)), &jpeg.Options{Quality: 88})
}

// onWhite returns m on white paper.
func onWhite(m image.Image) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), m, m.Bounds().Min, draw.Over)
	return out
}

// shrunk returns m with at most size pixels on its longer side: each is the mean of
// those it stands for.
func shrunk(m *image.NRGBA, size int) *image.NRGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if max(w, h) <= size {
		return m
	}
	nw, nh := max(1, w*size/max(w, h)), max(1, h*size/max(w, h))
	out := image.NewNRGBA(image.Rect(0, 0, nw, nh))
	for y := range nh {
		y0, y1 := y*h/nh, max(y*h/nh+1, (y+1)*h/nh)
		for x := range nw {
			x0, x1 := x*w/nw, max(x*w/nw+1, (x+1)*w/nw)
			var sum [3]int
			for yy := y0; yy < y1; yy++ {
				for row := m.Pix[m.PixOffset(x0, yy) : m.PixOffset(x1-1, yy)+4]; len(row) > 0; row = row[4:] {
					sum[0], sum[1], sum[2] = sum[0]+int(row[0]), sum[1]+int(row[1]), sum[2]+int(row[2])
				}
			}
			n := (x1 - x0) * (y1 - y0)
			out.SetNRGBA(x, y, color.NRGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255})
		}
	}
	return out
}

// blurCells is how many cells a blurred picture has on its longer side. What is not
// in their means can't be brought back from them: a face across a whole picture is
// told apart from a wall, and from no other face.
const blurCells = 12

// blurred returns m as the means of a few cells, which pass into one another.
func blurred(m *image.NRGBA) *image.NRGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	cells := shrunk(m, blurCells)
	cw, ch := cells.Rect.Dx(), cells.Rect.Dy()
	out := image.NewNRGBA(m.Rect)
	at := func(p, n, cells int) (int, int, int) { // the two cells beside it, and how near the second is
		where := max(0, min((2*p+1)*cells*128/n-128, (cells-1)*256))
		return where >> 8, min(where>>8+1, cells-1), where & 255
	}
	for y := range h {
		y0, y1, fy := at(y, h, ch)
		for x := range w {
			x0, x1, fx := at(x, w, cw)
			to := out.Pix[out.PixOffset(x, y):]
			for i := range 3 {
				p := func(x, y int) int { return int(cells.Pix[cells.PixOffset(x, y)+i]) }
				top := p(x0, y0)*(256-fx) + p(x1, y0)*fx
				bottom := p(x0, y1)*(256-fx) + p(x1, y1)*fx
				to[i] = uint8((top*(256-fy) + bottom*fy) >> 16)
			}
			to[3] = 255
		}
	}
	return out
}

// Turned returns m as it is seen, if up says which way that is (Exif, 1 to 8).
func Turned(m *image.NRGBA, up int) *image.NRGBA {
	if up <= 1 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if up >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewNRGBA(size)
	for y := range h {
		for x := range w {
			to := [...]image.Point{{x, y}, {w - 1 - x, y}, {w - 1 - x, h - 1 - y}, {x, h - 1 - y}, {y, x}, {h - 1 - y, x}, {h - 1 - y, w - 1 - x}, {y, w - 1 - x}}[up-1]
			copy(out.Pix[out.PixOffset(to.X, to.Y):][:4], m.Pix[m.PixOffset(x, y):][:4])
		}
	}
	return out
}

// Up returns which way is up in a JPEG: 1 to 8 (Exif, tag 0x0112); 1 if it
// does not say.
func Up(b []byte) int {
	for at := 2; at+4 <= len(b) && b[at] == 0xff; {
		n := int(binary.BigEndian.Uint16(b[at+2:]))
		if b[at+1] == 0xda || n < 2 || at+2+n > len(b) {
			return 1
		}
		body := b[at+4 : at+2+n]
		if b[at+1] == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00")) && len(body) > 14 {
			return fieldUp(body[6:])
		}
		at += 2 + n
	}
	return 1
}

func fieldUp(tiff []byte) int {
	var o binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		o = binary.LittleEndian
	}
	at := int64(o.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	for n, p := int(o.Uint16(tiff[at:])), at+2; n > 0 && p+12 <= int64(len(tiff)); n, p = n-1, p+12 {
		if up := int(o.Uint16(tiff[p+8:])); o.Uint16(tiff[p:]) == 0x0112 && up >= 1 && up <= 8 {
			return up
		}
	}
	return 1
}
