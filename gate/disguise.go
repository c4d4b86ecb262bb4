package gate

import (
	"unicode"
	"unicode/utf8"
)

// A disguise is a reading of a text in which words come back that were written so
// that a reader still sees them and a search does not. It holds only what may be
// such a word, with its neighbours; the rest is read where it stands.
type disguise struct {
	v *view
	s string

	bridged  viewer // without signs between letters: Хо(ды)рев, Хо/ды/рев
	signs    viewer // signs and digits as the letters that they look like: Kh@dyrev
	signs2   viewer // the same with the other letter that 1, ! and | look like
	turned   viewer // words that end in a capital, from their end: верыдоХ
	gathered viewer // short pieces as one word: Хо ды рев, and words cut at the end of a line

	last word   // the word before
	runs []word // short words in a row up to here

	waiting []*viewer // for the word behind
}

// A word here is what stands between spaces.
type word struct {
	start, end  int // from its first letter, digit or leading sign to its last letter or digit
	letters     int
	digits      int
	inner       bool // it has a sign between letters
	posing      bool // a sign in it, or before it, looks like a letter
	upper       bool // it begins with a capital
	lastUpper   bool // it ends in one
	allUpper    bool
	cyrillic    bool
	afterLine   bool // a line ends before it
	punctuated  bool // a sign stands behind it
	beginsSmall bool
	parted      bool // it has signs of addresses or of code
}

// disguised gives visit what may be disguised in v.
func disguised(v view, visit func(view)) {
	d := disguise{v: &v, s: v.text}
	all := []*viewer{&d.bridged, &d.signs, &d.signs2, &d.turned, &d.gathered}
	for _, w := range all {
		w.of = &v
	}
	d.read()
	for _, w := range all {
		if w.text.Len() > 0 {
			seen := w.view()
			seen.guessed, seen.garbled = true, v.garbled
			visit(seen)
		}
	}
}

// read goes through the words of the text once.
func (d *disguise) read() {
	line := false
	for i := 0; i < len(d.s); {
		switch d.s[i] {
		case '\n', '\r':
			line = true
			i++
		case ' ', '\t':
			i++
		default:
			if size := markAt(d.s[i:]); size > 0 { // who is meant is nobody's name
				d.gather()
				d.last, line = word{}, false
				i += size
				continue
			}
			w, next := d.word(i, false)
			if next == i { // another space
				_, n := utf8.DecodeRuneInString(d.s[i:])
				i += n
				continue
			}
			w.afterLine = line
			d.take(w)
			if w.parted {
				d.parts(i, next)
			}
			i, line = next, false
		}
	}
	d.gather()
}

// parts reads what stands from i to end, cut at signs of addresses and of code.
func (d *disguise) parts(i, end int) {
	for i < end {
		if parts(rune(d.s[i])) {
			i++
			continue
		}
		w, next := d.word(i, true)
		d.take(w)
		i = next
	}
}

// parts reports whether c stands between the parts of addresses and of code.
func parts(c rune) bool {
	switch c {
	case '/', '\\', '=', '?', '&', '"', '<', '>', ':', ';', ',', '.', '+', '\x00':
		return true
	}
	return false
}

// word reads what stands from i up to the next space, or the next sign of
// addresses and of code.
func (d *disguise) word(i int, part bool) (w word, next int) {
	w.start, w.end, w.allUpper = i, i, true
	pending, cut := false, false // a sign after the last letter; one of addresses or of code
	for i < len(d.s) {
		c, n := rune(d.s[i]), 1
		if (c == 0xD0 || c == 0xD1) && i+1 < len(d.s) && d.s[i+1]&0xC0 == 0x80 {
			c, n = c&0x1F<<6|rune(d.s[i+1]&0x3F), 2
		} else if c >= utf8.RuneSelf {
			c, n = utf8.DecodeRuneInString(d.s[i:])
		}
		if c <= ' ' || c == 0xA0 || part && parts(c) || c == '⟦' && markAt(d.s[i:]) > 0 {
			break
		}
		switch {
		case isLetter(c):
			w.letter(c, i, pending)
			w.parted = w.parted || cut && w.letters > 1
			pending, cut = false, false
			w.end = i + n
		case c >= '0' && c <= '9':
			if w.letters+w.digits == 0 && !w.posing {
				w.start = i
			}
			w.digits++
			w.end, pending = i+n, false
		case poses(c) && i+n < len(d.s) && startsLetter(d.s[i+n:]):
			if w.letters+w.digits == 0 && !w.posing {
				w.start = i
			}
			w.posing, pending, cut = true, w.letters > 0, cut || parts(c)
		default:
			cut = cut || parts(c)
			pending = pending || w.letters > 0 && !joins(c)
		}
		i += n
	}
	w.punctuated = pending
	w.allUpper = w.allUpper && w.letters > 0
	return w, i
}

func (w *word) letter(c rune, i int, pending bool) {
	up := isUpper(c)
	if w.letters == 0 {
		w.upper, w.beginsSmall = up, !up && unicode.IsLower(c)
		if w.digits == 0 && !w.posing {
			w.start = i
		}
	}
	w.inner = w.inner || pending
	w.letters++
	w.lastUpper = up
	w.allUpper = w.allUpper && up
	w.cyrillic = w.cyrillic || c >= 0x400 && c < 0x530
}

func isUpper(c rune) bool {
	switch {
	case c < utf8.RuneSelf:
		return c >= 'A' && c <= 'Z'
	case c >= 0x400 && c < 0x460:
		return c < 0x430
	}
	return unicode.IsUpper(c)
}

func isLetter(c rune) bool {
	switch {
	case c < utf8.RuneSelf:
		return c|0x20 >= 'a' && c|0x20 <= 'z'
	case c >= 0x400 && c < 0x482:
		return true
	}
	return unicode.IsLetter(c)
}

func startsLetter(s string) bool {
	c, _ := utf8.DecodeRuneInString(s)
	return isLetter(c) || poses(c)
}

// joins reports whether c is read as a part of a word, or as a joiner, anyway.
func joins(c rune) bool {
	switch c {
	case '-', '\'', '’', '`', '_', '*', '~', '‐', '‑', '–', '−', 'ʼ':
		return true
	}
	return c >= 0xAD && unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf)
}

// looks holds signs and digits with the Latin and the Cyrillic letter that they
// look like, and the other Latin one, if there are two.
var looks = map[rune][3]rune{
	'$': {'s', 'с', 's'}, '@': {'a', 'а', 'a'}, '€': {'e', 'е', 'e'}, '£': {'l', 'л', 'l'}, '¢': {'c', 'с', 'c'},
	'!': {'i', 'і', 'l'}, '|': {'l', 'і', 'i'}, '¡': {'i', 'і', 'i'}, '+': {'t', 'т', 't'}, '¥': {'y', 'у', 'y'},
	'0': {'o', 'о', 'o'}, '1': {'l', 'і', 'i'}, '2': {'z', 'г', 'z'}, '3': {'e', 'з', 'e'}, '4': {'a', 'ч', 'a'},
	'5': {'s', 'б', 's'}, '6': {'b', 'б', 'g'}, '7': {'t', 'т', 't'}, '8': {'b', 'в', 'b'}, '9': {'g', 'я', 'g'},
}

func poses(c rune) bool {
	switch c {
	case '$', '@', '€', '£', '¢', '!', '|', '¡', '+', '¥':
		return true
	}
	return false
}

// take looks at a word, and at what the ones before and it make together.
func (d *disguise) take(w word) {
	for _, to := range d.waiting {
		if !w.afterLine && w.end-w.start < 2*longestWord {
			to.put(" ", w.start, w.start+1)
			to.copy(w.start, w.end)
		}
		to.put("\n\n", max(w.start, w.end-1), w.end)
	}
	d.waiting = d.waiting[:0]
	if w.letters >= 3 && w.letters+w.digits <= longestWord {
		if w.inner && w.letters <= mostBridged {
			d.beside(&d.bridged, w, func(to *viewer) { d.letters(to, w, nil) })
		}
		if w.posing || w.digits > 0 {
			which := 0
			if w.cyrillic {
				which = 1
			}
			d.beside(&d.signs, w, func(to *viewer) { d.letters(to, w, func(c rune) rune { return looks[c][which] }) })
			if !w.cyrillic {
				d.beside(&d.signs2, w, func(to *viewer) { d.letters(to, w, func(c rune) rune { return looks[c][2] }) })
			}
		}
		if w.lastUpper && (!w.upper || w.allUpper && w.letters >= minEdit) {
			d.turn(w)
		}
	}
	if w.afterLine && w.beginsSmall && d.last.letters > 0 && !d.last.punctuated && d.last.digits+w.digits == 0 &&
		d.last.end-d.last.start+w.end-w.start < 2*longestWord {
		d.gathered.copy(d.last.start, d.last.end)
		d.gathered.copy(w.start, w.end)
		d.gathered.put("\n\n", w.end-1, w.end)
	}
	if w.letters == 0 && w.end == w.start || w.parted {
		return // nothing but signs, or read in parts
	}
	if w.letters > 3 || w.letters == 0 || w.digits > 0 {
		d.gather()
	} else {
		d.runs = append(d.runs, w)
	}
	d.last = w
}

// beside writes a word, and the ones before and behind it as they stand.
func (d *disguise) beside(to *viewer, w word, write func(*viewer)) {
	if n := d.last.end - d.last.start; n > 0 && n < 2*longestWord {
		to.copy(d.last.start, d.last.end)
		to.put(" ", w.start, w.start+1)
	}
	write(to)
	d.waiting = append(d.waiting, to)
}

// letters writes the letters and digits of a word, and its other signs as the
// letters that as says; those are capitals at the beginning. Signs that it leaves
// out between letters of two scripts are spaces.
func (d *disguise) letters(to *viewer, w word, as func(rune) rune) {
	latin, cut := false, false // the script of the last letter; a sign was left out behind it
	for i := w.start; i < w.end; {
		c, n := utf8.DecodeRuneInString(d.s[i:])
		seen := rune(0)
		if as != nil {
			seen = as(c)
		}
		switch {
		case seen != 0 && i == w.start:
			to.put(string(unicode.ToUpper(seen)), i, i+n)
		case seen != 0:
			to.put(string(seen), i, i+n)
		case isLetter(c) || c >= '0' && c <= '9' || joins(c):
			if script := isLatinRune(c); isLetter(c) {
				if cut && script != latin {
					to.put(" ", i, i+n)
				}
				latin, cut = script, false
			}
			to.copy(i, i+n)
		default:
			cut = true
		}
		i += n
	}
}

func isLatinRune(c rune) bool { return c < 0x250 }

// turn writes a word from its end.
func (d *disguise) turn(w word) {
	for i := w.end; i > w.start; {
		_, n := utf8.DecodeLastRuneInString(d.s[w.start:i])
		d.turned.copy(i-n, i)
		i -= n
	}
	d.turned.put("\n\n", w.end-1, w.end)
}

const (
	mostBridged = 40 // letters of a word that is read without signs
	mostSpaced  = 16 // single letters that are tried as one word
	mostPieces  = 6  // pieces of two or three letters that are
)

// gather writes what short words in a row make together, from each one that has a
// capital and does not follow another that has.
func (d *disguise) gather() {
	for i, w := range d.runs {
		if !w.upper || w.allUpper && w.letters > 1 && i+1 < len(d.runs) && !d.runs[i+1].upper || i > 0 && d.runs[i-1].upper && d.runs[i-1].letters == 1 && i+1 < len(d.runs) && d.runs[i+1].upper {
			continue
		}
		most, letters := mostSpaced, 0
		for k := i; k < len(d.runs) && k-i < most; k++ {
			if d.runs[k].letters > 1 {
				most = mostPieces
			}
			if letters += d.runs[k].letters; letters < minEdit || k == i {
				continue
			}
			for _, piece := range d.runs[i : k+1] {
				d.gathered.copy(piece.start, piece.end)
			}
			d.gathered.put("\n\n", d.runs[k].end-1, d.runs[k].end)
		}
	}
	d.runs = d.runs[:0]
}
