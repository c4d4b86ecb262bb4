package name

import (
	"strings"
	"testing"
	"unicode"
)

// How names of many customs are read. All of them are invented.
func TestRead(t *testing.T) {
	short := strings.NewReplacer("g:", "given:", "p:", "patronymic:", "f:", "family:", "F:", "father:", "G:", "grandfather:", "k:", "kunya:", "n:", "nisba:", "m:", "maiden:", "a:", "alias:", "o:", "other:")
	for _, test := range []struct {
		culture  Culture
		in, want string
	}{
		// Two family names, particles and "y".
		{Iberian, "Fernanda Zorrales Mirabete", "g:Fernanda f:Zorrales f:Mirabete"},
		{Iberian, "José Luis Quintárez Obregal", "g:José g:Luis f:Quintárez f:Obregal"},
		{Iberian, "Juana Inés de la Peñuela", "g:Juana g:Inés f:de_la_Peñuela"},
		{Iberian, "Ramiro Ortegal y Gassol", "g:Ramiro f:Ortegal f:y_Gassol"},
		{Iberian, "Guadalupe del Río Mirabete", "g:Guadalupe f:del_Río f:Mirabete"},
		{Iberian, "João Pedro da Silveira Matoso", "g:João g:Pedro f:da_Silveira f:Matoso"},
		{Iberian, "Rui dos Santarém", "g:Rui f:dos_Santarém"},
		{Iberian, "QUINTÁREZ OBREGAL Luis", "f:QUINTÁREZ f:OBREGAL g:Luis"},
		{Iberian, "Quintárez Obregal, José Luis", "f:Quintárez f:Obregal g:José g:Luis"},
		{Iberian, "Ximena Quintárez", "g:Ximena f:Quintárez"},
		// French particles.
		{French, "Odile Le Vasselot", "g:Odile f:Le_Vasselot"},
		{French, "Charles de Montrevel", "g:Charles f:de_Montrevel"},
		{French, "Valéry Gisquard d’Esternay", "g:Valéry g:Gisquard f:d’Esternay"},
		{French, "Marie-Odile du Plessard", "g:Marie-Odile f:du_Plessard"},
		{French, "VASSELOT Jean-Marc", "f:VASSELOT g:Jean-Marc"},
		{Germanic, "Ottilie von der Brüggen", "g:Ottilie f:von_der_Brüggen"},
		// Arabic: nisba, kunya, father and grandfather.
		{Arab, "Wadih Sabri al-Baghdadi", "g:Wadih F:Sabri n:al-Baghdadi"},
		{Arab, "Ahmad Muhammad Ali al-Zarkushi", "g:Ahmad F:Muhammad G:Ali n:al-Zarkushi"},
		{Arab, "Ahmad bin Khalid bin Omar al-Zarkush", "g:Ahmad F:bin_Khalid G:bin_Omar f:al-Zarkush"},
		{Arab, "Usama bin Zarkush", "g:Usama f:bin_Zarkush"},
		{Arab, "Maryam bint Khalid", "g:Maryam F:bint_Khalid"},
		{Arab, "Abu Lubaba al-Shishani", "k:Abu_Lubaba n:al-Shishani"},
		{Arab, "Abd al-Rahman Zarkush", "g:Abd_al-Rahman f:Zarkush"},
		{Arab, "Nur al-Din Karim al Halabi", "g:Nur_al-Din F:Karim n:al_Halabi"},
		{Arab, "أحمد محمد علي البغدادي", "g:أحمد F:محمد G:علي n:البغدادي"},
		{Arab, "عبد الله بن عمر الزركوشي", "g:عبد_الله F:بن_عمر n:الزركوشي"},
		{Arab, "أبو زركوش المصري", "k:أبو_زركوش n:المصري"},
		{Arab, "أم لبابة", "k:أم_لبابة"},
		{Arab, "نور الدين الزركوشي", "g:نور_الدين n:الزركوشي"},
		{Arab, "محمد أحمد حسن", "g:محمد F:أحمد G:حسن"},
		{Arab, "Ахмад аль-Заркуши", "g:Ахмад n:аль-Заркуши"},
		{Arab, "Абу Умар аш-Шишани", "k:Абу_Умар n:аш-Шишани"},
		// Turkic.
		{Turkic, "Зыркаев Али Вагиф оглы", "f:Зыркаев g:Али p:Вагиф_оглы"},
		{Turkic, "Гюнель Вагиф кызы Зыркаева", "g:Гюнель p:Вагиф_кызы f:Зыркаева"},
		{Turkic, "Токто уулу Азамат", "p:Токто_уулу g:Азамат"},
		{Turkic, "Zirkayev Ali Vaqif oğlu", "f:Zirkayev g:Ali p:Vaqif_oğlu"},
		{Turkic, "Шохрух Миржон ўғли Зиркаев", "g:Шохрух p:Миржон_ўғли f:Зиркаев"},
		{Turkic, "Зиркабаев Нурлан Серикович", "f:Зиркабаев g:Нурлан p:Серикович"},
		{Turkic, "Дильшод Эмомзода", "g:Дильшод f:Эмомзода"},
		// The Caucasus.
		{Caucasian, "Зураб Мжаванашвили", "g:Зураб f:Мжаванашвили"},
		{Caucasian, "Тхоржевадзе Нино", "f:Тхоржевадзе g:Нино"},
		{Caucasian, "Гаяне Зыркосян", "g:Гаяне f:Зыркосян"},
		{Caucasian, "Зыркаев Магомед Ахмедович", "f:Зыркаев g:Магомед p:Ахмедович"},
		{Caucasian, "Ахмед Зыркоев", "g:Ахмед f:Зыркоев"},
		// East Slavic, with family names that look like patronymics.
		{EastSlavic, "Зыркович Роман Аркадьевич", "f:Зыркович g:Роман p:Аркадьевич"},
		{EastSlavic, "Роман Аркадьевич Зыркович", "g:Роман p:Аркадьевич f:Зыркович"},
		{EastSlavic, "Роман Зыркович", "g:Роман f:Зыркович"},
		{EastSlavic, "Роман Аркадьевич", "g:Роман p:Аркадьевич"},
		{EastSlavic, "Павел Никитич", "g:Павел p:Никитич"},
		{EastSlavic, "Ходырева Мария Ивановна, урожд. Зыркова", "f:Ходырева g:Мария p:Ивановна m:Зыркова"},
		{EastSlavic, "Ходырев И.И.", "f:Ходырев g:И. p:И."},
		{EastSlavic, "И. И. Ходырев", "g:И. p:И. f:Ходырев"},
		{EastSlavic, "ХОДЫРЕВ Кузьма", "f:ХОДЫРЕВ g:Кузьма"},
		{EastSlavic, "Ганна Зиркович-Мирна", "g:Ганна f:Зиркович-Мирна"},
		{EastSlavic, "Алесь Зыркоў", "g:Алесь f:Зыркоў"},
		// The other Slavs.
		{WestSlavic, "Zyrkowska Agnieszka", "f:Zyrkowska g:Agnieszka"},
		{WestSlavic, "Łukasz Zyrk", "g:Łukasz f:Zyrk"},
		{WestSlavic, "Zbyněk Třískala", "g:Zbyněk f:Třískala"},
		{Bulgarian, "Димо Митодиев Зърковски", "g:Димо p:Митодиев f:Зърковски"},
		{SouthSlav, "Зыркић Милош", "f:Зыркић g:Милош"},
		// Hungarian: the family name comes first.
		{Hungarian, "Zörkényi István", "f:Zörkényi g:István"},
		{Hungarian, "Fűzkuthy Márton", "g:Fűzkuthy f:Márton"}, // nothing tells which is which
		{Icelandic, "Ásdís Zyrksdóttir", "g:Ásdís f:Zyrksdóttir"},
		// What has no sign.
		{"", "Ben Zyrk", "g:Ben f:Zyrk"},
		{"", "Zyrk", "o:Zyrk"},
		{"", "Jane Zyrk (née Morrow)", "g:Jane f:Zyrk m:Morrow"},
		{"", "ZYRK Jane", "f:ZYRK g:Jane"},
	} {
		got := Read(test.in)
		var parts []string
		for _, p := range got.Parts {
			parts = append(parts, string(p.Kind)+":"+strings.ReplaceAll(p.Text, " ", "_"))
		}
		want := strings.Fields(test.want)
		for i, w := range want {
			want[i] = short.Replace(w[:2]) + w[2:]
		}
		if got, want := strings.Join(parts, " "), strings.Join(want, " "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", test.in, got, want)
		}
		if got.Culture != test.culture {
			t.Errorf("%s: got culture %q, want %q", test.in, got.Culture, test.culture)
		}
	}
}

func TestReadScript(t *testing.T) {
	for s, want := range map[string]Script{
		"Кузьма": Cyrillic, "Kuzma Ł.": Latin, "قاسم": Arabic, "Κούζμας": Greek, "კუზმა": Georgian, "Կուզմա": Armenian,
		"李": Han, "קוזמא": Hebrew, "Kuzma Ходырев": "", "": "", "12": "",
	} {
		if got := Read(s).Script; got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

// Whatever is written, every word with a letter is in some part, which has a kind.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"Abd al-Rahman bin", "Токто уулу", "née", "al", "بن", "d’ y de la", "«Ш", "А, Б, (в", "Ibn, ibn ibn", "ИИ Ы."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 200 {
			return
		}
		all := ""
		for _, p := range Read(s).Parts {
			if !p.Kind.Valid() || p.Text == "" {
				t.Fatalf("%q: a part %q of kind %q", s, p.Text, p.Kind)
			}
			all += " " + Canon(p.Text)
		}
		for _, w := range strings.Fields(s) {
			if c := Canon(w); strings.ContainsFunc(w, unicode.IsLetter) && !born(c) && !strings.ContainsAny(w, "()«»“”„\".,،") && !strings.Contains(all, c) {
				t.Fatalf("%q: %q is lost in %q", s, w, all)
			}
		}
	})
}
