package name

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestCanon(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"Ходырёв", "ходырев"},
		{"ХОДЫРЕВ", "ходырев"},
		{"Хо\u00adды\u200bре\u2060в", "ходырев"},
		{"Петро\u0301в", "петров"},
		{"\u202eПетров\u202c", "петров"},
		{"Андре\u0438\u0306", "андрей"},
		{"Украі\u0308на", "україна"},
		{"е\u0308лка", "елка"},
		{"Ґалаґан", "галаган"},
		{"Мар’яна Мар'яна Марʼяна Мар`яна", "маряна маряна маряна маряна"},
		{"'Петров'", "петров"},
		{"O’Neill", "oneill"},
		{"Ščerbakov", "scerbakov"},
		{"Ｐｅｔｒｏｖ", "petrov"},
		{"𝐏𝐞𝐭𝐫𝐨𝐯", "petrov"},
		{"Łukasz Øst Straße", "lukasz ost strasse"},
		{"ﬁn", "fin"},
		{"Барс21", "барс 21"},
		{"Римский-Корсаков", "римский корсаков"},
		{"أحمد", "احمد"},
		{"Пет\xffров", "пет ров"},
		{"", ""},
	} {
		if got := Canon(test.in); got != test.want {
			t.Errorf("%q: got %q, want %q", test.in, got, test.want)
		}
	}
}

// Every way in which a name is hidden from a search is read, and its place is
// the place of all its bytes.
func TestWordsReadDisguises(t *testing.T) {
	for _, test := range []struct{ text, word, at string }{
		{"Был Хо\u00adды\u200bрев тут", "ходырев", "Хо\u00adды\u200bрев"},
		{"Был Ходы-\nрев тут", "ходырев", "Ходы-\nрев"},
		{"Был Ходы-\r\n  рев тут", "ходырев", "Ходы-\r\n  рев"},
		{"Был Ходы- рев тут", "ходырев", "Ходы- рев"},
		{"Был Ходы\u00ad\nрев тут", "ходырев", "Ходы\u00ad\nрев"},
		{"Был Х о д ы р е в тут", "ходырев", "Х о д ы р е в"},
		{"Был Х.о.д.ы.р.е.в тут", "ходырев", "Х.о.д.ы.р.е.в"},
		{"Был Х-о-д-ы-р-е-в тут", "ходырев", "Х-о-д-ы-р-е-в"},
		{"Был Х о д ы р е в К у з ь м а тут", "кузьма", "К у з ь м а"},
		{"Был Х О Д Ы Р Е В   К У З Ь М А тут", "кузьма", "К У З Ь М А"},
		{"Был Xoдырeв тут", "ходырев", "Xoдырeв"},
		{"Был Хoдырев тут", "ходырев", "Хoдырев"},
		{"Был Х0дырев тут", "ходырев", "Х0дырев"},
		{"Was Kuzmа there", "kuzma", "Kuzmа"},
		{"Был COPOKA тут", "сорока", "COPOKA"},
		{"Был Хо1ды2рев тут", "ходырев", "Хо1ды2рев"},
		{"Был Куль7яев тут", "культяев", "Куль7яев"},
		{"Был КузьмаХодырев тут", "ходырев", "Ходырев"},
		{"Был ХоДыРеВ тут", "ходырев", "ХоДыРеВ"},
		{"Был **Хо**дырев тут", "ходырев", "Хо**дырев"},
		{"Был kuzma_khodyrev тут", "khodyrev", "khodyrev"},
	} {
		ok := slices.ContainsFunc(Words(test.text), func(w Word) bool {
			return w.Text == test.word && test.text[w.Start:w.End] == test.at
		})
		if !ok {
			t.Errorf("%q: no %q at %q in %v", test.text, test.word, test.at, Words(test.text))
		}
	}
}

func TestWordsFlags(t *testing.T) {
	words := Words("Он сказал: «Шаман» ушёл. И. Петров, ip@x.org\n\nдом")
	var got []string
	for _, w := range words {
		if w.Reading != Plain {
			continue
		}
		s := w.Text
		for _, f := range []struct {
			on   bool
			mark string
		}{{w.Title, "T"}, {w.Dot, "."}, {w.Quoted, "«"}, {w.Tight, "@"}, {w.Sentence, "^"}, {w.Gap, "¶"}} {
			if f.on {
				s += f.mark
			}
		}
		got = append(got, s)
	}
	want := "онT^ сказал шаманT« ушел. иT.^ петровT^ ip@ x.@ org^ дом^¶"
	if got := strings.Join(got, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"И. И. Петров", "Х о д ы р е в", "Пет-\n ров", "Пeтров", "\xff\x00", "а\u0306", "ﷺ", "😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain := 0
		for _, w := range Words(s) {
			if w.Start < 0 || w.Start >= w.End || w.End > len(s) {
				t.Fatalf("%q: word %+v is not in the text", s, w)
			}
			if w.Text == "" || w.N < 1 || w.At > plain {
				t.Fatalf("%q: word %+v", s, w)
			}
			if w.N == 1 && w.Reading == Plain {
				if w.At != plain {
					t.Fatalf("%q: word %+v should be number %d", s, w, plain)
				}
				plain++
			}
		}
	})
}

func BenchmarkWords(b *testing.B) {
	text := strings.Repeat("Его сына, лейтенанта, держали в подвале пять месяцев; мать писала всем. ", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Words(text)
	}
}

// TestCanonTwice: what is canonical stays so.
func TestCanonTwice(t *testing.T) {
	for r := rune(0); r < 0x20000; r++ {
		once := strings.ReplaceAll(Canon("a"+string(r)), " ", "")
		if twice := strings.ReplaceAll(Canon(once), " ", ""); unicode.IsLetter(r) && twice != once {
			t.Errorf("%U %c: %q, then %q", r, r, once, twice)
		}
	}
}

// A long text reads the same in halves, and given bit by bit, as in one go.
func TestWordsInHalves(t *testing.T) {
	parts := []string{"Мать", "писала", "Х", "о", "д", "И", "1", "2022", "Nova-", "ВымпелКом", "«", "\u00ad", "и\u0306", "'", "е", "kh0d", "Xод", ".", ",", "ab", "ß", "\xff", "…", "_", "@"}
	gaps := []string{" ", "\n", "\n\n", "", "-\n", ".\n", ": ", "\t"}
	halves := 0
	rapid.Check(t, func(rt *rapid.T) {
		picks := rapid.SliceOfN(rapid.IntRange(0, len(parts)*len(gaps)-1), 10, 40).Draw(rt, "picks")
		var b strings.Builder
		for n := 0; b.Len() < manyBytes+manyBytes/8; n++ {
			p := picks[n%len(picks)] + n/len(picks)
			b.WriteString(parts[p%len(parts)] + gaps[(p/len(parts)+n/7)%len(gaps)])
		}
		s := b.String()
		if middle(s) > 0 {
			halves++
		}
		whole := reader{s: s, hold: true, flags: flags{sentence: true}}
		whole.read()
		got := Words(s)
		for i := range min(len(got), len(whole.words)) {
			if got[i] != whole.words[i] {
				rt.Fatalf("word %d: got %+v, want %+v, in %q", i, got[i], whole.words[i], s[max(0, got[i].Start-20):got[i].End+10])
			}
		}
		if len(got) != len(whole.words) {
			rt.Fatalf("got %d words, want %d", len(got), len(whole.words))
		}
	})
	if halves == 0 {
		t.Error("no text was read in halves")
	}
}
