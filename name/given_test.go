package name

import (
	"strings"
	"testing"
)

// What the lists of given names hold is canonical, and in one script.
func TestGivenNames(t *testing.T) {
	for n, pets := range shortNames {
		for _, w := range append([]string{n}, pets...) {
			latin := strings.ContainsAny(w, "abcdefghijklmnopqrstuvwxyz")
			cyrillic := strings.IndexFunc(w, func(r rune) bool { return r >= 0x400 && r < tableEnd }) >= 0
			if Canon(w) != w || latin == cyrillic {
				t.Errorf("%q is not canonical, or in two scripts", w)
			}
		}
	}
}

func TestDiminutives(t *testing.T) {
	for given, want := range map[string]string{
		"Афанасий": "Афоня Афоню", "Агафья": "Агаша Агаше", "Евдокия": "Дуня Дуню Дусин", "Кузьма": "Кузя Кузи", "Пелагея": "Палаша",
		"Соломія": "Соля", "Олександра": "Леся Лесі", "Тодор": "Тошко", "Ярина": "Яринка Яринці", "Пилип": "Пилипко Пилипка Пилипком",
		"Małgorzata": "Gosia Gosi Gosię Małgośka", "Krzysztof": "Krzysiek Krzyśka Krzyśkiem", "Wojciech": "Wojtek Wojtka", "Zofia": "Zosia Zosię",
		"Francisco": "Paco Pancho Kiko", "Guadalupe": "Lupe", "Ignacio": "Nacho", "José": "Pepe", "Dolores": "Lola",
		"Elizabeth": "Liz Betsy Libby", "William": "Bill Bill's Liam", "Margaret": "Peggy Daisy", "Dorothy": "Dot", "Winifred": "Winnie",
		"Jiří": "Jirka Jirky Jirkovi", "Josef": "Pepa Pepovi", "František": "Franta Frantu", "Димитър": "Митко", "Слободан": "Бобан Бобана", "Alojz": "Lojze",
	} {
		forms := formSetOf(Part{Given, given})
		for w := range strings.FieldsSeq(want) {
			if _, ok := forms[Canon(w)]; !ok {
				t.Errorf("%s: no form %s", given, w)
			}
		}
	}
}
