package gate

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"habeas/internal/locale"
)

// Names that a format takes apart are read together.
func TestSplitNames(t *testing.T) {
	run := func(s string) string { return "<w:r><w:t>" + s + "</w:t></w:r>" }
	glyphs := func(at func(i int) (x, y int)) string {
		var b strings.Builder
		b.WriteString("BT /F1 12 Tf ")
		for i, c := range []rune("Ходырев") {
			x, y := at(i)
			fmt.Fprintf(&b, "1 0 0 1 %d %d Tm <%s> Tj ", x, y, hexOf(string(c)))
		}
		return b.String() + "ET"
	}
	column := ""
	for _, c := range strings.Split("Ходырев", "") {
		column += "<w:tr><w:tc><w:p>" + run(c) + "</w:p></w:tc><w:tc><w:p>" + run("год") + "</w:p></w:tc></w:tr>"
	}
	for _, tt := range []struct {
		what string
		file File
	}{
		{"runs", docxOf(t, "<w:p>"+run("Хо")+"<w:proofErr/>"+run("ды")+"<w:bookmarkStart w:name='x'/>"+run("рев")+"</w:p>")},
		{"a deleted letter", docxOf(t, "<w:p>"+run("Хо")+"<w:del><w:r><w:delText>ххх</w:delText></w:r></w:del>"+run("дырев")+"</w:p>")},
		{"an inserted letter", docxOf(t, "<w:p>"+run("Хо")+"<w:ins>"+run("ххх")+"</w:ins>"+run("дырев")+"</w:p>")},
		{"a hidden letter", docxOf(t, "<w:p>"+run("Хо")+"<w:r><w:rPr><w:vanish/></w:rPr><w:t>ххх</w:t></w:r>"+run("дырев")+"</w:p>")},
		{"a field inside", docxOf(t, "<w:p>"+run("Хо")+"<w:r><w:instrText>PAGE</w:instrText></w:r>"+run("дырев")+"</w:p>")},
		{"CDATA", odtOf(t, "<text:p>Хо<![CDATA[ды]]>рев</text:p>")},
		{"spans", odtOf(t, "<text:p>Хо<text:span>ды</text:span>рев</text:p>")},
		{"two columns", xlsxOf(t, []string{"имя", "фамилия"}, []string{"кузьма", "ходырев"})},
		{"letters in columns", xlsxOf(t, strings.Split("Ходырев", ""))},
		{"letters in rows", xlsxOf(t, []string{"Х", "1"}, []string{"о", "2"}, []string{"д", "3"}, []string{"ы", "4"}, []string{"р", "5"}, []string{"е", "6"}, []string{"в", "7"})},
		{"far columns", File{"a.csv", "text/csv", []byte("имя,1,2,3,4,5,6,фамилия\nкузьма,11,12,13,14,15,16,ходырев\n")}},
		{"letters in cells", File{"a.csv", "text/csv", []byte("Х;о;д;ы;р;е;в\n")}},
		{"letters downwards", File{"a.csv", "text/csv", []byte("Х;1\nо;2\nд;3\nы;4\nр;5\nе;6\nв;7\n")}},
		{"letters of JSON", File{"a.json", "application/json", []byte(`["Х","о","д","ы","р","е","в"]`)}},
		{"parts of JSON", File{"a.json", "application/json", []byte(`{"a": "кузьма", "the place where it was": 1, "b": "ходырев"}`)}},
		{"a link inside", File{"a.md", "text/markdown", []byte("Был Хо[ды](http://x.org/a)рев")}},
		{"emphasis inside", File{"a.md", "text/markdown", []byte("Был Хо__ды__р`е`в")}},
		{"escapes inside", File{"a.md", "text/markdown", []byte(`Был Хо\*\_дырев`)}},
		{"hidden letters", File{"a.html", "text/html", []byte(`Хо<span style="display:none">ххх</span>дырев`)}},
		{"tags between", File{"a.html", "text/html", []byte(`<span>кузьма</span><span>ходырев</span>`)}},
		{"text of SVG", File{"a.svg", "image/svg+xml", []byte(`<svg><text>Хо<tspan x="9">ды</tspan>рев</text></svg>`)}},
		{"letters placed", pdfOf(glyphs(func(i int) (int, int) { return 50 + 6*i, 700 }), "", "")},
		{"letters placed apart", pdfOf(glyphs(func(i int) (int, int) { return 50 + 20*i, 700 }), "", "")},
		{"letters placed in a line that waves", pdfOf(glyphs(func(i int) (int, int) { return 50 + 6*i, 700 + i%2 }), "", "")},
		{"letters placed backwards", pdfOf("BT /F1 12 Tf 1 0 0 1 86 700 Tm <"+hexOf("в")+"> Tj 1 0 0 1 50 700 Tm <"+hexOf("Ходыре")+"> Tj ET", "", "")},
		{"kerning", pdfOf("BT /F1 12 Tf 50 700 Td [<"+hexOf("Хо")+"> 30 <"+hexOf("ды")+"> -20 <"+hexOf("рев")+">] TJ ET", "", "")},
		{"a line's end", pdfOf(shown("Был Ходы-", "рев тут"), "", "")},
		{"turned text", pdfOf("0 1 -1 0 300 300 cm "+shown("Ходырев"), "", "")},
		{"a column of a table", File{"a.html", "text/html", []byte("<table><tr><td>Х<td>1<tr><td>о<td>2<tr><td>д<td>3<tr><td>ы<td>4<tr><td>р<td>5<tr><td>е<td>6<tr><td>в<td>7</table>")}},
		{"a column of a table, in paragraphs", docxOf(t, "<w:tbl>"+column+"</w:tbl>")},
		{"a symbol", docxOf(t, `<w:p><w:r><w:sym w:font="Arial" w:char="0425"/></w:r>`+run("одырев")+"</w:p>")},
		{"bytes in hex", File{"a.txt", "text/plain", []byte(`\xd0\xa5\xd0\xbe\xd0\xb4\xd1\x8b\xd1\x80\xd0\xb5\xd0\xb2`)}},
		{"bytes in octal", File{"a.txt", "text/plain", []byte(`\320\245\320\276\320\264\321\213\321\200\320\265\320\262`)}},
		{"zeros", File{"a.html", "text/html", []byte("&#" + strings.Repeat("0", 60) + "1061;одырев")}},
		{"two lines", File{"a.txt", "text/plain", []byte("Ходы\nрев")}},
		{"paragraphs", File{"a.html", "text/html", []byte("<p>Ходы</p><p>рев</p>")}},
	} {
		if r := refusal(t, tt.file, looked); r == nil || len(r.Hits) == 0 {
			t.Errorf("%s: not found: %v", tt.what, r)
		}
	}
}

// What can't be read for sure is refused, for the reason that it says.
func TestUnread(t *testing.T) {
	doc := docxOf(t, "<w:p/>")
	pdf := pdfOf(shown("тут"), "", "")
	stream := func(dict, b string) string {
		return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(b), b)
	}
	with := func(f File, b ...byte) File { return File{f.Name, f.Media, append(bytes.Clone(f.Bytes), b...)} }
	changed := func(f File, old, now string) File {
		return File{f.Name, f.Media, bytes.ReplaceAll(f.Bytes, []byte(old), []byte(now))}
	}
	deep := []byte("x")
	for i := range 6 {
		deep = zipOf(t, fmt.Sprintf("%d.zip", i), string(deep))
		if i == 0 {
			deep = zipOf(t, "a.txt", "x")
		}
	}
	flagged := bytes.Clone(doc.Bytes)
	flagged[bytes.Index(flagged, []byte(zipListing))+8] |= 1
	word := func(name, s string) File { return docxOf(t, "<w:p/>", name, s) }
	picture := pngOf(t, "tEXt", []byte("a\x00b"))
	for _, tt := range []struct {
		what string
		file File
		want Reason
	}{
		{"a ZIP named PDF", File{"a.pdf", "application/pdf", doc.Bytes}, Disagrees},
		{"a sheet named document", File{"a.docx", doc.Media, xlsxOf(t, []string{"x"}).Bytes}, Disagrees},
		{"a type that is another", File{"a.docx", "application/pdf", doc.Bytes}, Disagrees},
		{"a picture named text", File{"a.txt", "text/plain", picture.Bytes}, Disagrees},
		{"an old or encrypted document", File{"a.docx", doc.Media, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")}, Encrypted},
		{"an encrypted member", File{"a.docx", doc.Media, flagged}, Encrypted},
		{"bytes before an archive", File{"a.docx", doc.Media, append([]byte("x"), doc.Bytes...)}, Malformed},
		{"bytes after an archive", with(doc, 'x'), Malformed},
		{"two members of a name", File{"a.zip", "application/zip", zipOf(t, "a.txt", "x", "A.txt", "y")}, Malformed},
		{"zips in zips", File{"a.zip", "application/zip", deep}, TooDeep},
		{"more than fits", File{"a.zip", "application/zip", zipOf(t, "a.txt", strings.Repeat("x", maxUnpacked+1))}, TooLarge},
		{"a program", word("word/vbaProject.bin", "\xD0\xCF\x11\xE0"), UnknownPart},
		{"a font", word("word/fonts/font1.odttf", "\x01\x02\x00"), UnknownPart},
		{"a drawing", word("word/media/image1.emf", "\x01\x00\x00\x00"), UnknownPart},
		{"a document type", word("word/x.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), Malformed},
		{"XML that isn't", word("word/x.xml", "<a><b></a>"), Malformed},
		{"a picture in a document", word("word/media/image1.png", string(picture.Bytes)), Picture},
		{"a picture", picture, Picture},
		{"a drawing of text", File{"a.svg", "image/svg+xml", []byte("<svg/>")}, Picture},
		{"bytes after a picture", with(picture, 'x'), Malformed},
		{"bytes after a JPEG", with(jpegOf(t, 0xFE, []byte("x")), 'x'), Malformed},
		{"a picture in a picture", jpegOf(t, 0xE1, []byte("Exif\x00\x00..\xFF\xD8\xFF\xDB")), Picture},
		{"a page of a picture", pdfOf("q 9 0 0 9 0 0 cm /X1 Do Q", "", "", stream("/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "x")), NoTextLayer},
		{"a picture beside text", pdfOf(shown("тут")+" /X1 Do", "", "", stream("/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "x")), Picture},
		{"letters that are drawn", pdfOf(shown("тут")+strings.Repeat(" 0 0 m 1 1 2 2 3 3 c f", 300), "", ""), Picture},
		{"a page of lines", pdfOf("0 0 m 9 9 l S", "", ""), NoTextLayer},
		{"a font that doesn't tell", changed(pdf, "/ToUnicode 7 0 R", "/ToUnicodX 7 0 R"), NoTextLayer},
		{"a code that doesn't tell", pdfOf("BT /F1 12 Tf <0001> Tj ET", "", ""), NoTextLayer},
		{"an encrypted PDF", changed(pdf, "<</Size 100", "<</Encrypt 5 0 R/Size 100"), Encrypted},
		{"a later version", with(pdf, []byte("3 0 obj\n<</Type/Page>>\nendobj\n")...), Revisions},
		{"a script in PDF", pdfOf(shown("тут"), "", "/OpenAction<</S/JavaScript/JS(x)>>"), Script},
		{"a form of XML", pdfOf(shown("тут"), "", "/AcroForm<</XFA(x)>>"), UnknownPart},
		{"a filter nobody knows", pdfOf("/X1 Do", "", "", stream("/Subtype/Form/Filter/LZWDecode", "x")), UnknownPart},
		{"an object in a stream", changed(pdf, "0000000015 00000 n", "0000000018 00000 n"), Malformed},
		{"bytes between objects", changed(pdf, "endobj\n2 0 obj", "endobj\nx 2 0 obj"), Malformed},
		{"an attachment nobody reads", pdfOf(shown("тут"), "", "/Names 10 0 R", "<</F(a.mp3)/EF<</F 11 0 R>>>>", stream("/Type/EmbeddedFile", "\x00\x01")), UnknownKind},
		{"a GIF", File{"a.gif", "image/gif", []byte("GIF89a")}, UnknownKind},
		{"a script", File{"a.html", "text/html", []byte("<script>document.write('Хо'+'дырев')</script>")}, Script},
		{"a handler", File{"a.html", "text/html", []byte("<p onclick='x()'>")}, Script},
		{"another charset", File{"a.html", "text/html", []byte("<meta charset=utf-7>")}, Malformed},
		{"letters turned around", File{"a.html", "text/html", []byte("<bdo dir=rtl>верыдоХ</bdo>")}, Malformed},
		{"turned around in JSON", File{"a.json", "application/json", []byte(`["\u202eверыдоХ"]`)}, Reordered},
	} {
		r := refusal(t, tt.file, Options{})
		if r == nil || !slices.ContainsFunc(r.Unread, func(u Unread) bool { return u.Reason == tt.want && u.File == tt.file.Name }) {
			t.Errorf("%s: got %v, want %s", tt.what, r, tt.want)
			if r != nil {
				t.Log(r.Unread)
			}
		}
	}
}

func TestMediaOf(t *testing.T) {
	for name, want := range map[string]string{
		"a.PDF": "application/pdf", "b/c.jpg": "image/jpeg", "a.tsv": "text/csv", "a.xml": "application/xml", "a.exe": "", "a": "",
		"a.odt": "application/vnd.oasis.opendocument.text",
	} {
		if got := MediaOf(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// Every reason has words.
func TestReasonsHaveWords(t *testing.T) {
	for _, lang := range locale.Langs() {
		for _, why := range []Reason{Charset, Disagrees, Encrypted, Malformed, NoTextLayer, Picture, Reordered, Revisions, Script, TooDeep, TooLarge, UnknownKind, UnknownPart} {
			key := "gate.unreadable." + string(why)
			if !locale.New(lang).Has(key) {
				t.Errorf("%s has no words for %s", lang, key)
			}
		}
	}
}

// What a picture shows is read if somebody can, and a hit says where.
func TestPixels(t *testing.T) {
	ocr := func(text string, err error) Options {
		return Options{OCR: func([]byte) (string, error) { return text, err }, Pages: func([]byte) ([][]byte, error) { return [][]byte{{1}}, nil }}
	}
	scan := pdfOf("/X1 Do", "", "", "<</Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>\nstream\nx\nendstream")
	for _, f := range []File{pngOf(t, "tEXt", []byte("a\x00b")), scan} {
		if r := refusal(t, f, ocr("Был Ходырев", nil)); r == nil || len(r.Hits) != 1 || !strings.HasSuffix(r.Hits[0].Part, "/pixels") || len(r.Unread) != 0 {
			t.Errorf("%s: got %+v, want a hit", f.Name, r)
		}
		if r := refusal(t, f, ocr("никого", nil)); r != nil {
			t.Errorf("%s: got %+v, want it to pass", f.Name, r.Unread)
		}
		if r := refusal(t, f, ocr("", errors.New("out of order"))); r == nil || len(r.Unread) == 0 {
			t.Errorf("%s: passes although nobody read it", f.Name)
		}
	}
}

// The same with programs that are there on many machines.
func TestOCR(t *testing.T) {
	for _, program := range []string{"tesseract", "pdftoppm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not here: nobody reads pictures", program)
		}
	}
	dir := t.TempDir()
	opt := Options{
		OCR: func(b []byte) (string, error) {
			cmd := exec.Command("tesseract", "-", "-", "-l", "eng")
			cmd.Stdin = bytes.NewReader(b)
			out, err := cmd.Output()
			return string(out), err
		},
		Pages: func(b []byte) (pages [][]byte, err error) {
			in := filepath.Join(dir, "a.pdf")
			if err := os.WriteFile(in, b, 0o600); err != nil {
				return nil, err
			}
			if err := exec.Command("pdftoppm", "-r", "200", "-png", in, filepath.Join(dir, "p")).Run(); err != nil {
				return nil, err
			}
			names, _ := filepath.Glob(filepath.Join(dir, "p*.png"))
			for _, n := range names {
				page, err := os.ReadFile(n)
				if err != nil {
					return nil, err
				}
				pages = append(pages, page)
			}
			return pages, nil
		},
	}
	// A picture of the words, which only says that it is one.
	drawn := pdfOf("BT /F2 24 Tf 50 700 Td (About Khodyrev here) Tj ET", "", "")
	drawn.Bytes = bytes.Replace(drawn.Bytes, []byte("/Font<</F1 5 0 R>>"), []byte("/Font<</F2 5 0 R>>"), 1)
	drawn.Bytes = bytes.Replace(drawn.Bytes, []byte("/Type0/BaseFont/Invented/Encoding/Identity-H/ToUnicode 7 0 R/DescendantFonts[6 0 R]"),
		[]byte("/Type1/BaseFont/Helvetica                                                          "), 1)
	pages, err := opt.Pages(drawn.Bytes)
	if err != nil || len(pages) != 1 {
		t.Fatalf("got %d pages, %v", len(pages), err)
	}
	if r := refusal(t, File{"a.png", "image/png", pages[0]}, opt); r == nil || len(r.Hits) == 0 {
		t.Errorf("got %v, want a hit", r)
	}
}

func FuzzReaders(f *testing.F) {
	for i := range carriers() {
		f.Add(uint8(i), uint32(20), uint32(0x01000000))
	}
	all := carriers()
	files := make([]File, len(all))
	for i, c := range all {
		files[i] = c.file(f, "Был Ходырев тут")
	}
	ix := hodyrev(f)
	f.Fuzz(func(t *testing.T, which uint8, at, with uint32) {
		file := files[int(which)%len(files)]
		b := bytes.Clone(file.Bytes)
		i := int(at) % len(b)
		copy(b[i:], binary.BigEndian.AppendUint32(nil, with)[:1+with%4])
		_, err := Check(Draft{[]File{{file.Name, file.Media, b}}}, ix, looked)
		if err == nil && bytes.Contains(b, []byte("Был Ходырев тут")) && sniff(b) == anyText {
			t.Fatalf("%s: a name passed", all[int(which)%len(all)].what)
		}
	})
}

func BenchmarkReaders(b *testing.B) {
	words := strings.Repeat("Отец не знает ничего о том дне. ", 3000)
	lines := make([]string, 500)
	for i := range lines {
		lines[i] = "Отец не знает ничего о том дне, и мать тоже."
	}
	ix := hodyrev(b)
	for _, f := range []File{
		{"a.txt", "text/plain", []byte(words)},
		{"a.html", "text/html", []byte("<p>" + strings.ReplaceAll(words, ". ", ".</p><p>"))},
		{"a.csv", "text/csv", []byte(strings.ReplaceAll(strings.ReplaceAll(words, ". ", "\n"), " ", ","))},
		docxOf(b, "<w:p><w:r><w:t>"+strings.ReplaceAll(words, ". ", ".</w:t></w:r></w:p><w:p><w:r><w:t>")+"</w:t></w:r></w:p>"),
		xlsxOf(b, lines[:20], lines[20:40]),
		pdfOf(shown(lines...), "", ""),
	} {
		b.Run(f.Name, func(b *testing.B) {
			r := &reader{left: maxUnpacked, out: func(string, view, bool) {}}
			k, _ := r.media(f.Media)
			r.read("", f.Name, k, f.Bytes, 0)
			b.SetBytes(int64(max(len(f.Bytes), maxUnpacked-r.left)))
			for b.Loop() {
				if _, err := Check(Draft{[]File{f}}, ix, looked); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
