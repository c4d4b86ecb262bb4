package clean

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"habeas/internal/pdf"
)

// A pdfFont is a font that a page names. It is written when all contents are, with
// what of it they use.
type pdfFont struct {
	ref        pdf.Ref
	n          int // of the document
	old        pdf.Dict
	below      pdf.Dict // the descendant of a composite font
	descriptor pdf.Dict
	composite  bool
	vertical   bool
	speaks     bool     // its glyphs may be drawn with words or pictures
	key        pdf.Name // of the file in the descriptor
	program    any      // the file, as it is now; nil: none
	codes      *cmap    // how codes are told apart; nil: by step
	stepping   func(s pdf.String) int
	widths     map[int]float64 // in parts of the size
	usual      float64
	box        frame          // of a glyph, if it is not the usual
	unicode    map[int]string // as UTF-16, big-endian
	used       map[int]int    // codes that are shown, and how many bytes they have
	recent     map[int]bool   // those that the page that is drawn was the first to show
}

// font returns the font that v is; nil if it is none.
func (d *pdfDoc) font(v any) *pdfFont {
	ref, isRef := v.(pdf.Ref)
	if f, ok := d.fonts[ref]; ok && isRef {
		return f
	}
	old := d.f.Dict(v)
	if v == pdf.Ref(0) { // for what has none of its own
		old = pdf.Dict{"Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica"), "Encoding": pdf.Name("WinAnsiEncoding")}
	}
	if old == nil {
		return nil
	}
	f := &pdfFont{ref: d.w.Reserve(), n: len(d.queue), old: old, widths: map[int]float64{}, usual: 0.5, used: map[int]int{}, recent: map[int]bool{}}
	d.queue = append(d.queue, f)
	if isRef {
		d.fonts[ref] = f
	}
	if f.composite = d.f.Get(old["Subtype"]) == pdf.Name("Type0"); f.composite {
		if list := d.f.List(old["DescendantFonts"]); len(list) > 0 {
			f.below = d.f.Dict(list[0])
		}
		f.descriptor = d.f.Dict(f.below["FontDescriptor"])
		f.readCodes(d)
		f.readWide(d)
	} else {
		f.descriptor = d.f.Dict(old["FontDescriptor"])
		f.readSimple(d)
	}
	if m := d.decode(old["ToUnicode"]); m != nil {
		f.unicode = readCMap(d, m).texts
	}
	return f
}

// readCodes finds how the codes of a composite font are told apart.
func (f *pdfFont) readCodes(d *pdfDoc) {
	enc := d.f.Get(f.old["Encoding"])
	name, _ := enc.(pdf.Name)
	if s, ok := enc.(*pdf.Stream); ok {
		f.codes = readCMap(d, d.decode(s))
		f.vertical = d.number(s.Dict["WMode"], 0) == 1 || f.codes.vertical
		return
	}
	f.vertical = name == "V" || strings.HasSuffix(string(name), "-V")
	f.stepping = codeLength(name)
}

// codeLength returns how many bytes a code has at the beginning of a string, in
// encodings that viewers know.
func codeLength(name pdf.Name) func(pdf.String) int {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(string(name), p) })
	}
	lead := func(is func(c byte) bool) func(pdf.String) int {
		return func(s pdf.String) int {
			if is(s[0]) {
				return 2
			}
			return 1
		}
	}
	switch {
	case has("UCS2", "UTF16", "Identity"):
	case has("UTF32"):
		return func(pdf.String) int { return 4 }
	case has("RKSJ"):
		return lead(func(c byte) bool { return c >= 0x81 && c <= 0x9f || c >= 0xe0 })
	case has("GBK2K"):
		return func(s pdf.String) int {
			if s[0] >= 0x81 && len(s) > 1 && s[1] >= '0' && s[1] <= '9' {
				return 4
			}
			return 1 + int(s[0]>>7)
		}
	case has("EUC", "GBK", "GBpc", "B5", "ETen", "KSC", "HKscs", "CNS"):
		return lead(func(c byte) bool { return c >= 0x81 })
	}
	return func(pdf.String) int { return 2 }
}

// readWide reads the widths of a composite font, or its heights.
func (f *pdfFont) readWide(d *pdfDoc) {
	key, scale, skip := pdf.Name("W"), 0.001, 1
	f.usual = d.number(f.below["DW"], 1000) / 1000
	if f.vertical {
		key, skip, f.usual = "W2", 3, -1
		if list := d.f.List(f.below["DW2"]); len(list) == 2 {
			f.usual = d.number(list[1], -1000) / 1000
		}
	}
	list := d.f.List(f.below[key])
	for i := 0; i+1 < len(list); {
		first := int(d.number(list[i], 0))
		if each := d.f.List(list[i+1]); each != nil {
			for k := 0; k < len(each) && d.burn(1); k += skip {
				f.widths[first+k/skip] = d.number(each[k], 0) * scale
			}
			i += 2
			continue
		}
		if i+2 >= len(list) {
			return
		}
		for c := first; c <= min(int(d.number(list[i+1], 0)), 1<<16) && d.burn(1); c++ {
			f.widths[c] = d.number(list[i+2], 0) * scale
		}
		i += 2 + skip
	}
}

// readSimple reads the widths of a font of one byte a code.
func (f *pdfFont) readSimple(d *pdfDoc) {
	f.stepping = func(pdf.String) int { return 1 }
	first, scale := int(d.number(f.old["FirstChar"], 0)), 0.001
	list := d.f.List(f.old["Widths"])
	if d.f.Get(f.old["Subtype"]) == pdf.Name("Type3") {
		m := d.matrix(f.old["FontMatrix"])
		scale, f.usual, f.speaks = m[0], 0, !d.mute(f.old["Resources"])
		f.box = frame{-1, -1, 2, 2}
		if box, ok := d.frame(f.old["FontBBox"]); ok && box[0] < box[2] && box[1] < box[3] {
			f.box = box.through(m)
		}
	} else if list == nil {
		f.knownWidths(d)
	} else {
		f.usual = d.number(f.descriptor["MissingWidth"], 0) / 1000
	}
	for i, w := range list[:min(len(list), 256)] {
		f.widths[first+i] = d.number(w, 0) * scale
	}
}

// knownWidths are those of the fonts that every viewer has, in thousandths of the
// size, from the space on; others are about as wide.
func (f *pdfFont) knownWidths(d *pdfDoc) {
	const sans = "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 " +
		"1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 " +
		"333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
	const serif = "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 500 278 278 564 564 564 444 " +
		"921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 611 722 722 944 722 722 611 333 278 333 469 500 " +
		"333 444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 500 333 389 278 500 500 722 500 500 444 480 200 480 541"
	name, _ := d.f.Get(f.old["BaseFont"]).(pdf.Name)
	table := sans
	switch {
	case strings.Contains(string(name), "Courier"):
		f.usual = 0.6
		return
	case strings.Contains(string(name), "Times"):
		table = serif
	}
	for i, w := range strings.Fields(table) {
		var n float64
		fmt.Sscan(w, &n)
		f.widths[' '+i] = n / 1000
	}
}

func codeOf(s pdf.String) (n int) {
	for i := range len(s) {
		n = n<<8 | int(s[i])
	}
	return n
}

// step returns how many bytes the first code of s has.
func (f *pdfFont) step(s pdf.String) int {
	if f.codes != nil {
		return f.codes.step(s)
	}
	return f.stepping(s)
}

// width returns how far a code moves on, in parts of the size.
func (f *pdfFont) width(code pdf.String) float64 {
	n := codeOf(code)
	if f.codes != nil {
		n = f.codes.cid(n)
	}
	if w, ok := f.widths[n]; ok {
		return w
	}
	return f.usual
}

// around returns a frame that a glyph of a width lies in, in parts of the size.
func (f *pdfFont) around(width float64) frame {
	switch {
	case f.box != frame{}:
		return f.box
	case f.vertical:
		return frame{-0.7, min(width, 0) - 0.2, 0.7, 0.3}
	}
	return frame{min(0, width) - 0.25, -0.35, max(0, width) + 0.25, 1.1}
}

// text returns what a code says; "" if that can't be told.
func (f *pdfFont) text(code pdf.String) string {
	if s, ok := f.unicode[codeOf(code)]; ok {
		return wideText(s, true)
	}
	if !f.composite && len(code) == 1 && code[0] >= ' ' && code[0] < 0x7f {
		return string(code)
	}
	return ""
}

// each calls do for the codes in what text operators have.
func (f *pdfFont) each(args []any, do func(code pdf.String)) {
	for _, v := range args {
		switch v := v.(type) {
		case []any:
			f.each(v, do)
		case pdf.String:
			for len(v) > 0 {
				n := min(f.step(v), len(v))
				do(v[:n])
				v = v[n:]
			}
		}
	}
}

func (f *pdfFont) words(args []any) string {
	var b strings.Builder
	f.each(args, func(code pdf.String) { b.WriteString(f.text(code)) })
	return b.String()
}

// use notes the codes that are shown, and those that only this page does.
func (f *pdfFont) use(args []any, onPage bool) {
	f.each(args, func(code pdf.String) {
		n := codeOf(code)
		if !onPage {
			delete(f.recent, n)
		} else if f.used[n] == 0 {
			f.recent[n] = true
		}
		f.used[n] = len(code)
	})
}

// knownFont is what fonts are called that viewers have or know how to replace.
var knownFont = regexp.MustCompile(`^(Arial|ArialNarrow|ArialBlack|ArialUnicode|Helvetica|Times|TimesNewRoman|Courier|CourierNew|Symbol|ZapfDingbats|` +
	`Calibri|Cambria|Candara|Consolas|Constantia|Corbel|Georgia|Verdana|Tahoma|TrebuchetMS|Trebuchet|Garamond|Palatino|PalatinoLinotype|BookAntiqua|` +
	`Bookman|CenturyGothic|Impact|LucidaConsole|LucidaSans|ComicSans|ComicSansMS|SegoeUI|Wingdings|Webdings|DejaVuSans|DejaVuSerif|DejaVuSansMono|` +
	`LiberationSans|LiberationSerif|LiberationMono|NimbusSanL|NimbusRomNo9L|NimbusMonL|STSong|STHeiti|SimSun|SimHei|NSimSun|KaiTi|FangSong|` +
	`MicrosoftYaHei|MSung|MHei|MingLiU|PMingLiU|HeiseiMin|HeiseiKakuGo|KozMinPro|KozGoPro|MS|MSMincho|MSGothic|Mincho|Gothic|HYSMyeongJo|HYGoThic|` +
	`Batang|Gulim|Dotum|Malgun)(PS)?(MT)?([-, ]?(W3|W5|W6|Std|Pro|Light|Medium|Regular|Roman|Bold|Italic|Oblique|Mincho|Gothic|Acro|` +
	`UniGB|UCS2|H|V|MT|PS|Condensed|Narrow|Black))*$`)

// name returns what a font is called now: as before only if a viewer has to find
// it by that.
func (f *pdfFont) name(d *pdfDoc, from pdf.Dict) pdf.Name {
	if f.program != nil {
		return pdf.Name(fmt.Sprintf("AAAAAA+F%d", f.n))
	}
	base, _ := d.f.Get(from["BaseFont"]).(pdf.Name)
	if i := strings.IndexByte(string(base), '+'); i == 6 {
		base = base[7:]
	}
	if knownFont.MatchString(string(base)) {
		return base
	}
	flags := int(d.number(f.descriptor["Flags"], 0))
	bold := strings.Contains(strings.ToLower(string(base)), "bold") || flags&(1<<18) != 0
	slanted := flags&(1<<6) != 0 || strings.Contains(strings.ToLower(string(base)), "italic") || strings.Contains(strings.ToLower(string(base)), "oblique")
	family, lean, plain := "Helvetica", "Oblique", ""
	switch {
	case flags&1 != 0:
		family = "Courier"
	case flags&2 != 0:
		family, lean, plain = "Times", "Italic", "-Roman"
	}
	switch {
	case bold && slanted:
		plain = "-Bold" + lean
	case bold:
		plain = "-Bold"
	case slanted:
		plain = "-" + lean
	}
	return pdf.Name(family + plain)
}

// embed writes the file of the font, if there is one that can be read.
func (f *pdfFont) embed(d *pdfDoc) {
	for _, key := range []pdf.Name{"FontFile", "FontFile2", "FontFile3"} {
		if s, ok := d.f.Get(f.descriptor[key]).(*pdf.Stream); ok {
			f.key, f.program = key, d.once("font", f.descriptor[key], func() any { return f.file(d, s) })
			return
		}
	}
}

// finish writes the font.
func (f *pdfFont) finish(d *pdfDoc) {
	if len(f.used) == 0 {
		d.w.Set(f.ref, pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")})
		return
	}
	f.embed(d)
	out := pdf.Dict{"Type": pdf.Name("Font")}
	switch {
	case f.composite:
		f.finishComposite(d, out)
	case d.f.Get(f.old["Subtype"]) == pdf.Name("Type3"):
		f.finishDrawn(d, out)
	default:
		out["Subtype"], out["BaseFont"] = pdf.Name("Type1"), f.name(d, f.old)
		d.nameOf(out, f.old, "Subtype", "TrueType", "Type1", "MMType1")
		d.copyKeys(out, f.old, "FirstChar", "LastChar", "Widths")
		if f.descriptor != nil {
			out["FontDescriptor"] = f.describe(d, out["BaseFont"])
		}
		f.finishEncoding(d, out)
	}
	if len(f.unicode) > 0 {
		if b := writeUnicode(f.used, f.unicode); b != nil {
			out["ToUnicode"] = d.w.Add(d.packed(pdf.Dict{}, b))
		}
	} else {
		d.nameOf(out, f.old, "ToUnicode", "Identity-H", "Identity-V")
	}
	d.w.Set(f.ref, out)
}

// describe writes the descriptor with the file of the font.
func (f *pdfFont) describe(d *pdfDoc, name any) pdf.Ref {
	out := d.copyKeys(pdf.Dict{"Type": pdf.Name("FontDescriptor"), "FontName": name}, f.descriptor, "Flags", "FontBBox", "ItalicAngle", "Ascent",
		"Descent", "Leading", "CapHeight", "XHeight", "StemV", "StemH", "AvgWidth", "MaxWidth", "MissingWidth")
	if f.program != nil {
		out[f.key] = f.program
	}
	return d.w.Add(out)
}

// file writes the file of a font, without what is said of it; nil if it can't be
// told.
func (f *pdfFont) file(d *pdfDoc, s *pdf.Stream) any {
	b := d.decode(s)
	out := pdf.Dict{}
	switch {
	case len(b) > 4 && (b[0] == 0 && b[1] == 1 || hasAny(b[:4], "true", "OTTO", "ttcf")):
		b = cleanSfnt(b, f.composite, f.glyphNames(d))
		if s.Dict["Subtype"] != nil {
			out["Subtype"] = pdf.Name("OpenType")
		} else {
			out["Length1"] = len(b)
		}
	case len(b) > 4 && b[0] == 1:
		b = cleanCFF(b)
		out["Subtype"] = pdf.Name("Type1C")
		d.nameOf(out, s.Dict, "Subtype", "Type1C", "CIDFontType0C", "OpenType")
	default:
		var clear int
		b, clear = cleanType1(b)
		out["Length1"], out["Length2"], out["Length3"] = clear, len(b)-clear, 0
	}
	if b == nil {
		d.removed("file of a font that can't be read", "", "", 0)
		return nil
	}
	return d.w.Add(d.packed(out, b))
}

// glyphNames returns the names that the encoding gives to codes that are shown.
func (f *pdfFont) glyphNames(d *pdfDoc) map[string]bool {
	out := map[string]bool{}
	for _, n := range f.differences(d) {
		out[string(n)] = true
	}
	return out
}

// differences returns the names of glyphs of codes that are shown.
func (f *pdfFont) differences(d *pdfDoc) map[int]pdf.Name {
	out := map[int]pdf.Name{}
	at := 0
	for _, v := range d.f.List(d.f.Dict(f.old["Encoding"])["Differences"]) {
		switch v := d.f.Get(v).(type) {
		case float64:
			at = int(v)
		case pdf.Name:
			if f.used[at] > 0 {
				out[at] = v
			}
			at++
		}
	}
	return out
}

func listDifferences(names map[int]pdf.Name) []any {
	var out []any
	last := -2
	for _, code := range slices.Sorted(maps.Keys(names)) {
		if code != last+1 {
			out = append(out, float64(code))
		}
		out, last = append(out, names[code]), code
	}
	return out
}
