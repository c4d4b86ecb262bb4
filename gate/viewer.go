package gate

import (
	"cmp"
	"slices"
	"strings"
)

// A view is text that was got from a file, with the place in the file of every
// byte of it.
type view struct {
	text    string
	places  []stretch // where the bytes of text come from, in order; nil: itself
	garbled bool      // it may not be text at all
	guessed bool      // see disguised: what is found in it counts only where nothing else is
}

// A stretch is bytes of a view, up to the next stretch, and what they stand for in
// the file: each for one byte, from from on, or all of them for from to to.
type stretch struct {
	at, from, to int32
	each         bool
}

// stretchAt returns the number of the stretch that the byte i lies in.
func (v *view) stretchAt(i int) int {
	n, found := slices.BinarySearchFunc(v.places, int32(i), func(s stretch, i int32) int { return cmp.Compare(s.at, i) })
	if !found {
		n--
	}
	return n
}

// of returns the bytes of the file that the byte i of the view stands for.
func (s *stretch) of(i int) (from, to int) {
	if s.each {
		from = int(s.from) + i - int(s.at)
		return from, from + 1
	}
	return int(s.from), int(s.to)
}

// place returns the bytes of the file that text[start:end] stands for.
func (v *view) place(start, end int) (int, int) {
	if v.places == nil {
		return start, end
	}
	n := v.stretchAt(start)
	from, _ := v.places[n].of(start)
	for n+1 < len(v.places) && int(v.places[n+1].at) < end {
		n++
	}
	_, to := v.places[n].of(end - 1)
	return from, to
}

// A viewer writes a view of another view.
type viewer struct {
	of     *view
	text   strings.Builder
	places []stretch
}

// put writes s, which stands for the bytes start to end of the view read.
func (w *viewer) put(s string, start, end int) {
	if s == "" {
		return
	}
	from, to := w.of.place(start, max(end, start+1))
	w.stretch(stretch{int32(w.text.Len()), int32(from), int32(to), false})
	w.text.WriteString(s)
}

// copy writes the bytes start to end of the view read, as they are.
func (w *viewer) copy(start, end int) {
	if start >= end {
		return
	}
	at := w.text.Len()
	w.text.WriteString(w.of.text[start:end])
	if w.of.places == nil {
		w.stretch(stretch{int32(at), int32(start), int32(end), true})
		return
	}
	for n := w.of.stretchAt(start); n < len(w.of.places) && int(w.of.places[n].at) < end; n++ {
		s := w.of.places[n]
		if begun := start - int(s.at); begun > 0 {
			s.at = int32(start)
			if s.each {
				s.from += int32(begun)
			}
		}
		s.at += int32(at - start)
		w.stretch(s)
	}
}

// stretch appends s, or lets the last stretch go on if it says the same.
func (w *viewer) stretch(s stretch) {
	if n := len(w.places) - 1; n >= 0 {
		last := &w.places[n]
		if s.each && last.each && s.from-last.from == s.at-last.at || !s.each && !last.each && s.from == last.from && s.to == last.to {
			return
		}
	}
	w.places = append(w.places, s)
}

func (w *viewer) view() view { return view{text: w.text.String(), places: w.places} }
