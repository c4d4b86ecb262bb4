package main

import (
	"bytes"
	"errors"
	"fmt"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const names = `{"id":"7","parts":[{"kind":"given","text":"Severyn"},{"kind":"family","text":"Kashtanenko"}]}` + "\n"

// TestGateReadsPictures: a page that is nothing but a picture of a name is refused,
// and read when it is asked for.
func TestGateReadsPictures(t *testing.T) {
	pl := newPlace(t)
	pl.write("names", names, 0o600)
	pl.write("page.pdf", onePage("It was Severyn Kashtanenko whom they took"), 0o600)
	picture, err := exec.Command("pdftoppm", "-r", "150", "-png", "-singlefile", filepath.Join(pl.dir, "page.pdf")).Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("pdftoppm is not installed")
	} else if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("tesseract"); err != nil {
		t.Skip("tesseract is not installed")
	}
	pl.write("page.png", string(picture), 0o600)
	pl.env = append(pl.env, "PATH="+os.Getenv("PATH"))
	if _, errs := pl.must(2, "gate", "--names", "names", "page.png"); !strings.Contains(errs, "picture or drawing that nobody has looked at") {
		t.Errorf("got %s", errs)
	}
	pl.must(0, "gate", "--names", "names", "--pictures", "page.png")
	pl.must(1, "gate", "--names", "names", "--ocr", "eng", "page.png")
	pl.must(1, "gate", "--names", "names", "page.pdf")
	pl.must(2, "gate", "--names", "names", "--ocr", "--help", "page.png")

	scan, err := exec.Command("pdftoppm", "-r", "150", "-jpeg", "-singlefile", filepath.Join(pl.dir, "page.pdf")).Output()
	if err != nil {
		t.Fatal(err)
	}
	shape, err := jpeg.DecodeConfig(bytes.NewReader(scan))
	if err != nil {
		t.Fatal(err)
	}
	pl.write("scan.pdf", pdf("q 560 0 0 120 0 0 cm /I Do Q", "/XObject<</I 5 0 R>>",
		fmt.Sprintf("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length %d>>\nstream\n%s\nendstream",
			shape.Width, shape.Height, len(scan), scan)), 0o600)
	pl.must(2, "gate", "--names", "names", "scan.pdf")
	out, _ := pl.must(1, "gate", "--names", "names", "--ocr", "eng", "scan.pdf")
	if !strings.Contains(out, `"person":"7"`) {
		t.Errorf("got %s for a scanned page", out)
	}
}

// onePage is a PDF of one line of text.
func onePage(line string) string {
	return pdf("BT /F 24 Tf 30 60 Td ("+line+") Tj ET", "/Font<</F 5 0 R>>", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
}

// pdf is a PDF of one page, with one object that the page uses, number 5.
func pdf(content, resources, used string) string {
	var b strings.Builder
	var at []int
	b.WriteString("%PDF-1.4\n")
	for _, object := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 560 120]/Contents 4 0 R/Resources<<" + resources + ">>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content), used,
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.String()
}

func TestGate(t *testing.T) {
	pl := newPlace(t)
	pl.write("names", names, 0o600)
	pl.write("clean.txt", "He was taken in the evening.", 0o600)
	pl.write("named.txt", "It was Severyn Kashtanenko whom they took.", 0o600)
	pl.write("page.html", "<p>Kashtan<b>enko</b></p>", 0o600)
	pl.write("picture.gif", "GIF89a", 0o600)
	pl.write("old.txt", "\xcf\xf0\xe8", 0o600)
	if out, errs := pl.must(0, "gate", "--names", "names", "clean.txt"); out+errs != "" {
		t.Errorf("got %q for a clean text, want nothing", out+errs)
	}
	out, errs := pl.must(1, "gate", "--names", "names", "clean.txt", "named.txt")
	for _, want := range []string{`"file":"named.txt"`, `"start":7`, `"end":26`, `"person":"7"`, `"verdict":"block"`} {
		if !strings.Contains(out, want) {
			t.Errorf("got %s, want %s", out, want)
		}
	}
	if strings.Contains(out+errs, "Kashtanenko") {
		t.Errorf("the name is in the answer: %s%s", out, errs)
	}
	pl.in = bytes.NewReader([]byte("Kashtanenko S."))
	if out, _ := pl.must(1, "gate", "--names", "names", "-"); !strings.Contains(out, `"file":"-"`) {
		t.Errorf("got %s for the input", out)
	}
	pl.must(1, "gate", "--names", "names", filepath.Join(pl.dir, "page.html"))
	_, errs = pl.must(2, "gate", "--names", "names", "picture.gif", "clean.txt", "old.txt", "missing.txt")
	for _, want := range []string{"picture.gif: ", "old.txt: Its letters are in another encoding", "missing.txt: ", "3 of 4 texts could not be read"} {
		if !strings.Contains(errs, want) {
			t.Errorf("got %s, want %q", errs, want)
		}
	}
	pl.must(1, "gate", "--names", "names", "--report", "report", "old.txt", "named.txt", "clean.txt")
	written, err := os.ReadFile(filepath.Join(pl.dir, "report"))
	if err != nil {
		t.Fatal(err)
	}
	report := string(written)
	for _, want := range []string{"block: person 7, line 1, exact", "not read: Its letters", "nobody of the list"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report has no %q:\n%s", want, report)
		}
	}
	if strings.Contains(report, "Kashtanenko") {
		t.Errorf("the name is in the report:\n%s", report)
	}
	pl.must(2, "gate", "--names", "names", "--report", "report", "clean.txt") // nothing is overwritten
	pl.write("names", names+`{"id":"8","part":[]}`, 0o600)
	if _, errs := pl.must(2, "gate", "--names", "names", "clean.txt"); !strings.Contains(errs, "line 2 of the names file") {
		t.Errorf("got %s for a bad names file", errs)
	}
	pl.write("names", "", 0o600)
	pl.must(2, "gate", "--names", "names", "clean.txt")
}
