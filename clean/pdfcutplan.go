package clean

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Sizes of a line, in parts of the size of its letters: from which gap on there is a
// space, from which on something else begins (behind a space, which may be spread, and
// elsewhere), how wide a space and a bar are made.
const (
	spaceGap  = 0.15
	columnGap = 1.2
	spreadGap = 2.0
	spaceWide = 0.28
	barWide   = 4.0
)

// A spot is a glyph on its line.
type spot struct {
	n    int // of the glyph
	t    float64
	end  float64
	em   float64
	word int // glyphs of one word have the same
	space,
	column bool // before it
}

// A textLine is the glyphs that stand in one line, in the order of their places.
type textLine struct {
	u     point // along it
	spots []spot
}

// makePlan says what of a page goes: what meets areas, and the words.
func (c *cutting) makePlan(areas []frame) *cutPlan {
	p := &cutPlan{areas: areas, gone: map[int]bool{}, shift: map[int]float64{}}
	lines := c.lines()
	words := map[int]bool{}
	for _, w := range c.Words {
		c.findWord(w, lines, words)
	}
	for n, g := range c.notes {
		cell := g.cell()
		p.gone[n] = words[n] || slices.ContainsFunc(areas, cell.meets)
		if words[n] {
			p.words = append(p.words, wordFrame{cell, g.em()})
		}
	}
	for _, l := range lines {
		l.reset(c.notes, p, words)
	}
	for _, a := range areas {
		p.bars = append(p.bars, [4]point{{a[0], a[1]}, {a[2], a[1]}, {a[2], a[3]}, {a[0], a[3]}})
	}
	if len(areas)+len(words) == 0 {
		return nil
	}
	return p
}

// em is the size of a glyph on the page.
func (g glyphNote) em() float64 { return math.Hypot(g.m[2], g.m[3]) }

// lines returns the glyphs by lines.
func (c *cutting) lines() []textLine {
	type placed struct {
		spot
		angle, off float64
	}
	var all []placed
	for n, g := range c.notes {
		length := math.Hypot(g.m[0], g.m[1])
		if length < 1e-9 || !finite(g.m) || g.em() < 1e-9 {
			continue
		}
		u := point{g.m[0] / length, g.m[1] / length}
		angle := math.Round(math.Atan2(u.y, u.x) * 180 / math.Pi)
		if angle == -180 {
			angle = 180
		}
		t := u.x*g.m[4] + u.y*g.m[5]
		all = append(all, placed{spot{n: n, t: t, end: t + g.width*length, em: g.em()}, angle, u.x*g.m[5] - u.y*g.m[4]})
	}
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.angle, b.angle), cmp.Compare(a.off, b.off), a.n-b.n)
	})
	var out []textLine
	var first placed
	for i, p := range all {
		if i == 0 || p.angle != first.angle || p.off-first.off > 0.35*max(p.em, first.em) {
			first = p
			rad := p.angle * math.Pi / 180
			out = append(out, textLine{u: point{math.Cos(rad), math.Sin(rad)}})
		}
		l := &out[len(out)-1]
		l.spots = append(l.spots, p.spot)
	}
	word := 0
	for _, l := range out {
		slices.SortStableFunc(l.spots, func(a, b spot) int { return cmp.Compare(a.t, b.t) })
		word = l.divide(c.notes, word+1)
	}
	return out
}

// divide finds the words of a line, and returns the number of the last.
func (l *textLine) divide(notes []glyphNote, word int) int {
	end := math.Inf(-1)
	blank := true
	for i := range l.spots {
		s := &l.spots[i]
		gap := s.t - end
		most := columnGap
		if blank {
			most = spreadGap
		}
		s.column = i == 0 || gap > most*s.em
		s.space = s.column || gap > spaceGap*s.em
		apart := s.space || blank
		letters := lettersIn(notes[s.n].text)
		blank = letters == "" && strings.Trim(notes[s.n].text, tatweel) != "" && notes[s.n].width >= 0.05
		if apart || blank {
			word++
		}
		s.word = word
		end = max(end, s.end)
		if s.column {
			end = s.end
		}
	}
	return word
}

// tatweel draws a word of Arabic out, and is a letter to Unicode.
const tatweel = "\u0640"

// lettersIn returns the letters and digits of s as words are compared.
func lettersIn(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) || string(r) == tatweel {
			return -1
		}
		return unicode.ToLower(unicode.ToUpper(r))
	}, norm.NFKD.String(s))
}

// strikes reports whether a glyph is another drawn again, to look bold.
func (g glyphNote) strikes(o glyphNote) bool {
	return g.text == o.text && math.Hypot(g.m[4]-o.m[4], g.m[5]-o.m[5]) < g.width*math.Hypot(g.m[0], g.m[1])/4
}

// findWord adds the glyphs of a word to found, with those of the words around it. It
// looks along lines, from both sides, and in the order of contents, where a line that
// ends is not seen.
func (c *cutting) findWord(w string, lines []textLine, found map[int]bool) {
	want := []rune(lettersIn(w))
	if len(want) == 0 {
		return
	}
	back := slices.Clone(want)
	slices.Reverse(back)
	wordOf := map[int]int{}
	members := map[int][]int{}
	begins := map[int]bool{}
	for _, l := range lines {
		for i, s := range l.spots {
			wordOf[s.n] = s.word
			members[s.word] = append(members[s.word], s.n)
			begins[s.n] = i == 0 || l.spots[i-1].word != s.word || i+1 == len(l.spots) || l.spots[i+1].word != s.word
		}
	}
	hit, taken := map[int]bool{}, map[int]bool{}
	look := func(order []int) {
		var text []rune
		var of []int
		for i, n := range order {
			if i > 0 && c.notes[n].strikes(c.notes[order[i-1]]) {
				continue
			}
			for _, r := range lettersIn(c.notes[n].text) {
				text, of = append(text, r), append(of, n)
			}
		}
		for _, want := range [][]rune{want, back} {
			for i := 0; i+len(want) <= len(text); i++ {
				if !slices.Equal(text[i:i+len(want)], want) {
					continue
				}
				first, last := of[i], of[i+len(want)-1]
				one := wordOf[first] == wordOf[last]
				if !one && !begins[first] && !begins[last] || len(want) < 3 && !(begins[first] && begins[last]) {
					continue
				}
				if !taken[first] && !taken[last] {
					c.report.Words[w]++
				}
				for _, n := range of[i : i+len(want)] {
					hit[wordOf[n]], taken[n] = true, true
				}
				i += len(want) - 1
			}
		}
	}
	for _, order := range orders(lines, len(c.notes)) {
		look(order)
	}
	for word := range hit {
		for _, n := range members[word] {
			found[n] = true
		}
	}
}

// orders returns the glyphs of each line, and all n of the page, from both ends: a
// glyph of two letters has them in their order, whichever way the line goes.
func orders(lines []textLine, n int) (out [][]int) {
	var page []int
	for i := range n {
		page = append(page, i)
	}
	all := [][]int{page}
	for _, l := range lines {
		var order []int
		for _, s := range l.spots {
			order = append(order, s.n)
		}
		all = append(all, order)
	}
	for _, order := range all {
		back := slices.Clone(order)
		slices.Reverse(back)
		out = append(out, order, back)
	}
	return out
}

// reset sets what is left of a line anew, from column to column of which something
// goes: letters as wide as their font says, spaces of one width, a word that is gone
// as wide as any other, and what stood behind an area right behind it.
func (l *textLine) reset(notes []glyphNote, p *cutPlan, words map[int]bool) {
	for from := 0; from < len(l.spots); {
		to := from + 1
		for to < len(l.spots) && !l.spots[to].column {
			to++
		}
		column := l.spots[from:to]
		if slices.ContainsFunc(column, func(s spot) bool { return p.gone[s.n] }) {
			if way := 1.0; !rightToLeft(column, notes) {
				l.resetColumn(column, way, notes, p, words)
			} else {
				l.resetColumn(mirrored(column), -way, notes, p, words)
			}
		}
		from = to
	}
}

// rightToLeft reports whether most letters of a column are of a script that is
// written that way: such a column stands fast on its right.
func rightToLeft(column []spot, notes []glyphNote) bool {
	n := 0
	for _, s := range column {
		for _, r := range notes[s.n].text {
			switch {
			case unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko):
				n++
			case unicode.IsLetter(r):
				n--
			}
		}
	}
	return n > 0
}

// mirrored returns a column as it is seen from its other end.
func mirrored(column []spot) []spot {
	out := slices.Clone(column)
	slices.Reverse(out)
	for i := range out {
		out[i].t, out[i].end = -out[i].end, -out[i].t
		out[i].space = i == 0 || out[i].t-out[i-1].end > spaceGap*out[i].em
	}
	return out
}

// resetColumn sets one column anew, along its line or, if way is -1, from its other
// end.
func (l *textLine) resetColumn(column []spot, way float64, notes []glyphNote, p *cutPlan, words map[int]bool) {
	pos, last, end := column[0].t, 0.0, math.Inf(-1)
	barred, spaced := false, true
	for i, s := range column {
		g := notes[s.n]
		if !g.seen { // the picture it lies on has lost its pixels
			continue
		}
		blank := g.text != "" && strings.TrimSpace(g.text) == ""
		if blank && barred && (spaced || nextGoes(column[i+1:], notes, words)) {
			p.gone[s.n] = true // behind an area is one space; words that stand together have one bar
			continue
		}
		if p.gone[s.n] {
			if words[s.n] && !barred {
				if !spaced {
					pos += spaceWide * s.em
				}
				p.bars = append(p.bars, l.bar(g, pos, barWide*s.em, way))
				pos += barWide * s.em
			}
			if !words[s.n] {
				pos = max(pos, l.behind(g.cell(), p.areas, way)+spaceWide*s.em)
			}
			barred, spaced, end = true, !words[s.n], s.end
			continue
		}
		switch {
		case blank:
			p.shift[s.n] = way * (pos - s.t)
			if !spaced {
				pos += spaceWide * s.em
			}
			barred, spaced, end = false, true, s.end
			continue
		case !barred && s.t < end-(s.end-s.t)/2-0.01*s.em: // a mark over the letter before it, or the same drawn twice
			p.shift[s.n] = last
			continue
		case s.space && !spaced:
			pos += spaceWide * s.em
		}
		barred, spaced, end = false, false, s.end
		last = way * (pos - s.t)
		p.shift[s.n] = last
		pos += s.end - s.t
	}
}

// nextGoes reports whether the next letter is of a word that goes.
func nextGoes(rest []spot, notes []glyphNote, words map[int]bool) bool {
	for _, s := range rest {
		if strings.TrimSpace(notes[s.n].text) != "" || notes[s.n].text == "" {
			return words[s.n]
		}
	}
	return false
}

// behind returns where along a line the areas end that a cell meets.
func (l *textLine) behind(cell frame, areas []frame, way float64) float64 {
	end := math.Inf(-1)
	for _, a := range areas {
		if !cell.meets(a) {
			continue
		}
		for i := range 4 {
			end = max(end, way*(l.u.x*a[i&1*2]+l.u.y*a[1+i&2]))
		}
	}
	return end
}

// bar is a bar that begins at pos on the line of a glyph.
func (l *textLine) bar(g glyphNote, pos, wide, way float64) [4]point {
	if way < 0 {
		pos = -pos - wide
	}
	t := l.u.x*g.m[4] + l.u.y*g.m[5]
	at := func(along, up float64) point {
		return point{g.m[4] + l.u.x*(along-t) + g.m[2]*up, g.m[5] + l.u.y*(along-t) + g.m[3]*up}
	}
	return [4]point{at(pos, -0.2), at(pos+wide, -0.2), at(pos+wide, 0.8), at(pos, 0.8)}
}
