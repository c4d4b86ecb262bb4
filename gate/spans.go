package gate

import (
	"cmp"
	"math/bits"
	"slices"

	"habeas/name"
)

// How a hit is judged, from the spans of words that are forms of one person's
// names with at most three other words between them:
//
//   - two different parts of the name, or one word made of two: block; one
//     made with an initial, or of short ones, outside an address: review;
//   - a rare family or former name, or nisba: block. A name is rare unless
//     [name.Common], or a crowd of the index bears it;
//   - a common family name with the initials of both given name and patronymic:
//     block, where the father's name is as good as a patronymic; with fewer
//     initials or alone: review;
//   - a given name, patronymic, father's or grandfather's name, alias, call sign,
//     kunya or other part alone: review; an alias, call sign or kunya in
//     quotation marks, or after a word that announces one: block;
//   - a word that does not begin with a capital counts only in a span of two
//     parts (of which one has a capital, if both are of aliases; side by side, if
//     none has one and the family name is common), in an address, a handle or the
//     name of a file, or where it is a rare family name in a paragraph without
//     any capital; the capital of an ordinary word that begins a sentence doesn't
//     count;
//   - a part of a word that was cut at a capital or a digit counts alone only as a
//     rare family name;
//   - a word that is nearly a form counts as a part beside one that is; beside
//     another such, and alone as a rare family name or as all that is known of
//     somebody, it is for review; alone in a large index it is nothing;
//   - a single letter counts only beside a family name, and two where nothing
//     else is known of somebody.
//
// What a review hit stands for is settled if it lies inside the full name of
// somebody else; then it is no hit, and no more are a given name and patronymic
// inside a longer full name of somebody else. Once a person is blocked in a
// document, every review hit of theirs in it is a block too. A cover name in use
// is noted and no more, where it is a given or other name alone. A public person,
// and one whose consent allows it, is allowed everywhere.

// maxApart is how far from each other, in words, two parts of one name stand.
const maxApart = 4

// A span is a place where one person is, or may be, named.
type span struct {
	person   uint32
	from, to int // bytes of the file
	class    name.Class
	verdict  Verdict
	settles  bool // it is a full name: given or patronymic, and family
	partial  bool // it is a given name and patronymic
	cover    bool // it is a cover name in use
	guessed  bool // found in what is disguised
}

// Kinds as bits of match.kinds.
const (
	givenBit      = 1 << 0
	patronymicBit = 1 << 1
	familyBits    = 1<<2 | 1<<3 | 1<<10 // and a nisba
	calledBits    = 1<<4 | 1<<5 | 1<<9  // and a kunya
	otherBit      = 1 << 6
	fatherBit     = 1 << 7
	elderBit      = 1 << 8 // the grandfather's name
	ownBits       = givenBit | patronymicBit | fatherBit | elderBit
)

// A cluster is matches of one person that stand near each other.
type cluster struct {
	match
	parts int
	sure  int // parts that are forms, not nearly
	gap   int // the most words between two parts
}

// spans appends the spans that the matches of one person make.
func (s *scanner) spans(out []span, p uint32, ms []match, t *text) []span {
	slices.SortFunc(ms, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.end, a.end))
	})
	for i := 0; i < len(ms); {
		c := cluster{match: ms[i], parts: 1, sure: one(!ms[i].near)}
		last := ms[i]
		j := i + 1
		for ; j < len(ms) && ms[j].at-last.end < maxApart; j++ {
			m := ms[j]
			if m.at < c.end { // the same words, read in another way
				c.absorb(m)
				last.kinds, last.words = last.kinds|m.kinds, last.words|m.words
				continue
			}
			if !adds(last, c, m) {
				break
			}
			c.gap = max(c.gap, m.at-last.end)
			c.capital = c.capital || m.capital
			c.absorb(m)
			c.parts++
			c.sure += one(!m.near)
			last = m
		}
		i = j
		named := c.parts > 1 && (c.capital || c.kinds&^(calledBits|otherBit) != 0) &&
			(c.capital || c.rare || c.foldedCase || c.gap == 0)
		if c.telling || named {
			out = append(out, s.judge(p, c, t))
		}
	}
	return out
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// adds reports whether m can be another part of the name that the cluster, which
// ends in last, has begun. What is nearly a part must stand closely.
func adds(last match, c cluster, m match) bool {
	if (m.near || last.near) && m.at-last.end > 1 {
		return false
	}
	if c.parts == 1 {
		return bits.OnesCount16(c.kinds|m.kinds) > 1 && (last.kinds != m.kinds || bits.OnesCount16(m.kinds) > 1) ||
			last.words&m.words == 0
	}
	return m.kinds&^c.kinds != 0 || m.words&c.words == 0
}

func (c *cluster) absorb(n match) {
	c.end, c.to = max(c.end, n.end), max(c.to, n.to)
	c.kinds |= n.kinds
	c.words |= n.words
	c.class = max(c.class, n.class)
	c.rare = c.rare || n.rare
	c.called = c.called || n.called
	c.telling = c.telling || n.telling
	c.tight = c.tight || n.tight
	c.compound = c.compound || n.compound
	c.slight = c.slight && n.slight
	c.cover = c.cover && n.cover
}

func (s *scanner) judge(p uint32, c cluster, t *text) span {
	sp := span{person: p, from: c.start, to: c.to, class: c.class, verdict: Review}
	var initials uint16
	if c.kinds&familyBits != 0 && !c.compound {
		initials = s.initials(&sp, p, c.match, t)
	}
	switch {
	case c.parts > 1:
		if c.sure > 0 {
			sp.verdict = Block
		}
	case c.compound:
		if !c.slight || c.tight {
			sp.verdict = Block
		}
	case c.sure > 0 && c.rare, initials == givenBit|patronymicBit, c.sure > 0 && c.called:
		sp.verdict = Block
	}
	if initials != 0 {
		sp.class = name.Initial
	}
	chain := c.kinds&givenBit != 0 && c.kinds&fatherBit != 0 && c.kinds&elderBit != 0
	sp.settles = c.sure == c.parts && (c.parts > 1 && c.kinds&familyBits != 0 || c.parts > 2 && chain || c.compound)
	sp.partial = c.parts > 1 && c.kinds&^(givenBit|patronymicBit|fatherBit) == 0
	sp.cover = c.parts == 1 && c.cover && c.kinds&(patronymicBit|familyBits) == 0
	return sp
}

// initials widens sp by the initials that stand beside the family name m, and
// returns of which parts they are.
func (s *scanner) initials(sp *span, p uint32, m match, t *text) uint16 {
	var got uint16
	for _, step := range []int{-1, 1} {
		at := m.at - 1
		if step > 0 {
			at = m.end
		}
		for n := 0; n < 2 && at >= 0 && at < len(t.plain); n++ {
			w := &t.words[t.plain[at]]
			kinds := s.initial(p, w) &^ got
			if kinds == 0 {
				break
			}
			if kinds&givenBit != 0 && kinds&patronymicBit != 0 {
				kinds = givenBit
				if got != 0 || step < 0 && n == 0 && at > 0 && s.initial(p, &t.words[t.plain[at-1]]) != 0 {
					kinds = patronymicBit
				}
			}
			got |= kinds
			sp.from, sp.to = min(sp.from, w.Start), max(sp.to, w.End)
			at += step
		}
	}
	return got
}

func (s *scanner) initial(p uint32, w *name.Word) uint16 {
	if h, ok := s.letter(w); ok {
		kinds := s.initialOf(p, h)
		if kinds&fatherBit != 0 {
			kinds |= patronymicBit
		}
		return kinds & (givenBit | patronymicBit)
	}
	return 0
}

// announced reports whether the word at is announced as an alias or call sign.
func announced(words []name.Word, plain []int, at int) bool {
	for back := 1; back <= 2 && at-back >= 0; back++ {
		switch words[plain[at-back]].Text {
		case "позывной", "позывным", "позывного", "позивний", "позивним", "позивного", "кличка", "кличке", "кличкой",
			"прозвище", "прозвищу", "прозвищем", "прізвисько", "прізвиськом", "псевдо", "псевдоним", "псевдонимом",
			"callsign", "nickname", "nicknamed", "alias", "aka", "codename":
			return true
		}
	}
	return false
}
