package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"habeas/redact"
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

// A PDF loses a name and a box. The exit code says if a word was not found.
func TestRedactAPDF(t *testing.T) {
	pl := newPlace(t)
	contents := "BT /F 12 Tf 50 300 Td (The witness Zoya Vymyshlena spoke) Tj ET BT /F 12 Tf 50 100 Td (A number of a house) Tj ET"
	pl.write("page.pdf", "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"+
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"+
		fmt.Sprintf("4 0 obj<</Length %d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n", len(contents), contents), 0o600)
	out, _ := pl.must(0, "redact", "page.pdf", "--word", "zoya", "--word", "vymyshlena", "--box", "1:10,70,60,80", "--out", "shown.pdf", "--report", "report.txt")
	if !strings.Contains(out, "3 parts") || !strings.Contains(out, `"zoya" was taken out 1 times`) {
		t.Errorf("it says %s", out)
	}
	for _, name := range []string{"shown.pdf", "report.txt"} {
		b, err := os.ReadFile(filepath.Join(pl.dir, name))
		if err != nil || bytes.Contains(b, []byte("Zoya")) || bytes.Contains(b, []byte("number of")) {
			t.Errorf("%s: %v %s", name, err, b)
		}
	}
	pl.must(1, "redact", "page.pdf", "--word", "nobody", "--out", "other.pdf")
	for _, args := range [][]string{{"--box", "10,70,60,80"}, {"--box", "2:10,70,60,80"}, {"--box", "0:1,1,2,2"}, {"--mute", "1-2"}, {"--mute", "2-1"}, {"--mute", "1:99-"}, nil} {
		pl.must(2, append([]string{"redact", "page.pdf", "--out", "none.pdf"}, args...)...)
	}
	if _, err := os.Stat(filepath.Join(pl.dir, "none.pdf")); err == nil {
		t.Error("something was written all the same")
	}
}

func TestReadTimes(t *testing.T) {
	for text, want := range map[string]redact.Span{
		"65-80.5": {From: 65 * time.Second, To: 80500 * time.Millisecond}, "1:05-1:20.5": {From: 65 * time.Second, To: 80500 * time.Millisecond},
		"1:00:00-": {From: time.Hour}, "0-1": {To: time.Second},
	} {
		if got, err := readSpan(text); err != nil || got != want {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-", "5", "5-4", "1:60-2:00", "1.5:00-2:00", "a-b", "-5-6", "NaN-2", "1:2:3:4-"} {
		if got, err := readSpan(text); err == nil {
			t.Errorf("%s: %v", text, got)
		}
	}
}
