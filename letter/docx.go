package letter

import (
	"fmt"
	"strings"
)

// Sizes of a page of A4 in twentieths of a point, as Word counts.
const (
	docxPage = `<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701" w:header="709" w:footer="709" w:gutter="0"/><w:titlePg/></w:sectPr>`

	docxTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
		`</Types>`

	docxRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
		`</Relationships>`

	docxPartRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/>` +
		`</Relationships>`

	wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	partSpace = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

	// docxFooter is the number of a page; the first has none.
	docxFooter = xmlHead + `<w:ftr ` + wordSpace + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr>` +
		`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` +
		`<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>`
)

// docxStyle is what a paragraph of each kind looks like.
var docxStyles = [...]struct{ id, props, run string }{
	Text:    {"BodyText", `<w:spacing w:after="120"/><w:jc w:val="left"/>`, ``},
	Right:   {"Sender", `<w:spacing w:after="200"/><w:ind w:left="4536"/>`, ``},
	Left:    {"Signature", `<w:keepNext/><w:keepLines/><w:spacing w:before="280" w:after="120" w:line="360" w:lineRule="auto"/>`, ``},
	Title:   {"Title", `<w:keepNext/><w:spacing w:before="240" w:after="240"/><w:jc w:val="center"/>`, `<w:b/><w:sz w:val="28"/>`},
	Heading: {"Heading1", `<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="0"/>`, `<w:b/>`},
	Item:    {"ListBullet", `<w:tabs><w:tab w:val="left" w:pos="567"/></w:tabs><w:spacing w:after="60"/><w:ind w:left="567" w:hanging="284"/>`, ``},
}

// DOCX returns l as a file for Word and others. With notes, each sentence has the
// number of its note behind it. The file says nothing of who made it and when.
func (l *Letter) DOCX(notes bool) ([]byte, error) {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:document ` + wordSpace + ` ` + partSpace + `><w:body>`)
	for _, bl := range l.Blocks {
		fmt.Fprintf(&b, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>`, docxStyles[bl.Kind].id)
		if bl.Kind == Item {
			b.WriteString(`<w:r><w:t>–</w:t></w:r><w:r><w:tab/></w:r>`)
		}
		for i, s := range bl.Spans {
			strong := ""
			if s.Strong {
				strong = `<w:rPr><w:b/></w:rPr>`
			}
			fmt.Fprintf(&b, `<w:r>%s<w:t xml:space="preserve">%s</w:t></w:r>`, strong, escape(s.Text))
			if notes && s.Note > 0 {
				fmt.Fprintf(&b, `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r>`, mark(s.Note))
			}
			if s.Break && i < len(bl.Spans)-1 {
				b.WriteString(`<w:r><w:br/></w:r>`)
			}
		}
		b.WriteString(`</w:p>`)
	}
	b.WriteString(docxPage + `</w:body></w:document>`)
	return pack(
		member{name: "[Content_Types].xml", text: docxTypes},
		member{name: "_rels/.rels", text: docxRels},
		member{name: "word/document.xml", text: b.String()},
		member{name: "word/_rels/document.xml.rels", text: docxPartRels},
		member{name: "word/styles.xml", text: docxStyleSheet(l.Lang)},
		member{name: "word/footer1.xml", text: docxFooter},
	)
}

func docxStyleSheet(lang string) string {
	var b strings.Builder
	language, country := region(lang)
	b.WriteString(xmlHead + `<w:styles ` + wordSpace + `><w:docDefaults><w:rPrDefault><w:rPr>`)
	b.WriteString(`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="24"/>`)
	fmt.Fprintf(&b, `<w:lang w:val="%s-%s"/>`, language, country)
	b.WriteString(`</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`)
	b.WriteString(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`)
	names := map[string]string{"BodyText": "Body Text", "Sender": "Envelope Address", "Heading1": "heading 1", "ListBullet": "List Bullet"}
	for _, s := range docxStyles {
		name := names[s.id]
		if name == "" {
			name = s.id
		}
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`, s.id, name, s.props, s.run)
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}
