package clean_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"habeas/clean"
)

// A form is a file of several members in which "@@" stands for what must not be
// left and "##" for what is seen and must be; each becomes a word of its own.
type form map[string]string

var mark = regexp.MustCompile(`@@|##`)

// fill returns the members, and the words that are seen.
func (f form) fill(from int) (members map[string]string, seen []string, hidden int) {
	members = map[string]string{}
	for _, name := range sorted(f) {
		replace := func(m string) string {
			if m == "@@" {
				from++
				hidden++
				return token(from)
			}
			word := fmt.Sprintf("Seen%dword", len(seen))
			seen = append(seen, word)
			return word
		}
		members[mark.ReplaceAllStringFunc(name, replace)] = mark.ReplaceAllStringFunc(f[name], replace)
	}
	return members, seen, hidden
}

// everything returns all bytes of a file and of what is packed in it, however deep.
func everything(t *testing.T, b []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return b
	}
	all := bytes.Clone(b)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Modified.IsZero() && f.Modified.Year() > 1980 || f.Comment != "" || len(f.Extra) > 0 {
			t.Errorf("%s: says more than it should: %v %q %q", f.Name, f.Modified, f.Comment, f.Extra)
		}
		all = append(append(all, f.Name...), everything(t, body)...)
	}
	return all
}

// office cleans a file of members, and fails if a hidden word is left or one that
// is seen is gone. It returns how many there were to hide.
func office(t *testing.T, f form, kind string) (hidden int, report *clean.Report) {
	t.Helper()
	members, seen, hidden := f.fill(100)
	dirty := zipped(t, members)
	if found := len(leaks(dirty)); found == 0 {
		t.Fatal("nothing to clean")
	}
	out, report := cleaned(t, dirty, kind)
	all := everything(t, out)
	if left := leaks(all); len(left) > 0 {
		for _, w := range left {
			i := bytes.LastIndex(all, []byte(w))
			t.Errorf("%s is left: %.160q", w, all[max(0, i-100):])
		}
	}
	for _, word := range seen {
		if !bytes.Contains(all, []byte(word)) {
			t.Errorf("%s is gone", word)
		}
	}
	for _, r := range report.Removed {
		if strings.Contains(r.Value, "Seen") && !r.Shown {
			t.Errorf("a word that is seen went without a word: %+v", r)
		}
	}
	return hidden, report
}

func sorted(f form) []string {
	return slices.Sorted(maps.Keys(f))
}

const (
	spacesW = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
 xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
 xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:dsp="http://schemas.microsoft.com/office/drawing/2008/diagram" xmlns:odd="urn:@@"`
	relSpace = ` xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	relOf    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// rels returns a part of relations: id, kind and target in turn; a target with
// "away:" before it lies outside.
func rels(all ...string) string {
	var b strings.Builder
	b.WriteString("<Relationships" + relSpace + ">")
	for i := 0; i < len(all); i += 3 {
		target, away := strings.CutPrefix(all[i+2], "away:")
		mode := ""
		if away {
			mode = ` TargetMode="External"`
		}
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s%s" Target="%s"%s/>`, all[i], relOf, all[i+1], target, mode)
	}
	return b.String() + "</Relationships>"
}

// ownOffice adds what every Office Open XML file says of itself.
func (f form) ownOffice(main string) form {
	f["[Content_Types].xml"] = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="@@" ContentType="x/@@"/></Types>`
	f["_rels/.rels"] = rels("rId1", "officeDocument", main, "@@", "extended-properties", "docProps/app.xml", "rId3", "thumbnail", "docProps/thumbnail.jpeg")
	f["docProps/core.xml"] = `<cp:coreProperties xmlns:cp="urn:c" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>@@</dc:creator><cp:lastModifiedBy>@@</cp:lastModifiedBy>
<dc:title>@@</dc:title><dc:subject>@@</dc:subject><cp:keywords>@@</cp:keywords><dc:description>@@</dc:description><cp:category>@@</cp:category></cp:coreProperties>`
	f["docProps/app.xml"] = `<Properties><Template>@@</Template><Manager>@@</Manager><Company>@@</Company><Application>@@</Application><HyperlinkBase>@@</HyperlinkBase></Properties>`
	f["docProps/custom.xml"] = `<Properties><property name="@@"><lpwstr>@@</lpwstr></property></Properties>`
	f["docProps/thumbnail.jpeg"] = "@@"
	f["customXml/item1.xml"] = `<a id="@@">@@</a>`
	f["customXml/itemProps1.xml"] = `<b itemID="@@"/>`
	f["docMetadata/LabelInfo.xml"] = `<labels owner="@@"/>`
	f["@@.bin"] = "@@"
	return f
}

const chartXML = `<c:chartSpace ` + spacesW + `><!-- @@ --><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:rPr lang="@@"/><a:t>##</a:t></a:r></a:p></c:rich></c:tx></c:title>
<c:plotArea><c:barChart><c:barDir val="col"/><c:ser><c:idx val="0"/><c:tx><c:strRef><c:f>'[@@.xlsx]Sheet1'!$B$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>##</c:v></c:pt></c:strCache></c:strRef></c:tx>
<c:cat><c:multiLvlStrRef><c:f>@@</c:f><c:multiLvlStrCache><c:ptCount val="1"/><c:lvl><c:pt idx="0"><c:v>##</c:v></c:pt></c:lvl></c:multiLvlStrCache></c:multiLvlStrRef></c:cat>
<c:val><c:numRef><c:f>@@</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="1"/><c:pt idx="0"><c:v>4711.5</c:v></c:pt></c:numCache></c:numRef></c:val>
<c:extLst><c:ext uri="@@"><x>@@</x></c:ext></c:extLst></c:ser></c:barChart></c:plotArea></c:chart><c:printSettings><c:headerFooter><c:oddHeader>@@</c:oddHeader></c:headerFooter></c:printSettings>
<c:externalData r:id="rId1"/><c:userShapes r:id="rId2"/></c:chartSpace>`

// pictured is a picture as Office Open XML files have it, with prefix of their kind.
func pictured(prefix, id string) string {
	return `<` + prefix + `:pic><` + prefix + `:nv` + `PicPr><` + prefix + `:cNvPr id="7" name="@@" descr="C:\Users\@@\p.jpg" title="@@"><a:hlinkClick r:id="rIdFile"/></` + prefix + `:cNvPr><` + prefix + `:cNvPicPr/></` + prefix + `:nvPicPr>
<` + prefix + `:blipFill><a:blip r:embed="` + id + `" cstate="@@"><a:extLst><a:ext uri="@@"/></a:extLst></a:blip><a:stretch/></` + prefix + `:blipFill>
<` + prefix + `:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="914400" cy="914400"/></a:xfrm><a:prstGeom prst="rect"/></` + prefix + `:spPr></` + prefix + `:pic>`
}

func docxForm(photo string) form {
	f := form{
		"word/document.xml": `<?xml version="1.0"?><!-- @@ --><w:document ` + spacesW + `><w:body>
<w:p w:rsidR="@@" w14:paraId="@@" w14:textId="@@"><w:pPr><w:pStyle w:val="MyOwn"/><w:rPr><w:ins w:author="@@" w:date="@@"/></w:rPr><w:pPrChange w:author="@@"><w:pPr><w:jc w:val="left"/></w:pPr></w:pPrChange></w:pPr>
<w:bookmarkStart w:id="0" w:name="@@"/><w:r w:rsidRPr="@@"><w:rPr><w:b/><w:lang w:val="@@"/><w:rPrChange w:author="@@"/></w:rPr><w:t>##</w:t></w:r><w:bookmarkEnd w:id="0"/>
<w:ins w:author="@@" w:date="@@"><w:r><w:t>##</w:t></w:r></w:ins><w:del w:author="@@"><w:r><w:delText>@@</w:delText></w:r></w:del>
<w:moveFrom w:author="@@"><w:r><w:t>@@</w:t></w:r></w:moveFrom><w:moveTo w:author="@@"><w:r><w:t>##</w:t></w:r></w:moveTo><w:moveFromRangeStart w:name="@@"/>
<w:commentRangeStart w:id="1"/><w:r><w:commentReference w:id="1"/></w:r><w:proofErr w:type="@@"/><w:permStart w:ed="@@"/></w:p>
<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>@@</w:t></w:r><w:r><w:rPr><w:rStyle w:val="HiddenRun"/></w:rPr><w:t>@@</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>##</w:t></w:r>
<w:r><w:rPr><w:webHidden/></w:rPr><w:t>##</w:t></w:r></w:p>
<w:p><w:pPr><w:pStyle w:val="HiddenPar"/></w:pPr><w:r><w:t>@@</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="BasedOnHidden"/></w:pPr><w:r><w:t>@@</w:t></w:r></w:p>
<w:p><w:hyperlink r:id="rIdFile" w:tooltip="@@" w:history="1"><w:r><w:t>##</w:t></w:r></w:hyperlink><w:hyperlink r:id="rIdWeb" w:docLocation="@@"><w:r><w:t>##</w:t></w:r></w:hyperlink>
<w:fldSimple w:instr="AUTHOR @@"><w:r><w:t>##</w:t></w:r></w:fldSimple><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="@@"/><w:helpText w:val="@@"/></w:ffData></w:fldChar></w:r>
<w:r><w:instrText>INCLUDETEXT @@</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>##</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:sdt><w:sdtPr><w:alias w:val="@@"/><w:tag w:val="@@"/><w:id w:val="@@"/><w:dataBinding w:xpath="@@" w:storeItemID="@@"/><w:placeholder><w:docPart w:val="@@"/></w:placeholder></w:sdtPr><w:sdtContent><w:p><w:r><w:t>##</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:smartTag w:element="@@"><w:smartTagPr><w:attr w:name="@@" w:val="@@"/></w:smartTagPr><w:p><w:r><w:t>##</w:t></w:r></w:p></w:smartTag>
<w:tbl><w:tblPr><w:tblStyle w:val="@@"/><w:tblCaption w:val="@@"/><w:tblDescription w:val="@@"/></w:tblPr><w:tblGrid><w:gridCol w:w="100"/></w:tblGrid><w:tr w:rsidR="@@"><w:tc><w:p><w:r><w:t>##</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:trPr><w:del w:author="@@"/></w:trPr><w:tc><w:p><w:r><w:t>@@</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:drawing><wp:inline><wp:extent cx="914400" cy="914400"/><wp:docPr id="1" name="@@" descr="C:\Users\@@\x.png" title="@@"/><a:graphic><a:graphicData uri="u">` + pictured("pic", "rIdPic") + `</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>
<w:r><w:drawing><wp:inline><wp:extent cx="914400" cy="914400"/><wp:docPr id="9" name="@@" hidden="1"/><a:graphic><a:graphicData uri="u"><wps:wsp><wps:txbx><w:txbxContent><w:p><w:r><w:t>@@</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>
<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><wp:extent cx="914400" cy="914400"/><wp:docPr id="2" name="@@" descr="@@"/><a:graphic><a:graphicData uri="u"><wps:wsp><wps:txbx><w:txbxContent><w:p><w:r><w:t>##</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp>
<wps:wsp><wps:txbx><w:txbxContent><w:p><w:r><w:t>##</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape id="@@" alt="@@"/></w:pict></mc:Fallback></mc:AlternateContent></w:r>
<w:r><w:drawing><wp:inline><wp:extent cx="914400" cy="914400"/><wp:docPr id="3" name="@@"/><a:graphic><a:graphicData uri="u"><c:chart r:id="rIdChart"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>
<w:r><w:object><v:shape style="width:100pt;height:50pt" alt="@@"><v:imagedata r:id="rIdPic" o:title="@@"/></v:shape><o:OLEObject ProgID="@@" r:id="rIdOle"/></w:object></w:r>
<w:r><w:drawing><wp:inline><wp:extent cx="914400" cy="914400"/><a:graphic><a:graphicData uri="u"><dgm:relIds r:dm="rIdData"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>
<w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p><w:sectPr w:rsidR="@@"><w:headerReference w:type="default" r:id="rIdHead"/><w:footerReference w:type="default" r:id="rIdFoot"/><w:pgSz w:w="11906" w:h="16838"/><w:printerSettings r:id="rIdPrint"/></w:sectPr></w:body></w:document>`,
		"word/_rels/document.xml.rels": rels("rIdStyles", "styles", "styles.xml", "rIdHead", "header", "header1.xml", "rIdFoot", "footer", "footer1.xml", "rIdNotes", "footnotes", "footnotes.xml",
			"rIdPic", "image", "media/@@.jpg", "rIdFile", "hyperlink", "away:file:///C:/Users/@@/x.docx", "rIdWeb", "hyperlink", "away:https://seen.example/##", "rIdChart", "chart", "charts/chart1.xml",
			"rIdOle", "oleObject", "embeddings/@@.bin", "rIdData", "diagramData", "diagrams/data1.xml", "rIdSet", "settings", "settings.xml", "rIdCom", "comments", "comments.xml"),
		"word/styles.xml": `<w:styles ` + spacesW + `><w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="@@"/></w:rPr></w:rPrDefault></w:docDefaults><w:latentStyles><w:lsdException w:name="@@"/></w:latentStyles>
<w:style w:type="paragraph" w:styleId="MyOwn"><w:name w:val="@@"/><w:aliases w:val="@@"/><w:rsid w:val="@@"/></w:style><w:style w:type="character" w:styleId="HiddenRun"><w:name w:val="@@"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="HiddenPar"><w:name w:val="@@"/><w:rPr><w:vanish/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="BasedOnHidden"><w:name w:val="@@"/><w:basedOn w:val="HiddenPar"/></w:style></w:styles>`,
		"word/header1.xml":                  `<w:hdr ` + spacesW + `><w:p w:rsidR="@@"><w:r><w:t>##</w:t></w:r><w:ins w:author="@@"/></w:p></w:hdr>`,
		"word/footer1.xml":                  `<w:ftr ` + spacesW + `><w:p><w:r><w:t>##</w:t></w:r></w:p></w:ftr>`,
		"word/footnotes.xml":                `<w:footnotes ` + spacesW + `><w:footnote w:id="2"><w:p w14:paraId="@@"><w:r><w:t>##</w:t></w:r></w:p></w:footnote></w:footnotes>`,
		"word/comments.xml":                 `<w:comments ` + spacesW + `><w:comment w:id="1" w:author="@@" w:initials="@@" w:date="@@"><w:p><w:r><w:t>@@</w:t></w:r></w:p></w:comment></w:comments>`,
		"word/commentsIds.xml":              `<a durableId="@@"/>`,
		"word/people.xml":                   `<w15:people ` + spacesW + `><w15:person w15:author="@@"><w15:presenceInfo w15:providerId="@@" w15:userId="@@"/></w15:person></w15:people>`,
		"word/settings.xml":                 `<w:settings ` + spacesW + `><w:attachedTemplate r:id="rId1"/><w:docVars><w:docVar w:name="@@" w:val="@@"/></w:docVars><w:rsids><w:rsid w:val="@@"/></w:rsids><w:mailMerge><w:query w:val="@@"/></w:mailMerge></w:settings>`,
		"word/fontTable.xml":                `<w:fonts ` + spacesW + `><w:font w:name="@@"/></w:fonts>`,
		"word/webSettings.xml":              `<w:webSettings ` + spacesW + `><w:divs><w:div w:id="@@"/></w:divs></w:webSettings>`,
		"word/glossary/document.xml":        `<w:glossaryDocument ` + spacesW + `>@@</w:glossaryDocument>`,
		"word/_rels/settings.xml.rels":      rels("rId1", "attachedTemplate", "away:file:///C:/Users/@@/n.dotx"),
		"word/_rels/header1.xml.rels":       rels("rId1", "image", "away:file:///@@"),
		"word/charts/chart1.xml":            chartXML,
		"word/charts/_rels/chart1.xml.rels": rels("rId1", "package", "../embeddings/@@.xlsx"),
		"word/embeddings/old.bin":           "@@",
		"word/vbaProject.bin":               "@@",
		"word/diagrams/data1.xml":           `<dgm:dataModel ` + spacesW + `><dgm:ptLst><dgm:pt modelId="@@"><dgm:prSet presName="@@"/><dgm:t><a:bodyPr/><a:p><a:r><a:t>##</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>`,
	}
	f["word/media/@@.jpg"] = photo
	return f.ownOffice("word/document.xml")
}

func TestDOCX(t *testing.T) {
	_, photo := dirtyJPEG(t, 6)
	f := docxForm(string(photo))
	delete(f, "word/media/@@.jpg")
	f["word/_rels/document.xml.rels"] = strings.Replace(f["word/_rels/document.xml.rels"], "media/@@.jpg", "media/p.jpg", 1)
	f["word/media/p.jpg"] = string(photo)
	hidden, report := office(t, f, "docx")
	if hidden < 100 {
		t.Errorf("only %d words are hidden", hidden)
	}
	told(t, report, "hidden text", "deleted text", "deleted row", "link to a file", "program", "document in it", "hidden drawing", "GPSDateStamp")
}

// told fails if a report does not say that something was left out.
func told(t *testing.T, report *clean.Report, all ...string) {
	t.Helper()
	words := fmt.Sprint(report.Removed)
	for _, want := range all {
		if !strings.Contains(words, want) {
			t.Errorf("does not say that it left out: %s", want)
		}
	}
}
