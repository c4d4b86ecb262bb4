package clean

import (
	"fmt"
	"maps"
	"slices"

	"habeas/internal/pdf"
)

// A cmap maps codes to numbers of glyphs, or to text (ISO 32000-1, 9.7.5 and
// 9.10.3).
type cmap struct {
	spaces   []codeSpace
	ranges   []cidRange
	texts    map[int]string // as UTF-16, big-endian
	vertical bool
}

type codeSpace struct{ low, high pdf.String }

type cidRange struct {
	low, high, cid, size int
}

// mostText is how much text one code may stand for, in bytes of UTF-16.
const mostText = 36

// readCMap reads as much of a map as it understands.
func readCMap(d *pdfDoc, b []byte) *cmap {
	m := &cmap{texts: map[int]string{}}
	l := pdf.Lexer{B: b, Content: true}
	var held []any
	for d.burn(1) {
		v, ok := l.Next()
		if !ok {
			break
		}
		switch v {
		case pdf.Word("begincodespacerange"), pdf.Word("begincidrange"), pdf.Word("begincidchar"), pdf.Word("beginbfchar"), pdf.Word("beginbfrange"):
			held = nil
		case pdf.Word("endcodespacerange"):
			for i := 0; i+1 < len(held) && len(m.spaces) < 100; i += 2 {
				low, ok := held[i].(pdf.String)
				high, ok2 := held[i+1].(pdf.String)
				if ok && ok2 && len(low) == len(high) && len(low) > 0 && len(low) <= 4 {
					m.spaces = append(m.spaces, codeSpace{low, high})
				}
			}
		case pdf.Word("endcidrange"):
			for i := 0; i+2 < len(held); i += 3 {
				m.addCIDs(held[i], held[i+1], held[i+2])
			}
		case pdf.Word("endcidchar"):
			for i := 0; i+1 < len(held); i += 2 {
				m.addCIDs(held[i], held[i], held[i+1])
			}
		case pdf.Word("endbfchar"):
			for i := 0; i+1 < len(held); i += 2 {
				m.addText(held[i], held[i+1], 0)
			}
		case pdf.Word("endbfrange"):
			for i := 0; i+2 < len(held); i += 3 {
				m.addTexts(d, held[i], held[i+1], held[i+2])
			}
		case pdf.Word("def"):
			if n := len(held); n > 1 && held[n-2] == pdf.Name("WMode") && held[n-1] == 1.0 {
				m.vertical = true
			}
			held = nil
		default:
			held = append(held, v)
		}
	}
	return m
}

func (m *cmap) addCIDs(low, high, cid any) {
	a, ok := low.(pdf.String)
	b, ok2 := high.(pdf.String)
	n, ok3 := cid.(float64)
	if ok && ok2 && ok3 && len(a) == len(b) && len(a) > 0 && len(a) <= 4 {
		m.ranges = append(m.ranges, cidRange{codeOf(a), codeOf(b), int(n), len(a)})
	}
}

func (m *cmap) addText(code, text any, further int) {
	c, ok := code.(pdf.String)
	t, ok2 := text.(pdf.String)
	if !ok || !ok2 || len(c) == 0 || len(c) > 4 || len(t) < 2 || len(t) > mostText {
		return
	}
	b := []byte(t[:len(t)&^1])
	last := int(b[len(b)-2])<<8 + int(b[len(b)-1]) + further
	b[len(b)-2], b[len(b)-1] = byte(last>>8), byte(last)
	m.texts[codeOf(c)+further] = string(b)
}

func (m *cmap) addTexts(d *pdfDoc, low, high, to any) {
	a, ok := low.(pdf.String)
	b, ok2 := high.(pdf.String)
	if !ok || !ok2 || len(a) > 4 || len(b) > 4 {
		return
	}
	list, each := to.([]any)
	for i := 0; codeOf(a)+i <= codeOf(b) && i < 1<<16 && d.burn(1); i++ {
		if !each {
			m.addText(a, to, i)
		} else if i < len(list) {
			code := codeOf(a) + i
			m.addText(pdf.String([]byte{byte(code >> 24), byte(code >> 16), byte(code >> 8), byte(code)}), list[i], 0)
		}
	}
}

// step returns how many bytes the first code of s has.
func (m *cmap) step(s pdf.String) int {
	for n := 1; n <= 4 && n <= len(s); n++ {
		for _, c := range m.spaces {
			if len(c.low) != n {
				continue
			}
			in := true
			for i := range n {
				in = in && s[i] >= c.low[i] && s[i] <= c.high[i]
			}
			if in {
				return n
			}
		}
	}
	if len(m.spaces) == 0 {
		return 2
	}
	return len(m.spaces[0].low)
}

func (m *cmap) cid(code int) int {
	for _, r := range slices.Backward(m.ranges) {
		if code >= r.low && code <= r.high {
			return r.cid + code - r.low
		}
	}
	return 0
}

func cmapHead(name string) []byte {
	return fmt.Appendf(nil, "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"+
		"/CMapName/%s def\n", name)
}

func cmapEnd(b []byte) []byte {
	return append(b, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"...)
}

// write writes a map of codes to numbers of glyphs.
func (m *cmap) write(vertical bool) []byte {
	out := append(cmapHead("E"), "/CMapType 1 def\n"...)
	if vertical {
		out = append(out, "/WMode 1 def\n"...)
	}
	out = fmt.Appendf(out, "%d begincodespacerange\n", len(m.spaces))
	for _, s := range m.spaces {
		out = fmt.Appendf(out, "<%x> <%x>\n", string(s.low), string(s.high))
	}
	out = append(out, "endcodespacerange\n"...)
	for part := range slices.Chunk(m.ranges, 100) {
		out = fmt.Appendf(out, "%d begincidrange\n", len(part))
		for _, r := range part {
			out = fmt.Appendf(out, "<%0*x> <%0*x> %d\n", 2*r.size, r.low, 2*r.size, r.high, r.cid)
		}
		out = append(out, "endcidrange\n"...)
	}
	return cmapEnd(out)
}

// writeUnicode writes a map of the codes that are shown to their text; nil if
// none has one.
func writeUnicode(used map[int]int, texts map[int]string) []byte {
	type run struct {
		low, high, size int
		text            string
	}
	var runs []run
	size := 1
	for _, code := range slices.Sorted(maps.Keys(used)) {
		t, ok := texts[code]
		if !ok {
			continue
		}
		size = max(size, used[code])
		if n := len(runs); n > 0 {
			r := &runs[n-1]
			step := code - r.low
			if code == r.high+1 && code&0xff != 0 && len(t) == 2 && len(r.text) == 2 && t[0] == r.text[0] && int(t[1]) == int(r.text[1])+step && r.size == used[code] {
				r.high = code
				continue
			}
		}
		runs = append(runs, run{code, code, used[code], t})
	}
	if len(runs) == 0 {
		return nil
	}
	out := append(cmapHead("U"), "/CMapType 2 def\n"...)
	out = fmt.Appendf(out, "1 begincodespacerange\n<%0*x> <%x>\nendcodespacerange\n", 2*size, 0, uint64(1)<<(8*size)-1)
	for part := range slices.Chunk(runs, 100) {
		out = fmt.Appendf(out, "%d beginbfrange\n", len(part))
		for _, r := range part {
			out = fmt.Appendf(out, "<%0*x> <%0*x> <%x>\n", 2*r.size, r.low, 2*r.size, r.high, r.text)
		}
		out = append(out, "endbfrange\n"...)
	}
	return cmapEnd(out)
}
