package gate

import (
	"crypto/sha256"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A shape is an identifier in which letters and digits mix. It is tried where a
// digit stands, from the beginning of its word or of the one before.
type shape struct {
	why     string
	pattern *regexp.Regexp
	check   func(found string) bool // may be nil
	cue     bool                    // only after a word that says so
}

// Letters of number plates: those that look the same in both scripts.
const (
	plateRu = `[АВЕКМНОРСТУХABEKMHOPCTYX]`
	plateUk = `[АВЕІКМНОРСТХABEIKMHOPCTX]`
)

// shapes are tried in this order.
var shapes = []shape{
	{WhyIBAN, regexp.MustCompile(`^(?i:[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30})`), nil, false},
	{WhyCrypto, regexp.MustCompile(`^0x[0-9a-fA-F]{40}`), nil, false},
	{WhyCrypto, regexp.MustCompile(`^(?i:bc1)[ac-hj-np-z02-9AC-HJ-NP-Z]{11,71}`), bech32, false},
	{WhyCrypto, regexp.MustCompile(`^[13T][1-9A-HJ-NP-Za-km-z]{25,34}`), base58, false},
	{WhyDevice, regexp.MustCompile(`^[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})`), nil, false},
	{WhyIP, regexp.MustCompile(`^(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}`), nil, false},
	{WhyIP, regexp.MustCompile(`^[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6}::(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?`), nil, false},
	{WhyCoordinates, regexp.MustCompile(`^(?:[NSEWСЮВЗ] ?)?-?\d{1,3}(?:[.,]\d+)? ?°(?: ?\d{1,2}(?:[.,]\d+)? ?['′’](?: ?\d{1,2}(?:[.,]\d+)? ?(?:["″”]|''|′′))?)?(?: ?(?:[NSEWСЮВЗO]|с\. ?ш\.|ю\. ?ш\.|в\. ?д\.|з\. ?д\.|пн\. ?ш\.|пд\. ?ш\.|сх\. ?д\.|зх\. ?д\.|північної широти|східної довготи|северной широты|восточной долготы))?`), tells, false},
	{WhyCoordinates, regexp.MustCompile(`^[-−]?\d{1,2}[.,]\d{3,} ?°? ?(?:[NSСЮ] ?)?[,;/ ] ?[-−]?\d{1,3}[.,]\d{3,}(?: ?°)?(?: ?[EWВЗ]\b)?`), nil, false},
	{WhyCoordinates, regexp.MustCompile(`^\d{1,2}[C-HJ-NP-X] ?[A-HJ-NP-Z]{2} ?(?:\d{5} ?\d{5}|\d{4} ?\d{4}|\d{3} ?\d{3}|\d{2} ?\d{2})`), nil, false},
	{WhyCoordinates, regexp.MustCompile(`^\d{1,2}[C-HJ-NP-X] ?\d{6}(?:\.\d+)?m?E?[ ,]+\d{6,7}(?:\.\d+)?(?:m?N)?`), nil, false},
	{WhyCoordinates, regexp.MustCompile(`^(?i:[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3})`), nil, false},
	{WhyUnit, regexp.MustCompile(`^(?i:(?:в ?/ ?ч|в\. ?ч\.|п ?/ ?п|войсков\p{L}+ част\p{L}+|військов\p{L}+ частин\p{L}+|полев\p{L}+ почт\p{L}+|польов\p{L}+ пошт\p{L}+|unidad militar|unité militaire|military unit|field post)[ \x{a0}]*(?:(?:№|n[o°]?\.?|number)[ \x{a0}]*)?(?:\p{L}-?)?)\d{4,5}(?:-\p{L})?`), nil, false},
	{WhyUnit, regexp.MustCompile(`^[АAТTВBЕE]-?\d{4}`), nil, false},
	{WhyPersonal, regexp.MustCompile(`^(?i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D])`), nil, false},
	{WhyPlate, regexp.MustCompile(`^` + plateRu + ` ?\d{3} ?` + plateRu + `{2} ?\d{2,3}(?: ?(?:RUS|rus))?`), nil, false},
	{WhyPlate, regexp.MustCompile(`^` + plateUk + `{2} ?-?\d{4} ?-?` + plateUk + `{2}`), nil, false},
	{WhyPlate, regexp.MustCompile(`^\d{4} ?` + plateRu + `{2}(?:[ -]?\d{1,2})?`), nil, true},
	{WhyPlate, regexp.MustCompile(`^(?:[A-ZА-ЯІЇ]{1,3}[ -]?(?:[A-Z]{1,2}[ -]?)?\d{2,5}(?:[ -]?[A-ZА-ЯІЇ]{1,3})?|\d{1,4}[ -]?[A-Z]{2,3}(?:[ -]?\d{2,3})?)`), nil, true},
	{WhyPassport, regexp.MustCompile(`^[А-ЯІЇЄA-Z]{2} ?(?:№ ?)?\d{6,7}`), nil, false},
	{WhyPassport, regexp.MustCompile(`^(?:[A-Z]{3} ?\d{6}|N ?\d{8}|\d{2} ?[А-ЯA-Z]{2} ?\d{6,7})`), nil, false},
	{WhyPassport, regexp.MustCompile(`^(?i:[A-Z0-9]{6,12})`), manyDigits, true},
	{WhyLicence, regexp.MustCompile(`^(?i:[A-ZА-Я0-9]{1,5}[ -]?[A-Z0-9]{3,8}(?:-[A-Z0-9]{2,6}){0,4})`), manyDigits, true},
	{WhyPersonal, regexp.MustCompile(`^(?i:[A-Z0-9]{8,18})`), manyDigits, true},
	{WhyPassport, regexp.MustCompile(`^\d{2} ?\d{2},? ?(?:№|N|номер|number) ?\d{6}`), nil, false},
	{WhyPassport, regexp.MustCompile(`^\d{2} ?(?:№|N) ?\d{7}`), nil, false},
}

// mixed tries the shapes at the digit at i and returns the end of what it took,
// or i.
func (c *coder) mixed(i int) int {
	if c.taken(i, i+1) {
		return i
	}
	end := i
	for end < len(c.text) && c.text[end] >= '0' && c.text[end] <= '9' {
		end++
	}
	plain := !c.mayMix(i, end)
	for k, from := range slices.Backward(c.starts(i)) { // the longest first
		if plain && k == 0 {
			continue
		}
		window := c.text[from:min(len(c.text), from+110)]
		for _, s := range shapes {
			m := s.pattern.FindStringIndex(window)
			if m == nil || from+m[1] <= i || s.cue && c.cue(from) != s.why {
				continue
			}
			to := from + m[1]
			if s.why == WhyIBAN {
				to = from + iban(window[:m[1]])
				if to == from && c.cue(from) == WhyIBAN {
					to = from + len(strings.TrimRight(window[:m[1]], " -"))
				}
			}
			if to <= i || s.check != nil && !s.check(c.text[from:to]) || c.inWord(to) && !strings.HasSuffix(c.text[from:to], "°") {
				continue
			}
			if c.add(from, to, s.why) {
				return to
			}
		}
	}
	return i
}

// inWord reports whether a word goes on at to.
func (c *coder) inWord(to int) bool { return wordRune(c.before(to)) && wordRune(c.after(to)) }

// mayMix reports whether a letter or a sign of mixed shapes stands at either side
// of the digits from i to end; most numbers have none.
func (c *coder) mayMix(i, end int) bool {
	rest := c.text[end:min(len(c.text), end+2)]
	for _, r := range rest {
		if strings.ContainsRune("°№+:", r) || r >= 'A' && r != '–' && r != '—' {
			return true
		}
		if r >= '0' && r <= '9' {
			break
		}
		if r != ' ' && r != ',' && r != '.' && r != '-' {
			return false
		}
		if r == '.' || r == ',' || r == '-' {
			return true
		}
	}
	// Two or four digits and a word: 45 07 № 123456; 1234 АВ.
	after := strings.TrimLeft(c.text[end:min(len(c.text), end+9)], " 0123456789,")
	r, _ := utf8.DecodeRuneInString(after)
	return r == '№' || unicode.IsUpper(r)
}

// starts returns where a shape around the digit at i may begin: the digit itself,
// the letters before it, the words before those.
func (c *coder) starts(i int) []int {
	out := []int{i}
	at := i
	for range 4 {
		at -= len(c.text[:at]) - len(strings.TrimRight(c.text[max(0, at-8):at], " №-\u00a0.:")) - max(0, at-8)
		from := at
		for from > 0 && at-from < 100 {
			r, n := utf8.DecodeLastRuneInString(c.text[:from])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '/' && r != '+' && (r != ':' || !wordRune(c.before(from-1))) && r != '.' {
				break
			}
			from -= n
		}
		for from < at && strings.IndexByte(".:/+", c.text[from]) >= 0 && c.text[from:at] != "::" {
			from++
		}
		if from == at || at-from > 90 {
			break
		}
		if c.leads(from, at, i) {
			out = append(out, from)
		}
		if n := utf8.RuneCountInString(c.text[from:at]); n > 12 {
			break
		}
		at = from
	}
	return out
}

// leads reports whether the word at from may begin a shape that holds the digit
// at i: it touches the digit, is a few capitals or digits, or speaks of a unit.
func (c *coder) leads(from, to, i int) bool {
	word := c.text[from:to]
	if r := c.after(from); to == i || utf8.RuneCountInString(word) <= 3 && (unicode.IsUpper(r) || unicode.IsDigit(r)) || strings.ContainsRune(word, '/') {
		return true
	}
	low := strings.ToLower(word)
	for _, s := range unitStems {
		if strings.HasPrefix(low, s) {
			return true
		}
	}
	return false
}

// tells reports whether something with a degree sign is a position and no
// temperature or angle: it says minutes or a quarter of the sky.
func tells(found string) bool {
	return strings.ContainsAny(found, "'′’NSEWСЮВЗO") || strings.Contains(found, "ш.") || strings.Contains(found, "д.") || strings.Contains(found, "от")
}

// manyDigits reports whether at least half of a word, and four, are digits.
func manyDigits(found string) bool {
	n := 0
	for i := range len(found) {
		if found[i] >= '0' && found[i] <= '9' {
			n++
		}
	}
	return n >= 4 && 2*n >= len(found)
}

// ibanSizes holds how long account numbers are, a country each (ISO 13616).
const ibanSizes = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 " +
	"GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 " +
	"MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 "

// iban returns how many bytes of found are an account number with the length of
// its country and right check digits, or 0.
func iban(found string) int {
	at := strings.Index(ibanSizes, strings.ToUpper(found[:2]))
	if at < 0 || at%5 != 0 {
		return 0
	}
	want, n, rest := valueOf(ibanSizes[at+2:at+4]), 0, 0
	var plain []byte
	for n < len(found) && len(plain) < want {
		if b := found[n]; b != ' ' && b != '-' {
			if b >= 'a' {
				b -= 'a' - 'A'
			}
			plain = append(plain, b)
		}
		n++
	}
	if len(plain) < want {
		return 0
	}
	for _, b := range append(plain[4:len(plain):len(plain)], plain[:4]...) {
		if b >= 'A' {
			rest = (rest*100 + int(b-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(b-'0')) % 97
		}
	}
	if rest != 1 {
		return 0
	}
	return n
}

// base58 tries the check bytes of an address of Bitcoin's first form or of Tron.
func base58(found string) bool {
	const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	n := new(big.Int)
	for i := range len(found) {
		n.Mul(n, big.NewInt(58)).Add(n, big.NewInt(int64(strings.IndexByte(letters, found[i]))))
	}
	var b [25]byte
	if n.BitLen() > 8*len(b) {
		return false
	}
	n.FillBytes(b[:])
	once := sha256.Sum256(b[:21])
	twice := sha256.Sum256(once[:])
	return [4]byte(twice[:4]) == [4]byte(b[21:])
}

// bech32 tries the check of an address of Bitcoin's second form (BIP 173, 350).
func bech32(found string) bool {
	const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	sum := uint32(1)
	step := func(v uint32) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ v
		for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	for _, v := range [...]uint32{3, 3, 0, 'b' & 31, 'c' & 31} {
		step(v)
	}
	for _, r := range strings.ToLower(found[3:]) {
		step(uint32(strings.IndexRune(letters, r)))
	}
	return sum == 1 || sum == 0x2bc830a3
}
