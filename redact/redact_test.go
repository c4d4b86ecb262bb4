package redact_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"habeas/redact"
)

// A scene is a picture with a red face at the top left, and a blue one elsewhere.
func scene(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.NRGBA{0, 0, 255, 255})
			if x < w/4 && y < h/4 {
				m.Set(x, y, color.NRGBA{255, 0, 0, 255})
			}
		}
	}
	return m
}

func red(m image.Image) (n int) {
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			if r, _, b, _ := m.At(x, y).RGBA(); r > 0x6000 && b < 0x8000 {
				n++
			}
		}
	}
	return n
}

func TestNothingOfAFaceIsLeft(t *testing.T) {
	var p bytes.Buffer
	if err := png.Encode(&p, scene(101, 67)); err != nil {
		t.Fatal(err)
	}
	out, media, err := redact.Picture(p.Bytes(), []redact.Box{{Left: 0, Top: 0, Right: 250, Bottom: 250}})
	if err != nil || media != "image/png" {
		t.Fatal(media, err)
	}
	m, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if n := red(m); n > 0 {
		t.Errorf("%d pixels of it are left", n)
	}
	if m.Bounds().Dx() != 101 || color.NRGBAModel.Convert(m.At(90, 60)) != (color.NRGBA{0, 0, 255, 255}) {
		t.Error("the rest changed")
	}
}

// turn puts which way is up into a JPEG.
func turn(b []byte, up byte) []byte {
	exif := []byte{0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, up, 0, 0, 0, 0, 0, 0}
	return append(append(bytes.Clone(b[:2]), exif...), b[2:]...)
}

// Whichever way a photograph is stored, the box is where it is seen.
func TestPhotographsAreTurned(t *testing.T) {
	var p bytes.Buffer
	if err := jpeg.Encode(&p, scene(320, 160), &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	// Where the face, which is stored at the top left, is seen.
	seen := map[byte]redact.Box{
		1: {0, 0, 260, 260}, 2: {740, 0, 1000, 260}, 3: {740, 740, 1000, 1000}, 4: {0, 740, 260, 1000},
		5: {0, 0, 260, 260}, 6: {740, 0, 1000, 260}, 7: {740, 740, 1000, 1000}, 8: {0, 740, 260, 1000},
	}
	for up, box := range seen {
		out, media, err := redact.Picture(turn(p.Bytes(), up), []redact.Box{box})
		if err != nil || media != "image/jpeg" {
			t.Fatal(up, media, err)
		}
		m, err := jpeg.Decode(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if n := red(m); n > 0 {
			t.Errorf("up %d: %d pixels of it are left", up, n)
		}
		if wide := m.Bounds().Dx() > m.Bounds().Dy(); wide != (up < 5) {
			t.Errorf("up %d: it is not turned", up)
		}
		if bytes.Contains(out, []byte("Exif")) {
			t.Errorf("up %d: metadata is left", up)
		}
	}
}

func TestRefused(t *testing.T) {
	var p bytes.Buffer
	if err := png.Encode(&p, scene(8, 8)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := redact.Picture([]byte("no picture"), []redact.Box{{0, 0, 1, 1}}); !errors.Is(err, redact.ErrUnknown) {
		t.Error(err)
	}
	for _, boxes := range [][]redact.Box{nil, {{500, 500, 500, 600}}, {{1100, 0, 1200, 100}}} {
		if _, _, err := redact.Picture(p.Bytes(), boxes); !errors.Is(err, redact.ErrNothing) {
			t.Errorf("%v: %v", boxes, err)
		}
	}
}

func FuzzPicture(f *testing.F) {
	var p bytes.Buffer
	if err := jpeg.Encode(&p, scene(16, 16), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(turn(p.Bytes(), 6), 0, 0, 100, 100)
	f.Fuzz(func(t *testing.T, b []byte, l, top, r, d int) {
		if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width*c.Height > 1<<20 {
			return
		}
		_, _, _ = redact.Picture(b, []redact.Box{{l % 2000, top % 2000, r % 2000, d % 2000}})
	})
}
