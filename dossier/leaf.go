package dossier

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"habeas/claim"
)

// What stands in a document as it was written down, not in words of ours.
const (
	Quotation  = "quotation" // the words of a statement
	PlaceLabel = "place"
	UnitLabel  = "unit"
	SourceText = "label" // how a source is described
	TitleText  = "title"
)

// While a document is made, signs that no text may hold stand around what was
// written down and around persons. They are gone before anything is rendered.
const (
	freeOpen  = '\uE000' // then one of kindSigns
	freeClose = '\uE001'
	whoOpen   = '\uE002' // then the person's reference
	whoCalled = '\uE003' // then what they are called
	whoClose  = '\uE004'
)

var kindSigns = []string{Quotation, PlaceLabel, UnitLabel, SourceText, TitleText}

const firstKind = '\uE010'

// unsigned returns s without any such sign.
func unsigned(s string) string {
	return strings.Map(func(r rune) rune {
		if '\uE000' <= r && r <= '\uE01F' {
			return -1
		}
		return r
	}, s)
}

// free marks words that somebody wrote down. They may hold what person marked.
func free(kind, s string) string {
	if s == "" {
		return ""
	}
	return string(freeOpen) + string(firstKind+rune(slices.Index(kindSigns, kind))) + s + string(freeClose)
}

// person marks what a person is called.
func person(ref claim.Ref, s string) string {
	return string(whoOpen) + string(ref) + string(whoCalled) + unsigned(s) + string(whoClose)
}

// A leaf is one stretch of words of a page: a heading, a line, a paragraph.
// Places in it are of was: cover names are drawn anew for each preview, and an
// edit must fit the next.
type leaf struct {
	key   string
	was   string  // before any edit, with marks in the places of persons
	words string  // as it leaves
	free  []piece // of was
	who   []piece // of was
	moved []moved // what was edited, or is a person, in order
}

// A piece is a stretch of words, half open; kind is what they are, or what a
// person is called.
type piece struct {
	start, end int
	kind       string
}

// A moved stretch of a leaf stands for another of what it was.
type moved struct {
	start, end, wasStart, wasEnd int
	made                         bool // by an edit
}

// leafKey is how many bytes of a hash tell a leaf from others.
const leafKey = 8

// newLeaf reads the signs out of s.
func newLeaf(s string) *leaf {
	l := &leaf{}
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		switch r {
		case freeOpen:
			kind, m := utf8.DecodeRuneInString(s[n:])
			l.free = append(l.free, piece{start: len(l.was), kind: kindSigns[kind-firstKind]})
			n += m
		case freeClose:
			l.free[len(l.free)-1].end = len(l.was)
		case whoOpen:
			ref, rest, _ := strings.Cut(s[n:], string(whoCalled))
			called, _, _ := strings.Cut(rest, string(whoClose))
			start := len(l.was)
			l.was += claim.MarkOf(claim.Ref(ref))
			l.who = append(l.who, piece{start, len(l.was), called})
			n += len(ref) + len(called) + utf8.RuneLen(whoCalled) + utf8.RuneLen(whoClose)
		default:
			l.was += s[:n]
		}
		s = s[n:]
	}
	sum := sha256.Sum256([]byte("habeas leaf 1\n" + l.was))
	l.key = hex.EncodeToString(sum[:leafKey])
	return l
}

// plain returns l as one that nothing is changed in.
func (l *leaf) plain() *leaf {
	l.words = l.was
	return l
}

// called returns a stretch of l, before any edit, with what persons are called in
// it. It may cut no mark.
func (l *leaf) called(start, end int) string {
	out := ""
	for _, who := range l.who {
		if start <= who.start && who.end <= end {
			out += l.was[start:who.start] + who.kind
			start = who.end
		}
	}
	return out + l.was[start:end]
}

// original returns the stretch of l, before any edit, that a stretch of its words
// came from.
func (l *leaf) original(start, end int) (int, int) {
	shift := 0
	from, to := -1, -1
	for _, m := range l.moved {
		if from < 0 && start < m.end {
			if from = start + shift; start >= m.start {
				from = m.wasStart
			}
		}
		if to < 0 && end <= m.end {
			if to = end + shift; end > m.start {
				to = m.wasEnd
			}
		}
		shift = m.wasEnd - m.end
	}
	if from < 0 {
		from = start + shift
	}
	if to < 0 {
		to = end + shift
	}
	return from, to
}

// sentence returns the sentence of l, before any edit, that a stretch stands in,
// and whether there are more in the same words.
func (l *leaf) sentence(start, end int) (from, to int, more bool) {
	from, to = 0, len(l.was)
	for _, f := range l.free {
		if f.start <= start && end <= f.end {
			from, to = f.start, f.end
		}
	}
	in := l.was[from:to]
	off, all := from, claim.Sentences(in)
	for _, s := range all {
		if a, b := off+s.Start, off+s.End; a <= start && start < b {
			from = a
			if to = b; end <= b {
				break
			}
		}
		if b := off + s.End; end <= b { // it reaches into the next
			to = b
			break
		}
	}
	return from, to, len(all) > 1
}

// kind returns what kind of written words a stretch of l, before any edit, is in;
// "" if none.
func (l *leaf) kind(start, end int) string {
	for _, f := range l.free {
		if start < f.end && f.start < end {
			return f.kind
		}
	}
	return ""
}
