package name

import (
	"slices"
	"strings"
	"testing"
)

// Whole paradigms: seven cases of the singular, then the same of the plural.
func TestDecline(t *testing.T) {
	for _, test := range []struct{ lang, want string }{
		{"ru", "Клён Клёна Клёну Клёна Клёном Клёне Клён Клёны Клёнов Клёнам Клёнов Клёнами Клёнах Клёны"},
		{"ru", "Дуб Дуба Дубу Дуба Дубом Дубе Дуб Дубы Дубов Дубам Дубов Дубами Дубах Дубы"},
		{"ru", "Ворон Ворона Ворону Ворона Вороном Вороне Ворон Вороны Воронов Воронам Воронов Воронами Воронах Вороны"},
		{"ru", "Орёл Орла Орлу Орла Орлом Орле Орёл Орлы Орлов Орлам Орлов Орлами Орлах Орлы"},
		{"ru", "Стриж Стрижа Стрижу Стрижа Стрижом Стриже Стриж Стрижи Стрижей Стрижам Стрижей Стрижами Стрижах Стрижи"},
		{"ru", "Скворец Скворца Скворцу Скворца Скворцом Скворце Скворец Скворцы Скворцов Скворцам Скворцов Скворцами Скворцах Скворцы"},
		{"ru", "Зяблик Зяблика Зяблику Зяблика Зябликом Зяблике Зяблик Зяблики Зябликов Зябликам Зябликов Зябликами Зябликах Зяблики"},
		{"ru", "Журавль Журавля Журавлю Журавля Журавлем Журавле Журавль Журавли Журавлей Журавлям Журавлей Журавлями Журавлях Журавли"},
		{"ru", "Ясень Ясеня Ясеню Ясеня Ясенем Ясене Ясень Ясени Ясеней Ясеням Ясеней Ясенями Ясенях Ясени"},
		{"ru", "Воробей Воробья Воробью Воробья Воробьём Воробье Воробей Воробьи Воробьёв Воробьям Воробьёв Воробьями Воробьях Воробьи"},
		{"ru", "Сосна Сосны Сосне Сосну Сосной Сосне Сосна Сосны Сосен Соснам Сосен Соснами Соснах Сосны"},
		{"ru", "Цапля Цапли Цапле Цаплю Цаплей Цапле Цапля Цапли Цапель Цаплям Цапель Цаплями Цаплях Цапли"},
		{"ru", "Чайка Чайки Чайке Чайку Чайкой Чайке Чайка Чайки Чаек Чайкам Чаек Чайками Чайках Чайки"},
		{"ru", "Ласточка Ласточки Ласточке Ласточку Ласточкой Ласточке Ласточка Ласточки Ласточек Ласточкам Ласточек Ласточками Ласточках Ласточки"},
		{"ru", "Акация Акации Акации Акацию Акацией Акации Акация Акации Акаций Акациям Акаций Акациями Акациях Акации"},
		{"ru", "Ель Ели Ели Ель Елью Ели Ель Ели Елей Елям Елей Елями Елях Ели"},
		{"ru", "Озеро Озера Озеру Озеро Озером Озере Озеро Озера Озер Озерам Озер Озерами Озерах Озера"},
		{"ru", "Колибри Колибри Колибри Колибри Колибри Колибри Колибри Колибри Колибри Колибри Колибри Колибри Колибри Колибри"},
		{"ru", "Белая_Сосна Белой_Сосны Белой_Сосне Белую_Сосну Белой_Сосной Белой_Сосне Белая_Сосна " +
			"Белые_Сосны Белых_Сосен Белым_Соснам Белых_Сосен Белыми_Соснами Белых_Соснах Белые_Сосны"},
		{"ru", "Тихий_Дуб Тихого_Дуба Тихому_Дубу Тихого_Дуба Тихим_Дубом Тихом_Дубе Тихий_Дуб " +
			"Тихие_Дубы Тихих_Дубов Тихим_Дубам Тихих_Дубов Тихими_Дубами Тихих_Дубах Тихие_Дубы"},
		{"ru", "Синяя_Цапля Синей_Цапли Синей_Цапле Синюю_Цаплю Синей_Цаплей Синей_Цапле Синяя_Цапля " +
			"Синие_Цапли Синих_Цапель Синим_Цаплям Синих_Цапель Синими_Цаплями Синих_Цаплях Синие_Цапли"},
		{"uk", "Клен Клена Кленові Клена Кленом Кленові Клене Клени Кленів Кленам Кленів Кленами Кленах Клени"},
		{"uk", "Сокіл Сокола Соколові Сокола Соколом Соколові Соколе Соколи Соколів Соколам Соколів Соколами Соколах Соколи"},
		{"uk", "Барвінок Барвінка Барвінкові Барвінка Барвінком Барвінкові Барвінку Барвінки Барвінків Барвінкам Барвінків Барвінками Барвінках Барвінки"},
		{"uk", "Вовк Вовка Вовкові Вовка Вовком Вовкові Вовче Вовки Вовків Вовкам Вовків Вовками Вовках Вовки"},
		{"uk", "Стриж Стрижа Стрижеві Стрижа Стрижем Стрижеві Стриже Стрижі Стрижів Стрижам Стрижів Стрижами Стрижах Стрижі"},
		{"uk", "Горобець Горобця Горобцеві Горобця Горобцем Горобцеві Горобцю Горобці Горобців Горобцям Горобців Горобцями Горобцях Горобці"},
		{"uk", "Лебідь Лебедя Лебедеві Лебедя Лебедем Лебедеві Лебедю Лебеді Лебедів Лебедям Лебедів Лебедями Лебедях Лебеді"},
		{"uk", "Соловей Солов'я Солов'єві Солов'я Солов'єм Солов'єві Солов'ю Солов'ї Солов'їв Солов'ям Солов'їв Солов'ями Солов'ях Солов'ї"},
		{"uk", "Сосна Сосни Сосні Сосну Сосною Сосні Сосно Сосни Сосен Соснам Сосен Соснами Соснах Сосни"},
		{"uk", "Чайка Чайки Чайці Чайку Чайкою Чайці Чайко Чайки Чайок Чайкам Чайок Чайками Чайках Чайки"},
		{"uk", "Вільха Вільхи Вільсі Вільху Вільхою Вільсі Вільхо Вільхи Вільх Вільхам Вільх Вільхами Вільхах Вільхи"},
		{"uk", "Чапля Чаплі Чаплі Чаплю Чаплею Чаплі Чапле Чаплі Чапель Чаплям Чапель Чаплями Чаплях Чаплі"},
		{"uk", "Акація Акації Акації Акацію Акацією Акації Акаціє Акації Акацій Акаціям Акацій Акаціями Акаціях Акації"},
		{"uk", "Тінь Тіні Тіні Тінь Тінню Тіні Тіне Тіні Тіней Тіням Тіней Тінями Тінях Тіні"},
		{"uk", "Біла_Сосна Білої_Сосни Білій_Сосні Білу_Сосну Білою_Сосною Білій_Сосні Біла_Сосно " +
			"Білі_Сосни Білих_Сосен Білим_Соснам Білих_Сосен Білими_Соснами Білих_Соснах Білі_Сосни"},
		{"uk", "Тихий_Дуб Тихого_Дуба Тихому_Дубові Тихого_Дуба Тихим_Дубом Тихому_Дубові Тихий_Дубе " +
			"Тихі_Дуби Тихих_Дубів Тихим_Дубам Тихих_Дубів Тихими_Дубами Тихих_Дубах Тихі_Дуби"},
	} {
		want := strings.Fields(strings.ReplaceAll(test.want, "_", "-"))
		for i, w := range want {
			in := Inflection{Case(i % int(lastCase)), i >= int(lastCase)}
			cover := strings.ReplaceAll(want[0], "-", " ")
			if got := Decline(cover, test.lang, in); got != strings.ReplaceAll(w, "-", " ") {
				t.Errorf("%s: %s, %v plural %v: got %s, want %s", test.lang, cover, in.Case, in.Plural, got, w)
			}
		}
	}
	for _, test := range []struct{ cover, lang, want string }{
		{"СОСНА", "ru", "СОСНЫ"}, {"сосна", "ru", "сосны"}, {"Heron", "ru", "Heron"}, {"Heron", "en", "Heron"}, {"", "ru", ""},
	} {
		if got := Decline(test.cover, test.lang, Inflection{Case: Genitive}); got != test.want {
			t.Errorf("%s in %s: got %q, want %q", test.cover, test.lang, got, test.want)
		}
	}
}

func TestCasesOf(t *testing.T) {
	for _, test := range []struct {
		lang  string
		part  Part
		found string
		want  Inflection
		first bool // it is the likeliest
	}{
		{"ru", Part{Family, "Ходырев"}, "Ходырев", Inflection{}, true},
		{"ru", Part{Family, "Ходырев"}, "ХОДЫРЕВА", Inflection{Case: Genitive}, false},
		{"ru", Part{Family, "Ходырев"}, "Ходыреву", Inflection{Case: Dative}, true},
		{"ru", Part{Family, "Ходырев"}, "Ходыревым", Inflection{Case: Instrumental}, true},
		{"ru", Part{Family, "Ходырева"}, "Ходыревой", Inflection{Case: Genitive}, true},
		{"ru", Part{Family, "Ходырев"}, "Ходыревых", Inflection{Genitive, true}, true},
		{"ru", Part{Family, "Озерецковский"}, "Озерецковскому", Inflection{Case: Dative}, true},
		{"ru", Part{Family, "Озерецковский"}, "Озерецковской", Inflection{Case: Genitive}, true},
		{"ru", Part{Family, "Гарбуз"}, "Гарбузом", Inflection{Case: Instrumental}, true},
		{"ru", Part{Given, "Кузьма"}, "Кузьмой", Inflection{Case: Instrumental}, true},
		{"ru", Part{Given, "Павел"}, "Павлу", Inflection{Case: Dative}, true},
		{"ru", Part{Given, "Андрей"}, "Андрея", Inflection{Case: Genitive}, true},
		{"ru", Part{Given, "Мария"}, "Марию", Inflection{Case: Accusative}, true},
		{"ru", Part{Given, "Матвей"}, "Матвея", Inflection{Case: Genitive}, true},
		{"ru", Part{Patronymic, "Сергеевич"}, "Сергеевичем", Inflection{Case: Instrumental}, true},
		{"ru", Part{Patronymic, "Сергеевна"}, "Сергеевне", Inflection{Case: Dative}, true},
		{"uk", Part{Family, "Шевченко"}, "Шевченкові", Inflection{Case: Dative}, true},
		{"uk", Part{Family, "Згурський"}, "Згурського", Inflection{Case: Genitive}, true},
		{"uk", Part{Family, "Згурська"}, "Згурською", Inflection{Case: Instrumental}, true},
		{"uk", Part{Given, "Олена"}, "Олені", Inflection{Case: Dative}, true},
		{"uk", Part{Given, "Ольга"}, "Ользі", Inflection{Case: Dative}, true},
		{"uk", Part{Given, "Олег"}, "Олеже", Inflection{Case: Vocative}, true},
		{"uk", Part{Given, "Ігор"}, "Ігоря", Inflection{Case: Genitive}, true},
		{"uk", Part{Given, "Дмитро"}, "Дмитра", Inflection{Case: Genitive}, true},
		{"uk", Part{Patronymic, "Іванівна"}, "Іванівною", Inflection{Case: Instrumental}, true},
	} {
		got := CasesOf(test.part, test.found, test.lang)
		if !slices.Contains(got, test.want) || test.first && got[0] != test.want {
			t.Errorf("%s in %s of %s: got %v, want %v", test.found, test.lang, test.part.Text, got, test.want)
		}
	}
	if got := CasesOf(Part{Family, "Ходырев"}, "Шевченко", "ru"); len(got) != 0 {
		t.Errorf("another name: got %v, want nothing", got)
	}
	if got := CasesOf(Part{Family, "Ходырев"}, "Ходырев", "en"); len(got) != 0 {
		t.Errorf("English: got %v, want nothing", got)
	}
}

func FuzzDecline(f *testing.F) {
	for _, s := range []string{"Сосна", "ь", "ий а", "Белая Сосна", "\xff", "о", "й", "ей"} {
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, s string, c uint8) {
		for _, lang := range []string{"ru", "uk"} {
			if got := Decline(s, lang, Inflection{Case(c), c > 99}); strings.Fields(s) != nil && got == "" && Canon(s) != "" {
				t.Fatalf("%q in %s is nothing", s, lang)
			}
			CasesOf(Part{Family, s}, s, lang)
		}
	})
}

func TestNamesOf(t *testing.T) {
	for n, pets := range shortNames {
		for _, w := range append([]string{n}, pets...) {
			if Canon(w) != w {
				t.Errorf("%q is not canonical", w)
			}
		}
	}
}
