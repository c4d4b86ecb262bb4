package view

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// found reports whether a text is found by a query, by the rules of the index.
func found(text, query string) bool {
	t := newTokenizer()
	var indexed [][]string
	if err := t.eachStemmed(text, func(_ word, stems []string) error {
		indexed = append(indexed, stems)
		return nil
	}); err != nil {
		return false
	}
	for _, phrase := range parseQuery(t, query) {
		at := slices.IndexFunc(indexed, func([]string) bool { return false })
		for i := range indexed {
			ok := len(indexed)-i >= len(phrase)
			for j := 0; ok && j < len(phrase); j++ {
				ok = slices.ContainsFunc(t.stems(phrase[j], anyLang), func(s string) bool { return slices.Contains(indexed[i+j], s) })
			}
			if ok {
				at = i
				break
			}
		}
		if at < 0 {
			return false
		}
	}
	return len(parseQuery(t, query)) > 0
}

func TestFound(t *testing.T) {
	for _, test := range []struct {
		text, query string
		want        bool
	}{
		// Russian
		{"Его задержали утром, при задержании отобрали телефон.", "задержание", true},
		{"Его задержали утром.", "задержание", true},
		{"Там были и другие задержанные.", "задержанный", true},
		{"Среди задержанных двое были ранены.", "задержанные", true},
		{"Об этом он рассказал журналистам.", "журналист", true},
		{"Журналист писал об этом.", "журналистам", true},
		{"Он говорит о пытках.", "пытки", true},
		{"Следователь пытками добился подписи.", "пытка", true},
		{"Ещё раз его видели в мае.", "еще раз", true},
		{"Еще один человек.", "ещё", true},
		{"Он вспоминал ночи пыток.", "пытка", true},
		{"Держали в подвале школы.", "подвал", true},
		{"ПОДВАЛ", "подвала", true},
		{"Держали в подвале школы.", "гараж", false},
		{"Её увезли.", "ее увезли", true},
		// Ukrainian
		{"Затриманого тримали у підвалі.", "затриманий", true},
		{"Затримані чекали до ранку.", "затриманий", true},
		{"Під час затримання в нього забрали телефон.", "затримання", true},
		{"Після затриманням не було зв'язку.", "затримання", true},
		{"Його били в підвалі.", "підвал", true},
		{"Там ще п'ять офіцерів.", "офіцер", true},
		{"Він не виходить на звʼязок.", "зв'язок", true},
		{"Тримали в будинку.", "будинок", true},
		{"Катування тривали добу.", "катуванням", true},
		{"Катували струмом.", "катувала", true},
		{"Військових перевезли.", "військові", true},
		{"Допитували слідчі.", "слідчий", true},
		{"Мати шукає сина.", "шукають", true},
		{"Мати шукає сина.", "сестра", false},
		// English, Spanish, French: the language of a query is not known
		{"The guards were beating the detained men.", "beat guard", true},
		{"The guards were beating the detained men.", "detain", true},
		{"They detained him at the checkpoint.", "checkpoints", true},
		{"Las detenciones se hicieron de noche.", "detención", true},
		{"La detención fue de noche, en el cuartel.", "detencion", true},
		{"Los desaparecidos fueron llevados al cuartel.", "desaparecido", true},
		{"Les détenus ont été transférés dans une prison.", "détenu", true},
		{"Les détenus ont été transférés dans une prison.", "detenus", true},
		{"L'homme a été arrêté.", "homme", true},
		// Arabic
		{"نقلوا المعتقلين إلى السجن", "معتقل", true},
		{"كان في سِجْنٍ", "السجن", true},
		{"قال إن السجـــن بعيد", "السجن", true},
		{"نقلوا المعتقلين إلى السجن", "طريق", false},
		// phrases, numbers, marks
		{"В подвале школы", `"подвале школы"`, true},
		{"В подвале старой школы", `"подвале школы"`, false},
		{"В подвале старой школы", `подвал школа`, true},
		{"В подвале старой школы", `«старая школа»`, true},
		{"unit 12345", "12345", true},
		{"в 2022-м", "2022", true},
		{"غرفة ٤٢", "42", true},
		{"в каком-то подвале", `под" вал`, false},
		// a query of common words only is still a query
		{"to be or not to be", "to be", true},
		{"text", "", false},
		{"text", `" ( ) * NEAR`, false},
	} {
		if got := found(test.text, test.query); got != test.want {
			t.Errorf("%q found by %q: got %v, want %v", test.text, test.query, got, test.want)
		}
	}
}

func TestWordsKeepTheirPlace(t *testing.T) {
	text := "  П'ять «ОФІЦЕРІВ», l’homme\u00ADs — е\u0301ще\x00!"
	var got []string
	for w := range words(text) {
		got = append(got, w.text+"="+text[w.start:w.end])
	}
	want := []string{"пять=П'ять", "офіцерів=ОФІЦЕРІВ", "l=l", "hommes=homme\u00ADs", "е\u0301ще=е\u0301ще"}
	if !slices.Equal(got, want) {
		t.Errorf("words: got %q, want %q", got, want)
	}
}

func TestLongQuery(t *testing.T) {
	if got := len(parseQuery(newTokenizer(), strings.Repeat("слово ", 100_000))); got != maxTerms {
		t.Errorf("terms of a long query: got %d, want %d", got, maxTerms)
	}
	long := parseQuery(newTokenizer(), `"`+strings.Repeat("a ", 1000)+`"`)
	if len(long) != 1 || len(long[0]) != maxPhrase {
		t.Errorf("a long phrase: got %d terms, want one of %d words", len(long), maxPhrase)
	}
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "подвал", `"in the cellar" school`, `a" OR b`, "«»", "text:x NOT y*", "\xff\"\x00", "e\u0301\u0301", "ـ", "\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		terms := parseQuery(newTokenizer(), query)
		if len(terms) > maxTerms {
			t.Fatalf("terms: got %d, want at most %d", len(terms), maxTerms)
		}
		for _, p := range terms {
			if len(p) == 0 || len(p) > maxPhrase {
				t.Fatalf("words of a phrase: got %d", len(p))
			}
			for _, w := range p {
				if w == "" || !utf8.ValidString(w) || strings.ContainsFunc(w, func(r rune) bool {
					return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
				}) {
					t.Fatalf("word: got %q, want letters, marks and digits", w)
				}
			}
		}
		text := strings.ToValidUTF8(query, "")
		at := 0
		for w := range words(text) {
			if w.start < at || w.end <= w.start || w.end > len(text) {
				t.Fatalf("word at %d to %d of %d, after %d", w.start, w.end, len(text), at)
			}
			at = w.end
		}
		s := snip(newTokenizer(), text, map[string]bool{"a": true})
		for _, m := range s.Matches {
			if m.Start < 0 || m.End > len(s.Text) || m.Start >= m.End {
				t.Fatalf("match: got %v in %d bytes", m, len(s.Text))
			}
		}
	})
}
