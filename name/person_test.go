package name

import "testing"

// person reads "given=Сергей patronymic=Иванович family=Коваль".
func person(parts ...string) Name {
	kinds := []Kind{Family, Given, Patronymic}
	var n Name
	for i, p := range parts {
		if p != "" {
			n = append(n, Part{kinds[i], p})
		}
	}
	return n
}

func TestDeclineName(t *testing.T) {
	// Invented people; in order genitive, dative, accusative, instrumental, locative.
	for _, tc := range []struct {
		lang string
		n    Name
		sex  Sex
		want [5]string
	}{
		{"ru", person("Коваль", "Сергей", "Иванович"), Male, [5]string{"Коваля Сергея Ивановича", "Ковалю Сергею Ивановичу", "Коваля Сергея Ивановича", "Ковалем Сергеем Ивановичем", "Ковале Сергее Ивановиче"}},
		{"ru", person("Коваль", "Мария", "Ивановна"), Female, [5]string{"Коваль Марии Ивановны", "Коваль Марии Ивановне", "Коваль Марию Ивановну", "Коваль Марией Ивановной", "Коваль Марии Ивановне"}},
		{"ru", person("Травкин", "Павел", "Ильич"), Male, [5]string{"Травкина Павла Ильича", "Травкину Павлу Ильичу", "Травкина Павла Ильича", "Травкиным Павлом Ильичом", "Травкине Павле Ильиче"}},
		{"ru", person("Озёрская", "Любовь", "Петровна"), Female, [5]string{"Озёрской Любови Петровны", "Озёрской Любови Петровне", "Озёрскую Любовь Петровну", "Озёрской Любовью Петровной", "Озёрской Любови Петровне"}},
		{"ru", person("Тихих", "Илья", "Юрьевич"), Male, [5]string{"Тихих Ильи Юрьевича", "Тихих Илье Юрьевичу", "Тихих Илью Юрьевича", "Тихих Ильей Юрьевичем", "Тихих Илье Юрьевиче"}},
		{"ru", person("Лозенко", "Игорь", "Львович"), Male, [5]string{"Лозенко Игоря Львовича", "Лозенко Игорю Львовичу", "Лозенко Игоря Львовича", "Лозенко Игорем Львовичем", "Лозенко Игоре Львовиче"}},
		{"ru", person("Крутой", "Дмитрий", ""), Male, [5]string{"Крутого Дмитрия", "Крутому Дмитрию", "Крутого Дмитрия", "Крутым Дмитрием", "Крутом Дмитрии"}},
		{"ru", person("Птица", "Лев", ""), Male, [5]string{"Птицы Льва", "Птице Льву", "Птицу Льва", "Птицей Львом", "Птице Льве"}},
		{"ru", person("Гнатюк", "Пётр", ""), Male, [5]string{"Гнатюка Петра", "Гнатюку Петру", "Гнатюка Петра", "Гнатюком Петром", "Гнатюке Петре"}},
		{"ru", person("Гнатюк", "Кармен", ""), Female, [5]string{"Гнатюк Кармен", "Гнатюк Кармен", "Гнатюк Кармен", "Гнатюк Кармен", "Гнатюк Кармен"}},
		{"ru", person("Лесова-Птица", "Анна", ""), Female, [5]string{"Лесовой-Птицы Анны", "Лесовой-Птице Анне", "Лесову-Птицу Анну", "Лесовой-Птицей Анной", "Лесовой-Птице Анне"}},
		{"uk", person("Лозенко", "Петро", "Іванович"), Male, [5]string{"Лозенка Петра Івановича", "Лозенкові Петрові Івановичу", "Лозенка Петра Івановича", "Лозенком Петром Івановичем", "Лозенкові Петрові Івановичу"}},
		{"uk", person("Лозенко", "Марія", "Іванівна"), Female, [5]string{"Лозенко Марії Іванівни", "Лозенко Марії Іванівні", "Лозенко Марію Іванівну", "Лозенко Марією Іванівною", "Лозенко Марії Іванівні"}},
		{"uk", person("Озерський", "Андрій", ""), Male, [5]string{"Озерського Андрія", "Озерському Андрієві", "Озерського Андрія", "Озерським Андрієм", "Озерському Андрієві"}},
		{"uk", person("Озерська", "Олена", ""), Female, [5]string{"Озерської Олени", "Озерській Олені", "Озерську Олену", "Озерською Оленою", "Озерській Олені"}},
		{"uk", person("Птах", "Ілля", ""), Male, [5]string{"Птаха Іллі", "Птахові Іллі", "Птаха Іллю", "Птахом Іллею", "Птахові Іллі"}},
		{"uk", person("Лісів", "Микола", ""), Male, [5]string{"Лісіва Миколи", "Лісіву Миколі", "Лісіва Миколу", "Лісівим Миколою", "Лісіві Миколі"}},
		{"uk", person("Заєць", "Юрій", ""), Male, [5]string{"Зайця Юрія", "Зайцеві Юрієві", "Зайця Юрія", "Зайцем Юрієм", "Зайцеві Юрієві"}},
		{"ru", person("Воробей", "Никита", "Лукич"), Male, [5]string{"Воробья Никиты Лукича", "Воробью Никите Лукичу", "Воробья Никиту Лукича", "Воробьём Никитой Лукичом", "Воробье Никите Лукиче"}},
		{"uk", person("Коваль", "Василь", ""), Male, [5]string{"Коваля Василя", "Ковалеві Василеві", "Коваля Василя", "Ковалем Василем", "Ковалеві Василеві"}},
	} {
		if got := tc.n.Sex(); got != tc.sex && tc.n.Sex() != Unknown {
			t.Errorf("%s: sex %d, want %d", tc.n, got, tc.sex)
		}
		for i, c := range []Case{Genitive, Dative, Accusative, Instrumental, Locative} {
			if got := DeclineName(tc.n, tc.lang, tc.sex, c); got != tc.want[i] {
				t.Errorf("%s %s %s: got %q, want %q", tc.lang, tc.n, c, got, tc.want[i])
			}
		}
	}
}

// What can't be declined with certainty stays as it is.
func TestDeclineNameLeavesAlone(t *testing.T) {
	for _, n := range []Name{
		{{Given, "Sergei"}, {Family, "Koval"}},
		{{Family, "К."}, {Given, "С."}},
		{{Callsign, "Сосна"}},
		{{Other, "Сосна"}},
	} {
		for _, s := range []Sex{Unknown, Male, Female} {
			if got := DeclineName(n, "ru", s, Genitive); got != n.String() {
				t.Errorf("%s became %s", n, got)
			}
		}
	}
	n := Name{{Given, "Саша"}, {Family, "Коваль"}}
	if got := DeclineName(n, "ru", n.Sex(), Genitive); got != "Саша Коваль" {
		t.Errorf("a name of unknown sex became %s", got)
	}
	if got := DeclineName(Name{{Given, "Анна"}}, "en", Female, Genitive); got != "Анна" {
		t.Errorf("declined in English: %s", got)
	}
}

func FuzzDeclineName(f *testing.F) {
	f.Add("Коваль", "Сергей", uint8(1), uint8(2))
	f.Add("-ий", "ь", uint8(2), uint8(1))
	f.Fuzz(func(t *testing.T, family, given string, s, c uint8) {
		for _, lang := range []string{"ru", "uk"} {
			DeclineName(Name{{Family, family}, {Given, given}, {Patronymic, given}}, lang, Sex(s%3), Case(c))
		}
	})
}
