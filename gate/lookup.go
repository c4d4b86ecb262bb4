package gate

import (
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"habeas/name"
)

// An entry is what a scanner knows of one spelling. Each reading is nil if the
// spelling is nothing of the kind, or was not looked up.
type entry struct {
	word              string
	is                *reading // what it is a form of
	split             *reading // two names as one word
	near              *reading // what it is nearly a form of
	splitDone, nearby bool     // they were looked up
}

// A lookup finds readings in an index. It is not safe for concurrent use: several
// may look in one index at once.
type lookup struct {
	ix     *Index
	hash   *hasher
	buf    []ref
	apiece bool // look at everybody one by one: slow, for tests
}

func newLookup(ix *Index) *lookup { return &lookup{ix: ix, hash: newHasher(ix.key)} }

// manyEntries is how many entries are looked up by one processor alone.
const manyEntries = 64

// each does what do says with every entry, with all processors if there are many.
func (s *scanner) each(list []*entry, do func(*lookup, *entry)) {
	if len(list) < manyEntries {
		for _, e := range list {
			do(s.lookup, e)
		}
		return
	}
	var next atomic.Int64
	work := func(l *lookup) {
		for {
			from := int(next.Add(manyEntries/4)) - manyEntries/4
			if from >= len(list) {
				return
			}
			for _, e := range list[from:min(from+manyEntries/4, len(list))] {
				do(l, e)
			}
		}
	}
	for len(s.beside) < runtime.GOMAXPROCS(0)-1 {
		s.beside = append(s.beside, newLookup(s.ix))
	}
	var waits []func()
	for _, l := range s.beside {
		l.apiece = s.apiece
		waits = append(waits, aside(func() { work(l) }))
	}
	work(s.lookup)
	for _, wait := range waits {
		wait()
	}
}

// aside does f beside its caller. The function that it returns waits for f, and
// panics with what f panicked with, so that a text that breaks a reader ends what
// asked for it and not the process.
func aside(f func()) (wait func()) {
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		f()
	}()
	return func() {
		if p := <-done; p != nil {
			panic(p)
		}
	}
}

// enter returns the entry of each word, looked up as a form. They are good until
// the next call.
func (s *scanner) enter(words []name.Word) []*entry {
	s.entries = s.entries[:0]
	var fresh []*entry
	for i := range words {
		e, ok := s.seen[words[i].Text]
		if !ok {
			e = &entry{word: words[i].Text}
			s.seen[e.word] = e
			fresh = append(fresh, e)
		}
		s.entries = append(s.entries, e)
	}
	s.each(fresh, func(l *lookup, e *entry) { e.is = l.read(e.word) })
	return s.entries
}

// splits looks up which of the words with a capital, or in Latin, are two names as
// one word, if they are no form; in Cyrillic, lower case is left to addresses.
func (s *scanner) splits(t *text, address bool) {
	var list []*entry
	for i, e := range t.entries {
		if e.is == nil && !e.splitDone && (e.word[0] < utf8.RuneSelf || t.capital(&t.words[i], address)) {
			e.splitDone = true
			list = append(list, e)
		}
	}
	s.each(list, func(l *lookup, e *entry) { e.split = l.compound(e.word) })
}

// nearly looks up what words are nearly a form of.
func (s *scanner) nearly(of []*entry) {
	var list []*entry
	for _, e := range of {
		if !e.nearby {
			e.nearby = true
			list = append(list, e)
		}
	}
	s.each(list, func(l *lookup, e *entry) { e.near = l.nearly(e.word) })
}

// read returns what a word is a form of, or nil.
func (l *lookup) read(word string) *reading {
	l.buf = l.ix.forms.get(l.buf[:0], l.hash.sum(asForm, word))
	return l.reading(l.buf)
}

// longestWord is how many letters a word has, at most, to be tried as anything but
// a form: the longest names and two of them together are shorter, and a word is
// tried in more ways the longer it is.
const longestWord = 100

// nearly returns what a word that is no form is nearly one of, or nil.
func (l *lookup) nearly(word string) *reading {
	if utf8.RuneCountInString(word) > longestWord {
		return nil
	}
	l.buf = l.buf[:0]
	for _, key := range skeletonsOf(word) {
		l.buf = l.ix.forms.get(l.buf, l.hash.sum(asSkeleton, key))
	}
	for _, key := range stemEditsOf(word) {
		l.buf = l.ix.forms.get(l.buf, l.hash.sum(asEdit, key))
	}
	for _, seen := range misread(word) {
		from := len(l.buf)
		l.buf = l.ix.forms.get(l.buf, l.hash.sum(asForm, seen))
		for i, r := range l.buf[from:] {
			l.buf[from+i] = newRef(r.group(), name.Edited)
		}
	}
	r := l.reading(l.buf)
	if r != nil {
		r.near = true
	}
	return r
}

// alike are letters that programs that read pictures take for others, in canonical
// spelling, either way.
var alike = [...][2]string{
	{"rn", "m"}, {"cl", "d"}, {"li", "h"}, {"vv", "w"}, {"ii", "u"}, {"nn", "m"}, {"ri", "n"}, {"lc", "k"},
	{"ьі", "ы"}, {"ьг", "ы"}, {"ьl", "ы"}, {"іі", "п"}, {"іі", "и"}, {"іі", "н"}, {"ііі", "ш"}, {"гп", "т"}, {"лл", "м"},
}

// misread returns what a word may have been before a program read it, with one
// pair of letters taken for another, in one place or in all.
func misread(word string) (out []string) {
	if utf8.RuneCountInString(word) < minEdit {
		return nil
	}
	for _, pair := range alike {
		for k := range pair {
			from, to := pair[k], pair[1-k]
			n := strings.Count(word, from)
			if n == 0 {
				continue
			}
			out = append(out, strings.ReplaceAll(word, from, to))
			for at := 0; n > 1; {
				i := strings.Index(word[at:], from)
				if i < 0 {
					break
				}
				at += i
				out = append(out, word[:at]+to+word[at+len(from):])
				at += len(from)
			}
		}
	}
	return out
}

// reading returns a reading of refs, in any order.
func (l *lookup) reading(refs []ref) *reading {
	if len(refs) == 0 {
		return nil
	}
	refs = slices.Clone(refs)
	slices.Sort(refs)
	refs = slices.CompactFunc(refs, func(a, b ref) bool { return a.group() == b.group() })
	r := &reading{refs: refs}
	// Each kind is judged for itself: that many are called Петруша does not make
	// the family name Петрушин common.
	for _, kinds := range []uint16{ownBits, familyBits, calledBits | otherBit} {
		var of []ref
		for _, x := range refs {
			if kinds>>l.ix.groups[x.group()].kind&1 == 1 {
				of = append(of, x)
			}
		}
		people := l.ix.union(of)
		full := len(people) > crowd
		if !full || l.apiece {
			r.few = merged(r.few, people)
		} else {
			r.many = append(r.many, of...)
		}
		r.common = r.common || full && kinds == familyBits
		r.calledByMany = r.calledByMany || full && kinds&calledBits != 0
	}
	slices.Sort(r.many)
	for _, x := range r.many {
		if l.ix.groups[x.group()].flags&smallFlag != 0 {
			r.small = append(r.small, x)
		}
	}
	return r
}
