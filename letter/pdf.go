package letter

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"strconv"
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
	d := &setter{Fpdf: fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", SizeStr: "A4"})}
	d.SetCreationDate(time.Unix(0, 0))
	d.SetModificationDate(time.Unix(0, 0))
	d.SetMargins(marginLeft, marginTop, marginRight)
	d.SetAutoPageBreak(false, 0)
	d.SetCellMargin(0)
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
		d.set(b, notes, before)
	}
	var out bytes.Buffer
	if err := d.Output(&out); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "letter.not_made")
	}
	return bare(out.Bytes())
}

// A setting is how a block stands on a page.
type setting struct {
	style               string
	size                float64
	left, before, after float64
	keep                float64 // lines that stay on one page with its first
	centred             bool
}

var settings = [...]setting{
	Text:    {"", bodySize, marginLeft, 0, 2, 1, false},
	Right:   {"", bodySize, marginLeft + indentRight, 0, 3.5, 1, false},
	Left:    {"", bodySize, marginLeft, 4, 2, 4, false},
	Title:   {"B", titleSize, marginLeft, 4, 4, 4, true},
	Heading: {"B", bodySize, marginLeft, 4, 2, 4, false},
	Item:    {"", bodySize, marginLeft + indentItem, 0, 1, 1, false},
}

// A setter sets blocks on pages from top to bottom. fpdf could break lines too,
// but takes a time that grows with the square of what it is given.
type setter struct {
	*fpdf.Fpdf
	s    setting
	line []piece
	room float64 // what is left of the line
}

// A piece is words in one font.
type piece struct {
	text, style string
	size        float64
}

func (d *setter) wide(p piece) float64 {
	d.SetFont("serif", p.style, p.size)
	return d.GetStringWidth(p.text)
}

// set sets one block.
func (d *setter) set(b Block, notes bool, before float64) {
	d.s = settings[b.Kind]
	_, height := d.GetPageSize()
	d.SetY(d.GetY() + before)
	if d.GetY()+d.s.keep*lineHeight > height-marginTop {
		d.turn()
	}
	d.begin()
	if b.Kind == Item {
		d.SetFont("serif", "", d.s.size)
		d.SetX(d.s.left - 5)
		d.CellFormat(5, lineHeight, "–", "", 0, "L", false, 0, "")
	}
	var word []piece // up to the next blank, perhaps in several fonts
	for i, p := range b.Spans {
		style := d.s.style
		if p.Strong {
			style = "B"
		}
		for n, w := range strings.Split(p.Text, " ") {
			if n > 0 {
				d.word(word, true)
				word = nil
			}
			word = append(word, piece{w, style, d.s.size})
		}
		if notes && p.Note > 0 {
			d.word(word, true)
			word = []piece{{strings.TrimSpace(mark(p.Note)), d.s.style, d.s.size * 0.7}}
		}
		if p.Break && i < len(b.Spans)-1 {
			d.word(word, false)
			word = nil
			d.end()
			if b.Kind == Left {
				d.SetY(d.GetY() + 3)
			}
		}
	}
	d.word(word, false)
	d.end()
	d.SetY(d.GetY() + d.s.after)
}

// turn begins another page, with its number at the foot.
func (d *setter) turn() {
	d.AddPage()
	width, height := d.GetPageSize()
	d.SetFont("serif", "", bodySize)
	d.SetXY(marginLeft, height-marginTop+lineHeight)
	d.CellFormat(width-marginLeft-marginRight, lineHeight, strconv.Itoa(d.PageNo()), "", 0, "C", false, 0, "")
	d.SetXY(marginLeft, marginTop)
}

// begin begins a line.
func (d *setter) begin() {
	width, _ := d.GetPageSize()
	d.line, d.room = nil, width-marginRight-d.s.left
}

// word puts a word on the line, or on the next, and a blank behind it if there is
// one. One that no line can hold is broken where it has to be.
func (d *setter) word(w []piece, blank bool) {
	width, _ := d.GetPageSize()
	wide := 0.0
	for _, p := range w {
		wide += d.wide(p)
	}
	if wide > d.room && len(d.line) > 0 {
		d.end()
	}
	for _, p := range w {
		if wide <= width-marginRight-d.s.left {
			d.put(p)
			continue
		}
		for _, r := range p.text {
			one := piece{string(r), p.style, p.size}
			if d.wide(one) > d.room {
				d.end()
			}
			d.put(one)
		}
	}
	if blank {
		d.put(piece{" ", d.s.style, d.s.size})
	}
}

func (d *setter) put(p piece) {
	d.room -= d.wide(p)
	if n := len(d.line); n > 0 && d.line[n-1].style == p.style && d.line[n-1].size == p.size {
		d.line[n-1].text += p.text
		return
	}
	d.line = append(d.line, p)
}

// end sets the line, on the next page if this one is full, and begins another.
func (d *setter) end() {
	if _, height := d.GetPageSize(); d.GetY()+lineHeight > height-marginTop {
		d.turn()
	}
	x := d.s.left
	if d.s.centred {
		x += max(0, d.room) / 2
	}
	y := d.GetY()
	for _, p := range d.line {
		wide := d.wide(p)
		d.SetXY(x, y)
		d.CellFormat(wide, lineHeight, p.text, "", 0, "L", false, 0, "")
		x += wide
	}
	d.SetY(y + lineHeight)
	d.begin()
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
