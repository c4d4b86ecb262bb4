package gate

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"habeas/name"
)

// A Span is a place in a text that may say who somebody is.
type Span struct {
	Start, End int    // bytes of the text
	Why        string // one of the reasons below
}

// Reasons for a [Span]. They are keys, not words for people.
const (
	WhyCapital     = "capital"     // a capital where an ordinary word has none
	WhyGiven       = "given"       // a given name, or its short form
	WhyPatronymic  = "patronymic"  // ends as patronymics do
	WhyFamily      = "family"      // ends as family names do
	WhyTitled      = "titled"      // after a rank, a title or a word for kin
	WhyEmail       = "email"       // an e-mail address
	WhyURL         = "url"         // a web address
	WhyHandle      = "handle"      // an account
	WhyPhone       = "phone"       // a telephone number
	WhyUnit        = "unit"        // the number of a military unit
	WhyPassport    = "passport"    // the number of a passport, or shaped like one
	WhyLicence     = "licence"     // the number of a driving licence
	WhyPersonal    = "personal"    // a number the state gives: tax, insurance, register
	WhyIBAN        = "iban"        // a bank account
	WhyCard        = "card"        // a payment card
	WhyCrypto      = "crypto"      // an account of a cryptocurrency
	WhyIP          = "ip"          // an address of a machine on the net
	WhyDevice      = "device"      // the number of a telephone set or of its radio
	WhyPlate       = "plate"       // a number plate
	WhyCoordinates = "coordinates" // a place on the map
	WhyAddress     = "address"     // a postal address, or a part of one
	WhyBirth       = "birth"       // a date of birth
	WhyDate        = "date"        // another date in full
	WhyNumber      = "number"      // another long number
)

// Suspects returns what in text still looks as if it named somebody, or led to
// them, in the order of its place and without overlaps. It is for the bar at the
// reading desk: it shows more than there is and promises nothing; what is
// protected is found by [Scan] and [Check].
//
// known, which may be nil, says whether a word as it stands in the text is
// nobody's name (a place of the case, a word dismissed before). References to
// persons (⟦p:…⟧) are passed over.
func Suspects(text string, known func(token string) bool) []Span {
	marks := newMarks(text)
	spans := codes(text)
	spans = append(spans, newLook(text, known).spans()...)
	spans = slices.DeleteFunc(spans, func(s Span) bool {
		for _, m := range marks.places {
			if s.Start < m[1] && m[0] < s.End {
				return true
			}
		}
		return false
	})
	// Of two that overlap the first found stays: codes before names.
	var out []Span
	for _, s := range spans {
		if !slices.ContainsFunc(out, func(o Span) bool { return s.Start < o.End && o.Start < s.End }) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// A look goes over the words of a text once.
type look struct {
	text   string
	words  []name.Word // plain ones
	known  func(string) bool
	folded paragraphs
	inside map[string]bool // words that stand with a capital inside a sentence
}

func newLook(text string, known func(string) bool) *look {
	l := &look{text: text, known: known, inside: map[string]bool{}}
	var plain []int
	for _, w := range name.Words(text) {
		if w.N == 1 && w.Reading == name.Plain {
			plain = append(plain, len(plain))
			l.words = append(l.words, w)
		}
	}
	l.folded = newParagraphs(l.words, plain)
	for i, w := range l.words {
		if w.Title && !l.begins(i) {
			l.inside[w.Text] = true
		}
	}
	return l
}

// begins reports whether a sentence begins with word i. After an initial none
// does.
func (l *look) begins(i int) bool {
	return l.words[i].Sentence && !(i > 0 && l.words[i-1].Dot && utf8.RuneCountInString(l.words[i-1].Text) == 1)
}

// spans joins suspect words that stand side by side.
func (l *look) spans() []Span {
	var out []Span
	end := -2 // the last word of the last span
	for i, w := range l.words {
		why := l.why(i)
		if why == "" {
			continue
		}
		if end == i-1 && len(out) > 0 && !w.Gap && l.beside(out[len(out)-1].End, w.Start) {
			last := &out[len(out)-1]
			last.End = w.End
			if last.Why == WhyCapital {
				last.Why = why
			}
		} else {
			out = append(out, Span{w.Start, w.End, why})
		}
		end = i
	}
	return out
}

// beside reports whether only spaces, full stops of initials or hyphens stand
// between two places.
func (l *look) beside(from, to int) bool {
	return from <= to && to-from <= 3 && strings.Trim(l.text[from:to], " .-\u00a0") == ""
}

// why says why word i is suspect, or "".
func (l *look) why(i int) string {
	w := l.words[i]
	if l.known != nil && l.known(l.text[w.Start:w.End]) {
		return ""
	}
	size := utf8.RuneCountInString(w.Text)
	if !w.Title {
		if l.folded.at(i) && size > 2 && name.IsGiven(w.Text) && !starters[w.Text] {
			return WhyGiven
		}
		return ""
	}
	if size == 1 {
		if w.Dot && (i+1 < len(l.words) && l.words[i+1].Title || i > 0 && l.words[i-1].Title && !l.begins(i)) {
			return WhyCapital
		}
		return ""
	}
	if starters[w.Text] {
		return ""
	}
	titled := i > 0 && cue(l.words[i-1].Text)
	beforeTitle := i+1 < len(l.words) && l.words[i+1].Title && !l.begins(i+1) && utf8.RuneCountInString(l.words[i+1].Text) > 1
	switch {
	case name.IsGiven(w.Text):
		return WhyGiven
	case size > 5 && endsAs(w.Text, patronymicEnds):
		return WhyPatronymic
	case titled:
		return WhyTitled
	case place(w.Text), beforeTitle && l.begins(i) && cue(w.Text):
		return ""
	case size > 4 && endsAs(w.Text, familyEnds):
		return WhyFamily
	case l.acronym(w):
		return ""
	case !l.begins(i), w.Quoted, l.inside[w.Text], beforeTitle:
		return WhyCapital
	}
	return ""
}

// acronym reports whether w is a short word all in capitals.
func (l *look) acronym(w name.Word) bool {
	as := l.text[w.Start:w.End]
	return utf8.RuneCountInString(as) <= 5 && strings.IndexFunc(as, unicode.IsLower) < 0 && strings.IndexFunc(as, unicode.IsUpper) >= 0
}

// An ending list: each ending, then the case endings it may take.
type endings struct{ stems, cases string }

var patronymicEnds = endings{
	"ович евич йович ївич ьич овн евн івн ївн ичн їчн ovich evich ovych evych yovych ovna evna ivna",
	"- а у ем ом ою е еві ы и і ей ой ую ой ам ами ах s",
}

var familyEnds = endings{
	"ов ев єв ин ын ін їн ск цк ськ цьк енк чук щук юк ук яго дзе швили швілі ян янц ко ів їв ов ых их ец ець " +
		"ov ev ov in yn enko chuk sky ski skiy skyi ska skaya ova eva ina",
	"- а у ым им ом ем е ой ою ей ы и і ых их ыми ими ий ого ому ая ую ое ам ами ах ові еві ої ій s",
}

// endsAs reports whether w ends in one of the stems and a case ending, with at
// least two letters before.
func endsAs(w string, ends endings) bool {
	for c := range strings.FieldsSeq(ends.cases) {
		base, ok := strings.CutSuffix(w, strings.Trim(c, "-"))
		if !ok {
			continue
		}
		for s := range strings.FieldsSeq(ends.stems) {
			if head, ok := strings.CutSuffix(base, s); ok && utf8.RuneCountInString(head) >= 2 {
				return true
			}
		}
	}
	return false
}
