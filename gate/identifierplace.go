package gate

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// date takes a date in digits; with a word for birth at either side it says when
// somebody was born.
func (c *coder) date(from, to int) {
	if p := c.before(from); wordRune(p) || wordRune(c.after(to)) {
		return
	}
	c.add(from, to, c.whyDate(from, to))
}

func (c *coder) whyDate(from, to int) string {
	after := strings.ToLower(c.text[to:min(len(c.text), to+30)])
	after = strings.TrimLeft(after, " ,(\u00a0")
	for _, mark := range [...]string{"г. р", "г.р", "г/р", "р. н", "р.н", "года рождения", "року народження", "рождени"} {
		if strings.HasPrefix(after, mark) {
			return WhyBirth
		}
	}
	if c.cue(from) == WhyBirth {
		return WhyBirth
	}
	return WhyDate
}

// monthDates are dates with the month in letters, day first or month first, and a
// year.
var monthDates = regexp.MustCompile(`^(?i:\d{1,2}(?:[ \x{a0}]|-?(?:го|st|nd|rd|th)[ \x{a0}])(?:de |of )?(` + months + `)\p{L}*\.?,? (?:de )?(?:19|20)\d{2}|(?:` + months + `)\p{L}*\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2})`)

const months = `январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр|ноябр|декабр|січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|листопад|груд|` +
	`jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|janv|févr|avr|mai|juin|juil|août|déc|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر`

// addresses finds dates with words, postal addresses, post boxes and the like.
// They all hold digits; what the numbers took stays theirs.
func (c *coder) addresses() {
	for i := 0; i < len(c.text); i++ {
		if b := c.text[i]; b < '0' || b > '9' || i > 0 && c.text[i-1] >= '0' && c.text[i-1] <= '9' {
			continue
		}
		end := i
		for end < len(c.text) && c.text[end] >= '0' && c.text[end] <= '9' {
			end++
		}
		if end-i > 6 || c.taken(i, end) {
			continue
		}
		if m := c.monthDate(i, end); m != nil && !c.inWord(i+m[1]) {
			c.add(i, i+m[1], c.whyDate(i, i+m[1]))
			continue
		}
		if from, to := c.street(i, end); to > 0 {
			c.add(from, to, WhyAddress)
		}
	}
}

var (
	// A word for a street, then its name, then the number that ends the match.
	streetBefore = regexp.MustCompile(`(?i:(?:^|[^\p{L}\p{N}])((?:` + streetWords + `)[ \x{a0}]+(?:[\p{L}\p{N}'’.-]+[ \x{a0}]+){0,4}?[\p{L}\p{N}'’.-]+,?[ \x{a0}]*(?:(?:д|дом|буд|будинок|house|no|n|nr|№)\.?[ \x{a0}]*)?))$`)
	// The end of a name that says street itself, before the number.
	streetEnding = regexp.MustCompile(`(?i:((?:\p{L}[\p{L}'’.-]*[ \x{a0}]+){0,3}(?:\p{L}[\p{L}'’-]*(?:` + streetEndings + `)|ulica|utca|út|tér|street|str\.?|road|avenue|ул\.?|вул\.?|улица|вулиця|проспект|пр-т|пер\.?|переулок|провулок|бульвар|шоссе|шосе|площадь|площа|набережная),?[ \x{a0}]+(?:(?:д|дом|буд|будинок|№)\.?[ \x{a0}]*)?))$`)
	// After the number a name of up to three words with a capital, and a word for
	// a street.
	streetAfter = regexp.MustCompile(`^,?[ \x{a0}](?:[\p{L}'’.-]+[ \x{a0}]){0,4}?(?i:street|str|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|squares|close|way|terrace|crescent|highway|hwy|parkway|gardens|grove|row|walk|hill|mews|quay|circle|trail|rue|calle|` +
		`\p{L}+(?:` + streetEndings + `))\b\.?`)
	streetFront = regexp.MustCompile(`^,?[ \x{a0}](?i:(?:` + streetWords + `)[ \x{a0}]+(?:[\p{L}'’.-]+[ \x{a0}]?){1,4})`)
	// Words that stand before a number in an address.
	partBefore = regexp.MustCompile(`(?i:(?:^|[^\p{L}\p{N}])((?:apt|apartment|suite|flat|p\. ?o\. ?box|postbox|box|zip(?: ?code)?(?: is)?|postcode|postal code|psc|unit|` +
		`кв|квартира|а/я|почтовый индекс|индекс|поштовий індекс|індекс|apartado|código postal|code postal|appt|piso|mieszkanie|m)[.:]?[ \x{a0}]*(?:№ ?|# ?)?))$`)
	// More parts that go on after a number.
	partAfter = regexp.MustCompile(`^(?:[a-zA-Zа-яА-ЯіІ](?:$|[^\p{L}\p{N}])|/\d+|-\d{1,3})?(?:,?[ \x{a0}]*(?i:кв|квартира|корп|корпус|стр|строение|к|под|подъезд|під|этаж|apt|apartment|suite|flat|box|офис|оф)\.?[ \x{a0}]*(?:№ ?|# ?)?\d+[а-яa-z]?)*`)
)

// street returns the place of an address around the number from i to end, or 0, 0.
func (c *coder) street(i, end int) (from, to int) {
	head := c.text[wordEdge(c.text, max(0, i-90)):i]
	if nl := strings.LastIndexByte(head, '\n'); nl >= 0 {
		head = head[nl+1:]
	}
	if p := c.before(i); unicode.IsLetter(p) || unicode.IsDigit(p) {
		return 0, 0
	}
	tail := c.text[end:min(len(c.text), end+90)]
	words := strings.Fields(strings.ToLower(head))
	more := func() int { return end + len(strings.TrimRight(partAfter.FindString(tail), " ,.;:\n)")) }
	if len(words) > 0 && partWords[strings.Trim(words[len(words)-1], ".:(,#№>")] {
		if m := partBefore.FindStringSubmatchIndex(head); m != nil {
			return i - len(head) + m[2], more()
		}
	}
	if slices.ContainsFunc(words, c.streetWord) {
		for _, re := range [...]*regexp.Regexp{streetBefore, streetEnding} {
			if m := re.FindStringSubmatchIndex(head); m != nil && strings.ContainsFunc(head[m[2]:], unicode.IsUpper) {
				return i - len(head) + m[2], more()
			}
		}
	}
	if first := strings.TrimLeft(tail, ", \u00a0"); first == tail || !strings.ContainsFunc(tail[:min(len(tail), 6)], unicode.IsLetter) || !isLatin(first[0]) && first[0] < utf8.RuneSelf {
		return 0, 0
	}
	for _, re := range [...]*regexp.Regexp{streetAfter, streetFront} {
		if m := re.FindStringIndex(tail); m != nil && strings.ContainsFunc(tail[:m[1]], unicode.IsUpper) {
			return i, end + len(strings.TrimRight(tail[:m[1]], " ,;"))
		}
	}
	return 0, 0
}

// monthDate returns the place of a date with its month in letters that the digits
// from i to end begin; nil if there is none.
func (c *coder) monthDate(i, end int) []int {
	if end-i > 2 || !strings.ContainsFunc(c.text[end:wordEdge(c.text, min(len(c.text), end+6))], unicode.IsLetter) {
		return nil
	}
	return monthDates.FindStringIndex(c.text[i:min(len(c.text), i+60)])
}

// streetWord reports whether a word in small letters is one for a street, or ends
// as their names do: a cheap look before the patterns.
func (c *coder) streetWord(w string) bool {
	is, ok := c.streets[w]
	if ok {
		return is
	}
	front := strings.TrimLeft(w, "(>,;")
	back := strings.TrimRight(front, ".,")
	is = slices.ContainsFunc(streetPrefixes, func(s string) bool { return strings.HasPrefix(front, s) }) ||
		slices.ContainsFunc(streetSuffixes, func(s string) bool { return strings.HasSuffix(back, s) })
	if c.streets == nil {
		c.streets = map[string]bool{}
	}
	c.streets[w] = is
	return is
}

// wordEdge moves at to the beginning of a character.
func wordEdge(s string, at int) int {
	for at < len(s) && at > 0 && s[at]&0xC0 == 0x80 {
		at++
	}
	return at
}
