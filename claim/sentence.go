package claim

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Span is a range of bytes of a text, half open.
type Span struct{ Start, End int }

// Sentences cuts a text into sentences, without the blanks between them. It is
// written for Russian, Ukrainian, English, Spanish, French and Arabic and needs
// not be told which. A line end always cuts, a mark (see [Mark]) is never cut,
// and a full stop after an initial or a common abbreviation does not cut.
//
// It works without knowing words, so it errs; what it returns is for reading
// and choosing, and nothing is stored by sentence number.
func Sentences(text string) []Span {
	var spans []Span
	marks := Marks(text)
	start := 0
	for at := 0; at < len(text); {
		for len(marks) > 0 && marks[0].End <= at {
			marks = marks[1:]
		}
		if len(marks) > 0 && at == marks[0].Start {
			at = marks[0].End
			continue
		}
		r, n := utf8.DecodeRuneInString(text[at:])
		at += n
		if r != '\n' && !strings.ContainsRune(sentenceEnds, r) {
			continue
		}
		if r != '\n' {
			if at = closing(text, at); !ends(text[start:at], text[at:], r) {
				continue
			}
		}
		spans = appendSpan(spans, text, start, at)
		start = at
	}
	return appendSpan(spans, text, start, len(text))
}

const (
	sentenceEnds = ".!?…؟۔。"
	closers      = `"'”’»)]“`
)

// closing returns the end of the punctuation that goes with a sentence's end.
func closing(text string, at int) int {
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if !strings.ContainsRune(sentenceEnds+closers, r) {
			break
		}
		at += n
	}
	return at
}

// ends reports whether a sentence ends between before, which ends with the mark
// end and what closes with it, and after.
func ends(before, after string, end rune) bool {
	next, _ := utf8.DecodeRuneInString(after)
	if after == "" || next == '\n' {
		return true
	}
	if !unicode.IsSpace(next) {
		return false
	}
	rest := strings.TrimLeftFunc(after, func(r rune) bool { return r != '\n' && unicode.IsSpace(r) })
	next, _ = utf8.DecodeRuneInString(strings.TrimLeft(rest, "«“„\"'([—–- \u00a0"))
	if unicode.IsLower(next) {
		return false // “Where to?” he asked; or an abbreviation that is on no list
	}
	if end != '.' || strings.HasSuffix(before, "..") {
		return true
	}
	return !abbreviated(before, next)
}

// abbreviated reports whether the full stop at the end of s belongs to its last
// word.
func abbreviated(s string, next rune) bool {
	s, found := strings.CutSuffix(s, ".")
	if !found {
		return false // closed by a quote or bracket: no abbreviation
	}
	i := strings.LastIndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '.' && r != '-' })
	_, n := utf8.DecodeRuneInString(s[max(i, 0):])
	if i < 0 {
		n, i = 0, 0
	}
	word := s[i+n:]
	if word == "" {
		return false
	}
	if r, n := utf8.DecodeRuneInString(word); n == len(word) && unicode.IsUpper(r) {
		return true // an initial
	}
	lower := strings.ToLower(word)
	if k := strings.LastIndexByte(lower, '.'); k >= 0 {
		if last, n := utf8.DecodeRuneInString(word[k+1:]); n == len(word)-k-1 && unicode.IsUpper(last) {
			return true // initials without blanks between
		}
	}
	if afterNumber[lower] {
		// «в 2022 г. Он …» ends a sentence, «г. Тверь» does not
		before := strings.TrimRightFunc(s[:i+n], unicode.IsSpace)
		if strings.HasSuffix(before, " т.") {
			return false // «и т. д.»
		}
		r, _ := utf8.DecodeLastRuneInString(before)
		return !unicode.IsDigit(r) || !unicode.IsUpper(next)
	}
	return abbreviations[lower]
}

// afterNumber are words that are cut short both before a name (the town of …)
// and after a number (the year …): only the first never ends a sentence.
var afterNumber = words(`г р с м п д км ч мин сек см кг руб млн млрд тыс`)

// abbreviations never, or hardly ever, end a sentence. Those that often do,
// such as “etc.”, are left out: their next word tells.
var abbreviations = words(`
	ул пер просп пр пл наб бул кв корп стр оф обл р-н пос дер ст хут респ окр
	гр гр-н гр-ка им проф акад доц инж зам пом нач ком рук вед гл
	ген ген-м ген-л полк подполк кап лейт ст.лейт мл.лейт сл рис табл см напр ср св ок
	т.е т.н т.к в.ч и.о вул буд смт обл м-р п-к ім див т.зв
	mr mrs ms dr prof st sr jr gen col lt sgt capt maj cpt cpl pvt rep sen gov no vs fig approx e.g i.e cf al
	sra srta ud uds dra av avda núm pág tte cnel cap sgto gral
	mme mlle mgr me cne cdt lt-col av bd boul env ex
	т.п.о`)

func words(list string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

func appendSpan(spans []Span, text string, start, end int) []Span {
	s := text[start:end]
	trimmed := strings.TrimLeftFunc(s, unicode.IsSpace)
	start = end - len(trimmed)
	end = start + len(strings.TrimRightFunc(trimmed, unicode.IsSpace))
	if start == end {
		return spans
	}
	return append(spans, Span{start, end})
}
