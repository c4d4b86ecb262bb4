package name

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Reading says how a [Word] was got from the text.
type Reading uint8

// Readings.
const (
	Plain     Reading = iota // as it stands
	Joined                   // from pieces: hyphen, line break, l e t t e r s, capitals or digits within
	Lookalike                // letters of another script read as those they look like
)

// A Word is a word of a text and where it stands.
type Word struct {
	Text       string // canonical spelling
	Start, End int    // bytes of the text as given
	At, N      int    // it covers the plain words At to At+N-1, counted from 0
	Reading    Reading

	Title    bool // begins with a capital, or its script has none
	Dot      bool // a full stop follows at once
	Quoted   bool // an opening quotation mark stands before it
	Tight    bool // stands in an address or a handle: next to @, /, #, =, & or _
	Sentence bool // the first word of the text, or after the end of a sentence or line
	Gap      bool // a paragraph ends between it and the word before
}

// Words reads s into words, in the order of At. It gives every plain word once
// with N 1; where pieces that stand together may be one word, it gives the whole
// as well (N > 1, Joined), and where a word is written with letters of two
// scripts, or only with letters that look like those of another, it gives what a
// reader would see (Lookalike). Bytes that are not UTF-8 stand between words.
func Words(s string) []Word { return AppendWords(nil, s) }

// AppendWords appends to list what [Words] returns, so that its room can be used
// again.
func AppendWords(list []Word, s string) []Word {
	list = slices.Grow(list, len(s)/7+1)
	if at := middle(s); at > 0 {
		return inHalves(list, s, at)
	}
	r := reader{s: s, words: list, flags: flags{sentence: true}}
	r.read()
	return r.words
}

// manyBytes is how long a text is that is read in two halves at once.
const manyBytes = 1 << 15

// middle returns a place near the middle of a long text, behind a line break,
// where no word and no run of letters goes on: two small letters stand before it.
// It is 0 if there is none.
func middle(s string) int {
	if len(s) < manyBytes {
		return 0
	}
	half := len(s) / 2
	for at := half; at < half+manyBytes/4; at++ {
		if s[at] != '\n' {
			continue
		}
		head := strings.TrimRight(s[at-8:at], ".,;:!?")
		c, n := utf8.DecodeLastRuneInString(head)
		b, _ := utf8.DecodeLastRuneInString(head[:len(head)-n])
		if smallLetter(b) && smallLetter(c) {
			return at + 1
		}
	}
	return 0
}

func smallLetter(c rune) bool {
	return c < tableEnd && c != utf8.RuneError && table[c] == atom{letter, false, c}
}

// inHalves appends the words of s before and behind at, where [middle] says that
// it can be cut.
func inHalves(list []Word, s string, at int) []Word {
	left := reader{s: s[:at], words: list, flags: flags{sentence: true}}
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		left.read()
	}()
	right := reader{s: s[at:], words: make([]Word, 0, (len(s)-at)/7), flags: flags{sentence: true, newline: true, before: '\n'}}
	right.read()
	if p := <-done; p != nil {
		panic(p)
	}
	for _, w := range right.words {
		w.Start, w.End, w.At = w.Start+at, w.End+at, w.At+left.given
		left.words = append(left.words, w)
	}
	return left.words
}

// A piece is a plain word while it is being read.
type piece struct {
	from, to   int // in reader.out
	start, end int // in the text
	letters    int
	linked     bool // nothing but a joiner or a seam stands between it and the piece before
	latin      bool
	cyrillic   bool
	foreign    bool // letters of neither script
	digits     bool

	title, dot, quoted, tight, sentence, gap bool // as in Word
}

// word returns the piece as a plain word but for its place among others.
func (p *piece) word(text string) Word {
	return Word{
		Text: text[p.from:p.to], Start: p.start, End: p.end,
		Title: p.title, Dot: p.dot, Quoted: p.quoted, Tight: p.tight, Sentence: p.sentence, Gap: p.gap,
	}
}

// A reader reads a text piece by piece. Pieces that can't be part of longer words
// any more are given as words a few thousand at a time.
type reader struct {
	s      string
	out    []byte  // canonical text of the pieces
	pieces []piece // not yet given
	words  []Word
	given  int  // plain words before the pieces
	hold   bool // give nothing before the end: for tests
	flags
}

// flags are what a reader knows of what stands before.
type flags struct {
	open      bool // the last piece is still growing
	last      atom
	lastRune  rune // the canonical letter last written
	before    rune // the last character that stood apart
	link      bool // a joiner stands open after the last piece
	sentence  bool
	paragraph bool
	newline   bool
}

// manyLetters is how many bytes of canonical text are read before they are given.
const manyLetters = 1 << 13

func (r *reader) read() {
	for i := 0; i < len(r.s); {
		c, n := rune(r.s[i]), 1
		if two := c >= 0xC2 && c < 0xE0 && i+1 < len(r.s) && r.s[i+1]&0xC0 == 0x80; two {
			c, n = c&0x1F<<6|rune(r.s[i+1]&0x3F), 2
		} else if c >= utf8.RuneSelf {
			c, n = utf8.DecodeRuneInString(r.s[i:])
		}
		var a atom
		if c < tableEnd {
			a = table[c]
		} else {
			a = look(c)
		}
		switch {
		case c == utf8.RuneError && n == 1:
			r.apart(c)
		case a.class == letter || a.class == digit:
			r.letter(a, i, i+n)
		case a.class == slow:
			for _, d := range spell(c) {
				b := look(d)
				b.upper = b.upper || unicode.IsUpper(c)
				if b.class == letter || b.class == digit {
					r.letter(b, i, i+n)
				} else if b.class == apart {
					r.apart(d)
				}
			}
		case a.class == nothing:
			r.mark(c, i+n)
		case a.class == quote:
			if !r.open || !r.letterAt(i+n) {
				r.apart(c)
			}
		case a.class == soft:
			if r.open && r.lineEnds(i+n) {
				r.joiner(c)
			}
		case a.class == joiner:
			r.joiner(c)
		default:
			r.apart(c)
		}
		i += n
	}
	r.open = false
	r.give()
}

// letterAt reports whether a letter comes next, or soon, not counting what isn't
// read.
func (r *reader) letterAt(i int) bool {
	for n, c := range r.s[i:] {
		if n > 32 {
			return false
		}
		switch look(c).class {
		case nothing, quote:
		case letter, slow:
			return true
		default:
			return false
		}
	}
	return false
}

func (r *reader) lineEnds(i int) bool {
	rest := strings.TrimLeft(r.s[i:], " \t\r")
	return rest != "" && rest[0] == '\n'
}

func (r *reader) letter(a atom, start, end int) {
	seam := r.open && (a.class != r.last.class || a.upper && !r.last.upper && a.class == letter)
	if !r.open || seam {
		if len(r.out) > manyLetters && !r.hold && !seam && !r.link && r.pieces[len(r.pieces)-1].letters > 1 {
			r.give()
		}
		p := piece{from: len(r.out), start: start, linked: seam || r.link}
		p.title, p.sentence, p.gap = a.upper, r.sentence && !seam, r.paragraph && !seam
		if !seam {
			p.quoted = isOpening(r.before)
			p.tight = isTight(r.before)
		}
		r.pieces = append(r.pieces, p)
		r.open, r.link, r.sentence, r.paragraph, r.newline, r.before = true, false, false, false, false, 0
	}
	p := &r.pieces[len(r.pieces)-1]
	r.out = utf8.AppendRune(r.out, a.to)
	p.to, p.end = len(r.out), end
	p.letters++
	switch {
	case a.class == digit:
		p.digits = true
	case a.to < 0x250:
		p.latin = true
	case a.to >= 0x400 && a.to < tableEnd:
		p.cyrillic = true
	default:
		p.foreign = true
	}
	r.last, r.lastRune = a, a.to
}

// mark reads a combining mark, or another character that is not read.
func (r *reader) mark(c rune, end int) {
	if !r.open {
		return
	}
	if to, ok := withMark(r.lastRune, c); ok {
		r.out = utf8.AppendRune(r.out[:len(r.out)-utf8.RuneLen(r.lastRune)], to)
		p := &r.pieces[len(r.pieces)-1]
		p.to, p.end = len(r.out), end
		r.lastRune = to
	}
}

func (r *reader) joiner(c rune) {
	if r.open {
		r.link = true
		if c == '_' {
			r.pieces[len(r.pieces)-1].tight = true
		}
	}
	r.open, r.before = false, c
}

func (r *reader) apart(c rune) {
	if r.open {
		p := &r.pieces[len(r.pieces)-1]
		p.dot = c == '.'
		p.tight = p.tight || isTight(c)
	}
	switch c {
	case '\n':
		r.paragraph = r.paragraph || r.newline
		r.sentence, r.newline = true, true
	case '.', '!', '?', '…', '•', '|':
		r.sentence = true
	}
	// White space keeps a joiner open: it may be a hyphen at the end of a line,
	// or of what was a line before it was copied here.
	r.link = r.link && unicode.IsSpace(c)
	r.open = false
	if !unicode.IsSpace(c) || !isOpening(r.before) {
		r.before = c
	}
}

func isOpening(c rune) bool {
	switch c {
	case '"', '\'', '«', '“', '„', '‘', '‹', '‟':
		return true
	}
	return false
}

func isTight(c rune) bool {
	switch c {
	case '@', '/', '#', '=', '&', '_':
		return true
	}
	return false
}

// give gives the pieces as plain words, with what they may make together, and
// forgets them.
func (r *reader) give() {
	text := string(r.out)
	for i := 0; i < len(r.pieces); {
		r.plain(text, i)
		chain := i + 1
		for chain < len(r.pieces) && r.pieces[chain].linked {
			chain++
		}
		if chain > i+1 {
			for k := i + 1; k < chain; k++ {
				r.plain(text, k)
			}
			r.joins(text, i, chain)
			i = chain
			continue
		}
		spaced := r.spaced(i)
		for k := i + 1; k < spaced; k++ {
			r.plain(text, k)
		}
		if spaced > i+2 {
			r.letterspaced(text, i, spaced)
		}
		i = spaced
	}
	r.given += len(r.pieces)
	r.out, r.pieces = r.out[:0], r.pieces[:0]
}

// maxJoin is the longest chain of pieces of which every part is tried as a word.
const maxJoin = 8

func (r *reader) joins(text string, from, to int) {
	if to-from > maxJoin {
		for i := from; i+1 < to; i++ {
			r.join(text, i, i+2)
		}
		r.join(text, from, to)
		return
	}
	for i := from; i < to; i++ {
		for j := i + 2; j <= to; j++ {
			r.join(text, i, j)
		}
	}
}

// maxSpaced is the longest run of single letters that is read as spaced out.
const maxSpaced = 64

// spaced returns the end of the run of single letters that begins at piece i
// and stands closely enough to be one word, or i+1.
func (r *reader) spaced(i int) int {
	j := i
	for j < len(r.pieces) && j-i < maxSpaced && r.pieces[j].letters == 1 && !r.pieces[j].digits &&
		(j == i || r.pieces[j].start-r.pieces[j-1].end <= 4) {
		j++
	}
	return max(j, i+1)
}

// letterspaced gives the run as one word, and the parts it falls into at wider
// gaps and at capitals after small letters.
func (r *reader) letterspaced(text string, from, to int) {
	r.join(text, from, to)
	narrow, small := r.pieces[from+1].start-r.pieces[from].end, false
	for i := from + 1; i < to; i++ {
		narrow = min(narrow, r.pieces[i].start-r.pieces[i-1].end)
		small = small || !r.pieces[i].title
	}
	begin := from
	for i := from + 1; i <= to; i++ {
		if i < to && r.pieces[i].start-r.pieces[i-1].end == narrow && !(small && r.pieces[i].title) {
			continue
		}
		if i-begin >= 2 && i-begin < to-from {
			r.join(text, begin, i)
		}
		begin = i
	}
}

func (r *reader) plain(text string, i int) {
	p := &r.pieces[i]
	w := p.word(text)
	w.At, w.N = r.given+i, 1
	r.words = append(r.words, w)
	r.lookalikes(*p)
}

// join gives pieces from to to-1 as one word. They stand side by side in the
// canonical text, so the word is a part of it.
func (r *reader) join(text string, from, to int) {
	p, last := r.pieces[from], &r.pieces[to-1]
	for i := from + 1; i < to; i++ {
		q := &r.pieces[i]
		p.latin, p.cyrillic = p.latin || q.latin, p.cyrillic || q.cyrillic
		p.foreign, p.digits = p.foreign || q.foreign, p.digits || q.digits
		p.tight = p.tight || q.tight
	}
	p.to, p.end, p.dot = last.to, last.end, last.dot
	w := p.word(text)
	w.At, w.N, w.Reading = r.given+from, to-from, Joined
	r.words = append(r.words, w)
	r.lookalikes(p)
}
