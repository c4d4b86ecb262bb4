package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A reporter takes a face out of a photograph before she shows it.
func TestRedactAPicture(t *testing.T) {
	pl := newPlace(t)
	m := image.NewGray(image.Rect(0, 0, 40, 40))
	for i := range m.Pix {
		m.Pix[i] = 200
	}
	m.SetGray(5, 5, color.Gray{Y: 77}) // the face
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	pl.write("photo.png", b.String(), 0o600)
	pl.must(0, "redact", "photo.png", "--box", "0,0,25,25", "--box", "90,90,100,100", "--out", "shown.png")
	out, err := os.ReadFile(filepath.Join(pl.dir, "shown.png"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[image.Point]uint32{{X: 5, Y: 5}: 0, {X: 38, Y: 38}: 0, {X: 20, Y: 20}: 200 * 0x101} {
		if r, _, _, _ := got.At(at.X, at.Y).RGBA(); r != want {
			t.Errorf("at %v: got %d, want %d", at, r, want)
		}
	}
	pl.must(2, "redact", "photo.png", "--box", "0,0,25,25", "--out", "shown.png") // never over another file
	for _, box := range []string{"0,0", "30,0,20,10", "-1,0,5,5", "0,0,200,10", "a,b,c,d"} {
		if _, errs := pl.must(2, "redact", "photo.png", "--box="+box, "--out", "none.png"); !strings.Contains(errs, "per cent") {
			t.Errorf("%s: does not say what to give: %s", box, errs)
		}
	}
	pl.write("text.txt", "no picture", 0o600)
	pl.must(2, "redact", "text.txt", "--box", "0,0,25,25", "--out", "none.png")
	if _, err := os.Stat(filepath.Join(pl.dir, "none.png")); err == nil {
		t.Error("something was written all the same")
	}
}
