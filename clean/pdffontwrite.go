package clean

import (
	"fmt"
	"maps"
	"slices"

	"habeas/internal/pdf"
)

// finishEncoding writes the encoding of a simple font.
func (f *pdfFont) finishEncoding(d *pdfDoc, out pdf.Dict) {
	known := []pdf.Name{"WinAnsiEncoding", "MacRomanEncoding", "MacExpertEncoding", "StandardEncoding"}
	d.nameOf(out, f.old, "Encoding", known...)
	if old := d.f.Dict(f.old["Encoding"]); old != nil {
		enc := pdf.Dict{"Type": pdf.Name("Encoding")}
		d.nameOf(enc, old, "BaseEncoding", known...)
		if list := listDifferences(f.differences(d)); list != nil {
			enc["Differences"] = list
		}
		out["Encoding"] = d.w.Add(enc)
	}
}

// finishDrawn writes a font whose glyphs are contents. They are called after their
// codes, unless their names say what they show.
func (f *pdfFont) finishDrawn(d *pdfDoc, out pdf.Dict) {
	out["Subtype"] = pdf.Name("Type3")
	d.copyKeys(out, f.old, "FontBBox", "FontMatrix", "FirstChar", "LastChar", "Widths")
	names, procs := newNames(), pdf.Dict{}
	old := d.f.Dict(f.old["CharProcs"])
	differ := f.differences(d)
	for _, code := range slices.Sorted(maps.Keys(differ)) {
		n := differ[code]
		if _, ok := d.f.Get(old[n]).(*pdf.Stream); !ok {
			continue
		}
		x := d.painter(d.f.Dict(f.old["Resources"]), names, fresh(everywhere()))
		x.read(d.decode(old[n]))
		x.close()
		if len(f.unicode) > 0 {
			n = pdf.Name(fmt.Sprintf("c%d", code))
		}
		differ[code] = n
		procs[n] = d.w.Add(d.packed(pdf.Dict{}, x.write()))
	}
	out["CharProcs"], out["Resources"] = procs, names.dict()
	out["Encoding"] = pdf.Dict{"Type": pdf.Name("Encoding"), "Differences": listDifferences(differ)}
}

// finishComposite writes a font whose codes have more than one byte.
func (f *pdfFont) finishComposite(d *pdfDoc, out pdf.Dict) {
	out["Subtype"], out["BaseFont"] = pdf.Name("Type0"), f.name(d, f.below)
	below := pdf.Dict{"Type": pdf.Name("Font"), "BaseFont": out["BaseFont"]}
	d.nameOf(below, f.below, "Subtype", "CIDFontType0", "CIDFontType2")
	info := d.f.Dict(f.below["CIDSystemInfo"])
	ordering, _ := d.f.Get(info["Ordering"]).(pdf.String)
	if !slices.Contains([]pdf.String{"GB1", "CNS1", "Japan1", "Japan2", "Korea1", "KR", "UCS"}, ordering) {
		ordering = "Identity"
	}
	below["CIDSystemInfo"] = pdf.Dict{"Registry": pdf.String("Adobe"), "Ordering": ordering, "Supplement": d.number(info["Supplement"], 0)}
	d.copyKeys(below, f.below, "DW", "W", "DW2", "W2")
	if f.descriptor != nil {
		below["FontDescriptor"] = f.describe(d, out["BaseFont"])
	}
	if d.f.Get(f.below["CIDToGIDMap"]) == pdf.Name("Identity") {
		below["CIDToGIDMap"] = pdf.Name("Identity")
	} else if b := d.decode(f.below["CIDToGIDMap"]); b != nil {
		below["CIDToGIDMap"] = d.w.Add(d.packed(pdf.Dict{}, b[:min(len(b), 2<<16)]))
	}
	out["DescendantFonts"] = []any{d.w.Add(below)}
	if f.codes != nil {
		dict := pdf.Dict{"Type": pdf.Name("CMap"), "CMapName": pdf.Name("E"),
			"CIDSystemInfo": pdf.Dict{"Registry": pdf.String("Adobe"), "Ordering": ordering, "Supplement": 0}}
		if f.vertical {
			dict["WMode"] = 1
		}
		out["Encoding"] = d.w.Add(d.packed(dict, f.codes.write(f.vertical)))
		return
	}
	out["Encoding"] = pdf.Name("Identity-H")
	if name, ok := d.f.Get(f.old["Encoding"]).(pdf.Name); ok && slices.Contains(cmapNames(), name) {
		out["Encoding"] = name
	}
}

// cmapNames are the encodings of ISO 32000-1, table 118.
func cmapNames() []pdf.Name {
	return []pdf.Name{"Identity-H", "Identity-V", "H", "V",
		"GB-EUC-H", "GB-EUC-V", "GBpc-EUC-H", "GBpc-EUC-V", "GBK-EUC-H", "GBK-EUC-V", "GBKp-EUC-H", "GBKp-EUC-V", "GBK2K-H", "GBK2K-V",
		"UniGB-UCS2-H", "UniGB-UCS2-V", "UniGB-UTF16-H", "UniGB-UTF16-V", "B5pc-H", "B5pc-V", "HKscs-B5-H", "HKscs-B5-V", "ETen-B5-H",
		"ETen-B5-V", "ETenms-B5-H", "ETenms-B5-V", "CNS-EUC-H", "CNS-EUC-V", "UniCNS-UCS2-H", "UniCNS-UCS2-V", "UniCNS-UTF16-H",
		"UniCNS-UTF16-V", "83pv-RKSJ-H", "90ms-RKSJ-H", "90ms-RKSJ-V", "90msp-RKSJ-H", "90msp-RKSJ-V", "90pv-RKSJ-H", "Add-RKSJ-H",
		"Add-RKSJ-V", "EUC-H", "EUC-V", "Ext-RKSJ-H", "Ext-RKSJ-V", "UniJIS-UCS2-H", "UniJIS-UCS2-V", "UniJIS-UCS2-HW-H",
		"UniJIS-UCS2-HW-V", "UniJIS-UTF16-H", "UniJIS-UTF16-V", "KSC-EUC-H", "KSC-EUC-V", "KSCms-UHC-H", "KSCms-UHC-V", "KSCms-UHC-HW-H",
		"KSCms-UHC-HW-V", "KSCpc-EUC-H", "UniKS-UCS2-H", "UniKS-UCS2-V", "UniKS-UTF16-H", "UniKS-UTF16-V"}
}
