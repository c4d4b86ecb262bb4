package clean_test

import (
	"strings"
	"testing"
)

func xlsxForm(photo string) form {
	f := form{
		"xl/workbook.xml": `<x:workbook ` + spacesW + `><x:fileVersion codeName="@@"/><x:fileSharing userName="@@" reservationPassword="@@"/><x:workbookPr codeName="@@"/><mc:AlternateContent><mc:Choice><a url="C:\Users\@@\"/></mc:Choice></mc:AlternateContent>
<x:workbookProtection workbookPassword="@@"/><x:sheets><x:sheet name="##" sheetId="@@" r:id="r1"/><x:sheet name="@@" state="hidden" sheetId="2" r:id="r2"/><x:sheet name="@@" state="veryHidden" sheetId="3" r:id="r3"/></x:sheets>
<x:externalReferences><x:externalReference r:id="r9"/></x:externalReferences><x:definedNames><x:definedName name="@@" comment="@@" localSheetId="0">Sheet1!$A$1:@@</x:definedName></x:definedNames><x:pivotCaches><x:pivotCache cacheId="1" r:id="r8"/></x:pivotCaches></x:workbook>`,
		"xl/_rels/workbook.xml.rels": rels("r1", "worksheet", "worksheets/sheet1.xml", "r2", "worksheet", "worksheets/sheet2.xml", "r3", "worksheet", "worksheets/sheet3.xml", "r4", "styles", "styles.xml", "r5", "sharedStrings", "sharedStrings.xml",
			"r8", "pivotCacheDefinition", "pivotCache/c.xml", "r9", "externalLink", "externalLinks/externalLink1.xml", "@@", "connections", "connections.xml"),
		"xl/worksheets/sheet1.xml": `<x:worksheet ` + spacesW + `><x:sheetPr codeName="@@"><x:tabColor rgb="@@"/></x:sheetPr><x:sheetViews><x:sheetView><x:selection activeCell="@@"/></x:sheetView></x:sheetViews><x:cols><x:col min="1" max="2" width="12"/><x:col min="4" max="4" hidden="1"/></x:cols>
<x:sheetData><x:row r="1" spans="@@"><x:c r="A1" t="s" cm="@@"><x:v>0</x:v></x:c><x:c r="B1" t="inlineStr"><x:is><x:t>##</x:t><x:rPh><x:t>@@</x:t></x:rPh></x:is></x:c><x:c r="C1"><x:f>VLOOKUP("@@")</x:f><x:v>42</x:v></x:c><x:c r="D1" t="inlineStr"><x:is><x:t>@@</x:t></x:is></x:c></x:row>
<x:row r="2" hidden="1"><x:c r="A2" t="inlineStr"><x:is><x:t>@@</x:t></x:is></x:c></x:row><x:row r="3"><x:c r="A3" t="str"><x:f>@@</x:f><x:v>##</x:v></x:c><x:c r="B3" t="s"><x:v>1</x:v></x:c><x:c r="D3" t="s"><x:v>2</x:v></x:c></x:row></x:sheetData>
<x:sheetProtection password="@@" saltValue="@@"/><x:protectedRanges><x:protectedRange name="@@"/></x:protectedRanges><x:scenarios><x:scenario name="@@" user="@@" comment="@@"/></x:scenarios><x:autoFilter><x:filterColumn><x:filters><x:filter val="@@"/></x:filters></x:filterColumn></x:autoFilter>
<x:dataValidations><x:dataValidation promptTitle="@@" prompt="@@" error="@@"><x:formula1>"@@,@@"</x:formula1></x:dataValidation></x:dataValidations><x:conditionalFormatting><x:cfRule><x:formula>@@</x:formula></x:cfRule></x:conditionalFormatting>
<x:hyperlinks><x:hyperlink ref="A1" r:id="rl" tooltip="@@" display="@@"/></x:hyperlinks><x:headerFooter><x:oddHeader>@@</x:oddHeader></x:headerFooter><x:drawing r:id="rd"/><x:legacyDrawing r:id="rv"/><x:tableParts><x:tablePart r:id="rt"/></x:tableParts><x:extLst><x:ext uri="@@">@@</x:ext></x:extLst></x:worksheet>`,
		"xl/worksheets/_rels/sheet1.xml.rels": rels("rl", "hyperlink", "away:file:///C:/Users/@@/b.xlsx", "rd", "drawing", "../drawings/drawing1.xml", "rv", "vmlDrawing", "../drawings/v.vml", "rc", "comments", "../comments1.xml", "rt", "table", "../tables/table1.xml"),
		"xl/worksheets/sheet2.xml":            `<x:worksheet ` + spacesW + `><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>@@</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`,
		"xl/worksheets/sheet3.xml":            `<x:worksheet ` + spacesW + `><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>@@</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`,
		"xl/sharedStrings.xml":                `<x:sst ` + spacesW + `><x:si><x:t>##</x:t><x:phoneticPr fontId="@@"/></x:si><x:si><x:r><x:rPr><x:rFont val="@@"/></x:rPr><x:t>##</x:t></x:r></x:si><x:si><x:t>@@</x:t></x:si><x:si><x:t>@@</x:t></x:si></x:sst>`,
		"xl/styles.xml":                       `<x:styleSheet ` + spacesW + `><x:fonts><x:font><x:sz val="11"/></x:font></x:fonts><x:cellXfs><x:xf/></x:cellXfs><x:cellStyles><x:cellStyle name="@@"/></x:cellStyles><x:dxfs><x:dxf/></x:dxfs><x:extLst><x:ext uri="@@"/></x:extLst></x:styleSheet>`,
		"xl/drawings/drawing1.xml": `<xdr:wsDr ` + spacesW + `><xdr:twoCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>5</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>2</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>9</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>` + pictured("xdr", "rp") + `<xdr:clientData/></xdr:twoCellAnchor>
<xdr:twoCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>0</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row>5</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="1" name="@@"/></xdr:nvSpPr><xdr:txBody><a:p><a:r><a:t>@@</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor>
<xdr:oneCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>15</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="900000" cy="900000"/><xdr:sp macro="@@" textlink="@@"><xdr:nvSpPr><xdr:cNvPr id="1" name="@@" descr="@@"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>##</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:oneCellAnchor>
<xdr:oneCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>20</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="900000" cy="900000"/><xdr:graphicFrame macro="@@"><xdr:nvGraphicFramePr><xdr:cNvPr id="2" name="@@"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm/><a:graphic><a:graphicData uri="@@"><c:chart r:id="rch"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>`,
		"xl/drawings/_rels/drawing1.xml.rels":    rels("rp", "image", "../media/p.jpg", "rch", "chart", "../charts/chart1.xml", "rIdFile", "hyperlink", "away:file:///@@"),
		"xl/charts/chart1.xml":                   chartXML,
		"xl/media/p.jpg":                         photo,
		"xl/comments1.xml":                       `<x:comments ` + spacesW + `><x:authors><x:author>@@</x:author></x:authors><x:commentList><x:comment ref="A1"><x:text><x:t>@@</x:t></x:text></x:comment></x:commentList></x:comments>`,
		"xl/threadedComments/t.xml":              `<t><threadedComment personId="@@"><text>@@</text></threadedComment></t>`,
		"xl/persons/person.xml":                  `<p><person displayName="@@" userId="@@"/></p>`,
		"xl/drawings/v.vml":                      `<xml>@@</xml>`,
		"xl/tables/table1.xml":                   `<x:table ` + spacesW + ` name="@@" displayName="@@"><x:tableColumns><x:tableColumn name="@@"/></x:tableColumns></x:table>`,
		"xl/printerSettings/p.bin":               "@@",
		"xl/connections.xml":                     `<x:connections ` + spacesW + `><x:connection name="@@" sourceFile="@@"><x:dbPr connection="@@" command="@@"/></x:connection></x:connections>`,
		"xl/pivotCache/c.xml":                    `<x:pivotCacheDefinition refreshedBy="@@"/>`,
		"xl/pivotCache/records.xml":              `<r><s v="@@"/></r>`,
		"xl/externalLinks/externalLink1.xml":     `<x:externalLink><x:cell>@@</x:cell></x:externalLink>`,
		"xl/externalLinks/_rels/e.xml.rels":      rels("rId1", "externalLinkPath", "away:file:///C:/Users/@@"),
		"xl/queryTables/q.xml":                   `<q name="@@"/>`,
		"xl/revisions/userNames.xml":             `<u name="@@"/>`,
		"xl/customProperty1.bin":                 "@@",
		"xl/calcChain.xml":                       `<c r="@@"/>`,
		"xl/metadata.xml":                        `<m n="@@"/>`,
		"xl/model/item.data":                     "@@",
		"xl/ctrlProps/c.xml":                     `<f fmlaLink="@@"/>`,
		"xl/worksheets/_rels/nobody.xml.rels":    rels("@@", "x", "@@"),
		"xl/richData/richValueRel.xml":           `<r n="@@"/>`,
		"xl/slicers/s.xml":                       `<s caption="@@"/>`,
		"xl/timelines/t.xml":                     `<s caption="@@"/>`,
		"xl/webextensions/w.xml":                 `<s id="@@"/>`,
		"xl/externalLinks/_rels/nobody.xml.rels": rels("r", "oleObject", "away:@@"),
	}
	return f.ownOffice("xl/workbook.xml")
}

func TestXLSX(t *testing.T) {
	_, photo := dirtyJPEG(t, 1)
	hidden, report := office(t, xlsxForm(string(photo)), "xlsx")
	if hidden < 100 {
		t.Errorf("only %d words are hidden", hidden)
	}
	told(t, report, "hidden sheet", "hidden row", "cell of a hidden column", "drawing in hidden cells", "formula", "defined name")
}

// A chart of a sheet that is kept stays bound to its cells; the name of a hidden
// sheet goes with it.
func TestChartOfHiddenSheet(t *testing.T) {
	f := xlsxForm("")
	delete(f, "xl/media/p.jpg")
	for _, c := range []struct{ sheet, want string }{{"Shown", "c:numRef"}, {"@@", "c:numLit"}} {
		f["xl/workbook.xml"] = `<x:workbook ` + spacesW + `><x:sheets><x:sheet name="Shown" sheetId="1" r:id="r1"/></x:sheets></x:workbook>`
		f["xl/charts/chart1.xml"] = strings.Replace(chartXML, "<c:f>@@</c:f><c:numCache>", "<c:f>'"+c.sheet+"'!$A$1:$A$2</c:f><c:numCache>", 1)
		members, _, _ := f.fill(100)
		out, _ := cleaned(t, zipped(t, members), "xlsx")
		if all := everything(t, out); !strings.Contains(string(all), c.want) || len(leaks(all)) > 0 {
			t.Errorf("%s: no %s, or left: %v", c.sheet, c.want, leaks(all))
		}
	}
}

func pptxForm(photo string) form {
	nv := func(extra string) string {
		return `<p:nvSpPr><p:cNvPr id="2" name="@@" descr="@@" title="@@"` + extra + `><a:extLst><a:ext uri="@@"/></a:extLst></p:cNvPr><p:cNvSpPr/><p:nvPr><p:custDataLst><p:tags r:id="rtag"/></p:custDataLst></p:nvPr></p:nvSpPr>`
	}
	text := func(word string) string {
		return `<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang="@@" dirty="0" err="1" bmk="@@"/><a:t>` + word + `</a:t></a:r></a:p></p:txBody>`
	}
	box := `<p:spPr><a:xfrm><a:off x="100" y="100"/><a:ext cx="900000" cy="900000"/></a:xfrm></p:spPr>`
	tree := `<p:nvGrpSpPr><p:cNvPr id="1" name="@@"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>`
	f := form{
		"ppt/presentation.xml": `<p:presentation ` + spacesW + ` bookmarkIdSeed="@@"><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rm"/></p:sldMasterIdLst><p:notesMasterIdLst><p:notesMasterId r:id="rn"/></p:notesMasterIdLst><p:sldIdLst><p:sldId id="256" r:id="r1"/><p:sldId id="257" r:id="r2"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/>
<p:custShowLst><p:custShow name="@@"/></p:custShowLst><p:modifyVerifier hashData="@@"/><p:extLst><p:ext uri="@@"><s name="@@">@@</s></p:ext></p:extLst></p:presentation>`,
		"ppt/_rels/presentation.xml.rels": rels("r1", "slide", "slides/slide1.xml", "r2", "slide", "slides/slide2.xml", "rm", "slideMaster", "slideMasters/slideMaster1.xml", "rn", "notesMaster", "notesMasters/n.xml", "@@", "commentAuthors", "commentAuthors.xml", "rts", "tableStyles", "tableStyles.xml"),
		"ppt/slides/slide1.xml": `<p:sld ` + spacesW + `><!-- @@ --><p:cSld name="@@"><p:spTree>` + tree + `
<p:sp>` + nv("") + box + text("##") + `</p:sp><p:sp>` + nv(` hidden="1"`) + box + text("@@") + `</p:sp>
<p:sp>` + nv("") + `<p:spPr><a:xfrm><a:off x="9900000" y="0"/><a:ext cx="10" cy="10"/></a:xfrm></p:spPr>` + text("@@") + `</p:sp>
<p:grpSp>` + tree + `<p:sp>` + nv("") + box + text("##") + `</p:sp></p:grpSp>` + strings.Replace(pictured("p", "rp"), `</p:cNvPicPr>`, `</p:cNvPicPr><p:nvPr/>`, 1) + `
<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="4" name="@@"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr><a:tableStyleId>{@@}</a:tableStyleId></a:tblPr><a:tblGrid><a:gridCol w="9"><a:extLst><a:ext uri="@@"/></a:extLst></a:gridCol></a:tblGrid><a:tr h="9"><a:tc><a:txBody><a:bodyPr/><a:p><a:r><a:t>##</a:t></a:r></a:p></a:txBody><a:tcPr/></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>
<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="5" name="@@"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/></p:xfrm><a:graphic><a:graphicData uri="@@"><c:chart r:id="rc"/></a:graphicData></a:graphic></p:graphicFrame>
<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="6" name="@@"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/></p:xfrm><a:graphic><a:graphicData uri="@@"><dgm:relIds r:dm="rdm"/></a:graphicData></a:graphic></p:graphicFrame>
<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="7" name="@@"/></p:nvGraphicFramePr><a:graphic><a:graphicData uri="@@"><p:oleObj name="@@" progId="@@" r:id="ro">` + pictured("p", "rp") + `</p:oleObj></a:graphicData></a:graphic></p:graphicFrame>
<p:sp>` + nv("") + box + `<p:txBody><a:bodyPr/><a:p><a:r><a:rPr><a:hlinkClick r:id="rIdFile" tooltip="@@" action="@@"/></a:rPr><a:t>##</a:t></a:r><a:fld id="{@@}" type="datetime1"><a:t>##</a:t></a:fld></a:p></p:txBody></p:sp></p:spTree><p:custDataLst><p:tags r:id="rtag"/></p:custDataLst><p:controls><p:control name="@@"/></p:controls></p:cSld>
<p:transition><p:sndAc><p:stSnd><p:snd name="@@"/></p:stSnd></p:sndAc></p:transition><p:timing><p:tnLst><a>@@</a></p:tnLst></p:timing></p:sld>`,
		"ppt/slides/_rels/slide1.xml.rels": rels("rl", "slideLayout", "../slideLayouts/slideLayout1.xml", "rp", "image", "../media/p.jpg", "rc", "chart", "../charts/chart1.xml", "rdm", "diagramData", "../diagrams/data1.xml", "rdr", "diagramDrawing", "../diagrams/drawing1.xml",
			"rIdFile", "hyperlink", "away:file:///C:/Users/@@/c.pptx", "rnote", "notesSlide", "../notesSlides/notesSlide1.xml", "rcm", "comments", "../comments/comment1.xml", "rtag", "tags", "../tags/tag1.xml", "ro", "oleObject", "../embeddings/o.bin"),
		"ppt/slides/slide2.xml":                            `<p:sld ` + spacesW + ` show="0"><p:cSld><p:spTree><p:sp>` + text("@@") + `</p:sp></p:spTree></p:cSld></p:sld>`,
		"ppt/slideLayouts/slideLayout1.xml":                `<p:sldLayout ` + spacesW + ` userDrawn="1" matchingName="@@"><p:cSld name="@@"><p:spTree>` + tree + `<p:sp><p:nvSpPr><p:cNvPr id="2" name="@@"/><p:cNvSpPr/><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>` + box + text("@@") + `</p:sp><p:sp>` + nv("") + box + text("##") + `</p:sp></p:spTree></p:cSld><p:hf/></p:sldLayout>`,
		"ppt/slideLayouts/_rels/slideLayout1.xml.rels":     rels("r1", "slideMaster", "../slideMasters/slideMaster1.xml", "rtag", "tags", "../tags/@@.xml"),
		"ppt/slideMasters/slideMaster1.xml":                `<p:sldMaster ` + spacesW + `><p:cSld><p:spTree>` + tree + `<p:sp>` + nv("") + box + text("##") + `</p:sp></p:spTree></p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2"/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="r1"/></p:sldLayoutIdLst><p:txStyles><p:titleStyle><a:lvl1pPr><a:defRPr lang="@@"/></a:lvl1pPr></p:titleStyle></p:txStyles></p:sldMaster>`,
		"ppt/slideMasters/_rels/slideMaster1.xml.rels":     rels("r1", "slideLayout", "../slideLayouts/slideLayout1.xml", "rt", "theme", "../theme/theme1.xml"),
		"ppt/theme/theme1.xml":                             `<a:theme ` + spacesW + ` name="@@"><a:themeElements><a:clrScheme name="@@"><a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1></a:clrScheme><a:fontScheme name="@@"><a:majorFont><a:latin typeface="Calibri" panose="@@"/></a:majorFont></a:fontScheme><a:fmtScheme name="@@"/></a:themeElements><a:custClrLst><a:custClr name="@@"/></a:custClrLst><a:extLst><a:ext uri="@@"/></a:extLst></a:theme>`,
		"ppt/tableStyles.xml":                              `<a:tblStyleLst ` + spacesW + ` def="{@@}"><a:tblStyle styleId="{@@}" styleName="@@"/></a:tblStyleLst>`,
		"ppt/charts/chart1.xml":                            chartXML,
		"ppt/diagrams/data1.xml":                           `<dgm:dataModel ` + spacesW + `><dgm:ptLst><dgm:pt modelId="@@"><dgm:t><a:p><a:r><a:t>@@</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst><dgm:extLst><a:ext uri="@@"><dsp:dataModelExt relId="rdr"/></a:ext></dgm:extLst></dgm:dataModel>`,
		"ppt/diagrams/drawing1.xml":                        `<dsp:drawing ` + spacesW + `><dsp:spTree><dsp:nvGrpSpPr><dsp:cNvPr id="0" name="@@"/><dsp:cNvGrpSpPr/></dsp:nvGrpSpPr><dsp:grpSpPr/><dsp:sp modelId="{@@}"><dsp:nvSpPr><dsp:cNvPr id="0" name="@@" descr="@@"/><dsp:cNvSpPr/></dsp:nvSpPr><dsp:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/></a:xfrm></dsp:spPr><dsp:txBody><a:bodyPr/><a:p><a:r><a:t>##</a:t></a:r></a:p></dsp:txBody></dsp:sp></dsp:spTree></dsp:drawing>`,
		"ppt/media/p.jpg":                                  photo,
		"ppt/notesSlides/notesSlide1.xml":                  `<p:notes ` + spacesW + `>` + text("@@") + `</p:notes>`,
		"ppt/notesMasters/n.xml":                           `<p:notesMaster ` + spacesW + `>@@</p:notesMaster>`,
		"ppt/handoutMasters/h.xml":                         `<p:handoutMaster ` + spacesW + `>@@</p:handoutMaster>`,
		"ppt/comments/comment1.xml":                        `<c author="@@">@@</c>`,
		"ppt/commentAuthors.xml":                           `<a name="@@" initials="@@" userId="@@"/>`,
		"ppt/tags/tag1.xml":                                `<t name="@@" val="@@"/>`,
		"ppt/embeddings/o.bin":                             "@@",
		"ppt/presProps.xml":                                `<p name="@@"/>`,
		"ppt/viewProps.xml":                                `<p name="@@"/>`,
		"ppt/changesInfos/c.xml":                           `<p author="@@"/>`,
		"ppt/revisionInfo.xml":                             `<p id="@@"/>`,
		"ppt/printerSettings/p.bin":                        "@@",
		"ppt/fonts/f.fntdata":                              "@@",
		"ppt/slideLayouts/slideLayout2.xml":                `<p:sldLayout ` + spacesW + `><p:cSld name="@@"/></p:sldLayout>`,
		"ppt/ink/ink1.xml":                                 `<i>@@</i>`,
		"ppt/webextensions/taskpanes.xml":                  `<i>@@</i>`,
		"ppt/authors.xml":                                  `<a name="@@" userId="@@"/>`,
		"ppt/vbaProject.bin":                               "@@",
		"ppt/activeX/a.xml":                                `<a n="@@"/>`,
		"ppt/media/nobody.png":                             "@@",
		"ppt/notesSlides/_rels/notesSlide1.xml.rels":       rels("r", "slide", "@@"),
		"ppt/slideLayouts/_rels/slideLayout2.xml.rels":     rels("r", "slideMaster", "@@"),
		"ppt/externalLinks/_rels/externalLink1.xml.rels":   rels("r", "x", "away:@@"),
		"ppt/charts/_rels/chart1.xml.rels":                 rels("rId1", "package", "../embeddings/@@.xlsx"),
		"ppt/charts/style1.xml":                            `<s id="@@"/>`,
		"ppt/threadedComments/nobody.xml":                  `<s id="@@">@@</s>`,
		"ppt/slideUpdateInfo/nobody.xml":                   `<s id="@@">@@</s>`,
		"ppt/customData/nobody.data":                       "@@",
		"ppt/legacyDocTextInfo.bin":                        "@@",
		"ppt/smartTags.xml":                                `<s>@@</s>`,
		"ppt/theme/theme2.xml":                             `<a:theme ` + spacesW + ` name="@@"/>`,
		"ppt/theme/_rels/theme1.xml.rels":                  rels("r", "image", "away:file:///@@"),
		"ppt/slideMasters/_rels/slideMasterNobody.xml.rel": "@@",
	}
	return f.ownOffice("ppt/presentation.xml")
}

func TestPPTX(t *testing.T) {
	_, photo := dirtyJPEG(t, 1)
	f := pptxForm(string(photo))
	hidden, report := office(t, f, "pptx")
	if hidden < 100 {
		t.Errorf("only %d words are hidden", hidden)
	}
	told(t, report, "hidden slide", "hidden shape", "shape beside the slide", "link to a file", "document in it", "program")
}
