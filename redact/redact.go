// Package redact takes parts out of pictures, PDF, films and sound for good: pixels,
// letters, lines and samples are not in what comes of it, which is made anew, so that
// nothing lies under a bar. It always starts from the original.
//
// [Confined] opens files of strangers in processes that can do nothing else, and cleans
// what comes of them. [Picture] is the part of it for JPEG, PNG and GIF, in this process.
package redact

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // read
	"image/jpeg"
	"image/png"

	"habeas/picture"
)

// Why a picture is not redacted.
var (
	ErrUnknown = errors.New("redact: not a picture that can be read")
	ErrLarge   = errors.New("redact: a picture of too many pixels")
	ErrNothing = errors.New("redact: no part of the picture is to be taken out")
)

// A Box is a part of a picture as it is seen, in thousandths of its width and
// height from the corner at the top left. It is made larger to whole pixels.
type Box struct{ Left, Top, Right, Bottom int }

// mostPixels bounds the memory that a picture takes: four bytes each.
const mostPixels = 200 << 20

// block is what a JPEG is coded in. What stood in a block shows in all of it, so
// that a box takes whole ones.
const block = 16

// Picture returns a picture without what is in boxes, and its media type: PNG, or
// JPEG if that is what it was. Which way is up is settled: no metadata is left. At
// least one box must hold a pixel.
func Picture(b []byte, boxes []Box) ([]byte, string, error) { return cutPicture(b, boxes, 0) }

// cutPicture is [Picture] with boxes that are larger by margin pixels on each side.
func cutPicture(b []byte, boxes []Box, margin int) ([]byte, string, error) {
	config, kind, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, "", ErrUnknown
	}
	if int64(config.Width)*int64(config.Height) > mostPixels {
		return nil, "", ErrLarge
	}
	m, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, "", ErrUnknown
	}
	grain := 1
	if kind == "jpeg" {
		grain = block
	}
	up := picture.Up(b)
	out := image.NewNRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), m, m.Bounds().Min, draw.Src)
	covered := false
	for _, box := range boxes {
		r := grown(stored(box, up, out.Bounds()), grain).Intersect(out.Bounds())
		if !r.Empty() {
			r = r.Inset(-margin).Intersect(out.Bounds())
		}
		covered = covered || !r.Empty()
		draw.Draw(out, r, image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	if !covered {
		return nil, "", ErrNothing
	}
	var w bytes.Buffer
	if kind == "jpeg" {
		err = jpeg.Encode(&w, picture.Turned(out, up), &jpeg.Options{Quality: 92})
		return w.Bytes(), "image/jpeg", err
	}
	err = png.Encode(&w, picture.Turned(out, up))
	return w.Bytes(), "image/png", err
}

// stored returns where a box of the picture as it is seen lies in the picture as
// it is stored, of which up says how it is to be turned (Exif, 1 to 8).
func stored(b Box, up int, in image.Rectangle) image.Rectangle {
	l, t, r, d := b.Left, b.Top, b.Right, b.Bottom
	const all = 1000
	switch up {
	case 2:
		l, r = all-r, all-l
	case 3:
		l, r, t, d = all-r, all-l, all-d, all-t
	case 4:
		t, d = all-d, all-t
	case 5:
		l, t, r, d = t, l, d, r
	case 6:
		l, t, r, d = t, all-r, d, all-l
	case 7:
		l, t, r, d = all-d, all-r, all-t, all-l
	case 8:
		l, t, r, d = all-d, l, all-t, r
	}
	w, h := in.Dx(), in.Dy()
	ceil := func(n, of int) int { return (n*of + all - 1) / all }
	return image.Rect(l*w/all, t*h/all, ceil(r, w), ceil(d, h))
}

// grown returns r with its sides at multiples of n, outwards.
func grown(r image.Rectangle, n int) image.Rectangle {
	if r.Empty() {
		return r
	}
	return image.Rect(r.Min.X/n*n, r.Min.Y/n*n, (r.Max.X+n-1)/n*n, (r.Max.Y+n-1)/n*n)
}
