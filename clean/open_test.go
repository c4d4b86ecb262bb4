package clean_test

import (
	"bytes"
	"strings"
	"testing"
)

const spacesO = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:chart="urn:oasis:names:tc:opendocument:xmlns:chart:1.0" xmlns:math="http://www.w3.org/1998/Math/MathML" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:odd="urn:@@"`

// openForm is an OpenDocument file of that kind with body in it.
func openForm(kind, media, photo, styles, body string) form {
	head := `<?xml version="1.0"?><!-- @@ --><office:document-content ` + spacesO + ` office:version="1.3"><office:scripts><office:script script:language="@@">@@</office:script></office:scripts>
<office:font-face-decls><style:font-face style:name="@@" svg:font-family="Liberation Serif" style:font-adornments="@@"/></office:font-face-decls><office:automatic-styles>` + styles + `</office:automatic-styles><office:body>`
	return form{
		"mimetype":    "application/vnd.oasis.opendocument." + media,
		"content.xml": head + body + `</office:body></office:document-content>`,
		"styles.xml": `<office:document-styles ` + spacesO + `><office:styles><draw:gradient draw:name="Fill@@" draw:display-name="@@" draw:style="linear" draw:start-color="#ff0000" draw:end-color="#00ff00"/><style:style style:name="Filled" style:family="graphic"><style:graphic-properties draw:fill="gradient" draw:fill-gradient-name="@@"/></style:style><style:style style:name="Mine@@" style:display-name="@@" style:family="paragraph" style:class="text"><style:text-properties fo:language="@@" fo:country="@@"/></style:style></office:styles>
<office:master-styles><style:master-page style:name="Standard" style:display-name="@@"><style:header><text:p>##</text:p></style:header></style:master-page></office:master-styles></office:document-styles>`,
		"meta.xml": `<office:document-meta ` + spacesO + `><office:meta><dc:creator>@@</dc:creator><meta:initial-creator>@@</meta:initial-creator><dc:title>@@</dc:title><meta:generator>@@</meta:generator><meta:printed-by>@@</meta:printed-by><meta:keyword>@@</meta:keyword>
<meta:user-defined meta:name="@@">@@</meta:user-defined><meta:template xlink:href="file:///@@" xlink:title="@@"/></office:meta></office:document-meta>`,
		"settings.xml":                       `<office:document-settings ` + spacesO + `><c name="PrinterName">@@</c><c name="PrinterSetup">@@</c><c name="CurrentDatabaseDataSource">@@</c><c name="Rsid">@@</c></office:document-settings>`,
		"META-INF/manifest.xml":              `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="@@"/></manifest:manifest>`,
		"META-INF/documentsignatures.xml":    `<s>@@</s>`,
		"manifest.rdf":                       `<r about="@@"/>`,
		"Thumbnails/thumbnail.png":           "@@",
		"Configurations2/accelerator/@@.xml": "@@",
		"Basic/Standard/Module1.xml":         "<m>@@</m>",
		"Scripts/python/@@.py":               "@@",
		"layout-cache":                       "@@",
		"Pictures/p.jpg":                     photo,
		"ObjectReplacements/Object 1":        "@@",
		"Versions/Version1":                  "@@",
		"VersionList.xml":                    `<v author="@@" comment="@@"/>`,
		"Dialogs/d.xml":                      `<d>@@</d>`,
		"Object 1/content.xml": `<office:document-content ` + spacesO + `><office:body><office:chart><chart:chart chart:class="chart:bar" xlink:href="@@"><chart:title><text:p>##</text:p></chart:title><chart:plot-area table:cell-range-address="'@@'.A1:B2"><chart:series chart:values-cell-range-address="local-table.$B$2:$B$3"/></chart:plot-area>
<table:table table:name="local-table"><table:table-rows><table:table-row><table:table-cell office:value-type="string"><text:p>##</text:p><draw:g><svg:desc>@@</svg:desc></draw:g></table:table-cell></table:table-row></table:table-rows></table:table></chart:chart></office:chart></office:body></office:document-content>`,
		"Object 1/meta.xml":    `<office:document-meta ` + spacesO + `><office:meta><meta:generator>@@</meta:generator></office:meta></office:document-meta>`,
		"Object 2/content.xml": `<math:math ` + spacesO + `><math:semantics><math:mrow><math:mi>##</math:mi></math:mrow><math:annotation encoding="@@">@@</math:annotation></math:semantics></math:math>`,
	}
}

const openPicture = `<draw:frame draw:name="@@" draw:style-name="@@" svg:width="1cm" svg:height="1cm" xml:id="@@"><draw:image xlink:href="Pictures/p.jpg" draw:mime-type="@@" draw:filter-name="@@"><text:p/></draw:image><svg:title>@@</svg:title><svg:desc>C:\Users\@@\p.jpg</svg:desc></draw:frame>
<draw:frame draw:name="@@"><draw:object xlink:href="./Object 1"/><draw:image xlink:href="./ObjectReplacements/Object 1"/></draw:frame><draw:frame draw:name="@@"><draw:object xlink:href="./Object 2"/></draw:frame>
<draw:frame><draw:plugin xlink:href="@@"/><draw:text-box><text:p>##</text:p></draw:text-box></draw:frame>`

func TestODT(t *testing.T) {
	_, photo := dirtyJPEG(t, 1)
	styles := `<style:style style:name="Hide" style:family="text"><style:text-properties text:display="none"/></style:style><style:style style:name="HideToo" style:family="text" style:parent-style-name="Hide"/>
<style:style style:name="@@" style:family="text"><style:text-properties fo:color="#ff0000" officeooo:rsid="@@" xmlns:officeooo="urn:x"/></style:style>`
	body := `<office:text text:use-soft-page-breaks="@@"><office:forms form:name="@@" xmlns:form="urn:f"/><text:tracked-changes><text:changed-region xml:id="@@"><text:deletion><office:change-info><dc:creator>@@</dc:creator><dc:date>@@</dc:date></office:change-info><text:p>@@</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:variable-decls><text:variable-decl text:name="@@"/></text:variable-decls><text:user-field-decls><text:user-field-decl text:name="@@" office:string-value="@@"/></text:user-field-decls>
<text:h text:outline-level="1" xml:id="@@"><text:bookmark-start text:name="@@"/>##<text:bookmark-end text:name="@@"/></text:h><text:p text:style-name="@@" text:class-names="@@">##<text:span text:style-name="Hide">@@</text:span><text:span text:style-name="HideToo">@@</text:span>
<text:hidden-text text:condition="@@" text:string-value="@@">@@</text:hidden-text><text:change-start text:change-id="@@"/>##<text:change-end text:change-id="@@"/><office:annotation office:name="@@"><dc:creator>@@</dc:creator><text:p>@@</text:p></office:annotation><office:annotation-end office:name="@@"/>
<text:a xlink:href="file:///home/@@/x.odt" office:name="@@" office:title="@@">##</text:a><text:a xlink:href="https://seen.example/##">##</text:a><text:author-name text:fixed="true">##</text:author-name><text:reference-mark text:name="@@"/><text:note text:id="@@" text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>##</text:p></text:note-body></text:note>
<text:conditional-text text:condition="@@" text:string-value-if-true="@@">##</text:conditional-text><text:ruby><text:ruby-base>##</text:ruby-base></text:ruby>` + openPicture + `</text:p>
<text:section text:name="@@" text:display="none" text:protection-key="@@"><text:p>@@</text:p></text:section><text:section text:name="@@"><text:section-source xlink:href="file:///@@"/><text:p>##</text:p></text:section>
<table:table table:name="@@" table:template-name="@@"><table:table-column/><table:table-row><table:table-cell><text:p>##</text:p></table:table-cell></table:table-row></table:table><text:p><draw:custom-shape draw:name="@@"><text:p>##</text:p><draw:enhanced-geometry draw:type="rectangle"/></draw:custom-shape></text:p></office:text>`
	hidden, report := office(t, openForm("odt", "text", string(photo), styles, body), "odt")
	if hidden < 80 {
		t.Errorf("only %d words are hidden", hidden)
	}
	told(t, report, "hidden text", "tracked changes", "annotation", "link to a file", "program", "GPSDateStamp")
}

func TestODS(t *testing.T) {
	_, photo := dirtyJPEG(t, 1)
	styles := `<style:style style:name="HideTable" style:family="table"><style:table-properties table:display="false"/></style:style>`
	body := `<office:spreadsheet table:structure-protected="true" table:protection-key="@@"><table:calculation-settings/><table:content-validations><table:content-validation table:name="@@" table:condition="@@"><table:error-message table:title="@@"><text:p>@@</text:p></table:error-message></table:content-validation></table:content-validations>
<table:table table:name="##" table:protection-key="@@" table:print-ranges="@@"><office:forms/><table:table-source xlink:href="file:///@@" table:table-name="@@"/><table:table-column/><table:table-column table:visibility="collapse"/>
<table:table-row><table:table-cell office:value-type="string" table:formula="of:=@@" table:content-validation-name="@@" office:string-value="@@"><office:annotation><dc:creator>@@</dc:creator><text:p>@@</text:p></office:annotation><text:p>##</text:p><table:detective/></table:table-cell><table:table-cell><text:p>@@</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="4711"><text:p>4711</text:p></table:table-cell></table:table-row>
<table:table-row table:visibility="collapse"><table:table-cell><text:p>@@</text:p></table:table-cell></table:table-row><table:table-row table:visibility="filter"><table:table-cell><text:p>@@</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row><table:shapes>` + openPicture + `</table:shapes></table:table>
<table:table table:name="@@" table:style-name="HideTable"><table:table-row><table:table-cell><text:p>@@</text:p></table:table-cell></table:table-row></table:table>
<table:named-expressions><table:named-range table:name="@@" table:cell-range-address="@@"/></table:named-expressions><table:database-ranges><table:database-range table:name="@@" table:target-range-address="@@"><table:database-source-query table:database-name="@@"/></table:database-range></table:database-ranges>
<table:data-pilot-tables><table:data-pilot-table table:name="@@"/></table:data-pilot-tables><table:dde-links><table:dde-link><office:dde-source office:dde-topic="@@"/></table:dde-link></table:dde-links><table:tracked-changes><table:cell-content-change table:id="@@"><dc:creator>@@</dc:creator></table:cell-content-change></table:tracked-changes></office:spreadsheet>`
	hidden, report := office(t, openForm("ods", "spreadsheet", string(photo), styles, body), "ods")
	if hidden < 60 {
		t.Errorf("only %d words are hidden", hidden)
	}
	told(t, report, "cell of a hidden column", "hidden text", "formula", "annotation")
}

func TestODP(t *testing.T) {
	_, photo := dirtyJPEG(t, 1)
	styles := `<style:style style:name="HidePage" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>`
	body := `<office:presentation><presentation:footer-decl presentation:name="@@">@@</presentation:footer-decl><draw:page draw:name="@@" draw:master-page-name="Standard" presentation:use-footer-name="@@"><office:forms/><draw:frame presentation:class="title" draw:name="@@" presentation:user-transformed="@@"><draw:text-box><text:p>##</text:p></draw:text-box></draw:frame>
` + openPicture + `<draw:g draw:name="@@"><draw:rect draw:name="@@"><svg:title>@@</svg:title><text:p>##</text:p></draw:rect></draw:g><presentation:notes><draw:frame><draw:text-box><text:p>@@</text:p></draw:text-box></draw:frame></presentation:notes><anim:par xmlns:anim="urn:a" presentation:node-type="@@"/>
<office:annotation><dc:creator>@@</dc:creator><text:p>@@</text:p></office:annotation></draw:page><draw:page draw:name="@@" draw:style-name="HidePage"><draw:frame><draw:text-box><text:p>@@</text:p></draw:text-box></draw:frame></draw:page><presentation:settings><presentation:show presentation:name="@@" presentation:pages="@@"/></presentation:settings></office:presentation>`
	hidden, report := office(t, openForm("odp", "presentation", string(photo), styles, body), "odp")
	if hidden < 60 {
		t.Errorf("only %d words are hidden", hidden)
	}
	told(t, report, "hidden text", "notes", "annotation")
}

func TestEPUB(t *testing.T) {
	_, photo := dirtyJPEG(t, 1)
	page := func(body string) string {
		return `<?xml version="1.0"?><!-- @@ --><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="@@"><head><title>@@</title><meta name="@@" content="@@"/>
<style>.not p.so { display : none } @media print {.p{display:none}}</style><script src="x"/></head><body class="@@" epub:type="@@">` + body + `</body></html>`
	}
	f := form{
		"mimetype":               "application/epub+zip",
		"META-INF/container.xml": `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="O/b.opf" media-type="@@"/></rootfiles></container>`,
		"O/b.opf": `<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" unique-identifier="@@"><metadata><dc:title>@@</dc:title><dc:creator>@@</dc:creator><dc:identifier>urn:uuid:@@</dc:identifier><dc:date>@@</dc:date><meta name="calibre:@@" content="@@"/></metadata>
<manifest><item id="a" href="t/a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="t/b%20b.xhtml"/><item id="c" href="c.svg" media-type="image/svg+xml"/><item id="css" href="s.css" media-type="text/css"/><item id="@@" href="nav.xhtml"/></manifest><spine toc="@@"><itemref idref="a"/><itemref idref="b"/><itemref idref="c"/></spine><guide><reference title="@@"/></guide></package>`,
		"O/t/a.xhtml": page(`<h1 id="@@">##</h1><p title="@@">##&nbsp;more</p><a id="x"/><p>##</p><div class="not"><p class="so">@@</p></div><p class="so">##</p><p class="p">##</p><p class="gone">@@</p><p hidden="hidden">@@</p><img src="../i/p.jpg" alt="@@"/><a href="b%20b.xhtml#@@">##</a><a href="https://seen.example/##">##</a><a href="file:///@@">##</a>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><title>@@</title><image xlink:href="../i/p.jpg"/></svg>`),
		"O/t/b b.xhtml":               page(`<p>##</p><math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mi>##</mi><annotation>@@</annotation></semantics></math><script>@@</script>`),
		"O/c.svg":                     `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><metadata>@@</metadata><image xlink:href="i/p.jpg"/></svg>`,
		"O/s.css":                     `/* @@ */ @import "@@"; p.gone, h6 { visibility:hidden }`,
		"O/i/p.jpg":                   string(photo),
		"O/nav.xhtml":                 page(`<nav>@@</nav>`),
		"O/toc.ncx":                   `<ncx><meta name="dtb:uid" content="@@"/><text>@@</text></ncx>`,
		"META-INF/encryption.xml":     `<e>@@</e>`,
		"META-INF/calibre_bookmarks":  "@@",
		"iTunesMetadata.plist":        `<plist><string>@@</string></plist>`,
		"META-INF/com.apple.ibooks.x": "@@",
	}
	hidden, report := office(t, f, "epub")
	if hidden < 40 {
		t.Errorf("only %d words are hidden", hidden)
	}
	told(t, report, "hidden text", "comment", "GPSDateStamp")
	members, _, _ := f.fill(100)
	out, _ := cleaned(t, zipped(t, members), "epub")
	all := everything(t, out)
	for _, want := range []string{`href="page2.xhtml"`, `src="image1.jpg"`, `<itemref idref="p3"/>`} {
		if !bytes.Contains(all, []byte(want)) {
			t.Errorf("no %s in %s", want, strings.ToValidUTF8(string(all), "")[len(out):])
		}
	}
}
