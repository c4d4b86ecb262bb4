package gate

import (
	"strings"
	"testing"
)

func suspected(text string, known func(string) bool) string {
	var out []string
	for _, s := range Suspects(text, known) {
		out = append(out, s.Why+" "+text[s.Start:s.End])
	}
	return strings.Join(out, ", ")
}

func TestSuspects(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"Утром сын позвонил. Его зовут Кузьма Ходырев.", "titled Кузьма Ходырев"},
		{"Потом приехала Людмила Сергеевна.", "given Людмила Сергеевна"},
		{"Саша сказал, что Петровича нет.", "given Саша, patronymic Петровича"},
		{"Ушёл И. И. Ходырев.", "family И. И. Ходырев"},
		{"Рядовой Бут и майор Седых молчали.", "titled Бут, titled Седых"},
		{"Мати шукає Олену Шевченко та пана Бута.", "given Олену Шевченко, titled Бута"},
		{"They asked Colonel Boot and Mr Smith.", "titled Colonel Boot, titled Smith"},
		{"Mr. Boot is old. Dr. Winter left.", "titled Boot, titled Winter"},
		{"«Шаман» вернулся.", "capital Шаман"},
		{"саша сказал маме, что их держат в подвале", "given саша"},
		{"Ночью стреляли. Никто не спал. Они ждали.", ""},
		{"В России и в Украине, в МВД и СБУ не отвечают.", ""},
		{"Ей сказала ⟦p:abcdefghijkmnpqr⟧, что он жив.", ""},
		{"Пишите на kuzma@example.org или +380 (67) 123-45-67.", "email kuzma@example.org, phone +380 (67) 123-45-67"},
		{"Звоните 8 912 345 67 89 или 0671234567.", "phone 8 912 345 67 89, phone 0671234567"},
		{"Это @kuzma_kh, https://t.me/kuzma.", "handle @kuzma_kh, handle https://t.me/kuzma"},
		{"Служил в в/ч 12345, потом в А1234.", "unit в/ч 12345, unit А1234"},
		{"Паспорт 45 07 123456, у неё КС 123456.", "passport 45 07 123456, passport КС 123456"},
		{"Подвал: 48.1234, 37.5678, или 48°07′24″ с. ш.", "coordinates 48.1234, 37.5678, coordinates 48°07′24″ с. ш."},
		{"Увезли 12.05.2022, искали до 2022-12-20, 5 месяцев.", "date 12.05.2022, date 2022-12-20"},
		{"Дело 1234567 закрыто.", "number 1234567"},
	} {
		if got := suspected(test.text, nil); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestSuspectsKnown(t *testing.T) {
	known := func(w string) bool { return w == "Балаклавы" }
	if got, want := suspected("Его везли из Балаклавы в Гремячин.", known), "family Гремячин"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
