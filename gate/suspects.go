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
	var spans []Span
	wait := aside(func() { spans = codes(text) })
	l := newLook(text, known)
	wait()
	l.pass(spans)
	spans = append(spans, l.spans()...)
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	places := marks.places
	spans = slices.DeleteFunc(spans, func(s Span) bool {
		for len(places) > 0 && places[0][1] <= s.Start {
			places = places[1:]
		}
		return len(places) > 0 && places[0][0] < s.End
	})
	// Of two that overlap the code stays.
	var out []Span
	for _, s := range spans {
		last := len(out) - 1
		if last < 0 || s.Start >= out[last].End {
			out = append(out, s)
		} else if isName(out[last].Why) && !isName(s.Why) {
			out[last] = s
		}
	}
	return out
}

// Code reports whether a reason is that of a code, such as a telephone number,
// and not of a name.
func Code(why string) bool { return !isName(why) }

// isName reports whether why is a reason of names rather than of a code.
func isName(why string) bool {
	switch why {
	case WhyCapital, WhyGiven, WhyPatronymic, WhyFamily, WhyTitled:
		return true
	}
	return false
}

// A look goes over the words of a text once.
type look struct {
	text   string
	words  []name.Word // plain ones
	known  func(string) bool
	folded paragraphs
	inside map[string]bool // keys of words that stand with a capital inside a sentence
	small  map[string]bool // words that stand without a capital
	skip   []bool          // words in a code
	firm   []bool          // words in the quoted name of a firm or a work
}

func newLook(text string, known func(string) bool) *look {
	l := &look{text: text, known: known, inside: map[string]bool{}, small: map[string]bool{}}
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
			l.inside[wordKey(w.Text)] = true
		} else if !w.Title {
			l.small[w.Text] = true
		}
	}
	return l
}

// pass marks the words of codes, which are not asked about again, and those in
// quotation marks after a word for what has a name of its own («Труд» after
// "газета").
func (l *look) pass(codes []Span) {
	l.skip, l.firm = make([]bool, len(l.words)), make([]bool, len(l.words))
	c := 0
	for i := 0; i < len(l.words); i++ {
		w := l.words[i]
		for c < len(codes) && codes[c].End <= w.Start {
			c++
		}
		if c < len(codes) && codes[c].Start < w.End {
			l.skip[i] = true
		}
		if !w.Quoted || i == 0 || w.Gap || !quotable(l.words[i-1].Text) {
			continue
		}
		for n := 0; n < 6 && i < len(l.words); n++ {
			l.firm[i] = true
			if end := min(len(l.text), l.words[i].End+3); strings.ContainsAny(l.text[l.words[i].End:end], "»”\"") {
				break
			}
			i++
		}
	}
}

// begins reports whether a sentence begins with word i. After an initial, or a title
// cut short, none does.
func (l *look) begins(i int) bool {
	if !l.words[i].Sentence || i == 0 || !l.words[i-1].Dot {
		return l.words[i].Sentence
	}
	before := l.words[i-1].Text
	return utf8.RuneCountInString(before) != 1 && !cutShort(before)
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
		if end == i-1 && len(out) > 0 && !l.begins(i) && l.beside(out[len(out)-1].End, w.Start) {
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
	if l.skip[i] || l.known != nil && l.known(l.text[w.Start:w.End]) {
		return ""
	}
	size := utf8.RuneCountInString(w.Text)
	switch {
	case uncased(w.Text):
		return l.uncased(i)
	case !w.Title:
		if l.folded.at(i) && size > 2 && name.IsGiven(w.Text) && !starters[w.Text] {
			return WhyGiven
		}
		return ""
	case size == 1:
		if w.Dot && (i+1 < len(l.words) && l.words[i+1].Title || i > 0 && l.words[i-1].Title && !l.begins(i)) {
			return WhyCapital
		}
		return ""
	case starters[w.Text], initialisms[w.Text]:
		return ""
	}
	return l.cased(i, size)
}

// cased says why word i, which has a capital and is no word of grammar, is
// suspect.
func (l *look) cased(i, size int) string {
	w := l.words[i]
	titled, named := i > 0 && cue(l.words[i-1].Text) && !w.Gap, l.named(i)
	switch {
	case name.IsGiven(w.Text) || givenElsewhere[w.Text]:
		return WhyGiven
	case size > 5 && endsAs(w.Text, patronymicEnds) && (named || !public(w.Text)):
		return WhyPatronymic
	case !named && (l.firm[i] || place(w.Text)):
		return ""
	case titled && (!l.begins(i) || !l.words[i-1].Sentence):
		return WhyTitled
	case l.beforeTitle(i) && l.begins(i) && cue(w.Text), !named && public(w.Text):
		return ""
	case l.begins(i) && !named && !l.inside[wordKey(w.Text)] && (l.small[w.Text] || ordinary(w.Text)), l.begins(i) && !l.inside[wordKey(w.Text)] && l.verb(i):
		return ""
	case size > 4 && endsAs(w.Text, familyEnds):
		return WhyFamily
	case l.acronym(w) && !named, !named && !w.Quoted && l.small[w.Text]:
		return ""
	}
	return WhyCapital
}

// beforeTitle reports whether a word with a capital follows in the sentence.
func (l *look) beforeTitle(i int) bool {
	return i+1 < len(l.words) && l.words[i+1].Title && !l.begins(i+1) && utf8.RuneCountInString(l.words[i+1].Text) > 1
}

// named reports whether word i stands beside an initial, a given name or a
// patronymic.
func (l *look) named(i int) bool {
	for _, k := range [...]int{i - 1, i + 1} {
		if k < 0 || k >= len(l.words) || l.skip[k] || !l.words[k].Title || l.words[max(i, k)].Gap || l.words[max(i, k)].Sentence && !l.words[max(i, k)-1].Dot {
			continue
		}
		w := l.words[k]
		if !l.beside(l.words[min(i, k)].End, l.words[max(i, k)].Start) {
			continue
		}
		size := utf8.RuneCountInString(w.Text)
		if size == 1 && w.Dot || size > 2 && (name.IsGiven(w.Text) || givenElsewhere[w.Text]) || size > 5 && endsAs(w.Text, patronymicEnds) {
			return true
		}
	}
	return false
}

// verb reports whether word i ends as verbs do, and no verb follows whose subject
// it may be.
func (l *look) verb(i int) bool {
	return endsIn(l.words[i].Text, verbEnds, 2) && (i+1 == len(l.words) || !endsIn(l.words[i+1].Text, verbEnds, 2))
}

// acronym reports whether w is a short word all in capitals.
func (l *look) acronym(w name.Word) bool {
	as := l.text[w.Start:w.End]
	return utf8.RuneCountInString(as) <= 5 && strings.IndexFunc(as, unicode.IsLower) < 0 && strings.IndexFunc(as, unicode.IsUpper) >= 0
}

// joinEnds returns each stem with each case ending.
func joinEnds(stems, cases string) map[string]bool {
	ends := map[string]bool{}
	for s := range strings.FieldsSeq(stems) {
		for c := range strings.FieldsSeq(cases) {
			ends[s+strings.Trim(c, "-")] = true
		}
	}
	return ends
}

var patronymicEnds = joinEnds(
	"ович евич йович ївич ьич овн евн івн ївн ичн їчн ovich evich ovych evych yovych ovna evna ivna",
	"- а у ем ом ою е еві ы и і ей ой ую ой ам ами ах s",
)

var familyEnds = joinEnds(
	"ов ев єв ин ын ін їн ск цк ськ цьк енк чук щук юк ук яго дзе швили швілі ян янц ко ів їв ов ых их ец ець "+
		"ov ev ov in yn enko chuk sky ski skiy skyi ska skaya ova eva ina",
	"- а у ым им ом ем е ой ою ей ы и і ых их ыми ими ий ого ому ая ую ое ам ами ах ові еві ої ій s",
)

// maxEnd is more bytes than any stem and ending of the lists has.
const maxEnd = 32

// endsAs reports whether w ends in one of ends, with at least two letters before.
func endsAs(w string, ends map[string]bool) bool {
	letters := 0
	for i := range w {
		if letters >= 2 && len(w)-i <= maxEnd && ends[w[i:]] {
			return true
		}
		letters++
	}
	return false
}
