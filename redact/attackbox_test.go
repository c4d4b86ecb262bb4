package redact_test

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"habeas/redact"
)

// boxedPages have a name, or ink, at 200 from the left and 120 from the top, of 600 by 400.
func boxedPages() map[string]inked {
	font := "/Resources<</Font<</F 5 0 R>>>>"
	name := "BT /F 12 Tf 200 280 Td (Zoya) Tj ET"
	return map[string]inked{
		"form twice":        {"/X Do q 1 0 0 1 0 -200 cm /X Do Q", map[int]string{12: stream("/Type/XObject/Subtype/Form/BBox[0 0 600 400]"+font, name)}},
		"half a letter":     {"BT /F 12 Tf 178 280 Td (Zoya) Tj 0 -200 Td (kept) Tj ET", nil},
		"annotation":        {"", map[int]string{18: "<</Type/Annot/Subtype/Stamp/Rect[200 270 260 300]/AP<</N 12 0 R>>/Contents(Zoya)>>", 12: stream("/Type/XObject/Subtype/Form/BBox[200 270 260 300]"+font, name)}},
		"note":              {"", map[int]string{18: "<</Type/Annot/Subtype/FreeText/Rect[200 270 260 300]/DA(/Helv 12 Tf)/Contents(Zoya)/RC(Zoya)>>"}},
		"field":             {"", map[int]string{18: "<</Type/Annot/Subtype/Widget/FT/Tx/T(Zoya)/V(Zoya)/DA(/Helv 12 Tf)/Rect[200 270 260 300]>>", 1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[18 0 R]/NeedAppearances true>>>>"}},
		"tagged":            {"/P <</MCID 0/ActualText(Zoya)/Alt(Zoya)/E(Zoya)>> BDC " + name + " EMC", nil},
		"tagged apart":      {"/P <</ActualText(Zoya)>> BDC EMC " + name, nil},
		"huge letter":       {"BT /F 900 Tf -200 -100 Td (Z) Tj ET", nil},
		"tall bracket":      {"BT /F 12 Tf 1 0 0 20 200 180 Tm (Zoya) Tj ET", nil},
		"outline of text":   {"2 w BT /F 12 Tf 1 Tr 200 280 Td (Zoya) Tj ET", nil},
		"thick outline":     {"90 w BT /F 12 Tf 1 Tr 200 200 Td (l) Tj ET", nil},
		"line with caps":    {"40 w 2 J 200 255 m 250 255 l S", nil},
		"mitre":             {"4 w 50 M 160 200 m 210 240 l 160 236 l S", nil},
		"curve":             {"q 0 0 1 rg 150 250 m 150 600 300 600 300 250 c f Q", nil},
		"clip by text":      {"q BT /F 12 Tf 7 Tr 200 280 Td (Zoya) Tj ET 0 0 600 400 re f Q", nil},
		"shading":           {"q 100 200 300 150 re W n /S sh Q", nil},
		"shading, patterns": {"/Pattern cs /P scn 100 200 300 150 re f", nil},
		"inline":            {"q 100 0 0 100 190 240 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x00\x10\x20\x30 EI Q", nil},
		"inline mask":       {"q 100 0 0 100 190 240 cm BI /W 8 /H 2 /IM true ID \x0f\xf0 EI Q", nil},
		"turned picture":    {"q 70 70 -70 70 240 220 cm /I Do Q", nil},
		"picture, mask":     {"q 200 0 0 200 150 200 cm /J Do Q", nil},
		"indexed":           {"q 200 0 0 200 150 200 cm /K Do Q", nil},
		"layer":             {"/OC /O BDC " + name + " EMC", nil},
		"type 3":            {"BT /T 1 Tf 0 0 Td (a) Tj ET", nil},
		"white on black":    {"0 g 190 270 80 40 re f 1 g " + name, nil},
		"dashes":            {"[3 2] 0 d 3 w 150 285 m 400 285 l S", nil},
		"many q":            {strings.Repeat("q ", 1200) + name, nil},
		"broken end":        {"BT /F 12 Tf 200 280 Td (Zoya) Tj", nil},
		"no BT":             {"/F 12 Tf 1 0 0 1 200 280 Tm (Zoya) Tj", nil},
		"nan":               {"q 1e38 0 0 1e38 0 0 cm Q BT /F 12 Tf 200 280 Td (Zoya) Tj ET", nil},
	}
}

// What lies in a box is not in the file, in whatever way it is drawn.
func TestAttackBoxes(t *testing.T) {
	font := "/Resources<</Font<</F 5 0 R>>>>"
	name := "BT /F 12 Tf 200 280 Td (Zoya) Tj ET"
	for what, c := range boxedPages() {
		for place, keys := range map[string]string{"": "", " turned": "/Rotate 90", " cropped": "/CropBox[100 100 500 390]/UserUnit 2/Rotate -180"} {
			if place != "" && !slices.Contains([]string{"annotation", "half a letter", "mitre", "turned picture", "inline mask"}, what) {
				continue // other pages differ in where the box is
			}
			t.Run(what+place, func(t *testing.T) {
				t.Parallel()
				objects := map[int]string{
					3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R/Annots[18 0 R]/Resources<</Pattern<</P 20 0 R>>/Shading<</S 21 0 R>>/XObject<</X 12 0 R/I 22 0 R/J 23 0 R/K 25 0 R>>" +
						"/Properties<</O 26 0 R>>/Font<</F 5 0 R/T 14 0 R>>>>" + keys + ">>",
					11: stream("", "600 0 d0 "+name),
					12: stream("/Type/XObject/Subtype/Form/BBox[0 0 1 1]", ""),
					14: "<</Type/Font/Subtype/Type3/FontBBox[0 0 600 400]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[600]/Encoding<</Differences[97/a]>>/CharProcs<</a 11 0 R>>" + font + ">>",
					18: "<</Type/Annot/Subtype/Popup/Rect[0 0 1 1]>>",
					20: "<</Type/Pattern/PatternType 2/Shading 21 0 R>>",
					21: "<</ShadingType 2/ColorSpace/DeviceGray/Coords[100 0 400 0]/Extend[true true]/Function<</FunctionType 2/N 1/Domain[0 1]/C0[0]/C1[0.6]>>>>",
					22: stream("/Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray", "\x00\x10\x20\x30"),
					23: stream("/Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray/Decode[1 0]/SMask 24 0 R", "\xff\xf0\xe0\xd0"),
					24: stream("/Type/XObject/Subtype/Image/Width 4/Height 4/BitsPerComponent 8/ColorSpace/DeviceGray", strings.Repeat("\xff", 16)),
					25: stream("/Type/XObject/Subtype/Image/Width 8/Height 2/BitsPerComponent 1/ColorSpace[/Indexed/DeviceRGB 1<000000402010>]", "\x55\xaa"),
					26: "<</Type/OCG/Name(Zoya)>>",
				}
				maps.Copy(objects, c.objects)
				// 190 to 270 from the left and 80 to 160 from the top, of 600 by 400
				box := redact.Box{Left: 316, Top: 200, Right: 450, Bottom: 400}
				switch place {
				case " turned":
					box = redact.Box{Left: 600, Top: 316, Right: 800, Bottom: 450}
				case " cropped": // 400 by 290, upside down
					box = redact.Box{Left: 575, Top: 484, Right: 775, Bottom: 760}
				}
				b := pdfOf(c.contents, "", "", objects)
				out, r, err := taken(t, b, redact.Plan{Cuts: []redact.Cut{{Page: 1, Box: box}}})
				if err != nil {
					t.Fatal(err)
				}
				if what != "form twice" { // the other is elsewhere
					if strings.Contains(string(out)+inside(out), "Zoya") {
						t.Error("it is left")
					}
				}
				blackOrWhite(t, out, box, r.Pages == nil)
			})
		}
	}
}

var bars = regexp.MustCompile(`(?s)Q\nq\n0 g\n.*?f\nQ\n`)

// blackOrWhite looks at a box of a page as it is drawn, or as it is without bars: it is
// black, and below it nothing is but paper, or black where pixels of a picture were.
func blackOrWhite(t *testing.T, b []byte, box redact.Box, bare bool) {
	t.Helper()
	if bare {
		b = run(t, b, "qpdf", "--qdf", "--object-streams=disable", "IN", "-")
		found := false
		b = bars.ReplaceAllFunc(b, func(s []byte) []byte {
			found = true
			return append([]byte("Q"), bytes.Repeat([]byte(" "), len(s)-1)...)
		})
		if !found {
			t.Fatal("no bars")
		}
	}
	m := page(t, b)
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	for y := box.Top*h/1000 + 2; y < box.Bottom*h/1000-2; y++ {
		for x := box.Left*w/1000 + 2; x < box.Right*w/1000-2; x++ {
			if r, _, _, _ := m.At(x, y).RGBA(); r > 0x1000 && (!bare || r < 0xf000) {
				t.Fatalf("seen at %d %d, without bars %v", x, y, bare)
			}
		}
	}
}
