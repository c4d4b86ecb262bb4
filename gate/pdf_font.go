package gate

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// A pdfFont tells what the codes of a font mean and how wide they are.
type pdfFont struct {
	wide  bool // two bytes a code
	text  map[int]string
	width map[int]float64 // in parts of the size
	usual float64         // the width of the others
}

// font reads a font. What it can't tell the text of has no text.
func (p *pdfFile) font(v any) *pdfFont {
	if ref, ok := v.(pdfRef); ok {
		if f := p.fonts[ref]; f != nil {
			return f
		}
		f := p.newFont(p.dict(v))
		p.fonts[ref] = f
		return f
	}
	return p.newFont(p.dict(v))
}

func (p *pdfFile) newFont(d pdfDict) *pdfFont {
	f := &pdfFont{text: map[int]string{}, width: map[int]float64{}, usual: 0.5}
	if d["Subtype"] == pdfName("Type0") {
		f.wide = true
		if enc := p.get(d["Encoding"]); enc != pdfName("Identity-H") && enc != pdfName("Identity-V") {
			return f // whose codes are of other lengths
		}
		if list := p.list(d["DescendantFonts"]); len(list) > 0 {
			p.wideWidths(f, p.dict(list[0]))
		}
	} else {
		p.simple(f, d)
	}
	if s, ok := p.get(d["ToUnicode"]).(*pdfStream); ok {
		if b, filter, why := p.decode(s); why == "" && filter == "" {
			p.learn(f, b)
		}
	}
	for code, s := range f.text {
		if strings.ContainsFunc(s, meaningless) {
			delete(f.text, code)
		}
	}
	return f
}

// meaningless reports whether c says nothing: a replacement, a control, or a
// character for private use.
func meaningless(c rune) bool {
	return c == utf8.RuneError || c < ' ' && c != '\t' && c != '\n' && c != '\r' || c >= 0xE000 && c <= 0xF8FF || c >= 0xF0000
}

// simple reads the encoding and the widths of a font of one byte a code.
func (p *pdfFile) simple(f *pdfFont, d pdfDict) {
	first, _ := d["FirstChar"].(float64)
	unit := 0.001
	if m, ok := p.get(d["FontMatrix"]).([]any); ok && len(m) == 6 {
		unit, _ = m[0].(float64)
	}
	for i, w := range p.list(d["Widths"]) {
		if n, ok := p.get(w).(float64); ok {
			f.width[int(first)+i] = n * unit
		}
	}
	enc := p.get(d["Encoding"])
	base, differ := enc, []any(nil)
	if e := p.dict(enc); e != nil {
		base = e["BaseEncoding"]
		differ = p.list(e["Differences"])
	}
	flags, _ := p.dict(d["FontDescriptor"])["Flags"].(float64)
	table := (*charmap.Charmap)(nil)
	switch base {
	case pdfName("WinAnsiEncoding"):
		table = charmap.Windows1252
	case pdfName("MacRomanEncoding"):
		table = charmap.Macintosh
	}
	name, _ := d["BaseFont"].(pdfName)
	own := d["Subtype"] == pdfName("Type3") || int(flags)&4 != 0 || strings.Contains(string(name), "Symbol") || strings.Contains(string(name), "Dingbats")
	for code := range 256 {
		switch {
		case table != nil:
			f.text[code] = string(table.DecodeByte(byte(code)))
		case !own && code >= ' ' && code < 0x7F:
			f.text[code] = string(rune(code))
		}
	}
	at := 0
	for _, v := range differ {
		switch v := p.get(v).(type) {
		case float64:
			at = int(v)
		case pdfName:
			delete(f.text, at)
			if s := glyphText(string(v)); s != "" {
				f.text[at] = s
			}
			at++
		}
	}
}

// wideWidths reads the widths of a font of two bytes a code.
func (p *pdfFile) wideWidths(f *pdfFont, d pdfDict) {
	f.usual = 1
	if n, ok := d["DW"].(float64); ok {
		f.usual = n / 1000
	}
	list := p.list(d["W"])
	for i := 0; i+1 < len(list); {
		first, _ := p.get(list[i]).(float64)
		if each, ok := p.get(list[i+1]).([]any); ok {
			for k, w := range each {
				n, _ := p.get(w).(float64)
				f.width[int(first)+k] = n / 1000
			}
			i += 2
			continue
		}
		if i+2 >= len(list) {
			return
		}
		last, _ := p.get(list[i+1]).(float64)
		w, _ := p.get(list[i+2]).(float64)
		if p.fuel -= 1 + max(0, int(min(last-first, 1<<16))); p.fuel < 0 {
			return
		}
		for c := int(first); c <= int(last) && c < 1<<16; c++ {
			f.width[c] = w / 1000
		}
		i += 3
	}
}

// learn reads a map of codes to text (ISO 32000-1, 9.10.3).
func (p *pdfFile) learn(f *pdfFont, b []byte) {
	l := pdfLexer{b: b}
	var held []any
	for {
		v, ok := l.next(0)
		if !ok {
			return
		}
		switch v {
		case pdfWord("beginbfchar"), pdfWord("beginbfrange"):
			held = nil
		case pdfWord("endbfchar"):
			for i := 0; i+1 < len(held); i += 2 {
				f.map1(held[i], held[i+1], 0)
			}
		case pdfWord("endbfrange"):
			for i := 0; i+2 < len(held); i += 3 {
				p.fuel -= f.mapRange(held[i], held[i+1], held[i+2])
				if p.fuel < 0 {
					return
				}
			}
		default:
			held = append(held, v)
		}
	}
}

func codeOf(v any) (int, bool) {
	s, ok := v.(pdfString)
	if !ok || len(s) == 0 || len(s) > 2 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		n = n<<8 | int(s[i])
	}
	return n, true
}

// map1 maps the code from, and so many further, to text.
func (f *pdfFont) map1(from, to any, further int) {
	code, ok := codeOf(from)
	s, ok2 := to.(pdfString)
	if !ok || !ok2 || len(s) < 2 {
		return
	}
	var units []uint16
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	units[len(units)-1] += uint16(further)
	f.text[code+further] = string(utf16.Decode(units))
}

// mapRange maps a range of codes and returns how many.
func (f *pdfFont) mapRange(from, last, to any) int {
	first, ok := codeOf(from)
	end, ok2 := codeOf(last)
	if !ok || !ok2 || first > end {
		return 1
	}
	list, each := to.([]any)
	for n := 0; first+n <= end; n++ {
		switch {
		case !each:
			f.map1(from, to, n)
		case n < len(list):
			f.map1(pdfString([]byte{byte((first + n) >> 8), byte(first + n)}), list[n], 0)
		}
	}
	return end - first + 1
}

// glyphText returns what a glyph of that name says, "" if its name doesn't tell.
func glyphText(name string) string {
	name, _, _ = strings.Cut(name, ".")
	if len(name) == 1 && isAlnum(name[0]) {
		return name
	}
	for _, prefix := range []string{"uni", "u"} {
		if hex, ok := strings.CutPrefix(name, prefix); ok && len(hex) >= 4 && len(hex) <= 6 {
			if c, err := strconv.ParseUint(hex, 16, 32); err == nil && c <= utf8.MaxRune {
				return string(rune(c))
			}
		}
	}
	if number, ok := strings.CutPrefix(name, "afii"); ok {
		n, _ := strconv.Atoi(number)
		return cyrillicGlyph(n)
	}
	if i := strings.Index(glyphNames, " "+name+"="); i >= 0 && name != "" {
		s := glyphNames[i+len(name)+2:]
		_, n := utf8.DecodeRuneInString(s)
		return s[:n]
	}
	return ""
}

// glyphNames are names of glyphs of signs, and those.
const glyphNames = " space=\u0020 exclam=! quotedbl=\" numbersign=# dollar=$ percent=% ampersand=& quotesingle=' quoteright=’ quoteleft=‘" +
	" parenleft=( parenright=) asterisk=* plus=+ comma=, hyphen=- minus=− period=. slash=/ zero=0 one=1 two=2 three=3 four=4" +
	" five=5 six=6 seven=7 eight=8 nine=9 colon=: semicolon=; less=< equal== greater=> question=? at=@ bracketleft=[" +
	" backslash=\\ bracketright=] underscore=_ braceleft={ bar=| braceright=} endash=– emdash=— guillemotleft=« guillemotright=»" +
	" quotedblleft=“ quotedblright=” quotedblbase=„ bullet=• ellipsis=… degree=° section=§ copyright=© fi=ﬁ fl=ﬂ ff=ﬀ ffi=ﬃ ffl=ﬄ "

// cyrillicGlyph returns the letter that the number of an afii name stands for.
func cyrillicGlyph(n int) string {
	letter := func(n, first, yo int, base rune) string {
		switch {
		case n == yo:
			return ""
		case n > yo:
			n--
		}
		return string(base + rune(n-first))
	}
	switch {
	case n == 10023:
		return "Ё"
	case n == 10071:
		return "ё"
	case n >= 10017 && n <= 10049:
		return letter(n, 10017, 10023, 'А')
	case n >= 10065 && n <= 10097:
		return letter(n, 10065, 10071, 'а')
	}
	switch n {
	case 10050:
		return "Ґ"
	case 10053:
		return "Є"
	case 10055:
		return "І"
	case 10056:
		return "Ї"
	case 10098:
		return "ґ"
	case 10101:
		return "є"
	case 10103:
		return "і"
	case 10104:
		return "ї"
	case 61352:
		return "№"
	}
	return ""
}
