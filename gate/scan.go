package gate

import (
	"crypto/sha256"
	"slices"
	"strings"
	"unicode/utf8"

	"habeas/name"
)

// Scan reads text, UTF-8 with whatever is encoded inside it, and returns the
// hits for the persons of ix, in the order of their place. It is for a desk's
// own check of text that stays inside; what leaves takes [Check].
func Scan(text []byte, ix *Index) []Hit {
	f := file{sum: sha256.Sum256(text)}
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	s := newScanner(ix, nil)
	s.file(&f, view{text: string(text)}, false)
	return s.finish([]*file{&f}, nil)
}

// A file is what was found in one file, in places of the file as given.
type file struct {
	name   string
	inName bool
	part   string // see [Hit.Part]
	sum    [sha256.Size]byte
	spans  []span
	crowds []crowdSpan
}

// A scanner looks up words. It remembers those it has seen, since text repeats
// itself and a keyed hash is slow.
type scanner struct {
	*lookup
	beside   []*lookup  // for the other processors
	covers   [][]string // cover names in use, in words
	seen     map[string]*entry
	meetings map[[2]*reading][]uint32
	found    map[uint32][]match

	// Room that is used again for each text.
	words   []name.Word
	entries []*entry
	plain   []int
}

func newScanner(ix *Index, covers []string) *scanner {
	s := &scanner{
		lookup: newLookup(ix), seen: map[string]*entry{},
		meetings: map[[2]*reading][]uint32{}, found: map[uint32][]match{},
	}
	for _, c := range covers {
		if words := strings.Fields(name.Canon(c)); len(words) > 0 {
			s.covers = append(s.covers, words)
		}
	}
	return s
}

// A token is a word of the text that is a form of something.
type token struct {
	match
	is   *reading
	took []uint32 // of a crowd that bears it, those who are looked at one by one
}

// A match is a word that is a form of some parts of one person's names.
type match struct {
	at, end    int // words of the text
	start, to  int // bytes of the view
	kinds      uint16
	words      uint64 // which of the person's groups
	class      name.Class
	rare       bool // some form is of a rare family name
	telling    bool // counts alone: see the rules
	capital    bool
	called     bool // quoted, or announced as an alias or call sign
	foldedCase bool // its paragraph has no capital
	tight      bool // stands in an address or a handle
	piece      bool // part of a word, cut off at a capital or digit
	cover      bool // a cover name in use
	near       bool // no form: a skeleton, or a letter apart
	everyday   bool // and the word is a known one that is no name
	compound   bool // two parts in one word
	slight     bool // of which one is short, or an initial
}

// file adds to f the spans in v, a view of it, and in what is encoded there.
func (s *scanner) file(f *file, v view, address bool) {
	encoded(v, maxNested, func(v view) { s.look(f, v, address) })
}

// look adds to f the spans in v, a view of it.
func (s *scanner) look(f *file, v view, address bool) {
	spans, crowds := s.view(v.text, address, v.guessed)
	for _, sp := range spans {
		if v.garbled && sp.to-sp.from < minGarbled {
			continue
		}
		if sp.guessed = v.guessed; v.guessed {
			sp.settles, sp.partial = false, false
		}
		sp.from, sp.to = v.place(sp.from, sp.to)
		f.spans = append(f.spans, sp)
	}
	for _, c := range crowds {
		if v.guessed || v.garbled && c.to-c.from < minGarbled {
			continue
		}
		c.from, c.to = v.place(c.from, c.to)
		f.crowds = append(f.crowds, c)
	}
}

// A text is one view while it is read.
type text struct {
	s       string
	words   []name.Word
	entries []*entry // of each word
	plain   []int    // the plain word of each number
	folded  paragraphs
	tokens  []token
}

// view returns the spans of one text, in bytes of that text, of persons and of
// crowds. In an address every word counts as if it had a capital; in what is
// guessed, words that are nearly forms are nothing.
func (s *scanner) view(of string, address, guessed bool) ([]span, []crowdSpan) {
	s.words = name.AppendWords(s.words[:0], of)
	t := &text{s: of, words: s.words, plain: s.plain[:0]}
	for i := range t.words {
		if t.words[i].N == 1 && t.words[i].Reading == name.Plain {
			t.plain = append(t.plain, i)
		}
	}
	s.plain = t.plain
	t.folded = newParagraphs(t.words, t.plain)
	t.entries = s.enter(t.words)
	s.splits(t, address)
	marks := newMarks(of)
	var unknown []int
	for i := range t.words {
		w, e := &t.words[i], t.entries[i]
		if pair := w.Reading != name.Plain && w.N == 2 && utf8.RuneCountInString(w.Text) == 2; pair || marks.hold(w.Start) {
			continue // two letters side by side are no word
		}
		switch capital := t.capital(w, address); {
		case e.is != nil:
			t.add(w, e.is, address)
		case e.split != nil && (w.Text[0] < utf8.RuneSelf || capital):
			t.add(w, e.split, address)
		case w.Reading == name.Plain && capital:
			unknown = append(unknown, i)
		}
	}
	if !guessed {
		s.nearTokens(t, unknown, address)
	}
	s.coverNames(t)
	clear(s.found)
	for i := range t.tokens {
		for _, p := range t.tokens[i].is.few {
			s.match(p, &t.tokens[i])
		}
	}
	s.meet(t)
	var out []span
	for p, ms := range s.found {
		out = s.spans(out, p, ms, t)
	}
	return s.lettered(out, t), s.crowds(t)
}

// capital reports whether w has a capital that tells something.
func (t *text) capital(w *name.Word, address bool) bool {
	return w.Title && !(w.Sentence && starters[w.Text]) || w.Tight || address
}

func (t *text) add(w *name.Word, is *reading, address bool) {
	m := match{
		at: w.At, end: w.At + w.N, start: w.Start, to: w.End,
		capital: t.capital(w, address), tight: w.Tight || address,
		called: w.Quoted || announced(t.words, t.plain, w.At), foldedCase: t.folded.at(w.At),
		piece: w.N == 1 && t.cut(w.At), near: is.near, everyday: is.near && (ordinaries[w.Text] || place(w.Text) || public(w.Text)), compound: is.compound, slight: is.slight,
	}
	t.tokens = append(t.tokens, token{match: m, is: is})
}

// nearTokens adds to the tokens of t the unknown words that are nearly forms. In a
// large index, where they tell nothing alone, it asks only about those that stand
// closely to a form.
func (s *scanner) nearTokens(t *text, unknown []int, address bool) {
	if len(s.ix.persons) > maxAlone {
		beside := make([]bool, len(t.plain)+4) // of the word at, two places on
		for i := range t.tokens {
			at, end := t.tokens[i].at+2, t.tokens[i].end+2
			beside[at-2], beside[at-1], beside[end], beside[end+1] = true, true, true, true
		}
		unknown = slices.DeleteFunc(unknown, func(i int) bool { return !beside[t.words[i].At+2] })
	}
	entries := make([]*entry, len(unknown))
	for k, i := range unknown {
		entries[k] = t.entries[i]
	}
	s.nearly(entries)
	for _, i := range unknown {
		if is := t.entries[i].near; is != nil {
			t.add(&t.words[i], is, address)
		}
	}
	slices.SortStableFunc(t.tokens, func(a, b token) int { return a.at - b.at })
}

// cut reports whether the plain word at was cut off another at a capital or a
// digit, as both words of ВымпелКом were.
func (t *text) cut(at int) bool {
	w := &t.words[t.plain[at]]
	return at > 0 && t.words[t.plain[at-1]].End == w.Start || at+1 < len(t.plain) && t.words[t.plain[at+1]].Start == w.End
}

// coverNames marks the tokens that stand in a cover name.
func (s *scanner) coverNames(t *text) {
	for i := range t.tokens {
		tok := &t.tokens[i]
		for _, c := range s.covers {
			for k := range c {
				tok.cover = tok.cover || tok.end == tok.at+1 && t.reads(tok.at-k, c)
			}
		}
	}
}

// reads reports whether the plain words from at on are these.
func (t *text) reads(at int, words []string) bool {
	if at < 0 || at+len(words) > len(t.plain) {
		return false
	}
	for i, w := range words {
		if t.words[t.plain[at+i]].Text != w {
			return false
		}
	}
	return true
}

// match records that the person may be meant by a token.
func (s *scanner) match(p uint32, tok *token) {
	m := tok.match
	m.class, m.near = name.Edited, true
	for i, g := range s.ix.persons[p].groups {
		at, ok := find(tok.is.refs, g)
		if !ok {
			continue
		}
		group := &s.ix.groups[g]
		m.kinds |= 1 << group.kind
		m.words |= 1 << (i % 64)
		m.class = min(m.class, tok.is.refs[at].class())
		m.rare = m.rare || group.flags&commonFlag == 0 && !tok.is.common
		m.capital = m.capital || group.flags&smallFlag != 0
	}
	if m.compound {
		m.class, m.near = name.Compound, false
	}
	m.near = m.class >= name.Skeleton
	m.called = m.called && m.kinds&calledBits != 0 && !tok.is.calledByMany
	m.telling = s.telling(p, m)
	s.found[p] = append(s.found[p], m)
}

// maxAlone is how many persons an index may hold for a word that is only nearly
// a form of a name to count alone: among more, almost every word is.
const maxAlone = 2000

// telling reports whether m counts although it stands alone.
func (s *scanner) telling(p uint32, m match) bool {
	switch {
	case m.compound:
		return true
	case m.near:
		whole := len(s.ix.persons[p].groups) == 1 // no other name is known
		return m.capital && (m.rare || whole) && !m.piece && !m.everyday && len(s.ix.persons) <= maxAlone
	case m.piece && !m.rare && !m.tight:
		return false
	}
	return m.capital || m.rare && m.foldedCase
}
