package clean

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"habeas/internal/pdf"
)

// A marked part of contents.
type marked struct {
	hides  bool
	op     int    // where its beginning is, if it may stay; -1
	says   string // what it is, in plain text
	shown  []rune // what its glyphs say
	glyphs int
	vague  int  // glyphs that say nothing
	cut    bool // some of its glyphs are gone
}

// mark begins a marked part. What it says of itself goes, but for text that its
// glyphs say as well, such as the letters of a ligature.
func (x *painter) mark(args []any) {
	m := marked{op: -1}
	last := args[len(args)-1]
	name, _ := last.(pdf.Name)
	props, ok := last.(pdf.Dict)
	if len(args) > 1 && args[len(args)-2] == pdf.Name("OC") {
		m.hides = !x.d.seen(x.find("Properties", name))
	}
	if !ok && len(args) > 1 {
		props = x.d.f.Dict(x.find("Properties", name))
	}
	if s, ok := x.d.f.Get(props["ActualText"]).(pdf.String); ok && len(x.marks) < 100 {
		m.says, m.op = pdfText(string(s)), len(x.ops)
		x.ops = append(x.ops, drawOp{name: "BDC", gone: true})
	}
	if props != nil {
		props = maps.Clone(props)
		for _, k := range []pdf.Name{"ActualText", "Lang", "OCGs", "Name", "Usage"} {
			delete(props, k)
		}
		if words := x.d.words(props); words != "" {
			x.d.hide("what marked parts say", words+" ")
		}
	}
	x.marks = append(x.marks, m)
	if m.hides {
		x.off++
	}
}

// unmark ends a marked part.
func (x *painter) unmark() {
	if len(x.marks) == 0 {
		return
	}
	m := x.marks[len(x.marks)-1]
	x.marks = x.marks[:len(x.marks)-1]
	if m.hides {
		x.off--
	}
	switch {
	case m.op < 0:
	case x.d.cut != nil && len(x.d.cut.Words) > 0 && m.vague > 0: // it may be one of the words
	case m.honest():
		x.ops[m.op] = drawOp{name: "BDC", args: []any{pdf.Name("Span"), pdf.Dict{"ActualText": textString(m.says)}}}
		x.emit("EMC")
	case m.cut:
	case !slices.Equal(letters(m.says), letters(string(m.shown))):
		x.d.hide("what marked parts say", m.says+" ")
	}
}

// note notes what a glyph that is seen says, for the marked parts it is in.
func (x *painter) note(code pdf.String) {
	for i := range x.marks {
		m := &x.marks[i]
		if m.op < 0 {
			continue
		}
		m.glyphs++
		text := []rune(x.state.font.text(code))
		if len(text) == 0 || unicode.In(text[0], unicode.Co) || text[0] < ' ' || text[0] == unicode.ReplacementChar {
			m.vague++
		}
		if len(m.shown) < 1000 {
			m.shown = append(m.shown, text...)
		}
	}
}

// honest reports whether what a part says is what its glyphs say, or, if those say
// nothing, so short that they may.
func (m *marked) honest() bool {
	if m.glyphs == 0 || m.says == "" || m.cut {
		return false
	}
	if n := len([]rune(m.says)); m.vague == m.glyphs {
		return n <= 8 && n <= 3*m.glyphs
	}
	return slices.Equal(letters(m.says), letters(string(m.shown)))
}

// letters returns the letters of s in no order, however they are written: glyphs
// of some scripts stand in another one.
func letters(s string) []rune {
	var out []rune
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.In(r, unicode.Pd) || r == 0xad || r == 0x2212:
			out = append(out, '-')
		case !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.In(r, unicode.Cf):
			out = append(out, latin(r))
		}
	}
	slices.Sort(out)
	return out
}

// latin returns the Latin letter that looks like a Cyrillic or Greek one: fonts have
// one glyph for both.
func latin(r rune) rune {
	const alike = "АAВBЕEКKМMНHОOРPСCТTХXУYІIЈJЅSаaеeоoрpсcхxуyіiјjѕsԁdһhΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoνv"
	if i := strings.IndexRune(alike, r); i >= 0 && r > unicode.MaxASCII {
		to, _ := utf8.DecodeRuneInString(alike[i+utf8.RuneLen(r):])
		return to
	}
	return r
}

// textString writes a text string (ISO 32000-1, 7.9.2).
func textString(s string) pdf.String {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0 {
		return pdf.String(s)
	}
	out := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return pdf.String(out)
}
