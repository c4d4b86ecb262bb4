package gate

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A pdfFile is a PDF taken apart (ISO 32000-1, 7.5). It is read from its first
// byte to its last, and not by its table of places, so that nothing lies between
// what is read; a table that says something else than what was read is refused.
// So is an object that is there twice: an earlier version of it.
type pdfFile struct {
	r       *reader
	at      string
	b       []byte
	deep    int
	objects map[int]any
	starts  map[int]bool       // where objects and tables begin
	placed  map[int]int        // where each object begins
	said    [][2]int           // objects and where tables say they begin
	roots   []pdfDict          // trailers
	roles   map[int]pdfName    // what each object is to another, by the key it stands under
	files   map[int]string     // names of attachments
	fonts   map[any]*pdfFont   // by reference, or by where the page names them
	done    map[int]bool       // contents and pictures that a page shows
	lengths map[int]int        // numbers that are objects
	drawn   bool               // each page was drawn and read
	fuel    int                // operators that may still be read
	strings map[string]*viewer // by what they belong to
	names   map[pdfName]bool
}

// maxOperators is how many operators the contents of a PDF have, at most.
const maxOperators = 20 << 20

// pdf reads every object of a PDF, and what each page shows.
func (r *reader) pdf(at string, b []byte, deep int) {
	p := &pdfFile{r: r, at: at, b: b, deep: deep, fuel: maxOperators,
		objects: map[int]any{}, starts: map[int]bool{}, placed: map[int]int{}, roles: map[int]pdfName{}, files: map[int]string{},
		fonts: map[any]*pdfFont{}, done: map[int]bool{}, strings: map[string]*viewer{}, names: map[pdfName]bool{}}
	if why := p.walk(); why != "" {
		r.refuse(at, why)
		return
	}
	if why := p.unfold(); why != "" {
		r.refuse(at, why)
		return
	}
	for _, t := range p.roots {
		if t["Encrypt"] != nil {
			r.refuse(at, Encrypted)
			return
		}
		p.text("trailer", t, 0)
	}
	numbers := p.numbers()
	for _, n := range numbers {
		p.relate(p.objects[n], 0)
	}
	for _, n := range numbers {
		p.text(p.label(n), p.objects[n], 0)
	}
	for _, label := range sortedKeys(p.strings) {
		r.emit(inside(p.at, label), p.strings[label].view(), false)
	}
	p.pages(numbers)
	for _, n := range numbers {
		if s, ok := p.objects[n].(*pdfStream); ok {
			p.stream(n, s)
		}
	}
}

func (p *pdfFile) numbers() []int { return sortedKeys(p.objects) }

func sortedKeys[K int | string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// walk reads the file as one row of objects, tables and trailers.
func (p *pdfFile) walk() Reason {
	l := pdfLexer{b: p.b, comment: func(s []byte) { p.say("comments", octets(s)) }}
	for {
		l.skip()
		at := l.i
		v, ok := l.next(0)
		if !ok {
			break
		}
		switch v {
		case pdfWord("xref"):
			p.starts[at] = true
			if !p.table(&l) {
				return Malformed
			}
			continue
		case pdfWord("startxref"):
			start, ok := number(&l)
			if !ok || start != 0 && (start >= len(p.b) || !p.starts[p.solid(start)] && start < l.i) {
				return Malformed
			}
			continue
		}
		if n, ok := v.(float64); !ok || !p.object(&l, int(n), at) {
			return p.odd(v)
		}
		if l.bad {
			return Malformed
		}
	}
	for _, s := range p.said {
		if start, ok := p.placed[s[0]]; !ok || p.solid(s[1]) != start {
			return Malformed
		}
	}
	if l.bad || len(p.objects) == 0 {
		return Malformed
	}
	return ""
}

// odd says why v can't begin anything.
func (p *pdfFile) odd(v any) Reason {
	if v == Revisions {
		return Revisions
	}
	for _, n := range p.numbers() {
		if p.objects[n] == any(Revisions) {
			return Revisions
		}
	}
	return Malformed
}

// solid returns the first byte at or behind i that is no space.
func (p *pdfFile) solid(i int) int {
	for i >= 0 && i < len(p.b) && pdfSpace(p.b[i]) {
		i++
	}
	return i
}

func number(l *pdfLexer) (int, bool) {
	v, _ := l.next(0)
	n, ok := v.(float64)
	return int(n), ok && n >= 0 && n < 1<<31
}

// table reads a table of places and the trailer behind it.
func (p *pdfFile) table(l *pdfLexer) bool {
	for {
		v, _ := l.next(0)
		if v == pdfWord("trailer") {
			t, _ := l.next(0)
			d, ok := t.(pdfDict)
			p.roots = append(p.roots, d)
			return ok
		}
		first, ok := v.(float64)
		count, ok2 := number(l)
		if !ok || !ok2 {
			return false
		}
		for i := range count {
			start, ok := number(l)
			_, ok2 := number(l)
			kind, _ := l.next(0)
			if !ok || !ok2 || kind != pdfWord("n") && kind != pdfWord("f") {
				return false
			}
			if kind == pdfWord("n") && start != 0 {
				p.said = append(p.said, [2]int{int(first) + i, start})
			}
		}
	}
}

// object reads the object n, whose number was read at at.
func (p *pdfFile) object(l *pdfLexer, n, at int) bool {
	if _, ok := number(l); !ok {
		return false
	}
	if v, _ := l.next(0); v != pdfWord("obj") {
		return false
	}
	var list []any
	for {
		v, ok := l.next(0)
		if !ok {
			return false
		}
		if v == pdfWord("endobj") {
			break
		}
		if v == pdfWord("stream") {
			d, ok := list[len(list)-1].(pdfDict)
			if !ok || len(list) != 1 {
				return false
			}
			s := p.streamBytes(l, d)
			if s == nil {
				return false
			}
			list[0] = s
			continue
		}
		if list = reference2(append(list, v)); len(list) > 3 {
			return false
		}
	}
	if len(list) != 1 {
		return false
	}
	p.starts[at], p.placed[n] = true, at
	return p.add(n, list[0])
}

// add keeps an object, unless it is there already.
func (p *pdfFile) add(n int, v any) bool {
	if _, twice := p.objects[n]; twice {
		p.objects[n] = Revisions
		return false
	}
	p.objects[n] = v
	return true
}

// plainNumber is an object that is a number, such as the length of a stream that
// stands before it.
var plainNumber = regexp.MustCompile(`(?:^|[\r\n ])(\d{1,9})\s+\d+\s+obj\s+(\d{1,9})\s+endobj`)

// streamBytes reads the bytes of a stream, whose length is the one it says.
func (p *pdfFile) streamBytes(l *pdfLexer, d pdfDict) *pdfStream {
	if bytes.HasPrefix(p.b[l.i:], []byte("\r\n")) {
		l.i += 2
	} else if bytes.HasPrefix(p.b[l.i:], []byte("\n")) {
		l.i++
	} else {
		return nil
	}
	n := -1
	switch v := d["Length"].(type) {
	case float64:
		n = int(v)
	case pdfRef:
		if p.lengths == nil {
			p.lengths = map[int]int{}
			for _, m := range plainNumber.FindAllSubmatch(p.b, -1) {
				object, _ := strconv.Atoi(string(m[1]))
				p.lengths[object], _ = strconv.Atoi(string(m[2]))
			}
		}
		if length, ok := p.lengths[int(v)]; ok {
			n = length
		}
	}
	if n < 0 || l.i+n > len(p.b) || d["F"] != nil {
		return nil
	}
	s := &pdfStream{d, p.b[l.i : l.i+n]}
	l.i += n
	if end, _ := l.next(0); end != pdfWord("endstream") {
		return nil
	}
	return s
}

// unfold reads the tables and the objects that lie in streams.
func (p *pdfFile) unfold() Reason {
	for _, n := range p.numbers() {
		s, ok := p.objects[n].(*pdfStream)
		if !ok {
			continue
		}
		kind := s.dict["Type"]
		if kind != pdfName("XRef") && kind != pdfName("ObjStm") {
			continue
		}
		b, _, why := p.decode(s)
		if why != "" {
			return why
		}
		if kind == pdfName("XRef") {
			p.roots = append(p.roots, s.dict)
			if s.dict["Encrypt"] != nil {
				return Encrypted
			}
			ok = p.places(s.dict, b)
		} else {
			ok = p.folded(s.dict, b)
		}
		if !ok {
			return p.odd(nil)
		}
	}
	return ""
}

// places compares a table in a stream with where objects begin.
func (p *pdfFile) places(d pdfDict, b []byte) bool {
	var w [3]int
	list, _ := d["W"].([]any)
	for i := range min(3, len(list)) {
		n, _ := list[i].(float64)
		w[i] = int(n)
	}
	size := w[0] + w[1] + w[2]
	if size <= 0 || size > 24 || w[0] < 0 || w[1] < 0 || w[2] < 0 {
		return false
	}
	index, ok := d["Index"].([]any)
	if !ok {
		index = []any{0.0, d["Size"]}
	}
	field := func(b []byte) (n int) {
		for _, c := range b {
			n = n<<8 | int(c)
		}
		return n
	}
	for i := 0; i+1 < len(index); i += 2 {
		first, _ := index[i].(float64)
		count, _ := index[i+1].(float64)
		for k := 0; k < int(count); k++ {
			if len(b) < size {
				return false
			}
			kind := 1
			if w[0] > 0 {
				kind = field(b[:w[0]])
			}
			if start := field(b[w[0] : w[0]+w[1]]); kind == 1 {
				if at, ok := p.placed[int(first)+k]; !ok || p.solid(start) != at {
					return false
				}
			}
			b = b[size:]
		}
	}
	return len(b) == 0
}

// folded reads the objects in a stream of objects.
func (p *pdfFile) folded(d pdfDict, b []byte) bool {
	count, _ := d["N"].(float64)
	first, _ := d["First"].(float64)
	if first < 0 || int(first) > len(b) {
		return false
	}
	head := pdfLexer{b: b[:int(first)]}
	body := pdfLexer{b: b, i: int(first)}
	for range int(count) {
		n, ok := number(&head)
		start, ok2 := number(&head)
		body.skip()
		if !ok || !ok2 || body.i != int(first)+start {
			return false
		}
		v, ok := body.next(0)
		if !ok && v != nil || body.bad || !p.add(n, v) {
			return false
		}
	}
	body.skip()
	return body.i >= len(b)
}

// get follows a reference.
func (p *pdfFile) get(v any) any {
	for range maxNesting {
		n, ok := v.(pdfRef)
		if !ok {
			return v
		}
		v = p.objects[int(n)]
	}
	return nil
}

// dict follows a reference to a dictionary, or to that of a stream; it is nil if
// there is none.
func (p *pdfFile) dict(v any) pdfDict {
	switch v := p.get(v).(type) {
	case pdfDict:
		return v
	case *pdfStream:
		return v.dict
	}
	return nil
}

// say adds text to what is read of the kind label.
func (p *pdfFile) say(label string, texts []string) {
	w := p.strings[label]
	if w == nil {
		w = &viewer{of: &view{}}
		p.strings[label] = w
	}
	for _, s := range texts {
		for _, c := range s + "\n\n" {
			w.put(string(c), w.text.Len(), w.text.Len()+len(string(c)))
		}
	}
}

// text says every string in v, and each name once.
func (p *pdfFile) text(label string, v any, deep int) {
	if deep > maxNesting {
		return
	}
	switch v := v.(type) {
	case pdfString:
		p.say(label, pdfText(string(v)))
	case pdfName:
		if !p.names[v] {
			p.names[v] = true
			p.say("names", octets([]byte(v)))
		}
	case []any:
		for _, e := range v {
			p.text(label, e, deep+1)
		}
	case pdfDict:
		if v["JS"] != nil || v["S"] == pdfName("JavaScript") {
			p.r.refuse(inside(p.at, label), Script)
		}
		if v["XFA"] != nil {
			p.r.refuse(inside(p.at, label), UnknownPart)
		}
		for _, k := range dictKeys(v) {
			p.text(label, k, deep+1)
			p.text(label, v[k], deep+1)
		}
	case *pdfStream:
		p.text(label, v.dict, deep+1)
	}
}

func dictKeys(d pdfDict) []pdfName {
	keys := make([]pdfName, 0, len(d))
	for k := range d {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b pdfName) int { return strings.Compare(string(a), string(b)) })
	return keys
}

// pdfText decodes a text string (ISO 32000-1, 7.9.2).
func pdfText(s string) []string {
	wide := func(little bool) []string {
		var units []uint16
		for i := 2; i+1 < len(s); i += 2 {
			units = append(units, uint16(wideUnit(s, i, little)))
		}
		return []string{string(utf16.Decode(units))}
	}
	switch {
	case strings.HasPrefix(s, "\xFE\xFF"):
		return wide(false)
	case strings.HasPrefix(s, "\xFF\xFE"):
		return wide(true)
	}
	return octets([]byte(strings.TrimPrefix(s, "\uFEFF")))
}
