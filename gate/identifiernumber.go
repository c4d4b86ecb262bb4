package gate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A figureRun is digits that stand together.
type figureRun struct {
	from, to int
	digits   string
	sep      string // between it and the run before
}

// A figure is one or more groups that may be one number.
type figure struct {
	groups []figureRun
	digits string
	from   int  // with a + or an opening bracket
	plus   bool // written with a +
	round  bool // with brackets
	cue    string
	after  string // the word after it, in small letters
}

// maxRuns is how many groups of digits are read as one number at most.
const maxRuns = 10

// separators stand between the groups of one number.
const separators = " -–—‑−.()/\u00a0\u2009\u202f\u200b\u200c\u200d\u2060\ufeff\u00ad\t"

// numbers finds what is written with digits.
func (c *coder) numbers() {
	for i := 0; i < len(c.text); {
		b := c.text[i]
		if b < '0' || b > '9' && b < utf8.RuneSelf {
			i++
			continue
		}
		if _, n := digitAt(c.text, i); n == 0 {
			i++
			continue
		}
		if end := c.mixed(i); end > i {
			i = end
			continue
		}
		groups := c.groups(i)
		c.figures(groups)
		i = groups[len(groups)-1].to
	}
}

// groups reads the groups of digits from i.
func (c *coder) groups(i int) []figureRun {
	var out []figureRun
	sep := ""
	for {
		g := figureRun{from: i, sep: sep}
		var d []byte
		for i < len(c.text) {
			v, n := digitAt(c.text, i)
			if n == 0 {
				break
			}
			d = append(d, v)
			i += n
		}
		g.to, g.digits = i, string(d)
		out = append(out, g)
		at, runes := i, 0
		for at < len(c.text) && runes < 4 {
			r, n := utf8.DecodeRuneInString(c.text[at:])
			if !strings.ContainsRune(separators, r) {
				break
			}
			at += n
			runes++
		}
		if at == i || at >= len(c.text) || len(out) == maxRuns || c.taken(at, at+1) {
			return out
		}
		if _, n := digitAt(c.text, at); n == 0 {
			return out
		}
		sep, i = c.text[i:at], at
	}
}

// figures reads groups as dates, then what is left as numbers, the longest first.
func (c *coder) figures(groups []figureRun) {
	for i := 0; i < len(groups); i++ {
		if n := dateGroups(groups[i:]); n > 0 {
			c.longest(groups[:i])
			c.date(groups[i].from, groups[i+n-1].to)
			c.figures(groups[i+n:])
			return
		}
	}
	c.longest(groups)
}

// longest reads groups as numbers: at each place the longest that is one.
func (c *coder) longest(groups []figureRun) {
	for i := 0; i < len(groups); i++ {
		for j := len(groups); j > i; j-- {
			why, from, to := c.figure(groups[i:j])
			if why != "" && c.add(from, to, why) {
				i = j - 1
				break
			}
		}
	}
}

// figure says what groups are as one number, and its place.
func (c *coder) figure(groups []figureRun) (why string, from, to int) {
	f := figure{groups: groups, from: groups[0].from}
	to = groups[len(groups)-1].to
	for i, g := range groups {
		f.digits += g.digits
		f.round = f.round || i > 0 && strings.Contains(g.sep, ")")
	}
	if len(f.digits) < 4 || len(f.digits) > 24 {
		return "", 0, 0
	}
	f.lead(c)
	next := c.after(to)
	if ext := c.extension(to); ext > to {
		to = ext
	} else if wordRune(next) {
		return "", 0, 0
	}
	if p := c.before(f.from); wordRune(p) {
		return "", 0, 0
	}
	f.cue, f.after = c.cue(f.from), c.nextWord(to)
	return f.why(), f.from, to
}

// lead takes in the + and the bracket before the first run.
func (f *figure) lead(c *coder) {
	head := strings.TrimRight(c.text[max(0, f.from-4):f.from], " ")
	if strings.HasSuffix(head, "(") && f.round {
		f.from = strings.LastIndexByte(c.text[:f.from], '(')
		head = strings.TrimRight(c.text[max(0, f.from-2):f.from], " ")
	}
	if strings.HasSuffix(head, "+") || strings.HasSuffix(head, "＋") {
		f.plus = true
		f.from = strings.LastIndexAny(c.text[:f.from], "+＋")
	}
}

// extension returns the end of an extension that follows a number at to, or to.
func (c *coder) extension(to int) int {
	rest := c.text[to:min(len(c.text), to+24)]
	trim := strings.TrimLeft(rest, " ,(")
	low := strings.ToLower(trim)
	for _, mark := range [...]string{"x", "х", "ext.", "ext", "доб.", "доб", "вн.", "дод.", "#"} {
		if after, ok := strings.CutPrefix(low, mark); ok && len(low) == len(trim) {
			digits := strings.TrimLeft(after, " ")
			n := 0
			for n < len(digits) && digits[n] >= '0' && digits[n] <= '9' {
				n++
			}
			if end := to + len(rest) - len(digits) + n; n > 0 && n <= 6 && !wordRune(c.after(end)) {
				return end
			}
		}
	}
	return to
}

// cue returns the reason that the nearest telling word before a place gives, or
// "". It looks at the words of the line, and of the one before after a colon.
func (c *coder) cue(at int) string {
	if c.cueAt != at {
		c.cueAt, c.cueOf = at, c.findCue(at)
	}
	return c.cueOf
}

func (c *coder) findCue(at int) string {
	from := max(0, at-90)
	for from < at && !utf8.RuneStart(c.text[from]) {
		from++
	}
	window := strings.TrimRight(c.text[from:at], " \t\r\n")
	if nl := strings.LastIndexByte(c.text[from:at], '\n'); nl >= len(window) && !strings.HasSuffix(window, ":") {
		return ""
	}
	if nl := strings.LastIndexByte(window, '\n'); nl >= 0 {
		window = window[nl:]
	}
	window = strings.ToLower(window)
	for words := 0; words < 10; words++ {
		window = strings.TrimRightFunc(window, func(r rune) bool { return !unicode.IsLetter(r) })
		if window == "" {
			return ""
		}
		start := strings.LastIndexFunc(window, func(r rune) bool { return !unicode.IsLetter(r) && r != '/' && r != '’' && r != '\'' })
		word := window
		if start >= 0 {
			_, n := utf8.DecodeRuneInString(window[start:])
			word = window[start+n:]
		}
		if why := c.numberCue(word, words); why != "" {
			return why
		}
		window = window[:len(window)-len(word)]
	}
	return ""
}

// numberCue is the function of that name, and remembers what it said.
func (c *coder) numberCue(word string, later int) string {
	key := cueKey{word, later == 0}
	why, ok := c.cues[key]
	if !ok {
		if c.cues == nil {
			c.cues = map[cueKey]string{}
		}
		why = numberCue(word, later)
		c.cues[key] = why
	}
	return why
}

// nextWord returns the word after a place in small letters, with what joins it.
func (c *coder) nextWord(at int) string {
	rest := strings.TrimLeft(c.text[at:min(len(c.text), at+40)], " ,-–(\u00a0")
	end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(rest)
	}
	return strings.ToLower(rest[:end])
}

// dateGroups returns how many groups a date in digits at the start takes: 3, or 0.
func dateGroups(g []figureRun) int {
	if len(g) < 3 || g[1].sep != g[2].sep || !strings.Contains("./-–", g[1].sep) {
		return 0
	}
	a, b, y := g[0].digits, g[1].digits, g[2].digits
	if len(a) == 4 {
		a, y = y, a
	} else if len(y) != 4 && (len(y) != 2 || g[1].sep == "-" || len(a) != 2 || len(b) != 2 || len(g) > 3) {
		return 0
	}
	if len(y) == 4 && (y < "1880" || y > "2100") || len(a) > 2 || len(b) > 2 {
		return 0
	}
	if len(y) == 2 && g[0].sep == g[1].sep {
		return 0 // the end of an address of the net, of which the first group stands before
	}
	if m, d := valueOf(b), valueOf(a); m < 1 || d < 1 || m > 31 || d > 31 || m > 12 && d > 12 {
		return 0
	}
	return 3
}

func valueOf(d string) (n int) {
	for i := range len(d) {
		n = n*10 + int(d[i]-'0')
	}
	return n
}
