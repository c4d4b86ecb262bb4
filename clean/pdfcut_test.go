package clean_test

import (
	"errors"
	"strings"
	"testing"

	"habeas/clean"
)

// Letters that are gone are gone from every page that shares their form, and stay on
// those that are not cut.
func TestCutsStayOnTheirPage(t *testing.T) {
	b := pdfOf(map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R>>", 2: "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 5 0 R/Resources<</XObject<</X 6 0 R>>>>>>",
		4: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 5 0 R/Resources<</XObject<</X 6 0 R>>>>>>",
		5: streamOf("", "/X Do"), 6: streamOf("/Subtype/Form/BBox[0 0 200 200]/Resources<</Font<</F 7 0 R>>>>", "BT /F 12 Tf 20 150 Td (Head) Tj 0 -100 Td (Foot) Tj ET"),
		7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}, "/Root 1 0 R")
	out, _, done, err := clean.CutPDF(b, clean.Cuts{Areas: map[int][]clean.Area{2: {{0, 0, 1, 0.5}}}})
	if err != nil || len(done.Doubt) > 0 {
		t.Fatalf("%v %+v", err, done)
	}
	all := string(inside(out))
	if n := strings.Count(all, "(Head)"); n != 1 {
		t.Errorf("the head is there %d times", n)
	}
	if n := strings.Count(all, "(Foot)"); n != 2 {
		t.Errorf("the foot is there %d times: %s", n, all)
	}
	if _, _, _, err := clean.CutPDF(b, clean.Cuts{Areas: map[int][]clean.Area{3: {{0, 0, 1, 1}}}}); !errors.As(err, new(*clean.Refused)) {
		t.Errorf("a page that is not there: %v", err)
	}
	if _, _, _, err := clean.CutPDF([]byte("words"), clean.Cuts{}); !errors.As(err, new(*clean.Refused)) {
		t.Errorf("no PDF: %v", err)
	}
}

func FuzzCutPDF(f *testing.F) {
	for _, contents := range []string{
		"BT /F 12 Tf 20 20 Td (Zoya) Tj [(Vym) 3 (ysh)] TJ T* (x) ' 1 2 (y) \" ET 0 0 50 50 re f 9 9 m 5 5 6 6 7 7 c h B* W n",
		"q 2 0 0 2 0 0 cm /X Do Q BI /W 2 /H 2 /BPC 8 /CS /G ID abcd EI /P gs /S sh 1 w [3 1] 0 d 0 0 m 99 99 l S",
		"/Span <</ActualText(Zoya)>> BDC BT /F 0 Tf -1 0 0 1 5 5 Tm 7 Tr (a) Tj ET EMC 0 0 0 0 0 0 cm 1 1 1 1 re s",
	} {
		f.Add(contents, "Zoya", 0.1, 0.1, 0.9, 0.9)
	}
	f.Fuzz(func(t *testing.T, contents, word string, l, top, r, d float64) {
		b := simplePDF(contents, "/Font<</F 10 0 R>>/XObject<</X 11 0 R>>", map[int]string{10: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
			11: streamOf("/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray", "abcd")})
		out, _, done, err := clean.CutPDF(b, clean.Cuts{Areas: map[int][]clean.Area{1: {{l, top, r, d}}}, Words: []string{word}})
		if err != nil {
			return
		}
		if _, _, err := clean.Bytes(out); err != nil && len(done.Doubt) == 0 {
			t.Errorf("what was made can't be read: %v", err)
		}
	})
}
