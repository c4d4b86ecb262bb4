package view

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/ncruces/go-sqlite3/ext/fts5"
	"golang.org/x/text/unicode/norm"
)

// A tokenizer turns text into the stems it is found by. It keeps the stems of
// words it has met, so it lives no longer than the connection it belongs to and
// is for one goroutine.
type tokenizer struct {
	known  map[asked][]string
	common map[string]lang // the common words, by the languages they are common in
}

// asked is a word in lower case and the language it was stemmed for.
type asked struct {
	word string
	lang lang
}

// knownWords is how many words a tokenizer remembers before it starts afresh.
const knownWords = 1 << 15

// maxWord is the longest word that is indexed, in bytes; the rest of a longer
// one is cut off.
const maxWord = 128

func newTokenizer() *tokenizer {
	t := &tokenizer{known: map[asked][]string{}, common: map[string]lang{}}
	for l, list := range commonWords {
		for w := range strings.FieldsSeq(list) {
			t.common[w] |= l
		}
	}
	return t
}

// Tokenize implements [fts5.Tokenizer]. In a text each word stands under the stem
// of the language around it, or of each language it may be in; a word of a query
// is looked for under the stems of all languages of its script.
func (t *tokenizer) Tokenize(flags fts5.TokenizeFlag, text, _ string, token fts5.TokenCallback) error {
	emit := func(w word, stems []string) error {
		for i, s := range stems {
			var colocated fts5.TokenFlag
			if i > 0 {
				colocated = fts5.TOKEN_COLOCATED
			}
			if err := token(colocated, s, w.start, w.end); err != nil {
				return err
			}
		}
		return nil
	}
	if flags&fts5.TOKENIZE_QUERY != 0 {
		for w := range words(text) {
			if err := emit(w, t.stems(w.text, anyLang)); err != nil {
				return err
			}
		}
		return nil
	}
	return t.eachStemmed(text, emit)
}

// eachStemmed calls emit for each word of a text with its stems.
func (t *tokenizer) eachStemmed(text string, emit func(word, []string) error) error {
	var all []word
	for w := range words(text) {
		all = append(all, w)
	}
	whole := t.guess(all, anyLang)
	for len(all) > 0 {
		n := 1
		for n < len(all) && !strings.ContainsAny(text[all[n-1].end:all[n].start], ".!?\n؟۔") {
			n++
		}
		here := t.guess(all[:n], whole)
		for _, w := range all[:n] {
			if err := emit(w, t.stems(w.text, here)); err != nil {
				return err
			}
		}
		all = all[n:]
	}
	return nil
}

// A word is a run of letters, marks and digits, in lower case and composed.
type word struct {
	text       string
	start, end int // bytes of the text it is from
}

// words yields the words of text. An apostrophe inside a Cyrillic word belongs
// to it and is left out; elsewhere it divides. Joiners, soft hyphens and the
// lengthening stroke of Arabic are left out.
func words(text string) func(func(word) bool) {
	return func(yield func(word) bool) {
		var b strings.Builder
		start, end, marks := -1, 0, false
		flush := func() bool {
			if start < 0 {
				return true
			}
			s := b.String()
			if marks {
				s = norm.NFC.String(s)
			}
			w := word{clip(s), start, end}
			b.Reset()
			start, marks = -1, false
			return w.text == "" || yield(w)
		}
		for i, r := range text {
			size := max(utf8.RuneLen(r), 1)
			switch {
			case unicode.IsLetter(r) && r != 'ـ' && r != 'ʼ', unicode.IsDigit(r), unicode.IsMark(r) && start >= 0:
				if start < 0 {
					start = i
				}
				marks = marks || r >= '\u0300' && unicode.IsMark(r)
				b.WriteRune(fold(r))
				end = i + size
			case start >= 0 && isInside(r, text[:i], text[i+min(size, len(text)-i):]):
			default:
				if !flush() {
					return
				}
			}
		}
		flush()
	}
}

// isInside reports whether r, between before and after, does not end a word.
func isInside(r rune, before, after string) bool {
	switch r {
	case 'ـ', '\u00AD', '\u200B', '\u200C', '\u200D', '\u2060':
		return true
	case '\'', '’', 'ʼ', '`':
		a, _ := utf8.DecodeLastRuneInString(before)
		b, _ := utf8.DecodeRuneInString(after)
		return unicode.Is(unicode.Cyrillic, a) && unicode.Is(unicode.Cyrillic, b)
	}
	return false
}

// fold makes one of the letters that people take for one another.
func fold(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return unicode.ToLower(r)
	case '٠' <= r && r <= '٩':
		return r - '٠' + '0'
	case '۰' <= r && r <= '۹':
		return r - '۰' + '0'
	}
	switch r = unicode.ToLower(r); r {
	case 'ё':
		return 'е'
	case 'ґ':
		return 'г'
	case 'ي', 'ی', 'ى':
		return 'ي'
	case 'ک':
		return 'ك'
	}
	return r
}

func clip(s string) string {
	if len(s) <= maxWord {
		return s
	}
	end := maxWord
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// stems returns what a word is found by: at least one stem, each once. The
// first is that of the likeliest language.
func (t *tokenizer) stems(w string, l lang) []string {
	key := asked{w, l}
	if s, ok := t.known[key]; ok {
		return s
	}
	var stems []string
	add := func(stem func(*snowballstem.Env) bool, w string) {
		env := snowballstem.NewEnv(w)
		stem(env)
		if s := fleeting(verbal(bare(env.Current()))); s != "" && !slices.Contains(stems, s) {
			stems = append(stems, s)
		}
	}
	for _, l := range candidates(w, l) {
		switch l {
		case ru:
			add(russian.Stem, w)
		case uk:
			if s := fleeting(ukrainian(w)); !slices.Contains(stems, s) {
				stems = append(stems, s)
			}
		case en:
			add(english.Stem, w)
		case es:
			add(spanish.Stem, w)
			add(spanish.Stem, bare(w)) // for who types no accents
		case fr:
			add(french.Stem, w)
			add(french.Stem, bare(w))
			add(french.Stem, strings.TrimSuffix(bare(w), "s")) // the stemmer leaves "-us" and "-is" alone
		case ar:
			add(arabic.Stem, w)
		}
	}
	if len(stems) == 0 {
		stems = []string{bare(w)}
		if stems[0] == "" {
			stems[0] = w
		}
	}
	if len(t.known) >= knownWords {
		clear(t.known)
	}
	t.known[key] = stems
	return stems
}

// verbal leaves out the н with which Russian makes nouns and participles of verbs,
// where the stemmer keeps it: задержан-ие and задержан-ный meet задержа-ли.
func verbal(stem string) string {
	for _, end := range []string{"ан", "ян", "ен"} {
		if strings.HasSuffix(stem, end) && utf8.RuneCountInString(stem) >= 6 {
			return strings.TrimSuffix(stem, "н")
		}
	}
	return stem
}

// fleeting leaves out the vowel that Russian and Ukrainian put before a last к or
// ц where no ending follows: пыток, пытк-и; будинок, будинк-у.
func fleeting(stem string) string {
	r := []rune(stem)
	if n := len(r); n >= 5 && (r[n-1] == 'к' || r[n-1] == 'ц') && (r[n-2] == 'о' || r[n-2] == 'е') && !strings.ContainsRune(ukVowels+"ыэ", r[n-3]) {
		return string(r[:n-2]) + string(r[n-1])
	}
	return stem
}

// bare takes accents and vowel signs away, but not those that make another
// letter in Cyrillic.
func bare(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.Is(unicode.Cyrillic, r) {
			b.WriteRune(r)
			continue
		}
		for _, d := range norm.NFD.String(string(r)) {
			if !unicode.IsMark(d) {
				b.WriteRune(d)
			}
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
