package gate

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"html"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	stdpng "image/png"
	"strings"
	"testing"
	"unicode/utf16"
)

// zipOf packs pairs of name and content.
func zipOf(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordHead = xmlHead + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`
	wordTail = `</w:body></w:document>`
)

// docxOf packs a document with that body and further members.
func docxOf(t testing.TB, body string, more ...string) File {
	pairs := append([]string{
		"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
		"word/document.xml", wordHead + body + wordTail,
	}, more...)
	return File{"a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", zipOf(t, pairs...)}
}

// xlsxOf packs a workbook whose sheet has those rows, all of shared strings.
func xlsxOf(t testing.TB, rows ...[]string) File {
	var sheet, shared strings.Builder
	n := 0
	for i, row := range rows {
		fmt.Fprintf(&sheet, `<row r="%d">`, i+1)
		for k, c := range row {
			fmt.Fprintf(&sheet, `<c r="%c%d" t="s"><v>%d</v></c>`, 'A'+k, i+1, n)
			shared.WriteString("<si><t>" + html.EscapeString(c) + "</t></si><si><t>прочее и так далее</t></si>")
			n += 2
		}
		sheet.WriteString("</row>")
	}
	return File{"a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", zipOf(t,
		"xl/workbook.xml", xmlHead+`<workbook><sheets><sheet name="Лист"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml", xmlHead+`<worksheet><sheetData>`+sheet.String()+`</sheetData></worksheet>`,
		"xl/sharedStrings.xml", xmlHead+`<sst>`+shared.String()+`</sst>`)}
}

func odtOf(t testing.TB, body string, more ...string) File {
	pairs := append([]string{
		"mimetype", "application/vnd.oasis.opendocument.text",
		"content.xml", xmlHead + `<office:document-content xmlns:office="o" xmlns:text="t"><office:body>` + body + `</office:body></office:document-content>`,
	}, more...)
	return File{"a.odt", "application/vnd.oasis.opendocument.text", zipOf(t, pairs...)}
}

// hexOf writes s as the codes of the font of pdfOf.
func hexOf(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// pdfOf writes a PDF of one page. Objects from 10 on are further ones; page is
// put into the dictionary of the page, root into that of the document.
func pdfOf(contents, page, root string, more ...string) File {
	cmap := "begincmap\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n4 beginbfrange\n<0020> <007E> <0020>\n<00A0> <00FF> <00A0>\n<0400> <04FF> <0400>\n<2000> <20FF> <2000>\nendbfrange\nendcmap"
	objects := map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R " + root + ">>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X1 10 0 R>>>> " + page + ">>",
		4: fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(contents), contents),
		5: "<</Type/Font/Subtype/Type0/BaseFont/Invented/Encoding/Identity-H/ToUnicode 7 0 R/DescendantFonts[6 0 R]>>",
		6: "<</Type/Font/Subtype/CIDFontType2/BaseFont/Invented/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500>>",
		7: fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(cmap), cmap),
	}
	for i, o := range more {
		objects[10+i] = o
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	table := "xref\n0 1\n0000000000 65535 f \n"
	for _, n := range sortedKeys(objects) {
		table += fmt.Sprintf("%d 1\n%010d 00000 n \n", n, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, objects[n])
	}
	start := b.Len()
	fmt.Fprintf(&b, "%strailer\n<</Size 100/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", table, start)
	return File{"a.pdf", "application/pdf", b.Bytes()}
}

// shown is contents that show each of lines below the one before.
func shown(lines ...string) string {
	var b strings.Builder
	b.WriteString("BT /F1 12 Tf 50 700 Td\n")
	for _, s := range lines {
		fmt.Fprintf(&b, "<%s> Tj 0 -14 Td\n", hexOf(s))
	}
	b.WriteString("ET")
	return b.String()
}

func dot() image.Image {
	m := image.NewGray(image.Rect(0, 0, 4, 4))
	m.Set(1, 1, color.White)
	return m
}

// pngOf is a small picture with a chunk.
func pngOf(t testing.TB, tag string, body []byte) File {
	var b bytes.Buffer
	if err := stdpng.Encode(&b, dot()); err != nil {
		t.Fatal(err)
	}
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, tag...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	all := b.Bytes()
	return File{"a.png", "image/png", append(append(bytes.Clone(all[:33]), chunk...), all[33:]...)}
}

// jpegOf is a small picture with a segment.
func jpegOf(t testing.TB, mark byte, body []byte) File {
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, dot(), nil); err != nil {
		t.Fatal(err)
	}
	segment := append([]byte{0xFF, mark, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
	return File{"a.jpg", "image/jpeg", append(append([]byte{0xFF, 0xD8}, segment...), b.Bytes()[2:]...)}
}
