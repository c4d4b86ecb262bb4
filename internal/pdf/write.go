package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// Append appends an object as it is written, keys in order.
func Append(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return appendNumber(b, v)
	case Word:
		return append(b, v...)
	case Ref:
		return fmt.Appendf(b, "%d 0 R", int(v))
	case Name:
		return appendName(b, v)
	case String:
		return appendString(b, v)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ' ')
			}
			b = Append(b, e)
		}
		return append(b, ']')
	case Dict:
		b = append(b, "<<"...)
		for _, k := range slices.Sorted(maps.Keys(v)) {
			b = append(appendName(b, k), ' ')
			b = Append(b, v[k])
		}
		return append(b, ">>"...)
	}
	return append(b, "null"...)
}

func appendNumber(b []byte, n float64) []byte {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		n = 0
	}
	n = max(-1e15, min(n, 1e15))
	if n == math.Trunc(n) {
		return strconv.AppendInt(b, int64(n), 10)
	}
	if r := math.Round(n*1e8) / 1e8; math.Abs(n) > 1e-4 {
		n = r
	}
	start := len(b)
	b = strconv.AppendFloat(b, n, 'f', -1, 64)
	switch s := b[start:]; {
	case bytes.HasPrefix(s, []byte("0.")):
		return append(b[:start], s[1:]...)
	case bytes.HasPrefix(s, []byte("-0.")):
		return append(append(b[:start], '-'), s[2:]...)
	}
	return b
}

func appendName(b []byte, n Name) []byte {
	b = append(b, '/')
	for i := range len(n) {
		if c := n[i]; c > ' ' && c < 0x7f && c != '#' && !delimiter(c) {
			b = append(b, c)
		} else {
			b = fmt.Appendf(b, "#%02X", c)
		}
	}
	return b
}

func appendString(b []byte, s String) []byte {
	b = append(b, '(')
	for i := range len(s) {
		switch c := s[i]; c {
		case '(', ')', '\\':
			b = append(b, '\\', c)
		case '\r':
			b = append(b, `\r`...)
		default:
			b = append(b, c)
		}
	}
	return append(b, ')')
}

// Deflate packs b as tightly as it can.
func Deflate(b []byte) []byte {
	var out bytes.Buffer
	w, _ := zlib.NewWriterLevel(&out, zlib.BestCompression) // fails for other levels only
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// A Writer collects the objects of a file.
type Writer struct {
	objects []any
	same    map[[32]byte]Ref
}

// NewWriter returns one that has no objects.
func NewWriter() *Writer { return &Writer{same: map[[32]byte]Ref{}} }

// Reserve returns a number for an object that Set gives later.
func (w *Writer) Reserve() Ref {
	w.objects = append(w.objects, nil)
	return Ref(len(w.objects))
}

// Set gives the object that a number was reserved for.
func (w *Writer) Set(r Ref, v any) { w.objects[r-1] = v }

// Add returns the number of an object; that of an equal one, if there is one.
func (w *Writer) Add(v any) Ref {
	key := sha256.Sum256(Append(nil, v))
	if s, ok := v.(*Stream); ok {
		key = sha256.Sum256(append(Append([]byte{0}, s.Dict), s.Raw...))
	}
	if r, ok := w.same[key]; ok {
		return r
	}
	r := w.Reserve()
	w.Set(r, v)
	w.same[key] = r
	return r
}

// perStream is how many objects lie in a stream.
const perStream = 200

// reached numbers the objects that root leads to, in the order it does.
func (w *Writer) reached(root Ref) ([]any, map[Ref]Ref) {
	var out []any
	now := map[Ref]Ref{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case Ref:
			if _, ok := now[v]; ok || v < 1 || int(v) > len(w.objects) {
				return
			}
			out = append(out, w.objects[v-1])
			now[v] = Ref(len(out))
			walk(w.objects[v-1])
		case []any:
			for _, e := range v {
				walk(e)
			}
		case Dict:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				walk(v[k])
			}
		case *Stream:
			walk(v.Dict)
		}
	}
	walk(root)
	for i, v := range out {
		out[i] = renumber(v, now)
	}
	return out, now
}

func renumber(v any, now map[Ref]Ref) any {
	switch v := v.(type) {
	case Ref:
		return now[v]
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = renumber(e, now)
		}
		return out
	case Dict:
		out := Dict{}
		for k, e := range v {
			out[k] = renumber(e, now)
		}
		return out
	case *Stream:
		return &Stream{renumber(v.Dict, now).(Dict), v.Raw}
	}
	return v
}

// Bytes returns the file, whose catalog is root: one revision of what root leads
// to, in which objects that are no streams lie in streams.
func (w *Writer) Bytes(root Ref) []byte {
	objects, now := w.reached(root)
	root = now[root]
	out := []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	type where struct{ kind, a, b int }
	table := make([]where, len(objects)+1)
	stream := func(num int, s *Stream) {
		table[num] = where{1, len(out), 0}
		d := maps.Clone(s.Dict)
		d["Length"] = len(s.Raw)
		out = fmt.Appendf(out, "%d 0 obj\n", num)
		out = append(Append(out, d), "\nstream\n"...)
		out = append(append(out, s.Raw...), "\nendstream\nendobj\n"...)
	}
	var plain []int
	for i, v := range objects {
		if s, ok := v.(*Stream); ok {
			stream(i+1, s)
		} else {
			plain = append(plain, i+1)
		}
	}
	for chunk := range slices.Chunk(plain, perStream) {
		var index, body []byte
		holder := len(table)
		table = append(table, where{})
		for i, num := range chunk {
			index = fmt.Appendf(index, "%d %d ", num, len(body))
			body = append(Append(body, objects[num-1]), '\n')
			table[num] = where{2, holder, i}
		}
		stream(holder, packed(Dict{"Type": Name("ObjStm"), "N": len(chunk), "First": len(index)}, append(index, body...)))
	}
	num := len(table)
	at := len(out)
	table = append(table, where{1, at, 0})
	rows := make([]byte, 0, 7*len(table))
	for _, t := range table {
		rows = append(rows, byte(t.kind), byte(t.a>>24), byte(t.a>>16), byte(t.a>>8), byte(t.a), byte(t.b>>8), byte(t.b))
	}
	stream(num, packed(Dict{"Type": Name("XRef"), "Size": len(table), "W": []any{1, 4, 2}, "Root": root}, rows))
	return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", at)
}

func packed(d Dict, b []byte) *Stream {
	d["Filter"] = Name("FlateDecode")
	return &Stream{d, Deflate(b)}
}
