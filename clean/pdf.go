package clean

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"habeas/internal/pdf"
)

// latePDF is the head of a PDF that has something before it.
var latePDF = regexp.MustCompile(`%PDF-\d\.\d[\r\n]`)

func isLatePDF(head []byte) bool { return latePDF.Match(head[:min(len(head), 1024)]) }

// A pdfDoc is a PDF that is being cleaned. Its first error counts.
type pdfDoc struct {
	*job
	f         *pdf.File
	w         *pdf.Writer
	err       error
	memo      map[pdfKey]any
	fonts     map[any]*pdfFont
	queue     []*pdfFont // in the order they were first used
	layered   bool       // it has layers, of which these are off
	off       map[pdf.Ref]bool
	asked     bool               // fields are to be drawn by viewers
	active    map[pdf.Ref]bool   // forms that are being drawn
	sheet     *pdfSheet          // that is being drawn; nil: what is drawn is not part of one
	forms     map[pdf.Ref][]byte // unpacked, and how much all are
	formsSize int
	spots     map[pdf.Name]pdf.Name
	hidden    map[string]*strings.Builder // words that nobody sees, by why
	cut       *cutting                    // nil: nothing is cut
	fuel      int
	deep      int
}

// A pdfKey is an object and what it is used as.
type pdfKey struct {
	as  string
	ref pdf.Ref
}

// Limits of a PDF: pages, operators and glyphs, and how deep what is drawn may lie
// in what is drawn.
const (
	mostSheets  = 50_000
	mostDrawing = 100 << 20
	deepestForm = 24
)

func (d *pdfDoc) fail(why Reason, where string) {
	if d.err == nil {
		d.err = refuse(why, where)
	}
}

// burn takes from what may still be drawn, and reports whether there is any.
func (d *pdfDoc) burn(n int) bool {
	if d.fuel -= n; d.fuel < 0 {
		d.fail(Large, "")
	}
	return d.err == nil
}

// cleanPDF draws each page anew with what it shows, from the tree of pages down.
// Nothing else of the file is looked at but to tell what was left out.
func cleanPDF(j *job, b []byte) ([]byte, error) { return rebuildPDF(j, b, nil) }

// rebuildPDF is cleanPDF without what is cut; nil: nothing.
func rebuildPDF(j *job, b []byte, cut *cutting) ([]byte, error) {
	f, err := pdf.Open(b)
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		return nil, refuse(Encrypted, "")
	case err != nil:
		return nil, refuse(Broken, "")
	}
	d := &pdfDoc{job: j, f: f, w: pdf.NewWriter(), memo: map[pdfKey]any{}, fonts: map[any]*pdfFont{}, off: map[pdf.Ref]bool{},
		active: map[pdf.Ref]bool{}, forms: map[pdf.Ref][]byte{}, spots: map[pdf.Name]pdf.Name{}, fuel: mostDrawing, cut: cut}
	root := f.Dict(f.Trailer["Root"])
	d.layers(f.Dict(root["OCProperties"]))
	d.asked = f.Get(f.Dict(root["AcroForm"])["NeedAppearances"]) == true
	tree := d.w.Reserve()
	kids := d.pages(root["Pages"], tree)
	if d.err == nil && len(kids) == 0 {
		d.fail(Broken, "")
	}
	for i := 0; i < len(d.queue) && d.err == nil; i++ { // fonts may draw with fonts
		d.queue[i].finish(d)
	}
	if d.err != nil {
		return nil, d.err
	}
	d.w.Set(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Count": len(kids), "Kids": kids})
	catalog := d.w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": tree})
	d.leftOut(root)
	return d.w.Bytes(catalog), nil
}

// leftOut tells what of the file as a whole stays behind.
func (d *pdfDoc) leftOut(root pdf.Dict) {
	info := d.f.Dict(d.f.Trailer["Info"])
	for _, k := range slices.Sorted(maps.Keys(info)) {
		d.removed("property", "Info: "+short(string(k)), d.words(info[k]), 0)
	}
	for _, k := range slices.Sorted(maps.Keys(root)) {
		if k != "Type" && k != "Pages" {
			d.removed(pdfWhat(k), "catalog: "+short(string(k)), d.words(root[k]), 0)
		}
	}
	if d.f.Trailer["ID"] != nil {
		d.removed("identifier", "trailer", "", 0)
	}
	if n := d.f.Tables; n > 1 {
		d.removed("earlier revision or second table", "", "", 0)
	}
	if n := d.f.Before + d.f.After; n > 0 {
		d.removed("bytes outside of the file", "", "", n)
	}
	if n := d.f.Unseen(); n > 0 {
		d.removed(fmt.Sprintf("%d objects that no page shows", n), "", "", 0)
	}
}

func pdfWhat(k pdf.Name) string {
	switch k {
	case "Metadata":
		return "XMP"
	case "Names", "AF":
		return "names, attachments or programs"
	case "OpenAction", "AA":
		return "what happens when it is opened"
	case "Outlines":
		return "bookmarks"
	case "StructTreeRoot", "MarkInfo":
		return "structure"
	case "OCProperties":
		return "layers"
	case "AcroForm":
		return "form"
	case "Thumb":
		return "small picture"
	case "PieceInfo", "LastModified":
		return "data of a program"
	}
	return "field"
}

// words returns the text that is in v, as far as a line has room for it.
func (d *pdfDoc) words(v any) string {
	var out []string
	n := 0
	var walk func(v any, deep int)
	walk = func(v any, deep int) {
		if n++; deep > 8 || n > 400 || d.f.Dict(v)["Type"] == pdf.Name("Page") {
			return
		}
		switch v := d.f.Get(v).(type) {
		case pdf.String:
			out = append(out, pdfText(string(v)))
		case []any:
			for _, e := range v {
				walk(e, deep+1)
			}
		case pdf.Dict:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				if k != "Parent" && k != "P" && k != "Prev" && k != "Pg" {
					walk(v[k], deep+1)
				}
			}
		case *pdf.Stream:
			if b, rest, err := d.f.Decode(v); err == nil && rest == "" && len(b) < 1<<16 && onlyText(b) {
				out = append(out, strings.Join(strings.Fields(string(b)), " "))
			}
		}
	}
	walk(v, 0)
	return strings.Join(out, " ")
}

// pdfText decodes a text string (ISO 32000-1, 7.9.2).
func pdfText(s string) string {
	big := strings.HasPrefix(s, "\xfe\xff")
	if !big && !strings.HasPrefix(s, "\xff\xfe") {
		return strings.ToValidUTF8(strings.TrimPrefix(s, "\ufeff"), "\ufffd")
	}
	return wideText(s[2:], big)
}

func wideText(s string, big bool) string {
	var units []uint16
	for i := 0; i+1 < len(s); i += 2 {
		if big {
			units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
		} else {
			units = append(units, uint16(s[i+1])<<8|uint16(s[i]))
		}
	}
	return string(utf16.Decode(units))
}

// number returns the number that v is, or otherwise.
func (d *pdfDoc) number(v any, otherwise float64) float64 {
	if n, ok := d.f.Get(v).(float64); ok {
		return n
	}
	return otherwise
}

// numbers copies an array of numbers, and of arrays of them; nil if v is none.
func (d *pdfDoc) numbers(v any) any {
	list, ok := d.f.Get(v).([]any)
	if !ok {
		return nil
	}
	d.deep++
	defer func() { d.deep-- }()
	out := make([]any, 0, len(list))
	for _, e := range list {
		switch e := d.f.Get(e).(type) {
		case float64:
			out = append(out, e)
		case []any:
			if d.deep < 4 && d.burn(len(e)) {
				out = append(out, d.numbers(e))
			}
		}
	}
	return out
}

// copyKeys copies what is a number, a truth, or an array of numbers.
func (d *pdfDoc) copyKeys(to, from pdf.Dict, keys ...pdf.Name) pdf.Dict {
	for _, k := range keys {
		switch v := d.f.Get(from[k]).(type) {
		case float64, bool:
			to[k] = v
		case []any:
			to[k] = d.numbers(v)
		}
	}
	return to
}

// nameOf copies a name if it is one of those that the key may have.
func (d *pdfDoc) nameOf(to, from pdf.Dict, key pdf.Name, may ...pdf.Name) {
	if n, ok := d.f.Get(from[key]).(pdf.Name); ok && slices.Contains(may, n) {
		to[key] = n
	}
}

// packed returns a stream of b, with dict.
func (d *pdfDoc) packed(dict pdf.Dict, b []byte) *pdf.Stream {
	dict["Filter"] = pdf.Name("FlateDecode")
	return &pdf.Stream{Dict: dict, Raw: pdf.Deflate(b)}
}

// decode unpacks a stream that is not a picture; nil if it can't be.
func (d *pdfDoc) decode(v any) []byte {
	s, ok := d.f.Get(v).(*pdf.Stream)
	if !ok {
		return nil
	}
	b, rest, err := d.f.Decode(s)
	switch {
	case errors.Is(err, pdf.ErrLarge):
		d.fail(Large, "a stream")
	case err == nil && rest == "":
		return b
	}
	return nil
}

// once does do for an object that is used as something, the first time.
func (d *pdfDoc) once(as string, v any, do func() any) any {
	ref, ok := v.(pdf.Ref)
	if !ok {
		return do()
	}
	key := pdfKey{as, ref}
	if got, ok := d.memo[key]; ok {
		return got
	}
	d.memo[key] = nil // while it is made: it may lead to itself
	got := do()
	d.memo[key] = got
	return got
}

// hide notes words that are not seen, and why.
func (d *pdfDoc) hide(why, words string) {
	b := d.hidden[why]
	if b == nil {
		b = &strings.Builder{}
		d.hidden[why] = b
	}
	if b.Len() < 1000 {
		b.WriteString(words)
	}
}

// tellHidden tells the words that were not seen at where.
func (d *pdfDoc) tellHidden(where string) {
	for _, why := range slices.Sorted(maps.Keys(d.hidden)) {
		d.removed(why, where, d.hidden[why].String(), 0)
	}
	d.hidden = map[string]*strings.Builder{}
}

func hasAny(b []byte, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(b, []byte(w)) })
}
