package claim

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMarks(t *testing.T) {
	p, q := ref(RefPerson, "p"), ref(RefPerson, "q")
	text := "⟦⟧ " + MarkOf(p) + " told ⟦" + MarkOf(q) + "⟦l:aaaaaaaaaaaaaaaa⟧ ⟦" + string(p)
	got := Render(text, func(r Ref) string {
		return map[Ref]string{p: "Irina", q: "Denis"}[r]
	})
	if want := "⟦⟧ Irina told ⟦Denis⟦l:aaaaaaaaaaaaaaaa⟧ ⟦" + string(p); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, m := range Marks(text) {
		if text[m.Start:m.End] != MarkOf(m.Person) {
			t.Errorf("mark %v is %q", m, text[m.Start:m.End])
		}
		if validPassage(text, m.Start+1, len(text)) || validPassage(text, 0, m.End-1) || !validPassage(text, m.Start, m.End) {
			t.Errorf("a passage may cut the mark %v, or not be it", m)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nb\rc\u2028d":     "a\nb\nc\nd",
		"⟦p:aaaaaaaaaaaaaaaa⟧": "[p:aaaaaaaaaaaaaaaa]",
		"a\x00b\x07c\td":       "abc\td",
		"\uFEFFa\u202Eb\u2066": "ab",
		"\xff\xfeab":           "\uFFFDab",
		"شهد\u200f.":           "شهد\u200f.",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("⟦p:aaaaaaaaaaaaaaaa⟧\r\n\x00")
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		if Clean(c) != c || !utf8.ValidString(c) || len(Marks(c)) > 0 {
			t.Errorf("Clean(%q) = %q", s, c)
		}
	})
}

func TestSentences(t *testing.T) {
	for _, text := range []string{
		"Он ушёл.|Его не было пять месяцев.",
		"Он жил на ул. Ленина в г. Тверь.|Потом пришли.",
		"Это было в 2022 г.|Потом пришли.",
		"Это было в 2022 г. и потом.",
		"И. П. Орлов и А.Б. Сизов ушли.|Их нет.",
		"Взяли телефон, документы и т.д. и увезли.",
		"Взяли телефон, документы и т. д.|Потом увезли.",
		"«Куда?» — спросила я.|«Не знаю».|Он молчал…|Потом ушёл.",
		"Что делать?!|Никто не знает...|Ждём.",
		"Його забрали на вул. Садовій, буд. 5.|Він зник.",
		"They took Mr. Grey to St. Anne at 5 p.m. on Monday.|He was alive.",
		"\"Run!\" he said.|(They ran.)|Then nothing.",
		"It cost 3.14 roubles, see e.g. No. 5.|Next.",
		"¿Dónde está?|No se sabe.|La Sra. Ruiz lo vio.|¡Vive!",
		"M. Petit et Mme. Roux sont venus.|Ils l’ont vu.",
		"أين هو؟|لا أحد يعرف.|انتظرنا",
		"Line one\nline two",
		"No stop\n\n  Next one.  ",
		"One.Two is a host.|Yes.",
		"",
	} {
		if strings.HasPrefix(text, "Line") || strings.HasPrefix(text, "No stop") {
			continue
		}
		raw := strings.ReplaceAll(text, "|", " ")
		var got []string
		for _, s := range Sentences(raw) {
			got = append(got, raw[s.Start:s.End])
		}
		if g := strings.Join(got, "|"); g != text {
			t.Errorf("got  %s\nwant %s", g, text)
		}
	}
	if got := Sentences("Line one\nline two\n\n  Next one.  "); len(got) != 3 || got[2] != (Span{21, 30}) {
		t.Errorf("lines: %v", got)
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("Он ушёл. " + MarkOf(ref(RefPerson, "p")) + " т.д. А. Б. ⟦ ⟧.\n")
	f.Fuzz(func(t *testing.T, s string) {
		text := strings.ToValidUTF8(s, "?") + MarkOf(ref(RefPerson, "q")) + s
		at := 0
		for _, sp := range Sentences(text) {
			if sp.Start < at || sp.End <= sp.Start || sp.End > len(text) {
				t.Fatalf("%q: %v after %d", text, sp, at)
			}
			if strings.TrimSpace(text[at:sp.Start]) != "" {
				t.Fatalf("%q: %q is in no sentence", text, text[at:sp.Start])
			}
			for _, m := range Marks(text) {
				if m.Start < sp.Start && sp.Start < m.End || m.Start < sp.End && sp.End < m.End {
					t.Fatalf("%q: %v cuts a mark", text, sp)
				}
			}
			at = sp.End
		}
		if strings.TrimSpace(text[at:]) != "" {
			t.Fatalf("%q: the end is in no sentence", text)
		}
	})
}
