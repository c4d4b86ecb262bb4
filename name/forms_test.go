package name

import (
	"strings"
	"testing"
)

func formSetOf(p Part) map[string]Class {
	m := map[string]Class{}
	for _, f := range Forms(p) {
		if had, ok := m[f.Text]; !ok || f.Class < had {
			m[f.Text] = f.Class
		}
	}
	return m
}

func TestForms(t *testing.T) {
	for _, test := range []struct {
		part Part
		want string // as they would be written
	}{
		// Russian.
		{Part{Family, "Ходырев"}, "Ходырева Ходыреву Ходыревым Ходыреве Ходыревой Ходыревою Ходыревы Ходыревых Ходыревыми"},
		{Part{Family, "Ковалёва"}, "Ковалева Ковалевой Ковалеву Ковалёв Ковалёвым Ковалевых"},
		{Part{Family, "Озерецковский"}, "Озерецковского Озерецковскому Озерецковским Озерецковском Озерецковская Озерецковскую Озерецковские"},
		{Part{Family, "Толстой"}, "Толстого Толстому Толстым Толстая Толстую Толстые"},
		{Part{Family, "Цой"}, "Цоя Цою Цоем Цое Цои"},
		{Part{Family, "Козёл"}, "Козла Козлу Козлом Козле Козёла"},
		{Part{Family, "Заяц"}, "Зайца Зайцу Зайцем Заяца"},
		{Part{Family, "Бондарец"}, "Бондарца Бондарцу Бондарцем Бондареца"},
		{Part{Family, "Гулёк"}, "Гулька Гульку Гульком Гулёка"},
		{Part{Family, "Соловей"}, "Соловья Соловью Соловьём Соловье Соловьи"},
		{Part{Family, "Коваль"}, "Коваля Ковалю Ковалем Ковалём Ковали"},
		{Part{Family, "Седых"}, "Седых"},
		{Part{Family, "Дурново"}, "Дурново"},
		{Part{Family, "Гарбуз"}, "Гарбуза Гарбузу Гарбузом Гарбузы Гарбузов Гарбузами"},
		{Part{Given, "Павел"}, "Павла Павлу Павлом Павле Паша Паши Пашка Павлика"},
		{Part{Given, "Пётр"}, "Петра Петру Петром Петре Петя Пети Петьки Петро Peter"},
		{Part{Given, "Ольга"}, "Ольги Ольге Ольгу Ольгой Ольгою Ользі Оля Олю Олей Олин Оль"},
		{Part{Given, "Любовь"}, "Любови Любовью Люба Любе Любов'ю"},
		{Part{Given, "Игорь"}, "Игоря Игорю Игорем Игоре Ігор Ігоря Ігореві"},
		{Part{Given, "Мария"}, "Марии Марию Марией Маша Машу Машина Маш Mariya Mariia Maria"},
		{Part{Given, "Илья"}, "Ильи Илье Илью Ильёй Ілля Іллі Іллєю"},
		{Part{Patronymic, "Сергеевич"}, "Сергеевича Сергеевичу Сергеевичем Сергеевиче Сергеич Сергеича Сергійович Сергійовича"},
		{Part{Patronymic, "Николаевна"}, "Николаевны Николавна Миколаївна Миколаївни Nikolaevna"},
		{Part{Patronymic, "Олександрович"}, "Олександровича Александрович Александровичу"},
		{Part{Patronymic, "Васильевна"}, "Василівна Васильевне"},
		{Part{Patronymic, "Ивановна"}, "Ивановны Ивановне Ивановну Ивановной Ивановною Иванна Іванівна"},
		{Part{Patronymic, "Ильинична"}, "Ильиничны Ильиничне Ильиничну Ильиничной"},
		// Ukrainian.
		{Part{Family, "Шевчук"}, "Шевчука Шевчуку Шевчукові Шевчуком Шевчуки Шевчуків"},
		{Part{Family, "Петренко"}, "Петренка Петренку Петренкові Петренком Петренки"},
		{Part{Family, "Зеленський"}, "Зеленського Зеленському Зеленським Зеленська Зеленської Зеленській Зеленську Зеленською Зеленские"},
		{Part{Family, "Білий"}, "Білого Білому Білим Біла Білої Білій Білу Білою"},
		{Part{Family, "Ковалів"}, "Коваліва Ковалева Ковалевим Ковалеву"},
		{Part{Family, "Сокіл"}, "Сокола Соколу Соколові Соколом"},
		{Part{Family, "Швець"}, "Швеця Швецю Швецем"},
		{Part{Family, "Притула"}, "Притули Притулі Притулу Притулою Притуло Притулы"},
		{Part{Family, "Сорока"}, "Сороки Сороці Сороку Сорокою Сороко"},
		{Part{Given, "Олена"}, "Олени Олені Олену Оленою Олено Елена Елены"},
		{Part{Given, "Андрій"}, "Андрія Андрію Андрієві Андрієм Андрею Андрей"},
		{Part{Given, "Олег"}, "Олега Олегу Олегові Олегом Олегу Олеже"},
		{Part{Given, "Микола"}, "Миколи Миколі Миколу Миколою Миколо Николай Коля"},
		{Part{Given, "Мар'яна"}, "Мар’яни Мар'яні Маряну"},
		{Part{Given, "Дмитро"}, "Дмитра Дмитру Дмитрові Дмитром Дмитре Дима"},
		{Part{Patronymic, "Олександрівна"}, "Олександрівни Олександрівні Олександрівну Олександрівною"},
		// Latin.
		{Part{Family, "Щербаковский"}, "Shcherbakovskiy Shcherbakovskii Shcherbakovsky Ščerbakovskij Shcherbakovsky's"},
		{Part{Family, "Згурський"}, "Zghurskyi Zgurskiy"},
		{Part{Family, "Щербаковская"}, "Shcherbakovskaya Shcherbakovsky Shcherbakovskiy Shcherbakovska Shcherbakovskej"},
		{Part{Family, "Ходырева"}, "Khodyreva Khodyrev Khodyrevovi Khodyrevou Khodyreva's"},
		{Part{Given, "Юлия"}, "Yuliya Iuliia Julija Yulia Julia"},
		{Part{Given, "Евгений"}, "Yevgeniy Evgenii Evgeny Eugene Yevhen"},
		{Part{Given, "Алексей"}, "Aleksey Aleksei Alexey Alexei Oleksii Лёша Лёху"},
		{Part{Family, "Хрущев"}, "Khrushchev Hruŝev"},
		{Part{Family, "Khodyrev"}, "Ходырев Ходырева Ходыреву Khodyrev's"},
		{Part{Family, "Shevchenko"}, "Шевченко Шевченка Шевченком"},
		{Part{Family, "Zelenskyi"}, "Зеленський Зеленский Зеленского"},
		{Part{Given, "Oleksandr"}, "Олександр Александр Саша Олександра"},
		// Two words, and small ones.
		{Part{Family, "Римский-Корсаков"}, "Римского Корсакова РимскийКорсаков"},
		{Part{Family, "van der Meer"}, "Meer vanderMeer"},
		{Part{Patronymic, "Бейбут оглы"}, "Бейбут"},
		{Part{Callsign, "Барс-21"}, "Барс Барса Барс21"},
		{Part{Family, "d’Esternay"}, "dEsternay Esternay Esternay's"},
		{Part{Family, "O'Zyrk"}, "OZyrk Zyrk"},
		{Part{Family, "Д’Эстерне"}, "ДЭстерне Эстерне"},
		{Part{Family, "y Gassol"}, "Gassol"},
		{Part{Kunya, "Abu Lubaba"}, "Lubaba abulubaba"},
		{Part{Father, "Сергей"}, "Сергея Сергею Сергій Sergey"},
		{Part{Father, "bin Khalid"}, "Khalid خالد Халида"},
		{Part{Nisba, "аль-Заркуши"}, "Заркуши"},
		{Part{Nisba, "Зыркский"}, "Зыркского Зыркская"},
	} {
		forms := formSetOf(test.part)
		for w := range strings.FieldsSeq(test.want) {
			if _, ok := forms[strings.ReplaceAll(Canon(w), " ", "")]; !ok {
				t.Errorf("%s %s: no form %q among %d", test.part.Kind, test.part.Text, Canon(w), len(forms))
			}
		}
	}
}

func TestFormsThatAreNone(t *testing.T) {
	for _, test := range []struct {
		part Part
		not  string
	}{
		{Part{Given, "Пётр"}, "Петров Петрова"}, // the family name of many
		{Part{Family, "van der Meer"}, "van der"},
		{Part{Family, "Шевченко"}, "Шевчук Шевцов Ш"},
		{Part{Family, "Гюго"}, "Гюгин"},
		{Part{Callsign, "Барс-21"}, "21"},
		{Part{Family, "В'язьмін"}, "язьмін"},
		{Part{Family, "de la Zyrk"}, "de la"},
		{Part{Father, "Пётр"}, "Петров Петя"},
		{Part{Family, "Ли"}, "Л"},
	} {
		forms := formSetOf(test.part)
		for w := range strings.FieldsSeq(test.not) {
			if c, ok := forms[Canon(w)]; ok {
				t.Errorf("%s %s: %q is a form (%v)", test.part.Kind, test.part.Text, w, c)
			}
		}
	}
}

func TestClasses(t *testing.T) {
	for _, test := range []struct {
		part Part
		form string
		want Class
	}{
		{Part{Family, "Ходырев"}, "ходырев", Exact},
		{Part{Family, "Ходырев"}, "ходыреву", Inflected},
		{Part{Family, "Ходырев"}, "khodyrev", Romanised},
		{Part{Family, "Khodyrev"}, "ходырев", Respelled},
		{Part{Given, "Александр"}, "саше", Diminutive},
		{Part{Given, "Александр"}, "олександр", Respelled},
		{Part{Given, "Саша"}, "сашин", Possessive},
		{Part{Given, "Александр"}, "а", Initial},
		{Part{Given, "Юрий"}, "yu", Initial},
		{Part{Given, "И."}, "и", Initial},
	} {
		if got, ok := formSetOf(test.part)[test.form]; !ok || got != test.want {
			t.Errorf("%s as a form of %s: got %v (%v), want %v", test.form, test.part.Text, got, ok, test.want)
		}
	}
}

func TestCompounds(t *testing.T) {
	got := strings.Join(Compounds(Name{{Given, "Кузьма"}, {Family, "Ходырев"}}), " ")
	for _, want := range []string{"кузьмаходырев", "kuzmakhodyrev", "khodyrevkuzma", "kkhodyrev"} {
		if !strings.Contains(" "+got+" ", " "+want+" ") {
			t.Errorf("got %s, want %s among them", got, want)
		}
	}
	if got := Compounds(Name{{Family, "Ходырев"}}); got != nil {
		t.Errorf("a family name alone: got %v, want none", got)
	}
}

func TestCommon(t *testing.T) {
	for w, want := range map[string]bool{
		"иванов": true, "иванова": true, "шевченко": true, "мельник": true, "зеленский": true, "зеленская": true, "зеленський": true,
		"ivanov": true, "ли": true, "мороз": true, "роман": true, "белая": true,
		"ходырев": false, "озерецковская": false, "khodyrev": false, "згурський": false,
	} {
		if got := Common(w); got != want {
			t.Errorf("%s: got %v, want %v", w, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"Петров Иван Сергеевич", "family Петров, given Иван, patronymic Сергеевич"},
		{"Иван Сергеевич Петров", "given Иван, patronymic Сергеевич, family Петров"},
		{"Кузьма Ходырев", "given Кузьма, family Ходырев"},
		{"Ходырев Кузьма", "family Ходырев, given Кузьма"},
		{"Шевченко Олена Іванівна", "family Шевченко, given Олена, patronymic Іванівна"},
		{"Олена Шевченко", "given Олена, family Шевченко"},
		{"Иван Сергеевич", "given Иван, patronymic Сергеевич"},
		{"И. И. Петров", "given И., patronymic И., family Петров"},
		{"И.И. Петров", "given И., patronymic И., family Петров"},
		{"Петров И.", "family Петров, given И."},
		{"PETROV Ivan", "family PETROV, given Ivan"},
		{"Ivan Petrov", "given Ivan, family Petrov"},
		{"Petrov, Ivan", "family Petrov, given Ivan"},
		{"Иванова (Ходырева) Мария", "family Иванова, maiden Ходырева, given Мария"},
		{"Иван Петров «Шаман»", "given Иван, family Петров, alias Шаман"},
		{"Рашид Бейбут оглы", "given Рашид, patronymic Бейбут оглы"},
		{"Rembrandt van der Meer", "given Rembrandt, family van der Meer"},
		{"Саша", "given Саша"},
		{"Ходырев", "family Ходырев"},
		{"Шаман", "other Шаман"},
		{"  ", ""}, {"", ""}, {"—", ""}, {"(", ""}, {"«Шаман", "other Шаман"},
	} {
		var got []string
		for _, p := range Parse(test.in) {
			got = append(got, string(p.Kind)+" "+p.Text)
		}
		if got := strings.Join(got, ", "); got != test.want {
			t.Errorf("%q: got %q, want %q", test.in, got, test.want)
		}
	}
}

func FuzzForms(f *testing.F) {
	for _, s := range []string{"Ходырев", "Олена", "van der Meer", "И.", "ь", "ий", "ŭ", "Khodyrev", "\xff", "李小龙", "محمد"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 64 {
			return
		}
		for _, p := range append(Parse(s), Part{Family, s}, Part{Given, s}, Part{Patronymic, s}) {
			if !p.Kind.Valid() {
				t.Fatalf("a part of kind %q", p.Kind)
			}
			for _, form := range Forms(p) {
				if form.Text == "" || form.Text != strings.ReplaceAll(Canon(form.Text), " ", "") {
					t.Fatalf("%q gives the form %q, which is not canonical: %q", p.Text, form.Text, Canon(form.Text))
				}
			}
		}
	})
}
