package letter

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"strings"
	"sync"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"habeas/fault"
	"habeas/internal/pdf"
)

// The fonts are parts of Noto Serif: Latin, Cyrillic and signs, see font/README.md.
var (
	//go:embed font/NotoSerif-Regular.ttf
	regularFont []byte
	//go:embed font/NotoSerif-Bold.ttf
	boldFont []byte
)

// Measures in millimetres, sizes in points.
const (
	marginLeft, marginTop, marginRight = 30, 20, 20
	indentRight                        = 70 // of addressee and sender
	indentItem                         = 10
	bodySize, titleSize                = 11.5, 13.5
	lineHeight                         = 5.6
)

// PDF returns l as a PDF. It fails with an invalid fault if l has letters that our
// font lacks, such as Arabic ones: a word processor can set those. The file says
// nothing of who made it and when, and the same letter gives the same bytes.
func (l *Letter) PDF(notes bool) ([]byte, error) {
	for _, b := range l.Blocks {
		for _, s := range b.Spans {
			for _, r := range s.Text {
				if !glyphs()[r] {
					return nil, fault.New(fault.Invalid, "letter.pdf_script")
				}
			}
		}
	}
	d := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", SizeStr: "A4"})
	d.SetCreationDate(time.Unix(0, 0))
	d.SetModificationDate(time.Unix(0, 0))
	d.SetMargins(marginLeft, marginTop, marginRight)
	d.SetAutoPageBreak(true, marginTop)
	d.AddUTF8FontFromBytes("serif", "", regularFont)
	d.AddUTF8FontFromBytes("serif", "B", boldFont)
	d.AddPage()
	for i, b := range l.Blocks {
		before := settings[b.Kind].before
		switch {
		case i == 0:
			before = 0
		case b.Kind == Text && l.Blocks[i-1].Kind == Item:
			before = 2
		}
		set(d, b, notes, before)
	}
	var out bytes.Buffer
	if err := d.Output(&out); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "letter.not_made")
	}
	return bare(out.Bytes())
}

// A page is what of fpdf's pages we use.
type page = fpdf.Fpdf

// A setting is how a block stands on a page.
type setting struct {
	style               string
	size                float64
	left, before, after float64
	keep                float64 // lines that stay on one page with its first
}

var settings = [...]setting{
	Text:    {"", bodySize, marginLeft, 0, 2, 1},
	Right:   {"", bodySize, marginLeft + indentRight, 0, 3.5, 1},
	Left:    {"", bodySize, marginLeft, 4, 2, 4},
	Title:   {"B", titleSize, marginLeft, 4, 4, 4},
	Heading: {"B", bodySize, marginLeft, 4, 2, 4},
	Item:    {"", bodySize, marginLeft + indentItem, 0, 1, 1},
}

// set sets one block.
func set(d *page, b Block, notes bool, before float64) {
	s := settings[b.Kind]
	width, height := d.GetPageSize()
	d.SetY(d.GetY() + before)
	if d.GetY()+s.keep*lineHeight > height-marginTop {
		d.AddPage()
	}
	d.SetFont("serif", s.style, s.size)
	if b.Kind == Title {
		d.MultiCell(width-marginLeft-marginRight, lineHeight, strings.Join(b.lines(notes), "\n"), "", "C", false)
		d.SetY(d.GetY() + s.after)
		return
	}
	if b.Kind == Item {
		d.SetX(s.left - 5)
		d.CellFormat(5, lineHeight, "–", "", 0, "L", false, 0, "")
	}
	d.SetLeftMargin(s.left)
	d.SetX(s.left)
	for i, p := range b.Spans {
		style := s.style
		if p.Strong {
			style = "B"
		}
		d.SetFont("serif", style, s.size)
		d.Write(lineHeight, p.Text)
		if notes && p.Note > 0 {
			d.SetFont("serif", s.style, s.size*0.7)
			d.Write(lineHeight, mark(p.Note))
		}
		if p.Break && i < len(b.Spans)-1 {
			d.Ln(lineHeight)
			if b.Kind == Left {
				d.SetY(d.GetY() + 3)
			}
		}
	}
	d.Ln(lineHeight)
	d.SetLeftMargin(marginLeft)
	d.SetY(d.GetY() + s.after)
}

// bare writes a PDF anew without its information: programs, times, names.
func bare(b []byte) ([]byte, error) {
	f, err := pdf.Open(b)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "letter.not_made")
	}
	w := pdf.NewWriter()
	now := map[pdf.Ref]pdf.Ref{}
	var again func(v any) any
	again = func(v any) any {
		switch v := v.(type) {
		case pdf.Ref:
			if r, ok := now[v]; ok {
				return r
			}
			r := w.Reserve()
			now[v] = r
			w.Set(r, again(f.Get(v)))
			return r
		case []any:
			out := make([]any, len(v))
			for i, e := range v {
				out[i] = again(e)
			}
			return out
		case pdf.Dict:
			out := pdf.Dict{}
			for k, e := range v {
				out[k] = again(e)
			}
			return out
		case *pdf.Stream:
			d := pdf.Dict{}
			for k, e := range v.Dict {
				if k != "Length" {
					d[k] = again(e)
				}
			}
			return &pdf.Stream{Dict: d, Raw: v.Raw}
		}
		return v
	}
	root := f.Dict(f.Trailer["Root"])
	return w.Bytes(w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": again(root["Pages"])})), nil
}

// glyphs are the characters that both fonts have.
var glyphs = sync.OnceValue(func() map[rune]bool {
	bold, both := mapped(boldFont), map[rune]bool{}
	for r := range mapped(regularFont) {
		if bold[r] {
			both[r] = true
		}
	}
	return both
})

// mapped reads the table of characters of a TrueType font: those of format 4, the
// basic plane (ISO/IEC 14496-22, 5.2.1). The fonts are ours and hold.
func mapped(font []byte) map[rune]bool {
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(font[at:])) }
	u32 := func(at int) int { return int(binary.BigEndian.Uint32(font[at:])) }
	found := map[rune]bool{}
	cmap := 0
	for i := range u16(4) {
		if at := 12 + 16*i; string(font[at:at+4]) == "cmap" {
			cmap = u32(at + 8)
		}
	}
	for i := range u16(cmap + 2) {
		table := cmap + u32(cmap+4+8*i+4)
		if u16(table) != 4 {
			continue
		}
		n := u16(table+6) / 2
		for s := range n {
			last, first := u16(table+14+2*s), u16(table+16+2*n+2*s)
			for c := first; c <= last && c < 0xFFFF; c++ {
				found[rune(c)] = true
			}
		}
	}
	return found
}
