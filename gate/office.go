package gate

import (
	"encoding/xml"
	"io"
	"path"
	"strconv"
	"strings"
)

// sheets reads the cells of each sheet of a workbook, with the strings that they
// share with others put where they are shown.
func (r *reader) sheets(at string, members []member) {
	var shared []string
	for _, m := range members {
		if strings.EqualFold(m.name, "xl/sharedStrings.xml") {
			shared = sharedStrings(m.bytes)
		}
	}
	for _, m := range members {
		if dir, _ := path.Split(strings.ToLower(m.name)); dir != "xl/worksheets/" {
			continue
		}
		raw := view{text: string(m.bytes)}
		w := viewer{of: &raw}
		if rows, ok := sheetCells(&w, m.bytes, shared, r.left); ok {
			v := w.view()
			for _, rows := range [][][]cell{rows, short(v.text, rows), turn(rows)} {
				r.emit(inside(at, m.name), lay(v, rows), false)
			}
		} else {
			r.refuse(inside(at, m.name), TooLarge)
		}
	}
	r.ods(at, members)
}

// ods reads the cells of an OpenDocument sheet in their columns.
func (r *reader) ods(at string, members []member) {
	for _, m := range members {
		if m.name != "content.xml" {
			continue
		}
		raw := view{text: string(m.bytes)}
		w := viewer{of: &raw}
		if rows, ok := sheetCells(&w, m.bytes, nil, r.left); ok && len(rows) > 0 {
			v := w.view()
			r.emit(inside(at, m.name), lay(v, short(v.text, rows)), false)
			r.emit(inside(at, m.name), lay(v, turn(rows)), false)
		}
	}
}

// sharedStrings returns the text of each string, of its runs without phonetic
// hints. Broken XML ends the list; it is refused where the member is read.
func sharedStrings(b []byte) (out []string) {
	d := xml.NewDecoder(strings.NewReader(string(b)))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) { return in, nil }
	var text strings.Builder
	for {
		tok, err := d.RawToken()
		if err != nil {
			return out
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if t.Name.Local == "si" {
				text.Reset()
			}
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if t.Name.Local == "si" {
				out = append(out, text.String())
			}
		}
	}
}

// sheetCells writes the text of every cell of a sheet to w and returns where it
// is, row by row; false if that takes more than so many bytes.
func sheetCells(w *viewer, b []byte, shared []string, most int) (rows [][]cell, ok bool) {
	d := xml.NewDecoder(strings.NewReader(string(b)))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) { return in, nil }
	var row []cell
	var text strings.Builder
	start, isShared, value := 0, false, false
	for {
		tok, err := d.RawToken()
		if err != nil {
			return rows, true
		}
		switch t := tok.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "c", "table-cell":
				start, isShared = int(d.InputOffset()), attribute(t, "t") == "s"
				text.Reset()
			case "v", "t", "p":
				value = true
			}
		case xml.CharData:
			if value {
				text.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v", "t", "p":
				value = false
			case "c", "table-cell":
				said := text.String()
				if n, err := strconv.Atoi(said); isShared && err == nil && n >= 0 && n < len(shared) {
					said = shared[n]
				}
				if most -= len(said); most < 0 {
					return nil, false
				}
				from := w.text.Len()
				w.put(said, min(start, len(b)-1), int(d.InputOffset()))
				row = append(row, cell{from, w.text.Len()})
			case "row", "table-row":
				rows, row = append(rows, row), nil
			}
		}
	}
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
