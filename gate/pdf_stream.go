package gate

import (
	"bytes"
	"encoding/ascii85"
	"fmt"
	"io"
	"strings"
)

// label says what the strings of object n belong to.
func (p *pdfFile) label(n int) string {
	d := p.dict(pdfRef(n))
	for _, t := range p.roots {
		if t["Info"] == pdfRef(n) {
			return "properties"
		}
	}
	switch {
	case d["Type"] == pdfName("Annot") || d["Subtype"] != nil && d["Rect"] != nil:
		return "annotations"
	case d["Title"] != nil && (d["Parent"] != nil || d["Next"] != nil || d["Prev"] != nil):
		return "bookmarks"
	case d["FT"] != nil:
		return "fields"
	}
	return "objects"
}

// relate notes what the objects that v refers to are to it.
func (p *pdfFile) relate(v any, deep int) {
	if deep > maxNesting {
		return
	}
	switch v := v.(type) {
	case *pdfStream:
		p.relate(v.dict, deep+1)
	case []any:
		if len(v) == 2 && v[0] == pdfName("ICCBased") {
			p.role(v[1], "ICCBased")
		}
		for _, e := range v {
			p.relate(e, deep+1)
		}
	case pdfDict:
		for k, e := range v {
			p.role(e, k)
			p.relate(e, deep+1)
		}
		for _, glyph := range p.dict(v["CharProcs"]) {
			p.role(glyph, "Contents")
		}
		if files := p.dict(v["EF"]); files != nil {
			name, _ := v["F"].(pdfString)
			if uni, ok := v["UF"].(pdfString); ok {
				name = uni
			}
			for _, f := range files {
				if ref, ok := f.(pdfRef); ok {
					p.roles[int(ref)] = "EF"
					p.files[int(ref)] = strings.Join(pdfText(string(name)), " ")
				}
			}
		}
	}
}

func (p *pdfFile) role(v any, key pdfName) {
	switch key {
	case "Contents", "FontFile", "FontFile2", "FontFile3", "ToUnicode", "CIDToGIDMap", "CIDSet", "Metadata", "ICCBased":
	default:
		return
	}
	switch v := v.(type) {
	case pdfRef:
		p.roles[int(v)] = key
		if list, ok := p.get(v).([]any); ok {
			p.role(list, key)
		}
	case []any:
		for _, e := range v {
			p.role(e, key)
		}
	}
}

// stream reads a stream for what it is.
func (p *pdfFile) stream(n int, s *pdfStream) {
	kind, sub, role := s.dict["Type"], s.dict["Subtype"], p.roles[n]
	at := inside(p.at, fmt.Sprintf("object %d", n))
	if kind == pdfName("XRef") || kind == pdfName("ObjStm") {
		return
	}
	b, filter, why := p.decode(s)
	if why != "" {
		p.r.refuse(at, why)
		return
	}
	switch {
	case sub == pdfName("Image"):
		p.image(at, n, b, filter)
		return
	case filter != "":
		p.r.refuse(at, UnknownPart)
		return
	}
	switch {
	case sub == pdfName("Form"), role == "Contents", s.dict["PatternType"] == 1.0:
		if !p.done[n] {
			p.aside(at, n, s)
		}
	case role == "EF" || kind == pdfName("EmbeddedFile"):
		p.r.emit(at, view{text: p.files[n]}, true)
		p.r.read(at, p.files[n], unknown, b, p.deep+1)
	case role == "Metadata" || sub == pdfName("XML"):
		p.r.read(at, "metadata.xml", unknown, b, p.deep+1)
	case role == "FontFile" || role == "FontFile2" || role == "FontFile3" || role == "CIDToGIDMap" || role == "CIDSet":
		p.r.program(at, b)
	case role == "ToUnicode" || kind == pdfName("CMap") || s.dict["FunctionType"] != nil || s.dict["ShadingType"] != nil,
		role == "ICCBased" && len(b) > 40 && string(b[36:40]) == "acsp":
		p.r.binary(at, b)
	case kind == nil && sub == nil && isNumber(s.dict["S"]): // hints, which only a place in the file leads to
		p.r.binary(at, b)
	default:
		p.r.refuse(at, UnknownPart)
	}
}

func isNumber(v any) bool {
	_, ok := v.(float64)
	return ok
}

// image reads what a picture carries. Its pixels are read with the page that
// shows it, if somebody can.
func (p *pdfFile) image(at string, n int, b []byte, filter pdfName) {
	switch filter {
	case "DCTDecode", "DCT":
		if p.drawn && p.done[n] {
			if !p.r.jpeg(at, b) {
				p.r.refuse(at, Malformed)
			}
			return
		}
		p.r.picture(at, b, jpeg)
	case "", "CCITTFaxDecode", "CCF", "JBIG2Decode":
		if !p.drawn || !p.done[n] {
			p.r.pixels(at, nil)
		}
	default:
		p.r.refuse(at, UnknownPart)
	}
}

// decode unpacks a stream. It stops at a filter for pictures and returns its
// name.
func (p *pdfFile) decode(s *pdfStream) (b []byte, filter pdfName, why Reason) {
	filters, parms := p.list(s.dict["Filter"]), p.list(s.dict["DecodeParms"])
	b = s.bytes
	for i, f := range filters {
		name, _ := p.get(f).(pdfName)
		ok := true
		switch name {
		case "FlateDecode", "Fl":
			if b, ok = p.r.inflate(p.at, b); ok && i < len(parms) {
				b, ok = unpredict(b, p.dict(parms[i]))
			}
		case "ASCIIHexDecode", "AHx":
			l := pdfLexer{b: append([]byte("<"), b...)}
			b = []byte(l.hex())
			ok = !l.bad && len(bytes.TrimSpace(l.b[min(l.i, len(l.b)):])) == 0
		case "ASCII85Decode", "A85":
			end := bytes.Index(b, []byte("~>"))
			if ok = end >= 0 && len(bytes.TrimSpace(b[end+2:])) == 0; ok {
				var err error
				b, err = io.ReadAll(ascii85.NewDecoder(bytes.NewReader(b[:end])))
				ok = err == nil
			}
		case "DCTDecode", "DCT", "CCITTFaxDecode", "CCF", "JBIG2Decode", "JPXDecode":
			if i != len(filters)-1 {
				return nil, "", Malformed
			}
			return b, name, ""
		default:
			return nil, "", UnknownPart
		}
		if !ok {
			if p.r.left == 0 {
				return nil, "", TooLarge
			}
			return nil, "", Malformed
		}
	}
	return b, "", ""
}

// list makes a list of what is one or a list.
func (p *pdfFile) list(v any) []any {
	switch v := p.get(v).(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

// unpredict undoes a predictor (ISO 32000-1, 7.4.4.4): those of PNG, and none.
func unpredict(b []byte, d pdfDict) ([]byte, bool) {
	value := func(key pdfName, otherwise int) int {
		if n, ok := d[key].(float64); ok {
			return int(n)
		}
		return otherwise
	}
	predictor := value("Predictor", 1)
	if predictor == 1 {
		return b, true
	}
	bits := value("Colors", 1) * value("BitsPerComponent", 8)
	row, step := (bits*value("Columns", 1)+7)/8, max(1, bits/8)
	if predictor < 10 || bits <= 0 || row <= 0 || row > len(b) {
		return nil, false
	}
	if len(b)%(row+1) != 0 {
		return nil, false
	}
	out := make([]byte, 0, len(b))
	before := make([]byte, row)
	for ; len(b) > 0; b = b[row+1:] {
		line := bytes.Clone(b[1 : row+1])
		for i := range line {
			var left, corner byte
			if i >= step {
				left, corner = line[i-step], before[i-step]
			}
			switch b[0] {
			case 0:
			case 1:
				line[i] += left
			case 2:
				line[i] += before[i]
			case 3:
				line[i] += byte((int(left) + int(before[i])) / 2)
			case 4:
				line[i] += paeth(int(left), int(before[i]), int(corner))
			default:
				return nil, false
			}
		}
		out = append(out, line...)
		before = line
	}
	return out, true
}

func paeth(left, up, corner int) byte {
	guess := left + up - corner
	a, b, c := max(guess-left, left-guess), max(guess-up, up-guess), max(guess-corner, corner-guess)
	switch {
	case a <= b && a <= c:
		return byte(left)
	case b <= c:
		return byte(up)
	}
	return byte(corner)
}
