package testkit

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// shortest is the least number of bytes that is looked for. Five bytes would
// turn up by chance in a few megabytes of sealed data.
const shortest = 6

// A pattern is a way to write a canary.
type pattern struct {
	bytes  []byte
	canary string
	form   string // for people
}

// A finder finds many patterns in one pass: at every byte it looks up the few
// bytes that follow, first in a table of bits, then in a map.
type finder struct {
	least int // bytes of the shortest pattern, 5 or 6, and of the keys
	bits  [1 << 14]uint64
	by    map[uint64][]pattern // by key
	known map[string]bool
}

func newFinder(least int) *finder {
	return &finder{least: least, by: map[uint64][]pattern{}, known: map[string]bool{}}
}

func (f *finder) size() int { return len(f.known) }

// add leaves out patterns that are too short, and the second of two that are
// the same.
func (f *finder) add(p pattern) {
	if len(p.bytes) < f.least || f.known[string(p.bytes)] {
		return
	}
	f.known[string(p.bytes)] = true
	k := f.key(p.bytes)
	f.by[k] = append(f.by[k], p)
	h := hash(k)
	f.bits[h/64] |= 1 << (h % 64)
}

func (f *finder) key(b []byte) uint64 {
	k := uint64(binary.LittleEndian.Uint32(b)) | uint64(b[4])<<32
	if f.least == 6 {
		k |= uint64(b[5]) << 40
	}
	return k
}

// hash spreads a key over the 20 bits of the table.
func hash(k uint64) uint64 { return k * 0x9e3779b97f4a7c15 >> 44 }

func (f *finder) find(b []byte, found func(at int, p pattern)) {
	for i := 0; i+f.least <= len(b); i++ {
		k := f.key(b[i : i+f.least])
		h := hash(k)
		if f.bits[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for _, p := range f.by[k] {
			if bytes.HasPrefix(b[i:], p.bytes) {
				found(i, p)
			}
		}
	}
}

// asWord reports whether the short stem at b[i:j] begins a word that ends soon,
// with text on one side of it at least. Five letters turn up by chance where
// this does not hold.
func asWord(b []byte, i, j int) bool {
	for n := 0; n < 4 && j < len(b) && isAlnum(b[j]); n++ {
		j++
	}
	if i > 0 && isAlnum(b[i-1]) || j < len(b) && isAlnum(b[j]) {
		return false
	}
	return isText(b[max(0, i-8):i]) || isText(b[j:min(len(b), j+8)])
}

// byChance reports whether b[i:j] is a short run of Latin letters inside a long
// word in which letters and digits change places too often for a name: base64, in
// which six given letters in either case turn up once in 2³⁰. What it decodes to
// is searched by itself.
func byChance(b []byte, i, j int) bool {
	const short, long, changes = 8, 48, 6
	if j-i > short {
		return false
	}
	for _, c := range b[i:j] {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	for from := i; i > 0 && from-i < long && isBase64(b[i-1]) && b[i-1] >= ' '; {
		i--
	}
	for to := j; j < len(b) && j-to < long && isBase64(b[j]) && b[j] >= ' '; {
		j++
	}
	n := 0
	for k := i + 1; k < j; k++ {
		if isDigit(b[k]) != isDigit(b[k-1]) {
			n++
		}
	}
	return j-i >= long && n >= changes
}

// amongNoise reports whether the n folded bytes at i, which were read from b,
// are six Latin letters in a case in which nobody writes a name, with no text on
// either side: sealed bytes, in which six given letters in any case turn up once
// in 2⁴² places, and so once in a few hundred sweeps for some of a thousand stems.
func amongNoise(b []byte, t foldedText, i, n int) bool {
	found := t.text[i : i+n]
	if n > 6 || bytes.ContainsFunc(found, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return false
	}
	if isText(t.text[max(0, i-8):i]) || isText(t.text[i+n:min(len(t.text), i+n+8)]) {
		return false
	}
	from := t.near(i)
	around := b[from:min(len(b), from+256)]
	word := string(found)
	return !slices.ContainsFunc([]string{word, strings.ToUpper(word), titled(word)}, func(s string) bool {
		return bytes.Contains(around, []byte(s))
	})
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isAlnum(c byte) bool { return c >= '0' && c <= '9' || c|32 >= 'a' && c|32 <= 'z' }

// isText reports whether b, which may begin or end inside a rune, is text.
func isText(b []byte) bool {
	for n := 0; n < 3 && len(b) > 0 && !utf8.RuneStart(b[0]); n++ {
		b = b[1:]
	}
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			return !utf8.FullRune(b)
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		b = b[size:]
	}
	return true
}

// A folder takes letter case, diacritics, apostrophes and invisible characters
// out of text. It keeps what it learned about runes.
type folder struct {
	low  [0x600]string // Latin, Greek, Cyrillic
	high map[rune]string
}

func newFolder() *folder {
	f := &folder{high: map[rune]string{}}
	for r := range f.low {
		f.low[r] = foldRune(rune(r))
	}
	return f
}

// plain spells lower-case letters that have no decomposition the way they are
// written without them, and in capitals.
var plain = strings.NewReplacer("ß", "ss", "ı", "i", "ł", "l", "ø", "o", "đ", "d", "æ", "ae", "œ", "oe")

func foldRune(r rune) string {
	var b []byte
	for _, d := range norm.NFKD.String(string(r)) {
		switch d = unicode.ToLower(d); {
		case unicode.In(d, unicode.Mn, unicode.Cf), d == '\'', d == '`', d == '"', d == '´',
			d == 'ʹ', d == 'ʺ', d == 'ʼ', d == '’', d == '‘':
		default:
			b = utf8.AppendRune(b, d)
		}
	}
	return plain.Replace(string(b))
}

// Folded is text and where it came from.
type foldedText struct {
	text  []byte
	marks []int // for every 64th byte of text, its place before folding
}

// near returns about where the byte at i was before folding.
func (t foldedText) near(i int) int { return t.marks[i/64] }

// fold folds b. Bytes that are not UTF-8 stay as they are, so that a name
// between them is still found.
func (f *folder) fold(b []byte) foldedText {
	t := foldedText{text: make([]byte, 0, len(b)), marks: make([]int, 0, len(b)/64+1)}
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		at := i
		i += size
		switch {
		case r == utf8.RuneError && size == 1:
			t.text = append(t.text, b[at])
		case int(r) < len(f.low):
			t.text = append(t.text, f.low[r]...)
		default:
			s, ok := f.high[r]
			if !ok {
				s = foldRune(r)
				f.high[r] = s
			}
			t.text = append(t.text, s...)
		}
		for len(t.marks)*64 < len(t.text) {
			t.marks = append(t.marks, at)
		}
	}
	return t
}
