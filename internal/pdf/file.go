package pdf

import (
	"bytes"
	"regexp"
	"strconv"
)

// Limits of a file: objects, bytes that one stream unpacks to, and all together
// as often as they are asked for.
const (
	mostObjects  = 1 << 20
	mostUnpacked = 256 << 20
	mostInAll    = 4 << 30
)

// A place is where an object is: at an offset, or the index-th in a stream.
type place struct {
	at, stream, index int
}

// A File is one that is read.
type File struct {
	Trailer   Dict
	Tables    int // of places, one a revision; a file in two halves has two
	After     int // bytes behind the last end
	Before    int // bytes before the head
	b         []byte
	places    map[int]place
	found     map[int]place // by looking through the file; nil: not done
	tails     []Dict        // trailers that were found so
	objects   map[int]any
	seen      map[int]bool
	unfolded  map[int][]any
	numbers   map[int][]int // of the objects in streams
	left      int64
	following int
}

// Open reads the tables of a file, or, if they lead nowhere, looks for what they
// should have said. b must not change while the file is used.
func Open(b []byte) (*File, error) {
	f := &File{b: b, left: mostInAll, objects: map[int]any{}, seen: map[int]bool{}, unfolded: map[int][]any{}, numbers: map[int][]int{}}
	head := bytes.Index(b[:min(len(b), 1024)], []byte("%PDF-"))
	if head < 0 {
		return nil, ErrBroken
	}
	f.Before = head
	if end := bytes.LastIndex(b, []byte("%%EOF")); end >= 0 {
		f.After = len(bytes.TrimSpace(b[end+5:]))
	}
	f.b = b[head:]
	if !f.tables() || f.Dict(f.Dict(f.Trailer["Root"])["Pages"]) == nil {
		if err := f.rebuild(); err != nil {
			return nil, err
		}
	}
	if f.Get(f.Trailer["Encrypt"]) != nil {
		return nil, ErrEncrypted
	}
	if f.Dict(f.Dict(f.Trailer["Root"])["Pages"]) == nil {
		return nil, ErrBroken
	}
	return f, nil
}

// Unseen returns how many objects that the tables tell of were never asked for, but
// for those that only hold the file together.
func (f *File) Unseen() int {
	n := 0
	holders := map[int]bool{}
	for _, p := range f.places {
		holders[p.stream] = true
	}
	for num, p := range f.places {
		if f.seen[num] || holders[num] || p.at < 0 {
			continue
		}
		if s, ok := f.peek(num).(*Stream); ok && s.Dict["Type"] == Name("XRef") {
			continue
		}
		n++
	}
	return n
}

func (f *File) peek(num int) any {
	v := f.Get(Ref(num))
	delete(f.seen, num)
	return v
}

// tables follows the tables from the last one back, and reports whether they make
// sense.
func (f *File) tables() bool {
	f.places = map[int]place{}
	i := bytes.LastIndex(f.b, []byte("startxref"))
	if i < 0 {
		return false
	}
	l := Lexer{B: f.b, I: i + len("startxref")}
	at, ok := whole(&l)
	done := map[int]bool{}
	for todo := []int{at}; ok && len(todo) > 0; {
		at, todo = todo[0], todo[1:]
		if done[at] || at < 0 || at >= len(f.b) {
			continue
		}
		done[at] = true
		f.Tables++
		t, free, good := f.table(at)
		if !good {
			return false
		}
		if f.Trailer == nil {
			f.Trailer = t
		}
		if n, ok := t["XRefStm"].(float64); ok && n >= 0 && int(n) < len(f.b) { // for who knows streams
			if _, _, good := f.table(int(n)); !good {
				return false
			}
		}
		for _, num := range free {
			f.place(num, place{at: -1})
		}
		if n, ok := t["Prev"].(float64); ok {
			todo = append(todo, int(n))
		}
	}
	return ok && f.Trailer != nil
}

func whole(l *Lexer) (int, bool) {
	v, _ := l.Next()
	n, ok := v.(float64)
	return int(n), ok && n >= 0 && n < 1<<40
}

// table reads the table at a place, and returns its trailer and the numbers that
// are free.
func (f *File) table(at int) (trailer Dict, free []int, good bool) {
	l := Lexer{B: f.b, I: at}
	v, _ := l.Next()
	if v != Word("xref") {
		_, s := f.parse(at)
		if s, ok := s.(*Stream); ok {
			return s.Dict, nil, f.packedTable(s)
		}
		return nil, nil, false
	}
	for {
		v, _ := l.Next()
		if v == Word("trailer") {
			t, _ := l.Next()
			d, ok := t.(Dict)
			return d, free, ok
		}
		first, ok := v.(float64)
		count, ok2 := whole(&l)
		if !ok || !ok2 || first < 0 || count > mostObjects {
			return nil, nil, false
		}
		for i := range count {
			start, ok := whole(&l)
			_, ok2 := whole(&l)
			kind, _ := l.Next()
			if !ok || !ok2 {
				return nil, nil, false
			}
			if kind == Word("n") && start > 0 {
				f.place(int(first)+i, place{at: start})
			} else {
				free = append(free, int(first)+i)
			}
		}
	}
}

// place notes where an object is, unless a later revision said so.
func (f *File) place(num int, p place) {
	if _, ok := f.places[num]; !ok && len(f.places) < mostObjects {
		f.places[num] = p
	}
}

// packedTable reads a table in a stream (ISO 32000-1, 7.5.8).
func (f *File) packedTable(s *Stream) bool {
	b, rest, err := f.Decode(s)
	if err != nil || rest != "" {
		return false
	}
	var w [3]int
	list, _ := s.Dict["W"].([]any)
	for i := range min(3, len(list)) {
		n, _ := list[i].(float64)
		w[i] = int(n)
	}
	size := w[0] + w[1] + w[2]
	if size <= 0 || size > 24 || w[0] < 0 || w[1] < 0 || w[2] < 0 {
		return false
	}
	index, ok := s.Dict["Index"].([]any)
	if !ok {
		index = []any{0.0, s.Dict["Size"]}
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
		for k := 0; k < int(count) && len(b) >= size; k++ {
			kind := 1
			if w[0] > 0 {
				kind = field(b[:w[0]])
			}
			x, y := field(b[w[0]:w[0]+w[1]]), field(b[w[0]+w[1]:size])
			p := place{at: -1}
			switch kind {
			case 1:
				p = place{at: x}
			case 2:
				p = place{stream: x, index: y}
			}
			f.place(int(first)+k, p)
			b = b[size:]
		}
	}
	return true
}

// Get follows a reference to its object; nil if there is none.
func (f *File) Get(v any) any {
	for range mostNesting {
		r, ok := v.(Ref)
		if !ok {
			return v
		}
		v = f.object(int(r))
	}
	return nil
}

// Dict returns the dictionary that v is, refers to, or that its stream has; nil
// if there is none.
func (f *File) Dict(v any) Dict {
	switch v := f.Get(v).(type) {
	case Dict:
		return v
	case *Stream:
		return v.Dict
	}
	return nil
}

// List returns the array that v is or refers to; nil if there is none.
func (f *File) List(v any) []any {
	l, _ := f.Get(v).([]any)
	return l
}

func (f *File) object(num int) any {
	f.seen[num] = true
	if v, ok := f.objects[num]; ok {
		return v
	}
	if f.following > mostNesting {
		return nil
	}
	f.following++
	defer func() { f.following-- }()
	f.objects[num] = nil // while it is read: it may name itself
	p, ok := f.places[num]
	if !ok || p.at < 0 {
		return nil
	}
	v, good := f.at(num, p)
	if !good {
		f.look()
		if p, ok = f.found[num]; ok {
			v, _ = f.at(num, p)
		}
	}
	f.objects[num] = v
	return v
}

func (f *File) at(num int, p place) (any, bool) {
	if p.stream > 0 {
		list := f.unfold(p.stream)
		if nums := f.numbers[p.stream]; p.index < len(nums) && nums[p.index] == num {
			return list[p.index], true
		}
		for i, n := range f.numbers[p.stream] {
			if n == num {
				return list[i], true
			}
		}
		return nil, false
	}
	if p.at >= len(f.b) {
		return nil, false
	}
	n, v := f.parse(p.at)
	return v, n == num
}

// unfold returns the objects in a stream of objects.
func (f *File) unfold(num int) []any {
	if list, ok := f.unfolded[num]; ok {
		return list
	}
	f.unfolded[num] = nil
	s, ok := f.object(num).(*Stream)
	if !ok {
		return nil
	}
	b, rest, err := f.Decode(s)
	count, _ := f.Get(s.Dict["N"]).(float64)
	first, _ := f.Get(s.Dict["First"]).(float64)
	if err != nil || rest != "" || first < 0 || int(first) > len(b) {
		return nil
	}
	head := Lexer{B: b[:int(first)]}
	var list []any
	var nums []int
	for range min(int(count), mostObjects) {
		n, ok := whole(&head)
		start, ok2 := whole(&head)
		if !ok || !ok2 || int(first)+start > len(b) {
			break
		}
		body := Lexer{B: b, I: int(first) + start}
		v, _ := body.Next()
		list, nums = append(list, v), append(nums, n)
	}
	f.unfolded[num], f.numbers[num] = list, nums
	return list
}

// parse reads the object at a place; its number is -1 if there is none.
func (f *File) parse(at int) (int, any) {
	l := Lexer{B: f.b, I: at}
	num, ok := whole(&l)
	_, ok2 := whole(&l)
	if w, _ := l.Next(); !ok || !ok2 || w != Word("obj") {
		return -1, nil
	}
	v, _ := l.Next()
	if n, ok := v.(float64); ok { // it may be a reference
		ahead := l
		gen, _ := ahead.Next()
		if w, _ := ahead.Next(); w == Word("R") {
			return num, reference([]any{n, gen})[0]
		}
	}
	if _, isWord := v.(Word); isWord {
		return num, nil
	}
	d, ok := v.(Dict)
	if !ok {
		return num, v
	}
	l.Skip()
	if !bytes.HasPrefix(l.B[l.I:], []byte("stream")) {
		return num, v
	}
	l.I += len("stream")
	if bytes.HasPrefix(l.B[l.I:], []byte("\r\n")) {
		l.I += 2
	} else if l.I < len(l.B) && (l.B[l.I] == '\n' || l.B[l.I] == '\r') {
		l.I++
	}
	return num, &Stream{d, f.body(l.I, d)}
}

var endStream = []byte("endstream")

// body returns the bytes of a stream that begins at a place: as many as it says,
// or, if that isn't where it ends, up to where it does.
func (f *File) body(at int, d Dict) []byte {
	rest := f.b[at:]
	if n, ok := f.Get(d["Length"]).(float64); ok && n >= 0 && int(n) <= len(rest) {
		l := Lexer{B: rest, I: int(n)}
		for l.I < len(rest) && IsSpace(rest[l.I]) {
			l.I++
		}
		if bytes.HasPrefix(rest[l.I:], endStream) {
			return rest[:int(n)]
		}
	}
	n := bytes.Index(rest, endStream)
	if n < 0 {
		if n = bytes.Index(rest, []byte("endobj")); n < 0 {
			n = len(rest)
		}
	}
	if n > 0 && rest[n-1] == '\n' {
		n--
	}
	if n > 0 && rest[n-1] == '\r' {
		n--
	}
	return rest[:n]
}

// head is how an object begins.
var head = regexp.MustCompile(`(\d{1,10})[\x00\t\n\f\r ]+\d{1,5}[\x00\t\n\f\r ]+obj\b`)

// look finds the objects by looking through the file; the last of a number counts.
func (f *File) look() {
	if f.found != nil {
		return
	}
	f.found = map[int]place{}
	for _, m := range head.FindAllSubmatchIndex(f.b, mostObjects) {
		if n, err := strconv.Atoi(string(f.b[m[2]:m[3]])); err == nil {
			f.found[n] = place{at: m[0]}
		}
	}
	for i := 0; ; {
		n := bytes.Index(f.b[i:], []byte("trailer"))
		if n < 0 {
			break
		}
		l := Lexer{B: f.b, I: i + n + len("trailer")}
		v, _ := l.Next()
		if d, ok := v.(Dict); ok {
			f.tails = append(f.tails, d)
		}
		i += n + len("trailer")
	}
}
