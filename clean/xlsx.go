package clean

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const xlsxMedia = "application/vnd.openxmlformats-officedocument.spreadsheetml."

// An xlsx is a workbook that is being cleaned.
type xlsx struct {
	*ooxml
	shared []string
	shown  map[string]bool // names of sheets that are kept
}

// xlsxStyles are the elements of styles that are kept, and their attributes.
var (
	xlsxStyles = setOf(`x:styleSheet x:numFmts x:numFmt x:fonts x:font x:b x:i x:u x:strike x:sz x:color x:name x:vertAlign x:fills x:fill x:patternFill
x:fgColor x:bgColor x:borders x:border x:left x:right x:top x:bottom x:diagonal x:cellStyleXfs x:cellXfs x:xf x:alignment`)
	xlsxAttrs = setOf(`numFmtId formatCode val rgb theme tint indexed auto patternType style fontId fillId borderId xfId applyNumberFormat applyFont
applyFill applyBorder applyAlignment horizontal vertical wrapText textRotation indent shrinkToFit readingOrder count diagonalUp diagonalDown`)
)

// xlsx keeps the sheets that are shown, with what their cells show: values, never
// what computes them.
func (d *ooxml) xlsx(name string, root *node) error {
	d.Kind = Kind{"xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	t := &xlsx{ooxml: d, shown: map[string]bool{}}
	main, err := d.newPart(name)
	if err != nil {
		return err
	}
	main.name = "xl/workbook.xml"
	book := el("x:workbook", nil)
	if root.find("x:workbookPr") != nil && root.find("x:workbookPr").get("date1904") == "1" {
		book.kids = append(book.kids, el("x:workbookPr", []string{"date1904", "1"}))
	}
	if err := t.beside(main); err != nil {
		return err
	}
	if err := t.themeOf(main, "xl"); err != nil {
		return err
	}
	sheets := el("x:sheets", nil)
	if root.child("x:sheets") == nil {
		return refuse(Broken, name)
	}
	for _, s := range root.child("x:sheets").kids {
		if state := s.get("state"); state == "" || state == "visible" {
			t.shown[s.get("name")] = true
		}
	}
	for _, s := range root.child("x:sheets").kids {
		r := main.old[s.get("r:id")]
		if s.name != "x:sheet" {
			continue
		}
		if state := s.get("state"); state != "" && state != "visible" {
			t.removed("hidden sheet", r.target, s.get("name"), 0)
			continue
		}
		if r.kind != "worksheet" {
			t.vanished("sheet of a chart", r.target, s.get("name"))
			continue
		}
		number := fmt.Sprint(len(sheets.kids) + 1)
		if err := t.sheet(r.target, "xl/worksheets/sheet"+number+".xml"); err != nil {
			return err
		}
		id := main.link("worksheet", "worksheets/sheet"+number+".xml", false)
		sheets.kids = append(sheets.kids, el("x:sheet", []string{"name", s.get("name"), "sheetId", number, "r:id", id}))
	}
	if len(sheets.kids) == 0 {
		return refuse(Broken, name)
	}
	if names := root.child("x:definedNames"); names != nil {
		for _, n := range names.kids {
			t.removed("defined name", name, n.get("name")+" "+n.words(), 0)
		}
	}
	book.kids = append(book.kids, el("x:bookViews", nil, el("x:workbookView", nil)), sheets)
	main.done(book, xlsxMedia+"sheet.main+xml")
	return nil
}

// beside reads the strings that cells share, and keeps how cells look.
func (t *xlsx) beside(main *partWriter) error {
	for _, r := range main.old {
		switch {
		case r.away:
		case r.kind == "sharedStrings":
			root, err := t.part(r.target)
			if err != nil {
				return err
			}
			for _, si := range root.kids {
				if si.name == "x:si" {
					t.shared = append(t.shared, cellWords(si))
				}
			}
		case r.kind == "styles":
			root, err := t.part(r.target)
			if err != nil {
				return err
			}
			if root.name != "x:styleSheet" {
				return refuse(Broken, r.target)
			}
			p, err := t.newPart(r.target)
			if err != nil {
				return err
			}
			p.name = "xl/styles.xml"
			styles := xlsxStyle(root)
			if styles.child("x:cellStyleXfs") != nil { // the one that every workbook has
				styles.kids = append(styles.kids, el("x:cellStyles", nil, el("x:cellStyle", []string{"name", "Normal", "xfId", "0", "builtinId", "0"})))
			}
			p.done(styles, xlsxMedia+"styles+xml")
			main.link("styles", "styles.xml", false)
		}
	}
	return nil
}

func xlsxStyle(n *node) *node {
	out := &node{name: n.name}
	for _, a := range n.attr {
		if xlsxAttrs[a.name] || n.name == "x:name" && a.name == "val" && plain.MatchString(a.value) {
			out.attr = append(out.attr, a)
		}
	}
	for _, k := range n.kids {
		if xlsxStyles[k.name] {
			out.kids = append(out.kids, xlsxStyle(k))
		}
	}
	return out
}

// cellWords returns the text of a string, without how it is read aloud.
func cellWords(si *node) string {
	var b strings.Builder
	for _, k := range si.kids {
		switch k.name {
		case "x:t":
			b.WriteString(k.words())
		case "x:r":
			if t := k.child("x:t"); t != nil {
				b.WriteString(t.words())
			}
		}
	}
	return b.String()
}

// sheet writes a sheet without the rows and columns that are hidden.
func (t *xlsx) sheet(from, to string) error {
	root, err := t.part(from)
	if err != nil {
		return err
	}
	p, err := t.newPart(from)
	if err != nil {
		return err
	}
	if root.name != "x:worksheet" || root.child("x:sheetData") == nil {
		return refuse(Unable, from)
	}
	p.name = to
	out := el("x:worksheet", nil)
	if v := root.child("x:sheetViews", "x:sheetView"); v != nil && yes(v.get("rightToLeft")) {
		out.kids = append(out.kids, el("x:sheetViews", nil, el("x:sheetView", []string{"rightToLeft", "1", "workbookViewId", "0"})))
	}
	cols, hidden := columns(root)
	out.kids = append(out.kids, cols...)
	out.kids = append(out.kids, t.rows(root, hidden, to))
	if m := root.child("x:mergeCells"); m != nil {
		kept := el("x:mergeCells", nil)
		for _, c := range m.kids {
			if plain.MatchString(strings.ReplaceAll(c.get("ref"), ":", "")) {
				kept.kids = append(kept.kids, el("x:mergeCell", []string{"ref", c.get("ref")}))
			}
		}
		out.kids = append(out.kids, kept)
	}
	if dr := root.child("x:drawing"); dr != nil {
		id, err := t.drawing(p, dr.get("r:id"), hidden, hiddenRows(root))
		if err != nil {
			return err
		}
		if id != "" {
			out.kids = append(out.kids, el("x:drawing", []string{"r:id", id}))
		}
	}
	for _, k := range root.kids {
		if words := strings.TrimSpace(k.words()); words != "" && k.name != "x:sheetData" {
			t.removed("what is not shown in cells", to, words, 0)
		}
	}
	p.done(out, xlsxMedia+"worksheet+xml")
	return nil
}

// columns returns the columns that are shown, and the numbers of the others.
func columns(root *node) (all []*node, hidden []span) {
	if cols := root.child("x:cols"); cols != nil {
		kept := el("x:cols", nil)
		for _, c := range cols.kids {
			lo, _ := strconv.Atoi(c.get("min"))
			hi, _ := strconv.Atoi(c.get("max"))
			if yes(c.get("hidden")) {
				hidden = append(hidden, span{lo, hi})
			} else if lo > 0 && hi >= lo {
				kept.kids = append(kept.kids, el("x:col", []string{"min", fmt.Sprint(lo), "max", fmt.Sprint(hi), "width", number(c.get("width"), "9"), "customWidth", "1"}))
			}
		}
		if len(kept.kids) > 0 {
			all = append(all, kept)
		}
	}
	return all, hidden
}

// rows returns the rows that are shown.
func (t *xlsx) rows(root *node, hidden []span, to string) *node {
	data := el("x:sheetData", nil)
	for _, row := range root.child("x:sheetData").kids {
		if row.name != "x:row" {
			continue
		}
		if yes(row.get("hidden")) {
			t.removed("hidden row", to, t.rowWords(row), 0)
			continue
		}
		new := el("x:row", nil)
		if r := number(row.get("r"), ""); r != "" {
			new.attr = append(new.attr, attr{"r", r})
		}
		if h := number(row.get("ht"), ""); h != "" && yes(row.get("customHeight")) {
			new.attr = append(new.attr, attr{"ht", h}, attr{"customHeight", "1"})
		}
		for _, c := range row.kids {
			if c.name == "x:c" {
				if k := t.cell(c, hidden, to); k != nil {
					new.kids = append(new.kids, k)
				}
			}
		}
		data.kids = append(data.kids, new)
	}
	return data
}

// A span is numbers from one to another.
type span struct{ lo, hi int }

func yes(s string) bool { return s == "1" || s == "true" }

// number returns s if it is one, or else otherwise.
func number(s, otherwise string) string {
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return otherwise
	}
	return s
}

// column returns the number of the column in the name of a cell, from 1.
func column(ref string) (n int) {
	for _, c := range strings.ToUpper(ref) {
		if c < 'A' || c > 'Z' || n > 1<<20 {
			break
		}
		n = 26*n + int(c-'A'+1)
	}
	return n
}

func (t *xlsx) rowWords(row *node) string {
	var words []string
	for _, c := range row.kids {
		if kind, v := t.value(c); kind != "" {
			words = append(words, v)
		}
	}
	return strings.Join(words, " ")
}

// value returns of which type a cell is as it is written, and what it shows.
func (t *xlsx) value(c *node) (kind, v string) {
	if n := c.child("x:v"); n != nil {
		v = n.words()
	}
	switch c.get("t") {
	case "s":
		if i, err := strconv.Atoi(v); err == nil && i >= 0 && i < len(t.shared) {
			return "inlineStr", t.shared[i]
		}
		return "", ""
	case "inlineStr":
		if is := c.child("x:is"); is != nil {
			return "inlineStr", cellWords(is)
		}
	case "str":
		return "inlineStr", v
	case "b", "e", "d":
		if plain.MatchString(strings.Trim(strings.ReplaceAll(v, ":", ""), "#!/?")) {
			return c.get("t"), v
		}
	default:
		if v = number(v, ""); v != "" {
			return "n", v
		}
	}
	return "", ""
}

func (t *xlsx) cell(c *node, hidden []span, where string) *node {
	kind, v := t.value(c)
	col := column(c.get("r"))
	if f := c.child("x:f"); f != nil {
		t.removed("formula", where, f.words(), 0)
	}
	if slices.ContainsFunc(hidden, func(s span) bool { return s.lo <= col && col <= s.hi }) {
		t.removed("cell of a hidden column", where, v, 0)
		return nil
	}
	out := el("x:c", nil)
	if plain.MatchString(c.get("r")) && col > 0 {
		out.attr = append(out.attr, attr{"r", c.get("r")})
	}
	if s := number(c.get("s"), ""); s != "" {
		out.attr = append(out.attr, attr{"s", s})
	}
	switch kind {
	case "":
		return out
	case "inlineStr":
		out.attr = append(out.attr, attr{"t", kind})
		out.kids = append(out.kids, el("x:is", nil, el("x:t", []string{"xml:space", "preserve"}, &node{text: v})))
	default:
		out.attr = append(out.attr, attr{"t", kind})
		out.kids = append(out.kids, el("x:v", nil, &node{text: v}))
	}
	return out
}
