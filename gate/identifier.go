package gate

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Identifiers returns what in text leads to a person or a place without naming
// anybody: addresses of the net, numbers of telephones, documents, cards and
// accounts, positions, postal addresses, dates of birth. Spans are bytes of text,
// in order and without overlaps. Where a kind has check digits they are tried,
// unless a word before the number says what it is: people mistype, and a number
// with one wrong digit still leads to its owner.
//
// Weaker readings (a long number, a date in full) are left to [Suspects].
func Identifiers(text string) []Span {
	return slices.DeleteFunc(codes(text), func(s Span) bool { return s.Why == WhyNumber || s.Why == WhyDate })
}

// codes returns everything of [Identifiers], and the weaker readings too.
func codes(text string) []Span {
	c := &coder{text: text}
	c.net()
	c.numbers()
	c.addresses()
	slices.SortFunc(c.out, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	return c.out
}

// A coder collects spans that do not overlap: the first found stays. Its cue is
// kept, since many readings of one number ask for it.
type coder struct {
	text string
	out  []Span
	bits []uint64 // which bytes of text are taken

	cueAt int // the last place a cue was looked for before, and what it gave
	cueOf string

	streets map[string]bool // what streetWord said
	cues    map[cueKey]string
}

// A cueKey is a word before a number, and whether it stands next to it.
type cueKey struct {
	word string
	next bool
}

func (c *coder) add(from, to int, why string) bool {
	if from >= to || c.taken(from, to) {
		return false
	}
	if c.bits == nil {
		c.bits = make([]uint64, len(c.text)/64+1)
	}
	for i := from; i < to; i++ {
		c.bits[i/64] |= 1 << (i % 64)
	}
	c.out = append(c.out, Span{from, to, why})
	return true
}

func (c *coder) taken(from, to int) bool {
	if c.bits == nil {
		return false
	}
	for i := from; i < to; i++ {
		if c.bits[i/64]&(1<<(i%64)) != 0 {
			return true
		}
	}
	return false
}

// digitAt returns the decimal digit at s[i:] and its size in bytes, 0 if there is
// none: the digits of ASCII, Arabic, Persian and the wide ones.
func digitAt(s string, i int) (byte, int) {
	if c := s[i]; c < utf8.RuneSelf {
		if c >= '0' && c <= '9' {
			return c, 1
		}
		return 0, 0
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	for _, zero := range [...]rune{0x660, 0x6F0, 0xFF10} {
		if r >= zero && r <= zero+9 {
			return '0' + byte(r-zero), n
		}
	}
	return 0, 0
}

// before and after return the character next to a place, 0 at the ends.
func (c *coder) before(at int) rune {
	if at <= 0 {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(c.text[:at])
	return r
}

func (c *coder) after(at int) rune {
	if at >= len(c.text) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(c.text[at:])
	return r
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// net finds addresses of the net: e-mail, accounts, web addresses.
func (c *coder) net() {
	for i := 0; ; {
		n := strings.Index(c.text[i:], "://")
		if n < 0 {
			break
		}
		i += n
		from := i
		for from > 0 && isLatin(c.text[from-1]) {
			from--
		}
		i += 3
		if from < i-3 {
			i = c.url(from, i)
		}
	}
	for i := 0; ; i++ {
		n := strings.IndexByte(c.text[i:], '@')
		if n < 0 {
			break
		}
		i += n
		if !c.email(i) {
			c.account(i)
		}
	}
	for i := 0; ; i++ {
		n := strings.IndexByte(c.text[i:], '.')
		if n < 0 {
			break
		}
		i = c.domain(i + n)
	}
}

func isLatin(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func isHost(b byte) bool { return isLatin(b) || b >= '0' && b <= '9' || b == '-' }

// url takes the address from from; its path is searched from at. It returns its
// end.
func (c *coder) url(from, at int) int {
	to := at
	for to < len(c.text) {
		r, n := utf8.DecodeRuneInString(c.text[to:])
		if unicode.IsSpace(r) || strings.ContainsRune("<>«»\"“”⟦⟧|\\", r) {
			break
		}
		to += n
	}
	to = at + len(strings.TrimRight(c.text[at:to], ".,;:!?)]}'’…"))
	if to > at {
		c.add(from, to, whyLink(strings.ToLower(c.text[from:to])))
	}
	return max(to, at)
}

// whyLink says what an address in small letters leads to.
func whyLink(u string) string {
	if _, rest, ok := strings.Cut(u, "://"); ok {
		u = rest
	}
	u = strings.TrimPrefix(strings.TrimPrefix(u, "www."), "m.")
	host, path, _ := strings.Cut(u, "/")
	switch {
	case strings.HasPrefix(host, "maps.") || strings.HasPrefix(path, "maps") || strings.HasPrefix(host, "goo.gl") && strings.HasPrefix(path, "maps") ||
		host == "2gis.ru" || host == "openstreetmap.org" || host == "osm.org" || strings.HasPrefix(u, "geo:"):
		return WhyCoordinates
	case path != "" && slices.Contains(accountHosts, host):
		return WhyHandle
	}
	return WhyURL
}

// email takes the address around the @ at i.
func (c *coder) email(i int) bool {
	from := i
	for from > 0 {
		r, n := utf8.DecodeLastRuneInString(c.text[:from])
		if !wordRune(r) && !strings.ContainsRune(".%+-", r) {
			break
		}
		from -= n
	}
	for from < i && strings.IndexByte(".%+-", c.text[from]) >= 0 {
		from++
	}
	to, dot := i+1, false
	for to < len(c.text) {
		r, n := utf8.DecodeRuneInString(c.text[to:])
		if r == '.' {
			if next := c.after(to + 1); !unicode.IsLetter(next) && !unicode.IsDigit(next) {
				break
			}
			dot = true
		} else if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' {
			break
		}
		to += n
	}
	to = i + len(strings.TrimRight(c.text[i:to], "-"))
	return from < i && dot && to > i+3 && c.add(from, to, WhyEmail)
}

// account takes the name after the @ at i.
func (c *coder) account(i int) {
	if p := c.before(i); wordRune(p) || p == '.' || p == '/' || p == '@' {
		return
	}
	to := i + 1
	for to < len(c.text) {
		r, n := utf8.DecodeRuneInString(c.text[to:])
		if !wordRune(r) && (r != '.' || !wordRune(c.after(to+n))) {
			break
		}
		to += n
	}
	if utf8.RuneCountInString(c.text[i+1:to]) >= 3 {
		c.add(i, to, WhyHandle)
	}
}

// domain takes an address without a scheme whose first full stop is at i. It
// returns where it looked last.
func (c *coder) domain(i int) int {
	if i == 0 || i+1 >= len(c.text) || !isHost(c.text[i-1]) || !isHost(c.text[i+1]) || c.taken(i, i+1) {
		return i
	}
	from := i
	for from > 0 && isHost(c.text[from-1]) {
		from--
	}
	to := i
	for to < len(c.text) && (isHost(c.text[to]) || c.text[to] == '.' && to+1 < len(c.text) && isHost(c.text[to+1])) {
		to++
	}
	host := strings.ToLower(c.text[from:to])
	top := host[strings.LastIndexByte(host, '.')+1:]
	if p := c.before(from); wordRune(p) || p == '@' || p == '/' || p == '.' || wordRune(c.after(to)) || !strings.HasPrefix(host, "www.") && !topDomains[top] {
		return to - 1
	}
	if to < len(c.text) && c.text[to] == '/' {
		return c.url(from, to) - 1
	}
	c.add(from, to, WhyURL)
	return to - 1
}
