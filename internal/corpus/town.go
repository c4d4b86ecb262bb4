package corpus

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"habeas/name"
)

// A Town is invented people: common given names, patronymics of them, family
// names made of syllables. How often each is borne falls as in real towns: with
// the rank (Zipf), and many family names are borne once.
type Town struct {
	r                 *rand.Rand
	men, women, stems []string
	given, stem       *rand.Zipf
}

// NewTown returns a town of so many people, whom Person draws; the same for the same
// seed. Everything in it is invented.
func NewTown(size int, seed uint64) *Town {
	t := &Town{r: rand.New(rand.NewPCG(seed, 1))}
	known := strings.Fields("Александр Сергей Владимир Андрей Алексей Дмитрий Николай Михаил Иван Евгений Виктор Юрий Олег Игорь Павел Константин Роман Артём Максим Тимур Руслан Богдан Тарас Глеб Кузьма")
	t.men = append(t.men, known...)
	t.women = strings.Fields("Елена Ольга Наталья Анна Ирина Татьяна Мария Светлана Екатерина Юлия Оксана Людмила Галина Марина Вера Нина Дарья Полина Зоя Алла")
	for range 3000 { // names from elsewhere
		g := t.word(2 + t.r.IntN(2))
		t.men, t.women = append(t.men, g+"н"), append(t.women, g+"на")
	}
	endings := []string{"ов", "ин", "енко", "ский", "ук", "ич", ""}
	for i := range 30 + size/6 {
		t.stems = append(t.stems, t.word(2+t.r.IntN(2))+endings[i%len(endings)])
	}
	t.given = rand.NewZipf(t.r, 1.3, 3, uint64(len(t.men)-1))
	t.stem = rand.NewZipf(t.r, 1.15, 60, uint64(len(t.stems)-1))
	return t
}

func (t *Town) word(syllables int) string {
	var b strings.Builder
	for range syllables {
		b.WriteString([]string{"б", "в", "г", "д", "ж", "з", "к", "л", "м", "н", "п", "р", "с", "т", "х", "ч", "ш", "бр", "гр", "др", "кр", "ст", "тр"}[t.r.IntN(23)])
		b.WriteString([]string{"а", "о", "у", "е", "и", "ы", "я", "ал", "ор", "ун", "ер", "ин"}[t.r.IntN(12)])
	}
	b.WriteString([]string{"к", "л", "т", "р", "ш", "б", "д"}[t.r.IntN(7)])
	return capital(b.String())
}

// Person draws a person: three parts, one in ten in Latin.
func (t *Town) Person() name.Name {
	woman := t.r.IntN(2) == 0
	given, father := t.men[t.given.Uint64()], t.men[t.given.Uint64()]
	family := t.stems[t.stem.Uint64()]
	patronymic := father + "ович"
	if woman {
		given, patronymic = t.women[min(int(t.given.Uint64()), len(t.women)-1)], father+"овна"
		family += map[bool]string{true: "а"}[strings.HasSuffix(family, "ов") || strings.HasSuffix(family, "ин")]
	}
	n := name.Name{{Kind: name.Given, Text: given}, {Kind: name.Patronymic, Text: patronymic}, {Kind: name.Family, Text: family}}
	if t.r.IntN(10) == 0 {
		for i := range n {
			n[i].Text = latin(n[i].Text)
		}
	}
	return n
}

// latin writes s in plain Latin letters.
func latin(s string) string {
	letters := []rune("абвгдежзийклмнопрстуфхцчшщыэюя")
	to := []string{"a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "y", "e", "iu", "ia"}
	var b strings.Builder
	for _, r := range s {
		for i, l := range letters {
			if l == r {
				b.WriteString(to[i])
			} else if []rune(strings.ToUpper(string(l)))[0] == r {
				b.WriteString(strings.ToUpper(to[i][:1]) + to[i][1:])
			}
		}
	}
	return b.String()
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
