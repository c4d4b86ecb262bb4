package redact_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"habeas/redact"
)

// pdfOf writes a PDF with one page of 600 by 400 points.
func pdfOf(contents, resources, page string, objects map[int]string) []byte {
	all := map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/Outlines 8 0 R>>", 2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>" + resources + ">>" + page + ">>",
		4: stream("", contents), 5: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
		8: "<</Type/Outlines/First 9 0 R/Last 9 0 R>>", 9: "<</Title(Zoya Vymyshlena)/Parent 8 0 R/Dest[3 0 R/Fit]>>",
	}
	maps.Copy(all, objects)
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	at := map[int]int{}
	for _, n := range slices.Sorted(maps.Keys(all)) {
		at[n] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, all[n])
	}
	xref := b.Len()
	b.WriteString("xref\n0 1\n0000000000 65535 f \n")
	for _, n := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%d 1\n%010d 00000 n \n", n, at[n])
	}
	fmt.Fprintf(&b, "trailer\n<</Root 1 0 R/Info<</Title(Zoya Vymyshlena)>>>>\nstartxref\n%d\n%%%%EOF\n", xref)
	return b.Bytes()
}

func stream(keys, body string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", keys, len(body), body)
}

var aStream = regexp.MustCompile(`(?s)stream\r?\n(.*?)endstream`)

// inside returns a PDF with its streams unpacked.
func inside(b []byte) string {
	return string(aStream.ReplaceAllFunc(b, func(s []byte) []byte {
		z, err := zlib.NewReader(bytes.NewReader(aStream.FindSubmatch(s)[1]))
		if err != nil {
			return s
		}
		out, _ := io.ReadAll(z)
		return out
	}))
}

// run runs a program that reads a file, which args call IN, and returns what it
// writes.
func run(t *testing.T, b []byte, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skip("no " + args[0])
	}
	name := temporary(t, b).Name()
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "IN", name)
	}
	var said bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 3 { // of qpdf: warnings
		t.Fatalf("%v: %v: %s", args, err, &said)
	}
	return out
}

func textOf(t *testing.T, b []byte) string {
	return strings.Join(strings.Fields(string(run(t, b, "pdftotext", "-layout", "IN", "-"))), " ")
}

// page draws the page of a PDF, a pixel for a point.
func page(t *testing.T, b []byte) image.Image {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(run(t, b, "pdftoppm", "-r", "72", "-cropbox", "-png", "IN")))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// gone reports it if a word can be found in a PDF, in any of the ways to look.
func gone(t *testing.T, b []byte, words ...string) {
	t.Helper()
	for how, all := range map[string]string{"raw": string(b), "unpacked": inside(b), "pdftotext": textOf(t, b),
		"qpdf": string(run(t, b, "qpdf", "--qdf", "--object-streams=disable", "IN", "-"))} {
		plain := strings.ToLower(all)
		bare := regexp.MustCompile(`\)[^()]*\(`).ReplaceAllString(plain, "") // what is between strings
		for _, w := range words {
			w := strings.ToLower(w)
			if strings.Contains(plain, w) || strings.Contains(bare, w) || strings.Contains(plain, fmt.Sprintf("%x", w)) {
				t.Errorf("%s: %q is left", how, w)
			}
		}
	}
}

// waysToWrite are texts on a page that have a name in ways that programs write it.
var waysToWrite = map[string]string{
	"plain":          "BT /F 12 Tf 50 300 Td (Before Zoya Vymyshlena after) Tj ET",
	"kerned":         "BT /F 12 Tf 50 300 Td [(Before Zo) 30 (ya Vy) -20 (mysh) 10 (lena after)] TJ ET",
	"apart":          "BT /F 12 Tf 50 300 Td (Before ) Tj (Zoy) Tj (a Vymyshl) Tj (ena) Tj ( after) Tj ET",
	"moved":          "BT /F 12 Tf 50 300 Td (Before ) Tj 42 0 Td (Zoya) Tj 30 0 Td (Vymyshlena) Tj 70 0 Td (after) Tj ET",
	"letters":        "BT /F 12 Tf 50 300 Td (Before) Tj 60 0 Td (Z) Tj 9 0 Td (o) Tj 8 0 Td (y) Tj 7 0 Td (a) Tj 12 0 Td (Vymyshlena) Tj 80 0 Td (after) Tj ET",
	"two lines":      "BT /F 12 Tf 14 TL 50 300 Td (Before Zoya) Tj (Vymyshlena after) ' ET",
	"divided":        "BT /F 12 Tf 14 TL 50 300 Td (Before Zoya Vymysh-) Tj T* (lena after) Tj ET",
	"hexadecimal":    "BT /F 12 Tf 50 300 Td <4265666f7265205a6f79612056796d7973686c656e61206166746572> Tj ET",
	"capitals":       "BT /F 12 Tf 50 300 Td (Before ZOYA VYMYSHLENA after) Tj ET",
	"matrices":       "q 1 0 0 1 50 300 cm BT /F 12 Tf (Before) Tj ET Q q 1 0 0 1 95 300 cm BT /F 12 Tf (Zoya Vymyshlena) Tj ET Q q 1 0 0 1 195 300 cm BT /F 12 Tf (after) Tj ET Q",
	"turned":         "BT /F 12 Tf 0 1 -1 0 300 50 Tm (Before Zoya Vymyshlena after) Tj ET",
	"spaced":         "BT /F 12 Tf 4 Tw 1 Tc 50 300 Td (Before Zoya Vymyshlena after) Tj ET",
	"wide":           "BT /F 6 Tf 2 0 0 2 50 300 Tm 120 Tz (Before Zoya Vymyshlena after) Tj ET",
	"twice":          "BT /F 12 Tf 50 300 Td (Before Zoya Vymyshlena after) Tj ET BT /F 12 Tf 50.3 300 Td (Before Zoya Vymyshlena after) Tj ET",
	"marked":         "/Span <</ActualText(Before Zoya Vymyshlena after)>> BDC BT /F 12 Tf 50 300 Td (Before Zoya Vymyshlena after) Tj ET EMC",
	"form":           "q 1 0 0 1 20 20 cm /X Do Q",
	"not drawn":      "BT /F 12 Tf 50 300 Td (Before after) Tj 3 Tr 80 0 Td (Zoya Vymyshlena) Tj ET",
	"underlined":     "BT /F 12 Tf 50 300 Td (Before Zoya Vymyshlena after) Tj ET 90 298 94 0.5 re f 1 w 90 296 m 184 296 l S",
	"field":          "BT /F 12 Tf 50 300 Td (Before after) Tj ET",
	"several blocks": "BT /F 12 Tf 50 300 Td (Before) Tj ET BT /F 12 Tf 100 300 Td (Zoya Vymyshlena) Tj ET BT /F 12 Tf 400 300 Td (after) Tj ET",
}

func way(name string) []byte {
	annots := "/Annots[7 0 R 20 0 R]"
	return pdfOf(waysToWrite[name], "/XObject<</X 6 0 R>>", annots, map[int]string{
		6:  stream("/Type/XObject/Subtype/Form/BBox[0 0 500 380]/Matrix[1 0 0 1 0 10]/Resources<</Font<</F 5 0 R>>>>", "BT /F 12 Tf 30 270 Td (Before Zoya Vymyshlena after) Tj ET"),
		7:  "<</Type/Annot/Subtype/Link/Rect[400 10 450 30]/Border[0 0 0]/A<</S/URI/URI(https://example.org/zoya-vymyshlena)>>>>",
		20: map[bool]string{true: "<</Type/Annot/Subtype/Widget/Rect[50 100 250 120]/AP<</N 21 0 R>>>>", false: "<</Type/Annot/Subtype/Popup/Rect[0 0 1 1]>>"}[name == "field"],
		21: stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F 5 0 R>>>>", "BT /F 12 Tf 5 5 Td (Zoya Vymyshlena) Tj ET"),
	})
}

// A name is gone from a PDF however it was written; what stood before and after it
// can still be read.
func TestWordsAreGoneFromPDF(t *testing.T) {
	for name := range waysToWrite {
		t.Run(name, func(t *testing.T) {
			out, r, err := taken(t, way(name), redact.Plan{Words: []string{"Zoya", "vymyshlena"}})
			if err != nil {
				t.Fatal(err)
			}
			gone(t, out, "Zoya", "Vymyshlena", "mysh", "lena", "oya")
			if len(r.Pages) > 0 {
				t.Errorf("it became a picture")
			}
			if r.Words["Zoya"] == 0 && name != "not drawn" {
				t.Errorf("the report says %v", r.Words)
			}
			if text := textOf(t, out); name != "turned" && (!strings.Contains(text, "Before") || !strings.Contains(text, "after")) {
				t.Errorf("what is left: %q", text)
			}
		})
	}
}

// widths of Helvetica, in thousandths, that a typesetter would place words by.
func widthOf(s string) (w float64) {
	widths := map[rune]float64{'L': 556, 'i': 222, 'K': 667, 'o': 556, 'n': 556, 's': 500, 't': 278, 'a': 556, 'p': 556, 'l': 222, 'k': 500, ' ': 278,
		'B': 667, 'e': 556, 'f': 278, 'r': 333}
	for _, r := range s {
		w += widths[r]
	}
	return w / 1000 * 12
}

// Two pages that differ in a name alone come out the same, byte for byte, however the
// words after the name were placed: nothing that is left says how wide it was.
func TestAttackNoWidthTellsTheName(t *testing.T) {
	short, long := "Li", "Konstantinopolska"
	for name, write := range map[string]func(who string) string{
		"one string": func(who string) string { return "BT /F 12 Tf 50 300 Td (Before " + who + " after) Tj ET" },
		"moved by widths": func(who string) string {
			return fmt.Sprintf("BT /F 12 Tf 50 300 Td (Before ) Tj %f 0 Td (%s) Tj %f 0 Td ( after) Tj ET", widthOf("Before "), who, widthOf(who))
		},
		"placed by widths": func(who string) string {
			return fmt.Sprintf("BT /F 12 Tf 1 0 0 1 50 300 Tm (Before ) Tj 1 0 0 1 %f 300 Tm (%s) Tj 1 0 0 1 %f 300 Tm ( after) Tj ET",
				50+widthOf("Before "), who, 50+widthOf("Before "+who))
		},
		"matrices by widths": func(who string) string {
			return fmt.Sprintf("q 1 0 0 1 50 300 cm BT /F 12 Tf (Before ) Tj ET Q q 1 0 0 1 %f 300 cm BT /F 12 Tf (%s) Tj ET Q q 1 0 0 1 %f 300 cm BT /F 12 Tf ( after) Tj ET Q",
				50+widthOf("Before "), who, 50+widthOf("Before "+who))
		},
		"spread over a line": func(who string) string {
			line := "Before a pink stone it is a kite " + who + " or a train in a stone is after"
			return fmt.Sprintf("BT /F 12 Tf %f Tw 50 300 Td (%s) Tj ET", (450-widthOf(line))/16, line)
		},
		"kerned": func(who string) string {
			return fmt.Sprintf("BT /F 12 Tf 50 300 Td [(Before) %f (%s) %f (after)] TJ ET", -300-widthOf(who)/10, who, -300-widthOf(who)/10)
		},
		"underlined": func(who string) string {
			from := 50 + widthOf("Before ")
			return fmt.Sprintf("BT /F 12 Tf 50 300 Td (Before %s after) Tj ET %f 298 %f 0.5 re f 1 w %f 296 m %f 296 l S", who, from, widthOf(who), from, from+widthOf(who))
		},
	} {
		t.Run(name, func(t *testing.T) {
			var made [][]byte
			for _, who := range []string{short, long} {
				b := pdfOf(write(who), "", "", nil)
				out, r, err := taken(t, b, redact.Plan{Words: []string{who}})
				if err != nil || r.Words[who] != 1 {
					t.Fatalf("%v %+v", err, r)
				}
				made = append(made, out)
			}
			if !bytes.Equal(made[0], made[1]) {
				t.Errorf("they differ:\n%s\n%s", contentsOf(made[0]), contentsOf(made[1]))
			}
		})
	}
}

// Likewise for a box that is drawn over two names that end in other places.
func TestAttackNoWidthBehindABox(t *testing.T) {
	var made [][]byte
	for _, who := range []string{"Kopla", "Koplan"} {
		contents := "BT /F 12 Tf 50 300 Td (Before " + who + " after it is a stone) Tj ET"
		out, r, err := taken(t, pdfOf(contents, "", "", nil), redact.Plan{Cuts: []redact.Cut{{Page: 1, Box: redact.Box{Left: 152, Top: 200, Right: 202, Bottom: 300}}}})
		if err != nil || r.Parts != 1 {
			t.Fatalf("%v %+v", err, r)
		}
		made = append(made, out)
	}
	if all := inside(made[0]); !strings.Contains(all, "(after ") || strings.Contains(all, "(Ko") {
		t.Fatalf("it does not cover what it should: %s", contentsOf(made[0]))
	}
	if !bytes.Equal(made[0], made[1]) {
		t.Errorf("they differ:\n%s\n%s", contentsOf(made[0]), contentsOf(made[1]))
	}
}

// contentsOf shows what is drawn.
func contentsOf(b []byte) string {
	all := inside(b)
	return all[max(0, strings.Index(all, "q\n")):min(len(all), 1500)]
}

// What lies in a box is gone, whatever it was; what lies beside it is not.
func TestBoxesAreGoneFromPDF(t *testing.T) {
	box := redact.Cut{Page: 1, Box: redact.Box{Left: 300, Top: 250, Right: 500, Bottom: 500}} // from 180,200 to 300,300 points
	const sign = "200.125 250.375"
	contents := "BT /F 12 Tf 50 250 Td (Left of it) Tj ET BT /F 12 Tf 200 280 Td (Secret name) Tj ET BT /F 12 Tf 320 250 Td (right of it) Tj ET " +
		"1 w 190.5 210.5 m " + sign + " l 260 220 270 290 280.125 255.625 c S 0.8 g 100 205 400 20 re f 0 G 100 290 m 500 290 l S 400 100 50 50 re f"
	out, r, err := taken(t, pdfOf(contents, "", "", nil), redact.Plan{Cuts: []redact.Cut{box}})
	if err != nil {
		t.Fatal(err)
	}
	gone(t, out, "Secret", "name")
	if r.Parts != 1 || len(r.Pages) != 0 {
		t.Errorf("%+v", r)
	}
	for _, number := range []string{"200.125", "250.375", "280.125", "255.625", "190.5"} {
		if strings.Contains(inside(out), number) {
			t.Errorf("the signature is left: %s", number)
		}
	}
	if text := textOf(t, out); !strings.Contains(text, "Left of it") || !strings.Contains(text, "right of it") {
		t.Errorf("%q", text)
	}
	m := page(t, out)
	for at, want := range map[image.Point]uint8{{X: 240, Y: 150}: 0, {X: 181, Y: 101}: 0, {X: 298, Y: 198}: 0, {X: 110, Y: 185}: 204, {X: 450, Y: 185}: 204, {X: 240, Y: 320}: 255, {X: 420, Y: 270}: 204} {
		if g := color.GrayModel.Convert(m.At(at.X, at.Y)).(color.Gray).Y; g != want {
			t.Errorf("at %v: %d, want %d", at, g, want)
		}
	}
}

// A box is where it is seen, whichever way the page is turned and cut.
func TestBoxesOfTurnedPages(t *testing.T) {
	for turn, box := range map[int]redact.Box{0: {Left: 0, Top: 0, Right: 500, Bottom: 500}, 90: {Left: 500, Top: 0, Right: 1000, Bottom: 500},
		180: {Left: 500, Top: 500, Right: 1000, Bottom: 1000}, 270: {Left: 0, Top: 500, Right: 500, Bottom: 1000}} {
		contents := "BT /F 12 Tf 120 300 Td (Secret) Tj ET BT /F 12 Tf 320 300 Td (Kept one) Tj ET BT /F 12 Tf 120 120 Td (Kept two) Tj ET"
		out, _, err := taken(t, pdfOf(contents, "", fmt.Sprintf("/CropBox[100 100 500 350]/Rotate %d", turn), nil), redact.Plan{Cuts: []redact.Cut{{Page: 1, Box: box}}})
		if err != nil {
			t.Fatal(err)
		}
		gone(t, out, "Secret")
		if !strings.Contains(inside(out), "Kept one") || !strings.Contains(inside(out), "Kept two") {
			t.Errorf("turned by %d: too much is gone", turn)
		}
		m := page(t, out)
		w, h := m.Bounds().Dx(), m.Bounds().Dy()
		if !black(m, (box.Left+box.Right)*w/2000, (box.Top+box.Bottom)*h/2000) || black(m, w-(box.Left+box.Right)*w/2000, h-(box.Top+box.Bottom)*h/2000) {
			t.Errorf("turned by %d: the bar is elsewhere", turn)
		}
	}
}

func black(m image.Image, x, y int) bool {
	return color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y < 10
}

// pictures of a face: red, at the top left, on blue.
func face(t *testing.T) (raw, photo []byte) {
	t.Helper()
	m := scene(64, 64)
	for y := range 64 {
		for x := range 64 {
			c := m.NRGBAAt(x, y)
			raw = append(raw, c.R, c.G, c.B)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return raw, b.Bytes()
}

// Pixels below a box are gone from the picture, which is seen on another page as it
// was.
func TestPixelsAreGoneFromPDF(t *testing.T) {
	raw, photo := face(t)
	packed := func(b []byte) string {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		_, _ = w.Write(b)
		_ = w.Close()
		return z.String()
	}
	head := "/Type/XObject/Subtype/Image/Width 64/Height 64/BitsPerComponent 8/ColorSpace/DeviceRGB"
	for name, picture := range map[string]string{
		"raw": stream(head+"/Filter/FlateDecode", packed(raw)), "JPEG": stream(head+"/Filter/DCTDecode", string(photo)),
		"with a mask": stream(head+"/SMask 7 0 R/Filter/FlateDecode", packed(raw)),
	} {
		t.Run(name, func(t *testing.T) {
			b := pdfOf("q 200 0 0 200 100 100 cm /X Do Q", "/XObject<</X 6 0 R>>", "", map[int]string{6: picture,
				7: stream("/Type/XObject/Subtype/Image/Width 64/Height 64/BitsPerComponent 8/ColorSpace/DeviceGray", strings.Repeat("\xff", 64*64))})
			out, r, err := taken(t, b, redact.Plan{Cuts: []redact.Cut{{Page: 1, Box: redact.Box{Left: 160, Top: 240, Right: 260, Bottom: 390}}}})
			if err != nil || len(r.Pages) > 0 {
				t.Fatalf("%v %+v", err, r)
			}
			m := bareImage(t, out)
			if n := red(m); n > 0 {
				t.Errorf("%d pixels of it are left", n)
			}
			if _, _, blue, _ := m.At(50, 50).RGBA(); blue < 0xe000 {
				t.Error("the rest changed")
			}
		})
	}
}

// A scanned page was read, and the words lie unseen over the picture: what goes is
// what the picture shows there.
func TestWordsOfScannedPages(t *testing.T) {
	raw, _ := face(t)
	b := pdfOf("q 200 0 0 200 100 100 cm /X Do Q BT /F 30 Tf 3 Tr 105 260 Td (Zoya) Tj ET BT /F 30 Tf 200 260 Td (was) Tj ET", "/XObject<</X 6 0 R>>", "", map[int]string{
		6: stream("/Type/XObject/Subtype/Image/Width 64/Height 64/BitsPerComponent 8/ColorSpace/DeviceRGB", string(raw))})
	out, r, err := taken(t, b, redact.Plan{Words: []string{"Zoya"}})
	if err != nil || r.Words["Zoya"] != 1 || !slices.Equal(r.Unread, []int{1}) {
		t.Fatalf("%v %+v", err, r)
	}
	gone(t, out, "Zoya")
	m := bareImage(t, out)
	for _, at := range []image.Point{{X: 2, Y: 8}, {X: 10, Y: 10}, {X: 15, Y: 14}} {
		if r, _, _, _ := m.At(at.X, at.Y).RGBA(); r > 0x1000 {
			t.Errorf("what stood there is seen at %v", at)
		}
	}
	if _, _, blue, _ := m.At(50, 50).RGBA(); blue < 0xe000 {
		t.Error("the rest changed")
	}
	if seen := page(t, out); !black(seen, 130, 125) || black(seen, 280, 125) {
		t.Error("the bar is elsewhere")
	}
}

// bareImage returns the first picture in a PDF, by itself.
func bareImage(t *testing.T, b []byte) image.Image {
	t.Helper()
	dir := t.TempDir()
	run(t, b, "pdfimages", "-png", "-f", "1", "-l", "1", "IN", dir+"/p")
	m, err := png.Decode(bytes.NewReader(run(t, nil, "cat", dir+"/p-000.png")))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Pages of which parts can't be taken out become pictures, with the box in them.
func TestPagesBecomePictures(t *testing.T) {
	pattern := stream("/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 600 400]/XStep 600/YStep 400/Resources<</Font<</F 5 0 R>>>>", "BT /F 12 Tf 200 280 Td (Secret name) Tj ET BT /F 12 Tf 20 20 Td (Kept) Tj ET")
	for name, c := range map[string]struct {
		contents string
		objects  map[int]string
	}{
		"a pattern": {"/Pattern cs /P scn 0 0 600 400 re f", map[int]string{6: pattern}},
		"a mask":    {"/G gs 0 g 0 0 600 400 re f", map[int]string{6: "<<>>"}},
		"a cut":     {"BT /F 12 Tf 7 Tr 200 280 Td (Secret name) Tj ET 0 0 600 400 re f", map[int]string{6: "<<>>"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := pdfOf(c.contents, "/Pattern<</P 6 0 R>>/ExtGState<</G<</SMask<</S/Luminosity/G 10 0 R>>>>>>", "", map[int]string{6: c.objects[6],
				10: stream("/Type/XObject/Subtype/Form/BBox[0 0 600 400]/Group<</S/Transparency/CS/DeviceGray>>/Resources<</Font<</F 5 0 R>>>>", "1 g BT /F 12 Tf 200 280 Td (Secret name) Tj ET")})
			out, r, err := taken(t, b, redact.Plan{Cuts: []redact.Cut{{Page: 1, Box: redact.Box{Left: 300, Top: 250, Right: 600, Bottom: 500}}}})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(r.Pages, []int{1}) {
				t.Errorf("%+v", r)
			}
			gone(t, out, "Secret", "name")
			if m := page(t, out); m.Bounds().Dx() < 590 || m.Bounds().Dx() > 610 || !black(m, 270, 150) || !black(m, 182, 102) || black(m, 100, 50) {
				t.Errorf("it does not look as it should: %v", m.Bounds())
			}
		})
	}
}

// A letter may be drawn beside its place. That something is left in a box is seen, and
// the page becomes a picture.
func TestAttackLettersBesideTheirPlace(t *testing.T) {
	b := pdfOf("BT /T 12 Tf 50 290 Td (a) Tj ET", "", "", map[int]string{
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R/Resources<</Font<</T 6 0 R>>>>>>",
		6: "<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[0.5]/Encoding<</Differences[97/a]>>/CharProcs<</a 7 0 R>>/Resources<<>>>>",
		7: stream("", "0.5 0 d0 14 -4 2 2 re f"),
	})
	out, r, err := taken(t, b, redact.Plan{Cuts: []redact.Cut{{Page: 1, Box: redact.Box{Left: 300, Top: 250, Right: 500, Bottom: 500}}}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Unproved {
		t.Skip("pdftoppm is not there, or can't be confined")
	}
	if !slices.Equal(r.Pages, []int{1}) || strings.Contains(inside(out), "14 -4") {
		t.Errorf("%+v", r)
	}
}

// Letters that say nothing can say in another place what they are; that goes with them.
func TestAttackWordsThatAreMarked(t *testing.T) {
	for name, p := range map[string]redact.Plan{
		"a word": {Words: []string{"Zoya"}},
		"a box":  {Cuts: []redact.Cut{{Page: 1, Box: redact.Box{Left: 50, Top: 200, Right: 100, Bottom: 300}}}}, // of which some letters stay
	} {
		b := pdfOf("BT /V 12 Tf 50 300 Td /Span <</ActualText(Zoya)>> BDC (ABCD) Tj EMC ET", "", "", map[int]string{
			3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R/Resources<</Font<</V 6 0 R>>>>>>",
			6: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 7 0 R>>",
			7: stream("", "1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <41> <44> <e000> endbfrange"),
		})
		out, _, err := taken(t, b, p)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(inside(out), "Zoya") {
			t.Errorf("%s: it is left", name)
		}
	}
}

// A report says where words were not looked for.
func TestPagesThatCantBeSearched(t *testing.T) {
	raw, _ := face(t)
	scan := pdfOf("q 200 0 0 200 100 100 cm /X Do Q", "/XObject<</X 6 0 R>>", "", map[int]string{
		6: stream("/Type/XObject/Subtype/Image/Width 64/Height 64/BitsPerComponent 8/ColorSpace/DeviceRGB", string(raw))})
	_, r, err := taken(t, scan, redact.Plan{Words: []string{"Zoya"}})
	if err != nil || !slices.Equal(r.Unread, []int{1}) || r.Words["Zoya"] != 0 {
		t.Errorf("a scan: %v %+v", err, r)
	}
	_, r, err = taken(t, way("plain"), redact.Plan{Words: []string{"Zoya", "nobody"}})
	if err != nil || len(r.Unread) > 0 || r.Words["nobody"] != 0 {
		t.Errorf("text: %v %+v", err, r)
	}
	if _, _, err := taken(t, []byte("%PDF-1.4\nbroken"), redact.Plan{Words: []string{"Zoya"}}); err == nil || errors.Is(err, redact.ErrNothing) {
		t.Errorf("a broken one: %v", err)
	}
}
