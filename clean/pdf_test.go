package clean_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"habeas/clean"
)

// pdfOf writes a PDF of objects and a trailer, in the old way.
func pdfOf(objects map[int]string, trailer string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	at := map[int]int{}
	for _, n := range slices.Sorted(maps.Keys(objects)) {
		at[n] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, objects[n])
	}
	xref := b.Len()
	b.WriteString("xref\n0 1\n0000000000 65535 f \n")
	for _, n := range slices.Sorted(maps.Keys(objects)) {
		fmt.Fprintf(&b, "%d 1\n%010d 00000 n \n", n, at[n])
	}
	fmt.Fprintf(&b, "trailer\n<<%s>>\nstartxref\n%d\n%%%%EOF\n", trailer, xref)
	return b.Bytes()
}

// streamOf is a stream with keys in its dictionary.
func streamOf(keys, body string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", keys, len(body), body)
}

func deflated(s string) string {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write([]byte(s))
	w.Close()
	return z.String()
}

var aStream = regexp.MustCompile(`(?s)stream\r?\n(.*?)endstream`)

// inside returns a PDF with its streams unpacked.
func inside(b []byte) []byte {
	return aStream.ReplaceAllFunc(b, func(s []byte) []byte {
		z, err := zlib.NewReader(bytes.NewReader(aStream.FindSubmatch(s)[1]))
		if err != nil {
			return s
		}
		out, _ := io.ReadAll(z)
		return out
	})
}

// cleanedPDF is cleaned, and looks into the streams.
func cleanedPDF(t *testing.T, b []byte) (string, *clean.Report) {
	t.Helper()
	out, report := cleaned(t, b, "pdf")
	all := inside(out)
	if left := leaks(all); len(left) > 0 {
		t.Errorf("left in it: %v\n%s", left, all)
	}
	for _, word := range []string{"/Info", "/ID", "/Metadata", "/Names", "/OCProperties", "/OCGs", "/JavaScript", "/OpenAction", "/AA", "/Thumb", "/PieceInfo",
		"/StructTreeRoot", "/Outlines", "/AcroForm", "/EmbeddedFile", "/Filespec", "/MCID", "/Alternates", "/Prev", "/LastModified"} {
		if regexp.MustCompile(word + `[^A-Za-z]`).Match(all) {
			t.Errorf("%s is left: %s", word, all)
		}
	}
	return string(all), report
}

// dirtyPDF is a page with tokens wherever something is not seen.
func dirtyPDF(t *testing.T) map[int]string {
	_, photo := dirtyJPEG(t, 1)
	n := 100
	next := func() string { n++; return token(n) }
	wide := func() string {
		var b strings.Builder
		b.WriteString("<feff")
		for _, c := range next() {
			fmt.Fprintf(&b, "%04x", c)
		}
		return b.String() + ">"
	}
	page := `q /GS` + token(60) + ` gs BT /Font` + token(61) + ` 12 Tf 50 700 Td (Seen words) Tj 0 -20 Td [(Seen) -250 (again)] TJ ET Q % ` + next() + `
BT /Font` + token(61) + ` 12 Tf 3 Tr 50 600 Td (` + next() + `) Tj 0 Tr ( seen after) Tj ET
BT /Font` + token(61) + ` 12 Tf -900 600 Td (` + next() + `) Tj 0 900 Td (` + next() + `) Tj ET
BT /Font` + token(61) + ` 12 Tf 650 100 Td (` + next() + `) Tj ET
q 0 0 10 10 re W n BT /Font` + token(61) + ` 12 Tf 300 300 Td (` + next() + `) Tj ET Q
/Span <</ActualText (` + next() + `) /Alt (` + next() + `) /E (` + next() + `) /MCID 0>> BDC BT /Font` + token(61) + ` 12 Tf 50 550 Td (seen mark) Tj ET EMC
/` + next() + ` BMC EMC /P /Props BDC EMC /X (` + next() + `) MP /X <</A (` + next() + `)>> DP
/OC /Layer BDC BT /Font` + token(61) + ` 12 Tf 50 500 Td (` + next() + `) Tj ET q 100 0 0 100 0 0 cm /Form2 Do Q EMC
q BT /Font` + token(61) + ` 12 Tf 7 Tr 50 450 Td (` + next() + `) Tj ET Q
/Clear gs BT /Font` + token(61) + ` 12 Tf 50 400 Td (` + next() + `) Tj ET /Solid gs
(` + next() + `) 1 0 0 rg (` + next() + `) unknown
q 100 0 0 100 300 300 cm /Photo` + token(62) + ` Do Q q 50 0 0 50 300 100 cm /Raw Do Q /Form1 Do /Form3 Do
q 10 0 0 10 0 0 cm BI /W 2 /H 2 /BPC 8 /CS /G /Note (` + next() + `) ID abcd EI Q
/Sep` + token(63) + ` cs 0.5 scn 10 10 5 5 re f /Pat scn /Pattern cs /P1 scn 20 20 30 30 re f`
	objects := map[int]string{
		1: `<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(` + next() + `) 30 0 R]>>/JavaScript<</Names[(x) 31 0 R]>>>>/OpenAction 31 0 R
/AA<</WC 31 0 R>>/Metadata 32 0 R/Outlines 33 0 R/StructTreeRoot 34 0 R/PieceInfo<</A<</Private(` + next() + `)>>>>/Lang(` + next() + `)
/PageLabels<</Nums[0<</P(` + next() + `)>>]>>/OCProperties<</OCGs[40 0 R 41 0 R]/D<</OFF[40 0 R]/Name(` + next() + `)>>>>/AcroForm<</Fields[50 0 R]/DA(` + next() + `)>>
/Perms<<>>/Collection<</X(` + next() + `)>>/Dests<</` + next() + `[3 0 R /Fit]>>/Threads[]/ViewerPreferences<</X(` + next() + `)>>>>`,
		2: `<</Type/Pages/Kids[3 0 R]/Count 1/` + next() + ` (x)>>`,
		3: `<</Type/Page/Parent 2 0 R/MediaBox[0 0 1000 1000]/CropBox[0 0 600 800]/Contents[4 0 R 5 0 R]/Resources 6 0 R/Thumb 20 0 R/Metadata 32 0 R
/PieceInfo<</A<</Private(` + next() + `)>>>>/AA<</O 31 0 R>>/LastModified(` + next() + `)/ID(` + next() + `)/Group<</S/Transparency/CS/DeviceRGB/X(` + next() + `)>>
/Annots[50 0 R 51 0 R 52 0 R 53 0 R 54 0 R]/StructParents 0/AF[30 0 R]/B[]>>`,
		4: streamOf("/Filter/FlateDecode/Note("+next()+")", deflated(page)),
		5: streamOf("", "BT /Font"+token(61)+" 12 Tf 50 350 Td (seen second part) Tj ET"),
		6: `<</Font<</Font` + token(61) + ` 7 0 R/Unused` + next() + ` 8 0 R>>/XObject<</Photo` + token(62) + ` 10 0 R/Raw 11 0 R/Form1 12 0 R/Form2 13 0 R/Form3 14 0 R/Gone 15 0 R>>
/ExtGState<</GS` + token(60) + `<</CA 1/X(` + next() + `)>>/Clear<</ca 0>>/Solid<</ca 1>>>>/Properties<</Layer 40 0 R/Props<</X(` + next() + `)>>>>
/ColorSpace<</Sep` + token(63) + `[/Separation/` + next() + `/DeviceRGB 16 0 R]>>/Pattern<</P1 17 0 R>>/ProcSet[/` + next() + `]>>`,
		7: `<</Type/Font/Subtype/TrueType/Name/` + next() + `/BaseFont/` + next() + `/FontDescriptor 9 0 R/FirstChar 32/LastChar 32/Widths[500]/ToUnicode 18 0 R
/Encoding<</Type/Encoding/BaseEncoding/WinAnsiEncoding/Differences[1/` + next() + ` 200/` + next() + `]>>>>`,
		8:  `<</Type/Font/Subtype/Type1/BaseFont/` + next() + `>>`,
		9:  `<</Type/FontDescriptor/FontName/` + next() + `/FontFamily(` + next() + `)/CharSet(` + next() + `)/Style<</X(` + next() + `)>>/Flags 32/Ascent 900>>`,
		10: streamOf(`/Type/XObject/Subtype/Image/Width 64/Height 48/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Metadata 32 0 R/Name/`+next()+`/Alternates[<</Image 20 0 R>>]/OPI<</X(`+next()+`)>>`, string(photo)),
		11: streamOf(`/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace[/ICCBased 19 0 R]/BitsPerComponent 8/Filter/FlateDecode/X(`+next()+`)`, deflated("abcdefghijkl"+next())),
		12: streamOf(`/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources 6 0 R/PieceInfo<</A(`+next()+`)>>/LastModified(`+next()+`)/Ref<</F(`+next()+`)>>`,
			"BT /Font"+token(61)+" 10 Tf 50 250 Td (seen in form) Tj 3 Tr ("+next()+") Tj ET"),
		13: streamOf(`/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources 6 0 R`, "BT /Font"+token(61)+" 10 Tf 5 5 Td ("+next()+") Tj ET"),
		14: streamOf(`/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources 6 0 R/OC 40 0 R`, "BT /Font"+token(61)+" 10 Tf 5 5 Td ("+next()+") Tj ET"),
		15: streamOf(`/Type/XObject/Subtype/Form/BBox[0 0 600 800]`, "("+next()+") Tj"),
		16: streamOf(`/FunctionType 4/Domain[0 1]/Range[0 1 0 1 0 1]/X(`+next()+`)`, "{ dup dup % "+next()+"\n /"+next()+" pop pop }"),
		17: streamOf(`/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 5 5]/XStep 5/YStep 5/Resources 6 0 R/X(`+next()+`)`, "0 0 2 2 re f % "+next()),
		18: streamOf(``, "/CIDInit /ProcSet findresource begin % "+next()+"\nbegincmap /CMapName /"+next()+" def 1 begincodespacerange <00> <ff> endcodespacerange\n"+
			"2 beginbfchar <53> <0053> <f0> "+wide()+" endbfchar endcmap ("+next()+")"),
		19: streamOf(`/N 3/X(`+next()+`)`, "profile "+next()),
		20: streamOf(`/Width 1/Height 1/ColorSpace/DeviceRGB/BitsPerComponent 8`, next()),
		30: `<</Type/Filespec/F(` + next() + `)/UF` + wide() + `/EF<</F 35 0 R>>>>`,
		31: `<</S/JavaScript/JS(` + next() + `)>>`,
		32: streamOf(`/Type/Metadata/Subtype/XML`, "<x>"+next()+"</x>"),
		33: `<</First<</Title(` + next() + `)/Dest[3 0 R/Fit]>>>>`,
		34: `<</Type/StructTreeRoot/K<</S/P/ActualText(` + next() + `)/Alt` + wide() + `>>>>`,
		35: streamOf(`/Type/EmbeddedFile`, next()),
		40: `<</Type/OCG/Name(` + next() + `)>>`,
		41: `<</Type/OCG/Name(` + next() + `)>>`,
		50: `<</Type/Annot/Subtype/Widget/FT/Tx/T(` + next() + `)/TU(` + next() + `)/V(Seen field)/Rect[50 150 200 170]/F 4/AP<</N 55 0 R/D 56 0 R>>/MK<</CA(` + next() + `)>>>>`,
		51: `<</Type/Annot/Subtype/Text/Contents(` + next() + `)/T(` + next() + `)/Rect[0 0 9 9]/AP<</N 56 0 R>>>>`,
		52: `<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/Border[0 0 0]/Contents(` + next() + `)/NM(` + next() + `)/A<</S/URI/URI(https://seen.example/x)/Next 31 0 R>>>>`,
		53: `<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/Border[0 0 0]/A<</S/Launch/F(` + next() + `)>>>>`,
		54: `<</Type/Annot/Subtype/FreeText/F 2/Rect[0 0 9 9]/Contents(` + next() + `)/AP<</N 56 0 R>>>>`,
		55: streamOf(`/Subtype/Form/BBox[0 0 150 20]/Resources 6 0 R`, `/Tx BMC BT /Font`+token(61)+` 10 Tf 2 5 Td (Seen field) Tj ET EMC`),
		56: streamOf(`/Subtype/Form/BBox[0 0 150 20]/Resources 6 0 R`, `BT /Font`+token(61)+` 10 Tf 2 5 Td (`+next()+`) Tj ET`),
		60: `(` + next() + `)`,
		70: `<</Title(` + next() + `)/Author` + wide() + `/` + next() + `(x)>>`,
	}
	return objects
}

func TestPDF(t *testing.T) {
	objects := dirtyPDF(t)
	plain := pdfOf(objects, `/Size 80/Root 1 0 R/Info 70 0 R/ID[(`+token(50)+`)(`+token(51)+`)]`)
	older := bytes.Clone(plain)
	older = bytes.Replace(older, []byte("seen second part"), []byte(token(52)[:16]), 1)
	revised := append(older, fmt.Sprintf("%%%s\n5 0 obj\n%s\nendobj\nxref\n5 1\n%010d 00000 n \ntrailer\n<</Size 80/Root 1 0 R/Info 70 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n%s",
		token(53), objects[5], len(older)+len(token(53))+2, bytes.LastIndex(older, []byte("xref\n0 1")), len(older)+len(token(53))+2+len("5 0 obj\n\nendobj\n")+len(objects[5]), token(54))...)
	broken := bytes.Replace(plain, []byte("startxref\n"), []byte("startxref\n9"), 1)
	for name, b := range map[string][]byte{"plain": plain, "revised": revised, "broken table": broken, "something before": append([]byte("x "+token(55)+"\n"), plain...)} {
		t.Run(name, func(t *testing.T) {
			if n := len(leaks(inside(b))); n < 100 {
				t.Fatalf("only %d tokens are hidden", n)
			}
			all, report := cleanedPDF(t, b)
			for _, seen := range []string{"(Seen words)", "(Seen)", "(again)", "( seen after)", "(seen mark)", "(seen second part)", "(seen in form)",
				"(Seen field)", "https://seen.example/x", "/DCTDecode", "/Separation", "/PatternType"} {
				if !strings.Contains(all, seen) {
					t.Errorf("%s is gone", seen)
				}
			}
			if strings.Contains(all, token(52)[:16]) {
				t.Error("an earlier revision is left")
			}
			words := fmt.Sprint(report.Removed)
			for _, want := range []string{"Info: Title", "XMP", "text that is not drawn", "text outside", "hidden layer", "transparent", "GPSDateStamp", "Widget", "bookmarks"} {
				if !strings.Contains(words, want) {
					t.Errorf("does not say that it left out %s: %s", want, words)
				}
			}
		})
	}
}

// simplePDF is one page with contents, and further objects from 10 on.
func simplePDF(contents, resources string, more map[int]string) []byte {
	objects := map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R>>", 2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<<" + resources + ">>>>", 4: streamOf("", contents),
	}
	maps.Copy(objects, more)
	return pdfOf(objects, "/Root 1 0 R")
}

func TestPDFRefused(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	bomb := simplePDF("", "/XObject<</X 10 0 R>>", map[int]string{4: streamOf("/Filter[/Fl/Fl]", deflated(deflated(strings.Repeat("\x00", 300<<20))))})
	for name, c := range map[string]struct {
		b    []byte
		want clean.Reason
	}{
		"encrypted": {pdfOf(map[int]string{1: "<</Pages 2 0 R>>", 2: "<</Kids[]>>", 3: "<</Filter/Standard>>"}, "/Root 1 0 R/Encrypt 3 0 R"), clean.Encrypted},
		"no page":   {pdfOf(map[int]string{1: "<</Pages 2 0 R>>", 2: "<</Kids[]>>"}, "/Root 1 0 R"), clean.Broken},
		"nothing":   {[]byte("%PDF-1.4\n" + deep), clean.Broken},
		"a bomb":    {bomb, clean.Large},
	} {
		_, _, err := clean.Bytes(c.b)
		if r, ok := errors.AsType[*clean.Refused](err); !ok || r.Reason != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// Forms that show themselves, pages that are their own parents and such end.
func TestPDFInCircles(t *testing.T) {
	form := func(body string) string {
		return streamOf("/Subtype/Form/BBox[0 0 200 200]/Resources<</XObject<</A 10 0 R/B 11 0 R>>/Pattern<</P 12 0 R>>/ColorSpace<</C 13 0 R>>>>", body)
	}
	b := simplePDF("/A Do /P scn /C cs /G gs", "/XObject<</A 10 0 R/B 11 0 R>>/Pattern<</P 12 0 R>>/ColorSpace<</C 13 0 R>>/ExtGState<</G 15 0 R>>", map[int]string{
		2: "<</Kids[3 0 R 2 0 R 3 0 R]/Parent 2 0 R>>", 10: form("/B Do /B Do /A Do"), 11: form("/A Do /B Do /P scn"),
		12: streamOf("/PatternType 1/BBox[0 0 9 9]/XStep 9/YStep 9/Resources<</Pattern<</P 12 0 R>>/XObject<</A 10 0 R>>>>", "/P scn /A Do"),
		13: "[/Indexed 13 0 R 1 <00>]", 14: "14 0 R", 15: "<</SMask<</S/Alpha/G 10 0 R>>/Font[14 0 R 1]>>",
	})
	if _, _, err := clean.Bytes(b); err != nil {
		t.Error(err)
	}
}

func FuzzPDF(f *testing.F) {
	f.Add(simplePDF("BT /F 9 Tf (abc) Tj ET /X Do", "/Font<</F<</Subtype/Type1/BaseFont/Times-Roman>>>>/XObject<</X 10 0 R>>", map[int]string{
		10: streamOf("/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/ASCIIHexDecode", "00112233>")}))
	f.Add(simplePDF("q BI /W 9 /H 2 /IM true ID abcd EI Q /OC /L BDC (x) ' EMC", "", nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		out, _, err := clean.Bytes(b)
		if err != nil || !bytes.HasPrefix(out, []byte("%PDF-")) {
			return
		}
		again, more, err := clean.Bytes(out)
		if err != nil || !bytes.Equal(again, out) || len(more.Removed) > 0 {
			t.Errorf("%q is cleaned to %q, and that to %q, %+v, %v", b, out, again, more, err)
		}
	})
}
