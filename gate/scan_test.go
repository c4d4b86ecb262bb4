package gate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"habeas/fault"
	"habeas/name"
)

var testKey = Key{1, 2, 3}

func full(given, patronymic, family string) name.Name {
	var n name.Name
	for _, p := range []name.Part{{Kind: name.Given, Text: given}, {Kind: name.Patronymic, Text: patronymic}, {Kind: name.Family, Text: family}} {
		if p.Text != "" {
			n = append(n, p)
		}
	}
	return n
}

// indexOf returns an index of protected persons.
func indexOf(t testing.TB, persons map[string]name.Name) *Index {
	t.Helper()
	ix := NewIndex(testKey)
	for id, n := range persons {
		if err := ix.Add(id, Compile(testKey, n), false); err != nil {
			t.Fatal(err)
		}
	}
	return ix
}

// told writes hits as "person:verdict:what stands there".
func told(text string, hits []Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, fmt.Sprintf("%s:%s:%s", h.Person, h.Verdict, text[h.Start:h.End]))
	}
	return strings.Join(out, " ")
}

func TestVerdicts(t *testing.T) {
	ix := indexOf(t, map[string]name.Name{
		"rare":   full("Кузьма", "Фёдорович", "Ходырев"),
		"common": full("Иван", "Сергеевич", "Петров"),
		"uk":     full("Оксана", "Іванівна", "Шевченко"),
		"double": {{Kind: name.Given, Text: "Глеб"}, {Kind: name.Family, Text: "Озерецкий-Белов"}},
		"called": {{Kind: name.Callsign, Text: "Шаман"}, {Kind: name.Alias, Text: "Ночной Ветер"}, {Kind: name.Alias, Text: "zyx_77"}},
		"short":  full("Виктор", "", "Ли"),
	})
	official := full("Владимир", "", "Мохнаткин")
	if err := ix.Add("official", Compile(testKey, official), true); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ text, want string }{
		// A rare family name names its bearer, in any case and script.
		{"Потом Ходырева увезли.", "rare:block:Ходырева"},
		{"Families told of Khodyrev's letter.", "rare:block:Khodyrev's"},
		{"мать ищет ходырева, его держат в подвале", "rare:block:ходырева"},
		{"Он написал на khodyrev@example.org сам.", "rare:block:khodyrev"},
		// A common one may be somebody else.
		{"Потом Петрова увезли.", "common:review:Петрова"},
		{"Потом И. Петрова увезли.", "common:review:И. Петрова"},
		{"Потом И. С. Петрова увезли.", "common:block:И. С. Петрова"},
		{"Потом Петрова И. С. увезли.", "common:block:Петрова И. С"},
		{"Спросили Шевченко.", "uk:review:Шевченко"},
		{"Written to I. Petrov yesterday.", "common:review:I. Petrov"},
		// Two parts of one name.
		{"Потом Ивана Петрова увезли.", "common:block:Ивана Петрова"},
		{"Потом Петрова, сержанта, Ивана увезли.", "common:block:Петрова, сержанта, Ивана"},
		{"Иван Сергеевич ушёл.", "common:block:Иван Сергеевич"},
		{"и тогда иван петров ушёл", "common:block:иван петров"},
		{"Прийшла Оксана Шевченко.", "uk:block:Оксана Шевченко"},
		{"Пришёл Виктор Ли.", "short:block:Виктор Ли"},
		{"Видели Озерецкого-Белова.", "double:block:Озерецкого-Белова"},
		{"mail ivanpetrov@example.org", "common:block:ivanpetrov"},
		// One part alone.
		{"Потом Кузьму увезли.", "rare:review:Кузьму"},
		{"Пришёл Сергеевич.", "common:review:Сергеевич"},
		{"Там Ли жил.", "short:review:Ли"},
		// Blocked once, blocked throughout.
		{"Кузьму увезли ночью, и Ходырев не вернулся. Мать ждёт.", "rare:block:Кузьму увезли ночью, и Ходырев"},
		{"Кузьму увезли. Мать ждёт пять месяцев. Ходырев не вернулся.", "rare:block:Кузьму rare:block:Ходырев"},
		// Aliases and call signs.
		{"Пришёл Шаман.", "called:review:Шаман"},
		{"Пришёл «Шаман».", "called:block:Шаман"},
		{"Позывной Шаман слышали.", "called:block:Шаман"},
		{"Пришёл Ночной Ветер.", "called:block:Ночной Ветер"},
		{"писать в zyx_77, ответят", "called:review:zyx_77"},
		// Somebody else.
		{"Владимир Мохнаткин сказал.", "official:allowed:Владимир Мохнаткин"},
		{"Потом ли его увезли, никто не знает.", ""},
		{"Он вышел на ветер и шаман ушёл.", ""},
		{"Сам Лимонов, Петровка, Ходынка.", ""},
		{"В петрово время И. С. и К. Ф. молчали.", ""},
		{"Он ⟦p:abcdefghijkmnpqr⟧ ушёл.", ""},
	} {
		if got := told(test.text, Scan([]byte(test.text), ix)); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

// A given name inside the full name of somebody else is settled.
func TestFullNameOfAnotherSettles(t *testing.T) {
	ix := indexOf(t, map[string]name.Name{"a": full("Владимир", "", "Петров")})
	if err := ix.Add("minister", Compile(testKey, full("Владимир", "", "Мохнаткин")), true); err != nil {
		t.Fatal(err)
	}
	text := "Министр Владимир Мохнаткин молчал. Владимир ушёл."
	want := "minister:allowed:Владимир Мохнаткин a:review:Владимир minister:allowed:Владимир"
	if got := told(text, Scan([]byte(text), ix)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// The letters of a reference are nobody's call sign; the same letters elsewhere
// are.
func TestMarksAreNoWords(t *testing.T) {
	ix := indexOf(t, map[string]name.Name{"x": {{Kind: name.Callsign, Text: "abcdefghijkmnpqr"}}})
	text := "Он ⟦p:abcdefghijkmnpqr⟧, p:abcdefghijkmnpqr и ⟦p:abcdefghijkmnpq⟧."
	hits := Scan([]byte(text), ix)
	if got, want := told(text, hits), "x:review:abcdefghijkmnpqr"; got != want || hits[0].Start < 30 {
		t.Errorf("got %s, want %s outside the reference", got, want)
	}
}

// What is written like a name and is none must not stop a document.
func TestMustNotBeFound(t *testing.T) {
	ix := indexOf(t, map[string]name.Name{
		"1": full("Вера", "", "Мороз"), "2": full("Роман", "", "Коваль"), "3": full("Любовь", "", "Зима"),
		"4": full("Лев", "", "Белый"), "5": full("Слава", "", "Гора"), "6": full("Виктор", "", "Но"),
	})
	for _, text := range []string{
		"Стоял мороз, и зима была долгой.",
		"Он верил, что любовь и вера помогут, и читал роман.",
		"В белом доме у горы жил коваль, и льва там не было.",
		"Но никто не пришёл.",
		"On the gora there was nothing; moroz is frost.",
		"Славянск, Верхний, Романтика, Ковальня.",
	} {
		if got := told(text, Scan([]byte(text), ix)); got != "" {
			t.Errorf("%s: got %s, want nothing", text, got)
		}
	}
}

// Every form that is compiled is found where it stands in a sentence.
func TestEveryFormIsFound(t *testing.T) {
	for _, p := range []name.Part{
		{Kind: name.Family, Text: "Ходырев"}, {Kind: name.Family, Text: "Шевченко"}, {Kind: name.Family, Text: "Згурський"},
		{Kind: name.Maiden, Text: "Озерецкая"}, {Kind: name.Given, Text: "Кузьма"}, {Kind: name.Given, Text: "Олена"},
		{Kind: name.Given, Text: "Yevhen"}, {Kind: name.Patronymic, Text: "Фёдорович"}, {Kind: name.Patronymic, Text: "Іванівна"},
		{Kind: name.Callsign, Text: "Барс"}, {Kind: name.Alias, Text: "Седой"}, {Kind: name.Other, Text: "Бухарец"},
	} {
		ix := indexOf(t, map[string]name.Name{"x": {p}})
		for _, f := range name.Forms(p) {
			if f.Class == name.Initial {
				continue
			}
			for _, form := range []string{strings.ToUpper(f.Text), titled(f.Text)} {
				text := "И вот тогда " + form + ", как говорят, ушёл."
				hits := Scan([]byte(text), ix)
				if len(hits) != 1 || text[hits[0].Start:hits[0].End] != form {
					t.Errorf("%s %s: the form %s (%v): got %q", p.Kind, p.Text, form, f.Class, told(text, hits))
				}
			}
		}
	}
}

func titled(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

func TestWrongKeyFindsNothing(t *testing.T) {
	ix := NewIndex(Key{9})
	if err := ix.Add("x", Compile(testKey, full("Кузьма", "", "Ходырев")), false); err != nil {
		t.Fatal(err)
	}
	if got := Scan([]byte("Кузьма Ходырев"), ix); len(got) != 0 {
		t.Errorf("got %v, want nothing", got)
	}
}

func TestCompileIsTheSame(t *testing.T) {
	a, b := full("Кузьма", "", "Ходырев"), full("Kuzma", "", "Khodyrev")
	if got, want := Compile(testKey, a, b), Compile(testKey, b, a); string(got) != string(want) {
		t.Error("the order of the names changes the hashes")
	}
	if got := Compile(Key{9}, a); string(got) == string(Compile(testKey, a)) {
		t.Error("the key does not change the hashes")
	}
	if got := Compile(testKey); len(got) != 1 || got[0] != formsVersion {
		t.Errorf("no names: got %v, want the version alone", got)
	}
}

// A person whose names came from two sources is public only if both say so.
func TestAddTwice(t *testing.T) {
	ix := NewIndex(testKey)
	for _, public := range []bool{true, false} {
		if err := ix.Add("x", Compile(testKey, full("", "", "Ходырев")), public); err != nil {
			t.Fatal(err)
		}
	}
	if got := told("Ходырев", Scan([]byte("Ходырев"), ix)); got != "x:block:Ходырев" {
		t.Errorf("got %s, want a block", got)
	}
	if got, want := ix.Len(), 1; got != want {
		t.Errorf("got %d persons, want %d", got, want)
	}
}

// Bytes that are damaged in a way that can be told are refused, and add nothing.
func TestDamagedForms(t *testing.T) {
	good := Compile(testKey, full("Кузьма", "", "Ходырев"))
	for what, damage := range map[string]func([]byte) []byte{
		"nothing":         func([]byte) []byte { return nil },
		"version 1":       func(b []byte) []byte { b[0] = 1; return b },
		"cut short":       func(b []byte) []byte { return b[:len(b)-1] },
		"a head alone":    func(b []byte) []byte { return append(b, 0, 0) },
		"a kind unknown":  func(b []byte) []byte { return append(b[:1:1], 11, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0) },
		"a flag unknown":  func(b []byte) []byte { return append(b[:1:1], 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0) },
		"a class unknown": func(b []byte) []byte { return append(b[:1:1], 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 15) },
		"an empty group":  func(b []byte) []byte { return append(b[:1:1], 0, 0, 0, 0) },
		"twice":           func(b []byte) []byte { return append(b, b[1:]...) },
		"another order":   func(b []byte) []byte { copy(b[5:14], b[14:23]); return b },
	} {
		ix := NewIndex(testKey)
		if err := ix.Add("x", damage(slices.Clone(good)), false); fault.KindOf(err) != fault.Damaged || ix.Len() != 0 || ix.forms.len() != 0 {
			t.Errorf("%s: got %v and %d persons, want it refused", what, err, ix.Len())
		}
	}
}

func FuzzDecode(f *testing.F) {
	good := Compile(testKey, full("Кузьма", "", "Ходырев"))
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte{})
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, b []byte) {
		ix := NewIndex(testKey)
		if err := ix.Add("x", b, false); err != nil {
			if ix.Len() != 0 {
				t.Fatal("refused hashes left a person behind")
			}
			return
		}
		Scan([]byte("Кузьма Ходырев и k.khodyrev@example.org"), ix)
	})
}

func FuzzScan(f *testing.F) {
	f.Add([]byte("Х о д ы р е в & &#1061;одырев %D0%A5 \\u0425 0KXQvtC00YvRgNC10LI="))
	f.Add([]byte("И. И. Ходырев\n\nходы-\nрев ⟦p:abcdefghijkmnpqr⟧"))
	ix := indexOf(f, map[string]name.Name{"x": full("Иван", "Иванович", "Ходырев")})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4096 {
			return
		}
		for _, h := range Scan(b, ix) {
			if h.Start < 0 || h.Start >= h.End || h.End > len(b) {
				t.Fatalf("hit %+v is not in %d bytes", h, len(b))
			}
		}
		for _, s := range Suspects(string(b), nil) {
			if s.Start < 0 || s.Start >= s.End || s.End > len(b) {
				t.Fatalf("suspect %+v is not in %d bytes", s, len(b))
			}
		}
	})
}
