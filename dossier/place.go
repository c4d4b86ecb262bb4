package dossier

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"habeas/gate"
)

// A Place is where words stand in a document, in all its files. What it says of
// them is about the words before any edit, with marks of package claim in the
// places of persons.
type Place struct {
	Leaf       string // what tells the heading or line from others
	Start, End int    // bytes of it
	Kind       string // Quotation and the like; "" for words of the document itself
	Sentences  bool   // more than one sentence stands together there
}

// A spot is a stretch of a file and of the leaf it shows. Where both are as long,
// each byte shows one.
type spot struct {
	start, end int
	leaf       int
	from, to   int
}

// Place returns where the words are that stand at a place of a file; false if
// they are none of the document's.
func (d *Document) Place(file string, start, end int) (Place, bool) {
	n, from, to := -1, 0, 0
	for _, s := range d.spots[file] {
		if s.end <= start || end <= s.start || n >= 0 && s.leaf != n {
			continue
		}
		a, b := s.from, s.to
		if s.end-s.start == s.to-s.from {
			a += max(0, start-s.start)
			b -= max(0, s.end-end)
		}
		if n < 0 {
			n, from = s.leaf, a
		}
		to = b
	}
	if n < 0 {
		return Place{}, false
	}
	return d.leaves[n].place(from, to), true
}

// place returns where a stretch of the words of l is.
func (l *leaf) place(start, end int) Place {
	p := Place{Leaf: l.key}
	p.Start, p.End = l.original(start, end)
	p.Kind = l.kind(p.Start, p.End)
	_, _, p.Sentences = l.sentence(p.Start, p.End)
	return p
}

// Words returns the words at a place as they are without any edit; "" if there is
// no such place.
func (d *Document) Words(p Place) string {
	for _, l := range d.leaves {
		if l.key == p.Leaf && fits(l.was, p.Start, p.End) {
			return l.called(p.Start, p.End)
		}
	}
	return ""
}

// Changed returns which words an edit replaced, and where in dossier.txt others
// stand for them; false if there are none.
func (d *Document) Changed(e Edit) (was Place, from, till int, ok bool) {
	for n, l := range d.leaves {
		if l.key != e.Leaf || e.Do != Replace {
			continue
		}
		for _, m := range l.moved {
			if m.made && m.wasStart <= e.Start && e.End <= m.wasEnd {
				from, till = d.shown("dossier.txt", n, m.start, m.end)
				return Place{Leaf: l.key, Start: m.wasStart, End: m.wasEnd}, from, till, true
			}
		}
	}
	return Place{}, 0, 0, false
}

// Unknown is what in the words that somebody wrote down still looks as if it
// named somebody, or led to them.
type Unknown struct {
	Place
	Words      string
	Why        string // as in [gate.Span]
	From, Till int    // bytes of dossier.txt
}

// Unknown returns what still looks like a name, in order. Covers and the names of
// who may be named are none, nor are the labels of places and units, which are
// written with a capital.
func (d *Document) Unknown() []Unknown {
	var all strings.Builder
	var begins []int
	for _, l := range d.leaves {
		begins = append(begins, all.Len())
		all.WriteString(l.words + "\n\n")
	}
	var out []Unknown
	for _, s := range gate.Suspects(all.String(), nil) {
		if s.Why == gate.WhyDate { // how exactly dates are said is for whoever agreed, see package crowd
			continue
		}
		n, found := slices.BinarySearch(begins, s.Start)
		if !found {
			n--
		}
		l := d.leaves[n]
		for _, p := range l.unknown(s.Start-begins[n], min(s.End-begins[n], len(l.words)), s.Why) {
			u := Unknown{Place: l.place(p.start, p.end), Words: l.words[p.start:p.end], Why: s.Why}
			u.From, u.Till = d.shown("dossier.txt", n, p.start, p.end)
			out = append(out, u)
		}
	}
	return out
}

// unknown returns what of a stretch of the words of l was written down by
// somebody, and is no person's cover.
func (l *leaf) unknown(start, end int, why string) []piece {
	left := []piece{{start: start, end: end}}
	cut := func(from, to int) {
		var rest []piece
		for _, p := range left {
			if to <= p.start || p.end <= from {
				rest = append(rest, p)
				continue
			}
			rest = append(rest, piece{start: p.start, end: from}, piece{start: to, end: p.end})
		}
		left = rest
	}
	for _, m := range l.moved {
		cut(m.start, m.end)
	}
	return slices.DeleteFunc(left, func(p piece) bool {
		if p.start >= p.end || !strings.ContainsFunc(l.words[p.start:p.end], wordy) {
			return true
		}
		switch from, to := l.original(p.start, p.end); l.kind(from, to) {
		case "":
			return true
		case PlaceLabel, UnitLabel:
			return why == gate.WhyUnit || why == gate.WhyNumber || !gate.Code(why)
		}
		return false
	})
}

// shown returns where a stretch of a leaf stands in a file.
func (d *Document) shown(file string, n, start, end int) (from, till int) {
	from = -1
	for _, s := range d.spots[file] {
		if s.leaf != n || s.to <= start || end <= s.from {
			continue
		}
		a, b := s.start, s.end
		if s.end-s.start == s.to-s.from {
			a += max(0, start-s.from)
			b -= max(0, s.to-end)
		}
		if from < 0 {
			from = a
		}
		till = b
	}
	return max(from, 0), till
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// htmlSpots returns the spots of a leaf that stands, escaped, at a place of a
// page.
func htmlSpots(b []byte, at, n int, words string) []spot {
	var spots []spot
	for from := 0; from < len(words) && at < len(b); {
		_, size := utf8.DecodeRuneInString(words[from:])
		long := size
		if b[at] == '&' {
			for long = 1; at+long < len(b) && b[at+long-1] != ';'; long++ {
			}
		}
		last := len(spots) - 1
		if last >= 0 && long == size && spots[last].end-spots[last].start == spots[last].to-spots[last].from {
			spots[last].end, spots[last].to = at+long, from+size
		} else {
			spots = append(spots, spot{at, at + long, n, from, from + size})
		}
		at, from = at+long, from+size
	}
	return spots
}
