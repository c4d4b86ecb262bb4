package redact_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"habeas/redact"
)

// An inked page has contents, and objects of its own.
type inked struct {
	contents string
	objects  map[int]string
}

func wordsInInk() map[string]inked {
	text := "BT /F 12 Tf 200 280 Td (Zoya) Tj ET"
	font := "/Resources<</Font<</F 5 0 R>>>>"
	return map[string]inked{
		"pattern":          {"/Pattern cs /P scn 0 0 600 400 re f", map[int]string{6: stream("/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 600 400]/XStep 600/YStep 400"+font, text)}},
		"pattern of lines": {"/Pattern CS /P SCN 400 w 0 200 m 600 200 l S", map[int]string{6: stream("/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 600 400]/XStep 600/YStep 400"+font, text)}},
		"pattern of text":  {"/Pattern cs /P scn BT /F 900 Tf 0 0 Td (M) Tj ET", map[int]string{6: stream("/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 600 400]/XStep 600/YStep 400"+font, text)}},
		"mask":             {"q /G gs 0 g 0 0 600 400 re f Q", map[int]string{10: stream("/Type/XObject/Subtype/Form/BBox[0 0 600 400]/Group<</S/Transparency/CS/DeviceGray>>"+font, "1 g "+text)}},
		"glyph":            {"BT /T 1 Tf 0 0 Td (a) Tj ET", map[int]string{11: stream("", "600 0 d0 "+text)}},
		"stencil text":     {"q BT /F 12 Tf 7 Tr 200 280 Td (Zoya) Tj ET 0 0 600 400 re f Q", nil},
		"form in form":     {"/X Do", map[int]string{12: stream("/Type/XObject/Subtype/Form/BBox[0 0 600 400]/Resources<</XObject<</Y 13 0 R>>>>", "q 1 0 0 -1 0 400 cm /Y Do Q"), 13: stream("/Type/XObject/Subtype/Form/BBox[0 0 600 400]"+font, text)}},
		"form, split":      {"BT /F 12 Tf 50 200 Td (Zo) Tj ET /X Do", map[int]string{12: stream("/Type/XObject/Subtype/Form/BBox[0 0 600 400]"+font, "BT /F 12 Tf 64 200 Td (ya) Tj ET")}},
		"drop capital":     {"BT /F 36 Tf 50 200 Td (Z) Tj /F 12 Tf 24 16 Td (oya) Tj ET", nil},
		"raised":           {"BT /F 12 Tf 50 200 Td (Z) Tj 6 Ts (o) Tj -6 Ts (y) Tj 0 Ts (a) Tj ET", nil},
		"on a bow":         {"BT /F 12 Tf 1 0 0 1 50 200 Tm (Z) Tj .95 .3 -.3 .95 58 202 Tm (o) Tj .8 .6 -.6 .8 64 206 Tm (y) Tj .3 .95 -.95 .3 68 212 Tm (a) Tj ET", nil},
		"each line":        {"BT /F 12 Tf 50 200 Td (Z) Tj 0 -14 Td (o) Tj 0 -14 Td (y) Tj 0 -14 Td (a) Tj ET", nil},
		"backwards":        {"BT /F 12 Tf 80 200 Td (a) Tj -8 0 Td (y) Tj -8 0 Td (o) Tj -9 0 Td (Z) Tj ET", nil},
		"mirrored":         {"BT /F 12 Tf -1 0 0 1 300 200 Tm (Zoya) Tj ET", nil},
		"negative size":    {"BT /F -12 Tf 300 200 Td (Zoya) Tj ET", nil},
		"negative scale":   {"BT /F 12 Tf -100 Tz 300 200 Td (Zoya) Tj ET", nil},
		"octal":            {"BT /F 12 Tf 50 200 Td (\\132\\157\\\n\\171a) Tj ET", nil},
		"quotes":           {"BT /F 12 Tf 14 TL 50 200 Td 3 2 (Zoya) \" ET", nil},
		"under ligature":   {"BT /L 12 Tf 50 200 Td (AB) Tj ET", nil},
		"crop":             {"BT /F 12 Tf 50 200 Td (Zoya) Tj ET", map[int]string{3: "CROP"}},
		"clipped part":     {"q 50 190 20 30 re W n BT /F 12 Tf 50 200 Td (Zoya) Tj ET Q q 70 190 60 30 re W n BT /F 12 Tf 50 200 Td (Zoya) Tj ET Q", nil},
		"double":           {"BT /F 12 Tf 50 200 Td [(Z) 590 (Z) (o) 530 (o) (y) 480 (y) (a) 530 (a)] TJ ET", nil},
		"bold twice":       {"BT /F 12 Tf 50 200 Td (Z) Tj ET BT /F 12 Tf 50.3 200 Td (Z) Tj ET BT /F 12 Tf 57.3 200 Td (oya) Tj ET BT /F 12 Tf 57.6 200 Td (oya) Tj ET", nil},
	}
}

// A word in what pages are drawn with besides their contents goes, or the report says
// that the page was not searched.
func TestAttackWordsInInk(t *testing.T) {
	const plain = "BT /F 12 Tf 50 300 Td (Before Zoya after) Tj ET "
	font := "/Resources<</Font<</F 5 0 R>>>>"
	for name, c := range wordsInInk() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resources := "/Pattern<</P 6 0 R>>/ExtGState<</G<</SMask<</S/Luminosity/G 10 0 R>>>>>>/XObject<</X 12 0 R>>/Font<</F 5 0 R/T 14 0 R/L 15 0 R>>"
			objects := map[int]string{
				14: "<</Type/Font/Subtype/Type3/FontBBox[0 0 600 400]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[600]/Encoding<</Differences[97/a]>>/CharProcs<</a 11 0 R>>" + font + "/ToUnicode 16 0 R>>",
				15: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 17 0 R>>",
				16: stream("", "1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <61> <0061> endbfchar"),
				17: stream("", "1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfchar <41> <005a006f> <42> <00790061> endbfchar"),
			}
			maps.Copy(objects, c.objects)
			crop := ""
			if objects[3] == "CROP" {
				crop = "/CropBox[10 10 500 390]/Rotate 450/UserUnit 2"
			}
			objects[3] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R/Resources<<" + resources + ">>" + crop + ">>"
			b := pdfOf(plain+c.contents, "", "", objects)
			out, r, err := taken(t, b, redact.Plan{Words: []string{"Zoya"}})
			if err != nil {
				t.Fatal(err)
			}
			unsearched := strings.HasPrefix(name, "pattern") || name == "mask" || name == "glyph"
			if unsearched != (len(r.Unread) > 0) {
				t.Errorf("not searched: %v", r.Unread)
			}
			if unsearched {
				return
			}
			gone(t, out, "Zoya", "Zo", "oya")
			if left := strings.Join(strings.Fields(textOf(t, out)), ""); !slices.Contains([]string{"Beforeafter", ""}, left) {
				t.Errorf("left: %q", left)
			}
			if r.Words["Zoya"] < 2 {
				t.Errorf("the report says %v", r.Words)
			}
		})
	}
}

// Of a page that became a picture the report says as much as of another: how often
// words were found, and that there are pictures on it in which there may be more.
func TestAttackPicturesOfPagesAreSearched(t *testing.T) {
	raw, _ := face(t)
	b := pdfOf("q 200 0 0 200 100 100 cm /X Do Q BT /F 12 Tf -100 Tz 300 350 Td (Zoya) Tj ET", "/XObject<</X 6 0 R>>", "", map[int]string{
		6: stream("/Type/XObject/Subtype/Image/Width 64/Height 64/BitsPerComponent 8/ColorSpace/DeviceRGB", string(raw))})
	_, r, err := taken(t, b, redact.Plan{Words: []string{"Zoya"}})
	if err != nil || !slices.Equal(r.Pages, []int{1}) || !slices.Equal(r.Unread, []int{1}) || r.Words["Zoya"] != 1 {
		t.Errorf("%v %+v", err, r)
	}
}

// Arabic is found whichever way its letters stand in the file: with a glyph of two
// letters, which has them in their order, marks, and a word that is drawn out.
func TestAttackArabicLigature(t *testing.T) {
	codes := map[byte]string{'a': "0639", 'b': "06440627", 'c': "0621", 'd': "0640", 'e': "0644", 'f': "0627", 'm': "0627062706440639", 'h': "0647", 'j': "062c"}
	var m strings.Builder
	for code, text := range codes {
		fmt.Fprintf(&m, "<%02x> <%s>\n", code, text)
	}
	for name, shown := range map[string]string{"as seen": "cba", "as read": "abc", "drawn out": "cfdea", "by letters": "cfea"} {
		b := pdfOf("BT /F 12 Tf 50 200 Td (hjh) Tj ET BT /A 12 Tf 100 300 Td ("+shown+") Tj ET", "", "", map[int]string{
			3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R/Resources<</Font<</A 6 0 R/F 5 0 R>>>>>>",
			6: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 7 0 R>>",
			7: stream("", fmt.Sprintf("1 begincodespacerange <00> <ff> endcodespacerange %d beginbfchar %s endbfchar", len(codes), m.String())),
		})
		out, r, err := taken(t, b, redact.Plan{Words: []string{"\u0639\u0644\u0627\u0621"}})
		if err != nil {
			t.Fatal(err)
		}
		if left := strings.TrimSpace(textOf(t, out)); left != "hjh" || len(r.Unread) > 0 {
			t.Errorf("%s: left %q, %+v", name, left, r)
		}
	}
}
