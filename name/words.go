package name

import (
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
func Words(s string) []Word {
	r := reader{s: s, sentence: true}
	r.read()
	r.finish()
	return r.whole()
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
	flags      Word // only its flags are used
}

type reader struct {
	s      string
	out    []byte
	pieces []piece

	open      bool // the last piece is still growing
	last      atom
	lastRune  rune // the canonical letter last written
	before    rune // the last character that stood apart
	link      bool // a joiner stands open after the last piece
	sentence  bool
	paragraph bool
	newline   bool
}

func (r *reader) read() {
	for i := 0; i < len(r.s); {
		c, n := rune(r.s[i]), 1
		if c >= utf8.RuneSelf {
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
		p := piece{from: len(r.out), start: start, linked: seam || r.link}
		p.flags = Word{Title: a.upper, Sentence: r.sentence && !seam, Gap: r.paragraph && !seam}
		if !seam {
			p.flags.Quoted = isOpening(r.before)
			p.flags.Tight = isTight(r.before)
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
			r.pieces[len(r.pieces)-1].flags.Tight = true
		}
	}
	r.open, r.before = false, c
}

func (r *reader) apart(c rune) {
	if r.open {
		p := &r.pieces[len(r.pieces)-1]
		p.flags.Dot = c == '.'
		p.flags.Tight = p.flags.Tight || isTight(c)
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

func isOpening(c rune) bool { return strings.ContainsRune("\"'«“„‘‹‟", c) && c != 0 }

func isTight(c rune) bool { return c != 0 && strings.ContainsRune("@/#=&_", c) }

// finish marks the end of the text.
func (r *reader) finish() { r.open = false }

// whole gives the plain words and what they may make together.
func (r *reader) whole() []Word {
	text := string(r.out)
	words := make([]Word, 0, len(r.pieces)+len(r.pieces)/16)
	for i := 0; i < len(r.pieces); {
		words = r.plain(words, text, i)
		chain := i + 1
		for chain < len(r.pieces) && r.pieces[chain].linked {
			chain++
		}
		if chain > i+1 {
			for k := i + 1; k < chain; k++ {
				words = r.plain(words, text, k)
			}
			words = r.joins(words, text, i, chain)
			i = chain
			continue
		}
		spaced := r.spaced(i)
		for k := i + 1; k < spaced; k++ {
			words = r.plain(words, text, k)
		}
		if spaced > i+2 {
			words = r.letterspaced(words, text, i, spaced)
		}
		i = spaced
	}
	return words
}

// maxJoin is the longest chain of pieces of which every part is tried as a word.
const maxJoin = 8

func (r *reader) joins(words []Word, text string, from, to int) []Word {
	if to-from > maxJoin {
		for i := from; i+1 < to; i++ {
			words = r.join(words, text, i, i+2)
		}
		return r.join(words, text, from, to)
	}
	for i := from; i < to; i++ {
		for j := i + 2; j <= to; j++ {
			words = r.join(words, text, i, j)
		}
	}
	return words
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
func (r *reader) letterspaced(words []Word, text string, from, to int) []Word {
	words = r.join(words, text, from, to)
	narrow, small := r.pieces[from+1].start-r.pieces[from].end, false
	for i := from + 1; i < to; i++ {
		narrow = min(narrow, r.pieces[i].start-r.pieces[i-1].end)
		small = small || !r.pieces[i].flags.Title
	}
	begin := from
	for i := from + 1; i <= to; i++ {
		if i < to && r.pieces[i].start-r.pieces[i-1].end == narrow && !(small && r.pieces[i].flags.Title) {
			continue
		}
		if i-begin >= 2 && i-begin < to-from {
			words = r.join(words, text, begin, i)
		}
		begin = i
	}
	return words
}

func (r *reader) plain(words []Word, text string, i int) []Word {
	p := &r.pieces[i]
	w := p.flags
	w.Text, w.Start, w.End, w.At, w.N = text[p.from:p.to], p.start, p.end, i, 1
	return r.lookalikes(append(words, w), *p)
}

// join gives pieces from to to-1 as one word. They stand side by side in the
// canonical text, so the word is a part of it.
func (r *reader) join(words []Word, text string, from, to int) []Word {
	p, last := r.pieces[from], &r.pieces[to-1]
	for _, q := range r.pieces[from+1 : to] {
		p.latin, p.cyrillic = p.latin || q.latin, p.cyrillic || q.cyrillic
		p.foreign, p.digits = p.foreign || q.foreign, p.digits || q.digits
		p.flags.Tight = p.flags.Tight || q.flags.Tight
	}
	w := p.flags
	w.Text, w.Start, w.End = text[p.from:last.to], p.start, last.end
	w.At, w.N, w.Reading, w.Dot = from, to-from, Joined, last.flags.Dot
	return r.lookalikes(append(words, w), p)
}
