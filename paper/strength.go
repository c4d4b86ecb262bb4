package paper

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"habeas/vault"
)

// A Strength says how hard a passphrase is to guess for somebody who has the disk
// and the pepper. It is a rough measure that errs on the low side for words that
// people choose; it cannot know what is written about somebody elsewhere.
type Strength uint8

// Strengths. A new passphrase is at least Fair.
const (
	Weak Strength = iota
	Fair
	Good
	Strong
)

// Word returns a word for s, which catalogues have sentences for.
func (s Strength) Word() string { return [...]string{"weak", "fair", "good", "strong"}[s] }

// Bits from which on a passphrase has a strength. One guess costs 0.4 s of a core
// and 128 MiB: 2⁴⁰ are 14,000 years of one core.
const (
	fairBits   = 40
	goodBits   = 55
	strongBits = 70
)

// Judge measures a passphrase. own are words that its member is known by, such as
// the handle and the name: they count for nothing.
func Judge(pass vault.Text, own ...string) Strength {
	switch bits := bits(pass.Reveal(), own); {
	case bits >= strongBits:
		return Strong
	case bits >= goodBits:
		return Good
	case bits >= fairBits:
		return Fair
	}
	return Weak
}

// maxJudged is how many bytes of a passphrase are looked at.
const maxJudged = 1 << 10

func bits(pass string, own []string) float64 {
	if len(pass) > maxJudged {
		pass = pass[:maxJudged]
	}
	pass = norm.NFKC.String(pass)
	var mine []string
	for _, o := range own {
		for _, w := range runs(strings.ToLower(norm.NFKC.String(o))) {
			if utf8.RuneCountInString(w) >= 3 {
				mine = append(mine, w)
			}
		}
	}
	sum, seen := 0.0, map[string]bool{}
	for _, chunk := range strings.Fields(pass) {
		if n := float64(utf8.RuneCountInString(chunk)); jumbled(chunk) {
			if !seen[chunk] {
				sum += 5 * n
			}
			seen[chunk] = true
			continue
		}
		for _, w := range runs(strings.ToLower(chunk)) {
			switch {
			case slices.Contains(mine, w) || slices.Contains(mine, unleet(w)):
			case seen[w]:
				sum++
			default:
				sum += wordBits(w)
			}
			seen[w] = true
		}
	}
	return sum
}

// runs splits text into runs of letters and runs of digits; what stands between
// them is dropped. Digits that stand for letters inside a word stay with it.
func runs(text string) []string {
	var out []string
	for _, chunk := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '$' && r != '@' }) {
		start, was := 0, -1
		for i, r := range chunk {
			is := 0
			if unicode.IsDigit(r) {
				is = 1
			}
			if was >= 0 && is != was && !slices.Contains(common(), unleet(chunk)) {
				out = append(out, chunk[start:i])
				start = i
			}
			was = is
		}
		out = append(out, chunk[start:])
	}
	return out
}

// jumbled reports whether a chunk changes between small and capital letters,
// digits and signs so often that nobody made it of words.
func jumbled(chunk string) bool {
	class := func(r rune) int {
		switch {
		case unicode.IsUpper(r):
			return 1
		case unicode.IsLetter(r):
			return 2
		case unicode.IsDigit(r):
			return 3
		}
		return 4
	}
	changes, was, n := 0, 0, 0
	for _, r := range chunk {
		if is := class(r); is != was {
			changes++
			was = is
		}
		n++
	}
	return n >= 6 && (changes-1)*2 >= n && !slices.ContainsFunc(common(), func(w string) bool {
		return len(w) >= 5 && strings.Contains(unleet(strings.ToLower(chunk)), w)
	})
}

// unleet turns digits and signs that stand for letters into them.
func unleet(w string) string {
	return strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "$", "s", "@", "a").Replace(w)
}

// wordBits measures one run of letters or of digits.
func wordBits(w string) float64 {
	n := float64(utf8.RuneCountInString(w))
	first, _ := utf8.DecodeRuneInString(w)
	switch {
	case known(w):
		return 12
	case slices.Contains(common(), w) || slices.Contains(common(), unleet(w)):
		return 5
	case sequence(w):
		return 4
	case unicode.IsDigit(first) && len(w) == 4 && (strings.HasPrefix(w, "19") || strings.HasPrefix(w, "20")):
		return 6
	case unicode.IsDigit(first) && (len(w) == 6 || len(w) == 8):
		return 14 // a date
	case unicode.IsDigit(first):
		return 3.3 * n
	}
	// A word of a language: 11 bits, and one more for each seven letters, since
	// words can be written without spaces.
	return min(2.2*n, 11*max(1, n/7))
}

// sequence reports whether w is one sign again and again, or neighbours on a
// keyboard or in the alphabet.
func sequence(w string) bool {
	rs := []rune(w)
	if len(rs) < 3 {
		return false
	}
	const rows = "qwertyuiop asdfghjkl zxcvbnm 1234567890 йцукенгшщзхъ фывапролджэ ячсмитьбю"
	near := 0
	for i := 1; i < len(rs); i++ {
		d := rs[i] - rs[i-1]
		pair := string([]rune{rs[i-1], rs[i]})
		back := string([]rune{rs[i], rs[i-1]})
		if d >= -1 && d <= 1 || strings.Contains(rows, pair) || strings.Contains(rows, back) {
			near++
		}
	}
	return near*4 >= (len(rs)-1)*3
}

// common returns what people choose most, and what somebody here would choose.
func common() []string { return strings.Fields(commonWords) }

const commonWords = `password passwort passphrase passcode letmein welcome monkey dragon master shadow sunshine princess
football baseball superman batman trustno iloveyou love hello freedom whatever qwerty qwertz azerty zaq admin administrator
root user guest test login access secret private michael jennifer jordan charlie daniel thomas george hunter harley
monday friday january december correct horse battery staple computer internet google facebook telegram
habeas corpus habeascorpus justice prison prisoner detained missing caseworker keeper office lawyer human rights truth
пароль привет любовь солнце мама папа россия москва украина киев война мир свобода наташа андрей сергей марина
йцукен админ секрет кодовое слово`
