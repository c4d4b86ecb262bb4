package letter

import (
	"fmt"
	"strings"
)

const (
	odtMedia = "application/vnd.oasis.opendocument.text"

	odtManifest = xmlHead + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">` +
		`<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="` + odtMedia + `"/>` +
		`<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>` +
		`<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>` +
		`</manifest:manifest>`

	odtSpaces = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" ` +
		`xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.2"`

	odtSheet = `<style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="2cm" fo:margin-left="3cm" fo:margin-right="2cm" fo:margin-bottom=`

	// odtPage has a first page without a number, and others with theirs, whose foot
	// takes as much of the sheet as the margin of the first.
	odtPage = `<office:automatic-styles><style:page-layout style:name="first">` + odtSheet + `"2cm"/></style:page-layout>` +
		`<style:page-layout style:name="page">` + odtSheet + `"1cm"/><style:footer-style><style:header-footer-properties fo:min-height="1cm" fo:margin-top="0.2cm"/></style:footer-style></style:page-layout>` +
		`</office:automatic-styles><office:master-styles>` +
		`<style:master-page style:name="Standard" style:page-layout-name="first" style:next-style-name="Further"/>` +
		`<style:master-page style:name="Further" style:page-layout-name="page"><style:footer><text:p text:style-name="Foot"><text:page-number text:select-page="current">2</text:page-number></text:p></style:footer></style:master-page>` +
		`</office:master-styles>`
)

// odtStyles are what a paragraph of each kind looks like.
var odtStyles = [...]struct{ name, para, text string }{
	Text:    {"Body", `fo:margin-bottom="0.21cm"`, ``},
	Right:   {"Sender", `fo:margin-left="8cm" fo:margin-bottom="0.35cm"`, ``},
	Left:    {"Signature", `fo:margin-top="0.5cm" fo:margin-bottom="0.21cm" fo:line-height="150%" fo:keep-together="always"`, ``},
	Title:   {"LetterTitle", `fo:text-align="center" fo:margin-top="0.42cm" fo:margin-bottom="0.42cm" fo:keep-with-next="always"`, `fo:font-weight="bold" fo:font-size="14pt"`},
	Heading: {"Part", `fo:margin-top="0.42cm" fo:margin-bottom="0.21cm" fo:keep-with-next="always"`, `fo:font-weight="bold"`},
	Item:    {"Item", `fo:margin-left="1cm" fo:text-indent="-0.5cm" fo:margin-bottom="0.1cm"`, ``},
}

// ODT returns l as a file for LibreOffice and others, as [Letter.DOCX] does.
func (l *Letter) ODT(notes bool) ([]byte, error) {
	var b strings.Builder
	b.WriteString(xmlHead + `<office:document-content ` + odtSpaces + `>`)
	b.WriteString(`<office:automatic-styles><style:style style:name="note" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>` +
		`<style:style style:name="strong" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>`)
	b.WriteString(`<office:body><office:text>`)
	for _, bl := range l.Blocks {
		tag, level := "text:p", ""
		if bl.Kind == Heading {
			tag, level = "text:h", ` text:outline-level="1"`
		}
		fmt.Fprintf(&b, `<%s text:style-name="%s"%s>`, tag, odtStyles[bl.Kind].name, level)
		if bl.Kind == Item {
			b.WriteString(`–<text:tab/>`)
		}
		for i, s := range bl.Spans {
			if s.Strong {
				fmt.Fprintf(&b, `<text:span text:style-name="strong">%s</text:span>`, odtText(s.Text))
			} else {
				b.WriteString(odtText(s.Text))
			}
			if notes && s.Note > 0 {
				fmt.Fprintf(&b, `<text:span text:style-name="note">%s</text:span>`, odtText(mark(s.Note)))
			}
			if s.Break && i < len(bl.Spans)-1 {
				b.WriteString(`<text:line-break/>`)
			}
		}
		fmt.Fprintf(&b, `</%s>`, tag)
	}
	b.WriteString(`</office:text></office:body></office:document-content>`)
	return pack(
		member{name: "mimetype", text: odtMedia, stored: true},
		member{name: "META-INF/manifest.xml", text: odtManifest},
		member{name: "content.xml", text: b.String()},
		member{name: "styles.xml", text: odtStyleSheet(l.Lang)},
	)
}

// odtText returns words with their blanks, which at the ends of an element would
// be dropped.
func odtText(s string) string {
	text := escape(s)
	if strings.HasPrefix(text, " ") {
		text = `<text:s/>` + text[1:]
	}
	if len(text) > 0 && strings.HasSuffix(text, " ") {
		text = text[:len(text)-1] + `<text:s/>`
	}
	return text
}

func odtStyleSheet(lang string) string {
	var b strings.Builder
	language, country := region(lang)
	b.WriteString(xmlHead + `<office:document-styles ` + odtSpaces + `><office:styles>`)
	fmt.Fprintf(&b, `<style:default-style style:family="paragraph"><style:paragraph-properties fo:line-height="110%%" fo:hyphenation-ladder-count="no-limit"/>`+
		`<style:text-properties fo:font-family="'Times New Roman', 'Liberation Serif', serif" fo:font-size="12pt" fo:language="%s" fo:country="%s"/></style:default-style>`, language, country)
	b.WriteString(`<style:style style:name="Standard" style:family="paragraph"/>` +
		`<style:style style:name="Foot" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:text-align="center"/></style:style>`)
	for i, s := range odtStyles {
		tabs := ""
		if Kind(i) == Item {
			tabs = `<style:tab-stops><style:tab-stop style:position="0cm"/></style:tab-stops>`
		}
		fmt.Fprintf(&b, `<style:style style:name="%s" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties %s>%s</style:paragraph-properties><style:text-properties %s/></style:style>`,
			s.name, s.para, tabs, s.text)
	}
	b.WriteString(`</office:styles>` + odtPage + `</office:document-styles>`)
	return b.String()
}
