package redact

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"os"

	"habeas/clean"
	"habeas/internal/sandbox"
)

// ask is what the task is asked.
type ask struct {
	Plan   Plan         // of a picture
	Margin int          // pixels around its boxes
	Cuts   *clean.Cuts  // of a PDF
	Areas  []clean.Area // of a page of a PDF that was drawn
	Blank  []clean.Area // in which nothing shall be on such a page
}

// Task takes parts out of the picture or the PDF behind what it is asked.
func Task(in *os.File, out io.Writer) error {
	var a ask
	file, err := sandbox.Asked(in, &a)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	switch {
	case a.Cuts != nil:
		return cutPDF(b, *a.Cuts, out)
	case a.Blank != nil:
		return isBlank(b, a.Blank, out)
	case a.Areas != nil:
		return cutPage(b, a.Areas, out)
	}
	var boxes []Box
	for _, c := range a.Plan.Cuts {
		boxes = append(boxes, c.Box)
	}
	made, _, err := cutPicture(b, boxes, a.Margin)
	if err != nil {
		return err
	}
	_, err = out.Write(made)
	return err
}

// blank is what the task says of areas in which nothing is.
const blank = "blank"

// isBlank looks whether there is anything but white in areas of a page. At their
// sides, the foot of a letter of the line above may be.
func isBlank(b []byte, areas []clean.Area, out io.Writer) error {
	m, err := drawnPage(b)
	if err != nil {
		return err
	}
	w, h := float64(m.Bounds().Dx()), float64(m.Bounds().Dy())
	for _, a := range areas {
		in := min((a[3]-a[1])*h/4, (a[2]-a[0])*w/4, max(w, h)/130) // of A4 two millimetres
		for y := int(math.Ceil(a[1]*h + in)); y < int(a[3]*h-in); y++ {
			for x := int(math.Ceil(a[0]*w + in)); x < int(a[2]*w-in); x++ {
				if r, g, b, _ := m.At(x, y).RGBA(); x >= 0 && y >= 0 && x < int(w) && y < int(h) && min(r, g, b) < 0xf000 {
					return nil
				}
			}
		}
	}
	_, err = io.WriteString(out, blank)
	return err
}

// drawnPage reads a page that was drawn.
func drawnPage(b []byte) (image.Image, error) {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || int64(c.Width)*int64(c.Height) > mostPixels {
		return nil, ErrUnknown
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, ErrUnknown
	}
	return m, nil
}

// cutPage makes areas of a page that was drawn black, and writes it as JPEG.
func cutPage(b []byte, areas []clean.Area, out io.Writer) error {
	m, err := drawnPage(b)
	if err != nil {
		return err
	}
	page := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(page, page.Bounds(), m, m.Bounds().Min, draw.Src)
	w, h := float64(page.Rect.Dx()), float64(page.Rect.Dy())
	for _, a := range areas {
		r := image.Rect(int(math.Floor(a[0]*w)), int(math.Floor(a[1]*h)), int(math.Ceil(a[2]*w)), int(math.Ceil(a[3]*h)))
		draw.Draw(page, r, image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	return jpeg.Encode(out, page, &jpeg.Options{Quality: 90})
}
