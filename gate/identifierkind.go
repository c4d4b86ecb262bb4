package gate

import (
	"slices"
	"strings"
)

// why says what a figure is, or "".
func (f *figure) why() string {
	if f.plus && len(f.digits) >= 7 && len(f.digits) <= 15 {
		return WhyPhone
	}
	if f.ip() {
		return WhyIP
	}
	for _, k := range [...]func() string{f.cued, f.checked, f.phone, f.shaped} {
		if why := k(); why != "" {
			return why
		}
	}
	if len(f.digits) >= 6 && f.cue != cueMoney && !f.thousands() && len(f.groups) <= 4 && f.single() {
		return WhyNumber
	}
	return ""
}

// cued reads a figure as the words before it say.
func (f *figure) cued() string {
	n := len(f.digits)
	within := func(from, to int) bool { return n >= from && n <= to }
	switch f.cue {
	case WhyPassport:
		if within(6, 10) && !f.thousands() {
			return WhyPassport
		}
	case WhyLicence:
		if within(5, 14) {
			return WhyLicence
		}
	case WhyPersonal:
		if within(8, 15) {
			return WhyPersonal
		}
	case WhyCard:
		if n == 16 || within(12, 19) && luhn(f.digits) {
			return WhyCard
		}
	case WhyIBAN:
		if within(8, 24) {
			return WhyIBAN
		}
	case WhyDevice:
		if within(14, 17) {
			return WhyDevice
		}
	case WhyHandle:
		if within(5, 13) && len(f.groups) == 1 {
			return WhyHandle
		}
	case WhyUnit:
		if within(4, 5) && len(f.groups) == 1 {
			return WhyUnit
		}
	case WhyPhone:
		if within(5, 15) && !f.years() && !(n == 5 && len(f.groups) == 1) {
			return WhyPhone
		}
	}
	return ""
}

// checked reads a figure whose check digits say what it is.
func (f *figure) checked() string {
	d := f.digits
	even := f.single() && len(f.groups) <= 5
	switch {
	case !even:
		return ""
	case f.sizes(3, 2, 4) && d[:3] != "000" && d[:3] != "666" && d[3:5] != "00" && d[5:] != "0000" && f.groups[1].sep == "-":
		return WhyPersonal // US social security number
	case f.sizes(3, 3, 3, 2) && snils(d):
		return WhyPersonal
	case cardRange(d) && luhn(d) && f.cardGroups():
		return WhyCard
	case len(f.groups) > 1 || f.cue == cueMoney:
		return ""
	case len(d) == 15 && luhn(d) && slices.Contains([]string{"01", "35", "86", "99"}, d[:2]):
		return WhyDevice // IMEI
	case len(d) == 12 && inn12(d), len(d) == 13 && ogrn(d), len(d) == 15 && ogrn(d), len(d) == 11 && d[0] != '8' && pesel(d) && d[:2] != "79":
		return WhyPersonal
	}
	return ""
}

// phone reads a figure that is grouped or begins as telephone numbers do.
func (f *figure) phone() string {
	d, n := f.digits, len(f.digits)
	if n < 6 || n > 16 || f.years() || f.cue == cueMoney {
		return ""
	}
	dashed := len(f.groups) > 2 && !strings.Contains(f.groups[1].sep, "/")
	for _, g := range f.groups[1:] {
		dashed = dashed && strings.Trim(g.sep, "-–‑.") == "" && len(g.digits) >= 2 && len(g.digits) <= 4
	}
	if phoneAfter[f.after] && !f.thousands() || phoneAfter[f.after] && n >= 7 && n <= 11 ||
		strings.HasPrefix(d, "00") && n >= 10 && d[2] != '0' ||
		n == 11 && d[0] == '8' && strings.ContainsRune("34789", rune(d[1])) ||
		n == 11 && d[0] == '7' && strings.ContainsRune("3489", rune(d[1])) ||
		n == 12 && (strings.HasPrefix(d, "380") || strings.HasPrefix(d, "375")) ||
		n >= 9 && n <= 11 && d[0] == '0' && d[1] != '0' ||
		f.round && n >= 7 && n <= 13 && len(f.groups) > 1 && len(f.groups[0].digits) <= 5 ||
		f.sizes(3, 3, 4) || f.sizes(1, 3, 3, 4) || f.sizes(3, 2, 2) || f.sizes(2, 3, 2, 2) || f.sizes(3, 3, 2, 2) || f.sizes(3, 3, 3, 4) ||
		dashed && n >= 6 && n <= 12 {
		return WhyPhone
	}
	return ""
}

// shaped reads a figure grouped as the numbers of documents are.
func (f *figure) shaped() string {
	d := f.digits
	switch {
	case !f.single():
	case f.sizes(2, 2, 6), f.sizes(4, 6) && valueOf(d[2:4]) <= 30, f.sizes(2, 7):
		return WhyPassport // Russian, at home and abroad
	}
	return ""
}

// ip reports whether a figure is an address of the net: four groups to 255, with
// full stops. After a word for a version it is none.
func (f *figure) ip() bool {
	if len(f.groups) != 4 || f.cue == cueVersion {
		return false
	}
	for i, g := range f.groups {
		if len(g.digits) > 3 || valueOf(g.digits) > 255 || len(g.digits) > 1 && g.digits[0] == '0' || i > 0 && g.sep != "." {
			return false
		}
	}
	return true
}

// single reports whether one character or two stand between groups.
func (f *figure) single() bool {
	for _, g := range f.groups[1:] {
		if len([]rune(g.sep)) > 1 || strings.ContainsAny(g.sep, "()/") {
			return false
		}
	}
	return true
}

// sizes reports whether the groups have these many digits.
func (f *figure) sizes(want ...int) bool {
	if len(f.groups) != len(want) {
		return false
	}
	for i, n := range want {
		if len(f.groups[i].digits) != n {
			return false
		}
	}
	return true
}

// cardGroups reports whether a card may be written in these groups.
func (f *figure) cardGroups() bool {
	return len(f.groups) == 1 || f.sizes(4, 6, 5) || f.sizes(4, 6, 4) || len(f.groups) >= 3 && len(f.groups[0].digits) == 4 && len(f.groups[1].digits) == 4
}

// thousands reports whether the groups are those of one large number: 12 500 000.
func (f *figure) thousands() bool {
	if len(f.groups) < 2 || len(f.groups[0].digits) > 3 || f.groups[0].digits[0] == '0' {
		return false
	}
	for _, g := range f.groups[1:] {
		if len(g.digits) != 3 || strings.Trim(g.sep, " .\u00a0\u202f\u2009") != "" {
			return false
		}
	}
	return true
}

// years reports whether the groups are all years: 1994-1996.
func (f *figure) years() bool {
	for _, g := range f.groups {
		if len(g.digits) != 4 || g.digits < "1700" || g.digits > "2100" {
			return false
		}
	}
	return true
}

// luhn tries the check digit of cards and telephones (ISO/IEC 7812-1).
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		v := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// cardRange reports whether the first digits and the length are those of a card
// network.
func cardRange(d string) bool {
	n := len(d)
	if n < 13 || n > 19 {
		return false
	}
	p2, p4 := valueOf(d[:2]), valueOf(d[:4])
	switch {
	case d[0] == '4':
		return n == 13 || n == 16 || n == 19
	case p2 == 34 || p2 == 37 || p4 == 2131 || p4 == 1800:
		return n == 15
	case p4 >= 3000 && p4 <= 3059 || p4 == 3095 || p2 == 36 || p2 == 38 || p2 == 39:
		return n == 14 || n == 16
	case p4 >= 2200 && p4 <= 2204, p4 >= 2221 && p4 <= 2720, p2 >= 50 && p2 <= 69, p4 >= 3528 && p4 <= 3589, p4 == 9792, p4 == 8600, p4 == 9860:
		return n >= 16
	}
	return false
}

// weigh returns the sum of digits times weights.
func weigh(d string, weights ...int) (sum int) {
	for i, w := range weights {
		sum += int(d[i]-'0') * w
	}
	return sum
}

// inn12 tries both check digits of a person's Russian tax number.
func inn12(d string) bool {
	return weigh(d, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(d[10]-'0') && weigh(d, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(d[11]-'0')
}

// ogrn tries the check digit of a Russian register of firms (13 digits) or of
// traders (15).
func ogrn(d string) bool {
	if len(d) == 13 && d[0] != '1' && d[0] != '5' || len(d) == 15 && d[0] != '3' {
		return false
	}
	rest, by := 0, len(d)-2
	for i := range len(d) - 1 {
		rest = (rest*10 + int(d[i]-'0')) % by
	}
	return rest%10 == int(d[len(d)-1]-'0')
}

// snils tries the check digits of a Russian insurance number.
func snils(d string) bool {
	return weigh(d, 9, 8, 7, 6, 5, 4, 3, 2, 1)%101%100 == valueOf(d[9:])
}

// pesel tries the date and the check digit of a Polish register number.
func pesel(d string) bool {
	month, day := valueOf(d[2:4])%20, valueOf(d[4:6])
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 && weigh(d, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0
}
