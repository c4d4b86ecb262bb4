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
	Plan  Plan         // of a picture
	Cuts  *clean.Cuts  // of a PDF
	Areas []clean.Area // of a page of a PDF that was drawn
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
	case a.Areas != nil:
		return cutPage(b, a.Areas, out)
	}
	var boxes []Box
	for _, c := range a.Plan.Cuts {
		boxes = append(boxes, c.Box)
	}
	made, _, err := Picture(b, boxes)
	if err != nil {
		return err
	}
	_, err = out.Write(made)
	return err
}

// cutPage makes areas of a page that was drawn black, and writes it as JPEG.
func cutPage(b []byte, areas []clean.Area, out io.Writer) error {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || int64(c.Width)*int64(c.Height) > mostPixels {
		return ErrUnknown
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return ErrUnknown
	}
	page := image.NewRGBA(image.Rect(0, 0, c.Width, c.Height))
	draw.Draw(page, page.Bounds(), m, m.Bounds().Min, draw.Src)
	w, h := float64(c.Width), float64(c.Height)
	for _, a := range areas {
		r := image.Rect(int(math.Floor(a[0]*w)), int(math.Floor(a[1]*h)), int(math.Ceil(a[2]*w)), int(math.Ceil(a[3]*h)))
		draw.Draw(page, r, image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	return jpeg.Encode(out, page, &jpeg.Options{Quality: 90})
}
