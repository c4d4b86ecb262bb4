package clean_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"habeas/clean"
)

// crypt does, or undoes, the encryption of Type 1 fonts.
func crypt(b []byte, undo bool) []byte {
	out, r := make([]byte, len(b)), uint16(55665)
	for i, c := range b {
		out[i] = c ^ byte(r>>8)
		if undo {
			r = (uint16(c)+r)*52845 + 22719
		} else {
			r = (uint16(out[i])+r)*52845 + 22719
		}
	}
	return out
}

func type1Font(first int) string {
	clear := "%!PS-AdobeFont-1.0: " + token(first) + "\n% " + token(first+1) + "\n/FontInfo 9 dict dup begin /Notice (" + token(first+2) + " \\) (x)) def end def\n" +
		"/FontName /" + token(first+3) + " def /FontMatrix [.001 0 0 .001 0 0] def currentfile eexec\n"
	secret := "abcddup /Private 3 dict dup begin % " + token(first+4) + "\n/Author (" + token(first+5) + ") def 2 index /CharStrings 1 dict dup begin\n/S 5 RD %(%)( ND end mark currentfile closefile\n" + token(first+6)
	return clear + string(crypt([]byte(secret), false)) + strings.Repeat("0", 512) + " cleartomark % " + token(first+7)
}

func trueTypeFont(first int) string {
	be := binary.BigEndian
	tables := map[string]string{"name": token(first), "DSIG": token(first + 1), "meta": token(first + 2), "glyf": "\x00\x00", "loca": "\x00\x00\x00\x00",
		"head": strings.Repeat("\x00", 54), "OS/2": token(first + 3),
		"post": "\x00\x02\x00\x00" + strings.Repeat("\x00", 28) + "\x00\x02\x00\x00\x01\x02" + string(rune(len(token(first+4)))) + token(first+4)}
	names := []string{"DSIG", "OS/2", "glyf", "head", "loca", "meta", "name", "post"}
	out := be.AppendUint16([]byte("\x00\x01\x00\x00"), uint16(len(names)))
	out = append(out, 0, 0, 0, 0, 0, 0)
	at := 12 + 16*len(names)
	var body []byte
	for _, n := range names {
		out = append(append(out, n...), 0, 0, 0, 0)
		out = be.AppendUint32(be.AppendUint32(out, uint32(at+len(body))), uint32(len(tables[n])))
		body = append(append(body, tables[n]...), token(first+5)...) // and what no table has
	}
	return string(append(out, body...))
}

func cffFont(first int) string {
	index := func(items ...string) string {
		out := []byte{0, byte(len(items)), 2, 0, 1}
		at := 1
		for _, s := range items {
			at += len(s)
			out = append(out, byte(at>>8), byte(at))
		}
		return string(out) + strings.Join(items, "")
	}
	number := func(n int) string { return string([]byte{28, byte(n >> 8), byte(n)}) }
	strs := index(token(first), token(first+1), "goodglyph", token(first+2))
	names := index(token(first + 3))
	top := func(charset, glyphs int) string {
		return index(number(391) + "\x01" + number(392) + "\x02" + number(charset) + "\x0f" + number(glyphs) + "\x11")
	}
	base := 4 + len(names) + len(top(0, 0)) + len(strs) + 2
	glyphs := index("\x0e", "\x0e", "\x0e")
	return "\x01\x00\x04\x02" + names + top(base+len(glyphs), base) + strs + "\x00\x00" + glyphs + "\x00" + string([]byte{393 >> 8, 393 & 255, 394 >> 8, 394 & 255})
}

// Files of fonts have names, makers and remarks of their own.
func TestPDFFonts(t *testing.T) {
	font := func(kind, file string) string {
		return `<</Type/Font/Subtype/` + kind + `/BaseFont/X/FirstChar 83/LastChar 83/Widths[500]/FontDescriptor<</FontName/X/Flags 32/` + file + ` 20 0 R>>>>`
	}
	for name, c := range map[string]struct{ font, file, want string }{
		"Type 1":   {font("Type1", "FontFile"), type1Font(1), "/CharStrings 1 dict dup begin\n/S 5 RD %(%)( ND"},
		"TrueType": {font("TrueType", "FontFile2"), trueTypeFont(1), "glyf"},
		"CFF":      {font("Type1", "FontFile3"), cffFont(1), "goodglyph"},
	} {
		t.Run(name, func(t *testing.T) {
			b := simplePDF("BT /F 12 Tf 20 20 Td (S) Tj ET", "/Font<</F 10 0 R>>", map[int]string{10: c.font, 20: streamOf("/Subtype/Type1C/Filter/FlateDecode", deflated(c.file))})
			all, _ := cleanedPDF(t, b)
			if i := strings.Index(all, "eexec\n"); i >= 0 {
				secret := string(crypt([]byte(all[i+6:]), true))
				if left := leaks([]byte(secret)); len(left) > 0 {
					t.Errorf("left in the secret part: %v", left)
				}
				all += secret
			}
			if !strings.Contains(all, c.want) {
				t.Errorf("%q is gone: %q", c.want, all)
			}
		})
	}
}

// Pictures that are packed in ways of their own lose what is said of them.
func TestPDFPictures(t *testing.T) {
	box := func(name, body string) string {
		return string(binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))) + name + body
	}
	part := func(tile string) string {
		return "\xff\x90\x00\x0a\x00\x00" + string(binary.BigEndian.AppendUint32(nil, uint32(12+len(tile)))) + "\x00\x01" + tile
	}
	comment := "\xff\x64\x00\x18\x00\x01" + token(2)
	codestream := "\xff\x4f\xff\x51\x00\x04ab" + comment + part(comment+"\xff\x93seen data") + "\xff\xd9" + token(3)
	jp2 := box("jP  ", "\r\n\x87\n") + box("ftyp", "jp2 "+token(4)) + box("jp2h", box("ihdr", "\x00\x00\x00\x01\x00\x00\x00\x01\x00\x03\x07\x07\x00\x00")+
		box("colr", "\x02\x00\x00"+token(5))+box("res ", token(6))) + box("xml ", token(7)) + box("uuid", token(8)) + box("jp2c", codestream)
	segment := func(n, kind byte, body string) string {
		return "\x00\x00\x00" + string([]byte{n, kind, 0, 1}) + string(binary.BigEndian.AppendUint32(nil, uint32(len(body)))) + body
	}
	for name, c := range map[string]struct{ keys, body, want string }{
		"JPEG 2000":            {"/Filter/JPXDecode", jp2, "seen data"},
		"JPEG 2000 codestream": {"/Filter/JPXDecode", codestream, "seen data"},
		"JBIG2":                {"/Filter/JBIG2Decode", segment(0, 48, "page") + segment(1, 62, token(9)) + segment(2, 38, "seen data"), "seen data"},
		"CCITT":                {"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 1/X(" + token(10) + ")>>", "\x26\xa0\x01\x00\x10" + token(11), "\x26\xa0"},
		"packed twice":         {"/Filter[/ASCIIHexDecode/RunLengthDecode]", "0261626300" + "7a80" + fmt.Sprintf("%x", token(12)) + ">", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := simplePDF("q 9 0 0 9 9 9 cm /X Do Q", "/XObject<</X 10 0 R>>", map[int]string{10: streamOf("/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceRGB/BitsPerComponent 8"+c.keys, c.body)})
			all, _ := cleanedPDF(t, b)
			if !strings.Contains(all, c.want) || !strings.Contains(all, "/Image") {
				t.Errorf("%q is gone: %q", c.want, all)
			}
		})
	}
}

// Plain text of a part is kept if its glyphs say it as well.
func TestPDFPlainText(t *testing.T) {
	contents := `BT /F 12 Tf 20 20 Td /Span <</ActualText(fi)>> BDC (A) Tj EMC /Span <</ActualText<feff0410>>> BDC (B) Tj EMC /Span <</ActualText(Name)>> BDC (CC) Tj EMC ET`
	b := simplePDF(contents, "/Font<</F 10 0 R>>", map[int]string{
		10: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 11 0 R>>",
		11: streamOf("", "3 beginbfchar <41> <fb01> <42> <0041> <43> <0058> endbfchar"),
	})
	all, _ := cleanedPDF(t, b)
	if !strings.Contains(all, "/ActualText (fi)") || !strings.Contains(all, "/ActualText (\xfe\xff\x04\x10)") || strings.Contains(all, "Name)") {
		t.Errorf("%q", all)
	}
}

// What a bar or a picture was put over is not seen, and goes; what can be seen
// through it, or stands on it, stays.
func TestPDFPaintedOver(t *testing.T) {
	for name, c := range map[string]struct {
		over string
		gone bool
	}{
		"a bar":            {"q 0 g 18 95 160 20 re f Q", true},
		"a bar of lines":   {"18 95 m 178 95 l 178 115 l 18 115 l h f", true},
		"a picture":        {"q 160 0 0 20 18 95 cm /Picture Do Q", true},
		"a bar in a form":  {"/Bar Do", true},
		"nothing":          {"", false},
		"a bar below":      {"q 0 g 18 60 160 20 re f Q", false},
		"a line through":   {"18 101 160 1 re f", false},
		"an outline":       {"18 95 160 20 re S", false},
		"glass":            {"/Glass gs 18 95 160 20 re f", false},
		"a marker":         {"/Marker gs 18 95 160 20 re f", false},
		"glass of a form":  {"/Glass gs /Bar Do", false},
		"a stencil":        {"q 160 0 0 20 18 95 cm /Stencil Do Q", false},
		"a slanted bar":    {"q 1 .2 0 1 0 -10 cm 18 95 160 20 re f Q", false},
		"a bar cut off":    {"q 150 0 40 200 re W n 18 95 160 20 re f Q", false},
		"a bar cut round":  {"q 20 90 m 100 130 l 180 90 l h W n 18 95 160 20 re f Q", false},
		"two bars, a hole": {"18 95 160 20 re 18 95 160 20 re f*", false},
	} {
		t.Run(name, func(t *testing.T) {
			contents := "BT /F 12 Tf 20 98 Td (Covered words) Tj ET " + c.over + " BT /F 12 Tf 20 98 Td (On top) Tj ET"
			b := simplePDF(contents, "/Font<</F 10 0 R>>/ExtGState<</Glass<</ca .5>>/Marker<</BM/Multiply>>>>/XObject<</Picture 11 0 R/Bar 12 0 R/Stencil 13 0 R>>", map[int]string{
				10: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 14 0 R>>",
				11: streamOf("/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "x"),
				12: streamOf("/Subtype/Form/BBox[0 0 200 200]/Resources<<>>/Group<</S/Transparency>>", "0 g 18 95 160 20 re f"),
				13: streamOf("/Subtype/Image/Width 1/Height 1/ImageMask true", "x"),
				14: streamOf("", "2 beginbfchar <43> <0043> <4f> <004f> endbfchar"),
			})
			all, report := cleanedPDF(t, b)
			if c.gone == strings.Contains(all, "(Covered words)") || c.gone == strings.Contains(all, "<43>") || !strings.Contains(all, "(On top)") {
				t.Errorf("%s", all)
			}
			if said := strings.Contains(fmt.Sprint(report.Removed), "painted over"); said != c.gone {
				t.Errorf("says so: %v", said)
			}
		})
	}
}

// run runs a program, and skips the test if it is not there.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	c := exec.Command(name, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil && name != "qpdf" { // which warns so
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}

// written makes PDF with a program out of a page of invented words.
func written(t *testing.T, dir, with string) string {
	page := `<!DOCTYPE html><html><head><meta charset="utf-8"><title>` + token(1) + `</title><meta name="author" content="` + token(2) + `"></head><body>
<h1>Дело Вымышленного</h1><p title="` + token(3) + `">Office fluffy <b>bold</b> <i>italic</i> <a href="https://seen.example/">link</a></p><p dir="rtl">محمد المخترع</p>
<table border="1"><tr><td>one</td><td>two</td></tr></table><!-- ` + token(4) + ` --><p style="page-break-before:always">Second page, Їжак ğüş ñandú</p></body></html>`
	if err := os.WriteFile(filepath.Join(dir, "page.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	if with == "soffice" {
		run(t, dir, "soffice", "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf", "page.html")
	} else {
		run(t, dir, "chromium", "--headless", "--no-sandbox", "--user-data-dir="+dir+"/profile", "--print-to-pdf=page.pdf", "page.html")
	}
	return filepath.Join(dir, "page.pdf")
}

// What programs write stays as large, as legible and as it looks.
func TestPDFOfPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("starts LibreOffice and Chromium")
	}
	for _, with := range []string{"soffice", "chromium"} {
		t.Run(with, func(t *testing.T) {
			dir := t.TempDir()
			file := written(t, dir, with)
			for name, args := range map[string][]string{"as it is": nil, "linear": {"--linearize"}, "objects in streams": {"--object-streams=generate"}, "unpacked": {"--qdf", "--object-streams=disable"}} {
				in := file
				if args != nil {
					in = filepath.Join(dir, "other.pdf")
					run(t, dir, "qpdf", append(args, file, in)...)
				}
				b, err := os.ReadFile(in)
				if err != nil {
					t.Fatal(err)
				}
				all, report := cleanedPDF(t, b)
				if len(report.Removed) == 0 {
					t.Error("says nothing")
				}
				out, _, _ := clean.Bytes(b)
				if len(out)*5 > len(b)*6 {
					t.Errorf("%s: %d bytes are now %d", name, len(b), len(out))
				}
				compare(t, dir, in, out)
				if strings.Contains(all, "LibreOffice") || strings.Contains(all, "Skia") {
					t.Errorf("%s: says what made it", name)
				}
			}
		})
	}
}

// compare fails if a cleaned file has other words, another picture, or is broken.
func compare(t *testing.T, dir, before string, out []byte) {
	t.Helper()
	after := filepath.Join(dir, "clean.pdf")
	if err := os.WriteFile(after, out, 0o600); err != nil {
		t.Fatal(err)
	}
	words := func(file string) []string {
		w := strings.Fields(run(t, dir, "pdftotext", file, "-"))
		slices.Sort(w)
		return w
	}
	if a, b := words(before), words(after); len(a) < 5 || !slices.Equal(a, b) {
		t.Errorf("words %q\nare now %q", a, b)
	}
	look := func(file, to string) [][]byte {
		run(t, dir, "pdftoppm", "-r", "50", file, filepath.Join(dir, to))
		names, _ := filepath.Glob(filepath.Join(dir, to+"-*"))
		var pages [][]byte
		for _, n := range names {
			b, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, b)
			os.Remove(n)
		}
		return pages
	}
	x, y := look(before, "a"), look(after, "b")
	if len(x) == 0 || len(x) != len(y) {
		t.Fatalf("%d pages are now %d", len(x), len(y))
	}
	for i := range x {
		other := 0
		for k := range min(len(x[i]), len(y[i])) {
			if d := int(x[i][k]) - int(y[i][k]); d > 32 || d < -32 {
				other++
			}
		}
		if len(x[i]) != len(y[i]) || other > len(x[i])/1000 {
			t.Errorf("page %d looks different", i+1)
		}
	}
	if said := run(t, dir, "qpdf", "--check", after); !strings.Contains(said, "No syntax or stream encoding errors") {
		t.Errorf("qpdf: %s", said)
	}
	if said := exiftool(t, out, ".pdf"); bytes.Contains([]byte(said), []byte("Producer")) || strings.Contains(said, "Create Date") {
		t.Errorf("exiftool: %s", said)
	}
}
